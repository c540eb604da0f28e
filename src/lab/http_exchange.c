/*
 * Answers that any room of the HTTP server may give, and where each path leads.
 */
#include "lab/http_exchange.h"
#include "protocol/http.h"
#include "protocol/protocol.h"

const struct route routes[] = {
	{ "/", false, METHOD_GET | METHOD_HEAD | METHOD_POST, NULL, start_answer },
	{ "/basic", false, METHOD_GET | METHOD_HEAD, "a page behind a password, by Basic (RFC 7617)", basic_answer },
	{ "/chunked", false, METHOD_GET | METHOD_HEAD, "a page that comes in chunks, with a trailer field",
	  chunked_answer },
	{ "/cookie", false, METHOD_GET | METHOD_HEAD | METHOD_POST, NULL, cookies_answer },
	{ "/cookies", false, METHOD_GET | METHOD_HEAD | METHOD_POST,
	  "the cookies that you sent; it counts your visits by one", cookies_answer },
	{ "/digest", false, METHOD_GET | METHOD_HEAD, "the same by Digest: the password itself is not sent (RFC 7616)",
	  digest_answer },
	{ "/digest-md5", false, METHOD_GET | METHOD_HEAD,
	  "the same by MD5 alone, for clients that know no other digest", digest_answer },
	{ "/echo", false, METHOD_GET | METHOD_HEAD | METHOD_POST | METHOD_PUT | METHOD_DELETE,
	  "your request, as it came: request line, fields, body", echo_answer },
	{ "/mail", true, METHOD_GET | METHOD_HEAD, "the mailboxes of this lab, as pages", mail_answer },
	{ "/redirect", true, METHOD_GET | METHOD_HEAD | METHOD_POST | METHOD_PUT | METHOD_DELETE,
	  "/redirect/301, 302, 303, 307, 308: sends you to /echo, where you see what your client made of it",
	  redirect_answer },
	{ "/status", true, METHOD_GET | METHOD_HEAD | METHOD_POST | METHOD_PUT | METHOD_DELETE,
	  "/status/404 and so on: answers with that status, and says what it means", status_answer },
	{ NULL, false, 0, NULL, NULL },
};

const struct route route_site = { "/", true, METHOD_GET | METHOD_HEAD | METHOD_PUT | METHOD_DELETE, NULL, site_answer };

/* ---- in plain text ---- */

/* What the code means, as the protocol's table has it. */
static void add_meaning(struct buffer *text, unsigned status)
{
	const struct entry *row = answer_meaning(status);
	if (row)
		buffer_printf(text, "\n%s (%s)\n", row->note, row->ref);
}

void say_status(struct exchange *x, unsigned status, const char *format, ...)
{
	struct buffer text = { 0 };
	va_list ap;
	answer_drop_body(x->answer);
	x->answer->status = status;
	buffer_printf(&text, "%u %s\n\n", status, answer_phrase(status));
	va_start(ap, format);
	buffer_vprintf(&text, format, ap);
	va_end(ap);
	buffer_add_string(&text, "\n");
	add_meaning(&text, status);
	answer_take(x->answer, &text);
	answer_field(x->answer, "Content-Type", "text/plain; charset=utf-8");
	answer_field(x->answer, "X-Content-Type-Options", "nosniff");
}

/* The names of those methods, joined by commas. */
static void add_methods(struct buffer *out, unsigned methods)
{
	static const struct {
		unsigned bit;
		const char *name;
	} rows[] = {
		{ METHOD_GET, "GET" },     { METHOD_HEAD, "HEAD" },     { METHOD_POST, "POST" },
		{ METHOD_PUT, "PUT" },     { METHOD_DELETE, "DELETE" }, { METHOD_OPTIONS, "OPTIONS" },
		{ METHOD_TRACE, "TRACE" },
	};
	const char *between = "";
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (!(methods & rows[i].bit))
			continue;
		buffer_printf(out, "%s%s", between, rows[i].name);
		between = ", ";
	}
}

static void add_allow(struct exchange *x, unsigned methods)
{
	struct buffer names = { 0 };
	add_methods(&names, methods | METHOD_OPTIONS | METHOD_TRACE);
	answer_field(x->answer, "Allow", SLICE_FMT, SLICE_ARG(buffer_slice(&names)));
	buffer_free(&names);
}

void say_not_allowed(struct exchange *x, unsigned methods)
{
	add_allow(x, methods);
	say_status(x, 405, "What stands here does not know " SLICE_FMT "; Allow says what it knows.",
	           SLICE_ARG(x->request->method));
}

void say_redirect(struct exchange *x, unsigned status, struct slice path)
{
	struct buffer to = { 0 };
	http_percent_encode(&to, path);
	if (x->request->target.has_query) {
		buffer_add_octet(&to, '?');
		buffer_add_slice(&to, x->request->target.query);
	}
	answer_field(x->answer, "Location", SLICE_FMT, SLICE_ARG(buffer_slice(&to)));
	say_status(x, status, "It stands at " SLICE_FMT ".", SLICE_ARG(buffer_slice(&to)));
	buffer_free(&to);
}

/* ---- what every path knows ---- */

static void say_options(struct exchange *x, unsigned methods)
{
	x->answer->status = 204;
	add_allow(x, methods);
}

/* The request as it came, without what is secret (RFC 9110 9.3.8). */
static void say_trace(struct exchange *x)
{
	static const char *const secret[] = { "Authorization", "Cookie", "Proxy-Authorization" };
	const struct request *r = x->request;
	struct slice name, value;
	struct buffer text = { 0 };
	buffer_add_slice(&text, buffer_slice(&r->line));
	buffer_add_string(&text, "\r\n");
	for (size_t i = 0; request_field_at(r, i, &name, &value); i++) {
		bool hidden = false;
		for (size_t j = 0; j < sizeof secret / sizeof secret[0]; j++)
			hidden |= slice_equal_nocase(name, slice_of(secret[j]));
		if (hidden)
			continue;
		buffer_add_slice(&text, name);
		buffer_add_string(&text, ": ");
		buffer_add_slice(&text, value);
		buffer_add_string(&text, "\r\n");
	}
	buffer_add_string(&text, "\r\n");
	x->answer->status = 200;
	answer_take(x->answer, &text);
	answer_field(x->answer, "Content-Type", "message/http");
	answer_field(x->answer, "X-Content-Type-Options", "nosniff");
}

/* ---- where a path leads ---- */

static const struct route *route_of(struct exchange *x)
{
	for (const struct route *route = routes; route->path; route++) {
		struct slice path = slice_of(route->path);
		x->rest = slice_part(x->path, path.n, x->path.n);
		if (slice_equal(x->path, path))
			return route;
		if (route->below && slice_starts(x->path, path) && x->rest.p[0] == '/')
			return route;
	}
	x->rest = x->path;
	return &route_site;
}

/* A method that this server does not know; CONNECT is one: it is no proxy (RFC 9110 9.3.6). */
static void say_unknown(struct exchange *x)
{
	struct buffer name = { 0 }, hint = { 0 };
	visit_clean(&name, x->request->method);
	const struct entry *row = table_find(protocol_table(&protocol_http, TABLE_COMMANDS), x->request->method);
	if (row && !slice_equal(slice_of(row->word), x->request->method)) /* RFC 9110 9.1 */
		buffer_printf(&hint, " Methods are case-sensitive: %s is meant.", row->word);
	else
		visit_hint(x->visit, HINT_UNKNOWN, x->request->method, &hint);
	say_status(x, 501, "This server does not know the method " SLICE_FMT "." SLICE_FMT,
	           SLICE_ARG(buffer_slice(&name)), SLICE_ARG(buffer_slice(&hint)));
	buffer_free(&name);
	buffer_free(&hint);
}

/* Whether a body must come, and nothing says how long it is: RFC 9110 15.5.12, RFC 1945 8.3. */
static bool length_missing(const struct request *r)
{
	bool old_post = r->known == METHOD_POST && r->version < 11;
	return (r->known == METHOD_PUT || old_post) && !r->has_length && !r->chunked;
}

bool exchange_refused(struct exchange *x)
{
	const struct request *r = x->request;
	const struct route *route = route_of(x);
	unsigned all = METHOD_GET | METHOD_HEAD | METHOD_POST | METHOD_PUT | METHOD_DELETE;
	bool asterisk = r->target.form == FORM_ASTERISK;
	if (r->known == 0)
		say_unknown(x);
	else if (r->known == METHOD_OPTIONS)
		say_options(x, asterisk ? all : route->methods);
	else if (r->known == METHOD_TRACE && (r->length > 0 || r->chunked))
		say_status(x, 400, "TRACE must have no body (RFC 9110 9.3.8).");
	else if (r->known == METHOD_TRACE)
		say_trace(x);
	else if (!(route->methods & r->known))
		say_not_allowed(x, route->methods);
	else if (length_missing(r))
		say_status(x, 411, "The request says neither Content-Length nor Transfer-Encoding: chunked.");
	else
		return r->known == METHOD_PUT && route == &route_site && site_refuses_put(x);
	return true;
}

void exchange_answer(struct exchange *x)
{
	if (!exchange_refused(x))
		route_of(x)->answer(x);
}
