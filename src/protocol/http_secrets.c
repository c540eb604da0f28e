/*
 * Fields that hold secrets: credentials and cookies. What they hide is marked, and Basic's is decoded.
 */
#include "base/crypto.h"
#include "base/escape.h"
#include "protocol/http_machine.h"
#include "protocol/http_syntax.h"

/* What stands for a secret, in a record. No password makes what a scheme other than Basic says: a variable of another
 * name is asked for where that is to be said again. */
#define PASSWORD SLICE("{{password}}")
#define TOKEN SLICE("{{token}}")
#define CREDENTIALS SLICE("{{credentials}}")

/* So many cookies are masked one by one, their names left to be seen. */
#define COOKIES_MASKED 8

/* A name that is longer is left out of what stands for the cookie. */
#define COOKIE_NAMED 64

/* A user name that is longer is masked with the password. */
#define USER_SHOWN 64

bool http_field_secret(struct slice name)
{
	static const char *const names[] = { "authorization", "proxy-authorization", "cookie",
		                             "cookie2",       "set-cookie",          "set-cookie2" };
	if (name.n && name.p[name.n - 1] == ':')
		name = slice_part(name, 0, name.n - 1);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (slice_equal_nocase(name, slice_of(names[i])))
			return true;
	return false;
}

/* Marks `secret`, which lies in the event's text; where the line goes on in a further piece, all up to the piece's end. */
static void mark(struct dialogue_event *event, struct slice secret, struct slice mask)
{
	size_t start = secret.p ? (size_t)(secret.p - event->text.p) : event->text.n;
	size_t end = event->more ? event->text.n : start + secret.n;
	if (end > start || event->more)
		event_secret(event, start, end, mask);
}

/* ---- credentials ---- */

/* Whether a user name can stand in `{{base64 USER:{{password}}}}`. */
static bool user_readable(struct slice user)
{
	return user.n <= USER_SHOWN && text_safe(user, false) && slice_find_octet(user, '{') == user.n &&
	       slice_find_octet(user, '}') == user.n;
}

/* `Basic dXNlcjpwYXNz` (RFC 7617 section 2). */
static void mask_basic(struct dialogue *d, struct slice encoded, struct dialogue_event *event)
{
	struct buffer decoded = { 0 }, mask = { 0 };
	bool good = base64_decode(&decoded, encoded);
	struct slice said = buffer_slice(&decoded);
	size_t colon = slice_find_octet(said, ':');
	struct slice user = slice_part(said, 0, colon);
	if (!good || colon == said.n) {
		event_problem(d, event,
		              good ? "no colon separates the user's name from the password"
		                   : "this is not base64 of USER:PASSWORD, which Basic must be");
		event_ref(d, event, "RFC 7617 2");
	}
	if (good && said.n) {
		event->has_decoded = event->decoded_secret = true;
		event->decoded = event_text(d, said);
	}
	if (good && colon < said.n && user_readable(user))
		buffer_printf(&mask, "{{base64 " SLICE_FMT ":{{password}}}}", SLICE_ARG(user));
	mark(event, encoded, mask.n ? event_text(d, buffer_slice(&mask)) : PASSWORD);
	buffer_wipe(&decoded);
	buffer_free(&mask);
}

static void mask_credentials(struct dialogue *d, struct slice value, struct dialogue_event *event)
{
	struct slice rest = value, scheme = slice_word(&rest), credentials = slice_trim(rest);
	const struct table *table = protocol_table(machine_protocol(d), TABLE_TOKENS);
	const struct entry *row = table ? table_find(table, scheme) : NULL;
	if (credentials.n == 0) { /* without a scheme it is the secret itself */
		mark(event, row && !event->more ? slice_part(value, value.n, value.n) : value, CREDENTIALS);
		event_problem(d, event, "a scheme and credentials are wanted, as in Basic dXNlcjpwYXNz");
		event_ref(d, event, "RFC 9110 11.4");
		return;
	}
	if (row) {
		event_note(d, event, "%s: %s", row->word, row->note);
		event_ref(d, event, row->ref);
	}
	if (slice_equal_nocase(scheme, SLICE("Basic")) && !event->more)
		mask_basic(d, credentials, event);
	else
		mark(event, credentials, slice_equal_nocase(scheme, SLICE("Bearer")) ? TOKEN : CREDENTIALS);
}

/* ---- cookies ---- */

/* `{{cookie.NAME}}`: what Set-Cookie gives to a variable of that name, Cookie sends back. */
static struct slice cookie_mask(struct dialogue *d, struct slice pair)
{
	struct buffer mask = { 0 };
	struct slice name = slice_trim(slice_part(pair, 0, slice_find_octet(pair, '=')));
	bool named = name.n < pair.n && name.n <= COOKIE_NAMED;
	buffer_add_string(&mask, "{{cookie");
	for (size_t i = 0; named && i < name.n; i++) {
		char c = name.p[i];
		buffer_add_string(&mask, i ? "" : ".");
		buffer_add_octet(&mask, octet_is_alnum(c) || c == '-' || c == '_' || c == '.' ? c : '_');
	}
	buffer_add_string(&mask, "}}");
	struct slice kept = event_text(d, buffer_slice(&mask));
	buffer_free(&mask);
	return kept;
}

/* The value behind the first `=`; all where there is none. */
static struct slice behind_equals(struct slice pair)
{
	size_t equals = slice_find_octet(pair, '=');
	return equals < pair.n ? slice_part(pair, equals + 1, pair.n) : pair;
}

/* `name=value; name=value` (RFC 10025 4.2.1). */
static void mask_cookies(struct dialogue *d, struct slice value, struct dialogue_event *event)
{
	size_t n = 1;
	for (size_t i = 0; i < value.n; i++)
		n += value.p[i] == ';';
	event_note(d, event, n == 1 ? "Here: one cookie." : "Here: %zu cookies.", n);
	if (n > COOKIES_MASKED || event->more) {
		mark(event, behind_equals(value), SLICE("{{cookie}}"));
		return;
	}
	while (value.n) {
		size_t end = slice_find_octet(value, ';');
		struct slice pair = slice_part(value, 0, end);
		mark(event, behind_equals(pair), cookie_mask(d, pair));
		value = slice_part(value, end + 1, value.n);
	}
}

/* `name=value; Path=/` (RFC 10025 4.1.1): its attributes are no secret. */
static void mask_set_cookie(struct dialogue *d, struct slice value, struct dialogue_event *event)
{
	struct slice pair = slice_part(value, 0, slice_find_octet(value, ';'));
	mark(event, behind_equals(pair), cookie_mask(d, pair));
}

void http_field_mask(struct dialogue *d, struct slice name, struct slice value, struct dialogue_event *event)
{
	if (slice_starts(name, SLICE("set-")))
		mask_set_cookie(d, value, event);
	else if (slice_starts(name, SLICE("cookie")))
		mask_cookies(d, value, event);
	else
		mask_credentials(d, value, event);
}
