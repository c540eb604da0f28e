/*
 * Lines that a page is too narrow for, put together again: most are parted at a space, an encoded text or an address anywhere.
 */
#include "script/extract_speak.h"

#include <string.h>

#include "protocol/protocol.h"

/* Pages of text are so many columns wide. */
#define PAGE_WIDTH 72
#define PAGE_MARGIN 4

/* A shorter word may be any. */
#define BASE64_MIN 20
/* And one that is folded in the column of its prefix is longer. */
#define ENCODED_MIN 40

static bool is_encoded(struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if (!octet_is_alnum(text.p[i]) && text.p[i] != '+' && text.p[i] != '/' && text.p[i] != '=')
			return false;
	return text.n > 0;
}

bool is_base64(struct slice text)
{
	return text.n >= BASE64_MIN && is_encoded(text);
}

static struct slice last_word(struct slice line)
{
	size_t at = line.n;
	while (at > 0 && line.p[at - 1] != ' ')
		at--;
	return slice_part(line, at, line.n);
}

/* Whether a quote or a bracket of IMAP's is still open at the end of the line. */
static bool is_open(const struct protocol *protocol, struct slice line)
{
	bool quoted = false;
	size_t open = 0;
	for (size_t i = 0; protocol->tagged && i < line.n; i++) {
		quoted = quoted != (line.p[i] == '"');
		if (quoted)
			continue;
		open += line.p[i] == '(' || line.p[i] == '[';
		open -= open && (line.p[i] == ')' || line.p[i] == ']');
	}
	return quoted || open;
}

bool fold_full(const struct speaking *s, const struct item *item)
{
	struct slice rest = item->text, first = slice_word(&rest);
	return s->end <= PAGE_WIDTH && s->end + 1 + first.n > PAGE_WIDTH - PAGE_MARGIN;
}

/* Whether an encoded text goes on: the line that waits ends with a long piece of it, unpadded, and another piece or its end follows. */
static bool encoded_goes_on(const struct speaking *s, struct slice line, struct slice next)
{
	struct slice last = last_word(line);
	return s->t->protocol && last.n >= ENCODED_MIN && is_base64(last) && last.p[last.n - 1] != '=' &&
	       is_encoded(next) && next.n <= last.n + BASE64_MIN;
}

/* Whether the line goes on with one that is too long for the page, though it is indented no more than its prefix. */
bool fold_wraps(const struct speaking *s, const struct item *item)
{
	struct slice line = buffer_slice(&s->line), rest = item->text, first = slice_word(&rest);
	if (rest.n == 0 && is_base64(item->text) && (slice_equal(line, SLICE("334")) || slice_equal(line, SLICE("+"))))
		return true;
	if (rest.n == 0 && item->indent == s->indent && encoded_goes_on(s, line, first))
		return true;
	if (s->t->protocol == NULL || item->index != s->index + 1 || is_aside(item->text))
		return false;
	const struct item *next = speak_item(s, s->i + 1);
	size_t width = s->column + line.n;
	bool full = width <= PAGE_WIDTH && width + 1 + first.n > PAGE_WIDTH;
	bool small = item->indent == s->indent && width > PAGE_WIDTH / 2 && octet_is_alpha(item->text.p[0]) &&
	             octet_lower(item->text.p[0]) == item->text.p[0];
	if (is_open(s->t->protocol, line))
		return true;
	return (full || small) && item->indent && !item->page && next && next->kind != ITEM_PLAIN;
}

/* The word without the quotes and brackets around it. */
static struct slice bare_word(struct slice word)
{
	while (word.n && strchr("\"()<>", word.p[0]))
		word = slice_part(word, 1, word.n);
	while (word.n && strchr("\"()<>", word.p[word.n - 1]))
		word.n--;
	return word;
}

/* Whether a word is parted where the line is: an encoded text is anywhere, an address at its punctuation. */
static bool parts_word(struct slice line, struct slice next)
{
	struct slice last = last_word(line), rest = next, first = slice_word(&rest);
	char end = line.n ? line.p[line.n - 1] : ' ', begin = next.p[0];
	size_t quotes = 0;
	for (size_t i = 0; i < line.n; i++)
		quotes += line.p[i] == '"';
	if (is_base64(bare_word(last)) && is_encoded(bare_word(first)) && rest.n == 0)
		return strchr("\")>", end) == NULL;
	bool address = slice_find(last, SLICE("://")) < last.n || slice_find(last, SLICE(";UID")) < last.n;
	return (address && (strchr(";/?&:", begin) || strchr(";:/?&=-_.", end))) || begin == '|' || end == '|' ||
	       (quotes % 2 == 1 && strchr(";=/", end));
}

void fold_join(struct speaking *s, const struct item *item)
{
	struct slice line = buffer_slice(&s->line);
	if (line.n > 1 && line.p[line.n - 1] == '\\' && line.p[line.n - 2] == ' ')
		s->line.n -= 2; /* a mark for the fold */
	if (!parts_word(buffer_slice(&s->line), item->text))
		buffer_add_octet(&s->line, ' ');
	buffer_add_slice(&s->line, item->text);
	gap_forget(s->t);
}
