/*
 * Checking a script: the findings, who looks for them, and the door.
 */
#include "script/check.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/memory.h"
#include "script/check_hearing.h"

/* ---- findings ---- */

static char *safe_text(const char *text)
{
	struct buffer safe = { 0 };
	escape_text(&safe, slice_of(text));
	return buffer_take(&safe);
}

/* The header stands above the first line. */
static unsigned number_of(const struct script *script, size_t line)
{
	if (script->nlines == 0)
		return 1;
	return script->lines[line == NO_LINE ? 0 : line].number;
}

struct finding *checking_add(struct checking *c, size_t line, enum check_level level, const char *why, const char *ref,
                             const char *what, ...)
{
	struct findings *f = c->found;
	struct buffer said = { 0 };
	va_list ap;
	va_start(ap, what);
	buffer_vprintf(&said, what, ap);
	va_end(ap);
	f->rows = memory_one_more(f->rows, f->n, sizeof *f->rows);
	struct finding *row = &f->rows[f->n++];
	*row = (struct finding){ .line = line, .number = number_of(c->r->script, line), .level = level };
	char *plain = buffer_take(&said);
	row->what = safe_text(plain);
	free(plain);
	row->why = safe_text(why);
	row->ref = safe_text(ref);
	return row;
}

static void finding_free(struct finding *row)
{
	free(row->what);
	free(row->why);
	free(row->ref);
	free(row->text);
	free(row->errata);
}

void findings_free(struct findings *found)
{
	for (size_t i = 0; i < found->n; i++)
		finding_free(&found->rows[i]);
	free(found->rows);
	*found = (struct findings){ 0 };
}

/* ---- their order ---- */

/* A finding and when it was found. */
struct ordered {
	struct finding row;
	size_t order;
};

/* The header comes before all lines. */
static int compare_lines(const struct ordered *a, const struct ordered *b)
{
	size_t x = a->row.line + 1, y = b->row.line + 1;
	return (x > y) - (x < y);
}

static int by_words(const void *a, const void *b)
{
	const struct ordered *x = a, *y = b;
	int lines = compare_lines(x, y);
	int words = lines ? lines : strcmp(x->row.what, y->row.what);
	return words ? words : (x->order > y->order) - (x->order < y->order);
}

static int by_order(const void *a, const void *b)
{
	const struct ordered *x = a, *y = b;
	int lines = compare_lines(x, y);
	return lines ? lines : (x->order > y->order) - (x->order < y->order);
}

/* Of those that say the same of one line, sorted by their words, only the first stays. Returns how many stay. */
static size_t doubles_drop(struct ordered *rows, size_t n)
{
	size_t stay = 0;
	for (size_t i = 0; i < n; i++) {
		bool same = stay && compare_lines(&rows[stay - 1], &rows[i]) == 0 &&
		            strcmp(rows[stay - 1].row.what, rows[i].row.what) == 0;
		if (same)
			finding_free(&rows[i].row);
		else
			rows[stay++] = rows[i];
	}
	return stay;
}

static void findings_sort(struct findings *f)
{
	if (f->n == 0)
		return;
	struct ordered *rows = memory_zeroed(f->n, sizeof *rows);
	for (size_t i = 0; i < f->n; i++)
		rows[i] = (struct ordered){ f->rows[i], i };
	qsort(rows, f->n, sizeof *rows, by_words);
	f->n = doubles_drop(rows, f->n);
	qsort(rows, f->n, sizeof *rows, by_order);
	for (size_t i = 0; i < f->n; i++) {
		f->rows[i] = rows[i].row;
		*(rows[i].row.level == CHECK_ERROR ? &f->errors : &f->warnings) += 1;
	}
	free(rows);
}

/* ---- the door ---- */

/* The lines are the hearing's own: a side may be turned; what they say is shared. */
static void script_borrow(const struct script *script, struct script *copy)
{
	*copy = *script;
	copy->lines = memory_zeroed(script->nlines, sizeof *copy->lines);
	if (script->nlines)
		memcpy(copy->lines, script->lines, script->nlines * sizeof *copy->lines);
}

static void script_forget(const struct script *script, struct script *copy)
{
	for (size_t i = 0; i < copy->nlines; i++)
		if (copy->lines[i].text != script->lines[i].text)
			free(copy->lines[i].text);
	free(copy->lines);
}

void check_script(const struct script *script, const struct protocol *protocol, const struct variables *given,
                  struct findings *found)
{
	static const struct variables none = { 0 };
	struct script copy;
	*found = (struct findings){ 0 };
	script_borrow(script, &copy);
	struct rehearsal *r = rehearse(&copy, protocol, given ? given : &none);
	found->protocol = r->protocol;
	struct hearing h = { .c = { .r = r, .found = found, .line = NO_LINE }, .script = &copy, .original = script };
	rehearsal_variables(r, given ? given : &none, &h.v);
	hearing_run(&h);
	mended_print(&h);
	variables_free(&h.v);
	rehearsal_free(r);
	script_forget(script, &copy);
	findings_sort(found);
}
