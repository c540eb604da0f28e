/*
 * The rows of services that speak in plain lines, and that nobody here knows more about: TCP and UDP.
 */
#ifndef PARLANCE_PROTOCOL_LINE_H
#define PARLANCE_PROTOCOL_LINE_H

#include "protocol/protocol.h"

extern const struct protocol protocol_tcp, protocol_udp;

#endif
