/*
 * Time: what silence means, when a reply is late, and when enough is enough.
 */
#include <event2/event.h>
#include <math.h>

#include "base/clock.h"
#include "session/inside.h"

/* Seconds of silence that end a reply where nothing else does; and that say that a server of an unknown protocol does
 * not greet. */
#define QUIET 0.5
#define NO_GREETING 2.0

/* How much longer a peer may take that has not answered at all. */
#define UNANSWERED 4

/* Seconds after which an unfinished line is shown. */
#define RESTS 0.2

/* Seconds that hanging up waits for what is still to be written, that a server has to hang up after its goodbye, and
 * that a driver has to answer a client that has ended what it says. */
#define HANG_UP_MAX 5.0
#define GOODBYE_MAX 5.0
#define GONE_MAX 10.0

static bool is_server(const struct session *s)
{
	return s->options.side == SIDE_SERVER;
}

/* Whether the peer must do something: speak, read what we say, or close after we have. */
static bool peer_owes(const struct session *s)
{
	if (!session_going(s) || s->paused || s->stream == NULL || s->tls_due)
		return false;
	return session_turn(s) != s->options.side || s->closed[s->options.side] || stream_waiting(s->stream) > 0;
}

static bool silence_matters(const struct session *s)
{
	if (!session_going(s) || s->paused || s->tls_due || s->quiet_told)
		return false;
	if (is_server(s))
		return dialogue_unfinished(s->dialogue, SIDE_CLIENT).n > 0;
	return session_turn(s) == SIDE_SERVER || dialogue_unfinished(s->dialogue, SIDE_SERVER).n;
}

static double silence(const struct session *s)
{
	if (s->greeting_awaited && dialogue_unfinished(s->dialogue, SIDE_SERVER).n == 0)
		return NO_GREETING;
	double quiet = s->options.quiet > 0 ? s->options.quiet : QUIET;
	return s->answered || is_server(s) ? quiet : quiet * UNANSWERED;
}

/* Whether a line of the server's stands unfinished that the faces have not been shown. */
static bool unfinished_rests(const struct session *s)
{
	size_t n = dialogue_unfinished(s->dialogue, SIDE_SERVER).n;
	return session_going(s) && !is_server(s) && n && n != s->unfinished;
}

/* The moments at which something is due; INFINITY where it never is. */
static double late_at(const struct session *s)
{
	double since = s->late_at > s->heard_at ? s->late_at : s->heard_at;
	return s->options.timeout > 0 && peer_owes(s) ? since + s->options.timeout : INFINITY;
}

static double quiet_at(const struct session *s)
{
	return silence_matters(s) ? s->stirred + silence(s) : INFINITY;
}

static double rests_at(const struct session *s)
{
	return unfinished_rests(s) ? s->stirred + RESTS : INFINITY;
}

static double over_at(const struct session *s)
{
	return s->options.max_time > 0 && session_going(s) ? s->began + s->options.max_time : INFINITY;
}

/* A server that has said goodbye and does not close: then we do (RFC 5321 4.1.1.10). */
static double parted_at(const struct session *s)
{
	bool parting = session_going(s) && !is_server(s) && !s->paused && dialogue_closing(s->dialogue);
	return parting ? s->heard_at + GOODBYE_MAX : INFINITY;
}

static double given_up_at(const struct session *s)
{
	if (s->hanging && !s->ending)
		return s->hung_up_at + HANG_UP_MAX;
	return s->gone_at > 0 && session_going(s) ? s->gone_at + GONE_MAX : INFINITY;
}

static double shaken_at(const struct session *s)
{
	return s->shaking && session_going(s) ? s->shaking_since + encrypt_patience(s) : INFINITY;
}

void deadline_set(struct session *s)
{
	double at = fmin(fmin(fmin(late_at(s), shaken_at(s)), quiet_at(s)),
	                 fmin(rests_at(s), fmin(over_at(s), fmin(parted_at(s), given_up_at(s)))));
	/* One that is due already and waits for its turn keeps its place. */
	if (at == s->clock_at && event_pending(s->clock, EV_TIMEOUT, NULL))
		return;
	s->clock_at = at;
	(void)event_del(s->clock);
	if (s->over || isinf(at))
		return;
	struct timeval left = clock_span(fmin(fmax(at - clock_now(), 0), 86400));
	(void)event_add(s->clock, &left);
}

static void quiet_passed(struct session *s)
{
	s->quiet_told = true;
	s->greeting_awaited = false;
	dialogue_quiet(s->dialogue);
	flow_tell(s);
}

static void late_passed(struct session *s, double now)
{
	size_t waiting = s->stream ? stream_waiting(s->stream) : 0;
	if (waiting != s->unwritten && waiting > 0) {
		s->unwritten = waiting; /* the peer does read, if slowly */
		s->heard_at = now;
		return;
	}
	s->late_at = now;
	ending_late(s, round((now - s->heard_at) * 10) / 10);
}

void deadline_passed(struct session *s)
{
	double now = clock_now();
	if (now >= over_at(s))
		session_fail(s, END_TIMEOUT, STATUS_TIMEOUT, "%s: the session was not over within %g s (--max-time)",
		             s->peer, s->options.max_time);
	if (now >= shaken_at(s))
		encrypt_late(s);
	if (now >= given_up_at(s))
		ending_set(s, END_CLOSED);
	if (now >= parted_at(s))
		ending_hang_up(s);
	if (now >= rests_at(s))
		flow_show_unfinished(s);
	if (now >= quiet_at(s))
		quiet_passed(s);
	if (!s->freed && now >= late_at(s))
		late_passed(s, now);
}
