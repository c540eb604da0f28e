/*
 * Finding a lab for a target, or starting a private one.
 */
#include "cmd/practice.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/escape.h"
#include "cmd/lab_door.h"
#include "lab/lab.h"
#include "lab/visit.h"
#include "net/descriptor.h"
#include "net/stream.h"

/* Seconds that a running lab gets to hand out its card. */
#define PATIENCE 5

/* The last line of a card. */
#define END SLICE("end\n")

static bool whole(const struct buffer *card)
{
	return card->n >= END.n && slice_equal(slice_part(buffer_slice(card), card->n - END.n, card->n), END);
}

static bool read_card(int fd, struct buffer *card)
{
	char room[4096];
	ssize_t n;
	while (!whole(card) && ((n = read(fd, room, sizeof room)) > 0 || (n < 0 && errno == EINTR)))
		if (n > 0)
			buffer_add(card, room, (size_t)n);
	return whole(card);
}

/* ---- the running one ---- */

static bool attach(struct practice *practice)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const struct timeval patience = { .tv_sec = PATIENCE };
	struct error none = { 0 };
	char *path = NULL;
	bool found = lab_door_path(false, &path, &none) == STATUS_OK && strlen(path) < sizeof address.sun_path;
	int fd = found ? socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) : -1;
	if (fd >= 0) {
		memcpy(address.sun_path, path, strlen(path));
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
		found = connect(fd, (struct sockaddr *)&address, sizeof address) == 0 && read_card(fd, &practice->card);
		(void)close(fd);
	}
	if (!found)
		buffer_clear(&practice->card);
	error_clear(&none);
	free(path);
	return found && fd >= 0;
}

/* ---- a private one ---- */

/* What we have open is not the lab's: a pipe's reader would else wait for it, too. */
static void let_go(int lifeline)
{
	int null = open("/dev/null", O_RDWR);
	(void)dup2(null, STDIN_FILENO);
	(void)dup2(null, STDOUT_FILENO);
	long most = sysconf(_SC_OPEN_MAX);
	for (int fd = STDERR_FILENO + 1; fd < (most > 0 && most < 65536 ? most : 65536); fd++)
		if (fd != lifeline)
			(void)close(fd);
}

static void lifeline_cut(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	(void)event_base_loopbreak(context);
}

static enum status serve(struct event_base *base, const struct practice *practice, int lifeline, struct error *error)
{
	struct store_options about = { .host = NULL };
	struct tls_options plain = { .keep_keys = true };
	struct lab_options options = { .host = "127.0.0.1", .which = UINT64_MAX, .sharing = LAB_SHARED };
	struct buffer card = { 0 }, authority = { 0 };
	struct lab *lab = NULL;
	if (practice->per_session)
		options.sharing = LAB_PER_SESSION;
	enum status status = seed_new(&about, &options.seed, error);
	if (status == STATUS_OK)
		status = tls_server_vouched(&plain, NULL, 0, &options.tls, &authority, error);
	if (status == STATUS_OK)
		status = lab_start(base, &options, &lab, error);
	if (status == STATUS_OK) {
		struct event *cut = event_new(base, lifeline, EV_READ, lifeline_cut, base);
		lab_card(lab, buffer_slice(&authority), &card);
		(void)event_add(cut, NULL);
		if (write(lifeline, card.p, card.n) == (ssize_t)card.n)
			(void)event_base_dispatch(base);
		event_free(cut);
	}
	lab_free(lab);
	tls_settings_free(options.tls);
	seed_free(options.seed);
	buffer_free(&card);
	buffer_free(&authority);
	return status;
}

/* The private lab's whole life. ^C is for whoever talks to it. */
static _Noreturn void live(const struct practice *practice, int lifeline)
{
	struct error error = { 0 };
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGQUIT, SIG_IGN);
	(void)signal(SIGTSTP, SIG_IGN);
	(void)signal(SIGTERM, SIG_DFL);
	let_go(lifeline);
	(void)descriptors_wanted(SIZE_MAX);
	struct event_base *base = event_base_new();
	enum status status = serve(base, practice, lifeline, &error);
	error_report(&error);
	stream_settle(base);
	event_base_free(base);
	_exit((int)status);
}

static enum status start(struct practice *practice, struct error *error)
{
	int ends[2];
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
		return error_set(error, STATUS_CONNECTION, "the lab: %s", strerror(errno));
	(void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	practice->child = fork();
	if (practice->child == 0)
		live(practice, ends[1]);
	(void)close(ends[1]);
	practice->lifeline = ends[0];
	if (practice->child > 0 && read_card(ends[0], &practice->card))
		return STATUS_OK;
	practice_end(practice);
	return error_set(error, STATUS_CONNECTION, "the lab: cannot be started here");
}

void practice_end(struct practice *practice)
{
	if (practice->lifeline > 0)
		(void)close(practice->lifeline);
	while (practice->child > 0 && waitpid(practice->child, NULL, 0) < 0 && errno == EINTR)
		;
	practice->lifeline = practice->child = 0;
	buffer_free(&practice->card);
}

/* ---- what the card says ---- */

static bool find_row(struct slice card, struct slice name, char **host, unsigned *port)
{
	uint64_t number = 0;
	while (card.n) {
		struct slice row = slice_row(&card), first = slice_word(&row), second = slice_word(&row);
		if (!slice_equal(first, name) || !slice_number(slice_trim(row), &number) || number > 65535)
			continue;
		*host = slice_string(second);
		*port = (unsigned)number;
		return true;
	}
	return false;
}

static enum status no_server(const char *name, struct error *error)
{
	struct buffer words = { 0 };
	escape_text(&words, slice_of(name));
	buffer_add_string(&words, ": the lab has no such server: it has");
	for (const struct server *row = servers; row->name; row++)
		buffer_printf(&words, " %s", row->name);
	(void)error_set(error, STATUS_USAGE, "lab:" SLICE_FMT, SLICE_ARG(buffer_slice(&words)));
	buffer_free(&words);
	return STATUS_USAGE;
}

static struct slice shared_card;

void practice_share(const struct practice *practice)
{
	shared_card = buffer_slice(&practice->card);
}

enum status practice_find(struct practice *practice, const char *name, char **host, unsigned *port,
                          struct slice *authority, struct error *error)
{
	const struct server *server = server_named(slice_of(name));
	if (server == NULL)
		return no_server(name, error);
	if (practice->card.n == 0)
		buffer_add_slice(&practice->card, shared_card);
	if (practice->card.n == 0 && (practice->fresh || !attach(practice)) && start(practice, error) != STATUS_OK)
		return error->status;
	struct slice card = buffer_slice(&practice->card);
	if (!find_row(card, slice_of(server->name), host, port))
		return error_set(error, STATUS_CONNECTION,
		                 "lab:%s: the lab that is running was started without it (--only)", name);
	*authority = slice_part(card, slice_find(card, SLICE("-----BEGIN")), card.n);
	return STATUS_OK;
}
