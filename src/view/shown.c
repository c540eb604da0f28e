/*
 * Making a line fit to be compared by eye.
 *
 * Spaces at the end, and spaces that are all that differs in their place, stand as escapes: nobody sees them otherwise. So do,
 * where they differ, characters that look like a space or like nothing.
 */
#include "view/shown.h"

#include <stdlib.h>

#include "base/escape.h"
#include "base/memory.h"
#include "view/marks.h"
#include "view/report_inside.h"

/* A line longer than this, in octets, is shown in parts: so much of what is common around what differs, so much of each
 * part that differs, and no more than this of all. */
#define LONG_LINE 480
#define COMMON_SHOWN 60
#define DIFFERING_SHOWN 240

/* ---- characters ---- */

/* A space that is not the usual one, or a character that takes no room. */
static bool looks_like_space(uint32_t character)
{
	return character == 0xA0 || character == 0x1680 || (character >= 0x2000 && character <= 0x200A) ||
	       character == 0x202F || character == 0x205F || character == 0x3000 || character_columns(character) == 0;
}

static bool all_spaces(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != ' ')
			return false;
	return true;
}

static void spaces_add(struct buffer *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buffer_add_string(out, "\\x20");
}

static void differing_add(struct buffer *out, struct slice s)
{
	if (all_spaces(s)) {
		spaces_add(out, s.n);
		return;
	}
	while (s.n) {
		uint32_t character = 0;
		size_t length = utf8_decode(s, &character);
		if (length > 1 && looks_like_space(character))
			buffer_printf(out, "\\u{%04X}", (unsigned)character);
		else
			escape_text(out, slice_part(s, 0, length ? length : 1));
		s = slice_part(s, length ? length : 1, s.n);
	}
}

/* Whether a character of UTF-8 goes on at that octet. */
static bool goes_on(struct slice s, size_t at)
{
	return at < s.n && ((unsigned char)s.p[at] & 0xC0) == 0x80;
}

/* ---- parts of a line ---- */

/* Gives what was added to the text since the last time its marks. */
static void marks_add(struct shown *shown, bool differs)
{
	while (shown->marks.n < shown->text.n)
		buffer_add_octet(&shown->marks, differs ? '^' : ' ');
}

/* Appends the octets of a line from `from` to `to`, which differ or not. */
static void part_add(struct shown *shown, struct slice line, size_t from, size_t to, bool differs)
{
	size_t tail = line.n;
	while (tail > from && line.p[tail - 1] == ' ')
		tail--;
	struct slice visible = slice_part(line, from, to < tail ? to : tail);
	if (differs)
		differing_add(&shown->text, visible);
	else
		escape_text(&shown->text, visible);
	spaces_add(&shown->text, to > tail ? to - tail : 0);
	marks_add(shown, differs);
}

static void left_out_add(struct shown *shown, size_t octets, bool differs)
{
	if (octets) {
		buffer_add_string(&shown->text, "…(");
		buffer_add_count(&shown->text, octets, "octet", "octets");
		buffer_add_string(&shown->text, ")…");
	}
	marks_add(shown, differs);
}

/* The same of a long line: only the beginning of a part that differs, and of what is common what stands beside one. */
static void long_part_add(struct shown *shown, struct slice line, size_t from, size_t to, bool differs)
{
	size_t front = differs ? DIFFERING_SHOWN : from > 0 || to == line.n ? COMMON_SHOWN : 0;
	size_t back = differs || to == line.n ? 0 : COMMON_SHOWN;
	if (to - from <= front + back + COMMON_SHOWN) {
		part_add(shown, line, from, to, differs);
		return;
	}
	size_t end = from + front, next = to - back;
	while (end > from && goes_on(line, end))
		end--;
	while (next < to && goes_on(line, next))
		next++;
	part_add(shown, line, from, end, differs);
	left_out_add(shown, next - end, differs);
	part_add(shown, line, next, to, differs);
}

static void line_add(struct shown *shown, struct slice line, const bool *marks)
{
	for (size_t from = 0, to; from < line.n; from = to) {
		bool differs = marks[from];
		for (to = from + 1; to < line.n && marks[to] == differs;)
			to++;
		if (line.n <= LONG_LINE) {
			part_add(shown, line, from, to, differs);
		} else if (shown->text.n > 4 * LONG_LINE) {
			left_out_add(shown, line.n - from, differs);
			break;
		} else {
			long_part_add(shown, line, from, to, differs);
		}
	}
}

void shown_make(struct shown *expected, struct shown *received, const struct pair *pair)
{
	struct slice a = pair->expected, b = pair->received;
	bool *marks = memory_zeroed(a.n + b.n + 1, sizeof *marks);
	*expected = *received = (struct shown){ 0 };
	for (size_t i = 0; pair->forbidden && i < a.n + b.n; i++)
		marks[i] = true;
	if (!pair->same && !pair->forbidden)
		expected->partly = received->partly = marks_make(a, b, marks, marks + a.n);
	line_add(expected, a, marks);
	line_add(received, b, marks + a.n);
	free(marks);
}

void shown_free(struct shown *shown)
{
	buffer_free(&shown->text);
	buffer_free(&shown->marks);
}
