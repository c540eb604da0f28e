/*
 * SASL (RFC 4422) without I/O: what a line of an exchange says, and how a client's lines are built. It serves the
 * protocols that have AUTH, the functions of transcripts ({{plain USER PASSWORD}} …), and `:auth`.
 */
#ifndef PARLANCE_PROTOCOL_SASL_H
#define PARLANCE_PROTOCOL_SASL_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/slice.h"

/* Follows one exchange, whichever side one is on. All zero before the first; sasl_clear frees. */
struct sasl {
	char *mechanism;         /* upper case */
	char *user;              /* as the client has said, for masks; NULL until known */
	unsigned step;           /* client lines seen, the initial response included */
	struct buffer challenge; /* the last one, decoded */
};

/* What a line of the exchange says. */
struct sasl_line {
	bool ok;               /* it decoded (or is `*`, `=`, or empty) */
	struct buffer decoded; /* owned by the caller (buffer_wipe) */
	struct buffer note;    /* one sentence, without secrets; owned by the caller */
	const char *ref;
	struct buffer mask; /* of a client's line: what stands in its place in a record: `{{plain bob {{password}}}}`;
	                        * empty where the line hides nothing: `*`, `=`, an empty line */
};
void sasl_line_free(struct sasl_line *line);

/* Begins an exchange with that mechanism. */
void sasl_begin(struct sasl *sasl, struct slice mechanism);

/* Takes one base64 line of the server (334's or `+`'s text) or of the client. */
void sasl_server(struct sasl *sasl, struct slice text, struct sasl_line *line);
void sasl_client(struct sasl *sasl, struct slice text, struct sasl_line *line);

void sasl_clear(struct sasl *sasl);

/* Whether the mechanism lets the client speak first and is done after that one line, so that a command may follow at
 * once (RFC 4954 section 4). */
bool sasl_one_step(struct slice mechanism);

/* ---- a client's lines, built; each appends to `out` ---- */

/* PLAIN (RFC 4616), base64 included. */
void sasl_plain(struct buffer *out, struct slice user, struct slice password);

/* CRAM-MD5's answer to a decoded challenge (RFC 2195), base64 included. */
void sasl_cram_md5(struct buffer *out, struct slice user, struct slice password, struct slice challenge);

/* APOP's digest of a greeting's timestamp (RFC 1939 section 7), hexadecimal. */
void sasl_apop(struct buffer *out, struct slice password, struct slice timestamp);

/* SCRAM (RFC 5802, RFC 7677), one exchange as the client. All zero before the first. */
struct scram {
	unsigned step;
	bool sha256;
	char *nonce; /* made at the first step; a test may set it before */
	char *first_bare;
	char *signature; /* what the server must prove itself with, base64; known after the second step */
};
/* The client's next line in its turn: the first message, the proof (from the decoded server-first message in
 * `challenge`), then empty, after which the next exchange may begin. False, with `why` a sentence that begins in lower
 * case, where the challenge is not what this step answers: no server-first message, another nonce, fewer than 1 or more
 * than 1,000,000 iterations, or a last message that does not prove that the server knows the password. User and
 * password are taken as they are: no SASLprep (RFC 4013). */
bool sasl_scram(struct scram *scram, struct buffer *out, struct slice user, struct slice password,
                struct slice challenge, const char **why);
void scram_clear(struct scram *scram);
/* `*to` becomes an exchange of its own at the same step; what it held is not freed. */
void scram_copy(struct scram *to, const struct scram *from);

#endif
