/*
 * Rows of text: lines as a reader sees them. What only a terminal or a printer understands is taken out (escape sequences,
 * letters printed over each other), tabs become spaces, a form feed is told to whom it concerns.
 */
#include "script/document_inside.h"

#include <string.h>

#define TAB ((size_t)8)

static bool is_inside(char c)
{
	return ((unsigned char)c & 0xC0) == 0x80;
}

/* Where the last character of the first `n` octets begins, if it goes on behind them; else `n`. */
static size_t whole_characters(struct slice text, size_t n)
{
	for (size_t back = 1; back <= 3 && back < n; back++) {
		unsigned char c = (unsigned char)text.p[n - back];
		if (is_inside(text.p[n - back]))
			continue;
		size_t length = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
		return length > back ? n - back : n;
	}
	return n;
}

size_t row_part(struct slice text)
{
	size_t end = DOCUMENT_LINE_MAX;
	for (size_t i = end; i > end / 2; i--)
		if (text.p[i - 1] == ' ')
			return i;
	return whole_characters(text, end);
}

void row_tab(struct buffer *text, size_t *counted, size_t *column)
{
	for (; *counted < text->n; ++*counted)
		*column += !is_inside(text->p[*counted]);
	do {
		buffer_add_octet(text, ' ');
		++*counted;
	} while (++*column % TAB != 0);
}

static void hand_row(struct rows *r, struct slice text)
{
	struct passing row = { .line = { .number = r->number + 1, .text = text }, .feed = r->feed, .rest = r->rest };
	row.line.kind = text.n == 0 ? DOCUMENT_EMPTY : DOCUMENT_TEXT;
	r->take(r->context, &row);
	r->feed = false;
}

static void hand_front(struct rows *r)
{
	size_t n = row_part(buffer_slice(&r->text));
	hand_row(r, slice_part(buffer_slice(&r->text), 0, n));
	r->rest = true;
	for (; r->counted < n; r->counted++)
		r->column += !is_inside(r->text.p[r->counted]);
	r->counted -= n;
	buffer_drop(&r->text, n);
}

static void row_over(struct rows *r)
{
	struct slice text = buffer_slice(&r->text);
	/* Only spaces: as empty as it looks. */
	if (shape_blank(text) && !r->rest)
		text.n = 0;
	hand_row(r, text);
	buffer_clear(&r->text);
	r->number++;
	r->counted = r->column = r->nunder = 0;
	r->rest = r->over = false;
	r->feed = r->feed_behind;
	r->feed_behind = false;
	r->state = ROWS_PLAIN;
}

/* ---- octets that are no letters ---- */

/* The letter before it gives way to the next one. */
static void backspace(struct rows *r)
{
	size_t n = r->text.n;
	while (n > 0 && r->text.n - n < 3 && is_inside(r->text.p[n - 1]))
		n--;
	if (n == 0)
		return;
	n--;
	r->nunder = r->text.n - n;
	memcpy(r->under, r->text.p + n, r->nunder);
	r->text.n = n;
	if (r->counted > n) {
		r->counted = n;
		r->column -= r->column > 0;
	}
	r->over = true;
}

static void special(struct rows *r, char c)
{
	switch (c) {
	case '\n':
		row_over(r);
		break;
	case '\t':
		row_tab(&r->text, &r->counted, &r->column);
		break;
	case '\b':
		backspace(r);
		break;
	case '\f': /* behind a footer's text the next page begins with the next line */
		*(r->rest || !shape_blank(buffer_slice(&r->text)) ? &r->feed_behind : &r->feed) = true;
		break;
	case '\033':
		r->state = ROWS_ESCAPE;
		break;
	case (char)0xA0: /* a no-break space in UTF-8, if C2 stands before it */
		if (r->text.n > 0 && r->text.p[r->text.n - 1] == (char)0xC2)
			r->text.p[r->text.n - 1] = ' ';
		else
			buffer_add_octet(&r->text, c);
		break;
	default:
		break;
	}
}

static bool is_special(char c)
{
	return c == '\n' || c == '\t' || c == '\b' || c == '\f' || c == '\033' || c == '\v' || c == (char)0xA0;
}

/* ---- escape sequences (ECMA-48 section 5.4, ECMA-35 section 13) ---- */

static void escape(struct rows *r, char c)
{
	if (c == '\n') {
		row_over(r);
		return;
	}
	switch (r->state) {
	case ROWS_ESCAPE:
		if (c == '[')
			r->state = ROWS_CONTROL;
		else if (c == ']' || c == 'P' || c == 'X' || c == '^' || c == '_')
			r->state = ROWS_STRING;
		else
			r->state = c >= 0x20 && c <= 0x2F ? ROWS_CHARSET : ROWS_PLAIN;
		break;
	case ROWS_CONTROL:
		if (c >= 0x40 && c <= 0x7E)
			r->state = ROWS_PLAIN;
		break;
	case ROWS_CHARSET:
		if (c >= 0x30 && c <= 0x7E)
			r->state = ROWS_PLAIN;
		break;
	case ROWS_STRING:
		if (c == '\a' || c == '\033')
			r->state = c == '\a' ? ROWS_PLAIN : ROWS_STRING_ESCAPE;
		break;
	case ROWS_STRING_ESCAPE:
		r->state = c == '\\' ? ROWS_PLAIN : ROWS_STRING;
		break;
	default:
		break;
	}
}

/* A letter that is printed over another: an underline is none. */
static bool over(struct rows *r, char c)
{
	bool underline = c == '_' && !(r->nunder == 1 && r->under[0] == '_');
	r->over = false;
	if (underline)
		buffer_add(&r->text, r->under, r->nunder);
	return underline;
}

void rows_feed(struct rows *r, const char *octets, size_t n)
{
	for (size_t i = 0; i < n;) {
		if (r->state != ROWS_PLAIN) {
			escape(r, octets[i++]);
			continue;
		}
		size_t from = i;
		if (r->over && !is_special(octets[i]) && over(r, octets[i]))
			from = ++i;
		while (i < n && !is_special(octets[i]) && r->text.n + (i - from) < DOCUMENT_LINE_MAX)
			i++;
		buffer_add(&r->text, octets + from, i - from);
		while (r->text.n >= DOCUMENT_LINE_MAX)
			hand_front(r);
		if (i < n && is_special(octets[i]))
			special(r, octets[i++]);
		while (r->text.n >= DOCUMENT_LINE_MAX)
			hand_front(r);
	}
}

void rows_end(struct rows *r)
{
	if (r->text.n > 0 || r->rest)
		row_over(r);
}

void rows_free(struct rows *r)
{
	buffer_free(&r->text);
}
