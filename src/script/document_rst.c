/*
 * reStructuredText, line by line: headings, literal blocks, directives. Tables and lists stay as they are drawn.
 */
#include "script/document_inside.h"

#include <string.h>

static bool is_empty(const struct passing *row)
{
	return row == NULL || row->line.kind == DOCUMENT_EMPTY;
}

static void hand_inline(struct document *d, const struct passing *row, enum document_kind kind, struct slice text)
{
	size_t indent = shape_indent(text);
	buffer_clear(&d->scratch);
	buffer_add_slice(&d->scratch, slice_part(text, 0, indent));
	inline_rst(&d->scratch, slice_part(text, indent, text.n));
	document_hand(d, row, kind, buffer_slice(&d->scratch), 0);
}

/* ---- headings ---- */

static bool heading(struct document *d, const struct passing *now, const struct passing *next,
                    const struct passing *after)
{
	struct blocks *b = &d->blocks;
	struct slice text = now->line.text;
	char rule = shape_rule(text, 3);
	if (!b->empty_before)
		return false;
	if (rule && next && after && rule == shape_rule(after->line.text, 3) &&
	    shape_underlined(next->line.text, after->line.text)) {
		hand_inline(d, next, DOCUMENT_HEADING, shape_title(next->line.text));
		d->skip = 2;
		return true;
	}
	if (is_empty(next) || shape_indent(text) > 0 || !shape_underlined(text, next->line.text))
		return false;
	hand_inline(d, now, DOCUMENT_HEADING, shape_title(text));
	d->skip = 1;
	return true;
}

/* ---- literal blocks ---- */

static void hand_literal(struct document *d, const struct passing *now)
{
	struct slice text = now->line.text;
	size_t indent = shape_indent(text);
	if (d->blocks.parsed) { /* its lines are marked up as any text */
		buffer_clear(&d->scratch);
		buffer_add_slice(&d->scratch, slice_part(text, 0, indent));
		inline_rst(&d->scratch, slice_part(text, indent, text.n));
		text = buffer_slice(&d->scratch);
	}
	document_hand(d, now, is_empty(now) ? DOCUMENT_EMPTY : DOCUMENT_LITERAL, text, d->blocks.literal);
}

static void begin_literal(struct document *d, const struct passing *now)
{
	d->blocks.coming = d->blocks.options = false;
	d->blocks.literal = document_block(d);
	hand_literal(d, now);
}

/* A literal block is under way, or begins here. */
static bool literal(struct document *d, const struct passing *now)
{
	struct blocks *b = &d->blocks;
	struct slice text = now->line.text;
	size_t indent = shape_indent(text);
	if (b->literal > 0) {
		bool within = b->quoting ? indent < text.n && text.p[indent] == b->quoting
		                         : is_empty(now) || indent > b->indent;
		if (within)
			hand_literal(d, now);
		else
			b->literal = 0;
		return within;
	}
	if (!b->coming || is_empty(now))
		return false;
	b->quoting = 0;
	if (indent > b->indent) {
		begin_literal(d, now);
		return true;
	}
	b->coming = false;
	/* Not indented, but each line begins with the same mark. */
	char mark = text.p[indent];
	if (indent == b->indent && strchr(">#$%|;<", mark)) {
		b->quoting = mark;
		begin_literal(d, now);
		return true;
	}
	return false;
}

/* The text before a literal block ends with `::`; one colon stays, where words stand before it. */
static void announce(struct document *d, const struct passing *now, size_t mark)
{
	struct slice text = now->line.text;
	d->blocks.coming = true;
	d->blocks.parsed = false;
	d->blocks.indent = shape_indent(text) + mark;
	text.n -= text.n > 2 && text.p[text.n - 3] != ' ' ? 1 : 2;
	while (text.n > 0 && text.p[text.n - 1] == ' ')
		text.n--;
	if (text.n > 0)
		hand_inline(d, now, DOCUMENT_TEXT, text);
}

/* A doctest: until an empty line, as it stands. */
static bool doctest(struct document *d, const struct passing *now)
{
	struct slice text = slice_trim(now->line.text);
	if (!d->blocks.empty_before || !slice_starts(text, SLICE(">>> ")))
		return false;
	d->blocks.quoting = '>';
	d->blocks.parsed = false;
	d->blocks.indent = shape_indent(now->line.text);
	begin_literal(d, now);
	return true;
}

/* ---- explicit markup: `.. ` ---- */

static const char *const code_directives[] = { "code-block", "code",       "sourcecode",   "parsed-literal",
	                                       "prompt",     "console",    "literal",      "doctest",
	                                       "testcode",   "testoutput", "http:example", NULL };

static bool is_one_of(struct slice name, const char *const *names)
{
	for (size_t i = 0; names[i]; i++)
		if (slice_equal_nocase(name, slice_of(names[i])))
			return true;
	return false;
}

static void directive(struct document *d, const struct passing *now, struct slice name, struct slice argument)
{
	static const char *const titles[] = { "rubric", "topic", "admonition", "centered", NULL };
	static const char *const outs[] = { "raw",     "image", "figure",    "contents", "include",
		                            "toctree", "index", "highlight", NULL };
	struct blocks *b = &d->blocks;
	b->options = true;
	b->parsed = slice_equal_nocase(name, SLICE("parsed-literal"));
	if (is_one_of(name, code_directives))
		b->coming = true;
	else if (is_one_of(name, outs))
		b->skipping = true;
	else if (argument.n > 0)
		hand_inline(d, now, is_one_of(name, titles) ? DOCUMENT_HEADING : DOCUMENT_TEXT, argument);
}

/* `.. name:: argument`; a comment, a target or a substitution is left out, with what is indented below it. */
static bool explicit_markup(struct document *d, const struct passing *now, const struct passing *next)
{
	struct blocks *b = &d->blocks;
	struct slice text = slice_trim(now->line.text);
	if (!slice_equal(text, SLICE("..")) && !slice_starts(text, SLICE(".. ")))
		return false;
	struct slice rest = slice_trim(slice_part(text, 2, text.n));
	size_t name = 0;
	while (name < rest.n && (octet_is_alnum(rest.p[name]) || strchr("-_.+", rest.p[name]) ||
	                         (rest.p[name] == ':' && name + 1 < rest.n && rest.p[name + 1] != ':')))
		name++;
	b->indent = shape_indent(now->line.text);
	if (slice_starts(rest, SLICE("[")))
		return false;
	if (name > 0 && slice_starts(slice_part(rest, name, rest.n), SLICE("::")))
		directive(d, now, slice_part(rest, 0, name), slice_trim(slice_part(rest, name + 2, rest.n)));
	else if (rest.n > 0 || !is_empty(next))
		b->skipping = true;
	return true;
}

/* `:linenos:` and such right below a directive. */
static bool is_option(const struct blocks *b, struct slice text)
{
	struct slice rest = slice_trim(text);
	return b->options && shape_indent(text) > b->indent && rest.n > 2 && rest.p[0] == ':' &&
	       slice_find_octet(slice_part(rest, 1, rest.n), ':') + 1 < rest.n;
}

/* ---- each row ---- */

/* An item's mark, with the spaces behind it. */
static size_t item(struct slice text)
{
	struct slice rest = slice_trim(text);
	size_t n = 0;
	if (rest.n > 0 && strchr("-+*", rest.p[0]))
		n = 1;
	else
		while (n < rest.n && n < 9 && (octet_is_digit(rest.p[n]) || rest.p[n] == '#'))
			n++;
	if (n > 0 && rest.p[0] != '-' && rest.p[0] != '+' && rest.p[0] != '*')
		n += n < rest.n && strchr(".)", rest.p[n]) ? 1 : 0;
	size_t spaces = shape_indent(slice_part(rest, n, rest.n));
	return n > 0 && spaces > 0 ? n + spaces : 0;
}

static bool left_out(struct document *d, const struct passing *now)
{
	struct blocks *b = &d->blocks;
	if (is_empty(now)) {
		b->options = false;
		return false;
	}
	if (is_option(b, now->line.text))
		return true;
	b->options = false;
	b->skipping &= shape_indent(now->line.text) > b->indent;
	return b->skipping;
}

void rst_row(struct document *d, const struct passing *now, const struct passing *next, const struct passing *after)
{
	struct blocks *b = &d->blocks;
	struct slice text = now->line.text;
	if (left_out(d, now) || literal(d, now))
		return;
	if (is_empty(now)) {
		document_hand(d, now, DOCUMENT_EMPTY, text, 0);
		b->empty_before = true;
		return;
	}
	bool announces = text.n >= 2 && memcmp(text.p + text.n - 2, "::", 2) == 0 && is_empty(next);
	if (heading(d, now, next, after)) {
		b->empty_before = true;
		return;
	}
	if (explicit_markup(d, now, next) || doctest(d, now))
		return;
	b->empty_before = false;
	if (announces)
		announce(d, now, item(text));
	else
		hand_inline(d, now, DOCUMENT_TEXT, text);
}
