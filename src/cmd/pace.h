/*
 * Pacing for people (replay --step, --delay): the line that is said next stands highlighted under the conversation until
 * Enter is pressed, or its time has come.
 */
#ifndef PARLANCE_CMD_PACE_H
#define PARLANCE_CMD_PACE_H

#include "cmd/cmd.h"

struct event_base;
struct pace;

/* `go` is called from the loop of `base` when Enter was pressed. Looked at: the options. */
struct pace *pace_new(const struct options *options, struct event_base *base, void (*go)(void *context), void *context);
/* NULL is allowed. */
void pace_free(struct pace *pace);

/* A face that is told before the one that shows the conversation: it takes the highlighted line out of its way. */
struct face *pace_face(struct pace *pace);

/* --step: octets are about to be said. True where they wait for Enter; false where there is nobody to press it. */
bool pace_step(struct pace *pace, struct slice octets);
/* --delay: they are said after a while. */
void pace_delay(struct pace *pace, struct slice octets);

/* An event was shown: what still waits is highlighted again. */
void pace_event(struct pace *pace, const struct dialogue_event *event);

#endif
