/*
 * The lines that HTML's text makes: elements end them, white space flows, <pre> keeps it.
 */
#include "script/document_html.h"

#include <inttypes.h>
#include <string.h>

static bool keeps_spaces(const struct html_lines *l)
{
	return (l->literal > 0 || l->kept.element) && l->heading == 0;
}

static struct table_here *table_here(struct html_lines *l)
{
	return l->ntables > 0 ? &l->tables[l->ntables - 1] : NULL;
}

static bool in_cell(struct html_lines *l)
{
	struct table_here *t = table_here(l);
	return t && t->open && !t->layout;
}

/* ---- handing on ---- */

static void hand(struct html_lines *l, enum document_kind kind, unsigned number, struct slice text)
{
	struct passing row = { .line = { .number = number, .kind = kind, .text = text },
		               .feed = l->feed,
		               .rest = l->rest };
	struct table_here *t = table_here(l);
	if (keeps_spaces(l) && l->heading == 0)
		row.line.block = l->block;
	if (kind == DOCUMENT_CELL) {
		row.line.block = t->block;
		row.line.cell = t->cell;
		row.line.row = t->row;
		t->row = false;
	}
	l->feed = false;
	l->some = true;
	l->take(l->context, &row);
}

static void hand_gap(struct html_lines *l)
{
	struct passing row = { .line = { .number = l->begins, .kind = DOCUMENT_EMPTY } };
	if (l->gap && l->some && !in_cell(l))
		l->take(l->context, &row);
	l->gap = false;
}

/* Handed on before its end, where it is too long. */
static enum document_kind kind_here(struct html_lines *l)
{
	if (l->heading > 0)
		return DOCUMENT_HEADING;
	if (keeps_spaces(l))
		return DOCUMENT_LITERAL;
	return in_cell(l) ? DOCUMENT_CELL : DOCUMENT_TEXT;
}

static void text_over(struct html_lines *l)
{
	buffer_clear(&l->text);
	l->space = l->rest = false;
	l->counted = l->column = 0;
}

static void hand_front(struct html_lines *l)
{
	size_t n = row_part(buffer_slice(&l->text));
	if (!l->rest)
		hand_gap(l);
	hand(l, kind_here(l), l->begins, slice_part(buffer_slice(&l->text), 0, n));
	l->rest = true;
	buffer_drop(&l->text, n);
	l->counted = l->column = 0;
}

/* ---- line numbers beside code ---- */

/* Lines that were taken for numbers of lines, and are none. */
static void hand_gutter(struct html_lines *l)
{
	struct buffer digits = { 0 };
	for (uint64_t i = 0; i < l->gutter; i++) {
		buffer_clear(&digits);
		buffer_printf(&digits, "%" PRIu64, l->gutter_first + i);
		hand(l, DOCUMENT_LITERAL, l->gutter_begins + (unsigned)i, buffer_slice(&digits));
	}
	buffer_free(&digits);
	l->gutter = 0;
	l->may_be_gutter = false;
}

/* Whether the line is another number in a column of them. */
static bool is_gutter(struct html_lines *l)
{
	uint64_t number;
	if (!l->may_be_gutter)
		return false;
	if (slice_number(slice_trim(buffer_slice(&l->text)), &number) &&
	    (l->gutter == 0 || number == l->gutter_first + l->gutter)) {
		if (l->gutter++ == 0) {
			l->gutter_first = number;
			l->gutter_begins = l->begins;
		}
		text_over(l);
		return true;
	}
	hand_gap(l);
	hand_gutter(l);
	return false;
}

/* ---- lines ---- */

/* A line of <pre> is over. */
static void literal_over(struct html_lines *l)
{
	struct slice text = buffer_slice(&l->text);
	bool blank = shape_blank(text) && !l->rest;
	if (text.n == 0)
		l->begins = l->number;
	if (is_gutter(l))
		return;
	if (!l->rest)
		hand_gap(l);
	hand(l, blank ? DOCUMENT_EMPTY : DOCUMENT_LITERAL, l->begins, blank ? slice_part(text, 0, 0) : text);
	text_over(l);
}

/* What was collected is a line, if there is anything. */
static void line_over(struct html_lines *l)
{
	struct slice text = buffer_slice(&l->text);
	if (keeps_spaces(l)) {
		if (text.n > 0)
			literal_over(l);
		return;
	}
	if (l->heading > 0)
		text = shape_title(text);
	while (text.n > 0 && text.p[text.n - 1] == ' ')
		text.n--;
	if (text.n > 0 && !shape_blank(text)) {
		if (!l->rest)
			hand_gap(l);
		hand(l, kind_here(l), l->begins, text);
	}
	text_over(l);
}

/* ---- text ---- */

static void tab(struct html_lines *l)
{
	row_tab(&l->text, &l->counted, &l->column);
	while (l->text.n >= DOCUMENT_LINE_MAX)
		hand_front(l);
}

/* Appends what is no white space: a no-break space is a space, and what only allows a line to be broken is nothing. */
static void add_word(struct html_lines *l, const char *text, size_t n)
{
	while (n > 0) {
		size_t some = 0, room = DOCUMENT_LINE_MAX - l->text.n;
		while (some < n && some < room && text[some] != (char)0xA0 && text[some] != (char)0x8B &&
		       text[some] != (char)0xAD)
			some++;
		buffer_add(&l->text, text, some);
		if (some < n && some < room) {
			char *last = l->text.n > 0 ? l->text.p + l->text.n - 1 : NULL;
			if (text[some] == (char)0xA0 && last && *last == (char)0xC2)
				*last = ' ';
			else if (text[some] == (char)0xAD && last && *last == (char)0xC2)
				l->text.n--;
			else if (text[some] == (char)0x8B && l->text.n > 1 && memcmp(last - 1, "\xE2\x80", 2) == 0)
				l->text.n -= 2;
			else
				buffer_add_octet(&l->text, text[some]);
			some++;
		}
		text += some;
		n -= some;
		while (l->text.n >= DOCUMENT_LINE_MAX)
			hand_front(l);
	}
}

static void literal_text(struct html_lines *l, const char *text, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t from = i;
		if (l->text.n == 0 && !l->rest)
			l->begins = l->number;
		while (i < n && text[i] != '\n' && text[i] != '\t' && text[i] != '\f')
			i++;
		if (i > from) {
			l->fresh = false;
			add_word(l, text + from, i - from);
		}
		if (i == n)
			break;
		if (text[i] == '\n' && !l->fresh)
			literal_over(l);
		else if (text[i] == '\t')
			tab(l);
		else if (text[i] == '\f')
			l->feed = true;
		l->fresh = false;
		i++;
	}
}

static bool is_white(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\f' || c == '\v';
}

static void flowing_text(struct html_lines *l, const char *text, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t from = i;
		if (is_white(text[i])) {
			l->space = true;
			i++;
			continue;
		}
		while (i < n && !is_white(text[i]))
			i++;
		if (l->text.n == 0 && !l->rest)
			l->begins = l->number;
		else if (l->space)
			add_word(l, " ", 1);
		l->space = false;
		add_word(l, text + from, i - from);
	}
}

void html_lines_text(struct html_lines *l, const char *text, size_t n)
{
	if (l->out.element)
		return;
	if (keeps_spaces(l))
		literal_text(l, text, n);
	else
		flowing_text(l, text, n);
}

void html_lines_referred(struct html_lines *l, struct slice text)
{
	if (l->out.element)
		return;
	/* A space that was written as a reference stays. */
	if (!keeps_spaces(l) && text.n == 1 && text.p[0] == ' ') {
		if (l->text.n == 0)
			l->begins = l->number;
		if (l->space && l->text.n > 0)
			add_word(l, " ", 1);
		l->space = false;
		add_word(l, " ", 1);
		return;
	}
	html_lines_text(l, text.p, text.n);
}

/* ---- elements ---- */

/* Follows an element until its end. Returns whether it is over. */
static bool follow(struct inside *in, const struct tag *tag)
{
	if (tag->element != in->element)
		return false;
	in->depth = tag->end ? in->depth - 1 : in->depth + 1;
	if (in->depth > 0)
		return false;
	in->element = NULL;
	return true;
}

static void cell_tag(struct html_lines *l, const struct tag *tag)
{
	struct table_here *t = table_here(l);
	bool row = tag->element->does & ELEMENT_ROW;
	if (t == NULL)
		return;
	t->open = t->layout = false;
	if (row) {
		t->row = true;
		t->cell = 0;
	} else if (!tag->end) {
		t->open = true;
		t->cell++;
	}
}

/* Whether the end of what is left out was forgotten, as the tag shows: a cell ends where the next begins. */
static bool forgotten(const struct element *out, const struct tag *tag)
{
	unsigned does = tag->element->does;
	if (tag->end || (out->does & ELEMENT_RAW))
		return false;
	if (out->does & ELEMENT_CELL)
		return does & (ELEMENT_CELL | ELEMENT_ROW);
	return does & (out->does & ELEMENT_OUT ? ELEMENT_TABLE | ELEMENT_HEADING | ELEMENT_LITERAL : ELEMENT_HEADING);
}

/* Whether what the element holds is left out, up to its end. */
static bool begins_out(const struct tag *tag)
{
	const char *name = tag->element->name;
	unsigned does = tag->element->does;
	bool words = (does & (ELEMENT_PHRASE | ELEMENT_CELL)) || strcmp(name, "div") == 0;
	bool empty = (does & ELEMENT_BREAK) || strcmp(name, "img") == 0 || strcmp(name, "input") == 0 ||
	             strcmp(name, "hr") == 0;
	return !tag->end && !empty && ((does & ELEMENT_OUT) || tag->out || tag->hidden || (tag->gutter && words));
}

static bool left_out(struct html_lines *l, const struct tag *tag)
{
	if (l->out.element && forgotten(l->out.element, tag))
		l->out.element = NULL;
	if (l->out.element) {
		(void)follow(&l->out, tag);
		return true;
	}
	if (!begins_out(tag))
		return false;
	if (tag->element->does & ELEMENT_CELL) { /* it counts, as one that holds nothing */
		line_over(l);
		cell_tag(l, tag);
	}
	l->out = (struct inside){ tag->element, 1 };
	return true;
}

static void break_line(struct html_lines *l)
{
	if (keeps_spaces(l)) {
		literal_over(l);
	} else if (l->heading > 0) {
		l->space = true;
	} else if (shape_blank(buffer_slice(&l->text))) {
		text_over(l);
		l->begins = l->number;
		l->gap = true;
	} else {
		line_over(l);
	}
}

static void literal_tag(struct html_lines *l, bool end)
{
	struct table_here *t = table_here(l);
	if (end && l->literal > 0) {
		if (--l->literal == 0 && l->gutter == 1 && l->gutter_first != 1)
			hand_gutter(l);
		l->may_be_gutter = false;
		l->gutter = 0;
	} else if (!end && l->literal++ == 0) {
		l->block = ++*l->blocks;
		l->fresh = true;
		l->gutter = 0;
		l->may_be_gutter = t && t->open;
	}
}

static void table_tag(struct html_lines *l, bool end)
{
	struct table_here *t = table_here(l);
	if (end) {
		l->ntables -= l->ntables > 0;
		return;
	}
	if (t)
		t->layout = true;
	l->begins = l->number;
	hand_gap(l);
	if (l->ntables == TABLES_MAX) /* deeper than any page: the outermost is forgotten */
		memmove(l->tables, l->tables + 1, --l->ntables * sizeof l->tables[0]);
	l->tables[l->ntables++] = (struct table_here){ .block = ++*l->blocks };
}

/* `<dt>C:</dt><dd>EHLO there</dd>`: who speaks, and what; one line. */
static bool is_term(const struct html_lines *l, const struct tag *tag)
{
	const char *name = tag->element->name;
	return ((tag->end && strcmp(name, "dt") == 0) || (!tag->end && strcmp(name, "dd") == 0)) && l->text.n > 0 &&
	       l->text.n < 12 && l->text.p[l->text.n - 1] == ':' && !keeps_spaces(l);
}

/* A block begins or ends. */
static void block(struct html_lines *l, const struct tag *tag)
{
	unsigned does = tag->element->does;
	struct table_here *t = table_here(l);
	bool apart = l->literal == 0;
	if (is_term(l, tag)) {
		l->space = true;
		return;
	}
	line_over(l);
	if (!tag->end && (does & ELEMENT_APART))
		l->heading = 0;
	if (t && t->open && (does & ELEMENT_APART) && strcmp(tag->element->name, "p") != 0)
		t->layout = true;
	if (does & ELEMENT_HEADING)
		l->heading = !tag->end;
	if (does & ELEMENT_LITERAL)
		literal_tag(l, tag->end);
	if (does & ELEMENT_APART)
		l->gap |= apart || l->literal == 0;
	if (does & ELEMENT_TABLE)
		table_tag(l, tag->end);
	if (does & ELEMENT_ROW)
		cell_tag(l, tag);
}

/* Cells of a listing are parts of its line; others begin one. */
static void cell(struct html_lines *l, const struct tag *tag)
{
	if (keeps_spaces(l))
		return;
	line_over(l);
	l->heading = 0;
	l->gap &= !in_cell(l);
	cell_tag(l, tag);
}

void html_lines_tag(struct html_lines *l, const struct tag *tag)
{
	unsigned does = tag->element->does;
	if (left_out(l, tag))
		return;
	if (!tag->end && (does & ELEMENT_BLOCK) && !(does & ELEMENT_FRAME))
		l->body = true;
	if (tag->line && keeps_spaces(l) && !tag->end)
		line_over(l);
	if (l->kept.element && l->kept.element == tag->element && l->kept.depth == 1 && tag->end)
		line_over(l);
	if (does & ELEMENT_BREAK)
		break_line(l);
	else if (does & ELEMENT_CELL)
		cell(l, tag);
	else if (does & ELEMENT_BLOCK)
		block(l, tag);
	if (l->kept.element) {
		(void)follow(&l->kept, tag);
	} else if (tag->kept && !tag->end && l->literal == 0 && !(does & (ELEMENT_LITERAL | ELEMENT_BREAK))) {
		line_over(l);
		l->kept = (struct inside){ tag->element, 1 };
		l->block = ++*l->blocks;
	}
}

void html_lines_over(struct html_lines *l)
{
	line_over(l);
	if (l->gutter > 0)
		hand_gutter(l);
	l->heading = 0;
	l->gap = false;
}
