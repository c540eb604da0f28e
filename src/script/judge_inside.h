/*
 * What a judge is made of. Known only to judge.c (its doors, and hearing), judge_which.c (which reply of the script it is
 * that came) and judge_verdict.c (judging).
 */
#ifndef PARLANCE_SCRIPT_JUDGE_INSIDE_H
#define PARLANCE_SCRIPT_JUDGE_INSIDE_H

#include "script/expected.h"
#include "script/judge.h"
#include "script/sequence.h"
#include "script/untagged.h"

/* What came of one reply of the script. */
struct heard {
	bool complete;
	enum class class;
	struct buffer code, text, note;
	struct buffer unlisted; /* an untagged response of it that the script does not list, and must; empty: none */
	bool mixed;             /* its lines do not all have the same code, and must */
	size_t kept, omitted;   /* lines that stand in `text`, and that do not */
	struct sequence *sequence;
	size_t extra;          /* complete replies behind it that the script does not have, and lines that are none */
	struct buffer extras;  /* their text, lines divided by LF */
	struct buffer problem; /* what the protocol says is wrong with the first of them */
	struct judgement judgement;
};

/* Why a line of the client's was not said: the server did not ask for it, or there is none in the session. */
enum unsaid { UNSAID_NOT, UNSAID_SKIPPED, UNSAID_ABSENT };

/* Which line of the script a command event is. */
struct command {
	uint64_t n;
	size_t line;
};

struct judge {
	const struct rehearsal *r;
	enum match_level level;
	struct variables *v;
	size_t block;             /* that replies belong to; r->nblocks past the last */
	struct untagged *data;    /* untagged data of the block; NULL: not IMAP */
	struct heard *heard;      /* of each reply of the script */
	size_t replies;           /* of the block that are complete */
	size_t lines;             /* since the last of them */
	struct heard coming;      /* the reply under way: it may turn out to be another than it seems */
	size_t current;           /* the one that it seems to be */
	struct buffer line;       /* that comes in pieces */
	struct command *commands; /* the latest, in a ring that grows up to OUTSTANDING_MAX */
	size_t ncommands, room;   /* told so far; that the ring holds */
	enum unsaid *unsaid;      /* of client's lines; NULL: all were said */
	bool ordered;             /* what answers what cannot be told any more from the script: order counts */
	bool differed, ended;
	size_t last;            /* the reply that came last; NO_LINE: none */
	size_t said;            /* lines of the script before this one were said, as far as they are the client's */
	struct buffer unlisted; /* an untagged response that the script does not list, of the reply under way */
	double said_at;         /* when the client spoke last, in seconds as events have them */
	size_t ready, given;    /* judgements that are out, and those that were given */
};

/* ---- judge.c ---- */

/* The replies of the block under way: from `*first` up to, not including, the index that is returned. */
size_t judge_block_replies(const struct judge *j, size_t *first);
/* Goes to the server's block `from`, or the next behind it. */
void judge_block_enter(struct judge *j, size_t from);
/* Whether every line is compared. */
bool judge_whole(const struct judge *j);
/* What compares the lines of a reply: made when it is needed; and let go. */
struct sequence *judge_sequence(struct judge *j, size_t i);
void judge_sequence_drop(struct judge *j, size_t i);
/* Frees what was kept of a reply, but for its judgement. */
void heard_forget(struct heard *heard);
/* The line of the script that a command event is; NO_LINE where that was not told. */
size_t judge_command_line(const struct judge *j, uint64_t n);

/* ---- judge_which.c ---- */

/* The first reply that has not come, of this block and those behind it, from `from` on; j->r->nreplies where none is. */
size_t judge_awaited(const struct judge *j, size_t from);
/* Whether what a reply answers was said. Where that cannot be told from the script, the first line that was to be said
 * before it counts. */
bool judge_was_asked(const struct judge *j, size_t reply);
/* Which reply of the script is completed by the event; j->r->nreplies where it has none for it. */
size_t judge_reply_of(const struct judge *j, const struct dialogue_event *event);

#endif
