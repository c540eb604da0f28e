/*
 * The model's files: each user's tree, the site among them.
 */
#include <assert.h>

#include "base/crypto.h"
#include "store/files.h"
#include "store/seed_inside.h"
#include "store/seed_table.h"

/* What a tree may take. */
#define TREE_MOST (UINT64_C(64) << 20)

static void add_numbers(struct buffer *out, struct slice count)
{
	uint64_t n = 0;
	if (slice_number(count, &n))
		for (uint64_t i = 1; i <= n; i++)
			buffer_printf(out, "%llu\n", (unsigned long long)i);
}

static struct blob *blob_of(const struct seed_file *row)
{
	struct buffer octets = { 0 };
	if (row->kind == SEED_BASE64)
		base64_decode(&octets, slice_of(row->text));
	else if (row->kind == SEED_NUMBERS)
		add_numbers(&octets, slice_of(row->text));
	else
		buffer_add_string(&octets, row->text);
	return blob_take(&octets);
}

static void add_file(struct files *files, const struct seed_file *row)
{
	struct slice path = slice_of(row->path);
	if (row->kind == SEED_FOLDER) {
		(void)files_make_folder(files, path);
		files_find(files, path)->limit = row->limit;
		return;
	}
	struct blob *blob = blob_of(row);
	enum files_fault fault = files_put(files, path, blob);
	assert(fault == FILES_DONE);
	(void)fault;
	blob_release(blob);
}

/* The rows of one user go into a tree. */
static void add_files(struct files *files, struct slice user)
{
	for (size_t i = 0; i < SEED_FILES; i++)
		if (slice_equal(slice_of(seed_files[i].user), user))
			add_file(files, &seed_files[i]);
}

static void add_tables(struct store *model)
{
	struct files *all = files_new(TREE_MOST);
	add_files(all, SLICE("*"));
	for (size_t i = 0; i < model->nusers; i++) {
		struct slice name = slice_of(model->users[i]->name);
		bool site = slice_equal(name, SLICE("webmaster"));
		model->users[i]->files = site ? files_new(TREE_MOST) : files_copy(all, NULL);
		add_files(model->users[i]->files, name);
	}
	files_free(all);
}

enum status model_add_files(struct store *model, const char *folder, struct error *error)
{
	model->outbox->files = files_new(TREE_MOST);
	if (folder == NULL) {
		add_tables(model);
		return STATUS_OK;
	}
	struct files *all = files_new(TREE_MOST);
	enum status status = files_read(all, folder, error);
	for (size_t i = 0; i < model->nusers && status == STATUS_OK; i++)
		model->users[i]->files = files_copy(all, NULL);
	files_free(all);
	return status;
}
