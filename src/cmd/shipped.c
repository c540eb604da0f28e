/*
 * Finding what ships: in the source tree if the program is run from there, so that an edited file counts at once; then
 * in the installed data folder; then in the binary itself, so that a copy of the one file is all that a lab machine
 * needs.
 */
#include "cmd/shipped.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"

/* By this file a source tree is known; any other folder called transcripts is somebody else's. */
#define SOURCE_TREE "src/cmd/shipped.sh"

/* One kind of what ships. */
struct shelf {
	const char *folder, *ending;
	const struct shipped_file *files;
	const size_t *count;
	struct buffer text; /* of the last one that was read from a file */
};

static struct shelf transcripts = {
	.folder = "transcripts", .ending = ".txt", .files = shipped_transcripts, .count = &shipped_transcripts_count
};
static struct shelf lessons = {
	.folder = "lessons", .ending = ".md", .files = shipped_lessons, .count = &shipped_lessons_count
};

static int compare_name(const void *name, const void *file)
{
	return strcmp(name, ((const struct shipped_file *)file)->name);
}

/* Reads the file of that name below `data`; false where it is not there or cannot be read. */
static bool read_from(const char *data, struct shelf *shelf, const char *name)
{
	char *path = string_printf("%s/%s/%s%s", data, shelf->folder, name, shelf->ending);
	struct error error = { 0 };
	buffer_clear(&shelf->text);
	bool found = access(path, R_OK) == 0 && read_input(path, &shelf->text, &error) == STATUS_OK;
	error_clear(&error);
	free(path);
	return found;
}

static struct slice text_named(struct shelf *shelf, const char *name)
{
	if (!*name || strchr(name, '/'))
		return (struct slice){ 0 };
	if ((access(SOURCE_TREE, F_OK) == 0 && read_from(".", shelf, name)) || read_from(DATADIR, shelf, name))
		return buffer_slice(&shelf->text);
	const struct shipped_file *file = bsearch(name, shelf->files, *shelf->count, sizeof shelf->files[0],
	                                          compare_name);
	if (!file)
		return (struct slice){ 0 };
	return (struct slice){ (const char *)file->text, file->n };
}

struct slice shipped_transcript(const char *name)
{
	return text_named(&transcripts, name);
}

const char *shipped_transcript_name(size_t i)
{
	return i < shipped_transcripts_count ? shipped_transcripts[i].name : NULL;
}

struct slice shipped_lesson(const char *name)
{
	return text_named(&lessons, name);
}

const char *shipped_lesson_name(size_t i)
{
	return i < shipped_lessons_count ? shipped_lessons[i].name : NULL;
}
