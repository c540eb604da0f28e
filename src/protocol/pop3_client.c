/*
 * The client's lines of POP3: commands, and the answers of a SASL exchange.
 */
#include "protocol/pop3_machine.h"
#include "protocol/pop3_syntax.h"

/* RFC 2449 4: a command, CRLF included. The lines of a SASL exchange have no limit (RFC 5034 4). */
#define COMMAND_LINE_MAX 255

/* Of a name that no table has, a note shows so many octets. */
#define NAME_SHOWN 32

static bool has_eight_bit(struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] >= 0x80)
			return true;
	return false;
}

/* ---- SASL ---- */

/* Cancelling and the empty answer hide nothing. */
static bool public_answer(struct slice text)
{
	return text.n == 0 || slice_equal(text, SLICE("*")) || slice_equal(text, SLICE("="));
}

/* Fills the event with what a line of the exchange says; it begins at that offset of the text. */
static void answer_shown(struct dialogue *d, struct pop3 *s, struct dialogue_event *event, size_t start)
{
	struct slice text = slice_part(event->text, start, event->text.n);
	struct sasl_line said = { 0 };
	sasl_client(&s->sasl, text, &said);
	event->has_decoded = said.ok && said.decoded.n > 0;
	event->decoded = event_text(d, buffer_slice(&said.decoded));
	event->decoded_secret = event->has_decoded && !public_answer(text);
	if (said.ok) {
		event_note(d, event, SLICE_FMT, SLICE_ARG(buffer_slice(&said.note)));
		event_ref(d, event, said.ref);
	} else {
		event_problem(d, event, "this is no base64, which every answer must be");
		event_ref(d, event, "RFC 5034 4");
	}
	if (!public_answer(text))
		event_secret(event, start, event->text.n,
		             said.mask.n ? event_text(d, buffer_slice(&said.mask)) : SLICE("{{secret}}"));
	sasl_line_free(&said);
}

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
	answer_shown(d, s, event, 0);
}

static void read_auth(struct dialogue *d, struct slice arguments, struct outstanding *one, struct dialogue_event *event)
{
	struct pop3 *s = machine_state(d);
	struct slice mechanism = slice_word(&arguments), initial = slice_trim(arguments);
	if (mechanism.n == 0) {
		one->flags |= FLAG_LIST;
		event_note(
			d, event,
			"Without a mechanism some old servers list those that they have. CAPA's line SASL says it now.");
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
	answer_shown(d, s, event, (size_t)(initial.p - event->text.p));
	if (sasl_one_step(mechanism))
		one->flags |= FLAG_ONE_STEP;
}

/* ---- arguments ---- */

/* `wrong`: what is wrong with the arguments and what is right; NULL where nothing is. */
static void argument_problem(struct dialogue *d, struct dialogue_event *event, const char *wrong, const char *ref)
{
	if (wrong == NULL || event->more) /* of a line in pieces they may go on */
		return;
	event_problem(d, event, SLICE_FMT " %s", SLICE_ARG(event->verb), wrong);
	event_ref(d, event, ref);
}

/* A message number, which must stand there or may. */
static void read_message(struct dialogue *d, struct slice arguments, bool optional, struct dialogue_event *event)
{
	uint64_t number;
	if (!(optional && arguments.n == 0) && !pop3_message_number(arguments, &number))
		argument_problem(d, event,
		                 optional ? "is followed by one message number, from 1, or by nothing"
		                          : "is followed by one message number, from 1",
		                 "RFC 1939 5");
}

static void read_top(struct dialogue *d, struct slice arguments, struct dialogue_event *event)
{
	uint64_t message, lines;
	struct slice first = slice_word(&arguments), second = slice_trim(arguments);
	if (!pop3_message_number(first, &message) || !slice_number(second, &lines))
		argument_problem(d, event, "is followed by a message number and by how many lines of the body to send",
		                 "RFC 1939 7");
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
		argument_problem(d, event, "is followed by the password", "RFC 1939 7");
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
		                 "is followed by the name and the digest, 32 hexadecimal digits in lower case",
		                 "RFC 1939 7");
}

static void need_argument(struct dialogue *d, struct slice arguments, const char *what, struct dialogue_event *event)
{
	if (arguments.n == 0)
		argument_problem(d, event, what, "RFC 1939 7");
}

static void need_no_argument(struct dialogue *d, struct slice arguments, struct dialogue_event *event)
{
	if (arguments.n)
		argument_problem(d, event, "takes no argument", "RFC 1939 3");
}

/* Of the extensions behind XTND two give a list: BBOARDS (RFC 1082), and XLST of a header field of all messages. */
static void read_xtnd(struct slice arguments, struct outstanding *one)
{
	struct slice name = slice_word(&arguments);
	(void)slice_word(&arguments);
	bool all = slice_trim(arguments).n == 0;
	if (slice_equal_nocase(name, SLICE("BBOARDS")) || (slice_equal_nocase(name, SLICE("XLST")) && all))
		one->flags |= FLAG_LIST;
}

/* One space before each argument, and none behind the last (RFC 1939 3). */
static void check_spaces(struct dialogue *d, struct slice behind, struct dialogue_event *event)
{
	bool one = slice_find(behind, SLICE("  ")) == behind.n && slice_find_octet(behind, '\t') == behind.n;
	bool ended = behind.n == 0 || behind.p[behind.n - 1] != ' ' || event->more;
	if (!one)
		argument_problem(d, event, "and its arguments are parted by one space each", "RFC 1939 3");
	else if (!ended)
		argument_problem(d, event, "has a space behind it, where the line must end", "RFC 1939 3");
}

/* What stands behind the verb of a command that is known. `behind` begins with the space. */
static void read_arguments(struct dialogue *d, struct slice behind, struct outstanding *one,
                           struct dialogue_event *event)
{
	struct slice arguments = slice_trim(behind);
	enum pop3_effect effect = pop3_effect_waiting(one);
	if (effect != EFFECT_PASS)
		check_spaces(d, behind, event);
	switch (effect) {
	case EFFECT_USER:
		need_argument(d, arguments, "is followed by the user's name", event);
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
		one->flags |= FLAG_LIST;
		read_top(d, arguments, event);
		break;
	case EFFECT_RETR:
		one->flags |= FLAG_LIST;
		read_message(d, arguments, false, event);
		break;
	case EFFECT_DELE:
		read_message(d, arguments, false, event);
		break;
	case EFFECT_LIST:
	case EFFECT_UIDL:
		one->flags |= arguments.n ? 0 : FLAG_LIST;
		read_message(d, arguments, true, event);
		break;
	case EFFECT_LANG:
		one->flags |= arguments.n ? 0 : FLAG_LIST;
		break;
	case EFFECT_XTND:
		read_xtnd(arguments, one);
		break;
	case EFFECT_CAPA:
		one->flags |= FLAG_LIST;
		need_no_argument(d, arguments, event);
		break;
	case EFFECT_NOOP:
	case EFFECT_STAT:
	case EFFECT_RSET:
	case EFFECT_QUIT:
	case EFFECT_STLS:
	case EFFECT_UTF8:
		need_no_argument(d, arguments, event);
		break;
	case EFFECT_NONE:
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

static void check_state(struct dialogue *d, const struct entry *row, struct dialogue_event *event)
{
	const char *why = NULL;
	if (dialogue_allows(d, row, &why) == NOT_NOW)
		event_problem(d, event, "no such command in this state: %s", why);
	else
		check_announced(d, row, event);
}

/* Behind a command that waits for its reply, another may come only where PIPELINING was announced (RFC 2449 6.6), and
 * none behind STLS (RFC 2595 4). */
static void check_pipelining(struct dialogue *d, struct dialogue_event *event)
{
	size_t n = outstanding_count(d);
	if (n == 0)
		return;
	const char *before = outstanding_at(d, n - 1)->verb;
	if (pop3_effect_waiting(outstanding_at(d, n - 1)) == EFFECT_STLS) {
		event_problem(d, event, "nothing may be sent behind STLS before its reply");
		event_ref(d, event, "RFC 2595 4");
	} else if (!dialogue_announced(d, SLICE("PIPELINING"), NULL)) {
		event_problem(d, event,
		              "sent without waiting for the reply to %s: the server did not announce PIPELINING",
		              before);
		event_ref(d, event, "RFC 2449 6.6");
	}
}

/* Octets above 127: the name and the password may have them where the server takes UTF-8. */
static void check_eight_bit(struct dialogue *d, struct slice text, struct dialogue_event *event)
{
	const struct pop3 *s = machine_state(d);
	struct slice value = { 0 };
	bool utf8_names = dialogue_announced(d, SLICE("UTF8"), &value) && slice_equal_nocase(value, SLICE("USER"));
	if (!has_eight_bit(text) || s->utf8 || utf8_names)
		return;
	event_problem(d, event, "octets above 127 in a command need UTF8, which was not agreed on");
	event_ref(d, event, "RFC 6856 2");
}

static void unknown_verb(struct dialogue *d, struct slice verb, struct dialogue_event *event)
{
	const struct entry *near = table_nearest(protocol_table(machine_protocol(d), TABLE_COMMANDS), verb);
	event_note(d, event, "The server must answer -ERR: it does not know this command.");
	event_ref(d, event, "RFC 1939 3");
	if (verb.n == 0)
		event_problem(d, event, "an empty line is no command");
	else if (near)
		event_problem(d, event, "no such command: %s is near", near->word);
	else
		event_problem(d, event, "no such command");
}

static void known_verb(struct dialogue *d, const struct entry *row, struct slice behind, struct dialogue_event *event)
{
	event->phase = row->phase;
	event_note(d, event, "%s", row->note);
	event_ref(d, event, row->ref);
	check_state(d, row, event);
	struct outstanding *one = outstanding_add(d, event, row);
	one->flags = pop3_effect_of(event->verb);
	read_arguments(d, behind, one, event);
	if (pop3_effect_waiting(one) != EFFECT_AUTH)
		check_eight_bit(d, event->text, event);
}

static void command_line(struct dialogue *d, const struct line *line, struct dialogue_event *event)
{
	event->kind = EVENT_COMMAND;
	line_end_problems(d, line, event, "RFC 1939 3");
	if (!line->first)
		return;
	struct slice behind = line->text;
	while (behind.n && behind.p[behind.n - 1] == '\r') /* told as a bare CR already */
		behind.n--;
	struct slice verb = slice_word(&behind);
	size_t start = verb.n ? (size_t)(verb.p - line->text.p) : 0;
	event_span_add(event, SPAN_VERB, start, start + verb.n);
	const struct entry *row = table_find(protocol_table(machine_protocol(d), TABLE_COMMANDS), verb);
	event->verb = row ? event_upper(d, verb) : verb;
	if (start > 0)
		event_problem(d, event, "no space may stand before the command");
	if (event->octets > COMMAND_LINE_MAX) {
		event_problem(d, event, "a command line over %d octets, its CRLF included", COMMAND_LINE_MAX);
		event_ref(d, event, "RFC 2449 4");
	}
	check_pipelining(d, event);
	if (row) {
		known_verb(d, row, behind, event);
	} else {
		unknown_verb(d, verb, event);
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
