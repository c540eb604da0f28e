/*
 * A stream that can be cut: what carried it is gone without a word, so that what stands above it (TLS) cannot say goodbye
 * any more.
 */
#ifndef PARLANCE_PLAY_CUTTABLE_H
#define PARLANCE_PLAY_CUTTABLE_H

#include "net/stream.h"

/* The same stream, which may be cut; takes ownership of `stream`. */
struct stream *cuttable(struct stream *stream);

/* From now on nothing that is written goes out; what was written before does. Only of a cuttable stream. */
void cuttable_cut(struct stream *stream);

#endif
