/*
 * The second connection of an FTP script that is served (FORMATS section 2): where the script's 227 and 229 name an address,
 * a port of our own is listened on; where the client says PORT or EPRT, it is connected to. What the script only describes
 * goes over it.
 */
#ifndef PARLANCE_PLAY_SECOND_H
#define PARLANCE_PLAY_SECOND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "session/session.h"

struct second;

/* For a session of the server's side. `tls` (may be NULL) is what PROT P begins TLS with; `done` is told from the loop when a
 * transfer is over. Freed before the session is. */
struct second *second_new(struct event_base *base, struct session *session, struct tls_settings *tls,
                          void (*done)(void *context), void *context);
/* NULL is allowed. */
void second_free(struct second *s);

/* Each event of the session. */
void second_event(struct second *s, const struct dialogue_event *event);

/* A line of the script's is about to be said. Where it tells an address for the data connection, one is listened on, and the
 * line is appended to `out` with that in its place: true. Else nothing: false. */
bool second_rewrite(struct second *s, struct slice line, struct buffer *out);

/* Has `side` send so many octets (0: three lines) over the data connection. False where there is none to go over. */
bool second_carry(struct second *s, enum side side, uint64_t octets);

#endif
