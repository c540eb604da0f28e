/*
 * Which response that came stands for which that is listed: a matching of the two, grown by one augmenting path for each
 * response that comes. What cannot be placed when it comes never can be later, since the list does not grow: so it need not
 * be kept.
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
	bool visited;             /* in the search under way */
	/* By that mark: a search has been here and found nothing. Never again can one, since what fits only grows less: rows that
	 * are free become taken, and variables get values. */
	bool dead[MARK_OPTIONAL + 1];
};

struct untagged {
	const struct rehearsal *r;
	bool whole, texts; /* texts are compared, at least of some */
	struct listed *rows;
	size_t n;
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
		u->rows = memory_grow(u->rows, u->n + 1, sizeof *u->rows);
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

static bool place_free(struct untagged *u, struct response *response, enum script_mark mark, const struct variables *v)
{
	for (size_t i = 0; i < u->n; i++) {
		struct listed *listed = &u->rows[i];
		if (listed->matched || listed->lines->mark != mark || !would_fit(u, listed, response, v))
			continue;
		listed->matched = response;
		return true;
	}
	return false;
}

/* Finds a place for the response: a free one of that mark, or one whose response finds another in the same way. As deep
 * as there are responses that have to move. */
static bool place(struct untagged *u, struct response *response, enum script_mark mark, const struct variables *v)
{
	if (place_free(u, response, mark, v))
		return true;
	for (size_t i = 0; i < u->n; i++) {
		struct listed *listed = &u->rows[i];
		if (listed->visited || listed->dead[mark] || listed->matched == NULL ||
		    !would_fit(u, listed, response, v))
			continue;
		listed->visited = true;
		if (place(u, listed->matched, mark, v)) {
			listed->matched = response;
			return true;
		}
	}
	return false;
}

static bool place_begin(struct untagged *u, struct response *response, enum script_mark mark, const struct variables *v)
{
	for (size_t i = 0; i < u->n; i++)
		u->rows[i].visited = false;
	if (place(u, response, mark, v))
		return true;
	for (size_t i = 0; i < u->n; i++)
		u->rows[i].dead[mark] |= u->rows[i].visited;
	return false;
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
	if (response == NULL || place_begin(u, response, MARK_NONE, v) || place_begin(u, response, MARK_OPTIONAL, v))
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
