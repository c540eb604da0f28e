/*
 * How documents print who speaks: `C:` and `S:`, `Client:` and `Server:`, `->` and `<-` … One line is looked at, by itself: what
 * is a prefix, what stands before it, where it ends. Whether it is a conversation is not judged here.
 */
#ifndef PARLANCE_SCRIPT_NOTATION_H
#define PARLANCE_SCRIPT_NOTATION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "protocol/dialogue.h"

/* How a prefix is built, and so what may vary in it. */
enum notation_form {
	NOTATION_LETTER, /* a letter and a mark, spaces between them perhaps, in bold perhaps: `C:`, `C :`, `**C:**` */
	NOTATION_WORD,   /* a word and a mark; words may stand before it, and behind it something in parentheses:
	                  * `Client:`, `SMTP client (telnet):` */
	NOTATION_ROUTE,  /* who and to whom: `C->S:`, `C --> S`, `client -> server:` */
	NOTATION_MARK,   /* as it stands; white space follows: `[C]`, `->` */
	NOTATION_ARROW, /* an arrow with a shaft of any length; the client's may stand behind what is said: the prefix is
	                  * empty then (`start` and `after` are where the text begins) */
	NOTATION_BLOCK  /* alone on its line, what is said follows on the next: `Request:` */
};

/* A pair of prefixes that belong together: a row of the table. */
struct notation {
	const char *name; /* "C: S:", for comments and tests */
	/* As they stand: "C:", "S:"; of several spellings the usual one first, a space between them. Letters are compared with
	 * their case where `exact`. */
	const char *client, *server;
	const char *begins; /* the octets that they begin with */
	enum notation_form form;
	/* How much a line with such a prefix says by itself: 3 hardly anything else is written so ("C:" is one, with what a
	 * client says behind it), 1 many other things are (`>` and `<`, `->`): more must speak for it. */
	unsigned weight;
	bool exact;
	bool reversed; /* RFC 821: `S:` is the sender, so the client, and `R:` the receiver */
};

/*
 * The table, ended by a row without name. Rows may share a prefix: `S:` is the server's of "C: S:" and of "U: S:", the client's
 * of "S: R:". Which one a document has is told by its lines together: whoever reads it tries each row that has its first line
 * (notation_find with that row), and takes the one in which most is said by the side that would say it (speaker_likes).
 *
 * Arrows are the client's where they point right. Where the lines say more the other way round (a proxy's log, a mail server's),
 * whoever reads them swaps the sides.
 */
extern const struct notation notations[];

/* One prefix found in a line. Offsets are octets of the line. */
struct said {
	const struct notation *notation;
	enum side side;
	bool both;    /* `C & S:`, `C,S:`: both do it, or it happens between them */
	bool logged;  /* a log's time, or its name for the connection, stands before it */
	bool worded;  /* words stand before the one that names the side: `SMTP client:` */
	size_t start; /* where the prefix begins */
	size_t after; /* where it ends: the white space behind it is the separator, and perhaps what the text is indented by */
	size_t text; /* where the text begins, all white space behind the prefix passed over; the line's length where nothing
		       * stands there */
	size_t end; /* where its text ends: before the next prefix, a closing quote mark or table's bar that the line ends with */
	/* What stands before the first prefix is only leaders: white space, quote marks, `>`, `#`, `//`, `*`, `-`, `|`, a bullet, a line
	 * number; not prose. Of a later prefix: false. */
	bool clean;
};

/*
 * Finds the prefixes of `notation` (NULL: of the one that fits best) in the line, from left to right; at most `max` are written
 * to `found`. Returns how many were written; where the line has more, the last one's `end` is before the next, and whoever wants
 * that looks at the rest of the line by itself. More than one stands in a line that a wiki has flattened; a word that only looks
 * like a prefix, inside what somebody says (`S: 250 drive C: is full`, `C: RCPT TO:<s:x@y>`), is none.
 */
size_t notation_find(struct slice line, const struct notation *notation, struct said *found, size_t max);

/* What stands before a line's text in comments, quotes and listings (`   // `, `> > `, ` * `, `12: `, `| `) as a length in octets,
 * white space included; 0 where nothing does. */
size_t notation_leader(struct slice line);

/* Whether the text stands for payload that is left out, as documents have it: `...`, `. . .`, `…`, `[etc.]`, `[...]`, `<message 1
 * contents>`, `(message text)`. `*what` (may be NULL) gets what is between the brackets, or nothing. */
bool notation_left_out(struct slice text, struct slice *what);

#endif
