/*
 * Reports: what a verification comes to, for people and for programs. A report is told of each transcript, of each point
 * in it (a reply that was compared), and of what they add up to; it decides nothing.
 *
 *     begin, point…, end;  begin, point…, end;  …  close
 */
#ifndef PARLANCE_VIEW_REPORT_H
#define PARLANCE_VIEW_REPORT_H

#include <stddef.h>
#include <stdio.h>

#include "base/slice.h"
#include "script/judge.h"
#include "view/view.h"

struct report;

/* One reply of a transcript, compared. Slices live until the call returns; all may hold any octets. */
struct point {
	enum verdict verdict;
	const char *file;      /* of the transcript, as it was named */
	unsigned line;         /* of the reply's first line in it */
	struct slice name;     /* that line, without its side: "250 OK" */
	struct slice asked;    /* the command that it answers, as the script has it; empty: none, or not known */
	struct slice expected; /* where it differs: the lines that were expected, divided by LF, without their side … */
	struct slice received; /* … and those that came; empty: nothing came */
	struct slice note;     /* where it differs: what that means; where it was skipped: why; else empty */
	double seconds;        /* from what it answers to its end; 0: not known */
};

/* Failures of one kind among many sessions of one transcript. */
struct failures {
	size_t sessions;             /* that failed so */
	const struct point *example; /* the first of them; NULL where the session failed otherwise, as `problem` says */
	struct slice problem;        /* "127.0.0.1:2525: connection refused"; empty where there is an example */
};

/* What came of one transcript. */
struct outcome {
	double seconds;
	/* Why it could not be run to its end, beside what the points say: no connection, a file that cannot be sent …; empty:
	 * it could. */
	struct slice problem;
	/* Of a transcript that was run many times, without points; else `sessions` is 0. */
	size_t sessions, failed;
	const struct failures *kinds;
	size_t nkinds;
};

struct report_kind {
	void (*begin)(struct report *report, const char *name, const char *title);
	void (*point)(struct report *report, const struct point *point);
	void (*comment)(struct report *report, struct slice text);
	void (*end)(struct report *report, const struct outcome *outcome);
	void (*close)(struct report *report);
};

/* What every report begins with. */
struct report {
	const struct report_kind *kind;
};

/* A transcript begins: `name` is the file (and, of several conversations in one, "file#2"), `title` its title or NULL. */
void report_begin(struct report *report, const char *name, const char *title);
void report_point(struct report *report, const struct point *point);
/* Lines of ours, divided by LF, that belong to the transcript under way or, between two, to the whole. */
void report_comment(struct report *report, struct slice text);
void report_end(struct report *report, const struct outcome *outcome);
/* Says what all came to, and frees the report. NULL is allowed. */
void report_close(struct report *report);

/* TAP version 14 (FORMATS section 3): a subtest a transcript. */
struct report *tap_report(struct sink sink);

/* FORMATS section 3, `--json`: a `result` object for each point; the events between them are a face's. */
struct report *json_report(struct sink sink);

/* For people at a terminal: a line a transcript, and what differs side by side with what it means; how wide and whether in
 * colour, as for a face. */
struct report *terminal_report(struct sink sink, const struct terminal_options *options);

/* JUnit's XML, as the test reports of build servers are read: written to `file` when the report is closed, which closes the
 * file too. */
struct report *junit_report(FILE *file);

/* Tells both. Closing it closes both. Of one that is NULL, the other itself. */
struct report *both_reports(struct report *one, struct report *other);

#endif
