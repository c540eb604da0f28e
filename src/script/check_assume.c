/*
 * What a check makes up, so that what follows a mistake is judged as it was meant: the reply that is missing, the login that
 * nobody shows. Nobody is told of it.
 */
#include "script/check_hearing.h"

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

/* LMTP has SMTP's rows behind its own. */
static bool is_protocol(const struct hearing *h, const char *name)
{
	const char *own = dialogue_protocol(h->c.d)->name;
	return strcmp(name, own) == 0 || (strcmp(own, "lmtp") == 0 && strcmp(name, "smtp") == 0);
}

const char *good_reply(const struct hearing *h, struct slice verb)
{
	for (size_t i = 0; i < sizeof replies / sizeof replies[0]; i++)
		if (is_protocol(h, replies[i].protocol) &&
		    (replies[i].verb == NULL || slice_equal_nocase(verb, slice_of(replies[i].verb))))
			return replies[i].octets;
	return NULL;
}

static void say_reply(struct hearing *h, const char *octets, struct slice tag)
{
	struct buffer b = { 0 };
	for (const char *p = octets; *p; p++) {
		if (*p == '%')
			buffer_add_slice(&b, tag);
		else
			buffer_add_octet(&b, *p);
	}
	char *said = buffer_take(&b);
	hearing_invent(h, SIDE_SERVER, said);
	free(said);
}

static bool still_waits(const struct hearing *h, uint64_t n)
{
	struct waiting_command one;
	for (size_t i = 0; dialogue_waiting(h->c.d, i, &one); i++)
		if (one.n == n)
			return true;
	return false;
}

void assume_reply(struct hearing *h, const struct waiting_command *waiting)
{
	const char *octets = good_reply(h, waiting->verb);
	char *tag = slice_string(waiting->tag);
	uint64_t n = waiting->n;
	h->c.unseen |= hearing_asks_abilities(waiting->verb);
	if (h->answered == n && h->asked && !dialogue_protocol(h->c.d)->tagged) /* it has gone on */
		octets = good_reply(h, SLICE("NOOP"));
	for (unsigned i = 0; octets && i < REPLIES_MAX && still_waits(h, n); i++) {
		say_reply(h, octets, slice_of(tag));
		if (dialogue_in_reply(h->c.d) && is_protocol(h, "pop3")) /* a list */
			hearing_invent(h, SIDE_SERVER, ".\r\n");
	}
	free(tag);
}

/* ---- states ---- */

/* What leads from one state towards the next: lines with their side in front, ended by NULL. */
static const struct step {
	const char *protocol, *state;
	const char *towards; /* the command that it is for; NULL: any */
	const char *name;
	const char *lines[6];
} steps[] = {
	{ "smtp", "greeting", NULL, "the greeting", { "S220 \r\n" } },
	{ "lmtp", "connected", NULL, "LHLO", { "CLHLO there.example\r\n", "S250 \r\n" } },
	{ "smtp", "connected", NULL, "EHLO", { "CEHLO there.example\r\n", "S250 \r\n" } },
	{ "smtp", "ready", NULL, "MAIL", { "CMAIL FROM:<>\r\n", "S250 \r\n" } },
	{ "smtp", "mail", NULL, "RCPT", { "CRCPT TO:<postmaster>\r\n", "S250 \r\n" } },
	{ "pop3", "greeting", NULL, "the greeting", { "S+OK <1@here.example>\r\n" } },
	{ "pop3", "authorization", "PASS", "USER", { "CUSER x\r\n", "S+OK \r\n" } },
	{ "pop3", "authorization", NULL, "the login", { "CUSER x\r\n", "S+OK \r\n", "CPASS x\r\n", "S+OK \r\n" } },
	{ "imap", "greeting", NULL, "the greeting", { "S* OK here\r\n" } },
	{ "imap", "not-authenticated", NULL, "the login", { "Cassumed LOGIN x x\r\n", "Sassumed OK \r\n" } },
	{ "imap", "authenticated", NULL, "SELECT", { "Cassumed SELECT INBOX\r\n", "Sassumed OK \r\n" } },
	{ "ftp", "greeting", NULL, "the greeting", { "S220 \r\n" } },
	{ "ftp", "connected", NULL, "USER", { "CUSER x\r\n", "S331 \r\n" } },
	{ "ftp", "user", NULL, "PASS", { "CPASS x\r\n", "S230 \r\n" } },
};

/* What comes next on the way to the command. No step leads back; and where the state allows it, and something else forbids
 * it, only a step that is for it alone helps. */
static const struct step *step_now(const struct hearing *h, const struct entry *command)
{
	unsigned now = dialogue_state_index(h->c.d);
	bool ahead = command == NULL || command->states >> (now + 1) != 0;
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		const struct step *step = &steps[i];
		if (!is_protocol(h, step->protocol) || strcmp(step->state, dialogue_state(h->c.d)) != 0)
			continue;
		if (step->towards ? command && strcmp(step->towards, command->word) == 0 : ahead)
			return step;
	}
	return NULL;
}

static void step_take(struct hearing *h, const struct step *step)
{
	for (const char *const *line = step->lines; *line; line++)
		hearing_invent(h, **line == 'C' ? SIDE_CLIENT : SIDE_SERVER, *line + 1);
}

/* "the greeting, EHLO and MAIL". */
static void names_join(const struct step *const *taken, size_t n, struct buffer *names)
{
	for (size_t i = 0; i < n; i++) {
		buffer_add_string(names, i == 0 ? "" : i + 1 == n ? " and " : ", ");
		buffer_add_string(names, taken[i]->name);
	}
}

bool assume_before(struct hearing *h, const struct entry *command, struct buffer *names)
{
	const struct step *taken[STEPS_MAX];
	size_t n = 0;
	bool greeted = strcmp(dialogue_state(h->c.d), "greeting") != 0;
	while (n < STEPS_MAX && (!greeted || (command && dialogue_allows(h->c.d, command, NULL) == NOT_NOW))) {
		const struct step *step = step_now(h, greeted ? command : NULL);
		if (step == NULL)
			break;
		step_take(h, step);
		taken[n++] = step;
		greeted = true;
	}
	if (names)
		names_join(taken, n, names);
	return command == NULL || dialogue_allows(h->c.d, command, NULL) != NOT_NOW;
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

const struct entry *hearing_command_of(const struct hearing *h, struct slice line)
{
	const struct protocol *protocol = dialogue_protocol(h->c.d);
	const struct table *commands = protocol_table(protocol, TABLE_COMMANDS);
	if (commands == NULL)
		return NULL;
	return protocol->tagged ? imap_command_of(commands, line) : table_find(commands, slice_word(&line));
}
