/*
 * TAB: the word under the cursor becomes the only candidate that fits it, or as much as all that fit have in common;
 * where that is nothing new, they are listed above.
 */
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "prompt/room.h"

bool prompt_offer(struct prompt *p, const char *candidate)
{
	if (!slice_starts_nocase(slice_of(candidate), p->word))
		return false;
	for (size_t i = 0; i < p->noffers; i++)
		if (strcmp(p->offers[i], candidate) == 0)
			return true;
	p->offers = memory_grow(p->offers, p->noffers + 1, sizeof *p->offers);
	p->offers[p->noffers++] = string_copy(candidate);
	return true;
}

void prompt_fill(struct prompt *p, struct slice text)
{
	char *copy = slice_string(text);
	(void)el_insertstr(p->el, copy);
	memory_wipe(copy, text.n);
	free(copy);
	p->filled = true;
}

static void offers_forget(struct prompt *p)
{
	for (size_t i = 0; i < p->noffers; i++)
		free(p->offers[i]);
	free(p->offers);
	p->offers = NULL;
	p->noffers = 0;
}

/* How many octets all candidates begin with, without regard to case. */
static size_t common_length(const struct prompt *p)
{
	size_t n = strlen(p->offers[0]);
	for (size_t i = 1; i < p->noffers; i++)
		while (!slice_starts_nocase(slice_of(p->offers[i]), slice_part(slice_of(p->offers[0]), 0, n)))
			n--;
	return n;
}

/* A candidate that is meant to be gone on with ("FROM:<", "SIZE=", "folder/") gets no space behind it. */
static bool goes_on(const char *candidate)
{
	size_t n = strlen(candidate);
	return n && strchr("<=:/ ", candidate[n - 1]) != NULL;
}

/* As comments, so that what is copied off the screen stays a transcript. */
#define COMMENT "# "

static void list_above(struct prompt *p)
{
	size_t width = 0, columns = prompt_columns(p);
	for (size_t i = 0; i < p->noffers; i++)
		if (text_columns(slice_of(p->offers[i])) > width)
			width = text_columns(slice_of(p->offers[i]));
	width += 2; /* a gap; the last one's room goes to the comment's mark */
	size_t per_row = columns >= width ? columns / width : 1;
	struct buffer b = { 0 };
	for (size_t i = 0; i < p->noffers; i++) {
		bool last = (i + 1) % per_row == 0 || i + 1 == p->noffers;
		if (i % per_row == 0)
			buffer_add_string(&b, COMMENT);
		buffer_add_string(&b, p->offers[i]);
		for (size_t n = text_columns(slice_of(p->offers[i])); n < width && !last; n++)
			buffer_add_octet(&b, ' ');
		if (last)
			buffer_add_octet(&b, '\n');
	}
	prompt_print_above(p, buffer_slice(&b));
	buffer_free(&b);
}

/* Replaces the word under the cursor. */
static void replace_word(struct prompt *p, struct slice by, bool space)
{
	char *text = string_printf(SLICE_FMT "%s", SLICE_ARG(by), space ? " " : "");
	wchar_t wide;
	mbstate_t state;
	memset(&state, 0, sizeof state);
	int characters = 0; /* libedit deletes characters, not octets */
	for (struct slice rest = p->word; rest.n; characters++) {
		size_t n = mbrtowc(&wide, rest.p, rest.n, &state);
		rest = slice_part(rest, n == 0 || n > rest.n ? rest.n : n, rest.n);
	}
	el_deletestr(p->el, characters);
	(void)el_insertstr(p->el, text);
	free(text);
}

unsigned char complete_key(struct prompt *p)
{
	struct buffer before = { 0 };
	buffer_add_slice(&before, prompt_typed(p));
	struct slice line = buffer_slice(&before);
	size_t start = line.n;
	while (start && line.p[start - 1] != ' ' && line.p[start - 1] != '(')
		start--;
	p->word = slice_part(line, start, line.n);
	if (p->events->complete)
		p->events->complete(p->context, p, line);
	unsigned char result = CC_REFRESH;
	if (p->filled) {
		p->filled = false;
	} else if (p->noffers == 0) {
		result = CC_REFRESH_BEEP;
	} else {
		size_t common = common_length(p);
		bool only = p->noffers == 1;
		if (only || common > p->word.n)
			replace_word(p, slice_part(slice_of(p->offers[0]), 0, common), only && !goes_on(p->offers[0]));
		else
			list_above(p);
	}
	offers_forget(p);
	p->word = (struct slice){ 0 };
	buffer_free(&before);
	return result;
}
