/*
 * The lines that stand under an event, for people: what its encoded text says, what it means and where that is defined,
 * and what is wrong with it.
 */
#include "view/notes.h"

#include <stdlib.h>

#include "base/escape.h"
#include "script/script.h"

/* What a problem's line begins with, so that it is not taken for a note. */
#define PROBLEM "problem: "

/* What the line of encoded text begins with. */
#define DECODED "decoded: "

static bool ends_sentence(const struct buffer *b)
{
	char last = b->n ? b->p[b->n - 1] : '.';
	return last == '.' || last == '?' || last == '!';
}

/* Adds the reference at the end of a line. */
static void reference_add(struct buffer *line, struct slice ref)
{
	if (ref.n == 0)
		return;
	if (!ends_sentence(line))
		buffer_add_octet(line, '.');
	if (line->n)
		buffer_add_octet(line, ' ');
	escape_text(line, ref);
}

/* A note may be of several lines (TLS tells its story so). */
static void meaning_add(struct buffer *out, struct slice note)
{
	while (note.n) {
		struct slice line = slice_line(&note);
		bool ended = line.p[line.n - 1] == '\n';
		escape_text(out, slice_part(line, 0, ended ? line.n - 1 : line.n));
		if (ended)
			buffer_add_octet(out, '\n');
	}
}

static bool begins_tls(const struct dialogue_event *event)
{
	return event->kind == EVENT_STAGE && event->stage == STAGE_TLS;
}

static void lines_make(struct buffer *lines, const struct dialogue_event *event, bool refs)
{
	for (size_t i = 0; i < NOTE_LINES; i++)
		buffer_clear(&lines[i]);
	/* A mask that stands in the line already says nothing more. */
	if (event->decoded.n && slice_find(event->text, event->decoded) == event->text.n) {
		buffer_add_string(&lines[NOTE_DECODED], DECODED);
		escape_text(&lines[NOTE_DECODED], event->decoded);
	}
	struct slice rest = event->note;
	meaning_add(&lines[NOTE_MEANING], begins_tls(event) && !refs ? slice_row(&rest) : event->note);
	if (event->problem.n) {
		buffer_add_string(&lines[NOTE_PROBLEM], PROBLEM);
		escape_text(&lines[NOTE_PROBLEM], event->problem);
	}
	if (refs)
		reference_add(&lines[event->note.n || !event->problem.n ? NOTE_MEANING : NOTE_PROBLEM], event->ref);
}

/* Whether the event says what a reply comes to: its last line, or, where a status line comes first, that one. That the
 * line is encrypted counts as much. */
static bool tells_outcome(const struct dialogue_event *event)
{
	bool status = slice_equal(slice_of(event->protocol), SLICE("http")) && event->code.n > 0;
	return begins_tls(event) || (event->kind == EVENT_REPLY && (event->final || status));
}

/* Short: what a reply comes to, and what is wrong; without references. */
static bool wanted(size_t line, const struct dialogue_event *event, enum notes level)
{
	if (level == NOTES_SHORT && line == NOTE_MEANING)
		return tells_outcome(event);
	if (level == NOTES_SHORT)
		return line == NOTE_PROBLEM;
	return level == NOTES_FULL;
}

void notes_make(struct notes_said *notes, const struct dialogue_event *event, enum notes level)
{
	struct buffer lines[NOTE_LINES] = { 0 };
	bool junk = event->kind == EVENT_JUNK,
	     continues = (notes->more || (notes->junk && junk)) && notes->side == event->side;
	lines_make(lines, event, level != NOTES_SHORT);
	for (size_t i = 0; i < NOTE_LINES; i++) {
		bool repeats = continues && slice_equal(buffer_slice(&lines[i]), buffer_slice(&notes->lines[i]));
		notes->shown[i] = lines[i].n && !repeats && wanted(i, event, level);
		buffer_free(&notes->lines[i]);
		notes->lines[i] = lines[i];
	}
	notes->more = event->more;
	notes->junk = junk;
	notes->hidden = event->masked && event->has_decoded;
	notes->side = event->side;
}

bool notes_repeat(const struct notes_said *notes, struct slice comment)
{
	struct slice text = slice_trim(comment);
	if (notes->hidden && slice_starts(text, SLICE(DECODED))) /* a secret, from when it was shown */
		return true;
	for (size_t i = 0; i < NOTE_LINES && text.n; i++) {
		struct slice said = buffer_slice(&notes->lines[i]);
		while (said.n)
			if (slice_equal(text, slice_trim(slice_row(&said))))
				return true;
	}
	return false;
}

void notes_free(struct notes_said *notes)
{
	for (size_t i = 0; i < NOTE_LINES; i++)
		buffer_free(&notes->lines[i]);
}

bool stage_words(const struct dialogue_event *event, struct buffer *out)
{
	if (event->stage == STAGE_CONNECT)
		return false;
	buffer_printf(out, "<%s %s>", event->side == SIDE_CLIENT ? "client" : "server",
	              event->stage == STAGE_TLS ? "starts TLS" : "hangs up");
	return true;
}

bool stands_for_event(struct slice direction)
{
	struct script_line line = { 0 };
	bool known = script_direction(direction, &line);
	bool stands = !known || line.direction != DIRECTION_WAITS;
	free(line.name);
	return stands;
}
