/*
 * A check under way: what check.c and its watchers share. Known to check*.c alone.
 */
#ifndef PARLANCE_SCRIPT_CHECK_INSIDE_H
#define PARLANCE_SCRIPT_CHECK_INSIDE_H

#include "protocol/dialogue.h"
#include "script/check.h"
#include "script/rehearse.h"

struct checking {
	const struct rehearsal *r;
	struct dialogue *d; /* has been fed all up to the event that is looked at */
	size_t line;        /* of the script: what is being said */
	bool unseen; /* what the server announced is not known: the beginning is missing, or a variable stands there */
	bool open;   /* the line stands for other words than are seen: it has a variable, a mark, or is a direction */
	struct findings *found;
};

/* Adds a finding at a line of the script (NO_LINE: the header). `why` and `ref` may be NULL: none. The finding is the check's,
 * for a repair to be put into; it moves with the next one that is added. */
struct finding *checking_add(struct checking *c, size_t line, enum check_level level, const char *why, const char *ref,
                             const char *what, ...) __attribute__((format(printf, 6, 7)));

/*
 * Looks at every event of a conversation in turn, and at its end, for one kind of mistake that shows only over several
 * lines, or that is none to the protocol itself. A row of the table in check_watch.c. What the check makes up itself (where a
 * reply is missing, or the beginning) they do not see.
 */
struct watcher {
	const char *protocol; /* by name; NULL: all. LMTP is SMTP here */
	size_t room;          /* octets of its memory, zeroed at the beginning */
	void (*event)(struct checking *c, void *memory, const struct dialogue_event *event); /* NULL: none */
	void (*end)(struct checking *c, void *memory); /* frees what the memory owns; NULL: nothing */
};

/*
 * Why a problem that the dialogue names is one (`event.problem` may hold several, with "; " between: this is one of them),
 * and where that is defined. The words of a problem may end in a reference of their own, in parentheses.
 */
struct reason {
	const char *problem;  /* how its text begins; `*` in it stands for any words */
	const char *protocol; /* by name, where it is another's reason elsewhere; NULL: all */
	const char *why;      /* as struct finding's; NULL where the problem's own words say it */
	const char *ref;      /* as struct finding's; NULL: the event's own, or that in the problem's words */
};

/* The row of the table that knows best; NULL where there is none. LMTP's are SMTP's. */
const struct reason *reason_of(const struct protocol *protocol, struct slice problem);

/* The table: by `problem`, and then by `protocol`, a row for all protocols first. */
extern const struct reason check_reasons[];
extern const size_t check_reasons_n;

#endif
