/*
 * Mistakes of each kind, put into conversations that are right: each is found once, at its line.
 */
#include "findings.h"

#define SMTP "S: 220 x ESMTP\nC: EHLO a.example\nS: 250-x\nS: 250 AUTH LOGIN PLAIN\n" /* lines 1 to 4 */
#define MAIL "C: MAIL FROM:<a@b.example>\nS: 250 OK\nC: RCPT TO:<c@d.example>\nS: 250 OK\n"
#define IN "C: AUTH PLAIN AGJvYgB4\nS: 235 in\n"
#define QUIT "C: QUIT\nS: 221 bye\n"
#define POP3 "S: +OK ready\nC: USER bob\nS: +OK\nC: PASS x\nS: +OK\n" /* lines 1 to 5 */
#define BYE "C: QUIT\nS: +OK bye\n"
#define IMAP "S: * OK ready\nC: a1 LOGIN bob x\nS: a1 OK\nC: a2 SELECT INBOX\nS: a2 OK\n" /* the same */
#define LOGOUT "C: a9 LOGOUT\nS: * BYE bye\nS: a9 OK\n"
#define FTP "S: 220 x FTP\nC: USER bob\nS: 331 password\nC: PASS x\nS: 230 in\n" /* the same */
#define HTTP "C: GET / HTTP/1.1\nC: Host: a.example\nC:\n"                       /* lines 1 to 3 */

#define CLIENTS " a line of the client's is printed under the wrong side\n"
#define SERVERS " a line of the server's is printed under the wrong side\n"

/* ---- lines under the wrong side, in the midst of payload ---- */

static void lists_and_texts_under_the_wrong_side(void)
{
	FINDS(POP3 "C: LIST\nS: +OK\nC: 1 120\nS: 2 200\nS: .\n" BYE, "8" SERVERS);
	FINDS(POP3 "C: LIST\nS: +OK\nS: 1 120\nC: .\n" BYE, "9" SERVERS);
	FINDS("S: +OK ready\nC: CAPA\nS: +OK\nS: TOP\nC: UIDL\nS: USER\nS: .\n" BYE, "5" SERVERS);
	FINDS("S: +OK ready\nC: CAPA\nS: +OK\nS: USER\nS: .\nS: USER bob\nS: +OK\nC: PASS x\nS: +OK\n" BYE,
	      "6" CLIENTS);
	FINDS(SMTP IN MAIL "C: DATA\nC: 354 go\nC: x\nC: .\nS: 250 OK\n" QUIT, "12" SERVERS);
	FINDS(FTP
	      "C: FEAT\nS: 211-Features:\nC:  SIZE\nS:  REST STREAM\nS: 211 End\nC: SIZE a\nS: 213 1\nC: REST 1\nS: 350 go\n" QUIT,
	      "8" SERVERS);
}

static void headers_and_bodies_under_the_wrong_side(void)
{
	FINDS("C: GET / HTTP/1.1\nS: Host: a.example\nC:\nS: HTTP/1.1 204 No Content\nS:\n", "2" CLIENTS);
	FINDS("C: GET / HTTP/1.1\nC: Host: a.example\nS:\nS: HTTP/1.1 204 No Content\nS:\n", "3" CLIENTS);
	FINDS(HTTP "S: HTTP/1.1 200 OK\nC: Content-Length: 7\nS:\nS: hello\n", "5" SERVERS);
	FINDS(HTTP "S: HTTP/1.1 200 OK\nS: Content-Length: 14\nS:\nC: hello\nS: world\n", "7" SERVERS);
	FINDS(HTTP "S: HTTP/1.1 200 OK\nS: Content-Length: 14\nS:\nS: hello\nC: world\n", "8" SERVERS);
	FINDS(IMAP
	      "C: a3 FETCH 1 BODY[]\nS: * 1 FETCH (BODY[] {25}\nS: Subject: x\nC: To: a@b.c\nS:\nS: )\nS: a3 OK\n" LOGOUT,
	      "9" SERVERS);
}

/* ---- counts ---- */

static void counts_that_fit_by_chance(void)
{
	/* 25 octets: with the parenthesis 26, or 28 with its line end; 30 with "a3" behind it; 12 without the second line */
#define FETCHED(n) \
	IMAP "C: a3 FETCH 1 BODY[]\nS: * 1 FETCH (BODY[] {" n \
	     "}\nS: Subject: x\nS: To: a@b.c\nS:\nS: )\nS: a3 OK done\n" LOGOUT
#define MISCOUNTED(n) "7 the count is " n ", but the text that follows has 25 octets, line ends included\n"
	FINDS(FETCHED("25"), "");
	FINDS(FETCHED("26"), MISCOUNTED("26"));
	FINDS(FETCHED("28"), MISCOUNTED("28"));
	FINDS(FETCHED("30"), MISCOUNTED("30"));
	FINDS(FETCHED("12"), MISCOUNTED("12"));
	/* a parenthesis may be of the text */
	FINDS(IMAP "C: a3 FETCH 1 BODY[]\nS: * 1 FETCH (BODY[] {10}\nS: f(\nS: x\nS: )\nS: )\nS: a3 OK\n" LOGOUT, "");
#define APPENDED(n) IMAP "C: a3 APPEND x {" n "}\nS: + go\nC: Subject: hi\nC:\nC: Hello you.\nC:\nS: a3 OK\n" LOGOUT
	FINDS(APPENDED("27"), "");
	FINDS(APPENDED("25"), "6 the count is 25, but the text that follows has 27 octets, line ends included\n");
	FINDS(APPENDED("20"), "6 the count is 20, but the text that follows has 27 octets, line ends included\n");
	/* documents do not print the line end behind the literal */
	FINDS(IMAP "C: a3 APPEND x {7}\nS: + go\nC: Hello\nS: a3 OK\n" LOGOUT, "");
	FINDS("C: POST / HTTP/1.1\nC: Host: a.example\nC: Content-Length: 0\nC:\nC: a=1&b=2\nS: HTTP/1.1 204 No Content\nS:\n",
	      "3 the count is 0, but the text that follows has 9 octets, line ends included\n");
}

/* ---- replies that are missing, doubled, or another command's ---- */

static void missing_where_something_is_awaited(void)
{
	FINDS("S: 220 x\nC: EHLO a.example\nS: 250-x\nS: 250 STARTTLS\nC: STARTTLS\n<client starts TLS>\nC: EHLO a.example\nS: 250 x\n" QUIT,
	      "5 STARTTLS has no reply\n");
	FINDS(SMTP "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: Ym9i\nC: eA==\nS: 235 in\n" QUIT,
	      "7 AUTH has no further reply\n");
	FINDS("S: 220 x LMTP\nC: LHLO a.example\nS: 250 x\n" MAIL
	      "C: RCPT TO:<e@d.example>\nS: 250 OK\nC: DATA\nC: x\nC: .\nS: 250 OK\nS: 250 OK\n" QUIT,
	      "10 DATA has no reply\n");
	FINDS(SMTP "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nS: 334 UGFzc3dvcmQ6\nC: eA==\nS: 235 in\n" QUIT,
	      "6 the client's answer is missing after this line\n");
}

static void doubled_where_the_client_is_awaited(void)
{
	FINDS(SMTP IN MAIL "C: DATA\nS: 354 go\nS: 354 go\nC: x\nC: .\nS: 250 OK\n" QUIT, "13 a reply to no command\n");
	FINDS(SMTP
	      "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nS: 334 VXNlcm5hbWU6\nC: Ym9i\nS: 334 UGFzc3dvcmQ6\nC: eA==\nS: 235 in\n" QUIT,
	      "7 a reply to no command\n");
	FINDS(IMAP "C: a3 IDLE\nS: + idling\nS: + idling\nC: DONE\nS: a3 OK\n" LOGOUT, "8 a reply to no command\n");
	FINDS(POP3 "C: LIST\nS: +OK\nS: 1 120\nS: .\nS: +OK\nS: 1 120\nS: .\n" BYE, "10 a reply to no command\n");
}

static void codes_of_other_commands(void)
{
	FINDS(SMTP IN "C: MAIL FROM:<a@b.example>\nS: 235 OK\n" QUIT, "8 235 is not an answer to MAIL\n");
	FINDS(SMTP IN MAIL "C: DATA\nS: 354 go\nC: x\nC: .\nS: 354 go\n" QUIT, "15 354 answers the message text\n");
	FINDS(SMTP IN "C: QUIT\nS: 250 bye\n", "8 250 answers QUIT, where 221 is due\n");
	FINDS(SMTP IN "C: XCLIENT NAME=x\nS: 220 x\n", "7 XCLIENT is used, but the server did not announce it\n");
	FINDS(FTP "C: CWD pub\nS: 257 \"pub\"\n" QUIT, "7 257 is not an answer to CWD\n");
	FINDS(FTP "C: RNFR a\nS: 250 ok\n" QUIT, "7 the answer to RNFR should be 350\n");
	FINDS(FTP "C: PWD\nS: 550 no\nC: STAT\nS: 211-x\nS: 211 y\n" QUIT, "");
}

/* ---- arguments, and requests that are none ---- */

static void values_of_parameters(void)
{
#define LIST "S: 220 x\nC: EHLO a.example\nS: 250-x\nS: 250-SIZE 1000\nS: 250-8BITMIME\nS: 250 DSN\n"
	FINDS(LIST
	      "C: MAIL FROM:<a@b.example> SIZE=10 BODY=8bitmime RET=HDRS\nS: 250 OK\nC: RCPT TO:<c@d.example> NOTIFY=success,DELAY\nS: 250 OK\n" QUIT,
	      "");
	FINDS(LIST
	      "C: MAIL FROM:<a@b.example> SIZE=big BODY=9BIT\nS: 250 OK\nC: RCPT TO:<c@d.example> NOTIFY=MAYBE\nS: 250 OK\nC: VRFY\nS: 252 x\n" QUIT,
	      "!5 8BITMIME is announced and never used\n7 SIZE= must be followed by a number of octets\n7 BODY= must be followed by 7BIT, 8BITMIME or BINARYMIME\n"
	      "9 NOTIFY= must be followed by NEVER, or by those of SUCCESS, FAILURE and DELAY that are wanted\n"
	      "11 VRFY must be followed by a user's name or address\n");
}

static void requests_without_version(void)
{
	FINDS("C: GET /\nC: Host: a.example\nC:\nS: HTTP/1.1 204 No Content\nS:\n" HTTP
	      "S: HTTP/1.1 204 No Content\nS:\n",
	      "1 the version is missing: HTTP/1.1 is wanted at the end; many servers refuse 0.9 now\n");
	FINDS("C: POST / HTTP/1.1\nC: Host: a.example\nC: Content-Length: 3\nC:\nC\\: a=1\nC:\nS: HTTP/1.1 204 No Content\nS:\n",
	      "6 an empty line where no header ends\n");
	FINDS(HTTP "S: HTTP/1.1 204 No Content\nS:\nC: Host: a.example\n" HTTP "S: HTTP/1.1 204 No Content\nS:\n",
	      "6 a field without a request\n");
	FINDS("C: GET /\nS: <p>hello</p>\n<server hangs up>\n",
	      "1 the version is missing: HTTP/1.1 is wanted at the end; many servers refuse 0.9 now\n");
	FINDS(HTTP "S: HTTP/1.1 200 OK\nS: Transfer-Encoding: chunked\nS: 7\nS: hello\nS:\nS: 0\nS:\n",
	      "5 the empty line after the header is missing\n");
}

/* ---- IMAP's words ---- */

static void words_that_imap_does_not_have(void)
{
	FINDS(IMAP "C: a3 LIST \"\" *\nS: * LST () \"/\" INBOX\nS: a3 OK\n" LOGOUT,
	      "7 no such response: \"LST\"; perhaps LIST is meant\n");
	FINDS(IMAP "C: a3 NOOP\nS: * x EXISTS\nS: a3 OK\n" LOGOUT, "7 a number must stand before \"EXISTS\"\n");
	FINDS(IMAP "C: a3 STATUS x (MESAGES UNSEEN)\nS: * STATUS x (MESAGES 1 UNSEEN 0)\nS: a3 OK\n" LOGOUT,
	      "6 no such item of STATUS: \"MESAGES\"; perhaps MESSAGES is meant\n7 no such item of STATUS: \"MESAGES\"; perhaps MESSAGES is meant\n");
	FINDS(IMAP "C: a3 FETCH 1 (FLAGS UID)\nS: * 1 FETCH (FLGS (\\Seen) UID 7)\nS: a3 OK\n" LOGOUT,
	      "7 no such item of FETCH: \"FLGS\"; perhaps FLAGS is meant\n");
	FINDS(IMAP "C: a3 EXAMINE INBOX CONDSTORE\nS: * 1 EXISTS\nS: a3 NO no\n" LOGOUT,
	      "6 what is asked for with it must stand in parentheses\n");
	/* what a program has of its own, what it announced, and what nobody asked for */
	FINDS(IMAP "C: a3 NOOP\nS: * XPING 1\nS: a3 OK\nS: * PONG\n" LOGOUT, "");
	FINDS(IMAP
	      "C: a3 CAPABILITY\nS: * CAPABILITY IMAP4rev1 PING\nS: a3 OK\nC: a4 NOOP\nS: * PING 1\nS: a4 OK\n" LOGOUT,
	      "");
}

static void values_without_their_parentheses(void)
{
	FINDS(IMAP "C: a3 FETCH 1 (FLAGS UID)\nS: * 1 FETCH (FLAGS \\Seen UID 7)\nS: a3 OK\n" LOGOUT,
	      "7 the value of \"FLAGS\" must be a list in parentheses\n");
	FINDS(IMAP "C: a3 FETCH 1 (FLAGS UID)\nS: * 1 FETCH (FLAGS \\Seen \\Answered UID 7)\nS: a3 OK\n" LOGOUT,
	      "7 the value of \"FLAGS\" must be a list in parentheses\n");
	FINDS(IMAP "C: a3 FETCH 1 RFC822.SIZE\nS: * 1 FETCH (RFC822.SIZE big)\nS: a3 OK\n" LOGOUT,
	      "7 the value of \"RFC822.SIZE\" must be a number of octets\n");
}

static void tags_that_are_missing(void)
{
	FINDS(IMAP "C: UID SEARCH UNSEEN\nS: * SEARCH 4\nS: a3 OK\n" LOGOUT, "6 UID stands where the tag belongs\n");
	FINDS(IMAP "C: APPEND x {7}\nS: + go\nC: Hello\nC:\nS: a3 OK\n" LOGOUT,
	      "6 APPEND stands where the tag belongs\n");
	FINDS(IMAP "C: LIST a b\n# the server knows none\nS: a3 OK\n" LOGOUT, "6 LIST stands where the tag belongs\n");
	FINDS(IMAP "C: a3 DELETE x\nS: OK DELETE completed\n" LOGOUT, "7 the tag a3 of DELETE is missing\n");
}

/* ---- replies under the client's side ---- */

static void replies_under_the_wrong_side(void)
{
	FINDS(IMAP "C: a3 NOOP\nC: a4 SEARCH ALL\nC: a3 OK\nS: * SEARCH\nS: a4 OK\n" LOGOUT, "8" SERVERS);
	FINDS("S: +OK ready\nC: CAPA\nC: +OK\nS: USER\nS: .\n" BYE, "3" SERVERS);
#define PIPELINED \
	"S: 220 x\nC: EHLO a.example\nS: 250-x\nS: 250 PIPELINING\nC: MAIL FROM:<a@b.example>\nC: RCPT TO:<c@d.example>\nC: DATA\n"
	FINDS(PIPELINED "S: 250 OK\nC: 250 OK\nS: 354 go\nC: 250 grams\nC: .\nS: 250 OK\n" QUIT, "9" SERVERS);
	FINDS(PIPELINED "C: 250 OK\nS: 250 OK\nS: 354 go\nC: 250 grams\nC: .\nS: 250 OK\n" QUIT, "8" SERVERS);
	FINDS(PIPELINED "S: 250 OK\nS: 250 OK\nC: 354 go\nC: 250 grams\nC: .\nS: 250 OK\n" QUIT, "10" SERVERS);
}

static void lines_that_only_the_other_side_says(void)
{
#define MESSAGE "C: a3 APPEND x {27}\nS: + go\nC: Subject: hi\nC:\nC: Hello you.\nC:\nS: a3 OK\n"
	FINDS(IMAP MESSAGE LOGOUT, "");
	FINDS(IMAP "C: a3 APPEND x {27}\nC: + go\nC: Subject: hi\nC:\nC: Hello you.\nC:\nS: a3 OK\n" LOGOUT,
	      "7" SERVERS);
	FINDS(IMAP "C: a3 APPEND x {27}\nS: + go\nC: Subject: hi\nC:\nC: Hello you.\nC: a3 OK\n" LOGOUT, "11" SERVERS);
	FINDS(IMAP "C: a3 APPEND x {6+}\nC: + go\nC:\nS: a3 OK\n" LOGOUT, ""); /* it waits for nothing */
	FINDS(IMAP "C: a3 FETCH 1 BODY[]\nS: * 1 FETCH (BODY[] {5}\nS: x y\nC: )\nS: a3 OK\n" LOGOUT, "9" SERVERS);
	FINDS(IMAP "C: a3 SETMETADATA x (/private/comment {3}\nS: + go\nC: a b\nC: )\nS: a3 OK\n" LOGOUT, "");
	FINDS(IMAP "C: a3 NOOP\nC: * XY 3\nS: a3 OK\n" LOGOUT, "7" SERVERS);
	FINDS(FTP "C: FEAT\nS: 211-Features\n<server sends ...>\nC:  MDTM\n<server sends ...>\nS: 211 End\n" QUIT,
	      "9" SERVERS "!9 MDTM is announced and never used\n");
	FINDS(POP3 "S: QUIT\nS: +OK bye\n", "6" CLIENTS);
	FINDS(IMAP "C: a3 IDLE\nS: + idling\nC: * 3 EXISTS\nC: DONE\nS: a3 OK\n" LOGOUT, "8" SERVERS);
}

/* MAIL and DATA may be sent behind the dot of another message, before it is answered (RFC 2920 3.1). */
static void messages_in_one_go(void)
{
#define ANOTHER "C: MAIL FROM:<a@b.example>\nC: RCPT TO:<e@d.example>\nC: DATA\n"
	FINDS(PIPELINED "S: 250 OK\nS: 550 no\nS: 354 go\nC: x\nC: .\n" ANOTHER
	                "S: 250 queued\nS: 250 OK\nS: 250 OK\nS: 354 go\nC: y\nC: .\nS: 250 queued\n" QUIT,
	      "16 the message is accepted, though each recipient was refused\n");
	FINDS(PIPELINED "S: 250 OK\nS: 250 OK\nS: 354 go\nC: x\nC: .\n" ANOTHER
	                "S: 250 queued\nS: 250 OK\nS: 550 no\nS: 354 go\nC: .\nC: QUIT\nS: 554 nobody\nS: 221 bye\n",
	      "");
}

static void pipelined_lists_under_the_wrong_side(void)
{
#define LISTS \
	"S: +OK ready\nC: CAPA\nS: +OK\nS: USER\nS: PIPELINING\nS: .\nC: USER bob\nC: PASS x\nC: LIST\nC: RETR 1\nS: +OK\nS: +OK\n"
	FINDS(LISTS "S: +OK\nC: 1 12\nS: 2 9\nS: .\nS: +OK\nS: x\nS: .\n" BYE, "14" SERVERS);
	FINDS(LISTS "S: +OK\nS: 1 12\nS: 2 9\nC: .\nS: +OK\nS: x\nS: .\n" BYE, "16" SERVERS);
	FINDS(LISTS "C: +OK\nS: 1 12\nS: 2 9\nS: .\nS: +OK\nS: x\nS: .\n" BYE, "13" SERVERS);
}

/* ---- codes and words ---- */

static void words_of_tagged_replies(void)
{
	FINDS(IMAP "C: a3 SEARCH ALL\nS: * SEARCH\nS: a3 NO SEARCH completed\n" LOGOUT,
	      "!8 NO says failure, but its words are \"SEARCH completed\"\n");
	FINDS(IMAP "C: a3 COPY 1 x\nS: a3 OK COPY failed: disk is full\n" LOGOUT,
	      "!7 OK says success, but its words are \"COPY failed: disk is full\"\n");
	FINDS(IMAP "C: a3 COPY 1 x\nS: a3 OK Some conversions failed\n" LOGOUT, "");
}

/* ---- one mistake is told once ---- */

/* The reply is heard as the good one that the command can get. */
static void impossible_replies_are_heard_as_meant(void)
{
	FINDS(SMTP IN "C: MAIL FROM:<a@b.example>\nS: 354 go\nC: RCPT TO:<c@d.example>\nS: 250 OK\n" QUIT,
	      "8 the server asks for more, which this command does not have\n");
	FINDS(SMTP IN "C: MAIL FROM:<a@b.example>\nS: 221 x\nC: RCPT TO:<c@d.example>\nS: 250 OK\n" QUIT,
	      "8 221 is not an answer to MAIL\n");
	FINDS(SMTP IN MAIL
	      "C: DATA\nS: 250 Start mail input; end with <CRLF>.<CRLF>\nC: Date: today\nC:\nC: x\nC: .\nS: 250 OK\n" QUIT,
	      "12 the answer to DATA should be 354\n");
	FINDS(POP3 "C: DELE 1\nS: 250 OK\nC: QUIT\nS: +OK (1 message left)\n", "7 not a POP3 reply\n");
	FINDS(POP3 "C: STAT\nS: +OK 2 320\nC: DELE 1\nS: OK\nC: QUIT\nS: +OK (1 message left)\n",
	      "9 not a POP3 reply\n");
	FINDS(POP3 "C: LIST\nS: + OK\nS: 1 120\nS: .\n" BYE,
	      "7 the server asks for more, which this command does not have\n");
	FINDS(FTP "C: CWD pub\nS: 150 done\nC: NOOP\nS: 200 ok\n" QUIT,
	      "7 no reply that begins with 1 belongs to CWD\n");
}

/* The command is heard as the nearest, where the server took it. */
static void unknown_commands_are_heard_as_meant(void)
{
	FINDS(SMTP IN "C: MIAL FROM:<a@b.example>\nS: 250 OK\nC: RCPT TO:<c@d.example>\nS: 250 OK\n" QUIT,
	      "7 no such command: perhaps MAIL is meant\n");
	FINDS(SMTP IN MAIL "C: FROB\nS: 354 go\nC: x\nC: .\nS: 250 OK\n" QUIT, "11 no such command\n");
	FINDS(POP3 "C: RETX 1\nS: +OK\nS: x\nS: .\n" BYE, "6 no such command: perhaps RETR is meant\n");
	FINDS(POP3 "C: FROB 1\nS: +OK\nS: x\nS: .\n" BYE, "6 no such command\n");
	FINDS(POP3 "C: RETX 1\nS: -ERR what?\n" BYE, "6 no such command: perhaps RETR is meant\n");
	FINDS(IMAP "C: a3 CLOES\nS: a3 OK\nC: a4 SELECT x\nS: a4 OK\n" LOGOUT,
	      "6 no such command: perhaps CLOSE is meant\n");
}

/* ---- lines of one reply ---- */

static void spaces_where_a_hyphen_belongs(void)
{
#define SPACE " a space after the code ends the reply, but more of it follows\n"
	FINDS("S: 220 x\nC: EHLO a.example\nS: 250-x\nS: 250 DSN\nS: 250 HELP\n" QUIT, "4" SPACE);
	FINDS("S: 220 x\nC: EHLO a.example\nS: 250 x\nS: 250 HELP\n" QUIT, "3" SPACE);
	FINDS("S: 220 x\nS: 220 y\nC: HELO a.example\nS: 250 x\n" QUIT, "1" SPACE);
	/* the same reply again */
	FINDS("S: 220 x\nC: EHLO a.example\nS: 250-x\nS: 250 HELP\nS: 250-x\nS: 250 HELP\n" QUIT,
	      "5 a reply to no command\n");
	FINDS("S: 220 x\nC: HELO a.example\nS: 250 x\nC: NOOP\nS: 250 OK\nS: 250 done\n" QUIT,
	      "6 a reply to no command\n");
	FINDS("S: 220 x LMTP\nC: LHLO a.example\nS: 250 x\n" MAIL
	      "C: RCPT TO:<e@d.example>\nS: 250 OK\nC: DATA\nS: 354 go\nC: x\nC: .\nS: 250 OK\nS: 250-it\nS: 250 OK, too\n" QUIT,
	      "");
}

/* ---- line ends ---- */

static void lines_that_end_in_CR(void)
{
#define CR " bare CR: a CR stands only before LF\n"
	FINDS(POP3 "C\\: NOOP\\r\nS: +OK\n" BYE, "6" CR);
	FINDS(POP3 "C\\: NOOP\\r\\r\\n\nS: +OK\n" BYE, "6" CR);
	FINDS(POP3 "C: NOOP\nS\\: +OK\\r\n" BYE, "7" CR);
	FINDS(IMAP "C\\: a3 NOOP\\r\nS: a3 OK\n" LOGOUT, "6" CR);
	FINDS(POP3 "C\\: NOOP\\r\nC\\: \\n\nS: +OK\n" BYE, "");                       /* one line in two pieces */
	FINDS(HTTP "S: HTTP/1.1 200 OK\nS: Content-Length: 3\nS:\nS\\: ab\\r\n", ""); /* three octets */
}

static void what_follows_is_no_mistake(void)
{
	FINDS("S: +OK ready\nC: STAT\nS: +OK 2 320\nC: USER bob\nS: +OK\nC: PASS x\nS: +OK\n" BYE,
	      "2 not allowed in this state: it needs a login first, by USER and PASS, APOP or AUTH\n");
	FINDS(SMTP IN "C: RCPT TO:<c@d.example>\nS: 250 OK\n" MAIL QUIT,
	      "7 not allowed in this state: it needs MAIL first\n");
	FINDS(POP3
	      "C: STAT\nS: +OK 2 320\nC: DELE 1\nS: +OK\nC: RSET\nC: DELE 2\nS: +OK\nC: QUIT\nS: +OK (1 message left)\n",
	      "10 RSET has no reply\n");
	FINDS(SMTP IN
	      "C: MAIL FROM:<a@b.example>\nS: 250 OK\nC: RCPT TO:<x@d.example>\nS: 550 no\nC: RCPT TO:<c@d.example>\nC: DATA\nS: 354 go\nC: x\nC: .\nS: 250 OK\n" QUIT,
	      "11 RCPT has no reply\n");
}

int main(void)
{
	TEST(lists_and_texts_under_the_wrong_side);
	TEST(headers_and_bodies_under_the_wrong_side);
	TEST(counts_that_fit_by_chance);
	TEST(missing_where_something_is_awaited);
	TEST(doubled_where_the_client_is_awaited);
	TEST(codes_of_other_commands);
	TEST(values_of_parameters);
	TEST(requests_without_version);
	TEST(words_that_imap_does_not_have);
	TEST(values_without_their_parentheses);
	TEST(tags_that_are_missing);
	TEST(replies_under_the_wrong_side);
	TEST(lines_that_only_the_other_side_says);
	TEST(messages_in_one_go);
	TEST(pipelined_lists_under_the_wrong_side);
	TEST(words_of_tagged_replies);
	TEST(impossible_replies_are_heard_as_meant);
	TEST(unknown_commands_are_heard_as_meant);
	TEST(spaces_where_a_hyphen_belongs);
	TEST(lines_that_end_in_CR);
	TEST(what_follows_is_no_mistake);
	return test_end();
}
