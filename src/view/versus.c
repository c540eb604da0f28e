/*
 * Laying two texts out side by side, or, where the terminal is narrow, one above the other.
 */
#include "view/versus.h"

#include <stdlib.h>

#include "base/escape.h"
#include "view/report_inside.h"
#include "view/shown.h"
#include "view/style.h"

/* Below so many columns the sides stand one above the other. */
#define NARROW 60

/* However narrow the terminal, a cell takes so many columns. */
#define CELL_LEAST 12

/* Lines as expected that are shown on either side of a difference; and the rows that are shown at most. */
#define CONTEXT 1
#define ROWS_MOST 40

/* What a line that goes on in the next row is indented by. */
#define HANGING 2

/* Between the columns: a space, the mark, a space. */
#define GUTTER 3

/* A row of the comparison. */
struct row {
	const struct pair *pair;
	struct shown expected, received;
	size_t left_out; /* lines before it, as expected, that are not shown */
};

struct sheet {
	const struct versus *how;
	struct pairs pairs;
	struct row *rows;
	size_t n;
	size_t behind;      /* lines behind the last row that are not shown */
	size_t left, right; /* how wide the columns are */
};

/* ---- which rows ---- */

static bool differs_near(const struct pairs *pairs, size_t at)
{
	size_t from = at > CONTEXT ? at - CONTEXT : 0;
	for (size_t i = from; i <= at + CONTEXT && i < pairs->n; i++)
		if (!pairs->rows[i].same)
			return true;
	return false;
}

/* Whether a row is shown: one alone takes no more room than to say that it is left out. */
static bool row_wanted(const struct pairs *pairs, size_t at)
{
	bool above = at == 0 || differs_near(pairs, at - 1), below = at + 1 == pairs->n || differs_near(pairs, at + 1);
	return differs_near(pairs, at) || (above && below);
}

static bool differs_anywhere(const struct pairs *pairs)
{
	for (size_t i = 0; i < pairs->n; i++)
		if (!pairs->rows[i].same)
			return true;
	return false;
}

/* Says in words that a side has no line at all. */
static void nothing_said(struct shown *shown, const char *words)
{
	buffer_add_string(&shown->text, words);
	for (size_t i = 0; i < shown->text.n; i++)
		buffer_add_octet(&shown->marks, ' ');
}

static void rows_make(struct sheet *sheet, struct slice expected, struct slice received)
{
	const struct pairs *pairs = &sheet->pairs;
	bool any = differs_anywhere(pairs);
	size_t left_out = 0, i;
	sheet->rows = memory_zeroed(ROWS_MOST, sizeof *sheet->rows);
	for (i = 0; i < pairs->n && sheet->n < ROWS_MOST; i++) {
		if (any && !row_wanted(pairs, i)) {
			left_out++;
			continue;
		}
		struct row *row = &sheet->rows[sheet->n++];
		row->pair = &pairs->rows[i];
		row->left_out = left_out;
		left_out = 0;
		shown_make(&row->expected, &row->received, row->pair);
	}
	sheet->behind = left_out + pairs->n - i;
	if (sheet->n && expected.n == 0)
		nothing_said(&sheet->rows[0].expected, "(no reply)");
	if (sheet->n && received.n == 0)
		nothing_said(&sheet->rows[0].received, "(nothing came)");
}

static char mark_of(const struct pair *pair)
{
	if (pair->same)
		return ' ';
	return !pair->has_received ? '<' : !pair->has_expected ? '>' : '|';
}

/* ---- cells ---- */

/* How long an escape at the front of a text is (base/escape.h), in octets; 0: there is none. */
static size_t escape_length(struct slice text)
{
	if (text.n < 2 || text.p[0] != '\\')
		return 0;
	if (text.p[1] == 'x')
		return 4;
	return text.p[1] == 'u' ? slice_find_octet(text, '}') + 1 : 2;
}

/* Where a row is to end that could end at `at`: before an escape that would be torn. */
static size_t before_escape(struct slice text, size_t start, size_t at)
{
	for (size_t from = at; from > start + 1 && at - from < sizeof "\\u{10FFFF}";) {
		from--;
		if (text.p[from] == '\\')
			return escape_length(slice_part(text, from, text.n)) > at - from ? from : at;
	}
	return at;
}

/* Where the row of a text ends that begins at `start` and has room for so many columns; one character at least. */
static size_t row_end(struct slice text, size_t start, size_t room)
{
	size_t at = start, used = 0;
	while (at < text.n) {
		uint32_t character = '?';
		size_t length = utf8_decode(slice_part(text, at, text.n), &character);
		used += length ? (size_t)character_columns(character) : 1;
		if (used > room && at > start)
			return before_escape(text, start, at);
		at += length ? length : 1;
	}
	return at;
}

/* A part of a shown line: one row of its cell. */
struct cell {
	const struct shown *shown;
	size_t start, end; /* in octets of the text */
	size_t indent;     /* in columns */
};

/* The part of a line that comes in the next row. */
static struct cell cell_next(const struct shown *shown, size_t start, size_t width)
{
	struct cell cell = { shown, start, start, start ? HANGING : 0 };
	cell.end = row_end(buffer_slice(&shown->text), start, width - cell.indent);
	return cell;
}

static struct slice cell_part(const struct cell *cell, size_t start, size_t end)
{
	return slice_part(buffer_slice(&cell->shown->text), start, end);
}

static size_t cell_columns(const struct cell *cell)
{
	return cell->indent + text_columns(cell_part(cell, cell->start, cell->end));
}

static void spaces_add(struct buffer *out, size_t n)
{
	buffer_printf(out, "%*s", (int)n, "");
}

/* Where the part of the cell ends that begins at `at` and differs, or does not. */
static size_t run_end(const struct cell *cell, size_t at)
{
	const char *marks = cell->shown->marks.p;
	size_t end = at + 1;
	while (end < cell->end && marks[end] == marks[at])
		end++;
	return end;
}

static void cell_add(struct buffer *out, const struct cell *cell, bool color)
{
	const struct shown *shown = cell->shown;
	spaces_add(out, cell->indent);
	for (size_t at = cell->start, end; at < cell->end; at = end) {
		end = run_end(cell, at);
		bool marked = color && shown->marks.p[at] == '^';
		if (marked)
			buffer_add_string(out, shown->partly ? BOLD_UNDERLINED : BOLD);
		buffer_add_slice(out, cell_part(cell, at, end));
		if (marked)
			buffer_add_string(out, STYLE_END);
	}
}

/* Whether the row below points at something in the cell. */
static bool cell_pointed(const struct cell *cell, bool color)
{
	struct slice marks = slice_part(buffer_slice(&cell->shown->marks), cell->start, cell->end);
	return !color && cell->shown->partly && slice_find_octet(marks, '^') < marks.n;
}

/* Appends what points at the parts of the cell that differ; returns the columns it took. */
static size_t carets_add(struct buffer *out, const struct cell *cell)
{
	size_t columns = cell->indent;
	if (!cell_pointed(cell, false))
		return 0;
	spaces_add(out, cell->indent);
	for (size_t at = cell->start, end; at < cell->end; at = end) {
		end = run_end(cell, at);
		size_t wide = text_columns(cell_part(cell, at, end));
		for (size_t i = 0; i < wide; i++)
			buffer_add_octet(out, cell->shown->marks.p[at]);
		columns += wide;
	}
	return columns;
}

/* Ends a row; nobody sees the spaces at its end. */
static void row_close(struct buffer *out)
{
	while (out->n && out->p[out->n - 1] == ' ')
		out->n--;
	buffer_add_octet(out, '\n');
}

/* Says how many lines are not shown here. */
static void left_out_add(struct buffer *out, const struct sheet *sheet, size_t lines, const char *one, const char *many)
{
	if (lines == 0)
		return;
	spaces_add(out, sheet->how->indent);
	buffer_add_string(out, "… ");
	buffer_add_count(out, lines, one, many);
	buffer_add_octet(out, '\n');
}

static void header_add(struct buffer *out, const struct sheet *sheet, const char *words)
{
	buffer_add_string(out, sheet->how->color ? BOLD : "");
	buffer_add_string(out, words);
	buffer_add_string(out, sheet->how->color ? STYLE_END : "");
}

/* ---- side by side ---- */

/* A column takes half of the room, and what the other does not need. */
static void columns_set(struct sheet *sheet)
{
	size_t room = sheet->how->columns - sheet->how->indent - GUTTER, half = room / 2;
	sheet->left = sizeof "expected" - 1;
	sheet->right = sizeof "received" - 1;
	for (size_t i = 0; i < sheet->n; i++) {
		size_t left = text_columns(buffer_slice(&sheet->rows[i].expected.text));
		size_t right = text_columns(buffer_slice(&sheet->rows[i].received.text));
		sheet->left = left > sheet->left ? left : sheet->left;
		sheet->right = right > sheet->right ? right : sheet->right;
	}
	if (sheet->left + sheet->right <= room)
		return;
	if (sheet->left > half && sheet->right > half)
		sheet->left = sheet->right = half;
	else if (sheet->left > half)
		sheet->left = room - sheet->right;
	else
		sheet->right = room - sheet->left;
}

static void row_beside(struct buffer *out, const struct sheet *sheet, const struct row *row)
{
	struct slice expected = buffer_slice(&row->expected.text), received = buffer_slice(&row->received.text);
	size_t l = 0, r = 0;
	do {
		struct cell left = cell_next(&row->expected, l, sheet->left);
		struct cell right = cell_next(&row->received, r, sheet->right);
		spaces_add(out, sheet->how->indent);
		cell_add(out, &left, sheet->how->color);
		spaces_add(out, sheet->left - cell_columns(&left));
		buffer_printf(out, " %c ", mark_of(row->pair));
		cell_add(out, &right, sheet->how->color);
		row_close(out);
		if (cell_pointed(&left, sheet->how->color) || cell_pointed(&right, sheet->how->color)) {
			spaces_add(out, sheet->how->indent);
			spaces_add(out, sheet->left + GUTTER - carets_add(out, &left));
			(void)carets_add(out, &right);
			row_close(out);
		}
		l = left.end;
		r = right.end;
	} while (l < expected.n || r < received.n);
}

static void beside(struct buffer *out, struct sheet *sheet)
{
	columns_set(sheet);
	spaces_add(out, sheet->how->indent);
	header_add(out, sheet, "expected");
	spaces_add(out, sheet->left + GUTTER - (sizeof "expected" - 1));
	header_add(out, sheet, "received");
	buffer_add_octet(out, '\n');
	for (size_t i = 0; i < sheet->n; i++) {
		left_out_add(out, sheet, sheet->rows[i].left_out, "line as expected", "lines as expected");
		row_beside(out, sheet, &sheet->rows[i]);
	}
	left_out_add(out, sheet, sheet->behind, "more line", "more lines");
}

/* ---- one above the other ---- */

static void row_below(struct buffer *out, const struct sheet *sheet, const struct shown *shown, char mark)
{
	size_t before = sheet->how->indent + 2, at = 0;
	size_t room = sheet->how->columns > before + CELL_LEAST ? sheet->how->columns - before : CELL_LEAST;
	do {
		struct cell cell = cell_next(shown, at, room);
		spaces_add(out, sheet->how->indent);
		buffer_printf(out, "%c ", mark);
		cell_add(out, &cell, sheet->how->color);
		row_close(out);
		if (cell_pointed(&cell, sheet->how->color)) {
			spaces_add(out, before);
			(void)carets_add(out, &cell);
			row_close(out);
		}
		at = cell.end;
	} while (at < shown->text.n);
}

static void side_below(struct buffer *out, const struct sheet *sheet, bool received)
{
	spaces_add(out, sheet->how->indent);
	header_add(out, sheet, received ? "received" : "expected");
	buffer_add_octet(out, '\n');
	for (size_t i = 0; i < sheet->n; i++) {
		const struct row *row = &sheet->rows[i];
		const struct shown *shown = received ? &row->received : &row->expected;
		left_out_add(out, sheet, row->left_out, "line as expected", "lines as expected");
		if (shown->text.n || (received ? row->pair->has_received : row->pair->has_expected))
			row_below(out, sheet, shown, mark_of(row->pair));
	}
	left_out_add(out, sheet, sheet->behind, "more line", "more lines");
}

void versus_add(struct buffer *out, struct slice expected, struct slice received, const struct versus *how)
{
	struct sheet sheet = { .how = how, .pairs = pairs_make(expected, received) };
	rows_make(&sheet, expected, received);
	if (how->columns < NARROW) {
		side_below(out, &sheet, false);
		side_below(out, &sheet, true);
	} else {
		beside(out, &sheet);
	}
	for (size_t i = 0; i < sheet.n; i++) {
		shown_free(&sheet.rows[i].expected);
		shown_free(&sheet.rows[i].received);
	}
	free(sheet.rows);
	free(sheet.pairs.rows);
}
