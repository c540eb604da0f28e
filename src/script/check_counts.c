/*
 * Counts that do not fit the text they count: a literal's, a body's.
 */
#include "script/check_hearing.h"

#include <inttypes.h>

#include "script/counts.h"
#include "script/notation.h"

/* So many lines under the wrong side are taken for one text's. */
#define ASTRAY_MAX 16

/* So many lines behind a text that fits are looked through for where it must end. */
#define LINES_BEHIND 1000

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

/* ---- counts that fit by chance ---- */

/* The next line that the side of the literal says, behind the `i`th; NO_LINE where somebody else speaks before. */
static size_t next_of(const struct hearing *h, const struct counted *counted, size_t i)
{
	while (++i < h->script->nlines)
		if (h->script->lines[i].kind != SCRIPT_COMMENT)
			return counts_line(h, counted, i) ? i : NO_LINE;
	return NO_LINE;
}

/* The text's first line: before a client's the server may have asked for it. */
static size_t first_of(const struct hearing *h, const struct counted *counted)
{
	size_t i = counted->after + 1;
	while (i <= counted->last && !counts_line(h, counted, i))
		i++;
	return i <= counted->last ? i : NO_LINE;
}

static bool is_tagged_status(const struct hearing *h, struct slice text)
{
	static const char *const words[] = { "OK", "NO", "BAD" };
	bool waits = dialogue_in_flight(h->c.d, slice_word(&text));
	struct slice word = slice_word(&text);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (waits && slice_equal_nocase(word, slice_of(words[i])))
			return true;
	return false;
}

/* Whether the response ends with the line at `i`: a parenthesis, and behind it another response, or nothing of the server's. */
static bool closes_response(const struct hearing *h, const struct counted *counted, size_t i)
{
	size_t next = next_of(h, counted, i);
	struct slice text = next == NO_LINE ? SLICE("* ") : slice_of(h->script->lines[next].text);
	return h->script->lines[i].text[0] == ')' &&
	       (slice_starts(text, SLICE("* ")) || slice_starts(text, SLICE("+ ")) || is_tagged_status(h, text));
}

/* Where a server's literal must end: before the line that closes the response; else before its command's tagged reply. NO_LINE
 * where nothing tells. */
static size_t end_of_response(const struct hearing *h, const struct counted *counted)
{
	unsigned behind = 0;
	for (size_t i = first_of(h, counted); i != NO_LINE && behind < LINES_BEHIND; i = next_of(h, counted, i)) {
		behind += i > counted->last;
		if (h->script->lines[i].exact)
			return NO_LINE;
		if (closes_response(h, counted, i) ||
		    (i > counted->last && is_tagged_status(h, slice_of(h->script->lines[i].text))))
			return i;
		if (i <= counted->last && is_tagged_status(h, slice_of(h->script->lines[i].text)))
			return i;
	}
	return NO_LINE;
}

/* Whether what stands behind the counted octets goes on with the response. */
static bool goes_on_behind(const struct hearing *h, const struct counted *counted)
{
	const struct script_line *last = &h->script->lines[counted->last];
	size_t next = next_of(h, counted, counted->last);
	if (counted->tail > 2)
		return last->text[last->text_n - (size_t)(counted->tail - 2)] == ')';
	const char *text = next == NO_LINE ? "" : h->script->lines[next].text;
	return text[0] == ')' || text[0] == ' ';
}

/* The lines of the text up to `end`, of which the last `tail` octets are not counted. */
static void count_to(const struct hearing *h, struct counted *counted, size_t end, uint64_t tail)
{
	uint64_t sum = 0;
	for (size_t i = first_of(h, counted); i != NO_LINE && i < end; i = next_of(h, counted, i)) {
		sum += h->script->lines[i].text_n + 2;
		counted->last = i;
	}
	counted->octets = sum > tail ? sum - tail : 0;
	counted->tail = tail;
}

/* A count that ends where a line does is believed; but a server's must leave the parenthesis that closes the response. */
static void servers_judge(const struct hearing *h, struct counted *counted)
{
	size_t end = end_of_response(h, counted);
	bool swallows = end != NO_LINE && end <= counted->last;
	bool closed = end != NO_LINE && h->script->lines[end].text[0] == ')';
	if (end != NO_LINE && (swallows || closed) && (swallows || !goes_on_behind(h, counted)) &&
	    end != next_of(h, counted, counted->last))
		count_to(h, counted, end, 0);
}

/* And of a client's text no line may be left, but a command: with its last line end the command ends. */
static void clients_judge(const struct hearing *h, struct counted *counted)
{
	size_t left = next_of(h, counted, counted->last), end = left;
	const struct script_line *last = &h->script->lines[counted->last];
	char ends = last->text_n ? last->text[last->text_n - 1] : '\0';
	bool more = counted->tail > 2 && (ends == '}' || ends == ')');
	if (left == NO_LINE || more || (counted->tail == 0 && next_of(h, counted, left) == NO_LINE))
		return;
	for (; end != NO_LINE; end = next_of(h, counted, end)) {
		const struct script_line *line = &h->script->lines[end];
		struct slice text = { line->text, line->text_n };
		if (line->exact || line->mark != MARK_NONE || template_has_variables(text) ||
		    hearing_command_of(h, text) || slice_starts(text, SLICE(")")) || slice_starts(text, SLICE(" ")) ||
		    (text.n && text.p[text.n - 1] == '}'))
			return;
	}
	count_to(h, counted, SIZE_MAX, 2);
}

/* Where the printed count fits by chance alone, `*counted` gets what is right. */
static void fit_judge(const struct hearing *h, struct counted *counted)
{
	if (counted->octets != counted->printed || counted->varies || counted->last == counted->after)
		return;
	if (h->script->lines[counted->after].side == SIDE_SERVER)
		servers_judge(h, counted);
	else
		clients_judge(h, counted);
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
	                                   "The other side reads exactly as many octets as the count says",
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

/* `Content-Length: 0`, and behind the header a body is printed all the same. */
static void nothing_judge(struct hearing *h, size_t behind, size_t at)
{
	static const char zero[] = "Content-Length: 0";
	struct counted counted;
	const struct script_line *next = behind + 1 < h->script->nlines ? &h->script->lines[behind + 1] : NULL;
	enum side side = h->script->lines[behind].side;
	const struct protocol *protocol = dialogue_protocol(h->c.d);
	if (next == NULL || next->kind != SCRIPT_SAID || next->side != side || next->exact || next->text_n == 0 ||
	    !slice_equal_nocase(slice_trim(slice_of(h->script->lines[at].text)), slice_of(zero)))
		return;
	struct slice text = { next->text, next->text_n };
	if (protocol->greeting(text) || protocol->command(text) ||
	    !counts_find(h->c.r, h->c.d, behind, 0, &h->v, &counted) || counted.octets == 0)
		return;
	tell(h, at, &counted, false);
	h->left_out[side] = true; /* it is passed over */
}

/* The text goes on under the other side, in a line that stands there by mistake. */
static bool goes_on_astray(struct hearing *h, const struct counted *counted)
{
	size_t next = counted->last + 1;
	while (next < h->script->nlines && h->script->lines[next].kind == SCRIPT_COMMENT)
		next++;
	return counted->octets < counted->printed && next < h->script->nlines &&
	       h->script->lines[next].side != h->script->lines[counted->after].side && side_strays(h, next);
}

void counts_judge(struct hearing *h, size_t behind, bool literal)
{
	enum side side = h->script->lines[behind].side;
	size_t at = h->counts[side];
	uint64_t due = dialogue_due(h->c.d, side);
	struct counted counted;
	unsigned astray = 0;
	h->counts[side] = NO_LINE;
	if (at == NO_LINE || h->script->lines[at].exact)
		return;
	if (due == 0 && hearing_is_http(h))
		nothing_judge(h, behind, at);
	if (literal && side == SIDE_CLIENT)
		literal_sides(h, behind);
	if (due == 0)
		return;
	do {
		if (!counts_find(h->c.r, h->c.d, behind, due, &h->v, &counted))
			return;
	} while (astray++ < ASTRAY_MAX && goes_on_astray(h, &counted));
	if (literal)
		fit_judge(h, &counted);
	uint64_t now = counts_now(h->c.r, &counted, &h->v, FILL_OFFLINE);
	if (literal && now < due && described_behind(h, &counted))
		return;
	if (now != due)
		dialogue_recount(h->c.d, side, now);
	if (!in_order(h, at, &counted, literal))
		tell(h, at, &counted, literal);
}
