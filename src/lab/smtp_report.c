/*
 * The report that NOTIFY=SUCCESS asks for (RFC 3461 5.2): who has got the message goes back to its sender, as RFC 3464 and
 * RFC 6533 have it. Of failures nothing is reported: what cannot be kept is refused while the client is here.
 */
#include <stdlib.h>
#include <string.h>

#include "lab/smtp_inside.h"
#include "protocol/smtp_address.h"
#include "protocol/smtp_syntax.h"
#include "protocol/smtp_values.h"

/* Octets of the message's header that a report repeats. */
#define REPEATED_MAX 65536

/* The value of a parameter as it was said; empty where it was not. */
static struct slice parameter_value(const char *parameters, struct slice wanted)
{
	struct slice rest = slice_of(parameters), keyword, value;
	while (smtp_parameter(&rest, &keyword, &value))
		if (slice_equal_nocase(keyword, wanted))
			return value;
	return SLICE("");
}

static bool wants_report(const struct smtp_recipient *recipient)
{
	struct slice notify = parameter_value(recipient->parameters, SLICE("NOTIFY"));
	return recipient->kept == KEPT && slice_find_nocase(notify, SLICE("SUCCESS")) < notify.n;
}

/* ---- the parts ---- */

static void add_words(const struct smtp_guest *guest, struct buffer *out)
{
	const struct smtp_envelope *envelope = &guest->envelope;
	buffer_add_string(out, "You asked by NOTIFY=SUCCESS to be told what becomes of your message.\r\n\r\n");
	for (size_t i = 0; i < envelope->nrecipients; i++)
		if (wants_report(&envelope->recipients[i]))
			buffer_printf(out, "<%s>: %s\r\n", envelope->recipients[i].address,
			              envelope->recipients[i].kind == RECIPIENT_REMOTE
			                      ? "it lies in the lab's outbox, and goes no further"
			                      : "it is in the mailbox");
}

/* `Name: type;address`, where the address is xtext. */
static void add_typed(struct buffer *out, const char *name, struct slice typed)
{
	size_t semicolon = slice_find_octet(typed, ';');
	struct slice address = slice_part(typed, semicolon + 1, typed.n);
	buffer_printf(out, "%s: " SLICE_FMT ";", name, SLICE_ARG(slice_part(typed, 0, semicolon)));
	if (!smtp_xtext(out, address))
		buffer_add_slice(out, address);
	buffer_add_string(out, "\r\n");
}

static void add_recipient(const struct smtp_recipient *recipient, bool utf8, struct buffer *out)
{
	struct slice original = parameter_value(recipient->parameters, SLICE("ORCPT"));
	buffer_add_string(out, "\r\n");
	if (original.n)
		add_typed(out, "Original-Recipient", original);
	buffer_printf(out, "Final-Recipient: %s;%s\r\n", utf8 ? "utf-8" : "rfc822", recipient->address);
	buffer_printf(out, "Action: %s\r\nStatus: 2.0.0\r\n",
	              recipient->kind == RECIPIENT_REMOTE ? "relayed" : "delivered");
}

static void add_status(const struct smtp_guest *guest, const char *date, struct buffer *out)
{
	const struct smtp_envelope *envelope = &guest->envelope;
	struct slice mark = parameter_value(envelope->parameters, SLICE("ENVID"));
	buffer_printf(out, "Reporting-MTA: dns;%s\r\n", guest->host);
	if (mark.n) {
		buffer_add_string(out, "Original-Envelope-Id: ");
		(void)smtp_xtext(out, mark);
		buffer_add_string(out, "\r\n");
	}
	buffer_printf(out, "Arrival-Date: %s\r\n", date);
	for (size_t i = 0; i < envelope->nrecipients; i++)
		if (wants_report(&envelope->recipients[i]))
			add_recipient(&envelope->recipients[i], envelope->utf8, out);
}

/* The message's own header, whole lines of it. */
static void add_header(struct message *message, struct buffer *out)
{
	struct smtp_header header;
	smtp_header_read(message_text(message), &header);
	struct slice rest = slice_part(message_text(message), 0, header.end);
	size_t end = out->n + REPEATED_MAX;
	while (rest.n) {
		struct slice line = slice_line(&rest);
		if (out->n + line.n > end)
			return;
		buffer_add_slice(out, line);
	}
}

/* ---- the whole ---- */

static void part_begins(const char *id, const char *type, const char *charset, bool utf8, struct buffer *out)
{
	buffer_printf(out, "\r\n--=_%s\r\nContent-Type: %s%s\r\n%s\r\n", id, type, charset,
	              utf8 ? "Content-Transfer-Encoding: 8bit\r\n" : "");
}

static void report_write(const struct smtp_guest *guest, struct message *message, const char *id, const char *date,
                         struct buffer *out)
{
	bool utf8 = guest->envelope.utf8;
	buffer_printf(out, "Date: %s\r\nFrom: Mail at %s <postmaster@%s>\r\nTo: <%s>\r\n", date, guest->host,
	              guest->host, guest->envelope.sender);
	buffer_printf(out, "Subject: Report: your message has arrived\r\nMessage-ID: <%s-report@%s>\r\n", id,
	              guest->host);
	buffer_add_string(out, "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n");
	buffer_printf(out, "Content-Type: multipart/report; report-type=delivery-status;\r\n boundary=\"=_%s\"\r\n",
	              id);
	part_begins(id, "text/plain", utf8 ? "; charset=utf-8" : "; charset=us-ascii", utf8, out);
	add_words(guest, out);
	part_begins(id, utf8 ? "message/global-delivery-status" : "message/delivery-status", "", utf8, out);
	add_status(guest, date, out);
	part_begins(id, utf8 ? "message/global-headers" : "text/rfc822-headers", "", utf8, out);
	add_header(message, out);
	buffer_printf(out, "\r\n--=_%s--\r\n", id);
}

/* Where the report goes: the sender's mailbox, or the outbox; NULL where nobody is to be told. `*outbox` says which. */
static struct mailbox *report_mailbox(struct smtp_guest *guest, bool *outbox)
{
	struct smtp_address mailbox;
	struct buffer name = { 0 };
	struct user *user = NULL;
	smtp_address_parse(slice_of(guest->envelope.sender), &mailbox);
	enum recipient kind = smtp_recipient_of(guest, &mailbox, &user, &name);
	buffer_free(&name);
	*outbox = kind == RECIPIENT_REMOTE;
	if (*outbox)
		return store_outbox(visit_store(guest->visit));
	return kind == RECIPIENT_LOCAL ? user_mailbox(user, SLICE("INBOX")) : NULL;
}

void smtp_report(struct smtp_guest *guest, struct message *message, const char *id, int64_t now)
{
	const struct smtp_envelope *envelope = &guest->envelope;
	struct buffer text = { 0 }, date = { 0 };
	bool wanted = false, outbox = false;
	int zone = 0;
	for (size_t i = 0; i < envelope->nrecipients; i++)
		wanted = wanted || wants_report(&envelope->recipients[i]);
	/* Nobody is told of what has no sender (RFC 3461 5.2). */
	struct mailbox *mailbox = wanted && *envelope->sender ? report_mailbox(guest, &outbox) : NULL;
	if (mailbox == NULL)
		return;
	smtp_date(&date, now, &zone);
	buffer_add_octet(&date, '\0');
	buffer_add_string(&text, "Return-Path: <>\r\n");
	if (outbox)
		buffer_printf(&text, "X-Envelope-To: <%s>\r\n", envelope->sender);
	report_write(guest, message, id, date.p, &text);
	struct message *report = message_new(buffer_slice(&text));
	(void)mailbox_add(mailbox, report, 0, now, zone, NULL);
	message_release(report);
	buffer_free(&text);
	buffer_free(&date);
}
