/*
 * How a server speaks in its protocol where the script has no words for it: a row a protocol. Known to answer.c.
 */
#ifndef PARLANCE_SCRIPT_VOICE_H
#define PARLANCE_SCRIPT_VOICE_H

#include <stdbool.h>

#include "base/buffer.h"
#include "protocol/dialogue.h"
#include "protocol/protocol.h"

enum strayed {
	STRAYED_COMMAND, /* a command that the script does not have here */
	STRAYED_PAYLOAD, /* message text, a literal, a body or an answer, that is not what the script has */
	STRAYED_CANCEL   /* `*`, which takes a SASL exchange back */
};

/* What came and what the script has instead. */
struct off_script {
	const struct protocol *protocol;
	enum strayed what;
	const struct dialogue_event *command; /* the client's last; NULL: it has said none */
	struct slice expected;                /* safe to print; what the script expects, in a few words */
};

struct voice {
	const char *protocol; /* name; NULL: any other */
	const char *greeting; /* where the script has none; NULL: none is needed */
	const char *farewell; /* before hanging up on a client; NULL: nothing is said */
	/* Asks for a literal, or a body, where the script does not; NULL: nobody waits for it. */
	const char *continuation;
	/* Appends the reply to what the script does not have here. Returns true where the server then hangs up. */
	bool (*answer)(const struct off_script *off, struct buffer *out);
};

/* The row of a protocol; never NULL. */
const struct voice *voice_of(const struct protocol *protocol);

#endif
