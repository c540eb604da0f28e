/*
 * A transcript under way. It is written as text and then parsed, so that whatever a reader hands over comes out as a
 * transcript that could have been written by hand; the numbers of its lines are those of the source.
 */
#include "script/import_draft.h"

#include <stdlib.h>

#include "base/escape.h"
#include "protocol/protocol.h"
#include "script/template.h"

/* How much of a wrong line a message shows, in octets. */
#define EXCERPT_MAX 40

/* ---- text with its numbers ---- */

void draft_text_end(struct draft_text *t, unsigned number)
{
	buffer_add_octet(&t->text, '\n');
	if ((t->n & (t->n - 1)) == 0)
		t->numbers = memory_grow(t->numbers, t->n ? t->n * 2 : 1, sizeof *t->numbers);
	t->numbers[t->n++] = number;
}

static void move_text(struct draft_text *to, struct draft_text *from)
{
	struct slice rest = buffer_slice(&from->text);
	for (size_t i = 0; i < from->n; i++) {
		buffer_add_slice(&to->text, slice_row(&rest));
		draft_text_end(to, from->numbers[i]);
	}
	buffer_clear(&from->text);
	from->n = 0;
}

void draft_text_free(struct draft_text *t)
{
	buffer_free(&t->text);
	free(t->numbers);
	*t = (struct draft_text){ 0 };
}

/* ---- the source ---- */

/* What ends a line that may be ended by LF, by CR LF or not at all. */
static struct slice end_of(struct slice line)
{
	size_t length = 0;
	if (line.n && line.p[line.n - 1] == '\n')
		length = line.n > 1 && line.p[line.n - 2] == '\r' ? 2 : 1;
	return slice_part(line, line.n - length, line.n);
}

bool draft_line(struct draft *d, struct slice *rest, struct slice *line, struct slice *end)
{
	if (rest->n == 0)
		return false;
	*line = slice_line(rest);
	*end = end_of(*line);
	*line = slice_part(*line, 0, line->n - end->n);
	d->number++;
	return true;
}

/* ---- following ---- */

/* Which side's payload FTP's data connection carries behind a 1yz: RFC 959 5.3.1. */
static enum side transfer_of(struct slice verb)
{
	static const char *const stores[] = { "APPE", "STOR", "STOU" };
	for (size_t i = 0; i < sizeof stores / sizeof stores[0]; i++)
		if (slice_equal_nocase(verb, slice_of(stores[i])))
			return SIDE_CLIENT;
	return SIDE_SERVER;
}

static void drain(struct draft *d)
{
	struct dialogue_event event;
	while (dialogue_next(d->dialogue, &event)) {
		if (event.side != SIDE_SERVER || event.kind != EVENT_REPLY || !event.final)
			continue;
		d->transfer = dialogue_protocol(d->dialogue)->data_connection && event.code.n && event.code.p[0] == '1';
		d->transfer_side = transfer_of(event.verb);
	}
}

static void feed(struct draft *d, enum side side, struct slice octets)
{
	while (octets.n) {
		size_t took = dialogue_feed(d->dialogue, side, octets.p, octets.n);
		drain(d);
		if (took == 0)
			return;
		octets = slice_part(octets, took, octets.n);
	}
}

/* The dialogue of the conversation under way, begun with the first that happens in it. */
static struct dialogue *following(struct draft *d)
{
	if (d->dialogue == NULL) {
		d->dialogue = dialogue_new(d->protocol);
		if (d->tls)
			dialogue_assume_tls(d->dialogue);
	}
	return d->dialogue;
}

enum side draft_turn(const struct draft *d)
{
	return d->dialogue ? dialogue_turn(d->dialogue) : SIDE_SERVER;
}

enum input draft_input(const struct draft *d)
{
	return d->dialogue ? dialogue_input(d->dialogue) : INPUT_COMMAND;
}

uint64_t draft_due(const struct draft *d)
{
	return d->dialogue ? dialogue_due(d->dialogue, SIDE_SERVER) : 0;
}

bool draft_in_reply(const struct draft *d)
{
	return d->dialogue && dialogue_in_reply(d->dialogue);
}

const char *draft_following(const struct draft *d)
{
	const struct protocol *protocol = d->dialogue ? dialogue_protocol(d->dialogue) : d->protocol;
	return protocol ? protocol->name : "tcp";
}

/* ---- what no recording shows ---- */

static bool protocol_is(const struct draft *d, const char *name)
{
	return slice_equal(slice_of(draft_following(d)), slice_of(name));
}

/* The greeting of a server that speaks first, where the recording begins behind it. */
static void mend_greeting(struct draft *d, enum side side)
{
	static const struct {
		const char *protocol, *greeting;
	} rows[] = { { "smtp", "220 {{*}}" },
		     { "lmtp", "220 {{*}}" },
		     { "ftp", "220 {{*}}" },
		     { "pop3", "+OK {{*}}" },
		     { "imap", "* OK {{*}}" } };
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (side != SIDE_CLIENT || !protocol_is(d, rows[i].protocol))
			continue;
		draft_comment_text(d, SLICE("the recording begins behind the greeting: this stands for it"));
		draft_filled(d, SIDE_SERVER, slice_of(rows[i].greeting), rows[i].greeting);
	}
}

/* The client's payload, which the recording leaves out: it must stand before what `side` says next. */
static void mend_client(struct draft *d, enum side side)
{
	enum input input = dialogue_input(d->dialogue);
	if (dialogue_turn(d->dialogue) != SIDE_CLIENT || (side == SIDE_CLIENT && !d->client_hidden))
		return;
	if (input == INPUT_TEXT) {
		draft_payload(d, SIDE_CLIENT, "the text of the message", 0);
		draft_said(d, SIDE_CLIENT, SLICE("."), SLICE("\r\n"));
	} else if (input == INPUT_COUNTED) {
		draft_payload(d, SIDE_CLIENT, NULL, dialogue_counted(d->dialogue));
	}
	if (dialogue_input(d->dialogue) == INPUT_REST)
		draft_said(d, SIDE_CLIENT, SLICE(""), SLICE("\r\n"));
}

/* The server's. */
static void mend_server(struct draft *d, enum side side)
{
	uint64_t due = dialogue_due(d->dialogue, SIDE_SERVER);
	bool reply = dialogue_in_reply(d->dialogue);
	if (d->transfer) {
		d->transfer = false;
		draft_payload(d, d->transfer_side, "what goes over the data connection", 0);
	} else if (due && (side == SIDE_CLIENT || d->server_hidden)) {
		draft_payload(d, SIDE_SERVER, NULL, due);
	} else if (reply && d->server_hidden && protocol_is(d, "http") && side == SIDE_CLIENT) {
		draft_payload(d, SIDE_SERVER, "the body", 0);
	} else if (reply && side == SIDE_CLIENT && protocol_is(d, "pop3")) {
		draft_payload(d, SIDE_SERVER, "what it was asked for", 0);
		draft_said(d, SIDE_SERVER, SLICE("."), SLICE("\r\n"));
	}
}

/* Puts in what must stand before `side` speaks. */
static void mend(struct draft *d, enum side side)
{
	bool hidden = !d->as_found || d->client_hidden || d->server_hidden;
	if (d->mending)
		return;
	d->mending = true;
	if (!d->said && !d->as_found)
		mend_greeting(d, side);
	if (d->dialogue && dialogue_tls_pending(d->dialogue))
		draft_tls(d);
	if (d->dialogue && hidden) {
		mend_client(d, side);
		mend_server(d, side);
	}
	d->mending = false;
}

/* At the end: nobody says more. */
static void mend_end(struct draft *d)
{
	bool hidden = d->client_hidden;
	if (d->dialogue == NULL || (d->as_found && !hidden && !d->server_hidden))
		return;
	d->client_hidden = true;
	mend(d, SIDE_CLIENT);
	d->client_hidden = hidden;
}

/* ---- the header ---- */

void draft_protocol(struct draft *d, const char *name)
{
	d->protocol = protocol_named(slice_of(name));
}

void draft_port(struct draft *d, unsigned port)
{
	if (d->said)
		return;
	if (d->protocol == NULL)
		d->protocol = protocol_of_port(port);
	if (port_implies_tls(port))
		d->tls = true;
}

void draft_field(struct draft *d, const char *name, struct slice value)
{
	buffer_printf(&d->header.text, "%s: ", name);
	escape_text(&d->header.text, value);
	draft_text_end(&d->header, d->number);
}

void draft_tls(struct draft *d)
{
	if (!d->said) {
		d->tls = true;
		return;
	}
	if (d->dialogue && dialogue_secure(d->dialogue) && !dialogue_tls_pending(d->dialogue))
		return;
	draft_direction(d, "client starts TLS");
	if (d->dialogue) {
		dialogue_stage(d->dialogue, STAGE_TLS, SIDE_CLIENT);
		drain(d);
	}
}

/* ---- the body ---- */

/* The line is written down; the dialogue follows. */
static void follow(struct draft *d, enum side side, struct slice text, struct slice line_end)
{
	draft_text_end(&d->body, d->number);
	d->said = true;
	(void)following(d);
	feed(d, side, text);
	feed(d, side, line_end);
}

void draft_assume(struct draft *d, enum side side, struct slice octets)
{
	(void)following(d);
	feed(d, side, octets);
}

void draft_said(struct draft *d, enum side side, struct slice text, struct slice line_end)
{
	mend(d, side);
	script_print_wire(side, text, line_end, NULL, 0, &d->body.text);
	follow(d, side, text, line_end);
}

void draft_filled(struct draft *d, enum side side, struct slice text, const char *filled)
{
	mend(d, side);
	buffer_printf(&d->body.text, "%s: %s", side == SIDE_CLIENT ? "C" : "S", filled);
	follow(d, side, text, SLICE("\r\n"));
}

void draft_octets(struct draft *d, enum side side, struct slice octets)
{
	while (octets.n) {
		struct slice line = slice_line(&octets), end = end_of(line);
		draft_said(d, side, slice_part(line, 0, line.n - end.n), end);
	}
}

void draft_template(struct draft *d, enum side side, enum script_mark mark, struct slice text, struct slice line_end)
{
	const char *why = NULL;
	if (!template_valid(text, &why)) {
		draft_comment(d, "this cannot stand here: %s: " SLICE_FMT, why, SLICE_ARG(text));
		return;
	}
	struct buffer kept = { 0 };
	struct script_line line = { .kind = SCRIPT_SAID, .side = side, .mark = mark };
	line.exact = !slice_equal(line_end, SLICE("\r\n"));
	if (line.exact) {
		escape_exact(&kept, text);
		escape_exact(&kept, line_end);
	} else {
		buffer_add_slice(&kept, text);
	}
	line.text_n = kept.n;
	line.text = buffer_take(&kept);
	script_print_line(&line, &d->body.text);
	d->body.text.n--; /* its LF, which end_line writes with the number */
	draft_text_end(&d->body, d->number);
	d->said = true;
	free(line.text);
}

void draft_quote(struct buffer *out, struct slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		bool pair = text.p[i] == '{' && i + 1 < text.n && text.p[i + 1] == '{';
		buffer_add_string(out, pair ? "{{{{" : "");
		if (pair)
			i++;
		else
			buffer_add_octet(out, text.p[i]);
	}
}

void draft_direction(struct draft *d, const char *text)
{
	buffer_printf(&d->body.text, "<%s>", text);
	draft_text_end(&d->body, d->number);
}

void draft_payload(struct draft *d, enum side side, const char *what, uint64_t octets)
{
	struct buffer text = { 0 };
	buffer_printf(&text, "%s sends ", side == SIDE_CLIENT ? "client" : "server");
	size_t said = text.n;
	if (what)
		buffer_add_string(&text, what);
	else
		buffer_printf(&text, "%llu octets", (unsigned long long)octets);
	struct slice payload = slice_part(buffer_slice(&text), said, text.n);
	if (d->dialogue) {
		dialogue_payload(d->dialogue, side, payload, octets);
		drain(d);
	}
	char *direction = buffer_take(&text);
	draft_direction(d, direction);
	free(direction);
}

void draft_hangs_up(struct draft *d, enum side side)
{
	if (!d->said)
		return;
	mend_end(d);
	draft_direction(d, side == SIDE_CLIENT ? "client hangs up" : "server hangs up");
	if (d->dialogue) {
		dialogue_stage(d->dialogue, STAGE_CLOSE, side);
		drain(d);
	}
}

void draft_comment_text(struct draft *d, struct slice text)
{
	buffer_add_string(&d->body.text, text.n ? "# " : "#");
	escape_text_but_tabs(&d->body.text, text);
	draft_text_end(&d->body, d->number);
}

void draft_comment(struct draft *d, const char *format, ...)
{
	struct buffer text = { 0 };
	va_list ap;
	va_start(ap, format);
	buffer_vprintf(&text, format, ap);
	va_end(ap);
	draft_comment_text(d, buffer_slice(&text));
	buffer_free(&text);
}

/* ---- the end ---- */

/* The conversation under way goes to those that are done. */
static void close_conversation(struct draft *d)
{
	mend_end(d);
	unsigned first = d->body.n ? d->body.numbers[0] : d->number;
	buffer_printf(&d->done.text, "Protocol: %s", draft_following(d));
	draft_text_end(&d->done, first);
	if (d->tls) {
		buffer_add_string(&d->done.text, "TLS: implicit");
		draft_text_end(&d->done, first);
	}
	move_text(&d->done, &d->header);
	draft_text_end(&d->done, first);
	move_text(&d->done, &d->body);
}

void draft_conversation(struct draft *d, struct draft_text *header, struct draft_text *body)
{
	move_text(&d->done, header);
	move_text(&d->done, body);
	draft_text_free(header);
	d->any = true;
}

void draft_next(struct draft *d)
{
	if (!d->said)
		return;
	close_conversation(d);
	dialogue_free(d->dialogue);
	d->dialogue = NULL;
	d->protocol = NULL;
	d->any = true;
	d->said = d->tls = d->transfer = false;
}

void draft_hand_on(struct draft *d, void (*line)(void *context, struct slice line, unsigned number), void *context)
{
	struct slice rest = buffer_slice(&d->body.text);
	for (size_t i = 0; i < d->body.n; i++)
		line(context, slice_row(&rest), d->body.numbers[i]);
	buffer_clear(&d->body.text);
	d->body.n = 0;
}

enum status draft_wrong(struct draft *d, struct slice line, const char *why)
{
	struct buffer message = { 0 };
	struct slice excerpt = slice_trim(slice_part(line, 0, EXCERPT_MAX));
	escape_text(&message, slice_of(d->file));
	buffer_printf(&message, ":%u: %s", d->number ? d->number : 1, excerpt.n ? "\"" : "");
	escape_text(&message, excerpt);
	buffer_printf(&message, "%s%s%s", line.n > EXCERPT_MAX ? "…" : "", excerpt.n ? "\": " : "", why);
	char *text = buffer_take(&message);
	enum status status = error_set(d->error, STATUS_USAGE, "%s", text);
	free(text);
	return status;
}

/* The lines of what was parsed get the numbers of the source's lines. */
static void renumber(const struct draft *d, struct script *script)
{
	for (size_t i = 0; i < script->nlines; i++)
		script->lines[i].number = d->done.numbers[script->lines[i].number - 1];
	for (size_t i = 0; i < script->nlets; i++)
		script->lets[i].number = d->done.numbers[script->lets[i].number - 1];
}

enum status draft_finish(struct draft *d, struct script **scripts, size_t *n)
{
	if (d->said)
		draft_next(d);
	else if (d->any) /* what stands behind the last conversation belongs to it */
		move_text(&d->done, &d->body);
	if (!d->any) {
		char *why = string_printf("read as %s, this is not a conversation: nothing is said in it", d->form);
		d->number = 1;
		enum status status = draft_wrong(d, SLICE(""), why);
		free(why);
		return status;
	}
	enum status status = scripts_parse(buffer_slice(&d->done.text), d->file, scripts, n, d->error);
	for (size_t i = 0; status == STATUS_OK && i < *n; i++)
		renumber(d, &(*scripts)[i]);
	return status;
}

void draft_free(struct draft *d)
{
	draft_text_free(&d->done);
	draft_text_free(&d->header);
	draft_text_free(&d->body);
	dialogue_free(d->dialogue);
	*d = (struct draft){ 0 };
}
