/*
 * The lab's servers, a row each; in the order in which they are told.
 */
#include "lab/visit.h"

const struct server servers[] = {
	{ .name = "tcp", .protocol = "tcp", .port = 12000, .conduct = &echo_conduct },
	{ .name = "udp", .protocol = "udp", .port = 12000, .conduct = &echo_conduct },
	{ .name = NULL },
};

const struct server *server_named(struct slice name)
{
	if (slice_equal_nocase(name, SLICE("echo")))
		name = SLICE("tcp");
	for (const struct server *server = servers; server->name; server++)
		if (slice_equal_nocase(slice_of(server->name), name))
			return server;
	return NULL;
}
