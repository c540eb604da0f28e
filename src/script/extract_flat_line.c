/*
 * A flattened line's words, what is cut out of it, and which protocol it is.
 */
#include "script/extract_flat.h"

#include <stdlib.h>

#include "base/memory.h"
#include "script/import_forms.h"
#include "script/tool.h"

/* A line that holds two lines of a conversation is no shorter, in octets. */
#define SHORTEST 8

/* A reply may have two sentences; behind this many words of the second it is prose. */
#define PROSE_WORDS 6

/* What telnet says last of itself: what the server says comes right behind. */
#define TELNET_READY "Escape character is '^]'."

/* ---- words ---- */

static void split(struct flat *flat)
{
	struct slice rest = flat->line, word;
	size_t room = 0;
	while ((word = slice_word(&rest)).n) {
		if (flat->nwords == room) {
			room = room ? room * 2 : 64;
			flat->words = memory_grow(flat->words, room, sizeof *flat->words);
		}
		flat->words[flat->nwords++] = word;
	}
}

struct slice flat_word(const struct flat *flat, size_t k)
{
	return k < flat->nwords ? flat->words[k] : (struct slice){ 0 };
}

bool flat_is(const struct flat *flat, size_t k, const char *word)
{
	return k < flat->nwords && slice_equal(flat->words[k], slice_of(word));
}

struct slice flat_text(const struct flat *flat, size_t from, size_t to)
{
	if (to > flat->nwords)
		to = flat->nwords;
	if (from >= to)
		return (struct slice){ 0 };
	const char *start = flat->words[from].p;
	return (struct slice){ start, (size_t)(flat->words[to - 1].p - start) + flat->words[to - 1].n };
}

/* ---- cuts ---- */

struct cut *flat_add(struct flat *flat, enum side side, size_t from, size_t to)
{
	if (flat->n == flat->room) {
		flat->room = flat->room ? flat->room * 2 : 32;
		flat->cuts = memory_grow(flat->cuts, flat->room, sizeof *flat->cuts);
	}
	struct cut *cut = &flat->cuts[flat->n++];
	*cut = (struct cut){ .kind = CUT_SAID, .side = side, .text = flat_text(flat, from, to) };
	return cut;
}

void flat_around(struct flat *flat, size_t from, size_t to)
{
	flat->before = flat_text(flat, 0, from);
	flat->behind = flat_text(flat, to, flat->nwords);
}

bool flat_prose(const struct flat *flat, size_t from, size_t to)
{
	size_t behind = 0;
	for (size_t k = from; k < to && k < flat->nwords; k++) {
		struct slice word = flat_word(flat, k),
			     next = k + 1 < to ? flat_word(flat, k + 1) : (struct slice){ 0 };
		char last = word.p[word.n - 1];
		bool capital = next.n && next.p[0] >= 'A' && next.p[0] <= 'Z';
		behind += behind > 0;
		if (behind == 0 && (last == '.' || last == ':') && (capital || (last == ':' && next.n == 0)))
			behind = 1;
		if (last == ':' && next.n == 0)
			return true; /* it announces what comes next */
	}
	return behind > PROSE_WORDS && to - from > 2 * PROSE_WORDS;
}

bool flat_tool(struct slice text)
{
	struct slice ready = SLICE(TELNET_READY);
	return text.n >= ready.n && slice_equal(slice_part(text, text.n - ready.n, text.n), ready);
}

/* Where the last thing that the server says is followed by what a tool says at the close, that is cut off. */
static void cut_close(struct flat *flat)
{
	static const struct slice closed = { "Connection closed by foreign host.", 34 };
	struct cut *last = flat->n ? &flat->cuts[flat->n - 1] : NULL;
	if (last == NULL || last->kind != CUT_SAID || last->side != SIDE_SERVER)
		return;
	size_t at = slice_find(last->text, closed);
	if (at == last->text.n || at == 0)
		return;
	struct slice text = last->text;
	last->text = slice_trim(slice_part(text, 0, at));
	last = flat_add(flat, SIDE_SERVER, 0, 0);
	last->kind = CUT_CLOSED;
	last->text = slice_part(text, at, at + closed.n);
	flat->behind = slice_trim(slice_part(text, at + closed.n, text.n));
}

/* Whether the line may be one at all: what is cheap to ask of every line. */
static bool may_be_flat(struct slice line)
{
	if (line.n < SHORTEST)
		return false;
	for (size_t at = slice_find_octet(line, ' '); at + 3 < line.n;) {
		struct slice word = slice_part(line, at + 1, line.n);
		bool code = is_three_digits(slice_part(word, 0, 3)) &&
		            (word.n > 3 && (word.p[3] == ' ' || word.p[3] == '-'));
		if (code || line_starts(word, "+OK", NULL) || line_starts(word, "-ERR", NULL) ||
		    line_starts(word, "OK ", NULL) || line_starts(word, "NO ", NULL) ||
		    line_starts(word, "BAD ", NULL) || line_starts(word, "HTTP/", NULL))
			return true;
		size_t next = slice_find_octet(word, ' ');
		at += 1 + next;
	}
	return slice_starts(line, SLICE("HTTP/"));
}

/* A tool has connected, and the server's greeting is all that the line holds besides. */
static bool cut_greeting(struct flat *flat)
{
	size_t at = slice_find(flat->line, SLICE(TELNET_READY)) + sizeof TELNET_READY - 1;
	if (at >= flat->line.n)
		return false;
	struct slice greeting = slice_trim(slice_part(flat->line, at, flat->line.n));
	const struct protocol *protocol = protocol_of_greeting(greeting);
	size_t more = slice_find_octet(greeting, '-');
	if (protocol == NULL || protocol->greeting(greeting) < 2 || more == 3 ||
	    may_be_flat(slice_part(greeting, sizeof "* OK", greeting.n)))
		return false;
	flat->protocol = protocol;
	flat_add(flat, SIDE_SERVER, 0, 0)->text = greeting;
	flat->before = slice_part(flat->line, 0, at);
	flat->greeted = true;
	return true;
}

/* ---- which protocol ---- */

static bool take_apart(struct flat *flat)
{
	const struct protocol *protocol = flat->protocol;
	bool lmtp = slice_equal(slice_of(protocol->name), SLICE("lmtp"));
	if (protocol->bare || (lmtp && slice_find_nocase(flat->line, SLICE("LHLO ")) == flat->line.n))
		return false;
	return protocol->tagged ? flat_imap(flat) : protocol->server_first ? flat_coded(flat) : flat_http(flat);
}

static void clear(struct flat *flat)
{
	flat->n = flat->exchanges = 0;
	flat->greeted = flat->lost = false;
	flat->back.tag = (struct slice){ 0 };
	flat->before = flat->behind = (struct slice){ 0 };
}

static bool read_as(struct flat *flat, const struct protocol *protocol)
{
	clear(flat);
	flat->protocol = protocol;
	return take_apart(flat) && flat->n > 1;
}

bool flat_read(struct flat *flat, struct slice line)
{
	const struct protocol *best = NULL;
	size_t most = 0;
	*flat = (struct flat){ .line = slice_trim(line) };
	if (!may_be_flat(flat->line))
		return false;
	split(flat);
	for (const struct protocol *const *protocol = protocols; *protocol; protocol++) {
		if (!read_as(flat, *protocol) || flat->n + 4 * flat->exchanges <= most)
			continue;
		best = *protocol;
		most = flat->n + 4 * flat->exchanges;
	}
	clear(flat);
	bool found = best ? read_as(flat, best) : cut_greeting(flat);
	if (found)
		cut_close(flat);
	return found;
}

bool flat_stands_alone(const struct flat *flat)
{
	bool alone = flat->before.n == 0 || flat_tool(flat->before);
	if (!flat->protocol->server_first)
		return true; /* its reader asks for more */
	if (flat->greeted && alone)
		return true;
	if (flat->lost)
		return flat->exchanges > 2 && flat->greeted;
	if (flat->exchanges > 2 || (flat->exchanges > 1 && (alone || flat->greeted)))
		return true;
	/* lines that bear the same code, or data that only a server sends */
	return flat->n > 4 && (flat->greeted || flat->protocol->tagged);
}

void flat_free(struct flat *flat)
{
	free(flat->words);
	free(flat->cuts);
	*flat = (struct flat){ 0 };
}
