/*
 * What is known about POP3, as data: its states and the tables that the registry names.
 */
#ifndef PARLANCE_PROTOCOL_POP3_TABLES_H
#define PARLANCE_PROTOCOL_POP3_TABLES_H

#include "protocol/knowledge.h"

/* The states of a session, as indexes into pop3_states (FORMATS section 6). */
enum pop3_state {
	POP3_GREETING,      /* the server has not greeted yet */
	POP3_AUTHORIZATION, /* greeted; nobody is logged in */
	POP3_TRANSACTION,   /* logged in, the maildrop is locked */
	POP3_UPDATE,        /* QUIT was said: what was marked is deleted */
	POP3_CLOSED
};

/* The states' names by index, ended by NULL. */
extern const char *const pop3_states[];

/* The tables, ended by rows NULL. */
extern const struct table pop3_tables[];

#endif
