/*
 * Base64 and digests, by libcrypto.
 */
#include "base/crypto.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

/* EVP_EncodeBlock and EVP_DecodeBlock count in int: they get this much at a time, a multiple of both 3 and 4. */
#define BASE64_STEP ((size_t)12 * 1024)

void base64_encode(struct buffer *out, struct slice in)
{
	unsigned char coded[BASE64_STEP / 3 * 4 + 1];
	while (in.n) {
		size_t step = in.n < BASE64_STEP ? in.n : BASE64_STEP;
		int n = EVP_EncodeBlock(coded, (const unsigned char *)in.p, (int)step);
		assert(n >= 0);
		buffer_add(out, coded, (size_t)n);
		in = slice_part(in, step, in.n);
	}
}

static bool in_alphabet(char c)
{
	return octet_is_alnum(c) || c == '+' || c == '/';
}

/* Whether all octets are of the alphabet, with up to two '=' at the end: EVP_DecodeBlock also takes white space. */
static bool well_formed(struct slice in, size_t *padding)
{
	if (in.n % 4 != 0)
		return false;
	size_t end = in.n;
	while (end > 0 && in.n - end < 2 && in.p[end - 1] == '=')
		end--;
	*padding = in.n - end;
	for (size_t i = 0; i < end; i++)
		if (!in_alphabet(in.p[i]))
			return false;
	return true;
}

bool base64_decode(struct buffer *out, struct slice in)
{
	size_t padding = 0;
	if (!well_formed(in, &padding))
		return false;
	unsigned char plain[BASE64_STEP];
	while (in.n) {
		size_t step = in.n < BASE64_STEP ? in.n : BASE64_STEP;
		int n = EVP_DecodeBlock(plain, (const unsigned char *)in.p, (int)step);
		assert(n >= 0);
		in = slice_part(in, step, in.n);
		buffer_add(out, plain, (size_t)n - (in.n == 0 ? padding : 0));
	}
	memory_wipe(plain, sizeof plain);
	return true;
}

static const EVP_MD *method(enum digest kind)
{
	switch (kind) {
	case DIGEST_MD5:
		return EVP_md5();
	case DIGEST_SHA1:
		return EVP_sha1();
	case DIGEST_SHA256:
		return EVP_sha256();
	}
	abort();
}

size_t digest_length(enum digest kind)
{
	return (size_t)EVP_MD_get_size(method(kind));
}

void digest_of(enum digest kind, struct slice in, unsigned char *out)
{
	int ok = EVP_Digest(in.p ? in.p : "", in.n, out, NULL, method(kind), NULL);
	assert(ok == 1);
	(void)ok;
}

void digest_hmac(enum digest kind, struct slice key, struct slice in, unsigned char *out)
{
	assert(key.n <= INT_MAX);
	const unsigned char *done = HMAC(method(kind), key.p ? key.p : "", (int)key.n,
	                                 (const unsigned char *)(in.p ? in.p : ""), in.n, out, NULL);
	assert(done != NULL);
	(void)done;
}

void digest_pbkdf2(enum digest kind, struct slice password, struct slice salt, unsigned iterations, unsigned char *out)
{
	assert(password.n <= INT_MAX && salt.n <= INT_MAX && iterations <= INT_MAX);
	int ok = PKCS5_PBKDF2_HMAC(password.p ? password.p : "", (int)password.n,
	                           (const unsigned char *)(salt.p ? salt.p : ""), (int)salt.n, (int)iterations,
	                           method(kind), (int)digest_length(kind), out);
	assert(ok == 1);
	(void)ok;
}

void hex_encode(struct buffer *out, const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buffer_printf(out, "%02x", p[i]);
}

bool secret_equal(struct slice a, struct slice b)
{
	unsigned char of_a[DIGEST_MAX], of_b[DIGEST_MAX];
	digest_of(DIGEST_SHA256, a, of_a);
	digest_of(DIGEST_SHA256, b, of_b);
	bool equal = CRYPTO_memcmp(of_a, of_b, digest_length(DIGEST_SHA256)) == 0;
	memory_wipe(of_a, sizeof of_a);
	memory_wipe(of_b, sizeof of_b);
	return equal;
}

void random_octets(unsigned char *p, size_t n)
{
	assert(n <= INT_MAX);
	if (RAND_bytes(p, (int)n) != 1)
		abort();
}
