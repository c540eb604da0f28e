/*
 * The walk of a check along a script: what check_*.c share beside the watchers. Each line is looked at before the dialogue
 * hears it: what is missing before it, or stands under the wrong side, is told, and then said in silence, so that one mistake
 * is one finding, and what follows is judged as it was meant.
 */
#ifndef PARLANCE_SCRIPT_CHECK_WALK_H
#define PARLANCE_SCRIPT_CHECK_WALK_H

#include "script/check_inside.h"

/* What stands behind a client's line, as it is printed. */
struct ahead {
	size_t commands; /* from it to the end of its run of lines: so many have the look of one */
	size_t finals;   /* replies that are complete in the server's lines behind these */
	size_t reply;    /* the first of those lines, or NO_LINE */
	bool surplus;    /* further on the server answers more commands at once than were sent just before */
};

/* A server's line that begins with a tag, by tag. */
struct tagged_line {
	struct slice tag;
	size_t line;
};

struct walk {
	struct checking c;     /* what watchers see; `line` is the one that is being said */
	struct script *script; /* a copy: its lines are put right, where that is certain, as the walk goes along */
	const struct script *original;
	struct variables v;
	void **memories;     /* of each watcher */
	struct ahead *ahead; /* of each line */
	struct tagged_line *tagged;
	size_t ntagged;
	/* The lines that said commands: an event's number and its line, both ascending. */
	struct walk_command {
		uint64_t n;
		size_t line;
	} * commands;
	size_t ncommands, commands_room;
	struct buffer wire; /* the line under way as it goes out, line end included */
	bool unknown;       /* something in it has no value: what it looks like is not its own look */
	bool passed_over;   /* it is no part of the conversation: the dialogue does not hear it */
	bool invented;      /* what is fed now stands in no line: nobody is told of it */
	bool begun;         /* something was said */
	bool fragment;      /* so far only the server has, though it was asked by what is not shown */
	bool one_sided;     /* the server says nothing anywhere: that was told */
	bool hazy;      /* the session may be further than is shown: the beginning is missing, or an unknown command was
			     * accepted */
	bool jumbled;   /* since the last command the server said a line that is no reply, in a reply's place */
	bool over_told; /* that something is said behind the end */
	bool in_header[2];  /* HTTP: of each side: its header has not ended yet */
	size_t counts[2];   /* of each side: the line that printed a count last, or NO_LINE */
	size_t last[2];     /* of each side: the line that it said last, or NO_LINE */
	uint64_t continued; /* the command that the server has asked to go on last */
	char code[4];       /* of the server's last line, where codes have three digits */
};

/* ---- check_mend.c ---- */

/* The copy's line has other text from here on, which becomes the walk's; and the finding says so. */
void line_mend(struct walk *w, size_t line, struct finding *row, char *text);
/* The same: the other side says it; it is a comment. */
void line_turn(struct walk *w, size_t line, struct finding *row);
void line_hush(struct walk *w, size_t line, struct finding *row);

/* A line of `side` is put in before or behind the finding's. */
void line_insert(struct finding *row, enum check_repair where, enum side side, const char *text);

/* Puts right what a dialogue has found wrong with the line under way, where that is certain. */
void problem_mend(struct walk *w, struct slice problem, struct finding *row);

/* All is walked: what stands in the place of the lines that were mended is put into the findings. */
void mended_print(struct walk *w);

/* ---- check_walk.c ---- */

/* Walks along all lines. */
void walk_script(struct walk *w);

/* Another conversation begins: what was said so far is forgotten. */
void walk_restart(struct walk *w);

/* Feeds octets as if `side` had said them, though no line does. */
void walk_invent(struct walk *w, enum side side, const char *octets);

/* The line that said the command of that event; NO_LINE where none did. */
size_t walk_command_line(const struct walk *w, uint64_t n);

/* Takes the line under way for what it is now that it was mended. */
void walk_hear(struct walk *w);

/* The line under way: itself, and what it says, without its line end. */
const struct script_line *walk_line(const struct walk *w);
struct slice walk_text(const struct walk *w);

/* ---- check_watch.c ---- */

void watchers_begin(struct walk *w);
/* Shows them an event of the line under way. */
void watchers_see(struct walk *w, const struct dialogue_event *event);
void watchers_end(struct walk *w);

/* ---- check_problem.c ---- */

/* Tells each problem of an event at the line under way, with what puts it right where that is certain. */
void problems_tell(struct walk *w, const struct dialogue_event *event);

/* Tells one problem, in a dialogue's words. `refs` are its references where neither a row nor its words have any. */
void problem_tell(struct walk *w, struct slice problem, struct slice refs);

/* ---- check_counts.c ---- */

/* The line under way was said, and perhaps a literal, or a body, begins behind it whose count does not fit the text: tells
 * that, and what follows is taken for what it is. `counting`: octets by count were under way before the line already. */
void counts_judge(struct walk *w, bool counting);

/* ---- check_ahead.c ---- */

/* Looks along the whole script once. */
void ahead_make(struct walk *w);
void ahead_free(struct walk *w);

/* Whether the server answers, from that line on, what has this tag; `*line` (may be NULL) gets where first. */
bool ahead_answers(const struct walk *w, struct slice tag, size_t from, size_t *line);

/* Whether the first reply behind the line under way accepts it, or none is printed. */
bool ahead_accepts(const struct walk *w);

/* ---- check_assume.c ---- */

/* The row of the command that a client's line says, or NULL. */
const struct entry *walk_command_of(const struct walk *w, struct slice line);

/* Says, in silence, the good reply to a command that waits. */
void assume_reply(struct walk *w, const struct waiting_command *waiting);

/* Says, in silence, what must come before a command until it is allowed; `names` (may be NULL) gets what that is: "the
 * greeting, EHLO and MAIL". False where nothing leads there. */
bool assume_before(struct walk *w, const struct entry *command, struct buffer *names);

/* ---- check_missing.c ---- */

/* Tells what is missing before the line under way, and says it. */
void missing_before(struct walk *w);

/* Tells which replies are missing, where none can come any more. */
void replies_missing(struct walk *w);

/* Tells what is missing at the end. */
void missing_at_end(struct walk *w);

/* ---- check_tags.c ---- */

/* IMAP: a reply, or a command, whose tag is wrong or missing is told, and heard with the right one. */
void tag_judge(struct walk *w);

/* ---- check_begin.c ---- */

/* The conversation begins with the line under way: tells whether its beginning is missing. Later lines: whether they stand
 * behind its end. */
void begin_judge(struct walk *w);

/* A command that the state does not allow, and the server accepts all the same: tells it, and goes on as the server does. */
void state_judge(struct walk *w);

/* ---- check_sides.c ---- */

/* A line that stands under the wrong side is told, and turned; one that a shell understands is told, and passed over. */
void side_judge(struct walk *w);

#endif
