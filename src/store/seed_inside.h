/*
 * What the files of the seed share: each makes a part of the model.
 */
#ifndef PARLANCE_STORE_SEED_INSIDE_H
#define PARLANCE_STORE_SEED_INSIDE_H

#include "base/error.h"
#include "store/store_inside.h"

/* ---- users of the model (seed_people.c) ---- */

/* The user of that name, as it is written; NULL. */
struct user *model_user(const struct store *model, struct slice name);
void model_user_free(struct user *user);
/* The people of the documents and their mail, the users of --user, and the outbox. */
void model_add_people(struct store *model, const struct store_options *options);

/* ---- mail ---- */

/* The message of a row of seed_mails, held by the caller. */
struct seed_mail;
struct message *seed_message(const struct seed_mail *row);

/* Adds the messages of an mbox file to a mailbox (--mbox). STATUS_USAGE with a message. */
enum status mbox_read(const char *file, struct mailbox *mailbox, struct error *error);

/* ---- files (seed_files.c) ---- */

/* Gives every user of the model its tree: those of the tables, or that of --files. */
enum status model_add_files(struct store *model, const char *folder, struct error *error);

#endif
