/*
 * What the arguments of IMAP's commands say, one by one, and what is wrong with them.
 */
#include "protocol/imap_reading.h"

/* ---- a mailbox ---- */

/* SELECT, CREATE and the like: the mailbox, and parameters in a list behind it. */
static void tell_mailbox(struct imap_reading *r)
{
	static const char *const lists[] = { "CREATE", "EXAMINE", "SELECT", NULL };
	size_t parameters = reading_argument(r, 1);
	reading_mailbox(r, 0, "The mailbox is ");
	if (node_is_list(reading_node(r, parameters)))
		reading_words(r, parameters, "with ", TABLE_PARAMETERS);
	else if (reading_fresh(r, parameters) && imap_one_of(slice_of(r->row->word), lists))
		reading_wrong_word(r, "what is asked for with it must stand in parentheses: ",
		                   reading_node(r, parameters)->text, " does not", r->row->ref);
}

/* GETMETADATA [(options)] mailbox (entries) */
static void tell_annotations(struct imap_reading *r)
{
	size_t at = node_is_list(reading_node(r, 0)) ? reading_node(r, 0)->end : 0;
	if (at > 0)
		reading_words(r, 0, "Options: ", TABLE_PARAMETERS);
	const struct imap_node *mailbox = reading_node(r, at);
	bool server = mailbox && mailbox->kind == IMAP_QUOTED && mailbox->content.n == 0;
	if (server && reading_fresh(r, at))
		tell(&r->telling, "Annotations of the server");
	else if (mailbox)
		reading_mailbox(r, at, "The mailbox is ");
}

static void tell_rename(struct imap_reading *r)
{
	reading_mailbox(r, 0, "From ");
	reading_mailbox(r, reading_argument(r, 1), "to ");
}

static void tell_status(struct imap_reading *r)
{
	size_t items = reading_argument(r, 1);
	const struct imap_node *node = reading_node(r, items), *item;
	reading_mailbox(r, 0, "The mailbox is ");
	if (!reading_fresh(r, items))
		return;
	if (node->kind != IMAP_LIST)
		reading_wrong_word(r, "the items must stand in parentheses, as in (MESSAGES UNSEEN): ", node->text,
		                   " does not", r->row->ref);
	for (size_t at = items + 1; node->kind == IMAP_LIST && (item = reading_inside(r, items, at)); at = item->end)
		reading_status_item(r, item);
	reading_words(r, items, "", TABLE_STATUS_ITEMS);
}

/* ---- LIST ---- */

static void tell_pattern(struct imap_reading *r, const struct imap_node *node)
{
	struct buffer said = { 0 };
	if (!imap_node_string(node, &said))
		return;
	struct slice pattern = buffer_slice(&said);
	if (slice_equal(pattern, SLICE("*"))) {
		reading_say(r, "all names");
	} else if (slice_equal(pattern, SLICE("%"))) {
		reading_say(r, "all names of this level");
	} else if (pattern.n == 0) {
		reading_say(r, "the empty pattern asks only which character parts the levels of names");
	} else {
		mailbox_shown(&r->words, node);
		reading_say(r, "names like ");
	}
	buffer_free(&said);
}

/* The pattern at `at`, or the list of them. */
static void tell_patterns(struct imap_reading *r, size_t at)
{
	const struct imap_node *patterns = reading_node(r, at);
	if (patterns->kind != IMAP_LIST && reading_fresh(r, at))
		tell_pattern(r, patterns);
	for (size_t i = at + 1; patterns->kind == IMAP_LIST && i < patterns->end; i = reading_node(r, i)->end)
		if (reading_fresh(r, i))
			tell_pattern(r, reading_node(r, i));
}

/* [(options)] reference pattern [RETURN (options)] */
static void tell_list(struct imap_reading *r)
{
	size_t at = 0;
	if (node_is_list(reading_node(r, 0))) {
		at = reading_node(r, 0)->end;
		reading_words(r, 0, "Options: ", TABLE_PARAMETERS);
	}
	const struct imap_node *reference = reading_node(r, at);
	if (reading_fresh(r, at) && (reference->kind != IMAP_QUOTED || reference->content.n)) {
		mailbox_shown(&r->words, reference);
		reading_say(r, "below ");
	}
	at = reference ? reference->end : r->tree->n;
	const struct imap_node *patterns = reading_node(r, at);
	if (patterns == NULL)
		return;
	tell_patterns(r, at);
	const struct imap_node *word = reading_node(r, patterns->end);
	if (imap_node_is(word, SLICE("RETURN")) && reading_fresh(r, word->end) &&
	    node_is_list(reading_node(r, word->end))) {
		words_shown(&r->words, r->tree, word->end);
		reading_say(r, "to be told with them: ");
	}
}

/* ---- the session ---- */

static void tell_enable(struct imap_reading *r)
{
	reading_words(r, 0, "", TABLE_KEYWORDS);
}

static void tell_id(struct imap_reading *r)
{
	if (!reading_fresh(r, 0))
		return;
	if (node_is_list(reading_node(r, 0)))
		reading_pairs(r, 0);
	else if (!imap_node_is(reading_node(r, 0), SLICE("NIL")))
		reading_wrong_word(r, "ID must be followed by a list of names and values, or by NIL: ",
		                   reading_node(r, 0)->text, " is neither", "RFC 2971 3.1");
}

static void tell_login(struct imap_reading *r)
{
	if (reading_fresh(r, 0)) {
		string_shown(&r->words, reading_node(r, 0));
		reading_say(r, "The user name is ");
	}
	if (r->ended && !dialogue_secure(r->d))
		tell(&r->telling, r->telling.text.n ? "there is no TLS here" : "There is no TLS here");
}

/* ---- messages ---- */

static void tell_set(struct imap_reading *r)
{
	reading_set(r, 0);
}

/* The flags or the date before the message. */
static void tell_appended(struct imap_reading *r, size_t at)
{
	struct imap_date date;
	const struct imap_node *node = reading_node(r, at);
	if (node->kind == IMAP_LIST) {
		flags_shown(&r->words, r->tree, at, true);
		reading_say(r, r->words.n ? "with the flags " : "with no flags");
	} else if (node->kind == IMAP_QUOTED && imap_date_parse(node->content, &date) && date.timed) {
		date_shown(&r->words, &date);
		reading_say(r, "dated ");
	} else if (node->kind == IMAP_QUOTED) {
		reading_wrong_word(r, "", node->content,
		                   " is not a date and time, such as \" 7-Feb-1994 21:52:25 -0800\"", "RFC 9051 9");
	}
}

static void tell_append(struct imap_reading *r)
{
	const struct imap_node *node = NULL;
	bool message = false;
	reading_mailbox(r, 0, "Into the mailbox ");
	for (size_t at = reading_argument(r, 1); (node = reading_node(r, at)); at = node->end) {
		message |= node->kind == IMAP_LITERAL || imap_node_is(node, SLICE("CATENATE")) ||
		           imap_node_is(node, SLICE("UTF8"));
		if (reading_fresh(r, at) && !(message && node->kind == IMAP_LIST))
			tell_appended(r, at);
	}
	if (r->ended && r->tree->n > 0 && !message)
		reading_wrong(r, "RFC 9051 6.3.12", "the message is missing: it is a literal, as in {310}, at the end");
}

/* ---- all ---- */

/* How many arguments a command has, and who tells of them. `most` ANY: there is no limit. */
#define ANY SIZE_MAX
static const struct {
	const char *verb;
	size_t least, most;
	void (*tell)(struct imap_reading *r);
} forms[] = {
	{ "APPEND", 1, ANY, tell_append },
	{ "AUTHENTICATE", 1, 2, NULL },
	{ "CAPABILITY", 0, 0, NULL },
	{ "CHECK", 0, 0, NULL },
	{ "CLOSE", 0, 0, NULL },
	{ "COMPRESS", 1, 1, NULL },
	{ "COPY", 2, 2, reading_copy },
	{ "CREATE", 1, 2, tell_mailbox },
	{ "DELETE", 1, 1, tell_mailbox },
	{ "DELETEACL", 2, 2, tell_mailbox },
	{ "ENABLE", 1, ANY, tell_enable },
	{ "EXAMINE", 1, 2, tell_mailbox },
	{ "EXPUNGE", 0, 0, NULL },
	{ "FETCH", 2, 4, reading_fetch },
	{ "GETACL", 1, 1, tell_mailbox },
	{ "GETJMAPACCESS", 0, 0, NULL },
	{ "GETMETADATA", 2, 3, tell_annotations },
	{ "GETQUOTA", 1, 1, NULL },
	{ "GETQUOTAROOT", 1, 1, tell_mailbox },
	{ "ID", 1, 1, tell_id },
	{ "IDLE", 0, 0, NULL },
	{ "LIST", 2, ANY, tell_list },
	{ "LISTRIGHTS", 2, 2, tell_mailbox },
	{ "LOGIN", 2, 2, tell_login },
	{ "LOGOUT", 0, 0, NULL },
	{ "LSUB", 2, 2, tell_list },
	{ "MOVE", 2, 2, reading_copy },
	{ "MYRIGHTS", 1, 1, tell_mailbox },
	{ "NAMESPACE", 0, 0, NULL },
	{ "NOOP", 0, 0, NULL },
	{ "RENAME", 2, 3, tell_rename },
	{ "RLIST", 2, 2, tell_list },
	{ "RLSUB", 2, 2, tell_list },
	{ "SEARCH", 1, ANY, reading_search },
	{ "SELECT", 1, 2, tell_mailbox },
	{ "SETACL", 3, 3, tell_mailbox },
	{ "SETMETADATA", 2, 2, tell_annotations },
	{ "SORT", 3, ANY, reading_sort },
	{ "STARTTLS", 0, 0, NULL },
	{ "STATUS", 2, 2, tell_status },
	{ "STORE", 3, ANY, reading_store },
	{ "SUBSCRIBE", 1, 1, tell_mailbox },
	{ "THREAD", 3, ANY, reading_sort },
	{ "UID COPY", 2, 2, reading_copy },
	{ "UID EXPUNGE", 1, 1, tell_set },
	{ "UID FETCH", 2, 4, reading_fetch },
	{ "UID MOVE", 2, 2, reading_copy },
	{ "UID SEARCH", 1, ANY, reading_search },
	{ "UID SORT", 3, ANY, reading_sort },
	{ "UID STORE", 3, ANY, reading_store },
	{ "UID THREAD", 3, ANY, reading_sort },
	{ "UNAUTHENTICATE", 0, 0, NULL },
	{ "UNSELECT", 0, 0, NULL },
	{ "UNSUBSCRIBE", 1, 1, tell_mailbox },
	{ "XLIST", 2, 2, tell_list },
};

/* Too few, or too many. */
static void check_count(struct imap_reading *r, size_t least, size_t most)
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
	struct imap_reading r = {
		.d = d, .s = s, .event = event, .row = row, .tree = &tree, .from = s->client.told, .ended = ended
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
	if (r.telling.text.n)
		event_ref(d, event, row->ref);
	telling_end(&r.telling, d, event);
	s->client.told = r.upto;
	buffer_free(&r.words);
	imap_tree_free(&tree);
}
