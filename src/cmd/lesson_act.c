/*
 * Doing what the stepper says: connecting, saying, waiting.
 */
#include <event2/event.h>
#include <stdlib.h>
#include <sys/time.h>

#include "base/clock.h"
#include "cmd/lesson_stepping.h"

/* What one reads in a second, in words, where a demo waits three seconds at a step. */
#define WORDS_A_SECOND 4.0

void stepping_forget(struct stepping *g)
{
	if (g->has_prepared)
		prepared_free(&g->prepared);
	g->has_prepared = false;
}

static enum status prepare_conversation(struct stepping *g, const struct stepper_what *what, struct error *error)
{
	const struct script *script = &g->lesson->scripts[what->script];
	if (what->anew)
		practice_end(g->options->practice);
	stepping_forget(g);
	enum status status = prepare(g->options, script, &g->prepared, error);
	g->has_prepared = true;
	char *to = status == STATUS_OK ? lesson_target(g->options, script, g->prepared.rehearsal, error) : NULL;
	if (to)
		status = prepare_place(&g->prepared, guide_base(g->talk), to, NULL, error);
	free(to);
	return error->message ? error->status : status;
}

static void show_as(struct stepping *g, const struct stepper_what *what)
{
	g->hurries = what->aside || what->quiet;
	guide_shows(g->talk, what->aside ? GUIDE_NOTHING : what->quiet ? GUIDE_LINES : GUIDE_ALL);
}

static void go_to(struct stepping *g, const struct stepper_what *what)
{
	struct error error = { 0 };
	g->reached = false;
	guide_hang_up(g->talk);
	if (prepare_conversation(g, what, &error) != STATUS_OK) {
		stepping_tell_failure(g, &error);
		stepper_closed(g->stepper);
		if (stepping_alone(g)) {
			g->failed = true;
			guide_leave(g->talk);
		}
		return;
	}
	struct player_options player = prepared_player(&g->prepared);
	struct talk_place place = errand_place(&g->prepared.where);
	place.connect = player.connect;
	place.protocol = g->prepared.rehearsal->protocol;
	place.tls = player.session.tls_implicit;
	place.settings = player.session.tls;
	place.path = NULL;
	guide_go(g->talk, &place);
	show_as(g, what);
}

/* Alone: time to read. */
static void begin_pause(struct stepping *g)
{
	double seconds = g->options->demo_seconds;
	struct timeval span = clock_span(seconds + g->words / WORDS_A_SECOND * seconds / 3);
	g->words = 0;
	if (stepping_alone(g))
		(void)evtimer_add(g->pause, &span);
}

/* Does one thing. False where there is nothing to do until something happens. */
bool stepping_act(struct stepping *g)
{
	struct stepper_what what;
	enum stepper_act do_now = stepper_next(g->stepper, guide_dialogue(g->talk), &what);
	if (do_now == STEPPER_SHOW || stepper_awaits(g->stepper) != AWAITS_NOTHING) {
		g->hurries = false;
		guide_shows(g->talk, GUIDE_ALL);
	}
	switch (do_now) {
	case STEPPER_ON:
		return true;
	case STEPPER_SHOW:
		if (what.asks)
			stepping_show_command(g, &g->lesson->items[what.item]);
		else
			stepping_show(g, what.text);
		return true;
	case STEPPER_CONNECT:
		go_to(g, &what);
		return false;
	case STEPPER_SAY:
		show_as(g, &what);
		guide_send_octets(g->talk, what.text);
		return false;
	case STEPPER_PORT:
		guide_port(g->talk);
		return false;
	case STEPPER_TLS:
		guide_begin_tls(g->talk);
		return false;
	case STEPPER_HANG_UP:
		guide_hang_up(g->talk);
		return false;
	case STEPPER_PAUSE:
		begin_pause(g);
		return true;
	case STEPPER_RUN:
		stepping_run_command(g, &g->lesson->items[what.item]);
		return true;
	case STEPPER_DONE:
		guide_shows(g->talk, GUIDE_LINES);
		guide_leave(g->talk);
		return false;
	case STEPPER_AWAIT:
		break;
	}
	return false;
}
