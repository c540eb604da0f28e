/*
 * What the parts of the POP3 machine share: pop3_client.c reads the client's lines, pop3_server.c the server's status
 * lines, pop3_list.c the lists and texts behind them; pop3.c holds the row and what is asked of the session as a whole.
 */
#ifndef PARLANCE_PROTOCOL_POP3_MACHINE_H
#define PARLANCE_PROTOCOL_POP3_MACHINE_H

#include "protocol/machine.h"
#include "protocol/pop3.h"
#include "protocol/pop3_tables.h"
#include "protocol/sasl.h"

/* What a waiting command does to the session, and how its reply is read. */
enum pop3_effect {
	EFFECT_NONE,
	EFFECT_USER,
	EFFECT_PASS,
	EFFECT_APOP,
	EFFECT_RPOP,
	EFFECT_AUTH,
	EFFECT_STLS,
	EFFECT_UTF8,
	EFFECT_LANG,
	EFFECT_CAPA,
	EFFECT_STAT,
	EFFECT_LIST,
	EFFECT_UIDL,
	EFFECT_RETR,
	EFFECT_TOP,
	EFFECT_DELE,
	EFFECT_RSET,
	EFFECT_NOOP,
	EFFECT_QUIT,
	EFFECT_XTND
};

/* outstanding.flags: the effect in the low bits, and: */
#define EFFECT_MASK 0x1FU
#define FLAG_LIST 0x20U     /* behind +OK come further lines, up to a lone dot */
#define FLAG_ONE_STEP 0x40U /* AUTH that needs no answer of the client's: commands may follow at once */

/* What stands behind a status line, up to a lone dot: a list, or a message's text. */
struct pop3_list {
	bool open;
	bool assumed;            /* its status line never came: the next one is taken for it all the same */
	uint64_t n;              /* of the command that it answers */
	enum pop3_effect effect; /* of that command */
	uint64_t lines;          /* so far, the dot not among them */
	uint64_t octets;         /* of those lines, as they were before dots were doubled */
	uint64_t sum;            /* of the sizes in a scan listing */
	bool announced;          /* the status line said how many octets come */
	uint64_t announced_octets;
	bool described; /* some of it was only described: nothing can be counted */
	bool in_body;   /* of a text: the empty line has come */
};

struct pop3 {
	bool greeted;         /* the greeting is complete */
	bool refused;         /* it was no +OK */
	bool timestamp;       /* it held one: the server has APOP */
	bool user;            /* USER was accepted, and no login has failed since */
	bool utf8;            /* UTF8 was accepted */
	bool capabilities;    /* CAPA was answered, since TLS began if it did */
	bool answer;          /* the client's next line is an answer of a SASL exchange: a + has asked for it */
	bool dots_told;       /* what doubled dots mean was said */
	bool end_told;        /* that the session ended without QUIT was said */
	bool replies_missing; /* commands were left without a reply: this is a document, not what went over a wire */
	uint64_t marked;      /* messages that are marked as deleted */
	struct sasl sasl;
	struct pop3_list list;
};

/* By verb; EFFECT_NONE where it does nothing to the session. */
enum pop3_effect pop3_effect_of(struct slice verb);

/* The effect of a command that waits; of NULL, EFFECT_NONE. */
enum pop3_effect pop3_effect_waiting(const struct outstanding *one);

/* The state that the session will be in once all that waits is answered well. */
unsigned pop3_expected_state(const struct dialogue *d);

void pop3_client(struct dialogue *d, const struct line *line, struct dialogue_event *event);
void pop3_server(struct dialogue *d, const struct line *line, struct dialogue_event *event);

/* The list of the command `one` begins behind this event. */
void pop3_list_begin(struct dialogue *d, const struct outstanding *one);
/* It is over, and so is its reply. */
void pop3_list_end(struct dialogue *d);
/* A line of the list under way, its dot included: fills the event. Counts it, whatever kind it is given later. */
void pop3_list_line(struct dialogue *d, const struct line *line, struct dialogue_event *event);

/* What stands behind a counted word in a note: "s", or nothing for 1. */
const char *pop3_plural(uint64_t n);

/* Sets verb and phase of a reply's line to those of the command that it answers; `one` may be NULL. */
void pop3_of_command(struct dialogue *d, const struct outstanding *one, struct dialogue_event *event);

#endif
