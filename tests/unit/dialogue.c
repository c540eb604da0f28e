/*
 * The dialogue by itself: what golden sessions cannot show, because a transcript cannot say it.
 */
#include "test.h"

#include "protocol/dialogue.h"
#include "protocol/protocol.h"
#include "protocol/smtp_syntax.h"

/* Feeds a line with CRLF and gives its last event. */
static struct dialogue_event say(struct dialogue *d, enum side side, const char *line)
{
	struct dialogue_event event = { 0 };
	struct buffer b = { 0 };
	buffer_printf(&b, "%s\r\n", line);
	size_t at = 0;
	while (at < b.n) {
		size_t took = dialogue_feed(d, side, b.p + at, b.n - at);
		bool some = false;
		struct dialogue_event next;
		while (dialogue_next(d, &next)) {
			event = next;
			some = true;
		}
		CHECK(took > 0 || some);
		if (took == 0)
			break;
		at += took;
	}
	buffer_free(&b);
	return event;
}

static struct dialogue_event next_event(struct dialogue *d)
{
	struct dialogue_event event = { 0 };
	CHECK(dialogue_next(d, &event));
	return event;
}

static struct dialogue *smtp_ready(void)
{
	struct dialogue *d = dialogue_new(protocol_named(SLICE("smtp")));
	(void)say(d, SIDE_SERVER, "220 foo.com ESMTP");
	(void)say(d, SIDE_CLIENT, "EHLO bar.com");
	(void)say(d, SIDE_SERVER, "250-foo.com");
	(void)say(d, SIDE_SERVER, "250-STARTTLS");
	(void)say(d, SIDE_SERVER, "250 SIZE 1000");
	return d;
}

static void the_server_greets_before_its_turn_ends(void)
{
	struct dialogue *d = dialogue_new(protocol_named(SLICE("smtp")));
	CHECK(dialogue_turn(d) == SIDE_SERVER);
	(void)say(d, SIDE_SERVER, "220-two lines");
	CHECK(dialogue_turn(d) == SIDE_SERVER);
	CHECK(dialogue_in_reply(d));
	(void)say(d, SIDE_SERVER, "220 of greeting");
	CHECK(dialogue_turn(d) == SIDE_CLIENT);
	(void)say(d, SIDE_CLIENT, "NOOP");
	CHECK(dialogue_turn(d) == SIDE_SERVER);
	CHECK(dialogue_outstanding(d) == 1);
	dialogue_free(d);
}

static void a_greeting_that_names_smtp_decides(void)
{
	struct dialogue *d = dialogue_new(NULL);
	CHECK(dialogue_turn(d) == SIDE_SERVER);
	struct dialogue_event event = say(d, SIDE_SERVER, "220 foo.com ESMTP Postfix");
	CHECK_TEXT(slice_of(event.protocol), "smtp");
	CHECK_TEXT(slice_of(event.state), "connected");
	dialogue_free(d);
}

static void a_greeting_that_names_nothing_waits_for_the_first_command(void)
{
	struct dialogue *d = dialogue_new(NULL);
	struct dialogue_event event = say(d, SIDE_SERVER, "220 hamburger.edu");
	CHECK_TEXT(slice_of(event.protocol), "tcp");
	event = say(d, SIDE_CLIENT, "LHLO crepes.fr");
	CHECK_TEXT(slice_of(event.protocol), "lmtp");
	CHECK_TEXT(slice_of(event.state), "connected");
	CHECK(event.problem.n == 0);
	dialogue_free(d);
}

static void silence_gives_the_client_its_turn_where_nobody_greets(void)
{
	struct dialogue *d = dialogue_new(NULL);
	CHECK(dialogue_turn(d) == SIDE_SERVER);
	dialogue_quiet(d);
	struct dialogue_event event;
	CHECK(!dialogue_next(d, &event));
	CHECK(dialogue_turn(d) == SIDE_CLIENT);
	dialogue_free(d);
}

static void silence_ends_a_line_of_tcp_but_not_of_smtp(void)
{
	struct dialogue *d = dialogue_new(protocol_named(SLICE("tcp")));
	CHECK(dialogue_feed(d, SIDE_SERVER, "login: ", 7) == 7);
	struct dialogue_event event;
	CHECK(!dialogue_next(d, &event));
	CHECK_TEXT(dialogue_unfinished(d, SIDE_SERVER), "login: ");
	dialogue_quiet(d);
	event = next_event(d);
	CHECK_TEXT(event.text, "login: ");
	CHECK(event.line_end.n == 0);
	CHECK(event.final);
	CHECK(!dialogue_next(d, &event));
	CHECK(dialogue_unfinished(d, SIDE_SERVER).n == 0);
	dialogue_free(d);

	d = dialogue_new(protocol_named(SLICE("smtp")));
	CHECK(dialogue_feed(d, SIDE_SERVER, "220 foo", 7) == 7);
	dialogue_quiet(d);
	CHECK(!dialogue_next(d, &event));
	dialogue_free(d);
}

static void a_datagram_is_one_event_whatever_it_holds(void)
{
	struct dialogue *d = dialogue_new(protocol_named(SLICE("udp")));
	CHECK(dialogue_feed(d, SIDE_CLIENT, "a\nb\r\n", 5) == 5);
	struct dialogue_event event = next_event(d);
	CHECK_TEXT(event.text, "a\nb\r\n");
	CHECK(event.octets == 5);
	CHECK(!dialogue_next(d, &event));
	CHECK(dialogue_feed(d, SIDE_SERVER, "", 0) == 0);
	event = next_event(d);
	CHECK(event.kind == EVENT_REPLY);
	CHECK(event.text.n == 0);
	CHECK(event.answers == 1);
	dialogue_free(d);
}

static void it_stops_where_tls_begins_and_leaves_the_rest(void)
{
	struct dialogue *d = smtp_ready();
	(void)say(d, SIDE_CLIENT, "STARTTLS");
	const char injected[] = "220 go ahead\r\n250 injected\r\n";
	size_t n = sizeof injected - 1;
	size_t took = dialogue_feed(d, SIDE_SERVER, injected, n);
	CHECK(took == strlen("220 go ahead\r\n"));
	struct dialogue_event event = next_event(d);
	CHECK_TEXT(event.text, "220 go ahead");
	CHECK(dialogue_tls_pending(d));
	CHECK(dialogue_feed(d, SIDE_SERVER, injected + took, n - took) == 0);
	CHECK(dialogue_feed(d, SIDE_CLIENT, "RCPT\r\n", 6) == 0);
	CHECK(!dialogue_next(d, &event));
	CHECK(dialogue_announced(d, SLICE("size"), NULL));
	dialogue_stage(d, STAGE_TLS, SIDE_CLIENT);
	event = next_event(d);
	CHECK(event.kind == EVENT_STAGE && event.stage == STAGE_TLS);
	CHECK(event.secure);
	CHECK_TEXT(slice_of(event.state), "connected");
	CHECK(!dialogue_announced(d, SLICE("SIZE"), NULL));
	dialogue_free(d);
}

static void assumed_tls_is_no_event(void)
{
	struct dialogue *d = dialogue_new(protocol_named(SLICE("smtp")));
	dialogue_assume_tls(d);
	struct dialogue_event event = say(d, SIDE_SERVER, "220 foo.com ESMTP");
	CHECK(event.n == 1);
	CHECK(event.secure);
	CHECK_TEXT(slice_of(event.state), "connected");
	dialogue_free(d);
}

static struct dialogue_event tls_begins(struct dialogue *d)
{
	dialogue_stage(d, STAGE_TLS, SIDE_CLIENT);
	struct dialogue_event event = next_event(d);
	CHECK(event.stage == STAGE_TLS && event.secure);
	CHECK(dialogue_secure(d) && !dialogue_tls_pending(d));
	CHECK(dialogue_outstanding(d) == 0);
	CHECK(!dialogue_in_reply(d));
	CHECK(dialogue_counted(d) == 0 && dialogue_due(d, SIDE_SERVER) == 0);
	CHECK(dialogue_unfinished(d, SIDE_CLIENT).n == 0 && dialogue_unfinished(d, SIDE_SERVER).n == 0);
	CHECK(dialogue_capability(d, 0).n == 0);
	return event;
}

static void implicit_tls_comes_before_the_greeting(void)
{
	for (size_t i = 0; protocols[i]; i++) {
		struct dialogue *d = dialogue_new(protocols[i]), *plain = dialogue_new(protocols[i]);
		dialogue_stage(d, STAGE_CONNECT, SIDE_CLIENT);
		(void)next_event(d);
		(void)tls_begins(d);
		CHECK_TEXT(slice_of(dialogue_state(d)), dialogue_state(plain));
		CHECK(dialogue_turn(d) == dialogue_turn(plain));
		CHECK(dialogue_input(d) == dialogue_input(plain));
		dialogue_free(d);
		dialogue_free(plain);
	}
}

static void tls_lets_an_unknown_protocol_be_recognised_anew(void)
{
	struct dialogue *d = dialogue_new(NULL);
	(void)say(d, SIDE_SERVER, "220 half of a greeting");
	(void)tls_begins(d);
	CHECK(dialogue_undecided(d));
	CHECK(dialogue_turn(d) == SIDE_SERVER);
	(void)say(d, SIDE_SERVER, "* OK ready");
	CHECK_TEXT(slice_of(dialogue_protocol(d)->name), "imap");
	dialogue_free(d);
}

/* Whatever is under way, TLS may begin, and the conversation goes on. */
static void tls_may_begin_in_the_middle_of_anything(void)
{
	static const struct {
		const char *protocol, *state; /* the state behind it */
		const char *said[8];          /* each begins with its side; the last without line end */
	} rows[] = {
		{ "smtp", "greeting", { "S220-half" } },
		{ "smtp", "greeting", { "CEHLO a.example", "S220" } },
		{ "smtp", "connected", { "S220 a", "CEHLO a.example", "S250-a", "S250-half" } },
		{ "smtp",
		  "connected",
		  { "S220 a", "CEHLO a.example", "S250-a", "S250 AUTH PLAIN", "CAUTH PLAIN", "S334 ", "Cabc" } },
		{ "smtp",
		  "connected",
		  { "S220 a", "CHELO a", "S250 a", "CMAIL FROM:<a@b>", "S250 a", "CBDAT 9 LAST", "Cabc" } },
		{ "lmtp", "connected", { "S220 a", "CLHLO a", "S250" } },
		{ "pop3", "authorization", { "S+OK a", "CAUTH PLAIN", "S+ ", "Cabc" } },
		{ "pop3",
		  "authorization",
		  { "S+OK a", "CUSER a", "S+OK", "CPASS b", "S+OK", "CRETR 1", "S+OK", "Shalf" } },
		{ "imap", "greeting", { "S* O" } },
		{ "imap",
		  "not-authenticated",
		  { "S* OK a", "Ca LOGIN a b", "Sa OK a", "Cb SELECT {5}", "S+ go", "Cin" } },
		{ "imap",
		  "not-authenticated",
		  { "S* PREAUTH a", "Ca FETCH 1 BODY[]", "S* 1 FETCH (BODY[] {9}", "Sabc" } },
		{ "imap", "not-authenticated", { "S* PREAUTH a", "Ca IDLE", "S+ idling", "CDON" } },
		{ "ftp", "connected", { "S220 a", "CUSER a", "S230 a", "CLIST", "S150 a", "S226-a" } },
		{ "http", "idle", { "CPOST / HTTP/1.1", "CContent-Length: 9", "C", "Cabc" } },
		{ "http", "idle", { "CGET / HTTP/1.0", "C", "SHTTP/1.0 200 OK", "SContent-Length: 9", "S", "Sabc" } },
		{ "http",
		  "idle",
		  { "CGET / HTTP/1.1", "C", "SHTTP/1.1 200 OK", "STransfer-Encoding: chunked", "S", "S9", "Sabc" } },
		{ "tcp", "open", { "Chello", "Sha" } },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct dialogue *d = dialogue_new(protocol_named(slice_of(rows[i].protocol)));
		for (size_t j = 0; j < 8 && rows[i].said[j]; j++) {
			enum side side = rows[i].said[j][0] == 'C' ? SIDE_CLIENT : SIDE_SERVER;
			struct slice rest = slice_of(rows[i].said[j] + 1);
			if (j + 1 < 8 && rows[i].said[j + 1])
				(void)say(d, side, rest.p);
			else
				CHECK(dialogue_feed(d, side, rest.p, rest.n) == rest.n);
			struct dialogue_event event;
			while (dialogue_next(d, &event))
				;
		}
		(void)tls_begins(d);
		CHECK_TEXT(slice_of(dialogue_state(d)), rows[i].state);
		CHECK(dialogue_input(d) == INPUT_COMMAND);
		dialogue_stage(d, STAGE_CLOSE, SIDE_SERVER);
		CHECK(next_event(d).stage == STAGE_CLOSE);
		CHECK_TEXT(slice_of(dialogue_state(d)), "closed");
		dialogue_free(d);
	}
}

static void tls_changes_nothing_behind_the_close(void)
{
	struct dialogue *d = smtp_ready();
	dialogue_stage(d, STAGE_CLOSE, SIDE_SERVER);
	(void)next_event(d);
	dialogue_stage(d, STAGE_TLS, SIDE_CLIENT);
	(void)next_event(d);
	CHECK_TEXT(slice_of(dialogue_state(d)), "closed");
	CHECK(dialogue_input(d) == INPUT_NOTHING);
	dialogue_free(d);
}

static void a_reply_half_said_in_the_clear_is_not_gone_on_with(void)
{
	struct dialogue *d = smtp_ready();
	(void)say(d, SIDE_CLIENT, "NOOP");
	(void)say(d, SIDE_SERVER, "250-half");
	(void)tls_begins(d);
	(void)say(d, SIDE_CLIENT, "EHLO bar.com");
	struct dialogue_event event = say(d, SIDE_SERVER, "250-foo.com");
	CHECK_TEXT(event.verb, "EHLO");
	CHECK(event.problem.n == 0);
	event = say(d, SIDE_SERVER, "250 SIZE 2");
	CHECK(event.final);
	CHECK_TEXT(slice_of(dialogue_state(d)), "ready");
	CHECK(dialogue_announced(d, SLICE("SIZE"), NULL));
	dialogue_free(d);
}

/* FTP: the greeting was never ended, and what is said of that moves the texts of the line that shows it. */
static void what_is_said_of_an_unended_reply_harms_no_other(void)
{
	struct dialogue *d = dialogue_new(protocol_named(SLICE("ftp")));
	(void)say(d, SIDE_SERVER, "500-half a greeting");
	(void)say(d, SIDE_CLIENT, "NOOP");
	struct dialogue_event event = say(d, SIDE_SERVER, "250 2.0");
	CHECK(slice_starts(event.problem, SLICE("the reply before this one was never ended")));
	CHECK(slice_find_octet(event.problem, '\0') == event.problem.n);
	dialogue_free(d);
}

static void ccc_tells_the_session_to_take_tls_off(void)
{
	struct dialogue *d = dialogue_new(protocol_named(SLICE("ftp")));
	(void)tls_begins(d);
	(void)say(d, SIDE_SERVER, "220 ftp.example");
	(void)say(d, SIDE_CLIENT, "CCC");
	CHECK(!dialogue_tls_ending(d));
	struct dialogue_event event = say(d, SIDE_SERVER, "200 ok");
	CHECK(event.secure); /* it came under TLS; what comes next does not */
	CHECK(dialogue_tls_ending(d));
	CHECK(!dialogue_secure(d));
	dialogue_tls_ended(d);
	CHECK(!dialogue_tls_ending(d));
	event = say(d, SIDE_CLIENT, "PWD");
	CHECK(!event.secure);
	CHECK(!dialogue_told_secret(d));
	event = say(d, SIDE_CLIENT, "PASS redqueen");
	CHECK(dialogue_told_secret(d));
	dialogue_free(d);
}

static void a_secret_under_tls_is_not_told_in_the_clear(void)
{
	struct dialogue *d = dialogue_new(protocol_named(SLICE("pop3")));
	(void)tls_begins(d);
	(void)say(d, SIDE_SERVER, "+OK ready");
	(void)say(d, SIDE_CLIENT, "USER bob");
	(void)say(d, SIDE_SERVER, "+OK");
	(void)say(d, SIDE_CLIENT, "PASS redqueen");
	CHECK(!dialogue_told_secret(d));
	dialogue_free(d);
}

static void a_close_shows_what_was_cut(void)
{
	struct dialogue *d = smtp_ready();
	(void)say(d, SIDE_CLIENT, "NOOP");
	CHECK(dialogue_feed(d, SIDE_SERVER, "250 O", 5) == 5);
	dialogue_stage(d, STAGE_CLOSE, SIDE_SERVER);
	struct dialogue_event event = next_event(d);
	CHECK_TEXT(event.text, "250 O");
	CHECK(event.problem.n > 0);
	CHECK(!event.final);
	event = next_event(d);
	CHECK(event.stage == STAGE_CLOSE);
	CHECK_TEXT(slice_of(event.state), "closed");
	CHECK(event.problem.n > 0);
	CHECK(dialogue_feed(d, SIDE_SERVER, "x", 1) == 0);
	CHECK(dialogue_input(d) == INPUT_NOTHING);
	dialogue_free(d);
}

static void a_close_behind_the_goodbye_is_in_order(void)
{
	struct dialogue *d = smtp_ready();
	(void)say(d, SIDE_CLIENT, "QUIT");
	(void)say(d, SIDE_SERVER, "221 bye");
	CHECK(dialogue_closing(d));
	dialogue_stage(d, STAGE_CLOSE, SIDE_SERVER);
	struct dialogue_event event = next_event(d);
	CHECK(event.problem.n == 0);
	dialogue_free(d);
}

static void what_is_allowed_follows_what_waits(void)
{
	struct dialogue *d = smtp_ready();
	const struct table *commands = protocol_table(dialogue_protocol(d), TABLE_COMMANDS);
	const struct entry *rcpt = table_find(commands, SLICE("RCPT"));
	const char *why = NULL;
	CHECK(dialogue_allows(d, rcpt, &why) == NOT_NOW);
	CHECK(why != NULL);
	(void)say(d, SIDE_CLIENT, "MAIL FROM:<a@b.example>");
	CHECK(dialogue_allows(d, rcpt, NULL) == ALLOWED); /* pipelined, before the reply */
	(void)say(d, SIDE_SERVER, "550 no");
	CHECK(dialogue_allows(d, rcpt, NULL) == NOT_NOW);
	CHECK(dialogue_allows(d, table_find(commands, SLICE("STARTTLS")), NULL) == ALLOWED);
	CHECK(dialogue_allows(d, table_find(commands, SLICE("BDAT")), &why) == NOT_NOW);
	CHECK(dialogue_allows(d, table_find(commands, SLICE("AUTH")), &why) == ALLOWED_UNANNOUNCED);
	dialogue_free(d);
}

static void input_says_what_the_next_line_is(void)
{
	struct dialogue *d = smtp_ready();
	CHECK(dialogue_input(d) == INPUT_COMMAND);
	(void)say(d, SIDE_CLIENT, "AUTH LOGIN");
	(void)say(d, SIDE_SERVER, "334 VXNlcm5hbWU6");
	CHECK(dialogue_input(d) == INPUT_ANSWER);
	CHECK_TEXT(dialogue_challenge(d), "Username:");
	(void)say(d, SIDE_CLIENT, "*");
	(void)say(d, SIDE_SERVER, "501 cancelled");
	CHECK(dialogue_input(d) == INPUT_COMMAND);
	(void)say(d, SIDE_CLIENT, "MAIL FROM:<>");
	(void)say(d, SIDE_SERVER, "250 ok");
	(void)say(d, SIDE_CLIENT, "RCPT TO:<a@b.example>");
	(void)say(d, SIDE_SERVER, "250 ok");
	(void)say(d, SIDE_CLIENT, "BDAT 4");
	CHECK(dialogue_input(d) == INPUT_COUNTED);
	CHECK(dialogue_counted(d) == 4);
	CHECK(dialogue_turn(d) == SIDE_CLIENT);
	(void)say(d, SIDE_CLIENT, "ab");
	CHECK(dialogue_counted(d) == 0);
	CHECK(dialogue_turn(d) == SIDE_SERVER);
	dialogue_free(d);
}

static void a_payload_that_is_described_is_one_event(void)
{
	struct dialogue *d = dialogue_new(protocol_named(SLICE("smtp")));
	dialogue_payload(d, SIDE_SERVER, SLICE("server sends 120 octets"), 120);
	struct dialogue_event event = next_event(d);
	CHECK(event.kind == EVENT_DATA);
	CHECK(event.octets == 120);
	CHECK_TEXT(event.text, "server sends 120 octets");
	CHECK(!dialogue_next(d, &event));
	dialogue_free(d);
}

static void reply_lines_are_taken_apart(void)
{
	struct smtp_reply reply;
	CHECK(smtp_reply_parse(SLICE("250-SIZE 10"), &reply));
	CHECK(reply.line.continues && reply.line.separated);
	CHECK_TEXT(reply.line.text, "SIZE 10");
	CHECK(smtp_reply_parse(SLICE("250"), &reply));
	CHECK(!reply.line.continues);
	CHECK(smtp_reply_parse(SLICE("550 5.1.1 No such user"), &reply));
	CHECK_TEXT(reply.enhanced, "5.1.1");
	CHECK(smtp_reply_parse(SLICE("550 5.1.1000 x"), &reply));
	CHECK(reply.enhanced.n == 0);
	CHECK(!smtp_reply_parse(SLICE("2500 x"), &reply));
	CHECK(!smtp_reply_parse(SLICE("650 x"), &reply));
	CHECK(!smtp_reply_parse(SLICE("25"), &reply));
}

static void paths_are_taken_apart(void)
{
	struct smtp_path path;
	smtp_path_parse(SLICE("FROM:<a@b.example> SIZE=10 BODY=8BITMIME"), SLICE("FROM:"), true, &path);
	CHECK(path.problem == NULL);
	CHECK_TEXT(path.address, "a@b.example");
	struct slice keyword, value;
	CHECK(smtp_parameter(&path.parameters, &keyword, &value));
	CHECK_TEXT(keyword, "SIZE");
	CHECK_TEXT(value, "10");
	smtp_path_parse(SLICE("FROM:<\"a > b\"@c.example>"), SLICE("FROM:"), true, &path);
	CHECK(path.problem == NULL);
	CHECK_TEXT(path.address, "\"a > b\"@c.example");
	smtp_path_parse(SLICE("TO:<Postmaster>"), SLICE("TO:"), false, &path);
	CHECK(path.problem == NULL);
	smtp_path_parse(SLICE("TO:<@hosta,@hostb:user@hostc.example>"), SLICE("TO:"), false, &path);
	CHECK(path.problem == NULL && path.source_route);
	const char *const wrong[] = { "TO: <a@b>", "TO:a@b", "TO:<a@b", "TO:",
		                      "TO:<>",     "TO:<a>", "a@b",     "TO:<a@b>SIZE=1" };
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		smtp_path_parse(slice_of(wrong[i]), SLICE("TO:"), false, &path);
		CHECK(path.problem != NULL);
	}
}

int main(void)
{
	TEST(the_server_greets_before_its_turn_ends);
	TEST(a_greeting_that_names_smtp_decides);
	TEST(a_greeting_that_names_nothing_waits_for_the_first_command);
	TEST(silence_gives_the_client_its_turn_where_nobody_greets);
	TEST(silence_ends_a_line_of_tcp_but_not_of_smtp);
	TEST(a_datagram_is_one_event_whatever_it_holds);
	TEST(it_stops_where_tls_begins_and_leaves_the_rest);
	TEST(assumed_tls_is_no_event);
	TEST(implicit_tls_comes_before_the_greeting);
	TEST(tls_lets_an_unknown_protocol_be_recognised_anew);
	TEST(tls_may_begin_in_the_middle_of_anything);
	TEST(tls_changes_nothing_behind_the_close);
	TEST(a_reply_half_said_in_the_clear_is_not_gone_on_with);
	TEST(what_is_said_of_an_unended_reply_harms_no_other);
	TEST(ccc_tells_the_session_to_take_tls_off);
	TEST(a_secret_under_tls_is_not_told_in_the_clear);
	TEST(a_close_shows_what_was_cut);
	TEST(a_close_behind_the_goodbye_is_in_order);
	TEST(what_is_allowed_follows_what_waits);
	TEST(input_says_what_the_next_line_is);
	TEST(a_payload_that_is_described_is_one_event);
	TEST(reply_lines_are_taken_apart);
	TEST(paths_are_taken_apart);
	return test_end();
}
