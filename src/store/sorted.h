/*
 * Finding a name among rows that are sorted by it: files in a folder, mailboxes of a user.
 */
#ifndef PARLANCE_STORE_SORTED_H
#define PARLANCE_STORE_SORTED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

/* The name of the i-th row. */
typedef struct slice sorted_name(const void *rows, size_t i);
/* Less than, equal to or greater than 0, as slice_compare. */
typedef int sorted_order(struct slice a, struct slice b);

/* Where the name stands among `n` rows, or would: the index from 0; `*there` whether it does. */
size_t sorted_place(const void *rows, size_t n, sorted_name *name, sorted_order *order, struct slice wanted,
                    bool *there);

#endif
