/*
 * Where a running lab can be found: a unix socket that only its user reaches, and the card that is read there.
 */
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "cmd/lab_door.h"
#include "lab/lab.h"
#include "lab/visit.h"

struct door {
	int fd;
	char *path;
	struct stat made; /* the socket there */
	struct event *knock;
	struct buffer card;
};

/* Whoever listens everywhere is reached here. */
static const char *reachable(const char *host)
{
	if (strcmp(host, "0.0.0.0") == 0)
		return "127.0.0.1";
	return strcmp(host, "::") == 0 ? "::1" : host;
}

void lab_card(const struct lab *lab, struct slice authority, struct buffer *out)
{
	for (const struct server *server = servers; server->name; server++)
		if (lab_host(lab, server))
			buffer_printf(out, "%s %s %u\n", server->name, reachable(lab_host(lab, server)),
			              lab_port(lab, server));
	buffer_add_slice(out, authority);
	buffer_add_string(out, "end\n");
}

/* ---- where ---- */

/* A folder that others may write to could hold a socket of theirs. */
static enum status check_folder(const char *folder, bool make, struct error *error)
{
	struct stat about;
	if (make && mkdir(folder, 0700) != 0 && errno != EEXIST)
		return error_set(error, STATUS_USAGE, "%s: %s", folder, strerror(errno));
	if (lstat(folder, &about) != 0)
		return error_set(error, STATUS_USAGE, "%s: %s", folder, strerror(errno));
	if (!S_ISDIR(about.st_mode) || about.st_uid != geteuid() || (about.st_mode & 077) != 0)
		return error_set(error, STATUS_USAGE,
		                 "%s: is not a folder that is yours alone (chmod 700): set XDG_RUNTIME_DIR to one",
		                 folder);
	return STATUS_OK;
}

enum status lab_door_path(bool make, char **path, struct error *error)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR"), *temporary = getenv("TMPDIR");
	char *folder = runtime && *runtime == '/'
	                       ? string_printf("%s/parlance", runtime)
	                       : string_printf("%s/parlance-%u", temporary && *temporary ? temporary : "/tmp",
	                                       (unsigned)geteuid());
	enum status status = check_folder(folder, make, error);
	*path = status == STATUS_OK ? string_printf("%s/lab", folder) : NULL;
	free(folder);
	return status;
}

/* ---- the door ---- */

/* A card is smaller than what a socket takes at once, and who asks is a program of ours: nothing here waits. */
static void knocked(evutil_socket_t fd, short what, void *context)
{
	struct door *door = context;
	(void)what;
	int client = accept(fd, NULL, NULL);
	if (client < 0)
		return;
	ssize_t sent = send(client, door->card.p, door->card.n, MSG_NOSIGNAL | MSG_DONTWAIT);
	(void)sent; /* who has gone again wants none */
	(void)close(client);
}

static enum status address_of(const char *path, struct sockaddr_un *address, struct error *error)
{
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof address->sun_path)
		return error_set(error, STATUS_USAGE,
		                 "%s: too long for a socket's name: set XDG_RUNTIME_DIR to a "
		                 "shorter folder",
		                 path);
	memcpy(address->sun_path, path, strlen(path));
	return STATUS_OK;
}

/* Whether somebody answers there; a socket that nobody answers was left by a lab that is gone. */
static bool answered(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	bool there = fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof *address) == 0;
	if (fd >= 0)
		(void)close(fd);
	return there;
}

static enum status listen_at(struct door *door, struct error *error)
{
	struct sockaddr_un address;
	enum status status = address_of(door->path, &address, error);
	if (status != STATUS_OK)
		return status;
	if (answered(&address))
		return error_set(error, STATUS_USAGE, "another lab of yours is running, and they lead there");
	(void)unlink(door->path);
	door->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (door->fd >= 0 && bind(door->fd, (struct sockaddr *)&address, sizeof address) == 0 &&
	    lstat(door->path, &door->made) == 0 && listen(door->fd, SOMAXCONN) == 0)
		return STATUS_OK;
	return error_set(error, STATUS_USAGE, "%s: %s", door->path, strerror(errno));
}

enum status lab_door_open(struct event_base *base, struct slice card, struct door **made, struct error *error)
{
	struct door *door = memory_zeroed(1, sizeof *door);
	door->fd = -1;
	enum status status = lab_door_path(true, &door->path, error);
	if (status == STATUS_OK)
		status = listen_at(door, error);
	*made = NULL;
	if (status != STATUS_OK) {
		if (door->fd >= 0)
			(void)close(door->fd);
		free(door->path);
		free(door);
		return status;
	}
	buffer_add_slice(&door->card, card);
	door->knock = event_new(base, door->fd, EV_READ | EV_PERSIST, knocked, door);
	(void)event_add(door->knock, NULL);
	*made = door;
	return STATUS_OK;
}

void lab_door_close(struct door *door)
{
	struct stat about;
	if (door == NULL)
		return;
	event_free(door->knock);
	(void)close(door->fd);
	/* Of two labs that begin at once the later one has the place. */
	if (lstat(door->path, &about) == 0 && about.st_dev == door->made.st_dev && about.st_ino == door->made.st_ino)
		(void)unlink(door->path);
	free(door->path);
	buffer_free(&door->card);
	free(door);
}
