/*
 * Following a live server along a script whose client a person plays: only what its variables capture is looked for.
 */
#ifndef PARLANCE_SCRIPT_FOLLOW_H
#define PARLANCE_SCRIPT_FOLLOW_H

#include <stddef.h>

#include "base/slice.h"
#include "script/rehearse.h"

/* A line came from the server, and the client's next is line `at` of the script: where it is one that captures, `values` gets what
 * it captures. `*matched`: the server's lines before that one have captured, or were passed; moved on. */
void rehearsal_follow(const struct rehearsal *r, size_t at, size_t *matched, struct slice text,
                      struct variables *values);

#endif
