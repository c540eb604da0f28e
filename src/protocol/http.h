/*
 * The row of HTTP (RFC 9110).
 */
#ifndef PARLANCE_PROTOCOL_HTTP_H
#define PARLANCE_PROTOCOL_HTTP_H

#include "protocol/protocol.h"

extern const struct protocol protocol_http;

#endif
