/*
 * Secrets are masked here, once, before any face sees them.
 */
#ifndef PARLANCE_SESSION_MASK_H
#define PARLANCE_SESSION_MASK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "protocol/dialogue.h"
#include "session/secrets.h"

/* What is hidden. The arrays are the owner's and outlive the masking. */
struct masking {
	bool spans;                /* what the dialogue marks as secret: for what is said live (--secrets mask) */
	const char *const *values; /* and these texts wherever they stand (values of --set) */
	const char *const *names;  /* what is written for each: `{{name}}` */
	size_t nvalues;
	/* Whether what this event hides is no secret: the lab's own passwords, which stand in every book. NULL: it is one. */
	bool (*known)(void *context, const struct dialogue_event *event);
	void *context;
};

/* What a masked event borrows, reused from event to event, and the secrets that the conversation has held. All zero at
 * first; mask_free frees. */
struct mask_room {
	struct buffer text, decoded, note, problem, verb, tag, keyword;
	struct secrets secrets;
};

/* Fills `*masked` with `event` as faces may see it: the same where nothing is secret. Its slices live until the room is
 * used again. Where something was masked `masked` is true, and `octets` is 0. A piece of a longer line is treated as
 * the line's first. In `spans` the secrets' places are those in the new text. */
void mask_event(const struct masking *masking, const struct dialogue_event *event, struct mask_room *room,
                struct dialogue_event *masked);
void mask_free(struct mask_room *room);

/* Replaces the secret values (not spans) in a text that is no event. Returns true, and makes `*text` look into `room`,
 * where there was one. */
bool mask_values(const struct masking *masking, struct slice *text, struct buffer *room);

#endif
