/*
 * FTP: the row, and what is asked of the session as a whole.
 */
#include "protocol/ftp.h"

#include "protocol/machine.h"
#include "protocol/ftp_tables.h"

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
		state_move(d, FTP_CLOSED);
}

static enum side turn(const struct dialogue *d)
{
	(void)d;
	return SIDE_CLIENT;
}

static enum input input(const struct dialogue *d)
{
	return state_now(d) == FTP_CLOSED ? INPUT_NOTHING : INPUT_COMMAND;
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
	{ "ftp", 21, false },
	{ "ftps", 990, true },
	{ NULL, 0, false },
};
static const unsigned ports[] = { 21, 990, 2121, 2990, 0 };

const struct protocol protocol_ftp = {
	.name = "ftp",
	.title = "File Transfer Protocol",
	.reference = "RFC 959",
	.server_first = true,
	.schemes = schemes,
	.ports = ports,
	.states = ftp_states,
	.tables = ftp_tables,
	.machine = &machine,
};
