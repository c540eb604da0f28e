/*
 * The lab that `lab:smtp` and the like lead to: the one that this user has running, or a private one, a process of its own that
 * ends with us. Known to the commands that go to a target.
 */
#ifndef PARLANCE_CMD_PRACTICE_H
#define PARLANCE_CMD_PRACTICE_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"

/* All zero at first. */
struct practice {
	bool fresh;         /* a private one, whether there is a running one or not: verify, lessons */
	bool per_session;   /* and each session begins with the users, mail and files of the start */
	struct buffer card; /* what the lab told (cmd/lab_door.h) */
	int lifeline;       /* of the private one: it ends when this is closed; 0: there is none */
	int child;          /* its process */
};

/* Finds where the server of that name is: attaches, or starts the private one, at the first call. `*host` and `*authority`
 * live as long as the practice, or until practice_end. STATUS_CONNECTION or STATUS_USAGE with a message. */
enum status practice_find(struct practice *practice, const char *name, char **host, unsigned *port,
                          struct slice *authority, struct error *error);
/* From now on every practice of this process that has no lab yet is at the one that `practice` is at: for a process that was
 * forked from the one that keeps it. */
void practice_share(const struct practice *practice);
/* Ends the private lab, waits until it has gone, and forgets where it was; the next call of practice_find begins anew. */
void practice_end(struct practice *practice);

#endif
