/*
 * What parlance itself says: remarks on the conversation, and what a `:` word was asked for. On the screen all of it
 * stands as comments, so that what is copied off it is a transcript.
 */
#include <stdarg.h>

#include "talk/room.h"
#include "view/wrap.h"

/* Rows of a page that are left for its word, and for what stands under it. */
#define ROWS_FREE 3
#define ROWS_LEAST 6

void talk_remark(struct talk *t, const char *format, ...)
{
	struct buffer text = { 0 };
	va_list ap;
	va_start(ap, format);
	buffer_vprintf(&text, format, ap);
	va_end(ap);
	if (t->face)
		face_remark(t->face, buffer_slice(&text));
	buffer_free(&text);
}

static void say_line(struct talk *t, struct slice line)
{
	if (t->prompt == NULL) {
		face_remark(t->face, line);
		return;
	}
	struct wrapping how = { .first = "# ", .rest = "#    ", .columns = prompt_columns(t->prompt) };
	(void)wrap(&t->page, line, &how);
}

void talk_say(struct talk *t, const char *format, ...)
{
	struct buffer text = { 0 };
	va_list ap;
	va_start(ap, format);
	buffer_vprintf(&text, format, ap);
	va_end(ap);
	struct slice rest = buffer_slice(&text);
	while (rest.n) {
		struct slice line = slice_line(&rest);
		say_line(t, slice_part(line, 0, slice_find_octet(line, '\n')));
	}
	buffer_free(&text);
}

void talk_say_row(struct talk *t, struct slice row)
{
	if (t->prompt == NULL) {
		face_remark(t->face, row);
		return;
	}
	buffer_add_string(&t->page, "# ");
	buffer_add_slice(&t->page, row);
	buffer_add_octet(&t->page, '\n');
}

static size_t count_rows(struct slice text)
{
	size_t rows = 0;
	while (slice_line(&text).n)
		rows++;
	return rows;
}

bool page_show(struct talk *t)
{
	if (t->prompt == NULL || t->page.n == 0)
		return false;
	size_t screen = prompt_rows(t->prompt),
	       room = screen > ROWS_FREE + ROWS_LEAST ? screen - ROWS_FREE : ROWS_LEAST;
	size_t rows = count_rows(buffer_slice(&t->page));
	struct slice rest = buffer_slice(&t->page);
	for (size_t i = 0; i < (rows <= room + 1 ? rows : room); i++)
		(void)slice_line(&rest);
	struct buffer shown = { 0 };
	buffer_add_slice(&shown, slice_part(buffer_slice(&t->page), 0, t->page.n - rest.n));
	if (rest.n)
		buffer_printf(&shown, "# … %zu more lines (:more)\n", count_rows(rest));
	prompt_print_above(t->prompt, buffer_slice(&shown));
	buffer_free(&shown);
	buffer_drop(&t->page, t->page.n - rest.n);
	return true;
}

void page_forget(struct talk *t)
{
	buffer_wipe(&t->page);
}
