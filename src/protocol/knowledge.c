/*
 * Finding rows in the tables of what is known: by their word, by how people write it, by a code's digits; and the row
 * that is near to a word that is not there.
 */
#include "protocol/knowledge.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "protocol/imap_syntax.h"

/* Words are compared up to this length, in octets. */
#define WORD_MAX 64

const char *phase_name(enum phase phase)
{
	static const char *const names[] = {
		[PHASE_GREET] = "greet",     [PHASE_IDENTIFY] = "identify",
		[PHASE_ENCRYPT] = "encrypt", [PHASE_AUTHENTICATE] = "authenticate",
		[PHASE_ASK] = "ask",         [PHASE_TRANSFER] = "transfer",
		[PHASE_GOODBYE] = "goodbye",
	};
	return names[phase];
}

const char *phase_purpose(enum phase phase)
{
	static const char *const purposes[] = {
		[PHASE_NONE] = "what serves none of these phases",
		[PHASE_GREET] = "the server says that it is there",
		[PHASE_IDENTIFY] = "the client says who it is",
		[PHASE_ENCRYPT] = "both agree to go on under TLS",
		[PHASE_AUTHENTICATE] = "the client proves who it is",
		[PHASE_ASK] = "the client asks, and the server tells",
		[PHASE_TRANSFER] = "messages and files go over, or are dealt with",
		[PHASE_GOODBYE] = "the conversation ends",
	};
	return purposes[phase];
}

static int compare(const void *key, const void *row)
{
	const struct slice *word = key;
	const struct entry *entry = row;
	return slice_compare_nocase(*word, slice_of(entry->word));
}

const struct entry *table_find(const struct table *table, struct slice word)
{
	return bsearch(&word, table->rows, table->n, sizeof *table->rows, compare);
}

/* ---- codes ---- */

bool context_parse(struct slice word, struct slice *verb, struct slice *code)
{
	size_t space = word.n;
	while (space > 0 && word.p[space - 1] != ' ')
		space--;
	if (space == 0)
		return false;
	*verb = slice_part(word, 0, space - 1);
	*code = slice_part(word, space, word.n);
	return true;
}

bool is_three_digits(struct slice word)
{
	return word.n == 3 && octet_is_digit(word.p[0]) && octet_is_digit(word.p[1]) && octet_is_digit(word.p[2]);
}

/* The second number of "5.7.1"; empty where the word is no such code. */
static struct slice enhanced_subject(struct slice word)
{
	uint64_t number;
	size_t first = slice_find_octet(word, '.');
	struct slice rest = slice_part(word, first + 1, word.n);
	size_t second = slice_find_octet(rest, '.');
	struct slice subject = slice_part(rest, 0, second), detail = slice_part(rest, second + 1, rest.n);
	bool good = first == 1 && octet_is_digit(word.p[0]) && slice_number(subject, &number) &&
	            slice_number(detail, &number);
	return good ? subject : (struct slice){ 0 };
}

bool is_enhanced_code(struct slice word)
{
	return enhanced_subject(word).n > 0;
}

/* The row of the word that printf would make. */
__attribute__((format(printf, 2, 3))) static const struct entry *find_made(const struct table *table,
                                                                           const char *format, ...)
{
	struct buffer word = { 0 };
	va_list ap;
	va_start(ap, format);
	buffer_vprintf(&word, format, ap);
	va_end(ap);
	const struct entry *row = table_find(table, buffer_slice(&word));
	buffer_free(&word);
	return row;
}

size_t table_digits(const struct table *table, struct slice code, const struct entry *rows[DIGITS_MAX])
{
	const struct entry *first = NULL, *second = NULL;
	size_t n = 0;
	if (table->kind == TABLE_CODES && is_three_digits(code)) {
		first = find_made(table, "%cyz", code.p[0]);
		if (first == NULL)
			first = find_made(table, "%cxx", code.p[0]);
		second = find_made(table, "x%cz", code.p[1]);
	} else if (table->kind == TABLE_ENHANCED && is_enhanced_code(code)) {
		first = find_made(table, "%c.X.X", code.p[0]);
		second = find_made(table, "X." SLICE_FMT ".X", SLICE_ARG(enhanced_subject(code)));
	}
	if (first == NULL)
		return 0;
	rows[n++] = first;
	if (second)
		rows[n++] = second;
	return n;
}

/* ---- words spelled otherwise ---- */

static const struct entry *enhanced_form(const struct table *table, struct slice word)
{
	const struct entry *digits[DIGITS_MAX];
	if (table_digits(table, word, digits) == 0)
		return NULL;
	return find_made(table, "X" SLICE_FMT, SLICE_ARG(slice_part(word, 1, word.n)));
}

/* A command of two words answers as its second one: "UID FETCH NO" as FETCH NO. */
static const struct entry *code_form(const struct table *table, struct slice word)
{
	struct slice verb, code, before, last;
	if (word.n == 3 && slice_equal_nocase(slice_part(word, 1, 3), SLICE("xx")))
		return find_made(table, "%cyz", word.p[0]);
	if (!context_parse(word, &verb, &code) || !context_parse(verb, &before, &last) ||
	    slice_find_octet(before, ' ') < before.n)
		return NULL;
	return find_made(table, SLICE_FMT " " SLICE_FMT, SLICE_ARG(last), SLICE_ARG(code));
}

/* Shells take the backslash away, and `$Word` altogether. */
static const struct entry *flag_form(const struct table *table, struct slice word)
{
	if (word.n == 0 || !octet_is_alpha(word.p[0]))
		return NULL;
	const struct entry *row = find_made(table, "\\" SLICE_FMT, SLICE_ARG(word));
	return row ? row : find_made(table, "$" SLICE_FMT, SLICE_ARG(word));
}

/* An item whose brackets hold something else than in the table, or are missing: all of them, or the last. */
static const struct entry *item_form(const struct table *table, struct slice word)
{
	struct imap_section section;
	bool open = slice_find_octet(word, '[') < word.n && slice_find_octet(word, ']') == word.n;
	char *item = string_printf(SLICE_FMT "%s", SLICE_ARG(word), open ? "]" : "");
	imap_section_parse(slice_of(item), &section);
	const struct entry *row = find_made(table, SLICE_FMT "[" SLICE_FMT "]", SLICE_ARG(section.name),
	                                    SLICE_ARG(section.text));
	if (row == NULL && section.bracketed)
		row = find_made(table, SLICE_FMT "[]", SLICE_ARG(section.name));
	if (row == NULL && !section.bracketed)
		row = find_made(table, "BODY[" SLICE_FMT "]", SLICE_ARG(section.name));
	free(item);
	return row;
}

/* What is not known is what the level above it is. */
static const struct entry *response_code_form(const struct table *table, struct slice word)
{
	const struct entry *row = NULL;
	for (size_t i = word.n; i > 0 && row == NULL; i--)
		if (word.p[i - 1] == '/')
			row = table_find(table, slice_part(word, 0, i - 1));
	return row;
}

const struct entry *table_find_form(const struct table *table, struct slice word)
{
	const struct entry *row = table_find(table, word);
	if (row || word.n == 0)
		return row;
	switch (table->kind) {
	case TABLE_ENHANCED:
		return enhanced_form(table, word);
	case TABLE_CODES:
		return code_form(table, word);
	case TABLE_FLAGS:
	case TABLE_ATTRIBUTES:
		return flag_form(table, word);
	case TABLE_ITEMS:
		return item_form(table, word);
	case TABLE_RESPONSE_CODES:
		return response_code_form(table, word);
	default:
		return NULL;
	}
}

/* ---- what is near ---- */

const struct entry *table_nearest(const struct table *table, struct slice word)
{
	const struct entry *nearest = NULL;
	size_t best = NEAR_MAX + 1;
	for (size_t i = 0; i < table->n; i++) {
		size_t n = strlen(table->rows[i].word);
		if (n > word.n + NEAR_MAX || word.n > n + NEAR_MAX) /* as many insertions would be needed */
			continue;
		size_t distance = word_distance(word, slice_of(table->rows[i].word));
		if (distance >= best || distance * 2 >= word.n)
			continue;
		best = distance;
		nearest = &table->rows[i];
	}
	return nearest;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * The optimal string alignment distance, a row at a time: row[j] is how far the first i octets of one word are from
 * the first j of the other. A swap looks two rows back.
 */
size_t word_distance(struct slice a, struct slice b)
{
	size_t rows[3][WORD_MAX + 1];
	size_t *before = rows[0], *above = rows[1], *row = rows[2];
	a = slice_part(a, 0, WORD_MAX);
	b = slice_part(b, 0, WORD_MAX);
	for (size_t j = 0; j <= b.n; j++)
		before[j] = above[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		row[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			char from = octet_upper(a.p[i - 1]), to = octet_upper(b.p[j - 1]);
			row[j] = least(above[j], row[j - 1]) + 1;
			row[j] = least(row[j], above[j - 1] + (from != to));
			if (i > 1 && j > 1 && from == octet_upper(b.p[j - 2]) && to == octet_upper(a.p[i - 2]))
				row[j] = least(row[j], before[j - 2] + 1);
		}
		size_t *spare = before;
		before = above;
		above = row;
		row = spare;
	}
	return above[b.n];
}
