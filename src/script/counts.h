/*
 * Counts fit the text (FORMATS section 1): of a literal's `{n}`, or a body's Content-Length, where in the script the
 * octets end that it counts, and how many they are. Known to rehearse.c.
 */
#ifndef PARLANCE_SCRIPT_COUNTS_H
#define PARLANCE_SCRIPT_COUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/dialogue.h"
#include "script/rehearse.h"

/*
 * The text of a count that has just begun behind the line `after`, whose side has `printed` octets to say by count; `d`
 * stands there. Whether the count is right is judged by the script's own values (`Let`), without --set and --map. Fills
 * `*counted`; false where no text stands there (a stage direction stands for it, or nothing), or more than 1 MiB would
 * have to be looked at: the printed count is believed then.
 */
bool counts_find(const struct rehearsal *r, const struct dialogue *d, size_t after, uint64_t printed,
                 struct variables *v, struct counted *counted);

/* How many octets it is now, with these variables. */
uint64_t counts_now(const struct rehearsal *r, const struct counted *counted, struct variables *v, enum fill how);

#endif
