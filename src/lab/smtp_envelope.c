/*
 * The envelope: MAIL and RCPT (RFC 5321 4.1.1.2 and 4.1.1.3).
 */
#include <stdlib.h>

#include "lab/smtp_inside.h"
#include "protocol/smtp_address.h"
#include "protocol/smtp_syntax.h"

void smtp_reset(struct smtp_guest *guest)
{
	struct smtp_envelope *envelope = &guest->envelope;
	for (size_t i = 0; i < envelope->nrecipients; i++) {
		free(envelope->recipients[i].address);
		free(envelope->recipients[i].parameters);
		free(envelope->recipients[i].name);
	}
	free(envelope->recipients);
	free(envelope->sender);
	free(envelope->parameters);
	*envelope = (struct smtp_envelope){ 0 };
	smtp_message_clear(&guest->message);
}

/* Takes path and address apart. Where something is wrong, the reply is said: `enhanced` is its code where it is the address
 * (5.1.7 of a sender, 5.1.3 of a recipient). */
static bool read_path(struct smtp_guest *guest, struct slice arguments, bool mail, struct smtp_path *path,
                      struct smtp_address *mailbox)
{
	struct slice keyword = mail ? SLICE("FROM:") : SLICE("TO:");
	smtp_path_parse(arguments, keyword, mail, path);
	if (!slice_starts_nocase(arguments, keyword)) {
		smtp_syntax(guest, "501 5.5.4", "Syntax: %s", path->fault);
		return false;
	}
	if (path->fault == NULL && path->address.n && slice_find_octet(path->address, '@') < path->address.n)
		smtp_address_parse(path->address, mailbox);
	const char *why = path->fault ? path->fault : mailbox->problem;
	if (why)
		smtp_syntax(guest, mail ? "501 5.1.7" : "501 5.1.3", "Syntax: %s", why);
	return why == NULL;
}

/* The address alone, its source route left out (RFC 5321 C). The caller's. */
static char *address_kept(const struct smtp_path *path, const struct smtp_address *mailbox)
{
	if (mailbox->domain.n == 0) /* nobody, or Postmaster */
		return slice_string(path->address);
	return string_printf(SLICE_FMT "@" SLICE_FMT, SLICE_ARG(mailbox->local), SLICE_ARG(mailbox->domain));
}

/* ---- MAIL ---- */

/* What the size that was told says. */
static bool size_fits(struct smtp_guest *guest)
{
	if (guest->envelope.size > MESSAGE_MAX)
		smtp_refuse(guest, "552 5.3.4", "see SIZE in the answer to EHLO",
		            "The message is too large: %zu octets at most", MESSAGE_MAX);
	else if (!store_room(visit_store(guest->visit), guest->envelope.size))
		smtp_refuse(guest, "452 4.3.1", NULL, "There is no room for it now");
	else
		return true;
	return false;
}

void smtp_mail(struct smtp_guest *guest, struct slice arguments)
{
	struct smtp_envelope *envelope = &guest->envelope;
	struct smtp_path path;
	struct smtp_address mailbox = { 0 };
	if (guest->name == NULL) {
		smtp_refuse(guest, "503 5.5.1", "RFC 5321 4.1.4", "Say %s first", guest->lmtp ? "LHLO" : "EHLO");
		return;
	}
	if (envelope->begun) {
		smtp_refuse(guest, "503 5.5.1", "RSET drops it", "A message is under way already");
		return;
	}
	if (!read_path(guest, arguments, true, &path, &mailbox))
		return;
	bool good = smtp_parameters_read(guest, path.parameters, true);
	if (good && mailbox.utf8 && !envelope->utf8) {
		smtp_refuse(guest, "550 5.6.7", "say SMTPUTF8 behind the address",
		            "A non-ASCII address needs SMTPUTF8");
		good = false;
	}
	if (!good || !size_fits(guest)) {
		smtp_reset(guest);
		return;
	}
	envelope->begun = true;
	envelope->sender = address_kept(&path, &mailbox);
	envelope->parameters = slice_string(path.parameters);
	smtp_say(guest, "250 2.1.0", path.address.n ? "The sender is noted" : "No sender: failures are not reported");
}

/* ---- RCPT ---- */

/* Whether the address literal is our own end of this connection. */
static bool literal_is_ours(const struct smtp_guest *guest, struct slice literal)
{
	struct slice inside = slice_part(literal, 1, literal.n - 1);
	if (slice_starts_nocase(inside, SLICE("IPv6:")))
		inside = slice_part(inside, 5, inside.n);
	return slice_equal_nocase(inside, slice_of(visit_local_host(guest->visit)));
}

enum recipient smtp_recipient_of(struct smtp_guest *guest, const struct smtp_address *mailbox, struct user **user,
                                 struct buffer *name)
{
	struct buffer address = { 0 };
	buffer_add_slice(&address, mailbox->local);
	if (mailbox->literal && literal_is_ours(guest, mailbox->domain))
		buffer_add_string(&address, "@localhost");
	else if (mailbox->domain.n)
		buffer_printf(&address, "@" SLICE_FMT, SLICE_ARG(mailbox->domain));
	enum recipient kind = store_recipient(visit_store(guest->visit), buffer_slice(&address), user);
	buffer_free(&address);
	smtp_local_part(name, mailbox->local);
	return kind;
}

bool smtp_mailbox_fits(const struct mailbox *mailbox, uint64_t octets)
{
	return mailbox->limit == 0 || (mailbox->octets < mailbox->limit && octets <= mailbox->limit - mailbox->octets);
}

/* Whether that recipient can be taken; where not, the reply is said. */
static bool recipient_taken(struct smtp_guest *guest, enum recipient kind, const struct user *user)
{
	const struct mailbox *inbox = kind == RECIPIENT_LOCAL ? user_mailbox(user, SLICE("INBOX")) : NULL;
	if (kind == RECIPIENT_UNKNOWN)
		smtp_refuse(guest, "550 5.1.1", "VRFY asks for names, EXPN for lists", "No such user here");
	else if (kind == RECIPIENT_REMOTE && !smtp_may_relay(guest))
		smtp_refuse(guest, "550 5.7.1", "AUTH says who you are; then it is taken, and lands in the outbox",
		            "Not a user of ours, and mail is not relayed for strangers");
	else if (inbox && !smtp_mailbox_fits(inbox, guest->envelope.size ? guest->envelope.size : 1))
		smtp_refuse(guest, "452 4.2.2", NULL, "The mailbox is full");
	else
		return true;
	return false;
}

/* The recipient, or false with the reply said. `name` gets its local part, without quotes. */
static bool read_recipient(struct smtp_guest *guest, struct slice arguments, struct smtp_path *path,
                           struct smtp_recipient *recipient, struct buffer *name)
{
	struct smtp_address mailbox = { 0 };
	if (!read_path(guest, arguments, false, path, &mailbox) ||
	    !smtp_parameters_read(guest, path->parameters, false))
		return false;
	if (mailbox.utf8 && !guest->envelope.utf8) {
		smtp_refuse(guest, "553 5.6.7", "say SMTPUTF8 behind MAIL's address",
		            "A non-ASCII address needs SMTPUTF8");
		return false;
	}
	if (mailbox.local.n == 0) /* Postmaster alone */
		mailbox.local = path->address;
	recipient->address = address_kept(path, &mailbox);
	recipient->parameters = slice_string(path->parameters);
	recipient->kind = smtp_recipient_of(guest, &mailbox, &recipient->user, name);
	return recipient_taken(guest, recipient->kind, recipient->user);
}

static bool may_name_recipient(struct smtp_guest *guest)
{
	const struct smtp_envelope *envelope = &guest->envelope;
	if (!envelope->begun)
		smtp_refuse(guest, "503 5.5.1", "MAIL FROM:<address> begins a message", "Say MAIL first");
	else if (guest->message.chunks)
		smtp_refuse(guest, "503 5.5.1", "RSET drops it", "The message has begun: no more recipients");
	else if (envelope->nrecipients >= SMTP_RECIPIENTS_MAX)
		smtp_refuse(guest, "452 4.5.3", "send this message, then one for the others", "Too many recipients");
	else
		return true;
	return false;
}

void smtp_rcpt(struct smtp_guest *guest, struct slice arguments)
{
	struct smtp_envelope *envelope = &guest->envelope;
	struct smtp_recipient recipient = { 0 };
	struct smtp_path path;
	struct buffer name = { 0 };
	if (may_name_recipient(guest) && read_recipient(guest, arguments, &path, &recipient, &name)) {
		recipient.name = buffer_take(&name);
		envelope->recipients = memory_grow(envelope->recipients, envelope->nrecipients + 1,
		                                   sizeof *envelope->recipients);
		envelope->recipients[envelope->nrecipients++] = recipient;
		smtp_say(guest, "250 2.1.5",
		         recipient.kind == RECIPIENT_REMOTE ? "The recipient is noted: it goes to the outbox"
		         : recipient.kind == RECIPIENT_LIST ? "The recipient is noted: all on that list"
		                                            : "The recipient is noted");
	} else {
		envelope->refused += envelope->begun;
		free(recipient.address);
		free(recipient.parameters);
	}
	buffer_free(&name);
}
