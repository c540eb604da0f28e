/*
 * The mail of one POP3 session.
 */
#include "lab/pop3_inside.h"

#include <stdlib.h>

/* Where the body begins: behind the empty line, or at the end. */
static size_t body_start(struct slice text)
{
	struct slice rest = text;
	while (rest.n)
		if (slice_equal(slice_line(&rest), SLICE("\r\n")))
			break;
	return text.n - rest.n;
}

void maildrop_text(const struct maildrop *maildrop, size_t i, struct buffer *surrogate, struct slice *header,
                   struct slice *body)
{
	struct slice text = message_text(maildrop->mails[i].mail->message);
	size_t start = body_start(text);
	*header = slice_part(text, 0, start);
	*body = slice_part(text, start, text.n);
	if (!maildrop->utf8 && pop3_surrogate(surrogate, *header))
		*header = buffer_slice(surrogate);
}

/* A text whose last line has no end gets one. */
static size_t octets_sent(const struct maildrop *maildrop, size_t i)
{
	struct buffer surrogate = { 0 };
	struct slice header, body;
	maildrop_text(maildrop, i, &surrogate, &header, &body);
	struct slice last = body.n ? body : header;
	bool ended = last.n == 0 || last.p[last.n - 1] == '\n';
	buffer_free(&surrogate);
	return header.n + body.n + (ended ? 0 : 2);
}

bool maildrop_open(struct maildrop *maildrop, struct mailbox *mailbox, bool utf8)
{
	if (!mailbox_lock(mailbox))
		return false;
	size_t n = mailbox->nmails;
	*maildrop = (struct maildrop){ .mailbox = mailbox, .uidvalidity = mailbox->uidvalidity, .utf8 = utf8, .n = n };
	maildrop->mails = memory_zeroed(n ? n : 1, sizeof maildrop->mails[0]);
	for (size_t i = 0; i < n; i++) {
		maildrop->mails[i].mail = mail_hold(mailbox->mails[i]);
		maildrop->mails[i].octets = octets_sent(maildrop, i);
	}
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
		if (maildrop->mails[i].marked && is_there(maildrop->mailbox, maildrop->mails[i].mail))
			mailbox_expunge(maildrop->mailbox, maildrop->mails[i].mail);
}

void maildrop_close(struct maildrop *maildrop)
{
	if (maildrop->mailbox)
		mailbox_unlock(maildrop->mailbox);
	for (size_t i = 0; i < maildrop->n; i++)
		mail_release(maildrop->mails[i].mail);
	free(maildrop->mails);
	*maildrop = (struct maildrop){ 0 };
}

void maildrop_mark(struct maildrop *maildrop, size_t i)
{
	maildrop->mails[i].marked = true;
	maildrop->left--;
	maildrop->octets -= maildrop->mails[i].octets;
}

void maildrop_unmark(struct maildrop *maildrop)
{
	maildrop->left = maildrop->n;
	maildrop->octets = 0;
	for (size_t i = 0; i < maildrop->n; i++) {
		maildrop->mails[i].marked = false;
		maildrop->octets += maildrop->mails[i].octets;
	}
}

void maildrop_unique_id(const struct maildrop *maildrop, size_t i, struct buffer *out)
{
	buffer_printf(out, "%lu.%lu", (unsigned long)maildrop->uidvalidity,
	              (unsigned long)maildrop->mails[i].mail->uid);
}

void maildrop_seen(struct maildrop *maildrop, size_t i)
{
	struct mail *mail = maildrop->mails[i].mail;
	if (!(mail->flags & MAIL_SEEN) && is_there(maildrop->mailbox, mail))
		mail_set_flags(maildrop->mailbox, mail, mail->flags | MAIL_SEEN);
}
