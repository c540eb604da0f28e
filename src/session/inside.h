/*
 * What a session is made of. Known only to this room: session.c (its doors), flow.c (octets and events), encrypt.c
 * (TLS), clear.c (what came in the clear instead), ending.c (how it ends), deadline.c (time).
 */
#ifndef PARLANCE_SESSION_INSIDE_H
#define PARLANCE_SESSION_INSIDE_H

#include "session/awaited.h"
#include "session/queue.h"
#include "session/session.h"

struct session {
	struct event_base *base;
	struct stream *stream; /* NULL once it is closed */
	char *peer;
	struct dialogue *dialogue;
	struct session_options options;
	const struct session_driver *driver;
	void *context;
	struct face **faces;
	size_t nfaces;
	struct mask_room room;
	struct awaited awaited;
	struct queue heard;  /* from the peer, not yet told to the dialogue */
	struct queue to_say; /* ours, likewise */
	struct event *work, *clock;

	unsigned depth; /* calls of this room under way: it is not taken down before they return */
	bool freed;
	bool started;
	bool telling; /* events are being told: what is said now waits */
	bool paused;
	bool refused; /* octets were left to the stream, since ours are not read */
	bool asked;   /* the driver was asked, and nothing has changed since */
	bool said;    /* something was said since it was asked */
	bool tls_due; /* nothing is said or read until TLS has begun */
	bool shaking; /* the handshake is under way */
	double shaking_since;
	struct upgrade *upgrade; /* under way; NULL: none */
	bool upgrade_wanted;     /* and without it the session ends */
	bool upgrade_heard;      /* it was told something since it was asked */
	char *local;             /* our own address, as stream.h has it */
	char *host;              /* options.host */
	struct tls_facts *facts; /* of the last handshake; NULL: there was none */
	struct buffer story;     /* the note of the stage that is being told */
	bool greeting_awaited;   /* the protocol is not known, so perhaps the server greets */
	bool closed[2];          /* by side: it hung up, and that was told */
	bool hanging;            /* we hang up, when all is written */
	bool ending;             /* `end` and `error` say how */
	bool over;
	enum session_end end;
	struct error error;
	bool peer_ended;     /* and that is not told yet */
	bool peer_truncated; /* under TLS, and without its goodbye */
	char *peer_error;
	size_t finals; /* replies completed */

	double began;
	double clock_at; /* when `clock` rings */
	double heard_at; /* when waiting for the peer began: its last event, or what we said after */
	double late_at;  /* when the driver was last told that the reply is late; 0: not yet */
	double stirred;  /* when octets last went either way */
	bool answered;   /* and the last that did were the peer's */
	double hung_up_at, gone_at;
	bool quiet_told;   /* the dialogue knows that nothing stirs */
	size_t unfinished; /* octets of the server's unfinished line that the faces know */
	size_t unwritten;  /* octets that waited to be written when last looked at */
};

/* Around everything that calls the driver. session_leave returns whether the session is still there. */
void session_enter(struct session *s);
bool session_leave(struct session *s);

/* Has session_work called from the loop. */
void session_schedule(struct session *s);
/* Does whatever there is to do, then sets the clock. From the loop. */
void session_work(struct session *s);

/* Whether the conversation goes on: not freed, not ending. */
bool session_going(const struct session *s);
enum side session_peer_side(const struct session *s);

/* ---- flow.c ---- */

/* Makes and tells the events that the dialogue has. */
void flow_tell(struct session *s);
/* Makes the events that the dialogue has of what goes over another connection, and shows them. */
void flow_show_aside(struct session *s);
/* Tells what happened to the stream. */
void flow_stage(struct session *s, enum stage stage, enum side side);
/* Says what waits to be said, hears what waits to be heard. */
void flow_say(struct session *s);
void flow_hear(struct session *s);
/* Goes on reading from a client that has read what was said to it. */
void flow_listen(struct session *s);
/* Asks the driver whether it has something to say, if it is our turn. */
void flow_ask(struct session *s);
/* Shows the server's line that rests unfinished. */
void flow_show_unfinished(struct session *s);
const struct stream_events *flow_stream_events(void);

/* ---- encrypt.c ---- */

/* TLS is due: looks for octets that came too early, then begins the handshake. */
void encrypt_begin(struct session *s);
/* Goes on with the upgrade, if one is under way. */
void encrypt_upgrade(struct session *s);
/* Takes TLS off, where that was agreed on (FTP's CCC). */
void encrypt_end(struct session *s);
/* Adds what the handshake showed to the stage event. */
void encrypt_tell(struct session *s, struct dialogue_event *event);
/* Seconds that a handshake may take; and what happens then. */
double encrypt_patience(const struct session *s);
void encrypt_late(struct session *s);

/* ---- clear.c ---- */

/* Octets came in the clear before TLS began: shows and explains them, and ends the session. */
void clear_injected(struct session *s, struct slice octets);
/* The peer spoke in the clear where TLS should be: shows and explains that, and appends the words of the error. */
void clear_came(struct session *s, struct slice said, struct buffer *message);

/* ---- ending.c ---- */

void ending_set(struct session *s, enum session_end end);
/* Hangs up, once nothing waits to be said. */
void ending_hang_up(struct session *s);
/* The peer has hung up. */
void ending_peer(struct session *s);
/* Carries out what was decided, where it can be by now. */
void ending_finish(struct session *s);
/* Nothing came in time. */
void ending_late(struct session *s, double seconds);

/* ---- deadline.c ---- */

/* Sets the clock to the next thing that time brings. */
void deadline_set(struct session *s);
/* Does what is due. */
void deadline_passed(struct session *s);

#endif
