/*
 * Arrows of any length, before what a side says (`<---- 220 ready`), behind it as in a table with a column for each side
 * (`USER Doe<CRLF>---->`, RFC 959 7), and drawn through it (`---- HELO me ---->`).
 */
#include "script/notation_inside.h"

#include <string.h>

/* As many heads of arrows are looked at in a line. */
#define HEADS_MAX 4
/* A shaft as long as that ends what stands before it. */
#define SHAFT_MIN 3

static size_t run_from(struct slice line, size_t at, char c)
{
	size_t n = 0;
	while (at + n < line.n && line.p[at + n] == c)
		n++;
	return n;
}

/* The octet that the row's shafts are made of. */
static char shaft_of(const struct notation *row)
{
	return row->client[0];
}

/* How long a shaft is at least. */
static size_t shaft_least(const struct notation *row)
{
	return strlen(row->client) - 1;
}

size_t arrow_at(struct slice line, size_t at, struct slice spelling)
{
	bool left = spelling.p[0] == '<';
	size_t shaft = at + left, n = run_from(line, shaft, spelling.p[left]), head = left ? at : shaft + n;
	if (n + 1 < spelling.n || head >= line.n || line.p[head] != spelling.p[left ? 0 : spelling.n - 1])
		return 0;
	return shaft + n + !left;
}

/* Where the last column of a text begins: behind three spaces, behind the mark of a line's end that closes the column before, or
 * at its front. */
static size_t column_of(struct slice text)
{
	static const struct slice mark = { "<CR> ", 5 };
	size_t start = 0, at = slice_find(text, mark);
	while (start < text.n && octet_is_blank(text.p[start]))
		start++;
	for (size_t i = text.n; i > start + 3; i--)
		if (octet_is_blank(text.p[i - 1]) && octet_is_blank(text.p[i - 2]) && octet_is_blank(text.p[i - 3]))
			return i;
	return at < text.n ? at + mark.n : start;
}

/* The text without the quote marks around all of it. */
static struct slice unquoted(struct slice text)
{
	char mark = text.n > 2 ? text.p[0] : '\0';
	struct slice inside = slice_part(text, 1, text.n ? text.n - 1 : 0);
	bool quoted = (mark == '"' || mark == '`') && text.p[text.n - 1] == mark;
	return quoted && slice_find_octet(inside, mark) == inside.n ? inside : text;
}

/* The text of a column whose end is a shaft: without the shaft that is drawn before it. `any`: whatever it says. */
static bool column_said(struct slice line, size_t end, const struct notation *row, bool any, struct said *said)
{
	while (end > 0 && octet_is_blank(line.p[end - 1]))
		end--;
	struct slice words = slice_part(line, 0, end);
	size_t start = column_of(words);
	bool drawn = row->form == NOTATION_ARROW;
	while (start < end &&
	       (octet_is_blank(line.p[start]) || line.p[start] == '|' || (drawn && line.p[start] == shaft_of(row))))
		start++;
	end = leader_unended(line, end);
	bool clean = slice_trim(slice_part(line, 0, start)).n == 0;
	struct slice text = unquoted(slice_part(line, start, end));
	start = (size_t)(text.p - line.p);
	end = start + text.n;
	bool aside = text.n > 1 && text.p[0] == '{' && text.p[text.n - 1] == '}';
	if (text.n == 0 || (!aside && !(any && clean) && prefix_likes(SIDE_CLIENT, text) < 2))
		return false;
	*said = (struct said){
		.notation = row, .start = start, .after = start, .text = start, .end = end, .clean = clean
	};
	return true;
}

/* The client's arrow that is one sign, `→`, at the line's end. */
static bool sign_behind(struct slice line, const struct notation *row, bool usual, struct said *said)
{
	struct slice spellings = slice_of(row->client), spelling, rest = line;
	while (rest.n && octet_is_blank(rest.p[rest.n - 1]))
		rest.n--;
	while ((spelling = slice_word(&spellings)).n) {
		size_t at = rest.n > spelling.n ? rest.n - spelling.n : 0;
		if (at && slice_equal(slice_part(rest, at, rest.n), spelling) && octet_is_blank(line.p[at - 1]))
			return column_said(line, at, row, usual, said);
	}
	return false;
}

bool arrow_behind(struct slice line, const struct notation *row, bool usual, struct said *said)
{
	unsigned heads = 0;
	if (row->form != NOTATION_ARROW)
		return sign_behind(line, row, usual, said);
	for (size_t at = 0; at < line.n && heads < HEADS_MAX; at++) {
		size_t shaft = run_from(line, at, shaft_of(row)), head = at + shaft;
		bool both_ways = at && line.p[at - 1] == '<';
		if (shaft < shaft_least(row) || head >= line.n || line.p[head] != '>' || both_ways) {
			at += shaft;
			continue;
		}
		heads++;
		bool last = slice_trim(slice_part(line, head + 1, line.n)).n == 0,
		     apart = at > 0 && octet_is_blank(line.p[at - 1]);
		if (at > 0 && column_said(line, at, row, usual && last && apart, said))
			return true;
		at = head;
	}
	return false;
}

size_t arrow_drawn(struct slice line, const struct notation *row, size_t text, size_t end)
{
	for (size_t at = text; at + SHAFT_MIN <= end; at++) {
		size_t shaft = run_from(line, at, shaft_of(row));
		bool closes = at + shaft >= end || octet_is_blank(line.p[at + shaft]) || line.p[at + shaft] == '|';
		if (shaft >= SHAFT_MIN && closes) {
			while (at > text && octet_is_blank(line.p[at - 1]))
				at--;
			return at;
		}
		at += shaft;
	}
	return end;
}
