/*
 * IMAP's tags: a reply that has another tag than its command, or none; a command without one. Where one command waits there
 * is no doubt what was meant.
 */
#include "script/check_walk.h"

#include <stdlib.h>

#include "protocol/imap_syntax.h"

/* The line with a tag in the place of its first `wrong` octets; it is heard so. */
static void tag_put(struct walk *w, struct finding *row, struct slice tag, size_t wrong)
{
	const struct script_line *line = walk_line(w);
	struct slice rest = slice_trim(slice_part((struct slice){ line->text, line->text_n }, wrong, line->text_n));
	line_mend(w, w->c.line, row, string_printf(SLICE_FMT " " SLICE_FMT, SLICE_ARG(tag), SLICE_ARG(rest)));
	walk_hear(w);
}

/* ---- replies ---- */

/* The oldest command whose tag no later line of the server's has; `*n` gets how many there are. */
static bool unanswered(const struct walk *w, struct waiting_command *found, size_t *n)
{
	struct waiting_command one;
	*n = 0;
	for (size_t i = 0; dialogue_waiting(w->c.d, i, &one); i++) {
		if (one.tag.n == 0 || ahead_answers(w, one.tag, w->c.line, NULL))
			continue;
		if ((*n)++ == 0)
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
static bool server_ends(const struct walk *w)
{
	for (size_t i = w->c.line + 1; i < w->script->nlines; i++) {
		const struct script_line *line = &w->script->lines[i];
		if (line->kind == SCRIPT_SAID && line->mark != MARK_NEVER)
			return line->side == SIDE_CLIENT;
		if (line->kind == SCRIPT_DIRECTION && line->direction == DIRECTION_SENDS)
			return line->side == SIDE_CLIENT;
	}
	return true;
}

/* Whether an untagged status line stands where the tagged one is awaited: it is the last thing said, and no code tells that
 * it only informs. */
static bool stands_for_tagged(const struct walk *w, const struct imap_response *response)
{
	static const char *const informs[] = { "ALERT",        "APPENDUID",   "CLOSED",         "HIGHESTMODSEQ",
		                               "MAILBOXID",    "NOMODSEQ",    "PERMANENTFLAGS", "UIDNEXT",
		                               "UIDNOTSTICKY", "UIDVALIDITY", "UNSEEN",         NULL };
	return response->kind == IMAP_UNTAGGED && is_status(response->name) && !imap_one_of(response->code, informs) &&
	       server_ends(w);
}

/* The reply with its command's tag in the place of `wrong`, which may be empty. Where several commands wait, it may be any's. */
static void reply_judge(struct walk *w, struct slice wrong)
{
	static const char why[] = "The tag tells the client which of its commands is answered",
			  ref[] = "RFC 9051 2.2.2";
	struct waiting_command one;
	struct finding *row;
	size_t n;
	if (!unanswered(w, &one, &n))
		return;
	if (wrong.n)
		row = checking_add(&w->c, w->c.line, CHECK_ERROR, why, ref,
		                   SLICE_FMT " stands where the tag " SLICE_FMT " of " SLICE_FMT " belongs",
		                   SLICE_ARG(wrong), SLICE_ARG(one.tag), SLICE_ARG(one.verb));
	else
		row = checking_add(&w->c, w->c.line, CHECK_ERROR, why, ref,
		                   "the tag " SLICE_FMT " of " SLICE_FMT " is missing", SLICE_ARG(one.tag),
		                   SLICE_ARG(one.verb));
	char *tag = slice_string(one.tag);
	tag_put(w, row, slice_of(tag), wrong.n);
	if (n > 1)
		row->repair = REPAIR_NONE;
	free(tag);
}

static void reply_tag(struct walk *w)
{
	struct imap_response response;
	struct slice text = walk_text(w), rest = text;
	if (dialogue_due(w->c.d, SIDE_SERVER) || dialogue_outstanding(w->c.d) == 0)
		return;
	imap_response_parse(text, &response);
	if (response.kind == IMAP_TAGGED && !dialogue_in_flight(w->c.d, response.tag))
		reply_judge(w, response.tag);
	else if (stands_for_tagged(w, &response))
		reply_judge(w, SLICE("*"));
	else if (response.kind == IMAP_NO_RESPONSE && is_status(slice_word(&rest)))
		reply_judge(w, SLICE(""));
}

/* ---- commands ---- */

/* The tag of the server's next reply, if nothing else has it; else one that the script has nowhere. */
static void tag_choose(struct walk *w, struct buffer *tag)
{
	size_t next = w->ahead[w->c.line].reply;
	for (size_t i = next; i < w->script->nlines && w->script->lines[i].side == SIDE_SERVER; i++) {
		struct imap_response response;
		imap_response_parse((struct slice){ w->script->lines[i].text, w->script->lines[i].text_n }, &response);
		if (response.kind != IMAP_TAGGED || dialogue_in_flight(w->c.d, response.tag))
			continue;
		buffer_add_slice(tag, response.tag);
		return;
	}
	buffer_printf(tag, "tag%zu", w->c.line + 1);
}

static void command_tag(struct walk *w)
{
	const struct table *commands = protocol_table(dialogue_protocol(w->c.d), TABLE_COMMANDS);
	struct slice text = walk_text(w), rest = text, verb = slice_word(&rest);
	struct buffer tag = { 0 };
	if (dialogue_input(w->c.d) != INPUT_COMMAND || !table_find(commands, verb) || walk_command_of(w, text))
		return;
	tag_choose(w, &tag);
	struct finding *row = checking_add(&w->c, w->c.line, CHECK_ERROR,
	                                   "A tag stands before every command: the server answers with it",
	                                   "RFC 9051 2.2.1", SLICE_FMT " stands where the tag belongs",
	                                   SLICE_ARG(verb));
	tag_put(w, row, buffer_slice(&tag), 0);
	buffer_free(&tag);
}

/* Whether the line begins with what is heard, no variable. */
static bool begins_plain(const struct walk *w)
{
	struct slice written = { walk_line(w)->text, walk_line(w)->text_n }, heard = walk_text(w);
	return slice_equal(slice_word(&written), slice_word(&heard));
}

void tag_judge(struct walk *w)
{
	if (!dialogue_protocol(w->c.d)->tagged || walk_line(w)->exact || walk_line(w)->mark != MARK_NONE ||
	    !begins_plain(w))
		return;
	if (walk_line(w)->side == SIDE_SERVER)
		reply_tag(w);
	else
		command_tag(w);
}
