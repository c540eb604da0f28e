/*
 * The row of IMAP (RFC 9051).
 */
#ifndef PARLANCE_PROTOCOL_IMAP_H
#define PARLANCE_PROTOCOL_IMAP_H

#include "protocol/protocol.h"

extern const struct protocol protocol_imap;

#endif
