/*
 * Lines that a page has flattened, without prefixes: several lines of a conversation stand in one, and nothing but what they say
 * tells where each begins. Known to extract_flat*.c, and by its door to extract_bare*.c.
 *
 * A line is taken apart only where protocol and state make each cut certain: a command whose arguments have their form and behind
 * which a reply begins at once, a tag that comes back, the lines of a reply that bear its code. Prose that speaks of commands and
 * codes has none of that.
 */
#ifndef PARLANCE_SCRIPT_EXTRACT_FLAT_H
#define PARLANCE_SCRIPT_EXTRACT_FLAT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "protocol/dialogue.h"
#include "protocol/protocol.h"

enum cut_kind {
	CUT_SAID,
	CUT_COUNTED,    /* said, and what ends with a count: the next cut begins with as many octets as its `count` */
	CUT_HEADER_END, /* HTTP: the empty line, which the page leaves out; `counted` as above, of the body */
	CUT_BODY,       /* HTTP: all of it */
	CUT_LEFT_OUT,   /* payload that is described */
	CUT_CLOSED      /* a tool tells that the server has closed the connection */
};

/* What one side says, or what happens. */
struct cut {
	enum cut_kind kind;
	enum side side;
	struct slice text;
	size_t count;
};

/* A line taken apart. */
struct flat {
	struct slice line;
	struct slice *words;
	size_t nwords;
	const struct protocol *protocol;
	struct cut *cuts;
	size_t n, room;
	struct slice before, behind; /* what stands before the first cut, and behind the last */
	size_t exchanges;            /* a command, or HTTP's message, with all that belongs to it */
	bool greeted;                /* a greeting stands first */
	struct {
		struct slice tag;
		size_t from,
			to; /* words among which it was looked for: `to` is where it comes back, or where that was given up */
		bool found;
	} back;
	bool lost; /* an address that a path must have is not there */
};

/* Takes the line apart, as the protocol in which it holds most; false where it is no flattened line. Freed by the caller
 * (flat_free), whatever comes out. */
bool flat_read(struct flat *flat, struct slice line);
void flat_free(struct flat *flat);

/* Whether the conversation is one by itself, whatever stands on the lines around it. */
bool flat_stands_alone(const struct flat *flat);

/* ---- words and cuts (extract_flat_line.c) ---- */

/* The text from the word `from` up to, and not with, the word `to`; white space around it left off. */
struct slice flat_text(const struct flat *flat, size_t from, size_t to);
/* The word, empty behind the last. */
struct slice flat_word(const struct flat *flat, size_t k);
bool flat_is(const struct flat *flat, size_t k, const char *word);
struct cut *flat_add(struct flat *flat, enum side side, size_t from, size_t to);
/* Sets what stands around the cuts, which are the words from `from` up to `to`. */
void flat_around(struct flat *flat, size_t from, size_t to);
/* Whether sentences stand among the words of a reply, so that its end is not known. */
bool flat_prose(const struct flat *flat, size_t from, size_t to);
/* Whether the text is what a tool says right before the conversation begins. */
bool flat_tool(struct slice text);

/* ---- one protocol each: true where anything was cut ---- */

bool flat_coded(struct flat *flat); /* extract_flat_coded.c: SMTP, LMTP, FTP, POP3 */
bool flat_imap(struct flat *flat);  /* extract_flat_imap.c */
bool flat_http(struct flat *flat);  /* extract_flat_http.c */

/* ---- payload (extract_flat_payload.c) ---- */

/* Cuts the message's text from the word `from` up to `to`, and the lone dot that stands there: a field each where it begins with
 * fields, the rest as one. */
void flat_message(struct flat *flat, enum side side, size_t from, size_t to);
/* The word behind which the reply that stands at `k` ends and the message's text begins, the dot at `dot`; 0 where that is not
 * certain. */
size_t flat_reply_end(const struct flat *flat, size_t k, size_t dot);

#endif
