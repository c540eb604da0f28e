/*
 * Printing transcripts: what is printed here is what scripts_parse reads.
 */
#include "script/script.h"

#include <stdlib.h>

#include "base/escape.h"

/* ---- the header ---- */

static void print_field(struct buffer *out, const char *name, const char *value)
{
	if (value == NULL)
		return;
	buffer_printf(out, "%s:%s", name, *value ? " " : "");
	escape_text_but_tabs(out, slice_of(value));
	buffer_add_octet(out, '\n');
}

void script_print_header(const struct script *script, struct buffer *out)
{
	print_field(out, "Title", script->title);
	print_field(out, "Protocol", script->protocol);
	print_field(out, "Source", script->source);
	print_field(out, "Target", script->target);
	print_field(out, "TLS", script->tls);
	print_field(out, "Match", script->match);
	print_field(out, "Date", script->date);
	print_field(out, "Who", script->who);
	for (size_t i = 0; i < script->nlets; i++)
		buffer_printf(out, "Let: %s=%s\n", script->lets[i].name, script->lets[i].value);
	for (size_t i = 0; i < script->nerrata; i++)
		print_field(out, "Errata", script->errata[i]);
}

/* ---- body lines ---- */

/* Whether `C: text` of that side would be read as a stage direction. */
static bool reads_as_direction(enum side side, struct slice text)
{
	if (text.n < 2 || text.p[0] != '<' || text.p[text.n - 1] != '>')
		return false;
	struct script_line line = { 0 };
	bool direction = script_direction(slice_part(text, 1, text.n - 1), &line) && line.side == side;
	free(line.name);
	return direction;
}

/* `C: text`, `S?\: text`, or the prefix alone where there is no text. */
static void print_said(struct buffer *out, enum side side, enum script_mark mark, bool exact, struct slice text)
{
	static const char *const marks[] = { "", "?", "*", "!" };
	buffer_printf(out, "%s%s%s:%s", side == SIDE_CLIENT ? "C" : "S", marks[mark], exact ? "\\" : "",
	              text.n ? " " : "");
	buffer_add_slice(out, text);
}

/* A line whose text has not been escaped, as an exact one. */
static void print_escaped(struct buffer *out, enum side side, enum script_mark mark, struct slice text,
                          struct slice line_end)
{
	struct buffer escaped = { 0 };
	escape_exact(&escaped, text);
	escape_exact(&escaped, line_end);
	print_said(out, side, mark, true, buffer_slice(&escaped));
	buffer_free(&escaped);
}

/* `opening` and the text behind it, made safe, or `empty` where there is none. */
static void print_wrapped(struct buffer *out, const char *opening, struct slice text, const char *closing)
{
	buffer_add_string(out, opening);
	escape_text_but_tabs(out, text);
	buffer_add_string(out, closing);
}

void script_print_line(const struct script_line *line, struct buffer *out)
{
	struct slice text = { line->text, line->text_n };
	switch (line->kind) {
	case SCRIPT_COMMENT:
		print_wrapped(out, text.n ? "# " : "#", text, "");
		break;
	case SCRIPT_DIRECTION:
		print_wrapped(out, "<", text, ">");
		break;
	case SCRIPT_SAID:
		/* A tab is a control, but harmless where it was written: only wire lines spell it out. */
		if (!line->exact && (!text_safe(text, true) || reads_as_direction(line->side, text)))
			print_escaped(out, line->side, line->mark, text, SLICE("\r\n"));
		else
			print_said(out, line->side, line->mark, line->exact, text);
		break;
	}
	buffer_add_octet(out, '\n');
}

void script_print(const struct script *script, struct buffer *out)
{
	size_t before = out->n;
	script_print_header(script, out);
	if (out->n > before && script->nlines)
		buffer_add_octet(out, '\n');
	for (size_t i = 0; i < script->nlines; i++)
		script_print_line(&script->lines[i], out);
}

/* ---- wire lines ---- */

/* Appends wire text so that a template gives it back: `{{` as `{{{{`. */
static void quote_braces(struct buffer *out, struct slice text)
{
	size_t i = 0;
	while (i < text.n) {
		bool pair = text.p[i] == '{' && i + 1 < text.n && text.p[i + 1] == '{';
		buffer_add(out, pair ? "{{{{" : text.p + i, pair ? 4 : 1);
		i += pair ? 2 : 1;
	}
}

/* Appends the text with its secrets masked and all else quoted. */
static void mask_and_quote(struct buffer *out, struct slice text, const struct span *masks, size_t nmasks)
{
	size_t from = 0;
	for (size_t i = 0; i < nmasks; i++) {
		if (masks[i].kind != SPAN_SECRET || masks[i].start < from)
			continue;
		quote_braces(out, slice_part(text, from, masks[i].start));
		buffer_add_slice(out, masks[i].mask);
		from = masks[i].end;
	}
	quote_braces(out, slice_part(text, from, text.n));
}

void script_print_wire(enum side side, struct slice text, struct slice line_end, const struct span *masks,
                       size_t nmasks, struct buffer *out)
{
	struct buffer body = { 0 };
	mask_and_quote(&body, text, masks, nmasks);
	struct slice said = buffer_slice(&body);
	if (slice_equal(line_end, SLICE("\r\n")) && text_safe(said, false) && !reads_as_direction(side, said))
		print_said(out, side, MARK_NONE, false, said);
	else
		print_escaped(out, side, MARK_NONE, said, line_end);
	buffer_free(&body);
}
