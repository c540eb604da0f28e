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

/* A user name as SCRAM and OAUTHBEARER have it: `=` and `,` escaped (RFC 5802 section 5.1). */
void saslname_add(struct buffer *out, struct slice user);

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
 * than 1,000,000 iterations, or a last message that does not prove that the server has a key made from the password.
 * User and password are taken as they are: no SASLprep (RFC 4013). */
bool sasl_scram(struct scram *scram, struct buffer *out, struct slice user, struct slice password,
                struct slice challenge, const char **why);
void scram_clear(struct scram *scram);
/* `*to` becomes an exchange of its own at the same step; what it held is not freed. */
void scram_copy(struct scram *to, const struct scram *from);

/* ---- a client that logs in: each challenge in, the next line out, and how it is built ---- */

struct sasl_login;
struct sasl_step;

/* A mechanism that a client can go through. */
struct sasl_way {
	const char *name;   /* "PLAIN" */
	const char *secret; /* what proves the user: "password", "token" */
	bool speaks_first;  /* the client does, so that its first line may stand behind the command */
	const char *ref;
	bool (*step)(struct sasl_login *login, struct slice challenge, struct sasl_step *step);
};
/* The way of that name, letters compared without their case, or NULL; and the i-th, NULL past the last. */
const struct sasl_way *sasl_way_named(struct slice name);
const struct sasl_way *sasl_way_at(size_t i);

/* Who logs in, and how far it has come. Begun by sasl_login_begin, ended by sasl_login_clear. */
struct sasl_login {
	const struct sasl_way *way;
	char *user;           /* empty: unknown, as where only LOGIN's password is still asked for */
	struct buffer secret; /* the password, or the token */
	char *host;           /* OAUTHBEARER: where to, or NULL; set by the caller, who gives it away */
	unsigned port;        /* 0: unknown */
	bool show;            /* what is said of how lines are built shows the secrets, not {{password}} */
	unsigned lines;       /* that were built */
	bool asked_name;      /* LOGIN: it was, and given */
	struct scram scram;
	bool proved; /* the server has proved, by SCRAM, that it has a key made from the password */
};
/* Both texts are copied. */
void sasl_login_begin(struct sasl_login *login, const struct sasl_way *way, struct slice user, struct slice secret);
/* Wipes and frees what it holds; all zero after. */
void sasl_login_clear(struct sasl_login *login);

/* A line of the client's; freed by sasl_step_free. */
struct sasl_step {
	struct buffer line;  /* base64, without a line end; a secret */
	struct buffer built; /* how it is built: sentences, a line each, safe to show, secrets in them as `show` says */
	const char *why;     /* why there is no line: a sentence that begins in lower case */
};
/* The next line, in answer to the decoded challenge (empty where the client speaks first). False with `why` where this
 * is no challenge that can be answered: the exchange is then given up with `*` (RFC 4422 section 3.5). */
bool sasl_login_step(struct sasl_login *login, struct slice challenge, struct sasl_step *step);
void sasl_step_free(struct sasl_step *step);

#endif
