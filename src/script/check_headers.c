/*
 * HTTP: where a header ends, and what stands in its place: a body without the empty line before it, fields without a request,
 * a request without its version.
 */
#include "script/check_hearing.h"

#include <stdlib.h>

/* So many lines are looked through for what stands further on. */
#define LINES_BEHIND 1000

static const struct protocol *protocol_now(const struct hearing *h)
{
	return dialogue_protocol(h->c.d);
}

void header_end_missing(struct hearing *h, enum side side)
{
	struct finding *row =
		checking_add(&h->c, h->last[side], CHECK_ERROR,
	                     "The empty line says that no field follows, and that the body begins, if there is one",
	                     "RFC 9112 2.1", "the empty line after the header is missing");
	missing_put(h, row, side, "");
	h->in_header[side] = false;
}

/* The end of the lines that are looked through. */
static size_t end_behind(const struct hearing *h)
{
	size_t left = h->script->nlines - h->c.line;
	return h->c.line + (left < LINES_BEHIND ? left : LINES_BEHIND);
}

/* Whether an empty line stands further on in the same side's lines. */
static bool empty_behind(const struct hearing *h)
{
	for (size_t i = h->c.line + 1; i < end_behind(h); i++) {
		const struct script_line *line = &h->script->lines[i];
		if (line->kind == SCRIPT_SAID && line->side != hearing_line(h)->side)
			return false;
		if (line->kind == SCRIPT_SAID && line->text_n == 0)
			return true;
	}
	return false;
}

static bool looks_like_field(struct slice text)
{
	return slice_find_octet(text, ':') < slice_find_octet(text, ' ');
}

/* Whether that side goes on with fields behind the payload that is described: then it stands for fields, too. */
static bool fields_behind(const struct hearing *h)
{
	for (size_t i = h->c.line + 1; i < end_behind(h); i++) {
		const struct script_line *line = &h->script->lines[i];
		if (line->kind == SCRIPT_SAID)
			return line->side == hearing_line(h)->side &&
			       (line->text_n == 0 || looks_like_field(slice_of(line->text)));
	}
	return false;
}

/* A number in hexadecimal digits, alone. */
static bool is_chunk_size(struct slice text)
{
	size_t n = 0;
	while (n < text.n &&
	       (octet_is_digit(text.p[n]) || (octet_lower(text.p[n]) >= 'a' && octet_lower(text.p[n]) <= 'f')))
		n++;
	return n == text.n && n > 0 && n <= 8;
}

/* HTTP: a line that is no field, where fields stand: a body begins without the empty line before it. */
void headers_judge(struct hearing *h)
{
	enum side side = hearing_line(h)->side;
	struct slice text = hearing_text(h);
	if (!h->in_header[side])
		return;
	if (hearing_line(h)->kind == SCRIPT_DIRECTION) {
		if (!fields_behind(h))
			header_end_missing(h, side);
		return;
	}
	if (text.n == 0 || text.p[0] == ' ' || text.p[0] == '\t' || protocol_now(h)->greeting(text) ||
	    protocol_now(h)->command(text))
		return;
	bool markup = is_chunk_size(text) || text.p[0] == '<' || text.p[0] == '{' || text.p[0] == '[' ||
	              text.p[0] == '"';
	if (!markup && (looks_like_field(text) || h->elided || empty_behind(h)))
		return;
	size_t header = h->last[side];
	header_end_missing(h, side);
	counts_judge(h, header, false);
}

/* ---- requests ---- */

/* The client's next line; empty where somebody else speaks before. */
static struct slice next_of_client(const struct hearing *h)
{
	for (size_t i = h->c.line + 1; i < end_behind(h); i++) {
		const struct script_line *line = &h->script->lines[i];
		if (line->kind == SCRIPT_SAID && line->side == SIDE_CLIENT && !line->exact)
			return (struct slice){ line->text, line->text_n };
		if (line->kind != SCRIPT_COMMENT)
			break;
	}
	return SLICE("");
}

static bool is_field(struct slice line)
{
	return looks_like_field(line) && slice_find_octet(line, ':') > 0;
}

/* `GET /` with fields behind it is none of HTTP/0.9: its version is missing, and it is heard with one. */
static void version_judge(struct hearing *h, struct slice method, struct slice target)
{
	struct buffer wire = { 0 };
	problem_tell(h, SLICE("the version is missing: HTTP/1.1 is wanted at the end; many servers refuse 0.9 now"),
	             SLICE(""));
	buffer_printf(&wire, SLICE_FMT " " SLICE_FMT " HTTP/1.1\r\n", SLICE_ARG(method), SLICE_ARG(target));
	buffer_free(&h->wire);
	h->wire = wire;
}

void requests_judge(struct hearing *h)
{
	struct slice text = hearing_text(h), rest = text, method = slice_word(&rest), target = slice_word(&rest);
	bool known = table_find(protocol_table(protocol_now(h), TABLE_COMMANDS), method) != NULL;
	if (hearing_line(h)->side != SIDE_CLIENT || hearing_line(h)->exact || h->unknown ||
	    dialogue_input(h->c.d) != INPUT_COMMAND || h->in_header[SIDE_CLIENT])
		return;
	if (known && target.n && slice_find_nocase(text, SLICE("HTTP/")) == text.n && is_field(next_of_client(h))) {
		version_judge(h, method, target);
	} else if (!known && is_field(text) && slice_find(text, SLICE(" HTTP/")) == text.n) {
		if (!h->strange_told)
			problem_tell(
				h, SLICE("a field without a request: METHOD TARGET HTTP/1.1 stands before the fields"),
				SLICE(""));
		h->strange_told = h->passed_over = true;
	}
}
