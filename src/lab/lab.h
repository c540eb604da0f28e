/*
 * The lab: practice servers for every protocol over one store, in one process and one loop. `parlance lab` shows it to a
 * class; a target such as `lab:smtp` may start one of its own.
 */
#ifndef PARLANCE_LAB_LAB_H
#define PARLANCE_LAB_LAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "store/store.h"
#include "net/tls.h"
#include "session/mask.h"
#include "view/view.h"

struct event_base;
struct lab;
struct server;
struct session;

/* Who works on the same users, mail and files. */
enum lab_sharing {
	LAB_SHARED,      /* all clients */
	LAB_PER_ADDRESS, /* each client's address has its own copy; loopback is one address */
	LAB_PER_SESSION  /* each session begins with a fresh copy */
};

struct lab_options {
	const char *host; /* to listen on */
	uint64_t which;   /* bit i: servers[i] (lab/visit.h) */
	/* By the row in servers: the port, 0 for a free one; NULL: free ones for all. */
	const unsigned *ports;
	struct seed *seed; /* outlives the lab, as do the TLS settings of a server */
	bool kept;         /* the shared store keeps its mail (--keep) */
	enum lab_sharing sharing;
	bool teach; /* errors say what was expected */
	struct tls_settings *tls;
	bool hide; /* secrets that are not the lab's own are masked for the faces */
	/* A client has come to that server: faces may be added to its session. May be NULL. */
	void (*came)(void *context, const struct server *server, struct session *session);
	void *context;
};

/* Listens and serves from the loop of `base`. STATUS_CONNECTION with a message where it cannot listen. The lab is the
 * caller's (lab_free). */
enum status lab_start(struct event_base *base, const struct lab_options *options, struct lab **lab,
                      struct error *error);

/* Where that server listens: "127.0.0.1:2525", its parts; NULL and 0 where it is not one of those started. */
const char *lab_address(const struct lab *lab, const struct server *server);
const char *lab_host(const struct lab *lab, const struct server *server);
unsigned lab_port(const struct lab *lab, const struct server *server);

/* How many clients there are. */
size_t lab_clients(const struct lab *lab);
/* The store that all share, or, where each client has its own, NULL. */
struct store *lab_store(const struct lab *lab);

/* Takes no more clients, and hangs up on those that are there, in the protocol's words. */
void lab_close(struct lab *lab);
/* Closes all that is open, without a word. NULL is allowed. */
void lab_free(struct lab *lab);

#endif
