/*
 * The server has asked the client to go on, and says something again before it does: a reply too many, or what the client says
 * is not printed.
 */
#include "script/check_hearing.h"

/* So many lines are looked through for what the client says next. */
#define LINES_LOOKED_AT 64

static struct slice text_of(const struct script_line *line)
{
	return (struct slice){ line->text, line->text_n };
}

/* Whether the client goes on with text, and no command. */
static bool text_follows(const struct hearing *h)
{
	for (size_t i = h->c.line + 1; i < h->script->nlines && i < h->c.line + LINES_LOOKED_AT; i++) {
		const struct script_line *line = &h->script->lines[i];
		if (line->side == SIDE_CLIENT && line->kind == SCRIPT_DIRECTION)
			return true;
		if (line->side == SIDE_CLIENT && line->kind == SCRIPT_SAID)
			return !hearing_command_of(h, text_of(line));
	}
	return false;
}

/* Whether the client is to say something that it was asked for, and has said nothing since. */
static bool is_asked(const struct hearing *h)
{
	size_t client = h->last[SIDE_CLIENT], server = h->last[SIDE_SERVER];
	return dialogue_turn(h->c.d) == SIDE_CLIENT && h->answered && h->asked && server != NO_LINE &&
	       (client == NO_LINE || server > client);
}

static bool asks(struct slice text)
{
	return slice_starts(text, SLICE("334")) || slice_starts(text, SLICE("+ ")) || slice_equal(text, SLICE("+"));
}

/* `334 VXNlcm5hbWU6`, `334 UGFzc3dvcmQ6`: what the client answers stands nowhere. */
static bool answer_missing(struct hearing *h)
{
	struct slice text = hearing_text(h), before = text_of(&h->script->lines[h->last[SIDE_SERVER]]);
	bool exchange = dialogue_protocol(h->c.d)->one_code && slice_starts(before, SLICE("334"));
	if (!exchange || slice_equal(text, before) || !(asks(text) || slice_starts(text, SLICE("235"))))
		return false;
	(void)checking_add(&h->c, h->last[SIDE_SERVER], CHECK_ERROR, "The server waits for it", "RFC 4954 4",
	                   "the client's answer is missing after this line");
	hearing_invent(h, SIDE_CLIENT, "=\r\n");
	return true;
}

bool doubled_judge(struct hearing *h)
{
	struct slice text = hearing_text(h);
	enum input input = dialogue_input(h->c.d);
	if (hearing_line(h)->mark != MARK_NONE || !is_asked(h) || (input != INPUT_TEXT && input != INPUT_ANSWER))
		return false;
	if (input == INPUT_ANSWER && (answer_missing(h) || !asks(text)))
		return false;
	bool coded = is_three_digits(slice_part(text, 0, 3)) && !slice_starts(text, SLICE("421"));
	if (input == INPUT_TEXT && (!coded || !text_follows(h)))
		return false;
	if (!h->unasked_told)
		(void)checking_add(&h->c, h->c.line, CHECK_ERROR,
		                   "The client was asked to go on already, and has not done so yet", missing_ref(h),
		                   "a reply to no command");
	h->unasked_told = h->passed_over = true;
	return true;
}
