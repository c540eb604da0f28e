/*
 * Text as a YAML 1.2 scalar: as readable as it can be without losing anything. Known to the reports only.
 */
#ifndef PARLANCE_VIEW_YAML_H
#define PARLANCE_VIEW_YAML_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/slice.h"

/* Appends `indent` spaces, the key, its value and a LF. Several plain lines become a literal block, which ends each of them
 * with a LF; all else stands in double quotes, with what is unsafe as escapes. An octet that is no UTF-8 is shown as \xHH, as
 * everywhere. */
void yaml_text(struct buffer *out, size_t indent, const char *key, struct slice text);

/* `key` may begin with "- ", which opens an entry of a list. */
void yaml_number(struct buffer *out, size_t indent, const char *key, size_t number);

#endif
