/*
 * Any text is read as a lesson, or refused with a fault: its stops stand in their order within it, no fault is told twice,
 * and what it shows holds nothing that a terminal would act on. Read as what is kept of a lesson, it prints as it is read.
 *
 * The first octet is the number of columns.
 */
#include "fuzz.h"

#include <string.h>

#include "base/escape.h"
#include "lesson/lesson.h"
#include "lesson/progress_text.h"

static void must(bool holds, const char *what)
{
	if (holds)
		return;
	(void)fprintf(stderr, "not so: %s\n", what);
	abort();
}

static void show(struct cmark_node *node, size_t columns)
{
	struct buffer rows = { 0 };
	if (node)
		lesson_show(node, columns, false, &rows);
	struct slice rest = buffer_slice(&rows);
	while (rest.n)
		must(text_safe(slice_row(&rest), false), "a row is safe");
	buffer_free(&rows);
}

static void check_item(const struct lesson *lesson, const struct lesson_item *item, size_t columns)
{
	show(item->body, columns);
	show(item->answer, columns);
	for (size_t i = 0; i < item->nhints; i++)
		show(item->hints[i], columns);
	must(item->first <= item->last, "its steps are in order");
	must(item->first == item->last ||
	             (item->script < lesson->nscripts && item->last <= lesson->scripts[item->script].nlines),
	     "its steps stand in a conversation");
}

static void check_stop(const struct lesson *lesson, size_t i)
{
	const struct lesson_stop *stop = &lesson->stops[i];
	must(stop->lead <= stop->item && stop->item < lesson->nitems, "a stop stands in the lesson");
	must(i == 0 || stop[-1].item <= stop->item, "the stops are in order");
}

static void check_fault(const struct lesson *lesson, size_t i)
{
	const struct lesson_fault *fault = &lesson->faults[i];
	must(i == 0 || fault[-1].line != fault->line || strcmp(fault[-1].text, fault->text) != 0,
	     "a fault is told once");
}

static void read_as_lesson(struct slice text, size_t columns)
{
	struct lesson *lesson = lesson_read(text, "fuzz.md");
	struct buffer protocols = { 0 };
	must(lesson->title != NULL, "a lesson has a title");
	lesson_protocols(lesson, &protocols);
	for (size_t i = 0; i < lesson->nitems; i++)
		check_item(lesson, &lesson->items[i], columns);
	for (size_t i = 0; i < lesson->nstops; i++)
		check_stop(lesson, i);
	for (size_t i = 0; i < lesson->nfaults; i++)
		check_fault(lesson, i);
	buffer_free(&protocols);
	lesson_free(lesson);
}

static void read_as_progress(struct slice text)
{
	struct lesson_progress progress = { 0 }, again = { 0 };
	struct buffer once = { 0 }, twice = { 0 };
	size_t line;
	if (progress_parse(text, &progress, &line)) {
		progress_print("fuzz", &progress, &once);
		must(progress_parse(buffer_slice(&once), &again, &line), "what is kept can be read");
		progress_print("fuzz", &again, &twice);
		must_equal("print, parse is not the identity", buffer_slice(&once), buffer_slice(&twice));
	}
	lesson_progress_free(&progress);
	lesson_progress_free(&again);
	buffer_free(&once);
	buffer_free(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n == 0)
		return 0;
	struct slice text = { (const char *)data + 1, n - 1 };
	read_as_lesson(text, data[0]);
	read_as_progress(text);
	return 0;
}
