/*
 * Where a count's text ends, and how long it is.
 */
#include "script/counts.h"

#include "base/buffer.h"

/* So much text is looked at, in octets. */
#define LOOKED_AT ((uint64_t)1 << 20)

/* In a line that is longer than this, in octets, what stands behind the text keeps its length. */
#define CUT_LOOKED_AT 1024

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

/* Whether the next line goes on behind the literal: what stands before it ends in CRLF. */
static bool closed_behind(const struct search *s, size_t i)
{
	size_t next = next_line(s->r, i, s->side, true);
	return next != NO_LINE && slice_starts(text_at(s->r, next), SLICE(")"));
}

/* Whether the count may end inside this line, `tail` octets before its end. A body has all of its last line: nothing goes
 * on behind it, as a command does behind a literal. */
static bool ends_there(const struct search *s, size_t i, const struct measured *line, uint64_t tail)
{
	if (tail == 0 || (tail == line->end && !s->body && !closed_behind(s, i)))
		return true;
	if (tail < line->end || s->body)
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
		return slice_equal(line, SLICE(")")) ||
		       (s->unasked && s->last != NO_LINE && protocol_of_command(line, SLICE("")) == protocol);
	if (s->last == NO_LINE) /* the reply needs a line to end with */
		return slice_starts(line, SLICE(")"));
	return slice_starts(line, SLICE(")")) || slice_starts(line, SLICE("* ")) || slice_starts(line, SLICE("+ ")) ||
	       dialogue_in_flight(s->d, tag);
}

/* Whether the server asks for more behind that line. */
static bool asked_behind(const struct rehearsal *r, size_t i)
{
	bool asked = false;
	while (++i < r->script->nlines)
		if (line_at(r, i)->kind != SCRIPT_COMMENT)
			return line_at(r, i)->kind == SCRIPT_SAID && asks(line_at(r, i), &asked);
	return false;
}

/* What of a line is the command's own, where the literal's text ends in it: its line end, and a further literal that it
 * announces, as in `{{user}} {8}`, or in `bob {8}` where a `+` follows. */
static size_t rest_of(const struct search *s, size_t i, const struct measured *line)
{
	struct slice text = line->text;
	size_t at = text.n;
	while (at && text.p[at - 1] != ' ')
		at--;
	bool literal = at && text.p[at] == '{' && text.p[text.n - 1] == '}' && octet_is_digit(text.p[at + 1]);
	bool behind_variable = slice_find(text_at(s->r, i), SLICE("}} {")) < text_at(s->r, i).n;
	if (!literal || (!behind_variable && !asked_behind(s->r, i)))
		return line->end;
	if (text.p[0] == ' ') /* nothing of it is the text's */
		return text.n + line->end;
	return text.n - at + 1 + line->end;
}

/* The printed count does not fit: all the text is meant, and its last line end ends the command or reply; but a body
 * keeps it, and so does a literal behind which a line goes on with `)`. */
static bool all_of_it(const struct search *s, struct slice next, struct counted *counted)
{
	bool closes = slice_starts(next, SLICE(")"));
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
		if (ends_there(s, i, &line, s->sum - printed)) {
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

/* ---- how long it is ---- */

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

/* Whether a name in the text has no value of the script's own: how long it is is not the script's to say. */
static bool unknown(const struct rehearsal *r, const struct counted *counted, struct variables *own)
{
	struct buffer room = { 0 };
	struct error error = { 0 };
	bool known = true;
	for (size_t i = counted->after + 1; i <= counted->last && known; i++)
		if (line_at(r, i)->side == line_at(r, counted->after)->side && line_at(r, i)->kind == SCRIPT_SAID)
			known = rehearsal_text(r, i, own, FILL_STRICT, &room, &error) == STATUS_OK;
	error_clear(&error);
	buffer_wipe(&room);
	return !known;
}

/* The octets of the text's last line behind those that are counted. */
static size_t tail_of(const struct rehearsal *r, const struct counted *counted, struct variables *v, enum fill how,
                      const struct measured *line, struct buffer *room)
{
	if (counted->cut == 0)
		return (size_t)counted->tail;
	size_t whole = line->text.n + line->end;
	buffer_clear(room);
	rehearsal_head(r, counted->last, counted->cut, v, how, room);
	return whole > room->n ? whole - room->n : 0;
}

/* The octets that are counted. */
static uint64_t count(const struct rehearsal *r, const struct counted *counted, struct variables *v, enum fill how)
{
	struct buffer room = { 0 };
	struct measured m = { 0 };
	uint64_t sum = 0;
	enum side side = line_at(r, counted->after)->side;
	for (size_t i = counted->after + 1; i <= counted->last; i++) {
		const struct script_line *line = line_at(r, i);
		if (line->kind != SCRIPT_SAID || line->side != side || !rehearsal_says(r, i, how))
			continue;
		m = measure(r, i, v, how, &room);
		sum += m.text.n + m.end;
	}
	uint64_t tail = counted->last > counted->after ? tail_of(r, counted, v, how, &m, &room) : 0;
	buffer_wipe(&room);
	return sum > tail ? sum - tail : 0;
}

/* Where in the last line, as it is written, the text ends: the values of what stands behind may be longer or shorter. */
static void cut_find(const struct rehearsal *r, struct counted *counted, struct variables *v)
{
	struct slice written = text_at(r, counted->last);
	struct buffer room = { 0 };
	if (counted->tail == 0 || line_at(r, counted->last)->exact || written.n > CUT_LOOKED_AT)
		return;
	struct measured line = measure(r, counted->last, v, FILL_OFFLINE, &room);
	size_t wanted = line.text.n + line.end - (size_t)counted->tail;
	for (size_t at = 1; at < written.n && counted->cut == 0; at++) {
		buffer_clear(&room);
		if (written.p[at] == ' ' || written.p[at] == ')')
			rehearsal_head(r, counted->last, at, v, FILL_OFFLINE, &room);
		if (room.n == wanted)
			counted->cut = at;
	}
	buffer_wipe(&room);
}

/* ---- the door ---- */

/* Whether the command, or reply, goes on behind the text. */
static bool goes_on_behind(const struct rehearsal *r, const struct counted *counted)
{
	return counted->tail > 0 || next_line(r, counted->last, line_at(r, counted->after)->side, true) != NO_LINE;
}

/* With the values given, where the script's own do not fit. */
static bool find_given(const struct rehearsal *r, const struct dialogue *d, struct variables *v,
                       struct counted *counted)
{
	struct counted given = { .after = counted->after, .printed = counted->printed };
	if (!varies(r, counted, v) || search_with(r, d, v, counted->printed, &given) != FOUND_FIT ||
	    !goes_on_behind(r, &given))
		return false;
	*counted = given;
	counted->octets = counted->printed;
	cut_find(r, counted, v);
	return true;
}

bool counts_find(const struct rehearsal *r, const struct dialogue *d, size_t after, uint64_t printed,
                 struct variables *v, struct counted *counted)
{
	const struct variables none = { 0 };
	struct variables own; /* the script was written with its own values: by them its counts are right or wrong */
	*counted = (struct counted){ .after = after, .printed = printed };
	rehearsal_variables(r, &none, &own);
	enum found found = search_with(r, d, &own, printed, counted);
	if (found != FOUND_NOTHING && (found == FOUND_FIT || !find_given(r, d, v, counted))) {
		cut_find(r, counted, &own);
		bool told = found == FOUND_FIT || unknown(r, counted, &own);
		counted->octets = told ? printed : count(r, counted, &own, FILL_OFFLINE);
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
