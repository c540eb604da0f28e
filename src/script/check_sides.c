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

/* ---- the other side's lines ---- */

/* A client's line that only a server says, where a command would begin. */
static bool is_servers(const struct hearing *h, const struct protocol *protocol, struct slice text)
{
	enum input input = dialogue_input(h->c.d);
	bool wanted = input == INPUT_COMMAND || (input == INPUT_FIELD && protocol->greeting(text) == 3);
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
	return input == INPUT_COMMAND && (!inside || coded) && client >= 2 && server == 0;
}

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
	struct finding *row = checking_add(&h->c, h->c.line, CHECK_ERROR,
	                                   "Commands and their text are the client's, replies the server's",
	                                   sides_ref(protocol), "a line of the %s is printed under the wrong side",
	                                   client ? "server's" : "client's");
	row->errata = string_printf("\"" SLICE_FMT "\" is printed with \"%s:\", and belongs to the %s", SLICE_ARG(text),
	                            client ? "C" : "S", client ? "server" : "client");
	line_turn(h, h->c.line, row);
}
