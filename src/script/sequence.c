/*
 * Lines in order. What has come so far may fit the expected lines in more ways than one, since a line may be optional or
 * repeated, and below `text` others may stand between. So all ways are followed at once: a thread for each expected line
 * that may come next, holding what was captured on its way. Of two ways to the same place the one that has matched more
 * lines counts, then the older one: it has captured the first text that fits.
 */
#include "script/sequence.h"

#include <stdlib.h>

struct thread {
	bool alive;
	size_t matched;           /* lines, repeated ones not counted */
	struct variables *caught; /* the variables with what it captured; NULL: as they were */
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

static struct variables *caught_copy(const struct variables *caught)
{
	if (caught == NULL)
		return NULL;
	struct variables *copy = memory_get(sizeof *copy);
	variables_copy(copy, caught);
	return copy;
}

static void thread_end(struct thread *thread)
{
	if (thread->caught)
		variables_free(thread->caught);
	free(thread->caught);
	*thread = (struct thread){ 0 };
}

/* Puts a thread at a place, where it counts for more than the one that is there; `caught` is taken over. */
static void thread_put(struct sequence *s, struct thread *row, size_t at, size_t matched, struct variables *caught)
{
	struct thread new = { .alive = true, .matched = matched, .caught = caught };
	if (row[at].alive && row[at].matched >= matched) {
		thread_end(&new);
		return;
	}
	thread_end(&row[at]);
	row[at] = new;
	if (at > s->furthest)
		s->furthest = at;
}

/* Goes on behind lines that may be missing. */
static void threads_spread(struct sequence *s, struct thread *row)
{
	for (size_t i = 0; i < s->n; i++)
		if (row[i].alive && may_be_missing(s, i) && !(row[i + 1].alive && row[i + 1].matched >= row[i].matched))
			thread_put(s, row, i + 1, row[i].matched, caught_copy(row[i].caught));
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
                  struct variables **caught)
{
	const struct expected_line *line = &s->lines[i];
	struct variables *before = s->now[i].caught;
	bool repeated = line->mark == MARK_REPEATED;
	*caught = NULL;
	if (!line->captures) {
		bool matches = expected_match(s->r, line, text, tag_n, before ? before : v);
		*caught = matches ? caught_copy(before) : NULL;
		return matches;
	}
	struct variables *copy = caught_copy(before && !repeated ? before : v);
	bool matches = expected_match(s->r, line, text, tag_n, copy);
	if (matches && !(repeated && before)) {
		*caught = copy;
		return true;
	}
	*caught = matches ? caught_copy(before) : NULL;
	variables_free(copy);
	free(copy);
	return matches;
}

void sequence_forbid(struct sequence *s, struct slice text, size_t tag_n, const struct variables *v)
{
	for (size_t i = 0; i < s->n && !s->never; i++) {
		if (s->lines[i].mark != MARK_NEVER)
			continue;
		struct variables *copy = caught_copy(v);
		s->never = expected_match(s->r, &s->lines[i], text, tag_n, copy);
		s->never_at = i;
		variables_free(copy);
		free(copy);
	}
}

/* Moves every thread over the line. */
static void threads_move(struct sequence *s, struct slice text, size_t tag_n, struct variables *v)
{
	for (size_t i = 0; i <= s->n; i++)
		if (s->now[i].alive && !s->whole) /* the line may be none of those expected */
			thread_put(s, s->next, i, s->now[i].matched, caught_copy(s->now[i].caught));
	for (size_t i = 0; i < s->n; i++) {
		struct variables *caught;
		if (!s->now[i].alive || passed_over(s, i) || (!s->whole && !s->lines[i].varies))
			continue;
		if (!takes(s, i, text, tag_n, v, &caught))
			continue;
		if (s->lines[i].mark == MARK_REPEATED)
			thread_put(s, s->next, i, s->now[i].matched, caught);
		else
			thread_put(s, s->next, i + 1, s->now[i].matched + 1, caught);
	}
	threads_spread(s, s->next);
}

void sequence_line(struct sequence *s, struct slice text, size_t tag_n, struct variables *v)
{
	bool alive = false;
	sequence_forbid(s, text, tag_n, v);
	if (!s->extra)
		threads_move(s, text, tag_n, v);
	for (size_t i = 0; i <= s->n && !s->extra; i++) {
		alive |= s->next[i].alive;
		thread_end(&s->now[i]);
	}
	if (!alive && !s->extra) {
		s->extra = true;
		s->extra_at = s->heard;
	}
	struct thread *old = s->now;
	s->now = s->next;
	s->next = old;
	s->heard++;
}

/* What the way that got furthest has captured: also where not all is as expected, so that the script can go on. */
static void capture(const struct sequence *s, struct variables *v)
{
	size_t at = s->n + 1;
	while (at > 0 && !s->now[at - 1].alive)
		at--;
	const struct variables *caught = at > 0 ? s->now[at - 1].caught : NULL;
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
