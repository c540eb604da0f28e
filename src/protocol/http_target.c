/*
 * Targets of requests, taken apart and decoded.
 */
#include "protocol/http_target.h"

#include <string.h>

static bool url_octets(struct slice target)
{
	for (size_t i = 0; i < target.n; i++)
		if (!http_url_octet(target.p[i]) || target.p[i] == '#')
			return false;
	return true;
}

/* Parts path and query at the first question mark. */
static void split_path(struct slice path, struct http_target *parts)
{
	size_t mark = slice_find_octet(path, '?');
	parts->has_query = mark < path.n;
	parts->path = slice_part(path, 0, mark);
	parts->query = slice_part(path, mark + 1, path.n);
}

/* Of `host/path?query` all from the path on. */
static struct slice behind_authority(struct slice rest)
{
	size_t end = 0;
	while (end < rest.n && rest.p[end] != '/' && rest.p[end] != '?')
		end++;
	return slice_part(rest, end, rest.n);
}

bool http_target_parse(struct slice target, struct http_target *parts)
{
	*parts = (struct http_target){ .form = http_target_form(target) };
	if (target.n == 0 || !url_octets(target))
		return false;
	switch (parts->form) {
	case FORM_ORIGIN:
		split_path(target, parts);
		return true;
	case FORM_ABSOLUTE:
		parts->scheme = slice_part(target, 0, slice_find_octet(target, ':'));
		parts->authority = http_authority(target);
		split_path(behind_authority(slice_part(target, parts->scheme.n + 3, target.n)), parts);
		return true;
	case FORM_AUTHORITY:
		parts->authority = target;
		return true;
	case FORM_ASTERISK:
		return true;
	case FORM_OTHER:
		break;
	}
	return false;
}

/* ---- the host ---- */

/* An octet of a registered name or an IPv4 address (RFC 3986 3.2.2); percent-encoding is looked at elsewhere. */
static bool name_octet(char c)
{
	return octet_is_alnum(c) || (c != '\0' && strchr("-._~!$&'()*+;=", c) != NULL);
}

static bool is_hex(char c)
{
	char upper = octet_upper(c);
	return octet_is_digit(c) || (upper >= 'A' && upper <= 'F');
}

/* Octets of the address in brackets at the front, brackets included; 0 where it is none. */
static size_t bracketed(struct slice value)
{
	size_t end = slice_find_octet(value, ']');
	if (end == value.n || end < 3)
		return 0;
	for (size_t i = 1; i < end; i++)
		if (!is_hex(value.p[i]) && value.p[i] != ':' && value.p[i] != '.')
			return 0;
	return end + 1;
}

static size_t named(struct slice value)
{
	size_t i = 0;
	while (i < value.n) {
		if (value.p[i] == '%' && i + 2 < value.n && is_hex(value.p[i + 1]) && is_hex(value.p[i + 2]))
			i += 3;
		else if (name_octet(value.p[i]))
			i++;
		else
			break;
	}
	return i;
}

bool http_host_valid(struct slice value)
{
	size_t host = slice_starts(value, SLICE("[")) ? bracketed(value) : named(value);
	if (host == 0)
		return false;
	for (size_t i = host + 1; i < value.n; i++)
		if (!octet_is_digit(value.p[i]))
			return false;
	return host == value.n || value.p[host] == ':';
}

/* ---- percent-encoding ---- */

static unsigned hex_value(char c)
{
	return octet_is_digit(c) ? (unsigned)(c - '0') : (unsigned)(octet_upper(c) - 'A') + 10;
}

bool http_percent_decode(struct buffer *out, struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '%' && (i + 2 >= text.n || !is_hex(text.p[i + 1]) || !is_hex(text.p[i + 2])))
			return false;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (c == '%') {
			c = (char)(hex_value(text.p[i + 1]) << 4 | hex_value(text.p[i + 2]));
			i += 2;
		}
		buffer_add_octet(out, c);
	}
	return true;
}

void http_percent_encode(struct buffer *out, struct slice path)
{
	for (size_t i = 0; i < path.n; i++) {
		char c = path.p[i];
		if (octet_is_alnum(c) || (c != '\0' && strchr("-._~!$&'()*+,;=:@/", c)))
			buffer_add_octet(out, c);
		else
			buffer_printf(out, "%%%02X", (unsigned)(unsigned char)c);
	}
}
