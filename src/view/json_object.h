/*
 * One JSON object on its way (RFC 8259 section 4): its keys in the order in which they are given. Known to the faces and
 * reports that write JSON.
 */
#ifndef PARLANCE_VIEW_JSON_OBJECT_H
#define PARLANCE_VIEW_JSON_OBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"

struct json_object {
	struct buffer *out;
	bool begun; /* it has a key */
	bool lossy; /* some text was no UTF-8 */
};

/* Appends the brace that opens an object, and the one that closes it; before that, where some text of it was no UTF-8,
 * `"lossy":true`. */
struct json_object json_open(struct buffer *out);
void json_close(struct json_object *object);

/* Appends a key and its colon: the caller appends the value. */
void json_key(struct json_object *object, const char *name);

/* Append a key with its value; text as a string (base/escape.h, for JSON). */
void json_text(struct json_object *object, const char *name, struct slice text);
/* Nothing where the text is empty. */
void json_word(struct json_object *object, const char *name, struct slice text);
void json_number(struct json_object *object, const char *name, uint64_t number);
void json_bool(struct json_object *object, const char *name, bool value);
/* Seconds to the microsecond, whatever the locale's decimal sign. */
void json_seconds(struct json_object *object, const char *name, double seconds);

#endif
