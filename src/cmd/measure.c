/*
 * Durations by name.
 */
#include "cmd/measure.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/escape.h"
#include "base/memory.h"

#define ROWS_MAX 64

/* Columns of the table's names: with the numbers behind them a row has 76. */
#define NAME_COLUMNS 20

static const double percents[] = { 50, 90, 99 };

#define NPERCENTS (sizeof percents / sizeof percents[0])

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

/* The same at the end of a column. */
static void duration_cell(struct buffer *out, double seconds)
{
	struct buffer text = { 0 };
	duration_words(&text, seconds);
	buffer_printf(out, "%11.*s", (int)text.n, text.p);
	buffer_free(&text);
}

/* The name in the table's first column, cut to it. */
static void name_cell(struct buffer *out, struct slice name)
{
	struct buffer safe = { 0 };
	escape_text(&safe, slice_part(name, 0, name.n));
	if (safe.n > NAME_COLUMNS)
		buffer_printf(out, "%.*s...", NAME_COLUMNS - 3, safe.p);
	else
		buffer_printf(out, "%-*.*s", NAME_COLUMNS, (int)safe.n, safe.n ? safe.p : "");
	buffer_free(&safe);
}

void measure_table(const struct measure *m, struct buffer *out)
{
	name_cell(out, SLICE("what was awaited"));
	buffer_printf(out, "%12s%11s%11s%11s%11s", "count", "p50", "p90", "p99", "max");
	for (size_t i = 0; i < m->n; i++) {
		const struct histogram *h = &m->rows[i]->durations;
		struct buffer count = { 0 };
		buffer_add_number(&count, h->n);
		buffer_add_octet(out, '\n');
		name_cell(out, name_of(m->rows[i]));
		buffer_printf(out, "%12.*s", (int)count.n, count.p);
		for (size_t j = 0; j < NPERCENTS; j++)
			duration_cell(out, histogram_at(h, percents[j]));
		duration_cell(out, h->max);
		buffer_free(&count);
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
