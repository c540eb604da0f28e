/*
 * extract: the conversations that documents hold, each as a transcript; or a list of them.
 */
#include "cmd/extract.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/escape.h"

/* One document on its way into the engine. */
struct reading {
	struct extraction *x;
	struct extract *engine;
	bool begun;
	const char *no_text; /* why it is none; NULL: it is one */
};

/* ---- a conversation ---- */

static void take_line(void *context, struct slice line, unsigned number)
{
	struct extraction *x = context;
	(void)number;
	if (!x->options->list && !x->over)
		spool_line(&x->spool, line);
}

/* To a file of its own, whose name is told. */
static enum status into_folder(const struct extraction *x, const struct extracted *about, FILE *out,
                               struct error *error)
{
	char *path = NULL;
	enum status status = extraction_file(x, about, &path, error);
	if (path && x->options->json) {
		extraction_list(x, about, path, out);
	} else if (path && !x->options->quiet) {
		struct buffer line = { 0 };
		struct sink sink = sink_of_file(out);
		escape_text(&line, slice_of(path));
		buffer_add_octet(&line, '\n');
		sink.write(sink.context, buffer_slice(&line));
		buffer_free(&line);
	}
	free(path);
	return status;
}

static void take_conversation(void *context, const struct extracted *about)
{
	struct extraction *x = context;
	struct error error = { 0 };
	if (x->over)
		return;
	x->n++;
	x->here++;
	FILE *out = options_output(x->options, &error);
	enum status status = error.status;
	x->over = out == NULL;
	if (out && x->options->list) {
		extraction_list(x, about, NULL, out);
	} else if (out && x->options->directory) {
		status = into_folder(x, about, out, &error);
		x->over = status != STATUS_OK;
	} else if (out) {
		status = extraction_print(x, about, out, &error);
	}
	x->over = x->over || sink_failure() != 0; /* `| head` has seen enough */
	if (status > x->worst)
		x->worst = status;
	error_report(&error);
	spool_clear(&x->spool);
}

/* ---- a document ---- */

/* What begins so is another form than text, whether there are NULs in it or not. */
static const char *form_of(struct slice front)
{
	static const struct {
		const char *magic, *why;
	} forms[] = { { "%PDF-", "it is a PDF: make text of it first, as pdftotext does" },
		      { "PK\003\004", "it is an archive, or an office's document: save it as text or HTML first" },
		      { "{\\rtf", "it is a document in RTF: save it as text or HTML first" },
		      { "\037\213", "it is compressed: gzip -dc makes text of it" } };
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
		if (slice_starts(front, slice_of(forms[i].magic)))
			return forms[i].why;
	return NULL;
}

static bool take_piece(void *context, struct slice piece)
{
	struct reading *r = context;
	if (!r->begun)
		r->no_text = form_of(piece);
	r->begun = true;
	if (r->no_text == NULL)
		extract_feed(r->engine, piece.p, piece.n);
	if (r->no_text == NULL && extract_binary(r->engine))
		r->no_text = "it holds NULs, as pictures and programs do";
	return r->no_text == NULL && !r->x->over;
}

/* `-o doc.txt doc.txt` would write over what is still being read. */
static enum status check_output(const struct options *options, const char *name, struct error *error)
{
	struct stat document, output;
	bool from_stdin = strcmp(name, "-") == 0;
	if (options->output == NULL || stat(options->output, &output) != 0 || !S_ISREG(output.st_mode))
		return STATUS_OK;
	if ((from_stdin ? fstat(STDIN_FILENO, &document) : stat(name, &document)) != 0)
		return STATUS_OK;
	if (document.st_dev != output.st_dev || document.st_ino != output.st_ino)
		return STATUS_OK;
	return error_set(error, STATUS_USAGE, "-o %s: is the document itself: write to another file", options->output);
}

static enum status read_document(struct extraction *x, struct reading *r, const char *name, struct error *error)
{
	enum status status = check_output(x->options, name, error);
	if (status == STATUS_OK)
		status = read_pieces(name, take_piece, r, error);
	if (status == STATUS_OK && r->no_text)
		return error_set(error, STATUS_USAGE, "%s: no text: %s", input_name(name), r->no_text);
	if (status == STATUS_OK && !x->over)
		extract_end(r->engine);
	return status;
}

/* What came of it, in a line. */
static void tell(const struct extraction *x)
{
	if (x->here == 0 && !x->options->quiet)
		complain(
			"%s: no conversation in it: no lines that say who speaks, as C: and S: do, and none that look like "
			"a protocol's; what another program recorded is for parlance annotate --from",
			input_name(x->document));
	else if (x->options->verbose)
		complain("%s: %" PRIu64 " conversation%s", input_name(x->document), x->here, x->here == 1 ? "" : "s");
}

static enum status extract_document(struct extraction *x, const char *name)
{
	struct extract_sink sink = { take_line, take_conversation, x };
	struct reading r = { .x = x, .engine = extract_new(strcmp(name, "-") == 0 ? NULL : name, &sink) };
	struct error error = { 0 };
	x->document = name;
	x->here = 0;
	enum status status = read_document(x, &r, name, &error);
	if (status == STATUS_OK && !x->over)
		tell(x);
	if (status == STATUS_OK && !x->over && x->here == 0)
		status = STATUS_DIFFERED;
	error_report(&error);
	extract_free(r.engine);
	spool_clear(&x->spool);
	return status;
}

/* ---- the command ---- */

/* What was asked for must make sense together. */
static const char *nonsense(const struct options *options, int argc)
{
	if (argc == 0)
		return "no document: name a text, Markdown, reStructuredText or HTML file, or - for standard input";
	if (options->list && options->directory)
		return "--list writes no files: leave it out, or -d";
	if (options->directory && options->output && !options->json)
		return "-d writes a file for each conversation, -o all to one: leave one of them out";
	if (options->directory && *options->directory == '\0')
		return "-d: which folder? -d . is this one";
	return NULL;
}

static enum status run(struct options *options, int argc, char **argv)
{
	struct extraction x = { .options = options, .several = argc > 1 };
	const char *why = nonsense(options, argc);
	if (why) {
		complain("extract: %s", why);
		return STATUS_USAGE;
	}
	for (int i = 0; i < argc && !x.over; i++) {
		enum status status = extract_document(&x, argv[i]);
		if (status > x.worst)
			x.worst = status;
	}
	spool_free(&x.spool);
	return x.worst;
}

const struct command command_extract = {
	.name = "extract",
	.arguments = "[options] DOCUMENT...",
	.summary = "pull the conversations out of an RFC, a page, a slide: as transcripts",
	.help = "DOCUMENT is text, Markdown, reStructuredText or HTML, or - for standard input.\n"
		"A conversation is found by who speaks: C: and S:, Client: and Server:, S: and\n"
		"R: of RFC 821, -> and <-, >>> and <<<, > and <, wherever they stand: indented,\n"
		"quoted, in tables, lists and listings; or, where nothing says it, by what a\n"
		"client and a server of the protocol would say.\n"
		"\n"
		"Each is printed as a transcript that replay, serve and check take: its title is\n"
		"the nearest heading, its Source the document's lines. What was guessed stands\n"
		"there as a comment, what is wrong with the print as Errata. Its lines are those\n"
		"of the document, mistakes too: check finds these. With -d there are no notes in\n"
		"the files unless --notes asks for them.\n"
		"\n"
		"The exit status is 1 where a document holds no conversation.\n"
		"\n"
		"  parlance extract --list rfc5321.txt\n"
		"  parlance extract -d transcripts rfc5321.txt\n"
		"  parlance extract --notes off slides.html | parlance check -",
	.options = OPTIONS_SHOW | OPTIONS_EXTRACT,
	.run = run,
};
