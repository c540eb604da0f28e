/*
 * What a FETCH asks for: its items, as a list without macros and without repetitions.
 */
#include <stdlib.h>
#include <string.h>

#include "lab/imap_fetch_inside.h"
#include "lab/imap_say.h"

/* ---- the list ---- */

static void item_free(struct item *item)
{
	for (size_t i = 0; i < item->nfields; i++)
		free(item->fields[i]);
	free(item->fields);
	free(item->part);
	free(item->name);
}

/* Takes the item, which is forgotten where it stands in the list already. */
static void item_add(struct fetch *fetch, struct item item)
{
	for (size_t i = 0; i < fetch->n; i++) {
		struct item *old = &fetch->items[i];
		if (old->kind != item.kind || strcmp(old->name, item.name) != 0 || old->length != item.length)
			continue;
		old->sees |= item.sees; /* BODY[] and BODY.PEEK[] are told by one name */
		item_free(&item);
		return;
	}
	if (fetch->n == fetch->room) {
		fetch->room = fetch->room ? fetch->room * 2 : 8;
		fetch->items = memory_grow(fetch->items, fetch->room, sizeof fetch->items[0]);
	}
	fetch->items[fetch->n++] = item;
}

void fetch_free(struct fetch *fetch)
{
	if (fetch == NULL)
		return;
	for (size_t i = 0; i < fetch->n; i++)
		item_free(&fetch->items[i]);
	free(fetch->items);
	free(fetch);
}

bool fetch_sees(const struct fetch *fetch)
{
	for (size_t i = 0; i < fetch->n; i++)
		if (fetch->items[i].sees)
			return true;
	return false;
}

/* ---- items without brackets ---- */

/* The items that are one word. The old names mean sections (RFC 3501 section 6.4.5). */
static const struct plain_item {
	const char *name;
	enum item_kind kind;
	enum section_text text;
	bool sees;
} plain_items[] = {
	{ "BODY", ITEM_BODY, SECTION_WHOLE, false },
	{ "BODYSTRUCTURE", ITEM_BODYSTRUCTURE, SECTION_WHOLE, false },
	{ "ENVELOPE", ITEM_ENVELOPE, SECTION_WHOLE, false },
	{ "FLAGS", ITEM_FLAGS, SECTION_WHOLE, false },
	{ "INTERNALDATE", ITEM_INTERNALDATE, SECTION_WHOLE, false },
	{ "RFC822", ITEM_SECTION, SECTION_WHOLE, true },
	{ "RFC822.HEADER", ITEM_SECTION, SECTION_HEADER, false },
	{ "RFC822.SIZE", ITEM_SIZE, SECTION_WHOLE, false },
	{ "RFC822.TEXT", ITEM_SECTION, SECTION_TEXT, true },
	{ "UID", ITEM_UID, SECTION_WHOLE, false },
};

static bool add_plain(struct fetch *fetch, struct slice name)
{
	for (size_t i = 0; i < sizeof plain_items / sizeof plain_items[0]; i++) {
		const struct plain_item *row = &plain_items[i];
		if (!slice_equal_nocase(name, slice_of(row->name)))
			continue;
		struct item item = { .kind = row->kind, .text = row->text, .sees = row->sees };
		item.name = string_copy(row->name);
		item.part = string_copy("");
		item_add(fetch, item);
		return true;
	}
	return false;
}

/* ALL, FAST and FULL stand alone. */
static bool add_macro(struct fetch *fetch, struct slice name)
{
	static const struct {
		const char *name, *items;
	} macros[] = { { "ALL", "FLAGS INTERNALDATE RFC822.SIZE ENVELOPE" },
		       { "FAST", "FLAGS INTERNALDATE RFC822.SIZE" },
		       { "FULL", "FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODY" } };
	for (size_t i = 0; i < sizeof macros / sizeof macros[0]; i++) {
		if (!slice_equal_nocase(name, slice_of(macros[i].name)))
			continue;
		struct slice items = slice_of(macros[i].items);
		for (struct slice word = slice_word(&items); word.n; word = slice_word(&items))
			(void)add_plain(fetch, word);
		return true;
	}
	return false;
}

/* ---- sections ---- */

/* The names in `(From To)`; some may be literals, which the tree that the item stands in holds. False where they are wrong. */
static bool read_fields(struct item *item, const struct imap_tree *tree, const struct imap_node *node,
                        struct slice list)
{
	struct imap_tree names = { 0 };
	size_t before = node->literals < tree->nliterals ? node->literals : tree->nliterals;
	imap_tree_parse(&names, list, tree->literals ? tree->literals + before : NULL, tree->nliterals - before);
	bool good = names.n > 0 && names.problem == NULL && !names.cut;
	item->fields = memory_zeroed(names.n + 1, sizeof item->fields[0]);
	for (size_t i = 0; good && i < names.n; i++) {
		struct buffer name = { 0 };
		good = imap_node_astring(&names.nodes[i], false, &name);
		item->fields[item->nfields++] = buffer_take(&name);
	}
	imap_tree_free(&names);
	return good;
}

/* What the reply calls it. */
static char *section_name(const struct item *item, const struct imap_section *section)
{
	static const char *const kinds[] = {
		[ITEM_SECTION] = "BODY", [ITEM_BINARY] = "BINARY", [ITEM_BINARY_SIZE] = "BINARY.SIZE"
	};
	struct buffer name = { 0 };
	buffer_printf(&name, "%s[" SLICE_FMT "%s", kinds[item->kind], SLICE_ARG(section->part),
	              section->part.n && section->text.n ? "." : "");
	for (size_t i = 0; i < section->text.n; i++)
		buffer_add_octet(&name, octet_upper(section->text.p[i]));
	for (size_t i = 0; i < item->nfields; i++) {
		buffer_add_string(&name, i ? " " : " (");
		imap_say_astring(&name, slice_of(item->fields[i]));
	}
	buffer_add_string(&name, item->fields ? ")]" : "]");
	if (item->partial)
		buffer_printf(&name, "<%llu>", (unsigned long long)item->start);
	return buffer_take(&name);
}

static enum section_text section_text_of(struct slice word)
{
	static const struct {
		const char *word;
		enum section_text text;
	} texts[] = { { "HEADER", SECTION_HEADER },
		      { "HEADER.FIELDS", SECTION_FIELDS },
		      { "HEADER.FIELDS.NOT", SECTION_FIELDS_NOT },
		      { "MIME", SECTION_MIME },
		      { "TEXT", SECTION_TEXT } };
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (slice_equal_nocase(word, slice_of(texts[i].word)))
			return texts[i].text;
	return SECTION_WHOLE;
}

/* `<start.length>`: numbers of 32 bits, the length from 1. */
static bool partial_ok(const struct imap_section *section)
{
	return !section->partial || (section->has_length && section->length > 0 && section->length <= UINT32_MAX &&
	                             section->start <= UINT32_MAX);
}

static int compare_fields(const void *a, const void *b)
{
	return slice_compare_nocase(slice_of(*(char *const *)a), slice_of(*(char *const *)b));
}

/* An item with brackets. */
static bool add_section(struct fetch *fetch, const struct imap_tree *tree, const struct imap_node *node,
                        const struct imap_section *section)
{
	static const struct {
		const char *name;
		enum item_kind kind;
		bool sees;
	} names[] = { { "BODY", ITEM_SECTION, true },
		      { "BODY.PEEK", ITEM_SECTION, false },
		      { "BINARY", ITEM_BINARY, true },
		      { "BINARY.PEEK", ITEM_BINARY, false },
		      { "BINARY.SIZE", ITEM_BINARY_SIZE, false } };
	size_t i = 0, n = sizeof names / sizeof names[0];
	while (i < n && !slice_equal_nocase(section->name, slice_of(names[i].name)))
		i++;
	if (i == n || !section->ok || !partial_ok(section))
		return false;
	if (names[i].kind != ITEM_SECTION &&
	    (section->text.n || (section->partial && names[i].kind == ITEM_BINARY_SIZE)))
		return false;
	struct item item = { .kind = names[i].kind, .sees = names[i].sees, .text = section_text_of(section->text) };
	item.partial = section->partial;
	item.start = section->start;
	item.length = section->length;
	bool fields = item.text == SECTION_FIELDS || item.text == SECTION_FIELDS_NOT;
	if (fields && !read_fields(&item, tree, node, section->fields)) {
		item_free(&item);
		return false;
	}
	item.part = slice_string(section->part);
	item.name = section_name(&item, section);
	if (item.nfields)
		qsort(item.fields, item.nfields, sizeof item.fields[0], compare_fields);
	item_add(fetch, item);
	return true;
}

/* ---- all ---- */

static const char *read_item(struct fetch *fetch, const struct imap_tree *tree, const struct imap_node *node)
{
	struct imap_section section;
	if (node->kind != IMAP_ATOM)
		return "an item of FETCH is a word, such as FLAGS or BODY[]";
	imap_section_parse(node->text, &section);
	if (section.bracketed)
		return add_section(fetch, tree, node, &section) ? NULL
		                                                : "no such section, the form is BODY[1.HEADER]<0.100>";
	return add_plain(fetch, node->text) ? NULL : "no such item of FETCH";
}

static const char *read_items(struct fetch *fetch, const struct imap_tree *tree, size_t at)
{
	const struct imap_node *node = imap_node_at(tree, at, tree->n);
	if (node == NULL)
		return "the items are missing, such as (FLAGS UID)";
	if (node->end < tree->n)
		return "several items must stand in parentheses, as in (FLAGS UID)";
	if (node->kind != IMAP_LIST)
		return node->kind == IMAP_ATOM && add_macro(fetch, node->text) ? NULL : read_item(fetch, tree, node);
	if (node->end == at + 1)
		return "at least one item must stand in the parentheses";
	for (size_t i = at + 1; i < node->end; i = tree->nodes[i].end) {
		const char *problem = read_item(fetch, tree, &tree->nodes[i]);
		if (problem)
			return problem;
	}
	return NULL;
}

struct fetch *fetch_new(const struct imap_tree *tree, size_t at, bool uid, const char **problem)
{
	struct fetch *fetch = memory_zeroed(1, sizeof *fetch);
	fetch->uid = uid;
	if (uid)
		(void)add_plain(fetch, SLICE("UID"));
	*problem = tree->problem ? tree->problem : tree->cut ? "too many items" : read_items(fetch, tree, at);
	if (*problem == NULL)
		return fetch;
	fetch_free(fetch);
	return NULL;
}
