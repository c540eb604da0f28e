/*
 * Reaching a target (RFC 8305, "happy eyeballs"): both families are looked up at once, their addresses are tried by
 * turns, a new one 250 ms after the last or as soon as one fails, and the first that answers is the one.
 */
#include "net/connect.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/escape.h"
#include "net/address.h"
#include "net/descriptor.h"
#include "net/failure.h"
#include "net/lookup.h"
#include "net/target.h"

/* RFC 8305 section 8: connection attempt delay, and resolution delay (how long IPv4 waits for the slower IPv6). */
#define ATTEMPT_DELAY 0.250
#define RESOLUTION_DELAY 0.050
/* IPv6 that came first need not wait; this much lets one line of the story name both. */
#define STORY_DELAY 0.003
/* How long until a unix socket whose queue is full is tried again. */
#define RETRY_DELAY 0.050
/* Addresses of one family that are tried; a name that has more has enough. */
#define ADDRESSES_MAX 32

/* One family: its lookup, and the addresses found. */
struct family {
	int number; /* AF_INET6, AF_INET */
	const char *name;
	bool wanted; /* not ruled out by -4 or -6 */
	bool asked;
	struct lookup *lookup; /* under way; else NULL */
	int code, system;      /* why nothing was found; 0 */
	struct address addresses[ADDRESSES_MAX];
	size_t count, tried, told;
};

struct attempt {
	struct attempt *next;
	struct connector *connector;
	struct address address;
	int fd;
	struct event *writable;
	double started;
};

struct connector {
	struct event_base *base;
	struct connect_options options; /* host and path are owned */
	const struct connect_events *events;
	void *context;
	char *name;  /* host or path, safe to print */
	char *where; /* "mail.example port 25" */
	double started;
	struct event *begin, *pace, *deadline;
	struct family families[2]; /* in the order of preference */
	unsigned turn;             /* which of them is next */
	bool trying;               /* the first attempt was made */
	struct attempt *attempts;
	int failure; /* the most telling errno so far; 0 */
};

static void try_more(struct connector *c);

/* ---- the story ---- */

static void tell(struct connector *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void tell(struct connector *c, const char *format, ...)
{
	struct buffer sentence = { 0 };
	va_list ap;
	va_start(ap, format);
	buffer_vprintf(&sentence, format, ap);
	va_end(ap);
	char *text = buffer_take(&sentence);
	if (c->events->story)
		c->events->story(c->context, text);
	free(text);
}

/* "0.2 ms", "31 ms", "1.5 s"; owned by the caller. */
static char *duration(double seconds)
{
	if (seconds < 0.010)
		return string_printf("%.1f ms", seconds * 1e3);
	if (seconds < 1)
		return string_printf("%.0f ms", seconds * 1e3);
	return string_printf("%.1f s", seconds);
}

/* "127.0.0.1 port 25" */
static char *place(const struct address *address)
{
	char *host = address_host(address);
	char *text = string_printf("%s port %u", host, address_port(address));
	free(host);
	return text;
}

/* "mail.example has 2 addresses: ::1, 127.0.0.1 (3 ms)"; what was told before is left out. */
static void tell_addresses(struct connector *c)
{
	struct buffer list = { 0 };
	size_t n = 0, before = 0;
	for (size_t i = 0; i < 2; i++) {
		struct family *f = &c->families[i];
		before += f->told;
		for (; f->told < f->count; f->told++, n++) {
			char *host = address_host(&f->addresses[f->told]);
			buffer_printf(&list, "%s%s", n > 0 ? ", " : "", host);
			free(host);
		}
	}
	char *text = buffer_take(&list), *took = duration(clock_now() - c->started);
	if (n == 1 && before == 0)
		tell(c, "%s has the address %s (%s)", c->name, text, took);
	else if (n > 0)
		tell(c, "%s has %zu %saddress%s: %s (%s)", c->name, n, before > 0 ? "more " : "", n == 1 ? "" : "es",
		     text, took);
	free(text);
	free(took);
}

/* ---- the end ---- */

static void after(struct event *event, double seconds)
{
	struct timeval span = clock_span(seconds);
	(void)event_add(event, &span);
}

/* Frees an attempt that is in no list; its descriptor is the caller's. */
static void attempt_free(struct attempt *a)
{
	if (a->writable)
		event_free(a->writable);
	free(a);
}

static void attempt_unlist(struct attempt *a)
{
	struct attempt **at = &a->connector->attempts;
	while (*at != a)
		at = &(*at)->next;
	*at = a->next;
}

void connect_cancel(struct connector *c)
{
	struct attempt *a;
	while ((a = c->attempts) != NULL) {
		c->attempts = a->next;
		(void)close(a->fd);
		attempt_free(a);
	}
	for (size_t i = 0; i < 2; i++)
		lookup_abandon(c->families[i].lookup);
	event_free(c->begin);
	event_free(c->pace);
	event_free(c->deadline);
	free((char *)c->options.host);
	free((char *)c->options.path);
	free((char *)c->options.from);
	free(c->name);
	free(c->where);
	free(c);
}

/* Gives the descriptor to the callee; the connector is gone. */
static void succeed(struct connector *c, int fd)
{
	const struct connect_events *events = c->events;
	void *context = c->context;
	double seconds = clock_now() - c->started;
	struct stream *stream = c->options.datagrams ? stream_of_datagrams(c->base, fd) : stream_of_socket(c->base, fd);
	connect_cancel(c);
	events->connected(context, stream, seconds);
}

static void fail(struct connector *c, struct error *error)
{
	const struct connect_events *events = c->events;
	void *context = c->context;
	connect_cancel(c);
	events->failed(context, error);
	error_clear(error);
}

static struct family *other_family(struct connector *c, const struct family *f)
{
	return f == &c->families[0] ? &c->families[1] : &c->families[0];
}

/* Only the family that -4 or -6 ruled out has an address. */
static void fail_family(struct connector *c, const struct family *wanted)
{
	struct error error = { 0 };
	const struct family *other = other_family(c, wanted);
	const char *option = wanted->number == AF_INET6 ? "-6" : "-4";
	char *has = address_host(&other->addresses[0]);
	if (strcmp(has, c->name) == 0)
		(void)error_set(&error, STATUS_CONNECTION, "%s is an %s address: leave out %s", has, other->name,
		                option);
	else
		(void)error_set(&error, STATUS_CONNECTION, "%s has no %s address, but %s: leave out %s", c->name,
		                wanted->name, has, option);
	free(has);
	fail(c, &error);
}

/* No address. Where the two lookups say different things, the one that is not "no such name" says more. */
static void fail_name(struct connector *c)
{
	struct error error = { 0 };
	const struct family *f = &c->families[0], *other = &c->families[1];
	if (!f->wanted || (other->wanted && (f->code == EAI_NONAME || f->code == 0)))
		f = other;
	(void)failure_name(&error, c->name, f->code, f->system);
	fail(c, &error);
}

/* Nothing is under way, nothing is left to try. */
static void fail_all(struct connector *c)
{
	struct error error = { 0 };
	for (size_t i = 0; i < 2 && c->failure == 0; i++)
		if (!c->families[i].wanted && c->families[i].count > 0) {
			fail_family(c, other_family(c, &c->families[i]));
			return;
		}
	if (c->failure == 0) {
		fail_name(c);
		return;
	}
	if (c->options.path)
		(void)failure_unix(&error, c->where, c->failure);
	else
		(void)failure_connecting(&error, c->where, c->failure);
	fail(c, &error);
}

static void deadline_passed(evutil_socket_t fd, short what, void *context)
{
	struct connector *c = context;
	struct error error = { 0 };
	(void)fd, (void)what;
	if (c->attempts || c->options.path)
		c->failure = failure_telling(c->failure, ETIMEDOUT);
	for (struct attempt *a = c->attempts; a; a = a->next) {
		char *text = place(&a->address), *took = duration(clock_now() - a->started);
		tell(c, "%s: no answer (%s)", text, took);
		free(text);
		free(took);
	}
	if (c->failure != 0) {
		fail_all(c);
		return;
	}
	(void)failure_silent_resolver(&error, c->name, c->options.timeout);
	fail(c, &error);
}

/* ---- trying addresses ---- */

static bool anything_left(const struct connector *c)
{
	for (size_t i = 0; i < 2; i++)
		if (c->families[i].lookup || (c->families[i].wanted && c->families[i].tried < c->families[i].count))
			return true;
	return false;
}

static void failed_at(struct connector *c, const struct address *address, int code, double since)
{
	char *text = place(address), *took = duration(clock_now() - since);
	tell(c, "%s: %s (%s)", text, failure_words(code), took);
	free(text);
	free(took);
	c->failure = failure_telling(c->failure, code);
}

/* TCP lets a socket connect to itself where its own port happens to be the one asked for (RFC 9293 3.5, simultaneous
 * open): nobody listens there. */
static bool connected_to_itself(const struct connector *c, int fd)
{
	struct address here = address_local(fd), there = address_peer(fd);
	return !c->options.datagrams && address_equal(&here, &there);
}

static void attempt_writable(evutil_socket_t fd, short what, void *context)
{
	struct attempt *a = context;
	struct connector *c = a->connector;
	int code = 0;
	socklen_t n = sizeof code;
	(void)what;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &n) != 0)
		code = errno;
	if (code == 0 && connected_to_itself(c, fd))
		code = ECONNREFUSED;
	attempt_unlist(a);
	if (code == 0) {
		attempt_free(a);
		succeed(c, fd);
		return;
	}
	(void)close(fd);
	failed_at(c, &a->address, code, a->started);
	attempt_free(a);
	try_more(c);
}

static void attempt_add(struct connector *c, const struct address *address, int fd, double started)
{
	struct attempt *a = memory_zeroed(1, sizeof *a);
	*a = (struct attempt){ .next = c->attempts, .connector = c, .address = *address, .fd = fd, .started = started };
	a->writable = event_new(c->base, fd, EV_WRITE, attempt_writable, a);
	assert(a->writable != NULL);
	c->attempts = a;
	(void)event_add(a->writable, NULL);
}

/* Has the connection come from the address that was asked for, and from a port that no other connection has. False with
 * errno where it cannot. */
static bool bind_local(const struct connector *c, int fd, int family)
{
	const char *any = family == AF_INET6 ? "::" : "0.0.0.0", *from = c->options.from;
	struct address address;
	int on = 1;
	if (from == NULL && !c->options.own_port)
		return true;
	if (c->options.own_port)
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (address_parse(from ? from : any, 0, &address))
		return bind(fd, &address.is.any, address.n) == 0;
	errno = EADDRNOTAVAIL;
	return false;
}

/* Begins to connect. False where it failed at once. */
static bool attempt_start(struct connector *c, const struct address *address)
{
	char *text = place(address);
	double started = clock_now();
	tell(c, "trying %s%s", c->options.datagrams ? "UDP " : "", text);
	free(text);
	int fd = descriptor_open(address->is.any.sa_family, c->options.datagrams ? SOCK_DGRAM : SOCK_STREAM);
	if (fd >= 0 && bind_local(c, fd, address->is.any.sa_family) &&
	    (connect(fd, &address->is.any, address->n) == 0 || errno == EINPROGRESS || errno == EINTR)) {
		attempt_add(c, address, fd, started);
		return true;
	}
	failed_at(c, address, errno, started);
	if (fd >= 0)
		(void)close(fd);
	return false;
}

/* The next address: the families by turns (RFC 8305 section 4). */
static const struct address *next_address(struct connector *c)
{
	for (unsigned i = 0; i < 2; i++) {
		struct family *f = &c->families[(c->turn + i) % 2];
		if (f->wanted && f->tried < f->count) {
			c->turn = (c->turn + i + 1) % 2;
			return &f->addresses[f->tried++];
		}
	}
	return NULL;
}

static void try_more(struct connector *c)
{
	const struct address *address;
	(void)event_del(c->pace);
	while ((address = next_address(c)) != NULL) {
		c->trying = true;
		if (attempt_start(c, address)) {
			/* UDP connects at once; there is nobody to race with. */
			if (anything_left(c) && !c->options.datagrams)
				after(c->pace, ATTEMPT_DELAY);
			return;
		}
	}
	if (c->attempts == NULL && !anything_left(c))
		fail_all(c);
}

/* UDP tells nobody whether an address answers, so only one can be tried: IPv4, where most servers listen. */
static void tell_choice(struct connector *c)
{
	if (c->options.datagrams && c->families[0].count > 0 && c->families[1].count > 0)
		tell(c, "UDP has no connection that could be tried: the IPv4 address is taken (-6 takes the other)");
}

static void try_first(struct connector *c)
{
	tell_addresses(c);
	tell_choice(c);
	try_more(c);
}

/* ---- looking up ---- */

static void family_add(struct family *f, const struct address *address)
{
	for (size_t i = 0; i < f->count; i++)
		if (address_equal(&f->addresses[i], address))
			return;
	if (f->count < ADDRESSES_MAX)
		f->addresses[f->count++] = *address;
}

static struct family *family_numbered(struct connector *c, int number)
{
	return c->families[0].number == number ? &c->families[0] : &c->families[1];
}

static void looked_up(void *context, int number, int code, int system, const struct addrinfo *found);

static void look_up(struct connector *c, struct family *f)
{
	f->asked = true;
	f->lookup = lookup_start(c->base, c->options.host, f->number, looked_up, c);
	if (f->lookup == NULL) {
		f->code = EAI_SYSTEM;
		f->system = errno;
	}
}

static void take_answer(struct connector *c, struct family *f, const struct addrinfo *found)
{
	for (; found; found = found->ai_next) {
		struct address address = address_of(found->ai_addr, found->ai_addrlen);
		address_set_port(&address, c->options.port);
		if (address.is.any.sa_family == f->number)
			family_add(f, &address);
	}
}

/* Both lookups have been answered, and there is nothing to try. Where -4 or -6 ruled one family out, that one is looked
 * up now: whether the name has such an address is worth knowing. */
static void nothing_found(struct connector *c)
{
	for (size_t i = 0; i < 2; i++)
		if (!c->families[i].wanted && !c->families[i].asked) {
			look_up(c, &c->families[i]);
			if (c->families[i].lookup)
				return;
		}
	fail_all(c);
}

/* RFC 8305 section 3: begin with what there is; only the second choice waits a moment for the first. */
static void looked_up(void *context, int number, int code, int system, const struct addrinfo *found)
{
	struct connector *c = context;
	struct family *f = family_numbered(c, number), *other = other_family(c, f);
	f->lookup = NULL;
	f->code = code != 0 ? code : EAI_NONAME;
	f->system = system;
	take_answer(c, f, found);
	if (c->trying) {
		tell_addresses(c);
		if (c->attempts == NULL || !event_pending(c->pace, EV_TIMEOUT, NULL))
			try_more(c);
	} else if (other->lookup) {
		if (f->count > 0)
			after(c->pace, f == &c->families[0] ? STORY_DELAY : RESOLUTION_DELAY);
	} else if (anything_left(c)) {
		try_first(c);
	} else {
		nothing_found(c);
	}
}

/* RFC 6761 section 6.3: localhost is this machine, whatever a DNS server or a missing /etc/hosts says. */
static bool is_localhost(const char *host)
{
	struct slice name = slice_of(host), tail = SLICE(".localhost");
	if (name.n > 1 && name.p[name.n - 1] == '.')
		name.n--;
	return slice_equal_nocase(name, SLICE("localhost")) ||
	       (name.n > tail.n && slice_equal_nocase(slice_part(name, name.n - tail.n, name.n), tail));
}

/* Finds what needs no looking up. */
static bool known_address(struct connector *c)
{
	struct address address;
	if (address_parse(c->options.host, c->options.port, &address)) {
		struct family *f = family_numbered(c, address.is.any.sa_family);
		family_add(f, &address);
		f->told = f->count; /* it is its own story */
		return true;
	}
	if (!is_localhost(c->options.host))
		return false;
	for (size_t i = 0; i < 2; i++) {
		address = address_loopback(c->families[i].number, c->options.port);
		if (c->families[i].wanted)
			family_add(&c->families[i], &address);
	}
	return true;
}

static void begin_host(struct connector *c)
{
	if (known_address(c)) {
		if (anything_left(c))
			try_first(c);
		else
			fail_all(c);
		return;
	}
	tell(c, "looking up %s", c->name);
	for (size_t i = 0; i < 2; i++)
		if (c->families[i].wanted)
			look_up(c, &c->families[i]);
	if (!anything_left(c))
		fail_all(c);
}

/* ---- unix sockets ---- */

/* An errno value, or 0 where connect() may be tried. */
static int unix_address(const char *path, struct address *address)
{
	struct stat about;
	size_t n = strlen(path);
	memset(address, 0, sizeof *address);
	if (n >= sizeof address->is.local.sun_path)
		return ENAMETOOLONG;
	address->is.local.sun_family = AF_UNIX;
	memcpy(address->is.local.sun_path, path, n);
	address->n = sizeof address->is.local;
	if (stat(path, &about) != 0)
		return errno;
	return S_ISSOCK(about.st_mode) ? 0 : ENOTSOCK;
}

static void try_unix(struct connector *c)
{
	struct address address;
	int code = unix_address(c->options.path, &address);
	int fd = code == 0 ? descriptor_open(AF_UNIX, SOCK_STREAM) : -1;
	if (code == 0 && (fd < 0 || connect(fd, &address.is.any, address.n) != 0))
		code = errno;
	if (code == 0) {
		succeed(c, fd);
		return;
	}
	if (fd >= 0)
		(void)close(fd);
	if (code == EAGAIN || code == EINTR || code == EINPROGRESS) {
		after(c->pace, RETRY_DELAY); /* its queue of new clients is full */
		return;
	}
	c->failure = code;
	fail_all(c);
}

/* ---- the beginning ---- */

static void pace_passed(evutil_socket_t fd, short what, void *context)
{
	struct connector *c = context;
	(void)fd, (void)what;
	if (c->options.path)
		try_unix(c);
	else if (c->trying)
		try_more(c);
	else
		try_first(c);
}

static void begin(evutil_socket_t fd, short what, void *context)
{
	struct connector *c = context;
	(void)fd, (void)what;
	if (c->options.timeout > 0)
		after(c->deadline, c->options.timeout);
	if (c->options.path) {
		tell(c, "trying %s", c->where);
		try_unix(c);
	} else {
		begin_host(c);
	}
}

static void set_families(struct connector *c)
{
	const struct family v6 = { .number = AF_INET6, .name = "IPv6", .wanted = c->options.family != AF_INET };
	const struct family v4 = { .number = AF_INET, .name = "IPv4", .wanted = c->options.family != AF_INET6 };
	c->families[0] = c->options.datagrams ? v4 : v6;
	c->families[1] = c->options.datagrams ? v6 : v4;
}

static void set_names(struct connector *c)
{
	struct buffer safe = { 0 };
	escape_text(&safe, slice_of(c->options.path ? c->options.path : c->options.host));
	c->name = buffer_take(&safe);
	c->where = c->options.path ? string_printf("unix:%s", c->name)
	                           : string_printf("%s %sport %u", c->name, c->options.datagrams ? "UDP " : "",
	                                           c->options.port);
}

struct connector *connect_start(struct event_base *base, const struct connect_options *options,
                                const struct connect_events *events, void *context)
{
	struct connector *c = memory_zeroed(1, sizeof *c);
	assert((options->host != NULL) != (options->path != NULL) && options->port <= 65535);
	network_prepare();
	c->base = base;
	c->options = *options;
	c->options.host = string_copy(options->host);
	c->options.path = string_copy(options->path);
	c->options.from = string_copy(options->from);
	c->events = events;
	c->context = context;
	c->started = clock_now();
	set_families(c);
	set_names(c);
	c->begin = event_new(base, -1, 0, begin, c);
	c->pace = evtimer_new(base, pace_passed, c);
	c->deadline = evtimer_new(base, deadline_passed, c);
	assert(c->begin && c->pace && c->deadline);
	event_active(c->begin, 0, 0);
	return c;
}
