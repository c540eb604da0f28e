/*
 * A certificate in words. Whatever stands in it was written by a stranger: all of it goes through base/escape, and what
 * is longer than anybody reads is cut.
 */
#include "net/tls_certificate_text.h"

#include <arpa/inet.h>
#include <math.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/escape.h"

/* The longest text that is shown of one name, in octets; a domain name has 253 at most (RFC 1035 2.3.4). */
#define TEXT_MAX 300

void certificate_add_text(struct buffer *out, struct slice text)
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

struct slice certificate_asn1(const ASN1_STRING *string)
{
	int n = ASN1_STRING_length(string);
	return (struct slice){ (const char *)ASN1_STRING_get0_data(string), n > 0 ? (size_t)n : 0 };
}

struct slice certificate_bio(BIO *bio)
{
	char *p = NULL;
	long n = BIO_get_mem_data(bio, &p);
	return (struct slice){ p, p && n > 0 ? (size_t)n : 0 };
}

/* ---- subject and issuer ---- */

void certificate_add_name(struct buffer *out, const X509_NAME *name)
{
	unsigned long form = (ASN1_STRFLGS_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) | XN_FLAG_SEP_CPLUS_SPC |
	                     XN_FLAG_FN_SN;
	BIO *bio = BIO_new(BIO_s_mem());
	if (bio && X509_NAME_entry_count(name) > 0 && X509_NAME_print_ex(bio, name, 0, form) >= 0)
		certificate_add_text(out, certificate_bio(bio));
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
		certificate_add_text(out, (struct slice){ (const char *)text, (size_t)n });
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
			certificate_add_name(out, name);
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
	struct slice address = certificate_asn1(octets);
	int family = address.n == 4 ? AF_INET : address.n == 16 ? AF_INET6 : AF_UNSPEC;
	if (family != AF_UNSPEC && inet_ntop(family, address.p, text, sizeof text))
		buffer_add_string(out, text);
	else
		buffer_printf(out, "an address of %zu octets, which is none", address.n);
}

bool certificate_add_host(struct buffer *out, const GENERAL_NAME *name)
{
	if (name->type == GEN_DNS)
		certificate_add_text(out, certificate_asn1(name->d.dNSName));
	else if (name->type == GEN_IPADD)
		add_address(out, name->d.iPAddress);
	else
		return false;
	return true;
}

GENERAL_NAMES *certificate_alternatives(const X509 *certificate)
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
	GENERAL_NAMES *names = certificate_alternatives(certificate);
	int n = names ? sk_GENERAL_NAME_num(names) : 0;
	bool found = false;
	for (int i = 0; i < 2 * n && !found; i++) {
		struct buffer host = { 0 };
		found = certificate_add_host(&host, sk_GENERAL_NAME_value(names, i % n)) &&
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
		found = name->type == GEN_DNS && slice_equal_nocase(certificate_asn1(name->d.dNSName), address);
	}
	buffer_free(&common);
	return found;
}

bool certificate_lookalike(const X509 *certificate, const char *asked, struct buffer *out)
{
	char text[INET6_ADDRSTRLEN];
	GENERAL_NAMES *names = certificate_alternatives(certificate);
	bool address = is_address(asked), found = false;
	if (address && is_spelt_out(certificate, names, plain_host(asked, text))) {
		buffer_add_string(out, "it stands there as text, not as an iPAddress, RFC 9525 6.4");
		found = true;
	}
	for (int i = 0; !address && i < sk_GENERAL_NAME_num(names) && !found; i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		const char *words = name->type == GEN_DNS
		                            ? star_words(certificate_asn1(name->d.dNSName), slice_of(asked))
		                            : NULL;
		found = words != NULL;
		if (found) {
			certificate_add_text(out, certificate_asn1(name->d.dNSName));
			buffer_printf(out, " is not enough, as %s", words);
		}
	}
	GENERAL_NAMES_free(names);
	return found;
}

/* ---- all of them ---- */

bool certificate_names(const X509 *certificate, struct slice but, size_t most, struct buffer *out)
{
	GENERAL_NAMES *names = certificate_alternatives(certificate);
	size_t said = 0, beside = 0;
	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		struct buffer host = { 0 };
		bool good = certificate_add_host(&host, sk_GENERAL_NAME_value(names, i)) &&
		            !slice_equal(buffer_slice(&host), but);
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
		certificate_add_name(out, name);
}

void certificate_who(const X509 *certificate, struct buffer *out)
{
	GENERAL_NAMES *names = certificate_alternatives(certificate);
	bool found = false;
	for (int i = 0; i < sk_GENERAL_NAME_num(names) && !found; i++)
		found = certificate_add_host(out, sk_GENERAL_NAME_value(names, i));
	GENERAL_NAMES_free(names);
	if (!found && !certificate_common_name(certificate, out))
		certificate_add_name(out, X509_get_subject_name(certificate));
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
