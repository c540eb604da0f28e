/*
 * Preloaded into a program: 192.0.2.7 (RFC 5737, an address that is nobody's) is reached, and is this machine. So a test
 * can see what is done on a connection to somewhere else, and no octet leaves the machine:
 *
 *     cc -shared -fPIC -o outside.so outside.c -ldl
 *     LD_PRELOAD=./outside.so parlance 192.0.2.7:2525
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#define OUTSIDE 0xc0000207U /* 192.0.2.7 */
#define MOST 1024

/* Descriptors that are connected to there. */
static bool outside[MOST];

/* The function of that name that the program would have without this one. POSIX lets a function be had from dlsym, ISO C
 * knows no such conversion: the octets are copied. */
static void next_function(const char *name, void *function, size_t n)
{
	void *next = dlsym(RTLD_NEXT, name);
	memcpy(function, &next, n);
}

static bool is_outside(const struct sockaddr *address, socklen_t n)
{
	struct sockaddr_in in;
	if (!address || n < sizeof in || address->sa_family != AF_INET)
		return false;
	memcpy(&in, address, sizeof in);
	return in.sin_addr.s_addr == htonl(OUTSIDE);
}

/* glibc declares these two with a union in place of the pointer, which only an extension takes for the same. */
__extension__ int connect(int fd, const struct sockaddr *address, socklen_t n)
{
	int (*next)(int, const struct sockaddr *, socklen_t);
	next_function("connect", &next, sizeof next);
	bool there = is_outside(address, n);
	if (fd >= 0 && fd < MOST)
		outside[fd] = there;
	if (!there)
		return next(fd, address, n);
	struct sockaddr_in here;
	memcpy(&here, address, sizeof here);
	here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return next(fd, (const struct sockaddr *)&here, sizeof here);
}

__extension__ int getpeername(int fd, struct sockaddr *address, socklen_t *n)
{
	int (*next)(int, struct sockaddr *, socklen_t *);
	next_function("getpeername", &next, sizeof next);
	int status = next(fd, address, n);
	if (status == 0 && fd >= 0 && fd < MOST && outside[fd] && *n >= sizeof(struct sockaddr_in)) {
		struct sockaddr_in there;
		memcpy(&there, address, sizeof there);
		there.sin_addr.s_addr = htonl(OUTSIDE);
		memcpy(address, &there, sizeof there);
	}
	return status;
}
