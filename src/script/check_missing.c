/*
 * What is missing: replies, the lone dot, the empty line behind a header. It is told where it should have come, and not at the
 * line that shows it.
 */
#include "script/check_hearing.h"

#include <stdlib.h>
#include <string.h>

/* So many lines of a response are looked through. */
#define LINES_BEHIND 1000

static const struct protocol *protocol_now(const struct hearing *h)
{
	return dialogue_protocol(h->c.d);
}

static bool is_pop3(const struct hearing *h)
{
	return strcmp(protocol_now(h)->name, "pop3") == 0;
}

static bool has_codes(const struct hearing *h)
{
	return protocol_now(h)->one_code || protocol_now(h)->data_connection;
}

/* The command that waits longest, or last. */
static bool oldest(const struct hearing *h, struct waiting_command *one)
{
	return dialogue_waiting(h->c.d, 0, one);
}

static bool newest(const struct hearing *h, struct waiting_command *one)
{
	size_t n = dialogue_outstanding(h->c.d);
	return n > 0 && dialogue_waiting(h->c.d, n - 1, one);
}

/* ---- replies ---- */

const char *missing_ref(const struct hearing *h)
{
	if (protocol_now(h)->one_code)
		return "RFC 5321 4.2";
	if (protocol_now(h)->data_connection)
		return "RFC 959 4.2";
	if (protocol_now(h)->tagged)
		return "RFC 9051 2.2.2";
	return hearing_is_http(h) ? "RFC 9110 3.4" : "RFC 1939 3";
}

/* Where it waits: of message text that was asked for and sent, and of an exchange, the last line of it. */
static size_t line_of_waiting(const struct hearing *h, const struct waiting_command *one)
{
	size_t line = hearing_command_line(h, one->n), last = h->last[SIDE_CLIENT];
	bool goes_on = h->answered == one->n && h->asked && !protocol_now(h)->tagged;
	return goes_on && line != NO_LINE && last != NO_LINE && last > line ? last : line;
}

/* "no", or of what there has been something already: "no last". */
static const char *which_reply(const struct hearing *h, const struct waiting_command *one)
{
	return protocol_now(h)->tagged ? "tagged " : h->answered == one->n ? "last " : "";
}

static void reply_missing(struct hearing *h, const struct waiting_command *one)
{
	size_t line = line_of_waiting(h, one);
	bool excused = h->jumbled || h->one_sided || one->n <= h->skipped || hearing_command_strange(h, one->n);
	if (line != NO_LINE && !excused)
		(void)checking_add(&h->c, line, CHECK_ERROR,
		                   hearing_is_http(h) ? "The server answers every request, and the client waits for it"
		                                      : "The server answers every command, and the client waits for it",
		                   missing_ref(h), SLICE_FMT " has no %s%s", SLICE_ARG(one->verb), which_reply(h, one),
		                   hearing_is_http(h) ? "response" : "reply");
	h->one_sided |= !h->servers; /* of requests alone it is told once */
	h->jumbled = false;
	assume_reply(h, one);
}

/* None can come any more. Behind a goodbye the server owes none, but to IMAP's LOGOUT. */
static void replies_missing(struct hearing *h)
{
	struct waiting_command one;
	bool goodbye = dialogue_closing(h->c.d);
	for (size_t left = dialogue_outstanding(h->c.d); left > 0 && oldest(h, &one); left--)
		if (!goodbye || slice_equal(one.verb, SLICE("LOGOUT")))
			reply_missing(h, &one);
}

/* What the server says next, if it is known. */
static struct slice next_reply(const struct hearing *h)
{
	size_t line = h->ahead[h->c.line].reply;
	if (line == NO_LINE || h->script->lines[line].kind != SCRIPT_SAID)
		return SLICE("");
	return (struct slice){ h->script->lines[line].text, h->script->lines[line].text_n };
}

/* Whether the next response says that the connection closes behind it: other requests get none. */
static bool closes_behind(const struct hearing *h)
{
	size_t first = h->ahead[h->c.line].reply;
	for (size_t i = first; i < h->script->nlines && i - first < LINES_BEHIND; i++) {
		const struct script_line *line = &h->script->lines[i];
		struct slice text = { line->text, line->text_n };
		if (line->kind != SCRIPT_SAID || line->side != SIDE_SERVER || text.n == 0)
			return false;
		if (slice_starts_nocase(text, SLICE("Connection:")) && slice_find_nocase(text, SLICE("close")) < text.n)
			return true;
	}
	return false;
}

/* Whether the next reply is one that the command must have that waits first: it asks to go on, or it closes all; behind a
 * command that begins TLS the server hears nothing. */
static bool answers_first(const struct hearing *h)
{
	static const char *const begins[] = { "STARTTLS", "STLS", "AUTH", "CCC", "DATA" };
	struct waiting_command one;
	struct slice reply = next_reply(h);
	if (has_codes(h) && slice_starts(reply, SLICE("421")))
		return true;
	if (hearing_is_http(h))
		return closes_behind(h);
	for (size_t i = 0; i < sizeof begins / sizeof begins[0] && oldest(h, &one); i++) {
		if (!slice_equal(one.verb, slice_of(begins[i])))
			continue;
		bool asks = slice_starts(reply, SLICE("3")) || slice_starts(reply, SLICE("+ ")) ||
		            slice_equal(reply, SLICE("+"));
		return asks || i < 2 || protocol_now(h)->data_connection;
	}
	return false;
}

/* So many of the commands that wait will have no reply, if the client says its next now: as many replies come as the
 * server's next lines hold, and the last of the commands have them. With PIPELINING they may come later. */
static size_t never_answered(const struct hearing *h)
{
	const struct ahead *ahead = &h->ahead[h->c.line];
	size_t waiting = dialogue_outstanding(h->c.d), commands = ahead->commands ? ahead->commands : 1;
	waiting -= waiting && dialogue_in_reply(h->c.d); /* the first is being answered */
	bool pipelines = hearing_is_http(h) || protocol_now(h)->data_connection ||
	                 dialogue_announced(h->c.d, SLICE("PIPELINING"), NULL) || h->c.unseen;
	if (hearing_is_http(h) && ahead->commands == 0) /* an empty line, or what is no request: nothing answers it */
		return 0;
	if (ahead->finals == SIZE_MAX || waiting + commands <= ahead->finals || (pipelines && ahead->surplus) ||
	    answers_first(h))
		return 0;
	size_t missing = waiting + commands - ahead->finals;
	return missing < waiting ? missing : waiting;
}

/* Whether the client's line goes on with the command that waits last, which the server has not asked for: message text, an
 * answer of an exchange. `*asking` gets the reply that asks. */
static bool goes_on_unasked(const struct hearing *h, const char **asking)
{
	struct waiting_command one;
	bool text = dialogue_input(h->c.d) == INPUT_TEXT;
	if (hearing_is_http(h) || !newest(h, &one))
		return false;
	bool exchange = slice_equal(one.verb, SLICE("AUTH")) && !hearing_command_of(h, hearing_text(h));
	if (h->answered == one.n && !(exchange && h->asked))
		return false;
	*asking = text ? "354 \r\n" : protocol_now(h)->one_code ? "334 \r\n" : "+ \r\n";
	return (text || exchange) && dialogue_turn(h->c.d) == SIDE_SERVER;
}

static void asking_missing(struct hearing *h, const char *asking)
{
	struct waiting_command one;
	for (size_t left = dialogue_outstanding(h->c.d); left > 1 && oldest(h, &one); left--)
		reply_missing(h, &one);
	if (!oldest(h, &one))
		return;
	size_t line = line_of_waiting(h, &one);
	if (line != NO_LINE && !h->jumbled && !h->one_sided && one.n > h->skipped)
		(void)checking_add(&h->c, line, CHECK_ERROR, "The client goes on when the server has asked for it",
		                   missing_ref(h), SLICE_FMT " has no %sreply", SLICE_ARG(one.verb),
		                   h->answered == one.n ? "further " : "");
	h->answered = one.n;
	h->asked = true;
	hearing_invent(h, SIDE_SERVER, asking);
}

static void before_command(struct hearing *h)
{
	struct waiting_command one;
	const char *asking = NULL;
	if (goes_on_unasked(h, &asking)) {
		/* of LMTP's text each recipient has a reply */
		bool each = strcmp(protocol_now(h)->name, "lmtp") == 0;
		if (each || h->ahead[h->c.line].finals <= dialogue_outstanding(h->c.d))
			asking_missing(h, asking);
		return;
	}
	if (dialogue_turn(h->c.d) != SIDE_SERVER || (hearing_is_http(h) && dialogue_input(h->c.d) != INPUT_COMMAND))
		return;
	for (size_t missing = never_answered(h); missing > 0 && oldest(h, &one); missing--)
		reply_missing(h, &one);
}

/* ---- IMAP: a reply has its command's tag ---- */

/* What the client says next had to be asked for by a +. */
static bool plus_missing(struct hearing *h)
{
	struct waiting_command one;
	enum input input = dialogue_input(h->c.d);
	struct slice text = hearing_text(h);
	if (!newest(h, &one) || dialogue_turn(h->c.d) != SIDE_SERVER)
		return false;
	bool literal = input == INPUT_COUNTED || input == INPUT_REST;
	bool idle = slice_equal(one.verb, SLICE("IDLE")) && slice_equal_nocase(text, SLICE("DONE"));
	bool exchange = slice_equal(one.verb, SLICE("AUTHENTICATE")) && slice_find_octet(text, ' ') == text.n &&
	                h->answered != one.n;
	if (!literal && !idle && !exchange)
		return false;
	size_t line = literal ? h->last[SIDE_CLIENT] : hearing_command_line(h, one.n);
	if (line != NO_LINE && !h->one_sided)
		(void)checking_add(&h->c, line, CHECK_ERROR,
		                   "The client goes on when the server has asked for it with a +",
		                   literal ? "RFC 9051 4.3" : "RFC 9051 7.6",
		                   "the server's + is missing after this line");
	hearing_invent(h, SIDE_SERVER, "+ \r\n");
	return true;
}

/* A command whose reply comes further on need not be looked at again. */
static void before_tagged(struct hearing *h)
{
	struct waiting_command one;
	if (plus_missing(h) || dialogue_input(h->c.d) != INPUT_COMMAND)
		return;
	size_t i = dialogue_outstanding(h->c.d);
	while (i > 0 && dialogue_waiting(h->c.d, i - 1, &one) && one.n > h->answered_ahead)
		i--;
	while (dialogue_waiting(h->c.d, i, &one)) {
		size_t left = dialogue_outstanding(h->c.d);
		h->answered_ahead = one.n;
		if (one.tag.n && !ahead_answers(h, one.tag, h->c.line, NULL))
			reply_missing(h, &one);
		i += dialogue_outstanding(h->c.d) == left;
	}
}

/* ---- what ends a text, a list, a header ---- */

void missing_put(struct hearing *h, struct finding *row, enum side side, const char *text)
{
	if (dialogue_unfinished(h->c.d, side).n == 0)
		line_insert(row, REPAIR_AFTER, side, text);
	else
		hearing_invent(h, side, "\r\n");
	hearing_invent(h, side, text);
	hearing_invent(h, side, "\r\n");
}

static void text_end_missing(struct hearing *h)
{
	bool text = h->last[SIDE_CLIENT] != NO_LINE &&
	            (h->last[SIDE_SERVER] == NO_LINE || h->last[SIDE_CLIENT] > h->last[SIDE_SERVER]);
	struct finding *row = checking_add(&h->c, h->last[text ? SIDE_CLIENT : SIDE_SERVER], CHECK_ERROR,
	                                   "The server waits for a line with a dot alone", "RFC 5321 4.1.1.4",
	                                   text ? "the message text is not ended by its lone dot"
	                                        : "the message text is missing, and the lone dot that ends it");
	if (text)
		missing_put(h, row, SIDE_CLIENT, ".");
	else
		hearing_invent(h, SIDE_CLIENT, ".\r\n");
}

/* A list that goes on behind the client's line is not over yet. */
static bool list_goes_on(const struct hearing *h)
{
	struct slice next = next_reply(h);
	return dialogue_announced(h->c.d, SLICE("PIPELINING"), NULL) && next.n && !slice_starts(next, SLICE("+OK")) &&
	       !slice_starts(next, SLICE("-ERR"));
}

static void list_end_missing(struct hearing *h)
{
	const struct script_line *last = &h->script->lines[h->last[SIDE_SERVER]];
	if (h->gap || (last->kind == SCRIPT_DIRECTION && text_elided(slice_of(last->text)))) { /* it is left out, too */
		hearing_invent(h, SIDE_SERVER, dialogue_unfinished(h->c.d, SIDE_SERVER).n ? "\r\n.\r\n" : ".\r\n");
		return;
	}
	struct finding *row = checking_add(&h->c, h->last[SIDE_SERVER], CHECK_ERROR,
	                                   "Without it the client does not know that no line follows", "RFC 1939 3",
	                                   "the lone dot that ends the list or text is missing");
	missing_put(h, row, SIDE_SERVER, ".");
}

/* `250-` at the front of what is the last line. */
static void coded_end_missing(struct hearing *h)
{
	const struct script_line *line = &h->script->lines[h->last[SIDE_SERVER]];
	struct slice text = { line->text, line->text_n };
	char *end = string_printf("%s \r\n", h->code);
	if (line->kind == SCRIPT_DIRECTION || text_elided(text)) { /* the document leaves it out */
		hearing_invent(h, SIDE_SERVER, end);
		free(end);
		return;
	}
	struct finding *row = checking_add(&h->c, h->last[SIDE_SERVER], CHECK_ERROR,
	                                   "A hyphen after the code says that another line of the reply follows",
	                                   missing_ref(h), "the reply has no last line: one with %s and a space",
	                                   h->code);
	if (!line->exact && line->mark == MARK_NONE && slice_starts(text, slice_of(h->code)) && text.n > 3 &&
	    text.p[3] == '-') {
		char *mended = slice_string(text);
		mended[3] = ' ';
		row->errata = string_printf("\"%s\" is the reply's last line, which has a space after the code",
		                            line->text);
		line_mend(h, row->line, row, mended);
	}
	hearing_invent(h, SIDE_SERVER, end);
	free(end);
}

/* The server has begun a reply, and the client goes on. */
static void reply_end_missing(struct hearing *h)
{
	if (h->last[SIDE_SERVER] == NO_LINE || !dialogue_in_reply(h->c.d))
		return;
	if (is_pop3(h) && !list_goes_on(h))
		list_end_missing(h);
	else if (has_codes(h) && h->code[0])
		coded_end_missing(h);
	else if (hearing_is_http(h) && h->in_header[SIDE_SERVER])
		header_end_missing(h, SIDE_SERVER);
}

/* ---- a reply that shows that others are missing ---- */

/* Those that wait before the first one with that verb. */
static void missing_up_to(struct hearing *h, struct slice verb)
{
	struct waiting_command one;
	size_t at = 0;
	while (dialogue_waiting(h->c.d, at, &one) && !slice_equal(one.verb, verb))
		at++;
	if (at == dialogue_outstanding(h->c.d))
		return;
	while (at-- > 0 && oldest(h, &one))
		reply_missing(h, &one);
}

static void before_reply(struct hearing *h)
{
	struct slice text = hearing_text(h);
	if (dialogue_in_reply(h->c.d) || !protocol_now(h)->one_code)
		return;
	if (slice_starts(text, SLICE("354")))
		missing_up_to(h, SLICE("DATA"));
	else if (slice_starts(text, SLICE("334")) || slice_starts(text, SLICE("235")))
		missing_up_to(h, SLICE("AUTH"));
}

/* A status that a server sends before the request is over, which it does not want to read to its end (RFC 9112 9.5). */
static bool answers_early(struct slice line)
{
	static const char *const codes[] = { "400", "408", "413", "414", "431" };
	(void)slice_word(&line);
	struct slice code = slice_word(&line);
	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
		if (slice_equal(code, slice_of(codes[i])))
			return true;
	return false;
}

/* The client has begun a text, or a header, and the server answers. */
static void input_end_missing(struct hearing *h)
{
	struct waiting_command one;
	enum input input = dialogue_input(h->c.d);
	struct slice text = hearing_text(h);
	/* what was sent before it may be answered first: MAIL and DATA, behind the dot of another message */
	bool earlier = dialogue_outstanding(h->c.d) > 1 && newest(h, &one) && h->answered != one.n;
	if (input == INPUT_TEXT && dialogue_turn(h->c.d) == SIDE_CLIENT && !earlier &&
	    !slice_starts(text, SLICE("421")))
		text_end_missing(h);
	else if (input == INPUT_FIELD && h->in_header[SIDE_CLIENT] && protocol_now(h)->greeting(text) == 3 &&
	         !answers_early(text))
		header_end_missing(h, SIDE_CLIENT);
}

/* ---- the door ---- */

void missing_before(struct hearing *h)
{
	if (protocol_now(h)->bare || dialogue_tls_pending(h->c.d) || h->closed)
		return;
	if (hearing_is_http(h))
		headers_judge(h);
	if (hearing_line(h)->side == SIDE_SERVER && hearing_line(h)->kind == SCRIPT_SAID && doubled_judge(h))
		return;
	if (hearing_line(h)->side == SIDE_SERVER) {
		input_end_missing(h);
		before_reply(h);
		return;
	}
	if (hearing_is_http(h) && dialogue_input(h->c.d) == INPUT_FIELD && h->in_header[SIDE_CLIENT] &&
	    protocol_now(h)->command(hearing_text(h)) == 3)
		header_end_missing(h, SIDE_CLIENT);
	if (!protocol_now(h)->tagged && (!hearing_is_http(h) || dialogue_input(h->c.d) == INPUT_COMMAND))
		reply_end_missing(h);
	if (protocol_now(h)->tagged)
		before_tagged(h);
	else
		before_command(h);
}

void missing_before_close(struct hearing *h)
{
	bool cut = dialogue_in_reply(h->c.d) || dialogue_unfinished(h->c.d, SIDE_SERVER).n ||
	           dialogue_due(h->c.d, SIDE_SERVER) || dialogue_input(h->c.d) == INPUT_TEXT;
	if (hearing_line(h)->side == SIDE_SERVER && !protocol_now(h)->bare && !cut && h->begun &&
	    protocol_now(h)->server_first)
		replies_missing(h);
}

void missing_before_tls(struct hearing *h)
{
	if (!dialogue_tls_pending(h->c.d) && !protocol_now(h)->bare && h->begun)
		replies_missing(h);
}

void missing_at_end(struct hearing *h)
{
	if (protocol_now(h)->bare || dialogue_tls_pending(h->c.d) || !h->begun || h->closed)
		return;
	if (hearing_is_http(h) && h->in_header[SIDE_CLIENT])
		header_end_missing(h, SIDE_CLIENT);
	if (dialogue_input(h->c.d) == INPUT_TEXT && dialogue_turn(h->c.d) == SIDE_CLIENT)
		text_end_missing(h);
	if (!protocol_now(h)->tagged)
		reply_end_missing(h);
	if (!hearing_is_http(h) || !dialogue_in_reply(h->c.d))
		replies_missing(h);
}
