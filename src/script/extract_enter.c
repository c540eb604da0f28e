/*
 * Where somebody begins to speak, behind something else: whether that goes on with the talk under way, begins one of its own, or is
 * nothing that is said.
 */
#include "script/extract_speak.h"

#include "protocol/protocol.h"
#include "script/speaker.h"

/* So many lines of a run are looked at to tell what it is. */
#define RUN_JUDGED 128

/* So many lines may stand in the midst of a block as remarks. */
#define REMARKS_MAX 2

/* Whether the server greets behind its own last line: another session begins. */
static bool greets_behind(const struct spoken *before, const struct item *item)
{
	struct slice text = slice_trim(item->text);
	if (item->kind != ITEM_SAID || item->side == SIDE_CLIENT || before->side == SIDE_CLIENT)
		return false;
	const struct protocol *protocol = protocol_of_greeting(text);
	return protocol && protocol->greeting(text) >= 3;
}

/* The lines up to the next gap that holds more than empty lines. */
static size_t run_lines(const struct speaking *s, struct spoken *lines)
{
	size_t n = 0;
	for (size_t i = s->i; i < s->items->n && n < RUN_JUDGED; i++) {
		const struct item *item = &s->items->rows[i];
		if (n && i && s->items->rows[i - 1].kind == ITEM_EMPTY && greets_behind(&lines[n - 1], item))
			break;
		bool prose = item->kind == ITEM_PLAIN && !item->glued && item->indent <= s->items->rows[s->i].indent;
		if (item->kind == ITEM_HEADING || prose)
			break;
		if (item->kind == ITEM_SAID && !item->both)
			lines[n++] = (struct spoken){ item->side, slice_trim(item->text) };
	}
	return n;
}

enum connection_words speak_stage(struct slice text)
{
	struct slice inside = bracketed(text);
	return inside.n ? connection_words(inside) : WORDS_NONE;
}

/* Whether somebody says something in a run, and does not only tell of the connection. */
static bool says_something(const struct spoken *lines, size_t n)
{
	while (n > 0 && speak_stage(lines[n - 1].text) != WORDS_NONE)
		n--;
	return n > 0;
}

/* Whether the line explains the notation: `C: indicates lines sent by the client, S: indicates lines sent by the server`. */
static bool explains(const struct speaking *s, const struct item *item)
{
	const struct protocol *protocol = s->judged->verdict.protocol;
	struct slice text = slice_trim(item->text);
	return (is_prose(text) || (!s->t->open && is_told(text))) &&
	       (protocol == NULL || speaker_likes(protocol, item->side, text) == 0);
}

/* Whether a run of `n` lines is too little to begin a talk with, or only tells what is done. */
static bool is_nothing(const struct verdict *run, const struct verdict *group, size_t n)
{
	bool both = group->lines[SIDE_CLIENT] && group->lines[SIDE_SERVER];
	bool lone = run->protocol == NULL && run->turns == 0 && (group->protocol || (n < 2 && !both));
	return lone || verdict_tells(run);
}

/* The talk under way is over; another begins with the item. */
static void begin_talk(struct speaking *s, const struct item *item, const struct protocol *protocol)
{
	struct talk *t = s->t;
	bool tls = t->gap.tls, connects = t->gap.connects && !tls;
	talk_end(t);
	gap_forget(t);
	talk_begin(t, s->judged, protocol, titles_at(s->titles, item->number), item->number);
	t->draft.tls = tls;
	if (connects)
		talk_direction(t, "client connects", item->number);
	const struct item *before = s->i ? &s->items->rows[s->i - 1] : NULL;
	if (before && before->glued && before->kind == ITEM_PLAIN && before->index == item->index)
		talk_comment(t, before->text, item->number);
}

bool speak_enter(struct speaking *s, const struct item *item)
{
	struct talk *t = s->t;
	struct spoken lines[RUN_JUDGED];
	if (t->open && t->notation == s->judged->notation && t->gap.lines == 0 && speak_payload(t, item->side)) {
		gap_forget(t);
		return true;
	}
	bool same = t->open && t->notation == s->judged->notation && t->gap.prose == 0 && t->gap.headings == 0;
	if (same && speak_stage(item->text) == WORDS_HANGS_UP) {
		gap_tell(t);
		return true;
	}
	/* In one block to the eye a line or two between are remarks. */
	if (item->block && item->block == s->block && t->gap.empty == 0 && t->gap.lines <= REMARKS_MAX)
		t->gap.prose = 0;
	struct verdict v, *group = (struct verdict *)&s->judged->verdict;
	size_t n = run_lines(s, lines);
	if (!says_something(lines, n) || explains(s, item))
		return false;
	const struct protocol *usual = t->open && t->notation == s->judged->notation ? t->protocol : group->protocol;
	verdict_make(lines, n, usual, &v);
	bool sure = v.greeted || v.sure[SIDE_CLIENT] + v.sure[SIDE_SERVER] > 0;
	if (group->protocol == NULL && !sure)
		v.protocol = NULL;
	if (talk_continues(t, s->judged, v.protocol, item->side, slice_trim(item->text))) {
		t->notation = s->judged->notation;
		gap_tell(t);
		return true;
	}
	bool alone = judge_established(s->judged) && !verdict_tells(&v) &&
	             lines_alone(s->items->passage, item->index, s->judged->notation);
	if (!alone && is_nothing(&v, group, n))
		return false;
	begin_talk(s, item, v.protocol);
	return true;
}
