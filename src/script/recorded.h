/*
 * A recorded session held against a script, offline: the same comparison as of a live one (judge.h). Its commands are
 * found again in the script by their verbs, in the script's order; those that the script does not have are passed over with
 * their replies, since whoever types by hand mistypes.
 */
#ifndef PARLANCE_SCRIPT_RECORDED_H
#define PARLANCE_SCRIPT_RECORDED_H

#include "script/judge.h"

struct recorded_events {
	/* Judgements may be out (judge_next). */
	void (*judged)(void *context, struct judge *judge);
	/* A command of the session, at that line of its file, that the script does not have. */
	void (*passed_over)(void *context, unsigned line, struct slice command);
	void *context;
};

/* Compares `session` with what was rehearsed; `given` are the variables of --set. Both scripts are looked at. */
void recorded_compare(const struct rehearsal *r, const struct script *session, enum match_level level,
                      const struct variables *given, const struct recorded_events *events);

#endif
