/*
 * What the files of the Maildir share: names, and steps on the disk.
 */
#ifndef PARLANCE_STORE_MAILDIR_INSIDE_H
#define PARLANCE_STORE_MAILDIR_INSIDE_H

#include "base/buffer.h"
#include "store/maildir.h"
#include "store/store_inside.h"

struct keep {
	char *folder;
	int lock;      /* an open file; -1 */
	bool failed;   /* it has been said that something could not be written */
	unsigned gone; /* folders that were put aside to be removed */
};

#define STATE_FILE "parlance-mailbox"
#define SUBSCRIPTIONS_FILE "subscriptions"

/* ---- names (maildir_name.c) ---- */

/* Appends `.Work.2024`, the folder of a mailbox below the user's; nothing for INBOX. */
void folder_of(struct buffer *out, struct slice name);
/* Appends the mailbox name of a folder's name that begins with a dot. False where it means none. */
bool folder_read(struct buffer *out, struct slice folder);
/* Appends `new/NAME` or `cur/NAME:2,FLAGS`, where a mail has its file. */
void file_of(struct buffer *out, const struct mail *mail);
/* Reads the name of a file in `cur` or `new`: UID, flags, time and zone as far as they stand in it; UID 0 where none does.
 * `mail` has the time of the file before. */
void file_read(struct slice name, struct mail *mail);

/* ---- on the disk (maildir_disk.c) ---- */

/* Where a mailbox, or (NULL) a user, has its folder, and in it `inside` (NULL: the folder itself): the caller's (free). */
char *keep_path(const struct user *user, const char *name, const char *inside);
/* Says once that something could not be done; errno says why. */
void keep_failed(struct keep *keep, const char *path);
/* Writes a file as a whole: beside it first, then in its place. False, said by keep_failed, where it cannot be. */
bool keep_write(struct keep *keep, const char *path, const char *beside, struct slice octets);
/* Appends what a file holds, so many octets at most; false and errno where it cannot be read. */
bool keep_read(const char *path, struct buffer *out, uint64_t most);
/* Calls for each entry of a folder but "." and ".."; false and errno where it cannot be read, or the call says false. */
bool keep_each(const char *folder, bool (*each)(void *context, const char *name), void *context);
/* Removes the plain files in a folder. */
bool keep_empty(const char *folder);
/* Removes a mailbox's folder: cur, new, tmp and what is beside them. Folders below that are no part of it stay. */
bool keep_remove(const char *folder);
/* Makes a mailbox's folder with cur, new and tmp, where they are missing. */
bool keep_make(const char *folder);

#endif
