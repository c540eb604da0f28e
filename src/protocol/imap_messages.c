/*
 * What FETCH asks for, item by item, and what STORE and COPY do.
 */
#include "protocol/imap_reading.h"

void reading_copy(struct imap_reading *r)
{
	reading_set(r, 0);
	reading_mailbox(r, reading_argument(r, 1), "to ");
}

static void check_item(struct imap_reading *r, const struct imap_node *node)
{
	struct imap_section section;
	imap_section_parse(node->text, &section);
	bool binary = slice_starts_nocase(section.name, SLICE("BINARY"));
	if (binary && section.text.n)
		reading_wrong_word(r, "", node->text,
		                   " is wrong: BINARY takes a part's number alone, as in BINARY[1.2]",
		                   "RFC 9051 6.4.5");
	else if (!section.ok)
		reading_wrong_word(r, "the section of ", node->text,
		                   " is wrong: it names parts, HEADER, TEXT or MIME, as in BODY[1.TEXT]",
		                   "RFC 9051 6.4.5.1");
	else if (section.partial && !section.has_length)
		reading_wrong_word(r, "", node->text, " must ask for a part of the text by <start.length>",
		                   "RFC 9051 6.4.5");
	else if (!section.bracketed && imap_row(TABLE_ITEMS, node->text) == NULL)
		reading_unknown(r, "no such item of FETCH: ", node->text, TABLE_ITEMS, r->row->ref);
}

/* Says what is wrong with an item, and where `told`, what it asks for. */
static void tell_item(struct imap_reading *r, size_t at, bool told)
{
	const struct imap_node *node = reading_node(r, at);
	if (node->kind != IMAP_ATOM) {
		reading_wrong_word(r, "no item of FETCH is written ", node->text, "", r->row->ref);
		return;
	}
	check_item(r, node);
	if (!told)
		return;
	item_shown(&r->words, node->text, true);
	reading_say(r, "");
}

/* What an item takes in a list stands behind it: `PREVIEW (LAZY)` (RFC 8970), `ANNOTATION (…)` (RFC 5257). */
static bool is_item_option(const struct imap_reading *r, size_t item, size_t at)
{
	static const char *const words[] = { "ANNOTATION", "PREVIEW", "SNIPPET", NULL };
	return node_is_list(reading_node(r, at)) && imap_one_of(reading_node(r, item)->text, words);
}

/* Whether to fetch the item marks the message \Seen (RFC 9051 section 6.4.5, RFC 3501 section 6.4.5). */
static bool marks_seen(const struct imap_node *item)
{
	static const char *const sections[] = { "BODY", "BINARY", NULL };
	static const char *const old[] = { "RFC822", "RFC822.TEXT", NULL };
	struct imap_section section;
	imap_section_parse(item->text, &section);
	return section.bracketed ? imap_one_of(section.name, sections) : imap_one_of(item->text, old);
}

/* Tells of it where one of the items does: of a list, or the one at that index. */
static void tell_seen(struct imap_reading *r, size_t items)
{
	const struct imap_node *node = reading_node(r, items);
	bool marks = false;
	if (!reading_fresh(r, items) || r->s->read_only)
		return;
	for (size_t at = items + node_is_list(node); at < node->end; at = reading_node(r, at)->end)
		marks |= marks_seen(reading_node(r, at));
	if (marks)
		tell(&r->telling, "this marks as \\Seen what it fetches, which BODY.PEEK[] does not");
}

static void tell_items(struct imap_reading *r, size_t list)
{
	const struct imap_node *node = reading_node(r, list);
	bool few = list_count(r->tree, list) <= FEW;
	if (!reading_fresh(r, list))
		return;
	if (node->whole && node->end == list + 1)
		reading_wrong_word(r, "at least one item must stand in the parentheses: ", node->text, " has none",
		                   r->row->ref);
	size_t before = list;
	for (size_t at = list + 1; at < node->end; before = at, at = reading_node(r, at)->end)
		if (before == list || !is_item_option(r, before, at))
			tell_item(r, at, few);
	if (few)
		return;
	words_shown(&r->words, r->tree, list);
	reading_say(r, "");
}

void reading_fetch(struct imap_reading *r)
{
	size_t items = reading_argument(r, 1), modifiers = reading_argument(r, 2);
	reading_set(r, 0);
	if (node_is_list(reading_node(r, items)))
		tell_items(r, items);
	else if (reading_fresh(r, items))
		tell_item(r, items, true);
	tell_seen(r, items);
	if (!reading_fresh(r, modifiers) || is_item_option(r, items, modifiers))
		return;
	if (node_is_list(reading_node(r, modifiers)))
		reading_words(r, modifiers, "with ", TABLE_ITEMS);
	else
		reading_wrong_word(r, "several items must stand in parentheses, as in (FLAGS UID): ",
		                   reading_node(r, modifiers)->text, " does not", r->row->ref);
}

static const char *store_words(struct slice item)
{
	if (slice_starts_nocase(item, SLICE("+FLAGS")))
		return "adds ";
	return slice_starts_nocase(item, SLICE("-FLAGS")) ? "takes away " : "sets the flags to exactly ";
}

static bool store_item_ok(struct slice item)
{
	static const char *const words[] = { "ANNOTATION", "FLAGS", "FLAGS.SILENT", "X-GM-LABELS", NULL };
	bool sign = item.n && (item.p[0] == '+' || item.p[0] == '-');
	return imap_one_of(slice_part(item, sign, item.n), words);
}

static void tell_stored(struct imap_reading *r, size_t flags, struct slice item)
{
	if (node_is_list(reading_node(r, flags)))
		flags_shown(&r->words, r->tree, flags, true);
	for (size_t at = flags; reading_node(r, at) && !node_is_list(reading_node(r, at));
	     at = reading_node(r, at)->end) {
		buffer_add_string(&r->words, at > flags ? ", " : "");
		flag_shown(&r->words, reading_node(r, at)->text, true);
	}
	if (r->words.n == 0)
		buffer_add_string(&r->words, "none");
	reading_say(r, store_words(item));
	if (slice_find_nocase(item, SLICE(".SILENT")) < item.n)
		tell(&r->telling, "the server need not tell the new flags");
}

void reading_store(struct imap_reading *r)
{
	size_t item = reading_argument(r, 1);
	const struct imap_node *node = reading_node(r, item);
	reading_set(r, 0);
	if (node_is_list(node)) { /* (UNCHANGEDSINCE n), RFC 7162 3.1.3 */
		if (reading_fresh(r, item))
			reading_words(r, item, "", TABLE_PARAMETERS);
		item = node->end;
		node = reading_node(r, item);
	}
	if (node == NULL || node->kind != IMAP_ATOM)
		return;
	if (reading_fresh(r, item) && !store_item_ok(node->text))
		reading_wrong_word(r, "STORE must say FLAGS, +FLAGS or -FLAGS: ", node->text, " is none of them",
		                   "RFC 9051 6.4.6");
	if (reading_fresh(r, node->end) && store_item_ok(node->text) &&
	    !slice_equal_nocase(node->text, SLICE("ANNOTATION")))
		tell_stored(r, node->end, node->text);
}
