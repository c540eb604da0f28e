/*
 * Which secret is which: two passwords in one conversation, a mistyped one say, are two variables in what is printed of it.
 * Otherwise one value would be said for both where it is replayed.
 */
#ifndef PARLANCE_SESSION_SECRETS_H
#define PARLANCE_SESSION_SECRETS_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/slice.h"

struct secret;
struct masking;

/* The secrets of a conversation, by their digests. All zero at first; secrets_free frees. */
struct secrets {
	struct secret *rows;
	size_t n;
};

/* Appends the mask of a secret, `text` being what it hides: as it is where its variable (`{{password}}`) has not hidden
 * another value, or where the value is one that `masking` knows by that name, else with the number of the value in
 * its name: `{{password.2}}`. What proves a password without holding it (a digest) tells no value: its mask stays. */
void secrets_name(struct secrets *secrets, const struct masking *masking, struct slice mask, struct slice text,
                  struct buffer *out);
void secrets_free(struct secrets *secrets);

#endif
