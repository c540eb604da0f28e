/*
 * IMAP's tags: a reply that has another tag than its command, or none; a command without one. Where one command waits there
 * is no doubt what was meant.
 */
#include "script/check_hearing.h"

#include <stdlib.h>

#include "protocol/imap_syntax.h"

/* So many lines are looked through for a reply that has a tag. */
#define LINES_BEHIND 500

/* The line with a tag in the place of its first `wrong` octets; it is heard so. */
static void tag_put(struct hearing *h, struct finding *row, struct slice tag, size_t wrong)
{
	const struct script_line *line = hearing_line(h);
	struct slice rest = slice_trim(slice_part((struct slice){ line->text, line->text_n }, wrong, line->text_n));
	line_mend(h, h->c.line, row, string_printf(SLICE_FMT " " SLICE_FMT, SLICE_ARG(tag), SLICE_ARG(rest)));
	hearing_take(h);
}

/* ---- replies ---- */

/* The oldest command whose tag no later line of the server's has; `*n` gets how many there are. Of older ones it is known
 * already that their reply comes. */
static bool unanswered(const struct hearing *h, struct waiting_command *found, size_t *n)
{
	struct waiting_command one;
	*n = 0;
	for (size_t i = dialogue_outstanding(h->c.d); i > 0; i--) {
		if (!dialogue_waiting(h->c.d, i - 1, &one) || one.n <= h->answered_ahead)
			break;
		if (one.tag.n == 0 || one.verb.n == 0 || ahead_answers(h, one.tag, h->c.line, NULL))
			continue;
		(*n)++;
		*found = one;
	}
	return *n > 0;
}

static bool is_status(struct slice word)
{
	static const char *const words[] = { "OK", "NO", "BAD", NULL };
	return imap_one_of(word, words);
}

/* Whether the server says nothing more before the client does, or the end comes. */
static bool server_ends(const struct hearing *h)
{
	for (size_t i = h->c.line + 1; i < h->script->nlines; i++) {
		const struct script_line *line = &h->script->lines[i];
		if (line->kind == SCRIPT_SAID && line->mark != MARK_NEVER)
			return line->side == SIDE_CLIENT;
		if (line->kind == SCRIPT_DIRECTION && line->direction == DIRECTION_SENDS)
			return line->side == SIDE_CLIENT;
	}
	return true;
}

/* Whether an untagged status line stands where the tagged one is awaited: it is the last thing said, and no code tells that
 * it only informs. */
static bool stands_for_tagged(const struct hearing *h, const struct imap_response *response)
{
	static const char *const informs[] = { "ALERT",        "APPENDUID",   "CLOSED",         "HIGHESTMODSEQ",
		                               "MAILBOXID",    "NOMODSEQ",    "PERMANENTFLAGS", "UIDNEXT",
		                               "UIDNOTSTICKY", "UIDVALIDITY", "UNSEEN",         NULL };
	bool bad = slice_equal_nocase(response->name, SLICE("BAD")); /* so a server answers what has no tag */
	return response->kind == IMAP_UNTAGGED && is_status(response->name) && !bad &&
	       !imap_one_of(response->code, informs) && server_ends(h);
}

/* The reply with its command's tag in the place of `wrong`, which may be empty. Where several commands wait, it may be any's. */
static void reply_judge(struct hearing *h, struct slice wrong)
{
	static const char why[] = "The tag tells the client which of its commands is answered",
			  ref[] = "RFC 9051 2.2.2";
	struct waiting_command one;
	struct finding *row;
	size_t n;
	if (!unanswered(h, &one, &n))
		return;
	if (wrong.n)
		row = checking_add(&h->c, h->c.line, CHECK_ERROR, why, ref,
		                   SLICE_FMT " stands where the tag " SLICE_FMT " of " SLICE_FMT " belongs",
		                   SLICE_ARG(wrong), SLICE_ARG(one.tag), SLICE_ARG(one.verb));
	else
		row = checking_add(&h->c, h->c.line, CHECK_ERROR, why, ref,
		                   "the tag " SLICE_FMT " of " SLICE_FMT " is missing", SLICE_ARG(one.tag),
		                   SLICE_ARG(one.verb));
	char *tag = slice_string(one.tag);
	row->errata = wrong.n ? string_printf("the reply to %s is printed with \"" SLICE_FMT
	                                      "\" in the place of its tag",
	                                      tag, SLICE_ARG(wrong))
	                      : string_printf("the reply to %s is printed without its tag", tag);
	tag_put(h, row, slice_of(tag), wrong.n);
	if (n > 1)
		row->repair = REPAIR_NONE;
	free(tag);
}

static void reply_tag(struct hearing *h)
{
	struct imap_response response;
	struct slice text = hearing_text(h), rest = text;
	if (dialogue_due(h->c.d, SIDE_SERVER) || dialogue_outstanding(h->c.d) == 0)
		return;
	imap_response_parse(text, &response);
	if (response.kind == IMAP_TAGGED && !dialogue_in_flight(h->c.d, response.tag))
		reply_judge(h, response.tag);
	else if (stands_for_tagged(h, &response))
		reply_judge(h, SLICE("*"));
	else if (response.kind == IMAP_NO_RESPONSE && is_status(slice_word(&rest)))
		reply_judge(h, SLICE(""));
}

/* ---- commands ---- */

/* The tag of the server's next reply, if nothing else has it; else one that the script has nowhere. */
static void tag_choose(struct hearing *h, struct buffer *tag)
{
	for (size_t i = h->c.line + 1; i < h->script->nlines && i < h->c.line + LINES_BEHIND; i++) {
		const struct script_line *line = &h->script->lines[i];
		struct slice text = { line->text, line->text_n };
		struct imap_response response;
		if (line->kind != SCRIPT_SAID)
			continue;
		if (line->side == SIDE_CLIENT && hearing_command_of(h, text)) /* behind its literal, if it has one */
			break;
		imap_response_parse(text, &response);
		if (line->side == SIDE_CLIENT || response.kind != IMAP_TAGGED ||
		    dialogue_in_flight(h->c.d, response.tag))
			continue;
		buffer_add_slice(tag, response.tag);
		return;
	}
	buffer_printf(tag, "tag%zu", h->c.line + 1);
}

/* Whether the server says next that it cannot read the line: it may take the command for the tag. */
static bool refused_untagged(const struct hearing *h)
{
	size_t next = h->ahead[h->c.line].reply;
	struct slice reply = slice_of(next == NO_LINE ? "" : h->script->lines[next].text), said = hearing_text(h);
	struct slice tag = slice_word(&reply);
	return slice_equal_nocase(slice_word(&reply), SLICE("BAD")) &&
	       (slice_equal(tag, SLICE("*")) || slice_equal(tag, slice_word(&said)));
}

static void command_tag(struct hearing *h)
{
	const struct table *commands = protocol_table(dialogue_protocol(h->c.d), TABLE_COMMANDS);
	struct slice text = hearing_text(h), rest = text, verb = slice_word(&rest);
	struct buffer tag = { 0 };
	/* nobody takes UID for a tag, though SEARCH behind it is a command too */
	bool uid = slice_equal_nocase(verb, SLICE("UID")) && slice_word(&rest).n;
	if (dialogue_input(h->c.d) != INPUT_COMMAND ||
	    !(uid || (table_find(commands, verb) && !hearing_command_of(h, text))))
		return;
	if (refused_untagged(h))
		return;
	tag_choose(h, &tag);
	struct finding *row = checking_add(&h->c, h->c.line, CHECK_ERROR,
	                                   "A tag stands before every command: the server answers with it",
	                                   "RFC 9051 2.2.1", SLICE_FMT " stands where the tag belongs",
	                                   SLICE_ARG(verb));
	row->errata = string_printf("\"" SLICE_FMT "\" is printed without a tag", SLICE_ARG(text));
	tag_put(h, row, buffer_slice(&tag), 0);
	buffer_free(&tag);
}

/* Whether the line begins with what is heard, no variable. */
static bool begins_plain(const struct hearing *h)
{
	struct slice written = { hearing_line(h)->text, hearing_line(h)->text_n }, heard = hearing_text(h);
	return slice_equal(slice_word(&written), slice_word(&heard));
}

void tag_judge(struct hearing *h)
{
	if (!dialogue_protocol(h->c.d)->tagged || hearing_line(h)->exact || hearing_line(h)->mark != MARK_NONE ||
	    !begins_plain(h))
		return;
	if (hearing_line(h)->side == SIDE_SERVER)
		reply_tag(h);
	else
		command_tag(h);
}
