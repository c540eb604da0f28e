/*
 * A script's client, played against a server whose lines stand in the test.
 */
#include "test.h"

#include "script/speak.h"

static struct script *scripts;
static size_t nscripts;
static struct rehearsal *rehearsal;
static struct speaker *speaker;
static struct dialogue *dialogue;
static struct variables given;
static struct buffer said; /* what the client has said since `heard` was last called */
static struct buffer remarks;
static struct error failure;

static void begin(const char *text)
{
	CHECK(scripts_parse(slice_of(text), "t", &scripts, &nscripts, &failure) == STATUS_OK);
	rehearsal = rehearse(&scripts[0], NULL, &given);
	speaker = speaker_new(rehearsal, &given, LEVEL_CLASS, NULL);
	dialogue = dialogue_new(rehearsal->protocol);
}

static void end(void)
{
	speaker_free(speaker);
	dialogue_free(dialogue);
	rehearsal_free(rehearsal);
	scripts_free(scripts, nscripts);
	variables_free(&given);
	given = (struct variables){ 0 };
	buffer_free(&said);
	buffer_free(&remarks);
	error_clear(&failure);
}

static void feed(enum side side, struct slice octets)
{
	struct dialogue_event event;
	size_t took = 1;
	while (octets.n && took) {
		took = dialogue_feed(dialogue, side, octets.p, octets.n);
		while (dialogue_next(dialogue, &event))
			speaker_event(speaker, dialogue, &event, &remarks);
		octets = slice_part(octets, took, octets.n);
	}
}

/* Does what the speaker says until it waits; returns why. */
static enum speak_act play(void)
{
	struct speak_step step;
	enum speak_act act;
	buffer_clear(&said);
	while ((act = speaker_next(speaker, dialogue, &step, &failure)) == SPEAK_SEND || act == SPEAK_REMARK ||
	       act == SPEAK_COMMENT) {
		if (act == SPEAK_REMARK)
			buffer_add_slice(&remarks, step.text);
		if (act != SPEAK_SEND)
			continue;
		buffer_add_slice(&said, step.octets);
		struct slice octets = { said.p + said.n - step.octets.n, step.octets.n };
		feed(SIDE_CLIENT, octets);
	}
	return act;
}

static enum speak_act server(const char *octets)
{
	feed(SIDE_SERVER, slice_of(octets));
	return play();
}

#define SAID buffer_slice(&said)

static bool remarked(const char *words)
{
	return slice_find(buffer_slice(&remarks), slice_of(words)) < remarks.n;
}

#define HELLO "Protocol: smtp\n\nS: 220 x\nC: EHLO a\nS: 250-x\nS: 250 PIPELINING\n"

static void waits_for_each_reply(void)
{
	begin(HELLO "C: QUIT\nS: 221 x\n<server hangs up>\n");
	CHECK(play() == SPEAK_AWAIT);
	CHECK(server("220 mail\r\n") == SPEAK_AWAIT);
	CHECK_TEXT(SAID, "EHLO a\r\n");
	CHECK(server("250-mail\r\n") == SPEAK_AWAIT);
	CHECK_TEXT(SAID, "");
	CHECK(server("250-SIZE\r\n250-DSN\r\n250 HELP\r\n") == SPEAK_AWAIT);
	CHECK_TEXT(SAID, "QUIT\r\n");
	CHECK(server("221 bye\r\n") == SPEAK_AWAIT_CLOSE);
	end();
}

static void consecutive_lines_go_out_together(void)
{
	begin(HELLO
	      "C: MAIL FROM:<a@b>\nC: RCPT TO:<c@d>\nC: DATA\nS: 250 a\nS: 250 b\nS: 354 c\nC: x\nC: .\nS: 250 d\n");
	(void)play();
	(void)server("220 x\r\n");
	CHECK(server("250 x\r\n") == SPEAK_AWAIT);
	CHECK_TEXT(SAID, "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n");
	CHECK(server("250 1\r\n250 2\r\n") == SPEAK_AWAIT);
	CHECK_TEXT(SAID, "");
	CHECK(server("354 3\r\n") == SPEAK_AWAIT);
	CHECK_TEXT(SAID, "x\r\n.\r\n");
	CHECK(server("250 4\r\n") == SPEAK_DONE);
	end();
}

static void refused_text_is_skipped(void)
{
	begin("Protocol: smtp\n\nS: 220 x\nC: DATA\nS: 354 c\nC: secret\nC: .\nS: 250 d\nC: QUIT\nS: 221 x\n");
	(void)play();
	(void)server("220 x\r\n");
	CHECK(server("503 no\r\n") == SPEAK_AWAIT);
	CHECK_TEXT(SAID, "QUIT\r\n");
	CHECK(remarked("skipped"));
	CHECK(remarked("the script (line 5) has: S: 354 c"));
	end();
}

static void refused_answer_is_skipped(void)
{
	begin("Protocol: smtp\n\nS: 220 x\nC: EHLO a\nS: 250-x\nS: 250 AUTH LOGIN\nC: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: Ym9i\n"
	      "S: 334 UGFzc3dvcmQ6\nC: c2VjcmV0\nS: 235 ok\nC: QUIT\nS: 221 x\n");
	(void)play();
	(void)server("220 x\r\n");
	(void)server("250-x\r\n250 AUTH LOGIN\r\n");
	CHECK_TEXT(SAID, "AUTH LOGIN\r\n");
	CHECK(server("504 no\r\n") == SPEAK_AWAIT);
	CHECK_TEXT(SAID, "QUIT\r\n");
	end();
}

static void fragments_pass_over_the_greeting(void)
{
	begin("Protocol: smtp\n\nC: NOOP\nS: 250 x\n");
	CHECK(play() == SPEAK_AWAIT);
	CHECK_TEXT(SAID, "");
	CHECK(server("220 x\r\n") == SPEAK_AWAIT);
	CHECK_TEXT(SAID, "NOOP\r\n");
	CHECK(remarked("passed over"));
	end();
}

static void captures_come_from_the_reply(void)
{
	begin("Protocol: smtp\n\nS: 220 {{host}} ESMTP\nC: EHLO {{host}}\nS: 250 {{*}}\n");
	(void)play();
	(void)server("220 mail.example ESMTP\r\n");
	CHECK_TEXT(SAID, "EHLO mail.example\r\n");
	end();
}

static void a_capture_that_failed_names_its_line(void)
{
	begin("Protocol: smtp\n\nS: 220 {{host}} ESMTP\nC: EHLO {{host}}\nS: 250 {{*}}\n");
	(void)play();
	CHECK(server("220 something else\r\n") == SPEAK_FAILED);
	CHECK(failure.message && strstr(failure.message, "t:4: "));
	end();
}

static void unset_names_are_found_before_anything_is_said(void)
{
	begin("Protocol: smtp\n\nS: 220 {{host}}\nC: EHLO {{host}}\nS: 250 x\nC: MAIL FROM:<{{from}}>\nS: 250 x\n");
	CHECK(rehearsal_check(rehearsal, SIDE_CLIENT, &given, &failure) == STATUS_USAGE);
	CHECK(failure.message && strstr(failure.message, "t:6: ") && strstr(failure.message, "from"));
	error_clear(&failure);
	CHECK(variables_set(&given, "from=a@b", &failure) == STATUS_OK);
	CHECK(rehearsal_check(rehearsal, SIDE_CLIENT, &given, &failure) == STATUS_OK);
	end();
}

static void maps_change_client_lines(void)
{
	CHECK(variables_map(&given, "foo.com=localhost", &failure) == STATUS_OK);
	begin("Protocol: smtp\n\nS: 220 foo.com\nC: EHLO a.foo.com\nS: 250 foo.com\n");
	(void)play();
	(void)server("220 foo.com\r\n");
	CHECK_TEXT(SAID, "EHLO a.localhost\r\n");
	end();
}

static void maps_reach_functions(void)
{
	CHECK(variables_map(&given, "hungry=redqueen", &failure) == STATUS_OK);
	CHECK(variables_map(&given, "bob=alice", &failure) == STATUS_OK);
	CHECK(variables_map(&given, "plain=x", &failure) == STATUS_OK);
	CHECK(variables_set(&given, "bob=bob", &failure) == STATUS_OK);
	begin("Protocol: smtp\n\nS: 220 x\nC: {{plain {{bob}}-bob hungry}} {{{{bob\nS: 235 x\n");
	(void)play();
	(void)server("220 x\r\n");
	/* bob-alice and redqueen: a variable keeps its name and value there, and the function its name */
	CHECK_TEXT(SAID, "AGJvYi1hbGljZQByZWRxdWVlbg== {{alice\r\n");
	end();
}

static void challenges_reach_functions(void)
{
	begin("Protocol: smtp\n\nS: 220 x\nC: EHLO a\nS: 250-x\nS: 250 AUTH CRAM-MD5\nC: AUTH CRAM-MD5\nS: 334 {{*}}\n"
	      "C: {{cram-md5 tim tanstaaftanstaaf}}\nS: 235 x\n");
	(void)play();
	(void)server("220 x\r\n");
	(void)server("250-x\r\n250 AUTH CRAM-MD5\r\n");
	/* RFC 2195 section 2 */
	(void)server("334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+\r\n");
	CHECK_TEXT(SAID, "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw\r\n");
	end();
}

static void incomplete_replies_wait_for_as_many_lines(void)
{
	begin("Protocol: smtp\n\nS: 220 x\nC: EHLO a\nS: 250-one\nS: 250-two\nC: QUIT\nS: 221 x\n");
	(void)play();
	(void)server("220 x\r\n");
	CHECK(server("250-1\r\n") == SPEAK_AWAIT);
	CHECK_TEXT(SAID, "");
	(void)server("250-2\r\n");
	CHECK_TEXT(SAID, "QUIT\r\n");
	end();
}

static void an_unexpected_354_is_an_error(void)
{
	begin("Protocol: smtp\n\nS: 220 x\nC: DATA\nS: 503 no\nC: QUIT\nS: 221 x\n");
	(void)play();
	(void)server("220 x\r\n");
	feed(SIDE_SERVER, SLICE("354 go on\r\n"));
	enum speak_act act = play();
	/* A dialogue that does not let DATA begin text here takes what comes for a command. */
	CHECK(dialogue_input(dialogue) == INPUT_TEXT ? act == SPEAK_FAILED : act == SPEAK_AWAIT);
	end();
}

static void described_payload_is_made_up(void)
{
	begin("Protocol: smtp\n\nS: 220 x\nC: DATA\nS: 354 c\n<client sends 100 octets of text>\nC: .\nS: 250 d\n");
	(void)play();
	(void)server("220 x\r\n");
	(void)server("354 c\r\n");
	CHECK(said.n == 103);
	CHECK(said.n > 5 && memcmp(said.p + said.n - 5, "\r\n.\r\n", 5) == 0);
	end();
}

static void files_are_stuffed(void)
{
	struct buffer out = { 0 };
	payload_of_file(&out, SLICE("a\n.\n.b\r\nlast"), INPUT_TEXT);
	CHECK_TEXT(buffer_slice(&out), "a\r\n..\r\n..b\r\nlast\r\n");
	buffer_free(&out);
}

static void made_payload_has_its_size(void)
{
	for (uint64_t n = 2; n < 200; n++) {
		struct buffer out = { 0 };
		payload_made(&out, n, INPUT_TEXT);
		CHECK(out.n == n && memcmp(out.p + n - 2, "\r\n", 2) == 0 && out.p[0] != '.');
		buffer_free(&out);
	}
}

static void the_end_in_mid_script_is_known(void)
{
	size_t line = 0;
	begin(HELLO "C: QUIT\nS: 221 x\n<server hangs up>\n");
	(void)play();
	(void)server("220 x\r\n");
	CHECK(!speaker_closed(speaker, &line) && line == 3);
	(void)server("250 x\r\n");
	CHECK(!speaker_closed(speaker, &line) && line == 5);
	(void)server("221 x\r\n");
	CHECK(speaker_closed(speaker, &line));
	end();
}

#define LOGIN \
	"Protocol: imap\n\nS: * OK ready\nC: a1 LOGIN {3}\nS: + name?\nC: bob {8}\nS: + password?\nC: redqueen\n" \
	"S: a1 OK in\nC: a2 NOOP\nS: a2 OK done\n"

static void literals_wait_until_they_are_asked_for(void)
{
	begin(LOGIN);
	(void)play();
	(void)server("* OK there\r\n");
	CHECK_TEXT(SAID, "a1 LOGIN {3}\r\n");
	CHECK(server("* CAPABILITY IMAP4rev1\r\n") == SPEAK_AWAIT);
	CHECK_TEXT(SAID, "");
	(void)server("+ \r\n");
	CHECK_TEXT(SAID, "bob {8}\r\n");
	(void)server("+ \r\n");
	CHECK_TEXT(SAID, "redqueen\r\n");
	(void)server("a1 OK welcome\r\n");
	CHECK_TEXT(SAID, "a2 NOOP\r\n");
	CHECK(remarks.n == 0);
	end();
}

static void what_asks_need_not_be_written(void)
{
	begin("Protocol: imap\n\nS: * OK ready\nC: a1 LOGIN {3}\nC: bob {8}\nC: redqueen\nS: a1 OK in\n");
	(void)play();
	(void)server("* OK there\r\n");
	CHECK_TEXT(SAID, "a1 LOGIN {3}\r\n");
	(void)server("+ \r\n");
	CHECK_TEXT(SAID, "bob {8}\r\n");
	(void)server("+ \r\n");
	CHECK_TEXT(SAID, "redqueen\r\n");
	CHECK(server("a1 OK in\r\n") == SPEAK_DONE);
	CHECK(remarks.n == 0);
	end();
}

static void a_literal_that_need_not_wait_goes_out_at_once(void)
{
	begin("Protocol: imap\n\nS: * OK ready\nC: a1 LOGIN {3+}\nC: bob {8+}\nC: redqueen\nC: a2 NOOP\nS: a1 OK in\nS: a2 OK x\n");
	(void)play();
	(void)server("* OK there\r\n");
	CHECK_TEXT(SAID, "a1 LOGIN {3+}\r\nbob {8+}\r\nredqueen\r\na2 NOOP\r\n");
	end();
}

static void a_refused_literal_is_skipped(void)
{
	begin(LOGIN);
	(void)play();
	(void)server("* OK there\r\n");
	(void)server("a1 NO never\r\n");
	CHECK_TEXT(SAID, "a2 NOOP\r\n");
	CHECK(remarked("the script (line 5) has: S: + name?"));
	CHECK(remarked("the server does not ask for this text: it is skipped"));
	end();
}

#define POST "Protocol: http\n\nC: POST / HTTP/1.1\nC: Host: x\nC: Content-Length: 3\nC: Expect: 100-continue\nC:\n"

static void a_body_waits_for_100_written_or_not(void)
{
	static const char *const scripts_of_it[] = { POST
		                                     "S: HTTP/1.1 100 Continue\nS:\nC\\: abc\nS: HTTP/1.1 204 x\nS:\n",
		                                     POST "C\\: abc\nS: HTTP/1.1 204 x\nS:\n" };
	for (size_t i = 0; i < 2; i++) {
		begin(scripts_of_it[i]);
		CHECK(play() == SPEAK_AWAIT);
		CHECK(said.n > 4 && memcmp(said.p + said.n - 4, "\r\n\r\n", 4) == 0);
		(void)server("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");
		CHECK_TEXT(SAID, "");
		(void)server("HTTP/1.1 100 Continue\r\n\r\n");
		CHECK_TEXT(SAID, "abc");
		CHECK(server("HTTP/1.1 204 No Content\r\n\r\n") == SPEAK_DONE);
		CHECK(i == 1 || remarks.n == 0);
		end();
	}
}

static void preliminary_replies_need_not_be_written(void)
{
	begin("Protocol: ftp\n\nS: 220 x\nC: RETR a\nS: 226 x\nC: QUIT\nS: 221 x\n");
	(void)play();
	CHECK(server("120 wait\r\n") == SPEAK_AWAIT);
	CHECK_TEXT(SAID, "");
	(void)server("220 x\r\n");
	CHECK_TEXT(SAID, "RETR a\r\n");
	CHECK(server("150 x\r\n") == SPEAK_AWAIT);
	CHECK_TEXT(SAID, "");
	(void)server("226 x\r\n");
	CHECK_TEXT(SAID, "QUIT\r\n");
	CHECK(remarks.n == 0);
	end();
}

static void a_remark_names_the_line_that_tells(void)
{
	begin("Protocol: pop3\n\nS: +OK\nC: LIST\nS: +OK two\nS: 1 10\nS: 2 20\nS: .\nC: QUIT\nS: +OK\n");
	(void)play();
	(void)server("+OK\r\n");
	(void)server("-ERR no\r\n");
	CHECK(remarked("the script (line 5) has: S: +OK two"));
	end();
}

static void counts_are_those_of_what_is_said(void)
{
	CHECK(variables_set(&given, "password=a longer one", &failure) == STATUS_OK);
	begin("Protocol: imap\nLet: password=redqueen\n\nS: * OK x\nC: a1 LOGIN bob {8}\nS: +\nC: {{password}}\nS: a1 OK x\n");
	(void)play();
	(void)server("* OK x\r\n");
	CHECK_TEXT(SAID, "a1 LOGIN bob {12}\r\n");
	(void)server("+ \r\n");
	CHECK_TEXT(SAID, "a longer one\r\n");
	end();
}

static void a_miscounted_literal_is_told_where_its_count_stands(void)
{
	begin("Protocol: imap\n\nS: * PREAUTH\nC: a1 SELECT x\nS: a1 OK\nC: a2 FETCH 1:2 BODY[]\nS: * 1 FETCH (BODY[] {5}\nS: one\n"
	      "S: )\nS: * 2 FETCH (BODY[] {99}\nS: two\nS: )\nS: a2 OK\n");
	(void)play();
	(void)server("* PREAUTH\r\n");
	(void)server("a1 OK\r\n");
	(void)server("* 1 FETCH (BODY[] {1}\r\nx)\r\n");
	CHECK(remarks.n == 0);
	(void)server("* 2 FETCH (BODY[] {1}\r\ny)\r\n");
	CHECK(remarked("the script (line 10) prints 99 here, but its own text has 5 octets"));
	end();
}

int main(void)
{
	TEST(waits_for_each_reply);
	TEST(consecutive_lines_go_out_together);
	TEST(refused_text_is_skipped);
	TEST(refused_answer_is_skipped);
	TEST(fragments_pass_over_the_greeting);
	TEST(captures_come_from_the_reply);
	TEST(a_capture_that_failed_names_its_line);
	TEST(unset_names_are_found_before_anything_is_said);
	TEST(maps_change_client_lines);
	TEST(maps_reach_functions);
	TEST(challenges_reach_functions);
	TEST(incomplete_replies_wait_for_as_many_lines);
	TEST(an_unexpected_354_is_an_error);
	TEST(described_payload_is_made_up);
	TEST(files_are_stuffed);
	TEST(made_payload_has_its_size);
	TEST(the_end_in_mid_script_is_known);
	TEST(literals_wait_until_they_are_asked_for);
	TEST(what_asks_need_not_be_written);
	TEST(a_literal_that_need_not_wait_goes_out_at_once);
	TEST(a_refused_literal_is_skipped);
	TEST(a_body_waits_for_100_written_or_not);
	TEST(preliminary_replies_need_not_be_written);
	TEST(a_remark_names_the_line_that_tells);
	TEST(counts_are_those_of_what_is_said);
	TEST(a_miscounted_literal_is_told_where_its_count_stands);
	return test_end();
}
