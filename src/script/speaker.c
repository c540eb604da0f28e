/*
 * Who would say a line: by its look alone, or where a dialogue has followed so far, by whose turn it is too.
 */
#include "script/speaker.h"

#include "script/speaker_inside.h"

unsigned speaker_likes(const struct protocol *protocol, enum side side, struct slice line)
{
	while (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return side == SIDE_CLIENT ? speaker_client(protocol, line) : speaker_server(protocol, line);
}

/* IMAP: a response, or the reply to a command that waits (RFC 9051 7). */
static bool is_response(const struct dialogue *d, struct slice line)
{
	struct slice rest = line, tag = slice_word(&rest), word = slice_word(&rest);
	if (slice_equal(tag, SLICE("*")) || slice_equal(tag, SLICE("+")))
		return true;
	return dialogue_in_flight(d, tag) &&
	       (slice_equal_nocase(word, SLICE("OK")) || slice_equal_nocase(word, SLICE("NO")) ||
	        slice_equal_nocase(word, SLICE("BAD")));
}

/* Three digits, then a space, a hyphen or nothing. */
static bool is_coded(struct slice line)
{
	return is_three_digits(slice_part(line, 0, 3)) && (line.n == 3 || line.p[3] == ' ' || line.p[3] == '-');
}

static bool is_reply(const struct dialogue *d, struct slice line)
{
	if (is_coded(line) || slice_starts(line, SLICE("HTTP/")))
		return true;
	if (d && dialogue_protocol(d)->tagged)
		return is_response(d, line);
	return slice_starts(line, SLICE("+OK")) || slice_starts(line, SLICE("-ERR")) ||
	       slice_starts(line, SLICE("+ ")) || slice_equal(line, SLICE("+")) || slice_starts(line, SLICE("* OK"));
}

/* Whether the line goes on with what the server has begun to say: a list, a text, fields, the rest behind a literal. */
static bool goes_on(const struct dialogue *d, struct slice line)
{
	const struct protocol *protocol = dialogue_protocol(d);
	if (!protocol->server_first && !protocol->bare && dialogue_turn(d) == SIDE_SERVER)
		return true;
	if (!dialogue_in_reply(d))
		return false;
	return !protocol->tagged || (line.n && (line.p[0] == ')' || line.p[0] == ' '));
}

enum side speaker_side(const struct dialogue *d, struct slice line)
{
	bool reply = is_reply(d, line);
	if (d == NULL)
		return reply ? SIDE_SERVER : SIDE_CLIENT;
	enum input input = dialogue_input(d);
	bool client = dialogue_turn(d) == SIDE_CLIENT;
	if (dialogue_due(d, SIDE_SERVER))
		return SIDE_SERVER;
	if (input == INPUT_TEXT || input == INPUT_FIELD || input == INPUT_COUNTED) {
		if (client || !reply)
			return SIDE_CLIENT;
	} else if (input == INPUT_ANSWER && client && !slice_starts(line, SLICE("* "))) {
		return SIDE_CLIENT;
	}
	return reply || goes_on(d, line) ? SIDE_SERVER : SIDE_CLIENT;
}
