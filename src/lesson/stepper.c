/*
 * The way through a lesson, from stop to stop.
 */
#include "lesson/stepper.h"

#include <stdlib.h>
#include <string.h>

#include "lesson/stepper_inside.h"
#include "protocol/protocol.h"

/* ---- making and freeing ---- */

struct stepper *stepper_new(const struct stepper_options *options)
{
	struct stepper *s = memory_zeroed(1, sizeof *s);
	s->o = *options;
	s->columns = 80;
	s->begun = memory_zeroed(options->lesson->nscripts + 1, sizeof *s->begun);
	s->stop = options->stop < options->lesson->nstops ? options->stop : options->lesson->nstops;
	return s;
}

void stepper_free(struct stepper *s)
{
	if (s == NULL)
		return;
	script_close(s);
	free(s->begun);
	free(s->verb);
	event_forget(s->reply);
	buffer_wipe(&s->said);
	buffer_free(&s->text);
	free(s);
}

void stepper_layout(struct stepper *s, size_t columns, bool styled)
{
	s->columns = columns;
	s->styled = styled;
}

const struct lesson_stop *stepper_at(const struct stepper *s)
{
	return s->stop < s->o.lesson->nstops ? &s->o.lesson->stops[s->stop] : NULL;
}

const struct lesson_item *stepper_item(const struct stepper *s)
{
	const struct lesson_stop *stop = stepper_at(s);
	return stop ? &s->o.lesson->items[stop->item] : NULL;
}

size_t stepper_stop(const struct stepper *s)
{
	return s->stop;
}

enum stepper_awaits stepper_awaits(const struct stepper *s)
{
	return s->awaits;
}

bool stepper_lost(const struct stepper *s)
{
	return s->lost;
}

void stepper_enter(struct stepper *s, size_t stop)
{
	s->stop = stop;
	s->stage = STAGE_LEAD;
	s->hints = 0;
	s->strayed = s->met = s->typed = false;
	s->awaits = AWAITS_NOTHING;
}

/* ---- what happens ---- */

void stepper_connected(struct stepper *s, bool elsewhere)
{
	s->open = true;
	s->elsewhere = elsewhere;
	s->at = s->matched = 0;
	s->hears = s->typed = s->lost = false;
	if (s->r) {
		variables_free(&s->values);
		rehearsal_variables(s->r, s->o.given, &s->values);
	}
}

void stepper_closed(struct stepper *s)
{
	typed_closed(s);
	const struct lesson_stop *stop = stepper_at(s);
	bool wanted = stop && stop->talks && stop->kind != STOP_QUESTION && stop->kind != STOP_COMMAND;
	s->lost = wanted && stop->script == s->script && !s->o.alone && !s->met;
	s->open = s->hears = s->elsewhere = false;
}

/* Whether the protocol has such a command. What is none may be a slip, and a slip a password. */
static bool is_known(const struct dialogue_event *event)
{
	const struct protocol *protocol = protocol_named(slice_of(event->protocol));
	const struct table *commands = protocol ? protocol_table(protocol, TABLE_COMMANDS) : NULL;
	return commands && table_find(commands, event->verb);
}

/* For the summary: codes, commands that there are, and where these are defined ("RFC 9051 7.1, RFC 5530 3"). */
static void note_words(struct stepper *s, const struct dialogue_event *event)
{
	if (event->has_final && event->final &&
	    s->reply) /* of HTTP, and of POP3's lists, it is the first line that has it */
		lesson_words_add(&s->o.progress->codes, s->reply->code);
	if (event->kind != EVENT_COMMAND || !is_known(event))
		return;
	lesson_words_add(&s->o.progress->verbs, event->verb);
	for (struct slice rest = event->ref; rest.n;) {
		size_t comma = slice_find_octet(rest, ',');
		lesson_words_add(&s->o.progress->reading, slice_trim(slice_part(rest, 0, comma)));
		rest = slice_part(rest, comma < rest.n ? comma + 1 : rest.n, rest.n);
	}
}

/* What a word such as :auth says for the person counts as typed. */
static void note_command(struct stepper *s, const struct dialogue_event *event)
{
	if (!s->typed && s->awaits == AWAITS_LINE && s->stage == STAGE_WAIT)
		typed_begin(s, INPUT_COMMAND, event->text);
	free(s->verb);
	s->verb = slice_string(event->verb);
}

void stepper_event(struct stepper *s, const struct dialogue_event *event)
{
	const struct lesson_item *item = stepper_item(s);
	if (s->elsewhere)
		return;
	if (event->side == SIDE_SERVER && event->kind != EVENT_STAGE) {
		s->hears = false;
		s->heard += !event->more;
		script_hears(s, event);
	}
	if (event->side == SIDE_CLIENT)
		s->heard = 0;
	if (event->kind == EVENT_REPLY && event->class != CLASS_NONE) {
		event_forget(s->reply);
		s->reply = event_keep(event);
	}
	if (event->side == SIDE_CLIENT && event->kind == EVENT_COMMAND)
		note_command(s, event);
	note_words(s, event);
	if (item && item->kind == ITEM_GOAL && s->stage != STAGE_LEAD && goal_met(item, event))
		s->met = true;
}

void stepper_ran(struct stepper *s)
{
	s->stage = STAGE_LEAVE;
}

/* ---- what to do ---- */

static enum stepper_act show(struct stepper *s, struct stepper_what *what)
{
	what->text = buffer_slice(&s->text);
	return STEPPER_SHOW;
}

static enum stepper_act await(struct stepper *s, enum stepper_awaits awaits)
{
	s->awaits = awaits;
	return STEPPER_AWAIT;
}

/* The end: what stands behind the last stop, what it all came to, and that it is over. */
static enum stepper_act at_end(struct stepper *s, struct stepper_what *what)
{
	const struct lesson *lesson = s->o.lesson;
	size_t last = lesson->nstops ? lesson->stops[lesson->nstops - 1].item + 1 : 0;
	if (s->stage != STAGE_LEAD)
		return STEPPER_DONE;
	s->stage = STAGE_ASK;
	s->o.progress->done = true;
	tell_items(s, last, lesson->nitems, &s->text);
	if (s->text.n)
		buffer_add_octet(&s->text, '\n');
	tell_summary(s, &s->text);
	return show(s, what);
}

static void ask_question(struct stepper *s, const struct lesson_item *item)
{
	tell_part(s, "Question", item->body, &s->text);
	if (!s->o.alone)
		tell_row(s, &s->text,
		         item->choices ? "(Type the number of your choice.)"
		                       : "(Type your answer, in your own words.)");
}

static bool has_line(const struct lesson_stop *stop)
{
	return stop->kind == STOP_LINE || stop->kind == STOP_HEAR;
}

/* An empty row parts an answer, or a goal, from the line that comes right behind it. */
static void part_from_line(struct stepper *s)
{
	const struct lesson_stop *next = stepper_at(s) + 1;
	if (s->stop + 1 < s->o.lesson->nstops && has_line(next) && next->lead == next->item)
		buffer_add_octet(&s->text, '\n');
}

/* What leads to the stop; behind it an empty row, where the stop does not begin with one itself. */
static void tell_lead(struct stepper *s, const struct lesson_stop *stop)
{
	tell_items(s, stop->lead, stop->item, &s->text);
	if (s->text.n && has_line(stop))
		buffer_add_octet(&s->text, '\n');
}

/* The stop itself is shown. False where there is nothing to show. */
static bool ask(struct stepper *s, const struct lesson_item *item, struct stepper_what *what)
{
	switch (stepper_at(s)->kind) {
	case STOP_QUESTION:
		ask_question(s, item);
		return true;
	case STOP_GOAL:
		tell_part(s, "Goal", item->body, &s->text);
		if (!s->o.alone)
			tell_row(s, &s->text,
			         "(Any way there is right: type what you like. :hint helps, :skip passes.)");
		else if (item->first != item->last)
			buffer_add_octet(&s->text, '\n'); /* its way comes right behind it */
		return true;
	case STOP_COMMAND:
		what->asks = true;
		what->item = stepper_at(s)->item;
		return true;
	case STOP_LINE:
	case STOP_HEAR:
		break;
	}
	return false;
}

static void leave(struct stepper *s)
{
	stepper_enter(s, s->stop + 1);
}

/* A question was answered, a goal met, a command run: alone, that is read before it goes on. */
static enum stepper_act answered(struct stepper *s, struct stepper_what *what)
{
	const struct lesson_item *item = stepper_item(s);
	if (s->stage == STAGE_LEAVE) {
		/* However it was reached: the way that is written is behind us. */
		if (s->met && s->script == item->script && s->at < item->last)
			s->at = item->last;
		if (s->met && !s->open && s->played == item->script &&
		    item->last == s->o.lesson->scripts[item->script].nlines)
			s->played++;
		leave(s);
		return s->o.alone ? STEPPER_PAUSE : STEPPER_ON;
	}
	s->stage = STAGE_LEAVE;
	if (item->kind == ITEM_COMMAND) {
		what->item = stepper_at(s)->item;
		return STEPPER_RUN;
	}
	if (item->kind == ITEM_QUESTION) {
		tell_part(s, "Answer", item->answer, &s->text);
		part_from_line(s);
	}
	return s->text.n ? show(s, what) : STEPPER_PAUSE;
}

/* Nobody types. */
static enum stepper_act wait_alone(struct stepper *s, struct stepper_what *what)
{
	switch (stepper_at(s)->kind) {
	case STOP_COMMAND:
		what->item = stepper_at(s)->item;
		return STEPPER_RUN;
	case STOP_QUESTION:
		s->stage = STAGE_ANSWERED;
		return STEPPER_PAUSE;
	case STOP_GOAL:
	case STOP_LINE:
	case STOP_HEAR:
		break;
	}
	leave(s); /* what lies before the next stop is said on the way there */
	return STEPPER_PAUSE;
}

static enum stepper_act wait_for_person(struct stepper *s, const struct dialogue *d, struct stepper_what *what)
{
	if (s->lost)
		return await(s, stepper_at(s)->kind == STOP_GOAL && !s->met ? AWAITS_GOAL : AWAITS_LINE);
	if (s->typed && s->open && typed_judge(s, d))
		return show(s, what);
	if (s->stage != STAGE_WAIT) /* the judgement was that it goes on */
		return STEPPER_ON;
	switch (stepper_at(s)->kind) {
	case STOP_HEAR:
		leave(s);
		return STEPPER_ON;
	case STOP_QUESTION:
		return await(s, AWAITS_ANSWER);
	case STOP_COMMAND:
		return await(s, AWAITS_ENTER);
	case STOP_GOAL:
		if (!stepper_at(s)->talks) { /* the lesson has no conversation in which to reach it */
			leave(s);
			return STEPPER_ON;
		}
		if (!s->met)
			return await(s, AWAITS_GOAL);
		s->o.progress->goals++;
		s->stage = STAGE_ANSWERED;
		tell_row(s, &s->text, "The goal is reached.");
		part_from_line(s);
		return show(s, what);
	case STOP_LINE:
		break;
	}
	return await(s, AWAITS_LINE);
}

enum stepper_act stepper_next(struct stepper *s, const struct dialogue *d, struct stepper_what *what)
{
	const struct lesson_stop *stop = stepper_at(s);
	const struct lesson_item *item = stepper_item(s);
	enum stepper_act act;
	*what = (struct stepper_what){ 0 };
	buffer_clear(&s->text);
	s->awaits = AWAITS_NOTHING;
	if (s->elsewhere && s->open)
		return await(s, AWAITS_GOAL); /* the person is somewhere else: the lesson waits */
	if (script_busy(s, d))
		return STEPPER_AWAIT;
	if (script_brings(s, d, what, &act))
		return act;
	if (stop == NULL)
		return at_end(s, what);
	if (s->stage == STAGE_LEAD) {
		s->stage = STAGE_ASK;
		tell_lead(s, stop);
		/* with nothing to read before it, a conversation that begins here is due at once */
		return s->text.n ? show(s, what) : STEPPER_ON;
	}
	if (s->stage == STAGE_ASK) {
		s->stage = STAGE_WAIT;
		if (ask(s, item, what))
			return show(s, what);
	}
	if (s->stage != STAGE_WAIT)
		return answered(s, what);
	return s->o.alone ? wait_alone(s, what) : wait_for_person(s, d, what);
}

/* ---- what the person asks for ---- */

void stepper_skip(struct stepper *s)
{
	const struct lesson_stop *stop = stepper_at(s);
	if (stop == NULL)
		return;
	s->o.progress->skipped++;
	if (stop->kind == STOP_QUESTION)
		s->stage = STAGE_ANSWERED;
	else
		stepper_enter(s, s->stop + 1); /* what lies in between is said on the way */
}

/* The person has been to another server: the lesson's own conversation begins anew. */
static void come_back(struct stepper *s)
{
	s->open = s->open && !s->elsewhere;
	s->elsewhere = s->lost = false;
}

void stepper_back(struct stepper *s)
{
	come_back(s);
	stepper_enter(s, s->stop ? s->stop - 1 : 0);
}

void stepper_again(struct stepper *s)
{
	come_back(s);
	stepper_enter(s, s->stop);
}

bool stepper_go(struct stepper *s, size_t section)
{
	const struct lesson *lesson = s->o.lesson;
	size_t seen = 0, item = 0;
	for (size_t i = 0; i < lesson->nitems && seen < section; i++)
		if (lesson->items[i].kind == ITEM_HEADING) {
			seen++;
			item = i;
		}
	if (section == 0 || seen < section)
		return false;
	size_t stop = 0;
	while (stop < lesson->nstops && lesson->stops[stop].item < item)
		stop++;
	come_back(s);
	stepper_enter(s, stop);
	return true;
}

void stepper_anew(struct stepper *s)
{
	s->open = s->lost = false;
	stepper_enter(s, s->stop);
}
