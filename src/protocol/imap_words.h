/*
 * Words for what stands in IMAP's lines: sets, flags, items, dates, names; and notes made of many phrases, bounded.
 */
#ifndef PARLANCE_PROTOCOL_IMAP_WORDS_H
#define PARLANCE_PROTOCOL_IMAP_WORDS_H

#include "base/buffer.h"
#include "protocol/imap_syntax.h"
#include "protocol/knowledge.h"
#include "protocol/machine.h"

/* So many octets of a peer's word are shown in a note. */
#define WORD_SHOWN 40

/* So many things of one line are explained each; of more, only the words are told. */
#define FEW 2

/* A note under way: phrases, as many as fit. All zero at first. */
struct telling {
	struct buffer text;
	size_t left; /* phrases that did not fit */
};

/* Adds a phrase, parted from the one before by a semicolon, or where that ends in a colon, by a space. */
void tell(struct telling *telling, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds a phrase made of both, in a capital where `before` begins the sentence; `words` is empty after. */
void tell_words(struct telling *telling, const char *before, struct buffer *words);

/* Adds the phrases to the event's note as one sentence, and frees them. */
void telling_end(struct telling *telling, struct dialogue *d, struct dialogue_event *event);

/* Each appends to `out`. */
void gist_shown(struct buffer *out, const struct entry *row);         /* in parentheses; of NULL nothing */
void word_shown(struct buffer *out, struct slice word);               /* safe and short */
void string_shown(struct buffer *out, const struct imap_node *node);  /* in quotes; `nothing` for NIL */
void mailbox_shown(struct buffer *out, const struct imap_node *node); /* and what modified UTF-7 says */
void set_shown(struct buffer *out, struct slice set, bool uid);       /* "messages 2 to 4" */
void flag_shown(struct buffer *out, struct slice flag, bool gist);    /* with the gist of it */
void item_shown(struct buffer *out, struct slice item, bool gist);    /* with what a FETCH item asks for */
void date_shown(struct buffer *out, const struct imap_date *date);

/* How many things stand in the list, those inside them not counted. */
size_t list_count(const struct imap_tree *tree, size_t list);

/* Whether the node is what the word before it takes: a list, or numbers (`CHANGEDSINCE 12`, `PARTIAL -1:-100`). */
bool node_is_operand(const struct imap_node *node);

/* A list's flags, and its words as they are; explained where they are few. */
void flags_shown(struct buffer *out, const struct imap_tree *tree, size_t list, bool gist);
void words_shown(struct buffer *out, const struct imap_tree *tree, size_t list);

/* What flags a list holds: "5 of the system and 2 keywords ($Junk, Work)". */
void flags_counted(struct buffer *out, const struct imap_tree *tree, size_t list);

/* Adds what a list of capabilities says: versions, TLS, ways to log in, and the rest counted. */
void capabilities_told(struct telling *telling, struct slice words);

#endif
