/*
 * Passwords in a record that were refused: names by value, and the places where they stand.
 */
#include "session/attempts.h"

#include <stdlib.h>

/* What stands in the place of a refused one, filled up to the length of the name. */
#define REFUSED_LONG SLICE("not-recorded")
#define REFUSED_SHORT SLICE("refused")

/* Braces and all, no name that is followed is longer: `{{password.999}}`. */
#define NAME_LONGEST 32

/* Where a name stands, braces included. */
struct place {
	off_t at;
	size_t n;
};

struct places {
	struct place *rows;
	size_t n;
};

/* What became of the value that has the plain name. */
enum verdict { VERDICT_NONE, VERDICT_PENDING, VERDICT_REFUSED, VERDICT_ACCEPTED };

/* All values of one name. They are known by number (session/secrets.h). */
struct attempt {
	struct slice name;      /* "password" */
	unsigned holder;        /* whose value has the plain name */
	enum verdict verdict;   /* on that */
	struct places plain;    /* where it stands */
	struct places numbered; /* where others stand of which nobody knows yet */
};

static void places_add(struct places *places, off_t at, size_t n)
{
	places->rows = memory_grow(places->rows, places->n + 1, sizeof places->rows[0]);
	places->rows[places->n++] = (struct place){ at, n };
}

static void places_refuse(struct places *places, attempts_patch *patch, void *context)
{
	for (size_t i = 0; i < places->n; i++) {
		struct buffer word = { 0 };
		buffer_add_slice(&word, places->rows[i].n >= REFUSED_LONG.n ? REFUSED_LONG : REFUSED_SHORT);
		while (word.n < places->rows[i].n)
			buffer_add_octet(&word, '-');
		patch(context, places->rows[i].at, buffer_slice(&word));
		buffer_free(&word);
	}
	places->n = 0;
}

/* ---- names ---- */

static struct attempt *attempt_of(struct attempts *attempts, struct slice name)
{
	static const char *const names[] = { "password", "secret", "token" };
	for (size_t i = 0; i < attempts->n; i++)
		if (slice_equal(attempts->rows[i].name, name))
			return &attempts->rows[i];
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (!slice_equal(slice_of(names[i]), name))
			continue;
		attempts->rows = memory_grow(attempts->rows, attempts->n + 1, sizeof attempts->rows[0]);
		struct attempt *made = &attempts->rows[attempts->n++];
		*made = (struct attempt){ .name = slice_of(names[i]), .holder = 1 };
		return made;
	}
	return NULL;
}

/* Takes a `{{name}}` or `{{name.NUMBER}}` apart that begins at the front of `text`. Returns its length, 0 where there is
 * none whose values are followed. */
static size_t name_read(struct attempts *attempts, struct slice text, struct attempt **attempt, unsigned *number)
{
	/* Looked for only behind `{{`, and no further than a name goes: the text may be one line of megabytes. */
	if (!slice_starts(text, SLICE("{{")))
		return 0;
	size_t end = slice_find(slice_part(text, 0, NAME_LONGEST), SLICE("}}"));
	if (end == (text.n < NAME_LONGEST ? text.n : NAME_LONGEST))
		return 0;
	struct slice name = slice_part(text, 2, end);
	size_t dot = slice_find_octet(name, '.');
	uint64_t value = 1;
	if (dot < name.n && (!slice_number(slice_part(name, dot + 1, name.n), &value) || value == 0 || value > 999))
		return 0;
	*attempt = attempt_of(attempts, slice_part(name, 0, dot));
	*number = (unsigned)value;
	return *attempt ? end + 2 : 0;
}

/* The number under which a value stands in the record: the holder's and 1 are exchanged. */
static unsigned shown(const struct attempt *attempt, unsigned number)
{
	return number == attempt->holder ? 1 : number == 1 ? attempt->holder : number;
}

static void write_name(struct attempt *attempt, unsigned number, off_t at, struct buffer *out)
{
	size_t start = out->n;
	unsigned as = shown(attempt, number);
	buffer_printf(out, "{{" SLICE_FMT, SLICE_ARG(attempt->name));
	if (as > 1)
		buffer_printf(out, ".%u", as);
	buffer_add_string(out, "}}");
	if (as > 1) {
		places_add(&attempt->numbered, at, out->n - start);
	} else if (attempt->verdict != VERDICT_ACCEPTED) {
		places_add(&attempt->plain, at, out->n - start);
		attempt->verdict = VERDICT_PENDING;
	}
}

void attempts_name(struct attempts *attempts, struct slice lines, off_t at, struct buffer *out, attempts_patch *patch,
                   void *context)
{
	size_t before = out->n;
	for (size_t i = 0; i < lines.n;) {
		struct slice rest = slice_part(lines, i, lines.n);
		struct attempt *attempt = NULL;
		unsigned number = 0;
		bool quoted = slice_starts(rest, SLICE("{{{{"));
		size_t n = quoted ? 0 : name_read(attempts, rest, &attempt, &number);
		if (n == 0) {
			size_t plain = quoted ? 4 : 1;
			buffer_add_slice(out, slice_part(rest, 0, plain));
			i += plain;
			continue;
		}
		if (number != attempt->holder && attempt->verdict == VERDICT_REFUSED) {
			places_refuse(&attempt->plain, patch, context);
			attempt->holder = number;
		}
		write_name(attempt, number, at + (off_t)(out->n - before), out);
		i += n;
	}
}

void attempts_judged(struct attempts *attempts, bool accepted, attempts_patch *patch, void *context)
{
	for (size_t i = 0; i < attempts->n; i++) {
		struct attempt *attempt = &attempts->rows[i];
		if (attempt->verdict == VERDICT_PENDING)
			attempt->verdict = accepted ? VERDICT_ACCEPTED : VERDICT_REFUSED;
		if (attempt->verdict == VERDICT_ACCEPTED)
			attempt->plain.n = 0;
		if (!accepted)
			places_refuse(&attempt->numbered, patch, context);
		attempt->numbered.n = 0;
	}
}

void attempts_free(struct attempts *attempts)
{
	for (size_t i = 0; i < attempts->n; i++) {
		free(attempts->rows[i].plain.rows);
		free(attempts->rows[i].numbered.rows);
	}
	free(attempts->rows);
	*attempts = (struct attempts){ 0 };
}
