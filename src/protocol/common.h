/*
 * What machines of several protocols read in the same way: a command's verb, what a code means behind it, the lines of a
 * SASL exchange, the front of a message's header.
 */
#ifndef PARLANCE_PROTOCOL_COMMON_H
#define PARLANCE_PROTOCOL_COMMON_H

#include "protocol/machine.h"
#include "protocol/sasl.h"

/* Takes a command's verb, its first word, off the front of `*rest`, which is in the event's text: its span, the event's
 * verb (upper case where it is known), a problem where a space stands before it. `*rest` is then what stands behind it,
 * without the CRs at its end, which are told as bare ones. The row of the verb; NULL where it is unknown. */
const struct entry *verb_read(struct dialogue *d, struct slice *rest, struct dialogue_event *event);

/* Phase, note and ref of a known command. */
void verb_known(struct dialogue *d, const struct entry *row, struct dialogue_event *event);

/* Says that there is no such command, and which is near. */
void verb_unknown(struct dialogue *d, struct slice verb, struct dialogue_event *event);

/* Says why the command is not allowed in this state; returns what dialogue_allows says. */
enum allowance verb_allowed(struct dialogue *d, const struct entry *row, struct dialogue_event *event);

/* What the code means: as the answer to that verb if a row says so ("RCPT 550"; `verb` may be empty), else by itself, else
 * NULL. */
const struct entry *code_row(const struct dialogue *d, struct slice verb, struct slice code);

/* The verb for code_row: none where the reply is a failure of a command that had a problem of its own, since the rows tell
 * what is usually wrong. `one` may be NULL. */
struct slice verb_failing(const struct outstanding *one, const struct dialogue_event *reply);

/* The server's line of a SASL exchange, base64 in `text`: decoded, noted, kept as the challenge. `ref`: where the protocol
 * says that it is base64. */
void challenge_read(struct dialogue *d, struct sasl *sasl, struct slice text, struct dialogue_event *event,
                    const char *ref);

/* The client's, from `start` of the event's text on: decoded, noted, masked. */
void answer_read(struct dialogue *d, struct sasl *sasl, struct dialogue_event *event, size_t start, const char *ref);

/* Whether an octet above 127 stands in it. */
bool has_eight_bit(struct slice text);

/* Whether the line could be a header field: a name without spaces, then a colon (RFC 5322 2.2). */
bool is_header_field(struct slice line);

/* Appends "35882577 octets (34.2 MiB)"; less than one KiB without what stands in brackets. */
void octets_in_words(struct buffer *out, uint64_t octets);

#endif
