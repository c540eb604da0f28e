/*
 * The structure of a message: header, body and parts as spans of its octets, found in one walk over its lines.
 *
 * No library does it for us: GMime stands on GLib and gives messages as objects that it writes anew, with offsets of headers
 * alone; libetpan gives up at the first field that breaks the grammar. What IMAP needs is where each part begins and ends, in
 * any octets whatever, and how many lines that is: the walk below.
 */
#include <stdlib.h>

#include "store/mime.h"
#include "store/mime_lexer.h"

/* A part that has begun and not ended: the message, a part of it, a part of that. Each is the last of the one before. */
struct level {
	struct mime *part;
	uint64_t lines;         /* of the text before its body */
	struct buffer boundary; /* of a multipart `--` and its boundary; empty behind the last of them */
};

struct walk {
	struct slice text;
	size_t at;      /* where the line under way begins */
	uint64_t lines; /* before it */
	struct level levels[MIME_DEPTH_MAX + 1];
	size_t depth;
	size_t parts;
	bool in_header; /* of the innermost */
};

/* ---- what a header says ---- */

static void set_text(struct mime *part)
{
	part->type = SLICE("TEXT");
	part->subtype = SLICE("PLAIN");
	part->parameters = SLICE(";CHARSET=US-ASCII");
}

/* Reads `multipart/mixed; …`. False where it is no type. */
static bool set_type(struct mime *part, struct slice value)
{
	(void)lexer_blanks(&value, NULL);
	part->type = lexer_word(&value, "/;(\",=");
	(void)lexer_blanks(&value, NULL);
	bool slash = lexer_takes(&value, '/');
	(void)lexer_blanks(&value, NULL);
	part->subtype = lexer_word(&value, "/;(\",=");
	part->parameters = value;
	return slash && part->type.n && part->subtype.n;
}

static bool is_type(const struct mime *part, struct slice type, struct slice subtype)
{
	return slice_equal_nocase(part->type, type) && (subtype.n == 0 || slice_equal_nocase(part->subtype, subtype));
}

/* Type and encoding of a part whose header has come (RFC 2045 section 5.2: what says nothing, or nothing good, is text). */
static void read_header(struct mime *part, bool in_digest)
{
	struct mime_field field;
	bool said = mime_field(part->header, SLICE("Content-Type"), &field);
	if (!said && in_digest) { /* RFC 2046 section 5.1.5 */
		part->type = SLICE("MESSAGE");
		part->subtype = SLICE("RFC822");
	} else if (!said || !set_type(part, field.value)) {
		set_text(part);
	}
	part->encoding = (struct slice){ 0 };
	if (mime_field(part->header, SLICE("Content-Transfer-Encoding"), &field))
		part->encoding = mime_word(&field.value);
	if (part->encoding.n == 0)
		part->encoding = SLICE("7BIT");
}

/* ---- parts ---- */

static struct level *innermost(struct walk *w)
{
	return &w->levels[w->depth - 1];
}

static void open_part(struct walk *w, struct mime *part, size_t at)
{
	*part = (struct mime){ .whole = { w->text.p + at, 0 } };
	part->header = part->body = part->whole;
	w->levels[w->depth++] = (struct level){ .part = part };
	w->parts++;
	w->in_header = true;
}

/* A new part inside the innermost one, whose last it is. */
static void open_inside(struct walk *w, size_t at)
{
	struct mime *part = innermost(w)->part;
	part->parts = memory_grow(part->parts, part->nparts + 1, sizeof *part->parts);
	open_part(w, &part->parts[part->nparts++], at);
}

/* The boundary of a multipart, with its dashes; empty where it has none. */
static void read_boundary(struct level *level)
{
	struct mime_parameters *parameters = mime_parameters(level->part->parameters);
	struct slice boundary = mime_parameter_named(parameters, SLICE("boundary"));
	if (boundary.n) {
		buffer_add_string(&level->boundary, "--");
		buffer_add_slice(&level->boundary, boundary);
	}
	mime_parameters_free(parameters);
}

/* The innermost part's header ends here, and `lines` stand before its body; what it says opens what stands in it. */
static void header_done(struct walk *w, size_t at, uint64_t lines)
{
	struct level *level = innermost(w);
	struct mime *part = level->part;
	const struct mime *above = w->depth > 1 ? w->levels[w->depth - 2].part : NULL;
	bool deepest = w->depth > MIME_DEPTH_MAX || w->parts >= MIME_PARTS_MAX;
	w->in_header = false;
	level->lines = lines;
	part->header.n = (size_t)(w->text.p + at - part->header.p);
	part->body.p = w->text.p + at;
	read_header(part, above && above->multipart && is_type(above, SLICE("multipart"), SLICE("digest")));
	if (is_type(part, SLICE("multipart"), SLICE(""))) {
		if (!deepest)
			read_boundary(level);
		part->multipart = level->boundary.n > 0;
		if (!part->multipart)
			set_text(part);
	} else if (is_type(part, SLICE("message"), SLICE("rfc822"))) {
		part->message = !deepest;
		if (deepest)
			set_text(part);
		else
			open_inside(w, at);
	}
}

/* How many octets of a line end stand before `at`. */
static size_t end_before(const struct walk *w, size_t at)
{
	size_t n = at > 0 && w->text.p[at - 1] == '\n';
	return n + (n && at > 1 && w->text.p[at - 2] == '\r');
}

/* A last part that is empty began at the boundary, behind that line end; it is pulled to where the part above it ends. */
static void pull_last(struct mime *part, const char *end)
{
	struct mime *last = part->nparts ? &part->parts[part->nparts - 1] : NULL;
	if (last && last->whole.p > end)
		last->whole.p = last->header.p = last->body.p = end;
}

/* The innermost part ends at the line under way: a boundary, to which the line end before it belongs (RFC 2046 section 5.1.1:
 * even that of the header's empty line, or of its last field), or the text's end. */
static void close_part(struct walk *w, bool boundary)
{
	struct level *level = innermost(w);
	struct mime *part = level->part;
	const char *start = part->whole.p, *end = w->text.p + w->at;
	if (boundary && end > start)
		end -= end_before(w, w->at);
	part->lines = w->lines - level->lines;
	if (end < part->body.p)
		part->body.p = end;
	else if (boundary)
		part->lines -= part->lines > 0;
	pull_last(part, end);
	part->header.n = (size_t)(part->body.p - start);
	part->body.n = (size_t)(end - part->body.p);
	part->whole.n = (size_t)(end - start);
	buffer_free(&level->boundary);
	w->depth--;
}

/* Closes all that stands deeper than `depth`. A header that is cut short has ended, too. */
static void close_to(struct walk *w, size_t depth, bool boundary)
{
	while (w->in_header)
		header_done(w, w->at, w->lines);
	while (w->depth > depth)
		close_part(w, boundary);
}

/* ---- lines ---- */

/* How deep the part is whose boundary the line begins with: the longest that fits, of equal ones the innermost (RFC 2046
 * section 5.1.1, 5.1.2). 0: none. */
static size_t boundary_of(const struct walk *w, struct slice line)
{
	size_t found = 0;
	for (size_t depth = w->depth; depth > 0; depth--) {
		struct slice boundary = buffer_slice(&w->levels[depth - 1].boundary);
		if (boundary.n && slice_starts(line, boundary) &&
		    (found == 0 || boundary.n > w->levels[found - 1].boundary.n))
			found = depth;
	}
	return found;
}

static void pass_line(struct walk *w, struct slice line)
{
	w->at += line.n;
	w->lines += line.p[line.n - 1] == '\n';
}

/* A boundary of the part at that depth. */
static void boundary_came(struct walk *w, size_t depth, struct slice line)
{
	close_to(w, depth, true);
	struct buffer *boundary = &innermost(w)->boundary;
	bool last = slice_starts(slice_part(line, boundary->n, line.n), SLICE("--"));
	pass_line(w, line);
	if (last)
		buffer_clear(boundary);
	else
		open_inside(w, w->at);
}

static void take_line(struct walk *w, struct slice line)
{
	size_t depth = slice_starts(line, SLICE("--")) && w->parts < MIME_PARTS_MAX ? boundary_of(w, line) : 0;
	if (depth) {
		boundary_came(w, depth, line);
		return;
	}
	pass_line(w, line);
	if (w->in_header && (slice_equal(line, SLICE("\r\n")) || slice_equal(line, SLICE("\n"))))
		header_done(w, w->at, w->lines);
}

struct mime *mime_parse(struct slice text)
{
	struct mime *mime = memory_get(sizeof *mime);
	struct walk *w = memory_zeroed(1, sizeof *w);
	struct slice rest = text;
	w->text = text.n ? text : SLICE("");
	open_part(w, mime, 0);
	while (rest.n)
		take_line(w, slice_line(&rest));
	close_to(w, 0, false);
	free(w);
	return mime;
}

/* Goes to the deepest last part again and again; each is freed with those before it gone. */
void mime_free(struct mime *mime)
{
	struct mime *path[MIME_DEPTH_MAX + 2];
	size_t depth = 0;
	if (mime == NULL)
		return;
	path[depth++] = mime;
	while (depth > 0) {
		struct mime *part = path[depth - 1];
		if (part->nparts > 0) {
			path[depth++] = &part->parts[--part->nparts];
			continue;
		}
		free(part->parts);
		depth--;
	}
	free(mime);
}

/* ---- numbers of parts ---- */

/* The part with that number inside `from`, which is the message itself where `first`. A message that is no multipart has one
 * part: itself. */
static const struct mime *part_inside(const struct mime *from, uint64_t number, bool first)
{
	const struct mime *base = !first && from->message ? &from->parts[0] : from;
	if (base->multipart)
		return number >= 1 && number <= base->nparts ? &base->parts[number - 1] : NULL;
	return number == 1 && (first || from->message) ? base : NULL;
}

const struct mime *mime_part(const struct mime *mime, struct slice part)
{
	bool first = true;
	while (mime && part.n) {
		uint64_t number = 0;
		size_t dot = slice_find_octet(part, '.');
		if (!slice_number(slice_part(part, 0, dot), &number))
			return NULL;
		mime = part_inside(mime, number, first);
		first = false;
		part = slice_part(part, dot + 1, part.n);
	}
	return mime;
}
