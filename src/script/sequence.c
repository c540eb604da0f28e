/*
 * Lines in order. What has come so far may fit the expected lines in more ways than one, since a line may be optional or
 * repeated, and below `text` others may stand between. So all ways are followed at once: a thread for each expected line
 * that may come next, holding what was captured on its way. Of two ways to the same place the one that has matched more
 * lines counts, then the older one: it has captured the first text that fits.
 */
#include "script/sequence.h"

#include <stdlib.h>

/* The variables as a thread has them, with what was captured on its way. Shared by those that go on from it. */
struct caught {
	size_t threads;
	struct variables v;
};

struct thread {
	bool alive;
	size_t matched;        /* lines, repeated ones not counted */
	struct caught *caught; /* NULL: nothing was captured */
};

struct sequence {
	const struct rehearsal *r;
	const struct expected_line *lines;
	size_t n;
	bool whole, tagged;
	struct thread *now, *next; /* by the expected line that comes next; n: all are done */
	size_t heard;              /* lines that came */
	size_t furthest;           /* the furthest place that any thread has been at */
	bool extra;                /* at `whole`: no thread could take line `extra_at` */
	size_t extra_at;
	bool never; /* a line came that must not */
	size_t never_at;
};

static bool passed_over(const struct sequence *s, size_t i)
{
	return s->lines[i].mark == MARK_NEVER || (s->tagged && s->lines[i].untagged);
}

/* Whether the comparison may go on behind an expected line that has not come. */
static bool may_be_missing(const struct sequence *s, size_t i)
{
	const struct expected_line *line = &s->lines[i];
	return passed_over(s, i) || line->mark != MARK_NONE || (!s->whole && !line->varies);
}

/* ---- threads ---- */

static struct caught *caught_share(struct caught *caught)
{
	if (caught)
		caught->threads++;
	return caught;
}

static void caught_drop(struct caught *caught)
{
	if (caught == NULL || --caught->threads > 0)
		return;
	variables_free(&caught->v);
	free(caught);
}

static void thread_end(struct thread *thread)
{
	caught_drop(thread->caught);
	*thread = (struct thread){ 0 };
}

/* Whether a thread with so many matches counts for more than the one that is there. */
static bool thread_better(const struct thread *there, size_t matched)
{
	return !there->alive || there->matched < matched;
}

/* Puts a thread at a place, if it counts for more; `caught` is taken over. */
static void thread_put(struct sequence *s, struct thread *row, size_t at, size_t matched, struct caught *caught)
{
	if (!thread_better(&row[at], matched)) {
		caught_drop(caught);
		return;
	}
	thread_end(&row[at]);
	row[at] = (struct thread){ .alive = true, .matched = matched, .caught = caught };
	if (at > s->furthest)
		s->furthest = at;
}

/* Goes on behind lines that may be missing. */
static void threads_spread(struct sequence *s, struct thread *row)
{
	for (size_t i = 0; i < s->n; i++)
		if (row[i].alive && may_be_missing(s, i) && thread_better(&row[i + 1], row[i].matched))
			thread_put(s, row, i + 1, row[i].matched, caught_share(row[i].caught));
}

struct sequence *sequence_new(const struct rehearsal *r, const struct expected_line *lines, size_t n, bool whole,
                              bool tagged)
{
	struct sequence *s = memory_zeroed(1, sizeof *s);
	*s = (struct sequence){ .r = r, .lines = lines, .n = n, .whole = whole, .tagged = tagged };
	s->now = memory_zeroed(n + 1, sizeof *s->now);
	s->next = memory_zeroed(n + 1, sizeof *s->next);
	s->now[0].alive = true;
	threads_spread(s, s->now);
	return s;
}

void sequence_free(struct sequence *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i <= s->n; i++) {
		thread_end(&s->now[i]);
		thread_end(&s->next[i]);
	}
	free(s->now);
	free(s->next);
	free(s);
}

/* ---- a line comes ---- */

/* Whether expected line `i` takes the line; `*caught` gets what the thread then knows, owned by the caller. A repeated line
 * captures from its first, and is no other for that afterwards. */
static bool takes(const struct sequence *s, size_t i, struct slice text, size_t tag_n, struct variables *v,
                  struct caught **caught)
{
	const struct expected_line *line = &s->lines[i];
	struct caught *before = s->now[i].caught;
	bool repeated = line->mark == MARK_REPEATED;
	struct variables *known = before && !repeated ? &before->v : v;
	if (!line->captures || (repeated && before)) {
		*caught = caught_share(before);
		struct variables copy;
		variables_copy(&copy, known);
		bool matches = expected_match(s->r, line, text, tag_n, line->captures ? &copy : known);
		variables_free(&copy);
		if (!matches)
			caught_drop(*caught);
		return matches;
	}
	*caught = memory_zeroed(1, sizeof **caught);
	(*caught)->threads = 1;
	variables_copy(&(*caught)->v, known);
	if (expected_match(s->r, line, text, tag_n, &(*caught)->v))
		return true;
	caught_drop(*caught);
	return false;
}

void sequence_forbid(struct sequence *s, struct slice text, size_t tag_n, const struct variables *v)
{
	for (size_t i = 0; i < s->n && !s->never; i++) {
		if (s->lines[i].mark != MARK_NEVER)
			continue;
		struct variables copy;
		variables_copy(&copy, v);
		s->never = expected_match(s->r, &s->lines[i], text, tag_n, &copy);
		s->never_at = i;
		variables_free(&copy);
	}
}

/* Takes the thread at `i` over the line, into `row`, where that gets it anywhere. */
static void thread_move(struct sequence *s, struct thread *row, size_t i, struct slice text, size_t tag_n,
                        struct variables *v)
{
	bool repeated = s->lines[i].mark == MARK_REPEATED;
	size_t to = repeated ? i : i + 1, matched = s->now[i].matched + !repeated;
	struct caught *caught;
	if (!s->now[i].alive || passed_over(s, i) || (!s->whole && !s->lines[i].varies))
		return;
	if (thread_better(&row[to], matched) && takes(s, i, text, tag_n, v, &caught))
		thread_put(s, row, to, matched, caught);
}

/* Moves every thread over a line that must be expected. */
static void threads_move(struct sequence *s, struct slice text, size_t tag_n, struct variables *v)
{
	for (size_t i = 0; i < s->n; i++)
		thread_move(s, s->next, i, text, tag_n, v);
	for (size_t i = 0; i <= s->n; i++)
		thread_end(&s->now[i]);
	struct thread *old = s->now;
	s->now = s->next;
	s->next = old;
	threads_spread(s, s->now);
}

/* The same where the line may be none of those expected, so that each thread stays as well: those in front go first. */
static void threads_follow(struct sequence *s, struct slice text, size_t tag_n, struct variables *v)
{
	for (size_t i = s->n; i-- > 0;)
		thread_move(s, s->now, i, text, tag_n, v);
	threads_spread(s, s->now);
}

void sequence_line(struct sequence *s, struct slice text, size_t tag_n, struct variables *v)
{
	bool alive = false;
	sequence_forbid(s, text, tag_n, v);
	if (s->whole && !s->extra)
		threads_move(s, text, tag_n, v);
	else if (!s->extra)
		threads_follow(s, text, tag_n, v);
	for (size_t i = 0; i <= s->n; i++)
		alive |= s->now[i].alive;
	if (!alive && !s->extra) {
		s->extra = true;
		s->extra_at = s->heard;
	}
	s->heard++;
}

/* What the way that got furthest has captured: also where not all is as expected, so that the script can go on. */
static void capture(const struct sequence *s, struct variables *v)
{
	size_t at = s->n + 1;
	while (at > 0 && !s->now[at - 1].alive)
		at--;
	const struct variables *caught = at > 0 && s->now[at - 1].caught ? &s->now[at - 1].caught->v : NULL;
	for (size_t i = 0; caught && i < caught->n; i++)
		variables_capture(v, slice_of(caught->rows[i].name),
		                  (struct slice){ caught->rows[i].value, caught->rows[i].value_n });
}

enum fault sequence_end(struct sequence *s, struct variables *v, size_t *at)
{
	capture(s, v);
	*at = s->never_at;
	if (s->never)
		return FAULT_NEVER;
	bool missing = s->furthest < s->n && !may_be_missing(s, s->furthest);
	*at = missing ? s->furthest : s->extra_at;
	if (s->extra)
		return missing ? FAULT_MISSING : FAULT_EXTRA;
	return s->now[s->n].alive ? FAULT_NONE : FAULT_MISSING;
}
