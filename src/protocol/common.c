/*
 * What machines of several protocols read in the same way.
 */
#include "protocol/common.h"

/* ---- commands ---- */

const struct entry *verb_read(struct dialogue *d, struct slice *rest, struct dialogue_event *event)
{
	while (rest->n && rest->p[rest->n - 1] == '\r')
		rest->n--;
	struct slice verb = slice_word(rest);
	size_t start = verb.n ? (size_t)(verb.p - event->text.p) : 0;
	event_span_add(event, SPAN_VERB, start, start + verb.n);
	const struct entry *row = table_find(protocol_table(machine_protocol(d), TABLE_COMMANDS), verb);
	event->verb = row ? event_upper(d, verb) : verb;
	if (start > 0)
		event_problem(d, event, "no space may stand before the command");
	return row;
}

void verb_known(struct dialogue *d, const struct entry *row, struct dialogue_event *event)
{
	event->phase = row->phase;
	event_note(d, event, "%s", row->note);
	event_ref(d, event, row->ref);
}

void verb_unknown(struct dialogue *d, struct slice verb, struct dialogue_event *event)
{
	const struct entry *near = table_nearest(protocol_table(machine_protocol(d), TABLE_COMMANDS), verb);
	if (verb.n == 0)
		event_problem(d, event, "an empty line is not a command");
	else if (near)
		event_problem(d, event, "no such command: perhaps %s is meant", near->word);
	else
		event_problem(d, event, "no such command");
}

enum allowance verb_allowed(struct dialogue *d, const struct entry *row, struct dialogue_event *event)
{
	const char *why = NULL;
	enum allowance allowance = dialogue_allows(d, row, &why);
	if (allowance == NOT_NOW)
		event_problem(d, event, "not allowed in this state: %s", why);
	return allowance;
}

/* ---- codes ---- */

const struct entry *code_row(const struct dialogue *d, struct slice verb, struct slice code)
{
	const struct table *codes = protocol_table(machine_protocol(d), TABLE_CODES);
	const struct entry *row = NULL;
	if (verb.n) {
		struct buffer key = { 0 };
		buffer_printf(&key, SLICE_FMT " " SLICE_FMT, SLICE_ARG(verb), SLICE_ARG(code));
		row = table_find(codes, buffer_slice(&key));
		buffer_free(&key);
	}
	return row ? row : table_find(codes, code);
}

struct slice verb_failing(const struct outstanding *one, const struct dialogue_event *reply)
{
	bool fails = reply->class == CLASS_FAILURE || reply->class == CLASS_TRANSIENT;
	return one && one->amiss && fails ? (struct slice){ NULL, 0 } : reply->verb;
}

/* ---- SASL ---- */

/* What a line of the exchange says goes into the event. */
static void exchange_told(struct dialogue *d, const struct sasl_line *said, struct dialogue_event *event,
                          const char *what, const char *ref)
{
	event->has_decoded = said->ok && said->decoded.n > 0;
	event->decoded = event_text(d, buffer_slice(&said->decoded));
	if (said->ok) {
		event_note(d, event, SLICE_FMT, SLICE_ARG(buffer_slice(&said->note)));
		event_ref(d, event, said->ref);
	} else if (!event->more) {
		event_problem(d, event, "this is not base64, which every %s must be", what);
		event_ref(d, event, ref);
	}
}

void challenge_read(struct dialogue *d, struct sasl *sasl, struct slice text, struct dialogue_event *event,
                    const char *ref)
{
	struct sasl_line said = { 0 };
	sasl_server(sasl, text, &said);
	exchange_told(d, &said, event, "challenge", ref);
	challenge_keep(d, buffer_slice(&said.decoded));
	sasl_line_free(&said);
}

/* Cancelling and the empty answer hide nothing. */
static bool is_public(struct slice answer)
{
	return answer.n == 0 || slice_equal(answer, SLICE("*")) || slice_equal(answer, SLICE("="));
}

void answer_read(struct dialogue *d, struct sasl *sasl, struct dialogue_event *event, size_t start, const char *ref)
{
	struct sasl_line said = { 0 };
	struct slice answer = slice_part(event->text, start, event->text.n);
	sasl_client(sasl, answer, &said);
	exchange_told(d, &said, event, "answer", ref);
	if (!is_public(answer)) {
		event->decoded_secret = event->has_decoded;
		event_secret(event, start, event->text.n,
		             said.mask.n ? event_text(d, buffer_slice(&said.mask)) : SLICE("{{secret}}"));
	}
	sasl_line_free(&said);
}

/* ---- texts ---- */

bool has_eight_bit(struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] >= 0x80)
			return true;
	return false;
}

bool is_header_field(struct slice line)
{
	size_t colon = slice_find_octet(line, ':');
	struct slice name = slice_trim(slice_part(line, 0, colon));
	if (colon == line.n || name.n == 0 || name.p != line.p)
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] <= ' ' || name.p[i] > '~')
			return false;
	return true;
}

void octets_in_words(struct buffer *out, uint64_t octets)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double size = (double)octets / 1024;
	size_t unit = 0;
	buffer_printf(out, "%llu octet%s", (unsigned long long)octets, octets == 1 ? "" : "s");
	if (octets < 1024)
		return;
	for (; size >= 1024 && unit + 1 < sizeof units / sizeof units[0]; unit++)
		size /= 1024;
	buffer_printf(out, " (%.1f %s)", size, units[unit]);
}
