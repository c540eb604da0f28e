/*
 * What documents write in brackets, or beside their prefixes, of what the two do: connect, negotiate TLS, hang up.
 */
#include "script/extract_inside.h"

#include <string.h>

#include "script/import_forms.h"

/* More words than this are prose; so many in small letters are too. */
#define WORDS_MAX 16
#define PROSE_WORDS 5
/* A sentence in brackets has at least so many words; one of them may be a name, or a number. */
#define SENTENCE_WORDS 3

/* Whether what stands between angle brackets is an element of XML or HTML. */
static bool is_markup(struct slice inside)
{
	bool attribute = slice_find(inside, SLICE("=\"")) < inside.n || slice_find(inside, SLICE("='")) < inside.n;
	bool closed = inside.p[0] == '/' || inside.p[inside.n - 1] == '/';
	return attribute || closed || inside.p[0] == '!' || inside.p[0] == '?';
}

struct slice bracketed(struct slice text)
{
	static const char pairs[][3] = { "<>", "[]", "()", "{}" };
	struct slice inside = slice_trim(text);
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		if (inside.n < 3 || inside.p[0] != pairs[i][0] || inside.p[inside.n - 1] != pairs[i][1])
			continue;
		struct slice within = slice_part(inside, 1, inside.n - 1);
		/* in braces stand counts and JSON too */
		bool words = pairs[i][0] != '{' ||
		             (octet_is_alpha(within.p[0]) && slice_find_octet(within, ' ') < within.n);
		bool one = words && !(pairs[i][0] == '<' && is_markup(within)) &&
		           slice_find_octet(within, pairs[i][0]) == within.n &&
		           slice_find_octet(within, pairs[i][1]) == within.n;
		return one ? slice_trim(within) : (struct slice){ 0 };
	}
	return (struct slice){ 0 };
}

static bool has(struct slice text, const char *const *words)
{
	while (*words && slice_find_nocase(text, slice_of(*words)) == text.n)
		words++;
	return *words != NULL;
}

static size_t count_words(struct slice text)
{
	size_t n = 0;
	while (slice_word(&text).n)
		n++;
	return n;
}

/* Rows are tried from the first: what closes a connection may wait for the next one. */
enum connection_words connection_words(struct slice text)
{
	static const char *const tls[] = { "tls", "ssl", "encrypt", NULL };
	static const char *const begins[] = { "negotiat", "handshake", "start",     "begin",  "under", "established",
		                              "layer",    "upgrade",   "encrypted", "secure", NULL };
	static const char *const connection[] = { "connection", NULL };
	static const char *const closes[] = { "close", "closing", "terminat", "drop", "shut", "broken", NULL };
	static const char *const hangs_up[] = { "hangs up", "hang up", "disconnect", "closes connection", NULL };
	static const char *const waits[] = { "wait", "listen", NULL };
	static const char *const opens[] = { "open", "establish", "initiat", "request", "set-up", "set up", NULL };
	static const char *const connects[] = { "connects", "connect to", NULL };
	if (count_words(text) > WORDS_MAX)
		return WORDS_NONE;
	if (has(text, tls) && has(text, begins))
		return WORDS_TLS;
	if (has(text, hangs_up) || (has(text, connection) && has(text, closes)))
		return WORDS_HANGS_UP;
	if (has(text, waits))
		return WORDS_WAITS;
	if (has(text, connects) || (has(text, connection) && has(text, opens)))
		return WORDS_CONNECTS;
	return WORDS_NONE;
}

bool parts_alternatives(struct slice line)
{
	static const char *const words[] = { "or", "either", "alternatively", "or alternatively", NULL };
	struct slice text = slice_trim(line);
	while (text.n && (text.p[0] == '-' || text.p[0] == ' '))
		text = slice_part(text, 1, text.n);
	while (text.n && (text.p[text.n - 1] == '-' || text.p[text.n - 1] == ':' || text.p[text.n - 1] == ' '))
		text.n--;
	for (const char *const *word = words; *word; word++)
		if (slice_equal_nocase(text, slice_of(*word)))
			return true;
	return false;
}

bool supposes(struct slice line)
{
	static const char *const words[] = { "would have ", "might also ", "could also ", NULL };
	return has(line, words);
}

static bool names_side(struct slice word)
{
	return slice_equal_nocase(word, SLICE("client")) || slice_equal_nocase(word, SLICE("server"));
}

bool tells_next(struct slice line)
{
	struct slice text = slice_trim(line), rest = text, word = slice_word(&rest);
	if (slice_equal_nocase(word, SLICE("the")))
		word = slice_word(&rest);
	return names_side(word) && slice_find(text, SLICE(" then ")) < text.n;
}

bool labels_example(struct slice line)
{
	struct slice text = slice_trim(line);
	return slice_starts_nocase(text, SLICE("example")) &&
	       (slice_find_octet(text, ':') < text.n || count_words(text) < 3);
}

bool announces_example(struct slice line)
{
	struct slice text = slice_trim(line);
	bool example = slice_find_nocase(text, SLICE("example")) < text.n;
	return example && (slice_find_nocase(text, SLICE("following")) < text.n || text.p[text.n - 1] == ':');
}

/* Words that are written as in prose: small letters alone. */
static size_t count_prose(struct slice text)
{
	size_t n = 0;
	for (struct slice word; (word = slice_word(&text)).n;) {
		size_t i = 0;
		while (i < word.n && octet_is_alpha(word.p[i]) && octet_lower(word.p[i]) == word.p[i])
			i++;
		n += i + 1 >= word.n && word.n > 1;
	}
	return n;
}

bool is_prose(struct slice text)
{
	return text.n && octet_lower(text.p[0]) == text.p[0] && octet_is_alpha(text.p[0]) &&
	       count_prose(text) >= PROSE_WORDS;
}

bool is_sentence(struct slice inside)
{
	return count_words(inside) >= SENTENCE_WORDS && count_prose(inside) >= SENTENCE_WORDS - 1;
}

bool describes_payload(struct slice inside)
{
	static const char *const others[] = { "connection", "session", NULL };
	struct slice rest = inside, first = slice_word(&rest), second = slice_word(&rest);
	bool tells = names_side(first) || names_side(second) || has(inside, others) ||
	             connection_words(inside) != WORDS_NONE;
	return is_sentence(inside) && !tells;
}

/* `4.2.1`, as before what a list of contents names. */
static bool is_section(struct slice word)
{
	size_t dots = 0;
	for (size_t i = 0; i < word.n; i++) {
		if (!octet_is_digit(word.p[i]) && word.p[i] != '.')
			return false;
		dots += word.p[i] == '.';
	}
	return dots == 2 && octet_is_digit(word.p[0]);
}

bool is_measure(struct slice line)
{
	static const char *const units[] = { "GB",  "MB", "KB",    "kB",     "TB",   "GiB",  "MiB",
		                             "KiB", "B",  "bytes", "octets", "bits", "%",    "ms",
		                             "s",   "km", "kg",    "Mbps",   "Gbps", "kbps", NULL };
	struct slice rest = line, number = slice_word(&rest), unit = slice_word(&rest);
	bool digits = number.n > 0;
	for (size_t i = 0; i < number.n && digits; i++)
		digits = octet_is_digit(number.p[i]) || number.p[i] == '.' || number.p[i] == ',';
	for (size_t i = 0; digits && units[i] && slice_trim(rest).n == 0; i++)
		if (slice_equal(unit, slice_of(units[i])))
			return true;
	return false;
}

bool is_told(struct slice line)
{
	static const char *const acts[] = { "accepts", "asks",     "closes",   "connects", "opens", "receives",
		                            "replies", "requests", "responds", "returns",  "sends", NULL };
	struct slice rest = slice_trim(line), text = rest, first = slice_word(&rest);
	if (slice_starts(text, SLICE("{")) && slice_find(text, SLICE("} ")) < text.n) {
		rest = slice_part(text, slice_find(text, SLICE("} ")) + 1, text.n);
		return count_prose(rest) >= PROSE_WORDS - 1;
	}
	for (const char *const *act = acts; *act; act++)
		if (slice_equal_nocase(first, slice_of(*act)))
			return slice_trim(rest).n > 0;
	bool sentence = octet_is_alpha(first.n ? first.p[0] : '.') && text.p[text.n - 1] == '.' &&
	                count_prose(rest) > PROSE_WORDS;
	return sentence || is_section(first) || is_measure(line);
}

bool begins_aside(struct slice line)
{
	struct slice text = slice_trim(line);
	if (text.n < 4)
		return false;
	/* a list of IMAP's has quotes and flags */
	bool list = slice_find_octet(text, '"') < text.n || slice_find_octet(text, '\\') < text.n;
	bool opens = text.p[0] == '(' || text.p[0] == '[' || slice_starts(text, SLICE("..."));
	if (slice_find_octet(slice_part(text, 1, text.n), text.p[0]) < text.n - 1 && text.p[0] != '.')
		return false; /* several lists */
	return opens && count_prose(slice_part(text, 1, text.n)) > (list ? 4 : 1);
}

struct slice aside_words(struct slice line)
{
	static const char marks[] = "()[]<>.- *";
	struct slice text = slice_trim(line);
	while (text.n && strchr(marks, text.p[0]))
		text = slice_part(text, 1, text.n);
	while (text.n && strchr(marks, text.p[text.n - 1]))
		text.n--;
	return text;
}

bool is_aside(struct slice line)
{
	struct slice text = slice_trim(line);
	bool dots = slice_starts(text, SLICE("...")) || slice_starts(text, SLICE("\xE2\x80\xA6"));
	bool comment = slice_starts(text, SLICE("//")) || slice_starts(text, SLICE("==>"));
	return dots || comment || bracketed(text).n || notation_left_out(text, NULL);
}
