/*
 * What TAB may complete to: commands, those allowed now first; what the server announced; `:` words.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/escape.h"
#include "talk/room.h"

static bool offer(struct prompt *prompt, struct slice word)
{
	char *candidate = slice_string(word);
	bool fits = prompt_offer(prompt, candidate);
	free(candidate);
	return fits;
}

/* ---- rows of tables: first those of the protocol itself, and only where none of them fits, all ---- */

bool entry_basic(const struct protocol *protocol, const struct entry *row)
{
	size_t n = strlen(protocol->reference);
	return strncmp(row->ref, protocol->reference, n) == 0 && (row->ref[n] == ' ' || row->ref[n] == '\0');
}

/* Whether the row is looked for first: what the server announced is, too. */
static bool comes_first(const struct talk *t, const struct entry *row)
{
	const struct dialogue *d = session_dialogue(t->session);
	bool announced = row->needs && dialogue_announced(d, slice_of(row->needs), NULL);
	return announced || entry_basic(dialogue_protocol(d), row);
}

/* Commands of one kind, those allowed now first. `behind` is what of a command of two words ("UID FETCH") is typed
 * already: only those that begin with it are offered, without it. Whether any fits. */
static bool offer_some(const struct talk *t, struct prompt *prompt, const struct table *commands, struct slice behind,
                       bool first)
{
	bool fits = false;
	for (enum allowance allowance = ALLOWED; allowance <= NOT_NOW; allowance++)
		for (size_t i = 0; i < commands->n; i++) {
			const struct entry *row = &commands->rows[i];
			struct slice word = slice_of(row->word);
			if (!octet_is_alpha(word.p[0]) || !slice_starts_nocase(word, behind) ||
			    comes_first(t, row) != first ||
			    dialogue_allows(session_dialogue(t->session), row, NULL) != allowance)
				continue;
			word = slice_part(word, behind.n, word.n);
			fits |= offer(prompt, slice_part(word, 0, slice_find_octet(word, ' ')));
		}
	return fits;
}

static void offer_commands(const struct talk *t, struct prompt *prompt, const struct table *commands,
                           struct slice behind)
{
	if (!offer_some(t, prompt, commands, behind, true))
		(void)offer_some(t, prompt, commands, behind, false);
}

/* What stands in the table, as arguments of commands, or, with a colon, as fields. */
static void offer_rows(const struct talk *t, struct prompt *prompt, const struct table *table, const char *behind)
{
	bool fits = false;
	for (int first = 1; first >= 0 && !fits; first--)
		for (size_t i = 0; table && i < table->n; i++) {
			const struct entry *row = &table->rows[i];
			if (strchr(row->word, ' ') || comes_first(t, row) != (first == 1))
				continue;
			char *candidate = string_printf("%s%s", row->word, behind);
			fits |= prompt_offer(prompt, candidate);
			free(candidate);
		}
}

/* ---- commands ---- */

/* The words of a capability ("AUTH PLAIN LOGIN"), without its name. */
static void offer_announced(const struct talk *t, struct prompt *prompt, struct slice name)
{
	struct slice value = { 0 };
	if (!dialogue_announced(session_dialogue(t->session), name, &value))
		return;
	for (struct slice word = slice_word(&value); word.n; word = slice_word(&value))
		(void)offer(prompt, word);
}

/* One of the words that a syntax leaves the choice of. */
static void offer_literal(struct slice word, struct prompt *prompt)
{
	size_t n = 0;
	while (n < word.n && word.p[n] == octet_upper(word.p[n]) && strchr("[](){<", word.p[n]) == NULL)
		n++;
	if (n == 0 || octet_is_alpha(n < word.n ? word.p[n] : ' '))
		return;
	(void)offer(prompt, slice_part(word, 0, n < word.n && word.p[n] == '<' ? n + 1 : n));
}

/* What the syntax of a command says word for word at that place, the first argument being 1: of
 * "MAIL FROM:<reverse-path> [parameters]" it begins "FROM:<"; of "MODE S|B|C" each of the three. */
static void offer_syntax(const struct entry *command, size_t place, struct prompt *prompt)
{
	struct slice rest = slice_of(command->syntax), word = { 0 };
	for (const char *p = command->word; *p; p++)
		place += *p == ' '; /* "UID FETCH" */
	for (size_t i = 0; i <= place; i++)
		word = slice_word(&rest);
	while (word.n) {
		size_t bar = slice_find_octet(word, '|');
		offer_literal(slice_part(word, 0, bar), prompt);
		word = slice_part(word, bar + 1, word.n);
	}
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
		(void)prompt_offer(prompt, candidate);
		free(candidate);
	}
}

/* IMAP: a tag that was not used yet in this session, as the first word. */
static void offer_tag(const struct talk *t, struct prompt *prompt)
{
	char *tag = string_printf("a%zu", t->tags_used + 1);
	(void)prompt_offer(prompt, tag);
	free(tag);
}

static void offer_choices(struct prompt *prompt, const char *choices)
{
	struct slice rest = slice_of(choices);
	for (struct slice word = slice_word(&rest); word.n; word = slice_word(&rest))
		(void)offer(prompt, word);
}

/* Mechanisms: those that the server announced, behind AUTH or SASL, or each as AUTH=NAME; else all. */
static void offer_mechanisms(const struct talk *t, struct prompt *prompt)
{
	const struct dialogue *d = session_dialogue(t->session);
	bool announced = false;
	struct slice one;
	for (size_t i = 0; (one = dialogue_capability(d, i)).n; i++) {
		struct slice rest = one, name = slice_word(&rest);
		bool each = slice_starts_nocase(name, SLICE("AUTH="));
		if (!each && !slice_equal_nocase(name, SLICE("AUTH")) && !slice_equal_nocase(name, SLICE("SASL")))
			continue;
		announced = true;
		if (each)
			(void)offer(prompt, slice_part(name, 5, name.n));
		for (struct slice word = slice_word(&rest); word.n; word = slice_word(&rest))
			(void)offer(prompt, word);
	}
	if (!announced)
		offer_rows(t, prompt, protocol_table(dialogue_protocol(d), TABLE_MECHANISMS), "");
}

/* Commands with arguments that stand in a table of their own, from some place on. */
static void offer_items(const struct talk *t, struct prompt *prompt, struct slice verb, size_t place)
{
	static const struct {
		const char *verb;
		size_t place;
		enum table_kind kind;
	} items[] = {
		{ "FETCH", 2, TABLE_ITEMS },         { "UID FETCH", 2, TABLE_ITEMS },
		{ "SEARCH", 1, TABLE_SEARCH_KEYS },  { "UID SEARCH", 1, TABLE_SEARCH_KEYS },
		{ "STATUS", 2, TABLE_STATUS_ITEMS }, { "APPEND", 2, TABLE_FLAGS },
		{ "STORE", 3, TABLE_FLAGS },         { "UID STORE", 3, TABLE_FLAGS },
		{ "SITE", 1, TABLE_PARAMETERS },
	};
	for (size_t i = 0; i < sizeof items / sizeof items[0]; i++)
		if (place >= items[i].place && slice_equal_nocase(verb, slice_of(items[i].verb)))
			offer_rows(t, prompt, protocol_table(talk_protocol(t), items[i].kind), "");
	if (place == 1 && (slice_equal_nocase(verb, SLICE("AUTH")) || slice_equal_nocase(verb, SLICE("AUTHENTICATE"))))
		offer_mechanisms(t, prompt);
}

/* Arguments that are a few words. */
static void offer_usual(struct prompt *prompt, struct slice verb, size_t place)
{
	static const char flags[] = "FLAGS +FLAGS -FLAGS FLAGS.SILENT +FLAGS.SILENT -FLAGS.SILENT";
	static const struct {
		const char *verb;
		size_t place;
		const char *words;
	} usual[] = {
		{ "APPEND", 1, "INBOX" }, { "EXAMINE", 1, "INBOX" }, { "SELECT", 1, "INBOX" },
		{ "STATUS", 1, "INBOX" }, { "STORE", 2, flags },     { "UID STORE", 2, flags },
	};
	for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
		if (place == usual[i].place && slice_equal_nocase(verb, slice_of(usual[i].verb)))
			offer_choices(prompt, usual[i].words);
}

/* The command's words at the front of `*rest`, as many as name one; its row, or NULL. */
static const struct entry *command_word(const struct table *commands, struct slice *rest)
{
	struct slice whole = *rest, verb = slice_word(rest), after = *rest, second = slice_word(&after);
	size_t end = second.n ? (size_t)(second.p - whole.p) + second.n : 0;
	const struct entry *row = after.n ? table_find(commands, slice_part(whole, 0, end)) : NULL;
	if (row == NULL)
		return table_find(commands, verb);
	*rest = after;
	return row;
}

static void complete_command(const struct talk *t, struct prompt *prompt, struct slice before)
{
	const struct protocol *protocol = talk_protocol(t);
	const struct table *commands = protocol_table(protocol, TABLE_COMMANDS);
	struct slice rest = before;
	bool tagged = protocol->tagged;
	if (commands == NULL)
		return;
	if (tagged)
		(void)slice_word(&rest);
	if (tagged && rest.n == 0) {
		offer_tag(t, prompt);
		return;
	}
	struct slice typed = rest, verb = slice_word(&rest);
	if (rest.n == 0) {
		offer_commands(t, prompt, commands, (struct slice){ NULL, 0 });
		return;
	}
	if (slice_find_octet(slice_trim(rest), ' ') == slice_trim(rest).n) {
		char *first = string_printf(SLICE_FMT " ", SLICE_ARG(verb));
		offer_commands(t, prompt, commands, slice_of(first));
		free(first);
	}
	rest = typed;
	const struct entry *command = command_word(commands, &rest);
	if (command == NULL)
		return;
	size_t place = 1; /* of the word under the cursor, the verb being 0 */
	for (size_t i = 1; i < rest.n; i++)
		place += rest.p[i] == ' ' && rest.p[i - 1] != ' ';
	if (command->syntax)
		offer_syntax(command, place, prompt);
	offer_items(t, prompt, slice_of(command->word), place);
	if (strcmp(protocol->name, "imap") == 0)
		offer_usual(prompt, slice_of(command->word), place);
	if (place == 1)
		offer_announced(t, prompt, verb);
	else if (slice_find_octet(rest, '>') < rest.n)
		offer_parameters(t, prompt, protocol);
}

/* A header field's name; behind the colon a word that some field may hold, once a letter says which. */
static void complete_field(const struct talk *t, struct prompt *prompt, struct slice before)
{
	const struct protocol *protocol = talk_protocol(t);
	bool named = slice_find_octet(before, ':') < before.n;
	if (!named)
		offer_rows(t, prompt, protocol_table(protocol, TABLE_FIELDS), ":");
	else if (before.p[before.n - 1] != ' ')
		offer_rows(t, prompt, protocol_table(protocol, TABLE_TOKENS), "");
}

/* Everything that can be explained. */
static void offer_known(const struct talk *t, struct prompt *prompt)
{
	const struct protocol *protocol = talk_protocol(t);
	for (const struct table *table = protocol ? protocol->tables : NULL; table && table->rows; table++)
		for (size_t i = 0; i < table->n; i++)
			if (strchr(table->rows[i].word, ' ') == NULL)
				(void)prompt_offer(prompt, table->rows[i].word);
}

static void offer_word(struct prompt *prompt, const char *before, const char *name)
{
	char *candidate = string_printf("%s%s", before, name);
	(void)prompt_offer(prompt, candidate);
	free(candidate);
}

static void offer_words(const struct talk *t, struct prompt *prompt, const char *before)
{
	for (const struct guide_word *word = t->guide ? t->guide->words : NULL; word && word->name; word++)
		if (word_named(slice_of(word->name)) == NULL)
			offer_word(prompt, before, word->name);
	for (const struct word *word = talk_words; word->name; word++)
		offer_word(prompt, before, word->name);
}

/* Files of the folder that the path typed so far names; none that is hidden. */
static void offer_files(struct prompt *prompt, struct slice path)
{
	size_t end = path.n;
	while (end > 0 && path.p[end - 1] != '/')
		end--;
	struct slice typed = slice_part(path, 0, end);
	char *before = slice_string(typed);
	DIR *folder = opendir(*before ? before : ".");
	for (struct dirent *entry; folder && (entry = readdir(folder));) {
		struct stat about;
		char *candidate = string_printf("%s%s", before, entry->d_name), *deeper = NULL;
		if (stat(candidate, &about) == 0 && S_ISDIR(about.st_mode))
			deeper = string_printf("%s/", candidate);
		if (entry->d_name[0] != '.' && text_safe(slice_of(entry->d_name), false))
			(void)prompt_offer(prompt, deeper ? deeper : candidate);
		free(candidate);
		free(deeper);
	}
	if (folder)
		(void)closedir(folder);
	free(before);
}

static bool takes_file(struct slice name)
{
	static const char *const words[] = { "record", "replay", "save", "save!" };
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (slice_equal(name, slice_of(words[i])))
			return true;
	return false;
}

static void complete_word(const struct talk *t, struct prompt *prompt, struct slice before)
{
	static const struct {
		const char *word, *choices;
	} choices[] = {
		{ "notes", "full short off" }, { "eol", "crlf lf none" },
		{ "pipeline", "on off" },      { "base64", "-d" },
		{ "record", "off" },           { "replay", "skip all off" },
	};
	struct slice rest = before, name = slice_word(&rest);
	if (rest.n == 0) {
		offer_words(t, prompt, ":");
		return;
	}
	name = slice_part(name, 1, name.n);
	if (slice_equal(name, SLICE("help")))
		offer_words(t, prompt, "");
	if (slice_equal(name, SLICE("explain")))
		offer_known(t, prompt);
	if (takes_file(name))
		offer_files(prompt, slice_part(rest, 1, rest.n));
	const char *way;
	for (size_t i = 0; slice_equal(name, SLICE("auth")) && (way = auth_way(t, i)); i++)
		(void)prompt_offer(prompt, way);
	for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++)
		if (slice_equal(name, slice_of(choices[i].word)))
			offer_choices(prompt, choices[i].choices);
}

/* The guide's line, where what was typed is its beginning. */
static bool fill_line(struct talk *t, struct prompt *prompt, struct slice before_cursor)
{
	struct buffer line = { 0 };
	t->guide->line(t->guide->context, &line);
	bool begins = line.n > before_cursor.n && slice_starts(buffer_slice(&line), before_cursor);
	if (begins)
		prompt_fill(prompt, slice_part(buffer_slice(&line), before_cursor.n, line.n));
	buffer_wipe(&line);
	return begins;
}

void complete(void *context, struct prompt *prompt, struct slice before_cursor)
{
	struct talk *t = context;
	if (t->reaching)
		offer_words(t, prompt, "");
	else if (t->guide && fill_line(t, prompt, before_cursor))
		return;
	else if (t->asked && !line_is_word(t, before_cursor))
		return;
	else if (line_is_word(t, before_cursor))
		complete_word(t, prompt, before_cursor);
	else if (t->open && talk_input(t) == INPUT_COMMAND)
		complete_command(t, prompt, before_cursor);
	else if (t->open && talk_input(t) == INPUT_FIELD)
		complete_field(t, prompt, before_cursor);
}
