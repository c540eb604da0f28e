/*
 * A verification in the Test Anything Protocol, version 14: a subtest a transcript, a point a reply, printed as they come.
 *
 * A subtest is opened by its first point. A transcript without any (nothing answered, or it was run many times) is a
 * plain point: a plan of none would read as skipped.
 */
#include <stdlib.h>

#include "base/escape.h"
#include "view/report_inside.h"
#include "view/yaml.h"

/* How far a subtest is indented, and a YAML block behind its point. */
#define SUBTEST 4
#define YAML 2

struct tap_report {
	struct report common; /* first: a report is one of these */
	struct sink sink;
	struct buffer out;
	struct buffer waiting; /* comments, divided by LF, that came before the transcript's first point */
	char *name, *title;    /* of the transcript under way; NULL between two */
	size_t transcripts;
	struct tally tally; /* of the transcript under way */
};

static struct tap_report *tap_of(struct report *report)
{
	return (struct tap_report *)report;
}

static void flush(struct tap_report *tap)
{
	tap->sink.write(tap->sink.context, buffer_slice(&tap->out));
	buffer_clear(&tap->out);
}

/* Whether points of the transcript under way stand indented already. */
static bool in_subtest(const struct tap_report *tap)
{
	return tap->name && tally_points(&tap->tally) > 0;
}

static void indent_add(struct buffer *out, size_t indent)
{
	buffer_printf(out, "%*s", (int)indent, "");
}

/* Appends a description, or a reason: `#` would begin a directive, and so is escaped, as is what escapes it. A brace at the
 * end is spelled out: node-tap and its kin open a subtest there. */
static void described_add(struct buffer *out, struct slice text)
{
	struct buffer safe = { 0 };
	escape_text(&safe, slice_trim(text));
	for (size_t i = 0; i < safe.n; i++) {
		bool opens = safe.p[i] == '{' && i + 1 == safe.n;
		if (safe.p[i] == '#' || safe.p[i] == '\\')
			buffer_add_octet(out, '\\');
		if (opens)
			buffer_add_string(out, "\\\\x7B");
		else
			buffer_add_octet(out, safe.p[i]);
	}
	buffer_free(&safe);
}

/* ---- points ---- */

static void subtest_open(struct tap_report *tap)
{
	buffer_add_string(&tap->out, "# Subtest: ");
	described_add(&tap->out, slice_of(tap->name));
	buffer_add_octet(&tap->out, '\n');
	if (tap->title == NULL)
		return;
	indent_add(&tap->out, SUBTEST);
	buffer_add_string(&tap->out, "# ");
	escape_text(&tap->out, slice_of(tap->title));
	buffer_add_octet(&tap->out, '\n');
}

/* The number of a point and the like, before its description. */
static void point_open(struct tap_report *tap, size_t indent, bool ok, size_t number)
{
	indent_add(&tap->out, indent);
	buffer_printf(&tap->out, "%sok %zu - ", ok ? "" : "not ", number);
}

/* What was expected and what came, of a point that differs. */
static void difference_add(struct buffer *out, size_t indent, const struct point *point)
{
	if (point->asked.n)
		yaml_text(out, indent, "command", point->asked);
	yaml_text(out, indent, "expected", point->expected);
	yaml_text(out, indent, "received", point->received);
	if (point->note.n)
		yaml_text(out, indent, "note", point->note);
	yaml_text(out, indent, "file", slice_of(point->file));
	yaml_number(out, indent, "line", point->line);
}

static void comments_add(struct tap_report *tap, size_t indent, struct slice text)
{
	while (text.n) {
		indent_add(&tap->out, indent);
		buffer_add_string(&tap->out, "# ");
		escape_text(&tap->out, slice_row(&text));
		buffer_add_octet(&tap->out, '\n');
	}
}

/* What was said before the subtest was opened, by its first point; without any point there is no subtest. */
static void waiting_add(struct tap_report *tap, size_t indent)
{
	comments_add(tap, indent, buffer_slice(&tap->waiting));
	buffer_clear(&tap->waiting);
}

static void document_begin(struct buffer *out, size_t indent)
{
	indent_add(out, indent);
	buffer_add_string(out, "---\n");
}

static void document_end(struct buffer *out, size_t indent)
{
	indent_add(out, indent);
	buffer_add_string(out, "...\n");
}

static void tap_point(struct report *report, const struct point *point)
{
	struct tap_report *tap = tap_of(report);
	struct buffer name = { 0 };
	if (!in_subtest(tap)) {
		subtest_open(tap);
		waiting_add(tap, SUBTEST);
	}
	tally_point(&tap->tally, point);
	point_open(tap, SUBTEST, point->verdict != VERDICT_DIFFERS, tally_points(&tap->tally));
	buffer_printf(&name, "%s:%u ", point->file, point->line);
	buffer_add_slice(&name, point->name);
	described_add(&tap->out, buffer_slice(&name));
	if (point->verdict == VERDICT_SKIPPED) {
		buffer_add_string(&tap->out, " # SKIP ");
		described_add(&tap->out, point->note);
	}
	buffer_add_octet(&tap->out, '\n');
	if (point->verdict == VERDICT_DIFFERS) {
		document_begin(&tap->out, SUBTEST + YAML);
		difference_add(&tap->out, SUBTEST + YAML, point);
		document_end(&tap->out, SUBTEST + YAML);
	}
	buffer_free(&name);
	flush(tap);
}

/* ---- transcripts ---- */

static void tap_begin(struct report *report, const char *name, const char *title)
{
	struct tap_report *tap = tap_of(report);
	tap->name = string_copy(name);
	tap->title = string_copy(title);
	tap->tally = (struct tally){ 0 };
}

static void failures_add(struct buffer *out, size_t indent, const struct failures *failures)
{
	yaml_number(out, indent, "- sessions", failures->sessions);
	if (failures->problem.n)
		yaml_text(out, indent + 2, "problem", failures->problem);
	if (failures->example)
		difference_add(out, indent + 2, failures->example);
}

/* Why a transcript is not ok, beside its points. */
static void outcome_add(struct buffer *out, const struct outcome *outcome)
{
	if (outcome->problem.n == 0 && outcome->sessions == 0)
		return;
	document_begin(out, YAML);
	if (outcome->problem.n)
		yaml_text(out, YAML, "problem", outcome->problem);
	if (outcome->sessions) {
		yaml_number(out, YAML, "sessions", outcome->sessions);
		yaml_number(out, YAML, "failed", outcome->failed);
	}
	if (outcome->nkinds) {
		indent_add(out, YAML);
		buffer_add_string(out, "failures:\n");
	}
	for (size_t i = 0; i < outcome->nkinds; i++)
		failures_add(out, YAML + 2, &outcome->kinds[i]);
	document_end(out, YAML);
}

static void tap_end(struct report *report, const struct outcome *outcome)
{
	struct tap_report *tap = tap_of(report);
	bool ok = outcome_ok(&tap->tally, outcome);
	if (in_subtest(tap)) {
		indent_add(&tap->out, SUBTEST);
		buffer_printf(&tap->out, "1..%zu\n", tally_points(&tap->tally));
	}
	waiting_add(tap, 0);
	point_open(tap, 0, ok, ++tap->transcripts);
	described_add(&tap->out, slice_of(tap->name));
	buffer_add_octet(&tap->out, '\n');
	if (!ok)
		outcome_add(&tap->out, outcome);
	free(tap->name);
	free(tap->title);
	tap->name = tap->title = NULL;
	flush(tap);
}

static void tap_comment(struct report *report, struct slice text)
{
	struct tap_report *tap = tap_of(report);
	if (tap->name && !in_subtest(tap)) {
		buffer_add_slice(&tap->waiting, text);
		buffer_add_octet(&tap->waiting, '\n');
		return;
	}
	comments_add(tap, in_subtest(tap) ? SUBTEST : 0, text);
	flush(tap);
}

static void tap_close(struct report *report)
{
	struct tap_report *tap = tap_of(report);
	buffer_printf(&tap->out, "1..%zu\n", tap->transcripts);
	flush(tap);
	free(tap->name);
	free(tap->title);
	buffer_free(&tap->waiting);
	buffer_free(&tap->out);
	free(tap);
}

static const struct report_kind tap_kind = {
	.begin = tap_begin,
	.point = tap_point,
	.comment = tap_comment,
	.end = tap_end,
	.close = tap_close,
};

struct report *tap_report(struct sink sink)
{
	struct tap_report *tap = memory_zeroed(1, sizeof *tap);
	tap->common.kind = &tap_kind;
	tap->sink = sink;
	buffer_add_string(&tap->out, "TAP version 14\n");
	flush(tap);
	return &tap->common;
}
