/*
 * Whether the peer is who it should be: its chain is verified to the end, so that all that is wrong with it can be told,
 * and not only what is found first.
 */
#include "net/tls_inside.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>
#include <time.h>

#include "net/tls_failure_table.h"

/* Seconds that a responder's clock may be ahead of ours. */
#define CLOCK_SLACK 300

/* ---- the chain ---- */

/* Whether the same thing has been said of that certificate: in the same words, or as what follows from them. */
static bool already_said(const struct tls_facts *facts, int code, unsigned depth)
{
	for (size_t i = 0; i < facts->nfaults; i++) {
		int other = facts->faults[i].code;
		if (facts->faults[i].depth != depth)
			continue;
		if (other == code)
			return true;
		/* Whose issuer is unknown has a signature that cannot be checked. */
		if (code == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE &&
		    (other == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
		     other == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT))
			return true;
		/* Whose key cannot be read cannot be looked at any further. */
		if (other == X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY && code == X509_V_ERR_UNSPECIFIED)
			return true;
		/* Where a chain is given up for its length nobody looks for the next issuer. */
		if (other == X509_V_ERR_CERT_CHAIN_TOO_LONG && fault_row(code)->kind == FAULT_ISSUER)
			return true;
		/* Who is no authority cannot be one for this purpose, nor has it a key for that. */
		if ((code == X509_V_ERR_INVALID_PURPOSE || code == X509_V_ERR_KEYUSAGE_NO_CERTSIGN) &&
		    (other == X509_V_ERR_INVALID_CA || other == X509_V_ERR_KEYUSAGE_NO_CERTSIGN))
			return true;
	}
	return false;
}

/* Where there is no room left, the last one gives way to one that tells more. */
static void add_fault(struct tls_facts *facts, int code, int depth)
{
	struct tls_fault fault = { code, depth > 0 ? (unsigned)depth : 0 };
	if (already_said(facts, code, fault.depth))
		return;
	if (facts->nfaults < TLS_FAULTS_MAX)
		facts->faults[facts->nfaults++] = fault;
	else if (fault_row(code)->kind < fault_row(facts->faults[TLS_FAULTS_MAX - 1].code)->kind)
		facts->faults[TLS_FAULTS_MAX - 1] = fault;
}

static struct tls_facts *facts_of(const X509_STORE_CTX *store)
{
	const SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	return ssl ? SSL_get_app_data(ssl) : NULL;
}

/* What libcrypto has found, as exactly as that can be told: it calls an authority none, too, if only its key may not sign,
 * and a key that it cannot read too small. */
static int found(const X509_STORE_CTX *store)
{
	int code = X509_STORE_CTX_get_error(store);
	X509 *certificate = X509_STORE_CTX_get_current_cert(store);
	if (certificate == NULL)
		return code;
	if ((code == X509_V_ERR_EE_KEY_TOO_SMALL || code == X509_V_ERR_CA_KEY_TOO_SMALL) &&
	    X509_get0_pubkey(certificate) == NULL)
		return X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY;
	if (code != X509_V_ERR_INVALID_CA)
		return code;
	bool authority = (X509_get_extension_flags(certificate) & EXFLAG_CA) != 0;
	bool signs = (X509_get_key_usage(certificate) & KU_KEY_CERT_SIGN) != 0;
	return authority && !signs ? X509_V_ERR_KEYUSAGE_NO_CERTSIGN : code;
}

/* libcrypto has found something, and is told to go on looking. What it has found must not stay: it would be taken for
 * the outcome of the next step. */
static int gather(int good, X509_STORE_CTX *store)
{
	if (!good) {
		add_fault(facts_of(store), found(store), X509_STORE_CTX_get_error_depth(store));
		X509_STORE_CTX_set_error(store, X509_V_OK);
	}
	return 1;
}

static void keep_chains(struct tls_facts *facts, X509_STORE_CTX *store)
{
	STACK_OF(X509) *sent = X509_STORE_CTX_get0_untrusted(store);
	sk_X509_pop_free(facts->sent, X509_free);
	sk_X509_pop_free(facts->chain, X509_free);
	facts->sent = sent ? X509_chain_up_ref(sent) : NULL;
	facts->chain = X509_STORE_CTX_get0_chain(store) ? X509_STORE_CTX_get1_chain(store) : NULL;
}

/* Whether the chain ends at one of ours: it has one that did not come from the peer, and nothing was said against that. */
static bool ends_in_trust(const struct tls_facts *facts, X509_STORE_CTX *store)
{
	int length = facts->chain ? sk_X509_num(facts->chain) : 0;
	for (size_t i = 0; i < facts->nfaults; i++)
		if (fault_is_about_trust(facts->faults[i].code))
			return false;
	return length > 0 && X509_STORE_CTX_get_num_untrusted(store) < length;
}

/* Whether one that we trust has the name of who issued the last of the chain: then it is its key that is another. */
static bool has_namesake(const struct tls_facts *facts, X509_STORE_CTX *store)
{
	int length = facts->chain ? sk_X509_num(facts->chain) : 0;
	if (length == 0 || facts->trusted)
		return false;
	STACK_OF(X509) *named = X509_STORE_CTX_get1_certs(store, X509_get_issuer_name(
									 sk_X509_value(facts->chain, length - 1)));
	bool has = named && sk_X509_num(named) > 0;
	sk_X509_pop_free(named, X509_free);
	return has;
}

/* What SSL_CTX_set_cert_verify_callback is given in place of X509_verify_cert: 1, the peer may go on, or 0. */
static int verify_chain(X509_STORE_CTX *store, void *context)
{
	struct tls_facts *facts = facts_of(store);
	(void)context;
	if (facts == NULL) {
		X509_STORE_CTX_set_error(store, X509_V_ERR_INVALID_CALL);
		return 0;
	}
	facts->nfaults = 0;
	facts->trusted = false;
	X509_STORE_CTX_set_verify_cb(store, gather);
	/* `gather` lets all pass: what still fails could not be looked at to the end, and nothing excuses that. */
	ERR_set_mark();
	bool finished = X509_verify_cert(store) == 1;
	ERR_pop_to_mark();
	int code = X509_STORE_CTX_get_error(store);
	keep_chains(facts, store);
	facts->trusted = finished && ends_in_trust(facts, store);
	facts->namesake = finished && has_namesake(facts, store);
	if (!finished) {
		add_fault(facts, code == X509_V_OK ? X509_V_ERR_UNSPECIFIED : code,
		          X509_STORE_CTX_get_error_depth(store));
		facts->unfinished = true;
	}
	const struct tls_fault *worst = tls_worst_fault(facts);
	if (worst)
		X509_STORE_CTX_set_error_depth(store, (int)worst->depth);
	X509_STORE_CTX_set_error(store, worst ? worst->code : X509_V_OK);
	return finished && (worst == NULL || facts->insecure);
}

/* ---- OCSP stapling (RFC 6066 8) ---- */

/* Who issued the peer's certificate, as far as the chain shows; NULL: unknown. */
static X509 *issuer_of(const struct tls_facts *facts, X509 *certificate)
{
	if (facts->chain && sk_X509_num(facts->chain) > 1)
		return sk_X509_value(facts->chain, 1);
	return X509_self_signed(certificate, 0) == 1 ? certificate : NULL;
}

/* Whether one of the response's answers is about that certificate. Each names it by its issuer, hashed as the responder
 * likes, and its serial number (RFC 6960 4.1.1). */
static bool is_about(OCSP_SINGLERESP *answer, const X509 *certificate, const X509 *issuer)
{
	OCSP_CERTID *told = (OCSP_CERTID *)(uintptr_t)OCSP_SINGLERESP_get0_id(answer);
	ASN1_OBJECT *digest = NULL;
	if (OCSP_id_get0_info(NULL, &digest, NULL, NULL, told) != 1 || EVP_get_digestbyobj(digest) == NULL)
		return false;
	OCSP_CERTID *ours = OCSP_cert_to_id(EVP_get_digestbyobj(digest), certificate, issuer);
	bool same = ours && OCSP_id_cmp(ours, told) == 0;
	OCSP_CERTID_free(ours);
	return same;
}

static long seconds_of(const ASN1_TIME *moment)
{
	return moment ? (long)time(NULL) + (long)certificate_seconds(moment) : 0;
}

/* What the answer says of the certificate, and whether that holds now. */
static enum tls_staple read_answer(OCSP_SINGLERESP *answer, struct tls_facts *facts)
{
	ASN1_GENERALIZEDTIME *from = NULL, *until = NULL;
	int status = OCSP_single_get0_status(answer, NULL, NULL, &from, &until);
	facts->staple_from = seconds_of(from);
	facts->staple_until = seconds_of(until);
	if (OCSP_check_validity(from, until, CLOCK_SLACK, -1) != 1)
		return STAPLE_UNUSABLE;
	switch (status) {
	case V_OCSP_CERTSTATUS_GOOD:
		return STAPLE_GOOD;
	case V_OCSP_CERTSTATUS_REVOKED:
		return STAPLE_REVOKED;
	case V_OCSP_CERTSTATUS_UNKNOWN:
		return STAPLE_UNKNOWN;
	default:
		return STAPLE_UNUSABLE;
	}
}

/* Looks among the answers, when who signed them is known to be allowed to. */
static enum tls_staple read_answers(OCSP_BASICRESP *response, struct tls_facts *facts)
{
	X509 *certificate = sk_X509_value(facts->sent, 0), *issuer = issuer_of(facts, certificate);
	for (int i = 0; issuer && i < OCSP_resp_count(response); i++) {
		OCSP_SINGLERESP *answer = OCSP_resp_get0(response, i);
		if (is_about(answer, certificate, issuer))
			return read_answer(answer, facts);
	}
	return STAPLE_UNUSABLE;
}

static enum tls_staple read_response(const SSL *ssl, struct tls_facts *facts, const unsigned char *p, long n)
{
	enum tls_staple staple = STAPLE_UNUSABLE;
	X509_STORE *store = SSL_CTX_get_cert_store(SSL_get_SSL_CTX(ssl));
	OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &p, n);
	OCSP_BASICRESP *basic = NULL;
	if (response && OCSP_response_status(response) == OCSP_RESPONSE_STATUS_SUCCESSFUL)
		basic = OCSP_response_get1_basic(response);
	/* Signed by the issuer, or by one whom the issuer lets sign such answers (RFC 6960 4.2.2.2). */
	if (basic && OCSP_basic_verify(basic, facts->chain ? facts->chain : facts->sent, store, 0) == 1)
		staple = read_answers(basic, facts);
	OCSP_BASICRESP_free(basic);
	OCSP_RESPONSE_free(response);
	return staple;
}

/* Whether nothing is wrong, or it does not matter. */
static bool staple_passes(SSL *ssl, struct tls_facts *facts)
{
	unsigned char *p = NULL;
	long n = SSL_get_tlsext_status_ocsp_resp(ssl, &p);
	facts->staple = STAPLE_NONE;
	if (facts->server || p == NULL || n <= 0 || facts->sent == NULL || sk_X509_num(facts->sent) == 0)
		return true;
	facts->staple = read_response(ssl, facts, p, n);
	ERR_clear_error();
	if (facts->staple != STAPLE_REVOKED)
		return true;
	add_fault(facts, X509_V_ERR_CERT_REVOKED, 0);
	return facts->insecure;
}

/* ---- no certificate at all ---- */

bool tls_verify_shown(struct tls_facts *facts)
{
	facts->nobody = !facts->server && !tls_facts_certificate(facts);
	return !facts->nobody || facts->insecure;
}

/* libssl asks before it sends anything of ours: our certificate, too, goes to nobody who is revoked. */
static int look_at_staple(SSL *ssl, void *context)
{
	(void)context;
	return staple_passes(ssl, SSL_get_app_data(ssl)) ? 1 : 0;
}

void tls_verify_set(SSL_CTX *ctx)
{
	/* Whoever is given as one to trust is trusted, also where another vouches for it (RFC 5280 6.1 does not ask that an
	 * anchor vouch for itself). */
	(void)X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(ctx), X509_V_FLAG_PARTIAL_CHAIN);
	SSL_CTX_set_cert_verify_callback(ctx, verify_chain, NULL);
	(void)SSL_CTX_set_tlsext_status_cb(ctx, look_at_staple);
}
