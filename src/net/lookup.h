/*
 * Looking a name up without waiting: getaddrinfo blocks for as long as a DNS server is silent, so a thread of its own
 * waits for it. Known inside net/ only.
 */
#ifndef PARLANCE_NET_LOOKUP_H
#define PARLANCE_NET_LOOKUP_H

#include <netdb.h>

struct event_base;
struct lookup;

/* What was found, told from the loop, once: `code` is 0 or EAI_…, `system` its errno for EAI_SYSTEM. `found` is the
 * lookup's own and goes after the call, and so does the lookup. */
typedef void lookup_done(void *context, int family, int code, int system, const struct addrinfo *found);

/* Begins to look `host` up in one family, AF_INET or AF_INET6. NULL, with errno, where the system gives no thread. */
struct lookup *lookup_start(struct event_base *base, const char *host, int family, lookup_done *done, void *context);

/* Stops listening for the answer, at once; the thread ends by itself when its resolver does. NULL is allowed. */
void lookup_abandon(struct lookup *lookup);

#endif
