/*
 * Which row of the table (check_reasons_table.c) says why a problem is one.
 */
#include <string.h>

#include "script/check_inside.h"

/* Whether `text` begins as `pattern` says. A `*` takes as few words as it can. */
static bool begins(struct slice text, const char *pattern)
{
	const char *star = NULL; /* behind the last `*` */
	size_t at = 0, from = 0;
	while (*pattern) {
		if (*pattern == '*') {
			star = ++pattern;
			from = at;
		} else if (at < text.n && text.p[at] == *pattern) {
			at++;
			pattern++;
		} else if (star && from < text.n) {
			at = ++from;
			pattern = star;
		} else {
			return false;
		}
	}
	return true;
}

static bool is_of(const struct reason *row, const struct protocol *protocol)
{
	const char *name = protocol == NULL ? "" : strcmp(protocol->name, "lmtp") == 0 ? "smtp" : protocol->name;
	return row->protocol == NULL || strcmp(row->protocol, name) == 0;
}

/* The row with the most words in it knows best, and of two with the same that of the protocol, which stands behind. */
const struct reason *reason_of(const struct protocol *protocol, struct slice problem)
{
	const struct reason *best = NULL;
	for (size_t i = 0; i < check_reasons_n; i++) {
		const struct reason *row = &check_reasons[i];
		char first = row->problem[0];
		if (first != '*' && (problem.n == 0 || first != problem.p[0]))
			continue;
		if (is_of(row, protocol) && begins(problem, row->problem) &&
		    (best == NULL || strlen(row->problem) >= strlen(best->problem)))
			best = row;
	}
	return best;
}
