/*
 * The conversations of a lesson: what its transcript blocks hold, parsed as one text in which all else is empty lines, so that
 * a script's line numbers are those of the lesson.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lesson/inside.h"
#include "protocol/protocol.h"
#include "script/rehearse.h"

/* Faults in one lesson that are told. */
#define FAULTS_MAX 50

static size_t count_rows(struct slice text)
{
	size_t n = 0;
	while (text.n) {
		(void)slice_row(&text);
		n++;
	}
	return n;
}

static struct slice block_text(const struct transcript_block *block)
{
	return slice_of(cmark_node_get_literal(block->node));
}

/* Appends all blocks, each at its lines. */
static void lay_out(const struct reading *reading, struct buffer *out)
{
	unsigned line = 1;
	for (size_t i = 0; i < reading->nblocks; i++) {
		const struct transcript_block *block = &reading->blocks[i];
		struct slice text = block_text(block);
		for (; line < block->line; line++)
			buffer_add_octet(out, '\n');
		buffer_add_slice(out, text);
		line += (unsigned)count_rows(text);
	}
}

/* Makes that line of the text an empty one; false where it is one already, or is not there. */
static bool blank_line(struct buffer *text, unsigned line)
{
	struct slice rest = buffer_slice(text), row = { 0 };
	struct buffer without = { 0 };
	unsigned at = 0;
	for (; at < line && rest.n; at++)
		row = slice_row(&rest);
	if (at < line || row.n == 0)
		return false;
	buffer_add(&without, text->p, (size_t)(row.p - text->p));
	buffer_add(&without, row.p + row.n, (size_t)(text->p + text->n - (row.p + row.n)));
	buffer_free(text);
	*text = without;
	return true;
}

/* Takes `FILE:LINE: ` off the front of a message; 0 where it has none. */
static unsigned message_line(const struct lesson *lesson, struct slice *message)
{
	size_t n = strlen(lesson->file);
	uint64_t line = 0;
	struct slice rest = slice_part(*message, n + 1, message->n);
	size_t colon = slice_find_octet(rest, ':');
	if (!slice_starts(*message, slice_of(lesson->file)) || !slice_number(slice_part(rest, 0, colon), &line))
		return 0;
	*message = slice_trim(slice_part(rest, colon + 1, rest.n));
	return (unsigned)line;
}

/* Parses it; a line that cannot be read is a fault, and is left out. */
static void parse(struct lesson *lesson, struct buffer *text)
{
	struct error error = { 0 };
	for (unsigned tries = 0; tries < FAULTS_MAX; tries++) {
		if (scripts_parse(buffer_slice(text), lesson->file, &lesson->scripts, &lesson->nscripts, &error) ==
		    STATUS_OK)
			return;
		struct slice message = slice_of(error.message);
		unsigned line = message_line(lesson, &message);
		lesson_blame(lesson, line ? line : 1, false, SLICE_FMT, SLICE_ARG(message));
		error_clear(&error);
		if (line == 0 || !blank_line(text, line)) /* the same would be said again */
			return;
	}
}

/* Where one is among the lines of all scripts, which stand in the order of the file, as the blocks do. */
struct place {
	size_t script, line;
};

/* The line there; NULL behind the last. */
static const struct script_line *line_at(const struct lesson *lesson, struct place *at)
{
	for (; at->script < lesson->nscripts; at->script++, at->line = 0)
		if (at->line < lesson->scripts[at->script].nlines)
			return &lesson->scripts[at->script].lines[at->line];
	return NULL;
}

/* Which lines of which script stand in the block. */
static void find_lines(struct lesson *lesson, const struct transcript_block *block, struct place *at)
{
	struct lesson_item *item = &lesson->items[block->item];
	size_t end = block->line + count_rows(block_text(block));
	const struct script_line *line;
	bool parted = false;
	for (; (line = line_at(lesson, at)) && line->number < end; at->line++) {
		if (line->number < block->line)
			continue;
		if (item->first == item->last) {
			item->script = at->script;
			item->first = at->line;
		}
		if (item->script == at->script)
			item->last = at->line + 1;
		else if (!parted)
			lesson_blame(lesson, line->number, false,
			             "a header before this line, in the middle: the block would be left there: a "
			             "conversation begins with a block, and a goal has one");
		parted |= item->script != at->script;
	}
	if (item->first == item->last && lesson_error(lesson) == NULL)
		lesson_blame(lesson, block->line, false,
		             "an empty transcript: a block of steps has lines that begin with C: or S:");
}

/* What the parser lets pass, and a lesson cannot. */
static void blame_script(struct lesson *lesson, const struct script *script)
{
	struct variables none = { 0 };
	struct rehearsal *r = rehearse(script, NULL, &none);
	if (script->protocol == NULL && script->nlines)
		lesson_blame(
			lesson, script->lines[0].number, true,
			"a conversation without a protocol: it is taken for %s: begin its block with a line like Protocol: smtp, "
			"and an empty line",
			r->protocol->name);
	for (size_t i = 0; i < script->nlines; i++) {
		const struct counted *counted = r->lines[i].counted;
		if (counted && counted->octets != counted->printed && script->lines[i].side == SIDE_CLIENT)
			lesson_blame(lesson, script->lines[i].number, false,
			             "the wrong count: %" PRIu64 " are announced, and what follows has %" PRIu64
			             " octets, line ends included: who types that waits for ever",
			             counted->printed, counted->octets);
	}
	rehearsal_free(r);
}

/* A goal without a way of its own belongs to the conversation before it. */
static void find_goals(struct lesson *lesson)
{
	size_t script = 0, line = 0;
	for (size_t i = 0; i < lesson->nitems; i++) {
		struct lesson_item *item = &lesson->items[i];
		if (item->first != item->last) {
			script = item->script;
			line = item->last;
		} else if (item->kind == ITEM_GOAL) {
			if (lesson->nscripts == 0 && lesson_error(lesson) == NULL)
				lesson_blame(
					lesson, item->line, false,
					"a goal without a conversation: nothing can happen: write a transcript block "
					"before it, or in its quote");
			item->script = script;
			item->first = item->last = line;
		}
	}
}

void conversations_parse(struct reading *reading)
{
	struct buffer text = { 0 };
	struct place at = { 0, 0 };
	lay_out(reading, &text);
	if (reading->nblocks) /* a lesson may do without a conversation */
		parse(reading->lesson, &text);
	for (size_t i = 0; i < reading->nblocks; i++)
		find_lines(reading->lesson, &reading->blocks[i], &at);
	for (size_t i = 0; i < reading->lesson->nscripts; i++)
		blame_script(reading->lesson, &reading->lesson->scripts[i]);
	find_goals(reading->lesson);
	buffer_free(&text);
}

void lesson_protocols(const struct lesson *lesson, struct buffer *out)
{
	size_t begin = out->n;
	for (size_t i = 0; i < lesson->nscripts; i++) {
		struct variables none = { 0 };
		struct rehearsal *r = rehearse(&lesson->scripts[i], NULL, &none);
		struct slice there = slice_part(buffer_slice(out), begin, out->n), name = slice_of(r->protocol->name);
		bool known = false;
		while (there.n && !known)
			known = slice_equal(slice_word(&there), name);
		if (!known)
			buffer_printf(out, "%s%s", out->n > begin ? " " : "", r->protocol->name);
		rehearsal_free(r);
	}
}
