/*
 * A stepper takes a person through a lesson. It is told what was typed, heard and lost, and says what to do next; it does no I/O and
 * has no clock.
 *
 *     while ((act = stepper_next(s, dialogue, &what)) is something to do)
 *             do it;
 *
 * What the lesson has before the place where one is is said anew, by itself, wherever the conversation has to begin again: so
 * neither ^C, a lost connection, nor another day lose the place.
 */
#ifndef PARLANCE_LESSON_STEPPER_H
#define PARLANCE_LESSON_STEPPER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "lesson/lesson.h"
#include "lesson/progress.h"
#include "protocol/dialogue.h"
#include "script/template.h"

struct stepper;

struct stepper_options {
	const struct lesson *lesson; /* outlives the stepper, as do the next two */
	const struct variables *given;
	struct lesson_progress *progress; /* what was said and met is counted in it; its place is the caller's */
	size_t stop;                      /* where to begin; lesson->nstops: at the end */
	bool alone;                       /* nobody types: it says the lines, too (--demo) */
	/* Whatever earlier conversations did is gone when one begins anew: they are all said again. Else only the one that is
	 * under way. */
	bool fresh;
};

enum stepper_act {
	STEPPER_ON,      /* nothing: ask again */
	STEPPER_SHOW,    /* show `text`: rows */
	STEPPER_CONNECT, /* hang up what is open, and connect to where `script` goes */
	STEPPER_SAY,     /* say `text`: octets */
	STEPPER_PORT,    /* listen for FTP's data connection, and say the command that tells where */
	STEPPER_TLS,     /* begin TLS, which nobody has agreed on */
	STEPPER_HANG_UP, /* hang up */
	STEPPER_PAUSE,   /* alone: let what was shown be read */
	STEPPER_RUN,     /* run the command `item`, and show what it prints; then stepper_ran */
	STEPPER_AWAIT,   /* nothing: for the server, or for the person (stepper_awaits) */
	STEPPER_DONE     /* the lesson is over */
};

struct stepper_what {
	struct slice text; /* good until the next call */
	size_t script, item;
	bool quiet; /* CONNECT, SAY: it was said before, and so were its replies: they need no notes */
	bool aside; /* CONNECT, SAY: of an earlier conversation: it need not even be seen */
	bool asks;  /* SHOW: nothing of `text`, but the command `item`, before it is run */
	bool anew;  /* CONNECT: the lab should be as it was at the start */
};

/* What the person is waited for. */
enum stepper_awaits {
	AWAITS_NOTHING, /* for the server */
	AWAITS_LINE,    /* a line to the server: the lesson's, or any other */
	AWAITS_GOAL,    /* any line */
	AWAITS_ANSWER,  /* to a question */
	AWAITS_ENTER    /* that a command may run */
};

/* The stepper is the caller's (stepper_free; NULL is allowed). */
struct stepper *stepper_new(const struct stepper_options *options);
void stepper_free(struct stepper *s);

/* How prose is laid out from now on. */
void stepper_layout(struct stepper *s, size_t columns, bool styled);

/* What to do now; `d` is that of the conversation that is open, or NULL. To be called again when it was done, and after AWAIT when
 * something has happened. */
enum stepper_act stepper_next(struct stepper *s, const struct dialogue *d, struct stepper_what *what);

/* As of the last call of stepper_next. */
enum stepper_awaits stepper_awaits(const struct stepper *s);
/* Whether the connection is gone that the lesson needs: Enter has it made anew. */
bool stepper_lost(const struct stepper *s);
/* Appends the line that the lesson has here, as it is typed; nothing where there is none to show. */
void stepper_line(const struct stepper *s, struct buffer *out);
/* Whether the line stands escaped: what is typed is read likewise. */
bool stepper_exact(const struct stepper *s);

/* ---- what happened ---- */

/* A conversation was connected to: the lesson's own, or another one that the person wants (`elsewhere`). */
void stepper_connected(struct stepper *s, bool elsewhere);
/* It is over, or there was none. */
void stepper_closed(struct stepper *s);
/* Each event, unmasked. */
void stepper_event(struct stepper *s, const struct dialogue_event *event);
/* A command was run. */
void stepper_ran(struct stepper *s);

/* A line was ended by Enter. */
enum stepper_typed {
	TYPED_SEND,   /* send it as it is */
	TYPED_OCTETS, /* send what `out` has got instead: the line without its escapes, or with what stood for a secret */
	TYPED_TAKEN, /* it was for the lesson */
	TYPED_AGAIN  /* there is no connection: call stepper_next, and give the line back to the person */
};
enum stepper_typed stepper_typed(struct stepper *s, const struct dialogue *d, struct slice line, struct buffer *out);

/* ---- what the person asks for ---- */

/* Appends rows: the next hint, and in the end the answer; where one is; the sections. */
void stepper_hint(struct stepper *s, struct buffer *out);
void stepper_where(const struct stepper *s, const struct dialogue *d, struct buffer *out);
void stepper_contents(const struct stepper *s, struct buffer *out);
/* The step is done for the person: the lesson says it. */
void stepper_skip(struct stepper *s);
/* Goes back to the stop before; shows this one again; goes to the section of that number, from 1: false where there is none. */
void stepper_back(struct stepper *s);
void stepper_again(struct stepper *s);
bool stepper_go(struct stepper *s, size_t section);
/* The conversation begins anew, up to the place where one is. */
void stepper_anew(struct stepper *s);

/* Where one is: a stop of the lesson; nstops at the end. */
size_t stepper_stop(const struct stepper *s);

/* What FTP's STOR sends at the place where one is: made up as the script says. False where a person types it. */
bool stepper_payload(const struct stepper *s, struct buffer *out);

#endif
