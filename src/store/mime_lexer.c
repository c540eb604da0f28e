/*
 * What the fields of a header are made of.
 */
#include <string.h>

#include "store/mime_lexer.h"

bool lexer_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void drop(struct slice *rest, size_t n)
{
	*rest = slice_part(*rest, n, rest->n);
}

bool lexer_takes(struct slice *rest, char octet)
{
	if (rest->n == 0 || rest->p[0] != octet)
		return false;
	drop(rest, 1);
	return true;
}

/* Appends one octet of a quoted string or comment that begins at `at`, and returns where the next begins. Line ends are
 * dropped: they stand there only because the field is folded. */
static size_t add_text(struct slice s, size_t at, struct buffer *out)
{
	if (s.p[at] == '\\' && at + 1 < s.n)
		at++;
	else if (s.p[at] == '\r' || s.p[at] == '\n')
		return at + 1;
	if (out)
		buffer_add_octet(out, s.p[at]);
	return at + 1;
}

/* The comment that `rest` begins with; comments stand in comments. */
static void take_comment(struct slice *rest, struct buffer *out)
{
	size_t at = 1, depth = 1;
	if (out)
		buffer_clear(out);
	while (at < rest->n) {
		depth += rest->p[at] == '(';
		depth -= rest->p[at] == ')';
		if (depth == 0)
			break;
		at = add_text(*rest, at, out);
	}
	drop(rest, at + 1);
}

bool lexer_blanks(struct slice *rest, struct buffer *comment)
{
	size_t before = rest->n;
	while (rest->n && (lexer_is_blank(rest->p[0]) || rest->p[0] == '(')) {
		if (rest->p[0] == '(')
			take_comment(rest, comment);
		else
			drop(rest, 1);
	}
	return rest->n < before;
}

void lexer_quoted(struct slice *rest, struct buffer *out)
{
	size_t at = 1;
	while (at < rest->n && rest->p[at] != '"')
		at = add_text(*rest, at, out);
	drop(rest, at + 1);
}

struct slice lexer_word(struct slice *rest, const char *ends)
{
	size_t end = 0;
	while (end < rest->n && !lexer_is_blank(rest->p[end]) &&
	       (rest->p[end] == '\0' || strchr(ends, rest->p[end]) == NULL))
		end++;
	struct slice word = slice_part(*rest, 0, end);
	drop(rest, end);
	return word;
}

void lexer_skip(struct slice *rest, const char *ends, struct buffer *comment)
{
	while (rest->n) {
		if (lexer_blanks(rest, comment))
			continue;
		if (rest->p[0] == '"')
			lexer_quoted(rest, NULL);
		else if (rest->p[0] != '\0' && strchr(ends, rest->p[0]))
			return;
		else
			drop(rest, 1);
	}
}
