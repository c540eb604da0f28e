/*
 * Waiting for clients.
 */
#include "net/listen.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "base/escape.h"
#include "net/address.h"
#include "net/datagram.h"
#include "net/descriptor.h"
#include "net/failure.h"
#include "net/target.h"

/* Clients taken before others in the loop have their turn. */
#define AT_ONCE 16
/* Clients that the system holds for us while we are busy; it takes fewer where it is told so (net.core.somaxconn). */
#define BACKLOG (SOMAXCONN > 4096 ? SOMAXCONN : 4096)
/* How long a listener that the system gives no descriptor waits before it tries again. */
static const struct timeval pause_for = { .tv_usec = 200 * 1000 };

struct listener {
	struct event_base *base;
	struct hub *hub; /* of datagrams; else NULL */
	int fd;          /* of a stream socket */
	struct event *readable, *again;
	bool said; /* that there are no descriptors left: once, however often clients come and go after */
	listen_client *client;
	void *context;
	char *address, *host;
	unsigned port;
	bool busy, dead; /* freed from inside `client` */
};

/* Not enough descriptors or memory: the client stays in the system's queue until there are. */
static bool exhausted(int code)
{
	return code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM;
}

static void listen_pause(struct listener *listener, int code)
{
	if (!listener->said && code == EMFILE)
		complain("%s: new clients wait until others have gone: " DESCRIPTORS_ADVICE, listener->address,
		         descriptors_wanted(0));
	else if (!listener->said)
		complain("%s: %s: new clients wait until others have gone", listener->address, failure_words(code));
	listener->said = true;
	(void)event_del(listener->readable);
	(void)event_add(listener->again, &pause_for);
}

static void listen_again(evutil_socket_t fd, short what, void *context)
{
	struct listener *listener = context;
	(void)fd, (void)what;
	(void)event_add(listener->readable, NULL);
}

static void clients_wait(evutil_socket_t fd, short what, void *context)
{
	struct listener *listener = context;
	(void)what;
	listener->busy = true;
	for (unsigned i = 0; i < AT_ONCE && !listener->dead; i++) {
		int client = accept(fd, NULL, NULL);
		if (client < 0) {
			if (exhausted(errno))
				listen_pause(listener, errno);
			break; /* all else: that client is gone again */
		}
		listener->client(listener->context, stream_of_socket(listener->base, client));
	}
	listener->busy = false;
	if (listener->dead)
		free(listener);
}

/* A socket bound to the address, -1 with errno. */
static int bound_socket(const struct address *address, bool datagrams)
{
	int on = 1;
	int fd = descriptor_open(address->is.any.sa_family, datagrams ? SOCK_DGRAM : SOCK_STREAM);
	if (fd < 0)
		return -1;
	/* A server that was just stopped may start again at once (RFC 9293 3.6.1 keeps its old connections in
	 * TIME-WAIT); a datagram socket would share its port. */
	if (!datagrams)
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, &address->is.any, address->n) == 0 && (datagrams || listen(fd, BACKLOG) == 0))
		return fd;
	int code = errno;
	(void)close(fd);
	errno = code;
	return -1;
}

static enum status not_an_address(const char *host, struct error *error)
{
	struct buffer safe = { 0 };
	escape_text(&safe, slice_of(host));
	char *text = buffer_take(&safe);
	(void)error_set(error, STATUS_USAGE,
	                "%s: not an address to listen on: write 127.0.0.1, ::1 or localhost (this machine alone), or "
	                "0.0.0.0 (every network)",
	                text);
	free(text);
	return STATUS_USAGE;
}

static struct listener *listener_new(struct event_base *base, int fd, listen_client *client, void *context)
{
	struct listener *listener = memory_zeroed(1, sizeof *listener);
	struct address address = address_local(fd);
	listener->base = base;
	listener->fd = -1;
	listener->client = client;
	listener->context = context;
	listener->address = address_text(&address);
	listener->host = address_host(&address);
	listener->port = address_port(&address);
	return listener;
}

static void accept_clients(struct listener *listener, int fd)
{
	listener->fd = fd;
	listener->readable = event_new(listener->base, fd, EV_READ | EV_PERSIST, clients_wait, listener);
	listener->again = evtimer_new(listener->base, listen_again, listener);
	assert(listener->readable != NULL && listener->again != NULL);
	(void)event_add(listener->readable, NULL);
}

enum status listen_start(struct event_base *base, const char *host, unsigned port, bool datagrams,
                         listen_client *client, void *context, struct listener **listener, struct error *error)
{
	struct address address;
	network_prepare();
	if (strcasecmp(host, "localhost") == 0)
		host = "127.0.0.1";
	if (port > 65535 || !address_parse(host, port, &address))
		return not_an_address(host, error);
	int fd = bound_socket(&address, datagrams);
	if (fd < 0) {
		int code = errno;
		char *where = address_text(&address);
		enum status status = failure_listening(error, where, code);
		free(where);
		return status;
	}
	*listener = listener_new(base, fd, client, context);
	if (datagrams)
		(*listener)->hub = hub_listen(base, fd, client, context);
	else
		accept_clients(*listener, fd);
	return STATUS_OK;
}

const char *listen_address(const struct listener *listener)
{
	return listener->address;
}

const char *listen_host(const struct listener *listener)
{
	return listener->host;
}

unsigned listen_port(const struct listener *listener)
{
	return listener->port;
}

void listen_free(struct listener *listener)
{
	if (listener == NULL)
		return;
	if (listener->hub) {
		hub_let_go(listener->hub);
	} else {
		event_free(listener->readable);
		event_free(listener->again);
		(void)close(listener->fd);
	}
	free(listener->address);
	free(listener->host);
	listener->dead = true;
	if (!listener->busy)
		free(listener);
}
