/*
 * A transcript whose client speaks here, line by line: `:replay`.
 */
#ifndef PARLANCE_TALK_REPLAY_H
#define PARLANCE_TALK_REPLAY_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/slice.h"

struct dialogue_event;
struct talk;

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

#endif
