/*
 * Pages to practise with: the start page, what a request looked like when it came, every status, redirects, chunks, cookies.
 */
#include <stdlib.h>

#include "base/crypto.h"
#include "lab/http_exchange.h"
#include "protocol/http.h"
#include "protocol/http_syntax.h"

/* ---- the start page ---- */

static void add_users(struct buffer *page, struct store *store)
{
	const struct user *user;
	buffer_add_string(page, "<h2>Users and their files</h2>\n<ul>\n");
	for (size_t i = 0; (user = store_person(store, i)) != NULL; i++) {
		buffer_add_string(page, "<li><a href=\"/~");
		html_path(page, slice_of(user->name));
		buffer_add_string(page, "/\">/~");
		html_text(page, slice_of(user->name));
		buffer_add_string(page, "/</a></li>\n");
	}
	buffer_add_string(page, "</ul>\n");
}

static void add_routes(struct buffer *page)
{
	buffer_add_string(page, "<h2>To try</h2>\n<dl>\n");
	for (const struct route *route = routes; route->path; route++) {
		if (route->what == NULL)
			continue;
		buffer_printf(page, "<dt><a href=\"%s%s\">%s</a></dt>\n<dd>", route->path,
		              route->answer == mail_answer       ? "/"
		              : route->answer == redirect_answer ? "/302"
		              : route->answer == status_answer   ? "/404"
		                                                 : "",
		              route->path);
		html_text(page, slice_of(route->what));
		buffer_add_string(page, "</dd>\n");
	}
	buffer_add_string(page, "</dl>\n");
}

/* The lines to say by hand, and what curl is told, with the address by which the client came. */
static void add_commands(struct buffer *page, const struct exchange *x)
{
	static const char *const options[][2] = {
		{ "-d text=hello", "/echo" },
		{ "-r 0-99", "/numbers.txt" },
		{ "-I", "/index.html" },
		{ "-T FILE", "/~bob/" },
		{ "-X DELETE", "/~bob/FILE" },
		{ "-L", "/redirect/302" },
		{ "--digest -u bob:PASSWORD", "/digest" },
		{ "--raw", "/chunked" },
	};
	struct slice host = x->request->target.authority;
	if (host.n == 0 && !request_value(x->request, "Host", &host))
		host = SLICE("HOST:PORT");
	buffer_add_string(page, "<h2>By hand</h2>\n<p>Two lines, and an empty one that ends the header:</p>\n<pre>\n"
	                        "GET /echo HTTP/1.1\nHost: ");
	html_text(page, host);
	buffer_add_string(page, "\n\n</pre>\n<h2>With curl</h2>\n<pre>\n");
	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
		buffer_printf(page, "curl -v %s %s://", options[i][0], visit_secure(x->visit) ? "https" : "http");
		html_text(page, host);
		buffer_printf(page, "%s\n", options[i][1]);
	}
	buffer_add_string(page, "</pre>\n");
}

/* POST gives back what was sent. */
static void give_back(struct exchange *x)
{
	struct buffer body = { 0 };
	buffer_add_slice(&body, buffer_slice(&x->request->body));
	x->answer->status = 200;
	answer_take(x->answer, &body);
	answer_field(x->answer, "Content-Type", "text/plain; charset=utf-8");
	answer_field(x->answer, "X-Content-Type-Options", "nosniff");
}

void start_answer(struct exchange *x)
{
	struct buffer page = { 0 };
	if (x->request->known == METHOD_POST) {
		give_back(x);
		return;
	}
	html_begin(&page, SLICE("The HTTP server of the lab"));
	buffer_add_string(
		&page, "<p>Everything here is for practice. Files changed by FTP change here, mail sent by SMTP is at "
		       "<a href=\"/mail/\">/mail/</a>.</p>\n<p>The site's own files begin at <a "
		       "href=\"/index.html\">/index.html</a>. POST to this page gives back what you send.</p>\n");
	add_routes(&page);
	add_commands(&page, x);
	add_users(&page, x->store);
	html_end(&page);
	say_page(x, &page);
}

/* ---- the request, as it came ---- */

void echo_answer(struct exchange *x)
{
	const struct request *r = x->request;
	struct buffer text = { 0 };
	buffer_add_slice(&text, buffer_slice(&r->line));
	buffer_add_string(&text, "\r\n");
	buffer_add_slice(&text, buffer_slice(&r->header));
	buffer_add_string(&text, "\r\n");
	buffer_add_slice(&text, buffer_slice(&r->body));
	if (r->trailer.n) {
		buffer_add_string(&text, "\r\n\r\n");
		buffer_add_slice(&text, buffer_slice(&r->trailer));
	}
	x->answer->status = 200;
	answer_take(x->answer, &text);
	answer_field(x->answer, "Content-Type", "text/plain; charset=utf-8");
	answer_field(x->answer, "X-Content-Type-Options", "nosniff");
	answer_field(x->answer, "Cache-Control", "no-store");
}

/* ---- every status ---- */

/* Fields that must, or should, come with a status. */
static const struct {
	unsigned status;
	const char *name, *value;
} with_status[] = {
	{ 300, "Location", "/" },
	{ 301, "Location", "/" },
	{ 302, "Location", "/" },
	{ 303, "Location", "/" },
	{ 307, "Location", "/" },
	{ 308, "Location", "/" },
	{ 401, "WWW-Authenticate", "Basic realm=\"parlance lab\", charset=\"UTF-8\"" },
	{ 405, "Allow", "" },
	{ 407, "Proxy-Authenticate", "Basic realm=\"parlance lab\", charset=\"UTF-8\"" },
	{ 416, "Content-Range", "bytes */0" },
	{ 426, "Upgrade", "TLS/1.2" },
	{ 426, "Connection", "upgrade" },
	{ 429, "Retry-After", "1" },
	{ 503, "Retry-After", "1" },
};

/* The final answer to /status/1xx: the interim one went out before it, if the client may see one. */
static void say_interim(struct exchange *x, unsigned status)
{
	bool may = x->request->version >= 11 && status != 101;
	if (may)
		buffer_printf(&x->answer->interim, "HTTP/1.1 %u %s\r\n\r\n", status, answer_phrase(status));
	say_status(x, 200, "%u %s %s", status, answer_phrase(status),
	           may ? "came before this answer: a client passes over it."
	               : "cannot come now: only HTTP/1.1 knows 1xx, and a 101 wants an Upgrade that is agreed on.");
}

void status_answer(struct exchange *x)
{
	uint64_t status = 0;
	struct slice word = slice_part(x->rest, 1, x->rest.n);
	if (word.n != 3 || !slice_number(word, &status) || status < 100 || status > 599) {
		say_status(x, 404, "/status/404 answers with 404, and so on from 100 to 599.");
		return;
	}
	if (status < 200) {
		say_interim(x, (unsigned)status);
		return;
	}
	for (size_t i = 0; i < sizeof with_status / sizeof with_status[0]; i++)
		if (with_status[i].status == status)
			answer_field(x->answer, with_status[i].name, "%s", with_status[i].value);
	say_status(x, (unsigned)status, "You asked for this status.");
	if (status == 206) {
		unsigned long long octets = answer_octets(x->answer);
		answer_field(x->answer, "Content-Range", "bytes 0-%llu/%llu", octets - 1, octets);
	}
	if (status == 408)
		x->answer->closes = true; /* RFC 9110 15.5.9 */
	if (status == 204 || status == 205 || status == 304) {
		answer_drop_body(x->answer);
		buffer_clear(&x->answer->fields);
	}
}

/* ---- redirects ---- */

void redirect_answer(struct exchange *x)
{
	static const unsigned known[] = { 301, 302, 303, 307, 308 };
	uint64_t status = 0;
	(void)slice_number(slice_part(x->rest, 1, x->rest.n), &status);
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (known[i] != status)
			continue;
		say_redirect(x, known[i], SLICE("/echo"));
		return;
	}
	say_status(x, 404, "/redirect/301 redirects so; there are 302, 303, 307 and 308 too.");
}

/* ---- chunks ---- */

void chunked_answer(struct exchange *x)
{
	static const char *const lines[] = {
		"This page comes in chunks: whoever made it did not know at the beginning how long it would be.\n",
		"Each chunk stands behind a line that says its size, in hexadecimal (RFC 9112 7.1).\n",
		"A chunk of size 0 is the last. Behind it stands a trailer field: a digest of what came.\n",
	};
	struct buffer all = { 0 }, digest = { 0 };
	unsigned char octets[DIGEST_MAX];
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		buffer_add_string(&all, lines[i]);
		answer_add(x->answer, lines[i]);
	}
	digest_of(DIGEST_SHA256, buffer_slice(&all), octets);
	base64_encode(&digest, (struct slice){ (const char *)octets, digest_length(DIGEST_SHA256) });
	buffer_printf(&x->answer->trailer, "Repr-Digest: sha-256=:" SLICE_FMT ":\r\n",
	              SLICE_ARG(buffer_slice(&digest)));
	x->answer->status = 200;
	x->answer->chunked = true;
	answer_field(x->answer, "Content-Type", "text/plain; charset=utf-8");
	if (x->request->version >= 11)
		answer_field(x->answer, "Trailer", "Repr-Digest");
	buffer_free(&all);
	buffer_free(&digest);
}

/* ---- cookies ---- */

/* A pair of Cookie's value (RFC 6265 4.2.1). False at the end. */
static bool next_cookie(struct slice *rest, struct slice *name, struct slice *value)
{
	while (rest->n) {
		size_t end = slice_find_octet(*rest, ';');
		struct slice pair = slice_trim(slice_part(*rest, 0, end));
		*rest = slice_part(*rest, end + 1, rest->n);
		size_t equals = slice_find_octet(pair, '=');
		*name = slice_trim(slice_part(pair, 0, equals));
		*value = slice_trim(slice_part(pair, equals + 1, pair.n));
		if (name->n && equals < pair.n)
			return true;
	}
	return false;
}

void cookies_answer(struct exchange *x)
{
	struct slice field, cookies, name, value;
	struct buffer text = { 0 };
	uint64_t visits = 0;
	for (size_t i = 0; request_field_at(x->request, i, &field, &cookies); i++) {
		while (slice_equal_nocase(field, SLICE("Cookie")) && next_cookie(&cookies, &name, &value)) {
			buffer_printf(&text, SLICE_FMT "=" SLICE_FMT "\n", SLICE_ARG(name), SLICE_ARG(value));
			if (slice_equal(name, SLICE("visits")) && value.n < 10)
				(void)slice_number(value, &visits);
		}
	}
	x->answer->status = 200;
	answer_take(x->answer, &text);
	answer_field(x->answer, "Set-Cookie", "visits=%llu; Path=/; HttpOnly; SameSite=Lax",
	             (unsigned long long)visits + 1);
	answer_field(x->answer, "Content-Type", "text/plain; charset=utf-8");
	answer_field(x->answer, "X-Content-Type-Options", "nosniff");
	answer_field(x->answer, "Cache-Control", "no-store");
}
