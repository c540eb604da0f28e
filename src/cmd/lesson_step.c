/*
 * Stepping through a lesson: the stepper says what comes next, and a talk does it.
 */
#include <event2/event.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/escape.h"
#include "cmd/errand.h"
#include "cmd/lesson.h"
#include "cmd/prepared.h"
#include "lesson/stepper.h"
#include "talk/guide.h"
#include "view/wrap.h"

/* Prose is laid out for so many columns. */
#define COLUMNS_LEAST 40
#define COLUMNS_MOST 120

/* Rows of the screen that a page leaves for the prompt and the line above it. */
#define ROWS_FREE 3
#define ROWS_LEAST 5

/* What one reads in a second, in words, where a demo waits three seconds at a step. */
#define WORDS_A_SECOND 4.0

/* Acts that are done before the loop is seen to. */
#define ACTS_AT_ONCE 100

/* What stands before the line that is to be typed. */
#define ARROW "  \xc2\xbb "

struct stepping {
	struct options *options;
	struct taken_lesson *taken;
	const struct lesson *lesson;
	struct lesson_progress progress;
	struct slice *headings; /* of each stop: its section's */
	uint64_t digest;
	struct stepper *stepper;
	struct talk *talk;
	struct errand errand;
	struct prepared prepared; /* the conversation that is open, or was */
	bool has_prepared;
	struct buffer page;  /* rows that wait for Enter */
	struct event *pause; /* --demo: pending while what was shown is read */
	double words;        /* shown since the last pause */
	size_t told;         /* in a pipe: the stop whose line was printed, and one */
	bool reached;        /* the conversation could be had */
	bool failed;         /* --demo: one could not */
	struct buffer kept;  /* a line that was typed where there was no connection */
};

static bool alone(const struct stepping *g)
{
	return g->options->demo;
}

static size_t columns(const struct stepping *g)
{
	size_t wide = guide_columns(g->talk);
	return wide < COLUMNS_LEAST ? COLUMNS_LEAST : wide > COLUMNS_MOST ? COLUMNS_MOST : wide;
}

/* Says that something failed, in rows that fit. */
static void tell_failure(struct stepping *g, struct error *error)
{
	struct buffer text = { 0 }, rows = { 0 };
	buffer_add_octet(&text, '(');
	escape_text(&text, slice_of(error->message));
	buffer_add_octet(&text, ')');
	(void)wrap(&rows, buffer_slice(&text), &(struct wrapping){ .first = "", .rest = "", .columns = columns(g) });
	guide_show(g->talk, buffer_slice(&rows));
	buffer_free(&rows);
	buffer_free(&text);
	error_clear(error);
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
static void keep_place(struct stepping *g)
{
	struct error error = { 0 };
	if (alone(g))
		return;
	lesson_progress_at(&g->progress, stepper_stop(g->stepper), g->digest, g->headings, g->lesson->nstops);
	(void)lesson_progress_store(g->taken->key, &g->progress, &error);
	if (error.message)
		tell_failure(g, &error);
}

/* ---- showing ---- */

static size_t count_rows(struct slice text)
{
	size_t rows = 0;
	for (; text.n; rows++)
		(void)slice_row(&text);
	return rows;
}

static double count_words(struct slice text)
{
	double words = 0;
	while (slice_word(&text).n)
		words++;
	return words;
}

/* Shows as much of the page as the screen holds below what was not read yet. */
static void turn_page(struct stepping *g)
{
	size_t screen = guide_rows(g->talk), printed = guide_printed(g->talk);
	struct slice all = buffer_slice(&g->page), rest = all;
	size_t rows = count_rows(all), room = screen > ROWS_FREE + ROWS_LEAST ? screen - ROWS_FREE : ROWS_LEAST;
	if (screen == 0 || alone(g)) {
		room = rows;
	} else if (printed + rows > room && printed > 0 && rows <= room) {
		return; /* what was printed is read first, and then all of this stands together */
	} else {
		room = printed < room ? room - printed : 0;
	}
	for (size_t i = 0; i < room && rest.n; i++)
		(void)slice_row(&rest);
	if (rest.n < all.n)
		guide_show(g->talk, slice_part(all, 0, all.n - rest.n));
	g->words += count_words(slice_part(all, 0, all.n - rest.n));
	buffer_drop(&g->page, all.n - rest.n);
}

static void show(struct stepping *g, struct slice rows)
{
	buffer_add_slice(&g->page, rows);
	turn_page(g);
}

/* Rows that a `:` word asked for, all at once. */
static void show_now(struct stepping *g, struct buffer *rows)
{
	guide_show(g->talk, buffer_slice(rows));
	buffer_free(rows);
}

/* ---- doing ---- */

static void forget_prepared(struct stepping *g)
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
	forget_prepared(g);
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
	guide_shows(g->talk, what->aside ? GUIDE_NOTHING : what->quiet ? GUIDE_LINES : GUIDE_ALL);
}

static void go_to(struct stepping *g, const struct stepper_what *what)
{
	struct error error = { 0 };
	g->reached = false;
	guide_hang_up(g->talk);
	if (prepare_conversation(g, what, &error) != STATUS_OK) {
		tell_failure(g, &error);
		stepper_closed(g->stepper);
		if (alone(g)) {
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

static void run_command(struct stepping *g, const struct lesson_item *item)
{
	struct buffer output = { 0 }, safe = { 0 };
	struct error error = { 0 };
	int ended = 0;
	if (lesson_run(g->options, item, columns(g), &output, &ended, &error) != STATUS_OK)
		buffer_printf(&safe, "%s\n", error.message);
	const struct wrapping how = { "", "    ", columns(g), NULL };
	for (struct slice rest = buffer_slice(&output); rest.n;) {
		struct buffer row = { 0 };
		escape_for_screen(&row, slice_row(&rest));
		(void)wrap(&safe, buffer_slice(&row), &how);
		buffer_free(&row);
	}
	if (ended)
		buffer_printf(&safe, "(exit status %d)\n", ended);
	show(g, buffer_slice(&safe));
	buffer_free(&output);
	buffer_free(&safe);
	error_clear(&error);
	stepper_ran(g->stepper);
}

/* The command, and what it is given to read, before it runs. */
static void show_command(struct stepping *g, const struct lesson_item *item)
{
	struct buffer filled = { 0 }, rows = { 0 };
	struct error error = { 0 };
	buffer_printf(&filled, "\n$ parlance %s\n%s", item->text, item->input);
	struct buffer text = { 0 };
	if (lesson_fill_lab(g->options, buffer_slice(&filled), &text, &error) != STATUS_OK)
		buffer_add_string(&text, error.message);
	size_t row = 0;
	for (struct slice rest = buffer_slice(&text); rest.n; row++) {
		buffer_add_string(&rows, row > 1 ? "    " : "");
		escape_text(&rows, slice_row(&rest));
		buffer_add_octet(&rows, '\n');
	}
	show(g, buffer_slice(&rows));
	buffer_free(&filled);
	buffer_free(&text);
	buffer_free(&rows);
	error_clear(&error);
}

static void pause_passed(evutil_socket_t fd, short what, void *context)
{
	const struct stepping *g = context;
	(void)fd;
	(void)what;
	guide_wake(g->talk);
}

/* Alone: time to read. */
static void begin_pause(struct stepping *g)
{
	double seconds = g->options->demo_seconds;
	struct timeval span = clock_span(seconds + g->words / WORDS_A_SECOND * seconds / 3);
	g->words = 0;
	if (alone(g))
		(void)evtimer_add(g->pause, &span);
}

/* In a pipe nobody sees what stands above the prompt. */
static void tell_line(struct stepping *g)
{
	struct buffer row = { 0 };
	if (guide_rows(g->talk) || alone(g) || g->told == stepper_stop(g->stepper) + 1 ||
	    stepper_awaits(g->stepper) != AWAITS_LINE)
		return;
	g->told = stepper_stop(g->stepper) + 1;
	buffer_add_string(&row, ARROW);
	struct buffer line = { 0 };
	stepper_line(g->stepper, &line);
	escape_text(&row, buffer_slice(&line));
	buffer_add_octet(&row, '\n');
	show_now(g, &row);
	buffer_wipe(&line);
}

/* Does one thing. False where there is nothing to do until something happens. */
static bool act(struct stepping *g)
{
	struct stepper_what what;
	enum stepper_act do_now = stepper_next(g->stepper, guide_dialogue(g->talk), &what);
	if (do_now == STEPPER_SHOW || stepper_awaits(g->stepper) != AWAITS_NOTHING)
		guide_shows(g->talk, GUIDE_ALL);
	switch (do_now) {
	case STEPPER_SHOW:
		if (what.asks)
			show_command(g, &g->lesson->items[what.item]);
		else
			show(g, what.text);
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
		run_command(g, &g->lesson->items[what.item]);
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

/* ---- the guide ---- */

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
	show_now(g, &row);
}

static bool resting(const struct stepping *g)
{
	return g->page.n || evtimer_pending(g->pause, NULL) || guide_waits(g->talk);
}

static void stir(void *context)
{
	struct stepping *g = context;
	size_t before = stepper_stop(g->stepper);
	stepper_layout(g->stepper, columns(g), g->errand.options && color_wanted(g->options->color, stdout));
	for (unsigned n = 0; n < ACTS_AT_ONCE && !resting(g) && act(g); n++)
		continue;
	if (stepper_stop(g->stepper) != before)
		keep_place(g);
	if (!resting(g))
		tell_line(g);
	if (g->kept.n && !resting(g) && stepper_awaits(g->stepper) == AWAITS_LINE) {
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
	if (alone(g) && !g->reached) {
		g->failed = true;
		guide_leave(g->talk);
	}
}

static void end(void *context)
{
	struct stepping *g = context;
	event_free(g->pause);
	forget_prepared(g);
}

static bool ready(void *context)
{
	const struct stepping *g = context;
	if (alone(g) || g->page.n)
		return true;
	return !resting(g) && stepper_awaits(g->stepper) != AWAITS_NOTHING;
}

static void typed(void *context, struct slice line)
{
	struct stepping *g = context;
	struct buffer out = { 0 };
	if (g->page.n) {
		turn_page(g);
		guide_put(g->talk, line); /* whoever types on means the step */
		return;
	}
	if (alone(g)) {
		(void)evtimer_del(g->pause);
		return;
	}
	switch (stepper_typed(g->stepper, guide_dialogue(g->talk), line, &out)) {
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
		buffer_add_slice(&g->kept, line);
		break;
	}
	buffer_wipe(&out);
}

static void ended(void *context)
{
	const struct stepping *g = context;
	if (!alone(g))
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
	if (alone(g)) {
		buffer_add_string(instead, "demo: Enter goes on at once, :quit leaves");
		return;
	}
	if (resting(g))
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
	enum input input = dialogue_input(guide_dialogue(g->talk));
	if (input == INPUT_TEXT || input == INPUT_COUNTED)
		buffer_add_string(above, "   (in text ^] is for :hint and the like)");
	buffer_wipe(&line);
}

static void fill(void *context, struct buffer *out)
{
	const struct stepping *g = context;
	if (!resting(g))
		stepper_line(g->stepper, out);
}

static bool payload(void *context, struct buffer *out)
{
	const struct stepping *g = context;
	return stepper_payload(g->stepper, out);
}

/* ---- its words ---- */

static void word_hint(void *context, struct slice arguments)
{
	struct stepping *g = context;
	struct buffer rows = { 0 };
	(void)arguments;
	stepper_hint(g->stepper, &rows);
	show_now(g, &rows);
}

/* What waits to be shown is passed. */
static void forget_page(struct stepping *g)
{
	buffer_clear(&g->page);
	(void)evtimer_del(g->pause);
}

static void word_skip(void *context, struct slice arguments)
{
	struct stepping *g = context;
	(void)arguments;
	forget_page(g);
	stepper_skip(g->stepper);
	keep_place(g);
}

static void word_back(void *context, struct slice arguments)
{
	struct stepping *g = context;
	(void)arguments;
	forget_page(g);
	stepper_back(g->stepper);
	keep_place(g);
}

static void word_again(void *context, struct slice arguments)
{
	struct stepping *g = context;
	(void)arguments;
	forget_page(g);
	stepper_again(g->stepper);
}

static void word_where(void *context, struct slice arguments)
{
	struct stepping *g = context;
	struct buffer rows = { 0 };
	(void)arguments;
	stepper_where(g->stepper, guide_dialogue(g->talk), &rows);
	show_now(g, &rows);
}

static void word_contents(void *context, struct slice arguments)
{
	struct stepping *g = context;
	struct buffer rows = { 0 };
	uint64_t section = 0;
	if (arguments.n && slice_number(arguments, &section) && stepper_go(g->stepper, (size_t)section)) {
		forget_page(g);
		keep_place(g);
		return;
	}
	stepper_contents(g->stepper, &rows);
	show_now(g, &rows);
}

static void word_reconnect(void *context, struct slice arguments)
{
	struct stepping *g = context;
	(void)arguments;
	forget_page(g);
	stepper_anew(g->stepper);
}

static const struct guide_word words[] = {
	{ "hint", "", "helps a little; asked again, more.", word_hint },
	{ "skip", "", "has the lesson do this step, and goes on.", word_skip },
	{ "back", "", "goes back a step.", word_back },
	{ "again", "", "shows this step again, and comes back to the lesson's server.", word_again },
	{ "where", "", "says where you are.", word_where },
	{ "contents", "[NUMBER]", "lists the sections, or goes to one.", word_contents },
	{ "reconnect", "", "connects again, and says what was said before this place.", word_reconnect },
	{ NULL, NULL, NULL, NULL },
};

/* ---- the whole ---- */

static void load_progress(struct stepping *g)
{
	struct error error = { 0 };
	if (!alone(g) && lesson_progress_load(g->taken->key, &g->progress, &error) != STATUS_OK)
		error_report(&error);
}

/* Where it begins: a lesson that is done begins anew. */
static size_t first_stop(const struct stepping *g)
{
	size_t stop = lesson_progress_place(&g->progress, g->digest, g->headings, g->lesson->nstops);
	return alone(g) || stop >= g->lesson->nstops ? 0 : stop;
}

static void say_goodbye(const struct stepping *g)
{
	if (alone(g) || g->options->quiet)
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
		                           .alone = alone(g),
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
		                    .words = words,
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
