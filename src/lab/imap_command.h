/*
 * A command of IMAP as it comes to a server: its text, and the literals that interrupt it. Everything has a bound: the text,
 * the literals, and the messages of APPEND, which are kept as messages and not as text.
 *
 * It does no I/O: whoever hears the client's lines and payload tells them here, and is told what to say about a literal.
 */
#ifndef PARLANCE_LAB_IMAP_COMMAND_H
#define PARLANCE_LAB_IMAP_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "store/store.h"
#include "protocol/imap_syntax.h"

/* Octets that a command's text may have, and its literals together that are no message. */
#define IMAP_TEXT_MAX 65536
#define IMAP_LITERALS_MAX 65536

/* A literal of the command. */
struct imap_given {
	uint64_t octets;
	size_t start, n;         /* what is held of it, in `held` */
	struct message *message; /* or it is APPEND's, held; NULL: not that, or not yet complete */
	bool is_message;
};

/* All zero: no command is under way. */
struct imap_command_text {
	bool open;          /* a literal was announced: it, and the rest of the line, are still to come */
	struct buffer text; /* lines joined, `{n}` CRLF where a literal stands */
	struct imap_scan scan;
	struct buffer held;    /* octets of literals that are no messages */
	struct buffer message; /* of the message that comes now */
	struct imap_given *given;
	size_t ngiven, room;
	uint64_t messages; /* octets of all messages, announced */
	const char *wrong; /* why it will not be carried out, a sentence for the reply; NULL: nothing is wrong */
	const char *reply; /* how it is refused then: "BAD", "NO [TOOBIG]" */
	struct imap_command command;
	struct imap_literal *literals; /* what of them the tree looks at */
	struct imap_tree tree;         /* of its arguments, once it is complete */
};

/* Forgets the command, and all it holds. */
void imap_command_clear(struct imap_command_text *c);

/* A line of the command's: its first, or what stands behind a literal. `too_long`: it was cut at its bound. */
void imap_command_line(struct imap_command_text *c, struct slice line, bool too_long);

/* The line ended in a literal's count. Returns whether it has to be asked for; `wrong` may be set by now, and by the caller,
 * before it says so: then a literal that waits is refused, and one that does not (LITERAL+) is read and dropped. */
bool imap_command_literal(struct imap_command_text *c, uint64_t octets);
/* Refuses the command: `reply` is "BAD" or "NO [CODE]", `wrong` a sentence; both outlive it. The first counts. */
void imap_command_refuse(struct imap_command_text *c, const char *reply, const char *wrong);
/* Octets of the literal. */
void imap_command_octets(struct imap_command_text *c, struct slice octets);

/* The command is complete: reads its arguments into `tree`. `wrong` is set where its syntax is not that of a command. */
void imap_command_end(struct imap_command_text *c);

/* The literal that is the tree's k-th node, one that is a literal. */
const struct imap_given *imap_command_given(const struct imap_command_text *c, size_t node);

#endif
