/*
 * Raw HTML within Markdown (CommonMark section 4.6): <pre>, tables, <details>, comments.
 */
#include "script/document_html.h"

#include <string.h>

/* What ends raw HTML that begins with this line. */
static enum raw_html begins(struct slice text)
{
	struct slice rest = slice_trim(text);
	if (slice_starts(rest, SLICE("<!--")))
		return RAW_HTML_CLOSED;
	if (rest.n < 3 || rest.p[0] != '<')
		return RAW_HTML_NONE;
	size_t from = rest.p[1] == '/' ? 2 : 1, n = from;
	while (n < rest.n && n < 20 && octet_is_alnum(rest.p[n]))
		n++;
	const struct element *element = element_find(slice_part(rest, from, n));
	if (element == NULL || (n < rest.n && !strchr(" />", rest.p[n])))
		return RAW_HTML_NONE;
	unsigned does = element->does;
	bool word = (does & ELEMENT_WORD) && strcmp(element->name, "summary") != 0;
	if (!(does & (ELEMENT_BLOCK | ELEMENT_CELL | ELEMENT_OUT)) || (does & ELEMENT_FRAME) || word)
		return RAW_HTML_NONE;
	return from == 1 && (does & (ELEMENT_LITERAL | ELEMENT_RAW)) ? RAW_HTML_CLOSED : RAW_HTML_EMPTY_LINE;
}

/* Whether what was begun is not closed: an empty line belongs to it. */
static bool is_open(const struct html *h)
{
	return h->lines.literal > 0 || h->raw || h->state == HTML_COMMENT;
}

bool markdown_html(struct document *d, const struct passing *now, const struct passing *next)
{
	struct blocks *b = &d->blocks;
	bool empty = now->line.kind == DOCUMENT_EMPTY;
	if (b->html == RAW_HTML_NONE && !empty && shape_indent(now->line.text) < 8)
		b->html = begins(now->line.text);
	if (b->html == RAW_HTML_NONE)
		return false;
	struct html *h = document_html(d);
	/* A fence without an empty line before it is meant as one all the same. */
	if (b->html == RAW_HTML_EMPTY_LINE && !is_open(h) && shape_fence(now->line.text).mark) {
		html_reader_end(h);
		b->html = RAW_HTML_NONE;
		return false;
	}
	h->lines.number = now->line.number;
	html_reader_feed(h, now->line.text.p, now->line.text.n);
	if (next == NULL || !next->rest)
		html_reader_feed(h, "\n", 1);
	if (is_open(h) || (b->html == RAW_HTML_EMPTY_LINE && !empty))
		return true;
	html_reader_end(h);
	b->html = RAW_HTML_NONE;
	b->empty_before = true;
	if (empty)
		document_hand(d, now, DOCUMENT_EMPTY, now->line.text, 0);
	return true;
}
