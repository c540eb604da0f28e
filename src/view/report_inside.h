/*
 * What the reports share: counting, and words for it. Known to the reports only.
 */
#ifndef PARLANCE_VIEW_REPORT_INSIDE_H
#define PARLANCE_VIEW_REPORT_INSIDE_H

#include "base/buffer.h"
#include "view/report.h"

/* How many points there were, by what came of them. */
struct tally {
	size_t ok, differs, skipped;
};

/* Counts a point, or all of another tally. */
void tally_point(struct tally *tally, const struct point *point);
void tally_add(struct tally *tally, const struct tally *other);

/* All points. */
size_t tally_points(const struct tally *tally);

/* Whether the transcript did what it should: no point differs, no session failed, and nothing stopped it. */
bool outcome_ok(const struct tally *tally, const struct outcome *outcome);

/* What kind of failures they are, in words. */
struct slice failures_words(const struct failures *failures);

/* Appends seconds with so many decimals, at most 6, with a point whatever the locale says. */
void seconds_add(struct buffer *out, double seconds, int decimals);

#endif
