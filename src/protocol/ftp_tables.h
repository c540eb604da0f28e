/*
 * What is known about FTP, as data: its states and the tables that the registry names.
 */
#ifndef PARLANCE_PROTOCOL_FTP_TABLES_H
#define PARLANCE_PROTOCOL_FTP_TABLES_H

#include "protocol/knowledge.h"

/* The states of a session, as indexes into ftp_states (FORMATS section 6). */
enum ftp_state {
	FTP_GREETING,  /* the server has not greeted yet */
	FTP_CONNECTED, /* greeted; nobody is logged in */
	FTP_USER,      /* the name was said, the password (or account) is asked for */
	FTP_READY,     /* logged in */
	FTP_TRANSFER,  /* a data connection is at work */
	FTP_CLOSED
};

/* The states' names by index, ended by NULL. */
extern const char *const ftp_states[];

/* The tables, ended by rows NULL. TABLE_ATTRIBUTES holds the facts of MLST, TABLE_PARAMETERS what stands behind SITE. */
extern const struct table ftp_tables[];

#endif
