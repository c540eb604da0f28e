/*
 * Logs that no form knows: before each line stand a time, a program, a connection … and somewhere a word or an arrow tells the
 * sides apart. What stands before is learnt: it has a shape that is the same before all that one side says, and another, alike,
 * before what the other says.
 */
#include <string.h>

#include "protocol/protocol.h"
#include "script/import_forms.h"
#include "script/notation_inside.h"
#include "script/speaker.h"

/* What stands before is no longer, in octets; so many lines are looked at to learn it, and so many shapes are compared. */
#define FRONT_MAX 160
#define LEARN_LINES 48
#define SHAPES_MAX 12
/* So many lines of each side must surely be said. */
#define SURELY_SAID 2

/* Words with a digit in them are `0`, white space is one space, all else is as it stands. */
struct shape {
	enum side side;
	size_t n, count, blanks; /* `blanks`: so many octets of white space are its end */
	char p[FRONT_MAX];
};

struct log {
	struct shape shapes[SHAPES_MAX];
	size_t n;
	const struct shape *of[2][SHAPES_MAX]; /* by side: of most lines first */
	size_t count[2];
	const struct protocol *protocol;
};

/* Whether a log parts its words with it. */
static bool is_mark(char c)
{
	return c && strchr(":<>[](\"|", c);
}

static struct slice slice_of_shape(const struct shape *shape)
{
	return (struct slice){ shape->p, shape->n };
}

/* Takes the next piece of a front, in the form that shapes have it. */
static struct slice take_piece(struct slice line, size_t *at)
{
	size_t start = *at;
	bool digit = false;
	if (octet_is_blank(line.p[start])) {
		while (*at < line.n && octet_is_blank(line.p[*at]))
			++*at;
		return SLICE(" ");
	}
	for (; *at < line.n && octet_is_alnum(line.p[*at]); ++*at)
		digit = digit || octet_is_digit(line.p[*at]);
	if (digit)
		return SLICE("0");
	*at += *at == start;
	return slice_part(line, start, *at);
}

/* The shape of what stands before `end`; its `n` is 0 where that is none. */
static struct shape shape_of(struct slice line, size_t end, enum side side)
{
	struct shape shape = { .side = side, .count = 1 };
	for (size_t at = 0; at < end;) {
		struct slice piece = take_piece(slice_part(line, 0, end), &at);
		memcpy(shape.p + shape.n, piece.p, piece.n);
		shape.n += piece.n;
	}
	while (shape.blanks < end && octet_is_blank(line.p[end - 1 - shape.blanks]))
		shape.blanks++;
	return shape;
}

/* Whether the line begins with a front of that shape; `*end` gets where it ends. A line without text may lack the space. */
static bool front_fits(const struct shape *shape, struct slice line, size_t *end)
{
	struct slice rest = slice_of_shape(shape);
	size_t at = 0, start = 0;
	while (rest.n && at < line.n) {
		start = at;
		struct slice piece = take_piece(line, &at);
		if (!slice_starts(rest, piece))
			return false;
		rest = slice_from(rest, piece.n);
	}
	bool white = shape->blanks > 0 && rest.n == 0;
	*end = white && at > start + shape->blanks ? start + shape->blanks : at;
	return rest.n == 0 || slice_equal(rest, SLICE(" "));
}

/* Whether a quote mark stands open at the end of the front. */
static bool is_open(struct slice front)
{
	bool open = false;
	for (size_t i = 0; i < front.n; i++)
		open ^= front.p[i] == '"';
	return open;
}

/* Whether the front is of a program's source: a call's bracket stands open right behind its name, and a string's quote mark in it
 * (`conn.Writeln("`). What the source prints or sends in the end, and when, only its running tells. */
static bool is_source(struct slice front)
{
	unsigned open = 0;
	for (size_t i = 1; i < front.n; i++) {
		open += front.p[i] == '(' && (octet_is_alnum(front.p[i - 1]) || open);
		open -= front.p[i] == ')' && open;
	}
	return open && is_open(front);
}

/* Python's string of octets without what is around it, where nothing but a line's end is escaped in it: `b'250 OK\r\n'`. */
static struct slice unrepred(struct slice text)
{
	if (text.n < 4 || text.p[0] != 'b' || strchr("'\"", text.p[1]) == NULL || text.p[text.n - 1] != text.p[1])
		return text;
	size_t end = leader_unended(text, text.n - 1);
	struct slice inside = slice_part(text, 2, end);
	return slice_find_octet(inside, '\\') == inside.n ? inside : text;
}

/* What is said behind a front, without the quote marks and the comma that close it. */
static struct slice said_behind(struct slice line, size_t end)
{
	bool comma = end && line.p[end - 1] == ',';
	struct slice text = slice_trim(slice_from(line, end)), rest = text;
	while (rest.n && strchr(",)", rest.p[rest.n - 1]))
		rest.n--;
	bool closed = rest.n && rest.p[rest.n - 1] == '"';
	if (closed && is_open(slice_part(line, 0, end)))
		return slice_part(rest, 0, rest.n - 1);
	if (comma && closed && rest.n > 1 && rest.p[0] == '"')
		return slice_part(rest, 1, rest.n - 1);
	if (comma && text.n && text.p[text.n - 1] == ',')
		return slice_part(text, 0, text.n - 1);
	return comma || text.n == 0 || text.p[0] == 'b' ? unrepred(text) : slice_from(line, end);
}

/* ---- learning ---- */

/* Whether a reply may stand there: all other places are passed over quickly. */
static bool may_reply(struct slice text)
{
	return line_is_code(text) || line_starts(text, "+OK", NULL) || line_starts(text, "-ERR", NULL) ||
	       line_starts(text, "* ", NULL);
}

size_t log_says(struct slice line, enum side *side)
{
	bool marked = false;
	for (size_t at = 1; at < line.n && at < FRONT_MAX; at++) {
		char before = line.p[at - 1], c = line.p[at];
		marked = marked || is_mark(before);
		bool parted = octet_is_blank(before) || ((before == ',' || before == '"') && !octet_is_blank(c));
		if (!marked || !parted)
			continue;
		struct slice said = said_behind(line, at);
		bool reply = may_reply(said);
		if (!reply && !octet_is_alnum(c))
			continue;
		*side = reply ? SIDE_SERVER : SIDE_CLIENT;
		if (prefix_likes(*side, said) > 1)
			return at;
	}
	return 0;
}

static void count_shape(struct log *log, const struct shape *shape)
{
	for (size_t i = 0; i < log->n; i++) {
		struct shape *one = &log->shapes[i];
		if (one->side != shape->side || !slice_equal(slice_of_shape(one), slice_of_shape(shape)))
			continue;
		one->count++;
		one->blanks = shape->blanks < one->blanks ? shape->blanks : one->blanks;
		return;
	}
	if (log->n < SHAPES_MAX)
		log->shapes[log->n++] = *shape;
}

static bool is_marked(const struct shape *shape)
{
	for (size_t i = 0; i < shape->n; i++)
		if (is_mark(shape->p[i]))
			return true;
	return false;
}

/* Whether two shapes are those of a log's two sides: all words but one are the same. `*tail` and `*other` get that one and what
 * stands behind it. */
static bool alike(const struct shape *a, const struct shape *b, struct slice *tail, struct slice *other)
{
	struct slice left = slice_of_shape(a), right = slice_of_shape(b), one, two;
	unsigned differ = 0;
	do {
		one = slice_word(&left);
		two = slice_word(&right);
		if ((one.n == 0) != (two.n == 0))
			return false;
		if (slice_equal(one, two))
			continue;
		differ++;
		*tail = slice_from(slice_of_shape(a), (size_t)(one.p - a->p));
		*other = slice_from(slice_of_shape(b), (size_t)(two.p - b->p));
	} while (one.n);
	return differ == 1 && is_marked(a) && is_marked(b);
}

/* The shapes that begin and end as that side's chosen one: where somebody has logged in, a name stands in the front besides. */
static void choose_like(struct log *log, enum side side, struct slice tail)
{
	const struct shape *chosen = log->of[side][0];
	struct slice head = slice_part(slice_of_shape(chosen), 0, chosen->n - tail.n), start = slice_word(&head);
	for (size_t i = 0; i < log->n; i++) {
		const struct shape *one = &log->shapes[i];
		struct slice text = slice_of_shape(one);
		bool ends = text.n > tail.n && slice_equal(slice_from(text, text.n - tail.n), tail);
		bool starts = start.n && slice_equal(slice_word(&text), start);
		if (one->side == side && one != chosen && starts && ends)
			log->of[side][log->count[side]++] = one;
	}
}

/* The two shapes of which most is surely said, and those that end as they do; false where no two are alike. */
static bool choose(struct log *log)
{
	size_t best = 0;
	struct slice tails[2] = { { 0 }, { 0 } }, tail = { 0 }, other = { 0 };
	for (size_t s = 0; s < log->n; s++) {
		for (size_t c = 0; c < log->n; c++) {
			const struct shape *server = &log->shapes[s], *client = &log->shapes[c];
			bool sides = server->side == SIDE_SERVER && client->side == SIDE_CLIENT;
			bool sure = server->count >= SURELY_SAID && client->count >= SURELY_SAID;
			if (!sides || !sure || server->count + client->count <= best ||
			    !alike(server, client, &tail, &other))
				continue;
			best = server->count + client->count;
			log->of[SIDE_SERVER][0] = server;
			log->of[SIDE_CLIENT][0] = client;
			tails[SIDE_SERVER] = tail;
			tails[SIDE_CLIENT] = other;
		}
	}
	for (enum side side = SIDE_CLIENT; best && side <= SIDE_SERVER; side++) {
		log->count[side] = 1;
		choose_like(log, side, tails[side]);
	}
	return best > 0;
}

/* Whether the log says something in that line. */
static bool log_row(const struct log *log, struct slice line, enum side *side, struct slice *text)
{
	size_t end;
	for (*side = SIDE_CLIENT; *side <= SIDE_SERVER; ++*side) {
		for (size_t i = 0; i < log->count[*side]; i++) {
			if (!front_fits(log->of[*side][i], line, &end))
				continue;
			*text = said_behind(line, end);
			return true;
		}
	}
	return false;
}

/* Which protocol the rows speak; false where hardly any, HTTP's, or the other side's lines stand there. */
static bool judge(struct log *log, struct slice text)
{
	struct speaker_line rows[LEARN_LINES];
	size_t n = 0, wrong = 0;
	for (size_t i = 0; i < LEARN_LINES && text.n; i++) {
		if (!log_row(log, slice_row(&text), &rows[n].side, &rows[n].text))
			continue;
		enum side other = rows[n].side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
		wrong += prefix_likes(other, rows[n].text) > 1 && prefix_likes(rows[n].side, rows[n].text) < 2;
		n++;
	}
	log->protocol = speaker_protocol(rows, n, NULL);
	return log->protocol && wrong * 4 <= n && !slice_equal(slice_of(log->protocol->name), SLICE("http"));
}

/* Finds the fronts of a log in the text's first lines; false where no two sides speak in them. */
static bool find_fronts(struct log *log, struct slice text)
{
	for (size_t i = 0; i < LEARN_LINES && text.n; i++) {
		struct slice line = slice_row(&text);
		enum side side;
		size_t end = log_says(line, &side);
		struct shape shape = shape_of(line, end, side);
		if (end && !is_source(slice_part(line, 0, end)))
			count_shape(log, &shape);
	}
	return choose(log);
}

/* Whether the log whose fronts are known begins with the text's first line. */
static bool begins(struct log *log, struct slice text)
{
	enum side side;
	struct slice said, rest = text;
	return log_row(log, slice_row(&rest), &side, &said) && judge(log, text);
}

/* ---- reading ---- */

struct reading {
	struct draft *d;
	const struct log *log;
	enum side side;
	bool more; /* the server's reply has more lines, or a literal is open, which may stand without a front */
	bool quit; /* the client has said goodbye */
};

/* Whether lines without a front may follow what was said: a literal's octets, more of a reply. */
static bool opens(struct slice text)
{
	bool literal = text.n > 2 && text.p[text.n - 1] == '}' && slice_find_octet(text, '{') < text.n;
	return literal || (line_is_code(text) && text.n > 3 && text.p[3] == '-');
}

/* What is said; some logs print several lines in one. */
static void read_said(struct reading *r, struct slice text)
{
	static const char *const ends[] = { "[nl]", "\\r\\n", "<CRLF>", NULL };
	do {
		size_t end = text.n, length = 0;
		for (const char *const *mark = ends; *mark; mark++) {
			size_t at = slice_find(text, slice_of(*mark));
			length = at < end ? strlen(*mark) : length;
			end = at < end ? at : end;
		}
		struct slice one = slice_part(text, 0, end);
		draft_said(r->d, r->side, one, SLICE("\r\n"));
		r->more = opens(one);
		text = slice_from(text, end + length);
	} while (text.n);
}

static void read_row(struct reading *r, enum side side, struct slice text)
{
	static const char *const goodbyes[] = { "QUIT", "LOGOUT", NULL };
	bool again = r->quit && side == SIDE_SERVER && r->side == SIDE_SERVER && protocol_of_greeting(text);
	if (again) {
		draft_next(r->d);
		draft_protocol(r->d, r->log->protocol->name);
	}
	r->quit = r->quit && side == SIDE_SERVER && !again;
	for (const char *const *word = goodbyes; side == SIDE_CLIENT && *word; word++)
		r->quit = r->quit || slice_find_nocase(text, slice_of(*word)) < text.n;
	r->side = side;
	read_said(r, text);
}

static void read_line(struct reading *r, struct slice line)
{
	enum side side;
	struct slice text;
	if (log_row(r->log, line, &side, &text))
		read_row(r, side, text);
	else if (r->more)
		draft_said(r->d, r->side, line, SLICE("\r\n"));
	else if (slice_trim(line).n)
		draft_comment_text(r->d, line);
	if (r->more && line_is_code(line))
		r->more = opens(line);
}

static enum status read(struct draft *d, struct slice text)
{
	struct log log = { 0 };
	struct slice line, end;
	if (!find_fronts(&log, text) || !begins(&log, text))
		return draft_wrong(d, slice_row(&text), "no log's line tells who speaks");
	struct reading r = { .d = d, .log = &log, .side = SIDE_SERVER };
	draft_protocol(d, log.protocol->name);
	while (draft_line(d, &text, &line, &end))
		read_line(&r, line);
	return STATUS_OK;
}

/* ---- the door ---- */

/* A line that begins with somebody's prefix is read with that, unless a time or a string of Python's follows, or what is surely said
 * stands further behind. */
static unsigned likes(struct slice line, bool first)
{
	struct said said;
	enum side side;
	(void)first;
	if (log_says(line, &side) == 0)
		return 0;
	if (notation_find(line, NULL, &said, 1) == 0 || !said.clean)
		return 1;
	struct slice text = slice_part(line, said.text, said.end);
	bool behind = prefix_likes(SIDE_CLIENT, text) < 2 && prefix_likes(SIDE_SERVER, text) < 2;
	return log_from(text) > 0 || unrepred(text).n < text.n || (behind && log_says(text, &side) > 0);
}

size_t log_lines(struct slice text, bool *barren)
{
	struct log log = { 0 };
	size_t n = 0, end = 0;
	enum side side;
	struct slice said;
	*barren = false;
	if (likes(slice_part(text, 0, slice_find_octet(text, '\n')), true) == 0)
		return 0;
	*barren = !find_fronts(&log, text);
	if (*barren || !begins(&log, text))
		return 0;
	while (text.n) {
		n++;
		if (log_row(&log, slice_row(&text), &side, &said))
			end = n;
	}
	return end;
}

const struct import_form import_log = { "log", "a log whose lines' fronts tell who speaks", likes, read };
