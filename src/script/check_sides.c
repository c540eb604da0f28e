/*
 * Lines under the wrong side, and lines that neither side says.
 */
#include "script/check_hearing.h"

#include "script/speaker.h"
#include "script/tool.h"

/* ---- a shell's lines ---- */

/* `C: telnet here.example 25`, and what such a program says: neither side says that. */
static bool shell_judge(struct hearing *h)
{
	const struct script_line *line = hearing_line(h);
	struct slice text = hearing_text(h), rest;
	bool client = line->side == SIDE_CLIENT && dialogue_input(h->c.d) == INPUT_COMMAND && tool_of(text, &rest).n;
	bool server = line->side == SIDE_SERVER && !dialogue_in_reply(h->c.d) && tool_says(text, false) &&
	              speaker_likes(dialogue_protocol(h->c.d), SIDE_SERVER, text) == 0;
	if (!client && !server)
		return false;
	struct finding *row;
	if (client)
		row = checking_add(&h->c, h->c.line, CHECK_ERROR,
		                   "It starts the program that connects, and is not said to the server", NULL,
		                   "a shell's line stands in the conversation");
	else
		row = checking_add(&h->c, h->c.line, CHECK_ERROR,
		                   "It comes from the program that somebody connects with", NULL,
		                   "a line that the server does not say stands in the conversation");
	row->errata = string_printf("\"%s: " SLICE_FMT "\" is %s", client ? "C" : "S", SLICE_ARG(text),
	                            client ? "a shell line, not said to the server" : "not the server's line");
	line_hush(h, h->c.line, row);
	h->passed_over = true;
	return true;
}

/* ---- telling ---- */

/* Where it stands who says commands, and who replies. */
static const char *sides_ref(const struct protocol *protocol)
{
	if (protocol->one_code)
		return "RFC 5321 2.1";
	if (protocol->data_connection)
		return "RFC 959 2.3";
	if (protocol->tagged)
		return "RFC 9051 2.2";
	return protocol->server_first ? "RFC 1939 3" : "RFC 9110 3.4";
}

static void side_tell(struct hearing *h, size_t i)
{
	const struct script_line *line = &h->script->lines[i];
	bool client = line->side == SIDE_CLIENT;
	struct finding *row =
		checking_add(&h->c, i, CHECK_ERROR,
	                     "Commands and their text belong to the client (C:), replies to the server (S:)",
	                     sides_ref(dialogue_protocol(h->c.d)), "a line of the %s is printed under the wrong side",
	                     client ? "server's" : "client's");
	row->errata = string_printf("\"%s\" is printed with \"%s:\", and belongs to the %s", line->text,
	                            client ? "C" : "S", client ? "server" : "client");
	line_turn(h, i, row);
}

/* ---- lines in the midst of the other side's payload ---- */

/* The next line that anybody says behind that one; NULL where there is none, or something is described before it. */
static const struct script_line *next_said(const struct hearing *h, size_t i)
{
	while (++i < h->script->nlines) {
		const struct script_line *line = &h->script->lines[i];
		if (line->kind == SCRIPT_SAID && line->mark != MARK_NEVER)
			return line;
		if (line->kind == SCRIPT_DIRECTION)
			return NULL;
	}
	return NULL;
}

static struct slice text_of(const struct script_line *line)
{
	return (struct slice){ line->text, line->text_n };
}

/* Whether the line begins something of that side's own: a command, a reply. What a server lists in CAPA looks like commands. */
static bool begins_own(const struct hearing *h, enum side side, struct slice text)
{
	const struct protocol *protocol = dialogue_protocol(h->c.d);
	struct slice rest = text;
	if (side == SIDE_CLIENT && slice_starts(text, SLICE(" "))) /* a line of FTP's FEAT */
		return false;
	if (side == SIDE_CLIENT)
		return protocol->server_first ? hearing_command_of(h, text) != NULL : protocol->command(text) > 0;
	if (protocol->tagged)
		return slice_starts(text, SLICE("* ")) || slice_starts(text, SLICE("+")) ||
		       dialogue_in_flight(h->c.d, slice_word(&rest));
	if (!protocol->server_first)
		return protocol->greeting(text) > 0;
	if (protocol->one_code || protocol->data_connection)
		return is_three_digits(slice_part(text, 0, 3));
	return slice_starts_nocase(text, SLICE("+OK")) || slice_starts_nocase(text, SLICE("-ERR")) ||
	       slice_starts(text, SLICE("+ ")) || slice_equal(text, SLICE("+"));
}

/* Whether that side is in the midst of a list, a text, a header, a body or a literal. */
static bool in_payload(const struct hearing *h, enum side side)
{
	const struct protocol *protocol = dialogue_protocol(h->c.d);
	if (h->in_header[side] || dialogue_due(h->c.d, side) > 0)
		return true;
	if (side == SIDE_CLIENT)
		return dialogue_input(h->c.d) == INPUT_TEXT && dialogue_turn(h->c.d) == SIDE_CLIENT;
	return !protocol->tagged && !protocol->one_code && dialogue_in_reply(h->c.d);
}

/* Whether what ends the payload of `side` is this: its dot, the empty line of its header, as many octets as are due. */
static bool ends_payload(const struct hearing *h, enum side side, struct slice text)
{
	if (h->in_header[side])
		return text.n == 0;
	uint64_t due = dialogue_due(h->c.d, side);
	return due > 0 ? text.n + 2 <= due : slice_equal(text, SLICE("."));
}

/* Whether the line of the other side at `i` belongs to the payload of `side`, which goes on behind it, or ends with it. */
static bool strays(const struct hearing *h, enum side side, size_t i)
{
	const struct script_line *line = &h->script->lines[i], *next = next_said(h, i);
	struct slice text = text_of(line);
	bool own = begins_own(h, line->side, text);
	bool last = side == SIDE_SERVER && dialogue_protocol(h->c.d)->data_connection && h->code[0] && next &&
	            slice_starts(text_of(next), slice_of(h->code)); /* of a reply of several lines */
	bool goes_on = next && next->side == side && (last || !begins_own(h, side, text_of(next)));
	bool listed = side == SIDE_SERVER && goes_on && dialogue_protocol(h->c.d)->server_first &&
	              dialogue_due(h->c.d, side) == 0 && !dialogue_announced(h->c.d, SLICE("PIPELINING"), NULL);
	if (line->exact || line->mark != MARK_NONE)
		return false;
	return own ? listed && slice_find_octet(slice_trim(text), ' ') == slice_trim(text).n
	           : goes_on || ends_payload(h, side, text);
}

bool side_strays(struct hearing *h, size_t i)
{
	const struct script_line *line = &h->script->lines[i];
	enum side other = line->side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
	if (line->kind != SCRIPT_SAID || !strays(h, other, i))
		return false;
	side_tell(h, i);
	return true;
}

/* ---- the other side's lines ---- */

static bool is_status(struct slice word)
{
	return slice_equal(word, SLICE("OK")) || slice_equal(word, SLICE("NO")) || slice_equal(word, SLICE("BAD"));
}

/* IMAP: whether the line is the tagged reply to a command that waits. */
static bool answers_waiting(const struct hearing *h, struct slice text)
{
	struct slice tag = slice_word(&text);
	return is_status(slice_word(&text)) && dialogue_in_flight(h->c.d, tag);
}

/* IMAP: what no client says wherever it stands, but as the text of a literal: `a1 OK` of a command that waits, the + that it
 * waits for, `* 3 EXISTS`, the end of a list. */
static bool is_response(const struct hearing *h, struct slice text)
{
	struct slice rest = text, tag = slice_word(&rest), word = slice_word(&rest);
	enum input input = dialogue_input(h->c.d);
	bool asks = slice_equal(tag, SLICE("+")) && dialogue_turn(h->c.d) == SIDE_SERVER;
	bool tagged = answers_waiting(h, text);
	bool data = (input == INPUT_COMMAND || input == INPUT_ANSWER) &&
	            ((slice_equal(tag, SLICE("*")) && word.n) || slice_starts(text, SLICE(")")));
	return asks || tagged || data;
}

void literal_sides(struct hearing *h, size_t behind)
{
	bool waits = dialogue_turn(h->c.d) == SIDE_SERVER; /* for the + */
	for (size_t i = behind + 1; i < h->script->nlines; i++) {
		const struct script_line *line = &h->script->lines[i];
		struct slice text = text_of(line), rest = text;
		bool asks = slice_equal(slice_word(&rest), SLICE("+"));
		if (line->kind == SCRIPT_COMMENT)
			continue;
		if (line->kind != SCRIPT_SAID || line->exact || (line->side == SIDE_SERVER && !asks) ||
		    hearing_command_of(h, text))
			return;
		if (line->side == SIDE_CLIENT && ((waits && asks) || answers_waiting(h, text)))
			side_tell(h, i);
		waits = false;
	}
}

/* A client's line that only a server says, where a command would begin. */
static bool is_servers(const struct hearing *h, const struct protocol *protocol, struct slice text)
{
	enum input input = dialogue_input(h->c.d);
	bool wanted = input == INPUT_COMMAND || (input == INPUT_FIELD && protocol->greeting(text) == 3) ||
	              (input == INPUT_TEXT && dialogue_turn(h->c.d) == SIDE_SERVER && dialogue_outstanding(h->c.d));
	if (!h->in_header[SIDE_CLIENT] && in_payload(h, SIDE_SERVER) && strays(h, SIDE_SERVER, h->c.line))
		return true;
	if (protocol->tagged && is_response(h, text))
		return true;
	if (protocol->data_connection && dialogue_in_reply(h->c.d) &&
	    slice_starts(text, SLICE(" "))) /* FEAT's, MLST's */
		return true;
	return wanted && speaker_likes(protocol, SIDE_SERVER, text) >= 2 &&
	       speaker_likes(protocol, SIDE_CLIENT, text) == 0;
}

/* Where nothing waits for a reply, whether the line begins with a command's name and the next is a reply. */
static bool is_answered(const struct hearing *h, struct slice text)
{
	const struct script_line *next = next_said(h, h->c.line);
	return dialogue_outstanding(h->c.d) == 0 && !dialogue_protocol(h->c.d)->tagged && hearing_command_of(h, text) &&
	       next && next->side == SIDE_SERVER && begins_own(h, SIDE_SERVER, text_of(next));
}

/* A server's line that only a client says, where the server says nothing or a reply would begin. */
static bool is_clients(const struct hearing *h, const struct protocol *protocol, struct slice text)
{
	enum input input = dialogue_input(h->c.d);
	bool clients_turn = dialogue_turn(h->c.d) == SIDE_CLIENT;
	unsigned client = speaker_likes(protocol, SIDE_CLIENT, text),
		 server = speaker_likes(protocol, SIDE_SERVER, text);
	struct slice rest = text, first = slice_word(&rest);
	bool untagged = protocol->tagged && is_status(first); /* its tag is missing */
	if (untagged && dialogue_turn(h->c.d) == SIDE_SERVER)
		return false;
	if (in_payload(h, SIDE_CLIENT) && strays(h, SIDE_CLIENT, h->c.line))
		return true;
	if (dialogue_due(h->c.d, SIDE_SERVER) || dialogue_in_flight(h->c.d, first) || untagged)
		return false;
	if (input == INPUT_TEXT && clients_turn)
		return server == 0;
	if (input == INPUT_ANSWER && clients_turn)
		return server == 0 && text.n > 0;
	if (input == INPUT_FIELD && h->in_header[SIDE_CLIENT])
		return client > server;
	bool inside = dialogue_in_reply(h->c.d) && !protocol->tagged;
	bool coded = protocol->one_code && inside; /* each line of its reply has a code */
	/* a reply begins with its code: what CAPA lists is none */
	bool status = protocol->server_first && !protocol->tagged && !inside;
	bool replies = status ? begins_own(h, SIDE_SERVER, text) : server > 0;
	return input == INPUT_COMMAND && (!inside || coded) && (client >= 2 || is_answered(h, text)) && !replies;
}

void side_judge(struct hearing *h)
{
	const struct script_line *line = hearing_line(h);
	const struct protocol *protocol = dialogue_protocol(h->c.d);
	struct slice text = hearing_text(h);
	bool client = line->side == SIDE_CLIENT;
	if (line->mark != MARK_NONE || line->exact || protocol->bare || dialogue_tls_pending(h->c.d) || shell_judge(h))
		return;
	if (client ? !is_servers(h, protocol, text) : !is_clients(h, protocol, text))
		return;
	side_tell(h, h->c.line);
	hearing_take(h);
}
