/*
 * What a walk has found, step by step: lines that somebody says, remarks, what fits nowhere.
 */
#include "script/extract_bare.h"

#include <stdlib.h>

#include "base/memory.h"

/* So many lines of prose may stand between lines of text that are said (`The server answers:`). */
#define ASIDES_MAX 1

void walk_add(struct walk *w, const struct step *step)
{
	if (w->n == w->room) {
		w->room = w->room ? w->room * 2 : 64;
		w->steps = memory_grow(w->steps, w->room, sizeof *w->steps);
	}
	w->steps[w->n++] = *step;
	if (step->kind == STEP_REMARK)
		return;
	w->kept = w->n;
	w->next = step->index + 1;
}

void walk_free(struct walk *w)
{
	dialogue_free(w->d);
	free(w->steps);
	*w = (struct walk){ 0 };
}

static void drain(struct walk *w)
{
	struct dialogue_event event;
	while (dialogue_next(w->d, &event))
		continue;
}

void walk_feed(struct walk *w, enum side side, struct slice octets)
{
	while (octets.n) {
		size_t took = dialogue_feed(w->d, side, octets.p, octets.n);
		drain(w);
		if (took == 0 && dialogue_tls_pending(w->d)) {
			dialogue_assume_tls(w->d);
			continue;
		}
		if (took == 0)
			return;
		octets = slice_part(octets, took, octets.n);
	}
}

void walk_assume(struct walk *w, struct slice octets)
{
	walk_feed(w, SIDE_SERVER, octets);
	w->assumed = octets;
}

void walk_say(struct walk *w, enum side side, struct slice text, struct slice end, size_t i)
{
	struct step step = {
		.kind = STEP_SAID, .side = side, .index = i, .text = text, .end = end, .assumed = w->assumed
	};
	w->assumed = (struct slice){ 0 };
	walk_feed(w, side, text);
	walk_feed(w, side, end);
	walk_add(w, &step);
}

void walk_left_out(struct walk *w, enum side side, struct slice text, size_t i)
{
	struct slice what = { 0 };
	(void)notation_left_out(text, &what);
	struct step step = {
		.kind = STEP_LEFT_OUT, .side = side, .index = i, .text = what.n ? what : slice_trim(text)
	};
	dialogue_payload(w->d, side, step.text, 0);
	drain(w);
	walk_add(w, &step);
}

void walk_remark(struct walk *w, struct slice text, size_t i)
{
	struct step step = { .kind = STEP_REMARK, .index = i, .text = text };
	walk_add(w, &step);
}

void walk_misfit(struct walk *w, struct slice text, size_t i)
{
	bool announces = text.n && text.p[text.n - 1] == ':' && w->asides++ < ASIDES_MAX && w->n;
	if (!w->s->literal && !announces) {
		w->over = true;
		return;
	}
	w->misfits += w->s->literal;
	walk_remark(w, text, i);
}
