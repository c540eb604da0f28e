/*
 * How far a learner is in a lesson, kept between runs: a small text file for each lesson under
 * $XDG_STATE_HOME/parlance/lessons (base/state.h), which a person can read.
 *
 * A file is written whole beside the old one and put in its place in one step, so that a cut-off never loses the place,
 * and of two sessions at once the last one to write wins.
 *
 * A lesson is known here by its *key*: of one that ships its name ("03-smtp-by-hand"), of one given by its path what
 * lesson_progress_key makes of that.
 */
#ifndef PARLANCE_LESSON_PROGRESS_H
#define PARLANCE_LESSON_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/slice.h"

/* A word that was met, and how often. */
struct lesson_word {
	char *word;
	size_t times;
};

/* Words in the order in which they were met first. */
struct lesson_words {
	struct lesson_word *rows;
	size_t n;
};

/* All zero is a lesson that was never begun. What it points to is its own (lesson_progress_free). */
struct lesson_progress {
	/* The place: an item of the lesson, from 0, out of so many; set by lesson_progress_at. */
	size_t place, items;
	uint64_t digest; /* lesson_digest of the lesson's text as it was then */
	char *heading;   /* the section in which the place is; NULL: before the first */
	size_t beyond;   /* so many items behind that section's first */

	bool done;
	/* "2026-11-22 09:30:00", by the clock here; empty: not yet. Set when it is stored. */
	char visited[24], finished[24];

	size_t said, skipped, goals; /* steps typed, and passed over; goals met */
	struct lesson_words codes;   /* "220", "+OK", "NO" */
	struct lesson_words verbs;   /* "UID FETCH"; only those that the protocol knows: a slip may be a password */
	struct lesson_words reading; /* "RFC 5321 4.1.1.2" */

	bool refused; /* it could not be stored, and that was told */
};

/* A digest of a lesson's text, by which a changed one is known. Never 0. */
uint64_t lesson_digest(struct slice text);

/* The key of a lesson given by its path, the same from whatever folder it is named; the caller's (free). */
char *lesson_progress_key(const char *path);

/*
 * Reads what is kept under the key into `*progress`, which holds nothing before; all zero where nothing is kept. A
 * damaged file counts as none: STATUS_USAGE, with a message that says so, and `*progress` all zero; the lesson can go
 * on all the same. Lines that this version does not know are passed over.
 */
enum status lesson_progress_load(const char *key, struct lesson_progress *progress, struct error *error);

/*
 * Keeps it; `visited` becomes now, and `finished` where it is done for the first time. STATUS_USAGE where it cannot
 * be kept (read-only, full, no HOME): with a message the first time for this `progress`, without one after that.
 */
enum status lesson_progress_store(const char *key, struct lesson_progress *progress, struct error *error);

/* Frees what it holds and leaves it all zero. */
void lesson_progress_free(struct lesson_progress *progress);

/*
 * The place in a text. `headings` has a row for each of the lesson's `items`: the heading of the section in which it
 * stands (a heading that is an item itself: its own), empty before the first.
 *
 * lesson_progress_at notes that the learner is at item `place` of the text with that digest; `place` == `items` is the end.
 * lesson_progress_place says where to go on, at most `items`: where the text is as it was, at that item; where it
 * was changed since, as far into the section of the same heading, or else as far into the lesson.
 */
void lesson_progress_at(struct lesson_progress *progress, size_t place, uint64_t digest, const struct slice *headings,
                        size_t items);
size_t lesson_progress_place(const struct lesson_progress *progress, uint64_t digest, const struct slice *headings,
                             size_t items);

/* Notes that a word was met; of each list 200 different ones of at most 64 octets are kept. */
void lesson_words_add(struct lesson_words *words, struct slice word);

/* Forgets what is kept under the key; `*was` tells whether anything was. STATUS_USAGE with a message where it cannot. */
enum status lesson_progress_forget(const char *key, bool *was, struct error *error);

/* The keys of all lessons of which anything is kept, sorted, each the caller's (free), and so the list. */
void lesson_progress_list(char ***keys, size_t *n);

#endif
