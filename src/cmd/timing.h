/*
 * How long a server took for each thing that one session waited for: told of the session's events, it counts durations by
 * the names that a reader knows.
 */
#ifndef PARLANCE_CMD_TIMING_H
#define PARLANCE_CMD_TIMING_H

#include <stdbool.h>
#include <stddef.h>

#include "cmd/measure.h"
#include "protocol/dialogue.h"

/* timing_begin before, timing_free after. */
struct timing {
	struct timed_command *commands; /* that have no last reply yet, and the latest that have */
	size_t n, room;
	double payload_at; /* when the client last said something that is no command, seconds of the session; below 0: never */
	double last_at;    /* the last event */
	double secured_at; /* TLS's beginning; 0: none */
	bool spoken;       /* the client has said something: what answers nothing now is no greeting */
};

void timing_begin(struct timing *timing);
void timing_free(struct timing *timing);

/* Takes an event of the session, its `t` set, and counts what it completes:
 *
 *     greeting           from the connection, or TLS's end, to the greeting
 *     TLS                from the reply that begins it, or the connection, to the end of the handshake
 *     DATA, LOGIN …      from the command to its first reply, which of DATA is the 354
 *     DATA (text)        from the last of the message text, or of a literal, to the reply
 *     AUTH (answer)      from an answer of a SASL exchange to what the server says to it
 *     IDLE (DONE)        from DONE to the reply
 *     RETR (end)         from the first reply to the next, where the client says nothing between them (FTP's 150 and 226)
 */
void timing_event(struct timing *timing, const struct dialogue_event *event, struct measure *measure);

#endif
