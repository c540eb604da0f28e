/*
 * lesson's own rooms: finding lessons and where their conversations go (lesson.c), the list (lesson_list.c), trying them
 * (lesson_check.c), stepping through one (lesson_step.c), and the commands that they show (lesson_run.c).
 */
#ifndef PARLANCE_CMD_LESSON_H
#define PARLANCE_CMD_LESSON_H

#include "cmd/cmd.h"
#include "lesson/lesson.h"
#include "script/rehearse.h"

/* A lesson that was found. */
struct taken_lesson {
	struct lesson *lesson;
	struct buffer text; /* what it was read from */
	char *name;         /* what it is called on the command line */
	char *key;          /* under which its progress is kept (lesson/progress.h) */
	char *next;         /* the name of the one that ships behind it; NULL: none */
};

/* Finds a lesson by what a person types, and reads it. The caller frees it in any case (taken_lesson_free). STATUS_USAGE with a
 * message. */
enum status lesson_take(const char *name, struct taken_lesson *taken, struct error *error);
void taken_lesson_free(struct taken_lesson *taken);

/*
 * Where a conversation of a lesson goes: `self` for one that says so; else, of the --to that were given, the one that suits it
 * best: that speaks its protocol, that begins TLS as it does, whose scheme is called like the lab's server that it is for; else
 * its own Target, else the lab. The caller's (free). NULL with a message where --to has none for it.
 */
char *lesson_target(const struct options *options, const struct script *script, const struct rehearsal *rehearsal,
                    struct error *error);

/* Replaces each `{{lab:smtp}}` by the address of that server of the lab, and appends the text. STATUS_… with a message. */
enum status lesson_fill_lab(const struct options *options, struct slice text, struct buffer *out, struct error *error);

/* Runs a lesson's command in a process of its own, at the lab of this one, for a screen so wide. Appends what it printed, to both
 * outputs; `*ended` is its exit status. STATUS_… with a message where it cannot be run. */
enum status lesson_run(const struct options *options, const struct lesson_item *command, size_t columns,
                       struct buffer *output, int *ended, struct error *error);

/* Prints the lessons that ship, in order, with how far one is. */
enum status lesson_list(const struct options *options);
/* Forgets how far one is, in the lessons named; in all where none is. */
enum status lesson_forget(const struct options *options, int argc, char **argv);

/* Tries the lessons named; all that ship where none is. */
enum status lesson_check(struct options *options, int argc, char **argv);

/* Steps through one; or it plays by itself (--demo). */
enum status lesson_step(struct options *options, struct taken_lesson *taken);

#endif
