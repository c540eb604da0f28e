/*
 * What Markdown and reStructuredText mark up within a line, taken off; but nothing of what a client or a server says. A mark
 * counts where it stands as a writer sets it, around words: `* OK`, `1:*`, `a*b*` and `_` are left alone, where CommonMark
 * would go further.
 */
#include "script/document_inside.h"

#include <string.h>

#include "script/document_names_table.h"

/* Stands where a mark was, until the line is done: no text holds it. */
#define GONE '\0'
#define OPEN_MAX ((size_t)16)
/* How far the end of code, a tag or an address is looked for. */
#define FAR ((size_t)2048)

/* A mark that may be closed later: where it stands in `out`. */
struct open_mark {
	char mark; /* `*`, `_` or `[` */
	size_t at, length;
};

struct inliner {
	struct buffer *out;
	struct slice text;
	size_t i;
	bool rst;
	bool flags; /* it names IMAP's flags (`\Seen`): a backslash stays what it is */
	struct open_mark open[OPEN_MAX];
	size_t nopen;
};

static char before(const struct inliner *l)
{
	return l->i > 0 ? l->text.p[l->i - 1] : ' ';
}

static char at(const struct inliner *l, size_t i)
{
	return i < l->text.n ? l->text.p[i] : ' ';
}

static size_t run(struct slice text, size_t i)
{
	size_t n = 0;
	while (i + n < text.n && text.p[i + n] == text.p[i])
		n++;
	return n;
}

static void add(struct inliner *l, size_t n)
{
	buffer_add_slice(l->out, slice_part(l->text, l->i, l->i + n));
	l->i += n;
}

static void gone(struct inliner *l, const struct open_mark *open)
{
	memset(l->out->p + open->at, GONE, open->length);
}

static void push(struct inliner *l, char mark, size_t at, size_t length)
{
	if (l->nopen == OPEN_MAX)
		memmove(l->open, l->open + 1, --l->nopen * sizeof l->open[0]);
	l->open[l->nopen++] = (struct open_mark){ mark, at, length };
}

/* The last that is open with that mark and length (0: any); OPEN_MAX: none is. */
static size_t find(const struct inliner *l, char mark, size_t length)
{
	for (size_t i = l->nopen; i-- > 0;)
		if (l->open[i].mark == mark && (length == 0 || l->open[i].length == length))
			return i;
	return OPEN_MAX;
}

/* ---- code ---- */

/* What stands between backticks, as it stands. */
static void code(struct inliner *l)
{
	size_t n = run(l->text, l->i);
	for (size_t i = l->i + n; i < l->text.n && i < l->i + FAR;) {
		size_t m = l->text.p[i] == '`' ? run(l->text, i) : 0;
		if (m != n) {
			i += m ? m : 1;
			continue;
		}
		struct slice inside = slice_part(l->text, l->i + n, i);
		if (inside.n > 2 && inside.p[0] == ' ' && inside.p[inside.n - 1] == ' ')
			inside = slice_part(inside, 1, inside.n - 1);
		buffer_add_slice(l->out, inside);
		l->i = i + n;
		return;
	}
	add(l, n);
}

/* ---- what reStructuredText has between backticks ---- */

/* Takes `:rfc:` off the end of what was appended: the role that the text plays. */
static void drop_role(struct inliner *l)
{
	size_t n = l->out->n;
	if (n < 3 || l->out->p[n - 1] != ':')
		return;
	for (n--; n > 0 && (octet_is_alnum(l->out->p[n - 1]) || strchr(":+.-", l->out->p[n - 1]));)
		n--;
	if (l->out->p[n] == ':' && n + 1 < l->out->n - 1)
		l->out->n = n;
}

/* How long a role is that stands behind its text, `:rfc:`; a link's end is `_` or `__`. */
static size_t role_behind(struct slice rest)
{
	size_t n = 0;
	if (rest.n > 0 && rest.p[0] == '_')
		return run(rest, 0) <= 2 ? run(rest, 0) : 0;
	if (rest.n < 3 || rest.p[0] != ':')
		return 0;
	for (n = 1; n < rest.n && octet_is_alnum(rest.p[n]);)
		n++;
	return n > 1 && n < rest.n && rest.p[n] == ':' ? n + 1 : 0;
}

/* A role's text or a link's: `Title <address>` is its title, `~a.b` and `!a` are names. */
static void interpreted(struct inliner *l)
{
	size_t end = l->i + 1;
	while (end < l->text.n && end < l->i + FAR && l->text.p[end] != '`')
		end += l->text.p[end] == '\\' ? 2 : 1;
	if (end >= l->text.n || l->text.p[end] != '`' || end == l->i + 1 || at(l, l->i + 1) == ' ') {
		add(l, 1);
		return;
	}
	struct slice inside = slice_part(l->text, l->i + 1, end);
	size_t address = slice_find(inside, SLICE(" <"));
	if (address < inside.n && inside.p[inside.n - 1] == '>')
		inside = slice_part(inside, 0, address);
	if (strchr("~!", inside.p[0]))
		inside = slice_part(inside, 1, inside.n);
	drop_role(l);
	buffer_add_slice(l->out, inside);
	l->i = end + 1;
	l->i += role_behind(slice_part(l->text, l->i, l->text.n));
}

/* ---- emphasis ---- */

/* Whether emphasis may begin before `c`: one star alone stands before files too (`*.txt`), and in what a client accepts. */
static bool may_follow(char c, size_t stars)
{
	return octet_is_alnum(c) || (unsigned char)c >= 0x80 ||
	       strchr(stars > 1 ? "<[`\\$\"'(&*_+{~@-./" : "<[`\\$\"'(&_", c);
}

static void emphasis(struct inliner *l)
{
	char mark = l->text.p[l->i], left = before(l);
	size_t n = run(l->text, l->i), open = n <= 3 ? find(l, mark, n) : OPEN_MAX;
	char right = at(l, l->i + n);
	bool opens = n <= 3 && !octet_is_alnum(left) && right != ' ' && left != '\\' && left != right &&
	             may_follow(right, n);
	bool closes = open != OPEN_MAX && left != ' ' && (!octet_is_alnum(right) || (n == 2 && left == ':')) &&
	              l->open[open].at + n < l->out->n;
	if (closes) {
		gone(l, &l->open[open]);
		l->nopen = open;
		l->i += n;
		return;
	}
	if (opens)
		push(l, mark, l->out->n, n);
	add(l, n);
}

/* ---- links ---- */

/* `"title")` behind a link's address, as a length; 0: it is none. */
static size_t link_title(struct slice text)
{
	if (text.n < 3 || (text.p[0] != '"' && text.p[0] != '\''))
		return 0;
	size_t end = 1 + slice_find_octet(slice_part(text, 1, text.n), text.p[0]);
	return end + 1 < text.n && text.p[end + 1] == ')' ? end + 2 : 0;
}

/* `(address)` or `(address "title")` behind a link's text, as a length; 0: it is none. */
static size_t destination(struct slice text)
{
	size_t deep = 0;
	bool address = false;
	text = slice_part(text, 0, FAR);
	if (text.n == 0 || text.p[0] != '(')
		return 0;
	for (size_t n = 0; n < text.n; n++) {
		char c = text.p[n];
		if (c == ' ') {
			size_t title = link_title(slice_part(text, n + 1, text.n));
			return title > 0 && address ? n + 1 + title : 0;
		}
		deep += c == '(';
		deep -= c == ')';
		if (deep == 0)
			return address ? n + 1 : 0;
		address |= strchr("/.#:@", c) != NULL;
	}
	return 0;
}

static void bracket(struct inliner *l)
{
	size_t image = before(l) == '!' && l->out->n > 0 ? 1 : 0;
	if (image || !octet_is_alnum(before(l)))
		push(l, '[', l->out->n - image, 1 + image);
	else
		push(l, ']', l->out->n, 1); /* `BODY[TEXT]`: no link */
	add(l, 1);
}

static void bracket_end(struct inliner *l)
{
	size_t link = find(l, '[', 0), none = find(l, ']', 0);
	if (none != OPEN_MAX && (link == OPEN_MAX || none > link)) {
		l->nopen = none;
	} else if (link != OPEN_MAX) {
		size_t n = destination(slice_part(l->text, l->i + 1, l->text.n));
		l->nopen = link;
		if (n > 0) {
			gone(l, &l->open[link]);
			l->i += 1 + n;
			return;
		}
	}
	add(l, 1);
}

/* ---- the rest ---- */

static void backslash(struct inliner *l)
{
	char c = at(l, l->i + 1);
	bool mark = c > ' ' && c < 0x7F && !octet_is_alnum(c);
	if (l->i + 1 == l->text.n && l->i > 0) { /* the line is broken here */
		l->i++;
		return;
	}
	if (!mark)
		add(l, 1);
	else if (l->flags && c == '*')
		add(l, 2);
	else
		l->i++, add(l, 1);
}

static void ampersand(struct inliner *l)
{
	size_t had = l->out->n;
	struct slice rest = slice_part(l->text, l->i, l->text.n);
	size_t n = entity_read(l->out, slice_part(rest, 0, 40), true);
	if (n > 0 && rest.p[n - 1] == ';') {
		l->i += n;
		return;
	}
	l->out->n = had;
	add(l, 1);
}

/* `bob@x.org>` or `http://x.org>` behind a `<`, as a length: it stands as it is, whatever it holds. 0: it is neither. */
static size_t address(struct slice rest)
{
	static const char *const of_names = ".!#$%&'*+/=?^_`{|}~-";
	size_t n = 0, name = 0, end = slice_find_octet(rest, '>');
	while (n < end && (octet_is_alnum(rest.p[n]) || strchr(of_names, rest.p[n])))
		n++;
	bool url = n > 1 && n < end && rest.p[n] == ':' && octet_is_alpha(rest.p[0]);
	if (end == rest.n || n == 0 || (!url && rest.p[n] != '@'))
		return 0;
	for (name = n + 1; name < end; name++)
		if (url ? strchr(" <", rest.p[name]) != NULL
		        : !octet_is_alnum(rest.p[name]) && !strchr(".-", rest.p[name]))
			return 0;
	return end + 1;
}

/* Tags of HTML that mark up words; others, and what is no tag, stay. */
static void angle(struct inliner *l)
{
	struct slice rest = slice_part(l->text, l->i + 1, l->i + FAR);
	size_t end = slice_find_octet(rest, '>'), n = 0, whole = address(rest);
	if (whole > 0) {
		add(l, 1 + whole);
		return;
	}
	if (slice_starts(rest, SLICE("!--"))) {
		size_t over = slice_find(rest, SLICE("-->"));
		if (over < rest.n) {
			l->i += 1 + over + 3;
			return;
		}
	}
	if (rest.n > 0 && rest.p[0] == '/')
		rest = slice_part(rest, 1, rest.n), end--;
	while (n < rest.n && n < 12 && octet_is_alnum(rest.p[n]))
		n++;
	char behind = n < rest.n ? rest.p[n] : '\0';
	const struct element *element = end < rest.n && n > 0 && strchr(" />", behind) && behind
	                                        ? element_find(slice_part(rest, 0, n))
	                                        : NULL;
	bool word = element && (element->does & ELEMENT_WORD);
	if (element == NULL || word || !(element->does & (ELEMENT_PHRASE | ELEMENT_BREAK))) {
		add(l, 1);
		return;
	}
	if (element->does & ELEMENT_BREAK)
		buffer_add_octet(l->out, '\n');
	l->i = (size_t)(rest.p - l->text.p) + end + 1;
}

static void one_of_rst(struct inliner *l)
{
	char c = l->text.p[l->i];
	size_t n = c == '`' ? run(l->text, l->i) : 1;
	if (n > 2)
		add(l, n);
	else if (n == 2)
		code(l);
	else if (c == '`')
		interpreted(l);
	else if (c == '*')
		emphasis(l);
	else if (at(l, l->i + 1) == ' ' && l->i + 1 < l->text.n) /* `\ ` parts marks from words, and is nothing */
		l->i += 2;
	else
		backslash(l);
}

static void one(struct inliner *l)
{
	switch (l->text.p[l->i]) {
	case '`':
		code(l);
		break;
	case '*':
	case '_':
		emphasis(l);
		break;
	case '[':
		bracket(l);
		break;
	case ']':
		bracket_end(l);
		break;
	case '\\':
		backslash(l);
		break;
	case '&':
		ampersand(l);
		break;
	case '<':
		angle(l);
		break;
	default:
		add(l, 1);
		break;
	}
}

/* Whether a backslash stands before a letter, as in `\Seen`. */
static bool names_flags(struct slice text)
{
	for (size_t i = 0; i + 1 < text.n; i++)
		if (text.p[i] == '\\' && octet_is_alpha(text.p[i + 1]))
			return true;
	return false;
}

/* Takes out what is gone, and the spaces at the end. */
static void tidy(struct buffer *out, size_t from)
{
	size_t n = from;
	for (size_t i = from; i < out->n; i++)
		if (out->p[i] != GONE)
			out->p[n++] = out->p[i];
	while (n > from && out->p[n - 1] == ' ')
		n--;
	out->n = n;
}

static void read_line(struct inliner *l)
{
	size_t from = l->out->n;
	const char *marks = l->rst ? "`*\\" : "`*_[]\\&<";
	while (l->i < l->text.n) {
		size_t plain = l->i;
		while (l->i < l->text.n && !strchr(marks, l->text.p[l->i]))
			l->i++;
		buffer_add_slice(l->out, slice_part(l->text, plain, l->i));
		if (l->i < l->text.n && l->rst)
			one_of_rst(l);
		else if (l->i < l->text.n)
			one(l);
	}
	tidy(l->out, from);
}

void inline_markdown(struct buffer *out, struct slice text)
{
	struct inliner l = { .out = out, .text = text, .flags = names_flags(text) };
	read_line(&l);
}

void inline_rst(struct buffer *out, struct slice text)
{
	struct inliner l = { .out = out, .text = text, .rst = true, .flags = names_flags(text) };
	read_line(&l);
}
