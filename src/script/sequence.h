/*
 * The lines of one reply, compared with those expected in the order written (FORMATS section 3). Memory does not depend on
 * how many lines come.
 */
#ifndef PARLANCE_SCRIPT_SEQUENCE_H
#define PARLANCE_SCRIPT_SEQUENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "script/expected.h"

struct sequence;

/* Compares with `n` lines, looked at until it is freed. `whole`: every line that comes must be expected, and every
 * expected line must come (level `text`); else only lines with a variable or a mark are looked for. Lines that the untagged
 * data of IMAP consists of are passed over where `tagged` says so. */
struct sequence *sequence_new(const struct rehearsal *r, const struct expected_line *lines, size_t n, bool whole,
                              bool tagged);
/* NULL is allowed. */
void sequence_free(struct sequence *s);

/* The next line that came, without its end; `tag_n` octets of it are a tag. What matches is compared with the values in `v`. */
void sequence_line(struct sequence *s, struct slice text, size_t tag_n, struct variables *v);

/* A line that is compared elsewhere: only whether it is one that must not come. */
void sequence_forbid(struct sequence *s, struct slice text, size_t tag_n, const struct variables *v);

/* Why a reply is not what was expected. */
enum fault {
	FAULT_NONE,
	FAULT_MISSING, /* no line matched expected line `at` */
	FAULT_EXTRA,   /* the line that came as number `at`, from 0, is not expected */
	FAULT_NEVER    /* a line came that must not: expected line `at` */
};

/* The reply is over: what it captured goes into `v`, also where it is not as expected. `*at` says where a fault lies. */
enum fault sequence_end(struct sequence *s, struct variables *v, size_t *at);

#endif
