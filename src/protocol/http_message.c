/*
 * The header of a request or a response: its fields, and what they say about where the message ends.
 */
#include "protocol/http_machine.h"
#include "protocol/http_syntax.h"

/* Of a field that frames the message so many octets are kept. */
#define FRAMING_KEPT 4096

/* Of a field that no table has, a note shows so many octets. */
#define NAME_SHOWN 40

void http_message_end(struct http_message *m)
{
	buffer_free(&m->length);
	buffer_free(&m->coding);
	buffer_free(&m->connection);
	buffer_free(&m->name);
	buffer_free(&m->media);
	buffer_free(&m->upgrade);
	buffer_free(&m->target);
	*m = (struct http_message){ 0 };
}

void http_message_begin(struct http_message *m, bool response, unsigned version)
{
	http_message_end(m);
	m->part = PART_FIELDS;
	m->response = response;
	m->version = version;
}

/* ---- framing ---- */

static bool last_is_chunked(struct slice codings)
{
	struct slice element, rest, last = { NULL, 0 };
	while (http_element(&codings, &element))
		last = http_element_word(element, &rest);
	return slice_equal_nocase(last, SLICE("chunked"));
}

enum http_framing http_framing(const struct http_message *m, uint64_t *octets)
{
	if (m->coding_said)
		return last_is_chunked(buffer_slice(&m->coding)) ? FRAMED_CHUNKS : FRAMED_UNKNOWN;
	if (!m->length_said)
		return FRAMED_NONE;
	enum http_length length = http_length_parse(buffer_slice(&m->length), octets);
	bool good = (length == LENGTH_GOOD || length == LENGTH_REPEATED) && !m->framing_cut;
	return good ? FRAMED_COUNT : FRAMED_UNKNOWN;
}

bool http_persists(const struct http_message *m)
{
	struct slice options = buffer_slice(&m->connection);
	if (http_list_has(options, SLICE("close")))
		return false;
	return m->version >= VERSION_1_1 || http_list_has(options, SLICE("keep-alive"));
}

/* Adds a piece of a value that is kept; of one that is too long the end, which decides. */
static void keep(struct http_message *m, struct slice piece)
{
	if (m->open == NULL)
		return;
	buffer_add_slice(m->open, piece);
	if (m->open->n <= FRAMING_KEPT)
		return;
	buffer_drop(m->open, m->open->n - FRAMING_KEPT);
	m->framing_cut |= m->open == &m->length;
}

/* Begins to keep the value, where the field frames the message. */
static void keep_begin(struct http_message *m, struct slice value)
{
	struct slice name = buffer_slice(&m->name);
	m->open = NULL;
	if (m->part == PART_TRAILERS) /* too late to frame anything */
		return;
	if (slice_equal(name, SLICE("content-length"))) {
		m->open = &m->length;
		m->length_said = true;
	} else if (slice_equal(name, SLICE("transfer-encoding"))) {
		m->open = &m->coding;
		m->coding_said = true;
	} else if (slice_equal(name, SLICE("connection"))) {
		m->open = &m->connection;
	}
	if (m->open && m->open->n)
		buffer_add_octet(m->open, ',');
	keep(m, value);
}

static void check_length(struct dialogue *d, const struct http_message *m, struct dialogue_event *event)
{
	uint64_t octets = 0;
	const char *why = NULL;
	switch (http_length_parse(buffer_slice(&m->length), &octets)) {
	case LENGTH_GOOD:
		break;
	case LENGTH_REPEATED:
		why = "the same length twice: one Content-Length is enough";
		break;
	case LENGTH_DIFFERING:
		why = "two lengths that differ: nobody can tell where the body ends";
		break;
	case LENGTH_INVALID:
		why = "the length is not a decimal number, or too large a one";
		break;
	}
	if (why == NULL)
		return;
	event_problem(d, event, "%s", why);
	event_ref(d, event, "RFC 9112 6.3");
}

static void check_codings(struct dialogue *d, const struct http_message *m, struct dialogue_event *event)
{
	struct slice list = buffer_slice(&m->coding), element, rest;
	size_t chunked = 0;
	bool parameters = false;
	while (http_element(&list, &element)) {
		bool one = slice_equal_nocase(http_element_word(element, &rest), SLICE("chunked"));
		chunked += one;
		parameters |= one && rest.n;
	}
	if (parameters) {
		event_problem(d, event, "chunked has no parameters");
		event_ref(d, event, "RFC 9112 7.1");
	}
	if (chunked > 1)
		event_problem(d, event, "chunked more than once: a body is cut into chunks once");
	else if (!last_is_chunked(buffer_slice(&m->coding)) && (!m->response || chunked))
		event_problem(d, event,
		              "chunked must be the last transfer coding: otherwise nobody can tell where the body "
		              "ends");
	if (m->version < VERSION_1_1)
		event_problem(d, event, "HTTP/1.0 has no Transfer-Encoding: the framing counts as faulty");
	event_ref(d, event, "RFC 9112 6.1");
}

/* What is wrong with a field that frames the message, beside those before it. */
static void check_framing(struct dialogue *d, const struct http_message *m, struct dialogue_event *event)
{
	if (m->open == &m->length)
		check_length(d, m, event);
	else if (m->open == &m->coding)
		check_codings(d, m, event);
	else
		return;
	if (m->bodiless) { /* RFC 9110 8.6, RFC 9112 6.1 */
		event_problem(
			d, event,
			"a response that never has a body has neither Content-Length nor Transfer-Encoding: the field is "
			"passed over");
		event_ref(d, event, m->open == &m->length ? "RFC 9110 8.6" : "RFC 9112 6.1");
	} else if (m->length_said && m->coding_said) {
		event_problem(d, event,
		              "both Content-Length and Transfer-Encoding: the latter counts, and a program that takes "
		              "the former reads another message (request smuggling)");
		event_ref(d, event, "RFC 9112 6.3");
		event_ref(d, event, "RFC 9112 11.2");
	}
}

/* ---- lines ---- */

/* What the table says of a field. */
static void note_name(struct dialogue *d, struct dialogue_event *event)
{
	const struct table *table = protocol_table(machine_protocol(d), TABLE_FIELDS);
	const struct entry *row = table ? table_find(table, event->keyword) : NULL;
	if (row) {
		event_note(d, event, "%s: %s", row->word, row->note);
		event_ref(d, event, row->ref);
		return;
	}
	bool private_name = slice_starts(event->keyword, SLICE("x-"));
	event_note(d, event, SLICE_FMT ": %s",
	           SLICE_ARG(slice_part(event->text, 0, event->keyword.n < NAME_SHOWN ? event->keyword.n : NAME_SHOWN)),
	           private_name ? "a private field, which those who use it agree on; no registry knows it."
	                        : "no registry knows this field. Who does not know a field passes over it.");
	event_ref(d, event, private_name ? "RFC 6648" : "RFC 9110 5.1");
}

static void lower_name(struct buffer *out, struct slice name)
{
	buffer_clear(out);
	for (size_t i = 0; i < name.n; i++)
		buffer_add_octet(out, octet_lower(name.p[i]));
}

/* What the receiver must know before the body comes may not stand behind it. */
static void note_trailer(struct dialogue *d, struct dialogue_event *event)
{
	static const char *const too_late[] = { "connection", "content-length", "host", "transfer-encoding" };
	event_note(d, event, "Behind the body it is a trailer field.");
	event_ref(d, event, "RFC 9110 6.5");
	for (size_t i = 0; i < sizeof too_late / sizeof too_late[0]; i++) {
		if (!slice_equal(event->keyword, slice_of(too_late[i])))
			continue;
		event_problem(d, event, "this field may not stand in a trailer: it must be known before the body");
		event_ref(d, event, "RFC 9110 6.5.1");
	}
}

/* A control that may not stand in a field's value: any but the tab. A bare CR is told as such. */
static bool is_control(char c)
{
	return ((unsigned char)c < ' ' && c != '\t' && c != '\r') || c == 0x7f;
}

static void check_controls(struct dialogue *d, struct slice text, struct dialogue_event *event)
{
	size_t at = 0;
	while (at < text.n && !is_control(text.p[at]))
		at++;
	if (at == text.n)
		return;
	if (slice_find_octet(text, '\0') < text.n)
		event_problem(d, event, "a NUL in the value, where none may stand");
	else
		event_problem(d, event, "a control character in the value, where none but the tab may stand");
	event_ref(d, event, "RFC 9110 5.5");
}

static void field_line(struct dialogue *d, struct http_message *m, const struct line *line,
                       const struct http_field *field, struct dialogue_event *event)
{
	size_t start = (size_t)(field->name.p - event->text.p);
	lower_name(&m->name, field->name);
	event->keyword = event_text(d, buffer_slice(&m->name));
	event_span_add(event, SPAN_KEYWORD, start, start + field->name.n);
	note_name(d, event);
	if (m->part == PART_TRAILERS)
		note_trailer(d, event);
	if (field->spaced) {
		event_problem(d, event, "white space before the colon: the name ends at the colon, without any");
		event_ref(d, event, "RFC 9112 5.1");
	}
	check_controls(d, field->value, event);
	keep_begin(m, field->value);
	if (!line->more)
		check_framing(d, m, event);
	if (m->needs && slice_equal_nocase(event->keyword, slice_of(m->needs)))
		m->needs = NULL;
	m->secret = http_field_secret(event->keyword);
	if (m->secret)
		http_field_mask(d, event->keyword, field->value, event);
	http_field_notes(d, m, field->value, event);
}

/* A line that begins with white space: it goes on with the field before it (RFC 9112 5.2). */
static void folded_line(struct dialogue *d, struct http_message *m, struct dialogue_event *event)
{
	if (m->name.n == 0) {
		event_problem(d, event,
		              "white space before the first field: the line is passed over, or the message "
		              "refused");
		event_ref(d, event, "RFC 9112 2.2");
		return;
	}
	event->keyword = event_text(d, buffer_slice(&m->name));
	event_note(d, event, "The line goes on with the value of the field before it.");
	event_problem(d, event, "a folded line, which is obsolete: a field stands on one line");
	event_ref(d, event, "RFC 9112 5.2");
	check_controls(d, event->text, event);
	if (m->open)
		buffer_add_octet(m->open, ' ');
	keep(m, slice_trim(event->text));
	if (!event->more)
		check_framing(d, m, event);
	if (m->secret)
		event_secret(event, 0, event->text.n, SLICE("{{password}}"));
}

/* A secret may stand behind a name that has lost its colon. */
static void mask_without_colon(struct dialogue_event *event)
{
	struct slice rest = event->text;
	if (!http_field_secret(slice_word(&rest)))
		return;
	while (rest.n && (rest.p[0] == ' ' || rest.p[0] == '\t'))
		rest = slice_part(rest, 1, rest.n);
	event_secret(event, event->text.n - rest.n, event->text.n, SLICE("{{password}}"));
}

static void no_field(struct dialogue *d, struct http_message *m, struct dialogue_event *event)
{
	struct http_request request;
	http_request_parse(event->text, &request);
	m->open = NULL;
	mask_without_colon(event);
	if (!m->response && request.version.n)
		event_problem(d, event,
		              "a request line inside a header: the request before it still waits for the "
		              "empty line that ends its header");
	else if (slice_find_octet(event->text, ':') < event->text.n)
		event_problem(d, event, "not a field: before the colon stands a name of letters, digits and hyphens");
	else
		event_problem(d, event,
		              "not a field: a name, a colon and a value are wanted, or an empty line to end the "
		              "header");
	event_ref(d, event, "RFC 9112 5");
}

bool http_header_line(struct dialogue *d, struct http_message *m, const struct line *line, struct dialogue_event *event)
{
	struct http_field field;
	event->kind = EVENT_DATA;
	line_end_problems(d, line, event, "RFC 9112 2.2");
	if (line->described)
		return false;
	if (!line->first) {
		check_controls(d, line->text, event);
		keep(m, line->text);
		if (!line->more)
			check_framing(d, m, event);
		return false;
	}
	if (line->text.n == 0 && !line->more && !line->cut)
		return true;
	if (line->text.n && (line->text.p[0] == ' ' || line->text.p[0] == '\t'))
		folded_line(d, m, event);
	else if (http_field_parse(line->text, &field))
		field_line(d, m, line, &field, event);
	else
		no_field(d, m, event);
	return false;
}
