/*
 * The grammar of IMAP's lines.
 */
#include "protocol/imap_syntax.h"

#include <stdlib.h>

#include "base/escape.h"

static bool is_eight_bit(char c)
{
	return (unsigned char)c >= 0x80;
}

/* ---- a line as it comes ---- */

static void brace_opens(struct imap_scan *scan)
{
	char front = scan->previous;
	scan->binary = front == '~';
	if (scan->binary)
		front = scan->before;
	scan->apart = front == ' ' || front == '(' || front == '[';
	scan->brace = BRACE_OPEN;
	scan->waits_not = scan->huge = false;
	scan->count = 0;
}

static void brace_digit(struct imap_scan *scan, char c, size_t at)
{
	uint64_t digit = (uint64_t)(c - '0');
	if (scan->brace == BRACE_OPEN) {
		scan->digits_here = true;
		scan->digits_start = at;
	}
	scan->brace = BRACE_DIGITS;
	scan->digits_end = at + 1;
	if (scan->count > (IMAP_LITERAL_MAX - digit) / 10)
		scan->huge = true;
	else
		scan->count = scan->count * 10 + digit;
}

/* One octet behind a brace that is open or closed. */
static void scan_brace(struct imap_scan *scan, char c, size_t at)
{
	switch (scan->brace) {
	case BRACE_NONE:
		break;
	case BRACE_OPEN:
	case BRACE_DIGITS:
		if (octet_is_digit(c)) {
			brace_digit(scan, c, at);
		} else if (scan->brace == BRACE_DIGITS && c == '}') {
			scan->brace = BRACE_CLOSED;
		} else if (scan->brace == BRACE_DIGITS && c == '+') {
			scan->brace = BRACE_PLUS;
			scan->waits_not = true;
		} else {
			/* `{{name}}` stands for something else in a record. */
			scan->brace = c == '{' ? BRACE_NONE : BRACE_BAD;
		}
		break;
	case BRACE_PLUS:
		scan->brace = c == '}' ? BRACE_CLOSED : BRACE_BAD;
		break;
	case BRACE_CLOSED:
		scan->inside = true;
		scan->brace = BRACE_NONE;
		break;
	case BRACE_BAD:
		if (scan->previous == '}')
			scan->brace = BRACE_NONE;
		break;
	}
}

static void scan_quoted(struct imap_scan *scan, char c)
{
	if (scan->escaped) {
		scan->bad_escape |= c != '"' && c != '\\';
		scan->escaped = false;
	} else if (c == '\\') {
		scan->escaped = true;
	} else if (c == '"') {
		scan->quoted = false;
	}
	scan->quoted_eight_bit |= is_eight_bit(c);
}

static void scan_plain(struct imap_scan *scan, char c, size_t at)
{
	bool was_brace = scan->brace != BRACE_NONE;
	scan_brace(scan, c, at);
	scan->eight_bit |= is_eight_bit(c);
	scan->doubled |= c == ' ' && scan->previous == ' ';
	if (c == '"') {
		scan->quoted = true;
	} else if (c == '(') {
		scan->depth++;
		scan->too_deep |= scan->depth > IMAP_DEPTH_MAX;
	} else if (c == ')') {
		scan->stray |= scan->depth == 0;
		scan->depth -= scan->depth > 0;
	} else if (c == '{' && !was_brace && scan->previous != '{') {
		brace_opens(scan);
	}
}

void imap_scan(struct imap_scan *scan, struct slice piece)
{
	scan->digits_here = false;
	for (size_t i = 0; i < piece.n; i++) {
		char c = piece.p[i];
		if (scan->quoted)
			scan_quoted(scan, c);
		else
			scan_plain(scan, c, i);
		scan->before = scan->previous;
		scan->previous = c;
	}
}

enum imap_end imap_scan_end(const struct imap_scan *scan)
{
	if (scan->quoted || scan->brace == BRACE_NONE)
		return IMAP_END;
	return scan->brace == BRACE_CLOSED ? IMAP_END_LITERAL : IMAP_END_MALFORMED;
}

void imap_scan_literal_done(struct imap_scan *scan)
{
	scan->brace = BRACE_NONE;
	scan->previous = scan->before = '\0';
}

/* ---- what a line is ---- */

/* What stands behind the first `n` octets; at its end an empty slice that begins there. */
static struct slice behind(struct slice s, size_t n)
{
	if (n > s.n)
		n = s.n;
	return (struct slice){ s.n ? s.p + n : s.p, s.n - n };
}

/* Takes the octets up to the next space off the front, and one space behind them. */
static struct slice word_take(struct slice *rest)
{
	size_t space = slice_find_octet(*rest, ' ');
	struct slice word = slice_part(*rest, 0, space);
	*rest = behind(*rest, space + 1);
	return word;
}

static struct slice spaces_passed(struct slice s)
{
	while (s.n && s.p[0] == ' ')
		s = behind(s, 1);
	return s;
}

static bool is_one_of(struct slice word, const char *const *words)
{
	for (; *words; words++)
		if (slice_equal_nocase(word, slice_of(*words)))
			return true;
	return false;
}

static bool all_digits(struct slice word)
{
	for (size_t i = 0; i < word.n; i++)
		if (!octet_is_digit(word.p[i]))
			return false;
	return word.n > 0;
}

bool imap_tag_ok(struct slice tag)
{
	for (size_t i = 0; i < tag.n; i++) {
		unsigned char c = (unsigned char)tag.p[i];
		if (c <= ' ' || c >= 0x7F || slice_find_octet(SLICE("(){%*\"\\+"), tag.p[i]) < 8)
			return false;
	}
	return tag.n > 0;
}

/* resp-text: `["[" code [SP arguments] "]" SP] text`. */
static void response_text(struct imap_response *response, struct slice rest)
{
	response->text = rest;
	if (rest.n == 0 || rest.p[0] != '[')
		return;
	response->bracketed = true;
	size_t close = slice_find_octet(rest, ']');
	if (close == rest.n)
		return;
	response->code_arguments = slice_part(rest, 1, close);
	response->code = word_take(&response->code_arguments);
	response->text = spaces_passed(behind(rest, close + 1));
}

void imap_response_parse(struct slice line, struct imap_response *response)
{
	static const char *const tagged[] = { "OK", "NO", "BAD", NULL };
	static const char *const untagged[] = { "OK", "NO", "BAD", "BYE", "PREAUTH", NULL };
	struct slice rest = line;
	struct slice first = word_take(&rest);
	*response = (struct imap_response){ .kind = IMAP_NO_RESPONSE };
	if (slice_equal(first, SLICE("+"))) {
		response->kind = IMAP_CONTINUATION;
		response_text(response, rest);
		return;
	}
	struct slice second = word_take(&rest);
	if (slice_equal(first, SLICE("*"))) {
		response->kind = IMAP_UNTAGGED;
		response->numbered = all_digits(second);
		if (response->numbered && !slice_number(second, &response->number))
			response->number = UINT64_MAX;
		response->name = response->numbered ? word_take(&rest) : second;
		response->status = !response->numbered && is_one_of(response->name, untagged);
	} else if (imap_tag_ok(first) && is_one_of(second, tagged)) {
		response->kind = IMAP_TAGGED;
		response->tag = first;
		response->name = second;
		response->status = true;
	}
	if (response->status)
		response_text(response, rest);
	else
		response->text = rest;
}

void imap_command_parse(struct slice line, struct imap_command *command)
{
	struct slice rest = spaces_passed(line);
	*command = (struct imap_command){ .tag = word_take(&rest) };
	rest = spaces_passed(rest);
	command->verb = word_take(&rest);
	if (slice_equal_nocase(command->verb, SLICE("UID"))) {
		rest = spaces_passed(rest);
		command->second = word_take(&rest);
	}
	command->arguments = rest;
}

/* ---- the tree ---- */

/* A parse under way. */
struct parse {
	struct imap_tree *tree;
	struct slice text;
	size_t at;
	const struct imap_literal *literals;
	size_t nliterals, literal; /* the next one */
	size_t open[IMAP_DEPTH_MAX];
	size_t depth, deeper; /* lists open; those beyond the deepest */
};

static void wrong(struct parse *p, const char *problem)
{
	if (p->tree->problem == NULL)
		p->tree->problem = problem;
}

static struct imap_node *node_add(struct parse *p, enum imap_kind kind, size_t start, size_t end)
{
	struct imap_tree *tree = p->tree;
	if (tree->n == tree->room) {
		tree->room = tree->room ? tree->room * 2 : 32;
		tree->nodes = memory_grow(tree->nodes, tree->room, sizeof tree->nodes[0]);
	}
	struct imap_node *node = &tree->nodes[tree->n++];
	struct slice text = slice_part(p->text, start, end);
	*node = (struct imap_node){ .kind = kind, .text = text, .content = text, .whole = true, .end = tree->n };
	p->at = end;
	return node;
}

static char octet_at(const struct parse *p, size_t at)
{
	return at < p->text.n ? p->text.p[at] : '\0';
}

/* Where the quoted string that begins at `at` ends: behind its quote, or at the text's end (`*closed` false). */
static size_t quoted_end(struct slice text, size_t at, bool *closed)
{
	for (at++; at < text.n; at++) {
		if (text.p[at] == '\\')
			at++;
		else if (text.p[at] == '"') {
			*closed = true;
			return at + 1;
		}
	}
	*closed = false;
	return text.n;
}

static void parse_quoted(struct parse *p)
{
	bool closed = false;
	size_t start = p->at, end = quoted_end(p->text, start, &closed);
	struct imap_node *node = node_add(p, IMAP_QUOTED, start, end);
	node->whole = closed;
	node->content = slice_part(p->text, start + 1, closed ? end - 1 : end);
	if (!closed)
		wrong(p, "a quoted string is not closed");
}

/* Where `{n}` and its line end are over, if such stand at `at`; else `at`. `*octets` gets n. */
static size_t literal_end(const struct parse *p, size_t at, uint64_t *octets)
{
	size_t i = at + (octet_at(p, at) == '~');
	if (octet_at(p, i) != '{')
		return at;
	size_t digits = ++i;
	while (octet_is_digit(octet_at(p, i)))
		i++;
	struct slice number = slice_part(p->text, digits, i);
	i += octet_at(p, i) == '+';
	if (octet_at(p, i) != '}' || number.n == 0)
		return at;
	i++;
	if (!slice_number(number, octets))
		*octets = UINT64_MAX;
	if (i == p->text.n)
		return i;
	i += octet_at(p, i) == '\r';
	return octet_at(p, i) == '\n' ? i + 1 : at;
}

static void parse_literal(struct parse *p, size_t end, uint64_t octets)
{
	struct imap_node *node = node_add(p, IMAP_LITERAL, p->at, end);
	node->octets = octets;
	node->content = slice_part(node->text, 0, 0);
	if (p->literal < p->nliterals)
		node->content = p->literals[p->literal].held;
	node->whole = p->literal < p->nliterals && node->content.n == octets;
	p->literal++;
}

/* Whether a section's brackets may stand behind this: in them spaces and parentheses are the atom's own. */
static bool takes_section(struct slice name)
{
	static const char *const names[] = { "BODY", "BODY.PEEK", "BINARY", "BINARY.PEEK", "BINARY.SIZE", NULL };
	return is_one_of(name, names);
}

/* Where the section that begins at `at` is over: behind its `]`, or the end of the text. Its literals count. */
static size_t section_end(struct parse *p, size_t at)
{
	while (at < p->text.n) {
		uint64_t octets = 0;
		bool closed = false;
		size_t end = literal_end(p, at, &octets);
		if (end > at) {
			p->literal++;
			at = end;
		} else if (p->text.p[at] == '"') {
			at = quoted_end(p->text, at, &closed);
		} else if (p->text.p[at++] == ']') {
			return at;
		}
	}
	wrong(p, "a section's [ is not closed");
	return at;
}

static void parse_atom(struct parse *p)
{
	size_t start = p->at, at = start;
	bool open = false;
	uint64_t octets = 0;
	while (at < p->text.n && slice_find_octet(SLICE(" ()\"\r\n"), p->text.p[at]) == 6) {
		if (at > start && literal_end(p, at, &octets) > at)
			break;
		if (p->text.p[at] == '[' && takes_section(slice_part(p->text, start, at))) {
			at = section_end(p, at);
			open = p->text.p[at - 1] != ']';
		} else {
			at++;
		}
	}
	struct imap_node *node = node_add(p, IMAP_ATOM, start, at > start ? at : start + 1);
	node->whole = !open;
}

static void list_opens(struct parse *p)
{
	if (p->depth == IMAP_DEPTH_MAX) {
		wrong(p, "lists stand in lists, deeper than anybody reads");
		p->deeper++;
		p->at++;
		return;
	}
	node_add(p, IMAP_LIST, p->at, p->at + 1)->whole = false;
	p->open[p->depth++] = p->tree->n - 1;
}

static void list_done(struct parse *p, bool closed)
{
	struct imap_node *list = &p->tree->nodes[p->open[--p->depth]];
	list->end = p->tree->n;
	list->whole = closed;
	list->text = slice_part(p->text, (size_t)(list->text.p - p->text.p), p->at);
	list->content = slice_part(list->text, 1, list->text.n - closed);
}

static void list_closes(struct parse *p)
{
	p->at++;
	if (p->deeper)
		p->deeper--;
	else if (p->depth)
		list_done(p, true);
	else
		wrong(p, "a ) stands without its (");
}

void imap_tree_parse(struct imap_tree *tree, struct slice text, const struct imap_literal *literals, size_t nliterals)
{
	struct parse p = { .tree = tree, .text = text, .literals = literals, .nliterals = nliterals };
	tree->n = 0;
	tree->problem = NULL;
	tree->cut = false;
	while (p.at < text.n && !tree->cut) {
		uint64_t octets = 0;
		char c = text.p[p.at];
		size_t end = literal_end(&p, p.at, &octets);
		if (c == ' ' || c == '\r' || c == '\n')
			p.at++;
		else if (c == '(')
			list_opens(&p);
		else if (c == ')')
			list_closes(&p);
		else if (c == '"')
			parse_quoted(&p);
		else if (end > p.at)
			parse_literal(&p, end, octets);
		else
			parse_atom(&p);
		tree->cut = tree->n >= IMAP_NODES_MAX;
	}
	if (p.depth)
		wrong(&p, "a ( is not closed");
	while (p.depth)
		list_done(&p, false);
}

void imap_tree_free(struct imap_tree *tree)
{
	free(tree->nodes);
	*tree = (struct imap_tree){ 0 };
}

const struct imap_node *imap_node_at(const struct imap_tree *tree, size_t at, size_t end)
{
	return at < end && at < tree->n ? &tree->nodes[at] : NULL;
}

bool imap_node_is(const struct imap_node *node, struct slice word)
{
	return node && node->kind == IMAP_ATOM && slice_equal_nocase(node->text, word);
}

bool imap_node_string(const struct imap_node *node, struct buffer *out)
{
	if (node == NULL || node->kind == IMAP_LIST || !node->whole || imap_node_is(node, SLICE("NIL")))
		return false;
	for (size_t i = 0; i < node->content.n; i++) {
		if (node->kind == IMAP_QUOTED && node->content.p[i] == '\\' && i + 1 < node->content.n)
			i++;
		buffer_add_octet(out, node->content.p[i]);
	}
	return true;
}

/* ---- sequence sets ---- */

/* seq-number: a number from 1, or `*`. */
static bool set_number(struct slice word, uint64_t *value)
{
	if (slice_equal(word, SLICE("*"))) {
		*value = UINT64_MAX;
		return true;
	}
	return slice_number(word, value) && *value > 0 && *value <= UINT32_MAX && word.p[0] != '0';
}

bool imap_range_next(struct slice *set, struct imap_range *range)
{
	size_t comma = slice_find_octet(*set, ',');
	struct slice word = slice_part(*set, 0, comma);
	size_t colon = slice_find_octet(word, ':');
	if (!set_number(slice_part(word, 0, colon), &range->first))
		return false;
	range->last = range->first;
	if (colon < word.n && !set_number(slice_part(word, colon + 1, word.n), &range->last))
		return false;
	if (comma + 1 == set->n) /* nothing stands behind the comma */
		return false;
	if (range->first > range->last)
		*range = (struct imap_range){ range->last, range->first };
	*set = slice_part(*set, comma + 1, set->n);
	return true;
}

bool imap_set_ok(struct slice word)
{
	struct imap_range range;
	if (slice_equal(word, SLICE("$")))
		return true;
	while (imap_range_next(&word, &range))
		if (word.n == 0)
			return true;
	return false;
}

/* ---- sections ---- */

/* `1.2.` off the front: numbers parted by dots. */
static struct slice section_part(struct slice *rest)
{
	size_t end = 0;
	while (end < rest->n && octet_is_digit(rest->p[end])) {
		while (end < rest->n && octet_is_digit(rest->p[end]))
			end++;
		if (end + 1 < rest->n && rest->p[end] == '.')
			end++;
	}
	struct slice part = slice_part(*rest, 0, end);
	*rest = slice_part(*rest, end, rest->n);
	if (part.n && part.p[part.n - 1] == '.')
		part.n--;
	return part;
}

/* `<start.length>`, or `<start>`. */
static bool section_partial(struct imap_section *section, struct slice rest)
{
	if (rest.n < 3 || rest.p[0] != '<' || rest.p[rest.n - 1] != '>')
		return false;
	rest = slice_part(rest, 1, rest.n - 1);
	size_t dot = slice_find_octet(rest, '.');
	section->partial = true;
	section->has_length = dot < rest.n;
	if (section->has_length && !slice_number(slice_part(rest, dot + 1, rest.n), &section->length))
		return false;
	return slice_number(slice_part(rest, 0, dot), &section->start);
}

static bool section_text_ok(const struct imap_section *section, bool has_fields)
{
	static const char *const words[] = { "HEADER", "TEXT", "MIME", NULL };
	static const char *const lists[] = { "HEADER.FIELDS", "HEADER.FIELDS.NOT", NULL };
	if (slice_equal_nocase(section->text, SLICE("MIME")) && section->part.n == 0)
		return false;
	if (has_fields)
		return is_one_of(section->text, lists);
	return section->text.n == 0 || is_one_of(section->text, words);
}

void imap_section_parse(struct slice item, struct imap_section *section)
{
	size_t open = slice_find_octet(item, '[');
	*section = (struct imap_section){ .name = slice_part(item, 0, open), .bracketed = open < item.n };
	section->ok = !section->bracketed;
	if (!section->bracketed)
		return;
	size_t close = item.n;
	while (close > open && item.p[close - 1] != ']')
		close--;
	section->closed = close > open;
	if (!section->closed)
		return;
	struct slice inside = slice_part(item, open + 1, close - 1);
	section->part = section_part(&inside);
	size_t paren = slice_find_octet(inside, '(');
	bool has_fields = paren < inside.n && inside.p[inside.n - 1] == ')';
	section->text = slice_trim(slice_part(inside, 0, paren));
	section->fields = slice_part(inside, paren + 1, inside.n - 1);
	struct slice partial = behind(item, close);
	section->ok = section_text_ok(section, has_fields) && (paren == inside.n || has_fields);
	if (partial.n && !section_partial(section, partial))
		section->ok = false;
}

/* ---- dates ---- */

static const char *const months[] = { "January", "February", "March",     "April",   "May",      "June",
	                              "July",    "August",   "September", "October", "November", "December" };

const char *imap_month_name(unsigned month)
{
	return month >= 1 && month <= 12 ? months[month - 1] : "";
}

static unsigned month_of(struct slice word)
{
	for (unsigned i = 0; i < 12; i++)
		if (slice_equal_nocase(word, slice_part(slice_of(months[i]), 0, 3)))
			return i + 1;
	return 0;
}

static bool small_number(struct slice word, unsigned limit, unsigned *value)
{
	uint64_t number = 0;
	if (!slice_number(word, &number) || number > limit)
		return false;
	*value = (unsigned)number;
	return true;
}

static unsigned days_in(unsigned month, unsigned year)
{
	static const unsigned days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return days[month - 1] + (month == 2 && leap);
}

/* `02:44:25 -0700` */
static bool time_parse(struct slice text, struct imap_date *date)
{
	date->timed = true;
	if (text.n != 14 || text.p[2] != ':' || text.p[5] != ':' || text.p[8] != ' ')
		return false;
	date->zone = slice_part(text, 9, 14);
	unsigned zone = 0;
	return small_number(slice_part(text, 0, 2), 23, &date->hour) &&
	       small_number(slice_part(text, 3, 5), 59, &date->minute) &&
	       small_number(slice_part(text, 6, 8), 60, &date->second) &&
	       (date->zone.p[0] == '+' || date->zone.p[0] == '-') &&
	       small_number(slice_part(date->zone, 1, 5), 9999, &zone);
}

bool imap_date_parse(struct slice text, struct imap_date *date)
{
	*date = (struct imap_date){ 0 };
	text = spaces_passed(text); /* a day of one digit may be filled up by a space */
	size_t first = slice_find_octet(text, '-');
	struct slice rest = slice_part(text, first + 1, text.n);
	if (first > 2 || rest.n < 8 || rest.p[3] != '-' || !small_number(slice_part(text, 0, first), 31, &date->day) ||
	    !small_number(slice_part(rest, 4, 8), 9999, &date->year))
		return false;
	date->month = month_of(slice_part(rest, 0, 3));
	if (date->month == 0 || date->day == 0 || date->day > days_in(date->month, date->year))
		return false;
	rest = slice_part(rest, 8, rest.n);
	return rest.n == 0 || (rest.p[0] == ' ' && time_parse(slice_part(rest, 1, rest.n), date));
}

/* ---- mailbox names ---- */

static int modified_base64(char c)
{
	if (octet_is_digit(c))
		return c - '0' + 52;
	if (octet_is_alpha(c))
		return c >= 'a' ? c - 'a' + 26 : c - 'A';
	return c == '+' ? 62 : c == ',' ? 63 : -1;
}

/* What stands between `&` and `-`: UTF-16 in base64. False where it is not well formed. */
static bool decode_shifted(struct buffer *out, struct slice shifted)
{
	uint32_t bits = 0, high = 0;
	unsigned nbits = 0;
	for (size_t i = 0; i < shifted.n; i++) {
		int value = modified_base64(shifted.p[i]);
		if (value < 0)
			return false;
		bits = (bits << 6 | (uint32_t)value) & 0x3FFFFF;
		nbits += 6;
		if (nbits < 16)
			continue;
		nbits -= 16;
		uint32_t unit = bits >> nbits & 0xFFFF;
		if ((unit & 0xFC00) == 0xDC00 ? high == 0 : high != 0)
			return false;
		if ((unit & 0xFC00) == 0xD800) {
			high = unit;
			continue;
		}
		utf8_encode(out, high ? 0x10000 + ((high & 0x3FF) << 10) + (unit & 0x3FF) : unit);
		high = 0;
	}
	return high == 0 && nbits < 6 && (bits & ((1U << nbits) - 1)) == 0;
}

bool imap_mailbox_decode(struct buffer *out, struct slice name)
{
	size_t before = out->n;
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] != '&') {
			buffer_add_octet(out, name.p[i]);
			continue;
		}
		struct slice rest = slice_part(name, i + 1, name.n);
		size_t end = slice_find_octet(rest, '-');
		if (end == 0)
			buffer_add_octet(out, '&');
		if (end == rest.n || (end > 0 && !decode_shifted(out, slice_part(rest, 0, end)))) {
			out->n = before;
			return false;
		}
		i += end + 1;
	}
	return true;
}
