/*
 * What a server's data say: numbers of messages, results of searches, and the rest.
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
		reading_wrong(r, "RFC 9051 9", "only numbers from 1 may stand here");
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
		     !named ? ""
		     : uid  ? " (UIDs)"
		            : " (numbers in the mailbox, no UIDs)");
}

/* A result of a search, and its value. */
static void tell_result(struct imap_reading *r, const struct imap_node *name, const struct imap_node *value)
{
	static const struct {
		const char *word, *means;
	} results[] = {
		{ "ALL", "all of them are " },
		{ "COUNT", "how many: " },
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

/* ---- all ---- */

static const struct {
	const char *name;
	bool numbered; /* a number stands before the name */
	void (*tell)(struct imap_reading *r);
} forms[] = {
	{ "ACL", false, reading_acl },
	{ "CAPABILITY", false, tell_capability },
	{ "ENABLED", false, tell_enabled },
	{ "ESEARCH", false, tell_esearch },
	{ "EXISTS", true, tell_exists },
	{ "EXPUNGE", true, tell_expunge },
	{ "FETCH", true, reading_fetched },
	{ "FLAGS", false, reading_flags },
	{ "ID", false, tell_id },
	{ "LIST", false, reading_list },
	{ "LSUB", false, reading_list },
	{ "METADATA", false, reading_metadata },
	{ "MYRIGHTS", false, reading_myrights },
	{ "NAMESPACE", false, reading_namespace },
	{ "QUOTA", false, reading_quota },
	{ "QUOTAROOT", false, reading_quotaroot },
	{ "RECENT", true, tell_recent },
	{ "SEARCH", false, tell_search },
	{ "SORT", false, tell_search },
	{ "STATUS", false, reading_status },
	{ "THREAD", false, tell_thread },
	{ "UIDFETCH", true, reading_fetched },
	{ "VANISHED", false, tell_vanished },
	{ "XLIST", false, reading_list },
};

/* Whether a program may have the response of its own: nobody asked for anything, or by a command that no registry knows. */
static bool is_own(const struct imap_reading *r)
{
	static const char *const old[] = { "COPY", "STORE", NULL }; /* IMAP2's, the protocol before IMAP4 */
	struct slice name = r->response->name;
	return outstanding_count(r->d) == 0 || word_is_private(name) || imap_one_of(name, old) ||
	       dialogue_announced(r->d, name, NULL) ||
	       (r->owner && imap_row(TABLE_COMMANDS, slice_of(r->owner->verb)) == NULL);
}

/* A response that no registry knows, where a known command waits: a slip of the pen. */
static void check_name(struct imap_reading *r)
{
	struct slice name = r->response->name, rest = r->response->text, next = slice_word(&rest);
	const struct entry *numbered = imap_row(TABLE_RESPONSES, next);
	if (numbered && !r->response->numbered && slice_starts(slice_of(numbered->syntax), SLICE("* n ")))
		reading_wrong_word(r, "a number must stand before ", next, "", "RFC 9051 9");
	else if (word_is_plain(name) && !is_own(r))
		reading_unknown(r, "no such response: ", name, TABLE_RESPONSES, "RFC 9051 7");
}

/* What the tables say of the response, where nothing was found in it; and where it is defined. */
static void note_row(struct imap_reading *r, bool silent)
{
	const struct entry *row = imap_row(TABLE_RESPONSES, r->response->name);
	if (row && silent)
		event_note(r->d, r->event, "%s", row->note);
	else if (row == NULL && silent)
		event_note(r->d, r->event,
		           "No registry knows this response; a client passes over what it does not know.");
	if (row == NULL)
		check_name(r);
	event_ref(r->d, r->event, row ? row->ref : "RFC 9051 7");
}

/* The number before the name, and what stands behind where nothing should. */
static void check_number(struct imap_reading *r, bool numbered, bool alone)
{
	static const char *const from_0[] = { "EXISTS", "RECENT", NULL };
	if (numbered != r->response->numbered)
		reading_wrong(r, "RFC 9051 9",
		              numbered ? "a number must stand before this response's name"
		                       : "no number may stand before this response's name");
	else if (numbered && r->response->number == 0 && !imap_one_of(r->response->name, from_0))
		reading_wrong(r, "RFC 9051 9", "messages are numbered from 1");
	else if (numbered && alone && slice_trim(r->response->text).n)
		reading_wrong(r, "RFC 9051 9", "nothing may follow this response's name");
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
