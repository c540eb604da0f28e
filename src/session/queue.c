/*
 * A queue of octets that keeps its cuts, because of a datagram stream each is one datagram.
 */
#include "session/queue.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"

void queue_add(struct queue *queue, enum item_kind kind, const char *p, size_t n)
{
	struct item *item = memory_zeroed(1, sizeof *item);
	item->kind = kind;
	item->p = memory_get(n);
	if (n)
		memcpy(item->p, p, n);
	item->n = n;
	if (queue->last)
		queue->last->next = item;
	else
		queue->first = item;
	queue->last = item;
	queue->octets += n;
}

struct item *queue_first(const struct queue *queue)
{
	return queue->first;
}

void queue_use(struct queue *queue, size_t n)
{
	struct item *item = queue->first;
	item->used += n;
	queue->octets -= n;
	if (item->used == item->n)
		queue_drop(queue);
}

void queue_drop(struct queue *queue)
{
	struct item *item = queue->first;
	queue->first = item->next;
	if (queue->first == NULL)
		queue->last = NULL;
	queue->octets -= item->n - item->used;
	memory_wipe(item->p, item->n); /* it may have been a password */
	free(item->p);
	free(item);
}

void queue_free(struct queue *queue)
{
	while (queue->first)
		queue_drop(queue);
}
