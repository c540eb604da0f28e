/*
 * Hearing a script, line by line.
 */
#include "script/check_hearing.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

const struct script_line *hearing_line(const struct hearing *h)
{
	return &h->script->lines[h->c.line];
}

struct slice hearing_text(const struct hearing *h)
{
	struct slice text = buffer_slice(&h->wire);
	if (text.n && text.p[text.n - 1] == '\n')
		text.n--;
	if (text.n && text.p[text.n - 1] == '\r')
		text.n--;
	return text;
}

static struct slice written(const struct hearing *h)
{
	return (struct slice){ hearing_line(h)->text, hearing_line(h)->text_n };
}

bool text_elided(struct slice text)
{
	return slice_find(text, SLICE("...")) < text.n || slice_find(text, SLICE(". . .")) < text.n ||
	       slice_find(text, SLICE("\u2026")) < text.n;
}

bool hearing_is_http(const struct hearing *h)
{
	const struct protocol *protocol = dialogue_protocol(h->c.d);
	return !protocol->server_first && !protocol->bare;
}

/* ---- events ---- */

static void command_said(struct hearing *h, uint64_t n)
{
	if (h->ncommands == h->commands_room) {
		h->commands_room = h->commands_room ? h->commands_room * 2 : 16;
		h->commands = memory_grow(h->commands, h->commands_room, sizeof *h->commands);
	}
	h->commands[h->ncommands++] = (struct hearing_command){ n, h->c.line, false };
	h->jumbled = false;
}

static const struct hearing_command *command_find(const struct hearing *h, uint64_t n)
{
	size_t low = 0, high = h->ncommands;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (h->commands[middle].n < n)
			low = middle + 1;
		else
			high = middle;
	}
	return low < h->ncommands && h->commands[low].n == n ? &h->commands[low] : NULL;
}

size_t hearing_command_line(const struct hearing *h, uint64_t n)
{
	const struct hearing_command *command = command_find(h, n);
	return command ? command->line : NO_LINE;
}

bool hearing_command_strange(const struct hearing *h, uint64_t n)
{
	const struct hearing_command *command = command_find(h, n);
	return command && command->strange;
}

/* Whether a command that nobody knows was accepted: what it did to the session, nobody knows either. */
static bool unknown_accepted(const struct hearing *h, const struct dialogue_event *event)
{
	const struct table *commands = protocol_table(dialogue_protocol(h->c.d), TABLE_COMMANDS);
	return event->final && event->answers && event->class == CLASS_SUCCESS && commands &&
	       !table_find(commands, event->verb);
}

bool hearing_asks_abilities(struct slice verb)
{
	static const char *const verbs[] = { "EHLO", "LHLO", "CAPA", "CAPABILITY", "FEAT" };
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
		if (slice_equal(verb, slice_of(verbs[i])))
			return true;
	return false;
}

/* What the server can do is known as far as it stands in words of its own. */
static void abilities_follow(struct hearing *h, const struct dialogue_event *event)
{
	bool listed = slice_equal(event->keyword, SLICE("CAPABILITY"));
	bool tells = listed || hearing_asks_abilities(event->verb) || event->phase == PHASE_GREET;
	if (event->side == SIDE_CLIENT ? hearing_asks_abilities(event->verb) : listed)
		h->c.unseen = false;
	if (event->side == SIDE_SERVER && tells && (h->unknown || h->elided))
		h->c.unseen = true;
}

static void server_said(struct hearing *h, const struct dialogue_event *event)
{
	h->jumbled |= event->kind == EVENT_JUNK;
	if (event->final && (event->class == CLASS_CONTINUE || event->class == CLASS_INFO)) {
		h->answered = event->answers;
		h->asked = event->class == CLASS_CONTINUE;
	}
	if (is_three_digits(event->code))
		memcpy(h->code, event->code.p, 3);
	if (unknown_accepted(h, event)) {
		h->hazy = true;
		h->c.unseen |= dialogue_capability(h->c.d, 0).n == 0; /* it may have been EHLO */
	}
	h->turned |= event->final && event->class == CLASS_SUCCESS &&
	             (slice_equal(event->verb, SLICE("ATRN")) || slice_equal(event->verb, SLICE("TURN")));
}

/* HTTP: a header begins, or ends with its empty line. */
static void header_follow(struct hearing *h, const struct dialogue_event *event)
{
	bool begins = event->side == SIDE_CLIENT ? event->kind == EVENT_COMMAND : event->kind == EVENT_REPLY;
	if (dialogue_protocol(h->c.d)->server_first || event->more)
		return;
	if (begins)
		h->in_header[event->side] = true;
	else if (event->kind == EVENT_DATA && event->text.n == 0)
		h->in_header[event->side] = false;
}

static void event_came(struct hearing *h, const struct dialogue_event *event)
{
	if (event->kind == EVENT_STAGE && h->invented)
		return;
	header_follow(h, event);
	if (h->invented)
		return;
	if (event->kind == EVENT_COMMAND && !event->more)
		command_said(h, event->n);
	if (event->side == SIDE_SERVER)
		server_said(h, event);
	abilities_follow(h, event);
	if (event_span(event, SPAN_COUNT))
		h->counts[event->side] = h->c.line;
	problems_tell(h, event);
	size_t before = h->c.found->n;
	watchers_see(h, event);
	repairs_adopt(h, before);
}

static void drain(struct hearing *h)
{
	struct dialogue_event event;
	while (dialogue_next(h->c.d, &event))
		event_came(h, &event);
}

static void over(struct hearing *h)
{
	if (!h->over_told && !h->invented)
		(void)checking_add(&h->c, h->c.line, CHECK_ERROR, "Nobody hears it", NULL, "said after the close");
	h->over_told |= !h->invented;
}

void hearing_feed(struct hearing *h, enum side side, struct slice octets)
{
	do {
		if (dialogue_tls_pending(h->c.d)) /* a document may not show where TLS begins */
			dialogue_assume_tls(h->c.d);
		size_t took = dialogue_feed(h->c.d, side, octets.p, octets.n);
		drain(h);
		if (took == 0 && octets.n) {
			over(h);
			return;
		}
		octets = slice_part(octets, took, octets.n);
	} while (octets.n);
}

void hearing_invent(struct hearing *h, enum side side, const char *octets)
{
	bool before = h->invented;
	h->invented = true;
	hearing_feed(h, side, slice_of(octets));
	h->invented = before;
}

/* ---- lines ---- */

/* `{{{n}}}`: a literal's count that nobody knows is a count all the same, which is made to fit its text. */
static void count_fill(struct hearing *h)
{
	struct slice text = hearing_text(h);
	size_t at = text.n;
	while (at >= 3 && !slice_starts(slice_part(text, at - 3, text.n), SLICE("{{{")))
		at--;
	size_t name = at < 3 ? text.n : at, end = name + slice_find(slice_part(text, name, text.n), SLICE("}}"));
	if (end == text.n || !dialogue_protocol(h->c.d)->tagged || text.p[text.n - 1] != '}')
		return;
	struct buffer filled = { 0 };
	buffer_add_slice(&filled, slice_part(text, 0, name - 2));
	buffer_add_string(&filled, "1");
	buffer_add_slice(&filled, slice_part(buffer_slice(&h->wire), end + 2, h->wire.n));
	buffer_free(&h->wire);
	h->wire = filled;
}

void hearing_take(struct hearing *h)
{
	struct error error = { 0 };
	buffer_clear(&h->v.challenge);
	buffer_add_slice(&h->v.challenge, dialogue_challenge(h->c.d));
	buffer_clear(&h->wire);
	h->unknown = false;
	h->elided = text_elided(written(h)) || gap_placeholder(h, written(h));
	h->c.open = hearing_line(h)->mark != MARK_NONE || template_has_variables(written(h));
	if (rehearsal_text(h->c.r, h->c.line, &h->v, FILL_STRICT, &h->wire, &error) == STATUS_OK)
		return;
	error_clear(&error);
	buffer_clear(&h->wire);
	h->unknown = true;
	if (rehearsal_text(h->c.r, h->c.line, &h->v, FILL_OFFLINE, &h->wire, &error) != STATUS_OK) {
		/* A function that cannot be computed offline: for the dialogue its words are as good. */
		buffer_add_slice(&h->wire, written(h));
		buffer_add_string(&h->wire, hearing_line(h)->exact || h->c.r->protocol->datagrams ? "" : "\r\n");
	}
	error_clear(&error);
	count_fill(h);
}

static void said(struct hearing *h)
{
	enum side side = hearing_line(h)->side;
	unsigned state = dialogue_state_index(h->c.d);
	bool counting = dialogue_due(h->c.d, side) > 0;
	hearing_feed(h, side, buffer_slice(&h->wire));
	bool literal = h->counts[side] == h->c.line && hearing_line(h)->text_n &&
	               hearing_line(h)->text[hearing_line(h)->text_n - 1] == '}';
	if (literal || (hearing_line(h)->text_n == 0 && !counting))
		counts_judge(h, h->c.line, literal);
	h->last[side] = h->c.line;
	h->hazy &= dialogue_state_index(h->c.d) == state;
	h->gap &= side == SIDE_SERVER;
}

static void say(struct hearing *h)
{
	h->passed_over = false;
	hearing_take(h);
	if (gap_goes_on(h))
		return;
	end_judge(h);
	side_judge(h);
	if (h->passed_over)
		return;
	begin_judge(h);
	if (h->passed_over)
		return;
	missing_before(h);
	if (h->passed_over)
		return;
	tag_judge(h);
	stranger_judge(h);
	reply_hear(h);
	if (hearing_is_http(h))
		requests_judge(h);
	if (h->passed_over)
		return;
	state_judge(h);
	said(h);
}

void hearing_restart(struct hearing *h)
{
	watchers_end(h);
	dialogue_free(h->c.d);
	h->c.d = dialogue_new(h->c.r->protocol);
	watchers_begin(h);
	if (h->c.r->tls_implicit)
		dialogue_assume_tls(h->c.d);
	h->in_header[SIDE_CLIENT] = h->in_header[SIDE_SERVER] = false;
	h->ncommands = 0;
	h->answered_ahead = 0;
	h->answered = h->skipped = 0;
	h->jumbled = false;
	h->closed = false;
}

/* A payload that is only described. */
static void describe(struct hearing *h)
{
	struct waiting_command one;
	bool elsewhere = dialogue_protocol(h->c.d)->data_connection;
	if (elsewhere && dialogue_in_reply(h->c.d)) /* lines of the reply that the document leaves out */
		return;
	buffer_clear(&h->wire);
	h->passed_over = h->unknown = h->elided = false;
	if (!elsewhere)
		begin_judge(h);
	if (h->passed_over)
		return;
	if (!elsewhere)
		missing_before(h);
	if (dialogue_tls_pending(h->c.d))
		dialogue_assume_tls(h->c.d);
	/* Where a reply is due, it stands for that: the document leaves it out. */
	h->jumbled |= hearing_line(h)->side == SIDE_SERVER && !elsewhere && !dialogue_in_reply(h->c.d) &&
	              dialogue_due(h->c.d, SIDE_SERVER) == 0;
	dialogue_payload(h->c.d, hearing_line(h)->side, written(h), hearing_line(h)->octets);
	bool literal = dialogue_protocol(h->c.d)->tagged && dialogue_due(h->c.d, hearing_line(h)->side) > 0;
	drain(h);
	h->c.unseen |= dialogue_waiting(h->c.d, 0, &one) && hearing_asks_abilities(one.verb);
	h->left_out[hearing_line(h)->side] = literal || (hearing_is_http(h) && !h->in_header[hearing_line(h)->side]);
	if (!elsewhere)
		h->last[hearing_line(h)->side] = h->c.line;
}

/* Where somebody has spoken, a connection is another one, but FTP's for data. */
static void connect_again(struct hearing *h)
{
	if (!h->begun || (dialogue_protocol(h->c.d)->data_connection && !dialogue_closing(h->c.d)))
		return;
	missing_at_end(h);
	hearing_restart(h);
	h->begun = h->hazy = h->gap = false;
}

static void direct(struct hearing *h)
{
	const struct script_line *line = hearing_line(h);
	h->c.open = true;
	switch (line->direction) {
	case DIRECTION_CONNECTS:
		connect_again(h);
		dialogue_stage(h->c.d, STAGE_CONNECT, line->side);
		break;
	case DIRECTION_TLS:
		missing_before_tls(h);
		h->gap = h->hazy = false; /* the remark told of TLS */
		dialogue_stage(h->c.d, STAGE_TLS, line->side);
		h->in_header[SIDE_CLIENT] = h->in_header[SIDE_SERVER] = false;
		break;
	case DIRECTION_HANGS_UP:
		missing_before_close(h);
		dialogue_stage(h->c.d, STAGE_CLOSE, line->side);
		h->closed |= line->side == SIDE_SERVER;
		break;
	case DIRECTION_WAITS:
		break;
	case DIRECTION_FILE:
	case DIRECTION_SENDS:
		if (!gap_direction(h))
			describe(h);
		return;
	}
	drain(h);
}

void hearing_run(struct hearing *h)
{
	h->c.d = dialogue_new(h->c.r->protocol);
	h->counts[SIDE_CLIENT] = h->counts[SIDE_SERVER] = NO_LINE;
	h->last[SIDE_CLIENT] = h->last[SIDE_SERVER] = NO_LINE;
	if (h->c.r->tls_implicit)
		dialogue_assume_tls(h->c.d);
	watchers_begin(h);
	ahead_make(h);
	for (size_t i = 0; i < h->script->nlines; i++) {
		h->c.line = i;
		if (h->turned)
			break;
		if (hearing_line(h)->kind == SCRIPT_DIRECTION)
			direct(h);
		else if (hearing_line(h)->kind == SCRIPT_COMMENT)
			gap_comment(h);
		else if (hearing_line(h)->kind == SCRIPT_SAID && hearing_line(h)->mark != MARK_NEVER)
			say(h);
	}
	if (!h->turned)
		missing_at_end(h);
	size_t before = h->c.found->n;
	watchers_end(h);
	repairs_adopt(h, before);
	ahead_free(h);
	buffer_wipe(&h->wire);
	free(h->commands);
	dialogue_free(h->c.d);
}
