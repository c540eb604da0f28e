/*
 * The grammar of POP3's lines, as far as a reader of both sides needs it (RFC 1939 sections 3, 5 and 7, RFC 2449
 * sections 3 and 8).
 */
#ifndef PARLANCE_PROTOCOL_POP3_SYNTAX_H
#define PARLANCE_PROTOCOL_POP3_SYNTAX_H

#include <stdbool.h>

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
