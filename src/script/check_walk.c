/*
 * Along a script, line by line.
 */
#include "script/check_walk.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

const struct script_line *walk_line(const struct walk *w)
{
	return &w->script->lines[w->c.line];
}

struct slice walk_text(const struct walk *w)
{
	struct slice text = buffer_slice(&w->wire);
	if (text.n && text.p[text.n - 1] == '\n')
		text.n--;
	if (text.n && text.p[text.n - 1] == '\r')
		text.n--;
	return text;
}

static struct slice written(const struct walk *w)
{
	return (struct slice){ walk_line(w)->text, walk_line(w)->text_n };
}

/* ---- events ---- */

static void command_said(struct walk *w, uint64_t n)
{
	if (w->ncommands == w->commands_room) {
		w->commands_room = w->commands_room ? w->commands_room * 2 : 16;
		w->commands = memory_grow(w->commands, w->commands_room, sizeof *w->commands);
	}
	w->commands[w->ncommands++] = (struct walk_command){ n, w->c.line };
	w->jumbled = false;
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

/* Whether a command that nobody knows was accepted: what it did to the session, nobody knows either. */
static bool unknown_accepted(const struct walk *w, const struct dialogue_event *event)
{
	const struct table *commands = protocol_table(dialogue_protocol(w->c.d), TABLE_COMMANDS);
	return event->final && event->answers && event->class == CLASS_SUCCESS && commands &&
	       !table_find(commands, event->verb);
}

/* A server's line that tells what it can do, in words that are not its own. */
static bool announces_unknown(const struct walk *w, const struct dialogue_event *event)
{
	static const char *const verbs[] = { "EHLO", "LHLO", "CAPA", "CAPABILITY", "FEAT" };
	if (!w->unknown || event->side == SIDE_CLIENT)
		return false;
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
		if (slice_equal(event->verb, slice_of(verbs[i])) || slice_equal(event->keyword, slice_of(verbs[i])))
			return true;
	return event->phase == PHASE_GREET;
}

static void server_said(struct walk *w, const struct dialogue_event *event)
{
	if (event->kind == EVENT_JUNK)
		w->jumbled = true;
	if (event->final && event->class == CLASS_CONTINUE)
		w->continued = event->answers;
	if (is_three_digits(event->code))
		memcpy(w->code, event->code.p, 3);
	if (unknown_accepted(w, event))
		w->hazy = true;
	if (announces_unknown(w, event))
		w->c.unseen = true;
}

/* HTTP: a header begins, or ends with its empty line. */
static void header_follow(struct walk *w, const struct dialogue_event *event)
{
	bool begins = event->side == SIDE_CLIENT ? event->kind == EVENT_COMMAND : event->kind == EVENT_REPLY;
	if (dialogue_protocol(w->c.d)->server_first || event->more)
		return;
	if (begins)
		w->in_header[event->side] = true;
	else if (event->kind == EVENT_DATA && event->text.n == 0)
		w->in_header[event->side] = false;
}

static void event_came(struct walk *w, const struct dialogue_event *event)
{
	if (event->kind == EVENT_STAGE && w->invented)
		return;
	header_follow(w, event);
	if (w->invented)
		return;
	if (event->kind == EVENT_COMMAND && !event->more)
		command_said(w, event->n);
	if (event->side == SIDE_SERVER)
		server_said(w, event);
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

static void over(struct walk *w)
{
	if (!w->over_told && !w->invented)
		(void)checking_add(&w->c, w->c.line, CHECK_ERROR, "Nobody hears it", NULL, "said after the close");
	w->over_told |= !w->invented;
}

static void feed(struct walk *w, enum side side, struct slice octets)
{
	do {
		if (dialogue_tls_pending(w->c.d)) /* a document may not show where TLS begins */
			dialogue_assume_tls(w->c.d);
		size_t took = dialogue_feed(w->c.d, side, octets.p, octets.n);
		drain(w);
		if (took == 0 && octets.n) {
			over(w);
			return;
		}
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

void walk_hear(struct walk *w)
{
	struct error error = { 0 };
	buffer_clear(&w->v.challenge);
	buffer_add_slice(&w->v.challenge, dialogue_challenge(w->c.d));
	buffer_clear(&w->wire);
	w->unknown = false;
	if (rehearsal_text(w->c.r, w->c.line, &w->v, FILL_STRICT, &w->wire, &error) == STATUS_OK)
		return;
	error_clear(&error);
	buffer_clear(&w->wire);
	w->unknown = true;
	if (rehearsal_text(w->c.r, w->c.line, &w->v, FILL_OFFLINE, &w->wire, &error) != STATUS_OK) {
		/* A function that cannot be computed offline: for the dialogue its words are as good. */
		buffer_add_slice(&w->wire, written(w));
		buffer_add_string(&w->wire, walk_line(w)->exact || w->c.r->protocol->datagrams ? "" : "\r\n");
	}
	error_clear(&error);
}

static void said(struct walk *w)
{
	enum side side = walk_line(w)->side;
	unsigned state = dialogue_state_index(w->c.d);
	bool counting = dialogue_due(w->c.d, side) > 0;
	feed(w, side, buffer_slice(&w->wire));
	counts_judge(w, counting);
	w->last[side] = w->c.line;
	w->hazy &= dialogue_state_index(w->c.d) == state;
}

static void say(struct walk *w)
{
	w->passed_over = false;
	walk_hear(w);
	side_judge(w);
	if (w->passed_over)
		return;
	begin_judge(w);
	if (w->passed_over)
		return;
	missing_before(w);
	tag_judge(w);
	state_judge(w);
	said(w);
}

/* A payload that is only described. */
static void describe(struct walk *w)
{
	bool elsewhere = dialogue_protocol(w->c.d)->data_connection;
	buffer_clear(&w->wire);
	w->passed_over = w->unknown = false;
	if (!elsewhere)
		begin_judge(w);
	if (w->passed_over)
		return;
	if (!elsewhere)
		missing_before(w);
	if (dialogue_tls_pending(w->c.d))
		dialogue_assume_tls(w->c.d);
	dialogue_payload(w->c.d, walk_line(w)->side, written(w), walk_line(w)->octets);
	drain(w);
	if (!elsewhere)
		w->last[walk_line(w)->side] = w->c.line;
}

static void direct(struct walk *w)
{
	const struct script_line *line = walk_line(w);
	switch (line->direction) {
	case DIRECTION_CONNECTS:
		dialogue_stage(w->c.d, STAGE_CONNECT, line->side);
		break;
	case DIRECTION_TLS:
		dialogue_stage(w->c.d, STAGE_TLS, line->side);
		break;
	case DIRECTION_HANGS_UP:
		if (line->side == SIDE_SERVER)
			replies_missing(w);
		dialogue_stage(w->c.d, STAGE_CLOSE, line->side);
		break;
	case DIRECTION_WAITS:
		break;
	case DIRECTION_FILE:
	case DIRECTION_SENDS:
		describe(w);
		return;
	}
	drain(w);
}

void walk_restart(struct walk *w)
{
	dialogue_free(w->c.d);
	w->c.d = dialogue_new(w->c.r->protocol);
	w->in_header[SIDE_CLIENT] = w->in_header[SIDE_SERVER] = false;
	w->ncommands = 0;
	w->continued = 0;
}

void walk_script(struct walk *w)
{
	w->c.d = dialogue_new(w->c.r->protocol);
	w->counts[SIDE_CLIENT] = w->counts[SIDE_SERVER] = NO_LINE;
	w->last[SIDE_CLIENT] = w->last[SIDE_SERVER] = NO_LINE;
	if (w->c.r->tls_implicit)
		dialogue_assume_tls(w->c.d);
	watchers_begin(w);
	ahead_make(w);
	for (size_t i = 0; i < w->script->nlines; i++) {
		w->c.line = i;
		if (walk_line(w)->kind == SCRIPT_DIRECTION)
			direct(w);
		else if (walk_line(w)->kind == SCRIPT_SAID && walk_line(w)->mark != MARK_NEVER)
			say(w);
	}
	missing_at_end(w);
	watchers_end(w);
	ahead_free(w);
	buffer_wipe(&w->wire);
	free(w->commands);
	dialogue_free(w->c.d);
}
