/*
 * Variables: values by name, from --set, Let and captures.
 */
#include "script/template.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/escape.h"

static struct variable *find(const struct variables *v, struct slice name)
{
	for (size_t i = 0; i < v->n; i++)
		if (slice_equal(slice_of(v->rows[i].name), name))
			return &v->rows[i];
	return NULL;
}

static void value_wipe(struct variable *row)
{
	if (row->value)
		memory_wipe(row->value, row->value_n);
	free(row->value);
}

/* Gives the variable that value, and makes it where it is not there. */
static struct variable *store(struct variables *v, struct slice name, struct slice value)
{
	struct variable *row = find(v, name);
	char *copy = slice_string(value);
	if (row == NULL) {
		v->rows = memory_grow(v->rows, v->n + 1, sizeof *v->rows);
		row = &v->rows[v->n++];
		*row = (struct variable){ .name = slice_string(name) };
	}
	value_wipe(row);
	row->value = copy;
	row->value_n = value.n;
	return row;
}

/* Whether a value of that name is a secret. */
static bool name_is_secret(struct slice name)
{
	return slice_find_nocase(name, SLICE("pass")) < name.n || slice_find_nocase(name, SLICE("secret")) < name.n ||
	       slice_find_nocase(name, SLICE("token")) < name.n;
}

enum status variables_set(struct variables *v, const char *assignment, struct error *error)
{
	struct slice all = slice_of(assignment);
	size_t equals = slice_find_octet(all, '=');
	struct slice name = slice_part(all, 0, equals);
	if (equals == all.n)
		return error_set(error, STATUS_USAGE, "--set: a value is missing: write --set NAME=VALUE");
	if (!template_name_valid(name)) {
		struct buffer shown = { 0 };
		escape_text(&shown, name);
		enum status status = error_set(error, STATUS_USAGE,
		                               "--set: \"" SLICE_FMT "\" is no variable's name: it is made "
		                               "of letters, digits, _, - and ., and is no function's",
		                               SLICE_ARG(buffer_slice(&shown)));
		buffer_free(&shown);
		return status;
	}
	struct variable *row = store(v, name, slice_part(all, equals + 1, all.n));
	row->set = true;
	row->secret = name_is_secret(name);
	return STATUS_OK;
}

void variables_let(struct variables *v, const char *name, const char *value)
{
	const struct variable *row = find(v, slice_of(name));
	if (row == NULL || !row->set)
		(void)store(v, slice_of(name), slice_of(value));
}

void variables_capture(struct variables *v, struct slice name, struct slice value)
{
	const struct variable *row = find(v, name);
	if (row == NULL || !row->set)
		(void)store(v, name, value);
}

const struct variable *variables_get(const struct variables *v, struct slice name)
{
	return find(v, name);
}

/* ---- --map ---- */

static void map_add(struct variables *v, struct slice old, struct slice new)
{
	v->maps = memory_grow(v->maps, v->nmaps + 1, sizeof *v->maps);
	v->maps[v->nmaps++] = (struct mapping){ slice_string(old), slice_string(new) };
}

enum status variables_map(struct variables *v, const char *mapping, struct error *error)
{
	struct slice all = slice_of(mapping);
	size_t equals = slice_find_octet(all, '=');
	if (equals == all.n || equals == 0)
		return error_set(error, STATUS_USAGE,
		                 "--map: what is replaced, or by what, is missing: write --map OLD=NEW");
	map_add(v, slice_part(all, 0, equals), slice_part(all, equals + 1, all.n));
	return STATUS_OK;
}

/* Replaces a plain string wherever it stands (--map). */
static void replace_all(struct buffer *b, struct slice old, struct slice new)
{
	struct buffer out = { 0 };
	struct slice rest = buffer_slice(b);
	size_t at = old.n ? slice_find(rest, old) : rest.n;
	while (at < rest.n) {
		buffer_add_slice(&out, slice_part(rest, 0, at));
		buffer_add_slice(&out, new);
		rest = slice_part(rest, at + old.n, rest.n);
		at = slice_find(rest, old);
	}
	buffer_add_slice(&out, rest);
	buffer_wipe(b);
	*b = out;
}

void variables_replace(const struct variables *v, struct buffer *text)
{
	for (size_t i = 0; i < v->nmaps; i++)
		replace_all(text, slice_of(v->maps[i].old), slice_of(v->maps[i].new));
}

/* ---- the whole ---- */

void variables_copy(struct variables *to, const struct variables *from)
{
	*to = (struct variables){ 0 };
	for (size_t i = 0; i < from->n; i++) {
		const struct variable *row = &from->rows[i];
		struct variable *copy = store(to, slice_of(row->name), (struct slice){ row->value, row->value_n });
		copy->set = row->set;
		copy->secret = row->secret;
	}
	for (size_t i = 0; i < from->nmaps; i++)
		map_add(to, slice_of(from->maps[i].old), slice_of(from->maps[i].new));
	buffer_add_slice(&to->challenge, buffer_slice(&from->challenge));
	scram_copy(&to->scram, &from->scram);
}

void variables_free(struct variables *v)
{
	for (size_t i = 0; i < v->n; i++) {
		value_wipe(&v->rows[i]);
		free(v->rows[i].name);
	}
	for (size_t i = 0; i < v->nmaps; i++) {
		free(v->maps[i].old);
		free(v->maps[i].new);
	}
	free(v->rows);
	free(v->maps);
	buffer_free(&v->challenge);
	scram_clear(&v->scram);
	*v = (struct variables){ 0 };
}
