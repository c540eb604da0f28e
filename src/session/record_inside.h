/*
 * What the two halves of a record share: record.c keeps the octets, record_face.c makes them.
 */
#ifndef PARLANCE_SESSION_RECORD_INSIDE_H
#define PARLANCE_SESSION_RECORD_INSIDE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/slice.h"
#include "session/record.h"

/* Where the next line will stand, in octets from the beginning. */
off_t record_end(const struct record *record);

/* Whether what was written can be changed: not in a pipe. */
bool record_patches(const struct record *record);
/* Writes over what stands at `at`; context is the record (attempts_patch). */
void record_patch(void *context, off_t at, struct slice text);

#endif
