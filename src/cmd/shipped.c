/*
 * Finding what is built into the binary, so that a copy of the one file is all that a lab machine needs.
 */
#include "cmd/shipped.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"

static int compare_name(const void *name, const void *file)
{
	return strcmp(name, ((const struct shipped_file *)file)->name);
}

struct slice shipped_transcript(const char *name)
{
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
