/*
 * The rooms of `parlance explain`: finding what the tables know of a word or of a copied line, printing it, and naming
 * what is near to what they do not know.
 */
#ifndef PARLANCE_CMD_EXPLAIN_H
#define PARLANCE_CMD_EXPLAIN_H

#include "base/buffer.h"
#include "protocol/knowledge.h"
#include "protocol/protocol.h"

/* ---- cmd/explain_find.c: what the tables know of a word ---- */

#define KIND(kind) (1U << (kind))
#define KINDS_ALL (~0U)

/* Where a word is looked for. */
struct scope {
	const struct protocol *only; /* NULL: all are asked */
	unsigned kinds;              /* in tables of these kinds: KIND(x), or-ed */
	enum table_kind needs_kind;  /* where `needs` is not empty: only protocols whose table of that kind ... */
	struct slice needs;          /* ... has this word */
	bool exact; /* the word stands in a line: of the forms of table_find_form, only FETCH's items */
};

/* What one table knows of a word. */
struct meaning {
	const struct protocol *protocol;
	const struct table *table;
	const struct entry *row;   /* NULL: the word is well-formed but not registered */
	const struct entry *known; /* the row, or the first of those that say what the digits say */
	char *word;                /* the row's, or for "5.7.1" and what is not registered the one asked for; owned */
};

/* All zero before the first is found. */
struct meanings {
	struct meaning *rows;
	size_t n;
};

/* Whether the protocol is one of those that are asked. */
bool scope_has(const struct scope *scope, const struct protocol *protocol);

/* Adds all that the tables know of a word; false where that is nothing. What only its digits say counts where no table
 * has a row for it. */
bool find_word(const struct scope *scope, struct slice word, struct meanings *meanings);

/* The same for a word as it is copied: in brackets or quotes, with a comma or colon behind it, "AUTH=PLAIN" (the
 * capability and the mechanism), "SIZE=1000", "utf-8". */
bool find_token(const struct scope *scope, struct slice word, struct meanings *meanings);

void meanings_free(struct meanings *meanings);

/* ---- cmd/explain_line.c: lines as copied from a session ---- */

/* Adds what is known of one argument: a word, several words that are all known, or a line of either side, of which the
 * words that people read are passed over. `only` may be NULL. False where nothing is known. */
bool find_argument(const struct protocol *only, struct slice text, struct meanings *meanings);

/* Whether the arguments, `joined` by spaces, are a line that nobody put into quotes: "a1 OK [READ-WRITE] done". */
bool is_bare_line(const struct protocol *only, struct slice joined);

/* ---- cmd/explain_print.c: what is said, and how it looks ---- */

struct page {
	bool json, bold;
	size_t columns;
	struct buffer out;
};

/* Says what was found: a section, or with --json an object, for each; what several protocols know in the same words is
 * said once. */
void page_findings(struct page *page, const struct meanings *meanings);

/* Says all that is known of a protocol, as words to ask for. */
void page_protocol(struct page *page, const struct protocol *protocol);

/* ---- cmd/explain_near.c: what is not known ---- */

/* Complains, and names the nearest words and the rows whose notes speak of it. */
void not_found(const struct protocol *only, struct slice text);

#endif
