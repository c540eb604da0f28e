/*
 * What documents leave out, and say so, is no mistake; and one mistake is told once, where it is.
 */
#include "findings.h"

#define POP3 "S: +OK ready\nC: USER bob\nS: +OK\nC: PASS x\nS: +OK\n"                     /* lines 1 to 5 */
#define IMAP "S: * OK ready\nC: a1 LOGIN bob x\nS: a1 OK\nC: a2 SELECT INBOX\nS: a2 OK\n" /* the same */
#define BYE "C: a9 LOGOUT\nS: * BYE bye\nS: a9 OK\n"

/* ---- what is left out ---- */

/* RFC 1939 5 and 6: two ways in which a command may end, with dots between. */
static void dots_between_examples(void)
{
	FINDS(POP3 "# ...\nC: USER bob\nS: +OK\nC: PASS x\nS: -ERR locked\n", "");
	FINDS(POP3 "C: DELE 1\nS: +OK\n<server sends ...>\nC: DELE 2\nS: -ERR\nC: QUIT\nS: +OK\n", "");
	FINDS(POP3 "C: QUIT\nS: +OK (maildrop empty)\n# ...\nC: QUIT\nS: +OK\n", "");
	FINDS(POP3 "C: USER bob\nS: +OK\n",
	      "6 not allowed in this state: the client is logged in already, and this belongs before the login\n");
}

/* RFC 2192 10, RFC 5092 7: what the server says is left out. */
static void replies_in_remarks(void)
{
	FINDS("S: * OK\nC: a1 AUTHENTICATE GSSAPI\n# <authentication exchange>\nC: a2 SELECT x\n# S: ...\n" BYE, "");
	FINDS(IMAP
	      "C: a3 STORE 1 +FLAGS (\\Seen)\n# (20 lines of the document are left out)\nS: * 1 FETCH (FLAGS (\\Seen))\n" BYE,
	      "");
	FINDS(IMAP "C: a3 NOOP\n# and so on\nC: a4 NOOP\nS: a4 OK\n" BYE, "6 NOOP has no tagged reply\n");
	FINDS(POP3 "C: NOOP\n# ... and so on\n", "6 NOOP has no reply\n"); /* it breaks off */
	FINDS(POP3 "C: LIST\nS: +OK\nS: 1 120\n<server sends ...>\nC: QUIT\nS: +OK\n", "");
}

/* What is said behind TLS is not left out by a remark on TLS. */
static void remarks_on_tls(void)
{
	FINDS("S: 220 x ESMTP\nC: EHLO a.example\nS: 250-x\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\n# [...TLS negotiation...]\n<client starts TLS>\nC: MAIL FROM:<a@b.example>\nS: 250 OK\n",
	      "9 not allowed in this state: it needs EHLO or HELO first\n");
}

static void another_connection(void)
{
	FINDS(POP3 "<client connects again>\n" POP3 "C: QUIT\nS: +OK\n", "");
	FINDS(POP3 "C: NOOP\n<client connects again>\nS: +OK ready\nC: QUIT\nS: +OK\n", "6 NOOP has no reply\n");
}

/* ---- literals of which some is described ---- */

static void literals_in_part(void)
{
	FINDS(IMAP
	      "C: a3 FETCH 1 BODY[]\nS: * 1 FETCH (BODY[] {1024}\nS: Subject: x\n<server sends ...>\nS: Date: y\n<server sends ...>\nS: )\nS: a3 OK\n" BYE,
	      "");
	FINDS(IMAP
	      "C: a3 APPEND x {3000}\nS: + go\nC: Subject: x\nC:\n<client sends large base64 encoded part>\nC:\nC: --boundary--\nS: a3 OK\n" BYE,
	      "");
	FINDS(IMAP
	      "C: a3 FETCH 1 BODY[]\nS: * 1 FETCH (BODY[] {1024}\nS: <the document in text/plain\nS:  format>\nS: )\nS: a3 OK\n" BYE,
	      "");
	FINDS(IMAP "C: a3 FETCH 1 BODY[]\nS: * 1 FETCH (BODY[] {1024}\nS: <p>hello</p>\nS: )\nS: a3 OK\n" BYE,
	      "7 the count is 1024, but the text that follows has 14 octets, line ends included\n");
	/* what must close the list is missing behind the literal */
	FINDS(IMAP
	      "C: a3 FETCH 1 BODY[]\nS: * 1 FETCH (BODY[] {1024}\n<server sends the message>\nS: * 1 FETCH (FLAGS (\\Seen))\nS: a3 OK\n" BYE,
	      "8 a ( is not closed\n");
	FINDS(IMAP
	      "C: a3 PARTIAL 4 RFC822 1 1024\nS: * 4 FETCH (RFC822 {1024}\nS: Subject: x\n<server sends ...>\nS: ...... FLAGS (\\Seen))\nS: a3 OK\n" BYE,
	      "");
}

/* ---- words that stand for others ---- */

static void placeholders(void)
{
	FINDS(IMAP
	      "C: a3 UID FETCH <uids> (FLAGS)\nS: a3 OK\nC: a4 UID STORE <uid+1>:<uidnext> +FLAGS (\\Seen)\nS: a4 OK\n" BYE,
	      "");
	FINDS(IMAP "C: a3 UID FETCH uids (FLAGS)\nS: a3 OK\n" BYE,
	      "6 \"uids\" is not a set of numbers from 1, such as 2:4,7 or 5:*\n");
	FINDS("S: 220 x ESMTP\nC: HELO a.example\nS: 250 x\nC: MAIL FROM:<your email address>\nS: 250 OK\nC: RCPT TO:<bob>\nS: 250 OK\nC: QUIT\nS: 221 bye\n",
	      "6 the address has no @ and domain\n");
}

/* ---- one cause is told once ---- */

static void lines_that_are_no_commands(void)
{
	FINDS(IMAP
	      "C: {Open connection}\nC: Hello there, this is a text\nC:\nC: more of it\nC: a3 NOOP\nS: a3 OK\n" BYE,
	      "6 this is not a valid tag: it is made of letters and digits, as in a1, without any of ( ) { % * \" \\ +\n");
	FINDS(IMAP "C: a3 FROB x\nS: a3 BAD what\nC: a4 FROB y\nS: a4 BAD what\n" BYE,
	      "6 no such command\n8 no such command\n");
}

/* ---- what only seems wrong ---- */

/* RFC 5161 3.1: a server passes over what it does not know. */
static void enable_may_ask_for_more(void)
{
	FINDS("S: * OK [CAPABILITY IMAP4rev1 ENABLE] x\nC: a0 LOGIN bob x\nS: a0 OK\nC: a1 CAPABILITY\nS: * CAPABILITY IMAP4rev1 ENABLE\nS: a1 OK\nC: a2 ENABLE CONDSTORE\nS: * ENABLED\nS: a2 OK\nC: a3 LOGOUT\nS: * BYE\nS: a3 OK\n",
	      "");
}

/* RFC 2817 3.3: a server names the layers that it changes to, HTTP upon them. */
static void layers_of_an_upgrade(void)
{
	FINDS("C: OPTIONS * HTTP/1.1\nC: Host: a.example\nC: Upgrade: TLS/1.0\nC: Connection: Upgrade\nC:\nS: HTTP/1.1 101 Switching Protocols\nS: Upgrade: TLS/1.0, HTTP/1.1\nS: Connection: Upgrade\nS:\n",
	      "");
	FINDS("S: HTTP/1.1 101 Switching Protocols\nS: Upgrade: websocket\nS: Connection: Upgrade\nS:\n",
	      "1 what the client says is missing\n");
}

/* RFC 6851 3.3, RFC 9585: an untagged OK that tells of a command's progress is no greeting. */
static void what_is_no_greeting(void)
{
	FINDS("C: a UID MOVE 42:69 foo\nS: * OK [COPYUID 432432 42:69 1202:1229]\nS: * 22 EXPUNGE\nS: a OK Done\n",
	      "1 the beginning of the conversation is missing\n");
	FINDS("C: a1 LOGIN bob x\nS: * OK ready\nS: a1 OK\n" BYE, "");
}

int main(void)
{
	TEST(dots_between_examples);
	TEST(replies_in_remarks);
	TEST(remarks_on_tls);
	TEST(another_connection);
	TEST(literals_in_part);
	TEST(placeholders);
	TEST(lines_that_are_no_commands);
	TEST(enable_may_ask_for_more);
	TEST(layers_of_an_upgrade);
	TEST(what_is_no_greeting);
	return test_end();
}
