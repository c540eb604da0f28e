/*
 * Somebody who guides a person through a talk: a lesson. Lines that are typed come to the guide, which says what is sent; it is told
 * of every event, connects where it likes, and has words and a row above the prompt of its own.
 */
#ifndef PARLANCE_TALK_GUIDE_H
#define PARLANCE_TALK_GUIDE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/slice.h"

struct dialogue;
struct dialogue_event;
struct event_base;
struct talk;
struct talk_place;

/* A `:` word of the guide's: it goes before the talk's of the same name. */
struct guide_word {
	const char *name, *arguments, *help; /* as the talk's own */
	void (*run)(void *context, struct slice arguments);
};

/* All are called from the loop, or between two lines that are typed; each may call what stands below. */
struct talk_guide {
	/* The talk is ready, and nothing is connected yet. */
	void (*begin)(void *context, struct talk *t);
	/* The talk is over, and its loop about to be. */
	void (*end)(void *context);
	/* Something has happened: an event was told, our turn has come, a connection is there or over, a line was dealt with. */
	void (*stir)(void *context);
	/* Each event of the conversation, unmasked, after the faces. */
	void (*event)(void *context, const struct dialogue_event *event);
	/* A connection is there: the guide's, or one that the person went to (`elsewhere`); it is over, or could not be had. */
	void (*connected)(void *context, bool elsewhere);
	void (*closed)(void *context);
	/* Whether a line may be given to it now; until then they are kept in their order. */
	bool (*ready)(void *context);
	/* A line was ended by Enter, or came from stdin. It is sent by the guide (guide_send), or by nobody. */
	void (*typed)(void *context, struct slice line);
	/* No more lines come from stdin. */
	void (*ended)(void *context);
	/* Rows of the conversation are about to be shown, at a terminal. True: the guide shows them itself (guide_show), later. */
	bool (*holds)(void *context, struct slice rows);
	/* Appends what stands above the line that is typed, a row or more without line end; and what stands in the prompt instead of the
	 * protocol and its state. Nothing appended: there is none. */
	void (*prompt)(void *context, struct buffer *above, struct buffer *instead);
	/* Appends the line that TAB fills in. */
	void (*line)(void *context, struct buffer *out);
	/* FTP: appends what STOR sends; false: it is typed. */
	bool (*payload)(void *context, struct buffer *out);
	const struct guide_word *words; /* ended by a NULL name */
	void *context;
};

/* ---- what a guide does ---- */

/* Has it stirred, from the loop. */
void guide_wake(struct talk *t);
/* Prints rows as they are: above what is being typed, or to stdout. */
void guide_show(struct talk *t, struct slice rows);
/* Sends a line as a person would have; or octets as they are. */
void guide_send(struct talk *t, struct slice line);
void guide_send_octets(struct talk *t, struct slice octets);
/* What the next line begins with, as if it had been typed. Where more lines wait already, as in a pipe, or where several were
 * pasted, it is the next line, and comes before them. */
void guide_put(struct talk *t, struct slice text);
/* Hangs up what is open, and connects there. The place's strings live until the next call. */
void guide_go(struct talk *t, const struct talk_place *place);
void guide_hang_up(struct talk *t);
void guide_begin_tls(struct talk *t);
/* FTP: listens for the data connection, and says where. */
void guide_port(struct talk *t);
/* What is shown from now on: all; no notes; nothing of the conversation. */
enum guide_shows { GUIDE_ALL, GUIDE_LINES, GUIDE_NOTHING };
void guide_shows(struct talk *t, enum guide_shows what);
/* Ends the talk. */
void guide_leave(struct talk *t);

/* The conversation that is open; NULL: none is. Whether one is being connected to, or lines are on their way. */
const struct dialogue *guide_dialogue(const struct talk *t);
bool guide_waits(const struct talk *t);
/* FTP: what is typed now is the file that STOR sends. */
bool guide_stores(const struct talk *t);
struct event_base *guide_base(struct talk *t);
/* The screen's size; 80 and 0 (without end) where there is no terminal. */
size_t guide_columns(const struct talk *t);
size_t guide_rows(const struct talk *t);
/* Rows of the screen that a text takes. */
size_t guide_rows_of(const struct talk *t, struct slice text);
/* Rows that were printed since the last line was typed. */
size_t guide_printed(const struct talk *t);

#endif
