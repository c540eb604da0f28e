/*
 * Mail kept on the disk between runs (--keep): a Maildir++ for each user, DIR/NAME/{cur,new,tmp} and DIR/NAME/.Folder/…
 *
 * A message's file is named by its time, its UID and its zone; flags stand behind `:2,`, keywords among them as letters. What
 * else a mailbox has stands in its file `parlance-mailbox`, written anew as a whole. Each change is written when it is made.
 * What cannot be written is said once on stderr, and the lab goes on in memory.
 *
 * All of these do nothing where the mailbox's store keeps nothing.
 */
#ifndef PARLANCE_STORE_MAILDIR_H
#define PARLANCE_STORE_MAILDIR_H

#include <stdbool.h>

#include "base/error.h"
#include "store/store.h"

struct keep;

/* Makes sure that DIR can be used: makes it, takes away what was kept there (`reset`), and keeps others out until keep_close.
 * STATUS_USAGE with a message. */
enum status keep_open(const char *folder, bool reset, struct keep **keep, struct error *error);
void keep_close(struct keep *keep);
/* Whether a user's mailbox of that name can have a folder, where one is needed: its levels, joined and with their dots
 * escaped, are one file name. */
bool keep_name_fits(const struct user *user, struct slice name);

/* Reads all that is kept of a user into its mailboxes, of which it has none. False where nothing is. */
bool maildir_read(struct user *user);
/* A mailbox has come, with what it holds; it goes; it has another name than `before`. */
void maildir_made(struct mailbox *mailbox);
void maildir_removed(struct mailbox *mailbox);
void maildir_renamed(struct mailbox *mailbox, const char *before);
/* What the mailbox is has changed: keywords, UIDVALIDITY, \Noselect. */
void maildir_described(struct mailbox *mailbox);
void maildir_subscribed(struct user *user);
/* A mail has been added; its flags are others; it is about to be taken out. */
void maildir_added(struct mailbox *mailbox, struct mail *mail);
void maildir_marked(struct mailbox *mailbox, struct mail *mail);
void maildir_expunged(struct mailbox *mailbox, struct mail *mail);

#endif
