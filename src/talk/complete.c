/*
 * What TAB may complete to: commands, those allowed now first; what the server announced; `:` words.
 */
#include <stdlib.h>
#include <string.h>

#include "talk/room.h"

static void offer(struct prompt *prompt, struct slice word)
{
	char *candidate = slice_string(word);
	prompt_offer(prompt, candidate);
	free(candidate);
}

static void offer_commands(const struct talk *t, struct prompt *prompt, const struct table *commands)
{
	const struct dialogue *d = session_dialogue(t->session);
	for (enum allowance allowance = ALLOWED; allowance <= NOT_NOW; allowance++)
		for (size_t i = 0; i < commands->n; i++)
			if (dialogue_allows(d, &commands->rows[i], NULL) == allowance)
				prompt_offer(prompt, commands->rows[i].word);
}

/* The words of a capability ("AUTH PLAIN LOGIN"), without its name. */
static void offer_announced(const struct talk *t, struct prompt *prompt, struct slice name)
{
	struct slice value = { 0 };
	if (!dialogue_announced(session_dialogue(t->session), name, &value))
		return;
	for (struct slice word = slice_word(&value); word.n; word = slice_word(&value))
		offer(prompt, word);
}

/* What the syntax of a command says word for word at that place: of "MAIL FROM:<reverse-path> [parameters]" the first
 * argument begins "FROM:<". */
static void offer_syntax(const struct entry *command, size_t place, struct prompt *prompt)
{
	struct slice rest = slice_of(command->syntax), word = { 0 };
	for (size_t i = 0; i <= place; i++)
		word = slice_word(&rest);
	size_t n = 0;
	while (n < word.n && word.p[n] == octet_upper(word.p[n]) && strchr("[]({|", word.p[n]) == NULL &&
	       word.p[n] != '<')
		n++;
	if (n == 0 || octet_is_alpha(n < word.n ? word.p[n] : ' '))
		return;
	offer(prompt, slice_part(word, 0, n < word.n && word.p[n] == '<' ? n + 1 : n));
}

/* Parameters: those that come with what the server announced. */
static void offer_parameters(const struct talk *t, struct prompt *prompt, const struct protocol *protocol)
{
	const struct table *parameters = protocol_table(protocol, TABLE_PARAMETERS);
	const struct dialogue *d = session_dialogue(t->session);
	for (size_t i = 0; parameters && i < parameters->n; i++) {
		const struct entry *row = &parameters->rows[i];
		if (row->needs && !dialogue_announced(d, slice_of(row->needs), NULL))
			continue;
		if (row->needs == NULL && !dialogue_announced(d, slice_of(row->word), NULL))
			continue;
		bool valued = row->syntax && strchr(row->syntax, '=');
		char *candidate = string_printf("%s%s", row->word, valued ? "=" : "");
		prompt_offer(prompt, candidate);
		free(candidate);
	}
}

static void complete_command(const struct talk *t, struct prompt *prompt, struct slice before)
{
	const struct protocol *protocol = talk_protocol(t);
	const struct table *commands = protocol_table(protocol, TABLE_COMMANDS);
	struct slice rest = before, verb = slice_word(&rest);
	if (commands == NULL)
		return;
	if (rest.n == 0) {
		offer_commands(t, prompt, commands);
		return;
	}
	const struct entry *command = table_find(commands, verb);
	if (command == NULL)
		return;
	size_t place = 1; /* of the word under the cursor, the verb being 0 */
	for (size_t i = 1; i < rest.n; i++)
		place += rest.p[i] == ' ' && rest.p[i - 1] != ' ';
	if (command->syntax)
		offer_syntax(command, place, prompt);
	if (place == 1)
		offer_announced(t, prompt, verb);
	else if (slice_find_octet(rest, '>') < rest.n)
		offer_parameters(t, prompt, protocol);
}

static void offer_choices(struct prompt *prompt, const char *choices)
{
	struct slice rest = slice_of(choices);
	for (struct slice word = slice_word(&rest); word.n; word = slice_word(&rest))
		offer(prompt, word);
}

/* Everything that can be explained. */
static void offer_known(const struct talk *t, struct prompt *prompt)
{
	const struct protocol *protocol = talk_protocol(t);
	for (const struct table *table = protocol ? protocol->tables : NULL; table && table->rows; table++)
		for (size_t i = 0; i < table->n; i++)
			if (strchr(table->rows[i].word, ' ') == NULL)
				prompt_offer(prompt, table->rows[i].word);
}

static void offer_words(struct prompt *prompt, const char *before)
{
	for (const struct word *word = talk_words; word->name; word++) {
		char *candidate = string_printf("%s%s", before, word->name);
		prompt_offer(prompt, candidate);
		free(candidate);
	}
}

static void complete_word(const struct talk *t, struct prompt *prompt, struct slice before)
{
	static const struct {
		const char *word, *choices;
	} choices[] = {
		{ "notes", "full short off" },      { "eol", "crlf lf none" },
		{ "pipeline", "on off" },           { "base64", "-d" },
		{ "auth", "plain login cram-md5" },
	};
	struct slice rest = before, name = slice_word(&rest);
	if (rest.n == 0) {
		offer_words(prompt, ":");
		return;
	}
	name = slice_part(name, 1, name.n);
	if (slice_equal(name, SLICE("help")))
		offer_words(prompt, "");
	if (slice_equal(name, SLICE("explain")))
		offer_known(t, prompt);
	for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++)
		if (slice_equal(name, slice_of(choices[i].word)))
			offer_choices(prompt, choices[i].choices);
}

void complete(void *context, struct prompt *prompt, struct slice before_cursor)
{
	struct talk *t = context;
	if (t->reaching)
		offer_words(prompt, "");
	else if (line_is_word(t, before_cursor))
		complete_word(t, prompt, before_cursor);
	else if (t->open && talk_input(t) == INPUT_COMMAND)
		complete_command(t, prompt, before_cursor);
}
