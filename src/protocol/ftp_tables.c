/*
 * What is known about FTP.
 */
#include "protocol/ftp_tables.h"

const char *const ftp_states[] = {
	"greeting", "connected", "user", "ready", "transfer", "closed", NULL,
};

const struct table ftp_tables[] = { { 0 } };
