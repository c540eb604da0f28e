/*
 * What the files of this room share: the prompt itself, and what each of them does for it.
 */
#ifndef PARLANCE_PROMPT_ROOM_H
#define PARLANCE_PROMPT_ROOM_H

#include <histedit.h>
#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "prompt/prompt.h"

struct event;
struct event_base;

/* What stands on the last rows of the screen. */
enum prompt_mode {
	MODE_IDLE,  /* nothing of ours: the caller prints as it likes */
	MODE_LINE,  /* a line that libedit reads */
	MODE_SECRET /* a label; what is typed does not show */
};

/* Octets from the terminal, on their way to be characters. */
struct keys {
	struct buffer octets; /* read, and not given on yet */
	bool pasting;         /* between the marks of a bracketed paste */
	bool searching;       /* libedit's ^R or ^S has begun: a lone ESC means something to it */
	bool escape_is_late;  /* nothing followed an ESC in time: it stands alone */
	bool after_return;    /* the last octet given on was a carriage return */
	bool gone;            /* the terminal is gone, or has ended */
};

struct past; /* history.c */

#define PROMPT_SIGNALS 7

/* The octet that Ctrl and a letter give. */
#define CONTROL_KEY(letter) ((letter)&0x1f)

struct prompt {
	struct event_base *base;
	const struct prompt_events *events;
	void *context;
	EditLine *el;
	struct past *past;
	bool plain_terminal; /* it cannot move its cursor (TERM=dumb) */
	size_t columns;      /* of the terminal, when what stands there was drawn */
	char *text;          /* before the line: rows, the last of which stands in the line itself */
	size_t above;        /* octets of it that are not of that last row */
	char *label;         /* before a secret */
	enum prompt_mode mode;
	struct keys keys;
	struct event *readable, *escape_timer, *signals[PROMPT_SIGNALS];
	bool interrupted, woken, escaped;
	bool resumed;       /* after ^Z: the SIGCONT that follows has been dealt with */
	struct buffer line; /* what was returned last */
	struct buffer kept; /* what the next line begins with */
	/* while TAB looks for candidates */
	struct slice word;
	char **offers;
	size_t noffers;
	bool filled; /* the caller has added what it wanted */
};

/* ---- terminal.c: modes, signals, size, and what must be undone at every exit ---- */
void terminal_begin(struct prompt *p);
void terminal_end(struct prompt *p);
/* Leaves the terminal as it was found, once; at every exit. */
void terminal_restore(void);
/* Writes to the terminal; `mark`: nothing on a terminal that cannot move its cursor. */
void terminal_say(struct slice text);
void terminal_mark(const struct prompt *p, const char *sequence);

/* ---- screen.c: where things stand ---- */
/* Rows that the cursor is below the first of `prompt` followed by `typed`, on a screen that is `columns` wide, as
 * libedit lays them out. */
size_t screen_rows(struct slice prompt, struct slice typed, size_t columns);
/* Takes what is being typed off the screen; the cursor is then where it began. `typed`: up to the cursor. */
void screen_erase(const struct prompt *p, struct slice prompt, struct slice typed);

/* ---- keys.c: octets to characters ---- */
/* Reads what the terminal has; called when it is readable. */
void keys_read(struct prompt *p);
/* The next character for libedit. False where there is none yet. */
bool keys_character(struct prompt *p, wchar_t *character);
/* The next octet as it is, for secrets. */
bool keys_octet(struct prompt *p, char *octet);

/* ---- history.c ---- */
/* NULL where history cannot be had. `name` NULL: in memory only. */
struct past *past_open(const char *name);
void past_add(struct past *past, struct slice line);
History *past_history(const struct past *past);
void past_close(struct past *past);

/* ---- complete.c ---- */
/* What TAB does; the return value is libedit's. */
unsigned char complete_key(struct prompt *p);

/* ---- prompt.c ---- */
/* The line as libedit has it now, up to the cursor. */
struct slice prompt_typed(const struct prompt *p);
/* Draws again what is being typed, on a line that is empty. */
void prompt_draw(struct prompt *p);
/* Takes it off the screen. */
void prompt_erase(struct prompt *p);

#endif
