/*
 * What is known about POP3.
 */
#include "protocol/pop3_tables.h"

const char *const pop3_states[] = {
	"greeting", "authorization", "transaction", "update", "closed", NULL,
};

const struct table pop3_tables[] = { { 0 } };
