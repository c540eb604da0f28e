/*
 * Writing a JSON object key by key.
 */
#include "view/json_object.h"

#include "base/escape.h"

struct json_object json_open(struct buffer *out)
{
	buffer_add_octet(out, '{');
	return (struct json_object){ .out = out };
}

void json_close(struct json_object *object)
{
	if (object->lossy)
		json_bool(object, "lossy", true);
	buffer_add_octet(object->out, '}');
}

void json_key(struct json_object *object, const char *name)
{
	buffer_printf(object->out, "%s\"%s\":", object->begun ? "," : "", name);
	object->begun = true;
}

void json_text(struct json_object *object, const char *name, struct slice text)
{
	json_key(object, name);
	object->lossy |= escape_json(object->out, text);
}

void json_word(struct json_object *object, const char *name, struct slice text)
{
	if (text.n)
		json_text(object, name, text);
}

void json_number(struct json_object *object, const char *name, uint64_t number)
{
	json_key(object, name);
	buffer_printf(object->out, "%llu", (unsigned long long)number);
}

void json_bool(struct json_object *object, const char *name, bool value)
{
	json_key(object, name);
	buffer_add_string(object->out, value ? "true" : "false");
}

void json_seconds(struct json_object *object, const char *name, double seconds)
{
	unsigned long long microseconds = (unsigned long long)((seconds > 0 ? seconds : 0) * 1e6 + 0.5);
	json_key(object, name);
	buffer_printf(object->out, "%llu.%06llu", microseconds / 1000000, microseconds % 1000000);
}
