/*
 * Time, as sessions count it.
 */
#ifndef PARLANCE_BASE_CLOCK_H
#define PARLANCE_BASE_CLOCK_H

/* Seconds on a clock that never jumps (CLOCK_MONOTONIC), from an unsaid beginning. */
double clock_now(void);

#endif
