/*
 * STATUS (RFC 3501 section 6.3.10), with SIZE (RFC 8438) and APPENDLIMIT (RFC 7889).
 */
#include <inttypes.h>

#include "lab/imap_visit.h"

enum { MESSAGES, RECENT, UIDNEXT, UIDVALIDITY, UNSEEN, SIZE, APPENDLIMIT, ITEMS };
static const char *const words[ITEMS] = {
	[MESSAGES] = "MESSAGES", [RECENT] = "RECENT", [UIDNEXT] = "UIDNEXT",         [UIDVALIDITY] = "UIDVALIDITY",
	[UNSEEN] = "UNSEEN",     [SIZE] = "SIZE",     [APPENDLIMIT] = "APPENDLIMIT",
};

bool imap_status_given(struct imap_visit *v, size_t list, unsigned *items)
{
	const struct imap_tree *tree = &v->command.tree;
	const struct imap_node *node = imap_node_at(tree, list, tree->n);
	*items = 0;
	if (node == NULL || node->kind != IMAP_LIST || node->end == list + 1) {
		imap_bad(v, "a list of items is missing: (MESSAGES UNSEEN)");
		return false;
	}
	for (size_t at = list + 1; at < node->end; at++) {
		unsigned i = 0;
		while (i < ITEMS && !imap_node_is(&tree->nodes[at], slice_of(words[i])))
			i++;
		if (i == ITEMS) {
			imap_bad(v, "an item is MESSAGES, RECENT, UIDNEXT, UIDVALIDITY, UNSEEN, SIZE or APPENDLIMIT");
			return false;
		}
		*items |= 1U << i;
	}
	return true;
}

static uint64_t value_of(const struct mailbox *mailbox, unsigned item)
{
	uint64_t n = 0;
	switch (item) {
	case MESSAGES:
		return mailbox->nmails;
	case UIDNEXT:
		return mailbox->uidnext;
	case UIDVALIDITY:
		return mailbox->uidvalidity;
	case APPENDLIMIT:
		return MESSAGE_MAX;
	default:
		break;
	}
	for (size_t i = 0; i < mailbox->nmails; i++) {
		const struct mail *mail = mailbox->mails[i];
		if (item == SIZE)
			n += mail_octets(mail);
		else
			n += item == RECENT ? mail->recent : !(mail->flags & MAIL_SEEN);
	}
	return n;
}

void imap_say_status(const struct mailbox *mailbox, unsigned items, struct buffer *out)
{
	bool first = true;
	buffer_add_string(out, "* STATUS ");
	imap_say_mailbox(out, slice_of(mailbox->name));
	buffer_add_string(out, " (");
	for (unsigned i = 0; i < ITEMS; i++) {
		if (!(items & 1U << i))
			continue;
		buffer_printf(out, "%s%s %" PRIu64, first ? "" : " ", words[i], value_of(mailbox, i));
		first = false;
	}
	buffer_add_string(out, ")\r\n");
}

void imap_do_status(struct imap_visit *v)
{
	unsigned items = 0;
	if (imap_argument_count(v) != 2) {
		imap_bad(v, "STATUS takes the name of a mailbox and a list of items: (MESSAGES UNSEEN)");
		return;
	}
	if (!imap_status_given(v, imap_argument_at(v, 1), &items))
		return;
	const struct mailbox *mailbox = imap_mailbox_given(v, 0, "[NONEXISTENT]");
	if (mailbox == NULL)
		return;
	imap_say_status(mailbox, items, &v->out);
	imap_completed(v);
}
