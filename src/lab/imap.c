/*
 * The lab's IMAP server: IMAP4rev1 (RFC 3501) over the store. This is the conduct: lines, literals, answers of a SASL
 * exchange and DONE are heard here, and handed to whoever knows them (imap_visit.h says who).
 */
#include <stdlib.h>

#include <event2/event.h>

#include "lab/imap_visit.h"

/* A line of a SASL exchange. */
#define ANSWER_MAX 65536

static void *imap_begin(struct visit *visit)
{
	struct imap_visit *v = memory_zeroed(1, sizeof *v);
	v->visit = visit;
	v->view.stirred = imap_idle_stirred;
	v->view.context = v;
	return v;
}

static void imap_greet(void *state)
{
	struct imap_visit *v = state;
	struct buffer capabilities = { 0 };
	imap_capabilities(v, &capabilities);
	visit_say(v->visit, "* OK [CAPABILITY " SLICE_FMT "] parlance lab: IMAP4rev1 ready",
	          SLICE_ARG(buffer_slice(&capabilities)));
	buffer_free(&capabilities);
}

/* The line ends in a count of octets: whether the client gets its `+`. A command that cannot be carried out is refused
 * before its literal is sent. */
static void literal_announced(struct imap_visit *v)
{
	struct imap_command_text *c = &v->command;
	bool waits = imap_command_literal(c, dialogue_due(visit_dialogue(v->visit), SIDE_CLIENT));
	imap_judge_command(v);
	if (c->wrong == NULL)
		imap_append_expected(v);
	if (!waits)
		return;
	if (c->wrong)
		imap_refuse(v);
	else
		buffer_add_string(&v->out, "+ Ready for the literal\r\n");
	imap_go(v);
}

static void imap_line(void *state, const struct visit_line *line)
{
	struct imap_visit *v = state;
	if (v->leaving)
		return;
	if (!v->command.open)
		imap_command_clear(&v->command);
	imap_command_line(&v->command, line->text, line->too_long);
	/* The dialogue has the say of what comes next: an empty literal, too, has a rest of the line behind it. */
	enum input next = dialogue_input(visit_dialogue(v->visit));
	if (next == INPUT_COUNTED || next == INPUT_REST) {
		literal_announced(v);
	} else {
		imap_carry_out(v);
		imap_go(v);
	}
}

/* A line of a SASL exchange, or what ends IDLE, perhaps in pieces. */
static void answer_piece(struct imap_visit *v, const struct dialogue_event *event)
{
	if (v->answer.n < ANSWER_MAX)
		buffer_add_slice(&v->answer, event->text);
	if (event->more)
		return;
	if (v->idle)
		imap_idle_said(v, buffer_slice(&v->answer));
	else if (v->sasl)
		imap_answer(v, buffer_slice(&v->answer));
	buffer_wipe(&v->answer);
	imap_go(v);
}

static void imap_payload(void *state, const struct dialogue_event *event)
{
	struct imap_visit *v = state;
	if (v->leaving)
		return;
	if (v->command.open) {
		imap_command_octets(&v->command, event->text);
		imap_command_octets(&v->command, event->line_end);
	} else {
		answer_piece(v, event);
	}
}

static void imap_secured(void *state)
{
	struct imap_visit *v = state;
	imap_command_clear(&v->command);
	v->bad = 0;
}

static void imap_more(void *state)
{
	imap_go(state);
}

static void imap_end(void *state)
{
	struct imap_visit *v = state;
	imap_work_forget(v);
	imap_view_close(&v->view);
	imap_command_clear(&v->command);
	sasl_server_free(v->sasl);
	if (v->stir)
		event_free(v->stir);
	buffer_wipe(&v->answer);
	buffer_free(&v->out);
	buffer_free(&v->final);
	free(v);
}

const struct conduct imap_conduct = {
	.longest = IMAP_TEXT_MAX,
	.begin = imap_begin,
	.greet = imap_greet,
	.command = imap_line,
	.data = imap_payload,
	.secured = imap_secured,
	.more = imap_more,
	.end = imap_end,
	.farewell = "* BYE The lab closes\r\n",
};
