/*
 * Why the network did not do what was asked, in words, and what to try next. Known inside net/ only.
 */
#ifndef PARLANCE_NET_FAILURE_H
#define PARLANCE_NET_FAILURE_H

#include "base/error.h"

/* What an errno value is called: "connection refused". Static, or the system's until the next call. */
const char *failure_words(int code);

/* Of two errno values (0: none yet) the one that tells the user more: that a machine refused says more about it than
 * that another has no route. */
int failure_telling(int one, int other);

/* Sets the error `WHERE: connection refused: what to do`, STATUS_CONNECTION or, for ETIMEDOUT, STATUS_TIMEOUT. */
enum status failure_connecting(struct error *error, const char *where, int code);

/* The same for a unix socket, and for an address to listen on. */
enum status failure_unix(struct error *error, const char *where, int code);
enum status failure_listening(struct error *error, const char *where, int code);

/* Sets the error of a name that getaddrinfo did not find (`code`: EAI_…; `system`: its errno for EAI_SYSTEM). */
enum status failure_name(struct error *error, const char *name, int code, int system);

/* Sets the error of a resolver that said nothing for `seconds`. */
enum status failure_silent_resolver(struct error *error, const char *name, double seconds);

/* What to do where there is no network to speak of. */
#define FAILURE_NO_NETWORK "`parlance lab:smtp` (lab:imap, lab:http …) practises on this machine, and needs no network"

#endif
