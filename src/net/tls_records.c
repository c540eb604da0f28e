/*
 * Records of TLS, followed from outside.
 */
#include "net/tls_records.h"

/* The longest text of one record (RFC 8446 5.1), and what encryption may add to it (RFC 5246 6.2.3). */
#define TEXT_MAX 16384
#define ADDED_MAX 2048

/* What is kept of that which is no TLS. */
#define PLAINTEXT_MAX 512

/* Whether the octet can stand there in a record's header: its type (RFC 8446 5.1, RFC 6520 6), its version, its
 * length. */
static bool header_fits(const struct tls_records *r)
{
	const unsigned char *h = r->header;
	switch (r->nheader) {
	case 1:
		return h[0] >= 20 && h[0] <= 24;
	case 2:
		return h[1] == 3;
	case TLS_RECORD_HEADER:
		return (size_t)h[3] * 256 + h[4] <= TEXT_MAX + ADDED_MAX;
	default:
		return true;
	}
}

size_t tls_records_take(struct tls_records *r, const char *p, size_t n)
{
	size_t at = 0;
	while (r->left == 0 && at < n) {
		r->header[r->nheader++] = (unsigned char)p[at++];
		if (!header_fits(r)) {
			r->alien = true;
			return 0;
		}
		if (r->nheader == TLS_RECORD_HEADER) {
			r->left = (size_t)r->header[3] * 256 + r->header[4];
			r->nheader = 0;
			break;
		}
	}
	size_t body = n - at < r->left ? n - at : r->left;
	r->left -= body;
	return at + body;
}

void tls_records_alien(struct tls_records *r, const char *p, size_t n, size_t before)
{
	if (r->plaintext.n == 0)
		buffer_add(&r->plaintext, r->header, before);
	size_t room = r->plaintext.n < PLAINTEXT_MAX ? PLAINTEXT_MAX - r->plaintext.n : 0;
	buffer_add(&r->plaintext, p, n < room ? n : room);
}
