/*
 * Failures by kind.
 */
#include "cmd/kinds.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "protocol/knowledge.h"

/* So many kinds are told apart of one transcript; what comes then is counted together. */
#define KINDS_MAX 32

void kinds_free(struct kinds *kinds)
{
	for (size_t i = 0; i < kinds->n; i++) {
		free(kinds->list[i].key);
		free(kinds->list[i].problem);
		judgement_free(&kinds->list[i].example);
	}
	free(kinds->list);
	*kinds = (struct kinds){ 0 };
}

/* ---- which kind ---- */

/* A word as it stands in a reply: dots inside it are its own. */
static size_t word_end(struct slice text, size_t from)
{
	size_t end = from;
	while (end < text.n && (octet_is_alnum(text.p[end]) || text.p[end] == '.'))
		end++;
	while (end > from && text.p[end - 1] == '.')
		end--;
	return end;
}

static bool is_code(struct slice word)
{
	uint64_t number;
	return (word.n == 3 && slice_number(word, &number)) || is_enhanced_code(word);
}

/* A queue's identifier, a port, seconds, a time of day: other sessions have another. */
static bool says_which_session(struct slice word)
{
	for (size_t i = 0; i < word.n; i++)
		if (octet_is_digit(word.p[i]))
			return !is_code(word);
	return false;
}

/* Appends the text, with `#` for each word that other sessions have another of. */
static void key_add(struct buffer *key, struct slice text)
{
	for (size_t i = 0; i < text.n;) {
		size_t end = word_end(text, i);
		struct slice word = slice_part(text, i, end);
		if (says_which_session(word))
			buffer_add_octet(key, '#');
		else
			buffer_add_slice(key, word);
		if (end < text.n)
			buffer_add_octet(key, text.p[end++]);
		i = end;
	}
}

static struct kind *kind_add(struct kinds *kinds, const char *key)
{
	kinds->list = memory_grow(kinds->list, kinds->n + 1, sizeof *kinds->list);
	struct kind *kind = &kinds->list[kinds->n++];
	*kind = (struct kind){ .key = string_copy(key) };
	return kind;
}

static struct kind *kind_named(struct kinds *kinds, const char *key)
{
	for (size_t i = 0; i < kinds->n; i++)
		if (kinds->list[i].key && strcmp(kinds->list[i].key, key) == 0)
			return &kinds->list[i];
	if (kinds->n == KINDS_MAX)
		return &kinds->list[KINDS_MAX - 1];
	if (kinds->n < KINDS_MAX - 1)
		return kind_add(kinds, key);
	struct kind *others = kind_add(kinds, NULL);
	others->problem = string_copy("in other ways than those that are listed here");
	return others;
}

/* ---- counting ---- */

void kinds_difference(struct kinds *kinds, struct judgement *judgement)
{
	struct buffer key = { 0 };
	buffer_printf(&key, "%zu:", judgement->line);
	key_add(&key, buffer_slice(&judgement->note));
	char *text = buffer_take(&key);
	struct kind *kind = kind_named(kinds, text);
	free(text);
	if (kind->sessions++ > 0 || kind->key == NULL)
		return;
	kind->example = *judgement;
	*judgement = (struct judgement){ 0 };
}

void kinds_problem(struct kinds *kinds, const char *problem)
{
	struct buffer key = { 0 };
	key_add(&key, slice_of(problem));
	char *text = buffer_take(&key);
	struct kind *kind = kind_named(kinds, text);
	free(text);
	if (kind->sessions++ == 0 && kind->key)
		kind->problem = string_copy(problem);
}

static int more_sessions(const void *a, const void *b)
{
	const struct kind *one = a, *other = b;
	return (one->sessions < other->sessions) - (one->sessions > other->sessions);
}

void kinds_sort(struct kinds *kinds)
{
	if (kinds->n > 1)
		qsort(kinds->list, kinds->n, sizeof *kinds->list, more_sessions);
}
