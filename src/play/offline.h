/*
 * A script played offline: nobody is talked to. Both sides' lines go through a dialogue, and what it makes of them is shown by
 * a face (FORMATS section 2, "Offline").
 */
#ifndef PARLANCE_PLAY_OFFLINE_H
#define PARLANCE_PLAY_OFFLINE_H

#include "base/error.h"
#include "protocol/protocol.h"
#include "script/rehearse.h"
#include "session/mask.h"
#include "view/view.h"

struct offline {
	const struct protocol *protocol;   /* for a script that names none; NULL: it is recognised */
	const struct variables *variables; /* those given; looked at */
	struct masking masking;            /* what is hidden before the face sees it */
	/* Called before the face is told of the script's line `i`, in turn; NULL: not at all. */
	void (*line)(void *context, size_t i);
	void *context;
};

/* Plays what was rehearsed: tells `face` each event, and the comments and directions that stand between them. At the end no
 * close is invented; the face stays open, the caller's. STATUS_USAGE with `FILE:LINE: …` where a line cannot be said: the face
 * has then been told what came before it. */
enum status offline_play(const struct offline *how, const struct rehearsal *r, struct face *face, struct error *error);

#endif
