/*
 * What imaptest expects of a server, as templates. imaptest compares arguments: without their case, strings with literals,
 * most lists in any order. A transcript's line compares text. So words of the protocol are written as servers write them,
 * and what may stand in any order, or beside what is listed, is let pass and named.
 */
#include "script/import_imaptest.h"

#include "protocol/protocol.h"
#include "script/template.h"

/* ---- variables ---- */

static bool is_number(struct slice name)
{
	uint64_t number = 0;
	return slice_number(name, &number);
}

/* A variable by its name. */
static void add_variable(struct imaptest *t, struct slice name, bool expected, struct buffer *out)
{
	if (name.n == 0) {
		buffer_add_string(out, expected ? "{{*}}" : "$");
	} else if (expected && slice_equal(name, SLICE("tag"))) {
		buffer_printf(out, "a%u", t->tag);
	} else if (is_number(name)) { /* a message by its number before the command: it changes with each EXPUNGE */
		if (expected && t->expunges)
			buffer_add_string(out, "{{*}}");
		else
			buffer_add_slice(out, name);
	} else if (slice_starts(name, SLICE("case:"))) {
		draft_quote(out, slice_part(name, 5, name.n));
	} else {
		buffer_printf(out, "{{%s" SLICE_FMT "}}", template_name_valid(name) ? "" : "imaptest_",
		              SLICE_ARG(name));
	}
}

void imaptest_expand(struct imaptest *t, struct slice text, bool expected, struct buffer *out)
{
	while (text.n) {
		size_t dollar = slice_find_octet(text, '$'), i = dollar + 1;
		draft_quote(out, slice_part(text, 0, dollar));
		if (dollar == text.n)
			return;
		if (i < text.n && text.p[i] == '$') { /* `$$word` is a keyword that begins with $ */
			buffer_add_octet(out, '$');
			text = slice_part(text, i + 1, text.n);
			continue;
		}
		bool braces = i < text.n && text.p[i] == '{';
		size_t start = braces ? i + 1 : i, end = start;
		while (end < text.n &&
		       (braces ? text.p[end] != '}' : octet_is_alnum(text.p[end]) || text.p[end] == '_'))
			end++;
		add_variable(t, slice_part(text, start, end), expected, out);
		text = slice_part(text, braces ? end + 1 : end, text.n);
	}
}

/* ---- words ---- */

/* A word of the protocol as servers write it; NULL where it is none. */
static const char *canonical(struct slice word)
{
	static const enum table_kind kinds[] = { TABLE_RESPONSES,    TABLE_RESPONSE_CODES, TABLE_ITEMS,
		                                 TABLE_STATUS_ITEMS, TABLE_FLAGS,          TABLE_ATTRIBUTES };
	const struct protocol *imap = protocol_named(SLICE("imap"));
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		const struct table *table = protocol_table(imap, kinds[i]);
		const struct entry *entry = table ? table_find(table, word) : NULL;
		if (entry && slice_equal_nocase(slice_of(entry->word), word))
			return entry->word;
	}
	return NULL;
}

/* What else is a word of the protocol in untagged data: of ESEARCH (RFC 4731, RFC 5267), and NIL. */
static bool is_word(struct slice word)
{
	static const char *const words[] = { "TAG",     "MIN",        "MAX",     "ALL",       "COUNT",
		                             "ADDTO",   "REMOVEFROM", "PARTIAL", "UID",       "MODSEQ",
		                             "NIL",     "OK",         "NO",      "BAD",       "BYE",
		                             "PREAUTH", "LSUB",       "EARLIER", "CHILDINFO", NULL };
	for (const char *const *w = words; *w; w++)
		if (slice_equal_nocase(word, slice_of(*w)))
			return true;
	return false;
}

static void add_upper(struct buffer *out, struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		buffer_add_octet(out, octet_upper(text.p[i]));
}

/* An atom: in its own case, unless it is a word of the protocol. What stands in brackets (`body[header]`, `[trycreate]`) is. */
static void add_atom(struct imaptest *t, struct slice atom, struct buffer *out)
{
	size_t bracket = slice_find_octet(atom, '[');
	const char *word = canonical(atom);
	if (word) {
		buffer_add_string(out, word);
	} else if (bracket < atom.n && slice_find_octet(atom, '$') == atom.n) {
		add_upper(out, atom);
	} else if (bracket < atom.n) {
		struct slice rest = atom, part = slice_word(&rest);
		for (bool first = true; part.n; part = slice_word(&rest), first = false) {
			buffer_add_string(out, first ? "" : " ");
			if (slice_find_octet(part, '$') == part.n)
				add_upper(out, part);
			else
				imaptest_expand(t, part, true, out);
		}
	} else if (is_word(atom)) {
		add_upper(out, atom);
	} else {
		imaptest_expand(t, atom, true, out);
	}
}

/* ---- arguments ---- */

/* What kind of list it is, by where it stands: each has its own default of what imaptest lets pass. */
enum list { LIST_ORDERED, LIST_UNORDERED, LIST_PAIRS };

struct reading {
	struct imaptest *t;
	struct slice rest;
	struct buffer *out;
	struct slice name; /* of the response, "fetch" */
	struct slice key;  /* the atom before */
	unsigned depth;
	bool any_order; /* something that may stand in any order was let pass */
	bool text;      /* what stands last is a literal, whose count must fit what follows it */
	bool cut;       /* a literal that nobody knows: the line ends here */
};

static void read_list(struct reading *r, size_t index);

static bool is_text_item(struct slice key)
{
	static const struct slice items[] = { { "BODY[", 5 }, { "BINARY[", 7 }, { "RFC822", 6 } };
	for (size_t i = 0; i < sizeof items / sizeof items[0]; i++)
		if (slice_starts_nocase(key, items[i]) && !slice_equal_nocase(key, SLICE("RFC822.SIZE")))
			return true;
	return false;
}

/* How long the atom at the front is: up to a space or a parenthesis, but for what stands in brackets. */
static size_t atom_length(struct slice s)
{
	size_t n = 0, open = 0;
	for (; n < s.n; n++) {
		if (s.p[n] == '[')
			open++;
		else if (s.p[n] == ']' && open)
			open--;
		else if (!open && (s.p[n] == ' ' || s.p[n] == '(' || s.p[n] == ')'))
			break;
	}
	return n;
}

static size_t quoted_length(struct slice s)
{
	size_t n = 1;
	while (n < s.n && s.p[n] != '"')
		n += s.p[n] == '\\' ? 2 : 1;
	return n < s.n ? n + 1 : s.n;
}

/* `{12}` CR LF and its octets, `~{12}` too; 0 where none stands at the front. `*count` is the length of `{12}` CR LF. */
static size_t literal_length(struct slice s, size_t *count)
{
	size_t open = s.n && s.p[0] == '~' ? 1 : 0, end = slice_find(s, SLICE("}\r\n"));
	uint64_t n = 0;
	if (open >= s.n || s.p[open] != '{' || end == s.n || !slice_number(slice_part(s, open + 1, end), &n))
		return 0;
	*count = end + 3;
	return n <= s.n - *count ? *count + (size_t)n : 0;
}

/* Whether the argument is the mailbox of LIST, LSUB or STATUS. */
static bool is_mailbox(const struct reading *r, size_t index)
{
	bool list = slice_equal_nocase(r->name, SLICE("list")) || slice_equal_nocase(r->name, SLICE("lsub"));
	return r->depth == 0 && (list ? index == 3 : index == 1 && slice_equal_nocase(r->name, SLICE("status")));
}

/* Whether the text may stand without quotes (RFC 9051's ATOM-CHAR, and `$`, `{` and `}` of variables). */
static bool is_atom(struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] <= ' ' || (unsigned char)text.p[i] > '~' ||
		    slice_find_octet(SLICE("()%*\"\\]"), text.p[i]) < 7)
			return false;
	return text.n > 0;
}

/* Text of a message comes as a literal, however the script writes it. */
static void add_text(struct reading *r, struct slice text)
{
	bool binary = slice_starts_nocase(r->key, SLICE("BINARY[")); /* comes as `~{n}` too (RFC 3516 4.2) */
	buffer_printf(r->out, "%s{%zu}\r\n", binary ? "{{*}}" : "", text.n);
	draft_quote(r->out, text);
}

static void read_string(struct reading *r, size_t index, size_t length, size_t count)
{
	struct slice s = slice_part(r->rest, 0, length);
	struct slice text = count ? slice_part(s, count, s.n) : slice_part(s, 1, s.n - 1);
	if (is_text_item(r->key)) {
		add_text(r, text);
	} else if (count) {
		buffer_add_slice(r->out, slice_part(s, 0, count));
		draft_quote(r->out, text);
	} else { /* a mailbox comes as an atom where it can */
		const char *quote = is_mailbox(r, index) && is_atom(text) ? "" : "\"";
		buffer_add_string(r->out, quote);
		imaptest_expand(r->t, text, true, r->out);
		buffer_add_string(r->out, quote);
	}
	r->rest = slice_part(r->rest, length, r->rest.n);
}

static void read_atom(struct reading *r, size_t index)
{
	struct slice atom = slice_part(r->rest, 0, atom_length(r->rest));
	bool variable = atom.n && atom.p[0] == '$';
	bool list = slice_equal_nocase(r->name, SLICE("list")) || slice_equal_nocase(r->name, SLICE("lsub"));
	/* the hierarchy's separator, ESEARCH's tag and a date come as quoted strings */
	bool quoted = variable && atom.n > 1 &&
	              ((list && r->depth == 0 && index == 2) || slice_equal_nocase(r->key, SLICE("tag")) ||
	               slice_equal_nocase(r->key, SLICE("internaldate")));
	if (variable && is_text_item(r->key)) {
		buffer_add_string(r->out, "{{*}}");
		r->cut = true;
	} else if (slice_equal(atom, SLICE("$]"))) {
		buffer_add_string(r->out, "{{*}}");
	} else {
		buffer_add_string(r->out, quoted ? "\"" : "");
		add_atom(r->t, atom, r->out);
		buffer_add_string(r->out, quoted ? "\"" : "");
	}
	r->key = atom;
	r->rest = slice_part(r->rest, atom.n ? atom.n : 1, r->rest.n);
}

static void read_argument(struct reading *r, size_t index)
{
	size_t count = 0, literal = literal_length(r->rest, &count);
	r->text = literal || (r->rest.p[0] == '"' && is_text_item(r->key));
	if (literal)
		read_string(r, index, literal, count);
	else if (r->rest.p[0] == '"')
		read_string(r, index, quoted_length(r->rest), 0);
	else if (r->rest.p[0] == '(')
		read_list(r, index);
	else
		read_atom(r, index);
}

/* ---- lists ---- */

static enum list list_kind(const struct reading *r, size_t index)
{
	bool top = r->depth == 1;
	if (slice_equal_nocase(r->name, SLICE("fetch"))) {
		if (top)
			return index == 2 ? LIST_PAIRS : LIST_ORDERED;
		return r->depth == 2 && slice_equal_nocase(r->key, SLICE("flags")) ? LIST_UNORDERED : LIST_ORDERED;
	}
	if (slice_equal_nocase(r->name, SLICE("status")))
		return top ? LIST_PAIRS : LIST_ORDERED;
	bool list = slice_equal_nocase(r->name, SLICE("list")) || slice_equal_nocase(r->name, SLICE("lsub"));
	return list && top && index == 1 ? LIST_UNORDERED : LIST_ORDERED;
}

/* Takes `$!unordered=2` and its like off the front. */
static void read_directives(struct reading *r, enum list *kind)
{
	while (slice_starts(r->rest, SLICE("$!"))) {
		size_t end = atom_length(r->rest);
		struct slice word = slice_part(r->rest, 2, end);
		if (slice_equal(word, SLICE("unordered=2")))
			*kind = LIST_PAIRS;
		else if (slice_starts(word, SLICE("unordered")))
			*kind = LIST_UNORDERED;
		else if (slice_equal(word, SLICE("ordered")))
			*kind = LIST_ORDERED;
		else
			r->any_order = true; /* $!ban= and the like */
		r->rest = slice_part(r->rest, end, r->rest.n);
		while (r->rest.n && r->rest.p[0] == ' ')
			r->rest = slice_part(r->rest, 1, r->rest.n);
	}
}

/* Whether the template ends in a variable, behind which {{*}} would leave nothing for it to take. */
static bool ends_in_variable(const struct buffer *out)
{
	struct slice s = buffer_slice(out);
	return s.n > 5 && s.p[s.n - 1] == '}' && s.p[s.n - 2] == '}' && s.p[s.n - 3] != '*';
}

/* What parts an argument from the one before it: nothing between lists of THREAD, addresses and parts of a message (RFC 9051 9,
 * RFC 5256 5), else a space. */
static void add_space(struct reading *r, size_t n, bool lists)
{
	bool thread = slice_equal_nocase(r->name, SLICE("thread"));
	bool close = r->rest.p[0] == '(' && r->out->n && r->out->p[r->out->n - 1] == ')' &&
	             (thread || (lists && r->depth > 0));
	buffer_add_string(r->out, n && !close ? " " : "");
}

/* The elements up to the closing parenthesis, one space between; {{*}} before each pair. Returns how many there were. */
static size_t read_elements(struct reading *r, enum list kind)
{
	size_t n = 0;
	bool lists = true; /* nothing but lists so far */
	for (; r->rest.n && r->rest.p[0] != ')' && !r->cut; n++) {
		add_space(r, n, lists);
		lists = lists && r->rest.p[0] == '(';
		buffer_add_string(r->out, kind == LIST_UNORDERED || (kind == LIST_PAIRS && n % 2 == 0) ? "{{*}}" : "");
		read_argument(r, n);
		while (r->rest.n && r->rest.p[0] == ' ')
			r->rest = slice_part(r->rest, 1, r->rest.n);
	}
	return n;
}

/* A list of strings whose case is the server's (BODYSTRUCTURE's) or that come quoted or not (CHILDINFO's). */
static bool is_opaque(const struct reading *r)
{
	return slice_equal_nocase(r->key, SLICE("body")) || slice_equal_nocase(r->key, SLICE("bodystructure")) ||
	       slice_equal_nocase(r->key, SLICE("childinfo"));
}

static void skip_list(struct reading *r)
{
	size_t depth = 0, n = 0;
	do {
		if (r->rest.p[n] == '"')
			n += quoted_length(slice_part(r->rest, n, r->rest.n)) - 1;
		depth += r->rest.p[n] == '(';
		depth -= r->rest.p[n] == ')';
	} while (++n < r->rest.n && depth);
	r->rest = slice_part(r->rest, n, r->rest.n);
	buffer_add_string(r->out, "({{*}})");
	r->any_order = true;
	r->key = (struct slice){ 0 };
}

static void read_list(struct reading *r, size_t index)
{
	if (is_opaque(r)) {
		skip_list(r);
		return;
	}
	r->depth++;
	enum list kind = list_kind(r, index);
	r->rest = slice_part(r->rest, 1, r->rest.n);
	buffer_add_octet(r->out, '(');
	read_directives(r, &kind);
	size_t start = r->out->n, n = read_elements(r, kind);
	r->depth--;
	if (r->cut)
		return;
	if (kind == LIST_UNORDERED && n > 1) {
		r->out->n = start;
		r->any_order = true;
	}
	if (kind != LIST_ORDERED && !r->text && !ends_in_variable(r->out))
		buffer_add_string(r->out, "{{*}}");
	buffer_add_octet(r->out, ')');
	r->rest = slice_part(r->rest, 1, r->rest.n);
	r->text = false;
	r->key = (struct slice){ 0 };
}

/* ---- lines ---- */

/* A line in which nothing varies is compared by its kind alone (FORMATS section 3): {{*}}, where it can take nothing, makes
 * it compared whole. `word` is where the response's name stands. */
static void make_vary(struct buffer *line, size_t word)
{
	struct slice s = buffer_slice(line);
	if (template_has_variables(s))
		return;
	struct buffer made = { 0 };
	bool at_end = s.n && !octet_is_digit(s.p[s.n - 1]) && slice_find_octet(s, '\n') == s.n;
	buffer_add_slice(&made, slice_part(s, 0, at_end ? s.n : word));
	buffer_add_string(&made, "{{*}}");
	buffer_add_slice(&made, slice_part(s, at_end ? s.n : word, s.n));
	buffer_free(line);
	*line = made;
}

static void say_lines(struct draft *d, enum script_mark mark, struct slice text)
{
	while (text.n) {
		struct slice line = slice_row(&text);
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		draft_template(d, SIDE_SERVER, mark, line, SLICE("\r\n"));
	}
}

/* The response's name: the first word, or behind a number the second. */
static struct slice response_name(struct slice text)
{
	struct slice first = slice_word(&text);
	bool number = first.n && (octet_is_digit(first.p[0]) || first.p[0] == '$');
	return number ? slice_word(&text) : first;
}

/* Whether a FETCH of this message was listed for the command before: for imaptest one that comes can be both. */
static bool is_listed(struct imaptest *t, struct slice text)
{
	struct slice rest = text, number = slice_word(&rest), name = slice_word(&rest),
		     seen = buffer_slice(&t->messages);
	if (!slice_equal_nocase(name, SLICE("fetch")))
		return false;
	while (seen.n) {
		size_t end = slice_find_octet(seen, '\0');
		if (slice_equal(slice_part(seen, 0, end), number))
			return true;
		seen = slice_part(seen, end + 1, seen.n);
	}
	buffer_add_slice(&t->messages, number);
	buffer_add_octet(&t->messages, '\0');
	return false;
}

/* All arguments; where the response's name stands in the line. */
static size_t read_response(struct reading *r)
{
	size_t word = 2;
	for (size_t n = 0; r->rest.n && !r->cut; n++) {
		add_space(r, n, false);
		if (n < 2 && slice_starts(r->rest, r->name))
			word = r->out->n;
		read_argument(r, n);
		while (r->rest.n && (r->rest.p[0] == ' ' || r->rest.p[0] == ')'))
			r->rest = slice_part(r->rest, 1, r->rest.n);
	}
	static const struct slice texts[] = { { "ok", 2 }, { "no", 2 }, { "bad", 3 }, { "bye", 3 } };
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) /* words for people follow */
		if (slice_equal_nocase(r->name, texts[i]) && !ends_in_variable(r->out))
			buffer_add_string(r->out, "{{*}}");
	return word;
}

void imaptest_untagged(struct imaptest *t, enum script_mark mark, struct slice text)
{
	struct buffer line = { 0 };
	struct reading r = { .t = t, .rest = text, .out = &line, .name = response_name(text) };
	bool again = mark == MARK_NONE && is_listed(t, text);
	buffer_add_string(&line, "* ");
	make_vary(&line, read_response(&r));
	size_t end = slice_find_octet(buffer_slice(&line), '\r');
	bool marked = again || mark != MARK_NONE;
	if (marked && end < line.n) { /* a mark is for one line */
		line.n = end;
		r.cut = true;
	}
	if (r.cut || r.any_order)
		draft_comment(t->d, "imaptest compares more than can be compared here: * " SLICE_FMT,
		              SLICE_ARG(slice_part(text, 0, slice_find_octet(text, '\r'))));
	if (again)
		draft_comment_text(
			t->d,
			SLICE("for imaptest one response can be this one and the one above: so this need not come"));
	say_lines(t->d, again ? MARK_OPTIONAL : mark, buffer_slice(&line));
	buffer_free(&line);
}

void imaptest_tagged(struct imaptest *t, struct slice text, struct buffer *out)
{
	struct slice word = slice_word(&text);
	if (slice_equal(word, SLICE("\"\"")) || word.n == 0) {
		buffer_add_string(out, "{{*}}");
		return;
	}
	add_upper(out, word);
	buffer_add_octet(out, ' ');
	text = slice_trim(text);
	if (text.n)
		add_atom(t, text, out);
	if (!ends_in_variable(out))
		buffer_add_string(out, "{{*}}");
}
