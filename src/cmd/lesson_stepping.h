/*
 * What the files share that step through a lesson: lesson_step.c is the guide of the talk, lesson_act.c does what the stepper says,
 * lesson_show.c shows it a page at a time, lesson_words.c has the `:` words.
 */
#ifndef PARLANCE_CMD_LESSON_STEPPING_H
#define PARLANCE_CMD_LESSON_STEPPING_H

#include "cmd/errand.h"
#include "cmd/lesson.h"
#include "cmd/prepared.h"
#include "lesson/progress.h"
#include "lesson/stepper.h"
#include "talk/guide.h"

/* What stands before the line that is to be typed. */
#define ARROW "  \xc2\xbb "

struct stepping {
	struct options *options;
	struct taken_lesson *taken;
	const struct lesson *lesson;
	struct lesson_progress progress;
	struct slice *headings; /* of each stop: its section's */
	uint64_t digest;
	struct stepper *stepper;
	struct talk *talk;
	struct errand errand;
	struct prepared prepared; /* the conversation that is open, or was */
	bool has_prepared;
	struct buffer page;  /* rows that wait for Enter */
	struct event *pause; /* --demo: pending while what was shown is read */
	double words;        /* shown since the last pause */
	size_t told;         /* in a pipe: the stop whose line was printed, and one */
	bool hurries;        /* what is said again need not be read */
	bool reached;        /* the conversation could be had */
	bool failed;         /* --demo: one could not */
	struct buffer kept;  /* a line that was typed where there was no connection */
	bool again;          /* the last line that was typed was such */
};

/* ---- lesson_step.c ---- */
/* Nobody types: --demo. */
bool stepping_alone(const struct stepping *g);
/* Keeps the place. That it cannot be kept is told once. */
void stepping_keep_place(struct stepping *g);
/* Whether something is under way that comes before the stepper's next act. */
bool stepping_rests(const struct stepping *g);
extern const struct guide_word lesson_words[]; /* lesson_words.c; ended by a NULL name */

/* ---- lesson_act.c ---- */
/* Does what the stepper says, one thing. False where there is nothing to do until something happens. */
bool stepping_act(struct stepping *g);
/* Frees what the conversation that is over was made of. */
void stepping_forget(struct stepping *g);

/* ---- lesson_show.c ---- */
/* Columns that prose is laid out for. */
size_t stepping_columns(const struct stepping *g);
/* Rows for the page: shown as far as the screen holds them below what was not read yet. */
void stepping_show(struct stepping *g, struct slice rows);
/* Shows the next part of the page; what waits of it is forgotten. */
void stepping_turn_page(struct stepping *g);
void stepping_forget_page(struct stepping *g);
/* Rows of the conversation: true where the screen is full, and they are put on the page. */
bool stepping_holds(struct stepping *g, struct slice rows);
/* Rows that were asked for, all at once; frees them. */
void stepping_show_now(struct stepping *g, struct buffer *rows);
/* Says that something failed, in rows that fit; clears the error. */
void stepping_tell_failure(struct stepping *g, struct error *error);
/* A command before it is run, with what it is given to read; runs it, and shows what it prints. */
void stepping_show_command(struct stepping *g, const struct lesson_item *item);
void stepping_run_command(struct stepping *g, const struct lesson_item *item);
/* In a pipe nobody sees what stands above the prompt: the line is printed, once. */
void stepping_tell_line(struct stepping *g);

#endif
