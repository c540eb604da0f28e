/*
 * Following a live server along a script.
 */
#include "script/follow.h"

void rehearsal_follow(const struct rehearsal *r, size_t at, size_t *matched, struct slice text,
                      struct variables *values)
{
	bool behind = false; /* the lines that answer what was said end with the next block of the server's */
	for (size_t i = *matched; i < r->script->nlines; i++) {
		const struct script_line *line = &r->script->lines[i];
		bool server = line->kind == SCRIPT_SAID && line->side == SIDE_SERVER;
		if (i >= at && !server && behind)
			return;
		behind |= server && i >= at;
		if (!server || line->mark == MARK_NEVER || !rehearsal_captures(r, i) ||
		    !rehearsal_match(r, i, text, values))
			continue;
		*matched = line->mark == MARK_REPEATED ? i : i + 1;
		return;
	}
}
