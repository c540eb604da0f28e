/*
 * Lines that were said, as they stand on a screen.
 */
#include "view/said.h"

#include "view/style.h"
#include "view/wrap.h"

bool said_by_client(const struct dialogue_event *event)
{
	return event->side == SIDE_CLIENT && !event->aside;
}

const char *said_prefix(const struct dialogue_event *event)
{
	if (event->aside)
		return "#";
	return event->side == SIDE_CLIENT ? "C:" : "S:";
}

struct said_code said_add(struct buffer *out, const struct dialogue_event *event, size_t n)
{
	struct slice text = slice_part(event->text, 0, n);
	const struct span *span = event_span(event, SPAN_CODE);
	struct said_code code = { 0 };
	escape_for_screen(out, slice_part(text, 0, span ? span->start : 0));
	code.start = out->n;
	escape_for_screen(out, slice_part(text, span ? span->start : 0, span ? span->end : 0));
	code.end = out->n;
	escape_for_screen(out, slice_part(text, span ? span->end : 0, text.n));
	return code;
}

const char *class_style(enum class class)
{
	switch (class) {
	case CLASS_SUCCESS:
		return GREEN;
	case CLASS_TRANSIENT:
		return MAGENTA;
	case CLASS_FAILURE:
		return RED;
	default:
		return "";
	}
}

void styled_add(struct buffer *out, const char *style, struct slice text)
{
	buffer_add_string(out, style);
	buffer_add_slice(out, text);
	if (*style)
		buffer_add_string(out, STYLE_END);
}

void marked_add(struct buffer *out, struct slice text, struct said_code code, const char *style, const char *code_style)
{
	if (code.start == code.end || *code_style == '\0') {
		styled_add(out, style, text);
		return;
	}
	styled_add(out, style, slice_part(text, 0, code.start));
	styled_add(out, code_style, slice_part(text, code.start, code.end));
	styled_add(out, style, slice_part(text, code.end, text.n));
}
