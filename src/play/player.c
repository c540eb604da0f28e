/*
 * The client of a script, on a session.
 */
#include "play/player.h"

#include <event2/event.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "session/ftp_data.h"

/* Seconds: after which it is said that a reply is late, where there is no timeout; that end a reply in a protocol without
 * ends; that a server gets to hang up after the goodbye, and where the script says that it does. */
#define STILL_WAITING 15.0
#define SILENCE 1.0
#define CLOSE_SOON 2.0
#define CLOSE_EXPECTED 10.0

struct player {
	struct player_options options;
	struct player_events events;
	void *context;
	struct event_base *base;
	struct speaker *speaker;
	struct connector *connector;
	struct session *session;
	struct ftp_data *data; /* the session's data connections */
	struct event *timer;   /* ends what `waiting` says */
	struct event *wake;    /* something was heard: from inside an event nothing can be said yet */
	enum { WAIT_NOT, WAIT_PAUSE, WAIT_HELD, WAIT_SILENCE, WAIT_CLOSE, WAIT_SETTLE } waiting;
	double since;       /* when the wait for a reply of a protocol without ends began */
	struct buffer held; /* octets that are said after the pause */
	bool holding;
	bool unsettled; /* something was heard, and time has not passed since */
	bool asked;     /* the client, or --starttls for it, has said something */
	bool spoken;    /* the client has said something: a delay stands before all that comes later */
	bool done;      /* nothing of the script is left: the end is in order */
	bool failed;    /* the script cannot go on here */
	bool expected_close;
	size_t line; /* of the step under way */
};

static const struct script *script_of(const struct player *p)
{
	return p->options.rehearsal->script;
}

static void remark(struct player *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void remark(struct player *p, const char *format, ...)
{
	struct buffer text = { 0 };
	va_list ap;
	if (p->events.remark == NULL)
		return;
	va_start(ap, format);
	buffer_vprintf(&text, format, ap);
	va_end(ap);
	p->events.remark(p->context, buffer_slice(&text));
	buffer_free(&text);
}

static unsigned line_number(const struct player *p, size_t line)
{
	return line < script_of(p)->nlines ? script_of(p)->lines[line].number : 0;
}

/* ---- pausing ---- */

static void pump(struct player *p);

static void wait_seconds(struct player *p, int waiting, double seconds)
{
	struct timeval span = clock_span(seconds);
	p->waiting = (unsigned)waiting;
	(void)event_add(p->timer, &span);
}

static void wait_over(struct player *p)
{
	p->waiting = WAIT_NOT;
	(void)event_del(p->timer);
}

static void timed_out(struct player *p, const char *what, double seconds)
{
	session_fail(p->session, END_TIMEOUT, STATUS_TIMEOUT, "%s:%u: %s within %g s (--timeout SECONDS waits longer)",
	             script_of(p)->file, line_number(p, p->line), what, seconds);
}

/* The server has been silent: enough for a reply that has begun, or too long for one that has not. */
static void silence_over(struct player *p)
{
	double limit = p->options.timeout, waited = session_seconds(p->session) - p->since;
	bool over = limit > 0 && waited >= limit;
	if (!speaker_silent(p->speaker, p->options.verifying && limit > 0 && !over) && over)
		timed_out(p, "the server said nothing", limit);
	else
		pump(p);
}

static void close_over(struct player *p)
{
	if (!p->expected_close) {
		remark(p, "the server has not hung up %g s after its goodbye: the client does", CLOSE_SOON);
		p->done = true;
		session_hang_up(p->session);
		return;
	}
	timed_out(p, "the server did not hang up", p->options.timeout > 0 ? p->options.timeout : CLOSE_EXPECTED);
}

static void timer_over(evutil_socket_t fd, short what, void *context)
{
	struct player *p = context;
	int was = (int)p->waiting;
	(void)fd;
	(void)what;
	p->waiting = WAIT_NOT;
	if (was == WAIT_SETTLE)
		p->unsettled = false;
	if (was == WAIT_SILENCE)
		silence_over(p);
	else if (was == WAIT_CLOSE)
		close_over(p);
	else
		pump(p);
}

/* ---- playing ---- */

static void say(struct player *p, struct slice octets)
{
	p->spoken = true;
	session_send(p->session, octets.p, octets.n);
}

/* Says a step's octets, now or when what holds them is over. True where it waits. */
static bool send_step(struct player *p, const struct speak_step *step)
{
	bool held = p->events.hold && p->events.hold(p->context, step);
	bool delay = !held && p->options.delay > 0 && p->spoken;
	if (delay && p->events.delayed)
		p->events.delayed(p->context, step);
	if (delay)
		wait_seconds(p, WAIT_PAUSE, p->options.delay);
	else if (held)
		p->waiting = WAIT_HELD;
	if (delay || held) {
		buffer_add_slice(&p->held, step->octets);
		p->holding = true;
		return true;
	}
	say(p, step->octets);
	return false;
}

void player_go(struct player *p)
{
	if (p->waiting != WAIT_HELD)
		return;
	p->waiting = WAIT_NOT;
	if (p->session)
		pump(p);
}

/* What is awaited has no end that can be seen: silence is its end. */
static void await(struct player *p)
{
	if (!speaker_needs_silence(p->speaker))
		return;
	if (p->since < 0)
		p->since = session_seconds(p->session);
	wait_seconds(p, WAIT_SILENCE, SILENCE);
}

static void await_close(struct player *p, bool expected)
{
	double limit = p->options.timeout;
	p->expected_close = expected;
	wait_seconds(p, WAIT_CLOSE, !expected ? CLOSE_SOON : limit > 0 ? limit : CLOSE_EXPECTED);
}

/* True where a little time has to pass first. */
static bool settles(struct player *p)
{
	if (!p->unsettled || p->options.settle <= 0)
		return false;
	wait_seconds(p, WAIT_SETTLE, p->options.settle);
	return true;
}

static void finish(struct player *p)
{
	p->done = true;
	session_hang_up(p->session);
}

static void fail(struct player *p, struct error *error)
{
	p->failed = true;
	session_fail(p->session, END_CLOSED, error->status, "%s", error->message);
	error_clear(error);
}

static bool bails(const struct player *p)
{
	return p->options.bail && judge_differed(speaker_judge(p->speaker));
}

/* Says the step's octets, unless the first difference ends it; false where there is nothing more to do now. */
static bool send_next(struct player *p, const struct speak_step *step)
{
	p->since = -1;
	if (bails(p)) {
		finish(p);
		return false;
	}
	if (step->problem.n)
		session_blame(p->session, step->problem);
	return !send_step(p, step);
}

static void tell_direction(const struct player *p, struct slice text)
{
	if (p->events.direction)
		p->events.direction(p->context, text);
}

/* FTP: where the client listens, as all of PORT's or EPRT's argument, or as the port in it. */
static void listen_for_data(struct player *p, struct slice head)
{
	struct buffer command = { 0 }, value = { 0 };
	struct error error = { 0 };
	struct slice verb = slice_word(&head);
	if (ftp_data_listen(p->data, &command, &error) != STATUS_OK) {
		remark(p, "%s", error.message);
	} else if (slice_trim(head).n == 0) {
		struct slice whole = buffer_slice(&command);
		(void)slice_word(&whole);
		buffer_add_slice(&value, slice_trim(whole));
	} else {
		(void)ftp_data_port(p->data, slice_equal_nocase(verb, SLICE("EPRT")), &value);
	}
	speaker_port_is(p->speaker, buffer_slice(&value));
	error_clear(&error);
	buffer_free(&command);
	buffer_free(&value);
}

/* Does one step; false where there is nothing to do now. */
static bool take_step(struct player *p)
{
	struct speak_step step;
	struct error error = { 0 };
	enum speak_act act = speaker_next(p->speaker, session_dialogue(p->session), &step, &error);
	p->line = step.line;
	switch (act) {
	case SPEAK_SEND:
		return send_next(p, &step);
	case SPEAK_LISTEN:
		listen_for_data(p, step.text);
		return true;
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
		tell_direction(p, step.text);
		wait_seconds(p, WAIT_PAUSE, step.seconds);
		return false;
	case SPEAK_COMMENT:
		if (p->events.comment)
			p->events.comment(p->context, step.text);
		return true;
	case SPEAK_REMARK:
		remark(p, SLICE_FMT, SLICE_ARG(step.text));
		return true;
	case SPEAK_HANG_UP:
		tell_direction(p, step.text);
		finish(p);
		return false;
	case SPEAK_DONE:
		finish(p);
		return false;
	case SPEAK_FAILED:
		fail(p, &error);
		return false;
	}
	return false;
}

/* HTTP: octets have come behind a reply that its length does not count. What follows cannot be told apart any more, so
 * it ends here (RFC 9112 6.3: a client must not process such data as a reply). */
static bool framing_lost(struct player *p)
{
	const struct dialogue *d = session_dialogue(p->session);
	struct slice octets = dialogue_unfinished(d, SIDE_SERVER);
	bool http = strcmp(p->options.rehearsal->protocol->name, "http") == 0;
	if (!p->options.verifying || !http || octets.n == 0 || dialogue_outstanding(d) > 0 || !p->asked)
		return false;
	judge_extra(speaker_judge(p->speaker), octets,
	            SLICE("these octets are more than the length of the response counts"));
	p->failed = true;
	session_fail(
		p->session, END_CLOSED, STATUS_DIFFERED,
		"%s:%u: octets came behind the reply that its length does not count: where the next begins cannot be told",
		script_of(p)->file, line_number(p, p->line));
	return true;
}

/* Goes on with the script until it waits for something. */
static void pump(struct player *p)
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
	if (settles(p) || framing_lost(p))
		return;
	while (take_step(p))
		;
}

/* ---- the session's driver ---- */

static void woken(evutil_socket_t fd, short what, void *context)
{
	struct player *p = context;
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
static bool concerns_script(struct player *p, const struct session *session, const struct dialogue_event *event)
{
	p->asked |= event->side == SIDE_CLIENT && event->kind != EVENT_STAGE;
	return !session_upgrading(session) || !p->asked;
}

static void heard(void *context, struct session *session, const struct dialogue_event *event)
{
	struct player *p = context;
	struct buffer differs = { 0 };
	if (p->events.event)
		p->events.event(p->context, event);
	if (!concerns_script(p, session, event))
		return;
	speaker_event(p->speaker, session_dialogue(session), event, &differs);
	if (differs.n)
		remark(p, SLICE_FMT, SLICE_ARG(buffer_slice(&differs)));
	buffer_free(&differs);
	ftp_data_event(p->data, event);
	/* Replies that complete a block let the script go on even where the turn is not ours. */
	if (event->side == SIDE_SERVER && event->kind != EVENT_STAGE) {
		p->unsettled = true;
		event_active(p->wake, EV_TIMEOUT, 0);
	}
}

static bool late(void *context, struct session *session, double seconds)
{
	struct player *p = context;
	(void)session;
	if (p->waiting == WAIT_CLOSE) /* what is awaited is no reply, and has a time of its own */
		return true;
	if (p->options.timeout > 0)
		return false;
	if (p->events.late)
		p->events.late(p->context, seconds);
	return true;
}

/* Judges what has not come. Whoever says goodbye after a difference has said all that there is to say. */
static void judge_rest(struct player *p, const char *why)
{
	bool parted = dialogue_closing(session_dialogue(p->session));
	enum blame blame = parted ? BLAME_ONCE : BLAME_FIRST;
	if (bails(p)) {
		why = "the first difference ends it (--bail)";
		blame = BLAME_NONE;
	} else if (p->failed) {
		blame = BLAME_NONE;
	} else if (why == NULL) {
		why = parted ? "the server said goodbye, and hung up" : "the server hung up";
	}
	judge_end(speaker_judge(p->speaker), why, blame);
}

static void closed(void *context, struct session *session, enum session_end end, const struct error *error)
{
	struct player *p = context;
	/* Whatever happens to the connection after the script is done and answered is no failure of its. */
	bool late_loss = end == END_LOST && p->done && dialogue_outstanding(session_dialogue(session)) == 0;
	struct player_end how = { .status = late_loss ? STATUS_OK : error->status, .reached = true, .undone = NO_LINE };
	char *words = NULL;
	size_t line;
	if (!p->done && !speaker_closed(p->speaker, &line))
		how.undone = line;
	if (end == END_TIMEOUT && p->expected_close)
		how.undone = p->line;
	judge_rest(p, error->message);
	if (error->message && !late_loss) {
		how.message = error->message;
	} else if (how.undone != NO_LINE) {
		words = string_printf("%s:%u: %s hung up before this line of the script", script_of(p)->file,
		                      line_number(p, how.undone), session_peer(session));
		how.message = words;
		how.status = STATUS_CONNECTION;
	}
	wait_over(p); /* the player may outlive its session */
	ftp_data_free(p->data);
	p->data = NULL;
	p->session = NULL;
	char *kept = string_copy(how.message); /* the session's own goes with it */
	how.message = kept;
	session_free(session);
	free(words);
	p->events.over(p->context, &how);
	free(kept);
}

static const struct session_driver driver = { .my_turn = my_turn, .event = heard, .late = late, .closed = closed };

/* ---- connecting ---- */

static void story(void *context, const char *sentence)
{
	remark(context, "%s", sentence);
}

/* What the script has the client send over FTP's data connection. */
static bool data_wanted(void *context, struct buffer *octets)
{
	const struct player *p = context;
	speaker_payload(p->speaker, octets);
	return true;
}

static bool data_early(void *context)
{
	const struct player *p = context;
	return speaker_data_early(p->speaker);
}

static void connected(void *context, struct stream *stream, double seconds)
{
	struct player *p = context;
	struct session_options session = p->options.session;
	const struct ftp_data_options data = { .wanted = data_wanted, .early = data_early, .context = p };
	(void)seconds;
	p->connector = NULL;
	session.protocol = p->options.rehearsal->protocol;
	session.timeout = p->options.timeout > 0 ? p->options.timeout : STILL_WAITING;
	if (session.host == NULL)
		session.host = p->options.connect.host;
	p->session = session_new(p->base, stream, &session, &driver, p);
	p->data = ftp_data_new(p->session, &data);
	if (p->events.connected)
		p->events.connected(p->context, p->session);
	if (!p->options.rehearsal->protocol->server_first)
		session_nudge(p->session);
}

static void failed(void *context, const struct error *error)
{
	struct player *p = context;
	struct player_end how = { .status = error->status, .message = error->message, .undone = NO_LINE };
	p->connector = NULL;
	judge_end(speaker_judge(p->speaker), "there was no connection", BLAME_NONE);
	p->events.over(p->context, &how);
}

/* ---- its life ---- */

struct player *player_start(struct event_base *base, const struct player_options *options,
                            const struct player_events *events, void *context)
{
	static const struct connect_events connecting = { story, connected, failed };
	struct player *p = memory_zeroed(1, sizeof *p);
	p->options = *options;
	p->events = *events;
	p->context = context;
	p->base = base;
	p->since = -1;
	p->line = NO_LINE;
	p->speaker = speaker_new(options->rehearsal, options->variables, options->level, options->files);
	p->timer = event_new(base, -1, 0, timer_over, p);
	p->wake = event_new(base, -1, 0, woken, p);
	p->options.connect.own_port = options->rehearsal->protocol->data_connection;
	p->connector = connect_start(base, &p->options.connect, &connecting, p);
	return p;
}

struct judge *player_judge(struct player *p)
{
	return speaker_judge(p->speaker);
}

void player_free(struct player *p)
{
	if (p == NULL)
		return;
	if (p->connector)
		connect_cancel(p->connector);
	ftp_data_free(p->data);
	session_free(p->session);
	event_free(p->timer);
	event_free(p->wake);
	speaker_free(p->speaker);
	buffer_wipe(&p->held);
	free(p);
}
