/*
 * What is known about a protocol, as data: commands, codes and keywords with their note, phase and reference.
 *
 * A table is sorted by `word` (ASCII, no regard to case), so that a word is found by binary search; a test holds it
 * to that. Correcting a note touches one line.
 */
#ifndef PARLANCE_PROTOCOL_KNOWLEDGE_H
#define PARLANCE_PROTOCOL_KNOWLEDGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

/* What a command, and the reply to it, is for; the same words in every protocol, so that they can be compared. */
enum phase {
	PHASE_NONE,
	PHASE_GREET,
	PHASE_IDENTIFY,
	PHASE_ENCRYPT,
	PHASE_AUTHENTICATE,
	PHASE_ASK,
	PHASE_TRANSFER,
	PHASE_GOODBYE
};

/* The word of a phase, as in `"phase": "greet"`; NULL for PHASE_NONE. */
const char *phase_name(enum phase phase);

/* What a phase is for, in a few words that go behind its own: "the client proves who it is". Of PHASE_NONE too. */
const char *phase_purpose(enum phase phase);

/* One thing that is known. */
struct entry {
	const char *word; /* "MAIL"; "250"; "RCPT 550" (that code as the answer to that command); "X.1.1"; "8BITMIME" */
	const char *syntax; /* a command's or keyword's form: "MAIL FROM:<reverse-path> [parameters]"; else NULL */
	const char *note; /* what it means: one or two sentences, under 160 characters, for someone who does not know */
	const char *ref;  /* where it is defined: "RFC 5321 4.1.1.2" */
	enum phase phase; /* of a command; PHASE_NONE elsewhere */
	unsigned states;  /* of a command: the states it is allowed in, STATE(x) or-ed; 0 elsewhere */
	const char *needs; /* of a command: the capability that must be announced for it ("STARTTLS"), else NULL */
};

#define STATE(index) (1U << (index))

/* What a table's words are; `explain` names it so. */
enum table_kind {
	TABLE_COMMANDS,
	TABLE_CODES,
	TABLE_ENHANCED,
	TABLE_KEYWORDS, /* what a server announces: EHLO keywords, capabilities, features */
	TABLE_PARAMETERS,
	TABLE_MECHANISMS,
	TABLE_RESPONSES,      /* IMAP: what stands behind `*` */
	TABLE_RESPONSE_CODES, /* IMAP, POP3: what stands in brackets */
	TABLE_ITEMS,          /* IMAP: what FETCH asks for */
	TABLE_FLAGS,
	TABLE_SEARCH_KEYS,
	TABLE_STATUS_ITEMS,
	TABLE_ATTRIBUTES, /* of a mailbox in LIST */
	TABLE_FIELDS,     /* HTTP's header */
	TABLE_TOKENS      /* words that stand in fields: codings, directives */
};

struct table {
	enum table_kind kind;
	const char *title; /* "SMTP command", "SMTP reply code", "enhanced status code", "EHLO keyword" */
	const struct entry *rows;
	size_t n;
};

/* The row of that word, ASCII letters compared without their case; NULL where there is none. */
const struct entry *table_find(const struct table *table, struct slice word);

/*
 * The row of a word as people write it, where it does not stand so in the table: "5.7.1" for X.7.1 (RFC 3463 2), "5xx" for
 * 5yz, "UID FETCH NO" for FETCH NO, "Seen" for \\Seen, "Forwarded" for $Forwarded, "BODY[1.2.MIME]" for BODY[MIME],
 * "BODY.PEEK" for BODY.PEEK[], "SYS/TEMP/DISK" for SYS/TEMP (RFC 2449 8). NULL where there is none.
 */
const struct entry *table_find_form(const struct table *table, struct slice word);

/* The rows that say what the digits of a code say, each by itself: of "550" 5yz (or 5xx) and x5z (RFC 5321 4.2.1), of
 * "5.7.1" 5.X.X and X.7.X (RFC 3463 2). Returns how many there are; 0 where `code` is no code of this table. */
#define DIGITS_MAX 2
size_t table_digits(const struct table *table, struct slice code, const struct entry *rows[DIGITS_MAX]);

/* Takes a code behind its command apart: "RCPT 550" into RCPT and 550, "UID FETCH NO" into UID FETCH and NO. False where
 * the word has no space. */
bool context_parse(struct slice word, struct slice *verb, struct slice *code);

/* Whether `word` is a three-digit code, or an enhanced status code such as "5.7.1". */
bool is_three_digits(struct slice word);
bool is_enhanced_code(struct slice word);

/* The row nearest to a word that is not there (by edit distance, at most NEAR_MAX and less than half of it), else NULL. */
#define NEAR_MAX 2
const struct entry *table_nearest(const struct table *table, struct slice word);

/* How many insertions, deletions, replacements and swaps of neighbours lead from one word to the other, without regard
 * to case; words longer than 64 octets are cut. */
size_t word_distance(struct slice a, struct slice b);

#endif
