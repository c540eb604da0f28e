/*
 * The lines of a document that are held until it is known what they are.
 */
#include "script/extract_inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct slice passage_line(const struct passage *p, size_t i)
{
	return slice_part(buffer_slice(&p->text), p->lines[i].at, p->lines[i].at + p->lines[i].n);
}

bool passage_full(const struct passage *p)
{
	return p->n >= PASSAGE_LINES || p->text.n >= PASSAGE_OCTETS;
}

/* ---- tables ---- */

/* The side that a column's head names: 1 the client, 2 the server, 0 none. */
static unsigned side_named(struct slice head)
{
	static const struct {
		const char *word;
		unsigned side;
	} heads[] = { { "client", 1 },
		      { "c", 1 },
		      { "c:", 1 },
		      { "client:", 1 },
		      { "client says", 1 },
		      { "client sends", 1 },
		      { "server", 2 },
		      { "s", 2 },
		      { "s:", 2 },
		      { "server:", 2 },
		      { "server says", 2 },
		      { "server sends", 2 },
		      { "server responds", 2 },
		      { "server replies", 2 } };
	for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
		if (slice_equal_nocase(slice_trim(head), slice_of(heads[i].word)))
			return heads[i].side;
	return 0;
}

/* A table whose first row names its columns Client and Server has no other prefixes. */
static const char *prefix_of_column(struct passage *p, const struct document_line *line)
{
	struct columns *columns = &p->columns;
	if (columns->block != line->block)
		*columns = (struct columns){ .block = line->block };
	columns->rows += line->row;
	unsigned named = columns->rows <= 1 ? side_named(line->text) : 0;
	if (named == 1 && columns->client == 0)
		columns->client = line->cell;
	else if (named == 2 && columns->server == 0)
		columns->server = line->cell;
	else if (columns->client && columns->server && slice_trim(line->text).n)
		return line->cell == columns->client ? "C: " : line->cell == columns->server ? "S: " : NULL;
	return NULL;
}

/* The prefix that a cell is which names a side and no column: what it says stands in the next cell. NULL where it is none. */
static const char *prefix_in_cell(const struct passage *p, struct slice cell)
{
	bool columns = p->columns.client && p->columns.server;
	unsigned named = p->columns.rows > 1 && !columns ? side_named(cell) : 0;
	return named == 1 ? "Client:" : named == 2 ? "Server:" : NULL;
}

/* Whether the last line that is held is a cell with nothing but a prefix: its text stands in the next cell. */
static bool ends_with_prefix(const struct passage *p)
{
	struct said said;
	if (p->n == 0 || p->lines[p->n - 1].kind != DOCUMENT_CELL)
		return false;
	struct slice line = passage_line(p, p->n - 1);
	return notation_find(line, NULL, &said, 1) == 1 && said.clean &&
	       slice_trim(slice_part(line, said.text, line.n)).n == 0;
}

/* ---- holding ---- */

void passage_add(struct passage *p, const struct document_line *line)
{
	bool cell = line->kind == DOCUMENT_CELL;
	if (cell && !line->row && ends_with_prefix(p)) {
		struct held *before = &p->lines[p->n - 1];
		buffer_add_octet(&p->text, ' ');
		buffer_add_slice(&p->text, slice_trim(line->text));
		before->n = p->text.n - before->at;
		return;
	}
	if (p->n == p->room) {
		p->room = p->room ? p->room * 2 : 256;
		p->lines = memory_grow(p->lines, p->room, sizeof *p->lines);
	}
	const char *prefix = cell ? prefix_of_column(p, line) : NULL,
		   *name = cell ? prefix_in_cell(p, line->text) : NULL;
	struct held held = { .number = line->number, .block = line->block, .kind = line->kind, .row = line->row };
	held.page = line->page;
	held.at = p->text.n;
	if (prefix)
		buffer_add_string(&p->text, prefix);
	if (name)
		buffer_add_string(&p->text, name);
	else
		buffer_add_slice(&p->text, line->text);
	held.n = p->text.n - held.at;
	p->lines[p->n++] = held;
}

void passage_drop(struct passage *p, size_t n)
{
	size_t octets = n < p->n ? p->lines[n].at : p->text.n;
	buffer_drop(&p->text, octets);
	p->n -= n;
	if (p->n)
		memmove(p->lines, p->lines + n, p->n * sizeof *p->lines);
	for (size_t i = 0; i < p->n; i++)
		p->lines[i].at -= octets;
}

void passage_free(struct passage *p)
{
	buffer_free(&p->text);
	free(p->lines);
	*p = (struct passage){ 0 };
}
