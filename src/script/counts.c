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

static struct slice text_at(const struct rehearsal *r, size_t i)
{
	return (struct slice){ line_at(r, i)->text, line_at(r, i)->text_n };
}

/* ---- one line ---- */

/* A line on the wire. */
struct measured {
	struct slice text; /* without its line end */
	size_t end;        /* octets of that */
};

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

/* Most lines are on the wire what they are in the script; `room` is for the others. */
static struct measured measure(const struct rehearsal *r, size_t i, struct variables *v, enum fill how,
                               struct buffer *room)
{
	struct slice written = text_at(r, i);
	struct measured m = { .text = written, .end = 2 };
	if (!line_at(r, i)->exact && v->nmaps == 0 && slice_find(written, SLICE("{{")) == written.n)
		return m;
	wire_of(r, i, v, how, room);
	m.text = buffer_slice(room);
	m.end = 0;
	while (m.end < 2 && m.text.n && m.text.p[m.text.n - 1] == "\n\r"[m.end]) {
		m.text.n--;
		m.end++;
	}
	return m;
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

/* ---- where the text ends ---- */

/* The search for it. */
struct search {
	const struct rehearsal *r;
	const struct dialogue *d;
	enum side side;
	struct variables *v;
	bool body;    /* HTTP's, not a literal */
	bool unasked; /* {n+}: commands may follow on the same side */
	uint64_t sum; /* octets of the lines so far */
	size_t last;  /* the last of them, or NO_LINE */
	size_t rest;  /* what of that is not the literal's */
	struct buffer room;
};

/* Whether the count may end inside this line, `tail` octets before its end. */
static bool ends_there(const struct measured *line, uint64_t tail)
{
	if (tail == 0 || tail == line->end)
		return true;
	if (tail < line->end)
		return false;
	char next = line->text.p[line->text.n - (size_t)(tail - line->end)];
	return next == ' ' || next == ')';
}

/* Whether the line is not of the literal's text any more, where its count does not tell. */
static bool ends_before(const struct search *s, struct slice line)
{
	struct slice rest = line, tag = slice_word(&rest);
	const struct protocol *protocol = dialogue_protocol(s->d);
	if (s->body)
		return false;
	if (s->side == SIDE_CLIENT)
		return s->unasked && s->last != NO_LINE && protocol_of_command(line, SLICE("")) == protocol;
	if (s->last == NO_LINE) /* the reply needs a line to end with */
		return slice_starts(line, SLICE(")"));
	return slice_starts(line, SLICE(")")) || slice_starts(line, SLICE("* ")) || slice_starts(line, SLICE("+ ")) ||
	       dialogue_in_flight(s->d, tag);
}

/* What of the line that was just looked at is the command's own, where the literal's text ends in it: its line end, and a
 * further literal that is announced behind a variable, as in `{{user}} {8}`. */
static size_t rest_of(const struct search *s, size_t i, const struct measured *line)
{
	struct slice written = text_at(s->r, i), text = line->text;
	size_t at = slice_find(written, SLICE("}} {"));
	if (line_at(s->r, i)->exact || at == written.n || written.p[written.n - 1] != '}')
		return line->end;
	at = text.n;
	while (at && text.p[at - 1] != ' ')
		at--;
	return at && text.p[at] == '{' ? text.n - at + 1 + line->end : line->end;
}

/* The printed count does not fit: all the text is meant, and its last line end ends the command or reply; but a body
 * keeps it, and so does a literal behind which a line goes on with `)`. */
static bool all_of_it(const struct search *s, struct slice next, struct counted *counted)
{
	bool closes = s->side == SIDE_SERVER && slice_starts(next, SLICE(")"));
	if (s->last == NO_LINE && !closes)
		return false;
	counted->last = s->last == NO_LINE ? counted->after : s->last;
	counted->tail = s->body || closes ? 0 : s->rest;
	return true;
}

/* FOUND_FIT: where the printed count ends; FOUND_ALL: where all of the text does. */
enum found { FOUND_NOTHING, FOUND_ALL, FOUND_FIT };

static enum found search(struct search *s, uint64_t printed, struct counted *counted)
{
	size_t i = counted->after;
	bool ended = false, misfit = false;
	while ((i = next_line(s->r, i, s->side, s->last != NO_LINE)) != NO_LINE && s->sum < LOOKED_AT) {
		struct measured line = measure(s->r, i, s->v, FILL_OFFLINE, &s->room);
		if (!ended && ends_before(s, line.text))
			ended = all_of_it(s, line.text, counted);
		if (ended && misfit)
			break;
		s->sum += line.text.n + line.end;
		s->last = i;
		s->rest = rest_of(s, i, &line);
		if (misfit || printed > s->sum)
			continue;
		if (ends_there(&line, s->sum - printed)) {
			counted->last = i;
			counted->tail = s->sum - printed;
			return FOUND_FIT;
		}
		misfit = true;
	}
	if (s->sum >= LOOKED_AT)
		return FOUND_NOTHING;
	return ended || all_of_it(s, SLICE(""), counted) ? FOUND_ALL : FOUND_NOTHING;
}

static enum found search_with(const struct rehearsal *r, const struct dialogue *d, struct variables *v,
                              uint64_t printed, struct counted *counted)
{
	struct slice text = text_at(r, counted->after);
	struct search s = { .r = r, .d = d, .v = v, .side = line_at(r, counted->after)->side, .last = NO_LINE };
	s.body = text.n == 0 || text.p[text.n - 1] != '}';
	s.unasked = text.n > 2 && text.p[text.n - 2] == '+';
	enum found found = search(&s, printed, counted);
	buffer_wipe(&s.room);
	return found;
}

/* Whether the text may be of another length when it is said than in the script. */
static bool varies(const struct rehearsal *r, const struct counted *counted, const struct variables *v)
{
	enum side side = line_at(r, counted->after)->side;
	if (side == SIDE_CLIENT && v->nmaps)
		return true;
	for (size_t i = counted->after + 1; i <= counted->last; i++)
		if (line_at(r, i)->side == side &&
		    (line_at(r, i)->mark != MARK_NONE || template_has_variables(text_at(r, i))))
			return true;
	return false;
}

/* The octets that are counted. */
static uint64_t count(const struct rehearsal *r, const struct counted *counted, struct variables *v, enum fill how)
{
	struct buffer room = { 0 };
	uint64_t sum = 0;
	enum side side = line_at(r, counted->after)->side;
	for (size_t i = counted->after + 1; i <= counted->last; i++) {
		const struct script_line *line = line_at(r, i);
		if (line->kind != SCRIPT_SAID || line->side != side || !rehearsal_says(r, i, how))
			continue;
		struct measured m = measure(r, i, v, how, &room);
		sum += m.text.n + m.end;
	}
	buffer_wipe(&room);
	return sum > counted->tail ? sum - counted->tail : 0;
}

bool counts_find(const struct rehearsal *r, const struct dialogue *d, size_t after, uint64_t printed,
                 struct variables *v, struct counted *counted)
{
	const struct variables none = { 0 };
	struct variables own; /* the script was written with its own values: by them its counts are right or wrong */
	struct counted given = { .after = after, .printed = printed };
	*counted = given;
	rehearsal_variables(r, &none, &own);
	enum found found = search_with(r, d, &own, printed, counted);
	counted->octets = found == FOUND_NOTHING ? printed : count(r, counted, &own, FILL_OFFLINE);
	if (found == FOUND_ALL && varies(r, counted, v) && search_with(r, d, v, printed, &given) == FOUND_FIT) {
		*counted = given;
		counted->octets = printed;
	}
	variables_free(&own);
	counted->varies = found != FOUND_NOTHING && varies(r, counted, v);
	return found != FOUND_NOTHING;
}

uint64_t counts_now(const struct rehearsal *r, const struct counted *counted, struct variables *v, enum fill how)
{
	struct variables copy = { 0 }; /* an exchange under way goes on when its line is said, not here */
	if (!counted->varies)
		return counted->octets;
	variables_copy(&copy, v);
	uint64_t n = count(r, counted, &copy, how);
	variables_free(&copy);
	return n;
}
