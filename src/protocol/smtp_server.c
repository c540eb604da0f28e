/*
 * The server's lines of SMTP: replies, which command each answers, and what that does to the session.
 *
 * "The state follows what the server said": nothing moves before a reply is complete.
 */
#include <stdlib.h>
#include <string.h>

#include "protocol/common.h"
#include "protocol/smtp_machine.h"
#include "protocol/smtp_syntax.h"

/* RFC 5321 4.5.3.1.5: a reply line, CRLF included. */
#define REPLY_LINE_MAX 512

/* Of a keyword that no table has, a note shows so many octets. */
#define KEYWORD_SHOWN 32

/* The command that the reply under way answers; NULL for the greeting and for what nobody asked for. */
static struct outstanding *answered(const struct dialogue *d)
{
	const struct smtp *s = machine_state(d);
	return s->greeted && !s->unasked ? outstanding_at(d, 0) : NULL;
}

static enum smtp_effect effect_of(const struct outstanding *one)
{
	return one ? (enum smtp_effect)(one->flags & EFFECT_MASK) : EFFECT_NONE;
}

/* ---- notes ---- */

/* What the code means, behind that command if more is known of it there. */
static void note_code(struct dialogue *d, struct dialogue_event *event)
{
	const struct outstanding *one = answered(d);
	/* Success in the place of 354: the row is about the message, which has not been sent. */
	bool early = effect_of(one) == EFFECT_DATA && one->step == 0 && event->class == CLASS_SUCCESS;
	const struct entry *row = code_row(d, early ? slice_of("") : verb_failing(one, event), event->code);
	if (row) {
		event_note(d, event, "%s", row->note);
		event_ref(d, event, row->ref);
		return;
	}
	const char digit[] = { event->code.p[0], 'y', 'z' };
	row = code_row(d, slice_of(""), (struct slice){ digit, sizeof digit });
	event_note(d, event, "%s The code itself is not registered.",
	           row ? row->note : "No SMTP reply begins with that digit.");
	event_ref(d, event, "RFC 5321 4.2.1");
}

/* LMTP: which recipient the reply to the text is about (RFC 2033 section 4.2). */
static void note_recipient(struct dialogue *d, const struct smtp *s, const struct outstanding *one,
                           struct dialogue_event *event)
{
	enum smtp_effect effect = effect_of(one);
	bool data = effect == EFFECT_DATA && one->step > 0;
	bool last = (effect == EFFECT_BDAT || effect == EFFECT_BURL) && one->flags & FLAG_LAST;
	if (!smtp_is_lmtp(d) || s->accepted < 2 || !(data || last))
		return;
	unsigned long long n = s->accepted, left = one->step > 0 ? one->count : n;
	event_note(d, event, "For recipient %llu of the %llu accepted:", n - left + 1, n);
	event_ref(d, event, "RFC 2033 4.2");
}

/* Whether an enhanced status code was made for that reply code (RFC 4954 6, RFC 7505 6) and adds nothing to it. */
static bool says_the_same(struct slice code, struct slice enhanced)
{
	static const char *const pairs[][2] = {
		{ "432", "X.7.12" }, { "534", "X.7.9" }, { "535", "X.7.8" }, { "538", "X.7.11" }, { "556", "X.1.10" },
	};
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
		if (slice_equal(code, slice_of(pairs[i][0])) && slice_equal(enhanced, slice_of(pairs[i][1])))
			return true;
	return false;
}

/* Of an enhanced status code that no registry has, what its subject says. */
static void note_unregistered(struct dialogue *d, const struct table *table, struct dialogue_event *event)
{
	struct slice subject = slice_part(event->enhanced, 2, event->enhanced.n);
	char *general = string_printf("X." SLICE_FMT ".X",
	                              SLICE_ARG(slice_part(subject, 0, slice_find_octet(subject, '.'))));
	const struct entry *row = table ? table_find(table, slice_of(general)) : NULL;
	free(general);
	event_note(d, event, SLICE_FMT ": not registered.%s%s", SLICE_ARG(event->enhanced), row ? " " : "",
	           row ? row->note : "");
	event_ref(d, event, row ? row->ref : "RFC 3463 2");
}

/* The subject and detail of an enhanced status code; its class repeats the reply code's first digit. */
static void note_enhanced(struct dialogue *d, struct dialogue_event *event)
{
	struct buffer key = { 0 };
	buffer_printf(&key, "X" SLICE_FMT, SLICE_ARG(slice_part(event->enhanced, 1, event->enhanced.n)));
	const struct table *table = protocol_table(machine_protocol(d), TABLE_ENHANCED);
	const struct entry *row = table ? table_find(table, buffer_slice(&key)) : NULL;
	buffer_free(&key);
	if (event->enhanced.p[0] != event->code.p[0]) {
		event_problem(d, event, "the enhanced status code begins with another digit than the reply code");
		event_ref(d, event, "RFC 2034 4");
	}
	if (row == NULL)
		note_unregistered(d, table, event);
	if (row == NULL || says_the_same(event->code, slice_of(row->word)))
		return;
	event_note(d, event, SLICE_FMT ": %s", SLICE_ARG(event->enhanced), row->note);
	event_ref(d, event, row->ref);
}

static void note_size(struct dialogue *d, struct slice value, const struct entry *row, struct dialogue_event *event)
{
	uint64_t octets = 0;
	struct buffer words = { 0 };
	if (!slice_number(value, &octets) && value.n) {
		event_note(d, event, "%s: %s", row->word, row->note);
		event_problem(d, event, "the size is not a number, or too large a one");
	} else if (octets == 0) {
		event_note(d, event, "SIZE: this server understands SIZE and names no fixed limit.");
	} else {
		octets_in_words(&words, octets);
		event_note(d, event, "SIZE: this server takes messages of up to " SLICE_FMT ".",
		           SLICE_ARG(buffer_slice(&words)));
	}
	event_ref(d, event, row->ref);
	buffer_free(&words);
}

/* What somebody between server and client has done to the list (RFC 3207 section 6), or the server should not. */
static bool keyword_amiss(struct dialogue *d, struct dialogue_event *event)
{
	if (smtp_overwritten(event->keyword)) {
		event_note(
			d, event,
			"No server calls an extension so: a firewall on the way has overwritten a keyword that it hides.%s",
			dialogue_secure(d) ? "" : " It is often STARTTLS, and without it nothing is encrypted.");
		event_problem(d, event, "the keyword was overwritten with X on the way");
		event_ref(d, event, "RFC 3207 6");
		return true;
	}
	if (dialogue_secure(d) && slice_equal(event->keyword, SLICE("STARTTLS"))) {
		event_problem(d, event, "under TLS the server must not offer STARTTLS any more");
		event_ref(d, event, "RFC 3207 4.2");
	}
	return false;
}

static void note_keyword(struct dialogue *d, struct slice value, struct dialogue_event *event)
{
	const struct entry *row = table_find(protocol_table(machine_protocol(d), TABLE_KEYWORDS), event->keyword);
	if (row && slice_equal(event->keyword, SLICE("SIZE"))) {
		note_size(d, value, row, event);
		return;
	}
	if (row) {
		event_note(d, event, "%s: %s", row->word, row->note);
		event_ref(d, event, row->ref);
		return;
	}
	event_note(d, event, SLICE_FMT ": %s", SLICE_ARG(slice_part(event->keyword, 0, KEYWORD_SHOWN)),
	           event->keyword.p[0] == 'X' ? "a private extension; no registry knows it."
	                                      : "no registry knows this extension.");
	event_ref(d, event, "RFC 5321 2.2.2");
}

/* A line of EHLO's reply behind the first: one extension. */
static void read_keyword(struct dialogue *d, struct slice text, struct dialogue_event *event)
{
	struct slice rest = text;
	struct slice word = slice_word(&rest);
	if (word.n == 0)
		return;
	size_t start = (size_t)(word.p - event->text.p);
	size_t equals = slice_find_octet(word, '=');
	struct slice name = slice_part(word, 0, equals);
	event_span_add(event, SPAN_KEYWORD, start, start + name.n);
	event->keyword = event_upper(d, name);
	capability_add(d, text);
	if (equals < word.n && slice_equal(event->keyword, SLICE("AUTH"))) {
		event_note(d, event,
		           "AUTH: the old form with =, from before the standard, for clients that know no other.");
		event_ref(d, event, "No RFC: an early draft of AUTH");
		return;
	}
	if (!keyword_amiss(d, event))
		note_keyword(d, slice_trim(rest), event);
}

/* ---- what a complete reply does ---- */

/* Leaves the exchange, for the state that it began in or, done, for ready. */
static void auth_done(struct dialogue *d, struct smtp *s, bool success)
{
	if (success)
		s->authenticated = true;
	if (state_now(d) == SMTP_AUTH)
		state_move(d, s->before_auth);
	s->mode = MODE_COMMAND;
	sasl_clear(&s->sasl);
}

/* Whether the client has said DATA again since: text that is under way, or comes next, is that one's. */
static bool data_again(const struct dialogue *d)
{
	for (size_t i = 1; i < outstanding_count(d); i++)
		if (strcmp(outstanding_at(d, i)->verb, "DATA") == 0)
			return true;
	return false;
}

/* The reply to DATA: 354, or a refusal, or (out of order) already that to the text. True where DATA is done. */
static bool data_replied(struct dialogue *d, struct smtp *s, struct outstanding *data, struct dialogue_event *event)
{
	if (data->step == 0 && event->class == CLASS_CONTINUE) {
		data->step = 1;
		data->count = smtp_is_lmtp(d) && s->accepted > 0 ? s->accepted : 1;
		state_move(d, SMTP_DATA);
		return false;
	}
	if (data->step == 0 && event->class != CLASS_SUCCESS) { /* refused: no text comes */
		if (s->mode == MODE_TEXT)
			s->mode = MODE_COMMAND;
		return true;
	}
	if (data->step == 0) {
		event_problem(d, event, "the answer to DATA should be 354");
		event_ref(d, event, "RFC 5321 4.1.1.4");
	} else if (s->mode == MODE_TEXT && !data_again(d)) {
		event_note(d, event, "It came before the lone dot that ends the text.");
	}
	if (s->mode == MODE_TEXT && !data_again(d))
		s->mode = MODE_COMMAND;
	if (data->count > 1) { /* LMTP: one reply for each recipient, RFC 2033 4.2 */
		data->count--;
		return false;
	}
	s->accepted = 0;
	state_move(d, SMTP_READY);
	return true;
}

static bool bdat_replied(struct dialogue *d, struct smtp *s, struct outstanding *bdat, struct dialogue_event *event)
{
	if (!(bdat->flags & FLAG_LAST)) {
		if (event->class == CLASS_SUCCESS)
			state_move(d, SMTP_DATA);
		return true;
	}
	if (bdat->step == 0) {
		bdat->step = 1;
		bdat->count = smtp_is_lmtp(d) && s->accepted > 0 ? s->accepted : 1;
	}
	if (bdat->count > 1) {
		bdat->count--;
		return false;
	}
	s->accepted = 0;
	state_move(d, SMTP_READY);
	return true;
}

/* Only 220 begins TLS (RFC 3207 section 4). */
static void starttls_replied(struct dialogue *d, struct dialogue_event *event)
{
	if (!slice_equal(event->code, SLICE("220"))) {
		event_problem(d, event, "the answer to STARTTLS should be 220: no TLS begins");
		event_ref(d, event, "RFC 3207 4");
		return;
	}
	if (outstanding_count(d) > 1) {
		event_problem(d, event,
		              "commands were sent after STARTTLS in the clear: it must be the last of its group");
		event_ref(d, event, "RFC 3207 4");
	}
	tls_begin(d);
}

/* What success of a command other than DATA and BDAT does. */
static void succeeded(struct dialogue *d, struct smtp *s, enum smtp_effect effect, struct dialogue_event *event)
{
	switch (effect) {
	case EFFECT_HELLO:
		s->hello = true;
		s->extended = !slice_equal(event->verb, SLICE("HELO"));
		s->accepted = 0;
		state_move(d, SMTP_READY);
		break;
	case EFFECT_STARTTLS:
		starttls_replied(d, event);
		break;
	case EFFECT_MAIL:
		s->accepted = 0;
		state_move(d, SMTP_MAIL);
		break;
	case EFFECT_RCPT:
		s->accepted++;
		state_move(d, SMTP_RCPT);
		break;
	case EFFECT_RSET:
		s->accepted = 0;
		state_move(d, s->hello ? SMTP_READY : SMTP_CONNECTED);
		break;
	case EFFECT_QUIT:
		state_move(d, SMTP_CLOSED);
		goodbye_said(d);
		break;
	case EFFECT_RESTART:
		s->hello = s->extended = false;
		capabilities_forget(d);
		state_move(d, SMTP_CONNECTED);
		break;
	case EFFECT_AUTH:
	case EFFECT_DATA:
	case EFFECT_BDAT:
	case EFFECT_BURL:
	case EFFECT_NONE:
		break;
	}
}

/* True where the command is done: no further reply to it comes. */
static bool replied(struct dialogue *d, struct smtp *s, struct outstanding *one, struct dialogue_event *event)
{
	enum smtp_effect effect = effect_of(one);
	if (effect == EFFECT_DATA)
		return data_replied(d, s, one, event);
	if (effect == EFFECT_BDAT || effect == EFFECT_BURL)
		return bdat_replied(d, s, one, event);
	if (effect == EFFECT_AUTH) {
		if (event->class == CLASS_CONTINUE) {
			s->mode = MODE_ANSWER;
			if (state_now(d) != SMTP_AUTH)
				s->before_auth = state_now(d);
			state_move(d, SMTP_AUTH);
			return false;
		}
		auth_done(d, s, event->class == CLASS_SUCCESS);
		return true;
	}
	if (event->class == CLASS_SUCCESS)
		succeeded(d, s, effect, event);
	else if (event->class == CLASS_CONTINUE)
		event_problem(d, event, "the server asks for more, which this command does not have");
	return true;
}

static void greeting_done(struct dialogue *d, struct smtp *s, struct dialogue_event *event)
{
	s->greeted = true;
	event->phase = PHASE_GREET;
	if (event->class == CLASS_SUCCESS)
		state_move(d, SMTP_CONNECTED);
	else
		s->refused = true;
}

/* 421 and 221: the server closes the channel, whatever was asked (RFC 5321 3.8 and 4.2.3). */
static void shut_down(struct dialogue *d, struct smtp *s)
{
	s->mode = MODE_COMMAND;
	sasl_clear(&s->sasl);
	outstanding_forget_all(d);
	state_move(d, SMTP_CLOSED);
	goodbye_said(d);
}

/* The last line of a reply is here. */
static void complete(struct dialogue *d, struct smtp *s, struct dialogue_event *event)
{
	struct outstanding *one = answered(d);
	bool greeting = !s->greeted;
	event->final = true;
	reply_open(d, false);
	s->lines = 0;
	s->unasked = false;
	if (greeting)
		greeting_done(d, s, event);
	if (one)
		event->answers = one->n;
	if (slice_equal(event->code, SLICE("421")) || slice_equal(event->code, SLICE("221")))
		shut_down(d, s);
	else if (one && replied(d, s, one, event))
		outstanding_done(d, 0);
}

/* ---- lines ---- */

static void check_reply(struct dialogue *d, const struct smtp *s, const struct smtp_reply *reply,
                        struct dialogue_event *event)
{
	if (s->lines > 0 && !slice_equal(slice_of(s->code), reply->line.code)) {
		event_problem(d, event, "the code is %s on the reply's first line: all lines of a reply have the same",
		              s->code);
		event_ref(d, event, "RFC 5321 4.2.1");
	}
	if (!reply->line.separated && event->text.n > 3) {
		event_problem(d, event, "a space or a hyphen must follow the code");
		event_ref(d, event, "RFC 5321 4.2");
	}
	if (reply->line.code.p[0] == '1') {
		event_problem(d, event, "no SMTP reply begins with 1");
		event_ref(d, event, "RFC 5321 4.2.1");
	}
	if (event->octets > REPLY_LINE_MAX) {
		event_problem(d, event, "a reply line over %d octets, its CRLF included", REPLY_LINE_MAX);
		event_ref(d, event, "RFC 5321 4.5.3.1.5");
	}
}

/* Whether a server may greet with that code (RFC 5321 4.3.2, RFC 7504 3). */
static bool greets(struct slice code)
{
	return slice_equal(code, SLICE("220")) || slice_equal(code, SLICE("421")) || slice_equal(code, SLICE("521")) ||
	       slice_equal(code, SLICE("554"));
}

/* The reply's first line: whose answer it is. */
static void reply_begins(struct dialogue *d, struct smtp *s, const struct smtp_reply *reply,
                         struct dialogue_event *event)
{
	memcpy(s->code, reply->line.code.p, 3);
	s->code[3] = '\0';
	if (!s->greeted && outstanding_count(d) > 0 && !greets(reply->line.code)) {
		s->greeted = true; /* what is written down begins behind the greeting */
		state_move(d, SMTP_CONNECTED);
	}
	s->unasked = s->greeted && outstanding_count(d) == 0;
	if (s->unasked && !slice_equal(reply->line.code, SLICE("421"))) {
		event_problem(d, event, "a reply to no command");
		event_ref(d, event, "RFC 5321 4.2");
	}
	if (effect_of(answered(d)) == EFFECT_HELLO && reply->line.code.p[0] == '2')
		capabilities_forget(d);
	reply_open(d, true);
}

/* Whether the line is one of EHLO's list, each with a keyword. */
static bool lists_keyword(const struct dialogue *d, const struct smtp *s, const struct smtp_reply *reply)
{
	const struct outstanding *one = answered(d);
	return s->lines > 0 && effect_of(one) == EFFECT_HELLO && strcmp(one->verb, "HELO") != 0 &&
	       reply->line.code.p[0] == '2';
}

static void reply_spans(struct dialogue_event *event, const struct smtp_reply *reply)
{
	event_span_add(event, SPAN_CODE, 0, reply->line.code.n);
	if (reply->enhanced.n) {
		size_t start = (size_t)(reply->enhanced.p - event->text.p);
		event_span_add(event, SPAN_ENHANCED, start, start + reply->enhanced.n);
	}
}

/* A reply that was begun and never ended, though the client went on: where a line of another code comes, it is over, and
 * all that follows is answered right again. */
static void give_up(struct dialogue *d, struct smtp *s, const struct smtp_reply *reply, struct dialogue_event *event)
{
	if (s->lines == 0 || !s->asked_since || slice_equal(slice_of(s->code), reply->line.code))
		return;
	const struct outstanding *one = answered(d);
	struct dialogue_event unseen = coded_reply_unended(d, s->code, one, event, "RFC 5321 4.2.1");
	complete(d, s, &unseen);
}

static void reply_line(struct dialogue *d, struct smtp *s, const struct smtp_reply *reply, struct dialogue_event *event)
{
	give_up(d, s, reply, event);
	s->asked_since = false;
	event->kind = EVENT_REPLY;
	event->has_final = true;
	event->code = reply->line.code;
	event->class = coded_reply_class(reply->line.code.p[0]);
	if (s->lines == 0)
		reply_begins(d, s, reply, event);
	check_reply(d, s, reply, event);
	const struct outstanding *one = answered(d);
	if (one) {
		event->verb = event_text(d, slice_of(one->verb));
		event->phase = one->command ? one->command->phase : PHASE_NONE;
	}
	struct slice words = slice_trim(reply->line.text);
	bool keyword = lists_keyword(d, s, reply) && words.n;
	if (!keyword)
		event->enhanced = reply->enhanced;
	reply_spans(event, reply);
	s->lines++;
	if (keyword)
		read_keyword(d, reply->line.text, event);
	else if (!reply->line.continues) {
		note_recipient(d, s, one, event);
		note_code(d, event);
	}
	if (event->enhanced.n && !reply->line.continues)
		note_enhanced(d, event);
	if (effect_of(one) == EFFECT_AUTH && event->class == CLASS_CONTINUE && !reply->line.continues)
		challenge_read(d, &s->sasl, reply->line.text, event, "RFC 4954 4");
}

/* A line that is no reply, though the server's turn is to say nothing else. */
static void junk_line(struct dialogue *d, const struct smtp *s, struct dialogue_event *event)
{
	event->kind = EVENT_JUNK;
	if (!s->greeted)
		note_stranger(d, event);
	if (s->lines > 0)
		event_problem(d, event, "not a line of the reply: each begins with its code, here %s", s->code);
	else
		event_problem(d, event,
		              "not an SMTP reply: it does not begin with a reply code, three digits from 200 to 559");
	event_ref(d, event, "RFC 5321 4.2");
}

void smtp_server(struct dialogue *d, const struct line *line, struct dialogue_event *event)
{
	struct smtp *s = machine_state(d);
	if (line->described) {
		event->kind = EVENT_DATA;
		return;
	}
	struct smtp_reply reply;
	line_end_problems(d, line, event, "RFC 5321 2.3.8");
	if (line->first && !smtp_reply_parse(line->text, &reply)) {
		junk_line(d, s, event);
		return;
	}
	if (line->first) {
		reply_line(d, s, &reply, event);
		s->line_continues = reply.line.continues;
	}
	if (event->kind != EVENT_REPLY || line->more || line->cut)
		return;
	if (s->line_continues)
		event->final = false;
	else
		complete(d, s, event);
}
