/*
 * What is known about IMAP, as data: its states and the tables that the registry names.
 */
#ifndef PARLANCE_PROTOCOL_IMAP_TABLES_H
#define PARLANCE_PROTOCOL_IMAP_TABLES_H

#include "protocol/knowledge.h"

/* The states of a session, as indexes into imap_states (FORMATS section 6). */
enum imap_state {
	IMAP_GREETING,          /* the server has not greeted yet */
	IMAP_NOT_AUTHENTICATED, /* greeted; nobody is logged in */
	IMAP_AUTHENTICATED,     /* logged in, no mailbox selected */
	IMAP_SELECTED,          /* a mailbox is selected or examined */
	IMAP_LOGOUT,            /* BYE was said */
	IMAP_CLOSED
};

/* The states' names by index, ended by NULL. */
extern const char *const imap_states[];

/* The tables, ended by rows NULL. */
extern const struct table imap_tables[];

#endif
