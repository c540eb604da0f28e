/*
 * What the parts of the IMAP machine share. imap_client.c reads the client's lines and imap_server.c the server's;
 * imap_literal.c knows literals, imap_exchange.c what a `+` asks for, imap_status.c what OK, NO, BAD and BYE do,
 * imap_waiting.c the commands that wait, imap_judge.c whether a command may come now, imap_secrets.c what is masked,
 * imap_spoken.c keeps a line that literals interrupt. What stands in a line is read as imap_reading.h says. imap.c holds
 * the row and what is asked of the session as a whole.
 */
#ifndef PARLANCE_PROTOCOL_IMAP_MACHINE_H
#define PARLANCE_PROTOCOL_IMAP_MACHINE_H

#include "protocol/imap.h"
#include "protocol/imap_syntax.h"
#include "protocol/imap_tables.h"
#include "protocol/machine.h"
#include "protocol/sasl.h"

/* Literals of one line whose octets may be looked at again. */
#define LITERALS_KEPT 32

/* Of a peer's word, a message shows so many octets. */
#define WORD_IN_PROBLEM 32

/* A line of one side, over its literals and pieces, from its front to where it stands now. All zero: none is open. */
struct imap_spoken {
	bool open; /* a literal was announced: its octets, then the rest of the line follow */
	struct imap_scan scan;
	struct buffer text; /* what has come, without the literals' octets */
	size_t arguments;   /* where in it the arguments begin */
	bool lost;          /* it is longer than is kept: nothing can be said of it */
	struct buffer octets;
	struct {
		uint64_t n;         /* as announced */
		size_t start, held; /* in `octets` */
	} literals[LITERALS_KEPT];
	size_t nliterals;
	size_t told;                 /* how many things of it notes have spoken of */
	bool began;                  /* the literal's first octets were seen */
	bool secret;                 /* the literal is */
	struct dialogue_event *name; /* what its first event was: verb, tag, code and so on, for its later ones */
};

/* Forgets the line. */
void spoken_clear(struct imap_spoken *spoken);
/* Takes the next piece of text. */
void spoken_add(struct imap_spoken *spoken, struct slice text);
/* The line has ended in a literal's count: octets follow. `event` is the line's first event, or a later one, which
 * changes nothing. */
void spoken_literal_begins(struct imap_spoken *spoken, const struct dialogue_event *event);
/* Takes octets of the literal. */
void spoken_octets(struct imap_spoken *spoken, struct slice octets);
/* The literal is complete. */
void spoken_literal_ends(struct imap_spoken *spoken);
/* Gives an event the names of the line's first one. */
void spoken_name(const struct imap_spoken *spoken, struct dialogue *d, struct dialogue_event *event);
/* Reads what stands from `arguments` on; false where it is lost. The tree is good until the line goes on. */
bool spoken_tree(const struct imap_spoken *spoken, struct imap_tree *tree);

/* What the client's next line is, where none is open. */
enum imap_mode {
	MODE_COMMAND,
	MODE_ANSWER, /* of a SASL exchange: a `+` has asked for it */
	MODE_IDLE    /* the server has agreed to IDLE: DONE ends it */
};

struct imap {
	enum imap_mode mode;
	bool greeted;
	bool middle;     /* the conversation was met in its middle: no greeting came */
	bool compressed; /* COMPRESS was agreed on: what follows is no text of IMAP */
	bool utf8;       /* the server has said ENABLED for UTF-8 in quoted strings */
	bool read_only;  /* the mailbox that is selected was opened for reading only */
	bool notifies;   /* NOTIFY was agreed on: the server may say EXPUNGE at any time */
	unsigned
		told; /* untagged data whose kind a note has explained since the last tagged reply: bits of imap_data.c */
	struct sasl sasl;
	struct imap_spoken client, server;
	/* Of the client's line under way. */
	uint64_t command;        /* its event's number */
	const struct entry *row; /* the command's, or NULL */
	bool waits;              /* the literal waits for its `+` */
	bool early_told;         /* that its octets came without waiting */
	uint64_t owed;           /* the command whose literal has not got its `+`, though its octets may have come */
	uint64_t expunging;      /* a command that waited when this one was sent, and may bring EXPUNGE; 0: none */
	size_t secret_from;      /* the argument from which on the line is secret; SIZE_MAX: none is */
};

/* ---- commands that wait (imap_waiting.c) ---- */

/* What a waiting command does to the session; found once by its verb. */
enum imap_effect {
	EFFECT_NONE,
	EFFECT_AUTHENTICATE,
	EFFECT_CLOSE, /* CLOSE, UNSELECT */
	EFFECT_COMPRESS,
	EFFECT_IDLE,
	EFFECT_LOGIN,
	EFFECT_LOGOUT,
	EFFECT_NOTIFY,
	EFFECT_SELECT, /* SELECT, EXAMINE */
	EFFECT_STARTTLS,
	EFFECT_UNAUTHENTICATE
};

/* outstanding.flags: the effect in the low bits, and: */
#define EFFECT_MASK 0x0FU
#define FLAG_ONE_STEP 0x10U /* AUTHENTICATE that needs no answer of the client's */
#define FLAG_NO_TAG 0x20U   /* its tag is none: an untagged BAD may be all the answer */
#define FLAG_DONE 0x40U     /* IDLE: DONE was said */
#define FLAG_RFC822 0x80U   /* FETCH: it asks for RFC822, RFC822.HEADER or RFC822.TEXT, or may do so behind a literal */
#define FLAG_NOTIFY 0x100U  /* NOTIFY SET, not NONE */

enum imap_effect imap_effect_of(struct slice verb);

/* The effect of a waiting command; of NULL, none. */
enum imap_effect imap_waiting_effect(const struct outstanding *one);

/* Where in the queue the command with that event number, the oldest of that effect, or the oldest with that tag waits;
 * the queue's length where none does. */
size_t imap_waiting_n(const struct dialogue *d, uint64_t n);
size_t imap_waiting_for(const struct dialogue *d, enum imap_effect effect);
size_t imap_waiting_tag(const struct dialogue *d, struct slice tag);

/* The one command that an untagged response plainly belongs to; NULL where it might be several's, or none's. */
const struct outstanding *imap_owner(const struct dialogue *d, const struct imap_response *response);

/* The oldest waiting command behind which nothing may be sent before it is answered, or NULL. */
const struct outstanding *imap_waits_alone(const struct dialogue *d);

/* Whether the server may not say EXPUNGE in answer to the command (RFC 9051 section 7.5.1, RFC 5256 section 3). */
bool imap_forbids_expunge(const struct outstanding *one);

/* The oldest waiting command that lets the server say EXPUNGE, or NULL. */
const struct outstanding *imap_expunging(const struct dialogue *d);

/* The state that the session will be in once all that waits is answered well. */
unsigned imap_expected_state(const struct dialogue *d);

/* ---- words (imap.c) ---- */

/* The row of a word in one of IMAP's tables, or NULL. */
const struct entry *imap_row(enum table_kind kind, struct slice word);

/* The row of a command, UID and what stands behind it as one; NULL where it is unknown. */
const struct entry *imap_command_row(const struct imap_command *command);

/* Says that a conversation without greeting may have been met in its middle; once. */
void imap_note_middle(struct dialogue *d, struct imap *s, struct dialogue_event *event);

/* Gives an event verb and phase of the command that it belongs to; of NULL none. */
void imap_name_after(struct dialogue *d, const struct outstanding *one, struct dialogue_event *event);

/* ---- lines ---- */

void imap_client(struct dialogue *d, const struct line *line, struct dialogue_event *event);
void imap_server(struct dialogue *d, const struct line *line, struct dialogue_event *event);

/* Says what is wrong with the command where it stands: its tag, its word, the state, and what else waits. `misplaced`:
 * its word stands where the tag belongs. (imap_judge.c) */
void imap_judge(struct dialogue *d, struct imap *s, const struct imap_command *command, bool misplaced,
                struct dialogue_event *event);

/* The argument from which on a command's line is secret, from 0; SIZE_MAX where none is. (imap_secrets.c) */
size_t imap_secret_from(struct slice verb);
/* Marks what is secret in the client's event from `at` on, where its line's argument number `n` begins. */
void imap_secrets_mark(const struct imap *s, struct dialogue_event *event, size_t at, size_t n);
/* How many arguments stand in the client's line so far, a literal that was announced included; where the line is lost,
 * more than any line has. */
size_t imap_arguments_so_far(const struct imap_spoken *spoken);

/* ---- literals (imap_literal.c) ---- */

/* What the end of that side's line means, once a count that is too great was told of. */
enum imap_end imap_line_end(struct dialogue *d, const struct imap_spoken *spoken, const struct line *line,
                            struct dialogue_event *event);
/* The line has ended in a literal's count. */
void imap_client_literal(struct dialogue *d, struct imap *s, struct dialogue_event *event);
void imap_server_literal(struct dialogue *d, struct imap *s, struct dialogue_event *event);
/* Octets of a literal have come. */
void imap_literal_octets(struct dialogue *d, struct imap *s, const struct line *line, struct dialogue_event *event);
/* Says, once, that the client's literal, or what stands behind an empty one, came though nobody has asked for it. */
void imap_literal_asked(struct dialogue *d, struct imap *s, struct dialogue_event *event);
/* The client's literal that waits for its `+` will not be asked for: the command is over. */
void imap_literal_cancel(struct dialogue *d, struct imap *s, struct dialogue_event *event);
/* What is wrong with a line of words, strings and lists, at its end. */
void imap_scan_problems(struct dialogue *d, const struct imap_scan *scan, struct dialogue_event *event);

/* ---- what a `+` asks for, and what answers it (imap_exchange.c) ---- */

/* A line of the client's in a SASL exchange. */
void imap_answer_line(struct dialogue *d, struct imap *s, const struct line *line, struct dialogue_event *event);
/* Whether a line behind an AUTHENTICATE that the server has not yet answered is the client's answer all the same: whoever
 * sends without waiting sends secrets so. */
bool imap_answers_early(const struct dialogue *d, const struct line *line);
/* AUTHENTICATE's mechanism, and the initial response behind it. */
void imap_authenticate(struct dialogue *d, struct imap *s, struct slice arguments, struct outstanding *one,
                       struct dialogue_event *event);
/* A line of the client's while it idles; whether it is DONE. */
void imap_idle_line(struct dialogue *d, struct imap *s, const struct line *line, struct dialogue_event *event);
bool imap_is_done(const struct line *line);
/* A continuation of the server's, and its end. */
void imap_continuation(struct dialogue *d, struct imap *s, const struct imap_response *response,
                       struct dialogue_event *event);
void imap_continuation_done(struct dialogue *d, struct imap *s, struct dialogue_event *event);

/* ---- status lines: OK, NO, BAD, BYE, PREAUTH (imap_status.c) ---- */

/* What the status means, behind its command (which may be NULL) if more is known of it there. */
void imap_note_code(struct dialogue *d, const struct outstanding *one, struct dialogue_event *event);
/* A line of the server's that is one; `whole`: it has ended, so that all that it says is done. */
void imap_status(struct dialogue *d, struct imap *s, const struct imap_response *response,
                 struct dialogue_event *event);
void imap_status_done(struct dialogue *d, struct imap *s, const struct imap_response *response,
                      struct dialogue_event *event);
/* Learns capabilities, in place of those that were known, and says where the connection makes them doubtful. */
void imap_capabilities_learn(struct dialogue *d, struct slice words, struct dialogue_event *event);

#endif
