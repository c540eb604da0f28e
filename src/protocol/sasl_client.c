/*
 * A SASL client's lines, built.
 */
#include "protocol/sasl.h"

#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"

/* More rounds than any server asks for (thousands are usual), and still under a second of work. */
#define ITERATIONS_MAX 1000000

/* Of our nonce: 18 octets are 24 characters of base64. */
#define NONCE_OCTETS 18

/* "n,,": no channel binding, no authorization identity; and its base64 form (RFC 5802 section 7). */
#define GS2_HEADER "n,,"
#define GS2_HEADER_BASE64 "biws"

/* Appends the base64 form of `plain` and wipes it. */
static void encode_and_wipe(struct buffer *out, struct buffer *plain)
{
	base64_encode(out, buffer_slice(plain));
	buffer_wipe(plain);
}

void sasl_plain(struct buffer *out, struct slice user, struct slice password)
{
	struct buffer plain = { 0 };
	buffer_add_octet(&plain, '\0');
	buffer_add_slice(&plain, user);
	buffer_add_octet(&plain, '\0');
	buffer_add_slice(&plain, password);
	encode_and_wipe(out, &plain);
}

void sasl_cram_md5(struct buffer *out, struct slice user, struct slice password, struct slice challenge)
{
	unsigned char digest[DIGEST_MAX];
	struct buffer plain = { 0 };
	digest_hmac(DIGEST_MD5, password, challenge, digest);
	buffer_add_slice(&plain, user);
	buffer_add_octet(&plain, ' ');
	hex_encode(&plain, digest, digest_length(DIGEST_MD5));
	encode_and_wipe(out, &plain);
}

void sasl_apop(struct buffer *out, struct slice password, struct slice timestamp)
{
	unsigned char digest[DIGEST_MAX];
	struct buffer joined = { 0 };
	buffer_add_slice(&joined, timestamp);
	buffer_add_slice(&joined, password);
	digest_of(DIGEST_MD5, buffer_slice(&joined), digest);
	hex_encode(out, digest, digest_length(DIGEST_MD5));
	buffer_wipe(&joined);
}

/* ---- SCRAM ---- */

void saslname_add(struct buffer *out, struct slice user)
{
	for (size_t i = 0; i < user.n; i++) {
		if (user.p[i] == ',')
			buffer_add_string(out, "=2C");
		else if (user.p[i] == '=')
			buffer_add_string(out, "=3D");
		else
			buffer_add_octet(out, user.p[i]);
	}
}

static void make_nonce(struct scram *scram)
{
	unsigned char octets[NONCE_OCTETS];
	struct buffer nonce = { 0 };
	random_octets(octets, sizeof octets);
	base64_encode(&nonce, (struct slice){ (const char *)octets, sizeof octets });
	scram->nonce = buffer_take(&nonce);
}

static void first_message(struct scram *scram, struct buffer *out, struct slice user)
{
	struct buffer bare = { 0 }, message = { 0 };
	if (scram->nonce == NULL)
		make_nonce(scram);
	buffer_add_string(&bare, "n=");
	saslname_add(&bare, user);
	buffer_printf(&bare, ",r=%s", scram->nonce);
	free(scram->first_bare);
	scram->first_bare = buffer_take(&bare);
	buffer_printf(&message, "%s%s", GS2_HEADER, scram->first_bare);
	encode_and_wipe(out, &message);
}

/* Takes `x=value` and the comma behind it off the front of `*rest`. */
static bool take_attribute(struct slice *rest, char name, struct slice *value)
{
	size_t comma = slice_find_octet(*rest, ',');
	if (comma < 2 || rest->p[0] != name || rest->p[1] != '=')
		return false;
	*value = slice_part(*rest, 2, comma);
	*rest = slice_part(*rest, comma + 1, rest->n);
	return true;
}

struct server_first {
	struct slice nonce;
	struct buffer salt;
	unsigned iterations;
};

/* Reads `r=…,s=…,i=…`; extensions behind them are passed over (RFC 5802 section 5.1). */
static bool read_server_first(const struct scram *scram, struct slice challenge, struct server_first *first,
                              const char **why)
{
	struct slice salt, iterations, ours = slice_of(scram->nonce);
	uint64_t count = 0;
	*why = "the server's challenge is no SCRAM message `r=NONCE,s=SALT,i=ITERATIONS` (RFC 5802 section 5)";
	if (!take_attribute(&challenge, 'r', &first->nonce) || !take_attribute(&challenge, 's', &salt) ||
	    !take_attribute(&challenge, 'i', &iterations) || !slice_number(iterations, &count))
		return false;
	*why = "the server's nonce does not continue ours, so this is no answer to our message (RFC 5802 section 5)";
	if (first->nonce.n <= ours.n || !slice_starts(first->nonce, ours))
		return false;
	*why = "the server asks for no iteration at all, or for more than 1,000,000";
	if (count < 1 || count > ITERATIONS_MAX)
		return false;
	*why = "the server's salt is not base64";
	first->iterations = (unsigned)count;
	return base64_decode(&first->salt, salt) && first->salt.n;
}

static struct slice octets(const unsigned char *p, size_t n)
{
	return (struct slice){ (const char *)p, n };
}

/* Appends ClientProof, base64, for `message` (AuthMessage), and keeps ServerSignature (RFC 5802 section 3). */
static void add_proof(struct scram *scram, struct buffer *out, struct slice password, const struct server_first *first,
                      struct slice message)
{
	enum digest kind = scram->sha256 ? DIGEST_SHA256 : DIGEST_SHA1;
	size_t n = digest_length(kind);
	unsigned char salted[DIGEST_MAX], key[DIGEST_MAX], stored[DIGEST_MAX], signature[DIGEST_MAX];
	digest_pbkdf2(kind, password, buffer_slice(&first->salt), first->iterations, salted);
	digest_hmac(kind, octets(salted, n), SLICE("Client Key"), key);
	digest_of(kind, octets(key, n), stored);
	digest_hmac(kind, octets(stored, n), message, signature);
	for (size_t i = 0; i < n; i++)
		key[i] ^= signature[i];
	base64_encode(out, octets(key, n));
	digest_hmac(kind, octets(salted, n), SLICE("Server Key"), key);
	digest_hmac(kind, octets(key, n), message, signature);
	struct buffer expected = { 0 };
	base64_encode(&expected, octets(signature, n));
	free(scram->signature);
	scram->signature = buffer_take(&expected);
	memory_wipe(salted, sizeof salted);
	memory_wipe(key, sizeof key);
	memory_wipe(stored, sizeof stored);
}

static bool final_message(struct scram *scram, struct buffer *out, struct slice password, struct slice challenge,
                          const char **why)
{
	struct server_first first = { 0 };
	struct buffer message = { 0 }, final = { 0 };
	bool good = read_server_first(scram, challenge, &first, why);
	if (good) {
		buffer_printf(&final, "c=%s,r=" SLICE_FMT, GS2_HEADER_BASE64, SLICE_ARG(first.nonce));
		buffer_printf(&message, "%s,", scram->first_bare);
		buffer_add_slice(&message, challenge);
		buffer_add_octet(&message, ',');
		buffer_add_slice(&message, buffer_slice(&final));
		buffer_add_string(&final, ",p=");
		add_proof(scram, &final, password, &first, buffer_slice(&message));
		encode_and_wipe(out, &final);
	}
	buffer_free(&first.salt);
	buffer_free(&message);
	return good;
}

/* Whether `v=…` proves that the server has a key made from the password (RFC 5802 section 3). */
static bool check_server(const struct scram *scram, struct slice challenge, const char **why)
{
	struct slice signature = { 0 };
	*why = "the server refuses (e=), and proves nothing (RFC 5802 section 7)";
	if (slice_starts(challenge, SLICE("e=")))
		return false;
	*why = "the server's last message is no `v=SIGNATURE`: it does not prove who it is";
	if (!take_attribute(&challenge, 'v', &signature))
		return false;
	*why = "the server's signature is wrong: it has no key made from this password, and may be an impostor";
	return slice_equal(signature, slice_of(scram->signature));
}

bool sasl_scram(struct scram *scram, struct buffer *out, struct slice user, struct slice password,
                struct slice challenge, const char **why)
{
	if (scram->step == 0) {
		first_message(scram, out, user);
	} else if (scram->step == 1) {
		if (!final_message(scram, out, password, challenge, why))
			return false;
	} else {
		if (!check_server(scram, challenge, why))
			return false;
		bool sha256 = scram->sha256;
		scram_clear(scram);
		scram->sha256 = sha256;
		return true;
	}
	scram->step++;
	return true;
}

void scram_clear(struct scram *scram)
{
	free(scram->nonce);
	free(scram->first_bare);
	free(scram->signature);
	*scram = (struct scram){ 0 };
}

void scram_copy(struct scram *to, const struct scram *from)
{
	*to = *from;
	to->nonce = string_copy(from->nonce);
	to->first_bare = string_copy(from->first_bare);
	to->signature = string_copy(from->signature);
}
