/*
 * The row of POP3 (RFC 1939).
 */
#ifndef PARLANCE_PROTOCOL_POP3_H
#define PARLANCE_PROTOCOL_POP3_H

#include "protocol/protocol.h"

extern const struct protocol protocol_pop3;

#endif
