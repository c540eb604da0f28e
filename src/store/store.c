/*
 * A store: its users, each made from the seed when it is first asked for, so that a thousand stores cost little.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "store/files.h"
#include "store/maildir.h"
#include "store/store_inside.h"

#define STORE_MOST (UINT64_C(256) << 20)
#define FILES_MOST (UINT64_C(64) << 20)

#define OUTBOX SLICE("Outbox")

/* ---- what a user begins with ---- */

/* The texts are the seed's: they count for no store. */
static void copy_mails(struct mailbox *mailbox, const struct mailbox *from)
{
	for (size_t i = 0; i < from->nmails; i++) {
		struct mail *mail = mailbox_put(mailbox, from->mails[i]);
		limit_give(&mailbox->user->store->mail, mail->charged - MAIL_OVERHEAD);
		mail->charged = MAIL_OVERHEAD;
	}
	mailbox->uidnext = from->uidnext;
}

static void copy_mailbox(struct user *user, const struct mailbox *from)
{
	struct mailbox *mailbox = mailbox_new(user, slice_of(from->name), from->uidvalidity);
	for (size_t i = 0; i < KEYWORDS_MAX && from->keywords[i] != NULL; i++)
		mailbox->keywords[i] = string_copy(from->keywords[i]);
	mailbox->noselect = from->noselect;
	mailbox->special_use = from->special_use;
	mailbox->limit = from->limit;
	copy_mails(mailbox, from);
	user_enter(user, mailbox);
	maildir_made(mailbox);
}

static void copy_subscribed(struct user *user, const struct user *from)
{
	size_t n = 0;
	while (from->subscribed[n] != NULL)
		n++;
	user->subscribed = memory_zeroed(n + 1, sizeof(char *));
	for (size_t i = 0; i < n; i++)
		user->subscribed[i] = string_copy(from->subscribed[i]);
	maildir_subscribed(user);
}

/* The user as it begins, but for mail that is kept from another run. */
static void begin(struct user *user)
{
	const struct user *origin = user->origin;
	struct store *store = user->store;
	user->origin = NULL;
	user->files = files_copy(origin->files, &store->files);
	if (maildir_read(user)) {
		struct slice first = slice_of(origin->mailboxes[0]->name);
		if (user_mailbox(user, first) == NULL)
			user_create(user, first, NULL);
	} else {
		for (size_t i = 0; i < origin->nmailboxes; i++)
			if (origin->mailboxes[i]->user == origin)
				copy_mailbox(user, origin->mailboxes[i]);
		copy_subscribed(user, origin);
	}
	if (user != store->outbox && user_mailbox(user, OUTBOX) == NULL)
		user_enter(user, store_outbox(store));
}

static struct user *begun(struct user *user)
{
	if (user->origin != NULL)
		begin(user);
	return user;
}

/* ---- who there is ---- */

struct user *store_user_at(struct store *store, size_t i)
{
	return i < store->nusers ? begun(store->users[i]) : NULL;
}

const struct user *store_person(const struct store *store, size_t i)
{
	return i < store->nusers ? store->users[i] : NULL;
}

struct mailbox *store_outbox(struct store *store)
{
	return user_mailbox(begun(store->outbox), OUTBOX);
}

struct files *store_site(struct store *store)
{
	struct user *webmaster = store_user(store, SLICE("webmaster"));
	return webmaster->files;
}

/* ---- its life ---- */

/* A user that has the names of another, and nothing else yet. */
static struct user *user_like(struct store *store, const struct user *origin)
{
	struct user *user = memory_zeroed(1, sizeof *user);
	user->name = origin->name;
	user->passwords = origin->passwords;
	user->full_name = origin->full_name;
	user->made_up = origin->made_up;
	user->store = store;
	user->origin = origin;
	return user;
}

struct store *store_new(struct seed *seed, bool kept)
{
	const struct store *model = seed_model(seed);
	struct store *store = memory_zeroed(1, sizeof *store);
	store->seed = seed;
	store->mail = (struct limit){ .most = STORE_MOST, .above = seed_mail_limit(seed) };
	store->files = (struct limit){ .most = FILES_MOST, .above = seed_files_limit(seed) };
	store->validity = seed_validity(seed);
	store->keep = kept ? seed_keep(seed) : NULL;
	store->nusers = model->nusers;
	store->users = memory_get((model->nusers + 1) * sizeof(struct user *));
	for (size_t i = 0; i < model->nusers; i++)
		store->users[i] = user_like(store, model->users[i]);
	store->outbox = user_like(store, model->outbox);
	return store;
}

void store_free(struct store *store)
{
	if (store == NULL)
		return;
	for (size_t i = 0; i < store->nusers; i++)
		user_clear(store->users[i]);
	user_clear(store->outbox);
	for (size_t i = 0; i < store->nusers; i++)
		free(store->users[i]);
	free(store->outbox);
	free(store->users);
	free(store);
}

bool store_room(const struct store *store, uint64_t octets)
{
	return octets <= UINT64_MAX - MAIL_OVERHEAD && limit_allows(&store->mail, octets + MAIL_OVERHEAD);
}
