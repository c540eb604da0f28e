/*
 * What the server asks for by a `+`, but for literals: the answers of a SASL exchange, and what ends IDLE.
 */
#include "protocol/imap_reading.h"
#include "protocol/common.h"

/* ---- SASL: the client's answers ---- */

void imap_answer_line(struct dialogue *d, struct imap *s, const struct line *line, struct dialogue_event *event)
{
	event->kind = EVENT_DATA;
	event->phase = PHASE_AUTHENTICATE;
	line_end_problems(d, line, event, "RFC 9051 2.2");
	if (!line->first)
		return;
	if (s->mode != MODE_ANSWER)
		event_problem(d, event, "sent before the server's + asked for it");
	s->mode = MODE_COMMAND;
	answer_read(d, &s->sasl, event, 0, "RFC 9051 6.2.2");
}

bool imap_answers_early(const struct dialogue *d, const struct line *line)
{
	size_t n = outstanding_count(d);
	const struct outstanding *last = n ? outstanding_at(d, n - 1) : NULL;
	if (last == NULL || imap_waiting_effect(last) != EFFECT_AUTHENTICATE || last->flags & FLAG_ONE_STEP)
		return false;
	struct imap_command command;
	imap_command_parse(line->text, &command);
	return imap_command_row(&command) == NULL;
}

static void note_mechanism(struct dialogue *d, struct slice mechanism, struct dialogue_event *event)
{
	const struct entry *row = imap_row(TABLE_MECHANISMS, mechanism);
	struct slice word = event_upper(d, slice_part(mechanism, 0, WORD_IN_PROBLEM));
	if (row) {
		event_note(d, event, "%s: %s", row->word, row->note);
		event_ref(d, event, row->ref);
	} else {
		event_note(d, event, SLICE_FMT ": no registry knows this mechanism.", SLICE_ARG(word));
	}
}

/* An initial response: whether the server has said that it takes one. */
static void check_initial(struct dialogue *d, struct dialogue_event *event)
{
	bool known = dialogue_capability(d, 0).n > 0;
	if (!known || dialogue_announced(d, SLICE("SASL-IR"), NULL) || dialogue_announced(d, SLICE("IMAP4rev2"), NULL))
		return;
	event_problem(d, event,
	              "the first answer in the command's line needs SASL-IR, which the server did not announce: "
	              "otherwise it waits for the server's +");
	event_ref(d, event, "RFC 4959 3");
}

void imap_authenticate(struct dialogue *d, struct imap *s, struct slice arguments, struct outstanding *one,
                       struct dialogue_event *event)
{
	struct slice rest = arguments;
	struct slice mechanism = slice_word(&rest);
	struct slice initial = slice_trim(rest);
	if (mechanism.n == 0)
		return;
	sasl_begin(&s->sasl, mechanism);
	note_mechanism(d, mechanism, event);
	if (initial.n == 0)
		return;
	if (sasl_one_step(mechanism))
		one->flags |= FLAG_ONE_STEP;
	check_initial(d, event);
	answer_read(d, &s->sasl, event, (size_t)(initial.p - event->text.p), "RFC 9051 6.2.2");
}

/* ---- IDLE: what ends it ---- */

bool imap_is_done(const struct line *line)
{
	return line->first && !line->more && slice_equal_nocase(line->text, SLICE("DONE"));
}

void imap_idle_line(struct dialogue *d, struct imap *s, const struct line *line, struct dialogue_event *event)
{
	event->kind = EVENT_DATA;
	line_end_problems(d, line, event, "RFC 9051 2.2");
	if (!line->first)
		return;
	event_ref(d, event, "RFC 9051 6.3.13");
	if (!imap_is_done(line)) {
		event_problem(d, event, "IDLE waits for DONE: the server takes nothing else until then");
		return;
	}
	if (s->mode != MODE_IDLE)
		event_problem(d, event, "DONE was sent before the server's + had begun IDLE");
	event_note(d, event, "DONE ends IDLE: the server answers the command, and others may follow.");
	s->mode = MODE_COMMAND;
	struct outstanding *idle = outstanding_at(d, imap_waiting_for(d, EFFECT_IDLE));
	if (idle)
		idle->flags |= FLAG_DONE;
}

/* ---- the server's + ---- */

/* Whose the continuation is: a literal's, an exchange's, IDLE's; the queue's length where nothing waits for one. */
static size_t waiting_continuation(const struct dialogue *d, const struct imap *s)
{
	size_t n = outstanding_count(d);
	size_t i = s->owed ? imap_waiting_n(d, s->owed) : n;
	if (i == n)
		i = imap_waiting_for(d, EFFECT_AUTHENTICATE);
	return i < n ? i : imap_waiting_for(d, EFFECT_IDLE);
}

static void note_continuation(struct dialogue *d, const struct imap *s, const struct outstanding *one,
                              struct dialogue_event *event)
{
	if (one && s->owed == one->n) {
		event_note(d, event,
		           "The server asks for the literal: its octets come now, and then the rest of the command.");
		event_ref(d, event, "RFC 9051 7.6");
		return;
	}
	imap_note_code(d, one, event);
	if (one == NULL) {
		event_problem(d, event,
		              "nothing waits to be asked for: no literal, no exchange and no IDLE is under way");
		event_ref(d, event, "RFC 9051 7.6");
	}
}

void imap_continuation(struct dialogue *d, struct imap *s, const struct imap_response *response,
                       struct dialogue_event *event)
{
	const struct outstanding *one = outstanding_at(d, waiting_continuation(d, s));
	event->code = event_text(d, SLICE("+"));
	event->class = CLASS_CONTINUE;
	event_span_add(event, SPAN_CODE, 0, 1);
	imap_name_after(d, one, event);
	note_continuation(d, s, one, event);
	if (one && s->owed != one->n && imap_waiting_effect(one) == EFFECT_AUTHENTICATE && !event->more)
		challenge_read(d, &s->sasl, slice_part(event->text, 2, event->text.n), event, "RFC 9051 6.2.2");
	else if (response->code.n)
		imap_response_code(d, response, event);
}

void imap_continuation_done(struct dialogue *d, struct imap *s, struct dialogue_event *event)
{
	const struct outstanding *one = outstanding_at(d, waiting_continuation(d, s));
	reply_open(d, false);
	event->final = true;
	if (one == NULL)
		return;
	event->answers = one->n;
	if (s->owed == one->n) {
		s->owed = 0;
		s->waits = false;
	} else if (imap_waiting_effect(one) == EFFECT_AUTHENTICATE) {
		s->mode = MODE_ANSWER;
	} else {
		s->mode = MODE_IDLE;
	}
}
