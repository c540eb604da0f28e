/*
 * A lesson that ships, by what a person types: its number, or its name with or without the number.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "protocol/knowledge.h"

/* The two parts of "03-smtp-by-hand": what stands before the first dash, and what behind it. */
static struct slice number_of(const char *name)
{
	return slice_part(slice_of(name), 0, slice_find_octet(slice_of(name), '-'));
}

static struct slice words_of(const char *name)
{
	return slice_part(slice_of(name), number_of(name).n + 1, SIZE_MAX);
}

static bool is_called(const char *name, struct slice word)
{
	uint64_t number, wanted;
	if (slice_number(word, &wanted))
		return slice_number(number_of(name), &number) && number == wanted;
	return slice_equal_nocase(word, slice_of(name)) || slice_equal_nocase(word, words_of(name));
}

/* The one that is nearest, or else the first that has the word in its name; NULL. */
static const char *nearest(struct slice word)
{
	const char *best = NULL, *holds = NULL, *name;
	size_t least = 4;
	for (size_t i = 0; (name = shipped_lesson_name(i)) != NULL; i++) {
		size_t whole = word_distance(word, slice_of(name)), words = word_distance(word, words_of(name));
		size_t distance = whole < words ? whole : words;
		if (distance < least && distance * 2 < word.n) {
			least = distance;
			best = name;
		}
		if (holds == NULL && word.n > 1 && slice_find_nocase(slice_of(name), word) < strlen(name))
			holds = name;
	}
	return best ? best : holds;
}

static enum status not_found(const char *word, struct slice bare, struct error *error)
{
	uint64_t number;
	const char *near = slice_number(bare, &number) ? NULL : nearest(bare);
	if (near)
		return error_set(error, STATUS_USAGE, "%s: no such lesson: nearest is %s", word, near);
	return error_set(error, STATUS_USAGE, "%s: no such lesson: parlance lesson lists them", word);
}

enum status shipped_lesson_find(const char *word, char **name, struct error *error)
{
	struct slice bare = slice_of(word);
	const char *candidate;
	if (bare.n > 3 && slice_equal(slice_part(bare, bare.n - 3, bare.n), SLICE(".md")))
		bare.n -= 3;
	for (size_t i = 0; (candidate = shipped_lesson_name(i)) != NULL; i++)
		if (is_called(candidate, bare)) {
			*name = string_copy(candidate);
			return STATUS_OK;
		}
	if (access(word, R_OK) != 0 && errno != ENOENT) /* it was meant, and is there */
		return error_set(error, STATUS_USAGE, "%s: %s", word, strerror(errno));
	if (strchr(word, '/'))
		return error_set(error, STATUS_USAGE, "%s: no such file", word);
	return not_found(word, bare, error);
}
