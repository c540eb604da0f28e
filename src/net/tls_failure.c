/*
 * Why there is no TLS: what was seen, made into one line that says what, why, and what to do.
 */
#include "net/tls_telling.h"

#include <openssl/err.h>
#include <openssl/sslerr.h>
#include <string.h>

#include "base/escape.h"
#include "net/failure.h"

/* Octets of what is no TLS that are kept. */
#define PLAINTEXT_MAX 512

const char *telling_peer(const struct telling *t)
{
	return t->server ? "the client" : "the server";
}

void telling_say(const struct telling *t, const char *words)
{
	for (; *words; words++) {
		if (*words == '@' && words[1] != '@')
			buffer_add_string(t->out, telling_peer(t));
		else
			buffer_add_octet(t->out, *words);
		words += *words == '@' && words[1] == '@';
	}
}

void telling_insecure(const struct telling *t)
{
	if (!t->server && !t->facts->unfinished)
		buffer_add_string(t->out, "; --insecure goes on without proof of who answers");
}

/* ---- alerts of the peer ---- */

/* A server that wants a certificate says so in one of these alerts, and TLS before 1.3 has none that means only that
 * (RFC 5246 7.4.6). */
static bool wants_certificate(const struct telling *t, int alert)
{
	if (t->server || !t->facts->wanted || t->facts->given)
		return false;
	/* GnuTLS says decode_error to an empty list of certificates. */
	return alert == 116 || (alert >= 40 && alert <= 46) || alert == 49 || alert == 50;
}

static void say_wanted(const struct telling *t)
{
	buffer_add_string(t->out, "the server asked for a certificate of yours, and got none: --cert FILE --key FILE");
	if (t->facts->takers.n > 0)
		buffer_printf(t->out, "; it takes those that are issued by " SLICE_FMT,
		              SLICE_ARG(buffer_slice(&t->facts->takers)));
}

/* The versions that we take, as options write them. */
static const char *least_version(const struct telling *t)
{
	const struct tls_options *options = t->evidence->options;
	return options && options->min ? options->min : "1.2";
}

static const char *newest_version(const struct telling *t)
{
	const struct tls_options *options = t->evidence->options;
	return options && options->max ? options->max : "1.3";
}

/* Why there is no version that both sides take, as far as it is of our own making. */
static void say_kept_out(const struct telling *t)
{
	const char *least = least_version(t), *newest = newest_version(t);
	if (strcmp(least, "1.3") == 0)
		buffer_add_string(t->out, "your --tls-min 1.3 keeps TLS 1.2 out");
	else if (strcmp(newest, "1.3") != 0)
		buffer_printf(t->out, "your --tls-max %s keeps %s out", newest,
		              strcmp(newest, "1.2") == 0   ? "TLS 1.3"
		              : strcmp(newest, "1.1") == 0 ? "TLS 1.2 and 1.3"
		                                           : "TLS 1.1, 1.2 and 1.3");
	else if (strcmp(least, "1.2") == 0)
		buffer_add_string(
			t->out,
			"it most likely knows older ones only, which are not safe any more (RFC 8996): --tls-min 1.0 allows TLS 1.0 and 1.1");
	else if (strcmp(least, "1.1") == 0)
		buffer_add_string(t->out,
		                  "your --tls-min 1.1 keeps TLS 1.0 out, which is not safe any more (RFC 8996)");
	else
		buffer_add_string(t->out, "it most likely knows SSL 3.0 only, which must not be used (RFC 7568)");
}

static void say_ciphers(const struct telling *t, const struct tls_options *options)
{
	if (options->ciphers)
		buffer_add_string(t->out, ": your --ciphers leaves others out (`openssl ciphers -v ALL` lists them)");
	else
		buffer_printf(
			t->out,
			": --ciphers offers other ciphers (`openssl ciphers -v ALL` lists them)%s; or the name is one "
			"that it does not serve (--servername)",
			strcmp(least_version(t), "1.2") == 0 ? ", --tls-min 1.0 old versions" : "");
}

/* What of ours may have kept the better out: nobody can leave out what was not given. */
static void say_leave_out(const struct telling *t, const char *ciphers, const char *max)
{
	if (ciphers || max)
		buffer_printf(t->out, ": leave %s%s%s out", ciphers ? "--ciphers" : "", ciphers && max ? " and " : "",
		              max ? "--tls-max" : "");
	else
		buffer_add_string(t->out, ", though none was kept back here: its log may say what it wants");
}

static void say_alpn(const struct telling *t, const struct tls_options *options)
{
	buffer_add_string(t->out, options->alpn ? ": leave --alpn out, or name another"
	                                        : ", and none was: --alpn NAME offers one");
}

/* What the row cannot know, because it depends on what was asked of TLS. */
static void say_option(const struct telling *t, int alert)
{
	const struct tls_options *options = t->evidence->options;
	if (options == NULL)
		return;
	if (alert == 71)
		say_leave_out(t, options->ciphers, options->max);
	if (t->server)
		return;
	if (alert == 40) {
		say_ciphers(t, options);
	} else if (alert == 86) {
		say_leave_out(t, NULL, options->max);
	} else if (alert == 120) {
		say_alpn(t, options);
	} else if (alert == 70) {
		buffer_add_string(t->out, ": ");
		say_kept_out(t);
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
			telling_peer(t), alert);
		return;
	}
	buffer_printf(t->out, "%s %s with alert %d %s (%s): ", telling_peer(t),
	              t->evidence->done ? "breaks off" : "refuses", alert, row->name, row->ref);
	if (wants_certificate(t, alert)) {
		say_wanted(t);
	} else if (alert == 40 && t->evidence->done) {
		buffer_printf(t->out, "the handshake was done, so it is not about ciphers: %sits log may say why",
		              t->facts->given ? "it may not take the certificate that you gave: " : "");
	} else if (about_our_certificate(t, alert)) {
		buffer_add_string(t->out,
		                  "that is about a certificate of yours, though it was given none: it may want one "
		                  "(--cert FILE --key FILE), or have trouble of its own that its log tells");
	} else {
		buffer_add_string(t->out, t->server && row->client ? row->client : row->words);
		say_option(t, alert);
	}
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

/* Whether our own options stand against that version. */
static bool is_kept_out(const struct telling *t, int version)
{
	int number = version - TLS1_VERSION + '0';
	return number < least_version(t)[2] || number > newest_version(t)[2];
}

static void tell_client_version(const struct telling *t)
{
	buffer_printf(t->out, "the client offers no version of TLS that is taken here (%s to %s): ", least_version(t),
	              newest_version(t));
	say_kept_out(t);
}

static void tell_server_version(const struct telling *t)
{
	int version = t->evidence->version;
	const char *words = version_words(version);
	if (version == SSL3_VERSION)
		buffer_add_string(t->out,
		                  "the server has nothing newer than SSL 3.0, which must not be used (RFC 7568): it "
		                  "needs a newer TLS");
	else if (version == TLS1_VERSION || version == TLS1_1_VERSION)
		buffer_printf(
			t->out,
			"the server has nothing newer than %s, which is not safe any more (RFC 8996): it needs TLS "
			"1.2 at least; --tls-min 1.0 takes it all the same",
			words);
	else if (words && is_kept_out(t, version)) {
		buffer_printf(t->out, "the server chose %s: ", words);
		say_kept_out(t);
	} else
		buffer_add_string(t->out,
		                  "the server chose a version of TLS that is not taken here: --tls-min and --tls-max "
		                  "say which may be (1.2 to 1.3 without them)");
}

/* ---- the other ways to fail ---- */

/* Whether what does not parse is its certificate: nothing of ASN.1 comes before that, and no more is looked at. */
static bool is_unreadable(const struct tls_evidence *e)
{
	int library = ERR_GET_LIB(e->error);
	return !e->done && e->facts->sent == NULL && (library == ERR_LIB_ASN1 || library == ERR_LIB_X509);
}

static void tell_reason(const struct telling *t, const struct reason_row *row)
{
	if (is_unreadable(t->evidence))
		buffer_printf(t->out,
		              "%s's certificate cannot be read: it is not in the form of X.509 (RFC 5280 4.1), or was "
		              "damaged: whoever runs %s must look at it; -v shows what the library says",
		              telling_peer(t), telling_peer(t));
	else if (row == NULL)
		buffer_printf(
			t->out,
			"what %s said is no TLS that can be understood: its TLS is wrong, or something between changes "
			"what it says; try again, or from another network; -v shows what the library says",
			telling_peer(t));
	else
		telling_say(t, t->server && row->client ? row->client : row->words);
}

static void tell_plaintext(const struct telling *t)
{
	if (t->evidence->done)
		buffer_printf(
			t->out,
			"%s went on in the clear, though all must be encrypted by now: nothing of that can be believed",
			telling_peer(t));
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
		buffer_printf(t->out, "%s hung up ", telling_peer(t));
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
		buffer_add_string(
			t->out,
			"instead of answering the handshake: perhaps its TLS is not set up (no certificate, say), "
			"it does not know the name (--servername), or lets only some clients in; where it never "
			"offered TLS, it may have none");
	else
		buffer_add_string(t->out, "in mid-handshake: ");
	if (t->evidence->done || t->server || silent)
		return;
	const struct alert_row *warning = t->evidence->warning ? alert_row(t->evidence->warning) : NULL;
	if (warning) {
		buffer_printf(t->out, "it had warned with alert %d %s (%s): ", t->evidence->warning, warning->name,
		              warning->ref);
		telling_say(t, warning->words);
		say_option(t, t->evidence->warning);
	} else if (t->facts->wanted && !t->facts->given)
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
		if (t->server)
			tell_client_version(t);
		else
			tell_server_version(t);
		return TLS_REFUSED;
	}
	tell_reason(t, row);
	if (is_unreadable(t->evidence))
		return TLS_REFUSED;
	return row ? row->trouble : TLS_BROKEN;
}

void tls_failure_of(const struct tls_evidence *evidence, struct tls_failure *failure)
{
	*failure = (struct tls_failure){ 0 };
	const struct telling t = { evidence, evidence->facts, evidence->facts->server, &failure->message };
	int alert = alert_of(evidence->error);
	bool refused = is_refused(t.facts);
	if (t.facts->nobody && !evidence->done) {
		failure->trouble = TLS_REFUSED;
		buffer_add_string(&failure->message,
		                  "the server shows no certificate, and so nobody knows who it is: --ciphers lets such "
		                  "ciphers in (aNULL, which ALL has too): add :!aNULL");
		telling_insecure(&t);
	} else if (evidence->plaintext.n > 0) {
		failure->trouble = TLS_PLAINTEXT;
		buffer_add_slice(&failure->plaintext, slice_part(evidence->plaintext, 0, PLAINTEXT_MAX));
		tell_plaintext(&t);
	} else if (alert >= 0) {
		failure->trouble = TLS_ALERT;
		tell_alert(&t, alert);
	} else if (refused) {
		failure->trouble = TLS_REFUSED;
		telling_refused(&t, tls_worst_fault(t.facts));
	} else if (is_closed(evidence)) {
		failure->trouble = TLS_CLOSED;
		tell_closed(&t);
	} else {
		failure->trouble = tell_error(&t);
	}
	library_words(&t, refused, &failure->openssl);
}

void tls_failure_free(struct tls_failure *failure)
{
	buffer_free(&failure->message);
	buffer_free(&failure->openssl);
	buffer_free(&failure->plaintext);
}
