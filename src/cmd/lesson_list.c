/*
 * The list of lessons: number, how far one is, title and protocols; and where to go on.
 */
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "cmd/lesson.h"
#include "lesson/progress.h"
#include "view/json_object.h"
#include "view/wrap.h"

/* The least width of a title beside its protocols; where there is less, they stand behind it. */
#define TITLE_COLUMNS 24

/* What the list says of one. */
struct row {
	const char *name;
	char *title;
	char *mark;              /* "done", "4/15", or empty */
	struct buffer protocols; /* with spaces between */
	struct lesson_progress progress;
};

struct list {
	struct row *rows;
	size_t n;
	struct buffer out;
	bool bold;
	size_t columns;
	size_t marks, protocols; /* columns of the widest */
	size_t next;             /* the row to go on with */
};

/* ---- what there is ---- */

/* "done", "4/15" where the fourth step is the one to go on with, or empty; the caller's (free). */
static char *mark_of(const struct lesson_progress *progress)
{
	if (progress->done)
		return string_copy("done");
	size_t step = progress->place < progress->items ? progress->place + 1 : progress->items;
	return progress->items ? string_printf("%zu/%zu", step, progress->items) : string_copy("");
}

static void read_row(struct row *row, const char *name)
{
	struct error error = { 0 };
	struct lesson *lesson = lesson_read(shipped_lesson(name), name);
	row->name = name;
	row->title = string_copy(lesson->title);
	lesson_protocols(lesson, &row->protocols);
	lesson_free(lesson);
	(void)lesson_progress_load(name, &row->progress, &error);
	error_report(&error); /* the list goes on */
	row->mark = mark_of(&row->progress);
}

static bool is_begun(const struct row *row)
{
	return row->progress.items > 0 && !row->progress.done;
}

/* The one that was begun and visited last; else the first that is not done; else the first. */
static size_t find_next(const struct list *list)
{
	size_t begun = list->n, open = list->n;
	for (size_t i = 0; i < list->n; i++) {
		const struct row *row = &list->rows[i];
		if (is_begun(row) &&
		    (begun == list->n || strcmp(row->progress.visited, list->rows[begun].progress.visited) >= 0))
			begun = i;
		if (open == list->n && !row->progress.done)
			open = i;
	}
	return begun < list->n ? begun : open < list->n ? open : 0;
}

static void read_list(struct list *list)
{
	const char *name;
	while ((name = shipped_lesson_name(list->n)) != NULL) {
		list->rows = memory_grow(list->rows, list->n + 1, sizeof *list->rows);
		struct row *row = &list->rows[list->n++];
		*row = (struct row){ 0 };
		read_row(row, name);
		if (row->protocols.n > list->protocols)
			list->protocols = row->protocols.n;
		if (strlen(row->mark) > list->marks)
			list->marks = strlen(row->mark);
	}
	list->next = find_next(list);
}

static void free_list(struct list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->rows[i].title);
		free(list->rows[i].mark);
		buffer_free(&list->rows[i].protocols);
		lesson_progress_free(&list->rows[i].progress);
	}
	free(list->rows);
	buffer_free(&list->out);
}

/* ---- what is said ---- */

/* The number that a name begins with, without the 0 before it. */
static struct slice number_of(const struct row *row)
{
	struct slice number = slice_part(slice_of(row->name), 0, slice_find_octet(slice_of(row->name), '-'));
	while (number.n > 1 && number.p[0] == '0')
		number = slice_part(number, 1, number.n);
	return number;
}

/* Number and mark, the title beside them, and the protocols beside or behind it. */
static void print_row(struct list *list, const struct row *row)
{
	size_t indent = 2 + 2 + (list->marks > 4 ? list->marks : 4) + 2;
	bool beside = list->columns >= indent + TITLE_COLUMNS + 2 + list->protocols;
	size_t room = list->columns > indent ? list->columns - indent - (beside ? list->protocols + 2 : 0) : 1;
	bool bold = list->bold && row == &list->rows[list->next];
	struct buffer title = { 0 }, titles = { 0 };
	escape_text(&title, slice_of(row->title));
	if (!beside && row->protocols.n)
		buffer_printf(&title, " (" SLICE_FMT ")", SLICE_ARG(buffer_slice(&row->protocols)));
	(void)wrap(&titles, buffer_slice(&title), &(struct wrapping){ .first = "", .rest = "", .columns = room });
	struct slice rest = buffer_slice(&titles);
	for (bool first = true; first || rest.n; first = false) {
		struct slice line = slice_row(&rest), number = first ? number_of(row) : SLICE("");
		buffer_printf(&list->out, "%*.*s  %-*s%s" SLICE_FMT "%s", 2, SLICE_ARG(number), (int)indent - 4,
		              first ? row->mark : "", bold ? "\033[1m" : "", SLICE_ARG(line), bold ? "\033[0m" : "");
		if (first && beside && row->protocols.n)
			buffer_printf(&list->out, "%*s" SLICE_FMT, (int)(room + 2 - text_columns(line)), "",
			              SLICE_ARG(buffer_slice(&row->protocols)));
		buffer_add_octet(&list->out, '\n');
	}
	buffer_free(&titles);
	buffer_free(&title);
}

/* How to begin, or to go on. */
static void print_next(struct list *list)
{
	const struct row *row = &list->rows[list->next];
	const char *what = row->progress.done ? "All are done. To take one again"
	                   : is_begun(row)    ? "To go on"
	                   : list->next       ? "The next one"
	                                      : "To begin";
	buffer_printf(&list->out, "\n%s: parlance lesson " SLICE_FMT "\n", what, SLICE_ARG(number_of(row)));
}

static void print_json(struct list *list, const struct row *row)
{
	const struct lesson_progress *progress = &row->progress;
	struct json_object object = json_open(&list->out);
	json_text(&object, "kind", SLICE("lesson"));
	json_text(&object, "name", slice_of(row->name));
	json_text(&object, "title", slice_of(row->title));
	json_key(&object, "protocols");
	buffer_add_octet(&list->out, '[');
	struct slice rest = buffer_slice(&row->protocols), word;
	for (bool first = true; (word = slice_word(&rest)).n; first = false) {
		buffer_add_string(&list->out, first ? "" : ",");
		(void)escape_json(&list->out, word);
	}
	buffer_add_octet(&list->out, ']');
	json_text(&object, "progress", progress->done ? SLICE("done") : is_begun(row) ? SLICE("begun") : SLICE("new"));
	if (progress->items) {
		json_number(&object, "place", progress->place);
		json_number(&object, "items", progress->items);
	}
	json_word(&object, "visited", slice_of(progress->visited));
	json_word(&object, "finished", slice_of(progress->finished));
	json_close(&object);
	buffer_add_octet(&list->out, '\n');
}

enum status lesson_list(const struct options *options)
{
	struct error error = { 0 };
	FILE *out = options_output(options, &error);
	if (out == NULL) {
		error_report(&error);
		return STATUS_USAGE;
	}
	struct terminal_options screen = options_screen(options, out);
	struct list list = { .bold = screen.color && !options->plain, .columns = screen.columns(screen.context) };
	read_list(&list);
	for (size_t i = 0; i < list.n; i++)
		options->json ? print_json(&list, &list.rows[i]) : print_row(&list, &list.rows[i]);
	if (list.n && !options->json)
		print_next(&list);
	(void)fwrite(list.out.p, 1, list.out.n, out);
	free_list(&list);
	return STATUS_OK;
}
