/*
 * What the rooms of SEARCH share: a program as it was read (imap_search.c), how a mail is held against it
 * (imap_search_match.c), and text that is looked for (imap_search_text.c).
 */
#ifndef PARLANCE_LAB_IMAP_SEARCH_INSIDE_H
#define PARLANCE_LAB_IMAP_SEARCH_INSIDE_H

#include "lab/imap_search.h"
#include "store/mime.h"

/* ---- text that is looked for (imap_search_text.c) ---- */

/* A string made ready: folded, and for each of its octets how long a front of it goes on there (Knuth, Morris and Pratt). */
struct needle {
	struct buffer text;
	size_t *borders;
};
/* `text` is UTF-8. */
void needle_make(struct needle *needle, struct slice text);
void needle_free(struct needle *needle);

/* Whether it stands in what a part of a mail says; see RFC 3501 section 6.4.4 for each. */
bool search_header(const struct needle *needle, struct slice header, struct slice name);    /* HEADER, SUBJECT */
bool search_addresses(const struct needle *needle, struct slice header, struct slice name); /* FROM, TO, CC, BCC */
bool search_text(const struct needle *needle, const struct mime *mime,
                 bool header); /* TEXT; else BODY, which matches no header, not those of parts either (RFC 9051) */

/* ---- the program (imap_search.c) ---- */

enum key_kind {
	KEY_AND, /* those up to `end` */
	KEY_OR,
	KEY_NOT,
	KEY_ALL,
	KEY_SET,    /* sequence numbers */
	KEY_UID,    /* a set of UIDs */
	KEY_FLAGS,  /* those of `wanted` and none of `unwanted` */
	KEY_RECENT, /* \Recent, and what KEY_FLAGS says */
	KEY_NOT_RECENT,
	KEY_KEYWORD,
	KEY_UNKEYWORD,
	KEY_BEFORE, /* of the internal date */
	KEY_ON,
	KEY_SINCE,
	KEY_SENT_BEFORE, /* of the Date field */
	KEY_SENT_ON,
	KEY_SENT_SINCE,
	KEY_LARGER,
	KEY_SMALLER,
	KEY_HEADER,
	KEY_ADDRESSES,
	KEY_BODY,
	KEY_TEXT
};

struct key {
	enum key_kind kind;
	size_t end; /* the index behind it and the keys inside it */
	uint64_t wanted, unwanted;
	uint64_t number;      /* octets */
	int64_t day;          /* days since 1970 */
	char *name;           /* a field's, a keyword's, or a set; owned */
	struct needle needle; /* of strings */
};

/* What RETURN asks for. */
enum { RETURN_MIN = 1 << 0, RETURN_MAX = 1 << 1, RETURN_ALL = 1 << 2, RETURN_COUNT = 1 << 3 };

struct search {
	struct key *keys; /* each before those inside it; the first is the KEY_AND of all */
	size_t n, room;
	bool extended; /* RETURN was said */
	unsigned returns;
	struct key **open; /* room for the keys that are under way in a match */
};

#endif
