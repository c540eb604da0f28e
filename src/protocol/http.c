/*
 * HTTP: the row, and what is asked of the session as a whole.
 */
#include "protocol/http.h"

#include "protocol/machine.h"
#include "protocol/http_tables.h"

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
		state_move(d, HTTP_CLOSED);
}

static enum side turn(const struct dialogue *d)
{
	(void)d;
	return SIDE_CLIENT;
}

static enum input input(const struct dialogue *d)
{
	return state_now(d) == HTTP_CLOSED ? INPUT_NOTHING : INPUT_COMMAND;
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
	{ "http", 80, false },
	{ "https", 443, true },
	{ NULL, 0, false },
};
static const unsigned ports[] = { 80, 8080, 443, 2080, 2443, 0 };

const struct protocol protocol_http = {
	.name = "http",
	.title = "Hypertext Transfer Protocol",
	.reference = "RFC 9110",
	.server_first = false,
	.schemes = schemes,
	.ports = ports,
	.states = http_states,
	.tables = http_tables,
	.machine = &machine,
};
