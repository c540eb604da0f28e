/*
 * What the parts of the POP3 server share: pop3.c hears commands, pop3_login.c lets somebody in, pop3_mail.c gives and takes
 * mail, pop3_maildrop.c is the mail of one session, pop3_surrogate.c makes headers without UTF-8.
 */
#ifndef PARLANCE_LAB_POP3_INSIDE_H
#define PARLANCE_LAB_POP3_INSIDE_H

#include "store/store.h"
#include "lab/visit.h"
#include "protocol/sasl_server.h"

/* ---- the maildrop ---- */

/* INBOX as it is at the login: its mails have numbers from 1, in their order. What comes later is not in it, and what others
 * expunge meanwhile can still be read. All zero: not open. */
struct maildrop {
	struct mailbox *mailbox;
	uint32_t uidvalidity;
	bool utf8; /* headers are sent as they are; else a surrogate is where they hold UTF-8 */
	struct maildrop_mail {
		struct mail *mail;
		size_t octets; /* that RETR sends, before dots are doubled */
		bool marked;   /* as deleted */
	} * mails;             /* by number - 1 */
	size_t n;
	size_t left; /* that are not marked, and their octets */
	uint64_t octets;
};

/* Locks it and looks at what is there. False where another session has the lock. */
bool maildrop_open(struct maildrop *maildrop, struct mailbox *mailbox, bool utf8);
/* The update state (RFC 1939 6): expunges what is marked. */
void maildrop_update(struct maildrop *maildrop);
/* Gives back the lock and all that is held. */
void maildrop_close(struct maildrop *maildrop);

/* Marks the i-th, from 0, which is not marked; takes all marks away. */
void maildrop_mark(struct maildrop *maildrop, size_t i);
void maildrop_unmark(struct maildrop *maildrop);

/* What is sent of the i-th: a header, the empty line included, and a body. The header is the message's own, or stands in
 * `surrogate`, which is the caller's. */
void maildrop_text(const struct maildrop *maildrop, size_t i, struct buffer *surrogate, struct slice *header,
                   struct slice *body);
/* Appends its unique-id (RFC 1939 7). */
void maildrop_unique_id(const struct maildrop *maildrop, size_t i, struct buffer *out);
/* It has been read by its owner, who sees that in IMAP too. */
void maildrop_seen(struct maildrop *maildrop, size_t i);

/* ---- the session ---- */

/* A reply of many lines that is under way. */
struct pop3_reply {
	enum { REPLY_NONE, REPLY_LIST, REPLY_UIDL, REPLY_TEXT } kind;
	size_t next;               /* of a list: the number - 1 that comes next */
	struct slice header, body; /* what is left of a text */
	bool inside;               /* of a text: what was said last did not end with a line's end */
	bool retrieved;            /* of a text: all of message `next` */
};

struct pop3_visit {
	struct visit *visit;
	char *timestamp;          /* of the greeting, angle brackets included */
	char *name;               /* that USER said; NULL: it has not, or a login has failed since */
	bool utf8;                /* UTF8 was said */
	struct sasl_server *sasl; /* an exchange is under way, or NULL */
	struct buffer answer;     /* the pieces of a line of it so far */
	bool answer_too_long;
	struct maildrop maildrop; /* open: this is the transaction state */
	struct pop3_reply reply;
	struct buffer surrogate; /* the header that the reply is saying, where it is not the message's own */
	struct buffer piece;
};

/* Says -ERR, what is wrong and, where the lab teaches, what was expected. */
void pop3_refuse(struct pop3_visit *post, const char *what, enum hint hint, const char *verb);

/* Commands, each with its arguments (RFC 2449 3), as many as its row in pop3.c allows; what is not there is empty. */
typedef void pop3_command(struct pop3_visit *post, const struct slice *arguments);

pop3_command pop3_user, pop3_pass, pop3_apop, pop3_auth;
pop3_command pop3_stat, pop3_list, pop3_retr, pop3_dele, pop3_rset, pop3_top, pop3_uidl;

/* A piece of a line of the SASL exchange that is under way; `more`: another follows. */
void pop3_answer(struct pop3_visit *post, struct slice piece, bool more);
/* Forgets who wants to log in: an exchange, and the name that USER said. */
void pop3_login_forget(struct pop3_visit *post);

/* Appends the surrogate (RFC 6858) of a header, the empty line included. False where it needs none: it is ASCII. */
bool pop3_surrogate(struct buffer *out, struct slice header);

/* Says the next piece of the reply that is under way. */
void pop3_more(struct pop3_visit *post);

#endif
