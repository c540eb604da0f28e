/*
 * Two conversations on one page: a heading for each phase, and under it both, side by side or one below the other.
 */
#include "view/beside.h"

#include <stdlib.h>

#include "base/escape.h"
#include "view/beside_inside.h"
#include "view/style.h"
#include "view/wrap.h"

/* Between the columns. */
#define GUTTER " | "

/* What stands where one of them has no such phase. */
#define NOTHING "(nothing)"

/* So many octets are written together. */
#define WRITTEN 32768

struct beside {
	enum notes notes;
	struct beside_page page;
	struct column columns[2];
	size_t widths[2];
	struct buffer out;
	struct sink sink;
};

static bool stacked(const struct beside *b)
{
	return b->page.columns < BESIDE_LEAST;
}

static void flush(struct beside *b)
{
	b->sink.write(b->sink.context, buffer_slice(&b->out));
	buffer_clear(&b->out);
}

/* ---- one row of both columns ---- */

/* Fills the left column up, and draws the line between. */
static void gutter_add(struct beside *b, size_t used)
{
	for (; used < b->widths[0]; used++)
		buffer_add_octet(&b->out, ' ');
	buffer_add_string(&b->out, GUTTER);
}

static void row_end(struct beside *b)
{
	while (b->out.n && b->out.p[b->out.n - 1] == ' ')
		b->out.n--;
	buffer_add_octet(&b->out, '\n');
	if (b->out.n > WRITTEN)
		flush(b);
}

/* ---- what a conversation goes by ---- */

/* Its name, and under that its title, as rows. */
static void title_rows(const struct column *column, size_t width, struct buffer *out)
{
	struct wrapping how = { .first = "", .rest = "  ", .columns = width };
	(void)wrap(out, buffer_slice(&column->name), &how);
	how.first = "  ";
	if (column->title.n)
		(void)wrap(out, buffer_slice(&column->title), &how);
}

static void titles_stacked(struct beside *b, const char *weight)
{
	for (size_t i = 0; i < 2; i++) {
		struct buffer rows = { 0 };
		title_rows(&b->columns[i], b->page.columns, &rows);
		for (struct slice rest = buffer_slice(&rows); rest.n;) {
			styled_add(&b->out, weight, slice_row(&rest));
			row_end(b);
		}
		buffer_free(&rows);
	}
}

static void titles_beside(struct beside *b, const char *weight)
{
	struct buffer rows[2] = { { 0 }, { 0 } };
	for (size_t i = 0; i < 2; i++)
		title_rows(&b->columns[i], b->widths[i], &rows[i]);
	struct slice left = buffer_slice(&rows[0]), right = buffer_slice(&rows[1]);
	while (left.n || right.n) {
		struct slice row = slice_row(&left);
		styled_add(&b->out, weight, row);
		gutter_add(b, text_columns(row));
		row = slice_row(&right);
		styled_add(&b->out, row.n ? weight : "", row);
		row_end(b);
	}
	buffer_free(&rows[0]);
	buffer_free(&rows[1]);
}

/* ---- a phase ---- */

/* "== ask: what is there? =====", as wide as the page. */
static void heading_add(struct beside *b, enum phase phase, const char *weight)
{
	struct buffer words = { 0 }, rows = { 0 }, line = { 0 };
	struct wrapping how = { .first = "== ", .rest = "== ", .columns = b->page.columns };
	const char *name = phase_name(phase);
	buffer_printf(&words, "%s: %s", name ? name : "other", phase_purpose(phase));
	(void)wrap(&rows, buffer_slice(&words), &how);
	buffer_add_octet(&b->out, '\n');
	for (struct slice rest = buffer_slice(&rows); rest.n;) {
		struct slice row = slice_row(&rest);
		buffer_clear(&line);
		buffer_add_slice(&line, row);
		if (rest.n == 0)
			buffer_add_octet(&line, ' ');
		while (rest.n == 0 && line.n < b->page.columns)
			buffer_add_octet(&line, '=');
		styled_add(&b->out, weight, buffer_slice(&line));
		row_end(b);
	}
	buffer_free(&line);
	buffer_free(&words);
	buffer_free(&rows);
}

static void phase_stacked(struct beside *b, const struct aligned *row, const char *weight)
{
	for (size_t i = 0; i < 2; i++) {
		const struct column *column = &b->columns[i];
		struct cell cell = cell_of(column, row->runs[i], b->page.columns);
		struct buffer name = { 0 };
		struct wrapping how = { .first = "-- ", .rest = "   ", .columns = b->page.columns, .style = weight };
		size_t used;
		buffer_add_slice(&name, buffer_slice(&column->name));
		buffer_add_string(&name, row->runs[i] == BESIDE_NONE ? " " NOTHING : "");
		(void)wrap(&b->out, buffer_slice(&name), &how);
		while (cell_next(&cell, b->page.color, &b->out, &used))
			row_end(b);
		buffer_free(&name);
		buffer_free(&cell.rows);
	}
}

static void phase_beside(struct beside *b, const struct aligned *row)
{
	struct cell left = cell_of(&b->columns[0], row->runs[0], b->widths[0]);
	struct cell right = cell_of(&b->columns[1], row->runs[1], b->widths[1]);
	bool more = true;
	for (size_t i = 0; more; i++) {
		size_t used = 0, before = b->out.n;
		more = cell_next(&left, b->page.color, &b->out, &used);
		if (i == 0 && row->runs[0] == BESIDE_NONE) {
			buffer_add_string(&b->out, NOTHING);
			used = sizeof NOTHING - 1;
		}
		gutter_add(b, used);
		more |= cell_next(&right, b->page.color, &b->out, &used);
		if (i == 0 && row->runs[1] == BESIDE_NONE)
			buffer_add_string(&b->out, NOTHING);
		if (more)
			row_end(b);
		else
			b->out.n = before;
	}
	buffer_free(&left.rows);
	buffer_free(&right.rows);
}

/* ---- the whole ---- */

struct beside *beside_new(enum notes notes)
{
	struct beside *b = memory_zeroed(1, sizeof *b);
	b->notes = notes;
	return b;
}

void beside_free(struct beside *b)
{
	column_free(&b->columns[0]);
	column_free(&b->columns[1]);
	buffer_free(&b->out);
	free(b);
}

struct face *beside_face(struct beside *b, enum beside_place place, const struct beside_title *title)
{
	column_begin(&b->columns[place], b->notes, title);
	return &b->columns[place].common;
}

/* The left column is the narrower one where they cannot be alike. */
static void widths_make(struct beside *b)
{
	size_t room = stacked(b) ? 0 : b->page.columns - (sizeof GUTTER - 1);
	b->widths[BESIDE_LEFT] = room / 2;
	b->widths[BESIDE_RIGHT] = room - room / 2;
}

void beside_print(struct beside *b, const struct beside_page *page, struct sink sink)
{
	const struct column *left = &b->columns[BESIDE_LEFT], *right = &b->columns[BESIDE_RIGHT];
	const char *weight = page->color ? BOLD : "";
	struct aligned *rows = NULL;
	size_t n = runs_align(left->runs, left->nruns, right->runs, right->nruns, &rows);
	b->page = *page;
	b->sink = sink;
	widths_make(b);
	if (stacked(b))
		titles_stacked(b, weight);
	else
		titles_beside(b, weight);
	for (size_t i = 0; i < n; i++) {
		heading_add(b, rows[i].phase, weight);
		if (stacked(b))
			phase_stacked(b, &rows[i], weight);
		else
			phase_beside(b, &rows[i]);
	}
	flush(b);
	free(rows);
}
