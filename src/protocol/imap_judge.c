/*
 * Whether a command may come where it stands: its tag, its word, the state of the session, and what else waits.
 */
#include "protocol/imap_machine.h"
#include "protocol/common.h"

/* What other protocols' words are in IMAP. */
static const struct {
	const char *word, *whose, *meant, *ref;
} others[] = {
	{ "AUTH", "SMTP and POP3", "AUTHENTICATE", "RFC 9051 6.2.2" },
	{ "DELE", "POP3", "STORE with +FLAGS (\\Deleted)", "RFC 9051 6.4.6" },
	{ "EHLO", "SMTP", "CAPABILITY", "RFC 9051 6.1.1" },
	{ "HELO", "SMTP", "CAPABILITY", "RFC 9051 6.1.1" },
	{ "PASS", "POP3", "LOGIN with name and password", "RFC 9051 6.2.3" },
	{ "QUIT", "POP3", "LOGOUT", "RFC 9051 6.1.3" },
	{ "RETR", "POP3", "FETCH with BODY[]", "RFC 9051 6.4.5" },
	{ "STAT", "POP3", "STATUS", "RFC 9051 6.3.11" },
	{ "STLS", "POP3", "STARTTLS", "RFC 9051 6.2.1" },
	{ "TOP", "POP3", "FETCH with BODY.PEEK[HEADER]", "RFC 9051 6.4.5" },
	{ "UIDL", "POP3", "UID FETCH", "RFC 9051 6.4.9" },
	{ "USER", "POP3", "LOGIN with name and password", "RFC 9051 6.2.3" },
};

static void unknown_verb(struct dialogue *d, struct slice verb, struct dialogue_event *event)
{
	if (verb.n && dialogue_announced(d, verb, NULL)) {
		event_note(d, event, "A command of the extension " SLICE_FMT ", which the server announced.",
		           SLICE_ARG(event_upper(d, slice_part(verb, 0, WORD_IN_PROBLEM))));
		event_ref(d, event, "RFC 9051 6.5");
		return;
	}
	event_note(d, event, "The server should answer BAD: it does not know this command.");
	event_ref(d, event, "RFC 9051 7.1.3");
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		if (!slice_equal_nocase(verb, slice_of(others[i].word)))
			continue;
		event_problem(d, event, "%s is a command of %s, not of IMAP: %s is meant", others[i].word,
		              others[i].whose, others[i].meant);
		event_ref(d, event, others[i].ref);
		return;
	}
	if (slice_equal_nocase(verb, SLICE("UID")))
		event_problem(
			d, event,
			"UID must be followed by a command that has such a form: FETCH, SEARCH, STORE, COPY, MOVE or EXPUNGE");
	else
		verb_unknown(d, verb, event);
}

/* A tag that is missing, or none. */
static void check_tag(struct dialogue *d, const struct imap_command *command, bool misplaced,
                      struct dialogue_event *event)
{
	struct slice tag = slice_part(command->tag, 0, WORD_IN_PROBLEM);
	if (command->tag.n == 0)
		event_problem(d, event,
		              "an empty line is not a command: a command is a tag, a space and a word, as in "
		              "`a1 NOOP`");
	else if (misplaced)
		event_problem(d, event,
		              SLICE_FMT " stands where the tag belongs: before each command comes a tag of your "
		                        "choice, as in `a1 " SLICE_FMT "`",
		              SLICE_ARG(tag), SLICE_ARG(tag));
	else if (slice_equal_nocase(command->tag, SLICE("DONE")) && command->verb.n == 0)
		event_problem(d, event, "DONE ends IDLE, and no IDLE is under way");
	else if (!imap_tag_ok(command->tag))
		event_problem(d, event,
		              "this is not a valid tag: it is made of letters and digits, as in a1, without any of "
		              "( ) { %% * \" \\ +");
	else if (command->verb.n == 0)
		event_problem(d, event, "the line holds a tag alone: the command is missing after it");
	else
		return;
	event_ref(d, event, "RFC 9051 2.2.1");
}

/* Spaces where none belong: a client keeps to the form strictly (RFC 9051 section 2.2.1). */
static void check_spaces(struct dialogue *d, const struct imap *s, const struct imap_command *command,
                         struct dialogue_event *event)
{
	bool before = command->tag.p > event->text.p;
	if (!before && (!s->client.scan.doubled || command->verb.n == 0))
		return;
	event_problem(d, event,
	              before ? "no space may stand before the tag"
	                     : "two spaces stand in a row: one separates the words");
	event_ref(d, event, "RFC 9051 2.2.1");
}

/* What may not be sent while others wait. */
static void check_flight(struct dialogue *d, struct dialogue_event *event)
{
	const struct outstanding *alone = imap_waits_alone(d);
	if (imap_waiting_tag(d, event->tag) < outstanding_count(d)) {
		event_problem(d, event,
		              "the tag is in use: the command that it names still waits, so this one needs a tag of "
		              "its own");
		event_ref(d, event, "RFC 9051 2.2.1");
	}
	if (alone == NULL)
		return;
	enum imap_effect effect = imap_waiting_effect(alone);
	event_problem(d, event, "nothing may be sent after %s before it is answered", alone->verb);
	event_ref(d, event,
	          effect == EFFECT_STARTTLS   ? "RFC 9051 6.2.1"
	          : effect == EFFECT_COMPRESS ? "RFC 4978 3"
	                                      : "RFC 9051 5.5");
}

/* Says what the command needs and the server did not announce: `THREAD=REFS, or IMAP4rev2`. */
static void note_needs(struct dialogue *d, const struct entry *row, struct dialogue_event *event)
{
	struct buffer words = { 0 };
	struct slice needs = slice_of(row->needs), word;
	while ((word = slice_word(&needs)).n) {
		buffer_add_string(&words, words.n == 0 ? "" : needs.n ? ", " : " or ");
		buffer_add_slice(&words, word);
	}
	event_note(d, event, "The server did not announce " SLICE_FMT ".", SLICE_ARG(buffer_slice(&words)));
	buffer_free(&words);
}

static void check_state(struct dialogue *d, struct imap *s, const struct entry *row, struct dialogue_event *event)
{
	if (!s->greeted && imap_expected_state(d) == IMAP_GREETING) {
		imap_note_middle(d, s, event);
		return;
	}
	if (verb_allowed(d, row, event) == ALLOWED_UNANNOUNCED && dialogue_capability(d, 0).n > 0)
		note_needs(d, row, event);
}

void imap_judge(struct dialogue *d, struct imap *s, const struct imap_command *command, bool misplaced,
                struct dialogue_event *event)
{
	check_tag(d, command, misplaced, event);
	if (s->row) {
		verb_known(d, s->row, event);
		check_state(d, s, s->row, event);
	} else if (command->verb.n && !misplaced) {
		unknown_verb(d, event->verb, event);
	} else {
		event_note(d, event,
		           "The server should answer BAD: it looks for a tag first, and for a command behind it.");
		event_ref(d, event, "RFC 9051 7.1.3");
	}
	check_flight(d, event);
	check_spaces(d, s, command, event);
}
