/*
 * Where a count's text ends, and how long it is.
 */
#include "script/counts.h"

#include "base/buffer.h"

/* So much text is looked at, in octets. */
#define LOOKED_AT ((uint64_t)1 << 20)

static const struct script_line *line_at(const struct rehearsal *r, size_t i)
{
	return &r->script->lines[i];
}

static bool is_said(const struct script_line *line)
{
	return line->kind == SCRIPT_SAID && line->mark != MARK_NEVER;
}

/* The octets of a said line; what cannot be filled in stays as it is written. */
static void wire_of(const struct rehearsal *r, size_t i, struct variables *v, enum fill how, struct buffer *wire)
{
	struct error error = { 0 };
	buffer_clear(wire);
	if (rehearsal_text(r, i, v, how, wire, &error) != STATUS_OK) {
		error_clear(&error);
		(void)rehearsal_text(r, i, v, FILL_OFFLINE, wire, &error);
	}
	error_clear(&error);
}

/* What the server may say before the client's octets come: IMAP's `+`, or an HTTP response of 1xx, which ends with an
 * empty line. `*asked`: it is under way. */
static bool asks(const struct script_line *line, bool *asked)
{
	struct slice text = { line->text, line->text_n };
	if (line->side != SIDE_SERVER)
		return false;
	bool was = *asked;
	*asked = slice_starts(text, SLICE("HTTP/1.1 1")) || (was && text.n > 0);
	return was || *asked || slice_starts(text, SLICE("+"));
}

/* The next line of the text behind `i`; NO_LINE where it ends. `any`: some of it has come. */
static size_t next_line(const struct rehearsal *r, size_t i, enum side side, bool any)
{
	bool asked = false;
	while (++i < r->script->nlines) {
		const struct script_line *line = line_at(r, i);
		if (line->kind == SCRIPT_COMMENT || (line->kind == SCRIPT_SAID && line->mark == MARK_NEVER))
			continue;
		if (line->kind == SCRIPT_SAID && line->side == side)
			return i;
		if (line->kind == SCRIPT_DIRECTION || any || !asks(line, &asked))
			return NO_LINE;
	}
	return NO_LINE;
}

/* The search for where a text ends. */
struct search {
	const struct rehearsal *r;
	const struct dialogue *d;
	enum side side;
	bool body;    /* HTTP's, not a literal */
	bool unasked; /* {n+}: commands may follow on the same side */
	uint64_t sum; /* octets of the lines so far */
	size_t last;  /* the last of them */
	struct buffer wire;
};

/* Whether the count may end inside this line, `tail` octets before its end. */
static bool ends_there(struct slice wire, uint64_t tail)
{
	size_t end = wire.n;
	if (end && wire.p[end - 1] == '\n')
		end--;
	if (end < wire.n && end && wire.p[end - 1] == '\r')
		end--;
	if (tail == 0 || tail == wire.n - end)
		return true;
	char next = wire.p[wire.n - (size_t)tail];
	return tail > wire.n - end && (next == ' ' || next == ')');
}

/* Whether the line is not of the literal's text any more, where its count does not tell. */
static bool ends_before(const struct search *s, struct slice line)
{
	struct slice rest = line, tag = slice_word(&rest);
	if (s->body)
		return false;
	if (s->side == SIDE_CLIENT)
		return s->unasked && protocol_of_command(line, (struct slice){ NULL, 0 }) == s->r->protocol;
	return slice_starts(line, SLICE(")")) || slice_starts(line, SLICE("* ")) || slice_starts(line, SLICE("+ ")) ||
	       dialogue_in_flight(s->d, tag);
}

static bool found(struct counted *counted, size_t last, uint64_t tail, uint64_t octets)
{
	counted->last = last;
	counted->tail = tail;
	counted->octets = octets;
	return true;
}

/* The printed count does not fit: all the text is meant, and its last CRLF ends the command or reply; but a body keeps
 * it, and so does a literal behind which a line goes on with `)`. */
static bool all_of_it(const struct search *s, struct slice next, struct counted *counted)
{
	bool keeps = s->body || (s->side == SIDE_SERVER && slice_starts(next, SLICE(")")));
	uint64_t tail = keeps ? 0 : 2;
	if (s->last == NO_LINE || s->sum < tail || line_at(s->r, s->last)->exact)
		tail = 0;
	return s->last != NO_LINE && found(counted, s->last, tail, s->sum - tail);
}

static bool search(struct search *s, size_t after, uint64_t printed, struct variables *v, struct counted *counted)
{
	size_t i = after, misfit = NO_LINE; /* where it turned out that the printed count does not fit */
	struct counted all = { 0 };
	bool ended = false;
	while ((i = next_line(s->r, i, s->side, s->last != NO_LINE)) != NO_LINE && s->sum < LOOKED_AT) {
		wire_of(s->r, i, v, FILL_OFFLINE, &s->wire);
		struct slice wire = buffer_slice(&s->wire);
		if (!ended && s->last != NO_LINE && ends_before(s, wire))
			ended = all_of_it(s, wire, &all);
		if (ended && misfit != NO_LINE)
			break;
		s->sum += wire.n;
		s->last = i;
		if (misfit != NO_LINE || printed > s->sum)
			continue;
		if (ends_there(wire, s->sum - printed))
			return found(counted, i, s->sum - printed, printed);
		misfit = i;
	}
	if (s->sum >= LOOKED_AT)
		return false;
	if (!ended)
		ended = all_of_it(s, (struct slice){ NULL, 0 }, &all);
	if (ended)
		(void)found(counted, all.last, all.tail, all.octets);
	return ended;
}

bool counts_find(const struct rehearsal *r, const struct dialogue *d, size_t after, uint64_t printed,
                 struct variables *v, struct counted *counted)
{
	const struct script_line *line = line_at(r, after);
	struct search s = { .r = r, .d = d, .side = line->side, .last = NO_LINE };
	struct slice text = { line->text, line->text_n };
	s.body = text.n == 0 || text.p[text.n - 1] != '}';
	s.unasked = text.n > 2 && text.p[text.n - 2] == '+';
	counted->after = after;
	bool is_there = search(&s, after, printed, v, counted);
	buffer_wipe(&s.wire);
	for (size_t i = after + 1; is_there && i <= counted->last && !counted->varies; i++)
		counted->varies = template_has_variables((struct slice){ line_at(r, i)->text, line_at(r, i)->text_n });
	return is_there;
}

uint64_t counts_now(const struct rehearsal *r, const struct counted *counted, struct variables *v, enum fill how)
{
	struct buffer wire = { 0 };
	struct variables copy = { 0 }; /* an exchange under way goes on when its line is said, not here */
	uint64_t sum = 0;
	if (!counted->varies)
		return counted->octets;
	variables_copy(&copy, v);
	enum side side = line_at(r, counted->after)->side;
	for (size_t i = counted->after + 1; i <= counted->last; i++) {
		if (!is_said(line_at(r, i)) || line_at(r, i)->side != side)
			continue;
		wire_of(r, i, &copy, how, &wire);
		sum += wire.n;
	}
	variables_free(&copy);
	buffer_wipe(&wire);
	return sum > counted->tail ? sum - counted->tail : 0;
}
