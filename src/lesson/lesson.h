/*
 * A lesson (FORMATS section 7): a Markdown file, read into items. Transcript blocks are steps, some quotes are questions,
 * goals and hints; all else is prose. No I/O.
 */
#ifndef PARLANCE_LESSON_LESSON_H
#define PARLANCE_LESSON_LESSON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"
#include "protocol/dialogue.h"
#include "script/script.h"

struct cmark_node;

enum item_kind {
	ITEM_HEADING,
	ITEM_PROSE,
	ITEM_STEPS,    /* a transcript block */
	ITEM_QUESTION, /* asked, and its answer is shown after */
	ITEM_GOAL,     /* met by an event, whatever led to it */
	ITEM_COMMAND   /* a parlance block: a command whose output is shown */
};

/* One key that an event must have: `code=550|553`. */
struct goal_key {
	char *name, *value;
};

struct lesson_item {
	enum item_kind kind;
	unsigned line;           /* of the file, its first; from 1 */
	unsigned level;          /* of a heading, from 1 */
	char *text;              /* of a heading: its words; of a command: its first line */
	struct cmark_node *body; /* prose, a question's or a goal's text (lesson_show); NULL: none */
	struct cmark_node *answer;
	struct cmark_node **hints; /* what is shown one at a time when asked */
	size_t nhints;
	/* Of steps, and of a goal's way: the lines [first, last) of scripts[script]; first == last: there are none. */
	size_t script, first, last;
	/* Of a question: how many choices it has, and which is right, from 1; 0: none. */
	unsigned choices, right;
	struct goal_key *keys;
	size_t nkeys;
	char *input; /* of a command: its standard input, never NULL */
	int status;  /* and the exit status that it should have */
};

/* Something that a lesson's author should know. */
struct lesson_fault {
	unsigned line;
	bool warning;
	char *text; /* "what: why: what to do" */
};

/* Where a lesson waits for the person, or for the server. */
enum stop_kind {
	STOP_LINE, /* a line to type */
	STOP_HEAR, /* steps without a line to type: the server is heard */
	STOP_QUESTION,
	STOP_GOAL,
	STOP_COMMAND
};

struct lesson_stop {
	enum stop_kind kind;
	size_t item;
	size_t lead; /* the first of the items that are shown before it: [lead, item) */
	/* Where the conversation is then: scripts[script] up to that line. `talks`: there has been one by then. */
	bool talks;
	size_t script, line;
};

struct lesson {
	char *file;  /* as named to lesson_read, for messages */
	char *title; /* the first heading; the file's name where there is none */
	struct lesson_item *items;
	size_t nitems;
	struct lesson_stop *stops; /* in order; what stands behind the last is shown at the end */
	size_t nstops;
	struct script *scripts; /* the conversations, in order */
	size_t nscripts;
	struct lesson_fault *faults; /* by line */
	size_t nfaults;
	struct cmark_node *document;
	struct cmark_node **parts; /* of quotes that were taken apart: bodies, answers, hints */
	size_t nparts;
};

/* Reads a lesson from its text, whose file is called `file` in messages. What is wrong with it stands in its faults; a
 * transcript's line that cannot be read is left out, and is a fault. The caller's (lesson_free). */
struct lesson *lesson_read(struct slice text, const char *file);
/* NULL is allowed. */
void lesson_free(struct lesson *lesson);

/* The first fault that is no warning; NULL. */
const struct lesson_fault *lesson_error(const struct lesson *lesson);

/* The protocols of its conversations, each once, parted by spaces. */
void lesson_protocols(const struct lesson *lesson, struct buffer *out);

/* Which choice the text names first, from 1: "3. The dot", "(b)"; 0: none of so many. */
unsigned choice_named(struct slice text, unsigned choices);

/* Whether an event has all keys of a goal. */
bool goal_met(const struct lesson_item *goal, const struct dialogue_event *event);

/* Appends what a node says as rows of at most `columns`, each ended by LF, safe for a terminal; an empty row between two
 * blocks, none at the end. `styled`: strong and code by weight, else code stands in quotation marks. */
void lesson_show(struct cmark_node *node, size_t columns, bool styled, struct buffer *out);

#endif
