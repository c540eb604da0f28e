/*
 * The server's lines of IMAP: the greeting, untagged data and the literals in them, continuations, and tagged replies,
 * each for the command that bears its tag.
 *
 * "The state follows what the server said": nothing moves before a line is complete.
 */
#include <stdlib.h>

#include "protocol/imap_machine.h"

/* Of a word that nobody knows, a message shows so many octets. */
#define WORD_IN_PROBLEM 32

static bool is_word(struct slice word, const char *what)
{
	return slice_equal_nocase(word, slice_of(what));
}

/* ---- whose a line is ---- */

/* Which commands' data such a response is. */
static const struct {
	const char *response, *verb;
} data_of[] = {
	{ "ACL", "GETACL" },         { "CAPABILITY", "CAPABILITY" },
	{ "ENABLED", "ENABLE" },     { "ESEARCH", "SEARCH" },
	{ "ESEARCH", "UID SEARCH" }, { "EXISTS", "EXAMINE" },
	{ "EXISTS", "SELECT" },      { "EXPUNGE", "EXPUNGE" },
	{ "EXPUNGE", "MOVE" },       { "EXPUNGE", "UID EXPUNGE" },
	{ "EXPUNGE", "UID MOVE" },   { "FETCH", "FETCH" },
	{ "FETCH", "STORE" },        { "FETCH", "UID FETCH" },
	{ "FETCH", "UID STORE" },    { "FLAGS", "EXAMINE" },
	{ "FLAGS", "SELECT" },       { "ID", "ID" },
	{ "LIST", "LIST" },          { "LISTRIGHTS", "LISTRIGHTS" },
	{ "LSUB", "LSUB" },          { "METADATA", "GETMETADATA" },
	{ "MYRIGHTS", "MYRIGHTS" },  { "NAMESPACE", "NAMESPACE" },
	{ "QUOTA", "GETQUOTA" },     { "QUOTA", "GETQUOTAROOT" },
	{ "QUOTA", "SETQUOTA" },     { "QUOTAROOT", "GETQUOTAROOT" },
	{ "RECENT", "EXAMINE" },     { "RECENT", "SELECT" },
	{ "SEARCH", "SEARCH" },      { "SEARCH", "UID SEARCH" },
	{ "SORT", "SORT" },          { "SORT", "UID SORT" },
	{ "STATUS", "STATUS" },      { "THREAD", "THREAD" },
	{ "THREAD", "UID THREAD" },  { "XLIST", "XLIST" },
};

static bool asks_for(const struct outstanding *one, struct slice response)
{
	for (size_t i = 0; i < sizeof data_of / sizeof data_of[0]; i++)
		if (is_word(response, data_of[i].response) && is_word(slice_of(one->verb), data_of[i].verb))
			return true;
	return false;
}

/* The one command that an untagged line plainly belongs to; NULL where it might be several's, or none's. */
static const struct outstanding *owner(const struct dialogue *d, const struct imap_response *response)
{
	const struct outstanding *found = NULL;
	if (outstanding_count(d) == 1)
		return outstanding_at(d, 0);
	for (size_t i = 0; i < outstanding_count(d); i++) {
		const struct outstanding *one = outstanding_at(d, i);
		bool his = is_word(response->name, "BYE") ? imap_waiting_effect(one) == EFFECT_LOGOUT
		                                          : asks_for(one, response->name);
		if (his && found)
			return NULL;
		if (his)
			found = one;
	}
	return found;
}

/* Where in the queue the command with that tag waits; the queue's length where none does. */
static size_t waiting_tag(const struct dialogue *d, struct slice tag)
{
	size_t i = 0;
	while (i < outstanding_count(d) && !slice_equal(slice_of(outstanding_at(d, i)->tag), tag))
		i++;
	return i;
}

/* Whose the continuation is: a literal's, an exchange's, IDLE's; the queue's length where nothing waits for one. */
static size_t waiting_continuation(const struct dialogue *d, const struct imap *s)
{
	size_t n = outstanding_count(d);
	size_t i = s->owed ? imap_waiting_n(d, s->owed) : n;
	if (i == n)
		i = imap_waiting_for(d, EFFECT_AUTHENTICATE);
	return i < n ? i : imap_waiting_for(d, EFFECT_IDLE);
}

static void name_after(struct dialogue *d, const struct outstanding *one, struct dialogue_event *event)
{
	if (one == NULL)
		return;
	event->verb = event_text(d, slice_of(one->verb));
	event->phase = one->command ? one->command->phase : PHASE_NONE;
}

/* ---- notes ---- */

/* What the status means, behind that command if more is known of it there. */
static void note_code(struct dialogue *d, struct dialogue_event *event)
{
	const struct entry *row = NULL;
	if (event->verb.n) {
		struct slice verb = event->verb;
		char *key = string_printf(SLICE_FMT " " SLICE_FMT, SLICE_ARG(verb), SLICE_ARG(event->code));
		row = imap_row(TABLE_CODES, slice_of(key));
		if (row == NULL && slice_starts(verb, SLICE("UID ")))
			row = imap_row(TABLE_CODES, slice_of(key + 4));
		free(key);
	}
	if (row == NULL)
		row = imap_row(TABLE_CODES, event->code);
	if (row) {
		event_note(d, event, "%s", row->note);
		event_ref(d, event, row->ref);
	}
}

/* Untagged, a status word says less than with a tag. */
static void note_untagged_status(struct dialogue *d, struct slice name, struct dialogue_event *event)
{
	const struct outstanding *one = outstanding_count(d) == 1 ? outstanding_at(d, 0) : NULL;
	if (is_word(name, "OK")) {
		if (one && one->tag)
			event_note(d, event,
			           "Untagged, OK is only information: the command %.*s still waits for its answer.",
			           WORD_IN_PROBLEM, one->tag);
		else
			event_note(d, event, "Untagged, OK is only information: no command is answered by it.");
		event_ref(d, event, "RFC 9051 7.1.1");
	} else if (is_word(name, "NO")) {
		event_note(d, event, "Untagged, NO is a warning: a command may still succeed.");
		event_ref(d, event, "RFC 9051 7.1.2");
	} else if (is_word(name, "BAD")) {
		event_note(d, event, "Untagged, BAD says that something was wrong which the server cannot give a tag.");
		event_ref(d, event, "RFC 9051 7.1.3");
	} else if (is_word(name, "BYE")) {
		event_note(d, event, "The server says goodbye, and will close the connection.");
		event_ref(d, event, "RFC 9051 7.1.5");
	} else {
		event_note(d, event, "PREAUTH is a greeting: it says that the client is logged in from the start.");
		event_problem(d, event, "PREAUTH comes only as the greeting");
		event_ref(d, event, "RFC 9051 7.1.4");
	}
}

static void note_greeting(struct dialogue *d, struct slice name, struct dialogue_event *event)
{
	if (is_word(name, "OK")) {
		event_note(d, event, "The greeting: the server is there, and nobody is logged in yet.");
		event_ref(d, event, "RFC 9051 7.1.1");
	} else if (is_word(name, "PREAUTH")) {
		event_note(d, event, "The greeting: the client is logged in already, by means outside of IMAP.");
		event_ref(d, event, "RFC 9051 7.1.4");
	} else {
		event_note(d, event, "The server refuses the session in its greeting, and closes the connection.");
		event_ref(d, event, "RFC 9051 7.1.5");
	}
}

/* ---- what complete lines do ---- */

static void capabilities_learn(struct dialogue *d, struct slice words)
{
	struct slice word;
	capabilities_forget(d);
	while ((word = slice_word(&words)).n)
		capability_add(d, word);
}

/* The words that a server says in its greeting are learnt by the greeting; others by any line. */
static void code_learn(struct dialogue *d, const struct imap_response *response)
{
	if (is_word(response->code, "CAPABILITY"))
		capabilities_learn(d, response->code_arguments);
	else if (is_word(response->code, "CLOSED") && state_now(d) == IMAP_SELECTED)
		state_move(d, IMAP_AUTHENTICATED);
}

static void greeting_done(struct dialogue *d, struct imap *s, const struct imap_response *response)
{
	s->greeted = true;
	if (is_word(response->name, "BYE")) {
		state_move(d, IMAP_LOGOUT);
		goodbye_said(d);
	} else {
		state_move(d, is_word(response->name, "OK") ? IMAP_NOT_AUTHENTICATED : IMAP_AUTHENTICATED);
	}
}

/* No greeting was seen: the command that was just carried out says where the session stands. */
static void infer_state(struct dialogue *d, struct imap *s, const struct outstanding *one)
{
	static const unsigned states[] = { IMAP_NOT_AUTHENTICATED, IMAP_AUTHENTICATED, IMAP_SELECTED };
	if (s->greeted || state_now(d) != IMAP_GREETING || one->command == NULL)
		return;
	for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
		if (!(one->command->states & STATE(states[i])))
			continue;
		s->greeted = true;
		state_move(d, states[i]);
		return;
	}
}

static void starttls_replied(struct dialogue *d, struct dialogue_event *event)
{
	if (outstanding_count(d) > 1) {
		event_problem(d, event, "other commands were sent in the clear around STARTTLS: it waits alone");
		event_ref(d, event, "RFC 9051 6.2.1");
	}
	tls_begin(d);
}

static void logout_replied(struct dialogue *d, struct dialogue_event *event)
{
	if (!dialogue_closing(d)) {
		event_problem(d, event, "no BYE came before: the server says it first");
		event_ref(d, event, "RFC 9051 6.1.3");
	}
	outstanding_forget_all(d);
	state_move(d, IMAP_LOGOUT);
	goodbye_said(d);
}

/* A command was carried out. */
static void succeeded(struct dialogue *d, struct imap *s, enum imap_effect effect, struct dialogue_event *event)
{
	switch (effect) {
	case EFFECT_LOGIN:
	case EFFECT_AUTHENTICATE:
	case EFFECT_CLOSE:
		state_move(d, IMAP_AUTHENTICATED);
		break;
	case EFFECT_SELECT:
		state_move(d, IMAP_SELECTED);
		break;
	case EFFECT_UNAUTHENTICATE:
		s->utf8 = false;
		state_move(d, IMAP_NOT_AUTHENTICATED);
		break;
	case EFFECT_STARTTLS:
		starttls_replied(d, event);
		break;
	case EFFECT_COMPRESS:
		s->compressed = true;
		break;
	case EFFECT_LOGOUT:
	case EFFECT_IDLE:
	case EFFECT_NONE:
		break;
	}
}

/* The literal that waits for its `+` will not be asked for. */
static void literal_cancel(struct dialogue *d, struct imap *s, struct dialogue_event *event)
{
	if (event->class == CLASS_SUCCESS)
		event_problem(d, event, "OK came though the command's literal was not yet asked for");
	else
		event_note(d, event, "The literal is not sent: the command ends here.");
	event_ref(d, event, "RFC 9051 7.6");
	counted_begin(d, SIDE_CLIENT, 0);
	spoken_clear(&s->client);
	s->waits = false;
}

/* Commands without a good tag, older than the i-th, that the server has passed over. */
static size_t untagged_forget(struct dialogue *d, size_t i)
{
	for (size_t at = 0; at < i;) {
		if (outstanding_at(d, at)->flags & FLAG_NO_TAG) {
			outstanding_done(d, at);
			i--;
		} else {
			at++;
		}
	}
	return i;
}

static void tagged_done(struct dialogue *d, struct imap *s, struct dialogue_event *event)
{
	size_t i = waiting_tag(d, event->tag);
	struct outstanding *one = outstanding_at(d, i);
	if (one == NULL)
		return;
	enum imap_effect effect = imap_waiting_effect(one);
	bool ok = event->class == CLASS_SUCCESS;
	event->answers = one->n;
	if (s->client.open && s->waits && s->command == one->n)
		literal_cancel(d, s, event);
	if (s->owed == one->n)
		s->owed = 0;
	if (effect == EFFECT_AUTHENTICATE)
		sasl_clear(&s->sasl);
	if (effect == EFFECT_AUTHENTICATE || effect == EFFECT_IDLE)
		s->mode = MODE_COMMAND;
	if (ok)
		infer_state(d, s, one);
	if (effect == EFFECT_SELECT && is_word(event->code, "NO") && state_now(d) == IMAP_SELECTED) {
		state_move(d, IMAP_AUTHENTICATED);
		event_note(d, event, "No mailbox is selected now: the one before was left.");
		event_ref(d, event, "RFC 9051 6.3.2");
	}
	if (ok && effect == EFFECT_LOGOUT) {
		logout_replied(d, event);
		return;
	}
	if (ok)
		succeeded(d, s, effect, event);
	outstanding_done(d, untagged_forget(d, i));
}

/* ---- continuations ---- */

static void challenge_read(struct dialogue *d, struct imap *s, struct slice text, struct dialogue_event *event)
{
	struct sasl_line said = { 0 };
	sasl_server(&s->sasl, text, &said);
	event->has_decoded = said.ok && said.decoded.n > 0;
	event->decoded = event_text(d, buffer_slice(&said.decoded));
	challenge_keep(d, buffer_slice(&said.decoded));
	if (said.ok) {
		event_note(d, event, SLICE_FMT, SLICE_ARG(buffer_slice(&said.note)));
		event_ref(d, event, said.ref);
	} else {
		event_problem(d, event, "this is no base64, which every challenge must be");
		event_ref(d, event, "RFC 9051 6.2.2");
	}
	sasl_line_free(&said);
}

/* The server asks for more of that command. */
static void continuation_done(struct dialogue *d, struct imap *s, struct dialogue_event *event)
{
	size_t i = waiting_continuation(d, s);
	const struct outstanding *one = outstanding_at(d, i);
	reply_open(d, false);
	event->final = true;
	if (one == NULL)
		return;
	event->answers = one->n;
	if (s->owed == one->n) {
		s->owed = 0;
		s->waits = false;
	} else if (imap_waiting_effect(one) == EFFECT_AUTHENTICATE) {
		s->mode = MODE_ANSWER;
	} else {
		s->mode = MODE_IDLE;
	}
}

static void note_continuation(struct dialogue *d, const struct imap *s, const struct outstanding *one,
                              struct dialogue_event *event)
{
	if (one == NULL) {
		note_code(d, event);
		event_problem(d, event,
		              "nothing waits to be asked for: no literal, no exchange and no IDLE is under way");
		event_ref(d, event, "RFC 9051 7.6");
	} else if (s->owed == one->n) {
		event_note(d, event,
		           "The server asks for the literal: its octets come now, and then the rest of the command.");
		event_ref(d, event, "RFC 9051 7.6");
	} else if (imap_waiting_effect(one) == EFFECT_IDLE) {
		event_note(d, event,
		           "IDLE has begun: the server tells what is new as it happens, until the client says DONE.");
		event_ref(d, event, "RFC 2177 3");
	} else {
		note_code(d, event);
	}
}

static void continuation_line(struct dialogue *d, struct imap *s, const struct imap_response *response,
                              struct dialogue_event *event)
{
	const struct outstanding *one = outstanding_at(d, waiting_continuation(d, s));
	event->code = event_text(d, SLICE("+"));
	event->class = CLASS_CONTINUE;
	event_span_add(event, SPAN_CODE, 0, 1);
	name_after(d, one, event);
	note_continuation(d, s, one, event);
	if (one && s->owed != one->n && imap_waiting_effect(one) == EFFECT_AUTHENTICATE && !event->more)
		challenge_read(d, s, slice_part(event->text, 2, event->text.n), event);
	else if (response->code.n)
		imap_response_code(d, response, event);
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

static void status_words(struct dialogue *d, const struct imap_response *response, struct dialogue_event *event)
{
	event->code = event_upper(d, response->name);
	if (response->code.n)
		event->keyword = event_upper(d, response->code);
	else if (response->bracketed && !event->more) {
		event_problem(d, event, "the response code's [ is not closed by ], or nothing stands in it");
		event_ref(d, event, "RFC 9051 7.1");
	}
}

static void tagged_line(struct dialogue *d, const struct imap_response *response, struct dialogue_event *event)
{
	status_words(d, response, event);
	event->tag = response->tag;
	bool brief = is_word(response->code, "UNAVAILABLE") || is_word(response->code, "INUSE");
	event->class = is_word(response->name, "OK")            ? CLASS_SUCCESS
	               : is_word(response->name, "NO") && brief ? CLASS_TRANSIENT
	                                                        : CLASS_FAILURE;
	const struct outstanding *one = outstanding_at(d, waiting_tag(d, response->tag));
	name_after(d, one, event);
	note_code(d, event);
	if (one == NULL) {
		event_problem(d, event, "no command with the tag " SLICE_FMT " is waiting",
		              SLICE_ARG(slice_part(response->tag, 0, WORD_IN_PROBLEM)));
		event_ref(d, event, "RFC 9051 2.2.2");
	}
	if (response->code.n)
		imap_response_code(d, response, event);
}

/* Whether the server's first line greets. Where the session was met in its middle, the code may tell that it does not. */
static bool greets(const struct dialogue *d, const struct imap *s, const struct imap_response *response)
{
	static const char *const inside[] = { "CLOSED",  "HIGHESTMODSEQ", "MAILBOXID",   "NOMODSEQ", "PERMANENTFLAGS",
		                              "UIDNEXT", "UIDNOTSTICKY",  "UIDVALIDITY", "UNSEEN" };
	if (s->greeted || state_now(d) != IMAP_GREETING || !response->status)
		return false;
	for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++)
		if (is_word(response->code, inside[i]))
			return false;
	if (is_word(response->name, "BYE"))
		return imap_waiting_for(d, EFFECT_LOGOUT) == outstanding_count(d);
	return is_word(response->name, "OK") || is_word(response->name, "PREAUTH");
}

static void greeting_line(struct dialogue *d, const struct imap_response *response, struct dialogue_event *event)
{
	status_words(d, response, event);
	if (event->keyword.n == 0)
		event->keyword = event->code;
	event->class = is_word(response->name, "BYE") ? CLASS_FAILURE : CLASS_SUCCESS;
	event->phase = PHASE_GREET;
	note_greeting(d, response->name, event);
	if (response->code.n)
		imap_response_code(d, response, event);
}

static void untagged_status_line(struct dialogue *d, const struct imap *s, const struct imap_response *response,
                                 struct dialogue_event *event)
{
	status_words(d, response, event);
	if (event->keyword.n == 0)
		event->keyword = event->code;
	event->class = CLASS_INFO;
	name_after(d, owner(d, response), event);
	if (!is_word(response->name, "OK") || response->code.n == 0) /* else the code says it all */
		note_untagged_status(d, response->name, event);
	if (!s->greeted && !s->middle && outstanding_count(d) == 0) {
		event_problem(d, event, "this is no greeting: OK, PREAUTH or BYE is");
		event_ref(d, event, "RFC 9051 7.1");
	}
	if (response->code.n)
		imap_response_code(d, response, event);
}

/* Literals of a server never wait. */
static void literal_begins(struct dialogue *d, struct imap *s, struct dialogue_event *event)
{
	const struct imap_scan *scan = &s->server.scan;
	unsigned long long n = scan->count;
	if (scan->digits_here)
		event_span_add(event, SPAN_COUNT, scan->digits_start, scan->digits_end);
	event_note(d, event, "{%llu} begins a literal: %llu octet%s, then the rest of the line.", n, n,
	           n == 1 ? "" : "s");
	event_ref(d, event, "RFC 9051 4.3");
	if (scan->waits_not) {
		event_problem(d, event, "a server's literal is {n}: it has no +");
		event_ref(d, event, "RFC 9051 4.3");
	}
	if (!scan->apart)
		event_problem(d, event, "a space must stand before a literal");
	spoken_literal_begins(&s->server, event);
	counted_begin(d, SIDE_SERVER, scan->count);
	if (scan->count == 0)
		spoken_literal_ends(&s->server);
}

/* Untagged data up to a literal, or to their end. */
static void data_ends(struct dialogue *d, struct imap *s, const struct line *line, struct dialogue_event *event)
{
	struct imap_response response;
	const struct imap_scan *scan = &s->server.scan;
	enum imap_end end = line->cut ? IMAP_END : imap_scan_end(scan);
	if (end == IMAP_END_LITERAL && scan->huge) {
		event_problem(d, event, "no literal can be so long: its count is a number below 2^63");
		event_ref(d, event, "RFC 9051 9");
		end = IMAP_END_MALFORMED;
	}
	imap_response_parse(buffer_slice(&s->server.text), &response);
	imap_data(d, s, &response, owner(d, &response), end != IMAP_END_LITERAL, event);
	if (end == IMAP_END_LITERAL) {
		literal_begins(d, s, event);
		return;
	}
	if (!line->cut)
		imap_scan_problems(d, scan, event);
	if (!line->cut && !s->server.lost && is_word(response.name, "CAPABILITY"))
		capabilities_learn(d, response.text);
	spoken_clear(&s->server);
}

/* EXPUNGE changes what message numbers mean: only some commands allow it (RFC 9051 section 7.5.1). */
static void check_expunge(struct dialogue *d, const struct imap *s, struct dialogue_event *event)
{
	static const char *const forbid[] = { "FETCH", "STORE", "SEARCH" };
	size_t n = outstanding_count(d), forbidding = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < sizeof forbid / sizeof forbid[0]; k++)
			forbidding += is_word(slice_of(outstanding_at(d, i)->verb), forbid[k]);
	if (!s->greeted || forbidding < n)
		return;
	if (n == 0)
		event_problem(d, event, "EXPUNGE comes only while a command is under way");
	else
		event_problem(d, event, "EXPUNGE may not come while %s is answered: it would change what numbers mean",
		              outstanding_at(d, 0)->verb);
	event_ref(d, event, "RFC 9051 7.5.1");
}

static void data_line(struct dialogue *d, struct imap *s, const struct imap_response *response,
                      struct dialogue_event *event)
{
	event->code = event_text(d, SLICE("*"));
	event->class = CLASS_INFO;
	event->keyword = event_upper(d, response->name);
	name_after(d, owner(d, response), event);
	if (!s->greeted && state_now(d) == IMAP_GREETING)
		imap_note_middle(d, s, event);
	if (response->name.n == 0) {
		event_problem(d, event, "nothing stands behind the *: a response's name does");
		event_ref(d, event, "RFC 9051 7");
	}
	if (response->numbered && response->number > UINT32_MAX) {
		event_problem(d, event, "the number is too great: it is below 2^32");
		event_ref(d, event, "RFC 9051 9");
	}
	if (is_word(response->name, "EXPUNGE"))
		check_expunge(d, s, event);
}

/* A line that is no response. */
static void junk_line(struct dialogue *d, const struct imap *s, struct dialogue_event *event)
{
	struct slice rest = event->text;
	struct slice tag = slice_word(&rest);
	event->kind = EVENT_JUNK;
	if (!s->greeted && outstanding_count(d) == 0)
		note_stranger(d, event);
	if (waiting_tag(d, tag) < outstanding_count(d))
		event_problem(d, event, "no status stands behind the tag: it is OK, NO or BAD");
	else
		event_problem(d, event, "no response of IMAP: it begins with *, + or the tag of a command");
	event_ref(d, event, "RFC 9051 2.2.2");
}

/* An untagged BAD may be all that answers a line without a tag. */
static void untagged_bad(struct dialogue *d)
{
	size_t i = 0;
	while (i < outstanding_count(d) && !(outstanding_at(d, i)->flags & FLAG_NO_TAG))
		i++;
	if (i < outstanding_count(d))
		outstanding_done(d, i);
}

/* A status line is complete. */
static void status_done(struct dialogue *d, struct imap *s, const struct imap_response *response,
                        struct dialogue_event *event)
{
	bool greeting = response->kind == IMAP_UNTAGGED && event->class != CLASS_INFO;
	if (greeting)
		greeting_done(d, s, response);
	else if (response->kind == IMAP_TAGGED)
		tagged_done(d, s, event);
	code_learn(d, response);
	event->final = greeting || response->kind == IMAP_TAGGED;
	if (is_word(response->name, "BYE")) {
		state_move(d, IMAP_LOGOUT);
		goodbye_said(d);
	} else if (is_word(response->name, "BAD") && !event->final) {
		untagged_bad(d);
	}
}

/* The line has ended, but for a literal perhaps. */
static void line_ends(struct dialogue *d, struct imap *s, const struct line *line, struct dialogue_event *event)
{
	struct imap_response response;
	imap_response_parse(buffer_slice(&s->server.text), &response);
	event->final = false;
	if (event->class == CLASS_INFO && !response.status) {
		data_ends(d, s, line, event);
	} else if (!line->cut && event->class == CLASS_CONTINUE) {
		continuation_done(d, s, event);
		spoken_clear(&s->server);
	} else {
		if (!line->cut)
			status_done(d, s, &response, event);
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
		continuation_line(d, s, &response, event);
	else if (response.kind == IMAP_TAGGED)
		tagged_line(d, &response, event);
	else if (greets(d, s, &response))
		greeting_line(d, &response, event);
	else if (response.status)
		untagged_status_line(d, s, &response, event);
	else
		data_line(d, s, &response, event);
	if (!line->more)
		line_ends(d, s, line, event);
}

static void literal_octets(struct imap *s, struct dialogue *d, const struct line *line, struct dialogue_event *event)
{
	unsigned long long n = s->server.scan.count;
	event->kind = EVENT_DATA;
	event->has_final = true;
	if (!line->described) {
		spoken_octets(&s->server, line->text);
		spoken_octets(&s->server, line->end);
	}
	if (!s->server.began)
		event_note(d, event,
		           line->last ? "The literal, all of its %llu octets."
		                      : "Here the literal's %llu octets begin.",
		           n);
	else if (line->last)
		event_note(d, event, "Here the literal's count is reached.");
	if (line->last || !s->server.began)
		event_ref(d, event, "RFC 9051 4.3");
	s->server.began = true;
	if (line->last)
		spoken_literal_ends(&s->server);
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

void imap_server(struct dialogue *d, const struct line *line, struct dialogue_event *event)
{
	struct imap *s = machine_state(d);
	if (s->compressed) {
		event->kind = EVENT_JUNK;
		event_problem(d, event, "compressed since COMPRESS: it cannot be read here");
		event_ref(d, event, "RFC 4978 3");
		return;
	}
	if (line->counted) {
		literal_octets(s, d, line, event);
		return;
	}
	if (line->described) {
		event->kind = EVENT_DATA;
		event->has_final = true;
		return;
	}
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
