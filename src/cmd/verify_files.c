/*
 * What the words on verify's command line stand for: files, and folders of them.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/verify.h"

/* The conversations of one file. */
struct verify_source {
	struct script *scripts;
	size_t n;
};

static struct verified *list_add(struct verify_files *files)
{
	files->list = memory_grow(files->list, files->nlist + 1, sizeof *files->list);
	struct verified *new = &files->list[files->nlist++];
	*new = (struct verified){ 0 };
	return new;
}

/* One session that cannot be read does not keep the others from being compared. */
static enum status keep_problem(struct verify_files *files, const char *name, struct error *error)
{
	struct verified *new = list_add(files);
	new->name = string_copy(name);
	new->problem = string_copy(error->message);
	error_clear(error);
	return STATUS_OK;
}

static enum status add_file(struct verify_files *files, const char *name, struct error *error)
{
	struct verify_source source = { 0 };
	enum status status = read_transcript(name, files->options->from, &source.scripts, &source.n, error);
	if (status == STATUS_OK && source.n == 0)
		status = error_set(error, STATUS_USAGE, "%s: no conversation in it", name);
	if (status != STATUS_OK)
		return files->sessions ? keep_problem(files, name, error) : status;
	files->sources = memory_grow(files->sources, files->nsources + 1, sizeof *files->sources);
	files->sources[files->nsources++] = source;
	for (size_t i = 0; i < source.n; i++) {
		struct verified *new = list_add(files);
		new->script = &source.scripts[i];
		new->follows = i > 0;
		new->name = source.n == 1 ? string_copy(new->script->file)
		                          : string_printf("%s#%zu", new->script->file, i + 1);
	}
	return STATUS_OK;
}

static bool is_folder(const char *name)
{
	struct stat about;
	return stat(name, &about) == 0 && S_ISDIR(about.st_mode);
}

static enum status add_folder(struct verify_files *files, const char *name, size_t *found, struct error *error);

/* What stands in a folder: folders below it, but for links to them, which may lead round in a circle; and files whose name
 * ends in .txt, with --from all. */
static enum status add_entry(struct verify_files *files, const char *folder, const char *name, size_t *found,
                             struct error *error)
{
	struct slice text = slice_of(name);
	bool slash = folder[0] && folder[strlen(folder) - 1] == '/';
	char *path = string_printf("%s%s%s", folder, slash ? "" : "/", name);
	enum status status = STATUS_OK;
	struct stat here, there;
	bool known = name[0] != '.' && lstat(path, &here) == 0 && stat(path, &there) == 0;
	bool named = files->options->from ||
	             (text.n > 4 && slice_equal(slice_part(text, text.n - 4, text.n), SLICE(".txt")));
	if (known && S_ISDIR(here.st_mode)) {
		status = add_folder(files, path, found, error);
	} else if (known && S_ISREG(there.st_mode) && named) {
		++*found;
		status = add_file(files, path, error);
	} else if (name[0] != '.') {
		files->others++;
	}
	free(path);
	return status;
}

static enum status add_folder(struct verify_files *files, const char *name, size_t *found, struct error *error)
{
	struct dirent **entries = NULL;
	int n = scandir(name, &entries, NULL, alphasort);
	enum status status = STATUS_OK;
	if (n < 0)
		return error_set(error, STATUS_USAGE, "%s: %s", name, strerror(errno));
	for (int i = 0; i < n; i++) {
		if (status == STATUS_OK)
			status = add_entry(files, name, entries[i]->d_name, found, error);
		free(entries[i]);
	}
	free(entries);
	return status;
}

static enum status add_word(struct verify_files *files, const char *word, struct error *error)
{
	size_t found = 0;
	if (!is_folder(word))
		return add_file(files, word, error);
	enum status status = add_folder(files, word, &found, error);
	if (status == STATUS_OK && found == 0)
		return error_set(error, STATUS_USAGE, "%s: no transcript (*.txt) in this folder", word);
	return status;
}

enum status verify_files_read(struct verify_files *scripts, struct verify_files *sessions, int argc, char **argv,
                              struct error *error)
{
	bool recorded = scripts->options->recorded;
	enum status status = STATUS_OK;
	for (int i = 0; i < argc && status == STATUS_OK; i++)
		status = add_word(recorded && i > 0 ? sessions : scripts, argv[i], error);
	if (status == STATUS_OK && recorded && scripts->nlist != 1)
		return error_set(error, STATUS_USAGE,
		                 "%s: --recorded compares sessions with one conversation, and here are %zu", argv[0],
		                 scripts->nlist);
	if (status == STATUS_OK && recorded && sessions->nlist == 0)
		return error_set(error, STATUS_USAGE,
		                 "--recorded: which sessions? parlance verify SCRIPT --recorded SESSION...");
	return status;
}

void verify_files_free(struct verify_files *files)
{
	for (size_t i = 0; i < files->nlist; i++) {
		free(files->list[i].name);
		free(files->list[i].problem);
	}
	for (size_t i = 0; i < files->nsources; i++)
		scripts_free(files->sources[i].scripts, files->sources[i].n);
	free(files->list);
	free(files->sources);
}
