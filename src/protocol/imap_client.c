/*
 * The client's lines of IMAP: commands and the literals in them, the answers of a SASL exchange, and what ends IDLE.
 */
#include <stdlib.h>

#include "protocol/imap_machine.h"

/* A literal without waiting may be so long where the server announced only LITERAL- (RFC 7888 section 5). */
#define LITERAL_MINUS_MAX 4096

/* Of a word that nobody knows, a message shows so many octets. */
#define WORD_IN_PROBLEM 32

#define NO_SECRET SIZE_MAX

/* ---- secrets ---- */

/* The argument from which on a command's line is secret. Who mistypes LOGIN has typed the password all the same. */
static size_t secret_from(struct slice verb)
{
	const struct entry *near = table_nearest(protocol_table(&protocol_imap, TABLE_COMMANDS), verb);
	struct slice meant = imap_row(TABLE_COMMANDS, verb) || near == NULL ? verb : slice_of(near->word);
	if (slice_equal_nocase(verb, SLICE("PASS")))
		return 0;
	if (slice_equal_nocase(meant, SLICE("LOGIN")) || slice_equal_nocase(meant, SLICE("AUTHENTICATE")) ||
	    slice_equal_nocase(verb, SLICE("USER")) || slice_equal_nocase(verb, SLICE("AUTH")))
		return 1;
	return NO_SECRET;
}

/* Where the word or string that begins at `at` ends. */
static size_t argument_end(struct slice text, size_t at)
{
	bool quoted = text.p[at] == '"';
	for (size_t i = at + 1; i < text.n; i++) {
		if (quoted && text.p[i] == '\\')
			i++;
		else if (quoted && text.p[i] == '"')
			return i + 1;
		else if (!quoted && text.p[i] == ' ')
			return i;
	}
	return text.n;
}

/* Marks what is secret in the event's text from `at` on, where the argument number `n` begins. */
static void secrets_mark(struct imap *s, struct dialogue_event *event, size_t at, size_t n)
{
	struct slice text = event->text;
	if (s->secret_from == NO_SECRET)
		return;
	if (imap_scan_end(&s->client.scan) == IMAP_END_LITERAL) /* the count that the line ends in hides nothing */
		while (text.n > at && text.p[text.n - 1] != '{')
			text.n--;
	text.n -= text.n < event->text.n && text.n > at;
	for (;; n++) {
		while (at < text.n && text.p[at] == ' ')
			at++;
		if (at >= text.n)
			return;
		size_t end = argument_end(text, at);
		if (n < s->secret_from) {
			at = end;
			continue;
		}
		bool quotes = end == text.n && end - at > 1 && text.p[at] == '"' && text.p[end - 1] == '"';
		event_secret(event, at + quotes, text.n - quotes, SLICE("{{password}}"));
		return;
	}
}

/* How many arguments stand in the line so far, a literal that was announced included. */
static size_t arguments_so_far(const struct imap_spoken *spoken)
{
	struct imap_tree tree = { 0 };
	size_t n = 0;
	if (!spoken_tree(spoken, &tree))
		return NO_SECRET - 1; /* all that follows is taken for secret, if anything is */
	for (size_t at = 0; at < tree.n; at = tree.nodes[at].end)
		n++;
	imap_tree_free(&tree);
	return n;
}

/* ---- literals ---- */

static bool rev2_announced(const struct dialogue *d)
{
	return dialogue_announced(d, SLICE("IMAP4rev2"), NULL);
}

/* {n+}: whether the server has said that it takes it. */
static void check_unwaited(struct dialogue *d, const struct imap_scan *scan, struct dialogue_event *event)
{
	bool known = dialogue_capability(d, 0).n > 0;
	bool minus = dialogue_announced(d, SLICE("LITERAL-"), NULL) || rev2_announced(d);
	if (!known || dialogue_announced(d, SLICE("LITERAL+"), NULL))
		return;
	if (!minus)
		event_problem(d, event,
		              "{%llu+} does not wait for the server's +, which needs LITERAL+ or LITERAL-: "
		              "the server announced neither",
		              (unsigned long long)scan->count);
	else if (scan->count > LITERAL_MINUS_MAX)
		event_problem(d, event,
		              "LITERAL- allows {n+} up to %d octets: a longer literal waits for the server's +",
		              LITERAL_MINUS_MAX);
	else
		return;
	event_ref(d, event, minus ? "RFC 7888 5" : "RFC 7888 4");
}

static void literal_begins(struct dialogue *d, struct imap *s, struct dialogue_event *event)
{
	const struct imap_scan *scan = &s->client.scan;
	unsigned long long n = scan->count;
	if (scan->digits_here)
		event_span_add(event, SPAN_COUNT, scan->digits_start, scan->digits_end);
	if (scan->waits_not)
		check_unwaited(d, scan, event);
	event_note(d, event, "{%llu%s} begins a literal: %s%llu octet%s, then the rest of the command.", n,
	           scan->waits_not ? "+" : "",
	           scan->waits_not ? "at once follow " : "once the server has said +, follow ", n, n == 1 ? "" : "s");
	event_ref(d, event, scan->waits_not ? "RFC 7888 4" : "RFC 9051 4.3");
	s->waits = !scan->waits_not;
	s->owed = s->waits ? s->command : 0;
	s->early_told = false;
	spoken_literal_begins(&s->client, event);
	s->client.secret = s->secret_from != NO_SECRET && arguments_so_far(&s->client) > s->secret_from;
	counted_begin(d, SIDE_CLIENT, scan->count);
	if (scan->count == 0)
		spoken_literal_ends(&s->client);
}

/* The literal, or what stands behind an empty one, comes though nobody has asked for it. */
static void check_asked(struct dialogue *d, struct imap *s, struct dialogue_event *event)
{
	if (!s->waits || s->early_told)
		return;
	s->early_told = true;
	event_problem(d, event, "the literal was sent without waiting for the server's +");
	event_ref(d, event, "RFC 9051 4.3");
}

static void literal_octets(struct dialogue *d, struct imap *s, const struct line *line, struct dialogue_event *event)
{
	event->kind = EVENT_DATA;
	check_asked(d, s, event);
	if (!line->described) {
		spoken_octets(&s->client, line->text);
		spoken_octets(&s->client, line->end);
	}
	if (s->client.secret && event->text.n)
		event_secret(event, 0, event->text.n, SLICE("{{password}}"));
	unsigned long long n = s->client.scan.count;
	if (!s->client.began)
		event_note(d, event,
		           line->last ? "The literal, all of its %llu octets."
		                      : "Here the literal's %llu octets begin.",
		           n);
	else if (line->last)
		event_note(d, event, "Here the literal's count is reached.");
	if (line->last || !s->client.began)
		event_ref(d, event, "RFC 9051 4.3");
	s->client.began = true;
	if (line->last)
		spoken_literal_ends(&s->client);
}

/* ---- the end of a command's line ---- */

void imap_scan_problems(struct dialogue *d, const struct imap_scan *scan, struct dialogue_event *event)
{
	const char *wrong = scan->quoted  ? "a quoted string is not closed by its \""
	                    : scan->stray ? "a ) stands without its ("
	                    : scan->depth ? "a ( is not closed"
	                    : imap_scan_end(scan) == IMAP_END_MALFORMED
	                            ? "a literal's count is {n} with n a number, or {n+}"
	                    : scan->inside ? "a literal's count ends its line: its octets begin on the next"
	                                   : NULL;
	if (wrong == NULL)
		return;
	event_problem(d, event, "%s", wrong);
	event_ref(d, event,
	          scan->quoted || scan->brace != BRACE_NONE || scan->inside ? "RFC 9051 4.3" : "RFC 9051 4.4");
}

static void check_text(struct dialogue *d, const struct imap *s, struct dialogue_event *event)
{
	const struct imap_scan *scan = &s->client.scan;
	if (scan->bad_escape) {
		event_problem(d, event,
		              "in a quoted string \\ stands only before \" and \\: a \\ itself is written \\\\");
		event_ref(d, event, "RFC 9051 9");
	}
	bool rev2_alone = rev2_announced(d) && !dialogue_announced(d, SLICE("IMAP4rev1"), NULL);
	if (scan->quoted_eight_bit && !s->utf8 && !rev2_alone) {
		event_problem(d, event,
		              "octets above 127 in a quoted string need ENABLE UTF8=ACCEPT or IMAP4rev2 first: "
		              "else a literal holds them");
		event_ref(d, event, "RFC 6855 3");
	}
	if (scan->eight_bit) {
		event_problem(d, event, "octets above 127 stand only in strings");
		event_ref(d, event, "RFC 9051 9");
	}
	if (scan->previous == ' ') {
		event_problem(d, event, "a space stands at the line's end");
		event_ref(d, event, "RFC 9051 9");
	}
	if (scan->too_deep)
		event_problem(d, event, "lists stand in lists, deeper than %d", IMAP_DEPTH_MAX);
}

/* What the line so far says, at its end or at a literal. */
static void line_ends(struct dialogue *d, struct imap *s, const struct line *line, struct dialogue_event *event)
{
	const struct imap_scan *scan = &s->client.scan;
	enum imap_end end = line->cut ? IMAP_END : imap_scan_end(scan);
	if (end == IMAP_END_LITERAL && scan->huge) {
		event_problem(d, event, "no literal can be so long: its count is a number below 2^63");
		event_ref(d, event, "RFC 9051 9");
		end = IMAP_END_MALFORMED;
	}
	if (s->row)
		imap_arguments(d, s, s->row, end == IMAP_END && !line->cut, event);
	/* Where the command was answered before its line was over, nobody will ask for the literal. */
	if (end == IMAP_END_LITERAL && !scan->waits_not && imap_waiting_n(d, s->command) == outstanding_count(d))
		end = IMAP_END;
	if (end == IMAP_END_LITERAL) {
		if (!scan->apart)
			event_problem(d, event, "a space must stand before a literal");
		literal_begins(d, s, event);
		return;
	}
	if (!line->cut) {
		imap_scan_problems(d, scan, event);
		check_text(d, s, event);
	}
	spoken_clear(&s->client);
	s->waits = false;
}

/* ---- SASL ---- */

/* Cancelling and the empty answer hide nothing. */
static bool public_answer(struct slice text)
{
	return text.n == 0 || slice_equal(text, SLICE("*")) || slice_equal(text, SLICE("="));
}

/* Fills the event with what a line of the exchange says, between those offsets of the text. */
static void answer_shown(struct dialogue *d, struct imap *s, struct dialogue_event *event, size_t start)
{
	struct sasl_line said = { 0 };
	struct slice answer = slice_part(event->text, start, event->text.n);
	sasl_client(&s->sasl, answer, &said);
	event->has_decoded = said.ok && said.decoded.n > 0;
	event->decoded = event_text(d, buffer_slice(&said.decoded));
	event->decoded_secret = event->has_decoded && !public_answer(answer);
	if (said.ok) {
		event_note(d, event, SLICE_FMT, SLICE_ARG(buffer_slice(&said.note)));
		event_ref(d, event, said.ref);
	} else if (!event->more) {
		event_problem(d, event, "this is no base64, which every answer must be");
		event_ref(d, event, "RFC 9051 6.2.2");
	}
	struct slice mask = said.mask.n ? event_text(d, buffer_slice(&said.mask)) : SLICE("{{secret}}");
	if (!public_answer(answer))
		event_secret(event, start, event->text.n, mask);
	sasl_line_free(&said);
}

static void answer_line(struct dialogue *d, struct imap *s, const struct line *line, struct dialogue_event *event)
{
	event->kind = EVENT_DATA;
	event->phase = PHASE_AUTHENTICATE;
	line_end_problems(d, line, event, "RFC 9051 2.2");
	if (!line->first)
		return;
	if (s->mode != MODE_ANSWER)
		event_problem(d, event, "sent before the server's + asked for it");
	s->mode = MODE_COMMAND;
	answer_shown(d, s, event, 0);
}

/* AUTHENTICATE's mechanism, and the initial response behind it. */
static void read_authenticate(struct dialogue *d, struct imap *s, struct slice arguments, struct outstanding *one,
                              struct dialogue_event *event)
{
	struct slice rest = arguments;
	struct slice mechanism = slice_word(&rest);
	struct slice initial = slice_trim(rest);
	if (mechanism.n == 0)
		return;
	sasl_begin(&s->sasl, mechanism);
	const struct entry *row = imap_row(TABLE_MECHANISMS, mechanism);
	if (row) {
		event_note(d, event, "%s: %s", row->word, row->note);
		event_ref(d, event, row->ref);
	} else {
		event_note(d, event, SLICE_FMT ": no registry knows this mechanism.",
		           SLICE_ARG(event_upper(d, slice_part(mechanism, 0, WORD_IN_PROBLEM))));
	}
	if (initial.n == 0)
		return;
	if (sasl_one_step(mechanism))
		one->flags |= FLAG_ONE_STEP;
	bool known = dialogue_capability(d, 0).n > 0;
	if (known && !dialogue_announced(d, SLICE("SASL-IR"), NULL) && !rev2_announced(d)) {
		event_problem(d, event,
		              "the first answer in the command's line needs SASL-IR, which the server did not "
		              "announce: else it waits for the server's +");
		event_ref(d, event, "RFC 4959 3");
	}
	answer_shown(d, s, event, (size_t)(initial.p - event->text.p));
}

/* Whether a line behind an AUTHENTICATE that the server has not yet answered is the client's answer all the same:
 * whoever sends without waiting sends secrets so. */
static bool answers_early(const struct dialogue *d, const struct line *line)
{
	size_t n = outstanding_count(d);
	const struct outstanding *last = n ? outstanding_at(d, n - 1) : NULL;
	if (last == NULL || imap_waiting_effect(last) != EFFECT_AUTHENTICATE || last->flags & FLAG_ONE_STEP)
		return false;
	struct imap_command command;
	imap_command_parse(line->text, &command);
	return imap_command_row(&command) == NULL;
}

/* ---- IDLE ---- */

static bool is_done(const struct line *line)
{
	return line->first && !line->more && slice_equal_nocase(line->text, SLICE("DONE"));
}

static void idle_line(struct dialogue *d, struct imap *s, const struct line *line, struct dialogue_event *event)
{
	event->kind = EVENT_DATA;
	line_end_problems(d, line, event, "RFC 9051 2.2");
	if (!line->first)
		return;
	event_ref(d, event, "RFC 2177 3");
	if (!is_done(line)) {
		event_problem(d, event, "IDLE waits for DONE: the server takes nothing else until then");
		return;
	}
	if (s->mode != MODE_IDLE)
		event_problem(d, event, "DONE was sent before the server's + had begun IDLE");
	event_note(d, event, "DONE ends IDLE: the server answers the command, and others may follow.");
	s->mode = MODE_COMMAND;
	struct outstanding *idle = outstanding_at(d, imap_waiting_for(d, EFFECT_IDLE));
	if (idle)
		idle->flags |= FLAG_DONE;
}

/* ---- commands ---- */

/* What other protocols' words are in IMAP. */
static const struct {
	const char *word, *whose, *meant, *ref;
} others[] = {
	{ "AUTH", "SMTP's and POP3's", "AUTHENTICATE", "RFC 9051 6.2.2" },
	{ "DELE", "POP3's", "STORE with +FLAGS (\\Deleted)", "RFC 9051 6.4.6" },
	{ "EHLO", "SMTP's", "CAPABILITY", "RFC 9051 6.1.1" },
	{ "HELO", "SMTP's", "CAPABILITY", "RFC 9051 6.1.1" },
	{ "PASS", "POP3's", "LOGIN with name and password", "RFC 9051 6.2.3" },
	{ "QUIT", "POP3's", "LOGOUT", "RFC 9051 6.1.3" },
	{ "RETR", "POP3's", "FETCH with BODY[]", "RFC 9051 6.4.5" },
	{ "STAT", "POP3's", "STATUS", "RFC 9051 6.3.11" },
	{ "STLS", "POP3's", "STARTTLS", "RFC 9051 6.2.1" },
	{ "TOP", "POP3's", "FETCH with BODY.PEEK[HEADER]", "RFC 9051 6.4.5" },
	{ "UIDL", "POP3's", "UID FETCH", "RFC 9051 6.4.9" },
	{ "USER", "POP3's", "LOGIN with name and password", "RFC 9051 6.2.3" },
};

static void unknown_verb(struct dialogue *d, struct slice verb, struct dialogue_event *event)
{
	const struct entry *near = table_nearest(protocol_table(&protocol_imap, TABLE_COMMANDS), verb);
	event_note(d, event, "The server should answer BAD: it does not know this command.");
	event_ref(d, event, "RFC 9051 7.1.3");
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		if (!slice_equal_nocase(verb, slice_of(others[i].word)))
			continue;
		event_problem(d, event, "%s is no command of IMAP but %s: %s is meant", others[i].word, others[i].whose,
		              others[i].meant);
		event_ref(d, event, others[i].ref);
		return;
	}
	if (slice_equal_nocase(verb, SLICE("UID")))
		event_problem(d, event, "UID is followed by FETCH, SEARCH, STORE, COPY, MOVE or EXPUNGE");
	else if (near)
		event_problem(d, event, "no such command: %s is near", near->word);
	else
		event_problem(d, event, "no such command");
}

/* A tag that is missing, or none. */
static void check_tag(struct dialogue *d, const struct imap_command *command, bool misplaced,
                      struct dialogue_event *event)
{
	struct slice tag = slice_part(command->tag, 0, WORD_IN_PROBLEM);
	if (command->tag.n == 0)
		event_problem(d, event,
		              "an empty line is no command: a command is a tag, a space and a word, as in "
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
		              "this is no good tag: it is made of letters and digits, as in a1, without any of "
		              "( ) { %% * \" \\ +");
	else if (command->verb.n == 0)
		event_problem(d, event, "the line holds a tag alone: the command is missing behind it");
	else
		return;
	event_ref(d, event, "RFC 9051 2.2.1");
}

/* Whether the command names messages by numbers, which an EXPUNGE would change; `all` false: and allows no EXPUNGE
 * itself. */
static bool uses_numbers(struct slice verb, bool all)
{
	static const char *const safe[] = { "FETCH", "STORE", "SEARCH", NULL };
	static const char *const more[] = { "COPY", "MOVE", "SORT", "THREAD", NULL };
	for (size_t i = 0; safe[i]; i++)
		if (slice_equal(verb, slice_of(safe[i])))
			return true;
	for (size_t i = 0; all && more[i]; i++)
		if (slice_equal(verb, slice_of(more[i])))
			return true;
	return false;
}

/* The oldest waiting command behind which nothing may be sent, or NULL. */
static const struct outstanding *waits_alone(const struct dialogue *d)
{
	for (size_t i = 0; i < outstanding_count(d); i++) {
		const struct outstanding *one = outstanding_at(d, i);
		enum imap_effect effect = imap_waiting_effect(one);
		if (effect == EFFECT_STARTTLS || effect == EFFECT_AUTHENTICATE ||
		    (effect == EFFECT_IDLE && !(one->flags & FLAG_DONE)))
			return one;
	}
	return NULL;
}

/* The oldest waiting command that lets the server say EXPUNGE, or NULL. */
static const struct outstanding *lets_expunge(const struct dialogue *d)
{
	for (size_t i = 0; i < outstanding_count(d); i++) {
		const struct outstanding *one = outstanding_at(d, i);
		if (one->command && !uses_numbers(slice_of(one->verb), false))
			return one;
	}
	return NULL;
}

/* What may not be sent while others wait (RFC 9051 section 5.5). */
static void check_flight(struct dialogue *d, struct dialogue_event *event)
{
	const struct outstanding *alone = waits_alone(d), *expunging = lets_expunge(d);
	bool in_use = false;
	for (size_t i = 0; i < outstanding_count(d) && !in_use; i++)
		in_use = event->tag.n && slice_equal(slice_of(outstanding_at(d, i)->tag), event->tag);
	if (in_use) {
		event_problem(
			d, event,
			"the tag is in use: the command that it names still waits, so this one needs a tag of its own");
		event_ref(d, event, "RFC 9051 2.2.1");
	}
	if (alone) {
		bool starttls = imap_waiting_effect(alone) == EFFECT_STARTTLS;
		event_problem(d, event, "nothing may be sent behind %s before it is answered", alone->verb);
		event_ref(d, event, starttls ? "RFC 9051 6.2.1" : "RFC 9051 5.5");
	} else if (expunging && uses_numbers(event->verb, true)) {
		event_problem(d, event,
		              "sent while %s waits: a message may go meanwhile, and then these numbers mean others",
		              expunging->verb);
		event_ref(d, event, "RFC 9051 5.5");
	}
}

static void check_state(struct dialogue *d, struct imap *s, const struct entry *row, struct dialogue_event *event)
{
	const char *why = NULL;
	if (!s->greeted && imap_expected_state(d) == IMAP_GREETING) {
		imap_note_middle(d, s, event);
		return;
	}
	enum allowance allowance = dialogue_allows(d, row, &why);
	if (allowance == NOT_NOW)
		event_problem(d, event, "no such command in this state: %s", why);
	else if (allowance == ALLOWED_UNANNOUNCED && dialogue_capability(d, 0).n > 0 && !rev2_announced(d))
		event_note(d, event, "The server did not announce %s.", row->needs);
}

/* The verb as events have it: in upper case where it is known, `UID` and what follows it as one. */
static struct slice verb_of(struct dialogue *d, const struct imap_command *command, const struct entry *row)
{
	if (row)
		return slice_of(row->word);
	if (command->second.n == 0)
		return command->verb;
	char *both = string_printf("UID " SLICE_FMT, SLICE_ARG(command->second));
	struct slice verb = event_text(d, slice_of(both));
	free(both);
	return verb;
}

static void command_spans(struct dialogue_event *event, const struct imap_command *command)
{
	size_t start = (size_t)(command->tag.p - event->text.p);
	struct slice last = command->second.n ? command->second : command->verb;
	if (command->tag.n)
		event_span_add(event, SPAN_TAG, start, start + command->tag.n);
	if (command->verb.n)
		event_span_add(event, SPAN_VERB, (size_t)(command->verb.p - event->text.p),
		               (size_t)(last.p - event->text.p) + last.n);
}

/* A known command, or one that is not: what it is, and whether it may come now. */
static void judge_command(struct dialogue *d, struct imap *s, const struct imap_command *command, bool misplaced,
                          struct dialogue_event *event)
{
	check_tag(d, command, misplaced, event);
	if (s->row) {
		event->phase = s->row->phase;
		event_note(d, event, "%s", s->row->note);
		event_ref(d, event, s->row->ref);
		check_state(d, s, s->row, event);
	} else if (command->verb.n && !misplaced) {
		unknown_verb(d, event->verb, event);
	} else {
		event_note(d, event,
		           "The server should answer BAD: it looks for a tag first, and for a command behind it.");
		event_ref(d, event, "RFC 9051 7.1.3");
	}
	check_flight(d, event);
	bool spaced = command->tag.p > event->text.p;
	if (spaced || (s->client.scan.doubled && command->verb.n)) {
		event_problem(d, event,
		              spaced ? "no space may stand before the tag"
		                     : "two spaces stand in a row: one parts the words");
		event_ref(d, event, "RFC 9051 9");
	}
}

/* Whether RFC822, RFC822.HEADER or RFC822.TEXT stands among the items of a FETCH. */
static bool asks_rfc822(struct slice arguments)
{
	for (;;) {
		struct slice found = slice_part(arguments, slice_find_nocase(arguments, SLICE("RFC822")), arguments.n);
		if (found.n == 0 || !slice_starts_nocase(found, SLICE("RFC822.SIZE")))
			return found.n > 0;
		arguments = slice_part(found, 1, found.n);
	}
}

/* Puts the command into the queue, and marks what in its line is secret. */
static void command_waits(struct dialogue *d, struct imap *s, const struct imap_command *command, bool misplaced,
                          struct slice arguments, struct dialogue_event *event)
{
	struct outstanding *one = outstanding_add(d, event, s->row);
	bool goes_on = event->more || imap_scan_end(&s->client.scan) == IMAP_END_LITERAL;
	one->flags = s->row ? imap_effect_of(event->verb) : EFFECT_NONE;
	one->flags |= misplaced || command->verb.n == 0 || !imap_tag_ok(command->tag) ? FLAG_NO_TAG : 0;
	one->flags |= goes_on || asks_rfc822(arguments) ? FLAG_RFC822 : 0;
	s->command = event->n;
	s->secret_from = secret_from(misplaced ? command->tag : command->verb);
	if (imap_waiting_effect(one) == EFFECT_AUTHENTICATE)
		read_authenticate(d, s, arguments, one, event);
	else
		secrets_mark(s, event, s->client.arguments, 0);
}

static void command_line(struct dialogue *d, struct imap *s, const struct line *line, struct dialogue_event *event)
{
	struct imap_command command;
	spoken_clear(&s->client);
	s->waits = false;
	line_end_problems(d, line, event, "RFC 9051 2.2");
	imap_command_parse(line->text, &command);
	s->row = imap_command_row(&command);
	const struct entry *first = imap_row(TABLE_COMMANDS, command.tag);
	bool misplaced = s->row == NULL && (first || slice_equal_nocase(command.tag, SLICE("UID")));
	event->kind = EVENT_COMMAND;
	event->tag = command.tag;
	event->verb = verb_of(d, &command, s->row);
	command_spans(event, &command);
	spoken_add(&s->client, line->text);
	struct slice arguments = command.arguments;
	if (misplaced && command.verb.n) /* the word behind the misplaced command is its first argument */
		arguments = slice_part(line->text, (size_t)(command.verb.p - line->text.p), line->text.n);
	s->client.arguments = (size_t)(arguments.p - line->text.p);
	judge_command(d, s, &command, misplaced, event);
	command_waits(d, s, &command, misplaced, arguments, event);
	if (!line->more)
		line_ends(d, s, line, event);
}

/* A further piece of a long line. */
static void later_piece(struct dialogue *d, struct imap *s, const struct line *line, struct dialogue_event *event)
{
	line_end_problems(d, line, event, "RFC 9051 2.2");
	spoken_add(&s->client, line->text);
	if (s->secret_from != NO_SECRET && event->text.n)
		event_secret(event, 0, event->text.n, SLICE("{{password}}"));
	if (!line->more)
		line_ends(d, s, line, event);
}

/* What stands behind a literal. */
static void rest_line(struct dialogue *d, struct imap *s, const struct line *line, struct dialogue_event *event)
{
	size_t before = arguments_so_far(&s->client);
	spoken_name(&s->client, d, event);
	line_end_problems(d, line, event, "RFC 9051 2.2");
	check_asked(d, s, event);
	spoken_add(&s->client, line->text);
	secrets_mark(s, event, 0, before);
	if (!line->more)
		line_ends(d, s, line, event);
	if (event->note.n == 0) {
		event_note(d, event, "Behind the literal the command goes on to its end.");
		event_ref(d, event, "RFC 9051 4.3");
	}
}

void imap_client(struct dialogue *d, const struct line *line, struct dialogue_event *event)
{
	struct imap *s = machine_state(d);
	if (s->compressed) {
		event->kind = EVENT_JUNK;
		event_problem(d, event, "the server takes only what is compressed since COMPRESS");
		event_ref(d, event, "RFC 4978 3");
	} else if (line->counted) {
		literal_octets(d, s, line, event);
	} else if (line->described) {
		event->kind = EVENT_DATA;
	} else if (!line->first && event->kind == EVENT_COMMAND) {
		later_piece(d, s, line, event);
	} else if (line->first && s->client.open) {
		rest_line(d, s, line, event);
	} else if (s->mode == MODE_IDLE || (is_done(line) && imap_waiting_for(d, EFFECT_IDLE) < outstanding_count(d))) {
		idle_line(d, s, line, event);
	} else if (!line->first || s->mode == MODE_ANSWER || answers_early(d, line)) {
		answer_line(d, s, line, event);
	} else {
		command_line(d, s, line, event);
	}
}
