/*
 * A user's mailboxes: the list, in order, and its names made, taken away and changed (RFC 9051 6.3.4 to 6.3.6).
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/memory.h"
#include "store/files.h"
#include "store/maildir.h"
#include "store/sorted.h"
#include "store/store_inside.h"

#define INBOX SLICE("INBOX")

/* Sorted. */
static const char *const special_uses[] = {
	"\\All", "\\Archive", "\\Drafts", "\\Flagged", "\\Junk", "\\Sent", "\\Trash"
};

const char *special_use_named(struct slice name)
{
	for (size_t i = 0; i < sizeof special_uses / sizeof special_uses[0]; i++)
		if (slice_equal_nocase(slice_of(special_uses[i]), name))
			return special_uses[i];
	return NULL;
}

/* ---- names ---- */

/* Appends the name as it is kept: INBOX, alone or above others, in upper case; no "/" at the end. False where it is none. */
static bool add_name(struct buffer *out, const struct user *user, struct slice name)
{
	if (name.n && name.p[name.n - 1] == '/')
		name.n--;
	if (!name.n || name.n > MAILBOX_NAME_MAX || !text_safe(name, false) || !keep_name_fits(user, name))
		return false;
	struct slice first = slice_part(name, 0, slice_find_octet(name, '/'));
	if (name.p[0] == '/' || name.p[name.n - 1] == '/' || slice_find(name, SLICE("//")) < name.n)
		return false;
	bool inbox = slice_equal_nocase(first, INBOX);
	buffer_add_slice(out, inbox ? INBOX : first);
	buffer_add_slice(out, slice_part(name, first.n, name.n));
	return true;
}

bool mailbox_name_good(const struct user *user, struct slice name)
{
	struct buffer kept = { 0 };
	bool good = add_name(&kept, user, name) && slice_equal(buffer_slice(&kept), name);
	buffer_free(&kept);
	return good;
}

/* INBOX comes before all others. */
static int names_in_order(struct slice a, struct slice b)
{
	bool first = slice_equal(a, INBOX), second = slice_equal(b, INBOX);
	if (first || second)
		return second - first;
	return slice_compare(a, b);
}

static struct slice name_of_mailbox(const void *rows, size_t i)
{
	struct mailbox *const *mailboxes = rows;
	return slice_of(mailboxes[i]->name);
}

static size_t place_of(const struct user *user, struct slice name, bool *there)
{
	return sorted_place(user->mailboxes, user->nmailboxes, name_of_mailbox, names_in_order, name, there);
}

/* Whether `name` stands below `above`. */
static bool is_below(struct slice name, struct slice above)
{
	return name.n > above.n && name.p[above.n] == '/' && slice_starts(name, above);
}

static bool has_below(const struct user *user, struct slice name)
{
	for (size_t i = 0; i < user->nmailboxes; i++)
		if (is_below(slice_of(user->mailboxes[i]->name), name))
			return true;
	return false;
}

/* ---- the list ---- */

void user_enter(struct user *user, struct mailbox *mailbox)
{
	bool there;
	size_t at = place_of(user, slice_of(mailbox->name), &there);
	assert(!there);
	user->mailboxes = memory_grow(user->mailboxes, user->nmailboxes + 1, sizeof(struct mailbox *));
	memmove(user->mailboxes + at + 1, user->mailboxes + at, (user->nmailboxes - at) * sizeof(struct mailbox *));
	user->mailboxes[at] = mailbox;
	user->nmailboxes++;
}

void user_forget(struct user *user, struct mailbox *mailbox)
{
	bool there;
	size_t at = place_of(user, slice_of(mailbox->name), &there);
	assert(there && user->mailboxes[at] == mailbox);
	user->nmailboxes--;
	memmove(user->mailboxes + at, user->mailboxes + at + 1, (user->nmailboxes - at) * sizeof(struct mailbox *));
}

static struct mailbox *find(const struct user *user, struct slice name)
{
	bool there;
	size_t at = place_of(user, name, &there);
	return there ? user->mailboxes[at] : NULL;
}

struct mailbox *user_mailbox(const struct user *user, struct slice name)
{
	struct buffer kept = { 0 };
	struct mailbox *mailbox = NULL;
	bool ends = name.n && name.p[name.n - 1] == '/';
	if (!ends && add_name(&kept, user, name))
		mailbox = find(user, buffer_slice(&kept));
	buffer_free(&kept);
	return mailbox;
}

/* The Outbox stands in every user's list, and is the store's. */
static bool is_own(const struct user *user, const struct mailbox *mailbox)
{
	return mailbox->user == user;
}

void user_clear(struct user *user)
{
	for (size_t i = 0; i < user->nmailboxes; i++)
		if (is_own(user, user->mailboxes[i]))
			mailbox_free(user->mailboxes[i]);
	for (char **name = user->subscribed; name != NULL && *name != NULL; name++)
		free(*name);
	free(user->mailboxes);
	free(user->subscribed);
	files_free(user->files);
}

/* ---- making ---- */

/* How many names would be new, with the levels above. */
static size_t count_missing(const struct user *user, struct slice name)
{
	size_t missing = 0;
	for (size_t n = 1; n <= name.n; n++)
		if (n == name.n || name.p[n] == '/')
			missing += find(user, slice_part(name, 0, n)) == NULL;
	return missing;
}

static struct mailbox *make(struct user *user, struct slice name, const char *special_use)
{
	struct mailbox *mailbox = mailbox_new(user, name, new_validity(user->store));
	mailbox->special_use = special_use;
	user_enter(user, mailbox);
	maildir_made(mailbox);
	return mailbox;
}

static void make_above(struct user *user, struct slice name)
{
	for (size_t n = 1; n < name.n; n++)
		if (name.p[n] == '/' && find(user, slice_part(name, 0, n)) == NULL)
			make(user, slice_part(name, 0, n), NULL);
}

/* A \Noselect name becomes a mailbox: a new one, with a new UIDVALIDITY. */
static void make_selectable(struct mailbox *mailbox, const char *special_use)
{
	mailbox->noselect = false;
	mailbox->special_use = special_use;
	mailbox->uidvalidity = new_validity(mailbox->user->store);
	maildir_described(mailbox);
}

static enum mailbox_fault create(struct user *user, struct slice name, const char *special_use)
{
	struct mailbox *there = find(user, name);
	if (there != NULL && !there->noselect)
		return MAILBOX_EXISTS;
	if (there != NULL) {
		make_selectable(there, special_use);
		return MAILBOX_DONE;
	}
	if (user->nmailboxes + count_missing(user, name) > MAILBOXES_MAX)
		return MAILBOX_TOO_MANY;
	make_above(user, name);
	make(user, name, special_use);
	return MAILBOX_DONE;
}

enum mailbox_fault user_create(struct user *user, struct slice name, const char *special_use)
{
	struct buffer kept = { 0 };
	enum mailbox_fault fault = MAILBOX_NAME;
	if (add_name(&kept, user, name))
		fault = create(user, buffer_slice(&kept), special_use_named(slice_of(special_use)));
	buffer_free(&kept);
	return fault;
}

/* ---- taking away ---- */

enum mailbox_fault user_delete(struct user *user, struct slice name)
{
	struct mailbox *mailbox = user_mailbox(user, name);
	if (mailbox == NULL)
		return MAILBOX_MISSING;
	if (!is_own(user, mailbox) || slice_equal(slice_of(mailbox->name), INBOX))
		return MAILBOX_INBOX;
	bool below = has_below(user, slice_of(mailbox->name));
	if (below && mailbox->noselect)
		return MAILBOX_CHILDREN;
	user_forget(user, mailbox);
	maildir_removed(mailbox);
	if (below) {
		struct mailbox *left = mailbox_new(user, slice_of(mailbox->name), new_validity(user->store));
		left->noselect = true;
		user_enter(user, left);
		maildir_made(left);
	}
	mailbox_retire(mailbox);
	return MAILBOX_DONE;
}

/* ---- renaming ---- */

/* All mails of INBOX go to another mailbox, in which they have new UIDs. */
static void move_mails(struct mailbox *from, struct mailbox *to)
{
	while (from->nmails) {
		struct mail *mail = mail_hold(from->mails[0]);
		struct mail like = *mail;
		like.flags = mailbox_flags_of(to, from, mail->flags);
		like.uid = 0;
		mailbox_expunge(from, mail);
		struct mail *moved = mailbox_put(to, &like);
		maildir_added(to, moved);
		mail_release(mail);
	}
}

static void rename_one(struct user *user, struct mailbox *mailbox, struct slice name)
{
	char *before = mailbox->name;
	user_forget(user, mailbox);
	mailbox->name = slice_string(name);
	mailbox->uidvalidity = new_validity(user->store);
	user_enter(user, mailbox);
	maildir_renamed(mailbox, before);
	free(before);
	mailbox_tell(mailbox, CHANGE_GONE, NULL);
}

/* Whether every name below `from` may be one below `to`. */
static bool fits_below(const struct user *user, struct slice from, struct slice to)
{
	for (size_t i = 0; i < user->nmailboxes; i++) {
		struct slice name = slice_of(user->mailboxes[i]->name);
		if (is_below(name, from) && to.n + (name.n - from.n) > MAILBOX_NAME_MAX)
			return false;
	}
	return true;
}

/* The mailbox itself and all below it. `from` is a copy: names go while this runs. */
static void rename_tree(struct user *user, struct slice from, struct slice to)
{
	struct mailbox **all = memory_get(user->nmailboxes * sizeof(struct mailbox *));
	size_t n = 0;
	for (size_t i = 0; i < user->nmailboxes; i++) {
		struct slice name = slice_of(user->mailboxes[i]->name);
		if (slice_equal(name, from) || is_below(name, from))
			all[n++] = user->mailboxes[i];
	}
	for (size_t i = 0; i < n; i++) {
		struct buffer name = { 0 };
		buffer_add_slice(&name, to);
		buffer_add_string(&name, all[i]->name + from.n);
		rename_one(user, all[i], buffer_slice(&name));
		buffer_free(&name);
	}
	free(all);
}

static enum mailbox_fault rename_to(struct user *user, struct mailbox *mailbox, struct slice from, struct slice to)
{
	if (find(user, to) != NULL)
		return MAILBOX_EXISTS;
	if (is_below(to, from) && !slice_equal(from, INBOX))
		return MAILBOX_NAME;
	if (user->nmailboxes + count_missing(user, to) > MAILBOXES_MAX)
		return MAILBOX_TOO_MANY;
	if (slice_equal(from, INBOX)) {
		make_above(user, to);
		move_mails(mailbox, make(user, to, NULL));
		return MAILBOX_DONE;
	}
	if (!fits_below(user, from, to))
		return MAILBOX_NAME;
	make_above(user, to);
	rename_tree(user, from, to);
	return MAILBOX_DONE;
}

enum mailbox_fault user_rename(struct user *user, struct slice from, struct slice to)
{
	struct mailbox *mailbox = user_mailbox(user, from);
	if (mailbox == NULL)
		return MAILBOX_MISSING;
	if (!is_own(user, mailbox))
		return MAILBOX_INBOX;
	struct buffer before = { 0 }, after = { 0 };
	enum mailbox_fault fault = MAILBOX_NAME;
	buffer_add_string(&before, mailbox->name);
	if (add_name(&after, user, to))
		fault = rename_to(user, mailbox, buffer_slice(&before), buffer_slice(&after));
	buffer_free(&before);
	buffer_free(&after);
	return fault;
}

/* ---- subscriptions ---- */

static size_t count_subscribed(const struct user *user)
{
	size_t n = 0;
	while (user->subscribed[n] != NULL)
		n++;
	return n;
}

static void subscribe(struct user *user, struct slice name)
{
	size_t n = count_subscribed(user), at = 0;
	if (n >= MAILBOXES_MAX)
		return;
	while (at < n && names_in_order(slice_of(user->subscribed[at]), name) < 0)
		at++;
	user->subscribed = memory_grow(user->subscribed, n + 2, sizeof(char *));
	memmove(user->subscribed + at + 1, user->subscribed + at, (n + 1 - at) * sizeof(char *));
	user->subscribed[at] = slice_string(name);
}

static void unsubscribe(struct user *user, size_t at)
{
	size_t n = count_subscribed(user);
	free(user->subscribed[at]);
	memmove(user->subscribed + at, user->subscribed + at + 1, (n - at) * sizeof(char *));
}

void user_subscribe(struct user *user, struct slice name, bool subscribed)
{
	struct buffer kept = { 0 };
	size_t at = 0;
	if (!add_name(&kept, user, name)) {
		buffer_free(&kept);
		return;
	}
	while (user->subscribed[at] != NULL && !slice_equal(slice_of(user->subscribed[at]), buffer_slice(&kept)))
		at++;
	bool is = user->subscribed[at] != NULL;
	if (subscribed && !is)
		subscribe(user, buffer_slice(&kept));
	if (!subscribed && is)
		unsubscribe(user, at);
	if (subscribed != is)
		maildir_subscribed(user);
	buffer_free(&kept);
}
