/*
 * A server's certificate that is made on the spot, in memory, and signed by itself: good for this machine, and for as
 * long as a course lasts.
 */
#include "net/tls_inside.h"

#include <arpa/inet.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

/* Seconds: it is valid from a little before now, for clients whose clocks are behind; and for a week. */
#define BEFORE 3600
#define LASTS (7 * 24 * 3600)

static bool add_extension(X509 *certificate, int nid, const char *value)
{
	X509V3_CTX context;
	X509V3_set_ctx_nodb(&context);
	X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
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

/* localhost, its addresses, and `host` beside, an address or a name. */
static bool add_names(X509 *certificate, const char *host)
{
	struct in6_addr room;
	if (needs_no_name(host))
		return add_extension(certificate, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1");
	bool address = inet_pton(AF_INET, host, &room) == 1 || inet_pton(AF_INET6, host, &room) == 1;
	char *names = string_printf("DNS:localhost,IP:127.0.0.1,IP:::1,%s:%s", address ? "IP" : "DNS", host);
	bool good = add_extension(certificate, NID_subject_alt_name, names);
	free(names);
	return good;
}

static bool fill(X509 *certificate, EVP_PKEY *key, const char *host)
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
	good = good &&
	       X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"localhost", -1, -1, 0);
	good = good && X509_set_issuer_name(certificate, name) == 1 && X509_set_pubkey(certificate, key) == 1;
	good = good && add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE");
	good = good && add_extension(certificate, NID_key_usage, "critical,digitalSignature");
	good = good && add_extension(certificate, NID_ext_key_usage, "serverAuth");
	good = good && add_extension(certificate, NID_subject_key_identifier, "hash");
	return good && add_names(certificate, host) && X509_sign(certificate, key, EVP_sha256()) > 0;
}

enum status tls_made_certificate(SSL_CTX *ctx, const char *host, struct error *error)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *certificate = X509_new();
	bool good = key && certificate && fill(certificate, key, host) &&
	            SSL_CTX_use_certificate(ctx, certificate) == 1 && SSL_CTX_use_PrivateKey(ctx, key) == 1;
	X509_free(certificate);
	EVP_PKEY_free(key);
	if (good)
		return STATUS_OK;
	return error_set(error, STATUS_TLS, "no certificate can be made here%s%s: give one by --cert FILE --key FILE",
	                 host ? " for " : "", host ? host : "");
}
