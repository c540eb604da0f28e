/*
 * LIST and LSUB (RFC 3501 sections 6.3.8 and 6.3.9), with what extends LIST: RFC 5258 (selecting, several patterns), 5819
 * (STATUS), 6154 (special uses), 3348 (children).
 */
#include <stdlib.h>
#include <string.h>

#include "lab/imap_pattern.h"
#include "lab/imap_say.h"
#include "lab/imap_visit.h"

/* Octets that the patterns of one command may have together. */
#define PATTERNS_MAX 1000

/* Matching so many octets of a name with so many of a pattern counts as one octet said. */
#define MATCH_OCTETS 64

/* A name that may be listed: of a mailbox, of a subscription, or of what stands above one. */
struct listed {
	char *name;  /* UTF-8 */
	bool exists; /* as a mailbox, which may be gone by the time that it is told */
	bool subscribed, special, matches, selected;
	bool below;          /* something below it is selected, */
	bool below_unlisted; /* and does not match a pattern itself */
	bool children;       /* a mailbox stands below it */
};

struct listing {
	bool lsub, percent;
	bool subscribed, recursive, special; /* what is selected */
	bool tell_subscribed;
	unsigned status; /* items; 0: none */
	struct buffer patterns[8];
	size_t npatterns, octets;
	struct listed *names;
	size_t n, room, judged, at;
};

/* ---- what is asked for ---- */

static bool pattern_add(struct imap_visit *v, struct listing *l, struct slice reference, const struct imap_node *node)
{
	if (l->npatterns == sizeof l->patterns / sizeof l->patterns[0]) {
		imap_no(v, "[LIMIT] That is more than 8 patterns");
		return false;
	}
	struct buffer *pattern = &l->patterns[l->npatterns++];
	buffer_add_slice(pattern, reference);
	if (!imap_node_astring(node, true, pattern)) {
		imap_bad(v, "a pattern is an atom or a string, as \"*\" or \"Work/%\"");
		return false;
	}
	l->octets += pattern->n;
	l->percent |= slice_find_octet(buffer_slice(pattern), '%') < pattern->n;
	if (l->octets > PATTERNS_MAX)
		imap_no(v, "[LIMIT] The patterns have more than %d octets", PATTERNS_MAX);
	return l->octets <= PATTERNS_MAX;
}

static bool patterns_read(struct imap_visit *v, struct listing *l, struct slice reference, size_t at)
{
	const struct imap_tree *tree = &v->command.tree;
	const struct imap_node *node = &tree->nodes[at];
	if (node->kind != IMAP_LIST)
		return pattern_add(v, l, reference, node);
	for (size_t i = at + 1; i < node->end; i = tree->nodes[i].end)
		if (!pattern_add(v, l, reference, &tree->nodes[i]))
			return false;
	if (l->npatterns == 0)
		imap_bad(v, "the list of patterns is empty");
	return l->npatterns > 0;
}

static bool selection_read(struct imap_visit *v, struct listing *l, size_t at)
{
	const struct imap_tree *tree = &v->command.tree;
	for (size_t i = at + 1; i < tree->nodes[at].end; i++) {
		const struct imap_node *word = &tree->nodes[i];
		if (imap_node_is(word, SLICE("SUBSCRIBED"))) {
			l->subscribed = l->tell_subscribed = true;
		} else if (imap_node_is(word, SLICE("RECURSIVEMATCH"))) {
			l->recursive = true;
		} else if (imap_node_is(word, SLICE("SPECIAL-USE"))) {
			l->special = true;
		} else if (!imap_node_is(word, SLICE("REMOTE"))) {
			imap_bad(v, "what LIST selects by is SUBSCRIBED, SPECIAL-USE, REMOTE and RECURSIVEMATCH");
			return false;
		}
	}
	if (l->recursive && !l->subscribed && !l->special)
		imap_bad(v, "RECURSIVEMATCH needs SUBSCRIBED or SPECIAL-USE beside it");
	return !l->recursive || l->subscribed || l->special;
}

static bool return_read(struct imap_visit *v, struct listing *l, size_t at)
{
	static const char *const always_told[] = { "CHILDREN", "SPECIAL-USE", NULL };
	const struct imap_tree *tree = &v->command.tree;
	const struct imap_node *list = imap_node_at(tree, at, tree->n);
	if (list == NULL || list->kind != IMAP_LIST || list->end != tree->n) {
		imap_bad(v, "RETURN takes a list: RETURN (CHILDREN SUBSCRIBED)");
		return false;
	}
	for (size_t i = at + 1; i < list->end; i = tree->nodes[i].end) {
		const struct imap_node *word = &tree->nodes[i];
		if (imap_node_is(word, SLICE("SUBSCRIBED"))) {
			l->tell_subscribed = true;
		} else if (imap_node_is(word, SLICE("STATUS"))) {
			if (!imap_status_given(v, ++i, &l->status))
				return false;
		} else if (word->kind != IMAP_ATOM || !imap_one_of(word->content, always_told)) {
			imap_bad(v, "LIST can return CHILDREN, SUBSCRIBED, SPECIAL-USE and STATUS (MESSAGES)");
			return false;
		}
	}
	return true;
}

/* Reads the arguments; `*root`: only the hierarchy's delimiter is asked for. False, and the reply made, where they are wrong. */
static bool listing_read(struct imap_visit *v, struct listing *l, bool *root)
{
	const struct imap_tree *tree = &v->command.tree;
	size_t n = imap_argument_count(v), first = 0;
	bool selects = !l->lsub && n > 0 && tree->nodes[0].kind == IMAP_LIST;
	if (selects && !selection_read(v, l, 0))
		return false;
	first += selects;
	bool returns = !l->lsub && n == first + 4 && imap_node_is(imap_argument(v, first + 2), SLICE("RETURN"));
	if (n != first + 2 && !returns) {
		imap_bad(v, "a reference and a pattern are wanted: a1 LIST \"\" \"*\"");
		return false;
	}
	struct buffer reference = { 0 };
	size_t at = imap_argument_at(v, first + 1);
	const struct imap_node *pattern = &tree->nodes[at];
	bool good = imap_node_astring(imap_argument(v, first), false, &reference);
	if (!good)
		imap_bad(v, "the reference is an atom or a string, mostly \"\"");
	*root = n == 2 && !l->lsub && pattern->kind != IMAP_LIST && pattern->content.n == 0;
	if (l->lsub && pattern->kind == IMAP_LIST) {
		imap_bad(v, "LSUB takes one pattern");
		good = false;
	}
	good = good && patterns_read(v, l, buffer_slice(&reference), at) &&
	       (!returns || return_read(v, l, imap_argument_at(v, first + 3)));
	buffer_free(&reference);
	return good;
}

/* ---- the names ---- */

static void name_add(struct listing *l, struct slice name, const struct mailbox *mailbox, bool subscribed)
{
	if (l->n == l->room) {
		l->room = l->room ? l->room * 2 : 32;
		l->names = memory_grow(l->names, l->room, sizeof l->names[0]);
	}
	l->names[l->n++] = (struct listed){
		.name = slice_string(name),
		.exists = mailbox != NULL,
		.special = mailbox && mailbox->special_use,
		.subscribed = subscribed,
	};
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct listed *)a)->name, ((const struct listed *)b)->name);
}

static struct listed *name_find(struct listing *l, struct slice name)
{
	struct listed key = { .name = slice_string(name) };
	struct listed *found = l->n ? bsearch(&key, l->names, l->n, sizeof key, by_name) : NULL;
	free(key.name);
	return found;
}

/* Sorts them, and makes one of those that are the same. */
static void names_join(struct listing *l)
{
	size_t kept = 0;
	if (l->n)
		qsort(l->names, l->n, sizeof l->names[0], by_name);
	for (size_t i = 0; i < l->n; i++) {
		struct listed *one = &l->names[i], *last = kept ? &l->names[kept - 1] : NULL;
		if (last == NULL || strcmp(last->name, one->name) != 0) {
			l->names[kept++] = *one;
			continue;
		}
		last->exists |= one->exists;
		last->special |= one->special;
		last->subscribed |= one->subscribed;
		free(one->name);
	}
	l->n = kept;
}

/* The name of the level above; empty at the top. */
static struct slice above(struct slice name)
{
	while (name.n && name.p[name.n - 1] != '/')
		name.n--;
	name.n -= name.n > 0;
	return name;
}

static void names_gather(struct listing *l, const struct user *user)
{
	for (size_t i = 0; i < user->nmailboxes; i++)
		name_add(l, slice_of(user->mailboxes[i]->name), user->mailboxes[i], false);
	for (size_t i = 0; user->subscribed && user->subscribed[i]; i++) {
		struct slice name = slice_of(user->subscribed[i]);
		name_add(l, name, NULL, true);
		for (name = above(name); name.n; name = above(name))
			name_add(l, name, NULL, false);
	}
	names_join(l);
}

static bool matches(const struct listing *l, struct slice name)
{
	struct buffer said = { 0 };
	bool found = false;
	imap_mailbox_encode(&said, name);
	for (size_t i = 0; i < l->npatterns && !found; i++)
		found = imap_pattern_matches(buffer_slice(&l->patterns[i]), buffer_slice(&said));
	buffer_free(&said);
	return found;
}

/* Tells all levels above what stands below them. */
static void tell_above(struct listing *l, const struct listed *one)
{
	for (struct slice name = above(slice_of(one->name)); name.n; name = above(name)) {
		struct listed *parent = name_find(l, name);
		if (parent == NULL)
			continue;
		parent->children |= one->exists;
		parent->below |= one->selected;
		parent->below_unlisted |= one->selected && !one->matches;
	}
}

static void name_judge(const struct listing *l, struct listed *one)
{
	one->matches = matches(l, slice_of(one->name));
	one->selected = l->subscribed || l->lsub ? one->subscribed : one->exists;
	if (l->special && !one->special)
		one->selected = false;
}

/* ---- the reply ---- */

static void say_attributes(const struct listing *l, const struct listed *one, const struct mailbox *mailbox,
                           struct buffer *out)
{
	struct buffer words = { 0 };
	if (l->tell_subscribed && one->subscribed)
		buffer_add_string(&words, " \\Subscribed");
	if (mailbox == NULL)
		buffer_add_string(&words, " \\NonExistent");
	else if (mailbox->noselect)
		buffer_add_string(&words, " \\Noselect");
	if (one->children)
		buffer_add_string(&words, " \\HasChildren");
	else if (mailbox)
		buffer_add_string(&words, " \\HasNoChildren");
	if (mailbox && mailbox->special_use)
		buffer_printf(&words, " %s", mailbox->special_use);
	buffer_drop(&words, words.n > 0);
	buffer_add_slice(out, buffer_slice(&words));
	buffer_free(&words);
}

static void say_childinfo(const struct listing *l, struct buffer *out)
{
	buffer_printf(out, " (\"CHILDINFO\" (%s))",
	              l->subscribed && l->special ? "\"SUBSCRIBED\" \"SPECIAL-USE\""
	              : l->subscribed             ? "\"SUBSCRIBED\""
	                                          : "\"SPECIAL-USE\"");
}

static void say_listed(struct imap_visit *v, const struct listing *l, const struct listed *one)
{
	const struct mailbox *mailbox = one->exists ? user_mailbox(v->user, slice_of(one->name)) : NULL;
	buffer_printf(&v->out, "* %s (", l->lsub ? "LSUB" : "LIST");
	/* In LSUB, \Noselect says that what is subscribed stands below (RFC 3501 6.3.9). */
	if (!l->lsub)
		say_attributes(l, one, mailbox, &v->out);
	else if (!one->selected)
		buffer_add_string(&v->out, "\\Noselect");
	buffer_add_string(&v->out, ") \"/\" ");
	imap_say_mailbox(&v->out, slice_of(one->name));
	if (l->recursive && one->below)
		say_childinfo(l, &v->out);
	buffer_add_string(&v->out, "\r\n");
	if (l->status && one->selected && mailbox && !mailbox->noselect)
		imap_say_status(mailbox, l->status, &v->out);
}

/* First all names are matched, a few at a time; then they are told, what is above and below them known. */
static bool judge_more(struct imap_visit *v, struct listing *l)
{
	struct listed *one = &l->names[l->judged++];
	name_judge(l, one);
	v->effort += 1 + l->octets * strlen(one->name) / MATCH_OCTETS;
	for (size_t i = 0; l->judged == l->n && i < l->n; i++)
		tell_above(l, &l->names[i]);
	return true;
}

static bool list_more(struct imap_visit *v)
{
	struct listing *l = v->job;
	if (l->judged < l->n)
		return judge_more(v, l);
	if (l->at == l->n)
		return false;
	const struct listed *one = &l->names[l->at++];
	bool parent = (l->recursive || (l->lsub && l->percent)) && one->below_unlisted;
	if (one->matches && (one->selected || parent))
		say_listed(v, l, one);
	v->effort++;
	return true;
}

static void listing_free(struct listing *l)
{
	for (size_t i = 0; i < l->npatterns; i++)
		buffer_free(&l->patterns[i]);
	for (size_t i = 0; i < l->n; i++)
		free(l->names[i].name);
	free(l->names);
	free(l);
}

static void listing_end(struct imap_visit *v)
{
	listing_free(v->job);
}

static void list(struct imap_visit *v, bool lsub)
{
	struct listing *l = memory_zeroed(1, sizeof *l);
	bool root = false;
	l->lsub = lsub;
	if (!listing_read(v, l, &root)) {
		listing_free(l);
		return;
	}
	if (root) {
		buffer_add_string(&v->out, "* LIST (\\Noselect) \"/\" \"\"\r\n");
	} else {
		names_gather(l, v->user);
	}
	imap_work(v, list_more, l, listing_end);
	imap_completed(v);
}

void imap_do_list(struct imap_visit *v)
{
	list(v, false);
}

void imap_do_lsub(struct imap_visit *v)
{
	list(v, true);
}
