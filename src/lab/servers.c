/*
 * The lab's servers, a row each; in the order in which they are told.
 */
#include "lab/visit.h"

const struct server servers[] = {
	{ .name = "smtp", .protocol = "smtp", .port = 2525, .conduct = &smtp_conduct },
	{ .name = "submission", .protocol = "smtp", .port = 2587, .conduct = &smtp_conduct },
	{ .name = "smtps", .protocol = "smtp", .port = 2465, .tls = true, .conduct = &smtp_conduct },
	{ .name = "lmtp", .protocol = "lmtp", .port = 2424, .conduct = &smtp_conduct },
	{ .name = "pop3", .protocol = "pop3", .port = 2110, .conduct = &pop3_conduct },
	{ .name = "pop3s", .protocol = "pop3", .port = 2995, .tls = true, .conduct = &pop3_conduct },
	{ .name = "imap", .protocol = "imap", .port = 2143, .conduct = &imap_conduct },
	{ .name = "imaps", .protocol = "imap", .port = 2993, .tls = true, .conduct = &imap_conduct },
	{ .name = "http", .protocol = "http", .port = 2080, .conduct = &http_conduct },
	{ .name = "https", .protocol = "http", .port = 2443, .tls = true, .conduct = &http_conduct },
	{ .name = "ftp", .protocol = "ftp", .port = 2121, .conduct = &ftp_conduct },
	{ .name = "ftps", .protocol = "ftp", .port = 2990, .tls = true, .conduct = &ftp_conduct },
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
