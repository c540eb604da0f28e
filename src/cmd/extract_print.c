/*
 * extract: a conversation as a transcript, for people, or as events.
 *
 * The document's own lines are printed as they were found, also where a count in them is wrong: notes stand under them, but what
 * is said is not made right here.
 */
#include <stdlib.h>

#include "base/escape.h"
#include "cmd/extract.h"
#include "play/offline.h"

/* ---- the header ---- */

/* A field's value: safe to print, and one line. */
static char *field_of(struct slice text)
{
	struct buffer safe = { 0 };
	escape_text(&safe, slice_trim(text));
	return buffer_take(&safe);
}

static char *source_of(const struct extraction *x, const struct extracted *about)
{
	struct buffer source = { 0 };
	escape_text(&source, slice_of(input_name(x->document)));
	if (about->first == about->last)
		buffer_printf(&source, ", line %u", about->first);
	else
		buffer_printf(&source, ", lines %u-%u", about->first, about->last);
	return buffer_take(&source);
}

/* Appends the header, and the empty line that ends it. */
static void header_add(const struct extraction *x, const struct extracted *about, struct buffer *out)
{
	char *tls = string_copy("implicit"), *protocol = string_copy(about->protocol);
	struct script header = { .source = source_of(x, about),
		                 .protocol = protocol,
		                 .tls = about->tls ? tls : NULL,
		                 .title = about->title.n ? field_of(about->title) : NULL,
		                 .errata = about->nerrata ? memory_zeroed(about->nerrata, sizeof(char *)) : NULL,
		                 .nerrata = about->nerrata };
	for (size_t i = 0; i < about->nerrata; i++)
		header.errata[i] = field_of(about->errata[i]);
	script_print_header(&header, out);
	buffer_add_octet(out, '\n');
	for (size_t i = 0; i < about->nerrata; i++)
		free(header.errata[i]);
	free(header.errata);
	free(header.title);
	free(header.source);
	free(protocol);
	free(tls);
}

/* ---- what is made of it ---- */

/* One conversation, read back as a script and rehearsed. */
struct rehearsing {
	struct buffer text;
	struct script *scripts;
	size_t n;
	struct rehearsal *rehearsal;
};

static void rehearsing_free(struct rehearsing *r)
{
	rehearsal_free(r->rehearsal);
	scripts_free(r->scripts, r->n);
	buffer_free(&r->text);
}

/* Rehearses it; the caller frees in any case. */
static enum status rehearsing_begin(const struct extraction *x, const struct extracted *about, struct rehearsing *r,
                                    struct error *error)
{
	header_add(x, about, &r->text);
	buffer_add_slice(&r->text, buffer_slice(&x->spool.text));
	enum status status = scripts_parse(buffer_slice(&r->text), input_name(x->document), &r->scripts, &r->n, error);
	if (status == STATUS_OK)
		r->rehearsal = rehearse(&r->scripts[0], NULL, &x->options->variables);
	return status;
}

static struct offline how_offline(const struct extraction *x)
{
	return (struct offline){ .variables = &x->options->variables, .masking = options_masking(x->options, false) };
}

/* ---- notes under the document's own lines ---- */

/* What a plain face prints is taken apart: of its lines only comments go on, and in the place of the others stand the
 * script's own. */
struct under {
	const struct script *script;
	struct buffer out;
	bool header; /* the face's header is being printed */
	bool begun;  /* something that is said was printed */
	size_t line; /* the script's, which is to be printed; NO_LINE: none */
};

static void under_line(struct under *u)
{
	if (u->line == NO_LINE)
		return;
	script_print_line(&u->script->lines[u->line], &u->out);
	u->begun = u->begun || u->script->lines[u->line].kind == SCRIPT_SAID;
	u->line = NO_LINE;
}

/* The line before is printed even where nothing came of it. What stands above all that is said waits in the face, comments and
 * directions in their order, and comes with the first line. */
static void under_next(void *context, size_t i)
{
	struct under *u = context;
	under_line(u);
	enum script_kind kind = u->script->lines[i].kind;
	bool waits = kind == SCRIPT_COMMENT || (kind == SCRIPT_DIRECTION && !u->begun);
	u->line = waits ? NO_LINE : i;
}

static void under_write(void *context, struct slice text)
{
	struct under *u = context;
	while (text.n) {
		struct slice line = slice_line(&text);
		bool comment = line.p[0] == '#', direction = line.p[0] == '<';
		if (u->header) {
			u->header = line.p[0] != '\n';
			continue;
		}
		if (u->begun || !(comment || direction))
			under_line(u);
		if (comment || (direction && !u->begun))
			buffer_add_slice(&u->out, line);
	}
}

static enum status print_under(const struct extraction *x, const struct rehearsal *r, enum notes notes,
                               struct sink sink, struct error *error)
{
	struct under u = { .script = r->script, .header = true, .line = NO_LINE };
	struct offline how = how_offline(x);
	how.line = under_next;
	how.context = &u;
	struct face *face = plain_face((struct sink){ under_write, &u }, notes, SLICE("Protocol: any"));
	enum status status = offline_play(&how, r, face, error);
	under_line(&u);
	face_close(face);
	sink.write(sink.context, buffer_slice(&u.out));
	buffer_free(&u.out);
	return status;
}

/* ---- transcripts ---- */

/* `why` is what it is too long for, with a next step. */
static enum status too_long(const struct extraction *x, const struct extracted *about, const char *why,
                            struct error *error)
{
	return error_set(error, STATUS_USAGE, "%s:%u: the conversation that begins here is too long %s",
	                 input_name(x->document), about->first, why);
}

/* As it was found, without a note. */
static enum status print_bare(const struct extraction *x, const struct extracted *about, enum notes notes,
                              struct sink sink, struct error *error)
{
	struct buffer header = { 0 };
	header_add(x, about, &header);
	if (notes != NOTES_OFF)
		buffer_add_string(&header,
		                  "# Too long for notes under its lines: parlance annotate puts them there.\n");
	sink.write(sink.context, buffer_slice(&header));
	buffer_free(&header);
	return spool_read(&x->spool, sink, error);
}

static enum status print_noted(const struct extraction *x, const struct extracted *about, enum notes notes,
                               struct sink sink, struct error *error)
{
	struct rehearsing r = { 0 };
	struct buffer header = { 0 };
	struct offline how = how_offline(x);
	enum status status = rehearsing_begin(x, about, &r, error);
	header_add(x, about, &header);
	if (status == STATUS_OK && how.masking.spans) {
		struct face *face = plain_face(sink, notes, buffer_slice(&header));
		status = offline_play(&how, r.rehearsal, face, error);
		face_close(face);
	} else if (status == STATUS_OK) {
		sink.write(sink.context, buffer_slice(&header));
		status = print_under(x, r.rehearsal, notes, sink, error);
	}
	buffer_free(&header);
	rehearsing_free(&r);
	return status;
}

enum status extraction_transcript(const struct extraction *x, const struct extracted *about, enum notes notes,
                                  struct sink sink, struct error *error)
{
	bool hides = options_masking(x->options, false).spans;
	if (!spool_short(&x->spool) && hides)
		return too_long(x, about, "to look for secrets in: leave out --secrets mask", error);
	if (!spool_short(&x->spool) || (notes == NOTES_OFF && !hides))
		return print_bare(x, about, notes, sink, error);
	return print_noted(x, about, notes, sink, error);
}

/* ---- faces ---- */

/* For people, or as events. */
static enum status print_face(const struct extraction *x, const struct extracted *about, struct error *error)
{
	struct rehearsing r = { 0 };
	struct buffer header = { 0 };
	struct offline how = how_offline(x);
	enum status status = rehearsing_begin(x, about, &r, error);
	if (status == STATUS_OK)
		script_print_header(&r.scripts[0], &header);
	struct face *face = status == STATUS_OK ? options_face(x->options, buffer_slice(&header), error) : NULL;
	if (face)
		status = offline_play(&how, r.rehearsal, face, error);
	face_close(face);
	buffer_free(&header);
	rehearsing_free(&r);
	return status;
}

enum status extraction_print(const struct extraction *x, const struct extracted *about, FILE *out, struct error *error)
{
	bool whole = spool_short(&x->spool);
	if (x->options->json) {
		extraction_list(x, about, NULL, out);
		return whole ? print_face(x, about, error)
		             : too_long(x, about, "for --json: leave that out, and annotate what comes", error);
	}
	if (options_for_people(x->options) && whole)
		return print_face(x, about, error);
	if (x->n > 1)
		(void)fputc('\n', out);
	return extraction_transcript(x, about, x->options->notes, sink_of_file(out), error);
}
