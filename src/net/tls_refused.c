/*
 * A certificate that is refused: what is wrong with it, and what to do.
 */
#include <openssl/err.h>
#include <string.h>
#include <time.h>

#include "base/escape.h"
#include "net/tls_telling.h"

/* Names of a certificate that a line has room for. */
#define NAMES_SAID 4

static X509 *certificate_at(const struct tls_facts *facts, unsigned depth)
{
	if (facts->chain && (int)depth < sk_X509_num(facts->chain))
		return sk_X509_value(facts->chain, (int)depth);
	if (facts->sent && (int)depth < sk_X509_num(facts->sent))
		return sk_X509_value(facts->sent, (int)depth);
	return NULL;
}

/* "the server's certificate", "the certificate of the authority R11 of Let's Encrypt", "the certificate of x", which is no
 * authority. */
static void say_whose(const struct telling *t, const struct tls_fault *fault)
{
	const X509 *certificate = certificate_at(t->facts, fault->depth);
	if (fault->depth == 0 || certificate == NULL) {
		buffer_printf(t->out, "%s's certificate", telling_peer(t));
		return;
	}
	buffer_printf(t->out, "the certificate of %s", fault->code == X509_V_ERR_INVALID_CA ? "" : "the authority ");
	certificate_title(X509_get_subject_name(certificate), true, t->out);
}

static void say_now(const struct telling *t)
{
	ASN1_TIME *now = ASN1_TIME_set(NULL, time(NULL));
	buffer_add_string(t->out, " (this machine's clock says ");
	certificate_time(now, t->out);
	buffer_add_octet(t->out, ')');
	ASN1_TIME_free(now);
}

static void say_expired(const struct telling *t, const X509 *certificate)
{
	const ASN1_TIME *until = X509_get0_notAfter(certificate);
	buffer_add_string(t->out, ": it was valid until ");
	certificate_time(until, t->out);
	buffer_add_string(t->out, ", ");
	certificate_span(certificate_seconds(until), t->out);
	buffer_add_string(t->out, " ago");
	say_now(t);
}

static void say_not_yet(const struct telling *t, const X509 *certificate)
{
	const ASN1_TIME *from = X509_get0_notBefore(certificate);
	buffer_add_string(t->out, ": it will be from ");
	certificate_time(from, t->out);
	buffer_add_string(t->out, " on, in ");
	certificate_span(certificate_seconds(from), t->out);
	say_now(t);
}

static void say_asked_for(const struct telling *t, int code)
{
	buffer_add_string(t->out, code == X509_V_ERR_IP_ADDRESS_MISMATCH ? "the address " : "");
	if (t->facts->name)
		escape_text(t->out, slice_of(t->facts->name));
	else
		buffer_add_string(t->out, "whom we asked for");
}

/* What the certificate is for, in place of whom we asked for. */
static void say_names(const struct telling *t, const X509 *certificate, int code)
{
	struct buffer names = { 0 }, why = { 0 };
	if (certificate_names(certificate, SLICE(""), NAMES_SAID, &names)) {
		buffer_printf(t->out, ": it is for " SLICE_FMT, SLICE_ARG(buffer_slice(&names)));
	} else {
		buffer_add_string(t->out, ": it is for ");
		certificate_who(certificate, t->out);
		buffer_add_string(t->out, " (by its subject's CN alone)");
	}
	buffer_add_string(t->out, ", not for ");
	say_asked_for(t, code);
	if (t->facts->name && certificate_lookalike(certificate, t->facts->name, &why))
		buffer_printf(t->out, " (" SLICE_FMT ")", SLICE_ARG(buffer_slice(&why)));
	buffer_free(&names);
	buffer_free(&why);
}

/* The extensions that nobody here knows, by their numbers. */
static void say_unknown(const struct telling *t, const X509 *certificate)
{
	struct buffer numbers = { 0 };
	if (certificate_unknown(certificate, &numbers))
		buffer_printf(t->out, " (" SLICE_FMT ")", SLICE_ARG(buffer_slice(&numbers)));
	buffer_free(&numbers);
}

/* The key of that certificate, or how it is signed, whichever is too weak. */
static void say_weakness(const struct telling *t, const X509 *certificate, int code)
{
	int nid = X509_get_signature_nid(certificate);
	if (code == X509_V_ERR_EE_KEY_TOO_SMALL || code == X509_V_ERR_CA_KEY_TOO_SMALL) {
		buffer_add_string(t->out, " (");
		certificate_key(certificate, t->out);
		buffer_add_octet(t->out, ')');
	} else if (code == X509_V_ERR_CA_MD_TOO_WEAK && nid != NID_undef) {
		buffer_printf(t->out, " (%s)", OBJ_nid2ln(nid));
	}
}

/* What the words of its row cannot know. */
static void say_detail(const struct telling *t, const struct tls_fault *fault)
{
	const X509 *certificate = certificate_at(t->facts, fault->depth);
	if (certificate == NULL)
		return;
	switch (fault_row(fault->code)->kind) {
	case FAULT_EXPIRED:
		say_expired(t, certificate);
		break;
	case FAULT_NOT_YET:
		say_not_yet(t, certificate);
		break;
	case FAULT_PURPOSE:
		certificate_purpose(certificate, t->server, t->out);
		break;
	case FAULT_NAME:
		say_names(t, certificate, fault->code);
		break;
	case FAULT_WEAK:
		say_weakness(t, certificate, fault->code);
		break;
	case FAULT_UNKNOWN:
		say_unknown(t, certificate);
		break;
	default:
		break;
	}
}

/* Whether the chain ends where the next one is neither known nor sent. */
static bool is_issuer_missing(int code)
{
	return code == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT || code == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
	       code == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE;
}

/* Where the issuer is, of whom no certificate is known that has the right key. */
enum issuer {
	ISSUER_UNKNOWN,
	ISSUER_CIRCLE,      /* stands in the chain already */
	ISSUER_UNFIT,       /* was sent, but is not the one of its certificates that is named as the issuer's */
	ISSUER_UNREADABLE,  /* was sent, with a key that cannot be read */
	ISSUER_REKEYED,     /* was sent, with another key */
	ISSUER_REKEYED_HERE /* is trusted here, with another key */
};

static const struct {
	const char *words, *advice; /* "@": the peer */
} issuers[] = {
	[ISSUER_UNKNOWN] = { "which is neither trusted here nor sent by @", NULL },
	[ISSUER_CIRCLE] = { "for which it vouches itself: the chain runs in a circle",
	                    "@ must send a chain that ends with an authority that is known; if one in it is yours, "
	                    "--cacert FILE" },
	[ISSUER_UNFIT] = { "of which @ sent a certificate, but not the one that is named there",
	                   "@ must send that one (its authorityKeyIdentifier says which); if the authority is yours, "
	                   "--cacert FILE" },
	[ISSUER_UNREADABLE] = { "of which @ sent a certificate with a public key that cannot be read here",
	                        "that key is broken, or of a kind that is not known here: @ needs an authority with an RSA or a P-256 key" },
	[ISSUER_REKEYED] = { "of which @ sent a certificate, but not the one whose key signed this",
	                     "@ must send that one; if the authority is yours, --cacert FILE" },
	[ISSUER_REKEYED_HERE] = { "and one of that name is trusted here, but its key did not sign this",
	                          "if the authority has a new key, get its new certificate (--cacert FILE); else "
	                          "somebody poses as it" },
};

/* What the certificates have that bears the name of who issued that one: the best of them. */
static enum issuer look_among(const STACK_OF(X509) * certificates, int n, const X509 *certificate)
{
	X509 *looked_at = (X509 *)(uintptr_t)certificate; /* libcrypto keeps in it what it finds */
	enum issuer issuer = ISSUER_UNKNOWN;
	for (int i = 0; i < n; i++) {
		const X509 *other = sk_X509_value(certificates, i);
		EVP_PKEY *key = X509_get0_pubkey(other);
		if (X509_NAME_cmp(X509_get_subject_name(other), X509_get_issuer_name(certificate)) != 0)
			continue;
		if (key && X509_verify(looked_at, key) == 1)
			return ISSUER_UNFIT;
		issuer = key ? ISSUER_REKEYED : ISSUER_UNREADABLE;
	}
	return issuer;
}

static enum issuer find_issuer(const struct tls_facts *facts, const X509 *certificate, unsigned depth)
{
	int sent = facts->sent ? sk_X509_num(facts->sent) : 0;
	int below = facts->chain && (int)depth < sk_X509_num(facts->chain) ? (int)depth : 0;
	enum issuer issuer = look_among(facts->sent, sent, certificate);
	if (look_among(facts->chain, below, certificate) == ISSUER_UNFIT)
		issuer = ISSUER_CIRCLE;
	else if (issuer == ISSUER_UNKNOWN && facts->namesake)
		issuer = ISSUER_REKEYED_HERE;
	ERR_clear_error();
	return issuer;
}

static void say_missing_issuer(const struct telling *t, const X509 *certificate, unsigned depth)
{
	buffer_add_string(t->out, " is issued by ");
	certificate_issuer(certificate, t->out);
	buffer_add_string(t->out, ", ");
	telling_say(t, issuers[find_issuer(t->facts, certificate, depth)].words);
}

/* How long the chain is that is not followed any further. */
static void say_length(const struct telling *t)
{
	int length = t->facts->chain ? sk_X509_num(t->facts->chain) : 0;
	buffer_printf(t->out,
	              "%s's certificate stands below %d others, and none of them is trusted here: no longer chain is "
	              "followed",
	              telling_peer(t), length - 1);
}

/* Whether the fault is that it names another host, and it names none. */
static bool names_nobody(const X509 *certificate, int code)
{
	struct buffer names = { 0 };
	bool none = fault_row(code)->kind == FAULT_NAME && certificate &&
	            !certificate_names(certificate, SLICE(""), NAMES_SAID, &names) &&
	            !certificate_common_name(certificate, &names);
	buffer_free(&names);
	return none;
}

void tls_fault_words(const struct tls_facts *facts, const struct tls_fault *fault, struct buffer *out)
{
	const struct telling t = { .facts = facts, .server = facts->server, .out = out };
	const X509 *certificate = certificate_at(facts, fault->depth);
	if (fault->code == X509_V_ERR_CERT_CHAIN_TOO_LONG && certificate) {
		say_length(&t);
		return;
	}
	say_whose(&t, fault);
	if (certificate && is_issuer_missing(fault->code)) {
		say_missing_issuer(&t, certificate, fault->depth);
	} else if (names_nobody(certificate, fault->code)) {
		buffer_add_string(out, " names no host (its subject is ");
		certificate_subject(certificate, out);
		buffer_add_string(out, "), and so not ");
		say_asked_for(&t, fault->code);
	} else {
		buffer_printf(out, " %s", fault_row(fault->code)->words);
		say_detail(&t, fault);
	}
}

/* What else is wrong with it, in a word each. */
static void say_besides(const struct telling *t, const struct tls_fault *worst)
{
	const char *before = "; besides, it";
	for (size_t i = 0; i < t->facts->nfaults; i++) {
		const struct tls_fault *fault = &t->facts->faults[i];
		const struct fault_row *row = fault_row(fault->code);
		if (fault == worst || fault->depth != worst->depth || row->kind == fault_row(worst->code)->kind)
			continue;
		buffer_printf(t->out, "%s %s", before, row->words);
		before = " and";
	}
}

/* Who should send the issuer's certificate, or trust it: what is likelier comes first. Public authorities say where they
 * keep theirs (RFC 5280 4.2.2.1), others mostly do not. */
static void say_issuer_advice(const struct telling *t, unsigned depth)
{
	const X509 *certificate = certificate_at(t->facts, depth);
	struct buffer url = { 0 };
	if (certificate && certificate_issuer_url(certificate, &url))
		buffer_printf(t->out,
		              "it must send this intermediate too (kept at " SLICE_FMT "); if the authority is yours, "
		              "--cacert FILE",
		              SLICE_ARG(buffer_slice(&url)));
	else
		buffer_printf(
			t->out,
			"if the authority is yours, --cacert FILE; if it is an intermediate one (vouched for by another), %s must send it too",
			telling_peer(t));
	buffer_free(&url);
}

/* Where the name was said apart from the host's, it may be that which is wrong. */
static void say_name_advice(const struct telling *t, const X509 *certificate, int code)
{
	struct buffer why = { 0 };
	if (code == X509_V_ERR_IP_ADDRESS_MISMATCH && certificate && t->facts->name &&
	    certificate_lookalike(certificate, t->facts->name, &why))
		buffer_printf(t->out, "%s needs one with that iPAddress; or ask for a name that it has",
		              telling_peer(t));
	else if (t->facts->named)
		buffer_add_string(t->out, "so says --verify-name: is that right?");
	else
		buffer_add_string(t->out, fault_advice(FAULT_NAME, t->server));
	buffer_free(&why);
}

/* What to do. An authority's certificate cannot be renewed by who sent it: a newer or another chain must be. */
static void say_advice(const struct telling *t, const struct tls_fault *fault)
{
	enum fault_kind kind = fault_row(fault->code)->kind;
	const X509 *certificate = certificate_at(t->facts, fault->depth);
	enum issuer issuer = certificate && is_issuer_missing(fault->code)
	                             ? find_issuer(t->facts, certificate, fault->depth)
	                             : ISSUER_UNKNOWN;
	if (issuers[issuer].advice)
		telling_say(t, issuers[issuer].advice);
	else if (fault->depth == 0 && is_issuer_missing(fault->code))
		say_issuer_advice(t, fault->depth);
	else if (names_nobody(certificate, fault->code))
		buffer_printf(t->out, "%s needs one with its name in it (subjectAltName)", telling_peer(t));
	else if (kind == FAULT_NAME)
		say_name_advice(t, certificate, fault->code);
	else if (fault->depth > 0 && kind == FAULT_EXPIRED)
		buffer_add_string(t->out, t->server ? "the client must send a newer one"
		                                    : "whoever runs the server must have it send a newer one");
	else if (fault->depth > 0 && (kind == FAULT_PURPOSE || kind == FAULT_RULES || kind == FAULT_UNKNOWN))
		buffer_printf(t->out, "%s needs a certificate from another authority, or that one made anew",
		              telling_peer(t));
	else
		buffer_add_string(t->out, fault_advice(fault->depth > 0 && kind == FAULT_ISSUER ? FAULT_ROOT : kind,
		                                       t->server));
}

void telling_refused(const struct telling *t, const struct tls_fault *worst)
{
	enum fault_kind kind = fault_row(worst->code)->kind;
	tls_fault_words(t->facts, worst, t->out);
	buffer_add_string(t->out, ": ");
	say_advice(t, worst);
	say_besides(t, worst);
	if (kind != FAULT_REVOKED && kind != FAULT_SIGNATURE && kind != FAULT_INTERNAL)
		telling_insecure(t);
}
