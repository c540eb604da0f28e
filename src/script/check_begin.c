/*
 * How a conversation begins and ends, and what its state allows: where the beginning is not shown, or the server accepts what
 * the state forbids, the rest is judged as if what must come before had been said.
 */
#include "script/check_hearing.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/imap_syntax.h"

static const struct protocol *protocol_now(const struct hearing *h)
{
	return dialogue_protocol(h->c.d);
}

/* ---- the beginning ---- */

static const char *greeting_ref(const struct hearing *h)
{
	if (protocol_now(h)->one_code)
		return "RFC 5321 3.1";
	if (protocol_now(h)->data_connection)
		return "RFC 959 5.4";
	return protocol_now(h)->tagged ? "RFC 9051 3" : "RFC 1939 4";
}

static struct slice text_at(const struct hearing *h, size_t line)
{
	return (struct slice){ h->script->lines[line].text, h->script->lines[line].text_n };
}

static bool says(const struct hearing *h, size_t line, enum side side)
{
	const struct script_line *l = &h->script->lines[line];
	return l->kind == SCRIPT_SAID && l->mark != MARK_NEVER && l->side == side;
}

/* Whether that side says anything from the line under way on. */
static bool speaks(const struct hearing *h, enum side side)
{
	return h->ends[side] > h->c.line;
}

/* A reply, but none that a server greets with (RFC 5321 4.3.2, RFC 959 5.4, RFC 9051 7.1). POP3's greeting looks like any. */
static bool greets_not(const struct hearing *h, struct slice text)
{
	static const char *const codes[] = { "120", "220", "230", "421", "521", "554", NULL };
	static const char *const inside[] = { "APPENDUID",      "CLOSED",    "COPYUID",  "HIGHESTMODSEQ",
		                              "INPROGRESS",     "MAILBOXID", "NOMODSEQ", "NOUPDATE",
		                              "PERMANENTFLAGS", "TRYCREATE", "UIDNEXT",  "UIDNOTSTICKY",
		                              "UIDVALIDITY",    "UNSEEN",    NULL };
	static const char *const greetings[] = { "OK", "PREAUTH", "BYE", NULL };
	struct imap_response response;
	if (protocol_now(h)->tagged) {
		imap_response_parse(text, &response);
		return response.kind != IMAP_NO_RESPONSE &&
		       (response.kind != IMAP_UNTAGGED || !imap_one_of(response.name, greetings) ||
		        imap_one_of(response.code, inside));
	}
	if (!protocol_now(h)->one_code && !protocol_now(h)->data_connection)
		return false;
	return is_three_digits(slice_part(text, 0, 3)) && !imap_one_of(slice_part(text, 0, 3), codes);
}

/* The command that the line under way says; its tag may be missing. */
static const struct entry *command_said(const struct hearing *h)
{
	struct slice rest = hearing_text(h);
	const struct entry *command = hearing_command_of(h, rest);
	return command ? command : table_find(protocol_table(protocol_now(h), TABLE_COMMANDS), slice_word(&rest));
}

/* Whether a client could say that command first: IMAP's FETCH comes only behind other things. */
static bool comes_first(const struct hearing *h)
{
	const struct entry *command = command_said(h);
	return !protocol_now(h)->tagged || command == NULL ||
	       (command->states >> (dialogue_state_index(h->c.d) + 1) & 1U);
}

/* The client has not waited for the greeting, which comes next. */
static bool greets_late(const struct hearing *h)
{
	size_t next = h->ahead[h->c.line].reply;
	bool pop3 = !protocol_now(h)->tagged && !protocol_now(h)->one_code && !protocol_now(h)->data_connection;
	struct slice rest = hearing_text(h);
	bool answered = protocol_now(h)->tagged ? ahead_answers(h, slice_word(&rest), h->c.line, NULL)
	                                        : h->ahead[h->c.line].finals > h->ahead[h->c.line].commands;
	if (pop3 || !answered || !comes_first(h) || next == NO_LINE || h->script->lines[next].kind != SCRIPT_SAID)
		return false;
	return protocol_now(h)->greeting(text_at(h, next)) && !greets_not(h, text_at(h, next));
}

/* The first command of those that follow; NULL where there is none. */
static const struct entry *first_command(const struct hearing *h)
{
	for (size_t i = h->c.line; i < h->script->nlines; i++)
		if (says(h, i, SIDE_CLIENT))
			return hearing_command_of(h, text_at(h, i));
	return NULL;
}

static void beginning_missing(struct hearing *h, const struct entry *command)
{
	struct buffer names = { 0 };
	bool alone = hearing_line(h)->side == SIDE_CLIENT && !h->servers && !speaks(h, SIDE_SERVER);
	(void)assume_before(h, command, &names);
	buffer_add_octet(&names, '\0');
	bool greeting = strcmp(names.p, "the greeting") == 0;
	names.p[0] = octet_upper(names.p[0]);
	char *why = greeting ? string_copy("The server speaks first")
	                     : string_printf("%s come before %s", names.p, command ? command->word : "it");
	if (alone)
		(void)checking_add(&h->c, h->c.line, CHECK_ERROR, "Its greeting and every reply are missing",
		                   greeting_ref(h), "what the server says is missing");
	else
		(void)checking_add(&h->c, h->c.line, CHECK_ERROR, why, greeting_ref(h), "%s",
		                   greeting ? "the server's greeting is missing"
		                            : "the beginning of the conversation is missing");
	h->one_sided = alone;
	free(why);
	buffer_free(&names);
	h->hazy = h->c.unseen = true;
}

static void fragment_begin(struct hearing *h)
{
	const struct entry *command = first_command(h);
	const struct table *commands = protocol_table(protocol_now(h), TABLE_COMMANDS);
	if (command == NULL && protocol_now(h)->tagged)
		command = table_find(commands, SLICE("FETCH"));
	beginning_missing(h, command);
	h->fragment = true;
}

/* ---- the end ---- */

/* The goodbye was said, and somebody goes on. */
static void over_judge(struct hearing *h)
{
	bool client = hearing_line(h)->side == SIDE_CLIENT;
	if (!dialogue_closing(h->c.d) || dialogue_outstanding(h->c.d) || !protocol_now(h)->server_first)
		return;
	if (!client && (protocol_now(h)->greeting(hearing_text(h)) == 0 || !speaks(h, SIDE_CLIENT)))
		return;
	if (!h->over_told && !h->gap)
		(void)checking_add(&h->c, h->c.line, CHECK_ERROR, "What follows belongs to another one",
		                   greeting_ref(h), "the conversation was over: the server has said goodbye");
	h->over_told |= !h->gap;
	hearing_restart(h);
	if (client)
		(void)assume_before(h, hearing_command_of(h, hearing_text(h)), NULL);
	h->hazy = client;
	h->begun = true;
}

void begin_judge(struct hearing *h)
{
	bool server = hearing_line(h)->side == SIDE_SERVER, first = !h->begun;
	h->begun = true;
	if (!protocol_now(h)->server_first || protocol_now(h)->bare)
		return;
	if (!first)
		over_judge(h);
	else if (!server && !greets_late(h))
		beginning_missing(h, command_said(h));
	else if (server && greets_not(h, hearing_text(h)))
		fragment_begin(h);
	if (!h->fragment)
		return;
	/* What answers a command that is not shown cannot be judged; data of IMAP's that nobody asked for can. */
	h->fragment = hearing_line(h)->side == SIDE_SERVER;
	h->passed_over = h->fragment && !slice_starts(hearing_text(h), SLICE("* "));
}

/* ---- the state ---- */

/* IMAP: data that is told only behind the login, or of a selected mailbox, where the session may be so far. */
static void data_judge(struct hearing *h)
{
	struct imap_response response;
	const struct table *commands = protocol_table(protocol_now(h), TABLE_COMMANDS);
	imap_response_parse(hearing_text(h), &response);
	if (!h->hazy || !protocol_now(h)->tagged || dialogue_due(h->c.d, SIDE_SERVER) ||
	    response.kind != IMAP_UNTAGGED || response.status || slice_equal_nocase(response.name, SLICE("CAPABILITY")))
		return;
	(void)assume_before(h, table_find(commands, response.numbered ? SLICE("FETCH") : SLICE("LIST")), NULL);
}

void state_judge(struct hearing *h)
{
	const char *why = NULL;
	if (hearing_line(h)->side == SIDE_SERVER)
		data_judge(h);
	if (hearing_line(h)->side == SIDE_SERVER || protocol_now(h)->bare || !protocol_now(h)->server_first ||
	    dialogue_input(h->c.d) != INPUT_COMMAND)
		return;
	const struct entry *command = hearing_command_of(h, hearing_text(h));
	bool alone = dialogue_outstanding(h->c.d) == 0 || protocol_now(h)->tagged;
	if (command == NULL || !alone || dialogue_allows(h->c.d, command, &why) != NOT_NOW)
		return;
	if (!h->hazy && (!ahead_accepts(h) || (strcmp(dialogue_state(h->c.d), "greeting") == 0 && greets_late(h))))
		return;
	if (!h->hazy) {
		char *problem = string_printf("not allowed in this state: %s", why);
		problem_tell(h, slice_of(problem), SLICE(""));
		free(problem);
		h->assumed = true;
	}
	if (assume_before(h, command, NULL) || !h->gap)
		return;
	hearing_restart(h);
	(void)assume_before(h, command, NULL);
}
