/*
 * Records of TLS, followed from outside (RFC 8446 5.1): so that what is none is seen before libssl takes it for one, and
 * can be shown. Known inside net/ only.
 */
#ifndef PARLANCE_NET_TLS_RECORDS_H
#define PARLANCE_NET_TLS_RECORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

/* A record's type, version and length. */
#define TLS_RECORD_HEADER 5

/* All zero at first; `plaintext` is freed by its owner. */
struct tls_records {
	unsigned char header[TLS_RECORD_HEADER];
	size_t nheader;          /* octets of it that have come */
	size_t left;             /* of the record's body, still to come */
	struct buffer plaintext; /* what came instead of a record: its first octets, 512 at most */
	bool alien;              /* and from there on nothing is TLS */
};

/* How many of the octets go on with the record under way, or are the next one's, as far as it has come: at most to its
 * end. 0, and `alien`, where what comes now is no record. */
size_t tls_records_take(struct tls_records *r, const char *p, size_t n);

/* Keeps the first octets of what is no TLS, those of a header before them included: `before` of its octets had been
 * taken when the call of tls_records_take began that found it out. */
void tls_records_alien(struct tls_records *r, const char *p, size_t n, size_t before);

#endif
