/*
 * Descriptors made ready for the loop, and enough of them.
 */
#include "net/descriptor.h"

#include <event2/event.h>
#include <event2/util.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>

void descriptor_prepare(int fd)
{
	(void)evutil_make_socket_nonblocking(fd);
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
#ifdef SO_NOSIGPIPE
	int on = 1;
	(void)setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
}

int descriptor_open(int family, int type)
{
	int fd = socket(family, type, 0);
	if (fd >= 0)
		descriptor_prepare(fd);
	return fd;
}

size_t descriptors_wanted(size_t n)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return n;
	if (limit.rlim_cur == RLIM_INFINITY)
		return n;
	rlim_t now = limit.rlim_cur, wanted = n > limit.rlim_max ? limit.rlim_max : n;
	/* A system may allow less than its hard limit says (macOS: OPEN_MAX; Linux: fs.nr_open). */
	for (; wanted > now; wanted = now + (wanted - now) / 2) {
		limit.rlim_cur = wanted;
		if (setrlimit(RLIMIT_NOFILE, &limit) == 0)
			return (size_t)wanted;
	}
	return (size_t)now;
}

static void keep_silent(int severity, const char *message)
{
	(void)severity, (void)message;
}

void network_prepare(void)
{
	static bool prepared;
	if (prepared)
		return;
	prepared = true;
	event_set_log_callback(keep_silent);
	struct sigaction now;
	if (sigaction(SIGPIPE, NULL, &now) == 0 && now.sa_handler == SIG_DFL)
		(void)signal(SIGPIPE, SIG_IGN);
}
