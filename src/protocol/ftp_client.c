/*
 * The client's lines of FTP: commands, with the Telnet commands that may stand before them, and what is described of the
 * data connection.
 */
#include "protocol/ftp_machine.h"
#include "protocol/common.h"

/* So many Telnet commands of one line are named. */
#define TELNET_NAMED 4

/* Of a command that no table has, a note shows so many octets. */
#define VERB_SHOWN 32

/* ---- Telnet ---- */

/* Adds the command's name to the list; true where the client may not send it (RFC 1123 4.1.2.12). */
static bool telnet_list(struct buffer *list, const struct ftp_telnet *found)
{
	const char *name = ftp_telnet_name(found->command);
	const char *between = list->n ? ", " : "";
	if (found->end - found->start == 3 && name)
		buffer_printf(list, "%sIAC %s %u", between, name, found->option);
	else
		buffer_printf(list, "%s%s%s", between, found->end - found->start > 1 ? "IAC " : "",
		              name ? name : "alone");
	return name == NULL || !(slice_equal(slice_of(name), SLICE("IP")) || slice_equal(slice_of(name), SLICE("DM")));
}

void ftp_note_telnet(struct dialogue *d, struct slice line, bool client, struct dialogue_event *event)
{
	struct buffer list = { 0 };
	struct ftp_telnet found;
	size_t named = 0, at = 0;
	bool doubled = false, strange = false;
	for (; ftp_telnet_next(line, at, &found); at = found.end) {
		if (found.command == (unsigned char)TELNET_IAC)
			doubled = true;
		else if (named++ < TELNET_NAMED)
			strange |= telnet_list(&list, &found);
	}
	if (list.n)
		event_note(d, event, SLICE_FMT "%s: %s", SLICE_ARG(buffer_slice(&list)),
		           named > TELNET_NAMED ? ", and more" : "",
		           client && !strange ? "Telnet's Interrupt Process and Synch, so that the server looks at the "
		                                "control connection during a transfer."
		                              : "Telnet commands, no part of the line's text.");
	if (doubled)
		event_note(d, event, "The octet 255 in the text is sent doubled, as in Telnet.");
	if (client && strange)
		event_problem(d, event, "a client of FTP must send no Telnet commands but IP and Synch (DM)");
	if (list.n || doubled)
		event_ref(d, event, client ? "RFC 959 4.1.3" : "RFC 854");
	if (client && strange)
		event_ref(d, event, "RFC 1123 4.1.2.12");
	buffer_free(&list);
}

struct slice ftp_without_telnet(struct dialogue *d, struct slice text)
{
	struct ftp_telnet found;
	if (!ftp_telnet_next(text, 0, &found))
		return text;
	struct buffer clean = { 0 };
	ftp_telnet_strip(&clean, text);
	struct slice copy = event_text(d, buffer_slice(&clean));
	buffer_wipe(&clean);
	return copy;
}

/* Whether CRs stand in the text and each is followed by a NUL, as in a path that holds one (RFC 2640 3.1). */
static bool carriage_returns_padded(struct slice text)
{
	bool some = false;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] != '\r')
			continue;
		if (i + 1 == text.n || text.p[i + 1] != '\0')
			return false;
		some = true;
	}
	return some;
}

static void check_line_end(struct dialogue *d, const struct line *line, struct dialogue_event *event)
{
	struct line ends = *line;
	if (carriage_returns_padded(line->text)) {
		ends.text.n = 0;
		event_note(d, event, "A CR in a path is followed by NUL, so that it ends no line.");
		event_ref(d, event, "RFC 2640 3.1");
	}
	line_end_problems(d, &ends, event, "RFC 959 4.1.3");
}

/* ---- commands ---- */

/* The form says whether arguments may, must, or must not stand behind the command. */
static void check_arguments(struct dialogue *d, const struct entry *row, struct slice arguments,
                            struct dialogue_event *event)
{
	struct slice form = slice_of(row->syntax);
	form = slice_trim(slice_part(form, slice_of(row->word).n, form.n));
	if (form.n == 0 && arguments.n)
		event_problem(d, event, "%s takes no argument", row->word);
	else if (form.n && form.p[0] != '[' && arguments.n == 0)
		event_problem(d, event, "an argument is missing: the form is %s", row->syntax);
}

/* RFC 959 5.4: the client should wait for the first reply before it sends more; behind a transfer that has not begun
 * comes what stops or watches it (4.1.3). What comes during one is told with the state. */
static void check_waiting(struct dialogue *d, const struct entry *row, struct dialogue_event *event)
{
	size_t n = outstanding_count(d);
	bool watches = n && ftp_transfers(outstanding_at(d, 0)) && row && row->states & STATE(FTP_TRANSFER);
	if (n == 0 || watches || ftp_transfer_now(d))
		return;
	event_note(d, event, "A client should wait for the reply to " SLICE_FMT " first.",
	           SLICE_ARG(slice_part(slice_of(outstanding_at(d, n - 1)->verb), 0, VERB_SHOWN)));
	event_ref(d, event, "RFC 959 5.4");
}

/* RNFR and RNTO, REST and what it is for, stand together (RFC 959 4.1.3, RFC 3659 5.3). */
static void check_sequence(struct dialogue *d, struct slice verb, enum ftp_effect effect, struct dialogue_event *event)
{
	struct ftp *s = machine_state(d);
	enum ftp_effect before = s->sequence;
	bool restartable = effect == EFFECT_STORE || slice_equal(verb, SLICE("RETR"));
	s->sequence = effect == EFFECT_RNFR || effect == EFFECT_REST ? effect : EFFECT_NONE;
	if (effect == EFFECT_RNTO && before != EFFECT_RNFR) {
		event_problem(d, event, "RNFR must be accepted just before RNTO");
		event_ref(d, event, "RFC 959 4.1.3");
	} else if (before == EFFECT_RNFR && effect != EFFECT_RNTO && effect != EFFECT_QUIT) {
		event_problem(d, event, "RNTO must follow RNFR at once: the file is not renamed");
		event_ref(d, event, "RFC 959 4.1.3");
	} else if (before == EFFECT_REST && !restartable && effect != EFFECT_REST && effect != EFFECT_QUIT) {
		event_problem(d, event,
		              "RETR or STOR must follow REST at once: what becomes of its number is undefined");
		event_ref(d, event, "RFC 3659 5.3");
	}
}

/* The near word of a mistyped PASS or ACCT is worth its mask: a secret was meant. */
static void mask_mistyped(struct dialogue_event *event, const struct entry *near, struct slice arguments)
{
	bool secret = near && arguments.n &&
	              (slice_equal(slice_of(near->word), SLICE("PASS")) ||
	               slice_equal(slice_of(near->word), SLICE("ACCT")));
	if (secret)
		event_secret(event, event->text.n - arguments.n, event->text.n, SLICE("{{password}}"));
}

static void unknown_verb(struct dialogue *d, struct slice verb, struct slice arguments, struct dialogue_event *event)
{
	if (verb.n && dialogue_announced(d, verb, NULL)) {
		event_note(d, event, "A command of the feature " SLICE_FMT ", which the server has listed.",
		           SLICE_ARG(event_upper(d, verb)));
		event_ref(d, event, "RFC 2389 3.2");
		return;
	}
	event_note(d, event, "The server should answer 500: it does not know this command.");
	event_ref(d, event, "RFC 959 4.2.2");
	mask_mistyped(event, table_nearest(protocol_table(machine_protocol(d), TABLE_COMMANDS), verb), arguments);
	verb_unknown(d, verb, event);
}

/* What stands behind the verb and one space; further spaces belong to it (RFC 2640 3.1). */
static struct slice arguments_of(struct slice text, struct slice verb)
{
	size_t end = verb.n ? (size_t)(verb.p - text.p) + verb.n : text.n;
	return slice_part(text, end + 1, text.n);
}

static void known_command(struct dialogue *d, const struct entry *row, struct slice arguments,
                          struct dialogue_event *event)
{
	const struct ftp *s = machine_state(d);
	enum ftp_effect effect = ftp_effect_of(event->verb);
	verb_known(d, row, event);
	if (verb_allowed(d, row, event) == ALLOWED_UNANNOUNCED && s->featured)
		event_note(d, event, "FEAT did not list %s.", row->needs);
	check_arguments(d, row, arguments, event);
	check_sequence(d, event->verb, effect, event);
	check_waiting(d, row, event);
	struct outstanding *one = outstanding_add(d, event, row);
	one->flags = effect;
	ftp_arguments(d, arguments, one, event);
}

static void command_line(struct dialogue *d, const struct line *line, struct dialogue_event *event)
{
	struct ftp *s = machine_state(d);
	event->kind = EVENT_COMMAND;
	check_line_end(d, line, event);
	if (!line->first)
		return;
	s->asked_since = true;
	struct slice text = ftp_without_telnet(d, line->text);
	while (text.n && text.p[text.n - 1] == '\r') /* told as a bare CR already */
		text.n--;
	struct slice rest = text, verb = slice_word(&rest);
	size_t start = verb.n ? (size_t)(verb.p - text.p) : 0;
	if (verb.n)
		event_span_add(event, SPAN_VERB, ftp_telnet_offset(line->text, start),
		               ftp_telnet_offset(line->text, start + verb.n - 1) + 1);
	const struct entry *row = table_find(protocol_table(machine_protocol(d), TABLE_COMMANDS), verb);
	event->verb = row ? event_upper(d, verb) : verb;
	if (start > 0)
		event_problem(d, event, "no space may stand before the command");
	if (row) {
		known_command(d, row, arguments_of(text, verb), event);
	} else {
		s->sequence = EFFECT_NONE;
		unknown_verb(d, verb, arguments_of(text, verb), event);
		check_waiting(d, NULL, event);
		(void)outstanding_add(d, event, NULL);
	}
	ftp_note_telnet(d, line->text, true, event);
}

/* ---- the data connection, of which a transcript tells in a direction ---- */

void ftp_data_line(struct dialogue *d, enum side side, struct dialogue_event *event)
{
	const struct outstanding *transfer = ftp_transfer_now(d);
	bool fetch = ftp_effect(transfer) == EFFECT_FETCH;
	event->kind = EVENT_DATA;
	event->has_final = side == SIDE_SERVER;
	event_ref(d, event, "RFC 959 3.2");
	if (transfer == NULL) {
		event_problem(d, event, "no transfer is under way: 125 or 150 comes before its data");
		return;
	}
	event->verb = event_text(d, slice_of(transfer->verb));
	event->phase = transfer->command->phase;
	event_note(d, event, "This %s over the data connection. Its close is the end of the data.",
	           side == SIDE_SERVER ? "comes" : "goes");
	if (fetch != (side == SIDE_SERVER))
		event_problem(d, event, "the %s sends the data of " SLICE_FMT ", not the %s",
		              fetch ? "server" : "client", SLICE_ARG(event->verb), fetch ? "client" : "server");
}

void ftp_client(struct dialogue *d, const struct line *line, struct dialogue_event *event)
{
	if (line->described)
		ftp_data_line(d, SIDE_CLIENT, event);
	else
		command_line(d, line, event);
}
