/*
 * Other people's recordings: what other programs print of a conversation, and the scripts of other projects' tests,
 * recognised by their look and read as transcripts. No I/O: text in, scripts out.
 *
 * What cannot be carried over is named, as a comment at its place in the script. Where nothing sensible can be read there
 * is an error.
 */
#ifndef PARLANCE_SCRIPT_IMPORT_H
#define PARLANCE_SCRIPT_IMPORT_H

#include <stddef.h>

#include "base/error.h"
#include "base/slice.h"
#include "script/script.h"

/* The forms that are known, i from 0: the name that `--from` takes, and what it is in a few words (`*what` may be NULL).
 * NULL past the last. The first is "transcript", our own (FORMATS section 1). */
const char *import_form(size_t i, const char **what);

/* The name of the form that the text looks like; NULL where it is a transcript of our own, or looks like none. */
const char *import_recognise(struct slice text);

/*
 * Reads a text of the form named `from` (NULL: as it is recognised, else a transcript of our own) into scripts, as
 * scripts_parse does. `beside` is what stands in the file beside a script that goes with it (imaptest's messages, as an mbox
 * file); empty where there is none. `*scripts` is the caller's (scripts_free), and each line has the number of the line of the text
 * that it stands for. Fails with STATUS_USAGE and a message `FILE:LINE: what: why`, or where there is no form `from`.
 */
enum status import_read(struct slice text, const char *file, const char *from, struct slice beside,
                        struct script **scripts, size_t *n, struct error *error);

#endif
