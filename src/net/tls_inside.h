/*
 * What the TLS files of net/ share. Known to them only; nobody else sees libssl.
 */
#ifndef PARLANCE_NET_TLS_INSIDE_H
#define PARLANCE_NET_TLS_INSIDE_H

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "net/tls.h"

/* One thing that is wrong with a chain. */
struct tls_fault {
	int code;       /* X509_V_ERR_… */
	unsigned depth; /* of the certificate that it is about: 0 is the peer's own */
};

#define TLS_FAULTS_MAX 16

/* What a stapled OCSP response says (RFC 6066 8, RFC 6960). */
enum tls_staple {
	STAPLE_NONE,
	STAPLE_GOOD,
	STAPLE_REVOKED,
	STAPLE_UNKNOWN, /* the responder does not know the certificate */
	STAPLE_UNUSABLE /* it is about another certificate, not signed by who may, too old, or cannot be read */
};

/* What the server has handed out for later connections (tls_resume.c). */
struct tls_tickets;

/* Empty strings are NULL; all is owned by the facts. */
struct tls_facts {
	bool server;         /* we are the server: the peer is a client */
	bool spoken;         /* the peer has said something of the handshake */
	bool insecure;       /* faults were let pass */
	char *name;          /* whom the certificate must name; NULL: nobody was asked for */
	bool named;          /* and that is what --verify-name says, not whom we asked for */
	char *version;       /* "TLS 1.3", as people write it */
	char *cipher;        /* "TLS_AES_256_GCM_SHA384" */
	int cipher_bits;     /* of the key */
	char *exchange;      /* how the keys were agreed on: "X25519", "P-256", "DHE, 2048 bits", "RSA" */
	bool forward_secret; /* the server's key alone does not decrypt a recording */
	bool resumed;
	char *alpn;            /* as agreed on; NULL: nothing was */
	bool alpn_offered;     /* we are the client, and offered protocols by ALPN */
	STACK_OF(X509) * sent; /* as the peer sent them, its own first; NULL: none */
	STACK_OF(X509) *
		chain; /* as verified, from the peer's own to one that is trusted; NULL or shorter where that failed */
	bool trusted;  /* the last one of `chain` is one that we trust */
	bool namesake; /* it is not, but one is that bears the name of who issued it, and another key */
	struct tls_fault faults[TLS_FAULTS_MAX];
	size_t nfaults;
	bool unfinished; /* the chain could not be looked at to the end, which is never let pass */
	enum tls_staple staple;
	long staple_from, staple_until; /* seconds since 1970; 0: not said */
	bool nobody;                    /* the handshake is done, and the server has shown no certificate */
	bool wanted;                    /* the server asked for a certificate of ours */
	bool given;                     /* and we gave one */
	struct tls_tickets *tickets;    /* NULL: none, and none is offered */
	struct buffer takers; /* the authorities whose certificates it takes, "CN=…; CN=…"; empty: it did not say */
};

/* ---- tls_settings.c ---- */

struct tls_settings {
	bool server;
	struct tls_options options;
	SSL_CTX *ctx;      /* NULL until it is needed */
	X509 *certificate; /* a server's own; borrowed from ctx */
	bool made;         /* in memory */
	bool trust_read;   /* whom we trust is in ctx already */
	bool asked, told;  /* the passphrase of our key was asked for, and given */
	int keys;          /* the descriptor of SSLKEYLOGFILE; -1: none */
};

/* An SSL for one handshake, whose name, verification and stapling are set up, and which fills `facts`; the caller's.
 * NULL with a message where TLS cannot be used at all. */
SSL *tls_settings_ssl(struct tls_settings *settings, const char *host, struct tls_facts *facts, struct error *error);

/* ---- tls_made.c ---- */

/* Makes a key and a certificate for this machine and for `hosts`, and has the server use them. `authority` NULL: it signs itself;
 * else an authority is made that signs it, whose certificate is appended there as PEM. */
enum status tls_made_certificate(SSL_CTX *ctx, const char *const *hosts, size_t nhosts, struct buffer *authority,
                                 struct error *error);

/* ---- tls_verify.c: whether the peer is who it should be ---- */

/* Has the chain verified, all faults gathered in the facts of the SSL (SSL_get_app_data) and not only the first; and the
 * stapled OCSP response looked at: a certificate that is revoked is a fault. */
void tls_verify_set(SSL_CTX *ctx);
/* Whether the server has shown a certificate at all (--ciphers may let those in that need none), or that does not
 * matter. */
bool tls_verify_shown(struct tls_facts *facts);

/* ---- tls_facts.c ---- */

/* Fills in what is known at the handshake's end. */
void tls_facts_fill(struct tls_facts *facts, SSL *ssl);

/* ---- tls_resume.c: going on with an earlier session ---- */

/* Has what a server hands out kept, in the facts of the SSL. */
void tls_resume_set(SSL_CTX *ctx);
/* Offers what was kept, if anything was. */
void tls_resume_offer(SSL *ssl, struct tls_facts *facts);
/* The handshake is done. Where a session goes on, what was wrong when it began is wrong still. */
void tls_resume_recall(struct tls_facts *facts);
void tls_tickets_release(struct tls_tickets *tickets); /* NULL is allowed */

/* ---- tls_failure.c: why, in words ---- */

/* What a failure is made of. */
struct tls_evidence {
	const struct tls_facts *facts;
	const struct tls_options *options;
	unsigned long error; /* the first of OpenSSL's error queue; 0: none */
	bool done;           /* the handshake was over */
	bool ended;          /* the carrier ended; `why`, or NULL where it was in order */
	const char *why;
	int version;            /* that the peer chose, as on the wire (0x0301: TLS 1.0); 0: it has not */
	struct slice plaintext; /* what came that is no TLS; empty: all was */
	int warning;            /* the description of the last alert that was only a warning; 0: none */
	size_t heard;           /* octets that came at all */
};

/* The failure that is most worth telling. The caller frees with tls_failure_free. */
void tls_failure_of(const struct tls_evidence *evidence, struct tls_failure *failure);
void tls_failure_free(struct tls_failure *failure);

/* Appends what is wrong with one certificate of the chain, as a sentence without its end: "the server's certificate has
 * expired: it was valid until …". Safe. */
void tls_fault_words(const struct tls_facts *facts, const struct tls_fault *fault, struct buffer *out);

/* ---- tls_certificate.c, tls_certificate_rows.c: a certificate in words ---- */

/* Appends whom it is for, as a person says it: the first of its names, else its subject's CN, else all of it. Safe. */
void certificate_who(const X509 *certificate, struct buffer *out);
/* The same of who issued it: its organisation and CN: `R11 of Let's Encrypt`. Safe. */
void certificate_issuer(const X509 *certificate, struct buffer *out);
/* The same of any name of X.509: its CN, `whose`: with its organisation. Safe. */
void certificate_title(const X509_NAME *name, bool whose, struct buffer *out);
/* Appends the URL where its issuer's certificate is kept (RFC 5280 4.2.2.1). False where it says none. Safe. */
bool certificate_issuer_url(const X509 *certificate, struct buffer *out);
/* Appends the names that it is good for, `but` that one, with commas between: DNS names and addresses; at most `most` of
 * them, and how many there are beside. False where it has none (its CN is not looked at). Safe. */
bool certificate_names(const X509 *certificate, struct slice but, size_t most, struct buffer *out);
/* Appends that one of its names which stands for what was asked for, a star included; false where none does. Safe. */
bool certificate_name_for(const X509 *certificate, const char *asked, struct buffer *out);
/* Appends why one of its names that looks right is not (RFC 9525 6.3, 6.4): an address that stands there as text, or a
 * star that reaches further than a star does; in a few words, without a stop. False where none looks right. */
bool certificate_lookalike(const X509 *certificate, const char *asked, struct buffer *out);
/* Appends the numbers of the extensions that are marked critical and not known here, with commas between. False where
 * there is none. Safe. */
bool certificate_unknown(const X509 *certificate, struct buffer *out);
/* Appends its subject's CN; false where that has none. Safe. */
bool certificate_common_name(const X509 *certificate, struct buffer *out);
/* Appends all of its subject: "O=Test, CN=x", or "empty". Safe. */
void certificate_subject(const X509 *certificate, struct buffer *out);
/* Appends what it is for, where that is not what a TLS server (or client) needs: ": it is for TLS clients (clientAuth),
 * not for TLS servers (RFC 5280 4.2.1.12)"; else nothing. */
void certificate_purpose(const X509 *certificate, bool of_client, struct buffer *out);
/* Appends its key: "RSA, 2048 bits", "ECDSA on P-256", "Ed25519". */
void certificate_key(const X509 *certificate, struct buffer *out);
/* Appends the group that a key of a key exchange belongs to: "X25519", "P-256", "DHE, 2048 bits". False where that is
 * none that is known. */
bool key_group(const EVP_PKEY *key, struct buffer *out);
/* Appends a moment as "2026-11-21 12:00 UTC". */
void certificate_time(const ASN1_TIME *time, struct buffer *out);
/* Seconds from now until that moment; negative: since. */
double certificate_seconds(const ASN1_TIME *time);
/* Appends how long that is: "39 days", "5 hours", "2 minutes", "almost 5 years". */
void certificate_span(double seconds, struct buffer *out);
/* Appends the rows of tls_certificates for one certificate. */
void certificate_rows(const X509 *certificate, bool pem, struct buffer *out);

#endif
