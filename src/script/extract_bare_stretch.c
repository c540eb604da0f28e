/*
 * Lines that stand together: where they end, what is before all of them, what marks one side's.
 */
#include "script/extract_bare.h"

#include "protocol/protocol.h"
#include "script/import_forms.h"
#include "script/speaker.h"

/* So many lines of a stretch are looked at for what marks a side. */
#define LINES_LOOKED 48

/* So many of them with ` # ` show that an author writes so behind what is said. */
#define HASHES_LEAST 3

/* No stretch has more lines. */
#define LINES_MAX 2048
#define LINES_OF_TEXT 512

/* A line of prose that is wrapped has as many octets, and more. */
#define PROSE_LEAST 55

static size_t indent_of(struct slice line)
{
	size_t n = 0;
	while (n < line.n && line.p[n] == ' ')
		n++;
	return n;
}

struct slice stretch_trim(struct slice text)
{
	bool row = slice_starts(slice_trim(text), SLICE("|"));
	for (; text.n; text.n--) {
		char last = text.p[text.n - 1];
		bool bar = last == '|' && !row && text.n > 1 && text.p[text.n - 2] == ' ';
		if (last != ' ' && last != '\r' && !bar)
			break;
	}
	return text;
}

/* `**EHLO x**`: a document's bold, which shows what was typed. */
static struct slice unbold(struct slice text)
{
	struct slice trimmed = slice_trim(text);
	if (trimmed.n > 4 && slice_starts(trimmed, SLICE("**")) &&
	    slice_equal(slice_part(trimmed, trimmed.n - 2, trimmed.n), SLICE("**")))
		return slice_part(trimmed, 2, trimmed.n - 2);
	return text;
}

struct slice stretch_unescaped(struct slice text)
{
	return slice_starts(text, SLICE("\\* ")) ? slice_from(text, 1) : text;
}

/* The line behind the mark of a quote, and a space. */
static struct slice unquoted(struct slice line, struct slice quote)
{
	size_t n = slice_starts(line, quote) ? quote.n : 0;
	return slice_part(line, n + (n < line.n && line.p[n] == ' '), line.n);
}

/* `<enter>`: the key is pressed, nothing is typed. */
static bool is_key(struct slice text)
{
	static const char *const keys[] = { "<enter>", "[enter]", "<return>", "[return]", NULL };
	for (const char *const *key = keys; *key; key++)
		if (slice_equal_nocase(text, slice_of(*key)))
			return true;
	return false;
}

struct slice stretch_line(const struct stretch *s, size_t i)
{
	struct slice line = stretch_trim(passage_line(s->p, i));
	line = slice_part(line, s->indent, line.n);
	if (s->quote.n)
		line = unquoted(line, s->quote);
	if (s->numbered)
		line = slice_part(line, stretch_number(line), line.n);
	line = stretch_unescaped(unbold(line));
	if (is_key(line))
		return slice_part(line, 0, 0);
	return s->ends ? stretch_trim(slice_part(line, 0, end_mark(line, true))) : line;
}

size_t stretch_number(struct slice text)
{
	size_t i = indent_of(text), digits = 0, spaces = 0;
	for (; i < text.n && octet_is_digit(text.p[i]); i++)
		digits++;
	bool mark = i < text.n && (text.p[i] == '.' || text.p[i] == ')' || text.p[i] == ':' || text.p[i] == '|');
	i += mark;
	for (; i < text.n && text.p[i] == ' '; i++)
		spaces++;
	return digits && digits < 5 && (mark ? spaces > 0 || i == text.n : spaces > 2) ? i : 0;
}

/* Whether each line has a number: the stretch ends with the last that has. */
static void find_numbers(struct stretch *s)
{
	size_t end = s->first;
	while (end < s->end && stretch_number(passage_line(s->p, end)))
		end++;
	s->numbered = end > s->first + 2;
	if (!s->numbered)
		return;
	s->end = end;
	s->indent = 0;
}

/* Whether the line begins with the mark, or is empty. */
static bool is_quoted(const struct stretch *s, size_t i, struct slice mark)
{
	struct slice line = stretch_trim(slice_part(passage_line(s->p, i), s->indent, passage_line(s->p, i).n));
	char next = line.n > mark.n ? line.p[mark.n] : ' ';
	bool reply = mark.p[0] == '#' && (octet_is_digit(next) || next == '+'); /* `#220 mail.example.com` */
	bool mail = mark.p[0] == '>' && next != '>' && next != '=';             /* `>220 mail.example.com` */
	return line.n == 0 || (slice_starts(line, mark) && (next == ' ' || reply || mail));
}

/* Quoted mail, a block quote, a comment, items of a list: all lines have the mark. In a block it must be all of them, lines of text end
 * with the last that has it. */
static void find_quote(struct stretch *s)
{
	static const char *const marks[] = { ">", "//", "#", "-", NULL };
	for (const char *const *mark = marks; *mark; mark++) {
		struct slice one = slice_of(*mark);
		size_t end = s->first;
		while (end < s->end && is_quoted(s, end, one))
			end++;
		if (end == s->first || (s->literal && end < s->end))
			continue;
		s->end = end;
		s->quote = one;
		return;
	}
}

bool stretch_marked(const struct stretch *s, enum side side, struct slice text, struct slice *rest)
{
	struct slice mark = s->mark[side];
	bool marked = slice_starts(text, mark);
	if (marked)
		*rest = slice_part(text, mark.n, text.n);
	while (marked && mark.n && rest->n && rest->p[0] == ' ')
		*rest = slice_part(*rest, 1, rest->n);
	return marked;
}

/* How much any protocol likes the line as that side's. */
static unsigned liked(enum side side, struct slice text)
{
	unsigned most = 0;
	for (const struct protocol *const *protocol = protocols; *protocol; protocol++) {
		unsigned likes = (*protocol)->bare ? 0 : speaker_likes(*protocol, side, text);
		if (likes > most)
			most = likes;
	}
	return most;
}

/* Whether a line has the mark, and another has not. */
static bool is_used(const struct stretch *s, struct slice mark)
{
	bool with = false, without = false;
	for (size_t i = s->first; i < s->end && i < s->first + LINES_LOOKED && !(with && without); i++) {
		struct slice text = stretch_line(s, i);
		bool marked = slice_starts(text, mark);
		with = with || marked;
		without = without || (text.n && !marked);
	}
	return with && without;
}

/* What stands before the lines of one side, and not of the other. */
static void find_marks(struct stretch *s)
{
	static const struct {
		const char *mark;
		enum side side;
	} rows[] = { { ">>> ", SIDE_CLIENT }, { ">> ", SIDE_CLIENT }, { "> ", SIDE_CLIENT }, { "---> ", SIDE_CLIENT },
		     { "C ", SIDE_CLIENT },   { "-> ", SIDE_CLIENT }, { "$ ", SIDE_CLIENT }, { "<<< ", SIDE_SERVER },
		     { "<< ", SIDE_SERVER },  { "< ", SIDE_SERVER },  { "#", SIDE_SERVER } };
	size_t most = 0;
	for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
		struct slice mark = slice_of(rows[r].mark);
		enum side other = rows[r].side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
		size_t marked = 0, bare = 0;
		for (size_t i = s->first; is_used(s, mark) && i < s->end && i < s->first + LINES_LOOKED; i++) {
			struct slice text = stretch_line(s, i);
			if (slice_starts(text, mark))
				marked += liked(rows[r].side, slice_trim(slice_part(text, mark.n, text.n))) >= 2;
			else
				bare += liked(other, text) >= 2;
		}
		if (marked > most && bare) {
			most = marked;
			s->mark[SIDE_CLIENT] = s->mark[SIDE_SERVER] = (struct slice){ 0 };
			s->mark[rows[r].side] = mark;
		}
	}
}

void stretch_mark(struct stretch *s, const struct slice mark[2])
{
	enum side side = mark[SIDE_CLIENT].n ? SIDE_CLIENT : SIDE_SERVER;
	if (s->mark[SIDE_CLIENT].n || s->mark[SIDE_SERVER].n || mark[side].n == 0 || !is_used(s, mark[side]))
		return;
	s->mark[side] = mark[side];
	s->quote = (struct slice){ 0 };
	s->end = s->whole;
}

/* Whether most lines are printed with their ends: `Host: www.example.com\r\n`. */
static void find_ends(struct stretch *s)
{
	size_t lines = 0, ends = 0;
	for (size_t i = s->first; i < s->end && i < s->first + LINES_LOOKED; i++) {
		struct slice text = stretch_line(s, i);
		lines += text.n > 0;
		ends += end_mark(text, true) < text.n;
	}
	s->ends = ends > 1 && ends * 2 > lines;
}

/* Whether several lines go on behind ` # `. */
static void find_hashes(struct stretch *s)
{
	size_t hashes = 0;
	for (size_t i = s->first; i < s->end && i < s->first + LINES_LOOKED; i++) {
		struct slice text = stretch_line(s, i);
		hashes += bare_hash_gloss(&text).n > 0;
	}
	s->hashes = hashes >= HASHES_LEAST;
}

/* Whether the line belongs to what begins with the first. */
static bool together(const struct stretch *s, const struct held *first, const struct held *held, struct slice line)
{
	if (held->kind == DOCUMENT_HEADING || held->kind == DOCUMENT_CELL)
		return false;
	if (slice_trim(line).n == 0)
		return held->kind != DOCUMENT_LITERAL || held->block == first->block;
	if (s->literal)
		return held->kind == DOCUMENT_LITERAL && held->block == first->block;
	return held->kind != DOCUMENT_LITERAL && indent_of(line) >= s->indent;
}

bool stretch_amid_sentence(const struct passage *p, size_t i)
{
	const struct held *held = &p->lines[i];
	if (i == 0 || held->kind == DOCUMENT_LITERAL || held[-1].kind != held->kind ||
	    held[-1].number + 1 != held->number)
		return false;
	struct slice line = passage_line(p, i), above = passage_line(p, i - 1), text = slice_trim(above);
	return text.n >= PROSE_LEAST && indent_of(above) == indent_of(line) && octet_is_alpha(text.p[text.n - 1]) &&
	       !line_is_code(text) && !tool_logs(text);
}

/* Whether wget has announced the response, which it indents more than all else (-S). */
static bool is_announced(const struct passage *p, size_t i)
{
	static const struct slice words = { "awaiting response...", 20 };
	struct slice above = i ? passage_line(p, i - 1) : (struct slice){ 0 };
	return slice_find(above, words) < above.n;
}

struct stretch stretch_of(const struct passage *p, size_t i)
{
	struct stretch s = { .p = p, .first = i, .end = i, .literal = p->lines[i].kind == DOCUMENT_LITERAL };
	s.indent = indent_of(passage_line(p, i));
	for (size_t most = i + (s.literal ? LINES_MAX : LINES_OF_TEXT); s.end < p->n && s.end < most; s.end++) {
		struct slice line = passage_line(p, s.end);
		if (!together(&s, &p->lines[i], &p->lines[s.end], line) || (s.end > i && bare_line_is_flat(p, s.end)))
			break;
		if (s.literal && slice_trim(line).n && indent_of(line) < s.indent) {
			if (is_announced(p, i))
				break;
			s.indent = indent_of(line);
		}
	}
	while (s.end > i + 1 && slice_trim(passage_line(p, s.end - 1)).n == 0)
		s.end--;
	find_numbers(&s);
	find_marks(&s);
	s.whole = s.end;
	if (s.mark[SIDE_CLIENT].n == 0 && s.mark[SIDE_SERVER].n == 0)
		find_quote(&s);
	find_ends(&s);
	find_hashes(&s);
	return s;
}
