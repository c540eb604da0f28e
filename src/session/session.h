/*
 * A session: the one room that owns a conversation. It holds a stream, one dialogue, the faces, the clock and the
 * masking, and runs the loop; whoever holds the conversation (talk, replay, serve …) is a driver of a few callbacks.
 *
 *        stream ──octets──▶ dialogue ──events──▶ mask ──▶ faces
 *           ▲                                     └────▶ driver
 *           └──────────── session_send ◀───────────────────┘
 */
#ifndef PARLANCE_SESSION_SESSION_H
#define PARLANCE_SESSION_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/slice.h"
#include "net/stream.h"
#include "protocol/dialogue.h"
#include "session/mask.h"
#include "view/view.h"

struct event_base;
struct session;

/* Why a session is over. */
enum session_end {
	END_CLOSED,      /* in order: by us, or by the peer with nothing pending */
	END_LOST,        /* the peer went while a reply was pending, or with an error: exit 3 */
	END_TLS,         /* TLS was agreed on and cannot begin, or plaintext was injected before it: exit 4 */
	END_TIMEOUT      /* nothing came in time: exit 5 */
};

/* Called from the loop. Any may be NULL. */
struct session_driver {
	/* Our side may speak: at the start, and each time that what we said has been answered. For the server's side: a
	 * command waits for its reply. May be called more than once for the same turn. */
	void (*my_turn)(void *context, struct session *session);
	/* One event, unmasked, after the faces were told. */
	void (*event)(void *context, struct session *session, const struct dialogue_event *event);
	/* No reply for `timeout` seconds: return true to go on waiting (the driver has said "still waiting"), false to
	 * end the session with END_TIMEOUT. NULL: false. */
	bool (*late)(void *context, struct session *session, double seconds);
	/* TLS must begin now (dialogue_tls_pending). Return true where the driver has dealt with it (session_upgrade or
	 * session_play_tls was called); false or NULL: the session ends with END_TLS. */
	bool (*tls)(void *context, struct session *session);
	/* The session is over; nothing is called after it. `error` holds a status and the message that explains it, or
	 * none. The session may be freed here. */
	void (*closed)(void *context, struct session *session, enum session_end end, const struct error *error);
};

struct session_options {
	const struct protocol *protocol; /* NULL: recognised */
	enum side side;                  /* which side we speak */
	double timeout;                  /* seconds without anything from the peer while a reply is pending; 0: none */
	double max_time;                 /* seconds for the whole session; 0: none */
	double quiet;                    /* silence that ends a line protocol's reply, seconds; 0: 0.5 */
	struct masking masking;
};

/* Owns the stream from now on; nothing is called before the loop runs. Freed by session_free. */
struct session *session_new(struct event_base *base, struct stream *stream, const struct session_options *options,
                            const struct session_driver *driver, void *context);
/* Closes what is open, without a call of the driver, and frees; faces are closed. */
void session_free(struct session *session);

/* Faces are told in the order added; the session closes them. Adding one late is allowed: it is told from then on. */
void session_add_face(struct session *session, struct face *face);
/* Takes a face out again and closes it. */
void session_drop_face(struct session *session, struct face *face);
/* Tells all faces a line of our own. */
void session_remark(struct session *session, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Says octets as our side: they pass the dialogue (and so the faces) and go to the stream. */
void session_send(struct session *session, const char *p, size_t n);
/* Half-closes: we say no more, and wait for what the peer still says. */
void session_shut(struct session *session);
/* Hangs up now: the stage event is shown, then `closed` comes from the loop, with END_CLOSED. */
void session_hang_up(struct session *session);
/* Ends the session as if `end` had happened, with that error; `closed` comes from the loop. */
void session_fail(struct session *session, enum session_end end, enum status status, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/*
 * Swaps the stream under the running session, at a stage: the dialogue says `stage`. `upgrade` gets the old stream and
 * returns the new one (it owns the old one from then on), or NULL with a message: the session then ends with END_TLS.
 * Plaintext that was already waiting when TLS begins is shown, explained, never fed, and ends the session (END_TLS).
 */
typedef struct stream *session_upgrade_stream(void *context, struct stream *old, struct error *error);
bool session_upgrade(struct session *session, enum stage stage, session_upgrade_stream *upgrade, void *context);
/* TLS is only played: the dialogue goes on as after it, in the clear. */
void session_play_tls(struct session *session);

/* Pauses and resumes what comes from the peer. */
void session_pause(struct session *session);
void session_resume(struct session *session);

/* Calls my_turn from the loop if it is our turn: for a driver that had nothing to say when it was asked. */
void session_nudge(struct session *session);

const struct dialogue *session_dialogue(const struct session *session);
struct event_base *session_base(const struct session *session);
const char *session_peer(const struct session *session);
bool session_over(const struct session *session);
/* Seconds since it began. */
double session_seconds(const struct session *session);
/* Whether what the user types or a script says is shown masked; may change in mid-session. */
struct masking *session_masking(struct session *session);
void session_set_timeout(struct session *session, double seconds);

#endif
