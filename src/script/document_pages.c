/*
 * What only printed pages have is left out: an RFC's footer and header, the form feed between them, and the empty lines around.
 *
 * A footer with `[Page 5]` and a header with number, name and date are known by themselves, even where the form feed was lost.
 * Older RFCs have others: those are known by the form feed beside them.
 */
#include "script/document_inside.h"

#include <string.h>

/* ---- shapes ---- */

/* `5`, `iv`: a page's number, as a length. */
static size_t page_number(struct slice text)
{
	size_t n = 0;
	while (n < text.n && octet_is_digit(text.p[n]))
		n++;
	if (n > 0)
		return n <= 4 ? n : 0;
	while (n < text.n && n < 7 && strchr("ivxlc", octet_lower(text.p[n])))
		n++;
	return n;
}

/* `[Page 5]` at the front, as a length; 0: it does not stand there. */
static size_t page_mark(struct slice text)
{
	if (!slice_starts_nocase(text, SLICE("[page ")))
		return 0;
	size_t n = 6 + shape_indent(slice_part(text, 6, text.n));
	size_t number = page_number(slice_part(text, n, text.n));
	n += number;
	return number > 0 && n < text.n && text.p[n] == ']' ? n + 1 : 0;
}

/* Whether it is a footer by itself: `[Page 5]` at an end of the line, with a gap beside it. */
static bool is_footer(struct slice line)
{
	struct slice text = slice_trim(line);
	size_t mark = page_mark(text);
	if (mark > 0)
		return mark == text.n || slice_starts(slice_part(text, mark, text.n), SLICE("   "));
	size_t at = slice_find_nocase(text, SLICE("[page "));
	return at < text.n && at >= 2 && memcmp(text.p + at - 2, "  ", 2) == 0 &&
	       at + page_mark(slice_part(text, at, text.n)) == text.n;
}

/* Takes the next column off the front: columns are parted by three spaces or more. */
static struct slice next_column(struct slice *rest)
{
	*rest = slice_trim(*rest);
	size_t end = slice_find(*rest, SLICE("   "));
	struct slice column = slice_part(*rest, 0, end);
	*rest = slice_part(*rest, end, rest->n);
	return column;
}

/* `5`, `- 5 -`, `-5-`, `Page 5`. */
static bool is_page_column(struct slice column)
{
	if (slice_starts_nocase(column, SLICE("page ")))
		column = slice_part(column, 5, column.n);
	while (column.n > 0 && strchr("- ", column.p[0]))
		column = slice_part(column, 1, column.n);
	while (column.n > 0 && strchr("- ", column.p[column.n - 1]))
		column.n--;
	return column.n > 0 && page_number(column) == column.n;
}

/* Whether it is a footer if a form feed follows: one of its columns is a page's number. */
static bool may_be_footer(struct slice line)
{
	bool page = false;
	size_t columns = 0;
	for (struct slice rest = line; columns < 4 && !shape_blank(rest); columns++)
		if (is_page_column(next_column(&rest)))
			page = true;
	return page && (columns > 1 || shape_indent(line) >= 20);
}

static const char *const months[] = { "jan", "feb", "mar", "apr", "may", "jun", "jul",
	                              "aug", "sep", "oct", "nov", "dec", NULL };

/* Whether a month's name and a year of four digits at the end stand there. */
static bool is_date(struct slice column)
{
	uint64_t year;
	if (column.n < 8 || !slice_number(slice_part(column, column.n - 4, column.n), &year) || year < 1960 ||
	    year > 2100)
		return false;
	for (size_t i = 0; months[i]; i++)
		if (slice_find_nocase(column, slice_of(months[i])) < column.n)
			return true;
	return false;
}

static bool is_series(struct slice column)
{
	struct slice rest = column;
	uint64_t number;
	if (slice_starts_nocase(column, SLICE("internet-draft")) ||
	    slice_starts_nocase(column, SLICE("internet draft")))
		return true;
	if (!slice_equal_nocase(slice_word(&rest), SLICE("rfc")))
		return false;
	rest = slice_trim(rest);
	return slice_number(rest, &number) || slice_starts_nocase(rest, SLICE("draft"));
}

/* Whether it is a page's header. `after`: a page's end stands before it; then a date beside a name is enough. */
static bool is_header(struct slice line, bool after)
{
	struct slice first = { 0 }, last = { 0 };
	size_t columns = 0;
	for (struct slice rest = line; columns < 4 && !shape_blank(rest); columns++) {
		last = next_column(&rest);
		if (columns == 0)
			first = last;
	}
	if (columns < 2 || columns > 3)
		return false;
	if (is_date(last))
		return after || is_series(first);
	return is_date(first) && (after || is_series(last));
}

/* Whether the text, page numbers apart, is the first line of the page before too. */
static bool is_repeated(const struct pages *p, struct slice text)
{
	struct slice a = buffer_slice(&p->first_line), b = slice_trim(text);
	size_t i = 0, j = 0;
	while (i < a.n || j < b.n) {
		if (i < a.n && (octet_is_digit(a.p[i]) || a.p[i] == ' '))
			i++;
		else if (j < b.n && (octet_is_digit(b.p[j]) || b.p[j] == ' '))
			j++;
		else if (i < a.n && j < b.n && a.p[i] == b.p[j])
			i++, j++;
		else
			return false;
	}
	return b.n >= 8 && !shape_said(b);
}

/* The second line of a header, as RFCs 821 and 959 have it: `File Transfer Protocol` below number and date. */
static bool is_header_more(struct slice line)
{
	size_t indent = shape_indent(line);
	return (indent == 0 || indent >= 30) && line.n <= 80 && !shape_said(line) &&
	       shape_section(slice_trim(line)) == 0;
}

/* ---- what waits ---- */

static void hand_empty(struct pages *p, struct passing *first, size_t n, unsigned last)
{
	for (size_t i = 0; i < n; i++) {
		p->take(p->context, first);
		first->line.number += first->line.number < last;
	}
}

/* The line that might have been a footer, with the empty lines before it and, if `after`, those behind it. */
static void hand_waiting(struct pages *p, bool after)
{
	if (!p->waits)
		return;
	hand_empty(p, &p->empty, p->nempty, p->last_empty);
	p->footer.line.text = buffer_slice(&p->footer_text);
	p->take(p->context, &p->footer);
	if (after)
		hand_empty(p, &p->after, p->nafter, p->last_after);
	p->nempty = p->nafter = 0;
	p->waits = false;
}

/* A page ends: what waits is its, and is left out. */
static void break_page(struct pages *p)
{
	p->nempty = p->nafter = 0;
	p->waits = false;
	p->broken = p->top = true;
}

static void hand(struct pages *p, const struct passing *row)
{
	struct passing out = *row;
	hand_waiting(p, true);
	hand_empty(p, &p->empty, p->broken ? 0 : p->nempty, p->last_empty);
	out.line.page = p->broken;
	p->nempty = 0;
	p->broken = p->top = false;
	p->take(p->context, &out);
}

static void wait_empty(struct pages *p, const struct passing *row)
{
	struct passing *first = p->waits ? &p->after : &p->empty;
	size_t *n = p->waits ? &p->nafter : &p->nempty;
	if (row->feed)
		break_page(p);
	else if ((*n)++ == 0)
		*first = *row;
	*(p->waits ? &p->last_after : &p->last_empty) = row->line.number;
}

static void keep(struct pages *p, const struct passing *row)
{
	p->footer = *row;
	buffer_clear(&p->footer_text);
	buffer_add_slice(&p->footer_text, row->line.text);
}

static void wait_footer(struct pages *p, const struct passing *row)
{
	keep(p, row);
	p->waits = true;
	p->nafter = 0;
}

/* The second line of a header, if an empty line follows: else it is the first of the page's text. */
static void second_line(struct pages *p, const struct passing *row)
{
	p->second = false;
	if (row->line.kind == DOCUMENT_EMPTY)
		return;
	p->footer.line.text = buffer_slice(&p->footer_text);
	hand(p, &p->footer);
}

/* ---- each line ---- */

/* Whether the line is left out, as what stands at the top or at the end of a page. */
static bool left_out(struct pages *p, struct slice text)
{
	if (is_footer(text)) {
		hand_waiting(p, false); /* was none, as here is one */
		break_page(p);
		return true;
	}
	bool top = p->top, repeated = top && is_repeated(p, text);
	if (top) {
		buffer_clear(&p->first_line);
		buffer_add_slice(&p->first_line, slice_part(slice_trim(text), 0, 160));
	}
	if (!repeated && !(text.n <= 120 && is_header(text, top)))
		return false;
	if (p->nempty == 0 && !top)
		return false;
	break_page(p);
	p->top = false;
	p->header = true;
	return true;
}

void pages_feed(struct pages *p, const struct passing *row)
{
	if (p->second)
		second_line(p, row);
	if (row->rest) {
		if (!p->left)
			p->take(p->context, row);
		return;
	}
	if (row->line.kind == DOCUMENT_EMPTY) {
		wait_empty(p, row);
		p->header = false;
		return;
	}
	if (row->feed)
		break_page(p);
	p->second = p->header && is_header_more(row->line.text);
	p->header = false;
	if (p->second) {
		keep(p, row);
		return;
	}
	p->left = left_out(p, row->line.text);
	if (p->left)
		return;
	/* One more that may be a footer: the one that waits is none. */
	if (!p->broken && p->nempty > 0 && row->line.text.n <= 120 && may_be_footer(row->line.text)) {
		if (p->waits)
			hand(p, row);
		else
			wait_footer(p, row);
		return;
	}
	hand(p, row);
}

void pages_end(struct pages *p)
{
	if (p->second)
		second_line(p, &p->footer);
	hand_waiting(p, true);
	if (!p->broken)
		hand_empty(p, &p->empty, p->nempty, p->last_empty);
}

void pages_free(struct pages *p)
{
	buffer_free(&p->footer_text);
	buffer_free(&p->first_line);
}
