/*
 * The rows of SMTP (RFC 5321) and LMTP (RFC 2033), which share one machine.
 */
#ifndef PARLANCE_PROTOCOL_SMTP_H
#define PARLANCE_PROTOCOL_SMTP_H

#include "protocol/protocol.h"

extern const struct protocol protocol_smtp, protocol_lmtp;

#endif
