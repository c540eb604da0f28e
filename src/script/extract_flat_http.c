/*
 * HTTP that a page has flattened: a first line has its form, a field begins with its name and a colon. Where the last field ends is
 * told by what its value looks like; a body is one where it has as many octets as the header says, or looks like nothing but one.
 */
#include "script/extract_flat.h"

#include "protocol/http_syntax.h"
#include "script/extract_inside.h"
#include "script/notation.h"

/* So many words the reason of a status line has at most. */
#define REASON_WORDS 5
/* So many words a date has. */
#define DATE_WORDS 8

/* ---- first lines ---- */

static bool is_version(struct slice word)
{
	unsigned version = slice_starts(word, SLICE("HTTP/")) ? http_version(word) : 0;
	return version > 0;
}

static bool is_request(const struct flat *flat, size_t k)
{
	const struct table *methods = protocol_table(flat->protocol, TABLE_COMMANDS);
	struct slice method = flat_word(flat, k), target = flat_word(flat, k + 1);
	if (!is_version(flat_word(flat, k + 2)) || methods == NULL || table_find(methods, method) == NULL)
		return false;
	for (size_t i = 0; i < method.n; i++)
		if (method.p[i] < 'A' || method.p[i] > 'Z')
			return false;
	return http_target_form(target) != FORM_OTHER &&
	       (http_target_form(target) != FORM_AUTHORITY || slice_equal(method, SLICE("CONNECT")));
}

static bool is_status(const struct flat *flat, size_t k)
{
	struct slice code = flat_word(flat, k + 1);
	return is_version(flat_word(flat, k)) && is_three_digits(code) && code.p[0] >= '1' && code.p[0] <= '5';
}

static bool begins(const struct flat *flat, size_t k)
{
	return is_request(flat, k) || is_status(flat, k);
}

/* ---- fields ---- */

/* `Content-Type:`, a name that is known, or that looks like no word of prose; of `Host:a.example`, one that is known. */
static bool is_name(const struct flat *flat, size_t k)
{
	const struct table *fields = protocol_table(flat->protocol, TABLE_FIELDS);
	struct slice word = flat_word(flat, k), name = slice_part(word, 0, slice_find_octet(word, ':'));
	if (name.n == 0 || name.n == word.n || !http_token(name))
		return false;
	bool compound = slice_find_octet(name, '-') < name.n && octet_is_alpha(name.p[0]) && name.n + 1 == word.n;
	return (fields && table_find(fields, name)) || compound;
}

/* The first word of the value of the field whose name stands at `k`. */
static size_t value_begin(const struct flat *flat, size_t k)
{
	struct slice word = flat_word(flat, k);
	return word.p[word.n - 1] == ':' ? k + 1 : k;
}

static bool is_field(const struct flat *flat, size_t k, const char *const *names)
{
	struct slice word = flat_word(flat, k), name = slice_part(word, 0, slice_find_octet(word, ':'));
	for (; *names; names++)
		if (slice_equal_nocase(name, slice_of(*names)))
			return true;
	return false;
}

/* Whether a string, or something in angle brackets, is open behind the word. */
static char opens(struct slice word, char open)
{
	for (size_t i = 0; i < word.n; i++) {
		if (open && word.p[i] == open)
			open = 0;
		else if (!open && (word.p[i] == '"' || word.p[i] == '<'))
			open = word.p[i] == '<' ? '>' : '"';
	}
	return open;
}

/* Where a list of words ends that commas and semicolons join: what most fields have. */
static size_t list_end(const struct flat *flat, size_t k, size_t end)
{
	char open = 0;
	while (k < end) {
		struct slice word = flat_word(flat, k++), next = flat_word(flat, k);
		char last = word.p[word.n - 1];
		open = opens(word, open);
		bool joined = next.n && (next.p[0] == ',' || next.p[0] == ';');
		if (!open && !joined && last != ',' && last != ';')
			break;
	}
	return k;
}

/* `Apache/2.2.14 (Win32)`: products, and comments in parentheses (RFC 9110 10.1.5). */
static size_t products_end(const struct flat *flat, size_t k, size_t end)
{
	size_t depth = 0, first = k;
	for (; k < end; k++) {
		struct slice word = flat_word(flat, k);
		bool product = k == first || slice_find_octet(word, '/') < word.n || word.p[0] == '(' || depth;
		if (!product || (depth == 0 && word.p[0] == '<'))
			break;
		for (size_t i = 0; i < word.n; i++) {
			depth += word.p[i] == '(';
			depth -= depth && word.p[i] == ')';
		}
	}
	return k;
}

/* The word behind `GMT`; 0 where no date stands there. */
static size_t date_end(const struct flat *flat, size_t k, size_t end)
{
	for (size_t most = k + DATE_WORDS; k < end && k < most; k++)
		if (slice_starts(flat_word(flat, k), SLICE("GMT")) || slice_starts(flat_word(flat, k), SLICE("UTC")))
			return k + 1;
	return 0;
}

/* `Basic dGVz`, `Bearer realm="x", …` (RFC 9110 11.4). */
static size_t credentials_end(const struct flat *flat, size_t k, size_t end)
{
	return k + 1 < end ? list_end(flat, k + 1, end) : end;
}

/* Where the value of the field ends whose name stands at `k`; no later than `end`. */
static size_t value_end(const struct flat *flat, size_t k, size_t end)
{
	static const char *const products[] = { "Server", "User-Agent", "Via", "X-Powered-By", NULL };
	static const char *const credentials[] = { "Authorization", "Proxy-Authorization", "WWW-Authenticate",
		                                   "Proxy-Authenticate", NULL };
	static const char *const dates[] = {
		"Date", "Expires", "Last-Modified", "If-Modified-Since", "If-Unmodified-Since", NULL
	};
	static const char *const cookies[] = { "Set-Cookie", NULL };
	static const char *const ranges[] = { "Content-Range", NULL };
	size_t value = value_begin(flat, k);
	if (is_field(flat, k, products))
		return products_end(flat, value, end);
	if (is_field(flat, k, credentials))
		return credentials_end(flat, value, end);
	if (is_field(flat, k, ranges)) /* `bytes 0-99/200` (RFC 9110 14.4) */
		return value + 2 < end ? value + 2 : end;
	size_t list = list_end(flat, value, end);
	size_t date = is_field(flat, k, dates) ? date_end(flat, value, end) : 0;
	/* `Expires=Wed, 21 Oct 2015 07:28:00 GMT; Path=/` */
	while (is_field(flat, k, cookies) && list < end && octet_is_digit(flat_word(flat, list).p[0])) {
		size_t behind = date_end(flat, list, end);
		if (behind == 0)
			break;
		list = list_end(flat, behind - 1, end);
	}
	return date ? date : list;
}

/* Where the next name or first line stands, or nothing more. */
static size_t next_name(const struct flat *flat, size_t k)
{
	while (k < flat->nwords && !is_name(flat, k) && !begins(flat, k))
		k++;
	return k;
}

/* Cuts the fields from the word on; returns the word behind the last. */
static size_t cut_fields(struct flat *flat, enum side side, size_t k, size_t *fields)
{
	for (*fields = 0; is_name(flat, k); ++*fields) {
		size_t next = next_name(flat, k + 1), end = value_end(flat, k, next);
		flat_add(flat, side, k, end);
		k = end;
	}
	return k;
}

/* ---- the body ---- */

/* What stands in the message's header as Content-Length; false where that is not there. */
static bool content_length(const struct flat *flat, size_t first, uint64_t *length)
{
	static const struct slice name = { "Content-Length:", 15 };
	for (size_t i = first; i < flat->n; i++)
		if (slice_starts_nocase(flat->cuts[i].text, name))
			return slice_number(slice_trim(slice_part(flat->cuts[i].text, name.n, flat->cuts[i].text.n)),
			                    length);
	return false;
}

/* The length of the JSON text at the front, all its brackets closed; 0 where they are not. */
static size_t json_end(struct slice text)
{
	size_t depth = 0;
	bool quoted = false;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '{' || c == '['))
			depth++;
		else if (!quoted && (c == '}' || c == ']') && --depth == 0)
			return i + 1;
	}
	return 0;
}

/* How many octets of the text are the body; 0 where that is not certain. */
static size_t body_length(const struct flat *flat, size_t first, struct slice text)
{
	static const struct slice html = { "</html>", 7 };
	uint64_t length;
	if (text.n == 0)
		return 0;
	if (content_length(flat, first, &length) && length > 0 && length <= text.n &&
	    (length == text.n || text.p[length] == ' '))
		return (size_t)length;
	if (text.p[0] == '{' || text.p[0] == '[')
		return json_end(text);
	if (text.p[0] != '<' || text.n < 2 || !(octet_is_alpha(text.p[1]) || text.p[1] == '!' || text.p[1] == '?'))
		return 0;
	size_t end = slice_find_nocase(text, html);
	return end < text.n ? end + html.n : text.p[text.n - 1] == '>' ? text.n : 0;
}

/* `[form data]`, `(the page)`: words in brackets, and nothing of which data is made. */
static bool is_described(struct slice text)
{
	struct slice inside = bracketed(text);
	for (size_t i = 0; i < inside.n; i++)
		if (!octet_is_alnum(inside.p[i]) && inside.p[i] != ' ' && inside.p[i] != '.')
			return false;
	return inside.n > 0 && text.p[0] != '<';
}

/* The word that begins behind so many octets of what begins with the word `k`. */
static size_t word_behind(const struct flat *flat, size_t k, size_t octets)
{
	const char *end = flat_word(flat, k).p + octets;
	while (k < flat->nwords && flat_word(flat, k).p < end)
		k++;
	return k;
}

/* The empty line, and the body where one is; returns the word behind it. */
static size_t cut_body(struct flat *flat, enum side side, size_t first, size_t k)
{
	size_t next = k;
	while (next < flat->nwords && !begins(flat, next))
		next++;
	struct slice text = flat_text(flat, k, next);
	bool bodiless = side == SIDE_CLIENT && slice_starts(flat->cuts[first].text, SLICE("GET "));
	bool left_out = !bodiless && text.n && (notation_left_out(text, NULL) || is_described(text));
	size_t length = bodiless || left_out ? 0 : body_length(flat, first, text);
	struct cut *end = flat_add(flat, side, 0, 0);
	end->kind = CUT_HEADER_END;
	end->count = length;
	if (length == 0 && !left_out)
		return k;
	struct cut *body = flat_add(flat, side, 0, 0);
	body->kind = left_out ? CUT_LEFT_OUT : CUT_BODY;
	body->text = left_out ? text : slice_part(text, 0, length);
	return left_out ? next : word_behind(flat, k, length);
}

/* ---- messages ---- */

/* Cuts the message that begins at the word off; returns the word behind it, 0 where it is none. */
static size_t cut_message(struct flat *flat, size_t k, size_t *fields)
{
	enum side side = is_status(flat, k) ? SIDE_SERVER : SIDE_CLIENT;
	size_t start = k + (side == SIDE_CLIENT ? 3 : 2), first = flat->n;
	while (side == SIDE_SERVER && start < flat->nwords && start < k + 2 + REASON_WORDS && !is_name(flat, start))
		start++;
	if (!is_name(flat, start))
		return 0;
	flat_add(flat, side, k, start);
	return cut_body(flat, side, first, cut_fields(flat, side, start, fields));
}

/* Whether a message may begin at the word: at the line's front, or behind what announces it. */
static bool is_announced(const struct flat *flat, size_t k)
{
	struct slice before = k ? flat_word(flat, k - 1) : SLICE(":");
	return before.p[before.n - 1] == ':' || flat_tool(flat_text(flat, 0, k));
}

bool flat_http(struct flat *flat)
{
	size_t start = 0, fields = 0, all = 0, k;
	while (start < flat->nwords && !begins(flat, start))
		start++;
	for (k = start; k < flat->nwords && begins(flat, k);) {
		/* a request behind another, or a second response, belongs to another conversation */
		enum side side = is_status(flat, k) ? SIDE_SERVER : SIDE_CLIENT;
		bool again = flat->n && flat->cuts[flat->n - 1].side == side;
		size_t end = again ? 0 : cut_message(flat, k, &fields);
		if (end == 0)
			break;
		flat->exchanges++;
		all += fields;
		k = end;
	}
	flat_around(flat, start, k);
	return flat->exchanges && (all > 1 || (is_announced(flat, start) && flat->behind.n == 0));
}
