/*
 * What stands in a line of IMAP, as a tree of atoms, strings and lists.
 */
#include <stdlib.h>

#include "protocol/imap_syntax.h"

/* A parse under way. */
struct parse {
	struct imap_tree *tree;
	struct slice text;
	size_t at;
	const struct imap_literal *literals;
	size_t nliterals, literal; /* the next one */
	size_t open[IMAP_DEPTH_MAX];
	size_t depth, deeper; /* lists open; those beyond the deepest */
};

static void wrong(struct parse *p, const char *problem)
{
	if (p->tree->problem == NULL)
		p->tree->problem = problem;
}

static struct imap_node *node_add(struct parse *p, enum imap_kind kind, size_t start, size_t end)
{
	struct imap_tree *tree = p->tree;
	if (tree->n == tree->room) {
		tree->room = tree->room ? tree->room * 2 : 32;
		tree->nodes = memory_grow(tree->nodes, tree->room, sizeof tree->nodes[0]);
	}
	struct imap_node *node = &tree->nodes[tree->n++];
	struct slice text = slice_part(p->text, start, end);
	*node = (struct imap_node){ .kind = kind, .text = text, .content = text, .whole = true, .end = tree->n };
	node->literals = p->literal;
	p->at = end;
	return node;
}

static char octet_at(const struct parse *p, size_t at)
{
	return at < p->text.n ? p->text.p[at] : '\0';
}

/* Where the quoted string that begins at `at` ends: behind its quote, or at the text's end (`*closed` false). */
static size_t quoted_end(struct slice text, size_t at, bool *closed)
{
	for (at++; at < text.n; at++) {
		if (text.p[at] == '\\')
			at++;
		else if (text.p[at] == '"') {
			*closed = true;
			return at + 1;
		}
	}
	*closed = false;
	return text.n;
}

static void parse_quoted(struct parse *p)
{
	bool closed = false;
	size_t start = p->at, end = quoted_end(p->text, start, &closed);
	struct imap_node *node = node_add(p, IMAP_QUOTED, start, end);
	node->whole = closed;
	node->content = slice_part(p->text, start + 1, closed ? end - 1 : end);
	if (!closed)
		wrong(p, "a quoted string is not closed");
}

/* Where `{n}` and its line end are over, if such stand at `at`; else `at`. `*octets` gets n. */
static size_t literal_end(const struct parse *p, size_t at, uint64_t *octets)
{
	size_t i = at + (octet_at(p, at) == '~');
	if (octet_at(p, i) != '{')
		return at;
	size_t digits = ++i;
	while (octet_is_digit(octet_at(p, i)))
		i++;
	struct slice number = slice_part(p->text, digits, i);
	i += octet_at(p, i) == '+';
	if (octet_at(p, i) != '}' || number.n == 0)
		return at;
	i++;
	if (!slice_number(number, octets))
		*octets = UINT64_MAX;
	if (i == p->text.n)
		return i;
	i += octet_at(p, i) == '\r';
	return octet_at(p, i) == '\n' ? i + 1 : at;
}

static void parse_literal(struct parse *p, size_t end, uint64_t octets)
{
	struct imap_node *node = node_add(p, IMAP_LITERAL, p->at, end);
	node->octets = octets;
	node->content = slice_part(node->text, 0, 0);
	if (p->literal < p->nliterals)
		node->content = p->literals[p->literal].held;
	node->whole = p->literal < p->nliterals && node->content.n == octets;
	p->literal++;
}

/* Whether a section's brackets may stand behind this: in them spaces and parentheses are the atom's own. */
static bool takes_section(struct slice name)
{
	static const char *const names[] = { "BODY", "BODY.PEEK", "BINARY", "BINARY.PEEK", "BINARY.SIZE", NULL };
	return imap_one_of(name, names);
}

/* Where the section that begins at `at` is over: behind its `]`, or the end of the text. Its literals count. */
static size_t section_end(struct parse *p, size_t at)
{
	while (at < p->text.n) {
		uint64_t octets = 0;
		bool closed = false;
		size_t end = literal_end(p, at, &octets);
		if (end > at) {
			p->literal++;
			at = end;
		} else if (p->text.p[at] == '"') {
			at = quoted_end(p->text, at, &closed);
		} else if (p->text.p[at++] == ']') {
			return at;
		}
	}
	wrong(p, "a section's [ is not closed");
	return at;
}

static void parse_atom(struct parse *p)
{
	size_t start = p->at, at = start, literals = p->literal;
	bool open = false;
	uint64_t octets = 0;
	while (at < p->text.n && slice_find_octet(SLICE(" ()\"\r\n"), p->text.p[at]) == 6) {
		if (at > start && literal_end(p, at, &octets) > at)
			break;
		if (p->text.p[at] == '[' && takes_section(slice_part(p->text, start, at))) {
			at = section_end(p, at);
			open = p->text.p[at - 1] != ']';
		} else {
			at++;
		}
	}
	struct imap_node *node = node_add(p, IMAP_ATOM, start, at > start ? at : start + 1);
	node->literals = literals;
	node->whole = !open;
}

static void list_opens(struct parse *p)
{
	if (p->depth == IMAP_DEPTH_MAX) {
		wrong(p, "lists stand in lists, deeper than anybody reads");
		p->deeper++;
		p->at++;
		return;
	}
	node_add(p, IMAP_LIST, p->at, p->at + 1)->whole = false;
	p->open[p->depth++] = p->tree->n - 1;
}

static void list_done(struct parse *p, bool closed)
{
	struct imap_node *list = &p->tree->nodes[p->open[--p->depth]];
	list->end = p->tree->n;
	list->whole = closed;
	list->text = slice_part(p->text, (size_t)(list->text.p - p->text.p), p->at);
	list->content = slice_part(list->text, 1, list->text.n - closed);
}

static void list_closes(struct parse *p)
{
	p->at++;
	if (p->deeper)
		p->deeper--;
	else if (p->depth)
		list_done(p, true);
	else
		wrong(p, "a ) stands without its (");
}

void imap_tree_parse(struct imap_tree *tree, struct slice text, const struct imap_literal *literals, size_t nliterals)
{
	struct parse p = { .tree = tree, .text = text, .literals = literals, .nliterals = nliterals };
	tree->n = 0;
	tree->problem = NULL;
	tree->cut = false;
	tree->literals = literals;
	tree->nliterals = nliterals;
	while (p.at < text.n && !tree->cut) {
		uint64_t octets = 0;
		char c = text.p[p.at];
		size_t end = literal_end(&p, p.at, &octets);
		if (c == ' ' || c == '\r' || c == '\n')
			p.at++;
		else if (c == '(')
			list_opens(&p);
		else if (c == ')')
			list_closes(&p);
		else if (c == '"')
			parse_quoted(&p);
		else if (end > p.at)
			parse_literal(&p, end, octets);
		else
			parse_atom(&p);
		tree->cut = tree->n >= IMAP_NODES_MAX;
	}
	if (p.depth)
		wrong(&p, "a ( is not closed");
	while (p.depth)
		list_done(&p, false);
}

void imap_tree_free(struct imap_tree *tree)
{
	free(tree->nodes);
	*tree = (struct imap_tree){ 0 };
}

const struct imap_node *imap_node_at(const struct imap_tree *tree, size_t at, size_t end)
{
	return at < end && at < tree->n ? &tree->nodes[at] : NULL;
}

bool imap_node_is(const struct imap_node *node, struct slice word)
{
	return node && node->kind == IMAP_ATOM && slice_equal_nocase(node->text, word);
}

bool imap_node_string(const struct imap_node *node, struct buffer *out)
{
	if (node == NULL || node->kind == IMAP_LIST || !node->whole || imap_node_is(node, SLICE("NIL")))
		return false;
	for (size_t i = 0; i < node->content.n; i++) {
		if (node->kind == IMAP_QUOTED && node->content.p[i] == '\\' && i + 1 < node->content.n)
			i++;
		buffer_add_octet(out, node->content.p[i]);
	}
	return true;
}

static bool atom_of(struct slice word, struct slice specials)
{
	for (size_t i = 0; i < word.n; i++) {
		unsigned char c = (unsigned char)word.p[i];
		if (c <= ' ' || c >= 0x7F || slice_find_octet(specials, word.p[i]) < specials.n)
			return false;
	}
	return word.n > 0;
}

bool imap_atom_ok(struct slice word)
{
	return atom_of(word, SLICE("(){%*\"\\]"));
}

bool imap_node_astring(const struct imap_node *node, bool list, struct buffer *out)
{
	if (node == NULL || node->kind == IMAP_LIST || !node->whole)
		return false;
	if (node->kind != IMAP_ATOM)
		return imap_node_string(node, out);
	if (!atom_of(node->content, list ? SLICE("(){\"\\") : SLICE("(){%*\"\\")))
		return false;
	buffer_add_slice(out, node->content);
	return true;
}
