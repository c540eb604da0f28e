/*
 * The server's part of a script.
 *
 * Two places move through the script: `at`, the client's line that is expected next, and `said`, behind the last line
 * of the server's that was said. A line of the server's is said as soon as the client's line after which it is due has
 * come, so that a client may pipeline or not, whatever the script does.
 */
#include "script/answer.h"

#include <stdlib.h>

#include "base/escape.h"
#include "script/voice.h"

/* The most that is kept of a client's line, and of what is expected, in octets. */
#define LINE_KEPT (1U << 16)
#define EXPECTED_SHOWN 160

/* How many fields of a command are looked at for what they capture. */
#define PARTS_SEEN 64

struct step {
	enum answer_act act;
	struct buffer text, problem;
	bool begins;
	enum side side; /* of data that goes elsewhere */
	uint64_t octets;
};

struct answerer {
	const struct rehearsal *r;
	const struct voice *voice;
	struct variables v;
	bool strict;
	size_t at, said;                 /* the two places */
	size_t command_at, command_said; /* and where they stood before the last command */
	size_t text_at;                  /* strict: the line of the payload that comes next */
	size_t mismatch;                 /* strict: the line of the payload that did not come, or NO_LINE */
	struct buffer difference;        /* strict: where the last line that did not match differs; empty: all over */
	bool reply_open;                 /* a reply was begun and not ended */
	struct dialogue_event *command;  /* the client's last, kept; NULL: none yet */
	bool open;                       /* its fields, literals or body are still to come */
	bool stray;                      /* it is not in the script */
	bool refused;                    /* it is answered, before all of it has come */
	bool asking;                     /* it waits to be asked for more */
	bool over;                       /* hung up */
	char **tags;                     /* IMAP: of each of the client's lines, the tag that it came with, or NULL */
	struct buffer line;              /* the client's, where it comes in pieces */
	struct buffer payload;           /* the client's line of payload: a literal ends inside one */
	struct step *steps;
	size_t nsteps, next_step;
	struct buffer text, problem; /* of the last step */
};

static const struct script_line *line_at(const struct answerer *a, size_t i)
{
	return &a->r->script->lines[i];
}

/* ---- steps ---- */

static struct buffer *step_add(struct answerer *a, enum answer_act act)
{
	a->steps = memory_one_more(a->steps, a->nsteps, sizeof *a->steps);
	a->steps[a->nsteps] = (struct step){ .act = act };
	return &a->steps[a->nsteps++].text;
}

/* The same, for a line of a reply that `ends` with it or goes on. */
static struct buffer *say(struct answerer *a, bool ends)
{
	struct buffer *text = step_add(a, ANSWER_SAY);
	a->steps[a->nsteps - 1].begins = !a->reply_open;
	a->reply_open = !ends;
	return text;
}

/* Whether nothing of the reply under way is said before something else happens. */
static bool reply_rests(const struct answerer *a)
{
	for (size_t i = a->next_step; i < a->nsteps; i++) {
		const struct step *step = &a->steps[i];
		if (step->act == ANSWER_SAY)
			return step->begins;
		if (step->act == ANSWER_TLS || step->act == ANSWER_DATA || step->act == ANSWER_HANG_UP)
			return true;
	}
	return true;
}

enum answer_act answerer_next(struct answerer *a, struct answer_step *step)
{
	*step = (struct answer_step){ 0 };
	if (a->next_step == a->nsteps) {
		a->next_step = a->nsteps = 0;
		return ANSWER_NOTHING;
	}
	struct step *next = &a->steps[a->next_step++];
	buffer_free(&a->text);
	buffer_free(&a->problem);
	a->text = next->text;
	a->problem = next->problem;
	next->text = next->problem = (struct buffer){ 0 };
	step->text = buffer_slice(&a->text);
	step->problem = buffer_slice(&a->problem);
	step->begins = next->begins;
	step->side = next->side;
	step->octets = next->octets;
	step->ends = reply_rests(a);
	return next->act;
}

size_t answerer_waiting(const struct answerer *a)
{
	return a->nsteps - a->next_step;
}

/* ---- the server's lines ---- */

/* The client's next line from `from` on; the script's length where there is none. */
static size_t client_line(const struct answerer *a, size_t from)
{
	size_t n = a->r->script->nlines;
	while (from < n && !(a->r->lines[from].speaks && line_at(a, from)->side == SIDE_CLIENT))
		from++;
	return from;
}

static bool is_said(const struct answerer *a, size_t i)
{
	if (a->r->lines[i].asks && !a->asking)
		return false; /* what it asks for has come already, or is not needed */
	return rehearsal_says(a->r, i, FILL_SERVE);
}

/* IMAP: the tag of a reply is that of the client's command, whatever the script has. */
static void say_tagged(const struct answerer *a, size_t i, struct slice wire, struct buffer *out)
{
	const struct rehearsed *l = &a->r->lines[i];
	const char *tag = l->answers != NO_LINE ? a->tags[l->answers] : NULL;
	if (tag && l->tag_n) {
		buffer_add_string(out, tag);
		wire = slice_part(wire, l->tag_n, wire.n);
	}
	buffer_add_slice(out, wire);
}

static void say_written(struct answerer *a, size_t i)
{
	struct error error = { 0 };
	struct buffer wire = { 0 }, problem = { 0 };
	if (rehearsal_wire(a->r, i, &a->v, FILL_SERVE, &wire, &problem, &error) != STATUS_OK) {
		/* The client's line had the verb, but not the text that captures. */
		buffer_add_string(step_add(a, ANSWER_REMARK), error.message);
		error_clear(&error);
		buffer_clear(&wire);
		buffer_clear(&problem);
		(void)rehearsal_wire(a->r, i, &a->v, FILL_OFFLINE, &wire, &problem, &error);
		error_clear(&error);
	}
	say_tagged(a, i, buffer_slice(&wire), say(a, a->r->lines[i].final));
	a->steps[a->nsteps - 1].problem = problem;
	buffer_free(&wire);
}

static void say_line(struct answerer *a, size_t i)
{
	const struct script_line *line = line_at(a, i);
	if (line->kind == SCRIPT_SAID && is_said(a, i))
		say_written(a, i);
	else if (line->kind == SCRIPT_DIRECTION)
		payload_made(say(a, a->r->lines[i].final), line->octets, INPUT_TEXT);
}

/* What goes over the data connection, behind the reply that announces it and before the one that ends it. */
static void data_due(struct answerer *a, const struct script_line *line)
{
	(void)step_add(a, ANSWER_DATA);
	a->steps[a->nsteps - 1].side = line->side;
	a->steps[a->nsteps - 1].octets = line->octets;
}

static void hang_up(struct answerer *a)
{
	(void)step_add(a, ANSWER_HANG_UP);
	a->over = true;
}

/* Says all that is due, up to the next line that waits for the client. */
static void say_due(struct answerer *a)
{
	for (; a->said < a->r->script->nlines && !a->over; a->said++) {
		const struct script_line *line = line_at(a, a->said);
		const struct rehearsed *l = &a->r->lines[a->said];
		bool hangs_up = line->kind == SCRIPT_DIRECTION && line->direction == DIRECTION_HANGS_UP;
		if (line->kind == SCRIPT_COMMENT)
			buffer_add_string(step_add(a, ANSWER_COMMENT), line->text);
		if (l->elsewhere && client_line(a, a->at) > a->said)
			data_due(a, line);
		if (l->begins_tls && client_line(a, a->at) < a->said)
			return;
		if (l->begins_tls)
			(void)step_add(a, ANSWER_TLS);
		if (line->side != SIDE_SERVER || (!l->speaks && !hangs_up))
			continue;
		if (l->speaks ? l->due != NO_LINE && l->due >= a->at : client_line(a, a->at) < a->said)
			return;
		if (hangs_up)
			hang_up(a);
		else
			say_line(a, a->said);
	}
}

/* ---- what is expected ---- */

static bool is_payload(const struct answerer *a, size_t i)
{
	return i < a->r->script->nlines && a->r->lines[i].input != INPUT_COMMAND &&
	       a->r->lines[i].input != INPUT_NOTHING;
}

/* In a few words that are safe to print: the verb, or as much of the line as a reply may hold. */
static void expected(const struct answerer *a, size_t i, struct buffer *out)
{
	if (i >= a->r->script->nlines) {
		buffer_add_string(out, "nothing more, the script has ended");
		return;
	}
	const struct script_line *line = line_at(a, i);
	const char *verb = a->r->lines[i].verb;
	if (verb && !a->strict)
		escape_text(out, slice_part(slice_of(verb), 0, EXPECTED_SHOWN));
	else
		escape_text(out, slice_part((struct slice){ line->text, line->text_n }, 0, EXPECTED_SHOWN));
}

/* Says that what came is not in the script, as the protocol says such things; `i` is the line that was expected. */
static void off_script(struct answerer *a, const struct dialogue *d, size_t i, enum strayed what)
{
	struct buffer words = { 0 }, reply = { 0 };
	expected(a, i, &words);
	struct off_script off = { .protocol = dialogue_protocol(d), .expected = buffer_slice(&words) };
	off.command = a->command;
	off.what = what;
	struct buffer *remark = step_add(a, ANSWER_REMARK);
	buffer_printf(remark, "not in the script: expected here");
	if (i < a->r->script->nlines)
		buffer_printf(remark, " (%s:%u)", a->r->script->file, line_at(a, i)->number);
	buffer_printf(remark, ": " SLICE_FMT, SLICE_ARG(off.expected));
	buffer_add_slice(remark, buffer_slice(&a->difference));
	buffer_clear(&a->difference);
	a->reply_open = false;
	bool closes = a->voice->answer(&off, &reply);
	if (reply.n)
		buffer_add_slice(say(a, true), buffer_slice(&reply));
	buffer_free(&reply);
	buffer_free(&words);
	if (closes)
		hang_up(a);
}

/* ---- the client's lines ---- */

static bool same_word(struct slice a, struct slice b)
{
	return slice_equal_nocase(slice_word(&a), slice_word(&b));
}

/* What the client wrote, with the case of the verb as the script has it: so that `mail from:` captures, too. */
static bool capture(struct answerer *a, size_t i, struct slice text)
{
	if (rehearsal_match(a->r, i, text, &a->v))
		return true;
	const struct script_line *line = line_at(a, i);
	struct slice written = { line->text, line->text_n };
	size_t literal = slice_find(written, SLICE("{{"));
	if (literal == 0 || literal == written.n || !slice_starts_nocase(text, slice_part(written, 0, literal)))
		return false;
	struct buffer as_written = { 0 };
	buffer_add_slice(&as_written, slice_part(written, 0, literal));
	buffer_add_slice(&as_written, slice_part(text, literal, text.n));
	bool matches = rehearsal_match(a->r, i, buffer_slice(&as_written), &a->v);
	buffer_free(&as_written);
	return matches;
}

/* As the script has it: with the script's tag, where it came with one of its own. */
static struct slice with_tag(const struct answerer *a, size_t i, struct slice tag, struct slice text,
                             struct buffer *room)
{
	size_t n = a->r->lines[i].tag_n;
	if (n == 0 || tag.n == 0 || !slice_starts(text, tag))
		return text;
	buffer_add(room, line_at(a, i)->text, n);
	buffer_add_slice(room, slice_part(text, tag.n, text.n));
	return buffer_slice(room);
}

/* Whether its verb is that of the script's line; of a protocol without verbs, its first word. */
static bool same_command(const struct answerer *a, size_t i, const struct dialogue_event *event, struct slice text)
{
	const char *wanted = a->r->lines[i].verb;
	if (wanted && event->verb.n)
		return slice_equal_nocase(slice_of(wanted), event->verb);
	return same_word((struct slice){ line_at(a, i)->text, line_at(a, i)->text_n }, text);
}

/* Strict: notes where the client's line leaves the script's. What came is not repeated: it may be a secret. */
static void differ(struct answerer *a, size_t i, struct slice text)
{
	const struct script_line *line = line_at(a, i);
	struct slice written = { line->text, line->text_n };
	size_t literal = slice_find(written, SLICE("{{")), n = 0;
	buffer_clear(&a->difference);
	if (line->kind != SCRIPT_SAID || line->exact)
		return;
	while (n < literal && n < text.n && written.p[n] == text.p[n])
		n++;
	if (n == written.n)
		buffer_printf(&a->difference, "; what came goes on behind that, from octet %zu on", n + 1);
	else if (n == literal)
		buffer_add_string(&a->difference, "; what came differs at the first {{ or behind it");
	else if (n == text.n)
		buffer_printf(&a->difference, "; what came ends after octet %zu", n);
	else
		buffer_printf(&a->difference, "; what came differs from octet %zu on", n + 1);
}

/* Whether the client's command is the script's: by its verb (of a protocol without verbs, by its first word), or as a
 * whole. What it captures is kept. */
static bool matches(struct answerer *a, size_t i, const struct dialogue_event *event, struct slice text)
{
	if (i >= a->r->script->nlines || is_payload(a, i))
		return false;
	const struct script_line *line = line_at(a, i);
	if (line->kind != SCRIPT_SAID)
		return true;
	struct buffer room = { 0 };
	struct slice as_written = with_tag(a, i, event->tag, text, &room);
	bool whole = a->strict ? rehearsal_match(a->r, i, as_written, &a->v) : capture(a, i, as_written);
	bool alike = whole || same_command(a, i, event, text);
	if (a->strict && alike && !whole)
		differ(a, i, as_written);
	buffer_wipe(&room);
	return a->strict ? whole : alike;
}

/* The next lines of payload, as far as they belong together, have come. */
static void pass_payload(struct answerer *a)
{
	size_t i = client_line(a, a->at), block = i < a->r->script->nlines ? a->r->lines[i].block : 0;
	while (is_payload(a, i) && a->r->lines[i].block == block) {
		bool ends = a->r->lines[i].ends_input;
		a->at = i + 1;
		if (ends)
			break;
		i = client_line(a, a->at);
	}
}

/* After the last line: the goodbye was the client's last word, and so the server leaves. */
static void leave_if_done(struct answerer *a)
{
	size_t last = a->r->script->nlines;
	if (a->over || client_line(a, a->at) != last || a->said != last)
		return;
	while (last-- > 0)
		if (a->r->lines[last].verb)
			break;
	if (a->r->closes || (last != NO_LINE && a->r->lines[last].phase == PHASE_GOODBYE))
		hang_up(a);
}

static void answer_now(struct answerer *a)
{
	say_due(a);
	leave_if_done(a);
}

/* ---- commands that go on behind their line ---- */

/* Whether the command is not complete: fields, literals or a body follow. Message text is no part of its command, which
 * asks for it (354). */
static bool goes_on(const struct dialogue *d)
{
	return dialogue_input(d) != INPUT_TEXT && input_goes_on(dialogue_input(d));
}

static bool is_part(const struct answerer *a, size_t i)
{
	return i < a->r->script->nlines && input_goes_on(a->r->lines[i].input) && a->r->lines[i].input != INPUT_TEXT;
}

/* Back to before the command, as if it had not come. */
static void take_back(struct answerer *a)
{
	a->at = a->command_at;
	a->said = a->command_said;
}

/* The script's lines that go on with the command have come. */
static void pass_parts(struct answerer *a)
{
	for (size_t i = client_line(a, a->at); is_part(a, i); i = client_line(a, a->at))
		a->at = i + 1;
}

/* Where the script, too, waits to be asked for more: its lines up to there have come. False where it does not any more. */
static bool pass_to_waiting(struct answerer *a, bool first)
{
	if (first && a->r->lines[a->command_at].waits)
		return true;
	size_t i = client_line(a, a->at);
	while (is_part(a, i) && !a->r->lines[i].waits)
		i = client_line(a, i + 1);
	if (!is_part(a, i))
		return false;
	a->at = i + 1;
	return true;
}

/* The client waits to be asked for a literal, or a body: it is, or the command is refused, as the script has it, or
 * because the script does not have it. */
static void ask(struct answerer *a, const struct dialogue *d, bool first)
{
	if (a->refused)
		return;
	if (a->stray) {
		off_script(a, d, client_line(a, a->at), STRAYED_COMMAND);
		a->refused = true;
		return;
	}
	size_t before = a->said;
	bool said = false, asked = false;
	if (pass_to_waiting(a, first)) {
		a->asking = true;
		say_due(a);
		a->asking = false;
	}
	for (size_t i = before; i < a->said; i++) {
		bool final = a->r->lines[i].speaks && line_at(a, i)->side == SIDE_SERVER && a->r->lines[i].final;
		said = said || final;
		asked = asked || (final && a->r->lines[i].asks);
	}
	a->refused = said && !asked;
	if (!said && a->voice->continuation)
		buffer_add_string(say(a, true), a->voice->continuation);
}

static void command_done(struct answerer *a)
{
	a->open = a->stray = a->refused = false;
	a->mismatch = NO_LINE;
	a->text_at = 0;
}

/* Strict: the line that did not come as the script has it, or at all; NO_LINE where all did. */
static size_t mismatch_of(const struct answerer *a)
{
	size_t i = client_line(a, a->text_at > a->at ? a->text_at : a->at);
	bool missing = a->strict && is_part(a, i) && line_at(a, i)->kind == SCRIPT_SAID;
	return a->mismatch == NO_LINE && missing ? i : a->mismatch;
}

static void complete(struct answerer *a, const struct dialogue *d)
{
	size_t mismatch = mismatch_of(a);
	if (a->refused) {
		/* it has its answer */
	} else if (a->stray) {
		off_script(a, d, client_line(a, a->at), STRAYED_COMMAND);
	} else if (mismatch != NO_LINE) {
		off_script(a, d, mismatch, STRAYED_PAYLOAD);
		take_back(a);
	} else {
		pass_parts(a);
		answer_now(a);
	}
	command_done(a);
}

/* After each event of a command's: it is complete, waits to be asked for more, or more comes anyway. */
static void go_on(struct answerer *a, const struct dialogue *d, bool first)
{
	/* Among the fields of a further request it is the server's turn, too, while a response before it goes on. */
	bool waits = dialogue_turn(d) == SIDE_SERVER && (dialogue_input(d) != INPUT_FIELD || !dialogue_in_reply(d));
	if (!goes_on(d))
		complete(a, d);
	else if (waits)
		ask(a, d, first);
}

static void tag_keep(struct answerer *a, size_t i, struct slice tag)
{
	free(a->tags[i]);
	a->tags[i] = tag.n ? slice_string(tag) : NULL;
}

static void command(struct answerer *a, const struct dialogue *d, const struct dialogue_event *event, struct slice text)
{
	size_t i = client_line(a, a->at);
	event_forget(a->command);
	buffer_clear(&a->difference);
	a->command = event_keep(event);
	a->open = true;
	a->stray = !matches(a, i, event, text);
	if (!a->stray) {
		a->command_at = i;
		a->command_said = a->said;
		a->at = i + 1;
		tag_keep(a, i, event->tag);
	}
	go_on(a, d, true);
}

/* ---- the client's payload ---- */

/* Strict: line by line, a direction standing for any lines up to what comes after it. */
static void compare_text(struct answerer *a, struct slice text)
{
	size_t i = client_line(a, a->text_at > a->at ? a->text_at : a->at);
	if (a->mismatch != NO_LINE)
		return;
	if (is_payload(a, i) && line_at(a, i)->kind == SCRIPT_DIRECTION) {
		size_t after = client_line(a, i + 1);
		bool ends = is_payload(a, after) && rehearsal_match(a->r, after, text, &a->v);
		a->text_at = ends ? after + 1 : i;
		return;
	}
	if (is_payload(a, i) && rehearsal_match(a->r, i, text, &a->v)) {
		a->text_at = i + 1;
		return;
	}
	a->mismatch = i;
	if (is_payload(a, i))
		differ(a, i, text);
}

/* Not strict: what a field, or a literal, of the script's captures is kept, wherever in the command it stands. */
static void capture_part(struct answerer *a, struct slice text)
{
	size_t i = client_line(a, a->at);
	for (unsigned seen = 0; is_part(a, i) && seen < PARTS_SEEN; i = client_line(a, i + 1), seen++)
		if (rehearsal_captures(a->r, i) && rehearsal_match(a->r, i, text, &a->v))
			return;
}

/* A line of payload is compared when it is whole: a literal may end inside it. */
static void payload_line(struct answerer *a, const struct dialogue *d, const struct dialogue_event *event,
                         struct slice text)
{
	if (a->stray || a->refused)
		return;
	if (a->payload.n < LINE_KEPT)
		buffer_add_slice(&a->payload, text);
	if (event->line_end.n == 0 && a->open && goes_on(d))
		return;
	if (a->strict)
		compare_text(a, buffer_slice(&a->payload));
	else if (a->open)
		capture_part(a, buffer_slice(&a->payload));
	buffer_wipe(&a->payload);
}

/* Message text is complete, or an answer of an exchange has come. */
static void payload_whole(struct answerer *a, const struct dialogue *d, struct slice text)
{
	size_t i = client_line(a, a->at), mismatch = a->mismatch;
	bool answer = is_payload(a, i) && a->r->lines[i].input == INPUT_ANSWER;
	bool cancelled = answer && slice_equal(text, SLICE("*")) && !rehearsal_match(a->r, i, text, &a->v);
	command_done(a);
	if (cancelled || mismatch != NO_LINE) {
		off_script(a, d, mismatch != NO_LINE ? mismatch : i, cancelled ? STRAYED_CANCEL : STRAYED_PAYLOAD);
		take_back(a);
	} else if (is_payload(a, i)) {
		if (answer)
			(void)capture(a, i, text);
		pass_payload(a);
		answer_now(a);
	} else {
		off_script(a, d, i, STRAYED_PAYLOAD);
	}
}

static void payload(struct answerer *a, const struct dialogue *d, const struct dialogue_event *event, struct slice text)
{
	payload_line(a, d, event, text);
	if (a->open)
		go_on(a, d, false);
	else if (dialogue_input(d) != INPUT_TEXT)
		payload_whole(a, d, text);
}

/* ---- events ---- */

/* A datagram's text may hold its line end. */
static struct slice without_end(struct slice text)
{
	while (text.n && (text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\r'))
		text.n--;
	return text;
}

void answerer_event(struct answerer *a, const struct dialogue *d, const struct dialogue_event *event)
{
	if (event->side == SIDE_SERVER && a->refused && !goes_on(d))
		command_done(a); /* the rest of it will not come */
	if (event->side != SIDE_CLIENT || event->kind == EVENT_STAGE || a->over)
		return;
	if (a->line.n < LINE_KEPT)
		buffer_add_slice(&a->line, event->text);
	if (event->more)
		return;
	/* The line must not be in the way when the next begins while this one is answered. */
	struct buffer line = a->line;
	struct slice text = without_end(buffer_slice(&line));
	a->line = (struct buffer){ 0 };
	if (event->kind == EVENT_DATA || a->open)
		payload(a, d, event, text);
	else
		command(a, d, event, text);
	buffer_wipe(&line);
}

/* ---- begin and end ---- */

struct answerer *answerer_new(const struct rehearsal *rehearsal, const struct variables *given, bool strict)
{
	struct answerer *a = memory_zeroed(1, sizeof *a);
	a->r = rehearsal;
	a->voice = voice_of(rehearsal->protocol);
	a->tags = memory_zeroed(rehearsal->script->nlines, sizeof *a->tags);
	a->strict = strict;
	a->mismatch = NO_LINE;
	rehearsal_variables(rehearsal, given, &a->v);
	if (rehearsal->client_first && rehearsal->protocol->server_first && a->voice->greeting) {
		buffer_add_string(step_add(a, ANSWER_REMARK), "the script has no greeting: one is made up");
		buffer_add_string(say(a, true), a->voice->greeting);
	}
	say_due(a);
	return a;
}

void answerer_free(struct answerer *a)
{
	if (a == NULL)
		return;
	for (size_t i = 0; i < a->nsteps; i++) {
		buffer_free(&a->steps[i].text);
		buffer_free(&a->steps[i].problem);
	}
	free(a->steps);
	for (size_t i = 0; i < a->r->script->nlines; i++)
		free(a->tags[i]);
	free(a->tags);
	event_forget(a->command);
	variables_free(&a->v);
	buffer_wipe(&a->line);
	buffer_wipe(&a->payload);
	buffer_free(&a->difference);
	buffer_free(&a->text);
	buffer_free(&a->problem);
	free(a);
}

bool answerer_closed(const struct answerer *a, size_t *line)
{
	*line = client_line(a, a->at);
	return *line >= a->r->script->nlines;
}

struct slice answerer_farewell(const struct rehearsal *rehearsal)
{
	return slice_of(voice_of(rehearsal->protocol)->farewell);
}
