/*
 * Counts that do not fit the text they count: a literal's, a body's.
 */
#include "script/check_walk.h"

#include <inttypes.h>

#include "script/counts.h"

/* The last digits of the line, where they are the count that is printed: a variable may stand there. */
static void count_mend(struct walk *w, size_t at, struct finding *row, uint64_t printed, uint64_t right)
{
	struct slice text = { w->script->lines[at].text, w->script->lines[at].text_n };
	size_t end = text.n, start;
	uint64_t number;
	while (end && !octet_is_digit(text.p[end - 1]))
		end--;
	for (start = end; start && octet_is_digit(text.p[start - 1]);)
		start--;
	if (!slice_number(slice_part(text, start, end), &number) || number != printed)
		return;
	line_mend(w, at, row,
	          string_printf(SLICE_FMT "%" PRIu64 SLICE_FMT, SLICE_ARG(slice_part(text, 0, start)), right,
	                        SLICE_ARG(slice_part(text, end, text.n))));
}

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
	struct finding
		*row = checking_add(&w->c, at, CHECK_ERROR,
	                            literal ? "The other side takes so many octets for the text, no more and no fewer"
	                                    : "The other side takes so many octets for the body, no more and no fewer",
	                            literal ? "RFC 9051 4.3" : "RFC 9110 8.6",
	                            "the count is %" PRIu64 ", but the text that follows has %" PRIu64
	                            " octets, line ends included",
	                            counted.printed, counted.octets);
	count_mend(w, at, row, counted.printed, counted.octets);
}
