/*
 * `:replay`: says the client's side of a transcript, from where the conversation stands.
 *
 * At a terminal the next line stands in the prompt as if it had been typed, and Enter sends it; `:replay all`, and a
 * pipe, send one after the other, each when the one before it was answered. What the transcript's server says is only
 * looked at for what its variables capture: the reply is on the screen.
 */
#include "talk/replay.h"

#include <stdlib.h>

#include "base/escape.h"
#include "script/follow.h"
#include "talk/room.h"

/* A line that is longer, in octets, does not stand in the prompt. */
#define OFFERED_MAX 2000

const struct script_line *replay_line(const struct replay *p)
{
	return &p->r->script->lines[p->at];
}

void replay_forget(struct talk *t)
{
	struct replay *p = t->replay;
	t->replay = NULL;
	if (p == NULL)
		return;
	rehearsal_free(p->r);
	variables_free(&p->values);
	scripts_free(p->scripts, p->nscripts);
	buffer_wipe(&p->offered);
	free(p);
}

/* Nothing more is offered, or said, until `:replay` is. */
static void rest(struct talk *t)
{
	t->replay->resting = true;
	t->replay->ready = t->replay->placed = false;
	talk_prompt(t);
}

/* ---- what comes next ---- */

void replay_pass(struct replay *p)
{
	p->matched = p->matched > p->at ? p->matched : p->at;
	p->said += replay_line(p)->side == SIDE_CLIENT && p->r->lines[p->at].speaks;
	p->at++;
	p->ready = p->placed = false;
}

/* The transcript goes on under TLS, and we are in the clear. */
static bool stop_in_the_clear(struct talk *t)
{
	if (t->replay->resting)
		return false;
	talk_remark(t,
	            "From line %u on the transcript goes under TLS, which has not begun here: :starttls or :tls "
	            "begins it, then :replay goes on.",
	            replay_line(t->replay)->number);
	rest(t);
	return false;
}

/* The server waits for something that the transcript does not say here. */
static bool stop_unasked(struct talk *t)
{
	struct buffer awaited = { 0 };
	(void)awaits_sentences(t, &awaited);
	talk_remark(t,
	            "The transcript has a command here (line %u), and the server waits for something else: " SLICE_FMT
	            " When that is said, :replay goes on.",
	            replay_line(t->replay)->number, SLICE_ARG(buffer_slice(&awaited)));
	buffer_free(&awaited);
	rest(t);
	return false;
}

static void skip_unasked(struct talk *t)
{
	struct replay *p = t->replay;
	if (!p->skipping)
		talk_remark(t, "The server does not ask for what the transcript has here (line %u): it is skipped.",
		            replay_line(p)->number);
	p->skipping = true;
	replay_pass(p);
}

/* Whether the client's line may be said now. Where it never may, it is passed, or the replay rests. */
static bool may_say(struct talk *t)
{
	struct replay *p = t->replay;
	enum input wanted = p->r->lines[p->at].input, input = talk_input(t);
	const struct dialogue *d = session_dialogue(t->session);
	if (p->r->lines[p->at].secure && !dialogue_secure(d))
		return stop_in_the_clear(t);
	if (wanted == input || (wanted == INPUT_NOTHING && input == INPUT_COMMAND)) {
		p->skipping = false;
		return true;
	}
	if (wanted == INPUT_COMMAND || wanted == INPUT_NOTHING)
		return stop_unasked(t);
	skip_unasked(t);
	return false;
}

/* A direction: true where it is done with. */
static bool direct(struct talk *t)
{
	const struct script_line *line = replay_line(t->replay);
	const struct rehearsed *what = &t->replay->r->lines[t->replay->at];
	switch (line->direction) {
	case DIRECTION_TLS:
		if (dialogue_secure(session_dialogue(t->session)))
			return true;
		if (!what->begins_tls)
			return stop_in_the_clear(t);
		t->replay->at++;
		session_begin_tls(t->session);
		return false;
	case DIRECTION_HANGS_UP:
		if (line->side == SIDE_CLIENT)
			talk_remark(t, "Here the transcript's client hangs up: :close does.");
		return true;
	case DIRECTION_FILE:
		talk_remark(t, "<%s>: files are not sent from here: it is yours to say, or :reconnect.", line->text);
		return true;
	case DIRECTION_CONNECTS:
	case DIRECTION_WAITS:
	case DIRECTION_SENDS:
		break;
	}
	return true;
}

static void finish(struct talk *t)
{
	replay_forget(t);
	if (!t->options->quiet)
		talk_remark(t, "The transcript is done.");
	talk_prompt(t);
}

static void show_comment(struct talk *t, const struct script_line *line)
{
	struct buffer safe = { 0 };
	escape_text(&safe, (struct slice){ line->text, line->text_n });
	if (!t->options->quiet)
		talk_remark(t, SLICE_FMT, SLICE_ARG(buffer_slice(&safe)));
	buffer_free(&safe);
}

/* Goes on to the next line of the client's. True where it may be said now. */
static bool advance(struct talk *t)
{
	while (t->replay && !t->replay->resting) {
		struct replay *p = t->replay;
		if (p->at >= p->r->script->nlines) {
			finish(t);
			return false;
		}
		const struct script_line *line = replay_line(p);
		bool client = line->side == SIDE_CLIENT && p->r->lines[p->at].speaks;
		if (client && line->kind != SCRIPT_COMMENT && !p->r->lines[p->at].elsewhere) {
			size_t before = p->at;
			if (may_say(t))
				return true;
			if (p->resting || p->at == before)
				return false;
			continue;
		}
		if (line->kind == SCRIPT_COMMENT)
			show_comment(t, line);
		if (line->kind == SCRIPT_DIRECTION && !client && !direct(t))
			return false;
		p->at++;
	}
	return false;
}

/* ---- saying it ---- */

/* The octets of the line. False, and the replay rests, where they cannot be made; why was said. */
static bool make_octets(struct talk *t, struct buffer *octets)
{
	struct replay *p = t->replay;
	struct error error = { 0 };
	const struct dialogue *d = session_dialogue(t->session);
	buffer_clear(&p->values.challenge);
	buffer_add_slice(&p->values.challenge, dialogue_challenge(d));
	if (replay_line(p)->kind == SCRIPT_DIRECTION) {
		enum input input = talk_input(t);
		payload_made(octets, input == INPUT_COUNTED ? dialogue_counted(d) : replay_line(p)->octets, input);
		return true;
	}
	if (rehearsal_wire(p->r, p->at, &p->values, FILL_STRICT, octets, NULL, &error) == STATUS_OK)
		return true;
	talk_remark(t, "%s", error.message);
	error_clear(&error);
	rest(t);
	return false;
}

/* Puts octets with the others that wait. A line is looked at like any that is typed: what gives a password away in
 * the clear is asked about. */
static void hold(struct talk *t, struct slice octets)
{
	const struct protocol *protocol = talk_protocol(t);
	bool usual = (t->eol == EOL_DEFAULT || t->eol == EOL_CRLF) && !(protocol && protocol->datagrams);
	struct slice text = slice_part(octets, 0, octets.n - 2);
	bool line = octets.n >= 2 && slice_equal(slice_part(octets, octets.n - 2, octets.n), SLICE("\r\n")) &&
	            slice_find_octet(text, '\n') == text.n && slice_find_octet(text, '\r') == text.n;
	bool as_typed = usual && line && talk_input(t) != INPUT_COUNTED;
	line_hold(t, as_typed ? text : octets, !as_typed, true);
}

bool replay_say(struct talk *t)
{
	struct buffer octets = { 0 };
	if (t->replay == NULL || !t->replay->all || talk_waiting(t) || !advance(t) || !make_octets(t, &octets))
		return false;
	hold(t, buffer_slice(&octets));
	replay_pass(t->replay);
	buffer_wipe(&octets);
	return true;
}

/* ---- in the prompt ---- */

/* How the line stands there: filled in, but for what must not be seen; what has octets that cannot be typed, escaped. */
static bool make_offer(struct talk *t)
{
	struct replay *p = t->replay;
	struct slice written = { replay_line(p)->text, replay_line(p)->text_n };
	struct buffer octets = { 0 };
	bool made = true;
	buffer_clear(&p->offered);
	p->exact = replay_line(p)->exact;
	p->template = replay_line(p)->kind == SCRIPT_SAID && replay_hides(written);
	if (p->template) {
		buffer_add_slice(&p->offered, written);
	} else if ((made = make_octets(t, &octets))) {
		struct slice text = buffer_slice(&octets);
		bool ended = !p->exact && text.n >= 2 && text.p[text.n - 1] == '\n';
		struct slice line = ended ? slice_part(text, 0, text.n - 2) : text;
		p->exact = !ended || !text_safe(line, false);
		if (p->exact)
			escape_exact(&p->offered, text);
		else
			buffer_add_slice(&p->offered, line);
	}
	if (p->offered.n > OFFERED_MAX) {
		talk_remark(t, "The next line of the transcript (%u) is too long for the prompt: Enter sends it.",
		            replay_line(p)->number);
		buffer_wipe(&p->offered);
	}
	buffer_wipe(&octets);
	return made;
}

void replay_turn(struct talk *t)
{
	struct replay *p = t->replay;
	if (p == NULL || p->all || p->resting || p->placed || t->held || t->prompt == NULL || talk_waiting(t) ||
	    t->later)
		return;
	if (!p->ready && (!advance(t) || !make_offer(t)))
		return;
	p->ready = true;
	if (prompt_asks(t->prompt))
		prompt_wake(t->prompt);
}

void replay_place(struct talk *t, struct slice typed)
{
	struct replay *p = t->replay;
	if (p == NULL || !p->ready || p->placed || p->resting || t->held || typed.n)
		return;
	p->placed = true;
	prompt_put(t->prompt, buffer_slice(&p->offered));
	talk_prompt(t);
}

/* What was made of the line by typing. False where that cannot be read; why was said. */
static bool read_edited(struct talk *t, struct slice typed, struct buffer *octets)
{
	struct replay *p = t->replay;
	struct error error = { 0 };
	struct buffer filled = { 0 };
	bool good = true;
	if (!p->template)
		buffer_add_slice(&filled, typed);
	else if (template_fill(typed, &p->values, FILL_STRICT, &filled, &error) != STATUS_OK)
		good = false;
	if (good && p->exact)
		good = unescape_exact(octets, buffer_slice(&filled)) == filled.n;
	else if (good)
		buffer_printf(octets, SLICE_FMT "\r\n", SLICE_ARG(buffer_slice(&filled)));
	if (!good)
		talk_remark(t, "Not sent: %s.",
		            error.message ? error.message : "a backslash begins \\r \\n \\t \\0 \\\\ or \\xHH here");
	error_clear(&error);
	buffer_wipe(&filled);
	return good;
}

bool replay_typed(struct talk *t, struct slice typed)
{
	struct replay *p = t->replay;
	struct buffer octets = { 0 };
	if (p == NULL || !p->placed)
		return false;
	bool unchanged = slice_equal(typed, buffer_slice(&p->offered));
	if (!unchanged && line_is_word(t, typed)) {
		p->placed = false; /* when the word is done, it stands there again */
		return false;
	}
	bool made = unchanged ? make_octets(t, &octets) : read_edited(t, typed, &octets);
	if (made && t->replay) {
		replay_pass(p);
		hold(t, buffer_slice(&octets));
		lines_stir(t);
	} else if (t->replay && !p->resting) {
		prompt_put(t->prompt, typed);
	}
	buffer_wipe(&octets);
	return true;
}

bool replay_interrupted(struct talk *t)
{
	if (t->replay == NULL || t->replay->resting || (t->held && !t->replay->all))
		return false;
	rest(t);
	lines_forget(t);
	talk_remark(t, "The transcript rests before its line %u: :replay goes on, :replay off ends it.",
	            t->replay->at < t->replay->r->script->nlines ? replay_line(t->replay)->number : 0);
	return true;
}

bool replay_goes_on(const struct talk *t)
{
	return t->replay && !t->replay->resting;
}

void replay_progress(const struct talk *t, struct buffer *out)
{
	if (t->replay && !t->replay->resting)
		buffer_printf(out, " %zu/%zu",
		              t->replay->said < t->replay->lines ? t->replay->said + 1 : t->replay->lines,
		              t->replay->lines);
}

/* ---- what is heard ---- */

void replay_follow(struct talk *t, const struct dialogue_event *event)
{
	struct replay *p = t->replay;
	if (p && event->side == SIDE_SERVER && event->kind != EVENT_STAGE && !event->more)
		rehearsal_follow(p->r, p->at, &p->matched, event->text, &p->values);
}

void replay_lost(struct talk *t)
{
	struct replay *p = t->replay;
	if (p == NULL)
		return;
	size_t left = p->lines - p->said;
	if (left && t->prompt)
		talk_remark(t, "%zu line%s of the transcript %s not said.", left, left == 1 ? "" : "s",
		            left == 1 ? "was" : "were");
	replay_forget(t);
}
