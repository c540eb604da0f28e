/*
 * Two conversations aligned by their phases: nothing is lost, no order is broken, and as much as can stands side by side.
 */
#include "test.h"

#include <stdint.h>

#include "view/beside_inside.h"

/* Longer than what is aligned at a time. */
#define LONG 3000

static uint32_t seed;

static uint32_t any(uint32_t below)
{
	seed = seed * 1664525U + 1013904223U;
	return (seed >> 16) % below;
}

/* Runs of any phases, no two in a row alike. */
static void runs_make(struct run *runs, size_t n, unsigned phases)
{
	for (size_t i = 0; i < n; i++)
		do
			runs[i] = (struct run){ (enum phase)any(phases), i };
		while (i > 0 && runs[i].phase == runs[i - 1].phase);
}

/* The words of an alignment: "greet=0,0 identify=1,- ". */
static void shown(const char *left, const char *right, struct buffer *out)
{
	/* A letter a phase: (n)one, (g)reet, (i)dentify, (e)ncrypt, (a)uthenticate, as(k), (t)ransfer, good(b)ye. */
	static const char letters[] = "ngieaktb";
	struct run runs[2][32];
	const char *words[2] = { left, right };
	struct aligned *rows;
	for (size_t side = 0; side < 2; side++)
		for (size_t i = 0; words[side][i]; i++)
			runs[side][i] = (struct run){ (enum phase)(strchr(letters, words[side][i]) - letters), i };
	size_t n = runs_align(runs[0], strlen(left), runs[1], strlen(right), &rows);
	for (size_t i = 0; i < n; i++) {
		buffer_add_octet(out, rows[i].runs[0] == BESIDE_NONE ? '-' : letters[rows[i].phase]);
		buffer_add_octet(out, rows[i].runs[1] == BESIDE_NONE ? '-' : letters[rows[i].phase]);
		buffer_add_octet(out, ' ');
	}
	free(rows);
}

#define CHECK_ALIGNED(left, right, wanted) \
	do { \
		struct buffer said = { 0 }; \
		shown(left, right, &said); \
		CHECK_TEXT(buffer_slice(&said), wanted); \
		buffer_free(&said); \
	} while (0)

static void protocols_stand_phase_by_phase(void)
{
	CHECK_ALIGNED("giaktb", "gaktb", "gg i- aa kk tt bb ");  /* POP3, IMAP */
	CHECK_ALIGNED("gitb", "giaktb", "gg ii -a -k tt bb ");   /* SMTP, POP3 */
	CHECK_ALIGNED("kb", "giatktb", "-g -i -a -t kk -t bb "); /* HTTP, FTP */
	CHECK_ALIGNED("", "gb", "-g -b ");
	CHECK_ALIGNED("", "", "");
}

static void what_comes_again_stands_beside_what_came_first(void)
{
	CHECK_ALIGNED("gieiatb", "giatb", "gg ii e- i- aa tt bb ");
	CHECK_ALIGNED("gkaktktb", "gaktb", "gg k- aa kk tt k- t- bb ");
}

static void where_neither_pairs_the_usual_order_holds(void)
{
	CHECK_ALIGNED("gitb", "gakb", "gg i- -a -k t- bb ");
	CHECK_ALIGNED("gakb", "gitb", "gg -i a- k- -t bb ");
}

/* The length of a longest common subsequence, as books have it. */
static size_t pairs_possible(const struct run *left, size_t nleft, const struct run *right, size_t nright)
{
	static size_t rows[2][LONG + 1];
	memset(rows, 0, sizeof rows);
	for (size_t i = 0; i < nleft; i++)
		for (size_t j = 0; j < nright; j++) {
			size_t *above = rows[i % 2], *row = rows[(i + 1) % 2];
			size_t without = above[j + 1] > row[j] ? above[j + 1] : row[j];
			row[j + 1] = left[i].phase == right[j].phase ? above[j] + 1 : without;
		}
	return rows[nleft % 2][nright];
}

/* How many pairs there are; fails where a run is lost, comes twice or not in its turn, or stands under another phase. */
static size_t pairs_checked(const struct run *const *runs, const size_t *nruns)
{
	struct aligned *rows;
	size_t pairs = 0, next[2] = { 0, 0 }, n = runs_align(runs[0], nruns[0], runs[1], nruns[1], &rows);
	bool good = true;
	for (size_t i = 0; i < n; i++) {
		for (size_t side = 0; side < 2; side++) {
			size_t run = rows[i].runs[side];
			if (run == BESIDE_NONE)
				continue;
			good = good && run == next[side]++ && runs[side][run].phase == rows[i].phase;
		}
		good = good && (rows[i].runs[0] != BESIDE_NONE || rows[i].runs[1] != BESIDE_NONE);
		pairs += rows[i].runs[0] != BESIDE_NONE && rows[i].runs[1] != BESIDE_NONE;
	}
	CHECK(good && next[0] == nruns[0] && next[1] == nruns[1]);
	free(rows);
	return pairs;
}

static void any_two_keep_their_order_and_pair_as_often_as_can_be(void)
{
	static struct run left[LONG], right[LONG];
	const struct run *const runs[2] = { left, right };
	for (seed = 1; seed < 300 * 7919; seed += 7919) {
		size_t n[2] = { any(24), any(24) };
		unsigned phases = 2 + any(7);
		runs_make(left, n[0], phases);
		runs_make(right, n[1], phases);
		CHECK(pairs_checked(runs, n) == pairs_possible(left, n[0], right, n[1]));
	}
}

static void long_ones_are_aligned_piece_by_piece(void)
{
	static struct run left[LONG], right[LONG];
	const struct run *const runs[2] = { left, right };
	const size_t lengths[][2] = { { LONG, LONG }, { LONG, 5 },    { 5, LONG },
		                      { LONG, 0 },    { 1025, 1024 }, { 1100, 2900 } };
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		runs_make(left, lengths[i][0], 8);
		runs_make(right, lengths[i][1], 8);
		size_t possible = pairs_possible(left, lengths[i][0], right, lengths[i][1]);
		CHECK(pairs_checked(runs, lengths[i]) * 2 >= possible);
	}
	/* Nothing in common at all. */
	for (size_t i = 0; i < LONG; i++) {
		left[i] = (struct run){ i % 2 ? PHASE_ASK : PHASE_TRANSFER, i };
		right[i] = (struct run){ i % 2 ? PHASE_GREET : PHASE_NONE, i };
	}
	CHECK(pairs_checked(runs, lengths[0]) == 0);
}

int main(void)
{
	TEST(protocols_stand_phase_by_phase);
	TEST(what_comes_again_stands_beside_what_came_first);
	TEST(where_neither_pairs_the_usual_order_holds);
	TEST(any_two_keep_their_order_and_pair_as_often_as_can_be);
	TEST(long_ones_are_aligned_piece_by_piece);
	return test_end();
}
