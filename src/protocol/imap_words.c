/*
 * Words for what stands in IMAP's lines.
 */
#include "protocol/imap_words.h"

#include "base/escape.h"
#include "protocol/imap_machine.h"

/* A note made of phrases is about so many octets at most; so many words of a list are told. */
#define TELLING_MAX 400
#define LIST_MAX 6

/* Of a note's first sentence so much is taken whole, and so much of a FETCH item is shown, in octets. */
#define GIST_MAX 90
#define ITEM_SHOWN 72

void tell(struct telling *telling, const char *format, ...)
{
	if (telling->text.n >= TELLING_MAX) {
		telling->left++;
		return;
	}
	if (telling->text.n)
		buffer_add_string(&telling->text, telling->text.p[telling->text.n - 1] == ':' ? " " : "; ");
	va_list ap;
	va_start(ap, format);
	buffer_vprintf(&telling->text, format, ap);
	va_end(ap);
}

void tell_words(struct telling *telling, const char *before, struct buffer *words)
{
	bool begins = telling->text.n == 0 && before[0] != '\0';
	tell(telling, "%s" SLICE_FMT, before, SLICE_ARG(buffer_slice(words)));
	if (begins)
		telling->text.p[0] = octet_upper(before[0]);
	buffer_clear(words);
}

void telling_end(struct telling *telling, struct dialogue *d, struct dialogue_event *event, const char *before)
{
	if (telling->text.n && telling->text.p[telling->text.n - 1] == ':')
		telling->text.n--; /* nothing came behind it */
	if (telling->left)
		buffer_printf(&telling->text, "; and %zu more", telling->left);
	if (telling->text.n)
		event_note(d, event, "%s" SLICE_FMT ".", before ? before : "", SLICE_ARG(buffer_slice(&telling->text)));
	buffer_free(&telling->text);
	*telling = (struct telling){ 0 };
}

/* Whether the sentence may go on as part of another: a name keeps its capital. */
static bool begins_plainly(struct slice note)
{
	static const char *const words[] = { "A",   "All",     "An",       "As",    "Cannot", "Each",
		                             "Has", "Holds",   "How",      "Is",    "May",    "New",
		                             "The", "Message", "Messages", "There", "Will",   "Whether" };
	struct slice rest = note;
	struct slice word = slice_word(&rest);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (slice_equal(word, slice_of(words[i])))
			return true;
	return false;
}

void gist_shown(struct buffer *out, const struct entry *row)
{
	if (row == NULL)
		return;
	struct slice note = slice_of(row->note);
	size_t end = 0;
	while (end < note.n && note.p[end] != ':' && note.p[end] != ';' && note.p[end] != '.')
		end++;
	if (end > GIST_MAX)
		end = slice_find_octet(note, ',') < end ? slice_find_octet(note, ',') : end;
	if (end == 0)
		return;
	buffer_add_string(out, " (");
	buffer_add_octet(out, begins_plainly(note) ? octet_lower(note.p[0]) : note.p[0]);
	buffer_add_slice(out, slice_part(note, 1, end));
	buffer_add_string(out, ")");
}

static void shown(struct buffer *out, struct slice word, size_t limit)
{
	size_t end = word.n < limit ? word.n : limit;
	while (end < word.n && end > 0 && ((unsigned char)word.p[end] & 0xC0) == 0x80)
		end--;
	escape_text(out, slice_part(word, 0, end));
	buffer_add_string(out, end < word.n ? "…" : "");
}

void word_shown(struct buffer *out, struct slice word)
{
	shown(out, word, WORD_SHOWN);
}

void string_shown(struct buffer *out, const struct imap_node *node)
{
	struct buffer said = { 0 };
	if (imap_node_string(node, &said)) {
		buffer_add_string(out, "“");
		word_shown(out, buffer_slice(&said));
		buffer_add_string(out, "”");
	} else if (node && node->kind == IMAP_LITERAL) {
		buffer_printf(out, "a literal of %llu octets", (unsigned long long)node->octets);
	} else {
		buffer_add_string(out, "nothing");
	}
	buffer_free(&said);
}

void mailbox_shown(struct buffer *out, const struct imap_node *node)
{
	struct buffer said = { 0 }, decoded = { 0 };
	string_shown(out, node);
	if (imap_node_string(node, &said) && slice_find_octet(buffer_slice(&said), '&') < said.n) {
		if (imap_mailbox_decode(&decoded, buffer_slice(&said))) {
			buffer_add_string(out, " (modified UTF-7 for “");
			word_shown(out, buffer_slice(&decoded));
			buffer_add_string(out, "”)");
		} else {
			buffer_add_string(out, " (no good modified UTF-7, where & begins a base64 part)");
		}
	}
	buffer_free(&said);
	buffer_free(&decoded);
}

static void range_shown(struct buffer *out, struct imap_range range)
{
	unsigned long long first = range.first, last = range.last;
	if (range.first == UINT64_MAX)
		buffer_add_string(out, "the last");
	else if (range.first == range.last)
		buffer_printf(out, "%llu", first);
	else if (range.last == UINT64_MAX)
		buffer_printf(out, "%llu to the last", first);
	else
		buffer_printf(out, "%llu to %llu", first, last);
}

void set_shown(struct buffer *out, struct slice set, bool uid)
{
	struct imap_range range;
	struct slice rest = set;
	size_t n = 0;
	if (slice_equal(set, SLICE("$"))) {
		buffer_add_string(out, "the messages that the last SEARCH saved");
		return;
	}
	if (!imap_set_ok(set)) {
		word_shown(out, set);
		return;
	}
	bool one = imap_range_next(&rest, &range) && rest.n == 0 && range.first == range.last;
	if (slice_equal(set, SLICE("1:*")) || slice_equal(set, SLICE("*"))) {
		buffer_add_string(out, one ? "the last message" : "all messages");
		return;
	}
	buffer_add_string(out, one ? "message" : "messages");
	buffer_add_string(out, !uid ? " " : one ? " with the UID " : " with the UIDs ");
	for (rest = set; imap_range_next(&rest, &range); n++) {
		if (n == LIST_MAX) {
			buffer_add_string(out, ", and more");
			return;
		}
		buffer_add_string(out, n == 0 ? "" : rest.n ? ", " : " and ");
		range_shown(out, range);
	}
}

void flag_shown(struct buffer *out, struct slice flag)
{
	word_shown(out, flag);
	gist_shown(out, imap_row(TABLE_FLAGS, flag));
}

/* The words of a list, each as `show` says it. */
static void list_shown(struct buffer *out, const struct imap_tree *tree, size_t list,
                       void (*show)(struct buffer *, struct slice))
{
	const struct imap_node *node;
	size_t end = tree->nodes[list].end, n = 0, left = 0;
	for (size_t at = list + 1; (node = imap_node_at(tree, at, end)); at = node->end) {
		if (n == LIST_MAX) {
			left++;
			continue;
		}
		buffer_add_string(out, n++ ? ", " : "");
		show(out, node->kind == IMAP_LIST ? node->text : node->content);
	}
	if (left)
		buffer_printf(out, " and %zu more", left);
}

void flags_shown(struct buffer *out, const struct imap_tree *tree, size_t list)
{
	list_shown(out, tree, list, flag_shown);
}

void words_shown(struct buffer *out, const struct imap_tree *tree, size_t list)
{
	list_shown(out, tree, list, word_shown);
}

/* What part of a message a section names. */
static void section_shown(struct buffer *out, const struct imap_section *section)
{
	bool part = section->part.n > 0;
	if (slice_equal_nocase(section->text, SLICE("HEADER")))
		buffer_add_string(out, "the header");
	else if (slice_equal_nocase(section->text, SLICE("TEXT")))
		buffer_add_string(out, "the body without the header");
	else if (slice_equal_nocase(section->text, SLICE("MIME")))
		buffer_add_string(out, "the MIME header");
	else if (slice_equal_nocase(section->text, SLICE("HEADER.FIELDS")))
		buffer_add_string(out, "the header fields ");
	else if (slice_equal_nocase(section->text, SLICE("HEADER.FIELDS.NOT")))
		buffer_add_string(out, "all header fields but ");
	else
		buffer_add_string(out, part ? "the body" : "the whole message");
	if (section->fields.n)
		word_shown(out, section->fields);
	if (part) {
		buffer_add_string(out, " of part ");
		word_shown(out, section->part);
	}
}

static void partial_shown(struct buffer *out, const struct imap_section *section)
{
	unsigned long long start = section->start, length = section->length;
	if (!section->partial)
		return;
	if (!section->has_length)
		buffer_printf(out, ", from octet %llu on", start);
	else if (start == 0)
		buffer_printf(out, ", the first %llu octets", length);
	else
		buffer_printf(out, ", %llu octets from octet %llu on", length, start);
}

void item_shown(struct buffer *out, struct slice item)
{
	struct imap_section section;
	imap_section_parse(item, &section);
	shown(out, item, ITEM_SHOWN);
	if (!section.bracketed) {
		gist_shown(out, imap_row(TABLE_ITEMS, item));
		return;
	}
	if (!section.ok)
		return;
	bool size = slice_equal_nocase(section.name, SLICE("BINARY.SIZE"));
	buffer_add_string(out, size ? " (the decoded size of " : " (");
	section_shown(out, &section);
	partial_shown(out, &section);
	if (slice_starts_nocase(section.name, SLICE("BINARY")) && !size)
		buffer_add_string(out, ", decoded");
	buffer_add_string(out, ")");
}

void date_shown(struct buffer *out, const struct imap_date *date)
{
	buffer_printf(out, "%u %s %u", date->day, imap_month_name(date->month), date->year);
	if (date->timed)
		buffer_printf(out, ", %02u:%02u:%02u " SLICE_FMT, date->hour, date->minute, date->second,
		              SLICE_ARG(date->zone));
}

void octets_shown(struct buffer *out, uint64_t octets)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double size = (double)octets / 1024;
	size_t unit = 0;
	buffer_printf(out, "%llu octet%s", (unsigned long long)octets, octets == 1 ? "" : "s");
	if (octets < 10240)
		return;
	for (; size >= 1024 && unit + 1 < sizeof units / sizeof units[0]; unit++)
		size /= 1024;
	buffer_printf(out, " (%.1f %s)", size, units[unit]);
}
