/*
 * Requests, gathered line by line.
 */
#include "lab/http_request.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/http_syntax.h"

/* Octets of a body where nobody says otherwise. */
#define BODY_MAX ((uint64_t)1 << 20)

/* ---- its life ---- */

void request_clear(struct request *r)
{
	buffer_free(&r->body); /* it may have been large */
	buffer_clear(&r->line);
	buffer_clear(&r->header);
	buffer_clear(&r->trailer);
	buffer_clear(&r->piece);
	*r = (struct request){ .line = r->line,
		               .header = r->header,
		               .trailer = r->trailer,
		               .piece = r->piece,
		               .fields = r->fields,
		               .fields_room = r->fields_room };
}

void request_free(struct request *r)
{
	buffer_free(&r->body);
	buffer_free(&r->line);
	buffer_free(&r->header);
	buffer_free(&r->trailer);
	buffer_free(&r->piece);
	free(r->fields);
}

/* ---- what it says ---- */

bool request_field_at(const struct request *r, size_t i, struct slice *name, struct slice *value)
{
	if (i >= r->nfields)
		return false;
	const struct request_field *field = &r->fields[i];
	*name = (struct slice){ r->header.p + field->name, field->name_n };
	*value = (struct slice){ r->header.p + field->value, field->value_n };
	return true;
}

bool request_value(const struct request *r, const char *name, struct slice *value)
{
	struct slice one;
	for (size_t i = 0; request_field_at(r, i, &one, value); i++)
		if (slice_equal_nocase(one, slice_of(name)))
			return true;
	return false;
}

bool request_values(const struct request *r, const char *name, struct buffer *out)
{
	struct slice one, value;
	bool found = false;
	for (size_t i = 0; request_field_at(r, i, &one, &value); i++) {
		if (!slice_equal_nocase(one, slice_of(name)))
			continue;
		buffer_add_string(out, found ? ", " : "");
		buffer_add_slice(out, value);
		found = true;
	}
	return found;
}

bool request_has(const struct request *r, const char *name, const char *word)
{
	struct buffer list = { 0 };
	bool has = request_values(r, name, &list) && http_list_has(buffer_slice(&list), slice_of(word));
	buffer_free(&list);
	return has;
}

static size_t count_of(const struct request *r, const char *name)
{
	struct slice one, value;
	size_t n = 0;
	for (size_t i = 0; request_field_at(r, i, &one, &value); i++)
		n += slice_equal_nocase(one, slice_of(name));
	return n;
}

/* ---- faults ---- */

static void fault(struct request *r, unsigned status, const char *why)
{
	if (r->fault)
		return;
	r->fault = status;
	r->why = why;
}

/* The same; nothing more of the request is read. */
static void too_much(struct request *r, unsigned status, const char *why)
{
	fault(r, status, why);
	r->full = true;
}

/* A control that may not stand in a line, the tab aside (RFC 9110 5.5). */
static bool has_control(struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if (((unsigned char)text.p[i] < ' ' && text.p[i] != '\t') || text.p[i] == 0x7f)
			return true;
	return false;
}

/* What is wrong with any line that is not of the body's octets. */
static void check_line(struct request *r, struct slice text, struct slice end)
{
	if (slice_equal(end, SLICE("\n")))
		fault(r, 400,
		      "a line ends in a bare LF: lines end in CRLF (RFC 9112 2.2; nc sends both with its option -C)");
	else if (slice_find_octet(text, '\r') < text.n)
		fault(r, 400, "a CR stands alone: it stands only before LF (RFC 9112 2.2)");
	else if (has_control(text))
		fault(r, 400, "a control character, where none but the tab may stand (RFC 9110 5.5)");
}

/* ---- the request line ---- */

static unsigned method_bit(struct slice method)
{
	static const char *const names[] = { "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE" };
	for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
		if (slice_equal(method, slice_of(names[i])))
			return 1U << i;
	return 0;
}

static void check_target(struct request *r, struct slice target)
{
	if (!http_target_parse(target, &r->target)) {
		fault(r, 400,
		      "the target is neither a path, which begins with /, nor a whole URL; or an octet in it must be "
		      "written as % and two hexadecimal digits (RFC 9112 3.2, RFC 3986 2.1)");
		return;
	}
	bool connect = slice_equal(r->method, SLICE("CONNECT")), preface = slice_equal(r->method, SLICE("PRI"));
	switch (r->target.form) {
	case FORM_ABSOLUTE:
		if (!http_host_valid(r->target.authority))
			fault(r, 400, "the URL in the request line names no host (RFC 9110 4.2.1)");
		if (http_userinfo(target).n)
			fault(r, 400, "the URL in the request line names a user: it is never sent (RFC 9110 4.2.4)");
		break;
	case FORM_AUTHORITY:
		if (!connect)
			fault(r, 400, "host:port is a target of CONNECT only (RFC 9112 3.2.3)");
		break;
	case FORM_ASTERISK:
		if (r->known != METHOD_OPTIONS && !preface)
			fault(r, 400, "* is a target of OPTIONS only (RFC 9112 3.2.4)");
		break;
	case FORM_ORIGIN:
	case FORM_OTHER:
		break;
	}
	if (connect && r->target.form != FORM_AUTHORITY)
		fault(r, 400, "CONNECT wants host:port (RFC 9112 3.2.3)");
}

static void check_version(struct request *r, struct slice word)
{
	unsigned version = http_version(word);
	r->version = version == 10 ? 10 : 11;
	if (version == 0 || !slice_starts(word, SLICE("HTTP/")) || word.n != strlen("HTTP/1.1"))
		fault(r, 400, "the version is written HTTP/1.1: capitals, two digits and a dot (RFC 9112 2.3)");
	else if (version < 10 || version >= 20)
		fault(r, 505, "this server speaks HTTP/1.0 and HTTP/1.1");
}

/* False where no version stands there: then no fields follow. */
static bool read_line(struct request *r)
{
	struct http_request words;
	http_request_parse(buffer_slice(&r->line), &words);
	r->method = words.method;
	r->known = method_bit(words.method);
	if (!http_token(words.method))
		fault(r, 400,
		      "not a request line: METHOD TARGET HTTP/1.1 is wanted, and a method is one word (RFC 9112 3)");
	else if (!words.single_spaces || words.target.n == 0)
		fault(r, 400,
		      "one space must stand between method, target and version, and none elsewhere (RFC 9112 3)");
	check_version(r, words.version);
	check_target(r, words.target);
	return words.version.n > 0;
}

enum request_step request_begin(struct request *r, const struct visit_line *line)
{
	request_clear(r);
	buffer_add_slice(&r->line, line->text);
	r->part = REQUEST_FIELDS;
	r->limit = BODY_MAX;
	check_line(r, line->text, line->event->line_end);
	/* Where no space has come by then it is no request line. */
	if (line->too_long && slice_find_octet(line->text, ' ') < line->text.n)
		fault(r, 414, "the request line is longer than 16,384 octets");
	return read_line(r) && !line->too_long ? REQUEST_GOES_ON : REQUEST_FAULTY;
}

/* ---- fields ---- */

static void field_add(struct request *r, const struct http_field *field, size_t start, struct slice line)
{
	if (r->nfields == REQUEST_FIELDS_MAX) {
		too_much(r, 431, "more than 200 fields");
		return;
	}
	if (r->nfields == r->fields_room) {
		r->fields_room = r->fields_room ? r->fields_room * 2 : 16;
		r->fields = memory_grow(r->fields, r->fields_room, sizeof *r->fields);
	}
	r->fields[r->nfields++] = (struct request_field){
		.name = start + (size_t)(field->name.p - line.p),
		.name_n = field->name.n,
		.value = start + (size_t)(field->value.n ? field->value.p - line.p : 0),
		.value_n = field->value.n,
	};
}

/* A whole line of the header or the trailer, already checked as a line. */
static bool check_field(struct request *r, struct slice line, struct http_field *field)
{
	if (line.n && (line.p[0] == ' ' || line.p[0] == '\t'))
		fault(r, 400, "a line begins with white space: a field stands on one line (RFC 9112 5.2)");
	else if (!http_field_parse(line, field))
		fault(r, 400, "not a field: a name of letters, digits and hyphens, a colon and a value (RFC 9112 5)");
	else if (field->spaced)
		fault(r, 400, "white space before the colon of a field (RFC 9112 5.1)");
	else
		return true;
	return false;
}

/* Adds a piece to the line that `piece` gathers. True when the line is whole. */
static bool gather(struct request *r, const struct dialogue_event *event, size_t longest)
{
	size_t room = longest > r->piece.n ? longest - r->piece.n : 0;
	if (event->text.n > room)
		too_much(r, r->part == REQUEST_SIZE ? 400 : 431, "the fields, or a chunk's extensions, are too long");
	buffer_add_slice(&r->piece, slice_part(event->text, 0, room));
	return !event->more;
}

/* ---- what the fields mean together ---- */

static void check_host(struct request *r)
{
	struct slice host = { NULL, 0 };
	size_t n = count_of(r, "Host");
	if (n > 1)
		fault(r, 400, "more than one Host (RFC 9112 3.2)");
	else if (n == 0 && r->version >= 11)
		fault(r, 400, "no Host: every request of HTTP/1.1 has one (RFC 9112 3.2)");
	else if (n == 1 && request_value(r, "Host", &host) && !http_host_valid(host))
		fault(r, 400, "Host holds a host, and a colon and a port if need be, and nothing else (RFC 9110 7.2)");
}

/* Fields of which a second one would contradict the first. */
static void check_single(struct request *r)
{
	static const char *const names[] = { "Authorization", "Content-Type" };
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (count_of(r, names[i]) > 1)
			fault(r, 400, "a field that stands once stands there twice (RFC 9110 5.3)");
}

/* The codings of Transfer-Encoding: chunked alone is understood here (RFC 9112 6.1). */
static void check_codings(struct request *r, struct slice list)
{
	struct slice element, rest, last = { NULL, 0 };
	size_t n = 0, chunked = 0;
	while (http_element(&list, &element)) {
		last = http_element_word(element, &rest);
		bool one = slice_equal_nocase(last, SLICE("chunked"));
		chunked += one;
		n++;
		if (one && last.n < element.n)
			fault(r, 400, "chunked has no parameters (RFC 9112 7.1)");
	}
	if (chunked > 1)
		fault(r, 400, "chunked more than once (RFC 9112 6.1)");
	else if (chunked == 1 && !slice_equal_nocase(last, SLICE("chunked")))
		fault(r, 400,
		      "chunked is not the last transfer coding: where the body ends cannot be known (RFC 9112 6.3)");
	else if (n == 0)
		fault(r, 400, "Transfer-Encoding is empty (RFC 9112 6.1)");
	else if (chunked == 0 || n > 1)
		fault(r, 501, "of the transfer codings, this server understands chunked alone (RFC 9112 6.1)");
}

static void check_length(struct request *r, struct slice values)
{
	switch (http_length_parse(values, &r->length)) {
	case LENGTH_GOOD:
		/* A comma beside a number makes a list of it. */
		if (slice_find_octet(values, ',') < values.n)
			fault(r, 400, "Content-Length is one number (RFC 9110 8.6)");
		return;
	case LENGTH_REPEATED:
		fault(r, 400, "Content-Length stands there more than once (RFC 9110 8.6)");
		return;
	case LENGTH_DIFFERING:
		fault(r, 400, "two values of Content-Length: where the body ends cannot be known (RFC 9112 6.3)");
		return;
	case LENGTH_INVALID:
		fault(r, 400, "Content-Length is no decimal number, or too large a one (RFC 9110 8.6)");
		return;
	}
}

static void check_framing(struct request *r)
{
	struct buffer codings = { 0 }, length = { 0 };
	r->chunked = request_values(r, "Transfer-Encoding", &codings);
	r->has_length = request_values(r, "Content-Length", &length);
	if (r->chunked && r->version < 11)
		fault(r, 400, "HTTP/1.0 has no Transfer-Encoding: the framing is faulty (RFC 9112 6.1)");
	if (r->chunked && r->has_length)
		fault(r, 400,
		      "both Transfer-Encoding and Content-Length: programs on the way may disagree on where the body ends, "
		      "which is how requests are smuggled (RFC 9112 6.3, 11.2)");
	if (r->chunked)
		check_codings(r, buffer_slice(&codings));
	if (r->has_length)
		check_length(r, buffer_slice(&length));
	buffer_free(&codings);
	buffer_free(&length);
}

/* HTTP/1.0 does not know Expect (RFC 9110 10.1.1). */
static void check_expect(struct request *r)
{
	struct buffer list = { 0 };
	struct slice element;
	if (r->version >= 11 && request_values(r, "Expect", &list)) {
		struct slice rest = buffer_slice(&list);
		while (http_element(&rest, &element))
			if (slice_equal_nocase(element, SLICE("100-continue")))
				r->expects = true;
			else
				fault(r, 417, "Expect knows one word, 100-continue (RFC 9110 10.1.1)");
	}
	buffer_free(&list);
}

static enum request_step header_ends(struct request *r)
{
	bool close = request_has(r, "Connection", "close");
	r->persists = !close && (r->version >= 11 || request_has(r, "Connection", "keep-alive"));
	check_host(r);
	check_single(r);
	check_framing(r);
	check_expect(r);
	if (r->fault)
		return REQUEST_FAULTY;
	r->missing = r->chunked ? 0 : r->length;
	r->part = r->chunked ? REQUEST_SIZE : r->length ? REQUEST_COUNTED : REQUEST_LINE;
	r->expects = r->expects && r->part != REQUEST_LINE;
	return r->part == REQUEST_LINE ? REQUEST_WHOLE : REQUEST_HEADED;
}

static enum request_step field_line(struct request *r, const struct dialogue_event *event)
{
	struct http_field field;
	if (!gather(r, event, REQUEST_HEADER_MAX - r->header.n) || r->full)
		return r->full ? REQUEST_FAULTY : REQUEST_GOES_ON;
	struct slice line = buffer_slice(&r->piece);
	check_line(r, line, event->line_end);
	if (line.n == 0)
		return header_ends(r);
	if (check_field(r, line, &field))
		field_add(r, &field, r->header.n, line);
	buffer_add_slice(&r->header, line);
	buffer_add_string(&r->header, "\r\n");
	buffer_clear(&r->piece);
	if (r->header.n > REQUEST_HEADER_MAX - 2)
		too_much(r, 431, "the fields are longer than 65,536 octets together");
	return r->full ? REQUEST_FAULTY : REQUEST_GOES_ON;
}

/* ---- the body ---- */

static void body_add(struct request *r, const struct dialogue_event *event)
{
	buffer_add_slice(&r->body, event->text);
	buffer_add_slice(&r->body, event->line_end);
	r->missing -= event->octets < r->missing ? event->octets : r->missing;
}

static enum request_step size_line(struct request *r, const struct dialogue_event *event)
{
	struct slice extensions;
	uint64_t size = 0;
	if (!gather(r, event, REQUEST_TRAILER_MAX) || r->full)
		return r->fault ? REQUEST_FAULTY : REQUEST_GOES_ON;
	struct slice line = buffer_slice(&r->piece);
	check_line(r, line, event->line_end);
	if (!http_chunk_parse(line, &size, &extensions) || !http_chunk_exact(line))
		fault(r, 400,
		      "not a chunk size: a hexadecimal number is wanted, and after it nothing, or ;name=value (RFC 9112 7.1)");
	else if (size > r->limit || r->body.n > r->limit - size)
		fault(r, 413, "the body is longer than this resource takes");
	buffer_clear(&r->piece);
	r->missing = size;
	r->part = size ? REQUEST_CHUNK : REQUEST_TRAILERS;
	return r->fault ? REQUEST_FAULTY : REQUEST_GOES_ON;
}

static enum request_step chunk_end(struct request *r, const struct dialogue_event *event)
{
	check_line(r, event->text, event->line_end);
	if (event->text.n || event->more)
		fault(r, 400, "CRLF is wanted behind a chunk: it is longer than its size (RFC 9112 7.1)");
	r->part = REQUEST_SIZE;
	return r->fault ? REQUEST_FAULTY : REQUEST_GOES_ON;
}

static enum request_step trailer_line(struct request *r, const struct dialogue_event *event)
{
	struct http_field field;
	if (!gather(r, event, REQUEST_TRAILER_MAX - r->trailer.n) || r->full)
		return r->fault ? REQUEST_FAULTY : REQUEST_GOES_ON;
	struct slice line = buffer_slice(&r->piece);
	check_line(r, line, event->line_end);
	if (line.n && check_field(r, line, &field)) {
		buffer_add_slice(&r->trailer, line);
		buffer_add_string(&r->trailer, "\r\n");
	}
	if (r->trailer.n > REQUEST_TRAILER_MAX - 2)
		too_much(r, 431, "the trailer fields are too long");
	bool whole = line.n == 0;
	buffer_clear(&r->piece);
	if (r->fault)
		return REQUEST_FAULTY;
	r->part = whole ? REQUEST_LINE : REQUEST_TRAILERS;
	return whole ? REQUEST_WHOLE : REQUEST_GOES_ON;
}

enum request_step request_data(struct request *r, const struct dialogue_event *event)
{
	switch (r->part) {
	case REQUEST_FIELDS:
		return field_line(r, event);
	case REQUEST_COUNTED:
		body_add(r, event);
		r->part = r->missing ? REQUEST_COUNTED : REQUEST_LINE;
		return r->missing ? REQUEST_GOES_ON : REQUEST_WHOLE;
	case REQUEST_SIZE:
		return size_line(r, event);
	case REQUEST_CHUNK:
		body_add(r, event);
		r->part = r->missing ? REQUEST_CHUNK : REQUEST_CHUNK_END;
		return REQUEST_GOES_ON;
	case REQUEST_CHUNK_END:
		return chunk_end(r, event);
	case REQUEST_TRAILERS:
		return trailer_line(r, event);
	case REQUEST_LINE: /* an empty line before a request line is passed over (RFC 9112 2.2) */
		break;
	}
	return REQUEST_GOES_ON;
}
