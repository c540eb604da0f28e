/*
 * What is the same for every face: the call goes to the kind's row. And where text goes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "view/view.h"

void face_event(struct face *face, const struct dialogue_event *event)
{
	face->kind->event(face, event);
}

void face_remark(struct face *face, struct slice text)
{
	if (face->kind->remark)
		face->kind->remark(face, text);
}

void face_unfinished(struct face *face, struct slice text)
{
	if (face->kind->unfinished)
		face->kind->unfinished(face, text);
}

void face_comment(struct face *face, struct slice text)
{
	if (face->kind->comment)
		face->kind->comment(face, text);
}

void face_direction(struct face *face, struct slice text)
{
	if (face->kind->direction)
		face->kind->direction(face, text);
}

void face_notes(struct face *face, enum notes notes)
{
	if (face->kind->notes)
		face->kind->notes(face, notes);
}

void face_close(struct face *face)
{
	if (face)
		face->kind->close(face);
}

/* The errno of the first write that failed. */
static int failure;

static void file_write(void *context, struct slice text)
{
	FILE *file = context;
	bool written = (text.n == 0 || fwrite(text.p, 1, text.n, file) == text.n) && fflush(file) == 0;
	if (!written && failure == 0)
		failure = errno;
}

int sink_failure(void)
{
	return failure;
}

struct sink sink_of_file(FILE *file)
{
	return (struct sink){ file_write, file };
}

bool color_wanted(const char *when, FILE *file)
{
	if (when && strcmp(when, "always") == 0)
		return true;
	if (when && strcmp(when, "never") == 0)
		return false;
	const char *refused = getenv("NO_COLOR"), *terminal = getenv("TERM");
	if ((refused && *refused) || (terminal && strcmp(terminal, "dumb") == 0))
		return false;
	return isatty(fileno(file)) == 1;
}
