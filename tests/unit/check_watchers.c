/*
 * What the watchers of a check find: small scripts, and what is told of them.
 */
#include "findings.h"

/* ---- POP3 ---- */

#define POP3 "S: +OK ready\nC: USER bob\nS: +OK\nC: PASS x\n" /* lines 1 to 4 */

static void pop3_counts_agree(void)
{
	FINDS(POP3 "S: +OK bob's maildrop has 2 messages (320 octets)\nC: STAT\nS: +OK 2 320\n"
	           "C: LIST\nS: +OK 2 messages (320 octets)\nS: 1 120\nS: 2 200\nS: .\n"
	           "C: RETR 1\nS: +OK 120 octets\n<server sends the text of message 1>\nS: .\n"
	           "C: DELE 1\nS: +OK message 1 deleted\nC: STAT\nS: +OK 1 200\n"
	           "C: RETR 1\nS: -ERR message 1 is deleted\nC: DELE 2\nS: +OK\n"
	           "C: QUIT\nS: +OK dewey POP3 server signing off (maildrop empty)\n",
	      "");
}

static void pop3_counts_differ(void)
{
	FINDS(POP3 "S: +OK bob's maildrop has 2 messages (320 octets)\nC: STAT\nS: +OK 2 320\n"
	           "C: LIST\nS: +OK 1 messages (120 octets)\nS: 1 120\nS: .\nC: DELE 1\nS: +OK\n"
	           "C: QUIT\nS: +OK signing off (maildrop empty)\n",
	      "9 LIST says 1 message, but by line 5 there are 2\n"
	      "15 QUIT says that 0 messages are left, but 1 of 2 was deleted\n");
	/* one message is longer than all were said to be: what is left is nobody's to say */
	FINDS(POP3 "S: +OK\nC: STAT\nS: +OK 1 10\nC: LIST 1\nS: +OK 1 20\nC: DELE 1\nS: +OK\nC: STAT\nS: +OK 0 0\n"
	           "C: QUIT\nS: +OK\n",
	      "");
}

/* ---- IMAP ---- */

#define IMAP "S: * OK IMAP4rev1 ready\nC: a1 LOGIN bob x\nS: a1 OK done\nC: a2 SELECT INBOX\nS: * 3 EXISTS\n"
#define SELECTED \
	IMAP "S: * FLAGS (\\Seen)\nS: * OK [UIDVALIDITY 1] ok\nS: * OK [UIDNEXT 9] ok\n" \
	     "S: * OK [PERMANENTFLAGS (\\Seen)] ok\nS: a2 OK [READ-WRITE] done\n" /* lines 1 to 10 */

static void select_says_enough(void)
{
	FINDS(SELECTED, "");
	FINDS(IMAP "S: * FLAGS (\\Seen)\nS: a2 OK done\n",
	      "4 the answer to SELECT lacks PERMANENTFLAGS, UIDNEXT and UIDVALIDITY\n");
	FINDS(IMAP "S: * {{*}}\nS: a2 OK done\n", "");
	/* before RFC 2060 a server said less */
	FINDS("S: * OK IMAP4 ready\nC: a1 LOGIN bob x\nS: a1 OK done\nC: a2 SELECT INBOX\nS: * 3 EXISTS\n"
	      "S: * FLAGS (\\Seen)\nS: a2 OK done\n",
	      "");
	FINDS(IMAP "S: a2 NO no such mailbox\n", "");
}

static void message_numbers(void)
{
	FINDS(SELECTED "C: a3 FETCH 3 FLAGS\nS: * 3 FETCH (FLAGS ())\nS: a3 OK done\n"
	               "C: a4 EXPUNGE\nS: * 3 EXPUNGE\nS: * 2 EXPUNGE\nS: a4 OK done\n",
	      "");
	FINDS(SELECTED "C: a4 EXPUNGE\nS: * 3 EXPUNGE\nS: * 3 EXPUNGE\nS: a4 OK done\n",
	      "13 there is no message 3: by line 12 the mailbox has 2\n");
	FINDS(SELECTED "C: a3 FETCH 4 FLAGS\nS: * 4 FETCH (FLAGS ())\nS: a3 OK done\n",
	      "11 there is no message 4: by line 5 the mailbox has 3\n"
	      "12 there is no message 4: by line 5 the mailbox has 3\n");
	FINDS(SELECTED "C: a3 FETCH 4 FLAGS\nS: a3 BAD no such message\nC: a4 FETCH 1:100 FLAGS\nS: a4 OK done\n", "");
	FINDS(SELECTED "C: a3 NOOP\nS: * 4 EXISTS\nS: * 2 EXISTS\nS: a3 OK done\n",
	      "13 EXISTS says 2, but by line 12 there are 4\n");
	FINDS(SELECTED "C: a3 SEARCH ALL\nS: * SEARCH 1 2 17\nS: a3 OK done\n"
	               "C: a4 UID SEARCH ALL\nS: * SEARCH 1 2 17\nS: a4 OK done\n",
	      "12 there is no message 17: by line 5 the mailbox has 3\n");
}

static void tags_come_once(void)
{
	FINDS("S: * OK ready\nC: a1 NOOP\nS: a1 OK done\nC: a1 NOOP\nS: a1 OK done\n",
	      "4 the tag a1 was given to a command already, in line 2\n");
}

/* ---- SMTP, and messages ---- */

#define SMTP "S: 220 a.example ready\nC: EHLO b.example\nS: 250 a.example\n"                         /* lines 1 to 3 */
#define ENVELOPE SMTP "C: MAIL FROM:<a@b.example>\nS: 250 OK\nC: RCPT TO:<c@a.example>\nS: 250 OK\n" /* to 7 */
#define TEXT ENVELOPE "C: DATA\nS: 354 go ahead\n"                                                   /* to 9 */

static void hello_names(void)
{
	FINDS("S: 220 a.example ready\nC: EHLO [192.0.2.1]\nS: 250 a.example\n", "");
	FINDS("S: 220 a.example ready\nC: EHLO my_host\nS: 250 a.example\n", "2 my_host is not a name for a client\n");
	FINDS("S: 220 a.example ready\nC: HELO b.example hello\nS: 250 a.example\n",
	      "2 something stands after the client's name\n");
	FINDS("S: 220 a.example ready\nC: HELO b.example\nS: 250-a.example\nS: 250 SIZE 1000\n",
	      "4 HELO is answered with an extension\n");
}

static void headers(void)
{
	FINDS(TEXT "C: Subject: x\nC:  folded\nC:\nC: no: field\nC: at all\nC: .\nS: 250 OK\n", "");
	FINDS(TEXT "C: Note: I am late\nC: by an hour\nC: .\nS: 250 OK\n", "");
	FINDS(TEXT "C: Just text\nC: and: more\nC: .\nS: 250 OK\n", "");
	FINDS(TEXT "C: Subject: x\nC: Hello, you\nC: two\nC: .\nS: 250 OK\n",
	      "11 a line in the header that is not a field\n");
	FINDS(TEXT "C: Content-Type: multipart/mixed;\nC: boundary=\"x\"\nC: To:: c\nC:\nC: .\nS: 250 OK\n",
	      "11 the space is missing before the rest of a folded field\n"
	      "12 two colons stand after a field's name\n");
	FINDS(TEXT "C: Hi\nC: ...etc.\nC: ....fine\nC: .\nS: 250 OK\n", "11 a line of text begins with three dots\n");
}

static void blanked_addresses(void)
{
	FINDS(SMTP "C: MAIL FROM:<[email protected]>\nS: 501 what?\n",
	      "4 \"[email protected]\" stands where an address was\n");
}

static void messages_to_nobody(void)
{
	FINDS("S: 220 a.example ready\nC: EHLO b.example\nS: 250-a.example\nS: 250 PIPELINING\n"
	      "C: MAIL FROM:<a@b.example>\nC: RCPT TO:<c@a.example>\nC: DATA\n"
	      "S: 250 OK\nS: 550 no such user\nS: 354 go ahead\nC: .\nS: 250 taken\n",
	      "12 the message is accepted, though each recipient was refused\n");
}

/* ---- codes and words ---- */

static void words_agree(void)
{
	FINDS("S: 220 a.example ready\nC: HELO b.example\nS: 250 a.example, no errors\nC: VRFY x\n"
	      "S: 252 Cannot VRFY user, but will accept message\nC: MAIL FROM:<a@b.example>\nS: 250 OK\n"
	      "C: RCPT TO:<x@a.example>\nS: 550 5.1.1 User unknown\nC: QUIT\nS: 221 closing\n",
	      "");
	FINDS(POP3 "S: +OK\nC: DELE 1\nS: -ERR message 1 already deleted\nC: DELE 2\nS: -ERR no such message\n", "");
	FINDS(SELECTED "C: a3 STORE 1 +FLAGS ($x)\nS: a3 OK [MODIFIED 1] Conditional STORE failed\n", "");
	FINDS("C: GET / HTTP/1.1\nC: Host: a\nC:\nS: HTTP/1.1 201 OK\nS: Content-Length: 0\nS:\n", "");
}

static void words_differ(void)
{
	FINDS(SMTP "C: MAIL FROM:<a@b.example>\nS: 250 OK\nC: RCPT TO:<c@a.example>\nS: 250 No such user here\n"
	           "C: RCPT TO:<d@a.example>\nS: 550 OK\nC: QUIT\nS: 221 Service ready\n",
	      "!7 250 says success, but its words are \"No such user here\"\n"
	      "!9 550 says failure, but its words are \"OK\"\n"
	      "!11 the words \"Service ready\" belong to another code than 221\n");
	FINDS(POP3 "S: +OK\nC: DELE 1\nS: -ERR message deleted\nC: RETR 9\nS: +OK no such message\nS: .\n",
	      "!7 -ERR says failure, but its words are \"message deleted\"\n"
	      "!9 +OK says success, but its words are \"no such message\"\n");
	FINDS("S: * OK ready\nC: a1 LOGIN b c\nS: a1 OK LOGIN failed\nC: a2 NOOP\nS: a2 NO NOOP completed\n",
	      "!3 OK says success, but its words are \"LOGIN failed\"\n"
	      "!5 NO says failure, but its words are \"NOOP completed\"\n");
	FINDS("C: GET / HTTP/1.1\nC: Host: a\nC:\nS: HTTP/1.1 200 Not Found\nS: Content-Length: 0\nS:\n",
	      "!4 \"Not Found\" is what 404 says, and not 200\n");
}

static void login_prompts(void)
{
	FINDS("S: 220 a.example ready\nC: EHLO b.example\nS: 250-a.example\nS: 250 AUTH LOGIN\nC: AUTH LOGIN\n"
	      "S: 334 VXN1cm5hbWU6\nC: Ym9i\nS: 334 UGFzc3dvcmQ6\nC: eA==\nS: 235 welcome\n",
	      "!6 the prompt says \"Usurname:\", nearly \"Username:\"\n");
}

/* ---- extensions ---- */

static void extensions_unused(void)
{
	FINDS("S: 220 a.example ready\nC: EHLO b.example\nS: 250-a.example\nS: 250-SIZE 1000\nS: 250-DSN\nS: 250 HELP\n"
	      "C: MAIL FROM:<a@b.example> SIZE=100\nS: 250 OK\n",
	      "!5 DSN is announced and never used\n");
	FINDS("S: * OK ready\nC: a1 CAPABILITY\nS: * CAPABILITY IMAP4rev1 IDLE MOVE UIDPLUS\nS: a1 OK done\n"
	      "C: a2 LOGIN b c\nS: a2 OK done\nC: a3 IDLE\nS: + idling\nC: DONE\nS: a3 OK done\n",
	      "!3 MOVE and UIDPLUS are announced and never used\n");
	/* Who only asks and goes has used nothing. */
	FINDS("S: +OK ready\nC: CAPA\nS: +OK\nS: TOP\nS: UIDL\nS: .\nC: QUIT\nS: +OK\n", "");
}

static void extensions_unannounced(void)
{
	FINDS(SMTP "C: MAIL FROM:<a@b.example> BODY=8BITMIME\nS: 250 OK\n",
	      "4 8BITMIME is used, but the server did not announce it\n");
	FINDS(SMTP "C: MAIL FROM:<a@b.example> BODY=8BITMIME\nS: 555 what?\n", "");
	FINDS("S: 220 a.example ready\nC: HELO b.example\nS: 250 a.example\nC: STARTTLS\nS: 220 go ahead\n",
	      "4 STARTTLS is used, but the server did not announce it\n");
	FINDS("S: 220 a.example ready\nC: EHLO b.example\nS: 250-a.example\nS: 250 AUTH LOGIN\nC: AUTH PLAIN AGIAYw==\n"
	      "S: 235 welcome\n",
	      "5 the mechanism PLAIN is used, but the server did not announce it\n");
	/* Behind the login there may be more: only what is announced then counts. */
	FINDS("S: * OK [CAPABILITY IMAP4rev1] ready\nC: a1 LOGIN b c\nS: a1 OK done\nC: a2 NAMESPACE\n"
	      "S: * NAMESPACE NIL NIL NIL\nS: a2 OK done\n",
	      "");
	FINDS("S: * OK ready\nC: a1 LOGIN b c\nS: a1 OK [CAPABILITY IMAP4rev1] done\nC: a2 NAMESPACE\n"
	      "S: * NAMESPACE NIL NIL NIL\nS: a2 OK done\n",
	      "4 NAMESPACE is used, but the server did not announce it\n");
}

/* ---- limits, and HTTP ---- */

static void long_lines(void)
{
	struct buffer script = { 0 }, said = { 0 };
	buffer_add_string(&script, "C: GET /");
	for (int i = 0; i < 8000; i++)
		buffer_add_octet(&script, 'a');
	buffer_add_string(&script, " HTTP/1.1\nC: Host: a\nC:\nS: HTTP/1.1 200 OK\nS: Content-Length: 0\nS:\n");
	buffer_add_octet(&script, '\0');
	CHECK_TEXT(found(&said, script.p),
	           "!1 a request line of 8016 octets, over the 8000 that a server should take\n");
	buffer_free(&script);
	buffer_free(&said);
}

static void whole_urls(void)
{
	FINDS("C: GET http://a.example/ HTTP/1.0\nC:\nS: HTTP/1.0 200 OK\nS: Server: x\nS: Content-Length: 0\nS:\n",
	      "1 a whole URL, where no proxy is asked\n");
	FINDS("C: GET http://a.example/ HTTP/1.0\nC:\nS: HTTP/1.0 200 OK\nS: Server: x\nS: Via: 1.0 p\nS: Content-Length: 0\nS:\n",
	      "");
}

int main(void)
{
	TEST(pop3_counts_agree);
	TEST(pop3_counts_differ);
	TEST(select_says_enough);
	TEST(message_numbers);
	TEST(tags_come_once);
	TEST(hello_names);
	TEST(headers);
	TEST(blanked_addresses);
	TEST(messages_to_nobody);
	TEST(words_agree);
	TEST(words_differ);
	TEST(login_prompts);
	TEST(extensions_unused);
	TEST(extensions_unannounced);
	TEST(long_lines);
	TEST(whole_urls);
	return test_end();
}
