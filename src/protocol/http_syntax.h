/*
 * The grammar of HTTP/1's lines (RFC 9112) and of what stands in their fields (RFC 9110 section 5.6).
 */
#ifndef PARLANCE_PROTOCOL_HTTP_SYNTAX_H
#define PARLANCE_PROTOCOL_HTTP_SYNTAX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"

/* The version of a word `HTTP/1.1` as a number, 11; 0 where the word is none (RFC 9112 2.3). From HTTP/2 on no minor
 * version need stand there (RFC 9113 3.1). */
unsigned http_version(struct slice word);

/* Whether a word is meant for a version: it begins like one, in capitals or not. */
bool http_version_meant(struct slice word);

/* Whether `s` is a token: one or more letters, digits and !#$%&'*+-.^_`|~ (RFC 9110 5.6.2). */
bool http_token(struct slice s);

/* ---- first lines ---- */

/* `METHOD target HTTP/1.1` (RFC 9112 3). Words that are missing are empty. */
struct http_request {
	struct slice method;
	struct slice target; /* all between the method and the version, the spaces around it left off */
	struct slice version;
	bool single_spaces; /* one space between the words, and none around them, as it must be */
};
void http_request_parse(struct slice line, struct http_request *request);

/* `HTTP/1.1 404 Not Found` (RFC 9112 4). */
struct http_status {
	struct slice version;
	struct slice code;   /* as it stands there */
	unsigned number;     /* of the code, 0 to 999; 1000 where it is not three digits */
	struct slice reason; /* the words; empty where there are none */
	bool spaced;         /* one space stands before the code, as it must */
	bool separated;      /* a space stands after the code, as it must */
};
/* False where the line does not begin like a status line. */
bool http_status_parse(struct slice line, struct http_status *status);

/* ---- the target of a request (RFC 9112 3.2) ---- */

enum http_form {
	FORM_ORIGIN,    /* /path?query */
	FORM_ABSOLUTE,  /* http://host/path */
	FORM_AUTHORITY, /* host:port */
	FORM_ASTERISK,  /* * */
	FORM_OTHER
};
enum http_form http_target_form(struct slice target);

/* A URL's authority without the user before its @: `host:port`; empty where it is no such URL (RFC 3986 3.2). */
struct slice http_authority(struct slice url);

/* What stands before the @ of a URL's authority, `user:password`; empty where there is none (RFC 3986 3.2.1). */
struct slice http_userinfo(struct slice url);

/* Whether an octet may stand in a URL as it is (RFC 3986 2). */
bool http_url_octet(char c);

/* ---- fields ---- */

/* `Name: value` (RFC 9112 5). */
struct http_field {
	struct slice name;  /* without the spaces behind it */
	struct slice value; /* without the spaces around it */
	bool spaced;        /* white space stands between name and colon, where none may */
};
/* False where the line is not a field: it has no colon, or what stands before it is no token. */
bool http_field_parse(struct slice line, struct http_field *field);

/* Takes the next element off a list `a, b;q="x,y"`: commas inside quoted strings do not part, empty elements are
 * passed over (RFC 9110 5.6.1). False at the end. */
bool http_element(struct slice *list, struct slice *element);

/* Appends what a value between quotes says: without its quotes, each octet behind a backslash as it is (RFC 9110 5.6.4).
 * What has no quotes is appended as it stands. */
void http_unquote(struct buffer *out, struct slice value);

/* Takes the next `; name=value` off what stands behind an element's first word, quotes around the value left off
 * (RFC 9110 5.6.6). Empty ones are passed over; a parameter without `=` has an empty value. False at the end. */
bool http_parameter(struct slice *rest, struct slice *name, struct slice *value);

/* Splits an element `word; a=b` at its first semicolon; `word` gets the part before it, trimmed, `*rest` the other. */
struct slice http_element_word(struct slice element, struct slice *rest);

/* Whether that word is one of the list's elements, without regard to case. */
bool http_list_has(struct slice list, struct slice word);

/* A Content-Length's value, or the values of several joined by commas (RFC 9110 8.6, RFC 9112 6.3). */
enum http_length {
	LENGTH_GOOD,
	LENGTH_REPEATED,  /* the same number more than once */
	LENGTH_DIFFERING, /* two numbers */
	LENGTH_INVALID    /* no number, or one past 2^64-1 */
};
enum http_length http_length_parse(struct slice value, uint64_t *octets);

/* The size at the front of a chunk-size line, and the extensions behind it, from their semicolon on (RFC 9112 7.1).
 * False where no hexadecimal number stands there, something else follows it, or it is past 2^64-1. */
bool http_chunk_parse(struct slice line, uint64_t *octets, struct slice *extensions);

/* Whether a chunk-size line is written as it must be: behind the size nothing, or extensions `;name`, `;name=token` or
 * `;name="text"`, white space around the marks alone (RFC 9112 7.1.1). */
bool http_chunk_exact(struct slice line);

/* ---- dates (RFC 9110 5.6.7) ---- */

enum http_date_form {
	DATE_NONE,
	DATE_FIXED,  /* Sun, 06 Nov 1994 08:49:37 GMT: the one to send */
	DATE_RFC850, /* Sunday, 06-Nov-94 08:49:37 GMT: obsolete; years from 70 on are of the last century */
	DATE_ASCTIME /* Sun Nov  6 08:49:37 1994: obsolete */
};
/* `*seconds` gets the seconds since 1970-01-01 00:00:00 GMT. */
enum http_date_form http_date_parse(struct slice value, int64_t *seconds);

/* Appends a date in the form to send, `Sun, 06 Nov 1994 08:49:37 GMT`; of the years 1970 to 9999, others are cut to them. */
void http_date_write(struct buffer *out, int64_t seconds);

/* Appends a span of time in its two largest units, "3 days 4 hours"; "0 seconds" for 0. */
void http_duration(struct buffer *out, uint64_t seconds);

#endif
