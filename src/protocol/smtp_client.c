/*
 * The client's lines of SMTP: commands, message text, the answers of a SASL exchange, and BDAT's octets.
 */
#include "protocol/common.h"
#include "protocol/smtp_machine.h"
#include "protocol/smtp_syntax.h"

/* RFC 5321 4.5.3.1.6 and 4.5.3.1.4: a line of text, a command, CRLF included. */
#define TEXT_LINE_MAX 1000
#define COMMAND_LINE_MAX 512
/* RFC 4954 section 4: a line of a SASL exchange; AUTH itself is a command like others. */
#define ANSWER_LINE_MAX 12288

/* So many parameters of a command are explained in full; of more the gist is told, in about so many octets, and of a
 * word that no table has so many. */
#define PARAMETERS_EXPLAINED 2
#define LIST_SHOWN 400
#define KEYWORD_SHOWN 32

/* ---- message text ---- */

static void note_text(struct dialogue *d, struct smtp *s, const struct line *line, struct dialogue_event *event)
{
	if (!s->text_begun && line->described) {
		event_note(d, event, "The text of the message, which is not printed here.");
	} else if (!s->text_begun && is_header_field(line->text)) {
		event_note(d, event,
		           "The message begins with its header. Its fields are for people and their programs; the "
		           "envelope (MAIL, RCPT) decides where it goes.");
		event_ref(d, event, "RFC 5322 2.2");
	} else if (!s->text_begun && line->text.n) {
		event_note(d, event,
		           "This is no header field: the message has no header, though Date and From belong in one.");
		event_ref(d, event, "RFC 5322 3.6");
		s->text_in_body = true;
	} else if (line->text.n == 0 && !s->text_in_body) {
		event_note(d, event,
		           s->text_begun ? "The empty line ends the header; what follows is the body."
		                         : "The empty line ends the header, which has no fields here, though "
		                           "Date and From belong in it; what follows is the body.");
		event_ref(d, event, "RFC 5322 2.1");
	}
	s->text_in_body |= line->text.n == 0 || line->described;
	s->text_begun = true;
}

/* Octets above 127 want an extension that says so. */
static void check_eight_bit(struct dialogue *d, struct smtp *s, const struct line *line, struct dialogue_event *event)
{
	if (line->described || s->eight_bit || s->eight_bit_told || !has_eight_bit(line->text))
		return;
	s->eight_bit_told = true;
	event_problem(d, event, "octets above 127 in the text, though MAIL did not say BODY=8BITMIME");
	event_ref(d, event, "RFC 6152 3");
}

static void check_dots(struct dialogue *d, const struct line *line, struct dialogue_event *event)
{
	if (line->described || line->text.n < 2 || line->text.p[0] != '.')
		return;
	if (line->text.p[1] == '.')
		event_note(
			d, event,
			"The receiver takes this line's first dot away: a dot at the front is sent doubled, so that no "
			"line is taken for the end (dot-stuffing).");
	else
		event_problem(d, event,
		              "the receiver takes the leading dot away: "
		              "a line that begins with a dot is sent with two");
	event_ref(d, event, "RFC 5321 4.5.2");
}

/* The lone dot: the client's part of DATA is done. */
static void text_ends(struct dialogue *d, struct smtp *s, struct dialogue_event *event)
{
	struct outstanding *data = smtp_waiting_last(d, EFFECT_DATA);
	if (data)
		data->flags |= FLAG_TEXT_DONE;
	s->mode = MODE_COMMAND;
	event_note(d, event,
	           smtp_is_lmtp(d) ? "A lone dot ends the message text: the server now answers for each "
	                             "recipient it accepted."
	                           : "A lone dot ends the message text: the server now takes the message or "
	                             "refuses it.");
	event_ref(d, event, smtp_is_lmtp(d) ? "RFC 2033 4.2" : "RFC 5321 4.1.1.4");
}

static void text_line(struct dialogue *d, const struct line *line, struct dialogue_event *event)
{
	struct smtp *s = machine_state(d);
	event->kind = EVENT_DATA;
	if (state_now(d) != SMTP_DATA && !s->early_told) {
		s->early_told = true;
		event_problem(d, event, "message text sent before the server's 354 asked for it");
		event_ref(d, event, "RFC 5321 3.3");
	}
	line_end_problems(d, line, event, "RFC 5321 2.3.8");
	bool after_bare_lf = s->after_bare_lf;
	s->after_bare_lf = slice_equal(line->end, SLICE("\n"));
	if (line->first && !line->more && !line->described && slice_equal(line->text, SLICE("."))) {
		if (!after_bare_lf && slice_equal(line->end, SLICE("\r\n"))) {
			text_ends(d, s, event);
			return;
		}
		event_problem(d, event, "this dot does not end the text: only CRLF, a dot and CRLF do");
		event_ref(d, event, "RFC 5321 4.1.1.4");
	}
	if (line->first) {
		note_text(d, s, line, event);
		check_dots(d, line, event);
	}
	check_eight_bit(d, s, line, event);
	if (line->first && event->octets > TEXT_LINE_MAX && !line->described) {
		event_problem(d, event, "a line of text over %d octets, its CRLF included", TEXT_LINE_MAX);
		event_ref(d, event, "RFC 5321 4.5.3.1.6");
	}
}

/* BDAT's octets: no dots are stuffed, and no dot ends them. */
static void chunk_line(struct dialogue *d, const struct line *line, struct dialogue_event *event)
{
	struct smtp *s = machine_state(d);
	event->kind = EVENT_DATA;
	if (line->first)
		note_text(d, s, line, event);
	if (line->last) {
		event_note(d, event, "Here the chunk's count is reached.");
		event_ref(d, event, "RFC 3030 2");
	}
}

/* ---- SASL ---- */

static void answer_line(struct dialogue *d, const struct line *line, struct dialogue_event *event)
{
	struct smtp *s = machine_state(d);
	event->kind = EVENT_DATA;
	event->phase = PHASE_AUTHENTICATE;
	line_end_problems(d, line, event, "RFC 5321 2.3.8");
	if (!line->first)
		return;
	if (s->mode != MODE_ANSWER)
		event_problem(d, event, "sent before the server's 334 asked for it");
	if (event->octets > ANSWER_LINE_MAX) {
		event_problem(d, event, "a line of the exchange over %d octets, its CRLF included", ANSWER_LINE_MAX);
		event_ref(d, event, "RFC 4954 4");
	}
	s->mode = MODE_COMMAND;
	answer_read(d, &s->sasl, event, 0, "RFC 4954 4");
}

/* ---- commands ---- */

static void need_no_argument(struct dialogue *d, struct dialogue_event *event, struct slice arguments)
{
	if (arguments.n)
		event_problem(d, event, SLICE_FMT " takes no argument", SLICE_ARG(event->verb));
}

static void note_parameter(struct dialogue *d, const struct entry *row, struct slice keyword,
                           struct dialogue_event *event)
{
	if (row) {
		event_note(d, event, "%s: %s", row->word, row->note);
		event_ref(d, event, row->ref);
	} else if (keyword.n) {
		event_note(d, event, SLICE_FMT ": no registry knows this parameter.",
		           SLICE_ARG(event_upper(d, slice_part(keyword, 0, KEYWORD_SHOWN))));
		event_ref(d, event, "RFC 5321 4.1.1.11");
	}
}

/* What a note says first, up to where it goes into detail. */
static struct slice gist(struct slice note)
{
	size_t end = 0;
	while (end < note.n && note.p[end] != ',' && note.p[end] != ':' && note.p[end] != ';' && note.p[end] != '.')
		end++;
	return slice_part(note, 0, end);
}

/* Too many for a sentence each: one sentence, with the gist of each. */
static void list_parameters(struct dialogue *d, const struct table *table, struct slice parameters,
                            struct dialogue_event *event)
{
	struct slice keyword, value;
	struct buffer list = { 0 };
	while (smtp_parameter(&parameters, &keyword, &value) && list.n < LIST_SHOWN) {
		const struct entry *row = table ? table_find(table, keyword) : NULL;
		buffer_add_string(&list, list.n ? "; " : "");
		buffer_add_slice(&list, event_upper(d, slice_part(keyword, 0, KEYWORD_SHOWN)));
		buffer_add_string(&list, ": ");
		buffer_add_slice(&list, row ? gist(slice_of(row->note)) : SLICE("not registered"));
	}
	event_note(d, event, SLICE_FMT "%s", SLICE_ARG(buffer_slice(&list)), list.n < LIST_SHOWN ? "." : "; and more.");
	event_ref(d, event, "RFC 5321 4.1.1.11");
	buffer_free(&list);
}

static void note_parameters(struct dialogue *d, struct smtp *s, struct slice parameters, struct dialogue_event *event)
{
	const struct table *table = protocol_table(machine_protocol(d), TABLE_PARAMETERS);
	struct slice keyword, value, counted = parameters, all = parameters;
	size_t n = 0;
	while (smtp_parameter(&counted, &keyword, &value))
		n++;
	while (smtp_parameter(&parameters, &keyword, &value)) {
		const struct entry *row = table ? table_find(table, keyword) : NULL;
		if (slice_equal_nocase(keyword, SLICE("SMTPUTF8")) ||
		    (slice_equal_nocase(keyword, SLICE("BODY")) && !slice_equal_nocase(value, SLICE("7BIT"))))
			s->eight_bit = true;
		if (slice_equal_nocase(keyword, SLICE("BODY")) && slice_equal_nocase(value, SLICE("BINARYMIME")))
			s->binary = true;
		if (n <= PARAMETERS_EXPLAINED)
			note_parameter(d, row, keyword, event);
	}
	if (n > PARAMETERS_EXPLAINED)
		list_parameters(d, table, all, event);
}

/* MAIL and RCPT. */
static void read_path(struct dialogue *d, struct slice arguments, bool mail, struct dialogue_event *event)
{
	struct smtp *s = machine_state(d);
	struct smtp_path path;
	smtp_path_parse(arguments, mail ? SLICE("FROM:") : SLICE("TO:"), mail, &path);
	if (mail)
		s->eight_bit = s->eight_bit_told = false;
	if (path.problem && !event->more) { /* of a line in pieces the path may go on */
		event_problem(d, event, "%s", path.problem);
		event_ref(d, event, path.ref);
		if (path.fault && path.fault != path.problem) {
			event_problem(d, event, "%s", path.fault);
			event_ref(d, event, path.fault_ref);
		}
	} else if (mail && path.address.n == 0) {
		event_note(d, event, "The empty path is for reports of failure: nobody is told if they fail.");
		event_ref(d, event, "RFC 5321 4.5.5");
	}
	if (path.source_route) {
		event_note(d, event, "The hosts before the colon are a source route, which is obsolete.");
		event_ref(d, event, "RFC 5321 C");
	}
	note_parameters(d, s, path.parameters, event);
}

static void read_bdat(struct dialogue *d, struct slice arguments, struct outstanding *one, struct dialogue_event *event)
{
	uint64_t count = 0;
	struct slice number = slice_word(&arguments);
	if (!slice_number(number, &count)) {
		event_problem(d, event, "BDAT must be followed by the number of octets");
		event_ref(d, event, "RFC 3030 2");
		return;
	}
	size_t start = (size_t)(number.p - event->text.p);
	event_span_add(event, SPAN_COUNT, start, start + number.n);
	if (slice_equal_nocase(slice_trim(arguments), SLICE("LAST")))
		one->flags |= FLAG_LAST;
	else if (slice_trim(arguments).n)
		event_problem(d, event, "only LAST may follow the number");
	counted_begin(d, SIDE_CLIENT, count);
}

static void read_auth(struct dialogue *d, struct slice arguments, struct outstanding *one, struct dialogue_event *event)
{
	struct smtp *s = machine_state(d);
	struct slice mechanism = slice_word(&arguments);
	struct slice initial = slice_trim(arguments);
	if (mechanism.n == 0) {
		event_problem(d, event, "AUTH must be followed by the name of a mechanism");
		return;
	}
	sasl_begin(&s->sasl, mechanism);
	const struct table *table = protocol_table(machine_protocol(d), TABLE_MECHANISMS);
	const struct entry *row = table ? table_find(table, mechanism) : NULL;
	if (row) {
		event_note(d, event, "%s: %s", row->word, row->note);
		event_ref(d, event, row->ref);
	} else {
		event_note(d, event, SLICE_FMT ": no registry knows this mechanism.",
		           SLICE_ARG(event_upper(d, slice_part(mechanism, 0, KEYWORD_SHOWN))));
	}
	if (initial.n == 0)
		return;
	answer_read(d, &s->sasl, event, (size_t)(initial.p - event->text.p), "RFC 4954 4");
	if (sasl_one_step(mechanism))
		one->flags |= FLAG_ONE_STEP;
}

static void check_hello(struct dialogue *d, struct slice arguments, struct dialogue_event *event)
{
	if (arguments.n)
		return;
	event_problem(d, event, SLICE_FMT " must be followed by the client's name", SLICE_ARG(event->verb));
	event_ref(d, event, "RFC 5321 4.1.1.1");
}

/* What the arguments of a known command say, and what is wrong with them. */
static void read_arguments(struct dialogue *d, struct slice arguments, struct outstanding *one,
                           struct dialogue_event *event)
{
	struct smtp *s = machine_state(d);
	switch ((enum smtp_effect)(one->flags & EFFECT_MASK)) {
	case EFFECT_HELLO:
		check_hello(d, arguments, event);
		break;
	case EFFECT_MAIL:
		smtp_transaction_reset(s);
		read_path(d, arguments, true, event);
		break;
	case EFFECT_RCPT:
		read_path(d, arguments, false, event);
		break;
	case EFFECT_BDAT:
		read_bdat(d, arguments, one, event);
		break;
	case EFFECT_BURL: /* `URL [LAST]`, RFC 4468 3.1 */
		(void)slice_word(&arguments);
		one->flags |= slice_equal_nocase(slice_trim(arguments), SLICE("LAST")) ? FLAG_LAST : 0;
		break;
	case EFFECT_AUTH:
		read_auth(d, arguments, one, event);
		break;
	case EFFECT_DATA:
		need_no_argument(d, event, arguments);
		if (s->binary) {
			event_problem(d, event, "MAIL said BODY=BINARYMIME: such a message is sent by BDAT");
			event_ref(d, event, "RFC 3030 3");
		}
		s->mode = MODE_TEXT;
		s->text_begun = s->text_in_body = s->early_told = s->after_bare_lf = false;
		break;
	case EFFECT_RSET:
	case EFFECT_QUIT:
	case EFFECT_STARTTLS:
		need_no_argument(d, event, arguments);
		break;
	case EFFECT_RESTART:
	case EFFECT_NONE:
		break;
	}
}

static void check_state(struct dialogue *d, const struct entry *row, struct dialogue_event *event)
{
	const struct smtp *s = machine_state(d);
	if (verb_allowed(d, row, event) == ALLOWED_UNANNOUNCED && s->extended)
		event_note(d, event, "The server did not announce %s.", row->needs);
}

/* Behind a command that waits for its reply, another may come only where PIPELINING was announced, and not behind one
 * that ends its group (RFC 2920 section 3.1, RFC 3207 section 4). */
static void check_pipelining(struct dialogue *d, struct dialogue_event *event)
{
	static const char *const group_ends[] = { "EHLO", "LHLO", "VRFY", "EXPN", "TURN", "QUIT", "NOOP", "STARTTLS" };
	size_t n = outstanding_count(d);
	if (n == 0)
		return;
	const char *before = outstanding_at(d, n - 1)->verb;
	if (!dialogue_announced(d, SLICE("PIPELINING"), NULL)) {
		event_problem(d, event,
		              "sent without waiting for the reply to %s: the server did not announce PIPELINING",
		              before);
		event_ref(d, event, "RFC 5321 4.3.1");
		return;
	}
	for (size_t i = 0; i < sizeof group_ends / sizeof group_ends[0]; i++) {
		if (!slice_equal(slice_of(before), slice_of(group_ends[i])))
			continue;
		event_problem(d, event, "nothing may be sent after %s before its reply, even with PIPELINING", before);
		event_ref(d, event, "RFC 2920 3.1");
	}
}

/* The parameters of MAIL and RCPT raise the limit, each by its own measure. */
static void check_length(struct dialogue *d, struct slice arguments, struct dialogue_event *event)
{
	bool parameters = smtp_effect_of(event->verb) == EFFECT_MAIL || smtp_effect_of(event->verb) == EFFECT_RCPT;
	if (event->octets <= COMMAND_LINE_MAX ||
	    (parameters && !event->more && slice_find(arguments, SLICE("> ")) < arguments.n))
		return;
	event_problem(d, event, "a command line over %d octets, its CRLF included", COMMAND_LINE_MAX);
	event_ref(d, event, "RFC 5321 4.5.3.1.4");
}

static void unknown_verb(struct dialogue *d, struct slice verb, struct dialogue_event *event)
{
	if (verb.n && dialogue_announced(d, verb, NULL)) {
		event_note(d, event, "A command of the extension " SLICE_FMT ", which the server announced.",
		           SLICE_ARG(event_upper(d, verb)));
		event_ref(d, event, "RFC 5321 2.2.2");
		return;
	}
	event_note(d, event, "The server should answer 500: it does not know this command.");
	event_ref(d, event, "RFC 5321 4.2.4");
	verb_unknown(d, verb, event);
}

static void command_line(struct dialogue *d, const struct line *line, struct dialogue_event *event)
{
	struct smtp *s = machine_state(d);
	event->kind = EVENT_COMMAND;
	line_end_problems(d, line, event, "RFC 5321 2.3.8");
	if (!line->first)
		return;
	s->asked_since = true;
	struct slice arguments = line->text;
	const struct entry *row = verb_read(d, &arguments, event);
	check_length(d, arguments, event);
	check_pipelining(d, event);
	if (row == NULL) {
		unknown_verb(d, event->verb, event);
		(void)outstanding_add(d, event, NULL);
		return;
	}
	verb_known(d, row, event);
	check_state(d, row, event);
	struct outstanding *one = outstanding_add(d, event, row);
	one->flags = smtp_effect_of(event->verb);
	read_arguments(d, slice_trim(arguments), one, event);
	if (smtp_waiting_last(d, EFFECT_AUTH) == NULL && has_eight_bit(line->text) &&
	    !dialogue_announced(d, SLICE("SMTPUTF8"), NULL)) {
		event_problem(d, event,
		              "octets above 127 in a command need SMTPUTF8, which the server did not announce");
		event_ref(d, event, "RFC 6531 3.2");
	}
}

/* Whether a line that stands behind an AUTH that the server has not yet answered is the client's answer all the same:
 * whoever sends without waiting sends his secrets so. */
static bool answers_early(const struct dialogue *d, const struct line *line)
{
	const struct outstanding *auth = smtp_waiting_last(d, EFFECT_AUTH);
	if (auth == NULL || auth->flags & FLAG_ONE_STEP)
		return false;
	struct slice rest = line->text;
	struct slice verb = slice_word(&rest);
	return table_find(protocol_table(machine_protocol(d), TABLE_COMMANDS), verb) == NULL;
}

void smtp_client(struct dialogue *d, const struct line *line, struct dialogue_event *event)
{
	struct smtp *s = machine_state(d);
	if (line->counted)
		chunk_line(d, line, event);
	else if (line->described && s->mode != MODE_TEXT)
		event->kind = EVENT_DATA;
	else if (s->mode == MODE_TEXT)
		text_line(d, line, event);
	else if (!line->first && event->kind == EVENT_COMMAND)
		command_line(d, line, event);
	else if (!line->first || s->mode == MODE_ANSWER || answers_early(d, line))
		answer_line(d, line, event);
	else
		command_line(d, line, event);
}
