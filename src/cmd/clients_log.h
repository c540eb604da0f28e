/*
 * The log of serve and of the lab: what every session says, as it happens, on one screen or in one file. Known to serve.c
 * and lab.c.
 */
#ifndef PARLANCE_CMD_CLIENTS_LOG_H
#define PARLANCE_CMD_CLIENTS_LOG_H

#include "cmd/cmd.h"
#include "play/delivery.h"

struct clients_log;

/* The log that the options ask for: JSON, plain or for people; the caller's (clients_log_free). STATUS_USAGE with a message
 * where its file cannot be written. The options outlive it. */
enum status clients_log_new(const struct options *options, struct clients_log **log, struct error *error);
/* When all its faces have been closed. NULL is allowed. */
void clients_log_free(struct clients_log *log);

/* The face of a client that has come; NULL where nothing is shown (-q). `name` says what is served to it, where that is to
 * be told; else it is NULL. */
struct face *clients_log_face(struct clients_log *log, const char *peer, const char *name);

/* Shows a fault, done `seconds` after the client came; for a face of this log. */
void clients_log_fault(struct face *face, const struct fault *fault, double seconds);

#endif
