/*
 * What is missing: replies, the lone dot, the empty line behind a header. It is told where it should have come, and not at the
 * line that shows it.
 */
#include "script/check_walk.h"

#include <stdlib.h>
#include <string.h>

static const struct protocol *protocol_now(const struct walk *w)
{
	return dialogue_protocol(w->c.d);
}

static bool is_http(const struct walk *w)
{
	return !protocol_now(w)->server_first && !protocol_now(w)->bare;
}

static bool is_pop3(const struct walk *w)
{
	return strcmp(protocol_now(w)->name, "pop3") == 0;
}

static bool has_codes(const struct walk *w)
{
	return protocol_now(w)->one_code || protocol_now(w)->data_connection;
}

/* The command that waits longest, or last. */
static bool oldest(const struct walk *w, struct waiting_command *one)
{
	return dialogue_waiting(w->c.d, 0, one);
}

static bool newest(const struct walk *w, struct waiting_command *one)
{
	size_t n = dialogue_outstanding(w->c.d);
	return n > 0 && dialogue_waiting(w->c.d, n - 1, one);
}

/* ---- replies ---- */

static const char *reply_ref(const struct walk *w)
{
	if (protocol_now(w)->one_code)
		return "RFC 5321 4.2";
	if (protocol_now(w)->data_connection)
		return "RFC 959 4.2";
	if (protocol_now(w)->tagged)
		return "RFC 9051 2.2.2";
	return is_http(w) ? "RFC 9110 3.4" : "RFC 1939 3";
}

/* Where it waits: of message text that was asked for and sent, and of an exchange, the last line of it. */
static size_t line_of_waiting(const struct walk *w, const struct waiting_command *one)
{
	size_t line = walk_command_line(w, one->n), last = w->last[SIDE_CLIENT];
	bool goes_on = w->continued == one->n && !protocol_now(w)->tagged;
	return goes_on && line != NO_LINE && last != NO_LINE && last > line ? last : line;
}

static void reply_missing(struct walk *w, const struct waiting_command *one)
{
	size_t line = line_of_waiting(w, one), command = walk_command_line(w, one->n);
	if (line != NO_LINE && !w->jumbled && !w->one_sided)
		(void)checking_add(&w->c, line, CHECK_ERROR,
		                   "The server answers every command, and the client waits for it", reply_ref(w),
		                   SLICE_FMT " has no %sreply", SLICE_ARG(one->verb), line == command ? "" : "last ");
	w->jumbled = false;
	assume_reply(w, one);
}

void replies_missing(struct walk *w)
{
	struct waiting_command one;
	size_t left = dialogue_outstanding(w->c.d);
	if (dialogue_in_reply(w->c.d) && is_http(w))
		return;
	while (left-- > 0 && oldest(w, &one))
		reply_missing(w, &one);
}

/* So many of the commands that wait will have no reply, if the client says its next now: as many replies come as the
 * server's next lines hold, and the last of the commands have them. With PIPELINING they may come later. */
static size_t never_answered(const struct walk *w)
{
	const struct ahead *ahead = &w->ahead[w->c.line];
	size_t waiting = dialogue_outstanding(w->c.d), commands = ahead->commands ? ahead->commands : 1;
	bool pipelines = is_http(w) || protocol_now(w)->data_connection ||
	                 dialogue_announced(w->c.d, SLICE("PIPELINING"), NULL) || w->c.unseen;
	if (waiting + commands <= ahead->finals || (pipelines && ahead->surplus))
		return 0;
	size_t missing = waiting + commands - ahead->finals;
	return missing < waiting ? missing : waiting;
}

/* Whether the client's line goes on with the command that waits last, which the server has not asked for: message text, an
 * answer of an exchange. `*asking` gets the reply that asks. */
static bool goes_on_unasked(const struct walk *w, const char **asking)
{
	struct waiting_command one;
	bool text = dialogue_input(w->c.d) == INPUT_TEXT;
	if (!newest(w, &one) || w->continued == one.n)
		return false;
	bool exchange = slice_equal(one.verb, SLICE("AUTH")) && !walk_command_of(w, walk_text(w));
	*asking = text ? "354 \r\n" : protocol_now(w)->one_code ? "334 \r\n" : "+ \r\n";
	return (text && dialogue_turn(w->c.d) == SIDE_SERVER) || exchange;
}

static void asking_missing(struct walk *w, const char *asking)
{
	struct waiting_command one;
	while (dialogue_outstanding(w->c.d) > 1 && oldest(w, &one))
		reply_missing(w, &one);
	if (!oldest(w, &one))
		return;
	size_t line = walk_command_line(w, one.n);
	if (line != NO_LINE && !w->jumbled && !w->one_sided)
		(void)checking_add(&w->c, line, CHECK_ERROR, "The client goes on when the server has asked for it",
		                   reply_ref(w), SLICE_FMT " has no reply", SLICE_ARG(one.verb));
	w->continued = one.n;
	walk_invent(w, SIDE_SERVER, asking);
}

static void before_command(struct walk *w)
{
	struct waiting_command one;
	const char *asking = NULL;
	if (goes_on_unasked(w, &asking)) {
		if (w->ahead[w->c.line].finals <= dialogue_outstanding(w->c.d))
			asking_missing(w, asking);
		return;
	}
	if (dialogue_turn(w->c.d) != SIDE_SERVER || (is_http(w) && dialogue_input(w->c.d) != INPUT_COMMAND))
		return;
	for (size_t missing = never_answered(w); missing > 0 && oldest(w, &one); missing--)
		reply_missing(w, &one);
}

/* ---- IMAP: a reply has its command's tag ---- */

/* What the client says next had to be asked for by a +. */
static bool plus_missing(struct walk *w)
{
	struct waiting_command one;
	enum input input = dialogue_input(w->c.d);
	struct slice text = walk_text(w);
	if (!newest(w, &one) || dialogue_turn(w->c.d) != SIDE_SERVER)
		return false;
	bool literal = input == INPUT_COUNTED || input == INPUT_REST;
	bool idle = slice_equal(one.verb, SLICE("IDLE")) && slice_equal_nocase(text, SLICE("DONE"));
	bool exchange = slice_equal(one.verb, SLICE("AUTHENTICATE")) && slice_find_octet(text, ' ') == text.n &&
	                w->continued != one.n;
	if (!literal && !idle && !exchange)
		return false;
	size_t line = literal ? w->last[SIDE_CLIENT] : walk_command_line(w, one.n);
	if (line != NO_LINE && !w->one_sided)
		(void)checking_add(&w->c, line, CHECK_ERROR,
		                   "The client goes on when the server has asked for it by a +",
		                   literal ? "RFC 9051 4.3" : "RFC 9051 7.6",
		                   "the server's + is missing behind this line");
	walk_invent(w, SIDE_SERVER, "+ \r\n");
	return true;
}

static void before_tagged(struct walk *w)
{
	struct waiting_command one;
	if (plus_missing(w) || dialogue_input(w->c.d) != INPUT_COMMAND)
		return;
	for (size_t i = 0; dialogue_waiting(w->c.d, i, &one);) {
		size_t left = dialogue_outstanding(w->c.d);
		if (one.tag.n && !ahead_answers(w, one.tag, w->c.line, NULL))
			reply_missing(w, &one);
		i += dialogue_outstanding(w->c.d) == left;
	}
}

/* ---- what ends a text, a list, a header ---- */

static void header_end_missing(struct walk *w, enum side side)
{
	struct finding *row =
		checking_add(&w->c, w->last[side], CHECK_ERROR,
	                     "The empty line says that no field follows, and that the body begins, if there is one",
	                     "RFC 9112 2.1", "the empty line behind the header is missing");
	line_insert(row, REPAIR_AFTER, side, "");
	walk_invent(w, side, "\r\n");
	w->in_header[side] = false;
}

static void text_end_missing(struct walk *w)
{
	bool text = w->last[SIDE_CLIENT] != NO_LINE &&
	            (w->last[SIDE_SERVER] == NO_LINE || w->last[SIDE_CLIENT] > w->last[SIDE_SERVER]);
	struct finding *row = checking_add(&w->c, w->last[text ? SIDE_CLIENT : SIDE_SERVER], CHECK_ERROR,
	                                   "The server waits for a line with a dot alone", "RFC 5321 4.1.1.4",
	                                   text ? "the message text is not ended by its lone dot"
	                                        : "the message text is missing, and the lone dot that ends it");
	if (text)
		line_insert(row, REPAIR_AFTER, SIDE_CLIENT, ".");
	walk_invent(w, SIDE_CLIENT, ".\r\n");
}

static void list_end_missing(struct walk *w)
{
	struct finding *row = checking_add(&w->c, w->last[SIDE_SERVER], CHECK_ERROR,
	                                   "Without it the client does not know that no line follows", "RFC 1939 3",
	                                   "the lone dot that ends the list or text is missing");
	line_insert(row, REPAIR_AFTER, SIDE_SERVER, ".");
	walk_invent(w, SIDE_SERVER, ".\r\n");
}

/* `250-` at the front of what is the last line. */
static void coded_end_missing(struct walk *w)
{
	const struct script_line *line = &w->script->lines[w->last[SIDE_SERVER]];
	struct slice text = { line->text, line->text_n };
	char *end = string_printf("%s \r\n", w->code);
	struct finding *row = checking_add(&w->c, w->last[SIDE_SERVER], CHECK_ERROR,
	                                   "A hyphen behind the code says that another line of the reply follows",
	                                   reply_ref(w), "the reply has no last line: one with %s and a space",
	                                   w->code);
	if (!line->exact && line->mark == MARK_NONE && slice_starts(text, slice_of(w->code)) && text.n > 3 &&
	    text.p[3] == '-') {
		char *mended = slice_string(text);
		mended[3] = ' ';
		line_mend(w, row->line, row, mended);
	}
	walk_invent(w, SIDE_SERVER, end);
	free(end);
}

/* The server has begun a reply, and the client goes on. */
static void reply_end_missing(struct walk *w)
{
	if (w->last[SIDE_SERVER] == NO_LINE || !dialogue_in_reply(w->c.d))
		return;
	if (is_pop3(w))
		list_end_missing(w);
	else if (has_codes(w) && w->code[0])
		coded_end_missing(w);
	else if (is_http(w) && w->in_header[SIDE_SERVER])
		header_end_missing(w, SIDE_SERVER);
}

/* ---- a reply that shows that others are missing ---- */

/* Those that wait before the first one with that verb. */
static void missing_up_to(struct walk *w, struct slice verb)
{
	struct waiting_command one;
	size_t at = 0;
	while (dialogue_waiting(w->c.d, at, &one) && !slice_equal(one.verb, verb))
		at++;
	if (at == dialogue_outstanding(w->c.d))
		return;
	while (at-- > 0 && oldest(w, &one))
		reply_missing(w, &one);
}

static void before_reply(struct walk *w)
{
	struct slice text = walk_text(w);
	if (dialogue_in_reply(w->c.d) || !protocol_now(w)->one_code)
		return;
	if (slice_starts(text, SLICE("354")))
		missing_up_to(w, SLICE("DATA"));
	else if (slice_starts(text, SLICE("334")) || slice_starts(text, SLICE("235")))
		missing_up_to(w, SLICE("AUTH"));
}

/* The client has begun a text, or a header, and the server answers. */
static void input_end_missing(struct walk *w)
{
	enum input input = dialogue_input(w->c.d);
	struct slice text = walk_text(w);
	if (input == INPUT_TEXT && dialogue_turn(w->c.d) == SIDE_CLIENT && !slice_starts(text, SLICE("421")))
		text_end_missing(w);
	else if (input == INPUT_FIELD && w->in_header[SIDE_CLIENT] && protocol_now(w)->greeting(text) == 3)
		header_end_missing(w, SIDE_CLIENT);
}

/* ---- the door ---- */

void missing_before(struct walk *w)
{
	if (protocol_now(w)->bare || dialogue_tls_pending(w->c.d))
		return;
	if (walk_line(w)->side == SIDE_SERVER) {
		input_end_missing(w);
		before_reply(w);
		return;
	}
	if (is_http(w) && dialogue_input(w->c.d) == INPUT_FIELD && w->in_header[SIDE_CLIENT] &&
	    protocol_now(w)->command(walk_text(w)) == 3)
		header_end_missing(w, SIDE_CLIENT);
	if (!protocol_now(w)->tagged && (!is_http(w) || dialogue_input(w->c.d) == INPUT_COMMAND))
		reply_end_missing(w);
	if (protocol_now(w)->tagged)
		before_tagged(w);
	else
		before_command(w);
}

void missing_at_end(struct walk *w)
{
	if (protocol_now(w)->bare || dialogue_tls_pending(w->c.d) || !w->begun)
		return;
	if (is_http(w) && w->in_header[SIDE_CLIENT])
		header_end_missing(w, SIDE_CLIENT);
	if (dialogue_input(w->c.d) == INPUT_TEXT && dialogue_turn(w->c.d) == SIDE_CLIENT)
		text_end_missing(w);
	if (!protocol_now(w)->tagged)
		reply_end_missing(w);
	replies_missing(w);
}
