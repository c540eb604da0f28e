/*
 * What the dialogue finds wrong with a line, as findings.
 */
#include "script/check_walk.h"

#include <stdlib.h>

#include "base/escape.h"

/* Problems of which only a warning is due: lines over the limit, as the dialogue words them. */
static enum check_level level_of(struct slice problem)
{
	bool octets = slice_find(problem, SLICE(" octets, its CRLF included")) < problem.n;
	return octets && slice_find(problem, SLICE(" over ")) < problem.n ? CHECK_WARNING : CHECK_ERROR;
}

/* Takes a reference in parentheses off the end of `*why`; empty where there is none. */
static struct slice ref_of(struct slice *why)
{
	size_t at = slice_find(*why, SLICE(" (RFC "));
	if (at == why->n || why->p[why->n - 1] != ')')
		return SLICE("");
	struct slice ref = slice_part(*why, at + 2, why->n - 1);
	*why = slice_part(*why, 0, at);
	return ref;
}

/* Where no row says why: the problem's own words behind its first colon. */
static void tell_as_worded(struct walk *w, struct slice problem, struct slice refs)
{
	size_t colon = slice_find(problem, SLICE(": "));
	struct slice why = slice_part(problem, colon + 2, problem.n), ref = ref_of(&why);
	char *sentence = slice_string(why), *words = slice_string(ref.n ? ref : refs);
	sentence[0] = octet_upper(sentence[0]);
	(void)checking_add(&w->c, w->c.line, level_of(problem), sentence, words, SLICE_FMT,
	                   SLICE_ARG(slice_part(problem, 0, colon)));
	free(sentence);
	free(words);
}

static void problem_tell(struct walk *w, struct slice problem, struct slice refs)
{
	const struct reason *reason = reason_of(dialogue_protocol(w->c.d), problem);
	if (reason == NULL || reason->why == NULL) {
		tell_as_worded(w, problem, reason && reason->ref ? slice_of(reason->ref) : refs);
		return;
	}
	struct slice words = problem, ref = ref_of(&words);
	char *own = ref.n && reason->ref == NULL ? slice_string(ref) : NULL;
	(void)checking_add(&w->c, w->c.line, level_of(problem), reason->why, own ? own : reason->ref, SLICE_FMT,
	                   SLICE_ARG(words));
	free(own);
}

void problems_tell(struct walk *w, const struct dialogue_event *event)
{
	for (size_t i = 0;; i++) {
		struct slice problem = event_problem_at(event, i);
		if (problem.n == 0)
			return;
		problem_tell(w, problem, event->ref);
	}
}
