/*
 * A transcript whose client speaks here, line by line: `:replay`.
 */
#ifndef PARLANCE_TALK_REPLAY_H
#define PARLANCE_TALK_REPLAY_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "script/rehearse.h"

struct dialogue_event;
struct talk;

struct replay {
	struct script *scripts;
	size_t nscripts;
	struct rehearsal *r;
	struct variables values;
	size_t at;      /* the line of the script that comes next */
	size_t matched; /* the server's lines before this one have captured, or were passed */
	size_t already; /* the client's commands at its front that were said before it began */
	size_t said, lines;
	bool all;      /* Enter is not waited for */
	bool resting;  /* `:replay` goes on */
	bool skipping; /* payload is being skipped, and it was said so */
	bool ready;    /* the line `at` may be said now */
	bool placed;   /* and stands in the prompt: what is typed is it */
	bool template; /* as it is written, to be filled in when it is sent */
	bool exact;    /* escaped */
	struct buffer offered;
};

/* Without steps: puts the next line with those that wait, if it is its turn. True where it did. */
bool replay_say(struct talk *t);
/* With steps: our turn has come, the next line may stand in the prompt. */
void replay_turn(struct talk *t);
/* The prompt is about to be read, with `typed` in it: the next line is put there where that is nothing. */
void replay_place(struct talk *t, struct slice typed);
/* A line was ended by Enter. True where it was the transcript's, edited or not, and was dealt with. */
bool replay_typed(struct talk *t, struct slice typed);
/* ^C: true where it made the transcript rest. */
bool replay_interrupted(struct talk *t);
/* Whether one is under way, and does not rest. */
bool replay_goes_on(const struct talk *t);
/* Appends to the prompt how far it is: " 3/12"; nothing where there is none. */
void replay_progress(const struct talk *t, struct buffer *out);
/* Each event, unmasked: variables capture. */
void replay_follow(struct talk *t, const struct dialogue_event *event);
/* The conversation is over: says what was left of it. */
void replay_lost(struct talk *t);
void replay_forget(struct talk *t);

/* ---- among replay.c, replay_word.c and replay_names.c ---- */

/* The line that comes next; there is one. */
const struct script_line *replay_line(const struct replay *p);
/* Goes behind it. */
void replay_pass(struct replay *p);

/* Whether a line as it is written would, filled in, show what must not be shown. */
bool replay_hides(struct slice text);
/* Whether all that the client's lines name has a value by then; secrets are asked for at a terminal. Where not, why was
 * said; the transcript may be gone, where the conversation ended meanwhile. */
bool replay_values(struct talk *t);

#endif
