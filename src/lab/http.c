/*
 * The HTTP server: HTTP/1.0 and 1.1 (RFC 9110, RFC 9112). Here a connection is held: requests come one by one, also where a
 * client sends several at once, each is answered before the next is heard, and the connection stays or is closed.
 */
#include <event2/event.h>
#include <stdlib.h>

#include "lab/http_exchange.h"
#include "session/session.h"

/* Octets of a body that PUT may send. */
#define PUT_MAX ((uint64_t)64 << 20)

/* A body of more octets is refused before it comes, where it will be: the connection is lost, but the body need not be kept. */
#define ASKED_FIRST ((uint64_t)1 << 20)

/* Seconds that a client has to hang up, behind an answer that closes: who hung up at once might tear away what the client has
 * not read (RFC 9112 9.6). */
#define LINGER 2

struct http {
	struct visit *visit;
	struct request request;
	struct answer answer;
	struct buffer path;
	bool closing; /* nothing more is heard */
	struct event *lingering;
};

static void *begin(struct visit *visit)
{
	struct http *http = memory_zeroed(1, sizeof *http);
	http->visit = visit;
	return http;
}

static void end(void *state)
{
	struct http *http = state;
	if (http->lingering)
		event_free(http->lingering);
	request_free(&http->request);
	answer_clear(&http->answer);
	buffer_free(&http->path);
	free(http);
}

/* ---- the close ---- */

static void lingered(evutil_socket_t fd, short what, void *context)
{
	struct http *http = context;
	(void)fd;
	(void)what;
	visit_hang_up(http->visit);
}

/* Says no more, and passes over what still comes, until the client hangs up too. */
static void close_behind(struct http *http)
{
	const struct timeval patience = { LINGER, 0 };
	session_shut(visit_session(http->visit));
	http->lingering = event_new(visit_loop(http->visit), -1, 0, lingered, http);
	if (http->lingering == NULL || event_add(http->lingering, &patience) != 0)
		visit_hang_up(http->visit);
}

/* ---- the answer goes out ---- */

static void answered(struct http *http)
{
	bool closes = http->answer.closes;
	answer_clear(&http->answer);
	request_clear(&http->request);
	visit_busy(http->visit, false);
	if (closes)
		close_behind(http);
}

static void say_more(void *state)
{
	struct http *http = state;
	if (!answer_more(&http->answer, http->visit))
		answered(http);
}

/* `closes`: the connection does not go on behind it, since nobody knows where the next request begins. */
static void say_answer(struct http *http, bool closes)
{
	struct answer *a = &http->answer;
	const struct request *r = &http->request;
	a->closes = a->closes || closes || !r->persists;
	answer_head(a, http->visit, r->known == METHOD_HEAD, r->version);
	http->closing = a->closes;
	if (answer_more(a, http->visit))
		visit_busy(http->visit, true);
	else
		answered(http);
}

/* ---- the request comes ---- */

/* Puts the path into the exchange: percent signs decoded, dots resolved. False where it is none; then that is said. */
static bool find_path(struct http *http, struct exchange *x)
{
	struct slice path = http->request.target.path;
	struct buffer decoded = { 0 };
	size_t slashes = 0, wanted = 0;
	bool good = http_percent_decode(&decoded, path);
	buffer_clear(&http->path);
	for (size_t i = 0; i < path.n; i++)
		wanted += path.p[i] == '/';
	for (size_t i = 0; i < decoded.n; i++)
		slashes += decoded.p[i] == '/';
	good = good && slashes == wanted && files_resolve(&http->path, SLICE("/"), buffer_slice(&decoded));
	bool folder = decoded.n && (decoded.p[decoded.n - 1] == '/');
	buffer_free(&decoded);
	if (!good) {
		say_status(
			x, 400,
			"In the path, a percent sign has two hexadecimal digits behind it, and they do not stand for a "
			"slash, a NUL or a line end.");
		return false;
	}
	if (folder && http->path.n > 1)
		buffer_add_octet(&http->path, '/');
	x->path = buffer_slice(&http->path);
	return true;
}

static struct exchange exchange_of(struct http *http)
{
	return (struct exchange){ .visit = http->visit,
		                  .store = visit_store(http->visit),
		                  .request = &http->request,
		                  .answer = &http->answer };
}

static void faulty(struct http *http)
{
	struct exchange x = exchange_of(http);
	const struct request *r = &http->request;
	say_status(&x, r->fault, "%c%s.", octet_upper(r->why[0]), r->why + 1);
	say_answer(http, true);
}

/* The header is complete, and a body is to come. */
static void headed(struct http *http)
{
	struct exchange x = exchange_of(http);
	struct request *r = &http->request;
	if (r->known == METHOD_PUT)
		r->limit = PUT_MAX;
	if (r->has_length && r->length > r->limit) {
		say_status(&x, 413, "A body of %llu octets; this resource takes %llu at most.",
		           (unsigned long long)r->length, (unsigned long long)r->limit);
		say_answer(http, true);
	} else if ((r->expects || r->length > ASKED_FIRST) && (!find_path(http, &x) || exchange_refused(&x))) {
		say_answer(http, true);
	} else if (r->expects) {
		visit_send(http->visit, SLICE("HTTP/1.1 100 Continue\r\n\r\n"));
	}
}

/* "http" asked for over TLS is served; "https" in the clear is not (RFC 9110 7.4). */
static bool misdirected(const struct http *http)
{
	struct slice scheme = http->request.target.scheme;
	return scheme.n && !slice_equal_nocase(scheme, SLICE("http")) &&
	       !(slice_equal_nocase(scheme, SLICE("https")) && visit_secure(http->visit));
}

static void whole(struct http *http)
{
	struct exchange x = exchange_of(http);
	if (misdirected(http))
		say_status(&x, 421, "This connection is for http URLs%s.",
		           visit_secure(http->visit) ? " and https" : "");
	else if (find_path(http, &x))
		exchange_answer(&x);
	say_answer(http, false);
}

static void go_on(struct http *http, enum request_step step)
{
	switch (step) {
	case REQUEST_GOES_ON:
		break;
	case REQUEST_HEADED:
		headed(http);
		break;
	case REQUEST_WHOLE:
		whole(http);
		break;
	case REQUEST_FAULTY:
		faulty(http);
		break;
	}
}

static void command(void *state, const struct visit_line *line)
{
	struct http *http = state;
	if (!http->closing)
		go_on(http, request_begin(&http->request, line));
}

static void data(void *state, const struct dialogue_event *event)
{
	struct http *http = state;
	if (!http->closing)
		go_on(http, request_data(&http->request, event));
}

/* A request that is cut off is told so, should the client still listen (RFC 9112 8). */
static void left(void *state)
{
	struct http *http = state;
	if (!http->closing && http->request.part != REQUEST_LINE) {
		struct exchange x = exchange_of(http);
		say_status(&x, 400, "The request is not complete.");
		say_answer(http, true);
	}
	visit_hang_up(http->visit);
}

const struct conduct http_conduct = {
	.longest = REQUEST_LINE_MAX,
	.begin = begin,
	.command = command,
	.data = data,
	.more = say_more,
	.left = left,
	.end = end,
};
