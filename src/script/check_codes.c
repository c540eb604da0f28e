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

static const char *protocol_of(const struct dialogue_event *event)
{
	return strcmp(event->protocol, "lmtp") == 0 ? "smtp" : event->protocol;
}

static const char *ref_of(const char *protocol)
{
	return strcmp(protocol, "ftp") == 0 ? "RFC 959 5.4" : "RFC 5321 4.3.2";
}

/* True where the code is another command's. */
static bool code_judge(struct checking *c, const struct dialogue_event *event)
{
	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
		if (strcmp(codes[i].protocol, protocol_of(event)) != 0 ||
		    !slice_equal(event->code, slice_of(codes[i].code)) || listed(codes[i].verbs, event->verb))
			continue;
		char *why = string_printf("It says %s", codes[i].says);
		(void)checking_add(c, c->line, CHECK_ERROR, why, ref_of(codes[i].protocol),
		                   "%s is no answer to " SLICE_FMT, codes[i].code, SLICE_ARG(event->verb));
		free(why);
		return true;
	}
	return false;
}

static void answer_judge(struct checking *c, const struct dialogue_event *event)
{
	if (event->class != CLASS_SUCCESS)
		return;
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
		if (strcmp(answers[i].protocol, protocol_of(event)) == 0 &&
		    slice_equal(event->verb, slice_of(answers[i].verb)) &&
		    !slice_equal(event->code, slice_of(answers[i].code)))
			(void)checking_add(c, c->line, CHECK_ERROR, "By its code a client knows what has happened",
			                   ref_of(answers[i].protocol), SLICE_FMT " answers %s, where %s is due",
			                   SLICE_ARG(event->code), answers[i].verb, answers[i].code);
}

static void codes_event(struct checking *c, void *memory, const struct dialogue_event *event)
{
	bool ftp = strcmp(event->protocol, "ftp") == 0;
	bool own = listed(ftp ? of_ftp : of_smtp, event->verb);
	(void)memory;
	if (event->problem.n) /* the dialogue has told of it */
		return;
	if (event->kind != EVENT_REPLY || !event->final || !event->answers || !own || watched_is_open(c) ||
	    (!ftp && strcmp(protocol_of(event), "smtp") != 0))
		return;
	if (!code_judge(c, event))
		answer_judge(c, event);
}

const struct watcher watch_codes = { .room = 1, .event = codes_event };
