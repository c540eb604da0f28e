/*
 * The SMTP server (RFC 5321), which is the submission server (RFC 6409) and LMTP's (RFC 2033) too: who a client is, which
 * command is answered where, and the commands that need no room of their own.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lab/smtp_inside.h"
#include "protocol/protocol.h"
#include "protocol/smtp_address.h"

/* ---- a client ---- */

/* Our name: the machine's, where the store takes it for its own and SMTP can say it. */
static char *host_name(const struct store *store)
{
	char name[256] = "";
	if (gethostname(name, sizeof name - 1) != 0 || !smtp_is_domain(slice_of(name), false) ||
	    !store_local_domain(store, slice_of(name)))
		return string_copy("localhost");
	return string_copy(name);
}

static void *begin(struct visit *visit)
{
	struct smtp_guest *guest = memory_zeroed(1, sizeof *guest);
	guest->visit = visit;
	guest->lmtp = strcmp(visit_server(visit)->protocol, "lmtp") == 0;
	guest->submission = strcmp(visit_server(visit)->name, "submission") == 0;
	guest->host = host_name(visit_store(visit));
	return guest;
}

static void end(void *state)
{
	struct smtp_guest *guest = state;
	smtp_reset(guest);
	smtp_auth_clear(guest);
	free(guest->name);
	free(guest->host);
	free(guest);
}

/* No enhanced status code stands in the greeting, nor in what answers a hello (RFC 2034 4). */
static void greet(void *state)
{
	struct smtp_guest *guest = state;
	smtp_say(guest, "220", "%s %s parlance lab, to practise with; HELP tells what is here", guest->host,
	         guest->lmtp ? "LMTP" : "ESMTP");
}

/* What was said in the clear is forgotten, the log-in too (RFC 3207 4.2). */
static void secured(void *state)
{
	struct smtp_guest *guest = state;
	smtp_reset(guest);
	smtp_auth_clear(guest);
	free(guest->name);
	guest->name = NULL;
	guest->user = NULL;
	guest->extended = false;
}

bool smtp_may_relay(const struct smtp_guest *guest)
{
	return guest->user != NULL;
}

/* ---- hello ---- */

/* A domain or an address literal; an underscore, and the dot of the root, are let pass, as machines are named so. */
static bool names_client(struct slice name)
{
	if (smtp_is_literal(name))
		return true;
	if (name.n > 1 && name.p[name.n - 1] == '.')
		name.n--;
	char *plain = slice_string(name);
	for (char *p = plain; *p; p++)
		if (*p == '_')
			*p = 'a';
	bool good = name.n <= SMTP_DOMAIN_MAX && strlen(plain) == name.n && smtp_is_domain(slice_of(plain), false);
	free(plain);
	return good;
}

/* The extensions, a line each. */
static void list_extensions(const struct smtp_guest *guest, struct buffer *out)
{
	buffer_add_string(out, "PIPELINING\n");
	buffer_printf(out, "SIZE %zu\n", MESSAGE_MAX);
	buffer_add_string(out, "8BITMIME\nSMTPUTF8\nDSN\nCHUNKING\n");
	buffer_printf(out, "LIMITS RCPTMAX=%d\n", SMTP_RECIPIENTS_MAX);
	if (!visit_secure(guest->visit) && visit_tls(guest->visit))
		buffer_add_string(out, "STARTTLS\n");
	buffer_add_string(out, "AUTH");
	for (size_t i = 0; sasl_server_mechanism(i); i++)
		buffer_printf(out, " %s", sasl_server_mechanism(i));
	buffer_add_string(out, "\nVRFY\nEXPN\nHELP\nENHANCEDSTATUSCODES");
}

static void welcome(struct smtp_guest *guest, bool extended)
{
	struct buffer lines = { 0 };
	struct slice rest;
	if (!extended) {
		smtp_say(guest, "250", "%s greets %s", guest->host, guest->name);
		return;
	}
	buffer_printf(&lines, "%s greets %s\n", guest->host, guest->name);
	list_extensions(guest, &lines);
	rest = buffer_slice(&lines);
	while (rest.n) {
		struct slice row = slice_row(&rest);
		(rest.n ? smtp_say_more : smtp_say)(guest, "250", SLICE_FMT, SLICE_ARG(row));
	}
	buffer_free(&lines);
}

/* A hello does what RSET does (RFC 5321 4.1.4); a wrong one changes nothing. */
static void hello(struct smtp_guest *guest, struct slice arguments, bool extended)
{
	struct slice name = slice_word(&arguments);
	if (name.n == 0) {
		smtp_syntax(guest, "501", SLICE_FMT " needs your host's name", SLICE_ARG(guest->verb));
		return;
	}
	if (!names_client(name) || slice_trim(arguments).n) {
		smtp_syntax(guest, "501", "That is no host's name and no address in brackets");
		return;
	}
	smtp_reset(guest);
	free(guest->name);
	guest->name = slice_string(name);
	guest->extended = extended;
	welcome(guest, extended);
}

static void ehlo(struct smtp_guest *guest, struct slice arguments)
{
	hello(guest, arguments, true);
}

static void helo(struct smtp_guest *guest, struct slice arguments)
{
	hello(guest, arguments, false);
}

/* ---- commands without a room of their own ---- */

static void starttls(struct smtp_guest *guest, struct slice arguments)
{
	(void)arguments;
	if (visit_secure(guest->visit))
		smtp_refuse(guest, "503 5.5.1", "what is said is encrypted", "TLS has begun already");
	else if (guest->name == NULL)
		smtp_refuse(guest, "503 5.5.1", "it is listed in the answer to EHLO", "Say hello first");
	else if (visit_tls(guest->visit) == NULL)
		smtp_refuse(guest, "454 4.7.0", NULL, "TLS is not available");
	else
		smtp_say(guest, "220 2.0.0", "Begin TLS now");
}

static void rset(struct smtp_guest *guest, struct slice arguments)
{
	(void)arguments;
	smtp_reset(guest);
	smtp_say(guest, "250 2.0.0", "Forgotten");
}

static void noop(struct smtp_guest *guest, struct slice arguments)
{
	(void)arguments;
	smtp_say(guest, "250 2.0.0", "OK");
}

static void quit(struct smtp_guest *guest, struct slice arguments)
{
	(void)arguments;
	smtp_say(guest, "221 2.0.0", "%s closes the channel", guest->host);
	visit_hang_up(guest->visit);
}

/* ---- which command it is ---- */

enum {
	BARE = 1 << 0,      /* nothing may stand behind it (RFC 5321 4.1.1) */
	LOGIN = 1 << 1,     /* submission: refused before AUTH (RFC 6409 4.3, RFC 4954 6) */
	SMTP_ONLY = 1 << 2, /* LMTP answers no such hello (RFC 2033 4.1) */
	LMTP_ONLY = 1 << 3,
	OWN_CHECKS = 1 << 4 /* the octets behind it are read first, whatever is wrong */
};

static const struct command {
	const char *verb;
	void (*answer)(struct smtp_guest *guest, struct slice arguments);
	unsigned flags;
} commands[] = {
	{ "AUTH", smtp_auth, 0 },
	{ "BDAT", smtp_bdat, OWN_CHECKS },
	{ "DATA", smtp_data, BARE | LOGIN },
	{ "EHLO", ehlo, SMTP_ONLY },
	{ "EXPN", smtp_expn, LOGIN },
	{ "HELO", helo, SMTP_ONLY },
	{ "HELP", smtp_help, 0 },
	{ "LHLO", ehlo, LMTP_ONLY },
	{ "MAIL", smtp_mail, LOGIN },
	{ "NOOP", noop, 0 },
	{ "QUIT", quit, BARE },
	{ "RCPT", smtp_rcpt, LOGIN },
	{ "RSET", rset, BARE },
	{ "STARTTLS", starttls, BARE },
	{ "VRFY", smtp_vrfy, LOGIN },
};

static const struct command *command_find(struct slice verb)
{
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		if (slice_equal_nocase(verb, slice_of(commands[i].verb)))
			return &commands[i];
	return NULL;
}

/* Known to the books and not to this server is 502, unknown is 500 (RFC 5321 4.2.4). */
static void unknown(struct smtp_guest *guest)
{
	const struct protocol *protocol = dialogue_protocol(visit_dialogue(guest->visit));
	const struct table *table = protocol_table(protocol, TABLE_COMMANDS);
	struct buffer words = { 0 };
	if (table && table_find(table, guest->verb)) {
		smtp_refuse(guest, "502 5.5.1", "HELP lists what is", SLICE_FMT " is not implemented here",
		            SLICE_ARG(guest->verb));
		return;
	}
	buffer_add_string(&words, "There is no such command");
	visit_hint(guest->visit, HINT_UNKNOWN, guest->verb, &words);
	smtp_say(guest, "500 5.5.2", SLICE_FMT, SLICE_ARG(buffer_slice(&words)));
	buffer_free(&words);
}

/* Whether it may be said here at all; where not, the reply is said. */
static bool admitted(struct smtp_guest *guest, const struct command *command, struct slice arguments)
{
	if ((command->flags & SMTP_ONLY) && guest->lmtp)
		smtp_refuse(guest, "500 5.5.1", "RFC 2033 4.1: it is LHLO in LMTP", "This is LMTP: say LHLO");
	else if ((command->flags & LMTP_ONLY) && !guest->lmtp)
		smtp_refuse(guest, "500 5.5.1", "LHLO is LMTP's hello", "This is SMTP: say EHLO");
	else if ((command->flags & BARE) && arguments.n)
		smtp_syntax(guest, "501 5.5.4", "Nothing may stand behind %s", command->verb);
	else if ((command->flags & LOGIN) && guest->submission && guest->user == NULL)
		smtp_refuse(guest, "530 5.7.0", "this is the submission server: AUTH comes before MAIL",
		            "Authentication required");
	else
		return true;
	return false;
}

static void command_said(void *state, const struct visit_line *line)
{
	struct smtp_guest *guest = state;
	struct slice rest = line->text, verb = slice_word(&rest);
	const struct command *command = command_find(verb);
	if (line->event->line_end.n == 0) /* the client has hung up in the middle of it */
		return;
	if (line->ended_by_lf)
		visit_remark(guest->visit,
		             "this line ended in a bare LF, where SMTP's lines end in CRLF (RFC 5321 2.3.8): "
		             "it is taken all the same");
	guest->verb = command ? slice_of(command->verb) : verb;
	if (command && command->flags & OWN_CHECKS)
		command->answer(guest, slice_trim(rest));
	else if (line->too_long) /* AUTH's lines have a code of their own (RFC 4954 6) */
		smtp_say(guest, command && command->answer == smtp_auth ? "500 5.5.6" : "500 5.5.2",
		         "Line too long: %d octets at most", SMTP_LINE_MAX);
	else if (command == NULL)
		unknown(guest);
	else if (admitted(guest, command, slice_trim(rest)))
		command->answer(guest, slice_trim(rest));
	guest->verb = SLICE("");
}

static void data_said(void *state, const struct dialogue_event *event)
{
	struct smtp_guest *guest = state;
	if (guest->message.in_chunk)
		smtp_chunk(guest, event);
	else if (guest->message.taking)
		smtp_text(guest, event);
	else if (guest->sasl)
		smtp_answer(guest, event);
}

static void more(void *state)
{
	smtp_replies_more(state);
}

const struct conduct smtp_conduct = {
	.longest = SMTP_LINE_MAX,
	.begin = begin,
	.greet = greet,
	.command = command_said,
	.data = data_said,
	.secured = secured,
	.more = more,
	.end = end,
	.farewell = "421 4.3.2 The lab closes\r\n",
};
