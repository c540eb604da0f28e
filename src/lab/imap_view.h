/*
 * A mailbox as one IMAP session sees it: the sequence numbers that the client knows. They change only when the client is told
 * (RFC 3501 section 7.4.1): a mail that another session has expunged stays here, with its number, until then (RFC 2180 4.1.1).
 */
#ifndef PARLANCE_LAB_IMAP_VIEW_H
#define PARLANCE_LAB_IMAP_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "store/store.h"
#include "protocol/imap_syntax.h"

/* A mail that the client knows of. */
struct imap_seen {
	struct mail *mail; /* held */
	bool recent;       /* to this session (RFC 3501 2.3.2) */
	bool changed;      /* its flags are not what the client was told */
};

struct imap_view {
	struct mailbox *mailbox; /* NULL: none is selected */
	bool read_only;
	struct imap_seen *seen; /* in the order of their numbers, from 0 */
	size_t n, room;
	/* What the client has not been told. */
	bool grown, gone;
	bool lost;                /* it was told that the mailbox is gone, and its mails with it */
	size_t expunged, changed; /* mails */
	size_t keywords;          /* of the mailbox's, that it has been told of */
	uint32_t uidvalidity;     /* that it has been told */
	struct watcher watcher;
	/* Something has changed that the client might be told: called at most until it is. NULL: nobody. */
	void (*stirred)(void *context);
	void *context;
};

/* Opens a mailbox: what is there is known, and recent to this session where it is to any. `view` is all zero but for
 * `stirred` and `context`. */
void imap_view_open(struct imap_view *view, struct mailbox *mailbox, bool read_only);
/* Leaves it; of none selected, nothing. */
void imap_view_close(struct imap_view *view);

/* Whether there is something to tell; without `expunge`, EXPUNGE is not. */
bool imap_view_stale(const struct imap_view *view, bool expunge);
/* Appends untagged data that tell the client what has changed, some 16 KiB at a time: to be called until it is no longer stale. */
void imap_view_tell(struct imap_view *view, bool expunge, struct buffer *out);

/* How many of them are recent; the first that is not \Seen, as its number, or 0. */
uint32_t imap_view_recent(const struct imap_view *view);
uint32_t imap_view_unseen(const struct imap_view *view);
/* The index of the first mail whose UID is not less; how many there are where there is none. */
size_t imap_view_from_uid(const struct imap_view *view, uint64_t uid);
/* The greatest UID; 0 where there are no mails. */
uint32_t imap_view_last_uid(const struct imap_view *view);

/* Appends `* FLAGS (…)`, and `* OK [PERMANENTFLAGS (…)] …`. */
void imap_view_say_flags(struct imap_view *view, struct buffer *out);
/* Appends the same where the mailbox has keywords that the client was not told of: before they are named. */
void imap_view_tell_keywords(struct imap_view *view, struct buffer *out);
/* The client has been told, or has itself set, this mail's flags. */
void imap_view_told(struct imap_view *view, size_t at);

/* ---- sets ---- */

/* Mails of a view, as stretches of it from `first` up to, not including, `end`; in order, and apart. */
struct imap_stretch {
	size_t first, end;
};
struct imap_set {
	struct imap_stretch *stretches;
	size_t n;
	size_t stretch, at; /* the next that is taken */
};
/* Reads a sequence set of numbers, or UIDs. False where it is none, or (numbers) one is greater than there are mails. UIDs that
 * are not there are passed over. Freed by imap_set_free, in either case. */
bool imap_set_read(struct imap_set *set, const struct imap_view *view, struct slice text, bool uid);
/* All mails. */
void imap_set_all(struct imap_set *set, const struct imap_view *view);
/* The next mail of it, as index; false at its end. Good while the client is not told of EXPUNGE. */
bool imap_set_next(struct imap_set *set, size_t *at);
void imap_set_free(struct imap_set *set);

/* Appends UIDs, ascending, as a uid-set ("3:5,9"): call with each in turn, and with 0 at the end. */
struct imap_uids {
	uint32_t first, last;
	bool any;
};
void imap_uids_add(struct imap_uids *uids, struct buffer *out, uint32_t uid);

#endif
