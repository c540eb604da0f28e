/*
 * check: findings as lines, for people, for an editor, or as JSON (FORMATS section 6).
 */
#include <string.h>

#include "base/escape.h"
#include "cmd/check.h"
#include "view/json_object.h"
#include "view/wrap.h"

/* How the two levels are told apart where there are colours. */
static const struct level {
	const char *name, *style;
} levels[] = { [CHECK_ERROR] = { "error", "\033[1;31m" }, [CHECK_WARNING] = { "warning", "\033[35m" } };

#define STYLE_END "\033[0m"

/* What a secret value of --set says is not shown. */
static void add_masked(const struct checks *checks, const char *string, struct buffer *out)
{
	struct masking masking = options_masking(checks->options, false);
	struct slice text = slice_of(string);
	struct buffer room = { 0 };
	(void)mask_values(&masking, &text, &room);
	escape_text(out, text);
	buffer_free(&room);
}

/* `FILE:LINE: `; returns what follows it as one sentence or more. */
static void add_words(const struct checks *checks, const struct finding *f, struct buffer *out)
{
	buffer_printf(out, "%s: ", levels[f->level].name);
	add_masked(checks, f->what, out);
	buffer_add_string(out, ".");
	if (*f->why) {
		buffer_add_octet(out, ' ');
		add_masked(checks, f->why, out);
		buffer_add_string(out, ".");
	}
	if (*f->ref)
		buffer_printf(out, " (%s)", f->ref);
}

/* Wrapped, and the level in its colour: it stands in the first row, if that has room for it. */
static void add_for_people(const struct checks *checks, const struct finding *f, struct slice place, struct buffer *out)
{
	struct buffer text = { 0 }, rows = { 0 };
	const struct level *level = &levels[f->level];
	struct wrapping how = { .first = "", .rest = "    ", .columns = page_columns(checks->out) };
	buffer_add_slice(&text, place);
	add_words(checks, f, &text);
	(void)wrap(&rows, buffer_slice(&text), &how);
	struct slice all = buffer_slice(&rows), word = slice_part(all, place.n, place.n + strlen(level->name));
	bool colored = color_wanted(checks->options->color, checks->out) && slice_equal(word, slice_of(level->name));
	if (colored) {
		buffer_add_slice(out, place);
		buffer_printf(out, "%s%s" STYLE_END, level->style, level->name);
		all = slice_part(all, place.n + word.n, all.n);
	}
	buffer_add_slice(out, all);
	buffer_free(&rows);
	buffer_free(&text);
}

static void add_json(const struct checks *checks, const struct script *script, const struct finding *f,
                     struct buffer *out)
{
	struct buffer what = { 0 }, why = { 0 };
	struct json_object object = json_open(out);
	add_masked(checks, f->what, &what);
	add_masked(checks, f->why, &why);
	json_text(&object, "file", slice_of(script->file));
	json_number(&object, "line", f->number);
	json_text(&object, "level", slice_of(levels[f->level].name));
	json_text(&object, "what", buffer_slice(&what));
	json_word(&object, "why", buffer_slice(&why));
	json_word(&object, "ref", slice_of(f->ref));
	json_close(&object);
	buffer_add_octet(out, '\n');
	buffer_free(&what);
	buffer_free(&why);
}

static void add_finding(const struct checks *checks, const struct script *script, const struct finding *f,
                        struct buffer *out)
{
	struct buffer place = { 0 };
	if (checks->options->json) {
		add_json(checks, script, f, out);
		return;
	}
	escape_text(&place, slice_of(script->file));
	buffer_printf(&place, ":%u: ", f->number);
	if (checks->people) {
		add_for_people(checks, f, buffer_slice(&place), out);
	} else {
		buffer_add_slice(out, buffer_slice(&place));
		add_words(checks, f, out);
		buffer_add_octet(out, '\n');
	}
	buffer_free(&place);
}

void checks_print(const struct checks *checks, const struct script *script, const struct findings *found)
{
	struct buffer out = { 0 };
	struct sink sink = sink_of_file(checks->out);
	for (size_t i = 0; i < found->n; i++)
		add_finding(checks, script, &found->rows[i], &out);
	if (out.n)
		sink.write(sink.context, buffer_slice(&out));
	buffer_free(&out);
}

/* "3 errors, 1 warning", "no mistakes found". */
static void add_sum(struct buffer *out, size_t errors, size_t warnings)
{
	if (errors)
		buffer_add_count(out, errors, "error", "errors");
	buffer_add_string(out, errors && warnings ? ", " : "");
	if (warnings)
		buffer_add_count(out, warnings, "warning", "warnings");
	if (errors + warnings == 0)
		buffer_add_string(out, "no mistakes found");
}

void checks_file(const char *name, const struct findings *found, size_t n)
{
	struct buffer sum = { 0 };
	size_t errors = 0, warnings = 0;
	for (size_t i = 0; i < n; i++) {
		errors += found[i].errors;
		warnings += found[i].warnings;
	}
	add_sum(&sum, errors, warnings);
	if (n > 1) {
		buffer_add_string(&sum, " in ");
		buffer_add_count(&sum, n, "conversation", "conversations");
	}
	complain("%s: " SLICE_FMT, input_name(name), SLICE_ARG(buffer_slice(&sum)));
	buffer_free(&sum);
}

void checks_sum(const struct checks *checks)
{
	struct buffer out = { 0 };
	struct sink sink = sink_of_file(checks->out);
	add_sum(&out, checks->errors, checks->warnings);
	if (checks->files > 1) {
		buffer_add_string(&out, " in ");
		buffer_add_count(&out, checks->files, "file", "files");
	}
	buffer_add_octet(&out, '\n');
	sink.write(sink.context, buffer_slice(&out));
	buffer_free(&out);
}
