/*
 * What a message says behind its encodings: encoded words (RFC 2047), base64 and quoted-printable (RFC 2045 section 6),
 * charsets.
 */
#include <errno.h>
#include <iconv.h>

#include "base/escape.h"
#include "store/mime.h"
#include "store/mime_lexer.h"

/* ---- charsets ---- */

/* Appends text that should be UTF-8. */
static void add_utf8(struct buffer *out, struct slice text)
{
	for (size_t at = 0; at < text.n;) {
		uint32_t character = 0;
		size_t start = at, n = 1;
		while (at < text.n && (unsigned char)text.p[at] < 0x80)
			at++;
		buffer_add_slice(out, slice_part(text, start, at));
		if (at == text.n)
			return;
		n = utf8_decode(slice_part(text, at, text.n), &character);
		utf8_encode(out, n ? character : 0xFFFD);
		at += n ? n : 1;
	}
}

static bool is_utf8(struct slice charset)
{
	return charset.n == 0 || slice_equal_nocase(charset, SLICE("utf-8")) ||
	       slice_equal_nocase(charset, SLICE("utf8")) || slice_equal_nocase(charset, SLICE("us-ascii"));
}

/* Opens the way from a charset to UTF-8. What the C library would take for more than a name is none. */
static iconv_t open_charset(struct slice charset)
{
	char name[64];
	if (charset.n >= sizeof name)
		return (iconv_t)-1;
	for (size_t i = 0; i < charset.n; i++) {
		char c = charset.p[i];
		if (!octet_is_alnum(c) && slice_find_octet(SLICE("-_.:+"), c) == 5)
			return (iconv_t)-1;
		name[i] = c;
	}
	name[charset.n] = '\0';
	return iconv_open("UTF-8", name);
}

bool mime_to_utf8(struct buffer *out, struct slice charset, struct slice text)
{
	if (is_utf8(charset)) {
		add_utf8(out, text);
		return true;
	}
	iconv_t way = open_charset(charset);
	if (way == (iconv_t)-1)
		return false;
	char *from = (char *)text.p; /* iconv does not write there */
	size_t left = text.n;
	while (left > 0) {
		char piece[4096], *to = piece;
		size_t room = sizeof piece, before = left;
		size_t done = iconv(way, &from, &left, &to, &room);
		buffer_add(out, piece, sizeof piece - room);
		if (done != (size_t)-1 || (errno == E2BIG && (left < before || room < sizeof piece)))
			continue;
		utf8_encode(out, 0xFFFD);
		from++;
		left--;
	}
	(void)iconv_close(way);
	return true;
}

/* ---- transfer encodings ---- */

static int base64_value(char c)
{
	if (octet_is_alpha(c))
		return c >= 'a' ? c - 'a' + 26 : c - 'A';
	if (octet_is_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Octets outside of the alphabet are passed over (RFC 2045 section 6.8), padding ends one stretch. */
static void add_base64(struct buffer *out, struct slice text)
{
	uint32_t bits = 0;
	unsigned nbits = 0;
	for (size_t i = 0; i < text.n; i++) {
		int value = base64_value(text.p[i]);
		if (text.p[i] == '=')
			nbits = 0;
		if (value < 0)
			continue;
		bits = (bits << 6 | (uint32_t)value) & 0xFFF;
		nbits += 6;
		if (nbits < 8)
			continue;
		nbits -= 8;
		buffer_add_octet(out, (char)(bits >> nbits & 0xFF));
	}
}

static int hex_value(char c)
{
	c = octet_upper(c);
	if (octet_is_digit(c))
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The octet that `=XX` at `at` says; -1 where it says none. */
static int escaped_octet(struct slice text, size_t at)
{
	if (at + 2 >= text.n)
		return -1;
	int high = hex_value(text.p[at + 1]), low = hex_value(text.p[at + 2]);
	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* One line of quoted-printable with its end: blanks before that are not the text's, and `=` there joins it with the next. */
static void add_quoted_line(struct buffer *out, struct slice line)
{
	size_t n = line.n;
	if (n && line.p[n - 1] == '\n')
		n--;
	if (n && n < line.n && line.p[n - 1] == '\r')
		n--;
	struct slice end = slice_part(line, n, line.n), text = slice_part(line, 0, n);
	while (text.n && (text.p[text.n - 1] == ' ' || text.p[text.n - 1] == '\t'))
		text.n--;
	bool joined = text.n && text.p[text.n - 1] == '=';
	text.n -= joined;
	for (size_t i = 0; i < text.n; i++) {
		int octet = text.p[i] == '=' ? escaped_octet(text, i) : -1;
		buffer_add_octet(out, octet < 0 ? text.p[i] : (char)octet);
		i += octet < 0 ? 0 : 2;
	}
	if (!joined)
		buffer_add_slice(out, end);
}

static void add_quoted_printable(struct buffer *out, struct slice text)
{
	while (text.n)
		add_quoted_line(out, slice_line(&text));
}

static void add_decoded(struct buffer *out, const struct mime *part)
{
	if (slice_equal_nocase(part->encoding, SLICE("base64")))
		add_base64(out, part->body);
	else if (slice_equal_nocase(part->encoding, SLICE("quoted-printable")))
		add_quoted_printable(out, part->body);
	else
		buffer_add_slice(out, part->body);
}

void mime_decode_body(struct buffer *out, const struct mime *part, bool as_text)
{
	struct buffer decoded = { 0 };
	if (!as_text) {
		add_decoded(out, part);
		return;
	}
	struct mime_parameters *parameters = mime_parameters(part->parameters);
	struct slice charset = mime_parameter_named(parameters, SLICE("charset"));
	add_decoded(&decoded, part);
	if (!mime_to_utf8(out, charset, buffer_slice(&decoded)))
		add_utf8(out, buffer_slice(&decoded));
	mime_parameters_free(parameters);
	buffer_free(&decoded);
}

/* ---- encoded words ---- */

/* `=?charset*language?B?text?=` taken apart. */
struct encoded_word {
	struct slice charset, text;
	bool base64;
};

/* The encoded word that `s` begins with; how many octets it has, or 0. */
static size_t encoded_word(struct slice s, struct encoded_word *word)
{
	if (!slice_starts(s, SLICE("=?")))
		return 0;
	struct slice rest = slice_part(s, 2, s.n);
	word->charset = lexer_word(&rest, "?()<>@,;:\"/[].="); /* RFC 2047 section 2 */
	if (word->charset.n == 0 || rest.n < 3 || rest.p[0] != '?' || rest.p[2] != '?')
		return 0;
	char encoding = octet_upper(rest.p[1]);
	rest = slice_part(rest, 3, rest.n);
	word->text = lexer_word(&rest, "?");
	if ((encoding != 'B' && encoding != 'Q') || !slice_starts(rest, SLICE("?=")))
		return 0;
	word->base64 = encoding == 'B';
	word->charset.n = slice_find_octet(word->charset, '*'); /* a language behind it: RFC 2231 section 5 */
	return s.n - (rest.n - 2);
}

/* Appends the octets that a word encodes. */
static void add_word(struct buffer *out, const struct encoded_word *word)
{
	if (word->base64) {
		add_base64(out, word->text);
		return;
	}
	for (size_t i = 0; i < word->text.n; i++) {
		char c = word->text.p[i];
		int octet = c == '=' ? escaped_octet(word->text, i) : c == '_' ? ' ' : (int)(unsigned char)c;
		buffer_add_octet(out, octet < 0 ? c : (char)octet);
		i += c == '=' && octet >= 0 ? 2 : 0;
	}
}

/* Appends the encoded words that `s` begins with and returns how many octets they have: the blanks between two are not the
 * text's (section 6.2), and a character may, against the rules, be split between two of one charset. `*known`: the charset is. */
static size_t add_words(struct buffer *out, struct slice s, bool *known)
{
	struct encoded_word word = { 0 }, next = { 0 };
	struct buffer raw = { 0 };
	size_t n = encoded_word(s, &word), end = n;
	while (n > 0) {
		add_word(&raw, &word);
		size_t blanks = end;
		while (blanks < s.n && lexer_is_blank(s.p[blanks]))
			blanks++;
		n = blanks > end ? encoded_word(slice_part(s, blanks, s.n), &next) : 0;
		if (n == 0 || !slice_equal_nocase(next.charset, word.charset))
			break;
		word = next;
		end = blanks + n;
	}
	*known = mime_to_utf8(out, word.charset, buffer_slice(&raw));
	if (!*known)
		add_utf8(out, slice_part(s, 0, end));
	buffer_free(&raw);
	return end;
}

void mime_decode_words(struct buffer *out, struct slice value)
{
	struct buffer unfolded = { 0 };
	mime_unfold(&unfolded, value);
	struct slice text = buffer_slice(&unfolded);
	size_t plain = 0, at = 0;
	bool encoded_before = false; /* between `plain` and `at` stand only blanks behind encoded words */
	struct encoded_word word;
	while (at < text.n) {
		if (text.p[at] != '=' || encoded_word(slice_part(text, at, text.n), &word) == 0) {
			encoded_before = encoded_before && lexer_is_blank(text.p[at]);
			at++;
			continue;
		}
		if (!encoded_before)
			add_utf8(out, slice_part(text, plain, at));
		at += add_words(out, slice_part(text, at, text.n), &encoded_before);
		plain = at;
	}
	add_utf8(out, slice_part(text, plain, text.n));
	buffer_free(&unfolded);
}
