/*
 * A certificate in words. Whatever stands in it was written by a stranger: all of it goes through base/escape, and what
 * is longer than anybody reads is cut.
 */
#include "net/tls_inside.h"

#include <arpa/inet.h>
#include <math.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/escape.h"

/* The longest text that is shown of one name, in octets; a domain name has 253 at most (RFC 1035 2.3.4). */
#define TEXT_MAX 300
/* Columns that a list is filled up to. */
#define LIST_COLUMNS 76
/* Columns of a row's name. */
#define ROW_NAME 13
/* Octets that a row has room for: a serial number's, and half of a SHA-256 digest, which the eye compares. */
#define SERIAL_OCTETS 20
#define DIGEST_OCTETS 16

/* Appends a stranger's text: escaped, and cut where it is too long. */
static void add_text(struct buffer *out, struct slice text)
{
	struct slice rest = text;
	size_t taken = 0;
	while (rest.n > 0) {
		uint32_t character;
		size_t length = utf8_decode(rest, &character);
		length = length ? length : 1;
		if (taken + length > TEXT_MAX)
			break;
		taken += length;
		rest = slice_part(rest, length, rest.n);
	}
	escape_text(out, slice_part(text, 0, taken));
	if (rest.n > 0)
		buffer_printf(out, "… (%zu octets more)", rest.n);
}

static struct slice asn1_slice(const ASN1_STRING *string)
{
	int n = ASN1_STRING_length(string);
	return (struct slice){ (const char *)ASN1_STRING_get0_data(string), n > 0 ? (size_t)n : 0 };
}

/* What was written to the BIO, until it is freed. */
static struct slice bio_slice(BIO *bio)
{
	char *p = NULL;
	long n = BIO_get_mem_data(bio, &p);
	return (struct slice){ p, p && n > 0 ? (size_t)n : 0 };
}

/* ---- subject and issuer ---- */

/* Appends all of a name: "C=US, O=Let's Encrypt, CN=R11". */
static void add_name(struct buffer *out, const X509_NAME *name)
{
	unsigned long form = (ASN1_STRFLGS_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) | XN_FLAG_SEP_CPLUS_SPC |
	                     XN_FLAG_FN_SN;
	BIO *bio = BIO_new(BIO_s_mem());
	if (bio && X509_NAME_entry_count(name) > 0 && X509_NAME_print_ex(bio, name, 0, form) >= 0)
		add_text(out, bio_slice(bio));
	else
		buffer_add_string(out, "nobody (its name is empty)");
	BIO_free(bio);
}

/* Appends the most specific part of that kind; false where the name has none. */
static bool add_part(struct buffer *out, const X509_NAME *name, int nid)
{
	int last = -1;
	for (int i = X509_NAME_get_index_by_NID(name, nid, -1); i >= 0; i = X509_NAME_get_index_by_NID(name, nid, i))
		last = i;
	if (last < 0)
		return false;
	unsigned char *text = NULL;
	int n = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, last)));
	if (n > 0)
		add_text(out, (struct slice){ (const char *)text, (size_t)n });
	OPENSSL_free(text);
	return n > 0;
}

void certificate_title(const X509_NAME *name, bool whose, struct buffer *out)
{
	struct buffer organisation = { 0 };
	bool has = add_part(&organisation, name, NID_organizationName);
	if (!add_part(out, name, NID_commonName)) {
		if (has)
			buffer_add_slice(out, buffer_slice(&organisation));
		else
			add_name(out, name);
	} else if (whose && has) {
		buffer_add_string(out, " of ");
		buffer_add_slice(out, buffer_slice(&organisation));
	}
	buffer_free(&organisation);
}

void certificate_issuer(const X509 *certificate, struct buffer *out)
{
	certificate_title(X509_get_issuer_name(certificate), true, out);
}

/* ---- the names it is good for ---- */

/* Appends an address as people write it. */
static void add_address(struct buffer *out, const ASN1_OCTET_STRING *octets)
{
	char text[INET6_ADDRSTRLEN];
	struct slice address = asn1_slice(octets);
	int family = address.n == 4 ? AF_INET : address.n == 16 ? AF_INET6 : AF_UNSPEC;
	if (family != AF_UNSPEC && inet_ntop(family, address.p, text, sizeof text))
		buffer_add_string(out, text);
	else
		buffer_printf(out, "an address of %zu octets, which is none", address.n);
}

/* Appends a DNS name or an address; false for the other kinds. */
static bool add_host(struct buffer *out, const GENERAL_NAME *name)
{
	if (name->type == GEN_DNS)
		add_text(out, asn1_slice(name->d.dNSName));
	else if (name->type == GEN_IPADD)
		add_address(out, name->d.iPAddress);
	else
		return false;
	return true;
}

/* The subject alternative names (RFC 5280 4.2.1.6), the caller's; NULL: none. */
static GENERAL_NAMES *alternative_names(const X509 *certificate)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
	ERR_clear_error();
	return names;
}

/* An address as add_address writes it, however it was typed; anything else as it is, in `text` or `asked` itself. */
static struct slice plain_host(const char *asked, char text[static INET6_ADDRSTRLEN])
{
	struct in6_addr address;
	int family = strchr(asked, ':') ? AF_INET6 : AF_INET;
	if (inet_pton(family, asked, &address) == 1 && inet_ntop(family, &address, text, INET6_ADDRSTRLEN))
		return slice_of(text);
	return slice_of(asked);
}

/* Whether that name is the one that was asked for; `star`: by a star, which stands for the first label (RFC 9525 6.3). */
static bool stands_for(struct slice name, struct slice asked, bool star)
{
	if (!star)
		return slice_equal_nocase(name, asked);
	return slice_starts(name, SLICE("*.")) &&
	       slice_equal_nocase(slice_part(name, 1, name.n),
	                          slice_part(asked, slice_find_octet(asked, '.'), asked.n));
}

bool certificate_name_for(const X509 *certificate, const char *asked, struct buffer *out)
{
	char text[INET6_ADDRSTRLEN];
	GENERAL_NAMES *names = alternative_names(certificate);
	int n = names ? sk_GENERAL_NAME_num(names) : 0;
	bool found = false;
	for (int i = 0; i < 2 * n && !found; i++) {
		struct buffer host = { 0 };
		found = add_host(&host, sk_GENERAL_NAME_value(names, i % n)) &&
		        stands_for(buffer_slice(&host), plain_host(asked, text), i >= n);
		if (found)
			buffer_add_slice(out, buffer_slice(&host));
		buffer_free(&host);
	}
	GENERAL_NAMES_free(names);
	return found;
}

/* ---- names that look right ---- */

/* Whether the name would be that one if each of its stars stood for anything: each star takes as little as it can, and the
 * last one more where that fails. */
static bool reaches(struct slice name, struct slice asked)
{
	size_t at = 0, star = SIZE_MAX, taken = 0;
	for (size_t i = 0; i < asked.n;) {
		if (at < name.n && name.p[at] == '*') {
			star = at++;
			taken = i;
		} else if (at < name.n && octet_lower(name.p[at]) == octet_lower(asked.p[i])) {
			at++;
			i++;
		} else if (star != SIZE_MAX) {
			at = star + 1;
			i = ++taken;
		} else {
			return false;
		}
	}
	while (at < name.n && name.p[at] == '*')
		at++;
	return at == name.n;
}

/* Why a name with a star is not the one that was asked for, though it looks so; NULL: it does not. That nobody has a star
 * right below a top domain is OpenSSL's rule, and that of most programs (RFC 9525 7.1 speaks of it). */
static const char *star_words(struct slice name, struct slice asked)
{
	struct slice below = slice_part(name, 2, name.n);
	bool whole = slice_starts(name, SLICE("*."));
	if (slice_find_octet(name, '*') == name.n ||
	    !(reaches(name, asked) || (whole && slice_equal_nocase(below, asked))))
		return NULL;
	if (!whole || slice_find_octet(below, '*') < below.n)
		return "a star may only be the whole first label, RFC 9525 6.3";
	if (slice_find_octet(below, '.') == below.n)
		return "a star does not stand for all that is below a top domain";
	return "a star stands for exactly one label, RFC 9525 6.3";
}

static bool is_address(const char *asked)
{
	struct in6_addr room;
	return inet_pton(AF_INET, asked, &room) == 1 || inet_pton(AF_INET6, asked, &room) == 1;
}

/* Whether the address stands there as text: as a DNS name, or as the subject's CN. */
static bool is_spelt_out(const X509 *certificate, const GENERAL_NAMES *names, struct slice address)
{
	struct buffer common = { 0 };
	bool found = certificate_common_name(certificate, &common) &&
	             slice_equal_nocase(buffer_slice(&common), address);
	for (int i = 0; i < sk_GENERAL_NAME_num(names) && !found; i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		found = name->type == GEN_DNS && slice_equal_nocase(asn1_slice(name->d.dNSName), address);
	}
	buffer_free(&common);
	return found;
}

bool certificate_lookalike(const X509 *certificate, const char *asked, struct buffer *out)
{
	char text[INET6_ADDRSTRLEN];
	GENERAL_NAMES *names = alternative_names(certificate);
	bool address = is_address(asked), found = false;
	if (address && is_spelt_out(certificate, names, plain_host(asked, text))) {
		buffer_add_string(out, "it stands there as text, not as an iPAddress, RFC 9525 6.4");
		found = true;
	}
	for (int i = 0; !address && i < sk_GENERAL_NAME_num(names) && !found; i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		const char *words = name->type == GEN_DNS ? star_words(asn1_slice(name->d.dNSName), slice_of(asked))
		                                          : NULL;
		found = words != NULL;
		if (found) {
			add_text(out, asn1_slice(name->d.dNSName));
			buffer_printf(out, " is not enough, as %s", words);
		}
	}
	GENERAL_NAMES_free(names);
	return found;
}

/* ---- all of them ---- */

bool certificate_names(const X509 *certificate, struct slice but, size_t most, struct buffer *out)
{
	GENERAL_NAMES *names = alternative_names(certificate);
	size_t said = 0, beside = 0;
	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		struct buffer host = { 0 };
		bool good = add_host(&host, sk_GENERAL_NAME_value(names, i)) && !slice_equal(buffer_slice(&host), but);
		if (good && said < most)
			buffer_printf(out, "%s" SLICE_FMT, said++ ? ", " : "", SLICE_ARG(buffer_slice(&host)));
		else if (good)
			beside++;
		buffer_free(&host);
	}
	GENERAL_NAMES_free(names);
	if (beside > 0)
		buffer_printf(out, " and %zu more", beside);
	return said > 0;
}

bool certificate_common_name(const X509 *certificate, struct buffer *out)
{
	return add_part(out, X509_get_subject_name(certificate), NID_commonName);
}

void certificate_subject(const X509 *certificate, struct buffer *out)
{
	const X509_NAME *name = X509_get_subject_name(certificate);
	if (X509_NAME_entry_count(name) == 0)
		buffer_add_string(out, "empty");
	else
		add_name(out, name);
}

void certificate_who(const X509 *certificate, struct buffer *out)
{
	GENERAL_NAMES *names = alternative_names(certificate);
	bool found = false;
	for (int i = 0; i < sk_GENERAL_NAME_num(names) && !found; i++)
		found = add_host(out, sk_GENERAL_NAME_value(names, i));
	GENERAL_NAMES_free(names);
	if (!found && !certificate_common_name(certificate, out))
		add_name(out, X509_get_subject_name(certificate));
}

/* ---- its key ---- */

/* NIST's name of a curve, where it has one; else OpenSSL's. */
static const char *curve_name(const char *group)
{
	int nid = OBJ_sn2nid(group);
	const char *nist = nid == NID_undef ? NULL : EC_curve_nid2nist(nid);
	return nist ? nist : group;
}

bool key_group(const EVP_PKEY *key, struct buffer *out)
{
	char group[64] = "";
	switch (EVP_PKEY_get_base_id(key)) {
	case EVP_PKEY_X25519:
		buffer_add_string(out, "X25519");
		return true;
	case EVP_PKEY_X448:
		buffer_add_string(out, "X448");
		return true;
	case EVP_PKEY_EC:
		if (EVP_PKEY_get_group_name(key, group, sizeof group, NULL) != 1 || *group == '\0')
			return false;
		escape_text(out, slice_of(curve_name(group)));
		return true;
	case EVP_PKEY_DH:
		buffer_printf(out, "DHE, %d bits", EVP_PKEY_get_bits(key));
		return true;
	default:
		return false;
	}
}

/* What keys are called whose length in bits says how strong they are. */
static const char *counted_key(int type)
{
	switch (type) {
	case EVP_PKEY_RSA:
		return "RSA";
	case EVP_PKEY_RSA_PSS:
		return "RSA-PSS";
	case EVP_PKEY_DSA:
		return "DSA";
	default:
		return NULL;
	}
}

void certificate_key(const X509 *certificate, struct buffer *out)
{
	const EVP_PKEY *key = X509_get0_pubkey(certificate);
	if (key == NULL) {
		ERR_clear_error();
		buffer_add_string(out, "of a kind that cannot be read");
		return;
	}
	int type = EVP_PKEY_get_base_id(key), bits = EVP_PKEY_get_bits(key);
	const char *counted = counted_key(type), *name = EVP_PKEY_get0_type_name(key);
	struct buffer curve = { 0 };
	if (counted)
		buffer_printf(out, "%s, %d bits", counted, bits);
	else if (type == EVP_PKEY_EC && key_group(key, &curve))
		buffer_printf(out, "ECDSA on " SLICE_FMT, SLICE_ARG(buffer_slice(&curve)));
	else if (type == EVP_PKEY_EC)
		buffer_printf(out, "ECDSA on a curve without a name, %d bits", bits);
	else if (type == EVP_PKEY_ED25519 || type == EVP_PKEY_ED448)
		buffer_add_string(out, type == EVP_PKEY_ED25519 ? "Ed25519" : "Ed448");
	else
		buffer_printf(out, "%s, %d bits", name ? name : "of an unknown kind", bits);
	buffer_free(&curve);
}

/* ---- what is not known here ---- */

bool certificate_unknown(const X509 *certificate, struct buffer *out)
{
	bool found = false;
	for (int i = 0; i < X509_get_ext_count(certificate); i++) {
		X509_EXTENSION *extension = X509_get_ext(certificate, i);
		char number[80];
		if (!X509_EXTENSION_get_critical(extension) || X509_supported_extension(extension) ||
		    OBJ_obj2txt(number, sizeof number, X509_EXTENSION_get_object(extension), 1) <= 0)
			continue;
		buffer_add_string(out, found ? ", " : "");
		escape_text(out, slice_of(number));
		found = true;
	}
	return found;
}

/* ---- time ---- */

void certificate_time(const ASN1_TIME *time, struct buffer *out)
{
	struct tm tm;
	if (time == NULL || ASN1_TIME_to_tm(time, &tm) != 1)
		buffer_add_string(out, "a moment that cannot be read");
	else
		buffer_printf(out, "%04d-%02d-%02d %02d:%02d UTC", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
		              tm.tm_hour, tm.tm_min);
}

double certificate_seconds(const ASN1_TIME *time)
{
	int days = 0, seconds = 0;
	if (ASN1_TIME_diff(&days, &seconds, NULL, time) != 1)
		return 0;
	return days * 86400.0 + seconds;
}

/* Years are rounded to the nearest; certificates are made for years of 365 days, which are whole ones. */
static void add_years(double seconds, struct buffer *out)
{
	double years = floor(seconds / (365.25 * 86400) + 0.5);
	buffer_printf(out, "%s%.0f years", seconds + 30 < years * 365 * 86400 ? "almost " : "", years);
}

void certificate_span(double seconds, struct buffer *out)
{
	static const struct {
		double length; /* in seconds */
		double grace;  /* what was made to last a day does, a moment later */
		const char *one, *many;
	} units[] = {
		{ 86400, 30, "day", "days" },
		{ 3600, 30, "hour", "hours" },
		{ 60, 0, "minute", "minutes" },
		{ 1, 0, "second", "seconds" },
	};
	size_t i = 0;
	seconds = fabs(seconds);
	if (seconds + 30 >= 2 * 365.25 * 86400) {
		add_years(seconds, out);
		return;
	}
	while (i < 3 && seconds + units[i].grace < units[i].length)
		i++;
	double count = floor((seconds + units[i].grace) / units[i].length);
	buffer_printf(out, "%.0f %s", count, count > 0.5 && count < 1.5 ? units[i].one : units[i].many);
}

/* ---- in full ---- */

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
	add_name(&text, name);
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
	if (add_host(out, name))
		return;
	switch (name->type) {
	case GEN_EMAIL:
		buffer_add_string(out, "mail ");
		add_text(out, asn1_slice(name->d.rfc822Name));
		break;
	case GEN_URI:
		buffer_add_string(out, "URI ");
		add_text(out, asn1_slice(name->d.uniformResourceIdentifier));
		break;
	case GEN_DIRNAME:
		buffer_add_string(out, "directory name ");
		add_name(out, name->d.directoryName);
		break;
	default:
		buffer_add_string(out, "a name of another kind");
	}
}

static void row_names(const X509 *certificate, struct buffer *out)
{
	GENERAL_NAMES *names = alternative_names(certificate);
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
	struct slice octets = asn1_slice(serial);
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
			add_text(out, asn1_slice(row->location->d.uniformResourceIdentifier));
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
		buffer_add_slice(out, bio_slice(bio));
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
