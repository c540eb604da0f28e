/*
 * Lines under the wrong side, and lines that neither side says.
 */
#include "script/check_hearing.h"

#include "script/speaker.h"

/* ---- a shell's lines ---- */

/* Whether the line starts a program: `telnet host 25`, behind a prompt too. */
static bool starts_program(struct slice line)
{
	static const char *const programs[] = {
		"telnet", "nc", "ncat", "netcat", "openssl", "gnutls-cli", "curl", NULL
	};
	struct slice word = slice_word(&line);
	if (word.n == 1 && (word.p[0] == '$' || word.p[0] == '%' || word.p[0] == '#' || word.p[0] == '>'))
		word = slice_word(&line);
	for (const char *const *program = programs; *program; program++)
		if (slice_equal(word, slice_of(*program)) && slice_trim(line).n)
			return true;
	return false;
}

/* What such a program says itself. */
static bool program_says(struct slice line)
{
	static const char *const words[] = { "Trying ", "Connected to ", "Escape character is ",
		                             "Connection closed by foreign host", NULL };
	for (const char *const *begins = words; *begins; begins++)
		if (slice_starts(line, slice_of(*begins)))
			return true;
	return false;
}

static bool shell_judge(struct hearing *h)
{
	const struct script_line *line = hearing_line(h);
	struct slice text = hearing_text(h);
	bool client = line->side == SIDE_CLIENT && dialogue_input(h->c.d) == INPUT_COMMAND && starts_program(text);
	bool server = line->side == SIDE_SERVER && !dialogue_in_reply(h->c.d) && program_says(text);
	if (!client && !server)
		return false;
	struct finding *row = checking_add(&h->c, h->c.line, CHECK_ERROR,
	                                   client ? "It starts the program that connects, and is not said to the server"
	                                          : "The server does not say it",
	                                   NULL,
	                                   client ? "a shell's line stands in the conversation"
	                                          : "a program's own line stands in the conversation");
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

void side_judge(struct hearing *h)
{
	const struct script_line *line = hearing_line(h);
	const struct protocol *protocol = dialogue_protocol(h->c.d);
	struct slice text = hearing_text(h);
	if (line->mark != MARK_NONE || line->exact || protocol->bare || dialogue_tls_pending(h->c.d))
		return;
	if (shell_judge(h))
		return;
	bool client = line->side == SIDE_CLIENT;
	if (client ? !is_servers(h, protocol, text) : !is_clients(h, protocol, text))
		return;
	struct finding *row = checking_add(&h->c, h->c.line, CHECK_ERROR,
	                                   client ? "The server says it" : "The client says it", protocol->reference,
	                                   "printed as the %s", client ? "client's" : "server's");
	line_turn(h, h->c.line, row);
}
