/*
 * A conversation, taken in: its events become parts, which are divided into runs by the phase that they serve.
 *
 * What is long is folded here, as it comes: a message of a million lines is never held.
 */
#include <stdlib.h>

#include "base/escape.h"
#include "view/beside_inside.h"
#include "view/wrap.h"

/* So many lines of text (a message, a list, a literal, a body) in a row are shown; of more, the first ones and the last. */
#define TEXT_WHOLE 6
#define TEXT_FIRST 3

/* The same for lines of a reply before its last, and of a header: they are read one by one. */
#define LINES_WHOLE 14
#define LINES_FIRST 8

/* What is shown of one long line, in octets: of text, and of a line of the protocol. */
#define TEXT_SHOWN 240
#define LINE_SHOWN 1000

static struct column *column_of(struct face *face)
{
	return (struct column *)face;
}

/* ---- parts ---- */

/* A new last part, whose text is what will be appended next. */
static struct part *part_begin(struct column *column, enum part_kind kind)
{
	if (column->parts == NULL || column->nparts == column->parts_room) {
		column->parts_room = column->parts_room ? 2 * column->parts_room : 64;
		column->parts = memory_grow(column->parts, column->parts_room, sizeof *column->parts);
	}
	struct part *part = &column->parts[column->nparts++];
	*part = (struct part){ .kind = kind, .start = column->text.n };
	return part;
}

static void part_end(struct column *column, struct part *part)
{
	part->n = column->text.n - part->start;
}

static void part_add(struct column *column, enum part_kind kind, struct slice text)
{
	struct part *part = part_begin(column, kind);
	escape_for_screen(&column->text, text);
	part_end(column, part);
}

/* Forgets the parts from `from` on. */
static void parts_drop(struct column *column, size_t from)
{
	if (from >= column->nparts)
		return;
	column->text.n = column->parts[from].start;
	column->nparts = from;
	for (size_t i = 0; i < 2; i++)
		if (column->under_way[i] != BESIDE_NONE && column->under_way[i] >= from)
			column->under_way[i] = BESIDE_NONE;
}

/* ---- runs ---- */

/* Where the next run begins: with the comments that stand before it, since whoever writes a conversation down says first what
 * comes next. What came before the first run (also `<client connects …>`) is the first run's. */
static size_t run_start(const struct column *column)
{
	size_t first = column->nparts;
	if (column->nruns == 0)
		return 0;
	while (first > column->runs[column->nruns - 1].first + 1 && column->parts[first - 1].kind == PART_COMMENT)
		first--;
	return first;
}

/* What comes now serves that phase. */
static void run_enter(struct column *column, enum phase phase)
{
	if (column->nruns && column->runs[column->nruns - 1].phase == phase)
		return;
	if (column->nruns == column->runs_room) {
		column->runs_room = column->runs_room ? 2 * column->runs_room : 16;
		column->runs = memory_grow(column->runs, column->runs_room, sizeof *column->runs);
	}
	size_t first = run_start(column);
	column->runs[column->nruns++] = (struct run){ phase, first };
	column->group.kind = GROUP_NONE;
}

size_t run_end(const struct column *column, size_t run)
{
	return run + 1 < column->nruns ? column->runs[run + 1].first : column->nparts;
}

/* The phase that an event serves. Text, untagged data and the like have none of their own, and serve that of what stands before
 * them; a close is a goodbye, said or not. A command that nobody knows serves none. */
static enum phase phase_served(const struct column *column, const struct dialogue_event *event)
{
	if (event->kind == EVENT_STAGE && event->stage == STAGE_CLOSE)
		return PHASE_GOODBYE;
	if (event->phase != PHASE_NONE || event->kind == EVENT_COMMAND || column->nruns == 0)
		return event->phase;
	return column->runs[column->nruns - 1].phase;
}

/* ---- folding ---- */

/* What the event may be folded with. */
static enum group_kind group_of(const struct dialogue_event *event)
{
	if (event->kind == EVENT_JUNK || (event->kind == EVENT_DATA && event->keyword.n == 0))
		return GROUP_TEXT;
	bool before_last = event->kind == EVENT_REPLY && event->has_final && !event->final;
	return before_last || event->kind == EVENT_DATA ? GROUP_LINES : GROUP_NONE;
}

/* Folds the lines from part `from` on, of the group under way, into its fold. */
static void lines_hide(struct column *column, size_t from)
{
	bool begun = from > column->group.fold;
	uint64_t lines = 0, blamed = 0;
	for (size_t i = from; i < column->nparts; i++) {
		lines += column->parts[i].kind == PART_SAID;
		blamed += column->parts[i].blamed;
	}
	parts_drop(column, from);
	struct part *fold = begun ? &column->parts[column->group.fold] : part_begin(column, PART_FOLD);
	fold->hidden += lines;
	fold->nblamed += blamed;
}

/* A line of that kind comes: those before it that it makes too many are folded. */
static void group_enter(struct column *column, enum group_kind kind, enum side side)
{
	struct group *group = &column->group;
	if (kind == GROUP_NONE || kind != group->kind || side != group->side)
		*group = (struct group){ .kind = kind, .side = side };
	size_t whole = kind == GROUP_TEXT ? TEXT_WHOLE : LINES_WHOLE,
	       first = kind == GROUP_TEXT ? TEXT_FIRST : LINES_FIRST;
	if (group->lines == first)
		group->fold = column->nparts;
	if (group->lines == whole)
		lines_hide(column, group->fold);
	else if (group->lines > whole)
		lines_hide(column, group->last);
	group->lines++;
	group->last = column->nparts;
}

/* ---- what is told ---- */

/* So many octets of a text, or all where that is not much more; no character torn. */
static size_t shown_of(struct slice text, size_t most)
{
	if (text.n <= most + most / 4)
		return text.n;
	size_t at = most;
	while (at > most - 3 && ((unsigned char)text.p[at] & 0xC0) == 0x80)
		at--;
	return at;
}

static void notes_add(struct column *column, const struct dialogue_event *event)
{
	notes_make(&column->said, event, column->notes);
	for (size_t i = 0; i < NOTE_LINES; i++) {
		struct slice rest = buffer_slice(&column->said.lines[i]);
		while (column->said.shown[i] && rest.n)
			part_add(column, i == NOTE_PROBLEM ? PART_PROBLEM : PART_NOTE, slice_row(&rest));
	}
}

/* The direction that waited, if there is one. */
static void told_add(struct column *column)
{
	if (column->told.n == 0)
		return;
	struct slice words = buffer_slice(&column->told);
	part_add(column, PART_DIRECTION, words);
	column->parts[column->nparts - 1].client = slice_starts(words, SLICE("<client"));
	buffer_clear(&column->told);
	column->group.kind = GROUP_NONE;
}

static void said_part_add(struct column *column, const struct dialogue_event *event)
{
	size_t *under_way = &column->under_way[event->side];
	enum group_kind kind = group_of(event);
	if (*under_way == BESIDE_NONE) {
		group_enter(column, kind, event->side);
		size_t n = shown_of(event->text, kind == GROUP_TEXT ? TEXT_SHOWN : LINE_SHOWN);
		struct part *part = part_begin(column, PART_SAID);
		part->prefix = said_prefix(event);
		part->client = said_by_client(event);
		part->class = event->class;
		part->code = said_add(&column->text, event, n);
		part->code.start -= part->start;
		part->code.end -= part->start;
		part->hidden = event->text.n - n;
		part_end(column, part);
		*under_way = column->nparts - 1;
	} else {
		column->parts[*under_way].hidden += event->text.n;
	}
	column->parts[*under_way].blamed |= event->problem.n > 0;
	if (!event->more)
		*under_way = BESIDE_NONE;
}

static void stage_add(struct column *column, const struct dialogue_event *event)
{
	struct buffer words = { 0 };
	if (column->told.n == 0 && stage_words(event, &words))
		buffer_add_slice(&column->told, buffer_slice(&words));
	told_add(column);
	buffer_free(&words);
}

static void column_event(struct face *face, const struct dialogue_event *event)
{
	struct column *column = column_of(face);
	bool told = column->told.n && event->kind == EVENT_DATA && event->line_end.n == 0;
	/* Who has connected has not said anything yet. */
	if (!(event->kind == EVENT_STAGE && event->stage == STAGE_CONNECT))
		run_enter(column, phase_served(column, event));
	if (event->kind == EVENT_STAGE) {
		stage_add(column, event);
	} else {
		told_add(column);
		if (!told)
			said_part_add(column, event);
	}
	notes_add(column, event);
}

static void column_remark(struct face *face, struct slice text)
{
	part_add(column_of(face), PART_REMARK, text);
	column_of(face)->group.kind = GROUP_NONE;
}

static void column_comment(struct face *face, struct slice text)
{
	if (notes_repeat(&column_of(face)->said, text))
		return;
	part_add(column_of(face), PART_COMMENT, text);
	column_of(face)->group.kind = GROUP_NONE;
}

static void column_direction(struct face *face, struct slice text)
{
	struct column *column = column_of(face);
	told_add(column);
	buffer_printf(&column->told, "<" SLICE_FMT ">", SLICE_ARG(text));
	if (!stands_for_event(text))
		told_add(column);
}

static void column_close(struct face *face)
{
	struct column *column = column_of(face);
	told_add(column);
	if (column->nruns == 0 && column->nparts)
		run_enter(column, PHASE_NONE);
	notes_free(&column->said);
	buffer_free(&column->told);
}

static const struct face_kind column_kind = {
	.event = column_event,
	.remark = column_remark,
	.close = column_close,
	.comment = column_comment,
	.direction = column_direction,
};

void column_begin(struct column *column, enum notes notes, const struct beside_title *title)
{
	*column = (struct column){ .common.kind = &column_kind,
		                   .notes = notes,
		                   .under_way = { BESIDE_NONE, BESIDE_NONE } };
	escape_for_screen(&column->name, title->name);
	buffer_add_string(&column->name, " (");
	escape_for_screen(&column->name, title->protocol);
	buffer_add_string(&column->name, ")");
	escape_for_screen(&column->title, title->title);
}

void column_free(struct column *column)
{
	buffer_free(&column->name);
	buffer_free(&column->title);
	buffer_free(&column->text);
	free(column->parts);
	free(column->runs);
}
