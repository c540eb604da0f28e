/*
 * A data connection: the second connection of FTP (RFC 959 3.2), for either side. It is made by connecting, or by listening
 * for the one peer that is expected; it carries octets one way, in the clear or under TLS (PROT P, RFC 4217 9), and its end
 * is the end of what it carries.
 *
 * The type of the representation is applied here: as ASCII (TYPE A, RFC 959 3.1.1.1) lines have CRLF on the wire.
 */
#ifndef PARLANCE_SESSION_DATA_CONNECTION_H
#define PARLANCE_SESSION_DATA_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"
#include "net/tls.h"

struct event_base;
struct data_connection;

struct data_options {
	const char *host;         /* to connect to, or to listen on; an address */
	unsigned port;            /* to connect to; to listen on, 0: a free one */
	bool listens;             /* else it connects */
	const char *only_from;    /* listening: the address that a peer must have, others are hung up on; NULL: any */
	const char *from;         /* connecting: the local address; NULL: whichever the system takes */
	double timeout;           /* seconds until the connection is there, and as many again for TLS; 0: none */
	bool waits;               /* nothing is read or sent, and no TLS begun, before data_begin */
	struct tls_settings *tls; /* begins with the first octet, once the connection is there; NULL: in the clear */
	const char *tls_host;     /* the client's side: whom the certificate must name, as of the control connection */
	struct tls_facts
		*resume; /* the client's side: of the control connection, whose session is gone on with (servers
	                           * such as vsftpd want that); NULL: a new one is begun. Only looked at when TLS begins */
	bool ascii;      /* see data_ascii */
};

/* Told from the loop; any may be NULL. data_free may be called in each of them. The strings and slices are good until
 * the call returns. */
struct data_events {
	/* The peer is there, and so is TLS where it was asked for from the start: it may be sent to. */
	void (*connected)(void *context);
	/* Octets came. */
	void (*octets)(void *context, const char *p, size_t n);
	/* Little of what was sent still waits: more may be sent. Called after `connected` too. */
	void (*drained)(void *context);
	/* The peer has ended it in order, or what was sent has all gone out (data_finish), or (`why` is a sentence, safe to
	 * show: "127.0.0.1 port 51234: connection refused") it failed: nobody came, refused, reset, TLS. Called once. */
	void (*ended)(void *context, const char *why);
	/* Somebody else than `only_from` came, and was hung up on: "192.0.2.7:4711". */
	void (*stranger)(void *context, const char *peer);
};

/* Begins; the caller's (data_free). All strings of the options are copied. STATUS_CONNECTION with a message where it cannot
 * even listen. */
enum status data_open(struct event_base *base, const struct data_options *options, const struct data_events *events,
                      void *context, struct data_connection **data, struct error *error);

/* Of one that `waits`: the transfer begins, now or as soon as the peer is there; `tls` and `resume` as in the options. */
void data_begin(struct data_connection *data, struct tls_settings *tls, struct tls_facts *resume);
/* TYPE A or not: what is given to data_send has lines that end in LF or CRLF, and gets CRLF on the wire; what comes is
 * given as it came (CRLF). */
void data_ascii(struct data_connection *data, bool ascii);

/* Where it listens; the caller tells the peer. NULL and 0 where it does not. */
const char *data_host(const struct data_connection *data);
unsigned data_port(const struct data_connection *data);
/* The peer as text, "127.0.0.1:51234", once connected; else NULL. */
const char *data_peer(const struct data_connection *data);
bool data_connected(const struct data_connection *data);
/* What the handshake showed; NULL where there is none. */
const struct tls_facts *data_facts(const struct data_connection *data);

/* Sends; queued without bound, also before the peer is there: who has much sends some 64 KiB and goes on when `drained`
 * is told. */
void data_send(struct data_connection *data, struct slice octets);
/* All has been sent: it is closed when that has gone out, under TLS with a close_notify; then `ended` comes. */
void data_finish(struct data_connection *data);
/* Octets that were sent and not yet handed to the system. */
size_t data_waiting(const struct data_connection *data);
/* Octets that went over the wire so far, one way and the other (under TLS: inside it). */
uint64_t data_sent(const struct data_connection *data);
uint64_t data_received(const struct data_connection *data);
/* While paused nothing is read. */
void data_pause(struct data_connection *data, bool paused);
/* Closes at once, without a call. NULL is allowed. */
void data_free(struct data_connection *data);

/* The host of "127.0.0.1:21" or "[::1]:21", without brackets; IPv4 in the clothes of IPv6 is IPv4. The caller's (free). */
char *data_host_of(const char *place);

#endif
