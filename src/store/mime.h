/*
 * The structure of a message (RFC 5322, RFC 2045 to 2047, RFC 2231): where its header fields and parts stand, in octets, and
 * what they say. Nothing is copied or changed: IMAP gives parts by their exact octets. Any octets may be given; parts lie at
 * most MIME_DEPTH_MAX deep, and what lies deeper, or is no MIME, is text.
 */
#ifndef PARLANCE_STORE_MIME_H
#define PARLANCE_STORE_MIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"

#define MIME_DEPTH_MAX 32
#define MIME_PARTS_MAX 1000

/* A header field; folded lines belong to it. */
struct mime_field {
	struct slice name;
	struct slice value; /* behind the colon, folding and all, without the last line end; not trimmed */
	struct slice whole; /* name to line end, included */
};
/* Takes the next field off the front of a header. False at its end; lines that are no field are passed over. */
bool mime_field_next(struct slice *header, struct mime_field *field);
/* Of a header that is longer than any honest one, only so many octets are looked at for what it says. */
#define MIME_LOOKED_AT ((size_t)1048576)
struct slice mime_looked_at(struct slice header);
/* The first field of that name among those that are looked at, no regard to case; false, and an empty one, where there is none. */
bool mime_field(struct slice header, struct slice name, struct mime_field *field);
/* Appends a field's value without the line ends that fold it, and without blanks at its ends. */
void mime_unfold(struct buffer *out, struct slice value);

/* One part, and the message itself. */
struct mime {
	struct slice whole;  /* header, empty line, body */
	struct slice header; /* the empty line included, as IMAP's HEADER and MIME give it */
	struct slice body;   /* of a part without the line end before the boundary, which belongs to that */
	struct slice type,
		subtype;         /* as written; "TEXT" and "PLAIN" where nothing is said, or nothing that can be read;
	                             * in a multipart/digest "MESSAGE" and "RFC822" where nothing is said */
	struct slice parameters; /* of Content-Type, from behind the subtype: mime_parameter */
	struct slice encoding;   /* Content-Transfer-Encoding's word; "7BIT" where nothing is said */
	uint64_t lines;          /* of the body: LFs in it */
	struct mime *parts;      /* of multipart: in order; of message/rfc822: the one message inside */
	size_t nparts;
	bool multipart, message; /* of that kind, and read so */
};
/* The structure of a message; looks at `text`, which outlives it. Never NULL; the caller's (mime_free). */
struct mime *mime_parse(struct slice text);
void mime_free(struct mime *mime);

/* The part of an IMAP section number ("1.2"; RFC 9051 6.4.5); `part` empty is the message. NULL where there is none. */
const struct mime *mime_part(const struct mime *mime, struct slice part);

/* Takes the next parameter off; `value` gets what it says, quotes and escapes undone (RFC 2231 continuations are given as they
 * stand: name*0, name*1). False at the end. */
bool mime_parameter(struct slice *parameters, struct slice *name, struct buffer *value);
/* Takes the name off that stands before the parameters of Content-Disposition and its like; empty where there is none. */
struct slice mime_word(struct slice *value);
/* Takes the next word of a list that commas part off; empty at its end. */
struct slice mime_list_word(struct slice *list);

/* All parameters, continuations joined (RFC 2231 section 3): `name*0*` and `name*1` are `name*`, whose value says its charset
 * and is %-encoded; `name*0` and `name*1` are `name`. At most MIME_PARAMETERS_MAX are read. */
#define MIME_PARAMETERS_MAX 64
struct mime_parameter {
	struct buffer name, value;
};
struct mime_parameters {
	struct mime_parameter rows[MIME_PARAMETERS_MAX];
	size_t n;
};
/* The caller's (mime_parameters_free). */
struct mime_parameters *mime_parameters(struct slice parameters);
void mime_parameters_free(struct mime_parameters *parameters);
/* The value of the parameter of that name; empty where there is none. */
struct slice mime_parameter_named(const struct mime_parameters *parameters, struct slice name);

/* ---- addresses (RFC 5322 3.4) ---- */

/* One element of an address list. All zero before the first; kept between the calls for one list, for it knows whether a
 * group is open. Values are owned by it (mime_address_free). */
struct mime_address {
	enum { ADDRESS_MAILBOX, ADDRESS_GROUP_START, ADDRESS_GROUP_END } kind;
	struct buffer name;  /* display name, quotes undone, encoded words as they stand; where there is none, what the
	                        * comment behind the address says; of a group its name */
	struct buffer route; /* obsolete source route, or empty */
	struct buffer mailbox; /* local part, quotes undone */
	struct buffer host;    /* domain; empty where there is none */
	bool in_group;
};
/* Takes the next element off the list. False at its end; a group that is not closed has been ended before. What makes no sense
 * is passed over up to the next comma. */
bool mime_address_next(struct slice *list, struct mime_address *address);
void mime_address_free(struct mime_address *address);

/* ---- what it says, for people and for SEARCH ---- */

/* Appends a field's value unfolded and with its encoded words decoded (RFC 2047). It is valid UTF-8: words of a charset that
 * nobody knows stay as they stand, octets that are no UTF-8 become U+FFFD. */
void mime_decode_words(struct buffer *out, struct slice value);
/* Appends a part's body, transfer encoding undone; and, for `as_text`, turned into UTF-8 from its charset (an unknown one is
 * taken for UTF-8; what is none becomes U+FFFD). */
void mime_decode_body(struct buffer *out, const struct mime *part, bool as_text);
/* Appends `text` as UTF-8, octets that say nothing in its charset as U+FFFD. False, and nothing appended, where the C library
 * does not know the charset. */
bool mime_to_utf8(struct buffer *out, struct slice charset, struct slice text);

/* What the value of a Date field says (RFC 5322 section 3.3, the obsolete forms too), as seconds since 1970, and its zone in
 * minutes east; false where it cannot be read. */
bool mime_date(struct slice value, int64_t *seconds, int *zone);

#endif
