/*
 * Where a lesson waits: at each line to type, each question, goal and command. And what of it is too long to read between two
 * of them.
 */
#include "lesson/inside.h"

/* Words of prose between two steps. */
#define WORDS_MAX 60

/* Where no conversation stands in the stop itself, it is where the one before it was left. */
static void add_stop(struct lesson *lesson, struct lesson_stop stop)
{
	if (!stop.talks && lesson->nstops) {
		const struct lesson_stop *before = &lesson->stops[lesson->nstops - 1];
		const struct lesson_item *item = &lesson->items[before->item];
		bool lines = item->first != item->last;
		stop.talks = before->talks;
		stop.script = before->script;
		stop.line = lines ? item->last : before->line;
	}
	lesson->stops = memory_grow(lesson->stops, lesson->nstops + 1, sizeof *lesson->stops);
	lesson->stops[lesson->nstops++] = stop;
}

/* The lines of the client's that are typed. */
static void add_lines(struct lesson *lesson, size_t at, size_t lead)
{
	const struct lesson_item *item = &lesson->items[at];
	bool any = false;
	for (size_t i = item->first; i < item->last; i++) {
		const struct script_line *line = &lesson->scripts[item->script].lines[i];
		if (line->kind != SCRIPT_SAID || line->side != SIDE_CLIENT)
			continue;
		add_stop(lesson, (struct lesson_stop){ STOP_LINE, at, any ? at : lead, true, item->script, i });
		any = true;
	}
	if (!any && item->first != item->last)
		add_stop(lesson, (struct lesson_stop){ STOP_HEAR, at, lead, true, item->script, item->last });
}

static void blame_length(struct lesson *lesson, unsigned line, size_t words)
{
	if (words > WORDS_MAX)
		lesson_blame(
			lesson, line, true,
			"%zu words of prose between two steps: over %d are not read: ask something in between, or cut",
			words, WORDS_MAX);
}

static size_t count_words(struct cmark_node *node)
{
	struct buffer text = { 0 };
	size_t n = 0;
	node_words(node, &text);
	struct slice rest = buffer_slice(&text);
	while (slice_word(&rest).n)
		n++;
	buffer_free(&text);
	return n;
}

void stops_find(struct lesson *lesson)
{
	size_t lead = 0, words = 0;
	unsigned line = 0; /* of the first prose since the last stop; 0: there is none */
	for (size_t i = 0; i < lesson->nitems; i++) {
		const struct lesson_item *item = &lesson->items[i];
		if (item->kind == ITEM_HEADING)
			continue;
		if (item->kind == ITEM_PROSE) {
			line = line ? line : item->line;
			words += count_words(item->body);
			continue;
		}
		if (lesson->nstops) /* what introduces the lesson may be longer */
			blame_length(lesson, line, words);
		if (item->kind == ITEM_STEPS)
			add_lines(lesson, i, lead);
		else if (item->kind == ITEM_QUESTION)
			add_stop(lesson, (struct lesson_stop){ STOP_QUESTION, i, lead, false, 0, 0 });
		else if (item->kind == ITEM_GOAL)
			add_stop(lesson, (struct lesson_stop){ STOP_GOAL, i, lead, lesson->nscripts > 0, item->script,
			                                       item->first });
		else
			add_stop(lesson, (struct lesson_stop){ STOP_COMMAND, i, lead, false, 0, 0 });
		lead = i + 1;
		words = 0;
		line = 0;
	}
}
