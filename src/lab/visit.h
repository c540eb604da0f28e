/*
 * A visit: one client's session with a practice server, and what every server does with it. A server is a row of
 * `servers` and a conduct: a few callbacks that hear whole lines and say replies. Reading, TLS, masking, showing and closing
 * are the session's; recognising what a line is, is the dialogue's.
 *
 *        session ──events──▶ visit ──lines, payload──▶ conduct (smtp.c pop3.c imap.c http.c ftp.c echo.c)
 *           ▲                                             │            ▲
 *           └───────────── visit_say, visit_send ─────────┘            └── the store: users, mailboxes, files
 */
#ifndef PARLANCE_LAB_VISIT_H
#define PARLANCE_LAB_VISIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "store/store.h"
#include "net/tls.h"
#include "protocol/dialogue.h"

struct event_base;
struct session;
struct visit;

/* ---- what a server is ---- */

/* One line of the client's, joined from its pieces. */
struct visit_line {
	struct slice text;                  /* without its line end; good until the call returns */
	const struct dialogue_event *event; /* its last piece: tag, verb and so on as the dialogue has read them */
	bool too_long;                      /* it had more than the conduct's `longest` octets: `text` is its front */
	bool ended_by_lf;                   /* by a bare LF */
};

/* How a server speaks. All but `begin`, `command` and `end` may be NULL. Replies may be said in each of them; they go out
 * in order. `state` is what `begin` made. */
struct conduct {
	size_t longest; /* octets of a command line that are kept; 0: 16,384 */
	bool pieces;    /* lines are not joined: each piece of a longer one is told as it comes */
	/* A client has come; nothing can be said yet. */
	void *(*begin)(struct visit *visit);
	/* It may be greeted: under TLS from the first octet, after the handshake. Not called where the client speaks first. */
	void (*greet)(void *state);
	/* A command line, or (IMAP) the rest of one behind a literal; and what the dialogue can see no role for. */
	void (*command)(void *state, const struct visit_line *line);
	/* A line, or a piece of it, of the client's payload, as the dialogue tells it (EVENT_DATA): message text with its dots
	 * still stuffed, a SASL answer, a header field, octets by count. Pieces are not joined. */
	void (*data)(void *state, const struct dialogue_event *event);
	/* TLS has begun by an upgrade: what was said before is forgotten. */
	void (*secured)(void *state);
	/* Called again and again while the visit is busy (visit_busy), whenever little of what was said waits to be written:
	 * says the next piece of a long reply. */
	void (*more)(void *state);
	/* The client will say no more (half-closed). The visit hangs up after it where the conduct does nothing (NULL). */
	void (*left)(void *state);
	/* The session is over, in whatever way: frees `state`. Nothing can be said any more. */
	void (*end)(void *state);
	/* The lab closes: what the protocol says before it hangs up ("421 …\r\n"); NULL: nothing. */
	const char *farewell;
};

/* One of the lab's servers: where it is, and how it speaks. The same conduct may stand in several. */
struct server {
	const char *name;     /* "smtp", "submission", "imaps": the word of --only, --port and `lab:` */
	const char *protocol; /* of the registry */
	unsigned port;        /* its usual one here */
	bool tls;             /* from the first octet */
	const struct conduct *conduct;
};

/* All servers, ended by a NULL name. */
extern const struct server servers[];
/* The row of that name, no regard to case; "echo" is "tcp". NULL where there is none. */
const struct server *server_named(struct slice name);

extern const struct conduct smtp_conduct, pop3_conduct, imap_conduct, http_conduct, ftp_conduct, echo_conduct;

/* ---- the client ---- */

const struct server *visit_server(const struct visit *visit);
/* The store that this client sees; lives longer than the visit. */
struct store *visit_store(const struct visit *visit);
struct session *visit_session(const struct visit *visit);
const struct dialogue *visit_dialogue(const struct visit *visit);
struct event_base *visit_loop(const struct visit *visit);
/* Whether TLS has begun; and what a data connection begins it with. */
bool visit_secure(const struct visit *visit);
struct tls_settings *visit_tls(const struct visit *visit);
/* The client's address and ours, without ports: "127.0.0.1", "::1". */
const char *visit_peer_host(const struct visit *visit);
const char *visit_local_host(const struct visit *visit);
/* Unpredictable and different for each visit: for APOP's timestamp, CRAM-MD5 and message ids. */
const char *visit_id(const struct visit *visit);

/* ---- saying ---- */

/* Says what printf would print, and CRLF. What stands in it from the client must be clean: visit_clean. */
void visit_say(struct visit *visit, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Says octets as they are. */
void visit_send(struct visit *visit, struct slice octets);
/* Appends text of the client's so that a reply can hold it: controls and octets above 127 as `?`, cut at 200 octets. */
void visit_clean(struct buffer *out, struct slice text);
/* Hangs up when all has been said. */
void visit_hang_up(struct visit *visit);
/* A remark for whoever watches the lab; the client does not see it. */
void visit_remark(struct visit *visit, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Long replies are said in pieces: while the visit is busy nothing is heard of the client, and `more` is called. A reply
 * that has more than some 32 KiB is said so, whatever it is: what is kept for a client has a bound. Over when it is told
 * that it is no longer busy, from inside `more`, with the last piece said. */
void visit_busy(struct visit *visit, bool busy);

/* ---- teaching (--teach) ---- */

bool visit_teaches(const struct visit *visit);
/* Appends " (…)" to an error reply's text where the lab teaches, else nothing: what stands in the way of the command `verb`
 * here (dialogue_allows), or what its form is (the table's syntax), or which command is nearest to one that is unknown. */
enum hint { HINT_UNKNOWN, HINT_SYNTAX, HINT_NOT_NOW };
void visit_hint(const struct visit *visit, enum hint hint, struct slice verb, struct buffer *out);
/* Appends " (words)" where the lab teaches. */
void visit_teach(const struct visit *visit, const char *words, struct buffer *out);

#endif
