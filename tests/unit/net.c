/*
 * Streams, connecting and listening, over real sockets on loopback.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/connect.h"
#include "net/listen.h"
#include "net/stream.h"
#include "test.h"

static struct event_base *base;

/* Sanitizers and valgrind keep what was freed, so that memory grows with it. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define UNDER_SANITIZER true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define UNDER_SANITIZER true
#endif
#endif
#ifndef UNDER_SANITIZER
#define UNDER_SANITIZER false
#endif

static bool under_valgrind(void)
{
	const char *preloaded = getenv("LD_PRELOAD");
	return preloaded && strstr(preloaded, "valgrind") != NULL;
}

/* ---- a user of a stream, who writes down what it was told ---- */

struct user {
	struct stream *stream;
	struct buffer got; /* what was used; of datagrams each with a | behind it */
	size_t total, calls, largest;
	size_t use;    /* octets used of each offer; SIZE_MAX: all */
	bool dropping; /* count octets, keep none */
	bool ended;
	char *why; /* of the end; NULL: in order */
	unsigned ends, drains;
	bool free_when_told; /* stream_free from inside the next callback */
	bool inside;         /* a call of ours to the stream is under way */
};

static void user_free_stream(struct user *u)
{
	stream_free(u->stream);
	u->stream = NULL;
}

static size_t user_octets(void *context, const char *p, size_t n)
{
	struct user *u = context;
	size_t used = n < u->use ? n : u->use;
	CHECK(!u->inside);
	u->calls++;
	u->total += used;
	u->largest = n > u->largest ? n : u->largest;
	if (!u->dropping)
		buffer_add(&u->got, p, used);
	if (u->stream && u->stream->kind->datagrams)
		buffer_add_octet(&u->got, '|');
	if (u->free_when_told)
		user_free_stream(u);
	return used;
}

static void user_end(void *context, enum stream_end how, const char *why)
{
	struct user *u = context;
	CHECK(!u->inside);
	CHECK((how == STREAM_BROKEN) == (why != NULL));
	u->ended = true;
	u->ends++;
	free(u->why);
	u->why = string_copy(why);
	if (u->free_when_told)
		user_free_stream(u);
}

static void user_drained(void *context)
{
	struct user *u = context;
	CHECK(!u->inside);
	u->drains++;
	if (u->free_when_told)
		user_free_stream(u);
}

static const struct stream_events user_events = { user_octets, user_end, user_drained };

static void user_open(struct user *u, struct stream *stream)
{
	if (u->use == 0)
		u->use = SIZE_MAX;
	u->stream = stream;
	u->inside = true;
	stream_open(stream, &user_events, u);
	u->inside = false;
}

static void user_write(struct user *u, const char *text)
{
	u->inside = true;
	stream_write(u->stream, text, strlen(text));
	u->inside = false;
}

static void user_done(struct user *u)
{
	user_free_stream(u);
	buffer_free(&u->got);
	free(u->why);
	*u = (struct user){ 0 };
}

/* ---- the loop ---- */

static void woken(evutil_socket_t fd, short what, void *context)
{
	(void)fd, (void)what, (void)context;
}

/* One turn of the loop, or `seconds` of nothing. */
static void turn(double seconds)
{
	struct timeval tv = { .tv_usec = (suseconds_t)(seconds * 1e6) };
	(void)event_base_once(base, -1, EV_TIMEOUT, woken, NULL, &tv);
	(void)event_base_loop(base, EVLOOP_ONCE);
}

/* Runs the loop until `condition` holds, thirty seconds at most (valgrind is slow). */
#define LOOP_UNTIL(condition) \
	do { \
		double until_ = clock_now() + 30; \
		while (!(condition) && clock_now() < until_) \
			turn(0.05); \
		CHECK(condition); \
	} while (0)

/* The loop for as long as that. */
static void turns(double seconds)
{
	double until = clock_now() + seconds;
	while (clock_now() < until)
		turn(0.01);
}

/* ---- sockets of the test's own ---- */

/* A listening TCP socket on a free port. -1 where there is no such family here. */
static int listening(int family, unsigned *port)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET,
		                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		                  .sin_port = htons((in_port_t)*port) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6,
		                   .sin6_addr = IN6ADDR_LOOPBACK_INIT,
		                   .sin6_port = htons((in_port_t)*port) };
	int fd = socket(family, SOCK_STREAM, 0);
	bool four = family == AF_INET;
	socklen_t n = four ? sizeof v4 : sizeof v6;
	if (fd < 0 || bind(fd, four ? (struct sockaddr *)&v4 : (struct sockaddr *)&v6, n) != 0 || listen(fd, 16) != 0) {
		if (fd >= 0)
			(void)close(fd);
		return -1;
	}
	if (four) {
		(void)getsockname(fd, (struct sockaddr *)&v4, &n);
		*port = ntohs(v4.sin_port);
	} else {
		(void)getsockname(fd, (struct sockaddr *)&v6, &n);
		*port = ntohs(v6.sin6_port);
	}
	return fd;
}

/* A port where nothing listens. */
static unsigned closed_port(void)
{
	unsigned port = 0;
	(void)close(listening(AF_INET, &port));
	return port;
}

/* Two ends of a TCP connection: a stream, and a descriptor that blocks. */
static struct stream *pair(int *other)
{
	unsigned port = 0;
	int listener = listening(AF_INET, &port);
	struct sockaddr_in to = { .sin_family = AF_INET,
		                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		                  .sin_port = htons((in_port_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	CHECK(connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
	*other = accept(listener, NULL, NULL);
	(void)close(listener);
	return stream_of_socket(base, fd);
}

static void say(int fd, const char *text)
{
	CHECK(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
}

/* Closes with a reset. */
static void reset(int fd)
{
	struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
	CHECK(setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0);
	(void)close(fd);
}

/* ---- streams ---- */

static void octets_both_ways(void)
{
	int other;
	char room[32];
	struct user u = { 0 };
	user_open(&u, pair(&other));
	CHECK_TEXT(slice_of(u.stream->kind->name), "tcp");
	CHECK(strncmp(u.stream->peer, "127.0.0.1:", 10) == 0 && strncmp(u.stream->local, "127.0.0.1:", 10) == 0);
	say(other, "220 hi\r\n");
	LOOP_UNTIL(u.got.n == 8);
	CHECK_TEXT(buffer_slice(&u.got), "220 hi\r\n");
	user_write(&u, "QUIT\r\n");
	LOOP_UNTIL(u.drains == 1);
	CHECK(stream_waiting(u.stream) == 0);
	CHECK(read(other, room, sizeof room) == 6);
	(void)close(other);
	LOOP_UNTIL(u.ended);
	CHECK(u.why == NULL);
	turns(0.05);
	CHECK(u.ends == 1);
	user_done(&u);
}

/* What is not used is given again, with what comes and after stream_resume. */
static void unused_octets_come_again(void)
{
	int other;
	struct user u = { .use = 1 };
	user_open(&u, pair(&other));
	say(other, "abc");
	LOOP_UNTIL(u.got.n == 1);
	turns(0.05);
	CHECK_TEXT(buffer_slice(&u.got), "a");
	u.use = 2;
	u.inside = true;
	stream_resume(u.stream);
	u.inside = false;
	LOOP_UNTIL(u.got.n == 3);
	CHECK_TEXT(buffer_slice(&u.got), "abc");
	(void)close(other);
	user_done(&u);
}

/* Reading pauses at 64 KiB that nobody uses, and all of it is there when somebody does. */
static void reading_pauses(void)
{
	enum { MUCH = 1 << 20 };
	int other;
	static char block[MUCH];
	struct user u = { 0 };
	user_open(&u, pair(&other));
	u.use = 0;
	CHECK(fcntl(other, F_SETFL, O_NONBLOCK) == 0);
	size_t said = 0;
	for (unsigned i = 0; i < 50; i++) {
		ssize_t n = said < MUCH ? write(other, block + said, MUCH - said) : 0;
		said += n > 0 ? (size_t)n : 0;
		turn(0.001);
	}
	CHECK(u.largest == 64 * 1024);
	(void)close(other);
	u.use = SIZE_MAX;
	u.dropping = true;
	stream_resume(u.stream);
	LOOP_UNTIL(u.ended);
	CHECK(u.total == said);
	CHECK(u.why == NULL);
	user_done(&u);
}

static void a_paused_stream_is_silent(void)
{
	int other;
	struct user u = { 0 };
	user_open(&u, pair(&other));
	stream_pause(u.stream);
	say(other, "later");
	(void)close(other);
	turns(0.1);
	CHECK(u.calls == 0 && !u.ended);
	stream_resume(u.stream);
	LOOP_UNTIL(u.ended);
	CHECK_TEXT(buffer_slice(&u.got), "later");
	user_done(&u);
}

static void half_close(void)
{
	int other;
	char room[32];
	struct user u = { 0 };
	user_open(&u, pair(&other));
	user_write(&u, "QUIT\r\n");
	u.inside = true;
	stream_shut(u.stream);
	u.inside = false;
	LOOP_UNTIL(u.drains == 1);
	CHECK(read(other, room, sizeof room) == 6);
	CHECK(read(other, room, sizeof room) == 0); /* FIN, after what was queued */
	say(other, "221 bye\r\n");
	(void)close(other);
	LOOP_UNTIL(u.ended);
	CHECK_TEXT(buffer_slice(&u.got), "221 bye\r\n");
	CHECK(u.why == NULL);
	user_done(&u);
}

static void the_peer_may_end_first(void)
{
	int other;
	char room[32];
	struct user u = { 0 };
	user_open(&u, pair(&other));
	CHECK(shutdown(other, SHUT_WR) == 0);
	LOOP_UNTIL(u.ended);
	CHECK(u.why == NULL);
	user_write(&u, "still here");
	LOOP_UNTIL(u.drains == 1);
	CHECK(read(other, room, sizeof room) == 10);
	(void)close(other);
	user_done(&u);
}

/* A server that says something and cuts the line: what it said is heard first, and then that it was cut. */
static void cut_in_mid_data(void)
{
	int other;
	struct user u = { 0 };
	struct stream *stream = pair(&other);
	say(other, "421 too b");
	user_open(&u, stream);
	reset(other);
	LOOP_UNTIL(u.ended);
	CHECK_TEXT(buffer_slice(&u.got), "421 too b");
	CHECK(u.why != NULL && strcmp(u.why, "connection reset by peer") == 0);
	user_done(&u);
}

/* The same where it is our own writing that meets the cut line. */
static void cut_while_writing(void)
{
	int other;
	struct user u = { 0 };
	user_open(&u, pair(&other));
	stream_pause(u.stream);
	say(other, "421 too b");
	reset(other);
	for (unsigned i = 0; i < 5; i++) {
		user_write(&u, "DATA\r\n");
		turns(0.02);
	}
	CHECK(!u.ended && stream_waiting(u.stream) == 0);
	stream_resume(u.stream);
	LOOP_UNTIL(u.ended);
	CHECK_TEXT(buffer_slice(&u.got), "421 too b");
	CHECK(u.why != NULL && strcmp(u.why, "connection reset by peer") == 0);
	user_done(&u);
}

/* Who waits for `drained` after the peer has gone does not wait for ever. */
static void writing_after_the_end_drains(void)
{
	int other;
	struct user u = { 0 };
	user_open(&u, pair(&other));
	(void)close(other);
	LOOP_UNTIL(u.ended);
	for (unsigned i = 1; i <= 4; i++) {
		user_write(&u, "RSET\r\n");
		turns(0.02);
	}
	LOOP_UNTIL(u.drains >= 2);
	CHECK(u.ends == 1 && stream_waiting(u.stream) == 0);
	user_done(&u);
}

static void freed_from_inside(void)
{
	int other;
	struct user u = { .free_when_told = true };
	user_open(&u, pair(&other));
	say(other, "x");
	LOOP_UNTIL(u.stream == NULL); /* in octets */
	CHECK(u.calls == 1);
	(void)close(other);
	user_done(&u);

	u.free_when_told = true;
	user_open(&u, pair(&other));
	(void)close(other);
	LOOP_UNTIL(u.stream == NULL); /* in end */
	CHECK(u.ends == 1);
	user_done(&u);

	u.free_when_told = true;
	user_open(&u, pair(&other));
	user_write(&u, "x");
	LOOP_UNTIL(u.stream == NULL); /* in drained */
	CHECK(u.drains == 1);
	(void)close(other);
	user_done(&u);
}

/* Our last words reach a peer whose own words nobody has read. */
static void last_words_are_sent(void)
{
	int other;
	char room[32];
	struct user u = { 0 };
	user_open(&u, pair(&other));
	stream_pause(u.stream);
	say(other, "NOOP\r\nNOOP\r\n");
	user_write(&u, "221 bye\r\n");
	user_done(&u);
	turns(0.05);
	CHECK(read(other, room, sizeof room) == 9);
	CHECK(read(other, room, sizeof room) == 0);
	(void)close(other);
}

/* Another user may take over with what the first left. */
static void another_user(void)
{
	int other;
	struct user one = { .use = 3 }, two = { 0 };
	user_open(&one, pair(&other));
	say(other, "abcdef");
	LOOP_UNTIL(one.got.n == 3);
	user_open(&two, one.stream);
	one.stream = NULL;
	LOOP_UNTIL(two.got.n == 3);
	CHECK_TEXT(buffer_slice(&two.got), "def");
	(void)close(other);
	user_done(&one);
	user_done(&two);
}

/* ---- a hundred megabytes ---- */

#define HUNDRED_MB (100u * 1000 * 1000)

struct pump {
	struct stream *stream;
	size_t written, most_waiting;
};

static void pump_more(void *context)
{
	static char block[32 * 1024];
	struct pump *pump = context;
	size_t waiting = stream_waiting(pump->stream);
	pump->most_waiting = waiting > pump->most_waiting ? waiting : pump->most_waiting;
	for (unsigned i = 0; i < 2 && pump->written < HUNDRED_MB; i++) {
		size_t n = HUNDRED_MB - pump->written;
		n = n < sizeof block ? n : sizeof block;
		stream_write(pump->stream, block, n);
		pump->written += n;
	}
	if (pump->written == HUNDRED_MB)
		stream_shut(pump->stream);
}

static size_t pump_octets(void *context, const char *p, size_t n)
{
	(void)context, (void)p;
	return n;
}

/* A reader that uses little of each offer and rests in between. */
static size_t slow_octets(void *context, const char *p, size_t n)
{
	struct user *u = context;
	(void)p;
	if (++u->calls % 64 == 0) {
		stream_pause(u->stream);
		stream_resume(u->stream);
	}
	size_t used = n > 40000 ? n - 1000 : n;
	u->total += used;
	return used;
}

static long peak_memory(void)
{
	struct rusage usage;
	(void)getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss; /* KiB; on macOS octets */
}

static void hundred_megabytes(void)
{
	static const struct stream_events pump_events = { pump_octets, NULL, pump_more };
	static const struct stream_events slow_events = { slow_octets, user_end, NULL };
	int other;
	struct pump pump = { .stream = pair(&other) };
	struct user u = { .stream = stream_of_socket(base, other) };
	long before = peak_memory();
	stream_open(pump.stream, &pump_events, &pump);
	stream_open(u.stream, &slow_events, &u);
	pump_more(&pump);
	double until = clock_now() + 120;
	while (!u.ended && clock_now() < until)
		turn(1);
	CHECK(u.ended && u.why == NULL && u.total == HUNDRED_MB);
	CHECK(pump.most_waiting <= 64 * 1024);
	CHECK(UNDER_SANITIZER || under_valgrind() || peak_memory() - before < 16 * 1024);
	stream_free(pump.stream);
	user_done(&u);
}

/* ---- listening ---- */

enum { CLIENTS = 64 };

struct server {
	struct listener *listener;
	struct user users[CLIENTS];
	size_t n;
};

static void server_client(void *context, struct stream *stream)
{
	struct server *s = context;
	CHECK(s->n < CLIENTS);
	user_open(&s->users[s->n++], stream);
}

static bool server_start(struct server *s, const char *host, bool datagrams)
{
	struct error error = { 0 };
	enum status status = listen_start(base, host, 0, datagrams, server_client, s, &s->listener, &error);
	if (status != STATUS_OK)
		printf("# %s\n", error.message);
	error_clear(&error);
	return status == STATUS_OK;
}

static void server_stop(struct server *s)
{
	listen_free(s->listener);
	for (size_t i = 0; i < s->n; i++)
		user_done(&s->users[i]);
	*s = (struct server){ 0 };
}

/* ---- connecting ---- */

struct caller {
	struct connector *connector;
	struct user user;
	struct buffer story;
	bool connected, failed;
	struct error error;
	double seconds;
};

static void caller_story(void *context, const char *sentence)
{
	struct caller *c = context;
	CHECK(text_safe(slice_of(sentence), false));
	CHECK(c->connector != NULL); /* not from inside connect_start */
	buffer_printf(&c->story, "%s\n", sentence);
}

static void caller_connected(void *context, struct stream *stream, double seconds)
{
	struct caller *c = context;
	c->connected = true;
	c->connector = NULL;
	c->seconds = seconds;
	user_open(&c->user, stream);
}

static void caller_failed(void *context, const struct error *error)
{
	struct caller *c = context;
	c->failed = true;
	c->connector = NULL;
	CHECK(text_safe(slice_of(error->message), false));
	(void)error_set(&c->error, error->status, "%s", error->message);
}

static const struct connect_events caller_events = { caller_story, caller_connected, caller_failed };

static void call(struct caller *c, const struct connect_options *options)
{
	*c = (struct caller){ 0 };
	double started = clock_now();
	c->connector = connect_start(base, options, &caller_events, c);
	CHECK(clock_now() - started < 0.5);
	CHECK(!c->connected && !c->failed);
	LOOP_UNTIL(c->connected || c->failed);
}

static bool told(const struct caller *c, const char *words)
{
	return slice_find(buffer_slice(&c->story), slice_of(words)) < c->story.n;
}

static void check_told(const struct caller *c, const char *words)
{
	if (told(c, words))
		return;
	test_good = false;
	printf("# wanted: %s\n# story: " SLICE_FMT "\n", words, SLICE_ARG(buffer_slice(&c->story)));
}

static void check_failed(const struct caller *c, enum status status, const char *words)
{
	CHECK(c->failed && c->error.status == status);
	if (c->error.message && strstr(c->error.message, words))
		return;
	test_good = false;
	printf("# wanted: %s\n# message: %s\n", words, c->error.message ? c->error.message : "none");
}

static void caller_done(struct caller *c)
{
	user_done(&c->user);
	buffer_free(&c->story);
	error_clear(&c->error);
}

static void a_client_and_a_server(void)
{
	struct server s = { 0 };
	struct caller c;
	CHECK(server_start(&s, "localhost", false));
	CHECK(strncmp(listen_address(s.listener), "127.0.0.1:", 10) == 0 && listen_port(s.listener) > 0);
	CHECK_TEXT(slice_of(listen_host(s.listener)), "127.0.0.1");
	call(&c, &(struct connect_options){ .host = "127.0.0.1", .port = listen_port(s.listener), .timeout = 5 });
	LOOP_UNTIL(s.n == 1);
	check_told(&c, "trying 127.0.0.1 port ");
	CHECK_TEXT(slice_of(c.user.stream->peer), listen_address(s.listener));
	CHECK_TEXT(slice_of(s.users[0].stream->peer), c.user.stream->local);
	user_write(&s.users[0], "220 hi\r\n");
	LOOP_UNTIL(c.user.got.n == 8);
	caller_done(&c);
	LOOP_UNTIL(s.users[0].ended);
	server_stop(&s);
}

static void many_clients(void)
{
	struct server s = { 0 };
	static struct caller callers[40];
	CHECK(server_start(&s, "127.0.0.1", false));
	for (size_t i = 0; i < 40; i++) {
		call(&callers[i], &(struct connect_options){ .host = "127.0.0.1", .port = listen_port(s.listener) });
		user_write(&callers[i].user, "hello");
	}
	LOOP_UNTIL(s.n == 40);
	for (size_t i = 0; i < 40; i++)
		LOOP_UNTIL(s.users[i].got.n == 5);
	for (size_t i = 0; i < 40; i++)
		caller_done(&callers[i]);
	server_stop(&s);
}

/* localhost is both addresses; the server is at the second. */
static void both_families(void)
{
	unsigned port = 0;
	int v6 = listening(AF_INET6, &port);
	if (v6 < 0) {
		printf("# this machine has no IPv6: not tried\n");
		return;
	}
	struct caller c;
	call(&c, &(struct connect_options){ .host = "localhost", .port = port, .timeout = 5 });
	CHECK(c.connected);
	check_told(&c, "localhost has 2 addresses: ::1, 127.0.0.1");
	check_told(&c, "trying ::1 port ");
	CHECK(c.connected && c.user.stream->peer[0] == '[');
	caller_done(&c);
	call(&c, &(struct connect_options){ .host = "::1", .port = port, .timeout = 5 });
	CHECK(c.connected);
	caller_done(&c);
	call(&c, &(struct connect_options){ .host = "LOCALHOST.", .port = port, .timeout = 5, .family = AF_INET });
	check_failed(&c, STATUS_CONNECTION, "connection refused");
	CHECK(!told(&c, "::1"));
	caller_done(&c);
	(void)close(v6);
	int v4 = listening(AF_INET, &port);
	call(&c, &(struct connect_options){ .host = "localhost", .port = port, .timeout = 5 });
	CHECK(c.connected && c.seconds < 0.2); /* a refusal does not cost the 250 ms */
	check_told(&c, "::1 port ");
	check_told(&c, ": connection refused (");
	check_told(&c, "trying 127.0.0.1 port ");
	caller_done(&c);
	(void)close(v4);
}

static void listening_on_ipv6(void)
{
	struct server s = { 0 };
	struct caller c;
	unsigned port = 0;
	int v6 = listening(AF_INET6, &port);
	if (v6 < 0) {
		printf("# this machine has no IPv6: not tried\n");
		return;
	}
	(void)close(v6);
	CHECK(server_start(&s, "::1", false));
	CHECK(strncmp(listen_address(s.listener), "[::1]:", 6) == 0);
	call(&c, &(struct connect_options){ .host = "::1", .port = listen_port(s.listener), .timeout = 5 });
	LOOP_UNTIL(s.n == 1);
	caller_done(&c);
	server_stop(&s);
}

static void the_wrong_family(void)
{
	struct caller c;
	call(&c, &(struct connect_options){ .host = "127.0.0.1", .port = 25, .family = AF_INET6, .timeout = 5 });
	check_failed(&c, STATUS_CONNECTION, "127.0.0.1 is an IPv4 address: leave out -6");
	caller_done(&c);
	call(&c, &(struct connect_options){ .host = "::1", .port = 25, .family = AF_INET, .timeout = 5 });
	check_failed(&c, STATUS_CONNECTION, "::1 is an IPv6 address: leave out -4");
	caller_done(&c);
}

static void refused(void)
{
	struct caller c;
	unsigned port = closed_port();
	call(&c, &(struct connect_options){ .host = "127.0.0.1", .port = port, .timeout = 5 });
	char *expected = string_printf("127.0.0.1 port %u: connection refused: nothing listens there", port);
	check_failed(&c, STATUS_CONNECTION, expected);
	check_told(&c, ": connection refused (");
	free(expected);
	caller_done(&c);
}

/* A listener that never accepts, its queue full: to who connects now it looks like a filtered port. */
struct deaf {
	int fd, fill[8];
	unsigned port;
};

/* False where the address is none of this machine's. */
static bool deaf_start(struct deaf *deaf, const char *address, unsigned port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((in_port_t)port) };
	socklen_t n = sizeof a;
	CHECK(inet_pton(AF_INET, address, &a.sin_addr) == 1);
	deaf->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(deaf->fd, (struct sockaddr *)&a, n) != 0 || listen(deaf->fd, 0) != 0) {
		(void)close(deaf->fd);
		return false;
	}
	CHECK(getsockname(deaf->fd, (struct sockaddr *)&a, &n) == 0);
	deaf->port = ntohs(a.sin_port);
	for (size_t i = 0; i < 8; i++) {
		deaf->fill[i] = socket(AF_INET, SOCK_STREAM, 0);
		(void)fcntl(deaf->fill[i], F_SETFL, O_NONBLOCK);
		(void)connect(deaf->fill[i], (struct sockaddr *)&a, n);
	}
	return true;
}

static void deaf_stop(struct deaf *deaf)
{
	for (size_t i = 0; i < 8; i++)
		(void)close(deaf->fill[i]);
	(void)close(deaf->fd);
}

static void no_answer(void)
{
	struct caller c;
	struct deaf deaf;
	CHECK(deaf_start(&deaf, "127.0.0.1", 0));
	call(&c, &(struct connect_options){ .host = "127.0.0.1", .port = deaf.port, .timeout = 0.3 });
	if (c.connected) {
		printf("# this system takes clients past a full queue: not tried\n");
	} else {
		check_failed(&c, STATUS_TIMEOUT, "no answer: the address may be wrong, or a firewall");
		check_told(&c, ": no answer (");
	}
	caller_done(&c);
	deaf_stop(&deaf);
}

/* ---- looking up ---- */

static struct addrinfo *address_found(const char *address)
{
	const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	CHECK(getaddrinfo(address, NULL, &hints, &found) == 0);
	return found;
}

/* Knows v4.test, both.test (whose IPv6 is slow to come), again.test (no DNS), and nothing else. */
static int small_resolver(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
	bool v6 = hints->ai_family == AF_INET6;
	(void)service;
	if (strcmp(host, "again.test") == 0)
		return EAI_AGAIN;
	if (strcmp(host, "v4.test") == 0 && !v6) {
		*found = address_found("127.0.0.1");
		return 0;
	}
	if (strcmp(host, "both.test") == 0) {
		const struct timespec slow = { .tv_nsec = v6 ? 20 * 1000 * 1000 : 0 };
		(void)nanosleep(&slow, NULL);
		*found = address_found(v6 ? "::1" : "127.0.0.1");
		return 0;
	}
	return EAI_NONAME;
}

static void names(void)
{
	unsigned port = 0;
	int fd = listening(AF_INET, &port);
	struct caller c;
	connect_resolve = small_resolver;
	call(&c, &(struct connect_options){ .host = "v4.test", .port = port, .timeout = 5 });
	CHECK(c.connected);
	check_told(&c, "looking up v4.test");
	check_told(&c, "v4.test has the address 127.0.0.1 (");
	caller_done(&c);
	call(&c, &(struct connect_options){ .host = "both.test", .port = port, .timeout = 5 });
	CHECK(c.connected);
	check_told(&c, "both.test has 2 addresses: ::1, 127.0.0.1 (");
	caller_done(&c);
	call(&c, &(struct connect_options){ .host = "v4.test", .port = port, .timeout = 5, .family = AF_INET6 });
	check_failed(&c, STATUS_CONNECTION, "v4.test has no IPv6 address, but 127.0.0.1: leave out -6");
	caller_done(&c);
	call(&c, &(struct connect_options){ .host = "no\033[2J.test", .port = port, .timeout = 5 });
	check_failed(&c, STATUS_CONNECTION, ".test: name not found");
	caller_done(&c);
	call(&c, &(struct connect_options){ .host = "no.test", .port = port, .timeout = 5, .family = AF_INET });
	check_failed(&c, STATUS_CONNECTION, "no.test: name not found");
	caller_done(&c);
	call(&c, &(struct connect_options){ .host = "again.test", .port = port, .timeout = 5 });
	check_failed(&c, STATUS_CONNECTION, "this machine cannot look up names now");
	CHECK(c.error.message && strstr(c.error.message, "parlance lab:smtp") != NULL);
	caller_done(&c);
	connect_resolve = getaddrinfo;
	(void)close(fd);
}

/* Silent until the test is over. */
static pthread_mutex_t silence = PTHREAD_MUTEX_INITIALIZER;
static atomic_bool only_ipv6_is_silent;

static int silent_resolver(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
	(void)host, (void)service;
	if (only_ipv6_is_silent && hints->ai_family == AF_INET) {
		*found = address_found("127.0.0.1");
		return 0;
	}
	(void)pthread_mutex_lock(&silence);
	(void)pthread_mutex_unlock(&silence);
	*found = address_found("127.0.0.1"); /* too late: nobody may leak it */
	return 0;
}

static void a_silent_resolver(void)
{
	struct caller c;
	connect_resolve = silent_resolver;
	(void)pthread_mutex_lock(&silence);
	call(&c, &(struct connect_options){ .host = "mail.test", .port = 25, .timeout = 0.2 });
	check_failed(&c, STATUS_CONNECTION, "the DNS server of this machine is silent");
	caller_done(&c);
	/* and ^C while it is silent */
	c = (struct caller){ 0 };
	c.connector = connect_start(base, &(struct connect_options){ .host = "mail.test", .port = 25 }, &caller_events,
	                            &c);
	turns(0.05);
	check_told(&c, "looking up mail.test");
	double started = clock_now();
	connect_cancel(c.connector);
	CHECK(clock_now() - started < 0.1);
	turns(0.02);
	CHECK(!c.connected && !c.failed);
	caller_done(&c);
	(void)pthread_mutex_unlock(&silence);
	turns(0.1); /* the threads end, and free what nobody waits for */
	connect_resolve = getaddrinfo;
}

/* RFC 8305 section 3: a DNS server that answers for IPv4 alone costs 50 ms. */
static void half_a_resolver(void)
{
	struct caller c;
	unsigned port = 0;
	int fd = listening(AF_INET, &port);
	connect_resolve = silent_resolver;
	only_ipv6_is_silent = true;
	(void)pthread_mutex_lock(&silence);
	call(&c, &(struct connect_options){ .host = "mail.test", .port = port, .timeout = 20 });
	CHECK(c.connected && c.seconds >= 0.045);
	check_told(&c, "mail.test has the address 127.0.0.1 (");
	caller_done(&c);
	(void)close(fd);
	/* nothing listens there, and the other family never comes: what is known is said at the deadline */
	call(&c, &(struct connect_options){ .host = "mail.test", .port = port, .timeout = 0.3 });
	check_failed(&c, STATUS_CONNECTION, "connection refused");
	caller_done(&c);
	(void)pthread_mutex_unlock(&silence);
	turns(0.1);
	only_ipv6_is_silent = false;
	connect_resolve = getaddrinfo;
}

static int two_resolver(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
	(void)host, (void)service;
	if (hints->ai_family == AF_INET6)
		return EAI_NONAME;
	*found = address_found("127.0.0.2");
	(*found)->ai_next = address_found("127.0.0.1");
	return 0;
}

/* An address that is silent costs 250 ms (RFC 8305 section 5), and the one that answers wins. */
static void the_next_address_has_its_turn(void)
{
	struct caller c;
	struct deaf deaf;
	unsigned port = 0;
	int fd = listening(AF_INET, &port);
	if (!deaf_start(&deaf, "127.0.0.2", port)) {
		printf("# 127.0.0.2 is no address of this machine: not tried\n");
		(void)close(fd);
		return;
	}
	connect_resolve = two_resolver;
	call(&c, &(struct connect_options){ .host = "mail.test", .port = port, .timeout = 5 });
	CHECK(c.connected && c.seconds >= 0.24 && c.seconds < 2);
	check_told(&c, "trying 127.0.0.2 port ");
	check_told(&c, "trying 127.0.0.1 port ");
	CHECK(c.user.stream && strncmp(c.user.stream->peer, "127.0.0.1:", 10) == 0);
	caller_done(&c);
	connect_resolve = getaddrinfo;
	deaf_stop(&deaf);
	(void)close(fd);
}

static void cancelled(void)
{
	struct caller c = { 0 };
	struct deaf deaf;
	CHECK(deaf_start(&deaf, "127.0.0.1", 0));
	const struct connect_options to = { .host = "127.0.0.1", .port = deaf.port };
	c.connector = connect_start(base, &to, &caller_events, &c);
	connect_cancel(c.connector);
	turns(0.05);
	CHECK(!c.connected && !c.failed && c.story.n == 0);
	c.connector = connect_start(base, &to, &caller_events, &c);
	turns(0.05);
	if (c.connector)
		connect_cancel(c.connector); /* while an attempt is under way */
	turns(0.05);
	CHECK(!c.failed);
	check_told(&c, "trying 127.0.0.1 port ");
	caller_done(&c);
	deaf_stop(&deaf);
}

/* ---- unix sockets ---- */

static void unix_sockets(void)
{
	char folder[] = "/tmp/net-test-XXXXXX";
	struct caller c;
	char room[8];
	CHECK(mkdtemp(folder) != NULL);
	char *path = string_printf("%s/socket", folder);
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	memcpy(a.sun_path, path, strlen(path));

	call(&c, &(struct connect_options){ .path = path, .timeout = 5 });
	check_failed(&c, STATUS_CONNECTION, "socket: no such socket: is the server running");
	caller_done(&c);

	(void)close(open(path, O_CREAT | O_WRONLY, 0600));
	call(&c, &(struct connect_options){ .path = path, .timeout = 5 });
	check_failed(&c, STATUS_CONNECTION, "not a socket");
	caller_done(&c);
	(void)unlink(path);

	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	CHECK(bind(fd, (struct sockaddr *)&a, sizeof a) == 0);
	call(&c, &(struct connect_options){ .path = path, .timeout = 5 });
	check_failed(&c, STATUS_CONNECTION, "connection refused");
	caller_done(&c);

	CHECK(listen(fd, 4) == 0);
	call(&c, &(struct connect_options){ .path = path, .timeout = 5 });
	CHECK(c.connected);
	check_told(&c, "trying unix:/tmp/net-test-");
	CHECK_TEXT(slice_of(c.user.stream->kind->name), "unix");
	CHECK(strncmp(c.user.stream->peer, "unix:/tmp/net-test-", 19) == 0);
	int other = accept(fd, NULL, NULL);
	user_write(&c.user, "LHLO");
	LOOP_UNTIL(c.user.drains == 1);
	CHECK(read(other, room, sizeof room) == 4);
	say(other, "250");
	(void)close(other);
	LOOP_UNTIL(c.user.ended);
	CHECK(c.user.why == NULL);
	CHECK_TEXT(buffer_slice(&c.user.got), "250");
	caller_done(&c);

	if (geteuid() != 0) {
		(void)chmod(path, 0);
		call(&c, &(struct connect_options){ .path = path, .timeout = 5 });
		check_failed(&c, STATUS_CONNECTION, "permission denied");
		caller_done(&c);
	}
	(void)close(fd);
	(void)unlink(path);
	(void)rmdir(folder);
	free(path);

	char *longer = string_printf("/tmp/%0200d", 1);
	call(&c, &(struct connect_options){ .path = longer, .timeout = 5 });
	check_failed(&c, STATUS_CONNECTION, "path too long");
	caller_done(&c);
	free(longer);
}

/* ---- datagrams ---- */

static void datagrams(void)
{
	struct server s = { 0 };
	struct caller one, two;
	CHECK(server_start(&s, "127.0.0.1", true));
	const struct connect_options to = { .host = "127.0.0.1", .port = listen_port(s.listener), .datagrams = true };
	call(&one, &to);
	call(&two, &to);
	CHECK_TEXT(slice_of(one.user.stream->kind->name), "udp");
	user_write(&one.user, "a");
	user_write(&one.user, "bc");
	user_write(&one.user, "");
	LOOP_UNTIL(s.n == 1 && s.users[0].calls == 3);
	user_write(&two.user, "z");
	LOOP_UNTIL(s.n == 2 && s.users[1].calls == 1);
	CHECK_TEXT(buffer_slice(&s.users[0].got), "a|bc||");
	CHECK_TEXT(buffer_slice(&s.users[1].got), "z|");
	CHECK(one.user.drains >= 1 && stream_waiting(one.user.stream) == 0);
	CHECK_TEXT(slice_of(s.users[0].stream->peer), one.user.stream->local);
	user_write(&s.users[0], "A");
	user_write(&s.users[1], "Z");
	LOOP_UNTIL(one.user.calls == 1 && two.user.calls == 1);
	CHECK_TEXT(buffer_slice(&one.user.got), "A|");
	CHECK_TEXT(buffer_slice(&two.user.got), "Z|");
	CHECK(s.users[0].drains == 1);
	/* the streams outlive their listener */
	listen_free(s.listener);
	s.listener = NULL;
	user_write(&one.user, "d");
	LOOP_UNTIL(s.users[0].calls == 4);
	caller_done(&one);
	caller_done(&two);
	server_stop(&s);
}

static void the_longest_datagram(void)
{
	static char octets[65508];
	struct server s = { 0 };
	struct caller c;
	CHECK(server_start(&s, "127.0.0.1", true));
	call(&c, &(struct connect_options){ .host = "127.0.0.1", .port = listen_port(s.listener), .datagrams = true });
	stream_write(c.user.stream, octets, 65507);
	LOOP_UNTIL(s.n == 1 && s.users[0].calls == 1);
	CHECK(s.users[0].largest == 65507);
	stream_write(c.user.stream, octets, 65508);
	LOOP_UNTIL(c.user.ended);
	CHECK(c.user.why && strstr(c.user.why, "too long for a datagram") != NULL);
	caller_done(&c);
	server_stop(&s);
}

static void nobody_listens_for_datagrams(void)
{
	struct caller c;
	unsigned port = closed_port();
	call(&c, &(struct connect_options){ .host = "127.0.0.1", .port = port, .datagrams = true, .timeout = 5 });
	CHECK(c.connected);
	check_told(&c, "trying UDP 127.0.0.1 port ");
	user_write(&c.user, "hello?");
	LOOP_UNTIL(c.user.ended);
	char *expected = string_printf("connection refused: nothing listens on UDP port %u there", port);
	CHECK_TEXT(slice_of(c.user.why), expected);
	free(expected);
	user_write(&c.user, "hello?");
	turns(0.05);
	CHECK(c.user.ends == 1 && stream_waiting(c.user.stream) == 0);
	caller_done(&c);
}

/* UDP cannot try one address after another: of both, IPv4 is taken, and that is said. */
static void datagrams_to_localhost(void)
{
	struct server s = { 0 };
	struct caller c;
	CHECK(server_start(&s, "127.0.0.1", true));
	call(&c, &(struct connect_options){ .host = "localhost", .port = listen_port(s.listener), .datagrams = true });
	check_told(&c, "the IPv4 address is taken");
	user_write(&c.user, "hello");
	LOOP_UNTIL(s.n == 1 && s.users[0].calls == 1);
	caller_done(&c);
	server_stop(&s);
}

static void a_paused_datagram_stream(void)
{
	struct server s = { 0 };
	struct caller c;
	CHECK(server_start(&s, "127.0.0.1", true));
	call(&c, &(struct connect_options){ .host = "127.0.0.1", .port = listen_port(s.listener), .datagrams = true });
	user_write(&c.user, "one");
	LOOP_UNTIL(s.n == 1 && s.users[0].calls == 1);
	stream_pause(s.users[0].stream);
	user_write(&c.user, "two");
	user_write(&c.user, "three");
	turns(0.05);
	CHECK(s.users[0].calls == 1);
	s.users[0].inside = true;
	stream_resume(s.users[0].stream);
	s.users[0].inside = false;
	LOOP_UNTIL(s.users[0].calls == 3);
	CHECK_TEXT(buffer_slice(&s.users[0].got), "one|two|three|");
	caller_done(&c);
	server_stop(&s);
}

/* The stream may go from inside its own datagram, and its address is a new client then. */
static void a_datagram_stream_freed_from_inside(void)
{
	struct server s = { 0 };
	struct caller c;
	CHECK(server_start(&s, "127.0.0.1", true));
	call(&c, &(struct connect_options){ .host = "127.0.0.1", .port = listen_port(s.listener), .datagrams = true });
	s.users[0].free_when_told = true;
	user_write(&c.user, "one");
	user_write(&c.user, "two");
	LOOP_UNTIL(s.n == 2 && s.users[1].calls == 1);
	CHECK(s.users[0].stream == NULL);
	CHECK_TEXT(buffer_slice(&s.users[1].got), "two|");
	caller_done(&c);
	server_stop(&s);
}

struct crowd {
	size_t n, ended;
	struct stream *streams[1100];
};

static size_t crowd_octets(void *context, const char *p, size_t n)
{
	(void)context, (void)p;
	return n;
}

static void crowd_end(void *context, enum stream_end how, const char *why)
{
	struct crowd *crowd = context;
	CHECK(how == STREAM_BROKEN && why != NULL);
	crowd->ended++;
}

static void crowd_client(void *context, struct stream *stream)
{
	static const struct stream_events events = { crowd_octets, crowd_end, NULL };
	struct crowd *crowd = context;
	crowd->streams[crowd->n++] = stream;
	stream_open(stream, &events, crowd);
}

/* 1024 peers; who comes then takes the place of the one that was silent the longest. */
static void a_crowd_of_datagrams(void)
{
	static struct crowd crowd;
	struct listener *listener;
	struct error error = { 0 };
	CHECK(listen_start(base, "127.0.0.1", 0, true, crowd_client, &crowd, &listener, &error) == STATUS_OK);
	struct sockaddr_in to = { .sin_family = AF_INET,
		                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		                  .sin_port = htons((in_port_t)listen_port(listener)) };
	for (size_t i = 0; i < 10000 && crowd.n < 1030; i++) {
		int fd = socket(AF_INET, SOCK_DGRAM, 0); /* from a port that may, now and then, have come before */
		CHECK(sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof to) == 1);
		(void)event_base_loop(base, EVLOOP_NONBLOCK);
		(void)close(fd);
	}
	turns(0.05);
	CHECK(crowd.n == 1030 && crowd.ended == 6);
	listen_free(listener);
	for (size_t i = 0; i < crowd.n; i++)
		stream_free(crowd.streams[i]);
}

/* ---- listening, and what can go wrong ---- */

static void check_not_listening(const char *host, unsigned port, enum status status, const char *words)
{
	struct listener *listener = NULL;
	struct error error = { 0 };
	CHECK(listen_start(base, host, port, false, server_client, NULL, &listener, &error) == status);
	CHECK(error.message && strstr(error.message, words) != NULL);
	if (error.message)
		CHECK(text_safe(slice_of(error.message), false));
	error_clear(&error);
	listen_free(listener);
}

static void not_listening(void)
{
	unsigned port = 0;
	int fd = listening(AF_INET, &port);
	check_not_listening("127.0.0.1", port, STATUS_CONNECTION,
	                    "address already in use: another program listens there");
	(void)close(fd);
	check_not_listening("192.0.2.77", 0, STATUS_CONNECTION, "192.0.2.77:0: not an address of this machine");
	check_not_listening("mail.example", 0, STATUS_USAGE, "mail.example: not an address to listen on");
	check_not_listening("\033[2J", 0, STATUS_USAGE, "not an address");
	if (geteuid() != 0)
		check_not_listening("127.0.0.1", 25, STATUS_CONNECTION, "ports below 1024");
}

/* Out of descriptors, the listener waits, says so once, and goes on. */
static void no_descriptors_left(void)
{
	struct server s = { 0 };
	struct rlimit before, small;
	int held[256], clients[3];
	size_t n = 0;
	if (under_valgrind()) {
		printf("# valgrind keeps its own count of descriptors: not tried\n");
		return;
	}
	CHECK(server_start(&s, "127.0.0.1", false));
	struct sockaddr_in to = { .sin_family = AF_INET,
		                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		                  .sin_port = htons((in_port_t)listen_port(s.listener)) };
	for (size_t i = 0; i < 3; i++)
		clients[i] = socket(AF_INET, SOCK_STREAM, 0);
	CHECK(getrlimit(RLIMIT_NOFILE, &before) == 0);
	small = before;
	small.rlim_cur = 200;
	CHECK(setrlimit(RLIMIT_NOFILE, &small) == 0);
	while (n < 256 && (held[n] = dup(0)) >= 0)
		n++;
	for (size_t i = 0; i < 3; i++)
		CHECK(connect(clients[i], (struct sockaddr *)&to, sizeof to) == 0);
	(void)fflush(stderr);
	turns(0.5);
	CHECK(s.n == 0);
	while (n > 0)
		(void)close(held[--n]);
	LOOP_UNTIL(s.n == 3);
	CHECK(setrlimit(RLIMIT_NOFILE, &before) == 0);
	for (size_t i = 0; i < 3; i++)
		(void)close(clients[i]);
	server_stop(&s);
}

int main(void)
{
	base = event_base_new();
	TEST(octets_both_ways);
	TEST(unused_octets_come_again);
	TEST(reading_pauses);
	TEST(a_paused_stream_is_silent);
	TEST(half_close);
	TEST(the_peer_may_end_first);
	TEST(cut_in_mid_data);
	TEST(cut_while_writing);
	TEST(writing_after_the_end_drains);
	TEST(freed_from_inside);
	TEST(last_words_are_sent);
	TEST(another_user);
	TEST(hundred_megabytes);
	TEST(a_client_and_a_server);
	TEST(many_clients);
	TEST(both_families);
	TEST(listening_on_ipv6);
	TEST(the_wrong_family);
	TEST(refused);
	TEST(no_answer);
	TEST(names);
	TEST(a_silent_resolver);
	TEST(half_a_resolver);
	TEST(the_next_address_has_its_turn);
	TEST(cancelled);
	TEST(unix_sockets);
	TEST(datagrams);
	TEST(the_longest_datagram);
	TEST(nobody_listens_for_datagrams);
	TEST(datagrams_to_localhost);
	TEST(a_paused_datagram_stream);
	TEST(a_datagram_stream_freed_from_inside);
	TEST(a_crowd_of_datagrams);
	TEST(not_listening);
	TEST(no_descriptors_left);
	event_base_free(base);
	return test_end();
}
