/*
 * The conversation: reaching the server, the session's driver, the prompt, and how it all ends.
 */
#include "talk/talk.h"

#include <event2/event.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "base/escape.h"
#include "talk/room.h"
#include "view/wrap.h"

/* Seconds for a reply: after which a person is told that we still wait, and what a pipe waits in all. */
#define STILL_WAITING 10.0
#define PIPE_TIMEOUT 60.0

/* How long a server that has said goodbye may leave the connection open, in a pipe. */
static const struct timeval goodbye_wait = { .tv_sec = 5 };

/* ---- what is said ---- */

void talk_remark(struct talk *t, const char *format, ...)
{
	struct buffer text = { 0 };
	va_list ap;
	va_start(ap, format);
	buffer_vprintf(&text, format, ap);
	va_end(ap);
	if (t->face)
		face_remark(t->face, buffer_slice(&text));
	buffer_free(&text);
}

static void say_line(struct talk *t, struct slice line)
{
	if (t->prompt == NULL) {
		face_remark(t->face, line);
		return;
	}
	struct buffer out = { 0 };
	struct wrapping how = { .first = "", .rest = "   ", .columns = prompt_columns(t->prompt) };
	(void)wrap(&out, line, &how);
	prompt_print_above(t->prompt, buffer_slice(&out));
	buffer_free(&out);
}

void talk_say(struct talk *t, const char *format, ...)
{
	struct buffer text = { 0 };
	va_list ap;
	va_start(ap, format);
	buffer_vprintf(&text, format, ap);
	va_end(ap);
	struct slice rest = buffer_slice(&text);
	while (rest.n) {
		struct slice line = slice_line(&rest);
		say_line(t, slice_part(line, 0, slice_find_octet(line, '\n')));
	}
	buffer_free(&text);
}

/* ---- what is known ---- */

const struct protocol *talk_protocol(const struct talk *t)
{
	return t->session ? dialogue_protocol(session_dialogue(t->session)) : t->place.protocol;
}

enum input talk_input(const struct talk *t)
{
	return t->open ? dialogue_input(session_dialogue(t->session)) : INPUT_NOTHING;
}

double talk_timeout(const struct talk *t)
{
	if (t->options->timeout >= 0)
		return t->options->timeout;
	return t->prompt ? 0 : PIPE_TIMEOUT;
}

/* Whether something was asked that is not answered yet. */
static bool waiting(const struct talk *t)
{
	return t->open && dialogue_turn(session_dialogue(t->session)) == SIDE_SERVER;
}

/* Reads the history of the protocol that is spoken. */
static void open_history(struct talk *t, const char *name)
{
	if (t->history && strcmp(t->history, name) == 0)
		return;
	free(t->history);
	t->history = string_copy(name);
	prompt_history(t->prompt, name);
}

void talk_prompt(struct talk *t)
{
	if (t->prompt == NULL || t->reaching)
		return;
	const struct protocol *protocol = talk_protocol(t);
	const char *name = protocol ? protocol->name : "tcp";
	const struct dialogue *d = t->open ? session_dialogue(t->session) : NULL;
	const char *state = d ? dialogue_state(d) : t->connector ? "connecting" : "closed";
	char *text = string_printf("%s%s %s> ", name, d && dialogue_secure(d) ? "+tls" : "", state);
	prompt_set(t->prompt, text);
	free(text);
	if (protocol)
		open_history(t, name);
}

/* ---- faces ---- */

static void write_above(void *context, struct slice text)
{
	struct talk *t = context;
	prompt_print_above(t->prompt, text);
}

static size_t columns(void *context)
{
	const struct talk *t = context;
	return prompt_columns(t->prompt);
}

static size_t rows(void *context)
{
	const struct talk *t = context;
	return prompt_rows(t->prompt);
}

static struct face *face_of_prompt(struct talk *t)
{
	struct sink above = { write_above, t };
	struct terminal_options terminal = { t->notes, t->options->color, columns, rows, t, true };
	if (t->options->show == SHOW_JSON)
		return json_face(above);
	if (t->options->show == SHOW_PLAIN)
		return plain_face(above, t->notes, SLICE(""));
	return terminal_face(above, &terminal);
}

bool talk_face(struct talk *t)
{
	bool above = t->prompt && t->options->show != SHOW_ELSEWHERE;
	t->face = above ? face_of_prompt(t) : t->hooks->face(t->hooks->context, &t->error);
	t->face_is_ours = t->face != NULL;
	return t->face != NULL;
}

static void drop_face(struct talk *t)
{
	if (t->face_is_ours)
		face_close(t->face);
	t->face_is_ours = false;
	t->face = NULL;
}

/* ---- the session's driver ---- */

static void hang_up(struct talk *t)
{
	t->hung_up = true;
	if (t->open)
		session_hang_up(t->session);
}

static void my_turn(void *context, struct session *session)
{
	struct talk *t = context;
	(void)session;
	t->hurried = false;
	lines_pump(t, true);
}

static void set_word(char **place, struct slice word)
{
	free(*place);
	*place = slice_string(word);
}

/* What the client has said, for what comes later: history, patience, `:password`. */
static void note_said(struct talk *t, const struct dialogue_event *event)
{
	t->secret_said |= event_span(event, SPAN_SECRET) != NULL;
	if (event->kind == EVENT_COMMAND) {
		set_word(&t->awaited, event->verb);
		struct slice rest = event->text;
		(void)slice_word(&rest);
		if (slice_equal(event->verb, SLICE("AUTH")))
			set_word(&t->mechanism, slice_word(&rest));
	} else if (event->kind == EVENT_DATA && slice_equal(event->text, SLICE("."))) {
		set_word(&t->awaited, SLICE("."));
	}
}

static void note_answered(struct talk *t, const struct dialogue_event *event)
{
	t->failed |= event->class == CLASS_FAILURE;
	if (!event->has_final || !event->final)
		return;
	t->answered++;
	const struct protocol *protocol = talk_protocol(t);
	if (t->shut && protocol->datagrams)
		session_hang_up(t->session);
	if (dialogue_closing(session_dialogue(t->session)) && t->prompt == NULL)
		(void)evtimer_add(t->goodbye_timer, &goodbye_wait);
}

static double patience(const struct talk *t)
{
	double timeout = talk_timeout(t);
	return t->prompt && (timeout <= 0 || timeout > STILL_WAITING) ? STILL_WAITING : timeout;
}

static void event_told(void *context, struct session *session, const struct dialogue_event *event)
{
	struct talk *t = context;
	if (event->side == SIDE_CLIENT)
		note_said(t, event);
	else if (event->kind != EVENT_STAGE)
		note_answered(t, event);
	if (t->text != TEXT_NONE || talk_input(t) == INPUT_TEXT)
		traps_follow(t, event);
	t->still_waiting_at = STILL_WAITING;
	session_set_timeout(session, patience(t));
	talk_prompt(t);
	if (t->prompt == NULL && ferror(stdout))
		talk_leave(t, STATUS_OK); /* whoever read our output has seen enough */
}

static void still_waiting(struct talk *t, double seconds)
{
	struct buffer text = { 0 };
	if (seconds < t->still_waiting_at || t->options->quiet)
		return;
	t->still_waiting_at *= 2;
	if (t->shut)
		buffer_printf(&text, "Still waiting for the server to close (%.0f s).", seconds);
	else if (t->awaited == NULL)
		buffer_printf(&text, "Still waiting for the greeting (%.0f s).", seconds);
	else if (strcmp(t->awaited, ".") == 0)
		buffer_printf(&text, "Still waiting for the reply to the message (%.0f s).", seconds);
	else
		buffer_printf(&text, "Still waiting for the reply to %s (%.0f s).", t->awaited, seconds);
	if (!t->shut)
		patience_say(t, &text);
	buffer_add_string(&text, t->shut ? " ^C closes." : " ^C stops waiting.");
	struct buffer safe = { 0 };
	escape_text(&safe, buffer_slice(&text));
	talk_remark(t, SLICE_FMT, SLICE_ARG(buffer_slice(&safe)));
	buffer_free(&safe);
	buffer_free(&text);
}

static bool late(void *context, struct session *session, double seconds)
{
	struct talk *t = context;
	double timeout = talk_timeout(t), left = timeout - seconds;
	if (timeout <= 0 || left > 0.001) {
		still_waiting(t, seconds);
		session_set_timeout(session, timeout > 0 && left < STILL_WAITING ? left : STILL_WAITING);
		return true;
	}
	const struct dialogue *d = session_dialogue(session);
	if (!dialogue_closing(d) && (!t->shut || dialogue_outstanding(d)))
		return false;
	hang_up(t); /* all was said and answered: that the server does not close is no failure */
	return true;
}

/* What was typed or piped and cannot be sent any more. */
static void not_sent(struct talk *t, bool by_us)
{
	size_t n = t->nheld;
	lines_forget(t);
	if (t->prompt) {
		if (n)
			talk_remark(t, "%zu line%s that waited %s not sent.", n, n == 1 ? "" : "s",
			            n == 1 ? "was" : "were");
	} else if (!by_us && t->status == STATUS_OK && (n || feed_left(t))) {
		t->status = error_set(&t->error, STATUS_CONNECTION,
		                      "%s: the server closed the connection before all of stdin "
		                      "was sent",
		                      t->place.name);
	}
}

static void closed(void *context, struct session *session, enum session_end end, const struct error *error)
{
	struct talk *t = context;
	bool by_us = t->leaving || t->shut || t->hung_up;
	(void)session;
	(void)end;
	t->open = false;
	(void)evtimer_del(t->goodbye_timer);
	if (!t->interrupted)
		t->status = error->status;
	if (error->message && t->prompt)
		talk_remark(t, "%s", error->message);
	else if (error->message)
		(void)error_set(&t->error, error->status, "%s", error->message);
	not_sent(t, by_us);
	if (t->prompt == NULL || t->leaving)
		talk_leave(t, t->status);
	else if (!t->options->quiet)
		talk_remark(t, ":reconnect connects again, :open TARGET elsewhere, :quit leaves.");
	talk_prompt(t);
}

static const struct session_driver driver = { .my_turn = my_turn, .event = event_told, .late = late, .closed = closed };

/* ---- reaching the server ---- */

static void story(void *context, const char *sentence)
{
	struct talk *t = context;
	if (!t->options->quiet)
		talk_remark(t, "%s", sentence);
}

static void connected(void *context, struct stream *stream, double seconds)
{
	struct talk *t = context;
	struct session_options options = {
		.protocol = t->place.protocol,
		.side = SIDE_CLIENT,
		.timeout = patience(t),
		.max_time = t->options->max_time,
		.masking = t->options->masking,
	};
	t->connector = NULL;
	if (!t->options->quiet)
		talk_remark(t, "connected to %s (%.1f ms)", stream->peer, seconds * 1000);
	t->session = session_new(t->base, stream, &options, &driver, t);
	session_add_face(t->session, t->face);
	t->face_is_ours = false;
	t->memory = memory_face();
	session_add_face(t->session, memory_as_face(t->memory));
	record_attach(t);
	t->open = t->was_open = true;
	talk_prompt(t);
	lines_stir(t);
}

static void failed(void *context, const struct error *error)
{
	struct talk *t = context;
	t->connector = NULL;
	t->status = error->status;
	if (t->prompt && t->was_open) {
		talk_remark(t, "%s", error->message);
		not_sent(t, true);
	} else {
		(void)error_set(&t->error, error->status, "%s", error->message);
		talk_leave(t, error->status);
	}
	talk_prompt(t);
}

void talk_disconnect(struct talk *t)
{
	if (t->connector)
		connect_cancel(t->connector);
	t->connector = NULL;
	session_free(t->session); /* closes its faces */
	t->session = NULL;
	t->memory = NULL;
	t->record_face = NULL;
	drop_face(t);
	t->open = false;
	(void)evtimer_del(t->goodbye_timer);
}

void talk_connect(struct talk *t)
{
	static const struct connect_events events = { story, connected, failed };
	talk_disconnect(t);
	t->shut = t->hurried = t->hung_up = t->ended = false;
	t->text = TEXT_NONE;
	t->answered = 0;
	t->still_waiting_at = STILL_WAITING;
	free(t->awaited);
	free(t->mechanism);
	t->awaited = t->mechanism = NULL;
	if (!talk_face(t)) {
		talk_leave(t, t->error.status);
		return;
	}
	t->connector = connect_start(t->base, &t->place.connect, &events, t);
	talk_prompt(t);
}

/* ---- leaving ---- */

void talk_leave(struct talk *t, enum status status)
{
	t->done = true;
	t->status = status;
	if (t->prompt)
		prompt_wake(t->prompt);
	(void)event_base_loopbreak(t->base);
}

/* The server has said goodbye and does not close, or the last datagram is not answered. */
static void goodbye_passed(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	hang_up(context);
}

static void held_passed(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	struct talk *t = context;
	if (t->prompt && t->nheld && !t->options->quiet && waiting(t))
		talk_remark(t, "%zu line%s until the reply has come (:pipeline does not wait, ^C drops %s).", t->nheld,
		            t->nheld == 1 ? " waits" : "s wait", t->nheld == 1 ? "it" : "them");
}

static void pace_passed(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	lines_stir(context);
}

/* ---- at a terminal ---- */

/* ^C where the prompt is not: we wait for the goodbye. */
static void interrupted_waiting(void *context)
{
	struct talk *t = context;
	t->interrupted = true;
	t->status = STATUS_INTERRUPTED;
	hang_up(t);
}

/* Runs the loop until the session is over: nothing more is typed. */
static void wait_for_goodbye(struct talk *t)
{
	t->leaving = true;
	while ((t->open || t->connector) && !t->done && event_base_loop(t->base, EVLOOP_ONCE) == 0)
		continue;
	t->done = true;
}

static void end_of_input(struct talk *t)
{
	if (!t->open) {
		talk_leave(t, t->status);
		return;
	}
	if (!t->options->quiet)
		talk_remark(t, "No more will be said: waiting for the server's goodbye (^C closes).");
	t->ended = true;
	if (t->held == NULL && !t->shut) {
		t->shut = true;
		session_shut(t->session);
	}
	wait_for_goodbye(t);
}

static void interrupted(struct talk *t, struct slice typed)
{
	bool warned = t->warned;
	t->warned = false;
	if (typed.n)
		return; /* what was typed is dropped, no more */
	if (t->connector) {
		connect_cancel(t->connector);
		t->connector = NULL;
		lines_forget(t);
		talk_remark(t, "Given up. :reconnect tries again, :open TARGET goes elsewhere, :quit leaves.");
	} else if (t->held || (waiting(t) && !t->hurried)) {
		lines_forget(t);
		t->hurried = true;
		talk_remark(
			t, "No longer waiting: what is typed next goes out at once, the reply is shown when it comes.");
	} else if (warned) {
		t->interrupted = true;
		t->status = STATUS_INTERRUPTED;
		hang_up(t);
		wait_for_goodbye(t);
	} else {
		talk_remark(t, "To leave: say goodbye to the server (QUIT in SMTP), or :quit, or ^C once more.");
		t->warned = true;
	}
}

/* ^]: one line for parlance, wherever we are. */
static void reach(struct talk *t, struct slice typed)
{
	struct buffer kept = { 0 }, asked = { 0 };
	struct slice line;
	buffer_add_slice(&kept, typed);
	prompt_set(t->prompt, "parlance: ");
	t->reaching = true;
	bool got = prompt_read(t->prompt, &line) == PROMPT_LINE;
	t->reaching = false;
	if (got)
		buffer_add_slice(&asked, slice_trim(line));
	talk_prompt(t);
	struct slice text = buffer_slice(&asked);
	if (text.n)
		word_run(t, text.p[0] == ':' ? slice_part(text, 1, text.n) : text);
	prompt_put(t->prompt, buffer_slice(&kept));
	buffer_wipe(&asked);
	buffer_wipe(&kept);
}

static void at_terminal(struct talk *t)
{
	struct buffer typed = { 0 };
	struct slice line;
	while (!t->done) {
		talk_prompt(t);
		enum prompt_result result = prompt_read(t->prompt, &line);
		buffer_clear(&typed);
		buffer_add_slice(&typed, line); /* the prompt's own line goes with its next call */
		if (result == PROMPT_LINE)
			t->warned = false;
		if (result == PROMPT_LINE)
			line_typed(t, buffer_slice(&typed));
		else if (result == PROMPT_EOF)
			end_of_input(t);
		else if (result == PROMPT_ESCAPE)
			reach(t, buffer_slice(&typed));
		else if (result == PROMPT_INTERRUPTED)
			interrupted(t, buffer_slice(&typed));
	}
	buffer_wipe(&typed);
}

/* ---- in a pipe ---- */

static void interrupted_pipe(evutil_socket_t number, short what, void *context)
{
	(void)number;
	(void)what;
	struct talk *t = context;
	t->interrupted = true;
	t->status = STATUS_INTERRUPTED;
	if (t->open)
		hang_up(t);
	else
		talk_leave(t, STATUS_INTERRUPTED);
}

/* A shell that runs us in the background has SIGINT ignored, and it stays so. */
static void catch_interrupt(struct talk *t)
{
	struct sigaction now;
	if (sigaction(SIGINT, NULL, &now) != 0 || now.sa_handler == SIG_IGN)
		return;
	t->interrupt = evsignal_new(t->base, SIGINT, interrupted_pipe, t);
	(void)evsignal_add(t->interrupt, NULL);
}

static void in_pipe(struct talk *t)
{
	catch_interrupt(t);
	feed_begin(t);
	while (!t->done && event_base_dispatch(t->base) == 0)
		continue;
}

/* ---- the whole ---- */

static void log_nothing(int severity, const char *message)
{
	(void)severity;
	(void)message; /* what libevent finds wrong is told where it is seen */
}

static bool begin(struct talk *t)
{
	static const struct prompt_events prompt_events = { complete, interrupted_waiting };
	event_set_log_callback(log_nothing);
	t->base = event_base_new();
	if (t->base == NULL) {
		(void)error_set(&t->error, STATUS_USAGE, "no event loop: the system gives none");
		return false;
	}
	t->held_timer = evtimer_new(t->base, held_passed, t);
	t->goodbye_timer = evtimer_new(t->base, goodbye_passed, t);
	t->feed.pace = evtimer_new(t->base, pace_passed, t);
	if (t->options->record && !record_open(t, t->options->record, t->options->force, &t->error))
		return false;
	if (t->options->prompt)
		t->prompt = prompt_new(t->base, &prompt_events, t);
	return true;
}

static void end(struct talk *t)
{
	if (t->base) {
		talk_disconnect(t);
		lines_forget(t);
		record_close(t);
		prompt_free(t->prompt);
		feed_end(t);
		event_free(t->held_timer);
		event_free(t->goodbye_timer);
		event_free(t->feed.pace);
		if (t->interrupt)
			event_free(t->interrupt);
		event_base_free(t->base);
	}
	buffer_free(&t->fixed);
	free(t->history);
	free(t->awaited);
	free(t->mechanism);
}

enum status talk_run(const struct talk_options *options, const struct talk_hooks *hooks, const struct talk_place *place)
{
	struct talk t = { .options = options,
		          .hooks = hooks,
		          .place = *place,
		          .eol = options->eol,
		          .notes = options->notes,
		          .pipeline = options->no_wait,
		          .status = STATUS_OK };
	t.held_end = &t.held;
	if (begin(&t)) {
		talk_connect(&t);
		if (t.prompt)
			at_terminal(&t);
		else
			in_pipe(&t);
	}
	bool failed_reply = t.failed && options->fail && t.status == STATUS_OK;
	end(&t);
	enum status status = t.error.status != STATUS_OK && t.status == STATUS_OK ? t.error.status : t.status;
	error_report(&t.error);
	return failed_reply ? STATUS_DIFFERED : status;
}
