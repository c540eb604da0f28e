/*
 * What is known about SMTP and LMTP, as data: their states and the tables that the registry names.
 */
#ifndef PARLANCE_PROTOCOL_SMTP_TABLES_H
#define PARLANCE_PROTOCOL_SMTP_TABLES_H

#include "protocol/knowledge.h"

/* The states of a session, as indexes into smtp_states (FORMATS section 6). */
enum smtp_state {
	SMTP_GREETING,  /* the server has not greeted yet */
	SMTP_CONNECTED, /* greeted; no hello was accepted, or TLS has begun since */
	SMTP_READY,     /* hello said, no transaction open */
	SMTP_MAIL,      /* a sender was accepted */
	SMTP_RCPT,      /* and at least one recipient */
	SMTP_DATA,      /* the message is being sent */
	SMTP_AUTH,      /* a SASL exchange is under way */
	SMTP_CLOSED
};

/* The states' names by index, ended by NULL. */
extern const char *const smtp_states[];

/* The tables, ended by rows NULL. LMTP has LHLO where SMTP has EHLO and HELO (RFC 2033 4.1). */
extern const struct table smtp_tables[], lmtp_tables[];

#endif
