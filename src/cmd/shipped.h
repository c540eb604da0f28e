/*
 * What is built into the binary: the tables that shipped.sh writes, and shipped.c reads.
 */
#ifndef PARLANCE_CMD_SHIPPED_H
#define PARLANCE_CMD_SHIPPED_H

#include <stddef.h>

struct shipped_file {
	const char *name; /* without folder and ending: "ewing-smtp", "03-smtp-by-hand" */
	const unsigned char *text;
	size_t n; /* octets */
};

/* Sorted by name, octet by octet; ended by a NULL name, which `_count` does not count. */
extern const struct shipped_file shipped_transcripts[], shipped_lessons[];
extern const size_t shipped_transcripts_count, shipped_lessons_count;

#endif
