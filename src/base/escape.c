/*
 * Making a peer's octets safe to show. The terminal's escaping and JSON's stand side by side, because they must agree
 * on what is unsafe.
 */
#include "base/escape.h"

#include <wchar.h>

/* The ranges of characters that a terminal or a reader may be fooled by, ascending. */
static const struct {
	uint32_t first, last;
} unsafe_ranges[] = {
	{ 0x0000, 0x001F },   /* C0 controls */
	{ 0x007F, 0x009F },   /* DEL, C1 controls */
	{ 0x00AD, 0x00AD },   /* soft hyphen */
	{ 0x061C, 0x061C },   /* Arabic letter mark */
	{ 0x180E, 0x180E },   /* Mongolian vowel separator */
	{ 0x200B, 0x200F },   /* zero-width space and joiners, LRM, RLM */
	{ 0x2028, 0x202E },   /* line and paragraph separators, bidi embeddings */
	{ 0x2060, 0x206F },   /* word joiner, invisible operators, bidi isolates */
	{ 0xFDD0, 0xFDEF },   /* noncharacters */
	{ 0xFEFF, 0xFEFF },   /* byte order mark */
	{ 0xFFF9, 0xFFFB },   /* interlinear annotation */
	{ 0xE0000, 0xE007F }, /* tags */
};

size_t utf8_decode(struct slice s, uint32_t *character)
{
	if (s.n == 0)
		return 0;
	unsigned char first = (unsigned char)s.p[0];
	size_t length;
	uint32_t value, least;
	if (first < 0x80) {
		*character = first;
		return 1;
	} else if (first >= 0xC2 && first <= 0xDF) {
		length = 2, value = first & 0x1FU, least = 0x80;
	} else if (first >= 0xE0 && first <= 0xEF) {
		length = 3, value = first & 0x0FU, least = 0x800;
	} else if (first >= 0xF0 && first <= 0xF4) {
		length = 4, value = first & 0x07U, least = 0x10000;
	} else {
		return 0;
	}
	if (s.n < length)
		return 0;
	for (size_t i = 1; i < length; i++) {
		unsigned char next = (unsigned char)s.p[i];
		if ((next & 0xC0) != 0x80)
			return 0;
		value = value << 6 | (next & 0x3FU);
	}
	if (value < least || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
		return 0;
	*character = value;
	return length;
}

void utf8_encode(struct buffer *out, uint32_t character)
{
	unsigned char octets[4];
	size_t n = 0;
	if (character < 0x80) {
		octets[n++] = (unsigned char)character;
	} else if (character < 0x800) {
		octets[n++] = (unsigned char)(0xC0 | character >> 6);
	} else if (character < 0x10000) {
		octets[n++] = (unsigned char)(0xE0 | character >> 12);
		octets[n++] = (unsigned char)(0x80 | (character >> 6 & 0x3F));
	} else {
		octets[n++] = (unsigned char)(0xF0 | character >> 18);
		octets[n++] = (unsigned char)(0x80 | (character >> 12 & 0x3F));
		octets[n++] = (unsigned char)(0x80 | (character >> 6 & 0x3F));
	}
	if (character >= 0x80)
		octets[n++] = (unsigned char)(0x80 | (character & 0x3F));
	buffer_add(out, octets, n);
}

bool character_unsafe(uint32_t character)
{
	if ((character & 0xFFFE) == 0xFFFE) /* the last two of every plane are noncharacters */
		return true;
	for (size_t i = 0; i < sizeof unsafe_ranges / sizeof unsafe_ranges[0]; i++)
		if (character >= unsafe_ranges[i].first && character <= unsafe_ranges[i].last)
			return true;
	return false;
}

bool text_safe(struct slice s, bool allow_tab)
{
	while (s.n) {
		uint32_t character;
		size_t length = utf8_decode(s, &character);
		if (length == 0 || (character_unsafe(character) && !(allow_tab && character == '\t')))
			return false;
		s = slice_part(s, length, s.n);
	}
	return true;
}

/* The escape of an octet that both notations share. */
static void escape_octet(struct buffer *out, unsigned char octet)
{
	switch (octet) {
	case '\r':
		buffer_add_string(out, "\\r");
		break;
	case '\n':
		buffer_add_string(out, "\\n");
		break;
	case '\t':
		buffer_add_string(out, "\\t");
		break;
	case '\0':
		buffer_add_string(out, "\\0");
		break;
	default:
		buffer_printf(out, "\\x%02X", octet);
	}
}

void escape_text(struct buffer *out, struct slice s)
{
	while (s.n) {
		uint32_t character = 0;
		size_t length = utf8_decode(s, &character);
		if (length == 0 || character < 0x80) {
			if (length == 0 || character_unsafe(character))
				escape_octet(out, (unsigned char)s.p[0]);
			else
				buffer_add_octet(out, s.p[0]);
			length = 1;
		} else if (character_unsafe(character)) {
			buffer_printf(out, "\\u{%04X}", (unsigned)character);
		} else {
			buffer_add(out, s.p, length);
		}
		s = slice_part(s, length, s.n);
	}
}

void escape_text_but_tabs(struct buffer *out, struct slice s)
{
	while (s.n) {
		size_t tab = slice_find_octet(s, '\t');
		escape_text(out, slice_part(s, 0, tab));
		if (tab < s.n)
			buffer_add_octet(out, '\t');
		s = slice_part(s, tab + 1, s.n);
	}
}

void escape_exact(struct buffer *out, struct slice s)
{
	while (s.n) {
		uint32_t character = 0;
		size_t length = utf8_decode(s, &character);
		if (length != 0 && !character_unsafe(character) && character != '\\') {
			buffer_add(out, s.p, length);
		} else if (length != 0 && character == '\\') {
			buffer_add_string(out, "\\\\");
		} else {
			if (length == 0)
				length = 1;
			for (size_t i = 0; i < length; i++)
				escape_octet(out, (unsigned char)s.p[i]);
		}
		s = slice_part(s, length, s.n);
	}
}

/* The value of a hexadecimal digit, or -1. */
static int hex_digit(char c)
{
	if (octet_is_digit(c))
		return c - '0';
	c = octet_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

size_t unescape_exact(struct buffer *out, struct slice s)
{
	size_t before = out->n;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '\\') {
			buffer_add_octet(out, s.p[i]);
			continue;
		}
		char kind = i + 1 < s.n ? s.p[i + 1] : '?';
		int high = i + 2 < s.n ? hex_digit(s.p[i + 2]) : -1;
		int low = i + 3 < s.n ? hex_digit(s.p[i + 3]) : -1;
		if (kind == 'r' || kind == 'n' || kind == 't' || kind == '0' || kind == '\\') {
			buffer_add_octet(out, kind == 'r'   ? '\r'
			                      : kind == 'n' ? '\n'
			                      : kind == 't' ? '\t'
			                      : kind == '0' ? '\0'
			                                    : '\\');
			i += 1;
		} else if (kind == 'x' && high >= 0 && low >= 0) {
			buffer_add_octet(out, (char)(high * 16 + low));
			i += 3;
		} else {
			out->n = before;
			return i;
		}
	}
	return s.n;
}

static void json_character(struct buffer *out, uint32_t character)
{
	if (character == '"' || character == '\\') {
		buffer_add_octet(out, '\\');
		buffer_add_octet(out, (char)character);
	} else if (character_unsafe(character) && character >= 0x10000) { /* a surrogate pair, RFC 8259 section 7 */
		uint32_t rest = character - 0x10000;
		buffer_printf(out, "\\u%04x\\u%04x", (unsigned)(0xD800 + (rest >> 10)),
		              (unsigned)(0xDC00 + (rest & 0x3FF)));
	} else if (character_unsafe(character)) {
		buffer_printf(out, "\\u%04x", (unsigned)character);
	} else {
		utf8_encode(out, character);
	}
}

bool escape_json(struct buffer *out, struct slice s)
{
	bool lossy = false;
	buffer_add_octet(out, '"');
	while (s.n) {
		uint32_t character = 0;
		size_t length = utf8_decode(s, &character);
		if (length == 0) {
			lossy = true;
			character = 0xFFFD;
			length = 1;
		}
		json_character(out, character);
		s = slice_part(s, length, s.n);
	}
	buffer_add_octet(out, '"');
	return lossy;
}

int character_columns(uint32_t character)
{
	int columns = wcwidth((wchar_t)character);
	return columns < 0 ? 1 : columns;
}

size_t text_columns(struct slice s)
{
	size_t columns = 0;
	while (s.n) {
		uint32_t character = 0;
		size_t length = utf8_decode(s, &character);
		columns += length ? (size_t)character_columns(character) : 1;
		s = slice_part(s, length ? length : 1, s.n);
	}
	return columns;
}
