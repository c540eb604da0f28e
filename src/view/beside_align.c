/*
 * Which runs of two conversations stand side by side: a longest common subsequence of their phases. Why: beside.h.
 */
#include <stdlib.h>

#include "view/beside_inside.h"

/* So many runs of either conversation are looked at together: what aligning takes grows with the product. Longer ones are
 * aligned piece by piece. */
#define WINDOW 1024

struct alignment {
	struct aligned *rows;
	size_t n, room;
	/* length[i * stride + j]: of the longest common subsequence of the window's runs from i and j on */
	uint16_t *length;
	size_t stride;
};

/* The runs of one conversation that are looked at now. */
struct window {
	const struct run *runs;
	size_t n, first; /* first: the index of runs[0] */
	size_t leave; /* so many of its last ones are looked at again with those behind them: they may find their like there */
};

static void row_add(struct alignment *a, enum phase phase, size_t left, size_t right)
{
	if (a->n == a->room) {
		a->room = a->room ? 2 * a->room : 16;
		a->rows = memory_grow(a->rows, a->room, sizeof *a->rows);
	}
	a->rows[a->n++] = (struct aligned){ phase, { left, right } };
}

static uint16_t *length_at(const struct alignment *a, size_t i, size_t j)
{
	return &a->length[i * a->stride + j];
}

static void lengths_make(const struct alignment *a, const struct window *left, const struct window *right)
{
	for (size_t i = left->n + 1; i-- > 0;)
		for (size_t j = right->n + 1; j-- > 0;) {
			uint16_t *length = length_at(a, i, j);
			if (i == left->n || j == right->n) {
				*length = 0;
			} else if (left->runs[i].phase == right->runs[j].phase) {
				*length = (uint16_t)(*length_at(a, i + 1, j + 1) + 1);
			} else {
				uint16_t without_left = *length_at(a, i + 1, j),
					 without_right = *length_at(a, i, j + 1);
				*length = without_left > without_right ? without_left : without_right;
			}
		}
}

/* Whether the left one's next run comes alone, not the right one's: what loses no pair; where neither does, what phases are
 * usually gone through first. */
static bool left_alone(const struct alignment *a, const struct window *left, size_t i, const struct window *right,
                       size_t j)
{
	if (i == left->n || j == right->n)
		return j == right->n;
	uint16_t without_left = *length_at(a, i + 1, j), without_right = *length_at(a, i, j + 1);
	if (without_left != without_right)
		return without_left > without_right;
	return left->runs[i].phase < right->runs[j].phase;
}

/* Aligns the windows up to what one of them leaves. Counts the runs of each that were. */
static void windows_align(struct alignment *a, const struct window *left, const struct window *right, size_t *nleft,
                          size_t *nright)
{
	size_t i = 0, j = 0;
	lengths_make(a, left, right);
	while ((i < left->n || j < right->n) && left->n - i >= left->leave && right->n - j >= right->leave) {
		if (i < left->n && j < right->n && left->runs[i].phase == right->runs[j].phase) {
			row_add(a, left->runs[i].phase, left->first + i, right->first + j);
			i++;
			j++;
		} else if (left_alone(a, left, i, right, j)) {
			row_add(a, left->runs[i].phase, left->first + i, BESIDE_NONE);
			i++;
		} else {
			row_add(a, right->runs[j].phase, BESIDE_NONE, right->first + j);
			j++;
		}
	}
	*nleft += i;
	*nright += j;
}

static size_t window_length(size_t n)
{
	return n < WINDOW ? n : WINDOW;
}

static struct window window_of(const struct run *runs, size_t n, size_t first)
{
	size_t length = window_length(n - first);
	return (struct window){ runs + first, length, first, first + length == n ? 0 : WINDOW / 2 };
}

size_t runs_align(const struct run *left, size_t nleft, const struct run *right, size_t nright, struct aligned **rows)
{
	struct alignment a = { .stride = window_length(nright) + 1 };
	a.length = memory_zeroed((window_length(nleft) + 1) * a.stride, sizeof *a.length);
	for (size_t i = 0, j = 0; i < nleft || j < nright;) {
		struct window l = window_of(left, nleft, i), r = window_of(right, nright, j);
		windows_align(&a, &l, &r, &i, &j);
	}
	free(a.length);
	*rows = a.rows;
	return a.n;
}
