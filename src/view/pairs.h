/*
 * Which of the lines that came belong to which of those that were expected. Known to the side-by-side view only.
 */
#ifndef PARLANCE_VIEW_PAIRS_H
#define PARLANCE_VIEW_PAIRS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

/* One row of a comparison: a line of either side, or of one of them. */
struct pair {
	bool has_expected, has_received;
	bool same;      /* nothing in it differs: the lines are equal, or what is missing may be */
	bool forbidden; /* the line that came is one that must not ("S!: ") */
	struct slice expected, received;
};

struct pairs {
	struct pair *rows;
	size_t n;
};

/* Pairs the lines (divided by LF) of two texts in their order, so that equal lines stand side by side, and then those that
 * are alike. `{{…}}` in an expected line stands for anything; a mark before it ("S?: ", "S*: ", "S!: ", FORMATS section 1)
 * has its meaning. The rows point into both texts; the caller frees `rows`. */
struct pairs pairs_make(struct slice expected, struct slice received);

#endif
