/*
 * The model's users, with their mailboxes and mail.
 */
#include <stdlib.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "store/seed_inside.h"
#include "store/seed_table.h"

/* ---- users ---- */

/* A user with a name, who can do nothing yet and stands in no list. */
static struct user *user_new(struct store *model, struct slice name, const char *full_name)
{
	struct user *user = memory_zeroed(1, sizeof *user);
	user->name = slice_string(name);
	user->full_name = string_copy(full_name);
	user->passwords = memory_zeroed(1, sizeof(char *));
	user->subscribed = memory_zeroed(1, sizeof(char *));
	user->store = model;
	return user;
}

void model_user_free(struct user *user)
{
	user_clear(user);
	for (char **password = user->passwords; *password != NULL; password++)
		free(*password);
	free(user->passwords);
	free(user->full_name);
	free(user->name);
	free(user);
}

static void add_password(struct user *user, struct slice password)
{
	size_t n = 0;
	while (user->passwords[n] != NULL)
		n++;
	user->passwords = memory_grow(user->passwords, n + 2, sizeof(char *));
	user->passwords[n] = slice_string(password);
	user->passwords[n + 1] = NULL;
}

static void forget_passwords(struct user *user)
{
	for (char **password = user->passwords; *password != NULL; password++)
		free(*password);
	user->passwords[0] = NULL;
}

struct user *model_user(const struct store *model, struct slice name)
{
	for (size_t i = 0; i < model->nusers; i++)
		if (slice_equal_nocase(slice_of(model->users[i]->name), name))
			return model->users[i];
	return NULL;
}

static struct user *add_user(struct store *model, struct slice name, const char *full_name)
{
	struct user *user = user_new(model, name, full_name);
	model->users = memory_grow(model->users, model->nusers + 1, sizeof(struct user *));
	model->users[model->nusers++] = user;
	return user;
}

/* ---- mailboxes ---- */

static bool has_word(struct slice words, struct slice word)
{
	struct slice one;
	while ((one = slice_word(&words)).n)
		if (slice_equal(one, word))
			return true;
	return false;
}

static void put_mail(struct mailbox *mailbox, const struct seed_mail *row, struct message *message)
{
	struct mail like = { .flags = row->flags,
		             .received = row->received,
		             .zone = row->zone,
		             .recent = row->recent,
		             .message = message };
	struct slice words = slice_of(row->keywords), word;
	while ((word = slice_word(&words)).n)
		like.flags |= mailbox_keyword(mailbox, word, true);
	mailbox_put(mailbox, &like);
}

/* A mailbox with the mail of its sets. Everybody begins subscribed to all. */
static void add_mailbox(struct user *user, const struct seed_mailbox *row, uint32_t first_uid,
                        struct message *const *messages)
{
	struct slice sets = slice_of(row->set), set;
	struct mailbox *mailbox = mailbox_new(user, slice_of(row->name), *user->store->validity);
	mailbox->special_use = row->special_use;
	mailbox->limit = row->limit;
	mailbox->uidnext = first_uid;
	user_enter(user, mailbox);
	user_subscribe(user, slice_of(row->name), true);
	while ((set = slice_word(&sets)).n)
		for (size_t i = 0; i < SEED_MAILS; i++)
			if (has_word(slice_of(seed_mails[i].sets), set))
				put_mail(mailbox, &seed_mails[i], messages[i]);
}

static void add_mailboxes(struct user *user, const struct seed_person *row, struct message *const *messages)
{
	struct seed_mailbox inbox = { "INBOX", NULL, row->inbox, row->limit };
	add_mailbox(user, &inbox, row->first_uid, messages);
	for (size_t i = 0; i < SEED_MAILBOXES; i++)
		add_mailbox(user, &seed_mailboxes[i], 1, messages);
}

/* ---- all of them ---- */

static void add_people(struct store *model, struct message *const *messages)
{
	for (size_t i = 0; i < SEED_PEOPLE; i++) {
		const struct seed_person *row = &seed_people[i];
		struct user *user = add_user(model, slice_of(row->name), row->full_name);
		user->made_up = true;
		for (size_t p = 0; p < SEED_PASSWORDS && row->passwords[p] != NULL; p++)
			add_password(user, slice_of(row->passwords[p]));
		add_mailboxes(user, row, messages);
	}
}

/* The users of --user: new ones, or those of the documents with another password, which is good alone then. */
static void add_given(struct store *model, const struct store_options *options, struct message *const *messages)
{
	static const struct seed_person new = { .inbox = "welcome", .first_uid = 1 };
	for (size_t i = 0; i < options->nusers; i++) {
		const struct store_user_given *given = &options->users[i];
		struct user *user = model_user(model, given->name);
		if (user == NULL) {
			char *name = slice_string(given->name);
			user = add_user(model, given->name, name);
			add_mailboxes(user, &new, messages);
			free(name);
		}
		if (user->made_up)
			forget_passwords(user);
		user->made_up = false;
		add_password(user, given->password);
	}
}

static void add_outbox(struct store *model, struct message *const *messages)
{
	static const struct seed_mailbox outbox = { "Outbox", NULL, NULL, 0 };
	model->outbox = user_new(model, SLICE("outbox"), "Mail for other domains");
	add_mailbox(model->outbox, &outbox, 1, messages);
	for (size_t i = 0; i < model->nusers; i++)
		user_subscribe(model->users[i], SLICE("Outbox"), true);
}

void model_add_people(struct store *model, const struct store_options *options)
{
	struct message *messages[SEED_MAILS];
	for (size_t i = 0; i < SEED_MAILS; i++)
		messages[i] = seed_message(&seed_mails[i]);
	add_people(model, messages);
	add_given(model, options, messages);
	add_outbox(model, messages);
	for (size_t i = 0; i < SEED_MAILS; i++)
		message_release(messages[i]);
}
