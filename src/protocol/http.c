/*
 * HTTP: the row, and what is asked of the session as a whole.
 */
#include "protocol/http.h"

#include <string.h>

#include "protocol/http_machine.h"
#include "protocol/http_syntax.h"

/* ---- what both sides do to the session ---- */

struct outstanding *http_waiting(const struct dialogue *d, uint64_t n, size_t *i)
{
	for (size_t at = 0; n && at < outstanding_count(d); at++) {
		struct outstanding *one = outstanding_at(d, at);
		if (one->n != n)
			continue;
		if (i)
			*i = at;
		return one;
	}
	return NULL;
}

/* The states of FORMATS section 6, of the exchange that is furthest. */
static unsigned state_of(const struct dialogue *d, const struct http *s)
{
	enum http_part response = s->response.part;
	bool interim = s->response.code / 100 == 1; /* it changes nothing: the final response is still awaited */
	if (state_now(d) == HTTP_CLOSED || s->closing)
		return HTTP_CLOSED;
	if (s->tunnel_ref)
		return HTTP_TUNNEL;
	if (response != PART_START && !interim)
		return response == PART_FIELDS ? HTTP_RESPONSE : HTTP_BODY;
	if (s->request.part != PART_START)
		return HTTP_REQUEST;
	if (outstanding_count(d) || response != PART_START)
		return HTTP_RESPONSE;
	return s->client_gone ? HTTP_CLOSED : HTTP_IDLE;
}

void http_settle(struct dialogue *d)
{
	state_move(d, state_of(d, machine_state(d)));
}

void http_tunnel_begin(struct dialogue *d, const char *ref)
{
	struct http *s = machine_state(d);
	outstanding_forget_all(d);
	http_message_end(&s->request);
	counted_begin(d, SIDE_CLIENT, 0);
	s->waits = false;
	s->tunnel_ref = ref;
}

void http_closing(struct dialogue *d, struct dialogue_event *event)
{
	struct http *s = machine_state(d);
	size_t left = outstanding_count(d);
	s->closing = true;
	s->waits = false;
	counted_begin(d, SIDE_CLIENT, 0); /* the rest of a request's body is not waited for */
	event_note(d, event, "The server closes the connection now.");
	if (left)
		event_note(d, event, "The %zu request%s behind it get%s no answer: a new connection is needed.", left,
		           left == 1 ? "" : "s", left == 1 ? "s" : "");
	event_ref(d, event, "RFC 9112 9.6");
	outstanding_forget_all(d);
	goodbye_said(d);
}

void http_opaque_line(struct dialogue *d, const struct line *line, struct dialogue_event *event)
{
	struct http *s = machine_state(d);
	event->kind = EVENT_DATA;
	if (s->tunnel_told || !line->first)
		return;
	s->tunnel_told = true;
	event_note(d, event,
	           s->tunnel_ref ? "What is said from here on is no longer HTTP/1: it is shown as it is."
	                         : "What the client says from here on is HTTP/2, in binary frames.");
	event_ref(d, event, s->tunnel_ref ? s->tunnel_ref : "RFC 9113 3.4");
}

/* ---- what is allowed ---- */

/* Whether a request that waits says that what follows it is no request. */
static const char *waiting_refuses(const struct dialogue *d)
{
	for (size_t i = 0; i < outstanding_count(d); i++) {
		const struct outstanding *one = outstanding_at(d, i);
		if (one->flags & FLAG_CONNECT)
			return "CONNECT waits for its answer, and may have opened a tunnel (RFC 9110 9.3.6)";
		if (one->flags & FLAG_CLOSE)
			return "the connection closes after the previous request (RFC 9112 9.6)";
	}
	return NULL;
}

const char *http_refuses(const struct dialogue *d)
{
	const struct http *s = machine_state(d);
	if (s->closing || state_now(d) == HTTP_CLOSED)
		return "the server closes the connection: a new one is needed (RFC 9112 9.6)";
	if (s->tunnel_ref)
		return "HTTP/1 is no longer spoken on this connection (RFC 9110 7.8, RFC 9110 9.3.6)";
	return waiting_refuses(d);
}

static const char *refuses(const struct dialogue *d, const struct entry *command)
{
	const struct http *s = machine_state(d);
	const char *why = http_refuses(d);
	if (why)
		return why;
	if (s->request.part == PART_FIELDS)
		return "the header of the request under way ends with an empty line first (RFC 9112 2.1)";
	if (s->request.part != PART_START)
		return "the body of the request under way is not sent yet (RFC 9112 6.3)";
	if (strcmp(command->word, "PRI") == 0)
		return "it begins HTTP/2, which is no text (RFC 9113 3.4)";
	if (strcmp(command->word, "*") == 0)
		return "it is no method: the name is reserved (RFC 9110 18.2)";
	return NULL;
}

static enum side turn(const struct dialogue *d)
{
	const struct http *s = machine_state(d);
	if (s->tunnel_ref)
		return SIDE_CLIENT;
	if (dialogue_in_reply(d) || dialogue_closing(d))
		return SIDE_SERVER;
	if (s->request.part != PART_START)
		return s->waits ? SIDE_SERVER : SIDE_CLIENT;
	return outstanding_count(d) ? SIDE_SERVER : SIDE_CLIENT;
}

static enum input input(const struct dialogue *d)
{
	const struct http *s = machine_state(d);
	if (state_now(d) == HTTP_CLOSED)
		return INPUT_NOTHING;
	if (s->tunnel_ref || s->binary)
		return INPUT_OPAQUE;
	return s->request.part == PART_START ? INPUT_COMMAND : INPUT_FIELD;
}

/* Nobody has to wait for 100 for ever: the client sends the body unasked (RFC 9110 10.1.1). */
static void quiet(struct dialogue *d)
{
	struct http *s = machine_state(d);
	s->waits = false;
}

/* ---- the close ---- */

/* The close is what ends a body without length. */
static void body_ends(struct dialogue *d, struct http *s, struct dialogue_event *event)
{
	size_t i = 0;
	const struct outstanding *one = http_waiting(d, s->response.answers, &i);
	event->has_final = event->final = true;
	event->answers = s->response.answers;
	event_note(d, event, "The close ends the body: the response is %s.",
	           s->response.invalid ? "over, but counts for nothing" : "complete");
	event_ref(d, event, "RFC 9112 6.3");
	if (one == NULL)
		return;
	event->verb = event_text(d, slice_of(one->verb));
	event->phase = one->command ? one->command->phase : PHASE_NONE;
	outstanding_done(d, i);
}

static void server_closes(struct dialogue *d, struct http *s, struct dialogue_event *event)
{
	const struct outstanding *oldest = outstanding_at(d, 0);
	if (s->response.part == PART_START && oldest && oldest->flags & FLAG_SIMPLE)
		s->response = (struct http_message){ .part = PART_TO_CLOSE, .response = true, .answers = oldest->n };
	if (s->response.part == PART_TO_CLOSE && !s->response.lost)
		body_ends(d, s, event);
	else
		http_body_cut(d, &s->response, SIDE_SERVER, event);
	size_t left = outstanding_count(d);
	if (left && !s->closing && s->response.part == PART_START) {
		event_problem(d, event, "the server hung up before it answered %s", outstanding_at(d, 0)->verb);
		event_ref(d, event, "RFC 9112 9.3.1");
	}
	http_message_end(&s->response);
	reply_open(d, false);
	s->waits = false;
	state_move(d, HTTP_CLOSED);
}

static void client_closes(struct dialogue *d, struct http *s, struct dialogue_event *event)
{
	if (!s->closing)
		http_body_cut(d, &s->request, SIDE_CLIENT, event);
	http_message_end(&s->request);
	s->waits = false;
	s->client_gone = true;
	http_settle(d);
}

static void stage(struct dialogue *d, enum stage what, enum side side, struct dialogue_event *event)
{
	if (what != STAGE_CLOSE)
		return;
	if (side == SIDE_SERVER)
		server_closes(d, machine_state(d), event);
	else
		client_closes(d, machine_state(d), event);
}

static void end(struct dialogue *d)
{
	struct http *s = machine_state(d);
	http_message_end(&s->request);
	http_message_end(&s->response);
	buffer_free(&s->offered);
}

/* ---- the row ---- */

static unsigned greeting(struct slice line)
{
	return slice_starts(line, SLICE("HTTP/")) ? 3 : 0;
}

static unsigned command(struct slice line)
{
	struct http_request request;
	http_request_parse(line, &request);
	if (http_token(request.method) && request.target.n && http_version(request.version))
		return 3;
	return slice_starts(line, SLICE("GET /")) ? 2 : 0;
}

static const struct machine machine = {
	.size = sizeof(struct http),
	.end = end,
	.client = http_client,
	.server = http_server,
	.stage = stage,
	.quiet = quiet,
	.turn = turn,
	.input = input,
	.refuses = refuses,
};

static const struct scheme schemes[] = {
	{ "http", 80, false },
	{ "https", 443, true },
	{ NULL, 0, false },
};
static const unsigned ports[] = { 80, 8080, 443, 2080, 2443, 0 };

const struct protocol protocol_http = {
	.name = "http",
	.title = "Hypertext Transfer Protocol",
	.reference = "RFC 9110",
	.server_first = false,
	.schemes = schemes,
	.ports = ports,
	.states = http_states,
	.tables = http_tables,
	.machine = &machine,
	.greeting = greeting,
	.command = command,
};
