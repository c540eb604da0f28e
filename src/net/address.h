/*
 * Socket addresses, and how they are written for a person. Known inside net/ only.
 */
#ifndef PARLANCE_NET_ADDRESS_H
#define PARLANCE_NET_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>

/* An address of any family; `n` octets of it count, 0 where there is none. */
struct address {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
		struct sockaddr_un local;
		struct sockaddr_storage room;
	} is;
	socklen_t n;
};

/* A copy of what the system gave; one that is too long to be an address becomes none. */
struct address address_of(const struct sockaddr *any, socklen_t n);

/* The address that `text` is ("127.0.0.1", "::1", "fe80::1%eth0"), without any looking up. False where it is none. */
bool address_parse(const char *text, unsigned port, struct address *address);

/* The loopback address of AF_INET or AF_INET6. */
struct address address_loopback(int family, unsigned port);

/* Which address this end, or the other end, of a descriptor has; none where the system does not say. */
struct address address_local(int fd);
struct address address_peer(int fd);

unsigned address_port(const struct address *address);
void address_set_port(struct address *address, unsigned port);
bool address_equal(const struct address *a, const struct address *b);

/* "127.0.0.1", and "127.0.0.1:25", "[::1]:25", "unix:/path": safe to print, owned by the caller (free). */
char *address_host(const struct address *address);
char *address_text(const struct address *address);

#endif
