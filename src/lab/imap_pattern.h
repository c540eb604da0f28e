/*
 * Patterns of LIST and LSUB (RFC 3501 section 6.3.8): `*` stands for any octets, `%` for any but the hierarchy's "/".
 */
#ifndef PARLANCE_LAB_IMAP_PATTERN_H
#define PARLANCE_LAB_IMAP_PATTERN_H

#include <stdbool.h>

#include "base/slice.h"

/* Whether the name, as it is said, matches; INBOX does in any case of its letters. It costs the product of the two lengths. */
bool imap_pattern_matches(struct slice pattern, struct slice name);

#endif
