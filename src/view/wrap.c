/*
 * Breaking text into rows that fit a terminal.
 */
#include "view/wrap.h"

#include "base/escape.h"

/* However narrow the terminal, a row takes so many columns of text. */
#define NARROWEST 8

#define STYLE_END "\033[0m"

static bool styled(const char *style)
{
	return style && *style;
}

/* Whether a row may end before that space: a reference is not torn apart ("RFC 5321"). */
static bool breaks_at(struct slice text, size_t at)
{
	return at < 3 || !slice_equal(slice_part(text, at - 3, at), SLICE("RFC"));
}

/* Where a row of the text ends: at most `room` columns from `start`, at a space if there is one. `*next` gets where the
 * next row begins. */
static size_t row_end(struct slice text, size_t start, size_t room, size_t *next)
{
	size_t at = start, used = 0, space = start;
	while (at < text.n) {
		uint32_t character = '?';
		size_t length = utf8_decode(slice_part(text, at, text.n), &character);
		size_t columns = length ? (size_t)character_columns(character) : 1;
		if (used + columns > room && at > start) {
			if (character == ' ' && breaks_at(text, at))
				space = at;
			*next = space > start ? space + 1 : at;
			return space > start ? space : at;
		}
		if (character == ' ' && at > start && breaks_at(text, at))
			space = at;
		used += columns;
		at += length ? length : 1;
	}
	*next = text.n;
	return text.n;
}

/* One row's text, with its styles. */
static void row_add(struct buffer *out, struct slice text, size_t start, size_t end, const struct wrapping *how)
{
	size_t mark_start = how->mark_start < start ? start : how->mark_start;
	size_t mark_end = how->mark_end > end ? end : how->mark_end;
	bool marked = styled(how->mark_style) && mark_start < mark_end;
	if (!marked) {
		buffer_add_slice(out, slice_part(text, start, end));
		return;
	}
	buffer_add_slice(out, slice_part(text, start, mark_start));
	buffer_add_string(out, how->mark_style);
	buffer_add_slice(out, slice_part(text, mark_start, mark_end));
	buffer_add_string(out, STYLE_END);
	if (styled(how->style))
		buffer_add_string(out, how->style);
	buffer_add_slice(out, slice_part(text, mark_end, end));
}

size_t wrap(struct buffer *out, struct slice text, const struct wrapping *how)
{
	size_t start = 0, rows = 0;
	do {
		const char *before = rows ? how->rest : how->first;
		size_t indent = text_columns(slice_of(before)), room = SIZE_MAX, next;
		if (how->columns)
			room = how->columns > indent + NARROWEST ? how->columns - indent : NARROWEST;
		size_t end = row_end(text, start, room, &next);
		if (styled(how->style))
			buffer_add_string(out, how->style);
		buffer_add_string(out, before);
		row_add(out, text, start, end, how);
		if (styled(how->style))
			buffer_add_string(out, STYLE_END);
		buffer_add_octet(out, '\n');
		rows++;
		start = next;
	} while (start < text.n);
	return rows;
}

void escape_for_screen(struct buffer *out, struct slice text)
{
	size_t begin = out->n;
	while (text.n) {
		size_t tab = slice_find_octet(text, '\t');
		escape_text(out, slice_part(text, 0, tab));
		if (tab == text.n)
			return;
		size_t columns = text_columns(slice_part(buffer_slice(out), begin, out->n));
		for (size_t spaces = 8 - columns % 8; spaces > 0; spaces--)
			buffer_add_octet(out, ' ');
		text = slice_part(text, tab + 1, text.n);
	}
}
