/*
 * What the rooms of FETCH share: the items as they were read (imap_fetch.c), the octets that they mean (imap_fetch_section.c),
 * and what is told of a message's structure (imap_fetch_envelope.c, imap_fetch_structure.c).
 */
#ifndef PARLANCE_LAB_IMAP_FETCH_INSIDE_H
#define PARLANCE_LAB_IMAP_FETCH_INSIDE_H

#include "lab/imap_fetch.h"
#include "store/mime.h"

/* ---- items (imap_fetch.c) ---- */

enum item_kind {
	ITEM_FLAGS,
	ITEM_INTERNALDATE,
	ITEM_SIZE,
	ITEM_ENVELOPE,
	ITEM_BODY,
	ITEM_BODYSTRUCTURE,
	ITEM_UID,
	ITEM_SECTION,    /* BODY[…], and RFC822 and its like, which mean the same under other names */
	ITEM_BINARY,     /* BINARY[…], RFC 3516 */
	ITEM_BINARY_SIZE /* BINARY.SIZE[…] */
};

/* What of a message or part a section is. */
enum section_text { SECTION_WHOLE, SECTION_HEADER, SECTION_FIELDS, SECTION_FIELDS_NOT, SECTION_TEXT, SECTION_MIME };

struct item {
	enum item_kind kind;
	char *name; /* as the reply says it: "BODY[1.HEADER.FIELDS (From)]<0>"; owned */
	bool sees;
	/* Of sections. */
	char *part; /* "1.2"; owned */
	enum section_text text;
	char **fields; /* names, sorted without regard to case; owned; NULL: the section is not of single fields */
	size_t nfields;
	bool partial;
	uint64_t start, length;
};

struct fetch {
	struct item *items;
	size_t n, room;
	bool uid;
};

/* ---- the octets of a section (imap_fetch_section.c) ---- */

/* Whether the section is there in that message (else it is NIL), and the stretch of it that it means, before any fields are
 * chosen. */
bool section_stretch(const struct item *item, const struct mime *mime, struct slice *stretch);

/* Takes the next piece of a stretch off: all of it, or of fields the next run of those chosen, the empty line at the end
 * included. False at its end. */
bool section_next(const struct item *item, struct slice *stretch, struct slice *piece);

/* How many octets all its pieces have. */
uint64_t section_octets(const struct item *item, struct slice stretch);

/* ---- structure ---- */

/* No text of a header that is told of has more octets than this, and where so much has been told, lists of addresses end:
 * what one reply takes has a bound, whatever the message. */
#define TOLD_MAX ((size_t)262144)
#define TOLD_ALL ((size_t)4194304)

/* Appends a field unfolded, as nstring: NIL where it is missing. */
void fetch_say_field(struct buffer *out, struct slice header, struct slice name);
/* Appends the envelope that a header says (RFC 3501 section 7.4.2). */
void fetch_say_envelope(struct buffer *out, struct slice header);
/* Appends BODY, or with the extension data BODYSTRUCTURE. */
void fetch_say_structure(struct buffer *out, const struct mime *mime, bool extended);

#endif
