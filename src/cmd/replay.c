/*
 * replay: speak the C: side of transcripts and show everything annotated.
 */
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/escape.h"
#include "cmd/cmd.h"
#include "play/service.h"
#include "net/target.h"
#include "script/speak.h"

/* Seconds: what a reply may take where nobody looks on; after which a terminal is told; that end a reply in a protocol
 * without ends; that a server gets to hang up after the goodbye, and where the script says that it does. */
#define TIMEOUT 60.0
#define STILL_WAITING 15.0
#define SILENCE 1.0
#define CLOSE_SOON 2.0
#define CLOSE_EXPECTED 10.0

struct play;

/* All that the command plays, one conversation after the other. */
struct replay {
	struct options *options;
	struct event_base *base;
	const char *to;      /* a TARGET, or NULL: each script's own */
	const char *service; /* its port, where it was a word of its own */
	struct play *play;   /* the one under way */
	enum status status;  /* the largest */
	bool interrupted;
	bool stdin_ended; /* --step has nobody left to wait for */
	bool failed;      /* --fail */
	FILE *record;     /* -r */
};

/* One conversation. */
struct play {
	struct replay *replay;
	const struct script *script;
	struct rehearsal *rehearsal;
	struct speaker *speaker;
	struct buffer *files;
	struct where where;
	struct tls_settings *tls, *self_tls; /* the client's, and those of `self` */
	struct service *self;
	struct connector *connector;
	struct session *session;
	struct face *face;   /* the session's, once there is one */
	struct event *timer; /* ends what `waiting` says */
	struct event *enter; /* --step: stdin */
	struct event *wake;  /* something was heard: from inside an event nothing can be said yet */
	enum { WAIT_NOT, WAIT_PAUSE, WAIT_ENTER, WAIT_SILENCE, WAIT_CLOSE } waiting;
	double since;       /* when the wait for a reply of a protocol without ends began */
	struct buffer held; /* octets that are said after the pause */
	bool holding;
	bool asked;  /* the client, or --starttls for it, has said something */
	bool spoken; /* the client has said something: --delay stands before all that comes later */
	bool done;   /* nothing of the script is left: the end is in order */
	bool expected_close;
	size_t line; /* of the step under way */
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

static void remark(struct play *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void remark(struct play *p, const char *format, ...)
{
	struct buffer text = { 0 };
	va_list ap;
	va_start(ap, format);
	buffer_vprintf(&text, format, ap);
	va_end(ap);
	if (!p->replay->options->quiet && p->face)
		face_remark(p->face, buffer_slice(&text));
	buffer_free(&text);
}

static void over(struct play *p, enum status status)
{
	p->status = status;
	(void)event_base_loopbreak(p->replay->base);
}

static unsigned line_number(const struct play *p, size_t line)
{
	return line < p->script->nlines ? p->script->lines[line].number : 0;
}

/* ---- pausing ---- */

static void pump(struct play *p);

static void wait_seconds(struct play *p, int waiting, double seconds)
{
	struct timeval tv = { .tv_sec = (time_t)seconds };
	tv.tv_usec = (suseconds_t)((seconds - (double)tv.tv_sec) * 1e6);
	p->waiting = (unsigned)waiting;
	(void)event_add(p->timer, &tv);
}

static void wait_over(struct play *p)
{
	p->waiting = WAIT_NOT;
	(void)event_del(p->timer);
}

static void timed_out(struct play *p, const char *what, double seconds)
{
	session_fail(p->session, END_TIMEOUT, STATUS_TIMEOUT, "%s:%u: %s within %g s (--timeout SECONDS waits longer)",
	             p->script->file, line_number(p, p->line), what, seconds);
}

/* The server has been silent: enough for a reply that has begun, or too long for one that has not. */
static void silence_over(struct play *p)
{
	double limit = timeout_of(p->replay), waited = session_seconds(p->session) - p->since;
	if (!speaker_silent(p->speaker, false) && limit > 0 && waited >= limit)
		timed_out(p, "the server said nothing", limit);
	else
		pump(p);
}

static void close_over(struct play *p)
{
	if (!p->expected_close) {
		remark(p, "the server has not hung up %g s after its goodbye: the client does", CLOSE_SOON);
		p->done = true;
		session_hang_up(p->session);
		return;
	}
	double limit = timeout_of(p->replay);
	timed_out(p, "the server did not hang up", limit > 0 ? limit : CLOSE_EXPECTED);
}

static void timer_over(evutil_socket_t fd, short what, void *context)
{
	struct play *p = context;
	int was = (int)p->waiting;
	(void)fd;
	(void)what;
	p->waiting = WAIT_NOT;
	if (was == WAIT_SILENCE)
		silence_over(p);
	else if (was == WAIT_CLOSE)
		close_over(p);
	else
		pump(p);
}

/* ---- --step ---- */

/* Reads what Enter ends. False at the end of stdin: from then on nothing is waited for. */
static bool read_enter(struct replay *r, bool *entered)
{
	char octet = 0;
	ssize_t n = read(STDIN_FILENO, &octet, 1);
	*entered = n == 1 && octet == '\n';
	if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
		r->stdin_ended = true;
	return !r->stdin_ended;
}

static void stdin_readable(evutil_socket_t fd, short what, void *context)
{
	struct play *p = context;
	bool entered;
	(void)fd;
	(void)what;
	if (read_enter(p->replay, &entered) && !entered)
		return;
	(void)event_del(p->enter);
	p->waiting = WAIT_NOT;
	pump(p);
}

/* A file cannot be polled: its lines are there already. */
static bool can_be_polled(void)
{
	struct stat about;
	if (isatty(STDIN_FILENO))
		return true;
	return fstat(STDIN_FILENO, &about) == 0 && (S_ISFIFO(about.st_mode) || S_ISSOCK(about.st_mode));
}

static void say_what_is_next(const struct play *p, struct slice octets)
{
	struct buffer shown = { 0 };
	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return;
	struct slice line = slice_line(&octets);
	while (line.n && (line.p[line.n - 1] == '\n' || line.p[line.n - 1] == '\r'))
		line.n--;
	escape_text(&shown, line);
	/* What is masked when it is said is not shown before. */
	if (options_masking(p->replay->options, false).spans)
		buffer_clear(&shown);
	(void)fprintf(stderr, "[Enter] " SLICE_FMT, SLICE_ARG(buffer_slice(&shown)));
	buffer_free(&shown);
}

/* True where the caller has to wait. */
static bool wait_enter(struct play *p, struct slice octets)
{
	bool entered = false;
	say_what_is_next(p, octets);
	if (can_be_polled()) {
		p->waiting = WAIT_ENTER;
		(void)event_add(p->enter, NULL);
		return true;
	}
	while (!entered && read_enter(p->replay, &entered))
		;
	return false;
}

/* ---- playing ---- */

static void say(struct play *p, struct slice octets)
{
	p->spoken = true;
	session_send(p->session, octets.p, octets.n);
}

/* Says a step's octets, now or after what --delay and --step ask for. True where it waits. */
static bool send_step(struct play *p, const struct speak_step *step)
{
	const struct options *o = p->replay->options;
	bool enter = o->step && step->begins && !p->replay->stdin_ended;
	bool delay = !enter && o->delay > 0 && p->spoken;
	if (delay)
		wait_seconds(p, WAIT_PAUSE, o->delay);
	if (delay || (enter && wait_enter(p, step->octets))) {
		buffer_add_slice(&p->held, step->octets);
		p->holding = true;
		return true;
	}
	say(p, step->octets);
	return false;
}

/* What is awaited has no end that can be seen: silence is its end. */
static void await(struct play *p)
{
	if (!speaker_needs_silence(p->speaker))
		return;
	if (p->since < 0)
		p->since = session_seconds(p->session);
	wait_seconds(p, WAIT_SILENCE, SILENCE);
}

static void await_close(struct play *p, bool expected)
{
	double limit = timeout_of(p->replay);
	p->expected_close = expected;
	wait_seconds(p, WAIT_CLOSE, !expected ? CLOSE_SOON : limit > 0 ? limit : CLOSE_EXPECTED);
}

static void finish(struct play *p)
{
	p->done = true;
	session_hang_up(p->session);
}

/* Does one step; false where there is nothing to do now. */
static bool take_step(struct play *p)
{
	struct speak_step step;
	struct error error = { 0 };
	enum speak_act act = speaker_next(p->speaker, session_dialogue(p->session), &step, &error);
	p->line = step.line;
	switch (act) {
	case SPEAK_SEND:
		p->since = -1;
		if (step.problem.n)
			session_blame(p->session, step.problem);
		return !send_step(p, &step);
	case SPEAK_AWAIT:
		await(p);
		return false;
	case SPEAK_AWAIT_CLOSE:
		await_close(p, step.expected);
		return false;
	case SPEAK_TLS:
		session_begin_tls(p->session);
		return false; /* until it has begun */
	case SPEAK_PAUSE:
		face_direction(p->face, step.text);
		wait_seconds(p, WAIT_PAUSE, step.seconds);
		return false;
	case SPEAK_COMMENT:
		face_comment(p->face, step.text);
		return true;
	case SPEAK_REMARK:
		remark(p, SLICE_FMT, SLICE_ARG(step.text));
		return true;
	case SPEAK_HANG_UP:
		face_direction(p->face, step.text);
		finish(p);
		return false;
	case SPEAK_DONE:
		finish(p);
		return false;
	case SPEAK_FAILED:
		session_fail(p->session, END_CLOSED, error.status, "%s", error.message);
		error_clear(&error);
		return false;
	}
	return false;
}

/* Goes on with the script until it waits for something. */
static void pump(struct play *p)
{
	if (p->waiting == WAIT_SILENCE || p->waiting == WAIT_CLOSE)
		wait_over(p);
	if (p->waiting != WAIT_NOT || p->done || session_over(p->session) || session_upgrading(p->session))
		return;
	if (p->holding) {
		struct buffer held = p->held;
		p->held = (struct buffer){ 0 };
		p->holding = false;
		say(p, buffer_slice(&held));
		buffer_wipe(&held);
	}
	while (take_step(p))
		;
}

/* ---- the session's driver ---- */

static void woken(evutil_socket_t fd, short what, void *context)
{
	struct play *p = context;
	(void)fd;
	(void)what;
	if (p->session)
		pump(p);
}

static void my_turn(void *context, struct session *session)
{
	(void)session;
	pump(context);
}

/* What --starttls says and hears is not the script's; the greeting before it is. */
static bool concerns_script(struct play *p, const struct session *session, const struct dialogue_event *event)
{
	p->asked |= event->side == SIDE_CLIENT && event->kind != EVENT_STAGE;
	return !session_upgrading(session) || !p->asked;
}

static void heard(void *context, struct session *session, const struct dialogue_event *event)
{
	struct play *p = context;
	struct buffer differs = { 0 };
	if (!concerns_script(p, session, event))
		return;
	speaker_event(p->speaker, session_dialogue(session), event, &differs);
	if (differs.n)
		remark(p, SLICE_FMT, SLICE_ARG(buffer_slice(&differs)));
	buffer_free(&differs);
	if (event_failed(event))
		p->replay->failed = true;
	/* Replies that complete a block let the script go on even where the turn is not ours. */
	if (event->side == SIDE_SERVER && event->kind != EVENT_STAGE)
		event_active(p->wake, EV_TIMEOUT, 0);
}

static bool late(void *context, struct session *session, double seconds)
{
	struct play *p = context;
	(void)session;
	if (timeout_of(p->replay) > 0)
		return false;
	remark(p, "still waiting for the server (%g s); ^C ends it", seconds);
	return true;
}

/* Where the script was when the connection went; NULL where nothing of it was left. */
static char *left_undone(const struct play *p)
{
	size_t line;
	if (p->done || speaker_closed(p->speaker, &line))
		return NULL;
	return string_printf("%s:%u", p->script->file, p->script->lines[line].number);
}

static void closed(void *context, struct session *session, enum session_end end, const struct error *error)
{
	struct play *p = context;
	/* Whatever happens to the connection after the script is done and answered is no failure of its. */
	bool late_loss = end == END_LOST && p->done && dialogue_outstanding(session_dialogue(session)) == 0;
	enum status status = late_loss ? STATUS_OK : error->status;
	char *place = left_undone(p);
	if (error->message && !late_loss) {
		complain("%s", error->message);
	} else if (place) {
		complain("%s: %s hung up before this line of the script", place, session_peer(session));
		status = STATUS_CONNECTION;
	}
	free(place);
	p->session = NULL;
	p->face = NULL;
	session_free(session);
	over(p, status);
}

static const struct session_driver driver = { .my_turn = my_turn, .event = heard, .late = late, .closed = closed };

/* ---- connecting ---- */

static void story(void *context, const char *sentence)
{
	remark(context, "%s", sentence);
}

static void record_add(struct play *p);

static void connected(void *context, struct stream *stream, double seconds)
{
	struct play *p = context;
	const struct options *o = p->replay->options;
	struct session_options session = options_session(o, p->tls, false);
	(void)seconds;
	p->connector = NULL;
	session.protocol = p->rehearsal->protocol;
	session.timeout = timeout_of(p->replay) > 0 ? timeout_of(p->replay) : STILL_WAITING;
	session.host = p->where.connect.host;
	session.tls_implicit = p->where.tls;
	session.starttls = session.starttls && p->self == NULL;
	p->session = session_new(p->replay->base, stream, &session, &driver, p);
	session_add_face(p->session, p->face);
	record_add(p);
	if (!p->rehearsal->protocol->server_first)
		session_nudge(p->session);
}

static void failed(void *context, const struct error *error)
{
	struct play *p = context;
	p->connector = NULL;
	complain("%s", error->message);
	over(p, error->status);
}

static const struct connect_events connecting = { story, connected, failed };

/* The server shows a certificate that is made here, and the client trusts that one alone. */
static enum status start_self_tls(struct play *p, struct service_options *service, struct error *error)
{
	const struct tls_options *asked = &p->replay->options->with;
	struct tls_options client = { .min = asked->min, .max = asked->max, .ciphers = asked->ciphers };
	struct tls_options server = client;
	server.keep_keys = true;
	enum status status = tls_server_settings(&server, NULL, &p->self_tls, error);
	if (status == STATUS_OK)
		status = tls_client_settings(&client, &p->tls, error);
	if (status == STATUS_OK)
		status = tls_settings_trust(p->tls, p->self_tls, error);
	service->tls = p->self_tls;
	p->where.connect.host = string_copy("127.0.0.1");
	p->where.tls = p->rehearsal->tls_implicit || p->replay->options->tls;
	service->tls_implicit = p->where.tls;
	return status;
}

static enum status start_self(struct play *p, struct error *error)
{
	const struct options *o = p->replay->options;
	struct service_options service = { .rehearsal = p->rehearsal, .variables = &o->variables, .host = "127.0.0.1" };
	enum status status = rehearsal_check(p->rehearsal, SIDE_SERVER, &o->variables, error);
	if (status == STATUS_OK && (p->rehearsal->tls || o->tls))
		status = start_self_tls(p, &service, error);
	if (status == STATUS_OK)
		status = service_start(p->replay->base, &service, &p->self, error);
	if (status != STATUS_OK)
		return status;
	struct connect_options to = { .host = service_host(p->self),
		                      .port = service_port_number(p->self),
		                      .timeout = o->connect_timeout };
	to.datagrams = p->rehearsal->protocol->datagrams;
	p->where.name = string_copy("self");
	/* Whom one plays oneself needs no story of how it was reached, unless all is wanted (-v). */
	static const struct connect_events quietly = { .connected = connected, .failed = failed };
	p->connector = connect_start(p->replay->base, &to, o->verbose ? &connecting : &quietly, p);
	return STATUS_OK;
}

static enum status start_target(struct play *p, const char *target, struct error *error)
{
	const struct replay *r = p->replay;
	enum status status = where_find(r->options, target, r->service, p->rehearsal->protocol, &p->where, error);
	if (status == STATUS_OK)
		status = options_tls(r->options, &p->tls, error);
	if (status != STATUS_OK)
		return status;
	p->where.tls = p->where.tls || p->rehearsal->tls_implicit;
	p->connector = connect_start(r->base, &p->where.connect, &connecting, p);
	return STATUS_OK;
}

static enum status start(struct play *p, struct error *error)
{
	const char *target = p->replay->to ? p->replay->to : p->script->target;
	if (target == NULL || strcmp(target, "self") == 0)
		return start_self(p, error);
	return start_target(p, target, error);
}

/* ---- a record (-r) ---- */

/* A face that masks what the others show: a record holds secrets only where --secrets show asks for them. */
struct record_face {
	struct face face;
	struct face *inner;
	struct masking masking;
	struct mask_room room;
};

static void record_event(struct face *face, const struct dialogue_event *event)
{
	struct record_face *record = (struct record_face *)face;
	struct dialogue_event masked;
	mask_event(&record->masking, event, &record->room, &masked);
	face_event(record->inner, &masked);
}

static void record_close(struct face *face)
{
	struct record_face *record = (struct record_face *)face;
	face_close(record->inner);
	mask_free(&record->room);
	free(record);
}

static const struct face_kind record_kind = { .event = record_event, .close = record_close };

/* Where it was recorded, when, and by whom. */
static void record_header(const struct play *p, struct buffer *out)
{
	char date[32] = "";
	time_t now = time(NULL);
	struct tm parts;
	const struct passwd *user = getpwuid(getuid());
	if (gmtime_r(&now, &parts))
		(void)strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &parts);
	buffer_printf(out, "Title: %s\n", p->script->title ? p->script->title : "A replay");
	if (p->self == NULL)
		buffer_printf(out, "Target: %s\n", p->where.name);
	buffer_printf(out, "Date: %s\nWho: %s\n", date, user ? user->pw_name : "unknown");
}

static void record_add(struct play *p)
{
	FILE *file = p->replay->record;
	struct buffer header = { 0 };
	if (file == NULL)
		return;
	record_header(p, &header);
	struct record_face *record = memory_zeroed(1, sizeof *record);
	record->face.kind = &record_kind;
	record->inner = plain_face(sink_of_file(file), NOTES_OFF, buffer_slice(&header));
	record->masking = options_masking(p->replay->options, true);
	session_add_face(p->session, &record->face);
	buffer_free(&header);
}

static enum status record_open(struct replay *r, struct error *error)
{
	const struct options *o = r->options;
	if (o->record == NULL)
		return STATUS_OK;
	int fd = open(o->record, O_WRONLY | O_CREAT | O_CLOEXEC | (o->force ? O_TRUNC : O_EXCL), 0666);
	r->record = fd < 0 ? NULL : fdopen(fd, "w");
	if (r->record)
		return STATUS_OK;
	if (errno == EEXIST)
		return error_set(error, STATUS_USAGE, "%s: there is such a file already: --force overwrites it",
		                 o->record);
	return error_set(error, STATUS_USAGE, "%s: %s", o->record, strerror(errno));
}

/* ---- one conversation ---- */

/* Opens a file that the script sends: beside the transcript, else where we are. */
static enum status read_beside(const char *transcript, const char *name, struct buffer *text, struct error *error)
{
	const char *slash = strrchr(transcript, '/');
	if (slash && name[0] != '/') {
		char *path = string_printf("%.*s%s", (int)(slash - transcript + 1), transcript, name);
		bool there = access(path, R_OK) == 0;
		enum status status = there ? read_input(path, text, error) : STATUS_OK;
		free(path);
		if (there)
			return status;
	}
	return read_input(name, text, error);
}

/* All files are read before anything is sent. */
static enum status read_files(struct play *p, struct error *error)
{
	p->files = memory_zeroed(p->script->nlines, sizeof *p->files);
	for (size_t i = 0; i < p->script->nlines; i++) {
		const struct script_line *line = &p->script->lines[i];
		struct error why = { 0 };
		if (line->kind != SCRIPT_DIRECTION || line->direction != DIRECTION_FILE)
			continue;
		if (read_beside(p->script->file, line->name, &p->files[i], &why) == STATUS_OK)
			continue;
		(void)error_set(error, STATUS_USAGE, "%s:%u: %s", p->script->file, line->number, why.message);
		error_clear(&why);
		return STATUS_USAGE;
	}
	return STATUS_OK;
}

/* What the conversation is called, for those who read the output. */
static struct face *make_face(const struct play *p, struct error *error)
{
	struct buffer header = { 0 };
	if (p->script->title)
		buffer_printf(&header, "Title: %s\n", p->script->title);
	struct face *face = options_face(p->replay->options, buffer_slice(&header), error);
	buffer_free(&header);
	return face;
}

static enum status prepare(struct play *p, struct error *error)
{
	const struct options *o = p->replay->options;
	p->rehearsal = rehearse(p->script, o->protocol, &o->variables);
	enum status status = rehearsal_check(p->rehearsal, SIDE_CLIENT, &o->variables, error);
	if (status == STATUS_OK)
		status = read_files(p, error);
	if (status != STATUS_OK)
		return status;
	p->speaker = speaker_new(p->rehearsal, &o->variables, LEVEL_CLASS, p->files);
	p->timer = event_new(p->replay->base, -1, 0, timer_over, p);
	p->enter = event_new(p->replay->base, STDIN_FILENO, EV_READ | EV_PERSIST, stdin_readable, p);
	p->wake = event_new(p->replay->base, -1, 0, woken, p);
	p->face = make_face(p, error);
	return p->face ? STATUS_OK : error->status;
}

static void play_free(struct play *p)
{
	if (p->connector)
		connect_cancel(p->connector);
	if (p->session)
		session_free(p->session);
	else
		face_close(p->face);
	service_free(p->self);
	tls_settings_free(p->self_tls);
	tls_settings_free(p->tls);
	if (p->timer)
		event_free(p->timer);
	if (p->enter)
		event_free(p->enter);
	if (p->wake)
		event_free(p->wake);
	speaker_free(p->speaker);
	rehearsal_free(p->rehearsal);
	for (size_t i = 0; p->files && i < p->script->nlines; i++)
		buffer_free(&p->files[i]);
	free(p->files);
	where_free(&p->where);
	buffer_wipe(&p->held);
}

static enum status play(struct replay *r, const struct script *script)
{
	struct play p = { .replay = r, .script = script, .since = -1, .line = NO_LINE };
	struct error error = { 0 };
	r->play = &p;
	p.status = prepare(&p, &error);
	if (p.status == STATUS_OK)
		p.status = start(&p, &error);
	if (p.status == STATUS_OK)
		(void)event_base_dispatch(r->base);
	error_report(&error);
	play_free(&p);
	r->play = NULL;
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

static bool is_transcript(const char *word)
{
	return strcmp(word, "-") == 0 || access(word, F_OK) == 0 || shipped_transcript(word).n > 0;
}

/* A word that says where to go, and is no transcript. */
static bool is_target(const char *word)
{
	return !is_transcript(word) && (strchr(word, ':') || strcmp(word, "self") == 0 || strcmp(word, "lab") == 0);
}

/* The last words may be a TARGET: `host:port`, or `host port`. Returns how many words are transcripts. */
static int take_target(struct replay *r, int argc, char **argv)
{
	r->to = r->options->to;
	if (r->to || argc < 2)
		return argc;
	if (is_target(argv[argc - 1])) {
		r->to = argv[argc - 1];
		return argc - 1;
	}
	if (argc > 2 && !is_transcript(argv[argc - 1]) && !is_transcript(argv[argc - 2]) &&
	    service_port(argv[argc - 1], false) > 0) {
		r->to = argv[argc - 2];
		r->service = argv[argc - 1];
		return argc - 2;
	}
	return argc;
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
	if (record_open(&r, &error) != STATUS_OK) {
		error_report(&error);
		return STATUS_USAGE;
	}
	argc = take_target(&r, argc, argv);
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
	if (r.record && fclose(r.record) != 0)
		complain("%s: %s", options->record, strerror(errno));
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
		"\n"
		"Lines that stand together go out together; --step waits for Enter before each\n"
		"such group, --delay before each line. Text that the server did not ask for is\n"
		"skipped, and a remark says so.",
	.options = OPTIONS_CONNECT | OPTIONS_ENCRYPT | OPTIONS_SHOW | OPTIONS_RECORD | OPTIONS_SCRIPT | OPTIONS_REPLAY |
	           OPTIONS_PACE,
	.run = replay,
};
