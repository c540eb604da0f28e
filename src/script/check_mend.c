/*
 * Putting lines right: the hearing's copy of a line becomes what it should be, and is heard so from then on; findings get the
 * corrected line when all is heard.
 */
#include "script/check_hearing.h"

#include <stdlib.h>
#include <string.h>

#include "base/escape.h"

/* ---- lines ---- */

void line_mend(struct hearing *h, size_t line, struct finding *row, char *text)
{
	struct script_line *l = &h->script->lines[line];
	if (l->text != h->original->lines[line].text)
		free(l->text);
	l->text = text;
	l->text_n = strlen(text);
	row->repair = REPAIR_REPLACE;
}

void line_turn(struct hearing *h, size_t line, struct finding *row)
{
	struct script_line *l = &h->script->lines[line];
	l->side = l->side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
	row->repair = REPAIR_REPLACE;
}

void line_hush(struct hearing *h, size_t line, struct finding *row)
{
	struct script_line *l = &h->script->lines[line];
	line_mend(h, line, row, string_printf("%s: %s", l->side == SIDE_CLIENT ? "C" : "S", l->text));
	l->kind = SCRIPT_COMMENT;
}

void line_insert(struct finding *row, enum check_repair where, enum side side, const char *text)
{
	struct buffer line = { 0 };
	script_print_wire(side, slice_of(text), SLICE("\r\n"), NULL, 0, &line);
	row->repair = where;
	row->text = buffer_take(&line);
}

void repairs_adopt(struct hearing *h, size_t from)
{
	for (size_t i = from; i < h->c.found->n; i++) {
		struct finding *row = &h->c.found->rows[i];
		if (row->repair != REPAIR_REPLACE || row->text == NULL || row->line == NO_LINE)
			continue;
		const struct script_line *line = &h->script->lines[row->line];
		struct slice text = slice_of(row->text),
			     prefix = line->side == SIDE_CLIENT ? SLICE("C: ") : SLICE("S: ");
		if (line->exact || line->mark != MARK_NONE || !slice_starts(text, prefix) ||
		    slice_find_octet(text, '\n') < text.n)
			continue;
		line_mend(h, row->line, row, slice_string(slice_part(text, prefix.n, text.n)));
		free(row->text);
		row->text = NULL;
	}
}

void mended_print(struct hearing *h)
{
	for (size_t i = 0; i < h->c.found->n; i++) {
		struct finding *row = &h->c.found->rows[i];
		struct buffer line = { 0 };
		if (row->repair != REPAIR_REPLACE || row->text)
			continue;
		script_print_line(&h->script->lines[row->line], &line);
		line.n--; /* its LF */
		row->text = buffer_take(&line);
	}
}

/* ---- what a dialogue finds ---- */

/* `MAIL FROM: <a@b>`: no space behind the colon (RFC 5321 3.3). */
static void space_drop(struct hearing *h, struct finding *row)
{
	const struct script_line *line = hearing_line(h);
	struct slice text = { line->text, line->text_n };
	size_t colon = slice_find_octet(text, ':');
	if (line->exact || colon == text.n)
		return;
	struct slice before = slice_part(text, 0, colon + 1), behind = slice_trim(slice_part(text, colon + 1, text.n));
	struct slice rest = text, verb = slice_word(&rest);
	free(row->what);
	row->what = string_printf(SLICE_FMT " has a space after the colon", SLICE_ARG(verb));
	for (size_t n = 0; n < verb.n; n++)
		row->what[n] = octet_upper(row->what[n]);
	row->errata = string_printf("\"" SLICE_FMT " %.1s\" has a space after the colon, which RFC 5321 3.3 forbids",
	                            SLICE_ARG(before), behind.n ? behind.p : "");
	line_mend(h, h->c.line, row, string_printf(SLICE_FMT SLICE_FMT, SLICE_ARG(before), SLICE_ARG(behind)));
}

/* An exact line that ends in LF or CR alone becomes one that ends in CRLF. */
static void end_mend(struct hearing *h, struct finding *row)
{
	struct script_line *line = &h->script->lines[h->c.line];
	struct slice text = hearing_text(h);
	size_t last = h->wire.n ? (size_t)(h->wire.n - 1) : 0;
	bool ends = h->wire.n && (h->wire.p[last] == '\n' || h->wire.p[last] == '\r');
	if (!line->exact || !ends || h->c.open || slice_find_octet(text, '\r') < text.n ||
	    slice_find_octet(text, '\n') < text.n || !text_safe(text, false))
		return;
	row->errata = string_copy(h->wire.p[last] == '\n' ? "a line ends in LF alone" : "a line ends in CR alone");
	line_mend(h, h->c.line, row, slice_string(text));
	line->exact = false;
}

/* Whether the line's octets are payload, in which a CR is an octet like others. */
static bool is_payload(const struct hearing *h, enum side side)
{
	return dialogue_due(h->c.d, side) > 0 || (hearing_is_http(h) && !h->in_header[side] &&
	                                          (side == SIDE_SERVER || dialogue_input(h->c.d) != INPUT_COMMAND));
}

/* Whether the line under way is a piece, which the next line of its side goes on with. */
static bool goes_on(const struct hearing *h)
{
	for (size_t i = h->c.line + 1; i < h->script->nlines; i++) {
		const struct script_line *line = &h->script->lines[i];
		if (line->kind == SCRIPT_SAID && line->mark != MARK_NEVER)
			return line->exact && line->side == hearing_line(h)->side;
	}
	return false;
}

void end_judge(struct hearing *h)
{
	struct script_line *line = &h->script->lines[h->c.line];
	size_t n = h->wire.n, before = h->c.found->n;
	bool lf = n && h->wire.p[n - 1] == '\n';
	size_t crs = 0;
	while (crs < n - lf && h->wire.p[n - lf - crs - 1] == '\r')
		crs++;
	if (!line->exact || crs == 0 || (lf && crs == 1) || dialogue_protocol(h->c.d)->bare ||
	    is_payload(h, line->side) || (!lf && goes_on(h)))
		return;
	problem_tell(h, SLICE("bare CR: a CR stands only before LF"), SLICE(""));
	struct slice text = slice_part(buffer_slice(&h->wire), 0, n - lf - crs);
	bool whole = slice_find_octet(text, '\r') == text.n && slice_find_octet(text, '\n') == text.n;
	if (h->c.found->n > before && whole && !h->c.open && text_safe(text, false)) {
		struct finding *row = &h->c.found->rows[before];
		free(row->errata);
		row->errata = string_copy(lf ? "a line ends in CR CR LF" : "a line ends in CR alone");
		line_mend(h, h->c.line, row, slice_string(text));
		line->exact = false;
	}
	h->wire.n = text.n;
	buffer_add_string(&h->wire, "\r\n");
}

/* Documents leave +OK out before a list or a text. */
static void status_insert(struct hearing *h, struct finding *row)
{
	struct waiting_command one;
	if (dialogue_waiting(h->c.d, 0, &one))
		row->errata = string_printf("the answer to " SLICE_FMT " has no +OK before it (RFC 1939 3)",
		                            SLICE_ARG(one.verb));
	line_insert(row, REPAIR_BEFORE, SIDE_SERVER, "+OK");
}

void problem_mend(struct hearing *h, struct slice problem, struct finding *row)
{
	static const struct {
		const char *begins;
		void (*mend)(struct hearing *h, struct finding *row);
	} rows[] = {
		{ "no space may stand after the colon", space_drop },
		{ "bare LF", end_mend },
		{ "bare CR", end_mend },
		{ "the server's +OK is missing before", status_insert },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (slice_starts(problem, slice_of(rows[i].begins)))
			rows[i].mend(h, row);
}
