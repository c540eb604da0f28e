/*
 * Passwords in a record that were refused. Who mistypes one and then says the right one has said two; the right one is
 * to be `{{password}}`, for it is the one that can be given where the record is said again, and nobody needs the other:
 * where it stood, stands a word that will be refused as well.
 */
#ifndef PARLANCE_SESSION_ATTEMPTS_H
#define PARLANCE_SESSION_ATTEMPTS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buffer.h"
#include "base/slice.h"

struct attempt;

/* All zero at first; attempts_free frees. */
struct attempts {
	struct attempt *rows;
	size_t n;
};

/* Writes over what stands at `at` in the record; as many octets as there were. */
typedef void attempts_patch(void *context, off_t at, struct slice text);

/* Appends lines that will stand at `at` in the record, with the names that their secrets have there: where the value that
 * had the plain name (`{{password}}`) was refused, another (`{{password.2}}`) gets it, and the refused one is patched. */
void attempts_name(struct attempts *attempts, struct slice lines, off_t at, struct buffer *out, attempts_patch *patch,
                   void *context);

/* The server has said yes or no to the secrets that were written last. */
void attempts_judged(struct attempts *attempts, bool accepted, attempts_patch *patch, void *context);

void attempts_free(struct attempts *attempts);

#endif
