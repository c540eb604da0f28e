/*
 * parlance explain: what a code, a command or a keyword means. It knows no protocol: all it says stands in the
 * registry's tables.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/escape.h"
#include "cmd/cmd.h"
#include "protocol/knowledge.h"

/* How far a section's text stands in, and the least width that text beside a label is given. */
#define INDENT 4
#define TEXT_COLUMNS 30

/* What is not known is looked for in the notes: words of so many octets at least, and so many rows are named. */
#define MENTION_LEAST 2
#define MENTIONS 8

/* Stands for a space that no line ends at. */
#define HARD_SPACE '\t'

struct explain {
	const struct protocol *only; /* NULL: all are asked */
	bool json, bold;
	size_t columns;
	struct buffer out;
	/* What was said of the word in question: SMTP and LMTP know the same thing, and it is said once. */
	const struct entry **said;
	size_t nsaid;
};

/* A line of a list: a label, and what stands beside it. */
struct item {
	char *label, *text;
	const struct entry *row; /* for JSON; NULL where it is none */
};

struct list {
	struct item *items;
	size_t n;
};

/* ---- lines ---- */

/* Appends text that begins at `column`, wrapped to the width; its further lines stand in by `indent`. */
static void paragraph(struct explain *e, size_t column, size_t indent, const char *text)
{
	struct slice rest = slice_of(text);
	for (bool first = true; rest.n; first = false) {
		size_t end = slice_find_octet(rest, ' ');
		struct slice word = slice_part(rest, 0, end);
		rest = slice_part(rest, end + 1, rest.n);
		size_t columns = text_columns(word);
		if (!first && column + 1 + columns > e->columns) {
			buffer_printf(&e->out, "\n%*s", (int)indent, "");
			column = indent;
		} else if (!first) {
			buffer_add_octet(&e->out, ' ');
			column++;
		}
		for (size_t i = 0; i < word.n; i++)
			buffer_add_octet(&e->out, word.p[i] == HARD_SPACE ? ' ' : word.p[i]);
		column += columns;
	}
	buffer_add_octet(&e->out, '\n');
}

static void indented(struct explain *e, const char *text)
{
	buffer_printf(&e->out, "%*s", INDENT, "");
	paragraph(e, INDENT, INDENT, text);
}

/* A row's note and reference, for paragraph; owned by the caller. "RFC 5321 4.2.3" is not torn apart. */
static char *note_of(const struct entry *row)
{
	char *text = string_printf("%s %s", row->note, row->ref);
	bool rfcs = strncmp(row->ref, "RFC ", 4) == 0;
	for (char *p = text + strlen(row->note) + 1; *p; p++)
		if (*p == ' ' && (rfcs ? p[-1] != ',' : strncmp(p, " RFC:", 5) == 0))
			*p = HARD_SPACE;
	return text;
}

/* ---- lists ---- */

static void list_add(struct list *list, char *label, char *text, const struct entry *row)
{
	list->items = memory_grow(list->items, list->n + 1, sizeof *list->items);
	list->items[list->n++] = (struct item){ label, text, row };
}

static void list_add_row(struct list *list, char *label, const struct entry *row)
{
	list_add(list, label, note_of(row), row);
}

static void list_free(struct list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->items[i].label);
		free(list->items[i].text);
	}
	free(list->items);
}

/* Labels in a column, text beside them; on a narrow terminal below them. */
static void list_print(struct explain *e, const struct list *list)
{
	size_t width = 0;
	for (size_t i = 0; i < list->n; i++)
		if (strlen(list->items[i].label) > width)
			width = strlen(list->items[i].label);
	size_t beside = INDENT + width + 2, below = (size_t)INDENT + 2;
	bool narrow = e->columns < beside + TEXT_COLUMNS;
	if (list->n)
		buffer_add_octet(&e->out, '\n');
	for (size_t i = 0; i < list->n; i++) {
		const struct item *item = &list->items[i];
		buffer_printf(&e->out, "%*s", INDENT, "");
		if (narrow)
			buffer_printf(&e->out, "%s\n%*s", item->label, (int)below, "");
		else
			buffer_printf(&e->out, "%-*s  ", (int)width, item->label);
		paragraph(e, narrow ? below : beside, narrow ? below : beside, item->text);
	}
}

/* ---- what belongs to a row ---- */

static bool is_code(struct slice word)
{
	return word.n == 3 && octet_is_digit(word.p[0]) && octet_is_digit(word.p[1]) && octet_is_digit(word.p[2]);
}

/* "5.7.1": `*subject` and `*detail` are its second and third number. */
static bool is_enhanced(struct slice word, struct slice *subject, struct slice *detail)
{
	uint64_t number;
	size_t first = slice_find_octet(word, '.');
	struct slice rest = slice_part(word, first + 1, word.n);
	size_t second = slice_find_octet(rest, '.');
	*subject = slice_part(rest, 0, second);
	*detail = slice_part(rest, second + 1, rest.n);
	return first == 1 && octet_is_digit(word.p[0]) && slice_number(*subject, &number) &&
	       slice_number(*detail, &number);
}

/* Adds the row of that word, if there is one; `word` is freed or becomes the label. */
static bool add_digit(const struct table *table, char *word, struct list *list)
{
	const struct entry *row = table_find(table, slice_of(word));
	if (row)
		list_add_row(list, word, row);
	else
		free(word);
	return row != NULL;
}

/* What the digits of a code say, each by itself: rows such as "5yz" and "x5z" (RFC 5321 4.2.1), "5xx", "5.X.X" and
 * "X.7.X" (RFC 3463 2). Nothing where the first digit says nothing: that is no code of this table. */
static void add_digits(const struct table *table, struct slice word, struct list *list)
{
	struct slice subject, detail;
	if (table->kind == TABLE_CODES && is_code(word)) {
		if (add_digit(table, string_printf("%cyz", word.p[0]), list) ||
		    add_digit(table, string_printf("%cxx", word.p[0]), list))
			(void)add_digit(table, string_printf("x%cz", word.p[1]), list);
	} else if (table->kind == TABLE_ENHANCED && is_enhanced(word, &subject, &detail)) {
		if (add_digit(table, string_printf("%c.X.X", word.p[0]), list))
			(void)add_digit(table, string_printf("X." SLICE_FMT ".X", SLICE_ARG(subject)), list);
	}
}

/* The first of the rows that say what a code's digits mean; NULL where it is no code of this table. */
static const struct entry *digits_row(const struct table *table, struct slice word)
{
	struct list digits = { 0 };
	add_digits(table, word, &digits);
	const struct entry *row = digits.n ? digits.items[0].row : NULL;
	list_free(&digits);
	return row;
}

/* Takes "RCPT 550" or "UID FETCH NO" apart; false where the word is no such pair. */
static bool code_in_context(struct slice word, struct slice *verb, struct slice *code)
{
	size_t space = word.n;
	while (space > 0 && word.p[space - 1] != ' ')
		space--;
	if (space == 0)
		return false;
	space--;
	*verb = slice_part(word, 0, space);
	*code = slice_part(word, space + 1, word.n);
	return true;
}

/* What a code means behind each command that the protocol has; what answers a command may get. */
static void add_contexts(const struct protocol *protocol, const struct table *table, const struct entry *row,
                         struct list *list)
{
	const struct table *codes = protocol_table(protocol, TABLE_CODES);
	const struct table *commands = protocol_table(protocol, TABLE_COMMANDS);
	struct slice word = slice_of(row->word), verb, code;
	for (size_t i = 0; codes && i < codes->n; i++) {
		const struct entry *other = &codes->rows[i];
		if (!code_in_context(slice_of(other->word), &verb, &code))
			continue;
		if (table == codes && slice_equal(code, word) && commands && table_find(commands, verb))
			list_add_row(list, string_printf("after " SLICE_FMT, SLICE_ARG(verb)), other);
		else if (table == commands && slice_equal(verb, word))
			list_add_row(list, slice_string(code), other);
	}
	if (table == codes && code_in_context(word, &verb, &code)) {
		const struct entry *general = table_find(codes, code);
		if (general)
			list_add_row(list, slice_string(code), general);
	}
}

/* ---- a command's own ---- */

static char *states_text(const struct protocol *protocol, unsigned states)
{
	struct buffer text = { 0 };
	const char *separator = "in state ";
	for (unsigned i = 0; protocol->states[i]; i++) {
		if (!(states & STATE(i)))
			continue;
		buffer_printf(&text, "%s%s", separator, protocol->states[i]);
		separator = ", ";
	}
	return buffer_take(&text);
}

static void add_facts(const struct protocol *protocol, const struct entry *row, struct list *list)
{
	if (row->phase != PHASE_NONE)
		list_add(list, string_copy("phase"), string_copy(phase_name(row->phase)), NULL);
	if (row->states)
		list_add(list, string_copy("when"), states_text(protocol, row->states), NULL);
	if (row->needs)
		list_add(list, string_copy("needs"), string_printf("%s, announced by the server", row->needs), NULL);
}

/* ---- JSON ---- */

static void json_pair(struct buffer *out, const char *key, const char *value)
{
	if (value == NULL)
		return;
	buffer_printf(out, ",\"%s\":", key);
	(void)escape_json(out, slice_of(value));
}

static void json_states(struct buffer *out, const struct protocol *protocol, unsigned states)
{
	const char *separator = "";
	buffer_add_string(out, ",\"states\":[");
	for (unsigned i = 0; protocol->states[i]; i++) {
		if (!(states & STATE(i)))
			continue;
		buffer_add_string(out, separator);
		(void)escape_json(out, slice_of(protocol->states[i]));
		separator = ",";
	}
	buffer_add_octet(out, ']');
}

/* One object a line. `row` NULL: the word is well-formed but not registered. */
static void json_row(struct explain *e, const struct protocol *protocol, const struct table *table, const char *word,
                     const struct entry *row)
{
	buffer_add_string(&e->out, "{\"kind\":\"explain\"");
	json_pair(&e->out, "protocol", protocol->name);
	json_pair(&e->out, "what", table->title);
	json_pair(&e->out, "word", word);
	if (row == NULL) {
		buffer_add_string(&e->out, ",\"registered\":false}\n");
		return;
	}
	json_pair(&e->out, "syntax", row->syntax);
	json_pair(&e->out, "phase", phase_name(row->phase));
	if (row->states)
		json_states(&e->out, protocol, row->states);
	json_pair(&e->out, "needs", row->needs);
	json_pair(&e->out, "note", row->note);
	json_pair(&e->out, "ref", row->ref);
	buffer_add_string(&e->out, "}\n");
}

static void json_section(struct explain *e, const struct protocol *protocol, const struct table *table,
                         const char *word, const struct entry *row, const struct list *lists, size_t nlists)
{
	json_row(e, protocol, table, word, row);
	for (size_t i = 0; i < nlists; i++)
		for (size_t j = 0; j < lists[i].n; j++)
			if (lists[i].items[j].row)
				json_row(e, protocol, table, lists[i].items[j].row->word, lists[i].items[j].row);
}

/* ---- a section: all that one table says of a word ---- */

static void heading(struct explain *e, const struct table *table, const char *word)
{
	struct slice verb, code;
	if (e->out.n)
		buffer_add_octet(&e->out, '\n');
	buffer_add_string(&e->out, e->bold ? "\033[1m" : "");
	if (table->kind == TABLE_CODES && code_in_context(slice_of(word), &verb, &code))
		buffer_printf(&e->out, SLICE_FMT " after " SLICE_FMT, SLICE_ARG(code), SLICE_ARG(verb));
	else
		buffer_add_string(&e->out, word);
	buffer_printf(&e->out, "%s  %s\n", e->bold ? "\033[0m" : "", table->title);
}

static void text_section(struct explain *e, const struct table *table, const char *word, const struct entry *row,
                         const struct list *lists, size_t nlists)
{
	heading(e, table, word);
	if (row) {
		char *text = note_of(row);
		if (row->syntax && strcmp(row->syntax, row->word) != 0)
			buffer_printf(&e->out, "%*s%s\n", INDENT, "", row->syntax);
		indented(e, text);
		free(text);
	} else {
		indented(e, "Not registered. What its digits say:");
	}
	for (size_t i = 0; i < nlists; i++)
		list_print(e, &lists[i]);
}

enum { LIST_FACTS, LIST_DIGITS, LIST_CONTEXTS, LISTS };

static void section(struct explain *e, const struct protocol *protocol, const struct table *table, struct slice asked,
                    const struct entry *row)
{
	struct list lists[LISTS] = { 0 };
	char *word = row && table->kind != TABLE_ENHANCED ? string_copy(row->word) : slice_string(asked);
	add_digits(table, asked, &lists[LIST_DIGITS]);
	if (row) {
		add_facts(protocol, row, &lists[LIST_FACTS]);
		add_contexts(protocol, table, row, &lists[LIST_CONTEXTS]);
	}
	if (e->json)
		json_section(e, protocol, table, word, row, lists, LISTS);
	else
		text_section(e, table, word, row, lists, LISTS);
	for (size_t i = 0; i < LISTS; i++)
		list_free(&lists[i]);
	free(word);
}

/* ---- looking up ---- */

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* Whether another protocol has said the same already; if not, it is remembered. */
static bool said(struct explain *e, const struct entry *row)
{
	for (size_t i = 0; i < e->nsaid; i++)
		if (same_text(e->said[i]->word, row->word) && same_text(e->said[i]->syntax, row->syntax) &&
		    same_text(e->said[i]->note, row->note) && same_text(e->said[i]->ref, row->ref))
			return true;
	e->said = memory_grow(e->said, e->nsaid + 1, sizeof *e->said);
	e->said[e->nsaid++] = row;
	return false;
}

/* The row of a word: as it stands there, or for "5.7.1" that of "X.7.1", for "5xx" that of "5yz". */
static const struct entry *find(const struct table *table, struct slice word)
{
	struct slice subject, detail;
	const struct entry *row = table_find(table, word);
	char *general = NULL;
	if (row)
		return row;
	if (table->kind == TABLE_ENHANCED && is_enhanced(word, &subject, &detail) && digits_row(table, word))
		general = string_printf("X." SLICE_FMT "." SLICE_FMT, SLICE_ARG(subject), SLICE_ARG(detail));
	else if (table->kind == TABLE_CODES && slice_equal_nocase(slice_part(word, 1, word.n), SLICE("xx")))
		general = string_printf("%cyz", word.p[0]);
	if (general)
		row = table_find(table, slice_of(general));
	free(general);
	return row;
}

static bool wanted(const struct explain *e, const struct protocol *protocol)
{
	return e->only == NULL || e->only == protocol;
}

/* Says all that is known of one word; false where it is nothing. */
static bool explain_word(struct explain *e, struct slice word)
{
	bool found = false;
	e->nsaid = 0;
	for (size_t i = 0; word.n && protocols[i]; i++) {
		for (const struct table *table = protocols[i]->tables; table && table->rows; table++) {
			const struct entry *row = wanted(e, protocols[i]) ? find(table, word) : NULL;
			const struct entry *known = row || !wanted(e, protocols[i]) ? row : digits_row(table, word);
			if (known == NULL)
				continue;
			found = true;
			if (!said(e, known))
				section(e, protocols[i], table, word, row);
		}
	}
	return found;
}

/* A word as it stands in a line: "SIZE=100" and "AUTH=PLAIN" too. */
static bool explain_token(struct explain *e, struct slice word)
{
	size_t equals = slice_find_octet(word, '=');
	return explain_word(e, word) || explain_word(e, slice_part(word, 0, equals + 1)) ||
	       (equals < word.n && explain_word(e, slice_part(word, 0, equals)));
}

/* A reply as copied from a session: "250-SIZE 1000", "550 5.1.1 No such user". Its words are the server's own. */
static bool explain_reply(struct explain *e, struct slice line)
{
	struct slice subject, detail, rest = slice_part(line, 4, line.n);
	bool found = explain_word(e, slice_part(line, 0, 3));
	struct slice word = slice_word(&rest);
	if (is_enhanced(word, &subject, &detail))
		found |= explain_word(e, word);
	else if (line.p[0] == '2')
		found |= explain_token(e, word);
	return found;
}

static bool explain_argument(struct explain *e, struct slice text)
{
	text = slice_trim(text);
	if (slice_starts(text, SLICE("S: ")) || slice_starts(text, SLICE("C: ")))
		text = slice_trim(slice_part(text, 3, text.n));
	if (explain_token(e, text))
		return true;
	if (text.n > 3 && is_code(slice_part(text, 0, 3)) && (text.p[3] == ' ' || text.p[3] == '-'))
		return explain_reply(e, text);
	bool found = false;
	for (struct slice word = slice_word(&text), whole = text; word.n && whole.n; word = slice_word(&text))
		found |= explain_token(e, word);
	return found;
}

/* ---- what is not found ---- */

static bool has_letter(struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if (octet_is_alpha(text.p[i]))
			return true;
	return false;
}

/* Appends the near words, those that differ least first, each once. Numbers that look alike are not near. */
static void add_nearest(const struct explain *e, struct slice word, struct buffer *out)
{
	for (size_t distance = 1; distance <= 2 && has_letter(word); distance++) {
		for (size_t i = 0; protocols[i]; i++) {
			for (const struct table *table = protocols[i]->tables; table && table->rows; table++) {
				const struct entry *row = wanted(e, protocols[i]) ? table_nearest(table, word) : NULL;
				if (row == NULL || word_distance(word, slice_of(row->word)) != distance)
					continue;
				if (slice_find(buffer_slice(out), slice_of(row->word)) == out->n)
					buffer_printf(out, "%s%s", out->n ? ", " : "", row->word);
			}
		}
	}
}

/* Whether the note speaks of it: whole words, whatever their case. */
static bool speaks_of(struct slice note, struct slice words)
{
	while (note.n) {
		size_t at = slice_find_nocase(note, words), end = at + words.n;
		bool begins = at == 0 || !octet_is_alnum(note.p[at - 1]);
		if (at < note.n && begins && (end == note.n || !octet_is_alnum(note.p[end])))
			return true;
		note = slice_part(note, at + 1, note.n);
	}
	return false;
}

/* Whether the word stands between the commas of the list. */
static bool listed(struct slice list, const char *word)
{
	char *between = string_printf(", %s, ", word), *all = string_printf(", " SLICE_FMT ", ", SLICE_ARG(list));
	bool found = strstr(all, between) != NULL;
	free(between);
	free(all);
	return found;
}

/* Appends the rows whose notes speak of it, the first few: whoever asks for "greylisting" wants "RCPT 450". */
static void add_mentions(const struct explain *e, struct slice words, struct buffer *out)
{
	size_t n = 0;
	for (size_t i = 0; words.n >= MENTION_LEAST && has_letter(words) && protocols[i]; i++) {
		for (const struct table *table = protocols[i]->tables; table && table->rows; table++) {
			for (size_t row = 0; wanted(e, protocols[i]) && row < table->n && n < MENTIONS; row++) {
				const char *word = table->rows[row].word;
				if (!speaks_of(slice_of(table->rows[row].note), words) ||
				    listed(buffer_slice(out), word))
					continue;
				buffer_printf(out, "%s%s", n ? ", " : "", word);
				n++;
			}
		}
	}
}

static void not_found(const struct explain *e, struct slice text)
{
	struct buffer shown = { 0 }, near = { 0 }, mentions = { 0 };
	const char *hint = ": a command, a reply code or a keyword is asked for, such as 550 or EHLO";
	escape_text(&shown, text);
	add_nearest(e, slice_trim(text), &near);
	add_mentions(e, slice_trim(text), &mentions);
	complain("explain: no \"" SLICE_FMT "\" is known%s%s%s" SLICE_FMT "%s" SLICE_FMT,
	         SLICE_ARG(buffer_slice(&shown)), e->only ? " in " : "", e->only ? e->only->name : "",
	         near.n       ? ": nearest: "
	         : mentions.n ? ""
	                      : hint,
	         SLICE_ARG(buffer_slice(&near)),
	         mentions.n == 0 ? ""
	         : near.n        ? "; spoken of under: "
	                         : ": it is spoken of under: ",
	         SLICE_ARG(buffer_slice(&mentions)));
	buffer_free(&shown);
	buffer_free(&near);
	buffer_free(&mentions);
}

/* ---- the command ---- */

static size_t terminal_columns(const struct options *options)
{
	struct winsize size = { 0 };
	if (options->output || !isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 ||
	    size.ws_col == 0)
		return 80;
	return size.ws_col < 20 ? 20 : size.ws_col;
}

static enum status write_out(const struct options *options, struct slice text)
{
	if (options->output == NULL) { /* main tells what did not arrive */
		struct sink sink = sink_of_file(stdout);
		sink.write(sink.context, text);
		return STATUS_OK;
	}
	FILE *file = fopen(options->output, "w");
	bool good = file && (text.n == 0 || fwrite(text.p, 1, text.n, file) == text.n);
	if (file)
		good = fclose(file) == 0 && good;
	if (good)
		return STATUS_OK;
	complain("explain: %s: %s", options->output, strerror(errno));
	return STATUS_USAGE;
}

/* Several words may be one thing: `explain RCPT 550`. */
static bool explain_together(struct explain *e, int argc, char **argv)
{
	struct buffer words = { 0 };
	for (int i = 0; i < argc; i++)
		buffer_printf(&words, "%s%s", i ? " " : "", argv[i]);
	bool found = argc > 1 && explain_word(e, buffer_slice(&words));
	buffer_free(&words);
	return found;
}

static enum status explain_all(struct explain *e, int argc, char **argv)
{
	enum status status = STATUS_OK;
	if (explain_together(e, argc, argv))
		return STATUS_OK;
	for (int i = 0; i < argc; i++) {
		if (explain_argument(e, slice_of(argv[i])))
			continue;
		not_found(e, slice_of(argv[i]));
		status = STATUS_DIFFERED;
	}
	return status;
}

/* A protocol by itself: what is known of it, as words to ask for. */
static void explain_protocol(struct explain *e, const struct protocol *protocol)
{
	struct buffer words = { 0 };
	buffer_printf(&e->out, "%s%s%s  %s\n", e->bold ? "\033[1m" : "", protocol->name, e->bold ? "\033[0m" : "",
	              protocol->title);
	for (const struct table *table = protocol->tables; table->rows; table++) {
		buffer_clear(&words);
		buffer_printf(&words, "%s:", table->title);
		for (size_t i = 0; i < table->n; i++)
			if (strchr(table->rows[i].word, ' ') == NULL) /* not what a code means behind one command */
				buffer_printf(&words, " %s", table->rows[i].word);
		char *text = slice_string(buffer_slice(&words));
		buffer_add_octet(&e->out, '\n');
		indented(e, text);
		free(text);
	}
	buffer_free(&words);
}

/* The same for programs: each row an object. */
static void json_protocol(struct explain *e, const struct protocol *protocol)
{
	for (const struct table *table = protocol->tables; table->rows; table++)
		for (size_t i = 0; i < table->n; i++)
			json_row(e, protocol, table, table->rows[i].word, &table->rows[i]);
}

static enum status run(struct options *options, int argc, char **argv)
{
	struct explain e = { .only = options->protocol, .json = options->json };
	if (argc > 0 && protocol_named(slice_of(argv[0]))) {
		e.only = protocol_named(slice_of(argv[0]));
		argc--;
		argv++;
	}
	if (argc == 0 && e.only == NULL) {
		complain("explain: a word is missing, as in: parlance explain 550");
		return STATUS_USAGE;
	}
	e.bold = !options->output && !options->plain && color_wanted(options->color, stdout);
	e.columns = terminal_columns(options);
	enum status status = STATUS_OK;
	if (argc > 0)
		status = explain_all(&e, argc, argv);
	else if (e.json)
		json_protocol(&e, e.only);
	else
		explain_protocol(&e, e.only);
	enum status written = write_out(options, buffer_slice(&e.out));
	buffer_free(&e.out);
	free(e.said);
	return written == STATUS_OK ? status : written;
}

const struct command command_explain = {
	.name = "explain",
	.arguments = "[options] [PROTOCOL] WORD... | PROTOCOL",
	.summary = "what a code, a command or a keyword means, and where that is defined",
	.help = "Each WORD is a reply code (550, -ERR, 404), an enhanced status code (5.7.1), a\n"
		"command (STARTTLS, UIDL, PASV), a capability (SIZE, IDLE), a response code\n"
		"(TRYCREATE), a header field (Host) or a way to log in (PLAIN). A code behind a\n"
		"command is what it means there: \"RCPT 550\". A line copied from a session works\n"
		"too: \"550 5.1.1 No such user\".\n"
		"\n"
		"With PROTOCOL (smtp lmtp pop3 imap http ftp), only that protocol is asked;\n"
		"PROTOCOL alone lists all words that are known of it. The exit status is 1 where\n"
		"a word is not known; the nearest words are named then.",
	.options = OPTIONS_SHOW | OPTIONS_OFFLINE,
	.run = run,
};
