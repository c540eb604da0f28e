/*
 * Serving a script: the server's part, said to whatever client asks. No I/O and no clock: the caller tells each event
 * and does what answerer_next says. Each client has an answerer of its own, with its own place and variables.
 */
#ifndef PARLANCE_SCRIPT_ANSWER_H
#define PARLANCE_SCRIPT_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "protocol/dialogue.h"
#include "script/rehearse.h"

struct answerer;

enum answer_act {
	ANSWER_NOTHING, /* wait for the client */
	ANSWER_SAY,     /* say `text` */
	ANSWER_REMARK,  /* show `text`, a remark about how the script is played */
	ANSWER_COMMENT, /* show `text`, a comment of the script */
	ANSWER_DATA,    /* `side` sends `octets` (0: some) over FTP's data connection: go on when that is done */
	ANSWER_TLS,     /* begin TLS here, which nobody has agreed on in the protocol's words */
	ANSWER_HANG_UP  /* hang up, when all has been said */
};

struct answer_step {
	struct slice text;    /* octets, line end included; good until the next call */
	struct slice problem; /* SAY: what is wrong with the line as the script has it, and was mended; or empty */
	enum side side;       /* DATA */
	uint64_t octets;
	bool begins; /* SAY: the first line of a reply */
	bool ends;   /* SAY: no more of the reply is due now */
};

/* Serves what was rehearsed; `given` is copied. `strict`: the whole line must match, not only the verb. */
struct answerer *answerer_new(const struct rehearsal *rehearsal, const struct variables *given, bool strict);
void answerer_free(struct answerer *a);

/* What happened, unmasked; `dialogue` stands right after the event. */
void answerer_event(struct answerer *a, const struct dialogue *dialogue, const struct dialogue_event *event);

/* What to do now: called again and again until it says NOTHING or HANG_UP. */
enum answer_act answerer_next(struct answerer *a, struct answer_step *step);

/* How many steps wait. */
size_t answerer_waiting(const struct answerer *a);

/* Where the client left: true where it has said all that the script has for it; else `*line` is the index of what
 * would have come next. */
bool answerer_closed(const struct answerer *a, size_t *line);

/* What the protocol says before it hangs up on a client of its own accord (421); empty where it has no such thing. */
struct slice answerer_farewell(const struct rehearsal *rehearsal);

#endif
