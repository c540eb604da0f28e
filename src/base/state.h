/*
 * Small files that are kept between runs, for the user alone, under $XDG_STATE_HOME/parlance: histories, progress.
 */
#ifndef PARLANCE_BASE_STATE_H
#define PARLANCE_BASE_STATE_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/slice.h"

/*
 * The folder, or with `room` the folder of that name in it (not NULL: else). It stands under $XDG_STATE_HOME where that
 * is absolute (the XDG rules ignore others), else under ~/.local/state; NULL where there is neither. The caller's (free).
 */
char *state_folder(const char *room);

/* Makes a folder and those above it, mode 0700, where they are not there. 0, else why not: an errno. */
int state_make_folder(const char *path);

/* Appends what is in a plain file to `text`, at most `limit` octets (EFBIG where there is more; those that fit are
 * appended all the same). 0, else why not: an errno, ENOENT where there is no such file. A link is not followed. */
int state_read(const char *file, size_t limit, struct buffer *text);

/* Writes all of it. 0, else why not: an errno. */
int state_write(int fd, struct slice text);

/* Puts a file (mode 0600) with that text in the file's place in one step, after it has reached the disk. The name of
 * the one that is being written begins with a dot. 0, else why not: an errno; the file is as it was then. */
int state_replace(const char *file, struct slice text);

#endif
