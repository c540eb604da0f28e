/*
 * The grammar of IMAP's lines (RFC 9051 section 9), for both directions and without any knowledge of a session: lines
 * that literals interrupt (imap_scan.c), commands and responses (imap_syntax.c), the tree of atoms, strings and lists
 * behind them (imap_tree.c), and what single atoms say: sequence sets, sections, dates, mailbox names (imap_atoms.c).
 *
 * Any octets may be given to all of it. Lists are held down to IMAP_DEPTH_MAX; nothing recurs.
 */
#ifndef PARLANCE_PROTOCOL_IMAP_SYNTAX_H
#define PARLANCE_PROTOCOL_IMAP_SYNTAX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"

/* The deepest list that is read, and the most things that a tree holds. */
#define IMAP_DEPTH_MAX 32
#define IMAP_NODES_MAX 4096

/* The greatest number of octets that a literal may have: number64 is less than 2^63 (RFC 9051 section 9). */
#define IMAP_LITERAL_MAX INT64_MAX

/* ---- a line as it comes, in pieces ---- */

/* Where a line of strings and lists stands after what has come of it. All zero at its front. */
struct imap_scan {
	bool quoted, escaped;  /* inside a quoted string; behind its backslash */
	size_t depth;          /* parentheses that are open */
	bool too_deep;         /* more than IMAP_DEPTH_MAX were */
	bool stray;            /* a `)` closed nothing */
	bool bad_escape;       /* in a quoted string, a backslash before other than `"` and `\` */
	bool quoted_eight_bit; /* octets above 127 in a quoted string */
	bool eight_bit;        /* octets above 127 elsewhere */
	bool doubled;          /* two spaces in a row outside of strings */
	bool inside;           /* `{n}` was followed by more of the same line */
	char previous, before; /* the last octet and the one before it */
	enum {
		BRACE_NONE,
		BRACE_OPEN,   /* `{` */
		BRACE_DIGITS, /* and digits */
		BRACE_PLUS,   /* and `+` */
		BRACE_CLOSED, /* and `}` */
		BRACE_BAD     /* something else stands in it */
	} brace;
	bool binary, waits_not, apart; /* of the brace: `~` before it; `+` in it; a space, `(` or `[` before it */
	bool huge;                     /* its number is past IMAP_LITERAL_MAX */
	uint64_t count;
	bool digits_here; /* all its digits stand in the last piece, and where: */
	size_t digits_start, digits_end;
};

/* Takes the next piece of the line, without its line end. */
void imap_scan(struct imap_scan *scan, struct slice piece);

/* What the line's end means. */
enum imap_end {
	IMAP_END,          /* the command or response is complete */
	IMAP_END_LITERAL,  /* so many octets follow (scan->count), then the rest */
	IMAP_END_MALFORMED /* it ends in braces that are no literal's count */
};
enum imap_end imap_scan_end(const struct imap_scan *scan);

/* The literal has come: the rest of the line goes on behind it. */
void imap_scan_literal_done(struct imap_scan *scan);

/* ---- what a line is ---- */

enum imap_response_kind {
	IMAP_NO_RESPONSE, /* none of these */
	IMAP_TAGGED,      /* `tag SP OK|NO|BAD` */
	IMAP_UNTAGGED,    /* `* …` */
	IMAP_CONTINUATION /* `+ …` */
};

/* A server's line, taken apart (response, RFC 9051 section 9). */
struct imap_response {
	enum imap_response_kind kind;
	struct slice tag;  /* of a tagged one */
	bool numbered;     /* a number stands before the name: `* 3 EXISTS` */
	uint64_t number;   /* UINT64_MAX: it is greater still */
	struct slice name; /* OK, FETCH …, as typed */
	bool status;       /* the name is OK, NO, BAD, BYE or PREAUTH: `text` is for people, as a continuation's is */
	bool bracketed;    /* `[` stands before the text; `code` is empty where it is not closed */
	struct slice code, code_arguments; /* the response code's name, and what stands behind it in its brackets */
	struct slice text;                 /* behind name and response code; of data its arguments */
};
void imap_response_parse(struct slice line, struct imap_response *response);

/* A client's line: `tag SP command`. Spaces too many are passed over. */
struct imap_command {
	struct slice tag, verb, second; /* `second`: the word behind UID, else empty */
	struct slice arguments;
};
void imap_command_parse(struct slice line, struct imap_command *command);

/* Whether the word is one of those, without regard to case; `words` is ended by a NULL. */
bool imap_one_of(struct slice word, const char *const *words);

/* Whether `tag` is 1*<any ASTRING-CHAR except "+">. */
bool imap_tag_ok(struct slice tag);

/* ---- what stands in it ---- */

enum imap_kind { IMAP_ATOM, IMAP_QUOTED, IMAP_LITERAL, IMAP_LIST };

struct imap_node {
	enum imap_kind kind;
	struct slice text; /* as it stands there, quotes and parentheses included */
	struct slice
		content; /* of an atom its text; of a quoted string what is between the quotes, escapes still in it;
	                       * of a literal its octets as far as they are held */
	uint64_t octets; /* of a literal, as it says */
	bool whole;      /* it is closed; of a literal, all its octets are held */
	size_t literals; /* how many stand in the text before it */
	size_t end;      /* the index behind the last node inside it: its next neighbour, or the end of its list */
};

/* What follows `{n}` CRLF in a text stands elsewhere: the k-th literal's octets, as far as they are held. */
struct imap_literal {
	uint64_t octets;
	struct slice held;
};

/* All things of a text, each before those inside it. All zero before the first parse. */
struct imap_tree {
	struct imap_node *nodes;
	size_t n, room;
	const char *problem; /* the first thing wrong, a sentence that begins in lower case; NULL where nothing is */
	bool cut;            /* there were more than IMAP_NODES_MAX */
	const struct imap_literal *literals; /* as they were given */
	size_t nliterals;
};

/*
 * Reads `text`: words, strings and lists parted by spaces. A literal stands in it as `{n}`, `{n+}` or `~{n}` with a CRLF
 * or the end of the text behind it; the rest of the line follows at once. The tree looks at `text` and `literals`.
 */
void imap_tree_parse(struct imap_tree *tree, struct slice text, const struct imap_literal *literals, size_t nliterals);
void imap_tree_free(struct imap_tree *tree);

/* The node at that index; NULL at the end of a list or text, that is for `at` not less than `end`. */
const struct imap_node *imap_node_at(const struct imap_tree *tree, size_t at, size_t end);

/* Whether the node is that atom, without regard to case. */
bool imap_node_is(const struct imap_node *node, struct slice word);

/* Appends what an atom or string says, escapes undone. False where the node is a list or NIL, or not all held. */
bool imap_node_string(const struct imap_node *node, struct buffer *out);

/* Appends what an astring says: a string, or an atom that may hold `]` (RFC 9051 section 9); NIL is such an atom here.
 * `list`: of a list-mailbox, whose atoms may hold `%` and `*` too. False, and nothing appended, where it is none. */
bool imap_node_astring(const struct imap_node *node, bool list, struct buffer *out);

/* Whether `word` is an atom: not empty, no spaces, controls, octets above 127 or any of `( ) { % * " \ ]`. */
bool imap_atom_ok(struct slice word);

/* ---- what single words say ---- */

/* From `first` to `last`; UINT64_MAX is `*`, the greatest number in use. In order: RFC 9051 takes 4:2 for 2:4. */
struct imap_range {
	uint64_t first, last;
};

/* Takes the next range off the front of `*set` (sequence-set, RFC 9051 section 9). False at its end, or where what
 * comes next is no range: then `*set` is not empty. `$` (the saved result of SEARCH) is no range. */
bool imap_range_next(struct slice *set, struct imap_range *range);

/* Whether `word` is a sequence set, or `$`. */
bool imap_set_ok(struct slice word);

/* A FETCH item with its section: `BODY.PEEK[1.HEADER.FIELDS (From To)]<0.100>`. */
struct imap_section {
	struct slice name; /* "BODY.PEEK"; of an item without brackets all of it */
	bool bracketed;
	bool closed;         /* the brackets are */
	struct slice part;   /* "1.2" */
	struct slice text;   /* "HEADER.FIELDS", "TEXT", "MIME"; empty for the whole */
	struct slice fields; /* what stands between the parentheses */
	bool partial, has_length;
	uint64_t start, length; /* `<start.length>`, `<start>` in a response */
	bool ok;                /* all of it is well formed; the fields are not looked at */
};
void imap_section_parse(struct slice item, struct imap_section *section);

/* A date, with its time where `timed`. */
struct imap_date {
	unsigned day, month, year; /* from 1 */
	bool timed;
	unsigned hour, minute, second;
	struct slice zone; /* "-0700" */
};

/* Reads `17-Jul-1996`, or with time ` 17-Jul-1996 02:44:25 -0700` (RFC 9051 section 9: date-text, date-time without
 * its quotes). False where it is neither, or no such day exists. */
bool imap_date_parse(struct slice text, struct imap_date *date);
/* Reads one with its time, as seconds since 1970 and the zone in minutes east of Greenwich. False where it is none. */
bool imap_date_time(struct slice text, int64_t *seconds, int *zone);
const char *imap_month_name(unsigned month);

/* Appends the mailbox name in UTF-8, undoing modified UTF-7 (RFC 3501 section 5.1.3). False, and nothing appended, where
 * the name is not well formed so. */
bool imap_mailbox_decode(struct buffer *out, struct slice name);

/* Appends a name that is UTF-8 as modified UTF-7; an octet that is no UTF-8 as U+FFFD. */
void imap_mailbox_encode(struct buffer *out, struct slice name);

#endif
