/*
 * A literal, or a body, that is printed shorter or longer than its count says: the dialogue goes by what is printed.
 */
#include "script/extract_speak.h"

/* The text behind a count, as it is printed. */
struct counting {
	uint64_t printed, sum;
	size_t lines;
	bool fits, closes, body;
};

/* Whether the printed count ends in or behind this line. */
static bool count_line(struct counting *c, struct slice text)
{
	c->sum += text.n + 2;
	c->lines++;
	if (c->printed > c->sum)
		return false;
	uint64_t tail = c->sum - c->printed;
	c->fits = tail == 0 || (tail == 2 && !c->body);
	if (tail > 2 && tail <= text.n + 2 && !c->body)
		c->fits = text.p[text.n + 2 - tail] == ' ' || text.p[text.n + 2 - tail] == ')';
	return true;
}

/* Whether the server's line cannot be of the literal's text. */
static bool ends_literal(const struct speaking *s, struct slice text)
{
	struct slice rest = text, tag = slice_word(&rest);
	return slice_starts(text, SLICE(")")) || slice_starts(text, SLICE("* ")) || slice_starts(text, SLICE("+ ")) ||
	       dialogue_in_flight(s->t->draft.dialogue, tag);
}

/* The item, made of lines that are held where there is none yet. */
static const struct item *item_at(const struct speaking *s, size_t i)
{
	while (i >= s->items->n && items_more(s->items))
		;
	return speak_item(s, i);
}

/* Looks at the lines from the `next`th item on that `side` says. */
static void count(const struct speaking *s, enum side side, size_t next, struct counting *c)
{
	for (const struct item *item; (item = item_at(s, next)) != NULL; next++) {
		bool asked = side == SIDE_CLIENT && c->lines == 0 && slice_starts(item->text, SLICE("+"));
		if (item->kind == ITEM_HEADING || (item->kind == ITEM_SAID && item->side != side && !asked))
			return;
		if (item->kind == ITEM_EMPTY || asked ||
		    (item->kind == ITEM_PLAIN && item->indent < s->indent && !s->logged))
			continue;
		if (side == SIDE_SERVER && !c->body && ends_literal(s, item->text)) {
			c->closes = slice_starts(item->text, SLICE(")"));
			return;
		}
		if (notation_left_out(item->text, NULL)) {
			c->fits = true;
			return;
		}
		if (count_line(c, item->text) && c->fits)
			return;
	}
	/* The text goes on behind what is held: nothing tells that the count is wrong. */
	c->fits = c->fits || passage_full(s->items->passage);
}

void count_settle(struct speaking *s, size_t next)
{
	struct dialogue *d = s->t->draft.dialogue;
	struct counting c = { 0 };
	for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
		c = (struct counting){ .printed = dialogue_due(d, side), .body = speak_is(s->t, "http") };
		bool begins = c.printed > s->t->due[side];
		s->t->due[side] = c.printed;
		if (!begins)
			continue;
		count(s, side, next, &c);
		if (c.fits || c.lines == 0 || side != s->side)
			continue;
		dialogue_recount(d, side, c.sum - (c.body || c.closes ? 0 : 2));
		s->t->due[side] = dialogue_due(d, side);
	}
}
