/*
 * Slips of an author's: what Markdown takes for prose, and was meant to be a step, a question, a command.
 */
#include <string.h>

#include "lesson/inside.h"

static bool is_block(struct slice word)
{
	return slice_equal(word, SLICE("transcript")) || slice_equal(word, SLICE("parlance"));
}

static bool is_in(cmark_node *node, cmark_node_type type)
{
	for (node = cmark_node_parent(node); node; node = cmark_node_parent(node))
		if (cmark_node_get_type(node) == type)
			return true;
	return false;
}

/* Quotes that were taken apart stand in documents of their own. */
static bool is_quoted(const struct lesson *lesson, cmark_node *node)
{
	cmark_node *root = node;
	while (cmark_node_parent(root))
		root = cmark_node_parent(root);
	return root != lesson->document || is_in(node, CMARK_NODE_BLOCK_QUOTE);
}

/* ---- blocks of code ---- */

bool block_closed(const struct reading *reading, cmark_node *block)
{
	struct slice row = reading_row(reading, (unsigned)cmark_node_get_end_line(block));
	while (row.n && strchr(" \t>", row.p[0]))
		row = slice_part(row, 1, row.n);
	bool fence = slice_starts(row, SLICE("```")) || slice_starts(row, SLICE("~~~"));
	return fence && cmark_node_get_end_line(block) > cmark_node_get_start_line(block);
}

static void blame_code(struct lesson *lesson, cmark_node *node)
{
	struct slice word = block_word(node), text = slice_of(cmark_node_get_literal(node));
	unsigned line = node_line(node);
	if (is_block(word))
		lesson_blame(lesson, line, false,
		             "a block marked " SLICE_FMT " inside a %s: it is shown, and not done: begin it at the "
		             "start of a line of its own",
		             SLICE_ARG(word), is_in(node, CMARK_NODE_LIST) ? "list" : "quote");
	else if (slice_starts(text, SLICE("```")) || slice_starts(text, SLICE("~~~")))
		lesson_blame(lesson, line, false,
		             "a fence that is indented: by four columns it is text like any other: take the spaces "
		             "away");
	else if (word.n == 0 && (slice_starts(text, SLICE("C: ")) || slice_starts(text, SLICE("S: "))))
		lesson_blame(lesson, line, true,
		             "a block that looks like steps: it is only shown: write transcript behind the fence, or "
		             "text where that is meant");
}

/* ---- words ---- */

/* A paragraph that begins with a word of ours, where none is looked for. */
static void blame_opening(struct lesson *lesson, cmark_node *paragraph)
{
	cmark_node *first = cmark_node_first_child(paragraph);
	struct buffer words = { 0 };
	cmark_node_type type = first ? cmark_node_get_type(first) : CMARK_NODE_NONE;
	bool bold = type == CMARK_NODE_STRONG;
	if (first)
		node_words(first, &words);
	struct slice text = buffer_slice(&words), word = slice_trim(slice_part(text, 0, slice_find_octet(text, ':')));
	bool marked = bold || type == CMARK_NODE_EMPH || word.n < slice_trim(text).n;
	const char *name = marked ? directive_name(word) : NULL;
	if (name && (bold || is_quoted(lesson, paragraph)))
		lesson_blame(lesson, node_line(paragraph), false,
		             "%s is only prose here: a quote of its own begins with the bold word: > **%s**", name,
		             name);
	buffer_free(&words);
}

/* The row below a table's head: | --- | --- |. */
static bool is_table(cmark_node *text)
{
	struct slice row = slice_of(cmark_node_get_literal(text));
	return cmark_node_previous(text) && row.n > 2 && row.p[0] == '|' && strspn(row.p, "|-: ") == row.n;
}

static void blame_node(struct lesson *lesson, cmark_node *node)
{
	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_CODE_BLOCK:
		blame_code(lesson, node);
		break;
	case CMARK_NODE_PARAGRAPH:
		blame_opening(lesson, node);
		break;
	case CMARK_NODE_TEXT:
		if (is_table(node))
			lesson_blame(lesson, node_line(node), true,
			             "a table: the terminal shows it as a paragraph: write a list");
		break;
	case CMARK_NODE_HTML_BLOCK:
	case CMARK_NODE_HTML_INLINE:
		if (!slice_starts(slice_trim(slice_of(cmark_node_get_literal(node))), SLICE("<!--")))
			lesson_blame(lesson, node_line(node), true, "HTML: the terminal leaves it out: write Markdown");
		break;
	default:
		break;
	}
}

void blame_slips(struct lesson *lesson, cmark_node *node)
{
	cmark_iter *iter = cmark_iter_new(node);
	cmark_event_type event;
	while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE)
		if (event == CMARK_EVENT_ENTER)
			blame_node(lesson, cmark_iter_get_node(iter));
	cmark_iter_free(iter);
}

/* A line without > behind a quote's last paragraph is taken for more of it. */
void blame_lazy(const struct reading *reading, cmark_node *quote)
{
	unsigned last = (unsigned)cmark_node_get_end_line(quote);
	for (unsigned line = node_line(quote); line <= last; line++) {
		struct slice row = slice_trim(reading_row(reading, line));
		if (row.n == 0 || row.p[0] == '>')
			continue;
		lesson_blame(reading->lesson, line, true,
		             "a line without > right behind a quote: it is still of the quote: put an empty line "
		             "before it, or begin it with >");
		return;
	}
}
