/*
 * Counts that do not fit the text they count: a literal's, a body's.
 */
#include "script/check_walk.h"

#include <inttypes.h>

#include "script/counts.h"

void counts_judge(struct walk *w, bool counting)
{
	const struct script_line *line = &w->script->lines[w->c.line];
	size_t at = w->counts[line->side];
	bool literal = at == w->c.line && line->text_n && line->text[line->text_n - 1] == '}';
	if (!literal && (line->text_n != 0 || counting))
		return;
	w->counts[line->side] = NO_LINE;
	uint64_t due = dialogue_due(w->c.d, line->side);
	struct counted counted;
	if (due == 0 || at == NO_LINE || w->script->lines[at].exact ||
	    !counts_find(w->c.r, w->c.d, w->c.line, due, &w->v, &counted))
		return;
	uint64_t now = counts_now(w->c.r, &counted, &w->v, FILL_OFFLINE);
	if (now != due)
		dialogue_recount(w->c.d, line->side, now);
	if (counted.octets == counted.printed)
		return;
	(void)checking_add(&w->c, at, CHECK_ERROR, NULL, literal ? "RFC 9051 4.3" : "RFC 9112 6.2",
	                   "%s %" PRIu64 " is printed, but the text that follows has %" PRIu64
	                   " octets, line ends included",
	                   literal ? "the count" : "the length", counted.printed, counted.octets);
}
