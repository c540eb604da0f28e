/*
 * TLS in words: certificates and chains with every fault, made here, are shown in real handshakes in memory; what is said
 * of them, and of alerts and errors, is compared.
 */
#include "test.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/sslerr.h>
#include <openssl/x509v3.h>
#include <time.h>

#include "net/tls_failure_table.h"
#include "net/tls_inside.h"

#define DAY 86400L

/* ---- making certificates ---- */

/* What a certificate is to be; what is 0 or NULL is left out. */
struct wish {
	const char *cn, *organisation;
	const char *names; /* as openssl.cnf writes subjectAltName */
	const char *basic; /* basicConstraints; NULL: no authority */
	const char *usage; /* extendedKeyUsage */
	const char *key_usage;
	const char *more;    /* authorityInfoAccess */
	const char *signer;  /* authorityKeyIdentifier */
	const char *unknown; /* the number of a critical extension that nobody knows */
	long from, until;    /* seconds from now; both 0: from an hour ago for 39 days */
	int bits;            /* of an RSA key; 0: an EC key on P-256 */
	bool sha1;
};

struct identity {
	X509 *certificate;
	EVP_PKEY *key;
};

static void extend(X509 *certificate, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX context;
	if (value == NULL)
		return;
	X509V3_set_ctx_nodb(&context);
	X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	CHECK(extension != NULL && X509_add_ext(certificate, extension, -1) == 1);
	X509_EXTENSION_free(extension);
}

/* A critical extension of that number, whose content is an empty SEQUENCE. */
static void extend_unknown(X509 *certificate, const char *number)
{
	static const unsigned char empty[] = { 0x30, 0 };
	if (number == NULL)
		return;
	ASN1_OBJECT *kind = OBJ_txt2obj(number, 1);
	ASN1_OCTET_STRING *content = ASN1_OCTET_STRING_new();
	CHECK(ASN1_OCTET_STRING_set(content, empty, sizeof empty) == 1);
	X509_EXTENSION *extension = X509_EXTENSION_create_by_OBJ(NULL, kind, 1, content);
	CHECK(extension != NULL && X509_add_ext(certificate, extension, -1) == 1);
	X509_EXTENSION_free(extension);
	ASN1_OCTET_STRING_free(content);
	ASN1_OBJECT_free(kind);
}

static void name_part(X509_NAME *name, const char *kind, const char *text)
{
	if (text)
		CHECK(X509_NAME_add_entry_by_txt(name, kind, MBSTRING_UTF8, (const unsigned char *)text, -1, -1, 0));
}

/* Signed by `issuer`; NULL: by itself. */
static struct identity make(const struct wish *wish, const struct identity *issuer)
{
	static long serial = 1000;
	EVP_PKEY *key = wish->bits ? EVP_RSA_gen((unsigned)wish->bits) : EVP_EC_gen("P-256");
	X509 *made = X509_new();
	X509 *above = issuer ? issuer->certificate : made;
	bool always = wish->from == 0 && wish->until == 0;
	CHECK(key && made && X509_set_version(made, X509_VERSION_3) == 1);
	ASN1_INTEGER_set(X509_get_serialNumber(made), serial++);
	X509_gmtime_adj(X509_getm_notBefore(made), always ? -3600 : wish->from);
	X509_gmtime_adj(X509_getm_notAfter(made), always ? 39 * DAY : wish->until);
	name_part(X509_get_subject_name(made), "O", wish->organisation);
	name_part(X509_get_subject_name(made), "CN", wish->cn);
	X509_set_issuer_name(made, X509_get_subject_name(above));
	X509_set_pubkey(made, key);
	extend(made, above, NID_basic_constraints, wish->basic ? wish->basic : "critical,CA:FALSE");
	extend(made, above, NID_subject_key_identifier, "hash");
	extend(made, above, NID_subject_alt_name, wish->names);
	extend(made, above, NID_ext_key_usage, wish->usage);
	extend(made, above, NID_key_usage, wish->key_usage);
	extend(made, above, NID_info_access, wish->more);
	extend(made, above, NID_authority_key_identifier, wish->signer);
	extend_unknown(made, wish->unknown);
	CHECK(X509_sign(made, issuer ? issuer->key : key, wish->sha1 ? EVP_sha1() : EVP_sha256()) > 0);
	return (struct identity){ made, key };
}

static void drop(struct identity *identity)
{
	X509_free(identity->certificate);
	EVP_PKEY_free(identity->key);
}

/* The authorities of all tests: a root that clients trust, and one below it. */
static struct identity root, middle;

static void make_authorities(void)
{
	root = make(&(struct wish){ .cn = "Test Root X1", .organisation = "Test Trust", .basic = "critical,CA:TRUE" },
	            NULL);
	middle = make(&(struct wish){ .cn = "T11",
	                              .organisation = "Let's Test",
	                              .basic = "critical,CA:TRUE,pathlen:0" },
	              &root);
}

/* ---- a handshake in memory ---- */

struct talk {
	SSL_CTX *client_ctx, *server_ctx;
	SSL *client, *server;
	struct tls_facts *facts, *server_facts;
	struct tls_options options;
	unsigned long error; /* the client's, and the server's */
	unsigned long server_error;
	OCSP_RESPONSE *staple;
	SSL_SESSION *session;      /* that goes on; borrowed */
	BIO_callback_fn_ex damage; /* done to what the client reads; NULL: nothing is */
	unsigned char *damaged;    /* the certificate that becomes `replacement`, which is as long */
	unsigned char *replacement;
	int damaged_length;
};

/* The client asks for `name`, trusts the root (`trust`: that one too), and verifies; the server shows `own`, with the
 * intermediate where `whole`. */
static void prepare(struct talk *t, const struct identity *own, bool whole, const char *name, X509 *trust)
{
	t->client_ctx = SSL_CTX_new(TLS_client_method());
	t->server_ctx = SSL_CTX_new(TLS_server_method());
	t->facts = tls_facts_new();
	t->server_facts = tls_facts_new();
	t->server_facts->server = true;
	SSL_CTX_set_verify(t->client_ctx, SSL_VERIFY_PEER, NULL);
	tls_verify_set(t->client_ctx);
	X509_STORE_add_cert(SSL_CTX_get_cert_store(t->client_ctx), root.certificate);
	if (trust)
		X509_STORE_add_cert(SSL_CTX_get_cert_store(t->client_ctx), trust);
	SSL_CTX_set_security_level(t->server_ctx, 0);
	CHECK(SSL_CTX_use_certificate(t->server_ctx, own->certificate) == 1);
	CHECK(SSL_CTX_use_PrivateKey(t->server_ctx, own->key) == 1);
	if (whole)
		CHECK(SSL_CTX_add1_chain_cert(t->server_ctx, middle.certificate) == 1);
	t->facts->name = string_copy(name);
}

static int staple_it(SSL *ssl, void *context)
{
	const struct talk *t = context;
	unsigned char *p = NULL;
	int n = t->staple ? i2d_OCSP_RESPONSE(t->staple, &p) : 0;
	if (n <= 0)
		return SSL_TLSEXT_ERR_NOACK;
	SSL_set_tlsext_status_ocsp_resp(ssl, p, n);
	return SSL_TLSEXT_ERR_OK;
}

/* One side says what it has to. True when it is done. */
static bool step(SSL *ssl, unsigned long *error)
{
	ERR_clear_error();
	if (*error != 0)
		return true;
	if (SSL_do_handshake(ssl) == 1)
		return true;
	if (SSL_get_error(ssl, -1) == SSL_ERROR_SSL)
		*error = ERR_peek_error();
	return *error != 0;
}

static void shake(struct talk *t)
{
	BIO *left = NULL, *right = NULL;
	t->client = SSL_new(t->client_ctx);
	t->server = SSL_new(t->server_ctx);
	SSL_set_app_data(t->client, t->facts);
	SSL_set_app_data(t->server, t->server_facts);
	X509_VERIFY_PARAM_set_auth_level(SSL_get0_param(t->client), 2);
	SSL_set_hostflags(t->client, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	if (t->facts->name && X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(t->client), t->facts->name) != 1)
		SSL_set1_host(t->client, t->facts->name);
	SSL_set_tlsext_status_type(t->client, TLSEXT_STATUSTYPE_ocsp);
	SSL_CTX_set_tlsext_status_cb(t->server_ctx, staple_it);
	SSL_CTX_set_tlsext_status_arg(t->server_ctx, t);
	if (t->session)
		CHECK(SSL_set_session(t->client, t->session) == 1);
	SSL_set_connect_state(t->client);
	SSL_set_accept_state(t->server);
	CHECK(BIO_new_bio_pair(&left, 1 << 16, &right, 1 << 16) == 1);
	if (t->damage) {
		BIO_set_callback_arg(left, (char *)t);
		BIO_set_callback_ex(left, t->damage);
	}
	SSL_set_bio(t->client, left, left);
	SSL_set_bio(t->server, right, right);
	for (int i = 0; i < 10; i++) {
		bool done = step(t->client, &t->error);
		done = step(t->server, &t->server_error) && done;
		if (done)
			break;
	}
	if (t->error == 0)
		tls_facts_fill(t->facts, t->client);
	if (t->error == 0 && t->server_error == 0)
		tls_facts_fill(t->server_facts, t->server);
	ERR_clear_error();
}

static void hang_up(struct talk *t)
{
	SSL_free(t->client);
	SSL_free(t->server);
	SSL_CTX_free(t->client_ctx);
	SSL_CTX_free(t->server_ctx);
	tls_facts_free(t->facts);
	tls_facts_free(t->server_facts);
	OCSP_RESPONSE_free(t->staple);
}

/* ---- comparing texts that hold dates ---- */

/* What is no digit pattern of a date is compared: "2026-11-21 12:00" becomes "DATE". */
static void without_dates(struct slice text, struct buffer *out)
{
	static const char form[] = "dddd-dd-dd dd:dd";
	for (size_t i = 0; i < text.n;) {
		size_t n = 0;
		while (n < sizeof form - 1 && i + n < text.n &&
		       (form[n] == 'd' ? octet_is_digit(text.p[i + n]) : text.p[i + n] == form[n]))
			n++;
		if (n == sizeof form - 1) {
			buffer_add_string(out, "DATE");
			i += n;
		} else {
			buffer_add_octet(out, text.p[i++]);
		}
	}
}

static void check_undated(struct slice text, const char *wanted)
{
	struct buffer undated = { 0 };
	without_dates(text, &undated);
	CHECK_TEXT(buffer_slice(&undated), wanted);
	buffer_free(&undated);
}

static void check_story(const struct tls_facts *facts, const char *wanted)
{
	struct buffer story = { 0 };
	tls_story(facts, &story);
	check_undated(buffer_slice(&story), wanted);
	buffer_free(&story);
}

/* The handshake failed, at the client or (`server`) at the server, for that reason and in these words. */
static void check_failure(const struct talk *t, bool server, enum tls_trouble trouble, const char *wanted)
{
	struct tls_failure failure;
	struct tls_evidence evidence = { .facts = server ? t->server_facts : t->facts,
		                         .options = &t->options,
		                         .error = server ? t->server_error : t->error };
	CHECK(evidence.error != 0);
	tls_failure_of(&evidence, &failure);
	CHECK(failure.trouble == trouble);
	check_undated(buffer_slice(&failure.message), wanted);
	CHECK(failure.openssl.n > 0);
	tls_failure_free(&failure);
}

/* ---- the story ---- */

#define TLS13 \
	"TLS 1.3 (RFC 8446): from here on everything is encrypted, with AES-256 in GCM mode (TLS_AES_256_GCM_SHA384).\n" \
	"The keys were agreed on with X25519, anew for this connection: whoever records it, and gets the server's key " \
	"later, still cannot read it.\n"
#define FOR_IT "The certificate is for mail.example, whom we asked for.\n"
#define VOUCHED "T11 of Let's Test vouches for it, and Test Root X1, which is trusted here, vouches for that.\n"
#define VALID "It is valid from DATE UTC to DATE UTC, 39 days from now; its key is ECDSA on P-256.\n"

static void good_story(void)
{
	struct talk t = { 0 };
	struct identity own = make(&(struct wish){ .cn = "x", .names = "DNS:mail.example" }, &middle);
	prepare(&t, &own, true, "mail.example", NULL);
	shake(&t);
	CHECK(t.error == 0 && t.facts->nfaults == 0 && t.facts->trusted && tls_facts_certificate(t.facts));
	check_story(t.facts, TLS13 "The certificate is for mail.example, whom we asked for.\n" VOUCHED VALID);
	check_story(
		t.server_facts,
		"TLS 1.3 (RFC 8446): from here on everything is encrypted, with AES-256 in GCM mode "
		"(TLS_AES_256_GCM_SHA384).\n"
		"The keys were agreed on with X25519, anew for this connection: whoever records it, and gets this server's "
		"key later, still cannot read it.\n"
		"The client was not asked for a certificate: who it is, it says later, if at all.\n");
	hang_up(&t);
	drop(&own);
}

static void many_names(void)
{
	struct talk t = { 0 };
	struct identity own =
		make(&(struct wish){ .names =
	                                     "DNS:a.example,DNS:*.b.example,IP:192.0.2.1,DNS:c.example,DNS:d.example" },
	             &root);
	prepare(&t, &own, false, "x.b.example", NULL);
	shake(&t);
	check_story(
		t.facts, TLS13
		"The certificate is for *.b.example, and so for x.b.example, whom we asked for (also for a.example, "
		"192.0.2.1 and 2 more).\nTest Root X1, which is trusted here, vouches for it.\n" VALID);
	hang_up(&t);
	drop(&own);
}

static void rsa_key_transport(void)
{
	struct talk t = { 0 };
	struct identity own = make(&(struct wish){ .names = "DNS:mail.example", .bits = 2048 }, &root);
	prepare(&t, &own, false, "mail.example", NULL);
	SSL_CTX_set_max_proto_version(t.server_ctx, TLS1_2_VERSION);
	SSL_CTX_set_cipher_list(t.client_ctx, "AES128-GCM-SHA256");
	shake(&t);
	CHECK(t.error == 0 && !t.facts->forward_secret);
	check_story(
		t.facts,
		"TLS 1.2 (RFC 5246): from here on everything is encrypted, with AES-128 in GCM mode "
		"(TLS_RSA_WITH_AES_128_GCM_SHA256).\n"
		"The client sent the secret for the keys under the server's RSA key, so there is no forward secrecy: "
		"whoever records this, and gets that key later, can read it all.\n"
		"The certificate is for mail.example, whom we asked for.\n"
		"Test Root X1, which is trusted here, vouches for it.\n"
		"It is valid from DATE UTC to DATE UTC, 39 days from now; its key is RSA, 2048 bits.\n");
	hang_up(&t);
	drop(&own);
}

/* The group of the key exchange, on both sides, in the two versions. */
static void groups(void)
{
	static const struct {
		int version;
		const char *group, *name, *ciphers;
	} rows[] = {
		{ TLS1_3_VERSION, "P-384", "P-384", NULL },     { TLS1_3_VERSION, "ffdhe2048", "DHE, 2048 bits", NULL },
		{ TLS1_2_VERSION, "P-256", "P-256", NULL },     { TLS1_2_VERSION, "X25519:P-256", "X25519", NULL },
		{ TLS1_2_VERSION, "X448:P-256", "X448", NULL },
	};
	struct identity own = make(&(struct wish){ .names = "DNS:mail.example" }, &root);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct talk t = { 0 };
		prepare(&t, &own, false, "mail.example", NULL);
		SSL_CTX_set_max_proto_version(t.client_ctx, rows[i].version);
		CHECK(SSL_CTX_set1_groups_list(t.client_ctx, rows[i].group) == 1);
		CHECK(SSL_CTX_set1_groups_list(t.server_ctx, rows[i].group) == 1);
		shake(&t);
		CHECK(t.error == 0 && t.facts->forward_secret);
		CHECK_TEXT(slice_of(t.facts->exchange), rows[i].name);
		CHECK_TEXT(slice_of(t.server_facts->exchange), rows[i].name);
		hang_up(&t);
	}
	drop(&own);
}

static void only_a_common_name(void)
{
	struct talk t = { 0 };
	struct identity own = make(&(struct wish){ .cn = "mail.example" }, &root);
	prepare(&t, &own, false, "mail.example", NULL);
	shake(&t);
	check_story(
		t.facts, TLS13
		"The certificate is for mail.example, whom we asked for, but only by its subject's CN, which is no "
		"place for a name any more (RFC 9525 2).\nTest Root X1, which is trusted here, vouches for it.\n" VALID);
	hang_up(&t);
	drop(&own);
}

static void trusted_itself(void)
{
	struct talk t = { 0 };
	struct identity own = make(&(struct wish){ .names = "DNS:localhost,IP:127.0.0.1" }, NULL);
	prepare(&t, &own, false, "127.0.0.1", own.certificate);
	shake(&t);
	CHECK(t.error == 0 && t.facts->trusted);
	check_story(t.facts, TLS13 "The certificate is for 127.0.0.1, whom we asked for (also for localhost).\n"
	                           "It vouches for itself, and it is one that is trusted here.\n" VALID);
	hang_up(&t);
	drop(&own);
}

/* A session that goes on: no certificate is shown, and the one of then is told. */
static void resumed(int version, const char *keys)
{
	struct identity own = make(&(struct wish){ .names = "DNS:mail.example" }, &root);
	struct talk first = { 0 }, again = { 0 };
	struct buffer wanted = { 0 };
	char octet;
	prepare(&first, &own, false, "mail.example", NULL);
	SSL_CTX_set_max_proto_version(first.client_ctx, version);
	shake(&first);
	CHECK(SSL_read(first.client, &octet, 1) <= 0); /* the tickets of TLS 1.3 */
	SSL_SESSION *session = SSL_get1_session(first.client);
	SSL_shutdown(first.client);
	again.client_ctx = first.client_ctx;
	again.server_ctx = first.server_ctx;
	again.facts = tls_facts_new();
	again.facts->name = string_copy("mail.example");
	again.server_facts = tls_facts_new();
	again.session = session;
	shake(&again);
	CHECK(again.error == 0 && again.facts->resumed && again.facts->nfaults == 0);
	buffer_printf(&wanted,
	              "%s%sTest Root X1 of Test Trust vouches for it, which was looked at when that session began.\n%s",
	              keys, FOR_IT, VALID);
	buffer_add_octet(&wanted, '\0');
	check_story(again.facts, wanted.p);
	buffer_free(&wanted);
	SSL_CTX_up_ref(again.client_ctx);
	SSL_CTX_up_ref(again.server_ctx);
	hang_up(&again);
	hang_up(&first);
	SSL_SESSION_free(session);
	drop(&own);
}

static void a_session_goes_on(void)
{
	resumed(TLS1_3_VERSION,
	        "TLS 1.3 (RFC 8446): from here on everything is encrypted, with AES-256 in GCM mode "
	        "(TLS_AES_256_GCM_SHA384).\n"
	        "An earlier session goes on, so certificates are not shown again. The keys were agreed on with X25519, anew for "
	        "this connection: whoever records it, and gets the server's key later, still cannot read it.\n");
	resumed(TLS1_2_VERSION,
	        "TLS 1.2 (RFC 5246): from here on everything is encrypted, with AES-256 in GCM mode "
	        "(TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384).\n"
	        "An earlier session goes on, so certificates are not shown again. The keys are made from its secret: nothing "
	        "new was agreed on.\n");
}

/* ---- faults ---- */

#define INSECURE "; --insecure goes on without proof of who answers"

/* The client refuses that certificate, in these words; --insecure lets it pass, and the story says so. */
static void check_refused(const struct wish *wish, const struct identity *issuer, bool whole, int code,
                          const char *message, const char *story)
{
	struct identity own = make(wish, issuer);
	for (int insecure = 0; insecure < 2; insecure++) {
		struct talk t = { 0 };
		prepare(&t, &own, whole, "mail.example", NULL);
		t.facts->insecure = insecure;
		shake(&t);
		CHECK(t.facts->nfaults >= 1 && tls_worst_fault(t.facts)->code == code);
		CHECK(tls_facts_unverified(t.facts) == insecure);
		CHECK(tls_facts_certificate(t.facts) && !t.facts->unfinished);
		struct buffer told = { 0 };
		if (insecure) {
			CHECK(t.error == 0 && SSL_is_init_finished(t.client));
			check_story(t.facts, story);
		} else {
			check_failure(&t, false, TLS_REFUSED, message);
			tls_refused_story(t.facts, &told);
			check_undated(buffer_slice(&told), story + strlen(TLS13));
		}
		buffer_free(&told);
		hang_up(&t);
	}
	drop(&own);
}

#define BY_ROOT "Test Root X1, which is trusted here, vouches for it.\n"

static void expired(void)
{
	check_refused(
		&(struct wish){ .names = "DNS:mail.example", .from = -90 * DAY, .until = -3 * DAY }, &middle, true,
		X509_V_ERR_CERT_HAS_EXPIRED,
		"the server's certificate has expired: it was valid until DATE UTC, 3 days ago (this machine's clock says "
		"DATE UTC): whoever runs the server must renew it" INSECURE,
		TLS13 FOR_IT VOUCHED
		"NOT VERIFIED: it has expired: it was valid from DATE UTC to DATE UTC, 3 days ago; "
		"its key is ECDSA on P-256.\n");
}

static void not_yet_valid(void)
{
	check_refused(
		&(struct wish){ .names = "DNS:mail.example", .from = 5 * 3600, .until = 3 * DAY }, &middle, true,
		X509_V_ERR_CERT_NOT_YET_VALID,
		"the server's certificate is not valid yet: it will be from DATE UTC on, in 5 hours (this machine's "
		"clock says DATE UTC): set that clock if it is wrong; else the server needs another" INSECURE,
		TLS13 FOR_IT VOUCHED
		"NOT VERIFIED: it is not valid yet, but will be from DATE UTC to DATE UTC, beginning in 5 hours; its "
		"key is ECDSA on P-256.\n");
}

static void wrong_name(void)
{
	check_refused(
		&(struct wish){ .names = "DNS:www.example,DNS:*.www.example" }, &middle, true,
		X509_V_ERR_HOSTNAME_MISMATCH,
		"the server's certificate is for another name: it is for www.example, *.www.example, not for "
		"mail.example: ask for a name that it has, or say which it must have: --verify-name NAME" INSECURE,
		TLS13 "NOT VERIFIED: the certificate is for www.example, *.www.example, not for mail.example, whom we "
		      "asked for.\n" VOUCHED VALID);
}

static void self_signed(void)
{
	check_refused(
		&(struct wish){ .cn = "mail.example", .names = "DNS:mail.example" }, NULL, false,
		X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
		"the server's certificate vouches for itself (it is self-signed): anybody can make such a one, so it "
		"proves nothing: if it is yours, give a copy of it by --cacert FILE" INSECURE,
		TLS13 FOR_IT
		"NOT VERIFIED: it vouches for itself, as anybody's can: it does not prove who answers.\n" VALID);
}

/* All that can be wrong at once: what matters most is told, and nothing forgotten. */
static void all_at_once(void)
{
	check_refused(
		&(struct wish){ .cn = "router", .from = -9 * DAY, .until = -2 * DAY, .bits = 1024 }, NULL, false,
		X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
		"the server's certificate vouches for itself (it is self-signed): anybody can make such a one, so it "
		"proves nothing: if it is yours, give a copy of it by --cacert FILE; besides, it has a key that is too weak "
		"and is for another name and has expired" INSECURE,
		TLS13 "NOT VERIFIED: the certificate is for router, not for mail.example, whom we asked for.\n"
		      "NOT VERIFIED: it vouches for itself, as anybody's can: it does not prove who answers.\n"
		      "NOT VERIFIED: it has expired: it was valid from DATE UTC to DATE UTC, 2 days ago; its key is "
		      "RSA, 1024 bits.\n"
		      "NOT VERIFIED: the server's certificate has a key that is too weak (RSA, 1024 bits).\n");
}

#define ALONE \
	"the server's certificate is issued by T11 of Let's Test, which is neither trusted here nor sent by the server"

static void missing_intermediate(void)
{
	check_refused(
		&(struct wish){ .names = "DNS:mail.example", .more = "caIssuers;URI:http://t11.example/c.der" },
		&middle, false, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
		ALONE
		": it must send this intermediate too (kept at http://t11.example/c.der); if the authority is yours, "
		"--cacert FILE" INSECURE,
		TLS13 FOR_IT "NOT VERIFIED: " ALONE ".\n" VALID);
}

static void unknown_issuer(void)
{
	check_refused(&(struct wish){ .names = "DNS:mail.example" }, &middle, false,
	              X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
	              ALONE ": if the authority is yours, --cacert FILE; if it is an intermediate one (vouched for by "
	                    "another), the server must send it too" INSECURE,
	              TLS13 FOR_IT "NOT VERIFIED: " ALONE ".\n" VALID);
}

static void weak_key(void)
{
	check_refused(&(struct wish){ .names = "DNS:mail.example", .bits = 1024 }, &root, false,
	              X509_V_ERR_EE_KEY_TOO_SMALL,
	              "the server's certificate has a key that is too weak (RSA, 1024 bits): others could pose as the "
	              "server: it needs RSA 2048 or P-256, and SHA-256; --ciphers DEFAULT@SECLEVEL=0 takes it" INSECURE,
	              TLS13 FOR_IT BY_ROOT
	              "It is valid from DATE UTC to DATE UTC, 39 days from now; its key is RSA, 1024 bits.\n"
	              "NOT VERIFIED: the server's certificate has a key that is too weak (RSA, 1024 bits).\n");
}

static void weak_signature(void)
{
	check_refused(
		&(struct wish){ .names = "DNS:mail.example", .sha1 = true }, &root, false, X509_V_ERR_CA_MD_TOO_WEAK,
		"the server's certificate is signed with a digest that is too weak (ecdsa-with-SHA1): others "
		"could pose as the server: it needs RSA 2048 or P-256, and SHA-256; --ciphers DEFAULT@SECLEVEL=0 takes it" INSECURE,
		TLS13 FOR_IT BY_ROOT VALID
		"NOT VERIFIED: the server's certificate is signed with a digest that is too weak (ecdsa-with-SHA1).\n");
}

static void wrong_purpose(void)
{
	static const struct {
		const char *usage, *key_usage, *words;
	} rows[] = {
		{ "clientAuth", NULL, "it is for TLS clients (clientAuth), not for TLS servers (RFC 5280 4.2.1.12)" },
		{ "emailProtection,timeStamping", NULL,
		  "it is for mail (emailProtection), time stamps (timeStamping), not for TLS servers (RFC 5280 4.2.1.12)" },
		{ "1.2.3.4", NULL, "it is for nothing that is known here, not for TLS servers (RFC 5280 4.2.1.12)" },
		{ "anyExtendedKeyUsage", NULL,
		  "it is for anything (anyExtendedKeyUsage), and does not name TLS servers (RFC 5280 4.2.1.12)" },
		{ "serverAuth", "cRLSign", "its key is for cRLSign, not for TLS (digitalSignature, RFC 5280 4.2.1.3)" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buffer refused = { 0 }, story = { 0 };
		buffer_printf(&refused, "the server's certificate is for another purpose: %s%s", rows[i].words,
		              ": the server needs one that is made for TLS servers" INSECURE);
		buffer_printf(&story, "%sNOT VERIFIED: the server's certificate is for another purpose: %s.\n",
		              TLS13 FOR_IT BY_ROOT VALID, rows[i].words);
		buffer_add_octet(&refused, '\0');
		buffer_add_octet(&story, '\0');
		check_refused(&(struct wish){ .names = "DNS:mail.example",
		                              .usage = rows[i].usage,
		                              .key_usage = rows[i].key_usage },
		              &root, false, X509_V_ERR_INVALID_PURPOSE, refused.p, story.p);
		buffer_free(&refused);
		buffer_free(&story);
	}
}

/* Neither a name nor a CN: there is nothing that it could be for. */
static void no_name(void)
{
	check_refused(
		&(struct wish){ .organisation = "Only Org" }, &root, false, X509_V_ERR_HOSTNAME_MISMATCH,
		"the server's certificate names no host (its subject is O=Only Org), and so not mail.example: the "
		"server needs one with its name in it (subjectAltName)" INSECURE,
		TLS13 "NOT VERIFIED: the certificate names no host (its subject is O=Only Org), and so not "
		      "mail.example, whom we asked for.\n" BY_ROOT VALID);
	check_refused(
		&(struct wish){ .names = "email:a@mail.example" }, &root, false, X509_V_ERR_HOSTNAME_MISMATCH,
		"the server's certificate names no host (its subject is empty), and so not mail.example: the server "
		"needs one with its name in it (subjectAltName)" INSECURE,
		TLS13 "NOT VERIFIED: the certificate names no host (its subject is empty), and so not "
		      "mail.example, whom we asked for.\n" BY_ROOT VALID);
}

/* A chain whose root came along, and is not trusted; and one whose middle is no authority. */
static void foreign_root(void)
{
	struct talk t = { 0 };
	struct identity foreign = make(&(struct wish){ .cn = "Foreign Root", .basic = "critical,CA:TRUE" }, NULL);
	struct identity own = make(&(struct wish){ .names = "DNS:mail.example" }, &foreign);
	prepare(&t, &own, false, "mail.example", NULL);
	SSL_CTX_add1_chain_cert(t.server_ctx, foreign.certificate);
	shake(&t);
	check_failure(
		&t, false, TLS_REFUSED,
		"the certificate of the authority Foreign Root vouches for itself and is not trusted here: if the "
		"authority is yours, --cacert FILE; if it is a public one, this machine's list of those is old or missing "
		"(package ca-certificates)" INSECURE);
	CHECK(t.facts->nfaults == 1);
	hang_up(&t);
	drop(&own);
	drop(&foreign);
}

/* The intermediate came along, and nobody above it is known: the machine may lack the public authorities. */
static void unknown_root(void)
{
	struct talk t = { 0 };
	struct identity above = make(&(struct wish){ .cn = "Root Y", .basic = "critical,CA:TRUE" }, NULL);
	struct identity between = make(&(struct wish){ .cn = "Y1", .basic = "critical,CA:TRUE" }, &above);
	struct identity own = make(&(struct wish){ .names = "DNS:mail.example" }, &between);
	prepare(&t, &own, false, "mail.example", NULL);
	SSL_CTX_add1_chain_cert(t.server_ctx, between.certificate);
	shake(&t);
	check_failure(
		&t, false, TLS_REFUSED,
		"the certificate of the authority Y1 is issued by Root Y, which is neither trusted here nor sent by the "
		"server: if the authority is yours, --cacert FILE; if it is a public one, this machine's list of those is "
		"old or missing (package ca-certificates)" INSECURE);
	hang_up(&t);
	drop(&own);
	drop(&between);
	drop(&above);
}

/* An authority's certificate that has expired is not the server's to renew. */
static void expired_authority(void)
{
	struct talk t = { 0 };
	struct identity between = make(&(struct wish){ .cn = "Old",
	                                               .basic = "critical,CA:TRUE",
	                                               .from = -9 * DAY,
	                                               .until = -DAY },
	                               &root);
	struct identity own = make(&(struct wish){ .names = "DNS:mail.example" }, &between);
	prepare(&t, &own, false, "mail.example", NULL);
	SSL_CTX_add1_chain_cert(t.server_ctx, between.certificate);
	shake(&t);
	check_failure(
		&t, false, TLS_REFUSED,
		"the certificate of the authority Old has expired: it was valid until DATE UTC, 1 day ago (this machine's "
		"clock says DATE UTC): whoever runs the server must have it send a newer one" INSECURE);
	hang_up(&t);
	drop(&own);
	drop(&between);
}

/* An address must stand in the certificate as an address (RFC 9525 6.4). */
static void wrong_address(void)
{
	struct talk t = { 0 };
	struct identity own = make(&(struct wish){ .names = "DNS:mail.example,DNS:192.0.2.7" }, &root);
	prepare(&t, &own, false, "192.0.2.7", NULL);
	shake(&t);
	check_failure(
		&t, false, TLS_REFUSED,
		"the server's certificate is for another address: it is for mail.example, 192.0.2.7, not for the "
		"address 192.0.2.7 (it stands there as text, not as an iPAddress, RFC 9525 6.4): the server needs one with "
		"that iPAddress; or ask for a name that it has" INSECURE);
	hang_up(&t);
	drop(&own);
}

/* Names that look right, each with what is wrong with it. */
static void lookalikes(void)
{
	static const struct {
		const char *names, *asked, *words;
	} rows[] = {
		{ "DNS:*.example", "mail.test.example",
		  "*.example is not enough, as a star does not stand for all that is below a top domain" },
		{ "DNS:*.example", "mail.example",
		  "*.example is not enough, as a star does not stand for all that is below a top domain" },
		{ "DNS:www.example,DNS:ma*.test.example", "mail.test.example",
		  "ma*.test.example is not enough, as a star may only be the whole first label, RFC 9525 6.3" },
		{ "DNS:mail.*.example", "mail.test.example",
		  "mail.*.example is not enough, as a star may only be the whole first label, RFC 9525 6.3" },
		{ "DNS:*.*.example", "mail.test.example",
		  "*.*.example is not enough, as a star may only be the whole first label, RFC 9525 6.3" },
		{ "DNS:*.test.example", "a.mail.TEST.example",
		  "*.test.example is not enough, as a star stands for exactly one label, RFC 9525 6.3" },
		{ "DNS:*.test.example", "test.example",
		  "*.test.example is not enough, as a star stands for exactly one label, RFC 9525 6.3" },
		{ "DNS:127.0.0.1", "127.0.0.1", "it stands there as text, not as an iPAddress, RFC 9525 6.4" },
		{ "DNS:x.example,DNS:2001:db8::1", "2001:DB8:0::1",
		  "it stands there as text, not as an iPAddress, RFC 9525 6.4" },
		{ "DNS:*.other.example,DNS:mail.example", "mail.test.example", "" },
		{ "DNS:*", "127.0.0.1", "" },
		{ "DNS:127.0.0.10", "127.0.0.1", "" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct identity own = make(&(struct wish){ .names = rows[i].names }, &root);
		struct talk t = { 0 };
		struct buffer why = { 0 }, story = { 0 };
		prepare(&t, &own, false, rows[i].asked, NULL);
		t.facts->insecure = true;
		shake(&t);
		CHECK(t.error == 0 && t.facts->nfaults == 1); /* OpenSSL finds it wrong, too */
		CHECK(certificate_lookalike(own.certificate, rows[i].asked, &why) == (*rows[i].words != '\0'));
		CHECK_TEXT(buffer_slice(&why), rows[i].words);
		tls_story(t.facts, &story);
		CHECK(slice_find(buffer_slice(&story), buffer_slice(&why)) < story.n);
		buffer_free(&why);
		buffer_free(&story);
		hang_up(&t);
		drop(&own);
	}
}

/* Many stars take no time to speak of. */
static void many_stars(void)
{
	struct buffer name = { 0 }, asked = { 0 }, why = { 0 };
	buffer_add_string(&name, "DNS:");
	for (int i = 0; i < 60; i++) {
		buffer_add_string(&name, "*a");
		buffer_add_string(&asked, "aaaa");
	}
	buffer_add_string(&name, "b");
	buffer_add_octet(&name, '\0');
	buffer_add_octet(&asked, '\0');
	struct identity own = make(&(struct wish){ .names = name.p }, &root);
	CHECK(!certificate_lookalike(own.certificate, asked.p, &why));
	buffer_free(&name);
	buffer_free(&asked);
	drop(&own);
}

/* With --verify-name nobody was asked for by that name. */
static void named(void)
{
	struct identity own = make(&(struct wish){ .names = "DNS:mail.example" }, &root);
	struct talk good = { 0 }, bad = { 0 };
	prepare(&good, &own, false, "mail.example", NULL);
	good.facts->named = true;
	shake(&good);
	check_story(good.facts, TLS13 "The certificate is for mail.example, as --verify-name says.\n" BY_ROOT VALID);
	prepare(&bad, &own, false, "shop.example", NULL);
	bad.facts->named = true;
	shake(&bad);
	check_failure(&bad, false, TLS_REFUSED,
	              "the server's certificate is for another name: it is for mail.example, not for shop.example: so "
	              "says --verify-name: is that right?" INSECURE);
	hang_up(&good);
	hang_up(&bad);
	drop(&own);
}

/* A certificate that is like the identity's, with its key, from another issuer. */
static struct identity issued_by(const struct identity *whose, const struct identity *issuer)
{
	X509 *made = X509_dup(whose->certificate);
	CHECK(made != NULL);
	X509_set_issuer_name(made, X509_get_subject_name(issuer->certificate));
	CHECK(X509_sign(made, issuer->key, EVP_sha256()) > 0);
	EVP_PKEY_up_ref(whose->key);
	return (struct identity){ made, whose->key };
}

/* An authority of the issuer's name was sent, or is trusted here, and it is another: nobody says that there is none. */
static void another_of_that_name(void)
{
#define ISSUED "the server's certificate is issued by T11 of Let's Test, "
	static const struct {
		bool sent, trusted;
		const char *words;
	} rows[] = {
		{ true, false,
		  ISSUED
		  "of which the server sent a certificate, but not the one whose key signed this: the server must "
		  "send that one; if the authority is yours, --cacert FILE" INSECURE },
		{ false, true,
		  ISSUED
		  "and one of that name is trusted here, but its key did not sign this: if the authority has a new "
		  "key, get its new certificate (--cacert FILE); else somebody poses as it" INSECURE },
	};
	const struct wish wish = { .cn = "T11", .organisation = "Let's Test", .basic = "critical,CA:TRUE" };
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct talk t = { 0 };
		struct identity newer = make(&wish, NULL);
		struct identity own = make(&(struct wish){ .names = "DNS:mail.example", .signer = "keyid:always" },
		                           &middle);
		prepare(&t, &own, false, "mail.example", rows[i].trusted ? newer.certificate : NULL);
		if (rows[i].sent)
			SSL_CTX_add1_chain_cert(t.server_ctx, newer.certificate);
		shake(&t);
		check_failure(&t, false, TLS_REFUSED, rows[i].words);
		hang_up(&t);
		drop(&own);
		drop(&newer);
	}
}

/* Two authorities that vouch for each other, and nobody else for either. */
static void circle(void)
{
	struct talk t = { 0 };
	struct identity one = make(&(struct wish){ .cn = "One", .basic = "critical,CA:TRUE" }, NULL);
	struct identity two = make(&(struct wish){ .cn = "Two", .basic = "critical,CA:TRUE" }, &one);
	struct identity again = issued_by(&one, &two);
	struct identity own = make(&(struct wish){ .names = "DNS:mail.example" }, &two);
	prepare(&t, &own, false, "mail.example", NULL);
	SSL_CTX_add1_chain_cert(t.server_ctx, two.certificate);
	SSL_CTX_add1_chain_cert(t.server_ctx, again.certificate);
	shake(&t);
	check_failure(
		&t, false, TLS_REFUSED,
		"the certificate of the authority One is issued by Two, for which it vouches itself: the chain runs in a "
		"circle: the server must send a chain that ends with an authority that is known; if one in it is yours, "
		"--cacert FILE" INSECURE);
	hang_up(&t);
	drop(&own);
	drop(&again);
	drop(&two);
	drop(&one);
}

static void too_long(void)
{
	struct talk t = { 0 };
	struct identity chain[5] = { make(&(struct wish){ .cn = "0", .basic = "critical,CA:TRUE" }, &root) };
	static const char *const names[] = { "0", "1", "2", "3", "4" };
	for (size_t i = 1; i < 5; i++)
		chain[i] = make(&(struct wish){ .cn = names[i], .basic = "critical,CA:TRUE" }, &chain[i - 1]);
	struct identity own = make(&(struct wish){ .names = "DNS:mail.example" }, &chain[4]);
	prepare(&t, &own, false, "mail.example", NULL);
	SSL_CTX_set_verify_depth(t.client_ctx, 2);
	for (size_t i = 5; i > 0; i--)
		SSL_CTX_add1_chain_cert(t.server_ctx, chain[i - 1].certificate);
	shake(&t);
	CHECK(t.facts->nfaults == 1);
	check_failure(
		&t, false, TLS_REFUSED,
		"the server's certificate stands below 3 others, and none of them is trusted here: no longer chain is "
		"followed: the server must send a shorter chain; if an authority in it is yours, --cacert FILE" INSECURE);
	hang_up(&t);
	drop(&own);
	for (size_t i = 0; i < 5; i++)
		drop(&chain[i]);
}

/* An authority that is given as one to trust needs nobody above it; nor does a server's own certificate. */
static void trusted_though_vouched_for(void)
{
	struct identity foreign = make(&(struct wish){ .cn = "Foreign", .basic = "critical,CA:TRUE" }, NULL);
	struct identity below = make(&(struct wish){ .cn = "Below", .basic = "critical,CA:TRUE" }, &foreign);
	struct identity own = make(&(struct wish){ .names = "DNS:mail.example" }, &below);
	struct talk authority = { 0 }, itself = { 0 };
	prepare(&authority, &own, false, "mail.example", below.certificate);
	shake(&authority);
	CHECK(authority.error == 0 && authority.facts->trusted);
	check_story(authority.facts, TLS13 FOR_IT "Below, which is trusted here, vouches for it.\n" VALID);
	prepare(&itself, &own, false, "mail.example", own.certificate);
	shake(&itself);
	CHECK(itself.error == 0 && itself.facts->trusted);
	check_story(itself.facts, TLS13 FOR_IT "It is itself one that is trusted here.\n" VALID);
	hang_up(&authority);
	hang_up(&itself);
	drop(&own);
	drop(&below);
	drop(&foreign);
}

/* What must be understood, and is not, breaks no rule. */
static void unknown_extension(void)
{
	check_refused(
		&(struct wish){ .names = "DNS:mail.example", .unknown = "1.2.3.4.5" }, &root, false,
		X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION,
		"the server's certificate holds an extension marked critical that is not understood here "
		"(1.2.3.4.5): what is critical must be understood, or refused (RFC 5280 4.2): the server needs "
		"one without it" INSECURE,
		TLS13 FOR_IT BY_ROOT VALID
		"NOT VERIFIED: the server's certificate holds an extension marked critical that is not understood "
		"here (1.2.3.4.5).\n");
}

/* What the client reads is changed on its way: that certificate becomes the other. */
static long damage(BIO *bio, int operation, const char *p, size_t n, int argi, long argl, int result, size_t *done)
{
	const struct talk *t = (const struct talk *)(const void *)BIO_get_callback_arg(bio);
	(void)n;
	(void)argi;
	(void)argl;
	if (operation != (BIO_CB_READ | BIO_CB_RETURN) || result <= 0 || done == NULL)
		return result;
	struct slice whole = { p, *done }, wanted = { (const char *)t->damaged, (size_t)t->damaged_length };
	size_t at = slice_find(whole, wanted);
	if (at < whole.n)
		memcpy((char *)(uintptr_t)p + at, t->replacement, wanted.n);
	return result;
}

/* The same certificate with a key of a kind that nobody knows, and as long. */
static void make_odd(const struct identity *own, unsigned char **odd)
{
	static const char kind[] = "\x2A\x86\x48\xCE\x3D\x02\x01"; /* id-ecPublicKey (RFC 5480 2.1.1) */
	unsigned char *der = NULL;
	int n = i2d_X509(own->certificate, &der), length = 0;
	size_t at = slice_find((struct slice){ (char *)der, (size_t)n }, (struct slice){ kind, 7 });
	CHECK(at < (size_t)n);
	der[at + 6] = 0x79;
	const unsigned char *p = der;
	X509 *made = d2i_X509(NULL, &p, n);
	CHECK(made != NULL);
	for (int i = 0; i < 1000 && length != n; i++) { /* signatures differ in length by an octet or two */
		OPENSSL_free(*odd);
		*odd = NULL;
		CHECK(X509_sign(made, root.key, EVP_sha256()) > 0);
		length = i2d_X509(made, odd);
	}
	CHECK(length == n);
	X509_free(made);
	OPENSSL_free(der);
}

/* A key that nobody can read is not weak. */
static void unreadable_key(void)
{
	struct identity own = make(&(struct wish){ .names = "DNS:mail.example" }, &root);
	struct talk t = { .damage = damage };
	make_odd(&own, &t.replacement);
	t.damaged_length = i2d_X509(own.certificate, &t.damaged);
	prepare(&t, &own, false, "mail.example", NULL);
	SSL_CTX_set_max_proto_version(t.client_ctx, TLS1_2_VERSION);
	shake(&t);
	CHECK(t.facts->nfaults == 1);
	check_failure(
		&t, false, TLS_REFUSED,
		"the server's certificate holds a public key that cannot be read here: it is broken, or of a kind "
		"that is not known here: the server needs one with an RSA or a P-256 key");
	OPENSSL_free(t.damaged);
	OPENSSL_free(t.replacement);
	hang_up(&t);
	drop(&own);
}

static void unreadable_key_of_an_authority(void)
{
	struct talk t = { 0 };
	struct identity between = make(&(struct wish){ .cn = "Odd", .basic = "critical,CA:TRUE" }, &root);
	struct identity own = make(&(struct wish){ .names = "DNS:mail.example" }, &between);
	unsigned char *odd = NULL;
	make_odd(&between, &odd);
	const unsigned char *p = odd;
	X509 *sent = d2i_X509(NULL, &p, i2d_X509(between.certificate, NULL));
	prepare(&t, &own, false, "mail.example", NULL);
	SSL_CTX_add1_chain_cert(t.server_ctx, sent);
	shake(&t);
	check_failure(
		&t, false, TLS_REFUSED,
		"the server's certificate is issued by Odd, of which the server sent a certificate with a public key that "
		"cannot be read here: that key is broken, or of a kind that is not known here: the server needs an authority "
		"with an RSA or a P-256 key" INSECURE);
	hang_up(&t);
	X509_free(sent);
	OPENSSL_free(odd);
	drop(&own);
	drop(&between);
}

static void unreadable_certificate(void)
{
	struct talk t = { .damage = damage };
	struct identity own = make(&(struct wish){ .names = "DNS:mail.example" }, &root);
	t.damaged_length = i2d_X509(own.certificate, &t.damaged);
	CHECK(i2d_X509(own.certificate, &t.replacement) == t.damaged_length);
	t.replacement[0] = 0x31; /* no SEQUENCE any more */
	prepare(&t, &own, false, "mail.example", NULL);
	SSL_CTX_set_max_proto_version(t.client_ctx, TLS1_2_VERSION); /* which shows it in the clear */
	shake(&t);
	check_failure(
		&t, false, TLS_REFUSED,
		"the server's certificate cannot be read: it is not in the form of X.509 (RFC 5280 4.1), or was damaged: "
		"whoever runs the server must look at it; -v shows what the library says");
	OPENSSL_free(t.damaged);
	OPENSSL_free(t.replacement);
	hang_up(&t);
	drop(&own);
}

static void no_authority(void)
{
	struct talk t = { 0 };
	struct identity between = make(&(struct wish){ .cn = "just.a.server" }, &root);
	struct identity own = make(&(struct wish){ .names = "DNS:mail.example" }, &between);
	prepare(&t, &own, false, "mail.example", NULL);
	SSL_CTX_add1_chain_cert(t.server_ctx, between.certificate);
	shake(&t);
	check_failure(
		&t, false, TLS_REFUSED,
		"the certificate of just.a.server vouches for another, and is no authority's (basicConstraints, RFC 5280 "
		"4.2.1.9): the server needs a certificate from another authority, or that one made anew" INSECURE);
	hang_up(&t);
	drop(&own);
	drop(&between);
}

/* It is the authority's own certificate that is at fault, and that one is named: it may have no authority below it, or its
 * key may not sign. One thing is told of it, once. */
static void authority_limits(void)
{
	static const struct {
		const char *basic, *key_usage;
		int code;
		const char *words;
	} rows[] = {
		{ "critical,CA:TRUE,pathlen:0", NULL, X509_V_ERR_PATH_LENGTH_EXCEEDED,
		  "the certificate of the authority Upper allows fewer authorities below it than there are (pathLenConstraint, "
		  "RFC 5280 4.2.1.9): the server needs a certificate from another authority, or that one made anew" INSECURE },
		{ "critical,CA:TRUE", "cRLSign", X509_V_ERR_KEYUSAGE_NO_CERTSIGN,
		  "the certificate of the authority Upper has a key that may not sign certificates (its keyUsage lacks "
		  "keyCertSign, RFC 5280 4.2.1.3): the server needs a certificate from another authority, or that one made "
		  "anew" INSECURE },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct talk t = { 0 };
		struct identity upper = make(&(struct wish){ .cn = "Upper",
		                                             .basic = rows[i].basic,
		                                             .key_usage = rows[i].key_usage },
		                             &root);
		struct identity lower = make(&(struct wish){ .cn = "Lower", .basic = "critical,CA:TRUE" }, &upper);
		struct identity own = make(&(struct wish){ .names = "DNS:mail.example" }, &lower);
		prepare(&t, &own, false, "mail.example", NULL);
		SSL_CTX_add1_chain_cert(t.server_ctx, lower.certificate);
		SSL_CTX_add1_chain_cert(t.server_ctx, upper.certificate);
		shake(&t);
		CHECK(t.facts->nfaults == 1 && t.facts->faults[0].code == rows[i].code &&
		      t.facts->faults[0].depth == 2);
		check_failure(&t, false, TLS_REFUSED, rows[i].words);
		hang_up(&t);
		drop(&own);
		drop(&lower);
		drop(&upper);
	}
}

/* What a chain says of itself is one thing, that it holds another: one that was changed after it was signed. */
static void forged(void)
{
	struct talk t = { 0 };
	struct identity own = make(&(struct wish){ .names = "DNS:mail.example" }, &middle);
	EVP_PKEY *other = EVP_EC_gen("P-256");
	CHECK(X509_sign(own.certificate, other, EVP_sha256()) > 0); /* says T11, and is not by it */
	prepare(&t, &own, true, "mail.example", NULL);
	shake(&t);
	check_failure(
		&t, false, TLS_REFUSED,
		"the server's certificate has a wrong signature: it was changed, or not made by whom it says: do not "
		"trust what answers there; whoever runs the server must look at its certificates");
	CHECK(!t.facts->trusted);
	hang_up(&t);
	EVP_PKEY_free(other);
	drop(&own);
}

/* Where libcrypto cannot go on, nothing is let pass, whatever --insecure says. */
static int give_up(X509 **issuer, X509_STORE_CTX *store, X509 *certificate)
{
	(void)issuer;
	(void)certificate;
	X509_STORE_CTX_set_error(store, X509_V_ERR_STORE_LOOKUP);
	return -1;
}

static void unfinished(void)
{
	struct talk t = { 0 };
	struct identity own = make(&(struct wish){ .names = "DNS:mail.example" }, &middle);
	prepare(&t, &own, true, "mail.example", NULL);
	t.facts->insecure = true;
	X509_STORE_set_get_issuer(SSL_CTX_get_cert_store(t.client_ctx), give_up);
	shake(&t);
	CHECK(t.facts->unfinished && !t.facts->trusted && !SSL_is_init_finished(t.client));
	check_failure(
		&t, false, TLS_REFUSED,
		"the server's certificate could not be looked up among those that are trusted here: try again; -v shows "
		"what the library says");
	hang_up(&t);
	drop(&own);
}

/* A certificate's names cannot reach the terminal as they are. */
static void hostile_names(void)
{
	struct talk t = { 0 };
	struct identity own = make(&(struct wish){ .cn = "a\033[2Jb\nC: QUIT\xE2\x80\xAE",
	                                           .organisation = "\xC2\x9B"
	                                                           "31m" },
	                           NULL);
	struct buffer out = { 0 };
	prepare(&t, &own, false, "mail.example", NULL);
	t.facts->insecure = true;
	shake(&t);
	tls_story(t.facts, &out);
	tls_certificates(t.facts, true, &out);
	CHECK(slice_find(buffer_slice(&out), SLICE("a\\x1B[2Jb\\nC: QUIT\\u{202E}")) < out.n);
	struct slice rest = buffer_slice(&out);
	while (rest.n) {
		struct slice line = slice_line(&rest);
		CHECK(text_safe(slice_part(line, 0, line.n - 1), false));
	}
	buffer_free(&out);
	hang_up(&t);
	drop(&own);
}

/* ---- what was agreed on beside ---- */

static int choose(SSL *ssl, const unsigned char **out, unsigned char *n, const unsigned char *in, unsigned inlen,
                  void *context)
{
	(void)ssl;
	(void)context;
	*out = in + 1;
	*n = in[0];
	return inlen > 0 ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

static int choose_none(SSL *ssl, const unsigned char **out, unsigned char *n, const unsigned char *in, unsigned inlen,
                       void *context)
{
	(void)choose(ssl, out, n, in, inlen, context);
	return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static void alpn(void)
{
	static const unsigned char http[] = "\x08http/1.1";
	struct identity own = make(&(struct wish){ .names = "DNS:mail.example" }, &root);
	struct talk t = { 0 }, none = { .options.alpn = "http/1.1" }, ignored = { 0 };
	prepare(&t, &own, false, "mail.example", NULL);
	SSL_CTX_set_alpn_protos(t.client_ctx, http, sizeof http - 1);
	SSL_CTX_set_alpn_select_cb(t.server_ctx, choose, NULL);
	shake(&t);
	check_story(t.facts, TLS13 FOR_IT BY_ROOT VALID "Both sides agreed to speak http/1.1 (ALPN, RFC 7301).\n");
	prepare(&none, &own, false, "mail.example", NULL);
	SSL_CTX_set_alpn_protos(none.client_ctx, http, sizeof http - 1);
	SSL_CTX_set_alpn_select_cb(none.server_ctx, choose_none, NULL);
	shake(&none);
	check_failure(&none, false, TLS_ALERT,
	              "the server refuses with alert 120 no_application_protocol (RFC 7301 3.2): it speaks none of the "
	              "protocols that ALPN offered: leave --alpn out, or name another");
	none.options.alpn = NULL;
	check_failure(&none, false, TLS_ALERT,
	              "the server refuses with alert 120 no_application_protocol (RFC 7301 3.2): it speaks none of the "
	              "protocols that ALPN offered, and none was: --alpn NAME offers one");
	prepare(&ignored, &own, false, "mail.example", NULL);
	SSL_CTX_set_alpn_protos(ignored.client_ctx, http, sizeof http - 1);
	ignored.facts->alpn_offered = true;
	shake(&ignored);
	check_story(ignored.facts, TLS13 FOR_IT BY_ROOT VALID
	            "The server chose none of the protocols that --alpn offered (ALPN, RFC 7301).\n");
	hang_up(&t);
	hang_up(&none);
	hang_up(&ignored);
	drop(&own);
}

/* ---- stapled answers ---- */

/* What the responder says of a certificate, signed by `signer`. */
static OCSP_RESPONSE *answer(const struct identity *about, const struct identity *issuer, const struct identity *signer,
                             int status, long from, long until)
{
	OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
	OCSP_CERTID *id = OCSP_cert_to_id(NULL, about->certificate, issuer->certificate);
	ASN1_TIME *begin = X509_gmtime_adj(NULL, from), *end = X509_gmtime_adj(NULL, until),
		  *then = X509_gmtime_adj(NULL, from);
	ASN1_TIME_to_generalizedtime(begin, &begin);
	ASN1_TIME_to_generalizedtime(end, &end);
	CHECK(OCSP_basic_add1_status(basic, id, status, OCSP_REVOKED_STATUS_KEYCOMPROMISE, then, begin, end) != NULL);
	CHECK(OCSP_basic_sign(basic, signer->certificate, signer->key, EVP_sha256(), NULL, 0) == 1);
	OCSP_RESPONSE *response = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
	ASN1_TIME_free(begin);
	ASN1_TIME_free(end);
	ASN1_TIME_free(then);
	OCSP_CERTID_free(id);
	OCSP_BASICRESP_free(basic);
	return response;
}

static void staples(void)
{
	struct identity own = make(&(struct wish){ .names = "DNS:mail.example" }, &middle);
	struct identity other = make(&(struct wish){ .names = "DNS:other.example" }, &middle);
	struct identity stranger = make(&(struct wish){ .cn = "T11", .organisation = "Let's Test" }, NULL);
	const struct {
		const struct identity *about, *signer;
		int status;
		long from, until;
		enum tls_staple staple;
		bool good;
		const char *words;
	} rows[] = {
		{ &own, &middle, V_OCSP_CERTSTATUS_GOOD, -60, DAY, STAPLE_GOOD, true,
		  "The server stapled an OCSP answer of its issuer (RFC 6066 8): the certificate is not revoked; that was so at "
		  "DATE UTC, and is good until DATE UTC.\n" },
		{ &own, &middle, V_OCSP_CERTSTATUS_REVOKED, -60, DAY, STAPLE_REVOKED, false,
		  "NOT VERIFIED: the server stapled an OCSP answer of its issuer (RFC 6066 8): the certificate is REVOKED; that "
		  "was so at DATE UTC, and is good until DATE UTC.\n" },
		{ &own, &middle, V_OCSP_CERTSTATUS_UNKNOWN, -60, DAY, STAPLE_UNKNOWN, true,
		  "The server stapled an OCSP answer (RFC 6066 8) by which its issuer does not know the certificate: that proves "
		  "nothing; that was so at DATE UTC, and is good until DATE UTC.\n" },
#define USELESS \
	"The server stapled an OCSP answer (RFC 6066 8) that proves nothing: it is too old, about another certificate, or " \
	"not signed by who may.\n"
		{ &own, &middle, V_OCSP_CERTSTATUS_GOOD, -3 * DAY, -DAY, STAPLE_UNUSABLE, true, USELESS },
		{ &own, &middle, V_OCSP_CERTSTATUS_GOOD, DAY, 3 * DAY, STAPLE_UNUSABLE, true, USELESS },
		{ &other, &middle, V_OCSP_CERTSTATUS_GOOD, -60, DAY, STAPLE_UNUSABLE, true, USELESS },
		{ &own, &stranger, V_OCSP_CERTSTATUS_GOOD, -60, DAY, STAPLE_UNUSABLE, true, USELESS },
		{ &own, &own, V_OCSP_CERTSTATUS_GOOD, -60, DAY, STAPLE_UNUSABLE, true, USELESS },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct talk t = { 0 };
		struct buffer story = { 0 };
		prepare(&t, &own, true, "mail.example", NULL);
		t.staple = answer(rows[i].about, &middle, rows[i].signer, rows[i].status, rows[i].from, rows[i].until);
		t.facts->insecure = !rows[i].good; /* so that there is a story to tell */
		shake(&t);
		CHECK(t.error == 0);
		CHECK(tls_facts_unverified(t.facts) == !rows[i].good);
		CHECK(t.facts->staple == rows[i].staple);
		check_story(t.facts, (buffer_printf(&story, "%s%s%s%s%s", TLS13, FOR_IT, VOUCHED, VALID, rows[i].words),
		                      buffer_add_octet(&story, '\0'), story.p));
		buffer_free(&story);
		hang_up(&t);
	}
	drop(&own);
	drop(&other);
	drop(&stranger);
}

static void revoked(void)
{
	struct talk t = { 0 };
	struct identity own = make(&(struct wish){ .names = "DNS:mail.example" }, &middle);
	struct tls_failure failure;
	prepare(&t, &own, true, "mail.example", NULL);
	t.staple = answer(&own, &middle, &middle, V_OCSP_CERTSTATUS_REVOKED, -60, DAY);
	shake(&t);
	CHECK(t.error != 0); /* libssl broke the handshake off, before anything of ours went out */
	tls_failure_of(&(struct tls_evidence){ .facts = t.facts, .options = &t.options }, &failure);
	CHECK(failure.trouble == TLS_REFUSED);
	CHECK_TEXT(
		buffer_slice(&failure.message),
		"the server's certificate is revoked: its issuer took it back, as is done when a key was stolen: do not go "
		"on; the server needs a new one");
	CHECK_TEXT(buffer_slice(&failure.openssl), "verify error 23 at depth 0: certificate revoked");
	tls_failure_free(&failure);
	hang_up(&t);
	drop(&own);
}

/* ---- versions, ciphers, client certificates ---- */

static void no_shared_cipher(void)
{
	struct talk t = { 0 };
	struct identity own = make(&(struct wish){ .names = "DNS:mail.example" }, &root);
	prepare(&t, &own, false, "mail.example", NULL);
	SSL_CTX_set_max_proto_version(t.server_ctx, TLS1_2_VERSION);
	SSL_CTX_set_cipher_list(t.server_ctx, "ECDHE-ECDSA-AES128-GCM-SHA256");
	SSL_CTX_set_cipher_list(t.client_ctx, "ECDHE-ECDSA-CHACHA20-POLY1305");
	shake(&t);
	check_failure(
		&t, false, TLS_ALERT,
		"the server refuses with alert 40 handshake_failure (RFC 8446 6.2): it finds no version, cipher or key that "
		"both take: --ciphers offers other ciphers (`openssl ciphers -v ALL` lists them), --tls-min 1.0 old versions; or "
		"the name is one that it does not serve (--servername)");
	check_failure(
		&t, true, TLS_REFUSED,
		"there is no cipher that both sides take (alert 40 handshake_failure says so to the client): leave "
		"--ciphers out here, or give the client one of those; with an RSA certificate (--cert) old clients find "
		"more in common");
	hang_up(&t);
	drop(&own);
}

static int version(const char *name, int otherwise)
{
	return name ? TLS1_VERSION + name[2] - '0' : otherwise;
}

static void limit(SSL_CTX *ctx, int least, int most)
{
	SSL_CTX_set_min_proto_version(ctx, least);
	SSL_CTX_set_max_proto_version(ctx, most);
}

/* Where our own options keep the other's versions out, those are what is told, and no older TLS is advised. */
static void old_version(void)
{
#define NONE \
	"the server refuses with alert 70 protocol_version (RFC 8446 6.2): it takes none of the versions of TLS that were offered: "
#define OLDER \
	"it most likely knows older ones only, which are not safe any more (RFC 8996): --tls-min 1.0 allows TLS 1.0 and 1.1"
#define OFFERS "the client offers no version of TLS that is taken here "
	static const struct {
		const char *min, *max; /* ours */
		int least, most;       /* the other's */
		const char *client, *server;
	} rows[] = {
		{ NULL, NULL, TLS1_VERSION, TLS1_1_VERSION, NONE OLDER, OFFERS "(1.2 to 1.3): " OLDER },
		{ "1.2", NULL, TLS1_VERSION, TLS1_1_VERSION, NONE OLDER, OFFERS "(1.2 to 1.3): " OLDER },
		{ "1.3", NULL, TLS1_2_VERSION, TLS1_2_VERSION, NONE "your --tls-min 1.3 keeps TLS 1.2 out",
		  OFFERS "(1.3 to 1.3): your --tls-min 1.3 keeps TLS 1.2 out" },
		{ NULL, "1.2", TLS1_3_VERSION, TLS1_3_VERSION, NONE "your --tls-max 1.2 keeps TLS 1.3 out",
		  OFFERS "(1.2 to 1.2): your --tls-max 1.2 keeps TLS 1.3 out" },
		{ "1.0", "1.1", TLS1_3_VERSION, TLS1_3_VERSION, NONE "your --tls-max 1.1 keeps TLS 1.2 and 1.3 out",
		  OFFERS "(1.0 to 1.1): your --tls-max 1.1 keeps TLS 1.2 and 1.3 out" },
		{ "1.1", NULL, TLS1_VERSION, TLS1_VERSION,
		  NONE "your --tls-min 1.1 keeps TLS 1.0 out, which is not safe any more (RFC 8996)",
		  OFFERS "(1.1 to 1.3): your --tls-min 1.1 keeps TLS 1.0 out, which is not safe any more (RFC 8996)" },
	};
	struct identity own = make(&(struct wish){ .names = "DNS:mail.example" }, &root);
	for (size_t i = 0; i < 2 * (sizeof rows / sizeof rows[0]); i++) {
		bool server = i % 2 == 1;
		const struct tls_options options = { .min = rows[i / 2].min, .max = rows[i / 2].max };
		struct talk t = { .options = options };
		prepare(&t, &own, false, "mail.example", NULL);
		SSL_CTX_set_security_level(t.client_ctx, 0);
		limit(server ? t.server_ctx : t.client_ctx, version(options.min, TLS1_2_VERSION),
		      version(options.max, TLS1_3_VERSION));
		limit(server ? t.client_ctx : t.server_ctx, rows[i / 2].least, rows[i / 2].most);
		shake(&t);
		check_failure(&t, server, server ? TLS_REFUSED : TLS_ALERT,
		              server ? rows[i / 2].server : rows[i / 2].client);
		hang_up(&t);
	}
	drop(&own);
}

static int certificate_asked(SSL *ssl, void *context)
{
	(void)context;
	((struct tls_facts *)SSL_get_app_data(ssl))->wanted = true;
	return 1;
}

/* A server that requires a certificate of the client says so after the client's handshake (TLS 1.3), or in it. */
static void client_certificate(int version, const char *wanted)
{
	struct talk t = { 0 };
	char octet;
	struct identity own = make(&(struct wish){ .names = "DNS:mail.example" }, &root);
	prepare(&t, &own, false, "mail.example", NULL);
	SSL_CTX_set_max_proto_version(t.server_ctx, version);
	SSL_CTX_set_verify(t.server_ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_cert_cb(t.client_ctx, certificate_asked, NULL);
	buffer_add_string(&t.facts->takers, "CN=Staff");
	shake(&t);
	if (t.error == 0 && SSL_read(t.client, &octet, 1) <= 0)
		t.error = ERR_peek_error();
	check_failure(&t, false, TLS_ALERT, wanted);
	check_failure(&t, true, TLS_REFUSED, "the client has shown no certificate, though one is required here");
	hang_up(&t);
	drop(&own);
}

static void client_certificate_required(void)
{
#define ASKED \
	"the server asked for a certificate of yours, and got none: --cert FILE --key FILE; it takes those that are issued by " \
	"CN=Staff"
	client_certificate(TLS1_3_VERSION,
	                   "the server refuses with alert 116 certificate_required (RFC 8446 6.2): " ASKED);
	client_certificate(TLS1_2_VERSION, "the server refuses with alert 40 handshake_failure (RFC 8446 6.2): " ASKED);
}

/* The client gives its own certificate; the server's story is about the client. */
static void client_certificate_given(void)
{
	struct talk t = { 0 };
	struct identity own = make(&(struct wish){ .names = "DNS:mail.example" }, &root);
	struct identity user = make(&(struct wish){ .cn = "Ada", .organisation = "Staff" }, &root);
	struct buffer story = { 0 };
	prepare(&t, &own, false, "mail.example", NULL);
	SSL_CTX_set_verify(t.server_ctx, SSL_VERIFY_PEER, NULL);
	tls_verify_set(t.server_ctx);
	X509_STORE_add_cert(SSL_CTX_get_cert_store(t.server_ctx), root.certificate);
	SSL_CTX_set_cert_cb(t.client_ctx, certificate_asked, NULL);
	SSL_CTX_use_certificate(t.client_ctx, user.certificate);
	SSL_CTX_use_PrivateKey(t.client_ctx, user.key);
	shake(&t);
	CHECK(t.error == 0 && t.server_error == 0 && t.facts->wanted && t.facts->given);
	check_story(t.facts, TLS13 FOR_IT BY_ROOT VALID "The server asked for a certificate of ours, and got it.\n");
	tls_refused_story(t.server_facts, &story); /* the certificate's lines alone */
	check_undated(buffer_slice(&story), "The client's certificate is for Ada.\n" BY_ROOT VALID);
	buffer_free(&story);
	hang_up(&t);
	drop(&own);
	drop(&user);
}

/* The client does not trust the server, and says so. */
static void client_distrusts(void)
{
	struct talk t = { 0 };
	char octet;
	struct identity own = make(&(struct wish){ .names = "DNS:mail.example" }, NULL);
	prepare(&t, &own, false, "mail.example", NULL);
	shake(&t);
	if (t.server_error == 0 && SSL_read(t.server, &octet, 1) <= 0)
		t.server_error = ERR_peek_error();
	check_failure(
		&t, true, TLS_ALERT,
		"the client refuses with alert 48 unknown_ca (RFC 8446 6.2): it does not trust the certificate "
		"of this server, because it does not know who issued it: give the client the certificate as one to "
		"trust");
	hang_up(&t);
	drop(&own);
}

/* ---- what is said without a handshake ---- */

struct saying {
	struct tls_evidence evidence;
	bool server;
	enum tls_trouble trouble;
	const char *words;
};

static void check_saying(const struct saying *saying)
{
	struct tls_facts *facts = tls_facts_new();
	struct tls_options options = { 0 };
	struct tls_evidence evidence = saying->evidence;
	struct tls_failure failure;
	evidence.facts = facts;
	if (evidence.options == NULL)
		evidence.options = &options;
	facts->server = saying->server;
	tls_failure_of(&evidence, &failure);
	CHECK(failure.trouble == saying->trouble);
	CHECK_TEXT(buffer_slice(&failure.message), saying->words);
	tls_failure_free(&failure);
	tls_facts_free(facts);
}

#define REASON(reason) ERR_PACK(ERR_LIB_SSL, 0, reason)

static void sayings(void)
{
	static const struct tls_options limited = { .ciphers = "ALL", .max = "1.2" };
	static const struct saying rows[] = {
		{ { .plaintext = { "220 hi\r\n", 8 }, .error = REASON(SSL_R_WRONG_VERSION_NUMBER), .heard = 8 },
		  false,
		  TLS_PLAINTEXT,
		  "the server's answer to the handshake is no TLS: it speaks in the clear here" },
		{ { .plaintext = { "EHLO x\r\n", 8 }, .heard = 8 },
		  true,
		  TLS_PLAINTEXT,
		  "the client speaks in the clear where TLS begins: it must begin TLS at once here" },
		{ { .ended = true },
		  false,
		  TLS_CLOSED,
		  "the server hung up instead of answering the handshake: perhaps its TLS is not set up (no "
		  "certificate, say), it does not know the name (--servername), or lets only some clients in; where it "
		  "never offered TLS, it may have none" },
		{ { .ended = true, .why = "connection reset by peer", .heard = 90 },
		  false,
		  TLS_CLOSED,
		  "the connection broke (connection reset by peer) in mid-handshake: the server may "
		  "refuse something (a version, a cipher, the name) without saying so: its log may tell" },
		{ { .ended = true, .heard = 7, .warning = 112 },
		  false,
		  TLS_CLOSED,
		  "the server hung up in mid-handshake: it had warned with alert 112 unrecognized_name (RFC 6066 3): it does not "
		  "know the name that it was asked for: --servername NAME asks for another" },
		{ { .ended = true, .error = REASON(SSL_R_UNEXPECTED_EOF_WHILE_READING) },
		  true,
		  TLS_CLOSED,
		  "the client hung up before a word of TLS: somebody may only have looked whether the port is open" },
		{ { .error = REASON(SSL_R_UNSUPPORTED_PROTOCOL), .version = TLS1_VERSION },
		  false,
		  TLS_REFUSED,
		  "the server has nothing newer than TLS 1.0, which is not safe any more (RFC 8996): it needs TLS "
		  "1.2 at least; --tls-min 1.0 takes it all the same" },
		{ { .error = REASON(SSL_R_UNSUPPORTED_PROTOCOL), .version = SSL3_VERSION },
		  false,
		  TLS_REFUSED,
		  "the server has nothing newer than SSL 3.0, which must not be used (RFC 7568): it needs a newer TLS" },
		{ { .error = REASON(SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC) },
		  false,
		  TLS_BROKEN,
		  "what the server sent does not decrypt: something between changed it, or its TLS is wrong: try again, or from "
		  "another network" },
		{ { .error = REASON(SSL_R_INAPPROPRIATE_FALLBACK) },
		  false,
		  TLS_REFUSED,
		  "the server has a newer version of TLS, which was offered, and chose an older one: somebody between may have "
		  "changed the handshake, to have weaker encryption (RFC 8446 4.1.3)" },
		{ { .error = REASON(SSL_R_INAPPROPRIATE_FALLBACK) },
		  true,
		  TLS_REFUSED,
		  "the client fell back to an old version of TLS, though this side has a newer one (RFC 7507)" },
		{ { .error = REASON(SSL_AD_REASON_OFFSET + 40), .done = true },
		  false,
		  TLS_ALERT,
		  "the server breaks off with alert 40 handshake_failure (RFC 8446 6.2): the handshake was done, so it is not "
		  "about ciphers: its log may say why" },
		{ { .error = REASON(SSL_AD_REASON_OFFSET + 86) },
		  false,
		  TLS_ALERT,
		  "the server refuses with alert 86 inappropriate_fallback (RFC 7507): it could do a newer version of TLS than "
		  "it was asked for, though none was kept back here: its log may say what it wants" },
		{ { .error = REASON(SSL_AD_REASON_OFFSET + 86), .options = &limited },
		  false,
		  TLS_ALERT,
		  "the server refuses with alert 86 inappropriate_fallback (RFC 7507): it could do a newer version of TLS than "
		  "it was asked for: leave --tls-max out" },
		{ { .error = REASON(SSL_AD_REASON_OFFSET + 71) },
		  false,
		  TLS_ALERT,
		  "the server refuses with alert 71 insufficient_security (RFC 8446 6.2): it wants stronger ciphers than were "
		  "offered, though none was kept back here: its log may say what it wants" },
		{ { .error = REASON(SSL_AD_REASON_OFFSET + 71), .options = &limited },
		  true,
		  TLS_ALERT,
		  "the client refuses with alert 71 insufficient_security (RFC 8446 6.2): it wants stronger ciphers than this "
		  "server has: leave --ciphers and --tls-max out" },
		{ { .error = REASON(SSL_AD_REASON_OFFSET + 117) },
		  false,
		  TLS_ALERT,
		  "the server refuses with alert 117 general_error (RFC 9846 6.2): it says no more of the reason: its log may" },
		{ { .error = REASON(SSL_AD_REASON_OFFSET + 199) },
		  false,
		  TLS_ALERT,
		  "the server refuses with alert 199, which no RFC that is known here has named: its log may say more" },
		{ { .error = REASON(SSL_AD_REASON_OFFSET + SSL_AD_CLOSE_NOTIFY) },
		  false,
		  TLS_ALERT,
		  "the server refuses with alert 0 close_notify (RFC 8446 6.1): it says goodbye in mid-handshake: it does not want "
		  "to go on; its log may say why" },
		{ { .error = ERR_PACK(ERR_LIB_EVP, 0, 100) },
		  true,
		  TLS_BROKEN,
		  "what the client said is no TLS that can be understood: its TLS is wrong, or something between changes what it "
		  "says; try again, or from another network; -v shows what the library says" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		check_saying(&rows[i]);
}

/* ---- certificates in rows ---- */

static void check_columns(struct slice rows, size_t most)
{
	while (rows.n)
		CHECK(text_columns(slice_row(&rows)) <= most);
}

/* A fingerprint stands in two rows, in openssl's form, and a long name is wrapped between its words. */
static void long_rows(void)
{
	struct identity own =
		make(&(struct wish){ .cn = "mail.example",
	                             .organisation = "The Very Long Winded Organisation of the People Who "
	                                             "Never Stop" },
	             NULL);
	struct buffer out = { 0 }, wanted = { 0 };
	unsigned char digest[32];
	CHECK(X509_digest(own.certificate, EVP_sha256(), digest, NULL) == 1);
	buffer_add_string(&wanted, "SHA-256:     ");
	for (size_t i = 0; i < sizeof digest; i++)
		buffer_printf(&wanted, "%02X%s", digest[i], i == 15 ? ":\n             " : i == 31 ? "\n" : ":");
	certificate_rows(own.certificate, false, &out);
	struct slice text = buffer_slice(&out);
	CHECK(slice_find(text, buffer_slice(&wanted)) < text.n);
	CHECK(slice_starts(text, SLICE("subject:     O=The Very Long Winded Organisation of the People Who Never\n"
	                               "             Stop, CN=mail.example\n"
	                               "issuer:      O=The Very Long Winded Organisation of the People Who Never\n"
	                               "             Stop, CN=mail.example\n")));
	check_columns(text, 76);
	buffer_free(&out);
	buffer_free(&wanted);
	drop(&own);
}

static void rows_and_pem(void)
{
	struct identity own = make(&(struct wish){ .cn = "mail.example",
	                                           .organisation = "Test, Inc.",
	                                           .names = "DNS:mail.example,IP:2001:db8::1,email:a@b.example,"
	                                                    "URI:https://c.example/,DNS:one.very.long.name.example,"
	                                                    "DNS:another.very.long.name.example",
	                                           .usage = "serverAuth,clientAuth" },
	                           &root);
	struct buffer out = { 0 }, head = { 0 };
	certificate_rows(own.certificate, true, &out);
	struct slice text = buffer_slice(&out);
	struct slice serial = SLICE("serial:");
	buffer_add_slice(&head, slice_part(text, 0, slice_find(text, serial)));
	CHECK_TEXT(buffer_slice(&head), "subject:     O=Test\\, Inc., CN=mail.example\n"
	                                "names:       mail.example, 2001:db8::1, mail a@b.example,\n"
	                                "             URI https://c.example/, one.very.long.name.example,\n"
	                                "             another.very.long.name.example\n"
	                                "issuer:      O=Test Trust, CN=Test Root X1\n");
	CHECK(slice_find(text, SLICE("key:         ECDSA on P-256\n")) < text.n);
	check_columns(slice_part(text, 0, slice_find(text, SLICE("-----BEGIN"))), 76);
	CHECK(slice_find(text, SLICE("good for:    serverAuth (a TLS server), clientAuth (a TLS client)\n")) < text.n);
	CHECK(slice_find(text, SLICE("authority:   no: it may not vouch for others\n")) < text.n);
	size_t pem = slice_find(text, SLICE("-----BEGIN CERTIFICATE-----\n"));
	CHECK(pem < text.n);
	BIO *bio = BIO_new_mem_buf(text.p + pem, (int)(text.n - pem));
	X509 *read = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	CHECK(read != NULL && X509_cmp(read, own.certificate) == 0);
	X509_free(read);
	BIO_free(bio);
	buffer_free(&out);
	buffer_free(&head);
	drop(&own);
}

static void spans(void)
{
	static const struct {
		double seconds;
		const char *words;
	} rows[] = {
		{ 39 * 86400.0 - 1, "39 days" },
		{ -86400, "1 day" },
		{ 5 * 3600 + 1700, "5 hours" },
		{ 120, "2 minutes" },
		{ 1, "1 second" },
		{ 9, "9 seconds" },
		{ 0, "0 seconds" },
		{ 398 * 86400.0, "398 days" },
		{ 3653 * 86400.0, "10 years" },
		{ 45, "45 seconds" },
		{ 90, "1 minute" },
		{ 4 * 365.25 * 86400 + 364 * 86400.0, "5 years" },
		{ -(4 * 365.25 + 300) * 86400, "almost 5 years" },
		{ (4 * 365.25 + 100) * 86400, "4 years" },
		{ 2 * 365 * 86400.0, "730 days" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buffer out = { 0 };
		certificate_span(rows[i].seconds, &out);
		CHECK_TEXT(buffer_slice(&out), rows[i].words);
		buffer_free(&out);
	}
}

/* ---- the tables ---- */

/* Every code that this OpenSSL has words for has words here; what is newer than 3.0 ends the tables. */
static void every_fault_has_words(void)
{
	for (size_t i = 1; i < fault_rows_count; i++)
		CHECK(fault_rows[i - 1].code < fault_rows[i].code);
	for (int code = 1; code <= X509_V_ERR_EC_KEY_EXPLICIT_PARAMS; code++) {
		const struct fault_row *row = fault_row(code);
		CHECK(row->code == code && strlen(row->words) > 8);
	}
	CHECK(fault_row(9999)->code == -1);
	for (int kind = 0; kind < FAULT_KINDS; kind++)
		CHECK(fault_advice((enum fault_kind)kind, false) && fault_advice((enum fault_kind)kind, true));
}

static void every_alert_has_words(void)
{
	for (size_t i = 1; i < alert_rows_count; i++)
		CHECK(alert_rows[i - 1].code < alert_rows[i].code);
	for (int code = 0; code < 256; code++) {
		bool known = strcmp(SSL_alert_desc_string_long(code), "unknown") != 0;
		if (known && alert_row(code) == NULL)
			printf("# alert %d: %s\n", code, SSL_alert_desc_string_long(code));
		CHECK(!known || alert_row(code) != NULL);
	}
}

static void reasons_are_sorted(void)
{
	for (size_t i = 1; i < reason_rows_count; i++)
		CHECK(reason_rows[i - 1].reason < reason_rows[i].reason);
	for (size_t i = 0; i < reason_rows_count; i++)
		CHECK(ERR_reason_error_string(REASON(reason_rows[i].reason)) != NULL);
}

int main(void)
{
	make_authorities();
	TEST(good_story);
	TEST(many_names);
	TEST(rsa_key_transport);
	TEST(groups);
	TEST(only_a_common_name);
	TEST(trusted_itself);
	TEST(a_session_goes_on);
	TEST(expired);
	TEST(not_yet_valid);
	TEST(wrong_name);
	TEST(self_signed);
	TEST(all_at_once);
	TEST(missing_intermediate);
	TEST(unknown_issuer);
	TEST(weak_key);
	TEST(weak_signature);
	TEST(wrong_purpose);
	TEST(no_name);
	TEST(foreign_root);
	TEST(unknown_root);
	TEST(expired_authority);
	TEST(wrong_address);
	TEST(lookalikes);
	TEST(many_stars);
	TEST(named);
	TEST(another_of_that_name);
	TEST(circle);
	TEST(too_long);
	TEST(trusted_though_vouched_for);
	TEST(unknown_extension);
	TEST(unreadable_key);
	TEST(unreadable_key_of_an_authority);
	TEST(unreadable_certificate);
	TEST(no_authority);
	TEST(authority_limits);
	TEST(forged);
	TEST(unfinished);
	TEST(hostile_names);
	TEST(alpn);
	TEST(staples);
	TEST(revoked);
	TEST(no_shared_cipher);
	TEST(old_version);
	TEST(client_certificate_required);
	TEST(client_certificate_given);
	TEST(client_distrusts);
	TEST(sayings);
	TEST(rows_and_pem);
	TEST(long_rows);
	TEST(spans);
	TEST(every_fault_has_words);
	TEST(every_alert_has_words);
	TEST(reasons_are_sorted);
	drop(&root);
	drop(&middle);
	return test_end();
}
