/*
 * Playing a script offline.
 *
 * What a document leaves out is left out here too: TLS that it does not show begins in silence, and at its end nobody hangs
 * up. What it writes as a variable stays one.
 */
#include "play/offline.h"

#include <stdlib.h>

#include "base/memory.h"

/* One conversation on its way through a dialogue. */
struct playing {
	const struct script *script;
	const struct script_line *line; /* the one that is being fed */
	struct dialogue *dialogue;
	struct masking masking;
	struct mask_room room;
	struct face *face;
	enum side speaks;                 /* who spoke last */
	const struct script_line *listed; /* the line whose variables these are */
	struct slice *variables;
	size_t nvariables;
	struct buffer comments; /* lines that stand under a line that has not ended yet */
	struct slice hang_up;   /* a stage direction's words, which stand behind a line that it cuts */
};

/* ---- events ---- */

/* The length of a `{{name}}`, `{{*}}` or `{{plain bob {{password}}}}` at the front of `text`; 0 where there is none. */
static size_t variable_at(struct slice text)
{
	size_t depth = 0;
	if (!slice_starts(text, SLICE("{{")))
		return 0;
	for (size_t at = 0; at + 1 < text.n && (at == 0 || depth > 0); at++) {
		bool opens = text.p[at] == '{' && text.p[at + 1] == '{',
		     closes = text.p[at] == '}' && text.p[at + 1] == '}';
		if (!opens && !closes)
			continue;
		depth += opens ? 1U : 0U;
		depth -= closes ? 1U : 0U;
		at++;
		if (depth == 0)
			return at + 1;
	}
	return 0;
}

/* Lists the variables, also nested ones, that stand in what is written: not a literal `{{{{name}}`. */
static void list_variables(struct playing *p)
{
	struct slice written = { p->line->text, p->line->text_n };
	if (p->listed == p->line)
		return;
	p->listed = p->line;
	p->nvariables = 0;
	for (size_t at = 0; at < written.n; at++) {
		struct slice rest = slice_part(written, at, written.n);
		bool literal = slice_starts(rest, SLICE("{{{{"));
		size_t n = literal ? 0 : variable_at(rest);
		if (literal)
			at += 3;
		if (n == 0)
			continue;
		p->variables = memory_grow(p->variables, p->nvariables + 1, sizeof *p->variables);
		p->variables[p->nvariables++] = slice_part(rest, 0, n);
	}
}

/* The one of them that begins `text`; empty where none does. */
static struct slice variable_that_begins(const struct playing *p, struct slice text)
{
	for (size_t i = 0; i < p->nvariables; i++)
		if (slice_starts(text, p->variables[i]))
			return p->variables[i];
	return (struct slice){ NULL, 0 };
}

/* What the script writes as a variable, and no value replaced, is printed as one again: not as a literal `{{{{`. */
static void keep_variables(struct playing *p, struct dialogue_event *event)
{
	if (p->line == NULL || p->line->kind != SCRIPT_SAID)
		return;
	list_variables(p);
	for (size_t at = 0; p->nvariables && at < event->text.n && event->nspans < EVENT_SPANS; at++) {
		struct slice variable = variable_that_begins(p, slice_part(event->text, at, event->text.n));
		if (variable.n == 0)
			continue;
		event->spans[event->nspans++] = (struct span){ SPAN_SECRET, at, at + variable.n, variable };
		at += variable.n - 1;
	}
}

static void tell_comments(struct playing *p)
{
	for (struct slice rest = buffer_slice(&p->comments); rest.n;) {
		struct slice line = slice_line(&rest);
		face_comment(p->face, slice_part(line, 0, line.n - 1));
	}
	buffer_clear(&p->comments);
}

static void tell_hang_up(struct playing *p)
{
	if (p->hang_up.n)
		face_direction(p->face, p->hang_up);
	p->hang_up.n = 0;
}

static void tell_events(struct playing *p, bool stages)
{
	struct dialogue_event event, masked;
	while (dialogue_next(p->dialogue, &event)) {
		mask_event(&p->masking, &event, &p->room, &masked);
		keep_variables(p, &masked);
		if (event.kind == EVENT_STAGE)
			tell_hang_up(p);
		if (stages || event.kind != EVENT_STAGE)
			face_event(p->face, &masked);
		tell_comments(p);
	}
}

/* ---- lines ---- */

/* Before another speaks: what only silence ends has ended. */
static void turn_to(struct playing *p, enum side side)
{
	if (p->speaks != side && dialogue_unfinished(p->dialogue, p->speaks).n) {
		dialogue_quiet(p->dialogue);
		tell_events(p, true);
	}
	p->speaks = side;
}

/* A document may not show where TLS begins. */
static void pass_tls(struct playing *p)
{
	if (dialogue_tls_pending(p->dialogue))
		dialogue_assume_tls(p->dialogue);
}

/* What comes after the close is no part of the conversation, but is not passed over in silence. */
static void remark_unheard(struct playing *p, struct slice octets)
{
	struct buffer remark = { 0 };
	while (octets.n && (octets.p[octets.n - 1] == '\n' || octets.p[octets.n - 1] == '\r'))
		octets.n--;
	(void)mask_values(&p->masking, &octets, &p->room.text);
	buffer_add_string(&remark, "problem: said after the close: ");
	buffer_add_slice(&remark, octets);
	face_remark(p->face, buffer_slice(&remark));
	buffer_free(&remark);
}

static void feed(struct playing *p, enum side side, struct slice octets)
{
	do {
		pass_tls(p);
		size_t took = dialogue_feed(p->dialogue, side, octets.p, octets.n);
		tell_events(p, true);
		if (took == 0 && octets.n) {
			remark_unheard(p, octets);
			return;
		}
		octets = slice_part(octets, took, octets.n);
	} while (octets.n);
}

static enum status say(struct playing *p, const struct rehearsal *r, size_t i, struct variables *v, struct error *error)
{
	struct buffer octets = { 0 }, problem = { 0 };
	if (p->line->mark == MARK_NEVER)
		return STATUS_OK;
	enum status status = rehearsal_wire(r, i, v, FILL_OFFLINE, &octets, &problem, error);
	if (status == STATUS_OK) {
		turn_to(p, p->line->side);
		if (problem.n)
			dialogue_blame(p->dialogue, p->line->side, buffer_slice(&problem));
		feed(p, p->line->side, buffer_slice(&octets));
	}
	buffer_free(&octets);
	buffer_free(&problem);
	return status;
}

static void direct(struct playing *p)
{
	const struct script_line *line = p->line;
	struct slice words = { line->text, line->text_n };
	struct buffer shown = { 0 };
	turn_to(p, line->side);
	if (line->direction == DIRECTION_HANGS_UP)
		p->hang_up = words;
	else
		face_direction(p->face, words);
	switch (line->direction) {
	case DIRECTION_CONNECTS:
		dialogue_stage(p->dialogue, STAGE_CONNECT, line->side);
		break;
	case DIRECTION_TLS:
		dialogue_stage(p->dialogue, STAGE_TLS, line->side);
		break;
	case DIRECTION_HANGS_UP:
		dialogue_stage(p->dialogue, STAGE_CLOSE, line->side);
		break;
	case DIRECTION_WAITS:
		break;
	case DIRECTION_FILE:
	case DIRECTION_SENDS:
		pass_tls(p);
		buffer_printf(&shown, "<" SLICE_FMT ">", SLICE_ARG(words));
		dialogue_payload(p->dialogue, line->side, buffer_slice(&shown), line->octets);
		break;
	}
	tell_events(p, true);
	tell_hang_up(p); /* there was nothing left to hang up */
	buffer_free(&shown);
}

/* ---- a conversation ---- */

/* At the end of the text no close is invented; but a line that never ended is shown. */
static void finish(struct playing *p)
{
	bool unfinished = dialogue_unfinished(p->dialogue, SIDE_SERVER).n ||
	                  dialogue_unfinished(p->dialogue, SIDE_CLIENT).n;
	if (!unfinished)
		return;
	dialogue_quiet(p->dialogue);
	tell_events(p, true);
	dialogue_stage(p->dialogue, STAGE_CLOSE, SIDE_SERVER);
	tell_events(p, false);
}

/* A comment stands under what was said: of a line that goes on behind it, under what of it is an event of its own. */
static void comment(struct playing *p, size_t i)
{
	bool first = i == 0 || p->script->lines[i - 1].kind != SCRIPT_COMMENT;
	size_t next = first ? i : p->script->nlines; /* for those behind it that was done */
	while (next < p->script->nlines && p->script->lines[next].kind == SCRIPT_COMMENT)
		next++;
	if (next < p->script->nlines)
		turn_to(p, p->script->lines[next].side);
	buffer_add(&p->comments, p->line->text, p->line->text_n);
	buffer_add_octet(&p->comments, '\n');
	if (dialogue_unfinished(p->dialogue, p->speaks).n == 0)
		tell_comments(p);
}

static enum status run_lines(struct playing *p, const struct offline *how, const struct rehearsal *r,
                             struct variables *v, struct error *error)
{
	enum status status = STATUS_OK;
	for (size_t i = 0; i < p->script->nlines && status == STATUS_OK; i++) {
		p->line = &p->script->lines[i];
		if (how->line)
			how->line(how->context, i);
		if (p->line->kind == SCRIPT_COMMENT)
			comment(p, i);
		else if (p->line->kind == SCRIPT_DIRECTION)
			direct(p);
		else
			status = say(p, r, i, v, error);
	}
	return status;
}

enum status offline_play(const struct offline *how, const struct rehearsal *r, struct face *face, struct error *error)
{
	struct playing p = { .script = r->script, .masking = how->masking, .face = face };
	struct variables v = { 0 };
	/* What no header names is recognised here too, so that lines before that are shown as what they were then. */
	p.dialogue = dialogue_new(r->script->protocol ? r->protocol : how->protocol);
	if (r->tls_implicit)
		dialogue_assume_tls(p.dialogue);
	rehearsal_variables(r, how->variables, &v);
	enum status status = run_lines(&p, how, r, &v, error);
	finish(&p);
	tell_comments(&p);
	buffer_free(&p.comments);
	free(p.variables);
	mask_free(&p.room);
	dialogue_free(p.dialogue);
	variables_free(&v);
	return status;
}
