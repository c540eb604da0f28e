/*
 * Parts of a conversation as rows that fit a column: what was said is wrapped, never cut off.
 */
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "view/beside_inside.h"
#include "view/style.h"
#include "view/wrap.h"

/* What stands before the rows of a part behind its first, and before what is said of it. */
#define HANGING "   "
#define NOTE HANGING "# "

struct cell cell_of(const struct column *column, size_t run, size_t width)
{
	struct cell cell = { .column = column, .width = width };
	if (run != BESIDE_NONE) {
		cell.part = column->runs[run].first;
		cell.end = run_end(column, run);
	}
	return cell;
}

static void text_rows(struct cell *cell, const char *first, const char *rest, struct slice text)
{
	struct wrapping how = { .first = first, .rest = rest, .columns = cell->width };
	(void)wrap(&cell->rows, text, &how);
}

/* "… 12 more lines". */
static void more_rows(struct cell *cell, uint64_t number, const char *what, const struct part *part)
{
	struct buffer words = { 0 };
	buffer_add_string(&words, "… ");
	buffer_add_number(&words, number);
	buffer_printf(&words, " more %s%s", what, number == 1 ? "" : "s");
	if (part->nblamed) {
		buffer_add_string(&words, ", ");
		buffer_add_number(&words, part->nblamed);
		buffer_add_string(&words, " with a problem");
	}
	text_rows(cell, HANGING, HANGING, buffer_slice(&words));
	buffer_free(&words);
}

static void said_rows(struct cell *cell, const struct part *part, struct slice text)
{
	char *first = string_printf("%s%s", part->prefix, text.n ? " " : "");
	size_t before = strlen(first);
	text_rows(cell, first, HANGING, text);
	cell->marking = class_style(part->class);
	cell->code = (struct said_code){ before + part->code.start, before + part->code.end };
	if (part->hidden)
		more_rows(cell, part->hidden, "octet", part);
	free(first);
}

/* Lays out the next part. */
static void part_rows(struct cell *cell)
{
	const struct part *part = &cell->column->parts[cell->part++];
	struct slice text = slice_part(buffer_slice(&cell->column->text), part->start, part->start + part->n);
	buffer_clear(&cell->rows);
	cell->style = part->client || part->kind == PART_PROBLEM ? BOLD : "";
	cell->marking = "";
	switch (part->kind) {
	case PART_SAID:
		said_rows(cell, part, text);
		break;
	case PART_DIRECTION:
		text_rows(cell, "", HANGING, text);
		break;
	case PART_NOTE:
	case PART_PROBLEM:
		text_rows(cell, NOTE, NOTE, text);
		break;
	case PART_COMMENT:
	case PART_REMARK:
		text_rows(cell, "# ", "# ", text);
		break;
	case PART_FOLD:
		more_rows(cell, part->hidden, "line", part);
		break;
	}
	cell->rest = buffer_slice(&cell->rows);
}

bool cell_next(struct cell *cell, bool color, struct buffer *out, size_t *used)
{
	if (cell->rest.n == 0 && cell->part == cell->end)
		return false;
	if (cell->rest.n == 0)
		part_rows(cell);
	struct slice row = slice_row(&cell->rest);
	bool marked = color && cell->code.end <= row.n;
	*used = text_columns(row);
	marked_add(out, row, marked ? cell->code : (struct said_code){ 0 }, color ? cell->style : "",
	           marked ? cell->marking : "");
	cell->marking = ""; /* the code stands in the first row */
	return true;
}
