/*
 * A new store for each test of it.
 */
#ifndef PARLANCE_TESTS_STORE_HERE_H
#define PARLANCE_TESTS_STORE_HERE_H

#include "store/store.h"
#include "test.h"

static struct seed *seed;
static struct store *store;

static void begin_with(const struct store_options *options, bool kept)
{
	struct error error = { 0 };
	enum status status = seed_new(options, &seed, &error);
	if (status != STATUS_OK)
		printf("# %s\n", error.message);
	error_clear(&error);
	if (status != STATUS_OK)
		exit(1);
	store = store_new(seed, kept);
}

static void begin(void)
{
	begin_with(&(struct store_options){ .host = "lab.school.example" }, false);
}

static void end(void)
{
	store_free(store);
	seed_free(seed);
}

static struct user *user_of(const char *name)
{
	struct user *user = store_user(store, slice_of(name));
	if (user == NULL)
		printf("# there is no user %s\n", name);
	CHECK(user != NULL);
	return user;
}

static struct mailbox *mailbox_of(const char *user, const char *name)
{
	struct mailbox *mailbox = user_mailbox(user_of(user), slice_of(name));
	CHECK(mailbox != NULL);
	return mailbox;
}

static struct message *message_of(const char *text)
{
	return message_new(slice_of(text));
}

/* For files, made and removed by main. */
static char folder[] = "/tmp/parlance-store-XXXXXX";

static void write_file(const char *name, const char *text)
{
	char *path = string_printf("%s/%s", folder, name);
	FILE *out = fopen(path, "wb");
	CHECK(out != NULL && fputs(text, out) >= 0 && fclose(out) == 0);
	free(path);
}

#endif
