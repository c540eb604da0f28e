/*
 * The POP3 server (RFC 1939, RFC 2449): which commands there are, in which state, and what is said to all others.
 */
#include <stdlib.h>

#include "lab/pop3_inside.h"
#include "protocol/pop3_syntax.h"
#include "protocol/protocol.h"

/* RFC 2449 4: "255 octets, including the terminating CRLF". */
#define COMMAND_MAX 253

#define ARGUMENTS_MAX 2

/* Whether somebody is logged in. */
static bool in_transaction(const struct pop3_visit *post)
{
	return post->maildrop.mailbox != NULL;
}

void pop3_refuse(struct pop3_visit *post, const char *what, enum hint hint, const char *verb)
{
	struct buffer text = { 0 };
	buffer_add_string(&text, what);
	visit_hint(post->visit, hint, slice_of(verb), &text);
	visit_say(post->visit, "-ERR " SLICE_FMT, SLICE_ARG(buffer_slice(&text)));
	buffer_free(&text);
}

/* ---- commands that need neither name nor mail ---- */

static void capa(struct pop3_visit *post, const struct slice *arguments)
{
	struct visit *visit = post->visit;
	struct buffer mechanisms = { 0 };
	(void)arguments;
	for (size_t i = 0; sasl_server_mechanism(i); i++)
		buffer_printf(&mechanisms, " %s", sasl_server_mechanism(i));
	visit_say(visit, "+OK capability list follows");
	visit_say(visit, "TOP");
	visit_say(visit, "UIDL");
	visit_say(visit, "USER");
	visit_say(visit, "SASL" SLICE_FMT, SLICE_ARG(buffer_slice(&mechanisms)));
	if (!visit_secure(visit) && !in_transaction(post) && visit_tls(visit)) /* RFC 2595 4: where it is permitted */
		visit_say(visit, "STLS");
	visit_say(visit, "PIPELINING");
	visit_say(visit, "RESP-CODES");
	visit_say(visit, "AUTH-RESP-CODE");
	visit_say(visit, "EXPIRE NEVER");
	visit_say(visit, "UTF8");
	visit_say(visit, "LANG");
	visit_say(visit, "IMPLEMENTATION parlance");
	visit_say(visit, ".");
	buffer_free(&mechanisms);
}

static void lang(struct pop3_visit *post, const struct slice *arguments)
{
	if (arguments[0].n == 0)
		visit_send(post->visit, SLICE("+OK language listing follows\r\nen English\r\n.\r\n"));
	else if (pop3_language_range(arguments[0], SLICE("en")))
		visit_say(post->visit, "+OK en English it is");
	else
		visit_say(post->visit, "-ERR this server knows English only");
}

static void noop(struct pop3_visit *post, const struct slice *arguments)
{
	(void)arguments;
	visit_say(post->visit, "+OK");
}

static void quit(struct pop3_visit *post, const struct slice *arguments)
{
	size_t left = post->maildrop.left;
	(void)arguments;
	if (in_transaction(post)) {
		maildrop_update(&post->maildrop);
		maildrop_close(&post->maildrop);
		visit_say(post->visit, "+OK goodbye (%zu message%s left)", left, left == 1 ? "" : "s");
	} else {
		visit_say(post->visit, "+OK goodbye");
	}
	visit_hang_up(post->visit);
}

static void stls(struct pop3_visit *post, const struct slice *arguments)
{
	(void)arguments;
	if (visit_secure(post->visit))
		pop3_refuse(post, "TLS is active already", HINT_NOT_NOW, "STLS");
	else if (post->utf8)
		pop3_refuse(post, "STLS may not follow UTF8", HINT_NOT_NOW, "STLS");
	else if (visit_tls(post->visit) == NULL)
		visit_say(post->visit, "-ERR TLS is not to be had here");
	else
		visit_say(post->visit, "+OK begin TLS negotiation");
}

static void utf8(struct pop3_visit *post, const struct slice *arguments)
{
	(void)arguments;
	post->utf8 = true;
	visit_say(post->visit, "+OK messages may hold UTF-8 from now on");
}

/* ---- the table ---- */

enum { BEFORE_LOGIN = 1, AFTER_LOGIN = 2, ALWAYS = BEFORE_LOGIN | AFTER_LOGIN };

/* Sorted by verb. */
static const struct row {
	const char *verb;
	unsigned states;
	size_t least, most; /* arguments */
	pop3_command *run;
} rows[] = {
	{ "APOP", BEFORE_LOGIN, 2, 2, pop3_apop },
	{ "AUTH", BEFORE_LOGIN, 0, 2, pop3_auth },
	{ "CAPA", ALWAYS, 0, 0, capa },
	{ "DELE", AFTER_LOGIN, 1, 1, pop3_dele },
	{ "LANG", ALWAYS, 0, 1, lang },
	{ "LIST", AFTER_LOGIN, 0, 1, pop3_list },
	{ "NOOP", AFTER_LOGIN, 0, 0, noop },
	{ "PASS", BEFORE_LOGIN, 1, 1, pop3_pass },
	{ "QUIT", ALWAYS, 0, 0, quit },
	{ "RETR", AFTER_LOGIN, 1, 1, pop3_retr },
	{ "RSET", AFTER_LOGIN, 0, 0, pop3_rset },
	{ "STAT", AFTER_LOGIN, 0, 0, pop3_stat },
	{ "STLS", BEFORE_LOGIN, 0, 0, stls },
	{ "TOP", AFTER_LOGIN, 2, 2, pop3_top },
	{ "UIDL", AFTER_LOGIN, 0, 1, pop3_uidl },
	{ "USER", BEFORE_LOGIN, 1, 1, pop3_user },
	{ "UTF8", BEFORE_LOGIN, 0, 0, utf8 },
};

static int compare(const void *keyword, const void *row)
{
	return slice_compare_nocase(*(const struct slice *)keyword, slice_of(((const struct row *)row)->verb));
}

/* Reads the arguments; all behind the space is PASS's one, spaces too (RFC 1939 7). False where they are not what the
 * command takes. */
static bool read_arguments(const struct row *row, bool space, struct slice behind, struct slice *arguments)
{
	size_t n = space ? pop3_arguments(behind, arguments, ARGUMENTS_MAX) : 0;
	if (row->run == pop3_pass && space && behind.n > 0) {
		arguments[0] = behind;
		n = 1;
	}
	return n != POP3_NO_ARGUMENTS && n >= row->least && n <= row->most;
}

/* PASS stands behind a USER that was accepted (RFC 1939 7): one that was not is one that failed. */
static void misuse(struct pop3_visit *post, const struct row *row)
{
	if (row->run == pop3_user || row->run == pop3_pass)
		pop3_login_forget(post);
	pop3_refuse(post, row->most == 0 ? "this command takes no argument" : "the arguments are wrong", HINT_SYNTAX,
	            row->verb);
}

/* A command of others: an old one, or one of another server's. */
static void refuse_unknown(struct pop3_visit *post, struct slice keyword, const char *verb)
{
	const struct protocol *protocol = dialogue_protocol(visit_dialogue(post->visit));
	const struct entry *known = table_find(protocol_table(protocol, TABLE_COMMANDS), keyword);
	struct buffer text = { 0 };
	if (known == NULL) {
		pop3_refuse(post, "unknown command", HINT_UNKNOWN, verb);
		return;
	}
	buffer_printf(&text, "%s is not offered here", known->word);
	visit_teach(post->visit, known->note, &text);
	visit_say(post->visit, "-ERR " SLICE_FMT, SLICE_ARG(buffer_slice(&text)));
	buffer_free(&text);
}

static void run(struct pop3_visit *post, struct slice line)
{
	struct slice keyword, behind, arguments[ARGUMENTS_MAX] = { { 0 } };
	bool space = pop3_keyword(line, &keyword, &behind);
	const struct row *row = bsearch(&keyword, rows, sizeof rows / sizeof rows[0], sizeof rows[0], compare);
	char *verb = slice_string(keyword);
	if (row == NULL)
		refuse_unknown(post, keyword, verb);
	else if (!(row->states & (in_transaction(post) ? AFTER_LOGIN : BEFORE_LOGIN)))
		pop3_refuse(post, in_transaction(post) ? "not after the login" : "not before the login", HINT_NOT_NOW,
		            verb);
	else if (read_arguments(row, space, behind, arguments))
		row->run(post, arguments);
	else
		misuse(post, row);
	free(verb);
}

/* ---- the conduct ---- */

static void *pop3_begin(struct visit *visit)
{
	struct pop3_visit *post = memory_zeroed(1, sizeof *post);
	post->visit = visit;
	post->timestamp = string_printf("<%s@localhost>", visit_id(visit));
	return post;
}

static void pop3_greet(void *state)
{
	const struct pop3_visit *post = state;
	visit_say(post->visit, "+OK POP3 practice server ready %s", post->timestamp);
}

/* A line that has no end because the client has gone may be the front of another: it says nothing. */
static bool is_cut(const struct dialogue_event *event)
{
	return !event->more && event->line_end.n == 0;
}

static void pop3_hear(void *state, const struct visit_line *line)
{
	struct pop3_visit *post = state;
	if (is_cut(line->event))
		return;
	if (post->sasl)
		pop3_answer(post, line->text, false);
	else if (line->too_long)
		visit_say(post->visit, "-ERR a command has at most 255 octets, its line end included");
	else
		run(post, line->text);
}

static void pop3_data(void *state, const struct dialogue_event *event)
{
	struct pop3_visit *post = state;
	if (post->sasl && !is_cut(event))
		pop3_answer(post, event->text, event->more);
}

static void pop3_secured(void *state)
{
	struct pop3_visit *post = state;
	pop3_login_forget(post);
	post->utf8 = false;
}

static void pop3_continue(void *state)
{
	pop3_more(state);
}

/* Without QUIT there is no update: what is marked stays (RFC 1939 6). */
static void pop3_end(void *state)
{
	struct pop3_visit *post = state;
	maildrop_close(&post->maildrop);
	pop3_login_forget(post);
	buffer_free(&post->surrogate);
	buffer_free(&post->piece);
	free(post->timestamp);
	free(post);
}

const struct conduct pop3_conduct = {
	.longest = COMMAND_MAX,
	.begin = pop3_begin,
	.greet = pop3_greet,
	.command = pop3_hear,
	.data = pop3_data,
	.secured = pop3_secured,
	.more = pop3_continue,
	.end = pop3_end,
};
