/*
 * What the value of a field says, beside what the table says of the field.
 */
#include "protocol/common.h"
#include "protocol/http_machine.h"
#include "protocol/http_syntax.h"

/* So many words of a list are explained, so many preferences put in order, and of a peer's word so many octets shown. */
#define WORDS_EXPLAINED 3
#define PREFERENCES_SHOWN 6
#define WORD_SHOWN 60

/* So many octets of a line of Upgrade are kept, and of its later lines none past that. */
#define UPGRADE_KEPT 256

/* A media type that is longer is not remembered for the body's note. */
#define MEDIA_KEPT 80

static struct slice shown(struct slice word)
{
	return slice_part(word, 0, WORD_SHOWN);
}

static const struct entry *token(const struct dialogue *d, struct slice word)
{
	const struct table *table = protocol_table(machine_protocol(d), TABLE_TOKENS);
	return table && word.n ? table_find(table, word) : NULL;
}

static void note_row(struct dialogue *d, const struct entry *row, struct dialogue_event *event)
{
	event_note(d, event, "%s: %s", row->word, row->note);
	event_ref(d, event, row->ref);
}

/* A sentence with a span of time in it. */
static void note_span(struct dialogue *d, const char *before, uint64_t seconds, const char *behind,
                      struct dialogue_event *event)
{
	struct buffer words = { 0 };
	http_duration(&words, seconds);
	event_note(d, event, "%s " SLICE_FMT "%s", before, SLICE_ARG(buffer_slice(&words)), behind);
	buffer_free(&words);
}

/* ---- lists of words ---- */

static void note_words(struct dialogue *d, struct http_message *m, struct slice value, struct dialogue_event *event)
{
	struct slice element, rest;
	const struct entry *last = NULL;
	(void)m;
	for (size_t n = 0; n < WORDS_EXPLAINED && http_element(&value, &element); n++) {
		const struct entry *row = token(d, http_element_word(element, &rest));
		if (row && row != last)
			note_row(d, row, event);
		last = row;
	}
}

static void note_connection(struct dialogue *d, struct http_message *m, struct slice value,
                            struct dialogue_event *event)
{
	struct slice element;
	(void)m;
	for (size_t n = 0; n < WORDS_EXPLAINED && http_element(&value, &element); n++) {
		const struct entry *row = token(d, element);
		if (row)
			note_row(d, row, event);
		else
			event_note(d, event,
			           SLICE_FMT ": the field of that name is for this connection only, and not "
			                     "passed on.",
			           SLICE_ARG(shown(element)));
		event_ref(d, event, "RFC 9110 7.6.1");
	}
}

static void note_upgrade(struct dialogue *d, struct http_message *m, struct slice value, struct dialogue_event *event)
{
	if (m->upgrade.n < UPGRADE_KEPT) {
		buffer_add_slice(&m->upgrade, slice_part(value, 0, UPGRADE_KEPT));
		buffer_add_octet(&m->upgrade, ',');
	}
	note_words(d, m, value, event);
}

static void note_cache(struct dialogue *d, struct http_message *m, struct slice value, struct dialogue_event *event)
{
	struct slice element;
	(void)m;
	for (size_t n = 0; n < WORDS_EXPLAINED && http_element(&value, &element); n++) {
		struct slice name, argument, rest = element;
		if (!http_parameter(&rest, &name, &argument))
			continue;
		const struct entry *row = token(d, name);
		uint64_t seconds = 0;
		if (row)
			note_row(d, row, event);
		else
			event_note(d, event, SLICE_FMT ": no registry knows this directive; a cache passes over it.",
			           SLICE_ARG(shown(name)));
		if (slice_number(argument, &seconds) && seconds >= 60)
			note_span(d, "That is", seconds, ".", event);
	}
}

/* ---- preferences: Accept and its like (RFC 9110 12.4.2) ---- */

struct preference {
	struct slice word;
	unsigned thousandths;
};

/* A weight, `0.8`, in thousandths; 1000 where it is none. */
static unsigned weight(struct slice value)
{
	unsigned n = 0, unit = 100;
	if (value.n == 0 || (value.p[0] != '0' && value.p[0] != '1'))
		return 1000;
	n = value.p[0] == '1' ? 1000 : 0;
	for (size_t i = 2; i < value.n && unit > 0 && octet_is_digit(value.p[i]); i++, unit /= 10)
		n += (unsigned)(value.p[i] - '0') * unit;
	return n < 1000 ? n : 1000;
}

static struct preference preference_of(struct slice element)
{
	struct slice rest, name, value;
	struct preference one = { .word = http_element_word(element, &rest), .thousandths = 1000 };
	while (http_parameter(&rest, &name, &value))
		if (slice_equal_nocase(name, SLICE("q")))
			one.thousandths = weight(value);
	return one;
}

/* Puts one where it belongs: larger weights first, equal ones as they came. Past the room the least is left out. */
static size_t insert(struct preference *list, size_t n, struct preference one)
{
	size_t at = n;
	while (at > 0 && list[at - 1].thousandths < one.thousandths)
		at--;
	if (at == PREFERENCES_SHOWN)
		return n;
	if (n == PREFERENCES_SHOWN)
		n--;
	for (size_t i = n; i > at; i--)
		list[i] = list[i - 1];
	list[at] = one;
	return n + 1;
}

static void note_preferences(struct dialogue *d, struct http_message *m, struct slice value,
                             struct dialogue_event *event)
{
	struct preference list[PREFERENCES_SHOWN];
	struct buffer words = { 0 };
	struct slice element;
	size_t n = 0, all = 0;
	(void)m;
	bool weighted = false;
	for (; http_element(&value, &element); all++) {
		struct preference one = preference_of(element);
		weighted |= one.thousandths < 1000;
		n = insert(list, n, one);
	}
	for (size_t i = 0; i < n && weighted; i++) {
		buffer_printf(&words, "%s" SLICE_FMT, i ? ", " : "", SLICE_ARG(shown(list[i].word)));
		if (list[i].thousandths == 0)
			buffer_add_string(&words, " (not at all)");
		else if (list[i].thousandths < 1000)
			buffer_printf(&words, " (%g)", list[i].thousandths / 1000.0);
	}
	if (words.n) {
		event_note(d, event, "Most wanted first: " SLICE_FMT "%s. q is the weight, from 0 to 1; without it 1.",
		           SLICE_ARG(buffer_slice(&words)), all > n ? " and more" : "");
		event_ref(d, event, "RFC 9110 12.4.2");
	}
	buffer_free(&words);
}

/* ---- lengths, ranges, media ---- */

static void note_length(struct dialogue *d, struct http_message *m, struct slice value, struct dialogue_event *event)
{
	struct buffer words = { 0 };
	uint64_t octets = 0;
	if (http_length_parse(value, &octets) != LENGTH_GOOD)
		return;
	size_t start = (size_t)(value.p - event->text.p);
	event_span_add(event, SPAN_COUNT, start, start + value.n);
	octets_in_words(&words, octets);
	event_note(d, event, "Here: " SLICE_FMT ".", SLICE_ARG(buffer_slice(&words)));
	if (m->response && (m->flags & FLAG_HEAD || m->code == 304))
		event_note(d, event, "No body comes now: it is the length that a GET would get.");
	buffer_free(&words);
}

/* Splits `a-b`; each number is UINT64_MAX where it is missing. False where that is no range. */
static bool range_parse(struct slice s, uint64_t *first, uint64_t *last)
{
	size_t hyphen = slice_find_octet(s, '-');
	struct slice a = slice_part(s, 0, hyphen), b = slice_part(s, hyphen + 1, s.n);
	*first = *last = UINT64_MAX;
	return hyphen < s.n && (a.n || b.n) && (a.n == 0 || slice_number(a, first)) &&
	       (b.n == 0 || slice_number(b, last));
}

/* `bytes=0-499` (RFC 9110 14.1.2). */
static void note_range(struct dialogue *d, struct http_message *m, struct slice value, struct dialogue_event *event)
{
	struct slice element;
	struct buffer words = { 0 };
	uint64_t first = 0, last = 0;
	(void)m;
	if (!slice_starts_nocase(value, SLICE("bytes=")))
		return;
	value = slice_part(value, 6, value.n);
	for (size_t n = 0; n < WORDS_EXPLAINED && http_element(&value, &element); n++) {
		buffer_clear(&words);
		bool good = range_parse(element, &first, &last) && (first == UINT64_MAX || first <= last);
		if (good && last != UINT64_MAX)
			octets_in_words(&words, first == UINT64_MAX ? last : last - first + 1);
		if (!good)
			event_problem(d, event, "not a range of octets: FIRST-LAST, FIRST- or -LENGTH is wanted");
		else if (first == UINT64_MAX)
			event_note(d, event, "The last " SLICE_FMT ".", SLICE_ARG(buffer_slice(&words)));
		else if (last == UINT64_MAX)
			event_note(d, event, "From octet %llu, counted from 0, to the end.", (unsigned long long)first);
		else
			event_note(d, event, "Octets %llu to %llu, counted from 0: " SLICE_FMT ".",
			           (unsigned long long)first, (unsigned long long)last,
			           SLICE_ARG(buffer_slice(&words)));
		event_ref(d, event, "RFC 9110 14.1.2");
	}
	buffer_free(&words);
}

/* `bytes 0-499/1234` (RFC 9110 14.4). */
static void note_content_range(struct dialogue *d, struct http_message *m, struct slice value,
                               struct dialogue_event *event)
{
	uint64_t first = 0, last = 0;
	(void)m;
	if (!slice_starts_nocase(value, SLICE("bytes ")))
		return;
	struct slice rest = slice_part(value, 6, value.n);
	size_t slash = slice_find_octet(rest, '/');
	struct slice length = shown(slice_part(rest, slash + 1, rest.n));
	bool unknown = slice_equal(length, SLICE("*"));
	if (slice_starts(rest, SLICE("*/")) && length.n)
		event_note(d, event, "No part is sent: the whole has " SLICE_FMT " octets.", SLICE_ARG(length));
	if (!range_parse(slice_part(rest, 0, slash), &first, &last) || first > last || last == UINT64_MAX ||
	    length.n == 0)
		return;
	event_note(d, event, "Octets %llu to %llu, counted from 0, of " SLICE_FMT ".", (unsigned long long)first,
	           (unsigned long long)last, SLICE_ARG(unknown ? SLICE("a length that is not known yet") : length));
}

static void note_media(struct dialogue *d, struct http_message *m, struct slice value, struct dialogue_event *event)
{
	struct slice rest, name, argument;
	struct slice type = http_element_word(value, &rest);
	buffer_clear(&m->media);
	if (type.n <= MEDIA_KEPT)
		buffer_add_slice(&m->media, type);
	if (slice_find_octet(type, '/') == type.n) {
		event_problem(d, event, "not a media type: TYPE/SUBTYPE is wanted, as in text/html");
		event_ref(d, event, "RFC 9110 8.3.1");
	}
	while (http_parameter(&rest, &name, &argument)) {
		if (slice_equal_nocase(name, SLICE("charset")))
			event_note(d, event, "Its characters are in " SLICE_FMT ".", SLICE_ARG(shown(argument)));
		else if (slice_equal_nocase(name, SLICE("boundary")))
			event_note(d, event, "Lines of -- and the boundary part the body.");
		else
			continue;
		event_ref(d, event, "RFC 9110 8.3.1");
		return;
	}
}

/* ---- times ---- */

/* Reads a date and says what is wrong with it. False where it is none. */
static bool read_date(struct dialogue *d, struct slice value, struct http_time *time, struct dialogue_event *event)
{
	enum http_date_form form = http_date_parse(value, &time->seconds);
	time->said = form != DATE_NONE;
	if (form == DATE_FIXED)
		return true;
	event_problem(d, event,
	              form == DATE_NONE ? "not a date: one like Sun, 06 Nov 1994 08:49:37 GMT is wanted"
	                                : "an obsolete form of date: one like Sun, 06 Nov 1994 08:49:37 GMT is wanted");
	event_ref(d, event, "RFC 9110 5.6.7");
	return time->said;
}

static void note_modified_age(struct dialogue *d, const struct http_message *m, struct dialogue_event *event)
{
	if (m->date.said && m->modified.said && m->date.seconds >= m->modified.seconds)
		note_span(d, "The last change was", (uint64_t)(m->date.seconds - m->modified.seconds), " before Date.",
		          event);
}

static void note_freshness(struct dialogue *d, const struct http_message *m, struct dialogue_event *event)
{
	if (!m->date.said || !m->expires.said)
		return;
	if (m->expires.seconds > m->date.seconds)
		note_span(d, "By Expires a cache may use it for", (uint64_t)(m->expires.seconds - m->date.seconds),
		          ", counted from Date.", event);
	else
		event_note(d, event, "By Expires it was stale when it was sent: a cache asks again before it uses it.");
	event_ref(d, event, "RFC 9111 4.2.1");
}

static void note_date(struct dialogue *d, struct http_message *m, struct slice value, struct dialogue_event *event)
{
	if (!read_date(d, value, &m->date, event))
		return;
	note_modified_age(d, m, event);
	note_freshness(d, m, event);
}

static void note_modified(struct dialogue *d, struct http_message *m, struct slice value, struct dialogue_event *event)
{
	if (read_date(d, value, &m->modified, event))
		note_modified_age(d, m, event);
}

static void note_expires(struct dialogue *d, struct http_message *m, struct slice value, struct dialogue_event *event)
{
	if (http_date_parse(value, &m->expires.seconds) == DATE_NONE) {
		event_note(d, event, "What is not a date, such as 0, means that it is stale already.");
		event_ref(d, event, "RFC 9111 5.3");
	} else if (read_date(d, value, &m->expires, event)) {
		note_freshness(d, m, event);
	}
}

static void note_condition(struct dialogue *d, struct http_message *m, struct slice value, struct dialogue_event *event)
{
	struct http_time time = { 0 };
	(void)m;
	(void)read_date(d, value, &time, event);
}

/* A number of seconds: Age; Retry-After, where a date may stand as well. */
static void note_seconds(struct dialogue *d, struct http_message *m, struct slice value, struct dialogue_event *event)
{
	uint64_t seconds = 0;
	bool retry = slice_equal(event->keyword, SLICE("retry-after"));
	if (slice_number(value, &seconds))
		note_span(d, "Here:", seconds, ".", event);
	else if (retry)
		note_condition(d, m, value, event);
	else
		event_problem(d, event, "not a number of seconds");
}

static void note_transport_security(struct dialogue *d, struct http_message *m, struct slice value,
                                    struct dialogue_event *event)
{
	struct slice name, argument;
	uint64_t seconds = 0;
	(void)m;
	while (http_parameter(&value, &name, &argument))
		if (slice_equal_nocase(name, SLICE("max-age")) && slice_number(argument, &seconds))
			note_span(d, "Here: for", seconds, ".", event);
}

/* ---- the rest ---- */

static void note_host(struct dialogue *d, struct http_message *m, struct slice value, struct dialogue_event *event)
{
	const char *why = NULL;
	if (m->hosts > 1)
		why = "a second Host: a request has one, and the server answers 400";
	else if (slice_find(value, SLICE("://")) < value.n || slice_find_octet(value, '/') < value.n)
		why = "Host must hold a name and perhaps a port, neither scheme nor path";
	else if (slice_find_octet(value, ' ') < value.n || slice_find_octet(value, '@') < value.n ||
	         slice_find_octet(value, ',') < value.n)
		why = "Host must hold one name, and perhaps a port after a colon";
	else if (m->target.n && !slice_equal_nocase(value, buffer_slice(&m->target)))
		why = "Host is not what the URL in the request line names; it must be, and the URL is what counts";
	if (why == NULL)
		return;
	event_problem(d, event, "%s", why);
	event_ref(d, event, "RFC 9112 3.2");
}

static void note_expect(struct dialogue *d, struct http_message *m, struct slice value, struct dialogue_event *event)
{
	m->expect = slice_equal_nocase(value, SLICE("100-continue"));
	if (!m->expect)
		event_problem(d, event, "100-continue is the only expectation there is: the server may answer 417");
	event_ref(d, event, "RFC 9110 10.1.1");
}

static void note_location(struct dialogue *d, struct http_message *m, struct slice value, struct dialogue_event *event)
{
	(void)m;
	if (http_target_form(value) == FORM_ABSOLUTE)
		event_note(d, event, "This is a whole URL.");
	else
		event_note(d, event, "This is relative: it is completed from the URL that was asked for.");
	event_ref(d, event, "RFC 9110 10.2.2");
}

/* `Basic realm="WallyWorld"` (RFC 9110 11.6.1). */
static void note_challenge(struct dialogue *d, struct http_message *m, struct slice value, struct dialogue_event *event)
{
	struct slice rest = value, name, argument, element;
	const struct entry *row = token(d, slice_word(&rest));
	(void)m;
	if (row)
		note_row(d, row, event);
	while (http_element(&rest, &element)) {
		if (!http_parameter(&element, &name, &argument) || !slice_equal_nocase(name, SLICE("realm")))
			continue;
		event_note(d, event, "The realm, " SLICE_FMT ", tells which password is meant.",
		           SLICE_ARG(shown(argument)));
		event_ref(d, event, "RFC 9110 11.5");
		return;
	}
}

static void note_etag(struct dialogue *d, struct http_message *m, struct slice value, struct dialogue_event *event)
{
	(void)m;
	bool weak = slice_starts(value, SLICE("W/"));
	struct slice tag = slice_part(value, weak ? 2 : 0, value.n);
	if (tag.n < 2 || tag.p[0] != '"' || tag.p[tag.n - 1] != '"')
		event_problem(d, event, "an entity tag must stand in double quotes");
	else if (weak)
		event_note(d, event,
		           "W/ says weak: two versions with the same tag mean the same, but may differ in octets.");
	event_ref(d, event, "RFC 9110 8.8.3");
}

/* An attribute of Set-Cookie (RFC 10025 4.1.2). */
static void note_cookie_attribute(struct dialogue *d, struct slice name, struct slice argument,
                                  struct dialogue_event *event)
{
	uint64_t seconds = 0;
	if (slice_equal_nocase(name, SLICE("Max-Age")) && slice_number(argument, &seconds)) {
		note_span(d, "Max-Age: kept for", seconds, ".", event);
		event_ref(d, event, "RFC 10025 4.1.2.2");
		return;
	}
	const struct entry *row = token(d, name);
	if (row && slice_starts(slice_of(row->syntax), SLICE("Set-Cookie:")))
		note_row(d, row, event);
}

static void note_set_cookie(struct dialogue *d, struct http_message *m, struct slice value,
                            struct dialogue_event *event)
{
	struct slice rest, name, argument;
	bool lasting = false;
	(void)m;
	(void)http_element_word(value, &rest);
	for (size_t n = 0; n < 8 && http_parameter(&rest, &name, &argument); n++) {
		note_cookie_attribute(d, name, argument, event);
		lasting |= slice_equal_nocase(name, SLICE("Expires")) || slice_equal_nocase(name, SLICE("Max-Age"));
	}
	if (lasting)
		return;
	event_note(d, event, "Without Expires or Max-Age it is forgotten when the browser ends.");
	event_ref(d, event, "RFC 10025 4.1.2");
}

/* By name, in lower case. */
static const struct {
	const char *name;
	void (*notes)(struct dialogue *d, struct http_message *m, struct slice value, struct dialogue_event *event);
} readers[] = {
	{ "accept", note_preferences },
	{ "accept-charset", note_preferences },
	{ "accept-encoding", note_preferences },
	{ "accept-language", note_preferences },
	{ "age", note_seconds },
	{ "cache-control", note_cache },
	{ "connection", note_connection },
	{ "content-encoding", note_words },
	{ "content-length", note_length },
	{ "content-range", note_content_range },
	{ "content-type", note_media },
	{ "date", note_date },
	{ "etag", note_etag },
	{ "expect", note_expect },
	{ "expires", note_expires },
	{ "host", note_host },
	{ "if-modified-since", note_condition },
	{ "if-unmodified-since", note_condition },
	{ "last-modified", note_modified },
	{ "location", note_location },
	{ "proxy-authenticate", note_challenge },
	{ "range", note_range },
	{ "retry-after", note_seconds },
	{ "set-cookie", note_set_cookie },
	{ "strict-transport-security", note_transport_security },
	{ "transfer-encoding", note_words },
	{ "upgrade", note_upgrade },
	{ "www-authenticate", note_challenge },
};

void http_field_notes(struct dialogue *d, struct http_message *m, struct slice value, struct dialogue_event *event)
{
	if (m->part == PART_TRAILERS && slice_equal(event->keyword, SLICE("host")))
		return;
	if (slice_equal(event->keyword, SLICE("host")))
		m->hosts++;
	if (event->more) /* the value goes on in a further piece */
		return;
	for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++)
		if (slice_equal(event->keyword, slice_of(readers[i].name)))
			readers[i].notes(d, m, value, event);
}
