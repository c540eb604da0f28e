/*
 * APPEND (RFC 3501 section 6.3.11), of several messages at once (RFC 3502), with the UIDs that they get (RFC 4315).
 */
#include <stdlib.h>
#include <time.h>

#include "lab/imap_visit.h"

#define FORM "APPEND takes a mailbox, perhaps flags, perhaps a date in quotes, and the message as a literal"

/* ---- before the message comes ---- */

/* Whether all that is announced fits. */
static void check_room(struct imap_visit *v, const struct mailbox *mailbox)
{
	enum kept kept = mailbox_fits(mailbox, v->command.messages);
	if (kept == KEPT_MAILBOX_FULL)
		imap_command_refuse(&v->command, "NO [OVERQUOTA]", "the mailbox has no room for that");
	else if (kept == KEPT_STORE_FULL)
		imap_command_refuse(&v->command, "NO [LIMIT]", "the lab has no room for that");
}

void imap_append_expected(struct imap_visit *v)
{
	struct imap_command_text *c = &v->command;
	if (c->ngiven == 0 || !c->given[c->ngiven - 1].is_message)
		return;
	struct buffer said = { 0 }, name = { 0 };
	imap_tree_parse(&c->tree, c->command.arguments, NULL, 0);
	/* A name that is itself a literal is looked at when all is there. */
	if (c->tree.nodes[0].kind != IMAP_LITERAL && imap_node_astring(&c->tree.nodes[0], false, &said)) {
		const struct mailbox *mailbox = NULL;
		if (imap_mailbox_decode(&name, buffer_slice(&said)))
			mailbox = user_mailbox(v->user, buffer_slice(&name));
		if (mailbox == NULL)
			imap_command_refuse(c, "NO [TRYCREATE]", "no mailbox has that name: CREATE makes it");
		else if (mailbox->noselect)
			imap_command_refuse(c, "NO [CANNOT]", "that is only a name with others below it (\\Noselect)");
		else
			check_room(v, mailbox);
	}
	buffer_free(&said);
	buffer_free(&name);
}

/* ---- the messages ---- */

/* One message as it stands in the command. */
struct appended {
	struct message *message; /* the command's */
	uint64_t flags;
	int64_t received;
	int zone;
};

/* Reads the next message from the tree's index `*at` on. False, and the reply made, where it is none. */
static bool appended_read(struct imap_visit *v, size_t *at, struct mailbox *mailbox, struct appended *appended)
{
	const struct imap_tree *tree = &v->command.tree;
	const struct imap_node *node = imap_node_at(tree, *at, tree->n);
	*appended = (struct appended){ .received = (int64_t)time(NULL) };
	if (node && node->kind == IMAP_LIST) {
		if (!imap_flags_given(v, *at + 1, node->end, mailbox, true, &appended->flags))
			return false;
		*at = node->end;
		node = imap_node_at(tree, *at, tree->n);
	}
	if (node && node->kind == IMAP_QUOTED) {
		if (!imap_date_time(node->content, &appended->received, &appended->zone)) {
			imap_bad(v, "a date is written \"17-Jul-1996 02:44:25 -0700\"");
			return false;
		}
		node = imap_node_at(tree, ++*at, tree->n);
	}
	const struct imap_given *given = node && node->kind == IMAP_LITERAL ? imap_command_given(&v->command, *at)
	                                                                    : NULL;
	if (given == NULL || given->message == NULL) {
		imap_bad(v, FORM);
		return false;
	}
	appended->message = given->message;
	++*at;
	return true;
}

/* Takes out again what was added, the last first. */
static void take_back(struct mailbox *mailbox, struct mail **mails, size_t n)
{
	while (n-- > 0)
		mailbox_expunge(mailbox, mails[n]);
}

/* Adds all, or none. */
static void append(struct imap_visit *v, struct mailbox *mailbox, const struct appended *appended, size_t n)
{
	struct mail **mails = memory_zeroed(n, sizeof(struct mail *));
	struct buffer uids = { 0 };
	struct imap_uids set = { 0 };
	enum kept kept = KEPT;
	size_t added = 0;
	for (; added < n && kept == KEPT; added += kept == KEPT) {
		const struct appended *one = &appended[added];
		kept = mailbox_add(mailbox, one->message, one->flags, one->received, one->zone, &mails[added]);
	}
	if (kept != KEPT) {
		take_back(mailbox, mails, added);
		imap_no(v, "%s no room for that",
		        kept == KEPT_MAILBOX_FULL ? "[OVERQUOTA] The mailbox has" : "[LIMIT] The lab has");
	} else {
		for (size_t i = 0; i < n; i++)
			imap_uids_add(&set, &uids, mails[i]->uid);
		imap_uids_add(&set, &uids, 0);
		imap_ok(v, "[APPENDUID %u " SLICE_FMT "] APPEND completed", mailbox->uidvalidity,
		        SLICE_ARG(buffer_slice(&uids)));
	}
	buffer_free(&uids);
	free(mails);
}

void imap_do_append(struct imap_visit *v)
{
	const struct imap_tree *tree = &v->command.tree;
	size_t at = imap_argument_at(v, 1), n = 0;
	if (tree->n < 2) {
		imap_bad(v, FORM);
		return;
	}
	struct mailbox *mailbox = imap_mailbox_given(v, 0, "[TRYCREATE]");
	if (mailbox == NULL)
		return;
	struct appended *appended = memory_zeroed(tree->n, sizeof *appended);
	while (at < tree->n && appended_read(v, &at, mailbox, &appended[n]))
		n++;
	if (v->final.n == 0)
		append(v, mailbox, appended, n);
	free(appended);
}
