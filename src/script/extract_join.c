/*
 * Whether two parts of a document are one conversation, where prose, headings or nothing but empty lines stand between: where
 * the state that the first has reached allows what the second says first. In doubt they are two.
 */
#include "script/extract_inside.h"

#include "protocol/protocol.h"

/* The state in which a client says who it is, in the protocols where it does: behind the greeting, and where TLS has begun. */
#define STATE_CONNECTED 1

/* More lines between are too many for one conversation. */
#define LINES_BETWEEN 100

/* Whether so little stands between that the two parts are one block to the eye. */
static bool tiny(const struct gap *gap)
{
	return gap->lines == 0 && !gap->or;
}

static bool tag_used(const struct talk *t, struct slice line)
{
	struct buffer word = { 0 };
	buffer_add_octet(&word, ' ');
	buffer_add_slice(&word, slice_word(&line));
	buffer_add_octet(&word, ' ');
	bool used = slice_find(buffer_slice(&t->tags), buffer_slice(&word)) < t->tags.n;
	buffer_free(&word);
	return used;
}

/* Whether the server's line is a greeting where none is due. */
static bool greets(const struct talk *t, const struct dialogue *d, struct slice text)
{
	if (t->said[SIDE_CLIENT] == 0 && t->said[SIDE_SERVER] == 0)
		return false;
	return t->protocol && t->protocol->server_first && dialogue_outstanding(d) == 0 && protocol_of_greeting(text);
}

/* Whether the client may say the line now: a command that the state allows, or what it was asked for. */
static bool may_say(const struct talk *t, const struct dialogue *d, struct slice text)
{
	const struct entry *command = command_of(t->protocol, text);
	if (dialogue_input(d) != INPUT_COMMAND)
		return dialogue_turn(d) == SIDE_CLIENT;
	if (dialogue_outstanding(d) > 0 && dialogue_turn(d) == SIDE_SERVER)
		return false;
	if (t->protocol && t->protocol->tagged && tag_used(t, text))
		return false;
	if (command && command->phase == PHASE_IDENTIFY && dialogue_state_index(d) > STATE_CONNECTED)
		return false;
	return command == NULL || dialogue_allows(d, command, NULL) != NOT_NOW;
}

bool talk_continues(const struct talk *t, const struct judged *judged, const struct protocol *protocol, enum side side,
                    struct slice text)
{
	const struct dialogue *d = t->draft.dialogue;
	if (!t->open || t->notation != judged->notation || (protocol && t->protocol != protocol))
		return false;
	if (d == NULL)
		return tiny(&t->gap);
	if (t->gap.lines > LINES_BETWEEN)
		return false;
	bool awaited = dialogue_outstanding(d) > 0 || dialogue_in_reply(d) || dialogue_due(d, side) > 0;
	if (dialogue_closing(d) && !awaited)
		return false;
	if (side == SIDE_SERVER && greets(t, d, text))
		return false;
	if (tiny(&t->gap))
		return !(side == SIDE_CLIENT && t->protocol && t->protocol->tagged && dialogue_input(d) == INPUT_COMMAND &&
		         tag_used(t, text));
	if (side == SIDE_SERVER && !t->gap.or && slice_starts(text, SLICE("HTTP/")))
		return dialogue_outstanding(d) > 0 && !dialogue_in_reply(d);
	if (side == SIDE_SERVER)
		return awaited && !t->gap.or;
	return t->begun && !t->gap.or && may_say(t, d, text);
}
