/*
 * How a conversation begins and ends, and what its state allows: where the beginning is not shown, or the server accepts what
 * the state forbids, the rest is judged as if what must come before had been said.
 */
#include "script/check_walk.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/imap_syntax.h"

static const struct protocol *protocol_now(const struct walk *w)
{
	return dialogue_protocol(w->c.d);
}

/* ---- the beginning ---- */

static const char *greeting_ref(const struct walk *w)
{
	if (protocol_now(w)->one_code)
		return "RFC 5321 3.1";
	if (protocol_now(w)->data_connection)
		return "RFC 959 5.4";
	return protocol_now(w)->tagged ? "RFC 9051 3" : "RFC 1939 4";
}

static struct slice text_at(const struct walk *w, size_t line)
{
	return (struct slice){ w->script->lines[line].text, w->script->lines[line].text_n };
}

static bool says(const struct walk *w, size_t line, enum side side)
{
	const struct script_line *l = &w->script->lines[line];
	return l->kind == SCRIPT_SAID && l->mark != MARK_NEVER && l->side == side;
}

/* Whether that side says anything from the line under way on. */
static bool speaks(const struct walk *w, enum side side)
{
	for (size_t i = w->c.line; i < w->script->nlines; i++)
		if (says(w, i, side))
			return true;
	return false;
}

/* A reply, but none that a server greets with (RFC 5321 4.3.2, RFC 959 5.4, RFC 9051 7.1). POP3's greeting looks like any. */
static bool greets_not(const struct walk *w)
{
	static const char *const codes[] = { "120", "220", "230", "421", "521", "554", NULL };
	static const char *const inside[] = { "CLOSED",  "HIGHESTMODSEQ", "MAILBOXID",   "NOMODSEQ", "PERMANENTFLAGS",
		                              "UIDNEXT", "UIDNOTSTICKY",  "UIDVALIDITY", "UNSEEN",   NULL };
	static const char *const greetings[] = { "OK", "PREAUTH", "BYE", NULL };
	struct imap_response response;
	struct slice text = walk_text(w);
	if (protocol_now(w)->tagged) {
		imap_response_parse(text, &response);
		return response.kind != IMAP_NO_RESPONSE &&
		       (response.kind != IMAP_UNTAGGED || !imap_one_of(response.name, greetings) ||
		        imap_one_of(response.code, inside));
	}
	if (!protocol_now(w)->one_code && !protocol_now(w)->data_connection)
		return false;
	return is_three_digits(slice_part(text, 0, 3)) && !imap_one_of(slice_part(text, 0, 3), codes);
}

/* The first command of those that follow; NULL where there is none. */
static const struct entry *first_command(const struct walk *w)
{
	for (size_t i = w->c.line; i < w->script->nlines; i++)
		if (says(w, i, SIDE_CLIENT))
			return walk_command_of(w, text_at(w, i));
	return NULL;
}

static void beginning_missing(struct walk *w, const struct entry *command)
{
	struct buffer names = { 0 };
	bool alone = walk_line(w)->side == SIDE_CLIENT && !speaks(w, SIDE_SERVER);
	(void)assume_before(w, command, &names);
	buffer_add_octet(&names, '\0');
	bool greeting = strcmp(names.p, "the greeting") == 0;
	names.p[0] = octet_upper(names.p[0]);
	char *why = greeting ? string_copy("The server speaks first")
	                     : string_printf("%s come before %s", names.p, command ? command->word : "it");
	if (alone)
		(void)checking_add(&w->c, w->c.line, CHECK_ERROR, "Its greeting and every reply are missing",
		                   greeting_ref(w), "what the server says is missing");
	else
		(void)checking_add(&w->c, w->c.line, CHECK_ERROR, why, greeting_ref(w), "%s",
		                   greeting ? "the server's greeting is missing"
		                            : "the beginning of the conversation is missing");
	w->one_sided = alone;
	free(why);
	buffer_free(&names);
	w->hazy = w->c.unseen = true;
}

static void fragment_begin(struct walk *w)
{
	const struct entry *command = first_command(w);
	const struct table *commands = protocol_table(protocol_now(w), TABLE_COMMANDS);
	if (command == NULL && protocol_now(w)->tagged)
		command = table_find(commands, SLICE("FETCH"));
	beginning_missing(w, command);
	w->fragment = true;
}

/* ---- the end ---- */

/* The goodbye was said, and somebody goes on. */
static void over_judge(struct walk *w)
{
	bool client = walk_line(w)->side == SIDE_CLIENT;
	if (!dialogue_closing(w->c.d) || dialogue_outstanding(w->c.d) || !protocol_now(w)->server_first)
		return;
	if (!client && (protocol_now(w)->greeting(walk_text(w)) == 0 || !speaks(w, SIDE_CLIENT)))
		return;
	if (!w->over_told)
		(void)checking_add(&w->c, w->c.line, CHECK_ERROR, "What follows belongs to another one",
		                   greeting_ref(w), "the conversation was over: the server has said goodbye");
	w->over_told = true;
	walk_restart(w);
	if (client)
		(void)assume_before(w, walk_command_of(w, walk_text(w)), NULL);
	w->hazy = client;
	w->begun = true;
}

void begin_judge(struct walk *w)
{
	bool server = walk_line(w)->side == SIDE_SERVER, first = !w->begun;
	w->begun = true;
	if (!protocol_now(w)->server_first || protocol_now(w)->bare)
		return;
	if (!first)
		over_judge(w);
	else if (!server)
		beginning_missing(w, walk_command_of(w, walk_text(w)));
	else if (greets_not(w))
		fragment_begin(w);
	if (!w->fragment)
		return;
	/* What answers a command that is not shown cannot be judged; data of IMAP's that nobody asked for can. */
	w->fragment = walk_line(w)->side == SIDE_SERVER;
	w->passed_over = w->fragment && !slice_starts(walk_text(w), SLICE("* "));
}

/* ---- the state ---- */

void state_judge(struct walk *w)
{
	const char *why = NULL;
	if (walk_line(w)->side == SIDE_SERVER || protocol_now(w)->bare || !protocol_now(w)->server_first ||
	    dialogue_input(w->c.d) != INPUT_COMMAND)
		return;
	const struct entry *command = walk_command_of(w, walk_text(w));
	bool alone = dialogue_outstanding(w->c.d) == 0 || protocol_now(w)->tagged;
	if (command == NULL || !alone || dialogue_allows(w->c.d, command, &why) != NOT_NOW)
		return;
	if (!w->hazy && !ahead_accepts(w))
		return;
	if (!w->hazy) {
		char *problem = string_printf("no such command in this state: %s", why);
		problem_tell(w, slice_of(problem), SLICE(""));
		free(problem);
	}
	(void)assume_before(w, command, NULL);
}
