/*
 * A mail in a mailbox: what is added, changed and taken out, and who is told of it.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "store/maildir.h"
#include "store/store_inside.h"

struct mail *mail_hold(struct mail *mail)
{
	mail->holders++;
	return mail;
}

void mail_release(struct mail *mail)
{
	if (mail == NULL)
		return;
	assert(mail->holders);
	if (--mail->holders)
		return;
	message_release(mail->message);
	free(mail->file);
	free(mail);
}

size_t mail_octets(const struct mail *mail)
{
	return message_text(mail->message).n;
}

void mailbox_tell(struct mailbox *mailbox, enum change change, struct mail *mail)
{
	for (struct watcher *watcher = mailbox->watchers; watcher != NULL; watcher = watcher->next)
		watcher->changed(watcher->context, change, mail);
}

/* ---- the order of the mails ---- */

/* Room for one more at the end: what was left free in front is used first. */
static void make_room(struct mailbox *mailbox)
{
	size_t front = mailbox->mails != NULL ? (size_t)(mailbox->mails - mailbox->block) : 0;
	if (front + mailbox->nmails < mailbox->room)
		return;
	if (front > mailbox->room / 2) {
		memmove(mailbox->block, mailbox->mails, mailbox->nmails * sizeof(struct mail *));
		mailbox->mails = mailbox->block;
		return;
	}
	mailbox->room = mailbox->room ? mailbox->room * 2 : 4;
	mailbox->block = memory_grow(mailbox->block, mailbox->room, sizeof(struct mail *));
	mailbox->mails = mailbox->block + front;
}

/* Where that UID stands, or would. */
static size_t place_of(const struct mailbox *mailbox, uint32_t uid)
{
	size_t low = 0, high = mailbox->nmails;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (mailbox->mails[middle]->uid < uid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* ---- adding ---- */

enum kept mailbox_fits(const struct mailbox *mailbox, uint64_t octets)
{
	if (mailbox->nmails >= MAILS_MAX || mailbox->uidnext == UINT32_MAX)
		return KEPT_MAILBOX_FULL;
	if (mailbox->limit && (mailbox->octets > mailbox->limit || octets > mailbox->limit - mailbox->octets))
		return KEPT_MAILBOX_FULL;
	return store_room(mailbox->user->store, octets) ? KEPT : KEPT_STORE_FULL;
}

struct mail *mailbox_put(struct mailbox *mailbox, const struct mail *like)
{
	struct mail *mail = memory_get(sizeof *mail);
	*mail = *like;
	mail->uid = like->uid ? like->uid : mailbox->uidnext;
	mail->message = message_hold(like->message);
	mail->mailbox = mailbox;
	mail->file = NULL;
	mail->expunged = false;
	mail->holders = 1;
	assert(!mailbox->nmails || mailbox->mails[mailbox->nmails - 1]->uid < mail->uid);
	make_room(mailbox);
	mailbox->mails[mailbox->nmails++] = mail;
	if (mailbox->uidnext <= mail->uid)
		mailbox->uidnext = mail->uid + 1;
	mailbox->octets += mail_octets(mail);
	mail->charged = mail_octets(mail) + MAIL_OVERHEAD;
	limit_count(&mailbox->user->store->mail, mail->charged);
	return mail;
}

/* The keyword bits that the mailbox knows, beside the system flags. */
static uint64_t known_flags(const struct mailbox *mailbox)
{
	size_t n = 0;
	while (n < KEYWORDS_MAX && mailbox->keywords[n] != NULL)
		n++;
	return (UINT64_C(1) << (MAIL_KEYWORDS + n)) - 1;
}

enum kept mailbox_add(struct mailbox *mailbox, struct message *message, uint64_t flags, int64_t received, int zone,
                      struct mail **mail)
{
	enum kept kept = mailbox_fits(mailbox, message_text(message).n);
	if (kept != KEPT)
		return kept;
	struct mail *added = mailbox_put(mailbox, &(struct mail){ .flags = flags & known_flags(mailbox),
	                                                          .received = received,
	                                                          .zone = zone,
	                                                          .recent = true,
	                                                          .message = message });
	maildir_added(mailbox, added);
	mailbox_tell(mailbox, CHANGE_ADDED, added);
	if (mail != NULL)
		*mail = added;
	return KEPT;
}

uint64_t mailbox_flags_of(struct mailbox *mailbox, const struct mailbox *from, uint64_t flags)
{
	uint64_t same = flags & ((1 << MAIL_KEYWORDS) - 1);
	for (size_t i = 0; i < KEYWORDS_MAX && from->keywords[i] != NULL; i++)
		if (flags & UINT64_C(1) << (MAIL_KEYWORDS + i))
			same |= mailbox_keyword(mailbox, slice_of(from->keywords[i]), true);
	return same;
}

enum kept mailbox_copy(struct mailbox *mailbox, const struct mailbox *from, const struct mail *mail, struct mail **copy)
{
	enum kept kept = mailbox_fits(mailbox, mail_octets(mail));
	if (kept != KEPT)
		return kept;
	return mailbox_add(mailbox, mail->message, mailbox_flags_of(mailbox, from, mail->flags), mail->received,
	                   mail->zone, copy);
}

/* ---- changing ---- */

void mail_set_flags(struct mailbox *mailbox, struct mail *mail, uint64_t flags)
{
	flags &= known_flags(mailbox);
	if (mail->mailbox != mailbox || mail->flags == flags)
		return;
	mail->flags = flags;
	maildir_marked(mailbox, mail);
	mailbox_tell(mailbox, CHANGE_FLAGS, mail);
}

void mail_not_recent(struct mail *mail)
{
	if (!mail->recent)
		return;
	mail->recent = false;
	if (mail->mailbox != NULL)
		maildir_marked(mail->mailbox, mail);
}

void mailbox_take(struct mailbox *mailbox, struct mail *mail)
{
	size_t at = place_of(mailbox, mail->uid);
	assert(at < mailbox->nmails && mailbox->mails[at] == mail);
	/* The shorter side moves: the oldest and the newest go at once. */
	if (at < mailbox->nmails / 2) {
		memmove(mailbox->mails + 1, mailbox->mails, at * sizeof(struct mail *));
		mailbox->mails++;
	} else {
		memmove(mailbox->mails + at, mailbox->mails + at + 1,
		        (mailbox->nmails - at - 1) * sizeof(struct mail *));
	}
	mailbox->nmails--;
	mailbox->octets -= mail_octets(mail);
	limit_give(&mailbox->user->store->mail, mail->charged);
	mail->expunged = true;
	mail->mailbox = NULL;
}

void mailbox_expunge(struct mailbox *mailbox, struct mail *mail)
{
	if (mail->mailbox != mailbox)
		return;
	maildir_expunged(mailbox, mail);
	mailbox_take(mailbox, mail);
	mailbox_tell(mailbox, CHANGE_EXPUNGED, mail);
	mail_release(mail);
}
