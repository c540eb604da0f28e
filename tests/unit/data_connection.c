/*
 * Data connections, two at a time: one listens, the other connects. What is told, what arrives, and how they end.
 */
#include "test.h"

#include <event2/event.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/listen.h"
#include "session/data_connection.h"

/* One end, and what it was told. */
struct end {
	struct data_connection *data;
	struct buffer told;  /* a word for each call */
	struct buffer heard; /* octets, where they are kept */
	uint64_t octets;
	uint64_t to_send; /* so many, in pieces, whenever it is drained */
	char *why;
	bool ended, free_when_told;
};

static struct event_base *base;

static void told(struct end *e, const char *word)
{
	buffer_printf(&e->told, "%s%s", e->told.n ? " " : "", word);
	if (e->free_when_told) {
		data_free(e->data);
		e->data = NULL;
		e->ended = true;
	}
}

static void on_connected(void *context)
{
	told(context, "connected");
}

static void on_octets(void *context, const char *p, size_t n)
{
	struct end *e = context;
	e->octets += n;
	if (e->heard.n + n < 100000)
		buffer_add(&e->heard, p, n);
	if (e->free_when_told)
		told(e, "octets");
}

static void on_drained(void *context)
{
	static const char piece[65536];
	struct end *e = context;
	if (e->to_send == 0)
		return;
	size_t n = e->to_send < sizeof piece ? (size_t)e->to_send : sizeof piece;
	e->to_send -= n;
	data_send(e->data, (struct slice){ piece, n });
	if (e->to_send == 0)
		data_finish(e->data);
}

static void on_ended(void *context, const char *why)
{
	struct end *e = context;
	free(e->why);
	e->why = string_copy(why);
	e->ended = true;
	told(e, "ended");
}

static void on_stranger(void *context, const char *peer)
{
	(void)peer;
	told(context, "stranger");
}

static const struct data_events events = { on_connected, on_octets, on_drained, on_ended, on_stranger };

static void end_free(struct end *e)
{
	data_free(e->data);
	buffer_free(&e->told);
	buffer_free(&e->heard);
	free(e->why);
	*e = (struct end){ 0 };
}

static void turn(void)
{
	struct timeval tick = { .tv_usec = 1000 };
	(void)event_base_loopexit(base, &tick);
	(void)event_base_loop(base, EVLOOP_ONCE);
}

/* Runs the loop until that is so, for ten seconds at most. */
#define RUN_UNTIL(condition) \
	do { \
		double limit_ = clock_now() + 10; \
		while (!(condition) && clock_now() < limit_) \
			turn(); \
		CHECK(condition); \
	} while (0)

static bool open_end(struct end *e, const struct data_options *options)
{
	struct error error = { 0 };
	bool good = data_open(base, options, &events, e, &e->data, &error) == STATUS_OK;
	if (!good) {
		e->why = string_copy(error.message);
		error_clear(&error);
	}
	return good;
}

/* A server's end that listens, and a client's that connects to it. */
static void open_pair(struct end *server, struct end *client, struct data_options *there, struct data_options *here)
{
	there->host = "127.0.0.1";
	there->listens = true;
	CHECK(open_end(server, there));
	here->host = "127.0.0.1";
	here->port = data_port(server->data);
	CHECK(open_end(client, here));
}

/* A plain socket that connects to the end's port; -1 where it cannot. */
static int plain_client(const struct end *e)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)data_port(e->data)) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
		abort();
	return fd;
}

/* ---- one way and the other ---- */

static void a_server_sends(void)
{
	struct end server = { 0 }, client = { 0 };
	open_pair(&server, &client, &(struct data_options){ 0 }, &(struct data_options){ 0 });
	data_send(server.data, SLICE("a list\r\n")); /* before anybody is there */
	data_finish(server.data);
	RUN_UNTIL(client.ended && server.ended);
	CHECK_TEXT(buffer_slice(&client.heard), "a list\r\n");
	CHECK_TEXT(buffer_slice(&server.told), "connected ended");
	CHECK_TEXT(buffer_slice(&client.told), "connected ended");
	CHECK(server.why == NULL && client.why == NULL);
	CHECK(data_sent(server.data) == 8 && data_received(client.data) == 8);
	CHECK(strncmp(data_peer(client.data), "127.0.0.1:", 10) == 0);
	end_free(&server);
	end_free(&client);
}

static void a_client_sends(void)
{
	struct end server = { 0 }, client = { 0 };
	open_pair(&server, &client, &(struct data_options){ 0 }, &(struct data_options){ 0 });
	RUN_UNTIL(client.told.n > 0);
	data_send(client.data, SLICE("one "));
	data_send(client.data, SLICE("two"));
	data_finish(client.data);
	RUN_UNTIL(server.ended && client.ended);
	CHECK_TEXT(buffer_slice(&server.heard), "one two");
	CHECK(server.why == NULL && client.why == NULL);
	end_free(&server);
	end_free(&client);
}

static void nothing_at_all_is_sent(void)
{
	struct end server = { 0 }, client = { 0 };
	open_pair(&server, &client, &(struct data_options){ 0 }, &(struct data_options){ 0 });
	data_finish(server.data);
	RUN_UNTIL(client.ended && server.ended);
	CHECK(client.octets == 0 && client.why == NULL && server.why == NULL);
	end_free(&server);
	end_free(&client);
}

/* TYPE A (RFC 959 3.1.1.1): CRLF on the wire, however the text is cut. */
static void lines_have_crlf(void)
{
	struct end server = { 0 }, client = { 0 };
	open_pair(&server, &client, &(struct data_options){ .ascii = true }, &(struct data_options){ 0 });
	data_send(server.data, SLICE("unix\nwire\r\ncut\r"));
	data_send(server.data, SLICE("\n\nlone \r octet"));
	data_finish(server.data);
	RUN_UNTIL(client.ended);
	CHECK_TEXT(buffer_slice(&client.heard), "unix\r\nwire\r\ncut\r\n\r\nlone \r octet");
	CHECK(data_sent(server.data) == client.octets);
	end_free(&server);
	end_free(&client);
}

/* One that waits is there, and says and hears nothing before it is told to. */
static void it_waits(void)
{
	struct end server = { 0 }, client = { 0 };
	open_pair(&server, &client, &(struct data_options){ 0 }, &(struct data_options){ .waits = true });
	data_send(server.data, SLICE("early"));
	data_finish(server.data);
	RUN_UNTIL(server.ended && client.told.n > 0);
	for (int i = 0; i < 20; i++)
		turn();
	CHECK_TEXT(buffer_slice(&client.told), "connected");
	CHECK(client.octets == 0);
	data_begin(client.data, NULL, NULL);
	RUN_UNTIL(client.ended);
	CHECK_TEXT(buffer_slice(&client.heard), "early");
	end_free(&server);
	end_free(&client);
}

/* Memory in KiB that the program has had at most. */
static long memory_used(void)
{
	struct rusage usage;
	(void)getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

/* What AddressSanitizer keeps of freed memory would be counted as ours. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "quarantine_size_mb=4";
}

/* However much is sent, and however slowly it is read, what is kept has a bound. */
static void memory_stays_flat(void)
{
	struct end server = { .to_send = 64 << 20 }, client = { 0 };
	open_pair(&server, &client, &(struct data_options){ 0 }, &(struct data_options){ 0 });
	long before = memory_used();
	RUN_UNTIL(client.octets > 0);
	data_pause(client.data, true);
	uint64_t paused_at = client.octets;
	for (int i = 0; i < 50; i++)
		turn();
	CHECK(client.octets == paused_at);
	CHECK(!client.ended && data_waiting(server.data) <= 65536);
	data_pause(client.data, false);
	RUN_UNTIL(client.ended && server.ended);
	CHECK(client.octets == 64 << 20 && client.why == NULL && server.why == NULL);
	CHECK(memory_used() - before < 16 << 10);
	end_free(&server);
	end_free(&client);
}

/* ---- how it fails ---- */

static void nobody_comes(void)
{
	struct end server = { 0 };
	CHECK(open_end(&server, &(struct data_options){ .host = "127.0.0.1", .listens = true, .timeout = 0.05 }));
	RUN_UNTIL(server.ended);
	char *wanted = string_printf("nobody came to 127.0.0.1:%u within 0.05 s", data_port(server.data));
	CHECK_TEXT(slice_of(server.why), wanted);
	free(wanted);
	end_free(&server);
}

static void nobody_listens(void)
{
	struct end server = { 0 }, client = { 0 };
	CHECK(open_end(&server, &(struct data_options){ .host = "127.0.0.1", .listens = true }));
	unsigned port = data_port(server.data);
	end_free(&server);
	CHECK(open_end(&client, &(struct data_options){ .host = "127.0.0.1", .port = port }));
	RUN_UNTIL(client.ended);
	char *wanted = string_printf("127.0.0.1 port %u: connection refused", port);
	CHECK_TEXT(slice_of(client.why), wanted);
	free(wanted);
	end_free(&client);
}

static void it_cannot_listen_there(void)
{
	struct end server = { 0 };
	CHECK(!open_end(&server, &(struct data_options){ .host = "192.0.2.1", .listens = true }));
	CHECK(strstr(server.why, "not an address of this machine") != NULL);
	end_free(&server);
}

/* Who is not expected is hung up on, and the one who is can still come. */
static void strangers_are_hung_up_on(void)
{
	struct end server = { 0 }, stranger = { 0 }, client = { 0 };
	CHECK(open_end(&server,
	               &(struct data_options){ .host = "127.0.0.1", .listens = true, .only_from = "127.0.0.2" }));
	unsigned port = data_port(server.data);
	CHECK(open_end(&stranger, &(struct data_options){ .host = "127.0.0.1", .port = port }));
	RUN_UNTIL(stranger.ended);
	CHECK_TEXT(buffer_slice(&server.told), "stranger");
	CHECK(!data_connected(server.data));
	CHECK(open_end(&client, &(struct data_options){ .host = "127.0.0.1", .port = port, .from = "127.0.0.2" }));
	RUN_UNTIL(data_connected(server.data));
	CHECK(strncmp(data_peer(server.data), "127.0.0.2:", 10) == 0);
	end_free(&server);
	end_free(&stranger);
	end_free(&client);
}

/* Gone before all was sent: in order as TCP has it or not, it is no end for who still sends. */
static void the_reader_goes_early(void)
{
	for (int reset = 0; reset < 2; reset++) {
		struct end server = { .to_send = 64 << 20 };
		struct linger linger = { .l_onoff = 1 };
		CHECK(open_end(&server, &(struct data_options){ .host = "127.0.0.1", .listens = true }));
		int fd = plain_client(&server);
		RUN_UNTIL(data_connected(server.data));
		if (reset)
			(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
		(void)close(fd);
		RUN_UNTIL(server.ended);
		CHECK(server.why != NULL);
		end_free(&server);
	}
}

static void the_sender_is_reset(void)
{
	struct end server = { 0 };
	struct linger linger = { .l_onoff = 1 };
	CHECK(open_end(&server, &(struct data_options){ .host = "127.0.0.1", .listens = true }));
	int fd = plain_client(&server);
	CHECK(write(fd, "half", 4) == 4);
	RUN_UNTIL(server.octets == 4);
	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
	(void)close(fd);
	RUN_UNTIL(server.ended);
	CHECK(server.why && strstr(server.why, ": connection reset by peer") != NULL);
	end_free(&server);
}

/* A reader that says it will send nothing is still read to. */
static void the_reader_half_closes(void)
{
	struct end server = { 0 };
	char room[16];
	CHECK(open_end(&server, &(struct data_options){ .host = "127.0.0.1", .listens = true }));
	int fd = plain_client(&server);
	RUN_UNTIL(data_connected(server.data));
	data_send(server.data, SLICE("first "));
	(void)shutdown(fd, SHUT_WR);
	for (int i = 0; i < 20; i++)
		turn();
	CHECK(!server.ended);
	data_send(server.data, SLICE("last"));
	data_finish(server.data);
	RUN_UNTIL(server.ended);
	CHECK(server.why == NULL);
	CHECK(read(fd, room, sizeof room) == 10);
	(void)close(fd);
	end_free(&server);
}

static void freed_when_told(void)
{
	struct end server = { 0 }, client = { .free_when_told = true };
	open_pair(&server, &client, &(struct data_options){ 0 }, &(struct data_options){ 0 });
	RUN_UNTIL(client.ended);
	CHECK_TEXT(buffer_slice(&client.told), "connected");
	end_free(&server);
	end_free(&client);
}

/* ---- under TLS ---- */

static struct tls_settings *server_tls, *client_tls;

static void make_settings(const char *max)
{
	struct tls_options options = { .max = max };
	struct error error = { 0 };
	if (tls_server_settings(&options, NULL, &server_tls, &error) != STATUS_OK ||
	    tls_client_settings(&options, &client_tls, &error) != STATUS_OK ||
	    tls_settings_trust(client_tls, server_tls, &error) != STATUS_OK)
		abort();
}

static void free_settings(void)
{
	tls_settings_free(server_tls);
	tls_settings_free(client_tls);
}

/* One transfer under TLS; whether it went on with the session of `earlier` (NULL: none was offered). */
static bool secured_transfer(struct tls_facts *earlier)
{
	struct end server = { 0 }, client = { 0 };
	struct data_options there = { .tls = server_tls };
	struct data_options here = { .tls = client_tls, .tls_host = "localhost", .resume = earlier };
	open_pair(&server, &client, &there, &here);
	data_send(server.data, SLICE("secret"));
	data_finish(server.data);
	RUN_UNTIL(client.ended && server.ended);
	CHECK_TEXT(buffer_slice(&client.heard), "secret");
	CHECK_TEXT(buffer_slice(&client.told), "connected ended");
	CHECK(client.why == NULL && server.why == NULL);
	bool resumed = tls_facts_resumed(data_facts(client.data));
	end_free(&server);
	end_free(&client);
	return resumed;
}

static void tls_and_the_session_goes_on(void)
{
	static const char *const versions[] = { "1.2", "1.3" };
	for (size_t i = 0; i < 2; i++) {
		struct tls_facts *control = tls_facts_new();
		make_settings(versions[i]);
		CHECK(!secured_transfer(control)); /* nothing was handed out before */
		/* Under TLS 1.3 tickets come behind the handshake: a server of ours hands them out on the control connection. */
		for (int more = 0; more < 6; more++)
			CHECK(secured_transfer(control) == (i == 0));
		CHECK(!secured_transfer(NULL));
		tls_facts_free(control);
		free_settings();
	}
}

static void tls_begins_with_the_transfer(void)
{
	struct end server = { 0 }, client = { 0 };
	make_settings("1.3");
	open_pair(&server, &client, &(struct data_options){ .waits = true },
	          &(struct data_options){ .waits = true, .tls_host = "localhost", .timeout = 0.2 });
	RUN_UNTIL(client.told.n > 0 && server.told.n > 0);
	data_begin(server.data, server_tls, NULL);
	data_begin(client.data, client_tls, NULL);
	data_send(client.data, SLICE("stored"));
	data_finish(client.data);
	RUN_UNTIL(client.ended && server.ended);
	CHECK_TEXT(buffer_slice(&server.heard), "stored");
	CHECK(client.why == NULL && server.why == NULL);
	end_free(&server);
	end_free(&client);
	free_settings();
}

static void tls_that_fails(void)
{
	struct end server = { 0 }, client = { 0 };
	struct data_options late = { .tls = NULL }, here = { .tls_host = "localhost" };
	make_settings("1.3");
	here.tls = client_tls;
	here.timeout = 0.1;
	late.waits = true; /* nobody answers the handshake */
	open_pair(&server, &client, &late, &here);
	RUN_UNTIL(client.ended);
	CHECK(client.why && strstr(client.why, ": TLS: the handshake was not done within 0.1 s") != NULL);
	end_free(&server);
	end_free(&client);
	here.timeout = 0;
	late.waits = false; /* it answers in the clear */
	open_pair(&server, &client, &late, &here);
	data_send(server.data, SLICE("total 0\r\n"));
	RUN_UNTIL(client.ended);
	CHECK(client.why && strstr(client.why, ": TLS: octets came in the clear: \"total 0") != NULL);
	end_free(&server);
	end_free(&client);
	here.tls_host = "other.example"; /* it is somebody else */
	late.tls = server_tls;
	open_pair(&server, &client, &late, &here);
	RUN_UNTIL(client.ended && server.ended);
	CHECK(client.why && strstr(client.why, "other.example") != NULL && server.why != NULL);
	end_free(&server);
	end_free(&client);
	free_settings();
}

int main(void)
{
	base = event_base_new();
	TEST(a_server_sends);
	TEST(a_client_sends);
	TEST(nothing_at_all_is_sent);
	TEST(lines_have_crlf);
	TEST(it_waits);
	TEST(memory_stays_flat);
	TEST(nobody_comes);
	TEST(nobody_listens);
	TEST(it_cannot_listen_there);
	TEST(strangers_are_hung_up_on);
	TEST(the_reader_goes_early);
	TEST(the_sender_is_reset);
	TEST(the_reader_half_closes);
	TEST(freed_when_told);
	TEST(tls_and_the_session_goes_on);
	TEST(tls_begins_with_the_transfer);
	TEST(tls_that_fails);
	event_base_free(base);
	return test_end();
}
