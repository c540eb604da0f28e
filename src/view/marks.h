/*
 * What differs between two lines, octet by octet. Known to the side-by-side view only.
 */
#ifndef PARLANCE_VIEW_MARKS_H
#define PARLANCE_VIEW_MARKS_H

#include <stdbool.h>

#include "base/slice.h"

/* Sets a flag for each octet of two lines (`a_marks` has a.n of them, `b_marks` b.n; all false before) that the other does
 * not have at its place. Characters and numbers are marked as a whole, and so is what stands between two words that are.
 * Returns whether the lines have something in common that tells: a letter or digit that is not marked. */
bool marks_make(struct slice a, struct slice b, bool *a_marks, bool *b_marks);

#endif
