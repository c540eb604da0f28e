/*
 * How a conversation in the clear is upgraded to TLS: what the client says for it in each protocol, step by step, and
 * why it cannot be. No I/O: a driver sends what it is told to, and shows the dialogue's events to it.
 *
 *     switch (upgrade_next(u, d, &text)) { … }      // whenever it is the client's turn, and after upgrade_event
 */
#ifndef PARLANCE_PROTOCOL_UPGRADE_H
#define PARLANCE_PROTOCOL_UPGRADE_H

#include <stdbool.h>

#include "base/buffer.h"
#include "protocol/dialogue.h"

struct upgrade;

/* Whether the protocol knows such a thing: SMTP, LMTP, IMAP (STARTTLS), POP3 (STLS), FTP (AUTH TLS). NULL: not known
 * yet, which counts as yes. */
bool upgrade_possible(const struct protocol *protocol);

/* Begins wherever the conversation stands: what has been said already (EHLO, CAPABILITY) is not said again. `name` is
 * what the client calls itself to an SMTP server, a domain or an address literal ("[127.0.0.1]"). The caller's
 * (upgrade_free). */
struct upgrade *upgrade_new(const char *name);
void upgrade_free(struct upgrade *upgrade); /* NULL is allowed */

enum upgrade_act {
	UPGRADE_SAY,  /* send these octets, then wait */
	UPGRADE_WAIT, /* for the server: for a reply, or for the handshake (dialogue_tls_pending) */
	UPGRADE_DONE, /* the connection is encrypted; of FTP the data connections are, too, or `text` says why not yet */
	UPGRADE_REFUSED /* it cannot be: the server does not offer it, or refuses it */
};

/*
 * What to do next; asked when it is the client's turn, and after upgrade_event. `text` is emptied and gets the octets to
 * send, line end included; of UPGRADE_REFUSED, why and what to do, a line that begins in lower case (or with a name) and has no full stop, safe to print; of
 * UPGRADE_DONE nothing, or what is left to do for FTP's data connections (PBSZ and PROT, RFC 4217 section 9), such a
 * line, too. Each line is said once at most: whatever the server does, it comes to DONE or REFUSED, or waits for a
 * server that is silent. DONE and REFUSED stay, once they were returned.
 */
enum upgrade_act upgrade_next(struct upgrade *upgrade, const struct dialogue *d, struct buffer *text);

/* Follows what is said, by either side; each event is shown once, when the dialogue has given it, and before the next
 * is asked for. */
void upgrade_event(struct upgrade *upgrade, const struct dialogue *d, const struct dialogue_event *event);

#endif
