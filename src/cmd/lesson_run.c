/*
 * The commands that a lesson shows: each runs in a process of its own, and what it prints is caught.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/escape.h"
#include "cmd/commands.h"
#include "cmd/lesson.h"

/* The most that is caught, in octets. */
#define OUTPUT_MAX (1U << 20)

enum status lesson_fill_lab(const struct options *options, struct slice text, struct buffer *out, struct error *error)
{
	const struct slice opens = SLICE("{{lab:");
	while (text.n) {
		size_t at = slice_find(text, opens);
		struct slice name = slice_part(text, at + opens.n, text.n);
		size_t end = slice_find(name, SLICE("}}"));
		buffer_add_slice(out, slice_part(text, 0, at));
		if (at == text.n || end == name.n) {
			buffer_add_slice(out, slice_part(text, at, text.n));
			return STATUS_OK;
		}
		char *server = slice_string(slice_part(name, 0, end)), *host = NULL;
		struct slice authority;
		unsigned port = 0;
		enum status status = practice_find(options->practice, server, &host, &port, &authority, error);
		if (status == STATUS_OK)
			buffer_printf(out, "%s:%u", host, port);
		free(server);
		free(host);
		if (status != STATUS_OK)
			return status;
		text = slice_part(name, end + 2, name.n);
	}
	return STATUS_OK;
}

/* ---- its words ---- */

/* Takes a word off the front; quotation marks of either kind hold one together. NULL at the end. */
static char *take_word(struct slice *rest)
{
	struct buffer word = { 0 };
	char quote = '\0';
	*rest = slice_trim(*rest);
	if (rest->n == 0)
		return NULL;
	size_t at = 0;
	for (; at < rest->n && (quote || rest->p[at] != ' '); at++) {
		char octet = rest->p[at];
		if (octet == quote)
			quote = '\0';
		else if (!quote && (octet == '"' || octet == '\''))
			quote = octet;
		else
			buffer_add_octet(&word, octet);
	}
	*rest = slice_part(*rest, at, rest->n);
	return word.n ? buffer_take(&word) : string_copy("");
}

struct words_of_line {
	char **argv;
	int argc;
};

static void words_take(struct words_of_line *words, struct slice line)
{
	char *word;
	words->argv = memory_grow(NULL, 1, sizeof *words->argv);
	while ((word = take_word(&line))) {
		words->argv = memory_grow(words->argv, (size_t)words->argc + 2, sizeof *words->argv);
		words->argv[words->argc++] = word;
	}
	words->argv[words->argc] = NULL;
}

static void words_free(struct words_of_line *words)
{
	for (int i = 0; i < words->argc; i++)
		free(words->argv[i]);
	free(words->argv);
}

/* ---- its process ---- */

/* The child's whole life. */
static _Noreturn void live(const struct options *options, struct words_of_line *words, FILE *input, int output,
                           size_t columns)
{
	char *width = string_printf("%zu", columns);
	(void)setenv("COLUMNS", width, 1);
	free(width);
	(void)dup2(fileno(input), STDIN_FILENO);
	(void)dup2(output, STDOUT_FILENO);
	(void)dup2(output, STDERR_FILENO);
	(void)close(output);
	(void)signal(SIGINT, SIG_DFL);
	(void)signal(SIGWINCH, SIG_DFL);
	practice_share(options->practice);
	/* commands_run puts the words in another order, and those that it gives back are freed there by nobody. */
	_exit((int)commands_run(words->argc, words->argv));
}

static void catch_output(int fd, struct buffer *output)
{
	char room[4096];
	ssize_t n;
	size_t begin = output->n;
	while ((n = read(fd, room, sizeof room)) > 0 || (n < 0 && errno == EINTR))
		if (n > 0 && output->n - begin < OUTPUT_MAX)
			buffer_add(output, room, (size_t)n);
}

/* Its standard input, from the start. NULL where none can be made. */
static FILE *make_input(const char *text)
{
	FILE *file = tmpfile();
	if (file && (fputs(text, file) == EOF || fflush(file) != 0)) {
		(void)fclose(file);
		return NULL;
	}
	if (file) {
		rewind(file);
		(void)lseek(fileno(file), 0, SEEK_SET);
	}
	return file;
}

static enum status run_words(const struct options *options, struct words_of_line *words, FILE *input, size_t columns,
                             struct buffer *output, int *ended, struct error *error)
{
	int ends[2], how = 0;
	if (pipe(ends) != 0)
		return error_set(error, STATUS_USAGE, "a lesson's command cannot be run: %s", strerror(errno));
	(void)fflush(NULL);
	pid_t child = fork();
	if (child == 0) {
		(void)close(ends[0]);
		live(options, words, input, ends[1], columns);
	}
	(void)close(ends[1]);
	if (child > 0)
		catch_output(ends[0], output);
	(void)close(ends[0]);
	if (child < 0)
		return error_set(error, STATUS_USAGE, "a lesson's command cannot be run: %s", strerror(errno));
	while (waitpid(child, &how, 0) < 0 && errno == EINTR)
		;
	*ended = WIFEXITED(how) ? WEXITSTATUS(how) : 128 + (WIFSIGNALED(how) ? WTERMSIG(how) : 0);
	return STATUS_OK;
}

enum status lesson_run(const struct options *options, const struct lesson_item *command, size_t columns,
                       struct buffer *output, int *ended, struct error *error)
{
	struct buffer line = { 0 }, text = { 0 };
	struct words_of_line words = { 0 };
	char *host = NULL;
	unsigned port;
	struct slice authority;
	/* The lab must be there before the process that goes to it. */
	enum status status = practice_find(options->practice, "smtp", &host, &port, &authority, error);
	free(host);
	if (status == STATUS_OK)
		status = lesson_fill_lab(options, slice_of(command->text), &line, error);
	if (status == STATUS_OK)
		status = lesson_fill_lab(options, slice_of(command->input), &text, error);
	char *input_text = buffer_take(&text);
	FILE *input = status == STATUS_OK ? make_input(input_text ? input_text : "") : NULL;
	if (input) {
		words_take(&words, buffer_slice(&line));
		status = run_words(options, &words, input, columns, output, ended, error);
		words_free(&words);
		(void)fclose(input);
	} else if (status == STATUS_OK) {
		status = error_set(error, STATUS_USAGE, "a lesson's command cannot be run: no temporary file");
	}
	free(input_text);
	buffer_free(&line);
	return status;
}
