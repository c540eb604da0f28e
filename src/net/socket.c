/*
 * Streams over TCP and unix sockets: libevent's bufferevent reads and writes, this file keeps the promises of stream.h.
 */
#include <assert.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buffer.h"
#include "net/address.h"
#include "net/descriptor.h"
#include "net/failure.h"
#include "net/stream.h"

/* Octets that wait for their user before reading pauses; also what is emptied of the system's receive queue. */
#define UNUSED_MAX (64 * 1024)

struct socket_stream {
	struct stream common; /* first: a stream is one of these */
	struct bufferevent *bev;
	int fd;
	bool paused;
	bool shut;   /* no more will be written */
	bool broken; /* nothing more can be written */
	bool over;   /* nothing more will be read; `why` says why, NULL: in order */
	bool told;   /* and the user was told */
	char *why;
	unsigned busy; /* calls of the user under way */
	bool dead;     /* freed from inside such a call */
};

static struct socket_stream *socket_stream_of(struct stream *stream)
{
	return (struct socket_stream *)stream;
}

/* ---- the end of its life ---- */

static void enter(struct socket_stream *s)
{
	s->busy++;
}

static void leave(struct socket_stream *s)
{
	if (--s->busy == 0 && s->dead)
		free(s);
}

static void dispose(struct socket_stream *s)
{
	bufferevent_setcb(s->bev, NULL, NULL, NULL, NULL);
	(void)bufferevent_disable(s->bev, EV_READ | EV_WRITE);
	(void)bufferevent_setfd(s->bev, -1); /* libevent frees in its own time; the descriptor is closed now */
	bufferevent_free(s->bev);
	free(s->common.peer);
	free(s->common.local);
	free(s->why);
	s->dead = true;
	if (s->busy == 0)
		free(s);
}

/* Writes what waits, as far as the system takes it. */
static void flush(struct socket_stream *s)
{
	struct evbuffer *output = bufferevent_get_output(s->bev);
	(void)evbuffer_unfreeze(output, 1);
	while (!s->broken && evbuffer_get_length(output) > 0 && evbuffer_write(output, s->fd) > 0)
		;
	(void)evbuffer_freeze(output, 1);
}

/* Empties the system's receive queue, within the bound. */
static void receive_rest(int fd)
{
	char room[4096];
	size_t taken = 0;
	ssize_t n;
	while (taken < UNUSED_MAX && (n = recv(fd, room, sizeof room, MSG_DONTWAIT)) > 0)
		taken += (size_t)n;
}

/* An octet that nobody has read would make close() send a reset (RFC 1122 4.2.2.13), and a reset can take our last
 * words from a peer that has not read them yet. */
static void socket_free(struct stream *stream)
{
	struct socket_stream *s = socket_stream_of(stream);
	flush(s);
	receive_rest(s->fd);
	(void)close(s->fd);
	dispose(s);
}

/* ---- telling the user ---- */

/* For deliver, which has entered. */
static void offer(struct socket_stream *s)
{
	struct evbuffer *input = bufferevent_get_input(s->bev);
	size_t n = evbuffer_get_length(input);
	if (n == 0)
		return;
	const char *p = (const char *)evbuffer_pullup(input, -1);
	size_t used = s->common.events->octets(s->common.context, p, n);
	if (s->dead)
		return;
	(void)evbuffer_drain(input, used < n ? used : n);
}

/* Reads while there is somebody to use it. At the watermark libevent would offer the same octets again and again, were
 * reading not switched off. */
static void set_reading(struct socket_stream *s)
{
	bool full = evbuffer_get_length(bufferevent_get_input(s->bev)) >= UNUSED_MAX;
	if (s->paused || s->over || full)
		(void)bufferevent_disable(s->bev, EV_READ);
	else
		(void)bufferevent_enable(s->bev, EV_READ);
}

/* Offers what was read, then says that it was the last. */
static void deliver(struct socket_stream *s)
{
	enter(s);
	if (!s->paused)
		offer(s);
	if (!s->dead && !s->paused && s->over && !s->told) {
		s->told = true;
		if (s->common.events->end)
			s->common.events->end(s->common.context, s->why ? STREAM_BROKEN : STREAM_ENDED, s->why);
	}
	if (!s->dead)
		set_reading(s);
	leave(s);
}

static void tell_drained(struct socket_stream *s)
{
	enter(s);
	if (s->common.events && s->common.events->drained)
		s->common.events->drained(s->common.context);
	leave(s);
}

/* ---- libevent's callbacks ---- */

static void readable(struct bufferevent *bev, void *context)
{
	(void)bev;
	deliver(context);
}

static void written(struct bufferevent *bev, void *context)
{
	struct socket_stream *s = context;
	if (evbuffer_get_length(bufferevent_get_output(bev)) > 0)
		return;
	if (s->shut)
		(void)shutdown(s->fd, SHUT_WR);
	tell_drained(s);
}

/* What cannot be written any more is dropped. Why is told at the end of what the peer said, which may still wait to be
 * read; that a peer who had said goodbye did not wait for more (EPIPE) is in order. */
static void writing_failed(struct socket_stream *s, int code)
{
	struct evbuffer *output = bufferevent_get_output(s->bev);
	s->broken = true;
	(void)evbuffer_unfreeze(output, 1);
	(void)evbuffer_drain(output, evbuffer_get_length(output));
	(void)evbuffer_freeze(output, 1);
	if (s->why == NULL && code != EPIPE)
		s->why = string_copy(failure_words(code));
	tell_drained(s); /* nobody needs to wait for it: who had stopped listening goes on, and hears the end */
}

static void happened(struct bufferevent *bev, short what, void *context)
{
	struct socket_stream *s = context;
	int code = EVUTIL_SOCKET_ERROR();
	(void)bev;
	if (what & BEV_EVENT_WRITING) {
		writing_failed(s, code);
		return;
	}
	s->over = true;
	if ((what & BEV_EVENT_ERROR) && s->why == NULL)
		s->why = string_copy(failure_words(code));
	deliver(s);
}

/* ---- the row ---- */

static void socket_write(struct stream *stream, const char *p, size_t n)
{
	struct socket_stream *s = socket_stream_of(stream);
	if (!s->shut && !s->broken)
		(void)bufferevent_write(s->bev, p, n);
}

static void socket_shut(struct stream *stream)
{
	struct socket_stream *s = socket_stream_of(stream);
	if (!s->shut && evbuffer_get_length(bufferevent_get_output(s->bev)) == 0)
		(void)shutdown(s->fd, SHUT_WR);
	s->shut = true;
}

static void socket_pause(struct stream *stream, bool paused)
{
	struct socket_stream *s = socket_stream_of(stream);
	s->paused = paused;
	set_reading(s);
	/* Deferred: the user is told from the loop. */
	if (!paused && (s->over || evbuffer_get_length(bufferevent_get_input(s->bev)) > 0))
		bufferevent_trigger(s->bev, EV_READ, BEV_TRIG_IGNORE_WATERMARKS | BEV_TRIG_DEFER_CALLBACKS);
}

static size_t socket_waiting(struct stream *stream)
{
	return evbuffer_get_length(bufferevent_get_output(socket_stream_of(stream)->bev));
}

static bool socket_broken(struct stream *stream)
{
	return socket_stream_of(stream)->broken;
}

#define SOCKET_ROW \
	.write = socket_write, .shut = socket_shut, .pause = socket_pause, .waiting = socket_waiting, \
	.broken = socket_broken, .free = socket_free

static const struct stream_kind tcp_kind = { .name = "tcp", SOCKET_ROW };
static const struct stream_kind unix_kind = { .name = "unix", SOCKET_ROW };

/* A callback that was deferred holds its bufferevent until the loop has passed it by. */
void stream_settle(struct event_base *base)
{
	(void)event_base_loop(base, EVLOOP_NONBLOCK);
}

struct stream *stream_of_socket(struct event_base *base, int fd)
{
	struct socket_stream *s = memory_zeroed(1, sizeof *s);
	struct address peer = address_peer(fd), local = address_local(fd);
	int on = 1;
	network_prepare();
	descriptor_prepare(fd);
	/* A line is sent when it is written, not when the one before was acknowledged; and an octet that is sent as
	 * urgent, as FTP's clients do with ABOR (RFC 959 4.1.3), stays where it stands. */
	if (local.is.any.sa_family != AF_UNIX) {
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		(void)setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof on);
	}
	s->common.kind = local.is.any.sa_family == AF_UNIX ? &unix_kind : &tcp_kind;
	s->common.peer = address_text(&peer);
	s->common.local = address_text(&local);
	s->fd = fd;
	s->bev = bufferevent_socket_new(base, fd, 0);
	assert(s->bev != NULL);
	bufferevent_setcb(s->bev, readable, written, happened, s);
	bufferevent_setwatermark(s->bev, EV_READ, 0, UNUSED_MAX);
	return &s->common;
}
