/*
 * The replies that a script expects, taken apart for comparison: each with its lines as they will come over the wire.
 * Made with the rehearsal, looked at by whoever compares (judge.h).
 */
#ifndef PARLANCE_SCRIPT_EXPECTED_H
#define PARLANCE_SCRIPT_EXPECTED_H

#include <stdbool.h>
#include <stddef.h>

#include "script/rehearse.h"

/* One wire line of the server's. Mostly it is one line of the script; exact lines may hold several, or a part. */
struct expected_line {
	size_t line;           /* of the script; where it is made of several, their first */
	struct buffer text;    /* the template, escapes of exact lines undone, without its line end */
	enum script_mark mark; /* a payload direction counts as repeated: any lines stand for it */
	bool whole;            /* it is that line of the script and no more (rehearsal_match) */
	bool varies;           /* it holds a variable, function or {{*}} */
	bool captures;         /* and a variable with a name among them */
	bool untagged;         /* IMAP: it belongs to untagged data, which may come in any order */
	bool begins;           /* and is the first line of it; else text or rest behind a literal */
};

struct expected_reply {
	struct expected_line *lines;
	size_t nlines;
	size_t first;     /* of the script: its first line */
	size_t last;      /* and its last */
	bool complete;    /* the script has its end */
	bool optional;    /* every line may be missing */
	bool unasked;     /* it answers nothing, and is not the greeting */
	const char *code; /* NULL: the script leaves it open */
	enum class class; /* CLASS_NONE: likewise */
	size_t answers;   /* the client's line that it answers, or NO_LINE */
};

/* Fills r->replies, and the blocks' share of them; and frees them. */
void expected_make(struct rehearsal *r);
void expected_free(struct rehearsal *r);

/* Whether `text`, a wire line without its end whose first `tag_n` octets are an IMAP tag, is what that line expects; it may
 * capture into `v`. The tag is taken for the script's own. */
bool expected_match(const struct rehearsal *r, const struct expected_line *line, struct slice text, size_t tag_n,
                    struct variables *v);

/* Appends the lines of a reply for people, divided by LF: variables filled in where they have a value, marks in front. */
void expected_print(const struct rehearsal *r, const struct expected_reply *reply, struct variables *v,
                    struct buffer *out);

#endif
