/*
 * The grammar of what stands between the angle brackets of MAIL and RCPT (RFC 5321 4.1.2 and 4.1.3, with RFC 6531 3.3's
 * UTF-8), as a server holds a client to it.
 */
#ifndef PARLANCE_PROTOCOL_SMTP_ADDRESS_H
#define PARLANCE_PROTOCOL_SMTP_ADDRESS_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/slice.h"

/* RFC 5321 4.5.3.1, in octets: a local part, a domain, a path with its brackets. */
#define SMTP_LOCAL_MAX 64
#define SMTP_DOMAIN_MAX 255
#define SMTP_PATH_MAX 256

/* A mailbox. */
struct smtp_address {
	struct slice local;  /* in front of the last @, as it stands: quoted perhaps */
	struct slice domain; /* behind it; an address literal with its brackets; empty where there is no @ */
	bool literal;        /* the domain is an address literal */
	bool utf8;           /* octets above 127 stand in it */
	const char *problem; /* what is wrong, the first thing found; NULL where nothing is */
};

/* Takes an address apart, a source route in front of it passed over (RFC 5321 C). Without @ and domain it is no mailbox, and
 * `problem` says so. */
void smtp_address_parse(struct slice address, struct smtp_address *mailbox);

/* Appends what the local part says: quotes and escapes undone, since all quoted forms are one (RFC 5321 4.1.2). */
void smtp_local_part(struct buffer *out, struct slice local);

/* Whether it is a domain; `utf8`: U-labels are allowed (RFC 6531 3.3). Of any length. */
bool smtp_is_domain(struct slice domain, bool utf8);
/* Whether it is an address literal, brackets included. */
bool smtp_is_literal(struct slice literal);

#endif
