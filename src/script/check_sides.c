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
		row = checking_add(&h->c, h->c.line, CHECK_ERROR, "It is the program's by which somebody connects",
		                   NULL, "a line that the server does not say stands in the conversation");
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
	struct finding *row = checking_add(&h->c, i, CHECK_ERROR,
	                                   "Commands and their text are the client's, replies the server's",
	                                   sides_ref(dialogue_protocol(h->c.d)),
	                                   "a line of the %s is printed under the wrong side",
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
	bool goes_on = next && next->side == side && !begins_own(h, side, text_of(next));
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

/* A client's line that only a server says, where a command would begin. */
static bool is_servers(const struct hearing *h, const struct protocol *protocol, struct slice text)
{
	enum input input = dialogue_input(h->c.d);
	bool wanted = input == INPUT_COMMAND || (input == INPUT_FIELD && protocol->greeting(text) == 3) ||
	              (input == INPUT_TEXT && dialogue_turn(h->c.d) == SIDE_SERVER && dialogue_outstanding(h->c.d));
	if (!h->in_header[SIDE_CLIENT] && in_payload(h, SIDE_SERVER) && strays(h, SIDE_SERVER, h->c.line))
		return true;
	return wanted && speaker_likes(protocol, SIDE_SERVER, text) >= 2 &&
	       speaker_likes(protocol, SIDE_CLIENT, text) == 0;
}

/* A server's line that only a client says, where the server says nothing or a reply would begin. */
static bool is_clients(const struct hearing *h, const struct protocol *protocol, struct slice text)
{
	enum input input = dialogue_input(h->c.d);
	bool clients_turn = dialogue_turn(h->c.d) == SIDE_CLIENT;
	unsigned client = speaker_likes(protocol, SIDE_CLIENT, text),
		 server = speaker_likes(protocol, SIDE_SERVER, text);
	struct slice rest = text;
	if (in_payload(h, SIDE_CLIENT) && strays(h, SIDE_CLIENT, h->c.line))
		return true;
	if (dialogue_due(h->c.d, SIDE_SERVER) || dialogue_in_flight(h->c.d, slice_word(&rest)))
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
	return input == INPUT_COMMAND && (!inside || coded) && client >= 2 && !replies;
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
}
