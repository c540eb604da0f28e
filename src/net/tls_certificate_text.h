/*
 * Text out of certificates, which strangers have written: shared by the two files that put them in words.
 */
#ifndef PARLANCE_NET_TLS_CERTIFICATE_TEXT_H
#define PARLANCE_NET_TLS_CERTIFICATE_TEXT_H

#include <openssl/x509v3.h>

#include "net/tls_inside.h"

/* Appends a stranger's text: escaped, and cut where it is too long. */
void certificate_add_text(struct buffer *out, struct slice text);
/* What a string of ASN.1 holds, as long as it lives. */
struct slice certificate_asn1(const ASN1_STRING *string);
/* What was written to the BIO, until it is freed. */
struct slice certificate_bio(BIO *bio);
/* Appends all of a name: "C=US, O=Let's Encrypt, CN=R11". */
void certificate_add_name(struct buffer *out, const X509_NAME *name);
/* Appends a DNS name or an address; false for the other kinds. */
bool certificate_add_host(struct buffer *out, const GENERAL_NAME *name);
/* The subject alternative names (RFC 5280 4.2.1.6), the caller's (GENERAL_NAMES_free); NULL: none. */
GENERAL_NAMES *certificate_alternatives(const X509 *certificate);

#endif
