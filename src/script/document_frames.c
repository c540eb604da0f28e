/*
 * The bars that stand around a line and are none of its text: the sides of a frame that is drawn around a conversation, and what
 * is left of a table where a page was copied as text.
 */
#include "script/document_inside.h"

#include <string.h>

/* What the sides of a frame are drawn with. */
static const char *const sides[] = { "│", "┃", "║", "|", NULL };

/* The side that stands at the front of the text, or at its end; empty where none does. */
static struct slice side_at(struct slice text, bool front)
{
	for (size_t i = 0; sides[i]; i++) {
		struct slice side = slice_of(sides[i]);
		if (text.n < side.n)
			continue;
		size_t at = front ? 0 : text.n - side.n;
		if (slice_equal(slice_part(text, at, at + side.n), side))
			return side;
	}
	return slice_part(text, 0, 0);
}

static struct slice without_blanks(struct slice text)
{
	while (text.n > 0 && text.p[text.n - 1] == ' ')
		text.n--;
	return text;
}

/* `│  S: 220 ready     │`: a bar on either side, and none between, as cells of a table have it. */
static bool is_framed(struct slice text, struct slice *inside)
{
	struct slice rest = slice_trim(text), left = side_at(rest, true), right = side_at(rest, false);
	if (left.n == 0 || rest.n < left.n + right.n || !slice_equal(left, right))
		return false;
	*inside = slice_part(rest, left.n, rest.n - right.n);
	bool apart = inside->n == 0 || inside->p[0] == ' ' || left.n > 1;
	return apart && slice_find(*inside, left) == inside->n;
}

/* How many bars the text ends with, a blank before each; `*text` is what stands before them. */
static size_t bars_behind(struct slice *text)
{
	size_t bars = 0;
	struct slice rest = without_blanks(*text);
	while (rest.n > 1 && rest.p[rest.n - 1] == '|' && rest.p[rest.n - 2] == ' ') {
		rest = without_blanks(slice_part(rest, 0, rest.n - 1));
		bars++;
	}
	if (bars && rest.n)
		*text = rest;
	return rest.n ? bars : 0;
}

struct slice frames_off(struct frames *f, struct slice text)
{
	struct slice inside = text;
	if (is_framed(text, &inside)) {
		f->barred = false;
		return without_blanks(inside);
	}
	size_t bars = bars_behind(&inside);
	bool off = bars > 1 || (bars == 1 && f->barred);
	f->barred = off;
	return off ? inside : text;
}
