/*
 * What the person types: whether it is for the lesson, and whether it was the lesson's line, or did as well.
 */
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "lesson/stepper_inside.h"
#include "protocol/protocol.h"

static const struct script_line *line_at(const struct stepper *s, size_t i)
{
	return &s->r->script->lines[i];
}

static bool is_clients(const struct stepper *s, size_t i)
{
	return line_at(s, i)->side == SIDE_CLIENT && line_at(s, i)->kind == SCRIPT_SAID;
}

static bool is_payload(enum input input)
{
	return input != INPUT_COMMAND && input != INPUT_NOTHING;
}

/* ---- the line that the lesson has ---- */

/* Whether filled in it would show what must not be shown, or what no person can work out. */
static bool is_hidden(const struct stepper *s, struct slice written)
{
	bool hidden = template_has_login(written);
	for (size_t i = 0; i < s->values.n && !hidden; i++) {
		char *name = string_printf("{{%s}}", s->values.rows[i].name);
		hidden = s->values.rows[i].secret && slice_find(written, slice_of(name)) < written.n;
		free(name);
	}
	return hidden;
}

static bool shows_line(const struct stepper *s)
{
	return s->awaits == AWAITS_LINE && s->r && !s->lost && stepper_at(s)->kind == STOP_LINE;
}

bool stepper_exact(const struct stepper *s)
{
	return shows_line(s) && line_at(s, stepper_at(s)->line)->exact;
}

void stepper_line(const struct stepper *s, struct buffer *out)
{
	if (!shows_line(s))
		return;
	const struct script_line *line = line_at(s, stepper_at(s)->line);
	struct slice written = { line->text, line->text_n };
	struct variables values = { 0 };
	struct buffer filled = { 0 };
	struct error error = { 0 };
	variables_copy(&values, &s->values);
	if (line->exact || is_hidden(s, written) ||
	    rehearsal_text(s->r, stepper_at(s)->line, &values, FILL_OFFLINE, &filled, &error) != STATUS_OK)
		buffer_add_slice(out, written);
	else
		buffer_add(out, filled.p,
		           filled.n > 2 && filled.p[filled.n - 1] == '\n' ? filled.n - 2
		           : filled.n == 2                                ? 0
		                                                          : filled.n);
	error_clear(&error);
	buffer_wipe(&filled);
	variables_free(&values);
}

/* ---- whom it is for ---- */

/* What is said next time it is shown. */
static void answer(struct stepper *s, struct slice typed, struct buffer *out)
{
	const struct lesson_item *item = stepper_item(s);
	if (slice_trim(typed).n == 0) {
		tell_row(s, out, "(Your guess first: what do you think? :skip shows the answer without one.)");
		return;
	}
	unsigned choice = choice_named(typed, item->choices);
	struct buffer safe = { 0 };
	escape_text(&safe, slice_trim(typed));
	tell_row(s, out, "> " SLICE_FMT, SLICE_ARG(buffer_slice(&safe)));
	buffer_free(&safe);
	if (item->choices && choice == 0) {
		tell_row(s, out, "(Type the number of your choice, 1 to %u.)", item->choices);
		return;
	}
	if (item->right && choice == item->right)
		tell_row(s, out, "Right.");
	else if (item->right)
		tell_row(s, out, "Not %u.", choice);
	s->stage = STAGE_ANSWERED;
}

/* Enter alone, where the lesson has a command: nobody means that. */
static bool is_idle(const struct stepper *s, const struct dialogue *d, struct slice typed)
{
	struct buffer line = { 0 };
	stepper_line(s, &line);
	bool wanted = shows_line(s) && line.n == 0;
	buffer_wipe(&line);
	return typed.n == 0 && !wanted && (d == NULL || !is_payload(dialogue_input(d)));
}

/* What stands for a secret, or for octets, is put in its place. False where the line goes out as it is. */
static enum stepper_typed translate(struct stepper *s, const struct dialogue *d, struct slice typed, struct buffer *out)
{
	const struct script_line *line = line_at(s, stepper_at(s)->line);
	struct slice written = { line->text, line->text_n };
	if (slice_equal(typed, written) && (line->exact || is_hidden(s, written)))
		return script_octets(s, d, stepper_at(s)->line, out) ? TYPED_OCTETS : TYPED_TAKEN;
	if (line->exact && slice_find_octet(typed, '\\') < typed.n && unescape_exact(out, typed) == typed.n)
		return TYPED_OCTETS;
	buffer_clear(out);
	return TYPED_SEND;
}

void typed_begin(struct stepper *s, enum input input, struct slice line)
{
	s->typed = true;
	s->ours = false;
	s->was = input;
	buffer_clear(&s->said);
	buffer_add_slice(&s->said, line);
	free(s->verb);
	s->verb = NULL;
	event_forget(s->reply);
	s->reply = NULL;
}

static enum stepper_typed take(struct stepper *s, const struct dialogue *d, struct slice line, struct buffer *out)
{
	switch (s->awaits) {
	case AWAITS_NOTHING:
		return TYPED_SEND;
	case AWAITS_ANSWER:
		answer(s, line, out);
		return TYPED_TAKEN;
	case AWAITS_ENTER:
		if (slice_trim(line).n && d == NULL) {
			tell_row(s, out, "(There is nobody to say that to now. Enter alone runs the command.)");
			return TYPED_TAKEN;
		}
		if (slice_trim(line).n)
			return TYPED_SEND;
		s->stage = STAGE_ANSWERED;
		return TYPED_TAKEN;
	case AWAITS_LINE:
	case AWAITS_GOAL:
		break;
	}
	if (s->lost) {
		s->lost = false;
		return TYPED_AGAIN;
	}
	if (is_idle(s, d, line)) {
		tell_row(
			s, out,
			s->awaits == AWAITS_GOAL
				? "(Enter alone sends nothing here. Type a line for the server, or :hint, or :skip.)"
				: "(Enter alone sends nothing here. Type the line above, or press TAB for it; :hint and :skip help.)");
		return TYPED_TAKEN;
	}
	if (s->elsewhere || d == NULL)
		return TYPED_SEND;
	typed_begin(s, dialogue_input(d), line);
	return shows_line(s) ? translate(s, d, line, out) : TYPED_SEND;
}

enum stepper_typed stepper_typed(struct stepper *s, const struct dialogue *d, struct slice line, struct buffer *out)
{
	enum stepper_typed what = take(s, d, line, out);
	if (what != TYPED_TAKEN || s->stage != STAGE_WAIT) /* what comes of it decides what is awaited next */
		s->awaits = AWAITS_NOTHING;
	return what;
}

/* ---- what came of it ---- */

/* The class of the last reply that the script has between that line and the client's next; CLASS_NONE where it has none. */
static enum class expected_class(const struct stepper *s, size_t line) {
	enum class class = CLASS_NONE; for (size_t i = line + 1; i < s->r->script->nlines && !is_clients(s, i);
	                                    i++) if (s->r->lines[i].final && s->r->lines[i].class != CLASS_NONE) class
				       = s->r->lines[i].class;
	return class;
}

/* The last line of the payload that `line` is of. */
static size_t payload_end(const struct stepper *s, size_t line)
{
	size_t end = line;
	for (size_t i = line + 1; i < s->r->script->nlines; i++) {
		if (!is_clients(s, i))
			continue;
		if (!is_payload(s->r->lines[i].input) || s->r->lines[end].ends_input)
			break;
		end = i;
	}
	return end;
}

static struct slice field_name(struct slice line)
{
	return slice_part(line, 0, slice_find_octet(line, ':'));
}

/* Of payload: whether what was typed does for the line, so that the next is due. */
static bool does_for_line(const struct stepper *s, size_t line, struct slice wanted)
{
	struct slice typed = buffer_slice(&s->said);
	bool dot = slice_equal(wanted, SLICE(".")) && s->r->lines[line].ends_input;
	if (s->was == INPUT_ANSWER || s->was == INPUT_OPAQUE || s->was == INPUT_REST || s->was == INPUT_COUNTED)
		return true;
	if (s->was == INPUT_FIELD)
		return typed.n && wanted.n ? slice_equal_nocase(field_name(typed), field_name(wanted))
		                           : typed.n == wanted.n;
	return (typed.n == 0) == (wanted.n == 0) && !dot;
}

/* Whether the payload is over, which the lesson's line is of. */
static bool payload_over(const struct stepper *s, const struct dialogue *d)
{
	enum input now = d ? dialogue_input(d) : INPUT_NOTHING;
	if (s->was == INPUT_COUNTED || s->was == INPUT_REST)
		return now != INPUT_COUNTED && now != INPUT_REST;
	return now != s->was;
}

/* The lesson's line was said, or lines up to that one. */
static void pass(struct stepper *s, size_t line)
{
	const struct lesson *lesson = s->o.lesson;
	size_t stop = s->stop + 1;
	s->at = line + 1;
	s->o.progress->said++;
	while (stop < lesson->nstops && lesson->stops[stop].kind == STOP_LINE &&
	       lesson->stops[stop].script == s->script && lesson->stops[stop].line <= line)
		stop++;
	stepper_enter(s, stop);
}

/* The reply is held against the lesson's. True where it differs, and that is to be shown. */
static bool judge_reply(struct stepper *s, size_t line)
{
	enum class expected = expected_class(s, line);
	if (expected == CLASS_NONE || s->reply == NULL || s->reply->class == expected) {
		pass(s, line);
		return false;
	}
	tell_difference(s, expected, &s->text);
	return true;
}

/* The payload was refused in the end: the lesson is where it began. */
static void go_to_command(struct stepper *s)
{
	const struct lesson_stop *stops = s->o.lesson->stops;
	size_t command = s->stop;
	for (size_t i = s->stop; i > 0 && is_payload(s->r->lines[stops[command].line].input); i--) {
		const struct lesson_stop *before = &stops[i - 1];
		if (before->kind == STOP_QUESTION || before->kind == STOP_COMMAND)
			continue; /* it is asked again */
		if (before->kind != STOP_LINE || before->script != s->script)
			break;
		command = i - 1;
	}
	stepper_enter(s, command);
	s->stage = STAGE_WAIT;
	s->at = stops[command].line;
}

static bool judge_payload(struct stepper *s, const struct dialogue *d, size_t line, struct slice wanted)
{
	enum input now = d ? dialogue_input(d) : INPUT_NOTHING;
	size_t end = payload_end(s, line);
	if (!payload_over(s, d)) {
		if (does_for_line(s, line, wanted))
			pass(s, line);
		return false;
	}
	if (is_payload(now)) { /* behind a request's fields comes its body */
		for (size_t i = line + 1; i <= end; i++)
			if (is_clients(s, i) && s->r->lines[i].input == now)
				end = i - 1;
		pass(s, end);
		return false;
	}
	bool differs = judge_reply(s, end);
	if (differs)
		go_to_command(s);
	return differs;
}

/* Another line than the lesson's: once it is said what that means for it. */
static bool stray(struct stepper *s)
{
	if (s->strayed)
		return false;
	s->strayed = true;
	tell_row(
		s, &s->text,
		"(That was not the lesson's line. It went to the server as you typed it, and the lesson waits: look around as long "
		"as you like.)");
	return true;
}

/* Of HTTP: every command is a GET, and it is the target that tells them apart. */
static bool same_target(const struct stepper *s, struct slice wanted)
{
	struct slice typed = buffer_slice(&s->said);
	if (strcmp(s->r->protocol->name, "http") != 0)
		return true;
	(void)slice_word(&typed);
	(void)slice_word(&wanted);
	return slice_equal(slice_word(&typed), slice_word(&wanted));
}

bool typed_judge(struct stepper *s, const struct dialogue *d)
{
	const struct lesson_stop *stop = stepper_at(s);
	s->typed = false;
	if (stop->kind != STOP_LINE)
		return false;
	const struct rehearsed *line = &s->r->lines[stop->line];
	struct buffer wanted = { 0 };
	s->awaits = AWAITS_LINE;
	stepper_line(s, &wanted);
	bool show = false, same = slice_equal(buffer_slice(&s->said), buffer_slice(&wanted));
	bool verbs = s->verb && line->verb && strcmp(s->verb, line->verb) == 0;
	verbs = verbs && !line_at(s, stop->line)->exact && same_target(s, buffer_slice(&wanted));
	bool wordless = line->verb == NULL && !is_payload(line->input);
	if (is_payload(line->input) && is_payload(s->was))
		show = judge_payload(s, d, stop->line, buffer_slice(&wanted));
	else if (same || verbs || wordless)
		show = judge_reply(s, stop->line);
	else
		show = stray(s);
	buffer_free(&wanted);
	return show;
}

void typed_closed(struct stepper *s)
{
	const struct lesson_stop *stop = stepper_at(s);
	if (s->typed && s->reply && stop && stop->kind == STOP_LINE && stop->script == s->script)
		(void)typed_judge(s, NULL);
}
