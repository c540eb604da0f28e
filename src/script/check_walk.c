/*
 * Along a script, line by line.
 */
#include "script/check_walk.h"

#include <stdlib.h>

#include "base/memory.h"

static const struct script_line *line_now(const struct walk *w)
{
	return &w->script->lines[w->c.line];
}

static struct slice text_now(const struct walk *w)
{
	return (struct slice){ line_now(w)->text, line_now(w)->text_n };
}

/* ---- events ---- */

static void command_said(struct walk *w, uint64_t n)
{
	if (w->ncommands == w->commands_room) {
		w->commands_room = w->commands_room ? w->commands_room * 2 : 16;
		w->commands = memory_grow(w->commands, w->commands_room, sizeof *w->commands);
	}
	w->commands[w->ncommands++] = (struct walk_command){ n, w->c.line };
}

size_t walk_command_line(const struct walk *w, uint64_t n)
{
	size_t low = 0, high = w->ncommands;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (w->commands[middle].n < n)
			low = middle + 1;
		else
			high = middle;
	}
	return low < w->ncommands && w->commands[low].n == n ? w->commands[low].line : NO_LINE;
}

static void event_came(struct walk *w, const struct dialogue_event *event)
{
	if (w->invented)
		return;
	if (event->kind == EVENT_COMMAND && !event->more)
		command_said(w, event->n);
	if (event_span(event, SPAN_COUNT))
		w->counts[event->side] = w->c.line;
	problems_tell(w, event);
	watchers_see(w, event);
}

static void drain(struct walk *w)
{
	struct dialogue_event event;
	while (dialogue_next(w->c.d, &event))
		event_came(w, &event);
}

static void feed(struct walk *w, enum side side, struct slice octets)
{
	do {
		if (dialogue_tls_pending(w->c.d)) /* a document may not show where TLS begins */
			dialogue_assume_tls(w->c.d);
		size_t took = dialogue_feed(w->c.d, side, octets.p, octets.n);
		drain(w);
		if (took == 0)
			return;
		octets = slice_part(octets, took, octets.n);
	} while (octets.n);
}

void walk_invent(struct walk *w, enum side side, const char *octets)
{
	bool before = w->invented;
	w->invented = true;
	feed(w, side, slice_of(octets));
	w->invented = before;
}

/* ---- lines ---- */

static void say(struct walk *w)
{
	const struct script_line *line = line_now(w);
	bool counting = dialogue_due(w->c.d, line->side) > 0;
	struct buffer wire = { 0 };
	struct error error = { 0 };
	buffer_clear(&w->v.challenge);
	buffer_add_slice(&w->v.challenge, dialogue_challenge(w->c.d));
	w->unknown = template_has_variables(text_now(w));
	if (rehearsal_text(w->c.r, w->c.line, &w->v, FILL_STRICT, &wire, &error) != STATUS_OK) {
		buffer_clear(&wire);
		error_clear(&error);
		if (rehearsal_text(w->c.r, w->c.line, &w->v, FILL_OFFLINE, &wire, &error) != STATUS_OK) {
			/* A function that cannot be computed offline: for the dialogue its words are as good. */
			buffer_add_slice(&wire, text_now(w));
			buffer_add_string(&wire, line->exact || w->c.r->protocol->datagrams ? "" : "\r\n");
		}
	} else {
		w->unknown = false;
	}
	error_clear(&error);
	feed(w, line->side, buffer_slice(&wire));
	buffer_wipe(&wire);
	counts_judge(w, counting);
}

static void direct(struct walk *w)
{
	const struct script_line *line = line_now(w);
	switch (line->direction) {
	case DIRECTION_CONNECTS:
		dialogue_stage(w->c.d, STAGE_CONNECT, line->side);
		break;
	case DIRECTION_TLS:
		dialogue_stage(w->c.d, STAGE_TLS, line->side);
		break;
	case DIRECTION_HANGS_UP:
		dialogue_stage(w->c.d, STAGE_CLOSE, line->side);
		break;
	case DIRECTION_WAITS:
		break;
	case DIRECTION_FILE:
	case DIRECTION_SENDS:
		if (dialogue_tls_pending(w->c.d))
			dialogue_assume_tls(w->c.d);
		dialogue_payload(w->c.d, line->side, text_now(w), line->octets);
		break;
	}
	drain(w);
}

enum status walk_script(struct walk *w, struct error *error)
{
	const struct protocol *protocol = w->c.r->protocol;
	(void)error;
	w->c.d = dialogue_new(protocol);
	w->counts[SIDE_CLIENT] = w->counts[SIDE_SERVER] = NO_LINE;
	if (w->c.r->tls_implicit)
		dialogue_assume_tls(w->c.d);
	watchers_begin(w);
	for (size_t i = 0; i < w->script->nlines; i++) {
		w->c.line = i;
		if (line_now(w)->kind == SCRIPT_DIRECTION)
			direct(w);
		else if (line_now(w)->kind == SCRIPT_SAID && line_now(w)->mark != MARK_NEVER)
			say(w);
	}
	watchers_end(w);
	free(w->commands);
	dialogue_free(w->c.d);
	return STATUS_OK;
}
