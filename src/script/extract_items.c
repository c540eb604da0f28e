/*
 * A passage as items: what is said by whom, what stands between without a prefix.
 */
#include "script/extract_inside.h"

#include <stdlib.h>

#include "base/memory.h"
#include "protocol/protocol.h"
#include "script/import_forms.h"
#include "script/speaker.h"

/* So many prefixes are looked for in one line. */
#define PREFIXES_MAX 1024

/* The client's last line stands at most so many before another in its column. */
#define LADDER_LINES 16

/* A shorter text may be said twice, in octets. */
#define TWICE_MIN 3

/* A prefix ends within so many octets. */
#define PREFIX_MAX 40

/* So many lines behind the last prefix are looked at at once. */
#define LINES_BEHIND 64

static struct item *item_new(struct items *items)
{
	if (items->n == items->room) {
		items->room = items->room ? items->room * 2 : 256;
		items->rows = memory_grow(items->rows, items->room, sizeof *items->rows);
	}
	struct item *item = &items->rows[items->n++];
	*item = (struct item){ 0 };
	return item;
}

void items_free(struct items *items)
{
	free(items->rows);
	*items = (struct items){ 0 };
}

/* ---- one line ---- */

static size_t spaces(struct slice line)
{
	size_t n = 0;
	while (n < line.n && line.p[n] == ' ')
		n++;
	return n;
}

static struct slice trim_end(struct slice text)
{
	while (text.n && (text.p[text.n - 1] == ' ' || text.p[text.n - 1] == '\t'))
		text.n--;
	return text;
}

/* What a page leaves behind the text: empty cells of a table, the end of a fence. */
static struct slice without_markup(struct slice text)
{
	static const struct slice ends[] = { { " |", 2 }, { "```", 3 } };
	for (size_t i = 0; i < sizeof ends / sizeof ends[0];) {
		bool has = text.n > ends[i].n && slice_equal(slice_part(text, text.n - ends[i].n, text.n), ends[i]);
		if (has)
			text = trim_end(slice_part(text, 0, text.n - ends[i].n));
		else
			i++;
	}
	return text;
}

/* What is said, behind as much white space as parts prefix and text everywhere in this passage. */
static void set_text(struct item *item, struct slice line, const struct said *said, const struct judged *judged)
{
	size_t before = said->after, width = said->text - before, most = judged->width[item->side];
	if (width > most)
		width = most;
	item->indent = said->start;
	item->logged = said->logged;
	item->column = said->text >= said->end ? before + most : before + width;
	/* a quote mark may stand before the text, and is none of it */
	bool quoted = said->text > before && !octet_is_blank(line.p[said->text - 1]);
	item->text = trim_end(slice_part(line, item->flat || quoted ? said->text : before + width, said->end));
	if (judged->quoted && !quoted)
		(void)quotes_off(&item->text, &item->behind);
	item->text = trim_end(slice_part(item->text, 0, end_mark(item->text, judged->marked_ends)));
	item->text = without_markup(item->text);
}

/* Whether a prefix behind prose is one: its text must be what that side says. */
static bool likely(const struct judged *judged, struct slice line, const struct said *said)
{
	enum side side = judged->flipped ? 1 - said->side : said->side;
	struct slice text = slice_trim(slice_part(line, said->text, said->end));
	return judged->verdict.protocol && speaker_likes(judged->verdict.protocol, side, text) >= 2;
}

/* Whether what stands before the prefix is a label that parts it from what was before: `Example:`, `or`. */
static bool is_label(struct slice line, const struct said *said)
{
	struct slice before = slice_trim(slice_part(line, 0, said->start));
	return labels_example(before) || parts_alternatives(before);
}

static size_t find(const struct judged *judged, struct slice line, struct said *found)
{
	size_t n = notation_find(line, judged->notation, found, PREFIXES_MAX);
	bool glued = n == 1 && !found[0].clean && !is_label(line, &found[0]);
	return glued && !likely(judged, line, &found[0]) ? 0 : n;
}

/* Prose before the first prefix of its line. */
static void add_before(struct items *items, const struct item *like, struct slice line, const struct said *said)
{
	struct item *item = item_new(items);
	*item = *like;
	item->kind = ITEM_PLAIN;
	item->glued = true;
	item->text = slice_trim(slice_part(line, 0, said->start));
}

/* Whether the last item says what the one before it says, in another column: a program and its log have both printed it. */
static bool is_printed_twice(const struct items *items)
{
	if (items->n < 2)
		return false;
	const struct item *last = &items->rows[items->n - 1], *before = last - 1;
	return before->kind == ITEM_SAID && before->side == last->side && before->index + 1 == last->index &&
	       before->indent > 0 && last->indent == 0 && last->text.n > TWICE_MIN &&
	       slice_equal(before->text, last->text);
}

static void add_said(struct items *items, const struct item *like, struct slice line, const struct said *found,
                     size_t n, const struct judged *judged)
{
	if (!found[0].clean)
		add_before(items, like, line, &found[0]);
	for (size_t i = 0; i < n; i++) {
		struct item *item = item_new(items);
		*item = *like;
		item->kind = ITEM_SAID;
		item->side = judged->flipped ? 1 - found[i].side : found[i].side;
		item->both = found[i].both;
		item->flat = n > 1;
		item->glued = i == 0 && !found[0].clean && !is_label(line, &found[0]);
		set_text(item, line, &found[i], judged);
	}
}

/* Whether more than white space stands before the prefixes of the line, as in a comment or a quote. */
static bool has_leader(struct slice line, const struct said *said)
{
	return said->clean && spaces(line) < said->start;
}

static void add_plain(struct items *items, const struct item *like, struct slice line, bool leaders)
{
	struct item *item = item_new(items);
	*item = *like;
	size_t leader = leaders ? notation_leader(line) : 0;
	item->indent = leader > spaces(line) ? leader : spaces(line);
	item->text = trim_end(slice_part(line, item->indent, line.n));
	/* a bar at both ends is of a picture */
	if (!slice_starts(item->text, SLICE("|")))
		item->text = without_markup(item->text);
	item->kind = item->text.n ? ITEM_PLAIN : ITEM_EMPTY;
}

/* Whether the server's reply goes on without a prefix, right below: its hyphen says that another line of the same code comes (RFC
 * 5321 4.2.1), or untagged data follows untagged data. */
static bool reply_goes_on(const struct items *items, size_t i, struct slice text)
{
	const struct item *last = items->n ? &items->rows[items->n - 1] : NULL;
	const struct protocol *protocol = items->judged->verdict.protocol;
	if (last == NULL || protocol == NULL || last->kind != ITEM_SAID || last->side != SIDE_SERVER || last->flat ||
	    last->index + 1 != i)
		return false;
	if (protocol->tagged)
		return slice_starts(last->text, SLICE("* ")) && speaker_likes(protocol, SIDE_SERVER, text) >= 3 &&
		       text.p[0] != '+';
	return line_is_code(last->text) && last->text.n > 3 && last->text.p[3] == '-' && line_is_code(text) &&
	       slice_equal(slice_part(last->text, 0, 3), slice_part(text, 0, 3));
}

/* A line of a reply that no prefix marks: as if it had the one above it. */
static void add_more(struct items *items, const struct item *like, struct slice text)
{
	struct item above = items->rows[items->n - 1], *item = item_new(items);
	*item = *like;
	item->kind = ITEM_SAID;
	item->side = above.side;
	item->indent = above.indent;
	item->column = above.column;
	item->text = text;
}

/* Whether the line is a client's in a ladder, below one of its others, and only the last of them has its arrow: by its column, and by
 * what it says. */
static bool stands_in_ladder(const struct items *items, struct slice line, struct slice text)
{
	const struct judged *judged = items->judged;
	if (judged->notation->form != NOTATION_ARROW || judged->verdict.protocol == NULL || items->n == 0)
		return false;
	for (size_t i = items->n, looked = 0; i-- > 0 && looked < LADDER_LINES; looked++) {
		const struct item *item = &items->rows[i];
		if (item->kind == ITEM_SAID && item->side == SIDE_CLIENT)
			return item->indent == spaces(line) &&
			       speaker_likes(judged->verdict.protocol, SIDE_CLIENT, text) >= 3;
	}
	return false;
}

static void add_client(struct items *items, const struct item *like, struct slice line, struct slice text)
{
	struct item *item = item_new(items);
	*item = *like;
	item->kind = ITEM_SAID;
	item->side = SIDE_CLIENT;
	item->indent = item->column = spaces(line);
	item->text = text;
}

/* Whether the line has a prefix of another notation, in which the passage goes on: before what that side says. */
static bool changes_notation(const struct items *items, struct slice line, struct said *said)
{
	const struct protocol *protocol = items->judged->verdict.protocol;
	struct slice text = slice_trim(line);
	if (protocol == NULL || items->judged->flipped || text.n == 0 || !octet_is_alpha(text.p[0]) ||
	    (slice_find_octet(slice_part(text, 0, PREFIX_MAX), ':') == PREFIX_MAX &&
	     slice_find_octet(slice_part(text, 0, PREFIX_MAX), '>') == PREFIX_MAX))
		return false;
	struct said found[2];
	if (notation_find(line, NULL, found, 2) != 1 || !found[0].clean || found[0].both)
		return false;
	enum notation_form form = found[0].notation->form;
	*said = found[0];
	return (form == NOTATION_LETTER || form == NOTATION_WORD || form == NOTATION_ROUTE) &&
	       speaker_likes(protocol, said->side, slice_trim(slice_part(line, said->text, said->end))) >= 2;
}

/* ---- the passage ---- */

static void add_line(struct items *items, size_t i)
{
	struct said found[PREFIXES_MAX];
	const struct held *held = &items->passage->lines[i];
	struct slice line = passage_line(items->passage, i);
	struct item like = { .number = held->number, .block = held->block, .index = i };
	like.cell = held->kind == DOCUMENT_CELL;
	like.page = held->page;
	size_t n = line.n && i <= items->judged->last ? find(items->judged, line, found) : 0;
	struct slice text = slice_trim(line);
	if (n) {
		items->leaders = has_leader(line, &found[0]);
		add_said(items, &like, line, found, n, items->judged);
		items->n -= is_printed_twice(items);
	} else if (text.n && reply_goes_on(items, i, text)) {
		add_more(items, &like, text);
	} else if (items->n && i <= items->judged->last && changes_notation(items, line, &found[0])) {
		add_said(items, &like, line, found, 1, items->judged);
	} else if (text.n && i <= items->judged->last && stands_in_ladder(items, line, text)) {
		add_client(items, &like, line, text);
	} else {
		add_plain(items, &like, line, items->leaders);
	}
	if (n == 0 && held->kind == DOCUMENT_HEADING)
		items->rows[items->n - 1].kind = ITEM_HEADING;
}

bool items_more(struct items *items)
{
	struct said found[PREFIXES_MAX];
	size_t end = items->next + LINES_BEHIND, from = items->next;
	for (; items->next < items->passage->n && items->next < end; items->next++) {
		struct slice line = passage_line(items->passage, items->next);
		if (line.n && find(items->judged, line, found))
			break;
		add_line(items, items->next);
	}
	return items->next > from;
}

void items_make(struct items *items, const struct passage *p, const struct judged *judged)
{
	items->passage = p;
	items->judged = judged;
	for (items->next = judged->first; items->next < p->n && items->next <= judged->last; items->next++)
		add_line(items, items->next);
	(void)items_more(items);
}
