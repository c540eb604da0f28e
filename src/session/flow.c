/*
 * Octets into the dialogue, events out of it: to the mask, the faces and the driver.
 */
#include "base/clock.h"
#include "base/escape.h"
#include "protocol/protocol.h"
#include "protocol/upgrade.h"
#include "session/inside.h"

/* While so many octets wait to be written, the driver is not asked for more, and a client is not listened to. */
#define UNWRITTEN_MAX ((size_t)64 * 1024)

/* Seconds that what a client has said takes, at once, before other clients have their turn; and octets of it that may
 * wait for the next turn before it is not listened to. */
#define TURN 0.005
#define UNHEARD_MAX ((size_t)64 * 1024)

/* ---- telling ---- */

static void show(struct session *s, const struct dialogue_event *event)
{
	struct dialogue_event masked;
	mask_event(&s->options.masking, event, &s->room, &masked);
	awaited_follow(&s->awaited, &masked);
	for (size_t i = 0; i < s->nfaces; i++)
		face_event(s->faces[i], &masked);
}

/* What an event changes for the session itself. */
static void follow(struct session *s, const struct dialogue_event *event)
{
	if (event->side == session_peer_side(s) || event->kind == EVENT_STAGE) {
		s->heard_at = clock_now();
		s->late_at = 0;
		s->asked = false;
	}
	if (event->kind != EVENT_STAGE)
		s->greeting_awaited = false;
	if (event->side == SIDE_SERVER)
		s->unfinished = 0;
	s->finals += event->has_final && event->final;
}

void flow_tell(struct session *s)
{
	struct dialogue_event event;
	s->telling = true;
	while (!s->freed && dialogue_next(s->dialogue, &event)) {
		event.t = session_seconds(s);
		if (event.kind == EVENT_STAGE && event.stage == STAGE_TLS)
			encrypt_tell(s, &event);
		if (event.kind == EVENT_STAGE && event.stage == STAGE_CLOSE && s->ending && s->end == END_TLS)
			event.note = event.ref = event.problem = SLICE(
				""); /* who hangs up for want of TLS owes nothing */
		follow(s, &event);
		show(s, &event);
		if (s->upgrade)
			upgrade_event(s->upgrade, s->dialogue, &event);
		s->upgrade_heard = true;
		if (s->driver->event)
			s->driver->event(s->context, s, &event);
	}
	s->telling = false;
	/* Whatever comes now came too early: it stays where it is until TLS has begun. */
	if (!s->freed && dialogue_tls_pending(s->dialogue))
		session_begin_tls(s);
}

void flow_show_aside(struct session *s)
{
	struct dialogue_event event;
	while (dialogue_next(s->dialogue, &event)) {
		event.t = session_seconds(s);
		show(s, &event);
	}
}

void flow_stage(struct session *s, enum stage stage, enum side side)
{
	if (stage == STAGE_CLOSE && s->closed[side])
		return;
	if (stage == STAGE_CLOSE)
		s->closed[side] = true;
	dialogue_stage(s->dialogue, stage, side);
	flow_tell(s);
}

void flow_show_unfinished(struct session *s)
{
	struct buffer room = { 0 };
	struct slice text = dialogue_unfinished(s->dialogue, SIDE_SERVER);
	s->unfinished = text.n;
	(void)mask_values(&s->options.masking, &text, &room);
	for (size_t i = 0; i < s->nfaces; i++)
		face_unfinished(s->faces[i], text);
	buffer_free(&room);
}

/* ---- saying ---- */

static void stirred(struct session *s)
{
	s->stirred = clock_now();
	s->quiet_told = false;
}

/* How many octets go out in the clear behind our reply that begins TLS: an attack, and no part of the conversation. */
static size_t injected(struct session *s, size_t rest)
{
	if (!s->tls_due || !s->options.injects || rest == 0)
		return 0;
	session_remark(
		s, "In the clear, behind the reply that begins TLS, %zu more octet%s went out, as the script has it",
		rest, rest == 1 ? "" : "s");
	return rest;
}

/* Says octets of ours: the dialogue is told, and what it took goes to the stream. Returns how many went there. */
static size_t say_octets(struct session *s, const char *p, size_t n)
{
	size_t taken = 0;
	do {
		size_t took = dialogue_feed(s->dialogue, s->options.side, p + taken, n - taken);
		flow_tell(s);
		if (s->freed)
			return taken;
		taken += took;
		if (took == 0)
			break;
	} while (taken < n && !s->tls_due);
	taken += injected(s, n - taken);
	if (s->stream && (taken > 0 || n == 0))
		stream_write(s->stream, p, taken);
	encrypt_end(s);
	stirred(s);
	s->answered = false;
	s->heard_at = s->stirred;
	s->late_at = 0;
	s->greeting_awaited = false;
	s->said = true;
	s->asked = false;
	return taken;
}

static void say_item(struct session *s, struct item *item)
{
	if (item->kind == ITEM_OCTETS) {
		size_t left = item->n - item->used;
		size_t took = say_octets(s, item->p + item->used, left);
		if (s->freed)
			return;
		if (took < left && !s->tls_due)
			queue_drop(&s->to_say); /* nobody listens any more */
		else if (took == 0 && left > 0)
			return; /* after TLS has begun */
		else
			queue_use(&s->to_say, took);
		return;
	}
	if (item->kind == ITEM_BLAME) {
		dialogue_blame(s->dialogue, s->options.side, (struct slice){ item->p, item->n });
		queue_drop(&s->to_say);
		return;
	}
	bool shut = item->kind == ITEM_SHUT;
	queue_drop(&s->to_say);
	if (!shut) {
		ending_hang_up(s);
		return;
	}
	flow_stage(s, STAGE_CLOSE, s->options.side);
	if (!s->freed && s->stream)
		stream_shut(s->stream);
}

void flow_say(struct session *s)
{
	struct item *item;
	while (session_going(s) && (item = queue_first(&s->to_say)) != NULL &&
	       !(s->tls_due && item->kind == ITEM_OCTETS))
		say_item(s, item);
}

/* ---- hearing ---- */

/* Who asks and does not read the answers waits until they are written: what is kept for a client has a bound. */
static bool unread(const struct session *s)
{
	return s->options.side == SIDE_SERVER && s->stream && !stream_broken(s->stream) &&
	       stream_waiting(s->stream) > UNWRITTEN_MAX;
}

/* Who says more than can be answered meanwhile waits, too. */
static bool unheard(const struct session *s)
{
	return s->options.side == SIDE_SERVER && s->heard.octets > UNHEARD_MAX;
}

void flow_listen(struct session *s)
{
	if (!s->refused || !session_going(s) || s->paused || s->tls_due || unread(s) || unheard(s))
		return;
	s->refused = false;
	if (s->stream)
		stream_resume(s->stream);
}

void flow_hear(struct session *s)
{
	struct item *item;
	double began = clock_now();
	while (session_going(s) && !s->paused && !s->tls_due && !unread(s) && (item = queue_first(&s->heard)) != NULL) {
		size_t left = item->n - item->used;
		size_t took = dialogue_feed(s->dialogue, session_peer_side(s), item->p + item->used, left);
		if (took == 0 && left > 0)
			queue_drop(&s->heard); /* said after the close */
		else
			queue_use(&s->heard, took);
		stirred(s);
		s->answered = true;
		flow_tell(s);
		encrypt_end(s);
		/* A server answers a command before it reads the next, even where a client says all at once. */
		if (s->options.side == SIDE_SERVER && session_going(s)) {
			flow_say(s);
			flow_ask(s);
		}
		if (s->options.side == SIDE_SERVER && s->stirred - began > TURN) {
			session_schedule(s);
			return;
		}
	}
	flow_listen(s);
}

static size_t stream_octets(void *context, const char *p, size_t n)
{
	struct session *s = context;
	if (!session_going(s))
		return n;
	if (s->paused || s->tls_due)
		return 0;
	if (unread(s) || unheard(s)) {
		s->refused = true;
		return 0;
	}
	queue_add(&s->heard, ITEM_OCTETS, p, n);
	session_schedule(s);
	return n;
}

static void stream_end(void *context, enum stream_end how, const char *why)
{
	struct session *s = context;
	s->peer_ended = true;
	s->peer_truncated = how == STREAM_TRUNCATED;
	s->peer_error = string_copy(why);
	session_schedule(s);
}

static void stream_drained(void *context)
{
	session_schedule(context);
}

const struct stream_events *flow_stream_events(void)
{
	static const struct stream_events events = { stream_octets, stream_end, stream_drained };
	return &events;
}

/* ---- asking ---- */

/* Whether the driver may be asked: it is our turn, nothing of ours waits, and a client has heard all that has come. */
static bool askable(const struct session *s)
{
	if (!session_going(s) || s->asked || s->tls_due || s->closed[s->options.side] || s->stream == NULL)
		return false;
	if (queue_first(&s->to_say) || stream_waiting(s->stream) > UNWRITTEN_MAX)
		return false;
	if (s->options.side == SIDE_CLIENT && queue_first(&s->heard))
		return false;
	return session_turn(s) == s->options.side;
}

void flow_ask(struct session *s)
{
	if (!askable(s))
		return;
	if (s->upgrade) {
		encrypt_upgrade(s);
		return;
	}
	if (s->driver->my_turn == NULL)
		return;
	s->asked = true;
	s->said = false;
	s->driver->my_turn(s->context, s);
	if (!s->freed && s->said) {
		s->asked = false;
		session_schedule(s);
	}
}
