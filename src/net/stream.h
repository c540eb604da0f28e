/*
 * A stream: octets to and from one peer, whatever carries them. All callbacks come from the loop (struct event_base),
 * never from inside a call of the stream's owner, and none comes after stream_free.
 */
#ifndef PARLANCE_NET_STREAM_H
#define PARLANCE_NET_STREAM_H

#include <stdbool.h>
#include <stddef.h>

struct event_base;
struct stream;

/* How a peer went. */
enum stream_end {
	STREAM_ENDED,     /* in order */
	STREAM_TRUNCATED, /* under TLS without a close_notify: what came last may be cut off (RFC 8446 6.1) */
	STREAM_BROKEN     /* the connection failed */
};

/* What happens to a stream. stream_free may be called from inside each of them. `end` and `drained` may be NULL. */
struct stream_events {
	/* Octets came; returns how many were used. What is left is kept (at most 64 KiB; then reading pauses) and given
	 * again with the next octets, or after stream_resume. Of a datagram stream: one whole datagram, which may be
	 * empty and is offered once; while the stream is paused 256 KiB of them are kept, and later ones are lost. */
	size_t (*octets)(void *context, const char *p, size_t n);
	/* The peer will send no more; `why` of a failure says why ("connection reset by peer"), else it is NULL. Called
	 * once; all octets that came before were offered first. */
	void (*end)(void *context, enum stream_end how, const char *why);
	/* All that was written has been handed to the system, or cannot be any more (`end` may come later). Who has much to say
	 * writes some 64 KiB, returns to the loop and goes on in here: what is written is queued without bound. */
	void (*drained)(void *context);
};

/* What carries it; a new kind of stream is a new row of these. */
struct stream_kind {
	const char *name; /* "tcp", "udp", "unix", "tls" */
	bool datagrams;
	bool secure;
	void (*write)(struct stream *stream, const char *p, size_t n);
	void (*shut)(struct stream *stream); /* half-close: no more will be written */
	void (*pause)(struct stream *stream, bool paused);
	size_t (*waiting)(struct stream *stream); /* octets still to be written */
	bool (*broken)(struct stream *stream);    /* what was written could not be sent; NULL: it never is */
	void (*free)(struct stream *stream);      /* closes it; frees all of it, peer and local too */
};

/* The common part that every kind begins with. */
struct stream {
	const struct stream_kind *kind;
	const struct stream_events *events;
	void *context;
	char *peer;  /* "127.0.0.1:25", "[::1]:25", "unix:/path" */
	char *local; /* likewise */
};

/* A connected descriptor (TCP or unix; UDP) as a stream; takes ownership of `fd`. Events are not delivered before
 * stream_open. */
struct stream *stream_of_socket(struct event_base *base, int fd);
struct stream *stream_of_datagrams(struct event_base *base, int fd);

/* Says who is told, and starts reading. May be called again to change who is told. */
void stream_open(struct stream *stream, const struct stream_events *events, void *context);

/* Queues octets for writing; of a datagram stream one datagram. */
void stream_write(struct stream *stream, const char *p, size_t n);
/* No more will be written: the peer is told (FIN) when all that waits has been sent. UDP has no such thing. */
void stream_shut(struct stream *stream);
/* Stops, or goes on, reading: for a user who looks at one page at a time. Resuming offers what was left unused. */
void stream_pause(struct stream *stream);
void stream_resume(struct stream *stream);
size_t stream_waiting(const struct stream *stream);
/* Whether something that was written could not be sent, since the peer is not there any more: `drained` is told then too. */
bool stream_broken(const struct stream *stream);
/* Before the loop is freed: what streams have left to libevent to be freed in its own time goes now. */
void stream_settle(struct event_base *base);
/* Closes it and frees it; what the system does not take of what still waits is lost. NULL is allowed. */
void stream_free(struct stream *stream);

#endif
