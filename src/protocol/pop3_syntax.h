/*
 * The grammar of POP3's lines, as far as a reader of both sides needs it (RFC 1939 sections 3, 5 and 7, RFC 2449
 * sections 3 and 8).
 */
#ifndef PARLANCE_PROTOCOL_POP3_SYNTAX_H
#define PARLANCE_PROTOCOL_POP3_SYNTAX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

enum pop3_indicator { POP3_OK, POP3_ERR, POP3_MORE };

/* A status line: `+OK`, `-ERR`, or the `+` that asks for the next line of a SASL exchange. */
struct pop3_status {
	enum pop3_indicator indicator;
	struct slice code;          /* the indicator as it was sent */
	bool separated;             /* a space or nothing stands behind it, as it must */
	bool upper;                 /* it is in upper case, as it must be */
	struct slice text;          /* behind the separator */
	struct slice response_code; /* what stands in the brackets that `text` begins with (RFC 2449 8), or empty */
};

/* False where the line is none. A `+` without a space behind it is one: `separated` is false then. */
bool pop3_status_parse(struct slice line, struct pop3_status *status);

/* Whether the response code is `code`, or stands below it in the hierarchy ("SYS/TEMP/DISK"; RFC 2449 8). */
bool pop3_response_code_is(struct slice response_code, struct slice code);

/* The timestamp of a greeting, angle brackets included (RFC 1939 7: it has the form of a message's msg-id); empty
 * where there is none. */
struct slice pop3_timestamp(struct slice greeting);

/* Takes a command line apart as a server must: the keyword, and what stands behind the one space that follows it. False where
 * no space does. */
bool pop3_keyword(struct slice line, struct slice *keyword, struct slice *behind);

/* Reads what stands behind the keyword's space as arguments, each of printable octets or UTF-8 and parted from the next by one
 * space (RFC 2449 3, RFC 6856 2), into at most `room`. Returns how many there are, or POP3_NO_ARGUMENTS where they have
 * another form or are more. */
#define POP3_NO_ARGUMENTS ((size_t)-1)
size_t pop3_arguments(struct slice behind, struct slice *arguments, size_t room);

/* Whether the language range (RFC 4647 2.1; `*` is any) has the language in it, by basic filtering (RFC 4647 3.3.1). */
bool pop3_language_range(struct slice range, struct slice language);

/* Reads a message number: decimal, from 1 (RFC 1939 5). False where it is none. */
bool pop3_message_number(struct slice s, uint64_t *number);

/* Reads `N M` at the front of `s`, one space between; what follows the second number behind a space is not looked at
 * (RFC 1939 5 makes no requirement on it). False where it does not begin so. */
bool pop3_numbers(struct slice s, uint64_t *first, uint64_t *second);

/* Reads a unique-id listing: a message number, a space and the unique-id, of 1 to 70 printable octets without a space
 * (RFC 1939 7). False where it is none. */
bool pop3_unique_id(struct slice s, uint64_t *message, struct slice *id);

/* Whether `s` is APOP's digest: 32 hexadecimal digits in lower case (RFC 1939 7). */
bool pop3_digest(struct slice s);

#endif
