/*
 * What the lab and its visits know of each other: lab.c (listening, stores) and visit.c (one client).
 */
#ifndef PARLANCE_LAB_LAB_INSIDE_H
#define PARLANCE_LAB_LAB_INSIDE_H

#include "lab/lab.h"
#include "lab/visit.h"
#include "net/stream.h"

/* A store, and for whom it is. */
struct share {
	struct share *next;
	struct store *store;
	char *host;     /* the address of its clients; NULL: everybody's, or one session's */
	size_t clients; /* that are here */
};

struct visit {
	struct lab *lab;
	struct visit *next, *previous;
	const struct server *server;
	struct share *share;
	struct session *session;
	void *state; /* the conduct's */
	char *peer_host, *local_host;
	char id[17];        /* hexadecimal */
	struct buffer line; /* a command line's pieces so far, at most `longest` octets */
	bool too_long;      /* there were more */
	bool greeted, busy, left, leaving;
};

struct lab {
	struct lab_options options;
	struct event_base *base;
	struct listener **listeners; /* by the row in servers; NULL: not started */
	struct door *doors;          /* likewise: what each listener's clients are told with */
	struct share *shares;
	struct visit *visits;
	size_t nvisits;
	bool closing;
};

/* The share of a client at that address: found, or made. */
struct share *lab_share(struct lab *lab, const char *host);
/* The client has gone. */
void lab_unshare(struct lab *lab, struct share *share);

/* A client has come; the visit is the lab's. */
void visit_begin(struct lab *lab, const struct server *server, struct stream *stream);
/* Says farewell and hangs up. */
void visit_close(struct visit *visit);
/* Ends it without a word and frees it. */
void visit_free(struct visit *visit);

#endif
