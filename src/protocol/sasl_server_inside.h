/*
 * What the mechanisms of a SASL server share: sasl_server.c holds the exchange and the simple ones, sasl_server_scram.c SCRAM.
 */
#ifndef PARLANCE_PROTOCOL_SASL_SERVER_INSIDE_H
#define PARLANCE_PROTOCOL_SASL_SERVER_INSIDE_H

#include "base/crypto.h"
#include "protocol/sasl_server.h"

struct sasl_mechanism {
	const char *name;
	bool client_first; /* so that its first line may stand behind the command */
	/* What is asked first; NULL: nothing, an empty challenge. */
	void (*ask)(struct sasl_server *server, struct buffer *asked);
	/* The client's line number server->step, from 0. */
	enum sasl_verdict (*hear)(struct sasl_server *server, struct slice said, struct buffer *asked,
	                          const char **why);
	enum digest digest; /* SCRAM's */
};

struct sasl_server {
	const struct sasl_mechanism *mechanism;
	char *host;
	sasl_secret *secret;
	void *context;
	unsigned step; /* lines that the client has said */
	bool over;
	struct buffer user;
	struct buffer nonce; /* ours, until SCRAM's is both sides' */
	struct buffer salt;
	struct buffer header;  /* SCRAM's GS2 header, as sent */
	struct buffer message; /* what SCRAM's AuthMessage begins with */
	bool for_another;      /* the client wants to act as somebody else */
};

/* The verdict, with `why` set to `what`. */
enum sasl_verdict sasl_malformed(const char **why, const char *what);
/* SASL_GOOD where the proof is `good` and the client acts for nobody else, or SASL_WRONG with the reason. */
enum sasl_verdict sasl_judge(const struct sasl_server *server, bool good, const char **why);
/* Whom the client wants to act as: empty where it has not said, which is the user itself. */
void sasl_acts_as(struct sasl_server *server, struct slice identity);

/* Whether `proves` holds for one of the user's passwords. All are tried, and somebody unknown has an empty one that is
 * tried in vain: how long it takes tells nothing. */
bool sasl_any_secret(const struct sasl_server *server,
                     bool (*proves)(const struct sasl_server *, struct slice secret, void *proof), void *proof);

/* A line of SCRAM's client. */
enum sasl_verdict sasl_hear_scram(struct sasl_server *server, struct slice said, struct buffer *asked,
                                  const char **why);

#endif
