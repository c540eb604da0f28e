/*
 * Counting durations: a power of two of microseconds, and a part of it.
 */
#include "base/histogram.h"

#include <math.h>

/* Up to 32 µs each part is a microsecond. */
static size_t slot_of(double seconds)
{
	double microseconds = seconds * 1e6;
	if (!(microseconds >= 1))
		return 0;
	if (microseconds < HISTOGRAM_PARTS)
		return (size_t)microseconds;
	int power = ilogb(microseconds) - ilogb((double)HISTOGRAM_PARTS) + 1;
	if (power >= HISTOGRAM_POWERS)
		return (size_t)HISTOGRAM_PARTS * HISTOGRAM_POWERS - 1;
	double part = (ldexp(microseconds, -ilogb(microseconds)) - 1) * HISTOGRAM_PARTS;
	return (size_t)power * HISTOGRAM_PARTS + (size_t)part;
}

/* Where a slot ends, in seconds. */
static double end_of(size_t slot)
{
	size_t power = slot / HISTOGRAM_PARTS, part = slot % HISTOGRAM_PARTS;
	if (power == 0)
		return (double)(part + 1) / 1e6;
	return ldexp(1 + (double)(part + 1) / HISTOGRAM_PARTS, (int)power - 1 + ilogb((double)HISTOGRAM_PARTS)) / 1e6;
}

void histogram_add(struct histogram *h, double seconds)
{
	h->counts[slot_of(seconds)]++;
	h->n++;
	if (seconds > h->max)
		h->max = seconds;
}

double histogram_at(const struct histogram *h, double percent)
{
	double wanted = (double)h->n * percent / 100, seen = 0;
	for (size_t i = 0; i < sizeof h->counts / sizeof h->counts[0]; i++) {
		seen += (double)h->counts[i];
		if (seen >= wanted && seen > 0)
			return fmin(end_of(i), h->max);
	}
	return h->max;
}
