/*
 * FTP: the row, and what is asked of the session as a whole.
 */
#include "protocol/coded_reply.h"
#include "protocol/ftp_machine.h"

enum ftp_effect ftp_effect_of(struct slice verb)
{
	static const struct {
		const char *verb;
		enum ftp_effect effect;
	} effects[] = {
		{ "ABOR", EFFECT_ABOR },      { "ACCT", EFFECT_ACCT },    { "ADAT", EFFECT_ADAT },
		{ "APPE", EFFECT_STORE },     { "AUTH", EFFECT_AUTH },    { "CCC", EFFECT_CCC },
		{ "CONF", EFFECT_PROTECTED }, { "CPSV", EFFECT_PASSIVE }, { "ENC", EFFECT_PROTECTED },
		{ "EPRT", EFFECT_ACTIVE },    { "EPSV", EFFECT_PASSIVE }, { "FEAT", EFFECT_FEAT },
		{ "LIST", EFFECT_FETCH },     { "LPRT", EFFECT_ACTIVE },  { "LPSV", EFFECT_PASSIVE },
		{ "MIC", EFFECT_PROTECTED },  { "MLSD", EFFECT_FETCH },   { "MLST", EFFECT_MLST },
		{ "NLST", EFFECT_FETCH },     { "PASS", EFFECT_PASS },    { "PASV", EFFECT_PASSIVE },
		{ "PBSZ", EFFECT_PBSZ },      { "PORT", EFFECT_ACTIVE },  { "PROT", EFFECT_PROT },
		{ "QUIT", EFFECT_QUIT },      { "REIN", EFFECT_REIN },    { "REST", EFFECT_REST },
		{ "RETR", EFFECT_FETCH },     { "RNFR", EFFECT_RNFR },    { "RNTO", EFFECT_RNTO },
		{ "SPSV", EFFECT_PASSIVE },   { "STAT", EFFECT_STAT },    { "STOR", EFFECT_STORE },
		{ "STOU", EFFECT_STORE },     { "THMB", EFFECT_FETCH },   { "USER", EFFECT_USER },
	};
	for (size_t i = 0; i < sizeof effects / sizeof effects[0]; i++)
		if (slice_equal_nocase(verb, slice_of(effects[i].verb)))
			return effects[i].effect;
	return EFFECT_NONE;
}

enum ftp_effect ftp_effect(const struct outstanding *one)
{
	return one ? (enum ftp_effect)(one->flags & EFFECT_MASK) : EFFECT_NONE;
}

bool ftp_transfers(const struct outstanding *one)
{
	return ftp_effect(one) == EFFECT_FETCH || ftp_effect(one) == EFFECT_STORE;
}

struct outstanding *ftp_transfer_now(const struct dialogue *d)
{
	struct outstanding *first = outstanding_at(d, 0);
	return ftp_transfers(first) && first->step > 0 ? first : NULL;
}

void ftp_restart(struct ftp *s)
{
	s->anonymous = s->passive_only = false;
	s->exchange = s->exchanged = s->buffered = s->cleared = false;
	s->data = DATA_DEFAULT;
	s->sequence = EFFECT_NONE;
}

/* The state after one command, if it is answered well. */
static unsigned state_after(const struct ftp *s, const struct outstanding *one, unsigned state)
{
	switch (ftp_effect(one)) {
	case EFFECT_USER:
		return FTP_USER;
	case EFFECT_PASS:
	case EFFECT_ACCT:
		return FTP_READY;
	case EFFECT_REIN:
	case EFFECT_AUTH:
		return FTP_CONNECTED;
	case EFFECT_QUIT:
		return FTP_CLOSED;
	case EFFECT_FETCH:
	case EFFECT_STORE:
		return state == FTP_TRANSFER ? s->before_transfer : state;
	default:
		return state;
	}
}

unsigned ftp_expected_state(const struct dialogue *d)
{
	const struct ftp *s = machine_state(d);
	unsigned state = state_now(d);
	for (size_t i = 0; i < outstanding_count(d); i++)
		state = state_after(s, outstanding_at(d, i), state);
	return state;
}

/* Whether a command with that effect waits. */
static bool waits(const struct dialogue *d, enum ftp_effect effect)
{
	for (size_t i = 0; i < outstanding_count(d); i++)
		if (ftp_effect(outstanding_at(d, i)) == effect)
			return true;
	return false;
}

/* Why no command is allowed in that state. */
static const char *reason(unsigned state, enum ftp_effect effect)
{
	switch (state) {
	case FTP_GREETING:
		return "the server has not greeted yet, and it speaks first (RFC 959 5.4)";
	case FTP_CONNECTED:
		return effect == EFFECT_PASS ? "it needs USER just before (RFC 959 4.1.1)"
		                             : "nobody is logged in: USER and PASS come first (RFC 959 4.1.1)";
	case FTP_USER:
		return "the login is not complete: PASS comes next, or ACCT where 332 asks for it (RFC 959 5.4)";
	case FTP_READY:
		return effect == EFFECT_PASS
		               ? "the user is logged in already: USER begins another login (RFC 959 4.1.1)"
		               : "the user is logged in already, and this comes before (RFC 7151 3)";
	case FTP_TRANSFER:
		return "a transfer is under way: only ABOR, STAT and QUIT make sense before its last reply "
		       "(RFC 959 4.1.3)";
	default:
		return "the session is over";
	}
}

/* What the commands of RFC 2228 section 3 need of each other, and EPSV ALL of the commands that it excludes. */
static const char *order(const struct dialogue *d, enum ftp_effect effect, const struct entry *command)
{
	const struct ftp *s = machine_state(d);
	bool protected = dialogue_secure(d) || s->exchanged || waits(d, EFFECT_AUTH);
	switch (effect) {
	case EFFECT_ADAT:
		return s->exchange || waits(d, EFFECT_AUTH) ? NULL : "it needs AUTH first (RFC 2228 3)";
	case EFFECT_PBSZ:
		return s->cleared  ? "after CCC the protection stays as it is (RFC 4217 5)"
		       : protected ? NULL
		                   : "it needs AUTH first (RFC 2228 3)";
	case EFFECT_PROT:
		return s->cleared                             ? "after CCC the protection stays as it is (RFC 4217 5)"
		       : s->buffered || waits(d, EFFECT_PBSZ) ? NULL
		                                              : "it needs PBSZ first (RFC 2228 3)";
	case EFFECT_CCC:
		return s->cleared  ? "the control connection is in the clear already (RFC 4217 5)"
		       : protected ? NULL
		                   : "it needs AUTH first (RFC 2228 3)";
	case EFFECT_PROTECTED:
		return protected ? NULL : "it needs AUTH first (RFC 2228 3)";
	case EFFECT_ACTIVE:
	case EFFECT_PASSIVE:
		return s->passive_only && !slice_equal(slice_of(command->word), SLICE("EPSV"))
		               ? "after EPSV ALL only EPSV may say where data connections go (RFC 2428 3)"
		               : NULL;
	default:
		return NULL;
	}
}

static const char *refuses(const struct dialogue *d, const struct entry *command)
{
	const struct ftp *s = machine_state(d);
	enum ftp_effect effect = ftp_effect_of(slice_of(command->word));
	unsigned state = ftp_transfer_now(d) ? FTP_TRANSFER : ftp_expected_state(d);
	if (s->refused && state == FTP_GREETING)
		return effect == EFFECT_QUIT ? NULL : "the server refused the session: only QUIT is left (RFC 959 5.4)";
	if (!(command->states & STATE(state)))
		return reason(state, effect);
	return order(d, effect, command);
}

static void tls_has_begun(struct dialogue *d, struct ftp *s, struct dialogue_event *event)
{
	outstanding_forget_all(d);
	reply_open(d, false);
	ftp_restart(s);
	s->featured = false;
	s->exchanged = true;
	state_move(d, FTP_CONNECTED);
	event->phase = PHASE_ENCRYPT;
	event_note(d, event,
	           "TLS begins on the control connection. The login comes now, and PBSZ 0 with PROT P if "
	           "data connections are to be encrypted, too.");
	event_ref(d, event, "RFC 4217 4.2");
	event_ref(d, event, "RFC 4217 9");
}

static void client_has_gone(struct dialogue *d, struct dialogue_event *event)
{
	if (dialogue_closing(d) || waits(d, EFFECT_QUIT))
		return;
	event_note(d, event, "The client is gone without QUIT: the server takes it for ABOR and QUIT.");
	event_ref(d, event, "RFC 959 4.1.1");
}

static void stage(struct dialogue *d, enum stage what, enum side side, struct dialogue_event *event)
{
	struct ftp *s = machine_state(d);
	if (what == STAGE_TLS) {
		tls_has_begun(d, s, event);
		return;
	}
	if (side == SIDE_CLIENT) {
		client_has_gone(d, event);
		return;
	}
	bool pending = !s->greeted || outstanding_count(d) > 0 || dialogue_in_reply(d);
	if (pending && !dialogue_closing(d))
		event_problem(d, event, "the server hung up before its reply was complete");
	state_move(d, FTP_CLOSED);
}

static enum side turn(const struct dialogue *d)
{
	const struct ftp *s = machine_state(d);
	bool server = !s->greeted || dialogue_in_reply(d) || dialogue_closing(d) || outstanding_count(d) > 0;
	return server ? SIDE_SERVER : SIDE_CLIENT;
}

static enum input input(const struct dialogue *d)
{
	return state_now(d) == FTP_CLOSED ? INPUT_NOTHING : INPUT_COMMAND;
}

/* ---- recognising ---- */

/* A 220 that names neither FTP nor another protocol may be FTP's: the first command decides then. */
static unsigned greeting(struct slice line)
{
	static const char *const names[] = { "FTP", "FileZilla", "Serv-U" };
	struct coded_reply reply;
	if (!coded_reply_parse(line, '6', &reply) || !reply.separated ||
	    !(slice_equal(reply.code, SLICE("220")) || slice_equal(reply.code, SLICE("120")) ||
	      slice_equal(reply.code, SLICE("421"))))
		return 0;
	if (slice_find_nocase(line, SLICE("SMTP")) < line.n || slice_find_nocase(line, SLICE("LMTP")) < line.n)
		return 1;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (slice_find_nocase(line, slice_of(names[i])) < line.n)
			return 3;
	return 1;
}

static unsigned command(struct slice line)
{
	static const char *const sure[] = {
		"CDUP", "CWD",  "EPRT", "EPSV", "FEAT", "MDTM", "MKD",  "MLSD", "MLST", "NLST", "OPTS",
		"PASV", "PBSZ", "PORT", "PROT", "PWD",  "REST", "RETR", "RNFR", "STOR", "SYST", "TYPE",
	};
	struct slice verb = slice_word(&line), argument = slice_trim(line);
	uint64_t number;
	for (size_t i = 0; i < sizeof sure / sizeof sure[0]; i++)
		if (slice_equal_nocase(verb, slice_of(sure[i])))
			return slice_equal_nocase(verb, SLICE("RETR")) && slice_number(argument, &number) ? 1 : 3;
	if (slice_equal_nocase(verb, SLICE("USER")) || slice_equal_nocase(verb, SLICE("PASS")))
		return 2;
	bool tls = slice_equal_nocase(argument, SLICE("TLS")) || slice_equal_nocase(argument, SLICE("SSL"));
	return slice_equal_nocase(verb, SLICE("AUTH")) && tls ? 3 : 0;
}

static const struct machine machine = {
	.size = sizeof(struct ftp),
	.client = ftp_client,
	.server = ftp_server,
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
	.data_connection = true,
	.schemes = schemes,
	.ports = ports,
	.states = ftp_states,
	.tables = ftp_tables,
	.machine = &machine,
	.greeting = greeting,
	.command = command,
};
