/*
 * What a dialogue is made of: known to dialogue.c, and to machine.c, which is the machines' hand on it.
 */
#ifndef PARLANCE_PROTOCOL_DIALOGUE_STATE_H
#define PARLANCE_PROTOCOL_DIALOGUE_STATE_H

#include "base/buffer.h"
#include "protocol/dialogue.h"
#include "protocol/machine.h"

/* One side's octets on their way to an event. */
struct flow {
	struct buffer line;                 /* gathered: at most an event's text and two octets */
	size_t used;                        /* octets at its front that the last event was made of */
	bool continued;                     /* a piece of this line was an event already */
	bool counting;                      /* octets by count */
	uint64_t counted;                   /* how many of them have not come yet */
	bool closed;                        /* this side says no more */
	struct dialogue_event *first_piece; /* of the line that is under way in pieces, kept; else NULL */
	struct buffer blame;                /* a problem of the next event's that was told from outside */
};

/* What the next event will be made of. */
struct pending {
	enum { PENDING_LINE, PENDING_STAGE, PENDING_DESCRIBED, PENDING_ASIDE } kind;
	enum side side;
	enum stage stage;
	bool cut;      /* a line whose side hung up */
	bool silent;   /* a line that silence ended */
	bool datagram; /* all of a datagram, line ends in it too */
	uint64_t octets;
	size_t line_end; /* of what goes elsewhere: so many octets of CRLF end it */
	bool first;      /* and it is the first of it */
};

struct dialogue {
	const struct protocol *protocol;
	void *machine_state;
	unsigned state;
	bool undecided;         /* the protocol is still to be recognised */
	bool connected;         /* the connection was seen to begin */
	bool spoken;            /* a side has said something */
	bool heard;             /* the server has */
	bool silent;            /* quiet() was called: nobody greets */
	struct buffer greeting; /* of the undecided: the server's lines so far, an LF behind each */
	uint64_t n;             /* events so far */
	bool secure, tls_pending, goodbye, in_reply;
	bool tls_ending;  /* the reply that ends TLS was said, and the session has not taken it off yet */
	bool told_secret; /* the client has said something secret in the clear */
	struct flow flows[2];
	struct pending pending[4]; /* two cut lines and a stage are the most */
	size_t npending;
	struct buffer described;
	struct outstanding *queue; /* of the commands that wait, the oldest at `queue_first` */
	size_t queue_first, nqueue, queue_room;
	char **capabilities;
	size_t ncapabilities, capabilities_room;
	struct buffer challenge;
	/* The present event's texts. */
	struct buffer note, ref, problem;
	char **texts;
	size_t ntexts, texts_room;
};

/* Frees the texts of the last event. */
void texts_forget(struct dialogue *d);

/* The first pending thing has been dealt with. */
void pending_done(struct dialogue *d);

#endif
