/*
 * A transcript (FORMATS section 1), parsed and printed. No I/O: text in, structure out, and back.
 */
#ifndef PARLANCE_SCRIPT_SCRIPT_H
#define PARLANCE_SCRIPT_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"
#include "protocol/dialogue.h"

enum script_kind {
	SCRIPT_SAID,      /* `C: text`, `S: text` and their marked and exact forms */
	SCRIPT_DIRECTION, /* a stage direction */
	SCRIPT_COMMENT    /* `# text` */
};

/* The mark between the side and the colon. */
enum script_mark { MARK_NONE, MARK_OPTIONAL /* S?: */, MARK_REPEATED /* S*: */, MARK_NEVER /* S!: */ };

enum direction {
	DIRECTION_CONNECTS, /* <client connects …> */
	DIRECTION_TLS,      /* <client starts TLS> */
	DIRECTION_HANGS_UP, /* <client hangs up>, <server hangs up> */
	DIRECTION_WAITS,    /* <client waits 2 s> */
	DIRECTION_FILE,     /* <client sends file NAME> */
	DIRECTION_SENDS     /* <server sends …>, <client sends …>: any payload */
};

struct script_line {
	unsigned number; /* in its file, from 1 */
	enum script_kind kind;
	enum side side; /* who says it, or does it */
	enum script_mark mark;
	bool exact;    /* `C\:`: text is still escaped, and no line end is added */
	char *text;    /* after the separator, as written; of a comment after `# `; of a direction without < and > */
	size_t text_n; /* octets; text is also ended by a NUL */
	enum direction direction;
	double seconds;  /* of WAITS */
	uint64_t octets; /* of SENDS: the number printed in it, else 0 */
	char *name;      /* of FILE; else NULL */
};

struct script_let {
	char *name, *value;
	unsigned number;
};

/* One conversation. Owned by the caller (script_free). Absent header fields are NULL. */
struct script {
	char *file; /* as named to script_parse, for messages */
	char *title, *source, *target, *date, *who;
	char *protocol, *tls, *match; /* lower case, checked against the words that FORMATS lists */
	char **errata;
	size_t nerrata;
	struct script_let *lets;
	size_t nlets;
	struct script_line *lines;
	size_t nlines;
};

/*
 * Parses all conversations that stand in `text`, whose file is called `file` in messages. On success `*scripts` is an
 * array of `*n` that the caller frees with scripts_free. On failure returns STATUS_USAGE with a message
 * `FILE:LINE: what: why`, and no scripts.
 */
enum status scripts_parse(struct slice text, const char *file, struct script **scripts, size_t *n, struct error *error);
void scripts_free(struct script *scripts, size_t n);

/* Appends the conversation in the form of FORMATS section 1: parse → print → parse is the identity. */
void script_print(const struct script *script, struct buffer *out);
void script_print_header(const struct script *script, struct buffer *out);
void script_print_line(const struct script_line *line, struct buffer *out);

/*
 * Appends one wire line of `side` as a body line: `C: text` where it can be written so, else `C\: escaped`; `{{` is
 * written `{{{{`. `line_end` is what ended it on the wire; "\r\n" is the plain case. No LF is appended.
 * `masks`: spans of secrets, ascending, whose mask stands as it is in their place; may be NULL where nmasks is 0.
 */
void script_print_wire(enum side side, struct slice text, struct slice line_end, const struct span *masks,
                       size_t nmasks, struct buffer *out);

/* Whether `text` (without < and >) is a stage direction of FORMATS section 1; `*line` gets kind, side, direction and
 * its values where it is (name is owned by the line). */
bool script_direction(struct slice text, struct script_line *line);

#endif
