/*
 * Durations by name.
 */
#include "cmd/measure.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/escape.h"
#include "base/memory.h"

#define ROWS_MAX 64

static const double percents[] = { 50, 90, 99 };

#define NPERCENTS (sizeof percents / sizeof percents[0])

/* How the table is laid out: in 76 columns, or in the 38 that a small screen has, without the count and p90. */
struct layout {
	size_t name, count, duration; /* columns; 0: left out */
	bool every_percent;
};

static const struct layout wide = { .name = 20, .count = 12, .duration = 11, .every_percent = true };
static const struct layout narrow = { .name = 14, .duration = 8 };

#define WIDE_COLUMNS 76

void measure_free(struct measure *m)
{
	for (size_t i = 0; i < m->n; i++) {
		free(m->rows[i]->name);
		free(m->rows[i]);
	}
	free(m->rows);
	*m = (struct measure){ 0 };
}

static struct slice name_of(const struct measure_row *row)
{
	return (struct slice){ row->name, row->name_n };
}

static struct measure_row *row_find(const struct measure *m, struct slice name)
{
	for (size_t i = 0; i < m->n; i++)
		if (slice_equal(name_of(m->rows[i]), name))
			return m->rows[i];
	return NULL;
}

static struct measure_row *row_named(struct measure *m, struct slice name)
{
	struct measure_row *row = row_find(m, name);
	if (row)
		return row;
	if (m->n + 1 == ROWS_MAX && !slice_equal(name, SLICE("other")))
		return row_named(m, SLICE("other"));
	if (m->n == ROWS_MAX)
		return m->rows[ROWS_MAX - 1];
	row = memory_zeroed(1, sizeof *row);
	row->name = slice_string(name);
	row->name_n = name.n;
	m->rows = memory_grow(m->rows, m->n + 1, sizeof *m->rows);
	m->rows[m->n++] = row;
	return row;
}

void measure_add(struct measure *m, struct slice name, double seconds)
{
	histogram_add(&row_named(m, name)->durations, seconds);
}

bool measure_has(const struct measure *m, struct slice name)
{
	return row_find(m, name) != NULL;
}

/* ---- printing ---- */

void duration_words(struct buffer *out, double seconds)
{
	if (seconds >= 0.9995)
		buffer_printf(out, "%.*f s", seconds < 9.995 ? 2 : seconds < 99.95 ? 1 : 0, seconds);
	else
		buffer_printf(out, "%.*f ms", seconds < 0.009995 ? 2 : seconds < 0.09995 ? 1 : 0, seconds * 1e3);
}

/* A text at the end of its column. */
static void cell_add(struct buffer *out, struct slice text, size_t columns)
{
	buffer_printf(out, "%*s" SLICE_FMT, text.n < columns ? (int)(columns - text.n) : 0, "", SLICE_ARG(text));
}

static void duration_add(struct buffer *out, double seconds, size_t columns)
{
	struct buffer text = { 0 };
	duration_words(&text, seconds);
	cell_add(out, buffer_slice(&text), columns);
	buffer_free(&text);
}

/* The name at the beginning of the row, cut where it is longer than its column. */
static void name_add(struct buffer *out, struct slice name, size_t columns)
{
	struct buffer safe = { 0 };
	escape_text(&safe, name);
	bool all = safe.n <= columns;
	buffer_printf(out, "%-*.*s%s", all ? (int)columns : 0, (int)(all ? safe.n : columns - 3), safe.n ? safe.p : "",
	              all ? "" : "...");
	buffer_free(&safe);
}

/* "p50", or what stands under it. `h` NULL: the heads of the columns. */
static void durations_add(struct buffer *out, const struct histogram *h, const struct layout *layout)
{
	for (size_t i = 0; i < NPERCENTS; i++) {
		char head[8];
		(void)snprintf(head, sizeof head, "p%.0f", percents[i]);
		if (percents[i] == 90 && !layout->every_percent)
			continue;
		if (h)
			duration_add(out, histogram_at(h, percents[i]), layout->duration);
		else
			cell_add(out, slice_of(head), layout->duration);
	}
	if (h)
		duration_add(out, h->max, layout->duration);
	else
		cell_add(out, SLICE("max"), layout->duration);
}

static void count_add(struct buffer *out, uint64_t n, size_t columns)
{
	struct buffer text = { 0 };
	buffer_add_number(&text, n);
	cell_add(out, buffer_slice(&text), columns);
	buffer_free(&text);
}

void measure_table(const struct measure *m, size_t columns, struct buffer *out)
{
	const struct layout *layout = columns < WIDE_COLUMNS ? &narrow : &wide;
	name_add(out, SLICE("waited for"), layout->name);
	if (layout->count)
		cell_add(out, SLICE("count"), layout->count);
	durations_add(out, NULL, layout);
	for (size_t i = 0; i < m->n; i++) {
		const struct histogram *h = &m->rows[i]->durations;
		buffer_add_octet(out, '\n');
		name_add(out, name_of(m->rows[i]), layout->name);
		if (layout->count)
			count_add(out, h->n, layout->count);
		durations_add(out, h, layout);
	}
}

void measure_json(const struct measure *m, struct buffer *out)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct histogram *h = &m->rows[i]->durations;
		buffer_add_string(out, "{\"kind\":\"latency\",\"command\":");
		(void)escape_json(out, name_of(m->rows[i]));
		buffer_printf(out, ",\"count\":%" PRIu64, h->n);
		for (size_t j = 0; j < NPERCENTS; j++)
			buffer_printf(out, ",\"p%.0f\":%.6f", percents[j], histogram_at(h, percents[j]));
		buffer_printf(out, ",\"max\":%.6f}\n", h->max);
	}
}
