/*
 * Entity-tags and ranges: which state of a resource is meant, and which octets of it (RFC 9110 8.8.3, 13.1 and 14).
 */
#ifndef PARLANCE_PROTOCOL_HTTP_VALIDATORS_H
#define PARLANCE_PROTOCOL_HTTP_VALIDATORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/* `W/"opaque"` or `"opaque"` (RFC 9110 8.8.3). */
struct http_tag {
	bool weak;
	struct slice opaque; /* quotes included */
};
/* Takes the next entity-tag off a list; empty elements are passed over. False at the end, and where something else stands
 * there: `*list` is then not empty. */
bool http_tag_next(struct slice *list, struct http_tag *tag);

/* Whether the value of If-Match (`strong`) or If-None-Match names that tag: it is `*`, or a list that holds it (RFC 9110
 * 8.8.3.2). `tag` is NULL where nothing is there that could have one: then nothing matches. A value that is no such list
 * matches nothing. */
bool http_tags_match(struct slice value, const struct http_tag *tag, bool strong);

/* Octets `first` to `last`, both included. */
struct http_range {
	uint64_t first, last;
};

enum http_ranges {
	RANGES_NONE,         /* another unit, or no ranges: the field is passed over (RFC 9110 14.2) */
	RANGES_GOOD,         /* `*n` of them can be given, in the order asked for */
	RANGES_UNSATISFIABLE /* not one: 416 */
};
/* Reads `bytes=0-499,-500` for something of `length` octets. More than `max`, or more than two that overlap, are an attack
 * and count as none (RFC 9110 17.15). */
enum http_ranges http_ranges_parse(struct slice value, uint64_t length, struct http_range *ranges, size_t max,
                                   size_t *n);

#endif
