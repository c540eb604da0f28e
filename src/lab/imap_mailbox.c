/*
 * IMAP and its mailboxes: SELECT, EXAMINE, CLOSE, UNSELECT; CREATE, DELETE, RENAME, SUBSCRIBE, UNSUBSCRIBE.
 */
#include "lab/imap_visit.h"

/* ---- SELECT, EXAMINE ---- */

static void say_opened(struct imap_visit *v)
{
	const struct mailbox *mailbox = v->view.mailbox;
	uint32_t unseen = imap_view_unseen(&v->view);
	imap_view_say_flags(&v->view, &v->out);
	buffer_printf(&v->out, "* %zu EXISTS\r\n* %u RECENT\r\n", v->view.n, imap_view_recent(&v->view));
	if (unseen)
		buffer_printf(&v->out, "* OK [UNSEEN %u] The first that is not seen\r\n", unseen);
	buffer_printf(&v->out, "* OK [UIDVALIDITY %u] UIDs are valid\r\n", mailbox->uidvalidity);
	buffer_printf(&v->out, "* OK [UIDNEXT %u] The next UID\r\n", mailbox->uidnext);
}

/* A SELECT that fails has left the mailbox that was selected before (RFC 3501 6.3.1). */
void imap_do_select(struct imap_visit *v)
{
	bool examine = slice_equal_nocase(v->command.command.verb, SLICE("EXAMINE"));
	if (imap_argument_count(v) != 1) {
		imap_bad(v, "the name of a mailbox is wanted, and nothing else");
		return;
	}
	struct mailbox *mailbox = imap_mailbox_given(v, 0, "[NONEXISTENT]");
	if (mailbox == NULL && v->command.wrong)
		return;
	imap_view_close(&v->view);
	if (mailbox == NULL)
		return;
	imap_view_open(&v->view, mailbox, examine);
	say_opened(v);
	imap_ok(v, "[%s] %s completed", examine ? "READ-ONLY" : "READ-WRITE", v->row->verb);
}

/* ---- CLOSE, UNSELECT ---- */

static bool no_arguments(struct imap_visit *v)
{
	if (v->command.tree.n == 0)
		return true;
	imap_bad(v, "nothing stands behind this command's name");
	return false;
}

/* What is marked \Deleted goes, and nothing is said of it (RFC 3501 6.4.2). From the end: so each costs little. */
void imap_do_close(struct imap_visit *v)
{
	if (!no_arguments(v))
		return;
	struct imap_view *view = &v->view;
	for (size_t i = view->n; i-- > 0 && !view->read_only;)
		if (view->seen[i].mail->flags & MAIL_DELETED && !view->seen[i].mail->expunged && !view->lost)
			mailbox_expunge(view->mailbox, view->seen[i].mail);
	imap_view_close(view);
	imap_completed(v);
}

void imap_do_unselect(struct imap_visit *v)
{
	if (!no_arguments(v))
		return;
	imap_view_close(&v->view);
	imap_completed(v);
}

/* ---- CREATE, DELETE, RENAME ---- */

static void say_fault(struct imap_visit *v, enum mailbox_fault fault)
{
	switch (fault) {
	case MAILBOX_DONE:
		imap_completed(v);
		break;
	case MAILBOX_EXISTS:
		imap_no(v, "[ALREADYEXISTS] A mailbox has that name already");
		break;
	case MAILBOX_MISSING:
		imap_no(v, "[NONEXISTENT] No mailbox has that name");
		break;
	case MAILBOX_INBOX:
		imap_no(v, "[CANNOT] INBOX is always there");
		break;
	case MAILBOX_CHILDREN:
		imap_no(v, "[HASCHILDREN] Only a name is left of it, which others below it need");
		break;
	case MAILBOX_NAME:
		imap_no(v, "[CANNOT] That cannot be a mailbox's name");
		break;
	case MAILBOX_TOO_MANY:
		imap_no(v, "[LIMIT] There are too many mailboxes");
		break;
	}
}

/* A name to be made: what LIST takes for patterns would be hard to find again. A `/` at its end says only that others will
 * be below it (RFC 3501 6.3.3). */
static bool new_name(struct imap_visit *v, size_t i, struct buffer *name)
{
	if (!imap_mailbox_name(v, i, name))
		return false;
	struct slice said = buffer_slice(name);
	if (slice_find_octet(said, '%') < said.n || slice_find_octet(said, '*') < said.n) {
		imap_no(v, "[CANNOT] %% and * stand for other characters in LIST: they are not taken in names");
		return false;
	}
	if (name->n > 1 && name->p[name->n - 1] == '/')
		name->n--;
	return true;
}

/* The special use of `(USE (\Sent))` (RFC 6154 section 3), NULL for none. False, and the reply made, where it is wrong. */
static bool use_given(struct imap_visit *v, const char **use)
{
	static const char *const uses[] = { "\\Archive", "\\Drafts", "\\Flagged", "\\Junk", "\\Sent", "\\Trash", NULL };
	const struct imap_tree *tree = &v->command.tree;
	size_t at = imap_argument_at(v, 1);
	*use = NULL;
	if (imap_argument_count(v) == 1)
		return true;
	const struct imap_node *list = &tree->nodes[at];
	if (list->kind != IMAP_LIST || !imap_node_is(imap_node_at(tree, at + 1, list->end), SLICE("USE")) ||
	    at + 2 >= list->end || tree->nodes[at + 2].kind != IMAP_LIST || tree->nodes[at + 2].end != list->end) {
		imap_bad(v, "behind the name may stand its use, as (USE (\\Sent))");
		return false;
	}
	for (size_t i = at + 3; i < list->end; i++) {
		size_t k = 0;
		while (uses[k] && !imap_node_is(&tree->nodes[i], slice_of(uses[k])))
			k++;
		if (uses[k] == NULL || *use) {
			imap_no(v,
			        "[USEATTR] One use is kept of each: \\Archive \\Drafts \\Flagged \\Junk \\Sent \\Trash");
			return false;
		}
		*use = uses[k];
	}
	return true;
}

void imap_do_create(struct imap_visit *v)
{
	struct buffer name = { 0 };
	const char *use = NULL;
	size_t n = imap_argument_count(v);
	if (n != 1 && n != 2)
		imap_bad(v, "CREATE takes the name of the new mailbox");
	else if (new_name(v, 0, &name) && use_given(v, &use))
		say_fault(v, user_create(v->user, buffer_slice(&name), use));
	buffer_free(&name);
}

void imap_do_delete(struct imap_visit *v)
{
	struct buffer name = { 0 };
	if (imap_argument_count(v) != 1)
		imap_bad(v, "DELETE takes the name of a mailbox");
	else if (imap_mailbox_name(v, 0, &name))
		say_fault(v, user_delete(v->user, buffer_slice(&name)));
	buffer_free(&name);
}

void imap_do_rename(struct imap_visit *v)
{
	struct buffer from = { 0 }, to = { 0 };
	if (imap_argument_count(v) != 2)
		imap_bad(v, "RENAME takes the name of a mailbox and its new name");
	else if (imap_mailbox_name(v, 0, &from) && new_name(v, 1, &to))
		say_fault(v, user_rename(v->user, buffer_slice(&from), buffer_slice(&to)));
	buffer_free(&from);
	buffer_free(&to);
}

/* ---- SUBSCRIBE, UNSUBSCRIBE ---- */

static void subscribe(struct imap_visit *v, bool subscribed)
{
	struct buffer name = { 0 };
	if (imap_argument_count(v) != 1) {
		imap_bad(v, "the name of a mailbox is wanted, and nothing else");
	} else if (imap_mailbox_name(v, 0, &name)) {
		if (name.n > 1 && name.p[name.n - 1] == '/')
			name.n--;
		if (subscribed && user_mailbox(v->user, buffer_slice(&name)) == NULL) {
			imap_no(v, "[NONEXISTENT] No mailbox has that name");
		} else {
			user_subscribe(v->user, buffer_slice(&name), subscribed);
			imap_completed(v);
		}
	}
	buffer_free(&name);
}

void imap_do_subscribe(struct imap_visit *v)
{
	subscribe(v, true);
}

void imap_do_unsubscribe(struct imap_visit *v)
{
	subscribe(v, false);
}
