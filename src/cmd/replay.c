/*
 * replay: speak the C: side of transcripts and show everything annotated.
 */
#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/pace.h"
#include "cmd/prepared.h"
#include "session/record.h"

/* Seconds that a reply may take where nobody looks on. */
#define TIMEOUT 60.0

struct play;

/* All that the command plays, one conversation after the other. */
struct replay {
	struct options *options;
	struct event_base *base;
	const char *to;      /* a TARGET, or NULL: each script's own */
	const char *service; /* its port, where it was a word of its own */
	enum status status;  /* the largest */
	bool interrupted;
	bool failed;           /* --fail */
	struct record *record; /* -r; NULL: none */
};

/* One conversation. */
struct play {
	struct replay *replay;
	struct prepared prepared;
	struct player *player;
	struct session *session;
	struct face *face; /* the session's, once there is one */
	struct pace *pace;
	enum status status;
};

static bool on_terminal(const struct replay *r)
{
	return options_terminal(r->options);
}

static double timeout_of(const struct replay *r)
{
	if (r->options->timeout >= 0)
		return r->options->timeout;
	return on_terminal(r) ? 0 : TIMEOUT;
}

/* ---- showing ---- */

static void show_remark(void *context, struct slice text)
{
	struct play *p = context;
	if (!p->replay->options->quiet && p->face)
		face_remark(p->face, text);
}

/* Whom one plays oneself needs no story of how it was reached, unless all is wanted (-v). */
static void show_story(void *context, struct slice text)
{
	const struct play *p = context;
	if (p->session || p->prepared.self == NULL || p->replay->options->verbose)
		show_remark(context, text);
}

static void show_comment(void *context, struct slice text)
{
	struct play *p = context;
	face_comment(p->face, text);
}

static void show_direction(void *context, struct slice text)
{
	struct play *p = context;
	face_direction(p->face, text);
}

static void show_late(void *context, double seconds)
{
	char *words = string_printf("still waiting for the server (%g s); ^C ends it", seconds);
	show_remark(context, slice_of(words));
	free(words);
}

static void heard(void *context, const struct dialogue_event *event)
{
	struct play *p = context;
	if (event_failed(event))
		p->replay->failed = true;
	pace_event(p->pace, event);
}

/* ---- pacing ---- */

static void go(void *context)
{
	struct play *p = context;
	player_go(p->player);
}

static bool hold(void *context, const struct speak_step *step)
{
	struct play *p = context;
	return p->replay->options->step && step->begins && pace_step(p->pace, step->octets);
}

static void delayed(void *context, const struct speak_step *step)
{
	struct play *p = context;
	pace_delay(p->pace, step->octets);
}

/* ---- one conversation ---- */

static void connected(void *context, struct session *session)
{
	struct play *p = context;
	p->session = session;
	session_add_face(session, pace_face(p->pace));
	session_add_face(session, p->face);
	if (p->replay->record)
		session_add_face(session, prepared_record(&p->prepared, p->replay->record));
}

static void over(void *context, const struct player_end *end)
{
	struct play *p = context;
	if (end->message)
		complain("%s", end->message);
	if (p->session)
		p->face = NULL; /* it went with the session */
	p->status = end->status;
	(void)event_base_loopbreak(p->replay->base);
}

/* What the conversation is called, for those who read the output. */
static struct face *make_face(const struct play *p, struct error *error)
{
	struct buffer header = { 0 };
	if (p->prepared.script->title)
		buffer_printf(&header, "Title: %s\n", p->prepared.script->title);
	struct face *face = options_face(p->replay->options, buffer_slice(&header), error);
	buffer_free(&header);
	return face;
}

static enum status start(struct play *p, struct error *error)
{
	static const struct player_events events = { .remark = show_story,
		                                     .comment = show_comment,
		                                     .direction = show_direction,
		                                     .connected = connected,
		                                     .event = heard,
		                                     .hold = hold,
		                                     .delayed = delayed,
		                                     .late = show_late,
		                                     .over = over };
	const struct replay *r = p->replay;
	const char *to = r->to ? r->to : p->prepared.script->target;
	p->face = make_face(p, error);
	if (p->face == NULL)
		return error->status;
	enum status status = prepare_place(&p->prepared, r->base, to ? to : "self", r->service, error);
	if (status != STATUS_OK)
		return status;
	struct player_options player = prepared_player(&p->prepared);
	player.level = LEVEL_CLASS;
	player.timeout = timeout_of(r);
	p->pace = pace_new(r->options, r->base, go, p);
	p->player = player_start(r->base, &player, &events, p);
	return STATUS_OK;
}

static enum status play(struct replay *r, const struct script *script)
{
	struct play p = { .replay = r };
	struct error error = { 0 };
	p.status = prepare(r->options, script, &p.prepared, &error);
	if (p.status == STATUS_OK)
		p.status = start(&p, &error);
	if (p.status == STATUS_OK)
		(void)event_base_dispatch(r->base);
	error_report(&error);
	bool ours = p.session == NULL; /* else the session closes the face */
	player_free(p.player);
	if (ours)
		face_close(p.face);
	pace_free(p.pace);
	prepared_free(&p.prepared);
	return r->interrupted ? STATUS_INTERRUPTED : p.status;
}

/* ---- the command ---- */

static void interrupted(evutil_socket_t fd, short what, void *context)
{
	struct replay *r = context;
	(void)fd;
	(void)what;
	r->interrupted = true;
	(void)event_base_loopbreak(r->base);
}

static enum status replay_transcript(struct replay *r, const char *name)
{
	struct script *scripts = NULL;
	size_t n = 0;
	struct error error = { 0 };
	enum status worst = read_transcript(name, r->options->from, &scripts, &n, &error);
	if (worst == STATUS_OK && n == 0)
		worst = error_set(&error, STATUS_USAGE, "%s: no conversation in it", name);
	error_report(&error);
	for (size_t i = 0; i < n && !r->interrupted; i++) {
		enum status status = play(r, &scripts[i]);
		worst = status > worst ? status : worst;
	}
	scripts_free(scripts, n);
	return worst;
}

static enum status replay(struct options *options, int argc, char **argv)
{
	struct replay r = { .options = options };
	if (argc == 0) {
		complain("replay: which transcript? parlance replay TRANSCRIPT [--to TARGET]");
		return STATUS_USAGE;
	}
	struct error error = { 0 };
	if (options->record && record_open(options->record, options->force, &r.record, &error) != STATUS_OK) {
		error_report(&error);
		return STATUS_USAGE;
	}
	argc = take_target(options, argc, argv, &r.to, &r.service);
	r.base = event_base_new();
	struct event *interrupt = evsignal_new(r.base, SIGINT, interrupted, &r);
	(void)event_add(interrupt, NULL);
	for (int i = 0; i < argc && !r.interrupted; i++) {
		enum status status = replay_transcript(&r, argv[i]);
		r.status = status > r.status ? status : r.status;
	}
	event_free(interrupt);
	stream_settle(r.base);
	event_base_free(r.base);
	enum status written = record_close(r.record, &error);
	error_report(&error);
	r.status = written > r.status ? written : r.status;
	if (r.status == STATUS_OK && options->fail && r.failed)
		return STATUS_DIFFERED;
	return r.status;
}

const struct command command_replay = {
	.name = "replay",
	.arguments = "[options] TRANSCRIPT... [TARGET]",
	.summary = "speak the C: side of a transcript, show everything annotated",
	.help = "Says what the client says in the transcript, waits for the replies, and shows\n"
		"and explains what really comes. Where to: --to TARGET, or a TARGET after the\n"
		"file, or the transcript's own `Target:`; else the transcript's server side is\n"
		"played too (`self`), over loopback.\n"
		"\n"
		"  parlance replay ewing-smtp\n"
		"  parlance replay mine.txt --to mail.example:25 --set rcpt=me@example.org\n"
		"  parlance replay session.txt --step\n"
		"\n"
		"Lines that stand together go out together; --step waits for Enter before each\n"
		"such group, --delay before each line. Text that the server did not ask for is\n"
		"skipped, and a remark says so. What was recorded by --record knows its server,\n"
		"and wants no more than the password: --set password=...",
	.options = OPTIONS_CONNECT | OPTIONS_ENCRYPT | OPTIONS_SHOW | OPTIONS_RECORD | OPTIONS_SCRIPT | OPTIONS_REPLAY |
	           OPTIONS_TO | OPTIONS_PACE,
	.run = replay,
};
