/*
 * What was typed before, kept in a file for each protocol.
 *
 * A line is appended as it is remembered, so that sessions that run at the same time lose nothing of each other; when
 * the file is read and has grown past its bound, it is written anew and put in place at once.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/escape.h"
#include "prompt/room.h"

/* Lines that are kept. */
#define LINES_MAX 1000

/* The largest history file that is read, in octets. */
#define FILE_MAX (4 * 1024 * 1024)

struct past {
	History *history;
	char *file; /* NULL: in memory only */
};

/* $XDG_STATE_HOME where it is absolute (the XDG rules ignore others), else ~/.local/state; NULL where there is none. */
static char *state_folder(void)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	if (state && state[0] == '/')
		return string_printf("%s/parlance", state);
	return home && home[0] == '/' ? string_printf("%s/.local/state/parlance", home) : NULL;
}

/* Makes the folder and those above it, for the user alone. */
static bool make_folder(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		int failed = mkdir(path, 0700);
		bool good = failed == 0 || errno == EEXIST || errno == EROFS || errno == EACCES;
		*slash = '/';
		if (!good)
			return false;
	}
	return mkdir(path, 0700) == 0 || errno == EEXIST;
}

static char *file_name(const char *name)
{
	char *folder = state_folder();
	char *file = folder && make_folder(folder) ? string_printf("%s/history-%s", folder, name) : NULL;
	free(folder);
	return file;
}

static void enter(struct past *past, struct slice line)
{
	HistEvent event;
	char *text = slice_string(line);
	(void)history(past->history, &event, H_ENTER, text);
	free(text);
}

static void write_all(int fd, struct slice text)
{
	while (text.n) {
		ssize_t n = write(fd, text.p, text.n);
		if (n < 0 && errno != EINTR)
			return; /* a history that cannot be kept is not worth a word */
		if (n > 0)
			text = slice_part(text, (size_t)n, text.n);
	}
}

static bool read_file(const char *file, struct buffer *text)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return false;
	char octets[4096];
	ssize_t n;
	while (text->n < FILE_MAX && (n = read(fd, octets, sizeof octets)) > 0)
		buffer_add(text, octets, (size_t)n);
	(void)close(fd);
	return true;
}

/* Puts `text` in the file's place in one step. */
static void replace_file(const char *file, struct slice text)
{
	char *next = string_printf("%s.XXXXXX", file);
	int fd = mkstemp(next); /* of mode 0600 */
	if (fd >= 0) {
		write_all(fd, text);
		if (close(fd) != 0 || rename(next, file) != 0)
			(void)unlink(next);
	}
	free(next);
}

static void load(struct past *past)
{
	struct buffer text = { 0 };
	if (!read_file(past->file, &text)) {
		buffer_free(&text);
		return;
	}
	size_t lines = 0;
	for (struct slice rest = buffer_slice(&text), line = slice_line(&rest); line.n; line = slice_line(&rest))
		lines++;
	size_t drop = lines > LINES_MAX ? lines - LINES_MAX : 0;
	struct slice rest = buffer_slice(&text);
	for (size_t i = 0; i < drop; i++)
		(void)slice_line(&rest);
	if (drop)
		replace_file(past->file, rest);
	for (struct slice line = slice_line(&rest); line.n; line = slice_line(&rest)) {
		if (line.p[line.n - 1] == '\n')
			line.n--;
		if (line.n && text_safe(line, true))
			enter(past, line);
	}
	buffer_free(&text);
}

struct past *past_open(const char *name)
{
	struct past *past = memory_zeroed(1, sizeof *past);
	HistEvent event;
	past->history = history_init();
	if (past->history == NULL) {
		free(past);
		return NULL;
	}
	(void)history(past->history, &event, H_SETSIZE, LINES_MAX);
	(void)history(past->history, &event, H_SETUNIQUE, 1);
	past->file = name ? file_name(name) : NULL;
	if (past->file)
		load(past);
	return past;
}

void past_add(struct past *past, struct slice line)
{
	if (line.n == 0 || !text_safe(line, true))
		return;
	enter(past, line);
	if (past->file == NULL)
		return;
	int fd = open(past->file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return;
	struct buffer b = { 0 };
	buffer_add_slice(&b, line);
	buffer_add_octet(&b, '\n');
	write_all(fd, buffer_slice(&b));
	buffer_free(&b);
	(void)close(fd);
}

History *past_history(const struct past *past)
{
	return past->history;
}

void past_close(struct past *past)
{
	if (past == NULL)
		return;
	history_end(past->history);
	free(past->file);
	free(past);
}
