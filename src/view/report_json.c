/*
 * A verification as JSON, one object a line (FORMATS section 3): a `result` for each point, and an `outcome` for each
 * transcript when it ends, with what no point says: how long it took, what stopped it, and the failures of a transcript that
 * was run many times. Remarks are for people and give nothing here.
 */
#include <stdlib.h>

#include "view/json_object.h"
#include "view/report_inside.h"

struct json_report {
	struct report common; /* first: a report is one of these */
	struct sink sink;
	struct buffer line;
	char *name, *title; /* of the transcript under way */
	struct tally tally;
};

static struct json_report *json_of(struct report *report)
{
	return (struct json_report *)report;
}

static void flush(struct json_report *json)
{
	buffer_add_octet(&json->line, '\n');
	json->sink.write(json->sink.context, buffer_slice(&json->line));
	buffer_clear(&json->line);
}

static void json_begin(struct report *report, const char *name, const char *title)
{
	struct json_report *json = json_of(report);
	json->name = string_copy(name);
	json->title = string_copy(title);
	json->tally = (struct tally){ 0 };
}

/* What was expected and what came, of a point that differs. */
static void difference_keys(struct json_object *o, const struct point *point)
{
	json_text(o, "expected", point->expected);
	json_text(o, "received", point->received);
	json_text(o, "note", point->note);
}

static void json_point(struct report *report, const struct point *point)
{
	struct json_report *json = json_of(report);
	struct json_object o = json_open(&json->line);
	json_text(&o, "kind", SLICE("result"));
	json_text(&o, "file", slice_of(point->file));
	json_number(&o, "line", point->line);
	json_bool(&o, "ok", point->verdict != VERDICT_DIFFERS);
	if (point->verdict == VERDICT_DIFFERS)
		difference_keys(&o, point);
	if (point->verdict == VERDICT_SKIPPED) {
		json_bool(&o, "skipped", true);
		json_text(&o, "note", point->note);
	}
	json_close(&o);
	flush(json);
	tally_point(&json->tally, point);
}

static void json_comment(struct report *report, struct slice text)
{
	(void)report;
	(void)text;
}

static void failures_add(struct buffer *out, const struct failures *failures)
{
	struct json_object o = json_open(out);
	json_number(&o, "sessions", failures->sessions);
	if (failures->example) {
		json_text(&o, "file", slice_of(failures->example->file));
		json_number(&o, "line", failures->example->line);
		difference_keys(&o, failures->example);
	}
	json_word(&o, "problem", failures->problem);
	json_close(&o);
}

/* Of a transcript that was run many times. */
static void sessions_keys(struct json_object *o, const struct outcome *outcome)
{
	json_number(o, "sessions", outcome->sessions);
	json_number(o, "failed", outcome->failed);
	json_key(o, "failures");
	for (size_t i = 0; i < outcome->nkinds; i++) {
		buffer_add_octet(o->out, i ? ',' : '[');
		failures_add(o->out, &outcome->kinds[i]);
	}
	buffer_add_string(o->out, outcome->nkinds ? "]" : "[]");
}

static void json_end(struct report *report, const struct outcome *outcome)
{
	struct json_report *json = json_of(report);
	struct json_object o = json_open(&json->line);
	json_text(&o, "kind", SLICE("outcome"));
	json_text(&o, "file", slice_of(json->name));
	json_word(&o, "title", slice_of(json->title));
	json_bool(&o, "ok", outcome_ok(&json->tally, outcome));
	json_seconds(&o, "seconds", outcome->seconds);
	if (outcome->sessions) {
		sessions_keys(&o, outcome);
	} else {
		json_number(&o, "replies", tally_points(&json->tally));
		json_number(&o, "differ", json->tally.differs);
		json_number(&o, "skipped", json->tally.skipped);
	}
	json_word(&o, "problem", outcome->problem);
	json_close(&o);
	flush(json);
	free(json->name);
	free(json->title);
	json->name = json->title = NULL;
}

static void json_report_close(struct report *report)
{
	struct json_report *json = json_of(report);
	buffer_free(&json->line);
	free(json->name);
	free(json->title);
	free(json);
}

static const struct report_kind json_kind = {
	.begin = json_begin,
	.point = json_point,
	.comment = json_comment,
	.end = json_end,
	.close = json_report_close,
};

struct report *json_report(struct sink sink)
{
	struct json_report *json = memory_zeroed(1, sizeof *json);
	json->common.kind = &json_kind;
	json->sink = sink;
	return &json->common;
}
