/*
 * A script served to whatever clients come: what `serve` shows, and what replay's `self` is.
 */
#ifndef PARLANCE_PLAY_SERVICE_H
#define PARLANCE_PLAY_SERVICE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "net/tls.h"
#include "play/delivery.h"
#include "script/rehearse.h"
#include "session/mask.h"
#include "view/view.h"

struct event_base;
struct service;

struct service_options {
	const struct rehearsal *rehearsal; /* outlives the service, as do the variables */
	const struct variables *variables;
	const char *host;
	unsigned port;            /* 0: a free one */
	bool strict;              /* whole lines must match */
	bool once;                /* one client, and no more */
	struct faults faults;     /* how replies go out */
	struct tls_settings *tls; /* a server's; outlives the service. NULL: it cannot begin TLS */
	bool tls_implicit;        /* from the first octet, whatever the script says */
	struct masking masking;
	/* A face for a client that has come; may be NULL, and may return NULL. */
	struct face *(*face)(void *context, const char *peer);
	/* A fault was done towards the client whose face it is, `seconds` after it came. */
	void (*fault)(struct face *face, const struct fault *fault, double seconds);
	/* A client has gone, and its session with it; may be NULL. */
	void (*gone)(void *context);
	void *context;
};

/* Listens and serves from the loop of `base`. STATUS_CONNECTION with a message where it cannot listen, STATUS_USAGE for
 * faults that datagrams cannot have. The service is the caller's (service_free). */
enum status service_start(struct event_base *base, const struct service_options *options, struct service **service,
                          struct error *error);

/* "127.0.0.1:2525", and its parts; owned by the service. */
const char *service_address(const struct service *service);
const char *service_host(const struct service *service);
unsigned service_port_number(const struct service *service);

/* Takes no more clients, and hangs up on those that are there, in the protocol's words (421). */
void service_close(struct service *service);

/* How many clients there are; whether one has ever come. */
size_t service_clients(const struct service *service);
bool service_used(const struct service *service);

/* Closes all that is open, without a word. NULL is allowed. */
void service_free(struct service *service);

#endif
