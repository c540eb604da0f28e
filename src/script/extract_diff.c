/*
 * Changes to a text, as diff prints them without context: `<` stands before what was, `>` before what is now, and nobody speaks.
 */
#include "script/extract_inside.h"

/* Takes a number off the front; false where none stands there. */
static bool take_number(struct slice *rest)
{
	size_t n = 0;
	while (n < rest->n && octet_is_digit(rest->p[n]))
		n++;
	*rest = slice_from(*rest, n);
	return n > 0;
}

/* `3` or `3,4` */
static bool take_lines(struct slice *rest)
{
	if (!take_number(rest))
		return false;
	if (!slice_starts(*rest, SLICE(",")))
		return true;
	*rest = slice_from(*rest, 1);
	return take_number(rest);
}

/* `3,4c3,4`, `7a8`, `12d11`: which lines are changed. */
static bool is_change(struct slice line)
{
	struct slice rest = slice_trim(line);
	if (!take_lines(&rest) || rest.n == 0 || slice_find_octet(SLICE("acd"), rest.p[0]) == 3)
		return false;
	rest = slice_from(rest, 1);
	return take_lines(&rest) && rest.n == 0;
}

/* Whether the line is of a change: what was, what is now, and what parts them. */
static bool is_changed(struct slice line)
{
	struct slice text = slice_trim(line);
	return slice_starts(text, SLICE("< ")) || slice_starts(text, SLICE("> ")) || slice_equal(text, SLICE("<")) ||
	       slice_equal(text, SLICE(">")) || slice_equal(text, SLICE("---")) ||
	       slice_starts(text, SLICE("\\ No newline"));
}

size_t diff_end(const struct passage *p, size_t i)
{
	if (i + 1 >= p->n || !is_change(passage_line(p, i)) || !is_changed(passage_line(p, i + 1)))
		return i;
	for (i++; i < p->n && is_changed(passage_line(p, i));)
		i++;
	return i;
}
