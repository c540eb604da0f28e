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
	speaker = speaker_new(rehearsal, &given, NULL);
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
	TEST(challenges_reach_functions);
	TEST(incomplete_replies_wait_for_as_many_lines);
	TEST(an_unexpected_354_is_an_error);
	TEST(described_payload_is_made_up);
	TEST(files_are_stuffed);
	TEST(made_payload_has_its_size);
	TEST(the_end_in_mid_script_is_known);
	return test_end();
}
