/*
 * What is known about IMAP.
 */
#include "protocol/imap_tables.h"

const char *const imap_states[] = {
	"greeting", "not-authenticated", "authenticated", "selected", "logout", "closed", NULL,
};

const struct table imap_tables[] = { { 0 } };
