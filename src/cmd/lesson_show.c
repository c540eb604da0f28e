/*
 * What a lesson shows: a page at a time, so that nothing scrolls off unread.
 */
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "cmd/lesson_stepping.h"
#include "view/wrap.h"

/* Prose is laid out for so many columns. */
#define COLUMNS_LEAST 40
#define COLUMNS_MOST 120

/* Rows of the screen that a page leaves for the prompt and the line above it. */
#define ROWS_FREE 3
#define ROWS_LEAST 5

size_t stepping_columns(const struct stepping *g)
{
	size_t wide = guide_columns(g->talk);
	return wide < COLUMNS_LEAST ? COLUMNS_LEAST : wide > COLUMNS_MOST ? COLUMNS_MOST : wide;
}

/* ---- pages ---- */

static double count_words(struct slice text)
{
	double words = 0;
	while (slice_word(&text).n)
		words++;
	return words;
}

/* Rows that a page has on this screen; SIZE_MAX: it has no end, or nobody turns pages. */
static size_t page_rows(const struct stepping *g)
{
	size_t screen = guide_rows(g->talk);
	if (screen == 0 || stepping_alone(g))
		return SIZE_MAX;
	return screen > ROWS_FREE + ROWS_LEAST ? screen - ROWS_FREE : ROWS_LEAST;
}

/* Shows as much of the page as the screen holds below what was not read yet. */
void stepping_turn_page(struct stepping *g)
{
	size_t page = page_rows(g), printed = guide_printed(g->talk);
	struct slice all = buffer_slice(&g->page), rest = all;
	size_t rows = guide_rows_of(g->talk, all);
	if (page != SIZE_MAX && printed + rows > page && printed > 0 && rows <= page)
		return; /* what was printed is read first, and then all of this stands together */
	size_t room = printed < page ? page - printed : 0;
	while (rest.n && room > 0) {
		struct slice next = rest;
		size_t taken = guide_rows_of(g->talk, slice_row(&next));
		room = taken < room ? room - (taken ? taken : 1) : 0;
		rest = next;
	}
	if (rest.n < all.n)
		guide_show(g->talk, slice_part(all, 0, all.n - rest.n));
	g->words += count_words(slice_part(all, 0, all.n - rest.n));
	buffer_drop(&g->page, all.n - rest.n);
}

bool stepping_holds(struct stepping *g, struct slice rows)
{
	bool full = guide_printed(g->talk) + guide_rows_of(g->talk, rows) > page_rows(g);
	if (g->page.n == 0 && (g->hurries || !full))
		return false;
	buffer_add_slice(&g->page, rows);
	return true;
}

void stepping_show(struct stepping *g, struct slice rows)
{
	buffer_add_slice(&g->page, rows);
	stepping_turn_page(g);
}

/* Rows that a `:` word asked for, all at once. */
void stepping_show_now(struct stepping *g, struct buffer *rows)
{
	guide_show(g->talk, buffer_slice(rows));
	buffer_free(rows);
}

/* What waits to be shown is passed. */
void stepping_forget_page(struct stepping *g)
{
	buffer_clear(&g->page);
	(void)evtimer_del(g->pause);
}

/* Says that something failed, in rows that fit. */
void stepping_tell_failure(struct stepping *g, struct error *error)
{
	struct buffer text = { 0 }, rows = { 0 };
	buffer_add_octet(&text, '(');
	escape_text(&text, slice_of(error->message));
	buffer_add_octet(&text, ')');
	(void)wrap(&rows, buffer_slice(&text),
	           &(struct wrapping){ .first = "", .rest = "", .columns = stepping_columns(g) });
	guide_show(g->talk, buffer_slice(&rows));
	buffer_free(&rows);
	buffer_free(&text);
	error_clear(error);
}

/* ---- commands and lines ---- */

void stepping_run_command(struct stepping *g, const struct lesson_item *item)
{
	struct buffer output = { 0 }, safe = { 0 };
	struct error error = { 0 };
	int ended = 0;
	if (lesson_run(g->options, item, stepping_columns(g), &output, &ended, &error) != STATUS_OK)
		buffer_printf(&safe, "%s\n", error.message);
	const struct wrapping how = { "", "    ", stepping_columns(g), NULL };
	for (struct slice rest = buffer_slice(&output); rest.n;) {
		struct buffer row = { 0 };
		escape_for_screen(&row, slice_row(&rest));
		(void)wrap(&safe, buffer_slice(&row), &how);
		buffer_free(&row);
	}
	if (ended)
		buffer_printf(&safe, "(exit status %d)\n", ended);
	stepping_show(g, buffer_slice(&safe));
	buffer_free(&output);
	buffer_free(&safe);
	error_clear(&error);
	stepper_ran(g->stepper);
}

/* The command, and what it is given to read, before it runs. */
void stepping_show_command(struct stepping *g, const struct lesson_item *item)
{
	struct buffer filled = { 0 }, rows = { 0 };
	struct error error = { 0 };
	buffer_printf(&filled, "\n$ parlance %s\n%s", item->text, item->input);
	struct buffer text = { 0 };
	if (lesson_fill_lab(g->options, buffer_slice(&filled), &text, &error) != STATUS_OK)
		buffer_add_string(&text, error.message);
	size_t row = 0;
	for (struct slice rest = buffer_slice(&text); rest.n; row++) {
		buffer_add_string(&rows, row > 1 ? "    " : "");
		escape_text(&rows, slice_row(&rest));
		buffer_add_octet(&rows, '\n');
	}
	stepping_show(g, buffer_slice(&rows));
	buffer_free(&filled);
	buffer_free(&text);
	buffer_free(&rows);
	error_clear(&error);
}

/* In a pipe nobody sees what stands above the prompt. */
void stepping_tell_line(struct stepping *g)
{
	struct buffer row = { 0 };
	if (guide_rows(g->talk) || stepping_alone(g) || g->told == stepper_stop(g->stepper) + 1 ||
	    stepper_awaits(g->stepper) != AWAITS_LINE)
		return;
	g->told = stepper_stop(g->stepper) + 1;
	buffer_add_string(&row, ARROW);
	struct buffer line = { 0 };
	stepper_line(g->stepper, &line);
	escape_text(&row, buffer_slice(&line));
	buffer_add_octet(&row, '\n');
	stepping_show_now(g, &row);
	buffer_wipe(&line);
}
