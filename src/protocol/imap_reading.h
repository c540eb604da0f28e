/*
 * What stands in a line of IMAP, read for a person: the arguments of a command, or a server's data. imap_arguments.c
 * tells of commands (imap_messages.c of those for messages, imap_search.c of searches), imap_data.c of data
 * (imap_fetched.c of messages, imap_mailboxes.c of mailboxes), imap_codes.c of response codes.
 *
 * A line that literals interrupt is read again from its front at each, and only what is new is told.
 */
#ifndef PARLANCE_PROTOCOL_IMAP_READING_H
#define PARLANCE_PROTOCOL_IMAP_READING_H

#include "protocol/imap_machine.h"
#include "protocol/imap_words.h"

struct imap_reading {
	struct dialogue *d;
	struct imap *s;
	struct dialogue_event *event;
	const struct imap_tree *tree;
	size_t from, upto; /* nodes of these indexes are to be told of */
	bool ended;        /* the line is complete */
	struct telling telling;
	struct buffer words; /* of the phrase under way */
	unsigned faults;     /* that were found */
	/* Of a command. */
	const struct entry *row;
	bool uid; /* its sets hold UIDs */
	/* Of a server's data. */
	const struct imap_response *response;
	const struct outstanding *owner; /* the command that they belong to, or NULL */
	bool brief;                      /* a line of this kind was explained before: what its words mean is known */
};

/* Whether the node at that index is to be told of now. */
bool reading_fresh(const struct imap_reading *r, size_t at);

/* The node at that index, or NULL; `inside`: only up to the end of that list. */
const struct imap_node *reading_node(const struct imap_reading *r, size_t at);
const struct imap_node *reading_inside(const struct imap_reading *r, size_t list, size_t at);

bool node_is_list(const struct imap_node *node);

/* The index of the argument with that number, from 0; the tree's length where there is none. */
size_t reading_argument(const struct imap_reading *r, size_t number);

/* Tells the phrase that stands in `words`, behind `before`. */
void reading_say(struct imap_reading *r, const char *before);

/* Whether nobody would register the word: it begins with X, and so is a program's own (RFC 3501 section 6.5.1). */
bool word_is_private(struct slice word);

/* Whether it is made as the words of the registries are: letters, and behind the first digits, `.` and `-` too. */
bool word_is_plain(struct slice word);

/* Says what is wrong, with the reference; of one line only so many faults. */
void reading_wrong(struct imap_reading *r, const char *ref, const char *what);
/* The same of a word, which stands in quotes between `before` and `after`. */
void reading_wrong_word(struct imap_reading *r, const char *before, struct slice word, const char *after,
                        const char *ref);
/* The same of a word that no row knows: names the nearest that one does. `ref`: where such words are defined. */
void reading_unknown(struct imap_reading *r, const char *before, struct slice word, enum table_kind kind,
                     const char *ref);

/* Tells of the mailbox name at that index. */
void reading_mailbox(struct imap_reading *r, size_t at, const char *before);
/* Tells of the sequence set at that index. */
void reading_set(struct imap_reading *r, size_t at);
/* Tells of names and their values, which stand in the list in turn. */
void reading_pairs(struct imap_reading *r, size_t list);
/* Tells the words of a list, or of all arguments from `at` on, with their rows' gist where they are few. */
void reading_words(struct imap_reading *r, size_t at, const char *before, enum table_kind kind);

/* Message numbers stand in the command: says what is wrong where an EXPUNGE may change them before it is carried out
 * (RFC 9051 section 5.5). */
void reading_numbers(struct imap_reading *r);

/* ---- SEARCH, SORT and THREAD (imap_search.c) ---- */

void reading_search(struct imap_reading *r);
void reading_sort(struct imap_reading *r);

/* ---- FETCH, STORE and COPY (imap_messages.c) ---- */

void reading_fetch(struct imap_reading *r);
void reading_store(struct imap_reading *r);
void reading_copy(struct imap_reading *r);

/* ---- FETCH data (imap_fetched.c) ---- */

void reading_fetched(struct imap_reading *r);

/* ---- data of mailboxes (imap_mailboxes.c) ---- */

void reading_flags(struct imap_reading *r);
void reading_list(struct imap_reading *r); /* LIST, LSUB, XLIST */
void reading_status(struct imap_reading *r);
/* Says so where no registry knows the item, asked for or told. */
void reading_status_item(struct imap_reading *r, const struct imap_node *item);
void reading_namespace(struct imap_reading *r);
void reading_quota(struct imap_reading *r);
void reading_quotaroot(struct imap_reading *r);
void reading_acl(struct imap_reading *r);
void reading_myrights(struct imap_reading *r);
void reading_metadata(struct imap_reading *r);

/* ---- whole lines ---- */

/* Says what the client's arguments mean, as far as they have come and were not yet told; `ended`: the command is
 * complete, and what is missing is missing. */
void imap_arguments(struct dialogue *d, struct imap *s, const struct entry *row, bool ended,
                    struct dialogue_event *event);

/* Says what untagged data mean, as far as they have come and were not yet told. `owner` is the command that they
 * belong to, or NULL. */
void imap_data(struct dialogue *d, struct imap *s, const struct imap_response *response,
               const struct outstanding *owner, bool ended, struct dialogue_event *event);

/* Says what a response code means. */
void imap_response_code(struct dialogue *d, const struct imap_response *response, struct dialogue_event *event);

#endif
