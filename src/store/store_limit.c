/*
 * Limits under limits.
 */
#include <assert.h>
#include <stddef.h>

#include "store/store_limit.h"

bool limit_allows(const struct limit *limit, uint64_t octets)
{
	for (; limit != NULL; limit = limit->above)
		if (limit->used > limit->most || octets > limit->most - limit->used)
			return false;
	return true;
}

void limit_count(struct limit *limit, uint64_t octets)
{
	for (; limit != NULL; limit = limit->above)
		limit->used += octets;
}

void limit_give(struct limit *limit, uint64_t octets)
{
	for (; limit != NULL; limit = limit->above) {
		assert(limit->used >= octets);
		limit->used -= octets;
	}
}
