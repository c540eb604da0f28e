/*
 * What the stepper's files share.
 */
#ifndef PARLANCE_LESSON_STEPPER_INSIDE_H
#define PARLANCE_LESSON_STEPPER_INSIDE_H

#include "lesson/stepper.h"
#include "script/rehearse.h"

/* How far one is with a stop. */
enum stop_stage {
	STAGE_LEAD,     /* what stands before it is to be shown */
	STAGE_ASK,      /* it is to be shown itself */
	STAGE_WAIT,     /* for the person */
	STAGE_ANSWERED, /* a question, or a goal, was dealt with */
	STAGE_LEAVE     /* alone: a while passes before it is left */
};

struct stepper {
	struct stepper_options o;
	size_t columns;
	bool styled;
	size_t stop;
	enum stop_stage stage;
	enum stepper_awaits awaits;
	size_t hints; /* that were asked for here */
	struct buffer text;

	/* ---- the conversation ---- */
	bool open, elsewhere;
	bool lost;         /* it ended while the lesson needs it: the person says when to go on */
	bool *begun;       /* of each of the lesson's, since the lab is fresh */
	size_t played;     /* so many of the first of them were said to their end */
	size_t script, at; /* the one that is open, and the line that comes next */
	size_t quiet;      /* lines of it before this one were said before */
	bool aside;        /* it is an earlier one, which is said to its end */
	bool caught;       /* that they are said again was told */
	size_t tried;      /* alone: so often it was connected to for `tried_for`, a stop */
	size_t tried_for;
	size_t left_out; /* alone: the conversation before this one ends too early each time: 0: none does */
	struct rehearsal *r;
	struct variables values;
	size_t matched; /* the server's lines before this one have captured, or were passed */
	bool hears;     /* tcp, udp: a reply is to come, which only its coming tells */
	size_t heard;   /* the server's lines since the client's last */
	bool ours;      /* its last line was said by us */

	/* ---- what was typed last, and what came of it ---- */
	bool typed;
	enum input was; /* what it was taken for */
	struct buffer said;
	char *verb;                   /* of its command */
	struct dialogue_event *reply; /* the last that has a class; NULL: none */
	bool strayed;                 /* it was told that the lesson waits */
	bool met;                     /* the goal */
};

/* ---- stepper.c ---- */
const struct lesson_stop *stepper_at(const struct stepper *s); /* NULL at the end */
const struct lesson_item *stepper_item(const struct stepper *s);
/* Goes on to that stop. */
void stepper_enter(struct stepper *s, size_t stop);

/* ---- stepper_script.c ---- */
/* Brings the conversation to the stop: what lies before it is said. False where it is there; else `*act` is what to do for
 * that. */
bool script_brings(struct stepper *s, const struct dialogue *d, struct stepper_what *what, enum stepper_act *act);
/* Whether the server speaks, or something is under way that is to be waited for. */
bool script_busy(const struct stepper *s, const struct dialogue *d);
/* Appends the octets of a line of the script; false where they cannot be made: s->text says why. */
bool script_octets(struct stepper *s, const struct dialogue *d, size_t line, struct buffer *out);
/* A server's line: variables capture. */
void script_hears(struct stepper *s, const struct dialogue_event *event);
/* Forgets the conversation. */
void script_close(struct stepper *s);

/* ---- stepper_typed.c ---- */
/* A line goes to the server as the person's: what comes of it is to be judged. */
void typed_begin(struct stepper *s, enum input input, struct slice line);
/* What was typed has been answered: goes on, or says in s->text why the lesson waits. True where there is something to show. */
bool typed_judge(struct stepper *s, const struct dialogue *d);
/* The conversation has ended, perhaps by the very answer to what was typed. */
void typed_closed(struct stepper *s);

/* ---- stepper_tell.c ---- */
/* Appends rows: items of the lesson; a part of one under its label; the end's summary; a sentence of ours. */
void tell_items(struct stepper *s, size_t first, size_t last, struct buffer *out);
void tell_part(const struct stepper *s, const char *label, struct cmark_node *part, struct buffer *out);
void tell_summary(const struct stepper *s, struct buffer *out);
void tell_row(const struct stepper *s, struct buffer *out, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Where the lesson has not seen the like: what differs between what was typed and its own line, and between the replies. */
void tell_difference(const struct stepper *s, enum class expected, struct buffer *out);

#endif
