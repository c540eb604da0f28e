/*
 * What the dialogue finds wrong with a line, as findings.
 */
#include "script/check_hearing.h"

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
	"bare CR",
	"bare LF",
	"not allowed in this state",
	"no space may stand after the colon",
	"a reply to no command",
	"a response to no request",
	"sent without waiting for the reply to",
	"sent before the server's",
	"nothing may be sent after",
};

/* Whether a web page has blanked an address, which is told by itself. */
static bool blanked(struct slice text)
{
	return slice_find_nocase(text, SLICE("[email")) < text.n &&
	       slice_find_nocase(text, SLICE("protected]")) < text.n;
}

/* What only says what is not seen: the client's request, more commands than are followed. */
static bool unseen(const struct hearing *h, struct slice problem)
{
	return (!h->clients && slice_starts(problem, SLICE("the client offered no other protocol"))) ||
	       (slice_starts(problem, SLICE("more than ")) &&
	        slice_find(problem, SLICE("is lost from view")) < problem.n) ||
	       (h->lost && slice_starts(problem, SLICE("no command with the tag")));
}

/* It was accepted before, where it did not belong: what comes in its place is not too much. */
static bool assumed(const struct hearing *h, struct slice problem)
{
	return h->assumed && slice_starts(problem, SLICE("not allowed in this state")) &&
	       (slice_find(problem, SLICE(" already")) < problem.n ||
	        slice_find(problem, SLICE("is under way")) < problem.n);
}

/* Whether the problem is none here: it hangs on a value that nobody knows, or on what the server announced where that is not
 * shown. */
static bool passes(const struct hearing *h, struct slice problem)
{
	if (h->c.unseen && (slice_find(problem, SLICE("did not announce")) < problem.n ||
	                    slice_find(problem, SLICE("the server announced neither")) < problem.n))
		return true;
	if (unseen(h, problem) || assumed(h, problem) ||
	    (slice_starts(problem, SLICE("the address has no @")) && blanked(hearing_text(h))))
		return true;
	if (!h->unknown && !h->elided)
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
static struct finding *tell_as_worded(struct hearing *h, struct slice problem, struct slice refs)
{
	size_t colon = slice_find(problem, SLICE(": "));
	struct slice why = slice_part(problem, colon + 2, problem.n), ref = ref_of(&why);
	char *sentence = slice_string(why), *words = slice_string(ref.n ? ref : refs);
	sentence[0] = octet_upper(sentence[0]);
	struct finding *row = checking_add(&h->c, h->c.line, level_of(problem), sentence, words, SLICE_FMT,
	                                   SLICE_ARG(slice_part(problem, 0, colon)));
	free(sentence);
	free(words);
	return row;
}

static struct finding *tell_by_row(struct hearing *h, struct slice problem, const struct reason *reason)
{
	struct slice words = problem, ref = ref_of(&words);
	char *own = slice_string(ref);
	struct finding *row = checking_add(&h->c, h->c.line, level_of(problem), reason->why,
	                                   reason->ref ? reason->ref : own, SLICE_FMT, SLICE_ARG(words));
	free(own);
	return row;
}

void problem_tell(struct hearing *h, struct slice problem, struct slice refs)
{
	const struct reason *reason = reason_of(dialogue_protocol(h->c.d), problem);
	if (passes(h, problem))
		return;
	struct finding *row = reason && reason->why
	                              ? tell_by_row(h, problem, reason)
	                              : tell_as_worded(h, problem,
	                                               reason && reason->ref ? slice_of(reason->ref) : refs);
	problem_mend(h, problem, row);
}

static bool unasked(struct slice problem)
{
	return slice_starts(problem, SLICE("a reply to no command")) ||
	       slice_starts(problem, SLICE("a response to no request")) ||
	       slice_starts(problem, SLICE("no command with the tag")) ||
	       slice_starts(problem, SLICE("nothing waits to be asked for"));
}

/* The line is no command at all: there is nothing to be said of how it goes on. */
static bool is_strange(struct slice problem)
{
	static const char *const words[] = { "a field without a request",
		                             "an empty line is not a command",
		                             "an empty line where no header ends",
		                             "not a request line",
		                             "the version is missing: a request line ends",
		                             "the line holds a tag alone",
		                             "this is not a valid tag" };
	bool known = slice_starts(problem, SLICE("not allowed in this state")) ||
	             slice_find(problem, SLICE(" perhaps")) < problem.n;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (slice_starts(problem, slice_of(words[i])))
			return true;
	return slice_starts(problem, SLICE("no such command")) && !known;
}

/* One cause is told once: at the first of several lines that are no reply, of several replies that answer nothing, and of
 * several commands that wait for none. */
static bool told_before(struct hearing *h, const struct dialogue_event *event, struct slice problem)
{
	if (event->side == SIDE_SERVER && h->restated && (event->kind == EVENT_JUNK || unasked(problem)))
		return true; /* a list behind it has the same cause */
	/* the rest of a reply that answers nothing, or what answers a line that was no command */
	if (event->kind == EVENT_JUNK && event->side == SIDE_SERVER)
		return h->junk_told || h->unasked_told || (h->ncommands && h->commands[h->ncommands - 1].strange);
	if ((h->fragment && slice_starts(problem, SLICE("EXPUNGE may come only"))) ||
	    (!h->clients && slice_starts(problem, SLICE("no transfer is under way"))))
		return true; /* what was asked is not shown */
	bool *told = slice_starts(problem, SLICE("sent without waiting for the reply to")) ? &h->unawaited_told
	             : unasked(problem)                                                    ? &h->unasked_told
	                                                                                   : NULL;
	bool before = told && *told;
	if (told)
		*told = true;
	return before;
}

void problems_tell(struct hearing *h, const struct dialogue_event *event)
{
	bool junk = event->kind == EVENT_JUNK && event->side == SIDE_SERVER;
	h->restated &= event->side == SIDE_SERVER;
	h->unawaited_told &= event->side == SIDE_CLIENT;
	h->unasked_told &= event->side == SIDE_SERVER && !event->answers;
	bool strange = false, client = event->side == SIDE_CLIENT, before = h->strange_told && client;
	for (size_t i = 0; !strange; i++) {
		struct slice problem = event_problem_at(event, i);
		if (problem.n == 0)
			break;
		strange = client && is_strange(problem);
		h->lost |= slice_find(problem, SLICE("is lost from view")) < problem.n;
		if (told_before(h, event, problem) || (strange && before))
			continue;
		if (unasked(problem) && !h->clients)
			(void)checking_add(&h->c, h->c.line, CHECK_ERROR, "Its replies alone are printed", NULL,
			                   "what the client says is missing");
		else
			problem_tell(h, problem, event->ref);
	}
	h->junk_told = junk && event->problem.n;
	h->strange_told = strange;
	if (strange && event->kind == EVENT_COMMAND && h->ncommands)
		h->commands[h->ncommands - 1].strange = true;
}
