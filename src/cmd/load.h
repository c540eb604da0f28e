/*
 * What verify's runs under load are made of. Known only to load.c, which begins and ends the sessions, and load_tell.c,
 * which says what came of them.
 */
#ifndef PARLANCE_CMD_LOAD_H
#define PARLANCE_CMD_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "cmd/kinds.h"
#include "cmd/measure.h"
#include "cmd/verify.h"

struct event;
struct load;

/* One transcript. */
struct item {
	struct load *load;
	const struct verified *verified;
	struct prepared prepared;
	struct player_options player;
	uint64_t wanted; /* sessions that are to be */
	uint64_t started, done, failed;
	double began, ended; /* its first session, and its last so far */
	struct kinds kinds;
	struct error error; /* why it cannot be run at all */
	char *address;      /* that its server was reached at; NULL: it was not, or has none */
	bool finding;       /* its first session has not reached the server yet */
	bool lost;          /* and did not: no other is begun */
};

/* All of them. */
struct load {
	struct verifying *verifying;
	struct item *items;
	size_t nitems;
	size_t told; /* items that the report knows */
	struct run *runs;
	uint64_t jobs;       /* sessions at once, at most */
	uint64_t open, peak; /* under way now; and at most so far */
	uint64_t started, done, failed, wanted;
	uint64_t cut; /* sessions that were under way when it was interrupted */
	double began, ended;
	double paced_from; /* when the first session was due, of those that --rate says when */
	bool held;         /* a session that was due waited, since so many were open already */
	bool stopping;     /* no other session is begun (--bail) */
	uint64_t late;     /* sessions that began later than --rate says, and how much */
	struct histogram lateness;
	struct measure measure;
	struct event *pace, *tick;
	bool progress; /* is told, on a terminal */
	bool shown;    /* its row stands there */
};

/* A session that begins so many seconds after it was due has begun late. */
#define LOAD_LATE 0.010

/* Whether none of its sessions will begin any more, and none is under way. */
bool item_over(const struct item *item);

/* Shows how far it is, in one row of the terminal; and takes that row away. */
void progress_show(struct load *load);
void progress_hide(struct load *load);

/* Tells the report those transcripts that are over, in the order of the arguments; at the end all. */
void load_tell_items(struct load *load, bool end);
/* Tells what was measured. */
void load_tell_measured(struct load *load);

#endif
