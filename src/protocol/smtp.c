/*
 * SMTP and LMTP: the rows, and what is asked of the session as a whole.
 */
#include "protocol/smtp.h"

#include "protocol/smtp_machine.h"

void smtp_transaction_reset(struct smtp *s)
{
	s->eight_bit = s->eight_bit_told = s->binary = false;
	s->text_begun = s->text_in_body = false;
	s->early_told = s->after_bare_lf = false;
}

enum smtp_effect smtp_effect_of(struct slice verb)
{
	static const struct {
		const char *verb;
		enum smtp_effect effect;
	} effects[] = {
		{ "AUTH", EFFECT_AUTH },       { "BDAT", EFFECT_BDAT },  { "BURL", EFFECT_BURL },
		{ "DATA", EFFECT_DATA },       { "EHLO", EFFECT_HELLO }, { "HELO", EFFECT_HELLO },
		{ "LHLO", EFFECT_HELLO },      { "MAIL", EFFECT_MAIL },  { "QUIT", EFFECT_QUIT },
		{ "RCPT", EFFECT_RCPT },       { "RSET", EFFECT_RSET },  { "SAML", EFFECT_MAIL },
		{ "SEND", EFFECT_MAIL },       { "SOML", EFFECT_MAIL },  { "STARTTLS", EFFECT_STARTTLS },
		{ "XCLIENT", EFFECT_RESTART },
	};
	for (size_t i = 0; i < sizeof effects / sizeof effects[0]; i++)
		if (slice_equal_nocase(verb, slice_of(effects[i].verb)))
			return effects[i].effect;
	return EFFECT_NONE;
}

struct outstanding *smtp_waiting_last(const struct dialogue *d, enum smtp_effect effect)
{
	size_t n = outstanding_count(d);
	struct outstanding *last = n ? outstanding_at(d, n - 1) : NULL;
	return last && (last->flags & EFFECT_MASK) == effect ? last : NULL;
}

bool smtp_is_lmtp(const struct dialogue *d)
{
	return machine_protocol(d) == &protocol_lmtp;
}

/* The state after one command, if it is answered well. */
static unsigned state_after(const struct outstanding *one, unsigned state, bool hello)
{
	switch ((enum smtp_effect)(one->flags & EFFECT_MASK)) {
	case EFFECT_HELLO:
	case EFFECT_AUTH:
		return SMTP_READY;
	case EFFECT_RSET:
		return hello ? SMTP_READY : state;
	case EFFECT_STARTTLS:
	case EFFECT_RESTART:
		return SMTP_CONNECTED;
	case EFFECT_MAIL:
		return SMTP_MAIL;
	case EFFECT_RCPT:
		return SMTP_RCPT;
	case EFFECT_DATA:
		return one->flags & FLAG_TEXT_DONE ? SMTP_READY : SMTP_DATA;
	case EFFECT_BDAT:
	case EFFECT_BURL:
		return one->flags & FLAG_LAST ? SMTP_READY : SMTP_DATA;
	case EFFECT_QUIT:
		return SMTP_CLOSED;
	case EFFECT_NONE:
		break;
	}
	return state;
}

unsigned smtp_expected_state(const struct dialogue *d)
{
	const struct smtp *s = machine_state(d);
	unsigned state = state_now(d);
	bool hello = s->hello;
	for (size_t i = 0; i < outstanding_count(d); i++) {
		const struct outstanding *one = outstanding_at(d, i);
		state = state_after(one, state, hello);
		hello |= (one->flags & EFFECT_MASK) == EFFECT_HELLO;
	}
	return state;
}

/* Why no command of that kind is allowed in that state. */
static const char *reason(unsigned state, enum smtp_effect effect, bool lmtp)
{
	switch (state) {
	case SMTP_GREETING:
		return "the server has not greeted yet, and it speaks first (RFC 5321 3.1)";
	case SMTP_CONNECTED:
		return lmtp ? "it needs LHLO first (RFC 2033 4.1)" : "it needs EHLO or HELO first (RFC 5321 4.1.4)";
	case SMTP_READY:
		return "it needs MAIL first (RFC 5321 3.3)";
	case SMTP_MAIL:
		if (effect == EFFECT_DATA || effect == EFFECT_BDAT || effect == EFFECT_BURL)
			return "no recipient was accepted yet: RCPT comes first (RFC 5321 3.3)";
		/* fall through */
	case SMTP_RCPT:
		return effect == EFFECT_MAIL   ? "a mail transaction is under way: RSET drops it (RFC 5321 4.1.4)"
		       : effect == EFFECT_AUTH ? "a mail transaction is under way: AUTH waits for its end (RFC 4954 4)"
		                               : "a mail transaction is under way (RFC 5321 4.1.4)";
	case SMTP_DATA:
		return "the message is under way: BDAT goes on until LAST (RFC 3030 2)";
	case SMTP_AUTH:
		return "an AUTH exchange is under way: * cancels it (RFC 4954 4)";
	default:
		return "the session is over";
	}
}

static const char *refuses(const struct dialogue *d, const struct entry *command)
{
	const struct smtp *s = machine_state(d);
	enum smtp_effect effect = smtp_effect_of(slice_of(command->word));
	unsigned state = smtp_expected_state(d);
	if (s->refused && state == SMTP_GREETING)
		return effect == EFFECT_QUIT ? NULL
		                             : "the server refused the session: only QUIT is left (RFC 5321 3.1)";
	if (effect == EFFECT_AUTH && s->authenticated)
		return "the client is authenticated already: AUTH comes once (RFC 4954 4)";
	if (effect == EFFECT_STARTTLS && dialogue_secure(d))
		return "TLS has begun already (RFC 3207 4.2)";
	if (command->states & STATE(state))
		return NULL;
	return reason(state, effect, smtp_is_lmtp(d));
}

static void tls_has_begun(struct dialogue *d, struct smtp *s, struct dialogue_event *event)
{
	outstanding_forget_all(d);
	reply_open(d, false);
	sasl_clear(&s->sasl);
	smtp_transaction_reset(s);
	s->mode = MODE_COMMAND;
	s->hello = s->extended = s->authenticated = s->unasked = false;
	s->lines = 0;
	s->accepted = 0;
	state_move(d, SMTP_CONNECTED);
	event->phase = PHASE_ENCRYPT;
	event_note(d, event, "TLS begins. What was said in the clear is forgotten: the client says %s again.",
	           smtp_is_lmtp(d) ? "LHLO" : "EHLO");
	event_ref(d, event, "RFC 3207 4.2");
}

static void stage(struct dialogue *d, enum stage what, enum side side, struct dialogue_event *event)
{
	struct smtp *s = machine_state(d);
	if (what == STAGE_TLS) {
		tls_has_begun(d, s, event);
		return;
	}
	bool in_text = s->mode == MODE_TEXT;
	uint64_t missing = dialogue_counted(d);
	if (side == SIDE_SERVER) {
		bool pending = !s->greeted || outstanding_count(d) > 0 || dialogue_in_reply(d);
		if (pending && !dialogue_closing(d))
			event_problem(d, event, "the server hung up before its reply was complete");
		state_move(d, SMTP_CLOSED);
		s->mode = MODE_COMMAND;
	}
	if (in_text) {
		event_problem(d, event,
		              "the message text was not ended by its lone dot: the server must not deliver it");
		event_ref(d, event, "RFC 5321 4.1.1.10");
	}
	if (missing) {
		event_problem(d, event, "%llu octets of the chunk were not sent", (unsigned long long)missing);
		event_ref(d, event, "RFC 3030 2");
	}
}

static enum side turn(const struct dialogue *d)
{
	const struct smtp *s = machine_state(d);
	if (!s->greeted || dialogue_in_reply(d) || dialogue_closing(d))
		return SIDE_SERVER;
	if (dialogue_counted(d) || s->mode == MODE_ANSWER)
		return SIDE_CLIENT;
	if (s->mode == MODE_TEXT)
		return state_now(d) == SMTP_DATA ? SIDE_CLIENT : SIDE_SERVER;
	return outstanding_count(d) ? SIDE_SERVER : SIDE_CLIENT;
}

static enum input input(const struct dialogue *d)
{
	const struct smtp *s = machine_state(d);
	if (state_now(d) == SMTP_CLOSED)
		return INPUT_NOTHING;
	return s->mode == MODE_TEXT ? INPUT_TEXT : s->mode == MODE_ANSWER ? INPUT_ANSWER : INPUT_COMMAND;
}

static void end(struct dialogue *d)
{
	struct smtp *s = machine_state(d);
	sasl_clear(&s->sasl);
}

/* A 220 that names neither may be FTP's as well: the first command decides then. */
static unsigned greeting_names(struct slice line, struct slice name)
{
	bool code = slice_starts(line, SLICE("220")) || slice_starts(line, SLICE("421")) ||
	            slice_starts(line, SLICE("521")) || slice_starts(line, SLICE("554"));
	return !code ? 0 : slice_find_nocase(line, name) < line.n ? 3 : 1;
}

/* RFC 5321 D.1 greets with the name in full. */
static unsigned smtp_greeting(struct slice line)
{
	unsigned sure = greeting_names(line, SLICE("SMTP"));
	return sure == 1 ? greeting_names(line, SLICE("Simple Mail Transfer")) : sure;
}

static unsigned lmtp_greeting(struct slice line)
{
	return greeting_names(line, SLICE("LMTP"));
}

static bool verb_is(struct slice line, struct slice verb)
{
	return slice_equal_nocase(slice_word(&line), verb);
}

static unsigned smtp_command(struct slice line)
{
	if (verb_is(line, SLICE("EHLO")) || verb_is(line, SLICE("HELO")))
		return 3;
	return slice_starts_nocase(line, SLICE("MAIL FROM:")) ? 3 : 0;
}

static unsigned lmtp_command(struct slice line)
{
	return verb_is(line, SLICE("LHLO")) ? 3 : 0;
}

static const struct machine machine = {
	.size = sizeof(struct smtp),
	.end = end,
	.client = smtp_client,
	.server = smtp_server,
	.stage = stage,
	.turn = turn,
	.input = input,
	.refuses = refuses,
};

static const struct scheme smtp_schemes[] = {
	{ "smtp", 25, false },
	{ "smtps", 465, true },       /* RFC 8314 3.3, where it is called submissions */
	{ "submission", 587, false }, /* RFC 6409 */
	{ NULL, 0, false },
};
static const struct scheme lmtp_schemes[] = { { "lmtp", 24, false }, { NULL, 0, false } };
static const unsigned smtp_ports[] = { 25, 587, 465, 2525, 2587, 2465, 0 };
static const unsigned lmtp_ports[] = { 24, 2424, 0 };

const struct protocol protocol_smtp = {
	.name = "smtp",
	.title = "Simple Mail Transfer Protocol",
	.reference = "RFC 5321",
	.server_first = true,
	.one_code = true,
	.schemes = smtp_schemes,
	.ports = smtp_ports,
	.states = smtp_states,
	.tables = smtp_tables,
	.machine = &machine,
	.greeting = smtp_greeting,
	.command = smtp_command,
};

const struct protocol protocol_lmtp = {
	.name = "lmtp",
	.title = "Local Mail Transfer Protocol",
	.reference = "RFC 2033",
	.server_first = true,
	.one_code = true,
	.schemes = lmtp_schemes,
	.ports = lmtp_ports,
	.states = smtp_states,
	.tables = lmtp_tables,
	.machine = &machine,
	.greeting = lmtp_greeting,
	.command = lmtp_command,
};
