/*
 * What a handshake showed, and the story of it: a few lines for somebody who sees TLS for the first time.
 */
#include "net/tls_inside.h"

#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/escape.h"
#include "net/tls_failure_table.h"

/* Names of a certificate that a line has room for. */
#define NAMES_SAID 3

/* ---- keeping them ---- */

struct tls_facts *tls_facts_new(void)
{
	return memory_zeroed(1, sizeof(struct tls_facts));
}

void tls_facts_free(struct tls_facts *facts)
{
	if (facts == NULL)
		return;
	free(facts->name);
	free(facts->version);
	free(facts->cipher);
	free(facts->exchange);
	free(facts->alpn);
	sk_X509_pop_free(facts->sent, X509_free);
	sk_X509_pop_free(facts->chain, X509_free);
	buffer_free(&facts->takers);
	tls_tickets_release(facts->tickets);
	free(facts);
}

/* The peer's own certificate; NULL: it showed none. */
static X509 *own_certificate(const struct tls_facts *facts)
{
	return facts->sent && sk_X509_num(facts->sent) > 0 ? sk_X509_value(facts->sent, 0) : NULL;
}

const char *tls_facts_version(const struct tls_facts *facts)
{
	return facts->version;
}

bool tls_facts_spoken(const struct tls_facts *facts)
{
	return facts->spoken;
}

bool tls_facts_certificate(const struct tls_facts *facts)
{
	return own_certificate(facts) != NULL;
}

bool tls_facts_unverified(const struct tls_facts *facts)
{
	return facts->insecure && (facts->nfaults > 0 || facts->nobody);
}

/* ---- filling them in ---- */

/* "TLSv1.3", as OpenSSL has it, is written TLS 1.3; its "TLSv1" means TLS 1.0. */
static char *version_name(const SSL *ssl)
{
	const char *name = SSL_get_version(ssl);
	if (strcmp(name, "SSLv3") == 0)
		return string_copy("SSL 3.0");
	if (strncmp(name, "TLSv", 4) != 0)
		return string_copy(name);
	return string_printf("TLS %s%s", name + 4, strchr(name, '.') ? "" : ".0");
}

/* As the RFCs spell it, where they do. */
static void fill_cipher(struct tls_facts *facts, const SSL *ssl)
{
	const SSL_CIPHER *cipher = SSL_get_current_cipher(ssl);
	const char *name = cipher ? SSL_CIPHER_standard_name(cipher) : NULL;
	if (cipher && name == NULL)
		name = SSL_CIPHER_get_name(cipher);
	facts->cipher = string_copy(name);
	facts->cipher_bits = cipher ? SSL_CIPHER_get_bits(cipher, NULL) : 0;
}

/* The group by its number (RFC 8446 4.2.7), for the side that has thrown the other's key away already. */
static bool add_group(SSL *ssl, struct buffer *out)
{
	int nid = (int)SSL_get_negotiated_group(ssl);
	if (nid <= 0 || (nid & TLSEXT_nid_unknown))
		return false;
	const char *nist = EC_curve_nid2nist(nid), *name = OBJ_nid2sn(nid);
	if (nist == NULL && name == NULL)
		return false;
	buffer_add_string(out, nist ? nist : name);
	return true;
}

/* Where two ways are joined (X25519MLKEM768) only OpenSSL from 3.2 on has a name for them. */
static bool add_joined_group(SSL *ssl, struct buffer *out)
{
#if OPENSSL_VERSION_NUMBER >= 0x30200000L
	const char *name = SSL_get0_group_name(ssl);
	if (name)
		buffer_add_string(out, name);
	return name != NULL;
#else
	(void)ssl;
	(void)out;
	return false;
#endif
}

static bool add_group_name(SSL *ssl, struct buffer *out)
{
	EVP_PKEY *key = NULL;
	bool found = SSL_get_peer_tmp_key(ssl, &key) == 1 && key && key_group(key, out);
	EVP_PKEY_free(key);
	return found || add_group(ssl, out) || add_joined_group(ssl, out);
}

/* How the keys were agreed on. An older session that goes on agrees on new ones in TLS 1.3 only. */
static void fill_exchange(struct tls_facts *facts, SSL *ssl)
{
	const SSL_CIPHER *cipher = SSL_get_current_cipher(ssl);
	int kind = cipher ? SSL_CIPHER_get_kx_nid(cipher) : NID_undef;
	struct buffer name = { 0 };
	if (facts->resumed && SSL_version(ssl) < TLS1_3_VERSION)
		return;
	facts->forward_secret = kind == NID_kx_any || kind == NID_kx_ecdhe || kind == NID_kx_dhe ||
	                        kind == NID_kx_ecdhe_psk || kind == NID_kx_dhe_psk;
	if (kind == NID_kx_rsa)
		buffer_add_string(&name, "RSA");
	else if (facts->forward_secret && !add_group_name(ssl, &name))
		buffer_add_string(&name, kind == NID_kx_dhe ? "DHE" : "ECDHE");
	facts->exchange = name.n ? buffer_take(&name) : NULL;
	buffer_free(&name);
}

static void fill_alpn(struct tls_facts *facts, const SSL *ssl)
{
	const unsigned char *p = NULL;
	unsigned n = 0;
	SSL_get0_alpn_selected(ssl, &p, &n);
	facts->alpn = n > 0 ? slice_string((struct slice){ (const char *)p, n }) : NULL;
}

/* Where an older session goes on nobody shows a certificate; the session remembers the one of then. A server's list
 * lacks the client's own. */
static void fill_certificates(struct tls_facts *facts, const SSL *ssl)
{
	STACK_OF(X509) *chain = SSL_get_peer_cert_chain(ssl);
	X509 *own = SSL_get1_peer_certificate(ssl);
	if (facts->sent == NULL && own) {
		facts->sent = chain ? X509_chain_up_ref(chain) : sk_X509_new_null();
		if (facts->sent && (facts->server || sk_X509_num(facts->sent) == 0) &&
		    sk_X509_insert(facts->sent, own, 0) > 0)
			own = NULL;
	}
	X509_free(own);
}

/* Whether we were asked for a certificate, and gave one: with TLS 1.2 and later that shows in a signature of ours. */
static void fill_asked(struct tls_facts *facts, SSL *ssl)
{
	int signature = NID_undef;
	if (facts->server)
		facts->wanted = (SSL_get_verify_mode(ssl) & SSL_VERIFY_PEER) != 0;
	else
		facts->given = facts->wanted && SSL_get_certificate(ssl) && SSL_get_signature_nid(ssl, &signature) == 1;
}

void tls_facts_fill(struct tls_facts *facts, SSL *ssl)
{
	free(facts->version);
	free(facts->cipher);
	free(facts->exchange);
	free(facts->alpn);
	facts->exchange = NULL;
	facts->version = version_name(ssl);
	facts->resumed = SSL_session_reused(ssl) == 1;
	tls_resume_recall(facts);
	fill_cipher(facts, ssl);
	fill_exchange(facts, ssl);
	fill_alpn(facts, ssl);
	fill_certificates(facts, ssl);
	fill_asked(facts, ssl);
	ERR_clear_error();
}

/* ---- the story: version, cipher and keys ---- */

static const char *version_rfc(const char *version)
{
	static const struct {
		const char *version, *rfc;
	} rows[] = {
		{ "TLS 1.3", "RFC 8446" },
		{ "TLS 1.2", "RFC 5246" },
		{ "TLS 1.1", "RFC 4346; not safe any more: RFC 8996" },
		{ "TLS 1.0", "RFC 2246; not safe any more: RFC 8996" },
		{ "SSL 3.0", "RFC 6101; broken: RFC 7568" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (strcmp(rows[i].version, version) == 0)
			return rows[i].rfc;
	return "of no RFC that is known here";
}

/* The cipher as people call it, by the words in its name: the first row that fits. */
static void add_cipher(const struct tls_facts *facts, struct buffer *out)
{
	static const struct {
		const char *word, *name, *mode;
	} rows[] = {
		{ "CHACHA20_POLY1305", "ChaCha20 and Poly1305", "" },
		{ "AES_256_GCM", "AES-256", " in GCM mode" },
		{ "AES_128_GCM", "AES-128", " in GCM mode" },
		{ "AES_256_CCM", "AES-256", " in CCM mode" },
		{ "AES_128_CCM", "AES-128", " in CCM mode" },
		{ "AES_256_CBC", "AES-256", " in CBC mode" },
		{ "AES_128_CBC", "AES-128", " in CBC mode" },
		{ "3DES_EDE_CBC", "3DES, which is weak by now", "" },
		{ "RC4_128", "RC4, which is broken (RFC 7465)", "" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (strstr(facts->cipher, rows[i].word)) {
			buffer_printf(out, "%s%s (%s)", rows[i].name, rows[i].mode, facts->cipher);
			return;
		}
	}
	buffer_printf(out, "%s, a key of %d bits", facts->cipher, facts->cipher_bits);
}

static void tell_version(const struct tls_facts *facts, struct buffer *out)
{
	buffer_printf(out, "%s (%s): ", facts->version, version_rfc(facts->version));
	if (facts->cipher == NULL || facts->cipher_bits == 0) {
		buffer_printf(out,
		              "NOT ENCRYPTED: %s only keeps what is said from being changed; anybody can read it.\n",
		              facts->cipher ? facts->cipher : "no cipher, which");
		return;
	}
	buffer_add_string(out, "from here on everything is encrypted, with ");
	add_cipher(facts, out);
	buffer_add_string(out, ".\n");
}

static void tell_keys(const struct tls_facts *facts, struct buffer *out)
{
	if (facts->cipher_bits == 0)
		return; /* nothing is encrypted that could be kept from anybody */
	const char *resumed = facts->resumed ? "An earlier session goes on, so certificates are not shown again. " : "";
	const char *whose = facts->server ? "this" : "the";
	if (facts->exchange == NULL)
		buffer_printf(out, "%s%s\n", resumed,
		              facts->resumed ? "The keys are made from its secret: nothing new was agreed on."
		                             : "The keys come from a secret that both sides knew before.");
	else if (facts->forward_secret)
		buffer_printf(
			out,
			"%sThe keys were agreed on with %s, anew for this connection: whoever records it, and gets %s "
			"server's key later, still cannot read it.\n",
			resumed, facts->exchange, whose);
	else
		buffer_printf(
			out,
			"The client sent the secret for the keys under %s server's RSA key, so there is no forward "
			"secrecy: whoever records this, and gets that key later, can read it all.\n",
			whose);
}

/* ---- the story: the certificate ---- */

/* The fault of that kind at the peer's own certificate; NULL: there is none. */
static const struct tls_fault *own_fault(const struct tls_facts *facts, enum fault_kind kind)
{
	for (size_t i = 0; i < facts->nfaults; i++)
		if (facts->faults[i].depth == 0 && fault_row(facts->faults[i].code)->kind == kind)
			return &facts->faults[i];
	return NULL;
}

/* "mail.example, whom we asked for". */
static void tell_name(const struct tls_facts *facts, struct buffer *out)
{
	escape_text(out, slice_of(facts->name));
	buffer_add_string(out, facts->named ? ", as --verify-name says" : ", whom we asked for");
}

/* It is for somebody else than whom we asked for, or for no host at all. */
static void tell_wrong_name(const struct tls_facts *facts, const X509 *certificate, struct buffer *out)
{
	struct buffer names = { 0 }, why = { 0 };
	buffer_add_string(out, "NOT VERIFIED: the certificate ");
	if (certificate_names(certificate, SLICE(""), NAMES_SAID, &names) ||
	    certificate_common_name(certificate, &names)) {
		buffer_printf(out, "is for " SLICE_FMT ", not for ", SLICE_ARG(buffer_slice(&names)));
	} else {
		buffer_add_string(out, "names no host (its subject is ");
		certificate_subject(certificate, out);
		buffer_add_string(out, "), and so not ");
	}
	tell_name(facts, out);
	if (certificate_lookalike(certificate, facts->name, &why))
		buffer_printf(out, ": " SLICE_FMT, SLICE_ARG(buffer_slice(&why)));
	buffer_add_string(out, ".\n");
	buffer_free(&names);
	buffer_free(&why);
}

/* By which of its names it is for whom we asked for, and what it is for beside. */
static void tell_right_name(const struct tls_facts *facts, const X509 *certificate, struct buffer *out)
{
	struct buffer name = { 0 }, others = { 0 };
	bool listed = certificate_name_for(certificate, facts->name, &name);
	if (!listed)
		certificate_who(certificate, &name);
	struct slice by = buffer_slice(&name);
	buffer_printf(out, "The certificate is for " SLICE_FMT, SLICE_ARG(by));
	if (slice_starts(by, SLICE("*."))) {
		buffer_add_string(out, ", and so for ");
		tell_name(facts, out);
	} else {
		buffer_add_string(out, facts->named ? ", as --verify-name says" : ", whom we asked for");
	}
	if (!listed)
		buffer_add_string(out,
		                  ", but only by its subject's CN, which is no place for a name any more (RFC 9525 2)");
	else if (certificate_names(certificate, by, NAMES_SAID - 1, &others))
		buffer_printf(out, " (also for " SLICE_FMT ")", SLICE_ARG(buffer_slice(&others)));
	buffer_add_string(out, ".\n");
	buffer_free(&name);
	buffer_free(&others);
}

static void tell_whom(const struct tls_facts *facts, const X509 *certificate, struct buffer *out)
{
	if (own_fault(facts, FAULT_NAME) && facts->name) {
		tell_wrong_name(facts, certificate, out);
		return;
	}
	if (facts->name && !facts->server) {
		tell_right_name(facts, certificate, out);
		return;
	}
	buffer_printf(out, "The %s is for ", facts->server ? "client's certificate" : "certificate");
	if (!certificate_names(certificate, SLICE(""), NAMES_SAID, out))
		certificate_who(certificate, out);
	buffer_add_string(out, ".\n");
}

/* "R11 of Let's Encrypt vouches for it, X for that, and ISRG Root X1, which is trusted here, vouches for that." */
static void tell_trusted_chain(const struct tls_facts *facts, struct buffer *out)
{
	int last = sk_X509_num(facts->chain) - 1;
	X509 *own = sk_X509_value(facts->chain, 0);
	if (last == 0) {
		buffer_add_string(out, X509_self_signed(own, 0) == 1
		                               ? "It vouches for itself, and it is one that is trusted here.\n"
		                               : "It is itself one that is trusted here.\n");
		return;
	}
	for (int i = 1; i <= last; i++) {
		const X509_NAME *name = X509_get_subject_name(sk_X509_value(facts->chain, i));
		if (i > 1)
			buffer_add_string(out, i == last ? ", and " : ", ");
		certificate_title(name, i < last, out);
		if (i == last)
			buffer_add_string(out, ", which is trusted here,");
		buffer_add_string(out, i == 1 ? " vouches for it" : i == last ? " vouches for that" : " for that");
	}
	buffer_add_string(out, ".\n");
}

/* The fault by which nobody who is trusted vouches; NULL: somebody does. */
static const struct tls_fault *trust_fault(const struct tls_facts *facts)
{
	const struct tls_fault *worst = NULL;
	for (size_t i = 0; i < facts->nfaults; i++)
		if (fault_is_about_trust(facts->faults[i].code) &&
		    (worst == NULL || fault_row(facts->faults[i].code)->kind < fault_row(worst->code)->kind))
			worst = &facts->faults[i];
	return worst;
}

static void tell_who_vouches(const struct tls_facts *facts, const X509 *certificate, struct buffer *out)
{
	const struct tls_fault *fault = trust_fault(facts);
	if (fault == NULL) {
		if (facts->trusted && facts->chain && sk_X509_num(facts->chain) > 0) {
			tell_trusted_chain(facts, out);
			return;
		}
		buffer_add_string(out, facts->resumed ? "" : "NOT VERIFIED: ");
		certificate_issuer(certificate, out);
		buffer_add_string(out, facts->resumed
		                               ? " vouches for it, which was looked at when that session began.\n"
		                               : " vouches for it, and nobody has looked whether that is so.\n");
		return;
	}
	buffer_add_string(out, "NOT VERIFIED: ");
	if (fault_row(fault->code)->kind == FAULT_SELF_SIGNED)
		buffer_add_string(out, "it vouches for itself, as anybody's can: it does not prove who answers");
	else
		tls_fault_words(facts, fault, out);
	buffer_add_string(out, ".\n");
}

static void tell_until(const struct tls_facts *facts, const X509 *certificate, struct buffer *out)
{
	const ASN1_TIME *from = X509_get0_notBefore(certificate), *until = X509_get0_notAfter(certificate);
	bool expired = own_fault(facts, FAULT_EXPIRED), early = own_fault(facts, FAULT_NOT_YET);
	const char *verb = expired ? "NOT VERIFIED: it has expired: it was valid"
	                   : early ? "NOT VERIFIED: it is not valid yet, but will be"
	                           : "It is valid";
	buffer_printf(out, "%s from ", verb);
	certificate_time(from, out);
	buffer_add_string(out, " to ");
	certificate_time(until, out);
	buffer_add_string(out, early ? ", beginning in " : ", ");
	certificate_span(certificate_seconds(early ? from : until), out);
	buffer_add_string(out, expired ? " ago" : early ? "" : " from now");
	buffer_add_string(out, "; its key is ");
	certificate_key(certificate, out);
	buffer_add_string(out, ".\n");
}

/* What has no line of its own: everything about authorities, weak keys, broken rules. */
static void tell_other_faults(const struct tls_facts *facts, struct buffer *out)
{
	const struct tls_fault *trust = trust_fault(facts);
	for (size_t i = 0; i < facts->nfaults; i++) {
		const struct tls_fault *fault = &facts->faults[i];
		enum fault_kind kind = fault_row(fault->code)->kind;
		bool told = fault == trust || (fault->depth == 0 &&
		                               (kind == FAULT_NAME || kind == FAULT_EXPIRED || kind == FAULT_NOT_YET));
		if (told || (kind == FAULT_REVOKED && facts->staple == STAPLE_REVOKED))
			continue;
		buffer_add_string(out, "NOT VERIFIED: ");
		tls_fault_words(facts, fault, out);
		buffer_add_string(out, ".\n");
	}
}

static void tell_certificate(const struct tls_facts *facts, struct buffer *out)
{
	const X509 *certificate = own_certificate(facts);
	if (certificate == NULL) {
		if (facts->nobody)
			buffer_add_string(out,
			                  "NOT VERIFIED: the server shows no certificate: nobody knows who it is, and "
			                  "whoever sits between can read and change everything.\n");
		return;
	}
	tell_whom(facts, certificate, out);
	tell_who_vouches(facts, certificate, out);
	tell_until(facts, certificate, out);
	tell_other_faults(facts, out);
}

/* ---- the story: what not every server has ---- */

static void add_day(long seconds, struct buffer *out)
{
	ASN1_TIME *moment = ASN1_TIME_set(NULL, (time_t)seconds);
	certificate_time(moment, out);
	ASN1_TIME_free(moment);
}

static void tell_staple(const struct tls_facts *facts, struct buffer *out)
{
	switch (facts->staple) {
	case STAPLE_NONE:
		return;
	case STAPLE_GOOD:
		buffer_add_string(
			out, "The server stapled an OCSP answer of its issuer (RFC 6066 8): the certificate is not "
			     "revoked");
		break;
	case STAPLE_REVOKED:
		buffer_add_string(out,
		                  "NOT VERIFIED: the server stapled an OCSP answer of its issuer (RFC 6066 8): the "
		                  "certificate is REVOKED");
		break;
	case STAPLE_UNKNOWN:
		buffer_add_string(
			out, "The server stapled an OCSP answer (RFC 6066 8) by which its issuer does not know the "
			     "certificate: that proves nothing");
		break;
	case STAPLE_UNUSABLE:
		buffer_add_string(out,
		                  "The server stapled an OCSP answer (RFC 6066 8) that proves nothing: it is too old, "
		                  "about another certificate, or not signed by who may.\n");
		return;
	}
	buffer_add_string(out, "; that was so at ");
	add_day(facts->staple_from, out);
	if (facts->staple_until) {
		buffer_add_string(out, ", and is good until ");
		add_day(facts->staple_until, out);
	}
	buffer_add_string(out, ".\n");
}

static void tell_alpn(const struct tls_facts *facts, struct buffer *out)
{
	if (facts->alpn == NULL && facts->alpn_offered)
		buffer_add_string(out,
		                  "The server chose none of the protocols that --alpn offered (ALPN, RFC 7301).\n");
	if (facts->alpn == NULL)
		return;
	buffer_add_string(out, "Both sides agreed to speak ");
	escape_text(out, slice_of(facts->alpn));
	buffer_add_string(out, " (ALPN, RFC 7301).\n");
}

/* Whether the client proved who it is. */
static void tell_client(const struct tls_facts *facts, struct buffer *out)
{
	if (facts->server && !tls_facts_certificate(facts))
		buffer_add_string(out, facts->wanted ? "The client was asked for a certificate, and showed none.\n"
		                                     : "The client was not asked for a certificate: who it is, it says "
		                                       "later, if at all.\n");
	else if (!facts->server && facts->wanted)
		buffer_add_string(out,
		                  facts->given
		                          ? "The server asked for a certificate of ours, and got it.\n"
		                          : "The server asked for a certificate of ours, and got none (--cert FILE "
		                            "--key FILE).\n");
}

void tls_story(const struct tls_facts *facts, struct buffer *out)
{
	if (facts->version == NULL)
		return;
	tell_version(facts, out);
	tell_keys(facts, out);
	tell_certificate(facts, out);
	tell_staple(facts, out);
	tell_alpn(facts, out);
	tell_client(facts, out);
}

void tls_refused_story(const struct tls_facts *facts, struct buffer *out)
{
	tell_certificate(facts, out);
	tell_staple(facts, out);
}

void tls_certificates(const struct tls_facts *facts, bool pem, struct buffer *out)
{
	int n = facts->sent ? sk_X509_num(facts->sent) : 0;
	for (int i = 0; i < n; i++) {
		if (n > 1)
			buffer_printf(out, "%scertificate %d of %d%s\n", i ? "\n" : "", i + 1, n,
			              i               ? ""
			              : facts->server ? ", the client's own"
			                              : ", the server's own");
		certificate_rows(sk_X509_value(facts->sent, i), pem, out);
	}
}
