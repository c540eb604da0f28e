/*
 * How long a protocol lets a reply take: what "still waiting" can say.
 */
#include <string.h>

#include "talk/room.h"

/* What the client said last; "" where the greeting is waited for, "." the end of message text. */
static const struct {
	const char *protocol, *said;
	unsigned minutes;
	const char *ref;
} allowed[] = {
	{ "smtp", "", 5, "RFC 5321 4.5.3.2.1" },     { "lmtp", "", 5, "RFC 5321 4.5.3.2.1" },
	{ "smtp", "MAIL", 5, "RFC 5321 4.5.3.2.2" }, { "lmtp", "MAIL", 5, "RFC 5321 4.5.3.2.2" },
	{ "smtp", "RCPT", 5, "RFC 5321 4.5.3.2.3" }, { "lmtp", "RCPT", 5, "RFC 5321 4.5.3.2.3" },
	{ "smtp", "DATA", 2, "RFC 5321 4.5.3.2.4" }, { "lmtp", "DATA", 2, "RFC 5321 4.5.3.2.4" },
	{ "smtp", ".", 10, "RFC 5321 4.5.3.2.6" },   { "lmtp", ".", 10, "RFC 5321 4.5.3.2.6" },
};

void patience_say(const struct talk *t, struct buffer *out)
{
	const char *said = t->awaited ? t->awaited : "";
	const struct protocol *protocol = talk_protocol(t);
	for (size_t i = 0; protocol && i < sizeof allowed / sizeof allowed[0]; i++)
		if (strcmp(allowed[i].protocol, protocol->name) == 0 && strcmp(allowed[i].said, said) == 0)
			buffer_printf(out, " A server may take %u minutes for it (%s).", allowed[i].minutes,
			              allowed[i].ref);
}
