/*
 * What IMAP's servers say of strings, dates and flags (RFC 3501 section 9; RFC 9051 agrees): the one place that knows when
 * a string can stand between quotes and when it must be a literal.
 */
#ifndef PARLANCE_LAB_IMAP_SAY_H
#define PARLANCE_LAB_IMAP_SAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "store/store.h"

/* Appends a string: quoted, its `"` and `\` escaped; or a literal where it holds CR, LF, NUL or octets above 127, or is
 * longer than 1,000 octets. A NUL, which cannot be said, becomes the octet 0x80. */
void imap_say_string(struct buffer *out, struct slice string);
/* The same, or NIL where there is none. */
void imap_say_nstring(struct buffer *out, struct slice string, bool present);
/* The same as an atom where it can be one (astring): user and mailbox names, already in modified UTF-7. */
void imap_say_astring(struct buffer *out, struct slice string);
/* `{12}` CRLF: the octets follow from elsewhere. */
void imap_say_literal(struct buffer *out, size_t octets);

/* `"17-Jul-1996 02:44:25 -0700"` of seconds since 1970 and minutes east of Greenwich (date-time). */
void imap_say_date(struct buffer *out, int64_t seconds, int zone);

/* `(\Seen $Forwarded \Recent)`: flags as a mail of that mailbox has them (store.h), and \Recent. */
void imap_say_flags(struct buffer *out, const struct mailbox *mailbox, uint64_t flags, bool recent);

#endif
