/*
 * How a session ends, and the stage at which many of them must: TLS.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/escape.h"
#include "session/inside.h"

/* The most of injected octets that is shown. */
#define INJECTED_SHOWN 200

void ending_set(struct session *s, enum session_end end)
{
	if (s->ending || s->over)
		return;
	s->ending = true;
	s->end = end;
	session_schedule(s);
}

static const char *side_words(enum side side)
{
	return side == SIDE_CLIENT ? "client" : "server";
}

/* ---- hanging up ---- */

void ending_hang_up(struct session *s)
{
	if (s->hanging)
		return;
	flow_stage(s, STAGE_CLOSE, s->options.side, false);
	if (s->freed)
		return;
	s->hanging = true;
	s->hung_up_at = clock_now();
	session_schedule(s);
}

/* Whether something was asked that has not been answered. */
static bool answer_pending(const struct session *s)
{
	if (s->options.side == SIDE_SERVER)
		return false;
	return session_turn(s) == SIDE_SERVER || dialogue_outstanding(s->dialogue) > 0 ||
	       dialogue_in_reply(s->dialogue);
}

/* The server went in the middle, or with an error. */
static void lost(struct session *s, bool pending)
{
	struct buffer awaited = { 0 };
	awaited_words(&s->awaited, s->dialogue, &awaited);
	const char *why = s->peer_error ? s->peer_error : "the connection was closed by the server";
	if (pending)
		error_set(&s->error, STATUS_CONNECTION, "%s: %s: " SLICE_FMT " never came", s->peer, why,
		          SLICE_ARG(buffer_slice(&awaited)));
	else
		error_set(&s->error, STATUS_CONNECTION, "%s: %s", s->peer, why);
	buffer_free(&awaited);
	ending_set(s, END_LOST);
}

/* A server goes on answering a client that has only ended what it says. */
static void client_went(struct session *s)
{
	if (s->peer_error) {
		error_set(&s->error, STATUS_CONNECTION, "%s: %s", s->peer, s->peer_error);
		ending_set(s, END_LOST);
	}
	s->gone_at = clock_now();
}

void ending_peer(struct session *s)
{
	if (!s->peer_ended || !session_going(s) || queue_first(&s->heard))
		return;
	s->peer_ended = false;
	bool pending = answer_pending(s);
	size_t wanted = dialogue_outstanding(s->dialogue), before = s->finals;
	flow_stage(s, STAGE_CLOSE, session_peer_side(s), false);
	if (!session_going(s))
		return;
	if (s->options.side == SIDE_SERVER) {
		client_went(s);
		return;
	}
	/* The close itself may have completed what was awaited. */
	size_t came = s->finals - before;
	if (came > 0 && came >= wanted)
		pending = false;
	if (dialogue_closing(s->dialogue) || (!pending && s->peer_error == NULL))
		ending_set(s, END_CLOSED);
	else
		lost(s, pending);
}

void ending_late(struct session *s, double seconds)
{
	struct buffer awaited = { 0 };
	if (s->driver->late) {
		bool wait = s->driver->late(s->context, s, seconds);
		if (s->freed || wait)
			return;
	}
	awaited_words(&s->awaited, s->dialogue, &awaited);
	if (s->options.side == SIDE_SERVER)
		session_fail(s, END_TIMEOUT, STATUS_TIMEOUT, "%s: the client said nothing for %g s", s->peer, seconds);
	else
		session_fail(s, END_TIMEOUT, STATUS_TIMEOUT,
		             "%s: " SLICE_FMT " did not come within %g s "
		             "(--timeout SECONDS waits longer)",
		             s->peer, SLICE_ARG(buffer_slice(&awaited)), seconds);
	buffer_free(&awaited);
}

/* ---- TLS ---- */

/*
 * Octets in the clear that came before TLS began. Who fed them to the dialogue after the handshake would take them for
 * encrypted ones: that is the injection of commands (CVE-2011-0411) and of replies ("Why TLS Is Better Without
 * STARTTLS", USENIX Security 2021, section 4).
 */
static void injected(struct session *s, struct slice octets)
{
	struct buffer shown = { 0 };
	const char *who = side_words(session_peer_side(s));
	escape_text(&shown, slice_part(octets, 0, INJECTED_SHOWN));
	session_remark(s, "In the clear, and too early, the %s sent %zu more octet%s: " SLICE_FMT "%s", who, octets.n,
	               octets.n == 1 ? "" : "s", SLICE_ARG(buffer_slice(&shown)),
	               octets.n > INJECTED_SHOWN ? " …" : "");
	session_remark(
		s, "Nothing may stand between the reply that agrees on TLS and the handshake. Anybody on the way could "
		   "have put it there, and a program that reads it after the handshake takes it for encrypted: the "
		   "STARTTLS injection attack. It is not read, and the session ends here.");
	session_fail(s, END_TLS, STATUS_TLS,
	             "%s: %zu octet%s in the clear behind the reply that begins TLS: a STARTTLS "
	             "injection attack, or a broken %s",
	             s->peer, octets.n, octets.n == 1 ? "" : "s", who);
	buffer_free(&shown);
}

/* Whether anything was heard that came too early; the session then ends. */
static bool heard_early(struct session *s)
{
	struct buffer octets = { 0 };
	for (const struct item *item = queue_first(&s->heard); item; item = item->next)
		buffer_add(&octets, item->p + item->used, item->n - item->used);
	bool early = octets.n > 0;
	if (early)
		injected(s, buffer_slice(&octets));
	buffer_free(&octets);
	return early;
}

void ending_tls(struct session *s)
{
	if (!s->tls_due || s->tls_told || !session_going(s))
		return;
	if (heard_early(s))
		return;
	s->tls_told = true;
	if (s->driver->tls && s->driver->tls(s->context, s))
		return;
	if (!s->freed)
		session_fail(s, END_TLS, STATUS_TLS, "%s: TLS was agreed on, and this session cannot begin it",
		             s->peer);
}

/* TLS, or what plays it, has begun. */
static void begun(struct session *s, enum stage stage, bool encrypted)
{
	s->tls_due = false;
	flow_stage(s, stage, SIDE_CLIENT, encrypted);
	session_schedule(s);
}

/* The handshake's first octets are the client's, and may already lie before a server that has just agreed: what begins
 * like a TLS record (RFC 8446 5.1: handshake, version 3.x) is no plaintext. */
static bool is_handshake(const struct session *s, struct slice octets)
{
	return s->options.side == SIDE_SERVER && octets.n >= 2 && octets.p[0] == 0x16 && octets.p[1] == 0x03;
}

/* Swaps the streams; false where the session ends instead. */
static bool swap(struct session *s, session_upgrade_stream *upgrade, void *context)
{
	struct buffer unread = { 0 };
	struct error error = { 0 };
	s->stream = upgrade(context, s->stream, &unread, &error);
	if (s->stream == NULL)
		session_fail(s, END_TLS, error.status ? error.status : STATUS_TLS, "%s",
		             error.message ? error.message : "the connection could not be upgraded");
	else if (unread.n && !is_handshake(s, buffer_slice(&unread)))
		injected(s, buffer_slice(&unread));
	buffer_free(&unread);
	error_clear(&error);
	return session_going(s);
}

bool session_upgrade(struct session *s, enum stage stage, session_upgrade_stream *upgrade, void *context)
{
	assert(!s->telling);
	if (!session_going(s) || s->stream == NULL)
		return false;
	session_enter(s);
	bool good = !heard_early(s) && swap(s, upgrade, context);
	if (good) {
		stream_open(s->stream, flow_stream_events(), s);
		if (s->paused)
			stream_pause(s->stream);
		begun(s, stage, s->stream->kind->secure);
	}
	return session_leave(s) && good;
}

void session_play_tls(struct session *s)
{
	assert(!s->telling);
	if (!session_going(s))
		return;
	session_enter(s);
	if (!heard_early(s)) {
		if (s->stream && !s->paused)
			stream_resume(s->stream);
		begun(s, STAGE_TLS, false);
	}
	(void)session_leave(s);
}

/* ---- the end ---- */

/* Whether hanging up can be carried out: all is written, or nobody takes it. */
static bool may_hang_up(const struct session *s)
{
	return s->hanging && (s->stream == NULL || stream_waiting(s->stream) == 0 || s->peer_ended);
}

/* Whether the client has gone and nothing is owed to it. */
static bool nothing_owed(const struct session *s)
{
	return s->options.side == SIDE_SERVER && s->closed[SIDE_CLIENT] && dialogue_outstanding(s->dialogue) == 0 &&
	       (s->stream == NULL || stream_waiting(s->stream) == 0) && queue_first(&s->to_say) == NULL;
}

void ending_finish(struct session *s)
{
	if (s->freed || s->over)
		return;
	if (may_hang_up(s) || nothing_owed(s))
		ending_set(s, END_CLOSED);
	if (!s->ending)
		return;
	if (!s->closed[SIDE_CLIENT] && !s->closed[SIDE_SERVER])
		flow_stage(s, STAGE_CLOSE, s->options.side, false);
	if (s->freed)
		return;
	s->over = true;
	stream_free(s->stream);
	s->stream = NULL;
	if (s->driver->closed)
		s->driver->closed(s->context, s, s->end, &s->error);
}
