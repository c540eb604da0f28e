/*
 * The mailboxes as pages: users, their mailboxes, the messages in one; and a message.
 */
#include "lab/http_mail.h"

#include <string.h>

#include "store/mime.h"
#include "protocol/http_syntax.h"

/* Messages that one page lists, the newest first. */
#define LISTED_MAX 500

/* ---- the pages above a message ---- */

static void add_link(struct buffer *page, const char *path_before, const char *name)
{
	buffer_printf(page, "<li><a href=\"%s", path_before);
	html_path(page, slice_of(name));
	buffer_add_string(page, "/\">");
	html_text(page, slice_of(name));
	buffer_add_string(page, "</a>");
}

static void say_users(struct exchange *x)
{
	struct buffer page = { 0 };
	const struct user *user;
	html_begin(&page, SLICE("Mailboxes"));
	buffer_add_string(&page, "<ul>\n");
	for (size_t i = 0; (user = store_user_at(x->store, i)) != NULL; i++) {
		add_link(&page, "/mail/", user->name);
		buffer_printf(&page, " (%zu in INBOX)</li>\n", user->nmailboxes ? user->mailboxes[0]->nmails : 0);
	}
	add_link(&page, "/mail/", "outbox");
	buffer_printf(&page, " (%zu): mail for other domains, which never leaves this lab</li>\n</ul>\n",
	              store_outbox(x->store)->nmails);
	html_end(&page);
	say_page(x, &page);
}

static void say_mailboxes(struct exchange *x, const struct user *user)
{
	struct buffer page = { 0 }, title = { 0 };
	buffer_printf(&title, "Mailboxes of %s", user->name);
	html_begin(&page, buffer_slice(&title));
	buffer_add_string(&page, "<ul>\n");
	for (size_t i = 0; i < user->nmailboxes; i++) {
		const struct mailbox *mailbox = user->mailboxes[i];
		if (mailbox->noselect) {
			buffer_add_string(&page, "<li>");
			html_text(&page, slice_of(mailbox->name));
			buffer_add_string(&page, "</li>\n");
			continue;
		}
		add_link(&page, "", mailbox->name);
		buffer_printf(&page, " (%zu)</li>\n", mailbox->nmails);
	}
	buffer_add_string(&page, "</ul>\n<p><a href=\"/mail/\">all users</a></p>\n");
	html_end(&page);
	buffer_free(&title);
	say_page(x, &page);
}

static void add_row(struct buffer *page, const struct mail *mail)
{
	struct slice header = message_mime(mail->message)->header;
	struct buffer date = { 0 };
	http_date_write(&date, mail->received);
	buffer_printf(page, "<tr><td><a href=\"%u\">", mail->uid);
	size_t start = page->n;
	html_field(page, header, SLICE("Subject"));
	if (page->n == start)
		buffer_add_string(page, "(no subject)");
	buffer_add_string(page, "</a></td><td>");
	html_field(page, header, SLICE("From"));
	buffer_printf(page, "</td><td>" SLICE_FMT "</td><td>", SLICE_ARG(buffer_slice(&date)));
	buffer_add_number(page, mail_octets(mail));
	buffer_printf(page, "</td><td>%s%s%s%s</td></tr>\n", mail->flags & MAIL_SEEN ? "" : "unread ",
	              mail->flags & MAIL_FLAGGED ? "flagged " : "", mail->flags & MAIL_ANSWERED ? "answered " : "",
	              mail->flags & MAIL_DELETED ? "deleted" : "");
	buffer_free(&date);
}

static void say_list(struct exchange *x, const struct user *user, const struct mailbox *mailbox)
{
	struct buffer page = { 0 }, title = { 0 };
	size_t first = mailbox->nmails > LISTED_MAX ? mailbox->nmails - LISTED_MAX : 0;
	buffer_printf(&title, "%s of %s", mailbox->name, user->name);
	html_begin(&page, buffer_slice(&title));
	if (first)
		buffer_printf(&page, "<p>The newest %d of %zu.</p>\n", LISTED_MAX, mailbox->nmails);
	buffer_add_string(
		&page, "<table>\n<tr><th>subject</th><th>from</th><th>date</th><th>octets</th><th>flags</th></tr>\n");
	for (size_t i = mailbox->nmails; i > first; i--)
		add_row(&page, mailbox->mails[i - 1]);
	buffer_add_string(&page, "</table>\n<p><a href=\"/mail/");
	html_path(&page, slice_of(user->name));
	buffer_add_string(&page, "/\">all mailboxes</a></p>\n");
	html_end(&page);
	buffer_free(&title);
	say_page(x, &page);
}

/* ---- where a path leads ---- */

static void say_nothing(struct exchange *x)
{
	say_status(x, 404, "There is no such mailbox or message. /mail/ lists what there is.");
}

/* Takes the last level off a path: "a/b/c" becomes "a/b", and c is returned. */
static struct slice last_level(struct slice *path)
{
	size_t at = path->n;
	while (at > 0 && path->p[at - 1] != '/')
		at--;
	struct slice level = slice_part(*path, at, path->n);
	*path = slice_part(*path, 0, at ? at - 1 : 0);
	return level;
}

static const struct mail *mail_of(const struct mailbox *mailbox, struct slice word)
{
	uint64_t uid = 0;
	if (mailbox == NULL || !slice_number(word, &uid))
		return NULL;
	for (size_t i = 0; i < mailbox->nmails; i++)
		if (mailbox->mails[i]->uid == uid)
			return mailbox->mails[i];
	return NULL;
}

/* `path` is MAILBOX/UID, MAILBOX/UID/raw or MAILBOX/UID/part-N. False where it is none of these. */
static bool say_mail(struct exchange *x, const struct user *user, struct slice path)
{
	struct slice above = path, last = last_level(&above), higher = above, uid = last_level(&higher);
	const struct mail *mail = mail_of(user_mailbox(user, above), last);
	if (mail) {
		say_letter(x, mail);
		return true;
	}
	mail = mail_of(user_mailbox(user, higher), uid);
	if (mail && slice_equal(last, SLICE("raw")))
		say_source(x, mail);
	else if (mail && slice_starts(last, SLICE("part-")))
		say_part(x, mail, slice_part(last, strlen("part-"), last.n));
	else
		return false;
	return true;
}

static void say_with_slash(struct exchange *x)
{
	struct buffer to = { 0 };
	buffer_add_slice(&to, x->path);
	buffer_add_octet(&to, '/');
	say_redirect(x, 301, buffer_slice(&to));
	buffer_free(&to);
}

static const struct user *named_user(const struct exchange *x, struct slice name)
{
	if (slice_equal(name, SLICE("outbox")))
		return store_outbox(x->store)->user;
	return store_user(x->store, name);
}

/* `path` is what stands behind the user's name. */
static void say_below(struct exchange *x, const struct user *user, struct slice path)
{
	bool slash = path.n && path.p[path.n - 1] == '/';
	struct slice name = slice_part(path, 0, path.n - (slash ? 1 : 0));
	const struct mailbox *mailbox = user_mailbox(user, name);
	if (path.n == 0)
		say_mailboxes(x, user);
	else if (slash && mailbox && !mailbox->noselect)
		say_list(x, user, mailbox);
	else if (slash || !say_mail(x, user, path)) {
		if (!slash && mailbox)
			say_with_slash(x);
		else
			say_nothing(x);
	}
}

void mail_answer(struct exchange *x)
{
	struct slice rest = slice_part(x->rest, 1, x->rest.n);
	size_t end = slice_find_octet(rest, '/');
	if (x->rest.n == 0) {
		say_with_slash(x);
		return;
	}
	if (rest.n == 0) {
		say_users(x);
		return;
	}
	const struct user *user = named_user(x, slice_part(rest, 0, end));
	if (user == NULL)
		say_nothing(x);
	else if (end == rest.n)
		say_with_slash(x);
	else
		say_below(x, user, slice_part(rest, end + 1, rest.n));
}
