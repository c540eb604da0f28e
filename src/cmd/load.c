/*
 * verify --jobs, --repeat, --rate: each transcript many times, many sessions at once, and how long the replies took.
 */
#include <event2/event.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "cmd/measure.h"
#include "cmd/verify.h"
#include "net/descriptor.h"

/* Seconds: what a reply may take; between two looks at the clock of --rate; between two progress lines. */
#define TIMEOUT 60.0
#define TICK 0.005
#define PROGRESS 0.2

/* The most kinds of failure that are told apart, of one transcript; those beyond are counted as one. */
#define KINDS_MAX 32

/* Descriptors that are not sessions': the loop's, output, a server of our own. */
#define DESCRIPTORS_SPARE 32

/* Commands whose replies are waited for at once, whose times are kept. */
#define ASKED_MAX 64

struct load;

/* Sessions that failed in the same way. */
struct kind {
	char *key; /* what tells it from others */
	size_t sessions;
	struct judgement example; /* of a reply that differs */
	struct point point;
	char *problem; /* of a session that failed otherwise */
};

/* One transcript. */
struct item {
	struct load *load;
	const struct verified *verified;
	struct prepared prepared;
	struct player_options player;
	size_t started, done, failed;
	struct kind *kinds;
	size_t nkinds;
	struct error error; /* why it cannot be run at all */
	char *address;      /* that its name was found to have, once; NULL: none yet */
};

/* One session. */
struct run {
	struct item *item;
	struct player *player;
	struct run *next, *previous;
	struct session *session;
	double began;
	double said_at; /* the client's last event; below 0: none */
	double tls_from;
	bool greeted;
	struct asked {
		uint64_t n;
		double at;
		char verb[24];
		bool answered; /* once: what is said next is text, or an answer */
	} asked[ASKED_MAX];
	size_t nasked;
	bool differs;
};

struct load {
	struct verifying *verifying;
	struct item *items;
	size_t nitems;
	uint64_t jobs, repeat;
	size_t open; /* sessions under way */
	struct run *runs;
	uint64_t started, done, failed, total;
	double began, shown_at;
	struct measure measure;
	struct event *tick;
	bool progress;
	bool alone; /* the first session is under way: it finds the address for all */
};

/* ---- failures ---- */

static struct kind *kind_named(struct item *item, const char *key)
{
	for (size_t i = 0; i < item->nkinds; i++)
		if (strcmp(item->kinds[i].key, key) == 0)
			return &item->kinds[i];
	if (item->nkinds == KINDS_MAX)
		return &item->kinds[KINDS_MAX - 1];
	item->kinds = memory_grow(item->kinds, item->nkinds + 1, sizeof *item->kinds);
	struct kind *kind = &item->kinds[item->nkinds++];
	*kind = (struct kind){ .key = string_copy(key) };
	return kind;
}

/* A session's first reply that differs says what kind of failure it is: at which line, and how. */
static void count_difference(struct item *item, struct judgement *judgement)
{
	char *key = string_printf("%zu:" SLICE_FMT, judgement->line, SLICE_ARG(buffer_slice(&judgement->note)));
	struct kind *kind = kind_named(item, key);
	free(key);
	if (kind->sessions++ > 0 || kind->problem)
		return;
	kind->example = *judgement;
	*judgement = (struct judgement){ 0 };
}

static void count_problem(struct item *item, const char *problem)
{
	struct kind *kind = kind_named(item, problem);
	if (kind->sessions++ == 0)
		kind->problem = string_copy(problem);
}

static void take_judgements(struct run *run)
{
	struct judgement judgement;
	while (judge_next(player_judge(run->player), &judgement)) {
		if (judgement.verdict == VERDICT_DIFFERS && !run->differs) {
			run->differs = true;
			count_difference(run->item, &judgement);
		}
		judgement_free(&judgement);
	}
}

/* ---- measuring ---- */

static void asked(struct run *run, const struct dialogue_event *event)
{
	run->said_at = event->t;
	if (event->kind != EVENT_COMMAND || event->more || run->nasked == ASKED_MAX)
		return;
	struct asked *row = &run->asked[run->nasked++];
	*row = (struct asked){ .n = event->n, .at = event->t };
	(void)snprintf(row->verb, sizeof row->verb, SLICE_FMT, SLICE_ARG(event->verb));
}

/* What came first for a command is its reply; what comes then answers the text, or what SASL asked for. */
static void answered(struct run *run, const struct dialogue_event *event)
{
	struct load *load = run->item->load;
	load->measure.replies++;
	if (!run->greeted && event->answers == 0 && run->said_at < 0) {
		run->greeted = true;
		measure_add(&load->measure, SLICE("greeting"), event->t);
		return;
	}
	for (size_t i = 0; i < run->nasked; i++) {
		struct asked *row = &run->asked[i];
		if (row->n != event->answers)
			continue;
		if (row->answered) {
			char *name = string_printf("%s (then)", row->verb);
			measure_add(&load->measure, slice_of(name), event->t - run->said_at);
			free(name);
		} else {
			measure_add(&load->measure, slice_of(row->verb), event->t - row->at);
		}
		row->answered = true;
		row->at = event->t;
		bool goes_on = event->class == CLASS_CONTINUE || event->class == CLASS_INFO;
		if (!goes_on)
			run->asked[i] = run->asked[--run->nasked];
		return;
	}
}

static void heard(void *context, const struct dialogue_event *event)
{
	struct run *run = context;
	if (event->kind == EVENT_STAGE && event->stage == STAGE_TLS)
		measure_add(&run->item->load->measure, SLICE("TLS"), event->t - run->tls_from);
	else if (event->side == SIDE_CLIENT && event->kind != EVENT_STAGE)
		asked(run, event);
	else if (event->has_final && event->final)
		answered(run, event);
	run->tls_from = event->t;
	take_judgements(run);
}

/* ---- one session ---- */

static void go_on(struct load *load);

static void connected(void *context, struct session *session)
{
	struct run *run = context;
	struct item *item = run->item;
	run->session = session;
	measure_add(&item->load->measure, SLICE("connect"), clock_now() - run->began);
	if (item->address || item->player.connect.host == NULL)
		return;
	/* "127.0.0.1:25", "[::1]:25": from now on no name is looked up. */
	struct slice peer = slice_of(session_peer(session));
	while (peer.n && peer.p[peer.n - 1] != ':')
		peer.n--;
	peer = slice_part(peer, 0, peer.n ? peer.n - 1 : 0);
	if (peer.n > 1 && peer.p[0] == '[')
		peer = slice_part(peer, 1, peer.n - 1);
	item->address = slice_string(peer);
	item->player.session.host = item->player.connect.host;
	if (*item->address)
		item->player.connect.host = item->address;
	if (item->load->alone) {
		item->load->alone = false;
		go_on(item->load);
	}
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
	player_free(run->player);
	free(run);
	load->open--;
}

static bool all_done(const struct load *load)
{
	return load->done == load->total;
}

static void over(void *context, const struct player_end *end)
{
	struct run *run = context;
	struct item *item = run->item;
	struct load *load = item->load;
	take_judgements(run);
	enum status status = end->status;
	if (end->reached && status != STATUS_OK && status != STATUS_TLS)
		status = STATUS_DIFFERED;
	if (run->differs && status < STATUS_DIFFERED)
		status = STATUS_DIFFERED;
	if (end->message && !run->differs)
		count_problem(item, end->message);
	item->failed += status != STATUS_OK;
	load->failed += status != STATUS_OK;
	load->verifying->status = status > load->verifying->status ? status : load->verifying->status;
	item->done++;
	load->done++;
	load->alone = false;
	run_free(run);
	if (all_done(load))
		(void)event_base_loopbreak(load->verifying->base);
	else
		go_on(load);
}

static void start(struct item *item)
{
	static const struct player_events events = { .connected = connected, .event = heard, .over = over };
	struct load *load = item->load;
	struct run *run = memory_zeroed(1, sizeof *run);
	run->item = item;
	run->began = clock_now();
	run->said_at = -1;
	run->next = load->runs;
	if (run->next)
		run->next->previous = run;
	load->runs = run;
	load->open++;
	load->started++;
	item->started++;
	run->player = player_start(load->verifying->base, &item->player, &events, run);
}

/* ---- all of them ---- */

/* The transcripts take turns. */
static struct item *item_next(struct load *load)
{
	for (size_t i = 0; i < load->nitems; i++) {
		struct item *item = &load->items[(load->started + i) % load->nitems];
		if (item->error.message == NULL && item->started < load->repeat)
			return item;
	}
	return NULL;
}

/* How many sessions --rate allows to have begun by now. */
static uint64_t allowed(const struct load *load)
{
	double rate = load->verifying->options->rate;
	return rate > 0 ? (uint64_t)((clock_now() - load->began) * rate) + 1 : UINT64_MAX;
}

static void go_on(struct load *load)
{
	struct item *item;
	while (!load->alone && load->open < load->jobs && load->started < allowed(load) &&
	       (item = item_next(load)) != NULL) {
		load->alone = load->started == 0;
		start(item);
	}
}

static void show_progress(struct load *load)
{
	struct buffer line = { 0 };
	double now = clock_now(), seconds = now - load->began;
	if (!load->progress || now - load->shown_at < PROGRESS)
		return;
	load->shown_at = now;
	buffer_add_string(&line, "\r\033[K");
	buffer_add_number(&line, load->done);
	buffer_add_string(&line, " of ");
	buffer_add_number(&line, load->total);
	buffer_printf(&line, " sessions, %.0f a second, ", seconds > 0 ? (double)load->done / seconds : 0);
	buffer_add_number(&line, load->open);
	buffer_add_string(&line, " open, ");
	buffer_add_number(&line, load->failed);
	buffer_add_string(&line, " failed");
	(void)fwrite(line.p, 1, line.n, stderr);
	(void)fflush(stderr);
	buffer_free(&line);
}

static void ticked(evutil_socket_t fd, short what, void *context)
{
	struct load *load = context;
	(void)fd;
	(void)what;
	show_progress(load);
	go_on(load);
}

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
	load->total += load->repeat;
}

/* Each session needs a descriptor, and one more while it connects; the server's end of `self` another. */
static void fit_limits(struct load *load)
{
	uint64_t each = 1;
	for (size_t i = 0; i < load->nitems; i++)
		if (load->items[i].prepared.self)
			each = 2;
	uint64_t there = descriptors_wanted((size_t)(load->jobs * each + DESCRIPTORS_SPARE));
	if (there >= load->jobs * each + DESCRIPTORS_SPARE)
		return;
	uint64_t fits = there > DESCRIPTORS_SPARE ? (there - DESCRIPTORS_SPARE) / each : 1;
	complain("--jobs %" PRIu64 ": the system allows %" PRIu64 " open files here, enough for %" PRIu64
	         " sessions at once: it goes on with these (ulimit -Hn allows more)",
	         load->jobs, there, fits);
	load->jobs = fits;
}

/* ---- telling ---- */

static void tell_item(struct load *load, struct item *item)
{
	struct report *report = load->verifying->report;
	struct failures *kinds = memory_zeroed(item->nkinds, sizeof *kinds);
	struct outcome outcome = { .seconds = clock_now() - load->began,
		                   .problem = slice_of(item->error.message),
		                   .sessions = item->done,
		                   .failed = item->failed,
		                   .kinds = kinds,
		                   .nkinds = item->nkinds };
	for (size_t i = 0; i < item->nkinds; i++) {
		struct kind *kind = &item->kinds[i];
		kinds[i].sessions = kind->sessions;
		kinds[i].problem = slice_of(kind->problem);
		if (kind->problem)
			continue;
		kind->point = verifying_point(item->verified->script, &kind->example);
		kinds[i].example = &kind->point;
	}
	report_begin(report, item->verified->name, item->verified->script->title);
	if (item->error.message && !options_terminal(load->verifying->options))
		complain("%s", item->error.message);
	report_end(report, &outcome);
	free(kinds);
}

static void tell_measured(struct load *load)
{
	struct verifying *v = load->verifying;
	double seconds = clock_now() - load->began;
	struct buffer text = { 0 };
	if (load->progress)
		(void)fputs("\r\033[K", stderr);
	if (v->options->json) {
		buffer_printf(&text,
		              "{\"kind\":\"load\",\"sessions\":%" PRIu64 ",\"failed\":%" PRIu64 ",\"replies\":%" PRIu64
		              ",\"seconds\":%.6f}\n",
		              load->done, load->failed, load->measure.replies, seconds);
		measure_json(&load->measure, &text);
		struct error error = { 0 };
		FILE *out = options_output(v->options, &error);
		if (out)
			(void)fwrite(text.p, 1, text.n, out);
		error_clear(&error);
	} else {
		buffer_add_number(&text, load->done);
		buffer_printf(&text, " sessions in %.2f s: %.0f sessions a second, %.0f replies a second\n", seconds,
		              seconds > 0 ? (double)load->done / seconds : 0,
		              seconds > 0 ? (double)load->measure.replies / seconds : 0);
		measure_table(&load->measure, &text);
		report_comment(v->report, buffer_slice(&text));
	}
	buffer_free(&text);
}

static void item_free(struct item *item)
{
	for (size_t i = 0; i < item->nkinds; i++) {
		free(item->kinds[i].key);
		free(item->kinds[i].problem);
		judgement_free(&item->kinds[i].example);
	}
	free(item->kinds);
	free(item->address);
	prepared_free(&item->prepared);
	error_clear(&item->error);
}

static void run_all(struct load *load)
{
	const struct timeval tick = { .tv_usec = (suseconds_t)(TICK * 1e6) };
	load->tick = event_new(load->verifying->base, -1, EV_PERSIST, ticked, load);
	(void)event_add(load->tick, &tick);
	load->began = clock_now();
	go_on(load);
	if (load->total > 0)
		(void)event_base_dispatch(load->verifying->base);
	while (load->runs)
		run_free(load->runs);
	event_free(load->tick);
}

void verify_load(struct verifying *v)
{
	const struct options *o = v->options;
	struct load load = { .verifying = v, .nitems = v->nlist };
	load.repeat = o->repeat ? o->repeat : o->jobs ? o->jobs : 1;
	load.jobs = o->jobs ? o->jobs : 1;
	load.progress = isatty(STDERR_FILENO) == 1 && !o->quiet;
	load.items = memory_zeroed(v->nlist, sizeof *load.items);
	for (size_t i = 0; i < v->nlist; i++)
		prepare_item(&load, &load.items[i], &v->list[i]);
	fit_limits(&load);
	run_all(&load);
	for (size_t i = 0; i < v->nlist; i++)
		tell_item(&load, &load.items[i]);
	tell_measured(&load);
	for (size_t i = 0; i < v->nlist; i++)
		item_free(&load.items[i]);
	free(load.items);
	measure_free(&load.measure);
}
