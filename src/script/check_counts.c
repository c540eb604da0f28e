/*
 * Counts that do not fit the text they count: a literal's, a body's.
 */
#include "script/check_hearing.h"

#include <inttypes.h>

#include "script/counts.h"
#include "script/notation.h"

/* The last digits of the line, where they are the count that is printed: a variable may stand there. */
static void count_mend(struct hearing *h, size_t at, struct finding *row, uint64_t printed, uint64_t right)
{
	struct slice text = { h->script->lines[at].text, h->script->lines[at].text_n };
	size_t end = text.n, start;
	uint64_t number;
	while (end && !octet_is_digit(text.p[end - 1]))
		end--;
	for (start = end; start && octet_is_digit(text.p[start - 1]);)
		start--;
	if (!slice_number(slice_part(text, start, end), &number) || number != printed)
		return;
	line_mend(h, at, row,
	          string_printf(SLICE_FMT "%" PRIu64 SLICE_FMT, SLICE_ARG(slice_part(text, 0, start)), right,
	                        SLICE_ARG(slice_part(text, end, text.n))));
}

/* ---- what a document prints ---- */

static bool counts_line(const struct hearing *h, const struct counted *counted, size_t i)
{
	const struct script_line *line = &h->script->lines[i];
	return line->kind == SCRIPT_SAID && line->mark != MARK_NEVER &&
	       line->side == h->script->lines[counted->after].side;
}

/* Whether what follows the text, as far as it is printed, is described: the rest of it. */
static bool described_behind(const struct hearing *h, const struct counted *counted)
{
	size_t i = counted->last + 1;
	while (i < h->script->nlines && h->script->lines[i].kind == SCRIPT_COMMENT)
		i++;
	return i < h->script->nlines && h->script->lines[i].kind == SCRIPT_DIRECTION;
}

/* `<the document in text/plain>`: the text itself only says what would stand there. HTML has more than one element. */
static bool describes(const struct hearing *h, const struct counted *counted)
{
	size_t opens = 0, closes = 0;
	char first = 0, last = 0;
	for (size_t i = counted->after + 1; i <= counted->last; i++) {
		struct slice text = slice_trim(slice_of(h->script->lines[i].text));
		if (!counts_line(h, counted, i) || text.n == 0)
			continue;
		first = first ? first : text.p[0];
		last = text.p[text.n - 1];
		for (size_t at = 0; at < text.n; at++) {
			opens += text.p[at] == '<';
			closes += text.p[at] == '>';
		}
	}
	return first == '<' && last == '>' && opens == 1 && closes == 1;
}

/* Whether the text is left out in part: dots stand in it, or a payload is described behind it. Of a literal, which holds
 * somebody's words, dots count where much is missing, or where they stand alone. */
static bool left_out(const struct hearing *h, const struct counted *counted, bool literal)
{
	bool much = !literal || counted->printed >= 2 * counted->octets;
	for (size_t i = counted->after + 1; i <= counted->last; i++) {
		struct slice text = slice_of(h->script->lines[i].text);
		if (counts_line(h, counted, i) && (much ? text_elided(text) : notation_left_out(text, NULL)))
			return true;
	}
	return (literal && describes(h, counted)) || described_behind(h, counted);
}

/* Behind a literal the line may go on, though it is printed on a line of its own. */
static bool closed_behind(const struct hearing *h, const struct counted *counted)
{
	size_t next = counted->last + 1;
	return next < h->script->nlines && h->script->lines[next].text[0] == ')';
}

/* A body is any octets: on paper nobody sees whether its lines end in CRLF or in LF, nor whether the last one ends at all. */
static bool fits_otherwise(const struct hearing *h, const struct counted *counted)
{
	uint64_t lines = 0, n = counted->octets;
	for (size_t i = counted->after + 1; i <= counted->last; i++)
		lines += counts_line(h, counted, i) && !h->script->lines[i].exact;
	if (lines == 0 || n < 2 * lines)
		return false;
	return counted->printed == n - 2 || counted->printed == n - lines || counted->printed == n - lines - 1;
}

/* ---- the door ---- */

/* Whether what is printed is none of the document's mistakes. */
static bool in_order(const struct hearing *h, size_t at, const struct counted *counted, bool literal)
{
	struct slice text = { h->script->lines[at].text, h->script->lines[at].text_n };
	bool varies = slice_find(text, SLICE("{{{")) < text.n; /* the count itself is a variable */
	if (varies || counted->octets == counted->printed)
		return true;
	if (counted->octets < counted->printed && left_out(h, counted, literal))
		return true;
	return literal ? closed_behind(h, counted) && counted->printed + 2 == counted->octets
	               : fits_otherwise(h, counted);
}

static void tell(struct hearing *h, size_t at, const struct counted *counted, bool literal)
{
	struct finding *row = checking_add(&h->c, at, CHECK_ERROR,
	                                   "The other side takes so many octets for it, no more and no fewer",
	                                   literal ? "RFC 9051 4.3" : "RFC 9110 8.6",
	                                   "the count is %" PRIu64 ", but the text that follows has %" PRIu64
	                                   " octets, line ends included",
	                                   counted->printed, counted->octets);
	row->errata = literal ? string_printf("{%" PRIu64 "} where a text of %" PRIu64 " octets is printed",
	                                      counted->printed, counted->octets)
	                      : string_printf("\"%s\" where a body of %" PRIu64 " octets is printed",
	                                      h->script->lines[at].text, counted->octets);
	count_mend(h, at, row, counted->printed, counted->octets);
}

void counts_judge(struct hearing *h, size_t behind, bool literal)
{
	enum side side = h->script->lines[behind].side;
	size_t at = h->counts[side];
	uint64_t due = dialogue_due(h->c.d, side);
	struct counted counted;
	h->counts[side] = NO_LINE;
	if (due == 0 || at == NO_LINE || h->script->lines[at].exact ||
	    !counts_find(h->c.r, h->c.d, behind, due, &h->v, &counted))
		return;
	uint64_t now = counts_now(h->c.r, &counted, &h->v, FILL_OFFLINE);
	if (literal && now < due && described_behind(h, &counted))
		return;
	if (now != due)
		dialogue_recount(h->c.d, side, now);
	if (!in_order(h, at, &counted, literal))
		tell(h, at, &counted, literal);
}
