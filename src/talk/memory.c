/*
 * A face that shows nothing and remembers what was said last, masked as all faces see it.
 */
#include <stdlib.h>

#include "talk/room.h"

struct memory {
	struct face face; /* first: a face is one of these */
	struct dialogue_event *last[2];
	struct dialogue_event *reply; /* the last line that is one, not data that belongs to it */
	struct dialogue_event *final; /* of the last complete reply */
};

static void remember(struct dialogue_event **place, const struct dialogue_event *event)
{
	if (*place)
		event_forget(*place);
	*place = event_keep(event);
}

static void seen(struct face *face, const struct dialogue_event *event)
{
	struct memory *memory = (struct memory *)face;
	if (event->kind == EVENT_STAGE)
		return;
	remember(&memory->last[event->side], event);
	if (event->kind == EVENT_REPLY)
		remember(&memory->reply, event);
	if (event->side == SIDE_SERVER && event->has_final && event->final)
		remember(&memory->final, memory->reply ? memory->reply : event);
}

static void remarked(struct face *face, struct slice text)
{
	(void)face;
	(void)text;
}

static void closed(struct face *face)
{
	struct memory *memory = (struct memory *)face;
	for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++)
		if (memory->last[side])
			event_forget(memory->last[side]);
	event_forget(memory->reply);
	event_forget(memory->final);
	free(memory);
}

struct memory *memory_face(void)
{
	static const struct face_kind kind = { .event = seen, .remark = remarked, .close = closed };
	struct memory *memory = memory_zeroed(1, sizeof *memory);
	memory->face.kind = &kind;
	return memory;
}

struct face *memory_as_face(struct memory *memory)
{
	return &memory->face;
}

const struct dialogue_event *memory_last(const struct memory *memory, enum side side)
{
	return memory ? memory->last[side] : NULL;
}

const struct dialogue_event *memory_final(const struct memory *memory)
{
	return memory ? memory->final : NULL;
}
