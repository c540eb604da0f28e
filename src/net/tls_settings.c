/*
 * What TLS is begun with: what the user asked for, made into libssl's SSL_CTX once, and into an SSL for each handshake.
 */
#include "net/tls_inside.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/descriptor.h"

/* Signatures and keys weaker than that (NIST SP 800-57: 112 bits; RSA of 2048) vouch for nobody, even where old versions
 * of TLS are let in. */
#define CHAIN_LEVEL 2

/* Octets of the names of authorities that are told. */
#define TAKERS_SHOWN 400

/* ---- words for what cannot be used ---- */

/* Whether it can be read at all, as a file or as a folder; that is said in the system's words. */
static enum status readable(const char *option, const char *file, bool folder, struct error *error)
{
	struct stat about;
	if (access(file, R_OK) == 0 && stat(file, &about) == 0) {
		if ((S_ISDIR(about.st_mode) != 0) == folder)
			return STATUS_OK;
		return error_set(error, STATUS_USAGE, "--%s %s: is %s", option, file,
		                 folder ? "no folder: --cacert takes a file" : "a folder, and no file");
	}
	return error_set(error, STATUS_USAGE, "--%s %s: %s", option, file, strerror(errno));
}

/* ---- versions, ciphers, ALPN ---- */

static const struct {
	const char *name;
	int number;
} versions[] = {
	{ "1.0", TLS1_VERSION }, { "1.1", TLS1_1_VERSION }, { "1.2", TLS1_2_VERSION }, { "1.3", TLS1_3_VERSION }
};

/* The number of a version's name; 0 where it is none. */
static int version_number(const char *name)
{
	for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++)
		if (strcmp(versions[i].name, name) == 0)
			return versions[i].number;
	return 0;
}

static enum status set_versions(struct tls_settings *s, struct error *error)
{
	const char *min = s->options.min ? s->options.min : "1.2", *max = s->options.max ? s->options.max : "1.3";
	int least = version_number(min), most = version_number(max);
	if (least == 0 || most == 0)
		return error_set(error, STATUS_USAGE, "--tls-%s %s: no version of TLS: 1.0, 1.1, 1.2 or 1.3",
		                 least == 0 ? "min" : "max", least == 0 ? min : max);
	if (least > most && s->options.min == NULL)
		return error_set(
			error, STATUS_USAGE,
			"--tls-max %s: below 1.2 only with --tls-min too: TLS 1.0 and 1.1 are not safe any more "
			"(RFC 8996)",
			max);
	if (least > most)
		return error_set(error, STATUS_USAGE, "--tls-min %s: above --tls-max %s", min, max);
	(void)SSL_CTX_set_min_proto_version(s->ctx, least);
	(void)SSL_CTX_set_max_proto_version(s->ctx, most);
	/* The signatures of TLS 1.0 and 1.1 are weak by themselves: OpenSSL has them at its lowest level only. */
	if (least < TLS1_2_VERSION)
		SSL_CTX_set_security_level(s->ctx, 0);
	return STATUS_OK;
}

/* The suites of TLS 1.3 are set apart from those before it: they are told by their names. */
static enum status set_ciphers(struct tls_settings *s, struct error *error)
{
	struct buffer suites = { 0 }, others = { 0 };
	struct slice rest = slice_of(s->options.ciphers);
	while (rest.n) {
		size_t end = 0;
		while (end < rest.n && strchr(":, ", rest.p[end]) == NULL)
			end++;
		struct slice name = slice_part(rest, 0, end);
		struct buffer *list = slice_starts(name, SLICE("TLS_")) ? &suites : &others;
		if (name.n)
			buffer_printf(list, "%s" SLICE_FMT, list->n ? ":" : "", SLICE_ARG(name));
		rest = slice_part(rest, end + 1, rest.n);
	}
	char *newer = buffer_take(&suites), *older = buffer_take(&others);
	bool good = (*newer == '\0' || SSL_CTX_set_ciphersuites(s->ctx, newer) == 1) &&
	            (*older == '\0' || SSL_CTX_set_cipher_list(s->ctx, older) == 1);
	free(newer);
	free(older);
	if (good)
		return STATUS_OK;
	return error_set(error, STATUS_USAGE,
	                 "--ciphers %s: no cipher of that name: `openssl ciphers -v ALL` lists them",
	                 s->options.ciphers);
}

/* As on the wire: each name behind its length (RFC 7301 3.1). */
static enum status set_alpn(struct tls_settings *s, struct error *error)
{
	struct buffer wire = { 0 };
	struct slice rest = slice_of(s->options.alpn);
	bool good = rest.n > 0 && rest.p[rest.n - 1] != ',';
	while (rest.n && good) {
		size_t end = slice_find_octet(rest, ',');
		struct slice name = slice_trim(slice_part(rest, 0, end));
		good = name.n > 0 && name.n < 256;
		buffer_add_octet(&wire, (char)name.n);
		buffer_add_slice(&wire, name);
		rest = slice_part(rest, end + 1, rest.n);
	}
	if (good && wire.n < 65536)
		good = SSL_CTX_set_alpn_protos(s->ctx, (const unsigned char *)wire.p, (unsigned)wire.n) == 0;
	buffer_free(&wire);
	if (good)
		return STATUS_OK;
	return error_set(error, STATUS_USAGE, "--alpn %s: not names with commas between, such as http/1.1",
	                 s->options.alpn);
}

/* A name that is empty by mistake, as of a variable that was not set, must not be taken for no name. */
static enum status check_names(const struct tls_settings *s, struct error *error)
{
	const char *names[] = { s->options.servername, s->options.verify_name };
	static const char *const of[] = { "servername", "verify-name" };
	for (size_t i = 0; i < 2; i++)
		for (const char *p = names[i] ? names[i] : ""; *p; p++)
			if ((unsigned char)*p <= ' ' || (unsigned char)*p > '~')
				return error_set(error, STATUS_USAGE,
				                 "--%s %s: certificates write names in ASCII, without spaces: a name "
				                 "with other letters begins with xn-- there",
				                 of[i], names[i]);
	if (names[1] && *names[1] == '\0')
		return error_set(error, STATUS_USAGE, "--verify-name: names nobody: a name or an address is wanted");
	return STATUS_OK;
}

/* ---- our own certificate ---- */

/* libssl asks for the passphrase of a key while it reads it. */
static int passphrase(char *room, int size, int writing, void *context)
{
	struct tls_settings *s = context;
	struct buffer typed = { 0 };
	int n = -1;
	(void)writing;
	if (s->asked && !s->told)
		return -1; /* given up: libssl tries each form that a key can have, and asks for each */
	s->asked = true;
	if (s->options.passphrase && s->options.passphrase(s->options.key, &typed) && typed.n < (size_t)size) {
		memcpy(room, typed.p, typed.n);
		n = (int)typed.n;
	}
	s->told = n > 0;
	buffer_wipe(&typed);
	return n;
}

static enum status key_unusable(const struct tls_settings *s, struct error *error)
{
	if (s->asked && !s->told)
		return error_set(error, STATUS_USAGE,
		                 "--key %s: is encrypted, and no passphrase was given: it is asked for at a terminal",
		                 s->options.key);
	if (s->asked)
		return error_set(error, STATUS_USAGE, "--key %s: the passphrase is not the one of this key",
		                 s->options.key);
	if (s->options.key == s->options.cert)
		return error_set(error, STATUS_USAGE, "--cert %s: holds no key: --key FILE says where it is",
		                 s->options.cert);
	return error_set(error, STATUS_USAGE, "--key %s: no key in PEM form can be read from it", s->options.key);
}

static enum status set_certificate(struct tls_settings *s, struct error *error)
{
	if (s->options.cert == NULL)
		return error_set(error, STATUS_USAGE, "--key %s: needs its certificate too: --cert FILE",
		                 s->options.key);
	if (s->options.key == NULL)
		s->options.key = s->options.cert;
	if (readable("cert", s->options.cert, false, error) != STATUS_OK ||
	    readable("key", s->options.key, false, error) != STATUS_OK)
		return STATUS_USAGE;
	ERR_clear_error();
	if (SSL_CTX_use_certificate_chain_file(s->ctx, s->options.cert) != 1)
		return error_set(error, STATUS_USAGE,
		                 "--cert %s: holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)",
		                 s->options.cert);
	SSL_CTX_set_default_passwd_cb(s->ctx, passphrase);
	SSL_CTX_set_default_passwd_cb_userdata(s->ctx, s);
	ERR_clear_error();
	if (SSL_CTX_use_PrivateKey_file(s->ctx, s->options.key, SSL_FILETYPE_PEM) != 1) {
		if (ERR_GET_REASON(ERR_peek_last_error()) != X509_R_KEY_VALUES_MISMATCH)
			return key_unusable(s, error);
	}
	if (SSL_CTX_check_private_key(s->ctx) == 1)
		return STATUS_OK;
	return error_set(error, STATUS_USAGE, "--key %s: is not the key of the certificate in %s", s->options.key,
	                 s->options.cert);
}

/* ---- whom we trust ---- */

static enum status set_trust(struct tls_settings *s, struct error *error)
{
	const char *file = s->options.cacert, *folder = s->options.capath;
	if (file == NULL && folder == NULL)
		return STATUS_OK;
	s->trust_read = true;
	if (file && readable("cacert", file, false, error) != STATUS_OK)
		return STATUS_USAGE;
	ERR_clear_error();
	if (file && SSL_CTX_load_verify_file(s->ctx, file) != 1)
		return error_set(error, STATUS_USAGE,
		                 "--cacert %s: holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)", file);
	if (folder && readable("capath", folder, true, error) != STATUS_OK)
		return STATUS_USAGE;
	if (folder && SSL_CTX_load_verify_dir(s->ctx, folder) != 1)
		return error_set(error, STATUS_USAGE,
		                 "--capath %s: is no folder of certificates, as `openssl rehash` makes it", folder);
	return STATUS_OK;
}

/* Whether the system's folder holds certificates under their hashes. */
static bool system_folder(void)
{
	const char *folder = getenv(X509_get_default_cert_dir_env());
	glob_t found;
	char *pattern = string_printf("%s/*.0", folder ? folder : X509_get_default_cert_dir());
	bool there = glob(pattern, GLOB_NOSORT, NULL, &found) == 0;
	if (there)
		globfree(&found);
	free(pattern);
	return there;
}

/* The system's authorities: a folder is looked into when one is needed, a bundle must be read as a whole. */
static void trust_system(struct tls_settings *s)
{
	if (s->trust_read)
		return;
	s->trust_read = true;
	bool folder = system_folder();
	if (folder)
		(void)SSL_CTX_set_default_verify_dir(s->ctx);
	if (!folder || getenv(X509_get_default_cert_file_env()))
		(void)SSL_CTX_set_default_verify_file(s->ctx);
}

/* ---- keys for those who look on ---- */

/* SSLKEYLOGFILE, in the format of NSS (RFC 9850 2): a line is written at once and whole, so that several programs may
 * share the file. */
static void log_keys(const SSL *ssl, const char *line)
{
	const struct tls_settings *s = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
	struct buffer text = { 0 };
	buffer_printf(&text, "%s\n", line);
	ssize_t written = write(s->keys, text.p, text.n);
	(void)written; /* a full disk spoils the recording, not the conversation */
	buffer_wipe(&text);
}

static enum status set_key_log(struct tls_settings *s, struct error *error)
{
	const char *file = getenv("SSLKEYLOGFILE");
	if (file == NULL || *file == '\0' || s->options.keep_keys)
		return STATUS_OK;
	s->keys = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (s->keys < 0)
		return error_set(error, STATUS_USAGE,
		                 "SSLKEYLOGFILE: %s: %s: name a file that can be written, or unset it", file,
		                 strerror(errno));
	SSL_CTX_set_app_data(s->ctx, s);
	SSL_CTX_set_keylog_callback(s->ctx, log_keys);
	return STATUS_OK;
}

/* ---- the whole ---- */

/* The server wants a certificate of ours: who that must come from is kept for the story. */
static int certificate_wanted(SSL *ssl, void *context)
{
	struct tls_facts *facts = SSL_get_app_data(ssl);
	const STACK_OF(X509_NAME) *names = SSL_get0_peer_CA_list(ssl);
	(void)context;
	facts->wanted = true;
	facts->given = SSL_get_certificate(ssl) != NULL;
	buffer_clear(&facts->takers);
	int n = names ? sk_X509_NAME_num(names) : 0, i = 0;
	for (; i < n && facts->takers.n < TAKERS_SHOWN; i++) {
		buffer_add_string(&facts->takers, i > 0 ? "; " : "");
		certificate_title(sk_X509_NAME_value(names, i), true, &facts->takers);
	}
	if (i < n)
		buffer_printf(&facts->takers, "; and %d more", n - i);
	return 1;
}

static enum status prepare(struct tls_settings *s, struct error *error)
{
	enum status status = STATUS_OK;
	if (s->ctx)
		return STATUS_OK;
	s->ctx = SSL_CTX_new(s->server ? TLS_server_method() : TLS_client_method());
	if (s->ctx == NULL)
		return error_set(
			error, STATUS_TLS,
			"TLS cannot be used: OpenSSL does not begin: is its configuration (openssl.cnf) right?");
	SSL_CTX_set_mode(s->ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
	                                 SSL_MODE_RELEASE_BUFFERS);
	/* A client may make a server begin anew at will, which costs the server more than the client. And a client that only
	 * sends, as FTP's with STOR, never reads tickets that come behind the handshake (RFC 8446 4.6.1): its close with
	 * them unread would be a reset, which may take what it has sent with it: tls_hand_out_tickets is for who does read. */
	if (s->server) {
		SSL_CTX_set_options(s->ctx, SSL_OP_NO_RENEGOTIATION);
		(void)SSL_CTX_set_num_tickets(s->ctx, 0);
	}
	status = set_versions(s, error);
	if (status == STATUS_OK && s->options.ciphers)
		status = set_ciphers(s, error);
	if (status == STATUS_OK && s->options.alpn)
		status = set_alpn(s, error);
	if (status == STATUS_OK)
		status = check_names(s, error);
	if (status == STATUS_OK)
		status = set_trust(s, error);
	if (status == STATUS_OK && (s->options.cert || s->options.key))
		status = set_certificate(s, error);
	if (status == STATUS_OK)
		status = set_key_log(s, error);
	if (!s->server && status == STATUS_OK) {
		SSL_CTX_set_verify(s->ctx, SSL_VERIFY_PEER, NULL);
		tls_verify_set(s->ctx);
		tls_resume_set(s->ctx);
		(void)SSL_CTX_set_tlsext_status_type(s->ctx, TLSEXT_STATUSTYPE_ocsp);
		SSL_CTX_set_cert_cb(s->ctx, certificate_wanted, NULL);
		SSL_CTX_set_post_handshake_auth(s->ctx, s->options.cert != NULL); /* RFC 8446 4.6.2 */
	}
	if (status != STATUS_OK) { /* what is half made verifies nobody: it is not there */
		SSL_CTX_free(s->ctx);
		s->ctx = NULL;
	}
	return status;
}

/* Whether anything is to be found out before the first handshake: libssl takes some milliseconds to begin. */
static bool asks_for_anything(const struct tls_options *o)
{
	const char *keys = getenv("SSLKEYLOGFILE");
	return o->cacert || o->capath || o->cert || o->key || o->min || o->max || o->ciphers || o->alpn ||
	       o->servername || o->verify_name || (keys && *keys);
}

enum status tls_client_settings(const struct tls_options *options, struct tls_settings **settings, struct error *error)
{
	struct tls_settings *s = memory_zeroed(1, sizeof *s);
	s->options = *options;
	s->keys = -1;
	network_prepare();
	enum status status = asks_for_anything(options) ? prepare(s, error) : STATUS_OK;
	if (status != STATUS_OK)
		tls_settings_free(s);
	else
		*settings = s;
	return status;
}

enum status tls_settings_trust(struct tls_settings *client, const struct tls_settings *server, struct error *error)
{
	enum status status = prepare(client, error);
	X509_STORE *store = X509_STORE_new();
	assert(store != NULL);
	(void)X509_STORE_add_cert(store, server->certificate);
	if (status != STATUS_OK) {
		X509_STORE_free(store);
		return status;
	}
	SSL_CTX_set_cert_store(client->ctx, store);
	client->trust_read = true;
	return STATUS_OK;
}

enum status tls_settings_trust_too(struct tls_settings *client, struct slice pem, struct error *error)
{
	enum status status = prepare(client, error);
	BIO *text = status == STATUS_OK && pem.n < INT_MAX ? BIO_new_mem_buf(pem.p, (int)pem.n) : NULL;
	X509 *certificate = text ? PEM_read_bio_X509(text, NULL, NULL, NULL) : NULL;
	BIO_free(text);
	if (status != STATUS_OK)
		return status;
	if (certificate == NULL)
		return error_set(error, STATUS_TLS, "the lab's authority cannot be read: is it a lab of this version?");
	(void)X509_STORE_add_cert(SSL_CTX_get_cert_store(client->ctx), certificate);
	X509_free(certificate);
	return STATUS_OK;
}

void tls_settings_elsewhere(struct tls_settings *client)
{
	client->options.servername = client->options.verify_name = NULL;
}

static enum status server_settings(const struct tls_options *options, const char *const *hosts, size_t nhosts,
                                   struct buffer *authority, struct tls_settings **settings, struct error *error)
{
	struct tls_settings *s = memory_zeroed(1, sizeof *s);
	s->server = true;
	s->options = *options;
	s->keys = -1;
	s->made = options->cert == NULL && options->key == NULL;
	network_prepare();
	enum status status = prepare(s, error);
	if (status == STATUS_OK && s->made)
		status = tls_made_certificate(s->ctx, hosts, nhosts, authority, error);
	if (status != STATUS_OK) {
		tls_settings_free(s);
		return status;
	}
	s->certificate = SSL_CTX_get0_certificate(s->ctx);
	*settings = s;
	return STATUS_OK;
}

enum status tls_server_settings(const struct tls_options *options, const char *host, struct tls_settings **settings,
                                struct error *error)
{
	return server_settings(options, &host, host ? 1 : 0, NULL, settings, error);
}

enum status tls_server_vouched(const struct tls_options *options, const char *const *hosts, size_t nhosts,
                               struct tls_settings **settings, struct buffer *authority, struct error *error)
{
	return server_settings(options, hosts, nhosts, authority, settings, error);
}

void tls_settings_free(struct tls_settings *settings)
{
	if (settings == NULL)
		return;
	SSL_CTX_free(settings->ctx);
	if (settings->keys >= 0)
		(void)close(settings->keys);
	free(settings);
}

bool tls_settings_made(const struct tls_settings *settings)
{
	return settings->made;
}

void tls_settings_certificate(const struct tls_settings *settings, bool pem, struct buffer *out)
{
	certificate_rows(settings->certificate, pem, out);
}

/* ---- one handshake ---- */

static bool is_address(const char *host)
{
	struct in6_addr room;
	return inet_pton(AF_INET, host, &room) == 1 || inet_pton(AF_INET6, host, &room) == 1;
}

/* Without the zone of an IPv6 address ("%eth0") and the dot at the end of a whole domain name: neither stands in a
 * certificate. The caller's. */
static char *bare_name(const char *name)
{
	size_t n = strlen(name);
	const char *zone = strchr(name, '%');
	if (zone && strchr(name, ':'))
		n = (size_t)(zone - name);
	else if (n > 1 && name[n - 1] == '.')
		n--;
	return slice_string((struct slice){ name, n });
}

/* Whom the certificate must name. False where there is nobody: a certificate that is good for anybody proves nothing. */
static bool set_name(SSL *ssl, const struct tls_settings *s, const char *host, struct tls_facts *facts)
{
	const struct tls_options *o = &s->options;
	X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
	const char *sent = o->servername ? o->servername : host;
	const char *name = o->verify_name ? o->verify_name : sent && *sent ? sent : host;
	char *bare = sent ? bare_name(sent) : NULL;
	if (bare && *bare && !is_address(bare))
		(void)SSL_set_tlsext_host_name(ssl, bare);
	free(bare);
	facts->name = name && *name ? bare_name(name) : NULL;
	facts->named = o->verify_name != NULL;
	facts->alpn_offered = o->alpn != NULL;
	X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	if (facts->name && is_address(facts->name))
		(void)X509_VERIFY_PARAM_set1_ip_asc(param, facts->name);
	else if (facts->name)
		(void)X509_VERIFY_PARAM_set1_host(param, facts->name, 0);
	/* Who names the level in --ciphers means the certificates' too. */
	if (o->ciphers == NULL || strstr(o->ciphers, "@SECLEVEL") == NULL)
		X509_VERIFY_PARAM_set_auth_level(param, CHAIN_LEVEL);
	return facts->name || o->insecure;
}

SSL *tls_settings_ssl(struct tls_settings *settings, const char *host, struct tls_facts *facts, struct error *error)
{
	if (prepare(settings, error) != STATUS_OK)
		return NULL;
	SSL *ssl = SSL_new(settings->ctx);
	assert(ssl != NULL);
	SSL_set_app_data(ssl, facts);
	facts->server = settings->server;
	facts->insecure = settings->options.insecure;
	if (settings->server) {
		SSL_set_accept_state(ssl);
		return ssl;
	}
	trust_system(settings);
	SSL_set_connect_state(ssl);
	tls_resume_offer(ssl, facts);
	if (set_name(ssl, settings, host, facts))
		return ssl;
	SSL_free(ssl);
	(void)error_set(
		error, STATUS_TLS,
		"a unix socket has no name that a certificate could be for: --verify-name NAME says whom it must "
		"name");
	return NULL;
}
