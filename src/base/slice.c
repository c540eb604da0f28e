/*
 * Slices: looking at octets without owning them.
 */
#include "base/slice.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

bool octet_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool octet_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool octet_is_alpha(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool octet_is_alnum(char c)
{
	return octet_is_digit(c) || octet_is_alpha(c);
}

char octet_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

char octet_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

struct slice slice_of(const char *string)
{
	return (struct slice){ string, string ? strlen(string) : 0 };
}

struct slice slice_part(struct slice s, size_t start, size_t end)
{
	if (end > s.n)
		end = s.n;
	if (start >= end)
		return (struct slice){ s.p, 0 };
	return (struct slice){ s.p + start, end - start };
}

struct slice slice_from(struct slice s, size_t start)
{
	return slice_part(s, start, s.n);
}

bool slice_equal(struct slice a, struct slice b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool slice_equal_nocase(struct slice a, struct slice b)
{
	return a.n == b.n && slice_compare_nocase(a, b) == 0;
}

int slice_compare(struct slice a, struct slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;
	return order ? order : (a.n > b.n) - (a.n < b.n);
}

int slice_compare_nocase(struct slice a, struct slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	for (size_t i = 0; i < n; i++) {
		int difference = (unsigned char)octet_upper(a.p[i]) - (unsigned char)octet_upper(b.p[i]);
		if (difference != 0)
			return difference;
	}
	return (a.n > b.n) - (a.n < b.n);
}

bool slice_starts(struct slice s, struct slice prefix)
{
	return s.n >= prefix.n && slice_equal(slice_part(s, 0, prefix.n), prefix);
}

bool slice_starts_nocase(struct slice s, struct slice prefix)
{
	return s.n >= prefix.n && slice_equal_nocase(slice_part(s, 0, prefix.n), prefix);
}

size_t slice_find(struct slice s, struct slice needle)
{
	for (size_t i = 0; i + needle.n <= s.n; i++) {
		if (needle.n) /* few places begin as it does */
			i += slice_find_octet(slice_part(s, i, s.n), needle.p[0]);
		if (slice_starts(slice_part(s, i, s.n), needle))
			return i;
	}
	return s.n;
}

size_t slice_find_nocase(struct slice s, struct slice needle)
{
	char first = needle.n ? octet_lower(needle.p[0]) : '\0';
	for (size_t i = 0; i + needle.n <= s.n; i++)
		if ((needle.n == 0 || octet_lower(s.p[i]) == first) &&
		    slice_starts_nocase(slice_part(s, i, s.n), needle))
			return i;
	return s.n;
}

size_t slice_find_octet(struct slice s, char octet)
{
	const char *found = s.n ? memchr(s.p, octet, s.n) : NULL;
	return found ? (size_t)(found - s.p) : s.n;
}

struct slice slice_trim(struct slice s)
{
	while (s.n && octet_is_blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n && octet_is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct slice slice_word(struct slice *rest)
{
	size_t start = 0;
	while (start < rest->n && octet_is_blank(rest->p[start]))
		start++;
	size_t end = start;
	while (end < rest->n && !octet_is_blank(rest->p[end]))
		end++;
	struct slice word = slice_part(*rest, start, end);
	*rest = slice_part(*rest, end, rest->n);
	return word;
}

struct slice slice_line(struct slice *rest)
{
	size_t end = slice_find_octet(*rest, '\n');
	if (end < rest->n)
		end++;
	struct slice line = slice_part(*rest, 0, end);
	*rest = slice_part(*rest, end, rest->n);
	return line;
}

struct slice slice_row(struct slice *rest)
{
	struct slice line = slice_line(rest);
	if (line.n && line.p[line.n - 1] == '\n')
		line.n--;
	return line;
}

bool slice_number(struct slice s, uint64_t *value)
{
	if (s.n == 0)
		return false;
	uint64_t total = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (!octet_is_digit(s.p[i]))
			return false;
		unsigned digit = (unsigned)(s.p[i] - '0');
		if (total > (UINT64_MAX - digit) / 10)
			return false;
		total = total * 10 + digit;
	}
	*value = total;
	return true;
}

char *slice_string(struct slice s)
{
	char *copy = memory_get(s.n + 1);
	if (s.n)
		memcpy(copy, s.p, s.n);
	copy[s.n] = '\0';
	return copy;
}
