/*
 * A script served: a listener, and for each client a session with an answerer.
 */
#include "play/service.h"

#include <event2/event.h>
#include <stdlib.h>

#include "base/clock.h"
#include "net/listen.h"
#include "play/cuttable.h"
#include "play/second.h"
#include "script/answer.h"
#include "session/session.h"

/* Steps that may wait before a client that says ever more is not listened to. */
#define WAITING_MAX 256

/* Seconds that a client over UDP is remembered. */
#define DATAGRAMS_MAX 600.0

/* Seconds between two looks at whether a client has read what was said to it, before more goes out. */
#define UNREAD 0.02

struct client {
	struct service *service;
	struct client *next, *previous;
	struct session *session;
	struct answerer *answerer;
	struct face *face;         /* the session's; NULL where nothing is shown */
	struct delivery *delivery; /* NULL: what is said goes out as it is */
	struct stream *cuttable;   /* the session's; NULL where it is never cut */
	struct event *pause;       /* in the delivery; NULL where there is none */
	struct second *second;     /* FTP's data connections; NULL: another protocol */
	bool carrying;             /* what goes over them: nothing is said meanwhile */
	struct event *wake;        /* something happened: from inside an event nothing can be said yet */
	bool holding, paused;
	bool gone;    /* the client has hung up */
	bool leaving; /* we have */
	bool cut;     /* in the middle of something */
};

struct service {
	struct service_options options;
	struct event_base *base;
	struct listener *listener;
	struct client *clients;
	size_t nclients;
	bool served; /* a client has come */
};

/* ---- its end ---- */

/* Over UDP nobody hangs up: the one client that was waited for is done when the script is. */
static bool datagrams_done(const struct client *c)
{
	size_t line;
	return c->service->options.once && c->service->options.rehearsal->protocol->datagrams &&
	       answerer_closed(c->answerer, &line);
}

/* A client that asks faster than it is answered is not read for a while. */
static void pace(struct client *c)
{
	bool full = answerer_waiting(c->answerer) > WAITING_MAX;
	if (full == c->paused)
		return;
	c->paused = full;
	(full ? session_pause : session_resume)(c->session);
}

static void hang_up(struct client *c)
{
	c->leaving = true;
	session_hang_up(c->session);
}

/* ---- faults ---- */

static void hold(struct client *c, double seconds)
{
	struct timeval span = clock_span(seconds);
	c->holding = true;
	(void)event_add(c->pause, &span);
}

static void tell_fault(const struct client *c, const struct fault *fault)
{
	if (c->face && c->service->options.fault)
		c->service->options.fault(c->face, fault, session_seconds(c->session));
}

/* Hangs up so that the client hears no goodbye, not even TLS's. */
static void cut(struct client *c)
{
	cuttable_cut(c->cuttable);
	c->cut = true;
	hang_up(c);
}

/* A connection that is cut under TLS is cut behind the handshake. */
static bool may_deliver(const struct client *c)
{
	bool implicit = c->service->options.tls_implicit || c->service->options.rehearsal->tls_implicit;
	return c->delivery && (!implicit || dialogue_secure(session_dialogue(c->session)));
}

/* Has go out what can go out now. */
static void deliver(struct client *c)
{
	struct delivery_step step;
	enum delivery_act act = DELIVER_NOTHING;
	while (!c->holding && !c->leaving && may_deliver(c) &&
	       (act = delivery_next(c->delivery, &step)) != DELIVER_NOTHING) {
		if (act == DELIVER_OCTETS)
			session_send(c->session, step.text.p, step.text.n);
		else if (act == DELIVER_PAUSE)
			hold(c, step.seconds);
		else if (act == DELIVER_FAULT)
			tell_fault(c, &step.fault);
		else if (act == DELIVER_CUT)
			cut(c);
		else if (step.text.n)
			session_blame(c->session, step.text);
	}
}

/* ---- doing what the answerer says ---- */

static void say_text(struct client *c, const struct answer_step *step, struct slice text)
{
	if (c->delivery) {
		delivery_add(c->delivery, text, step->problem, step->begins);
		if (step->ends)
			deliver(c);
		return;
	}
	if (step->problem.n)
		session_blame(c->session, step->problem);
	session_send(c->session, text.p, text.n);
}

/* The script's own address of a data connection is nobody's: ours stands there instead. */
static void say_step(struct client *c, const struct answer_step *step)
{
	struct buffer line = { 0 };
	bool ours = c->second && second_rewrite(c->second, step->text, &line);
	say_text(c, step, ours ? buffer_slice(&line) : step->text);
	buffer_free(&line);
}

static void carry(struct client *c, const struct answer_step *step)
{
	c->carrying = c->second && second_carry(c->second, step->side, step->octets);
	if (!c->carrying)
		session_remark(c->session, "what goes over the data connection is passed over: there is none");
}

static void run(struct client *c)
{
	struct answer_step step;
	enum answer_act act = ANSWER_NOTHING;
	deliver(c);
	while (!c->holding && !c->carrying && !c->leaving &&
	       (act = answerer_next(c->answerer, &step)) != ANSWER_NOTHING) {
		if (act == ANSWER_HANG_UP)
			hang_up(c);
		else if (act == ANSWER_DATA)
			carry(c, &step);
		else if (act == ANSWER_TLS)
			session_begin_tls(c->session);
		else if (act == ANSWER_REMARK)
			session_remark(c->session, SLICE_FMT, SLICE_ARG(step.text));
		else if (act == ANSWER_COMMENT && c->face)
			face_comment(c->face, step.text);
		else if (act == ANSWER_SAY)
			say_step(c, &step);
	}
	if (c->leaving)
		return;
	pace(c);
	if (!c->holding && !c->carrying && (c->gone || datagrams_done(c)))
		hang_up(c);
}

/* What was said before has to be written before more goes out: each piece is a write of its own. */
static void pause_over(evutil_socket_t fd, short what, void *context)
{
	struct client *c = context;
	(void)fd;
	(void)what;
	c->holding = false;
	if (session_over(c->session))
		return;
	if (session_waiting(c->session) > 0 && !c->gone)
		hold(c, UNREAD);
	else
		run(c);
}

static void woken(evutil_socket_t fd, short what, void *context)
{
	struct client *c = context;
	(void)fd;
	(void)what;
	if (!session_over(c->session))
		run(c);
}

/* ---- a client ---- */

static void client_free(struct service *service, struct client *c)
{
	if (c->previous)
		c->previous->next = c->next;
	else
		service->clients = c->next;
	if (c->next)
		c->next->previous = c->previous;
	service->nclients--;
	if (c->pause)
		event_free(c->pause);
	event_free(c->wake);
	second_free(c->second);
	answerer_free(c->answerer);
	delivery_free(c->delivery);
	session_free(c->session);
	free(c);
}

static void my_turn(void *context, struct session *session)
{
	(void)session;
	run(context);
}

static void heard(void *context, struct session *session, const struct dialogue_event *event)
{
	struct client *c = context;
	answerer_event(c->answerer, session_dialogue(session), event);
	if (c->second)
		second_event(c->second, event);
	c->gone = c->gone || (event->kind == EVENT_STAGE && event->stage == STAGE_CLOSE && event->side == SIDE_CLIENT);
	if (event->side == SIDE_CLIENT || event->kind == EVENT_STAGE)
		event_active(c->wake, EV_TIMEOUT, 0);
}

/* What went over the data connection is through: from inside its own event nothing is said. */
static void carried(void *context)
{
	struct client *c = context;
	c->carrying = false;
	event_active(c->wake, EV_TIMEOUT, 0);
}

static void tell_end(struct client *c, const struct error *error)
{
	const struct rehearsal *r = c->service->options.rehearsal;
	size_t line;
	if (error->message)
		session_remark(c->session, "%s", error->message);
	if ((c->gone || !c->leaving) && !c->cut && !answerer_closed(c->answerer, &line))
		session_remark(c->session, "the client left before the script was done: %s:%u comes next",
		               r->script->file, r->script->lines[line].number);
}

static void closed(void *context, struct session *session, enum session_end end, const struct error *error)
{
	struct client *c = context;
	struct service *service = c->service;
	(void)session;
	(void)end;
	tell_end(c, error);
	client_free(service, c);
	if (service->options.gone)
		service->options.gone(service->options.context);
}

static const struct session_driver driver = { .my_turn = my_turn, .event = heard, .closed = closed };

static void client_came(void *context, struct stream *stream)
{
	struct service *service = context;
	const struct service_options *o = &service->options;
	const struct protocol *protocol = o->rehearsal->protocol;
	if (o->once && service->served) {
		stream_free(stream);
		return;
	}
	service->served = true;
	struct client *c = memory_zeroed(1, sizeof *c);
	struct session_options options = { .protocol = protocol, .side = SIDE_SERVER, .masking = o->masking };
	options.max_time = protocol->datagrams ? DATAGRAMS_MAX : 0;
	options.tls = o->tls;
	options.tls_implicit = o->rehearsal->tls_implicit || o->tls_implicit;
	options.injects = true;
	c->service = service;
	c->next = service->clients;
	if (c->next)
		c->next->previous = c;
	service->clients = c;
	service->nclients++;
	c->answerer = answerer_new(o->rehearsal, o->variables, o->strict);
	c->delivery = delivery_new(&service->options.faults, protocol->datagrams);
	if (c->delivery)
		c->pause = event_new(service->base, -1, 0, pause_over, c);
	if (o->faults.drop)
		stream = c->cuttable = cuttable(stream);
	c->wake = event_new(service->base, -1, 0, woken, c);
	c->face = o->face ? o->face(o->context, stream->peer) : NULL;
	c->session = session_new(service->base, stream, &options, &driver, c);
	if (protocol->data_connection)
		c->second = second_new(service->base, c->session, o->tls, carried, c);
	if (c->face)
		session_add_face(c->session, c->face);
}

/* ---- the service ---- */

/* A datagram arrives whole or not at all, and there is no connection to cut. */
static enum status datagrams_whole(const struct faults *faults, struct error *error)
{
	if (!faults->split && !faults->drop)
		return STATUS_OK;
	return error_set(error, STATUS_USAGE, "--%s: a datagram goes out whole: leave it out for udp",
	                 faults->split ? "split" : "drop-after");
}

enum status service_start(struct event_base *base, const struct service_options *options, struct service **service,
                          struct error *error)
{
	struct service *s = memory_zeroed(1, sizeof *s);
	s->options = *options;
	s->base = base;
	bool datagrams = options->rehearsal->protocol->datagrams;
	enum status status = datagrams ? datagrams_whole(&options->faults, error) : STATUS_OK;
	if (status == STATUS_OK)
		status = listen_start(base, options->host, options->port, datagrams, client_came, s, &s->listener,
		                      error);
	if (status != STATUS_OK) {
		free(s);
		return status;
	}
	*service = s;
	return STATUS_OK;
}

const char *service_address(const struct service *service)
{
	return listen_address(service->listener);
}

const char *service_host(const struct service *service)
{
	return listen_host(service->listener);
}

unsigned service_port_number(const struct service *service)
{
	return listen_port(service->listener);
}

size_t service_clients(const struct service *service)
{
	return service->nclients;
}

bool service_used(const struct service *service)
{
	return service->served;
}

void service_close(struct service *service)
{
	struct slice farewell = answerer_farewell(service->options.rehearsal);
	service->options.once = service->served = true;
	for (struct client *c = service->clients; c; c = c->next) {
		if (c->leaving || session_over(c->session))
			continue;
		if (farewell.n && !delivery_under_way(c->delivery))
			session_send(c->session, farewell.p, farewell.n);
		hang_up(c);
	}
}

void service_free(struct service *service)
{
	if (service == NULL)
		return;
	struct client *next;
	for (struct client *c = service->clients; c; c = next) {
		next = c->next;
		client_free(service, c);
	}
	listen_free(service->listener);
	free(service);
}
