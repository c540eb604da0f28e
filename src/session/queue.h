/*
 * What waits for its turn: octets, and what is to be done between them. Known to session.c.
 */
#ifndef PARLANCE_SESSION_QUEUE_H
#define PARLANCE_SESSION_QUEUE_H

#include <stddef.h>

#include "base/slice.h"

enum item_kind { ITEM_OCTETS, ITEM_BLAME /* a problem of the octets behind it */, ITEM_SHUT, ITEM_HANG_UP };

struct item {
	enum item_kind kind;
	char *p; /* owned by the queue */
	size_t n;
	size_t used; /* octets at its front that were dealt with */
	struct item *next;
};

/* All zero is empty. */
struct queue {
	struct item *first, *last;
	size_t octets; /* not yet dealt with */
};

/* Adds to its end; the octets are copied. */
void queue_add(struct queue *queue, enum item_kind kind, const char *p, size_t n);
/* What is left of the first item; NULL where there is none. */
struct item *queue_first(const struct queue *queue);
/* `n` octets of the first item were dealt with; it goes when all of it was. */
void queue_use(struct queue *queue, size_t n);
/* Takes the first item out, whatever is left of it. */
void queue_drop(struct queue *queue);
void queue_free(struct queue *queue);

#endif
