/*
 * A server's certificate that is made on the spot, in memory: good for this machine, and for as long as a course lasts.
 * It is signed by itself, or by an authority that is made with it, whose key nobody has a moment later.
 */
#include "net/tls_inside.h"

#include <arpa/inet.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

/* Seconds: it is valid from a little before now, for clients whose clocks are behind; and for a week. */
#define BEFORE 3600
#define LASTS (7 * 24 * 3600)

/* Who signs: a certificate, which may be the one that is signed, and its key. */
struct signer {
	X509 *certificate;
	EVP_PKEY *key;
};

static bool add_extension(X509 *certificate, const struct signer *signer, int nid, const char *value)
{
	X509V3_CTX context;
	X509V3_set_ctx_nodb(&context);
	X509V3_set_ctx(&context, signer->certificate, certificate, NULL, NULL, 0);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	bool good = extension && X509_add_ext(certificate, extension, -1) == 1;
	X509_EXTENSION_free(extension);
	return good;
}

/* Whether a server there is known by the names that every certificate of ours has, or by none: all addresses. */
static bool needs_no_name(const char *host)
{
	static const char *const known[] = { "127.0.0.1", "::1", "localhost", "0.0.0.0", "::" };
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (host && strcmp(host, known[i]) == 0)
			return true;
	return host == NULL;
}

/* localhost, its addresses, and `hosts` beside, addresses or names. */
static bool add_names(X509 *certificate, const struct signer *signer, const char *const *hosts, size_t nhosts)
{
	struct in6_addr room;
	struct buffer names = { 0 };
	buffer_add_string(&names, "DNS:localhost,IP:127.0.0.1,IP:::1");
	for (size_t i = 0; i < nhosts; i++) {
		if (needs_no_name(hosts[i]))
			continue;
		bool address = inet_pton(AF_INET, hosts[i], &room) == 1 || inet_pton(AF_INET6, hosts[i], &room) == 1;
		buffer_printf(&names, ",%s:%s", address ? "IP" : "DNS", hosts[i]);
	}
	char *value = buffer_take(&names);
	bool good = add_extension(certificate, signer, NID_subject_alt_name, value);
	free(value);
	return good;
}

/* Serial number, validity, subject and issuer. */
static bool fill(X509 *certificate, EVP_PKEY *key, const char *title, const struct signer *signer)
{
	X509_NAME *name = X509_get_subject_name(certificate);
	ASN1_INTEGER *serial = X509_get_serialNumber(certificate);
	BIGNUM *number = BN_new();
	bool good = number && BN_rand(number, 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
	            BN_to_ASN1_INTEGER(number, serial) != NULL;
	BN_free(number);
	good = good && X509_set_version(certificate, X509_VERSION_3) == 1;
	good = good && X509_gmtime_adj(X509_getm_notBefore(certificate), -BEFORE) != NULL;
	good = good && X509_gmtime_adj(X509_getm_notAfter(certificate), LASTS) != NULL;
	good = good &&
	       X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC, (const unsigned char *)"parlance", -1, -1, 0);
	good = good && X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)title, -1, -1, 0);
	good = good && X509_set_issuer_name(certificate, X509_get_subject_name(signer->certificate)) == 1;
	return good && X509_set_pubkey(certificate, key) == 1;
}

static bool make_server(X509 *certificate, EVP_PKEY *key, const struct signer *signer, const char *const *hosts,
                        size_t nhosts)
{
	bool good = fill(certificate, key, "localhost", signer);
	good = good && add_extension(certificate, signer, NID_basic_constraints, "critical,CA:FALSE");
	good = good && add_extension(certificate, signer, NID_key_usage, "critical,digitalSignature");
	good = good && add_extension(certificate, signer, NID_ext_key_usage, "serverAuth");
	good = good && add_extension(certificate, signer, NID_subject_key_identifier, "hash");
	if (signer->certificate != certificate)
		good = good && add_extension(certificate, signer, NID_authority_key_identifier, "keyid:always");
	return good && add_names(certificate, signer, hosts, nhosts) &&
	       X509_sign(certificate, signer->key, EVP_sha256()) > 0;
}

static bool make_authority(const struct signer *self)
{
	bool good = fill(self->certificate, self->key, "parlance lab authority", self);
	good = good && add_extension(self->certificate, self, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
	good = good && add_extension(self->certificate, self, NID_key_usage, "critical,keyCertSign,cRLSign");
	good = good && add_extension(self->certificate, self, NID_subject_key_identifier, "hash");
	return good && X509_sign(self->certificate, self->key, EVP_sha256()) > 0;
}

static bool add_pem(X509 *certificate, struct buffer *out)
{
	BIO *memory = BIO_new(BIO_s_mem());
	char *text = NULL;
	bool good = memory && PEM_write_bio_X509(memory, certificate) == 1;
	long n = good ? BIO_get_mem_data(memory, &text) : 0;
	if (n > 0)
		buffer_add(out, text, (size_t)n);
	BIO_free(memory);
	return n > 0;
}

enum status tls_made_certificate(SSL_CTX *ctx, const char *const *hosts, size_t nhosts, struct buffer *authority,
                                 struct error *error)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *certificate = X509_new();
	struct signer itself = { certificate, key };
	struct signer above = { authority ? X509_new() : NULL, authority ? EVP_EC_gen("P-256") : NULL };
	bool good = key && certificate;
	if (authority)
		good = good && above.key && above.certificate && make_authority(&above) &&
		       add_pem(above.certificate, authority);
	good = good && make_server(certificate, key, authority ? &above : &itself, hosts, nhosts) &&
	       SSL_CTX_use_certificate(ctx, certificate) == 1 && SSL_CTX_use_PrivateKey(ctx, key) == 1;
	X509_free(certificate);
	EVP_PKEY_free(key);
	X509_free(above.certificate);
	EVP_PKEY_free(above.key);
	if (good)
		return STATUS_OK;
	return error_set(error, STATUS_TLS, "no certificate can be made here%s%s: give one by --cert FILE --key FILE",
	                 nhosts ? " for " : "", nhosts ? hosts[0] : "");
}
