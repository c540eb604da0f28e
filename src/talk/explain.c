/*
 * What is known, said: `:explain`, `:why`, `:next`, `:caps`, `:hex`.
 */
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "talk/room.h"

/* ---- :explain ---- */

static void say_entry(struct talk *t, const struct table *table, const struct entry *row)
{
	bool phrase = table->kind == TABLE_CODES && row->syntax; /* what stands behind the code: "200 OK" */
	talk_say(t, "%s%s%s (%s): %s [%s]", row->word, phrase ? " " : "", phrase ? row->syntax : "", table->title,
	         row->note, row->ref);
	if (row->syntax && !phrase && strcmp(row->syntax, row->word) != 0)
		talk_say(t, "   %s", row->syntax);
}

/* The word as that table has it: an enhanced code's class is one thing, what follows it another (RFC 3463 2). */
static const struct entry *find(const struct table *table, struct slice word)
{
	const struct entry *row = table_find(table, word);
	if (row || table->kind != TABLE_ENHANCED || word.n < 2 || !octet_is_digit(word.p[0]) || word.p[1] != '.')
		return row;
	char *any = string_printf("X" SLICE_FMT, SLICE_ARG(slice_part(word, 1, word.n)));
	row = table_find(table, slice_of(any));
	free(any);
	return row;
}

/* Says what each table of the protocol knows of the word; how many do. */
static size_t explain_in(struct talk *t, const struct protocol *protocol, struct slice word)
{
	size_t found = 0;
	for (const struct table *table = protocol->tables; table && table->rows; table++) {
		const struct entry *row = find(table, word);
		if (row == NULL)
			continue;
		say_entry(t, table, row);
		found++;
	}
	return found;
}

static void say_nearest(struct talk *t, const struct protocol *protocol, struct slice word)
{
	struct buffer safe = { 0 };
	const struct entry *near = NULL;
	for (const struct table *table = protocol ? protocol->tables : NULL; table && table->rows && !near; table++)
		near = table_nearest(table, word);
	escape_text(&safe, word);
	talk_say(t, "Nothing is known of " SLICE_FMT "%s%s.", SLICE_ARG(buffer_slice(&safe)),
	         near ? ": nearest is " : "", near ? near->word : "");
	buffer_free(&safe);
}

/* The protocol spoken is asked first, the others only where it knows nothing. */
static size_t explain_word(struct talk *t, struct slice word)
{
	const struct protocol *spoken = talk_protocol(t);
	size_t found = spoken ? explain_in(t, spoken, word) : 0;
	for (size_t i = 0; found == 0 && protocols[i]; i++)
		if (protocols[i] != spoken)
			found = explain_in(t, protocols[i], word);
	return found;
}

void word_explain(struct talk *t, struct slice arguments)
{
	struct slice whole = slice_trim(arguments), word = slice_word(&arguments);
	if (word.n == 0)
		talk_say(t, ":explain is followed by a code, a command or a keyword: :explain 550");
	else if (explain_word(t, whole) == 0 && explain_word(t, word) == 0) /* "UID FETCH", "250 OK" */
		say_nearest(t, talk_protocol(t), word);
}

/* ---- :why ---- */

static const char *const classes[] = {
	[CLASS_NONE] = NULL,
	[CLASS_INFO] = "information: the command is still under way",
	[CLASS_SUCCESS] = "success: what was asked is done",
	[CLASS_CONTINUE] = "go on: the server waits for more of this command",
	[CLASS_REDIRECT] = "elsewhere: ask at another place",
	[CLASS_TRANSIENT] = "not now: the same may be tried again later",
	[CLASS_FAILURE] = "failure: the same command would fail again",
};

static void say_safe(struct talk *t, const char *before, struct slice text)
{
	struct buffer safe = { 0 };
	escape_text(&safe, text);
	if (text.n)
		talk_say(t, "%s" SLICE_FMT, before, SLICE_ARG(buffer_slice(&safe)));
	buffer_free(&safe);
}

void word_why(struct talk *t, struct slice arguments)
{
	(void)arguments;
	const struct dialogue_event *reply = memory_final(t->memory);
	if (reply == NULL) {
		talk_say(t, "The server has not replied yet.");
		return;
	}
	say_safe(t, "S: ", reply->text);
	say_safe(t, reply->verb.n ? "It answers " : "It was said unasked.", reply->verb);
	say_safe(t, "", reply->note);
	if (classes[reply->class])
		talk_say(t, "Class: %s.", classes[reply->class]);
	if (reply->has_decoded)
		say_safe(t, "Decoded: ", reply->decoded);
	say_safe(t, "Problem: ", reply->problem);
	say_safe(t, "Where it is defined: ", reply->ref);
	const struct protocol *protocol = talk_protocol(t);
	if (reply->code.n)
		(void)explain_in(t, protocol, reply->code);
	if (reply->enhanced.n)
		(void)explain_in(t, protocol, reply->enhanced);
}

/* ---- :next ---- */

static enum allowance allowance_of(const struct talk *t, const struct entry *command)
{
	return dialogue_allows(session_dialogue(t->session), command, NULL);
}

/* In how many states a command is allowed. */
static unsigned width_of(const struct entry *command)
{
	unsigned n = 0;
	for (unsigned states = command->states; states; states &= states - 1)
		n++;
	return n;
}

/* Whether it leads on, as MAIL does, not aside, as HELP. */
static bool leads_on(const struct entry *command)
{
	return command->phase != PHASE_ASK && command->phase != PHASE_GOODBYE;
}

/* What nobody should try first: one vendor's, or obsolete. */
static bool is_odd(const struct entry *command)
{
	return strncmp(command->ref, "No RFC", 6) == 0 || strncmp(command->note, "Obsolete", 8) == 0 ||
	       !octet_is_alpha(command->word[0]);
}

/* The most commands that are told with their notes. */
#define NOTED_MAX 14

/* The state in which a session stands right behind the greeting: the first one where nobody greets. */
static unsigned state_greeted(const struct protocol *protocol)
{
	return protocol->server_first ? 1 : 0;
}

/* Whether it is worth a note now: a basic command that is allowed, and that leads on, or is allowed only later on. */
static bool is_noted(const struct talk *t, const struct entry *command)
{
	const struct protocol *protocol = talk_protocol(t);
	if (!entry_basic(protocol, command) || is_odd(command) || allowance_of(t, command) != ALLOWED)
		return false;
	unsigned greeted = state_greeted(protocol);
	bool early = protocol->server_first && command->states & STATE(greeted);
	return !early || (dialogue_state_index(session_dialogue(t->session)) == greeted && leads_on(command));
}

/* Whether it logs in, or begins to, and that is what this state is for. */
static bool is_first_step(const struct talk *t, const struct entry *command)
{
	bool identifies = command->phase == PHASE_IDENTIFY || command->phase == PHASE_AUTHENTICATE ||
	                  command->phase == PHASE_GREET;
	return identifies && dialogue_state_index(session_dialogue(t->session)) == state_greeted(talk_protocol(t));
}

/* Whether the word stands in the text, as a word. */
static bool names(const char *text, struct slice word)
{
	struct slice rest = slice_of(text);
	for (size_t at; (at = slice_find(rest, word)) < rest.n; rest = slice_part(rest, at + word.n, rest.n)) {
		bool begins = at == 0 || !octet_is_alnum(rest.p[at - 1]);
		if (begins && (at + word.n == rest.n || !octet_is_alnum(rest.p[at + word.n])))
			return true;
	}
	return false;
}

/* So many commands must wait for one for it to be told first. */
#define WAITING_LEAST 3

/* Whether other commands wait for this one: it is named in the reason why they are not allowed yet. */
static bool is_waited_for(const struct talk *t, const struct table *commands, const struct entry *row)
{
	const char *why = NULL;
	size_t n = 0;
	for (size_t i = 0; i < commands->n; i++)
		n += dialogue_allows(session_dialogue(t->session), &commands->rows[i], &why) == NOT_NOW && why &&
		     names(why, slice_of(row->word));
	return n >= WAITING_LEAST;
}

/* Whether it is one of those that people come for, which in a long table would stand behind what hardly anybody says. */
static bool is_usual(const struct protocol *protocol, const struct entry *row)
{
	static const struct {
		const char *protocol, *commands;
	} usual[] = {
		{ "ftp", "CWD LIST PASV PWD RETR STOR TYPE" },
		{ "http", "GET HEAD POST" },
		{ "imap", "FETCH LIST SEARCH SELECT STATUS STORE" },
	};
	for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
		if (strcmp(usual[i].protocol, protocol->name) == 0)
			return names(usual[i].commands, slice_of(row->word));
	return false;
}

/* How far in front a command is told: those that others wait for or people come for, then those that lead on, then the
 * rest. */
static unsigned rank_of(const struct talk *t, const struct table *commands, const struct entry *row)
{
	return is_waited_for(t, commands, row) || is_usual(talk_protocol(t), row) ? 0
	       : leads_on(row) == talk_protocol(t)->server_first                  ? 1
	                                                                          : 2;
}

/* The commands that belong to this state, of each rank those first that are allowed in the fewest. Marks what it has
 * said. */
static void say_noted(struct talk *t, const struct table *commands, bool *said)
{
	unsigned widest = 0, n = 0;
	bool first = false; /* there are first steps: nothing else is worth a note before them */
	for (size_t i = 0; i < commands->n; i++) {
		unsigned width = width_of(&commands->rows[i]);
		if (!is_noted(t, &commands->rows[i]))
			continue;
		first |= is_first_step(t, &commands->rows[i]);
		widest = width > widest ? width : widest;
	}
	for (unsigned rank = 0; rank < 3; rank++)
		for (unsigned width = 1; width <= widest; width++)
			for (size_t i = 0; i < commands->n && n < NOTED_MAX; i++) {
				const struct entry *row = &commands->rows[i];
				if (width_of(row) != width || !is_noted(t, row) || (first && !is_first_step(t, row)) ||
				    rank_of(t, commands, row) != rank)
					continue;
				talk_say(t, "%s  %s", row->syntax ? row->syntax : row->word, row->note);
				said[i] = true;
				n++;
			}
}

/* The commands that belong to this state, with what they do; then the others, by name. */
static void say_allowed(struct talk *t, const struct table *commands)
{
	struct buffer others = { 0 };
	bool *said = memory_zeroed(commands->n, sizeof *said);
	say_noted(t, commands, said);
	for (size_t i = 0; i < commands->n; i++)
		if (!said[i] && !is_odd(&commands->rows[i]) && allowance_of(t, &commands->rows[i]) == ALLOWED)
			buffer_printf(&others, " %s", commands->rows[i].word);
	if (others.n)
		talk_say(t, "Allowed too:" SLICE_FMT, SLICE_ARG(buffer_slice(&others)));
	buffer_free(&others);
	free(said);
}

/* Commands for which the server announced nothing: by name alone. */
static void say_unannounced(struct talk *t, const struct table *commands)
{
	struct buffer names = { 0 };
	for (size_t i = 0; i < commands->n; i++)
		if (!is_odd(&commands->rows[i]) && allowance_of(t, &commands->rows[i]) == ALLOWED_UNANNOUNCED)
			buffer_printf(&names, " %s", commands->rows[i].word);
	bool silent = dialogue_capability(session_dialogue(t->session), 0).n == 0;
	if (names.n)
		talk_say(t, "%s:" SLICE_FMT,
		         silent ? "If the server can, which it has not said" : "Not announced by the server",
		         SLICE_ARG(buffer_slice(&names)));
	buffer_free(&names);
}

/* One line for each reason, with the commands that it keeps away. */
static void say_refused(struct talk *t, const struct table *commands)
{
	const struct dialogue *d = session_dialogue(t->session);
	bool *told = memory_zeroed(commands->n, sizeof *told);
	for (size_t i = 0; i < commands->n; i++) {
		const char *why = NULL, *other = NULL;
		if (told[i] || dialogue_allows(d, &commands->rows[i], &why) != NOT_NOW || why == NULL)
			continue;
		struct buffer names = { 0 };
		for (size_t k = i; k < commands->n; k++) {
			if (dialogue_allows(d, &commands->rows[k], &other) != NOT_NOW || other == NULL ||
			    strcmp(why, other) != 0)
				continue;
			told[k] = true;
			if (is_odd(&commands->rows[k]))
				continue;
			buffer_printf(&names, "%s%s", names.n ? " " : "", commands->rows[k].word);
		}
		if (names.n)
			talk_say(t, "Not now: " SLICE_FMT ": %s.", SLICE_ARG(buffer_slice(&names)), why);
		buffer_free(&names);
	}
	free(told);
}

void word_next(struct talk *t, struct slice arguments)
{
	(void)arguments;
	const struct protocol *protocol = talk_protocol(t);
	const struct table *commands = protocol ? protocol_table(protocol, TABLE_COMMANDS) : NULL;
	struct buffer sentences = { 0 };
	if (!t->open) {
		talk_say(t, "Not connected: :reconnect connects again, :open TARGET elsewhere.");
	} else if (awaits_sentences(t, &sentences)) {
		talk_say(t, SLICE_FMT, SLICE_ARG(buffer_slice(&sentences)));
	} else if (commands == NULL) {
		talk_say(t, "Any line: parlance knows no commands of this service.");
	} else {
		say_allowed(t, commands);
		say_unannounced(t, commands);
		say_refused(t, commands);
	}
	buffer_free(&sentences);
}

/* ---- :caps ---- */

/* How one asks for what the server can do. */
static const char *announces(const struct protocol *protocol)
{
	static const struct {
		const char *protocol, *words;
	} ways[] = {
		{ "smtp", ": in SMTP it does in its reply to EHLO" },
		{ "lmtp", ": in LMTP it does in its reply to LHLO" },
		{ "pop3", ": in POP3 it does in its reply to CAPA" },
		{ "imap", ": in IMAP it does in its reply to CAPABILITY" },
		{ "ftp", ": in FTP it does in its reply to FEAT" },
		{ "http", ": in HTTP each response tells in its header; OPTIONS asks" },
	};
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
		if (strcmp(ways[i].protocol, protocol->name) == 0)
			return ways[i].words;
	return "";
}

/* The row of a capability: of "AUTH=PLAIN", where it has none of its own, that of "AUTH=". */
static const struct entry *capability_row(const struct table *keywords, struct slice word)
{
	const struct entry *row = table_find(keywords, word);
	size_t equals = slice_find_octet(word, '=');
	return row || equals == word.n ? row : table_find(keywords, slice_part(word, 0, equals + 1));
}

void word_caps(struct talk *t, struct slice arguments)
{
	(void)arguments;
	const struct dialogue *d = t->session ? session_dialogue(t->session) : NULL;
	const struct table *keywords = d ? protocol_table(dialogue_protocol(d), TABLE_KEYWORDS) : NULL;
	struct slice one;
	if (d == NULL || dialogue_capability(d, 0).n == 0) {
		talk_say(t, "The server has announced nothing%s.", d ? announces(dialogue_protocol(d)) : "");
		return;
	}
	for (size_t i = 0; (one = dialogue_capability(d, i)).n; i++) {
		struct slice rest = one;
		struct buffer safe = { 0 };
		escape_text(&safe, one);
		const struct entry *row = keywords ? capability_row(keywords, slice_word(&rest)) : NULL;
		talk_say(t, SLICE_FMT "  %s%s%s%s", SLICE_ARG(buffer_slice(&safe)),
		         row ? row->note : "parlance does not know it.", row ? " [" : "", row ? row->ref : "",
		         row ? "]" : "");
		buffer_free(&safe);
	}
}

/* ---- :hex ---- */

/* Octets in a row: as many as 40 columns hold beside the comment's mark. */
#define HEX_ROW 8

static void hex_row(struct talk *t, size_t offset, struct slice octets)
{
	struct buffer row = { 0 };
	buffer_printf(&row, "%04zx", offset);
	for (size_t i = 0; i < HEX_ROW; i++) {
		if (i < octets.n)
			buffer_printf(&row, " %02x", (unsigned char)octets.p[i]);
		else
			buffer_add_string(&row, "   ");
	}
	buffer_add_string(&row, "  ");
	for (size_t i = 0; i < octets.n; i++)
		buffer_add_octet(&row, octets.p[i] >= ' ' && octets.p[i] < 0x7f ? octets.p[i] : '.');
	talk_say_row(t, buffer_slice(&row));
	buffer_free(&row);
}

static void hex_event(struct talk *t, const char *side, const struct dialogue_event *event)
{
	if (event == NULL) {
		talk_say(t, "%s: nothing was said yet.", side);
		return;
	}
	struct buffer octets = { 0 };
	buffer_add_slice(&octets, event->text);
	buffer_add_slice(&octets, event->line_end);
	talk_say(t, "%s: %zu octets%s", side, octets.n, event->masked ? ", the secret masked:" : ":");
	for (size_t i = 0; i < octets.n; i += HEX_ROW)
		hex_row(t, i, slice_part(buffer_slice(&octets), i, i + HEX_ROW));
	buffer_free(&octets);
}

void word_hex(struct talk *t, struct slice arguments)
{
	(void)arguments;
	hex_event(t, "C", memory_last(t->memory, SIDE_CLIENT));
	hex_event(t, "S", memory_last(t->memory, SIDE_SERVER));
}
