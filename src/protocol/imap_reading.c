/*
 * Reading what stands in a line of IMAP: what commands and data have in common.
 */
#include "protocol/imap_reading.h"

#include <stdlib.h>

/* So many faults of one line are told. */
#define FAULTS_TOLD 3

bool reading_fresh(const struct imap_reading *r, size_t at)
{
	return at >= r->from && at < r->upto;
}

const struct imap_node *reading_node(const struct imap_reading *r, size_t at)
{
	return imap_node_at(r->tree, at, r->tree->n);
}

const struct imap_node *reading_inside(const struct imap_reading *r, size_t list, size_t at)
{
	return imap_node_at(r->tree, at, r->tree->nodes[list].end);
}

bool node_is_list(const struct imap_node *node)
{
	return node && node->kind == IMAP_LIST;
}

size_t reading_argument(const struct imap_reading *r, size_t number)
{
	size_t at = 0;
	while (number-- && at < r->tree->n)
		at = r->tree->nodes[at].end;
	return at;
}

void reading_say(struct imap_reading *r, const char *before)
{
	tell_words(&r->telling, before, &r->words);
}

/* ---- what is wrong ---- */

bool word_is_private(struct slice word)
{
	return word.n > 1 && octet_lower(word.p[0]) == 'x';
}

bool word_is_plain(struct slice word)
{
	for (size_t i = 0; i < word.n; i++)
		if (!octet_is_alnum(word.p[i]) && word.p[i] != '.' && word.p[i] != '-')
			return false;
	return word.n && octet_is_alpha(word.p[0]);
}

void reading_wrong(struct imap_reading *r, const char *ref, const char *what)
{
	if (r->faults++ >= FAULTS_TOLD)
		return;
	event_problem(r->d, r->event, "%s", what);
	event_ref(r->d, r->event, ref);
}

void reading_wrong_word(struct imap_reading *r, const char *before, struct slice word, const char *after,
                        const char *ref)
{
	struct buffer shown = { 0 };
	word_shown(&shown, word);
	char *what = string_printf("%s\"" SLICE_FMT "\"%s", before, SLICE_ARG(buffer_slice(&shown)), after);
	reading_wrong(r, ref, what);
	free(what);
	buffer_free(&shown);
}

void reading_unknown(struct imap_reading *r, const char *before, struct slice word, enum table_kind kind,
                     const char *ref)
{
	const struct table *table = protocol_table(&protocol_imap, kind);
	const struct entry *near = table ? table_nearest(table, word) : NULL;
	char *after = near ? string_printf("; perhaps %s is meant", near->word)
	                   : string_copy(", as far as any registry knows");
	reading_wrong_word(r, before, word, after, ref);
	free(after);
}

void reading_numbers(struct imap_reading *r)
{
	const struct outstanding *one = outstanding_at(r->d, imap_waiting_n(r->d, r->s->expunging));
	if (r->s->expunging == 0 || one == NULL)
		return;
	char *what = string_printf(
		"sent while %s waits: a message may vanish meanwhile, and then these numbers mean other messages",
		one->verb);
	r->s->expunging = 0; /* said once */
	reading_wrong(r, "RFC 9051 5.5", what);
	free(what);
}

/* ---- what commands and data have in common ---- */

void reading_mailbox(struct imap_reading *r, size_t at, const char *before)
{
	const struct imap_node *node = reading_node(r, at);
	if (!reading_fresh(r, at))
		return;
	if (node->kind == IMAP_LIST) {
		reading_wrong_word(r, "a mailbox name must stand here, not the list ", node->text, "", "RFC 9051 5.1");
		return;
	}
	bool wild = slice_find_octet(node->text, '*') < node->text.n ||
	            slice_find_octet(node->text, '%') < node->text.n;
	if (node->kind == IMAP_ATOM && wild)
		reading_wrong_word(r, "", node->text, " holds a wildcard, which stands in a name only between quotes",
		                   "RFC 9051 9");
	struct buffer said = { 0 };
	bool broken = node->kind == IMAP_QUOTED && !imap_node_string(node, &said); /* as where its " is missing */
	buffer_free(&said);
	if (broken)
		return;
	mailbox_shown(&r->words, node);
	reading_say(r, before);
}

void reading_set(struct imap_reading *r, size_t at)
{
	const struct imap_node *node = reading_node(r, at);
	if (!reading_fresh(r, at))
		return;
	if (node->kind != IMAP_ATOM || !imap_set_ok(node->text)) {
		reading_wrong_word(r, "", node->text, " is not a set of numbers from 1, such as 2:4,7 or 5:*",
		                   "RFC 9051 4.1.1");
		return;
	}
	if (!r->uid && !slice_equal(node->text, SLICE("$")))
		reading_numbers(r);
	set_shown(&r->words, node->text, r->uid);
	buffer_add_octet(&r->words, ':');
	reading_say(r, "For ");
}

void reading_pairs(struct imap_reading *r, size_t list)
{
	const struct imap_node *key, *value;
	for (size_t at = list + 1; (key = reading_inside(r, list, at)) && (value = reading_inside(r, list, key->end));
	     at = value->end) {
		if (key->kind == IMAP_ATOM)
			word_shown(&r->words, key->text);
		else
			string_shown(&r->words, key);
		buffer_add_string(&r->words, " is ");
		string_shown(&r->words, value);
		reading_say(r, "");
	}
}

/* The words of a list, or of all arguments from `at` on, up to `end`, each with what it takes and with its row's gist. */
static void explained_words(struct imap_reading *r, size_t at, size_t end, const char *before, enum table_kind kind)
{
	const struct imap_node *word, *next;
	for (bool first = true; (word = imap_node_at(r->tree, at, end)); first = false) {
		word_shown(&r->words, word->text);
		for (at = word->end; (next = imap_node_at(r->tree, at, end)) && node_is_operand(next); at = next->end) {
			buffer_add_octet(&r->words, ' ');
			word_shown(&r->words, next->text);
		}
		gist_shown(&r->words, imap_row(kind, word->text));
		reading_say(r, first ? before : "");
	}
}

void reading_words(struct imap_reading *r, size_t at, const char *before, enum table_kind kind)
{
	const struct imap_node *node = reading_node(r, at);
	size_t n = 0;
	if (!reading_fresh(r, at))
		return;
	bool list = node_is_list(node);
	size_t end = list ? node->end : r->tree->n;
	for (size_t i = at + list; (node = imap_node_at(r->tree, i, end)); i = node->end)
		n += !node_is_operand(node);
	if (n <= FEW || !list) {
		explained_words(r, at + list, end, before, kind);
		return;
	}
	words_shown(&r->words, r->tree, at);
	reading_say(r, before);
}
