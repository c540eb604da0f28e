/*
 * What the files of the data connections share: ftp_data.c follows the conversation, ftp_data_where.c knows where they go,
 * ftp_data_carry.c what goes over them. Known to them only.
 */
#ifndef PARLANCE_SESSION_FTP_DATA_INSIDE_H
#define PARLANCE_SESSION_FTP_DATA_INSIDE_H

#include <stdint.h>
#include <stdio.h>

#include "protocol/ftp_syntax.h"
#include "session/data_connection.h"
#include "session/ftp_data.h"

/* What goes over one connection. */
struct carried {
	enum side side;     /* who sends */
	bool ascii;         /* TYPE A */
	uint64_t told;      /* octets that a direction has told of */
	uint64_t shown;     /* octets that the faces have seen, since the last direction */
	uint64_t shown_all; /* and since the beginning */
	bool begun;         /* the first of them was shown */
	bool hidden;        /* the rest is not shown */
	struct buffer line; /* not yet shown: its end has not come */
	FILE *file;         /* that it is saved to, or read from; NULL */
	char *path;         /* its name */
	bool returned;      /* the last octet that was saved as ASCII is a CR that waits */
	bool unsaved;       /* the file could not be written */
};

struct ftp_data {
	struct session *session;
	struct ftp_data_options options;
	struct data_connection *data; /* NULL: none */
	char *place;                  /* where it is or goes to */
	bool listens;
	unsigned later; /* the port at `host` that is connected to later; 0: none */
	char *host;
	struct event *soon;
	bool failed;   /* the last one did, and that was told */
	bool told_how; /* what a data connection is was said */
	struct event *stall, *work;
	char type_asked, prot_asked; /* the letters of the last TYPE and PROT */
	bool ascii, protect;         /* as granted */
	enum { TRANSFER_NONE, TRANSFER_ASKED, TRANSFER_BEGUN } transfer;
	bool answered;  /* its last reply has come */
	bool wants;     /* what is to be sent is still to come */
	bool finishing; /* all of it was given */
	bool ended;     /* the connection is over; told from the loop */
	bool pausing;   /* the control connection waits for it */
	struct carried carried;
	char *named; /* for the next transfer; NULL */
	bool force;
};

/* ---- ftp_data.c ---- */

/* What its connections tell. */
extern const struct data_events ftp_data_told;
/* Lets go of the connection, and of where it was to go. */
void ftp_data_drop(struct ftp_data *f);

/* ---- ftp_data_where.c ---- */

/* Whether the command's reply (`passive`), or the command itself, says an address, and in which form. */
bool where_form(struct slice verb, bool passive, enum ftp_address_form *form);
/* 227, 228, 229: connects, or does so later. */
void where_offered(struct ftp_data *f, const struct dialogue_event *event, enum ftp_address_form form);
/* Connects now, if that was to be done later. */
void where_late(struct ftp_data *f);
/* A command names where the server is to connect to: ours, or somebody else's. */
void where_named(struct ftp_data *f, struct slice argument, enum ftp_address_form form);
/* It was accepted: says what comes of it. */
void where_said(struct ftp_data *f);
/* Nobody has said where: listens at our end of the control connection, where the server may come to (RFC 959 3.2). */
void where_default(struct ftp_data *f);

/* ---- ftp_data_carry.c ---- */

/* Begins anew, for a transfer of that side's. */
void carried_begin(struct ftp_data *f, enum side side);
void carried_free(struct carried *c);
/* Opens the file that was named, for writing or reading; what prevents it is remarked on. */
void carried_open(struct ftp_data *f);
/* Octets came: shows or saves them. */
void carried_came(struct ftp_data *f, struct slice octets);
/* Sends the next of the file; all of it was sent: finishes. */
void carried_read(struct ftp_data *f);
/* Tells the faces what has gone over it since it was last told of; `last`: nothing more comes. */
void carried_tell(struct ftp_data *f, uint64_t octets, bool last);
/* Appends how much it was: "▸ 1,204 octets", and where to. */
void carried_words(const struct ftp_data *f, uint64_t octets, struct buffer *out);
/* Closes the file, and says where it could not be written. */
void carried_close(struct ftp_data *f);

#endif
