/*
 * A line of a reply that begins with a three-digit code, as SMTP (RFC 5321 4.2) took it over from FTP (RFC 959 4.2): what
 * both have alike. Where a reply of several lines ends, each tells by itself.
 */
#ifndef PARLANCE_PROTOCOL_CODED_REPLY_H
#define PARLANCE_PROTOCOL_CODED_REPLY_H

#include "protocol/machine.h"

struct coded_reply {
	struct slice code; /* three digits */
	bool continues;    /* a hyphen: further lines of this reply follow */
	bool separated;    /* a space, a hyphen or nothing stands behind the code, as it must */
	struct slice text; /* behind the separator */
};

/* Takes the line apart; its slices are the line's. False where it begins with no code from 100 on whose first digit is at
 * most `last` ('5' of SMTP, RFC 5321 4.2.1; '6' of FTP, RFC 2228 5.2), or a fourth digit follows. */
bool coded_reply_parse(struct slice line, char last, struct coded_reply *reply);

/* The class of a code with that first digit, '1' to '6' (6yz is success, protected: RFC 2228 5.1). */
enum class coded_reply_class(char first_digit);

/* The last line, never said, of the reply with `code` to `one` (NULL: the greeting), which the client did not wait for: for
 * the machine to complete that reply with. `event`, the line that shows it, gets the problem, and `ref` says where. */
struct dialogue_event coded_reply_unended(struct dialogue *d, const char *code, const struct outstanding *one,
                                          struct dialogue_event *event, const char *ref);

#endif
