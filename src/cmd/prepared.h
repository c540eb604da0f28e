/*
 * A transcript made ready to be played: rehearsed, checked, its files read, and where to go found. Shared by replay and
 * verify.
 */
#ifndef PARLANCE_CMD_PREPARED_H
#define PARLANCE_CMD_PREPARED_H

#include "cmd/cmd.h"
#include "play/player.h"
#include "play/self.h"

struct prepared {
	const struct options *options;
	const struct script *script; /* looked at */
	struct rehearsal *rehearsal;
	struct buffer *files; /* what it sends, by the line's index */
	struct where where;   /* where to; of `self` only the name */
	struct self *self;    /* NULL: elsewhere */
	struct tls_settings *tls;
};

/* Takes a TARGET off the end of a command's words: `host:port`, or `host port`. Returns how many words are transcripts;
 * `*to` is --to or that TARGET, or NULL, and `*service` its port where it was a word of its own. */
int take_target(const struct options *options, int argc, char **argv, const char **to, const char **service);

/* Rehearses and checks the script for its client's side, and reads what it sends. The caller frees in any case
 * (prepared_free). STATUS_USAGE with a message. */
enum status prepare(const struct options *options, const struct script *script, struct prepared *prepared,
                    struct error *error);
void prepared_free(struct prepared *prepared);

/* Finds where to go: `to` with `service`, or `self`, which is served from the loop of `base`. */
enum status prepare_place(struct prepared *prepared, struct event_base *base, const char *to, const char *service,
                          struct error *error);

/* What a player of it needs; what the command itself adds is left out. */
struct player_options prepared_player(const struct prepared *prepared);

/* A face for the session that writes it into a record. */
struct record;
struct face *prepared_record(const struct prepared *prepared, struct record *record);

#endif
