/*
 * The histogram of durations against the exact numbers, and the table that is made of it.
 */
#include <math.h>

#include "base/histogram.h"
#include "cmd/measure.h"
#include "test.h"

#define MANY 20000

static int in_order(const void *a, const void *b)
{
	double one = *(const double *)a, other = *(const double *)b;
	return (one > other) - (one < other);
}

/* Numbers without a pattern, the same each time (Knuth's multiplier). */
static double unit(uint64_t *state)
{
	*state = *state * 6364136223846793005U + 1442695040888963407U;
	return (double)(*state >> 11) / 9007199254740992.0;
}

/* The nearest-rank percentile of sorted values. */
static double exact(const double *sorted, size_t n, double percent)
{
	size_t rank = (size_t)ceil((double)n * percent / 100);
	return sorted[rank ? rank - 1 : 0];
}

/* Never below the exact value, and above it by a 32nd of it at most, or a microsecond. */
static void compare(double *values, size_t n)
{
	static const double percents[] = { 1, 10, 50, 90, 99, 99.9, 100 };
	struct histogram *h = calloc(1, sizeof *h);
	for (size_t i = 0; i < n; i++)
		histogram_add(h, values[i]);
	qsort(values, n, sizeof *values, in_order);
	CHECK(h->n == n);
	CHECK(h->max == values[n - 1]);
	for (size_t i = 0; i < sizeof percents / sizeof percents[0]; i++) {
		double got = histogram_at(h, percents[i]), want = exact(values, n, percents[i]);
		bool near = got >= want * (1 - 1e-9) && got <= want * (1 + 1.0 / 32) + 1.001e-6;
		if (!near)
			printf("# p%g: received %.9f, exact %.9f\n", percents[i], got, want);
		CHECK(near);
	}
	free(h);
}

static void even_times_are_near_the_exact_ones(void)
{
	static double values[MANY];
	uint64_t state = 1;
	for (size_t i = 0; i < MANY; i++)
		values[i] = unit(&state) * 0.8;
	compare(values, MANY);
}

/* From microseconds to hours, as a server that hangs now and then gives them. */
static void times_of_every_size_are_near_the_exact_ones(void)
{
	static double values[MANY];
	uint64_t state = 2;
	for (size_t i = 0; i < MANY; i++)
		values[i] = pow(10, unit(&state) * 10 - 6);
	compare(values, MANY);
}

static void few_times_are_near_the_exact_ones(void)
{
	double one[] = { 0.0123 }, two[] = { 0.5, 0.001 }, ten[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
	compare(one, 1);
	compare(two, 2);
	compare(ten, 10);
}

static void powers_of_two_are_near_the_exact_ones(void)
{
	static double values[40];
	for (size_t i = 0; i < 35; i++)
		values[i] = ldexp(1e-6, (int)i);
	compare(values, 35);
}

static void nothing_counted_is_nothing(void)
{
	struct histogram *h = calloc(1, sizeof *h);
	CHECK(histogram_at(h, 50) == 0);
	CHECK(h->max == 0);
	free(h);
}

/* What no clock should give: it is counted all the same, and nothing outside the room is touched. */
static void odd_times_are_counted(void)
{
	struct histogram *h = calloc(1, sizeof *h);
	histogram_add(h, 0);
	histogram_add(h, -1);
	histogram_add(h, NAN);
	histogram_add(h, 1e12);
	histogram_add(h, INFINITY);
	CHECK(h->n == 5);
	CHECK(histogram_at(h, 50) < 2e-6);
	CHECK(histogram_at(h, 100) > 3600);
	free(h);
}

/* ---- the table ---- */

static void table_in_76_columns(void)
{
	struct measure m = { 0 };
	struct buffer text = { 0 };
	for (size_t i = 0; i < 1234; i++)
		measure_add(&m, SLICE("MAIL"), 0.000020);
	measure_add(&m, SLICE("A-COMMAND-LONGER-THAN-IT"), 2.5);
	measure_table(&m, 80, &text);
	CHECK_TEXT(buffer_slice(&text), "waited for                 count        p50        p90        p99        max\n"
	                                "MAIL                       1,234    0.02 ms    0.02 ms    0.02 ms    0.02 ms\n"
	                                "A-COMMAND-LONGER-...           1     2.50 s     2.50 s     2.50 s     2.50 s");
	buffer_free(&text);
	measure_free(&m);
}

static void table_in_38_columns(void)
{
	struct measure m = { 0 };
	struct buffer text = { 0 };
	measure_add(&m, SLICE("MAIL"), 0.0123);
	measure_add(&m, SLICE("DATA (text) x y z"), 1000);
	measure_table(&m, 40, &text);
	CHECK_TEXT(buffer_slice(&text), "waited for         p50     p99     max\n"
	                                "MAIL           12.3 ms 12.3 ms 12.3 ms\n"
	                                "DATA (text)...  1000 s  1000 s  1000 s");
	buffer_free(&text);
	measure_free(&m);
}

static void durations_have_three_digits(void)
{
	static const struct {
		double seconds;
		const char *words;
	} rows[] = { { 0, "0.00 ms" },        { 0.0000004, "0.00 ms" }, { 0.00035, "0.35 ms" }, { 0.009994, "9.99 ms" },
		     { 0.009996, "10.0 ms" }, { 0.0999, "99.9 ms" },    { 0.09996, "100 ms" },  { 0.9994, "999 ms" },
		     { 0.9996, "1.00 s" },    { 9.996, "10.0 s" },      { 99.96, "100 s" } };
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buffer text = { 0 };
		duration_words(&text, rows[i].seconds);
		CHECK_TEXT(buffer_slice(&text), rows[i].words);
		buffer_free(&text);
	}
}

static void names_have_a_bound(void)
{
	struct measure m = { 0 };
	for (size_t i = 0; i < 1000; i++) {
		char *name = string_printf("X%zu", i);
		measure_add(&m, slice_of(name), 1);
		free(name);
	}
	CHECK(m.n == 64);
	CHECK(measure_has(&m, SLICE("X62")));
	CHECK(!measure_has(&m, SLICE("X63")));
	CHECK_TEXT(slice_of(m.rows[63]->name), "other");
	CHECK(m.rows[63]->durations.n == 1000 - 63);
	measure_free(&m);
}

int main(void)
{
	TEST(even_times_are_near_the_exact_ones);
	TEST(times_of_every_size_are_near_the_exact_ones);
	TEST(few_times_are_near_the_exact_ones);
	TEST(powers_of_two_are_near_the_exact_ones);
	TEST(nothing_counted_is_nothing);
	TEST(odd_times_are_counted);
	TEST(table_in_76_columns);
	TEST(table_in_38_columns);
	TEST(durations_have_three_digits);
	TEST(names_have_a_bound);
	return test_end();
}
