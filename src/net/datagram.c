/*
 * Datagram streams. A datagram is never joined with another nor cut; UDP may lose it, and so does a stream whose user
 * does not look at what comes.
 */
#include "base/buffer.h"
#include "net/datagram.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/address.h"
#include "net/descriptor.h"
#include "net/failure.h"

/* The longest datagram that there can be (RFC 768: a length of 16 bits). */
#define DATAGRAM_MAX 65536
/* Octets of datagrams that wait for a user who has paused; what comes then is lost, as in the system's own queue. */
#define UNUSED_MAX (256 * 1024)
/* Peers of one socket; the one longest silent makes room for a new one. */
#define PEERS_MAX 1024
/* Datagrams read before others in the loop have their turn. */
#define AT_ONCE 32

struct datagram {
	struct datagram *next;
	size_t n;
	char p[];
};

struct datagrams {
	struct datagram *first, **last;
	size_t octets;
};

struct peer {
	struct stream common; /* first: a stream is one of these */
	struct hub *hub;
	struct address address;
	struct peer *newer, *older; /* in the hub's list, while it is in it */
	bool listed;
	struct datagrams in, out;
	struct event *kick; /* what a call of the user asked for happens from the loop */
	bool paused;
	bool drain; /* the user is to be told that all was sent */
	bool over, told;
	char *why;
	unsigned busy; /* calls of the user under way */
	bool dead;     /* freed from inside one */
};

struct hub {
	struct event_base *base;
	int fd;
	bool connected; /* to its only peer */
	unsigned holders;
	struct event *readable, *writable;
	struct peer *newest, *oldest;
	size_t npeers;
	listen_client *client; /* NULL: nobody is new here */
	void *context;
	char room[DATAGRAM_MAX];
};

static struct peer *peer_of(struct stream *stream)
{
	return (struct peer *)stream;
}

/* ---- queues ---- */

static void datagrams_add(struct datagrams *queue, const char *p, size_t n)
{
	struct datagram *d = memory_get(sizeof *d + n);
	d->next = NULL;
	d->n = n;
	if (n > 0)
		memcpy(d->p, p, n);
	if (queue->first == NULL)
		queue->last = &queue->first;
	*queue->last = d;
	queue->last = &d->next;
	queue->octets += n;
}

/* Takes the first one out; the caller frees it. */
static struct datagram *datagrams_take(struct datagrams *queue)
{
	struct datagram *d = queue->first;
	if (d) {
		queue->first = d->next;
		queue->octets -= d->n;
	}
	return d;
}

static void datagrams_free(struct datagrams *queue)
{
	struct datagram *d;
	while ((d = datagrams_take(queue)) != NULL)
		free(d);
}

/* ---- the hub and its list, the newest first ---- */

static void hub_release(struct hub *hub)
{
	if (--hub->holders > 0)
		return;
	event_free(hub->readable);
	event_free(hub->writable);
	(void)close(hub->fd);
	free(hub);
}

static void peer_unlist(struct peer *peer)
{
	struct hub *hub = peer->hub;
	if (!peer->listed)
		return;
	*(peer->newer ? &peer->newer->older : &hub->newest) = peer->older;
	*(peer->older ? &peer->older->newer : &hub->oldest) = peer->newer;
	peer->newer = peer->older = NULL;
	peer->listed = false;
	hub->npeers--;
}

static void peer_list(struct peer *peer)
{
	struct hub *hub = peer->hub;
	peer->older = hub->newest;
	*(hub->newest ? &hub->newest->newer : &hub->oldest) = peer;
	hub->newest = peer;
	peer->listed = true;
	hub->npeers++;
}

/* ---- telling the user ---- */

static void enter(struct peer *peer)
{
	peer->busy++;
}

static void leave(struct peer *peer)
{
	if (--peer->busy == 0 && peer->dead)
		free(peer);
}

static bool listening_to_us(const struct peer *peer)
{
	return !peer->dead && peer->common.events != NULL;
}

/* Tells what waits to be told, oldest first: datagrams, the end, that all was sent. */
static void peer_tell(struct peer *peer)
{
	struct datagram *d;
	enter(peer);
	while (listening_to_us(peer) && !peer->paused && (d = datagrams_take(&peer->in)) != NULL) {
		(void)peer->common.events->octets(peer->common.context, d->p, d->n);
		free(d);
	}
	if (listening_to_us(peer) && !peer->paused && peer->over && !peer->told) {
		peer->told = true;
		if (peer->common.events->end)
			peer->common.events->end(peer->common.context, peer->why ? STREAM_BROKEN : STREAM_ENDED,
			                         peer->why);
	}
	if (listening_to_us(peer) && peer->drain) {
		peer->drain = false;
		if (peer->common.events->drained)
			peer->common.events->drained(peer->common.context);
	}
	leave(peer);
}

static void kicked(evutil_socket_t fd, short what, void *context)
{
	(void)fd, (void)what;
	peer_tell(context);
}

static void peer_kick(struct peer *peer)
{
	event_active(peer->kick, 0, 0);
}

/* ---- sending ---- */

static void peer_end(struct peer *peer, const char *why)
{
	if (peer->over)
		return;
	peer->over = true;
	peer->why = string_copy(why);
	datagrams_free(&peer->out);
	peer->drain = true; /* nobody needs to wait for it */
	peer_kick(peer);
	if (peer->hub->connected)
		(void)event_del(peer->hub->readable);
}

/* ICMP "port unreachable" (RFC 1122 4.1.3.3) is the one refusal that UDP knows. */
static void peer_failed(struct peer *peer, int code)
{
	char *why = code == ECONNREFUSED ? string_printf("connection refused: nothing listens on UDP port %u there",
	                                                 address_port(&peer->address))
	                                 : string_copy(failure_words(code));
	peer_end(peer, why);
	free(why);
}

/* Whether the datagram is dealt with; false: it must wait. */
static bool peer_send(struct peer *peer, const char *p, size_t n)
{
	struct hub *hub = peer->hub;
	const struct sockaddr *to = hub->connected ? NULL : &peer->address.is.any;
	socklen_t to_n = hub->connected ? 0 : peer->address.n;
	if (sendto(hub->fd, p, n, MSG_NOSIGNAL, to, to_n) >= 0)
		return true;
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR || errno == ENOBUFS) {
		(void)event_add(hub->writable, NULL);
		return false;
	}
	peer_failed(peer, errno);
	return true;
}

static void peer_flush(struct peer *peer)
{
	if (peer->out.first == NULL)
		return;
	while (peer->out.first != NULL) {
		if (!peer_send(peer, peer->out.first->p, peer->out.first->n))
			return;
		free(datagrams_take(&peer->out));
	}
	peer->drain = true;
	peer_kick(peer);
}

static void hub_writable(evutil_socket_t fd, short what, void *context)
{
	struct hub *hub = context;
	(void)fd, (void)what;
	for (struct peer *peer = hub->newest; peer; peer = peer->older)
		peer_flush(peer);
}

/* ---- receiving ---- */

static struct peer *peer_new(struct hub *hub, const struct address *address);

static struct peer *hub_find(struct hub *hub, const struct address *address)
{
	struct peer *peer = hub->newest;
	while (peer && !hub->connected && !address_equal(&peer->address, address))
		peer = peer->older;
	return peer;
}

static void make_room(struct hub *hub)
{
	struct peer *oldest = hub->oldest;
	peer_unlist(oldest);
	peer_end(oldest, "silent the longest of 1024 peers: others need the room");
}

/* The peer that a datagram came from, now the newest; NULL where nobody wants to hear of it. */
static struct peer *hub_peer(struct hub *hub, const struct address *address)
{
	struct peer *peer = hub_find(hub, address);
	if (peer) {
		peer_unlist(peer);
		peer_list(peer);
		return peer;
	}
	if (hub->client == NULL)
		return NULL;
	if (hub->npeers == PEERS_MAX)
		make_room(hub);
	peer = peer_new(hub, address);
	enter(peer);
	hub->client(hub->context, &peer->common);
	bool dead = peer->dead;
	leave(peer);
	return dead ? NULL : peer;
}

/* Reads one datagram. False where there is none now, or no more. */
static bool hub_receive(struct hub *hub)
{
	struct address from = { .n = sizeof from.is };
	ssize_t n = recvfrom(hub->fd, hub->room, sizeof hub->room, 0, &from.is.any, &from.n);
	if (n < 0) {
		bool none = errno == EAGAIN || errno == EWOULDBLOCK;
		if (!none && errno != EINTR && hub->connected && hub->newest)
			peer_failed(hub->newest, errno);
		return !none && !hub->connected;
	}
	struct peer *peer = hub_peer(hub, &from);
	if (peer == NULL || peer->over || peer->in.octets + (size_t)n > UNUSED_MAX)
		return true;
	datagrams_add(&peer->in, hub->room, (size_t)n);
	peer_tell(peer);
	return true;
}

static void hub_readable(evutil_socket_t fd, short what, void *context)
{
	struct hub *hub = context;
	(void)fd, (void)what;
	hub->holders++; /* a user may free the last stream meanwhile */
	for (unsigned i = 0; i < AT_ONCE && hub->holders > 1 && hub_receive(hub); i++)
		;
	hub_release(hub);
}

/* ---- the row ---- */

static void datagram_write(struct stream *stream, const char *p, size_t n)
{
	struct peer *peer = peer_of(stream);
	if (peer->over)
		return;
	if (peer->out.first != NULL || !peer_send(peer, p, n)) {
		datagrams_add(&peer->out, p, n);
		return;
	}
	peer->drain = true;
	peer_kick(peer);
}

/* UDP has no end to say. */
static void datagram_shut(struct stream *stream)
{
	(void)stream;
}

static void datagram_pause(struct stream *stream, bool paused)
{
	struct peer *peer = peer_of(stream);
	peer->paused = paused;
	if (!paused)
		peer_kick(peer);
}

/* An empty datagram that waits counts as one octet: it, too, must still be sent. */
static size_t datagram_waiting(struct stream *stream)
{
	struct peer *peer = peer_of(stream);
	return peer->out.octets == 0 && peer->out.first != NULL ? 1 : peer->out.octets;
}

static void datagram_free(struct stream *stream)
{
	struct peer *peer = peer_of(stream);
	peer_flush(peer);
	peer_unlist(peer);
	event_free(peer->kick);
	datagrams_free(&peer->in);
	datagrams_free(&peer->out);
	free(peer->common.peer);
	free(peer->common.local);
	free(peer->why);
	hub_release(peer->hub);
	peer->dead = true;
	if (peer->busy == 0)
		free(peer);
}

static const struct stream_kind udp_kind = {
	.name = "udp",
	.datagrams = true,
	.write = datagram_write,
	.shut = datagram_shut,
	.pause = datagram_pause,
	.waiting = datagram_waiting,
	.free = datagram_free,
};

static struct peer *peer_new(struct hub *hub, const struct address *address)
{
	struct peer *peer = memory_zeroed(1, sizeof *peer);
	struct address local = address_local(hub->fd);
	peer->common.kind = &udp_kind;
	peer->common.peer = address_text(address);
	peer->common.local = address_text(&local);
	peer->hub = hub;
	peer->address = *address;
	peer->kick = event_new(hub->base, -1, 0, kicked, peer);
	assert(peer->kick != NULL);
	hub->holders++;
	peer_list(peer);
	return peer;
}

static struct hub *hub_new(struct event_base *base, int fd)
{
	struct hub *hub = memory_zeroed(1, sizeof *hub);
	network_prepare();
	descriptor_prepare(fd);
	hub->base = base;
	hub->fd = fd;
	hub->holders = 1;
	hub->readable = event_new(base, fd, EV_READ | EV_PERSIST, hub_readable, hub);
	hub->writable = event_new(base, fd, EV_WRITE, hub_writable, hub);
	assert(hub->readable != NULL && hub->writable != NULL);
	(void)event_add(hub->readable, NULL);
	return hub;
}

struct hub *hub_listen(struct event_base *base, int fd, listen_client *client, void *context)
{
	struct hub *hub = hub_new(base, fd);
	hub->client = client;
	hub->context = context;
	return hub;
}

void hub_let_go(struct hub *hub)
{
	hub->client = NULL;
	hub_release(hub);
}

struct stream *stream_of_datagrams(struct event_base *base, int fd)
{
	struct hub *hub = hub_new(base, fd);
	struct address peer_address = address_peer(fd);
	hub->connected = true;
	struct peer *peer = peer_new(hub, &peer_address);
	hub_release(hub); /* the stream holds it */
	return &peer->common;
}
