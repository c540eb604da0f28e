/*
 * How a session ends.
 */
#include "base/clock.h"
#include "protocol/protocol.h"
#include "session/inside.h"

void ending_set(struct session *s, enum session_end end)
{
	if (s->ending || s->over)
		return;
	s->ending = true;
	s->end = end;
	session_schedule(s);
}

/* ---- hanging up ---- */

void ending_hang_up(struct session *s)
{
	if (s->hanging)
		return;
	flow_stage(s, STAGE_CLOSE, s->options.side);
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
	const char *why = s->peer_error ? s->peer_error
	                  : s->peer_truncated
	                          ? "the server hung up without TLS's close_notify: anybody on the way can cut "
	                            "a connection so, and what came last may be incomplete (RFC 8446 6.1)"
	                          : "the connection was closed by the server";
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

/* Whether a long reply is under way to a client that has only ended what it says: its end is told when that is said. */
static bool still_answering(const struct session *s)
{
	return s->options.side == SIDE_SERVER && s->paused && s->peer_error == NULL && !session_broken(s);
}

void ending_peer(struct session *s)
{
	if (!s->peer_ended || !session_going(s) || queue_first(&s->heard) || still_answering(s))
		return;
	s->peer_ended = false;
	bool pending = answer_pending(s);
	size_t wanted = dialogue_outstanding(s->dialogue), before = s->finals;
	flow_stage(s, STAGE_CLOSE, session_peer_side(s));
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
	bool parted = dialogue_closing(s->dialogue) || (s->closed[s->options.side] && !pending);
	if (s->peer_truncated && dialogue_closing(s->dialogue))
		session_remark(
			s,
			"The server hung up without TLS's close_notify, which RFC 8446 6.1 and RFC 5246 7.2.1 ask for; after the goodbye "
			"nothing can be missing.");
	if (dialogue_closing(s->dialogue) || (!pending && s->peer_error == NULL && (parted || !s->peer_truncated)))
		ending_set(s, END_CLOSED);
	else
		lost(s, pending);
}

/* Whether the server may be one that speaks TLS from the first octet: in the clear, it has never said a word. */
static bool awaits_tls(const struct session *s)
{
	return !dialogue_secure(s->dialogue) && !s->awaited.server_spoke && !dialogue_protocol(s->dialogue)->datagrams;
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
		             "(--timeout SECONDS waits longer%s)",
		             s->peer, SLICE_ARG(buffer_slice(&awaited)), seconds,
		             awaits_tls(s) ? "; a server that waits for TLS says nothing: --tls" : "");
	buffer_free(&awaited);
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
		flow_stage(s, STAGE_CLOSE, s->options.side);
	if (s->freed)
		return;
	s->over = true;
	stream_free(s->stream);
	s->stream = NULL;
	if (s->driver->closed)
		s->driver->closed(s->context, s, s->end, &s->error);
}
