/*
 * Status lines of IMAP: the greeting, what the server says in passing, and the tagged replies that complete commands;
 * and what they do to the session.
 *
 * "The state follows what the server said": nothing moves before a line is complete.
 */
#include "protocol/imap_machine.h"
#include "protocol/imap_reading.h"
#include "protocol/common.h"

static bool is_word(struct slice word, const char *what)
{
	return slice_equal_nocase(word, slice_of(what));
}

/* ---- notes ---- */

void imap_note_code(struct dialogue *d, const struct outstanding *one, struct dialogue_event *event)
{
	struct slice verb = verb_failing(one, event);
	if (slice_starts(verb, SLICE("UID "))) /* it answers as the command without UID does */
		verb = slice_part(verb, 4, verb.n);
	const struct entry *row = code_row(d, verb, event->code);
	if (row) {
		event_note(d, event, "%s", row->note);
		event_ref(d, event, row->ref);
	}
}

/* Untagged, a status word says less than with a tag. */
static void note_untagged(struct dialogue *d, struct slice name, struct dialogue_event *event)
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
		event_problem(d, event, "PREAUTH may come only as the greeting");
		event_ref(d, event, "RFC 9051 7.1.4");
	}
}

static void note_greeting(struct dialogue *d, struct slice name, struct dialogue_event *event)
{
	if (is_word(name, "OK")) {
		event_note(d, event, "The greeting: the server is there, and nobody is logged in yet.");
		event_ref(d, event, "RFC 9051 7.1.1");
	} else if (is_word(name, "PREAUTH")) {
		event_note(
			d, event, "The greeting: the client is logged in already, by means outside of IMAP.%s",
			dialogue_secure(d)
				? ""
				: " It is too late for STARTTLS, and in the clear anybody on the way could have written "
				  "it: a client that must have TLS hangs up.");
		event_ref(d, event, "RFC 9051 7.1.4");
	} else {
		event_note(d, event, "The server refuses the session in its greeting, and closes the connection.");
		event_ref(d, event, "RFC 9051 7.1.5");
	}
}

/* In the clear, before the login: what a client should pass over, because anybody on the way could have written it. An
 * alert is so even behind the login (RFC 9051 section 7.1). */
static void note_suspicious(struct dialogue *d, const struct imap_response *response, struct dialogue_event *event)
{
	bool before_login = state_now(d) == IMAP_GREETING || state_now(d) == IMAP_NOT_AUTHENTICATED;
	bool alert = is_word(response->code, "ALERT");
	if (dialogue_secure(d) || !(alert || (before_login && is_word(response->code, "REFERRAL"))))
		return;
	event_note(d, event,
	           "It came in the clear, where anybody on the way could have written it: a client should %s.",
	           alert ? "not trust it" : "not go there");
	event_ref(d, event, alert ? "RFC 9051 7.1" : "RFC 9051 11.3");
}

/* ---- lines ---- */

/* The line's code and keyword: an untagged one without a response code has the status word as its keyword. */
static void status_words(struct dialogue *d, const struct imap_response *response, struct dialogue_event *event)
{
	event->code = event_upper(d, response->name);
	if (response->code.n) {
		event->keyword = event_upper(d, response->code);
	} else if (response->bracketed && !event->more) {
		event_problem(d, event, "the response code's [ is not closed by ], or nothing stands in it");
		event_ref(d, event, "RFC 9051 7.1");
	}
	if (event->keyword.n == 0 && response->kind == IMAP_UNTAGGED)
		event->keyword = event->code;
}

/* A tagged reply that comes before its command may be there to answer the STARTTLS that is still to come. */
static void note_forged(struct dialogue *d, struct dialogue_event *event)
{
	if (dialogue_secure(d) || state_now(d) != IMAP_NOT_AUTHENTICATED ||
	    !dialogue_announced(d, SLICE("STARTTLS"), NULL))
		return;
	event_note(d, event,
	           "It answers nothing. In the clear anybody on the way could have written it, to answer a "
	           "command that has not been said yet.");
}

static void tagged(struct dialogue *d, const struct imap_response *response, struct dialogue_event *event)
{
	event->tag = response->tag;
	bool brief = is_word(response->code, "UNAVAILABLE") || is_word(response->code, "INUSE");
	event->class = is_word(response->name, "OK")            ? CLASS_SUCCESS
	               : is_word(response->name, "NO") && brief ? CLASS_TRANSIENT
	                                                        : CLASS_FAILURE;
	const struct outstanding *one = outstanding_at(d, imap_waiting_tag(d, response->tag));
	imap_name_after(d, one, event);
	imap_note_code(d, one, event);
	if (one == NULL) {
		event_problem(d, event, "no command with the tag " SLICE_FMT " is waiting",
		              SLICE_ARG(slice_part(response->tag, 0, WORD_IN_PROBLEM)));
		event_ref(d, event, "RFC 9051 2.2.2");
		note_forged(d, event);
	}
}

/* Whether the server's first line greets. Where the session was met in its middle, the code may tell that it does not. */
static bool greets(const struct dialogue *d, const struct imap *s, const struct imap_response *response)
{
	static const char *const inside[] = { "CLOSED",  "HIGHESTMODSEQ", "MAILBOXID",   "NOMODSEQ", "PERMANENTFLAGS",
		                              "UIDNEXT", "UIDNOTSTICKY",  "UIDVALIDITY", "UNSEEN",   NULL };
	if (s->greeted || state_now(d) != IMAP_GREETING || imap_one_of(response->code, inside))
		return false;
	if (is_word(response->name, "BYE"))
		return imap_waiting_for(d, EFFECT_LOGOUT) == outstanding_count(d);
	return is_word(response->name, "OK") || is_word(response->name, "PREAUTH");
}

static void greeting(struct dialogue *d, const struct imap_response *response, struct dialogue_event *event)
{
	event->class = is_word(response->name, "BYE") ? CLASS_FAILURE : CLASS_SUCCESS;
	event->phase = PHASE_GREET;
	note_greeting(d, response->name, event);
}

static void untagged(struct dialogue *d, const struct imap *s, const struct imap_response *response,
                     struct dialogue_event *event)
{
	event->class = CLASS_INFO;
	imap_name_after(d, imap_owner(d, response), event);
	if (!is_word(response->name, "OK") || response->code.n == 0) /* else the code says it all */
		note_untagged(d, response->name, event);
	if (!s->greeted && !s->middle && outstanding_count(d) == 0) {
		event_problem(d, event, "this is not a greeting: it must be OK, PREAUTH or BYE");
		event_ref(d, event, "RFC 9051 7.1");
	}
}

void imap_status(struct dialogue *d, struct imap *s, const struct imap_response *response, struct dialogue_event *event)
{
	status_words(d, response, event);
	if (response->kind == IMAP_TAGGED)
		tagged(d, response, event);
	else if (greets(d, s, response))
		greeting(d, response, event);
	else
		untagged(d, s, response, event);
	if (response->code.n)
		imap_response_code(d, response, event);
	note_suspicious(d, response, event);
}

/* ---- what complete lines do ---- */

void imap_capabilities_learn(struct dialogue *d, struct slice words, struct dialogue_event *event)
{
	struct slice word;
	capabilities_forget(d);
	while ((word = slice_word(&words)).n)
		capability_add(d, word);
	if (dialogue_secure(d) && dialogue_announced(d, SLICE("STARTTLS"), NULL)) {
		event_problem(d, event, "under TLS the server should not offer STARTTLS any more");
		event_ref(d, event, "RFC 9051 6.2.1");
	} else if (!dialogue_secure(d) && imap_waiting_for(d, EFFECT_STARTTLS) < outstanding_count(d)) {
		event_note(d, event,
		           "They came in the clear while STARTTLS is under way: anybody on the way could have written "
		           "them, and TLS makes the client forget them.");
		event_ref(d, event, "RFC 9051 6.2.1");
	}
}

static void code_learn(struct dialogue *d, const struct imap_response *response, struct dialogue_event *event)
{
	if (is_word(response->code, "CAPABILITY"))
		imap_capabilities_learn(d, response->code_arguments, event);
	else if (is_word(response->code, "CLOSED") && state_now(d) == IMAP_SELECTED)
		state_move(d, IMAP_AUTHENTICATED);
}

static void greeting_done(struct dialogue *d, struct imap *s, const struct imap_response *response)
{
	s->greeted = true;
	if (!is_word(response->name, "BYE")) /* a goodbye moves the state by itself */
		state_move(d, is_word(response->name, "OK") ? IMAP_NOT_AUTHENTICATED : IMAP_AUTHENTICATED);
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

static void starttls_done(struct dialogue *d, struct dialogue_event *event)
{
	if (outstanding_count(d) > 1) {
		event_problem(d, event, "other commands were sent in the clear around STARTTLS: it waits alone");
		event_ref(d, event, "RFC 9051 6.2.1");
	}
	tls_begin(d);
}

static void logout_done(struct dialogue *d, struct dialogue_event *event)
{
	if (!dialogue_closing(d)) {
		event_problem(d, event, "BYE is missing: the server says it before the tagged OK");
		event_ref(d, event, "RFC 9051 6.1.3");
	}
	state_move(d, IMAP_LOGOUT);
	goodbye_said(d);
}

/* A command was carried out. */
static void succeeded(struct dialogue *d, struct imap *s, const struct outstanding *one, struct dialogue_event *event)
{
	switch (imap_waiting_effect(one)) {
	case EFFECT_LOGIN:
	case EFFECT_AUTHENTICATE:
	case EFFECT_CLOSE:
		state_move(d, IMAP_AUTHENTICATED);
		break;
	case EFFECT_SELECT:
		s->read_only = slice_equal(event->keyword, SLICE("READ-ONLY"));
		state_move(d, IMAP_SELECTED);
		break;
	case EFFECT_UNAUTHENTICATE:
		s->utf8 = s->notifies = false;
		state_move(d, IMAP_NOT_AUTHENTICATED);
		break;
	case EFFECT_STARTTLS:
		starttls_done(d, event);
		break;
	case EFFECT_COMPRESS:
		s->compressed = true;
		break;
	case EFFECT_NOTIFY:
		s->notifies = one->flags & FLAG_NOTIFY;
		break;
	case EFFECT_LOGOUT:
		logout_done(d, event);
		break;
	case EFFECT_IDLE:
	case EFFECT_NONE:
		break;
	}
}

/* A SELECT that fails has left the mailbox that was selected before (RFC 9051 section 6.3.2). */
static void select_refused(struct dialogue *d, struct dialogue_event *event)
{
	if (!is_word(event->code, "NO") || state_now(d) != IMAP_SELECTED)
		return;
	state_move(d, IMAP_AUTHENTICATED);
	event_ref(d, event, "RFC 9051 6.3.2");
}

/* Commands without a good tag, older than the i-th, that the server has passed over; returns where that one is now. */
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

/* The command that ends had something under way. */
static void interrupted(struct dialogue *d, struct imap *s, const struct outstanding *one, struct dialogue_event *event)
{
	enum imap_effect effect = imap_waiting_effect(one);
	if (s->client.open && s->waits && s->command == one->n)
		imap_literal_cancel(d, s, event);
	if (s->owed == one->n)
		s->owed = 0;
	if (effect == EFFECT_AUTHENTICATE)
		sasl_clear(&s->sasl);
	if (effect == EFFECT_AUTHENTICATE || effect == EFFECT_IDLE)
		s->mode = MODE_COMMAND;
}

static void tagged_done(struct dialogue *d, struct imap *s, struct dialogue_event *event)
{
	size_t i = imap_waiting_tag(d, event->tag);
	const struct outstanding *one = outstanding_at(d, i);
	s->told = 0;
	if (one == NULL)
		return;
	enum imap_effect effect = imap_waiting_effect(one);
	event->answers = one->n;
	interrupted(d, s, one, event);
	if (event->class == CLASS_SUCCESS) {
		infer_state(d, s, one);
		succeeded(d, s, one, event);
	} else if (effect == EFFECT_SELECT) {
		select_refused(d, event);
	}
	if (event->class == CLASS_SUCCESS && effect == EFFECT_LOGOUT)
		outstanding_forget_all(d);
	else
		outstanding_done(d, untagged_forget(d, i));
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

void imap_status_done(struct dialogue *d, struct imap *s, const struct imap_response *response,
                      struct dialogue_event *event)
{
	bool first = response->kind == IMAP_UNTAGGED && event->class != CLASS_INFO;
	if (first)
		greeting_done(d, s, response);
	else if (response->kind == IMAP_TAGGED)
		tagged_done(d, s, event);
	code_learn(d, response, event);
	event->final = first || response->kind == IMAP_TAGGED;
	if (is_word(response->name, "BYE")) {
		state_move(d, IMAP_LOGOUT);
		goodbye_said(d);
	} else if (is_word(response->name, "BAD") && !event->final) {
		untagged_bad(d);
	}
}
