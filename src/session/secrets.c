/*
 * Secrets told apart. Their values are not kept: a digest each.
 */
#include "session/secrets.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "session/mask.h"

/* So many values are told apart; what comes then has no number. */
#define SECRETS_MAX 256

struct secret {
	char *name;      /* of the variable */
	unsigned number; /* of the value, among those of that name */
	unsigned char digest[DIGEST_MAX];
};

/* ---- what a mask hides ---- */

/* The variable that stands in the mask, the innermost last one: `{{plain bob {{password}}}}`. Empty where there is
 * none. */
static struct slice variable_of(struct slice mask)
{
	size_t start = mask.n;
	for (size_t i = 0; i + 1 < mask.n; i++)
		if (mask.p[i] == '{' && mask.p[i + 1] == '{')
			start = i + 2;
	struct slice rest = slice_part(mask, start, mask.n);
	return slice_part(rest, 0, slice_find(rest, SLICE("}}")));
}

/* `{{base64 BEFORE{{name}}AFTER}}` hides what stands between the two. */
static bool between(struct slice mask, struct slice name, struct slice decoded, struct slice *value)
{
	const size_t opening = sizeof "{{base64 " - 1;
	size_t at = (size_t)(name.p - mask.p) - 2, behind = at + name.n + 4;
	struct slice before = slice_part(mask, opening, at), after = slice_part(mask, behind, mask.n - 2);
	if (decoded.n < before.n + after.n || !slice_starts(decoded, before) ||
	    !slice_equal(slice_part(decoded, decoded.n - after.n, decoded.n), after))
		return false;
	*value = slice_part(decoded, before.n, decoded.n - after.n);
	return true;
}

/* PLAIN's password stands behind the last NUL (RFC 4616 2). */
static struct slice behind_nul(struct slice decoded)
{
	size_t at = decoded.n;
	while (at > 0 && decoded.p[at - 1] != '\0')
		at--;
	return slice_part(decoded, at, decoded.n);
}

/* The value of the variable `name` in the mask. False where the text does not tell it; `room` is what it may lie in. */
static bool value_of(struct slice mask, struct slice name, struct slice text, struct buffer *room, struct slice *value)
{
	if (name.n + 4 == mask.n) { /* `{{name}}` */
		*value = text;
		return true;
	}
	bool base64 = slice_starts(mask, SLICE("{{base64 ")), plain = slice_starts(mask, SLICE("{{plain "));
	if ((!base64 && !plain) || !base64_decode(room, text))
		return false;
	if (base64)
		return between(mask, name, buffer_slice(room), value);
	*value = behind_nul(buffer_slice(room));
	return true;
}

/* ---- numbers ---- */

/* Whether `masking` calls that value by that name, and whether it calls any so. */
static bool is_given(const struct masking *masking, struct slice name, struct slice value, bool *taken)
{
	for (size_t i = 0; i < masking->nvalues; i++) {
		struct slice braces = slice_of(masking->names[i]);
		if (!slice_equal(slice_part(braces, 2, braces.n - 2), name))
			continue;
		*taken = true;
		if (slice_equal(slice_of(masking->values[i]), value))
			return true;
	}
	return false;
}

/* The value's number: 1 for the first of its name. */
static unsigned number_of(struct secrets *secrets, struct slice name, struct slice value, bool taken)
{
	unsigned char digest[DIGEST_MAX] = { 0 };
	unsigned number = taken ? 2 : 1;
	digest_of(DIGEST_SHA256, value, digest);
	for (size_t i = 0; i < secrets->n; i++) {
		const struct secret *row = &secrets->rows[i];
		if (!slice_equal(slice_of(row->name), name))
			continue;
		if (memcmp(row->digest, digest, sizeof digest) == 0)
			return row->number;
		number++;
	}
	if (secrets->n == SECRETS_MAX)
		return 1;
	secrets->rows = memory_grow(secrets->rows, secrets->n + 1, sizeof secrets->rows[0]);
	struct secret *row = &secrets->rows[secrets->n++];
	*row = (struct secret){ .name = slice_string(name), .number = number };
	memcpy(row->digest, digest, sizeof digest);
	return number;
}

void secrets_name(struct secrets *secrets, const struct masking *masking, struct slice mask, struct slice text,
                  struct buffer *out)
{
	struct buffer room = { 0 };
	struct slice name = variable_of(mask), value;
	bool taken = false;
	unsigned number = 1;
	if (name.n && !slice_equal(mask, text) && value_of(mask, name, text, &room, &value) &&
	    !is_given(masking, name, value, &taken))
		number = number_of(secrets, name, value, taken);
	size_t behind = number > 1 ? (size_t)(name.p - mask.p) + name.n : mask.n;
	buffer_add_slice(out, slice_part(mask, 0, behind));
	if (number > 1)
		buffer_printf(out, ".%u", number);
	buffer_add_slice(out, slice_part(mask, behind, mask.n));
	buffer_wipe(&room);
}

void secrets_free(struct secrets *secrets)
{
	for (size_t i = 0; i < secrets->n; i++)
		free(secrets->rows[i].name);
	free(secrets->rows);
	*secrets = (struct secrets){ 0 };
}
