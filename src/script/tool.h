/*
 * What the programs say themselves by which people connect by hand (telnet, nc, openssl s_client and their like), and how a shell's
 * line starts them: whoever reads a session that was pasted from a terminal asks.
 */
#ifndef PARLANCE_SCRIPT_TOOL_H
#define PARLANCE_SCRIPT_TOOL_H

#include <stdbool.h>

#include "base/slice.h"
#include "protocol/dialogue.h"

/* What stands for many lines that say nothing of the conversation: how they begin, how they end, what they are. */
struct tool_block {
	const char *begins, *ends, *what;
};

/* Where a tool connects to, as far as its arguments tell. */
struct tool_target {
	unsigned port;        /* 0: not said */
	const char *starttls; /* the protocol in which it asks for TLS itself; NULL: it does not */
};

/* The tool that a shell's line starts, behind its prompt: "telnet", "nc", "openssl"; empty where it starts none.
 * `*rest` gets its arguments. */
struct slice tool_of(struct slice line, struct slice *rest);
/* Whether TLS is spoken from the first octet (or once the tool has asked for it), whatever the port. */
bool tool_speaks_tls(struct slice tool, struct slice arguments);
/* `-connect host:port -starttls smtp`, `host 25`. */
struct tool_target tool_target(struct slice arguments);

/* Whether a tool says the line; `tls`: one that speaks TLS. */
bool tool_says(struct slice line, bool tls);
/* Whether a mail library logs with it what it does itself (`DEBUG SMTP: connected to host …`): such lines stand among what is said. */
bool tool_logs(struct slice line);
/* Whether a tool says with it that the connection is closed; `*side` gets who has closed it. */
bool tool_closes(struct slice line, enum side *side);
/* The block that the line begins; NULL where it begins none. */
const struct tool_block *tool_block(struct slice line);

#endif
