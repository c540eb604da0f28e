/*
 * The client's lines of HTTP: request lines, and what belongs to a request behind them.
 */
#include <string.h>

#include "protocol/http_machine.h"
#include "protocol/http_syntax.h"

/* Of a peer's word a note shows so many octets. */
#define WORD_SHOWN 40

/* ---- the method ---- */

static unsigned flags_of(struct slice method)
{
	return slice_equal(method, SLICE("HEAD"))      ? FLAG_HEAD
	       : slice_equal(method, SLICE("CONNECT")) ? FLAG_CONNECT
	                                               : 0;
}

static bool is_field(struct slice line)
{
	struct http_field field;
	return http_field_parse(line, &field) && !field.spaced;
}

static void unknown_method(struct dialogue *d, struct slice line, struct slice method, const struct entry *near,
                           struct dialogue_event *event)
{
	event_note(d, event, "A server answers 501 to a method that it does not know, and 400 to what is no request.");
	event_ref(d, event, "RFC 9110 9.1");
	if (is_field(line)) {
		event_problem(d, event, "a field without a request: METHOD TARGET HTTP/1.1 stands before the fields");
		event_ref(d, event, "RFC 9112 2.1");
	} else if (!http_token(method)) {
		event_problem(d, event,
		              "not a request line: METHOD TARGET HTTP/1.1 is wanted, and a method is one word, such "
		              "as GET");
		event_ref(d, event, "RFC 9112 3");
	} else if (near && slice_equal_nocase(method, slice_of(near->word))) {
		event_problem(d, event, "no such method: methods are case-sensitive, %s is meant", near->word);
		event_ref(d, event, "RFC 9112 3.1");
	} else if (near) {
		event_problem(d, event, "not a registered method: perhaps %s is meant", near->word);
	} else {
		event_problem(d, event, "not a registered method");
	}
}

/* The row of a method, which must be written as there; notes and problems of it. */
static const struct entry *read_method(struct dialogue *d, struct slice line, struct slice method,
                                       struct dialogue_event *event)
{
	const struct table *table = protocol_table(machine_protocol(d), TABLE_COMMANDS);
	const struct entry *row = table ? table_find(table, method) : NULL;
	size_t start = method.n ? (size_t)(method.p - event->text.p) : 0;
	event_span_add(event, SPAN_VERB, start, start + method.n);
	event->verb = method;
	if (row == NULL || !slice_equal(method, slice_of(row->word))) {
		unknown_method(d, line, method, row ? row : table ? table_nearest(table, method) : NULL, event);
		return NULL;
	}
	event->phase = row->phase;
	event_note(d, event, "%s", row->note);
	event_ref(d, event, row->ref);
	return row;
}

/* ---- the target ---- */

static void note_form(struct dialogue *d, enum http_form form, const struct http_request *r,
                      struct dialogue_event *event)
{
	switch (form) {
	case FORM_ORIGIN:
		event_note(d, event, "The target is a path%s%s.",
		           slice_find_octet(r->target, '?') < r->target.n ? ", and behind the ? a query" : "",
		           http_version(r->version) >= VERSION_1_1 ? "; Host names the server" : "");
		event_ref(d, event, "RFC 9112 3.2.1");
		break;
	case FORM_ABSOLUTE:
		event_note(d, event,
		           "The target is a whole URL: so a proxy is asked, and every server understands it.");
		event_ref(d, event, "RFC 9112 3.2.2");
		break;
	case FORM_AUTHORITY:
		event_ref(d, event, "RFC 9112 3.2.3");
		break;
	case FORM_ASTERISK:
		event_ref(d, event, "RFC 9112 3.2.4");
		break;
	case FORM_OTHER:
		break;
	}
}

/* Which forms a method may have. */
static const char *form_problem(enum http_form form, struct slice method)
{
	bool connect = slice_equal(method, SLICE("CONNECT"));
	if (connect)
		return form == FORM_AUTHORITY ? NULL : "CONNECT wants HOST:PORT, the port too";
	if (form == FORM_ASTERISK)
		return slice_equal(method, SLICE("OPTIONS")) || slice_equal(method, SLICE("PRI"))
		               ? NULL
		               : "* is a target of OPTIONS only";
	if (form == FORM_AUTHORITY || form == FORM_OTHER)
		return "the target must begin with / (a path), or be a whole URL with its scheme";
	return NULL;
}

static void check_octets(struct dialogue *d, struct slice target, struct dialogue_event *event)
{
	if (slice_find_octet(target, '#') < target.n) {
		event_problem(d, event, "the fragment, from # on, is for the client alone and is not sent");
		event_ref(d, event, "RFC 9110 7.1");
	}
	for (size_t i = 0; i < target.n; i++) {
		if (http_url_octet(target.p[i]))
			continue;
		bool space = target.p[i] == ' ' || target.p[i] == '\t';
		event_problem(d, event,
		              space ? "a space in the target: in a URL it is written %%20"
		                    : "an octet in the target that a URL writes as %% and two hexadecimal digits");
		event_ref(d, event, space ? "RFC 9112 3.2" : "RFC 3986 2.1");
		return;
	}
}

/* `http://user:password@host/`. */
static void mask_user(struct dialogue *d, struct slice target, struct dialogue_event *event)
{
	struct slice user = http_userinfo(target);
	if (user.n == 0)
		return;
	size_t start = (size_t)(user.p - event->text.p), colon = slice_find_octet(user, ':');
	event_problem(d, event, "a user name in the URL: it must be left out");
	event_ref(d, event, "RFC 9110 4.2.4");
	if (colon < user.n)
		event_secret(event, start + colon + 1, start + user.n, SLICE("{{password}}"));
}

static void read_target(struct dialogue *d, const struct http_request *r, struct dialogue_event *event)
{
	if (r->target.n == 0) {
		event_problem(d, event, "the target is missing: what is asked for stands after the method, / at least");
		event_ref(d, event, "RFC 9112 3.2");
		return;
	}
	enum http_form form = http_target_form(r->target);
	const char *why = form_problem(form, r->method);
	if (why) {
		event_problem(d, event, "%s", why);
		event_ref(d, event, "RFC 9112 3.2");
	} else {
		note_form(d, form, r, event);
	}
	check_octets(d, r->target, event);
}

/* ---- the version ---- */

static void request_done(struct http *s)
{
	http_message_end(&s->request);
	s->waits = false;
	s->tail_n = 0;
}

/* No version stands at the line's end: no fields follow, the request is complete. */
static void without_version(struct dialogue *d, struct http *s, struct outstanding *one, struct dialogue_event *event)
{
	bool simple = slice_equal(event->verb, SLICE("GET"));
	if (simple) {
		event_note(d, event,
		           "Without a version this is HTTP/0.9: the line is the whole request, and the response "
		           "is bare text up to the close.");
		event_problem(d, event,
		              "the version is missing: HTTP/1.1 is wanted at the end; many servers refuse 0.9 now");
		event_ref(d, event, "RFC 1945 4.1");
	} else {
		event_problem(d, event, "the version is missing: a request line ends with HTTP/1.1");
	}
	event_ref(d, event, "RFC 9112 3");
	if (one)
		one->flags |= FLAG_CLOSE | (simple ? FLAG_SIMPLE : 0);
	request_done(s);
}

static void odd_version(struct dialogue *d, struct slice word, unsigned version, struct dialogue_event *event)
{
	if (version == 0)
		event_problem(d, event, "not a version: HTTP/ and two digits with a dot are wanted, as in HTTP/1.1");
	else if (!slice_starts(word, SLICE("HTTP/")))
		event_problem(d, event, "the version is case-sensitive: HTTP/ is written in capitals");
	else if (slice_equal(event->verb, SLICE("PRI")))
		event_problem(d, event, "HTTP/1 has no such request: only a server of HTTP/2 understands this line");
	else if (version >= 20)
		event_problem(d, event,
		              "HTTP/2 and later are binary: such a line is never sent, and the answer is 505");
	else if (version < VERSION_1_0 || version > VERSION_1_1)
		event_problem(d, event, "there is no such version: 1.0 and 1.1 are written so");
	else
		return;
	event_ref(d, event, "RFC 9112 2.3");
}

/* The word that ends the request line is known, empty where it is no version. */
static void version_said(struct dialogue *d, struct http *s, struct slice word, struct dialogue_event *event)
{
	struct outstanding *one = http_waiting(d, s->request_n, NULL);
	unsigned version = http_version(word);
	if (word.n == 0) {
		without_version(d, s, one, event);
		return;
	}
	odd_version(d, word, version, event);
	if (version == VERSION_1_0) {
		event_note(d, event,
		           "HTTP/1.0: the server closes the connection behind its response, unless both say "
		           "keep-alive.");
		event_ref(d, event, "RFC 9112 9.3");
	}
	s->request.version = version ? version : VERSION_1_1;
	if (one && s->request.version < VERSION_1_1)
		one->flags |= FLAG_OLD;
}

/* Keeps the last octets of a line that comes in pieces. */
static void tail_keep(struct http *s, struct slice piece)
{
	size_t room = sizeof s->tail;
	if (piece.n >= room) {
		memcpy(s->tail, piece.p + piece.n - room, room);
		s->tail_n = room;
		return;
	}
	size_t kept = s->tail_n + piece.n > room ? room - piece.n : s->tail_n;
	memmove(s->tail, s->tail + s->tail_n - kept, kept);
	if (piece.n)
		memcpy(s->tail + kept, piece.p, piece.n);
	s->tail_n = kept + piece.n;
}

/* A later piece of a request line. */
static void request_goes_on(struct dialogue *d, struct http *s, const struct line *line, struct dialogue_event *event)
{
	struct http_request end;
	line_end_problems(d, line, event, "RFC 9112 2.2");
	tail_keep(s, line->text);
	if (line->more || line->cut)
		return;
	struct slice tail = { s->tail, s->tail_n };
	http_request_parse(tail, &end);
	version_said(d, s, end.version, event);
}

/* ---- the request line ---- */

static void note_pipelining(struct dialogue *d, struct dialogue_event *event)
{
	const char *why = http_refuses(d);
	if (why) {
		event_problem(d, event, "no request may follow now: %s", why);
	} else if (outstanding_count(d) > 0) {
		event_note(d, event,
		           "It is sent without waiting for the response before it (pipelining): responses come "
		           "in the order of the requests.");
		event_ref(d, event, "RFC 9112 9.3.2");
	}
}

/* A field that has lost its request may hold a secret all the same. */
static void mask_stray_field(struct dialogue *d, struct slice line, struct dialogue_event *event)
{
	struct http_field field;
	if (http_field_parse(line, &field) && http_field_secret(field.name))
		http_field_mask(d, field.name, field.value, event);
}

static void request_line(struct dialogue *d, struct http *s, const struct line *line, struct dialogue_event *event)
{
	struct http_request r;
	event->kind = EVENT_COMMAND;
	line_end_problems(d, line, event, "RFC 9112 2.2");
	http_request_parse(line->text, &r);
	const struct entry *row = read_method(d, line->text, r.method, event);
	mask_stray_field(d, line->text, event);
	mask_user(d, r.target, event);
	note_pipelining(d, event);
	http_message_begin(&s->request, false, VERSION_1_1);
	s->request_n = event->n;
	struct outstanding *one = outstanding_add(d, event, row);
	one->flags = flags_of(r.method);
	s->tail_n = 0;
	tail_keep(s, line->text);
	if (line->more || line->cut)
		return;
	if (row)
		read_target(d, &r, event);
	buffer_add_slice(&s->request.target, http_authority(r.target));
	if (row == NULL && is_field(line->text)) {
		one->flags |= FLAG_CLOSE;
		request_done(s);
		return;
	}
	if (row && !r.single_spaces) {
		event_problem(d, event, "one space must stand between the words of a request line, and none elsewhere");
		event_ref(d, event, "RFC 9112 3");
	}
	version_said(d, s, r.version, event);
}

/* A line where no request is under way. */
static void first_line(struct dialogue *d, struct http *s, const struct line *line, struct dialogue_event *event)
{
	if (!line->described && (line->text.n || line->more)) {
		request_line(d, s, line, event);
		return;
	}
	event->kind = EVENT_DATA;
	if (line->described)
		return;
	line_end_problems(d, line, event, "RFC 9112 2.2");
	event_note(d, event, "The server passes over an empty line before a request line.");
	event_problem(d, event, "an empty line where no header ends: a client sends none before or after a request");
	event_ref(d, event, "RFC 9112 2.2");
}

/* ---- the empty line ---- */

static void check_host(struct dialogue *d, const struct http_message *m, struct dialogue_event *event)
{
	if (m->hosts > 0 || m->version != VERSION_1_1)
		return;
	event_problem(d, event,
	              "Host is missing: every HTTP/1.1 request has one, and without it the server answers 400");
	event_ref(d, event, "RFC 9112 3.2");
}

static void check_options(struct dialogue *d, const struct http_message *m, bool body, struct dialogue_event *event)
{
	if (m->upgrade.n && !http_list_has(buffer_slice(&m->connection), SLICE("upgrade"))) {
		event_problem(d, event, "Upgrade without Connection: upgrade, which must come with it");
		event_ref(d, event, "RFC 9110 7.8");
	}
	if (m->expect && !body) {
		event_problem(d, event, "Expect: 100-continue without a body that could wait");
		event_ref(d, event, "RFC 9110 10.1.1");
	}
}

/* Why no body follows. */
static void note_no_body(struct dialogue *d, const struct http_message *m, const struct outstanding *one,
                         struct dialogue_event *event)
{
	uint64_t octets = 0;
	if (http_framing(m, &octets) == FRAMED_UNKNOWN) {
		event_note(d, event, "The header ends here. The server answers 400 and closes the connection.");
		event_problem(d, event,
		              "where the body ends cannot be known: what follows is taken for the next request");
		event_ref(d, event, "RFC 9112 6.3");
		return;
	}
	bool sends = one && one->command && one->command->phase == PHASE_TRANSFER && !(one->flags & FLAG_CONNECT);
	event_note(d, event, "The header ends here, and the request with it: no body follows%s.",
	           m->length_said ? ", by its Content-Length"
	           : sends        ? ", since neither Content-Length nor Transfer-Encoding announces one"
	                          : "");
	event_ref(d, event, "RFC 9112 6.3");
}

/* Methods whose requests have no body, or one without a meaning (RFC 9110 9.3). */
static const struct {
	const char *method;
	bool forbidden;
	const char *ref;
} without_body[] = {
	{ "CONNECT", true, "RFC 9110 9.3.6" }, { "DELETE", false, "RFC 9110 9.3.5" },
	{ "GET", false, "RFC 9110 9.3.1" },    { "HEAD", false, "RFC 9110 9.3.2" },
	{ "TRACE", true, "RFC 9110 9.3.8" },
};

static void note_body(struct dialogue *d, const struct outstanding *one, struct dialogue_event *event)
{
	for (size_t i = 0; one && i < sizeof without_body / sizeof without_body[0]; i++) {
		if (strcmp(one->verb, without_body[i].method) != 0)
			continue;
		if (without_body[i].forbidden)
			event_problem(d, event, "%s must have no body", one->verb);
		else
			event_note(d, event, "A body of %s has no meaning that is agreed on: some servers refuse it.",
			           one->verb);
		event_ref(d, event, without_body[i].ref);
	}
}

/* Behind such a request the server must close (RFC 9112 6.1, 6.3 and 9.6). */
static bool must_close(const struct http_message *m)
{
	uint64_t octets = 0;
	return !http_persists(m) || (m->coding_said && (m->length_said || m->version < VERSION_1_1)) ||
	       http_framing(m, &octets) == FRAMED_UNKNOWN;
}

static void header_ends(struct dialogue *d, struct http *s, struct dialogue_event *event)
{
	struct http_message *m = &s->request;
	struct outstanding *one = http_waiting(d, s->request_n, NULL);
	bool body = http_body_begin(d, m, SIDE_CLIENT, event);
	if (s->closing)
		counted_begin(d, SIDE_CLIENT, 0);
	if (!body)
		note_no_body(d, m, one, event);
	else
		note_body(d, one, event);
	check_host(d, m, event);
	check_options(d, m, body, event);
	if (one)
		one->flags |= (must_close(m) ? FLAG_CLOSE : 0) | (m->upgrade.n ? FLAG_UPGRADE : 0);
	if (m->upgrade.n) {
		buffer_clear(&s->offered);
		buffer_add_slice(&s->offered, buffer_slice(&m->upgrade));
	}
	if (one && strcmp(one->verb, "PRI") == 0)
		s->binary = true;
	/* HTTP/1.0 knows no 100 (RFC 9110 10.1.1); and who is answered already waits for nothing. */
	s->waits = body && one && m->expect && m->version >= VERSION_1_1;
	if (s->waits)
		event_note(d, event, "But first the client waits for 100 Continue.");
	if (!body)
		request_done(s);
}

static void body_line(struct dialogue *d, struct http *s, const struct line *line, struct dialogue_event *event)
{
	struct outstanding *one = http_waiting(d, s->request_n, NULL);
	s->waits = false;
	if (!http_body_line(d, &s->request, line, event))
		return;
	if (one && s->request.lost)
		one->flags |= FLAG_CLOSE;
	request_done(s);
}

/* A line of a body behind which the server closes: it has answered already. */
static void unread_line(struct dialogue *d, struct http *s, const struct line *line, struct dialogue_event *event)
{
	event->kind = EVENT_DATA;
	if (s->unread_told || !line->first)
		return;
	s->unread_told = true;
	event_note(d, event, "The server has answered and closes the connection: the rest of the body is of no use.");
	event_ref(d, event, "RFC 9112 9.5");
}

void http_client(struct dialogue *d, const struct line *line, struct dialogue_event *event)
{
	struct http *s = machine_state(d);
	struct http_message *m = &s->request;
	bool unread = s->closing && m->part != PART_START && m->part != PART_FIELDS;
	bool recounted = m->part == PART_COUNTED && !line->counted && !line->described; /* to nothing */
	if (recounted && !unread)
		request_done(s);
	if (s->tunnel_ref || s->binary) {
		http_opaque_line(d, line, event);
	} else if (unread) {
		unread_line(d, s, line, event);
	} else if (!line->first && event->kind == EVENT_COMMAND) {
		request_goes_on(d, s, line, event);
	} else if (m->part == PART_START) {
		if (line->first)
			first_line(d, s, line, event);
	} else if (m->part == PART_FIELDS) {
		if (http_header_line(d, m, line, event))
			header_ends(d, s, event);
	} else {
		body_line(d, s, line, event);
	}
	http_settle(d);
}
