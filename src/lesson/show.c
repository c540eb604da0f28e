/*
 * Prose as rows for a terminal.
 *
 * Where a weight begins and ends is marked by characters that take no column until the rows are broken, and is put in
 * the terminal's words then.
 */
#include <stdlib.h>

#include "base/escape.h"
#include "lesson/inside.h"
#include "view/wrap.h"

/* U+2061 and U+2062: invisible, and escaped where they stand in a lesson's own text. */
#define BOLD_BEGINS SLICE("\xe2\x81\xa1")
#define BOLD_ENDS SLICE("\xe2\x81\xa2")

/* How deep lists and quotes are told apart. */
#define DEPTH_MAX 8

struct showing {
	struct buffer *out;
	size_t columns;
	bool styled;
	struct buffer prefix; /* before each row; within a list's item and a quote */
	struct buffer mark;   /* of the item that begins: stands in place of the last of the prefix; empty: none */
	bool loose;           /* an empty row is due before the next block */
	bool tight;           /* but not within this list */
	unsigned depth;
};

static void show_block(struct showing *s, cmark_node *node);

/* ---- the words of a paragraph ---- */

static void add_code(struct showing *s, struct slice text, struct buffer *out)
{
	if (s->styled)
		buffer_add_slice(out, BOLD_BEGINS);
	else
		buffer_add_octet(out, '`');
	escape_text(out, text);
	if (s->styled)
		buffer_add_slice(out, BOLD_ENDS);
	else
		buffer_add_octet(out, '`');
}

/* A link that does not show where it leads is followed by that. */
static void end_link(cmark_node *link, struct buffer *out)
{
	struct buffer words = { 0 };
	struct slice url = slice_of(cmark_node_get_url(link));
	node_words(link, &words);
	if (slice_find(url, buffer_slice(&words)) == url.n && url.n) {
		buffer_add_string(out, " <");
		escape_text(out, url);
		buffer_add_octet(out, '>');
	}
	buffer_free(&words);
}

static void add_inline(struct showing *s, cmark_node *node, bool enters, struct buffer *out)
{
	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_TEXT:
		escape_text(out, slice_of(cmark_node_get_literal(node)));
		break;
	case CMARK_NODE_CODE:
		add_code(s, slice_of(cmark_node_get_literal(node)), out);
		break;
	case CMARK_NODE_SOFTBREAK:
		buffer_add_octet(out, ' ');
		break;
	case CMARK_NODE_LINEBREAK:
		buffer_add_octet(out, '\n');
		break;
	case CMARK_NODE_STRONG:
		if (s->styled)
			buffer_add_slice(out, enters ? BOLD_BEGINS : BOLD_ENDS);
		break;
	case CMARK_NODE_LINK:
		if (!enters)
			end_link(node, out);
		break;
	default:
		break;
	}
}

static void add_inlines(struct showing *s, cmark_node *node, struct buffer *out)
{
	cmark_iter *iter = cmark_iter_new(node);
	cmark_event_type event;
	while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE)
		if (cmark_iter_get_node(iter) != node)
			add_inline(s, cmark_iter_get_node(iter), event == CMARK_EVENT_ENTER, out);
	cmark_iter_free(iter);
}

/* ---- rows ---- */

/* Puts the marks into the terminal's words. */
static void add_weighted(struct buffer *out, struct slice rows)
{
	while (rows.n) {
		size_t begins = slice_find(rows, BOLD_BEGINS), ends = slice_find(rows, BOLD_ENDS);
		size_t at = begins < ends ? begins : ends;
		buffer_add_slice(out, slice_part(rows, 0, at));
		if (at < rows.n)
			buffer_add_string(out, begins < ends ? "\033[1m" : "\033[0m");
		rows = slice_part(rows, at < rows.n ? at + BOLD_BEGINS.n : rows.n, rows.n);
	}
}

/* What stands before the next row; the mark of a list's item once. */
static char *take_prefix(struct showing *s)
{
	char *prefix = slice_string(buffer_slice(s->mark.n ? &s->mark : &s->prefix));
	buffer_clear(&s->mark);
	return prefix;
}

static void begin_block(struct showing *s)
{
	struct slice prefix = buffer_slice(&s->prefix);
	if (s->loose && !s->tight && s->mark.n == 0) {
		while (prefix.n && prefix.p[prefix.n - 1] == ' ')
			prefix.n--;
		buffer_add_slice(s->out, prefix);
		buffer_add_octet(s->out, '\n');
	}
	s->loose = true;
}

static void add_row(struct showing *s, struct slice row)
{
	char *first = take_prefix(s), *rest = slice_string(buffer_slice(&s->prefix));
	const struct wrapping how = { first, rest, s->columns, NULL };
	struct buffer rows = { 0 };
	(void)wrap(&rows, row, &how);
	add_weighted(s->out, buffer_slice(&rows));
	buffer_free(&rows);
	free(first);
	free(rest);
}

/* ---- blocks ---- */

static void show_paragraph(struct showing *s, cmark_node *node)
{
	struct buffer text = { 0 };
	add_inlines(s, node, &text);
	begin_block(s);
	struct slice rest = buffer_slice(&text);
	do
		add_row(s, slice_row(&rest));
	while (rest.n);
	buffer_free(&text);
}

/* Underlined, as Markdown writes it, so that it is told by more than weight. */
static void show_heading(struct showing *s, cmark_node *node)
{
	struct buffer text = { 0 }, line = { 0 };
	add_inlines(s, node, &text);
	size_t width = text_columns(buffer_slice(&text));
	for (size_t i = 0; i < width && i < s->columns; i++)
		buffer_add_octet(&line, cmark_node_get_heading_level(node) == 1 ? '=' : '-');
	begin_block(s);
	add_row(s, buffer_slice(&text));
	if (cmark_node_get_heading_level(node) < 3)
		add_row(s, buffer_slice(&line));
	buffer_free(&text);
	buffer_free(&line);
}

/* As it is written: not broken. */
static void show_code(struct showing *s, cmark_node *node)
{
	struct slice rest = slice_of(cmark_node_get_literal(node));
	begin_block(s);
	while (rest.n) {
		struct slice row = slice_row(&rest);
		char *prefix = take_prefix(s);
		buffer_printf(s->out, "%s    ", prefix);
		escape_for_screen(s->out, row);
		buffer_add_octet(s->out, '\n');
		free(prefix);
	}
}

static void show_children(struct showing *s, cmark_node *node)
{
	if (s->depth >= DEPTH_MAX)
		return;
	s->depth++;
	for (cmark_node *child = cmark_node_first_child(node); child; child = cmark_node_next(child))
		show_block(s, child);
	s->depth--;
}

static void show_list(struct showing *s, cmark_node *node)
{
	int number = cmark_node_get_list_start(node);
	bool numbered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST, outer = s->tight;
	size_t n = s->prefix.n;
	begin_block(s);
	s->tight = cmark_node_get_list_tight(node);
	for (cmark_node *item = cmark_node_first_child(node); item; item = cmark_node_next(item), number++) {
		s->loose = s->loose && !s->tight && item != cmark_node_first_child(node);
		if (s->loose)
			begin_block(s);
		char *mark = numbered ? string_printf("%3d. ", number) : string_copy("  - ");
		buffer_clear(&s->mark);
		buffer_add_slice(&s->mark, buffer_slice(&s->prefix));
		buffer_add_string(&s->mark, mark);
		for (size_t i = 0; mark[i]; i++)
			buffer_add_octet(&s->prefix, ' ');
		show_children(s, item);
		s->prefix.n = n;
		free(mark);
	}
	buffer_clear(&s->mark);
	s->tight = outer;
	s->loose = true;
}

static void show_quote(struct showing *s, cmark_node *node)
{
	size_t n = s->prefix.n;
	begin_block(s);
	s->loose = false;
	buffer_add_string(&s->prefix, "  | ");
	show_children(s, node);
	s->prefix.n = n;
	s->loose = true;
}

static void show_block(struct showing *s, cmark_node *node)
{
	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_PARAGRAPH:
		show_paragraph(s, node);
		break;
	case CMARK_NODE_HEADING:
		show_heading(s, node);
		break;
	case CMARK_NODE_CODE_BLOCK:
		show_code(s, node);
		break;
	case CMARK_NODE_LIST:
		show_list(s, node);
		break;
	case CMARK_NODE_BLOCK_QUOTE:
		show_quote(s, node);
		break;
	case CMARK_NODE_DOCUMENT:
		show_children(s, node);
		break;
	default: /* raw HTML and rules say nothing here */
		break;
	}
}

void lesson_show(struct cmark_node *node, size_t columns, bool styled, struct buffer *out)
{
	struct showing s = { .out = out, .columns = columns, .styled = styled };
	if (node)
		show_block(&s, node);
	buffer_free(&s.prefix);
	buffer_free(&s.mark);
}
