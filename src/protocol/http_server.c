/*
 * The server's lines of HTTP: status lines, which request each answers, and what a complete response does.
 */
#include "protocol/http_machine.h"
#include "protocol/http_syntax.h"
#include "protocol/common.h"

/* Of a peer's words a note shows so many octets. */
#define WORDS_SHOWN 40

/* By the first digit; what is no code counts as a failure, like 5xx (RFC 9110 15). */
static enum class class_of(unsigned code) {
	switch (code / 100){
		case 1 : return CLASS_INFO; case 2 : return CLASS_SUCCESS; case 3 : return CLASS_REDIRECT;
		default : return CLASS_FAILURE;
	}
}

/* A 1xx: the final response is still to come. */
static bool interim(const struct http_message *m)
{
	return m->code / 100 == 1;
}

static bool opens_tunnel(const struct http_message *m)
{
	return m->code / 100 == 2 && m->flags & FLAG_CONNECT;
}

/* Verb and phase of the request that the response answers. */
static void name_request(struct dialogue *d, const struct http_message *m, struct dialogue_event *event)
{
	const struct outstanding *one = http_waiting(d, m->answers, NULL);
	if (one == NULL)
		return;
	event->verb = event_text(d, slice_of(one->verb));
	event->phase = one->command ? one->command->phase : PHASE_NONE;
}

/* ---- the status line ---- */

static void note_unregistered(struct dialogue *d, const struct table *codes, struct dialogue_event *event)
{
	const char class_key[] = { event->code.p[0], 'x', 'x' };
	const struct entry *row = codes ? table_find(codes, (struct slice){ class_key, sizeof class_key }) : NULL;
	if (row)
		event_note(d, event, "%s The code itself is not registered: it counts as %c00.", row->note,
		           event->code.p[0]);
	else
		event_note(d, event, "The code is not registered.");
	event_ref(d, event, row ? row->ref : NULL);
	event_ref(d, event, "RFC 9110 15");
}

static void note_reason(struct dialogue *d, const struct entry *row, struct slice reason, struct dialogue_event *event)
{
	if (row == NULL || row->syntax == NULL || row->syntax[0] == '(' || reason.n == 0 || event->more ||
	    slice_equal_nocase(reason, slice_of(row->syntax)))
		return;
	event_note(d, event, "The %s words are \"%s\"; the number counts, the words are free.",
	           slice_starts(slice_of(row->ref), SLICE("RFC ")) ? "registered" : "usual", row->syntax);
	event_ref(d, event, "RFC 9112 4");
}

static void note_code(struct dialogue *d, const struct http_status *status, struct dialogue_event *event)
{
	const struct table *codes = protocol_table(machine_protocol(d), TABLE_CODES);
	if (status->number < 100 || status->number > 599) {
		event_note(d, event, "A response whose code is none counts as a failure of the server.");
		event_problem(d, event,
		              status->number < 1000 ? "not a status code: they go from 100 to 599"
		                                    : "not a status code: three digits are wanted");
		event_ref(d, event, "RFC 9110 15");
		return;
	}
	const struct entry *row = code_row(d, event->verb, event->code);
	if (row) {
		event_note(d, event, "%s", row->note);
		event_ref(d, event, row->ref);
		note_reason(d, codes ? table_find(codes, event->code) : NULL, status->reason, event);
	} else {
		note_unregistered(d, codes, event);
	}
}

static void check_line(struct dialogue *d, const struct http_status *status, unsigned version,
                       struct dialogue_event *event)
{
	if (version == 0)
		event_problem(d, event, "not a version: HTTP/ and two digits with a dot are wanted, as in HTTP/1.1");
	else if (version >= 20)
		event_problem(d, event,
		              "HTTP/2 and later are binary: a status line like this is made up by a program that "
		              "shows them");
	else if (version < VERSION_1_0 || !slice_starts(status->version, SLICE("HTTP/")))
		event_problem(d, event, "not a version: HTTP/1.0 or HTTP/1.1 is wanted, in capitals");
	else if (version > VERSION_1_1)
		event_note(d, event, "There is no such version: it is read as HTTP/1.1.");
	if (version < VERSION_1_0 || version > VERSION_1_1)
		event_ref(d, event, "RFC 9112 2.3");
	if (status->code.n && !status->spaced) {
		event_problem(d, event, "one space must stand between the version and the code");
		event_ref(d, event, "RFC 9112 4");
	}
	if (!status->separated && status->number < 1000 && !event->more) {
		event_problem(d, event, "a space must follow the code, even where no words follow");
		event_ref(d, event, "RFC 9112 4");
	}
}

/* Whether the response comes in its turn. */
static void check_turn(struct dialogue *d, const struct http *s, struct dialogue_event *event)
{
	const struct http_message *m = &s->response;
	if (m->answers == 0 && m->code == 408) {
		event_note(d, event,
		           "Nobody asked: so a server says that it closes a connection on which no request "
		           "came.");
		event_ref(d, event, "RFC 9110 15.5.9");
	} else if (m->answers == 0) {
		event_problem(d, event, "a response to no request");
		event_ref(d, event, "RFC 9112 9.2");
	} else if (s->request.part != PART_START && s->request_n == m->answers && !interim(m)) {
		event_note(d, event, "It comes before the request is complete: the client may stop sending.");
		event_ref(d, event, "RFC 9112 9.5");
	}
	if (interim(m) && m->flags & (FLAG_OLD | FLAG_SIMPLE)) {
		event_problem(d, event, "a client that says HTTP/1.0 must get no 1xx: it does not know these codes");
		event_ref(d, event, "RFC 9110 15.2");
	}
}

/* A field that must come with a code. */
struct needed {
	unsigned code;
	const char *field;
	const char *ref;
};

/* The field without which a response of that code is not whole; NULL where there is none. */
static const struct needed *needed(unsigned code)
{
	static const struct needed rows[] = {
		{ 101, "Upgrade", "RFC 9110 15.2.2" },  { 401, "WWW-Authenticate", "RFC 9110 15.5.2" },
		{ 405, "Allow", "RFC 9110 15.5.6" },    { 407, "Proxy-Authenticate", "RFC 9110 15.5.8" },
		{ 426, "Upgrade", "RFC 9110 15.5.22" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].code == code)
			return &rows[i];
	return NULL;
}

static void status_line(struct dialogue *d, struct http *s, const struct line *line, const struct http_status *status,
                        struct dialogue_event *event)
{
	struct http_message *m = &s->response;
	const struct outstanding *oldest = outstanding_at(d, 0);
	unsigned version = http_version(status->version);
	event->kind = EVENT_REPLY;
	line_end_problems(d, line, event, "RFC 9112 2.2");
	http_message_begin(m, true, version ? version : VERSION_1_1);
	m->answers = oldest ? oldest->n : 0;
	m->flags = oldest ? oldest->flags : 0;
	m->code = status->number;
	m->needs = needed(m->code) ? needed(m->code)->field : NULL;
	m->bodiless = interim(m) || opens_tunnel(m) || m->code == 204;
	name_request(d, m, event);
	event->code = status->code;
	event->class = class_of(m->code);
	if (status->code.n) {
		size_t start = (size_t)(status->code.p - event->text.p);
		event_span_add(event, SPAN_CODE, start, start + status->code.n);
	}
	reply_open(d, true);
	note_code(d, status, event);
	check_line(d, status, version, event);
	check_turn(d, s, event);
}

/* ---- what a complete response does ---- */

static void interim_done(struct dialogue *d, struct http *s, struct dialogue_event *event)
{
	unsigned code = s->response.code;
	http_message_end(&s->response);
	if (code == 101) {
		event_note(d, event, "From here on both sides speak the protocol of Upgrade.");
		http_tunnel_begin(d, "RFC 9110 7.8");
	} else if (code == 100) {
		s->waits = false;
	}
}

/* The response is complete with this event. */
static void response_done(struct dialogue *d, struct http *s, struct dialogue_event *event)
{
	struct http_message *m = &s->response;
	size_t i = 0;
	struct outstanding *one = http_waiting(d, m->answers, &i);
	bool tunnel = opens_tunnel(m);
	event->has_final = event->final = true;
	event->answers = m->answers;
	reply_open(d, false);
	if (interim(m)) {
		interim_done(d, s, event);
		return;
	}
	bool closes = !http_persists(m) || (one && one->flags & FLAG_CLOSE);
	if (one && s->request_n == one->n)
		s->waits = false;
	if (one)
		outstanding_done(d, i);
	http_message_end(m);
	if (tunnel)
		http_tunnel_begin(d, "RFC 9110 9.3.6");
	else if (closes)
		http_closing(d, event);
}

/* ---- the empty line ---- */

/* Says why no body follows, whatever the fields say; false where they decide (RFC 9112 6.3). */
static bool bodiless(struct dialogue *d, const struct http_message *m, struct dialogue_event *event)
{
	if (interim(m)) {
		event_note(d, event, "The header ends here. A 1xx has no body%s.",
		           m->code == 101 ? "" : ", and the final response is still to come");
	} else if (opens_tunnel(m)) {
		event_note(d, event,
		           "The header ends here, and the tunnel begins: what follows is passed on as it is.");
		event_ref(d, event, "RFC 9110 9.3.6");
	} else if (m->flags & FLAG_HEAD) {
		event_note(d, event, "The header ends here. No body follows, because HEAD asks for the header alone.");
		event_ref(d, event, "RFC 9110 9.3.2");
	} else if (m->code == 204 || m->code == 304) {
		event_note(d, event, "The header ends here. No body follows, because a %u has none.", m->code);
	} else {
		return false;
	}
	event_ref(d, event, "RFC 9112 6.3");
	return true;
}

/* A server changes to a protocol that the request offered, and to no other (RFC 9110 7.8). */
static void check_upgrade(struct dialogue *d, const struct http *s, struct dialogue_event *event)
{
	struct slice chosen = buffer_slice(&s->response.upgrade), element;
	const char *why = s->response.flags & FLAG_UPGRADE
	                          ? NULL
	                          : "the client offered no other protocol: there was no Upgrade in its request";
	while (why == NULL && http_element(&chosen, &element))
		/* above what is new HTTP goes on (RFC 2817 3.3) */
		if (!slice_starts_nocase(element, SLICE("HTTP/1.")) &&
		    !http_list_has(buffer_slice(&s->offered), element))
			why = "the protocol is none of those that the client's Upgrade offered";
	if (why == NULL)
		return;
	event_problem(d, event, "%s", why);
	event_ref(d, event, "RFC 9110 7.8");
}

static void check_header(struct dialogue *d, const struct http *s, struct dialogue_event *event)
{
	const struct http_message *m = &s->response;
	if (m->code == 101)
		check_upgrade(d, s, event);
	if (m->needs) {
		event_problem(d, event, "%s is missing: it must come with %u", m->needs, m->code);
		event_ref(d, event, needed(m->code)->ref);
	}
	if (m->coding_said && m->flags & FLAG_OLD) {
		event_problem(d, event, "Transfer-Encoding in answer to HTTP/1.0, which does not know it");
		event_ref(d, event, "RFC 9112 6.1");
	}
}

static void header_ends(struct dialogue *d, struct http *s, struct dialogue_event *event)
{
	struct http_message *m = &s->response;
	check_header(d, s, event);
	if (bodiless(d, m, event)) {
		response_done(d, s, event);
	} else if (!http_body_begin(d, m, SIDE_SERVER, event)) {
		event_note(d, event,
		           "The header ends here, and the response with it: Content-Length says that the body is "
		           "empty.");
		event_ref(d, event, "RFC 9112 6.3");
		response_done(d, s, event);
	} else if (m->code == 205 && m->part == PART_COUNTED) {
		event_problem(d, event, "a 205 must have no body: Content-Length: 0 is wanted");
		event_ref(d, event, "RFC 9110 15.3.6");
	}
}

/* ---- lines ---- */

static void junk_line(struct dialogue *d, const struct http *s, const struct line *line, struct dialogue_event *event)
{
	event->kind = EVENT_JUNK;
	if (line->first)
		note_stranger(d, event);
	if (line->text.n == 0 && !line->more)
		event_problem(d, event, "an empty line where a status line is wanted");
	else if (s->binary)
		event_problem(d, event, "not a line of HTTP/1: a server that knows HTTP/2 answers in binary frames");
	else
		event_problem(d, event, "not a status line: a response begins with one like HTTP/1.1 200 OK");
	event_ref(d, event, "RFC 9112 4");
}

/* The response to HTTP/0.9: its body, and nothing else (RFC 1945 4.1). */
static void raw_begins(struct dialogue *d, struct http *s, const struct outstanding *oldest,
                       struct dialogue_event *event)
{
	http_message_begin(&s->response, true, VERSION_0_9);
	s->response.part = PART_TO_CLOSE;
	s->response.answers = oldest->n;
	s->response.flags = oldest->flags;
	reply_open(d, true);
	event_note(d, event, "A response of HTTP/0.9: no status line, no header.");
	event_ref(d, event, "RFC 1945 4.1");
}

/* A line where no response is under way. */
static void first_line(struct dialogue *d, struct http *s, const struct line *line, struct dialogue_event *event)
{
	struct http_status status;
	const struct outstanding *oldest = outstanding_at(d, 0);
	if (!line->described && http_status_parse(line->text, &status)) {
		status_line(d, s, line, &status, event);
	} else if (oldest && oldest->flags & FLAG_SIMPLE) {
		raw_begins(d, s, oldest, event);
		name_request(d, &s->response, event);
		(void)http_body_line(d, &s->response, line, event);
	} else if (line->described) {
		event->kind = EVENT_DATA;
	} else {
		junk_line(d, s, line, event);
	}
}

/* What servers write into the body of a 400 where plain HTTP came to a port of HTTPS: nginx, Apache, Go's net/http, and
 * Tomcat. */
static void note_https(struct dialogue *d, struct http *s, struct dialogue_event *event)
{
	static const char *const words[] = {
		"plain HTTP request was sent to HTTPS port",
		"speaking plain HTTP to an SSL-enabled server port",
		"Client sent an HTTP request to an HTTPS server",
		"combination of host and port requires TLS",
	};
	if (s->response.code != 400 || s->tls_told || dialogue_secure(d))
		return;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (slice_find_nocase(event->text, slice_of(words[i])) == event->text.n)
			continue;
		s->tls_told = true;
		event_note(d, event, "At this port the server speaks HTTPS: https:// or --tls asks it so.");
		event_ref(d, event, "RFC 9110 4.2.2");
		return;
	}
}

static void later_line(struct dialogue *d, struct http *s, const struct line *line, struct dialogue_event *event)
{
	struct http_message *m = &s->response;
	name_request(d, m, event);
	if (m->part != PART_FIELDS)
		note_https(d, s, event);
	if (m->part == PART_FIELDS) {
		if (http_header_line(d, m, line, event))
			header_ends(d, s, event);
	} else if (http_body_line(d, m, line, event)) {
		response_done(d, s, event);
	}
}

void http_server(struct dialogue *d, const struct line *line, struct dialogue_event *event)
{
	struct http *s = machine_state(d);
	struct http_message *m = &s->response;
	if (m->part == PART_COUNTED && !line->counted && !line->described) /* the count was changed to nothing */
		http_message_end(m);
	if (s->tunnel_ref)
		http_opaque_line(d, line, event);
	else if (!line->first && event->kind == EVENT_REPLY)
		line_end_problems(d, line, event, "RFC 9112 2.2");
	else if (m->part != PART_START)
		later_line(d, s, line, event);
	else if (line->first)
		first_line(d, s, line, event);
	else
		junk_line(d, s, line, event);
	event->has_final = event->kind != EVENT_JUNK;
	http_settle(d);
}
