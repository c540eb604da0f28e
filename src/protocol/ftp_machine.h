/*
 * What the parts of the FTP machine share: ftp_client.c reads the client's lines and ftp_arguments.c what stands behind
 * their commands, ftp_server.c the server's lines and ftp_words.c what their texts say; ftp.c holds the row and what is
 * asked of the session as a whole.
 */
#ifndef PARLANCE_PROTOCOL_FTP_MACHINE_H
#define PARLANCE_PROTOCOL_FTP_MACHINE_H

#include "protocol/ftp.h"
#include "protocol/ftp_syntax.h"
#include "protocol/ftp_tables.h"
#include "protocol/machine.h"

/* What a waiting command does to the session; found once by its verb. */
enum ftp_effect {
	EFFECT_NONE,
	EFFECT_USER,
	EFFECT_PASS,
	EFFECT_ACCT,
	EFFECT_REIN,
	EFFECT_QUIT,
	EFFECT_FETCH, /* the server sends over the data connection: RETR, LIST … */
	EFFECT_STORE, /* the client does: STOR … */
	EFFECT_ABOR,
	EFFECT_STAT,
	EFFECT_RNFR,
	EFFECT_RNTO,
	EFFECT_REST,
	EFFECT_ACTIVE,  /* PORT, EPRT, LPRT: the server connects */
	EFFECT_PASSIVE, /* PASV, EPSV, LPSV: the client connects */
	EFFECT_AUTH,
	EFFECT_ADAT,
	EFFECT_PBSZ,
	EFFECT_PROT,
	EFFECT_CCC,
	EFFECT_PROTECTED, /* MIC, CONF, ENC: a command inside */
	EFFECT_FEAT,
	EFFECT_MLST
};

/* outstanding.flags: the effect in the low bits, and: */
#define EFFECT_MASK 0x1FU
#define FLAG_TLS 0x20U /* AUTH whose mechanism is TLS, by any of its names */
#define FLAG_ALL 0x40U /* EPSV ALL */

/* Which way the next data connection is made. */
enum ftp_data { DATA_DEFAULT, DATA_ACTIVE, DATA_PASSIVE };

struct ftp {
	bool greeted; /* the greeting is complete */
	bool refused; /* it was a refusal: only QUIT is left */
	bool anonymous;
	bool featured; /* FEAT was answered by a list */
	enum ftp_data data;
	bool passive_only; /* EPSV ALL was accepted (RFC 2428 3) */
	enum ftp_effect
		sequence; /* RNFR or REST, where it was the last command and was not refused; else EFFECT_NONE */
	/* Protection (RFC 2228 3). */
	bool exchange;  /* AUTH was accepted with 334: ADAT comes */
	bool exchanged; /* by 234 or 235: PBSZ may come */
	bool buffered;  /* PBSZ was accepted: PROT may come */
	bool cleared;   /* CCC was accepted */
	/* The transfer under way. */
	unsigned before_transfer; /* the state that it began in */
	/* The reply under way. */
	bool asked_since; /* the client has said a command since its last line */
	char code[4];
	uint64_t answering;  /* the event's number of the command that it answers; 0: none */
	bool line_continues; /* of the line under way, for its later pieces */
};

enum ftp_effect ftp_effect_of(struct slice verb);

/* The effect of a waiting command; of NULL, EFFECT_NONE. */
enum ftp_effect ftp_effect(const struct outstanding *one);

/* Whether the command moves data over the data connection. */
bool ftp_transfers(const struct outstanding *one);

/* The transfer whose preliminary reply has come, or NULL. */
struct outstanding *ftp_transfer_now(const struct dialogue *d);

/* The state that the session will be in once all that waits is answered well. */
unsigned ftp_expected_state(const struct dialogue *d);

/* The session begins anew, as USER's place in it does: after REIN, and after AUTH, whose user must log in again. */
void ftp_restart(struct ftp *s);

/* What stands behind a known command says, and what is wrong with it. `arguments` is without Telnet commands, with the
 * spaces that belong to it; `one` gets flags. */
void ftp_arguments(struct dialogue *d, struct slice arguments, struct outstanding *one, struct dialogue_event *event);

/* What the text of a completing line says beyond its code: an address, a path, a time. */
void ftp_words(struct dialogue *d, struct slice text, const struct outstanding *one, struct dialogue_event *event);

/* A line of FEAT's list, without the space before it. */
void ftp_feature(struct dialogue *d, struct slice text, struct dialogue_event *event);

/* A line of MLST's reply, without the space before it. */
void ftp_facts(struct dialogue *d, struct slice text, struct dialogue_event *event);

/* Says where a data connection is to go; `who` is a sentence's beginning: "The server listens". */
void ftp_note_address(struct dialogue *d, const struct ftp_address *address, const char *who,
                      struct dialogue_event *event);

/* The line's text without Telnet commands; the same slice where there are none. It lives as long as the event. */
struct slice ftp_without_telnet(struct dialogue *d, struct slice text);

/* Fills the event with what is described of the data connection: `side` has sent it. */
void ftp_data_line(struct dialogue *d, enum side side, struct dialogue_event *event);

/* Names the Telnet commands in a line; `client`: only IP and Synch are allowed (RFC 1123 4.1.2.12). */
void ftp_note_telnet(struct dialogue *d, struct slice line, bool client, struct dialogue_event *event);

void ftp_client(struct dialogue *d, const struct line *line, struct dialogue_event *event);
void ftp_server(struct dialogue *d, const struct line *line, struct dialogue_event *event);

#endif
