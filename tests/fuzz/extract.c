/*
 * Any octets are a document: what is found in it is a transcript, which parses, prints and parses again to the same; and however
 * the document is cut, the same is found.
 *
 * The first octet says the form, and how long the pieces are.
 */
#include "fuzz.h"

#include "base/escape.h"
#include "base/error.h"
#include "script/extract.h"
#include "script/script.h"

/* The forms that a document's name tells. */
static const char *const names[] = { "a.txt", "a.md", "a.rst", "a.html", NULL };

struct found {
	struct buffer body, all;
	uint64_t said[2];
};

static void take_line(void *context, struct slice line, unsigned number)
{
	struct found *found = context;
	if (number == 0 || slice_find_octet(line, '\n') < line.n)
		abort();
	if (slice_starts(line, SLICE("C: ")) || slice_starts(line, SLICE("C\\:")) || slice_equal(line, SLICE("C:")))
		found->said[0]++;
	if (slice_starts(line, SLICE("S: ")) || slice_starts(line, SLICE("S\\:")) || slice_equal(line, SLICE("S:")))
		found->said[1]++;
	buffer_add_slice(&found->body, line);
	buffer_add_octet(&found->body, '\n');
}

static void take_end(void *context, const struct extracted *about)
{
	struct found *found = context;
	if (about->first == 0 || about->last < about->first || about->client != found->said[0] ||
	    about->server != found->said[1])
		abort();
	buffer_printf(&found->all, "Title: ");
	escape_text(&found->all, about->title);
	buffer_printf(&found->all, "\nProtocol: %s\n", about->protocol);
	for (size_t i = 0; i < about->nerrata; i++) {
		buffer_printf(&found->all, "Errata: ");
		escape_text(&found->all, about->errata[i]);
		buffer_add_octet(&found->all, '\n');
	}
	buffer_add_octet(&found->all, '\n');
	buffer_add_slice(&found->all, buffer_slice(&found->body));
	buffer_add_octet(&found->all, '\n');
	buffer_clear(&found->body);
	found->said[0] = found->said[1] = 0;
}

/* What is found in the document, fed in pieces of so many octets. */
static void extract(const char *name, struct slice document, size_t piece, struct found *found)
{
	const struct extract_sink sink = { .line = take_line, .end = take_end, .context = found };
	struct extract *e = extract_new(name, &sink);
	while (document.n) {
		struct slice part = slice_part(document, 0, piece);
		extract_feed(e, part.p, part.n);
		document = slice_part(document, part.n, document.n);
	}
	extract_end(e);
	extract_free(e);
	if (found->body.n)
		abort(); /* lines of no conversation */
}

static void must_parse(struct slice text)
{
	struct script *scripts = NULL;
	struct error error = { 0 };
	size_t n = 0;
	if (text.n && scripts_parse(text, "fuzz", &scripts, &n, &error) != STATUS_OK) {
		(void)fprintf(stderr, "%s\n", error.message);
		must_equal("what was found does not parse", text, SLICE(""));
	}
	scripts_free(scripts, n);
	error_clear(&error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct found whole = { { 0 }, { 0 }, { 0 } }, pieces = { { 0 }, { 0 }, { 0 } };
	if (n == 0)
		return 0;
	struct slice document = { (const char *)data + 1, n - 1 };
	const char *name = names[data[0] % 5];
	extract(name, document, SIZE_MAX, &whole);
	extract(name, document, (size_t)data[0] / 5 + 1, &pieces);
	must_equal("cut otherwise, something else is found", buffer_slice(&whole.all), buffer_slice(&pieces.all));
	must_parse(buffer_slice(&whole.all));
	buffer_free(&whole.body);
	buffer_free(&whole.all);
	buffer_free(&pieces.body);
	buffer_free(&pieces.all);
	return 0;
}
