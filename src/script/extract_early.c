/*
 * Lines that only the rest of the document explains: a few with prefixes, alone in a paragraph, of a protocol that nobody knows
 * (`S: +OK/MTQP MTQP server ready`). Where the document has surely conversations in that notation, they are of one, too; those
 * before the first are held until it comes.
 */
#include "script/extract_inside.h"

/* So many lines such a paragraph has at most, and as many prefixes are looked for in one. */
#define ALONE_MAX 24
#define PREFIXES_MAX 2

/* So much is held of those before the first, and so many lines with a prefix are looked at. */
#define EARLY_LINES 128
#define EARLY_LOOKS 512

/* ---- a paragraph ---- */

/* Whether the `i`th line's prefix is all that stands before its text; `*said` gets it. */
static bool has_prefix(const struct passage *p, size_t i, const struct notation *notation, struct said *said)
{
	struct said found[PREFIXES_MAX];
	struct slice line = passage_line(p, i);
	size_t n = line.n ? notation_find(line, notation, found, PREFIXES_MAX) : 0;
	*said = found[0];
	return n == 1 && said->clean && !said->both && !said->worded;
}

static bool is_empty(const struct passage *p, size_t i)
{
	return slice_trim(passage_line(p, i)).n == 0;
}

/* Whether the `i`th line begins a paragraph or a block, or stands below words that announce it. */
static bool begins_block(const struct passage *p, size_t i)
{
	if (i == 0 || is_empty(p, i - 1) || p->lines[i - 1].kind != p->lines[i].kind)
		return true;
	struct slice above = slice_trim(passage_line(p, i - 1));
	return p->lines[i - 1].block != p->lines[i].block || above.p[above.n - 1] == ':';
}

/* Whether another prefix stands inside the text: a page has flattened two lines. */
static bool has_another(struct slice text, const struct notation *notation)
{
	struct slice client = slice_of(notation->client), server = slice_of(notation->server);
	const struct slice names[] = { slice_word(&client), slice_word(&server) };
	for (size_t i = 0; i < 2; i++) {
		size_t at = slice_find(text, names[i]);
		if (at > 0 && at < text.n && text.p[at - 1] == ' ')
			return true;
	}
	return false;
}

/* Whether the words tell something, where a command or a reply would stand, or are too few to say something. */
static bool is_told_here(struct slice text, bool first)
{
	struct slice rest = text, word = slice_word(&rest);
	bool names = slice_equal_nocase(word, SLICE("client")) || slice_equal_nocase(word, SLICE("server")) ||
	             slice_equal_nocase(word, SLICE("the"));
	return names || is_prose(text) || is_told(text) || bracketed(text).n || (first && slice_trim(rest).n == 0);
}

size_t lines_alone(const struct passage *p, size_t i, const struct notation *notation)
{
	struct said said;
	size_t n = 0, indent = 0;
	if (notation->weight < 2 || p->lines[i].kind == DOCUMENT_CELL || !begins_block(p, i))
		return 0;
	for (; i + n < p->n && !is_empty(p, i + n) && p->lines[i + n].block == p->lines[i].block; n++) {
		bool prefix = n < ALONE_MAX && has_prefix(p, i + n, notation, &said) &&
		              (n == 0 || said.start == indent);
		struct slice text = prefix ? slice_trim(slice_part(passage_line(p, i + n), said.text, said.end))
		                           : SLICE("");
		if (text.n == 0 || is_told_here(text, n == 0) || has_another(text, notation))
			return 0;
		indent = said.start;
	}
	return n;
}

/* ---- before the first that is sure ---- */

static void hold(struct early *early, const struct passage *p, size_t i, size_t n, struct slice title)
{
	struct early_title *row = &early->titles[early->ntitles++];
	*row = (struct early_title){ .first = early->lines.n, .n = n };
	buffer_add_slice(&row->title, title);
	for (size_t k = i; k < i + n; k++) {
		const struct held *held = &p->lines[k];
		passage_add(&early->lines, &(struct document_line){ .number = held->number,
		                                                    .kind = held->kind,
		                                                    .block = held->block,
		                                                    .row = held->row,
		                                                    .page = held->page,
		                                                    .text = passage_line(p, k) });
	}
}

void early_see(struct early *early, const struct passage *p, size_t i, const struct titles *titles)
{
	struct said said;
	if (early->over || slice_trim(passage_line(p, i)).n == 0 || !has_prefix(p, i, NULL, &said))
		return;
	size_t n = lines_alone(p, i, said.notation);
	early->over = ++early->looks == EARLY_LOOKS || early->ntitles == EARLY_MAX || early->lines.n + n > EARLY_LINES;
	if (n && !early->over && (early->notation == NULL || early->notation == said.notation)) {
		early->notation = said.notation;
		hold(early, p, i, n, titles_at(titles, p->lines[i].number));
	}
}

/* One of them, as it is read where the document has such. */
static void speak_one(struct talk *t, const struct early *early, const struct early_title *row,
                      const struct judged *like)
{
	struct items items = { 0 };
	struct judged judged = *like;
	struct titles titles = { .heading = row->title, .heading_at = early->lines.lines[row->first].number };
	judged.first = row->first;
	judged.last = row->first + row->n - 1;
	items_make(&items, &early->lines, &judged);
	while (items.n && items.rows[items.n - 1].index > judged.last)
		items.n--;
	items.next = early->lines.n;
	(void)speak(t, &items, &judged, &titles);
	talk_end(t);
	items_free(&items);
}

void early_speak(struct early *early, struct talk *t, const struct judged *like)
{
	struct gap gap = t->gap;
	bool meant = !early->over && early->notation == like->notation && judge_established(like);
	early->over = true;
	if (!meant)
		return;
	t->gap = (struct gap){ 0 };
	for (size_t k = 0; k < early->ntitles; k++)
		speak_one(t, early, &early->titles[k], like);
	buffer_free(&t->gap.text);
	t->gap = gap;
}

void early_free(struct early *early)
{
	for (size_t k = 0; k < early->ntitles; k++)
		buffer_free(&early->titles[k].title);
	passage_free(&early->lines);
}
