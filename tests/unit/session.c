/*
 * Sessions over socket pairs: what is told to whom, in which order, and how they end.
 */
#include "test.h"

#include <event2/event.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "protocol/protocol.h"
#include "session/session.h"

/* ---- a conversation under test: one end is the session's, the other ours ---- */

struct trial {
	struct event_base *base;
	struct session *session;
	int peer;                 /* our end */
	struct buffer told;       /* events and calls, one a line */
	struct buffer shown;      /* what the plain face printed */
	struct buffer said;       /* what came out at our end */
	const char *const *lines; /* what my_turn says, one each time; ended by NULL */
	bool over;
	enum session_end end;
	enum status status;
	char *message;
	unsigned late; /* how often to go on waiting */
	bool free_in_event;
	/* The peer's end under TLS. */
	struct stream *secured;
	struct tls_settings *server, *client;
	struct tls_facts *facts;
};

static void shown_write(void *context, struct slice text)
{
	buffer_add_slice(context, text);
}

static void on_turn(void *context, struct session *session)
{
	struct trial *t = context;
	if (t->lines && *t->lines) {
		const char *line = *t->lines++;
		session_send(session, line, strlen(line));
	} else {
		buffer_add_string(&t->told, "turn\n");
	}
}

static void on_event(void *context, struct session *session, const struct dialogue_event *event)
{
	struct trial *t = context;
	buffer_printf(&t->told, "%s " SLICE_FMT "\n", event->side == SIDE_CLIENT ? "C" : "S", SLICE_ARG(event->text));
	if (t->free_in_event && event->side == SIDE_SERVER) {
		session_free(session);
		t->session = NULL;
		t->over = true;
	}
}

static bool on_late(void *context, struct session *session, double seconds)
{
	struct trial *t = context;
	(void)session;
	buffer_printf(&t->told, "late %d\n", seconds > 0.05);
	return t->late-- > 1;
}

static void on_closed(void *context, struct session *session, enum session_end end, const struct error *error)
{
	struct trial *t = context;
	t->over = true;
	t->end = end;
	t->status = error->status;
	t->message = string_copy(error->message);
	(void)session;
}

static const struct session_driver driver = { on_turn, on_event, on_late, on_closed };

/* A pair of connected sockets; `kind` SOCK_STREAM or SOCK_DGRAM. */
static struct trial *trial_new(int kind, const struct session_options *options)
{
	struct trial *t = memory_zeroed(1, sizeof *t);
	int pair[2];
	if (socketpair(AF_UNIX, kind, 0, pair) != 0)
		abort();
	t->base = event_base_new();
	t->peer = pair[1];
	struct stream *stream = kind == SOCK_DGRAM ? stream_of_datagrams(t->base, pair[0])
	                                           : stream_of_socket(t->base, pair[0]);
	t->session = session_new(t->base, stream, options, &driver, t);
	session_add_face(t->session,
	                 plain_face((struct sink){ shown_write, &t->shown }, NOTES_OFF, (struct slice){ 0 }));
	return t;
}

static struct trial *trial_smtp(const char *const *lines)
{
	struct session_options options = { .protocol = protocol_named(SLICE("smtp")) };
	struct trial *t = trial_new(SOCK_STREAM, &options);
	t->lines = lines;
	return t;
}

static void peer_says(struct trial *t, const char *text)
{
	if (write(t->peer, text, strlen(text)) < 0)
		abort();
}

/* Collects what the session wrote. */
static void peer_reads(struct trial *t)
{
	char room[4096];
	ssize_t n;
	while ((n = recv(t->peer, room, sizeof room, MSG_DONTWAIT)) > 0)
		buffer_add(&t->said, room, (size_t)n);
}

/* Runs the loop until it is over, or for so many seconds. */
static void run(struct trial *t, double seconds)
{
	double end = clock_now() + seconds;
	while (!t->over && clock_now() < end) {
		struct timeval tick = { .tv_usec = 2000 };
		(void)event_base_loopexit(t->base, &tick);
		(void)event_base_loop(t->base, EVLOOP_ONCE);
		peer_reads(t);
	}
	peer_reads(t);
}

/* Runs until our end has got that text. */
static void run_until_said(struct trial *t, const char *text)
{
	double end = clock_now() + 5;
	while (!t->over && clock_now() < end && slice_find(buffer_slice(&t->said), slice_of(text)) == t->said.n)
		run(t, 0.004);
	buffer_clear(&t->said);
}

static void trial_free(struct trial *t)
{
	session_free(t->session);
	stream_free(t->secured);
	tls_facts_free(t->facts);
	tls_settings_free(t->server);
	tls_settings_free(t->client);
	if (t->peer >= 0)
		(void)close(t->peer);
	event_base_free(t->base);
	buffer_free(&t->told);
	buffer_free(&t->shown);
	buffer_free(&t->said);
	free(t->message);
	free(t);
}

static void peer_closes(struct trial *t)
{
	(void)close(t->peer);
	t->peer = -1;
}

/* Whether `text` stands in what was gathered. */
static bool holds(const struct buffer *b, const char *text)
{
	return b->n && slice_find(buffer_slice(b), slice_of(text)) < b->n;
}

/* ---- order ---- */

static void nothing_is_called_before_the_loop_runs(void)
{
	static const char *const lines[] = { "QUIT\r\n", NULL };
	struct trial *t = trial_smtp(lines);
	session_send(t->session, "NOOP\r\n", 6);
	CHECK(t->told.n == 0);
	run(t, 0.02);
	CHECK_TEXT(buffer_slice(&t->told), "C connect\nC NOOP\n");
	trial_free(t);
}

static void a_reply_never_stands_before_its_command(void)
{
	static const char *const lines[] = { "EHLO a.example\r\n", "QUIT\r\n", NULL };
	struct trial *t = trial_smtp(lines);
	peer_says(t, "220 b.example ESMTP\r\n");
	run_until_said(t, "EHLO");
	peer_says(t, "250-b.example\r\n250 SIZE\r\n");
	run_until_said(t, "QUIT");
	peer_says(t, "221 bye\r\n");
	peer_closes(t);
	run(t, 2);
	CHECK_TEXT(buffer_slice(&t->shown),
	           "Protocol: smtp\n\nS: 220 b.example ESMTP\nC: EHLO a.example\nS: 250-b.example\nS: 250 SIZE\n"
	           "C: QUIT\nS: 221 bye\n<server hangs up>\n");
	CHECK(t->over && t->end == END_CLOSED && t->status == STATUS_OK);
	trial_free(t);
}

static void the_driver_is_asked_again_while_it_speaks_and_has_the_turn(void)
{
	static const char *const lines[] = { "DATA\r\n", "one\r\n", "two\r\n", ".\r\n", NULL };
	struct trial *t = trial_smtp(lines);
	peer_says(t, "220 b.example ESMTP\r\n");
	session_send(t->session, "EHLO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n", 40);
	run(t, 0.02);
	peer_says(t, "250 b\r\n250 ok\r\n250 ok\r\n");
	run_until_said(t, "DATA");
	peer_says(t, "354 go on\r\n");
	run_until_said(t, "one\r\ntwo\r\n.\r\n");
	CHECK(*t->lines == NULL);
	trial_free(t);
}

static void quiet_times_ask_nobody(void)
{
	struct trial *t = trial_smtp(NULL);
	peer_says(t, "220 b.example ESMTP\r\n");
	run(t, 0.1);
	CHECK_TEXT(buffer_slice(&t->told), "C connect\nS 220 b.example ESMTP\nturn\n");
	session_nudge(t->session);
	run(t, 0.02);
	CHECK_TEXT(buffer_slice(&t->told), "C connect\nS 220 b.example ESMTP\nturn\nturn\n");
	trial_free(t);
}

static void a_server_answers_before_it_reads_the_next_command(void)
{
	static const char *const lines[] = { "220 ready\r\n", "250 hello\r\n", "250 sender\r\n", "221 bye\r\n", NULL };
	struct session_options options = { .protocol = protocol_named(SLICE("smtp")), .side = SIDE_SERVER };
	struct trial *t = trial_new(SOCK_STREAM, &options);
	t->lines = lines;
	peer_says(t, "EHLO a\r\nMAIL FROM:<a@b>\r\nQUIT\r\n");
	run(t, 0.05);
	CHECK_TEXT(buffer_slice(&t->shown),
	           "Protocol: smtp\n\nS: 220 ready\nC: EHLO a\nS: 250 hello\nC: MAIL FROM:<a@b>\n"
	           "S: 250 sender\nC: QUIT\nS: 221 bye\n");
	CHECK(shutdown(t->peer, SHUT_WR) == 0);
	run(t, 2);
	CHECK(t->over && t->end == END_CLOSED);
	trial_free(t);
}

/* ---- ending ---- */

static void freed_from_inside_an_event(void)
{
	struct trial *t = trial_smtp(NULL);
	t->free_in_event = true;
	peer_says(t, "220-one\r\n220 two\r\n");
	run(t, 2);
	CHECK_TEXT(buffer_slice(&t->told), "C connect\nS 220-one\n");
	CHECK(t->session == NULL);
	trial_free(t);
}

static void a_server_that_goes_while_a_reply_is_pending(void)
{
	static const char *const lines[] = { "NOOP\r\n", NULL };
	struct trial *t = trial_smtp(lines);
	peer_says(t, "220 b.example ESMTP\r\n");
	run_until_said(t, "NOOP");
	peer_closes(t);
	run(t, 2);
	CHECK(t->over && t->end == END_LOST && t->status == STATUS_CONNECTION);
	CHECK(t->message && strstr(t->message, "the reply to NOOP"));
	trial_free(t);
}

static void a_server_that_goes_before_it_greets(void)
{
	struct trial *t = trial_smtp(NULL);
	peer_closes(t);
	run(t, 2);
	CHECK(t->end == END_LOST && t->message && strstr(t->message, "the greeting"));
	trial_free(t);
}

static void a_server_that_goes_when_all_is_answered(void)
{
	struct trial *t = trial_smtp(NULL);
	peer_says(t, "220 b.example ESMTP\r\n");
	peer_closes(t);
	run(t, 2);
	CHECK(t->over && t->end == END_CLOSED && t->status == STATUS_OK);
	trial_free(t);
}

static void hanging_up_writes_what_was_said(void)
{
	struct trial *t = trial_smtp(NULL);
	peer_says(t, "220 b.example ESMTP\r\n");
	run(t, 0.05);
	session_send(t->session, "QUIT\r\n", 6);
	session_hang_up(t->session);
	session_send(t->session, "NOOP\r\n", 6);
	CHECK(!t->over); /* closed comes from the loop */
	run(t, 2);
	CHECK(t->over && t->end == END_CLOSED);
	CHECK(holds(&t->said, "QUIT\r\n") && !holds(&t->said, "NOOP"));
	CHECK(holds(&t->shown, "C: QUIT\n<client hangs up>\n"));
	trial_free(t);
}

static void a_goodbye_is_waited_for_but_not_for_ever(void)
{
	static const char *const lines[] = { "QUIT\r\n", NULL };
	struct trial *t = trial_smtp(lines);
	peer_says(t, "220 b.example ESMTP\r\n");
	run_until_said(t, "QUIT");
	peer_says(t, "221 bye\r\n");
	run(t, 1);
	CHECK(!t->over);
	run(t, 6);
	CHECK(t->over && t->end == END_CLOSED);
	CHECK(holds(&t->shown, "S: 221 bye\n<client hangs up>\n"));
	trial_free(t);
}

static void half_closing_still_hears(void)
{
	struct trial *t = trial_smtp(NULL);
	peer_says(t, "220 b.example ESMTP\r\n");
	run(t, 0.05);
	session_send(t->session, "NOOP\r\n", 6);
	session_shut(t->session);
	session_send(t->session, "LOST\r\n", 6);
	run(t, 0.05);
	char room[8];
	CHECK(recv(t->peer, room, sizeof room, MSG_DONTWAIT) == 0);
	CHECK_TEXT(buffer_slice(&t->said), "NOOP\r\n");
	peer_says(t, "250 ok\r\n");
	peer_closes(t);
	run(t, 2);
	CHECK(t->end == END_CLOSED);
	CHECK(holds(&t->shown, "C: NOOP\n<client hangs up>\nS: 250 ok\n<server hangs up>\n"));
	trial_free(t);
}

/* ---- time ---- */

static void a_late_reply_is_told_and_then_ends_it(void)
{
	struct session_options options = { .protocol = protocol_named(SLICE("smtp")), .timeout = 0.1 };
	struct trial *t = trial_new(SOCK_STREAM, &options);
	t->late = 2;
	run(t, 3);
	CHECK_TEXT(buffer_slice(&t->told), "C connect\nlate 1\nlate 1\nC close\n");
	CHECK(t->end == END_TIMEOUT && t->status == STATUS_TIMEOUT);
	trial_free(t);
}

static void a_line_that_drips_is_late_too(void)
{
	struct session_options options = { .protocol = protocol_named(SLICE("smtp")), .timeout = 0.2 };
	struct trial *t = trial_new(SOCK_STREAM, &options);
	double began = clock_now();
	while (!t->over && clock_now() < began + 3) {
		peer_says(t, "2");
		run(t, 0.05);
	}
	CHECK(t->end == END_TIMEOUT);
	trial_free(t);
}

static void a_session_may_take_so_long(void)
{
	struct session_options options = { .protocol = protocol_named(SLICE("smtp")), .max_time = 0.1 };
	struct trial *t = trial_new(SOCK_STREAM, &options);
	peer_says(t, "220 ready\r\n");
	run(t, 3);
	CHECK(t->end == END_TIMEOUT && strstr(t->message, "--max-time"));
	trial_free(t);
}

static void silence_ends_what_nothing_else_does(void)
{
	static const char *const lines[] = { "hello\r\n", NULL };
	struct session_options options = { .protocol = protocol_named(SLICE("tcp")), .quiet = 0.1 };
	struct trial *t = trial_new(SOCK_STREAM, &options);
	t->lines = lines;
	run_until_said(t, "hello");
	peer_says(t, "login: ");
	run(t, 0.5);
	CHECK_TEXT(buffer_slice(&t->told), "C connect\nC hello\nS login: \nturn\n");
	CHECK(holds(&t->shown, "S\\: login: \n"));
	trial_free(t);
}

static void an_unknown_protocol_waits_for_a_greeting(void)
{
	struct session_options options = { 0 };
	struct trial *t = trial_new(SOCK_STREAM, &options);
	run(t, 0.1);
	CHECK_TEXT(buffer_slice(&t->told), "C connect\n");
	peer_says(t, "220 b.example ESMTP\r\n");
	run(t, 0.1);
	CHECK_TEXT(buffer_slice(&t->told), "C connect\nS 220 b.example ESMTP\nturn\n");
	CHECK(dialogue_protocol(session_dialogue(t->session)) == protocol_named(SLICE("smtp")));
	trial_free(t);
}

/* ---- much ---- */

static void a_pause_holds_everything_back(void)
{
	struct trial *t = trial_smtp(NULL);
	peer_says(t, "220 one\r\n");
	run(t, 0.05);
	session_pause(t->session);
	peer_says(t, "421 two\r\n");
	peer_closes(t);
	run(t, 0.05);
	CHECK(!holds(&t->told, "421") && !t->over);
	session_resume(t->session);
	run(t, 2);
	CHECK(holds(&t->told, "S 421 two\nS close\n") && t->end == END_CLOSED);
	trial_free(t);
}

static unsigned chunks;

/* Says 8 KiB of message text each time, up to 4 MiB. */
static void on_turn_much(void *context, struct session *session)
{
	static char text[8192];
	(void)context;
	if (chunks == 512)
		return;
	memset(text, 'x', sizeof text);
	for (size_t i = 77; i < sizeof text; i += 78)
		memcpy(text + i - 1, "\r\n", 2);
	memcpy(text + sizeof text - 2, "\r\n", 2);
	CHECK(session_waiting(session) <= 65536);
	session_send(session, text, sizeof text);
	chunks++;
}

static void much_is_said_as_fast_as_it_is_read(void)
{
	static const struct session_driver much = { .my_turn = on_turn_much };
	struct session_options options = { .protocol = protocol_named(SLICE("tcp")),
		                           .side = SIDE_CLIENT,
		                           .quiet = 0.001 };
	struct event_base *base = event_base_new();
	int pair[2];
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	options.protocol = protocol_named(SLICE("smtp"));
	struct session *session = session_new(base, stream_of_socket(base, pair[0]), &options, &much, NULL);
	static const char replies[] = "220 b\r\n250 b\r\n250 ok\r\n250 ok\r\n354 go\r\n";
	session_send(session, "HELO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n", 46);
	for (int i = 0; i < 3; i++)
		(void)event_base_loop(base, EVLOOP_NONBLOCK);
	CHECK(write(pair[1], replies, sizeof replies - 1) == sizeof replies - 1);
	char room[65536];
	size_t total = 0;
	double end = clock_now() + 20;
	while (chunks < 512 && clock_now() < end) {
		(void)event_base_loop(base, EVLOOP_NONBLOCK);
		ssize_t n = recv(pair[1], room, 4096, MSG_DONTWAIT);
		total += n > 0 ? (size_t)n : 0;
	}
	CHECK(chunks == 512);
	CHECK(total > 3U * 1024 * 1024);
	session_free(session);
	(void)close(pair[1]);
	event_base_free(base);
}

static unsigned heard;

/* Answers each line with more than is said at once, and takes a millisecond. */
static void on_line_slowly(void *context, struct session *session, const struct dialogue_event *event)
{
	static const char answer[] = "a line that nobody reads\n";
	double end = clock_now() + 0.001;
	(void)context;
	if (event->kind == EVENT_STAGE || event->side == SIDE_SERVER)
		return;
	heard++;
	session_send(session, answer, sizeof answer - 1);
	while (clock_now() < end)
		;
}

static void a_client_that_says_all_at_once_and_goes_lets_others_have_their_turn(void)
{
	static const struct session_driver slow = { .event = on_line_slowly };
	struct session_options options = { .protocol = protocol_named(SLICE("tcp")), .side = SIDE_SERVER };
	struct event_base *base = event_base_new();
	int pair[2];
	char lines[2000];
	memset(lines, '\n', sizeof lines);
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	struct session *session = session_new(base, stream_of_socket(base, pair[0]), &options, &slow, NULL);
	CHECK(write(pair[1], lines, sizeof lines) == (ssize_t)sizeof lines);
	(void)close(pair[1]);
	unsigned most = 0;
	for (int i = 0; i < 10; i++) {
		unsigned before = heard;
		(void)event_base_loop(base, EVLOOP_ONCE);
		most = heard - before > most ? heard - before : most;
	}
	CHECK(heard > 0);
	CHECK(most < 100);
	session_free(session);
	event_base_free(base);
}

/* ---- datagrams ---- */

static void a_datagram_is_a_line(void)
{
	static const char *const lines[] = { "hello", NULL };
	struct session_options options = { .protocol = protocol_named(SLICE("udp")) };
	struct trial *t = trial_new(SOCK_DGRAM, &options);
	t->lines = lines;
	run_until_said(t, "hello");
	peer_says(t, "HEL");
	peer_says(t, "LO");
	run(t, 0.1);
	CHECK_TEXT(buffer_slice(&t->told), "C connect\nC hello\nS HEL\nS LO\nturn\n");
	trial_free(t);
}

/* ---- TLS ---- */

static size_t secured_octets(void *context, const char *p, size_t n)
{
	struct trial *t = context;
	buffer_add(&t->said, p, n);
	return n;
}

static void secured_end(void *context, enum stream_end how, const char *why)
{
	struct trial *t = context;
	(void)why;
	buffer_printf(&t->told, "peer's end %d\n", (int)how);
}

static void peer_secured(void *context)
{
	static const struct stream_events events = { secured_octets, secured_end, NULL };
	struct trial *t = context;
	stream_open(t->secured, &events, t);
}

static void peer_failed(void *context, const struct tls_failure *failure)
{
	struct trial *t = context;
	buffer_printf(&t->told, "peer: " SLICE_FMT "\n", SLICE_ARG(buffer_slice(&failure->message)));
}

/* The peer begins TLS at its end. */
static void peer_begins_tls(struct trial *t)
{
	static const struct tls_events events = { peer_secured, peer_failed };
	struct stream *carrier = stream_of_socket(t->base, t->peer);
	t->peer = -1;
	t->facts = tls_facts_new();
	t->secured = tls_over(t->base, carrier, t->server, NULL, t->facts, &events, t);
}

static const char *const starttls_lines[] = { "EHLO a\r\n", "STARTTLS\r\n", "EHLO a\r\n", NULL };

/* Up to STARTTLS, and its answer; `trusted`: the client trusts what the peer shows. */
static struct trial *trial_starttls(bool trusted, const char *reply)
{
	static const struct tls_options none = { 0 };
	struct tls_settings *server = NULL, *client = NULL;
	struct error error = { 0 };
	CHECK(tls_server_settings(&none, NULL, &server, &error) == STATUS_OK);
	CHECK(tls_client_settings(&none, &client, &error) == STATUS_OK);
	if (trusted)
		CHECK(tls_settings_trust(client, server, &error) == STATUS_OK);
	struct session_options options = { .protocol = protocol_named(SLICE("smtp")),
		                           .tls = client,
		                           .host = "localhost" };
	struct trial *t = trial_new(SOCK_STREAM, &options);
	t->server = server;
	t->client = client;
	t->lines = starttls_lines;
	peer_says(t, "220 b.example ESMTP\r\n");
	run_until_said(t, "EHLO");
	peer_says(t, "250-b.example\r\n250 STARTTLS\r\n");
	run_until_said(t, "STARTTLS");
	peer_says(t, reply);
	return t;
}

static void tls_takes_over_in_mid_session(void)
{
	struct trial *t = trial_starttls(true, "220 go ahead\r\n");
	peer_begins_tls(t);
	run_until_said(t, "EHLO a\r\n");
	CHECK(dialogue_secure(session_dialogue(t->session)));
	stream_write(t->secured, "250 b.example again\r\n", 21);
	run(t, 0.05);
	stream_free(t->secured);
	t->secured = NULL;
	run(t, 2);
	CHECK_TEXT(
		buffer_slice(&t->shown),
		"Protocol: smtp\n\nS: 220 b.example ESMTP\nC: EHLO a\nS: 250-b.example\nS: 250 STARTTLS\nC: STARTTLS\n"
		"S: 220 go ahead\n<client starts TLS>\nC: EHLO a\nS: 250 b.example again\n<server hangs up>\n");
	CHECK(t->end == END_CLOSED);
	trial_free(t);
}

static void a_certificate_that_nobody_vouches_for_ends_it(void)
{
	struct trial *t = trial_starttls(false, "220 go ahead\r\n");
	peer_begins_tls(t);
	run(t, 2);
	CHECK(t->over && t->end == END_TLS && t->status == STATUS_TLS);
	CHECK(!holds(&t->shown, "<client starts TLS>"));
	CHECK(session_tls_facts(t->session) && tls_facts_certificate(session_tls_facts(t->session)));
	trial_free(t);
}

static void plaintext_behind_the_reply_is_never_fed(void)
{
	struct trial *t = trial_starttls(true, "220 go ahead\r\n250 injected\r\n\033[2J");
	run(t, 2);
	CHECK(t->over && t->end == END_TLS && t->status == STATUS_TLS);
	CHECK(!holds(&t->told, "S 250 injected") && !holds(&t->told, "tls"));
	CHECK(holds(&t->shown,
	            "# In the clear, and too early, the server sent 18 more octets: 250 injected\\r\\n\\x1B[2J\n"));
	CHECK(!holds(&t->shown, "\033"));
	trial_free(t);
}

/* It may come in a segment of its own, between the reply and the handshake. */
static void plaintext_that_comes_after_the_reply_is_never_fed(void)
{
	struct trial *t = trial_starttls(true, "220 go ahead\r\n");
	run(t, 0.05);
	peer_says(t, "250 injected\r\n");
	run(t, 2);
	CHECK(t->over && t->end == END_TLS && t->status == STATUS_TLS);
	CHECK(!holds(&t->told, "S 250 injected"));
	CHECK(holds(&t->shown, "250 injected\\r\\n"));
	trial_free(t);
}

static void tls_that_nobody_can_begin_ends_it(void)
{
	struct trial *t = trial_smtp(starttls_lines);
	peer_says(t, "220 b.example ESMTP\r\n");
	run_until_said(t, "EHLO");
	peer_says(t, "250-b.example\r\n250 STARTTLS\r\n");
	run_until_said(t, "STARTTLS");
	peer_says(t, "220 go ahead\r\n");
	run(t, 2);
	CHECK(t->end == END_TLS && t->status == STATUS_TLS);
	trial_free(t);
}

static void secrets_are_masked_for_faces_and_not_for_the_driver(void)
{
	static const char *const lines[] = { "EHLO a\r\n", "AUTH PLAIN AGJvYgBzZWNyZXQ=\r\n", NULL };
	struct trial *t = trial_smtp(lines);
	session_masking(t->session)->spans = true;
	peer_says(t, "220 b\r\n");
	run_until_said(t, "EHLO");
	peer_says(t, "250-b\r\n250 AUTH PLAIN\r\n");
	run(t, 0.1);
	CHECK(holds(&t->said, "AUTH PLAIN AGJvYgBzZWNyZXQ=\r\n"));
	CHECK(holds(&t->told, "C AUTH PLAIN AGJvYgBzZWNyZXQ=\n"));
	CHECK(holds(&t->shown, "C: AUTH PLAIN {{plain bob {{password}}}}\n"));
	trial_free(t);
}

int main(void)
{
	TEST(nothing_is_called_before_the_loop_runs);
	TEST(a_reply_never_stands_before_its_command);
	TEST(the_driver_is_asked_again_while_it_speaks_and_has_the_turn);
	TEST(quiet_times_ask_nobody);
	TEST(a_server_answers_before_it_reads_the_next_command);
	TEST(freed_from_inside_an_event);
	TEST(a_server_that_goes_while_a_reply_is_pending);
	TEST(a_server_that_goes_before_it_greets);
	TEST(a_server_that_goes_when_all_is_answered);
	TEST(hanging_up_writes_what_was_said);
	TEST(a_goodbye_is_waited_for_but_not_for_ever);
	TEST(half_closing_still_hears);
	TEST(a_late_reply_is_told_and_then_ends_it);
	TEST(a_line_that_drips_is_late_too);
	TEST(a_session_may_take_so_long);
	TEST(silence_ends_what_nothing_else_does);
	TEST(an_unknown_protocol_waits_for_a_greeting);
	TEST(a_pause_holds_everything_back);
	TEST(much_is_said_as_fast_as_it_is_read);
	TEST(a_client_that_says_all_at_once_and_goes_lets_others_have_their_turn);
	TEST(a_datagram_is_a_line);
	TEST(tls_takes_over_in_mid_session);
	TEST(a_certificate_that_nobody_vouches_for_ends_it);
	TEST(plaintext_behind_the_reply_is_never_fed);
	TEST(plaintext_that_comes_after_the_reply_is_never_fed);
	TEST(tls_that_nobody_can_begin_ends_it);
	TEST(secrets_are_masked_for_faces_and_not_for_the_driver);
	return test_end();
}
