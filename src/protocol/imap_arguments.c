/*
 * What the arguments of IMAP's commands say, one by one, and what is wrong with them.
 *
 * A command that literals interrupt is read again from its front at each, and only what is new is told.
 */
#include <stdlib.h>

#include "protocol/imap_machine.h"
#include "protocol/imap_words.h"

/* So many faults of one command are told. */
#define FAULTS_TOLD 3

/* A command's arguments, so far. */
struct reading {
	struct dialogue *d;
	struct dialogue_event *event;
	const struct entry *row;
	const struct imap_tree *tree;
	size_t from, upto; /* nodes of these indexes are to be told of */
	bool ended;        /* the command is complete */
	bool uid;          /* its set holds UIDs */
	unsigned faults;   /* that were found in them */
	struct telling telling;
	struct buffer words; /* of the phrase under way */
};

static bool fresh(const struct reading *r, size_t at)
{
	return at >= r->from && at < r->upto;
}

/* The index of the argument with that number, from 0; the tree's length where there is none. */
static size_t argument(const struct reading *r, size_t number)
{
	size_t at = 0;
	while (number-- && at < r->tree->n)
		at = r->tree->nodes[at].end;
	return at;
}

static const struct imap_node *node_at(const struct reading *r, size_t at)
{
	return imap_node_at(r->tree, at, r->tree->n);
}

/* The phrase that stands in `words`, behind `before`. */
static void say(struct reading *r, const char *before)
{
	tell_words(&r->telling, before, &r->words);
}

/* Says what is wrong with a word. */
static void wrong(struct reading *r, const char *before, struct slice word, const char *after, const char *ref)
{
	if (r->faults++ >= FAULTS_TOLD)
		return;
	struct buffer shown = { 0 };
	word_shown(&shown, word);
	event_problem(r->d, r->event, "%s“" SLICE_FMT "”%s", before, SLICE_ARG(buffer_slice(&shown)), after);
	event_ref(r->d, r->event, ref);
	buffer_free(&shown);
}

/* A word that no row knows, and the nearest that one does. */
static void unknown(struct reading *r, const char *before, struct slice word, enum table_kind kind)
{
	const struct table *table = protocol_table(&protocol_imap, kind);
	const struct entry *near = table ? table_nearest(table, word) : NULL;
	char *after = near ? string_printf("; %s is near", near->word) : string_copy(", as far as any registry knows");
	wrong(r, before, word, after, r->row->ref);
	free(after);
}

/* ---- arguments of many commands ---- */

static void tell_mailbox_at(struct reading *r, size_t at, const char *before)
{
	const struct imap_node *node = node_at(r, at);
	if (!fresh(r, at))
		return;
	if (node->kind == IMAP_LIST) {
		wrong(r, "a mailbox name stands here, not the list ", node->text, "", "RFC 9051 5.1");
		return;
	}
	if (node->kind == IMAP_ATOM &&
	    (slice_find_octet(node->text, '*') < node->text.n || slice_find_octet(node->text, '%') < node->text.n))
		wrong(r, "", node->text, " holds a wildcard, which stands in a name only between quotes", "RFC 9051 9");
	mailbox_shown(&r->words, node);
	say(r, before);
}

static void tell_mailbox(struct reading *r)
{
	tell_mailbox_at(r, 0, "The mailbox is ");
}

static void tell_rename(struct reading *r)
{
	tell_mailbox_at(r, 0, "From ");
	tell_mailbox_at(r, argument(r, 1), "to ");
}

static void tell_set(struct reading *r, size_t at)
{
	const struct imap_node *node = node_at(r, at);
	if (!fresh(r, at))
		return;
	if (node->kind != IMAP_ATOM || !imap_set_ok(node->text)) {
		wrong(r, "", node->text, " is no set of numbers from 1, such as 2:4,7 or 5:*", "RFC 9051 4.1.1");
		return;
	}
	set_shown(&r->words, node->text, r->uid);
	buffer_add_octet(&r->words, ':');
	say(r, "For ");
}

static void tell_copy(struct reading *r)
{
	tell_set(r, 0);
	tell_mailbox_at(r, argument(r, 1), "to ");
}

static void tell_set_alone(struct reading *r)
{
	tell_set(r, 0);
}

/* The words of a list, or of all arguments from `at` on. */
static void tell_list_words(struct reading *r, size_t at, const char *before, enum table_kind kind)
{
	bool first = true;
	const struct imap_node *node = node_at(r, at);
	at += node && node->kind == IMAP_LIST;
	for (; (node = node_at(r, at)); at = node->end) {
		if (!fresh(r, at))
			continue;
		word_shown(&r->words, node->text);
		gist_shown(&r->words, imap_row(kind, node->text));
		say(r, first ? before : "");
		first = false;
	}
}

static void tell_status(struct reading *r)
{
	size_t items = argument(r, 1);
	const struct imap_node *node = node_at(r, items);
	tell_mailbox_at(r, 0, "Of the mailbox ");
	if (!fresh(r, items))
		return;
	if (node->kind != IMAP_LIST)
		wrong(r, "the items stand in parentheses, as in (MESSAGES UNSEEN): ", node->text, " does not",
		      r->row->ref);
	tell_list_words(r, items, "", TABLE_STATUS_ITEMS);
}

static void tell_enable(struct reading *r)
{
	tell_list_words(r, 0, "", TABLE_KEYWORDS);
}

static void tell_id(struct reading *r)
{
	const struct imap_node *key, *value;
	if (!fresh(r, 0))
		return;
	if (node_at(r, 0)->kind != IMAP_LIST) {
		if (!imap_node_is(node_at(r, 0), SLICE("NIL")))
			wrong(r, "ID is followed by a list of names and values, or by NIL: ", node_at(r, 0)->text,
			      " is neither", "RFC 2971 3.1");
		return;
	}
	for (size_t at = 1; (key = node_at(r, at)) && (value = node_at(r, key->end)); at = value->end) {
		string_shown(&r->words, key);
		buffer_add_string(&r->words, " is ");
		string_shown(&r->words, value);
		say(r, "");
	}
}

static void tell_login(struct reading *r)
{
	if (fresh(r, 0)) {
		string_shown(&r->words, node_at(r, 0));
		say(r, "The user name is ");
	}
	telling_end(&r->telling, r->d, r->event, NULL);
	if (r->ended && !dialogue_secure(r->d))
		event_note(r->d, r->event, "Without TLS, anybody on the way can read the password.");
}

/* ---- FETCH ---- */

static void tell_item(struct reading *r, const struct imap_node *node)
{
	struct imap_section section;
	if (node->kind != IMAP_ATOM) {
		wrong(r, "no item of FETCH is written ", node->text, "", r->row->ref);
		return;
	}
	imap_section_parse(node->text, &section);
	if (!section.ok) {
		wrong(r, "the section of ", node->text,
		      " is none: it names parts, HEADER, TEXT or MIME, as in BODY[1.TEXT]", "RFC 9051 6.4.5.1");
	} else if (section.partial && !section.has_length) {
		wrong(r, "", node->text, " asks for a part of the text by <start.length>", "RFC 9051 6.4.5");
	} else if (!section.bracketed && imap_row(TABLE_ITEMS, node->text) == NULL) {
		unknown(r, "no such item of FETCH: ", node->text, TABLE_ITEMS);
	}
	item_shown(&r->words, node->text);
	say(r, "");
}

static void tell_fetch(struct reading *r)
{
	size_t items = argument(r, 1), modifiers = argument(r, 2);
	const struct imap_node *node = node_at(r, items);
	tell_set(r, 0);
	if (node && node->kind != IMAP_LIST) {
		if (fresh(r, items))
			tell_item(r, node);
	} else if (node) {
		if (fresh(r, items) && node->whole && node->end == items + 1)
			wrong(r, "at least one item stands in the parentheses: ", node->text, " has none", r->row->ref);
		for (size_t at = items + 1; at < node->end; at = node_at(r, at)->end)
			if (fresh(r, at))
				tell_item(r, node_at(r, at));
	}
	if (!fresh(r, modifiers))
		return;
	node = node_at(r, modifiers);
	if (node->kind != IMAP_LIST)
		wrong(r, "several items stand in parentheses, as in (FLAGS UID): ", node->text, " does not",
		      r->row->ref);
	else
		tell_list_words(r, modifiers, "only with the modifier ", TABLE_ITEMS);
}

/* ---- STORE ---- */

static const char *store_words(struct slice item)
{
	if (slice_starts_nocase(item, SLICE("+FLAGS")))
		return "adds ";
	return slice_starts_nocase(item, SLICE("-FLAGS")) ? "takes away " : "sets the flags to exactly ";
}

static bool store_item_ok(struct slice item)
{
	struct slice word = item.n && (item.p[0] == '+' || item.p[0] == '-') ? slice_part(item, 1, item.n) : item;
	return slice_equal_nocase(word, SLICE("FLAGS")) || slice_equal_nocase(word, SLICE("FLAGS.SILENT")) ||
	       slice_equal_nocase(word, SLICE("X-GM-LABELS")) || slice_equal_nocase(word, SLICE("ANNOTATION"));
}

static void tell_store(struct reading *r)
{
	size_t item = argument(r, 1);
	const struct imap_node *node = node_at(r, item);
	tell_set(r, 0);
	if (node && node->kind == IMAP_LIST) { /* (UNCHANGEDSINCE n), RFC 7162 3.1.3 */
		item = node->end;
		node = node_at(r, item);
	}
	if (node == NULL || node->kind != IMAP_ATOM)
		return;
	if (fresh(r, item) && !store_item_ok(node->text))
		wrong(r, "STORE says FLAGS, +FLAGS or -FLAGS: ", node->text, " is none of them", "RFC 9051 6.4.6");
	size_t flags = node->end;
	if (!fresh(r, flags) || !store_item_ok(node->text))
		return;
	if (node_at(r, flags)->kind == IMAP_LIST)
		flags_shown(&r->words, r->tree, flags);
	for (size_t at = flags; node_at(r, at) && node_at(r, at)->kind != IMAP_LIST; at = node_at(r, at)->end) {
		buffer_add_string(&r->words, at > flags ? ", " : "");
		flag_shown(&r->words, node_at(r, at)->text);
	}
	say(r, store_words(node->text));
	if (slice_find_nocase(node->text, SLICE(".SILENT")) < node->text.n)
		tell(&r->telling, "SILENT: the server need not tell the new flags");
}

/* ---- SEARCH, SORT, THREAD ---- */

/* What stands behind a search key. */
enum operand { OPERAND_STRING, OPERAND_DATE, OPERAND_NUMBER, OPERAND_SET, OPERAND_FLAG };

static const struct {
	const char *key;
	unsigned n;
	enum operand operand;
} operands[] = {
	{ "BCC", 1, OPERAND_STRING },        { "BEFORE", 1, OPERAND_DATE },
	{ "BODY", 1, OPERAND_STRING },       { "CC", 1, OPERAND_STRING },
	{ "EMAILID", 1, OPERAND_STRING },    { "FILTER", 1, OPERAND_STRING },
	{ "FROM", 1, OPERAND_STRING },       { "HEADER", 2, OPERAND_STRING },
	{ "KEYWORD", 1, OPERAND_FLAG },      { "LARGER", 1, OPERAND_NUMBER },
	{ "MODSEQ", 1, OPERAND_STRING },     { "OLDER", 1, OPERAND_NUMBER },
	{ "ON", 1, OPERAND_DATE },           { "SAVEDBEFORE", 1, OPERAND_DATE },
	{ "SAVEDON", 1, OPERAND_DATE },      { "SAVEDSINCE", 1, OPERAND_DATE },
	{ "SENTBEFORE", 1, OPERAND_DATE },   { "SENTON", 1, OPERAND_DATE },
	{ "SENTSINCE", 1, OPERAND_DATE },    { "SINCE", 1, OPERAND_DATE },
	{ "SMALLER", 1, OPERAND_NUMBER },    { "SUBJECT", 1, OPERAND_STRING },
	{ "TEXT", 1, OPERAND_STRING },       { "THREADID", 1, OPERAND_STRING },
	{ "TO", 1, OPERAND_STRING },         { "UID", 1, OPERAND_SET },
	{ "UNKEYWORD", 1, OPERAND_FLAG },    { "X-GM-LABELS", 1, OPERAND_STRING },
	{ "X-GM-MSGID", 1, OPERAND_NUMBER }, { "X-GM-RAW", 1, OPERAND_STRING },
	{ "X-GM-THRID", 1, OPERAND_NUMBER }, { "YOUNGER", 1, OPERAND_NUMBER },
};

static void tell_operand(struct reading *r, const struct imap_node *node, enum operand operand)
{
	struct imap_date date;
	uint64_t number = 0;
	struct slice said = node->content;
	if (operand == OPERAND_DATE && imap_date_parse(said, &date) && !date.timed)
		date_shown(&r->words, &date);
	else if (operand == OPERAND_SET && imap_set_ok(said))
		set_shown(&r->words, said, true);
	else if (operand == OPERAND_STRING)
		string_shown(&r->words, node);
	else
		word_shown(&r->words, said);
	if (operand == OPERAND_DATE && (!imap_date_parse(said, &date) || date.timed))
		wrong(r, "", said, " is no date, such as 1-Feb-1994", "RFC 9051 9");
	if (operand == OPERAND_NUMBER && !slice_number(said, &number))
		wrong(r, "", said, " is no number", "RFC 9051 9");
	if (operand == OPERAND_SET && !imap_set_ok(said))
		wrong(r, "", said, " is no set of UIDs, such as 2:4,7", "RFC 9051 4.1.1");
}

/* The key at `at` with what belongs to it; returns the index behind it. */
static size_t tell_key(struct reading *r, size_t at)
{
	const struct imap_node *key = node_at(r, at), *node;
	const struct entry *row = imap_row(TABLE_SEARCH_KEYS, key->text);
	bool new = fresh(r, at);
	size_t i = 0, behind = key->end;
	while (i < sizeof operands / sizeof operands[0] && !imap_node_is(key, slice_of(operands[i].key)))
		i++;
	bool known = i < sizeof operands / sizeof operands[0];
	unsigned wanted = known ? operands[i].n : 0;
	word_shown(&r->words, key->text);
	for (unsigned n = 0; n < wanted; n++, behind = node->end) {
		node = node_at(r, behind);
		if (!r->ended && behind >= r->upto) { /* it is told of when what belongs to it has come */
			r->upto = at < r->upto ? at : r->upto;
			buffer_clear(&r->words);
			return r->tree->n;
		}
		if (node == NULL)
			wrong(r, "something must stand behind ", key->text, "", row ? row->ref : r->row->ref);
		if (node == NULL)
			break;
		new |= fresh(r, behind);
		buffer_add_octet(&r->words, ' ');
		if (fresh(r, behind))
			tell_operand(r, node, operands[i].operand);
	}
	gist_shown(&r->words, row);
	if (new)
		say(r, "");
	buffer_clear(&r->words);
	if (new && !known && row == NULL && key->kind == IMAP_ATOM)
		unknown(r, "no such search key: ", key->text, TABLE_SEARCH_KEYS);
	return behind;
}

/* RETURN (options) and CHARSET name, which stand before the keys; returns the index behind, or `at`. */
static size_t tell_options(struct reading *r, size_t at)
{
	const struct imap_node *node = node_at(r, at), *operand = node_at(r, node->end);
	size_t behind = operand ? operand->end : node->end;
	if (imap_node_is(node, SLICE("RETURN"))) {
		if (operand && operand->kind == IMAP_LIST && fresh(r, node->end)) {
			words_shown(&r->words, r->tree, node->end);
			say(r, r->words.n ? "to be returned: " : "all that were found are to be returned");
		}
		return behind;
	}
	if (imap_node_is(node, SLICE("CHARSET"))) {
		if (fresh(r, node->end)) {
			string_shown(&r->words, operand);
			say(r, "the strings are in the character set ");
		}
		return behind;
	}
	return at;
}

/* How many keys must still come after this one: NOT takes one, OR two. */
static size_t keys_due(const struct imap_node *key, size_t due)
{
	due -= due > 0;
	return due + (imap_node_is(key, SLICE("NOT")) ? 1 : 0) + (imap_node_is(key, SLICE("OR")) ? 2 : 0);
}

static void tell_keys(struct reading *r, size_t at)
{
	const struct imap_node *node;
	size_t due = 0, list_end = 0; /* of the outermost list that is gone through, which is one key */
	while ((node = node_at(r, at))) {
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
			if (fresh(r, at)) {
				set_shown(&r->words, node->text, false);
				say(r, "only among ");
			}
			at = node->end;
		} else {
			at = tell_key(r, at);
		}
	}
	if (r->ended && due > 0) {
		event_problem(r->d, r->event, "a key must stand behind NOT, and two behind OR");
		event_ref(r->d, r->event, r->row->ref);
	}
}

static void tell_search(struct reading *r)
{
	tell_keys(r, 0);
}

static void tell_sort(struct reading *r)
{
	const struct imap_node *order = node_at(r, 0);
	if (fresh(r, 0) && order->kind == IMAP_LIST)
		words_shown(&r->words, r->tree, 0);
	else if (fresh(r, 0))
		word_shown(&r->words, order->text);
	if (fresh(r, 0))
		say(r, "By ");
	if (fresh(r, argument(r, 1))) {
		string_shown(&r->words, node_at(r, argument(r, 1)));
		say(r, "the strings are in the character set ");
	}
	tell_keys(r, argument(r, 2));
}

/* ---- LIST ---- */

static void tell_pattern(struct reading *r, const struct imap_node *node)
{
	struct buffer said = { 0 };
	if (!imap_node_string(node, &said))
		return;
	struct slice pattern = buffer_slice(&said);
	mailbox_shown(&r->words, node);
	if (pattern.n == 0)
		buffer_add_string(&r->words, " (empty: only the delimiter is asked for)");
	else if (slice_find_octet(pattern, '*') < pattern.n)
		buffer_add_string(&r->words, " (* stands for anything, levels below too)");
	else if (slice_find_octet(pattern, '%') < pattern.n)
		buffer_add_string(&r->words, " (% stands for anything within one level)");
	say(r, "the names are like ");
	buffer_free(&said);
}

static void tell_list(struct reading *r)
{
	size_t at = 0;
	if (fresh(r, 0) && node_at(r, 0)->kind == IMAP_LIST) {
		words_shown(&r->words, r->tree, 0);
		say(r, "Only such mailboxes: ");
	}
	at = node_at(r, 0) && node_at(r, 0)->kind == IMAP_LIST ? node_at(r, 0)->end : 0;
	const struct imap_node *reference = node_at(r, at);
	if (fresh(r, at)) {
		mailbox_shown(&r->words, reference);
		say(r, reference->content.n ? "below " : "from the top, as the reference is ");
	}
	at = reference ? reference->end : r->tree->n;
	const struct imap_node *patterns = node_at(r, at);
	if (patterns == NULL)
		return;
	if (patterns->kind != IMAP_LIST && fresh(r, at))
		tell_pattern(r, patterns);
	for (size_t i = at + 1; patterns->kind == IMAP_LIST && i < patterns->end; i = node_at(r, i)->end)
		if (fresh(r, i))
			tell_pattern(r, node_at(r, i));
	const struct imap_node *word = node_at(r, patterns->end);
	if (imap_node_is(word, SLICE("RETURN")) && fresh(r, word->end) && node_at(r, word->end)->kind == IMAP_LIST) {
		words_shown(&r->words, r->tree, word->end);
		say(r, "to be told with them: ");
	}
}

/* ---- APPEND ---- */

static void tell_append(struct reading *r)
{
	struct imap_date date;
	const struct imap_node *node = NULL;
	bool message = false;
	tell_mailbox_at(r, 0, "Into the mailbox ");
	for (size_t at = argument(r, 1); (node = node_at(r, at)); at = node->end) {
		message |= node->kind == IMAP_LITERAL || imap_node_is(node, SLICE("CATENATE")) ||
		           imap_node_is(node, SLICE("UTF8"));
		if (!fresh(r, at))
			continue;
		if (node->kind == IMAP_LIST && !message) {
			flags_shown(&r->words, r->tree, at);
			say(r, r->words.n ? "with the flags " : "with no flags");
		} else if (node->kind == IMAP_QUOTED && imap_date_parse(node->content, &date) && date.timed) {
			date_shown(&r->words, &date);
			say(r, "dated ");
		} else if (node->kind == IMAP_QUOTED) {
			wrong(r, "the date ", node->content, " is none, such as \" 7-Feb-1994 21:52:25 -0800\"",
			      "RFC 9051 9");
		}
	}
	if (r->ended && r->tree->n > 0 && !message) {
		event_problem(r->d, r->event, "the message is missing: it is a literal, as in {310}, at the end");
		event_ref(r->d, r->event, "RFC 9051 6.3.12");
	}
}

/* ---- all ---- */

/* How many arguments a command has, and who tells of them. `most` ANY: there is no limit. */
#define ANY SIZE_MAX
static const struct {
	const char *verb;
	size_t least, most;
	void (*tell)(struct reading *r);
} forms[] = {
	{ "APPEND", 1, ANY, tell_append },
	{ "AUTHENTICATE", 1, 2, NULL },
	{ "CAPABILITY", 0, 0, NULL },
	{ "CHECK", 0, 0, NULL },
	{ "CLOSE", 0, 0, NULL },
	{ "COPY", 2, 2, tell_copy },
	{ "CREATE", 1, 2, tell_mailbox },
	{ "DELETE", 1, 1, tell_mailbox },
	{ "DELETEACL", 2, 2, tell_mailbox },
	{ "ENABLE", 1, ANY, tell_enable },
	{ "EXAMINE", 1, 2, tell_mailbox },
	{ "EXPUNGE", 0, 0, NULL },
	{ "FETCH", 2, 3, tell_fetch },
	{ "GETACL", 1, 1, tell_mailbox },
	{ "GETQUOTAROOT", 1, 1, tell_mailbox },
	{ "ID", 1, 1, tell_id },
	{ "IDLE", 0, 0, NULL },
	{ "LIST", 2, ANY, tell_list },
	{ "LISTRIGHTS", 2, 2, tell_mailbox },
	{ "LOGIN", 2, 2, tell_login },
	{ "LOGOUT", 0, 0, NULL },
	{ "LSUB", 2, 2, tell_list },
	{ "MOVE", 2, 2, tell_copy },
	{ "MYRIGHTS", 1, 1, tell_mailbox },
	{ "NAMESPACE", 0, 0, NULL },
	{ "NOOP", 0, 0, NULL },
	{ "RENAME", 2, 3, tell_rename },
	{ "SEARCH", 1, ANY, tell_search },
	{ "SELECT", 1, 2, tell_mailbox },
	{ "SETACL", 3, 3, tell_mailbox },
	{ "SORT", 3, ANY, tell_sort },
	{ "STARTTLS", 0, 0, NULL },
	{ "STATUS", 2, 2, tell_status },
	{ "STORE", 3, ANY, tell_store },
	{ "SUBSCRIBE", 1, 1, tell_mailbox },
	{ "THREAD", 3, ANY, tell_sort },
	{ "UID COPY", 2, 2, tell_copy },
	{ "UID EXPUNGE", 1, 1, tell_set_alone },
	{ "UID FETCH", 2, 3, tell_fetch },
	{ "UID MOVE", 2, 2, tell_copy },
	{ "UID SEARCH", 1, ANY, tell_search },
	{ "UID SORT", 3, ANY, tell_sort },
	{ "UID STORE", 3, ANY, tell_store },
	{ "UID THREAD", 3, ANY, tell_sort },
	{ "UNAUTHENTICATE", 0, 0, NULL },
	{ "UNSELECT", 0, 0, NULL },
	{ "UNSUBSCRIBE", 1, 1, tell_mailbox },
	{ "XLIST", 2, 2, tell_list },
};

/* Too few, or too many. */
static void check_count(struct reading *r, size_t least, size_t most)
{
	size_t n = 0;
	const char *form = r->row->syntax ? r->row->syntax : r->row->word;
	for (size_t at = 0; at < r->tree->n; at = r->tree->nodes[at].end)
		n++;
	if (!r->ended || r->tree->cut || (n >= least && n <= most))
		return;
	if (most == 0)
		event_problem(r->d, r->event, "%s takes no argument", r->row->word);
	else
		event_problem(r->d, r->event, "%s arguments: the form is %s", n < least ? "too few" : "too many", form);
	event_ref(r->d, r->event, r->row->ref);
}

/* How far the arguments have come that can be told: the last may go on behind a literal. */
static size_t told_upto(const struct imap_tree *tree, bool ended)
{
	size_t at = 0;
	while (at < tree->n && tree->nodes[at].end < tree->n)
		at = tree->nodes[at].end;
	return at < tree->n && !ended && !tree->nodes[at].whole ? at : tree->n;
}

void imap_arguments(struct dialogue *d, struct imap *s, const struct entry *row, bool ended,
                    struct dialogue_event *event)
{
	struct imap_tree tree = { 0 };
	struct reading r = {
		.d = d, .event = event, .row = row, .tree = &tree, .from = s->client.told, .ended = ended
	};
	size_t i = 0;
	while (i < sizeof forms / sizeof forms[0] && !slice_equal(slice_of(row->word), slice_of(forms[i].verb)))
		i++;
	if (i == sizeof forms / sizeof forms[0] || !spoken_tree(&s->client, &tree))
		return;
	r.upto = told_upto(&tree, ended);
	r.uid = slice_starts(slice_of(row->word), SLICE("UID "));
	check_count(&r, forms[i].least, forms[i].most);
	if (forms[i].tell)
		forms[i].tell(&r);
	telling_end(&r.telling, d, event, NULL);
	s->client.told = r.upto;
	buffer_free(&r.words);
	imap_tree_free(&tree);
}
