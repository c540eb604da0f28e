/*
 * Reaching a target: names looked up, IPv6 and IPv4 both tried (RFC 8305), and the story told as it happens.
 */
#ifndef PARLANCE_NET_CONNECT_H
#define PARLANCE_NET_CONNECT_H

#include "base/error.h"
#include "net/stream.h"

struct event_base;
struct connector;

struct connect_options {
	const char *host; /* name or address; NULL for a unix socket */
	unsigned port;
	const char *path; /* of a unix socket, else NULL */
	bool datagrams;   /* UDP */
	int family;       /* AF_UNSPEC, AF_INET (-4), AF_INET6 (-6) */
	const char *from; /* the local address; NULL: whichever the system takes */
	bool own_port;    /* no other connection has our end's port, and it may be listened on, too (TCP) */
	double timeout;   /* seconds for the whole of it, looking up included; 0: none */
};

/* Told from the loop. connect_cancel may not be called from inside `story`. */
struct connect_events {
	/* One step of the story, a sentence without line end: "mail.example has 2 addresses: ::1, 127.0.0.1 (3 ms)",
	 * "trying 127.0.0.1 port 25", "::1 port 25: connection refused (0.2 ms)". Safe to print. */
	void (*story)(void *context, const char *sentence);
	/* Connected: the stream is the callee's. `seconds` since the start. */
	void (*connected)(void *context, struct stream *stream, double seconds);
	/* Nothing answered: STATUS_CONNECTION or STATUS_TIMEOUT with the message `host port 25: connection refused` and
	 * what to do (no DNS, filtered port, nothing listening: each has its next step). */
	void (*failed)(void *context, const struct error *error);
};

/* Begins; one of connected and failed is called once, later. The connector frees itself after that; before it,
 * connect_cancel stops it without a call. */
struct connector *connect_start(struct event_base *base, const struct connect_options *options,
                                const struct connect_events *events, void *context);
void connect_cancel(struct connector *connector);

/*
 * How names are looked up: getaddrinfo, unless a test puts a function of its own in its place (one that is silent, for
 * example). Called in a thread of its own, once for AF_INET6 and once for AF_INET; an abandoned call may outlive its
 * connector. What it gives is freed with freeaddrinfo.
 */
struct addrinfo;
typedef int connect_resolver(const char *host, const char *service, const struct addrinfo *hints,
                             struct addrinfo **found);
extern connect_resolver *connect_resolve;

#endif
