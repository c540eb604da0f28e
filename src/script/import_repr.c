/*
 * Reading Python's repr(): string literals of the Python Language Reference, 2.4.1, as far as repr() writes them.
 */
#include "script/import_repr.h"

#include "base/escape.h"

/* The digits of \xHH, \uHHHH and \UHHHHHHHH; false where they are not there. */
static bool read_hex(struct slice text, size_t digits, uint32_t *value)
{
	*value = 0;
	if (text.n < digits)
		return false;
	for (size_t i = 0; i < digits; i++) {
		char c = octet_lower(text.p[i]);
		if (!octet_is_digit(c) && (c < 'a' || c > 'f'))
			return false;
		*value = *value * 16 + (uint32_t)(octet_is_digit(c) ? c - '0' : c - 'a' + 10);
	}
	return true;
}

/* Appends what the escape behind a backslash stands for; returns how many octets it took, 0 where it is none. */
static size_t read_escape(struct slice text, bool octets, struct buffer *out)
{
	static const char letters[] = "\\'\"nrtabfv0";
	static const char values[] = "\\'\"\n\r\t\a\b\f\v";
	if (text.n == 0)
		return 0;
	size_t digits = text.p[0] == 'x' ? 2 : text.p[0] == 'u' ? 4 : text.p[0] == 'U' ? 8 : 0;
	uint32_t value = 0;
	if (digits) {
		if (!read_hex(slice_part(text, 1, text.n), digits, &value) || value > 0x10FFFF)
			return 0;
		if (octets)
			buffer_add_octet(out, (char)value);
		else
			utf8_encode(out, value);
		return digits + 1;
	}
	size_t i = slice_find_octet((struct slice){ letters, sizeof letters - 1 }, text.p[0]);
	if (i == sizeof letters - 1)
		return 0;
	buffer_add_octet(out, values[i]);
	return 1;
}

size_t repr_read(struct slice text, struct buffer *out)
{
	size_t before = out->n;
	bool octets = text.n && text.p[0] == 'b';
	size_t i = octets || (text.n && text.p[0] == 'u') ? 1 : 0;
	if (i >= text.n || (text.p[i] != '\'' && text.p[i] != '"'))
		return 0;
	char quote = text.p[i++];
	while (i < text.n && text.p[i] != quote) {
		if (text.p[i] != '\\') {
			buffer_add_octet(out, text.p[i++]);
			continue;
		}
		size_t took = read_escape(slice_part(text, i + 1, text.n), octets, out);
		if (took == 0)
			break;
		i += took + 1;
	}
	if (i < text.n && text.p[i] == quote)
		return i + 1;
	out->n = before;
	return 0;
}
