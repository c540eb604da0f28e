/*
 * Base64 and the digests that the protocols need. libcrypto is named only behind this door.
 */
#ifndef PARLANCE_BASE_CRYPTO_H
#define PARLANCE_BASE_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/slice.h"

/* The longest digest, in octets (SHA-512). */
#define DIGEST_MAX 64

enum digest { DIGEST_MD5, DIGEST_SHA1, DIGEST_SHA256 };

/* Appends the base64 form of `in`, padded, without line breaks (RFC 4648 section 4). */
void base64_encode(struct buffer *out, struct slice in);

/* Appends what `in` encodes. False, and nothing appended, where `in` is not padded base64 of RFC 4648 section 4. */
bool base64_decode(struct buffer *out, struct slice in);

/* The length of a digest, in octets. */
size_t digest_length(enum digest kind);

/* Digest, HMAC (RFC 2104) and PBKDF2 (RFC 8018, as SCRAM's Hi() of RFC 5802 2.2) into `out`, which has room for
 * digest_length(kind) octets. */
void digest_of(enum digest kind, struct slice in, unsigned char *out);
void digest_hmac(enum digest kind, struct slice key, struct slice in, unsigned char *out);
void digest_pbkdf2(enum digest kind, struct slice password, struct slice salt, unsigned iterations, unsigned char *out);

/* Appends the octets as lower-case hexadecimal. */
void hex_encode(struct buffer *out, const unsigned char *p, size_t n);

/* Whether both hold the same octets, found in a time that does not tell where they differ, nor whose length is whose: for
 * what proves who somebody is. */
bool secret_equal(struct slice a, struct slice b);

/* Fills `n` octets with unpredictable ones. */
void random_octets(unsigned char *p, size_t n);

#endif
