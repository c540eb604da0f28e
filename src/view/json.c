/*
 * Events as JSON, one object a line (FORMATS section 6).
 */
#include <stdlib.h>

#include "view/json_object.h"
#include "view/view.h"

struct json_face {
	struct face common; /* first: a face is one of these */
	struct sink sink;
	struct buffer line;
};

static void said_keys(struct json_object *o, const struct dialogue_event *event)
{
	json_number(o, "n", event->n);
	if (event->t >= 0)
		json_seconds(o, "t", event->t);
	json_text(o, "side", event->side == SIDE_CLIENT ? SLICE("C") : SLICE("S"));
	json_text(o, "kind", slice_of(kind_name(event->kind)));
	json_text(o, "text", event->text);
	bool empty_datagram = event->kind != EVENT_STAGE && event->text.n == 0;
	if ((event->octets || empty_datagram) && !event->masked)
		json_number(o, "octets", event->octets);
	if (event->more)
		json_bool(o, "more", true);
	json_word(o, "protocol", slice_of(event->protocol));
	json_word(o, "state", slice_of(event->state));
	if (event->secure)
		json_bool(o, "secure", true);
}

static void meaning_keys(struct json_object *o, const struct dialogue_event *event)
{
	json_word(o, "verb", event->verb);
	json_word(o, "phase", slice_of(phase_name(event->phase)));
	json_word(o, "tag", event->tag);
	json_word(o, "code", event->code);
	json_word(o, "enhanced", event->enhanced);
	json_word(o, "keyword", event->keyword);
	json_word(o, "class", slice_of(class_name(event->class)));
	if (event->has_final)
		json_bool(o, "final", event->final);
	if (event->answers)
		json_number(o, "answers", event->answers);
	if (event->has_decoded)
		json_text(o, "decoded", event->decoded);
	if (event->masked)
		json_bool(o, "masked", true);
	json_word(o, "note", event->note);
	json_word(o, "ref", event->ref);
	json_word(o, "problem", event->problem);
}

void json_event(struct buffer *out, const struct dialogue_event *event)
{
	struct json_object o = json_open(out);
	said_keys(&o, event);
	meaning_keys(&o, event);
	json_close(&o);
}

static void json_face_event(struct face *face, const struct dialogue_event *event)
{
	struct json_face *json = (struct json_face *)face;
	buffer_clear(&json->line);
	json_event(&json->line, event);
	buffer_add_octet(&json->line, '\n');
	json->sink.write(json->sink.context, buffer_slice(&json->line));
}

static void json_face_close(struct face *face)
{
	struct json_face *json = (struct json_face *)face;
	buffer_free(&json->line);
	free(json);
}

static const struct face_kind json_kind = { .event = json_face_event, .close = json_face_close };

struct face *json_face(struct sink sink)
{
	struct json_face *json = memory_zeroed(1, sizeof *json);
	json->common.kind = &json_kind;
	json->sink = sink;
	return &json->common;
}
