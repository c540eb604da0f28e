/*
 * Lines for a terminal of some width. For comments: what was said is never broken.
 */
#ifndef PARLANCE_VIEW_WRAP_H
#define PARLANCE_VIEW_WRAP_H

#include "base/buffer.h"
#include "base/slice.h"

/* How a text is laid out. */
struct wrapping {
	const char *first, *rest; /* what stands before the first row, and before those that follow */
	size_t columns;           /* of the terminal; 0: no bound */
	const char *style;        /* escape sequence in which all of it stands; "" or NULL: none */
};

/* Appends `text`, already escaped, as rows that fit, each ended by LF; broken at spaces where there are any, though not
 * inside a reference ("RFC 5321 4.2") that fits a row. Returns the number of rows. */
size_t wrap(struct buffer *out, struct slice text, const struct wrapping *how);

/* Appends `text` escaped, with tabs as the spaces up to the next column that 8 divides. */
void escape_for_screen(struct buffer *out, struct slice text);

#endif
