/*
 * Mail kept on the disk.
 */
#include "lab/maildir.h"

enum status keep_open(const char *folder, bool reset, struct keep **keep, struct error *error)
{
	(void)folder;
	(void)reset;
	*keep = NULL;
	return error_set(error, STATUS_USAGE, "--keep: not yet");
}
void keep_close(struct keep *keep)
{
	(void)keep;
}
bool keep_name_fits(struct slice name)
{
	(void)name;
	return true;
}
bool maildir_read(struct user *user)
{
	(void)user;
	return false;
}
void maildir_made(struct mailbox *mailbox)
{
	(void)mailbox;
}
void maildir_removed(struct mailbox *mailbox)
{
	(void)mailbox;
}
void maildir_renamed(struct mailbox *mailbox, const char *before)
{
	(void)mailbox;
	(void)before;
}
void maildir_described(struct mailbox *mailbox)
{
	(void)mailbox;
}
void maildir_subscribed(struct user *user)
{
	(void)user;
}
void maildir_added(struct mailbox *mailbox, struct mail *mail)
{
	(void)mailbox;
	(void)mail;
}
void maildir_marked(struct mailbox *mailbox, struct mail *mail)
{
	(void)mailbox;
	(void)mail;
}
void maildir_expunged(struct mailbox *mailbox, struct mail *mail)
{
	(void)mailbox;
	(void)mail;
}
