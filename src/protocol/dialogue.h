/*
 * A dialogue knows one conversation in one protocol. It is fed octets with the side that they came from and gives
 * events: this is a command, this is one line of a reply, this is message text, TLS begins here. It does no I/O, has
 * no clock, and cannot tell whether its octets came from a socket, a file or a fuzzer.
 *
 * However the same octets are cut into feeds, the events are the same.
 *
 *     while (n > 0) {
 *             size_t took = dialogue_feed(d, SIDE_SERVER, p, n);
 *             while (dialogue_next(d, &event))
 *                     show(&event);
 *             if (took == 0)
 *                     break;      // it stopped: TLS begins here, or the conversation is closed
 *             p += took, n -= took;
 *     }
 */
#ifndef PARLANCE_PROTOCOL_DIALOGUE_H
#define PARLANCE_PROTOCOL_DIALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "protocol/knowledge.h"

struct dialogue;
struct protocol;

enum side { SIDE_CLIENT, SIDE_SERVER };

/* FORMATS section 6. */
enum event_kind { EVENT_COMMAND, EVENT_REPLY, EVENT_DATA, EVENT_STAGE, EVENT_JUNK };

/* FORMATS section 4. */
enum class { CLASS_NONE, CLASS_INFO, CLASS_SUCCESS, CLASS_CONTINUE, CLASS_REDIRECT, CLASS_TRANSIENT, CLASS_FAILURE };

enum stage { STAGE_CONNECT, STAGE_TLS, STAGE_CLOSE };

/* What stands where in an event's text, so that whoever edits it parses nothing. */
enum span_kind { SPAN_TAG, SPAN_VERB, SPAN_CODE, SPAN_ENHANCED, SPAN_KEYWORD, SPAN_COUNT, SPAN_SECRET };

struct span {
	enum span_kind kind;
	size_t start, end; /* octets of `text`, end not included */
	struct slice mask; /* of a secret: what stands in its place, in transcript notation: `{{password}}` */
};

#define EVENT_SPANS 12

/* Of so many problems of one event it is known where each begins; past that the last holds the rest. */
#define EVENT_PROBLEMS 8

/* The longest piece of a line that one event holds, in octets without the line end. */
#define EVENT_TEXT_MAX 16384

/* The most commands that wait for their replies at once; past that the oldest is lost, and a `problem` says so. */
#define OUTSTANDING_MAX 1024

/*
 * One thing that was said. All slices live until the next call of feed, next, stage, quiet or free; event_keep copies.
 * Absent values are empty slices, 0, NULL or false; the keys' meanings are FORMATS section 6.
 */
struct dialogue_event {
	uint64_t n; /* from 1 */
	double t;   /* seconds since connecting, set by the session; below 0: absent */
	enum side side;
	enum event_kind kind;
	enum stage stage;      /* of a stage */
	struct slice text;     /* without its line end, unmasked; of a stage its name */
	struct slice line_end; /* "\r\n", "\n", or empty: a piece, a cut line or counted data that ends inside a line */
	uint64_t octets;       /* on the wire, line end included */
	bool more;             /* a piece of a longer line; the rest follows */
	bool aside;            /* text that went over FTP's data connection: no line of this one */
	const char *protocol;  /* name */
	const char *state;     /* as of after this event */
	bool secure;
	struct slice verb; /* upper case where known */
	enum phase phase;
	struct slice tag, code, enhanced, keyword;
	enum class class;
	bool has_final, final;
	uint64_t answers; /* 0: none */
	bool has_decoded;
	struct slice decoded;
	bool decoded_secret;             /* `decoded` says a secret: masked with it */
	bool masked;                     /* set by the session, with `text` and `decoded` replaced */
	struct slice note, ref, problem; /* several problems have "; " between them: event_problem_at */
	size_t problem_starts[EVENT_PROBLEMS];
	size_t nproblems;
	struct span spans[EVENT_SPANS];
	size_t nspans;
};

/* Whether the line may be spoken to as a command, or is payload. */
enum input {
	INPUT_COMMAND, /* a command line */
	INPUT_TEXT,    /* message text up to its lone dot */
	INPUT_ANSWER,  /* one line of a SASL exchange, or what ends IDLE */
	INPUT_FIELD,   /* a header field, up to the empty line; behind it a chunk's size, or a trailer */
	INPUT_COUNTED, /* octets by count: dialogue_counted says how many are missing */
	INPUT_REST,    /* the rest of a command's line, behind a literal */
	INPUT_OPAQUE,  /* whatever the two have agreed on: behind CONNECT, or a change of protocols */
	INPUT_NOTHING  /* the client has nothing more to say: closed, or TLS must begin */
};

/* ---- the conversation ---- */

/* A new dialogue, owned by the caller (dialogue_free). `protocol` NULL: recognised from the greeting, or at the first
 * command; until then it is the plain `tcp`. */
struct dialogue *dialogue_new(const struct protocol *protocol);
void dialogue_free(struct dialogue *d);

/* Takes octets that `side` said, at most up to where one event ends, and returns how many it took: call dialogue_next
 * until it has none, then feed the rest. It takes 0 where it has stopped: at the final reply that begins TLS
 * (dialogue_tls_pending), or after the close. Of a protocol of datagrams each call is one datagram, which may be empty:
 * ask for its events even where `n` is 0. Where lines need no end (tcp), what the other side has said without one
 * becomes an event first. */
size_t dialogue_feed(struct dialogue *d, enum side side, const char *octets, size_t n);

/* The next event, if there is one. */
bool dialogue_next(struct dialogue *d, struct dialogue_event *event);

/*
 * What happened to the stream. CONNECT and TLS give an event; CLOSE says that `side` hung up: a line without end becomes
 * an event with a problem, then the stage event. The first CLOSE of the server's ends the conversation.
 *
 * TLS may begin at any time, agreed on or not: before the server has greeted all begins anew (as where TLS is implicit),
 * after it the session stands as it does behind STARTTLS. What was learnt in the clear, and what waited, is forgotten.
 */
void dialogue_stage(struct dialogue *d, enum stage stage, enum side side);

/* Goes on under TLS without a stage having been seen: after dialogue_tls_pending in a record that does not show where
 * TLS begins, or before the first octet where TLS is implicit. No event; state and `secure` are those under TLS. */
void dialogue_assume_tls(struct dialogue *d);

/* A payload that is only described (`<server sends the text of message 1>`): one `data` event of `side` with that text,
 * and `octets` if it is known, else 0. */
void dialogue_payload(struct dialogue *d, enum side side, struct slice text, uint64_t octets);

/* A piece of what goes over FTP's data connection, as it is: one `data` event of `side`. `line_end` is "\r\n", "\n" or
 * empty; only the `first` of a transfer is explained. */
void dialogue_aside(struct dialogue *d, enum side side, struct slice text, struct slice line_end, bool first);

/* The peers have been silent for as long as the session waits: where only silence ends a reply (tcp), what has come
 * becomes an event. */
void dialogue_quiet(struct dialogue *d);

/* ---- what a script changes (FORMATS section 1, "Counts fit the text") ---- */

/* How many octets by count that side still has to say: a literal's, a chunk's, a body's. 0: none. */
uint64_t dialogue_due(const struct dialogue *d, enum side side);

/* The count that has just begun is `n` octets instead: for whoever finds that a script's count does not fit its text.
 * Nothing of it has been fed yet. */
void dialogue_recount(struct dialogue *d, enum side side, uint64_t n);

/* The next event of that side that has a count has this problem too, beside what the protocol finds. Copied. */
void dialogue_blame(struct dialogue *d, enum side side, struct slice problem);

/* ---- what it knows ---- */

/* The side that must speak next: the server while a command waits for its reply, else the client. Where both may
 * speak (the client of a server that pipelines), it says SIDE_SERVER. It is the server's turn, too, while a literal, or
 * a request's body, waits to be asked for: the input may be INPUT_COUNTED or INPUT_REST already. */
enum side dialogue_turn(const struct dialogue *d);

/* What the client's next octets will be taken for, and for INPUT_COUNTED how many octets are still missing. */
enum input dialogue_input(const struct dialogue *d);
uint64_t dialogue_counted(const struct dialogue *d);

const struct protocol *dialogue_protocol(const struct dialogue *d);
const char *dialogue_state(const struct dialogue *d);
unsigned dialogue_state_index(const struct dialogue *d);
bool dialogue_secure(const struct dialogue *d);

/* Whether a final reply has agreed that TLS begins now; the next call must be stage(TLS), assume_tls or stage(CLOSE). */
bool dialogue_tls_pending(const struct dialogue *d);

/* Whether the reply that ends TLS has been said, under TLS still (FTP's 200 to CCC, RFC 4217 12.3, and 220 to REIN, RFC
 * 4217 13): the session must take TLS off the stream now, before it reads or says more, and then say so by
 * dialogue_tls_ended. The dialogue does not stop for it: what comes next is in the clear, and dialogue_secure is false. */
bool dialogue_tls_ending(const struct dialogue *d);
void dialogue_tls_ended(struct dialogue *d);

/* Whether the client has said something secret, such as a password, while the connection was in the clear. */
bool dialogue_told_secret(const struct dialogue *d);

/* Whether the protocol is still to be recognised; dialogue_protocol is `tcp` until then. */
bool dialogue_undecided(const struct dialogue *d);

/* Whether the goodbye was said (221, 421 …): a close that follows is in order. */
bool dialogue_closing(const struct dialogue *d);

/* How many commands wait for their replies; whether a reply has begun and not ended. */
size_t dialogue_outstanding(const struct dialogue *d);
bool dialogue_in_reply(const struct dialogue *d);

/* A command that waits for its reply. */
struct waiting_command {
	uint64_t n;                  /* its event's number */
	const struct entry *command; /* its row, or NULL where it is unknown */
	struct slice verb, tag;      /* as in events; live until the next call of feed, next, stage or free */
};

/* The i-th of them, the oldest first, from 0. False past the last. */
bool dialogue_waiting(const struct dialogue *d, size_t i, struct waiting_command *waiting);

/* Whether a command with that tag waits for its reply (IMAP). */
bool dialogue_in_flight(const struct dialogue *d, struct slice tag);

/* The last line of that side that has not yet ended ("login: "); no event. */
struct slice dialogue_unfinished(const struct dialogue *d, enum side side);

/* The last challenge of a SASL exchange, decoded; empty where there is none. Of POP3's greeting, the APOP timestamp. */
struct slice dialogue_challenge(const struct dialogue *d);

/* Capabilities as announced last ("SIZE 35882577"), i from 0; empty past the last. Forgotten at TLS. */
struct slice dialogue_capability(const struct dialogue *d, size_t i);
/* Whether the capability was announced; `*value` (may be NULL) is what stands behind it. */
bool dialogue_announced(const struct dialogue *d, struct slice name, struct slice *value);

/* Whether the protocol allows a command of its table now; where not, `why` (may be NULL) gets the reason, a sentence
 * that begins in lower case. */
enum allowance {
	ALLOWED,
	ALLOWED_UNANNOUNCED, /* the state allows it, but the server did not announce what it needs */
	NOT_NOW
};
enum allowance dialogue_allows(const struct dialogue *d, const struct entry *command, const char **why);

/* ---- events that are kept ---- */

/* A copy that owns all its slices, for the caller to free with event_forget. */
struct dialogue_event *event_keep(const struct dialogue_event *event);
void event_forget(struct dialogue_event *event);

/* The word of a kind, class or side, as in JSON; NULL for CLASS_NONE. */
const char *kind_name(enum event_kind kind);
const char *class_name(enum class class);
const char *stage_name(enum stage stage);

/* The i-th of the event's problems by itself, from 0; empty past the last. */
struct slice event_problem_at(const struct dialogue_event *event, size_t i);

/* The span of that kind, or NULL. */
const struct span *event_span(const struct dialogue_event *event, enum span_kind kind);

#endif
