/*
 * A transfer: the data connection is made, octets go over it, and its end is theirs. What is stored is kept when all of it has come, and
 * not before: a transfer that is cut leaves the file as it was.
 */
#include <assert.h>
#include <event2/event.h>
#include <stdlib.h>

#include "base/clock.h"
#include "lab/ftp_inside.h"
#include "session/session.h"

/* Seconds that the server waits for a data connection. */
#define PATIENCE 10.0

/* Octets that are handed over at once. */
#define PIECE ((size_t)64 * 1024)

/* For so many seconds TCP holds the two ports of a connection that was closed (RFC 9293 3.6.1, as long as Linux has it). */
#define TIME_WAIT 60.0

/* ---- how it ends ---- */

void ftp_forget_transfer(struct ftp_session *s)
{
	struct ftp_transfer *transfer = &s->transfer;
	if (s->patience)
		(void)event_del(s->patience);
	if (s->settled)
		(void)event_del(s->settled);
	blob_release(transfer->blob);
	buffer_free(&transfer->text);
	buffer_free(&transfer->path);
	buffer_free(&transfer->about);
	*transfer = (struct ftp_transfer){ 0 };
}

void ftp_drop_data(struct ftp_session *s)
{
	data_free(s->data);
	s->data = NULL;
	s->route = ROUTE_DEFAULT;
	buffer_free(&s->host);
	s->port = 0;
}

/* The connection is gone; the address of PORT stays, as RFC 959 3.2 has it. */
static void close_data(struct ftp_session *s)
{
	if (s->route == ROUTE_DEFAULT && s->data && data_peer(s->data))
		s->default_used = clock_now();
	data_free(s->data);
	s->data = NULL;
	if (s->route == ROUTE_PASSIVE)
		s->route = ROUTE_DEFAULT;
}

/* For whoever watches: what went over the second connection. */
static void tell(struct ftp_session *s)
{
	bool sends = s->transfer.way == WAY_SEND;
	const char *peer = s->data ? data_peer(s->data) : NULL;
	struct buffer octets = { 0 };
	if (peer == NULL)
		return;
	buffer_add_number(&octets, sends ? data_sent(s->data) : data_received(s->data));
	visit_remark(s->visit, "data %s %s " SLICE_FMT " octets", peer, sends ? "◂" : "▸",
	             SLICE_ARG(buffer_slice(&octets)));
	buffer_free(&octets);
}

/* Says the transfer's last reply, and goes on with what waited. */
static void finish(struct ftp_session *s, const char *reply)
{
	tell(s);
	ftp_forget_transfer(s);
	close_data(s);
	visit_say(s->visit, "%s", reply);
	ftp_go_on(s);
}

void ftp_abort(struct ftp_session *s)
{
	if (s->transfer.way != WAY_NONE)
		finish(s, "426 Connection closed; transfer aborted");
}

bool ftp_occupied(const struct ftp_session *s)
{
	return s->transfer.way != WAY_NONE || s->reply.n > 0;
}

/* ---- what has come is kept ---- */

/* The file as it will be: what stays in front, what has come, and what of the old one is longer (RFC 3659 5.3 leaves that open;
 * so do servers that write over it). */
static struct blob *whole(struct ftp_transfer *transfer)
{
	struct slice old = blob_octets(transfer->blob);
	struct buffer all = { 0 };
	if (transfer->kept == 0 && old.n == 0)
		return blob_take(&transfer->text);
	buffer_add_slice(&all, slice_part(old, 0, transfer->kept));
	buffer_add_slice(&all, buffer_slice(&transfer->text));
	buffer_add_slice(&all, slice_part(old, all.n, old.n));
	return blob_take(&all);
}

static void keep(struct ftp_session *s)
{
	struct ftp_transfer *transfer = &s->transfer;
	if (transfer->after_return)
		buffer_add_octet(&transfer->text, '\r');
	struct blob *blob = whole(transfer);
	enum files_fault fault = files_put(s->files, buffer_slice(&transfer->path), blob);
	blob_release(blob);
	if (fault == FILES_DONE)
		finish(s, "226 Closing data connection: the file is stored");
	else if (fault == FILES_FULL)
		finish(s, "552 Exceeded storage allocation: the file is not stored");
	else
		finish(s, "451 The directory is gone, or is a file's name now: the file is not stored");
}

static void begin(struct ftp_session *s);

static void settled(evutil_socket_t fd, short what, void *context)
{
	struct ftp_session *s = context;
	(void)fd, (void)what;
	if (s->transfer.began)
		keep(s);
	else
		begin(s);
}

/* One turn of the loop later: a client that has connected by then is there before the first reply, which says so; and one that
 * was killed ends both its connections at once, so that the control connection's end is heard before a file is kept. */
static void settle(struct ftp_session *s)
{
	static const struct timeval soon = { 0 };
	if (s->settled == NULL)
		s->settled = evtimer_new(visit_loop(s->visit), settled, s);
	assert(s->settled);
	(void)evtimer_add(s->settled, &soon);
}

/* ---- the data connection ---- */

/* Hands over the next piece. */
static void send_more(struct ftp_session *s)
{
	struct ftp_transfer *transfer = &s->transfer;
	struct slice all = transfer->blob ? blob_octets(transfer->blob) : buffer_slice(&transfer->text);
	if (transfer->after_return && transfer->at < all.n) { /* REST: the CR before this LF went before */
		data_ascii(s->data, false);
		data_send(s->data, slice_part(all, transfer->at, transfer->at + 1));
		transfer->at++;
		transfer->after_return = false;
	}
	data_ascii(s->data, transfer->lines);
	struct slice piece = slice_part(all, transfer->at, transfer->at + PIECE);
	transfer->at += piece.n;
	data_send(s->data, piece);
	transfer->finished = transfer->at == all.n;
	if (transfer->finished)
		data_finish(s->data);
}

static void drained(void *context)
{
	struct ftp_session *s = context;
	struct ftp_transfer *transfer = &s->transfer;
	if (!transfer->began)
		return;
	transfer->opened = true;
	(void)event_del(s->patience);
	if (transfer->way == WAY_SEND && !transfer->finished)
		send_more(s);
}

static void octets_came(void *context, const char *p, size_t n)
{
	struct ftp_session *s = context;
	struct ftp_transfer *transfer = &s->transfer;
	struct slice octets = { p, n };
	if (transfer->way != WAY_RECEIVE)
		return;
	if (transfer->lines)
		ftp_lines_take(&transfer->text, octets, &transfer->after_return);
	else
		buffer_add_slice(&transfer->text, octets);
	if (files_fits(s->files, buffer_slice(&transfer->path), transfer->kept + transfer->text.n) != FILES_DONE)
		finish(s, "552 Exceeded storage allocation: the file is not stored");
}

/* Why there was no data connection: TLS that failed has a reply of its own (RFC 4217 10.2). */
static void not_opened(struct ftp_session *s)
{
	bool there = s->data && data_peer(s->data);
	finish(s, there && s->private ? "522 TLS on the data connection failed" : "425 Can't open data connection");
}

static void ended(void *context, const char *why)
{
	struct ftp_session *s = context;
	struct ftp_transfer *transfer = &s->transfer;
	if (why)
		visit_remark(s->visit, "The data connection: %s", why);
	if (transfer->way == WAY_NONE) {
		close_data(s);
	} else if (!transfer->opened && why) {
		not_opened(s);
	} else if (why || (transfer->way == WAY_SEND && !transfer->finished)) {
		finish(s, transfer->way == WAY_SEND
		                  ? "426 Connection closed; transfer aborted"
		                  : "426 Connection closed; transfer aborted: the file is not stored");
	} else if (transfer->way == WAY_SEND) {
		finish(s, "226 Closing data connection");
	} else {
		settle(s);
	}
}

static void lost_patience(evutil_socket_t fd, short what, void *context)
{
	(void)fd, (void)what;
	not_opened(context);
}

static void stranger(void *context, const char *peer)
{
	struct ftp_session *s = context;
	visit_remark(s->visit,
	             "%s came to the data connection, which is not the client: it was hung up on (RFC 2577 4)", peer);
}

/* The first reply; octets may go from now on. */
static void begin(struct ftp_session *s)
{
	struct ftp_transfer *transfer = &s->transfer;
	bool there = s->route == ROUTE_PASSIVE && transfer->way == WAY_SEND && data_connected(s->data);
	struct buffer line = { 0 };
	transfer->began = true;
	buffer_add_string(&line, there ? "125 " : "150 ");
	if (transfer->made_up) {
		buffer_add_string(&line, "FILE: ");
		ftp_add_path(&line, buffer_slice(&transfer->path), false);
	} else {
		buffer_printf(&line, "%s" SLICE_FMT,
		              there ? "Data connection already open; transfer starting"
		                    : "About to open data connection",
		              SLICE_ARG(buffer_slice(&transfer->about)));
	}
	buffer_add_string(&line, "\r\n");
	visit_send(s->visit, buffer_slice(&line));
	buffer_free(&line);
	data_begin(s->data, s->private ? visit_tls(s->visit) : NULL, NULL);
}

static void connected(void *context)
{
	struct ftp_session *s = context;
	if (s->transfer.way != WAY_NONE && !s->transfer.began)
		begin(s);
}

static const struct data_events events = {
	.connected = connected,
	.octets = octets_came,
	.drained = drained,
	.ended = ended,
	.stranger = stranger,
};

bool ftp_listen(struct ftp_session *s)
{
	struct error error = { 0 };
	const struct data_options options = { .host = visit_local_host(s->visit),
		                              .listens = true,
		                              .only_from = visit_peer_host(s->visit),
		                              .waits = true };
	ftp_drop_data(s);
	if (data_open(visit_loop(s->visit), &options, &events, s, &s->data, &error) == STATUS_OK) {
		s->route = ROUTE_PASSIVE;
		return true;
	}
	visit_remark(s->visit, "%s", error.message);
	error_clear(&error);
	s->data = NULL;
	visit_say(s->visit, "421 No port is free for a data connection, closing control connection");
	s->over = true;
	visit_hang_up(s->visit);
	return false;
}

/* ---- beginning ---- */

/* The port that the client uses for the control connection: its default data port (RFC 959 3.2). */
static unsigned default_port(const struct ftp_session *s)
{
	struct slice peer = slice_of(session_peer(visit_session(s->visit)));
	uint64_t port = 0;
	size_t colon = peer.n;
	while (colon > 0 && peer.p[colon - 1] != ':')
		colon--;
	(void)slice_number(slice_part(peer, colon, peer.n), &port);
	return port <= 65535 ? (unsigned)port : 0;
}

/* Connects to where PORT says, or to the default. */
static void reach(struct ftp_session *s)
{
	struct error error = { 0 };
	struct data_options options = { .host = s->host.p,
		                        .port = s->port,
		                        .from = visit_local_host(s->visit),
		                        .timeout = PATIENCE,
		                        .waits = true };
	if (s->route == ROUTE_DEFAULT) {
		options.host = visit_peer_host(s->visit);
		options.port = default_port(s);
	}
	bool held = s->route == ROUTE_DEFAULT && s->default_used > 0 && clock_now() - s->default_used < TIME_WAIT;
	if (held || options.port == 0) {
		finish(s, "425 Can't open data connection: its ports are still held from the last one");
		return;
	}
	if (data_open(visit_loop(s->visit), &options, &events, s, &s->data, &error) == STATUS_OK)
		return;
	s->data = NULL;
	error_clear(&error);
	finish(s, "425 Can't open data connection");
}

static void wait_for_peer(struct ftp_session *s)
{
	struct timeval span = clock_span(PATIENCE);
	if (s->patience == NULL)
		s->patience = evtimer_new(visit_loop(s->visit), lost_patience, s);
	assert(s->patience);
	(void)evtimer_add(s->patience, &span);
}

void ftp_start(struct ftp_session *s, enum ftp_way way)
{
	s->transfer.way = way;
	wait_for_peer(s);
	if (s->route != ROUTE_PASSIVE)
		reach(s);
	else
		settle(s);
}

void ftp_abor(struct ftp_session *s, struct slice argument)
{
	(void)argument;
	ftp_drop_data(s);
	visit_say(s->visit, "226 Abort done: the data connection is closed");
}
