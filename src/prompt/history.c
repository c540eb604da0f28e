/*
 * What was typed before, kept in a file for each protocol.
 *
 * A line is appended as it is remembered, so that sessions that run at the same time lose nothing of each other; when
 * the file is read and has grown past its bound, it is written anew and put in place at once. A history that cannot be
 * kept is not worth a word.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/state.h"
#include "prompt/room.h"

/* Lines that are kept. */
#define LINES_MAX 1000

/* The largest history file that is read, in octets. */
#define FILE_MAX (4 * 1024 * 1024)

struct past {
	History *history;
	char *file; /* NULL: in memory only */
};

static char *file_name(const char *name)
{
	char *folder = state_folder(NULL);
	char *file = folder && state_make_folder(folder) == 0 ? string_printf("%s/history-%s", folder, name) : NULL;
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

static void load(struct past *past)
{
	struct buffer text = { 0 };
	(void)state_read(past->file, FILE_MAX, &text);
	size_t lines = 0;
	for (struct slice rest = buffer_slice(&text), line = slice_line(&rest); line.n; line = slice_line(&rest))
		lines++;
	size_t drop = lines > LINES_MAX ? lines - LINES_MAX : 0;
	struct slice rest = buffer_slice(&text);
	for (size_t i = 0; i < drop; i++)
		(void)slice_line(&rest);
	if (drop)
		(void)state_replace(past->file, rest);
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
	(void)state_write(fd, buffer_slice(&b));
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
