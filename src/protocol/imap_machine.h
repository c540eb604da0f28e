/*
 * What the parts of the IMAP machine share: imap_client.c reads the client's lines and imap_server.c the server's,
 * imap_arguments.c and imap_data.c say what stands in them, imap_spoken.c keeps a line that literals interrupt,
 * imap_words.c puts sets, flags and items into words; imap.c holds the row and what is asked of the session as a whole.
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

/* What a waiting command does to the session; found once by its verb. */
enum imap_effect {
	EFFECT_NONE,
	EFFECT_AUTHENTICATE,
	EFFECT_CLOSE, /* CLOSE, UNSELECT */
	EFFECT_COMPRESS,
	EFFECT_IDLE,
	EFFECT_LOGIN,
	EFFECT_LOGOUT,
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

struct imap {
	enum imap_mode mode;
	bool greeted;
	bool middle;     /* the conversation was met in its middle: no greeting came */
	bool compressed; /* COMPRESS was agreed on: what follows is no text of IMAP */
	bool utf8;       /* the server has said ENABLED for UTF-8 in quoted strings */
	struct sasl sasl;
	struct imap_spoken client, server;
	/* Of the client's line under way. */
	uint64_t command;        /* its event's number */
	const struct entry *row; /* the command's, or NULL */
	bool waits;              /* the literal waits for its `+` */
	bool early_told;         /* that its octets came without waiting */
	uint64_t owed;           /* the command whose literal has not got its `+`, though its octets may have come */
	size_t secret_from;      /* the argument from which on the line is secret; SIZE_MAX: none is */
};

enum imap_effect imap_effect_of(struct slice verb);

/* The state that the session will be in once all that waits is answered well. */
unsigned imap_expected_state(const struct dialogue *d);

/* The effect of a waiting command. */
enum imap_effect imap_waiting_effect(const struct outstanding *one);

/* Where in the queue the command with that event number, or the oldest of that effect, waits; the queue's length where
 * none does. */
size_t imap_waiting_n(const struct dialogue *d, uint64_t n);
size_t imap_waiting_for(const struct dialogue *d, enum imap_effect effect);

/* The row of a word in one of IMAP's tables, or NULL. */
const struct entry *imap_row(enum table_kind kind, struct slice word);

/* The row of a command, UID and what stands behind it as one; NULL where it is unknown. */
const struct entry *imap_command_row(const struct imap_command *command);

/* Says that a conversation without greeting may have been met in its middle; once. */
void imap_note_middle(struct dialogue *d, struct imap *s, struct dialogue_event *event);

/* What is wrong with a line of words, strings and lists, at its end. */
void imap_scan_problems(struct dialogue *d, const struct imap_scan *scan, struct dialogue_event *event);

void imap_client(struct dialogue *d, const struct line *line, struct dialogue_event *event);
void imap_server(struct dialogue *d, const struct line *line, struct dialogue_event *event);

/* Says what the client's arguments mean, as far as they have come and were not yet told; `ended`: the command is
 * complete, and what is missing is missing. */
void imap_arguments(struct dialogue *d, struct imap *s, const struct entry *row, bool ended,
                    struct dialogue_event *event);

/* Says what untagged data mean, as far as they have come and were not yet told. `owner` is the command that they
 * belong to, or NULL. */
void imap_data(struct dialogue *d, struct imap *s, const struct imap_response *response,
               const struct outstanding *owner, bool ended, struct dialogue_event *event);

/* Says what a response code means. */
void imap_response_code(struct dialogue *d, const struct imap_response *response, struct dialogue_event *event);

#endif
