/*
 * What a check makes up, so that what follows a mistake is judged as it was meant: the reply that is missing, the login that
 * nobody shows. Nobody is told of it.
 */
#include "script/check_walk.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/imap_syntax.h"

/* A reply is said in so many pieces at most (LMTP has one for each recipient). */
#define REPLIES_MAX 1024

/* So many steps lead into any state at most. */
#define STEPS_MAX 6

/* ---- replies ---- */

/* The good reply to a command; `%` in it stands for the command's tag. */
static const struct {
	const char *protocol, *verb; /* NULL: to any other */
	const char *octets;
} replies[] = {
	{ "smtp", "DATA", "354 \r\n" },
	{ "smtp", "QUIT", "221 \r\n" },
	{ "smtp", "STARTTLS", "220 \r\n" },
	{ "smtp", "AUTH", "235 \r\n" },
	{ "smtp", NULL, "250 \r\n" },
	{ "pop3", NULL, "+OK \r\n" },
	{ "imap", "LOGOUT", "* BYE \r\n% OK \r\n" },
	{ "imap", NULL, "% OK \r\n" },
	{ "ftp", "USER", "331 \r\n" },
	{ "ftp", "PASS", "230 \r\n" },
	{ "ftp", "ACCT", "230 \r\n" },
	{ "ftp", "RNFR", "350 \r\n" },
	{ "ftp", "REST", "350 \r\n" },
	{ "ftp", "AUTH", "234 \r\n" },
	{ "ftp", "QUIT", "221 \r\n" },
	{ "ftp", "REIN", "220 \r\n" },
	{ "ftp", "PASV", "227 (127,0,0,1,4,1)\r\n" },
	{ "ftp", "EPSV", "229 (|||1025|)\r\n" },
	{ "ftp", NULL, "200 \r\n" },
	{ "http", NULL, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" },
};

static bool is_protocol(const struct walk *w, const char *name)
{
	const char *own = dialogue_protocol(w->c.d)->name;
	return strcmp(name, strcmp(own, "lmtp") == 0 ? "smtp" : own) == 0;
}

static const char *reply_of(const struct walk *w, struct slice verb)
{
	for (size_t i = 0; i < sizeof replies / sizeof replies[0]; i++)
		if (is_protocol(w, replies[i].protocol) &&
		    (replies[i].verb == NULL || slice_equal_nocase(verb, slice_of(replies[i].verb))))
			return replies[i].octets;
	return NULL;
}

static void say_reply(struct walk *w, const char *octets, struct slice tag)
{
	struct buffer b = { 0 };
	for (const char *p = octets; *p; p++) {
		if (*p == '%')
			buffer_add_slice(&b, tag);
		else
			buffer_add_octet(&b, *p);
	}
	char *said = buffer_take(&b);
	walk_invent(w, SIDE_SERVER, said);
	free(said);
}

static bool still_waits(const struct walk *w, uint64_t n)
{
	struct waiting_command one;
	for (size_t i = 0; dialogue_waiting(w->c.d, i, &one); i++)
		if (one.n == n)
			return true;
	return false;
}

void assume_reply(struct walk *w, const struct waiting_command *waiting)
{
	const char *octets = reply_of(w, waiting->verb);
	char *tag = slice_string(waiting->tag);
	uint64_t n = waiting->n;
	if (w->continued == n && !dialogue_protocol(w->c.d)->tagged) /* it has been asked to go on, and has */
		octets = reply_of(w, SLICE("NOOP"));
	for (unsigned i = 0; octets && i < REPLIES_MAX && still_waits(w, n); i++) {
		say_reply(w, octets, slice_of(tag));
		if (dialogue_in_reply(w->c.d) && is_protocol(w, "pop3")) /* a list */
			walk_invent(w, SIDE_SERVER, ".\r\n");
	}
	free(tag);
}

/* ---- states ---- */

/* What leads from one state towards the next: lines with their side in front, ended by NULL. */
static const struct step {
	const char *protocol, *state, *name;
	const char *lines[6];
} steps[] = {
	{ "smtp", "greeting", "the greeting", { "S220 \r\n" } },
	{ "smtp", "connected", "EHLO", { "CEHLO there.example\r\n", "S250 \r\n" } },
	{ "smtp", "ready", "MAIL", { "CMAIL FROM:<>\r\n", "S250 \r\n" } },
	{ "smtp", "mail", "RCPT", { "CRCPT TO:<postmaster>\r\n", "S250 \r\n" } },
	{ "pop3", "greeting", "the greeting", { "S+OK \r\n" } },
	{ "pop3", "authorization", "the login", { "CUSER x\r\n", "S+OK \r\n", "CPASS x\r\n", "S+OK \r\n" } },
	{ "imap", "greeting", "the greeting", { "S* OK here\r\n" } },
	{ "imap", "not-authenticated", "the login", { "Cassumed LOGIN x x\r\n", "Sassumed OK \r\n" } },
	{ "imap", "authenticated", "SELECT", { "Cassumed SELECT INBOX\r\n", "Sassumed OK \r\n" } },
	{ "ftp", "greeting", "the greeting", { "S220 \r\n" } },
	{ "ftp", "connected", "USER", { "CUSER x\r\n", "S331 \r\n" } },
	{ "ftp", "user", "PASS", { "CPASS x\r\n", "S230 \r\n" } },
};

static const struct step *step_now(const struct walk *w)
{
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
		if (is_protocol(w, steps[i].protocol) && strcmp(steps[i].state, dialogue_state(w->c.d)) == 0)
			return &steps[i];
	return NULL;
}

static void step_take(struct walk *w, const struct step *step)
{
	for (const char *const *line = step->lines; *line; line++)
		walk_invent(w, **line == 'C' ? SIDE_CLIENT : SIDE_SERVER, *line + 1);
}

/* "the greeting, EHLO and MAIL". */
static void names_join(const struct step *const *taken, size_t n, struct buffer *names)
{
	for (size_t i = 0; i < n; i++) {
		buffer_add_string(names, i == 0 ? "" : i + 1 == n ? " and " : ", ");
		buffer_add_string(names, taken[i]->name);
	}
}

bool assume_before(struct walk *w, const struct entry *command, struct buffer *names)
{
	const struct step *taken[STEPS_MAX];
	size_t n = 0;
	bool greeted = strcmp(dialogue_state(w->c.d), "greeting") != 0;
	while (n < STEPS_MAX && (!greeted || (command && dialogue_allows(w->c.d, command, NULL) == NOT_NOW))) {
		const struct step *step = step_now(w);
		if (step == NULL)
			break;
		step_take(w, step);
		taken[n++] = step;
		greeted = true;
	}
	if (names)
		names_join(taken, n, names);
	return command == NULL || dialogue_allows(w->c.d, command, NULL) != NOT_NOW;
}

/* ---- commands ---- */

static const struct entry *imap_command_of(const struct table *commands, struct slice line)
{
	struct imap_command command;
	struct buffer name = { 0 };
	imap_command_parse(line, &command);
	buffer_add_slice(&name, command.verb);
	if (command.second.n) {
		buffer_add_octet(&name, ' ');
		buffer_add_slice(&name, command.second);
	}
	const struct entry *row = table_find(commands, buffer_slice(&name));
	buffer_free(&name);
	return row;
}

const struct entry *walk_command_of(const struct walk *w, struct slice line)
{
	const struct protocol *protocol = dialogue_protocol(w->c.d);
	const struct table *commands = protocol_table(protocol, TABLE_COMMANDS);
	if (commands == NULL)
		return NULL;
	return protocol->tagged ? imap_command_of(commands, line) : table_find(commands, slice_word(&line));
}
