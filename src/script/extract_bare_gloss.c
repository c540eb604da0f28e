/*
 * What an author has written behind a line that somebody says: `a1 LOGIN bob secret    # <- type this`, `GET / HTTP/1.1  -> the
 * request line`.
 */
#include "script/extract_bare.h"

#include <string.h>

/* The length of an arrow that points at what is said, or away from it to the words; 0 where none stands there. */
static size_t arrow_of(struct slice text)
{
	size_t n = 1;
	if (text.n < 3 || (text.p[0] != '<' && text.p[0] != '-' && text.p[0] != '='))
		return slice_starts(text, SLICE("←")) ? strlen("←") : 0;
	while (n < text.n && (text.p[n] == '-' || text.p[n] == '='))
		n++;
	if (text.p[0] != '<') {
		bool head = n < text.n && text.p[n] == '>';
		return head ? n + 1 : 0;
	}
	return n > 1 && n < text.n && text.p[n] == ' ' ? n : 0;
}

/* The length of the mark that begins a remark behind so many spaces; 0 where none does. */
static size_t mark_of(struct slice text, size_t spaces)
{
	size_t arrow = spaces ? arrow_of(text) : 0;
	if (spaces < 2 || (arrow && text.p[0] == '<'))
		return arrow && text.p[0] == '<' ? arrow : 0;
	if (arrow)
		return arrow;
	bool hash = text.n > 1 && text.p[0] == '#' && (text.p[1] == ' ' || octet_is_alpha(text.p[1]));
	return hash ? 1 : slice_starts(text, SLICE("// ")) ? 2 : 0;
}

struct slice bare_gloss(struct slice *text)
{
	size_t spaces = 0;
	for (size_t i = 0; i < text->n; i++) {
		struct slice rest = slice_part(*text, i, text->n);
		size_t mark = i > spaces ? mark_of(rest, spaces) : 0;
		if (mark) {
			struct slice words = slice_trim(slice_part(rest, mark, rest.n));
			size_t inner = mark_of(words, 2); /* `# <- type this` */
			*text = slice_part(*text, 0, i - spaces);
			return slice_trim(slice_part(words, inner, words.n));
		}
		spaces = text->p[i] == ' ' ? spaces + 1 : 0;
	}
	return (struct slice){ 0 };
}

struct slice bare_hash_gloss(struct slice *text)
{
	static const struct slice mark = { " # ", 3 };
	size_t at = slice_find(*text, mark);
	if (at == 0 || at == text->n)
		return (struct slice){ 0 };
	struct slice words = slice_trim(slice_from(*text, at + mark.n));
	*text = slice_trim(slice_part(*text, 0, at));
	return words;
}
