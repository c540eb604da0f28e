/*
 * The clock that never jumps.
 */
#include "base/clock.h"

#include <time.h>

double clock_now(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

struct timeval clock_span(double seconds)
{
	struct timeval span = { .tv_sec = (time_t)seconds };
	double microseconds = (seconds - (double)span.tv_sec) * 1e6;
	span.tv_usec = (suseconds_t)microseconds;
	span.tv_usec += (double)span.tv_usec < microseconds; /* up, so that nothing is called before its time */
	if (span.tv_usec == 1000000) {
		span.tv_sec++;
		span.tv_usec = 0;
	}
	return span;
}
