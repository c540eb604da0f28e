/*
 * IMAP that a page has flattened: a command's tag comes back with its reply, and nothing else stands between but lines that begin
 * with `*` and a word that a server says.
 */
#include "script/extract_flat.h"

#include "protocol/imap_syntax.h"
#include "script/speaker.h"

/* So many words a command has at most, and so many words behind it its tag comes back. */
#define COMMAND_WORDS 40
#define REPLY_WORDS 2000

/* A longer tag nobody writes by hand. */
#define TAG_LONGEST 16

static bool is_status(const struct flat *flat, size_t k)
{
	return flat_is(flat, k, "OK") || flat_is(flat, k, "NO") || flat_is(flat, k, "BAD");
}

static bool is_upper(struct slice word)
{
	for (size_t i = 0; i < word.n; i++)
		if (octet_upper(word.p[i]) != word.p[i])
			return false;
	return word.n > 0;
}

/* `* OK`, `* 3 EXISTS`, `* LIST (`: a response that is not tagged. */
static bool is_untagged(const struct flat *flat, size_t k)
{
	const struct table *responses = protocol_table(flat->protocol, TABLE_RESPONSES);
	uint64_t number;
	if (!flat_is(flat, k, "*"))
		return false;
	size_t name = slice_number(flat_word(flat, k + 1), &number) ? k + 2 : k + 1;
	struct slice word = flat_word(flat, name);
	bool status = name == k + 1 &&
	              (is_status(flat, name) || flat_is(flat, name, "BYE") || flat_is(flat, name, "PREAUTH"));
	return status || (is_upper(word) && responses && table_find(responses, word));
}

static bool is_completion(const struct flat *flat, size_t k, struct slice tag)
{
	return tag.n && slice_equal(flat_word(flat, k), tag) && is_status(flat, k + 1);
}

static bool is_response(const struct flat *flat, size_t k, struct slice tag)
{
	return is_untagged(flat, k) || is_completion(flat, k, tag);
}

/* Whether the tag comes back from the word on. What was found is kept: it is asked for each word that may be a command's. */
static bool comes_back(struct flat *flat, size_t k, struct slice tag)
{
	if (slice_equal(flat->back.tag, tag) && k >= flat->back.from && k <= flat->back.to)
		return flat->back.found;
	size_t to = k, end = k + REPLY_WORDS;
	while (to < flat->nwords && to < end && !is_completion(flat, to, tag))
		to++;
	flat->back.tag = tag;
	flat->back.from = k;
	flat->back.to = to;
	flat->back.found = to < flat->nwords && to < end;
	return flat->back.found;
}

static bool is_tag(struct slice word)
{
	return word.n && word.n <= TAG_LONGEST && imap_tag_ok(word) && !slice_equal(word, SLICE("*"));
}

static bool is_command_name(const struct flat *flat, size_t k)
{
	const struct table *commands = protocol_table(flat->protocol, TABLE_COMMANDS);
	struct slice verb = flat_word(flat, k);
	return commands && verb.n && (table_find(commands, verb) || slice_equal_nocase(verb, SLICE("UID")));
}

/* The word behind the command that begins at the word, where a response begins; 0 where none does. */
static size_t command_end(struct flat *flat, size_t k)
{
	struct slice tag = flat_word(flat, k);
	/* somebody has sent a tag alone, and the server has taken it */
	bool alone = k == 0 && is_response(flat, 1, tag);
	if (!is_tag(tag) || !(alone || is_command_name(flat, k + 1)))
		return 0;
	size_t end = alone ? 1 : k + 2, most = k + COMMAND_WORDS;
	while (end < flat->nwords && end < most && !is_response(flat, end, tag))
		end++;
	if (end >= flat->nwords || end == most || !comes_back(flat, end, tag))
		return 0;
	return alone || speaker_fits(flat->protocol, flat_text(flat, k, end)) ? end : 0;
}

/* The word behind the response at `k`, of the command with that tag. While it is `open` no other command begins. */
static size_t response_end(struct flat *flat, size_t k, struct slice tag, bool open)
{
	size_t end = k + 2;
	while (end < flat->nwords && !is_response(flat, end, tag) && (open || command_end(flat, end) == 0))
		end++;
	return end;
}

/* `* OK`, `A1 NO`: words for people stand behind it. */
static bool is_worded(const struct flat *flat, size_t k)
{
	return is_status(flat, k + 1) || flat_is(flat, k + 1, "BYE");
}

/* `{12}`, more than nothing behind it: how long what stands before the text is. 0: none. */
static size_t literal_end(struct slice text)
{
	size_t open = slice_find_octet(text, '{'), close = open + 1;
	while (close < text.n && octet_is_digit(text.p[close]))
		close++;
	bool literal = close > open + 1 && close + 2 < text.n && text.p[close] == '}' && text.p[close + 1] == ' ';
	return literal ? close + 1 : 0;
}

/* Cuts a response off; false where a literal's end in it is not certain. */
static bool cut_response(struct flat *flat, size_t k, size_t end)
{
	struct cut *cut = flat_add(flat, SIDE_SERVER, k, end);
	struct slice text = cut->text;
	size_t literal = literal_end(text);
	if (literal == 0)
		return true;
	if (text.p[text.n - 1] != ')')
		return false;
	struct slice rest = slice_trim(slice_part(text, literal, text.n));
	cut->text = slice_part(text, 0, literal);
	cut->kind = CUT_COUNTED;
	cut->count = rest.n - 1;
	flat_add(flat, SIDE_SERVER, 0, 0)->text = rest;
	return true;
}

static size_t find_start(struct flat *flat)
{
	struct slice none = { 0 };
	size_t first = 0;
	while (first < flat->nwords && command_end(flat, first) == 0)
		first++;
	if (first == flat->nwords)
		return first;
	for (size_t k = 0; k < first; k++)
		if (is_response(flat, k, none) && (flat_is(flat, k + 1, "OK") || flat_is(flat, k + 1, "PREAUTH"))) {
			flat->greeted = true;
			return k;
		}
	return first;
}

/* The last command, and where it stands. */
struct last {
	struct slice tag;
	bool open;
	size_t word, cuts, exchanges;
};

/* Cuts off what stands at `k`; returns the word behind it, 0 where that is not certain. */
static size_t cut_next(struct flat *flat, size_t k, struct last *last)
{
	size_t end = 0;
	if (is_response(flat, k, last->tag)) {
		bool completes = last->open && is_completion(flat, k, last->tag);
		last->open = last->open && !completes;
		end = response_end(flat, k, last->tag, last->open);
		bool prose = flat->n && is_worded(flat, k) && flat_prose(flat, k, end);
		if (prose || !cut_response(flat, k, end)) {
			last->open = flat->n > last->cuts;
			return 0;
		}
		flat->exchanges += completes;
	} else if (!last->open && (end = command_end(flat, k)) > 0) {
		*last = (struct last){ flat_word(flat, k), true, k, flat->n, flat->exchanges };
		flat_add(flat, SIDE_CLIENT, k, end);
	}
	return end;
}

bool flat_imap(struct flat *flat)
{
	size_t start = find_start(flat), k = start, next;
	struct last last = { .word = start };
	while (k < flat->nwords && (next = cut_next(flat, k, &last)) > 0)
		k = next;
	if (last.open) { /* what answers it is not certain */
		flat->n = last.cuts;
		flat->exchanges = last.exchanges;
		k = last.word;
	}
	flat_around(flat, start, k);
	return flat->exchanges > 0;
}
