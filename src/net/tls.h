/*
 * TLS over any stream: what the user asks of it, the handshake, what it showed, and why it failed, in words.
 */
#ifndef PARLANCE_NET_TLS_H
#define PARLANCE_NET_TLS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "net/stream.h"

struct event_base;

/* ---- what is asked of it ---- */

/* Asks a person for the passphrase of `file` and appends it; false where nobody can be asked or nothing was given. */
typedef bool tls_passphrase(const char *file, struct buffer *passphrase);

/* As the user gave it. The strings outlive the settings; NULL: not given. */
struct tls_options {
	const char *cacert;      /* file of PEM certificates that are trusted, instead of the system's */
	const char *capath;      /* folder of them, named by their hashes (openssl rehash) */
	const char *cert, *key;  /* our own certificate and its key, PEM; the key may stand in the certificate's file */
	const char *min, *max;   /* "1.0" to "1.3"; without min 1.2 */
	const char *ciphers;     /* as OpenSSL writes lists; the suites of TLS 1.3 are those that begin with TLS_ */
	const char *alpn;        /* names with commas between: "http/1.1" */
	const char *servername;  /* what SNI says; "": nothing; NULL: the host, if it is a name (RFC 6066 3) */
	const char *verify_name; /* whom the certificate must name; NULL: the servername, else the host */
	bool insecure;           /* what is wrong with the certificate is told, and does not matter */
	bool keep_keys;          /* SSLKEYLOGFILE is not for this side: the other writes it */
	tls_passphrase *passphrase;
};

struct tls_settings;

/*
 * Settings for a client's and for a server's side, the caller's (tls_settings_free): they outlive all streams made with
 * them. STATUS_USAGE with a message where a file cannot be read or used, or a word is none. The authorities that the
 * system trusts are read at the first handshake. A server without --cert gets a certificate that is made here and now,
 * in memory, for `localhost`, 127.0.0.1, ::1 and `host` (NULL: for nothing more), and signed by itself.
 */
enum status tls_client_settings(const struct tls_options *options, struct tls_settings **settings, struct error *error);
enum status tls_server_settings(const struct tls_options *options, const char *host, struct tls_settings **settings,
                                struct error *error);
void tls_settings_free(struct tls_settings *settings);

/* A server whose certificate, for `localhost`, 127.0.0.1, ::1 and `hosts`, is vouched for by an authority that is made here
 * too, and whose key is forgotten at once. The authority's certificate is appended to `authority` as PEM, for clients to
 * trust. The options hold no certificate. */
enum status tls_server_vouched(const struct tls_options *options, const char *const *hosts, size_t nhosts,
                               struct tls_settings **settings, struct buffer *authority, struct error *error);
/* The client trusts that authority (PEM), too. STATUS_TLS with a message where it is none. */
enum status tls_settings_trust_too(struct tls_settings *client, struct slice pem, struct error *error);

/* The client trusts the certificate that this server shows, and no other. */
enum status tls_settings_trust(struct tls_settings *client, const struct tls_settings *server, struct error *error);

/* From now on it goes elsewhere: servername and verify_name were about the first host, and are forgotten. */
void tls_settings_elsewhere(struct tls_settings *client);

/* Whether the server's certificate was made in memory. */
bool tls_settings_made(const struct tls_settings *settings);
/* Appends the server's own certificate: rows, and PEM, as tls_certificates does for the peer's. */
void tls_settings_certificate(const struct tls_settings *settings, bool pem, struct buffer *out);

/* ---- what a handshake showed ---- */

/* Kept by whoever holds the conversation, also when the connection is gone: a chain that was refused can still be
 * looked at. */
struct tls_facts;
struct tls_facts *tls_facts_new(void);
void tls_facts_free(struct tls_facts *facts); /* NULL is allowed */

/* The handshake that `facts` is for offers to go on with the session that `earlier` is of (RFC 5077, RFC 8446 2.2), once the
 * server has handed out what that needs; whether it did is told by tls_facts_resumed. The server must be the same one.
 * Both keep what is handed out; either may be freed first. */
void tls_facts_go_on(struct tls_facts *facts, struct tls_facts *earlier);
bool tls_facts_resumed(const struct tls_facts *facts);
/* "TLS 1.3"; NULL: the handshake is not done. */
const char *tls_facts_version(const struct tls_facts *facts);

/* Whether the peer has said anything of the handshake. */
bool tls_facts_spoken(const struct tls_facts *facts);
/* Whether the peer has shown a certificate. */
bool tls_facts_certificate(const struct tls_facts *facts);
/* Whether something is wrong with it that was let pass (--insecure). */
bool tls_facts_unverified(const struct tls_facts *facts);

/* Appends what a student should know of the handshake: about five lines, each a sentence or two, ended by a line feed:
 * version and cipher, key exchange, whom the certificate is for, who vouches, until when. Safe to print. */
void tls_story(const struct tls_facts *facts, struct buffer *out);
/* Appends what the story of a refused certificate is: whom it is for, who vouches, until when, each with what is wrong. */
void tls_refused_story(const struct tls_facts *facts, struct buffer *out);
/* Appends the chain in full, as the peer sent it: of each certificate its names, SANs, issuer, validity, key and
 * fingerprint, a row each ended by a line feed; and its PEM block. Safe to print. */
void tls_certificates(const struct tls_facts *facts, bool pem, struct buffer *out);

/* ---- the handshake, and the stream ---- */

enum tls_trouble {
	TLS_REFUSED,   /* we refuse what the peer shows: its certificate, its version, its keys */
	TLS_ALERT,     /* the peer refuses, and its alert says why */
	TLS_PLAINTEXT, /* what the peer says is no TLS: `plaintext` */
	TLS_CLOSED,    /* it went in the midst of the handshake */
	TLS_BROKEN     /* its TLS is none that can be read: records that do not decrypt, messages out of turn */
};

/* Why there is no TLS, or no longer. */
struct tls_failure {
	enum tls_trouble trouble;
	struct buffer message;   /* what, why and what to do, one line that begins in lower case; safe to print */
	struct buffer openssl;   /* OpenSSL's own words, for -v; safe to print; may be empty */
	struct buffer plaintext; /* of TLS_PLAINTEXT: the first octets as they came, 512 at most */
};

struct tls_events {
	/* The handshake is done: the stream may be opened. */
	void (*secured)(void *context);
	/* There is no TLS, or no longer: it comes instead of `secured`, or, later, instead of the stream's `end` (after all
	 * octets that came before). All that can be done with the stream is to free it. The failure lives until
	 * then. */
	void (*failed)(void *context, const struct tls_failure *failure);
};

/*
 * Begins TLS over a stream, which it owns from now on, as the client or the server that the settings are for. `host`
 * is the name or address that was connected to (NULL: a unix socket, or a server's side). Of the events one comes, from
 * the loop, before stream_open; `facts` is filled, and outlives the stream, which may be freed inside both.
 */
struct stream *tls_over(struct event_base *base, struct stream *carrier, struct tls_settings *settings,
                        const char *host, struct tls_facts *facts, const struct tls_events *events, void *context);

/* The server's side of a stream of tls_over's hands out two tickets when the handshake is done (RFC 8446 4.6.1), with which
 * the client's next connection resumes the session: some clients want that of FTP's data connections, and give up without.
 * Only for a stream whose client reads. Of another stream, and on a client's side, nothing. */
void tls_hand_out_tickets(struct stream *stream);

/* Takes TLS off a stream of tls_over's, which goes on in the clear (RFC 4217 12.3): close_notify is said now, and what the
 * peer says behind its own is read as it comes. Of another stream nothing. */
void tls_take_off(struct stream *stream);

#endif
