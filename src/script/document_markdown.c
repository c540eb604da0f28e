/*
 * Markdown, line by line (CommonMark 0.31 in spirit, with the tables of forges): headings, code, and what is left out.
 *
 * List items and quotes keep their marks: they may as well be what a program printed (`* OK`, curl's `>`), and notation.h passes
 * over them.
 */
#include "script/document_inside.h"

#include <string.h>

/* ---- handing on ---- */

/* Without the marks within it; <br> breaks it. The first `plain` octets stay as they are. */
static void hand_inline(struct document *d, const struct passing *row, enum document_kind kind, size_t plain)
{
	struct slice text = row->line.text;
	buffer_clear(&d->scratch);
	buffer_add_slice(&d->scratch, slice_part(text, 0, plain));
	inline_markdown(&d->scratch, slice_part(text, plain, text.n));
	for (struct slice rest = buffer_slice(&d->scratch);;) {
		size_t n = slice_find_octet(rest, '\n');
		document_hand(d, row, n > 0 ? kind : DOCUMENT_EMPTY, slice_part(rest, 0, n), 0);
		if (n + 1 >= rest.n)
			break;
		rest = slice_part(rest, n + 1, rest.n);
	}
}

/* Without the name that links use: `Title {#name}`. */
static struct slice without_name(struct slice title)
{
	size_t name = slice_find(title, SLICE(" {#"));
	if (name == title.n)
		name = slice_find(title, SLICE(" {:"));
	return name > 0 && name < title.n && title.p[title.n - 1] == '}' ? slice_part(title, 0, name) : title;
}

static void hand_heading(struct document *d, const struct passing *row, struct slice title)
{
	buffer_clear(&d->scratch);
	title = without_name(title);
	inline_markdown(&d->scratch, title);
	for (size_t i = 0; i < d->scratch.n; i++)
		if (d->scratch.p[i] == '\n')
			d->scratch.p[i] = ' ';
	document_hand(d, row, DOCUMENT_HEADING, slice_trim(buffer_slice(&d->scratch)), 0);
	d->blocks.empty_before = true;
}

static void hand_literal(struct document *d, const struct passing *row, struct slice text)
{
	document_hand(d, row, shape_blank(text) ? DOCUMENT_EMPTY : DOCUMENT_LITERAL, text, d->blocks.literal);
}

/* ---- containers ---- */

/* The marks of block quotes at the front, `> > `, as a length; `*depth` (may be NULL) is how many there are. */
static size_t quotes(struct slice text, size_t *depth)
{
	size_t n = 0, marks = 0;
	for (;;) {
		size_t indent = shape_indent(slice_part(text, n, text.n));
		if (indent > 3 || n + indent >= text.n || text.p[n + indent] != '>')
			break;
		n += indent + 1;
		marks++;
		if (n < text.n && text.p[n] == ' ')
			n++;
	}
	if (depth)
		*depth = marks;
	return n;
}

/* A list item's mark and the spaces behind it, as a length from the line's beginning; 0: none. */
static size_t item(struct slice text)
{
	size_t n = shape_indent(text), begin = n;
	if (n < text.n && strchr("-+*", text.p[n]) && text.p[n] != '\0') {
		n++;
	} else {
		while (n < text.n && octet_is_digit(text.p[n]) && n - begin < 9)
			n++;
		if (n == begin || n >= text.n || (text.p[n] != '.' && text.p[n] != ')'))
			return 0;
		n++;
	}
	size_t spaces = shape_indent(slice_part(text, n, text.n));
	if (n == text.n)
		return n;
	return spaces == 0 ? 0 : n + (spaces > 4 ? 1 : spaces);
}

/* The list items that the line still belongs to, and the one that it begins. */
static void follow_items(struct blocks *b, struct slice text, size_t mark)
{
	size_t indent = shape_indent(text);
	if (b->empty_before || mark > 0)
		while (b->noffsets > 0 && b->offsets[b->noffsets - 1] > indent)
			b->noffsets--;
	if (mark > 0 && b->noffsets < sizeof b->offsets / sizeof *b->offsets)
		b->offsets[b->noffsets++] = mark;
}

static size_t offset(const struct blocks *b)
{
	return b->noffsets > 0 ? b->offsets[b->noffsets - 1] : 0;
}

/* ---- code ---- */

static bool in_fence(struct document *d, const struct passing *now)
{
	struct blocks *b = &d->blocks;
	struct slice text = now->line.text;
	size_t depth;
	size_t n = quotes(text, &depth);
	if (b->fence.mark == 0)
		return false;
	if (b->fence_quotes > 0 && depth == 0) { /* the quote is over, and so is what it holds */
		b->fence.mark = 0;
		b->empty_before = true;
		return false;
	}
	if (b->fence_quotes > 0)
		text = slice_part(text, n, text.n);
	bool closes = b->fence.mark == '%' ? slice_starts(slice_trim(text), SLICE("{% endhighlight"))
	                                   : shape_fence_closes(&b->fence, text);
	if (closes) {
		b->fence.mark = 0;
		b->empty_before = true;
	} else {
		hand_literal(d, now, text);
	}
	return true;
}

/* A fence, maybe behind a list item's mark or a quote's; Jekyll's tags for code too. */
static bool opens_fence(struct document *d, const struct passing *now)
{
	struct blocks *b = &d->blocks;
	struct slice text = now->line.text;
	size_t n = quotes(text, &b->fence_quotes);
	size_t mark = item(slice_part(text, n, text.n));
	struct slice rest = slice_part(text, n + mark, text.n);
	struct fence fence = shape_fence(rest);
	if (slice_starts(slice_trim(rest), SLICE("{% highlight")))
		fence = (struct fence){ .mark = '%' };
	if (fence.mark == 0)
		return false;
	if (mark > 0)
		follow_items(b, text, mark);
	b->fence = (struct fence){ .mark = fence.mark, .length = fence.length };
	b->literal = document_block(d);
	return true;
}

/* Indented by four more than what it belongs to, behind an empty line. */
static bool indented(struct document *d, const struct passing *now)
{
	struct blocks *b = &d->blocks;
	struct slice text = now->line.text;
	bool deep = shape_indent(text) >= offset(b) + 4;
	if (b->indent > 0 && shape_indent(text) >= b->indent) {
		hand_literal(d, now, text);
		return true;
	}
	b->indent = 0;
	if (!deep || !b->empty_before)
		return false;
	b->indent = offset(b) + 4;
	b->literal = document_block(d);
	hand_literal(d, now, text);
	return true;
}

/* ---- tables ---- */

/* `| --- | :-: |`: what stands below a table's head. */
static bool is_delimiter(struct slice text)
{
	struct slice row = slice_trim(text);
	bool dash = false, bar = false;
	for (size_t i = 0; i < row.n; i++) {
		dash |= row.p[i] == '-';
		bar |= row.p[i] == '|';
		if (!strchr("|-: ", row.p[i]))
			return false;
	}
	return dash && bar;
}

/* Takes the next cell off the front of `*rest`; `\|` is no bar. */
static struct slice next_cell(struct slice *rest)
{
	size_t n = 0;
	while (n < rest->n && rest->p[n] != '|')
		n += rest->p[n] == '\\' && n + 1 < rest->n ? 2 : 1;
	struct slice cell = slice_trim(slice_part(*rest, 0, n));
	*rest = slice_part(*rest, n + 1, rest->n);
	return cell;
}

static void hand_cell(struct document *d, const struct passing *now, struct slice cell, unsigned number, bool first)
{
	struct passing row = *now;
	row.line.cell = number;
	row.line.row = first;
	buffer_clear(&d->scratch);
	inline_markdown(&d->scratch, cell);
	for (struct slice rest = buffer_slice(&d->scratch); rest.n > 0; row.line.row = false) {
		size_t n = slice_find_octet(rest, '\n');
		document_hand(d, &row, DOCUMENT_CELL, slice_trim(slice_part(rest, 0, n)), d->blocks.literal);
		rest = slice_part(rest, n + 1, rest.n);
	}
}

static bool table(struct document *d, const struct passing *now, const struct passing *next)
{
	struct blocks *b = &d->blocks;
	struct slice rest = slice_trim(now->line.text);
	bool begins = !b->table && next && slice_find_octet(rest, '|') < rest.n && is_delimiter(next->line.text);
	if (!b->table && !begins)
		return false;
	if (begins) {
		b->table = true;
		b->literal = document_block(d);
		d->skip = 1;
	}
	if (rest.n > 0 && rest.p[0] == '|')
		rest = slice_part(rest, 1, rest.n);
	bool first = true;
	for (unsigned number = 1; rest.n > 0; number++) {
		struct slice cell = next_cell(&rest);
		if (cell.n > 0) {
			hand_cell(d, now, cell, number, first);
			first = false;
		}
	}
	return true;
}

/* ---- headings ---- */

/* Underlined with = or -, unless it is said: `---` often stands below the last line of a conversation. */
static bool underlined(const struct blocks *b, const struct passing *now, const struct passing *next)
{
	if (next == NULL || next->rest || shape_indent(next->line.text) > 3)
		return false;
	char mark = shape_rule(next->line.text, 2);
	if (mark != '=' && !(mark == '-' && shape_rule(next->line.text, 3) && b->empty_before))
		return false;
	return !shape_said(now->line.text) && shape_indent(now->line.text) <= 3 && item(now->line.text) == 0 &&
	       quotes(now->line.text, NULL) == 0 && now->line.text.n <= 200 && !shape_rule(now->line.text, 1);
}

static bool heading(struct document *d, const struct passing *now, const struct passing *next)
{
	struct slice title;
	if (shape_hashes(now->line.text, &title)) {
		if (title.n > 0)
			hand_heading(d, now, title);
		return true;
	}
	if (!underlined(&d->blocks, now, next))
		return false;
	hand_heading(d, now, shape_title(now->line.text));
	d->skip = 1;
	return true;
}

/* ---- front matter ---- */

/* `key: value`, `key = value`, or what goes on with one. */
static bool is_setting(struct slice text)
{
	struct slice line = slice_trim(text);
	return line.n == 0 || text.p[0] == ' ' || strchr("-#]}", line.p[0]) ||
	       (!shape_said(line) && (slice_find_octet(line, ':') < line.n || slice_find_octet(line, '=') < line.n));
}

/* The title in `title: "…"` or `title = "…"`; empty: the line is another. */
static struct slice title_setting(struct slice text)
{
	struct slice none = { 0 }, rest = slice_trim(slice_part(text, 5, text.n));
	if (!slice_starts_nocase(text, SLICE("title")) || rest.n == 0 || !strchr(":=", rest.p[0]))
		return none;
	struct slice title = slice_trim(slice_part(rest, 1, rest.n));
	if (title.n > 1 && (title.p[0] == '"' || title.p[0] == '\'') && title.p[title.n - 1] == title.p[0])
		title = slice_part(title, 1, title.n - 1);
	return title;
}

/* The lines between --- and --- (or +++) before the text: the title alone is kept. */
static bool front_matter(struct document *d, const struct passing *now, const struct passing *next)
{
	struct blocks *b = &d->blocks;
	struct slice text = now->line.text, title = title_setting(text);
	bool rule = shape_rule(text, 3) == '-' || shape_rule(text, 3) == '+';
	if (now->line.number == 1 && rule && text.n == 3 && next && next->line.text.n > 0 &&
	    is_setting(next->line.text)) {
		b->front = true;
		return true;
	}
	if (!b->front)
		return false;
	/* `--- abstract` in the drafts of the IETF. */
	b->front = !rule && !slice_starts(text, SLICE("--- ")) && is_setting(text);
	if (!b->front && !rule && !slice_starts(text, SLICE("--- ")))
		return false;
	if (title.n > 0)
		document_hand(d, now, DOCUMENT_HEADING, title, 0);
	return true;
}

/* ---- each row ---- */

static void empty_row(struct document *d, const struct passing *now)
{
	struct blocks *b = &d->blocks;
	b->table = false;
	b->empty_before = true;
	document_hand(d, now, DOCUMENT_EMPTY, now->line.text, b->indent > 0 ? b->literal : 0);
}

void markdown_row(struct document *d, const struct passing *now, const struct passing *next,
                  const struct passing *after)
{
	struct blocks *b = &d->blocks;
	struct slice text = now->line.text;
	(void)after;
	if (front_matter(d, now, next) || in_fence(d, now) || (b->html != RAW_HTML_NONE && markdown_html(d, now, next)))
		return;
	if (now->line.kind == DOCUMENT_EMPTY) {
		empty_row(d, now);
		return;
	}
	size_t mark = item(text);
	b->empty_before |= now->line.page;
	follow_items(b, text, b->indent > 0 && shape_indent(text) >= b->indent ? 0 : mark);
	if (opens_fence(d, now) || indented(d, now) || markdown_html(d, now, next) || heading(d, now, next) ||
	    table(d, now, next))
		return;
	hand_inline(d, now, DOCUMENT_TEXT, quotes(text, NULL) ? quotes(text, NULL) : mark);
	b->empty_before = false;
}
