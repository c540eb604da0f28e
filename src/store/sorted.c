/*
 * A binary search that says where a name is missing, too, which bsearch does not.
 */
#include "store/sorted.h"

size_t sorted_place(const void *rows, size_t n, sorted_name *name, sorted_order *order, struct slice wanted,
                    bool *there)
{
	size_t low = 0, high = n;
	*there = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int compared = order(name(rows, middle), wanted);
		if (compared == 0) {
			*there = true;
			return middle;
		}
		if (compared < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
