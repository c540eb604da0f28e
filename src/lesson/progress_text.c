/*
 * Progress as text, and back.
 */
#include "lesson/progress_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/escape.h"

enum row_kind {
	ROW_NUMBER, /* size_t */
	ROW_DIGEST, /* uint64_t, in hexadecimal */
	ROW_TEXT,   /* char *, NULL where there is none */
	ROW_TIME,   /* char[24] */
	ROW_WORDS,  /* struct lesson_words, a line each with its number behind it */
};

/* What is kept, in the order in which it is written. */
static const struct row {
	const char *name;
	enum row_kind kind;
	size_t offset;
} rows[] = {
#define AT(member) offsetof(struct lesson_progress, member)
	{ "place", ROW_NUMBER, AT(place) },     { "items", ROW_NUMBER, AT(items) },
	{ "heading", ROW_TEXT, AT(heading) },   { "beyond", ROW_NUMBER, AT(beyond) },
	{ "digest", ROW_DIGEST, AT(digest) },   { "visited", ROW_TIME, AT(visited) },
	{ "done", ROW_TIME, AT(finished) },     { "said", ROW_NUMBER, AT(said) },
	{ "skipped", ROW_NUMBER, AT(skipped) }, { "goals", ROW_NUMBER, AT(goals) },
	{ "code", ROW_WORDS, AT(codes) },       { "verb", ROW_WORDS, AT(verbs) },
	{ "read", ROW_WORDS, AT(reading) },
#undef AT
};

#define NROWS (sizeof rows / sizeof rows[0])

/* ---- writing ---- */

static void print_words(const char *name, const struct lesson_words *words, struct buffer *text)
{
	for (size_t i = 0; i < words->n; i++) {
		buffer_printf(text, "%s: ", name);
		escape_exact(text, slice_of(words->rows[i].word));
		buffer_printf(text, " %zu\n", words->rows[i].times);
	}
}

static void print_row(const struct row *row, const void *member, struct buffer *text)
{
	switch (row->kind) {
	case ROW_NUMBER:
		buffer_printf(text, "%s: %zu\n", row->name, *(const size_t *)member);
		return;
	case ROW_DIGEST:
		buffer_printf(text, "%s: %016llx\n", row->name, (unsigned long long)*(const uint64_t *)member);
		return;
	case ROW_TIME:
		if (*(const char *)member)
			buffer_printf(text, "%s: %s\n", row->name, (const char *)member);
		return;
	case ROW_TEXT:
		if (*(char *const *)member == NULL)
			return;
		buffer_printf(text, "%s: ", row->name);
		escape_exact(text, slice_of(*(char *const *)member));
		buffer_add_octet(text, '\n');
		return;
	case ROW_WORDS:
		print_words(row->name, member, text);
		return;
	}
}

void progress_print(const char *key, const struct lesson_progress *progress, struct buffer *text)
{
	buffer_add_string(text, "# How far you are in a lesson of parlance. To forget it: parlance lesson --reset ");
	escape_exact(text, slice_of(key));
	buffer_add_octet(text, '\n');
	for (size_t i = 0; i < NROWS; i++)
		print_row(&rows[i], (const char *)progress + rows[i].offset, text);
}

/* ---- reading ---- */

static bool read_number(struct slice value, size_t *number)
{
	uint64_t wide = 0;
	if (!slice_number(value, &wide) || wide > SIZE_MAX)
		return false;
	*number = (size_t)wide;
	return true;
}

static bool read_digest(struct slice value, uint64_t *digest)
{
	*digest = 0;
	for (size_t i = 0; i < value.n; i++) {
		const char *digits = "0123456789abcdef", *digit = value.p[i] ? strchr(digits, value.p[i]) : NULL;
		if (digit == NULL)
			return false;
		*digest = *digest << 4 | (uint64_t)(digit - digits);
	}
	return value.n == 2 * sizeof *digest;
}

static bool read_text(struct slice value, char **text)
{
	struct buffer plain = { 0 };
	bool good = unescape_exact(&plain, value) == value.n &&
	            (plain.n == 0 || memchr(plain.p, '\0', plain.n) == NULL);
	free(*text);
	*text = buffer_take(&plain);
	return good;
}

static bool read_time(struct slice value, char *when)
{
	static const char form[] = "0000-00-00 00:00:00";
	bool good = value.n == sizeof form - 1;
	for (size_t i = 0; good && i < value.n; i++)
		good = form[i] == '0' ? octet_is_digit(value.p[i]) : value.p[i] == form[i];
	if (good)
		memcpy(when, value.p, value.n);
	return good;
}

/* `UID FETCH 2`: the number stands behind the last space. */
static bool read_words(struct slice value, struct lesson_words *words)
{
	size_t space = value.n, times = 0, n = words->n;
	while (space > 0 && value.p[space - 1] != ' ')
		space--;
	char *word = NULL;
	bool good = space > 1 && read_number(slice_part(value, space, value.n), &times) && times > 0 &&
	            read_text(slice_part(value, 0, space - 1), &word);
	if (good)
		lesson_words_add(words, slice_of(word));
	good = good && words->n == n + 1; /* one that stands there twice, or is too long, is none of ours */
	if (good)
		words->rows[n].times = times;
	free(word);
	return good;
}

static bool read_row(const struct row *row, struct slice value, void *member)
{
	switch (row->kind) {
	case ROW_NUMBER:
		return read_number(value, member);
	case ROW_DIGEST:
		return read_digest(value, member);
	case ROW_TIME:
		return read_time(value, member);
	case ROW_TEXT:
		return read_text(value, member);
	case ROW_WORDS:
		return read_words(value, member);
	}
	return false;
}

static const struct row *row_named(struct slice name)
{
	for (size_t i = 0; i < NROWS; i++)
		if (slice_equal(name, slice_of(rows[i].name)))
			return &rows[i];
	return NULL;
}

bool progress_parse(struct slice text, struct lesson_progress *progress, size_t *line)
{
	bool whole = false;
	*line = 0;
	while (text.n) {
		struct slice value = slice_row(&text);
		size_t colon = slice_find_octet(value, ':');
		const struct row *row = row_named(slice_part(value, 0, colon));
		++*line;
		if (row &&
		    !read_row(row, slice_trim(slice_part(value, colon + 1, value.n)), (char *)progress + row->offset))
			return false;
		whole = whole || (row && row->offset == offsetof(struct lesson_progress, items));
	}
	++*line;
	progress->done = progress->finished[0] != '\0';
	/* An empty file, or another program's, does not say how many items there are. */
	return whole && progress->place <= progress->items && progress->beyond <= progress->place;
}
