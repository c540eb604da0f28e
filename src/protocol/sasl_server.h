/*
 * SASL (RFC 4422) without I/O, the server's side: PLAIN (RFC 4616), LOGIN, CRAM-MD5 (RFC 2195), SCRAM-SHA-1 (RFC 5802) and
 * SCRAM-SHA-256 (RFC 7677). Which protocol carries the lines does not matter.
 */
#ifndef PARLANCE_PROTOCOL_SASL_SERVER_H
#define PARLANCE_PROTOCOL_SASL_SERVER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/slice.h"

struct sasl_server;

/* The i-th password of that user; NULL past the last. A user may have several, and each is good. */
typedef const char *sasl_secret(void *context, struct slice user, size_t i);

enum sasl_verdict {
	SASL_GO_ON,     /* `challenge` is the next line of ours, base64; it may be empty */
	SASL_GOOD,      /* logged in: sasl_server_user */
	SASL_WRONG,     /* user or password are not known: 535, -ERR, NO */
	SASL_MALFORMED, /* what the client said is no line of this mechanism, or no base64 */
	SASL_CANCELLED  /* the client said `*` */
};

/* The i-th mechanism that there is, in the order of preference: "SCRAM-SHA-256"; NULL past the last. Names are compared
 * without their case. */
const char *sasl_server_mechanism(size_t i);

/* Begins an exchange; NULL where the mechanism is none of those. `host` names us in CRAM-MD5's challenge. */
struct sasl_server *sasl_server_new(struct slice mechanism, const char *host, sasl_secret *secret, void *context);
/* Takes the chance out of the exchange, before it begins: `nonce` is our half of SCRAM's, or all of CRAM-MD5's challenge, and
 * `salt` is SCRAM's. For tests that play an RFC's own example. */
void sasl_server_fix(struct sasl_server *server, struct slice nonce, struct slice salt);
/* NULL is allowed; what it holds is wiped. */
void sasl_server_free(struct sasl_server *server);

/* The first step: `initial` is the initial response as it stands behind the command (`=` is an empty one, RFC 4954 4), or NULL
 * where there is none. Then each line that the client says. `*why` gets a sentence that begins in lower case for WRONG and
 * MALFORMED. The text of a success that the mechanism has (SCRAM's v=) goes out as a last challenge, answered by an empty
 * line. */
enum sasl_verdict sasl_server_begin(struct sasl_server *server, const struct slice *initial, struct buffer *challenge,
                                    const char **why);
enum sasl_verdict sasl_server_step(struct sasl_server *server, struct slice line, struct buffer *challenge,
                                   const char **why);
/* Who has logged in, or tries to, as named; good until the next step. */
struct slice sasl_server_user(const struct sasl_server *server);

#endif
