/*
 * What a protocol's state machine gives to the dialogue, and what it may ask of it. Only the machines and dialogue.c
 * know this door.
 *
 * The dialogue cuts octets into lines, keeps the queue of commands that wait for their replies, numbers events and
 * collects problems; a machine says what each line is, in the state that it finds.
 */
#ifndef PARLANCE_PROTOCOL_MACHINE_H
#define PARLANCE_PROTOCOL_MACHINE_H

#include "base/buffer.h"
#include "protocol/dialogue.h"
#include "protocol/protocol.h"

/* One line, or a piece of one, as a machine sees it. */
struct line {
	enum side side;
	struct slice text; /* without its line end */
	struct slice end;  /* "\r\n", "\n" or empty */
	bool first;        /* not a further piece of a line that was already seen */
	bool more;         /* further pieces follow */
	bool cut;          /* the side hung up before the line's end */
	bool counted;      /* of octets by count (counted_begin), not a line of the protocol */
	bool last;         /* of counted octets: the count is done */
	bool described;    /* a payload that is only described: its text is not what was sent */
};

/* A command that waits. */
struct outstanding {
	uint64_t n;                  /* its event's number */
	const struct entry *command; /* its row, or NULL where it is unknown */
	char *verb;                  /* as in events */
	char *tag;                   /* IMAP; else NULL */
	bool amiss;                  /* its line had a problem: what a failure means there, the problem says */
	unsigned step;               /* the machine's own: which reply of several comes next */
	unsigned flags;              /* the machine's own */
	uint64_t count;              /* the machine's own: replies still to come (LMTP) */
};

struct machine {
	size_t size; /* octets of the machine's own state, zeroed at first */
	void (*begin)(struct dialogue *d);
	void (*end)(struct dialogue *d); /* frees what the state owns; may be NULL */
	/* Says what the line is by filling the event; `kind` is EVENT_JUNK at first; n, side, text and octets are set.
	 * A line in pieces comes piece by piece: what a reply completes is done at the piece without `more`. */
	void (*client)(struct dialogue *d, const struct line *line, struct dialogue_event *event);
	void (*server)(struct dialogue *d, const struct line *line, struct dialogue_event *event);
	/* TLS has begun though the server has greeted: it was agreed on, or came at any other time. Or a side has hung up:
	 * where the close is what ends a reply (HTTP's body to the close), the event gets has_final, final and answers. */
	void (*stage)(struct dialogue *d, enum stage stage, enum side side, struct dialogue_event *event);
	/* The peers are silent, and no line of the server's is unfinished; may be NULL. */
	void (*quiet)(struct dialogue *d);
	enum side (*turn)(const struct dialogue *d);
	enum input (*input)(const struct dialogue *d);
	/* Why a command is not allowed in the state that the session will be in once all that waits is answered well, a
	 * sentence that begins in lower case; NULL where it is allowed. */
	const char *(*refuses)(const struct dialogue *d, const struct entry *command);
	bool silence_ends_replies; /* quiet() makes an event of the server's unfinished line */
};

/* ---- what a machine may ask of the dialogue ---- */

/* Its own state. */
void *machine_state(const struct dialogue *d);
const struct protocol *machine_protocol(const struct dialogue *d);
/* Whether the protocol is still to be recognised: another machine may take over at the next line. */
bool machine_undecided(const struct dialogue *d);

/* Whether the connection was seen to begin (STAGE_CONNECT), so that nothing was said before what was fed. */
bool machine_connected(const struct dialogue *d);

/* The state of the session; shown with this event already. */
void state_move(struct dialogue *d, unsigned index);
unsigned state_now(const struct dialogue *d);

/* Puts a command at the end of the queue, verb and phase and note taken from `event` and `row`. Past OUTSTANDING_MAX the
 * oldest is lost, with a problem. */
struct outstanding *outstanding_add(struct dialogue *d, struct dialogue_event *event, const struct entry *row);
/* The i-th from the oldest; NULL past the last. */
struct outstanding *outstanding_at(const struct dialogue *d, size_t i);
size_t outstanding_count(const struct dialogue *d);
void outstanding_done(struct dialogue *d, size_t i);
void outstanding_forget_all(struct dialogue *d);

/* The next `n` octets of that side are not lines of the protocol; they come with line->counted. */
void counted_begin(struct dialogue *d, enum side side, uint64_t n);
uint64_t counted_left(const struct dialogue *d, enum side side);

/* What may be behind the port, where a server's first line is none of this protocol's: says who greets so. */
void note_stranger(struct dialogue *d, struct dialogue_event *event);

/* Says what is wrong with a line's end and with a bare CR in it, for protocols whose lines end in CRLF. */
void line_end_problems(struct dialogue *d, const struct line *line, struct dialogue_event *event, const char *ref);

/* The dialogue stops after this event until a stage is told. */
void tls_begin(struct dialogue *d);
/* This event is the last under TLS: what follows it is in the clear. */
void tls_end(struct dialogue *d);
/* The goodbye was said. */
void goodbye_said(struct dialogue *d);
/* A reply has begun and not ended (dialogue_in_reply), or has ended. */
void reply_open(struct dialogue *d, bool open);

/* Text for the event; each call adds a sentence after what is there. Slices given must live as long as the event, or
 * be made by event_text. */
void event_note(struct dialogue *d, struct dialogue_event *event, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void event_problem(struct dialogue *d, struct dialogue_event *event, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Adds a reference, or several joined by commas, after those that are there ("RFC 5321 4.2.3, RFC 3463 3.2"), each
 * once. */
void event_ref(struct dialogue *d, struct dialogue_event *event, const char *ref);
/* Text that lives as long as the event. */
struct slice event_text(struct dialogue *d, struct slice text);
struct slice event_upper(struct dialogue *d, struct slice text);
/* Adds a span. Past EVENT_SPANS it is left out, but for a secret, which replaces another. */
void event_span_add(struct dialogue_event *event, enum span_kind kind, size_t start, size_t end);
/* Marks a secret; `mask` must live as long as the event. */
void event_secret(struct dialogue_event *event, size_t start, size_t end, struct slice mask);

/* The most capabilities that are remembered; further ones are not. */
#define CAPABILITIES_MAX 256

/* Capabilities: forgotten as a whole, then added one by one. */
void capabilities_forget(struct dialogue *d);
void capability_add(struct dialogue *d, struct slice text);

/* The last challenge, decoded (dialogue_challenge). */
void challenge_keep(struct dialogue *d, struct slice decoded);

#endif
