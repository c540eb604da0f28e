/*
 * What extract finds in a document, as text: for tests in which both stand side by side.
 */
#ifndef PARLANCE_TESTS_EXTRACTED_H
#define PARLANCE_TESTS_EXTRACTED_H

#include "script/extract.h"
#include "test.h"

struct found {
	struct buffer all, lines;
	bool comments;
};

static void take_line(void *context, struct slice line, unsigned number)
{
	struct found *f = context;
	(void)number;
	if (!f->comments && line.n && line.p[0] == '#')
		return;
	buffer_add_slice(&f->lines, line);
	buffer_add_octet(&f->lines, '\n');
}

static void take_end(void *context, const struct extracted *about)
{
	struct found *f = context;
	buffer_printf(&f->all, "%s%s %u-%u\n", about->protocol, about->tls ? "+tls" : "", about->first, about->last);
	for (size_t i = 0; f->comments && i < about->nerrata; i++)
		buffer_printf(&f->all, "Errata: " SLICE_FMT "\n", SLICE_ARG(about->errata[i]));
	buffer_add_slice(&f->all, buffer_slice(&f->lines));
	buffer_clear(&f->lines);
}

/* Each conversation in the document of that name: `PROTOCOL FIRST-LAST`, `+tls` behind the protocol, and its lines; with its errata
 * and comments where they are wanted. The caller frees it. */
static char *found(const char *name, const char *document, bool comments)
{
	struct found f = { .comments = comments };
	struct extract_sink sink = { take_line, take_end, &f };
	struct extract *e = extract_new(name, &sink);
	extract_feed(e, document, slice_of(document).n);
	extract_end(e);
	extract_free(e);
	buffer_free(&f.lines);
	return buffer_take(&f.all);
}

#define CHECK_FOUND(name, document, want) \
	do { \
		char *got = found(name, document, false); \
		CHECK_TEXT(slice_of(got), want); \
		free(got); \
	} while (0)

#endif
