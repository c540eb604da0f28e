/*
 * Conversations without prefixes in documents: a document, and what is found in it. Comments are left out where nothing is
 * tested about them.
 */
#include "extracted.h"

/* ---- sessions ---- */

static void a_pasted_session_is_told_apart_by_who_would_say_the_line(void)
{
	char *got = found(
		"d.md",
		"```\n$ openssl s_client -connect mail.example:465 -crlf\n220 mail.example ESMTP\nEHLO me.example\n"
		"250-mail.example\n250 SIZE 1000\nMAIL FROM:<a@me.example>\n250 2.1.0 OK\nquit\n221 2.0.0 Bye\n"
		"read:errno=0\n```\n",
		true);
	CHECK_TEXT(slice_of(got),
	           "smtp+tls 3-10\n"
	           "# $ openssl s_client -connect mail.example:465 -crlf\n"
	           "# the document does not print who says which line: guessed from what each line says\n"
	           "S: 220 mail.example ESMTP\n"
	           "C: EHLO me.example\n"
	           "S: 250-mail.example\n"
	           "S: 250 SIZE 1000\n"
	           "C: MAIL FROM:<a@me.example>\n"
	           "S: 250 2.1.0 OK\n"
	           "C: quit\n"
	           "S: 221 2.0.0 Bye\n"
	           "# read:errno=0\n");
	free(got);
}

static void one_session_may_stand_in_several_blocks(void)
{
	CHECK_FOUND(
		"d.md",
		"```\ntelnet mail.example 25\n```\n```\n220 mail.example ESMTP\n```\n\nLog in:\n\n```\nEHLO me.example\n```\n```\n"
		"250 AUTH LOGIN\n```\n\n```\nAUTH LOGIN\n```\n```\n334 VXNlcm5hbWU6\n```\n\n```\ndGltCg==\n```\n```\n"
		"334 UGFzc3dvcmQ6\n```\n",
		"smtp 5-28\n"
		"S: 220 mail.example ESMTP\n"
		"C: EHLO me.example\n"
		"S: 250 AUTH LOGIN\n"
		"C: AUTH LOGIN\n"
		"S: 334 VXNlcm5hbWU6\n"
		"C: dGltCg==\n"
		"S: 334 UGFzc3dvcmQ6\n");
}

static void another_connection_is_another_conversation(void)
{
	CHECK_FOUND(
		"d.md",
		"```\n$ nc mail.example 143\n* OK ready\n```\nand\n```\n$ nc mail.example 143\n* OK ready\na login tim secret\n"
		"a OK Logged in\n```\n",
		"imap 3-3\n"
		"S: * OK ready\n"
		"imap 8-10\n"
		"S: * OK ready\n"
		"C: a login tim secret\n"
		"S: a OK Logged in\n");
}

static void only_the_client_may_be_marked(void)
{
	CHECK_FOUND("d.md",
	            "```\n+OK ready\n>> USER tim\n+OK\n>> PASS secret\n+OK 1 message\n>> LIST\n+OK\n1 20\n.\n```\n",
	            "pop3 2-10\n"
	            "S: +OK ready\n"
	            "C: USER tim\n"
	            "S: +OK\n"
	            "C: PASS secret\n"
	            "S: +OK 1 message\n"
	            "C: LIST\n"
	            "S: +OK\n"
	            "S: 1 20\n"
	            "S: .\n");
}

static void lines_may_have_numbers(void)
{
	CHECK_FOUND(
		"d.txt",
		"So it goes:\n\n  1. telnet host 110\n  2. +OK Hello.\n  3. user tim\n  4. +OK Password?\n  5. quit\n  6. +OK Bye\n",
		"pop3 4-8\n"
		"S: +OK Hello.\n"
		"C: user tim\n"
		"S: +OK Password?\n"
		"C: quit\n"
		"S: +OK Bye\n");
}

/* ---- HTTP ---- */

static void a_request_and_its_response_are_one(void)
{
	CHECK_FOUND(
		"d.md",
		"```\nGET /a HTTP/1.1\nHost: x.example\n\n```\nThe server answers:\n```\nHTTP/1.1 200 OK\nContent-Length: 5\n\nhello\n```\n",
		"http 2-11\n"
		"C: GET /a HTTP/1.1\n"
		"C: Host: x.example\n"
		"C:\n"
		"S: HTTP/1.1 200 OK\n"
		"S: Content-Length: 5\n"
		"S:\n"
		"S\\: hello\n");
}

static void a_header_gets_its_end(void)
{
	char *got = found("d.txt", "   GET /a HTTP/1.1\n   Host: x.example\n\nis a request.\n", true);
	CHECK_TEXT(slice_of(got),
	           "http 1-3\n"
	           "# the document does not print who says which line: guessed from what each line says\n"
	           "C: GET /a HTTP/1.1\n"
	           "C: Host: x.example\n"
	           "# the document leaves out the empty line that ends the header\n"
	           "C:\n");
	free(got);
	got = found("d.md", "```\nGET /a HTTP/1.1\nHost: x.example\nHTTP/1.1 204 No Content\nServer: x\n```\n", true);
	CHECK_TEXT(slice_of(got),
	           "http 2-5\n"
	           "# the document does not print who says which line: guessed from what each line says\n"
	           "C: GET /a HTTP/1.1\n"
	           "C: Host: x.example\n"
	           "# the document leaves out the empty line that ends the header\n"
	           "C:\n"
	           "S: HTTP/1.1 204 No Content\n"
	           "S: Server: x\n"
	           "# the document leaves out the empty line that ends the header\n"
	           "S:\n");
	free(got);
}

static void a_described_body_is_a_stage_direction(void)
{
	CHECK_FOUND("d.md", "```\nHTTP/1.1 200 OK\nContent-Type: text/html\n\n(data data data...)\n```\n",
	            "http 2-5\n"
	            "S: HTTP/1.1 200 OK\n"
	            "S: Content-Type: text/html\n"
	            "S:\n"
	            "<server sends data data data...>\n");
}

/* ---- nothing ---- */

static void what_is_no_conversation_gives_nothing(void)
{
	static const char *const documents[] = {
		/* a list of replies, a table of commands */
		"```\n220 <domain> Service ready\n221 <domain> Service closing\n250 Requested mail action okay\n421 Not available\n```\n",
		"```\nUSER name\nPASS string\nSTAT\nLIST [msg]\nQUIT\n```\n",
		/* a program's text, a log, prose */
		"```\nif (strcmp(line, \"250 OK\") == 0)\n\treturn true;\n```\n",
		"```\n127.0.0.1 - - [1/Jan/2026:00:00:00] \"GET / HTTP/1.1\" 200 12\n```\n",
		"Hypertext Transfer Protocol -- HTTP/1.1\n\nThe QUIT command ends it, and\n250 is the code of a reply that\nhelps.\n",
		/* a test program's script */
		"```\nok select $mailbox\n* 3 exists\nok fetch 1 flags\n* 1 fetch (flags ($!unordered))\n```\n",
	};
	for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++)
		CHECK_FOUND("d.md", documents[i], "");
}

int main(void)
{
	TEST(a_pasted_session_is_told_apart_by_who_would_say_the_line);
	TEST(one_session_may_stand_in_several_blocks);
	TEST(another_connection_is_another_conversation);
	TEST(only_the_client_may_be_marked);
	TEST(lines_may_have_numbers);
	TEST(a_request_and_its_response_are_one);
	TEST(a_header_gets_its_end);
	TEST(a_described_body_is_a_stage_direction);
	TEST(what_is_no_conversation_gives_nothing);
	return test_end();
}
