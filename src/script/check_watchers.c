/*
 * What the watchers of a check share.
 */
#include "script/check_watchers.h"

const struct script_line *watched_line(const struct checking *c)
{
	return &c->r->script->lines[c->line];
}

bool watched_is_open(const struct checking *c)
{
	return c->open;
}

unsigned watched_number(const struct checking *c, size_t line)
{
	return c->r->script->lines[line].number;
}

static bool is_letter(struct slice text, size_t at)
{
	return at < text.n && (octet_is_alnum(text.p[at]) || (unsigned char)text.p[at] >= 0x80);
}

bool has_words(struct slice text, const char *words)
{
	struct slice wanted = slice_of(words);
	for (size_t at = 0; at + wanted.n <= text.n; at++) {
		if (octet_lower(text.p[at]) != octet_lower(wanted.p[0]))
			continue;
		struct slice here = slice_part(text, at, at + wanted.n);
		if (slice_equal_nocase(here, wanted) && !(at && is_letter(text, at - 1)) &&
		    !is_letter(text, at + wanted.n))
			return true;
	}
	return false;
}

bool has_any_words(struct slice text, const char *const *words)
{
	for (; *words; words++)
		if (has_words(text, *words))
			return true;
	return false;
}
