/*
 * What a line is by its shape: a heading, a rule under one, a fence of code. Each looks at one line or two, and at nothing else.
 */
#include "script/document_inside.h"

#include <string.h>

size_t shape_indent(struct slice text)
{
	size_t n = 0;
	while (n < text.n && text.p[n] == ' ')
		n++;
	return n;
}

bool shape_blank(struct slice text)
{
	return shape_indent(text) == text.n;
}

static bool is_mark(char c)
{
	return c > ' ' && c < 0x7F && !octet_is_alnum(c);
}

char shape_rule(struct slice text, size_t least)
{
	struct slice rule = slice_trim(text);
	if (rule.n < least || rule.n == 0 || !is_mark(rule.p[0]))
		return 0;
	for (size_t i = 1; i < rule.n; i++)
		if (rule.p[i] != rule.p[0])
			return 0;
	return rule.p[0];
}

static size_t characters(struct slice text)
{
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++)
		n += ((unsigned char)text.p[i] & 0xC0) != 0x80;
	return n;
}

/* ---- what is said ---- */

static const char *const sides[] = { "client", "server", "sender", "receiver", "user", "host", NULL };

bool shape_said(struct slice text)
{
	struct slice rest = slice_trim(text);
	size_t colon = slice_find_octet(rest, ':');
	if (colon == 1 && octet_is_alpha(rest.p[0]) && (rest.n == 2 || rest.p[2] == ' '))
		return true;
	if (rest.n > 2 && rest.p[1] == '>' && (rest.p[0] == 'C' || rest.p[0] == 'S'))
		return true;
	for (size_t i = 0; sides[i] && colon < rest.n; i++)
		if (slice_equal_nocase(slice_part(rest, 0, colon), slice_of(sides[i])))
			return true;
	struct slice code = slice_part(rest, 0, 3);
	uint64_t number;
	return (slice_number(code, &number) && number >= 100 && number < 600 && rest.n > 3 &&
	        strchr(" -", rest.p[3])) ||
	       slice_starts(rest, SLICE("+OK")) || slice_starts(rest, SLICE("-ERR"));
}

/* ---- headings ---- */

bool shape_hashes(struct slice text, struct slice *title)
{
	size_t indent = shape_indent(text), n = indent;
	while (n < text.n && text.p[n] == '#')
		n++;
	if (indent > 3 || n == indent || n - indent > 6 || (n < text.n && text.p[n] != ' '))
		return false;
	struct slice rest = slice_trim(slice_part(text, n, text.n));
	size_t end = rest.n;
	while (end > 0 && rest.p[end - 1] == '#')
		end--;
	if (end < rest.n && (end == 0 || rest.p[end - 1] == ' '))
		rest = slice_trim(slice_part(rest, 0, end));
	*title = rest;
	return !shape_said(rest);
}

bool shape_underlined(struct slice text, struct slice under)
{
	char mark = shape_rule(under, 2);
	if (mark == 0 || !strchr("=-~^*+#\"'`.:_", mark) || shape_rule(text, 1) || shape_said(text))
		return false;
	if (!shape_blank(text) && strchr("|!+", slice_trim(text).p[0])) /* a box */
		return false;
	size_t title = characters(slice_trim(text)), rule = slice_trim(under).n;
	size_t apart = title > rule ? title - rule : rule - title;
	size_t a = shape_indent(text), b = shape_indent(under);
	return title > 0 && title <= 120 && (a > b ? a - b : b - a) <= 2 &&
	       (apart <= 3 || (rule > title && apart <= 8));
}

/* Digits with a dot between them, or a letter and such: how long it is; `*parts` are what the dots part. */
static size_t number_length(struct slice text, unsigned *parts)
{
	size_t n = 0;
	*parts = 0;
	for (;;) {
		size_t begin = n;
		if (*parts == 0 && n < text.n && text.p[n] >= 'A' && text.p[n] <= 'Z')
			n++;
		else
			while (n < text.n && octet_is_digit(text.p[n]) && n - begin < 3)
				n++;
		if (n == begin)
			return n;
		++*parts;
		if (n >= text.n || text.p[n] != '.')
			return n;
		n++;
	}
}

/* `Appendix A.`, `APPENDIX II -`, `Section 4:`: the word, the number and what ends it; 0: no such word. */
static size_t named_number(struct slice text)
{
	static const char *const words[] = { "appendix ", "section ", NULL };
	size_t n = 0;
	for (size_t i = 0; words[i] && n == 0; i++)
		if (slice_starts_nocase(text, slice_of(words[i])))
			n = strlen(words[i]);
	size_t begin = n;
	while (n > 0 && n < text.n && n - begin < 8 &&
	       (octet_is_digit(text.p[n]) || (text.p[n] >= 'A' && text.p[n] <= 'Z') || text.p[n] == '.'))
		n++;
	if (n == begin || n >= text.n)
		return 0;
	if (text.p[n] == ':')
		n++;
	size_t dash = n + shape_indent(slice_part(text, n, text.n));
	return dash + 1 < text.n && text.p[dash] == '-' && text.p[dash + 1] == ' ' ? dash + 1 : n;
}

size_t shape_section(struct slice text)
{
	unsigned parts = 0;
	size_t named = named_number(text), n = named ? named : number_length(text, &parts);
	size_t spaces = shape_indent(slice_part(text, n, text.n));
	if (n == 0 || spaces == 0 || n + spaces >= text.n)
		return 0;
	/* `250 octets` is no section; `A. Smith` is a name, `A.  Title` an appendix. */
	if (!named && parts < 2 && (text.p[n - 1] != '.' || (octet_is_alpha(text.p[0]) && spaces < 2)))
		return 0;
	return n + spaces;
}

struct slice shape_title(struct slice text)
{
	struct slice title = slice_trim(text);
	size_t n = shape_section(title);
	title = slice_part(title, n, title.n);
	static const char mark[] = "\xC2\xB6"; /* the pilcrow of a link to itself */
	if (title.n > 2 && memcmp(title.p + title.n - 2, mark, 2) == 0)
		title = slice_trim(slice_part(title, 0, title.n - 2));
	return title;
}

/* ---- fences ---- */

struct fence shape_fence(struct slice text)
{
	struct slice rest = slice_part(text, shape_indent(text), text.n);
	struct fence fence = { 0 };
	if (rest.n < 3 || (rest.p[0] != '`' && rest.p[0] != '~'))
		return fence;
	while (fence.length < rest.n && rest.p[fence.length] == rest.p[0])
		fence.length++;
	fence.info = slice_trim(slice_part(rest, fence.length, rest.n));
	/* What has backticks behind it is code within a line. */
	if (fence.length >= 3 && (rest.p[0] == '~' || slice_find_octet(fence.info, '`') == fence.info.n))
		fence.mark = rest.p[0];
	return fence;
}

bool shape_fence_closes(const struct fence *open, struct slice text)
{
	return shape_rule(text, open->length) == open->mark;
}
