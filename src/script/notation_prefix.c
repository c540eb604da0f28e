/*
 * One prefix at one place of a line, by the form that its row has.
 */
#include "script/notation_inside.h"

#include <string.h>

#include "protocol/protocol.h"
#include "script/speaker.h"

/* As many words may stand before the one that names the side ("The mail client:"), each up to so many octets. */
#define WORDS_MAX 3
#define WORD_MAX 16
/* What stands in parentheses behind it, "(telnet)". */
#define ASIDE_MAX 40
/* As much of what is said is looked at. */
#define LIKES_MAX 1000

static char octet_at(struct slice line, size_t at)
{
	return at < line.n ? line.p[at] : '\0';
}

static size_t spaces_from(struct slice line, size_t at, size_t max)
{
	while (max-- && octet_at(line, at) == ' ')
		at++;
	return at;
}

static bool starts(struct slice text, struct slice with, bool exact)
{
	return exact ? slice_starts(text, with) : slice_starts_nocase(text, with);
}

/* How many marks of Markdown's for bold and code stand there. */
static size_t marks_from(struct slice line, size_t at, char mark)
{
	size_t n = 0;
	while (n < 3 && mark && octet_at(line, at + n) == mark)
		n++;
	return n;
}

static char emphasis_at(struct slice line, size_t at)
{
	char c = octet_at(line, at);
	return c == '*' || c == '_' || c == '`' ? c : '\0';
}

/* `: ` behind a name that was in bold or not: `**C:**`, `**C**:`, `C :`. Where the mark ends; 0 where it does not stand there. */
static size_t mark_from(struct slice line, size_t at, char mark, char emphasis, size_t marks)
{
	bool closed = marks == 0;
	if (!closed && marks_from(line, at, emphasis) == marks) {
		at += marks;
		closed = true;
	}
	at = spaces_from(line, at, 2);
	if (octet_at(line, at) != mark)
		return 0;
	at++;
	if (!closed && marks_from(line, at, emphasis) != marks)
		return 0;
	return closed ? at : at + marks;
}

/* ---- forms ---- */

/* A letter and a mark: `C:`. */
static size_t letter_at(struct slice line, size_t at, struct slice spelling)
{
	char emphasis = emphasis_at(line, at);
	size_t marks = marks_from(line, at, emphasis), name = at + marks;
	if (octet_at(line, name) != spelling.p[0])
		return 0;
	return mark_from(line, name + 1, spelling.p[1], emphasis, marks);
}

/* `(telnet)`, or a word for speaking ("Client sends:", "Server response:"), where that stands there. */
static size_t aside_from(struct slice line, size_t at)
{
	static const char *const words[] = { "sends",    "says",  "responds", "replies", "answers",
		                             "response", "reply", "request",  "command", "writes",
		                             "sending",  "sent",  "replied",  NULL };
	size_t open = spaces_from(line, at, 2);
	for (const char *const *word = words; open > at && *word; word++)
		if (slice_starts_nocase(slice_from(line, open), slice_of(*word)))
			return open + strlen(*word);
	if (octet_at(line, open) != '(')
		return at;
	size_t close = slice_find_octet(slice_part(line, open, open + ASIDE_MAX), ')');
	return octet_at(line, open + close) == ')' ? open + close + 1 : at;
}

/* Words that stand before a name and belong to it; where the name begins. Those of a program's declaration do not: `val client :
 * state`. */
static size_t word_passed(struct slice line, size_t at)
{
	static const char *const declares[] = { "val",  "let",     "var",    "const",  "def",
		                                "type", "private", "public", "static", NULL };
	size_t end = at;
	while (end - at < WORD_MAX && (octet_is_alnum(octet_at(line, end)) || octet_at(line, end) == '-'))
		end++;
	for (const char *const *word = declares; *word; word++)
		if (slice_equal(slice_part(line, at, end), slice_of(*word)))
			return at;
	return end > at && octet_at(line, end) == ' ' ? end + 1 : at;
}

static size_t named_at(struct slice line, size_t at, struct slice name, char mark, char emphasis, size_t marks)
{
	for (unsigned i = 0; i <= WORDS_MAX; i++) {
		if (slice_starts_nocase(slice_from(line, at), name))
			return mark_from(line, aside_from(line, at + name.n), mark, emphasis, marks);
		size_t next = word_passed(line, at);
		if (next == at)
			break;
		at = next;
	}
	return 0;
}

/* A word and a mark: `Client:`, `SMTP client (telnet):`. */
static size_t word_at(struct slice line, size_t at, struct slice spelling)
{
	char emphasis = emphasis_at(line, at);
	size_t marks = marks_from(line, at, emphasis);
	return named_at(line, at + marks, slice_part(spelling, 0, spelling.n - 1), spelling.p[spelling.n - 1], emphasis,
	                marks);
}

/* An arrow: `->`, `-->`, `=>`, `→`, `to`. Where it ends. */
static size_t arrow_from(struct slice line, size_t at)
{
	size_t shaft = at;
	while (shaft - at < 6 && (octet_at(line, shaft) == '-' || octet_at(line, shaft) == '='))
		shaft++;
	if (shaft > at && octet_at(line, shaft) == '>')
		return shaft + 1;
	if (slice_starts(slice_from(line, at), SLICE("→")))
		return at + strlen("→");
	return slice_starts(slice_from(line, at), SLICE("to ")) ? at + 2 : at;
}

/* Two names with an arrow between, and perhaps a colon: `C->S:`, `client --> server`, `(client -> server):`. */
static size_t route_at(struct slice line, size_t at, struct slice spelling, bool exact)
{
	size_t arrow = slice_find(spelling, SLICE("->"));
	char open = octet_at(line, at), close = open == '(' ? ')' : open == '[' ? ']' : '\0';
	at += close != '\0';
	struct slice from = slice_part(spelling, 0, arrow), to = slice_part(spelling, arrow + 2, spelling.n - 1);
	if (!starts(slice_from(line, at), from, exact))
		return 0;
	at = spaces_from(line, at + from.n, 2);
	size_t end = arrow_from(line, at);
	if (end == at)
		return 0;
	at = spaces_from(line, end, 2);
	if (!starts(slice_from(line, at), to, exact))
		return 0;
	at += to.n;
	if (close && octet_at(line, at++) != close)
		return 0;
	size_t colon = spaces_from(line, at, 1);
	return octet_at(line, colon) == ':' ? colon + 1 : at;
}

/* A label alone on its line: `Request:`, `>> Request <<`. */
static size_t block_at(struct slice line, size_t at, struct slice spelling)
{
	for (size_t i = 0; i < spelling.n; i++) {
		while (octet_at(line, at) == ' ' && spelling.p[i] != ' ')
			at++;
		if (octet_upper(octet_at(line, at)) != octet_upper(spelling.p[i]))
			return 0;
		at++;
	}
	return slice_trim(slice_from(line, at)).n == 0 ? at : 0;
}

static size_t spelled_at(struct slice line, size_t at, const struct notation *row, struct slice spelling)
{
	switch (row->form) {
	case NOTATION_LETTER:
		return letter_at(line, at, spelling);
	case NOTATION_WORD:
		return word_at(line, at, spelling);
	case NOTATION_ROUTE:
		return route_at(line, at, spelling, row->exact);
	case NOTATION_BLOCK:
		return block_at(line, at, spelling);
	case NOTATION_ARROW:
		return arrow_at(line, at, spelling);
	case NOTATION_MARK:
		break;
	}
	if (!starts(slice_from(line, at), spelling, row->exact))
		return 0;
	return at + spelling.n + (row->weight == 1 ? log_peer_from(slice_from(line, at + spelling.n)) : 0);
}

/* ---- all of a row ---- */

/* `C & S:`, `C,S:`, `C/S:`, `Client and server:`: both. */
static size_t both_at(struct slice line, size_t at, const struct notation *row)
{
	static const char *const joins[] = { "&", ",", "/", "+", "and ", NULL };
	if ((row->form != NOTATION_LETTER && row->form != NOTATION_WORD) ||
	    octet_upper(octet_at(line, at)) != octet_upper(row->client[0]))
		return 0;
	struct slice clients = slice_of(row->client), client = slice_word(&clients);
	struct slice servers = slice_of(row->server), server = slice_word(&servers);
	client.n--;
	if (!starts(slice_from(line, at), client, row->exact))
		return 0;
	at = spaces_from(line, at + client.n, 1);
	for (const char *const *join = joins; *join; join++) {
		if (!slice_starts(slice_from(line, at), slice_of(*join)))
			continue;
		at = spaces_from(line, at + strlen(*join), 1);
		return starts(slice_from(line, at), server, row->exact) ? at + server.n : 0;
	}
	return 0;
}

/* The longest of the spellings that stands there; 0 where none does. */
static size_t longest_at(struct slice line, size_t at, const struct notation *row, const char *spellings)
{
	struct slice rest = slice_of(spellings), spelling;
	size_t end = 0;
	while ((spelling = slice_word(&rest)).n) {
		size_t one = spelled_at(line, at, row, spelling);
		end = one > end ? one : end;
	}
	return end;
}

/* Whether a name of the row's stands right there. */
static bool is_named_at(struct slice line, size_t at, const struct notation *row)
{
	const char *const all[] = { row->client, row->server };
	struct slice rest = slice_from(line, at), spelling;
	for (size_t i = 0; i < 2; i++)
		for (struct slice left = slice_of(all[i]); (spelling = slice_word(&left)).n;)
			if (slice_starts_nocase(rest, slice_part(spelling, 0, spelling.n - 1)))
				return true;
	return false;
}

bool prefix_at(struct slice line, size_t at, const struct notation *row, struct prefix *prefix)
{
	size_t client = longest_at(line, at, row, row->client), server = longest_at(line, at, row, row->server);
	size_t both = both_at(line, at, row);
	*prefix = (struct prefix){ .side = !both && server > client ? SIDE_SERVER : SIDE_CLIENT, .both = both > 0 };
	prefix->end = both ? both : server > client ? server : client;
	prefix->worded = prefix->end && row->form == NOTATION_WORD && !is_named_at(line, at, row);
	return prefix->end > 0;
}

unsigned prefix_likes(enum side side, struct slice text)
{
	unsigned best = 0;
	text = slice_part(text, 0, LIKES_MAX);
	for (size_t i = 0; protocols[i] && best < 3; i++) {
		unsigned likes = speaker_likes(protocols[i], side, text);
		best = likes > best ? likes : best;
	}
	return best;
}

/* Whether it is HTTP's field (RFC 9110 10.2.4), which names a product: `Server: Apache/2.4.1`, `Server: ECS (sec/96EE)`. */
static bool is_product(struct slice line, const struct prefix *prefix)
{
	struct slice rest = slice_from(line, prefix->end), word = slice_word(&rest), next = slice_word(&rest);
	if (prefix->side != SIDE_SERVER || prefix->worded || line.p[prefix->end - 1] != ':')
		return false;
	bool version = slice_find_octet(word, '/') < word.n, comment = next.n && next.p[0] == '(';
	return (version || comment) && prefix_likes(SIDE_SERVER, slice_trim(slice_from(line, prefix->end))) < 2;
}

bool prefix_parted(struct slice line, const struct notation *row, const struct prefix *prefix)
{
	char next = octet_at(line, prefix->end);
	if (row->form == NOTATION_WORD && is_product(line, prefix))
		return false;
	if (prefix->end == line.n || next == ' ' || next == '\t' || next == '\r')
		return true;
	if (slice_starts(slice_from(line, prefix->end), SLICE("\xC2\xA0")))
		return true;
	if (next == '<' && row->form == NOTATION_LETTER)
		return true; /* `C:<connects>` */
	/* an arrow or a mark that is drawn on is another one: `<<<<` */
	return next != ':' && next != '/' && next != '\\' && next != line.p[prefix->end - 1] &&
	       prefix_likes(prefix->side, slice_from(line, prefix->end)) > 1;
}
