/*
 * What every descriptor of the network needs before it is used. Known inside net/ only.
 */
#ifndef PARLANCE_NET_DESCRIPTOR_H
#define PARLANCE_NET_DESCRIPTOR_H

/* Where send() can be told not to raise SIGPIPE; elsewhere the socket is told (SO_NOSIGPIPE). */
#include <sys/socket.h>
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

/* A socket that does not block, is closed on exec, and raises no SIGPIPE; -1 with errno. */
int descriptor_open(int family, int type);

/* Makes an accepted or given descriptor so. */
void descriptor_prepare(int fd);

/* Once for the program: libevent prints nothing, and a peer that is gone is an error and not a signal (libevent's
 * own writes cannot be told otherwise). */
void network_prepare(void);

#endif
