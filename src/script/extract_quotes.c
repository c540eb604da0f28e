/*
 * Quote marks around all that is said, as tutorials have them: `Client: "EHLO me"`, `S: '+OK ready\r\n'`. What stands in them is
 * said whatever it is, a message's line or the dot too, where most lines have them.
 */
#include "script/extract_inside.h"

#include <string.h>

/* A run has so many such lines at least. */
#define QUOTED_MIN 3

static const struct slice marks[][2] = {
	{ { "\"", 1 }, { "\"", 1 } }, { { "'", 1 }, { "'", 1 } }, { { "`", 1 }, { "`", 1 } },
	{ { "“", 3 }, { "”", 3 } },   { { "‘", 3 }, { "’", 3 } }, { { "«", 2 }, { "»", 2 } },
};

/* Whether a quote mark within closes one that stood before it: `NAME" "value`. */
static bool closes_within(struct slice inside, struct slice close)
{
	size_t at = slice_find(inside, close);
	return at < inside.n && at > 0 && strchr(" (=:\\[,", inside.p[at - 1]) == NULL;
}

bool quotes_off(struct slice *text, struct slice *behind)
{
	struct slice trimmed = slice_trim(*text);
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		struct slice open = marks[i][0], close = marks[i][1];
		if (!slice_starts(trimmed, open))
			continue;
		for (size_t at = open.n; at + close.n <= trimmed.n; at++) {
			struct slice rest = slice_part(trimmed, at + close.n, trimmed.n);
			if (!slice_starts(slice_part(trimmed, at, trimmed.n), close) ||
			    (rest.n && !slice_starts(rest, SLICE("  "))))
				continue;
			if (closes_within(slice_part(trimmed, open.n, at), close))
				return false;
			*text = slice_part(trimmed, open.n, at);
			*behind = slice_trim(rest);
			return true;
		}
	}
	return false;
}

bool quotes_usual(const size_t quoted[2], size_t lines)
{
	size_t all = quoted[SIDE_CLIENT] + quoted[SIDE_SERVER];
	return quoted[SIDE_CLIENT] && quoted[SIDE_SERVER] && all >= QUOTED_MIN && all * 3 >= lines * 2;
}
