/*
 * What several commands do alike: reading what they are given, and showing what happens.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "prompt/passphrase.h"
#include "script/import.h"
#include "view/report.h"

/* ---- reading ---- */

const char *input_name(const char *name)
{
	return strcmp(name, "-") == 0 ? "standard input" : name;
}

static enum status read_file(FILE *file, const char *name, read_take *take, void *context, struct error *error)
{
	char room[16384];
	size_t n;
	while ((n = fread(room, 1, sizeof room, file)) > 0)
		if (!take(context, (struct slice){ room, n }))
			return STATUS_OK;
	if (ferror(file))
		return error_set(error, STATUS_USAGE, "%s: %s", input_name(name), strerror(errno));
	return STATUS_OK;
}

/* The name nearest to one that does not ship; NULL where none is near. */
static const char *shipped_nearest(const char *name)
{
	const char *best = NULL, *candidate;
	size_t least = 4;
	for (size_t i = 0; (candidate = shipped_transcript_name(i)) != NULL; i++) {
		size_t distance = word_distance(slice_of(name), slice_of(candidate));
		if (distance < least && distance * 2 < strlen(name)) {
			least = distance;
			best = candidate;
		}
	}
	return best;
}

static enum status not_found(const char *name, struct error *error)
{
	const char *near = strchr(name, '/') ? NULL : shipped_nearest(name);
	if (near)
		return error_set(error, STATUS_USAGE, "%s: no such file, and none that ships: nearest is %s", name,
		                 near);
	return error_set(error, STATUS_USAGE, "%s: no such file", name);
}

enum status read_pieces(const char *name, read_take *take, void *context, struct error *error)
{
	if (strcmp(name, "-") == 0)
		return read_file(stdin, name, take, context, error);
	struct stat about;
	if (stat(name, &about) == 0 && S_ISDIR(about.st_mode))
		return error_set(error, STATUS_USAGE, "%s: is a folder: name a file in it", name);
	FILE *file = fopen(name, "r");
	if (file) {
		enum status status = read_file(file, name, take, context, error);
		(void)fclose(file);
		return status;
	}
	if (errno != ENOENT)
		return error_set(error, STATUS_USAGE, "%s: %s", name, strerror(errno));
	struct slice shipped = shipped_transcript(name);
	if (shipped.n == 0)
		return not_found(name, error);
	(void)take(context, shipped);
	return STATUS_OK;
}

static bool take_whole(void *text, struct slice piece)
{
	buffer_add_slice(text, piece);
	return true;
}

enum status read_input(const char *name, struct buffer *text, struct error *error)
{
	return read_pieces(name, take_whole, text, error);
}

/* The messages that go with a script of imaptest's: NAME.mbox, else default.mbox in its folder, where there is one. */
static void read_beside(const char *name, struct buffer *text)
{
	const char *slash = strrchr(name, '/');
	int folder = slash ? (int)(slash - name) + 1 : 0;
	char *const names[] = { string_printf("%s.mbox", name), string_printf("%.*sdefault.mbox", folder, name) };
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct error none = { 0 };
		FILE *file = text->n ? NULL : fopen(names[i], "r");
		if (file) {
			(void)read_file(file, names[i], take_whole, text, &none);
			(void)fclose(file);
		}
		error_clear(&none);
		free(names[i]);
	}
}

enum status read_transcript(const char *name, const char *from, struct script **scripts, size_t *n, struct error *error)
{
	struct buffer text = { 0 }, beside = { 0 };
	enum status status = read_input(name, &text, error);
	const char *form = from ? from : import_recognise(buffer_slice(&text));
	if (status == STATUS_OK && form && strcmp(form, "imaptest") == 0)
		read_beside(name, &beside);
	if (status == STATUS_OK)
		status = import_read(buffer_slice(&text), input_name(name), from, buffer_slice(&beside), scripts, n,
		                     error);
	buffer_free(&text);
	buffer_free(&beside);
	return status;
}

/* ---- showing ---- */

bool options_terminal(const struct options *options)
{
	return !options->json && !options->plain && !options->raw && !options->output && isatty(STDOUT_FILENO) == 1;
}

/* What a variable of the environment says about a size; 0 where it says nothing. */
static size_t size_said(const char *name)
{
	uint64_t value = 0;
	return slice_number(slice_of(getenv(name)), &value) && value < 100000 ? (size_t)value : 0;
}

static size_t columns_of(int descriptor, size_t otherwise)
{
	struct winsize size = { 0 };
	if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col)
		return size.ws_col;
	size_t said = size_said("COLUMNS");
	return said ? said : otherwise;
}

static size_t screen_columns(void *context)
{
	(void)context;
	return columns_of(STDOUT_FILENO, 80);
}

size_t page_columns(FILE *out)
{
	int descriptor = fileno(out);
	return columns_of(descriptor, isatty(descriptor) == 1 ? 80 : 100);
}

static size_t screen_rows(void *context)
{
	struct winsize size = { 0 };
	(void)context;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row)
		return size.ws_row;
	size_t said = size_said("LINES");
	return said ? said : 24;
}

FILE *options_output(const struct options *options, struct error *error)
{
	static FILE *output;
	if (options->output == NULL || strcmp(options->output, "-") == 0)
		return stdout;
	if (output == NULL)
		output = fopen(options->output, "w");
	if (output == NULL)
		error_set(error, STATUS_USAGE, "%s: %s", options->output, strerror(errno));
	return output;
}

bool options_for_people(const struct options *options)
{
	bool colors = options->color && strcmp(options->color, "always") == 0;
	return options_terminal(options) || (colors && !options->plain && !options->json && !options->raw);
}

struct terminal_options options_screen(const struct options *options, FILE *out)
{
	return (struct terminal_options){ .notes = options->notes,
		                          .color = color_wanted(options->color, out),
		                          .columns = screen_columns,
		                          .rows = screen_rows };
}

/* For people; the header's lines first, as remarks. */
static struct face *face_for_people(const struct options *options, FILE *out, struct slice header)
{
	struct terminal_options how = options_screen(options, out);
	struct face *face = terminal_face(sink_of_file(out), &how);
	while (header.n) {
		struct slice line = slice_line(&header);
		if (line.n && line.p[line.n - 1] == '\n')
			line.n--;
		if (line.n)
			face_remark(face, line);
	}
	return face;
}

/* Conversations that are shown one after the other have a blank line between them. */
static void separate(FILE *out)
{
	static bool shown;
	if (shown)
		(void)fputc('\n', out);
	shown = true;
}

struct face *options_face(const struct options *options, struct slice header, struct error *error)
{
	FILE *out = options_output(options, error);
	if (out == NULL)
		return NULL;
	if (options->json)
		return json_face(sink_of_file(out));
	if (options->raw)
		return raw_face(out, stderr, options->notes);
	separate(out);
	if (options_for_people(options))
		return face_for_people(options, out, header);
	return plain_face(sink_of_file(out), options->notes, header);
}

enum status options_report(const struct options *options, struct report **report, struct error *error)
{
	FILE *out = options_output(options, error);
	if (out == NULL)
		return error->status;
	struct terminal_options screen = options_screen(options, out);
	if (options->json)
		*report = json_report(sink_of_file(out));
	else if (options_for_people(options))
		*report = terminal_report(sink_of_file(out), &screen);
	else
		*report = tap_report(sink_of_file(out));
	return STATUS_OK;
}

struct masking options_masking(const struct options *options, bool live)
{
	bool show = options->secrets && strcmp(options->secrets, "show") == 0;
	struct masking masking = { .spans = options->secrets ? !show : live };
	if (!show) {
		masking.values = (const char *const *)options->secret_values;
		masking.names = (const char *const *)options->secret_names;
		masking.nvalues = options->nsecrets;
	}
	return masking;
}

/* ---- TLS ---- */

enum status options_tls(const struct options *options, struct tls_settings **settings, struct error *error)
{
	struct tls_options with = options->with;
	with.passphrase = passphrase_ask;
	return tls_client_settings(&with, settings, error);
}

struct session_options options_session(const struct options *options, struct tls_settings *tls, bool live)
{
	return (struct session_options){ .side = SIDE_CLIENT,
		                         .max_time = options->max_time,
		                         .masking = options_masking(options, live),
		                         .tls = tls,
		                         .starttls = options->starttls,
		                         .handshake = options->connect_timeout,
		                         .follow_data = options->follow_data,
		                         .certificates = options->showcerts,
		                         .verbose = options->verbose };
}

bool event_failed(const struct dialogue_event *event)
{
	return event->kind == EVENT_REPLY && event->final && event->class == CLASS_FAILURE;
}
