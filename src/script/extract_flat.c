/*
 * Lines that a page has flattened into one: prose may run on behind what is said. Where a command takes so many words and no more,
 * or a list's line holds so many numbers, what is said ends there.
 */
#include "script/extract_inside.h"

#include "protocol/protocol.h"
#include "script/tool.h"

#define ARRAY_LENGTH(array) (sizeof(array) / sizeof(array)[0])

/* How many words a command has behind its name; those of `numbers` only where they are numbers. */
static const struct takes {
	const char *protocol, *verb;
	unsigned words;
	bool numbers;
} commands[] = {
	{ "ftp", "PASS", 1, false },   { "ftp", "PASV", 0, false },      { "ftp", "PWD", 0, false },
	{ "ftp", "QUIT", 0, false },   { "ftp", "USER", 1, false },      { "imap", "CAPABILITY", 0, false },
	{ "imap", "CLOSE", 0, false }, { "imap", "EXPUNGE", 0, false },  { "imap", "LOGOUT", 0, false },
	{ "imap", "NOOP", 0, false },  { "imap", "STARTTLS", 0, false }, { "pop3", "APOP", 2, false },
	{ "pop3", "DELE", 1, true },   { "pop3", "LIST", 1, true },      { "pop3", "NOOP", 0, false },
	{ "pop3", "PASS", 1, false },  { "pop3", "QUIT", 0, false },     { "pop3", "RETR", 1, true },
	{ "pop3", "RSET", 0, false },  { "pop3", "STAT", 0, false },     { "pop3", "TOP", 2, true },
	{ "pop3", "UIDL", 1, true },   { "pop3", "USER", 1, false },     { "smtp", "DATA", 0, false },
	{ "smtp", "EHLO", 1, false },  { "smtp", "HELO", 1, false },     { "smtp", "QUIT", 0, false },
	{ "smtp", "RSET", 0, false },  { "smtp", "STARTTLS", 0, false },
};

/* What a slide puts before the next point. */
static const char *const bullets[] = { " \xE2\x80\xA2 ", " \xE2\x9D\x96 ", " \xEF\x82\xA7 ", " \xEF\x81\xAE ",
	                               " \xE2\x96\xAA " };

static bool is_number(struct slice word)
{
	uint64_t number;
	return slice_number(word, &number);
}

/* Where the first words of the text end: `words` of them, as far as there are any. */
static size_t words_end(struct slice text, unsigned words, bool numbers)
{
	struct slice rest = text, before = text;
	for (; words; words--) {
		struct slice word = slice_word(&rest);
		if (word.n == 0 || (numbers && !is_number(word)))
			break;
		before = rest;
	}
	return text.n - before.n;
}

static size_t command_end(const struct protocol *protocol, struct slice text)
{
	struct slice rest = text;
	if (protocol->tagged)
		(void)slice_word(&rest);
	struct slice verb = slice_word(&rest);
	for (size_t i = 0; i < ARRAY_LENGTH(commands); i++) {
		const struct takes *row = &commands[i];
		if (slice_equal(slice_of(protocol->name), slice_of(row->protocol)) &&
		    slice_equal_nocase(verb, slice_of(row->verb)))
			return text.n - rest.n + words_end(rest, row->words, row->numbers);
	}
	return text.n;
}

/* A line of POP3's lists, or their end. */
static size_t listed_end(struct slice text)
{
	struct slice rest = text, number = slice_word(&rest), size = slice_word(&rest);
	if (slice_starts(text, SLICE(". ")))
		return 1;
	return is_number(number) && is_number(size) ? text.n - rest.n : text.n;
}

/* A payload that is left out, in brackets. */
static size_t bracket_end(struct slice text)
{
	size_t close = slice_find_octet(text, '>');
	bool left_out = text.n && text.p[0] == '<' && close < text.n &&
	                notation_left_out(slice_part(text, 0, close + 1), NULL);
	return left_out ? close + 1 : text.n;
}

/* Whether the words tell what a side does: `client asks for article 4`, `The server closes the connection`. */
static bool tells_deed(struct slice words)
{
	static const char *const sides[] = { "client", "server", "sender", "receiver", "user" };
	struct slice rest = words, word = slice_word(&rest);
	if (slice_equal_nocase(word, SLICE("the")))
		word = slice_word(&rest);
	for (size_t i = 0; i < ARRAY_LENGTH(sides); i++)
		if (slice_equal_nocase(word, slice_of(sides[i])))
			return slice_trim(rest).n > 0;
	return false;
}

/* What the text ends with in brackets, where it tells what a side does next: where that begins. */
static size_t deed_begin(struct slice text)
{
	char close = text.n ? text.p[text.n - 1] : '\0', open = close == ')' ? '(' : close == '}' ? '{' : '\0';
	for (size_t i = text.n; open && i-- > 1;)
		if (text.p[i] == open)
			return text.p[i - 1] == ' ' && tells_deed(slice_part(text, i + 1, text.n - 1)) ? i : text.n;
	return text.n;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Where a tool tells of the close behind what the server has said. */
static size_t close_begin(struct slice text)
{
	enum side side;
	size_t at = slice_find(text, SLICE("Connection closed"));
	return at < text.n && tool_closes(slice_part(text, at, text.n), &side) ? at : text.n;
}

size_t flat_end(const struct talk *t, enum side side, struct slice text)
{
	size_t end = text.n;
	if (t->protocol == NULL)
		return deed_begin(text);
	if (side == SIDE_CLIENT)
		end = draft_input(&t->draft) == INPUT_COMMAND ? command_end(t->protocol, text) : end;
	else if (slice_equal(slice_of(t->protocol->name), SLICE("pop3")))
		end = listed_end(text);
	for (size_t i = 0; i < ARRAY_LENGTH(bullets); i++)
		end = least(end, slice_find(text, slice_of(bullets[i])));
	end = least(end, deed_begin(text));
	return least(end, least(bracket_end(text), close_begin(text)));
}
