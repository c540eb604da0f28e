/*
 * A SEARCH's program: RETURN, CHARSET and the keys, read into a flat list in which each key says where it ends.
 */
#include <stdlib.h>

#include "base/calendar.h"
#include "base/escape.h"
#include "lab/imap_search_inside.h"

/* ---- the keys ---- */

enum operands {
	OPERANDS_NONE,
	OPERANDS_STRING,
	OPERANDS_HEADER,
	OPERANDS_DATE,
	OPERANDS_NUMBER,
	OPERANDS_SET,
	OPERANDS_KEYWORD
};

/* RFC 3501 section 6.4.4; the first of strings is the field that they stand in. */
static const struct row {
	const char *word;
	enum key_kind kind;
	enum operands operands;
	uint64_t wanted, unwanted;
	const char *field;
} rows[] = {
	{ "ALL", KEY_ALL, OPERANDS_NONE, 0, 0, NULL },
	{ "ANSWERED", KEY_FLAGS, OPERANDS_NONE, MAIL_ANSWERED, 0, NULL },
	{ "BCC", KEY_ADDRESSES, OPERANDS_STRING, 0, 0, "Bcc" },
	{ "BEFORE", KEY_BEFORE, OPERANDS_DATE, 0, 0, NULL },
	{ "BODY", KEY_BODY, OPERANDS_STRING, 0, 0, NULL },
	{ "CC", KEY_ADDRESSES, OPERANDS_STRING, 0, 0, "Cc" },
	{ "DELETED", KEY_FLAGS, OPERANDS_NONE, MAIL_DELETED, 0, NULL },
	{ "DRAFT", KEY_FLAGS, OPERANDS_NONE, MAIL_DRAFT, 0, NULL },
	{ "FLAGGED", KEY_FLAGS, OPERANDS_NONE, MAIL_FLAGGED, 0, NULL },
	{ "FROM", KEY_ADDRESSES, OPERANDS_STRING, 0, 0, "From" },
	{ "HEADER", KEY_HEADER, OPERANDS_HEADER, 0, 0, NULL },
	{ "KEYWORD", KEY_KEYWORD, OPERANDS_KEYWORD, 0, 0, NULL },
	{ "LARGER", KEY_LARGER, OPERANDS_NUMBER, 0, 0, NULL },
	{ "NEW", KEY_RECENT, OPERANDS_NONE, 0, MAIL_SEEN, NULL },
	{ "OLD", KEY_NOT_RECENT, OPERANDS_NONE, 0, 0, NULL },
	{ "ON", KEY_ON, OPERANDS_DATE, 0, 0, NULL },
	{ "RECENT", KEY_RECENT, OPERANDS_NONE, 0, 0, NULL },
	{ "SEEN", KEY_FLAGS, OPERANDS_NONE, MAIL_SEEN, 0, NULL },
	{ "SENTBEFORE", KEY_SENT_BEFORE, OPERANDS_DATE, 0, 0, NULL },
	{ "SENTON", KEY_SENT_ON, OPERANDS_DATE, 0, 0, NULL },
	{ "SENTSINCE", KEY_SENT_SINCE, OPERANDS_DATE, 0, 0, NULL },
	{ "SINCE", KEY_SINCE, OPERANDS_DATE, 0, 0, NULL },
	{ "SMALLER", KEY_SMALLER, OPERANDS_NUMBER, 0, 0, NULL },
	{ "SUBJECT", KEY_HEADER, OPERANDS_STRING, 0, 0, "Subject" },
	{ "TEXT", KEY_TEXT, OPERANDS_STRING, 0, 0, NULL },
	{ "TO", KEY_ADDRESSES, OPERANDS_STRING, 0, 0, "To" },
	{ "UID", KEY_UID, OPERANDS_SET, 0, 0, NULL },
	{ "UNANSWERED", KEY_FLAGS, OPERANDS_NONE, 0, MAIL_ANSWERED, NULL },
	{ "UNDELETED", KEY_FLAGS, OPERANDS_NONE, 0, MAIL_DELETED, NULL },
	{ "UNDRAFT", KEY_FLAGS, OPERANDS_NONE, 0, MAIL_DRAFT, NULL },
	{ "UNFLAGGED", KEY_FLAGS, OPERANDS_NONE, 0, MAIL_FLAGGED, NULL },
	{ "UNKEYWORD", KEY_UNKEYWORD, OPERANDS_KEYWORD, 0, 0, NULL },
	{ "UNSEEN", KEY_FLAGS, OPERANDS_NONE, 0, MAIL_SEEN, NULL },
};

static int compare_words(const void *word, const void *row)
{
	return slice_compare_nocase(*(const struct slice *)word, slice_of(((const struct row *)row)->word));
}

/* ---- reading ---- */

/* A key that takes others, and how many are still missing: an AND takes all up to `list_end`. */
struct open_key {
	size_t key, list_end;
	unsigned missing;
	bool list;
};

struct reading {
	struct search *search;
	const struct imap_tree *tree;
	size_t at;
	struct open_key *open;
	size_t depth, room;
	const char *problem;
};

static struct key *key_add(struct search *search, enum key_kind kind)
{
	if (search->n == search->room) {
		search->room = search->room ? search->room * 2 : 8;
		search->keys = memory_grow(search->keys, search->room, sizeof search->keys[0]);
	}
	struct key *key = &search->keys[search->n++];
	*key = (struct key){ .kind = kind, .end = search->n };
	return key;
}

static void key_open(struct reading *r, enum key_kind kind, size_t list_end, unsigned missing)
{
	if (r->depth == r->room) {
		r->room = r->room ? r->room * 2 : 8;
		r->open = memory_grow(r->open, r->room, sizeof r->open[0]);
	}
	r->open[r->depth++] = (struct open_key){ r->search->n, list_end, missing, missing == 0 };
	(void)key_add(r->search, kind);
}

/* ---- what stands behind a key ---- */

/* The next thing, inside the list that is open; NULL where the list ends. */
static const struct imap_node *next_node(struct reading *r)
{
	const struct imap_node *node = imap_node_at(r->tree, r->at, r->open[r->depth - 1].list_end);
	r->at = node ? node->end : r->at;
	return node;
}

static bool is_utf8(struct slice text)
{
	uint32_t c = 0;
	for (size_t at = 0, n; at < text.n; at += n)
		if ((n = utf8_decode(slice_part(text, at, text.n), &c)) == 0)
			return false;
	return true;
}

static const char *read_needle(const struct imap_node *node, struct key *key)
{
	struct buffer text = { 0 };
	const char *problem = "a string must stand behind this key";
	if (imap_node_astring(node, false, &text))
		problem = is_utf8(buffer_slice(&text)) ? NULL : "the string is no UTF-8";
	if (problem == NULL)
		needle_make(&key->needle, buffer_slice(&text));
	buffer_free(&text);
	return problem;
}

static const char *read_name(const struct imap_node *node, struct key *key)
{
	struct buffer name = { 0 };
	if (!imap_node_astring(node, false, &name)) {
		buffer_free(&name);
		return "the name of a header field must stand behind HEADER";
	}
	key->name = buffer_take(&name);
	return NULL;
}

static const char *read_date(const struct imap_node *node, struct key *key)
{
	struct imap_date date;
	if (node == NULL || (node->kind != IMAP_ATOM && node->kind != IMAP_QUOTED) ||
	    !imap_date_parse(node->content, &date) || date.timed)
		return "a date must stand behind this key, such as 1-Feb-1994";
	key->day = calendar_days(date.year, date.month, date.day);
	return NULL;
}

static const char *read_number(const struct imap_node *node, struct key *key)
{
	if (node == NULL || node->kind != IMAP_ATOM || !slice_number(node->text, &key->number) ||
	    key->number > UINT32_MAX)
		return "a number of octets must stand behind this key";
	return NULL;
}

static bool is_set(const struct imap_node *node)
{
	return node && node->kind == IMAP_ATOM && imap_set_ok(node->text) && !slice_equal(node->text, SLICE("$"));
}

static const char *read_operands(struct reading *r, enum operands operands, struct key *key)
{
	const struct imap_node *node = operands == OPERANDS_NONE ? NULL : next_node(r);
	const char *problem = NULL;
	switch (operands) {
	case OPERANDS_NONE:
		return NULL;
	case OPERANDS_STRING:
		return read_needle(node, key);
	case OPERANDS_HEADER:
		problem = read_name(node, key);
		return problem ? problem : read_needle(next_node(r), key);
	case OPERANDS_DATE:
		return read_date(node, key);
	case OPERANDS_NUMBER:
		return read_number(node, key);
	case OPERANDS_SET:
		if (!is_set(node))
			return "a set of UIDs must stand behind UID, such as 2:4,7";
		key->name = slice_string(node->text);
		return NULL;
	case OPERANDS_KEYWORD:
		if (node == NULL || node->kind != IMAP_ATOM || node->text.p[0] == '\\')
			return "a keyword must stand behind this key, such as $Forwarded";
		key->name = slice_string(node->text);
		return NULL;
	}
	return NULL;
}

/* ---- one key ---- */

static void read_row(struct reading *r, const struct row *row)
{
	struct key *key = key_add(r->search, row->kind);
	key->wanted = row->wanted;
	key->unwanted = row->unwanted;
	key->name = string_copy(row->field);
	r->problem = read_operands(r, row->operands, key);
}

static void read_key(struct reading *r)
{
	const struct imap_node *node = next_node(r);
	size_t list_end = r->open[r->depth - 1].list_end;
	if (node->kind == IMAP_LIST) {
		r->at = (size_t)(node - r->tree->nodes) + 1;
		key_open(r, KEY_AND, node->end, 0);
		return;
	}
	const struct row *row = bsearch(&node->text, rows, sizeof rows / sizeof rows[0], sizeof rows[0], compare_words);
	if (node->kind != IMAP_ATOM)
		r->problem = "a key of SEARCH is a word, such as UNSEEN";
	else if (imap_node_is(node, SLICE("NOT")))
		key_open(r, KEY_NOT, list_end, 1);
	else if (imap_node_is(node, SLICE("OR")))
		key_open(r, KEY_OR, list_end, 2);
	else if (is_set(node))
		key_add(r->search, KEY_SET)->name = slice_string(node->text);
	else if (row)
		read_row(r, row);
	else
		r->problem = "no such key of SEARCH";
}

/* What is open and has all it takes is closed. Whether one still takes a key. */
static bool wants_key(struct reading *r)
{
	while (r->depth > 0 && r->problem == NULL) {
		struct open_key *open = &r->open[r->depth - 1];
		bool at_end = r->at >= open->list_end;
		if (!at_end && (open->list || open->missing > 0))
			return true;
		if (open->missing > 0)
			r->problem = "a key must follow NOT, and two must follow OR";
		else if (r->search->n == open->key + 1)
			r->problem = "a key of SEARCH is missing";
		r->search->keys[open->key].end = r->search->n;
		r->depth--;
	}
	return false;
}

static void read_keys(struct reading *r)
{
	key_open(r, KEY_AND, r->tree->n, 0);
	while (wants_key(r)) {
		struct open_key *open = &r->open[r->depth - 1];
		open->missing -= open->missing > 0;
		read_key(r);
	}
	free(r->open);
}

/* ---- what stands before the keys ---- */

static const char *read_returns(const struct imap_tree *tree, size_t list, unsigned *returns)
{
	static const struct {
		const char *word;
		unsigned returns;
	} options[] = {
		{ "ALL", RETURN_ALL }, { "COUNT", RETURN_COUNT }, { "MAX", RETURN_MAX }, { "MIN", RETURN_MIN }
	};
	const struct imap_node *node = imap_node_at(tree, list, tree->n);
	*returns = 0;
	if (node == NULL || node->kind != IMAP_LIST)
		return "options in parentheses must stand behind RETURN, such as (MIN COUNT)";
	for (size_t at = list + 1; at < node->end; at++) {
		size_t i = 0, n = sizeof options / sizeof options[0];
		while (i < n && !imap_node_is(&tree->nodes[at], slice_of(options[i].word)))
			i++;
		if (i == n)
			return "the options of RETURN are MIN, MAX, ALL and COUNT";
		*returns |= options[i].returns;
	}
	if (*returns == 0)
		*returns = RETURN_ALL; /* RFC 4731 section 3.1 */
	return NULL;
}

/* RETURN (…) and CHARSET name; moves `*at` behind them. */
static enum search_fault read_front(struct search *search, const struct imap_tree *tree, size_t *at,
                                    const char **problem)
{
	if (imap_node_is(imap_node_at(tree, *at, tree->n), SLICE("RETURN"))) {
		search->extended = true;
		*problem = read_returns(tree, *at + 1, &search->returns);
		if (*problem)
			return SEARCH_WRONG;
		*at = tree->nodes[*at + 1].end;
	}
	if (!imap_node_is(imap_node_at(tree, *at, tree->n), SLICE("CHARSET")))
		return SEARCH_GOOD;
	struct buffer charset = { 0 };
	bool there = imap_node_astring(imap_node_at(tree, *at + 1, tree->n), false, &charset);
	bool known = slice_equal_nocase(buffer_slice(&charset), SLICE("UTF-8")) ||
	             slice_equal_nocase(buffer_slice(&charset), SLICE("US-ASCII"));
	buffer_free(&charset);
	*at += 2;
	*problem = !there  ? "the name of a charset must stand behind CHARSET"
	           : known ? NULL
	                   : "the charsets known here are US-ASCII and UTF-8";
	return !there ? SEARCH_WRONG : known ? SEARCH_GOOD : SEARCH_CHARSET;
}

struct search *search_new(const struct imap_tree *tree, size_t at, enum search_fault *fault, const char **problem)
{
	struct search *search = memory_zeroed(1, sizeof *search);
	*problem = tree->problem ? tree->problem : tree->cut ? "too many keys" : NULL;
	*fault = *problem ? SEARCH_WRONG : read_front(search, tree, &at, problem);
	if (*fault == SEARCH_GOOD) {
		struct reading r = { .search = search, .tree = tree, .at = at };
		read_keys(&r);
		*problem = r.problem;
		*fault = r.problem ? SEARCH_WRONG : SEARCH_GOOD;
	}
	if (*fault != SEARCH_GOOD) {
		search_free(search);
		return NULL;
	}
	search->open = memory_zeroed(search->n, sizeof search->open[0]);
	return search;
}

void search_free(struct search *search)
{
	if (search == NULL)
		return;
	for (size_t i = 0; i < search->n; i++) {
		free(search->keys[i].name);
		needle_free(&search->keys[i].needle);
	}
	free(search->keys);
	free(search->open);
	free(search);
}
