/*
 * FETCH (RFC 3501 sections 6.4.5 and 7.4.2): what a command asks for, and the reply for one mail.
 *
 * A reply is made item by item while it is sent: texts of the message are pieces of it where they stand, never copied, so
 * that a reply of 30 MB costs a few KiB.
 *
 *     struct fetch *fetch = fetch_new(&tree, items, uid, &problem);           // NULL: BAD, with the problem
 *     fetch_reply_begin(&reply, fetch, mailbox, mail, number, recent, marked); // for each mail
 *     while (fetch_reply_next(&reply, 16384, &piece))
 *             visit_send(visit, piece);
 *     fetch_reply_end(&reply);
 */
#ifndef PARLANCE_LAB_IMAP_FETCH_H
#define PARLANCE_LAB_IMAP_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "store/store.h"
#include "protocol/imap_syntax.h"

/* ---- what is asked for ---- */

struct fetch;

/* Reads the items, which are the node at index `at` of a FETCH's arguments and the last of them: one item, a macro, or a
 * list. `uid`: of UID FETCH, whose replies always tell the UID. NULL where they are wrong; then `*problem` says how, a sentence
 * that begins in lower case. Nothing of the tree is kept. The caller's (fetch_free; NULL is allowed). */
struct fetch *fetch_new(const struct imap_tree *tree, size_t at, bool uid, const char **problem);
void fetch_free(struct fetch *fetch);

/* Whether it sets \Seen: BODY[…], RFC822 and RFC822.TEXT do, BODY.PEEK[…] and RFC822.HEADER do not. */
bool fetch_sees(const struct fetch *fetch);

/* ---- the reply for one mail ---- */

struct item;

/* A reply under way; its members are the room's own, but for `unknown_encoding`. */
struct fetch_reply {
	const struct fetch *fetch;
	const struct mailbox *mailbox;
	struct mail *mail;
	bool recent, flags;
	bool unknown_encoding; /* a BINARY item was left out: its part's transfer encoding is none that anybody knows; the
	                          * command ends with NO [UNKNOWN-CTE] (RFC 3516 section 4.3) */
	bool any, ended;       /* items have been said; all have */
	size_t item;           /* the next of the fetch's */
	struct buffer text;    /* to be said, and how far it has been: */
	size_t said;           /* behind it come octets of the message or of `decoded`: */
	const struct item *of;  /* the item that they are of */
	struct slice stretch;   /* of the message, still to be gone through */
	struct slice octets;    /* the piece of it under way */
	uint64_t skipped, left; /* octets to be passed over, and to be said then */
	struct buffer decoded;  /* of BINARY */
	struct buffer without_nul;
};

/* Begins `* NUMBER FETCH (…)` for a mail, which is held until the end; fetch and mailbox outlive the reply. `recent`: whether
 * it is so to this session. `flags`: FLAGS are told even where they were not asked for, because they have just changed; the
 * flags are those that the mail has when they are said, so set \Seen first. */
void fetch_reply_begin(struct fetch_reply *reply, const struct fetch *fetch, const struct mailbox *mailbox,
                       struct mail *mail, uint32_t number, bool recent, bool flags);
/* The next piece, CRLF at the very end included; never empty, at most `most` octets, good until the next call. False when
 * all has been said. */
bool fetch_reply_next(struct fetch_reply *reply, size_t most, struct slice *piece);
/* Frees what it holds, said in full or not. */
void fetch_reply_end(struct fetch_reply *reply);

#endif
