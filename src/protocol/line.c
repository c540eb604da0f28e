/*
 * Any other text service. A line of the client's is a command; a line of the server's, or what has come when it falls
 * silent, is a reply. Over UDP each datagram is one of them.
 */
#include "protocol/line.h"

#include "protocol/machine.h"

enum { LINE_OPEN, LINE_CLOSED };

static const char *const states[] = { "open", "closed", NULL };

static const char *transport_ref(const struct dialogue *d)
{
	return machine_protocol(d)->datagrams ? "RFC 768" : "RFC 9293 3.8";
}

static void client(struct dialogue *d, const struct line *line, struct dialogue_event *event)
{
	event->kind = line->described ? EVENT_DATA : EVENT_COMMAND;
	if (!line->first || line->described)
		return;
	event_note(d, event,
	           machine_protocol(d)->datagrams
	                   ? "A datagram: it goes as one, may be lost, and nobody says that it came."
	                   : "Octets to the server, as typed: what they mean is up to the service.");
	event_ref(d, event, transport_ref(d));
	(void)outstanding_add(d, event, NULL);
}

static void server(struct dialogue *d, const struct line *line, struct dialogue_event *event)
{
	event->kind = line->described ? EVENT_DATA : EVENT_REPLY;
	event->has_final = true;
	event->final = !line->more;
	const struct outstanding *waits = outstanding_at(d, 0);
	if (!event->final)
		return;
	event_ref(d, event, transport_ref(d));
	if (waits) {
		event->answers = waits->n;
		event_note(d, event, "The service answers.");
		outstanding_done(d, 0);
	} else if (machine_undecided(d) && slice_starts(event->text, SLICE("220"))) {
		event_note(d, event,
		           "A greeting that names no protocol: SMTP and FTP both begin with 220, and the first "
		           "command decides.");
	} else {
		event_note(d, event, "The service says this unasked, or says more.");
	}
}

static void stage(struct dialogue *d, enum stage stage, enum side side, struct dialogue_event *event)
{
	(void)event;
	if (stage == STAGE_CLOSE && side == SIDE_SERVER)
		state_move(d, LINE_CLOSED);
}

/* Silence is an answer: nobody has to wait for one for ever. */
static void quiet(struct dialogue *d)
{
	outstanding_forget_all(d);
}

static enum side turn(const struct dialogue *d)
{
	return outstanding_count(d) ? SIDE_SERVER : SIDE_CLIENT;
}

static enum input input(const struct dialogue *d)
{
	return state_now(d) == LINE_CLOSED ? INPUT_NOTHING : INPUT_COMMAND;
}

static const char *refuses(const struct dialogue *d, const struct entry *command)
{
	(void)command;
	return state_now(d) == LINE_CLOSED ? "the conversation is over" : NULL;
}

static const struct machine machine = {
	.client = client,
	.server = server,
	.stage = stage,
	.quiet = quiet,
	.turn = turn,
	.input = input,
	.refuses = refuses,
	.silence_ends_replies = true,
};

static const struct table no_tables[] = { { 0 } };
static const unsigned tcp_ports[] = { 12000, 0 }; /* the documents' upper-case server */
static const unsigned no_ports[] = { 0 };
static const struct scheme tcp_schemes[] = { { "tcp", 0, false }, { "tls", 0, true }, { NULL, 0, false } };
static const struct scheme udp_schemes[] = { { "udp", 0, false }, { NULL, 0, false } };

const struct protocol protocol_tcp = {
	.name = "tcp",
	.title = "lines over TCP",
	.reference = "RFC 9293",
	.bare = true,
	.schemes = tcp_schemes,
	.ports = tcp_ports,
	.states = states,
	.tables = no_tables,
	.machine = &machine,
};

const struct protocol protocol_udp = {
	.name = "udp",
	.title = "datagrams over UDP",
	.reference = "RFC 768",
	.datagrams = true,
	.bare = true,
	.schemes = udp_schemes,
	.ports = no_ports,
	.states = states,
	.tables = no_tables,
	.machine = &machine,
};
