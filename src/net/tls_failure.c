/*
 * Why there is no TLS: what was seen, made into one line that says what, why, and what to do.
 */
#include "net/tls_inside.h"

#include <openssl/err.h>
#include <openssl/sslerr.h>
#include <string.h>
#include <time.h>

#include "base/escape.h"
#include "net/failure.h"
#include "net/tls_failure_table.h"

/* Octets of what is no TLS that are kept. */
#define PLAINTEXT_MAX 512
/* Names of a certificate that a line has room for. */
#define NAMES_SAID 4

/* A message as it grows. */
struct telling {
	const struct tls_evidence *evidence;
	const struct tls_facts *facts;
	bool server; /* we are */
	struct buffer *out;
};

static const char *peer(const struct telling *t)
{
	return t->server ? "the client" : "the server";
}

/* Appends a row's words, "@" standing for the peer. */
static void say(const struct telling *t, const char *words)
{
	for (; *words; words++) {
		if (*words == '@')
			buffer_add_string(t->out, peer(t));
		else
			buffer_add_octet(t->out, *words);
	}
}

/* What a user may add to go on; nothing where a server or no user of ours could. */
static void say_insecure(const struct telling *t)
{
	if (!t->server && !t->facts->unfinished)
		buffer_add_string(t->out, "; --insecure goes on all the same, without proof of who answers");
}

/* ---- a certificate that we refuse ---- */

static X509 *certificate_at(const struct tls_facts *facts, unsigned depth)
{
	if (facts->chain && (int)depth < sk_X509_num(facts->chain))
		return sk_X509_value(facts->chain, (int)depth);
	if (facts->sent && (int)depth < sk_X509_num(facts->sent))
		return sk_X509_value(facts->sent, (int)depth);
	return NULL;
}

/* "the server's certificate", "the certificate of the authority R11 of Let's Encrypt". */
static void say_whose(const struct telling *t, unsigned depth)
{
	const X509 *certificate = certificate_at(t->facts, depth);
	if (depth == 0 || certificate == NULL) {
		buffer_printf(t->out, "%s's certificate", peer(t));
		return;
	}
	buffer_add_string(t->out, "the certificate of the authority ");
	certificate_title(X509_get_subject_name(certificate), true, t->out);
}

static void say_now(const struct telling *t)
{
	ASN1_TIME *now = ASN1_TIME_set(NULL, time(NULL));
	buffer_add_string(t->out, " (the clock of this machine says ");
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

/* Who is missing, and, where only the peer's own certificate came, that the peer should have sent that one. */
static void say_issuer(const struct telling *t, const X509 *certificate, unsigned depth)
{
	struct buffer url = { 0 };
	bool public = certificate_issuer_url(certificate, &url), alone = depth == 0 && sk_X509_num(t->facts->sent) <= 1;
	buffer_add_string(t->out, ": ");
	certificate_issuer(certificate, t->out);
	buffer_add_string(t->out, " vouches for it, and is not among those trusted here");
	if (alone && public)
		buffer_printf(
			t->out,
			"; %s sent its own certificate alone: most likely it must send the one of that intermediate "
			"authority too, which is kept at " SLICE_FMT,
			peer(t), SLICE_ARG(buffer_slice(&url)));
	else if (alone)
		buffer_printf(
			t->out,
			"; %s sent its own certificate alone: if that is an intermediate authority, it must send that "
			"one's too",
			peer(t));
	buffer_free(&url);
}

static void say_names(const struct telling *t, const X509 *certificate, int code)
{
	buffer_add_string(t->out, ": it is for ");
	if (!certificate_names(certificate, NAMES_SAID, t->out)) {
		certificate_who(certificate, t->out);
		buffer_add_string(t->out, " (by its subject's CN alone)");
	}
	if (t->facts->name) {
		buffer_printf(t->out, ", and not for %s", code == X509_V_ERR_IP_ADDRESS_MISMATCH ? "the address " : "");
		escape_text(t->out, slice_of(t->facts->name));
	}
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
	case FAULT_ISSUER:
		say_issuer(t, certificate, fault->depth);
		break;
	case FAULT_NAME:
		say_names(t, certificate, fault->code);
		break;
	case FAULT_WEAK:
		say_weakness(t, certificate, fault->code);
		break;
	default:
		break;
	}
}

void tls_fault_words(const struct tls_facts *facts, const struct tls_fault *fault, struct buffer *out)
{
	const struct telling t = { .facts = facts, .server = facts->server, .out = out };
	say_whose(&t, fault->depth);
	buffer_printf(out, " %s", fault_row(fault->code)->words);
	say_detail(&t, fault);
}

/* What else is wrong with it, in a word each. */
static void say_besides(const struct telling *t, const struct tls_fault *worst)
{
	for (size_t i = 0; i < t->facts->nfaults; i++) {
		const struct tls_fault *fault = &t->facts->faults[i];
		const struct fault_row *row = fault_row(fault->code);
		if (fault != worst && fault->depth == worst->depth && row->kind != fault_row(worst->code)->kind)
			buffer_printf(t->out, "; besides, it %s", row->words);
	}
}

/* An authority's certificate cannot be renewed by who sent it: a newer or another chain must be. */
static const char *refused_advice(const struct telling *t, const struct tls_fault *fault)
{
	enum fault_kind kind = fault_row(fault->code)->kind;
	if (fault->depth > 0 && kind == FAULT_EXPIRED)
		return t->server ? "the client must send newer certificates of its authorities"
		                 : "whoever runs the server must have it send newer certificates of its authorities";
	if (fault->depth > 0 && kind == FAULT_PURPOSE)
		kind = FAULT_RULES;
	else if (fault->depth > 0 && kind == FAULT_ISSUER)
		kind = FAULT_ROOT;
	return fault_advice(kind, t->server);
}

static void tell_refused(const struct telling *t, const struct tls_fault *worst)
{
	enum fault_kind kind = fault_row(worst->code)->kind;
	tls_fault_words(t->facts, worst, t->out);
	buffer_printf(t->out, ": %s", refused_advice(t, worst));
	say_besides(t, worst);
	if (kind != FAULT_REVOKED && kind != FAULT_SIGNATURE && kind != FAULT_INTERNAL)
		say_insecure(t);
}

/* ---- alerts of the peer ---- */

/* A server that wants a certificate says so in one of these alerts, and TLS before 1.3 has none that means only that
 * (RFC 5246 7.4.6). */
static bool wants_certificate(const struct telling *t, int alert)
{
	if (t->server || !t->facts->wanted || t->facts->given)
		return false;
	return alert == 116 || alert == 40 || alert == 41 || alert == 42 || alert == 46;
}

static void say_wanted(const struct telling *t)
{
	buffer_add_string(t->out, "the server asked for a certificate of yours, and got none: --cert FILE --key FILE");
	if (t->facts->takers.n > 0)
		buffer_printf(t->out, "; it takes those that are issued by " SLICE_FMT,
		              SLICE_ARG(buffer_slice(&t->facts->takers)));
}

/* What the row cannot know, because it depends on what was asked of TLS. */
static void say_option(const struct telling *t, int alert)
{
	const struct tls_options *options = t->evidence->options;
	if (options == NULL || t->server)
		return;
	if (alert == 70 && options->max) {
		buffer_printf(t->out, "; --tls-max %s keeps the newer ones out", options->max);
	} else if (alert == 70) {
		buffer_add_string(t->out,
		                  ": its TLS is very old, or very new; --tls-min 1.0 offers TLS 1.0 and 1.1 too, "
		                  "which are not safe any more (RFC 8996)");
	} else if (alert == 112 && options->servername && *options->servername) {
		buffer_add_string(t->out, ": is this right: --servername ");
		escape_text(t->out, slice_of(options->servername));
	} else if (alert == 112) {
		buffer_add_string(t->out, ": --servername NAME asks for another");
	}
}

/* Of a certificate only one side complains of what it was shown: a client without one has misread the alert. */
static bool about_our_certificate(const struct telling *t, int alert)
{
	return !t->server && alert >= 42 && alert <= 49 && alert != 47 && !t->facts->given;
}

static void tell_alert(const struct telling *t, int alert)
{
	const struct alert_row *row = alert_row(alert);
	if (row == NULL) {
		buffer_printf(
			t->out,
			"%s refuses with alert %d, which no RFC that is known here has named: its log may say more",
			peer(t), alert);
		return;
	}
	buffer_printf(t->out, "%s %s with alert %d %s (%s): ", peer(t), t->evidence->done ? "breaks off" : "refuses",
	              alert, row->name, row->ref);
	if (wants_certificate(t, alert))
		say_wanted(t);
	else if (about_our_certificate(t, alert))
		buffer_add_string(t->out,
		                  "that is about a certificate of yours, though it was given none: it may want one "
		                  "(--cert FILE --key FILE), or have trouble of its own that its log tells");
	else
		buffer_add_string(t->out, t->server && row->client ? row->client : row->words);
	say_option(t, alert);
}

/* ---- versions ---- */

static const char *version_words(int version)
{
	switch (version) {
	case SSL3_VERSION:
		return "SSL 3.0";
	case TLS1_VERSION:
		return "TLS 1.0";
	case TLS1_1_VERSION:
		return "TLS 1.1";
	case TLS1_2_VERSION:
		return "TLS 1.2";
	case TLS1_3_VERSION:
		return "TLS 1.3";
	default:
		return NULL;
	}
}

static bool is_about_version(int reason)
{
	switch (reason) {
	case SSL_R_UNSUPPORTED_PROTOCOL:
	case SSL_R_WRONG_SSL_VERSION:
	case SSL_R_VERSION_TOO_LOW:
	case SSL_R_VERSION_TOO_HIGH:
	case SSL_R_UNKNOWN_PROTOCOL:
	case SSL_R_UNKNOWN_SSL_VERSION:
	case SSL_R_UNSUPPORTED_SSL_VERSION:
		return true;
	default:
		return false;
	}
}

static void tell_version(const struct telling *t)
{
	int version = t->evidence->version;
	const char *words = version_words(version);
	if (t->server)
		buffer_add_string(t->out,
		                  "the client offers no version of TLS that is taken here (TLS 1.2 and 1.3, unless "
		                  "--tls-min and --tls-max say otherwise): it needs a newer TLS, or --tls-min 1.0 "
		                  "here, which is not safe any more (RFC 8996)");
	else if (version == SSL3_VERSION)
		buffer_add_string(t->out,
		                  "the server has nothing newer than SSL 3.0, which must not be used (RFC 7568): it "
		                  "needs a newer TLS");
	else if (version == TLS1_VERSION || version == TLS1_1_VERSION)
		buffer_printf(
			t->out,
			"the server has nothing newer than %s, which is not safe any more (RFC 8996), and is refused: "
			"it needs TLS 1.2 at least; --tls-min 1.0 takes it all the same",
			words);
	else if (words)
		buffer_printf(t->out, "the server chose %s, which --tls-min or --tls-max keeps out", words);
	else
		buffer_add_string(t->out,
		                  "the server chose a version of TLS that is not taken here: --tls-min and --tls-max "
		                  "say which may be (1.2 to 1.3 without them)");
}

/* ---- the other ways to fail ---- */

static void tell_reason(const struct telling *t, const struct reason_row *row)
{
	if (row == NULL)
		buffer_printf(
			t->out,
			"what %s said is no TLS that can be understood: its TLS is wrong, or something between changes "
			"what it says; try again, or from another network; -v shows what the library says",
			peer(t));
	else
		say(t, t->server && row->client ? row->client : row->words);
}

static void tell_plaintext(const struct telling *t)
{
	if (t->evidence->done)
		buffer_printf(
			t->out,
			"%s went on in the clear, though all must be encrypted by now: nothing of that can be believed",
			peer(t));
	else if (t->server)
		buffer_add_string(t->out,
		                  "the client speaks in the clear where TLS begins: it must begin TLS at once here");
	else
		buffer_add_string(t->out,
		                  "the server's answer to the handshake is no TLS: it speaks in the clear here");
}

/* How the carrier ended: "hung up", or "the connection broke (connection reset by peer)". */
static void say_end(const struct telling *t)
{
	if (t->evidence->why == NULL) {
		buffer_printf(t->out, "%s hung up ", peer(t));
		return;
	}
	buffer_add_string(t->out, "the connection broke (");
	escape_text(t->out, slice_of(t->evidence->why));
	buffer_add_string(t->out, ") ");
}

static void tell_closed(const struct telling *t)
{
	bool silent = t->evidence->heard == 0;
	say_end(t);
	if (t->evidence->done)
		buffer_add_string(
			t->out, "without TLS's goodbye (close_notify, RFC 8446 6.1): what came last may be cut short");
	else if (t->server && silent)
		buffer_add_string(t->out,
		                  "before a word of TLS: somebody may only have looked whether the port is open");
	else if (t->server)
		buffer_add_string(t->out,
		                  "in mid-handshake: the client may not trust this certificate, or not speak this TLS");
	else if (silent)
		buffer_add_string(t->out,
		                  "before the handshake was answered: perhaps TLS is not spoken on this port, the name "
		                  "is not known there (--servername), or only some clients are let in");
	else
		buffer_add_string(t->out, "in mid-handshake: ");
	if (t->evidence->done || t->server || silent)
		return;
	if (t->facts->wanted && !t->facts->given)
		say_wanted(t);
	else
		buffer_add_string(t->out,
		                  "the server may refuse something (a version, a cipher, the name) without saying so: "
		                  "its log may tell");
}

/* ---- which of them it is ---- */

/* The alert that an error of OpenSSL's stands for; -1: none. */
static int alert_of(unsigned long error)
{
	int reason = ERR_GET_REASON(error);
	if (ERR_GET_LIB(error) != ERR_LIB_SSL || reason < SSL_AD_REASON_OFFSET || reason > SSL_AD_REASON_OFFSET + 255)
		return -1;
	return reason - SSL_AD_REASON_OFFSET;
}

/* Whether a fault of the certificate is what it failed by: where one counts, nothing else is looked at after it. */
static bool is_refused(const struct tls_facts *facts)
{
	return facts->nfaults > 0 && (!facts->insecure || facts->unfinished);
}

/* The end of the carrier is an error of OpenSSL's too, that says less than the carrier does. */
static bool is_closed(const struct tls_evidence *e)
{
	bool end = ERR_GET_LIB(e->error) == ERR_LIB_SSL &&
	           ERR_GET_REASON(e->error) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
	return end || (e->ended && e->error == 0);
}

static void library_words(const struct telling *t, bool refused, struct buffer *out)
{
	char text[256];
	const struct tls_fault *worst = tls_worst_fault(t->facts);
	if (refused && worst) {
		buffer_printf(out, "verify error %d at depth %u: %s", worst->code, worst->depth,
		              X509_verify_cert_error_string(worst->code));
	} else if (t->evidence->error != 0) {
		ERR_error_string_n(t->evidence->error, text, sizeof text);
		escape_text(out, slice_of(text));
	}
}

static enum tls_trouble tell_error(const struct telling *t)
{
	int reason = ERR_GET_LIB(t->evidence->error) == ERR_LIB_SSL ? ERR_GET_REASON(t->evidence->error) : 0;
	const struct reason_row *row = reason_row(reason);
	if (is_about_version(reason)) {
		tell_version(t);
		return TLS_REFUSED;
	}
	tell_reason(t, row);
	return row ? row->trouble : TLS_BROKEN;
}

void tls_failure_of(const struct tls_evidence *evidence, struct tls_failure *failure)
{
	*failure = (struct tls_failure){ 0 };
	const struct telling t = { evidence, evidence->facts, evidence->facts->server, &failure->message };
	int alert = alert_of(evidence->error);
	bool refused = is_refused(t.facts);
	if (evidence->plaintext.n > 0) {
		failure->trouble = TLS_PLAINTEXT;
		buffer_add_slice(&failure->plaintext, slice_part(evidence->plaintext, 0, PLAINTEXT_MAX));
		tell_plaintext(&t);
	} else if (alert >= 0) {
		failure->trouble = TLS_ALERT;
		tell_alert(&t, alert);
	} else if (refused) {
		failure->trouble = TLS_REFUSED;
		tell_refused(&t, tls_worst_fault(t.facts));
	} else if (is_closed(evidence)) {
		failure->trouble = TLS_CLOSED;
		tell_closed(&t);
	} else {
		failure->trouble = tell_error(&t);
	}
	library_words(&t, refused, &failure->library);
}

void tls_failure_free(struct tls_failure *failure)
{
	buffer_free(&failure->message);
	buffer_free(&failure->library);
	buffer_free(&failure->plaintext);
}
