/*
 * Masking: what the dialogue marks as secret, and the values that --set gave, written as what they are, not as what they say.
 */
#include "session/mask.h"

#include <stdlib.h>
#include <string.h>

/* What stands for a secret that brings no mask of its own. */
#define MASK_DEFAULT SLICE("{{password}}")

/* One replacement: where it was in the old text, and where its mask stands in the new. */
struct edit {
	size_t start, end;
	size_t new_start, new_end;
};

struct edits {
	struct edit *rows;
	size_t n, room;
};

static void edits_add(struct edits *edits, struct edit edit)
{
	if (edits->n == edits->room) {
		edits->room = edits->room ? edits->room * 2 : 8;
		edits->rows = memory_grow(edits->rows, edits->room, sizeof edits->rows[0]);
	}
	edits->rows[edits->n++] = edit;
}

/* The longest secret value that stands at the front of `text`; its index, or nvalues. */
static size_t value_at(const struct masking *masking, struct slice text)
{
	size_t best = masking->nvalues, length = 0;
	for (size_t i = 0; i < masking->nvalues; i++) {
		struct slice value = slice_of(masking->values[i]);
		if (value.n > length && slice_starts(text, value)) {
			best = i;
			length = value.n;
		}
	}
	return best;
}

/* The secret span of the event that covers `at` and reaches furthest, or NULL. */
static const struct span *span_at(const struct dialogue_event *event, size_t at)
{
	const struct span *best = NULL;
	for (size_t i = 0; i < event->nspans; i++) {
		const struct span *span = &event->spans[i];
		if (span->kind != SPAN_SECRET || at < span->start || at >= span->end)
			continue;
		if (best == NULL || span->end > best->end)
			best = span;
	}
	return best;
}

/* The end of a masked region, moved on over values and spans that begin in it and reach past it. */
static size_t region_end(const struct masking *masking, const struct dialogue_event *event, struct slice text,
                         size_t start, size_t end)
{
	for (size_t at = start; at < end && at < text.n; at++) {
		const struct span *span = event ? span_at(event, at) : NULL;
		if (span && span->end > end)
			end = span->end;
		size_t value = value_at(masking, slice_part(text, at, text.n));
		if (value == masking->nvalues)
			continue;
		size_t value_end = at + strlen(masking->values[value]);
		if (value_end > end)
			end = value_end;
	}
	return end < text.n ? end : text.n;
}

/* Appends what stands for the secret of a span. Of a line in pieces none holds it whole. */
static void add_mask(struct secrets *secrets, const struct masking *masking, const struct dialogue_event *event,
                     const struct span *span, struct buffer *out)
{
	struct slice mask = span->mask.n ? span->mask : MASK_DEFAULT;
	if (secrets == NULL || event->more)
		buffer_add_slice(out, mask);
	else
		secrets_name(secrets, masking, mask, slice_part(event->text, span->start, span->end), out);
}

static bool has_secret(const struct dialogue_event *event)
{
	for (size_t i = 0; event && i < event->nspans; i++)
		if (event->spans[i].kind == SPAN_SECRET)
			return true;
	return false;
}

/* Where the next secret begins, from `at` on: a span or a value; the text's end where none does. */
static size_t next_secret(const struct masking *masking, const struct dialogue_event *event, struct slice text,
                          size_t at)
{
	if (masking->nvalues == 0 && !has_secret(event))
		return text.n;
	while (at < text.n && !(event && span_at(event, at)) &&
	       value_at(masking, slice_part(text, at, text.n)) == masking->nvalues)
		at++;
	return at;
}

/* Appends `text` with its secrets replaced: the spans of `event` (NULL: none), and the values. */
static void replace(const struct masking *masking, struct secrets *secrets, const struct dialogue_event *event,
                    struct slice text, struct buffer *out, struct edits *edits)
{
	for (size_t at = 0; at < text.n;) {
		size_t start = next_secret(masking, event, text, at);
		buffer_add_slice(out, slice_part(text, at, start));
		if (start == text.n)
			return;
		const struct span *span = event ? span_at(event, start) : NULL;
		size_t value = span ? masking->nvalues : value_at(masking, slice_part(text, start, text.n));
		struct edit edit = { .start = start, .new_start = out->n };
		if (span)
			add_mask(secrets, masking, event, span, out);
		else
			buffer_add_string(out, masking->names[value]);
		size_t end = span ? span->end : start + strlen(masking->values[value]);
		edit.end = region_end(masking, event, text, start, end);
		edit.new_end = out->n;
		edits_add(edits, edit);
		at = edit.end;
	}
}

/* Where an octet of the old text stands in the new one; inside a replaced part, at its mask's start or end. */
static size_t moved(const struct edits *edits, size_t at, bool is_end)
{
	size_t shift_old = 0, shift_new = 0;
	for (size_t i = 0; i < edits->n && edits->rows[i].start < at; i++) {
		const struct edit *edit = &edits->rows[i];
		if (at < edit->end)
			return is_end ? edit->new_end : edit->new_start;
		shift_old = edit->end;
		shift_new = edit->new_end;
	}
	return at - shift_old + shift_new;
}

/* The spans of the new text: those that were there, moved, and one for each mask. Colours give way to secrets. */
static void spans_rebuild(const struct edits *edits, const struct dialogue_event *event, struct dialogue_event *masked)
{
	size_t n = 0;
	for (size_t i = 0; i < edits->n && n < EVENT_SPANS; i++) {
		struct span *span = &masked->spans[n++];
		*span = (struct span){ .kind = SPAN_SECRET,
			               .start = edits->rows[i].new_start,
			               .end = edits->rows[i].new_end };
		span->mask = slice_part(masked->text, span->start, span->end);
	}
	for (size_t i = 0; i < event->nspans && n < EVENT_SPANS; i++) {
		struct span span = event->spans[i];
		if (span.kind == SPAN_SECRET)
			continue;
		span.start = moved(edits, span.start, false);
		span.end = moved(edits, span.end, true);
		masked->spans[n++] = span;
	}
	masked->nspans = n;
}

bool mask_values(const struct masking *masking, struct slice *text, struct buffer *room)
{
	struct edits edits = { 0 };
	if (masking->nvalues == 0 || text->n == 0)
		return false;
	buffer_clear(room);
	replace(masking, NULL, NULL, *text, room, &edits);
	bool changed = edits.n != 0;
	free(edits.rows);
	if (changed)
		*text = buffer_slice(room);
	return changed;
}

/* What stands for a decoded secret: the mask of the text that it was decoded from. */
static struct slice decoded_mask(const struct dialogue_event *event)
{
	const struct span *span = NULL;
	for (size_t i = 0; i < event->nspans && span == NULL; i++)
		if (event->spans[i].kind == SPAN_SECRET)
			span = &event->spans[i];
	return span && span->mask.n ? span->mask : MASK_DEFAULT;
}

void mask_event(const struct masking *masking, const struct dialogue_event *event, struct mask_room *room,
                struct dialogue_event *masked)
{
	struct edits edits = { 0 };
	*masked = *event;
	bool spans = masking->spans && !(masking->known && masking->known(masking->context, event));
	bool changed = mask_values(masking, &masked->decoded, &room->decoded);
	if (changed)
		spans = true; /* an encoding of a value hides it no better than the value */
	if (spans && event->decoded_secret) {
		masked->decoded = decoded_mask(event);
		changed = true;
	}
	buffer_clear(&room->text);
	replace(masking, &room->secrets, spans ? event : NULL, event->text, &room->text, &edits);
	if (edits.n) {
		masked->text = buffer_slice(&room->text);
		spans_rebuild(&edits, event, masked);
		changed = true;
	}
	free(edits.rows);
	changed |= mask_values(masking, &masked->note, &room->note);
	changed |= mask_values(masking, &masked->problem, &room->problem);
	changed |= mask_values(masking, &masked->verb, &room->verb);
	changed |= mask_values(masking, &masked->tag, &room->tag);
	changed |= mask_values(masking, &masked->keyword, &room->keyword);
	if (changed) {
		masked->masked = true;
		masked->octets = 0;
	}
}

void mask_free(struct mask_room *room)
{
	buffer_free(&room->text);
	buffer_free(&room->decoded);
	buffer_free(&room->note);
	buffer_free(&room->problem);
	buffer_free(&room->verb);
	buffer_free(&room->tag);
	buffer_free(&room->keyword);
	secrets_free(&room->secrets);
}
