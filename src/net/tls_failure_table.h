/*
 * What can go wrong with TLS, as rows: faults of certificates, alerts, and OpenSSL's reasons that a user meets. Known to
 * the TLS files of net/ only.
 */
#ifndef PARLANCE_NET_TLS_FAILURE_TABLE_H
#define PARLANCE_NET_TLS_FAILURE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "net/tls_inside.h"

/* Faults of certificates that call for the same next step. Of several, the first kind tells the user most: a name or a
 * date in a certificate that nobody vouches for is worth nothing. */
enum fault_kind {
	FAULT_REVOKED,
	FAULT_SIGNATURE,   /* somebody else made it, or changed it */
	FAULT_KEY,         /* cannot be read */
	FAULT_SELF_SIGNED, /* the peer's own */
	FAULT_LENGTH,      /* the chain is not followed to its end */
	FAULT_ISSUER,      /* is not known, or was not sent */
	FAULT_ROOT,        /* vouches for itself, and is not trusted here */
	FAULT_DISTRUSTED,  /* known here, as one not to trust */
	FAULT_NAME,
	FAULT_PURPOSE,
	FAULT_WEAK,
	FAULT_EXPIRED,
	FAULT_NOT_YET,
	FAULT_UNKNOWN,    /* it holds what is not understood here, and must be */
	FAULT_RULES,      /* RFC 5280 is broken */
	FAULT_REVOCATION, /* whether it is revoked cannot be told */
	FAULT_INTERNAL,   /* this program could not look */
	FAULT_KINDS
};

struct fault_row {
	int code; /* X509_V_ERR_… */
	enum fault_kind kind;
	const char *words; /* what follows "the certificate": "has expired" */
};

/* Ascending by code. */
extern const struct fault_row fault_rows[];
extern const size_t fault_rows_count;

/* The row of a code; of one that nobody knows, a row that says so. Never NULL. */
const struct fault_row *fault_row(int code);
/* What to do about a kind: where a server showed the certificate, and where a client did. */
const char *fault_advice(enum fault_kind kind, bool of_client);
/* Whether the fault is that nobody who is trusted vouches. */
bool fault_is_about_trust(int code);
/* Of all faults the one that tells most, at the lowest depth; NULL where there is none. */
const struct tls_fault *tls_worst_fault(const struct tls_facts *facts);

struct alert_row {
	int code;         /* on the wire */
	const char *name; /* as the RFC spells it */
	const char *ref;
	const char *words;  /* what the peer, "it", means, and what to do */
	const char *client; /* where the peer is a client, and other words fit; else NULL */
};

extern const struct alert_row alert_rows[];
extern const size_t alert_rows_count;

/* NULL where no RFC has named it. */
const struct alert_row *alert_row(int code);

struct reason_row {
	int reason; /* SSL_R_… */
	enum tls_trouble trouble;
	const char *words;  /* "@" stands for "the server" or "the client", whichever the peer is */
	const char *client; /* where the peer is a client, and other words fit; else NULL */
};

/* Ascending by reason. */
extern const struct reason_row reason_rows[];
extern const size_t reason_rows_count;

/* NULL where it is one that users do not meet. */
const struct reason_row *reason_row(int reason);

#endif
