/*
 * The plain face: a transcript (FORMATS section 5). What it prints, a transcript's reader reads.
 */
#include <stdlib.h>

#include "base/escape.h"
#include "protocol/protocol.h"
#include "script/script.h"
#include "view/notes.h"
#include "view/view.h"

struct plain_face {
	struct face common; /* first: a face is one of these */
	struct sink sink;
	enum notes notes;
	struct buffer header;  /* lines that the caller gave */
	struct buffer waiting; /* comments that came before the header could be printed */
	struct buffer out;
	bool begun;  /* the header was printed */
	bool spoken; /* something was said */
	bool told;   /* a direction was printed: the event that it stands for is not printed again */
	struct notes_said said;
};

static struct plain_face *plain_of(struct face *face)
{
	return (struct plain_face *)face;
}

static void flush(struct plain_face *plain)
{
	if (plain->out.n)
		plain->sink.write(plain->sink.context, buffer_slice(&plain->out));
	buffer_clear(&plain->out);
}

/* ---- the header ---- */

/* Whether the header that was given has that field. */
static bool header_has(const struct plain_face *plain, struct slice name)
{
	struct slice rest = buffer_slice(&plain->header);
	while (rest.n)
		if (slice_starts_nocase(slice_line(&rest), name))
			return true;
	return false;
}

/* Whether the first line of the server's leaves open which protocol it begins: then none is written, and a reader
 * recognises it as the session did, by the first command. */
static bool undecided(const struct dialogue_event *event)
{
	return event->side == SIDE_SERVER && slice_equal(slice_of(event->protocol), SLICE("tcp")) &&
	       slice_starts(event->text, SLICE("220"));
}

static void header_print(struct plain_face *plain, const struct dialogue_event *event)
{
	buffer_add_slice(&plain->out, buffer_slice(&plain->header));
	if (event && !header_has(plain, SLICE("Protocol:")) && !undecided(event))
		buffer_printf(&plain->out, "Protocol: %s\n", event->protocol);
	if (event && event->secure && !header_has(plain, SLICE("TLS:")))
		buffer_add_string(&plain->out, "TLS: implicit\n");
	if (plain->out.n)
		buffer_add_octet(&plain->out, '\n');
	buffer_add_slice(&plain->out, buffer_slice(&plain->waiting));
	buffer_free(&plain->waiting);
	plain->begun = true;
}

/* ---- lines ---- */

static void comment_add(struct buffer *out, struct slice text)
{
	buffer_add_string(out, text.n ? "# " : "#");
	escape_text_but_tabs(out, text);
	buffer_add_octet(out, '\n');
}

/* A comment in its place; before the header, as soon as there is one. */
static void comment_print(struct plain_face *plain, struct slice text)
{
	comment_add(plain->begun ? &plain->out : &plain->waiting, text);
	flush(plain);
}

static int span_compare(const void *a, const void *b)
{
	const struct span *one = a, *other = b;
	return (one->start > other->start) - (one->start < other->start);
}

/* Appends the line. A datagram ends where its text does: `C: text` is all of it (FORMATS section 2), and `C\\:` only
 * what cannot be written so. */
static void wire_add(struct buffer *out, const struct dialogue_event *event, const struct span *masks, size_t n)
{
	const struct protocol *protocol = protocol_named(slice_of(event->protocol));
	size_t before = out->n;
	if (protocol && protocol->datagrams && event->line_end.n == 0 && !event->more) {
		script_print_wire(event->side, event->text, SLICE("\r\n"), masks, n, out);
		if (out->p[before + 1] == ':')
			return;
		out->n = before;
	}
	script_print_wire(event->side, event->text, event->line_end, masks, n, out);
}

static void wire_print(struct plain_face *plain, const struct dialogue_event *event)
{
	struct span masks[EVENT_SPANS] = { 0 };
	size_t n = 0;
	for (size_t i = 0; i < event->nspans; i++)
		if (event->spans[i].kind == SPAN_SECRET && event->spans[i].mask.n)
			masks[n++] = event->spans[i];
	/* A secret that is shown is text like any other. */
	for (size_t i = 0; i < n;) {
		struct slice shown = slice_part(event->text, masks[i].start, masks[i].end);
		if (slice_equal(shown, masks[i].mask))
			i++;
		else
			masks[i] = masks[--n];
	}
	qsort(masks, n, sizeof masks[0], span_compare);
	wire_add(&plain->out, event, masks, n);
	buffer_add_octet(&plain->out, '\n');
}

static void stage_print(struct plain_face *plain, const struct dialogue_event *event)
{
	/* TLS from the first octet stands in the header. */
	bool implicit = event->stage == STAGE_TLS && !plain->spoken && event->secure;
	if (implicit || plain->told || !stage_words(event, &plain->out))
		return;
	buffer_add_octet(&plain->out, '\n');
}

static void notes_print(struct plain_face *plain, const struct dialogue_event *event)
{
	struct buffer *out = plain->begun ? &plain->out : &plain->waiting;
	notes_make(&plain->said, event, plain->notes);
	for (size_t i = 0; i < NOTE_LINES; i++) {
		struct slice rest = buffer_slice(&plain->said.lines[i]);
		while (plain->said.shown[i] && rest.n)
			comment_add(out, slice_row(&rest));
	}
}

static void plain_face_event(struct face *face, const struct dialogue_event *event)
{
	struct plain_face *plain = plain_of(face);
	bool stage = event->kind == EVENT_STAGE;
	if (stage && event->stage != STAGE_CLOSE && !plain->begun) {
		/* The header comes with what is said first: only then is the protocol known. */
		plain->told = false;
		notes_print(plain, event);
		return;
	}
	if (!plain->begun)
		header_print(plain, event);
	if (stage)
		stage_print(plain, event);
	else if (event->aside)
		comment_add(&plain->out, event->text);
	else if (!(plain->told && event->kind == EVENT_DATA && event->line_end.n == 0))
		wire_print(plain, event);
	plain->spoken |= !stage;
	plain->told = false;
	notes_print(plain, event);
	flush(plain);
}

static void plain_remark(struct face *face, struct slice text)
{
	comment_print(plain_of(face), text);
}

static void plain_comment(struct face *face, struct slice text)
{
	if (!notes_repeat(&plain_of(face)->said, text))
		comment_print(plain_of(face), text);
}

static void plain_direction(struct face *face, struct slice text)
{
	struct plain_face *plain = plain_of(face);
	struct buffer *out = plain->begun ? &plain->out : &plain->waiting;
	buffer_add_octet(out, '<');
	escape_text_but_tabs(out, text);
	buffer_add_string(out, ">\n");
	plain->told = stands_for_event(text);
	flush(plain);
}

static void plain_close(struct face *face)
{
	struct plain_face *plain = plain_of(face);
	if (!plain->begun && (plain->waiting.n || plain->header.n))
		header_print(plain, NULL);
	flush(plain);
	buffer_free(&plain->header);
	buffer_free(&plain->waiting);
	buffer_free(&plain->out);
	notes_free(&plain->said);
	free(plain);
}

static void plain_notes(struct face *face, enum notes notes)
{
	plain_of(face)->notes = notes;
}

static const struct face_kind plain_kind = {
	.event = plain_face_event,
	.remark = plain_remark,
	.close = plain_close,
	.comment = plain_comment,
	.direction = plain_direction,
	.notes = plain_notes,
};

struct face *plain_face(struct sink sink, enum notes notes, struct slice header)
{
	struct plain_face *plain = memory_zeroed(1, sizeof *plain);
	plain->common.kind = &plain_kind;
	plain->sink = sink;
	plain->notes = notes;
	/* Blank lines would end the header before Protocol:. */
	while (header.n) {
		struct slice line = slice_line(&header);
		if (line.n == 0 || line.p[0] == '\n')
			continue;
		buffer_add_slice(&plain->header, line);
		if (line.p[line.n - 1] != '\n')
			buffer_add_octet(&plain->header, '\n');
	}
	return &plain->common;
}
