/*
 * The walk of a check along a script: what check_*.c share beside the watchers. Each line is looked at before the dialogue
 * hears it; what is missing before it, or stands under the wrong side, is told, and then said in silence, so that one mistake
 * is one finding, and what follows is judged as it was meant.
 */
#ifndef PARLANCE_SCRIPT_CHECK_WALK_H
#define PARLANCE_SCRIPT_CHECK_WALK_H

#include "script/check_inside.h"

struct walk {
	struct checking c;     /* what watchers see; `line` is the one that is being said */
	struct script *script; /* a copy: a line's side may be turned */
	struct variables v;
	void **memories; /* of each watcher */
	/* The lines that said commands: an event's number and its line, both ascending. */
	struct walk_command {
		uint64_t n;
		size_t line;
	} * commands;
	size_t ncommands, commands_room;
	size_t counts[2]; /* of each side: the line that printed a count last, or NO_LINE */
	bool unknown;     /* something in the line under way has no value: what its text looks like is not its own */
	bool invented;    /* what is fed now stands in no line: nobody is told of it */
};

/* Walks along all lines. Fails with STATUS_USAGE where one cannot be said. */
enum status walk_script(struct walk *w, struct error *error);

/* Feeds octets as if `side` had said them, though no line does. */
void walk_invent(struct walk *w, enum side side, const char *octets);

/* The line that said the command of that event; NO_LINE where none did. */
size_t walk_command_line(const struct walk *w, uint64_t n);

/* ---- check_watch.c ---- */

void watchers_begin(struct walk *w);
/* Shows them an event of the line under way. */
void watchers_see(struct walk *w, const struct dialogue_event *event);
void watchers_end(struct walk *w);

/* ---- check_problem.c ---- */

/* Tells each problem of an event at the line under way, with what puts it right where that is certain. */
void problems_tell(struct walk *w, const struct dialogue_event *event);

/* ---- check_counts.c ---- */

/* The line under way was said, and perhaps a literal, or a body, begins behind it whose count does not fit the text: tells
 * that, and what follows is taken for what it is. `counting`: octets by count were under way before the line already. */
void counts_judge(struct walk *w, bool counting);

#endif
