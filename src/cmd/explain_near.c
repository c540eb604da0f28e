/*
 * What is not known: the nearest words, and the rows whose notes speak of it.
 */
#include <stdlib.h>

#include "base/escape.h"
#include "cmd/cmd.h"
#include "cmd/explain.h"

/* So many near words are named. */
#define NEAREST 5

/* What is not known is looked for in the notes: words of so many octets at least, and so many rows are named. */
#define MENTION_LEAST 2
#define MENTIONS 8

static bool has_letter(struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if (octet_is_alpha(text.p[i]))
			return true;
	return false;
}

/* Whether the word stands between the commas of the list, whatever its case. */
static bool listed(struct slice list, const char *word)
{
	char *between = string_printf(", %s, ", word), *all = string_printf(", " SLICE_FMT ", ", SLICE_ARG(list));
	struct slice text = slice_of(all);
	bool found = slice_find_nocase(text, slice_of(between)) < text.n;
	free(between);
	free(all);
	return found;
}

/* The word that is nearest to one in a protocol, its own name too; of those that are as near the first: commands stand
 * before fields. NULL where none is near. */
static const char *nearest_in(const struct protocol *protocol, struct slice word, size_t *distance)
{
	const struct entry name = { .word = protocol->name };
	const struct table names = { .rows = &name, .n = 1 };
	const struct entry *nearest = table_nearest(&names, word);
	*distance = nearest ? word_distance(word, slice_of(nearest->word)) : NEAR_MAX + 1;
	for (const struct table *table = protocol->tables; table->rows; table++) {
		const struct entry *row = table_nearest(table, word);
		size_t far = row ? word_distance(word, slice_of(row->word)) : *distance;
		if (far >= *distance)
			continue;
		nearest = row;
		*distance = far;
	}
	return nearest == &name ? protocol->name : nearest ? nearest->word : NULL;
}

/* Appends the nearest word of each protocol, if it is at most so far off: those that differ least, and no others.
 * Numbers that look alike are not near. */
static void add_nearest(const struct scope *scope, struct slice word, size_t most, struct buffer *out)
{
	size_t n = 0, far = 0;
	for (size_t distance = 1; distance <= most && n == 0 && has_letter(word); distance++) {
		for (size_t i = 0; protocols[i] && n < NEAREST; i++) {
			const char *near = scope_has(scope, protocols[i]) ? nearest_in(protocols[i], word, &far) : NULL;
			if (near == NULL || far != distance || listed(buffer_slice(out), near))
				continue;
			buffer_printf(out, "%s%s", n++ ? ", " : "", near);
		}
	}
}

/* Whether the note speaks of it: whole words, whatever their case. */
static bool speaks_of(struct slice note, struct slice words)
{
	while (note.n) {
		size_t at = slice_find_nocase(note, words), end = at + words.n;
		bool begins = at == 0 || !octet_is_alnum(note.p[at - 1]);
		if (at < note.n && begins && (end == note.n || !octet_is_alnum(note.p[end])))
			return true;
		note = slice_part(note, at + 1, note.n);
	}
	return false;
}

/* Appends the rows whose notes speak of it, the first few: whoever asks for "greylisting" wants "RCPT 450". */
static void add_mentions(const struct scope *scope, struct slice words, struct buffer *out)
{
	size_t n = 0;
	for (size_t i = 0; words.n >= MENTION_LEAST && has_letter(words) && protocols[i]; i++) {
		const struct table *table = scope_has(scope, protocols[i]) ? protocols[i]->tables : NULL;
		for (; table && table->rows; table++) {
			for (size_t row = 0; row < table->n && n < MENTIONS; row++) {
				const char *word = table->rows[row].word;
				if (!speaks_of(slice_of(table->rows[row].note), words) ||
				    listed(buffer_slice(out), word))
					continue;
				buffer_printf(out, "%s%s", n++ ? ", " : "", word);
			}
		}
	}
}

/* Appends the protocols that know the word, where only another was asked. */
static void add_elsewhere(const struct protocol *only, struct slice word, struct buffer *out)
{
	for (size_t i = 0; only && protocols[i]; i++) {
		bool known = false;
		for (const struct table *table = protocols[i]->tables; table && table->rows; table++)
			known |= table_find(table, word) || table_find_form(table, word);
		if (known && protocols[i] != only)
			buffer_printf(out, "%s%s", out->n ? ", " : "", protocols[i]->name);
	}
}

void not_found(const struct protocol *only, struct slice text)
{
	struct buffer shown = { 0 }, elsewhere = { 0 }, near = { 0 }, mentions = { 0 };
	struct scope scope = { .only = only, .kinds = KINDS_ALL };
	const char *hint = ": a command, a reply code or a keyword is asked for, such as 550 or EHLO";
	struct slice words = slice_trim(text), rest = words, first = slice_word(&rest);
	escape_text(&shown, text);
	add_elsewhere(only, words, &elsewhere);
	if (elsewhere.n) {
		complain("explain: no \"" SLICE_FMT "\" is known in %s: it is in " SLICE_FMT,
		         SLICE_ARG(buffer_slice(&shown)), only->name, SLICE_ARG(buffer_slice(&elsewhere)));
		buffer_free(&shown);
		buffer_free(&elsewhere);
		return;
	}
	add_nearest(&scope, words, NEAR_MAX, &near);
	if (near.n == 0) /* of a line, the word that begins it */
		add_nearest(&scope, first, 1, &near);
	add_mentions(&scope, words, &mentions);
	complain("explain: no \"" SLICE_FMT "\" is known%s%s%s" SLICE_FMT "%s" SLICE_FMT,
	         SLICE_ARG(buffer_slice(&shown)), only ? " in " : "", only ? only->name : "",
	         near.n       ? ": nearest: "
	         : mentions.n ? ""
	                      : hint,
	         SLICE_ARG(buffer_slice(&near)),
	         mentions.n == 0 ? ""
	         : near.n        ? "; spoken of under: "
	                         : ": it is spoken of under: ",
	         SLICE_ARG(buffer_slice(&mentions)));
	buffer_free(&shown);
	buffer_free(&near);
	buffer_free(&mentions);
}
