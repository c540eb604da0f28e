/*
 * What is known about HTTP, as data: its states and the tables that the registry names.
 */
#ifndef PARLANCE_PROTOCOL_HTTP_TABLES_H
#define PARLANCE_PROTOCOL_HTTP_TABLES_H

#include "protocol/knowledge.h"

/* The states of a session, as indexes into http_states (FORMATS section 6). */
enum http_state {
	HTTP_IDLE,     /* between a response and the next request */
	HTTP_REQUEST,  /* the request is being sent */
	HTTP_RESPONSE, /* the response has begun, or is awaited */
	HTTP_BODY,     /* the response's body is being sent */
	HTTP_TUNNEL,   /* what is said now is no HTTP: behind CONNECT or 101 */
	HTTP_CLOSED
};

/* The states' names by index, ended by NULL. */
extern const char *const http_states[];

/* The tables, ended by rows NULL: TABLE_COMMANDS, the methods; TABLE_CODES, the status codes with their reason phrase as
 * form, some behind a method ("PUT 201"), and what a first digit says ("4xx"); TABLE_FIELDS; and TABLE_TOKENS, words
 * that stand in fields, whichever field it is: the form shows where. */
extern const struct table http_tables[];

#endif
