/*
 * Reading what a run before has kept, or another mail program has put there.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "store/maildir_inside.h"

/* A message's file that was found: what its name says, and where it is. */
struct found {
	struct mail mail;
	char *file; /* "cur/…" */
};

/* A mailbox while it is read. */
struct reading {
	struct mailbox *mailbox;
	const char *part; /* "cur" or "new" */
	struct found *found;
	size_t nfound, room;
};

/* ---- what the mailbox is ---- */

static void read_row(struct mailbox *mailbox, struct slice row)
{
	struct slice word = slice_word(&row), value = slice_trim(row);
	uint64_t number = 0;
	bool is_number = slice_number(value, &number);
	if (slice_equal(word, SLICE("uidvalidity")) && is_number && number && number <= UINT32_MAX)
		mailbox->uidvalidity = (uint32_t)number;
	if (slice_equal(word, SLICE("uidnext")) && is_number && number && number <= UINT32_MAX)
		mailbox->uidnext = (uint32_t)number;
	if (slice_equal(word, SLICE("limit")))
		mailbox->limit = number;
	if (slice_equal(word, SLICE("special-use")))
		mailbox->special_use = special_use_named(value);
	if (slice_equal(word, SLICE("noselect")))
		mailbox->noselect = true;
	size_t i = 0;
	while (i < KEYWORDS_MAX && mailbox->keywords[i] != NULL)
		i++;
	struct slice keyword = slice_word(&value);
	if (slice_equal(word, SLICE("keyword")) && keyword.n && keyword.n <= KEYWORD_MAX && i < KEYWORDS_MAX)
		mailbox->keywords[i] = slice_string(keyword);
}

/* Without its state a mailbox is a new one. */
static void read_state(struct mailbox *mailbox)
{
	struct buffer state = { 0 };
	char *path = keep_path(mailbox->user, mailbox->name, STATE_FILE);
	if (keep_read(path, &state, 1 << 20)) {
		struct slice rest = buffer_slice(&state);
		while (rest.n)
			read_row(mailbox, slice_row(&rest));
	}
	if (mailbox->uidvalidity == 0)
		mailbox->uidvalidity = new_validity(mailbox->user->store);
	if (mailbox->uidvalidity > *mailbox->user->store->validity)
		*mailbox->user->store->validity = mailbox->uidvalidity;
	buffer_free(&state);
	free(path);
}

/* ---- what is in it ---- */

static bool find_file(void *context, const char *name)
{
	struct reading *reading = context;
	struct stat about;
	char *file = string_printf("%s/%s", reading->part, name);
	char *path = keep_path(reading->mailbox->user, reading->mailbox->name, file);
	bool plain = name[0] != '.' && lstat(path, &about) == 0 && S_ISREG(about.st_mode);
	free(path);
	if (!plain || reading->nfound >= MAILS_MAX) {
		free(file);
		return true;
	}
	if (reading->nfound == reading->room) {
		reading->room = reading->room ? reading->room * 2 : 64;
		reading->found = memory_grow(reading->found, reading->room, sizeof *reading->found);
	}
	struct found *found = &reading->found[reading->nfound++];
	*found = (struct found){ .file = file };
	found->mail.received = about.st_mtime;
	found->mail.recent = strcmp(reading->part, "new") == 0;
	file_read(slice_of(name), &found->mail);
	return true;
}

/* By UID; those without one come last, by their names, which begin with the time. */
static int in_order(const void *a, const void *b)
{
	const struct found *one = a, *other = b;
	uint32_t first = one->mail.uid - 1, second = other->mail.uid - 1;
	if (first != second)
		return first < second ? -1 : 1;
	return strcmp(one->file + 4, other->file + 4);
}

/* A file that was not written by us gets the name that we would give it. */
static void take_name(struct mailbox *mailbox, struct mail *mail, const char *file)
{
	mail->file = string_copy(file);
	struct buffer name = { 0 };
	file_of(&name, mail);
	bool same = slice_equal(buffer_slice(&name), slice_of(file));
	buffer_free(&name);
	if (!same)
		maildir_marked(mailbox, mail);
}

static void read_message(struct mailbox *mailbox, struct found *found)
{
	struct keep *keep = mailbox->user->store->keep;
	struct buffer text = { 0 };
	char *path = keep_path(mailbox->user, mailbox->name, found->file);
	if (!keep_read(path, &text, MESSAGE_MAX)) {
		keep_failed(keep, path);
	} else if (!store_room(mailbox->user->store, text.n)) {
		errno = EFBIG;
		keep_failed(keep, path);
	} else {
		found->mail.message = message_new(buffer_slice(&text));
		take_name(mailbox, mailbox_put(mailbox, &found->mail), found->file);
		message_release(found->mail.message);
	}
	buffer_free(&text);
	free(path);
}

static void read_part(struct reading *reading, const char *part)
{
	char *folder = keep_path(reading->mailbox->user, reading->mailbox->name, part);
	reading->part = part;
	if (!keep_each(folder, find_file, reading))
		keep_failed(reading->mailbox->user->store->keep, folder);
	free(folder);
}

/* Puts them in order. Copied by another program, a UID may come twice: the second is a new mail then. A UID that has been
 * is not given again, even if its mail cannot be read. */
static void put_in_order(struct reading *reading)
{
	struct mailbox *mailbox = reading->mailbox;
	uint32_t before = 0;
	qsort(reading->found, reading->nfound, sizeof *reading->found, in_order);
	for (size_t i = 0; i < reading->nfound; i++) {
		uint32_t uid = reading->found[i].mail.uid;
		if (uid == before)
			reading->found[i].mail.uid = 0;
		before = uid;
		if (uid >= mailbox->uidnext)
			mailbox->uidnext = uid + 1;
	}
	qsort(reading->found, reading->nfound, sizeof *reading->found, in_order);
}

static void read_mails(struct mailbox *mailbox)
{
	struct reading reading = { .mailbox = mailbox };
	read_part(&reading, "cur");
	read_part(&reading, "new");
	if (reading.nfound)
		put_in_order(&reading);
	for (size_t i = 0; i < reading.nfound; i++) {
		read_message(mailbox, &reading.found[i]);
		free(reading.found[i].file);
	}
	free(reading.found);
}

/* ---- a user ---- */

static void read_mailbox(struct user *user, struct slice name)
{
	struct mailbox *mailbox = mailbox_new(user, name, 0);
	user_enter(user, mailbox);
	read_state(mailbox);
	char *folder = keep_path(user, mailbox->name, NULL), *tmp = keep_path(user, mailbox->name, "tmp");
	if (!keep_make(folder) || !keep_empty(tmp))
		keep_failed(user->store->keep, folder);
	free(folder);
	free(tmp);
	read_mails(mailbox);
	maildir_described(mailbox);
}

static bool read_entry(void *context, const char *name)
{
	struct user *user = context;
	struct buffer mailbox = { 0 };
	struct stat about;
	char *path = keep_path(user, NULL, name);
	bool folder = lstat(path, &about) == 0 && S_ISDIR(about.st_mode);
	if (folder && strncmp(name, "deleted.", 8) == 0)
		(void)keep_remove(path);
	else if (folder && name[0] == '.' && folder_read(&mailbox, slice_of(name)) &&
	         mailbox_name_good(user, buffer_slice(&mailbox)) && user_mailbox(user, buffer_slice(&mailbox)) == NULL)
		read_mailbox(user, buffer_slice(&mailbox));
	buffer_free(&mailbox);
	free(path);
	return true;
}

static void read_subscriptions(struct user *user, struct slice rest)
{
	user->subscribed = memory_zeroed(1, sizeof(char *));
	struct store *store = user->store;
	struct keep *keep = store->keep;
	/* Nothing of this is news to the disk. */
	store->keep = NULL;
	while (rest.n)
		user_subscribe(user, slice_row(&rest), true);
	store->keep = keep;
}

bool maildir_read(struct user *user)
{
	struct keep *keep = user->store->keep;
	struct buffer names = { 0 };
	struct stat about;
	if (keep == NULL)
		return false;
	char *path = keep_path(user, NULL, SUBSCRIPTIONS_FILE), *folder = keep_path(user, NULL, NULL);
	char *inbox = keep_path(user, NULL, "cur");
	bool kept = keep_read(path, &names, 4 << 20);
	if (kept) {
		read_subscriptions(user, buffer_slice(&names));
		if (stat(inbox, &about) == 0)
			read_mailbox(user, SLICE("INBOX"));
		if (!keep_each(folder, read_entry, user))
			keep_failed(keep, folder);
	}
	buffer_free(&names);
	free(path);
	free(folder);
	free(inbox);
	return kept;
}
