/*
 * A line that was said, as a screen shows it: by whom, safe, its code marked. Known to the faces for people.
 */
#ifndef PARLANCE_VIEW_SAID_H
#define PARLANCE_VIEW_SAID_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "protocol/dialogue.h"

/* Where the reply code stands in a text that was made safe, in octets; nothing where both are equal. */
struct said_code {
	size_t start, end;
};

/* Whether the line is the client's own: what goes over FTP's data connection is no line of either. */
bool said_by_client(const struct dialogue_event *event);

/* "C:", "S:", or "#" of what went over FTP's data connection. */
const char *said_prefix(const struct dialogue_event *event);

/* Appends the first `n` octets of an event's text, safe to show (escape_for_screen); returns where its code stands in `out`. */
struct said_code said_add(struct buffer *out, const struct dialogue_event *event, size_t n);

/* The colour that a code of that class stands in; "" for none. */
const char *class_style(enum class class);

/* Appends text that is safe already, in a style ("": none). */
void styled_add(struct buffer *out, const char *style, struct slice text);

/* The same, but the code in its own style, where that is not "". */
void marked_add(struct buffer *out, struct slice text, struct said_code code, const char *style,
                const char *code_style);

#endif
