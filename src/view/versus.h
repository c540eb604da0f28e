/*
 * Side by side: what was expected and what came, with what differs marked. Known to the reports only.
 *
 *       expected                     received
 *       250-mail.example           | 250-mail.example.net
 *                                              ^^^^
 *       250 HELP                     250 HELP
 *
 * The mark between the two is that of sdiff(1): `|` where the lines differ, `<` and `>` where there is one of them only.
 */
#ifndef PARLANCE_VIEW_VERSUS_H
#define PARLANCE_VIEW_VERSUS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/slice.h"

struct versus {
	size_t columns; /* of the terminal; on a narrow one the sides stand one above the other */
	size_t indent;  /* before each row, in columns */
	bool color;     /* what differs is bold and underlined, instead of pointed at by a row of carets */
};

/* Appends the comparison of two texts (lines divided by LF; empty: nothing) as rows, each ended by LF. Lines as expected,
 * far from a difference, are left out, and so are the middles of long lines; both say how much. */
void versus_add(struct buffer *out, struct slice expected, struct slice received, const struct versus *how);

#endif
