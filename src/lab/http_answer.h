/*
 * A response in the making, and on its way: a status, fields, and a body of pieces, some made here, some only looked at in the
 * store, so that a large file goes out without a copy. It says itself how long it is, or comes in chunks.
 */
#ifndef PARLANCE_LAB_HTTP_ANSWER_H
#define PARLANCE_LAB_HTTP_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "lab/visit.h"

struct blob;
struct message;

/* A part of the body: `made`, or octets that lie elsewhere. */
struct answer_piece {
	struct buffer made;
	struct slice octets;
};

struct answer {
	unsigned status;
	struct buffer interim; /* what goes out before it: a 1xx, whole */
	struct buffer fields;  /* `Name: value` lines, CRLF behind each */
	struct answer_piece *pieces;
	size_t npieces, room;
	struct blob *blob;       /* what the pieces look at is held; NULL */
	struct message *message; /* likewise */
	bool chunked;            /* each piece is a chunk */
	struct buffer trailer;   /* fields behind the last chunk */
	bool closes;             /* the connection is closed behind it */
	/* On its way: */
	bool bodiless; /* the fields alone go out */
	size_t piece, at;
};

/* Forgets all of it. All zero is an empty answer. */
void answer_clear(struct answer *a);

/* Adds a field; what printf would print. Values hold no line ends: what comes from a client is encoded or checked before. */
void answer_field(struct answer *a, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));
void answer_date(struct answer *a, const char *name, int64_t seconds);
/* Adds text to the body; what the buffer holds is taken. */
void answer_take(struct answer *a, struct buffer *text);
void answer_add(struct answer *a, const char *text);
/* Adds octets that lie in what is held. */
void answer_look(struct answer *a, struct slice octets);
/* Holds until all has gone out; one of each kind. */
void answer_hold_blob(struct answer *a, struct blob *blob);
void answer_hold_message(struct answer *a, struct message *message);
/* Takes the body away, and what is held. */
void answer_drop_body(struct answer *a);
uint64_t answer_octets(const struct answer *a);

/* What the protocol's table says of a status of three digits, NULL where it is none of it; and its reason phrase, "" then. */
const struct entry *answer_meaning(unsigned status);
const char *answer_phrase(unsigned status);

/* Says the status line and the fields, those of the framing and of the connection included, for a client of that version. */
void answer_head(struct answer *a, struct visit *visit, bool head_only, unsigned version);
/* Says the next of the body, some 32 KiB; false when all has been said. */
bool answer_more(struct answer *a, struct visit *visit);

#endif
