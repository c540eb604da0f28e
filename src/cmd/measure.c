/*
 * Durations by command.
 */
#include "cmd/measure.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/escape.h"
#include "base/memory.h"

#define ROWS_MAX 64

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

static struct measure_row *row_named(struct measure *m, struct slice name)
{
	for (size_t i = 0; i < m->n; i++)
		if (slice_equal(slice_of(m->rows[i]->name), name))
			return m->rows[i];
	if (m->n + 1 == ROWS_MAX && !slice_equal(name, SLICE("other")))
		return row_named(m, SLICE("other"));
	struct measure_row *row = memory_zeroed(1, sizeof *row);
	row->name = slice_string(name);
	m->rows = memory_grow(m->rows, m->n + 1, sizeof *m->rows);
	m->rows[m->n++] = row;
	return row;
}

void measure_add(struct measure *m, struct slice name, double seconds)
{
	histogram_add(&row_named(m, name)->durations, seconds);
}

/* ---- printing ---- */

/* "0.35 ms", "12 ms", "1.2 s": three digits that count. */
static void duration_add(struct buffer *out, double seconds)
{
	struct buffer text = { 0 };
	if (seconds >= 0.9995)
		buffer_printf(&text, "%.*f s", seconds < 9.995 ? 2 : seconds < 99.95 ? 1 : 0, seconds);
	else
		buffer_printf(&text, "%.*f ms", seconds < 0.009995 ? 2 : seconds < 0.09995 ? 1 : 0, seconds * 1e3);
	buffer_printf(out, "%11.*s", (int)text.n, text.p);
	buffer_free(&text);
}

/* The name in the table's first column, as wide as the widest. */
static void name_add(struct buffer *out, const char *name, size_t width)
{
	size_t before = out->n;
	escape_text(out, slice_of(name));
	while (out->n - before < width)
		buffer_add_octet(out, ' ');
}

void measure_table(const struct measure *m, struct buffer *out)
{
	size_t width = sizeof "command" - 1;
	for (size_t i = 0; i < m->n; i++)
		if (slice_of(m->rows[i]->name).n > width)
			width = slice_of(m->rows[i]->name).n;
	name_add(out, "command", width);
	buffer_printf(out, "%12s%11s%11s%11s%11s", "count", "p50", "p90", "p99", "max");
	for (size_t i = 0; i < m->n; i++) {
		const struct histogram *h = &m->rows[i]->durations;
		struct buffer count = { 0 };
		buffer_add_number(&count, h->n);
		buffer_add_octet(out, '\n');
		name_add(out, m->rows[i]->name, width);
		buffer_printf(out, "%12.*s", (int)count.n, count.p);
		for (size_t j = 0; j < NPERCENTS; j++)
			duration_add(out, histogram_at(h, percents[j]));
		duration_add(out, h->max);
		buffer_free(&count);
	}
}

void measure_json(const struct measure *m, struct buffer *out)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct histogram *h = &m->rows[i]->durations;
		buffer_add_string(out, "{\"kind\":\"latency\",\"command\":");
		(void)escape_json(out, slice_of(m->rows[i]->name));
		buffer_printf(out, ",\"count\":%" PRIu64, h->n);
		for (size_t j = 0; j < NPERCENTS; j++)
			buffer_printf(out, ",\"p%.0f\":%.6f", percents[j], histogram_at(h, percents[j]));
		buffer_printf(out, ",\"max\":%.6f}\n", h->max);
	}
}
