/*
 * What notation.c stands on: what may stand before a prefix and behind what is said, and one prefix at one place. Known to
 * notation_*.c alone.
 */
#ifndef PARLANCE_SCRIPT_NOTATION_INSIDE_H
#define PARLANCE_SCRIPT_NOTATION_INSIDE_H

#include "script/notation.h"

/* ---- leaders (notation_leader.c) ---- */

/* Where the leader's next piece ends that begins at `at`: a mark or white space; `at` where no piece stands there. */
size_t leader_step(struct slice line, size_t at);

/* Where in `line` the text ends that begins at `text`: before white space and what closes what its leader, the first `leader`
 * octets, has opened. */
size_t leader_closed(struct slice line, size_t leader, size_t text);

/* ---- prefixes (notation_prefix.c) ---- */

struct prefix {
	enum side side;
	bool both;
	bool worded; /* other words stand before the one that names the side */
	size_t end;  /* behind its last octet */
};

/* Whether a prefix of that row stands at `at`, whatever is before and behind it; the longest is found. */
bool prefix_at(struct slice line, size_t at, const struct notation *row, struct prefix *prefix);

/* Whether what stands behind a prefix lets it be one: white space, nothing, or glued to it what a client or server says. */
bool prefix_parted(struct slice line, const struct notation *row, const struct prefix *prefix);

/* How much speaks for it that the side says the text, in whatever protocol (speaker_likes). */
unsigned prefix_likes(enum side side, struct slice text);

#endif
