/*
 * HTTP's grammar, as far as a reader of both sides needs it.
 */
#include "protocol/http_syntax.h"

#include <string.h>

#include "base/calendar.h"

/* A status code that is not three digits. */
#define NO_NUMBER 1000

#define DAY 86400

/* ---- words ---- */

static bool token_octet(char c)
{
	return octet_is_alnum(c) || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

bool http_token(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!token_octet(s.p[i]))
			return false;
	return s.n > 0;
}

unsigned http_version(struct slice word)
{
	if (word.n == 6 && slice_starts_nocase(word, SLICE("HTTP/")) && word.p[5] > '1' && octet_is_digit(word.p[5]))
		return (unsigned)(word.p[5] - '0') * 10;
	if (word.n != 8 || !slice_starts_nocase(word, SLICE("HTTP/")) || !octet_is_digit(word.p[5]) ||
	    word.p[6] != '.' || !octet_is_digit(word.p[7]))
		return 0;
	return (unsigned)(word.p[5] - '0') * 10 + (unsigned)(word.p[7] - '0');
}

bool http_version_meant(struct slice word)
{
	return slice_starts_nocase(word, SLICE("HTTP/"));
}

/* Where the last word of `s` begins; s.n where it has none. Nothing stands behind it. */
static size_t last_word(struct slice s)
{
	size_t at = s.n;
	while (at > 0 && s.p[at - 1] != ' ' && s.p[at - 1] != '\t')
		at--;
	return at;
}

/* ---- first lines ---- */

void http_request_parse(struct slice line, struct http_request *request)
{
	*request = (struct http_request){ 0 };
	struct slice rest = line;
	request->method = slice_word(&rest);
	struct slice behind = slice_trim(rest);
	size_t last = last_word(behind);
	struct slice word = slice_part(behind, last, behind.n);
	if (http_version_meant(word)) {
		request->version = word;
		behind = slice_trim(slice_part(behind, 0, last));
	}
	request->target = behind;
	size_t spaces = (request->target.n ? 1U : 0U) + (request->version.n ? 1U : 0U);
	request->single_spaces = line.n == request->method.n + spaces + request->target.n + request->version.n &&
	                         slice_find_octet(line, '\t') == line.n;
}

static unsigned three_digits(struct slice code)
{
	if (code.n != 3 || !octet_is_digit(code.p[0]) || !octet_is_digit(code.p[1]) || !octet_is_digit(code.p[2]))
		return NO_NUMBER;
	return (unsigned)(code.p[0] - '0') * 100 + (unsigned)(code.p[1] - '0') * 10 + (unsigned)(code.p[2] - '0');
}

bool http_status_parse(struct slice line, struct http_status *status)
{
	*status = (struct http_status){ 0 };
	if (!http_version_meant(line))
		return false;
	struct slice rest = line;
	status->version = slice_word(&rest);
	status->code = slice_word(&rest);
	status->spaced = line.n > status->version.n && status->code.p == status->version.p + status->version.n + 1 &&
	                 line.p[status->version.n] == ' ';
	status->number = three_digits(status->code);
	status->separated = rest.n > 0 && rest.p[0] == ' ';
	status->reason = slice_trim(rest);
	return true;
}

/* ---- targets ---- */

/* How long the scheme of a URL is, its `://` not counted; 0 where it has none. */
static size_t scheme_length(struct slice url)
{
	size_t at = 0;
	while (at < url.n && (octet_is_alnum(url.p[at]) || strchr("+-.", url.p[at])) && url.p[at] != '\0')
		at++;
	return at > 0 && octet_is_alpha(url.p[0]) && slice_starts(slice_part(url, at, url.n), SLICE("://")) ? at : 0;
}

static bool is_authority(struct slice target)
{
	size_t colon = target.n;
	while (colon > 0 && octet_is_digit(target.p[colon - 1]))
		colon--;
	return colon > 1 && colon < target.n && target.p[colon - 1] == ':' &&
	       slice_find_octet(target, '/') == target.n && slice_find_octet(target, '@') == target.n;
}

enum http_form http_target_form(struct slice target)
{
	if (slice_equal(target, SLICE("*")))
		return FORM_ASTERISK;
	if (slice_starts(target, SLICE("/")))
		return FORM_ORIGIN;
	if (scheme_length(target))
		return FORM_ABSOLUTE;
	return is_authority(target) ? FORM_AUTHORITY : FORM_OTHER;
}

/* All of it, the user too. */
static struct slice whole_authority(struct slice url)
{
	size_t scheme = scheme_length(url), end = 0;
	struct slice authority = scheme ? slice_part(url, scheme + 3, url.n) : slice_part(url, 0, 0);
	while (end < authority.n && (authority.p[end] == '\0' || strchr("/?# ", authority.p[end]) == NULL))
		end++;
	return slice_part(authority, 0, end);
}

/* Where the host begins in an authority: behind its last @. */
static size_t host_start(struct slice authority)
{
	size_t start = authority.n;
	while (start > 0 && authority.p[start - 1] != '@')
		start--;
	return start;
}

struct slice http_authority(struct slice url)
{
	struct slice authority = whole_authority(url);
	return slice_part(authority, host_start(authority), authority.n);
}

struct slice http_userinfo(struct slice url)
{
	struct slice authority = whole_authority(url);
	size_t start = host_start(authority);
	return slice_part(authority, 0, start ? start - 1 : 0);
}

bool http_url_octet(char c)
{
	return octet_is_alnum(c) || (c != '\0' && strchr("-._~:/?#[]@!$&'()*+,;=%", c) != NULL);
}

/* ---- fields ---- */

bool http_field_parse(struct slice line, struct http_field *field)
{
	*field = (struct http_field){ 0 };
	size_t colon = slice_find_octet(line, ':');
	if (colon == line.n)
		return false;
	struct slice before = slice_part(line, 0, colon);
	field->name = slice_trim(before);
	field->spaced = field->name.n < before.n;
	field->value = slice_trim(slice_part(line, colon + 1, line.n));
	return http_token(field->name);
}

/* The length of `s` up to an octet of `ends` that stands outside of quoted strings (RFC 9110 5.6.4). */
static size_t unquoted_length(struct slice s, const char *ends)
{
	bool quoted = false;
	size_t i = 0;
	for (; i < s.n; i++) {
		if (quoted && s.p[i] == '\\')
			i++;
		else if (s.p[i] == '"')
			quoted = !quoted;
		else if (!quoted && s.p[i] != '\0' && strchr(ends, s.p[i]))
			return i;
	}
	return s.n;
}

bool http_element(struct slice *list, struct slice *element)
{
	while (list->n) {
		size_t end = unquoted_length(*list, ",");
		*element = slice_trim(slice_part(*list, 0, end));
		*list = slice_part(*list, end + 1, list->n);
		if (element->n)
			return true;
	}
	return false;
}

struct slice http_element_word(struct slice element, struct slice *rest)
{
	size_t end = unquoted_length(element, ";");
	*rest = slice_part(element, end + 1, element.n);
	return slice_trim(slice_part(element, 0, end));
}

void http_unquote(struct buffer *out, struct slice value)
{
	bool quoted = value.n > 1 && value.p[0] == '"' && value.p[value.n - 1] == '"';
	struct slice inside = quoted ? slice_part(value, 1, value.n - 1) : value;
	for (size_t i = 0; i < inside.n; i++) {
		if (quoted && inside.p[i] == '\\' && i + 1 < inside.n)
			i++;
		buffer_add_octet(out, inside.p[i]);
	}
}

bool http_parameter(struct slice *rest, struct slice *name, struct slice *value)
{
	while (rest->n) {
		struct slice one = http_element_word(*rest, rest);
		size_t equals = slice_find_octet(one, '=');
		*name = slice_trim(slice_part(one, 0, equals));
		*value = slice_trim(slice_part(one, equals + 1, one.n));
		if (value->n > 1 && value->p[0] == '"' && value->p[value->n - 1] == '"')
			*value = slice_part(*value, 1, value->n - 1);
		if (name->n)
			return true;
	}
	return false;
}

bool http_list_has(struct slice list, struct slice word)
{
	struct slice element;
	while (http_element(&list, &element))
		if (slice_equal_nocase(element, word))
			return true;
	return false;
}

enum http_length http_length_parse(struct slice value, uint64_t *octets)
{
	struct slice element;
	size_t n = 0;
	bool differing = false;
	while (http_element(&value, &element)) {
		uint64_t number = 0;
		if (!slice_number(element, &number))
			return LENGTH_INVALID;
		differing |= n > 0 && number != *octets;
		*octets = number;
		n++;
	}
	if (n == 0)
		return LENGTH_INVALID;
	return differing ? LENGTH_DIFFERING : n > 1 ? LENGTH_REPEATED : LENGTH_GOOD;
}

/* What a hexadecimal digit stands for; 16 where it is none. */
static unsigned hex_digit(char c)
{
	if (octet_is_digit(c))
		return (unsigned)(c - '0');
	char upper = octet_upper(c);
	return upper >= 'A' && upper <= 'F' ? (unsigned)(upper - 'A') + 10 : 16;
}

bool http_chunk_parse(struct slice line, uint64_t *octets, struct slice *extensions)
{
	size_t digits = 0;
	*octets = 0;
	for (; digits < line.n && hex_digit(line.p[digits]) < 16; digits++) {
		if (*octets > UINT64_MAX >> 4)
			return false;
		*octets = *octets << 4 | hex_digit(line.p[digits]);
	}
	*extensions = slice_trim(slice_part(line, digits, line.n));
	return digits > 0 && (extensions->n == 0 || extensions->p[0] == ';');
}

/* How much of `s` is spaces and tabs at its front. */
static size_t white(struct slice s)
{
	size_t n = 0;
	while (n < s.n && (s.p[n] == ' ' || s.p[n] == '\t'))
		n++;
	return n;
}

static size_t token_length(struct slice s)
{
	size_t n = 0;
	while (n < s.n && token_octet(s.p[n]))
		n++;
	return n;
}

/* The length of a quoted string at the front, quotes included; 0 where none stands there (RFC 9110 5.6.4). */
static size_t quoted_length(struct slice s)
{
	if (!slice_starts(s, SLICE("\"")))
		return 0;
	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] == '"')
			return i + 1;
		if (s.p[i] == '\\')
			i++;
		if (i == s.n || ((unsigned char)s.p[i] < ' ' && s.p[i] != '\t') || s.p[i] == 0x7f)
			return 0;
	}
	return 0;
}

/* The length of one extension at the front, from its semicolon on; 0 where it is none. */
static size_t extension_length(struct slice s)
{
	size_t at = white(s);
	if (at == s.n || s.p[at] != ';')
		return 0;
	at++;
	at += white(slice_part(s, at, s.n));
	size_t name = token_length(slice_part(s, at, s.n));
	at += name;
	size_t equals = at + white(slice_part(s, at, s.n));
	if (name == 0 || equals == s.n || s.p[equals] != '=')
		return name ? at : 0;
	equals++;
	equals += white(slice_part(s, equals, s.n));
	struct slice rest = slice_part(s, equals, s.n);
	size_t value = slice_starts(rest, SLICE("\"")) ? quoted_length(rest) : token_length(rest);
	return value ? equals + value : 0;
}

bool http_chunk_exact(struct slice line)
{
	size_t digits = 0;
	while (digits < line.n && hex_digit(line.p[digits]) < 16)
		digits++;
	struct slice rest = slice_part(line, digits, line.n);
	while (rest.n) {
		size_t n = extension_length(rest);
		if (n == 0)
			return false;
		rest = slice_part(rest, n, rest.n);
	}
	return digits > 0;
}

/* ---- dates ---- */

/* Takes the number at the front of `*rest`, of at most `digits` digits. False where none stands there. */
static bool take_number(struct slice *rest, size_t digits, int64_t *number)
{
	size_t n = 0;
	*number = 0;
	while (n < digits && n < rest->n && octet_is_digit(rest->p[n]))
		*number = *number * 10 + (rest->p[n++] - '0');
	*rest = slice_part(*rest, n, rest->n);
	return n > 0;
}

static bool take_text(struct slice *rest, struct slice text)
{
	bool there = slice_starts(*rest, text);
	*rest = slice_part(*rest, there ? text.n : 0, rest->n);
	return there;
}

/* Takes one of the `n` names; `*index` gets which, from 0. */
static bool take_name(struct slice *rest, const char (*names)[4], unsigned n, unsigned *index)
{
	for (*index = 0; *index < n; ++*index)
		if (take_text(rest, slice_of(names[*index])))
			return true;
	return false;
}

/* Takes a month; `*month` gets it, from 1. */
static bool take_month(struct slice *rest, unsigned *month)
{
	bool taken = take_name(rest, calendar_months, CALENDAR_MONTHS, month);
	++*month;
	return taken;
}

static bool take_time(struct slice *rest, int64_t *seconds)
{
	int64_t hour = 0, minute = 0, second = 0;
	if (!take_number(rest, 2, &hour) || !take_text(rest, SLICE(":")) || !take_number(rest, 2, &minute) ||
	    !take_text(rest, SLICE(":")) || !take_number(rest, 2, &second))
		return false;
	*seconds = hour * 3600 + minute * 60 + second;
	return hour < 24 && minute < 60 && second <= 60;
}

/* `06 Nov 1994 ` or, with hyphens and a short year, `06-Nov-94 `. */
static bool take_day(struct slice *rest, struct slice between, size_t year_digits, int64_t *days)
{
	int64_t day = 0, year = 0;
	unsigned month = 0;
	if (!take_number(rest, 2, &day) || !take_text(rest, between) || !take_month(rest, &month) ||
	    !take_text(rest, between) || !take_number(rest, year_digits, &year) || !take_text(rest, SLICE(" ")))
		return false;
	if (year_digits == 2)
		year += year < 70 ? 2000 : 1900;
	*days = calendar_days(year, month, (unsigned)day);
	return calendar_has(year, month, day);
}

/* `Nov  6 08:49:37 1994`. */
static bool take_asctime(struct slice *rest, int64_t *seconds)
{
	int64_t day = 0, time = 0, year = 0;
	unsigned month = 0;
	if (!take_month(rest, &month) || !take_text(rest, SLICE(" ")))
		return false;
	(void)take_text(rest, SLICE(" "));
	if (!take_number(rest, 2, &day) || !take_text(rest, SLICE(" ")) || !take_time(rest, &time) ||
	    !take_text(rest, SLICE(" ")) || !take_number(rest, 4, &year) || rest->n)
		return false;
	*seconds = calendar_days(year, month, (unsigned)day) * DAY + time;
	return calendar_has(year, month, day);
}

enum http_date_form http_date_parse(struct slice value, int64_t *seconds)
{
	struct slice rest = value;
	int64_t days = 0, time = 0;
	unsigned weekday = 0;
	if (!take_name(&rest, calendar_weekdays, CALENDAR_WEEKDAYS, &weekday))
		return DATE_NONE;
	if (take_text(&rest, SLICE(" ")))
		return take_asctime(&rest, seconds) ? DATE_ASCTIME : DATE_NONE;
	bool fixed = take_text(&rest, SLICE(", "));
	if (!fixed) {
		while (rest.n && octet_is_alpha(rest.p[0]))
			rest = slice_part(rest, 1, rest.n);
		if (!take_text(&rest, SLICE(", ")))
			return DATE_NONE;
	}
	if (!take_day(&rest, fixed ? SLICE(" ") : SLICE("-"), fixed ? 4 : 2, &days) || !take_time(&rest, &time) ||
	    !slice_equal(rest, SLICE(" GMT")))
		return DATE_NONE;
	*seconds = days * DAY + time;
	return fixed ? DATE_FIXED : DATE_RFC850;
}

void http_date_write(struct buffer *out, int64_t seconds)
{
	const int64_t last = 253402300799; /* 31 Dec 9999 23:59:59 */
	struct calendar shown = calendar_at(seconds < 0 ? 0 : seconds > last ? last : seconds);
	buffer_printf(out, "%s, %02u %s %04d %02u:%02u:%02u GMT", calendar_weekdays[shown.weekday], shown.day,
	              calendar_months[shown.month - 1], (int)shown.year, shown.hour, shown.minute, shown.second);
}

void http_duration(struct buffer *out, uint64_t seconds)
{
	static const struct {
		const char *name;
		uint64_t seconds;
	} units[] = {
		{ "year", (uint64_t)365 * DAY }, { "day", DAY }, { "hour", 3600 }, { "minute", 60 }, { "second", 1 }
	};
	size_t said = 0, i = 0;
	while (i + 1 < sizeof units / sizeof units[0] && seconds < units[i].seconds)
		i++;
	for (; said < 2 && i < sizeof units / sizeof units[0]; i++, said++) {
		uint64_t n = seconds / units[i].seconds;
		seconds %= units[i].seconds;
		if (n == 0 && said > 0)
			return;
		buffer_printf(out, "%s%llu %s%s", said ? " " : "", (unsigned long long)n, units[i].name,
		              n == 1 ? "" : "s");
	}
}
