/*
 * A line whose command is none of the protocol spoken, but which is known elsewhere: another protocol's command, a word
 * that programs are told, a shell's command, a URL.
 */
#include <string.h>

#include "protocol/upgrade.h"
#include "talk/room.h"

/* Whether a command of the protocol is that word, or begins with it ("UID FETCH"). */
static bool is_known(const struct protocol *protocol, struct slice word)
{
	const struct table *commands = protocol_table(protocol, TABLE_COMMANDS);
	for (size_t i = 0; commands && i < commands->n; i++) {
		struct slice row = slice_of(commands->rows[i].word);
		if (slice_equal_nocase(slice_part(row, 0, slice_find_octet(row, ' ')), word))
			return true;
	}
	return false;
}

struct slice strange_word(const struct talk *t, struct slice line)
{
	const struct protocol *protocol = talk_protocol(t);
	struct slice rest = line, first = slice_word(&rest), second = slice_word(&rest);
	bool tagged = protocol->tagged;
	if (protocol_table(protocol, TABLE_COMMANDS) == NULL || is_known(protocol, tagged ? second : first))
		return (struct slice){ NULL, 0 };
	if (tagged && is_known(protocol, first))
		return (struct slice){ NULL, 0 };
	return first;
}

/* Programs that people take this for, or want to be in. */
static bool is_program(struct slice word)
{
	static const char *const programs[] = { "telnet", "nc",  "ncat", "openssl", "curl",
		                                "wget",   "ssh", "ping", "parlance" };
	for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++)
		if (slice_equal(word, slice_of(programs[i])))
			return true;
	return false;
}

static bool shell_or_url(const struct talk *t, struct slice word, struct buffer *warning)
{
	size_t scheme = slice_find(word, SLICE("://"));
	bool url = scheme > 0 && scheme < word.n;
	if (!url && !is_program(word))
		return false;
	buffer_add_string(warning, url ? "This went to the server as a command, which a URL is not. "
	                               : "This went to the server, which is no shell. ");
	if (url && strcmp(talk_protocol(t)->name, "http") == 0)
		buffer_add_string(warning,
		                  "A request is GET /path HTTP/1.1, then Host: and the server's name, then an empty "
		                  "line (RFC 9112 2.1). ");
	buffer_add_string(warning, t->prompt ? ":open TARGET goes elsewhere." : "parlance TARGET goes elsewhere.");
	return true;
}

/* Words by which programs are told to do what a command does. */
static const struct {
	const char *protocol;      /* NULL: any */
	const char *typed, *meant; /* NULL: the goodbye */
} habits[] = {
	{ NULL, "bye", NULL },        { NULL, "close", NULL },       { NULL, "exit", NULL },
	{ NULL, "logoff", NULL },     { "ftp", "ls", "LIST" },       { "ftp", "dir", "LIST" },
	{ "ftp", "get", "RETR" },     { "ftp", "put", "STOR" },      { "ftp", "cd", "CWD" },
	{ "ftp", "mkdir", "MKD" },    { "ftp", "rm", "DELE" },       { "ftp", "delete", "DELE" },
	{ "ftp", "ascii", "TYPE A" }, { "ftp", "binary", "TYPE I" }, { "ftp", "passive", "PASV" },
	{ "pop3", "get", "RETR" },    { "pop3", "fetch", "RETR" },   { "pop3", "delete", "DELE" },
};

/* Whether it is a command of that phase in some protocol. */
static bool in_phase(struct slice word, enum phase phase)
{
	for (size_t i = 0; protocols[i]; i++) {
		const struct table *commands = protocol_table(protocols[i], TABLE_COMMANDS);
		const struct entry *row = commands ? table_find(commands, word) : NULL;
		if (row && row->phase == phase)
			return true;
	}
	return false;
}

static bool is_goodbye(struct slice word)
{
	return in_phase(word, PHASE_GOODBYE);
}

static void say_goodbye(const struct talk *t, struct buffer *out)
{
	const struct entry *goodbye = talk_goodbye(t);
	const char *tag = talk_protocol(t)->tagged ? "a tag and " : "";
	if (goodbye)
		buffer_printf(out, "One leaves with %s%s.", tag, goodbye->word);
	else
		buffer_printf(out,
		              "HTTP has no goodbye: Connection: close in a request has the server hang up behind its "
		              "response (RFC 9112 9.6)%s.",
		              t->prompt ? "; :quit leaves" : "");
}

static bool program_word(const struct talk *t, struct slice word, struct buffer *warning)
{
	const char *name = talk_protocol(t)->name;
	for (size_t i = 0; i < sizeof habits / sizeof habits[0]; i++) {
		bool here = habits[i].protocol == NULL || strcmp(habits[i].protocol, name) == 0;
		if (!here || !slice_equal_nocase(word, slice_of(habits[i].typed)))
			continue;
		buffer_printf(warning, "%s is what programs are told, not servers. ", habits[i].typed);
		if (habits[i].meant)
			buffer_printf(warning, "The command is %s.", habits[i].meant);
		else
			say_goodbye(t, warning);
		return true;
	}
	return false;
}

/* The names of the protocols that know the word, as "POP3, FTP". LMTP is SMTP's like. */
static size_t name_owners(struct slice word, struct buffer *names)
{
	size_t n = 0;
	bool smtp = false;
	for (size_t i = 0; protocols[i]; i++) {
		if (!is_known(protocols[i], word) || (smtp && strcmp(protocols[i]->name, "lmtp") == 0))
			continue;
		smtp |= strcmp(protocols[i]->name, "smtp") == 0;
		buffer_add_string(names, n++ ? ", " : "");
		for (const char *p = protocols[i]->name; *p; p++)
			buffer_add_octet(names, octet_upper(*p));
	}
	return n;
}

static bool elsewhere_a_command(const struct talk *t, struct slice word, struct buffer *warning)
{
	struct buffer names = { 0 };
	bool found = octet_is_alnum(word.p[0]) && name_owners(word, &names) > 0; /* `*` cancels a login, too */
	if (found) {
		buffer_printf(warning, SLICE_FMT " belongs to another protocol (" SLICE_FMT "). Here ", SLICE_ARG(word),
		              SLICE_ARG(buffer_slice(&names)));
		for (const char *p = talk_protocol(t)->name; *p; p++)
			buffer_add_octet(warning, octet_upper(*p));
		buffer_add_string(warning, " is spoken. ");
		if (is_goodbye(word))
			say_goodbye(t, warning);
		else if (t->prompt && in_phase(word, PHASE_ENCRYPT) && upgrade_possible(talk_protocol(t)))
			buffer_add_string(warning, ":starttls says what is said for TLS here.");
		else if (t->prompt)
			buffer_add_string(warning, ":next lists what can be said.");
	}
	buffer_free(&names);
	return found;
}

bool stranger_looks(struct talk *t, struct slice line, struct buffer *warning)
{
	struct slice word = strange_word(t, line);
	bool request = slice_find(line, SLICE(" HTTP/")) < line.n;
	return word.n && (shell_or_url(t, word, warning) || (!request && program_word(t, word, warning)) ||
	                  elsewhere_a_command(t, word, warning));
}
