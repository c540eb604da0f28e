/*
 * Files that are kept between runs: found, read, and replaced in one step.
 */
#include "base/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *state_folder(const char *room)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	const char *slash = room ? "/" : "";
	room = room ? room : "";
	if (state && state[0] == '/')
		return string_printf("%s/parlance%s%s", state, slash, room);
	if (home && home[0] == '/')
		return string_printf("%s/.local/state/parlance%s%s", home, slash, room);
	return NULL;
}

/* What stands above may be somebody else's, in which no folder can be made: all that counts is whether the last is there. */
int state_make_folder(const char *path)
{
	char *part = string_copy(path);
	for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(part, 0700);
		*slash = '/';
	}
	int why = mkdir(part, 0700) == 0 || errno == EEXIST ? 0 : errno;
	free(part);
	return why;
}

static int read_all(int fd, size_t limit, struct buffer *text)
{
	char octets[4096];
	ssize_t n;
	while ((n = read(fd, octets, sizeof octets)) > 0) {
		size_t fits = (size_t)n < limit ? (size_t)n : limit;
		buffer_add(text, octets, fits);
		if (fits < (size_t)n)
			return EFBIG;
		limit -= fits;
	}
	return n < 0 ? errno : 0;
}

int state_read(const char *file, size_t limit, struct buffer *text)
{
	/* A FIFO in the file's place must not hold us up. */
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return errno;
	struct stat about;
	int why = fstat(fd, &about) != 0 ? errno : S_ISREG(about.st_mode) ? read_all(fd, limit, text) : EINVAL;
	(void)close(fd);
	return why;
}

int state_write(int fd, struct slice text)
{
	while (text.n) {
		ssize_t n = write(fd, text.p, text.n);
		if (n < 0 && errno != EINTR)
			return errno;
		if (n > 0)
			text = slice_part(text, (size_t)n, text.n);
	}
	return 0;
}

int state_replace(const char *file, struct slice text)
{
	const char *slash = strrchr(file, '/');
	int folder = slash ? (int)(slash - file) + 1 : 0;
	char *next = string_printf("%.*s.%s.XXXXXX", folder, file, file + folder);
	int fd = mkstemp(next); /* of mode 0600 */
	int why = fd < 0 ? errno : state_write(fd, text);
	if (fd >= 0 && why == 0 && fsync(fd) != 0 && errno != EINVAL) /* what cannot be synchronised is good as it is */
		why = errno;
	if (fd >= 0 && close(fd) != 0 && why == 0)
		why = errno;
	if (why == 0 && rename(next, file) != 0)
		why = errno;
	if (fd >= 0 && why != 0)
		(void)unlink(next);
	free(next);
	return why;
}
