/*
 * A document, whatever its form (plain text, Markdown, reStructuredText, HTML), read as lines of text: what is markup is
 * taken off, what is a heading is said to be one. No I/O; fed in pieces of any size, in flat memory: what is cut where does
 * not change what comes out.
 */
#ifndef PARLANCE_SCRIPT_DOCUMENT_H
#define PARLANCE_SCRIPT_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

/* The longest line that is handed on whole, in octets: a longer one comes as several of its number, parted behind a space where there
 * is one; one behind the other they are the line. */
#define DOCUMENT_LINE_MAX ((size_t)64 * 1024)

enum document_kind {
	DOCUMENT_TEXT,    /* a paragraph's line, a list item's, a quote's */
	DOCUMENT_HEADING, /* `text` is the heading alone: no `#`, no underline, no section number's dots */
	DOCUMENT_LITERAL, /* of a fenced, indented or <pre> block, or the literal block of reStructuredText: as it stands */
	DOCUMENT_CELL, /* one cell of a table, from left to right; of a cell of several lines, each */
	DOCUMENT_EMPTY /* an empty line, or where the next paragraph of HTML begins */
};

struct document_line {
	unsigned number; /* of the document's line, from 1 */
	enum document_kind kind;
	unsigned block; /* of a literal (empty lines in it too) or a table: another number for each; else 0 */
	unsigned cell;  /* of a table's row, from 1; else 0 */
	bool row;       /* the first cell of its row */
	/* Lines that only pages have (a footer, a form feed, a header) stood before this one and are left out; so do the
	 * empty lines around them. */
	bool page;
	/* Its indentation stays; tabs (of 8 columns) and no-break spaces are spaces; no line end; UTF-8 as it stands, maybe
	 * broken. */
	struct slice text;
};

struct document;

/* Called with each line in turn; the slice lives until it returns. */
typedef void document_take(void *context, const struct document_line *line);

/* `name` is the file's, by whose ending the form is known (NULL or none that is known: by its look). Owned by the caller
 * (document_free). */
struct document *document_new(const char *name, document_take *take, void *context);
void document_free(struct document *d);

void document_feed(struct document *d, const char *octets, size_t n);
/* The document is over: hands on what is still held. */
void document_end(struct document *d);

/* Whether what was fed so far is no text: it has NULs (and is no UTF-16, which is read). */
bool document_binary(const struct document *d);

#endif
