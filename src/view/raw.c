/*
 * `--raw`: what the server said, octet by octet, for programs; notes go to another file.
 */
#include <stdlib.h>

#include "base/escape.h"
#include "view/notes.h"
#include "view/view.h"

struct raw_face {
	struct face common; /* first: a face is one of these */
	FILE *out, *notes;
	enum notes level;
	struct notes_said said;
	size_t shown;       /* octets of the server's unfinished line that were written already */
	struct buffer last; /* the note said last */
};

static void raw_write(struct raw_face *raw, struct slice text)
{
	if (text.n)
		(void)fwrite(text.p, 1, text.n, raw->out);
	(void)fflush(raw->out);
}

static void raw_note(struct raw_face *raw, struct slice text)
{
	if (raw->level == NOTES_OFF)
		return;
	struct buffer line = { 0 };
	buffer_add_string(&line, "# ");
	escape_text(&line, text);
	buffer_add_octet(&line, '\n');
	(void)fwrite(line.p, 1, line.n, raw->notes);
	(void)fflush(raw->notes);
	buffer_free(&line);
}

/* A note under no line: what the one before it said needs no repeating. */
static void raw_line(struct raw_face *raw, struct slice text)
{
	if (slice_equal(text, buffer_slice(&raw->last)))
		return;
	raw_note(raw, text);
	buffer_clear(&raw->last);
	buffer_add_slice(&raw->last, text);
}

static void raw_face_event(struct face *face, const struct dialogue_event *event)
{
	struct raw_face *raw = (struct raw_face *)face;
	if (event->side == SIDE_SERVER && event->kind != EVENT_STAGE) {
		raw_write(raw, slice_part(event->text, raw->shown, event->text.n));
		raw_write(raw, event->line_end);
		raw->shown -= raw->shown < event->text.n ? raw->shown : event->text.n;
		if (!event->more)
			raw->shown = 0;
	}
	notes_make(&raw->said, event, raw->level);
	for (size_t i = 0; i < NOTE_LINES; i++) {
		struct slice rest = buffer_slice(&raw->said.lines[i]);
		while (raw->said.shown[i] && rest.n)
			raw_line(raw, slice_row(&rest));
	}
}

static void raw_face_unfinished(struct face *face, struct slice text)
{
	struct raw_face *raw = (struct raw_face *)face;
	raw_write(raw, slice_part(text, raw->shown, text.n));
	if (text.n > raw->shown)
		raw->shown = text.n;
}

static void raw_face_remark(struct face *face, struct slice text)
{
	raw_note((struct raw_face *)face, text);
}

static void raw_face_close(struct face *face)
{
	struct raw_face *raw = (struct raw_face *)face;
	notes_free(&raw->said);
	buffer_free(&raw->last);
	free(raw);
}

static void raw_notes(struct face *face, enum notes notes)
{
	((struct raw_face *)face)->level = notes;
}

static const struct face_kind raw_kind = {
	.event = raw_face_event,
	.remark = raw_face_remark,
	.unfinished = raw_face_unfinished,
	.close = raw_face_close,
	.notes = raw_notes,
};

struct face *raw_face(FILE *out, FILE *notes, enum notes level)
{
	struct raw_face *raw = memory_zeroed(1, sizeof *raw);
	raw->common.kind = &raw_kind;
	raw->out = out;
	raw->notes = notes;
	raw->level = level;
	return &raw->common;
}
