/*
 * The row of FTP (RFC 959).
 */
#ifndef PARLANCE_PROTOCOL_FTP_H
#define PARLANCE_PROTOCOL_FTP_H

#include "protocol/protocol.h"

extern const struct protocol protocol_ftp;

#endif
