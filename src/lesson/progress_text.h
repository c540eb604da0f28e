/*
 * The text of a file of progress: lines `name: value`, for people to read.
 *
 *     # How far you are in a lesson of parlance. To forget it: parlance lesson --reset 03-smtp-by-hand
 *     place: 4
 *     items: 15
 *     heading: Greeting
 *     code: 220 1
 */
#ifndef PARLANCE_LESSON_PROGRESS_TEXT_H
#define PARLANCE_LESSON_PROGRESS_TEXT_H

#include "base/buffer.h"
#include "lesson/progress.h"

/* Appends what is kept of a lesson. */
void progress_print(const char *key, const struct lesson_progress *progress, struct buffer *text);

/* Reads that into `*progress`, which is all zero before. False where it is damaged, `*line` (from 1) being where; the
 * caller frees it all the same. */
bool progress_parse(struct slice text, struct lesson_progress *progress, size_t *line);

#endif
