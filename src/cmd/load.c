/*
 * verify --jobs, --repeat, --rate: each transcript many times, many sessions at once.
 */
#include "cmd/load.h"

#include <event2/event.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "cmd/timing.h"
#include "net/descriptor.h"

/* Seconds: what a reply may take; between two looks at how far it is. */
#define TIMEOUT 60.0
#define TICK 0.2

/* Descriptors that are not sessions': the loop's, output, a server of our own, a name that is looked up. */
#define DESCRIPTORS_SPARE 32

/* One session. */
struct run {
	struct item *item;
	struct player *player;
	struct run *next, *previous;
	double began;
	struct timing timing;
	bool differs;
};

static void go_on(struct load *load);

/* ---- one session ---- */

/* The first reply that differs says of what kind a session's failure is. */
static void take_judgements(struct run *run)
{
	struct judgement judgement;
	while (judge_next(player_judge(run->player), &judgement)) {
		if (judgement.verdict == VERDICT_DIFFERS && !run->differs) {
			run->differs = true;
			kinds_difference(&run->item->kinds, &judgement);
		}
		judgement_free(&judgement);
	}
}

static void heard(void *context, const struct dialogue_event *event)
{
	struct run *run = context;
	timing_event(&run->timing, event, &run->item->load->measure);
	take_judgements(run);
}

/* The address that was reached: "127.0.0.1:25", "[::1]:25" without the port. */
static char *address_of_peer(struct slice peer)
{
	while (peer.n && peer.p[peer.n - 1] != ':')
		peer.n--;
	peer = slice_part(peer, 0, peer.n ? peer.n - 1 : 0);
	if (peer.n > 1 && peer.p[0] == '[')
		peer = slice_part(peer, 1, peer.n - 1);
	return slice_string(peer);
}

/* The way is known: all others go to the address that was reached, and a certificate must still have the name. What was due
 * meanwhile is not late. */
static void found(struct item *item, const struct session *session)
{
	struct load *load = item->load;
	item->finding = false;
	if (item->player.connect.host) {
		item->address = address_of_peer(slice_of(session_peer(session)));
		item->player.session.host = item->player.connect.host;
		item->player.connect.host = item->address;
	}
	if (load->started == 1)
		load->paced_from = clock_now();
	go_on(load);
}

static void connected(void *context, struct session *session)
{
	const struct run *run = context;
	measure_add(&run->item->load->measure, SLICE("connect"), clock_now() - run->began);
	if (run->item->finding)
		found(run->item, session);
}

static void run_free(struct run *run)
{
	struct load *load = run->item->load;
	if (run->previous)
		run->previous->next = run->next;
	else
		load->runs = run->next;
	if (run->next)
		run->next->previous = run->previous;
	timing_free(&run->timing);
	player_free(run->player);
	free(run);
	load->open--;
}

static void count_failure(struct run *run, enum status status, const char *message)
{
	struct item *item = run->item;
	struct load *load = item->load;
	item->failed++;
	load->failed++;
	if (!run->differs)
		kinds_problem(&item->kinds, message ? message : "the script was not played to its end");
	if (status > load->verifying->status)
		load->verifying->status = status;
	load->stopping = load->stopping || load->verifying->options->bail;
}

/* What a session comes to: as for one that is verified by itself. */
static enum status status_of(const struct run *run, const struct player_end *end)
{
	enum status status = end->status;
	if (end->reached && status != STATUS_OK && status != STATUS_TLS)
		status = STATUS_DIFFERED;
	return run->differs && status < STATUS_DIFFERED ? STATUS_DIFFERED : status;
}

static void over(void *context, const struct player_end *end)
{
	struct run *run = context;
	struct item *item = run->item;
	struct load *load = item->load;
	take_judgements(run);
	enum status status = status_of(run, end);
	if (status != STATUS_OK)
		count_failure(run, status, end->message);
	item->done++;
	load->done++;
	item->ended = clock_now();
	if (item->finding) {
		item->finding = false;
		item->lost = true;
	}
	run_free(run);
	load_tell_items(load, false);
	go_on(load);
}

static void start(struct item *item)
{
	static const struct player_events events = { .connected = connected, .event = heard, .over = over };
	struct load *load = item->load;
	struct run *run = memory_zeroed(1, sizeof *run);
	run->item = item;
	run->began = clock_now();
	timing_begin(&run->timing);
	run->next = load->runs;
	if (run->next)
		run->next->previous = run;
	load->runs = run;
	if (++load->open > load->peak)
		load->peak = load->open;
	load->started++;
	if (item->started++ == 0)
		item->began = run->began;
	run->player = player_start(load->verifying->base, &item->player, &events, run);
}

/* ---- all of them ---- */

/* How many sessions of a transcript will still begin. */
static uint64_t item_left(const struct item *item)
{
	return item->error.message || item->lost || item->load->stopping ? 0 : item->wanted - item->started;
}

bool item_over(const struct item *item)
{
	return item_left(item) == 0 && item->done == item->started;
}

/* The transcripts take turns. One whose first session has not found the server yet is passed over: the name is looked up
 * once, and where there is no server, one session says so. */
static struct item *item_next(const struct load *load)
{
	for (size_t i = 0; i < load->nitems; i++) {
		struct item *item = &load->items[(load->started + i) % load->nitems];
		if (item_left(item) > 0 && !item->finding)
			return item;
	}
	return NULL;
}

static bool all_over(const struct load *load)
{
	for (size_t i = load->told; i < load->nitems; i++)
		if (!item_over(&load->items[i]))
			return false;
	return true;
}

/* When the next session is due. */
static double due(const struct load *load)
{
	double rate = load->verifying->options->rate;
	return rate > 0 ? load->paced_from + (double)load->started / rate : 0;
}

static void pace(struct load *load, double seconds)
{
	struct timeval span = clock_span(seconds);
	(void)event_add(load->pace, &span);
}

static void count_lateness(struct load *load, double seconds)
{
	if (load->verifying->options->rate <= 0 || seconds < LOAD_LATE)
		return;
	load->late++;
	histogram_add(&load->lateness, seconds);
}

/* Begins what may begin. */
static void go_on(struct load *load)
{
	struct item *item;
	while ((item = item_next(load)) != NULL) {
		double now = clock_now(), at = due(load);
		if (at > now) {
			pace(load, at - now);
			return;
		}
		if (load->open >= load->jobs) {
			load->held = load->held || now - at >= LOAD_LATE;
			return;
		}
		count_lateness(load, now - at);
		item->finding = item->started == 0;
		start(item);
	}
	if (all_over(load))
		(void)event_base_loopbreak(load->verifying->base);
}

static void paced(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	go_on(context);
}

static void ticked(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	progress_show(context);
}

/* ---- before and after ---- */

static void prepare_item(struct load *load, struct item *item, const struct verified *verified)
{
	struct verifying *v = load->verifying;
	const char *to = v->to ? v->to : verified->script->target;
	item->load = load;
	item->verified = verified;
	enum status status = prepare(v->options, verified->script, &item->prepared, &item->error);
	if (status == STATUS_OK)
		status = prepare_place(&item->prepared, v->base, to, v->service, &item->error);
	if (status != STATUS_OK) {
		v->status = status > v->status ? status : v->status;
		return;
	}
	item->player = prepared_player(&item->prepared);
	item->player.level = verifying_level(v, verified->script);
	item->player.timeout = v->options->timeout >= 0 ? v->options->timeout : TIMEOUT;
	item->player.verifying = true;
	item->player.bail = v->options->bail;
	item->wanted = v->options->repeat ? v->options->repeat : 1;
	load->wanted += item->wanted;
}

static void item_free(struct item *item)
{
	kinds_free(&item->kinds);
	free(item->address);
	prepared_free(&item->prepared);
	error_clear(&item->error);
}

/* Where --rate says when sessions begin, as many are open as that takes, unless --jobs says how many. */
static uint64_t jobs_wanted(const struct load *load)
{
	const struct options *o = load->verifying->options;
	uint64_t jobs = o->jobs ? o->jobs : o->rate > 0 ? load->wanted : 1;
	return jobs < load->wanted ? jobs : load->wanted;
}

/* Each session needs a descriptor; the server's end of `self` another. */
static void fit_limits(struct load *load)
{
	uint64_t each = 1;
	for (size_t i = 0; i < load->nitems; i++)
		if (load->items[i].prepared.self)
			each = 2;
	bool countable = load->jobs <= (SIZE_MAX - DESCRIPTORS_SPARE) / each;
	size_t wanted = countable ? (size_t)(load->jobs * each + DESCRIPTORS_SPARE) : SIZE_MAX;
	size_t there = descriptors_wanted(wanted);
	if (there >= wanted)
		return;
	load->jobs = there > DESCRIPTORS_SPARE + each ? (there - DESCRIPTORS_SPARE) / each : 1;
	if (load->verifying->options->jobs)
		complain("--jobs %" PRIu64 ": it goes on with %" PRIu64 " sessions at once: " DESCRIPTORS_ADVICE,
		         load->verifying->options->jobs, load->jobs, there);
}

/* A row that is written again and again is for terminals that can do that. */
static bool shows_progress(const struct options *o)
{
	const char *terminal = getenv("TERM");
	return isatty(STDERR_FILENO) == 1 && !o->quiet && terminal && strcmp(terminal, "dumb") != 0;
}

static void run_all(struct load *load)
{
	const struct timeval tick = clock_span(TICK);
	struct event_base *base = load->verifying->base;
	load->pace = event_new(base, -1, 0, paced, load);
	load->tick = event_new(base, -1, EV_PERSIST, ticked, load);
	if (load->progress)
		(void)event_add(load->tick, &tick);
	load->began = load->paced_from = clock_now();
	go_on(load);
	if (!all_over(load))
		(void)event_base_dispatch(base);
	load->ended = clock_now();
	load->cut = load->open;
	progress_hide(load);
	/* From here on a second ^C ends the program at once. */
	if (load->verifying->interrupted)
		(void)signal(SIGINT, SIG_DFL);
	for (struct run *run = load->runs, *next; run; run = next) {
		next = run->next;
		run_free(run);
	}
	event_free(load->pace);
	event_free(load->tick);
}

void verify_load(struct verifying *v)
{
	struct load load = { .verifying = v, .nitems = v->nlist, .progress = shows_progress(v->options) };
	load.items = memory_zeroed(v->nlist, sizeof *load.items);
	for (size_t i = 0; i < v->nlist; i++)
		prepare_item(&load, &load.items[i], &v->list[i]);
	load.jobs = jobs_wanted(&load);
	fit_limits(&load);
	run_all(&load);
	load_tell_items(&load, true);
	load_tell_measured(&load);
	for (size_t i = 0; i < v->nlist; i++)
		item_free(&load.items[i]);
	free(load.items);
	measure_free(&load.measure);
}
