/*
 * A rehearsal: a script run once through an offline dialogue, so that whoever speaks or serves it knows of each line
 * what it is: a command or payload, the end of a reply, the answer to which command. No I/O.
 */
#ifndef PARLANCE_SCRIPT_REHEARSE_H
#define PARLANCE_SCRIPT_REHEARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"
#include "protocol/dialogue.h"
#include "protocol/protocol.h"
#include "script/script.h"
#include "script/template.h"

/* "No line": where an index of a line is absent. */
#define NO_LINE SIZE_MAX

/* The longest payload that is made up for a stage direction, in octets. */
#define PAYLOAD_MAX (64U << 20)

/* The text that a count in the script counts: the lines of the count's side behind `after`, up to and with `last`, but
 * for the `tail` octets at the end. */
struct counted {
	size_t after, last;
	uint64_t tail;
	size_t cut;       /* where in that line, as it is written, they begin; 0: wherever `tail` says */
	uint64_t octets;  /* so long it is, with the script's own values */
	uint64_t printed; /* and so long the script says */
	bool varies;      /* with others it may be longer or shorter: counted anew when it is said */
};

/* What one line of the script turned out to be. */
struct rehearsed {
	bool speaks;          /* it puts octets on the wire: a said line, or a direction that stands for payload */
	size_t block;         /* which run of lines of one side it belongs to, from 0; of lines that speak */
	enum input input;     /* of the client's: what it is taken for */
	bool ends_input;      /* of the client's payload: complete with this line */
	bool waits;           /* of the client's: it must be asked for the literal or body that comes next */
	enum event_kind kind; /* of its last event; EVENT_JUNK where there was none */
	char *verb;           /* of a command, as in events; else NULL */
	enum phase phase;     /* of a command */
	enum class class;     /* of a reply, at its last line */
	char *code, *keyword, *note; /* of the server's: of its last reply event, as in events; NULL: none */
	size_t commands;             /* of the client's: command events that end in it, the rest behind a literal too */
	size_t events;               /* events that end in it */
	bool begins;             /* of the server's: a response begins here; not the rest behind a literal, nor data */
	bool unasked;            /* of the server's: nothing that was asked waits for it, nor is it the greeting */
	bool final;              /* a reply is complete with this line */
	size_t reply;            /* of the server's: how many replies of its block were complete before it */
	size_t due;              /* of the server's: the client's line after which it is said; NO_LINE: before any */
	size_t answers;          /* of a tagged reply: the client's line that it answers, or NO_LINE */
	size_t tag_n;            /* octets of the tag at the line's front; 0: none */
	bool asks;               /* of the server's: it asks for a literal or a body, whose octets come next */
	bool elsewhere;          /* payload that goes over FTP's data connection; it does not speak here */
	bool secure;             /* it is spoken under TLS */
	bool begins_tls;         /* <client starts TLS> that nothing has agreed on: it begins by itself */
	bool counts;             /* it holds a literal's count, or a body's */
	struct counted *counted; /* of such a line, where the text that is counted stands in the script; else NULL */
};

/* A run of consecutive lines of one side: what goes out together, or is awaited together. */
struct rehearsed_block {
	enum side side;
	size_t first, last; /* indices of its first and last line */
	size_t finals;      /* of the server's: how many replies it completes */
	size_t trailing;    /* and how many lines stand behind the last of these, without completing a reply */
	size_t reply,
		nreplies; /* the server's: its first expected reply, and how many there are; incomplete ones too */
	bool unasked;     /* some of its lines answer nothing: whoever speaks waits for them nevertheless */
};

struct expected_reply;

struct rehearsal {
	const struct script *script;     /* looked at; outlives the rehearsal */
	const struct protocol *protocol; /* the header's, else recognised */
	struct rehearsed *lines;         /* one for each line of the script */
	struct rehearsed_block *blocks;
	size_t nblocks;
	struct expected_reply *replies; /* expected.h */
	size_t nreplies;
	bool tls;          /* TLS begins somewhere in it */
	bool tls_implicit; /* with the first octet */
	bool client_first; /* the first to speak is the client */
	bool open_end;     /* it ends with a command whose reply is not written */
	bool closes;       /* at its end the server hangs up, written or not */
};

/* Rehearses `script` as `protocol` (NULL: the header's, else recognised from what is said); `variables` are looked at.
 * Owned by the caller (rehearsal_free). */
struct rehearsal *rehearse(const struct script *script, const struct protocol *protocol,
                           const struct variables *variables);
void rehearsal_free(struct rehearsal *r);

/* The variables that a run of the script begins with: those given, and its `Let` defaults. Owned by the caller. */
void rehearsal_variables(const struct rehearsal *r, const struct variables *given, struct variables *v);

/*
 * Whether every name in the lines that `side` sends has a value by then: given, a `Let`, or captured from an earlier
 * line of the other side; and whether no payload that is to be made up is too large. STATUS_USAGE with `FILE:LINE: …`
 * where not.
 */
enum status rehearsal_check(const struct rehearsal *r, enum side side, const struct variables *given,
                            struct error *error);

/* Whether the line of the server's is said: a marked one only where it happens (FORMATS section 2), which is offline, or
 * where a reply would have no last line without it. A client's line always is. */
bool rehearsal_says(const struct rehearsal *r, size_t line, enum fill how);

/* Appends the octets of a said line, line end included, its variables filled in; a client's with --map done. The
 * message of a failure names file and line. */
enum status rehearsal_text(const struct rehearsal *r, size_t line, struct variables *v, enum fill how,
                           struct buffer *out, struct error *error);

/* The same of the line's first `n` octets, as it is written; nothing where these are no template. Not of an exact line. */
void rehearsal_head(const struct rehearsal *r, size_t line, size_t n, struct variables *v, enum fill how,
                    struct buffer *out);

/* As rehearsal_text, and a count that does not fit its text is made to fit: `problem` (may be NULL) gets what was wrong then. */
enum status rehearsal_wire(const struct rehearsal *r, size_t line, struct variables *v, enum fill how,
                           struct buffer *out, struct buffer *problem, struct error *error);

/* Whether `text`, a wire line without its end, is what the said line expects (template_match); a count that counts text of
 * the script's matches any, since the text is not this line's. */
bool rehearsal_match(const struct rehearsal *r, size_t line, struct slice text, struct variables *v);

/* Whether a said line has a variable with a name: it may capture. */
bool rehearsal_captures(const struct rehearsal *r, size_t line);

/* Whether what the client says goes on in its next line: it is not complete. */
bool input_goes_on(enum input input);

/* Appends payload for a direction: `octets` of lines that no dot begins, or three lines where that is 0. */
void payload_made(struct buffer *out, uint64_t octets, enum input input);

/* Appends a file as payload: for message text with CRLF line ends and its dots stuffed (RFC 5321 4.5.2), else as it
 * is. */
void payload_of_file(struct buffer *out, struct slice file, enum input input);

#endif
