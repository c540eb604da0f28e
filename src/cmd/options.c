/*
 * The options: one table, the same words wherever they make sense.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "cmd/cmd.h"

enum option_kind {
	OPTION_FLAG,    /* a bool at `offset` */
	OPTION_TEXT,    /* a string at `offset` */
	OPTION_WORDS,   /* a struct words at `offset`: may be given again */
	OPTION_WORD,    /* likewise, one of `choices` */
	OPTION_SECONDS, /* a double at `offset` */
	OPTION_COUNT,   /* a uint64_t at `offset`, from 1 */
	OPTION_OCTETS,  /* likewise, from 0 */
	OPTION_RATE,    /* a double at `offset`, above 0 */
	OPTION_TO,
	OPTION_DEMO, /* its value may be missing, or stand behind a = */
	OPTION_IPV4,
	OPTION_IPV6,
	OPTION_PROTOCOL,
	OPTION_NOTES,
	OPTION_SET,
	OPTION_SET_FILE,
	OPTION_MAP,
	OPTION_HELP,
	OPTION_VERSION
};

/* Every command takes these. */
#define OPTIONS_ALL 0

struct option_row {
	const char *name;
	char letter;
	const char *argument; /* NULL: it has none */
	unsigned groups;      /* enum option_group, or-ed */
	enum option_kind kind;
	size_t offset;
	const char *const *choices;
	const char *help; /* lines of at most 50 columns */
};

static const char *const eol_choices[] = { "crlf", "lf", "none", NULL };
static const char *const color_choices[] = { "auto", "always", "never", NULL };
static const char *const notes_choices[] = { "full", "short", "off", NULL };
static const char *const match_choices[] = { "status", "class", "text", NULL };
static const char *const secrets_choices[] = { "mask", "show", NULL };

#define AT(member) offsetof(struct options, member)

static const struct option_row rows[] = {
	{ "ipv4", '4', NULL, OPTIONS_CONNECT, OPTION_IPV4, 0, NULL, "use IPv4 only" },
	{ "ipv6", '6', NULL, OPTIONS_CONNECT, OPTION_IPV6, 0, NULL, "use IPv6 only" },
	{ "protocol", 'P', "PROTOCOL", OPTIONS_CONNECT | OPTIONS_OFFLINE, OPTION_PROTOCOL, 0, NULL,
	  "speak it, whatever the port: smtp lmtp pop3 imap\nhttp ftp tcp udp" },
	{ "tls", 0, NULL, OPTIONS_ENCRYPT, OPTION_FLAG, AT(tls), NULL, "TLS from the first octet" },
	{ "starttls", 0, NULL, OPTIONS_CONNECT, OPTION_FLAG, AT(starttls), NULL,
	  "upgrade to TLS first: STARTTLS, STLS, AUTH TLS;\nexit 4 where the server does not" },
	{ "cacert", 0, "FILE", OPTIONS_CONNECT, OPTION_TEXT, AT(with.cacert), NULL,
	  "trust these authorities, not the system's (PEM)" },
	{ "capath", 0, "DIR", OPTIONS_CONNECT, OPTION_TEXT, AT(with.capath), NULL,
	  "the same, a folder made by `openssl rehash`" },
	{ "insecure", 'k', NULL, OPTIONS_CONNECT, OPTION_FLAG, AT(with.insecure), NULL,
	  "go on whatever is wrong with the certificate" },
	{ "servername", 0, "NAME", OPTIONS_CONNECT, OPTION_TEXT, AT(with.servername), NULL,
	  "ask for this server (SNI), and verify that name" },
	{ "verify-name", 0, "NAME", OPTIONS_CONNECT, OPTION_TEXT, AT(with.verify_name), NULL,
	  "whom the certificate must name\n(default: --servername, else the host)" },
	{ "cert", 0, "FILE", OPTIONS_ENCRYPT, OPTION_TEXT, AT(with.cert), NULL, "show this certificate of ours (PEM)" },
	{ "key", 0, "FILE", OPTIONS_ENCRYPT, OPTION_TEXT, AT(with.key), NULL,
	  "and its key (default: in the file of --cert)" },
	{ "tls-min", 0, "VERSION", OPTIONS_ENCRYPT, OPTION_TEXT, AT(with.min), NULL,
	  "1.0, 1.1, 1.2 or 1.3 at least (default: 1.2)" },
	{ "tls-max", 0, "VERSION", OPTIONS_ENCRYPT, OPTION_TEXT, AT(with.max), NULL, "and at most" },
	{ "ciphers", 0, "LIST", OPTIONS_ENCRYPT, OPTION_TEXT, AT(with.ciphers), NULL,
	  "ciphers as `openssl ciphers` lists them; those of\nTLS 1.3 are the ones that begin with TLS_" },
	{ "alpn", 0, "NAMES", OPTIONS_CONNECT, OPTION_TEXT, AT(with.alpn), NULL,
	  "offer these protocols in the handshake: http/1.1" },
	{ "showcerts", 0, NULL, OPTIONS_ENCRYPT, OPTION_FLAG, AT(showcerts), NULL,
	  "show the certificates in full, and as PEM" },
	{ "timeout", 'w', "SECONDS", OPTIONS_CONNECT, OPTION_SECONDS, AT(timeout), NULL,
	  "wait so long for a reply (default: 60; for ever\nwhere talk or replay is at a terminal)" },
	{ "connect-timeout", 0, "SECONDS", OPTIONS_CONNECT, OPTION_SECONDS, AT(connect_timeout), NULL,
	  "wait so long for a connection (default: 10)" },
	{ "follow-data", 0, NULL, OPTIONS_CONNECT, OPTION_FLAG, AT(follow_data), NULL,
	  "FTP: data connections go to whatever host the\nserver names (default: to its own)" },
	{ "max-time", 0, "SECONDS", OPTIONS_CONNECT, OPTION_SECONDS, AT(max_time), NULL,
	  "end the whole session after so long" },
	{ "eol", 0, "crlf|lf|none", OPTIONS_TALK, OPTION_WORD, AT(eol), eol_choices,
	  "what is sent behind each line\n(default: crlf; udp: none)" },
	{ "raw", 0, NULL, OPTIONS_TALK, OPTION_FLAG, AT(raw), NULL,
	  "the server's octets to stdout as they are,\nnotes to stderr" },
	{ "colon", 0, NULL, OPTIONS_TALK, OPTION_FLAG, AT(colon), NULL, "take `:` lines for parlance in a pipe too" },
	{ "no-wait", 0, NULL, OPTIONS_TALK, OPTION_FLAG, AT(no_wait), NULL, "send lines without waiting for replies" },
	{ "fail", 0, NULL, OPTIONS_TALK | OPTIONS_REPLAY, OPTION_FLAG, AT(fail), NULL,
	  "exit 1 if a reply was a failure" },
	{ "to", 0, "TARGET", OPTIONS_TO, OPTION_TO, 0, NULL,
	  "where to play the transcript; lesson: several, for\nits several protocols" },
	{ "demo", 0, NULL, OPTIONS_LESSON, OPTION_DEMO, 0, NULL,
	  "the lesson plays by itself; --demo=SECONDS says how\nlong it waits (default: 3)" },
	{ "check", 0, NULL, OPTIONS_LESSON, OPTION_FLAG, AT(check), NULL,
	  "play the lessons unattended, and say what is wrong\nwith them: TAP, exit 1 where something is" },
	{ "step", 0, NULL, OPTIONS_REPLAY, OPTION_FLAG, AT(step), NULL,
	  "wait for Enter before each line that is sent" },
	{ "match", 0, "status|class|text", OPTIONS_VERIFY, OPTION_WORD, AT(match), match_choices,
	  "how closely replies are compared\n(default: the transcript's `Match:`, else status)" },
	{ "bail", 0, NULL, OPTIONS_VERIFY, OPTION_FLAG, AT(bail), NULL, "stop at the first difference" },
	{ "retry", 0, "N", OPTIONS_VERIFY, OPTION_COUNT, AT(retry), NULL,
	  "play a transcript that fails again, N times at most" },
	{ "retry-interval", 0, "SECONDS", OPTIONS_VERIFY, OPTION_SECONDS, AT(retry_interval), NULL,
	  "and wait so long before it (default: 1)" },
	{ "recorded", 0, NULL, OPTIONS_VERIFY, OPTION_FLAG, AT(recorded), NULL,
	  "the files after the first are recorded sessions:\ncompare these, offline" },
	{ "junit", 0, "FILE", OPTIONS_VERIFY, OPTION_TEXT, AT(junit), NULL, "write a JUnit report to FILE too" },
	{ "jobs", 'j', "N", OPTIONS_VERIFY, OPTION_COUNT, AT(jobs), NULL, "so many sessions at once" },
	{ "repeat", 0, "M", OPTIONS_VERIFY, OPTION_COUNT, AT(repeat), NULL,
	  "so many sessions of each transcript, and measure" },
	{ "rate", 0, "R", OPTIONS_VERIFY, OPTION_RATE, AT(rate), NULL, "begin so many sessions a second at most" },
	{ "listen", 0, "ADDR:PORT", OPTIONS_SERVE | OPTIONS_LAB, OPTION_TEXT, AT(listen), NULL,
	  "where to listen; the lab: ADDR alone\n(default: 127.0.0.1; serve: and a free port)" },
	{ "port", 0, "NAME=PORT", OPTIONS_LAB, OPTION_WORDS, AT(ports), NULL,
	  "where a server listens: smtp=25,imap=143; 0: a free\nport; all=0: free ones for all" },
	{ "only", 0, "NAMES", OPTIONS_LAB, OPTION_WORDS, AT(only), NULL, "start only these servers: smtp,imap,echo" },
	{ "user", 0, "NAME:PASSWORD", OPTIONS_LAB, OPTION_WORDS, AT(users), NULL,
	  "a user beside those of the documents" },
	{ "mbox", 0, "FILE", OPTIONS_LAB, OPTION_WORDS, AT(mboxes), NULL, "mail for the first --user, else for bob" },
	{ "files", 0, "DIR", OPTIONS_LAB, OPTION_TEXT, AT(files), NULL, "what FTP and HTTP show, read at the start" },
	{ "keep", 0, "DIR", OPTIONS_LAB, OPTION_TEXT, AT(keep), NULL, "keep mail there between runs, as Maildir" },
	{ "reset", 0, NULL, OPTIONS_LAB | OPTIONS_LESSON, OPTION_FLAG, AT(reset), NULL,
	  "begin anew: forget what --keep has kept; how far\none is in a lesson" },
	{ "shared", 0, NULL, OPTIONS_LAB, OPTION_FLAG, AT(shared), NULL,
	  "one mailbox for all, not one copy for each address" },
	{ "teach", 0, NULL, OPTIONS_LAB, OPTION_FLAG, AT(teach), NULL, "errors say what was expected" },
	{ "ca-out", 0, "FILE", OPTIONS_LAB, OPTION_TEXT, AT(ca_out), NULL,
	  "write the authority's certificate there (PEM), for\nother programs to trust" },
	{ "strict", 0, NULL, OPTIONS_SERVE, OPTION_FLAG, AT(strict), NULL,
	  "client lines must match whole, not by their verb" },
	{ "once", 0, NULL, OPTIONS_SERVE, OPTION_FLAG, AT(once), NULL,
	  "serve one client of each transcript, then exit" },
	{ "drop-after", 0, "N", OPTIONS_SERVE, OPTION_OCTETS, AT(drop_after), NULL,
	  "fault: cut the connection when N octets have gone\nout, in mid-line too, without a goodbye" },
	{ "stall", 0, "SECONDS", OPTIONS_SERVE, OPTION_SECONDS, AT(stall), NULL,
	  "fault: fall silent in the middle of each reply" },
	{ "split", 0, "N", OPTIONS_SERVE, OPTION_COUNT, AT(split), NULL, "fault: N octets go out at a time" },
	{ "garble", 0, NULL, OPTIONS_SERVE, OPTION_FLAG, AT(garble), NULL,
	  "fault: change one octet of each line, always the\nsame ones" },
	{ "delay", 0, "SECONDS", OPTIONS_PACE, OPTION_SECONDS, AT(delay), NULL,
	  "pause before each line, or reply, that is sent" },
	{ "set", 0, "NAME[=VALUE]", OPTIONS_SCRIPT, OPTION_SET, 0, NULL,
	  "give a variable its value; without =VALUE, the one\nin the environment, as PARLANCE_password" },
	{ "set-file", 0, "FILE", OPTIONS_SCRIPT, OPTION_SET_FILE, 0, NULL,
	  "the same for each line NAME=VALUE of FILE" },
	{ "from", 0, "FORM", OPTIONS_SCRIPT, OPTION_TEXT, AT(from), NULL,
	  "read another program's recording as FORM, where\nit is not recognised: curl, swaks, imaplib,\nsmtplib, poplib, ftplib, http.client, s_client,\ntelnet, nc, exim, imaptest; or document, what\nextract finds; or transcript, our own" },
	{ "beside", 0, NULL, OPTIONS_ANNOTATE, OPTION_FLAG, AT(beside), NULL,
	  "lay two conversations side by side, by phase" },
	{ "map", 0, "OLD=NEW", OPTIONS_SCRIPT, OPTION_MAP, 0, NULL, "replace OLD in every client line" },
	{ "record", 'r', "FILE", OPTIONS_RECORD | OPTIONS_LAB, OPTION_TEXT, AT(record), NULL,
	  "write the conversation to FILE too; the lab: each\nto a file of its own in the folder FILE" },
	{ "list", 0, NULL, OPTIONS_EXTRACT, OPTION_FLAG, AT(list), NULL,
	  "list the conversations, a line each, and print none" },
	{ "directory", 'd', "DIR", OPTIONS_EXTRACT, OPTION_TEXT, AT(directory), NULL,
	  "write each to a file of its own in DIR, which is\nmade: 01-….txt, 02-….txt" },
	{ "fix", 0, NULL, OPTIONS_CHECK, OPTION_FLAG, AT(fix), NULL,
	  "write a copy, corrected where that is certain, to\n-o FILE, else to NAME-corrected.txt" },
	{ "force", 0, NULL, OPTIONS_RECORD | OPTIONS_LAB | OPTIONS_EXTRACT | OPTIONS_CHECK, OPTION_FLAG, AT(force),
	  NULL, "overwrite files that are there: of -r, -d, --fix" },
	{ "json", 0, NULL, OPTIONS_SHOW | OPTIONS_PRINT, OPTION_FLAG, AT(json), NULL,
	  "print events as JSON, one a line; check: findings" },
	{ "plain", 0, NULL, OPTIONS_SHOW | OPTIONS_PRINT, OPTION_FLAG, AT(plain), NULL,
	  "print a transcript, verify TAP\n(the default where stdout is no terminal)" },
	{ "output", 'o', "FILE", OPTIONS_SHOW | OPTIONS_PRINT, OPTION_TEXT, AT(output), NULL, "print to FILE" },
	{ "color", 0, "auto|always|never", OPTIONS_SHOW | OPTIONS_PRINT, OPTION_WORD, AT(color), color_choices,
	  "use colours" },
	{ "notes", 0, "full|short|off", OPTIONS_SHOW, OPTION_NOTES, 0, notes_choices, "how much is explained" },
	{ "secrets", 0, "mask|show", OPTIONS_SHOW, OPTION_WORD, AT(secrets), secrets_choices,
	  "hide passwords, or show them" },
	{ "quiet", 'q', NULL, OPTIONS_ALL, OPTION_FLAG, AT(quiet), NULL, "leave out parlance's own remarks" },
	{ "verbose", 'v', NULL, OPTIONS_ALL, OPTION_FLAG, AT(verbose), NULL, "say more" },
	{ "help", 'h', NULL, OPTIONS_ALL, OPTION_HELP, 0, NULL, "show this help" },
	{ "version", 'V', NULL, OPTIONS_ALL, OPTION_VERSION, 0, NULL, "show the version" },
};

#define NROWS (sizeof rows / sizeof rows[0])

/* What the parsing of one command line holds. */
struct parsing {
	struct options *options;
	const struct command **command; /* it is NULL before it is known */
	bool *help, *version;
	struct error *error;
};

static const struct option_row *row_named(struct slice name)
{
	for (size_t i = 0; i < NROWS; i++)
		if (slice_equal(slice_of(rows[i].name), name))
			return &rows[i];
	return NULL;
}

static const struct option_row *row_lettered(char letter)
{
	for (size_t i = 0; i < NROWS; i++)
		if (rows[i].letter == letter)
			return &rows[i];
	return NULL;
}

/* Whether the option makes sense for the command; NULL: for any. */
static bool row_fits(const struct option_row *row, const struct command *command)
{
	return command == NULL || row->groups == OPTIONS_ALL || (row->groups & command->options);
}

/* The option of the command's nearest to one that is not there; NULL where none is near. */
static const char *row_nearest(struct slice name, const struct command *command)
{
	const char *best = NULL;
	size_t least = 3;
	for (size_t i = 0; i < NROWS; i++) {
		if (!row_fits(&rows[i], command))
			continue;
		size_t distance = word_distance(name, slice_of(rows[i].name));
		if (distance < least && distance * 2 < name.n + 1) {
			least = distance;
			best = rows[i].name;
		}
	}
	return best;
}

static enum status set_seconds(struct parsing *p, const struct option_row *row, const char *value, double *seconds)
{
	char *end = NULL;
	errno = 0;
	*seconds = strtod(value, &end);
	if (end == value || *end != '\0' || errno != 0 || !isfinite(*seconds) || *seconds < 0)
		return error_set(p->error, STATUS_USAGE, "--%s %s: not a number of seconds: write 5 or 0.5", row->name,
		                 value);
	return STATUS_OK;
}

static enum status set_count(struct parsing *p, const struct option_row *row, const char *value, uint64_t *count)
{
	if (slice_number(slice_of(value), count) && *count > 0)
		return STATUS_OK;
	return error_set(p->error, STATUS_USAGE, "--%s %s: not a number from 1 up", row->name, value);
}

static enum status set_octets(struct parsing *p, const struct option_row *row, const char *value, uint64_t *octets)
{
	if (slice_number(slice_of(value), octets))
		return STATUS_OK;
	return error_set(p->error, STATUS_USAGE, "--%s %s: not a number of octets: write 0 or 300", row->name, value);
}

static enum status set_rate(struct parsing *p, const struct option_row *row, const char *value, double *rate)
{
	char *end = NULL;
	*rate = strtod(value, &end);
	if (end != value && *end == '\0' && isfinite(*rate) && *rate > 0)
		return STATUS_OK;
	return error_set(p->error, STATUS_USAGE, "--%s %s: not a number above 0: write 100 or 0.5", row->name, value);
}

static enum status check_choice(struct parsing *p, const struct option_row *row, const char *value)
{
	for (const char *const *choice = row->choices; *choice; choice++)
		if (strcmp(*choice, value) == 0)
			return STATUS_OK;
	return error_set(p->error, STATUS_USAGE, "--%s %s: not one of %s", row->name, value, row->argument);
}

static enum status set_protocol(struct parsing *p, const char *value)
{
	p->options->protocol = protocol_named(slice_of(value));
	if (p->options->protocol)
		return STATUS_OK;
	struct buffer names = { 0 };
	for (size_t i = 0; protocols[i]; i++)
		buffer_printf(&names, " %s", protocols[i]->name);
	enum status status = error_set(p->error, STATUS_USAGE, "--protocol %s: no such protocol: there are" SLICE_FMT,
	                               value, SLICE_ARG(buffer_slice(&names)));
	buffer_free(&names);
	return status;
}

static enum status set_notes(struct parsing *p, const struct option_row *row, const char *value)
{
	if (check_choice(p, row, value) != STATUS_OK)
		return STATUS_USAGE;
	p->options->notes_given = true;
	p->options->notes = value[0] == 'f' ? NOTES_FULL : value[0] == 's' ? NOTES_SHORT : NOTES_OFF;
	return STATUS_OK;
}

/* `--set NAME=VALUE`; `--set NAME` takes the value from the environment, where no list of processes shows it. */
static enum status set_variable(struct parsing *p, const char *value)
{
	if (strchr(value, '='))
		return variables_set(&p->options->variables, value, p->error);
	char *name = string_printf("PARLANCE_%s", value);
	const char *found = getenv(name);
	char *assignment = found ? string_printf("%s=%s", value, found) : NULL;
	enum status status = found ? variables_set(&p->options->variables, assignment, p->error)
	                           : error_set(p->error, STATUS_USAGE,
	                                       "--set %s: no value: write --set %s=VALUE, or give it to the "
	                                       "environment variable %s",
	                                       value, value, name);
	free(name);
	free(assignment);
	return status;
}

/* Lines NAME=VALUE; blank ones and those that begin with # count for nothing. */
static enum status set_file(struct parsing *p, const char *file)
{
	struct buffer text = { 0 };
	struct error why = { 0 };
	enum status status = read_input(file, &text, p->error);
	struct slice rest = buffer_slice(&text);
	for (unsigned number = 1; status == STATUS_OK && rest.n; number++) {
		struct slice line = slice_row(&rest);
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		if (slice_trim(line).n == 0 || line.p[0] == '#')
			continue;
		char *assignment = slice_string(line);
		if (variables_set(&p->options->variables, assignment, &why) != STATUS_OK)
			status = error_set(p->error, STATUS_USAGE, "%s:%u: %s", file, number, why.message);
		free(assignment);
	}
	error_clear(&why);
	buffer_wipe(&text);
	return status;
}

static void words_add(struct words *words, const char *value)
{
	words->list = memory_grow(words->list, words->n + 1, sizeof *words->list);
	words->list[words->n++] = value;
}

static enum status set_option(struct parsing *p, const struct option_row *row, const char *value)
{
	char *member = (char *)p->options + row->offset;
	switch (row->kind) {
	case OPTION_FLAG:
		*(bool *)(void *)member = true;
		return STATUS_OK;
	case OPTION_WORD:
		if (check_choice(p, row, value) != STATUS_OK)
			return STATUS_USAGE;
		*(const char **)(void *)member = value;
		return STATUS_OK;
	case OPTION_TEXT:
		*(const char **)(void *)member = value;
		return STATUS_OK;
	case OPTION_WORDS:
		words_add((struct words *)(void *)member, value);
		return STATUS_OK;
	case OPTION_SECONDS:
		return set_seconds(p, row, value, (double *)(void *)member);
	case OPTION_COUNT:
		return set_count(p, row, value, (uint64_t *)(void *)member);
	case OPTION_OCTETS:
		return set_octets(p, row, value, (uint64_t *)(void *)member);
	case OPTION_RATE:
		return set_rate(p, row, value, (double *)(void *)member);
	case OPTION_TO:
		p->options->to = value;
		words_add(&p->options->targets, value);
		return STATUS_OK;
	case OPTION_DEMO:
		p->options->demo = true;
		return *value ? set_seconds(p, row, value, &p->options->demo_seconds) : STATUS_OK;
	case OPTION_IPV4:
	case OPTION_IPV6:
		p->options->family = row->kind == OPTION_IPV4 ? AF_INET : AF_INET6;
		return STATUS_OK;
	case OPTION_PROTOCOL:
		return set_protocol(p, value);
	case OPTION_NOTES:
		return set_notes(p, row, value);
	case OPTION_SET:
		return set_variable(p, value);
	case OPTION_SET_FILE:
		return set_file(p, value);
	case OPTION_MAP:
		return variables_map(&p->options->variables, value, p->error);
	case OPTION_HELP:
		*p->help = true;
		return STATUS_OK;
	case OPTION_VERSION:
		*p->version = true;
		return STATUS_OK;
	}
	return STATUS_OK;
}

/* One found option with what follows it: `given` is the value that stands with it, NULL where none does; `next` the
 * following word, NULL at the end. `*used_next` says that it was the value. */
static enum status take_option(struct parsing *p, const struct option_row *row, const char *given, const char *next,
                               bool *used_next)
{
	*used_next = false;
	if (row->argument == NULL && given && row->kind != OPTION_DEMO)
		return error_set(p->error, STATUS_USAGE, "--%s: takes no value", row->name);
	if (row->argument && given == NULL) {
		if (next == NULL)
			return error_set(p->error, STATUS_USAGE, "--%s: needs %s behind it", row->name, row->argument);
		given = next;
		*used_next = true;
	}
	return set_option(p, row, given ? given : ""); /* a flag looks at no value */
}

/* Whose help lists the options. */
static const char *command_name(const struct parsing *p)
{
	return *p->command ? (*p->command)->name : "talk";
}

static enum status take_long(struct parsing *p, const char *word, const char *next, const struct option_row **row,
                             bool *used_next)
{
	struct slice name = slice_of(word + 2);
	size_t equals = slice_find_octet(name, '=');
	const char *given = equals < name.n ? name.p + equals + 1 : NULL;
	name = slice_part(name, 0, equals);
	*row = row_named(name);
	if (*row)
		return take_option(p, *row, given, next, used_next);
	const char *near = row_nearest(name, *p->command);
	return error_set(p->error, STATUS_USAGE, "--" SLICE_FMT ": no such option%s%s: see parlance %s --help",
	                 SLICE_ARG(name), near ? ": nearest is --" : "", near ? near : "", command_name(p));
}

static enum status take_letters(struct parsing *p, const char *word, const char *next, const struct option_row **row,
                                bool *used_next)
{
	for (const char *letter = word + 1; *letter; letter++) {
		*row = row_lettered(*letter);
		if (*row == NULL)
			return error_set(p->error, STATUS_USAGE, "-%c: no such option: see parlance %s --help", *letter,
			                 command_name(p));
		bool glued = (*row)->argument && letter[1];
		enum status status = take_option(p, *row, glued ? letter + 1 : NULL, next, used_next);
		if (status != STATUS_OK || glued || (*row)->argument)
			return status;
	}
	return STATUS_OK;
}

/* The options that were given must make sense for the command. */
static enum status check_groups(const struct command *command, const bool *given, struct error *error)
{
	for (size_t i = 0; i < NROWS; i++)
		if (given[i] && !row_fits(&rows[i], command))
			return error_set(error, STATUS_USAGE, "--%s: makes no sense for %s: see parlance %s --help",
			                 rows[i].name, command->name, command->name);
	return STATUS_OK;
}

static void collect_secrets(struct options *options)
{
	for (size_t i = 0; i < options->variables.n; i++) {
		const struct variable *row = &options->variables.rows[i];
		if (!row->secret || row->value_n == 0)
			continue;
		size_t n = options->nsecrets++;
		options->secret_values = memory_grow(options->secret_values, n + 1, sizeof *options->secret_values);
		options->secret_names = memory_grow(options->secret_names, n + 1, sizeof *options->secret_names);
		options->secret_values[n] = string_copy(row->value);
		options->secret_names[n] = string_printf("{{%s}}", row->name);
	}
}

/* "-ERR" and "-FLAGS" are words of protocols: explain is asked for them as they stand, or with their line behind them. */
static bool is_word(const struct command *command, const char *text)
{
	struct slice rest = slice_of(text), word = slice_word(&rest);
	for (size_t i = 0; command == &command_explain && protocols[i]; i++)
		for (const struct table *table = protocols[i]->tables; table->rows; table++)
			if (table_find(table, word))
				return true;
	return false;
}

enum status options_parse(struct options *options, const struct command **command, find_command *find, int *argc,
                          char **argv, bool *help, bool *version, struct error *error)
{
	struct parsing p = { options, command, help, version, error };
	bool given[NROWS] = { false };
	int words = 0;
	bool only_words = false;
	*options = (struct options){ .family = AF_UNSPEC,
		                     .timeout = -1,
		                     .connect_timeout = 10,
		                     .retry_interval = 1,
		                     .demo_seconds = 3,
		                     .color = "auto",
		                     .drop_after = UINT64_MAX };
	options->practice = memory_zeroed(1, sizeof *options->practice);
	for (int i = 0; i < *argc; i++) {
		char *word = argv[i];
		bool option = !only_words && word[0] == '-' && word[1] != '\0' && !is_word(*command, word);
		if (option && strcmp(word, "--") == 0) {
			only_words = true;
		} else if (option) {
			const struct option_row *row = NULL;
			bool used_next = false;
			const char *next = i + 1 < *argc ? argv[i + 1] : NULL;
			enum status status = word[1] == '-' ? take_long(&p, word, next, &row, &used_next)
			                                    : take_letters(&p, word, next, &row, &used_next);
			if (status != STATUS_OK)
				return status;
			given[row - rows] = true;
			i += used_next;
		} else if (*command == NULL && words == 0 && (*command = find(word)) != NULL) {
			continue; /* the command's name is none of its words */
		} else {
			argv[words++] = word;
		}
	}
	argv[words] = NULL;
	*argc = words;
	collect_secrets(options);
	/* Where no command is named, a word is a TARGET to talk to. */
	return *command || words > 0 ? check_groups(*command ? *command : &command_talk, given, error) : STATUS_OK;
}

void options_free(struct options *options)
{
	for (size_t i = 0; i < options->nsecrets; i++) {
		memory_wipe(options->secret_values[i], strlen(options->secret_values[i]));
		free(options->secret_values[i]);
		free(options->secret_names[i]);
	}
	free(options->secret_values);
	free(options->secret_names);
	variables_free(&options->variables);
	free(options->ports.list);
	free(options->only.list);
	free(options->users.list);
	free(options->mboxes.list);
	free(options->targets.list);
	practice_end(options->practice);
	free(options->practice);
}

static void help_row(const struct option_row *row)
{
	char letter[] = { row->letter ? '-' : ' ', row->letter ? row->letter : ' ', row->letter ? ',' : ' ', '\0' };
	char *name = string_printf("%s --%s%s%s", letter, row->name, row->argument ? " " : "",
	                           row->argument ? row->argument : "");
	bool fits = strlen(name) <= 26;
	if (!fits)
		(void)printf("  %s\n", name);
	struct slice rest = slice_of(row->help);
	for (bool first = fits; rest.n; first = false) {
		struct slice line = slice_line(&rest);
		line = slice_part(line, 0, slice_find_octet(line, '\n'));
		(void)printf("  %-26s " SLICE_FMT "\n", first ? name : "", SLICE_ARG(line));
	}
	free(name);
}

/* What most commands have comes last: who asks for help looks for the command's own. */
void options_help(const struct command *command)
{
	static const struct help_section {
		const char *title;
		unsigned groups;
	} sections[] = { { "Options:", ~(unsigned)(OPTIONS_CONNECT | OPTIONS_ENCRYPT | OPTIONS_OFFLINE | OPTIONS_SHOW |
		                                   OPTIONS_PRINT) },
		         { "Connecting, and TLS:", OPTIONS_CONNECT | OPTIONS_ENCRYPT | OPTIONS_OFFLINE },
		         { "What is shown:", OPTIONS_SHOW | OPTIONS_PRINT } };
	bool told[NROWS] = { false };
	for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
		const char *title = sections[i].title;
		for (size_t j = 0; j < NROWS; j++) {
			bool last = i + 1 == sizeof sections / sizeof sections[0];
			unsigned groups = rows[j].groups & command->options & sections[i].groups;
			if (told[j] || !(groups || (last && rows[j].groups == OPTIONS_ALL)))
				continue;
			if (title)
				(void)printf("\n%s\n", title);
			title = NULL;
			help_row(&rows[j]);
			told[j] = true;
		}
	}
}
