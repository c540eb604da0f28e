/*
 * The message of a failure as it grows: shared by the files that put failures in words.
 */
#ifndef PARLANCE_NET_TLS_TELLING_H
#define PARLANCE_NET_TLS_TELLING_H

#include "net/tls_failure_table.h"
#include "net/tls_inside.h"

/* What is known, and where the words go. */
struct telling {
	const struct tls_evidence *evidence;
	const struct tls_facts *facts;
	bool server; /* we are */
	struct buffer *out;
};

/* ---- tls_failure.c ---- */

/* "the client" or "the server". */
const char *telling_peer(const struct telling *t);
/* Appends a row's words, "@" standing for the peer, and "@@" for itself. */
void telling_say(const struct telling *t, const char *words);
/* Appends what a user may add to go on; nothing where a server or no user of ours could. */
void telling_insecure(const struct telling *t);

/* ---- tls_refused.c ---- */

/* Appends what is wrong with the peer's certificate, the worst first, and what to do. */
void telling_refused(const struct telling *t, const struct tls_fault *worst);

#endif
