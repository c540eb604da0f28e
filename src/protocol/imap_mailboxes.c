/*
 * What a server's data say of mailboxes: their names and numbers, quotas, rights and annotations.
 */
#include "protocol/imap_reading.h"

/* ---- names and numbers ---- */

void reading_flags(struct imap_reading *r)
{
	if (!node_is_list(reading_node(r, 0))) {
		reading_wrong(r, "RFC 9051 7.3.5", "the flags must stand in a list in parentheses");
		return;
	}
	flags_counted(&r->words, r->tree, 0);
	reading_say(r, r->words.n ? "The flags of this mailbox: " : "The mailbox knows no flags");
}

/* What stands behind a mailbox's name: ("OLDNAME" ("old")), ("CHILDINFO" ("SUBSCRIBED")); RFC 9051 section 6.3.9.6. */
static void tell_extended(struct imap_reading *r, size_t list)
{
	const struct imap_node *word, *value;
	for (size_t at = list + 1; (word = reading_inside(r, list, at)) && (value = reading_inside(r, list, word->end));
	     at = value->end) {
		word_shown(&r->words, word->content);
		gist_shown(&r->words, imap_row(TABLE_PARAMETERS, word->content));
		buffer_add_string(&r->words, ": ");
		if (node_is_list(value))
			words_shown(&r->words, r->tree, word->end);
		else
			string_shown(&r->words, value);
		reading_say(r, "");
	}
}

/* An empty name stands for none: LIST "" "" asks only for the delimiter (RFC 9051 section 6.3.9). */
static void tell_delimiter(struct imap_reading *r, const struct imap_node *delimiter)
{
	struct buffer said = { 0 };
	if (imap_node_string(delimiter, &said)) {
		word_shown(&r->words, buffer_slice(&said));
		buffer_add_string(&r->words, " parts the levels of names");
		reading_say(r, "");
	} else {
		tell(&r->telling, "names have no levels (NIL)");
	}
	buffer_free(&said);
}

static void tell_attributes(struct imap_reading *r, size_t list)
{
	const struct imap_node *node;
	bool gist = !r->brief && list_count(r->tree, list) <= FEW;
	for (size_t at = list + 1; (node = reading_inside(r, list, at)); at = node->end) {
		word_shown(&r->words, node->text);
		if (gist)
			gist_shown(&r->words, imap_row(TABLE_ATTRIBUTES, node->text));
		reading_say(r, "");
	}
}

/* (attributes) delimiter name [(extended data)] */
void reading_list(struct imap_reading *r)
{
	const struct imap_node *attributes = reading_node(r, 0), *delimiter, *name;
	if (!node_is_list(attributes) || (delimiter = reading_node(r, attributes->end)) == NULL ||
	    (name = reading_node(r, delimiter->end)) == NULL) {
		if (r->ended)
			reading_wrong(r, "RFC 9051 7.3.1",
			              "a list of attributes, the delimiter and the name belong here");
		return;
	}
	bool named = name->kind != IMAP_QUOTED || name->content.n > 0;
	if (named) {
		mailbox_shown(&r->words, name);
		buffer_add_octet(&r->words, ':');
		reading_say(r, "The mailbox ");
	}
	if (!r->brief)
		tell_delimiter(r, delimiter);
	if (named)
		tell_attributes(r, 0);
	if (node_is_list(reading_node(r, name->end)))
		tell_extended(r, name->end);
}

/* How a STATUS item and its number are said. */
static const struct {
	const char *item, *before, *one, *many;
} status_words[] = {
	{ "DELETED", "", " message marked \\Deleted", " messages marked \\Deleted" },
	{ "HIGHESTMODSEQ", "the highest modification number is ", "", "" },
	{ "MESSAGES", "", " message", " messages" },
	{ "RECENT", "", " \\Recent", " \\Recent" },
	{ "SIZE", "all together ", " octet", " octets" },
	{ "UIDNEXT", "the next UID is ", " or higher", " or higher" },
	{ "UNSEEN", "", " unread", " unread" },
};

void reading_status_item(struct imap_reading *r, const struct imap_node *item)
{
	if (item->kind == IMAP_ATOM && word_is_plain(item->text) && !word_is_private(item->text) &&
	    imap_row(TABLE_STATUS_ITEMS, item->text) == NULL)
		reading_unknown(r, "no such item of STATUS: ", item->text, TABLE_STATUS_ITEMS, "RFC 9051 6.3.11");
}

static void tell_status_item(struct imap_reading *r, const struct imap_node *key, const struct imap_node *value)
{
	reading_status_item(r, key);
	for (size_t i = 0; i < sizeof status_words / sizeof status_words[0]; i++) {
		if (!imap_node_is(key, slice_of(status_words[i].item)))
			continue;
		bool one = slice_equal(value->text, SLICE("1"));
		word_shown(&r->words, value->text);
		buffer_add_string(&r->words, one ? status_words[i].one : status_words[i].many);
		reading_say(r, status_words[i].before);
		return;
	}
	word_shown(&r->words, key->text);
	buffer_add_octet(&r->words, ' ');
	word_shown(&r->words, value->text);
	reading_say(r, "");
}

void reading_status(struct imap_reading *r)
{
	const struct imap_node *name = reading_node(r, 0), *key, *value;
	if (name == NULL || !node_is_list(reading_node(r, name->end))) {
		reading_wrong(r, "RFC 9051 7.3.3", "the mailbox's name and a list of items and values belong here");
		return;
	}
	size_t list = name->end;
	mailbox_shown(&r->words, name);
	buffer_add_octet(&r->words, ':');
	reading_say(r, "The mailbox ");
	for (size_t at = list + 1; (key = reading_inside(r, list, at)) && (value = reading_inside(r, list, key->end));
	     at = value->end)
		tell_status_item(r, key, value);
	if (key)
		reading_wrong(r, "RFC 9051 7.3.3", "an item has no value: the list is made of pairs");
}

/* (prefix delimiter) */
static void namespace_shown(struct imap_reading *r, size_t list)
{
	const struct imap_node *prefix = reading_inside(r, list, list + 1);
	const struct imap_node *delimiter = prefix ? reading_inside(r, list, prefix->end) : NULL;
	if (prefix && prefix->kind == IMAP_QUOTED && prefix->content.n == 0) {
		buffer_add_string(&r->words, "any name");
	} else {
		buffer_add_string(&r->words, "names that begin with ");
		string_shown(&r->words, prefix);
	}
	buffer_add_string(&r->words, ", levels parted by ");
	string_shown(&r->words, delimiter);
}

void reading_namespace(struct imap_reading *r)
{
	static const char *const whose[] = { "Your own mailboxes: ", "other users': ", "shared ones: " };
	const struct imap_node *node, *one;
	size_t at = 0;
	for (size_t i = 0; i < 3 && (node = reading_node(r, at)); i++, at = node->end) {
		size_t n = 0;
		for (size_t list = at + 1; node_is_list(node) && node_is_list(one = reading_inside(r, at, list));
		     list = one->end) {
			buffer_add_string(&r->words, n++ ? ", or " : "");
			namespace_shown(r, list);
		}
		if (n == 0)
			buffer_add_string(&r->words, "none");
		reading_say(r, whose[i]);
	}
}

/* ---- quotas, rights, annotations ---- */

/* root (resource used limit …) */
void reading_quota(struct imap_reading *r)
{
	const struct imap_node *root = reading_node(r, 0), *what, *used, *limit;
	if (root == NULL || !node_is_list(reading_node(r, root->end)))
		return;
	size_t list = root->end, at = list + 1;
	string_shown(&r->words, root);
	buffer_add_octet(&r->words, ':');
	reading_say(r, "The quota root ");
	while ((what = reading_inside(r, list, at)) && (used = reading_inside(r, list, what->end)) &&
	       (limit = reading_inside(r, list, used->end))) {
		bool units = imap_node_is(what, SLICE("STORAGE")) || imap_node_is(what, SLICE("ANNOTATION-STORAGE"));
		word_shown(&r->words, used->text);
		buffer_add_string(&r->words, " of ");
		word_shown(&r->words, limit->text);
		buffer_add_string(&r->words, units ? " KiB used (" : " used (");
		word_shown(&r->words, what->text);
		buffer_add_octet(&r->words, ')');
		reading_say(r, "");
		at = limit->end;
	}
	if (at == list + 1)
		tell(&r->telling, "no limit is set");
}

void reading_quotaroot(struct imap_reading *r)
{
	const struct imap_node *name = reading_node(r, 0), *root = name ? reading_node(r, name->end) : NULL;
	if (name == NULL)
		return;
	mailbox_shown(&r->words, name);
	buffer_add_string(&r->words, root ? " counts for" : " counts for no quota root");
	for (bool first = true; root; root = reading_node(r, root->end), first = false) {
		buffer_add_string(&r->words, first ? " the quota root " : ", ");
		string_shown(&r->words, root);
	}
	reading_say(r, "The mailbox ");
}

/* mailbox (identifier rights)… */
void reading_acl(struct imap_reading *r)
{
	const struct imap_node *name = reading_node(r, 0), *who, *rights;
	if (name == NULL)
		return;
	mailbox_shown(&r->words, name);
	buffer_add_octet(&r->words, ':');
	reading_say(r, "On the mailbox ");
	for (size_t at = name->end; (who = reading_node(r, at)) && (rights = reading_node(r, who->end));
	     at = rights->end) {
		string_shown(&r->words, who);
		buffer_add_string(&r->words, " has the rights ");
		string_shown(&r->words, rights);
		reading_say(r, "");
	}
}

void reading_myrights(struct imap_reading *r)
{
	const struct imap_node *name = reading_node(r, 0), *rights = name ? reading_node(r, name->end) : NULL;
	if (rights == NULL)
		return;
	mailbox_shown(&r->words, name);
	buffer_add_string(&r->words, " you have the rights ");
	string_shown(&r->words, rights);
	reading_say(r, "On the mailbox ");
}

/* mailbox (entry value…), or where entries have changed, mailbox entry… (RFC 5464 section 4.4) */
void reading_metadata(struct imap_reading *r)
{
	const struct imap_node *name = reading_node(r, 0), *entry = name ? reading_node(r, name->end) : NULL;
	if (entry == NULL)
		return;
	if (name->kind == IMAP_QUOTED && name->content.n == 0)
		buffer_add_string(&r->words, "the server:");
	else
		mailbox_shown(&r->words, name);
	if (name->kind != IMAP_QUOTED || name->content.n)
		buffer_add_octet(&r->words, ':');
	reading_say(r, "Annotations of ");
	if (node_is_list(entry)) {
		reading_pairs(r, name->end);
		return;
	}
	for (; entry; entry = reading_node(r, entry->end)) {
		string_shown(&r->words, entry);
		buffer_add_string(&r->words, " has changed");
		reading_say(r, "");
	}
}
