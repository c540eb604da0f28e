/*
 * What speaker.c stands on: a side each. Known to speaker_*.c alone; speaker.h tells what the numbers mean.
 */
#ifndef PARLANCE_SCRIPT_SPEAKER_INSIDE_H
#define PARLANCE_SCRIPT_SPEAKER_INSIDE_H

#include "base/slice.h"
#include "protocol/protocol.h"

/* How much speaks for it that the line is a client's command, or a field of its request. */
unsigned speaker_client(const struct protocol *protocol, struct slice line);

/* How much speaks for it that the line is a server's, of a reply or of what follows one. */
unsigned speaker_server(const struct protocol *protocol, struct slice line);

/* HTTP: whether the line is a field whose name is known, or has the look of one (`X-Cache: HIT`). */
unsigned speaker_field(const struct protocol *protocol, struct slice line);

#endif
