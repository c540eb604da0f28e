/*
 * The conversations of a document: its lines are gathered into passages, and what is one is spoken.
 */
#include "script/extract_bare.h"
#include "script/extract_inside.h"

#include <stdlib.h>

#include "base/memory.h"

/* So many lines of those that are held may look like somebody's in vain; behind that only one in so many is looked at: a long
 * list that begins each line with `S:` must not be judged as a whole for each of them. */
#define JUDGED_IN_VAIN 32
#define ONE_IN 64

struct extract {
	struct document *document;
	struct passage passage;
	struct talk talk;
	struct judged usual; /* the last passage's: what the document's others are likely to be */
	struct titles titles;
	struct bare bare;
	struct early early;
	size_t again;     /* the first of the lines that are held that is worth judging */
	unsigned in_vain; /* of the lines that are held: how many were judged, and are nobody's */
	bool cut;         /* the lines that are held go on with a passage that was too long */
};

/* ---- passages ---- */

/* Whether somebody speaks from the `i`th line on. */
static bool judge(struct extract *e, size_t i, struct judged *judged)
{
	bool payload = e->talk.rest.goes_on && i == 0;
	if (e->cut && e->talk.open && judge_rest(&e->passage, i, &e->usual, payload, judged))
		return true;
	e->cut = false;
	if (i < e->again || (e->in_vain > JUDGED_IN_VAIN && i % ONE_IN))
		return false;
	bool found = judge_passage(&e->passage, i, &e->usual, judged);
	e->in_vain += !found && judged->tried;
	e->again = found ? 0 : judged->again;
	return found;
}

/* Reads the passage that begins with the `i`th line; returns the line behind it, `i` where none begins. */
static size_t read_passage(struct extract *e, size_t i)
{
	struct judged judged;
	struct items items = { 0 };
	size_t recorded = recorded_passage(&e->talk, &e->passage, i, &e->titles);
	if (recorded > i)
		return recorded;
	if (!judge(e, i, &judged))
		return bare_read(&e->bare, &e->talk, &e->passage, i, &e->titles);
	bare_forget(&e->bare);
	early_speak(&e->early, &e->talk, &judged);
	items_make(&items, &e->passage, &judged);
	size_t next = speak(&e->talk, &items, &judged, &e->titles);
	items_free(&items);
	e->usual = judged;
	return next > i ? next : i + 1;
}

static void pass_over(struct extract *e, size_t i)
{
	const struct held *held = &e->passage.lines[i];
	struct slice line = passage_line(&e->passage, i);
	e->early.over = e->early.over || e->talk.open;
	if (held->kind == DOCUMENT_HEADING && held->n == 0) { /* another session of a log begins */
		talk_end(&e->talk);
		gap_forget(&e->talk);
		return;
	}
	early_see(&e->early, &e->passage, i, &e->titles);
	if (held->kind != DOCUMENT_LITERAL)
		titles_see(&e->titles, line, held->number, held->kind == DOCUMENT_HEADING);
	if (slice_trim(line).n == 0)
		gap_empty(&e->talk);
	else
		gap_add(&e->talk, line, held->number, held->kind == DOCUMENT_HEADING ? BETWEEN_HEADING : BETWEEN_PROSE);
}

/* Works through the lines that are held. */
static void work(struct extract *e)
{
	size_t i = 0;
	e->in_vain = 0;
	e->again = 0;
	passage_callouts(&e->passage);
	passage_sessions(&e->passage, e->cut);
	while (i < e->passage.n) {
		size_t next = read_passage(e, i), diff = next > i ? i : diff_end(&e->passage, i);
		if (next == i)
			pass_over(e, i);
		for (i = next > i ? next : i + 1; i < diff; i++)
			pass_over(e, i);
	}
	passage_drop(&e->passage, e->passage.n);
}

static void take(void *context, const struct document_line *line)
{
	struct extract *e = context;
	bool full = passage_full(&e->passage);
	if (line->kind == DOCUMENT_HEADING || full) {
		work(e);
		e->cut = full;
	}
	passage_add(&e->passage, line);
}

/* ---- the door ---- */

struct extract *extract_new(const char *name, const struct extract_sink *sink)
{
	struct extract *e = memory_zeroed(1, sizeof *e);
	e->document = document_new(name, take, e);
	e->talk.sink = *sink;
	return e;
}

void extract_feed(struct extract *e, const char *octets, size_t n)
{
	document_feed(e->document, octets, n);
}

void extract_end(struct extract *e)
{
	document_end(e->document);
	work(e);
	talk_end(&e->talk);
}

bool extract_binary(const struct extract *e)
{
	return document_binary(e->document);
}

void extract_free(struct extract *e)
{
	if (e == NULL)
		return;
	document_free(e->document);
	passage_free(&e->passage);
	talk_free(&e->talk);
	titles_free(&e->titles);
	bare_free(&e->bare);
	early_free(&e->early);
	free(e);
}
