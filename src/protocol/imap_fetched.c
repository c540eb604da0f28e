/*
 * The data of a message, item by item: what FETCH brings.
 */
#include "protocol/imap_reading.h"
#include "protocol/common.h"

/* So many parts of a message are told one by one. */
#define ONE_BY_ONE 5

/* ---- ENVELOPE ---- */

/* `gray@cac.washington.edu`, of (name route mailbox host). */
static void address_shown(struct imap_reading *r, size_t list)
{
	struct buffer address = { 0 };
	const struct imap_node *node = reading_inside(r, list, list + 1);
	for (unsigned i = 0; node && i < 2; i++)
		node = reading_inside(r, list, node->end);
	if (node && imap_node_string(node, &address) && (node = reading_inside(r, list, node->end))) {
		buffer_add_octet(&address, '@');
		if (!imap_node_string(node, &address)) /* a group of addresses begins: RFC 9051 7.5.2 */
			address.p[address.n - 1] = ':';
	}
	word_shown(&r->words, buffer_slice(&address));
	buffer_free(&address);
}

static void addresses_shown(struct imap_reading *r, size_t list)
{
	const struct imap_node *node;
	size_t n = 0;
	for (size_t at = list + 1; (node = reading_inside(r, list, at)); at = node->end)
		if (node_is_list(node) && n++ == 0)
			address_shown(r, at);
	if (n > 1)
		buffer_printf(&r->words, " and %zu more", n - 1);
}

/* The fields of an envelope (RFC 9051 section 7.5.2), and which of them are told. */
static const struct {
	const char *name;
	bool told;
} envelope[] = {
	{ "date", true }, { "subject", true }, { "from", true }, { "sender", false },      { "reply-to", false },
	{ "to", true },   { "cc", false },     { "bcc", false }, { "in-reply-to", false }, { "message-id", false },
};
#define ENVELOPE_FIELDS (sizeof envelope / sizeof envelope[0])

static void tell_envelope(struct imap_reading *r, size_t list)
{
	const struct imap_node *node;
	size_t n = 0, shown = 0, left = 0;
	for (size_t at = list + 1; (node = reading_inside(r, list, at)) && n < ENVELOPE_FIELDS; at = node->end, n++) {
		if (imap_node_is(node, SLICE("NIL")))
			continue;
		left += !envelope[n].told;
		if (!envelope[n].told)
			continue;
		buffer_printf(&r->words, "%s%s ", shown++ ? ", " : "", envelope[n].name);
		if (node_is_list(node))
			addresses_shown(r, at);
		else
			string_shown(&r->words, node);
	}
	if (left)
		buffer_printf(&r->words, " and %zu more field%s", left, left == 1 ? "" : "s");
	reading_say(r, r->brief ? "ENVELOPE: " : "ENVELOPE (the main fields of the header): ");
	if (n != ENVELOPE_FIELDS || node)
		reading_wrong(r, "RFC 9051 7.5.2",
		              "an ENVELOPE must have ten fields, from date to message-id, NIL for one that is missing");
}

/* ---- BODYSTRUCTURE ---- */

static void lower(struct buffer *text)
{
	for (size_t i = 0; i < text->n; i++)
		text->p[i] = octet_lower(text->p[i]);
}

/* A body that is no multipart: `text/plain, 3028 octets, 7BIT`. */
static void leaf_shown(struct imap_reading *r, size_t list)
{
	struct buffer type = { 0 }, size = { 0 }, encoding = { 0 };
	uint64_t octets = 0;
	const struct imap_node *node = reading_inside(r, list, list + 1);
	for (unsigned i = 0; node && i < 7; i++, node = reading_inside(r, list, node->end)) {
		if (i == 1)
			buffer_add_octet(&type, '/');
		if (i < 2)
			(void)imap_node_string(node, &type);
		else if (i == 5)
			(void)imap_node_string(node, &encoding);
		else if (i == 6)
			(void)imap_node_string(node, &size);
	}
	lower(&type);
	word_shown(&r->words, buffer_slice(&type));
	if (slice_number(buffer_slice(&size), &octets)) {
		buffer_add_string(&r->words, ", ");
		octets_in_words(&r->words, octets);
	}
	if (encoding.n) {
		buffer_add_string(&r->words, ", encoded ");
		word_shown(&r->words, buffer_slice(&encoding));
	}
	buffer_free(&type);
	buffer_free(&size);
	buffer_free(&encoding);
}

/* The parts of a multipart, each with its number; the parts of a part are not told. */
static void parts_shown(struct imap_reading *r, size_t list, size_t parts)
{
	size_t at = list + 1;
	for (size_t i = 0; i < parts && i < ONE_BY_ONE; i++, at = reading_node(r, at)->end) {
		buffer_printf(&r->words, "%s%zu ", i ? "; " : "", i + 1);
		if (node_is_list(reading_inside(r, at, at + 1)))
			buffer_add_string(&r->words, "a multipart");
		else
			leaf_shown(r, at);
	}
	if (parts > ONE_BY_ONE)
		buffer_printf(&r->words, " and %zu more", parts - ONE_BY_ONE);
}

/* `multipart/mixed of 2 parts: …` */
static void body_shown(struct imap_reading *r, size_t list)
{
	const struct imap_node *node;
	struct buffer subtype = { 0 };
	size_t parts = 0, at = list + 1;
	if (!node_is_list(reading_inside(r, list, at))) {
		leaf_shown(r, list);
		return;
	}
	for (; node_is_list(node = reading_inside(r, list, at)); at = node->end)
		parts++;
	(void)imap_node_string(node, &subtype);
	lower(&subtype);
	buffer_add_string(&r->words, "multipart/");
	word_shown(&r->words, buffer_slice(&subtype));
	buffer_printf(&r->words, " of %zu part%s: ", parts, parts == 1 ? "" : "s");
	buffer_free(&subtype);
	parts_shown(r, list, parts);
}

/* ---- items ---- */

/* How much of a text came, or where it is short, the text. */
static void text_shown(struct buffer *out, const struct imap_node *value)
{
	if (value->kind == IMAP_LITERAL && value->octets > IMAP_LITERAL_MAX)
		buffer_add_string(out, "more octets than can be");
	else if (value->kind == IMAP_LITERAL)
		octets_in_words(out, value->octets);
	else if (value->kind == IMAP_QUOTED)
		string_shown(out, value);
	else if (imap_node_is(value, SLICE("NIL")))
		buffer_add_string(out, "nothing (NIL)");
	else
		word_shown(out, value->content); /* a number, or one in parentheses: MODSEQ (12) */
}

static void tell_uid(struct imap_reading *r, const struct imap_node *value)
{
	uint64_t uid = 0;
	if (!slice_number(value->text, &uid) || uid == 0)
		reading_wrong(r, "RFC 9051 9", "a UID must be a number from 1");
	word_shown(&r->words, value->text);
	reading_say(r, "its UID is ");
}

static void tell_date(struct imap_reading *r, const struct imap_date *date)
{
	date_shown(&r->words, date);
	reading_say(r, r->brief ? "INTERNALDATE " : "INTERNALDATE (as a rule when it arrived) ");
}

/* An item whose value needs no words of its own. */
static void tell_other(struct imap_reading *r, const struct imap_node *key, const struct imap_node *value)
{
	item_shown(&r->words, key->text, !r->brief);
	buffer_add_string(&r->words, ": ");
	text_shown(&r->words, value);
	reading_say(r, "");
}

/* Values that are not of their item's form, and items that are nearly known ones (RFC 9051 section 7.5.2). */
static void check_value(struct imap_reading *r, const struct imap_node *key, const struct imap_node *value)
{
	static const char *const lists[] = { "BODYSTRUCTURE", "ENVELOPE", "FLAGS", "MODSEQ", NULL };
	struct imap_section section;
	imap_section_parse(key->text, &section);
	uint64_t octets;
	if (key->kind != IMAP_ATOM || section.bracketed || word_is_private(key->text) || !word_is_plain(key->text))
		return;
	bool known = imap_row(TABLE_ITEMS, key->text) != NULL;
	if (!known && table_nearest(protocol_table(&protocol_imap, TABLE_ITEMS), key->text))
		reading_unknown(r, "no such item of FETCH: ", key->text, TABLE_ITEMS, "RFC 9051 7.5.2");
	else if (imap_one_of(key->text, lists) && value->kind != IMAP_LIST)
		reading_wrong_word(r, "the value of ", key->text, " must be a list in parentheses", "RFC 9051 7.5.2");
	else if (imap_node_is(key, SLICE("RFC822.SIZE")) && !slice_number(value->text, &octets))
		reading_wrong_word(r, "the value of ", key->text, " must be a number of octets", "RFC 9051 7.5.2");
}

static void tell_value(struct imap_reading *r, const struct imap_node *key, size_t at)
{
	const struct imap_node *value = reading_node(r, at);
	struct imap_date date;
	uint64_t octets = 0;
	if (imap_node_is(key, SLICE("FLAGS")) && node_is_list(value)) {
		flags_shown(&r->words, r->tree, at, !r->brief);
		reading_say(r, r->words.n ? "its flags are " : "it has no flags");
	} else if (imap_node_is(key, SLICE("RFC822.SIZE")) && slice_number(value->text, &octets)) {
		octets_in_words(&r->words, octets);
		reading_say(r, "its size is ");
	} else if (imap_node_is(key, SLICE("INTERNALDATE")) && imap_date_parse(value->content, &date)) {
		tell_date(r, &date);
	} else if (imap_node_is(key, SLICE("ENVELOPE")) && node_is_list(value)) {
		tell_envelope(r, at);
	} else if ((imap_node_is(key, SLICE("BODYSTRUCTURE")) || imap_node_is(key, SLICE("BODY"))) &&
	           node_is_list(value)) {
		word_shown(&r->words, key->text);
		buffer_add_string(&r->words, r->brief ? ": " : " (its structure): ");
		body_shown(r, at);
		reading_say(r, "");
	} else if (imap_node_is(key, SLICE("UID"))) {
		tell_uid(r, value);
	} else {
		tell_other(r, key, value);
	}
}

/* An old item that nobody asked for: what answers BODY[HEADER] has that name. */
static void check_asked(struct imap_reading *r, const struct imap_node *key)
{
	static const char *const fetches[] = { "FETCH", "UID FETCH", NULL };
	static const char *const old[][2] = { { "RFC822", "BODY[]" },
		                              { "RFC822.HEADER", "BODY[HEADER]" },
		                              { "RFC822.TEXT", "BODY[TEXT]" } };
	if (r->owner == NULL || !imap_one_of(slice_of(r->owner->verb), fetches) || r->owner->flags & FLAG_RFC822)
		return;
	for (size_t i = 0; i < sizeof old / sizeof old[0]; i++) {
		if (!imap_node_is(key, slice_of(old[i][0])))
			continue;
		event_problem(r->d, r->event, "%s was not asked for: an answer to %s says %s", old[i][0], old[i][1],
		              old[i][1]);
		event_ref(r->d, r->event, "RFC 3501 6.4.5");
	}
}

void reading_fetched(struct imap_reading *r)
{
	const struct imap_node *key, *value;
	size_t at = 1, told = r->from;
	bool uid = slice_equal_nocase(r->response->name, SLICE("UIDFETCH"));
	if (r->from == 0 && !node_is_list(reading_node(r, 0))) {
		reading_wrong(r, "RFC 9051 7.5.2",
		              "FETCH must be followed by a list of items and values in parentheses");
		return;
	}
	r->brief |= list_count(r->tree, 0) > 4 * FEW; /* so many items, with their values, need all the room */
	for (; (key = reading_inside(r, 0, at)) && (value = reading_inside(r, 0, key->end)); at = value->end) {
		if (key->end < r->from)
			continue;
		if (!value->whole && value->kind != IMAP_LITERAL && !r->ended)
			break;
		if (told == 0)
			tell(&r->telling, "%s %llu:", uid ? "The message with the UID" : "Message",
			     (unsigned long long)r->response->number);
		if (r->faults == 0) /* behind one that is missing, names and values no longer stand in turn */
			check_value(r, key, value);
		tell_value(r, key, key->end);
		check_asked(r, key);
		told = value->end;
	}
	r->s->server.told = told;
	if (key && value == NULL && r->ended && r->faults == 0 && reading_node(r, 0)->whole)
		reading_wrong(r, "RFC 9051 7.5.2", "an item has no value: the list is made of pairs");
}
