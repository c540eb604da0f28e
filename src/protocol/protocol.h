/*
 * The registry: a protocol is a row. Whoever adds one writes a state machine (machine.h), a table (knowledge.h) and a
 * row here.
 */
#ifndef PARLANCE_PROTOCOL_PROTOCOL_H
#define PARLANCE_PROTOCOL_PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "protocol/knowledge.h"

/* A URL scheme by which the protocol is reached. */
struct scheme {
	const char *name;
	unsigned port; /* default; 0: none, it must be said */
	bool tls;      /* from the first octet */
};

struct machine;

struct protocol {
	const char *name;              /* "smtp", as in headers, prompts and JSON */
	const char *title;             /* "Simple Mail Transfer Protocol" */
	const char *reference;         /* where it is defined: "RFC 5321" */
	bool server_first;             /* the server speaks first */
	bool datagrams;                /* UDP: a datagram is a line */
	bool data_connection;          /* FTP: payload goes over a connection of its own */
	bool tagged;                   /* IMAP: a command has a tag, and its reply the same; other data is untagged */
	bool one_code;                 /* SMTP, LMTP: all lines of a reply have the same code (RFC 5321 4.2.1) */
	bool bare;                     /* tcp, udp: only lines; what answers what cannot be told */
	const struct scheme *schemes;  /* ended by a NULL name */
	const unsigned *ports;         /* by which a target without scheme is recognised; ended by 0 */
	const char *const *states;     /* names by index, ended by NULL; the last is "closed" */
	const struct table *tables;    /* what is known; ended by rows NULL */
	const struct machine *machine; /* how it speaks: machine.h */
	/* How likely it is that this line, without its end, begins such a conversation: 0 not at all, 1 perhaps, 3 surely.
	 * NULL where no line tells. */
	unsigned (*greeting)(struct slice line);
	unsigned (*command)(struct slice line);
};

/* All protocols, ended by a NULL. */
extern const struct protocol *const protocols[];

/* By name (no regard to case); NULL where there is none. */
const struct protocol *protocol_named(struct slice name);

/* By URL scheme; `*scheme` (may be NULL) gets the row. NULL where there is none. */
const struct protocol *protocol_of_scheme(struct slice name, const struct scheme **scheme);

/* By port; NULL where none is known for it. */
const struct protocol *protocol_of_port(unsigned port);

/* Whether TLS is implied at that port where no scheme says otherwise (465 993 995 443 990, and the lab's: 2465
 * 2993 2995 2443 2990). */
bool port_implies_tls(unsigned port);

/* The scheme by which the protocol is under TLS from the first octet, or NULL. */
const struct scheme *protocol_tls_scheme(const struct protocol *protocol);

/* By the first line that a server says, without its line end; NULL where no protocol claims it. */
const struct protocol *protocol_of_greeting(struct slice line);

/* By the first line that a client says, where the server has greeted with `greeting` (empty: it has not greeted): only a
 * protocol that may greet so is asked. NULL where none claims it. */
const struct protocol *protocol_of_command(struct slice line, struct slice greeting);

/* The table of that kind, or NULL. */
const struct table *protocol_table(const struct protocol *protocol, enum table_kind kind);

#endif
