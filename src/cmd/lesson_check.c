/*
 * lesson --check: lessons played unattended. What their author did wrong, each reply that a server gives otherwise, each goal
 * and each command is a point; TAP, or whatever verify would print.
 */
#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cmd/lesson.h"
#include "cmd/prepared.h"
#include "cmd/shipped.h"
#include "net/stream.h"
#include "view/report.h"

/* Seconds: for a reply; and that pass before the client goes on, as in verify. */
#define TIMEOUT 60.0
#define SETTLE 0.025

/* Columns for the commands that are run. */
#define COLUMNS_OF_A_CHECK 80

/* All that is tried. */
struct checking {
	struct options *options;
	struct event_base *base;
	struct report *report;
	enum status status; /* the largest */
	bool interrupted;
};

/* One lesson. */
struct trial {
	struct checking *checking;
	const struct lesson *lesson;
	size_t differing;
	bool *met; /* of each item: a goal that was met */
	/* the conversation under way */
	const struct script *script;
	size_t index; /* its own, of the lesson's scripts */
	struct player *player;
	size_t said; /* the line that was said last; NO_LINE: none */
	char *message;
	enum status status;
	size_t undone;
};

/* ---- points ---- */

static void tell(struct trial *t, unsigned line, const char *name, enum verdict verdict, const char *expected,
                 const char *received, const char *note)
{
	struct point point = { .verdict = verdict, .file = t->lesson->file, .line = line };
	point.name = slice_of(name);
	point.expected = slice_of(expected);
	point.received = slice_of(received);
	point.note = slice_of(note);
	report_point(t->checking->report, &point);
	t->differing += verdict == VERDICT_DIFFERS;
}

/* What the author did: an error is a point that fails, a warning a comment. */
static void tell_faults(struct trial *t)
{
	for (size_t i = 0; i < t->lesson->nfaults; i++) {
		const struct lesson_fault *fault = &t->lesson->faults[i];
		char *text = string_printf("%s:%u: %s: %s", t->lesson->file, fault->line,
		                           fault->warning ? "warning" : "error", fault->text);
		if (fault->warning)
			report_comment(t->checking->report, slice_of(text));
		else
			tell(t, fault->line, fault->text, VERDICT_DIFFERS, "", "", "an error of the lesson's own");
		free(text);
	}
}

static void tell_replies(struct trial *t)
{
	struct judgement judgement;
	while (judge_next(player_judge(t->player), &judgement)) {
		const struct script_line *line = &t->script->lines[judgement.line];
		struct point point = { .verdict = judgement.verdict,
			               .file = t->lesson->file,
			               .line = line->number,
			               .name = { line->text, line->text_n },
			               .seconds = judgement.seconds,
			               .expected = buffer_slice(&judgement.expected),
			               .received = buffer_slice(&judgement.received),
			               .note = buffer_slice(&judgement.note) };
		t->differing += judgement.verdict == VERDICT_DIFFERS;
		report_point(t->checking->report, &point);
		judgement_free(&judgement);
	}
}

/* ---- one conversation ---- */

/* A goal is met by what comes of its way; of one that has none, by anything behind it. */
static void heard(void *context, const struct dialogue_event *event)
{
	struct trial *t = context;
	for (size_t i = 0; i < t->lesson->nitems; i++) {
		const struct lesson_item *item = &t->lesson->items[i];
		if (item->kind != ITEM_GOAL || item->script != t->index || t->said == NO_LINE)
			continue;
		bool way = item->first != item->last;
		if (t->said >= item->first && (!way || t->said < item->last) && goal_met(item, event))
			t->met[i] = true;
	}
	tell_replies(t);
}

/* The player does not wait: it only tells which line comes. */
static bool hold(void *context, const struct speak_step *step)
{
	struct trial *t = context;
	if (step->line != NO_LINE)
		t->said = step->line;
	return false;
}

static void over(void *context, const struct player_end *end)
{
	struct trial *t = context;
	t->status = end->status;
	t->message = string_copy(end->message);
	t->undone = end->undone;
	(void)event_base_loopbreak(t->checking->base);
}

static void play(struct trial *t, struct prepared *prepared)
{
	static const struct player_events events = { .event = heard, .hold = hold, .over = over };
	const struct options *o = t->checking->options;
	struct player_options player = prepared_player(prepared);
	player.level = match_level_named(t->script->match);
	player.timeout = o->timeout >= 0 ? o->timeout : TIMEOUT;
	player.settle = SETTLE;
	player.verifying = true;
	t->player = player_start(t->checking->base, &player, &events, t);
	(void)event_base_dispatch(t->checking->base);
	if (t->checking->interrupted)
		judge_end(player_judge(t->player), "interrupted", BLAME_NONE);
	tell_replies(t);
	player_free(t->player);
	t->player = NULL;
}

/* The line at which a conversation did not go on. */
static unsigned undone_line(const struct trial *t)
{
	if (t->undone != NO_LINE)
		return t->script->lines[t->undone].number;
	return t->said != NO_LINE ? t->script->lines[t->said].number : t->script->lines[0].number;
}

/* The line that a message names, `FILE:LINE: …`; else the first of the conversation. */
static unsigned named_line(const struct trial *t, const char *message)
{
	struct slice rest = slice_of(message), file = slice_of(t->lesson->file);
	uint64_t line = 0;
	if (slice_starts(rest, file)) {
		rest = slice_part(rest, file.n + 1, rest.n);
		if (slice_number(slice_part(rest, 0, slice_find_octet(rest, ':')), &line) && line)
			return (unsigned)line;
	}
	return t->script->nlines ? t->script->lines[0].number : 1;
}

/* Plays a conversation. */
static void try_conversation(struct trial *t, size_t index)
{
	struct options *o = t->checking->options;
	struct prepared prepared;
	struct error error = { 0 };
	t->script = &t->lesson->scripts[index];
	t->index = index;
	t->said = t->undone = NO_LINE;
	t->status = STATUS_OK;
	size_t before = t->differing;
	enum status status = prepare(o, t->script, &prepared, &error);
	char *to = status == STATUS_OK ? lesson_target(o, t->script, prepared.rehearsal, &error) : NULL;
	if (to)
		status = prepare_place(&prepared, t->checking->base, to, NULL, &error);
	if (error.message) {
		tell(t, named_line(t, error.message), "the conversation can be played", VERDICT_DIFFERS, "", "",
		     error.message);
	} else if (status == STATUS_OK) {
		play(t, &prepared);
		if (t->message && t->differing == before)
			tell(t, undone_line(t), "the conversation goes on", VERDICT_DIFFERS, "", "", t->message);
	}
	free(t->message);
	t->message = NULL;
	error_clear(&error);
	free(to);
	prepared_free(&prepared);
}

/* ---- goals and commands ---- */

static void tell_goal(struct trial *t, size_t i)
{
	const struct lesson_item *goal = &t->lesson->items[i];
	struct buffer name = { 0 };
	buffer_add_string(&name, "goal");
	for (size_t k = 0; k < goal->nkeys; k++)
		buffer_printf(&name, " %s=%s", goal->keys[k].name, goal->keys[k].value);
	char *text = buffer_take(&name);
	if (t->met[i])
		tell(t, goal->line, text, VERDICT_OK, "", "", "");
	else if (goal->first == goal->last)
		tell(t, goal->line, text, VERDICT_SKIPPED, "", "",
		     "no way to it is written: a transcript block in its quote");
	else
		tell(t, goal->line, text, VERDICT_DIFFERS, "", "",
		     "no event has these keys: the way that is written does not reach the goal");
	free(text);
}

static void try_command(struct trial *t, const struct lesson_item *item)
{
	struct buffer output = { 0 };
	struct error error = { 0 };
	int ended = 0;
	char *name = string_printf("parlance %s", item->text);
	enum status status = lesson_run(t->checking->options, item, COLUMNS_OF_A_CHECK, &output, &ended, &error);
	if (status != STATUS_OK) {
		tell(t, item->line, name, VERDICT_DIFFERS, "", "", error.message);
	} else if (ended != item->status) {
		char *expected = string_printf("exit status %d", item->status);
		char *printed = slice_string(buffer_slice(&output));
		char *received = string_printf("exit status %d\n%s", ended, printed);
		tell(t, item->line, name, VERDICT_DIFFERS, expected, received,
		     "the exit status that it should have stands behind the word that marks the block: parlance 4");
		free(expected);
		free(printed);
		free(received);
	} else {
		tell(t, item->line, name, VERDICT_OK, "", "", "");
	}
	free(name);
	buffer_free(&output);
	error_clear(&error);
}

/* ---- one lesson ---- */

/* Conversations and commands in their order; a goal is told when the conversation is over that it stands in. */
static void try_items(struct trial *t)
{
	size_t next = 0; /* conversation */
	for (size_t i = 0; i < t->lesson->nitems && !t->checking->interrupted; i++) {
		const struct lesson_item *item = &t->lesson->items[i];
		if (item->first != item->last)
			for (; next <= item->script && !t->checking->interrupted; next++)
				try_conversation(t, next);
		if (item->kind == ITEM_COMMAND)
			try_command(t, item);
		if (item->kind == ITEM_GOAL && item->nkeys)
			tell_goal(t, i);
	}
}

static void try_lesson(struct checking *c, const struct lesson *lesson)
{
	struct trial t = { .checking = c, .lesson = lesson };
	struct outcome outcome = { 0 };
	double began = clock_now();
	practice_end(c->options->practice); /* each lesson begins with a fresh lab */
	t.met = memory_zeroed(lesson->nitems ? lesson->nitems : 1, sizeof *t.met);
	report_begin(c->report, lesson->file, lesson->title);
	tell_faults(&t);
	try_items(&t);
	if (c->interrupted)
		outcome.problem = SLICE("interrupted");
	outcome.seconds = clock_now() - began;
	report_end(c->report, &outcome);
	if (t.differing && c->status < STATUS_DIFFERED)
		c->status = STATUS_DIFFERED;
	free(t.met);
}

static void try_named(struct checking *c, const char *name)
{
	struct taken_lesson taken = { 0 };
	struct error error = { 0 };
	enum status status = lesson_take(name, &taken, &error);
	if (status == STATUS_OK)
		try_lesson(c, taken.lesson);
	error_report(&error);
	c->status = status > c->status ? status : c->status;
	taken_lesson_free(&taken);
}

static void interrupted(evutil_socket_t fd, short what, void *context)
{
	struct checking *c = context;
	(void)fd;
	(void)what;
	c->interrupted = true;
	(void)event_base_loopbreak(c->base);
}

enum status lesson_check(struct options *options, int argc, char **argv)
{
	struct checking c = { .options = options };
	struct error error = { 0 };
	const char *name;
	if (options_report(options, &c.report, &error) != STATUS_OK) {
		error_report(&error);
		return STATUS_USAGE;
	}
	c.base = event_base_new();
	struct event *interrupt = evsignal_new(c.base, SIGINT, interrupted, &c);
	(void)event_add(interrupt, NULL);
	for (int i = 0; i < argc && !c.interrupted; i++)
		try_named(&c, argv[i]);
	for (size_t i = 0; argc == 0 && (name = shipped_lesson_name(i)) && !c.interrupted; i++)
		try_named(&c, name);
	event_free(interrupt);
	stream_settle(c.base);
	event_base_free(c.base);
	report_close(c.report);
	return c.interrupted ? STATUS_INTERRUPTED : c.status;
}
