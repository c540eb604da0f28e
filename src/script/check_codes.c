/*
 * Replies that a command cannot get: codes that belong to other commands, in SMTP (RFC 5321 4.3.2) and FTP (RFC 959 5.4).
 */
#include <stdlib.h>
#include <string.h>

#include "script/check_watchers.h"

/* A code, and the commands that it answers. */
static const struct {
	const char *protocol, *code, *verbs, *says;
} codes[] = {
	{ "smtp", "214", "HELP", "what HELP asked for" },
	{ "smtp", "220", "STARTTLS", "that the server is there, or that TLS begins" },
	{ "smtp", "221", "QUIT", "that the server closes the connection" },
	{ "smtp", "235", "AUTH", "that the client is who it says" },
	{ "ftp", "125", "APPE,LIST,MLSD,NLST,RETR,STOR,STOU", "that the data connection is open, and data comes" },
	{ "ftp", "150", "APPE,LIST,MLSD,NLST,RETR,STOR,STOU", "that the data connection is about to open" },
	{ "ftp", "213", "MDTM,SIZE,STAT", "what a file is like" },
	{ "ftp", "215", "SYST", "which system the server has" },
	{ "ftp", "221", "QUIT", "that the server closes the connection" },
	{ "ftp", "226", "ABOR,APPE,LIST,MLSD,NLST,RETR,STOR,STOU", "that all data has gone over" },
	{ "ftp", "227", "PASV", "where the server listens" },
	{ "ftp", "229", "EPSV", "where the server listens" },
	{ "ftp", "230", "ACCT,PASS,USER", "that the user is logged in" },
	{ "ftp", "257", "MKD,PWD", "which directory it is" },
	{ "ftp", "331", "USER", "that a password is needed" },
	{ "ftp", "350", "REST,RNFR", "that the next command completes this one" },
};

/* Commands of which success has one code, or asks on by one. */
static const struct {
	const char *protocol, *verb, *code;
} answers[] = {
	{ "smtp", "AUTH", "235" }, { "smtp", "QUIT", "221" }, { "smtp", "STARTTLS", "220" }, { "ftp", "EPSV", "229" },
	{ "ftp", "MKD", "257" },   { "ftp", "PASV", "227" },  { "ftp", "PWD", "257" },       { "ftp", "SYST", "215" },
};

/* Commands of the protocol's own, which no extension answers by another code. */
static const char of_smtp[] = "AUTH,BDAT,DATA,EHLO,EXPN,HELO,HELP,LHLO,MAIL,NOOP,QUIT,RCPT,RSET,STARTTLS,VRFY";
static const char of_ftp[] =
	"APPE,CDUP,CWD,DELE,EPRT,EPSV,LIST,MKD,MODE,NLST,NOOP,PASS,PASV,PORT,PWD,QUIT,RETR,RMD,RNFR,"
	"RNTO,STOR,STOU,STRU,SYST,TYPE,USER";

static bool listed(const char *words, struct slice word)
{
	for (struct slice rest = slice_of(words); rest.n;) {
		size_t comma = slice_find_octet(rest, ',');
		if (slice_equal(slice_part(rest, 0, comma), word))
			return true;
		rest = slice_part(rest, comma < rest.n ? comma + 1 : comma, rest.n);
	}
	return false;
}

static const char *ref_of(const char *protocol)
{
	return strcmp(protocol, "ftp") == 0 ? "RFC 959 5.4" : "RFC 5321 4.3.2";
}

/* True where the code is another command's. */
static bool is_others(struct checking *c, const char *protocol, struct slice verb, struct slice code)
{
	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
		if (strcmp(codes[i].protocol, protocol) != 0 || !slice_equal(code, slice_of(codes[i].code)) ||
		    listed(codes[i].verbs, verb))
			continue;
		char *why = string_printf("It says %s", codes[i].says);
		(void)checking_add(c, c->line, CHECK_ERROR, why, ref_of(protocol), "%s is not an answer to " SLICE_FMT,
		                   codes[i].code, SLICE_ARG(verb));
		free(why);
		return true;
	}
	return false;
}

/* True where another code is due that says success. */
static bool another_due(struct checking *c, const char *protocol, struct slice verb, struct slice code)
{
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		if (strcmp(answers[i].protocol, protocol) != 0 || !slice_equal(verb, slice_of(answers[i].verb)) ||
		    slice_equal(code, slice_of(answers[i].code)))
			continue;
		(void)checking_add(c, c->line, CHECK_ERROR, "By its code a client knows what has happened",
		                   ref_of(protocol), SLICE_FMT " answers %s, where %s is due", SLICE_ARG(code),
		                   answers[i].verb, answers[i].code);
		return true;
	}
	return false;
}

bool codes_judge(struct checking *c, struct slice verb, struct slice code)
{
	const char *name = dialogue_protocol(c->d)->name;
	bool ftp = strcmp(name, "ftp") == 0, smtp = strcmp(name, "smtp") == 0 || strcmp(name, "lmtp") == 0;
	const char *protocol = ftp ? "ftp" : "smtp";
	if (!(ftp || smtp) || !listed(ftp ? of_ftp : of_smtp, verb))
		return false;
	return is_others(c, protocol, verb, code) || (code.p[0] == '2' && another_due(c, protocol, verb, code));
}

static void codes_event(struct checking *c, void *memory, const struct dialogue_event *event)
{
	(void)memory;
	bool answer = event->kind == EVENT_REPLY && event->final && event->answers && event->code.n == 3;
	if (answer && event->problem.n == 0 && !watched_is_open(c)) /* else the dialogue has told of it */
		(void)codes_judge(c, event->verb, event->code);
}

const struct watcher watch_codes = { .room = 1, .event = codes_event };
