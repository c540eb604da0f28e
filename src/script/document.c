/*
 * A document: its form is chosen, and what the form's reader makes of it is handed on.
 */
#include "script/document_html.h"

#include <stdlib.h>
#include <string.h>

/* Takes the bars off that stand around a line of text; one that holds nothing else is as empty as it looks. */
static enum document_kind unframed(struct document *d, const struct passing *row, enum document_kind kind,
                                   struct slice *text)
{
	bool line = kind == DOCUMENT_TEXT || kind == DOCUMENT_LITERAL;
	if (!line || row->rest)
		return kind;
	*text = frames_off(&d->frames, *text);
	return shape_blank(*text) ? DOCUMENT_EMPTY : kind;
}

void document_hand(struct document *d, const struct passing *row, enum document_kind kind, struct slice text,
                   unsigned block)
{
	bool page = row->line.page || d->page_due;
	kind = unframed(d, row, kind, &text);
	/* A block of HTML that a page parted goes on as the one that it was. */
	if (page && d->form == FORM_HTML && kind == DOCUMENT_LITERAL && d->block_last > 0) {
		d->block_now = block;
		d->block_before = d->block_last;
	}
	if (block > 0 && block == d->block_now)
		block = d->block_before;
	if (kind != DOCUMENT_HEADING)
		d->block_last = kind == DOCUMENT_CELL ? 0 : block;
	d->handed = true;
	d->page_due = false;
	d->last = row->line;
	d->last.kind = kind;
	d->last.text = text;
	d->last.block = block;
	d->last.page = page;
	d->take(d->context, &d->last);
}

unsigned document_block(struct document *d)
{
	return ++d->nblocks;
}

/* ---- looking ahead ---- */

static void read_row(struct document *d)
{
	const struct passing *now = &d->held[0]->row;
	d->skip = 0;
	if (now->rest && d->blocks.html == RAW_HTML_NONE) { /* as what it belongs to */
		if (d->handed)
			document_hand(d, now, d->last.kind, now->line.text, d->last.block);
	} else {
		d->handed = false;
		d->page_due |= now->line.page;
		d->reader(d, now, d->nheld > 1 ? &d->held[1]->row : NULL, d->nheld > 2 ? &d->held[2]->row : NULL);
	}
	for (size_t used = 0; used <= d->skip && d->nheld > 0; used++) {
		struct held_row *first = d->held[0];
		d->held[0] = d->held[1];
		d->held[1] = d->held[2];
		d->held[2] = first; /* its room is used again */
		d->nheld--;
	}
}

static void take_row(void *context, const struct passing *row)
{
	struct document *d = context;
	struct held_row *held = d->held[d->nheld++];
	buffer_clear(&held->text);
	buffer_add_slice(&held->text, row->line.text);
	held->row = *row;
	held->row.line.text = buffer_slice(&held->text);
	if (d->nheld == 3)
		read_row(d);
}

/* ---- HTML ---- */

static void take_html(void *context, const struct passing *row)
{
	document_hand(context, row, row->line.kind, row->line.text, row->line.block);
}

struct html *document_html(struct document *d)
{
	if (d->html == NULL) {
		d->html = memory_zeroed(1, sizeof *d->html);
		d->html->lines.take = take_html;
		d->html->lines.context = d;
		d->html->lines.blocks = &d->nblocks;
		d->html->lines.number = 1;
	}
	return d->html;
}

/* ---- from octets to rows ---- */

static void take_paged(void *context, const struct passing *row)
{
	struct document *d = context;
	pages_feed(&d->pages, row);
}

static void read_octets(struct document *d, const char *octets, size_t n)
{
	if (d->form == FORM_HTML)
		html_reader_feed(d->html, octets, n);
	else
		rows_feed(&d->rows, octets, n);
}

/* The form is known: what was held until then is read. */
static void begin(struct document *d)
{
	static reader_row *const readers[] = { [FORM_UNKNOWN] = text_row,
		                               [FORM_TEXT] = text_row,
		                               [FORM_MARKDOWN] = markdown_row,
		                               [FORM_RST] = rst_row,
		                               [FORM_HTML] = rfc_row };
	d->known = true;
	d->form = look_text(d->form, buffer_slice(&d->head));
	if (d->form == FORM_XML) {
		d->form = FORM_HTML;
		document_html(d)->xml = true;
	}
	d->blocks.rfc = look_rfc(buffer_slice(&d->head));
	d->blocks.empty_before = true;
	d->reader = readers[d->form];
	if (d->form == FORM_HTML) {
		document_html(d)->lines.take = take_paged;
		if (!d->blocks.rfc)
			d->pages.take = take_html;
	}
	read_octets(d, d->head.p, d->head.n);
	buffer_free(&d->head);
}

static void take_octets(void *context, const char *octets, size_t n)
{
	struct document *d = context;
	if (!d->known) {
		size_t some = LOOK_MAX - d->head.n < n ? LOOK_MAX - d->head.n : n;
		buffer_add(&d->head, octets, some);
		octets += some;
		n -= some;
		if (d->head.n == LOOK_MAX)
			begin(d);
	}
	if (n > 0)
		read_octets(d, octets, n);
}

/* ---- the door ---- */

struct document *document_new(const char *name, document_take *take, void *context)
{
	struct document *d = memory_zeroed(1, sizeof *d);
	d->take = take;
	d->context = context;
	for (size_t i = 0; i < 3; i++)
		d->held[i] = &d->room[i];
	d->form = look_name(name);
	d->octets.take = take_octets;
	d->rows.take = take_paged;
	d->pages.take = take_row;
	d->octets.context = d->rows.context = d->pages.context = d;
	return d;
}

void document_free(struct document *d)
{
	if (d == NULL)
		return;
	buffer_free(&d->head);
	rows_free(&d->rows);
	pages_free(&d->pages);
	for (size_t i = 0; i < 3; i++)
		buffer_free(&d->room[i].text);
	buffer_free(&d->scratch);
	if (d->html)
		html_reader_free(d->html);
	free(d->html);
	free(d);
}

void document_feed(struct document *d, const char *octets, size_t n)
{
	if (!d->octets.binary)
		octets_feed(&d->octets, octets, n);
}

void document_end(struct document *d)
{
	octets_end(&d->octets);
	if (d->octets.binary)
		return;
	if (!d->known)
		begin(d);
	if (d->form == FORM_HTML)
		html_reader_end(d->html);
	else
		rows_end(&d->rows);
	pages_end(&d->pages);
	while (d->nheld > 0)
		read_row(d);
	if (d->html && d->form != FORM_HTML)
		html_reader_end(d->html);
}

bool document_binary(const struct document *d)
{
	return d->octets.binary;
}
