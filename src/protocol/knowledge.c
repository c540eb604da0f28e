/*
 * Finding rows in the tables of what is known, and the row that is near to a word that is not there.
 */
#include "protocol/knowledge.h"

#include <stdlib.h>

/* Words are compared up to this length, in octets. */
#define WORD_MAX 64

/* A near row is at most this far off. */
#define NEAR_MAX 2

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

const struct entry *table_nearest(const struct table *table, struct slice word)
{
	const struct entry *nearest = NULL;
	size_t best = NEAR_MAX + 1;
	for (size_t i = 0; i < table->n; i++) {
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
