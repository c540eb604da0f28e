/*
 * The keys of SEARCH, SORT and THREAD, one by one.
 */
#include "protocol/imap_reading.h"

/* What stands behind a search key. */
enum operand { OPERAND_STRING, OPERAND_DATE, OPERAND_NUMBER, OPERAND_SET, OPERAND_FLAG };

static const struct {
	const char *key;
	unsigned n;
	enum operand operand;
} operands[] = {
	{ "ANNOTATION", 3, OPERAND_STRING }, { "BCC", 1, OPERAND_STRING },       { "BEFORE", 1, OPERAND_DATE },
	{ "BODY", 1, OPERAND_STRING },       { "CC", 1, OPERAND_STRING },        { "EMAILID", 1, OPERAND_STRING },
	{ "FILTER", 1, OPERAND_STRING },     { "FROM", 1, OPERAND_STRING },      { "HEADER", 2, OPERAND_STRING },
	{ "KEYWORD", 1, OPERAND_FLAG },      { "LARGER", 1, OPERAND_NUMBER },    { "OLDER", 1, OPERAND_NUMBER },
	{ "ON", 1, OPERAND_DATE },           { "SAVEDBEFORE", 1, OPERAND_DATE }, { "SAVEDON", 1, OPERAND_DATE },
	{ "SAVEDSINCE", 1, OPERAND_DATE },   { "SENTBEFORE", 1, OPERAND_DATE },  { "SENTON", 1, OPERAND_DATE },
	{ "SENTSINCE", 1, OPERAND_DATE },    { "SINCE", 1, OPERAND_DATE },       { "SMALLER", 1, OPERAND_NUMBER },
	{ "SUBJECT", 1, OPERAND_STRING },    { "TEXT", 1, OPERAND_STRING },      { "THREADID", 1, OPERAND_STRING },
	{ "TO", 1, OPERAND_STRING },         { "UID", 1, OPERAND_SET },          { "UIDAFTER", 1, OPERAND_NUMBER },
	{ "UIDBEFORE", 1, OPERAND_NUMBER },  { "UNKEYWORD", 1, OPERAND_FLAG },   { "X-GM-LABELS", 1, OPERAND_STRING },
	{ "X-GM-MSGID", 1, OPERAND_NUMBER }, { "X-GM-RAW", 1, OPERAND_STRING },  { "X-GM-THRID", 1, OPERAND_NUMBER },
	{ "YOUNGER", 1, OPERAND_NUMBER },
};

/* What is wrong with what stands behind a key. */
static void check_operand(struct imap_reading *r, struct slice said, enum operand operand)
{
	struct imap_date date;
	uint64_t number = 0;
	if (operand == OPERAND_DATE && (!imap_date_parse(said, &date) || date.timed))
		reading_wrong_word(r, "", said, " is not a date, such as 1-Feb-1994", "RFC 9051 9");
	if (operand == OPERAND_NUMBER && !slice_number(said, &number))
		reading_wrong_word(r, "", said, " is not a number", "RFC 9051 9");
	if (operand == OPERAND_SET && !imap_set_ok(said))
		reading_wrong_word(r, "", said, " is not a set of UIDs, such as 2:4,7", "RFC 9051 4.1.1");
}

static void operand_shown(struct imap_reading *r, const struct imap_node *node, enum operand operand)
{
	struct imap_date date;
	struct slice said = node->content;
	if (operand == OPERAND_DATE && imap_date_parse(said, &date) && !date.timed)
		date_shown(&r->words, &date);
	else if (operand == OPERAND_SET && imap_set_ok(said))
		set_shown(&r->words, said, true);
	else if (operand == OPERAND_STRING)
		string_shown(&r->words, node);
	else
		word_shown(&r->words, said);
	check_operand(r, said, operand);
}

/* How many things stand behind the key, and of what kind; 0 where it is none that takes any. MODSEQ takes a number, or
 * three things (RFC 7162 section 3.1.5). */
static unsigned operands_of(const struct imap_reading *r, const struct imap_node *key, enum operand *operand)
{
	const struct imap_node *next = reading_node(r, key->end);
	*operand = OPERAND_STRING;
	if (imap_node_is(key, SLICE("MODSEQ")))
		return next && next->kind == IMAP_QUOTED ? 3 : 1;
	for (size_t i = 0; i < sizeof operands / sizeof operands[0]; i++) {
		if (!imap_node_is(key, slice_of(operands[i].key)))
			continue;
		*operand = operands[i].operand;
		return operands[i].n;
	}
	return 0;
}

/* The key at `at` with what belongs to it; returns the index behind it. */
static size_t tell_key(struct imap_reading *r, size_t at)
{
	const struct imap_node *key = reading_node(r, at), *node;
	const struct entry *row = imap_row(TABLE_SEARCH_KEYS, key->text);
	enum operand operand;
	unsigned wanted = operands_of(r, key, &operand);
	bool fresh = reading_fresh(r, at);
	size_t behind = key->end;
	word_shown(&r->words, key->text);
	for (unsigned n = 0; n < wanted; n++, behind = node->end) {
		node = reading_node(r, behind);
		if (!r->ended && behind >= r->upto) { /* it is told of when what belongs to it has come */
			r->upto = at < r->upto ? at : r->upto;
			buffer_clear(&r->words);
			return r->tree->n;
		}
		if (node == NULL) {
			reading_wrong_word(r, "something must follow ", key->text, "", row ? row->ref : r->row->ref);
			break;
		}
		fresh |= reading_fresh(r, behind);
		buffer_add_octet(&r->words, ' ');
		if (reading_fresh(r, behind))
			operand_shown(r, node, operand);
	}
	gist_shown(&r->words, row);
	if (fresh)
		reading_say(r, "");
	buffer_clear(&r->words);
	if (fresh && wanted == 0 && row == NULL && key->kind == IMAP_ATOM)
		reading_unknown(r, "no such search key: ", key->text, TABLE_SEARCH_KEYS, r->row->ref);
	return behind;
}

static void tell_charset(struct imap_reading *r, size_t at)
{
	if (!reading_fresh(r, at))
		return;
	string_shown(&r->words, reading_node(r, at));
	reading_say(r, "the strings are in the character set ");
}

/* RETURN (options) and CHARSET name, which stand before the keys; returns the index behind, or `at`. */
static size_t tell_options(struct imap_reading *r, size_t at)
{
	const struct imap_node *node = reading_node(r, at), *operand = reading_node(r, node->end);
	size_t behind = operand ? operand->end : node->end;
	if (imap_node_is(node, SLICE("CHARSET"))) {
		tell_charset(r, node->end);
		return behind;
	}
	if (!imap_node_is(node, SLICE("RETURN")))
		return at;
	if (node_is_list(operand) && reading_fresh(r, node->end)) {
		words_shown(&r->words, r->tree, node->end);
		reading_say(r, r->words.n ? "to be returned: " : "all that were found are to be returned");
	}
	return behind;
}

/* How many keys must still come after this one: NOT and FUZZY take one, OR two. */
static size_t keys_due(const struct imap_node *key, size_t due)
{
	due -= due > 0;
	if (imap_node_is(key, SLICE("OR")))
		return due + 2;
	return due + (imap_node_is(key, SLICE("NOT")) || imap_node_is(key, SLICE("FUZZY")));
}

/* A sequence set among the keys. */
static void tell_set(struct imap_reading *r, size_t at)
{
	const struct imap_node *node = reading_node(r, at);
	if (!reading_fresh(r, at))
		return;
	if (!slice_equal(node->text, SLICE("$")))
		reading_numbers(r);
	set_shown(&r->words, node->text, false);
	reading_say(r, "only among ");
}

static void tell_keys(struct imap_reading *r, size_t at)
{
	const struct imap_node *node;
	size_t due = 0, list_end = 0; /* of the outermost list that is gone through, which is one key */
	while ((node = reading_node(r, at))) {
		size_t behind = tell_options(r, at);
		if (behind > at) {
			at = behind;
			continue;
		}
		if (at >= list_end)
			due = keys_due(node, due);
		if (node->kind == IMAP_LIST) {
			list_end = list_end > node->end ? list_end : node->end;
			at++; /* the keys in it follow, and hold together */
		} else if (node->kind == IMAP_ATOM && imap_set_ok(node->text)) {
			tell_set(r, at);
			at = node->end;
		} else {
			at = tell_key(r, at);
		}
	}
	if (r->ended && due > 0)
		reading_wrong(r, r->row->ref, "a key must follow NOT and FUZZY, and two must follow OR");
}

void reading_search(struct imap_reading *r)
{
	tell_keys(r, 0);
}

void reading_sort(struct imap_reading *r)
{
	size_t order = 0;
	if (imap_node_is(reading_node(r, 0), SLICE("RETURN"))) { /* ESORT, RFC 5267 section 3.1 */
		(void)tell_options(r, 0);
		order = reading_argument(r, 2);
	}
	const struct imap_node *node = reading_node(r, order);
	if (node == NULL)
		return;
	if (reading_fresh(r, order) && node->kind == IMAP_LIST)
		words_shown(&r->words, r->tree, order);
	else if (reading_fresh(r, order))
		word_shown(&r->words, node->text);
	if (reading_fresh(r, order))
		reading_say(r, "by ");
	tell_charset(r, node->end);
	const struct imap_node *charset = reading_node(r, node->end);
	tell_keys(r, charset ? charset->end : r->tree->n);
}
