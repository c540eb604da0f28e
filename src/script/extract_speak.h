/*
 * Items on their way into the talk: what extract_speak.c, extract_enter.c, extract_plain.c, extract_fold.c and extract_count.c
 * share. Known to them alone.
 */
#ifndef PARLANCE_SCRIPT_EXTRACT_SPEAK_H
#define PARLANCE_SCRIPT_EXTRACT_SPEAK_H

#include "script/extract_inside.h"

struct speaking {
	struct talk *t;
	struct items *items;
	const struct judged *judged;
	struct titles *titles;
	size_t i; /* the item under way */
	/* The command or reply that may go on in the next line. */
	bool waits;
	struct buffer line;
	bool glossed;       /* lines have such */
	struct slice gloss; /* what an author has written behind it; of the passage's */
	/* The column that the last such begins at, and the index of its held line. */
	size_t gloss_column, gloss_index;
	/* The line before: its side, where its prefix and its text begin. */
	enum side side;
	unsigned number;
	size_t indent, column;
	size_t index;   /* of the held line */
	size_t end;     /* the column that the document's line before ends at */
	unsigned block; /* it stands in */
	bool own;       /* it had no prefix, and was payload */
	bool logged;    /* a log's words stood before its prefix */
	size_t strip;   /* columns that payload without prefixes has before its text */
	unsigned empty; /* empty lines since */
	bool behind;    /* no prefix comes any more: what is no part of the talk is not this passage's */
};

/* The `i`th item; NULL past the last. */
const struct item *speak_item(const struct speaking *s, size_t i);
/* Says the line that waits. */
void speak_flush(struct speaking *s);
/* Says a line; one that may go on in the next waits for it. */
void speak_line(struct speaking *s, enum side side, struct slice text, unsigned number);

/* Whether the talk under way is of that protocol. */
bool speak_is(const struct talk *t, const char *protocol);
/* Whether what `side` says now is payload: message text, a literal, a header, a body, a list. */
bool speak_payload(const struct talk *t, enum side side);
/* Whether payload may stand here of that side, though it be left out. */
bool speak_takes_payload(const struct talk *t, enum side side);

/* A remark in brackets that may be folded, from the item under way on: all of it, and how many items it takes. */
size_t speak_unfold(const struct speaking *s, const struct item *item, struct buffer *all);

/* ---- where somebody begins to speak (extract_enter.c) ---- */

/* What the text tells of the connection, and does no more. */
enum connection_words speak_stage(struct slice text);
/* Whether the run that begins with the item is spoken: in the talk under way, or one of its own, which is begun. */
bool speak_enter(struct speaking *s, const struct item *item);

/* ---- lines without a prefix (extract_plain.c) ---- */

/* The item that no prefix marks; false where it does not belong to the conversation. */
bool plain_read(struct speaking *s, const struct item *item);
/* A line that is nobody's. */
void plain_between(struct speaking *s, const struct item *item);

/* ---- lines that the page has folded (extract_fold.c) ---- */

/* Whether the line before is too long for the item's first word to stand on it. */
bool fold_full(const struct speaking *s, const struct item *item);
/* Whether the line without prefix goes on with the one that waits. */
bool fold_wraps(const struct speaking *s, const struct item *item);
/* Puts it behind the one that waits. */
void fold_join(struct speaking *s, const struct item *item);

/* ---- counts (extract_count.c) ---- */

/* The dialogue is told how long a counted text is as it is printed in the items from the `next`th on. */
void count_settle(struct speaking *s, size_t next);

#endif
