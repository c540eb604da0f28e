/*
 * SEARCH (RFC 3501 section 6.4.4): its program, whether one mail matches it, and what was found, said as SEARCH or ESEARCH
 * (RFC 4731). The caller goes from mail to mail at its own pace:
 *
 *     struct search *search = search_new(&tree, 0, &fault, &problem);  // RETURN (…), CHARSET and the keys
 *     for each mail: if (search_matches(search, &place, mail, number, recent))
 *             search_found(&found, uid ? mail->uid : number);
 *     search_say(&out, search, &found, tag, uid);
 */
#ifndef PARLANCE_LAB_IMAP_SEARCH_H
#define PARLANCE_LAB_IMAP_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "store/store.h"
#include "protocol/imap_syntax.h"

/* ---- the program ---- */

struct search;

enum search_fault {
	SEARCH_GOOD,
	SEARCH_WRONG,  /* BAD */
	SEARCH_CHARSET /* NO [BADCHARSET (US-ASCII UTF-8)] */
};
/* Reads a SEARCH's arguments from index `at` on: RETURN and its options, CHARSET, and the keys. NULL where they are wrong; then
 * `*fault` says what to reply, and `*problem` why, a sentence that begins in lower case. Nothing of the tree is kept. The
 * caller's (search_free; NULL is allowed). */
struct search *search_new(const struct imap_tree *tree, size_t at, enum search_fault *fault, const char **problem);
void search_free(struct search *search);

/* The mailbox as the session sees it: what `*` means in sets. */
struct search_place {
	const struct mailbox *mailbox; /* whose keywords the flags are */
	uint32_t mails;                /* how many the session numbers */
	uint32_t last_uid;             /* the greatest among them; 0 where there are none */
};

/* Whether a mail matches; `number` is its sequence number, `recent` whether it is so to this session. */
bool search_matches(const struct search *search, const struct search_place *place, struct mail *mail, uint32_t number,
                    bool recent);

/* ---- what was found ---- */

/* Numbers or UIDs, ascending; all zero at first. */
struct search_found {
	struct search_range {
		uint32_t first, last;
	} * ranges;
	size_t n, room;
	uint32_t count;
};
/* Adds a number greater than those before. */
void search_found(struct search_found *found, uint32_t number);
void search_found_free(struct search_found *found);

/* Appends the untagged reply and CRLF: `* SEARCH 2 84 882`, or where RETURN was said `* ESEARCH (TAG "a1") UID MIN 2 ALL
 * 2:5,9`. */
void search_say(struct buffer *out, const struct search *search, const struct search_found *found, struct slice tag,
                bool uid);

#endif
