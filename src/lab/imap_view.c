/*
 * A mailbox as one IMAP session sees it, and what it must be told of what others do.
 */
#include "lab/imap_view.h"

#include <stdlib.h>

#include "lab/imap_say.h"

/* Octets of untagged data that are told at once. */
#define TOLD_AT_ONCE 16384

/* ---- what happens ---- */

size_t imap_view_from_uid(const struct imap_view *view, uint64_t uid)
{
	size_t low = 0, high = view->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (view->seen[middle].mail->uid < uid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct imap_seen *seen_of(struct imap_view *view, const struct mail *mail)
{
	size_t at = imap_view_from_uid(view, mail->uid);
	return at < view->n && view->seen[at].mail == mail ? &view->seen[at] : NULL;
}

static void changed(void *context, enum change change, struct mail *mail)
{
	struct imap_view *view = context;
	struct imap_seen *seen = mail ? seen_of(view, mail) : NULL;
	if (change == CHANGE_ADDED) {
		view->grown = true;
	} else if (change == CHANGE_FLAGS && seen && !seen->changed) {
		seen->changed = true;
		view->changed++;
	} else if (change == CHANGE_EXPUNGED && seen) {
		view->expunged++;
	} else if (change == CHANGE_GONE && view->mailbox->gone) {
		view->gone = true;
	}
	if (view->stirred)
		view->stirred(view->context);
}

/* ---- opening and leaving ---- */

/* Takes in what has been added since. */
static void grow(struct imap_view *view)
{
	const struct mailbox *mailbox = view->mailbox;
	uint32_t last = imap_view_last_uid(view);
	size_t from = mailbox->nmails;
	while (from > 0 && mailbox->mails[from - 1]->uid > last)
		from--;
	for (; from < mailbox->nmails; from++) {
		struct mail *mail = mailbox->mails[from];
		if (view->n == view->room) {
			view->room = view->room ? view->room * 2 : 64;
			view->seen = memory_grow(view->seen, view->room, sizeof view->seen[0]);
		}
		view->seen[view->n++] = (struct imap_seen){ .mail = mail_hold(mail), .recent = mail->recent };
		/* Whoever only examines takes it from nobody (RFC 3501 6.3.2). */
		if (!view->read_only && mail->recent)
			mail_not_recent(mail);
	}
	view->grown = false;
}

static size_t keywords_of(const struct mailbox *mailbox)
{
	size_t n = 0;
	while (n < KEYWORDS_MAX && mailbox->keywords[n])
		n++;
	return n;
}

void imap_view_open(struct imap_view *view, struct mailbox *mailbox, bool read_only)
{
	view->mailbox = mailbox;
	view->read_only = read_only;
	view->keywords = keywords_of(mailbox);
	view->uidvalidity = mailbox->uidvalidity;
	view->watcher = (struct watcher){ .changed = changed, .context = view };
	grow(view);
	mailbox_watch(mailbox, &view->watcher);
}

void imap_view_close(struct imap_view *view)
{
	if (view->mailbox == NULL)
		return;
	for (size_t i = 0; i < view->n; i++)
		mail_release(view->seen[i].mail);
	free(view->seen);
	mailbox_unwatch(view->mailbox, &view->watcher);
	*view = (struct imap_view){ .stirred = view->stirred, .context = view->context };
}

/* ---- telling ---- */

bool imap_view_stale(const struct imap_view *view, bool expunge)
{
	if (view->mailbox == NULL)
		return false;
	return (expunge && (view->expunged || view->gone)) || view->grown || view->changed ||
	       view->uidvalidity != view->mailbox->uidvalidity || view->keywords != keywords_of(view->mailbox);
}

void imap_view_told(struct imap_view *view, size_t at)
{
	view->changed -= view->seen[at].changed;
	view->seen[at].changed = false;
}

void imap_view_say_flags(struct imap_view *view, struct buffer *out)
{
	const struct mailbox *mailbox = view->mailbox;
	struct buffer flags = { 0 };
	buffer_add_string(&flags, "\\Answered \\Flagged \\Deleted \\Seen \\Draft");
	view->keywords = keywords_of(mailbox);
	for (size_t i = 0; i < view->keywords; i++)
		buffer_printf(&flags, " %s", mailbox->keywords[i]);
	struct slice all = buffer_slice(&flags);
	buffer_printf(out, "* FLAGS (" SLICE_FMT ")\r\n", SLICE_ARG(all));
	if (view->read_only)
		buffer_add_string(out, "* OK [PERMANENTFLAGS ()] Nothing can be changed here\r\n");
	else
		buffer_printf(out, "* OK [PERMANENTFLAGS (" SLICE_FMT "%s)] These can be changed for good\r\n",
		              SLICE_ARG(all), view->keywords < KEYWORDS_MAX ? " \\*" : "");
	buffer_free(&flags);
}

void imap_view_tell_keywords(struct imap_view *view, struct buffer *out)
{
	if (view->keywords != keywords_of(view->mailbox))
		imap_view_say_flags(view, out);
}

/* It goes on under another name (RFC 2180 3.4). */
static void tell_renamed(struct imap_view *view, struct buffer *out)
{
	view->uidvalidity = view->mailbox->uidvalidity;
	buffer_printf(out, "* OK [UIDVALIDITY %u] This mailbox was renamed\r\n", view->uidvalidity);
}

/* The mailbox was deleted by somebody: its mails go with it (RFC 2180 3). */
static void tell_gone(struct imap_view *view, struct buffer *out)
{
	view->gone = false;
	view->lost = true;
	view->expunged = view->n;
	buffer_add_string(out, "* NO This mailbox was deleted: SELECT another\r\n");
}

/* Each EXPUNGE counts from those told before it: `3 3 5 8`. */
static void tell_expunged(struct imap_view *view, struct buffer *out)
{
	size_t kept = 0;
	for (size_t i = 0; i < view->n; i++) {
		struct imap_seen seen = view->seen[i];
		if (!(seen.mail->expunged || view->lost) || out->n >= TOLD_AT_ONCE) {
			view->seen[kept++] = seen;
			continue;
		}
		buffer_printf(out, "* %zu EXPUNGE\r\n", kept + 1);
		view->expunged -= view->expunged > 0;
		view->changed -= seen.changed;
		mail_release(seen.mail);
	}
	view->n = kept;
	if (out->n < TOLD_AT_ONCE)
		view->expunged = 0;
}

static void tell_flags(struct imap_view *view, struct buffer *out)
{
	for (size_t i = 0; i < view->n && view->changed && out->n < TOLD_AT_ONCE; i++) {
		const struct imap_seen *seen = &view->seen[i];
		if (!seen->changed)
			continue;
		if (!seen->mail->expunged) {
			buffer_printf(out, "* %zu FETCH (FLAGS ", i + 1);
			imap_say_flags(out, view->mailbox, seen->mail->flags, seen->recent);
			buffer_add_string(out, ")\r\n");
		}
		imap_view_told(view, i);
	}
}

void imap_view_tell(struct imap_view *view, bool expunge, struct buffer *out)
{
	imap_view_tell_keywords(view, out);
	if (view->uidvalidity != view->mailbox->uidvalidity)
		tell_renamed(view, out);
	if (expunge && view->gone)
		tell_gone(view, out);
	if (expunge && view->expunged)
		tell_expunged(view, out);
	if (view->grown) {
		size_t before = view->n;
		grow(view);
		if (view->n > before)
			buffer_printf(out, "* %zu EXISTS\r\n* %u RECENT\r\n", view->n, imap_view_recent(view));
	}
	tell_flags(view, out);
}

/* ---- what it says of itself ---- */

uint32_t imap_view_recent(const struct imap_view *view)
{
	uint32_t n = 0;
	for (size_t i = 0; i < view->n; i++)
		n += view->seen[i].recent;
	return n;
}

uint32_t imap_view_unseen(const struct imap_view *view)
{
	for (size_t i = 0; i < view->n; i++)
		if (!(view->seen[i].mail->flags & MAIL_SEEN))
			return (uint32_t)i + 1;
	return 0;
}

uint32_t imap_view_last_uid(const struct imap_view *view)
{
	return view->n ? view->seen[view->n - 1].mail->uid : 0;
}
