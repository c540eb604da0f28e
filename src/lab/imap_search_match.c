/*
 * Whether a mail matches a SEARCH, and what was found, said.
 */
#include <stdlib.h>

#include "lab/imap_search_inside.h"

/* The mail that is held against the program. */
struct subject {
	const struct search_place *place;
	struct mail *mail;
	uint32_t number;
	bool recent;
};

/* ---- one key ---- */

/* Whether the number is in the set, in which `*` is `last`. */
static bool in_set(const char *text, uint32_t number, uint32_t last)
{
	struct slice set = slice_of(text);
	struct imap_range range;
	while (imap_range_next(&set, &range)) {
		uint64_t from = range.first == UINT64_MAX ? last : range.first;
		uint64_t to = range.last == UINT64_MAX ? last : range.last;
		if ((number >= from && number <= to) || (number >= to && number <= from))
			return true;
	}
	return false;
}

static bool has_keyword(const struct subject *s, const char *name)
{
	for (unsigned i = 0; i < KEYWORDS_MAX && s->place->mailbox->keywords[i]; i++)
		if (slice_equal_nocase(slice_of(name), slice_of(s->place->mailbox->keywords[i])))
			return s->mail->flags >> (MAIL_KEYWORDS + i) & 1;
	return false;
}

/* The day that a clock in that zone shows, in days since 1970. */
static int64_t day_of(int64_t seconds, int zone)
{
	int64_t local = seconds + (int64_t)zone * 60;
	return local / 86400 - (local % 86400 < 0);
}

/* The day of the Date field as it is written there; false where none can be read. */
static bool sent_day(const struct subject *s, int64_t *day)
{
	struct mime_field field;
	int64_t seconds = 0;
	int zone = 0;
	if (!mime_field(message_mime(s->mail->message)->header, SLICE("Date"), &field) ||
	    !mime_date(field.value, &seconds, &zone))
		return false;
	*day = day_of(seconds, zone);
	return true;
}

/* The keys of dates: before, on, since, of the internal date or the Date field. */
static bool matches_day(const struct subject *s, const struct key *key)
{
	int64_t day = day_of(s->mail->received, s->mail->zone);
	if (key->kind >= KEY_SENT_BEFORE && !sent_day(s, &day))
		return false;
	if (key->kind == KEY_BEFORE || key->kind == KEY_SENT_BEFORE)
		return day < key->day;
	return key->kind == KEY_ON || key->kind == KEY_SENT_ON ? day == key->day : day >= key->day;
}

static bool matches_string(const struct subject *s, const struct key *key)
{
	const struct mime *mime = message_mime(s->mail->message);
	if (key->kind == KEY_HEADER)
		return search_header(&key->needle, mime->header, slice_of(key->name));
	if (key->kind == KEY_ADDRESSES)
		return search_addresses(&key->needle, mime->header, slice_of(key->name));
	return search_text(&key->needle, mime, key->kind == KEY_TEXT);
}

static bool matches_key(const struct subject *s, const struct key *key)
{
	uint64_t flags = s->mail->flags;
	bool flags_fit = (flags & key->wanted) == key->wanted && (flags & key->unwanted) == 0;
	switch (key->kind) {
	case KEY_SET:
		return in_set(key->name, s->number, s->place->mails);
	case KEY_UID:
		return in_set(key->name, s->mail->uid, s->place->last_uid);
	case KEY_FLAGS:
		return flags_fit;
	case KEY_RECENT:
		return s->recent && flags_fit;
	case KEY_NOT_RECENT:
		return !s->recent;
	case KEY_KEYWORD:
		return has_keyword(s, key->name);
	case KEY_UNKEYWORD:
		return !has_keyword(s, key->name);
	case KEY_BEFORE:
	case KEY_ON:
	case KEY_SINCE:
	case KEY_SENT_BEFORE:
	case KEY_SENT_ON:
	case KEY_SENT_SINCE:
		return matches_day(s, key);
	case KEY_LARGER:
		return mail_octets(s->mail) > key->number;
	case KEY_SMALLER:
		return mail_octets(s->mail) < key->number;
	case KEY_HEADER:
	case KEY_ADDRESSES:
	case KEY_BODY:
	case KEY_TEXT:
		return matches_string(s, key);
	default:
		return true; /* ALL; the others hold keys, and are no key's last word */
	}
}

/* ---- the program ---- */

/* What one key said goes up through those that hold it, until one of them needs another key. `*at` is behind the last that
 * need be asked; returns whether all is settled. */
static bool settle(const struct search *search, size_t *depth, size_t *at, bool *matched)
{
	while (*depth > 0) {
		const struct key *open = search->open[*depth - 1];
		bool enough = open->kind == KEY_NOT || *matched == (open->kind == KEY_OR);
		if (!enough && *at < open->end)
			return false;
		*matched ^= open->kind == KEY_NOT;
		*at = open->end;
		--*depth;
	}
	return true;
}

bool search_matches(const struct search *search, const struct search_place *place, struct mail *mail, uint32_t number,
                    bool recent)
{
	struct subject s = { place, mail, number, recent };
	size_t at = 0, depth = 0;
	bool matched = true;
	do {
		struct key *key = &search->keys[at++];
		if (key->kind == KEY_AND || key->kind == KEY_OR || key->kind == KEY_NOT) {
			search->open[depth++] = key;
			continue;
		}
		matched = matches_key(&s, key);
	} while (search->keys[at - 1].kind <= KEY_NOT || !settle(search, &depth, &at, &matched));
	return matched;
}

/* ---- what was found ---- */

void search_found(struct search_found *found, uint32_t number)
{
	found->count++;
	if (found->n && found->ranges[found->n - 1].last + 1 == number) {
		found->ranges[found->n - 1].last = number;
		return;
	}
	if (found->n == found->room) {
		found->room = found->room ? found->room * 2 : 16;
		found->ranges = memory_grow(found->ranges, found->room, sizeof found->ranges[0]);
	}
	found->ranges[found->n++] = (struct search_range){ number, number };
}

void search_found_free(struct search_found *found)
{
	free(found->ranges);
	*found = (struct search_found){ 0 };
}

static void say_numbers(struct buffer *out, const struct search_found *found)
{
	buffer_add_string(out, "* SEARCH");
	for (size_t i = 0; i < found->n; i++)
		for (uint32_t n = found->ranges[i].first; n <= found->ranges[i].last && n > 0; n++)
			buffer_printf(out, " %u", (unsigned)n);
}

static void say_set(struct buffer *out, const struct search_found *found)
{
	for (size_t i = 0; i < found->n; i++) {
		const struct search_range *range = &found->ranges[i];
		buffer_printf(out, "%s%u", i ? "," : " ALL ", (unsigned)range->first);
		if (range->last > range->first)
			buffer_printf(out, ":%u", (unsigned)range->last);
	}
}

static void say_extended(struct buffer *out, const struct search *search, const struct search_found *found,
                         struct slice tag, bool uid)
{
	buffer_printf(out, "* ESEARCH (TAG \"" SLICE_FMT "\")%s", SLICE_ARG(tag), uid ? " UID" : "");
	if (search->returns & RETURN_MIN && found->n)
		buffer_printf(out, " MIN %u", (unsigned)found->ranges[0].first);
	if (search->returns & RETURN_MAX && found->n)
		buffer_printf(out, " MAX %u", (unsigned)found->ranges[found->n - 1].last);
	if (search->returns & RETURN_ALL)
		say_set(out, found);
	if (search->returns & RETURN_COUNT)
		buffer_printf(out, " COUNT %u", (unsigned)found->count);
}

void search_say(struct buffer *out, const struct search *search, const struct search_found *found, struct slice tag,
                bool uid)
{
	if (search->extended)
		say_extended(out, search, found, tag, uid);
	else
		say_numbers(out, found);
	buffer_add_string(out, "\r\n");
}
