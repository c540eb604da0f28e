/*
 * Socket addresses.
 */
#include "net/address.h"

#include <netdb.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/escape.h"
#include "net/target.h"

struct address address_of(const struct sockaddr *any, socklen_t n)
{
	struct address address;
	memset(&address, 0, sizeof address); /* padding too: address_equal compares octets */
	if (n <= sizeof address.is) {
		memcpy(&address.is, any, n);
		address.n = n;
	}
	return address;
}

bool address_parse(const char *text, unsigned port, struct address *address)
{
	const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	if (getaddrinfo(text, NULL, &hints, &found) != 0)
		return false;
	*address = address_of(found->ai_addr, found->ai_addrlen);
	freeaddrinfo(found);
	address_set_port(address, port);
	return true;
}

struct address address_loopback(int family, unsigned port)
{
	struct address address = { 0 };
	(void)address_parse(family == AF_INET6 ? "::1" : "127.0.0.1", port, &address);
	return address;
}

struct address address_local(int fd)
{
	struct address address = { .n = sizeof address.is };
	if (getsockname(fd, &address.is.any, &address.n) != 0)
		address.n = 0;
	return address;
}

struct address address_peer(int fd)
{
	struct address address = { .n = sizeof address.is };
	if (getpeername(fd, &address.is.any, &address.n) != 0)
		address.n = 0;
	return address;
}

unsigned address_port(const struct address *address)
{
	switch (address->is.any.sa_family) {
	case AF_INET:
		return ntohs(address->is.v4.sin_port);
	case AF_INET6:
		return ntohs(address->is.v6.sin6_port);
	default:
		return 0;
	}
}

void address_set_port(struct address *address, unsigned port)
{
	if (address->is.any.sa_family == AF_INET)
		address->is.v4.sin_port = htons((in_port_t)port);
	else if (address->is.any.sa_family == AF_INET6)
		address->is.v6.sin6_port = htons((in_port_t)port);
}

bool address_equal(const struct address *a, const struct address *b)
{
	if (a->n != b->n || a->is.any.sa_family != b->is.any.sa_family)
		return false;
	if (a->is.any.sa_family == AF_INET)
		return a->is.v4.sin_port == b->is.v4.sin_port && a->is.v4.sin_addr.s_addr == b->is.v4.sin_addr.s_addr;
	if (a->is.any.sa_family == AF_INET6)
		return a->is.v6.sin6_port == b->is.v6.sin6_port && a->is.v6.sin6_scope_id == b->is.v6.sin6_scope_id &&
		       memcmp(&a->is.v6.sin6_addr, &b->is.v6.sin6_addr, sizeof a->is.v6.sin6_addr) == 0;
	return memcmp(&a->is, &b->is, a->n) == 0;
}

char *address_host(const struct address *address)
{
	char name[NI_MAXHOST];
	if (address->n == 0 ||
	    getnameinfo(&address->is.any, address->n, name, sizeof name, NULL, 0, NI_NUMERICHOST) != 0)
		return string_copy("?");
	return string_copy(name);
}

/* "unix:/path"; this end of a client's socket has no path. */
static char *local_text(const struct address *address)
{
	struct buffer text = { 0 };
	size_t before = offsetof(struct sockaddr_un, sun_path);
	size_t n = address->n > before ? address->n - before : 0;
	struct slice path = { address->is.local.sun_path, n };
	if (n > 0 && path.p[0] != '\0')
		path.n = slice_find_octet(path, '\0');
	buffer_add_string(&text, "unix:");
	escape_text(&text, path);
	return buffer_take(&text);
}

char *address_text(const struct address *address)
{
	if (address->n == 0)
		return string_copy("?");
	if (address->is.any.sa_family == AF_UNIX)
		return local_text(address);
	char *host = address_host(address);
	char *text = target_text(host, address_port(address));
	free(host);
	return text;
}
