/*
 * Quotes that ask: a question with its answer, a goal with a way to it, hints.
 */
#include <stdlib.h>
#include <string.h>

#include "lesson/inside.h"

enum directive { QUESTION, ANSWER, GOAL, HINT, DIRECTIVES, NONE };

static const char *const directives[DIRECTIVES] = { "Question", "Answer", "Goal", "Hint" };

/* Bold words that open a quote which is prose. */
static const char *const prose[] = { "Note", "Tip", "Important", "Warning", "Caution" };

/* ---- the word that opens a paragraph ---- */

/* The bold word that a paragraph begins with, without a colon behind it; empty where it begins otherwise. Appended to `room`. */
static struct slice opening_word(cmark_node *paragraph, struct buffer *room)
{
	cmark_node *first = cmark_node_first_child(paragraph);
	if (cmark_node_get_type(paragraph) != CMARK_NODE_PARAGRAPH || first == NULL ||
	    cmark_node_get_type(first) != CMARK_NODE_STRONG)
		return (struct slice){ NULL, 0 };
	node_words(first, room);
	struct slice word = slice_trim(buffer_slice(room));
	if (word.n && word.p[word.n - 1] == ':')
		word.n--;
	return slice_find_octet(word, ' ') == word.n ? word : (struct slice){ NULL, 0 };
}

static enum directive directive_of(cmark_node *paragraph)
{
	struct buffer room = { 0 };
	struct slice word = opening_word(paragraph, &room);
	enum directive found = NONE;
	for (size_t i = 0; i < DIRECTIVES && word.n; i++)
		if (slice_equal_nocase(word, slice_of(directives[i])))
			found = (enum directive)i;
	buffer_free(&room);
	return found;
}

const char *directive_name(struct slice word)
{
	for (size_t i = 0; i < DIRECTIVES; i++)
		if (slice_equal_nocase(word, slice_of(directives[i])))
			return directives[i];
	return NULL;
}

static bool is_break(cmark_node *node)
{
	return node &&
	       (cmark_node_get_type(node) == CMARK_NODE_SOFTBREAK || cmark_node_get_type(node) == CMARK_NODE_LINEBREAK);
}

/* Moves what stands from `from` on in its paragraph into one of its own, behind it. */
static cmark_node *split_at(cmark_node *paragraph, cmark_node *from)
{
	cmark_node *rest = cmark_node_new(CMARK_NODE_PARAGRAPH), *next;
	(void)cmark_node_insert_after(paragraph, rest);
	for (; from; from = next) {
		next = cmark_node_next(from);
		(void)cmark_node_append_child(rest, from);
	}
	return rest;
}

/* Lines of one paragraph that begin with such a word become paragraphs of their own. */
static void split_paragraph(cmark_node *paragraph)
{
	for (cmark_node *at = cmark_node_first_child(paragraph); at; at = cmark_node_next(at)) {
		cmark_node *next = cmark_node_next(at);
		if (!is_break(at) || next == NULL || cmark_node_get_type(next) != CMARK_NODE_STRONG)
			continue;
		cmark_node *rest = split_at(paragraph, next);
		if (directive_of(rest) != NONE) {
			cmark_node_free(at);
			split_paragraph(rest);
			return;
		}
		while ((next = cmark_node_first_child(rest)))
			(void)cmark_node_append_child(paragraph, next);
		cmark_node_free(rest);
	}
}

/* Takes the opening word away, and the space or colon behind it; `line`: all that stands in its line. */
static void strip_opening(cmark_node *paragraph, bool line)
{
	cmark_node *next;
	cmark_node_free(cmark_node_first_child(paragraph));
	while (line && (next = cmark_node_first_child(paragraph)) && !is_break(next))
		cmark_node_free(next);
	next = cmark_node_first_child(paragraph);
	if (is_break(next)) {
		cmark_node_free(next);
	} else if (next && cmark_node_get_type(next) == CMARK_NODE_TEXT) {
		const char *text = cmark_node_get_literal(next);
		char *rest = string_copy(text + strspn(text, " :"));
		(void)cmark_node_set_literal(next, rest);
		free(rest);
	}
}

/* ---- parts ---- */

/* A part of a quote: the paragraph that opens it, without its word, and what follows up to the next part. */
static cmark_node *take_part(struct reading *reading, cmark_node *opening, bool line)
{
	struct lesson *lesson = reading->lesson;
	cmark_node *part = cmark_node_new(CMARK_NODE_DOCUMENT), *next = opening;
	lesson->parts = memory_grow(lesson->parts, lesson->nparts + 1, sizeof *lesson->parts);
	lesson->parts[lesson->nparts++] = part;
	strip_opening(opening, line);
	do {
		cmark_node *node = next;
		next = cmark_node_next(node);
		bool empty = node == opening && cmark_node_first_child(node) == NULL;
		if (cmark_node_get_type(node) == CMARK_NODE_CODE_BLOCK &&
		    slice_equal(block_word(node), SLICE("transcript")))
			reading_block(reading, node);
		else if (!empty)
			(void)cmark_node_append_child(part, node);
	} while (next && directive_of(next) == NONE);
	return part;
}

/* What stands behind **Goal** in its line of the source. */
static struct slice behind_word(const struct reading *reading, unsigned line)
{
	struct slice row = reading_row(reading, line);
	size_t at = slice_find_nocase(row, SLICE("goal"));
	row = slice_part(row, at < row.n ? at + strlen("goal") : row.n, row.n);
	while (row.n && strchr("*_:", row.p[0]))
		row = slice_part(row, 1, row.n);
	return slice_trim(row);
}

unsigned choice_named(struct slice text, unsigned choices)
{
	struct slice word = slice_word(&text);
	uint64_t number = 0;
	while (word.n && word.p[0] == '(')
		word = slice_part(word, 1, word.n);
	bool marked = slice_trim(text).n == 0; /* "A" is a choice, and so is "A. The dot"; "A dot" is none */
	for (; word.n && strchr(".):,", word.p[word.n - 1]); marked = true)
		word.n--;
	if (marked && word.n == 1 && octet_is_alpha(word.p[0]))
		number = (unsigned char)octet_lower(word.p[0]) - 'a' + 1U;
	else if (!slice_number(word, &number))
		return 0;
	return number <= choices ? (unsigned)number : 0;
}

/* Which choice an answer begins with. */
static unsigned named_choice(cmark_node *answer, unsigned choices)
{
	cmark_node *first = cmark_node_first_child(answer);
	struct buffer words = { 0 };
	if (cmark_node_get_type(first) == CMARK_NODE_LIST) /* "2. That one", in a line of its own */
		buffer_printf(&words, "%d. ", cmark_node_get_list_start(first));
	node_words(answer, &words);
	unsigned choice = choice_named(buffer_slice(&words), choices);
	buffer_free(&words);
	return choice;
}

static void count_choices(struct lesson *lesson, struct lesson_item *item)
{
	cmark_node *list = cmark_node_first_child(item->body);
	while (list && cmark_node_get_type(list) != CMARK_NODE_LIST)
		list = cmark_node_next(list);
	for (cmark_node *one = list ? cmark_node_first_child(list) : NULL; one; one = cmark_node_next(one))
		item->choices++;
	if (list && cmark_node_get_list_start(list) != 1) /* 0: it has dots for numbers */
		lesson_blame(lesson, node_line(list), true,
		             "choices that are not numbered 1, 2, 3: their numbers are typed: begin the first with 1.");
	if (list == NULL || item->answer == NULL)
		return;
	item->right = named_choice(item->answer, item->choices);
	if (item->right == 0)
		lesson_blame(
			lesson, item->line, true,
			"the answer does not begin with a choice's number: nobody is told whether theirs was right");
}

static void add_hint(struct lesson_item *item, cmark_node *hint)
{
	item->hints = memory_grow(item->hints, item->nhints + 1, sizeof *item->hints);
	item->hints[item->nhints++] = hint;
}

/* ---- the quote ---- */

/* The item that a quote of hints alone is for: the last that one may be stuck at. */
static struct lesson_item *stuck_at(struct lesson *lesson)
{
	for (size_t i = lesson->nitems; i-- > 0;)
		if (lesson->items[i].kind != ITEM_HEADING && lesson->items[i].kind != ITEM_PROSE)
			return &lesson->items[i];
	return NULL;
}

/* The item that a quote opens. */
static struct lesson_item *open_item(struct reading *reading, enum directive word, unsigned line)
{
	struct lesson *lesson = reading->lesson;
	if (word == QUESTION)
		return lesson_add(lesson, ITEM_QUESTION, line);
	if (word == HINT) {
		struct lesson_item *item = stuck_at(lesson);
		if (item == NULL)
			lesson_blame(lesson, line, false, "a hint for nothing: it stands behind a step, or in a goal");
		return item;
	}
	if (word == ANSWER) {
		lesson_blame(lesson, line, false,
		             "an answer without a question: both stand in one quote, each line begun with >");
		return NULL;
	}
	struct lesson_item *goal = lesson_add(lesson, ITEM_GOAL, line);
	goal_read_keys(lesson, goal, behind_word(reading, line));
	return goal;
}

static void read_part(struct reading *reading, struct lesson_item *item, enum directive word, cmark_node *opening)
{
	size_t at = (size_t)(item - reading->lesson->items);
	cmark_node *part = take_part(reading, opening, word == GOAL);
	item = &reading->lesson->items[at];
	blame_slips(reading->lesson, part);
	if (word == HINT)
		add_hint(item, part);
	else if (word == ANSWER)
		item->answer = part;
	else
		item->body = part;
}

/* A bold word that is none of ours: perhaps a slip. */
static void blame_word(struct lesson *lesson, cmark_node *quote)
{
	struct buffer room = { 0 };
	struct slice word = opening_word(cmark_node_first_child(quote), &room);
	bool known = word.n == 0;
	for (size_t i = 0; i < sizeof prose / sizeof prose[0]; i++)
		known |= slice_equal_nocase(word, slice_of(prose[i]));
	const char *near = word_near(word, directives, DIRECTIVES);
	if (!known)
		lesson_blame(lesson, node_line(quote), false,
		             "**" SLICE_FMT
		             "**: an unknown directive: a quote that begins with a bold word is a Question, a "
		             "Goal or a Hint%s%s",
		             SLICE_ARG(word), near ? ": nearest is " : "", near ? near : "");
	buffer_free(&room);
}

/* A word that a quote has no place for. */
static void blame_second(struct lesson *lesson, const struct lesson_item *item, enum directive word, bool first,
                         int begins)
{
	unsigned line = begins > 0 ? (unsigned)begins : item->line; /* a paragraph of our making has none */
	if (!first && (word == QUESTION || word == GOAL))
		lesson_blame(lesson, line, false,
		             "a second **%s** in one quote: only one can be asked: begin a new quote, behind an empty "
		             "line without >",
		             directives[word]);
	else if (!first && word == ANSWER && item->kind == ITEM_GOAL)
		lesson_blame(lesson, line, false,
		             "an answer in a goal: nobody would see it: write **Hint**, or a transcript block as the "
		             "way to it");
	else if (word == ANSWER && item->answer)
		lesson_blame(lesson, line, false, "a second **Answer** in one quote: only one is shown: make them one");
}

/* What asks, and says nothing. */
static void blame_silence(struct lesson *lesson, const struct lesson_item *item)
{
	bool goal = item->kind == ITEM_GOAL;
	if (item->body == NULL || cmark_node_first_child(item->body) == NULL)
		lesson_blame(lesson, item->line, goal, "a %s without words: nobody knows what is wanted: say it below",
		             goal ? "goal" : "question");
	if (item->answer && cmark_node_first_child(item->answer) == NULL)
		lesson_blame(lesson, item->line, false, "an answer without words: write it behind **Answer**");
}

bool quote_read(struct reading *reading, cmark_node *quote)
{
	struct lesson *lesson = reading->lesson;
	unsigned line = node_line(quote);
	cmark_node *next = cmark_node_first_child(quote);
	if (next == NULL || directive_of(next) == NONE) {
		if (next)
			blame_word(lesson, quote);
		return false;
	}
	for (cmark_node *node = next; node; node = cmark_node_next(node))
		if (cmark_node_get_type(node) == CMARK_NODE_PARAGRAPH)
			split_paragraph(node);
	struct lesson_item *item = open_item(reading, directive_of(next), line);
	for (bool first = true; item && (next = cmark_node_first_child(quote)); first = false) {
		enum directive word = directive_of(next);
		blame_second(lesson, item, word, first, cmark_node_get_start_line(next));
		if (word == NONE) { /* a transcript block that was read, and what stands before it */
			cmark_node_unlink(next);
			lesson->parts = memory_grow(lesson->parts, lesson->nparts + 1, sizeof *lesson->parts);
			lesson->parts[lesson->nparts++] = next;
			continue;
		}
		size_t at = (size_t)(item - lesson->items);
		read_part(reading, item, word, next);
		item = &lesson->items[at];
	}
	if (item && item->kind == ITEM_QUESTION && item->answer == NULL)
		lesson_blame(lesson, line, false, "a question without an answer: write **Answer** in the same quote");
	if (item && item->kind == ITEM_QUESTION)
		count_choices(lesson, item);
	if (item && (item->kind == ITEM_QUESTION || item->kind == ITEM_GOAL))
		blame_silence(lesson, item);
	return true;
}
