/*
 * TLS over any stream: what comes from the carrier goes into libssl's memory, what libssl has to say goes to the
 * carrier, and the text between is the user's. So nothing of what came before the handshake can be mistaken for what
 * came after it, and whatever the carrier brought that is no TLS can be shown.
 */
#include <assert.h>
#include <event2/event.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>

#include "net/tls_inside.h"
#include "net/tls_records.h"

/* Octets of text that wait for their user before reading pauses. */
#define UNUSED_MAX ((size_t)64 * 1024)
/* Octets that libssl answers by itself (new keys, alerts) and that the peer has not read, before reading pauses. */
#define ANSWERS_MAX ((size_t)64 * 1024)
/* The longest text of one record (RFC 8446 5.1). */
#define RECORD_MAX 16384

struct tls_stream {
	struct stream common; /* first: a stream is one of these */
	struct stream *carrier;
	struct tls_settings *settings;
	SSL *ssl; /* NULL where there could be none: `failure` says why */
	BIO *from_carrier, *to_carrier;
	struct event *work; /* the user is told from the loop */
	struct tls_facts *facts;
	struct tls_facts *own; /* the same once TLS is taken off: whoever began it may have let go of theirs */
	const struct tls_events *events;
	void *context;
	struct tls_records records;
	struct buffer text;   /* decrypted, not used yet */
	struct buffer unsaid; /* what libssl does not take while it agrees on new keys */
	struct tls_failure failure;
	size_t heard;   /* octets that came from the carrier */
	size_t answers; /* octets that libssl said by itself since the carrier was last drained */
	bool secured, secured_told;
	bool failed, told; /* there is no TLS any more; the end, or the failure, was told */
	bool opened, paused;
	bool full;   /* the carrier was told to wait */
	bool shut;   /* close_notify was sent */
	bool ended;  /* the peer's close_notify came */
	bool ending; /* TLS is taken off: behind the two close_notify all is in the clear */
	bool carrier_over;
	enum stream_end how; /* the carrier went so */
	char *why;
	int warning;   /* the last alert of the peer's that was none of an error (RFC 5246 7.2); 0: none */
	int chosen;    /* the version that the peer has chosen; 0: not yet */
	unsigned busy; /* calls of the user under way */
	bool dead;     /* freed from inside such a call */
};

static struct tls_stream *tls_stream_of(struct stream *stream)
{
	return (struct tls_stream *)stream;
}

static void schedule(struct tls_stream *s)
{
	event_active(s->work, EV_TIMEOUT, 0);
}

/* ---- failing ---- */

static void fail(struct tls_stream *s, unsigned long error)
{
	struct tls_evidence evidence = { .facts = s->facts,
		                         .options = &s->settings->options,
		                         .error = error,
		                         .done = s->secured,
		                         .ended = s->carrier_over,
		                         .why = s->why,
		                         .version = s->chosen,
		                         .warning = s->warning,
		                         .plaintext = buffer_slice(&s->records.plaintext),
		                         .heard = s->heard };
	if (s->failed)
		return;
	s->failed = true;
	tls_failure_of(&evidence, &s->failure);
	schedule(s);
}

/* ---- libssl and the carrier ---- */

/* Hands the carrier what libssl has to say; how many octets that was. */
static size_t flush(struct tls_stream *s)
{
	char *p = NULL;
	long n = BIO_get_mem_data(s->to_carrier, &p);
	if (n <= 0)
		return 0;
	stream_write(s->carrier, p, (size_t)n);
	(void)BIO_reset(s->to_carrier);
	return (size_t)n;
}

/* What the peer has chosen may be what we refuse: libssl says that it came, if not that it was taken. */
static void watch(int sent, int version, int type, const void *p, size_t n, SSL *ssl, void *context)
{
	struct tls_stream *s = context;
	const unsigned char *octets = p;
	(void)version;
	(void)ssl;
	s->facts->spoken |= !sent && type == SSL3_RT_HANDSHAKE;
	if (!sent && type == SSL3_RT_ALERT && n == 2 && octets[0] == SSL3_AL_WARNING)
		s->warning = octets[1];
	/* ServerHello: type 2, a length of three octets, the version (RFC 5246 7.4.1.3). */
	if (!sent && type == SSL3_RT_HANDSHAKE && n >= 6 && octets[0] == SSL3_MT_SERVER_HELLO && !s->facts->server)
		s->chosen = octets[4] * 256 + octets[5];
}

/* Whether libssl only waits for more; else it has failed. */
static bool only_waits(struct tls_stream *s, int result)
{
	int code = SSL_get_error(s->ssl, result);
	if (code == SSL_ERROR_WANT_READ || code == SSL_ERROR_WANT_WRITE)
		return true;
	if (code == SSL_ERROR_ZERO_RETURN && !s->secured) {
		fail(s,
		     ERR_PACK(ERR_LIB_SSL, 0, SSL_AD_REASON_OFFSET)); /* alert 0, close_notify, is no error to libssl */
		return false;
	}
	if (code == SSL_ERROR_ZERO_RETURN) {
		s->ended = true;
		schedule(s);
		return false;
	}
	fail(s, ERR_peek_error());
	return false;
}

static void handshake(struct tls_stream *s)
{
	ERR_clear_error();
	int result = SSL_do_handshake(s->ssl);
	if (result != 1) {
		(void)only_waits(s, result);
		return;
	}
	tls_facts_fill(s->facts, s->ssl);
	if (!tls_verify_shown(s->facts)) {
		fail(s, 0);
		return;
	}
	s->secured = true;
	schedule(s);
}

/* Decrypts what has come, as far as there is room for it. */
static void decrypt(struct tls_stream *s)
{
	char room[RECORD_MAX];
	while (s->text.n < UNUSED_MAX && !s->ended && !s->failed) {
		ERR_clear_error();
		int n = SSL_read(s->ssl, room, sizeof room);
		if (n > 0)
			buffer_add(&s->text, room, (size_t)n);
		else if (only_waits(s, n) || s->ended || s->failed)
			break;
	}
	s->answers += flush(s);
	if (s->text.n)
		schedule(s);
}

/* Encrypts what was said; while new keys are agreed on (renegotiation) it waits. */
static void encrypt(struct tls_stream *s)
{
	size_t done = 0;
	while (done < s->unsaid.n && !s->failed && !s->shut) {
		size_t left = s->unsaid.n - done;
		ERR_clear_error();
		int n = SSL_write(s->ssl, s->unsaid.p + done, (int)(left < RECORD_MAX ? left : RECORD_MAX));
		if (n <= 0) {
			(void)only_waits(s, n);
			break;
		}
		done += (size_t)n;
		(void)flush(s);
	}
	memory_wipe(s->unsaid.p, done); /* it may have been a password */
	buffer_drop(&s->unsaid, done);
}

/* Does whatever can be done with what has come. */
static void advance(struct tls_stream *s)
{
	if (s->ssl == NULL || s->failed)
		return;
	if (!s->secured)
		handshake(s);
	if (s->secured && !s->failed)
		decrypt(s);
	if (s->secured && !s->failed && !s->ending)
		encrypt(s);
	(void)flush(s);
}

/* What is no TLS, or that the carrier went, is told when all that came before was read. */
static void look_for_end(struct tls_stream *s)
{
	if (s->failed || (s->ended && !s->ending) || s->text.n >= UNUSED_MAX)
		return;
	if ((s->records.alien && !s->ending) || (s->carrier_over && !s->secured))
		fail(s, 0);
	else if (s->carrier_over)
		schedule(s);
}

/* ---- the carrier's events ---- */

/* Gives libssl what belongs to records; how many octets that is. Behind the close_notify that takes TLS off nothing is. */
static size_t hear_records(struct tls_stream *s, const char *p, size_t n)
{
	size_t at = 0;
	while (at < n && !(s->ending && s->ended)) {
		size_t before = s->records.nheader, taken = tls_records_take(&s->records, p + at, n - at);
		if (s->records.alien) {
			if (!s->ending)
				tls_records_alien(&s->records, p + at, n - at, before);
			break;
		}
		(void)BIO_write(s->from_carrier, p + at, (int)taken);
		at += taken;
		if (s->ending)
			advance(s);
	}
	return at;
}

/* Whether what comes now is in the clear, and meant to be. A peer that sends no close_notify before it is believed. */
static bool in_the_clear(const struct tls_stream *s)
{
	return s->ending && (s->ended || s->records.alien);
}

/* Whether more may come: its user, and the peer, read what there is. */
static bool has_room(const struct tls_stream *s)
{
	return s->text.n < UNUSED_MAX && s->answers < ANSWERS_MAX;
}

static size_t carrier_octets(void *context, const char *p, size_t n)
{
	struct tls_stream *s = context;
	s->heard += n;
	/* Behind the peer's close_notify nothing is read (RFC 8446 6.1), and so nothing is kept. */
	if (s->ssl == NULL || s->failed || (s->ended && !s->ending))
		return n;
	size_t heard = s->records.alien ? 0 : hear_records(s, p, n);
	advance(s);
	if (in_the_clear(s) && heard < n) {
		buffer_add(&s->text, p + heard, n - heard);
		schedule(s);
	}
	look_for_end(s);
	if (!has_room(s)) {
		s->full = true;
		stream_pause(s->carrier);
	}
	return n;
}

static void carrier_end(void *context, enum stream_end how, const char *why)
{
	struct tls_stream *s = context;
	s->carrier_over = true;
	s->how = how;
	s->why = string_copy(why);
	advance(s);
	look_for_end(s);
}

static void carrier_drained(void *context)
{
	struct tls_stream *s = context;
	s->busy++;
	bool full = s->answers >= ANSWERS_MAX;
	s->answers = 0;
	if (full)
		schedule(s); /* reading goes on */
	if (s->opened && s->unsaid.n == 0 && s->common.events->drained)
		s->common.events->drained(s->common.context);
	if (--s->busy == 0 && s->dead)
		free(s);
}

static const struct stream_events carrier_events = { carrier_octets, carrier_end, carrier_drained };

/* ---- telling the user ---- */

static void offer(struct tls_stream *s)
{
	size_t before = s->text.n;
	if (before == 0)
		return;
	/* The user may free the stream in the midst of it: what is offered is its own until the call is over. */
	struct buffer offered = s->text;
	s->text = (struct buffer){ 0 };
	size_t used = s->common.events->octets(s->common.context, offered.p, offered.n);
	if (s->dead) {
		buffer_wipe(&offered);
		return;
	}
	buffer_drop(&offered, used < offered.n ? used : offered.n);
	s->text = offered;
	if (used > 0 && before >= UNUSED_MAX && s->text.n < UNUSED_MAX) {
		advance(s); /* there is room again for what libssl holds */
		look_for_end(s);
	}
}

static void tell_failure(struct tls_stream *s)
{
	s->told = true;
	s->events->failed(s->context, &s->failure);
}

/* The end of what the peer said, in order or not. */
static void tell_end(struct tls_stream *s)
{
	enum stream_end how = s->ended && !s->ending                 ? STREAM_ENDED
	                      : s->how == STREAM_ENDED && !s->ending ? STREAM_TRUNCATED
	                                                             : s->how;
	s->told = true;
	if (s->common.events->end)
		s->common.events->end(s->common.context, how, how == STREAM_BROKEN ? s->why : NULL);
}

/* Whether all that libssl can decrypt was used by the user. */
static bool all_used(const struct tls_stream *s)
{
	return s->text.n == 0;
}

static void tell_opened(struct tls_stream *s)
{
	if (s->paused)
		return;
	offer(s);
	if (s->dead || s->told || s->paused || !all_used(s))
		return;
	if (s->failed)
		tell_failure(s);
	else if ((s->ended && !s->ending) || s->carrier_over)
		tell_end(s);
}

/* Reads on, where there is room again and somebody to use it. */
static void listen_again(struct tls_stream *s)
{
	if (!s->full || !s->opened || s->paused || s->carrier_over || !has_room(s))
		return;
	s->full = false;
	stream_resume(s->carrier);
}

static void tell(struct tls_stream *s)
{
	if (s->secured && !s->secured_told) {
		s->secured_told = true;
		s->events->secured(s->context);
	} else if (s->opened) {
		tell_opened(s);
	} else if (s->failed && !s->told) {
		tell_failure(s);
	}
	if (!s->dead)
		listen_again(s);
}

static void work_called(evutil_socket_t fd, short what, void *context)
{
	struct tls_stream *s = context;
	(void)fd;
	(void)what;
	s->busy++;
	tell(s);
	if (--s->busy == 0 && s->dead)
		free(s);
}

/* ---- the row ---- */

static void tls_write(struct stream *stream, const char *p, size_t n)
{
	struct tls_stream *s = tls_stream_of(stream);
	if (s->ending) {
		stream_write(s->carrier, p, n);
		return;
	}
	if (s->failed || s->shut || !s->secured)
		return;
	buffer_add(&s->unsaid, p, n);
	encrypt(s);
}

/* close_notify (RFC 8446 6.1). */
static void say_close(struct tls_stream *s)
{
	if (s->ssl == NULL || s->shut || s->failed || !s->secured)
		return;
	s->shut = true;
	ERR_clear_error();
	(void)SSL_shutdown(s->ssl);
	(void)flush(s);
}

static void tls_shut(struct stream *stream)
{
	struct tls_stream *s = tls_stream_of(stream);
	say_close(s);
	stream_shut(s->carrier);
}

static void tls_pause(struct stream *stream, bool paused)
{
	struct tls_stream *s = tls_stream_of(stream);
	s->opened = true;
	s->paused = paused;
	if (paused) {
		s->full = true;
		stream_pause(s->carrier);
	} else {
		schedule(s);
	}
}

static size_t tls_waiting(struct stream *stream)
{
	struct tls_stream *s = tls_stream_of(stream);
	return s->unsaid.n + stream_waiting(s->carrier);
}

static bool tls_broken(struct stream *stream)
{
	struct tls_stream *s = tls_stream_of(stream);
	return s->failed || stream_broken(s->carrier);
}

/* All but the carrier. */
static void dispose(struct tls_stream *s)
{
	event_free(s->work);
	SSL_free(s->ssl); /* its BIOs too */
	tls_facts_free(s->own);
	tls_failure_free(&s->failure);
	buffer_free(&s->records.plaintext);
	buffer_wipe(&s->text);
	buffer_wipe(&s->unsaid);
	free(s->common.peer);
	free(s->common.local);
	free(s->why);
	s->dead = true;
	if (s->busy == 0)
		free(s);
}

static void tls_free(struct stream *stream)
{
	struct tls_stream *s = tls_stream_of(stream);
	struct stream *carrier = s->carrier;
	say_close(s);
	dispose(s);
	stream_free(carrier);
}

static const struct stream_kind tls_kind = { .name = "tls",
	                                     .secure = true,
	                                     .write = tls_write,
	                                     .shut = tls_shut,
	                                     .pause = tls_pause,
	                                     .waiting = tls_waiting,
	                                     .broken = tls_broken,
	                                     .free = tls_free };

/* The same stream when TLS is off. */
static const struct stream_kind clear_kind = { .name = "tcp",
	                                       .write = tls_write,
	                                       .shut = tls_shut,
	                                       .pause = tls_pause,
	                                       .waiting = tls_waiting,
	                                       .broken = tls_broken,
	                                       .free = tls_free };

void tls_hand_out_tickets(struct stream *stream)
{
	struct tls_stream *s = tls_stream_of(stream);
	if (stream->kind == &tls_kind && s->ssl && SSL_is_server(s->ssl))
		(void)SSL_set_num_tickets(s->ssl, 2);
}

void tls_take_off(struct stream *stream)
{
	struct tls_stream *s = tls_stream_of(stream);
	if (stream->kind != &tls_kind)
		return;
	say_close(s);
	s->ending = true;
	s->own = tls_facts_new();
	s->own->server = s->facts->server;
	s->facts = s->own;
	if (s->ssl)
		SSL_set_app_data(s->ssl, s->own);
	stream->kind = &clear_kind;
}

/* ---- beginning ---- */

static void begin(struct tls_stream *s, const char *host)
{
	struct error error = { 0 };
	s->ssl = tls_settings_ssl(s->settings, host, s->facts, &error);
	if (s->ssl == NULL) {
		s->failed = true;
		s->failure.trouble = TLS_REFUSED;
		buffer_add_string(&s->failure.message, error.message);
		error_clear(&error);
		schedule(s);
		return;
	}
	s->from_carrier = BIO_new(BIO_s_mem());
	s->to_carrier = BIO_new(BIO_s_mem());
	assert(s->from_carrier && s->to_carrier);
	SSL_set_bio(s->ssl, s->from_carrier, s->to_carrier);
	SSL_set_msg_callback(s->ssl, watch);
	SSL_set_msg_callback_arg(s->ssl, s);
	stream_open(s->carrier, &carrier_events, s);
	advance(s);
}

struct stream *tls_over(struct event_base *base, struct stream *carrier, struct tls_settings *settings,
                        const char *host, struct tls_facts *facts, const struct tls_events *events, void *context)
{
	struct tls_stream *s = memory_zeroed(1, sizeof *s);
	s->common.kind = &tls_kind;
	s->common.peer = string_copy(carrier->peer);
	s->common.local = string_copy(carrier->local);
	s->carrier = carrier;
	s->settings = settings;
	s->facts = facts;
	s->events = events;
	s->context = context;
	s->work = event_new(base, -1, 0, work_called, s);
	begin(s, host);
	return &s->common;
}
