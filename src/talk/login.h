/*
 * Logging in, gone through line by line: what `:auth WAY NAME` and `:password` set going. A login is begun by a person,
 * and then goes on by itself at each reply, until the server has said yes or no.
 */
#ifndef PARLANCE_TALK_LOGIN_H
#define PARLANCE_TALK_LOGIN_H

#include <stdbool.h>

#include "base/buffer.h"

struct dialogue_event;
struct login;
struct sasl_way;
struct talk;

/* ---- exchange.c ---- */

/* Whether that protocol is spoken, and whether the server has announced that capability. */
bool speaks(const struct talk *t, const char *protocol);
bool announced(const struct talk *t, const char *capability);

/* How a protocol writes an exchange. */
struct exchange {
	const char *protocol;
	const char *command; /* before the mechanism, without a tag: "AUTH" */
	const char *asks;    /* what the server's challenges begin with: "334" */
	size_t line_max;     /* octets that the command's line may have, its end included; 0: no bound */
	const char *ref;     /* where that stands */
};
/* Of the protocol spoken; of one that has no exchanges, SMTP's. */
const struct exchange *exchange_of(const struct talk *t);
/* Whether the client's first line may stand behind the command there (RFC 4954 4, RFC 5034 4, RFC 4959 3). */
bool exchange_takes_first(const struct talk *t);
/* Appends the command that begins an exchange, tag included where there is one (of IMAP the next that is free), and
 * `first` behind it if it is not empty. */
void exchange_command(const struct talk *t, const char *mechanism, struct slice first, struct buffer *out);

/* Appends the tag alone, and the space behind it; nothing where the protocol has none. */
void exchange_tag(const struct talk *t, struct buffer *out);

/* The names of the mechanisms that the server has announced, each with a space before it. */
void mechanisms_offered(const struct talk *t, struct buffer *out);
bool mechanism_offered(const struct talk *t, struct slice name);

/* ---- login.c ---- */

/* Begins a login by that way ("plain", "user", as `:auth` names them): asks for the secret unseen. Nothing is sent, and
 * why is said, where it cannot be. */
void login_begin(struct talk *t, const char *way, struct slice user);
/* Answers the exchange that is under way by the mechanism that was typed, and goes on with it. `user` may be empty where
 * only LOGIN's password is asked for. */
void login_answer(struct talk *t, struct slice user);

/* Follows what is said: to be told of each event. */
void login_follow(struct talk *t, const struct dialogue_event *event);
/* The session is over. */
void login_forget(struct talk *t);

/* Asks for a secret: `*secret` is the caller's (buffer_wipe). False where it was given up, or is no longer wanted, or
 * nothing was typed; why was said. */
bool login_ask(struct talk *t, const char *label, struct buffer *secret);

/* Lines that hold a password, appended to `out`. */
void basic_field(struct buffer *out, struct slice user, struct slice password);
void apop_command(const struct talk *t, struct buffer *out, struct slice user, struct slice password);
/* As a quoted string (RFC 9051 4.3). */
void quoted(struct buffer *out, struct slice text);

#endif
