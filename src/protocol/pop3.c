/*
 * POP3: the row, and what is asked of the session as a whole.
 */
#include "protocol/pop3.h"

#include "protocol/machine.h"
#include "protocol/pop3_tables.h"

static void client(struct dialogue *d, const struct line *line, struct dialogue_event *event)
{
	(void)d;
	event->kind = line->described ? EVENT_DATA : EVENT_COMMAND;
}

static void server(struct dialogue *d, const struct line *line, struct dialogue_event *event)
{
	(void)d;
	event->kind = line->described ? EVENT_DATA : EVENT_REPLY;
}

static void stage(struct dialogue *d, enum stage stage, enum side side, struct dialogue_event *event)
{
	(void)event;
	if (stage == STAGE_CLOSE && side == SIDE_SERVER)
		state_move(d, POP3_CLOSED);
}

static enum side turn(const struct dialogue *d)
{
	(void)d;
	return SIDE_CLIENT;
}

static enum input input(const struct dialogue *d)
{
	return state_now(d) == POP3_CLOSED ? INPUT_NOTHING : INPUT_COMMAND;
}

static const char *refuses(const struct dialogue *d, const struct entry *command)
{
	(void)d;
	(void)command;
	return NULL;
}

static const struct machine machine = {
	.client = client,
	.server = server,
	.stage = stage,
	.turn = turn,
	.input = input,
	.refuses = refuses,
};

static const struct scheme schemes[] = {
	{ "pop3", 110, false },
	{ "pop3s", 995, true },
	{ NULL, 0, false },
};
static const unsigned ports[] = { 110, 995, 2110, 2995, 0 };

const struct protocol protocol_pop3 = {
	.name = "pop3",
	.title = "Post Office Protocol, version 3",
	.reference = "RFC 1939",
	.server_first = true,
	.schemes = schemes,
	.ports = ports,
	.states = pop3_states,
	.tables = pop3_tables,
	.machine = &machine,
};
