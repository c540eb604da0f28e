/*
 * lesson --reset: forgets how far one is.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/lesson.h"
#include "lesson/progress.h"

/* Whether something is kept under that key. */
static bool is_kept(const char *key)
{
	char **keys;
	size_t n;
	bool found = false;
	lesson_progress_list(&keys, &n);
	for (size_t i = 0; i < n; i++) {
		found = found || strcmp(keys[i], key) == 0;
		free(keys[i]);
	}
	free(keys);
	return found;
}

/* The key of the lesson that a word names: a path, one that ships, or a key itself, as the files of progress say it. The
 * caller's (free); NULL with a message. */
static char *key_of(const char *word, struct error *error)
{
	char *key = NULL;
	if (access(word, F_OK) == 0)
		return lesson_progress_key(word);
	if (strchr(word, '/') == NULL && is_kept(word))
		return string_copy(word);
	return shipped_lesson_find(word, &key, error) == STATUS_OK ? key : NULL;
}

static enum status forget(const char *key, bool *was)
{
	struct error error = { 0 };
	enum status status = lesson_progress_forget(key, was, &error);
	error_report(&error);
	if (*was)
		(void)printf("forgotten: %s\n", key);
	return status;
}

static enum status forget_all(void)
{
	char **keys;
	size_t n;
	enum status status = STATUS_OK;
	lesson_progress_list(&keys, &n);
	for (size_t i = 0; i < n; i++) {
		bool was;
		enum status now = forget(keys[i], &was);
		status = now != STATUS_OK ? now : status;
		free(keys[i]);
	}
	free(keys);
	if (n == 0)
		(void)puts("nothing to forget: no lesson was begun");
	return status;
}

enum status lesson_forget(const struct options *options, int argc, char **argv)
{
	(void)options;
	enum status status = argc ? STATUS_OK : forget_all();
	for (int i = 0; i < argc; i++) {
		struct error error = { 0 };
		char *key = key_of(argv[i], &error);
		bool was = false;
		enum status now = key ? forget(key, &was) : STATUS_USAGE;
		error_report(&error);
		if (now == STATUS_OK && !was)
			(void)printf("nothing to forget: %s was not begun\n", key);
		status = now != STATUS_OK ? now : status;
		free(key);
	}
	return status;
}
