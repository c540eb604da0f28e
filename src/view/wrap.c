/*
 * Breaking text into rows that fit a terminal.
 */
#include "view/wrap.h"

#include "base/escape.h"
#include "view/style.h"

/* However narrow the terminal, a row takes so many columns of text. */
#define NARROWEST 8

static bool styled(const char *style)
{
	return style && *style;
}

/* Where the word that ends at `end` begins. */
static size_t word_start(struct slice text, size_t end)
{
	while (end && text.p[end - 1] != ' ')
		end--;
	return end;
}

/* Whether the text goes on with the section of a document: "4.2.3", "A.1", "F". */
static bool section_begins(struct slice text)
{
	if (text.n && octet_is_digit(text.p[0]))
		return true;
	bool letter = text.n && text.p[0] >= 'A' && text.p[0] <= 'Z';
	return letter && (text.n == 1 || slice_find_octet(SLICE(".,; )"), text.p[1]) < 5);
}

/* Whether a row should end before that space: a reference is not torn apart ("RFC 5321 4.1.1.2"). */
static bool breaks_at(struct slice text, size_t at)
{
	size_t start = word_start(text, at);
	struct slice word = slice_part(text, start, at), next = slice_part(text, at + 1, text.n);
	bool number = word.n && octet_is_digit(word.p[0]) && octet_is_digit(word.p[word.n - 1]);
	if (number && start && section_begins(next)) /* between the document's number and its section? */
		word = slice_part(text, word_start(text, start - 1), start - 1);
	return word.n < 3 || !slice_equal(slice_part(word, word.n - 3, word.n), SLICE("RFC"));
}

/* Where a row of the text ends: at most `room` columns from `start`, at a space if there is one. `*next` gets where the
 * next row begins. */
static size_t row_end(struct slice text, size_t start, size_t room, size_t *next)
{
	size_t at = start, used = 0, good = start, any = start;
	while (at < text.n) {
		uint32_t character = '?';
		size_t length = utf8_decode(slice_part(text, at, text.n), &character);
		size_t columns = length ? (size_t)character_columns(character) : 1;
		bool space = character == ' ' && at > start;
		if (space)
			any = at;
		if (space && breaks_at(text, at))
			good = at;
		if (used + columns > room && at > start) {
			size_t end = good > start ? good : any > start ? any : at;
			*next = space || end < at ? end + 1 : at;
			return end;
		}
		used += columns;
		at += length ? length : 1;
	}
	*next = text.n;
	return text.n;
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
		buffer_add_slice(out, slice_part(text, start, end));
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
