/*
 * A session's doors, and the order in which it does its work.
 *
 * The stream's callbacks only put things into queues; all that calls the driver happens in session_work, an event of
 * its own in the loop. So the driver may send, hang up, upgrade or free the session from inside any of its callbacks.
 */
#include "session/session.h"

#include <event2/event.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "protocol/upgrade.h"
#include "session/inside.h"

/* ---- life ---- */

void session_enter(struct session *s)
{
	s->depth++;
}

static void destroy(struct session *s)
{
	dialogue_free(s->dialogue);
	event_free(s->work);
	event_free(s->clock);
	queue_free(&s->heard);
	queue_free(&s->to_say);
	awaited_free(&s->awaited);
	mask_free(&s->room);
	tls_facts_free(s->facts);
	buffer_free(&s->story);
	error_clear(&s->error);
	free(s->faces);
	free(s->peer_error);
	upgrade_free(s->upgrade);
	free(s->peer);
	free(s->local);
	free(s->host);
	free(s);
}

bool session_leave(struct session *s)
{
	bool there = !s->freed;
	if (--s->depth == 0 && s->freed)
		destroy(s);
	return there;
}

/* Work that makes more of itself goes on after the others' turn: libevent looks at no descriptor while events that are
 * active go on making themselves active. */
void session_schedule(struct session *s)
{
	const struct timeval next_turn = { 0 };
	if (s->freed || s->over)
		return;
	if (s->depth > 0)
		(void)event_add(s->work, &next_turn);
	else
		event_active(s->work, EV_TIMEOUT, 0);
}

/* The first things that happen to a stream: it is there, and perhaps encrypted from its first octet. */
static void begin(struct session *s)
{
	if (s->started)
		return;
	s->started = true;
	if (s->options.starttls)
		session_starttls(s);
	flow_stage(s, STAGE_CONNECT, SIDE_CLIENT);
	if (session_going(s) && s->options.tls_implicit)
		s->tls_due = true;
}

void session_work(struct session *s)
{
	session_enter(s);
	begin(s);
	encrypt_begin(s);
	flow_say(s);
	flow_listen(s);
	flow_hear(s);
	flow_say(s);
	ending_peer(s);
	encrypt_begin(s);
	if (s->upgrade && s->upgrade_heard && session_going(s) && !s->tls_due)
		encrypt_upgrade(s);
	flow_ask(s);
	ending_finish(s);
	if (!s->freed)
		deadline_set(s);
	(void)session_leave(s);
}

static void work_called(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	session_work(context);
}

static void clock_called(evutil_socket_t fd, short what, void *context)
{
	struct session *s = context;
	(void)fd;
	(void)what;
	session_enter(s);
	deadline_passed(s);
	if (session_leave(s))
		session_work(s);
}

struct session *session_new(struct event_base *base, struct stream *stream, const struct session_options *options,
                            const struct session_driver *driver, void *context)
{
	struct session *s = memory_zeroed(1, sizeof *s);
	s->base = base;
	s->stream = stream;
	s->peer = string_copy(stream->peer ? stream->peer : "the peer");
	s->local = string_copy(stream->local ? stream->local : "");
	s->upgrade_wanted = options->starttls;
	s->dialogue = dialogue_new(options->protocol);
	s->options = *options;
	s->options.host = s->host = string_copy(options->host);
	s->driver = driver;
	s->context = context;
	s->greeting_awaited = options->protocol == NULL && options->side == SIDE_CLIENT;
	s->began = s->heard_at = s->stirred = clock_now();
	s->work = event_new(base, -1, 0, work_called, s);
	s->clock = event_new(base, -1, 0, clock_called, s);
	if (!options->tls_implicit) /* else the first octets are TLS's, not ours */
		stream_open(stream, flow_stream_events(), s);
	session_schedule(s);
	return s;
}

void session_free(struct session *s)
{
	if (s == NULL || s->freed)
		return;
	session_enter(s);
	s->freed = true;
	(void)event_del(s->work);
	(void)event_del(s->clock);
	stream_free(s->stream);
	s->stream = NULL;
	for (size_t i = 0; i < s->nfaces; i++)
		face_close(s->faces[i]);
	s->nfaces = 0;
	(void)session_leave(s);
}

/* ---- faces ---- */

void session_add_face(struct session *s, struct face *face)
{
	s->faces = memory_grow(s->faces, s->nfaces + 1, sizeof s->faces[0]);
	s->faces[s->nfaces++] = face;
}

void session_drop_face(struct session *s, struct face *face)
{
	for (size_t i = 0; i < s->nfaces; i++) {
		if (s->faces[i] != face)
			continue;
		s->nfaces--;
		memmove(&s->faces[i], &s->faces[i + 1], (s->nfaces - i) * sizeof s->faces[0]);
		face_close(face);
		return;
	}
}

void session_remark(struct session *s, const char *format, ...)
{
	struct buffer text = { 0 }, room = { 0 };
	va_list ap;
	va_start(ap, format);
	buffer_vprintf(&text, format, ap);
	va_end(ap);
	struct slice shown = buffer_slice(&text);
	(void)mask_values(&s->options.masking, &shown, &room);
	for (size_t i = 0; i < s->nfaces; i++)
		face_remark(s->faces[i], shown);
	buffer_free(&text);
	buffer_free(&room);
}

/* ---- what goes over another connection ---- */

static bool may_show_aside(const struct session *s)
{
	return s->started && !s->telling && !s->freed && !s->over && !dialogue_tls_pending(s->dialogue);
}

void session_aside(struct session *s, enum side side, struct slice text, struct slice line_end, bool first)
{
	if (!may_show_aside(s))
		return;
	dialogue_aside(s->dialogue, side, text, line_end, first);
	flow_show_aside(s);
}

void session_aside_end(struct session *s, enum side side, uint64_t octets, uint64_t unshown)
{
	struct buffer words = { 0 };
	if (!may_show_aside(s))
		return;
	buffer_printf(&words, "%s sends %" PRIu64 " octet%s over the data connection",
	              side == SIDE_CLIENT ? "client" : "server", octets, octets == 1 ? "" : "s");
	for (size_t i = 0; i < s->nfaces; i++)
		face_direction(s->faces[i], buffer_slice(&words));
	if (unshown > 0 || octets == 0) {
		dialogue_payload(s->dialogue, side, buffer_slice(&words), unshown);
		flow_show_aside(s);
	}
	buffer_free(&words);
}

/* ---- saying and ending ---- */

/* Queues it; says it at once where no event is being told. */
static void say(struct session *s, enum item_kind kind, const char *p, size_t n)
{
	if (!session_going(s) || s->closed[s->options.side])
		if (kind != ITEM_HANG_UP || !session_going(s))
			return;
	queue_add(&s->to_say, kind, p, n);
	s->said = true;
	session_schedule(s);
	if (s->telling || !s->started)
		return;
	session_enter(s);
	flow_say(s);
	(void)session_leave(s);
}

void session_send(struct session *s, const char *p, size_t n)
{
	say(s, ITEM_OCTETS, p, n);
}

void session_blame(struct session *s, struct slice problem)
{
	say(s, ITEM_BLAME, problem.p, problem.n);
}

void session_shut(struct session *s)
{
	say(s, ITEM_SHUT, NULL, 0);
}

void session_hang_up(struct session *s)
{
	if (s->tls_due && !s->telling)
		queue_free(&s->to_say); /* what waits for a TLS that we no longer want is not said */
	say(s, ITEM_HANG_UP, NULL, 0);
}

void session_fail(struct session *s, enum session_end end, enum status status, const char *format, ...)
{
	struct buffer message = { 0 };
	va_list ap;
	if (s->ending || s->over || s->freed)
		return;
	va_start(ap, format);
	buffer_vprintf(&message, format, ap);
	va_end(ap);
	error_set(&s->error, status, SLICE_FMT, SLICE_ARG(buffer_slice(&message)));
	buffer_free(&message);
	ending_set(s, end);
}

/* ---- pausing ---- */

void session_pause(struct session *s)
{
	s->paused = true;
	if (s->stream && !s->tls_due)
		stream_pause(s->stream);
}

void session_resume(struct session *s)
{
	if (!s->paused)
		return;
	s->paused = false;
	s->heard_at = clock_now();
	if (s->stream && !s->tls_due)
		stream_resume(s->stream);
	session_schedule(s);
}

void session_nudge(struct session *s)
{
	s->asked = false;
	session_schedule(s);
}

/* ---- what it knows ---- */

bool session_going(const struct session *s)
{
	return !s->freed && !s->hanging && !s->ending && !s->over;
}

enum side session_peer_side(const struct session *s)
{
	return s->options.side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
}

enum side session_turn(const struct session *s)
{
	return s->greeting_awaited ? SIDE_SERVER : dialogue_turn(s->dialogue);
}

const struct dialogue *session_dialogue(const struct session *s)
{
	return s->dialogue;
}

const char *session_peer(const struct session *s)
{
	return s->peer;
}

const char *session_here(const struct session *s)
{
	return s->local;
}

bool session_local(const struct session *s)
{
	static const char *const local[] = { "127.", "[::1]", "[::ffff:127.", "unix:" };
	for (size_t i = 0; i < sizeof local / sizeof local[0]; i++)
		if (slice_starts(slice_of(s->peer), slice_of(local[i])))
			return true;
	return false;
}

bool session_over(const struct session *s)
{
	return s->over;
}

double session_seconds(const struct session *s)
{
	return clock_now() - s->began;
}

size_t session_waiting(const struct session *s)
{
	return s->to_say.octets + (s->stream ? stream_waiting(s->stream) : 0);
}

bool session_broken(const struct session *s)
{
	return s->stream != NULL && stream_broken(s->stream);
}

struct masking *session_masking(struct session *s)
{
	return &s->options.masking;
}

void session_set_timeout(struct session *s, double seconds)
{
	s->options.timeout = seconds;
	session_schedule(s);
}
