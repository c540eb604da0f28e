/*
 * A corrected copy of a script: every repair of its findings done, and told in its header.
 */
#include "script/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/memory.h"
#include "script/rehearse.h"

static bool repairs(const struct finding *row)
{
	return row->repair != REPAIR_NONE && row->text;
}

/* ---- the header ---- */

#define CORRECTED " (corrected)"

/* A line that the header gets, how many repairs it tells, and which was the first of them. */
struct erratum {
	const char *text;
	size_t order, times;
};

static int by_text(const void *a, const void *b)
{
	const struct erratum *x = a, *y = b;
	int words = strcmp(x->text, y->text);
	return words ? words : (x->order > y->order) - (x->order < y->order);
}

static int by_order(const void *a, const void *b)
{
	const struct erratum *x = a, *y = b;
	return (x->order > y->order) - (x->order < y->order);
}

/* What several repairs say is said once. Returns how many rows are left, in their first order. */
static size_t errata_merge(struct erratum *rows, size_t n)
{
	size_t left = 0;
	qsort(rows, n, sizeof *rows, by_text);
	for (size_t i = 0; i < n; i++) {
		if (left && strcmp(rows[left - 1].text, rows[i].text) == 0)
			rows[left - 1].times++;
		else
			rows[left++] = rows[i];
	}
	qsort(rows, left, sizeof *rows, by_order);
	return left;
}

static bool told_already(const struct script *script, const char *text)
{
	for (size_t i = 0; i < script->nerrata; i++)
		if (strcmp(script->errata[i], text) == 0)
			return true;
	return false;
}

static void errata_print(const struct script *script, const struct findings *found, struct buffer *out)
{
	struct erratum *rows = memory_zeroed(found->n, sizeof *rows);
	size_t n = 0;
	for (size_t i = 0; i < found->n; i++)
		if (repairs(&found->rows[i]))
			rows[n++] = (struct erratum){ found->rows[i].errata ? found->rows[i].errata
				                                            : found->rows[i].what,
				                      i, 1 };
	n = errata_merge(rows, n);
	for (size_t i = 0; i < n; i++) {
		if (told_already(script, rows[i].text))
			continue;
		buffer_add_string(out, "Errata: ");
		escape_text(out, slice_of(rows[i].text));
		if (rows[i].times > 1)
			buffer_printf(out, ", %zu times", rows[i].times);
		buffer_add_octet(out, '\n');
	}
	free(rows);
}

static bool ends_corrected(const char *title)
{
	size_t n = strlen(title), end = sizeof CORRECTED - 1;
	return n >= end && strcmp(title + n - end, CORRECTED) == 0;
}

static void header_print(const struct script *script, const struct findings *found, struct buffer *out)
{
	struct script header = *script;
	size_t before = out->n;
	char *title = NULL;
	if (script->title && !ends_corrected(script->title))
		header.title = title = string_printf("%s" CORRECTED, script->title);
	script_print_header(&header, out);
	free(title);
	errata_print(script, found, out);
	if (out->n > before)
		buffer_add_octet(out, '\n');
}

/* ---- the lines ---- */

static void lines_add(struct buffer *out, const char *text)
{
	buffer_add_string(out, text);
	buffer_add_octet(out, '\n');
}

/* One line of the script, with what is put in before and behind it, or in its place. */
static void line_print(const struct script_line *line, const struct finding *rows, size_t n, struct buffer *out)
{
	const struct finding *replaced = NULL;
	for (size_t i = 0; i < n; i++) {
		if (repairs(&rows[i]) && rows[i].repair == REPAIR_BEFORE)
			lines_add(out, rows[i].text);
		if (repairs(&rows[i]) && rows[i].repair == REPAIR_REPLACE)
			replaced = &rows[i];
	}
	if (replaced)
		lines_add(out, replaced->text);
	else
		script_print_line(line, out);
	for (size_t i = 0; i < n; i++)
		if (repairs(&rows[i]) && rows[i].repair == REPAIR_AFTER)
			lines_add(out, rows[i].text);
}

size_t check_repair(const struct script *script, const struct findings *found, struct buffer *out)
{
	size_t done = 0, at = 0;
	for (size_t i = 0; i < found->n; i++)
		done += repairs(&found->rows[i]);
	if (done == 0) {
		script_print(script, out);
		return 0;
	}
	header_print(script, found, out);
	while (at < found->n && found->rows[at].line == NO_LINE)
		at++;
	for (size_t i = 0; i < script->nlines; i++) {
		size_t n = 0;
		while (at + n < found->n && found->rows[at + n].line == i)
			n++;
		line_print(&script->lines[i], found->rows + at, n, out);
		at += n;
	}
	return done;
}
