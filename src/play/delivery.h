/*
 * How what a server says goes out: at once, or late, in pieces, changed, cut off: faults on request, so that a client's
 * author sees what the client does. A reply goes in; what comes out is what to do, step by step. No I/O and no clock, and
 * nothing is left to chance: every run does the same faults in the same places.
 */
#ifndef PARLANCE_PLAY_DELIVERY_H
#define PARLANCE_PLAY_DELIVERY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* All zero: everything goes out as it is, at once. */
struct faults {
	double delay;        /* seconds before each reply */
	double stall;        /* seconds of silence in the middle of each reply */
	uint64_t split;      /* octets that go out at a time; 0: as many as there are */
	bool garble;         /* one octet of each line is changed, never one of its end */
	bool drop;           /* the connection is cut … */
	uint64_t drop_after; /* … when so many octets have gone out in it */
};

/* A fault that was done. */
struct fault {
	const char *name;   /* its option, without dashes: "garble" */
	uint64_t octets;    /* that had gone out by then, in the whole connection */
	struct slice words; /* what was done, and where: a line's text, safe to show; good until the next call */
};

enum delivery_act {
	DELIVER_NOTHING, /* all has gone out */
	DELIVER_OCTETS,  /* `text` goes out, in a write of its own */
	DELIVER_PROBLEM, /* the line that goes out next has this problem: `text` */
	DELIVER_PAUSE,   /* nothing goes out for so many `seconds`, nor before what did has been written */
	DELIVER_FAULT,   /* `fault` was done: tell it */
	DELIVER_CUT      /* the connection is cut, without a goodbye */
};

struct delivery_step {
	struct slice text; /* good until the next call */
	double seconds;
	struct fault fault;
};

struct delivery;

/* For one connection; `faults` outlives it. `datagrams`: what is added at once goes out at once. Owned by the caller. NULL
 * where there is no fault to do: then all goes out as it is. */
struct delivery *delivery_new(const struct faults *faults, bool datagrams);
/* NULL is allowed. */
void delivery_free(struct delivery *d);

/* Adds octets of a reply, line ends included; `problem` (may be empty) is what is wrong with them as the script has them.
 * `begins`: a reply begins with them. Copied. All of a reply is added before the first of it goes out, so that its middle
 * is known. */
void delivery_add(struct delivery *d, struct slice text, struct slice problem, bool begins);

/* What to do next: called again and again until it says NOTHING or CUT. */
enum delivery_act delivery_next(struct delivery *d, struct delivery_step *step);

/* Whether a reply has begun to go out, and some of it has not. */
bool delivery_under_way(const struct delivery *d);

#endif
