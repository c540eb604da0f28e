/*
 * A verification for people: a line a transcript when it is done, under it what differs side by side with what that means, and
 * in the end one sum. Results are told by words; weight and colour only add.
 */
#include <stdlib.h>

#include "base/escape.h"
#include "view/report_inside.h"
#include "view/style.h"
#include "view/versus.h"
#include "view/wrap.h"

/* So many transcripts scroll by: what was not ok is named once more at the end. */
#define MANY 10

/* What a terminal that does not say how wide it is has. */
#define COLUMNS 80

/* How wide the results are, "not ok" and two spaces; and how far what stands under them is indented. */
#define RESULT 8
#define INDENT 2
#define INDENTED "  "

/* Points that were skipped for one reason. */
struct skips {
	struct buffer why;
	size_t n;
};

struct terminal_report {
	struct report common; /* first: a report is one of these */
	struct sink sink;
	struct terminal_options options;
	struct buffer name;  /* of the transcript under way, escaped; empty between two */
	struct buffer body;  /* what will stand under its line */
	struct skips *skips; /* of it */
	size_t nskips;
	struct buffer lines;              /* of it: those that differ, ":12, 15" */
	struct buffer bad;                /* rows that name what was not ok */
	struct tally tally, all;          /* of it, and of all */
	size_t ok, differs, failed;       /* transcripts, by what came of them */
	size_t sessions, sessions_failed; /* of all that were run many times */
	size_t names_columns;             /* the longest name so far */
	bool blank;                       /* the last row is empty */
};

static struct terminal_report *terminal_of(struct report *report)
{
	return (struct terminal_report *)report;
}

static size_t columns_of(const struct terminal_report *t)
{
	size_t columns = t->options.columns ? t->options.columns(t->options.context) : 0;
	return columns ? columns : COLUMNS;
}

static const char *style(const struct terminal_report *t, const char *sequence)
{
	return t->options.color ? sequence : "";
}

/* Rows that end with an empty one. */
static bool ends_blank(const struct buffer *rows)
{
	return rows->n >= 2 && rows->p[rows->n - 1] == '\n' && rows->p[rows->n - 2] == '\n';
}

static void print(struct terminal_report *t, const struct buffer *rows)
{
	t->sink.write(t->sink.context, buffer_slice(rows));
	t->blank = ends_blank(rows);
}

/* Appends lines of text as rows that fit. */
static void text_add(const struct terminal_report *t, struct buffer *out, const char *indent, struct slice text)
{
	struct wrapping how = { .first = indent, .rest = indent, .columns = columns_of(t) };
	while (text.n) {
		struct buffer safe = { 0 };
		escape_text(&safe, slice_row(&text));
		(void)wrap(out, buffer_slice(&safe), &how);
		buffer_free(&safe);
	}
}

/* Appends what fits so many columns of a text that is escaped already, and an ellipsis where that is not all. */
static void cut_add(struct buffer *out, struct slice text, size_t columns)
{
	bool all = text_columns(text) <= columns;
	size_t used = all ? 0 : 1;
	while (text.n) {
		uint32_t character = '?';
		size_t length = utf8_decode(text, &character);
		used += (size_t)character_columns(character);
		if (used > columns)
			break;
		buffer_add(out, text.p, length);
		text = slice_part(text, length, text.n);
	}
	buffer_add_string(out, all ? "" : "…");
}

/* ---- a transcript ---- */

static void terminal_begin(struct report *report, const char *name, const char *title)
{
	struct terminal_report *t = terminal_of(report);
	(void)title;
	escape_text(&t->name, slice_of(name));
	t->tally = (struct tally){ 0 };
}

/* Where a reply differs, and what it answers, on one row. */
static void place_add(struct terminal_report *t, const struct point *point)
{
	struct buffer place = { 0 }, *out = &t->body;
	escape_text(&place, slice_of(point->file));
	buffer_printf(&place, ":%u", point->line);
	size_t columns = columns_of(t), used = INDENT + text_columns(buffer_slice(&place)) + sizeof "  C: " - 1;
	buffer_add_string(out, INDENTED);
	buffer_add_string(out, style(t, BOLD));
	buffer_add_slice(out, buffer_slice(&place));
	buffer_add_string(out, style(t, STYLE_END));
	if (point->asked.n && used < columns) {
		buffer_clear(&place);
		escape_text(&place, point->asked);
		buffer_add_string(out, "  C: ");
		cut_add(out, buffer_slice(&place), columns - used);
	}
	buffer_add_octet(out, '\n');
	buffer_free(&place);
}

/* A reply that differs: where, how, and what that means. */
static void difference_add(struct terminal_report *t, const struct point *point)
{
	struct versus how = { .columns = columns_of(t), .indent = INDENT, .color = t->options.color };
	struct buffer *out = &t->body;
	place_add(t, point);
	versus_add(out, point->expected, point->received, &how);
	if (t->options.notes != NOTES_OFF)
		text_add(t, out, INDENTED, point->note);
	buffer_add_octet(out, '\n');
}

static void skip_count(struct terminal_report *t, struct slice why)
{
	for (size_t i = 0; i < t->nskips; i++) {
		if (slice_equal(buffer_slice(&t->skips[i].why), why)) {
			t->skips[i].n++;
			return;
		}
	}
	t->skips = memory_grow(t->skips, t->nskips + 1, sizeof *t->skips);
	t->skips[t->nskips] = (struct skips){ .n = 1 };
	buffer_add_slice(&t->skips[t->nskips++].why, why);
}

/* Says how many replies were not compared, and why; forgets it. Returns whether `problem` was among the reasons. */
static bool skips_add(struct terminal_report *t, struct slice problem)
{
	bool told = false;
	for (size_t i = 0; i < t->nskips; i++) {
		struct buffer line = { 0 };
		buffer_add_count(&line, t->skips[i].n, "reply was not compared: ", "replies were not compared: ");
		buffer_add_slice(&line, buffer_slice(&t->skips[i].why));
		text_add(t, &t->body, INDENTED, buffer_slice(&line));
		told |= slice_equal(buffer_slice(&t->skips[i].why), problem);
		buffer_free(&line);
		buffer_free(&t->skips[i].why);
	}
	free(t->skips);
	t->skips = NULL;
	t->nskips = 0;
	return told;
}

static void terminal_point(struct report *report, const struct point *point)
{
	struct terminal_report *t = terminal_of(report);
	tally_point(&t->tally, point);
	if (point->verdict == VERDICT_DIFFERS) {
		buffer_printf(&t->lines, "%s%u", t->lines.n ? ", " : ":", point->line);
		difference_add(t, point);
	} else if (point->verdict == VERDICT_SKIPPED) {
		skip_count(t, point->note);
	}
}

static void terminal_comment(struct report *report, struct slice text)
{
	struct terminal_report *t = terminal_of(report);
	struct buffer rows = { 0 };
	text_add(t, t->name.n ? &t->body : &rows, t->name.n ? INDENTED : "", text);
	if (rows.n)
		print(t, &rows);
	buffer_free(&rows);
}

/* ---- its end ---- */

/* Failures of one kind, among many sessions. */
static void failures_add(struct terminal_report *t, const struct failures *failures)
{
	struct buffer line = { 0 };
	buffer_add_count(&line, failures->sessions, "session: ", "sessions: ");
	buffer_add_slice(&line, failures_words(failures));
	text_add(t, &t->body, INDENTED, buffer_slice(&line));
	if (failures->example)
		difference_add(t, failures->example);
	buffer_free(&line);
}

/* Appends a part of a sum; nothing where there is none of it. */
static void part_add(struct buffer *out, const char *before, size_t number, const char *one, const char *many)
{
	if (number == 0)
		return;
	buffer_add_string(out, before);
	buffer_add_count(out, number, one, many);
}

/* What the transcript came to: "9 replies, 1 differs  0.31 s". */
static void result_words(struct buffer *out, const struct tally *tally, const struct outcome *outcome)
{
	if (outcome->sessions) {
		buffer_add_count(out, outcome->sessions, "session", "sessions");
		part_add(out, ", ", outcome->failed, "failed", "failed");
	} else {
		buffer_add_count(out, tally_points(tally), "reply", "replies");
		part_add(out, ", ", tally->differs, "differs", "differ");
		part_add(out, ", ", tally->skipped, "skipped", "skipped");
	}
	buffer_add_string(out, "  ");
	seconds_add(out, outcome->seconds, 2);
	buffer_add_string(out, " s");
}

/* The transcript's own row: result, name and what it came to, the names and what stands behind them in columns as far as
 * the width allows. */
static void result_add(struct terminal_report *t, struct buffer *out, bool ok, const struct outcome *outcome)
{
	struct buffer words = { 0 };
	result_words(&words, &t->tally, outcome);
	size_t name = text_columns(buffer_slice(&t->name)), room = columns_of(t);
	size_t behind = text_columns(buffer_slice(&words)) + RESULT + 2;
	if (name > t->names_columns)
		t->names_columns = name;
	size_t pad = t->names_columns + behind <= room ? t->names_columns - name : 0;
	buffer_add_string(out, style(t, ok ? GREEN : BOLD_RED));
	buffer_add_string(out, ok ? "ok" : "not ok");
	buffer_add_string(out, style(t, STYLE_END));
	buffer_printf(out, "%*s", ok ? RESULT - 2 : RESULT - 6, "");
	buffer_add_slice(out, buffer_slice(&t->name));
	if (name + behind <= room)
		buffer_printf(out, "%*s", (int)pad + 2, "");
	else
		buffer_printf(out, "\n%*s", RESULT, "");
	buffer_add_slice(out, buffer_slice(&words));
	buffer_add_octet(out, '\n');
	buffer_free(&words);
}

static void outcome_count(struct terminal_report *t, bool ok, const struct outcome *outcome)
{
	tally_add(&t->all, &t->tally);
	t->ok += ok;
	t->differs += !ok && t->tally.differs > 0;
	t->failed += !ok && t->tally.differs == 0;
	t->sessions += outcome->sessions;
	t->sessions_failed += outcome->failed;
	if (ok)
		return;
	buffer_add_string(&t->bad, "not ok  ");
	buffer_add_slice(&t->bad, buffer_slice(&t->name));
	buffer_add_slice(&t->bad, buffer_slice(&t->lines));
	buffer_add_octet(&t->bad, '\n');
}

static size_t transcripts_of(const struct terminal_report *t)
{
	return t->ok + t->differs + t->failed;
}

/* Prints the transcript's row and what stands under it: where it is not ok, apart from the others. */
static void result_print(struct terminal_report *t, bool ok, const struct outcome *outcome)
{
	struct buffer out = { 0 };
	if (!ok && !t->blank && transcripts_of(t) > 0)
		buffer_add_octet(&out, '\n');
	result_add(t, &out, ok, outcome);
	if (t->tally.differs + outcome->nkinds > 0)
		buffer_add_octet(&out, '\n');
	buffer_add_slice(&out, buffer_slice(&t->body));
	if (!ok && !ends_blank(&out))
		buffer_add_octet(&out, '\n');
	print(t, &out);
	buffer_free(&out);
}

static void terminal_end(struct report *report, const struct outcome *outcome)
{
	struct terminal_report *t = terminal_of(report);
	bool ok = outcome_ok(&t->tally, outcome);
	for (size_t i = 0; i < outcome->nkinds; i++)
		failures_add(t, &outcome->kinds[i]);
	if (!skips_add(t, outcome->problem))
		text_add(t, &t->body, INDENTED, outcome->problem);
	result_print(t, ok, outcome);
	outcome_count(t, ok, outcome);
	buffer_clear(&t->body);
	buffer_clear(&t->name);
	buffer_clear(&t->lines);
}

/* ---- the sum ---- */

static void replies_sum(struct buffer *out, const struct tally *all)
{
	buffer_add_count(out, tally_points(all), "reply", "replies");
	part_add(out, ": ", all->ok, "as expected", "as expected");
	part_add(out, all->ok ? ", " : ": ", all->differs, "differs", "differ");
	part_add(out, all->ok + all->differs ? ", " : ": ", all->skipped, "skipped", "skipped");
}

static void sessions_sum(struct buffer *out, const struct terminal_report *t)
{
	size_t good = t->sessions - t->sessions_failed;
	buffer_add_count(out, t->sessions, "session", "sessions");
	part_add(out, ": ", good, "as expected", "as expected");
	part_add(out, good ? ", " : ": ", t->sessions_failed, "failed", "failed");
}

static void sum_add(struct buffer *out, const struct terminal_report *t)
{
	size_t replies = tally_points(&t->all);
	buffer_add_count(out, transcripts_of(t), "transcript", "transcripts");
	part_add(out, ": ", t->ok, "ok", "ok");
	part_add(out, t->ok ? ", " : ": ", t->differs, "differs", "differ");
	part_add(out, t->ok + t->differs ? ", " : ": ", t->failed, "failed", "failed");
	if (replies == 0 && t->sessions == 0)
		return;
	buffer_add_string(out, " (");
	if (replies)
		replies_sum(out, &t->all);
	if (replies && t->sessions)
		buffer_add_string(out, "; ");
	if (t->sessions)
		sessions_sum(out, t);
	buffer_add_octet(out, ')');
}

static void terminal_close(struct report *report)
{
	struct terminal_report *t = terminal_of(report);
	struct buffer sum = { 0 }, out = { 0 };
	struct wrapping how = { .first = "", .rest = INDENTED, .columns = columns_of(t), .style = style(t, BOLD) };
	sum_add(&sum, t);
	if (!t->blank)
		buffer_add_octet(&out, '\n');
	if (t->bad.n && transcripts_of(t) > MANY) {
		buffer_add_slice(&out, buffer_slice(&t->bad));
		buffer_add_octet(&out, '\n');
	}
	(void)wrap(&out, buffer_slice(&sum), &how);
	print(t, &out);
	(void)skips_add(t, (struct slice){ 0 });
	buffer_free(&sum);
	buffer_free(&out);
	buffer_free(&t->bad);
	buffer_free(&t->lines);
	buffer_free(&t->name);
	buffer_free(&t->body);
	free(t);
}

static const struct report_kind terminal_kind = {
	.begin = terminal_begin,
	.point = terminal_point,
	.comment = terminal_comment,
	.end = terminal_end,
	.close = terminal_close,
};

struct report *terminal_report(struct sink sink, const struct terminal_options *options)
{
	struct terminal_report *t = memory_zeroed(1, sizeof *t);
	t->common.kind = &terminal_kind;
	t->sink = sink;
	t->options = *options;
	return &t->common;
}
