/*
 * What an author has written behind what somebody says, where a prefix tells who says it: `C: STARTTLS      (optional: upgrade to
 * TLS)`, `S: +OK 3 14203   ; 3 messages`.
 */
#include "script/extract_bare.h"
#include "script/extract_inside.h"

#include <string.h>

/* So many blanks part a remark in brackets from what the client says, and from what the server says: its replies are words, too. */
static const size_t blanks_before[] = { [SIDE_CLIENT] = 2, [SIDE_SERVER] = 3 };

/* And an arrow behind payload, and what goes on with a remark of the line above. */
#define WIDE_BLANKS 3

/* A time in brackets is no longer, in octets. */
#define TIME_MAX 12

/* Whether the text is a remark in brackets: two words or more, not all in capitals, and none of what protocols write in theirs. */
static bool is_bracketed_remark(struct slice text)
{
	bool blank = false, small = false;
	if (text.n < 3 || text.p[0] != '(' || text.p[text.n - 1] != ')' || !octet_is_alpha(text.p[1]))
		return false;
	for (size_t i = 1; i < text.n - 1; i++) {
		if (strchr("()[]{}<>=\"\\|&*%", text.p[i]))
			return false;
		blank = blank || text.p[i] == ' ';
		small = small || octet_upper(text.p[i]) != text.p[i];
	}
	return blank && small;
}

/* Whether it is a remark behind a semicolon, and not a parameter: `; charset=utf-8`. */
static bool is_remark_behind(struct slice text)
{
	struct slice rest = slice_part(text, 1, text.n), first = slice_word(&rest);
	return slice_starts(text, SLICE("; ")) && first.n && slice_find_octet(first, '=') == first.n;
}

/* Where the time begins that a program prints behind a reply, in brackets: `[62ms]`, `[<1ms]`, `[2,326s]`; text.n where none stands
 * there. */
static size_t time_at(struct slice text)
{
	size_t open = text.n, digits = 0, i;
	while (open > 0 && text.n - open < TIME_MAX && text.p[open - 1] != '[')
		open--;
	if (open < 3 || text.p[open - 1] != '[' || text.p[open - 2] != ' ' || text.p[text.n - 1] != ']')
		return text.n;
	i = open + (text.p[open] == '<');
	for (; i < text.n && (octet_is_digit(text.p[i]) || text.p[i] == ',' || text.p[i] == '.'); i++)
		digits += octet_is_digit(text.p[i]);
	struct slice unit = slice_part(text, i, text.n - 1);
	bool known = slice_equal(unit, SLICE("ms")) || slice_equal(unit, SLICE("s")) || slice_equal(unit, SLICE("m"));
	return digits && known ? open - 2 : text.n;
}

struct slice payload_gloss(struct slice *text)
{
	for (size_t i = WIDE_BLANKS; i + 3 < text->n; i++) {
		bool wide = slice_equal(slice_part(*text, i - WIDE_BLANKS, i), SLICE("   "));
		if (wide && slice_starts(slice_part(*text, i, text->n), SLICE("<- ")))
			return bare_gloss(text);
	}
	return (struct slice){ 0 };
}

struct slice said_gloss(struct slice *text, enum side side)
{
	struct slice marked = bare_gloss(text), time = slice_from(*text, time_at(*text));
	size_t blanks = 0;
	if (marked.n)
		return marked;
	if (side == SIDE_SERVER && time.n) {
		text->n -= time.n;
		return slice_trim(time);
	}
	for (size_t i = 0; i < text->n; i++) {
		struct slice rest = slice_part(*text, i, text->n);
		bool apart = blanks >= 2 && i > blanks;
		if (apart && (is_remark_behind(rest) || (blanks >= blanks_before[side] && is_bracketed_remark(rest)))) {
			*text = slice_part(*text, 0, i - blanks);
			return rest.p[0] == ';' ? slice_trim(slice_part(rest, 1, rest.n)) : rest;
		}
		blanks = text->p[i] == ' ' ? blanks + 1 : 0;
	}
	return (struct slice){ 0 };
}

size_t gloss_columns(struct slice text)
{
	size_t columns = 0;
	for (size_t i = 0; i < text.n; i++)
		columns += ((unsigned char)text.p[i] & 0xC0) != 0x80;
	return columns;
}

struct slice column_gloss(struct slice *text, size_t column)
{
	size_t blanks = 0;
	for (size_t i = 0; i < text->n; i++) {
		struct slice rest = slice_from(*text, i);
		bool begins = rest.p[0] != ' ' && blanks >= WIDE_BLANKS && i > blanks;
		if (begins && gloss_columns(slice_part(*text, 0, i)) == column) {
			*text = slice_part(*text, 0, i - blanks);
			return slice_trim(rest);
		}
		blanks = rest.p[0] == ' ' ? blanks + 1 : 0;
	}
	return (struct slice){ 0 };
}
