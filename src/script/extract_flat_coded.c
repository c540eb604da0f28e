/*
 * SMTP, FTP and POP3 that a page has flattened: commands and replies take turns. A command is cut off where its arguments have their
 * form and a reply begins right behind them; a reply goes on up to the next command, its lines each begin with its code.
 */
#include "script/extract_flat.h"

#include "script/speaker.h"

/* So many words a command has at most. */
#define COMMAND_WORDS 10

/* Among so many words a greeting says which protocol it is of. */
#define GREETING_WORDS 64

/* What web sites put in an address's place; it has a space. */
#define BLANKED SLICE("[email protected]")

static bool is_protocol(const struct flat *flat, const char *name)
{
	return slice_equal(slice_of(flat->protocol->name), slice_of(name));
}

static bool has_codes(const struct flat *flat)
{
	return flat->protocol->one_code || flat->protocol->data_connection;
}

static bool is_verb(const struct flat *flat, size_t k, const char *verb)
{
	return slice_equal_nocase(flat_word(flat, k), slice_of(verb));
}

/* ---- replies ---- */

/* `530`, `500,`, `(110)`: a code in a list of codes. */
static bool is_listed_code(struct slice word)
{
	while (word.n && !octet_is_digit(word.p[0]))
		word = slice_part(word, 1, word.n);
	return is_three_digits(slice_part(word, 0, 3)) && (word.n == 3 || !octet_is_alnum(word.p[3])) &&
	       slice_find_octet(word, '.') >= word.n - 1;
}

/* Whether a text may begin so behind a code: prose and tables put commas, arrows and other codes there. */
static bool begins_text(struct slice word)
{
	unsigned char c = word.n ? (unsigned char)word.p[0] : 0;
	bool arrow = slice_starts(word, SLICE("\xE2\x86")) || slice_starts(word, SLICE("\xE2\x80"));
	bool open = c == '"' || c == '\'' || c == '<' || c == '[' || c == '(' || c == '*';
	return (octet_is_alnum((char)c) || open || (c > 0x7F && !arrow)) && !is_listed_code(word);
}

/* Whether numbers alone stand at the word, as in a log's columns: `331 0 0 7411e2b6`. */
static bool is_columns(const struct flat *flat, size_t k)
{
	uint64_t number;
	return slice_number(flat_word(flat, k), &number) && slice_number(flat_word(flat, k + 1), &number);
}

/* Whether a reply's line begins at the word: a code that the protocol knows, or POP3's status. */
static bool is_reply(const struct flat *flat, size_t k)
{
	struct slice word = flat_word(flat, k);
	if (!has_codes(flat))
		return slice_equal(word, SLICE("+OK")) || slice_equal(word, SLICE("-ERR"));
	const struct table *codes = protocol_table(flat->protocol, TABLE_CODES);
	struct slice code = slice_part(word, 0, 3);
	if (!is_three_digits(code) || codes == NULL || table_find(codes, code) == NULL)
		return false;
	return (word.n > 4 && word.p[3] == '-') ||
	       (word.n == 3 && begins_text(flat_word(flat, k + 1)) && !is_columns(flat, k + 1));
}

/* ---- commands ---- */

static bool is_parameter(struct slice word)
{
	for (size_t i = 0; i < word.n && word.p[i] != '='; i++)
		if (octet_lower(word.p[i]) == word.p[i] && !octet_is_digit(word.p[i]) && word.p[i] != '-')
			return false;
	return word.n > 2 && octet_is_alpha(word.p[0]);
}

/* `<address>` or `address`, then nothing but parameters (RFC 5321 4.1.2). */
static bool is_path(struct slice text)
{
	struct slice word, rest = text;
	size_t close = slice_find_octet(text, '>');
	bool bracket = slice_starts(text, SLICE("<")) && close < text.n;
	if (bracket || slice_starts(text, BLANKED))
		rest = slice_part(text, bracket ? close + 1 : BLANKED.n, text.n);
	else if (word = slice_word(&rest), slice_find_octet(word, '@') == word.n)
		return false;
	while ((word = slice_word(&rest)).n)
		if (!is_parameter(word))
			return false;
	return true;
}

/* `MAIL FROM:<a@b>`, `rcpt to: a@b`. A page that takes `<a@b>` for a tag leaves nothing behind the colon: `*lost` then. */
static bool is_path_command(struct slice text, bool *lost)
{
	struct slice rest = text, verb = slice_word(&rest);
	rest = slice_trim(rest);
	struct slice keyword = slice_equal_nocase(verb, SLICE("MAIL")) ? SLICE("FROM:") : SLICE("TO:");
	if (!slice_starts_nocase(rest, keyword))
		return false;
	rest = slice_trim(slice_part(rest, keyword.n, rest.n));
	*lost = rest.n == 0;
	return *lost || is_path(rest);
}

/* Whether the reply says that the command before it was written wrongly (RFC 5321 4.2.2, RFC 959 4.2.1). */
static bool is_refusal(const struct flat *flat, size_t k)
{
	struct slice code = flat_word(flat, k);
	return code.n == 3 && slice_starts(code, SLICE("50")) && code.p[2] < '5';
}

/* POP3: AUTH alone asks which mechanisms there are, as servers answer it that came before CAPA. */
static bool lists_mechanisms(const struct flat *flat, size_t from, size_t to)
{
	return is_protocol(flat, "pop3") && to == from + 1 && is_verb(flat, from, "AUTH");
}

/* Whether the words are a command and no more, behind which a reply begins: of those that take any text, a word or two. */
static bool is_command(const struct flat *flat, size_t from, size_t to, bool *lost)
{
	struct slice text = flat_text(flat, from, to);
	size_t parameters = 0;
	*lost = false;
	if (is_verb(flat, from, "MAIL") || is_verb(flat, from, "RCPT"))
		return is_path_command(text, lost);
	for (size_t k = from + 1; k < to; k++)
		parameters += is_parameter(flat_word(flat, k));
	if (to - from > 3 && parameters + 1 < to - from)
		return false;
	if (lists_mechanisms(flat, from, to))
		return true;
	return speaker_fits(flat->protocol, text) || (to - from < 3 && is_refusal(flat, to));
}

/* The word behind the command that begins at the word, where a reply begins; 0 where none does. */
static size_t command_end(const struct flat *flat, size_t k, bool *lost)
{
	const struct table *commands = protocol_table(flat->protocol, TABLE_COMMANDS);
	struct slice verb = flat_word(flat, k);
	if (verb.n == 0 || !octet_is_alpha(verb.p[0]) || commands == NULL || table_find(commands, verb) == NULL)
		return 0;
	for (size_t end = k + 1; end < flat->nwords && end <= k + COMMAND_WORDS; end++)
		if (is_reply(flat, end))
			return is_command(flat, k, end, lost) ? end : 0;
	return 0;
}

/* Whether a command begins at the word; of two that both may, one the other's argument (`250-XFORWARD HELO QUIT 221`), it is the
 * later one. */
static bool is_next(const struct flat *flat, size_t k)
{
	bool lost;
	size_t end = command_end(flat, k, &lost);
	return end && !(end == k + 2 && command_end(flat, k + 1, &lost));
}

/* The first command from the word on; the number of words where there is none. */
static size_t next_command(const struct flat *flat, size_t k)
{
	while (k < flat->nwords && !is_next(flat, k))
		k++;
	return k;
}

/* ---- a reply's lines ---- */

/* The next word that begins with that code; the number of words where none does. */
static size_t same_code(const struct flat *flat, size_t k, struct slice code)
{
	for (; k < flat->nwords; k++) {
		struct slice word = flat_word(flat, k);
		if (slice_starts(word, code) && (word.n == 3 || word.p[3] == '-'))
			break;
	}
	return k;
}

/* Of a reply that is not the last, as FTP's 150: where the next one begins. */
static size_t next_reply(const struct flat *flat, size_t k, size_t end)
{
	for (size_t i = k + 2; i < end; i++) {
		struct slice text = flat_word(flat, i + 1);
		if (is_reply(flat, i) && flat_word(flat, i).p[0] != '1' && text.p[0] >= 'A' && text.p[0] <= 'Z')
			return i;
	}
	return end;
}

/* Whether the word only marks what somebody types: a prompt. */
static bool is_mark(const struct flat *flat, size_t k)
{
	static const char *const marks[] = { "*", ">", ">>", ">>>", "$", "#", "%", "->", "-->" };
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
		if (flat_is(flat, k, marks[i]))
			return true;
	return false;
}

/* Whether a reply's text, from the word up to `end`, holds what was not told apart: a command of a client's, another reply. */
static bool holds_more(const struct flat *flat, size_t k, size_t end)
{
	struct slice text = flat_text(flat, k, end);
	for (size_t i = k + 1; i < end; i++)
		if (is_reply(flat, i))
			return true;
	return slice_find_nocase(text, SLICE("MAIL FROM:")) < text.n ||
	       slice_find_nocase(text, SLICE("RCPT TO:")) < text.n;
}

/* Whether a sentence goes on from the word to what comes behind it: no reply ends so. */
static bool joins(const struct flat *flat, size_t k)
{
	static const char *const words[] = { "and", "then", "or", "to", "with", "by", "after", "before" };
	struct slice word = flat_word(flat, k);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (slice_equal_nocase(word, slice_of(words[i])))
			return true;
	return word.n && (word.p[word.n - 1] == ',' || word.p[word.n - 1] == ';');
}

/* Cuts a reply off, all its lines; returns the word behind it, 0 where that is not certain. */
static size_t cut_reply(struct flat *flat, size_t k)
{
	while (has_codes(flat) && flat_word(flat, k).n > 3) {
		size_t next = same_code(flat, k + 1, slice_part(flat_word(flat, k), 0, 3));
		flat_add(flat, SIDE_SERVER, k, next);
		if (next == flat->nwords)
			return next;
		k = next;
	}
	/* what stands right behind a code is its text, as of `250 HELP` */
	size_t end = next_command(flat, has_codes(flat) ? k + 2 : k + 1);
	if (flat->protocol->data_connection && flat_word(flat, k).p[0] == '1')
		end = next_reply(flat, k, end);
	bool marked = end < flat->nwords && end > k + 2 && is_mark(flat, end - 1);
	flat_add(flat, SIDE_SERVER, k, marked ? end - 1 : end);
	bool prose = end < flat->nwords ? joins(flat, end - 1) : flat->exchanges && flat_prose(flat, k, end);
	return prose || holds_more(flat, k, end) ? 0 : end;
}

/* ---- payload ---- */

/* The lone dot behind which a reply begins, or a command, or nothing; 0 where there is none. */
static size_t dot_behind(const struct flat *flat, size_t k)
{
	for (; k < flat->nwords; k++)
		if (flat_is(flat, k, ".") && (k + 1 == flat->nwords || is_reply(flat, k + 1) || is_next(flat, k + 1)))
			return k;
	return 0;
}

/* A message's text, and the reply before it that stands at `k`; returns the word behind the dot, 0 where it is not certain. */
static size_t cut_message(struct flat *flat, enum side side, size_t k)
{
	size_t dot = dot_behind(flat, k + 1), text = dot ? flat_reply_end(flat, k, dot) : 0;
	if (text == 0)
		return 0;
	flat_add(flat, SIDE_SERVER, k, text);
	flat_message(flat, side, text, dot);
	return dot + 1;
}

/* A challenge and the answer to it: a word each. */
static size_t cut_challenge(struct flat *flat, size_t k)
{
	size_t end = k + 1;
	while (end < flat->nwords && end < k + 4 && !is_reply(flat, end))
		end++;
	if (end >= flat->nwords || end != k + 3)
		return 0;
	flat_add(flat, SIDE_SERVER, k, k + 2);
	flat_add(flat, SIDE_CLIENT, k + 2, end);
	return end;
}

/* Whether the command asks for a list, a number and a word on each line. */
static bool is_list(const struct flat *flat, size_t k, size_t end)
{
	return is_protocol(flat, "pop3") && end == k + 1 && (is_verb(flat, k, "LIST") || is_verb(flat, k, "UIDL"));
}

/* The mechanisms, a word each, and the dot behind them. */
static size_t cut_mechanisms(struct flat *flat, size_t k)
{
	size_t dot = dot_behind(flat, k + 1);
	if (dot == 0)
		return 0;
	flat_add(flat, SIDE_SERVER, k, k + 1);
	for (k++; k <= dot; k++)
		flat_add(flat, SIDE_SERVER, k, k + 1);
	return dot + 1;
}

/* POP3's list, numbers from the first word on in their order, and its dot; the reply before it stands at `k`. */
static size_t cut_list(struct flat *flat, size_t k)
{
	size_t dot = dot_behind(flat, k + 1), first = dot;
	uint64_t number, before = UINT64_MAX;
	while (first > k + 2 && slice_number(flat_word(flat, first - 2), &number) && number < before) {
		before = number;
		first -= 2;
	}
	if (dot == 0)
		return 0;
	flat_add(flat, SIDE_SERVER, k, first);
	for (; first < dot; first += 2)
		flat_add(flat, SIDE_SERVER, first, first + 2);
	flat_add(flat, SIDE_SERVER, dot, dot + 1);
	return dot + 1;
}

/* ---- the session ---- */

/* What answers the command that stands from `k` up to `reply`; the word behind it, 0 where that is not certain. */
static size_t cut_answer(struct flat *flat, size_t k, size_t reply)
{
	bool accepted = flat_is(flat, reply, "+OK");
	if (flat_is(flat, reply, "354") && is_verb(flat, k, "DATA")) {
		size_t end = cut_message(flat, SIDE_CLIENT, reply);
		return end && is_reply(flat, end) ? cut_reply(flat, end) : end;
	}
	if (accepted && (is_verb(flat, k, "RETR") || is_verb(flat, k, "TOP")))
		return cut_message(flat, SIDE_SERVER, reply);
	if (accepted && is_list(flat, k, reply))
		return cut_list(flat, reply);
	if (accepted && lists_mechanisms(flat, k, reply))
		return cut_mechanisms(flat, reply);
	while (flat_is(flat, reply, "334") && is_verb(flat, k, "AUTH")) {
		reply = cut_challenge(flat, reply);
		if (reply == 0)
			return 0;
	}
	size_t end = cut_reply(flat, reply);
	while (end && end < flat->nwords && !is_next(flat, end) && is_reply(flat, end) &&
	       flat->protocol->data_connection)
		end = cut_reply(flat, end);
	return end;
}

/* The greeting before the first command; its own word where there is none. */
static size_t find_greeting(const struct flat *flat, size_t first)
{
	for (size_t k = 0; k < first; k++) {
		size_t end = first - k < GREETING_WORDS ? first : k + GREETING_WORDS;
		if (is_reply(flat, k) && flat->protocol->greeting(flat_text(flat, k, end)) >= (k ? 2 : 1))
			return k;
	}
	return first;
}

/* Cuts off what the server says before the first command: its greeting, or what goes on with the line before. Returns where that
 * begins; the first command where it is not certain, or nothing is there. */
static size_t cut_opening(struct flat *flat, size_t first)
{
	size_t start = find_greeting(flat, first);
	flat->greeted = start < first;
	if (!flat->greeted && first > 1 && is_reply(flat, 0))
		start = 0;
	if (start == first || cut_reply(flat, start) == first)
		return start;
	flat->n = 0;
	flat->greeted = false;
	return first;
}

bool flat_coded(struct flat *flat)
{
	size_t first = next_command(flat, 0), start = cut_opening(flat, first), k = first;
	while (k < flat->nwords) {
		size_t kept = flat->n;
		bool lost = false;
		size_t reply = command_end(flat, k, &lost);
		if (reply == 0)
			break;
		flat_add(flat, SIDE_CLIENT, k, reply);
		size_t end = cut_answer(flat, k, reply);
		if (end == 0) {
			flat->n = kept;
			break;
		}
		k = end;
		flat->lost = flat->lost || lost;
		flat->exchanges++;
	}
	flat_around(flat, start, k);
	return flat->exchanges > 0;
}
