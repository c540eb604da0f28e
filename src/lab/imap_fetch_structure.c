/*
 * BODY and BODYSTRUCTURE: what parts a message has (RFC 3501 section 7.4.2).
 */
#include "lab/imap_fetch_inside.h"
#include "lab/imap_say.h"

/* ---- parameters and extension data ---- */

/* `("CHARSET" "us-ascii")`, or NIL where there are none. */
static void say_parameters(struct buffer *out, struct slice text)
{
	struct mime_parameters *all = mime_parameters(slice_part(text, 0, TOLD_MAX));
	for (size_t i = 0; i < all->n; i++) {
		buffer_add_octet(out, i ? ' ' : '(');
		imap_say_string(out, buffer_slice(&all->rows[i].name));
		buffer_add_octet(out, ' ');
		imap_say_string(out, buffer_slice(&all->rows[i].value));
	}
	buffer_add_string(out, all->n ? ")" : "NIL");
	mime_parameters_free(all);
}

/* `("attachment" ("filename" "a.txt"))` (RFC 2183). */
static void say_disposition(struct buffer *out, struct slice header)
{
	struct mime_field field;
	struct slice kind = { 0 };
	if (mime_field(header, SLICE("Content-Disposition"), &field))
		kind = slice_part(mime_word(&field.value), 0, TOLD_MAX);
	if (kind.n == 0) {
		buffer_add_string(out, "NIL");
		return;
	}
	buffer_add_octet(out, '(');
	imap_say_string(out, kind);
	buffer_add_octet(out, ' ');
	say_parameters(out, field.value);
	buffer_add_octet(out, ')');
}

/* A list of languages (RFC 3282). */
static void say_language(struct buffer *out, struct slice header)
{
	struct mime_field field;
	struct slice tag;
	size_t n = 0;
	(void)mime_field(header, SLICE("Content-Language"), &field);
	struct slice rest = slice_part(field.value, 0, TOLD_MAX);
	while ((tag = mime_list_word(&rest)).n) {
		buffer_add_octet(out, n++ ? ' ' : '(');
		imap_say_string(out, tag);
	}
	buffer_add_string(out, n ? ")" : "NIL");
}

/* What stands at the end of both kinds. */
static void say_extensions(struct buffer *out, struct slice header)
{
	buffer_add_octet(out, ' ');
	say_disposition(out, header);
	buffer_add_octet(out, ' ');
	say_language(out, header);
	buffer_add_octet(out, ' ');
	fetch_say_field(out, header, SLICE("Content-Location"));
}

/* ---- parts ---- */

static void say_word(struct buffer *out, struct slice word)
{
	imap_say_string(out, slice_part(word, 0, TOLD_MAX));
	buffer_add_octet(out, ' ');
}

/* What stands before the parts inside it. */
static void begin_part(struct buffer *out, const struct mime *part, bool extended)
{
	buffer_add_octet(out, '(');
	if (part->multipart && part->nparts == 0) /* the grammar wants one (body-type-mpart) */
		buffer_printf(out, "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 0 0%s)",
		              extended ? " NIL NIL NIL NIL" : "");
	if (part->multipart)
		return;
	say_word(out, part->type);
	say_word(out, part->subtype);
	say_parameters(out, part->parameters);
	buffer_add_octet(out, ' ');
	fetch_say_field(out, part->header, SLICE("Content-ID"));
	buffer_add_octet(out, ' ');
	fetch_say_field(out, part->header, SLICE("Content-Description"));
	buffer_add_octet(out, ' ');
	say_word(out, part->encoding);
	buffer_printf(out, "%zu", part->body.n);
	if (part->message) {
		buffer_add_octet(out, ' ');
		fetch_say_envelope(out, part->parts[0].header);
		buffer_add_octet(out, ' ');
	}
}

/* What stands behind them. */
static void end_part(struct buffer *out, const struct mime *part, bool extended)
{
	if (part->multipart) {
		buffer_add_octet(out, ' ');
		imap_say_string(out, slice_part(part->subtype, 0, TOLD_MAX));
	} else if (part->message || slice_equal_nocase(part->type, SLICE("TEXT"))) {
		buffer_printf(out, " %llu", (unsigned long long)part->lines);
	}
	if (extended) {
		buffer_add_octet(out, ' ');
		if (part->multipart)
			say_parameters(out, part->parameters);
		else
			fetch_say_field(out, part->header, SLICE("Content-MD5"));
		say_extensions(out, part->header);
	}
	buffer_add_octet(out, ')');
}

void fetch_say_structure(struct buffer *out, const struct mime *mime, bool extended)
{
	struct {
		const struct mime *part;
		size_t next;
	} open[MIME_DEPTH_MAX + 1] = { { .part = mime } };
	size_t depth = 1;
	begin_part(out, mime, extended);
	while (depth > 0) {
		const struct mime *part = open[depth - 1].part;
		if (open[depth - 1].next == part->nparts) {
			end_part(out, part, extended);
			depth--;
			continue;
		}
		const struct mime *inside = &part->parts[open[depth - 1].next++];
		begin_part(out, inside, extended);
		open[depth].part = inside;
		open[depth++].next = 0;
	}
}
