/*
 * The terminal's line editor: libedit in the loop, with lines that appear above what is being typed.
 *
 * libedit is named only in this room.
 */
#ifndef PARLANCE_PROMPT_PROMPT_H
#define PARLANCE_PROMPT_PROMPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

struct event_base;
struct prompt;

struct prompt_events {
	/* What TAB may complete to: called for the line up to the cursor; the callee calls prompt_offer for each whole
	 * candidate of the word under the cursor (word = what follows the last space or opening parenthesis). */
	void (*complete)(void *context, struct prompt *prompt, struct slice before_cursor);
	/* ^C while no line is being read (the caller runs the loop itself); prompt_read returns it otherwise. */
	void (*interrupted)(void *context);
};

/* Prepares the terminal of stdin and stdout; NULL where stdin or stdout is none. One prompt at a time. */
struct prompt *prompt_new(struct event_base *base, const struct prompt_events *events, void *context);
void prompt_free(struct prompt *prompt);

/* What stands before the line, and, up to its last line end, in rows of their own above it; may change while a line is being typed (it is redrawn). */
void prompt_set(struct prompt *prompt, const char *text);

/* History of that name under $XDG_STATE_HOME/parlance (mode 0600), read now and written as lines are added; NULL: none.
 * Lines that hold secrets are never added by the caller. */
void prompt_history(struct prompt *prompt, const char *name);
void prompt_remember(struct prompt *prompt, struct slice line);

enum prompt_result {
	PROMPT_LINE,        /* a line was ended by Enter */
	PROMPT_EOF,         /* ^D on an empty line, or the terminal is gone */
	PROMPT_ESCAPE,      /* ^] was typed; the line is what was typed before it (prompt_put gives it back) */
	PROMPT_INTERRUPTED, /* ^C; the line is what was typed before it */
	PROMPT_WOKEN        /* prompt_wake was called; what was typed is kept and shown again at the next call */
};

/*
 * Runs the loop until a line is there. `*line` is owned by the prompt until the next call, without its line end. After
 * Enter the prompt's own line is taken off the screen, so that the caller can show it as a `C:` line, masked.
 */
enum prompt_result prompt_read(struct prompt *prompt, struct slice *line);

/* What the next prompt_read begins with, as if it had been typed already: a line that could not be sent. */
void prompt_put(struct prompt *prompt, struct slice text);

/* Ends a running prompt_read from a callback with PROMPT_WOKEN. */
void prompt_wake(struct prompt *prompt);

/* Whether a line or a secret is being read: nothing else can be asked from inside the loop that runs meanwhile. */
bool prompt_asks(const struct prompt *prompt);

/* Like prompt_read, but what is typed does not show, is not remembered, and `label` stands before it. */
enum prompt_result prompt_secret(struct prompt *prompt, const char *label, struct slice *line);

/* Prints whole lines above what is being typed, without disturbing it; plain printing while no line is being read. */
void prompt_print_above(struct prompt *prompt, struct slice text);

/* Adds one candidate, if it fits the word under the cursor, and returns whether it does; only from inside `complete`. */
bool prompt_offer(struct prompt *prompt, const char *candidate);

/* Adds text at the cursor, whatever the word is; only from inside `complete`, and instead of prompt_offer. */
void prompt_fill(struct prompt *prompt, struct slice text);

/* Whether anything has been pasted, or typed ahead, and waits to be read. */
bool prompt_input_waits(struct prompt *prompt);

/* The terminal's size now; 80 and 24 where it will not say. */
size_t prompt_columns(const struct prompt *prompt);
size_t prompt_rows(const struct prompt *prompt);

#endif
