/*
 * Which response that came stands for which that is listed: a matching of the two, grown by one augmenting path for each
 * response that comes, found in breadth, since thousands may have to move for one. What cannot be placed when it comes
 * never can be later, since the list does not grow: so it need not be kept.
 */
#include "script/untagged.h"

#include <stdlib.h>

#include "script/sequence.h"

/* What is kept of one response in order to compare it, in octets. A longer one matches by its keyword alone. */
#define RESPONSE_KEPT (4U << 20)

/* A response that came. */
struct response {
	struct buffer keyword;
	struct buffer text; /* its lines, each ended by LF */
	bool cut;           /* it was longer than is kept */
};

/* A response that is listed. */
struct listed {
	size_t reply;                      /* of the block */
	const struct expected_line *lines; /* its first and the others, text and rest behind literals */
	size_t n;
	size_t at;                /* of the first, in the reply's lines */
	struct response *matched; /* NULL: none has come */
	size_t moves;             /* the row whose response would move here; n: the one that is new */
	/* By that mark: a search has been here and found nothing. Never again can one, since what fits only grows less: rows that
	 * are free become taken, and variables get values. */
	bool dead[MARK_OPTIONAL + 1];
};

struct untagged {
	const struct rehearsal *r;
	bool whole, texts; /* texts are compared, at least of some */
	struct listed *rows;
	size_t n;
	size_t free[2];          /* of the rows that must come, and of those that may: none before this one is free */
	struct response *coming; /* NULL: none */
};

/* ---- what is listed ---- */

static void list_reply(struct untagged *u, const struct expected_reply *reply, size_t number)
{
	struct listed *last = NULL;
	for (size_t i = 0; i < reply->nlines; i++) {
		const struct expected_line *line = &reply->lines[i];
		if (!line->untagged || line->mark == MARK_NEVER) {
			last = NULL;
			continue;
		}
		u->texts |= line->varies;
		if (last && !line->begins) {
			last->n++;
			continue;
		}
		u->rows = memory_one_more(u->rows, u->n, sizeof *u->rows);
		last = &u->rows[u->n++];
		*last = (struct listed){ .reply = number, .lines = line, .n = 1, .at = i };
	}
}

struct untagged *untagged_new(const struct rehearsal *r, const struct expected_reply *replies, size_t n, bool whole)
{
	struct untagged *u = memory_zeroed(1, sizeof *u);
	u->r = r;
	u->whole = u->texts = whole;
	for (size_t i = 0; i < n; i++)
		list_reply(u, &replies[i], i);
	return u;
}

static void response_free(struct response *response)
{
	if (response == NULL)
		return;
	buffer_free(&response->keyword);
	buffer_free(&response->text);
	free(response);
}

void untagged_free(struct untagged *u)
{
	if (u == NULL)
		return;
	for (size_t i = 0; i < u->n; i++)
		response_free(u->rows[i].matched);
	response_free(u->coming);
	free(u->rows);
	free(u);
}

/* ---- whether one fits the other ---- */

/* Whether the lines that are listed are those that came; captures go into `v`. */
static bool lines_fit(const struct untagged *u, const struct listed *listed, const struct response *response,
                      struct variables *v)
{
	struct sequence *s = sequence_new(u->r, listed->lines, listed->n, u->whole, false);
	struct slice rest = buffer_slice(&response->text);
	size_t at;
	while (rest.n) {
		struct slice line = slice_line(&rest);
		sequence_line(s, slice_part(line, 0, line.n - 1), 0, v);
	}
	bool fits = sequence_end(s, v, &at) == FAULT_NONE;
	sequence_free(s);
	return fits;
}

static bool keyword_fits(const struct untagged *u, const struct listed *listed, const struct response *response)
{
	const char *keyword = u->r->lines[listed->lines->line].keyword;
	return slice_equal_nocase(slice_of(keyword), buffer_slice(&response->keyword));
}

/* Whether what stands before the first variable, or count, of a row is how the response begins: a quick no for most. */
static bool begins_alike(const struct listed *listed, const struct response *response)
{
	struct slice template = buffer_slice(&listed->lines->text);
	return slice_starts(buffer_slice(&response->text), slice_part(template, 0, slice_find_octet(template, '{')));
}

static bool fits(const struct untagged *u, const struct listed *listed, const struct response *response,
                 struct variables *v)
{
	if (!u->whole && !listed->lines->varies && !keyword_fits(u, listed, response))
		return false;
	if (!u->texts)
		return true;
	return !response->cut && lines_fit(u, listed, response, v);
}

/* The same without capturing. */
static bool would_fit(const struct untagged *u, const struct listed *listed, const struct response *response,
                      const struct variables *v)
{
	struct variables copy;
	if (!u->texts)
		return keyword_fits(u, listed, response);
	if ((u->whole || listed->lines->varies) && !begins_alike(listed, response))
		return false;
	variables_copy(&copy, v);
	bool does = fits(u, listed, response, &copy);
	variables_free(&copy);
	return does;
}

/* ---- the matching ---- */

/* The first row of that mark that is free; n where none is. What has a response keeps one. */
static size_t first_free(struct untagged *u, enum script_mark mark)
{
	size_t *at = &u->free[mark == MARK_OPTIONAL];
	while (*at < u->n && (u->rows[*at].matched || u->rows[*at].lines->mark != mark))
		++*at;
	return *at;
}

/* The free row of that mark that fits; n where none does. */
static size_t free_place(struct untagged *u, const struct response *response, enum script_mark mark,
                         const struct variables *v)
{
	for (size_t i = first_free(u, mark); i < u->n; i++) {
		const struct listed *listed = &u->rows[i];
		if (listed->matched == NULL && listed->lines->mark == mark && would_fit(u, listed, response, v))
			return i;
	}
	return u->n;
}

/* Has all responses on the way to a free row move on by one place; the new one takes the first. */
static void move_all(struct untagged *u, size_t to, struct response *response)
{
	for (size_t from = u->rows[to].moves; from != u->n; to = from, from = u->rows[to].moves)
		u->rows[to].matched = u->rows[from].matched;
	u->rows[to].matched = response;
}

/* The rows that a response was not held against yet, and those that it could take if theirs moved. */
struct search {
	size_t *left, nleft;
	size_t *reached, nreached;
};

/* All taken rows that the response of row `from` (n: the new one) could take are reached. */
static void reach(struct untagged *u, struct search *search, size_t from, const struct response *response,
                  const struct variables *v)
{
	size_t kept = 0;
	for (size_t i = 0; i < search->nleft; i++) {
		size_t row = search->left[i];
		if (would_fit(u, &u->rows[row], response, v)) {
			u->rows[row].moves = from;
			search->reached[search->nreached++] = row;
		} else {
			search->left[kept++] = row;
		}
	}
	search->nleft = kept;
}

/* Finds a place for a response that fits no free row: one whose response can move, or be moved for in the same way. */
static bool place_moving(struct untagged *u, struct response *response, enum script_mark mark,
                         const struct variables *v)
{
	size_t to = u->n;
	struct search search = { .left = memory_zeroed(u->n, sizeof *search.left),
		                 .reached = memory_zeroed(u->n, sizeof *search.reached) };
	for (size_t i = 0; i < u->n; i++)
		if (u->rows[i].matched && !u->rows[i].dead[mark])
			search.left[search.nleft++] = i;
	reach(u, &search, u->n, response, v);
	for (size_t i = 0; i < search.nreached && to == u->n; i++) {
		size_t from = search.reached[i];
		to = free_place(u, u->rows[from].matched, mark, v);
		if (to != u->n)
			u->rows[to].moves = from;
		else
			reach(u, &search, from, u->rows[from].matched, v);
	}
	for (size_t i = 0; i < search.nreached && to == u->n; i++)
		u->rows[search.reached[i]].dead[mark] = true;
	if (to != u->n)
		move_all(u, to, response);
	free(search.left);
	free(search.reached);
	return to != u->n;
}

/* Finds a place for the response among the rows of that mark. */
static bool place(struct untagged *u, struct response *response, enum script_mark mark, const struct variables *v)
{
	if (first_free(u, mark) == u->n)
		return false;
	size_t at = free_place(u, response, mark, v);
	if (at == u->n)
		return place_moving(u, response, mark, v);
	u->rows[at].matched = response;
	return true;
}

static bool repeated_fits(struct untagged *u, const struct response *response, const struct variables *v)
{
	for (size_t i = 0; i < u->n; i++)
		if (u->rows[i].lines->mark == MARK_REPEATED && would_fit(u, &u->rows[i], response, v))
			return true;
	return false;
}

/* All of a response has come: where it has a place it is kept there. */
static void response_end(struct untagged *u, const struct variables *v, struct buffer *unlisted)
{
	struct response *response = u->coming;
	u->coming = NULL;
	if (response == NULL || place(u, response, MARK_NONE, v) || place(u, response, MARK_OPTIONAL, v))
		return;
	if (u->whole && unlisted && !repeated_fits(u, response, v)) {
		struct slice rest = buffer_slice(&response->text);
		buffer_add_slice(unlisted, slice_row(&rest));
	}
	response_free(response);
}

static void keep_text(struct response *response, struct slice text)
{
	if (response->text.n + text.n >= RESPONSE_KEPT) {
		response->cut = true;
		return;
	}
	buffer_add_slice(&response->text, text);
	buffer_add_octet(&response->text, '\n');
}

void untagged_line(struct untagged *u, const struct untagged_part *part, struct variables *v, struct buffer *unlisted)
{
	if (part->begins) {
		response_end(u, v, unlisted);
		u->coming = memory_zeroed(1, sizeof *u->coming);
		buffer_add_slice(&u->coming->keyword, part->keyword);
	}
	if (u->coming && u->texts)
		keep_text(u->coming, part->text);
	if (part->ends)
		response_end(u, v, unlisted);
}

bool untagged_complete(const struct untagged *u, size_t reply)
{
	for (size_t i = 0; i < u->n; i++)
		if (u->rows[i].reply == reply && u->rows[i].lines->mark == MARK_NONE && u->rows[i].matched == NULL)
			return false;
	return true;
}

bool untagged_end(struct untagged *u, size_t reply, struct variables *v, size_t *line)
{
	bool there = true;
	response_end(u, v, NULL);
	for (size_t i = 0; i < u->n; i++) {
		const struct listed *listed = &u->rows[i];
		if (listed->reply != reply || (listed->lines->mark != MARK_NONE && listed->matched == NULL))
			continue;
		if (listed->matched && fits(u, listed, listed->matched, v))
			continue;
		if (there)
			*line = listed->at;
		there = false;
	}
	return there;
}
