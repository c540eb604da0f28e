/*
 * What every descriptor of the network needs before it is used (known inside net/ only), and how many there may be.
 */
#ifndef PARLANCE_NET_DESCRIPTOR_H
#define PARLANCE_NET_DESCRIPTOR_H

/* Where send() can be told not to raise SIGPIPE; elsewhere the socket is told (SO_NOSIGPIPE). */
#include <stddef.h>
#include <sys/socket.h>
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

/* A socket that does not block, is closed on exec, and raises no SIGPIPE; -1 with errno. */
int descriptor_open(int family, int type);

/* Makes an accepted or given descriptor so. */
void descriptor_prepare(int fd);

/* Has the process allowed to have `n` descriptors open at once (SIZE_MAX: as many as it can), as far as the system lets it:
 * up to the hard limit of RLIMIT_NOFILE. Never allows fewer than before. Returns how many may be open now; fewer than `n`
 * where the limit is lower, and then it is the caller's to say so, with DESCRIPTORS_ADVICE. */
size_t descriptors_wanted(size_t n);

/* What to do where there are too few, as a printf format for how many there are. */
#define DESCRIPTORS_ADVICE \
	"this process may have %zu files and connections open; root can allow more (`ulimit -Hn`, or LimitNOFILE= of systemd)"

/* Once for the program: libevent prints nothing, and a peer that is gone is an error and not a signal (libevent's
 * own writes cannot be told otherwise). */
void network_prepare(void);

#endif
