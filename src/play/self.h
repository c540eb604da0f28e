/*
 * `self`: a transcript's own server side, served on loopback for its client side to be played against.
 */
#ifndef PARLANCE_PLAY_SELF_H
#define PARLANCE_PLAY_SELF_H

#include <stdbool.h>

#include "net/connect.h"
#include "net/tls.h"
#include "script/rehearse.h"

struct event_base;
struct self;

struct self_options {
	const struct rehearsal *rehearsal; /* outlives it, as do the variables */
	const struct variables *variables;
	const struct tls_options *tls; /* of which versions and ciphers count */
	bool tls_implicit;             /* from the first octet, whatever the script says */
};

/* Serves from the loop of `base`. STATUS_USAGE where a line of the server's cannot be said, else as service_start. */
enum status self_start(struct event_base *base, const struct self_options *options, struct self **self,
                       struct error *error);
/* NULL is allowed. */
void self_free(struct self *self);

/* Where it is: host, port and datagrams are filled in; the strings are its own. */
void self_place(const struct self *self, struct connect_options *connect);
/* What a client begins TLS with: it trusts the certificate that was made for this, and no other. NULL: there is no TLS. */
struct tls_settings *self_tls(const struct self *self);

#endif
