/*
 * What is the same for every report: the call goes to the kind's row. And a report that tells two others.
 */
#include "view/report.h"

#include <stdlib.h>

#include "view/report_inside.h"

void report_begin(struct report *report, const char *name, const char *title)
{
	report->kind->begin(report, name, title);
}

void report_point(struct report *report, const struct point *point)
{
	report->kind->point(report, point);
}

void report_comment(struct report *report, struct slice text)
{
	report->kind->comment(report, text);
}

void report_end(struct report *report, const struct outcome *outcome)
{
	report->kind->end(report, outcome);
}

void report_close(struct report *report)
{
	if (report)
		report->kind->close(report);
}

/* ---- counting ---- */

void tally_point(struct tally *tally, const struct point *point)
{
	tally->ok += point->verdict == VERDICT_OK;
	tally->differs += point->verdict == VERDICT_DIFFERS;
	tally->skipped += point->verdict == VERDICT_SKIPPED;
}

void tally_add(struct tally *tally, const struct tally *other)
{
	tally->ok += other->ok;
	tally->differs += other->differs;
	tally->skipped += other->skipped;
}

size_t tally_points(const struct tally *tally)
{
	return tally->ok + tally->differs + tally->skipped;
}

bool outcome_ok(const struct tally *tally, const struct outcome *outcome)
{
	return tally->differs == 0 && outcome->failed == 0 && outcome->problem.n == 0;
}

struct slice failures_words(const struct failures *failures)
{
	return failures->example ? SLICE("a reply differs, as in this one:") : failures->problem;
}

void seconds_add(struct buffer *out, double seconds, int decimals)
{
	unsigned long long scale = 1;
	for (int i = 0; i < decimals; i++)
		scale *= 10;
	unsigned long long parts = (unsigned long long)((seconds > 0 ? seconds : 0) * (double)scale + 0.5);
	buffer_printf(out, "%llu.%0*llu", parts / scale, decimals, parts % scale);
}

/* ---- both ---- */

struct both {
	struct report common; /* first: a report is one of these */
	struct report *one, *other;
};

static void both_begin(struct report *report, const char *name, const char *title)
{
	const struct both *both = (struct both *)report;
	report_begin(both->one, name, title);
	report_begin(both->other, name, title);
}

static void both_point(struct report *report, const struct point *point)
{
	const struct both *both = (struct both *)report;
	report_point(both->one, point);
	report_point(both->other, point);
}

static void both_comment(struct report *report, struct slice text)
{
	const struct both *both = (struct both *)report;
	report_comment(both->one, text);
	report_comment(both->other, text);
}

static void both_end(struct report *report, const struct outcome *outcome)
{
	const struct both *both = (struct both *)report;
	report_end(both->one, outcome);
	report_end(both->other, outcome);
}

static void both_close(struct report *report)
{
	struct both *both = (struct both *)report;
	report_close(both->one);
	report_close(both->other);
	free(both);
}

static const struct report_kind both_kind = {
	.begin = both_begin,
	.point = both_point,
	.comment = both_comment,
	.end = both_end,
	.close = both_close,
};

struct report *both_reports(struct report *one, struct report *other)
{
	if (one == NULL || other == NULL)
		return one ? one : other;
	struct both *both = memory_zeroed(1, sizeof *both);
	both->common.kind = &both_kind;
	both->one = one;
	both->other = other;
	return &both->common;
}
