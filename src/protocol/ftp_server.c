/*
 * The server's lines of FTP: replies, which command each answers, and what that does to the session.
 *
 * "The state follows what the server said": nothing moves before a reply is complete.
 */
#include <string.h>

#include "protocol/coded_reply.h"
#include "protocol/ftp_machine.h"
#include "protocol/common.h"

static bool code_is(struct slice code, const char *wanted)
{
	return slice_equal(code, slice_of(wanted));
}

/* ---- which command a reply answers ---- */

/* Where the command stands in the queue that the reply under way answers; the queue's length where it is none. */
static size_t answered_at(const struct dialogue *d)
{
	const struct ftp *s = machine_state(d);
	size_t i = 0;
	while (i < outstanding_count(d) && outstanding_at(d, i)->n != s->answering)
		i++;
	return i;
}

static struct outstanding *answered(const struct dialogue *d)
{
	return outstanding_at(d, answered_at(d));
}

static struct outstanding *waiting(const struct dialogue *d, enum ftp_effect effect)
{
	for (size_t i = 0; i < outstanding_count(d); i++)
		if (ftp_effect(outstanding_at(d, i)) == effect)
			return outstanding_at(d, i);
	return NULL;
}

/* Whether that code may be the last reply of a transfer whose 1yz has come (RFC 959 5.4): it is about connections or
 * files, and no step in between. */
static bool ends_transfer(struct slice code)
{
	switch (code.p[0]) {
	case '1':
		return true; /* 110, or a second 1yz: no end, but of the transfer */
	case '2':
		return code_is(code, "226") || code_is(code, "250");
	case '4':
	case '5':
		return code.p[1] != '0' && code.p[1] != '1';
	default:
		return false;
	}
}

/* The command that a reply with that code answers: the oldest; during a transfer, what is not about it answers the
 * oldest behind it (STAT, ABOR), and 221 answers QUIT. */
static struct outstanding *answered_by(const struct dialogue *d, struct slice code)
{
	struct outstanding *first = outstanding_at(d, 0), *second = outstanding_at(d, 1);
	if (code_is(code, "221") && waiting(d, EFFECT_QUIT))
		return waiting(d, EFFECT_QUIT);
	if (ftp_transfer_now(d) == NULL || second == NULL || ends_transfer(code))
		return first;
	return code_is(code, "225") && waiting(d, EFFECT_ABOR) ? waiting(d, EFFECT_ABOR) : second;
}

/* ---- notes ---- */

/* FEAT answered on one line (RFC 2389 3.2). */
static bool note_no_features(struct dialogue *d, struct dialogue_event *event)
{
	if (ftp_effect(answered(d)) != EFFECT_FEAT || event->class != CLASS_SUCCESS)
		return false;
	event_note(d, event, "On one line: the server has no extensions, or names none.");
	event_ref(d, event, "RFC 2389 3.2");
	return true;
}

/* No data connection, and neither side has named an address for one. */
static void note_address(struct dialogue *d, struct dialogue_event *event)
{
	const struct ftp *s = machine_state(d);
	if (!slice_equal(event->code, SLICE("425")) || s->data != DATA_DEFAULT)
		return;
	event_note(d, event, "Neither PASV nor PORT came before it: many servers want one of them.");
	event_ref(d, event, "RFC 1123 4.1.2.5");
}

/* What the code means, behind that command if more is known of it there. */
static void note_code(struct dialogue *d, struct dialogue_event *event)
{
	const struct entry *row = code_row(d, verb_failing(answered(d), event), event->code);
	if (row) {
		event_note(d, event, "%s", row->note);
		event_ref(d, event, row->ref);
		note_address(d, event);
		return;
	}
	const char digit[] = { event->code.p[0], 'y', 'z' };
	row = code_row(d, slice_of(""), (struct slice){ digit, sizeof digit });
	event_note(d, event, "%s The code itself is in no standard.", row ? row->note : "");
	event_ref(d, event, "RFC 959 4.2");
}

/* ---- what a complete reply does ---- */

/* The state for when no transfer is under way. */
static void settle(struct dialogue *d, struct ftp *s, unsigned state)
{
	if (state_now(d) == FTP_TRANSFER)
		s->before_transfer = state;
	else
		state_move(d, state);
}

static unsigned settled(const struct dialogue *d, const struct ftp *s)
{
	return state_now(d) == FTP_TRANSFER ? s->before_transfer : state_now(d);
}

/* The data connection is closed; in stream mode another needs its own PASV (RFC 1123 4.1.2.5 and 4.1.2.6). */
static void transfer_over(struct dialogue *d, struct ftp *s)
{
	if (state_now(d) != FTP_TRANSFER)
		return;
	state_move(d, s->before_transfer);
	if (s->data == DATA_PASSIVE)
		s->data = DATA_DEFAULT;
}

/* A 1yz: the command goes on waiting for its last reply. */
static void preliminary(struct dialogue *d, struct ftp *s, struct outstanding *one, struct dialogue_event *event)
{
	if (one->step > 0 && !code_is(event->code, "110")) {
		event_problem(d, event, "a second reply that begins with 1: one is the most for a command");
		event_ref(d, event, "RFC 959 4.2");
	}
	if (ftp_transfers(one)) {
		if (one->step == 0)
			s->before_transfer = state_now(d);
		state_move(d, FTP_TRANSFER);
	} else if (ftp_effect(one) != EFFECT_REIN && one->command &&
	           slice_starts(slice_of(one->command->ref), SLICE("RFC"))) {
		event_problem(d, event, "no reply that begins with 1 belongs to %s", one->verb);
		event_ref(d, event, "RFC 959 5.4");
	}
	one->step = 1;
}

/* A 3yz: the server waits for the next command of a group. */
static void intermediate(struct dialogue *d, struct ftp *s, struct outstanding *one, struct dialogue_event *event)
{
	switch (ftp_effect(one)) {
	case EFFECT_USER:
	case EFFECT_PASS:
		settle(d, s, FTP_USER);
		return;
	case EFFECT_AUTH:
		if (one->flags & FLAG_TLS) {
			event_problem(d, event, "the answer to AUTH TLS should be 234: no TLS begins");
			event_ref(d, event, "RFC 4217 4.2");
			return;
		}
		ftp_restart(s);
		s->exchange = true;
		settle(d, s, FTP_CONNECTED);
		return;
	case EFFECT_RNFR:
	case EFFECT_REST:
	case EFFECT_ADAT:
		return;
	default:
		break;
	}
	if (code_is(event->code, "332") || one->command == NULL)
		return;
	event_problem(d, event, "the server asks for more, which this command does not have");
	event_ref(d, event, "RFC 959 5.4");
}

/* Only 234 accepts; the user must log in again (RFC 2228 section 3, RFC 4217 4.2). */
static void auth_accepted(struct dialogue *d, struct ftp *s, const struct outstanding *one,
                          struct dialogue_event *event)
{
	if (!code_is(event->code, "234")) {
		event_problem(d, event, "the answer to AUTH should be 234%s",
		              one->flags & FLAG_TLS ? ": no TLS begins" : "");
		event_ref(d, event, "RFC 2228 3");
		return;
	}
	ftp_restart(s);
	s->exchanged = true;
	settle(d, s, FTP_CONNECTED);
	if (!(one->flags & FLAG_TLS))
		return;
	if (outstanding_count(d) > 1)
		event_problem(d, event, "commands were sent after AUTH in the clear: TLS must begin before the next");
	tls_begin(d);
}

/* The reply is the last line under TLS, and both sides go on in the clear. */
static void tls_ends(struct dialogue *d, struct dialogue_event *event)
{
	if (outstanding_count(d) > 1)
		event_problem(d, event, "commands were sent after %s under TLS: the next is awaited in the clear",
		              answered(d)->verb);
	tls_end(d);
}

static void restarted(struct dialogue *d, struct ftp *s, struct dialogue_event *event)
{
	ftp_restart(s);
	settle(d, s, FTP_CONNECTED);
	if (!dialogue_secure(d))
		return;
	event_note(d, event,
	           "TLS ends here with the session that began it: what follows is in the clear, the next login too.");
	event_ref(d, event, "RFC 4217 13");
	tls_ends(d, event);
}

/* Only 200 accepts (RFC 4217 section 5). The protection of data connections stays as it is. */
static void cleared(struct dialogue *d, struct ftp *s, struct dialogue_event *event)
{
	if (!code_is(event->code, "200")) {
		event_problem(d, event, "the answer to CCC should be 200%s", dialogue_secure(d) ? ": TLS goes on" : "");
		event_ref(d, event, "RFC 4217 5");
		return;
	}
	s->cleared = true;
	if (dialogue_secure(d))
		tls_ends(d, event);
}

static void succeeded(struct dialogue *d, struct ftp *s, const struct outstanding *one, struct dialogue_event *event)
{
	switch (ftp_effect(one)) {
	case EFFECT_USER:
	case EFFECT_PASS:
	case EFFECT_ACCT:
		settle(d, s, FTP_READY);
		break;
	case EFFECT_REIN:
		restarted(d, s, event);
		break;
	case EFFECT_QUIT:
		state_move(d, FTP_CLOSED);
		goodbye_said(d);
		break;
	case EFFECT_RNFR:
	case EFFECT_REST:
		event_problem(d, event, "the answer to %s should be 350", one->verb);
		event_ref(d, event, "RFC 959 5.4");
		break;
	case EFFECT_ACTIVE:
		s->data = DATA_ACTIVE;
		break;
	case EFFECT_PASSIVE:
		if (one->flags & FLAG_ALL)
			s->passive_only = true;
		else
			s->data = DATA_PASSIVE;
		break;
	case EFFECT_AUTH:
		auth_accepted(d, s, one, event);
		break;
	case EFFECT_ADAT:
		s->exchange = false;
		s->exchanged = true;
		break;
	case EFFECT_PBSZ:
		s->buffered = true;
		break;
	case EFFECT_CCC:
		cleared(d, s, event);
		break;
	default:
		break;
	}
}

/* "A failure at any point in the sequence necessitates the repetition of the entire sequence" (RFC 959 4.2). */
static void failed(struct dialogue *d, struct ftp *s, const struct outstanding *one)
{
	enum ftp_effect effect = ftp_effect(one);
	bool login = effect == EFFECT_USER || effect == EFFECT_PASS || effect == EFFECT_ACCT;
	if (login && settled(d, s) == FTP_USER)
		settle(d, s, FTP_CONNECTED);
	if (effect == s->sequence)
		s->sequence = EFFECT_NONE;
	if (effect == EFFECT_ADAT)
		s->exchange = false;
}

/* ABOR is answered while the transfer that it stops is not: that one will have no reply of its own any more. */
static void aborted(struct dialogue *d, struct ftp *s, struct dialogue_event *event)
{
	event_problem(d, event, "the reply to %s is missing: 426 for the transfer comes before the reply to ABOR",
	              outstanding_at(d, 0)->verb);
	event_ref(d, event, "RFC 959 4.1.3");
	transfer_over(d, s);
	outstanding_done(d, 0);
}

/* True where the command is done: no further reply to it comes. */
static bool replied(struct dialogue *d, struct ftp *s, struct outstanding *one, struct dialogue_event *event)
{
	if (event->code.p[0] == '6') /* what it holds, only the two can read */
		return true;
	if (event->class == CLASS_INFO) {
		preliminary(d, s, one, event);
		return false;
	}
	if (ftp_transfers(one))
		transfer_over(d, s);
	if (event->class == CLASS_CONTINUE)
		intermediate(d, s, one, event);
	else if (event->class == CLASS_SUCCESS)
		succeeded(d, s, one, event);
	else
		failed(d, s, one);
	return true;
}

static bool greets(struct slice code)
{
	return code_is(code, "220") || code_is(code, "120") || code_is(code, "421");
}

/* The greeting is 220, perhaps after 120; 421 is told elsewhere (RFC 959 5.4). */
static void greeting_done(struct dialogue *d, struct ftp *s, struct dialogue_event *event)
{
	event->phase = PHASE_GREET;
	if (!greets(event->code)) {
		event_problem(d, event, "a server must greet with 220, with 120 before it, or with 421");
		event_ref(d, event, "RFC 959 5.4");
	}
	if (event->class == CLASS_INFO)
		return;
	s->greeted = true;
	if (event->class == CLASS_SUCCESS) /* some servers log everybody in at once */
		state_move(d, code_is(event->code, "230") ? FTP_READY : FTP_CONNECTED);
	else
		s->refused = true;
}

/* 421 and 221: the server closes the control connection, whatever was asked (RFC 959 4.2.2). */
static void shut_down(struct dialogue *d)
{
	outstanding_forget_all(d);
	state_move(d, FTP_CLOSED);
	goodbye_said(d);
}

/* The last line of a reply is here. */
static void complete(struct dialogue *d, struct ftp *s, struct dialogue_event *event)
{
	struct outstanding *one = answered(d);
	event->final = true;
	reply_open(d, false);
	if (!s->greeted)
		greeting_done(d, s, event);
	if (one)
		event->answers = one->n;
	if (code_is(event->code, "421") || code_is(event->code, "221")) {
		shut_down(d);
		return;
	}
	if (one && ftp_effect(one) == EFFECT_ABOR && event->class == CLASS_SUCCESS && ftp_transfer_now(d))
		aborted(d, s, event);
	if (one && replied(d, s, answered(d), event))
		outstanding_done(d, answered_at(d));
	if (ftp_transfer_now(d) == NULL) /* it ended unseen: behind a protected reply, or it was lost from the queue */
		transfer_over(d, s);
}

/* ---- lines ---- */

/* A fragment of a session, without its greeting: a command waits, and no server greets so. */
static void greeting_missed(struct dialogue *d, struct ftp *s, struct slice code)
{
	if (s->greeted || outstanding_count(d) == 0 || greets(code))
		return;
	s->greeted = true;
	state_move(d, FTP_CONNECTED);
}

/* The reply's first line: whose answer it is. */
static void reply_begins(struct dialogue *d, struct ftp *s, struct slice code, struct dialogue_event *event)
{
	memcpy(s->code, code.p, 3);
	s->code[3] = '\0';
	greeting_missed(d, s, code);
	const struct outstanding *one = s->greeted ? answered_by(d, code) : NULL;
	s->answering = one ? one->n : 0;
	if (s->greeted && one == NULL && !code_is(code, "421") && code.p[0] != '6') {
		event_problem(d, event, "a reply to no command");
		event_ref(d, event, "RFC 959 5.4");
	}
	if (ftp_effect(one) == EFFECT_FEAT && code.p[0] == '2') {
		capabilities_forget(d);
		s->featured = true;
	}
	reply_open(d, true);
}

/* A line between the first and the last. With another code at its front it looks like another reply. */
static void inner_line(struct dialogue *d, const struct ftp *s, struct slice text, bool coded,
                       const struct coded_reply *reply, struct dialogue_event *event)
{
	bool same = coded && code_is(reply->code, s->code);
	enum ftp_effect effect = ftp_effect(answered(d));
	bool success = s->code[0] == '2';
	if (coded && !same && reply->separated) {
		event_problem(d, event,
		              "inside a reply, a line that begins with a number must be padded: it ends with %s "
		              "and a space",
		              s->code);
		event_ref(d, event, "RFC 959 4.2");
	}
	bool listed = success && (effect == EFFECT_FEAT || effect == EFFECT_MLST);
	struct slice entry = same ? reply->text : text;
	if (listed && !same && text.n && text.p[0] == ' ')
		entry = slice_part(text, 1, text.n);
	else if (listed && slice_trim(text).n) {
		event_problem(d, event, "each line of the list must begin with a space");
		event_ref(d, event, effect == EFFECT_FEAT ? "RFC 2389 3.2" : "RFC 3659 7.2");
	}
	if (listed && effect == EFFECT_FEAT)
		ftp_feature(d, entry, event);
	else if (listed)
		ftp_facts(d, entry, event);
}

static void first_line(struct dialogue *d, struct ftp *s, const struct coded_reply *reply, struct dialogue_event *event)
{
	reply_begins(d, s, reply->code, event);
	if (reply->separated)
		return;
	event_problem(d, event, "a space or a hyphen must follow the code");
	event_ref(d, event, "RFC 959 4.2");
}

/* A line that is no reply, though the server's turn is to say nothing else. */
static void junk_line(struct dialogue *d, const struct ftp *s, struct dialogue_event *event)
{
	event->kind = EVENT_JUNK;
	if (!s->greeted && event->note.n == 0)
		note_stranger(d, event);
	event_problem(d, event, "not an FTP reply: it does not begin with a reply code, three digits from 100 to 659");
	event_ref(d, event, "RFC 959 4.2");
}

/* Whose answer the reply is, for the event. */
static void name_command(struct dialogue *d, struct dialogue_event *event)
{
	const struct outstanding *one = answered(d);
	if (one == NULL)
		return;
	event->verb = event_text(d, slice_of(one->verb));
	event->phase = one->command ? one->command->phase : PHASE_NONE;
}

/* A reply that was begun and never ended, though the client went on: where a line of another code comes, it is over, and
 * all that follows is answered right again. */
static void give_up(struct dialogue *d, struct ftp *s, const struct coded_reply *reply, struct dialogue_event *event)
{
	if (!dialogue_in_reply(d) || !s->asked_since || !reply->separated || code_is(reply->code, s->code))
		return;
	const struct outstanding *one = answered(d);
	struct dialogue_event unseen = coded_reply_unended(d, s->code, one, event, "RFC 959 4.2");
	complete(d, s, &unseen);
}

static void reply_line(struct dialogue *d, struct ftp *s, struct slice text, struct dialogue_event *event)
{
	struct coded_reply reply;
	bool coded = coded_reply_parse(text, '6', &reply);
	if (coded)
		give_up(d, s, &reply, event);
	bool first = !dialogue_in_reply(d);
	s->asked_since = false;
	if (first && !coded) {
		junk_line(d, s, event);
		return;
	}
	if (first)
		first_line(d, s, &reply, event);
	bool same = coded && code_is(reply.code, s->code);
	event->kind = EVENT_REPLY;
	event->has_final = true;
	event->code = event_text(d, slice_of(s->code));
	event->class = coded_reply_class(s->code[0]);
	name_command(d, event);
	if (same)
		event_span_add(event, SPAN_CODE, ftp_telnet_offset(event->text, 0),
		               ftp_telnet_offset(event->text, 2) + 1);
	s->line_continues = first ? reply.continues : !same || reply.continues || !reply.separated;
	if (!s->line_continues) {
		if (!first || !note_no_features(d, event))
			note_code(d, event);
		ftp_words(d, reply.text, answered(d), event);
	} else if (!first) {
		inner_line(d, s, text, coded, &reply, event);
	}
}

void ftp_server(struct dialogue *d, const struct line *line, struct dialogue_event *event)
{
	struct ftp *s = machine_state(d);
	if (line->described) {
		ftp_data_line(d, SIDE_SERVER, event);
		return;
	}
	line_end_problems(d, line, event, "RFC 959 4.2");
	if (line->first) {
		reply_line(d, s, ftp_without_telnet(d, line->text), event);
		ftp_note_telnet(d, line->text, false, event);
	}
	if (!line->first && event->kind == EVENT_JUNK)
		junk_line(d, s, event);
	if (event->kind != EVENT_REPLY || line->more || line->cut)
		return;
	if (s->line_continues)
		event->final = false;
	else
		complete(d, s, event);
}
