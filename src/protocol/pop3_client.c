/*
 * The client's lines of POP3: commands, and the answers of a SASL exchange.
 */
#include "protocol/pop3_machine.h"
#include "protocol/pop3_syntax.h"
#include "protocol/common.h"

/* RFC 2449 4: a command, CRLF included. The lines of a SASL exchange have no limit (RFC 5034 4). */
#define COMMAND_LINE_MAX 255

/* Of a name that no table has, a note shows so many octets. */
#define NAME_SHOWN 32

/* ---- SASL ---- */

static void answer_line(struct dialogue *d, const struct line *line, struct dialogue_event *event)
{
	struct pop3 *s = machine_state(d);
	event->kind = EVENT_DATA;
	event->phase = PHASE_AUTHENTICATE;
	line_end_problems(d, line, event, "RFC 1939 3");
	if (!line->first)
		return;
	if (!s->answer)
		event_problem(d, event, "sent before the server's + asked for it");
	s->answer = false;
	answer_read(d, &s->sasl, event, 0, "RFC 5034 4");
}

static void read_auth(struct dialogue *d, struct slice arguments, struct outstanding *one, struct dialogue_event *event)
{
	struct pop3 *s = machine_state(d);
	struct slice mechanism = slice_word(&arguments), initial = slice_trim(arguments);
	if (mechanism.n == 0) {
		event_note(
			d, event,
			"Without a mechanism some old servers list those that they have. CAPA's line SASL says it now.");
		event_ref(d, event, "RFC 5034 3");
		return;
	}
	sasl_begin(&s->sasl, mechanism);
	const struct entry *row = table_find(protocol_table(machine_protocol(d), TABLE_MECHANISMS), mechanism);
	if (row) {
		event_note(d, event, "%s: %s", row->word, row->note);
		event_ref(d, event, row->ref);
	} else {
		event_note(d, event, SLICE_FMT ": no registry knows this mechanism.",
		           SLICE_ARG(event_upper(d, slice_part(mechanism, 0, NAME_SHOWN))));
	}
	if (initial.n == 0)
		return;
	answer_read(d, &s->sasl, event, (size_t)(initial.p - event->text.p), "RFC 5034 4");
	if (sasl_one_step(mechanism))
		one->flags |= FLAG_ONE_STEP;
}

/* ---- arguments ---- */

/* Says what is wrong with the arguments, or what is right; where it is said stands in the command's row. */
static void argument_problem(struct dialogue *d, struct dialogue_event *event, const char *wrong)
{
	if (!event->more) /* of a line in pieces they may go on */
		event_problem(d, event, SLICE_FMT " %s", SLICE_ARG(event->verb), wrong);
}

/* A message number, which must stand there or may. */
static void read_message(struct dialogue *d, struct slice arguments, bool optional, struct dialogue_event *event)
{
	uint64_t number;
	if (!(optional && arguments.n == 0) && !pop3_message_number(arguments, &number))
		argument_problem(d, event,
		                 optional ? "must be followed by one message number, from 1, or by nothing"
		                          : "must be followed by one message number, from 1");
}

static void read_top(struct dialogue *d, struct slice arguments, struct dialogue_event *event)
{
	uint64_t message, lines;
	struct slice first = slice_word(&arguments), second = slice_trim(arguments);
	if (!pop3_message_number(first, &message) || !slice_number(second, &lines))
		argument_problem(d, event,
		                 "must be followed by a message number and by how many lines of the body to send");
	else if (lines == 0)
		event_note(d, event, "0 lines: only the header of message %llu.", (unsigned long long)message);
	else
		event_note(d, event, "Here: the header of message %llu, and %llu line%s of its body.",
		           (unsigned long long)message, (unsigned long long)lines, lines == 1 ? "" : "s");
}

/* All behind the one space is the password, spaces too (RFC 1939 7). */
static void read_pass(struct dialogue *d, struct slice arguments, struct dialogue_event *event)
{
	size_t start = (size_t)(arguments.p - event->text.p) + 1;
	if (arguments.n < 2)
		argument_problem(d, event, "must be followed by the password");
	else
		event_secret(event, start, event->text.n, SLICE("{{password}}"));
}

static void read_apop(struct dialogue *d, struct slice arguments, struct dialogue_event *event)
{
	(void)slice_word(&arguments);
	struct slice digest = slice_trim(arguments);
	bool masked = slice_starts(digest, SLICE("{{")); /* a record that is read again */
	if (digest.n)
		event_secret(event, (size_t)(digest.p - event->text.p), event->text.n, SLICE("{{apop {{password}}}}"));
	if (!pop3_digest(digest) && !masked)
		argument_problem(d, event,
		                 "must be followed by the name and the digest, 32 hexadecimal digits in lower case");
}

static void need_argument(struct dialogue *d, struct slice arguments, const char *what, struct dialogue_event *event)
{
	if (arguments.n == 0)
		argument_problem(d, event, what);
}

static void need_no_argument(struct dialogue *d, struct slice arguments, struct dialogue_event *event)
{
	if (arguments.n)
		argument_problem(d, event, "takes no argument");
}

/* RFC 1082: "All positive responses to the XTND command are multi-line." Of later extensions, which no RFC has, XLST of
 * a header field of all messages gives a list, too. */
static bool xtnd_lists(struct slice arguments)
{
	static const char *const lists[] = { "ARCHIVE", "BBOARDS", "X-BBOARDS" };
	struct slice name = slice_word(&arguments);
	(void)slice_word(&arguments);
	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
		if (slice_equal_nocase(name, slice_of(lists[i])))
			return true;
	return slice_equal_nocase(name, SLICE("XLST")) && slice_trim(arguments).n == 0;
}

/* Whether further lines come behind +OK. */
static bool asks_for_list(enum pop3_effect effect, struct slice arguments)
{
	switch (effect) {
	case EFFECT_CAPA:
	case EFFECT_RETR:
	case EFFECT_TOP:
		return true;
	case EFFECT_AUTH:
	case EFFECT_LANG:
	case EFFECT_LIST:
	case EFFECT_UIDL:
		return arguments.n == 0;
	case EFFECT_XTND:
		return xtnd_lists(arguments);
	default:
		return false;
	}
}

/* One space before each argument, and none behind the last (RFC 1939 3). */
static void check_spaces(struct dialogue *d, struct slice behind, struct dialogue_event *event)
{
	bool one = slice_find(behind, SLICE("  ")) == behind.n && slice_find_octet(behind, '\t') == behind.n;
	bool ended = behind.n == 0 || behind.p[behind.n - 1] != ' ' || event->more;
	if (one && ended)
		return;
	argument_problem(d, event,
	                 one ? "has a space after it, where the line must end"
	                     : "must have one space, and only one, before each argument");
	event_ref(d, event, "RFC 1939 3");
}

/* What stands behind the verb of a command that is known. `behind` begins with the space. */
static void read_arguments(struct dialogue *d, struct slice behind, struct outstanding *one,
                           struct dialogue_event *event)
{
	struct slice arguments = slice_trim(behind);
	enum pop3_effect effect = pop3_effect_waiting(one);
	if (asks_for_list(effect, arguments))
		one->flags |= FLAG_LIST;
	if (effect != EFFECT_PASS)
		check_spaces(d, behind, event);
	switch (effect) {
	case EFFECT_USER:
		need_argument(d, arguments, "must be followed by the user's name", event);
		break;
	case EFFECT_RPOP:
		need_argument(d, arguments, "must be followed by the user's name on the client's host", event);
		break;
	case EFFECT_PASS:
		read_pass(d, behind, event);
		break;
	case EFFECT_APOP:
		read_apop(d, arguments, event);
		break;
	case EFFECT_AUTH:
		read_auth(d, arguments, one, event);
		break;
	case EFFECT_TOP:
		read_top(d, arguments, event);
		break;
	case EFFECT_RETR:
	case EFFECT_DELE:
	case EFFECT_LIST:
	case EFFECT_UIDL:
		read_message(d, arguments, effect == EFFECT_LIST || effect == EFFECT_UIDL, event);
		break;
	case EFFECT_LANG:
	case EFFECT_XTND:
	case EFFECT_NONE:
		break;
	default:
		need_no_argument(d, arguments, event);
		break;
	}
}

/* ---- commands ---- */

/* A command that CAPA would announce, and did not. */
static void check_announced(struct dialogue *d, const struct entry *row, struct dialogue_event *event)
{
	const struct pop3 *s = machine_state(d);
	const struct table *capabilities = protocol_table(machine_protocol(d), TABLE_KEYWORDS);
	struct slice needs = slice_of(row->needs ? row->needs : row->word);
	if (s->capabilities && table_find(capabilities, needs) && !dialogue_announced(d, needs, NULL))
		event_note(d, event, "The server did not announce " SLICE_FMT ".", SLICE_ARG(needs));
}

/* Behind a command that waits for its reply, another may come only where PIPELINING was announced (RFC 2449 6.6), and
 * none behind STLS (RFC 2595 4). */
static void check_pipelining(struct dialogue *d, struct dialogue_event *event)
{
	size_t n = outstanding_count(d);
	if (n == 0)
		return;
	struct slice before = slice_part(slice_of(outstanding_at(d, n - 1)->verb), 0, NAME_SHOWN);
	if (pop3_effect_waiting(outstanding_at(d, n - 1)) == EFFECT_STLS) {
		event_problem(d, event, "nothing may be sent after STLS before its reply");
		event_ref(d, event, "RFC 2595 4");
	} else if (!dialogue_announced(d, SLICE("PIPELINING"), NULL)) {
		event_problem(d, event,
		              "sent without waiting for the reply to " SLICE_FMT
		              ": the server did not announce PIPELINING",
		              SLICE_ARG(before));
		event_ref(d, event, "RFC 2449 6.6");
	}
}

/* Octets above 127: a name and a password may have them where the server announces UTF8 USER, with the command UTF8 or
 * without it; all else may behind that command (RFC 6856 2 and 2.2). AUTH has rules of its own (RFC 5034). */
static void check_eight_bit(struct dialogue *d, enum pop3_effect effect, struct slice text,
                            struct dialogue_event *event)
{
	const struct pop3 *s = machine_state(d);
	struct slice value = { 0 };
	bool login = effect == EFFECT_USER || effect == EFFECT_PASS || effect == EFFECT_APOP;
	if (effect == EFFECT_AUTH || !has_eight_bit(text))
		return;
	if (login && !(dialogue_announced(d, SLICE("UTF8"), &value) && slice_equal_nocase(value, SLICE("USER")))) {
		event_problem(d, event, "octets above 127 here need UTF8 USER, which the server did not announce");
		event_ref(d, event, "RFC 6856 2.2");
	} else if (!login && !s->utf8) {
		event_problem(d, event, "octets above 127 in a command need UTF8, which was not agreed on");
		event_ref(d, event, "RFC 6856 2");
	}
}

/* Near a command that holds a secret, a secret was meant. `behind` begins with the space. */
static void mask_mistyped(const struct entry *near, struct slice behind, struct dialogue_event *event)
{
	enum pop3_effect meant = near ? pop3_effect_of(slice_of(near->word)) : EFFECT_NONE;
	struct slice secret = slice_trim(behind);
	if (meant == EFFECT_APOP || meant == EFFECT_AUTH) { /* the name, the mechanism */
		(void)slice_word(&secret);
		secret = slice_trim(secret);
	} else if (meant != EFFECT_PASS) {
		return;
	}
	if (secret.n)
		event_secret(event, (size_t)(secret.p - event->text.p), event->text.n,
		             meant == EFFECT_PASS ? SLICE("{{password}}") : SLICE("{{secret}}"));
}

static void unknown_verb(struct dialogue *d, struct slice verb, struct slice behind, struct dialogue_event *event)
{
	mask_mistyped(table_nearest(protocol_table(machine_protocol(d), TABLE_COMMANDS), verb), behind, event);
	event_note(d, event, "The server must answer -ERR: it does not know this command.");
	event_ref(d, event, "RFC 1939 3");
	verb_unknown(d, verb, event);
}

static void known_verb(struct dialogue *d, const struct entry *row, struct slice behind, struct dialogue_event *event)
{
	verb_known(d, row, event);
	if (verb_allowed(d, row, event) != NOT_NOW)
		check_announced(d, row, event);
	struct outstanding *one = outstanding_add(d, event, row);
	one->flags = pop3_effect_of(event->verb);
	read_arguments(d, behind, one, event);
	check_eight_bit(d, pop3_effect_waiting(one), event->text, event);
}

static void command_line(struct dialogue *d, const struct line *line, struct dialogue_event *event)
{
	event->kind = EVENT_COMMAND;
	line_end_problems(d, line, event, "RFC 1939 3");
	if (!line->first)
		return;
	struct slice behind = line->text;
	const struct entry *row = verb_read(d, &behind, event);
	if (event->octets > COMMAND_LINE_MAX) {
		event_problem(d, event, "a command line over %d octets, its CRLF included", COMMAND_LINE_MAX);
		event_ref(d, event, "RFC 2449 4");
	}
	check_pipelining(d, event);
	if (row) {
		known_verb(d, row, behind, event);
	} else {
		unknown_verb(d, event->verb, behind, event);
		(void)outstanding_add(d, event, NULL);
	}
}

/* Whether a line that stands behind an AUTH that the server has not yet answered is the client's answer all the same:
 * whoever sends without waiting sends his secrets so. */
static bool answers_early(const struct dialogue *d, const struct line *line)
{
	size_t n = outstanding_count(d);
	const struct outstanding *last = n ? outstanding_at(d, n - 1) : NULL;
	if (last == NULL || pop3_effect_waiting(last) != EFFECT_AUTH || last->flags & (FLAG_ONE_STEP | FLAG_LIST))
		return false;
	struct slice rest = line->text;
	struct slice verb = slice_word(&rest);
	return table_find(protocol_table(machine_protocol(d), TABLE_COMMANDS), verb) == NULL;
}

void pop3_client(struct dialogue *d, const struct line *line, struct dialogue_event *event)
{
	const struct pop3 *s = machine_state(d);
	if (line->described) {
		event->kind = EVENT_DATA;
		event_problem(d, event, "the client of POP3 sends no payload: only the server does");
		event_ref(d, event, "RFC 1939 3");
	} else if (!line->first && event->kind == EVENT_COMMAND) {
		command_line(d, line, event);
	} else if (!line->first || s->answer || answers_early(d, line)) {
		answer_line(d, line, event);
	} else {
		command_line(d, line, event);
	}
}
