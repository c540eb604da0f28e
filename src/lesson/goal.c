/*
 * Goals: which keys an event must have (FORMATS sections 6 and 7).
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lesson/inside.h"
#include "protocol/knowledge.h"
#include "protocol/protocol.h"

/* ---- the keys of an event ---- */

static struct slice yes_or_no(bool yes)
{
	return yes ? SLICE("true") : SLICE("false");
}

static struct slice number(struct buffer *room, uint64_t value)
{
	buffer_printf(room, "%" PRIu64, value);
	return buffer_slice(room);
}

static struct slice name_or_nothing(const char *name)
{
	return name ? slice_of(name) : (struct slice){ NULL, 0 };
}

#define VALUE(name, expression) \
	static struct slice value_##name(const struct dialogue_event *e, struct buffer *room) \
	{ \
		(void)room; \
		return (expression); \
	}

VALUE(answers, e->answers ? number(room, e->answers) : SLICE(""))
VALUE(class, name_or_nothing(class_name(e->class)))
VALUE(code, e->code)
VALUE(decoded, e->decoded)
VALUE(enhanced, e->enhanced)
VALUE(final, e->has_final ? yes_or_no(e->final) : SLICE(""))
VALUE(keyword, e->keyword)
VALUE(kind, slice_of(kind_name(e->kind)))
VALUE(note, e->note)
VALUE(octets, number(room, e->octets))
VALUE(phase, name_or_nothing(phase_name(e->phase)))
VALUE(problem, e->problem)
VALUE(protocol, slice_of(e->protocol))
VALUE(ref, e->ref)
VALUE(secure, yes_or_no(e->secure))
VALUE(side, e->side == SIDE_CLIENT ? SLICE("C") : SLICE("S"))
VALUE(state, slice_of(e->state))
VALUE(tag, e->tag)
VALUE(text, e->text)
VALUE(verb, e->verb)

/* Whether a key may have such a value; of the others any may come. */

static bool is_class(struct slice value)
{
	for (enum class class = CLASS_INFO; class <= CLASS_FAILURE; class ++)
		if (slice_equal_nocase(value, slice_of(class_name(class))))
			return true;
	return false;
}

static bool is_kind(struct slice value)
{
	for (enum event_kind kind = EVENT_COMMAND; kind <= EVENT_JUNK; kind++)
		if (slice_equal_nocase(value, slice_of(kind_name(kind))))
			return true;
	return false;
}

static bool is_phase(struct slice value)
{
	for (enum phase phase = PHASE_GREET; phase <= PHASE_GOODBYE; phase++)
		if (slice_equal_nocase(value, slice_of(phase_name(phase))))
			return true;
	return false;
}

static bool is_protocol(struct slice value)
{
	return protocol_named(value) != NULL;
}

static bool is_side(struct slice value)
{
	return slice_equal_nocase(value, SLICE("C")) || slice_equal_nocase(value, SLICE("S"));
}

static bool is_yes_or_no(struct slice value)
{
	return slice_equal_nocase(value, SLICE("true")) || slice_equal_nocase(value, SLICE("false"));
}

/* Sorted by name. */
static const struct key {
	const char *name;
	struct slice (*value)(const struct dialogue_event *event, struct buffer *room);
	bool (*may_be)(struct slice value); /* NULL: anything */
} keys[] = {
	{ "answers", value_answers, NULL },
	{ "class", value_class, is_class },
	{ "code", value_code, NULL },
	{ "decoded", value_decoded, NULL },
	{ "enhanced", value_enhanced, NULL },
	{ "final", value_final, is_yes_or_no },
	{ "keyword", value_keyword, NULL },
	{ "kind", value_kind, is_kind },
	{ "note", value_note, NULL },
	{ "octets", value_octets, NULL },
	{ "phase", value_phase, is_phase },
	{ "problem", value_problem, NULL },
	{ "protocol", value_protocol, is_protocol },
	{ "ref", value_ref, NULL },
	{ "secure", value_secure, is_yes_or_no },
	{ "side", value_side, is_side },
	{ "state", value_state, NULL },
	{ "tag", value_tag, NULL },
	{ "text", value_text, NULL },
	{ "verb", value_verb, NULL },
};
#define KEYS (sizeof keys / sizeof keys[0])

static int compare_key(const void *name, const void *row)
{
	return strcmp(name, ((const struct key *)row)->name);
}

static const struct key *key_named(const char *name)
{
	return bsearch(name, keys, KEYS, sizeof keys[0], compare_key);
}

/* ---- reading them ---- */

/* Takes `name=value` or `name="a value"` off the front. */
static struct slice take_pair(struct slice *rest)
{
	size_t at = 0;
	bool quoted = false;
	*rest = slice_trim(*rest);
	while (at < rest->n && (quoted || rest->p[at] != ' ')) {
		quoted ^= rest->p[at] == '"';
		at++;
	}
	struct slice pair = slice_part(*rest, 0, at);
	*rest = slice_part(*rest, at, rest->n);
	return pair;
}

/* A value that no event has. */
static void blame_value(struct lesson *lesson, const struct lesson_item *goal, const char *name, struct slice value)
{
	const struct key *key = key_named(name);
	struct slice rest = value;
	size_t quotes = 0;
	for (size_t i = 0; i < value.n; i++)
		quotes += value.p[i] == '"';
	if (quotes % 2)
		lesson_blame(lesson, goal->line, false,
		             "%s=" SLICE_FMT ": one double quote alone: a value with spaces stands in two: "
		             "text=\"no such user*\"",
		             name, SLICE_ARG(value));
	else if (value.p[value.n - 1] == ',')
		lesson_blame(lesson, goal->line, false,
		             "%s=" SLICE_FMT ": the comma is taken for part of the value: keys are parted by spaces",
		             name, SLICE_ARG(value));
	else
		while (key->may_be && rest.n) {
			size_t bar = slice_find_octet(rest, '|');
			struct slice one = slice_part(rest, 0, bar);
			if (slice_find_octet(one, '*') == one.n && !key->may_be(one))
				lesson_blame(lesson, goal->line, false,
				             "%s=" SLICE_FMT ": no event has that: see what --json prints there", name,
				             SLICE_ARG(one));
			rest = slice_part(rest, bar < rest.n ? bar + 1 : rest.n, rest.n);
		}
}

static void blame_key(struct lesson *lesson, const struct lesson_item *goal, const char *name, bool has_value)
{
	const char *names[KEYS], *near;
	for (size_t i = 0; i < KEYS; i++)
		names[i] = keys[i].name;
	near = has_value ? word_near(slice_of(name), names, KEYS) : NULL;
	if (has_value)
		lesson_blame(lesson, goal->line, false,
		             "%s: no key of an event: a goal's first line has keys as --json prints them, like "
		             "verb=RCPT class=failure%s%s",
		             name, near ? ": nearest is " : "", near ? near : "");
	else
		lesson_blame(lesson, goal->line, false,
		             "%s: no key=value: a goal's first line has nothing else, like verb=RCPT class=failure, "
		             "without a space around =, and a value with spaces in double quotes; words stand in the "
		             "next line",
		             *name ? name : "=");
}

/* False where it is none: what follows will be none either. */
static bool read_pair(struct lesson *lesson, struct lesson_item *goal, struct slice pair)
{
	size_t sign = slice_find_octet(pair, '=');
	struct slice value = slice_part(pair, sign < pair.n ? sign + 1 : pair.n, pair.n);
	char *name = slice_string(slice_part(pair, 0, sign));
	if (value.n > 1 && value.p[0] == '"' && value.p[value.n - 1] == '"')
		value = slice_part(value, 1, value.n - 1);
	if (sign == 0 || value.n == 0 || key_named(name) == NULL) {
		blame_key(lesson, goal, name, sign && value.n);
		free(name);
		return sign && value.n;
	}
	blame_value(lesson, goal, name, value);
	goal->keys = memory_grow(goal->keys, goal->nkeys + 1, sizeof *goal->keys);
	goal->keys[goal->nkeys++] = (struct goal_key){ name, slice_string(value) };
	return true;
}

void goal_read_keys(struct lesson *lesson, struct lesson_item *goal, struct slice text)
{
	size_t faults = lesson->nfaults;
	struct slice pair = take_pair(&text);
	while (pair.n && read_pair(lesson, goal, pair))
		pair = take_pair(&text);
	if (goal->nkeys == 0 && lesson->nfaults == faults)
		lesson_blame(
			lesson, goal->line, false,
			"a goal without a key: any event would meet it: behind **Goal**, in its line, write what is to "
			"happen, like verb=RCPT class=failure");
}

/* ---- meeting them ---- */

/* Whether the text is like the pattern, in which `*` stands for anything; without regard to case. */
static bool is_like(struct slice text, struct slice pattern)
{
	while (pattern.n) {
		if (pattern.p[0] == '*') {
			pattern = slice_part(pattern, 1, pattern.n);
			size_t n = slice_find_octet(pattern, '*'), last = pattern.n == n;
			struct slice piece = slice_part(pattern, 0, n);
			if (last)
				return text.n >= n && slice_equal_nocase(slice_part(text, text.n - n, text.n), piece);
			size_t at = slice_find_nocase(text, piece);
			if (n && at == text.n)
				return false;
			text = slice_part(text, at + n, text.n);
			pattern = slice_part(pattern, n, pattern.n);
			continue;
		}
		size_t n = slice_find_octet(pattern, '*');
		if (!slice_starts_nocase(text, slice_part(pattern, 0, n)))
			return false;
		text = slice_part(text, n, text.n);
		pattern = slice_part(pattern, n, pattern.n);
	}
	return text.n == 0;
}

/* `a|b`: either. */
static bool is_any(struct slice text, struct slice choices)
{
	for (;;) {
		size_t bar = slice_find_octet(choices, '|');
		if (is_like(text, slice_part(choices, 0, bar)))
			return true;
		if (bar == choices.n)
			return false;
		choices = slice_part(choices, bar + 1, choices.n);
	}
}

bool goal_met(const struct lesson_item *goal, const struct dialogue_event *event)
{
	bool met = goal->nkeys > 0;
	for (size_t i = 0; i < goal->nkeys && met; i++) {
		struct buffer room = { 0 };
		const struct key *key = key_named(goal->keys[i].name);
		met = is_any(key->value(event, &room), slice_of(goal->keys[i].value));
		buffer_free(&room);
	}
	return met;
}
