/*
 * Questions: VRFY and EXPN (RFC 5321 3.5), and HELP, which teaches.
 */
#include <stdlib.h>
#include <string.h>

#include "lab/smtp_inside.h"
#include "protocol/protocol.h"
#include "protocol/smtp_address.h"

/* Users that VRFY names where several match. */
#define POSSIBLE_MAX 10

/* ---- VRFY and EXPN ---- */

/* Takes a word SMTPUTF8 off the end of what stands behind VRFY or EXPN (RFC 6531 3.7.4.2). */
static bool utf8_asked(struct slice *arguments)
{
	struct slice word = SLICE("SMTPUTF8");
	if (arguments->n <= word.n || arguments->p[arguments->n - word.n - 1] != ' ' ||
	    !slice_equal_nocase(slice_part(*arguments, arguments->n - word.n, arguments->n), word))
		return false;
	*arguments = slice_trim(slice_part(*arguments, 0, arguments->n - word.n));
	return true;
}

/* The string that is asked about, without brackets and quotes around it; as the store knows names. */
static enum recipient whom(struct smtp_guest *guest, struct slice asked, struct user **user, struct buffer *name)
{
	struct smtp_address mailbox = { 0 };
	if (asked.n > 2 && asked.p[0] == '<' && asked.p[asked.n - 1] == '>')
		asked = slice_part(asked, 1, asked.n - 1);
	smtp_address_parse(asked, &mailbox);
	return smtp_recipient_of(guest, &mailbox, user, name);
}

static bool is_ascii(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

/* `Full Name <user@host>`, or the address alone (RFC 5321 3.5.1). Without SMTPUTF8 no reply holds UTF-8 (RFC 6531 3.7.4.2):
 * a name that needs it is left out, an address is made plain. */
static void say_user(struct smtp_guest *guest, const char *code, const struct user *user, bool utf8, bool last)
{
	struct buffer line = { 0 }, address = { 0 };
	bool named = user->full_name && *user->full_name && (utf8 || is_ascii(user->full_name));
	if (utf8)
		buffer_add_string(&address, user->name);
	else
		visit_clean(&address, slice_of(user->name));
	if (strchr(user->name, '@') == NULL)
		buffer_printf(&address, "@%s", guest->host);
	buffer_printf(&line, named ? "%s <" SLICE_FMT ">" : "%s" SLICE_FMT, named ? user->full_name : "",
	              SLICE_ARG(buffer_slice(&address)));
	(last ? smtp_say : smtp_say_more)(guest, code, SLICE_FMT, SLICE_ARG(buffer_slice(&line)));
	buffer_free(&address);
	buffer_free(&line);
}

/* The next user from `*i` on in whose name or full name the string stands; NULL. */
static const struct user *next_like(struct smtp_guest *guest, struct slice asked, size_t *i)
{
	const struct user *user;
	while ((user = store_person(visit_store(guest->visit), (*i)++)) != NULL) {
		struct slice name = slice_of(user->name), full = slice_of(user->full_name);
		if (slice_find_nocase(name, asked) < name.n || slice_find_nocase(full, asked) < full.n)
			return user;
	}
	return NULL;
}

/* No user is called so: one whose name holds it is meant, or several may be. */
static void say_alike(struct smtp_guest *guest, struct slice asked, bool utf8)
{
	const struct user *users[POSSIBLE_MAX];
	size_t n = 0, i = 0;
	while (n < POSSIBLE_MAX && (users[n] = next_like(guest, asked, &i)) != NULL)
		n++;
	if (n == 0) {
		smtp_refuse(guest, "550 5.1.1", NULL, "No such user here");
		return;
	}
	if (n == 1) {
		say_user(guest, "250 2.1.5", users[0], utf8, true);
		return;
	}
	smtp_say_more(guest, "553 5.1.4", "Ambiguous; these are possible:");
	for (i = 0; i < n; i++)
		say_user(guest, "553 5.1.4", users[i], utf8, i + 1 == n);
}

void smtp_vrfy(struct smtp_guest *guest, struct slice arguments)
{
	bool utf8 = utf8_asked(&arguments);
	struct user *user = NULL;
	struct buffer name = { 0 };
	enum recipient kind = whom(guest, arguments, &user, &name);
	if (arguments.n == 0)
		smtp_syntax(guest, "501 5.5.4", "VRFY needs a name");
	else if (kind == RECIPIENT_LOCAL && !utf8 && !is_ascii(user->name))
		smtp_say(guest, "252 2.6.8", "A user whose name needs UTF-8: say SMTPUTF8 behind it");
	else if (kind == RECIPIENT_LOCAL)
		say_user(guest, "250 2.1.5", user, utf8, true);
	else if (kind == RECIPIENT_LIST)
		smtp_refuse(guest, "550 5.1.1", "EXPN asks who is on it", "That is a mailing list, not a user");
	else if (kind == RECIPIENT_REMOTE && smtp_may_relay(guest))
		smtp_say(guest, "252 2.1.5", "Not a user of ours: mail for there is taken, and lands in the outbox");
	else if (kind == RECIPIENT_REMOTE)
		smtp_refuse(guest, "550 5.7.1", "after AUTH mail for there is taken", "Not a user of ours");
	else
		say_alike(guest, arguments, utf8);
	buffer_free(&name);
}

/* A student is told which lists there are. */
static void refuse_list(struct smtp_guest *guest, enum recipient kind)
{
	struct store *store = visit_store(guest->visit);
	struct buffer lists = { 0 };
	buffer_add_string(&lists, kind == RECIPIENT_LOCAL ? "VRFY asks for a user; the lists are" : "the lists are");
	for (size_t i = 0; store_list_name(store, i) != NULL; i++)
		buffer_printf(&lists, "%s %s", i > 0 ? "," : "", store_list_name(store, i));
	char *hint = buffer_take(&lists);
	smtp_refuse(guest, "550 5.1.1", hint,
	            kind == RECIPIENT_LOCAL ? "That is a user, not a mailing list" : "No such list here");
	free(hint);
}

void smtp_expn(struct smtp_guest *guest, struct slice arguments)
{
	bool utf8 = utf8_asked(&arguments);
	struct store *store = visit_store(guest->visit);
	struct user *user = NULL;
	struct buffer name = { 0 };
	enum recipient kind = whom(guest, arguments, &user, &name);
	if (arguments.n == 0) {
		smtp_syntax(guest, "501 5.5.4", "EXPN needs the name of a list");
	} else if (kind == RECIPIENT_LIST) {
		struct user *next = store_list(store, buffer_slice(&name), 0);
		if (next == NULL)
			smtp_say(guest, "250 2.1.5", "Nobody is on it");
		for (size_t i = 0; (user = next) != NULL;) {
			next = store_list(store, buffer_slice(&name), ++i);
			say_user(guest, "250 2.1.5", user, utf8, next == NULL);
		}
	} else {
		refuse_list(guest, kind);
	}
	buffer_free(&name);
}

/* ---- HELP ---- */

static void say_rows(struct smtp_guest *guest, struct slice rows)
{
	while (rows.n) {
		struct slice row = slice_row(&rows);
		(rows.n ? smtp_say_more : smtp_say)(guest, "214 2.0.0", SLICE_FMT, SLICE_ARG(row));
	}
}

/* Where the client stands, and what it would say next. */
static const char *where(const struct smtp_guest *guest)
{
	if (guest->name == NULL)
		return guest->lmtp ? "You have not said who you are: LHLO your.host"
		                   : "You have not said who you are: EHLO your.host";
	if (guest->submission && guest->user == NULL)
		return "You are not logged in: AUTH comes before MAIL on this server";
	if (!guest->envelope.begun)
		return "No message is under way: MAIL FROM:<you@your.host> begins one";
	if (guest->message.failed)
		return "A chunk of the message was refused: RSET, then MAIL again";
	if (guest->message.chunks)
		return "The message is coming: BDAT octets LAST ends it";
	if (guest->envelope.nrecipients == 0)
		return "The sender is noted, nobody gets it yet: RCPT TO:<bob@localhost>";
	return "Sender and recipients are noted: DATA, then the message, then a line with only a dot";
}

static void help_screen(struct smtp_guest *guest)
{
	struct buffer rows = { 0 };
	buffer_printf(&rows, "%s\n", where(guest));
	buffer_printf(&rows, "A message:  %s MAIL RCPT DATA (or BDAT), RSET drops it\n",
	              guest->lmtp ? "LHLO" : "EHLO (or HELO)");
	buffer_add_string(&rows, "Yourself:   STARTTLS encrypts, AUTH logs in\n");
	buffer_add_string(&rows, "Questions:  VRFY user, EXPN list, HELP command, NOOP\n");
	buffer_add_string(&rows, "The end:    QUIT\n");
	buffer_printf(&rows, "Mail for %s is kept here; mail for others lands in the outbox%s", guest->host,
	              smtp_may_relay(guest) ? "" : " once you are logged in");
	say_rows(guest, buffer_slice(&rows));
	buffer_free(&rows);
}

void smtp_help(struct smtp_guest *guest, struct slice arguments)
{
	const struct protocol *protocol = dialogue_protocol(visit_dialogue(guest->visit));
	const struct table *table = protocol_table(protocol, TABLE_COMMANDS);
	const struct entry *entry = table ? table_find(table, arguments) : NULL;
	struct buffer rows = { 0 };
	if (arguments.n == 0) {
		help_screen(guest);
		return;
	}
	if (entry == NULL) {
		smtp_refuse(guest, "504 5.5.4", NULL, "There is no help about that: HELP alone lists what is here");
		return;
	}
	buffer_printf(&rows, "%s\n%s\n%s", entry->syntax ? entry->syntax : entry->word, entry->note, entry->ref);
	say_rows(guest, buffer_slice(&rows));
	buffer_free(&rows);
}
