/*
 * Waiting for clients.
 */
#ifndef PARLANCE_NET_LISTEN_H
#define PARLANCE_NET_LISTEN_H

#include "base/error.h"
#include "net/stream.h"

struct event_base;
struct listener;

/* A client came: the stream is the callee's. On a datagram listener each new peer address is a client, and its stream
 * gives the datagrams of that address, as long as it is one of the 1024 that were heard last; else its `end` comes. */
typedef void listen_client(void *context, struct stream *stream);

/*
 * Listens on `host` (an address, or "localhost" for 127.0.0.1) and `port` (0: a free one). On failure returns
 * STATUS_CONNECTION with a message `127.0.0.1:25: permission denied: …`, or STATUS_USAGE where `host` is no address.
 * `*listener` is the caller's (listen_free). Where the system has no descriptors left, that is said once on stderr and
 * clients wait.
 */
enum status listen_start(struct event_base *base, const char *host, unsigned port, bool datagrams,
                         listen_client *client, void *context, struct listener **listener, struct error *error);

/* Where it listens: "127.0.0.1:2525", "[::1]:2525"; the address alone, and the port. Owned by the listener. */
const char *listen_address(const struct listener *listener);
const char *listen_host(const struct listener *listener);
unsigned listen_port(const struct listener *listener);
/* No more clients; the streams that there are go on. NULL is allowed. */
void listen_free(struct listener *listener);

#endif
