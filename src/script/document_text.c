/*
 * Plain text and RFCs: all of it is text, but for headings and what stands between fences.
 */
#include "script/document_inside.h"

#include <string.h>

/* Whether the line ends as a sentence or a table of contents does: it is no heading. */
static bool ends_otherwise(struct slice title)
{
	if (title.n == 0 || title.n > 100 || strchr(".,;:", title.p[title.n - 1]))
		return true;
	return slice_find(title, SLICE("....")) < title.n || slice_find(title, SLICE(". . .")) < title.n;
}

/* Whether it looks like a command in capitals: `1. EHLO there`. */
static bool begins_as_command(struct slice title)
{
	struct slice word = slice_word(&title);
	if (word.n < 3 || word.n > 10)
		return false;
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] < 'A' || word.p[i] > 'Z')
			return false;
	return true;
}

/* Whether the title looks like what somebody says. In an RFC a section at the margin may be about a code: `4.  429 Too Many Requests`. */
static bool is_said(const struct document *d, size_t indent, struct slice title)
{
	bool coded = d->blocks.rfc && indent == 0 && title.n && octet_is_digit(title.p[0]);
	return !coded && shape_said(title);
}

/* `4.3.  The AUTHORIZATION State`, `   3.1.  MAIL`, `Appendix A.  Examples`. */
static bool is_section(const struct document *d, struct slice text)
{
	struct slice line = slice_trim(text);
	size_t n = shape_section(line), indent = shape_indent(text);
	struct slice title = slice_part(line, n, line.n);
	if (n == 0 || ends_otherwise(title) || is_said(d, indent, title) || slice_find(title, SLICE("    ")) < title.n)
		return false;
	if (d->blocks.rfc)
		return indent < 12;
	/* An item of a list has one number, and no dot within it. */
	bool single = slice_find_octet(slice_part(line, 0, n - 1), '.') + 1 >= slice_trim(slice_part(line, 0, n)).n;
	return indent == 0 && !(single && begins_as_command(title));
}

/* An RFC's heading without number: `Status of this Memo` at the margin, where the text is indented. */
static bool is_margin_heading(const struct document *d, struct slice text)
{
	return d->blocks.rfc && text.n <= 72 && shape_indent(text) == 0 && octet_is_alpha(text.p[0]) &&
	       octet_upper(text.p[0]) == text.p[0] && !ends_otherwise(slice_trim(text)) && !shape_said(text) &&
	       slice_find(text, SLICE("   ")) == text.n;
}

/* Another of an RFC's: `   A Typical SMTP Transaction Scenario`, alone, and what follows is indented deeper. */
static bool is_scenario_heading(const struct document *d, struct slice text, const struct passing *after)
{
	struct slice title = slice_trim(text), word = title;
	size_t indent = shape_indent(text);
	bool deeper = after && after->line.kind != DOCUMENT_EMPTY && shape_indent(after->line.text) == indent + 3;
	if (!d->blocks.rfc || !deeper || indent < 3 || indent > 9 || title.n > 60 || title.p[0] < 'A' ||
	    title.p[0] > 'Z')
		return false;
	return slice_word(&word).n > 0 && !shape_blank(word) && !begins_as_command(title) && !ends_otherwise(title) &&
	       !shape_said(title) && slice_find(title, SLICE("  ")) == title.n;
}

/* `== Title ==` of wikis, `== Title` of AsciiDoc. */
static bool is_equals_heading(struct slice text, struct slice *title)
{
	size_t n = 0;
	while (n < text.n && n < 7 && text.p[n] == '=')
		n++;
	if (n == 0 || n == 7 || n >= text.n)
		return false;
	struct slice rest = slice_trim(slice_part(text, n, text.n));
	size_t end = rest.n;
	while (end > 0 && rest.p[end - 1] == '=')
		end--;
	*title = slice_trim(slice_part(rest, 0, end));
	return title->n > 0 && title->n <= 100 && rest.n - end == (end == rest.n ? 0 : n) && !shape_said(*title) &&
	       (end < rest.n || (text.p[n] == ' ' && octet_is_alpha(title->p[0])));
}

static bool is_empty(const struct passing *row)
{
	return row == NULL || row->line.kind == DOCUMENT_EMPTY || row->line.page;
}

/* A heading of two lines, the second below the first one's title. */
static bool goes_on(struct slice text, const struct passing *next, const struct passing *after)
{
	size_t n = shape_indent(text) + shape_section(slice_trim(text));
	return !is_empty(next) && is_empty(after) && !next->rest && n >= 3 && shape_indent(next->line.text) == n &&
	       !ends_otherwise(slice_trim(next->line.text));
}

static void hand_heading(struct document *d, const struct passing *now, struct slice title, size_t used)
{
	document_hand(d, now, DOCUMENT_HEADING, title, 0);
	d->skip = used;
	d->blocks.empty_before = true;
}

static bool heading(struct document *d, const struct passing *now, const struct passing *next,
                    const struct passing *after)
{
	struct slice text = now->line.text, title;
	bool alone = is_empty(next);
	if (!d->blocks.empty_before && !now->line.page)
		return false;
	if (next && after && shape_rule(text, 4) && shape_rule(text, 4) == shape_rule(after->line.text, 4) &&
	    shape_underlined(next->line.text, after->line.text)) {
		hand_heading(d, next, shape_title(next->line.text), 2);
	} else if (!is_empty(next) && shape_underlined(text, next->line.text)) {
		hand_heading(d, now, shape_title(text), 1);
	} else if (alone && ((shape_hashes(text, &title) && title.n > 0) || is_equals_heading(text, &title))) {
		hand_heading(d, now, title, 0);
	} else if (alone &&
	           (is_section(d, text) || is_margin_heading(d, text) || is_scenario_heading(d, text, after))) {
		hand_heading(d, now, shape_title(text), 0);
	} else if (goes_on(text, next, after) && is_section(d, text)) {
		buffer_clear(&d->scratch);
		buffer_add_slice(&d->scratch, shape_title(text));
		buffer_add_octet(&d->scratch, ' ');
		buffer_add_slice(&d->scratch, slice_trim(next->line.text));
		hand_heading(d, now, buffer_slice(&d->scratch), 1);
	} else {
		return false;
	}
	return true;
}

/* A line between fences, or a fence. */
static bool fenced(struct document *d, const struct passing *now)
{
	struct blocks *b = &d->blocks;
	struct slice text = now->line.text;
	if (b->fence.mark) {
		if (shape_fence_closes(&b->fence, text))
			b->fence.mark = 0;
		else
			document_hand(d, now, text.n ? DOCUMENT_LITERAL : DOCUMENT_EMPTY, text, b->literal);
		return true;
	}
	struct fence fence = shape_fence(text);
	if (fence.mark != '`' || fence.info.n > 16)
		return false;
	b->fence = (struct fence){ .mark = fence.mark, .length = fence.length };
	b->literal = document_block(d);
	return true;
}

void text_row(struct document *d, const struct passing *now, const struct passing *next, const struct passing *after)
{
	if (fenced(d, now) || (now->line.kind != DOCUMENT_EMPTY && heading(d, now, next, after)))
		return;
	document_hand(d, now, now->line.kind, now->line.text, 0);
	d->blocks.empty_before = now->line.kind == DOCUMENT_EMPTY;
}

void rfc_row(struct document *d, const struct passing *now, const struct passing *next, const struct passing *after)
{
	if (now->line.kind == DOCUMENT_LITERAL && heading(d, now, next, after))
		return;
	document_hand(d, now, now->line.kind, now->line.text, now->line.block);
	d->blocks.empty_before = now->line.kind == DOCUMENT_EMPTY;
}
