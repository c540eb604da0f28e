/*
 * verify: speak the C: side of transcripts, compare what comes with the S: side.
 */
#include "cmd/verify.h"

#include <errno.h>
#include <event2/event.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "net/stream.h"
#include "session/record.h"

/* Seconds: what a reply may take; and that pass before the client goes on, so that a reply too many is seen behind the one
 * that it doubles, not as the answer to what is said next. */
#define TIMEOUT 60.0
#define SETTLE 0.025

/* One conversation under way. */
struct verification {
	struct verifying *verifying;
	const struct verified *verified;
	struct prepared prepared;
	struct player *player;
	bool over;
	struct player_end end; /* its message is `message` */
	char *message;
	struct error error; /* why it could not begin */
	enum status status;
	size_t differing;
};

/* ---- points ---- */

enum match_level verifying_level(const struct verifying *v, const struct script *script)
{
	return match_level_named(v->options->match ? v->options->match : script->match);
}

struct point verifying_point(const struct script *script, const struct judgement *judgement)
{
	const struct script_line *line = &script->lines[judgement->line];
	const struct script_line *asked = judgement->answers == NO_LINE ? NULL : &script->lines[judgement->answers];
	return (struct point){ .verdict = judgement->verdict,
		               .file = script->file,
		               .line = line->number,
		               .name = { line->text, line->text_n },
		               .asked = asked ? (struct slice){ asked->text, asked->text_n }
		                              : (struct slice){ NULL, 0 },
		               .seconds = judgement->seconds,
		               .expected = buffer_slice(&judgement->expected),
		               .received = buffer_slice(&judgement->received),
		               .note = buffer_slice(&judgement->note) };
}

/* A sentence of ours, in which lines stand in quotation marks: only these can hold a secret. */
static void mask_quoted(const struct masking *masking, struct slice *text, struct buffer *out)
{
	struct buffer room = { 0 };
	struct slice rest = *text;
	for (bool quoted = false; rest.n; quoted = !quoted) {
		size_t mark = slice_find_octet(rest, '"');
		struct slice part = slice_part(rest, 0, mark);
		if (quoted)
			(void)mask_values(masking, &part, &room);
		buffer_add_slice(out, part);
		buffer_add_string(out, mark < rest.n ? "\"" : "");
		rest = slice_part(rest, mark < rest.n ? mark + 1 : mark, rest.n);
	}
	buffer_free(&room);
	*text = buffer_slice(out);
}

/* The values of --set that are secret are shown nowhere. */
static void tell_point(struct verifying *v, const struct point *point)
{
	struct masking masking = options_masking(v->options, false);
	struct buffer rooms[5] = { { 0 } };
	struct point masked = *point;
	(void)mask_values(&masking, &masked.name, &rooms[0]);
	(void)mask_values(&masking, &masked.expected, &rooms[1]);
	(void)mask_values(&masking, &masked.received, &rooms[2]);
	mask_quoted(&masking, &masked.note, &rooms[3]);
	(void)mask_values(&masking, &masked.asked, &rooms[4]);
	report_point(v->report, &masked);
	for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++)
		buffer_free(&rooms[i]);
}

size_t verifying_tell(struct verifying *v, const struct script *script, struct judge *judge)
{
	struct judgement judgement;
	size_t differing = 0;
	while (judge_next(judge, &judgement)) {
		struct point point = verifying_point(script, &judgement);
		differing += judgement.verdict == VERDICT_DIFFERS;
		tell_point(v, &point);
		judgement_free(&judgement);
	}
	return differing;
}

/* ---- one conversation ---- */

static void tell(struct verification *one)
{
	one->differing += verifying_tell(one->verifying, one->verified->script, player_judge(one->player));
}

static void say(void *context, struct slice text)
{
	struct verification *one = context;
	if (one->verifying->options->verbose && !one->verifying->options->json)
		report_comment(one->verifying->report, text);
}

static void say_text(void *context, struct slice text)
{
	while (text.n)
		say(context, slice_row(&text));
}

/* The conversation itself: as JSON, or where all is wanted (-v) as comments. */
static void connected(void *context, struct session *session)
{
	struct verification *one = context;
	const struct options *o = one->verifying->options;
	struct error error = { 0 };
	if (one->verifying->record)
		session_add_face(session, prepared_record(&one->prepared, one->verifying->record));
	if (o->json) {
		struct face *face = options_face(o, (struct slice){ NULL, 0 }, &error);
		if (face)
			session_add_face(session, face);
		error_clear(&error);
	} else if (o->verbose) {
		struct sink sink = { say_text, one };
		session_add_face(session, plain_face(sink, o->notes_given ? o->notes : NOTES_OFF, SLICE("")));
	}
}

/* With --retry nothing is told before it is known which try counts. */
static void heard(void *context, const struct dialogue_event *event)
{
	struct verification *one = context;
	(void)event;
	if (one->verifying->options->retry == 0)
		tell(one);
}

static void over(void *context, const struct player_end *end)
{
	struct verification *one = context;
	one->end = *end;
	one->message = string_copy(end->message);
	one->over = true;
	(void)event_base_loopbreak(one->verifying->base);
}

static void play(struct verification *one)
{
	static const struct player_events events = {
		.remark = say, .connected = connected, .event = heard, .over = over
	};
	struct verifying *v = one->verifying;
	struct player_options player = prepared_player(&one->prepared);
	player.level = verifying_level(v, one->verified->script);
	player.timeout = v->options->timeout >= 0 ? v->options->timeout : TIMEOUT;
	player.settle = SETTLE;
	player.verifying = true;
	player.bail = v->options->bail;
	one->player = player_start(v->base, &player, &events, one);
	(void)event_base_dispatch(v->base);
	if (!one->over)
		judge_end(player_judge(one->player), "interrupted", BLAME_NONE);
}

/* The server did not hang up where the script says that it does, or did where the client still has something to say: that is
 * no reply, but differs nevertheless. */
static void tell_undone(struct verification *one)
{
	const struct script *script = one->verified->script;
	if (one->end.undone == NO_LINE || one->differing > 0 || one->end.message == NULL)
		return;
	const struct script_line *line = &script->lines[one->end.undone];
	bool direction = line->kind == SCRIPT_DIRECTION;
	char *name = direction ? string_printf("<%s>", line->text)
	                       : slice_string((struct slice){ line->text, line->text_n });
	struct point point = { .verdict = VERDICT_DIFFERS, .file = script->file, .line = line->number };
	point.name = point.expected = slice_of(name);
	point.note = slice_of(one->message);
	report_point(one->verifying->report, &point);
	one->differing++;
	free(name);
}

/* What it all comes to: a difference is 1, and so is what stops the script in mid-session: a loss, a timeout, a value that
 * was never captured. No connection, and no TLS, are their own. */
static enum status status_of(const struct verification *one)
{
	enum status status = one->end.status;
	if (one->end.reached && status != STATUS_OK && status != STATUS_TLS)
		status = STATUS_DIFFERED;
	return one->differing > 0 && status < STATUS_DIFFERED ? STATUS_DIFFERED : status;
}

/* Makes all ready; says whether it can be played. */
static bool begin(struct verification *one, struct verifying *v, const struct verified *verified)
{
	const char *to = v->to ? v->to : verified->script->target;
	*one = (struct verification){ .verifying = v, .verified = verified, .end = { .undone = NO_LINE } };
	one->status = prepare(v->options, verified->script, &one->prepared, &one->error);
	if (one->status == STATUS_OK)
		one->status = prepare_place(&one->prepared, v->base, to, v->service, &one->error);
	return one->status == STATUS_OK;
}

static void verification_free(struct verification *one)
{
	player_free(one->player);
	prepared_free(&one->prepared);
	free(one->message);
	error_clear(&one->error);
}

/* Whether it went as it should, as far as is known before anything is told. */
static bool went_well(const struct verification *one)
{
	return one->end.message == NULL && !judge_differed(player_judge(one->player));
}

static void pause_before_retry(struct verifying *v, uint64_t tries)
{
	double seconds = v->options->retry_interval;
	struct timeval span = clock_span(seconds);
	char *words = string_printf("try %" PRIu64 " of %" PRIu64 " failed; the next in %g s", tries,
	                            v->options->retry + 1, seconds);
	if (!v->options->quiet)
		report_comment(v->report, slice_of(words));
	free(words);
	(void)event_base_loopexit(v->base, &span);
	(void)event_base_dispatch(v->base);
}

/* Plays it, and again where it fails and --retry allows that. */
static void play_tries(struct verification *one, struct verifying *v, const struct verified *verified)
{
	for (uint64_t tries = 1; begin(one, v, verified); tries++) {
		play(one);
		if (v->interrupted || went_well(one) || tries > v->options->retry)
			return;
		pause_before_retry(v, tries);
		if (v->interrupted)
			return;
		verification_free(one);
	}
}

static void verify_one(struct verifying *v, const struct verified *verified)
{
	struct verification one;
	struct outcome outcome = { 0 };
	double began = clock_now();
	if (!verified->follows) /* each file begins with a fresh lab */
		practice_end(v->options->practice);
	report_begin(v->report, verified->name, verified->script->title);
	play_tries(&one, v, verified);
	if (one.player) {
		tell(&one);
		tell_undone(&one);
		one.status = status_of(&one);
	}
	if (one.error.message)
		outcome.problem = slice_of(one.error.message);
	else if (v->interrupted)
		outcome.problem = SLICE("interrupted");
	else if (one.message && one.differing == 0)
		outcome.problem = slice_of(one.message);
	if (outcome.problem.n && !options_terminal(v->options)) /* there the report says it */
		complain("%s", outcome.problem.p);
	outcome.seconds = clock_now() - began;
	report_end(v->report, &outcome);
	v->status = one.status > v->status ? one.status : v->status;
	verification_free(&one);
}

/* What was to be verified and was not must not look as if all was well. */
static void not_begun(struct verifying *v, const struct verified *verified)
{
	const struct outcome outcome = { .problem = SLICE("interrupted before it was begun") };
	report_begin(v->report, verified->name, verified->script->title);
	report_end(v->report, &outcome);
}

static void verify_all(struct verifying *v)
{
	for (size_t i = 0; i < v->nlist; i++) {
		if (v->interrupted) {
			not_begun(v, &v->list[i]);
			continue;
		}
		verify_one(v, &v->list[i]);
		if (v->options->bail && v->status != STATUS_OK)
			return;
	}
}

/* ---- the command ---- */

/* TAP, JSON, or for people; and JUnit beside it. Where one cannot be, there is none: `1..0` would read as all passed. */
static enum status make_report(struct verifying *v, struct error *error)
{
	const struct options *o = v->options;
	FILE *junit = o->junit ? fopen(o->junit, "w") : NULL;
	if (o->junit && junit == NULL)
		return error_set(error, STATUS_USAGE, "%s: %s", o->junit, strerror(errno));
	enum status status = options_report(o, &v->report, error);
	if (status == STATUS_OK && junit)
		v->report = both_reports(v->report, junit_report(junit));
	else if (junit)
		(void)fclose(junit);
	return status;
}

static void interrupted(evutil_socket_t fd, short what, void *context)
{
	struct verifying *v = context;
	(void)fd;
	(void)what;
	v->interrupted = true;
	(void)event_base_loopbreak(v->base);
}

static void run(struct verifying *v, struct verify_files *sessions)
{
	const struct options *o = v->options;
	v->base = event_base_new();
	bool many = o->jobs || o->repeat || o->rate > 0;
	struct event *interrupt = evsignal_new(v->base, SIGINT, interrupted, v);
	(void)event_add(interrupt, NULL);
	o->practice->fresh = true;
	o->practice->per_session = many;
	if (o->recorded)
		verify_recorded(v, sessions->list, sessions->nlist);
	else if (many)
		verify_load(v);
	else
		verify_all(v);
	event_free(interrupt);
	stream_settle(v->base);
	event_base_free(v->base);
	if (v->interrupted)
		v->status = STATUS_INTERRUPTED;
}

/* Every transcript must have somewhere to go, before the first is played. */
static enum status check_targets(const struct verifying *v, struct error *error)
{
	for (size_t i = 0; i < v->nlist && v->to == NULL && !v->options->recorded; i++)
		if (v->list[i].script->target == NULL)
			return error_set(
				error, STATUS_USAGE,
				"%s: verify against what? --to TARGET, as --to lab or --to mail.example:25, or "
				"a line `Target:` in the transcript",
				v->list[i].script->file);
	return STATUS_OK;
}

/* What is many at once, or was said long ago, makes no record. */
static enum status check_record(const struct options *o, struct error *error)
{
	bool many = o->jobs || o->repeat || o->rate > 0;
	if (o->record && (many || o->recorded))
		return error_set(error, STATUS_USAGE, "--record: does not go with %s",
		                 o->recorded ? "--recorded, which talks to nobody" : "--jobs, --repeat and --rate");
	if (many && o->recorded)
		return error_set(error, STATUS_USAGE,
		                 "--recorded: talks to nobody: --jobs, --repeat and --rate do not go with it");
	return STATUS_OK;
}

static enum status verify(struct options *options, int argc, char **argv)
{
	struct verifying v = { .options = options };
	struct verify_files scripts = { .options = options }, sessions = { .options = options, .sessions = true };
	struct error error = { 0 };
	enum status status = STATUS_OK;
	if (!options->recorded)
		argc = take_target(options, argc, argv, &v.to, &v.service);
	if (argc == 0)
		status = error_set(&error, STATUS_USAGE,
		                   "verify: which transcript? parlance verify TRANSCRIPT... --to TARGET");
	if (status == STATUS_OK)
		status = verify_files_read(&scripts, &sessions, argc, argv, &error);
	v.list = scripts.list;
	v.nlist = scripts.nlist;
	if (status == STATUS_OK)
		status = check_targets(&v, &error);
	if (status == STATUS_OK)
		status = check_record(options, &error);
	if (status == STATUS_OK && options->record)
		status = record_open(options->record, options->force, &v.record, &error);
	if (status == STATUS_OK)
		status = make_report(&v, &error);
	if (status == STATUS_OK && sessions.others && !options->quiet)
		complain("--recorded: %zu file%s passed over: of a folder's files, those that end in .txt are sessions",
		         sessions.others, sessions.others == 1 ? " is" : "s are");
	if (status == STATUS_OK) {
		run(&v, &sessions);
		status = v.status;
	}
	report_close(v.report);
	error_report(&error);
	enum status written = record_close(v.record, &error);
	error_report(&error);
	status = written > status ? written : status;
	verify_files_free(&scripts);
	verify_files_free(&sessions);
	return status;
}

const struct command command_verify = {
	.name = "verify",
	.arguments = "[options] TRANSCRIPT... --to TARGET",
	.summary = "play transcripts, and compare the replies; TAP; exit 1 on a difference",
	.help = "Says what the client says in the transcripts, and compares each reply with the\n"
		"one that stands there. Where to: --to TARGET, or a TARGET after the files, or\n"
		"each transcript's own `Target:`. A folder stands for the transcripts (*.txt) in\n"
		"it and below it.\n"
		"\n"
		"  parlance verify mine.txt --to mail.example:25 --set rcpt=me@example.org\n"
		"  parlance verify tests/ --to localhost:2525 --junit report.xml\n"
		"  parlance verify model.txt --recorded handed-in/\n"
		"  parlance verify mine.txt --to localhost:25 --jobs 200 --repeat 10000\n"
		"\n"
		"--match says how closely: status (the code), class (success or failure, say), or\n"
		"text (every line). At every level a line with a variable, {{*}} or a mark\n"
		"(S? S* S!) must match. With --recorded, sessions that others recorded are held\n"
		"against the first file, and nothing is connected to.\n"
		"\n"
		"In a pipe the result is TAP version 14 (Perl's prove wants it without its first\n"
		"line); with --json it is an object for each event and each reply. Exit status 1:\n"
		"something differed.",
	.options = OPTIONS_CONNECT | OPTIONS_ENCRYPT | OPTIONS_SHOW | OPTIONS_SCRIPT | OPTIONS_TO | OPTIONS_VERIFY |
	           OPTIONS_RECORD | OPTIONS_PACE,
	.run = verify,
};
