/*
 * The conversation: reaching the server, the session's driver, and how it all ends.
 */
#include "talk/talk.h"

#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "base/escape.h"
#include "session/ftp_data.h"
#include "talk/login.h"
#include "talk/replay.h"
#include "talk/room.h"

/* How long a server that has said goodbye may leave the connection open, in a pipe. */
static const struct timeval goodbye_wait = { .tv_sec = 5 }, at_once = { 0 };

/* What is kept of the verbs that were said, in octets. */
#define VERBS_MAX 512

/* ---- what is known ---- */

const struct protocol *talk_protocol(const struct talk *t)
{
	return t->session ? dialogue_protocol(session_dialogue(t->session)) : t->place.protocol;
}

enum input talk_input(const struct talk *t)
{
	return t->open ? dialogue_input(session_dialogue(t->session)) : INPUT_NOTHING;
}

bool talk_waiting(const struct talk *t)
{
	return t->open && dialogue_turn(session_dialogue(t->session)) == SIDE_SERVER;
}

const struct entry *talk_goodbye(const struct talk *t)
{
	const struct protocol *protocol = talk_protocol(t);
	const struct table *commands = protocol ? protocol_table(protocol, TABLE_COMMANDS) : NULL;
	for (size_t i = 0; commands && i < commands->n; i++)
		if (commands->rows[i].phase == PHASE_GOODBYE)
			return &commands->rows[i];
	return NULL;
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

/* Protocol, state, and whether the line is encrypted. */
static void prompt_words(const struct talk *t, struct buffer *text)
{
	const struct protocol *protocol = talk_protocol(t);
	const struct dialogue *d = t->open ? session_dialogue(t->session) : NULL;
	buffer_printf(text, "%s%s%s ", protocol ? protocol->name : "tcp", d && dialogue_secure(d) ? "+tls" : "",
	              t->options->insecure ? "(insecure)" : "");
	if (d && t->confirming)
		buffer_add_string(text, "send it? yes/no");
	else if (d)
		awaits_word(t, text);
	else
		buffer_add_string(text, t->connector ? "connecting" : "closed");
}

void talk_prompt(struct talk *t)
{
	if (t->prompt == NULL || t->reaching)
		return;
	const struct protocol *protocol = talk_protocol(t);
	struct buffer text = { 0 }, instead = { 0 };
	if (t->guide && t->untold.n == 0) /* else what it asked for was typed already */
		t->guide->prompt(t->guide->context, &text, &instead);
	if (text.n)
		buffer_add_octet(&text, '\n');
	buffer_add_slice(&text, buffer_slice(&instead));
	t->asked = instead.n != 0;
	if (instead.n == 0)
		prompt_words(t, &text);
	buffer_free(&instead);
	replay_progress(t, &text);
	buffer_add_string(&text, "> ");
	char *whole = buffer_take(&text);
	prompt_set(t->prompt, whole);
	free(whole);
	if (protocol)
		open_history(t, protocol->name);
}

/* ---- faces ---- */

static void write_above(void *context, struct slice text)
{
	struct talk *t = context;
	if (t->unseen || (t->guide && t->guide->holds(t->guide->context, text)))
		return;
	guide_print(t, text);
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

/* Makes the face of the next conversation. */
static bool make_face(struct talk *t)
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

void talk_hang_up(struct talk *t)
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
	replay_turn(t);
	guide_wake(t);
}

static void set_word(char **place, struct slice word)
{
	free(*place);
	*place = slice_string(word);
}

/* What was remembered of the session before. */
static void free_words(struct talk *t)
{
	free(t->awaited);
	free(t->mechanism);
	free(t->tag);
	free(t->later);
	t->awaited = t->mechanism = t->tag = t->later = NULL;
	t->tags_used = 0;
	t->tag_warned = false;
	buffer_clear(&t->verbs);
	login_forget(t);
}

/* So that the next tag that is offered is a new one. */
static void note_tag(struct talk *t, struct slice tag)
{
	uint64_t number = 0;
	set_word(&t->tag, tag);
	if (octet_upper(tag.p[0]) == 'A' && slice_number(slice_part(tag, 1, tag.n), &number) && number < SIZE_MAX &&
	    number > t->tags_used)
		t->tags_used = (size_t)number;
}

/* The conversation's beginning: a transcript may have the same. */
static void note_verb(struct talk *t, struct slice verb)
{
	if (t->verbs.n + verb.n < VERBS_MAX)
		buffer_printf(&t->verbs, SLICE_FMT "\n", SLICE_ARG(verb));
}

/* What the client has said, for what comes later: history, patience, `:password`. */
static void note_said(struct talk *t, const struct dialogue_event *event)
{
	t->said = true;
	t->secret_said |= event_span(event, SPAN_SECRET) != NULL;
	t->encrypting |= event->kind == EVENT_COMMAND && event->phase == PHASE_ENCRYPT;
	if (event->kind == EVENT_COMMAND) {
		set_word(&t->awaited, event->verb);
		note_verb(t, event->verb);
		struct slice rest = event->text;
		(void)slice_word(&rest);
		if (event->tag.n) {
			(void)slice_word(&rest); /* the verb stands behind the tag */
			note_tag(t, event->tag);
		}
		if (event->phase == PHASE_AUTHENTICATE && slice_starts(event->verb, SLICE("AUTH")))
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
	transfer_refused(t, event);
	if (event->phase == PHASE_ENCRYPT)
		t->encrypting = false;
	const struct protocol *protocol = talk_protocol(t);
	if (t->shut && protocol->datagrams)
		session_hang_up(t->session);
	if (dialogue_closing(session_dialogue(t->session)) && t->prompt == NULL && t->guide == NULL)
		(void)evtimer_add(t->goodbye_timer, &goodbye_wait);
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
	awaits_follow(t, event);
	ftp_data_event(t->data, event);
	login_follow(t, event);
	replay_follow(t, event);
	if (t->guide) {
		t->guide->event(t->guide->context, event);
		guide_wake(t);
	}
	recording_watch(t);
	patience_begin(t);
	patience_person(t);
	session_set_timeout(session, patience_seconds(t));
	talk_prompt(t);
	if (t->prompt == NULL && ferror(stdout))
		talk_leave(t, STATUS_OK); /* whoever read our output has seen enough */
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
	} else if (!by_us && t->guide == NULL && t->status == STATUS_OK && (n || feed_left(t))) {
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
	t->open = t->confirming = false;
	transfer_end(t);
	login_forget(t);
	replay_lost(t);
	(void)evtimer_del(t->goodbye_timer);
	if (!t->interrupted && t->guide == NULL) /* a lesson goes on, and says what to do */
		t->status = error->status;
	if (error->message && (t->prompt || t->guide))
		talk_remark(t, "%s", error->message);
	else if (error->message)
		(void)error_set(&t->error, error->status, "%s", error->message);
	not_sent(t, by_us);
	if (t->guide) {
		t->guide->closed(t->guide->context);
		guide_wake(t);
	}
	if ((t->prompt == NULL && t->guide == NULL) || t->leaving)
		talk_leave(t, t->status);
	else if (!t->options->quiet && t->guide == NULL)
		talk_remark(t, ":reconnect connects again, :open TARGET elsewhere, :quit leaves.");
	talk_prompt(t);
}

static const struct session_driver driver = {
	.my_turn = my_turn, .event = event_told, .late = patience_late, .closed = closed
};

/* ---- reaching the server ---- */

static void story(void *context, const char *sentence)
{
	struct talk *t = context;
	if (!t->options->quiet)
		talk_remark(t, "%s", sentence);
}

/* A URL's path is not asked for by itself: what asks for it is told. */
static void remark_path(struct talk *t)
{
	const struct protocol *protocol = t->place.protocol;
	struct buffer safe = { 0 };
	if (t->options->quiet || t->place.path == NULL || strcmp(t->place.path, "/") == 0)
		return;
	escape_text(&safe, slice_of(t->place.path));
	if (protocol && strcmp(protocol->name, "http") == 0)
		talk_remark(t,
		            "The URL's path is asked for by hand: GET " SLICE_FMT
		            " HTTP/1.1, a Host field, an empty line.",
		            SLICE_ARG(buffer_slice(&safe)));
	else
		talk_remark(t, "The URL's path, " SLICE_FMT ", is not asked for: that is yours to do.",
		            SLICE_ARG(buffer_slice(&safe)));
	buffer_free(&safe);
}

static void connected(void *context, struct stream *stream, double seconds)
{
	struct talk *t = context;
	struct session_options options = t->options->session;
	options.protocol = t->place.protocol;
	options.timeout = patience_seconds(t);
	options.host = t->place.connect.host;
	options.tls_implicit = t->place.tls;
	options.starttls = options.starttls && !t->place.tls;
	if (t->place.settings)
		options.tls = t->place.settings;
	t->connector = NULL;
	if (!t->options->quiet)
		talk_remark(t, "connected to %s (%.1f ms)", stream->peer, seconds * 1000);
	remark_path(t);
	t->session = session_new(t->base, stream, &options, &driver, t);
	session_add_face(t->session, t->face);
	t->face_is_ours = false;
	t->memory = memory_face();
	session_add_face(t->session, memory_as_face(t->memory));
	recording_attach(t);
	transfer_begin(t);
	t->open = t->was_open = true;
	if (t->guide) {
		t->guide->connected(t->guide->context, !t->guided);
		guide_wake(t);
	}
	patience_person(t);
	talk_prompt(t);
	(void)evtimer_add(t->feed.pace, &at_once); /* when the session has begun */
}

static void failed(void *context, const struct error *error)
{
	struct talk *t = context;
	t->connector = NULL;
	if (t->guide == NULL)
		t->status = error->status;
	if (t->guide) {
		talk_remark(t, "%s", error->message);
		t->guide->closed(t->guide->context);
		guide_wake(t);
	} else if (t->prompt && t->was_open) {
		talk_remark(t, "%s", error->message);
		not_sent(t, true);
		if (!t->options->quiet)
			talk_remark(t, ":reconnect tries again, :open TARGET goes elsewhere, :quit leaves.");
	} else {
		(void)error_set(&t->error, error->status, "%s", error->message);
		talk_leave(t, error->status);
	}
	talk_prompt(t);
}

static void disconnect(struct talk *t)
{
	if (t->connector)
		connect_cancel(t->connector);
	t->connector = NULL;
	transfer_end(t);
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
	if (t->open)
		session_hang_up(t->session); /* so that it is told */
	disconnect(t);
	t->shut = t->hurried = t->hung_up = t->ended = t->kept_told = false;
	t->confirming = t->confirmed = t->encrypting = false;
	t->text = TEXT_NONE;
	t->body = BODY_NONE;
	t->answered = 0;
	patience_begin(t);
	free_words(t);
	if (!make_face(t)) {
		talk_leave(t, t->error.status);
		return;
	}
	t->place.connect.own_port = t->place.protocol && t->place.protocol->data_connection;
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
	talk_hang_up(context);
}

static void held_passed(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	lines_are_held(context);
}

static void pace_passed(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	lines_stir(context);
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
		talk_hang_up(t);
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
	event_set_log_callback(log_nothing);
	t->base = event_base_new();
	if (t->base == NULL) {
		(void)error_set(&t->error, STATUS_USAGE, "no event loop: the system gives none");
		return false;
	}
	t->held_timer = evtimer_new(t->base, held_passed, t);
	t->goodbye_timer = evtimer_new(t->base, goodbye_passed, t);
	t->person_timer = evtimer_new(t->base, patience_person_passed, t);
	t->feed.pace = evtimer_new(t->base, pace_passed, t);
	if (!recording_begin(t))
		return false;
	if (t->options->prompt)
		typing_begin(t);
	return true;
}

static void end(struct talk *t)
{
	if (t->base) {
		disconnect(t);
		guide_end(t);
		lines_forget(t);
		recording_end(t);
		prompt_free(t->prompt);
		feed_end(t);
		event_free(t->held_timer);
		event_free(t->goodbye_timer);
		event_free(t->person_timer);
		event_free(t->feed.pace);
		if (t->interrupt)
			event_free(t->interrupt);
		stream_settle(t->base);
		event_base_free(t->base);
	}
	buffer_wipe(&t->fixed);
	replay_forget(t);
	page_forget(t);
	free(t->history);
	free_words(t);
	buffer_free(&t->verbs);
}

enum status talk_run(const struct talk_options *options, const struct talk_hooks *hooks, const struct talk_place *place)
{
	struct talk t = { .options = options,
		          .hooks = hooks,
		          .place = place ? *place : (struct talk_place){ .name = NULL },
		          .eol = options->eol,
		          .notes = options->notes,
		          .pipeline = options->no_wait,
		          .status = STATUS_OK };
	t.held_end = &t.held;
	if (begin(&t)) {
		guide_begin(&t);
		if (t.guide == NULL)
			talk_connect(&t);
		else
			(void)make_face(&t);
		if (t.prompt)
			typing_run(&t);
		else
			in_pipe(&t);
	}
	bool failed_reply = t.failed && options->fail && t.status == STATUS_OK;
	end(&t);
	enum status status = t.error.status != STATUS_OK && t.status == STATUS_OK ? t.error.status : t.status;
	error_report(&t.error);
	return failed_reply ? STATUS_DIFFERED : status;
}
