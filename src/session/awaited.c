/*
 * Which commands wait for their replies, by name.
 */
#include "session/awaited.h"

#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "protocol/ftp.h"
#include "protocol/protocol.h"

/* The most of a verb that a message shows, in octets. */
#define VERB_SHOWN 32

static void forget(struct awaited *a, size_t i)
{
	free(a->commands[i].verb);
	a->ncommands--;
	memmove(&a->commands[i], &a->commands[i + 1], (a->ncommands - i) * sizeof a->commands[0]);
}

static void command_add(struct awaited *a, const struct dialogue_event *event)
{
	struct buffer verb = { 0 };
	if (a->ncommands == AWAITED_MAX)
		forget(a, 0);
	escape_text(&verb, slice_part(event->verb, 0, VERB_SHOWN));
	a->commands[a->ncommands].n = event->n;
	a->commands[a->ncommands++].verb = buffer_take(&verb);
}

/* A reply that asks for more, or is only preliminary, leaves its command waiting; but FTP asks for the next command, not
 * for more of this one (RFC 959 4.2, 3yz). */
static bool completes(const struct awaited *a, const struct dialogue_event *event)
{
	bool asks = a->class == CLASS_CONTINUE && strcmp(event->protocol, protocol_ftp.name) != 0;
	return event->final && event->answers && !asks && a->class != CLASS_INFO;
}

void awaited_follow(struct awaited *a, const struct dialogue_event *event)
{
	if (event->side == SIDE_SERVER && event->kind != EVENT_STAGE)
		a->server_spoke = true;
	if (event->side == SIDE_CLIENT && event->kind != EVENT_STAGE)
		a->client_spoke = true;
	if (event->kind == EVENT_COMMAND && event->verb.n)
		command_add(a, event);
	if (event->kind == EVENT_REPLY)
		a->class = event->class;
	if (!completes(a, event))
		return;
	for (size_t i = 0; i < a->ncommands; i++)
		if (a->commands[i].n == event->answers) {
			forget(a, i);
			return;
		}
}

void awaited_words(const struct awaited *a, const struct dialogue *d, struct buffer *out)
{
	if (!a->server_spoke && (!a->client_spoke || dialogue_protocol(d)->server_first))
		buffer_add_string(out, "the greeting");
	else if (a->ncommands)
		buffer_printf(out, "the reply to %s", a->commands[0].verb);
	else if (dialogue_in_reply(d))
		buffer_add_string(out, "the rest of a reply");
	else
		buffer_add_string(out, "a reply");
}

void awaited_free(struct awaited *a)
{
	while (a->ncommands)
		forget(a, a->ncommands - 1);
}
