/*
 * Words for what stands in IMAP's lines.
 */
#include "protocol/imap_words.h"

#include "base/escape.h"
#include "protocol/imap_machine.h"

/* A note made of phrases is about so many octets at most; so many words of a list are told. */
#define TELLING_MAX 280
#define LIST_MAX 5

/* Of a note's first sentence so much is taken whole, and so much of a FETCH item is shown, in octets. */
#define GIST_MAX 90
#define ITEM_SHOWN 72

/* ---- notes of many phrases ---- */

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

void telling_end(struct telling *telling, struct dialogue *d, struct dialogue_event *event)
{
	if (telling->text.n && telling->text.p[telling->text.n - 1] == ':')
		telling->text.n--; /* nothing came behind it */
	if (telling->left)
		buffer_printf(&telling->text, "; and %zu more", telling->left);
	if (telling->text.n)
		event_note(d, event, SLICE_FMT ".", SLICE_ARG(buffer_slice(&telling->text)));
	buffer_free(&telling->text);
	*telling = (struct telling){ 0 };
}

/* ---- what the tables say, shortly ---- */

/* Whether the sentence may go on as part of another: a name (`JMAP's`, `Gmail's`) keeps its capital. */
static bool begins_plainly(struct slice note)
{
	struct slice rest = note;
	struct slice word = slice_word(&rest);
	bool name = slice_find(word, SLICE("'s")) < word.n;
	return word.n == 1 || (!name && !(word.p[1] >= 'A' && word.p[1] <= 'Z'));
}

/* Whether a clause ends there: a point in `BODY.PEEK[]`, or a colon in `2:4`, ends none. */
static bool clause_ends(struct slice note, size_t at)
{
	return slice_find_octet(SLICE(":;."), note.p[at]) < 3 && (at + 1 == note.n || note.p[at + 1] == ' ');
}

/* A row's first clause; where that says only in which command the word stands ("In SORT:"), the next. */
static struct slice first_clause(struct slice note)
{
	if (slice_starts(note, SLICE("In "))) {
		note = slice_part(note, slice_find_octet(note, ':') + 1, note.n);
		note = slice_part(note, note.n && note.p[0] == ' ', note.n);
	}
	size_t end = 0;
	while (end < note.n && !clause_ends(note, end))
		end++;
	if (end > GIST_MAX)
		end = slice_find_octet(note, ',') < end ? slice_find_octet(note, ',') : end;
	return slice_part(note, 0, end);
}

void gist_shown(struct buffer *out, const struct entry *row)
{
	struct slice clause = first_clause(slice_of(row ? row->note : NULL));
	if (clause.n == 0)
		return;
	buffer_add_string(out, " (");
	buffer_add_octet(out, begins_plainly(clause) ? octet_lower(clause.p[0]) : clause.p[0]);
	buffer_add_slice(out, slice_part(clause, 1, clause.n));
	buffer_add_string(out, ")");
}

/* ---- single words ---- */

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

static void quoted_shown(struct buffer *out, struct slice word)
{
	buffer_add_octet(out, '"');
	word_shown(out, word);
	buffer_add_octet(out, '"');
}

void string_shown(struct buffer *out, const struct imap_node *node)
{
	struct buffer said = { 0 };
	if (imap_node_string(node, &said))
		quoted_shown(out, buffer_slice(&said));
	else if (node && node->kind == IMAP_LITERAL && node->octets > IMAP_LITERAL_MAX)
		buffer_add_string(out, "a literal with more octets than can be");
	else if (node && node->kind == IMAP_LITERAL)
		buffer_printf(out, "a literal of %llu octet%s", (unsigned long long)node->octets,
		              node->octets == 1 ? "" : "s");
	else
		buffer_add_string(out, "nothing");
	buffer_free(&said);
}

void mailbox_shown(struct buffer *out, const struct imap_node *node)
{
	struct buffer said = { 0 }, decoded = { 0 };
	string_shown(out, node);
	if (imap_node_string(node, &said) && slice_find_octet(buffer_slice(&said), '&') < said.n) {
		if (imap_mailbox_decode(&decoded, buffer_slice(&said))) {
			buffer_add_string(out, " (modified UTF-7 for ");
			quoted_shown(out, buffer_slice(&decoded));
			buffer_add_octet(out, ')');
		} else {
			buffer_add_string(out, " (no good modified UTF-7, where & begins a base64 part)");
		}
	}
	buffer_free(&said);
	buffer_free(&decoded);
}

void flag_shown(struct buffer *out, struct slice flag, bool gist)
{
	word_shown(out, flag);
	if (gist)
		gist_shown(out, imap_row(TABLE_FLAGS, flag));
}

void date_shown(struct buffer *out, const struct imap_date *date)
{
	buffer_printf(out, "%u %s %u", date->day, imap_month_name(date->month), date->year);
	if (date->timed)
		buffer_printf(out, ", %02u:%02u:%02u " SLICE_FMT, date->hour, date->minute, date->second,
		              SLICE_ARG(date->zone));
}

/* ---- sequence sets ---- */

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

/* Whether the set is said by words of its own. */
static bool whole_set_shown(struct buffer *out, struct slice set)
{
	if (slice_equal(set, SLICE("$")))
		buffer_add_string(out, "the messages that the last SEARCH saved");
	else if (!imap_set_ok(set))
		word_shown(out, set);
	else if (slice_equal(set, SLICE("1:*")) || slice_equal(set, SLICE("*")))
		buffer_add_string(out, set.n == 1 ? "the last message" : "all messages");
	else
		return false;
	return true;
}

void set_shown(struct buffer *out, struct slice set, bool uid)
{
	struct imap_range range;
	struct slice rest = set;
	size_t n = 0;
	if (whole_set_shown(out, set))
		return;
	bool one = imap_range_next(&rest, &range) && rest.n == 0 && range.first == range.last;
	buffer_add_string(out, uid ? "the " : "");
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

/* ---- lists ---- */

/* Words in a row, as many as a reader takes in: `a, b, c and 4 more`. */
struct row {
	struct buffer words;
	size_t n;
};

/* Makes room for the next one: false where there are enough. */
static bool row_next(struct row *row)
{
	if (row->n++ >= LIST_MAX)
		return false;
	if (row->n > 1)
		buffer_add_string(&row->words, ", ");
	return true;
}

/* Appends the row, and frees it. */
static void row_end(struct row *row, struct buffer *out)
{
	buffer_add_slice(out, buffer_slice(&row->words));
	if (row->n > LIST_MAX)
		buffer_printf(out, " and %zu more", row->n - LIST_MAX);
	buffer_free(&row->words);
}

bool node_is_operand(const struct imap_node *node)
{
	if (node->kind != IMAP_ATOM)
		return node->kind == IMAP_LIST;
	return octet_is_digit(node->text.p[0]) || node->text.p[0] == '-';
}

size_t list_count(const struct imap_tree *tree, size_t list)
{
	const struct imap_node *node;
	size_t n = 0;
	for (size_t at = list + 1; (node = imap_node_at(tree, at, tree->nodes[list].end)); at = node->end)
		n++;
	return n;
}

void flags_shown(struct buffer *out, const struct imap_tree *tree, size_t list, bool gist)
{
	const struct imap_node *node;
	struct row row = { 0 };
	gist = gist && list_count(tree, list) <= FEW;
	for (size_t at = list + 1; (node = imap_node_at(tree, at, tree->nodes[list].end)); at = node->end)
		if (row_next(&row))
			flag_shown(&row.words, node->content, gist);
	row_end(&row, out);
}

void words_shown(struct buffer *out, const struct imap_tree *tree, size_t list)
{
	const struct imap_node *node;
	struct row row = { 0 };
	for (size_t at = list + 1; (node = imap_node_at(tree, at, tree->nodes[list].end)); at = node->end) {
		if (row.n > 0 && node_is_operand(node)) {
			if (row.n <= LIST_MAX) {
				buffer_add_octet(&row.words, ' ');
				word_shown(&row.words, node->text);
			}
		} else if (row_next(&row)) {
			word_shown(&row.words, node->kind == IMAP_LIST ? node->text : node->content);
		}
	}
	row_end(&row, out);
}

void flags_counted(struct buffer *out, const struct imap_tree *tree, size_t list)
{
	const struct imap_node *node;
	struct row keywords = { 0 };
	size_t system = 0;
	for (size_t at = list + 1; (node = imap_node_at(tree, at, tree->nodes[list].end)); at = node->end) {
		if (slice_equal(node->content, SLICE("\\*")))
			continue;
		if (node->content.n && node->content.p[0] == '\\')
			system++;
		else if (row_next(&keywords))
			word_shown(&keywords.words, node->content);
	}
	if (system)
		buffer_printf(out, "%zu of the system, which begin with \\", system);
	if (keywords.n)
		buffer_printf(out, "%s%zu keyword%s: ", system ? ", and " : "", keywords.n, keywords.n == 1 ? "" : "s");
	row_end(&keywords, out);
}

/* ---- FETCH items ---- */

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

void item_shown(struct buffer *out, struct slice item, bool gist)
{
	struct imap_section section;
	imap_section_parse(item, &section);
	shown(out, item, ITEM_SHOWN);
	if (!gist || !section.ok)
		return;
	if (!section.bracketed) {
		gist_shown(out, imap_row(TABLE_ITEMS, item));
		return;
	}
	bool size = slice_equal_nocase(section.name, SLICE("BINARY.SIZE"));
	buffer_add_string(out, size ? " (the decoded size of " : " (");
	section_shown(out, &section);
	partial_shown(out, &section);
	if (slice_starts_nocase(section.name, SLICE("BINARY")) && !size)
		buffer_add_string(out, ", decoded");
	buffer_add_string(out, ")");
}

/* ---- capabilities ---- */

/* The capabilities of one line, sorted by what they are for. */
struct abilities {
	struct row versions, mechanisms, others;
	const struct entry *one; /* of the others, the last one's row */
	bool starttls, no_login;
};

static void ability_sort(struct abilities *abilities, struct slice word)
{
	static const char *const versions[] = { "IMAP4", "IMAP4rev1", "IMAP4rev2", NULL };
	if (slice_equal_nocase(word, SLICE("STARTTLS"))) {
		abilities->starttls = true;
	} else if (slice_equal_nocase(word, SLICE("LOGINDISABLED"))) {
		abilities->no_login = true;
	} else if (imap_one_of(word, versions)) {
		if (row_next(&abilities->versions))
			word_shown(&abilities->versions.words, word);
	} else if (slice_starts_nocase(word, SLICE("AUTH="))) {
		if (row_next(&abilities->mechanisms))
			word_shown(&abilities->mechanisms.words, slice_part(word, 5, word.n));
	} else {
		abilities->one = imap_row(TABLE_KEYWORDS, word);
		if (row_next(&abilities->others))
			word_shown(&abilities->others.words, word);
	}
}

void capabilities_told(struct telling *telling, struct slice words)
{
	struct slice word;
	struct abilities abilities = { 0 };
	struct buffer said = { 0 };
	while ((word = slice_word(&words)).n)
		ability_sort(&abilities, word);
	size_t versions = abilities.versions.n, mechanisms = abilities.mechanisms.n, others = abilities.others.n;
	row_end(&abilities.versions, &said);
	if (versions)
		tell_words(telling, "The server speaks ", &said);
	if (abilities.starttls)
		tell(telling, "STARTTLS can begin TLS");
	if (abilities.no_login)
		tell(telling, "LOGIN is switched off now");
	row_end(&abilities.mechanisms, &said);
	if (mechanisms)
		tell_words(telling, "AUTHENTICATE takes ", &said);
	row_end(&abilities.others, &said);
	if (others == 1)
		gist_shown(&said, abilities.one);
	else if (others)
		tell(telling, "%zu extensions:", others);
	if (others)
		tell_words(telling, others == 1 ? "an extension: " : "", &said);
	buffer_free(&said);
}
