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

#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"
#include "net/stream.h"
#include "net/tls.h"
#include "protocol/dialogue.h"
#include "session/mask.h"
#include "view/view.h"

struct event_base;
struct session;

/* Why a session is over. */
enum session_end {
	END_CLOSED, /* in order: by us, or by the peer with nothing pending. A server that has said goodbye and does not
	                  * hang up within 5 seconds is hung up on */
	END_LOST,   /* the peer went while a reply was pending, or with an error: exit 3 */
	END_TLS,    /* TLS was agreed on and cannot begin, or plaintext was injected before it: exit 4 */
	END_TIMEOUT /* nothing came in time: exit 5 */
};

/* Called from the loop; `event` also from inside session_send, session_shut and session_hang_up, for what we say and do
 * ourselves. Any may be NULL. Each may call anything of this header; session_free too. */
struct session_driver {
	/* Our side may speak: at the start, and each time that what we said has been answered. For the server's side: a
	 * command waits for its reply; it is asked after each command, before the next is read. May be called more than once
	 * for the same turn: as long as it says something and it still is our turn, it is asked again from the loop; where it
	 * says nothing, when something has happened, or by session_nudge. It is not asked while more than 64 KiB wait to be
	 * written: so who has much to say says some of it each time. */
	void (*my_turn)(void *context, struct session *session);
	/* One event, unmasked, after the faces were told. What is said in here goes out when all that has come was told. */
	void (*event)(void *context, struct session *session, const struct dialogue_event *event);
	/* No reply for `timeout` seconds: return true to go on waiting (the driver has said "still waiting"), false to
	 * end the session with END_TIMEOUT. NULL: false. */
	bool (*late)(void *context, struct session *session, double seconds);
	/* The session is over; nothing is called after it. `error` holds a status and the message that explains it, or
	 * none. The session may be freed here. */
	void (*closed)(void *context, struct session *session, enum session_end end, const struct error *error);
};

struct session_options {
	const struct protocol *protocol; /* NULL: recognised */
	enum side side;                  /* which side we speak */
	double timeout;                  /* seconds without an event of the peer's while it must speak, read or close;
	                                  * a line that drips in octet by octet does not count; 0: none */
	double max_time;                 /* seconds for the whole session; 0: none */
	double quiet; /* silence that ends a line protocol's reply, seconds; 0: 0.5. Where nothing has
	                                  * come at all, four times that */
	struct masking masking;
	/* What TLS begins with, when the two agree on it or session_begin_tls is called; NULL: it cannot, and the session
	 * then ends with END_TLS. It outlives the session. */
	struct tls_settings *tls;
	const char *
		host; /* copied; that was connected to: whom the certificate must name; NULL: a unix socket, or a client's end */
	bool tls_implicit; /* from the first octet */
	bool injects; /* what session_send is given in one piece with our reply that begins TLS goes out with it, in the clear:
	               * a script may play the attacker (RFC 9051 6.2.1) */
	bool starttls; /* the first that is said is what upgrades (protocol/upgrade.h): the driver is asked when that is
	                    * done, and the session ends with END_TLS where it cannot be */
	double handshake;  /* seconds that it may take; 0: 10 */
	bool certificates; /* the chain is told in full (--showcerts) */
	bool verbose;      /* so are OpenSSL's words about a failure (-v) */
	bool follow_data;  /* FTP's data connections go where the server says, to other hosts, too */
};

/* Owns the stream from now on; nothing is called before the loop runs. Freed by session_free. */
struct session *session_new(struct event_base *base, struct stream *stream, const struct session_options *options,
                            const struct session_driver *driver, void *context);
/* Closes what is open, without a call of the driver, and frees; faces are closed. NULL is allowed. */
void session_free(struct session *session);

/* Faces are told in the order added; the session closes them. Adding one late is allowed: it is told from then on. */
void session_add_face(struct session *session, struct face *face);
/* Takes a face out again and closes it. */
void session_drop_face(struct session *session, struct face *face);
/* Tells all faces a line of our own. */
void session_remark(struct session *session, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What goes over FTP's data connection (session/ftp_data.h) is told to the faces only. A piece of it: dialogue_aside. And,
 * at its end or where the telling of it is broken off, the stage direction that stands for so many octets; those that were
 * not shown are an event of their own, beside it. Nothing while events are being told, or TLS begins. */
void session_aside(struct session *session, enum side side, struct slice text, struct slice line_end, bool first);
void session_aside_end(struct session *session, enum side side, uint64_t octets, uint64_t unshown);

/* Says octets as our side: they pass the dialogue (and so the faces) and go to the stream, at once, or, from inside the
 * driver's `event` and before the loop runs, after it. Over UDP each call is one datagram. Nothing is refused: what the
 * stream cannot take yet is queued without bound (see my_turn, session_waiting). Between the reply that begins TLS and
 * the handshake's end it waits; after the close it is dropped. */
void session_send(struct session *session, const char *p, size_t n);
/* The next line with a count that is said has this problem, beside what the protocol finds (dialogue_blame). */
void session_blame(struct session *session, struct slice problem);
/* Octets that were said and not yet handed to the system. */
size_t session_waiting(const struct session *session);
/* Whether writing has failed: what is said reaches nobody any more. Who has much to say stops then; that the peer went is told
 * when it is read. */
bool session_broken(const struct session *session);
/* Half-closes: we say no more, and wait for what the peer still says. */
void session_shut(struct session *session);
/* Hangs up now: the stage event is shown, then `closed` comes from the loop, with END_CLOSED, when what was said has been
 * written (or 5 seconds later). */
void session_hang_up(struct session *session);
/* Ends the session as if `end` had happened, with that error; `closed` comes from the loop. The first end counts. */
void session_fail(struct session *session, enum session_end end, enum status status, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Begins TLS on this connection, whatever was agreed on: the handshake, then the stage event with its story, or the end of
 * the session (END_TLS). Where the dialogue sees it agreed on, the session does it by itself. In the clear, what is said
 * meanwhile waits. Plaintext that the peer sends too early is shown, explained, never read, and ends the session. */
void session_begin_tls(struct session *session);
/* Whether the handshake is under way. */
bool session_shaking(const struct session *session);
/* Upgrades as the protocol does (STARTTLS, STLS, AUTH TLS), from wherever the conversation stands: what must be said is
 * said, and the driver is not asked meanwhile. Where the server does not, a remark says why, and the session goes on. */
void session_starttls(struct session *session);
/* Whether that is under way: what is said then is not the driver's. */
bool session_upgrading(const struct session *session);
/* What the last handshake showed, also where it failed; NULL: there was none. Lives as long as the session. */
const struct tls_facts *session_tls_facts(const struct session *session);

/* Pauses and resumes what comes from the peer: no event of it comes while paused, nor is its close told, nor does a
 * timeout run. */
void session_pause(struct session *session);
void session_resume(struct session *session);

/* Calls my_turn from the loop if it is our turn: for a driver that had nothing to say when it was asked. */
void session_nudge(struct session *session);

const struct dialogue *session_dialogue(const struct session *session);
/* Whose turn it is: like dialogue_turn, but where the protocol is not known yet it is the server's until it has greeted,
 * or has been silent for two seconds. */
enum side session_turn(const struct session *session);
const char *session_peer(const struct session *session);
/* Our own address, likewise: "127.0.0.1:21". */
const char *session_here(const struct session *session);
/* Whether the peer is on this machine: what goes there in the clear passes no wire. */
bool session_local(const struct session *session);
bool session_over(const struct session *session);
/* Seconds since it began. */
double session_seconds(const struct session *session);
/* Whether what the user types or a script says is shown masked; may change in mid-session. */
struct masking *session_masking(struct session *session);
void session_set_timeout(struct session *session, double seconds);

#endif
