/*
 * What a server's data say: sizes, lists of mailboxes, results of searches, and the rest.
 */
#include "protocol/imap_reading.h"

/* So many numbers are told one by one. */
#define ONE_BY_ONE 5

/* ---- numbers ---- */

static void tell_exists(struct imap_reading *r)
{
	unsigned long long n = r->response->number;
	if (n == 0)
		tell(&r->telling, "The mailbox is empty");
	else
		tell(&r->telling, "The mailbox holds %llu message%s", n, n == 1 ? "" : "s");
}

static void tell_recent(struct imap_reading *r)
{
	unsigned long long n = r->response->number;
	if (n == 0)
		tell(&r->telling, "No message is \\Recent, that is, told to this session first");
	else
		tell(&r->telling, "%llu message%s \\Recent: this session is the first to be told of %s", n,
		     n == 1 ? " is" : "s are", n == 1 ? "it" : "them");
}

static void tell_expunge(struct imap_reading *r)
{
	tell(&r->telling, "Message %llu is gone for good%s", (unsigned long long)r->response->number,
	     r->brief ? "" : ": the numbers of all behind it go down by one");
}

static void tell_vanished(struct imap_reading *r)
{
	const struct imap_node *node = reading_node(r, 0);
	bool earlier = node_is_list(node);
	if (earlier)
		node = reading_node(r, node->end);
	if (node == NULL)
		return;
	set_shown(&r->words, node->text, true);
	reading_say(r, earlier ? "Gone since the client last looked: " : "Gone for good: ");
	if (!r->brief)
		tell(&r->telling, earlier ? "no numbers change now" : "the numbers of those behind them go down");
}

/* ---- mailboxes ---- */

static void tell_flags(struct imap_reading *r)
{
	if (!node_is_list(reading_node(r, 0))) {
		reading_wrong(r, "RFC 9051 7.3.5", "the flags stand in a list in parentheses");
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
static void tell_list(struct imap_reading *r)
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

static void tell_status_item(struct imap_reading *r, const struct imap_node *key, const struct imap_node *value)
{
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

static void tell_status(struct imap_reading *r)
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

static void tell_namespace(struct imap_reading *r)
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

/* ---- searches ---- */

/* Puts the numbers in a row into words; returns how many there are. */
static size_t numbers_shown(struct imap_reading *r)
{
	const struct imap_node *node;
	uint64_t number = 0;
	size_t n = 0;
	bool good = true;
	for (size_t at = 0; (node = reading_node(r, at)); at = node->end) {
		if (node_is_list(node)) /* (MODSEQ n), RFC 7162 3.1.5 */
			continue;
		good &= slice_number(node->text, &number) && number > 0;
		if (n++ < ONE_BY_ONE) {
			buffer_add_string(&r->words, n > 1 ? ", " : "");
			word_shown(&r->words, node->text);
		}
	}
	if (n > ONE_BY_ONE)
		buffer_printf(&r->words, " and %zu more", n - ONE_BY_ONE);
	if (!good)
		reading_wrong(r, "RFC 9051 9", "only numbers from 1 stand here");
	return n;
}

static void tell_search(struct imap_reading *r)
{
	bool uid = slice_starts(r->event->verb, SLICE("UID ")), named = r->event->verb.n > 0;
	size_t n = numbers_shown(r);
	if (n == 0)
		tell(&r->telling, "No message was found");
	else
		tell(&r->telling, "%zu message%s found: " SLICE_FMT "%s", n, n == 1 ? " was" : "s were",
		     SLICE_ARG(buffer_slice(&r->words)),
		     uid     ? " (UIDs)"
		     : named ? " (numbers in the mailbox, no UIDs)"
		             : "");
}

/* A result of a search, and its value. */
static void tell_result(struct imap_reading *r, const struct imap_node *name, const struct imap_node *value)
{
	static const struct {
		const char *word, *means;
	} results[] = {
		{ "ALL", "all of them are " },
		{ "COUNT", "so many were found: " },
		{ "MAX", "the highest is " },
		{ "MIN", "the lowest is " },
		{ "MODSEQ", "the highest modification number is " },
	};
	const char *means = NULL;
	for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
		if (imap_node_is(name, slice_of(results[i].word)))
			means = results[i].means;
	if (means == NULL) {
		word_shown(&r->words, name->text);
		buffer_add_octet(&r->words, ' ');
	}
	word_shown(&r->words, value->text);
	reading_say(r, means ? means : "");
}

/* (TAG "a1") UID MIN 2 COUNT 3 … */
static void tell_esearch(struct imap_reading *r)
{
	const struct imap_node *node = reading_node(r, 0), *value;
	size_t at = node_is_list(node) ? node->end : 0;
	bool uid = imap_node_is(reading_node(r, at), SLICE("UID"));
	at += uid;
	if (reading_node(r, at) == NULL) {
		tell(&r->telling, "No message was found");
		return;
	}
	tell(&r->telling, "What was found, in %s:", uid ? "UIDs" : "numbers in the mailbox");
	for (; (node = reading_node(r, at)) && (value = reading_node(r, node->end)); at = value->end)
		tell_result(r, node, value);
}

static void tell_thread(struct imap_reading *r)
{
	const struct imap_node *node;
	size_t n = 0;
	for (size_t at = 0; (node = reading_node(r, at)); at = node->end)
		n += node_is_list(node);
	if (n == 0)
		tell(&r->telling, "No message was found");
	else
		tell(&r->telling, "%zu thread%s: in each ( ) a message is followed by the answers to it", n,
		     n == 1 ? "" : "s");
}

/* ---- the session ---- */

static void tell_capability(struct imap_reading *r)
{
	capabilities_told(&r->telling, r->response->text);
}

static void tell_enabled(struct imap_reading *r)
{
	struct slice words = r->response->text, word;
	while ((word = slice_word(&words)).n)
		r->s->utf8 |= slice_equal_nocase(word, SLICE("UTF8=ACCEPT")) ||
		              slice_equal_nocase(word, SLICE("IMAP4rev2"));
	if (reading_node(r, 0) == NULL)
		tell(&r->telling, "Nothing was switched on");
	reading_words(r, 0, "Switched on: ", TABLE_KEYWORDS);
}

static void tell_id(struct imap_reading *r)
{
	if (node_is_list(reading_node(r, 0)))
		reading_pairs(r, 0);
	else if (imap_node_is(reading_node(r, 0), SLICE("NIL")))
		tell(&r->telling, "The server tells nothing of itself");
}

/* ---- quotas, rights, annotations ---- */

/* root (resource used limit …) */
static void tell_quota(struct imap_reading *r)
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

static void tell_quotaroot(struct imap_reading *r)
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
static void tell_acl(struct imap_reading *r)
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

static void tell_myrights(struct imap_reading *r)
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
static void tell_metadata(struct imap_reading *r)
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

/* ---- all ---- */

static const struct {
	const char *name;
	bool numbered; /* a number stands before the name */
	void (*tell)(struct imap_reading *r);
} forms[] = {
	{ "ACL", false, tell_acl },
	{ "CAPABILITY", false, tell_capability },
	{ "ENABLED", false, tell_enabled },
	{ "ESEARCH", false, tell_esearch },
	{ "EXISTS", true, tell_exists },
	{ "EXPUNGE", true, tell_expunge },
	{ "FETCH", true, reading_fetched },
	{ "FLAGS", false, tell_flags },
	{ "ID", false, tell_id },
	{ "LIST", false, tell_list },
	{ "LSUB", false, tell_list },
	{ "METADATA", false, tell_metadata },
	{ "MYRIGHTS", false, tell_myrights },
	{ "NAMESPACE", false, tell_namespace },
	{ "QUOTA", false, tell_quota },
	{ "QUOTAROOT", false, tell_quotaroot },
	{ "RECENT", true, tell_recent },
	{ "SEARCH", false, tell_search },
	{ "SORT", false, tell_search },
	{ "STATUS", false, tell_status },
	{ "THREAD", false, tell_thread },
	{ "UIDFETCH", true, reading_fetched },
	{ "VANISHED", false, tell_vanished },
	{ "XLIST", false, tell_list },
};

/* What the tables say of the response, where nothing was found in it; and where it is defined. */
static void note_row(struct imap_reading *r, bool silent)
{
	const struct entry *row = imap_row(TABLE_RESPONSES, r->response->name);
	if (row && silent)
		event_note(r->d, r->event, "%s", row->note);
	else if (row == NULL && silent)
		event_note(r->d, r->event,
		           "No registry knows this response; a client passes over what it does not know.");
	event_ref(r->d, r->event, row ? row->ref : "RFC 9051 7");
}

/* The number before the name, and what stands behind where nothing should. */
static void check_number(struct imap_reading *r, bool numbered, bool alone)
{
	static const char *const from_0[] = { "EXISTS", "RECENT", NULL };
	if (numbered != r->response->numbered)
		reading_wrong(r, "RFC 9051 9",
		              numbered ? "a number must stand before this response's name"
		                       : "no number stands before this response's name");
	else if (numbered && r->response->number == 0 && !imap_one_of(r->response->name, from_0))
		reading_wrong(r, "RFC 9051 9", "messages are numbered from 1");
	else if (numbered && alone && slice_trim(r->response->text).n)
		reading_wrong(r, "RFC 9051 9", "nothing stands behind this response's name");
}

void imap_data(struct dialogue *d, struct imap *s, const struct imap_response *response,
               const struct outstanding *owner, bool ended, struct dialogue_event *event)
{
	struct imap_tree tree = { 0 };
	struct imap_reading r = { .d = d, .s = s, .event = event, .response = response, .owner = owner, .tree = &tree };
	bool first = s->server.name == NULL;
	size_t i = 0;
	while (i < sizeof forms / sizeof forms[0] && !slice_equal_nocase(response->name, slice_of(forms[i].name)))
		i++;
	bool known = i < sizeof forms / sizeof forms[0];
	bool pieces = known && forms[i].tell == reading_fetched; /* told piece by piece: what it brings may be long */
	r.from = s->server.told;
	r.upto = SIZE_MAX;
	r.ended = ended;
	r.brief = known && s->told & 1U << i;
	if (known && first)
		check_number(&r, forms[i].numbered, !pieces);
	if (known && forms[i].numbered == response->numbered && (ended || pieces) && spoken_tree(&s->server, &tree))
		forms[i].tell(&r);
	if (known && ended)
		s->told |= 1U << i;
	if (first || r.telling.text.n)
		note_row(&r, r.telling.text.n == 0);
	telling_end(&r.telling, d, event);
	buffer_free(&r.words);
	imap_tree_free(&tree);
}
