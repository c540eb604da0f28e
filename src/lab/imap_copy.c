/*
 * COPY (RFC 3501 section 6.4.7) and MOVE (RFC 6851), all or nothing, with COPYUID (RFC 4315).
 */
#include "lab/imap_visit.h"

/* Takes out again what came to be at the end of the mailbox. */
static void take_back(struct mailbox *mailbox, uint32_t from_uid)
{
	while (mailbox->nmails && mailbox->mails[mailbox->nmails - 1]->uid >= from_uid)
		mailbox_expunge(mailbox, mailbox->mails[mailbox->nmails - 1]);
}

/* Copies the set; `code` gets COPYUID's arguments, empty where nothing was copied. What another session has expunged is
 * passed over: it is not there any more. */
static enum kept copy(struct imap_view *view, struct imap_set *set, struct mailbox *to, struct buffer *code)
{
	struct buffer sources = { 0 }, copies = { 0 };
	struct imap_uids source = { 0 }, copied = { 0 };
	enum kept kept = KEPT;
	uint32_t first = to->uidnext;
	size_t at = 0;
	while (kept == KEPT && imap_set_next(set, &at)) {
		struct mail *mail = view->seen[at].mail, *added = NULL;
		if (mail->expunged || view->lost)
			continue;
		kept = mailbox_copy(to, view->mailbox, mail, &added);
		if (kept != KEPT)
			continue;
		imap_uids_add(&source, &sources, mail->uid);
		imap_uids_add(&copied, &copies, added->uid);
	}
	imap_uids_add(&source, &sources, 0);
	imap_uids_add(&copied, &copies, 0);
	if (kept != KEPT)
		take_back(to, first);
	else if (copies.n)
		buffer_printf(code, "[COPYUID %u " SLICE_FMT " " SLICE_FMT "] ", to->uidvalidity,
		              SLICE_ARG(buffer_slice(&sources)), SLICE_ARG(buffer_slice(&copies)));
	buffer_free(&sources);
	buffer_free(&copies);
	return kept;
}

static bool expunged_among(const struct imap_view *view, struct imap_set set)
{
	size_t at = 0;
	bool found = false;
	while (!found && imap_set_next(&set, &at))
		found = view->seen[at].mail->expunged || view->lost;
	return found;
}

/* Takes what was moved out of the mailbox, the last first. */
static void expunge_set(struct imap_view *view, const struct imap_set *set)
{
	for (size_t k = set->n; k-- > 0;)
		for (size_t i = set->stretches[k].end; i-- > set->stretches[k].first;)
			if (!view->seen[i].mail->expunged)
				mailbox_expunge(view->mailbox, view->seen[i].mail);
}

static void carry(struct imap_visit *v, struct imap_set *set, struct mailbox *to, bool move)
{
	struct buffer code = { 0 };
	/* RFC 2180 4.4.1; of UIDs, those that are not there are passed over. */
	if (!imap_by_uid(v) && expunged_among(&v->view, *set)) {
		imap_no(v, "[EXPUNGEISSUED] Some of these messages were expunged by another session");
		return;
	}
	enum kept kept = copy(&v->view, set, to, &code);
	if (kept != KEPT) {
		imap_no(v, "%s no room for that",
		        kept == KEPT_MAILBOX_FULL ? "[OVERQUOTA] The mailbox has" : "[LIMIT] The lab has");
	} else if (move) {
		/* COPYUID comes before the EXPUNGEs (RFC 6851 4.3). */
		if (code.n)
			buffer_printf(&v->out, "* OK " SLICE_FMT "These were moved\r\n",
			              SLICE_ARG(buffer_slice(&code)));
		expunge_set(&v->view, set);
		imap_completed(v);
	} else {
		imap_ok(v, SLICE_FMT "%s completed", SLICE_ARG(buffer_slice(&code)), v->row->verb);
	}
	buffer_free(&code);
}

static void begin(struct imap_visit *v, bool move)
{
	const struct imap_node *node = imap_argument(v, 0);
	struct imap_set set = { 0 };
	if (imap_argument_count(v) != 2) {
		imap_bad(v, "which messages, and the name of a mailbox: those two are wanted");
	} else if (node->kind != IMAP_ATOM || !imap_set_read(&set, &v->view, node->content, imap_by_uid(v))) {
		imap_bad(v, "which messages: numbers from 1 on that are there, as 2,4:7 or 9:*");
	} else {
		struct mailbox *to = imap_mailbox_given(v, 1, "[TRYCREATE]");
		if (to && (!move || imap_may_change(v)))
			carry(v, &set, to, move);
	}
	imap_set_free(&set);
}

void imap_do_copy(struct imap_visit *v)
{
	begin(v, false);
}

void imap_do_move(struct imap_visit *v)
{
	begin(v, true);
}
