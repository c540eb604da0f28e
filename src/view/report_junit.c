/*
 * A verification as JUnit's XML, which build servers show: a testsuite a transcript, a testcase a reply. No standard
 * defines it; this is what Jenkins and Surefire have schemas for, with the attributes `file` and `line` beside, which
 * GitLab and others read.
 *
 * XML 1.0 forbids most controls even as references, so that what is unsafe stands as the visible escapes of base/escape.h.
 */
#include <stdlib.h>

#include "base/escape.h"
#include "view/report_inside.h"

struct numbers {
	size_t tests, failures, errors, skipped;
};

struct junit_report {
	struct report common; /* first: a report is one of these */
	FILE *file;
	struct buffer suites; /* those that have ended */
	struct buffer cases;  /* of the one under way */
	struct buffer said;   /* comments of the one under way */
	char *name, *title, *class;
	struct numbers numbers, all; /* of the suite under way, and of those that have ended */
	double seconds;              /* of these */
};

static struct junit_report *junit_of(struct report *report)
{
	return (struct junit_report *)report;
}

/* ---- XML ---- */

/* Appends text of one line, fit for an element as for an attribute. */
static void xml_add(struct buffer *out, struct slice text)
{
	struct buffer safe = { 0 };
	escape_text(&safe, text);
	for (size_t i = 0; i < safe.n; i++) {
		switch (safe.p[i]) {
		case '&':
			buffer_add_string(out, "&amp;");
			break;
		case '<':
			buffer_add_string(out, "&lt;");
			break;
		case '>': /* of `]]>`, which may not stand in text */
			buffer_add_string(out, "&gt;");
			break;
		case '"':
			buffer_add_string(out, "&quot;");
			break;
		default:
			buffer_add_octet(out, safe.p[i]);
		}
	}
	buffer_free(&safe);
}

/* Appends lines, each ended by LF. */
static void xml_lines_add(struct buffer *out, const char *indent, struct slice text)
{
	while (text.n) {
		buffer_add_string(out, indent);
		xml_add(out, slice_row(&text));
		buffer_add_octet(out, '\n');
	}
}

static void attribute_add(struct buffer *out, const char *name, struct slice value)
{
	buffer_printf(out, " %s=\"", name);
	while (value.n) {
		xml_add(out, slice_row(&value));
		if (value.n)
			buffer_add_string(out, "&#10;");
	}
	buffer_add_octet(out, '"');
}

static void number_attribute_add(struct buffer *out, const char *name, size_t number)
{
	buffer_printf(out, " %s=\"%zu\"", name, number);
}

/* Surefire's schema allows three decimals. */
static void time_add(struct buffer *out, double seconds)
{
	buffer_add_string(out, " time=\"");
	seconds_add(out, seconds, 3);
	buffer_add_octet(out, '"');
}

static void property_add(struct buffer *out, const char *name, struct slice value)
{
	buffer_printf(out, "\t\t\t<property name=\"%s\"", name);
	attribute_add(out, "value", value);
	buffer_add_string(out, "/>\n");
}

/* ---- cases ---- */

/* What build servers group by: the file's path as a package and class, "mail/imap.txt" as mail.imap. */
static char *class_made(const char *name)
{
	struct buffer class = { 0 };
	while (*name == '.' || *name == '/')
		name++;
	for (struct slice rest = slice_of(name); rest.n; rest = slice_part(rest, 1, rest.n)) {
		bool ending = slice_equal(rest, SLICE(".txt")) || slice_starts(rest, SLICE(".txt#"));
		if (ending)
			rest = slice_part(rest, 4, rest.n);
		if (rest.n == 0)
			break;
		buffer_add_octet(&class, *rest.p == '/' ? '.' : *rest.p);
	}
	return buffer_take(&class);
}

/* Opens a testcase, and counts it; the caller ends it with case_close. */
static void case_open(struct junit_report *junit, struct slice name, const struct point *at)
{
	struct buffer *out = &junit->cases;
	junit->numbers.tests++;
	buffer_add_string(out, "\t\t<testcase");
	attribute_add(out, "name", name);
	attribute_add(out, "classname", slice_of(junit->class));
	attribute_add(out, "file", slice_of(at ? at->file : junit->name));
	if (at)
		number_attribute_add(out, "line", at->line);
	time_add(out, at ? at->seconds : 0);
	buffer_add_string(out, ">\n");
}

static void case_close(struct junit_report *junit)
{
	buffer_add_string(&junit->cases, "\t\t</testcase>\n");
}

static void side_add(struct buffer *out, const char *side, struct slice lines, const char *nothing)
{
	buffer_printf(out, "%s:\n", side);
	xml_lines_add(out, "  ", lines.n ? lines : slice_of(nothing));
}

/* What differs, as the text of an element that `message` sums up. */
static void difference_add(struct buffer *out, const struct point *point)
{
	struct buffer place = { 0 };
	buffer_printf(&place, "%s:%u", point->file, point->line);
	xml_lines_add(out, "", buffer_slice(&place));
	if (point->asked.n)
		side_add(out, "command", point->asked, "");
	side_add(out, "expected", point->expected, "(no reply)");
	side_add(out, "received", point->received, "(nothing came)");
	xml_lines_add(out, "", point->note);
	buffer_free(&place);
}

/* What a build server shows first. */
static struct slice message_of(const struct point *point)
{
	return point->note.n ? point->note : SLICE("The reply is not the one that was expected.");
}

/* Opens a failure or an error, and counts it; its text and its end are the caller's. */
static void failure_open(struct junit_report *junit, bool error, struct slice message)
{
	struct buffer *out = &junit->cases;
	junit->numbers.errors += error;
	junit->numbers.failures += !error;
	buffer_add_string(out, error ? "\t\t\t<error" : "\t\t\t<failure");
	attribute_add(out, "message", message);
	buffer_add_string(out, error ? " type=\"problem\">" : " type=\"difference\">");
}

static void skipped_add(struct junit_report *junit, struct slice why)
{
	junit->numbers.skipped++;
	buffer_add_string(&junit->cases, "\t\t\t<skipped");
	attribute_add(&junit->cases, "message", why);
	buffer_add_string(&junit->cases, "/>\n");
}

static void junit_point(struct report *report, const struct point *point)
{
	struct junit_report *junit = junit_of(report);
	struct buffer name = { 0 };
	buffer_printf(&name, "line %u: ", point->line);
	buffer_add_slice(&name, point->name);
	case_open(junit, buffer_slice(&name), point);
	if (point->verdict == VERDICT_DIFFERS) {
		failure_open(junit, false, message_of(point));
		difference_add(&junit->cases, point);
		buffer_add_string(&junit->cases, "</failure>\n");
	}
	if (point->verdict == VERDICT_SKIPPED)
		skipped_add(junit, point->note);
	case_close(junit);
	buffer_free(&name);
}

/* ---- suites ---- */

static void junit_begin(struct report *report, const char *name, const char *title)
{
	struct junit_report *junit = junit_of(report);
	junit->name = string_copy(name);
	junit->title = string_copy(title);
	junit->class = class_made(name);
}

/* What stopped a transcript is a case of its own: no reply stands for it. */
static void problem_add(struct junit_report *junit, struct slice problem)
{
	case_open(junit, SLICE("runs to its end"), NULL);
	failure_open(junit, true, problem);
	buffer_add_string(&junit->cases, "</error>\n");
	case_close(junit);
}

/* Failures of one kind, as text of their case. */
static void kind_add(struct buffer *out, const struct failures *failures)
{
	struct buffer line = { 0 };
	buffer_add_count(&line, failures->sessions, "session: ", "sessions: ");
	buffer_add_slice(&line, failures_words(failures));
	xml_lines_add(out, "", buffer_slice(&line));
	if (failures->example)
		difference_add(out, failures->example);
	buffer_free(&line);
}

/* A transcript that was run many times is one case. */
static void sessions_add(struct junit_report *junit, const struct outcome *outcome)
{
	struct buffer text = { 0 };
	buffer_add_count(&text, outcome->sessions, "session", "sessions");
	case_open(junit, buffer_slice(&text), NULL);
	if (outcome->failed) {
		buffer_clear(&text);
		buffer_add_number(&text, outcome->failed);
		buffer_add_string(&text, " of ");
		buffer_add_count(&text, outcome->sessions, "session failed", "sessions failed");
		failure_open(junit, false, buffer_slice(&text));
		for (size_t i = 0; i < outcome->nkinds; i++)
			kind_add(&junit->cases, &outcome->kinds[i]);
		buffer_add_string(&junit->cases, "</failure>\n");
	}
	case_close(junit);
	buffer_free(&text);
}

static void numbers_add(struct buffer *out, const struct numbers *numbers, double seconds)
{
	number_attribute_add(out, "tests", numbers->tests);
	number_attribute_add(out, "failures", numbers->failures);
	number_attribute_add(out, "errors", numbers->errors);
	time_add(out, seconds);
}

static void properties_add(struct buffer *out, const struct junit_report *junit, const struct outcome *outcome)
{
	buffer_add_string(out, "\t\t<properties>\n");
	property_add(out, "file", slice_of(junit->name));
	if (junit->title)
		property_add(out, "title", slice_of(junit->title));
	if (outcome->sessions) {
		buffer_printf(out, "\t\t\t<property name=\"sessions\" value=\"%zu\"/>\n", outcome->sessions);
		buffer_printf(out, "\t\t\t<property name=\"failed\" value=\"%zu\"/>\n", outcome->failed);
	}
	buffer_add_string(out, "\t\t</properties>\n");
}

static void suite_add(struct buffer *out, const struct junit_report *junit, const struct outcome *outcome)
{
	buffer_add_string(out, "\t<testsuite");
	attribute_add(out, "name", slice_of(junit->name));
	numbers_add(out, &junit->numbers, outcome->seconds);
	number_attribute_add(out, "skipped", junit->numbers.skipped);
	buffer_add_string(out, ">\n");
	properties_add(out, junit, outcome);
	buffer_add_slice(out, buffer_slice(&junit->cases));
	if (junit->said.n) {
		buffer_add_string(out, "\t\t<system-out>");
		buffer_add_slice(out, buffer_slice(&junit->said));
		buffer_add_string(out, "</system-out>\n");
	}
	buffer_add_string(out, "\t</testsuite>\n");
}

static void suite_forget(struct junit_report *junit)
{
	free(junit->name);
	free(junit->title);
	free(junit->class);
	junit->name = junit->title = junit->class = NULL;
	junit->numbers = (struct numbers){ 0 };
	buffer_clear(&junit->cases);
	buffer_clear(&junit->said);
}

static void junit_end(struct report *report, const struct outcome *outcome)
{
	struct junit_report *junit = junit_of(report);
	if (outcome->sessions)
		sessions_add(junit, outcome);
	if (outcome->problem.n)
		problem_add(junit, outcome->problem);
	suite_add(&junit->suites, junit, outcome);
	junit->all.tests += junit->numbers.tests;
	junit->all.failures += junit->numbers.failures;
	junit->all.errors += junit->numbers.errors;
	junit->seconds += outcome->seconds;
	suite_forget(junit);
}

/* What is said between two transcripts has no place in the format. */
static void junit_comment(struct report *report, struct slice text)
{
	struct junit_report *junit = junit_of(report);
	if (junit->name)
		xml_lines_add(&junit->said, "", text);
}

static void junit_close(struct report *report)
{
	struct junit_report *junit = junit_of(report);
	struct buffer head = { 0 };
	struct sink sink = sink_of_file(junit->file);
	buffer_add_string(&head, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
	attribute_add(&head, "name", SLICE("parlance verify"));
	numbers_add(&head, &junit->all, junit->seconds);
	buffer_add_string(&head, ">\n");
	buffer_add_string(&junit->suites, "</testsuites>\n");
	sink.write(sink.context, buffer_slice(&head));
	sink.write(sink.context, buffer_slice(&junit->suites));
	(void)fclose(junit->file);
	suite_forget(junit);
	buffer_free(&head);
	buffer_free(&junit->suites);
	buffer_free(&junit->cases);
	buffer_free(&junit->said);
	free(junit);
}

static const struct report_kind junit_kind = {
	.begin = junit_begin,
	.point = junit_point,
	.comment = junit_comment,
	.end = junit_end,
	.close = junit_close,
};

struct report *junit_report(FILE *file)
{
	struct junit_report *junit = memory_zeroed(1, sizeof *junit);
	junit->common.kind = &junit_kind;
	junit->file = file;
	return &junit->common;
}
