/*
 * Pairing lines: the best way through a table of all pairs (Needleman and Wunsch).
 */
#include "view/pairs.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/memory.h"

/* What a row is worth: equal lines come before all, and unlike ones side by side only save room. */
#define WORTH_SAME 10000
#define WORTH_ALIKE 100
#define WORTH_REPEATED 5
#define WORTH_UNLIKE 1

/* The largest table; beyond it lines are paired in their order. */
#define TABLE_MAX ((size_t)250000)

/* The lines of one side. */
struct side_lines {
	struct slice *lines;
	size_t n;
};

static struct side_lines lines_of(struct slice text)
{
	struct side_lines side = { 0 };
	if (text.n == 0)
		return side;
	size_t most = 1;
	for (size_t i = 0; i < text.n; i++)
		most += text.p[i] == '\n';
	side.lines = memory_zeroed(most, sizeof *side.lines);
	for (bool ended = true; text.n || ended;) {
		size_t end = slice_find_octet(text, '\n');
		ended = end < text.n;
		side.lines[side.n++] = slice_part(text, 0, end);
		text = slice_part(text, end + 1, text.n);
	}
	return side;
}

/* ---- comparing two lines ---- */

enum mark { MARK_NONE, MARK_OPTIONAL, MARK_REPEATED, MARK_FORBIDDEN };

/* The mark of an expected line, which is taken off `*line`. */
static enum mark mark_take(struct slice *line)
{
	static const char *const marks[] = { "", "S?: ", "S*: ", "S!: " };
	for (enum mark mark = MARK_OPTIONAL; mark <= MARK_FORBIDDEN; mark++) {
		if (slice_starts(*line, slice_of(marks[mark]))) {
			*line = slice_part(*line, 4, line->n);
			return mark;
		}
	}
	return MARK_NONE;
}

/* Takes the text before the next `{{…}}` off the front of a pattern, and that too. False where there is none: then all the
 * rest was taken. */
static bool fixed_take(struct slice *pattern, struct slice *fixed)
{
	size_t open = slice_find(*pattern, SLICE("{{"));
	struct slice behind = slice_part(*pattern, open + 2, pattern->n);
	size_t close = slice_find(behind, SLICE("}}"));
	bool variable = open < pattern->n && close < behind.n;
	*fixed = variable ? slice_part(*pattern, 0, open) : *pattern;
	*pattern = variable ? slice_part(behind, close + 2, behind.n) : (struct slice){ 0 };
	return variable;
}

/* Whether a line is what a pattern stands for. */
static bool line_matches(struct slice pattern, struct slice line)
{
	struct slice fixed;
	if (!fixed_take(&pattern, &fixed))
		return slice_equal(fixed, line);
	if (!slice_starts(line, fixed))
		return false;
	line = slice_part(line, fixed.n, line.n);
	while (fixed_take(&pattern, &fixed)) {
		size_t at = slice_find(line, fixed);
		if (fixed.n && at == line.n)
			return false;
		line = slice_part(line, at + fixed.n, line.n);
	}
	return line.n >= fixed.n && slice_equal(slice_part(line, line.n - fixed.n, line.n), fixed);
}

/* Whether half of the longer line stands at the ends of both. */
static bool lines_alike(struct slice a, struct slice b)
{
	size_t least = a.n < b.n ? a.n : b.n, most = a.n < b.n ? b.n : a.n, front = 0, back = 0;
	while (front < least && a.p[front] == b.p[front])
		front++;
	while (back < least - front && a.p[a.n - 1 - back] == b.p[b.n - 1 - back])
		back++;
	return 2 * (front + back) >= most;
}

/* What it is worth to have both in one row. A line that may be missing stands with what it matches, or alone. */
static uint32_t row_worth(struct slice expected, struct slice received)
{
	enum mark mark = mark_take(&expected);
	if (line_matches(expected, received))
		return WORTH_SAME;
	if (mark != MARK_NONE)
		return 0;
	return lines_alike(expected, received) ? WORTH_ALIKE : WORTH_UNLIKE;
}

/* Whether a line may be missing. */
static bool may_miss(struct slice expected)
{
	return mark_take(&expected) != MARK_NONE;
}

/* Whether a line that came is one more of those that a repeated one stands for. */
static bool repeats(struct slice expected, struct slice received)
{
	return mark_take(&expected) == MARK_REPEATED && line_matches(expected, received);
}

/* ---- the table ---- */

/* How a row of the best way is made. */
enum step { STEP_BOTH, STEP_EXPECTED, STEP_RECEIVED };

/* For each number of lines taken from either side: what the best way so far is worth, and its last step. */
struct ways {
	const struct side_lines *expected, *received;
	struct way {
		uint32_t worth;
		enum step step;
	} * ways;
};

static struct way *way_at(const struct ways *w, size_t i, size_t j)
{
	return &w->ways[i * (w->received->n + 1) + j];
}

/* Keeps the better way; of two that are worth as much the later, which is the one with both lines in it. */
static void way_try(struct way *best, uint32_t worth, enum step step)
{
	if (worth >= best->worth)
		*best = (struct way){ worth, step };
}

static void way_find(const struct ways *w, size_t i, size_t j)
{
	struct way best = { 0 };
	struct slice expected = i ? w->expected->lines[i - 1] : (struct slice){ 0 };
	struct slice received = j ? w->received->lines[j - 1] : (struct slice){ 0 };
	if (j)
		way_try(&best, way_at(w, i, j - 1)->worth + (i && repeats(expected, received) ? WORTH_REPEATED : 0),
		        STEP_RECEIVED);
	if (i)
		way_try(&best, way_at(w, i - 1, j)->worth, STEP_EXPECTED);
	uint32_t both = i && j ? row_worth(expected, received) : 0;
	if (both)
		way_try(&best, way_at(w, i - 1, j - 1)->worth + both, STEP_BOTH);
	*way_at(w, i, j) = best;
}

static struct pair pair_of(const struct side_lines *expected, size_t i, const struct side_lines *received, size_t j,
                           enum step step)
{
	struct pair pair = { .has_expected = step != STEP_RECEIVED, .has_received = step != STEP_EXPECTED };
	if (pair.has_expected)
		pair.expected = expected->lines[i - 1];
	if (pair.has_received)
		pair.received = received->lines[j - 1];
	if (step == STEP_BOTH) {
		struct slice text = pair.expected;
		bool never = mark_take(&text) == MARK_FORBIDDEN, matches = line_matches(text, pair.received);
		pair.same = matches && !never;
		pair.forbidden = matches && never;
	} else if (step == STEP_EXPECTED) {
		pair.same = may_miss(pair.expected);
	} else {
		pair.same = i && repeats(expected->lines[i - 1], pair.received);
	}
	return pair;
}

/* Finds the best way through all lines, and walks it back from the end. */
static void pairs_best(struct pairs *pairs, const struct side_lines *expected, const struct side_lines *received)
{
	struct ways w = { expected, received, memory_zeroed((expected->n + 1) * (received->n + 1), sizeof *w.ways) };
	struct pair *rows = pairs->rows + pairs->n;
	size_t n = 0;
	for (size_t i = 0; i <= expected->n; i++)
		for (size_t j = 0; j <= received->n; j++)
			way_find(&w, i, j);
	for (size_t i = expected->n, j = received->n; i || j; n++) {
		enum step step = way_at(&w, i, j)->step;
		rows[n] = pair_of(expected, i, received, j, step);
		i -= step != STEP_RECEIVED;
		j -= step != STEP_EXPECTED;
	}
	for (size_t a = 0, b = n; a + 1 < b; a++, b--) {
		struct pair row = rows[a];
		rows[a] = rows[b - 1];
		rows[b - 1] = row;
	}
	pairs->n += n;
	free(w.ways);
}

/* Too many lines to look for the best way: the first with the first, and so on. */
static void pairs_in_order(struct pairs *pairs, const struct side_lines *expected, const struct side_lines *received)
{
	for (size_t i = 1; i <= expected->n || i <= received->n; i++) {
		enum step step = i > received->n ? STEP_EXPECTED : i > expected->n ? STEP_RECEIVED : STEP_BOTH;
		pairs->rows[pairs->n++] = pair_of(expected, i > expected->n ? 0 : i, received, i, step);
	}
}

/* Pairs the lines that both begin with, and takes them off: the table is for the rest. */
static void pairs_front(struct pairs *pairs, struct side_lines *expected, struct side_lines *received)
{
	while (pairs->n < expected->n && pairs->n < received->n &&
	       slice_equal(expected->lines[pairs->n], received->lines[pairs->n])) {
		pairs->rows[pairs->n] = (struct pair){
			true, true, true, false, expected->lines[pairs->n], received->lines[pairs->n]
		};
		pairs->n++;
	}
	*expected = (struct side_lines){ expected->lines + pairs->n, expected->n - pairs->n };
	*received = (struct side_lines){ received->lines + pairs->n, received->n - pairs->n };
}

struct pairs pairs_make(struct slice expected, struct slice received)
{
	struct side_lines wanted = lines_of(expected), came = lines_of(received), wanted_rest = wanted,
			  came_rest = came;
	struct pairs pairs = { .rows = memory_zeroed(wanted.n + came.n + 1, sizeof *pairs.rows) };
	pairs_front(&pairs, &wanted_rest, &came_rest);
	if (came_rest.n + 1 <= TABLE_MAX / (wanted_rest.n + 1))
		pairs_best(&pairs, &wanted_rest, &came_rest);
	else
		pairs_in_order(&pairs, &wanted_rest, &came_rest);
	free(wanted.lines);
	free(came.lines);
	return pairs;
}
