/*
 * The second connection of an FTP script that is served.
 */
#include "play/second.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "protocol/ftp_syntax.h"
#include "script/rehearse.h"
#include "session/data_connection.h"

/* Seconds that the client has to come, or to let itself be reached, once the transfer has begun. */
#define CLIENT_SOON 10.0

/* Octets that are handed over at a time. */
#define PIECE 65536

struct second {
	struct event_base *base;
	struct session *session;
	struct tls_settings *tls;
	void (*done)(void *context);
	void *context;
	struct data_connection *data; /* NULL: none */
	struct event *late;
	char *host; /* where the client listens; NULL: it does not */
	unsigned port;
	bool protect_asked, protect; /* PROT P was said, and was granted */
	bool carrying;
	enum side side; /* who sends */
	struct buffer text;
	size_t sent;
};

static void drop(struct second *s)
{
	data_free(s->data);
	s->data = NULL;
}

/* ---- how a transfer goes ---- */

static void over(struct second *s, const char *why)
{
	struct buffer words = { 0 };
	uint64_t octets = s->side == SIDE_SERVER ? data_sent(s->data) - data_waiting(s->data) : data_received(s->data);
	buffer_add_string(&words, s->side == SIDE_SERVER ? "▸ " : "◂ ");
	buffer_add_number(&words, octets);
	session_remark(s->session, "data %s%s" SLICE_FMT " octet%s", why ? why : data_peer(s->data), why ? ": " : " ",
	               SLICE_ARG(buffer_slice(&words)), octets == 1 ? "" : "s");
	buffer_free(&words);
	buffer_free(&s->text);
	drop(s);
	(void)event_del(s->late);
	s->carrying = false;
	s->done(s->context);
}

static void on_drained(void *context)
{
	struct second *s = context;
	(void)event_del(s->late);
	if (!s->carrying || s->side != SIDE_SERVER)
		return;
	struct slice piece = slice_part(buffer_slice(&s->text), s->sent, s->sent + PIECE);
	s->sent += piece.n;
	data_send(s->data, piece);
	if (s->sent == s->text.n)
		data_finish(s->data);
}

static void on_ended(void *context, const char *why)
{
	struct second *s = context;
	if (s->carrying)
		over(s, why);
	else
		drop(s);
}

static const struct data_events events = { .drained = on_drained, .ended = on_ended };

static void late(evutil_socket_t fd, short what, void *context)
{
	struct second *s = context;
	(void)fd, (void)what;
	if (s->carrying)
		over(s, "connection: the client did not come");
}

/* The client has said PORT: it is connected to, if that is its own address (RFC 2577 3). */
static void connect_back(struct second *s)
{
	char *peer = data_host_of(session_peer(s->session)), *here = data_host_of(session_here(s->session));
	struct error error = { 0 };
	const struct data_options options = {
		.host = s->host, .port = s->port, .from = here, .timeout = CLIENT_SOON, .waits = true
	};
	if (slice_compare_nocase(slice_of(peer), slice_of(s->host)) == 0)
		(void)data_open(s->base, &options, &events, s, &s->data, &error);
	else
		session_remark(s->session, "data: the client names another host than its own: that one is not gone to");
	error_clear(&error);
	free(peer);
	free(here);
}

/* Nobody has said where: the client may listen at its end of the control connection (RFC 959 3.2). */
static void default_port(struct second *s)
{
	const char *peer = session_peer(s->session), *colon = strrchr(peer, ':');
	uint64_t port = 0;
	if (s->host || slice_starts(slice_of(peer), SLICE("unix:")) || colon == NULL ||
	    !slice_number(slice_of(colon + 1), &port))
		return;
	s->host = data_host_of(peer);
	s->port = (unsigned)port;
}

bool second_carry(struct second *s, enum side side, uint64_t octets)
{
	static const struct timeval soon = { .tv_sec = (time_t)CLIENT_SOON };
	if (s->data == NULL)
		default_port(s);
	if (s->data == NULL && s->host)
		connect_back(s);
	free(s->host);
	s->host = NULL;
	if (s->data == NULL)
		return false;
	s->carrying = true;
	s->side = side;
	s->sent = 0;
	buffer_clear(&s->text);
	if (side == SIDE_SERVER)
		payload_made(&s->text, octets, INPUT_OPAQUE);
	(void)event_add(s->late, &soon);
	data_begin(s->data, s->protect ? s->tls : NULL, NULL);
	return true;
}

/* ---- where it goes ---- */

static bool listen_here(struct second *s)
{
	char *here = data_host_of(session_here(s->session)), *peer = data_host_of(session_peer(s->session));
	struct error error = { 0 };
	const struct data_options options = { .host = here, .listens = true, .only_from = peer, .waits = true };
	drop(s);
	bool good = data_open(s->base, &options, &events, s, &s->data, &error) == STATUS_OK;
	if (!good)
		session_remark(s->session, "data: %s", error.message);
	error_clear(&error);
	free(here);
	free(peer);
	return good;
}

/* Appends where it listens, in the form of the reply: 229, or 227, which has room for IPv4 alone. */
static void add_address(const struct second *s, bool extended, struct buffer *out)
{
	const char *host = data_host(s->data);
	unsigned port = data_port(s->data);
	if (extended) {
		buffer_printf(out, "|||%u|", port);
		return;
	}
	for (const char *p = host; *p; p++)
		buffer_add_octet(out, *p == '.' ? ',' : *p);
	buffer_printf(out, ",%u,%u", port / 256, port % 256);
}

bool second_rewrite(struct second *s, struct slice line, struct buffer *out)
{
	bool extended = slice_starts(line, SLICE("229 "));
	struct ftp_address address = { 0 };
	if (!extended && !slice_starts(line, SLICE("227 ")))
		return false;
	ftp_address_parse(slice_part(line, 4, line.n), extended ? FTP_EXTENDED : FTP_SHORT, true, &address);
	bool told = address.text.n > 0 && listen_here(s) && (extended || strchr(data_host(s->data), ':') == NULL);
	if (told) {
		size_t at = (size_t)(address.text.p - line.p);
		buffer_add_slice(out, slice_part(line, 0, at));
		add_address(s, extended, out);
		buffer_add_slice(out, slice_part(line, at + address.text.n, line.n));
	}
	ftp_address_free(&address);
	return told;
}

static void client_listens(struct second *s, struct slice argument, enum ftp_address_form form)
{
	struct ftp_address address = { 0 };
	ftp_address_parse(slice_trim(argument), form, false, &address);
	drop(s);
	free(s->host);
	s->host = address.port && address.host.n ? slice_string(buffer_slice(&address.host)) : NULL;
	s->port = (unsigned)address.port;
	ftp_address_free(&address);
}

void second_event(struct second *s, const struct dialogue_event *event)
{
	struct slice rest = event->text;
	(void)slice_word(&rest);
	if (event->kind == EVENT_STAGE && event->stage == STAGE_TLS)
		s->protect = false;
	if (event->kind == EVENT_COMMAND && !event->more) {
		if (slice_equal(event->verb, SLICE("PORT")))
			client_listens(s, rest, FTP_SHORT);
		else if (slice_equal(event->verb, SLICE("EPRT")))
			client_listens(s, rest, FTP_EXTENDED);
		else if (slice_equal(event->verb, SLICE("PROT")))
			s->protect_asked = slice_equal_nocase(slice_trim(rest), SLICE("P"));
	}
	if (event->kind == EVENT_REPLY && event->final && event->class == CLASS_SUCCESS &&
	    slice_equal(event->verb, SLICE("PROT")))
		s->protect = s->protect_asked;
}

/* ---- its life ---- */

struct second *second_new(struct event_base *base, struct session *session, struct tls_settings *tls,
                          void (*done)(void *context), void *context)
{
	struct second *s = memory_zeroed(1, sizeof *s);
	s->base = base;
	s->session = session;
	s->tls = tls;
	s->done = done;
	s->context = context;
	s->late = evtimer_new(base, late, s);
	return s;
}

void second_free(struct second *s)
{
	if (s == NULL)
		return;
	drop(s);
	event_free(s->late);
	buffer_free(&s->text);
	free(s->host);
	free(s);
}
