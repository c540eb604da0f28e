/*
 * The server's lines of IMAP: untagged data and what stands behind the literals in them. Its status lines are in
 * imap_status.c, its continuations in imap_exchange.c.
 */
#include "protocol/imap_machine.h"
#include "protocol/imap_reading.h"

/* ---- untagged data ---- */

/* Untagged data up to a literal, or to their end. */
static void data_ends(struct dialogue *d, struct imap *s, const struct line *line, struct dialogue_event *event)
{
	struct imap_response response;
	enum imap_end end = imap_line_end(d, &s->server, line, event);
	imap_response_parse(buffer_slice(&s->server.text), &response);
	imap_data(d, s, &response, imap_owner(d, &response), end != IMAP_END_LITERAL, event);
	if (end == IMAP_END_LITERAL) {
		imap_server_literal(d, s, event);
		return;
	}
	if (!line->cut)
		imap_scan_problems(d, &s->server.scan, event);
	if (!line->cut && !s->server.lost && slice_equal_nocase(response.name, SLICE("CAPABILITY")))
		imap_capabilities_learn(d, response.text, event);
	spoken_clear(&s->server);
}

/* EXPUNGE changes what message numbers mean: only some commands allow it (RFC 9051 section 7.5.1). */
static void check_expunge(struct dialogue *d, const struct imap *s, struct dialogue_event *event)
{
	size_t n = outstanding_count(d), forbidding = 0;
	for (size_t i = 0; i < n; i++)
		forbidding += imap_forbids_expunge(outstanding_at(d, i));
	if (!s->greeted || s->notifies || forbidding < n)
		return;
	if (n == 0)
		event_problem(d, event, "EXPUNGE may come only while a command is under way");
	else
		event_problem(d, event, "EXPUNGE may not come while %s is answered: it would change what numbers mean",
		              outstanding_at(d, 0)->verb);
	event_ref(d, event, "RFC 9051 7.5.1");
}

/* Before the login no mailbox can be spoken of: such data may have been put there, in the clear, to be believed later. */
static void check_early(struct dialogue *d, const struct imap *s, const struct imap_response *response,
                        struct dialogue_event *event)
{
	static const char *const mailbox[] = { "EXISTS", "EXPUNGE", "FETCH",  "FLAGS",    "LIST", "LSUB",
		                               "RECENT", "SEARCH",  "STATUS", "VANISHED", NULL };
	if (!s->greeted || state_now(d) != IMAP_NOT_AUTHENTICATED || !imap_one_of(response->name, mailbox))
		return;
	event_problem(d, event, "nobody is logged in, so the server has nothing to say of mailboxes");
	event_ref(d, event, "RFC 9051 11.3");
	if (!dialogue_secure(d))
		event_note(d, event, "In the clear anybody on the way could have written it: a client passes over it.");
}

static void data_line(struct dialogue *d, struct imap *s, const struct imap_response *response,
                      struct dialogue_event *event)
{
	event->code = event_text(d, SLICE("*"));
	event->class = CLASS_INFO;
	event->keyword = event_upper(d, response->name);
	imap_name_after(d, imap_owner(d, response), event);
	if (!s->greeted && state_now(d) == IMAP_GREETING)
		imap_note_middle(d, s, event);
	if (response->name.n == 0) {
		event_problem(d, event, "nothing follows the *: a response's name must");
		event_ref(d, event, "RFC 9051 7");
	}
	if (response->numbered && response->number > UINT32_MAX) {
		event_problem(d, event, "the number is too great: it must be below 2^32");
		event_ref(d, event, "RFC 9051 9");
	}
	if (slice_equal_nocase(response->name, SLICE("EXPUNGE")))
		check_expunge(d, s, event);
	check_early(d, s, response, event);
}

/* ---- lines ---- */

static void response_spans(struct dialogue_event *event, const struct imap_response *response)
{
	size_t name = (size_t)(response->name.p - event->text.p), code = (size_t)(response->code.p - event->text.p);
	if (response->kind == IMAP_TAGGED)
		event_span_add(event, SPAN_TAG, 0, response->tag.n);
	if (response->status)
		event_span_add(event, SPAN_CODE, name, name + response->name.n);
	else
		event_span_add(event, SPAN_CODE, 0, 1);
	if (response->code.n)
		event_span_add(event, SPAN_KEYWORD, code, code + response->code.n);
	else if (!response->status && response->name.n)
		event_span_add(event, SPAN_KEYWORD, name, name + response->name.n);
}

/* A line that is no response. */
static void junk_line(struct dialogue *d, const struct imap *s, struct dialogue_event *event)
{
	struct slice rest = event->text;
	struct slice tag = slice_word(&rest);
	event->kind = EVENT_JUNK;
	if (!s->greeted && outstanding_count(d) == 0)
		note_stranger(d, event);
	if (imap_waiting_tag(d, tag) < outstanding_count(d))
		event_problem(d, event, "no status follows the tag: it must be OK, NO or BAD");
	else
		event_problem(d, event, "not an IMAP response: it begins with *, + or the tag of a command");
	event_ref(d, event, "RFC 9051 2.2.2");
}

/* The line has ended, but for a literal perhaps. */
static void line_ends(struct dialogue *d, struct imap *s, const struct line *line, struct dialogue_event *event)
{
	struct imap_response response;
	imap_response_parse(buffer_slice(&s->server.text), &response);
	event->final = false;
	if (event->class == CLASS_INFO && !response.status) {
		data_ends(d, s, line, event);
	} else {
		if (!line->cut && event->class == CLASS_CONTINUE)
			imap_continuation_done(d, s, event);
		else if (!line->cut)
			imap_status_done(d, s, &response, event);
		spoken_clear(&s->server);
	}
	bool idles = s->mode != MODE_COMMAND || outstanding_count(d) == 0;
	reply_open(d, !event->final && (s->server.open || !idles));
}

static void response_line(struct dialogue *d, struct imap *s, const struct line *line, struct dialogue_event *event)
{
	struct imap_response response;
	imap_response_parse(line->text, &response);
	spoken_clear(&s->server);
	spoken_add(&s->server, line->text);
	s->server.arguments = response.text.p ? (size_t)(response.text.p - line->text.p) : 0;
	if (response.kind == IMAP_NO_RESPONSE) {
		junk_line(d, s, event);
		spoken_clear(&s->server);
		return;
	}
	event->kind = EVENT_REPLY;
	event->has_final = true;
	if (response.kind != IMAP_CONTINUATION)
		response_spans(event, &response);
	if (response.kind == IMAP_CONTINUATION)
		imap_continuation(d, s, &response, event);
	else if (response.status)
		imap_status(d, s, &response, event);
	else
		data_line(d, s, &response, event);
	if (!line->more)
		line_ends(d, s, line, event);
}

/* What stands behind a literal. */
static void rest_line(struct dialogue *d, struct imap *s, const struct line *line, struct dialogue_event *event)
{
	spoken_name(&s->server, d, event);
	spoken_add(&s->server, line->text);
	if (!line->more)
		line_ends(d, s, line, event);
	if (event->note.n == 0) {
		event_note(d, event, "Behind the literal the response goes on to its end.");
		event_ref(d, event, "RFC 9051 4.3");
	}
}

static void text_line(struct dialogue *d, struct imap *s, const struct line *line, struct dialogue_event *event)
{
	line_end_problems(d, line, event, "RFC 9051 2.2");
	if (line->first && s->server.open) {
		rest_line(d, s, line, event);
	} else if (line->first) {
		response_line(d, s, line, event);
	} else if (event->kind == EVENT_REPLY) {
		spoken_add(&s->server, line->text);
		if (!line->more)
			line_ends(d, s, line, event);
	}
}

void imap_server(struct dialogue *d, const struct line *line, struct dialogue_event *event)
{
	struct imap *s = machine_state(d);
	if (s->compressed) {
		event->kind = EVENT_JUNK;
		event_problem(d, event, "compressed since COMPRESS: it cannot be read here");
		event_ref(d, event, "RFC 4978 3");
	} else if (line->counted) {
		imap_literal_octets(d, s, line, event);
	} else if (line->described) {
		event->kind = EVENT_DATA;
		event->has_final = true;
	} else {
		text_line(d, s, line, event);
	}
}
