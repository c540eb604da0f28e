/*
 * Text in type A (RFC 959 3.1.1.1): on the wire each line ends in CRLF, in a file here in LF. A file that holds CRLF, because
 * it was stored as an image, has it on the wire once.
 */
#include "lab/ftp_inside.h"

uint64_t ftp_lines_octets(struct slice file)
{
	uint64_t octets = file.n;
	for (size_t i = 0; i < file.n; i++)
		octets += file.p[i] == '\n' && (i == 0 || file.p[i - 1] != '\r');
	return octets;
}

bool ftp_lines_place(struct slice file, uint64_t octets, size_t *at, bool *between)
{
	size_t i = 0;
	uint64_t before = 0;
	*between = false;
	for (; i < file.n && before < octets; i++) {
		bool bare = file.p[i] == '\n' && (i == 0 || file.p[i - 1] != '\r');
		if (bare && before + 1 == octets) {
			*between = true;
			break;
		}
		before += 1U + bare;
	}
	if (i > 0 && i < file.n && file.p[i] == '\n' && file.p[i - 1] == '\r')
		*between = true;
	*at = i;
	return *between || before == octets;
}

void ftp_lines_take(struct buffer *out, struct slice wire, bool *held)
{
	for (size_t i = 0; i < wire.n; i++) {
		if (*held && wire.p[i] != '\n')
			buffer_add_octet(out, '\r');
		*held = wire.p[i] == '\r';
		if (!*held)
			buffer_add_octet(out, wire.p[i]);
	}
}
