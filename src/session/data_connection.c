/*
 * The second connection of FTP: how it comes to be, what it carries, and how it ends.
 */
#include "session/data_connection.h"

#include <assert.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/escape.h"
#include "net/connect.h"
#include "net/listen.h"

/* Octets shown of what came in the clear where TLS should be. */
#define CLEAR_SHOWN 60

struct data_connection {
	struct event_base *base;
	struct data_options options; /* the strings are owned */
	const struct data_events *events;
	void *context;
	struct listener *listener;
	struct connector *connector;
	struct stream *stream; /* NULL: nobody is there, or it is over */
	struct tls_facts *facts;
	struct event *deadline;
	struct event *work; /* what is told from the loop, one turn after its cause */
	char *peer;
	char *host; /* where it listens, or has */
	unsigned port;
	struct buffer unsent; /* said before it could be */
	uint64_t sent, received;
	bool begun;        /* octets may go both ways as soon as they can */
	bool shaking;      /* TLS begins */
	bool shook;        /* or has tried to */
	bool open;         /* they can */
	bool told;         /* `connected` was */
	bool after_return; /* the last octet that was sent is CR */
	bool finished;     /* nothing more will be sent */
	bool shut;         /* and the peer was told so */
	bool paused, over; /* over: `ended` comes, or came */
	char *why;         /* of the end; NULL: in order */
	unsigned busy;     /* calls of the user under way */
	bool dead;         /* freed from inside such a call */
};

/* ---- the end of its life ---- */

static void enter(struct data_connection *d)
{
	d->busy++;
}

/* Whether it is still there. */
static bool leave(struct data_connection *d)
{
	bool alive = !d->dead;
	if (--d->busy == 0 && d->dead)
		free(d);
	return alive;
}

/* Lets go of whatever carries it or would. */
static void hang_up(struct data_connection *d)
{
	listen_free(d->listener);
	if (d->connector)
		connect_cancel(d->connector);
	stream_free(d->stream);
	d->listener = NULL;
	d->connector = NULL;
	d->stream = NULL;
	d->open = d->shaking = false;
	(void)event_del(d->deadline);
}

void data_free(struct data_connection *d)
{
	if (d == NULL)
		return;
	hang_up(d);
	tls_facts_free(d->facts);
	event_free(d->deadline);
	event_free(d->work);
	free((char *)d->options.host);
	free((char *)d->options.only_from);
	free((char *)d->options.from);
	free((char *)d->options.tls_host);
	free(d->peer);
	free(d->host);
	free(d->why);
	buffer_free(&d->unsent);
	d->dead = true;
	if (d->busy == 0)
		free(d);
}

/* ---- how it ends ---- */

/* It is over; told from the loop. `why` is owned from now on; NULL: in order. */
static void end(struct data_connection *d, char *why)
{
	if (d->over) {
		free(why);
		return;
	}
	d->over = true;
	d->why = why;
	event_active(d->work, EV_TIMEOUT, 0);
}

static const char *peer_words(const struct data_connection *d)
{
	return d->peer ? d->peer : "the data connection";
}

/* A loop's turn behind `drained`, in which a connection that broke has said why. */
static void settle(struct data_connection *d)
{
	static const struct timeval soon = { 0 };
	(void)event_add(d->work, &soon);
}

static void tell_end(struct data_connection *d)
{
	hang_up(d);
	if (d->events->ended)
		d->events->ended(d->context, d->why);
}

static void work_called(evutil_socket_t fd, short what, void *context)
{
	struct data_connection *d = context;
	(void)fd, (void)what;
	enter(d);
	if (d->over)
		tell_end(d);
	else if (d->open && stream_broken(d->stream))
		end(d, string_printf("%s: the peer hung up before all was sent", peer_words(d)));
	else if (d->shut)
		end(d, NULL);
	(void)leave(d);
}

static void deadline_passed(evutil_socket_t fd, short what, void *context)
{
	struct data_connection *d = context;
	(void)fd, (void)what;
	if (d->shaking)
		end(d, string_printf("%s: TLS: the handshake was not done within %g s", peer_words(d),
		                     d->options.timeout));
	else if (d->listener)
		end(d, string_printf("nobody came to %s within %g s", listen_address(d->listener), d->options.timeout));
}

static void set_deadline(struct data_connection *d)
{
	struct timeval span = clock_span(d->options.timeout);
	if (d->options.timeout > 0)
		(void)event_add(d->deadline, &span);
}

/* ---- what it carries ---- */

static size_t stream_octets(void *context, const char *p, size_t n)
{
	struct data_connection *d = context;
	if (d->over)
		return n;
	d->received += n;
	enter(d);
	if (d->events->octets)
		d->events->octets(d->context, p, n);
	(void)leave(d);
	return n;
}

static void stream_end_came(void *context, enum stream_end how, const char *why)
{
	struct data_connection *d = context;
	bool all_sent = d->shut && stream_waiting(d->stream) == 0;
	if (how != STREAM_BROKEN && (all_sent || (how == STREAM_ENDED && d->sent == 0))) {
		end(d, NULL);
		return;
	}
	if (how == STREAM_BROKEN)
		end(d, string_printf("%s: %s", peer_words(d), why));
	else if (how == STREAM_TRUNCATED)
		end(d,
		    string_printf("%s: the peer hung up without a close_notify (RFC 8446 6.1): what came last may be "
		                  "cut off",
		                  peer_words(d)));
	/* Else it has only said that it sends nothing, which is so anyway. */
}

/* What was sent has gone out, or cannot. */
static void stream_drained(void *context)
{
	struct data_connection *d = context;
	if (d->over || !d->open)
		return;
	if (stream_broken(d->stream) || d->finished) {
		settle(d);
		return;
	}
	enter(d);
	if (d->events->drained)
		d->events->drained(d->context);
	(void)leave(d);
}

static const struct stream_events carried = { stream_octets, stream_end_came, stream_drained };

static void shut_when_sent(struct data_connection *d)
{
	if (!d->finished || d->shut || !d->open)
		return;
	d->shut = true;
	stream_shut(d->stream);
	if (stream_waiting(d->stream) == 0)
		settle(d);
}

/* Octets may go now. */
static void carry(struct data_connection *d)
{
	bool first = !d->told;
	(void)event_del(d->deadline);
	d->open = d->told = true;
	stream_open(d->stream, &carried, d);
	if (d->paused)
		stream_pause(d->stream);
	if (d->unsent.n)
		stream_write(d->stream, d->unsent.p, d->unsent.n);
	buffer_free(&d->unsent);
	shut_when_sent(d);
	enter(d);
	if (first && d->events->connected)
		d->events->connected(d->context);
	if (!d->dead && !d->over && !d->finished && d->events->drained)
		d->events->drained(d->context);
	(void)leave(d);
}

/* ---- TLS ---- */

static void secured(void *context)
{
	struct data_connection *d = context;
	d->shaking = false;
	if (!d->over)
		carry(d);
}

static void tls_failed(void *context, const struct tls_failure *failure)
{
	struct data_connection *d = context;
	struct buffer why = { 0 };
	buffer_printf(&why, "%s: TLS: ", peer_words(d));
	if (failure->trouble == TLS_PLAINTEXT) {
		struct slice came = buffer_slice(&failure->plaintext);
		buffer_add_string(&why, "octets came in the clear: \"");
		escape_text(&why, slice_part(came, 0, CLEAR_SHOWN));
		buffer_add_string(&why, came.n > CLEAR_SHOWN ? " …\"" : "\"");
	} else {
		buffer_add_slice(&why, buffer_slice(&failure->message));
	}
	end(d, buffer_take(&why));
}

static const struct tls_events tls_told = { secured, tls_failed };

/* The other connection's facts may be gone when TLS begins: what it takes of them is taken now. */
static void set_tls(struct data_connection *d, struct tls_settings *tls, struct tls_facts *resume)
{
	d->options.tls = tls;
	if (tls == NULL)
		return;
	d->facts = tls_facts_new();
	if (resume)
		tls_facts_go_on(d->facts, resume);
}

static void shake_hands(struct data_connection *d)
{
	d->shaking = d->shook = true;
	set_deadline(d);
	d->stream = tls_over(d->base, d->stream, d->options.tls, d->options.tls_host, d->facts, &tls_told, d);
}

/* The peer is there and the transfer may begin. */
static void go_on(struct data_connection *d)
{
	if (d->options.tls)
		shake_hands(d);
	else
		carry(d);
}

/* ---- how it comes to be ---- */

static void there(struct data_connection *d, struct stream *stream)
{
	d->stream = stream;
	d->peer = string_copy(stream->peer);
	listen_free(d->listener); /* one peer is expected */
	d->listener = NULL;
	(void)event_del(d->deadline);
	if (d->begun) {
		go_on(d);
		return;
	}
	d->told = true;
	enter(d);
	if (d->events->connected)
		d->events->connected(d->context);
	(void)leave(d);
}

static void reached(void *context, struct stream *stream, double seconds)
{
	struct data_connection *d = context;
	(void)seconds;
	d->connector = NULL;
	there(d, stream);
}

/* What failed, without the advice for whoever looks for a server. */
static void unreached(void *context, const struct error *error)
{
	struct data_connection *d = context;
	struct slice message = slice_of(error->message), colon = SLICE(": ");
	size_t first = slice_find(message, colon) + colon.n;
	size_t second = first + slice_find(slice_part(message, first, message.n), colon);
	d->connector = NULL;
	end(d, slice_string(slice_part(message, 0, second)));
}

static const struct connect_events connecting = { .connected = reached, .failed = unreached };

/* Whether the peer has the address that is expected. */
static bool comes_from(const struct stream *stream, const char *host)
{
	char *peer = data_host_of(stream->peer);
	bool expected = slice_equal_nocase(slice_of(peer), slice_of(host));
	free(peer);
	return expected;
}

static void came(void *context, struct stream *stream)
{
	struct data_connection *d = context;
	if (d->over) {
		stream_free(stream);
		return;
	}
	if (d->options.only_from == NULL || comes_from(stream, d->options.only_from)) {
		there(d, stream);
		return;
	}
	enter(d);
	if (d->events->stranger)
		d->events->stranger(d->context, stream->peer);
	(void)leave(d);
	stream_free(stream);
}

static enum status start(struct data_connection *d, struct error *error)
{
	const struct data_options *o = &d->options;
	enum status status = STATUS_OK;
	set_deadline(d);
	if (o->listens) {
		status = listen_start(d->base, o->host, o->port, false, came, d, &d->listener, error);
		if (status == STATUS_OK) {
			d->host = string_copy(listen_host(d->listener));
			d->port = listen_port(d->listener);
		}
		return status;
	}
	const struct connect_options where = {
		.host = o->host, .port = o->port, .from = o->from, .timeout = o->timeout
	};
	d->connector = connect_start(d->base, &where, &connecting, d);
	return status;
}

enum status data_open(struct event_base *base, const struct data_options *options, const struct data_events *events,
                      void *context, struct data_connection **data, struct error *error)
{
	struct data_connection *d = memory_zeroed(1, sizeof *d);
	d->base = base;
	d->options = *options;
	d->options.host = string_copy(options->host);
	d->options.only_from = string_copy(options->only_from);
	d->options.from = string_copy(options->from);
	d->options.tls_host = string_copy(options->tls_host);
	d->events = events;
	d->context = context;
	d->begun = !options->waits;
	if (d->begun)
		set_tls(d, options->tls, options->resume);
	d->deadline = evtimer_new(base, deadline_passed, d);
	d->work = evtimer_new(base, work_called, d);
	assert(d->deadline && d->work);
	enum status status = start(d, error);
	if (status == STATUS_OK)
		*data = d;
	else
		data_free(d);
	return status;
}

/* ---- its doors ---- */

void data_begin(struct data_connection *d, struct tls_settings *tls, struct tls_facts *resume)
{
	if (d->begun)
		return;
	d->begun = true;
	set_tls(d, tls, resume);
	if (d->stream && !d->over)
		go_on(d);
}

void data_ascii(struct data_connection *d, bool ascii)
{
	d->options.ascii = ascii;
}

/* Lines get CRLF; a CR that ends one piece and an LF that begins the next are one line end, too. */
static void add_lines(struct data_connection *d, struct slice octets, struct buffer *out)
{
	for (size_t i = 0; i < octets.n; i++) {
		if (octets.p[i] == '\n' && !d->after_return)
			buffer_add_octet(out, '\r');
		buffer_add_octet(out, octets.p[i]);
		d->after_return = octets.p[i] == '\r';
	}
}

static void send_raw(struct data_connection *d, struct slice octets)
{
	d->sent += octets.n;
	if (d->open)
		stream_write(d->stream, octets.p, octets.n);
	else
		buffer_add_slice(&d->unsent, octets);
}

void data_send(struct data_connection *d, struct slice octets)
{
	struct buffer lines = { 0 };
	if (d->over || d->finished || octets.n == 0)
		return;
	if (d->options.ascii) {
		add_lines(d, octets, &lines);
		octets = buffer_slice(&lines);
	}
	send_raw(d, octets);
	buffer_free(&lines);
}

void data_finish(struct data_connection *d)
{
	d->finished = true;
	shut_when_sent(d);
}

size_t data_waiting(const struct data_connection *d)
{
	return d->unsent.n + (d->open ? stream_waiting(d->stream) : 0);
}

const char *data_host(const struct data_connection *d)
{
	return d->host;
}

unsigned data_port(const struct data_connection *d)
{
	return d->port;
}

const char *data_peer(const struct data_connection *d)
{
	return d->peer;
}

bool data_connected(const struct data_connection *d)
{
	return d->stream != NULL;
}

const struct tls_facts *data_facts(const struct data_connection *d)
{
	return d->shook ? d->facts : NULL;
}

uint64_t data_sent(const struct data_connection *d)
{
	return d->sent;
}

uint64_t data_received(const struct data_connection *d)
{
	return d->received;
}

void data_pause(struct data_connection *d, bool paused)
{
	d->paused = paused;
	if (d->open && paused)
		stream_pause(d->stream);
	else if (d->open)
		stream_resume(d->stream);
}

char *data_host_of(const char *place)
{
	struct slice text = slice_of(place), mapped = SLICE("::ffff:");
	while (text.n && text.p[text.n - 1] != ':')
		text.n--;
	text.n -= text.n > 0;
	if (text.n > 1 && text.p[0] == '[')
		text = slice_part(text, 1, text.n - 1);
	if (slice_starts_nocase(text, mapped) && slice_find_octet(text, '.') < text.n)
		text = slice_part(text, mapped.n, text.n);
	return slice_string(text);
}
