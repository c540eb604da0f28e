/*
 * What many sessions of verify are measured by: how long each command waited for its reply.
 */
#ifndef PARLANCE_CMD_MEASURE_H
#define PARLANCE_CMD_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/histogram.h"
#include "base/slice.h"

/* All zero is empty. Freed by measure_free. */
struct measure {
	struct measure_row {
		char *name; /* "connect", "TLS", "greeting", a verb */
		size_t name_n;
		struct histogram durations;
	} * *rows; /* in the order in which they were first met */
	size_t n;
	uint64_t replies;
};

/* Frees what it holds; it is empty then. */
void measure_free(struct measure *m);

/* Counts one duration, in seconds. Past 64 names all others are counted as "other". */
void measure_add(struct measure *m, struct slice name, double seconds);

/* Whether a duration was counted under that name. */
bool measure_has(const struct measure *m, struct slice name);

/* Appends "0.35 ms", "12.3 ms", "1.25 s": three digits that count. */
void duration_words(struct buffer *out, double seconds);

/* Appends the table, its rows divided by LF: name, count, and p50 p90 p99 max. It needs 76 of the columns; where there are
 * fewer, 38, and says less. */
void measure_table(const struct measure *m, size_t columns, struct buffer *out);

/* Appends an object for each row, `{"kind":"latency","command":…,"count":…,"p50":…}`, seconds, a line each. */
void measure_json(const struct measure *m, struct buffer *out);

#endif
