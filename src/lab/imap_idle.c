/*
 * IDLE (RFC 2177): what others do is told at once.
 */
#include <event2/event.h>

#include "base/clock.h"
#include "lab/imap_visit.h"
#include "session/session.h"

/* Octets that may wait to be written before no more is told, and how long is waited then, in seconds. */
#define WAITING_MAX 65536
#define PATIENCE 0.1

static void tell(evutil_socket_t fd, short what, void *context)
{
	struct imap_visit *v = context;
	(void)fd;
	(void)what;
	if (!v->idle || v->leaving || !imap_view_stale(&v->view, true))
		return;
	bool full = session_waiting(visit_session(v->visit)) > WAITING_MAX;
	if (!full) {
		imap_view_tell(&v->view, true, &v->out);
		imap_go(v);
	}
	if (imap_view_stale(&v->view, true)) {
		struct timeval soon = clock_span(full ? PATIENCE : 0);
		(void)event_add(v->stir, &soon);
	}
}

/* Several changes at once are told together, from the loop. */
void imap_idle_stirred(void *visit)
{
	struct imap_visit *v = visit;
	if (!v->idle || v->leaving || evtimer_pending(v->stir, NULL))
		return;
	struct timeval now = clock_span(0);
	(void)event_add(v->stir, &now);
}

void imap_do_idle(struct imap_visit *v)
{
	if (v->command.tree.n) {
		imap_bad(v, "nothing stands behind this command's name");
		return;
	}
	if (v->stir == NULL)
		v->stir = evtimer_new(visit_loop(v->visit), tell, v);
	v->idle = true;
	v->bad = 0;
	buffer_add_string(&v->out, "+ What changes is told from now on, until you say DONE\r\n");
	imap_idle_stirred(v);
}

void imap_idle_said(struct imap_visit *v, struct slice line)
{
	v->idle = false;
	if (slice_equal_nocase(line, SLICE("DONE")))
		imap_completed(v);
	else
		imap_bad_value(v, "IDLE waits for DONE, and is over now");
}
