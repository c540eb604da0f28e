/*
 * Errors of the network as rows: what each is called, and the next step.
 */
#include "net/failure.h"

#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/buffer.h"
#include "base/slice.h"

struct failure {
	int code;
	const char *words;
	const char *next; /* NULL: nothing that helps */
};

#define NO_ROUTE "this machine knows no way there: is its network up? " FAILURE_NO_NETWORK
#define NO_FAMILY "this machine has only one of IPv4 and IPv6: try the other, -4 or -6"
#define TOO_MANY "close some connections, or raise `ulimit -n`"

/* The most telling first. */
static const struct failure connecting[] = {
	{ ECONNREFUSED, "connection refused", "nothing listens there: is the server running, and the port right?" },
	{ ECONNRESET, "connection reset by peer", "it hung up before it said a word: it may not want this client" },
	{ ETIMEDOUT, "no answer",
	  "the address may be wrong, or a firewall between drops the port (many networks drop port 25; mail is "
	  "handed in on 587); " FAILURE_NO_NETWORK },
	{ EACCES, "permission denied", "a firewall or a sandbox of this machine forbids it" },
	{ EPERM, "operation not permitted", "a firewall or a sandbox of this machine forbids it" },
	{ EHOSTUNREACH, "host unreachable", "no machine answers at that address: is it right, and is it switched on?" },
	{ EHOSTDOWN, "host is down", "no machine answers at that address: is it right, and is it switched on?" },
	{ ENETUNREACH, "network unreachable", NO_ROUTE },
	{ ENETDOWN, "network is down", NO_ROUTE },
	{ EMFILE, "too many open files", TOO_MANY },
	{ ENFILE, "too many open files in the system", TOO_MANY },
	{ EADDRNOTAVAIL, "no local address or port is free",
	  "this machine may have used up its ports for connections, each of which stays taken for a minute after its "
	  "connection's end, or has only one of IPv4 and IPv6 (-4, -6)" },
	{ EAFNOSUPPORT, "address family not supported", NO_FAMILY },
	{ EINVAL, "not an address that can be reached",
	  "an address that begins fe80: needs its interface: fe80::1%eth0" },
	{ EPIPE, "connection closed by peer", NULL },
	{ EMSGSIZE, "too long for a datagram", "a datagram holds 65507 octets at most (RFC 768)" },
	{ 0, NULL, NULL },
};

static const struct failure local_socket[] = {
	{ ENOENT, "no such socket", "is the server running, and the path right?" },
	{ ENOTDIR, "no such socket", "a part of the path is not a folder" },
	{ ENOTSOCK, "not a socket", "a file stands there; a server makes its own socket when it starts" },
	{ ECONNREFUSED, "connection refused",
	  "nobody listens on that socket: it may be left over from a server that is gone" },
	{ EACCES, "permission denied", "look at the mode of the socket and its folders (`ls -l`)" },
	{ EPERM, "operation not permitted", "look at the mode of the socket and its folders (`ls -l`)" },
	{ ENAMETOOLONG, "path too long",
	  "the path of a socket has at most about 100 octets: go nearer and use a relative one" },
	{ EPROTOTYPE, "a socket of another type", "it takes datagrams; parlance speaks to stream sockets" },
	{ ETIMEDOUT, "no answer", "its server takes no new clients: is it stuck?" },
	{ 0, NULL, NULL },
};

static const struct failure listening[] = {
	{ EADDRINUSE, "address already in use",
	  "another program listens there; choose another port, or 0 for a free one" },
	{ EACCES, "permission denied", "ports below 1024 are kept for root; choose a higher one, such as 2525" },
	{ EADDRNOTAVAIL, "not an address of this machine", "127.0.0.1 always is; 0.0.0.0 means all" },
	{ EAFNOSUPPORT, "address family not supported", "this machine has no IPv6; use 127.0.0.1" },
	{ 0, NULL, NULL },
};

static const struct failure *failure_row(const struct failure *rows, int code)
{
	while (rows->words && rows->code != code)
		rows++;
	return rows;
}

const char *failure_words(int code)
{
	const struct failure *row = failure_row(connecting, code);
	return row->words ? row->words : strerror(code);
}

int failure_telling(int one, int other)
{
	if (one == 0 || other == 0)
		return one == 0 ? other : one;
	return failure_row(connecting, one) <= failure_row(connecting, other) ? one : other;
}

static enum status failure_set(struct error *error, const struct failure *rows, const char *where, int code)
{
	const struct failure *row = failure_row(rows, code);
	enum status status = code == ETIMEDOUT ? STATUS_TIMEOUT : STATUS_CONNECTION;
	const char *words = row->words ? row->words : failure_words(code);
	if (row->next == NULL)
		return error_set(error, status, "%s: %s", where, words);
	return error_set(error, status, "%s: %s: %s", where, words, row->next);
}

enum status failure_connecting(struct error *error, const char *where, int code)
{
	return failure_set(error, connecting, where, code);
}

enum status failure_unix(struct error *error, const char *where, int code)
{
	return failure_set(error, local_socket, where, code);
}

enum status failure_listening(struct error *error, const char *where, int code)
{
	return failure_set(error, listening, where, code);
}

enum status failure_silent_resolver(struct error *error, const char *name, double seconds)
{
	return error_set(error, STATUS_CONNECTION,
	                 "%s: nobody has said what its address is for %g s: the DNS server of this machine is silent; "
	                 "try an address in place of the name; " FAILURE_NO_NETWORK,
	                 name, seconds);
}

/* A name that has letters beyond ASCII is not in the DNS as it is typed (RFC 5890). */
static bool beyond_ascii(const char *name)
{
	for (; *name; name++)
		if ((unsigned char)*name >= 0x80)
			return true;
	return false;
}

enum status failure_name(struct error *error, const char *name, int code, int system)
{
	if (code == EAI_AGAIN)
		return error_set(
			error, STATUS_CONNECTION,
			"%s: this machine cannot look up names now (no DNS server answers it): try an address in "
			"place of the name; " FAILURE_NO_NETWORK,
			name);
	if (code == EAI_SYSTEM)
		return error_set(error, STATUS_CONNECTION, "%s: cannot be looked up: %s", name, failure_words(system));
	if (code == EAI_FAIL || code == EAI_MEMORY)
		return error_set(error, STATUS_CONNECTION,
		                 "%s: cannot be looked up: %s: try again, or an address in place of the name", name,
		                 gai_strerror(code));
	if (beyond_ascii(name))
		return error_set(error, STATUS_CONNECTION,
		                 "%s: name not found: the DNS knows such a name only in its xn-- form (RFC 5891)",
		                 name);
	return error_set(
		error, STATUS_CONNECTION,
		"%s: name not found, or it names no machine: check the spelling (a mail domain's servers stand in "
		"its MX records), or try an address in place of the name",
		name);
}
