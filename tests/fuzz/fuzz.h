/*
 * What the fuzz harnesses share. Each is a LLVMFuzzerTestOneInput that aborts where a property does not hold.
 */
#ifndef PARLANCE_TESTS_FUZZ_H
#define PARLANCE_TESTS_FUZZ_H

#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/slice.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Both hold the same; else they are shown and the run ends. */
static inline void must_equal(const char *what, struct slice a, struct slice b)
{
	if (slice_equal(a, b))
		return;
	(void)fprintf(stderr, "%s\n--- one:\n" SLICE_FMT "\n--- other:\n" SLICE_FMT "\n", what, SLICE_ARG(a),
	              SLICE_ARG(b));
	abort();
}

#endif
