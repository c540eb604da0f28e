/*
 * Who would say a line, by what stands in it: what the readers of pasted sessions and of documents without prefixes ask.
 */
#ifndef PARLANCE_SCRIPT_SPEAKER_H
#define PARLANCE_SCRIPT_SPEAKER_H

#include <stdbool.h>

#include "base/slice.h"
#include "protocol/dialogue.h"
#include "protocol/protocol.h"

/*
 * How much speaks for it that `side` says this line, without its end, in a conversation of `protocol`, wherever in it: 0 nothing,
 * 1 perhaps (a word that is a command's too), 2 likely (a command's name and arguments of its form; a reply's code and text),
 * 3 hardly anything else looks so ("RCPT TO:<…>", "250-PIPELINING", "* 3 EXISTS", "HTTP/1.1 200 OK").
 * IMAP's lines have their tag.
 */
unsigned speaker_likes(const struct protocol *protocol, enum side side, struct slice line);

/* Whether the line is a command of the protocol whose arguments have the form that it takes, however English its verb is: for
 * those who know that a command stands here, and ask how long it is. Not for HTTP. */
bool speaker_fits(const struct protocol *protocol, struct slice line);

/* The protocol that most lines speak for, of a number of lines with their sides; NULL where none does. `*weight` (may be NULL)
 * gets the sum of what speaks for it. */
struct speaker_line {
	enum side side;
	struct slice text;
};
const struct protocol *speaker_protocol(const struct speaker_line *lines, size_t n, unsigned *weight);

/*
 * Who says the line, in a conversation that `d` has followed up to here (NULL: it begins with this line), where no prefix tells:
 * by whose turn it is, and by its look. SIDE_CLIENT where both might.
 */
enum side speaker_side(const struct dialogue *d, struct slice line);

#endif
