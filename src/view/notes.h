/*
 * What is said under a line: its notes as lines of text, the same words in every face for people. Known to the faces.
 */
#ifndef PARLANCE_VIEW_NOTES_H
#define PARLANCE_VIEW_NOTES_H

#include "base/buffer.h"
#include "protocol/dialogue.h"
#include "view/view.h"

enum { NOTE_DECODED, NOTE_MEANING, NOTE_PROBLEM, NOTE_LINES };

/* What is said under one event; what is empty is not said. Safe to show. A meaning may be of several lines, with line
 * feeds between them. All zero at first. */
struct notes_said {
	struct buffer lines[NOTE_LINES];
	bool shown[NOTE_LINES]; /* to be shown, at the level that was asked for */
	bool more;              /* the event was a piece: the next of its side goes on with it */
	bool junk;              /* it was junk: what is wrong with the next one of its side is told once */
	bool hidden;            /* what the event's text decodes to is masked */
	enum side side;
};

/* Makes the lines of an event. What the piece before it has said already is not shown again. */
void notes_make(struct notes_said *notes, const struct dialogue_event *event, enum notes level);

/* Whether a comment says what one of the lines says, shown or not. */
bool notes_repeat(const struct notes_said *notes, struct slice comment);

void notes_free(struct notes_said *notes);

/* Appends the words of a stage that a transcript shows: "<client starts TLS>", "<server hangs up>". Returns false, and
 * appends nothing, where it shows none. */
bool stage_words(const struct dialogue_event *event, struct buffer *out);

/* Whether a direction (without < and >) stands for an event that follows it: all but a wait. */
bool stands_for_event(struct slice direction);

#endif
