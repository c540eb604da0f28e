/*
 * Matching a wire line against a template, and capturing.
 *
 * A template becomes a row of parts: text that must stand there, and gaps that stretch. Each gap takes the shortest
 * text that lets the rest match. Where the text behind one gap is found and the next gap cannot be satisfied from there,
 * a longer first gap leaves the next one only less room: it is not tried. So a line is read about once for each gap.
 * Only a template that says one unknown name twice needs more; for that the steps are counted and end.
 */
#include "script/template.h"

#include <stdlib.h>
#include <string.h>

#include "script/pieces.h"

/* How many places gaps are tried at in a template with a name said twice; a line that needs more does not match. */
#define STEPS_MAX 1000000

struct part {
	bool gap;
	bool again; /* the same text as gap `first` took */
	size_t first;
	struct slice name;  /* of a gap that captures; else empty */
	struct buffer text; /* of what is no gap */
	struct slice taken; /* by a gap, while matching */
};

struct matcher {
	struct part *parts;
	size_t n;
	bool repeats; /* some part is `again` */
	unsigned long steps;
	struct slice line;
};

/* ---- from pieces to parts ---- */

static struct part *part_add(struct matcher *m)
{
	m->parts = memory_grow(m->parts, m->n + 1, sizeof *m->parts);
	struct part *part = &m->parts[m->n++];
	*part = (struct part){ 0 };
	return part;
}

/* Text goes on in the last part where that is text. */
static struct buffer *text_part(struct matcher *m)
{
	struct part *last = m->n ? &m->parts[m->n - 1] : NULL;
	if (last == NULL || last->gap || last->again)
		last = part_add(m);
	return &last->text;
}

static void add_name(struct matcher *m, struct slice name, const struct variables *v)
{
	const struct variable *row = variables_get(v, name);
	if (row) {
		buffer_add(text_part(m), row->value, row->value_n);
		return;
	}
	size_t first = 0;
	while (first < m->n && !(m->parts[first].gap && slice_equal(m->parts[first].name, name)))
		first++;
	bool again = first < m->n;
	struct part *part = part_add(m);
	part->gap = !again;
	part->again = again;
	part->first = first;
	part->name = name;
	m->repeats |= again;
}

/* A function whose value cannot be known here, of an unset password say, stands for anything. */
static void add_call(struct matcher *m, const struct piece *call, struct variables *v)
{
	struct buffer value = { 0 };
	struct slice name;
	const char *why;
	if (piece_compute(call, v, false, &value, &name, &why) == COMPUTED)
		buffer_add_slice(text_part(m), buffer_slice(&value));
	else
		part_add(m)->gap = true;
	buffer_wipe(&value);
}

static bool compile(struct matcher *m, struct slice text, struct variables *v)
{
	const char *why;
	if (!template_valid(text, &why))
		return false;
	while (text.n) {
		struct piece piece;
		if (!piece_next(&text, &piece, &why))
			return false;
		if (piece.kind == PIECE_TEXT)
			buffer_add_slice(text_part(m), piece.text);
		else if (piece.kind == PIECE_ANY)
			part_add(m)->gap = true;
		else if (piece.kind == PIECE_NAME)
			add_name(m, piece.text, v);
		else
			add_call(m, &piece, v);
	}
	return true;
}

/* ---- matching ---- */

enum result {
	MATCHED,
	FAILED,      /* a longer gap before may help */
	FAILED_FINAL /* nothing helps */
};

/* Passes over the parts from `i` up to the next gap. False where they do not stand at `*at`. */
static bool pass_text(const struct matcher *m, size_t *i, size_t *at)
{
	for (; *i < m->n && !m->parts[*i].gap; ++*i) {
		const struct part *part = &m->parts[*i];
		struct slice want = part->again ? m->parts[part->first].taken : buffer_slice(&part->text);
		if (!slice_starts(slice_part(m->line, *at, m->line.n), want))
			return false;
		*at += want.n;
	}
	return true;
}

/* Where a gap that begins at `at` could end first, at `end` or behind it: before the text that follows it; past the
 * line's end where nowhere. */
static size_t gap_end(const struct matcher *m, size_t i, size_t end)
{
	const struct part *next = i + 1 < m->n ? &m->parts[i + 1] : NULL;
	if (next == NULL)
		return m->line.n;
	if (next->gap || next->again)
		return end;
	struct slice rest = slice_part(m->line, end, m->line.n), want = buffer_slice(&next->text);
	if (i + 2 == m->n) /* the line's last text stands at its end */
		return want.n <= rest.n ? m->line.n - want.n : m->line.n + 1;
	size_t found = slice_find(rest, want);
	return found == rest.n && want.n ? m->line.n + 1 : end + found;
}

/* Matches from gap `i`, which begins at `at`. As deep as there are gaps (VARIABLES_MAX). */
static enum result match_gap(struct matcher *m, size_t i, size_t at)
{
	for (size_t end = gap_end(m, i, at); end <= m->line.n; end = gap_end(m, i, end + 1)) {
		size_t next = i + 1, behind = end;
		if (m->repeats && ++m->steps > STEPS_MAX)
			return FAILED_FINAL;
		m->parts[i].taken = slice_part(m->line, at, end);
		if (pass_text(m, &next, &behind)) {
			if (next == m->n && behind == m->line.n)
				return MATCHED;
			enum result result = next < m->n ? match_gap(m, next, behind) : FAILED;
			if (result != FAILED)
				return result;
			if (next < m->n && !m->repeats)
				return FAILED_FINAL;
		}
		if (end >= m->line.n)
			break;
	}
	return FAILED;
}

bool template_match(struct slice text, struct slice line, struct variables *v)
{
	struct matcher m = { .line = line };
	size_t i = 0, at = 0;
	bool matched = compile(&m, text, v) && pass_text(&m, &i, &at);
	if (matched)
		matched = i < m.n ? match_gap(&m, i, at) == MATCHED : at == line.n;
	for (i = 0; i < m.n; i++) {
		if (matched && m.parts[i].gap && m.parts[i].name.n)
			variables_capture(v, m.parts[i].name, m.parts[i].taken);
		buffer_wipe(&m.parts[i].text);
	}
	free(m.parts);
	return matched;
}
