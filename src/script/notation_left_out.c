/*
 * What documents print in the place of payload: dots, and words in brackets that say what is left out.
 */
#include "script/notation.h"

#include <stdlib.h>

/* Longer than this, in octets, nothing in brackets only says what is left out. */
#define ASIDE_MAX 200

static const struct {
	char opens, closes;
} brackets[] = { { '<', '>' }, { '[', ']' }, { '(', ')' }, { '{', '}' } };

/* Words that name payload, or that something of it is missing; sorted. */
static const char *const payload[] = {
	"above",  "article",   "attached", "attachment", "binary",    "body",    "bodypart",  "byte",
	"bytes",  "chunk",     "content",  "contents",   "data",      "deleted", "details",   "document",
	"e-mail", "email",     "file",     "header",     "headers",   "html",    "image",     "line",
	"lines",  "list",      "listing",  "literal",    "mail",      "message", "messages",  "mime",
	"more",   "multipart", "octet",    "octets",     "omitted",   "output",  "page",      "part",
	"parts",  "payload",   "picture",  "remainder",  "remaining", "rest",    "result",    "results",
	"script", "sends",     "skipped",  "snip",       "snipped",   "text",    "truncated", "welcome",
};

/* Words that tell of the connection, or of nothing that is left out; sorted. */
static const char *const others[] = {
	"close",   "closes",     "command",     "commands",  "connect", "connection", "connects", "empty", "hangs",
	"listens", "negotiates", "negotiation", "negotiate", "opens",   "session",    "tls",      "wait",  "waits",
};

/* Words that stand alone in angle brackets and are no element of HTML; sorted. */
static const char *const alone[] = {
	"attachment", "content", "contents", "e-mail", "email", "mail", "message", "payload", "snip", "text",
};

#define COUNT(words) (sizeof(words) / sizeof(words)[0])

static int compare(const void *key, const void *row)
{
	const struct slice *word = key;
	return slice_compare_nocase(*word, slice_of(*(const char *const *)row));
}

static bool is_one(struct slice word, const char *const *words, size_t n)
{
	return bsearch(&word, words, n, sizeof *words, compare) != NULL;
}

/* ---- dots ---- */

/* Takes dots off the front, `…` for three, and the spaces between them; how many there were. */
static size_t take_dots(struct slice *text)
{
	size_t dots = 0;
	for (;;) {
		size_t one = slice_starts(*text, SLICE("…")) ? 3 : slice_starts(*text, SLICE(".")) ? 1 : 0;
		if (one == 0)
			return dots;
		dots += one;
		*text = slice_trim(slice_part(*text, one, text->n));
	}
}

/* The same at the end. */
static size_t take_last_dots(struct slice *text)
{
	size_t dots = 0;
	for (;;) {
		bool ellipsis = text->n > 2 && slice_equal(slice_part(*text, text->n - 3, text->n), SLICE("…"));
		size_t one = ellipsis ? 3 : text->n && text->p[text->n - 1] == '.' ? 1 : 0;
		if (one == 0)
			return dots;
		dots += one;
		*text = slice_trim(slice_part(*text, 0, text->n - one));
	}
}

/* `...`, `. . .`, `…`; `etc.`, `-- snip --`. */
static bool is_dots(struct slice text)
{
	bool dots = take_dots(&text) > 2;
	while (text.n && text.p[0] == '-')
		text = slice_trim(slice_part(text, 1, text.n));
	while (text.n && text.p[text.n - 1] == '-')
		text = slice_trim(slice_part(text, 0, text.n - 1));
	bool etc = slice_equal_nocase(text, SLICE("etc.")) || slice_equal_nocase(text, SLICE("etc")) ||
	           slice_equal_nocase(text, SLICE("snip")) || slice_equal_nocase(text, SLICE("etc..."));
	return etc || (dots && text.n == 0);
}

/* `...message body...`: dots around words; `*words` gets those. */
static bool is_dotted(struct slice text, struct slice *words)
{
	*words = text;
	return take_dots(words) > 1 && take_last_dots(words) > 1 && words->n > 0;
}

/* ---- brackets ---- */

/* What stands between brackets that are all of the text; behind them dots, or the parenthesis of IMAP's list, may stand. */
static bool in_brackets(struct slice text, struct slice *inside, char *opens)
{
	take_last_dots(&text);
	for (size_t i = 0; i < COUNT(brackets); i++) {
		if (text.n < 2 || text.p[0] != brackets[i].opens)
			continue;
		if (brackets[i].opens != '(' && text.p[text.n - 1] == ')')
			text.n--;
		*opens = brackets[i].opens;
		*inside = slice_trim(slice_part(text, 1, text.n - 1));
		return text.p[text.n - 1] == brackets[i].closes;
	}
	return false;
}

/* `[...] (the usual responses)`: dots in brackets, and what they stand for. */
static bool is_followed(struct slice text, struct slice *what)
{
	char opens;
	size_t close = slice_find(text, SLICE("] ("));
	struct slice dots = slice_part(text, 1, close), behind = slice_part(text, close + 2, text.n);
	return close < text.n && text.p[0] == '[' && is_dots(dots) && in_brackets(behind, what, &opens);
}

/* Takes the next word of letters, digits and hyphens. */
static struct slice take_word(struct slice *rest)
{
	size_t start = 0, end;
	while (start < rest->n && !octet_is_alnum(rest->p[start]))
		start++;
	for (end = start; end < rest->n && (octet_is_alnum(rest->p[end]) || rest->p[end] == '-'); end++)
		continue;
	struct slice word = slice_part(*rest, start, end);
	*rest = slice_part(*rest, end, rest->n);
	return word;
}

/* Whether the words say that payload is left out. What stands in quotes, has a sign of a programming or markup language, or no
 * small letter, is payload or a command itself. */
static bool tells_payload(struct slice words, char opens)
{
	static const char signs[] = "\"=\\@</;{}[]|:";
	bool names = false, small = false;
	size_t n = 0;
	for (size_t i = 0; i < words.n; i++)
		small |= words.p[i] >= 'a' && words.p[i] <= 'z';
	if (opens == '<' && words.n && (words.p[0] == '!' || words.p[0] == '?'))
		return false; /* `<!doctype html>` is a page's */
	for (const char *sign = signs; *sign; sign++)
		if (slice_find_octet(words, *sign) < words.n)
			return false;
	for (struct slice rest = words, word; (word = take_word(&rest)).n; n++) {
		if (is_one(word, others, COUNT(others)))
			return false;
		names |= is_one(word, payload, COUNT(payload));
	}
	if (opens == '<' && n == 1)
		return is_one(words, alone, COUNT(alone));
	return names && small;
}

/* ---- the door ---- */

bool notation_left_out(struct slice text, struct slice *what)
{
	struct slice unused = { 0 }, inside = { 0 };
	char opens = '.';
	what = what ? what : &unused;
	text = slice_trim(text);
	*what = slice_part(text, text.n, text.n);
	if (text.n > ASIDE_MAX)
		return false;
	if (is_dots(text))
		return true;
	if (is_dotted(text, what) || is_followed(text, what))
		return true;
	*what = slice_part(text, text.n, text.n);
	if (!in_brackets(text, &inside, &opens))
		return false;
	if (is_dots(inside))
		return true;
	struct slice words = inside;
	is_dotted(inside, &words);
	*what = words;
	return words.n < inside.n || tells_payload(words, opens);
}
