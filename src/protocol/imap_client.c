/*
 * The client's lines of IMAP: commands, and what stands behind the literals in them.
 */
#include <stdlib.h>

#include "protocol/imap_machine.h"
#include "protocol/imap_reading.h"

/* ---- the end of a command's line ---- */

static void check_text(struct dialogue *d, const struct imap *s, struct dialogue_event *event)
{
	const struct imap_scan *scan = &s->client.scan;
	if (scan->bad_escape) {
		event_problem(d, event,
		              "in a quoted string \\ may stand only before \" and \\: a \\ itself is written \\\\");
		event_ref(d, event, "RFC 9051 9");
	}
	bool rev2_alone = dialogue_announced(d, SLICE("IMAP4rev2"), NULL) &&
	                  !dialogue_announced(d, SLICE("IMAP4rev1"), NULL);
	if (scan->quoted_eight_bit && !s->utf8 && !rev2_alone) {
		event_problem(d, event,
		              "octets above 127 in a quoted string need ENABLE UTF8=ACCEPT or IMAP4rev2 first: "
		              "otherwise a literal holds them");
		event_ref(d, event, "RFC 9755 3");
	}
	if (scan->eight_bit) {
		event_problem(d, event, "octets above 127 may stand only in strings");
		event_ref(d, event, "RFC 9051 9");
	}
	if (scan->previous == ' ') {
		event_problem(d, event, "a space stands at the line's end");
		event_ref(d, event, "RFC 9051 2.2.1");
	}
	if (scan->too_deep)
		event_problem(d, event, "lists stand in lists deeper than %d, which is not read here", IMAP_DEPTH_MAX);
}

/* What the line so far says, at its end or at a literal. */
static void line_ends(struct dialogue *d, struct imap *s, const struct line *line, struct dialogue_event *event)
{
	enum imap_end end = imap_line_end(d, &s->client, line, event);
	if (s->row)
		imap_arguments(d, s, s->row, end == IMAP_END && !line->cut, event);
	/* Where the command was answered before its line was over, nobody will ask for the literal. */
	bool over = !s->client.scan.waits_not && imap_waiting_n(d, s->command) == outstanding_count(d);
	if (end == IMAP_END_LITERAL && !over) {
		imap_client_literal(d, s, event);
		return;
	}
	if (!line->cut) {
		imap_scan_problems(d, &s->client.scan, event);
		check_text(d, s, event);
	}
	spoken_clear(&s->client);
	s->waits = false;
}

/* ---- commands ---- */

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

/* What is remembered of the command until it is answered. */
static unsigned flags_of(const struct imap *s, const struct imap_command *command, bool misplaced,
                         struct slice arguments, const struct dialogue_event *event)
{
	unsigned flags = s->row ? imap_effect_of(event->verb) : EFFECT_NONE;
	bool goes_on = event->more || imap_scan_end(&s->client.scan) == IMAP_END_LITERAL;
	bool behind_space = command->tag.p > event->text.p;
	if (misplaced || command->verb.n == 0 || !imap_tag_ok(command->tag) || behind_space)
		flags |= FLAG_NO_TAG;
	if (goes_on || asks_rfc822(arguments))
		flags |= FLAG_RFC822;
	if (slice_starts_nocase(arguments, SLICE("SET")))
		flags |= FLAG_NOTIFY;
	return flags;
}

/* Puts the command into the queue, and marks what in its line is secret. */
static void command_waits(struct dialogue *d, struct imap *s, const struct imap_command *command, bool misplaced,
                          struct slice arguments, struct dialogue_event *event)
{
	const struct outstanding *expunging = imap_expunging(d);
	s->expunging = expunging ? expunging->n : 0;
	struct outstanding *one = outstanding_add(d, event, s->row);
	one->flags = flags_of(s, command, misplaced, arguments, event);
	s->command = event->n;
	s->secret_from = imap_secret_from(misplaced ? command->tag : command->verb);
	if (imap_waiting_effect(one) == EFFECT_AUTHENTICATE)
		imap_authenticate(d, s, arguments, one, event);
	else
		imap_secrets_mark(s, event, s->client.arguments, 0);
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
	imap_judge(d, s, &command, misplaced, event);
	command_waits(d, s, &command, misplaced, arguments, event);
	if (!line->more)
		line_ends(d, s, line, event);
}

/* A further piece of a long line. */
static void later_piece(struct dialogue *d, struct imap *s, const struct line *line, struct dialogue_event *event)
{
	line_end_problems(d, line, event, "RFC 9051 2.2");
	spoken_add(&s->client, line->text);
	if (s->secret_from != SIZE_MAX && event->text.n)
		event_secret(event, 0, event->text.n, SLICE("{{password}}"));
	if (!line->more)
		line_ends(d, s, line, event);
}

/* What stands behind a literal. */
static void rest_line(struct dialogue *d, struct imap *s, const struct line *line, struct dialogue_event *event)
{
	size_t before = imap_arguments_so_far(&s->client);
	spoken_name(&s->client, d, event);
	line_end_problems(d, line, event, "RFC 9051 2.2");
	imap_literal_asked(d, s, event);
	spoken_add(&s->client, line->text);
	imap_secrets_mark(s, event, 0, before);
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
		imap_literal_octets(d, s, line, event);
	} else if (line->described) {
		event->kind = EVENT_DATA;
	} else if (!line->first && event->kind == EVENT_COMMAND) {
		later_piece(d, s, line, event);
	} else if (line->first && s->client.open) {
		rest_line(d, s, line, event);
	} else if (s->mode == MODE_IDLE ||
	           (imap_is_done(line) && imap_waiting_for(d, EFFECT_IDLE) < outstanding_count(d))) {
		imap_idle_line(d, s, line, event);
	} else if (!line->first || s->mode == MODE_ANSWER || imap_answers_early(d, line)) {
		imap_answer_line(d, s, line, event);
	} else {
		command_line(d, s, line, event);
	}
}
