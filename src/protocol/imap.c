/*
 * IMAP: the row, and what is asked of the session as a whole.
 */
#include "protocol/imap.h"

#include <stdlib.h>

#include "protocol/imap_machine.h"

const struct entry *imap_row(enum table_kind kind, struct slice word)
{
	const struct table *table = protocol_table(&protocol_imap, kind);
	return table ? table_find(table, word) : NULL;
}

const struct entry *imap_command_row(const struct imap_command *command)
{
	if (command->second.n == 0)
		return imap_row(TABLE_COMMANDS, command->verb);
	char *both = string_printf("UID " SLICE_FMT, SLICE_ARG(command->second));
	const struct entry *row = imap_row(TABLE_COMMANDS, slice_of(both));
	free(both);
	return row;
}

void imap_note_middle(struct dialogue *d, struct imap *s, struct dialogue_event *event)
{
	if (s->middle)
		return;
	s->middle = true;
	event_note(d, event,
	           "No greeting was seen before: the server speaks first, so this may be the middle of a session.");
	event_ref(d, event, "RFC 9051 3");
}

void imap_name_after(struct dialogue *d, const struct outstanding *one, struct dialogue_event *event)
{
	if (one == NULL)
		return;
	event->verb = event_text(d, slice_of(one->verb));
	event->phase = one->command ? one->command->phase : PHASE_NONE;
}

/* Why a command is not allowed in that state. */
static const char *reason(unsigned state, const struct entry *command)
{
	bool needs_mailbox = (command->states & STATE(IMAP_SELECTED)) && !(command->states & STATE(IMAP_AUTHENTICATED));
	switch (state) {
	case IMAP_GREETING:
		return "the server has not greeted yet, and it speaks first (RFC 9051 3)";
	case IMAP_NOT_AUTHENTICATED:
		return needs_mailbox ? "nobody is logged in, and no mailbox is selected: LOGIN or AUTHENTICATE and "
		                       "then SELECT come first (RFC 9051 3.3)"
		                     : "nobody is logged in: LOGIN or AUTHENTICATE comes first (RFC 9051 3.1)";
	case IMAP_AUTHENTICATED:
		return needs_mailbox ? "no mailbox is selected: SELECT or EXAMINE comes first (RFC 9051 3.3)"
		                     : "the client is logged in already: this comes only before (RFC 9051 6.2)";
	case IMAP_SELECTED:
		if (command->states & STATE(IMAP_AUTHENTICATED))
			return "a mailbox is selected, and this comes only before: CLOSE or UNSELECT leaves it (RFC 9051 3.2)";
		return "the client is logged in already, with a mailbox selected: this comes only before (RFC 9051 3)";
	case IMAP_LOGOUT:
		return "goodbye was said: only the close is left (RFC 9051 3.4)";
	default:
		return "the session is over";
	}
}

static const char *refuses(const struct dialogue *d, const struct entry *command)
{
	const struct imap *s = machine_state(d);
	enum imap_effect effect = imap_effect_of(slice_of(command->word));
	unsigned state = imap_expected_state(d);
	if (s->mode == MODE_IDLE)
		return "IDLE waits for DONE (RFC 9051 6.3.13)";
	if (s->mode == MODE_ANSWER)
		return "a SASL exchange is under way: * cancels it (RFC 9051 6.2.2)";
	if (!(command->states & STATE(state)))
		return reason(state, command);
	if (effect == EFFECT_STARTTLS && dialogue_secure(d))
		return "TLS has begun already (RFC 9051 6.2.1)";
	if (effect == EFFECT_LOGIN && dialogue_announced(d, SLICE("LOGINDISABLED"), NULL))
		return "the server announced LOGINDISABLED: it takes no LOGIN here, perhaps after STARTTLS "
		       "(RFC 9051 6.2.3)";
	return NULL;
}

static void lines_clear(struct dialogue *d, struct imap *s)
{
	s->mode = MODE_COMMAND;
	s->waits = false;
	spoken_clear(&s->client);
	spoken_clear(&s->server);
	counted_begin(d, SIDE_CLIENT, 0);
	counted_begin(d, SIDE_SERVER, 0);
}

static void tls_begun(struct dialogue *d, struct imap *s, struct dialogue_event *event)
{
	outstanding_forget_all(d);
	sasl_clear(&s->sasl);
	lines_clear(d, s);
	reply_open(d, false);
	s->utf8 = false;
	state_move(d, IMAP_NOT_AUTHENTICATED);
	event->phase = PHASE_ENCRYPT;
	event_note(d, event,
	           "TLS begins. The capabilities that were learnt in the clear are forgotten: the client asks again.");
	event_ref(d, event, "RFC 9051 6.2.1");
}

/* Octets of a literal that never came. */
static void missing(struct dialogue *d, enum side side, struct dialogue_event *event)
{
	uint64_t left = counted_left(d, side);
	if (left == 0)
		return;
	event_problem(d, event, "%llu octet%s of the literal did not come", (unsigned long long)left,
	              left == 1 ? "" : "s");
	event_ref(d, event, "RFC 9051 4.3");
}

static void stage(struct dialogue *d, enum stage what, enum side side, struct dialogue_event *event)
{
	struct imap *s = machine_state(d);
	if (what == STAGE_TLS) {
		tls_begun(d, s, event);
		return;
	}
	missing(d, SIDE_CLIENT, event);
	if (side == SIDE_CLIENT) {
		if (!dialogue_closing(d) && state_now(d) != IMAP_GREETING) {
			event_note(d, event, "The client goes without a goodbye: LOGOUT is the way.");
			event_ref(d, event, "RFC 9051 3.4");
		}
		return;
	}
	missing(d, SIDE_SERVER, event);
	if (!dialogue_closing(d) && !s->compressed) {
		bool pending = state_now(d) == IMAP_GREETING || outstanding_count(d) > 0 || dialogue_in_reply(d);
		event_problem(d, event,
		              pending ? "the server hung up before its reply was complete"
		                      : "the server hung up without saying BYE first");
		event_ref(d, event, "RFC 9051 3.4");
	}
	lines_clear(d, s);
	state_move(d, IMAP_CLOSED);
}

static enum side turn(const struct dialogue *d)
{
	const struct imap *s = machine_state(d);
	if (!s->greeted && !s->middle)
		return SIDE_SERVER;
	if (s->client.open)
		return s->waits ? SIDE_SERVER : SIDE_CLIENT;
	if (dialogue_closing(d) || dialogue_in_reply(d))
		return SIDE_SERVER;
	if (s->mode != MODE_COMMAND)
		return SIDE_CLIENT;
	return outstanding_count(d) ? SIDE_SERVER : SIDE_CLIENT;
}

static enum input input(const struct dialogue *d)
{
	const struct imap *s = machine_state(d);
	if (state_now(d) == IMAP_CLOSED)
		return INPUT_NOTHING;
	if (s->compressed)
		return INPUT_OPAQUE;
	if (s->client.open)
		return INPUT_REST;
	return s->mode == MODE_COMMAND ? INPUT_COMMAND : INPUT_ANSWER;
}

static void end(struct dialogue *d)
{
	struct imap *s = machine_state(d);
	sasl_clear(&s->sasl);
	spoken_clear(&s->client);
	spoken_clear(&s->server);
}

/* How a server greets (RFC 9051 section 9: greeting). A space, or nothing, stands behind the word. */
static unsigned greeting(struct slice line)
{
	static const char *const words[] = { "* OK", "* PREAUTH", "* BYE" };
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		struct slice word = slice_of(words[i]);
		if (slice_starts_nocase(line, word) && (line.n == word.n || line.p[word.n] == ' '))
			return 3;
	}
	return 0;
}

/* A tag, then a command that IMAP knows. Most tags have a digit; one that is a long word may be another protocol's
 * command ("HELP LIST"). */
static unsigned command(struct slice line)
{
	struct imap_command parsed;
	imap_command_parse(line, &parsed);
	if (!imap_tag_ok(parsed.tag) || parsed.tag.p != line.p || imap_command_row(&parsed) == NULL)
		return 0;
	for (size_t i = 0; i < parsed.tag.n; i++)
		if (octet_is_digit(parsed.tag.p[i]))
			return 3;
	return parsed.tag.n <= 2 ? 3 : 2;
}

static const struct machine machine = {
	.size = sizeof(struct imap),
	.end = end,
	.client = imap_client,
	.server = imap_server,
	.stage = stage,
	.turn = turn,
	.input = input,
	.refuses = refuses,
};

static const struct scheme schemes[] = {
	{ "imap", 143, false },
	{ "imaps", 993, true },
	{ NULL, 0, false },
};
static const unsigned ports[] = { 143, 993, 2143, 2993, 0 };

const struct protocol protocol_imap = {
	.name = "imap",
	.title = "Internet Message Access Protocol",
	.reference = "RFC 9051",
	.server_first = true,
	.tagged = true,
	.schemes = schemes,
	.ports = ports,
	.states = imap_states,
	.tables = imap_tables,
	.machine = &machine,
	.greeting = greeting,
	.command = command,
};
