/*
 * What every store begins with, made once: a model of a store, of which others are copies.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/escape.h"
#include "base/memory.h"
#include "store/files_inside.h"
#include "store/maildir.h"
#include "store/seed_inside.h"

/* Octets of mail and of files that all stores may have together, beside what they begin with. */
#define ALL_MAIL_MOST (UINT64_C(1) << 30)
#define ALL_FILES_MOST (UINT64_C(256) << 20)

struct seed {
	struct store_options options;
	struct store *model;
	struct limit mail, files;
	uint32_t validity;
	struct keep *keep;
};

const struct store *seed_model(const struct seed *seed)
{
	return seed->model;
}

struct limit *seed_mail_limit(struct seed *seed)
{
	return &seed->mail;
}

struct limit *seed_files_limit(struct seed *seed)
{
	return &seed->files;
}

uint32_t *seed_validity(struct seed *seed)
{
	return &seed->validity;
}

struct keep *seed_keep(const struct seed *seed)
{
	return seed->keep;
}

const struct store_options *seed_options(const struct seed *seed)
{
	return &seed->options;
}

/* ---- what was asked for ---- */

/* Whether every protocol can say the name without quotes: letters, digits, UTF-8, and a few signs. */
static bool is_plain(struct slice name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!octet_is_alnum(name.p[i]) && strchr("._-+@", name.p[i]) == NULL && (unsigned char)name.p[i] < 0x80)
			return false;
	return true;
}

/* A user's name names a folder of --keep too. */
static enum status check_users(const struct store_options *options, struct error *error)
{
	for (size_t i = 0; i < options->nusers; i++) {
		struct slice name = options->users[i].name;
		struct buffer shown = { 0 };
		const char *why = NULL;
		if (!is_plain(name) || !file_name_good(name) || name.n > 100 || name.p[0] == '.')
			why = "this cannot be a user's name: take letters and digits, 100 at most";
		else if (slice_equal_nocase(name, SLICE("outbox")))
			why = "the lab has that name itself: take another";
		escape_text(&shown, name);
		if (why != NULL)
			error_set(error, STATUS_USAGE, "--user " SLICE_FMT ": %s", SLICE_ARG(buffer_slice(&shown)),
			          why);
		buffer_free(&shown);
		if (why != NULL)
			return STATUS_USAGE;
	}
	return STATUS_OK;
}

static enum status read_mboxes(struct seed *seed, struct error *error)
{
	const struct store_options *options = &seed->options;
	struct slice name = options->nusers ? options->users[0].name : SLICE("bob");
	struct mailbox *inbox = user_mailbox(model_user(seed->model, name), SLICE("INBOX"));
	enum status status = STATUS_OK;
	for (size_t i = 0; i < options->nmboxes && status == STATUS_OK; i++)
		status = mbox_read(options->mboxes[i], inbox, error);
	return status;
}

static enum status fill(struct seed *seed, struct error *error)
{
	const struct store_options *options = &seed->options;
	enum status status = check_users(options, error);
	if (status != STATUS_OK)
		return status;
	model_add_people(seed->model, options);
	status = read_mboxes(seed, error);
	if (status == STATUS_OK)
		status = model_add_files(seed->model, options->files, error);
	if (status == STATUS_OK && options->keep != NULL)
		status = keep_open(options->keep, options->reset, &seed->keep, error);
	return status;
}

enum status seed_new(const struct store_options *options, struct seed **seed, struct error *error)
{
	struct seed *one = *seed = memory_zeroed(1, sizeof *one);
	one->options = *options;
	one->mail.most = ALL_MAIL_MOST;
	one->files.most = ALL_FILES_MOST;
	/* UIDs begin anew with each run, and so must UIDVALIDITY (RFC 9051 2.3.1.1). */
	one->validity = (uint32_t)time(NULL);
	one->model = memory_zeroed(1, sizeof *one->model);
	one->model->seed = one;
	one->model->validity = &one->validity;
	one->model->mail.most = one->model->files.most = UINT64_MAX;
	enum status status = fill(one, error);
	if (status != STATUS_OK) {
		seed_free(one);
		*seed = NULL;
	}
	return status;
}

void seed_free(struct seed *seed)
{
	if (seed == NULL)
		return;
	for (size_t i = 0; i < seed->model->nusers; i++)
		model_user_free(seed->model->users[i]);
	if (seed->model->outbox != NULL)
		model_user_free(seed->model->outbox);
	free(seed->model->users);
	free(seed->model);
	keep_close(seed->keep);
	free(seed);
}
