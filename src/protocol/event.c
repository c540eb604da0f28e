/*
 * Events by themselves: their words, and copies that are kept.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "protocol/dialogue.h"

const char *kind_name(enum event_kind kind)
{
	static const char *const names[] = { "command", "reply", "data", "stage", "junk" };
	return names[kind];
}

const char *class_name(enum class class)
{
	static const char *const names[] = { NULL, "info", "success", "continue", "redirect", "transient", "failure" };
	return names[class];
}

const char *stage_name(enum stage stage)
{
	static const char *const names[] = { "connect", "tls", "close" };
	return names[stage];
}

struct slice event_problem_at(const struct dialogue_event *event, size_t i)
{
	if (i >= event->nproblems)
		return i == 0 ? event->problem : SLICE("");
	size_t end = event->problem.n;
	if (i + 1 < event->nproblems)
		end = event->problem_starts[i + 1] - 2;
	return slice_part(event->problem, event->problem_starts[i], end);
}

const struct span *event_span(const struct dialogue_event *event, enum span_kind kind)
{
	for (size_t i = 0; i < event->nspans; i++)
		if (event->spans[i].kind == kind)
			return &event->spans[i];
	return NULL;
}

/* Calls `each` with every slice that an event holds. */
static void each_slice(struct dialogue_event *event, void (*each)(struct slice *))
{
	each(&event->text);
	each(&event->line_end);
	each(&event->verb);
	each(&event->tag);
	each(&event->code);
	each(&event->enhanced);
	each(&event->keyword);
	each(&event->decoded);
	each(&event->note);
	each(&event->ref);
	each(&event->problem);
	for (size_t i = 0; i < event->nspans; i++)
		each(&event->spans[i].mask);
}

static void slice_own(struct slice *s)
{
	s->p = slice_string(*s);
}

static void slice_disown(struct slice *s)
{
	free((void *)(uintptr_t)s->p);
}

struct dialogue_event *event_keep(const struct dialogue_event *event)
{
	struct dialogue_event *kept = memory_get(sizeof *kept);
	*kept = *event;
	each_slice(kept, slice_own);
	return kept;
}

void event_forget(struct dialogue_event *event)
{
	if (event == NULL)
		return;
	each_slice(event, slice_disown);
	free(event);
}
