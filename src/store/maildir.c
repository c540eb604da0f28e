/*
 * Changes of the store, written to the Maildir as they are made.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "store/maildir_inside.h"

/* NULL where nothing is kept, or nothing any more: a new mailbox may have the name of one that is gone, and its folder. */
static struct keep *keep_of(const struct mailbox *mailbox)
{
	return mailbox->gone ? NULL : mailbox->user->store->keep;
}

/* ---- mailboxes ---- */

static void add_state(struct buffer *out, const struct mailbox *mailbox)
{
	buffer_printf(out, "uidvalidity %lu\nuidnext %lu\n", (unsigned long)mailbox->uidvalidity,
	              (unsigned long)mailbox->uidnext);
	if (mailbox->limit)
		buffer_printf(out, "limit %llu\n", (unsigned long long)mailbox->limit);
	if (mailbox->special_use != NULL)
		buffer_printf(out, "special-use %s\n", mailbox->special_use);
	if (mailbox->noselect)
		buffer_add_string(out, "noselect\n");
	for (size_t i = 0; i < KEYWORDS_MAX && mailbox->keywords[i] != NULL; i++)
		buffer_printf(out, "keyword %s\n", mailbox->keywords[i]);
}

void maildir_described(struct mailbox *mailbox)
{
	if (keep_of(mailbox) == NULL)
		return;
	struct buffer state = { 0 };
	char *path = keep_path(mailbox->user, mailbox->name, STATE_FILE);
	char *beside = keep_path(mailbox->user, mailbox->name, STATE_FILE ".new");
	add_state(&state, mailbox);
	keep_write(keep_of(mailbox), path, beside, buffer_slice(&state));
	buffer_free(&state);
	free(path);
	free(beside);
}

void maildir_made(struct mailbox *mailbox)
{
	struct keep *keep = keep_of(mailbox);
	if (keep == NULL)
		return;
	char *user = keep_path(mailbox->user, NULL, NULL), *folder = keep_path(mailbox->user, mailbox->name, NULL);
	if ((mkdir(user, 0700) != 0 && errno != EEXIST) || !keep_make(folder))
		keep_failed(keep, folder);
	free(user);
	free(folder);
	maildir_described(mailbox);
	for (size_t i = 0; i < mailbox->nmails; i++)
		maildir_added(mailbox, mailbox->mails[i]);
}

/* It is put aside first, in one step: half a mailbox must not come back. */
void maildir_removed(struct mailbox *mailbox)
{
	struct keep *keep = keep_of(mailbox);
	if (keep == NULL)
		return;
	char *folder = keep_path(mailbox->user, mailbox->name, NULL);
	char *inside = string_printf("deleted.%u", keep->gone++);
	char *aside = keep_path(mailbox->user, NULL, inside);
	if (rename(folder, aside) != 0)
		keep_failed(keep, folder);
	else if (!keep_remove(aside))
		keep_failed(keep, aside);
	free(folder);
	free(inside);
	free(aside);
}

void maildir_renamed(struct mailbox *mailbox, const char *before)
{
	struct keep *keep = keep_of(mailbox);
	if (keep == NULL)
		return;
	char *old = keep_path(mailbox->user, before, NULL), *new = keep_path(mailbox->user, mailbox->name, NULL);
	if (rename(old, new) != 0)
		keep_failed(keep, old);
	free(old);
	free(new);
	maildir_described(mailbox);
}

void maildir_subscribed(struct user *user)
{
	struct keep *keep = user->store->keep;
	if (keep == NULL)
		return;
	struct buffer names = { 0 };
	for (size_t i = 0; user->subscribed[i] != NULL; i++)
		buffer_printf(&names, "%s\n", user->subscribed[i]);
	char *path = keep_path(user, NULL, SUBSCRIPTIONS_FILE);
	char *beside = keep_path(user, NULL, SUBSCRIPTIONS_FILE ".new");
	keep_write(keep, path, beside, buffer_slice(&names));
	buffer_free(&names);
	free(path);
	free(beside);
}

/* ---- mail ---- */

static char *name_of(const struct mail *mail)
{
	struct buffer name = { 0 };
	file_of(&name, mail);
	return buffer_take(&name);
}

void maildir_added(struct mailbox *mailbox, struct mail *mail)
{
	struct keep *keep = keep_of(mailbox);
	if (keep == NULL)
		return;
	char *file = name_of(mail), *inside = string_printf("tmp/%s", file + 4);
	char *path = keep_path(mailbox->user, mailbox->name, file);
	char *beside = keep_path(mailbox->user, mailbox->name, inside);
	if (keep_write(keep, path, beside, message_text(mail->message))) {
		mail->file = file;
		file = NULL;
	}
	free(file);
	free(inside);
	free(path);
	free(beside);
}

void maildir_marked(struct mailbox *mailbox, struct mail *mail)
{
	struct keep *keep = keep_of(mailbox);
	if (keep == NULL || mail->file == NULL)
		return;
	char *file = name_of(mail);
	char *old = keep_path(mailbox->user, mailbox->name, mail->file),
	     *new = keep_path(mailbox->user, mailbox->name, file);
	if (rename(old, new) == 0) {
		free(mail->file);
		mail->file = file;
	} else {
		keep_failed(keep, old);
		free(file);
	}
	free(old);
	free(new);
}

/* The newest UID must not come back: the file names would not tell any more that there was one (RFC 9051 2.3.1.1). */
void maildir_expunged(struct mailbox *mailbox, struct mail *mail)
{
	struct keep *keep = keep_of(mailbox);
	if (keep == NULL || mail->file == NULL)
		return;
	if (mail->uid + 1 == mailbox->uidnext)
		maildir_described(mailbox);
	char *path = keep_path(mailbox->user, mailbox->name, mail->file);
	if (unlink(path) != 0)
		keep_failed(keep, path);
	free(path);
}
