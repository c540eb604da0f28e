/*
 * A line of a comparison as it is shown: safe, what differs known, and no white space hidden. Known to the side-by-side
 * view only.
 */
#ifndef PARLANCE_VIEW_SHOWN_H
#define PARLANCE_VIEW_SHOWN_H

#include <stdbool.h>

#include "base/buffer.h"
#include "view/pairs.h"

struct shown {
	struct buffer text;
	struct buffer marks; /* as long: '^' for each octet that differs, else a space */
	bool partly;         /* some of the line does not differ */
};

/* Makes both lines of a row; the one that is not there stays empty. The caller frees them (shown_free). */
void shown_make(struct shown *expected, struct shown *received, const struct pair *pair);
void shown_free(struct shown *shown);

#endif
