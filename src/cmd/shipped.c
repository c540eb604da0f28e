/*
 * Finding what ships: in the source tree if the program is run from there, so that an edited transcript counts at once;
 * then in the installed data folder; then in the binary itself, so that a copy of the one file is all that a lab machine
 * needs.
 */
#include "cmd/shipped.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"

/* By this file a source tree is known; any other folder called transcripts is somebody else's. */
#define SOURCE_TREE "src/cmd/shipped.sh"

static int compare_name(const void *name, const void *file)
{
	return strcmp(name, ((const struct shipped_file *)file)->name);
}

/* Reads `folder`/transcripts/`name`.txt; false where it is not there or cannot be read. */
static bool read_from(const char *folder, const char *name, struct buffer *text)
{
	char *path = string_printf("%s/transcripts/%s.txt", folder, name);
	struct error error = { 0 };
	buffer_clear(text);
	bool found = access(path, R_OK) == 0 && read_input(path, text, &error) == STATUS_OK;
	error_clear(&error);
	free(path);
	return found;
}

struct slice shipped_transcript(const char *name)
{
	static struct buffer text; /* of the last one that was read from a file */
	if (!*name || strchr(name, '/'))
		return (struct slice){ 0 };
	if ((access(SOURCE_TREE, F_OK) == 0 && read_from(".", name, &text)) || read_from(DATADIR, name, &text))
		return buffer_slice(&text);
	const struct shipped_file *file = bsearch(name, shipped_transcripts, shipped_transcripts_count,
	                                          sizeof shipped_transcripts[0], compare_name);
	if (!file)
		return (struct slice){ 0 };
	return (struct slice){ (const char *)file->text, file->n };
}

const char *shipped_name(size_t i)
{
	return i < shipped_transcripts_count ? shipped_transcripts[i].name : NULL;
}
