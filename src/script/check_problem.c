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

/* Problems that are certain though the line holds what has no value: where it stands is wrong, not what it says. */
static const char *const anyway[] = {
	"no such command in this state", "no space may stand behind the colon",   "a reply to no command",
	"a response to no request",      "sent without waiting for the reply to", "sent before the server's",
	"nothing may be sent behind",
};

/* Whether the problem is none here: it hangs on a value that nobody knows, or on what the server announced where that is not
 * shown. */
static bool passes(const struct walk *w, struct slice problem)
{
	if (w->c.unseen && (slice_find(problem, SLICE("did not announce")) < problem.n ||
	                    slice_find(problem, SLICE("the server announced neither")) < problem.n))
		return true;
	if (!w->unknown)
		return false;
	for (size_t i = 0; i < sizeof anyway / sizeof anyway[0]; i++)
		if (slice_starts(problem, slice_of(anyway[i])))
			return false;
	return true;
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
static struct finding *tell_as_worded(struct walk *w, struct slice problem, struct slice refs)
{
	size_t colon = slice_find(problem, SLICE(": "));
	struct slice why = slice_part(problem, colon + 2, problem.n), ref = ref_of(&why);
	char *sentence = slice_string(why), *words = slice_string(ref.n ? ref : refs);
	sentence[0] = octet_upper(sentence[0]);
	struct finding *row = checking_add(&w->c, w->c.line, level_of(problem), sentence, words, SLICE_FMT,
	                                   SLICE_ARG(slice_part(problem, 0, colon)));
	free(sentence);
	free(words);
	return row;
}

static struct finding *tell_by_row(struct walk *w, struct slice problem, const struct reason *reason)
{
	struct slice words = problem, ref = ref_of(&words);
	char *own = slice_string(ref);
	struct finding *row = checking_add(&w->c, w->c.line, level_of(problem), reason->why,
	                                   reason->ref ? reason->ref : own, SLICE_FMT, SLICE_ARG(words));
	free(own);
	return row;
}

void problem_tell(struct walk *w, struct slice problem, struct slice refs)
{
	const struct reason *reason = reason_of(dialogue_protocol(w->c.d), problem);
	if (passes(w, problem))
		return;
	struct finding *row = reason && reason->why
	                              ? tell_by_row(w, problem, reason)
	                              : tell_as_worded(w, problem,
	                                               reason && reason->ref ? slice_of(reason->ref) : refs);
	problem_mend(w, problem, row);
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
