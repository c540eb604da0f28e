/*
 * Replies that their command cannot get, and commands that nobody knows: they are told, and heard as what was meant, so that
 * what follows is judged by that.
 */
#include "script/check_hearing.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/imap_syntax.h"
#include "script/check_watchers.h"

static struct slice text_of(const struct script_line *line)
{
	return (struct slice){ line->text, line->text_n };
}

static bool is_any(struct slice word, const char *const *words)
{
	for (; *words; words++)
		if (slice_equal_nocase(word, slice_of(*words)))
			return true;
	return false;
}

/* What the server says next, before the client does; NULL where it says nothing, or something is described before it. */
static const struct script_line *server_next(const struct hearing *h)
{
	for (size_t i = h->c.line + 1; i < h->script->nlines; i++) {
		const struct script_line *line = &h->script->lines[i];
		if (line->kind == SCRIPT_SAID && line->mark != MARK_NEVER)
			return line->side == SIDE_SERVER ? line : NULL;
		if (line->kind == SCRIPT_DIRECTION)
			return NULL;
	}
	return NULL;
}

/* Whether the line under way says what it says: nothing in it stands for something else. */
static bool is_plain(const struct hearing *h)
{
	return !hearing_line(h)->exact && hearing_line(h)->mark == MARK_NONE && !h->unknown && !h->c.open;
}

/* The line is heard with that text, of which nobody can be sure: it is put right nowhere. */
static void hear_as(struct hearing *h, char *text)
{
	buffer_clear(&h->wire);
	buffer_add_string(&h->wire, text);
	buffer_add_string(&h->wire, "\r\n");
	free(text);
}

/* Whether a finding was added behind the first `n`. */
static bool told_behind(const struct hearing *h, size_t n)
{
	return h->c.found->n > n;
}

/* ---- codes ---- */

/* Whether the client goes on with text, and no command, as behind DATA. */
static bool text_follows(const struct hearing *h)
{
	size_t i = h->c.line + 1;
	while (i < h->script->nlines && h->script->lines[i].kind == SCRIPT_COMMENT)
		i++;
	return i < h->script->nlines && h->script->lines[i].side == SIDE_CLIENT &&
	       (h->script->lines[i].kind == SCRIPT_DIRECTION || !hearing_command_of(h, text_of(&h->script->lines[i])));
}

/* FTP: of no transfer, and no other command that takes its time. */
static bool answers_at_once(const struct hearing *h, struct slice verb)
{
	static const char *const verbs[] = { "CDUP", "CWD",  "DELE", "EPRT", "EPSV", "MDTM", "MKD", "MODE",
		                             "NOOP", "PASS", "PASV", "PORT", "PWD",  "QUIT", "RMD", "RNFR",
		                             "RNTO", "SIZE", "STRU", "SYST", "TYPE", "USER", NULL };
	return dialogue_protocol(h->c.d)->data_connection && is_any(verb, verbs);
}

/* Tells it where the code can be no answer to the command. */
static void code_tell(struct hearing *h, struct slice verb, struct slice code)
{
	static const char *const going_on[] = { "ADAT", "AUTH", "BDAT", "DATA", "PASS", "REST", "RNFR", "USER", NULL };
	bool data = dialogue_protocol(h->c.d)->one_code && slice_equal(verb, SLICE("DATA"));
	bool known = table_find(protocol_table(dialogue_protocol(h->c.d), TABLE_COMMANDS), verb) != NULL;
	if (data && code.p[0] == '2' && text_follows(h)) {
		problem_tell(h, SLICE("the answer to DATA should be 354"), SLICE("RFC 5321 4.1.1.4"));
	} else if (known && code.p[0] == '3' && !is_any(verb, going_on)) {
		problem_tell(h, SLICE("the server asks for more, which this command does not have"), SLICE(""));
	} else if (code.p[0] == '1' && answers_at_once(h, verb)) {
		char *problem = string_printf("no reply that begins with 1 belongs to " SLICE_FMT, SLICE_ARG(verb));
		problem_tell(h, slice_of(problem), SLICE("RFC 959 5.4"));
		free(problem);
	} else if (!data && code.p[0] != '1') {
		(void)codes_judge(&h->c, verb, code);
	}
}

/* A reply of one line, where it is the first to the command that waits longest. */
static void code_hear(struct hearing *h)
{
	struct waiting_command one;
	struct slice text = hearing_text(h), code = slice_part(text, 0, 3);
	size_t before = h->c.found->n;
	if (!is_three_digits(code) || (text.n > 3 && text.p[3] != ' ') || dialogue_in_reply(h->c.d) ||
	    !dialogue_waiting(h->c.d, 0, &one) || one.n == h->answered || (code.p[0] == '1' && server_next(h)))
		return;
	code_tell(h, one.verb, code);
	const char *good = good_reply(h, one.verb);
	if (told_behind(h, before) && good)
		hear_as(h, slice_string(slice_part(slice_of(good), 0, strlen(good) - 2))); /* not its CRLF */
}

/* ---- POP3 ---- */

/* "250 OK", "OK", "ERR no such message", "+ OK": no status of POP3, and meant for one. */
static bool is_status(struct slice word)
{
	static const char *const words[] = { "+", "-ERR:", "-OK", "ERR", "OK", NULL };
	return is_any(word, words) || is_three_digits(word);
}

static void status_hear(struct hearing *h)
{
	struct waiting_command one;
	struct slice rest = hearing_text(h), word = slice_word(&rest);
	const struct script_line *next = server_next(h);
	size_t before = h->c.found->n;
	if (dialogue_in_reply(h->c.d) || (next && dialogue_protocol(h->c.d)->greeting(text_of(next))) ||
	    !dialogue_waiting(h->c.d, 0, &one) || slice_equal(one.verb, SLICE("AUTH")) || !is_status(word))
		return;
	bool bad = slice_find_nocase(word, SLICE("ERR")) < word.n || word.p[0] == '4' || word.p[0] == '5';
	problem_tell(h,
	             slice_equal(word, SLICE("+"))
	                     ? SLICE("the server asks for more, which this command does not have")
	                     : SLICE("not a POP3 reply: it begins neither with +OK nor with -ERR"),
	             SLICE("RFC 1939 3"));
	if (told_behind(h, before))
		hear_as(h, string_printf("%s " SLICE_FMT, bad ? "-ERR" : "+OK", SLICE_ARG(slice_trim(rest))));
	h->restated = told_behind(h, before);
}

/* ---- lines of one reply ---- */

/* So many lines of a reply are looked through. */
#define LINES_LOOKED_AT 256

/* Whether a line of the reply under way says the same: the reply is printed again. */
static bool said_before(const struct hearing *h, struct slice text)
{
	for (size_t i = h->c.line + 1; i > 0 && i + LINES_LOOKED_AT > h->c.line; i--) {
		const struct script_line *line = &h->script->lines[i - 1];
		if (line->kind == SCRIPT_SAID && line->side == SIDE_CLIENT)
			return false;
		if (line->kind == SCRIPT_SAID && slice_equal(text_of(line), text))
			return true;
	}
	return false;
}

/* `250 SIZE` amid lines of one reply, or before its others: a hyphen belongs after the code of all but the last. */
static void hyphen_judge(struct hearing *h)
{
	static const char *const lists[] = { "EHLO", "EXPN", "HELP", "LHLO", NULL };
	struct waiting_command one;
	struct slice text = hearing_text(h), code = slice_part(text, 0, 3);
	const struct script_line *next = server_next(h);
	if (!is_three_digits(code) || text.n < 4 || text.p[3] != ' ' || next == NULL || next->text_n < 4 ||
	    !slice_starts(text_of(next), code) || said_before(h, text_of(next)))
		return;
	bool waits = dialogue_waiting(h->c.d, 0, &one);
	bool begins = waits ? next->text[3] == '-' || is_any(one.verb, lists) : h->last[SIDE_CLIENT] == NO_LINE;
	bool data = waits && slice_equal(one.verb, SLICE("DATA")); /* in LMTP it has several replies */
	if (dialogue_outstanding(h->c.d) > 1 || data || !(dialogue_in_reply(h->c.d) || begins))
		return;
	struct finding *row = checking_add(&h->c, h->c.line, CHECK_ERROR, "Every line but the last has a hyphen there",
	                                   "RFC 5321 4.2.1",
	                                   "a space after the code ends the reply, but more of it follows");
	row->errata = string_printf("\"" SLICE_FMT "\" is not the reply's last line: a hyphen belongs after the code",
	                            SLICE_ARG(text));
	char *mended = slice_string(text_of(hearing_line(h)));
	mended[3] = '-';
	line_mend(h, h->c.line, row, mended);
	hearing_take(h);
}

void reply_hear(struct hearing *h)
{
	const struct protocol *protocol = dialogue_protocol(h->c.d);
	if (hearing_line(h)->side == SIDE_CLIENT || !is_plain(h))
		return;
	if (protocol->one_code && h->clients) /* of replies alone nobody knows which belong together */
		hyphen_judge(h);
	if (protocol->one_code || protocol->data_connection)
		code_hear(h);
	else if (strcmp(protocol->name, "pop3") == 0)
		status_hear(h);
}

/* ---- commands ---- */

/* The word of a command, where a verb belongs; empty where it is made of more than letters. */
static struct slice verb_of(const struct hearing *h, struct slice text)
{
	struct imap_command command;
	struct slice verb = slice_word(&text);
	if (dialogue_protocol(h->c.d)->tagged) {
		imap_command_parse(hearing_text(h), &command);
		verb = command.second.n ? SLICE("") : command.verb;
	}
	for (size_t i = 0; i < verb.n; i++)
		if (!octet_is_alpha(verb.p[i]))
			return SLICE("");
	return verb;
}

/* The command that was meant where the server took it: what is answered by 354 is DATA; else the nearest by its letters. */
static const char *meant(const struct hearing *h, const struct entry *near)
{
	size_t reply = h->ahead[h->c.line].reply;
	if (reply == NO_LINE || h->script->lines[reply].kind != SCRIPT_SAID || !ahead_accepts(h))
		return NULL;
	bool asks = dialogue_protocol(h->c.d)->one_code &&
	            slice_starts(text_of(&h->script->lines[reply]), SLICE("354")) && h->ahead[h->c.line].finals == 1;
	return asks ? "DATA" : near ? near->word : NULL;
}

void stranger_judge(struct hearing *h)
{
	const struct protocol *protocol = dialogue_protocol(h->c.d);
	struct slice text = hearing_text(h), verb = verb_of(h, text);
	if (hearing_line(h)->side == SIDE_SERVER || !is_plain(h) || !protocol->server_first || protocol->bare ||
	    dialogue_input(h->c.d) != INPUT_COMMAND || verb.n == 0 || hearing_command_of(h, text))
		return;
	const struct entry *near = table_nearest(protocol_table(protocol, TABLE_COMMANDS), verb);
	const char *word = meant(h, near);
	if (word == NULL || dialogue_announced(h->c.d, verb, NULL))
		return;
	char *problem = near ? string_printf("no such command: perhaps %s is meant", near->word)
	                     : string_copy("no such command");
	size_t before = h->c.found->n, at = (size_t)(verb.p - text.p);
	problem_tell(h, slice_of(problem), SLICE(""));
	free(problem);
	if (told_behind(h, before))
		hear_as(h, string_printf(SLICE_FMT "%s" SLICE_FMT, SLICE_ARG(slice_part(text, 0, at)), word,
		                         SLICE_ARG(slice_part(text, at + verb.n, text.n))));
}
