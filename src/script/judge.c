/*
 * Holding replies against a script: what is told of the conversation, and kept of it.
 */
#include "script/judge_inside.h"

#include <stdlib.h>
#include <string.h>

/* What is kept of a line in order to match it, of a reply in order to show it, and of several that were not expected,
 * in octets. */
#define LINE_KEPT (256U << 10)
#define REPLY_KEPT (16U << 10)
#define EXTRA_KEPT (1U << 10)

enum match_level match_level_named(const char *name)
{
	if (name && strcmp(name, "class") == 0)
		return LEVEL_CLASS;
	return name && strcmp(name, "text") == 0 ? LEVEL_TEXT : LEVEL_STATUS;
}

void judgement_free(struct judgement *judgement)
{
	buffer_free(&judgement->expected);
	buffer_free(&judgement->received);
	buffer_free(&judgement->note);
}

size_t judge_block_replies(const struct judge *j, size_t *first)
{
	*first = j->r->nreplies;
	if (j->block >= j->r->nblocks)
		return j->r->nreplies;
	*first = j->r->blocks[j->block].reply;
	return *first + j->r->blocks[j->block].nreplies;
}

bool judge_whole(const struct judge *j)
{
	return j->level == LEVEL_TEXT;
}

/* ---- blocks ---- */

void heard_forget(struct heard *heard)
{
	buffer_free(&heard->code);
	buffer_free(&heard->text);
	buffer_free(&heard->note);
	buffer_free(&heard->extras);
	buffer_free(&heard->problem);
	buffer_free(&heard->unlisted);
	sequence_free(heard->sequence);
	heard->sequence = NULL;
}

struct sequence *judge_sequence(struct judge *j, size_t i)
{
	const struct expected_reply *reply = &j->r->replies[i];
	if (j->heard[i].sequence == NULL)
		j->heard[i].sequence = sequence_new(j->r, reply->lines, reply->nlines, judge_whole(j),
		                                    j->r->protocol->tagged);
	return j->heard[i].sequence;
}

void judge_sequence_drop(struct judge *j, size_t i)
{
	sequence_free(j->heard[i].sequence);
	j->heard[i].sequence = NULL;
}

void judge_block_enter(struct judge *j, size_t from)
{
	while (from < j->r->nblocks && j->r->blocks[from].side != SIDE_SERVER)
		from++;
	j->block = from;
	j->lines = j->replies = 0;
	size_t first, end = judge_block_replies(j, &first);
	for (size_t i = first; i < end; i++) /* some may have come while lines before it still went out */
		j->replies += j->heard[i].complete;
	if (j->r->protocol->tagged && end > first)
		j->data = untagged_new(j->r, &j->r->replies[first], end - first, judge_whole(j));
}

struct judge *judge_new(const struct rehearsal *r, enum match_level level, struct variables *v)
{
	struct judge *j = memory_zeroed(1, sizeof *j);
	j->r = r;
	j->level = level;
	j->v = v;
	j->last = NO_LINE;
	j->heard = memory_zeroed(r->nreplies, sizeof *j->heard);
	judge_block_enter(j, 0);
	return j;
}

void judge_free(struct judge *j)
{
	if (j == NULL)
		return;
	for (size_t i = 0; i < j->r->nreplies; i++) {
		heard_forget(&j->heard[i]);
		judgement_free(&j->heard[i].judgement);
	}
	heard_forget(&j->coming);
	untagged_free(j->data);
	free(j->heard);
	free(j->commands);
	free(j->unsaid);
	buffer_free(&j->line);
	buffer_free(&j->unlisted);
	free(j);
}

size_t judge_block(const struct judge *j)
{
	return j->block;
}

size_t judge_replies(const struct judge *j)
{
	return j->replies;
}

size_t judge_lines(const struct judge *j)
{
	return j->lines;
}

bool judge_differed(const struct judge *j)
{
	return j->differed;
}

/* ---- what the client says ---- */

void judge_command(struct judge *j, uint64_t n, size_t line)
{
	if (j->ncommands == j->room && j->room < OUTSTANDING_MAX) {
		j->room = j->room ? 2 * j->room : 8;
		j->commands = memory_grow(j->commands, j->room, sizeof *j->commands);
	}
	j->commands[j->ncommands++ % OUTSTANDING_MAX] = (struct command){ n, line };
}

size_t judge_command_line(const struct judge *j, uint64_t n)
{
	size_t kept = j->ncommands < OUTSTANDING_MAX ? j->ncommands : OUTSTANDING_MAX;
	for (size_t i = 1; n && i <= kept; i++) {
		const struct command *command = &j->commands[(j->ncommands - i) % OUTSTANDING_MAX];
		if (command->n == n)
			return command->line;
	}
	return NO_LINE;
}

static void unsaid(struct judge *j, size_t line, enum unsaid why)
{
	if (j->unsaid == NULL)
		j->unsaid = memory_zeroed(j->r->script->nlines, sizeof *j->unsaid);
	j->unsaid[line] = why;
}

void judge_skipped(struct judge *j, size_t line)
{
	unsaid(j, line, UNSAID_SKIPPED);
}

void judge_absent(struct judge *j, size_t line)
{
	unsaid(j, line, UNSAID_ABSENT);
}

void judge_said(struct judge *j, size_t line)
{
	size_t first;
	(void)judge_block_replies(j, &first);
	j->ready = first;
	j->said = line + 1;
}

/* ---- hearing ---- */

static void keep_line(struct heard *heard, struct slice text)
{
	if (heard->text.n + text.n > REPLY_KEPT) {
		heard->omitted++;
		return;
	}
	if (heard->kept++ > 0)
		buffer_add_octet(&heard->text, '\n');
	buffer_add_slice(&heard->text, text);
}

/* The code is the final line's, else the first that there is (POP3, HTTP). */
static void keep_code(struct judge *j, const struct dialogue_event *event)
{
	struct heard *coming = &j->coming;
	if (event->kind != EVENT_REPLY)
		return;
	if (event->class != CLASS_NONE)
		coming->class = event->class;
	if (j->r->protocol->one_code && coming->code.n && event->code.n &&
	    !slice_equal(buffer_slice(&coming->code), event->code))
		coming->mixed = true;
	if (event->code.n == 0 || (!event->final && coming->code.n))
		return;
	buffer_clear(&coming->code);
	buffer_add_slice(&coming->code, event->code);
	buffer_clear(&coming->note);
	buffer_add_slice(&coming->note, event->note);
}

static void untagged_heard(struct judge *j, const struct dialogue_event *event)
{
	struct untagged_part part = { .text = buffer_slice(&j->line), .keyword = event->keyword };
	part.begins = event->kind == EVENT_REPLY && slice_starts(part.text, SLICE("* "));
	part.ends = event->kind == EVENT_REPLY && !event_span(event, SPAN_COUNT);
	/* What comes when all that was asked is answered belongs to no reply, however soon it comes. */
	size_t first, end = judge_block_replies(j, &first);
	if (j->current >= end)
		return;
	if (j->data)
		untagged_line(j->data, &part, j->v, j->unlisted.n ? NULL : &j->unlisted);
	sequence_forbid(judge_sequence(j, j->current), part.text, 0, j->v);
}

/* A whole line has come: it is compared with those of the reply that it seems to belong to. */
static void line_heard(struct judge *j, const struct dialogue_event *event)
{
	struct slice text = buffer_slice(&j->line);
	bool tagged = event->tag.n && slice_starts(text, event->tag);
	j->current = judge_awaited(j, 0);
	keep_line(&j->coming, text);
	j->lines++;
	if (j->r->protocol->tagged && !event->final) {
		untagged_heard(j, event);
		return;
	}
	size_t which = j->r->protocol->tagged ? judge_reply_of(j, event) : j->current;
	if (which < j->r->nreplies)
		sequence_line(judge_sequence(j, which), text, tagged ? event->tag.n : 0, j->v);
}

/* The lines were compared with another reply's than the one that they turn out to be. */
static void tell_again(struct judge *j, size_t which, const struct heard *coming)
{
	struct slice rest = buffer_slice(&coming->text);
	judge_sequence_drop(j, j->current);
	while (which < j->r->nreplies && rest.n)
		sequence_line(judge_sequence(j, which), slice_row(&rest), 0, j->v);
}

/* What the script does not have makes a reply differ: that one, or the last that came, if it is not out yet. */
static void extra_heard(struct judge *j, size_t which, struct slice text, struct slice problem)
{
	if (which >= j->r->nreplies || which < j->ready)
		which = j->last;
	if (which >= j->r->nreplies || which < j->ready)
		return;
	struct heard *heard = &j->heard[which];
	if (heard->extra++ == 0)
		buffer_add_slice(&heard->problem, problem);
	if (heard->extras.n < EXTRA_KEPT && heard->extras.n)
		buffer_add_octet(&heard->extras, '\n');
	if (heard->extras.n < EXTRA_KEPT)
		buffer_add_slice(&heard->extras, text);
	j->differed = true;
}

/* Whether the script itself has such lines here, as some documents print them. */
static bool has_junk(const struct judge *j, size_t reply)
{
	const struct expected_reply *expected = &j->r->replies[reply];
	for (size_t i = 0; reply < j->r->nreplies && i < expected->nlines; i++)
		if (j->r->lines[expected->lines[i].line].kind == EVENT_JUNK)
			return true;
	return false;
}

/* A line with no possible role: it came for the reply that is awaited, if one is. True where it was dealt with: the script has
 * none such here. */
static bool junk_heard(struct judge *j, const struct dialogue_event *event)
{
	if (event->kind != EVENT_JUNK || has_junk(j, judge_awaited(j, 0)) ||
	    (j->last != NO_LINE && has_junk(j, j->last)))
		return false;
	size_t which = judge_awaited(j, 0);
	extra_heard(j, judge_was_asked(j, which) ? which : j->last, buffer_slice(&j->line), event->problem);
	return true;
}

static void reply_heard(struct judge *j, const struct dialogue_event *event)
{
	size_t which = judge_reply_of(j, event), at;
	if (!j->r->protocol->tagged && j->current < j->r->nreplies && which != j->current)
		tell_again(j, which, &j->coming);
	j->lines = 0;
	if (which == j->r->nreplies) {
		bool pending = j->last != NO_LINE && j->last >= j->ready;
		extra_heard(j, pending ? j->last : judge_awaited(j, 0), buffer_slice(&j->coming.text), event->problem);
		heard_forget(&j->coming);
		j->coming = (struct heard){ 0 };
		return;
	}
	struct heard *heard = &j->heard[which], *coming = &j->coming;
	size_t first, end = judge_block_replies(j, &first);
	j->replies += which >= first && which < end && !heard->complete;
	heard->complete = true;
	heard->class = coming->class;
	heard->code = coming->code;
	heard->text = coming->text;
	heard->note = coming->note;
	heard->kept = coming->kept;
	heard->omitted = coming->omitted;
	heard->mixed = coming->mixed;
	heard->unlisted = j->unlisted;
	j->unlisted = (struct buffer){ 0 };
	*coming = (struct heard){ 0 };
	heard->judgement.seconds = event->t > j->said_at ? event->t - j->said_at : 0;
	(void)sequence_end(judge_sequence(j, which), j->v, &at); /* captures */
	j->last = which;
}

void judge_heard(struct judge *j, const struct dialogue_event *event)
{
	if (event->side == SIDE_CLIENT)
		j->said_at = event->t;
	if (j->ended || event->side != SIDE_SERVER || (event->kind == EVENT_STAGE && !event->final))
		return;
	if (event->kind != EVENT_STAGE) {
		if (j->line.n < LINE_KEPT)
			buffer_add_slice(&j->line, event->text);
		if (event->more)
			return;
		keep_code(j, event);
		if (!junk_heard(j, event))
			line_heard(j, event);
		buffer_clear(&j->line);
	}
	if (event->has_final && event->final)
		reply_heard(j, event);
}

void judge_extra(struct judge *j, struct slice octets, struct slice problem)
{
	extra_heard(j, j->last, octets, problem);
}

void judge_passed(struct judge *j)
{
	size_t current = judge_awaited(j, 0);
	if (current < j->r->nreplies)
		judge_sequence_drop(j, current);
	heard_forget(&j->coming);
	j->coming = (struct heard){ 0 };
	j->lines = 0;
}

bool judge_awaits_unasked(const struct judge *j)
{
	size_t first, end = judge_block_replies(j, &first);
	for (size_t i = first; i < end && j->r->blocks[j->block].unasked; i++) {
		const struct expected_reply *reply = &j->r->replies[i];
		if (!reply->unasked || reply->optional || j->heard[i].complete)
			continue;
		/* What is no reply, as lines behind one that ended too early, is never complete: its lines are counted. */
		bool lines_came = j->data ? untagged_complete(j->data, i - first)
		                          : has_junk(j, i) && j->lines >= j->r->blocks[j->block].trailing;
		if (reply->complete || !lines_came)
			return true;
	}
	return false;
}
