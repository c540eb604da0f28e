/*
 * A document of any octets gives the same lines however it is cut, and none is longer than it may be.
 *
 * The first octet says the form, the second how it is cut.
 */
#include "fuzz.h"

#include "script/document.h"

static void take(void *context, const struct document_line *line)
{
	struct buffer *out = context;
	if (line->text.n > DOCUMENT_LINE_MAX + 8)
		abort();
	buffer_printf(out, "%u %d %u %u%s%s ", line->number, (int)line->kind, line->block, line->cell,
	              line->row ? " row" : "", line->page ? " page" : "");
	buffer_add_slice(out, line->text);
	buffer_add_octet(out, '\n');
}

static void read_cut(const char *name, struct slice text, size_t cut, struct buffer *out)
{
	struct document *d = document_new(name, take, out);
	for (size_t i = 0; i < text.n; i += cut)
		document_feed(d, text.p + i, text.n - i < cut ? text.n - i : cut);
	document_end(d);
	document_free(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const names[] = { NULL, "f.txt", "f.md", "f.rst", "f.html" };
	struct buffer whole = { 0 }, cut = { 0 };
	if (n < 2)
		return 0;
	const char *name = names[data[0] % 5];
	struct slice text = { (const char *)data + 2, n - 2 };
	read_cut(name, text, text.n ? text.n : 1, &whole);
	read_cut(name, text, (size_t)data[1] % 23 + 1, &cut);
	must_equal("how it is cut shows", buffer_slice(&whole), buffer_slice(&cut));
	buffer_free(&whole);
	buffer_free(&cut);
	return 0;
}
