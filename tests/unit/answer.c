/*
 * A script's server, asked by a client whose lines stand in the test.
 */
#include "test.h"

#include "script/answer.h"

static struct script *scripts;
static size_t nscripts;
static struct rehearsal *rehearsal;
static struct answerer *answerer;
static struct dialogue *dialogue;
static struct variables given;
static struct buffer said; /* by the server since it was last asked */
static bool hung_up;

static void feed(enum side side, struct slice octets);

/* Says what the answerer has to say. */
static void answers(void)
{
	struct answer_step step;
	enum answer_act act;
	while ((act = answerer_next(answerer, &step)) != ANSWER_NOTHING) {
		hung_up = hung_up || act == ANSWER_HANG_UP;
		if (act != ANSWER_SAY)
			continue;
		size_t at = said.n;
		buffer_add_slice(&said, step.text);
		feed(SIDE_SERVER, slice_part(buffer_slice(&said), at, said.n));
	}
}

static void feed(enum side side, struct slice octets)
{
	struct dialogue_event event;
	size_t took = 1;
	while (octets.n && took) {
		took = dialogue_feed(dialogue, side, octets.p, octets.n);
		while (dialogue_next(dialogue, &event))
			answerer_event(answerer, dialogue, &event);
		if (side == SIDE_CLIENT)
			answers();
		octets = slice_part(octets, took, octets.n);
	}
}

static void begin(const char *text, bool strict)
{
	struct error error = { 0 };
	CHECK(scripts_parse(slice_of(text), "t", &scripts, &nscripts, &error) == STATUS_OK);
	rehearsal = rehearse(&scripts[0], NULL, &given);
	dialogue = dialogue_new(rehearsal->protocol);
	answerer = answerer_new(rehearsal, &given, strict);
	hung_up = false;
	answers();
}

static void end(void)
{
	answerer_free(answerer);
	dialogue_free(dialogue);
	rehearsal_free(rehearsal);
	scripts_free(scripts, nscripts);
	variables_free(&given);
	given = (struct variables){ 0 };
	buffer_free(&said);
}

/* What the server says to these octets. */
static struct slice client(const char *octets)
{
	buffer_clear(&said);
	feed(SIDE_CLIENT, slice_of(octets));
	return buffer_slice(&said);
}

#define MESSAGE \
	"Protocol: smtp\n\nS: 220 x\nC: EHLO a\nS: 250 x\nC: MAIL FROM:<a@b>\nS: 250 mail\nC: RCPT TO:<c@d>\nS: 250 rcpt\n" \
	"C: DATA\nS: 354 go\nC: Hi\nC: .\nS: 250 taken\nC: QUIT\nS: 221 bye\n"

static void answers_by_verb(void)
{
	begin(MESSAGE, false);
	CHECK_TEXT(buffer_slice(&said), "220 x\r\n");
	CHECK_TEXT(client("ehlo somebody.else\r\n"), "250 x\r\n");
	CHECK_TEXT(client("MAIL FROM:<other@x> SIZE=3\r\n"), "250 mail\r\n");
	CHECK_TEXT(client("RCPT TO:<y@z>\r\n"), "250 rcpt\r\n");
	CHECK_TEXT(client("DATA\r\n"), "354 go\r\n");
	CHECK_TEXT(client("any\r\ntext\r\n"), "");
	CHECK_TEXT(client(".\r\n"), "250 taken\r\n");
	CHECK(!hung_up);
	CHECK_TEXT(client("QUIT\r\n"), "221 bye\r\n");
	CHECK(hung_up);
	end();
}

static void answers_pipelined_commands_in_order(void)
{
	begin(MESSAGE, false);
	CHECK_TEXT(client("EHLO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n"),
	           "250 x\r\n250 mail\r\n250 rcpt\r\n354 go\r\n");
	CHECK_TEXT(client("Hi\r\n.\r\nQUIT\r\n"), "250 taken\r\n221 bye\r\n");
	end();
}

/* The script pipelines and the client does not: it must not wait for ever. */
static void answers_each_command_of_a_pipelining_script(void)
{
	begin("Protocol: smtp\n\nS: 220 x\nC: EHLO a\nS: 250 x\nC: MAIL FROM:<a@b>\n# on\nC: RCPT TO:<c@d>\nC: DATA\nS: 250 1\n"
	      "S: 250 2\nS: 354 3\nC: .\nC: QUIT\nS: 250 4\nS: 221 5\n",
	      false);
	CHECK_TEXT(client("EHLO a\r\n"), "250 x\r\n");
	CHECK_TEXT(client("MAIL FROM:<a@b>\r\n"), "250 1\r\n");
	CHECK_TEXT(client("RCPT TO:<c@d>\r\n"), "250 2\r\n");
	CHECK_TEXT(client("DATA\r\n"), "354 3\r\n");
	CHECK_TEXT(client(".\r\n"), "250 4\r\n");
	CHECK_TEXT(client("QUIT\r\n"), "221 5\r\n");
	end();
}

static void off_script_keeps_its_place(void)
{
	begin(MESSAGE, false);
	CHECK_TEXT(client("MAIL FROM:<a@b>\r\n"), "503 5.5.1 This is a script: expected here: EHLO\r\n");
	CHECK_TEXT(client("XYZZY\r\n"), "500 5.5.2 Unknown command. This is a script: expected here: EHLO\r\n");
	CHECK_TEXT(client("NOOP\r\n"), "250 2.0.0 This is a script: expected here: EHLO\r\n");
	CHECK_TEXT(client("EHLO a\r\n"), "250 x\r\n");
	CHECK(!hung_up);
	CHECK_TEXT(client("QUIT\r\n"), "221 2.0.0 Bye\r\n");
	CHECK(hung_up);
	end();
}

static void strict_wants_the_whole_line(void)
{
	begin(MESSAGE, true);
	CHECK_TEXT(client("EHLO b\r\n"), "503 5.5.1 This is a script: expected here: EHLO a\r\n");
	CHECK_TEXT(client("EHLO a\r\n"), "250 x\r\n");
	CHECK_TEXT(client("MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n"), "250 mail\r\n250 rcpt\r\n354 go\r\n");
	CHECK_TEXT(client("Ho\r\n.\r\n"), "554 5.6.0 This is a script: expected here: Hi\r\n");
	end();
}

static void strict_takes_back_the_command_of_wrong_text(void)
{
	begin("Protocol: lmtp\n\nS: 220 x\nC: LHLO a\nS: 250 x\nC: MAIL FROM:<a@b>\nS: 250 m\nC: RCPT TO:<c@d>\nS: 250 r\n"
	      "C: DATA\nS: 354 go\nC: Hi\nC: .\nS: 250 taken\n",
	      true);
	(void)client("LHLO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n");
	CHECK_TEXT(client("DATA\r\nHo\r\n.\r\n"), "354 go\r\n554 5.6.0 This is a script: expected here: Hi\r\n");
	CHECK_TEXT(client("NOOP\r\n"), "250 2.0.0 This is a script: expected here: DATA\r\n");
	end();
}

static void client_lines_capture(void)
{
	begin("Protocol: smtp\n\nS: 220 x\nC: EHLO {{name}}\nS: 250 hello {{name}}{{*}}\n", false);
	CHECK_TEXT(client("ehlo pc7\r\n"), "250 hello pc7\r\n");
	end();
}

static void unset_names_are_found_at_the_start(void)
{
	struct error error = { 0 };
	begin("Protocol: smtp\n\nS: 220 x\nC: EHLO {{name}}\nS: 250 hello {{name}} at {{place}}\n", false);
	CHECK(rehearsal_check(rehearsal, SIDE_SERVER, &given, &error) == STATUS_USAGE);
	CHECK(error.message && strstr(error.message, "t:5: ") && strstr(error.message, "place"));
	error_clear(&error);
	end();
}

static void marked_lines_say_nothing(void)
{
	begin("Protocol: smtp\n\nS: 220 x\nC: EHLO a\nS: 250-x\nS?: 250-SIZE\nS*: 250-{{*}}\nS!: 250-AUTH\nS: 250 HELP\n"
	      "C: NOOP\nS?: 250 fine\n",
	      false);
	CHECK_TEXT(client("EHLO a\r\n"), "250-x\r\n250 HELP\r\n");
	/* but a reply needs its last line */
	CHECK_TEXT(client("NOOP\r\n"), "250 fine\r\n");
	end();
}

static void any_answer_matches_and_a_star_takes_back(void)
{
	begin("Protocol: smtp\n\nS: 220 x\nC: EHLO a\nS: 250-x\nS: 250 AUTH LOGIN\nC: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: Ym9i\n"
	      "S: 334 UGFzc3dvcmQ6\nC: c2VjcmV0\nS: 235 ok\nC: QUIT\nS: 221 x\n",
	      false);
	(void)client("EHLO a\r\n");
	CHECK_TEXT(client("AUTH LOGIN\r\n"), "334 VXNlcm5hbWU6\r\n");
	CHECK_TEXT(client("*\r\n"), "501 5.7.0 Cancelled. This is a script: expected here: Ym9i\r\n");
	CHECK_TEXT(client("AUTH LOGIN\r\n"), "334 VXNlcm5hbWU6\r\n");
	CHECK_TEXT(client("YWxpY2U=\r\n"), "334 UGFzc3dvcmQ6\r\n");
	CHECK_TEXT(client("eA==\r\n"), "235 ok\r\n");
	end();
}

static void counted_octets_come_before_the_reply(void)
{
	begin("Protocol: smtp\n\nS: 220 x\nC: EHLO a\nS: 250-x\nS: 250 CHUNKING\nC: MAIL FROM:<a@b>\nS: 250 m\nC: RCPT TO:<c@d>\n"
	      "S: 250 r\nC: BDAT 4 LAST\nC: Hi\nS: 250 taken\nC: QUIT\nS: 221 x\n",
	      false);
	(void)client("EHLO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n");
	CHECK_TEXT(client("BDAT 9 LAST\r\n"), "");
	CHECK_TEXT(client("Hello\r\n"), "");
	CHECK_TEXT(client("\r\n"), "250 taken\r\n");
	CHECK_TEXT(client("QUIT\r\n"), "221 x\r\n");
	end();
}

static void fragments_get_a_greeting(void)
{
	begin("Protocol: smtp\n\nC: NOOP\nS: 250 x\n", false);
	CHECK(slice_starts(buffer_slice(&said), SLICE("220 ")));
	CHECK_TEXT(client("NOOP\r\n"), "250 x\r\n");
	CHECK(!hung_up);
	end();
}

static void plain_lines_match_by_their_first_word(void)
{
	begin("Protocol: tcp\n\nC: hello world\nS: HELLO WORLD\n", false);
	CHECK_TEXT(client("bye\r\n"), "This is a script: expected here: hello world\r\n");
	CHECK_TEXT(client("hello you\r\n"), "HELLO WORLD\r\n");
	end();
}

static void a_line_without_end_is_taken_after_silence(void)
{
	begin("Protocol: tcp\n\nC\\: hello\nS\\: HELLO\n", false);
	CHECK_TEXT(client("hello"), "");
	struct dialogue_event event;
	dialogue_quiet(dialogue);
	while (dialogue_next(dialogue, &event))
		answerer_event(answerer, dialogue, &event);
	answers();
	CHECK_TEXT(buffer_slice(&said), "HELLO");
	end();
}

/* ---- commands that go on behind their line ---- */

#define LOGIN \
	"Protocol: imap\n\nS: * OK ready\nC: a1 LOGIN {3}\nS: + name?\nC: bob {8}\nS: + password?\nC: redqueen\n" \
	"S: a1 OK in\nC: a2 NOOP\nS: * 3 EXISTS\nS: a2 OK done\n"

static void tags_are_the_clients(void)
{
	begin(LOGIN, false);
	CHECK_TEXT(client("x1 LOGIN bob redqueen\r\n"), "x1 OK in\r\n");
	CHECK_TEXT(client("x2 noop\r\n"), "* 3 EXISTS\r\nx2 OK done\r\n");
	CHECK_TEXT(client("x3 NOOP\r\n"),
	           "x3 OK This is a script: expected here: nothing more, the script has ended\r\n");
	end();
}

static void literals_are_asked_for_as_the_script_does(void)
{
	begin(LOGIN, false);
	CHECK_TEXT(client("x1 LOGIN {5}\r\n"), "+ name?\r\n");
	CHECK_TEXT(client("alice {3}\r\n"), "+ password?\r\n");
	CHECK_TEXT(client("one"), "");
	CHECK_TEXT(client("\r\n"), "x1 OK in\r\n");
	end();
}

static void literals_are_asked_for_where_the_script_has_none(void)
{
	begin("Protocol: imap\n\nS: * OK ready\nC: a1 LOGIN bob redqueen\nS: a1 OK in\n", false);
	CHECK_TEXT(client("x1 LOGIN {5}\r\n"), "+ Go ahead\r\n");
	CHECK_TEXT(client("alice {3}\r\n"), "+ Go ahead\r\n");
	CHECK_TEXT(client("one\r\n"), "x1 OK in\r\n");
	end();
}

static void literals_that_nobody_waits_for_are_not_asked_for(void)
{
	begin(LOGIN, false);
	CHECK_TEXT(client("x1 LOGIN {5+}\r\nalice {3+}\r\none\r\nx2 NOOP\r\n"),
	           "x1 OK in\r\n* 3 EXISTS\r\nx2 OK done\r\n");
	end();
}

static void refused_literals_do_not_come(void)
{
	begin("Protocol: imap\n\nS: * PREAUTH x\nC: a1 APPEND x {9}\nS: * 3 EXISTS\nS: a1 NO no\nC: a2 NOOP\nS: a2 OK x\n",
	      false);
	CHECK_TEXT(client("x1 CREATE {5}\r\n"), "x1 BAD This is a script: expected here: APPEND\r\n");
	CHECK_TEXT(client("x2 APPEND x {7}\r\n"), "* 3 EXISTS\r\nx2 NO no\r\n");
	CHECK_TEXT(client("x3 NOOP\r\n"), "x3 OK x\r\n");
	end();
}

static void strict_compares_whole_lines_of_literals(void)
{
	begin(LOGIN, true);
	CHECK_TEXT(client("x1 LOGIN {3}\r\nbob {8}\r\nredqueer\r\n"),
	           "+ name?\r\n+ password?\r\nx1 BAD This is a script: expected here: redqueen\r\n");
	CHECK_TEXT(client("x2 LOGIN {3}\r\nbob {8}\r\nredqueen\r\n"), "+ name?\r\n+ password?\r\nx2 OK in\r\n");
	end();
}

static void strict_wants_all_of_a_body(void)
{
	begin("Protocol: http\n\nC: PUT / HTTP/1.1\nC: Content-Length: 6\nC:\nC: a\nC: b\nS: HTTP/1.1 204 x\nS:\n",
	      true);
	CHECK_TEXT(client("PUT / HTTP/1.1\r\nContent-Length: 6\r\n\r\na\r\nb\r\n"), "HTTP/1.1 204 x\r\n\r\n");
	end();
	begin("Protocol: http\n\nC: PUT / HTTP/1.1\nC: Content-Length: 6\nC:\nC: a\nC: b\nS: HTTP/1.1 204 x\nS:\n",
	      true);
	CHECK(slice_starts(client("PUT / HTTP/1.1\r\nContent-Length: 3\r\n\r\na\r\n"), SLICE("HTTP/1.1 404 ")));
	end();
}

static void a_cancelled_exchange_is_answered_under_its_tag(void)
{
	begin("Protocol: imap\n\nS: * OK x\nC: a1 AUTHENTICATE PLAIN\nS: +\nC: AGEAYg==\nS: a1 OK in\n", false);
	CHECK_TEXT(client("x1 AUTHENTICATE PLAIN\r\n"), "+\r\n");
	CHECK_TEXT(client("*\r\n"), "x1 BAD This is a script: expected here: AGEAYg==\r\n");
	CHECK_TEXT(client("x2 AUTHENTICATE PLAIN\r\n"), "+\r\n");
	CHECK_TEXT(client("AGMAZA==\r\n"), "x2 OK in\r\n");
	end();
}

#define POST \
	"Protocol: http\n\nC: POST / HTTP/1.1\nC: Host: {{host}}\nC: Content-Length: 5\nC: Expect: 100-continue\nC:\n" \
	"S: HTTP/1.1 100 Continue\nS: A: b\nS:\nC\\: hello\nS: HTTP/1.1 200 OK\nS: Content-Length: 1\nS:\nS: at {{host}}\n"

static void bodies_are_asked_for_where_the_client_waits(void)
{
	begin(POST, false);
	CHECK_TEXT(client("POST / HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\nHost: x\r\n\r\n"),
	           "HTTP/1.1 100 Continue\r\nA: b\r\n\r\n");
	CHECK_TEXT(client("hi"), "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nat x\r\n");
	end();
	begin(POST, false);
	CHECK_TEXT(client("POST / HTTP/1.1\r\nHost: there\r\nContent-Length: 2\r\n\r\nhi"),
	           "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nat there\r\n");
	end();
}

static void a_refused_body_may_still_come(void)
{
	begin("Protocol: http\n\nC: PUT / HTTP/1.1\nC: Host: x\nC: Content-Length: 5\nC: Expect: 100-continue\nC:\n"
	      "S: HTTP/1.1 413 No\nS: Content-Length: 0\nS:\n",
	      false);
	CHECK_TEXT(client("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"),
	           "HTTP/1.1 413 No\r\nContent-Length: 0\r\n\r\n");
	CHECK_TEXT(client("hi"), "");
	CHECK(!hung_up);
	CHECK(slice_starts(client("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), SLICE("HTTP/1.1 404 ")));
	CHECK(hung_up);
	end();
}

static void off_script_is_said_in_each_protocol(void)
{
	begin("Protocol: pop3\n\nS: +OK\nC: USER a\nS: +OK\n", false);
	CHECK_TEXT(client("CAPA\r\n"), "+OK This is a script\r\nUSER\r\n.\r\n");
	CHECK_TEXT(client("STAT\r\n"), "-ERR This is a script: expected here: USER\r\n");
	CHECK_TEXT(client("QUIT\r\n"), "+OK Bye\r\n");
	CHECK(hung_up);
	end();
	begin("Protocol: ftp\n\nS: 220 x\nC: USER a\nS: 331 x\n", false);
	CHECK_TEXT(client("PWD\r\n"), "503 This is a script: expected here: USER\r\n");
	CHECK_TEXT(client("XYZZY\r\n"), "500 Unknown command. This is a script: expected here: USER\r\n");
	CHECK_TEXT(client("QUIT\r\n"), "221 Bye\r\n");
	CHECK(hung_up);
	end();
	begin("Protocol: http\n\nC: GET / HTTP/1.1\nC: Host: x\nC:\nS: HTTP/1.1 204 x\nS:\n", false);
	CHECK_TEXT(
		client("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n"),
		"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 37\r\nConnection: close\r\n\r\n");
	CHECK(hung_up);
	end();
	begin("Protocol: imap\n\nS: * OK\nC: a1 NOOP\nS: a1 OK x\n", false);
	CHECK_TEXT(client("\r\n"), "* BAD This is a script: expected here: NOOP\r\n");
	CHECK_TEXT(client("x LOGOUT\r\n"), "* BYE This was a script\r\nx OK This is a script: expected here: NOOP\r\n");
	CHECK(hung_up);
	end();
}

/* A script whose response is never complete must not make the server ask for what nobody waits with. */
static void an_unended_response_asks_for_nothing(void)
{
	begin("Protocol: http\n\nC: GET /1 HTTP/1.1\nC: Host: x\nC:\nS: HTTP/1.1 200 OK\nS: Content-Length: 722\nS:\n"
	      "C: GET /2 HTTP/1.1\nC: Host: x\nC:\nS: HTTP/1.1 200 OK\n",
	      false);
	CHECK_TEXT(client("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n"), "HTTP/1.1 200 OK\r\nContent-Length: 722\r\n\r\n");
	CHECK_TEXT(client("GET /2 HTTP/1.1\r\nHost: x\r\n"), "");
	CHECK_TEXT(client("\r\n"), "HTTP/1.1 200 OK\r\n");
	end();
}

int main(void)
{
	TEST(answers_by_verb);
	TEST(answers_pipelined_commands_in_order);
	TEST(answers_each_command_of_a_pipelining_script);
	TEST(off_script_keeps_its_place);
	TEST(strict_wants_the_whole_line);
	TEST(strict_takes_back_the_command_of_wrong_text);
	TEST(client_lines_capture);
	TEST(unset_names_are_found_at_the_start);
	TEST(marked_lines_say_nothing);
	TEST(any_answer_matches_and_a_star_takes_back);
	TEST(counted_octets_come_before_the_reply);
	TEST(fragments_get_a_greeting);
	TEST(plain_lines_match_by_their_first_word);
	TEST(a_line_without_end_is_taken_after_silence);
	TEST(tags_are_the_clients);
	TEST(literals_are_asked_for_as_the_script_does);
	TEST(literals_are_asked_for_where_the_script_has_none);
	TEST(literals_that_nobody_waits_for_are_not_asked_for);
	TEST(refused_literals_do_not_come);
	TEST(strict_compares_whole_lines_of_literals);
	TEST(strict_wants_all_of_a_body);
	TEST(a_cancelled_exchange_is_answered_under_its_tag);
	TEST(bodies_are_asked_for_where_the_client_waits);
	TEST(a_refused_body_may_still_come);
	TEST(off_script_is_said_in_each_protocol);
	TEST(an_unended_response_asks_for_nothing);
	return test_end();
}
