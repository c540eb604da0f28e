/*
 * What a server's data say: FETCH item by item, sizes, lists, searches, and the response codes in brackets.
 *
 * A line that literals interrupt is read again from its front at each, and only what is new is told.
 */
#include "protocol/imap_machine.h"
#include "protocol/imap_words.h"

/* So many numbers, parts or addresses are told one by one. */
#define ONE_BY_ONE 5

/* A response's data, so far. */
struct reading {
	struct dialogue *d;
	struct imap *s;
	struct dialogue_event *event;
	const struct imap_response *response;
	const struct outstanding *owner; /* the command that they belong to, or NULL */
	const struct imap_tree *tree;
	size_t from; /* nodes before this index were told of */
	bool ended;  /* the response is complete */
	struct telling telling;
	struct buffer words; /* of the phrase under way */
};

static const struct imap_node *node_at(const struct reading *r, size_t at)
{
	return imap_node_at(r->tree, at, r->tree->n);
}

/* The node at that index inside a list, or NULL behind its last. */
static const struct imap_node *inside(const struct reading *r, size_t list, size_t at)
{
	return imap_node_at(r->tree, at, r->tree->nodes[list].end);
}

static bool is_list(const struct imap_node *node)
{
	return node && node->kind == IMAP_LIST;
}

/* The phrase that stands in `words`, behind `before`. */
static void say(struct reading *r, const char *before)
{
	tell_words(&r->telling, before, &r->words);
}

static void wrong(struct reading *r, const char *ref, const char *what)
{
	event_problem(r->d, r->event, "%s", what);
	event_ref(r->d, r->event, ref);
}

/* ---- numbers ---- */

static void tell_exists(struct reading *r)
{
	unsigned long long n = r->response->number;
	if (n == 0)
		tell(&r->telling, "The mailbox is empty");
	else
		tell(&r->telling, "The mailbox holds %llu message%s", n, n == 1 ? "" : "s");
}

static void tell_recent(struct reading *r)
{
	unsigned long long n = r->response->number;
	tell(&r->telling, "%llu message%s \\Recent: new since the mailbox was last selected", n,
	     n == 1 ? " is" : "s are");
}

static void tell_expunge(struct reading *r)
{
	tell(&r->telling, "Message %llu is gone for good: the numbers of all behind it go down by one",
	     (unsigned long long)r->response->number);
}

static void tell_vanished(struct reading *r)
{
	const struct imap_node *node = node_at(r, 0);
	bool earlier = is_list(node);
	if (earlier)
		node = node_at(r, node->end);
	if (node == NULL)
		return;
	set_shown(&r->words, node->text, true);
	buffer_add_string(&r->words, earlier ? " went before, and no numbers change now"
	                                     : " are gone for good, and the numbers behind go down");
	say(r, "The ");
}

/* ---- FETCH ---- */

/* `gray@cac.washington.edu`, of (name route mailbox host). */
static void address_shown(struct reading *r, size_t list)
{
	struct buffer address = { 0 };
	size_t at = list + 1;
	const struct imap_node *node = inside(r, list, at);
	for (unsigned i = 0; node && i < 2; i++)
		node = inside(r, list, node->end);
	if (node && imap_node_string(node, &address) && (node = inside(r, list, node->end))) {
		buffer_add_octet(&address, '@');
		if (!imap_node_string(node, &address)) /* a group of addresses begins: RFC 9051 7.5.2 */
			address.p[address.n - 1] = ':';
	}
	word_shown(&r->words, buffer_slice(&address));
	buffer_free(&address);
}

static void addresses_shown(struct reading *r, size_t list)
{
	const struct imap_node *node;
	size_t n = 0;
	for (size_t at = list + 1; (node = inside(r, list, at)); at = node->end)
		if (is_list(node) && n++ == 0)
			address_shown(r, at);
	if (n > 1)
		buffer_printf(&r->words, " and %zu more", n - 1);
}

/* The ten fields of an envelope (RFC 9051 section 7.5.2). */
static void envelope_shown(struct reading *r, size_t list)
{
	static const char *const fields[] = { "date", "subject", "from", "sender",      "reply-to",
		                              "to",   "cc",      "bcc",  "in-reply-to", "message-id" };
	const struct imap_node *node;
	struct buffer absent = { 0 };
	size_t n = 0;
	buffer_add_string(&r->words, "ENVELOPE (what the header says: ");
	for (size_t at = list + 1; (node = inside(r, list, at)) && n < 10; at = node->end, n++) {
		if (imap_node_is(node, SLICE("NIL"))) {
			buffer_printf(&absent, "%s%s", absent.n ? ", " : "", fields[n]);
			continue;
		}
		buffer_printf(&r->words, "%s%s ", r->words.p[r->words.n - 2] == ':' ? "" : ", ", fields[n]);
		if (is_list(node))
			addresses_shown(r, at);
		else
			string_shown(&r->words, node);
	}
	if (absent.n)
		buffer_printf(&r->words, "; none of " SLICE_FMT, SLICE_ARG(buffer_slice(&absent)));
	buffer_add_octet(&r->words, ')');
	buffer_free(&absent);
	if (n != 10 || node)
		wrong(r, "RFC 9051 7.5.2",
		      "an ENVELOPE has ten fields, from date to message-id, NIL for one that is missing");
}

/* A body that is no multipart: `text/plain, 3028 octets, 7BIT`. */
static void leaf_shown(struct reading *r, size_t list)
{
	struct buffer type = { 0 }, size = { 0 }, encoding = { 0 };
	uint64_t octets = 0;
	const struct imap_node *node = inside(r, list, list + 1);
	for (unsigned i = 0; node && i < 7; i++, node = inside(r, list, node->end)) {
		if (i == 1)
			buffer_add_octet(&type, '/');
		if (i < 2)
			(void)imap_node_string(node, &type);
		else if (i == 5)
			(void)imap_node_string(node, &encoding);
		else if (i == 6)
			(void)imap_node_string(node, &size);
	}
	for (size_t i = 0; i < type.n; i++)
		type.p[i] = octet_lower(type.p[i]);
	word_shown(&r->words, buffer_slice(&type));
	if (slice_number(buffer_slice(&size), &octets)) {
		buffer_add_string(&r->words, ", ");
		octets_shown(&r->words, octets);
	}
	if (encoding.n) {
		buffer_add_string(&r->words, ", encoded ");
		word_shown(&r->words, buffer_slice(&encoding));
	}
	buffer_free(&type);
	buffer_free(&size);
	buffer_free(&encoding);
}

/* `multipart/mixed of 2 parts: …`; the parts of a part are only counted. */
static void body_shown(struct reading *r, size_t list)
{
	const struct imap_node *node;
	struct buffer subtype = { 0 };
	size_t parts = 0, at = list + 1;
	if (!is_list(inside(r, list, at))) {
		leaf_shown(r, list);
		return;
	}
	for (; is_list(node = inside(r, list, at)); at = node->end)
		parts++;
	if (imap_node_string(node, &subtype))
		for (size_t i = 0; i < subtype.n; i++)
			subtype.p[i] = octet_lower(subtype.p[i]);
	buffer_add_string(&r->words, "multipart/");
	word_shown(&r->words, buffer_slice(&subtype));
	buffer_printf(&r->words, " of %zu part%s: ", parts, parts == 1 ? "" : "s");
	buffer_free(&subtype);
	at = list + 1;
	for (size_t i = 0; i < parts && i < ONE_BY_ONE; i++, at = node_at(r, at)->end) {
		buffer_printf(&r->words, "%s%zu ", i ? ", " : "", i + 1);
		if (is_list(inside(r, at, at + 1)))
			buffer_add_string(&r->words, "a multipart");
		else
			leaf_shown(r, at);
	}
	if (parts > ONE_BY_ONE)
		buffer_printf(&r->words, " and %zu more", parts - ONE_BY_ONE);
}

/* How much of a text came, or where it is short, the text. */
static void text_shown(struct buffer *out, const struct imap_node *value)
{
	if (value->kind == IMAP_LITERAL)
		octets_shown(out, value->octets);
	else if (value->kind == IMAP_QUOTED)
		string_shown(out, value);
	else
		buffer_add_string(out, imap_node_is(value, SLICE("NIL")) ? "nothing (NIL)" : "no string");
}

static void tell_value(struct reading *r, const struct imap_node *key, size_t at)
{
	const struct imap_node *value = node_at(r, at);
	struct imap_date date;
	uint64_t octets = 0;
	if (imap_node_is(key, SLICE("FLAGS")) && is_list(value)) {
		flags_shown(&r->words, r->tree, at);
		say(r, r->words.n ? "its flags are " : "it has no flags");
	} else if (imap_node_is(key, SLICE("RFC822.SIZE")) && slice_number(value->text, &octets)) {
		octets_shown(&r->words, octets);
		say(r, "its size is ");
	} else if (imap_node_is(key, SLICE("INTERNALDATE")) && imap_date_parse(value->content, &date)) {
		date_shown(&r->words, &date);
		say(r, "INTERNALDATE (when the server received it) is ");
	} else if (imap_node_is(key, SLICE("ENVELOPE")) && is_list(value)) {
		envelope_shown(r, at);
		say(r, "");
	} else if ((imap_node_is(key, SLICE("BODYSTRUCTURE")) || imap_node_is(key, SLICE("BODY"))) && is_list(value)) {
		body_shown(r, at);
		say(r, "it is built as ");
	} else if (imap_node_is(key, SLICE("UID"))) {
		if (!slice_number(value->text, &octets) || octets == 0)
			wrong(r, "RFC 9051 9", "a UID is a number from 1");
		word_shown(&r->words, value->text);
		say(r, "its UID is ");
	} else {
		item_shown(&r->words, key->text);
		buffer_add_string(&r->words, ": ");
		if (is_list(value) || (value->kind == IMAP_ATOM && !imap_node_is(value, SLICE("NIL"))))
			word_shown(&r->words, value->text);
		else
			text_shown(&r->words, value);
		say(r, "");
	}
}

/* An old item that nobody asked for: what answers BODY[HEADER] has that name. */
static void check_asked(struct reading *r, const struct imap_node *key)
{
	static const char *const old[][2] = { { "RFC822", "BODY[]" },
		                              { "RFC822.HEADER", "BODY[HEADER]" },
		                              { "RFC822.TEXT", "BODY[TEXT]" } };
	bool fetches = r->owner && (slice_equal(slice_of(r->owner->verb), SLICE("FETCH")) ||
	                            slice_equal(slice_of(r->owner->verb), SLICE("UID FETCH")));
	if (!fetches || r->owner->flags & FLAG_RFC822)
		return;
	for (size_t i = 0; i < sizeof old / sizeof old[0]; i++) {
		if (!imap_node_is(key, slice_of(old[i][0])))
			continue;
		event_problem(r->d, r->event, "%s was not asked for: what answers %s has that name", old[i][0],
		              old[i][1]);
		event_ref(r->d, r->event, "RFC 3501 6.4.5");
	}
}

static void tell_fetch(struct reading *r)
{
	const struct imap_node *key, *value;
	size_t at = 1, told = r->from;
	if (r->from == 0 && !is_list(node_at(r, 0))) {
		wrong(r, "RFC 9051 7.5.2", "FETCH is followed by a list of items and values in parentheses");
		return;
	}
	for (; (key = inside(r, 0, at)) && (value = inside(r, 0, key->end)); at = value->end) {
		if (key->end < r->from)
			continue;
		if (!value->whole && value->kind != IMAP_LITERAL && !r->ended)
			break;
		if (told == 0)
			tell(&r->telling, "Message %llu:", (unsigned long long)r->response->number);
		tell_value(r, key, key->end);
		check_asked(r, key);
		told = value->end;
	}
	r->s->server.told = told;
	if (key && value == NULL && r->ended && node_at(r, 0)->whole)
		wrong(r, "RFC 9051 7.5.2", "an item has no value: the list is made of pairs");
}

/* ---- mailboxes ---- */

static void tell_flags(struct reading *r)
{
	if (!is_list(node_at(r, 0))) {
		wrong(r, "RFC 9051 7.3.5", "the flags stand in a list in parentheses");
		return;
	}
	flags_shown(&r->words, r->tree, 0);
	say(r, r->words.n ? "The mailbox knows these flags: " : "The mailbox knows no flags");
}

/* (attributes) delimiter name */
static void tell_list(struct reading *r)
{
	const struct imap_node *attributes = node_at(r, 0), *delimiter, *name, *node;
	struct buffer said = { 0 };
	if (!is_list(attributes) || (delimiter = node_at(r, attributes->end)) == NULL ||
	    (name = node_at(r, delimiter->end)) == NULL) {
		if (r->ended)
			wrong(r, "RFC 9051 7.3.1", "a list of attributes, the delimiter and the name belong here");
		return;
	}
	mailbox_shown(&r->words, name);
	buffer_add_octet(&r->words, ':');
	say(r, "The mailbox ");
	if (imap_node_string(delimiter, &said)) {
		word_shown(&r->words, buffer_slice(&said));
		buffer_add_string(&r->words, " parts the levels of names");
		say(r, "");
	} else {
		tell(&r->telling, "names have no levels (NIL)");
	}
	buffer_free(&said);
	for (size_t at = 1; (node = inside(r, 0, at)); at = node->end) {
		word_shown(&r->words, node->text);
		gist_shown(&r->words, imap_row(TABLE_ATTRIBUTES, node->text));
		say(r, "");
	}
}

static void tell_status(struct reading *r)
{
	const struct imap_node *name = node_at(r, 0), *key, *value;
	if (name == NULL || !is_list(node_at(r, name->end))) {
		wrong(r, "RFC 9051 7.3.3", "the mailbox's name and a list of items and values belong here");
		return;
	}
	size_t list = name->end;
	mailbox_shown(&r->words, name);
	buffer_add_octet(&r->words, ':');
	say(r, "Of the mailbox ");
	for (size_t at = list + 1; (key = inside(r, list, at)) && (value = inside(r, list, key->end));
	     at = value->end) {
		word_shown(&r->words, key->text);
		buffer_add_octet(&r->words, ' ');
		word_shown(&r->words, value->text);
		gist_shown(&r->words, imap_row(TABLE_STATUS_ITEMS, key->text));
		say(r, "");
	}
	if (key)
		wrong(r, "RFC 9051 7.3.3", "an item has no value: the list is made of pairs");
}

static void tell_namespace(struct reading *r)
{
	static const char *const whose[] = { "Your own mailboxes: ", "other users': ", "shared ones: " };
	const struct imap_node *node, *one, *prefix, *delimiter;
	size_t at = 0;
	for (size_t i = 0; i < 3 && (node = node_at(r, at)); i++, at = node->end) {
		size_t n = 0;
		for (size_t list = at + 1; is_list(node) && is_list(one = inside(r, at, list)); list = one->end) {
			prefix = inside(r, list, list + 1);
			delimiter = prefix ? inside(r, list, prefix->end) : NULL;
			buffer_add_string(&r->words, n++ ? ", " : "");
			buffer_add_string(&r->words, "names that begin with ");
			string_shown(&r->words, prefix);
			buffer_add_string(&r->words, " and are parted by ");
			string_shown(&r->words, delimiter);
		}
		if (n == 0)
			buffer_add_string(&r->words, "none");
		say(r, whose[i]);
	}
}

/* ---- searches ---- */

/* Puts the numbers in a row into words; returns how many there are. */
static size_t numbers_shown(struct reading *r)
{
	const struct imap_node *node;
	uint64_t number = 0;
	size_t n = 0;
	bool good = true;
	for (size_t at = 0; (node = node_at(r, at)); at = node->end) {
		if (is_list(node)) /* (MODSEQ n), RFC 7162 3.1.5 */
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
		wrong(r, "RFC 9051 9", "only numbers from 1 stand here");
	return n;
}

static void tell_search(struct reading *r)
{
	bool uid = slice_starts(r->event->verb, SLICE("UID "));
	size_t n = numbers_shown(r);
	if (n == 0) {
		tell(&r->telling, "No message was found");
		return;
	}
	bool named = r->event->verb.n > 0;
	buffer_add_string(&r->words, uid     ? ", by their UIDs"
	                             : named ? ", by their numbers in the mailbox, which are not UIDs"
	                                     : "");
	tell(&r->telling, "%zu message%s found: " SLICE_FMT, n, n == 1 ? " was" : "s were",
	     SLICE_ARG(buffer_slice(&r->words)));
}

/* (TAG "a1") UID MIN 2 COUNT 3 … */
static void tell_esearch(struct reading *r)
{
	static const struct {
		const char *word, *means;
	} options[] = {
		{ "ALL", "all that were found are " },
		{ "COUNT", "so many were found: " },
		{ "MAX", "the greatest is " },
		{ "MIN", "the least is " },
		{ "MODSEQ", "the highest mod-sequence is " },
	};
	const struct imap_node *node = node_at(r, 0), *value;
	size_t at = is_list(node) ? node->end : 0;
	bool uid = false;
	if (imap_node_is(node_at(r, at), SLICE("UID"))) {
		uid = true;
		at++;
	}
	tell(&r->telling, "The result of SEARCH, in %s:", uid ? "UIDs" : "numbers of messages");
	for (; (node = node_at(r, at)) && (value = node_at(r, node->end)); at = value->end) {
		const char *means = NULL;
		for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
			if (imap_node_is(node, slice_of(options[i].word)))
				means = options[i].means;
		if (means == NULL) {
			word_shown(&r->words, node->text);
			buffer_add_octet(&r->words, ' ');
		}
		word_shown(&r->words, value->text);
		say(r, means ? means : "");
	}
}

static void tell_thread(struct reading *r)
{
	const struct imap_node *node;
	size_t n = 0;
	for (size_t at = 0; (node = node_at(r, at)); at = node->end)
		n += is_list(node);
	tell(&r->telling, "%zu thread%s; in each list a message is followed by the answers to it", n,
	     n == 1 ? "" : "s");
}

/* ---- the rest ---- */

static void capabilities_tell(struct telling *telling, struct slice words)
{
	struct slice word;
	while ((word = slice_word(&words)).n) {
		struct buffer shown = { 0 };
		bool mechanism = slice_starts_nocase(word, SLICE("AUTH="));
		const struct entry *row = imap_row(TABLE_KEYWORDS, word);
		if (row == NULL && mechanism)
			row = imap_row(TABLE_MECHANISMS, slice_part(word, 5, word.n));
		word_shown(&shown, word);
		gist_shown(&shown, row);
		tell(telling, SLICE_FMT, SLICE_ARG(buffer_slice(&shown)));
		buffer_free(&shown);
	}
}

static void tell_capability(struct reading *r)
{
	capabilities_tell(&r->telling, r->response->text);
}

static void tell_enabled(struct reading *r)
{
	struct slice words = r->response->text, word;
	while ((word = slice_word(&words)).n)
		r->s->utf8 |= slice_equal_nocase(word, SLICE("UTF8=ACCEPT")) ||
		              slice_equal_nocase(word, SLICE("IMAP4rev2"));
	if (slice_trim(r->response->text).n == 0)
		tell(&r->telling, "Nothing was switched on");
	else
		tell(&r->telling, "Switched on:");
	capabilities_tell(&r->telling, r->response->text);
}

static void tell_id(struct reading *r)
{
	const struct imap_node *key, *value;
	if (!is_list(node_at(r, 0)))
		return;
	for (size_t at = 1; (key = inside(r, 0, at)) && (value = inside(r, 0, key->end)); at = value->end) {
		string_shown(&r->words, key);
		buffer_add_string(&r->words, " is ");
		string_shown(&r->words, value);
		say(r, "");
	}
}

/* root (resource usage limit …) */
static void tell_quota(struct reading *r)
{
	const struct imap_node *root = node_at(r, 0), *what, *used, *limit;
	if (root == NULL || !is_list(node_at(r, root->end)))
		return;
	size_t list = root->end, at = list + 1;
	string_shown(&r->words, root);
	say(r, "The quota root ");
	while ((what = inside(r, list, at)) && (used = inside(r, list, what->end)) &&
	       (limit = inside(r, list, used->end))) {
		bool storage = imap_node_is(what, SLICE("STORAGE"));
		word_shown(&r->words, what->text);
		buffer_add_octet(&r->words, ' ');
		word_shown(&r->words, used->text);
		buffer_add_string(&r->words, " of ");
		word_shown(&r->words, limit->text);
		buffer_add_string(&r->words, storage ? " (in units of 1024 octets)" : "");
		say(r, "");
		at = limit->end;
	}
}

static void tell_quotaroot(struct reading *r)
{
	const struct imap_node *name = node_at(r, 0), *root = name ? node_at(r, name->end) : NULL;
	if (name == NULL)
		return;
	mailbox_shown(&r->words, name);
	say(r, "The mailbox ");
	for (; root; root = node_at(r, root->end)) {
		string_shown(&r->words, root);
		say(r, "counts for the quota root ");
	}
}

/* mailbox (identifier rights)… */
static void tell_acl(struct reading *r)
{
	const struct imap_node *name = node_at(r, 0), *who, *rights;
	if (name == NULL)
		return;
	mailbox_shown(&r->words, name);
	say(r, "The mailbox ");
	for (size_t at = name->end; (who = node_at(r, at)) && (rights = node_at(r, who->end)); at = rights->end) {
		string_shown(&r->words, who);
		buffer_add_string(&r->words, " has the rights ");
		string_shown(&r->words, rights);
		say(r, "");
	}
}

static void tell_myrights(struct reading *r)
{
	const struct imap_node *name = node_at(r, 0), *rights = name ? node_at(r, name->end) : NULL;
	if (rights == NULL)
		return;
	mailbox_shown(&r->words, name);
	say(r, "On the mailbox ");
	string_shown(&r->words, rights);
	say(r, "you have the rights ");
}

/* ---- all ---- */

static const struct {
	const char *name;
	bool numbered; /* a number stands before the name */
	void (*tell)(struct reading *r);
} forms[] = {
	{ "ACL", false, tell_acl },
	{ "CAPABILITY", false, tell_capability },
	{ "ENABLED", false, tell_enabled },
	{ "ESEARCH", false, tell_esearch },
	{ "EXISTS", true, tell_exists },
	{ "EXPUNGE", true, tell_expunge },
	{ "FETCH", true, tell_fetch },
	{ "FLAGS", false, tell_flags },
	{ "ID", false, tell_id },
	{ "LIST", false, tell_list },
	{ "LSUB", false, tell_list },
	{ "MYRIGHTS", false, tell_myrights },
	{ "NAMESPACE", false, tell_namespace },
	{ "QUOTA", false, tell_quota },
	{ "QUOTAROOT", false, tell_quotaroot },
	{ "RECENT", true, tell_recent },
	{ "SEARCH", false, tell_search },
	{ "SORT", false, tell_search },
	{ "STATUS", false, tell_status },
	{ "THREAD", false, tell_thread },
	{ "VANISHED", false, tell_vanished },
	{ "XLIST", false, tell_list },
};

/* What the tables say of the response, where nothing was found in it; and where it is defined. */
static void note_row(struct reading *r, bool silent)
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
static void check_number(struct reading *r, bool numbered, bool alone)
{
	bool from_1 = !slice_equal_nocase(r->response->name, SLICE("EXISTS")) &&
	              !slice_equal_nocase(r->response->name, SLICE("RECENT"));
	if (numbered != r->response->numbered)
		wrong(r, "RFC 9051 9",
		      numbered ? "a number must stand before this response's name"
		               : "no number stands before this response's name");
	else if (numbered && from_1 && r->response->number == 0)
		wrong(r, "RFC 9051 9", "messages are numbered from 1");
	else if (numbered && alone && slice_trim(r->response->text).n)
		wrong(r, "RFC 9051 9", "nothing stands behind this response's name");
}

void imap_data(struct dialogue *d, struct imap *s, const struct imap_response *response,
               const struct outstanding *owner, bool ended, struct dialogue_event *event)
{
	struct imap_tree tree = { 0 };
	struct reading r = { .d = d, .s = s, .event = event, .response = response, .owner = owner, .tree = &tree };
	bool first = s->server.name == NULL;
	size_t i = 0;
	while (i < sizeof forms / sizeof forms[0] && !slice_equal_nocase(response->name, slice_of(forms[i].name)))
		i++;
	bool known = i < sizeof forms / sizeof forms[0];
	r.from = s->server.told;
	r.ended = ended;
	if (known && first)
		check_number(&r, forms[i].numbered, forms[i].tell != tell_fetch);
	/* Only FETCH is told of piece by piece, for what it brings may be long. */
	if (known && forms[i].numbered == response->numbered && (ended || forms[i].tell == tell_fetch) &&
	    spoken_tree(&s->server, &tree))
		forms[i].tell(&r);
	if (first || r.telling.text.n)
		note_row(&r, r.telling.text.n == 0);
	telling_end(&r.telling, d, event, NULL);
	buffer_free(&r.words);
	imap_tree_free(&tree);
}

/* ---- response codes ---- */

static void code_flags(struct telling *telling, struct slice arguments)
{
	struct imap_tree tree = { 0 };
	struct buffer words = { 0 };
	imap_tree_parse(&tree, arguments, NULL, 0);
	if (tree.n > 0 && tree.nodes[0].kind == IMAP_LIST)
		flags_shown(&words, &tree, 0);
	tell(telling, "The client may change for good: %s" SLICE_FMT, words.n ? "" : "no flag",
	     SLICE_ARG(buffer_slice(&words)));
	buffer_free(&words);
	imap_tree_free(&tree);
}

/* UIDVALIDITY and the UIDs: APPENDUID validity new; COPYUID validity old new (RFC 4315 section 3). */
static void code_uids(struct telling *telling, struct slice arguments, bool copied)
{
	struct slice validity = slice_word(&arguments), first = slice_word(&arguments), second = slice_word(&arguments);
	struct buffer words = { 0 };
	buffer_add_string(&words, copied ? "Copied were " : "New is the ");
	set_shown(&words, first, true);
	if (copied) {
		buffer_add_string(&words, ", which became the ");
		set_shown(&words, second, true);
	}
	buffer_add_string(&words, " in the mailbox, whose UIDVALIDITY is ");
	word_shown(&words, validity);
	tell(telling, SLICE_FMT, SLICE_ARG(buffer_slice(&words)));
	buffer_free(&words);
}

/* Whether the code is followed by a number, as it must (RFC 9051 section 9: resp-text-code). */
static void check_code(struct dialogue *d, const struct imap_response *response, struct dialogue_event *event)
{
	static const char *const numbers[] = { "HIGHESTMODSEQ", "UIDNEXT", "UIDVALIDITY", "UNSEEN" };
	uint64_t number = 0;
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		if (!slice_equal_nocase(response->code, slice_of(numbers[i])) ||
		    slice_number(response->code_arguments, &number))
			continue;
		event_problem(d, event, "a number stands behind %s", numbers[i]);
		event_ref(d, event, "RFC 9051 9");
	}
}

void imap_response_code(struct dialogue *d, const struct imap_response *response, struct dialogue_event *event)
{
	struct telling telling = { 0 };
	struct slice code = response->code, arguments = response->code_arguments;
	const struct entry *row = imap_row(TABLE_RESPONSE_CODES, code);
	struct buffer words = { 0 };
	event_ref(d, event, row ? row->ref : "RFC 9051 7.1");
	check_code(d, response, event);
	buffer_printf(&words, "[" SLICE_FMT "]", SLICE_ARG(event->keyword));
	bool told = slice_find(event->note, buffer_slice(&words)) < event->note.n;
	buffer_clear(&words);
	if (slice_equal_nocase(code, SLICE("CAPABILITY"))) {
		capabilities_tell(&telling, arguments);
		telling_end(&telling, d, event, "It can: ");
	} else if (slice_equal_nocase(code, SLICE("PERMANENTFLAGS"))) {
		code_flags(&telling, arguments);
	} else if (slice_equal_nocase(code, SLICE("APPENDUID")) || slice_equal_nocase(code, SLICE("COPYUID"))) {
		code_uids(&telling, arguments, slice_equal_nocase(code, SLICE("COPYUID")));
	} else if (!told || arguments.n) {
		word_shown(&words, code);
		buffer_add_string(&words, arguments.n ? " " : "");
		word_shown(&words, arguments);
		event_note(d, event, SLICE_FMT ": %s", SLICE_ARG(buffer_slice(&words)),
		           row ? row->note : "no registry knows this response code; a client passes over it.");
	}
	telling_end(&telling, d, event, NULL);
	buffer_free(&words);
}
