/*
 * IMAP's untagged data, compared with what the script lists: in any order, each listed response with one that came
 * (FORMATS section 3). No more is kept than the script lists.
 */
#ifndef PARLANCE_SCRIPT_UNTAGGED_H
#define PARLANCE_SCRIPT_UNTAGGED_H

#include <stdbool.h>
#include <stddef.h>

#include "script/expected.h"

struct untagged;

/* For the replies of one block. `whole`: the text of each response must match, and none may come that is not listed. */
struct untagged *untagged_new(const struct rehearsal *r, const struct expected_reply *replies, size_t n, bool whole);
/* NULL is allowed. */
void untagged_free(struct untagged *u);

/* A line that came: of untagged data, or of text and rest behind a literal of it. */
struct untagged_part {
	struct slice text;    /* without its end */
	struct slice keyword; /* where a response begins */
	bool begins, ends;    /* a response does, with it */
};

/* Where `whole`, and a response is over that is not listed, its first line is appended to `unlisted` (may be NULL). */
void untagged_line(struct untagged *u, const struct untagged_part *part, struct variables *v, struct buffer *unlisted);

/* Whether all that reply number `reply` of the block lists has come. */
bool untagged_complete(const struct untagged *u, size_t reply);

/* What is over is compared for good: captures go into `v`. Returns whether reply `reply` has what it lists; else `*line`
 * is the index, in its lines, of the first response that is missing. */
bool untagged_end(struct untagged *u, size_t reply, struct variables *v, size_t *line);

#endif
