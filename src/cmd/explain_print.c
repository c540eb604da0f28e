/*
 * What explain says: sections of text at the terminal's width, or an object a line.
 */
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "cmd/explain.h"

/* How far a section's text stands in, and the least width that text beside a label is given. */
#define INDENT 4
#define TEXT_COLUMNS 30

/* A list of more words than this begins a line with each initial. */
#define LONG_LIST 100

/* Stands for a space that no line ends at. */
#define HARD_SPACE '\t'

/* A line of a list: a label, and what stands beside it. */
struct item {
	char *label, *text;
	const struct table *table; /* and its row, for JSON; NULL where it is none */
	const struct entry *row;
};

struct list {
	struct item *items;
	size_t n;
};

/* ---- lines ---- */

/* Appends text that begins at `column`, wrapped to the width; its further lines stand in by `indent`. */
static void paragraph(struct page *page, size_t column, size_t indent, const char *text)
{
	struct slice rest = slice_of(text);
	for (bool first = true; rest.n; first = false) {
		size_t end = slice_find_octet(rest, ' ');
		struct slice word = slice_part(rest, 0, end);
		rest = slice_part(rest, end + 1, rest.n);
		size_t columns = text_columns(word);
		if (!first && column + 1 + columns > page->columns) {
			buffer_printf(&page->out, "\n%*s", (int)indent, "");
			column = indent;
		} else if (!first) {
			buffer_add_octet(&page->out, ' ');
			column++;
		}
		for (size_t i = 0; i < word.n; i++)
			buffer_add_octet(&page->out, word.p[i] == HARD_SPACE ? ' ' : word.p[i]);
		column += columns;
	}
	buffer_add_octet(&page->out, '\n');
}

static void indented(struct page *page, size_t indent, const char *text)
{
	buffer_printf(&page->out, "%*s", INDENT, "");
	paragraph(page, INDENT, indent, text);
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

static void bold(struct page *page, const char *text, size_t n)
{
	buffer_add_string(&page->out, page->bold ? "\033[1m" : "");
	buffer_add(&page->out, text, n);
	buffer_add_string(&page->out, page->bold ? "\033[0m" : "");
}

/* ---- lists ---- */

static void list_add(struct list *list, struct item item)
{
	list->items = memory_grow(list->items, list->n + 1, sizeof *list->items);
	list->items[list->n++] = item;
}

/* The text is the list's from now on. */
static void list_add_fact(struct list *list, const char *label, char *text)
{
	list_add(list, (struct item){ .label = string_copy(label), .text = text });
}

/* So is the label. */
static void list_add_row(struct list *list, char *label, const struct table *table, const struct entry *row)
{
	list_add(list, (struct item){ label, note_of(row), table, row });
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
static void list_print(struct page *page, const struct list *list)
{
	size_t width = 0;
	for (size_t i = 0; i < list->n; i++)
		if (strlen(list->items[i].label) > width)
			width = strlen(list->items[i].label);
	size_t beside = INDENT + width + 2, below = (size_t)INDENT + 2;
	bool narrow = page->columns < beside + TEXT_COLUMNS;
	if (list->n)
		buffer_add_octet(&page->out, '\n');
	for (size_t i = 0; i < list->n; i++) {
		const struct item *item = &list->items[i];
		buffer_printf(&page->out, "%*s", INDENT, "");
		if (narrow)
			buffer_printf(&page->out, "%s\n%*s", item->label, (int)below, "");
		else
			buffer_printf(&page->out, "%-*s  ", (int)width, item->label);
		paragraph(page, narrow ? below : beside, narrow ? below : beside, item->text);
	}
}

/* ---- what belongs to a row ---- */

static void add_digits(const struct meaning *meaning, struct list *list)
{
	const struct entry *rows[DIGITS_MAX];
	size_t n = table_digits(meaning->table, slice_of(meaning->word), rows);
	for (size_t i = 0; i < n; i++)
		list_add_row(list, string_copy(rows[i]->word), meaning->table, rows[i]);
}

/* Of a code, what it means behind each command that the protocol has. */
static void add_commands(const struct protocol *protocol, const struct table *codes, const char *word,
                         struct list *list)
{
	const struct table *commands = protocol_table(protocol, TABLE_COMMANDS);
	struct slice verb, code;
	for (size_t i = 0; commands && i < codes->n; i++)
		if (context_parse(slice_of(codes->rows[i].word), &verb, &code) && slice_equal(code, slice_of(word)) &&
		    table_find(commands, verb))
			list_add_row(list, string_printf("after " SLICE_FMT, SLICE_ARG(verb)), codes, &codes->rows[i]);
}

/* Of a command, what answers it may get. One of two words, UID FETCH, gets those of its second. */
static void add_answers(const struct protocol *protocol, const char *word, struct list *list)
{
	const struct table *codes = protocol_table(protocol, TABLE_CODES);
	struct slice command = slice_of(word), first, verb, code;
	if (!context_parse(command, &first, &command))
		command = slice_of(word);
	for (size_t i = 0; codes && i < codes->n; i++)
		if (context_parse(slice_of(codes->rows[i].word), &verb, &code) && slice_equal(verb, command))
			list_add_row(list, slice_string(code), codes, &codes->rows[i]);
}

static void add_contexts(const struct meaning *meaning, struct list *list)
{
	const struct table *table = meaning->table;
	struct slice verb, code;
	if (table->kind == TABLE_COMMANDS) {
		add_answers(meaning->protocol, meaning->row->word, list);
	} else if (table->kind == TABLE_CODES) {
		add_commands(meaning->protocol, table, meaning->row->word, list);
		bool behind = context_parse(slice_of(meaning->row->word), &verb, &code);
		const struct entry *general = behind ? table_find(table, code) : NULL;
		if (general)
			list_add_row(list, slice_string(code), table, general);
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
		list_add_fact(list, "phase", string_copy(phase_name(row->phase)));
	if (row->states)
		list_add_fact(list, "when", states_text(protocol, row->states));
	if (row->needs)
		list_add_fact(list, "needs", string_printf("%s, announced by the server", row->needs));
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
static void json_row(struct page *page, const struct protocol *protocol, const struct table *table, const char *word,
                     const struct entry *row)
{
	buffer_add_string(&page->out, "{\"kind\":\"explain\"");
	json_pair(&page->out, "protocol", protocol->name);
	json_pair(&page->out, "what", table->title);
	json_pair(&page->out, "word", word);
	if (row == NULL) {
		buffer_add_string(&page->out, ",\"registered\":false}\n");
		return;
	}
	json_pair(&page->out, "syntax", row->syntax);
	json_pair(&page->out, "phase", phase_name(row->phase));
	if (row->states)
		json_states(&page->out, protocol, row->states);
	json_pair(&page->out, "needs", row->needs);
	json_pair(&page->out, "note", row->note);
	json_pair(&page->out, "ref", row->ref);
	buffer_add_string(&page->out, "}\n");
}

static void json_section(struct page *page, const struct meaning *meaning, const struct list *lists, size_t nlists)
{
	json_row(page, meaning->protocol, meaning->table, meaning->word, meaning->row);
	for (size_t i = 0; i < nlists; i++) {
		for (size_t j = 0; j < lists[i].n; j++) {
			const struct item *item = &lists[i].items[j];
			if (item->row)
				json_row(page, meaning->protocol, item->table, item->row->word, item->row);
		}
	}
}

/* ---- a section: all that one table says of a word ---- */

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* Whether two tables say the same of a word. */
static bool same_finding(const struct meaning *a, const struct meaning *b)
{
	return !a->row == !b->row && strcmp(a->word, b->word) == 0 && same_text(a->known->syntax, b->known->syntax) &&
	       same_text(a->known->note, b->known->note) && same_text(a->known->ref, b->known->ref);
}

static bool said_before(const struct meanings *meanings, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (same_finding(&meanings->rows[j], &meanings->rows[i]))
			return true;
	return false;
}

static void add_name(struct buffer *out, const char *separator, const char *name)
{
	buffer_add_string(out, separator);
	for (; *name; name++)
		buffer_add_octet(out, octet_upper(*name));
}

/* The protocols that say the same, but for the one that the title names: "SASL mechanism (SMTP, LMTP, POP3, IMAP)",
 * "SMTP reply code (LMTP too)". */
static void add_protocols(struct page *page, const struct meanings *meanings, size_t i)
{
	const struct meaning *meaning = &meanings->rows[i];
	struct slice title = slice_of(meaning->table->title);
	bool named = slice_find_nocase(title, slice_of(meaning->protocol->name)) < title.n;
	const char *separator = " (";
	if (!named)
		add_name(&page->out, separator, meaning->protocol->name);
	separator = named ? separator : ", ";
	const struct protocol *last = meaning->protocol;
	for (size_t j = i + 1; j < meanings->n; j++) {
		if (meanings->rows[j].protocol == last || !same_finding(meaning, &meanings->rows[j]))
			continue;
		last = meanings->rows[j].protocol;
		add_name(&page->out, separator, last->name);
		separator = ", ";
	}
	if (!named || last != meaning->protocol)
		buffer_add_string(&page->out, named ? " too)" : ")");
}

static void heading(struct page *page, const struct meanings *meanings, size_t i)
{
	const struct meaning *meaning = &meanings->rows[i];
	struct slice verb, code;
	if (page->out.n)
		buffer_add_octet(&page->out, '\n');
	if (meaning->table->kind == TABLE_CODES && context_parse(slice_of(meaning->word), &verb, &code)) {
		char *text = string_printf(SLICE_FMT " after " SLICE_FMT, SLICE_ARG(code), SLICE_ARG(verb));
		bold(page, text, strlen(text));
		free(text);
	} else {
		bold(page, meaning->word, strlen(meaning->word));
	}
	buffer_printf(&page->out, "  %s", meaning->table->title);
	add_protocols(page, meanings, i);
	buffer_add_octet(&page->out, '\n');
}

static void text_section(struct page *page, const struct meanings *meanings, size_t i, const struct list *lists,
                         size_t nlists)
{
	const struct entry *row = meanings->rows[i].row;
	heading(page, meanings, i);
	if (row) {
		char *text = note_of(row);
		if (row->syntax && strcmp(row->syntax, row->word) != 0)
			indented(page, (size_t)INDENT * 2, row->syntax);
		indented(page, INDENT, text);
		free(text);
	} else {
		indented(page, INDENT, "Not registered. What its digits say:");
	}
	for (size_t j = 0; j < nlists; j++)
		list_print(page, &lists[j]);
}

enum { LIST_FACTS, LIST_DIGITS, LIST_CONTEXTS, LISTS };

static void section(struct page *page, const struct meanings *meanings, size_t i)
{
	const struct meaning *meaning = &meanings->rows[i];
	struct list lists[LISTS] = { 0 };
	add_digits(meaning, &lists[LIST_DIGITS]);
	if (meaning->row) {
		add_facts(meaning->protocol, meaning->row, &lists[LIST_FACTS]);
		add_contexts(meaning, &lists[LIST_CONTEXTS]);
	}
	if (page->json)
		json_section(page, meaning, lists, LISTS);
	else
		text_section(page, meanings, i, lists, LISTS);
	for (size_t j = 0; j < LISTS; j++)
		list_free(&lists[j]);
}

void page_findings(struct page *page, const struct meanings *meanings)
{
	for (size_t i = 0; i < meanings->n; i++)
		if (!said_before(meanings, i))
			section(page, meanings, i);
}

/* ---- a protocol by itself ---- */

/* Whether the row is what a code means behind one command. */
static bool is_context(const struct table *table, const struct entry *row)
{
	return table->kind == TABLE_CODES && strchr(row->word, ' ');
}

static void add_listed(struct buffer *words, const char *separator, const char *word)
{
	buffer_add_string(words, separator);
	for (; *word; word++)
		buffer_add_octet(words, *word == ' ' ? HARD_SPACE : *word);
}

static void words_line(struct page *page, struct buffer *words)
{
	char *text = buffer_take(words);
	indented(page, INDENT, text);
	free(text);
}

/* The words of a table, with commas; a long list is parted by initials. */
static void page_table(struct page *page, const struct table *table)
{
	struct buffer words = { 0 };
	const char *separator = " ";
	char initial = '\0';
	buffer_printf(&words, "%s:", table->title);
	for (size_t i = 0; i < table->n; i++) {
		const char *word = table->rows[i].word;
		if (is_context(table, &table->rows[i]))
			continue;
		if (table->n > LONG_LIST && octet_upper(*word) != initial && table->kind != TABLE_CODES) {
			words_line(page, &words);
			separator = "";
		}
		initial = octet_upper(*word);
		add_listed(&words, separator, word);
		separator = ", ";
	}
	words_line(page, &words);
}

/* The same for programs: each row an object. */
static void json_protocol(struct page *page, const struct protocol *protocol)
{
	for (const struct table *table = protocol->tables; table->rows; table++)
		for (size_t i = 0; i < table->n; i++)
			json_row(page, protocol, table, table->rows[i].word, &table->rows[i]);
}

void page_protocol(struct page *page, const struct protocol *protocol)
{
	if (page->json) {
		json_protocol(page, protocol);
		return;
	}
	bold(page, protocol->name, strlen(protocol->name));
	buffer_printf(&page->out, "  %s\n", protocol->title);
	for (const struct table *table = protocol->tables; table->rows; table++) {
		buffer_add_octet(&page->out, '\n');
		page_table(page, table);
	}
}
