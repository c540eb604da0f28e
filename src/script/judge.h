/*
 * A judge holds the replies that come against those that a script expects (FORMATS section 3). It is told what was said and
 * heard, and gives a judgement for each reply of the script. No I/O and no clock: it serves a live conversation (the
 * speaker's) as well as a recorded one.
 *
 * Replies are judged a block at a time: what the script's server says between two lines of its client. A judgement is out
 * when the client's next line is said, since one reply too many may still come before that.
 */
#ifndef PARLANCE_SCRIPT_JUDGE_H
#define PARLANCE_SCRIPT_JUDGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "protocol/dialogue.h"
#include "script/rehearse.h"

struct judge;

enum verdict { VERDICT_OK, VERDICT_DIFFERS, VERDICT_SKIPPED };

/* How closely replies are compared. */
enum match_level { LEVEL_STATUS, LEVEL_CLASS, LEVEL_TEXT };

/* The level of that name ("status", "class", "text"); LEVEL_STATUS where it is NULL or none of them. */
enum match_level match_level_named(const char *name);

/* What came of one reply of the script. Buffers are the caller's to free (judgement_free). */
struct judgement {
	enum verdict verdict;
	size_t line;                      /* of the script: the reply's first */
	size_t answers;                   /* the client's line that it answers, or NO_LINE */
	double seconds;                   /* from what the client said before it to its end; 0: not known */
	struct buffer expected, received; /* where it differs: lines divided by LF, without their side */
	struct buffer note;               /* where it differs: what that means; where it was skipped: why */
};

void judgement_free(struct judgement *judgement);

/* For one conversation. `v` are the variables of whoever speaks, which captures go into; both outlive the judge. */
struct judge *judge_new(const struct rehearsal *r, enum match_level level, struct variables *v);
/* NULL is allowed. */
void judge_free(struct judge *j);

/* The client says that line of the script now: judgements of what came before are out. No reply can answer what was not said
 * yet. */
void judge_said(struct judge *j, size_t line);
/* The client's command event `n` is what that line says. A judge that is not told goes by the order of the replies. */
void judge_command(struct judge *j, uint64_t n, size_t line);
/* The client did not say that line, which the server did not ask for: replies to it are not expected either. */
void judge_skipped(struct judge *j, size_t line);
/* The client did not say that line, though it should have (recorded.h): replies to it differ. */
void judge_absent(struct judge *j, size_t line);

/* An event; those of the client's are told for their time alone. */
void judge_heard(struct judge *j, const struct dialogue_event *event);
/* Octets came behind a complete reply that are neither of it nor a line, which is a `problem`: the reply differs. */
void judge_extra(struct judge *j, struct slice octets, struct slice problem);
/* A complete reply, or the lines since the last one, that the script need not have are let pass (100, `+`). */
void judge_passed(struct judge *j);

/* The class of the script's reply that an event, which completes one, would be held against; CLASS_NONE: there is none, or
 * the script leaves it open. */
enum class judge_expected_class(const struct judge *j, const struct dialogue_event *event);

/* The block that replies belong to now, an index in the rehearsal; its number of blocks past the last. */
size_t judge_block(const struct judge *j);
/* How many replies of it are complete, those that the script does not have included; lines since the last. */
size_t judge_replies(const struct judge *j);
size_t judge_lines(const struct judge *j);
/* Whether something of the block has not come that answers nothing: its coming cannot be told from whose turn it is. */
bool judge_awaits_unasked(const struct judge *j);
/* Goes on to the next block: what has not come of this one is missing. */
void judge_leave(struct judge *j);

/* Whether the first reply that is still expected at the end differs, or was skipped like those behind it. */
enum blame {
	BLAME_NONE,  /* none does: what ended it is no fault of the server's */
	BLAME_FIRST, /* it does */
	BLAME_ONCE   /* it does, unless one has differed before: who says 421 and hangs up has told why */
};

/* The conversation is over, or judged no further. `why` (a sentence that begins in lower case) is what is said of what has
 * not come. */
void judge_end(struct judge *j, const char *why, enum blame blame);

/* Whether any reply has differed so far. */
bool judge_differed(const struct judge *j);

/* The next judgement that is out, in the script's order: false where there is none. */
bool judge_next(struct judge *j, struct judgement *judgement);

#endif
