/*
 * Reading a lesson: the blocks of the document, one after the other.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lesson/inside.h"
#include "protocol/knowledge.h"

/* ---- what the files of this room share ---- */

void lesson_blame(struct lesson *lesson, unsigned line, bool warning, const char *format, ...)
{
	struct buffer text = { 0 };
	va_list arguments;
	va_start(arguments, format);
	buffer_vprintf(&text, format, arguments);
	va_end(arguments);
	lesson->faults = memory_grow(lesson->faults, lesson->nfaults + 1, sizeof *lesson->faults);
	lesson->faults[lesson->nfaults++] = (struct lesson_fault){ line, warning, buffer_take(&text) };
}

struct lesson_item *lesson_add(struct lesson *lesson, enum item_kind kind, unsigned line)
{
	lesson->items = memory_grow(lesson->items, lesson->nitems + 1, sizeof *lesson->items);
	struct lesson_item *item = &lesson->items[lesson->nitems++];
	*item = (struct lesson_item){ .kind = kind, .line = line };
	return item;
}

void reading_block(struct reading *reading, cmark_node *block)
{
	reading->blocks = memory_grow(reading->blocks, reading->nblocks + 1, sizeof *reading->blocks);
	reading->blocks[reading->nblocks++] = (struct transcript_block){ block, reading->lesson->nitems - 1,
		                                                         node_line(block) + 1 };
}

struct slice reading_row(const struct reading *reading, unsigned line)
{
	return line && line <= reading->nrows ? reading->rows[line - 1] : (struct slice){ NULL, 0 };
}

unsigned node_line(cmark_node *node)
{
	int line = cmark_node_get_start_line(node);
	return line > 0 ? (unsigned)line : 1;
}

void node_words(cmark_node *node, struct buffer *out)
{
	cmark_iter *iter = cmark_iter_new(node);
	cmark_event_type event;
	while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
		cmark_node *at = cmark_iter_get_node(iter);
		cmark_node_type type = cmark_node_get_type(at);
		if (event != CMARK_EVENT_ENTER)
			continue;
		if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE)
			buffer_add_string(out, cmark_node_get_literal(at));
		else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK || type == CMARK_NODE_PARAGRAPH ||
		         type == CMARK_NODE_ITEM)
			buffer_add_string(out, out->n ? " " : "");
	}
	cmark_iter_free(iter);
}

struct slice block_word(cmark_node *block)
{
	const char *info = cmark_node_get_fence_info(block);
	struct slice text = slice_of(info ? info : "");
	return slice_word(&text);
}

const char *word_near(struct slice word, const char *const *words, size_t n)
{
	const char *best = NULL;
	size_t least = 3;
	for (size_t i = 0; i < n; i++) {
		size_t distance = word_distance(word, slice_of(words[i]));
		if (distance < least && distance * 2 <= word.n) {
			least = distance;
			best = words[i];
		}
	}
	return best;
}

/* ---- blocks ---- */

static void read_heading(struct lesson *lesson, cmark_node *node)
{
	struct buffer words = { 0 };
	node_words(node, &words);
	struct lesson_item *item = lesson_add(lesson, ITEM_HEADING, node_line(node));
	item->level = (unsigned)cmark_node_get_heading_level(node);
	item->text = buffer_take(&words);
	item->body = node;
	if (lesson->title == NULL)
		lesson->title = string_copy(item->text);
}

/* "parlance 4": a command, which should end with that status. */
static void read_command(struct lesson *lesson, cmark_node *node)
{
	struct lesson_item *item = lesson_add(lesson, ITEM_COMMAND, node_line(node));
	struct slice info = slice_of(cmark_node_get_fence_info(node)), text = slice_of(cmark_node_get_literal(node));
	uint64_t status = 0;
	(void)slice_word(&info);
	struct slice number = slice_trim(info);
	if (number.n && (!slice_number(number, &status) || status > 255))
		lesson_blame(lesson, item->line, false,
		             SLICE_FMT ": no exit status: behind `parlance` stands a number up to 255, or nothing",
		             SLICE_ARG(number));
	struct slice line = slice_row(&text);
	item->status = (int)status;
	item->text = slice_string(slice_trim(line));
	item->input = slice_string(text);
	if (*item->text == '\0')
		lesson_blame(lesson, item->line, false,
		             "an empty command: the block's first line is what stands behind `parlance`");
}

static void read_prose(struct reading *reading, cmark_node *node)
{
	blame_slips(reading->lesson, node);
	lesson_add(reading->lesson, ITEM_PROSE, node_line(node))->body = node;
}

static void read_code(struct reading *reading, cmark_node *node)
{
	static const char *const words[] = { "transcript", "parlance" };
	struct lesson *lesson = reading->lesson;
	struct slice word = block_word(node);
	bool steps = slice_equal(word, SLICE("transcript")), command = slice_equal(word, SLICE("parlance"));
	if ((steps || command) && !block_closed(reading, node)) {
		lesson_blame(lesson, node_line(node), false,
		             "a block that nothing closes: all that follows is taken for more of it: end it with a "
		             "line of three backquotes");
	} else if (steps) {
		(void)lesson_add(lesson, ITEM_STEPS, node_line(node));
		reading_block(reading, node);
	} else if (command) {
		read_command(lesson, node);
	} else {
		const char *near = word_near(word, words, sizeof words / sizeof words[0]);
		if (near)
			lesson_blame(lesson, node_line(node), false,
			             SLICE_FMT ": an unknown kind of block: nearest is %s", SLICE_ARG(word), near);
		read_prose(reading, node);
	}
}

static void read_quote(struct reading *reading, cmark_node *node)
{
	struct lesson *lesson = reading->lesson;
	blame_lazy(reading, node);
	size_t faults = lesson->nfaults;
	if (quote_read(reading, node))
		return;
	if (lesson->nfaults > faults) /* one slip is told once */
		lesson_add(lesson, ITEM_PROSE, node_line(node))->body = node;
	else
		read_prose(reading, node);
}

static void read_block(struct reading *reading, cmark_node *node)
{
	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_HEADING:
		read_heading(reading->lesson, node);
		break;
	case CMARK_NODE_CODE_BLOCK:
		read_code(reading, node);
		break;
	case CMARK_NODE_BLOCK_QUOTE:
		read_quote(reading, node);
		break;
	case CMARK_NODE_HTML_BLOCK: /* a comment is the author's own; nothing else of it can be shown */
		blame_slips(reading->lesson, node);
		break;
	case CMARK_NODE_THEMATIC_BREAK:
		break;
	default:
		read_prose(reading, node);
	}
}

/* ---- the whole ---- */

static int compare_faults(const void *a, const void *b)
{
	const struct lesson_fault *one = a, *other = b;
	return one->line < other->line ? -1 : one->line > other->line;
}

/* "lessons/03-smtp-by-hand.md" is called 03-smtp-by-hand. */
static char *name_of(const char *file)
{
	const char *slash = strrchr(file, '/');
	struct slice name = slice_of(slash ? slash + 1 : file);
	bool known = name.n > 3 && slice_equal(slice_part(name, name.n - 3, name.n), SLICE(".md"));
	return slice_string(slice_part(name, 0, known ? name.n - 3 : name.n));
}

/* Lines may end with CR LF, or CR, as Markdown has it. */
static void read_rows(struct reading *reading, struct slice text)
{
	struct slice rest;
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != '\r' || i + 1 == text.n || text.p[i + 1] != '\n')
			buffer_add_octet(&reading->source, text.p[i] == '\r' ? '\n' : text.p[i]);
	for (rest = buffer_slice(&reading->source); rest.n; n++)
		(void)slice_row(&rest);
	reading->rows = memory_zeroed(n + 1, sizeof *reading->rows);
	for (rest = buffer_slice(&reading->source); rest.n; reading->nrows++)
		reading->rows[reading->nrows] = slice_row(&rest);
}

struct lesson *lesson_read(struct slice text, const char *file)
{
	struct lesson *lesson = memory_zeroed(1, sizeof *lesson);
	struct reading reading = { .lesson = lesson };
	lesson->file = string_copy(file);
	read_rows(&reading, text);
	lesson->document = cmark_parse_document(reading.source.n ? reading.source.p : "", reading.source.n,
	                                        CMARK_OPT_VALIDATE_UTF8);
	cmark_node *next;
	for (cmark_node *node = cmark_node_first_child(lesson->document); node; node = next) {
		next = cmark_node_next(node); /* reading a quote takes it apart */
		read_block(&reading, node);
	}
	conversations_parse(&reading);
	stops_find(lesson);
	if (lesson->title == NULL || *lesson->title == '\0') {
		lesson_blame(lesson, 1, false, "no heading: the first one is the lesson's title: begin with `# Title`");
		free(lesson->title);
		lesson->title = name_of(file);
	}
	if (lesson->nfaults)
		qsort(lesson->faults, lesson->nfaults, sizeof *lesson->faults, compare_faults);
	free(reading.blocks);
	free(reading.rows);
	buffer_free(&reading.source);
	return lesson;
}

static void free_item(struct lesson_item *item)
{
	for (size_t i = 0; i < item->nkeys; i++) {
		free(item->keys[i].name);
		free(item->keys[i].value);
	}
	free(item->keys);
	free(item->hints);
	free(item->text);
	free(item->input);
}

void lesson_free(struct lesson *lesson)
{
	if (lesson == NULL)
		return;
	for (size_t i = 0; i < lesson->nitems; i++)
		free_item(&lesson->items[i]);
	for (size_t i = 0; i < lesson->nfaults; i++)
		free(lesson->faults[i].text);
	scripts_free(lesson->scripts, lesson->nscripts);
	cmark_node_free(lesson->document);
	for (size_t i = 0; i < lesson->nparts; i++)
		cmark_node_free(lesson->parts[i]);
	free(lesson->parts);
	free(lesson->items);
	free(lesson->stops);
	free(lesson->faults);
	free(lesson->file);
	free(lesson->title);
	free(lesson);
}

const struct lesson_fault *lesson_error(const struct lesson *lesson)
{
	for (size_t i = 0; i < lesson->nfaults; i++)
		if (!lesson->faults[i].warning)
			return &lesson->faults[i];
	return NULL;
}
