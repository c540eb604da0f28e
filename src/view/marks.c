/*
 * Finding what differs between two lines: what both begin and end with is set aside, and of the rest the longest common
 * sequence of words.
 */
#include "view/marks.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/memory.h"

/* The most words between which the common ones are looked for, on either side. */
#define WORDS_MOST 256

/* ---- the ends ---- */

/* Whether a character of UTF-8 goes on at that octet. */
static bool goes_on(struct slice s, size_t at)
{
	return at < s.n && ((unsigned char)s.p[at] & 0xC0) == 0x80;
}

/* Whether a cut there would tear a character or a number: that 250 and 550 both end in 50 tells nobody anything. */
static bool tears(struct slice s, size_t at)
{
	bool digits = at && at < s.n && octet_is_digit(s.p[at - 1]) && octet_is_digit(s.p[at]);
	return goes_on(s, at) || digits;
}

static size_t common_front(struct slice a, struct slice b)
{
	size_t n = 0;
	while (n < a.n && n < b.n && a.p[n] == b.p[n])
		n++;
	while (n && (tears(a, n) || tears(b, n)))
		n--;
	return n;
}

static size_t common_back(struct slice a, struct slice b)
{
	size_t n = 0;
	while (n < a.n && n < b.n && a.p[a.n - 1 - n] == b.p[b.n - 1 - n])
		n++;
	while (n && (tears(a, a.n - n) || tears(b, b.n - n)))
		n--;
	return n;
}

/* ---- the words between ---- */

struct words {
	struct slice all[WORDS_MOST];
	bool common[WORDS_MOST];
	size_t n;
};

static bool in_word(char c)
{
	return octet_is_alnum(c) || ((unsigned char)c & 0x80) != 0;
}

/* Takes text apart: words, runs of spaces, and single marks. False where there are too many. */
static bool words_of(struct slice text, struct words *words)
{
	words->n = 0;
	while (text.n) {
		size_t n = 1;
		bool word = in_word(text.p[0]), space = text.p[0] == ' ';
		while (n < text.n && ((word && in_word(text.p[n])) || (space && text.p[n] == ' ')))
			n++;
		if (words->n == WORDS_MOST)
			return false;
		words->all[words->n] = slice_part(text, 0, n);
		words->common[words->n++] = false;
		text = slice_part(text, n, text.n);
	}
	return true;
}

/* What it is worth to have a word in common: a word more than a space. */
static uint16_t word_worth(struct slice word)
{
	return in_word(word.p[0]) ? 4 : 1;
}

/* Finds the best common sequence of words: `worth` has what there is to be had from each place on. */
static void words_common(struct words *a, struct words *b)
{
	size_t across = b->n + 1, i = 0, j = 0;
	uint16_t *worth = memory_zeroed((a->n + 1) * across, sizeof *worth);
	for (i = a->n; i-- > 0;) {
		for (j = b->n; j-- > 0;) {
			uint16_t skip_a = worth[(i + 1) * across + j], skip_b = worth[i * across + j + 1];
			bool same = slice_equal(a->all[i], b->all[j]);
			uint16_t best = skip_a > skip_b ? skip_a : skip_b;
			if (same)
				best = (uint16_t)(worth[(i + 1) * across + j + 1] + word_worth(a->all[i]));
			worth[i * across + j] = best;
		}
	}
	for (i = j = 0; i < a->n && j < b->n;) {
		if (slice_equal(a->all[i], b->all[j]))
			a->common[i++] = b->common[j++] = true;
		else if (worth[(i + 1) * across + j] >= worth[i * across + j + 1])
			i++;
		else
			j++;
	}
	free(worth);
}

/* What is common between two words that are not, and is no word itself, would only make the marks restless. */
static void words_join(struct words *words)
{
	size_t marked = 0;
	bool any = false;
	for (size_t i = 0; i < words->n; i++) {
		if (words->common[i] && in_word(words->all[i].p[0])) {
			any = false;
		} else if (!words->common[i]) {
			for (size_t k = marked + 1; any && k < i; k++)
				words->common[k] = false;
			marked = i;
			any = true;
		}
	}
}

/* Marks the words that are not common. */
static void words_mark(const struct words *words, const char *line, bool *marks)
{
	for (size_t i = 0; i < words->n; i++)
		for (size_t k = 0; k < words->all[i].n; k++)
			marks[(size_t)(words->all[i].p - line) + k] = !words->common[i];
}

static void all_mark(struct slice part, const char *line, bool *marks)
{
	for (size_t i = 0; i < part.n; i++)
		marks[(size_t)(part.p - line) + i] = true;
}

/* Whether something that tells is not marked. */
static bool common_tells(struct slice line, const bool *marks)
{
	for (size_t i = 0; i < line.n; i++)
		if (!marks[i] && in_word(line.p[i]))
			return true;
	return false;
}

bool marks_make(struct slice a, struct slice b, bool *a_marks, bool *b_marks)
{
	size_t front = common_front(a, b);
	size_t back = common_back(slice_part(a, front, a.n), slice_part(b, front, b.n));
	struct slice a_middle = slice_part(a, front, a.n - back), b_middle = slice_part(b, front, b.n - back);
	struct words *words = memory_zeroed(2, sizeof *words);
	if (words_of(a_middle, &words[0]) && words_of(b_middle, &words[1])) {
		words_common(&words[0], &words[1]);
		words_join(&words[0]);
		words_join(&words[1]);
		words_mark(&words[0], a.p, a_marks);
		words_mark(&words[1], b.p, b_marks);
	} else {
		all_mark(a_middle, a.p, a_marks);
		all_mark(b_middle, b.p, b_marks);
	}
	free(words);
	return common_tells(a, a_marks);
}
