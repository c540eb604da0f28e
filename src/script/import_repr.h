/*
 * What Python's repr() writes of octets and of text: b'250 OK\r\n'. Known to the readers of Python's libraries.
 */
#ifndef PARLANCE_SCRIPT_IMPORT_REPR_H
#define PARLANCE_SCRIPT_IMPORT_REPR_H

#include "base/buffer.h"
#include "base/slice.h"

/* Appends the octets (or the text, as UTF-8) that stand in quotes at the front of `text`: `b'…'`, `'…'`, `"…"`, `u'…'`, and
 * returns how many octets of `text` that took. 0, and nothing appended, where none stand there. */
size_t repr_read(struct slice text, struct buffer *out);

#endif
