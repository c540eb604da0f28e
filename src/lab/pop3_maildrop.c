/*
 * The mail of one POP3 session.
 */
#include "lab/pop3_inside.h"

#include <stdlib.h>

bool maildrop_open(struct maildrop *maildrop, struct mailbox *mailbox)
{
	if (!mailbox_lock(mailbox))
		return false;
	size_t n = mailbox->nmails;
	*maildrop = (struct maildrop){ .mailbox = mailbox, .uidvalidity = mailbox->uidvalidity, .n = n };
	maildrop->mails = memory_zeroed(n ? n : 1, sizeof maildrop->mails[0]);
	maildrop->marked = memory_zeroed(n ? n : 1, sizeof maildrop->marked[0]);
	for (size_t i = 0; i < n; i++)
		maildrop->mails[i] = mail_hold(mailbox->mails[i]);
	maildrop_unmark(maildrop);
	return true;
}

/* Whether the mailbox still has it: another session may have expunged or moved it. */
static bool is_there(const struct mailbox *mailbox, const struct mail *mail)
{
	size_t low = 0, high = mailbox->nmails;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (mailbox->mails[middle]->uid < mail->uid)
			low = middle + 1;
		else
			high = middle;
	}
	return !mail->expunged && low < mailbox->nmails && mailbox->mails[low] == mail;
}

void maildrop_update(struct maildrop *maildrop)
{
	for (size_t i = 0; i < maildrop->n; i++)
		if (maildrop->marked[i] && is_there(maildrop->mailbox, maildrop->mails[i]))
			mailbox_expunge(maildrop->mailbox, maildrop->mails[i]);
}

void maildrop_close(struct maildrop *maildrop)
{
	if (maildrop->mailbox)
		mailbox_unlock(maildrop->mailbox);
	for (size_t i = 0; i < maildrop->n; i++)
		mail_release(maildrop->mails[i]);
	free(maildrop->mails);
	free(maildrop->marked);
	*maildrop = (struct maildrop){ 0 };
}

void maildrop_mark(struct maildrop *maildrop, size_t i)
{
	maildrop->marked[i] = true;
	maildrop->left--;
	maildrop->octets -= maildrop_octets(maildrop, i);
}

void maildrop_unmark(struct maildrop *maildrop)
{
	maildrop->left = maildrop->n;
	maildrop->octets = 0;
	for (size_t i = 0; i < maildrop->n; i++) {
		maildrop->marked[i] = false;
		maildrop->octets += maildrop_octets(maildrop, i);
	}
}

size_t maildrop_octets(const struct maildrop *maildrop, size_t i)
{
	struct slice text = message_text(maildrop->mails[i]->message);
	bool ended = text.n == 0 || text.p[text.n - 1] == '\n';
	return text.n + (ended ? 0 : 2);
}

void maildrop_unique_id(const struct maildrop *maildrop, size_t i, struct buffer *out)
{
	buffer_printf(out, "%lu.%lu", (unsigned long)maildrop->uidvalidity, (unsigned long)maildrop->mails[i]->uid);
}

void maildrop_seen(struct maildrop *maildrop, size_t i)
{
	struct mail *mail = maildrop->mails[i];
	if (!(mail->flags & MAIL_SEEN) && is_there(maildrop->mailbox, mail))
		mail_set_flags(maildrop->mailbox, mail, mail->flags | MAIL_SEEN);
}
