/*
 * What is known about HTTP.
 */
#include "protocol/http_tables.h"

const char *const http_states[] = {
	"idle", "request", "response", "body", "tunnel", "closed", NULL,
};

const struct table http_tables[] = { { 0 } };
