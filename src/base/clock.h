/*
 * Time, as sessions count it.
 */
#ifndef PARLANCE_BASE_CLOCK_H
#define PARLANCE_BASE_CLOCK_H

#include <sys/time.h>

/* Seconds on a clock that never jumps (CLOCK_MONOTONIC), from an unsaid beginning. */
double clock_now(void);

/* So many seconds, 0 or more, as timers take them; rounded up, so that none goes off too early. */
struct timeval clock_span(double seconds);

#endif
