/*
 * POP3: the row, and what is asked of the session as a whole.
 */
#include "protocol/pop3.h"

#include "protocol/pop3_machine.h"
#include "protocol/pop3_syntax.h"

enum pop3_effect pop3_effect_of(struct slice verb)
{
	static const struct {
		const char *verb;
		enum pop3_effect effect;
	} effects[] = {
		{ "APOP", EFFECT_APOP }, { "AUTH", EFFECT_AUTH }, { "CAPA", EFFECT_CAPA }, { "DELE", EFFECT_DELE },
		{ "LANG", EFFECT_LANG }, { "LIST", EFFECT_LIST }, { "PASS", EFFECT_PASS }, { "QUIT", EFFECT_QUIT },
		{ "NOOP", EFFECT_NOOP }, { "RETR", EFFECT_RETR }, { "RPOP", EFFECT_RPOP }, { "RSET", EFFECT_RSET },
		{ "STAT", EFFECT_STAT }, { "STLS", EFFECT_STLS }, { "TOP", EFFECT_TOP },   { "UIDL", EFFECT_UIDL },
		{ "USER", EFFECT_USER }, { "UTF8", EFFECT_UTF8 }, { "XTND", EFFECT_XTND },
	};
	for (size_t i = 0; i < sizeof effects / sizeof effects[0]; i++)
		if (slice_equal_nocase(verb, slice_of(effects[i].verb)))
			return effects[i].effect;
	return EFFECT_NONE;
}

enum pop3_effect pop3_effect_waiting(const struct outstanding *one)
{
	return one ? (enum pop3_effect)(one->flags & EFFECT_MASK) : EFFECT_NONE;
}

const char *pop3_plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

void pop3_of_command(struct dialogue *d, const struct outstanding *one, struct dialogue_event *event)
{
	if (one == NULL)
		return;
	event->verb = event_text(d, slice_of(one->verb));
	event->phase = one->command ? one->command->phase : PHASE_NONE;
}

/* What a session will be once all that waits is answered well. */
struct expected {
	unsigned state;
	bool user; /* USER was accepted */
	bool utf8; /* UTF8 was */
};

/* Goes on to what the session is after one command, if it is answered well. */
static void expect(const struct outstanding *one, struct expected *expected)
{
	switch (pop3_effect_waiting(one)) {
	case EFFECT_USER:
		expected->user = true;
		break;
	case EFFECT_UTF8:
		expected->utf8 = true;
		break;
	case EFFECT_AUTH:
		if (one->flags & FLAG_LIST) /* only asks what there is */
			break;
		expected->state = POP3_TRANSACTION;
		break;
	case EFFECT_PASS:
	case EFFECT_APOP:
	case EFFECT_RPOP:
		expected->state = POP3_TRANSACTION;
		break;
	case EFFECT_QUIT:
		expected->state = expected->state == POP3_TRANSACTION ? POP3_UPDATE : POP3_CLOSED;
		break;
	default:
		break;
	}
}

static struct expected expected_of(const struct dialogue *d)
{
	const struct pop3 *s = machine_state(d);
	struct expected expected = { .state = state_now(d), .user = s->user, .utf8 = s->utf8 };
	for (size_t i = 0; i < outstanding_count(d); i++)
		expect(outstanding_at(d, i), &expected);
	return expected;
}

unsigned pop3_expected_state(const struct dialogue *d)
{
	return expected_of(d).state;
}

/* Why no command of those that the state does not have is allowed in it. */
static const char *reason(unsigned state)
{
	switch (state) {
	case POP3_GREETING:
		return "the server has not greeted yet, and it speaks first (RFC 1939 4)";
	case POP3_AUTHORIZATION:
		return "it needs a login first, by USER and PASS, APOP or AUTH (RFC 1939 4)";
	case POP3_TRANSACTION:
		return "the client is logged in already, and this belongs before the login (RFC 1939 5)";
	default:
		return "the session is over";
	}
}

/* Why a login, or what prepares it, is not allowed though the state has it; NULL where it is allowed. */
static const char *refuses_login(const struct dialogue *d, enum pop3_effect effect, const struct expected *expected)
{
	const struct pop3 *s = machine_state(d);
	if ((effect == EFFECT_PASS || effect == EFFECT_RPOP) && !expected->user)
		return "USER must be accepted first (RFC 1939 7)";
	if (effect == EFFECT_APOP && !s->timestamp)
		return "the greeting held no timestamp, so the server has no APOP (RFC 1939 7)";
	if (effect == EFFECT_STLS && dialogue_secure(d))
		return "TLS has begun already (RFC 2595 4)";
	if (effect == EFFECT_STLS && expected->utf8)
		return "it may not follow UTF8 (RFC 6856 2.1)";
	return NULL;
}

static const char *refuses(const struct dialogue *d, const struct entry *command)
{
	const struct pop3 *s = machine_state(d);
	enum pop3_effect effect = pop3_effect_of(slice_of(command->word));
	struct expected expected = expected_of(d);
	if (s->refused && expected.state == POP3_GREETING)
		return effect == EFFECT_QUIT ? NULL : "the server refused the session: only QUIT is left";
	if (s->answer)
		return "an AUTH exchange is under way: * cancels it (RFC 5034 4)";
	if (!(command->states & STATE(expected.state)))
		return reason(expected.state);
	return refuses_login(d, effect, &expected);
}

static void tls_has_begun(struct dialogue *d, struct pop3 *s, struct dialogue_event *event)
{
	if (s->list.open)
		pop3_list_end(d);
	outstanding_forget_all(d);
	reply_open(d, false);
	sasl_clear(&s->sasl);
	s->marked = 0;
	s->answer = s->user = s->utf8 = s->capabilities = false;
	state_move(d, POP3_AUTHORIZATION);
	event->phase = PHASE_ENCRYPT;
	event_note(d, event,
	           "TLS begins. What CAPA said in the clear does not count any more: the client asks again. The server "
	           "does not greet again.");
	event_ref(d, event, "RFC 2595 4");
}

/* What is left undone when a side hangs up. */
static void note_end(struct dialogue *d, struct pop3 *s, enum side side, struct dialogue_event *event)
{
	bool pending = !s->greeted || outstanding_count(d) > 0 || dialogue_in_reply(d);
	if (side == SIDE_SERVER && pending && !dialogue_closing(d))
		event_problem(d, event, "the server hung up before its reply was complete");
	if (pop3_expected_state(d) != POP3_TRANSACTION || s->end_told)
		return;
	s->end_told = true;
	event_note(d, event,
	           "The session ends without QUIT: there is no update state, and messages that were marked as deleted "
	           "stay.");
	event_ref(d, event, "RFC 1939 6");
}

static void stage(struct dialogue *d, enum stage what, enum side side, struct dialogue_event *event)
{
	struct pop3 *s = machine_state(d);
	if (what == STAGE_TLS) {
		tls_has_begun(d, s, event);
		return;
	}
	note_end(d, s, side, event);
	s->answer = false;
	if (side == SIDE_SERVER || dialogue_closing(d))
		state_move(d, POP3_CLOSED);
}

static enum side turn(const struct dialogue *d)
{
	const struct pop3 *s = machine_state(d);
	if (!s->greeted || dialogue_in_reply(d) || dialogue_closing(d))
		return SIDE_SERVER;
	return s->answer || outstanding_count(d) == 0 ? SIDE_CLIENT : SIDE_SERVER;
}

static enum input input(const struct dialogue *d)
{
	const struct pop3 *s = machine_state(d);
	if (state_now(d) == POP3_UPDATE || state_now(d) == POP3_CLOSED)
		return INPUT_NOTHING;
	return s->answer ? INPUT_ANSWER : INPUT_COMMAND;
}

static void end(struct dialogue *d)
{
	struct pop3 *s = machine_state(d);
	sasl_clear(&s->sasl);
}

/* ---- how such a conversation begins ---- */

static unsigned greeting(struct slice line)
{
	struct pop3_status status;
	if (!pop3_status_parse(line, &status) || !status.separated)
		return 0;
	return status.indicator == POP3_OK ? 3 : status.indicator == POP3_ERR ? 2 : 0;
}

/* FTP has USER and STAT too, and AUTH; SMTP has AUTH. */
static unsigned command(struct slice line)
{
	static const struct {
		const char *verb;
		unsigned sure;
	} verbs[] = {
		{ "APOP", 3 }, { "CAPA", 3 }, { "DELE", 2 }, { "RETR", 1 }, { "STAT", 1 },
		{ "STLS", 3 }, { "TOP", 2 },  { "UIDL", 3 }, { "USER", 2 },
	};
	struct slice verb = slice_word(&line);
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
		if (slice_equal_nocase(verb, slice_of(verbs[i].verb)))
			return verbs[i].sure;
	return 0;
}

static const struct machine machine = {
	.size = sizeof(struct pop3),
	.end = end,
	.client = pop3_client,
	.server = pop3_server,
	.stage = stage,
	.turn = turn,
	.input = input,
	.refuses = refuses,
};

static const struct scheme schemes[] = {
	{ "pop3", 110, false },
	{ "pop3s", 995, true }, /* RFC 8314 3.1 */
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
	.greeting = greeting,
	.command = command,
};
