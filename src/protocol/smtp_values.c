/*
 * Values of the parameters of MAIL and RCPT.
 */
#include "protocol/smtp_values.h"

#include "base/escape.h"

/* RFC 3461 4.4 and 4.2, in octets. */
#define ENVID_MAX 100
#define ORCPT_MAX 500

bool smtp_is_keyword(struct slice keyword)
{
	if (keyword.n == 0 || keyword.p[0] == '-')
		return false;
	for (size_t i = 0; i < keyword.n; i++)
		if (!octet_is_alnum(keyword.p[i]) && keyword.p[i] != '-')
			return false;
	return true;
}

bool smtp_is_value(struct slice value)
{
	bool ascii = true;
	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];
		ascii = ascii && c < 0x80;
		if (c <= ' ' || c == '=' || c == 0x7f)
			return false;
	}
	return value.n > 0 && (ascii || text_safe(value, false));
}

/* The value of an upper-case hexadecimal digit; -1. */
static int hex_value(char c)
{
	return octet_is_digit(c) ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool smtp_xtext(struct buffer *out, struct slice xtext)
{
	size_t before = out->n;
	for (size_t i = 0; i < xtext.n; i++) {
		char c = xtext.p[i];
		int high = c == '+' && i + 2 < xtext.n ? hex_value(xtext.p[i + 1]) : -1;
		int low = high >= 0 ? hex_value(xtext.p[i + 2]) : -1;
		if (c < '!' || c > '~' || c == '=' || (c == '+' && low < 0)) {
			out->n = before;
			return false;
		}
		buffer_add_octet(out, c == '+' ? (char)(high * 16 + low) : c);
		i += c == '+' ? 2 : 0;
	}
	return true;
}

/* Whether it is xtext that says something in printable ASCII. */
static bool is_printable_xtext(struct slice value)
{
	struct buffer said = { 0 };
	bool good = smtp_xtext(&said, value) && said.n > 0;
	for (size_t i = 0; good && i < said.n; i++)
		good = (said.p[i] >= ' ' && said.p[i] <= '~') || said.p[i] == '\t';
	buffer_free(&said);
	return good;
}

bool smtp_is_envid(struct slice value)
{
	return value.n <= ENVID_MAX && is_printable_xtext(value);
}

bool smtp_is_ret(struct slice value)
{
	return slice_equal_nocase(value, SLICE("FULL")) || slice_equal_nocase(value, SLICE("HDRS"));
}

bool smtp_is_notify(struct slice value)
{
	if (slice_equal_nocase(value, SLICE("NEVER")))
		return true;
	bool last = false;
	while (!last) {
		size_t comma = slice_find_octet(value, ',');
		struct slice word = slice_part(value, 0, comma);
		last = comma == value.n;
		value = slice_part(value, comma + 1, value.n);
		if (!slice_equal_nocase(word, SLICE("SUCCESS")) && !slice_equal_nocase(word, SLICE("FAILURE")) &&
		    !slice_equal_nocase(word, SLICE("DELAY")))
			return false;
	}
	return true;
}

/* utf-8-addr-xtext and utf-8-addr-unitext: UTF-8 as it is but for + and =, or \x{HEX} for a character (RFC 6533 3). */
static bool is_utf8_address(struct slice value)
{
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '+' || value.p[i] == '=')
			return false;
		if (value.p[i] != '\\')
			continue;
		struct slice rest = slice_part(value, i, value.n);
		size_t end = slice_find_octet(rest, '}'), digits = 3;
		if (!slice_starts(rest, SLICE("\\x{")) || end < 5 || end > 9 || end == rest.n)
			return false;
		while (digits < end && hex_value(rest.p[digits]) >= 0)
			digits++;
		if (digits < end)
			return false;
		i += end;
	}
	return value.n > 0 && text_safe(value, false);
}

bool smtp_is_orcpt(struct slice value)
{
	size_t semicolon = slice_find_octet(value, ';');
	struct slice type = slice_part(value, 0, semicolon);
	struct slice address = slice_part(value, semicolon + 1, value.n);
	if (value.n > ORCPT_MAX || !smtp_is_keyword(type))
		return false;
	return slice_equal_nocase(type, SLICE("utf-8")) ? is_utf8_address(address) : is_printable_xtext(address);
}

bool smtp_is_auth(struct slice value)
{
	return is_printable_xtext(value);
}
