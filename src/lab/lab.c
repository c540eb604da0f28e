/*
 * The lab: its listeners, and who shares which store.
 */
#include "lab/lab.h"

#include <stdlib.h>
#include <string.h>

#include "lab/lab_inside.h"
#include "net/listen.h"
#include "protocol/protocol.h"

/* Addresses whose copies of the store are kept while none of their clients is here. */
#define ABSENT_MAX 1000

/* One listener's client comes here. */
struct door {
	struct lab *lab;
	const struct server *server;
};

/* ---- who shares what ---- */

static struct share *share_new(struct lab *lab, const char *host, bool kept)
{
	struct share *share = memory_zeroed(1, sizeof *share);
	share->store = store_new(lab->options.seed, kept);
	share->host = string_copy(host);
	share->next = lab->shares;
	lab->shares = share;
	return share;
}

static void share_free(struct lab *lab, struct share *share)
{
	struct share **at = &lab->shares;
	while (*at != share)
		at = &(*at)->next;
	*at = share->next;
	store_free(share->store);
	free(share->host);
	free(share);
}

/* The oldest of the shares that have no client here gives way, when there are too many. */
static void forget_absent(struct lab *lab)
{
	struct share *oldest = NULL;
	size_t absent = 0;
	for (struct share *share = lab->shares; share; share = share->next) {
		if (share->host == NULL || share->clients > 0)
			continue;
		oldest = share;
		absent++;
	}
	if (absent > ABSENT_MAX)
		share_free(lab, oldest);
}

static bool is_loopback(const char *host)
{
	struct slice address = slice_of(host);
	return slice_starts(address, SLICE("127.")) || slice_equal(address, SLICE("::1")) ||
	       slice_starts(address, SLICE("::ffff:127."));
}

struct share *lab_share(struct lab *lab, const char *host)
{
	struct share *share = lab->shares;
	if (lab->options.sharing == LAB_PER_SESSION)
		share = NULL;
	else if (lab->options.sharing == LAB_PER_ADDRESS && !is_loopback(host))
		while (share && (share->host == NULL || strcmp(share->host, host) != 0))
			share = share->next;
	else
		while (share && share->host)
			share = share->next;
	if (share == NULL) {
		bool own = lab->options.sharing == LAB_PER_ADDRESS;
		share = share_new(lab, own ? host : NULL, false);
		forget_absent(lab);
	}
	share->clients++;
	return share;
}

void lab_unshare(struct lab *lab, struct share *share)
{
	share->clients--;
	if (lab->options.sharing == LAB_PER_SESSION)
		share_free(lab, share);
}

/* ---- listening ---- */

static void client_came(void *context, struct stream *stream)
{
	const struct door *door = context;
	if (door->lab->closing)
		stream_free(stream);
	else
		visit_begin(door->lab, door->server, stream);
}

static size_t server_count(void)
{
	size_t n = 0;
	while (servers[n].name)
		n++;
	return n;
}

static enum status start_server(struct lab *lab, size_t i, struct error *error)
{
	const struct lab_options *o = &lab->options;
	const struct protocol *protocol = protocol_named(slice_of(servers[i].protocol));
	lab->doors[i] = (struct door){ .lab = lab, .server = &servers[i] };
	return listen_start(lab->base, o->host, o->ports ? o->ports[i] : 0, protocol->datagrams, client_came,
	                    &lab->doors[i], &lab->listeners[i], error);
}

enum status lab_start(struct event_base *base, const struct lab_options *options, struct lab **made,
                      struct error *error)
{
	struct lab *lab = memory_zeroed(1, sizeof *lab);
	enum status status = STATUS_OK;
	lab->options = *options;
	lab->base = base;
	lab->listeners = memory_zeroed(server_count(), sizeof *lab->listeners);
	lab->doors = memory_zeroed(server_count(), sizeof *lab->doors);
	if (options->sharing != LAB_PER_SESSION)
		(void)share_new(lab, NULL, options->kept);
	for (size_t i = 0; servers[i].name && status == STATUS_OK; i++)
		if (options->which & (UINT64_C(1) << i))
			status = start_server(lab, i, error);
	*made = lab;
	if (status == STATUS_OK)
		return status;
	lab_free(lab);
	*made = NULL;
	return status;
}

static const struct listener *listener_of(const struct lab *lab, const struct server *server)
{
	return lab->listeners[server - servers];
}

const char *lab_address(const struct lab *lab, const struct server *server)
{
	const struct listener *listener = listener_of(lab, server);
	return listener ? listen_address(listener) : NULL;
}

const char *lab_host(const struct lab *lab, const struct server *server)
{
	const struct listener *listener = listener_of(lab, server);
	return listener ? listen_host(listener) : NULL;
}

unsigned lab_port(const struct lab *lab, const struct server *server)
{
	const struct listener *listener = listener_of(lab, server);
	return listener ? listen_port(listener) : 0;
}

size_t lab_clients(const struct lab *lab)
{
	return lab->nvisits;
}

struct store *lab_store(const struct lab *lab)
{
	return lab->options.sharing == LAB_SHARED ? lab->shares->store : NULL;
}

/* ---- its end ---- */

void lab_close(struct lab *lab)
{
	lab->closing = true;
	for (struct visit *visit = lab->visits; visit; visit = visit->next)
		visit_close(visit);
}

void lab_free(struct lab *lab)
{
	if (lab == NULL)
		return;
	while (lab->visits)
		visit_free(lab->visits);
	for (size_t i = 0; servers[i].name; i++)
		listen_free(lab->listeners[i]);
	while (lab->shares)
		share_free(lab, lab->shares);
	free(lab->listeners);
	free(lab->doors);
	free(lab);
}
