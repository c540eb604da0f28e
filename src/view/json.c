/*
 * Events as JSON, one object a line (FORMATS section 6).
 */
#include <stdlib.h>

#include "base/escape.h"
#include "view/view.h"

struct json_face {
	struct face common; /* first: a face is one of these */
	struct sink sink;
	struct buffer line;
};

/* One object on its way. */
struct object {
	struct buffer *out;
	bool first, lossy;
};

static void key(struct object *o, const char *name)
{
	buffer_printf(o->out, "%s\"%s\":", o->first ? "" : ",", name);
	o->first = false;
}

static void text_key(struct object *o, const char *name, struct slice text)
{
	key(o, name);
	o->lossy |= escape_json(o->out, text);
}

/* Absent where it is empty. */
static void word_key(struct object *o, const char *name, struct slice text)
{
	if (text.n)
		text_key(o, name, text);
}

static void number_key(struct object *o, const char *name, uint64_t number)
{
	key(o, name);
	buffer_printf(o->out, "%llu", (unsigned long long)number);
}

static void bool_key(struct object *o, const char *name, bool value)
{
	key(o, name);
	buffer_add_string(o->out, value ? "true" : "false");
}

/* Seconds to the microsecond, whatever the locale's decimal sign. */
static void seconds_key(struct object *o, const char *name, double seconds)
{
	unsigned long long microseconds = (unsigned long long)(seconds * 1e6 + 0.5);
	key(o, name);
	buffer_printf(o->out, "%llu.%06llu", microseconds / 1000000, microseconds % 1000000);
}

static void said_keys(struct object *o, const struct dialogue_event *event)
{
	number_key(o, "n", event->n);
	if (event->t >= 0)
		seconds_key(o, "t", event->t);
	text_key(o, "side", event->side == SIDE_CLIENT ? SLICE("C") : SLICE("S"));
	text_key(o, "kind", slice_of(kind_name(event->kind)));
	text_key(o, "text", event->text);
	bool empty_datagram = event->kind != EVENT_STAGE && event->text.n == 0;
	if ((event->octets || empty_datagram) && !event->masked)
		number_key(o, "octets", event->octets);
	if (event->more)
		bool_key(o, "more", true);
	word_key(o, "protocol", slice_of(event->protocol));
	word_key(o, "state", slice_of(event->state));
	if (event->secure)
		bool_key(o, "secure", true);
}

static void meaning_keys(struct object *o, const struct dialogue_event *event)
{
	word_key(o, "verb", event->verb);
	word_key(o, "phase", slice_of(phase_name(event->phase)));
	word_key(o, "tag", event->tag);
	word_key(o, "code", event->code);
	word_key(o, "enhanced", event->enhanced);
	word_key(o, "keyword", event->keyword);
	word_key(o, "class", slice_of(class_name(event->class)));
	if (event->has_final)
		bool_key(o, "final", event->final);
	if (event->answers)
		number_key(o, "answers", event->answers);
	if (event->has_decoded)
		text_key(o, "decoded", event->decoded);
	if (event->masked)
		bool_key(o, "masked", true);
	word_key(o, "note", event->note);
	word_key(o, "ref", event->ref);
	word_key(o, "problem", event->problem);
}

void json_event(struct buffer *out, const struct dialogue_event *event)
{
	struct object o = { .out = out, .first = true };
	buffer_add_octet(out, '{');
	said_keys(&o, event);
	meaning_keys(&o, event);
	if (o.lossy)
		bool_key(&o, "lossy", true);
	buffer_add_octet(out, '}');
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
