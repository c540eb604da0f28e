/*
 * A line that a page has flattened, spoken: what was cut out of it becomes steps, as if each had stood on a line of its own.
 */
#include "script/extract_bare.h"
#include "script/extract_flat.h"

/* So many lines below are looked at for more of the same conversation. */
#define LINES_BELOW 8

/* So many lines a flattened paragraph is wrapped into, and so many octets they have. */
#define PARAGRAPH_LINES 64
#define PARAGRAPH_OCTETS ((size_t)16 * 1024)

/* A log's line has its time among its first so many octets. */
#define STAMP_OCTETS 28

/* ---- lines ---- */

/* Lines of the passage as one. */
struct paragraph {
	size_t first, end;
	struct slice text;
	struct buffer joined; /* where they are several */
	size_t starts[PARAGRAPH_LINES];
};

static void paragraph_of_line(struct paragraph *lines, const struct passage *p, size_t i)
{
	lines->first = i;
	lines->end = i + 1;
	lines->text = passage_line(p, i);
}

/* The line without the mark of a comment, a quote or a table before it. */
static struct slice unled(struct slice line)
{
	static const char marks[] = "#/>|;%";
	struct slice text = slice_trim(line);
	size_t n = slice_starts(text, SLICE("--")) ? 2 : 0;
	while (n < text.n && slice_find_octet(SLICE(marks), text.p[n]) < sizeof marks - 1)
		n++;
	return n < text.n && text.p[n] == ' ' ? slice_trim(slice_part(text, n, text.n))
	       : n == text.n                  ? SLICE("")
	                                      : text;
}

/* Whether the line belongs to the same paragraph as the one before it, with the same before it. */
static bool goes_with(const struct passage *p, size_t i)
{
	const struct held *line = &p->lines[i], *before = &p->lines[i - 1];
	struct slice text = passage_line(p, i), above = passage_line(p, i - 1);
	if (unled(text).n == 0 || unled(above).n == 0 ||
	    (unled(text).n < slice_trim(text).n) != (unled(above).n < slice_trim(above).n))
		return false;
	return line->kind == before->kind && line->block == before->block && line->number == before->number + 1 &&
	       line->kind != DOCUMENT_CELL;
}

/* Whether the text begins with a number, or with a clock or a date behind a word or two. */
static bool is_stamped(struct slice text)
{
	size_t near = text.n < STAMP_OCTETS ? text.n : STAMP_OCTETS;
	bool clock = false;
	for (size_t i = 1; i + 2 < near && !clock; i++)
		clock = text.p[i] == ':' && octet_is_digit(text.p[i - 1]) && octet_is_digit(text.p[i + 1]) &&
		        octet_is_digit(text.p[i + 2]);
	return clock || stretch_number(text);
}

/* Whether each line is one by itself, as a log's are: text that is wrapped does not begin each with a number or a time. */
static bool are_lines(const struct passage *p, const struct paragraph *lines)
{
	for (size_t i = lines->first; i < lines->end; i++)
		if (!is_stamped(unled(passage_line(p, i))))
			return false;
	return true;
}

/* The paragraph that begins with the line, a space between its lines; false where none of several lines does. */
static bool paragraph_join(struct paragraph *lines, const struct passage *p, size_t i)
{
	if (i > 0 && goes_with(p, i))
		return false;
	lines->first = i;
	for (lines->end = i; lines->end < p->n && lines->end < i + PARAGRAPH_LINES; lines->end++) {
		if ((lines->end > i && !goes_with(p, lines->end)) || lines->joined.n > PARAGRAPH_OCTETS)
			break;
		lines->starts[lines->end - i] = lines->joined.n;
		buffer_add_slice(&lines->joined, unled(passage_line(p, lines->end)));
		buffer_add_octet(&lines->joined, ' ');
	}
	lines->text = buffer_slice(&lines->joined);
	return lines->end > i + 1 && !are_lines(p, lines);
}

/* The line in which the text begins; `*start`, if wanted, gets whether it is the first there. */
static size_t line_of(const struct paragraph *lines, struct slice text, bool *start)
{
	size_t at = (size_t)(text.p - lines->text.p), k = 0;
	if (lines->joined.n == 0)
		return lines->first;
	while (lines->first + k + 1 < lines->end && lines->starts[k + 1] <= at)
		k++;
	if (start)
		*start = lines->starts[k] == at;
	return lines->first + k;
}

/* Whether the cuts fall into the midst of the lines, and lines into the midst of what is said: what is wrapped had lost its own
 * lines before. */
static bool is_wrapped(const struct paragraph *lines, const struct flat *flat)
{
	size_t begin = 0, all = 0, across = 0;
	for (size_t k = 0; k < flat->n; k++) {
		struct slice text = flat->cuts[k].text;
		bool start = false;
		if (text.n == 0)
			continue;
		size_t first = line_of(lines, text, &start);
		across += line_of(lines, slice_part(text, text.n - 1, text.n), NULL) > first;
		begin += start;
		all++;
	}
	return all > 3 && begin * 2 < all && across > 0;
}

/* ---- steps ---- */

static void add_count(struct walk *w, enum side side, size_t count)
{
	struct step *step = &w->steps[w->n - 1];
	uint64_t due = dialogue_due(w->d, side);
	if (due == 0 || due == count)
		return;
	step->recounted = true;
	step->count = count;
	dialogue_recount(w->d, side, count);
}

static void add_header_end(struct walk *w, const struct cut *cut, size_t i)
{
	walk_say(w, cut->side, SLICE(""), SLICE("\r\n"), i);
	w->steps[w->n - 1].kind = STEP_END;
	if (cut->count)
		add_count(w, cut->side, cut->count);
}

static void add_step(struct walk *w, const struct cut *cut, size_t i)
{
	struct step closed = { .kind = STEP_HANGS_UP, .side = cut->side, .index = i, .text = cut->text };
	switch (cut->kind) {
	case CUT_SAID:
	case CUT_COUNTED:
		walk_say(w, cut->side, cut->text, SLICE("\r\n"), i);
		if (cut->kind == CUT_COUNTED)
			add_count(w, cut->side, cut->count);
		break;
	case CUT_HEADER_END:
		add_header_end(w, cut, i);
		break;
	case CUT_BODY:
		walk_say(w, cut->side, cut->text, SLICE(""), i);
		break;
	case CUT_LEFT_OUT:
		walk_left_out(w, cut->side, cut->text, i);
		break;
	case CUT_CLOSED:
		walk_add(w, &closed);
		break;
	}
}

/* What the dialogue must have heard before it can follow. */
static void prepare(struct walk *w, const struct flat *flat)
{
	const struct protocol *protocol = flat->protocol;
	w->d = dialogue_new(protocol);
	if (flat->greeted)
		return;
	if (protocol->server_first)
		walk_feed(w, SIDE_SERVER,
		          protocol->tagged                                  ? SLICE("* OK\r\n")
		          : protocol->one_code || protocol->data_connection ? SLICE("220\r\n")
		                                                            : SLICE("+OK\r\n"));
	else if (flat->cuts[0].side == SIDE_SERVER)
		walk_feed(w, SIDE_CLIENT, SLICE("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
}

static void walk_flat(struct walk *w, const struct flat *flat, const struct paragraph *lines)
{
	prepare(w, flat);
	for (size_t k = 0, i = lines->first; k < flat->n; k++) {
		if (flat->cuts[k].text.n)
			i = line_of(lines, flat->cuts[k].text, NULL);
		add_step(w, &flat->cuts[k], i);
	}
	for (size_t k = 0; k < w->n; k++)
		w->steps[k].command = w->steps[k].side == SIDE_CLIENT;
}

/* ---- whether it is one ---- */

/* Takes the line apart. A quote mark or a bullet before it is nothing that stands before the conversation. */
static bool read_line(struct flat *flat, struct slice line)
{
	bool found = flat_read(flat, line);
	if (found && flat->before.n && flat->before.p + flat->before.n <= line.p + notation_leader(line))
		flat->before.n = 0;
	return found;
}

/* Whether the lines right below are flattened too, and all together are enough. */
static bool goes_on_below(const struct flat *flat, const struct passage *p, size_t i)
{
	size_t exchanges = flat->exchanges;
	for (size_t end = i + LINES_BELOW; ++i < p->n && i < end && exchanges < 3;) {
		struct flat below;
		if (slice_trim(passage_line(p, i)).n == 0)
			continue;
		bool more = read_line(&below, passage_line(p, i)) && below.protocol == flat->protocol &&
		            below.before.n == 0;
		exchanges += more ? below.exchanges : 0;
		flat_free(&below);
		if (!more)
			break;
	}
	return exchanges > 2;
}

bool bare_is_flat(struct slice line)
{
	struct flat flat;
	bool is = read_line(&flat, line) && flat_stands_alone(&flat);
	flat_free(&flat);
	return is;
}

bool bare_line_is_flat(const struct passage *p, size_t i)
{
	struct held *held = &p->lines[i];
	if (held->flat == FLAT_UNASKED)
		held->flat = bare_is_flat(passage_line(p, i)) ? FLAT_ALL : FLAT_NOT;
	return held->flat == FLAT_ALL;
}

/* Whether prefixes stand before lines of the paragraph: those tell more. */
static bool has_prefixes(const struct passage *p, const struct paragraph *lines)
{
	struct said said;
	for (size_t i = lines->first; i < lines->end; i++)
		if (notation_find(passage_line(p, i), NULL, &said, 1))
			return true;
	return false;
}

static bool is_one(const struct bare *bare, const struct talk *t, const struct flat *flat, const struct walk *w,
                   const struct passage *p, size_t i)
{
	if (flat_stands_alone(flat))
		return true;
	if (flat->before.n)
		return false;
	return bare_continues(bare, t, w, &w->steps[0]) || goes_on_below(flat, p, i);
}

/* ---- the door ---- */

/* The shell's line, which telnet's own words follow. */
static struct slice shell_line(struct slice before)
{
	return slice_part(before, 0, slice_find(before, SLICE(" Trying ")));
}

static void say_around(struct talk *t, struct slice text, unsigned number)
{
	if (text.n)
		gap_add(t, text, number, BETWEEN_PROSE);
}

static void speak_flat(struct bare *bare, struct talk *t, const struct flat *flat, const struct walk *w,
                       const struct titles *titles)
{
	const struct held *held = &w->s->p->lines[w->s->first];
	if (flat_tool(flat->before))
		bare_see_tool(bare, shell_line(flat->before), held);
	else
		say_around(t, flat->before, held->number);
	bare_speak(bare, t, w, titles);
	t->flat = true;
	if (!w->protocol->server_first) /* a body is not looked for on other lines */
		buffer_clear(&bare->tail);
	say_around(t, flat->behind, held->number);
}

/* Reads the lines as one. */
static bool read_lines(struct bare *bare, struct talk *t, const struct passage *p, const struct paragraph *lines,
                       const struct titles *titles)
{
	struct flat flat;
	struct stretch s = { .p = p, .first = lines->first, .end = lines->end };
	struct walk w = { .s = &s };
	bool taken = read_line(&flat, lines->text);
	if (taken) {
		w.protocol = flat.protocol;
		walk_flat(&w, &flat, lines);
		taken = lines->joined.n
		                ? flat_stands_alone(&flat) && is_wrapped(lines, &flat) && !has_prefixes(p, lines)
		                : is_one(bare, t, &flat, &w, p, lines->first);
	}
	if (taken)
		speak_flat(bare, t, &flat, &w, titles);
	walk_free(&w);
	flat_free(&flat);
	return taken;
}

size_t bare_flat(struct bare *bare, struct talk *t, const struct passage *p, size_t i, const struct titles *titles)
{
	struct paragraph lines = { .first = i };
	if (p->lines[i].kind == DOCUMENT_HEADING)
		return i;
	bool taken = paragraph_join(&lines, p, i) && read_lines(bare, t, p, &lines, titles);
	buffer_free(&lines.joined);
	if (!taken) {
		paragraph_of_line(&lines, p, i);
		taken = read_lines(bare, t, p, &lines, titles);
	}
	return taken ? lines.end : i;
}
