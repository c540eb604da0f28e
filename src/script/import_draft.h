/*
 * A transcript under way: what the readers of import_*.c write into. Known to them alone.
 *
 * A reader says what was said, and by whom; the draft follows with a dialogue and puts in what no recording shows but what
 * must stand there: where TLS begins behind STARTTLS, and a payload that the recording leaves out.
 */
#ifndef PARLANCE_SCRIPT_IMPORT_DRAFT_H
#define PARLANCE_SCRIPT_IMPORT_DRAFT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"
#include "protocol/dialogue.h"
#include "script/script.h"

/* Transcript text, and for each of its lines the number of the line of the source that it stands for. */
struct draft_text {
	struct buffer text;
	unsigned *numbers;
	size_t n;
};

/* Ends the line that has been written to `t->text`, as one of the source's line `number`. */
void draft_text_end(struct draft_text *t, unsigned number);
void draft_text_free(struct draft_text *t);

struct draft {
	const char *file;
	const char *form; /* the name of the form, for messages */
	struct error *error;
	struct slice beside; /* the file that stands beside the source (import_read); empty: none */
	unsigned number;     /* of the source's line under way: readers set it */
	/* That side's payload never stands among the lines that are said; a reader that finds it elsewhere sets the second
	 * to false while it says it. Readers set them. */
	bool client_hidden, server_hidden;
	/* A document's: no greeting is put in that does not stand there, and no payload but what is said to be hidden; whoever
	 * reads sets it. */
	bool as_found;
	struct draft_text done, header, body;
	bool mending;              /* what is said now was put in by the draft itself */
	struct dialogue *dialogue; /* follows the conversation under way; NULL: it has not begun, or is not followed */
	const struct protocol *protocol; /* as it is known without following; NULL: by what is said */
	bool tls;                        /* from the first octet */
	bool said;                       /* something was said in the conversation under way */
	bool any;                        /* something was said in any */
	bool transfer;                   /* FTP: a data connection's payload comes next, of that side */
	enum side transfer_side;
};

/* What follows is another conversation; where nothing was said in this one yet, the same. */
void draft_next(struct draft *d);

/* Takes the source's next line off the front of `*rest` and counts it; `*end` is what ended it, LF or CR LF or nothing.
 * False at the end. */
bool draft_line(struct draft *d, struct slice *rest, struct slice *line, struct slice *end);

/* ---- the header of the conversation under way ---- */

/* The protocol, by its name in the registry. */
void draft_protocol(struct draft *d, const char *name);
/* The protocol and TLS that the port stands for, where nothing says more. */
void draft_port(struct draft *d, unsigned port);
/* Another field. */
void draft_field(struct draft *d, const char *name, struct slice value);
/* TLS begins: from the first octet where nothing was said yet. */
void draft_tls(struct draft *d);

/* ---- its body ---- */

/* A wire line of `side`; `line_end` is what ended it on the wire. */
void draft_said(struct draft *d, enum side side, struct slice text, struct slice line_end);
/* The same, of a whole line, but `filled`, a template, stands for it: a secret that the recording does not show. */
void draft_filled(struct draft *d, enum side side, struct slice text, const char *filled);
/* Octets of `side` that may hold several lines, each with its own end. */
void draft_octets(struct draft *d, enum side side, struct slice octets);
/* A line as it stands in a transcript, variables and all, ended by `line_end`; no dialogue follows it. Where it is no
 * template, or a marked line has another end than CR LF, that is named. */
void draft_template(struct draft *d, enum side side, enum script_mark mark, struct slice text, struct slice line_end);
/* Appends text to a template so that it stands for itself. */
void draft_quote(struct buffer *out, struct slice text);
/* A payload that is described: `<client sends WHAT>`; `octets` 0 where nobody knows. */
void draft_payload(struct draft *d, enum side side, const char *what, uint64_t octets);
/* `<client waits 2 s>` and the like, without < and >. */
void draft_direction(struct draft *d, const char *text);
void draft_hangs_up(struct draft *d, enum side side);
void draft_comment(struct draft *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
void draft_comment_text(struct draft *d, struct slice text);

/* What the source does not show, and must have been said: the dialogue alone is told. */
void draft_assume(struct draft *d, enum side side, struct slice octets);

/* What the dialogue says of the conversation under way. */
enum side draft_turn(const struct draft *d);
enum input draft_input(const struct draft *d);
uint64_t draft_due(const struct draft *d); /* octets by count that the server still has to say */
bool draft_in_reply(const struct draft *d);
const char *draft_following(const struct draft *d); /* the protocol's name; "tcp" while nobody knows */

/* ---- the end ---- */

/* A whole conversation, as it stands in a transcript: its header, the empty line behind that too, and its body. Both are
 * empty after. */
void draft_conversation(struct draft *d, struct draft_text *header, struct draft_text *body);

/* Hands on the lines of the body so far, each as it stands in a transcript, with the number of the source's line; they are
 * kept no longer. */
void draft_hand_on(struct draft *d, void (*line)(void *context, struct slice line, unsigned number), void *context);

/* `FILE:LINE: "line": why`, as scripts_parse says it. */
enum status draft_wrong(struct draft *d, struct slice line, const char *why);
/* All conversations as scripts, for the caller to free; an error where nothing was said in any. */
enum status draft_finish(struct draft *d, struct script **scripts, size_t *n);
void draft_free(struct draft *d);

#endif
