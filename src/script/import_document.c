/*
 * A document in which conversations stand (`--from document`): what extract finds in it. Never recognised by its look: any
 * text is a document.
 */
#include "script/extract.h"
#include "script/import_forms.h"

#include "base/escape.h"

/* The conversation under way. */
struct found {
	struct draft *d;
	struct draft_text body;
};

static void take_line(void *context, struct slice line, unsigned number)
{
	struct found *found = context;
	buffer_add_slice(&found->body.text, line);
	draft_text_end(&found->body, number);
}

static void field(struct draft_text *header, const char *name, struct slice value, unsigned number)
{
	if (value.n == 0)
		return;
	buffer_printf(&header->text, "%s: ", name);
	escape_text(&header->text, value);
	draft_text_end(header, number);
}

static void take_end(void *context, const struct extracted *about)
{
	struct found *found = context;
	struct draft_text header = { 0 };
	field(&header, "Title", about->title, about->first);
	field(&header, "Protocol", slice_of(about->protocol), about->first);
	if (about->tls)
		field(&header, "TLS", SLICE("implicit"), about->first);
	for (size_t i = 0; i < about->nerrata; i++)
		field(&header, "Errata", about->errata[i], about->first);
	draft_text_end(&header, about->first);
	draft_conversation(found->d, &header, &found->body);
}

static unsigned likes(struct slice line, bool first)
{
	(void)line;
	(void)first;
	return 0;
}

static enum status read(struct draft *d, struct slice text)
{
	struct found found = { .d = d };
	const struct extract_sink sink = { .line = take_line, .end = take_end, .context = &found };
	struct extract *e = extract_new(d->file, &sink);
	extract_feed(e, text.p, text.n);
	extract_end(e);
	extract_free(e);
	draft_text_free(&found.body);
	return STATUS_OK;
}

const struct import_form import_document = { "document",
	                                     "a document in which conversations stand, as extract finds them", likes,
	                                     read };
