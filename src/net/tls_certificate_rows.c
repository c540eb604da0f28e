/*
 * A certificate in full: a row for each thing that stands in it, and what it may be used for.
 */
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/escape.h"
#include "net/tls_certificate_text.h"

/* Columns that a list is filled up to. */
#define LIST_COLUMNS 76
/* Columns of a row's name. */
#define ROW_NAME 13
/* Octets that a row has room for: a serial number's, and half of a SHA-256 digest, which the eye compares. */
#define SERIAL_OCTETS 20
#define DIGEST_OCTETS 16

static void row_begin(struct buffer *out, const char *name)
{
	buffer_printf(out, "%-*s", ROW_NAME, name);
}

/* A list that is being filled in, and wrapped under its row's name. */
struct list {
	struct buffer *out;
	const char *name;
	size_t columns; /* of the line so far; 0: none is begun */
};

/* Appends a text of many words to a row, wrapped between them, `before` the comma that may follow it; what columns the row
 * has then. */
static size_t add_words(struct buffer *out, struct slice text, size_t columns, size_t before)
{
	while (text.n > 0) {
		struct slice word = slice_part(text, 0, slice_find_octet(text, ' '));
		size_t width = text_columns(word);
		text = slice_part(text, word.n + 1, text.n);
		if (columns > ROW_NAME && columns + 1 + width + (text.n ? 0 : before) > LIST_COLUMNS) {
			buffer_printf(out, "\n%*s", ROW_NAME, "");
			columns = ROW_NAME;
		} else if (columns > ROW_NAME) {
			buffer_add_octet(out, ' ');
			columns++;
		}
		buffer_add_slice(out, word);
		columns += width;
	}
	return columns;
}

static void row_text(const char *name, struct slice text, struct buffer *out)
{
	row_begin(out, name);
	(void)add_words(out, text, ROW_NAME, 0);
	buffer_add_octet(out, '\n');
}

static void row_name(const char *row, const X509_NAME *name, struct buffer *out)
{
	struct buffer text = { 0 };
	certificate_add_name(&text, name);
	row_text(row, buffer_slice(&text), out);
	buffer_free(&text);
}

static void list_add(struct list *list, struct slice item)
{
	size_t width = text_columns(item);
	if (list->columns == 0) {
		row_begin(list->out, list->name);
		list->columns = ROW_NAME;
	} else if (list->columns + 2 + width + 1 > LIST_COLUMNS) {
		buffer_printf(list->out, ",\n%*s", ROW_NAME, "");
		list->columns = ROW_NAME;
	} else {
		buffer_printf(list->out, ", " SLICE_FMT, SLICE_ARG(item));
		list->columns += 2 + width;
		return;
	}
	list->columns = add_words(list->out, item, list->columns, 1);
}

static void list_end(const struct list *list)
{
	if (list->columns > 0)
		buffer_add_octet(list->out, '\n');
}

static void add_alternative(struct buffer *out, const GENERAL_NAME *name)
{
	if (certificate_add_host(out, name))
		return;
	switch (name->type) {
	case GEN_EMAIL:
		buffer_add_string(out, "mail ");
		certificate_add_text(out, certificate_asn1(name->d.rfc822Name));
		break;
	case GEN_URI:
		buffer_add_string(out, "URI ");
		certificate_add_text(out, certificate_asn1(name->d.uniformResourceIdentifier));
		break;
	case GEN_DIRNAME:
		buffer_add_string(out, "directory name ");
		certificate_add_name(out, name->d.directoryName);
		break;
	default:
		buffer_add_string(out, "a name of another kind");
	}
}

static void row_names(const X509 *certificate, struct buffer *out)
{
	GENERAL_NAMES *names = certificate_alternatives(certificate);
	struct list list = { .out = out, .name = "names:" };
	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		struct buffer item = { 0 };
		add_alternative(&item, sk_GENERAL_NAME_value(names, i));
		list_add(&list, buffer_slice(&item));
		buffer_free(&item);
	}
	list_end(&list);
	GENERAL_NAMES_free(names);
}

/* Octets as openssl shows them, 0A:1B, in rows of so many. */
static void add_octets(struct buffer *out, const unsigned char *p, size_t n, size_t per_row)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buffer_add_octet(out, ':');
		if (i > 0 && i % per_row == 0)
			buffer_printf(out, "\n%*s", ROW_NAME, "");
		buffer_printf(out, "%02X", p[i]);
	}
}

/* A serial number has 20 octets at most (RFC 5280 4.1.2.2); who sends longer ones is believed for 40. */
static void row_serial(const X509 *certificate, struct buffer *out)
{
	const ASN1_INTEGER *serial = X509_get0_serialNumber(certificate);
	struct slice octets = certificate_asn1(serial);
	row_begin(out, "serial:");
	if (ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER)
		buffer_add_octet(out, '-');
	add_octets(out, (const unsigned char *)octets.p, octets.n < 40 ? octets.n : 40, SERIAL_OCTETS);
	buffer_add_string(out, octets.n > 40 ? "…\n" : "\n");
}

static void row_validity(const X509 *certificate, struct buffer *out)
{
	const ASN1_TIME *from = X509_get0_notBefore(certificate), *until = X509_get0_notAfter(certificate);
	double begins = certificate_seconds(from), ends = certificate_seconds(until);
	row_begin(out, "valid:");
	certificate_time(from, out);
	buffer_add_string(out, " to ");
	certificate_time(until, out);
	buffer_printf(out, "\n%*s%s", ROW_NAME, "", begins > 0 ? "begins in " : ends < 0 ? "ended " : "");
	certificate_span(begins > 0 ? begins : ends, out);
	buffer_add_string(out, begins > 0 ? "\n" : ends < 0 ? " ago\n" : " left\n");
}

/* Nobody relies on the signature of one that vouches for itself. */
static void row_signature(X509 *certificate, struct buffer *out)
{
	int nid = X509_get_signature_nid(certificate), digest = NID_undef;
	row_begin(out, "signature:");
	buffer_add_string(out, nid == NID_undef ? "of an unknown kind" : OBJ_nid2ln(nid));
	(void)X509_get_signature_info(certificate, &digest, NULL, NULL, NULL);
	if ((digest == NID_md5 || digest == NID_sha1) && X509_self_signed(certificate, 0) != 1)
		buffer_printf(out, " (with %s it can be forged)", digest == NID_md5 ? "MD5" : "SHA-1");
	buffer_add_octet(out, '\n');
	ERR_clear_error();
}

struct usage {
	uint32_t bit;
	const char *words;
	const char *whom; /* what it is for, as a sentence has it */
};

/* RFC 5280 4.2.1.3, in its order. */
static const struct usage key_usages[] = {
	{ KU_DIGITAL_SIGNATURE, "digitalSignature", "digitalSignature" },
	{ KU_NON_REPUDIATION, "contentCommitment", "contentCommitment" },
	{ KU_KEY_ENCIPHERMENT, "keyEncipherment", "keyEncipherment" },
	{ KU_DATA_ENCIPHERMENT, "dataEncipherment", "dataEncipherment" },
	{ KU_KEY_AGREEMENT, "keyAgreement", "keyAgreement" },
	{ KU_KEY_CERT_SIGN, "keyCertSign", "keyCertSign" },
	{ KU_CRL_SIGN, "cRLSign", "cRLSign" },
	{ KU_ENCIPHER_ONLY, "encipherOnly", "encipherOnly" },
	{ KU_DECIPHER_ONLY, "decipherOnly", "decipherOnly" },
	{ 0, NULL, NULL },
};

/* RFC 5280 4.2.1.12. */
static const struct usage extended_usages[] = {
	{ XKU_SSL_SERVER, "serverAuth (a TLS server)", "TLS servers (serverAuth)" },
	{ XKU_SSL_CLIENT, "clientAuth (a TLS client)", "TLS clients (clientAuth)" },
	{ XKU_CODE_SIGN, "codeSigning", "signed programs (codeSigning)" },
	{ XKU_SMIME, "emailProtection", "mail (emailProtection)" },
	{ XKU_TIMESTAMP, "timeStamping", "time stamps (timeStamping)" },
	{ XKU_OCSP_SIGN, "OCSPSigning", "OCSP answers (OCSPSigning)" },
	{ XKU_ANYEKU, "anyExtendedKeyUsage", "anything (anyExtendedKeyUsage)" },
	{ 0, NULL, NULL },
};

/* A row of the usages whose bits are set; UINT32_MAX is OpenSSL's word for "nothing is ruled out". */
static void row_usage(const char *name, const struct usage *usage, uint32_t bits, struct buffer *out)
{
	struct list list = { .out = out, .name = name };
	for (; bits != UINT32_MAX && usage->words; usage++)
		if (bits & usage->bit)
			list_add(&list, slice_of(usage->words));
	list_end(&list);
}

/* The same in a sentence: "mail (emailProtection), time stamps (timeStamping)". */
static void add_usages(struct buffer *out, const struct usage *usage, uint32_t bits)
{
	bool first = true;
	for (; usage->words; usage++) {
		if ((bits & usage->bit) == 0)
			continue;
		buffer_printf(out, "%s%s", first ? "" : ", ", usage->whom);
		first = false;
	}
	if (first)
		buffer_add_string(out, "nothing that is known here");
}

void certificate_purpose(const X509 *certificate, bool of_client, struct buffer *out)
{
	X509 *looked_at = (X509 *)(uintptr_t)certificate;
	uint32_t key = X509_get_key_usage(looked_at), extended = X509_get_extended_key_usage(looked_at);
	const char *wanted = of_client ? "clients" : "servers";
	if ((extended & (of_client ? XKU_SSL_CLIENT : XKU_SSL_SERVER | XKU_SGC)) == 0) {
		buffer_add_string(out, ": it is for ");
		add_usages(out, extended_usages, extended);
		/* RFC 5280 4.2.1.12 leaves it to the program whether "anything" will do; OpenSSL says no. */
		buffer_printf(out, ", %s TLS %s (RFC 5280 4.2.1.12)",
		              extended & XKU_ANYEKU ? "and does not name" : "not for", wanted);
	} else if ((key & (KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT | KU_KEY_AGREEMENT)) == 0) {
		buffer_add_string(out, ": its key is for ");
		add_usages(out, key_usages, key);
		buffer_printf(out, ", not for TLS (digitalSignature, RFC 5280 4.2.1.3)");
	}
}

static void row_authority(X509 *certificate, struct buffer *out)
{
	bool authority = (X509_get_extension_flags(certificate) & EXFLAG_CA) != 0;
	long between = X509_get_pathlen(certificate);
	struct buffer text = { 0 };
	buffer_add_string(&text, authority ? "yes: it may vouch for others" : "no: it may not vouch for others");
	if (authority && between == 0)
		buffer_add_string(&text, ", but not for other authorities");
	else if (authority && between > 0)
		buffer_printf(&text, ", with %ld more authorit%s between at most", between, between == 1 ? "y" : "ies");
	row_text("authority:", buffer_slice(&text), out);
	buffer_free(&text);
}

bool certificate_issuer_url(const X509 *certificate, struct buffer *out)
{
	AUTHORITY_INFO_ACCESS *access = X509_get_ext_d2i(certificate, NID_info_access, NULL, NULL);
	bool found = false;
	for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(access) && !found; i++) {
		const ACCESS_DESCRIPTION *row = sk_ACCESS_DESCRIPTION_value(access, i);
		found = OBJ_obj2nid(row->method) == NID_ad_ca_issuers && row->location->type == GEN_URI;
		if (found)
			certificate_add_text(out, certificate_asn1(row->location->d.uniformResourceIdentifier));
	}
	AUTHORITY_INFO_ACCESS_free(access);
	ERR_clear_error();
	return found;
}

static void row_issuer_url(const X509 *certificate, struct buffer *out)
{
	struct buffer url = { 0 };
	if (certificate_issuer_url(certificate, &url)) {
		row_begin(out, "issuer at:");
		buffer_add_slice(out, buffer_slice(&url));
		buffer_add_octet(out, '\n');
	}
	buffer_free(&url);
}

static void row_fingerprint(const X509 *certificate, struct buffer *out)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	row_begin(out, "SHA-256:");
	if (X509_digest(certificate, EVP_sha256(), digest, &n) == 1)
		add_octets(out, digest, n, DIGEST_OCTETS);
	buffer_add_octet(out, '\n');
}

static void add_pem(const X509 *certificate, struct buffer *out)
{
	BIO *bio = BIO_new(BIO_s_mem());
	if (bio && PEM_write_bio_X509(bio, certificate) == 1)
		buffer_add_slice(out, certificate_bio(bio));
	BIO_free(bio);
}

void certificate_rows(const X509 *certificate, bool pem, struct buffer *out)
{
	/* What libcrypto finds in the extensions it keeps in the certificate; nothing that a caller sees changes. */
	X509 *looked_at = (X509 *)(uintptr_t)certificate;
	row_name("subject:", X509_get_subject_name(certificate), out);
	row_names(certificate, out);
	row_name("issuer:", X509_get_issuer_name(certificate), out);
	row_issuer_url(certificate, out);
	row_serial(certificate, out);
	row_validity(certificate, out);
	row_begin(out, "key:");
	certificate_key(certificate, out);
	buffer_add_octet(out, '\n');
	row_signature(looked_at, out);
	row_usage("key usage:", key_usages, X509_get_key_usage(looked_at), out);
	row_usage("good for:", extended_usages, X509_get_extended_key_usage(looked_at), out);
	row_authority(looked_at, out);
	row_fingerprint(certificate, out);
	if (pem)
		add_pem(certificate, out);
}
