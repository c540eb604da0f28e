/*
 * Stepping through a lesson: the stepper says what comes next, and a talk, of which this is the guide, does it.
 */
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "cmd/lesson_stepping.h"

/* Acts that are done before the loop is seen to. */
#define ACTS_AT_ONCE 100

bool stepping_alone(const struct stepping *g)
{
	return g->options->demo;
}

/* ---- the place ---- */

static void find_headings(struct stepping *g)
{
	const struct lesson *lesson = g->lesson;
	g->headings = memory_zeroed(lesson->nstops + 1, sizeof *g->headings);
	for (size_t i = 0; i < lesson->nstops; i++)
		for (size_t item = 0; item <= lesson->stops[i].item; item++)
			if (lesson->items[item].kind == ITEM_HEADING)
				g->headings[i] = slice_of(lesson->items[item].text);
}

/* Keeps the place. That it cannot be kept is told once. */
void stepping_keep_place(struct stepping *g)
{
	struct error error = { 0 };
	if (stepping_alone(g))
		return;
	lesson_progress_at(&g->progress, stepper_stop(g->stepper), g->digest, g->headings, g->lesson->nstops);
	(void)lesson_progress_store(g->taken->key, &g->progress, &error);
	if (error.message)
		stepping_tell_failure(g, &error);
}

/* ---- the guide ---- */

static void pause_passed(evutil_socket_t fd, short what, void *context)
{
	const struct stepping *g = context;
	(void)fd;
	(void)what;
	guide_wake(g->talk);
}

static void begin(void *context, struct talk *t)
{
	struct stepping *g = context;
	g->talk = t;
	g->pause = evtimer_new(guide_base(t), pause_passed, g);
	if (g->options->demo || stepper_stop(g->stepper) == 0)
		return;
	struct buffer row = { 0 };
	buffer_printf(&row, "(You were at step %zu of %zu, and go on there. :back and :contents go elsewhere.)\n",
	              stepper_stop(g->stepper) + 1, g->lesson->nstops);
	stepping_show_now(g, &row);
}

bool stepping_rests(const struct stepping *g)
{
	return g->page.n || evtimer_pending(g->pause, NULL) || guide_waits(g->talk);
}

static void stir(void *context)
{
	struct stepping *g = context;
	size_t before = stepper_stop(g->stepper);
	stepper_layout(g->stepper, stepping_columns(g), g->errand.options && color_wanted(g->options->color, stdout));
	unsigned n = 0;
	while (n < ACTS_AT_ONCE && !stepping_rests(g) && stepping_act(g))
		n++;
	if (n == ACTS_AT_ONCE)
		guide_wake(g->talk);
	if (stepper_stop(g->stepper) != before)
		stepping_keep_place(g);
	if (!stepping_rests(g))
		stepping_tell_line(g);
	enum stepper_awaits awaits = stepper_awaits(g->stepper);
	if (g->kept.n && !stepping_rests(g) && (awaits == AWAITS_LINE || awaits == AWAITS_GOAL)) {
		guide_put(g->talk, buffer_slice(&g->kept));
		buffer_clear(&g->kept);
	}
}

static void heard(void *context, const struct dialogue_event *event)
{
	struct stepping *g = context;
	stepper_event(g->stepper, event);
}

static void connected(void *context, bool elsewhere)
{
	struct stepping *g = context;
	g->reached = true;
	stepper_connected(g->stepper, elsewhere);
}

static void closed(void *context)
{
	struct stepping *g = context;
	stepper_closed(g->stepper);
	if (stepping_alone(g) && !g->reached) {
		g->failed = true;
		guide_leave(g->talk);
	}
}

static void end(void *context)
{
	struct stepping *g = context;
	event_free(g->pause);
	stepping_forget(g);
}

static bool ready(void *context)
{
	const struct stepping *g = context;
	if (stepping_alone(g) || g->page.n)
		return true;
	return !stepping_rests(g) && stepper_awaits(g->stepper) != AWAITS_NOTHING;
}

static void typed(void *context, struct slice line)
{
	struct stepping *g = context;
	struct buffer out = { 0 };
	if (g->page.n) {
		stepping_turn_page(g);
		guide_put(g->talk, line); /* whoever types on means the step */
		return;
	}
	if (stepping_alone(g)) {
		(void)evtimer_del(g->pause);
		return;
	}
	enum stepper_typed what = stepper_typed(g->stepper, guide_dialogue(g->talk), line, &out);
	bool again = g->again && guide_rows(g->talk) == 0;
	g->again = what == TYPED_AGAIN;
	switch (what) {
	case TYPED_SEND:
		guide_send(g->talk, line);
		break;
	case TYPED_OCTETS:
		guide_send_octets(g->talk, buffer_slice(&out));
		break;
	case TYPED_TAKEN:
		guide_show(g->talk, buffer_slice(&out));
		break;
	case TYPED_AGAIN:
		buffer_clear(&g->kept);
		if (!again) /* in a pipe one line has one try: the place may be one where every connection is lost */
			buffer_add_slice(&g->kept, line);
		break;
	}
	buffer_wipe(&out);
}

static void ended(void *context)
{
	const struct stepping *g = context;
	if (!stepping_alone(g))
		guide_leave(g->talk);
}

static void prompt(void *context, struct buffer *above, struct buffer *instead)
{
	const struct stepping *g = context;
	struct buffer line = { 0 };
	if (g->page.n) {
		buffer_add_string(instead, "Enter goes on");
		return;
	}
	if (stepping_alone(g)) {
		buffer_add_string(instead, "demo: Enter goes on at once, :quit leaves");
		return;
	}
	if (stepping_rests(g))
		return;
	switch (stepper_awaits(g->stepper)) {
	case AWAITS_ANSWER:
		buffer_add_string(instead, "your answer");
		return;
	case AWAITS_ENTER:
		buffer_add_string(instead, "Enter runs it");
		return;
	case AWAITS_NOTHING:
		return;
	case AWAITS_GOAL:
	case AWAITS_LINE:
		break;
	}
	if (stepper_lost(g->stepper)) {
		buffer_add_string(instead, "Enter connects again");
		return;
	}
	if (guide_dialogue(g->talk) == NULL)
		return;
	stepper_line(g->stepper, &line);
	buffer_add_string(above, ARROW);
	if (stepper_awaits(g->stepper) == AWAITS_GOAL)
		buffer_add_string(above, "(the goal: your own way; :again shows it)");
	else if (line.n == 0)
		buffer_add_string(above, "(an empty line: Enter alone)");
	else
		escape_text(above, buffer_slice(&line));
	static const char reach[] = "   (in text ^] is for :hint and the like)";
	enum input input = dialogue_input(guide_dialogue(g->talk));
	bool fits = text_columns(buffer_slice(above)) + strlen(reach) < guide_columns(g->talk);
	if ((input == INPUT_TEXT || input == INPUT_COUNTED) && fits)
		buffer_add_string(above, reach);
	buffer_wipe(&line);
}

static void fill(void *context, struct buffer *out)
{
	const struct stepping *g = context;
	if (!stepping_rests(g))
		stepper_line(g->stepper, out);
}

static bool holds(void *context, struct slice rows)
{
	return stepping_holds(context, rows);
}

static bool payload(void *context, struct buffer *out)
{
	const struct stepping *g = context;
	return stepper_payload(g->stepper, out);
}

/* ---- the whole ---- */

static void load_progress(struct stepping *g)
{
	struct error error = { 0 };
	if (!stepping_alone(g) && lesson_progress_load(g->taken->key, &g->progress, &error) != STATUS_OK)
		error_report(&error);
}

/* Where it begins: a lesson that is done begins anew. */
static size_t first_stop(const struct stepping *g)
{
	size_t stop = lesson_progress_place(&g->progress, g->digest, g->headings, g->lesson->nstops);
	return stepping_alone(g) || stop >= g->lesson->nstops ? 0 : stop;
}

static void say_goodbye(const struct stepping *g)
{
	if (stepping_alone(g) || g->options->quiet)
		return;
	size_t stop = stepper_stop(g->stepper), stops = g->lesson->nstops;
	if (stop < stops && g->progress.refused)
		(void)printf("You were at step %zu of %zu; your place could not be kept.\n", stop + 1, stops);
	else if (stop < stops)
		(void)printf("Your place is kept: step %zu of %zu. parlance lesson %s goes on.\n", stop + 1, stops,
		             g->taken->name);
	else if (g->taken->next)
		(void)printf("Done. The next one: parlance lesson %s\n", g->taken->next);
	else
		(void)printf("Done.\n");
}

static enum status run(struct stepping *g)
{
	struct stepper_options options = { .lesson = g->lesson,
		                           .given = &g->options->variables,
		                           .progress = &g->progress,
		                           .stop = first_stop(g),
		                           .alone = stepping_alone(g),
		                           .fresh = g->options->targets.n == 0 };
	struct talk_guide guide = { .begin = begin,
		                    .end = end,
		                    .stir = stir,
		                    .event = heard,
		                    .connected = connected,
		                    .closed = closed,
		                    .ready = ready,
		                    .typed = typed,
		                    .ended = ended,
		                    .prompt = prompt,
		                    .line = fill,
		                    .payload = payload,
		                    .holds = holds,
		                    .words = lesson_words,
		                    .context = g };
	struct talk_options talk = errand_options(g->options, g->errand.tls);
	struct talk_hooks hooks = errand_hooks(&g->errand);
	talk.session = options_session(g->options, g->errand.tls, g->options->targets.n > 0);
	talk.session.starttls = false;
	talk.colon = true;
	talk.guide = &guide;
	g->stepper = stepper_new(&options);
	enum status status = talk_run(&talk, &hooks, NULL);
	say_goodbye(g);
	stepper_free(g->stepper);
	return g->failed && status == STATUS_OK ? STATUS_CONNECTION : status;
}

enum status lesson_step(struct options *options, struct taken_lesson *taken)
{
	struct stepping g = { .options = options, .taken = taken, .lesson = taken->lesson };
	struct error error = { 0 };
	const struct lesson_fault *fault = lesson_error(taken->lesson);
	g.errand.options = options;
	g.digest = lesson_digest(buffer_slice(&taken->text));
	if (fault && !options->quiet)
		complain("%s:%u: %s (parlance lesson --check names all)", taken->lesson->file, fault->line,
		         fault->text);
	enum status status = options_tls(options, &g.errand.tls, &error);
	error_report(&error);
	if (status == STATUS_OK) {
		load_progress(&g);
		find_headings(&g);
		status = run(&g);
	}
	lesson_progress_free(&g.progress);
	where_free(&g.errand.where);
	tls_settings_free(g.errand.tls);
	buffer_free(&g.page);
	buffer_wipe(&g.kept);
	free(g.headings);
	return status;
}
