/*
 * What the store's files share: the store itself, and the steps that its users must not take.
 */
#ifndef PARLANCE_STORE_STORE_INSIDE_H
#define PARLANCE_STORE_STORE_INSIDE_H

#include "store/store.h"
#include "store/store_limit.h"

struct keep;

struct store {
	struct seed *seed;   /* NULL of the seed's own model */
	struct user **users; /* in the order of the seed */
	size_t nusers;
	struct user *outbox;
	struct limit mail, files;
	uint32_t *validity; /* the last UIDVALIDITY that was given out, of all stores of a seed */
	struct keep *keep;  /* the Maildir; NULL: nothing is kept */
};

/* What a mail counts for beside its text, in octets, so that empty ones have a bound too. */
#define MAIL_OVERHEAD 256
#define MAILS_MAX 500000
#define KEYWORD_MAX 255

/* ---- messages ---- */

struct message {
	size_t holders;
	struct mime *mime; /* NULL until it is asked for */
	size_t n;
	char text[];
};

/* ---- mailboxes (store_mailbox.c) ---- */

/* A mailbox that stands in no list yet; its name is copied. */
struct mailbox *mailbox_new(struct user *user, struct slice name, uint32_t uidvalidity);
/* A UIDVALIDITY that no mailbox has had: it follows the clock, so that those of the next run are greater. */
uint32_t new_validity(struct store *store);
void mailbox_free(struct mailbox *mailbox);
/* Frees it, or has the last watcher do so; who watches is told. */
void mailbox_retire(struct mailbox *mailbox);
/* Tells all who watch. */
void mailbox_tell(struct mailbox *mailbox, enum change change, struct mail *mail);
/* Puts a mail into it, without a limit: `like` says all of it but its mailbox, its file and its holders. A UID of 0 is the
 * next one. Nobody is told, and nothing is kept. */
struct mail *mailbox_put(struct mailbox *mailbox, const struct mail *like);
/* Takes one out: it is expunged, and the caller's to release. Nobody is told, and nothing is kept. */
void mailbox_take(struct mailbox *mailbox, struct mail *mail);
/* The flags of a mail of `from`, in the bits of `mailbox`. */
uint64_t mailbox_flags_of(struct mailbox *mailbox, const struct mailbox *from, uint64_t flags);

/* ---- users (store_user.c) ---- */

/* Puts a mailbox into the user's list, takes it out of it. */
void user_enter(struct user *user, struct mailbox *mailbox);
void user_forget(struct user *user, struct mailbox *mailbox);
/* Whether a name may be a mailbox's, as it stands. */
bool mailbox_name_good(const struct user *user, struct slice name);
/* The special use of that name (RFC 6154), as it is kept; NULL. */
const char *special_use_named(struct slice name);
/* Frees its mailboxes, files and subscriptions. */
void user_clear(struct user *user);

/* ---- the seed (seed.c) ---- */

/* The store that others are copies of. */
const struct store *seed_model(const struct seed *seed);
/* The limits of all stores together. */
struct limit *seed_mail_limit(struct seed *seed);
struct limit *seed_files_limit(struct seed *seed);
uint32_t *seed_validity(struct seed *seed);
/* Where mail is kept; NULL. */
struct keep *seed_keep(const struct seed *seed);
/* What the lab was started with. */
const struct store_options *seed_options(const struct seed *seed);

#endif
