/*
 * FTP's data connections on the client's side of a session: what PASV and EPSV offer is connected to, PORT and EPRT are
 * listened for, and each transfer is shown beside the conversation, saved, or sent. The driver tells it each event; it
 * connects, begins TLS (PROT P), pauses the control connection while the data is under way, so that what is told of the one
 * stands before the reply that ends it, and gives it back where nothing moves.
 */
#ifndef PARLANCE_SESSION_FTP_DATA_H
#define PARLANCE_SESSION_FTP_DATA_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"
#include "session/session.h"

struct ftp_data;

struct ftp_data_options {
	bool quiet; /* only what fails is remarked on */
	/* A STOR begins, and no file was named for it. Appends what is to be sent, and returns true: that is all of it; or
	 * false: it comes by ftp_data_send and ftp_data_finish. Called from inside the driver's `event`. NULL: nothing is
	 * sent. */
	bool (*wanted)(void *context, struct buffer *octets);
	/* The server listens, for the transfer that comes next. True: it is connected to now, which is usual; false: when the
	 * server has said 150, about to open, or is silent behind the command. NULL: now. */
	bool (*early)(void *context);
	/* The transfer is over, or cannot be: nothing more is wanted. May be NULL; from the loop. */
	void (*over)(void *context);
	void *context;
};

/* For a session of the client's side, whose protocol need not be known yet. Freed by ftp_data_free before the session is.
 * Nothing is freed from inside its callbacks. */
struct ftp_data *ftp_data_new(struct session *session, const struct ftp_data_options *options);
/* NULL is allowed. */
void ftp_data_free(struct ftp_data *f);

/* Each event of the session, as its driver hears it. */
void ftp_data_event(struct ftp_data *f, const struct dialogue_event *event);

/* Listens at our end of the control connection's address, and appends the command that tells the server where: PORT, or for
 * IPv6 EPRT. STATUS_CONNECTION with a message where that cannot be. */
enum status ftp_data_listen(struct ftp_data *f, struct buffer *command, struct error *error);
/* Where it listens, as the number that PORT has ("200,21") or EPRT ("51221"); false where it does not. */
bool ftp_data_port(const struct ftp_data *f, bool extended, struct buffer *out);

/* The next transfer is saved to, or sent from, that file; NULL: it is shown, or typed. `force`: what is there is written
 * over. */
void ftp_data_file(struct ftp_data *f, const char *path, bool force);
/* The name given last and not used yet; NULL. */
const char *ftp_data_named(const struct ftp_data *f);
void ftp_data_follow(struct ftp_data *f, bool follow);

/* Whether a STOR waits for what is to be sent. */
bool ftp_data_wants(const struct ftp_data *f);
void ftp_data_send(struct ftp_data *f, struct slice octets);
/* That was all. */
void ftp_data_finish(struct ftp_data *f);
/* Octets that wait to be written. */
size_t ftp_data_waiting(const struct ftp_data *f);

/* Where the data connection is or goes to, "127.0.0.1:51234"; NULL. */
const char *ftp_data_place(const struct ftp_data *f);

#endif
