/*
 * Who speaks in a line: the prefix behind its leader, or behind a label, or glued to prose; then those of a line that somebody
 * has flattened.
 */
#include "script/notation.h"

#include <string.h>

#include "script/notation_inside.h"

/* A label that RFCs print before an example's first line is not longer, in octets. */
#define LABEL_MAX 48
/* No prefix is longer, with the words before it. */
#define PREFIX_MAX 100
/* Nor the word that names a side, with what stands in parentheses behind it. */
#define SIDE_MAX 60
/* So many prefixes in a line are more than what anybody says holds. */
#define SURELY_FLAT 4

/* Which rows are asked: one, or all; `inside` a line, where no words stand before those that name a side. */
struct rows {
	const struct notation *first, *end;
	bool inside;
};

static struct rows rows_of(const struct notation *one)
{
	struct rows rows = { one ? one : notations, one ? one + 1 : notations, false };
	while (one == NULL && rows.end->name)
		rows.end++;
	return rows;
}

/* Where the text begins behind a prefix. */
static size_t text_from(struct slice line, size_t at)
{
	size_t end = at;
	while (end < line.n && (octet_is_blank(line.p[end]) || slice_starts(slice_from(line, end), SLICE("\xC2\xA0"))))
		end += octet_is_blank(line.p[end]) ? 1 : 2;
	return end;
}

static struct said said_of(struct slice line, size_t at, const struct notation *row, const struct prefix *prefix)
{
	bool client = (prefix->side == SIDE_CLIENT);
	return (struct said){ .notation = row,
		              .side = client ? SIDE_CLIENT : SIDE_SERVER,
		              .both = prefix->both,
		              .start = at,
		              .after = prefix->end,
		              .worded = prefix->worded,
		              .text = text_from(line, prefix->end),
		              .end = line.n };
}

/* ---- the first ---- */

/* Whether a mark that ends a word's prefix stands there. */
static bool has_mark(struct slice text)
{
	return slice_find_octet(text, ':') < text.n || slice_find_octet(text, '>') < text.n ||
	       slice_find_octet(text, '|') < text.n;
}

/* Whether the row's prefixes may stand at `at`, by the octets there: of all rows few are looked at closely. */
static bool row_may_begin(const struct notation *row, struct slice line, size_t at, bool inside)
{
	char c = line.p[at];
	bool letter = row->form == NOTATION_LETTER, emphasis = letter && (c == '*' || c == '_' || c == '`');
	bool begins = c && (strchr(row->begins, c) || emphasis);
	if (row->form == NOTATION_WORD)
		return (begins || !inside) && has_mark(slice_part(line, at, at + (inside ? SIDE_MAX : PREFIX_MAX)));
	if (letter && octet_is_alnum(c) && at + 1 < line.n && octet_is_alnum(line.p[at + 1]))
		return false;
	return begins;
}

/* The prefix that fits best at one place. */
static bool best_at(struct slice line, size_t at, struct rows rows, unsigned least, struct said *best)
{
	bool found = false;
	for (const struct notation *row = rows.first; at < line.n && row < rows.end; row++) {
		struct prefix prefix;
		if (row->weight < least || (found && row->weight <= best->notation->weight))
			continue;
		if (!row_may_begin(row, line, at, rows.inside) || !prefix_at(line, at, row, &prefix) ||
		    !prefix_parted(line, row, &prefix))
			continue;
		*best = said_of(line, at, row, &prefix);
		found = true;
	}
	return found;
}

/* Behind leaders alone. */
static bool find_led(struct slice line, struct rows rows, struct said *said)
{
	bool found = false, logged = false;
	size_t at = 0;
	for (unsigned i = 0; i < LEADER_STEPS; i++) {
		struct said here;
		unsigned least = found ? said->notation->weight + 1 : 0;
		if (best_at(line, at, rows, least, &here)) {
			*said = here;
			/* `---C:` is prose that somebody has glued to it */
			said->clean = at == 0 || strchr("-.+", line.p[at - 1]) == NULL;
			said->logged = logged;
			found = true;
		}
		size_t next = leader_step(line, at);
		logged = logged || log_from(slice_from(line, at)) > 0;
		if (next == at)
			break;
		at = next;
	}
	return found;
}

/* Whether words that an example begins with stand there: "Example:", "or", "For example:". */
static bool names_example(struct slice label)
{
	static const char *const words[] = { "or", "and", "then", "either", "e.g.", "with", "vs.", NULL };
	if (slice_find_nocase(label, SLICE("example")) < label.n)
		return true;
	for (const char *const *word = words; *word; word++)
		if (slice_equal_nocase(label, slice_of(*word)))
			return true;
	return false;
}

/* Behind a label: `Example:    C: A003 …`, `   or    S: …`. */
static bool find_labelled(struct slice line, struct rows rows, struct said *said)
{
	size_t start = text_from(line, 0), spaces = 0;
	rows.inside = true;
	for (size_t at = start; at < line.n && at - start < LABEL_MAX; at++) {
		struct slice label = slice_trim(slice_part(line, start, at));
		bool ended = label.n && label.p[label.n - 1] == ':';
		if (spaces > (ended ? 0U : 1U) && label.n && best_at(line, at, rows, 2, said) &&
		    (names_example(label) || prefix_likes(said->side, slice_from(line, said->text))))
			return true;
		spaces = octet_is_blank(line.p[at]) ? spaces + 1 : 0;
	}
	return false;
}

/* ---- inside a line ---- */

/* Whether some row's prefix begins with the octet, or with a mark of emphasis before it. */
static bool octet_begins(char c)
{
	switch (c) {
	case 'C':
	case 'c':
	case 'S':
	case 's':
	case 'R':
	case 'r':
	case 'U':
	case 'u':
	case 'M':
	case 'm':
	case 'I':
	case 'L':
	case 'P':
	case 'Y':
	case 'y':
	case '[':
	case '(':
	case '<':
	case '>':
	case '-':
	case '=':
	case '~':
	case '*':
	case '_':
	case '`':
	case '\xE2':
		return true;
	default:
		return false;
	}
}

/* Whether a prefix may stand at `at`, by the octets there and before it: all others are passed over quickly. */
static bool may_begin(struct slice line, size_t at)
{
	char before = at ? line.p[at - 1] : ' ';
	if (octet_is_alnum(before) || !octet_begins(line.p[at]))
		return false;
	return before != ':' && before != '/' && before != '\\' && before != '_';
}

/* Whether a word that names a side may stand at `at` though nothing parts it from what is before: a page that has lost its line
 * ends, and what it took for tags, has `RCPT TO:Server: 250 ok`. */
static bool may_stick(struct slice line, size_t at)
{
	char before = at ? line.p[at - 1] : ' ';
	bool lower = octet_is_alpha(before) && octet_upper(before) != before;
	return (line.p[at] == 'C' || line.p[at] == 'S') && (lower || before == ':');
}

/* The next prefix at `from` or behind it, by what stands before it alone; where nothing parts it from that, by what is said too.
 * False where there is none. */
static bool candidate(struct slice line, size_t from, struct rows rows, unsigned least, struct said *said)
{
	rows.inside = true;
	for (size_t at = from; at < line.n; at++) {
		bool apart = may_begin(line, at);
		if ((!apart && !may_stick(line, at)) || !best_at(line, at, rows, least, said) || said->worded)
			continue;
		if (apart || (said->notation->form == NOTATION_WORD &&
		              prefix_likes(said->side, slice_from(line, said->text)) > 1))
			return true;
	}
	return false;
}

/* Where what is said ends: before the white space in front of `next`, or of the line's end. */
static void end_before(struct slice line, struct said *said, size_t next)
{
	size_t end = next;
	while (end > said->after && octet_is_blank(line.p[end - 1]))
		end--;
	said->text = said->text < end ? said->text : end;
	said->end = end;
}

/* How much speaks for a candidate, by what stands behind it up to the next one. */
static unsigned weigh(struct slice line, struct rows rows, struct said said)
{
	struct said next;
	bool more = candidate(line, said.after, rows, 1, &next);
	end_before(line, &said, more ? next.start : line.n);
	return prefix_likes(said.side, slice_part(line, said.text, said.end));
}

/* Whether so many prefixes of the row follow, each before what its side says, that the line is a conversation. */
static bool many_follow(struct slice line, struct rows rows, size_t from)
{
	struct said said;
	unsigned n = 0;
	for (; n < SURELY_FLAT && candidate(line, from, rows, 1, &said); from = said.after)
		n += weigh(line, rows, said) > 1;
	return n == SURELY_FLAT;
}

/* Whether `at` is inside the brackets of what a program calls: `log.append(f"S: +OK ready")`. Prose has a blank before its bracket. */
static bool in_call(struct slice line, size_t at)
{
	size_t closed = 0;
	for (size_t i = at; i-- > 0;) {
		closed += line.p[i] == ')';
		if (line.p[i] != '(')
			continue;
		if (closed == 0)
			return i > 0 && (octet_is_alnum(line.p[i - 1]) || line.p[i - 1] == '_');
		closed--;
	}
	return false;
}

/* Behind prose, in the middle of a line: only where what follows is what that side says; of prefixes that are words, only where many
 * follow. */
static bool find_glued(struct slice line, struct rows rows, struct said *said)
{
	for (size_t from = 0; candidate(line, from, rows, 3, said); from = said->start + 1)
		if (weigh(line, rows, *said) > 1)
			return !in_call(line, said->start);
	for (size_t from = 0; candidate(line, from, rows, 2, said); from = said->start + 1)
		if (weigh(line, rows, *said) > 1 && many_follow(line, rows_of(said->notation), said->after))
			return true;
	return false;
}

/* A client's arrow behind what it says, in rows that have such. */
static bool find_pointing(struct slice line, struct rows rows, struct said *said)
{
	bool drawn = slice_find_octet(line, '>') < line.n, sign = slice_find_octet(line, '\xE2') < line.n;
	for (const struct notation *row = rows.first; row < rows.end; row++)
		if ((row->form == NOTATION_ARROW ? drawn : sign && row->client[0] == '\xE2') &&
		    arrow_behind(line, row, rows.end == rows.first + 1, said))
			return true;
	return false;
}

/* ---- flattened lines ---- */

static bool stands_apart(struct slice line, const struct said *said)
{
	return said->start > 0 && octet_is_blank(line.p[said->start - 1]);
}

/* Whether the line behind its first prefix is flattened: the prefixes there are followed by what those sides say, or are too
 * many for anything else. */
static bool is_flattened(struct slice line, struct rows rows, size_t from)
{
	unsigned candidates = 0, likes = 0;
	struct said said;
	while (candidate(line, from, rows, 1, &said)) {
		unsigned one = weigh(line, rows, said);
		candidates += stands_apart(line, &said);
		likes += one;
		if (one > 1 || candidates >= SURELY_FLAT || (candidates > 1 && likes))
			return true;
		from = said.after;
	}
	return false;
}

/* The later prefixes of a line whose first is found[0]. */
static size_t find_later(struct slice line, struct rows rows, struct said *found, size_t max)
{
	size_t n = 1;
	bool surely = rows.first->weight > 1;
	if (!is_flattened(line, rows, found->after))
		return n;
	struct said said;
	for (size_t from = found->after; candidate(line, from, rows, 1, &said); from = said.after) {
		if ((!surely || !stands_apart(line, &said)) && weigh(line, rows, said) < 2)
			continue;
		end_before(line, &found[n - 1], said.start);
		if (n == max)
			return n;
		said.clean = false;
		found[n++] = said;
	}
	return n;
}

/* ---- what is said ---- */

/* Takes off the quote marks around all that is said, as prose has them: `C: "EHLO me"`, where that is not what is said with
 * them. */
static void unquote(struct slice line, struct said *said)
{
	static const char *const marks[][2] = {
		{ "`", "`" }, { "\"", "\"" }, { "'", "'" }, { "“", "”" }, { "‘", "’" }
	};
	struct slice text = slice_part(line, said->text, said->end);
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		struct slice open = slice_of(marks[i][0]), close = slice_of(marks[i][1]);
		if (text.n < open.n + close.n || !slice_starts(text, open) ||
		    !slice_equal(slice_part(text, text.n - close.n, text.n), close))
			continue;
		struct slice inside = slice_part(text, open.n, text.n - close.n);
		if (slice_find(inside, close) < inside.n || prefix_likes(said->side, inside) < 2)
			continue;
		said->text += open.n;
		said->end -= close.n;
		return;
	}
}

/* ---- the door ---- */

size_t notation_find(struct slice line, const struct notation *notation, struct said *found, size_t max)
{
	struct rows rows = rows_of(notation);
	if (max == 0 || line.n == 0)
		return 0;
	bool led = find_led(line, rows, found);
	if ((!led || found->notation->weight == 1) && find_pointing(line, rows, found))
		return 1;
	if (!led && !find_labelled(line, rows, found) && !find_glued(line, rows, found))
		return 0;
	size_t n = find_later(line, rows_of(found->notation), found, max);
	struct said *last = &found[n - 1];
	if (last->end == line.n) {
		last->end = leader_closed(line, found->clean ? found->start : 0, last->after);
		last->text = last->text < last->end ? last->text : last->end;
		if (last->notation->form == NOTATION_ARROW)
			last->end = arrow_drawn(line, last->notation, last->text, last->end);
	}
	for (size_t i = 0; i < n; i++)
		unquote(line, &found[i]);
	return n;
}
