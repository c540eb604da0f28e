/*
 * What the two halves of the SMTP machine share: smtp_client.c reads the client's lines, smtp_server.c the server's,
 * smtp.c holds the rows and what is asked of the session as a whole.
 */
#ifndef PARLANCE_PROTOCOL_SMTP_MACHINE_H
#define PARLANCE_PROTOCOL_SMTP_MACHINE_H

#include "protocol/machine.h"
#include "protocol/sasl.h"
#include "protocol/smtp.h"
#include "protocol/smtp_tables.h"

/* What the client's next line is. */
enum smtp_mode {
	MODE_COMMAND,
	MODE_TEXT,  /* message text behind DATA */
	MODE_ANSWER /* of a SASL exchange: a 334 has asked for it */
};

/* What a waiting command does to the session; found once by its verb. */
enum smtp_effect {
	EFFECT_NONE,
	EFFECT_HELLO, /* HELO, EHLO, LHLO */
	EFFECT_STARTTLS,
	EFFECT_AUTH,
	EFFECT_MAIL,
	EFFECT_RCPT,
	EFFECT_DATA,
	EFFECT_BDAT,
	EFFECT_BURL,
	EFFECT_RSET,
	EFFECT_QUIT,
	EFFECT_RESTART /* XCLIENT: the session begins anew, greeting included */
};

/* outstanding.flags: the effect in the low bits, and: */
#define EFFECT_MASK 0x0FU
#define FLAG_LAST 0x10U      /* BDAT … LAST */
#define FLAG_TEXT_DONE 0x20U /* the lone dot behind DATA was sent */
#define FLAG_ONE_STEP 0x40U  /* AUTH that needs no answer of the client's: commands may follow at once */

struct smtp {
	enum smtp_mode mode;
	bool greeted;  /* the greeting is complete */
	bool refused;  /* it was 554 or 521: only QUIT is left (RFC 5321 3.1, RFC 7504 3) */
	bool hello;    /* EHLO, HELO or LHLO was accepted */
	bool extended; /* by EHLO or LHLO, so that extensions were announced */
	bool authenticated;
	unsigned before_auth; /* the state that the exchange began in */
	struct sasl sasl;
	/* The transaction under way. */
	uint64_t accepted; /* recipients, by the server's replies */
	bool eight_bit;    /* MAIL said BODY=8BITMIME, BODY=BINARYMIME or SMTPUTF8 */
	bool eight_bit_told;
	bool binary; /* MAIL said BODY=BINARYMIME */
	bool text_begun, text_in_body;
	bool after_bare_lf; /* the line of text before this one ended in a bare LF */
	bool early_told;    /* that text was sent before 354 */
	/* The reply under way. */
	unsigned lines; /* of it, so far */
	char code[4];
	bool unasked;        /* it answers no command */
	bool asked_since;    /* the client has said a command since its last line */
	bool line_continues; /* of the line under way, for its later pieces */
};

/* A fresh message, as the client sees it: what MAIL begins, and TLS. */
void smtp_transaction_reset(struct smtp *s);

/* The state that the session will be in once all that waits is answered well. */
unsigned smtp_expected_state(const struct dialogue *d);

enum smtp_effect smtp_effect_of(struct slice verb);

/* The waiting command whose effect that is, and which is the last of the queue; NULL where there is none. */
struct outstanding *smtp_waiting_last(const struct dialogue *d, enum smtp_effect effect);

bool smtp_is_lmtp(const struct dialogue *d);

void smtp_client(struct dialogue *d, const struct line *line, struct dialogue_event *event);
void smtp_server(struct dialogue *d, const struct line *line, struct dialogue_event *event);

#endif
