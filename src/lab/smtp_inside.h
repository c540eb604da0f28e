/*
 * What the rooms of the SMTP server share. smtp.c knows the commands and their order, smtp_envelope.c reads MAIL and RCPT,
 * smtp_message.c takes the text, smtp_trace.c writes the fields in front of it, smtp_deliver.c puts it into mailboxes,
 * smtp_report.c tells the sender so, smtp_auth.c is AUTH, and smtp_ask.c answers VRFY, EXPN and HELP.
 */
#ifndef PARLANCE_LAB_SMTP_INSIDE_H
#define PARLANCE_LAB_SMTP_INSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "store/store.h"
#include "lab/visit.h"
#include "protocol/sasl_server.h"

/* Octets of a command line, and of a line of AUTH's exchange (RFC 4954 4), without CRLF. RFC 5321 4.5.3.1.4 asks for 512
 * at least. */
#define SMTP_LINE_MAX 12288
/* Recipients of one message; RFC 5321 4.5.3.1.8 asks for 100 at least. */
#define SMTP_RECIPIENTS_MAX 1000

/* One recipient that was accepted. */
struct smtp_recipient {
	char *address;    /* as it stood in RCPT, without brackets */
	char *parameters; /* as they stood; empty where there were none */
	enum recipient kind;
	struct user *user; /* of a local one */
	char *name;        /* its local part without quotes: of a list, the list's name */
	enum kept kept;    /* what became of the message */
};

/* What MAIL and RCPT have said. All zero: no transaction is under way. */
struct smtp_envelope {
	bool begun;
	char *sender; /* the reverse-path without brackets; empty for the null path */
	char *parameters;
	bool utf8;     /* SMTPUTF8 */
	uint64_t size; /* SIZE; 0: nothing was said */
	struct smtp_recipient *recipients;
	size_t nrecipients;
	size_t refused; /* RCPTs that were refused */
};

/* A reply that refuses; all NULL: there is nothing to refuse. */
struct smtp_failure {
	const char *code, *words; /* "452 4.3.1" */
};

/* Why a message will not be kept, found while it comes. */
enum smtp_fate { FATE_GOOD, FATE_TOO_LARGE, FATE_NO_ROOM };

/* A message that comes. */
struct smtp_message {
	bool taking;        /* DATA has been answered with 354: what comes is text */
	bool chunks;        /* it comes by BDAT, and has begun */
	bool failed;        /* a BDAT of it was refused: only RSET helps (RFC 3030 2) */
	struct buffer text; /* as it came, dots unstuffed; empty where its fate is not good */
	uint64_t octets;    /* of it all, as SIZE counts them (RFC 1870 5) */
	bool continues;     /* the line goes on: its next piece is no line's front */
	bool after_bare_lf; /* the line before ended in a bare LF, and so did not end (RFC 5321 2.3.8) */
	bool bare_told;     /* a remark about that was made */
	enum smtp_fate fate;
	/* The chunk under way. */
	bool in_chunk;
	uint64_t due;                /* its octets that are still to come */
	bool last;                   /* BDAT … LAST */
	struct smtp_failure refusal; /* how it is answered when its octets have gone by */
};

/* One client. */
struct smtp_guest {
	struct visit *visit;
	bool lmtp, submission;
	char *host;               /* our own name, a domain */
	char *name;               /* as the client has named itself; NULL: no hello was accepted */
	bool extended;            /* by EHLO or LHLO */
	struct user *user;        /* who has logged in; NULL */
	struct sasl_server *sasl; /* AUTH under way */
	struct buffer answer;     /* a line of AUTH's exchange in pieces */
	bool answer_too_long;
	struct slice verb; /* of the command that is being answered, for hints */
	struct smtp_envelope envelope;
	struct smtp_message message;
	unsigned messages; /* that were taken, for their ids */
	/* LMTP: a reply a recipient (RFC 2033 4.2), said some at a time; the same failure for all, or what became of each. */
	size_t replies_said;
	struct smtp_failure failure;
};

/* ---- replies: smtp_reply.c ---- */

/* Says `code` ("250 2.1.0", or "250" alone), a space and the words. */
void smtp_say(struct smtp_guest *guest, const char *code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The same, but a further line follows: a hyphen stands behind the three digits. */
void smtp_say_more(struct smtp_guest *guest, const char *code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* An error; where the lab teaches, `teaching` is said behind it (NULL: nothing is). */
void smtp_refuse(struct smtp_guest *guest, const char *code, const char *teaching, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* A wrong form; where the lab teaches, the right one is said behind it. */
void smtp_syntax(struct smtp_guest *guest, const char *code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* ---- commands ---- */

/* Each answers its command; `arguments` is what stands behind the verb, trimmed. */
void smtp_mail(struct smtp_guest *guest, struct slice arguments);
void smtp_rcpt(struct smtp_guest *guest, struct slice arguments);
void smtp_data(struct smtp_guest *guest, struct slice arguments);
void smtp_bdat(struct smtp_guest *guest, struct slice arguments);
void smtp_auth(struct smtp_guest *guest, struct slice arguments);
void smtp_vrfy(struct smtp_guest *guest, struct slice arguments);
void smtp_expn(struct smtp_guest *guest, struct slice arguments);
void smtp_help(struct smtp_guest *guest, struct slice arguments);

/* Whether a message for other domains is taken of this client: who has logged in may send. */
bool smtp_may_relay(const struct smtp_guest *guest);

/* ---- the envelope ---- */

/* Forgets the transaction: sender, recipients, and what has come of the message. */
void smtp_reset(struct smtp_guest *guest);
/* What is wrong with the parameters of MAIL or RCPT: says the reply and returns false. SIZE and SMTPUTF8 go to the envelope
 * where `mail`. */
bool smtp_parameters_read(struct smtp_guest *guest, struct slice parameters, bool mail);
/* Whether so many octets more fit into the mailbox. */
bool smtp_mailbox_fits(const struct mailbox *mailbox, uint64_t octets);
/* Who the mailbox is in the store. `name` gets its local part, without quotes. */
struct smtp_address;
enum recipient smtp_recipient_of(struct smtp_guest *guest, const struct smtp_address *mailbox, struct user **user,
                                 struct buffer *name);

/* ---- the message ---- */

/* A line, or piece, of the text behind DATA; octets of a chunk. */
void smtp_text(struct smtp_guest *guest, const struct dialogue_event *event);
void smtp_chunk(struct smtp_guest *guest, const struct dialogue_event *event);
/* Forgets what has come of the message. */
void smtp_message_clear(struct smtp_message *message);

/* Delivers the message to all recipients and answers: once, or (LMTP) for each. The transaction is over. */
void smtp_deliver(struct smtp_guest *guest);
/* Answers for the whole message with a failure; LMTP says it for each recipient. The transaction is over. */
void smtp_fail(struct smtp_guest *guest, struct smtp_failure failure);
/* Tells the sender who has got the message, if he has asked for it (RFC 3461 5.2). */
void smtp_report(struct smtp_guest *guest, struct message *message, const char *id, int64_t now);
/* LMTP: the next of the replies that were begun. */
void smtp_replies_more(struct smtp_guest *guest);

/* ---- fields in front of the message: smtp_trace.c ---- */

/* What is known of a message's header, found by one look at it. */
struct smtp_header {
	size_t end; /* octets of the header section, the empty line not included */
	bool none;  /* it begins with a line that is no field */
	bool dated, identified, from;
	unsigned hops; /* Received fields */
};
void smtp_header_read(struct slice text, struct smtp_header *header);
/* Takes the Return-Path fields out of the header at the front of the text (RFC 5321 4.4: exactly one should be there). */
void smtp_return_path_drop(struct buffer *text, struct smtp_header *header);

/* The time, as a Date field says it (RFC 5322 3.3); `*zone` gets its minutes east of Greenwich. */
void smtp_date(struct buffer *out, int64_t now, int *zone);
/* Appends Return-Path, and for the outbox the envelope, then Received, then (submission) what is missing. The empty line
 * that a message without a header needs stands at the end. */
void smtp_trace(struct smtp_guest *guest, const struct smtp_header *header, const char *id, int64_t now, bool outbox,
                struct buffer *out);

/* ---- AUTH ---- */

/* A line of the exchange, or a piece of it. */
void smtp_answer(struct smtp_guest *guest, const struct dialogue_event *event);
/* Forgets an exchange under way. */
void smtp_auth_clear(struct smtp_guest *guest);

#endif
