/*
 * A TARGET as the user typed it, taken apart; nothing is looked up here.
 */
#ifndef PARLANCE_NET_TARGET_H
#define PARLANCE_NET_TARGET_H

#include <stdbool.h>

#include "base/error.h"

/* Owned by the caller (target_free). Absent parts are NULL. */
struct target {
	char *scheme;  /* lower case: "smtp", "lab", "unix" is told by path; NULL where none was given */
	char *host;    /* name or address, brackets removed */
	char *service; /* port number or service name, as typed */
	char *path;    /* of unix:/path; or of a URL, with its slash and query ("/index.html?q") */
	bool unix_socket;
};

/*
 * Takes apart `host:port`, `[::1]:25`, `host:service`, `host`, `unix:/path`, `scheme://host[:port][/path]`, `lab:smtp`,
 * `lab`, `self`. `service` is the second word of `host port`, else NULL. Returns STATUS_USAGE with a message where it
 * is none of these (port 0 or above 65535, an unclosed bracket, an empty host, an address of two colons without
 * brackets and so on; but `::1 25`, in two words, is plain). Of `lab:smtp` scheme is "lab" and service "smtp"; of `lab`
 * and `self` scheme alone is set. User names and passwords in URLs are refused, by a message that does not repeat them.
 */
enum status target_parse(const char *text, const char *service, struct target *target, struct error *error);
void target_free(struct target *target);

/* A port number of a service name or number, for TCP or (`datagrams`) UDP; 0 where there is none. The services that
 * text protocols live on are known without /etc/services, in any case of letters. */
unsigned service_port(const char *service, bool datagrams);

/* As a person reads it: "mail.example:25", "[::1]:25", "unix:/path". Owned by the caller. */
char *target_text(const char *host, unsigned port);

#endif
