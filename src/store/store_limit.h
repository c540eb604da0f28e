/*
 * A limit on octets, under other limits: a store's under that of all stores together. What is taken counts in each of them.
 */
#ifndef PARLANCE_STORE_STORE_LIMIT_H
#define PARLANCE_STORE_STORE_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

struct limit {
	uint64_t most;
	uint64_t used;       /* at most `most`, but for what limit_count took */
	struct limit *above; /* NULL: none */
};

/* Whether so many octets more are allowed, here and above. */
bool limit_allows(const struct limit *limit, uint64_t octets);
/* Takes them, asked or not; gives them back. NULL: no limit. */
void limit_count(struct limit *limit, uint64_t octets);
void limit_give(struct limit *limit, uint64_t octets);

#endif
