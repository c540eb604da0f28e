/*
 * Progress in a lesson: what it holds, the place in a text that may have changed, and the files.
 */
#include "lesson/progress.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/state.h"
#include "lesson/progress_text.h"

/* The folder, under that of the program's state. */
#define ROOM "lessons"

/* The largest file that is read, in octets: all lists full, and room to spare. */
#define FILE_MAX ((size_t)256 * 1024)

#define WORDS_MAX 200
#define WORD_MAX 64

/* ---- what it holds ---- */

uint64_t lesson_digest(struct slice text)
{
	unsigned char octets[DIGEST_MAX];
	digest_of(DIGEST_SHA256, text, octets);
	uint64_t digest = 0;
	for (size_t i = 0; i < sizeof digest; i++)
		digest = digest << 8 | octets[i];
	return digest ? digest : 1;
}

char *lesson_progress_key(const char *path)
{
	char *real = realpath(path, NULL);
	const char *whole = real ? real : path, *slash = strrchr(whole, '/');
	struct slice name = slice_of(slash ? slash + 1 : whole);
	/* The digest tells lessons of one name in several folders apart; the name is for people, and a file's name has a bound. */
	char *key = string_printf(SLICE_FMT "@%016llx", SLICE_ARG(slice_part(name, 0, 100)),
	                          (unsigned long long)lesson_digest(slice_of(whole)));
	if (key[0] == '.')
		key[0] = '_'; /* such names are passed over */
	free(real);
	return key;
}

void lesson_words_add(struct lesson_words *words, struct slice word)
{
	for (size_t i = 0; i < words->n; i++)
		if (slice_equal(slice_of(words->rows[i].word), word)) {
			words->rows[i].times++;
			return;
		}
	if (word.n == 0 || word.n > WORD_MAX || words->n == WORDS_MAX)
		return;
	words->rows = memory_grow(words->rows, words->n + 1, sizeof *words->rows);
	words->rows[words->n++] = (struct lesson_word){ slice_string(word), 1 };
}

static void words_free(struct lesson_words *words)
{
	for (size_t i = 0; i < words->n; i++)
		free(words->rows[i].word);
	free(words->rows);
}

void lesson_progress_free(struct lesson_progress *progress)
{
	words_free(&progress->codes);
	words_free(&progress->verbs);
	words_free(&progress->reading);
	free(progress->heading);
	*progress = (struct lesson_progress){ 0 };
}

/* ---- the place ---- */

/* Finds the first section with that heading; false where there is none. `*end` is the item behind its last. */
static bool find_section(struct slice heading, const struct slice *headings, size_t items, size_t *first, size_t *end)
{
	for (*first = 0; *first < items && !slice_equal(headings[*first], heading);)
		++*first;
	for (*end = *first; *end < items && slice_equal(headings[*end], heading);)
		++*end;
	return *first < items;
}

void lesson_progress_at(struct lesson_progress *progress, size_t place, uint64_t digest, const struct slice *headings,
                        size_t items)
{
	size_t first = place;
	while (place < items && first > 0 && slice_equal(headings[first - 1], headings[place]))
		first--;
	free(progress->heading);
	progress->heading = place < items && headings[place].n ? slice_string(headings[place]) : NULL;
	progress->beyond = place - first;
	progress->place = place;
	progress->items = items;
	progress->digest = digest;
}

size_t lesson_progress_place(const struct lesson_progress *progress, uint64_t digest, const struct slice *headings,
                             size_t items)
{
	size_t first, end;
	if (progress->items == 0) /* never begun */
		return 0;
	if (progress->place >= progress->items)
		return items;
	if (progress->digest == digest && progress->place <= items)
		return progress->place;
	if (find_section(slice_of(progress->heading), headings, items, &first, &end))
		return progress->beyond < end - first ? first + progress->beyond : end - 1;
	return (size_t)((double)items * (double)progress->place / (double)progress->items);
}

/* ---- the files ---- */

/* The file of a key; NULL where there is no place for it. The caller's (free). */
static char *file_of(const char *key)
{
	char *folder = state_folder(ROOM);
	char *file = folder ? string_printf("%s/%s", folder, key) : NULL;
	free(folder);
	return file;
}

enum status lesson_progress_load(const char *key, struct lesson_progress *progress, struct error *error)
{
	*progress = (struct lesson_progress){ 0 };
	char *file = file_of(key);
	struct buffer text = { 0 };
	size_t line = 0;
	int why = file ? state_read(file, FILE_MAX, &text) : ENOENT;
	enum status status = STATUS_OK;
	bool there = why != ENOENT && why != ENOTDIR;
	if (there && why != 0)
		status = error_set(error, STATUS_USAGE, "%s: %s: the lesson begins anew", file, strerror(why));
	else if (there && !progress_parse(buffer_slice(&text), progress, &line))
		status = error_set(error, STATUS_USAGE, "%s:%zu: damaged: the lesson begins anew", file, line);
	if (status != STATUS_OK)
		lesson_progress_free(progress);
	buffer_free(&text);
	free(file);
	return status;
}

static void write_now(char *when, size_t room)
{
	time_t now = time(NULL);
	struct tm here;
	if (localtime_r(&now, &here) == NULL || strftime(when, room, "%Y-%m-%d %H:%M:%S", &here) == 0)
		when[0] = '\0';
}

/* Writes the file; 0, else why not: an errno. */
static int store(const char *folder, const char *key, const struct lesson_progress *progress)
{
	int why = state_make_folder(folder);
	if (why != 0)
		return why;
	char *file = string_printf("%s/%s", folder, key);
	struct buffer text = { 0 };
	progress_print(key, progress, &text);
	why = state_replace(file, buffer_slice(&text));
	buffer_free(&text);
	free(file);
	return why;
}

enum status lesson_progress_store(const char *key, struct lesson_progress *progress, struct error *error)
{
	write_now(progress->visited, sizeof progress->visited);
	if (progress->done && !progress->finished[0])
		write_now(progress->finished, sizeof progress->finished);
	char *folder = state_folder(ROOM);
	int why = folder ? store(folder, key, progress) : ENOENT;
	enum status status = why == 0 ? STATUS_OK : STATUS_USAGE;
	if (why != 0 && !progress->refused && folder)
		error_set(error, status, "%s: %s: your place in the lesson is not kept", folder, strerror(why));
	else if (why != 0 && !progress->refused)
		error_set(error, status,
		          "your place in the lesson is not kept: HOME does not say where: set it, or "
		          "XDG_STATE_HOME");
	progress->refused = why != 0;
	free(folder);
	return status;
}

enum status lesson_progress_forget(const char *key, bool *was, struct error *error)
{
	char *file = file_of(key);
	*was = file && unlink(file) == 0;
	enum status status = STATUS_OK;
	if (file && !*was && errno != ENOENT && errno != ENOTDIR)
		status = error_set(error, STATUS_USAGE, "%s: cannot be removed: %s", file, strerror(errno));
	free(file);
	return status;
}

static int compare_keys(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void lesson_progress_list(char ***keys, size_t *n)
{
	*keys = NULL;
	*n = 0;
	char *path = state_folder(ROOM);
	DIR *folder = path ? opendir(path) : NULL;
	const struct dirent *entry;
	while (folder && (entry = readdir(folder)) != NULL) {
		if (entry->d_name[0] == '.') /* the folder itself, and what is half written */
			continue;
		*keys = memory_grow(*keys, *n + 1, sizeof **keys);
		(*keys)[(*n)++] = string_copy(entry->d_name);
	}
	if (folder)
		(void)closedir(folder);
	if (*n)
		qsort(*keys, *n, sizeof **keys, compare_keys);
	free(path);
}
