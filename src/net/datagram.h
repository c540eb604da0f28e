/*
 * Datagram streams that share one socket: a hub with one peer, where the socket is connected, or with many, where
 * clients come to it. Known inside net/ only.
 */
#ifndef PARLANCE_NET_DATAGRAM_H
#define PARLANCE_NET_DATAGRAM_H

#include "net/listen.h"
#include "net/stream.h"

struct hub;

/* Reads the bound descriptor, which the hub owns from now on; each new peer address is a client. */
struct hub *hub_listen(struct event_base *base, int fd, listen_client *client, void *context);

/* No client is new from now on; the streams that there are go on, and the socket closes with the last of them. */
void hub_let_go(struct hub *hub);

#endif
