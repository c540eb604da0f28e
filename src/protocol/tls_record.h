/*
 * TLS where text is spoken: somebody took a port of one kind for a port of the other.
 */
#ifndef PARLANCE_PROTOCOL_TLS_RECORD_H
#define PARLANCE_PROTOCOL_TLS_RECORD_H

#include "protocol/machine.h"

/* Whether the text begins like a TLS record (RFC 8446 section 5.1): an alert, a handshake, encrypted data. */
bool tls_record_begins(struct slice text);

/* Says what such a record of that side is, an alert by its name, and how to speak to such a port. The event's text
 * begins like one. `end` is the line end that was found behind it: an LF may be the alert's last octet. */
void tls_record_note(struct dialogue *d, enum side side, struct slice end, struct dialogue_event *event);

/* Says that a server which closes without a word, once a client has spoken in the clear, may have wanted TLS. */
void tls_record_silence(struct dialogue *d, struct dialogue_event *event);

#endif
