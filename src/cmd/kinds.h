/*
 * The failures of many sessions of one transcript, grouped: one example of each kind, and how many there were.
 */
#ifndef PARLANCE_CMD_KINDS_H
#define PARLANCE_CMD_KINDS_H

#include <stddef.h>

#include "cmd/verify.h"

/* All zero is empty. Freed by kinds_free. */
struct kinds {
	struct kind {
		char *key; /* what tells it from others; NULL: all that are told apart no more */
		size_t sessions;
		struct judgement example; /* a reply that differs … */
		char *problem;            /* … or what else went wrong; NULL: there is an example */
	} * list;
	size_t n;
};

void kinds_free(struct kinds *kinds);

/* A session whose first reply that differs is this: sessions that differ at the same line in the same way are of one kind.
 * What the judgement holds is taken where it becomes the example. */
void kinds_difference(struct kinds *kinds, struct judgement *judgement);

/* A session that failed otherwise, for that reason. */
void kinds_problem(struct kinds *kinds, const char *problem);

/* The most frequent first. */
void kinds_sort(struct kinds *kinds);

#endif
