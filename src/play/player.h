/*
 * A player speaks the client's side of a script to one server: it connects, says what the script says when it is its turn,
 * waits for the replies, and ends. Replay, verify and lessons tell it what to show and when to wait.
 */
#ifndef PARLANCE_PLAY_PLAYER_H
#define PARLANCE_PLAY_PLAYER_H

#include <stdbool.h>
#include <stddef.h>

#include "net/connect.h"
#include "script/speak.h"
#include "session/session.h"

struct event_base;
struct player;

struct player_options {
	const struct rehearsal *rehearsal; /* outlives the player, as do the variables and files */
	const struct variables *variables;
	/* What each `<client sends file …>` sends, by the line's index; NULL: there are none. */
	const struct buffer *files;
	enum match_level level;
	struct connect_options connect; /* where to; its strings outlive the player */
	struct session_options session; /* protocol and timeout are the player's to fill in; host, where it is NULL */
	double timeout;                 /* seconds for a reply; 0: none, and `late` is asked */
	double delay;                   /* seconds before each line but the first */
	/* Seconds that pass before the client goes on, so that a reply too many is seen where it belongs; 0: none. */
	double settle;
	bool verifying; /* what the script expects without asking is waited for until the timeout */
	bool bail;      /* the first reply that differs ends it */
};

/* How it went. The strings live until the call returns. */
struct player_end {
	enum status status;
	const char *message; /* what is to be said about it, or NULL */
	bool reached;        /* there was a connection */
	size_t undone; /* the line of the script that was next when the server hung up, or did not; NO_LINE: none was left */
};

/* Any may be NULL. */
struct player_events {
	/* A step of reaching the server, and what parlance has to say about the script or the session. */
	void (*remark)(void *context, struct slice text);
	/* A comment, or a stage direction that is no event, of the script. */
	void (*comment)(void *context, struct slice text);
	void (*direction)(void *context, struct slice text);
	/* The session is there: faces may be added. */
	void (*connected)(void *context, struct session *session);
	void (*event)(void *context, const struct dialogue_event *event);
	/* Octets are about to be said. True: not yet, until player_go is called. */
	bool (*hold)(void *context, const struct speak_step *step);
	/* They wait for as long as `delay` says. */
	void (*delayed)(void *context, const struct speak_step *step);
	/* No reply for so many seconds, where there is no timeout. */
	void (*late)(void *context, double seconds);
	/* It is over; the player may be freed in here. All judgements are out. */
	void (*over)(void *context, const struct player_end *end);
};

/* Begins; everything happens in the loop of `base`. The player is the caller's (player_free). */
struct player *player_start(struct event_base *base, const struct player_options *options,
                            const struct player_events *events, void *context);
/* Ends it without a word, if it is not over. NULL is allowed. */
void player_free(struct player *player);

/* Says what was held. */
void player_go(struct player *player);

/* Its judge, for judgements that are out (judge_next). */
struct judge *player_judge(struct player *player);

#endif
