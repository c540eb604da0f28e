/*
 * What the tables know of a word, however it is spelled. It knows no protocol: all stands in the registry's tables.
 */
#include "cmd/explain.h"

#include <stdlib.h>
#include <string.h>

/* What stands around a word where it is copied from a line or a text. */
#define BEFORE_WORDS "\"'`([{<"
#define BEHIND_WORDS "\"'`)]}>,;:."

/* ---- meanings ---- */

static void add(struct meanings *meanings, struct meaning meaning)
{
	meanings->rows = memory_grow(meanings->rows, meanings->n + 1, sizeof *meanings->rows);
	meanings->rows[meanings->n++] = meaning;
}

void meanings_free(struct meanings *meanings)
{
	for (size_t i = 0; i < meanings->n; i++)
		free(meanings->rows[i].word);
	free(meanings->rows);
	*meanings = (struct meanings){ 0 };
}

/* ---- a word ---- */

bool scope_has(const struct scope *scope, const struct protocol *protocol)
{
	if (scope->only && scope->only != protocol)
		return false;
	if (scope->needs.n == 0)
		return true;
	const struct table *table = protocol_table(protocol, scope->needs_kind);
	return table && table_find_form(table, scope->needs);
}

static const struct entry *find_row(const struct scope *scope, const struct table *table, struct slice word)
{
	bool exact = scope->exact && table->kind != TABLE_ITEMS;
	return exact ? table_find(table, word) : table_find_form(table, word);
}

static void add_row(const struct scope *scope, const struct protocol *protocol, const struct table *table,
                    struct slice word, struct meanings *meanings)
{
	const struct entry *row = find_row(scope, table, word);
	if (row == NULL)
		return;
	bool general = table->kind == TABLE_ENHANCED; /* the row says X where the word says which */
	add(meanings,
	    (struct meaning){ protocol, table, row, row, general ? slice_string(word) : string_copy(row->word) });
}

static void add_digits(const struct protocol *protocol, const struct table *table, struct slice word,
                       struct meanings *meanings)
{
	const struct entry *digits[DIGITS_MAX];
	if (table_digits(table, word, digits))
		add(meanings, (struct meaning){ protocol, table, NULL, digits[0], slice_string(word) });
}

bool find_word(const struct scope *scope, struct slice word, struct meanings *meanings)
{
	size_t before = meanings->n;
	for (unsigned digits = 0; digits < 2 && meanings->n == before; digits++) {
		for (size_t i = 0; word.n && protocols[i]; i++) {
			const struct table *table = scope_has(scope, protocols[i]) ? protocols[i]->tables : NULL;
			for (; table && table->rows; table++) {
				if (!(scope->kinds & KIND(table->kind)))
					continue;
				if (digits)
					add_digits(protocols[i], table, word, meanings);
				else
					add_row(scope, protocols[i], table, word, meanings);
			}
		}
	}
	return meanings->n > before;
}

/* ---- a word as it is copied ---- */

static bool is_one_of(char c, const char *set)
{
	return c && strchr(set, c);
}

static struct slice without_marks(struct slice word)
{
	while (word.n && is_one_of(word.p[0], BEFORE_WORDS))
		word = slice_part(word, 1, word.n);
	while (word.n && is_one_of(word.p[word.n - 1], BEHIND_WORDS))
		word = slice_part(word, 0, word.n - 1);
	return word;
}

/* "AUTH=PLAIN" is what AUTH= announces and the mechanism; "SIZE=1000" is SIZE. */
static bool find_assignment(const struct scope *scope, struct slice word, struct meanings *meanings)
{
	size_t equals = slice_find_octet(word, '=');
	if (equals == word.n)
		return false;
	if (!find_word(scope, slice_part(word, 0, equals + 1), meanings) &&
	    !find_word(scope, slice_part(word, 0, equals), meanings))
		return false;
	struct scope values = *scope;
	values.kinds &= KIND(TABLE_MECHANISMS) | KIND(TABLE_KEYWORDS) | KIND(TABLE_TOKENS);
	(void)find_word(&values, without_marks(slice_part(word, equals + 1, word.n)), meanings);
	return true;
}

/* "utf-8" is UTF8, "START-TLS" is STARTTLS. */
static bool find_unhyphenated(const struct scope *scope, struct slice word, struct meanings *meanings)
{
	struct buffer joined = { 0 };
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] != '-')
			buffer_add_octet(&joined, word.p[i]);
	bool found = !scope->exact && joined.n < word.n && find_word(scope, buffer_slice(&joined), meanings);
	buffer_free(&joined);
	return found;
}

bool find_token(const struct scope *scope, struct slice word, struct meanings *meanings)
{
	struct slice bare = without_marks(word);
	return find_word(scope, word, meanings) || (bare.n < word.n && find_word(scope, bare, meanings)) ||
	       find_assignment(scope, bare, meanings) || find_unhyphenated(scope, bare, meanings);
}
