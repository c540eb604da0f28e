/*
 * The server's status lines of POP3, which command each answers, and what that does to the session. What stands behind
 * them up to a lone dot is read in pop3_list.c.
 *
 * "The state follows what the server said": nothing moves before a reply is complete.
 */
#include "protocol/pop3_machine.h"
#include "protocol/pop3_syntax.h"
#include "protocol/common.h"

/* RFC 1939 3, RFC 2449 4: a reply's first line, CRLF included. */
#define STATUS_LINE_MAX 512

/* Of a response code or a command that no table has, a note shows so many octets. */
#define CODE_SHOWN 32
#define VERB_SHOWN 32

static enum class class_of(const struct pop3_status *status) {
	static const char *const passing[] = { "SYS/TEMP", "IN-USE", "LOGIN-DELAY" };
	if (status->indicator != POP3_ERR) return status->indicator == POP3_OK ? CLASS_SUCCESS : CLASS_CONTINUE;
	for (size_t i = 0; i < sizeof passing / sizeof passing[0];
	     i++) if (pop3_response_code_is(status->response_code, slice_of(passing[i]))) return CLASS_TRANSIENT;
	return CLASS_FAILURE;
}

/* ---- notes ---- */

/* STAT, and LIST and UIDL of one message: what the numbers behind +OK say. True where there is something to say. */
static bool note_numbers(struct dialogue *d, enum pop3_effect effect, struct slice text, struct dialogue_event *event)
{
	uint64_t first, second;
	struct slice id;
	bool numbers = pop3_numbers(text, &first, &second);
	if (effect == EFFECT_STAT && numbers)
		event_note(d, event, "The maildrop holds %llu message%s, %llu octet%s together.",
		           (unsigned long long)first, pop3_plural(first), (unsigned long long)second,
		           pop3_plural(second));
	else if (effect == EFFECT_LIST && numbers)
		event_note(d, event, "Message %llu has %llu octet%s.", (unsigned long long)first,
		           (unsigned long long)second, pop3_plural(second));
	else if (effect == EFFECT_UIDL && pop3_unique_id(text, &first, &id))
		event_note(d, event,
		           "Message %llu has the unique-id " SLICE_FMT ", which stays the same in later sessions.",
		           (unsigned long long)first, SLICE_ARG(id));
	else
		return false;
	event_ref(d, event, effect == EFFECT_UIDL ? "RFC 1939 7" : "RFC 1939 5");
	return true;
}

/* What should have stood behind +OK, where a program reads it. */
static void check_numbers(struct dialogue *d, enum pop3_effect effect, struct dialogue_event *event)
{
	static const struct {
		enum pop3_effect effect;
		const char *right, *ref;
	} forms[] = {
		{ EFFECT_STAT, "the number of messages, a space and their octets", "RFC 1939 5" },
		{ EFFECT_LIST, "the message number, a space and its octets", "RFC 1939 5" },
		{ EFFECT_UIDL, "the message number, a space and its unique-id", "RFC 1939 7" },
	};
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		if (effect != forms[i].effect)
			continue;
		event_problem(d, event, "+OK must be followed by %s", forms[i].right);
		event_ref(d, event, forms[i].ref);
	}
}

/* QUIT, and no message is marked: those that were fetched may be deleted all the same (RFC 2449 6.7). */
static void note_unmarked(struct dialogue *d, struct dialogue_event *event)
{
	struct slice value = { 0 };
	bool announced = dialogue_announced(d, SLICE("EXPIRE"), &value);
	if (announced && slice_equal(slice_word(&value), SLICE("0"))) {
		event_note(d, event,
		           "This is the update state: no message was marked as deleted, but with EXPIRE 0 those that "
		           "were fetched may go.");
		event_ref(d, event, "RFC 2449 6.7");
		return;
	}
	event_note(d, event, "This is the update state: no message was marked as deleted, so none goes.");
}

/* QUIT: what becomes of the marked messages. */
static void note_marked(struct dialogue *d, const struct pop3 *s, struct dialogue_event *event)
{
	if (state_now(d) != POP3_TRANSACTION)
		return;
	if (s->marked == 0 && !s->replies_missing && event->class == CLASS_SUCCESS)
		note_unmarked(d, event);
	else if (s->marked > 0 && event->class == CLASS_SUCCESS)
		event_note(d, event, "This is the update state: %llu message%s marked as deleted %s gone now.",
		           (unsigned long long)s->marked, pop3_plural(s->marked), s->marked == 1 ? "is" : "are");
	event_ref(d, event, "RFC 1939 6");
}

/* `+OK 120 octets`: how long the text is that follows. */
static void note_octets(struct dialogue *d, struct pop3 *s, struct slice text, struct dialogue_event *event)
{
	uint64_t octets;
	bool counted = slice_number(slice_word(&text), &octets) &&
	               slice_starts_nocase(slice_word(&text), SLICE("octet"));
	s->list.announced = counted;
	if (!counted)
		return;
	s->list.announced_octets = octets;
	event_note(d, event, "Its size is %llu octet%s, as the server counts.", (unsigned long long)octets,
	           pop3_plural(octets));
}

/* What is known of the indicator, behind that verb if it may say so; `verb` may be empty. */
static void note_row(struct dialogue *d, struct slice verb, struct dialogue_event *event)
{
	const struct entry *row = code_row(d, verb, event->code);
	if (row == NULL)
		return;
	event_note(d, event, "%s", row->note);
	event_ref(d, event, row->ref);
}

/* The row of a response code, or of the level above it that is known (RFC 2449 8); NULL where there is none. */
static const struct entry *response_code_row(const struct dialogue *d, struct slice code)
{
	const struct table *table = protocol_table(machine_protocol(d), TABLE_RESPONSE_CODES);
	const struct entry *row = table_find(table, code);
	while (row == NULL && code.n > 0) {
		code.n--;
		row = code.p[code.n] == '/' ? table_find(table, code) : NULL;
	}
	return row;
}

/* Whether the row of the indicator behind its command does not fit: before the login QUIT deletes nothing; rows of success
 * speak of the list, where LIST and UIDL have one, and of the login, where AUTH may ask for a list; rows of failure say
 * that there is no such message, where a response code knows better. */
static bool row_misleads(const struct dialogue *d, const struct outstanding *one, const struct pop3_status *status)
{
	bool list = one->flags & FLAG_LIST, good = status->indicator == POP3_OK;
	switch (pop3_effect_waiting(one)) {
	case EFFECT_QUIT:
		return !good && state_now(d) != POP3_TRANSACTION;
	case EFFECT_AUTH:
		return list;
	case EFFECT_LIST:
	case EFFECT_UIDL:
		if (good)
			return !list;
		return response_code_row(d, status->response_code) != NULL;
	case EFFECT_RETR:
	case EFFECT_TOP:
	case EFFECT_DELE:
		return !good && response_code_row(d, status->response_code);
	default:
		return false;
	}
}

/* The list that comes where the row speaks of what the command does with an argument. True where there is one. */
static bool note_list(struct dialogue *d, const struct outstanding *one, struct dialogue_event *event)
{
	enum pop3_effect effect = pop3_effect_waiting(one);
	if (!(one->flags & FLAG_LIST) || event->class != CLASS_SUCCESS)
		return false;
	if (effect == EFFECT_AUTH)
		event_note(d, event, "The server's mechanisms follow, one on each line, up to a lone dot.");
	else if (effect == EFFECT_LANG)
		event_note(d, event, "The server's languages follow, one on each line, up to a lone dot.");
	else
		return false;
	event_ref(d, event, effect == EFFECT_LANG ? "RFC 6856 3.2" : "RFC 1939 3");
	return true;
}

/* What is known of the indicator behind its command. */
static void note_answer(struct dialogue *d, const struct outstanding *one, const struct pop3_status *status,
                        struct dialogue_event *event)
{
	if (!note_list(d, one, event))
		note_row(d, row_misleads(d, one, status) ? slice_of("") : verb_failing(one, event), event);
}

/* What the status line says as the answer to that command. */
static void note_status(struct dialogue *d, const struct outstanding *one, const struct pop3_status *status,
                        struct dialogue_event *event)
{
	struct pop3 *s = machine_state(d);
	enum pop3_effect effect = pop3_effect_waiting(one);
	bool good = event->class == CLASS_SUCCESS;
	bool numbered = good && !(one->flags & FLAG_LIST);
	if (numbered && note_numbers(d, effect, status->text, event))
		return;
	note_answer(d, one, status, event);
	if (numbered && !event->more)
		check_numbers(d, effect, event);
	if (good && effect == EFFECT_RETR)
		note_octets(d, s, status->text, event);
	if (effect == EFFECT_QUIT)
		note_marked(d, s, event);
}

static void note_response_code(struct dialogue *d, struct slice code, struct dialogue_event *event)
{
	const struct entry *row = response_code_row(d, code);
	bool promised = event->class != CLASS_SUCCESS || dialogue_announced(d, SLICE("RESP-CODES"), NULL);
	if (row == NULL && !promised) /* words that happen to begin with a bracket */
		return;
	size_t start = (size_t)(code.p - event->text.p);
	event_span_add(event, SPAN_KEYWORD, start, start + code.n);
	if (row) {
		event_note(d, event, "%s: %s", row->word, row->note);
		event_ref(d, event, row->ref);
	} else {
		event_note(d, event, "[" SLICE_FMT "]: no registry knows this response code.",
		           SLICE_ARG(slice_part(code, 0, CODE_SHOWN)));
		event_ref(d, event, "RFC 2449 8");
	}
}

/* ---- what a complete reply does ---- */

/* The server says no more behind it (RFC 1939 4 and 6). */
static void goodbye(struct dialogue *d)
{
	state_move(d, state_now(d) == POP3_TRANSACTION ? POP3_UPDATE : POP3_CLOSED);
	outstanding_forget_all(d);
	goodbye_said(d);
}

static void logged_in(struct dialogue *d, struct pop3 *s)
{
	s->marked = 0;
	if (!dialogue_closing(d))
		state_move(d, POP3_TRANSACTION);
}

static void stls_accepted(struct dialogue *d, struct dialogue_event *event)
{
	if (outstanding_count(d) > 1) {
		event_problem(d, event, "commands were sent after STLS in the clear: TLS must begin before the next");
		event_ref(d, event, "RFC 2595 4");
	}
	tls_begin(d);
}

static void succeeded(struct dialogue *d, struct pop3 *s, const struct outstanding *one, struct dialogue_event *event)
{
	switch (pop3_effect_waiting(one)) {
	case EFFECT_USER:
		s->user = true;
		break;
	case EFFECT_PASS:
	case EFFECT_APOP:
	case EFFECT_RPOP:
	case EFFECT_AUTH:
		logged_in(d, s);
		break;
	case EFFECT_STLS:
		stls_accepted(d, event);
		break;
	case EFFECT_UTF8:
		s->utf8 = true;
		break;
	case EFFECT_DELE:
		s->marked++;
		break;
	case EFFECT_RSET:
		s->marked = 0;
		break;
	default:
		break;
	}
}

/* -ERR. */
static void failed(struct dialogue *d, struct pop3 *s, const struct outstanding *one, struct dialogue_event *event)
{
	enum pop3_effect effect = pop3_effect_waiting(one);
	if (effect == EFFECT_USER || effect == EFFECT_PASS || effect == EFFECT_APOP || effect == EFFECT_RPOP ||
	    effect == EFFECT_AUTH)
		s->user = false;
	if (effect == EFFECT_QUIT && state_now(d) != POP3_TRANSACTION) {
		event_problem(d, event, "before the login QUIT is answered with +OK");
		event_ref(d, event, "RFC 1939 4");
	}
}

/* A + has come. True where the command is done. */
static bool asked_for_more(struct dialogue *d, struct pop3 *s, const struct outstanding *one,
                           struct dialogue_event *event)
{
	if (pop3_effect_waiting(one) == EFFECT_AUTH && !(one->flags & FLAG_LIST)) {
		s->answer = true;
		return false;
	}
	event_problem(d, event, "the server asks for more, which this command does not have");
	event_ref(d, event, "RFC 5034 4");
	return true;
}

/* The reply is complete; `one` is the command that it answers. */
static void replied(struct dialogue *d, struct pop3 *s, const struct outstanding *one, struct dialogue_event *event)
{
	enum pop3_effect effect = pop3_effect_waiting(one);
	bool good = event->class == CLASS_SUCCESS;
	if (event->class == CLASS_CONTINUE && !asked_for_more(d, s, one, event))
		return;
	if (good)
		succeeded(d, s, one, event);
	else if (event->class != CLASS_CONTINUE)
		failed(d, s, one, event);
	if (effect == EFFECT_AUTH) {
		s->answer = false;
		sasl_clear(&s->sasl);
	}
	/* RFC 1939 6: the server closes the connection even where it could not delete all. A malformed QUIT was none. */
	if (effect == EFFECT_QUIT && (good || (state_now(d) == POP3_TRANSACTION && !one->amiss)))
		goodbye(d);
	else
		outstanding_done(d, 0);
}

static void greeted(struct dialogue *d, struct pop3 *s, struct dialogue_event *event)
{
	s->greeted = true;
	s->refused = event->class != CLASS_SUCCESS;
	if (!s->refused)
		state_move(d, POP3_AUTHORIZATION);
}

/* All of the status line is here. */
static void complete(struct dialogue *d, struct pop3 *s, struct dialogue_event *event)
{
	const struct outstanding *one = s->greeted ? outstanding_at(d, 0) : NULL;
	if (one && one->flags & FLAG_LIST && event->class == CLASS_SUCCESS) {
		pop3_list_begin(d, one);
		return;
	}
	event->final = true;
	reply_open(d, false);
	if (one) {
		event->answers = one->n;
		replied(d, s, one, event);
	} else if (!s->greeted) {
		greeted(d, s, event);
	}
}

/* ---- lines ---- */

static void check_status(struct dialogue *d, const struct pop3_status *status, struct dialogue_event *event)
{
	if (!status->separated) {
		event_problem(d, event, "a space must follow " SLICE_FMT, SLICE_ARG(status->code));
		event_ref(d, event, "RFC 2449 3");
	}
	if (!status->upper) {
		event_problem(d, event, "+OK and -ERR must be sent in upper case");
		event_ref(d, event, "RFC 1939 3");
	}
	if (event->octets > STATUS_LINE_MAX && status->indicator != POP3_MORE) {
		event_problem(d, event, "a reply's first line over %d octets, its CRLF included", STATUS_LINE_MAX);
		event_ref(d, event, "RFC 2449 4");
	}
}

static void greeting_line(struct dialogue *d, struct pop3 *s, const struct pop3_status *status,
                          struct dialogue_event *event)
{
	struct slice timestamp = pop3_timestamp(status->text);
	const struct entry *apop = table_find(protocol_table(machine_protocol(d), TABLE_COMMANDS), SLICE("APOP"));
	event->phase = PHASE_GREET;
	if (status->indicator != POP3_OK) {
		event_note(d, event, "The server refuses the session.");
		event_problem(d, event, "a greeting must begin with +OK");
		event_ref(d, event, "RFC 1939 4");
		return;
	}
	event_note(d, event, "The server greets. In the authorization state, which begins now, the client logs in.");
	event_ref(d, event, "RFC 1939 4");
	if (timestamp.n == 0)
		return;
	s->timestamp = true;
	challenge_keep(d, timestamp);
	event_note(d, event,
	           "The text in < and > is a timestamp: the server has APOP, a digest of it and the password.");
	event_ref(d, event, apop->ref);
}

/* Commands before the i-th were left without a reply. Replies come in the order of their commands, so this is no
 * wire's doing: the document has left them out. */
static void pass_over(struct dialogue *d, struct pop3 *s, size_t i, struct dialogue_event *event)
{
	if (i > 0)
		s->replies_missing = true;
	for (; i > 0; i--) {
		struct slice verb = slice_part(slice_of(outstanding_at(d, 0)->verb), 0, VERB_SHOWN);
		event_problem(d, event, "no reply to " SLICE_FMT " has come", SLICE_ARG(verb));
		event_ref(d, event, "RFC 1939 3");
		outstanding_done(d, 0);
	}
}

static void unasked(struct dialogue *d, struct dialogue_event *event)
{
	event_problem(d, event, "a reply to no command");
	event_ref(d, event, "RFC 1939 3");
	if (event->class == CLASS_SUCCESS)
		note_row(d, slice_of(""), event);
	else
		event_note(d, event,
		           "Some servers say so before they hang up, as on a client that was silent or made too many "
		           "mistakes; the standard wants no words when it was silent.");
}

/* A fragment of a session, without its greeting: the client has spoken first, and nobody has seen the connection begin. The
 * command shows how far the session was. */
static void greeting_missed(struct dialogue *d, struct pop3 *s)
{
	const struct outstanding *first = outstanding_at(d, 0);
	if (s->greeted || first == NULL || machine_connected(d))
		return;
	s->greeted = true;
	bool before_login = first->command == NULL || (first->command->states & STATE(POP3_AUTHORIZATION));
	state_move(d, before_login ? POP3_AUTHORIZATION : POP3_TRANSACTION);
}

static void status_line(struct dialogue *d, struct pop3 *s, const struct pop3_status *status,
                        struct dialogue_event *event)
{
	event->kind = EVENT_REPLY;
	event->has_final = true;
	event->code = status->code;
	event->class = class_of(status);
	event_span_add(event, SPAN_CODE, 0, status->code.n);
	check_status(d, status, event);
	reply_open(d, true);
	greeting_missed(d, s);
	if (s->greeted && s->replies_missing && outstanding_count(d) > 1)
		pass_over(d, s, outstanding_count(d) - 1, event);
	const struct outstanding *one = s->greeted ? outstanding_at(d, 0) : NULL;
	pop3_of_command(d, one, event);
	if (!s->greeted)
		greeting_line(d, s, status, event);
	else if (one == NULL)
		unasked(d, event);
	else
		note_status(d, one, status, event);
	if (status->response_code.n)
		note_response_code(d, status->response_code, event);
	if (status->indicator == POP3_MORE && pop3_effect_waiting(one) == EFFECT_AUTH && !(one->flags & FLAG_LIST))
		challenge_read(d, &s->sasl, status->text, event, "RFC 5034 4");
}

/* The first waiting command whose reply has further lines; outstanding_count where there is none. */
static size_t list_awaited(const struct dialogue *d)
{
	size_t i = 0;
	while (i < outstanding_count(d) && !(outstanding_at(d, i)->flags & FLAG_LIST))
		i++;
	return i;
}

/* A line that has no place: what may be behind it. */
static void note_stray(struct dialogue *d, const struct pop3 *s, struct dialogue_event *event)
{
	struct slice rest = event->text, verb = slice_word(&rest);
	const struct entry *row = table_find(protocol_table(machine_protocol(d), TABLE_COMMANDS), verb);
	if (slice_equal(event->text, SLICE(".")))
		event_problem(d, event, "a lone dot ends a list or a text, and none is under way");
	else if (s->greeted && row)
		event_problem(d, event, "%s is a command: the client says it, not the server", row->word);
	else
		event_problem(d, event, "not a POP3 reply: it begins neither with +OK nor with -ERR");
}

/*
 * No status line, where one is due. Some documents leave +OK out before a list, and the replies to commands before it:
 * where a list is awaited, it begins here, so that its further lines and its dot are known for what they are. If a
 * status line comes after all, it ends that assumption.
 */
static void stray_line(struct dialogue *d, struct pop3 *s, const struct line *line, struct dialogue_event *event)
{
	size_t i = s->greeted ? list_awaited(d) : outstanding_count(d);
	bool awaited = s->greeted && i < outstanding_count(d) &&
	               (i == 0 || !dialogue_announced(d, SLICE("PIPELINING"), NULL));
	if (!s->greeted && !line->described)
		note_stranger(d, event);
	if (awaited) {
		pass_over(d, s, i, event);
		pop3_list_begin(d, outstanding_at(d, 0));
		s->list.assumed = true;
		event_problem(d, event, "the server's +OK is missing before this answer to %s",
		              outstanding_at(d, 0)->verb);
		pop3_list_line(d, line, event);
	} else if (line->described) {
		event->has_final = true;
		event_problem(d, event, "no command has asked for a text");
	} else {
		note_stray(d, s, event);
	}
	event->kind = line->described || event->final ? EVENT_DATA : EVENT_JUNK;
	event->has_final &= event->kind == EVENT_DATA;
	event_ref(d, event, "RFC 1939 3");
}

/* A further piece of a line: what the first one was. */
static void later_piece(struct dialogue *d, struct pop3 *s, const struct line *line, struct dialogue_event *event)
{
	if (event->kind == EVENT_REPLY && !line->more && !line->cut)
		complete(d, s, event);
	else if (s->list.open && event->kind != EVENT_REPLY)
		s->list.octets += event->octets;
}

void pop3_server(struct dialogue *d, const struct line *line, struct dialogue_event *event)
{
	struct pop3 *s = machine_state(d);
	struct pop3_status status;
	line_end_problems(d, line, event, "RFC 1939 3");
	if (!line->first) {
		later_piece(d, s, line, event);
		return;
	}
	bool found = !line->described && pop3_status_parse(line->text, &status);
	bool exchange = pop3_effect_waiting(outstanding_at(d, 0)) == EFFECT_AUTH;
	if (found && status.indicator == POP3_MORE && !status.separated && !exchange)
		found = false;
	if (s->list.open && !(s->list.assumed && found)) {
		pop3_list_line(d, line, event);
		return;
	}
	if (s->list.open)
		pop3_list_end(d);
	if (!found) {
		stray_line(d, s, line, event);
		return;
	}
	status_line(d, s, &status, event);
	if (!line->more && !line->cut)
		complete(d, s, event);
}
