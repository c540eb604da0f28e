/*
 * What the lab keeps: users and their passwords, mailboxes and messages, the outbox, and each user's files. All of it in
 * memory; mail may be kept as Maildir between runs. Every server works on one store, so that what came by SMTP is there in
 * POP3, IMAP and HTTP at once.
 *
 * Nothing here speaks a protocol. Names are UTF-8. Message texts have CRLF line ends and never change; they are shared
 * between stores and between mailboxes.
 */
#ifndef PARLANCE_STORE_STORE_H
#define PARLANCE_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"

struct store;
struct files;

/* ---- a message's text ---- */

struct message; /* counted: whoever keeps one holds it */

/* A message of that text, copied; bare LFs and CRs become CRLF. Held once by the caller. */
struct message *message_new(struct slice text);
struct message *message_hold(struct message *message);
void message_release(struct message *message); /* NULL is allowed */
struct slice message_text(const struct message *message);
/* Its MIME structure (store/mime.h), found when first asked for and kept as long as the message. */
struct mime;
const struct mime *message_mime(struct message *message);

/* ---- mail: a message in a mailbox ---- */

/* The system flags (RFC 9051 2.3.2), and behind them the mailbox's keywords: bit MAIL_KEYWORDS + i. */
enum {
	MAIL_ANSWERED = 1 << 0,
	MAIL_FLAGGED = 1 << 1,
	MAIL_DELETED = 1 << 2,
	MAIL_SEEN = 1 << 3,
	MAIL_DRAFT = 1 << 4,
	MAIL_KEYWORDS = 5 /* the first keyword's bit number */
};
#define KEYWORDS_MAX 56

/* Counted too: an IMAP session may still look at what another has expunged. Only the store changes it. */
struct mail {
	uint32_t uid;
	uint64_t flags;
	int64_t received; /* the internal date, seconds since 1970 */
	int zone;         /* of that date, minutes east of Greenwich */
	bool recent;      /* no IMAP session has been told of it */
	bool expunged;
	struct message *message;
	struct mailbox *mailbox; /* that it is in; NULL once it is in none */
	char *file;              /* the store's: where a Maildir has it */
	uint64_t charged;        /* the store's: what it counts for its limit */
	size_t holders;
};
struct mail *mail_hold(struct mail *mail);
void mail_release(struct mail *mail);
/* Octets of its text. */
size_t mail_octets(const struct mail *mail);

/* ---- a mailbox ---- */

struct mailbox {
	char *name; /* UTF-8, levels parted by "/": "INBOX", "Work/2024" */
	struct user *user;
	uint32_t uidvalidity, uidnext;
	struct mail **mails; /* in the order of their UIDs; moves when mail is added or expunged */
	size_t nmails;
	struct mail **block; /* the store's: the memory in which `mails` stands, with room for so many */
	size_t room;
	char *keywords[KEYWORDS_MAX]; /* "$Forwarded"; the first NULL ends them */
	bool noselect;                /* only a name with others below it (RFC 9051 6.3.5) */
	const char *special_use;      /* "\\Sent" (RFC 6154), or NULL */
	uint64_t limit;               /* octets it may hold; 0: no limit of its own */
	uint64_t octets;              /* that it holds */
	bool locked;                  /* a POP3 session has the maildrop (RFC 1939 4) */
	bool gone;                    /* deleted; it lives as long as somebody watches it. A renamed one goes on */
	struct watcher *watchers;
};

/* What happens to a mailbox while somebody has it open. The change has been made already. */
enum change { CHANGE_ADDED, CHANGE_FLAGS, CHANGE_EXPUNGED, CHANGE_GONE /* deleted or renamed: `mail` is NULL */ };
struct watcher {
	void (*changed)(void *context, enum change change, struct mail *mail);
	void *context;
	struct watcher *next; /* the store's */
};
/* The watcher is the caller's and stays where it is until unwatched. `changed` may not unwatch. The change's author is told
 * like everyone else. */
void mailbox_watch(struct mailbox *mailbox, struct watcher *watcher);
void mailbox_unwatch(struct mailbox *mailbox, struct watcher *watcher);

/* Takes and gives back the maildrop's lock; false where another has it. */
bool mailbox_lock(struct mailbox *mailbox);
void mailbox_unlock(struct mailbox *mailbox);

/* The keyword's bit, entered into the mailbox where it is new and `make`; 0 where it is not there, or there are too many. */
uint64_t mailbox_keyword(struct mailbox *mailbox, struct slice keyword, bool make);

/* Why something was not kept. */
enum kept { KEPT, KEPT_MAILBOX_FULL, KEPT_STORE_FULL };
/* What mailbox_add of so many octets would say now. */
enum kept mailbox_fits(const struct mailbox *mailbox, uint64_t octets);
/* Adds a mail; the message is held by it. `*mail` (may be NULL) is the mailbox's. Flags may have keyword bits. */
enum kept mailbox_add(struct mailbox *mailbox, struct message *message, uint64_t flags, int64_t received, int zone,
                      struct mail **mail);
/* Adds a copy of a mail of another mailbox, or of the same: text, flags, keywords by their names, internal date. It is recent. */
enum kept mailbox_copy(struct mailbox *mailbox, const struct mailbox *from, const struct mail *mail,
                       struct mail **copy);
/* Sets the flags to exactly these; who watches is told where they differ. */
void mail_set_flags(struct mailbox *mailbox, struct mail *mail, uint64_t flags);
/* Somebody has been told that it is recent. */
void mail_not_recent(struct mail *mail);
/* Takes it out for good. */
void mailbox_expunge(struct mailbox *mailbox, struct mail *mail);

/* ---- users ---- */

struct user {
	char *name;                 /* "bob" */
	char **passwords;           /* ended by a NULL: every password that the documents print for the name is good */
	char *full_name;            /* "Bob", for VRFY */
	bool made_up;               /* all its passwords are the lab's own, and may be shown */
	char **subscribed;          /* names that LSUB gives, whether they exist or not; ended by a NULL */
	struct mailbox **mailboxes; /* sorted by name, INBOX first */
	size_t nmailboxes;
	struct files *files; /* its tree (store/files.h) */
	struct store *store;
	const struct user *origin; /* the store's: what it begins as, until it is first asked for; NULL */
};

/* The user of that name, no regard to case, with or without a local domain ("bob", "bob@foo.com"); NULL. */
struct user *store_user(struct store *store, struct slice name);
/* The i-th, NULL past the last. */
struct user *store_user_at(struct store *store, size_t i);
/* The same, for who wants names and passwords alone: its mailboxes and files may not have been made yet. */
const struct user *store_person(const struct store *store, size_t i);
/* Whether that is one of its passwords. */
bool user_password(const struct user *user, struct slice password);
/* The same for `struct sasl_server`'s callback: the i-th password of the user of that name, NULL past the last. */
const char *store_secret(void *store, struct slice name, size_t i);

/* The user's mailbox of that name ("inbox" in any case is INBOX); NULL. */
struct mailbox *user_mailbox(const struct user *user, struct slice name);

/* Why a mailbox could not be made, taken away or renamed. */
enum mailbox_fault {
	MAILBOX_DONE,
	MAILBOX_EXISTS,
	MAILBOX_MISSING,
	MAILBOX_INBOX,    /* INBOX cannot be deleted, nor the Outbox deleted or renamed */
	MAILBOX_CHILDREN, /* \Noselect with others below it: there is nothing to delete */
	MAILBOX_NAME,     /* no name: empty, an empty level, too long, controls, not UTF-8 */
	MAILBOX_TOO_MANY
};
/* The longest name, in octets of UTF-8, and how many mailboxes a user may have. */
#define MAILBOX_NAME_MAX 1000
#define MAILBOXES_MAX 1000
/* The levels above are made where they are missing (RFC 9051 6.3.4). A "/" at the end is left out; a \Noselect name becomes a
 * mailbox. `special_use` other than those of RFC 6154 is none. */
enum mailbox_fault user_create(struct user *user, struct slice name, const char *special_use);
/* With others below it, its mails go and the name stays, \Noselect (RFC 9051 6.3.5). */
enum mailbox_fault user_delete(struct user *user, struct slice name);
/* What stands below goes with it; of INBOX the mails move and it stays, empty (RFC 9051 6.3.6). Below itself a name cannot
 * go: MAILBOX_NAME. Each has a new UIDVALIDITY after. */
enum mailbox_fault user_rename(struct user *user, struct slice from, struct slice to);
void user_subscribe(struct user *user, struct slice name, bool subscribed);

/* ---- addresses ---- */

enum recipient {
	RECIPIENT_LOCAL,   /* `*user` */
	RECIPIENT_LIST,    /* a list of users: store_list */
	RECIPIENT_UNKNOWN, /* of a local domain, and nobody there has that name */
	RECIPIENT_REMOTE   /* of another domain */
};
/* Who `address` ("bob@foo.com", "Postmaster", "bob+tag@localhost") is. */
enum recipient store_recipient(struct store *store, struct slice address, struct user **user);
bool store_local_domain(const struct store *store, struct slice domain);
/* The i-th member of the list of that name ("students"); NULL past the last. */
struct user *store_list(struct store *store, struct slice name, size_t i);
/* The i-th list's name; NULL past the last. */
const char *store_list_name(const struct store *store, size_t i);

/* Mail for other domains ends here, for all to see: a mailbox that belongs to `outbox`, a user who cannot log in but whose
 * mailbox every user sees in IMAP as "Outbox" and the pages show. */
struct mailbox *store_outbox(struct store *store);

/* The site: the tree that HTTP serves and anonymous FTP reads. It is the tree of the user "webmaster". */
struct files *store_site(struct store *store);

/* ---- the store ---- */

struct store_user_given {
	struct slice name, password;
};
/* What the lab was started with. All strings outlive the stores. */
struct store_options {
	const struct store_user_given *users; /* --user */
	size_t nusers;
	const char *const *mboxes; /* --mbox: into the INBOX of the first --user, else of bob */
	size_t nmboxes;
	const char *
		files; /* --files: a folder that becomes every user's tree and the pages' root, read at the start; NULL */
	const char *
		keep; /* --keep: mail is read from there and written there, as Maildir; NULL: nothing is kept. What is kept
	                   * of a user stands in the place of all mail that the seed has for it, --mbox included */
	bool reset;       /* what is kept there is taken away first */
	const char *host; /* the machine's name, a local domain */
};

/* All that a new store begins with, read once. STATUS_USAGE with a message `what: why: what to do`. */
struct seed;
enum status seed_new(const struct store_options *options, struct seed **seed, struct error *error);
void seed_free(struct seed *seed);

/* A store that begins so; texts are shared with the seed, which outlives it. `kept`: this one reads and writes the Maildir of
 * --keep (one store at a time); what cannot be written is said once on stderr. */
struct store *store_new(struct seed *seed, bool kept);
void store_free(struct store *store);

/* Octets that a message may have (SIZE, RFC 1870); and whether there is room for so many more in the store as a whole. */
#define MESSAGE_MAX ((size_t)35882577)
bool store_room(const struct store *store, uint64_t octets);

#endif
