/*
 * What a client says: a line is held against the form that the table of commands gives for its verb ("RETR msg", "MAIL
 * FROM:<reverse-path> [parameters]"). Verbs that are English words too need more to speak for them.
 */
#include "script/speaker_inside.h"

#include <stdlib.h>
#include <string.h>

#include "protocol/http_syntax.h"
#include "protocol/imap_syntax.h"

/* As many arguments of a line are looked at; what stands behind them is taken for the last one's. */
#define ARGUMENTS_MAX 12

/* How the arguments of a command fit its form, from bad to good. */
enum fit {
	FIT_NOT,   /* too few, too many, or of another form */
	FIT_ANY,   /* only words where the form leaves everything open: "HELP me" */
	FIT_WORDS, /* as many words as must be there: "USER bob" */
	FIT_NONE,  /* nothing may stand there, and nothing does: "STAT" */
	FIT_TYPED  /* what stands there has the form that it must have: "RETR 1", "RCPT TO:<…>" */
};

/* A line's arguments, and how far they were held against the form. */
struct arguments {
	struct slice words[ARGUMENTS_MAX];
	size_t n, taken;
	bool typed, open;
};

/* Verbs that stand at the front of an English line too; sorted. */
static const char *const english[] = {
	"CHECK",  "CLOSE",  "CONNECT", "COPY",   "CREATE",  "DATA",    "DELETE", "ENABLE", "EXAMINE", "FETCH", "GET",
	"HASH",   "HEAD",   "HELP",    "HOST",   "ID",      "IDLE",    "LAST",   "LIST",   "LOCK",    "LOGIN", "LOGOUT",
	"MAIL",   "MODE",   "MOVE",    "NOTIFY", "OPTIONS", "PARTIAL", "PASS",   "PATCH",  "PORT",    "POST",  "PUT",
	"QUIT",   "RENAME", "REPLACE", "REST",   "SCAN",    "SEARCH",  "SELECT", "SEND",   "SITE",    "SIZE",  "SORT",
	"STATUS", "STORE",  "THREAD",  "TOP",    "TRACE",   "TURN",    "TYPE",   "USER",   "VERB",
};

static int compare(const void *key, const void *row)
{
	const struct slice *word = key;
	return slice_compare_nocase(*word, slice_of(*(const char *const *)row));
}

static bool is_english(struct slice verb)
{
	return bsearch(&verb, english, sizeof english / sizeof english[0], sizeof english[0], compare) != NULL;
}

/* ---- one argument ---- */

static bool is_number(struct slice word)
{
	uint64_t number;
	return slice_number(word, &number);
}

static bool is_among(struct slice words, struct slice word)
{
	while (words.n) {
		size_t bar = slice_find_octet(words, '|');
		if (slice_equal_nocase(slice_part(words, 0, bar), word))
			return true;
		words = slice_part(words, bar + 1, words.n);
	}
	return false;
}

static bool is_numbers(struct slice word)
{
	size_t commas = 0;
	for (size_t i = 0; i < word.n; i++) {
		commas += word.p[i] == ',';
		if (word.p[i] != ',' && !octet_is_digit(word.p[i]))
			return false;
	}
	return commas > 3;
}

static bool is_upper(struct slice word)
{
	for (size_t i = 0; i < word.n; i++)
		if (octet_upper(word.p[i]) != word.p[i])
			return false;
	return true;
}

/* Letters, digits, hyphens and underscores (RFC 4422 3.1). */
static bool is_name(struct slice word)
{
	for (size_t i = 0; i < word.n; i++)
		if (!octet_is_alnum(word.p[i]) && word.p[i] != '-' && word.p[i] != '_')
			return false;
	return word.n > 0;
}

static bool named(struct slice form, const char *const *names)
{
	for (; *names; names++)
		if (slice_equal(form, slice_of(*names)))
			return true;
	return false;
}

/* `[+|-]FLAGS[.SILENT]`, `[@|#]name`: what may stand before and behind the word itself is taken off both. */
static void take_signs(struct slice *form, struct slice *word)
{
	size_t close = slice_find_octet(*form, ']');
	if (form->p[0] != '[' || close + 1 >= form->n)
		return;
	*form = slice_part(*form, close + 1, slice_find(*form, SLICE("[.")));
	if (word->n > 1 && !octet_is_alnum(word->p[0]))
		*word = slice_part(*word, 1, is_upper(*form) ? slice_find_octet(*word, '.') : word->n);
}

/* Whether the word has the form that stands for it: 1 it has, 0 it has not, -1 the form leaves it open. */
static int has_form(const struct protocol *protocol, struct slice form, struct slice word)
{
	static const char *const numbers[] = { "msg", "n",     "octets",         "size", "start",
		                               "end", "width", "message-number", "uid",  NULL };
	const struct table *mechanisms = protocol_table(protocol, TABLE_MECHANISMS);
	take_signs(&form, &word);
	if (named(form, numbers))
		return is_number(word);
	if (slice_equal(form, SLICE("sequence-set")) || slice_equal(form, SLICE("uid-set")))
		return imap_set_ok(word);
	if (slice_equal(form, SLICE("mechanism")))
		return mechanisms && table_find(mechanisms, word) ? 1 : is_name(word) ? -1 : 0;
	if (slice_starts(form, SLICE("h1,")))
		return is_numbers(word);
	if (slice_starts(form, SLICE("YYYYMMDD")))
		return word.n >= 14 && is_number(slice_part(word, 0, 14));
	if (form.p[0] == '(' && protocol->tagged && word.p[0] == '\\')
		return 1; /* one flag needs no parentheses */
	if (form.p[0] == '(' || form.p[0] == '|' || form.p[0] == '"' || form.p[0] == '{')
		return word.p[0] == form.p[0];
	if (slice_equal(form, SLICE("URL")))
		return slice_find_octet(word, ':') < word.n;
	if (slice_equal(form, SLICE("name")) && slice_find_octet(word, '@') < word.n)
		return 1;
	if (slice_find(form, SLICE("=value")) < form.n)
		return slice_find_octet(word, '=') < word.n;
	if (slice_find_octet(form, '|') < form.n)
		return is_among(form, word);
	if (form.n > 1 && is_upper(form))
		return slice_equal_nocase(form, word);
	return protocol->tagged && word.p[0] == '"' ? 1 : -1;
}

/* ---- all of them ---- */

/* `FROM:<reverse-path>`: what stands before the bracket must stand there, and spaces may (RFC 5321 3.3 forbids them). */
static enum fit fit_path(struct slice keyword, struct slice rest)
{
	if (!slice_starts_nocase(rest, keyword))
		return FIT_NOT;
	rest = slice_trim(slice_part(rest, keyword.n, rest.n));
	size_t at = slice_find_octet(rest, '@');
	return rest.n && (rest.p[0] == '<' || at < rest.n) ? FIT_TYPED : rest.n ? FIT_WORDS : FIT_ANY;
}

/* Takes the next form off the front of `*syntax`, what stands in its square brackets as one. `*optional`: they are around all of
 * it, as not in `[+|-]FLAGS`. */
static struct slice take_form(struct slice *syntax, bool *optional)
{
	size_t depth = 0, end = 0, closed = 0;
	*syntax = slice_trim(*syntax);
	for (; end < syntax->n && (depth || syntax->p[end] != ' '); end++) {
		depth += syntax->p[end] == '[' || syntax->p[end] == '(';
		depth -= depth && (syntax->p[end] == ']' || syntax->p[end] == ')');
		if (depth == 0 && closed == 0)
			closed = end + 1;
	}
	struct slice form = slice_part(*syntax, 0, end);
	*syntax = slice_part(*syntax, end, syntax->n);
	*optional = form.n > 1 && form.p[0] == '[' && closed == end;
	return *optional ? slice_part(form, 1, form.n - 1) : form;
}

/* Whether the form takes all that is left of the line: names of files with spaces, texts, keys of a search. */
static bool takes_all(struct slice form)
{
	static const char *const names[] = { "path", "text",    "keys",    "items",  "parameters", "arguments",
		                             "list", "options", "entries", "events", "argument",   NULL };
	return named(form, names) || slice_find(form, SLICE("...")) < form.n;
}

/* Holds the next argument against a form; false where it does not fit. */
static bool take(const struct protocol *protocol, struct arguments *a, struct slice form, bool optional)
{
	if (a->taken >= a->n)
		return optional;
	size_t space = slice_find_octet(form, ' ');
	struct slice first = slice_part(form, 0, space);
	int has = has_form(protocol, first, a->words[a->taken]);
	/* a modifier of an extension stands before it (RFC 7162 3.1.3) */
	if (has == 0 && protocol->tagged && a->words[a->taken].p[0] == '(' && a->taken + 1 < a->n)
		has = has_form(protocol, first, a->words[++a->taken]);
	if (has == 0)
		return optional;
	a->typed |= has == 1;
	a->open |= optional && has < 0;
	a->taken += 1U + (space < form.n && a->taken + 1 < a->n);
	if (takes_all(form))
		a->taken = a->n;
	return true;
}

static enum fit fit(const struct protocol *protocol, struct slice syntax, struct arguments *a)
{
	bool required = false;
	while (slice_trim(syntax).n) {
		bool optional;
		struct slice form = take_form(&syntax, &optional);
		required |= !optional;
		if (!take(protocol, a, form, optional))
			return FIT_NOT;
	}
	while (protocol->tagged && a->taken < a->n && a->words[a->taken].p[0] == '(')
		a->taken++;
	if (a->taken < a->n)
		return FIT_NOT;
	if (a->typed)
		return FIT_TYPED;
	return a->n == 0 ? FIT_NONE : a->open && !required ? FIT_ANY : FIT_WORDS;
}

/* How much speaks for a verb in that spelling whose arguments fit so. */
static unsigned weigh(struct slice verb, enum fit fits)
{
	static const unsigned odd[] = {
		[FIT_NOT] = 1, [FIT_ANY] = 2, [FIT_WORDS] = 3, [FIT_NONE] = 3, [FIT_TYPED] = 3
	};
	static const unsigned common[] = {
		[FIT_NOT] = 1, [FIT_ANY] = 1, [FIT_WORDS] = 2, [FIT_NONE] = 2, [FIT_TYPED] = 3
	};
	bool english_too = is_english(verb);
	unsigned weight = english_too ? common[fits] : odd[fits];
	bool lower = octet_lower(verb.p[verb.n - 1]) == verb.p[verb.n - 1] && octet_is_alpha(verb.p[verb.n - 1]);
	if (lower && fits != FIT_TYPED && weight > (english_too ? 1U : 2U))
		weight--;
	return weight;
}

/* ---- protocols ---- */

static void split_words(struct slice rest, struct arguments *a)
{
	struct slice word;
	while (a->n < ARGUMENTS_MAX && (word = slice_word(&rest)).n)
		a->words[a->n++] = word;
}

/* IMAP's strings and lists are one argument each. */
static void split_tree(struct slice rest, struct arguments *a)
{
	struct imap_tree tree = { 0 };
	imap_tree_parse(&tree, rest, NULL, 0);
	for (size_t at = 0; at < tree.n && a->n < ARGUMENTS_MAX; at = tree.nodes[at].end) {
		if (tree.nodes[at].text.n)
			a->words[a->n++] = tree.nodes[at].text;
		if (tree.nodes[at].end <= at)
			break;
	}
	imap_tree_free(&tree);
}

/* The form behind the command's own words. */
static struct slice form_behind(const struct entry *row)
{
	struct slice syntax = slice_of(row->syntax ? row->syntax : row->word);
	/* of two forms the first stands for both: "NOTIFY SET … or NOTIFY NONE" */
	return slice_part(syntax, strlen(row->word), slice_find(syntax, SLICE(" or ")));
}

/* SMTP, LMTP, POP3, FTP: a verb, then words; false where the line begins with no command's verb. */
static bool fit_command(const struct protocol *protocol, struct slice line, struct slice *verb, enum fit *fits)
{
	struct arguments a = { .n = 0 };
	struct slice rest = line;
	const struct table *commands = protocol_table(protocol, TABLE_COMMANDS);
	*verb = slice_word(&rest);
	bool word = verb->n && verb->p == line.p && octet_is_alpha(verb->p[0]);
	const struct entry *row = word && commands ? table_find(commands, *verb) : NULL;
	if (row == NULL)
		return false;
	struct slice form = slice_trim(form_behind(row)), path = slice_part(form, 0, slice_find(form, SLICE(":<")) + 1);
	split_words(rest, &a);
	*fits = path.n < form.n ? fit_path(path, slice_trim(rest)) : fit(protocol, form, &a);
	return true;
}

static unsigned likes_command(const struct protocol *protocol, struct slice line)
{
	struct slice verb;
	enum fit fits;
	return fit_command(protocol, line, &verb, &fits) ? weigh(verb, fits) : 0;
}

/* The row of an IMAP command, UID and what stands behind it as one. */
static const struct entry *imap_row_of(const struct protocol *protocol, const struct imap_command *command)
{
	const struct table *commands = protocol_table(protocol, TABLE_COMMANDS);
	char name[64];
	if (command->second.n == 0)
		return table_find(commands, command->verb);
	if (command->verb.n + command->second.n + 1 > sizeof name)
		return NULL;
	memcpy(name, command->verb.p, command->verb.n);
	name[command->verb.n] = ' ';
	memcpy(name + command->verb.n + 1, command->second.p, command->second.n);
	return table_find(commands, (struct slice){ name, command->verb.n + command->second.n + 1 });
}

/* Most tags have a digit; hands use `.`. */
static bool tag_usual(struct slice tag)
{
	if (!octet_is_alnum(tag.p[0]) && tag.p[0] != '.')
		return false;
	for (size_t i = 0; i < tag.n; i++)
		if (octet_is_digit(tag.p[i]))
			return true;
	return slice_equal(tag, SLICE(".")) || slice_equal_nocase(tag, SLICE("tag"));
}

/* The same of IMAP's, behind a tag. */
static bool fit_tagged(const struct protocol *protocol, struct slice line, struct imap_command *command, enum fit *fits)
{
	struct arguments a = { .n = 0 };
	imap_command_parse(line, command);
	const struct entry *row = command->verb.n ? imap_row_of(protocol, command) : NULL;
	if (row == NULL || !imap_tag_ok(command->tag) || command->tag.p != line.p)
		return false;
	split_tree(command->arguments, &a);
	*fits = fit(protocol, form_behind(row), &a);
	return true;
}

static unsigned likes_tagged(const struct protocol *protocol, struct slice line)
{
	struct imap_command command;
	enum fit fits;
	if (!fit_tagged(protocol, line, &command, &fits))
		return 0;
	unsigned weight = weigh(command.second.n ? command.second : command.verb, fits);
	bool meant = tag_usual(command.tag) && (fits != FIT_NOT || is_upper(command.verb));
	return weight < 3 && meant ? weight + 1 : weight;
}

unsigned speaker_field(const struct protocol *protocol, struct slice line)
{
	struct http_field field;
	if (!http_field_parse(line, &field) || field.name.p != line.p)
		return 0;
	const struct table *fields = protocol_table(protocol, TABLE_FIELDS);
	return (fields && table_find(fields, field.name)) || slice_find_octet(field.name, '-') < field.name.n;
}

unsigned speaker_client(const struct protocol *protocol, struct slice line)
{
	if (line.n == 0 || protocol->bare)
		return 0;
	if (protocol->tagged)
		return likes_tagged(protocol, line);
	if (protocol->server_first)
		return likes_command(protocol, line);
	unsigned request = protocol->command(line);
	return request ? request : speaker_field(protocol, line);
}

bool speaker_fits(const struct protocol *protocol, struct slice line)
{
	struct imap_command command;
	struct slice verb;
	enum fit fits;
	bool known = protocol->tagged ? fit_tagged(protocol, line, &command, &fits)
	                              : fit_command(protocol, line, &verb, &fits);
	return known && fits != FIT_NOT;
}
