/*
 * The conversation under a lesson: brought to where the lesson is, by saying what lies before it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "lesson/stepper_inside.h"
#include "protocol/protocol.h"
#include "script/follow.h"

/* How often a conversation is connected to for one stop, where nobody is there to say when to go on. */
#define TRIES 3

static const struct script *script_of(const struct stepper *s)
{
	return &s->o.lesson->scripts[s->script];
}

void script_close(struct stepper *s)
{
	rehearsal_free(s->r);
	variables_free(&s->values);
	s->values = (struct variables){ 0 };
	s->r = NULL;
	s->open = false;
}

static void script_open(struct stepper *s, size_t script)
{
	script_close(s);
	s->script = script;
	s->at = s->matched = 0;
	s->r = rehearse(script_of(s), NULL, s->o.given);
	rehearsal_variables(s->r, s->o.given, &s->values);
}

/* ---- waiting ---- */

static bool is_clients(const struct stepper *s, size_t line)
{
	return line < s->r->script->nlines && s->r->script->lines[line].kind == SCRIPT_SAID &&
	       s->r->script->lines[line].side == SIDE_CLIENT;
}

/* Whether the script has the client go on though the server has not answered in full: it pipelines, or what its server says there
 * is no whole reply. */
static bool script_presses(const struct stepper *s)
{
	size_t last = s->typed && stepper_at(s) ? stepper_at(s)->line : s->at - 1, n = 0;
	if (s->r == NULL || last >= s->r->script->nlines)
		return false;
	while (last > 0 && !is_clients(s, last))
		last--;
	if (is_clients(s, last) && is_clients(s, last + 1))
		return s->r->lines[last + 1].input == INPUT_COMMAND;
	for (size_t i = is_clients(s, last) ? last + 1 : last; i < s->r->script->nlines && !is_clients(s, i); i++) {
		const struct script_line *line = &s->r->script->lines[i];
		n += line->kind == SCRIPT_SAID && line->mark == MARK_NONE;
		if (i + 1 == s->r->script->nlines || is_clients(s, i + 1))
			return n > 0 && s->heard >= n && s->r->lines[i].speaks &&
			       s->r->blocks[s->r->lines[i].block].trailing > 0;
	}
	return false;
}

bool script_busy(const struct stepper *s, const struct dialogue *d)
{
	if (!s->open || d == NULL)
		return false;
	return (dialogue_turn(d) == SIDE_SERVER && !script_presses(s)) || dialogue_closing(d) ||
	       dialogue_tls_pending(d) || s->hears;
}

/* Whether the script has the server say something behind that line, before the client speaks again. */
static bool is_answered(const struct stepper *s, size_t line)
{
	const struct script *script = script_of(s);
	for (size_t i = line + 1; i < script->nlines; i++)
		if (script->lines[i].kind == SCRIPT_SAID)
			return script->lines[i].side == SIDE_SERVER;
	return false;
}

void script_hears(struct stepper *s, const struct dialogue_event *event)
{
	if (!event->more && s->r)
		rehearsal_follow(s->r, s->at, &s->matched, event->text, &s->values);
}

/* ---- saying ---- */

bool script_octets(struct stepper *s, const struct dialogue *d, size_t line, struct buffer *out)
{
	const struct script_line *l = &s->r->script->lines[line];
	struct error error = { 0 };
	buffer_clear(&s->values.challenge);
	buffer_add_slice(&s->values.challenge, dialogue_challenge(d));
	if (l->kind == SCRIPT_DIRECTION) {
		enum input input = dialogue_input(d);
		payload_made(out, input == INPUT_COUNTED ? dialogue_counted(d) : l->octets, input);
		return true;
	}
	if (rehearsal_wire(s->r, line, &s->values, FILL_STRICT, out, NULL, &error) == STATUS_OK)
		return true;
	tell_row(s, &s->text, "%s", error.message);
	error_clear(&error);
	return false;
}

/* Whether the line tells where FTP's data connection is listened for. */
static bool tells_port(const struct script_line *line)
{
	return slice_find((struct slice){ line->text, line->text_n }, SLICE("{{port}}")) < line->text_n;
}

/* A line of the client's that lies on the way. */
static enum stepper_act say(struct stepper *s, const struct dialogue *d, struct stepper_what *what)
{
	const struct script_line *line = &s->r->script->lines[s->at];
	size_t at = s->at++;
	s->ours = true;
	what->quiet = at < s->quiet;
	what->aside = s->aside;
	s->matched = s->matched > at ? s->matched : at;
	if (tells_port(line))
		return STEPPER_PORT;
	if (!script_octets(s, d, at, &s->text)) {
		what->text = buffer_slice(&s->text);
		return STEPPER_SHOW;
	}
	s->hears = s->r->protocol->bare && is_answered(s, at);
	what->text = buffer_slice(&s->text);
	return STEPPER_SAY;
}

/* A direction that lies on the way. False where there is nothing to do for it; it is passed. */
static bool direct(struct stepper *s, const struct dialogue *d, struct stepper_what *what, enum stepper_act *act)
{
	const struct script_line *line = &s->r->script->lines[s->at];
	if (line->direction == DIRECTION_SENDS && line->side == SIDE_CLIENT && !s->r->lines[s->at].elsewhere) {
		*act = say(s, d, what);
		return true;
	}
	s->at++;
	if (line->direction == DIRECTION_TLS && s->r->lines[s->at - 1].begins_tls && !dialogue_secure(d))
		*act = STEPPER_TLS;
	else if (line->direction == DIRECTION_HANGS_UP && line->side == SIDE_CLIENT)
		*act = STEPPER_HANG_UP;
	else
		return false;
	return true;
}

/* Whether the line is payload, and nobody asks for it. */
static bool is_unwanted(const struct stepper *s, const struct dialogue *d)
{
	enum input wanted = s->r->lines[s->at].input;
	bool payload = wanted != INPUT_COMMAND && wanted != INPUT_NOTHING;
	return payload && dialogue_input(d) == INPUT_COMMAND;
}

/* Goes up to that line. False where it is there. */
static bool go_up_to(struct stepper *s, size_t line, const struct dialogue *d, struct stepper_what *what,
                     enum stepper_act *act)
{
	while (s->at < line && s->at < s->r->script->nlines) {
		const struct script_line *l = &s->r->script->lines[s->at];
		bool client = l->side == SIDE_CLIENT && l->kind == SCRIPT_SAID;
		if (client && !is_unwanted(s, d)) {
			*act = say(s, d, what);
			return true;
		}
		if (l->kind == SCRIPT_DIRECTION) {
			if (direct(s, d, what, act))
				return true;
			continue;
		}
		s->at++;
	}
	return false;
}

/* ---- which conversation ---- */

/* Where the lesson wants the conversation to be: at the end, where the last stop leaves it. */
static bool wanted_place(const struct stepper *s, size_t *script, size_t *line)
{
	const struct lesson *lesson = s->o.lesson;
	const struct lesson_stop *stop = stepper_at(s);
	if (stop == NULL && lesson->nstops)
		stop = &lesson->stops[lesson->nstops - 1];
	if (stop == NULL || !stop->talks)
		return false;
	const struct lesson_item *item = &lesson->items[stop->item];
	*script = stop->script;
	*line = stepper_at(s) == NULL && item->first != item->last ? item->last : stop->line;
	return true;
}

/* Whether the stop cannot be without its conversation. */
static bool must_talk(const struct stepper *s)
{
	const struct lesson_stop *stop = stepper_at(s);
	return stop && stop->talks && stop->kind != STOP_QUESTION && stop->kind != STOP_COMMAND;
}

/* Whether the client has lines before that one. */
static bool has_lines(const struct stepper *s, size_t script, size_t line)
{
	const struct script *of = &s->o.lesson->scripts[script];
	for (size_t i = 0; i < line && i < of->nlines; i++)
		if (of->lines[i].kind == SCRIPT_SAID && of->lines[i].side == SIDE_CLIENT)
			return true;
	return false;
}

/* Alone nobody sees that the server hangs up at the same place each time. True where the conversation is left out from now on. */
static bool gives_up(struct stepper *s, size_t script, struct stepper_what *what)
{
	if (!s->o.alone || s->tried_for != s->stop || s->tried < TRIES)
		return false;
	s->left_out = script + 1;
	tell_row(s, &s->text, "(The connection ends before this place each time: the rest of it is left out.)");
	what->text = buffer_slice(&s->text);
	return true;
}

static enum stepper_act connect(struct stepper *s, size_t script, size_t line, struct stepper_what *what)
{
	bool anew = s->o.fresh && s->begun[script];
	size_t played = anew ? 0 : s->played;
	bool aside = s->o.fresh && played < script;
	if (aside) { /* what it did must be there: it is said to its end */
		script = played;
		line = s->o.lesson->scripts[script].nlines;
	}
	if (!s->caught && has_lines(s, script, line)) {
		s->caught = true;
		tell_row(s, &s->text, "(What was said before this place is said again.)");
		what->text = buffer_slice(&s->text);
		return STEPPER_SHOW;
	}
	if (!s->aside) {
		s->tried = s->tried_for == s->stop ? s->tried + 1 : 1;
		s->tried_for = s->stop;
	}
	if (anew)
		memset(s->begun, 0, s->o.lesson->nscripts * sizeof *s->begun);
	s->played = played;
	s->aside = aside;
	what->anew = anew;
	script_open(s, script);
	s->begun[script] = true;
	s->quiet = line;
	what->quiet = has_lines(s, script, line);
	what->aside = s->aside;
	what->script = script;
	return STEPPER_CONNECT;
}

/* An earlier conversation is said to its end, and left. False where this is none. */
static bool finishes(struct stepper *s, size_t script, const struct dialogue *d, struct stepper_what *what,
                     enum stepper_act *act)
{
	if (!s->o.fresh || s->script >= script || s->script != s->played || s->quiet < s->r->script->nlines)
		return false;
	if (s->open && go_up_to(s, s->r->script->nlines, d, what, act))
		return true;
	s->played++;
	*act = s->open ? STEPPER_HANG_UP : STEPPER_AWAIT;
	return s->open;
}

bool script_brings(struct stepper *s, const struct dialogue *d, struct stepper_what *what, enum stepper_act *act)
{
	size_t script, line;
	if (s->lost || !wanted_place(s, &script, &line))
		return false;
	if (s->r && finishes(s, script, d, what, act))
		return true;
	/* What the last stops of a conversation left to say, since nobody typed it, is said before the next begins. */
	if ((s->o.alone || s->o.fresh) && s->open && s->r && s->script < script &&
	    go_up_to(s, s->r->script->nlines, d, what, act))
		return true;
	bool here = s->open && s->r && s->script == script;
	if (here && s->at <= line) {
		bool more = go_up_to(s, line, d, what, act);
		s->caught = s->caught && more;
		return more;
	}
	if (s->r && !here && s->played == s->script && s->script < script)
		s->played = s->script + 1;
	/* What is to be read before a conversation begins stands before it; where it is taken up again, behind. */
	bool again = has_lines(s, script, line) || (s->o.fresh && s->played < script);
	if (!must_talk(s) || (here && stepper_at(s)->kind == STOP_GOAL && s->at == line) ||
	    (s->stage == STAGE_LEAD && !again) || s->left_out == script + 1)
		return false;
	*act = gives_up(s, script, what) ? STEPPER_SHOW : connect(s, script, line, what);
	return true;
}
