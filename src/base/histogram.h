/*
 * A histogram of durations: however many are counted, it stays as large as it is, and says of each percentile a value that
 * is at most 3 % above the true one.
 */
#ifndef PARLANCE_BASE_HISTOGRAM_H
#define PARLANCE_BASE_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

/* Each power of two from 1 µs on is divided into so many parts; there are 36 of them, up to 19 hours. */
#define HISTOGRAM_PARTS 32
#define HISTOGRAM_POWERS 36

/* All zero is empty. */
struct histogram {
	uint64_t counts[HISTOGRAM_PARTS * HISTOGRAM_POWERS];
	uint64_t n;
	double max; /* seconds, exact */
};

/* Counts one duration, in seconds. */
void histogram_add(struct histogram *h, double seconds);

/* The duration, in seconds, that `percent` of those counted do not exceed; 0 where there are none. */
double histogram_at(const struct histogram *h, double percent);

#endif
