/*
 * A script is checked: each kind of mistake is one finding, at its line, and what is right has none.
 */
#include "test.h"

#include "script/check.h"
#include "script/script.h"

/* ---- what a check says ---- */

static struct script *scripts;
static size_t nscripts;

static void read_text(const char *text)
{
	struct error error = { 0 };
	scripts = NULL;
	nscripts = 0;
	CHECK(scripts_parse(slice_of(text), "t", &scripts, &nscripts, &error) == STATUS_OK);
	if (error.message)
		printf("# %s\n", error.message);
	error_clear(&error);
}

/* The findings of the first conversation: `LINE what` each, `!` before a warning, ` +` behind one with a repair. */
static void findings_print(const struct findings *found, struct buffer *out)
{
	for (size_t i = 0; i < found->n; i++) {
		const struct finding *row = &found->rows[i];
		buffer_printf(out, "%s%u %s%s\n", row->level == CHECK_WARNING ? "!" : "", row->number, row->what,
		              row->repair == REPAIR_NONE ? "" : " +");
	}
}

static void check_text(const char *text, struct buffer *said, struct buffer *repaired)
{
	struct findings found;
	read_text(text);
	if (nscripts == 0)
		return;
	check_script(&scripts[0], NULL, NULL, &found);
	findings_print(&found, said);
	(void)check_repair(&scripts[0], &found, repaired);
	findings_free(&found);
	scripts_free(scripts, nscripts);
}

/* What stays when all is repaired: no more than what had no repair. */
static size_t repairs_in(const struct buffer *said)
{
	size_t n = 0;
	for (struct slice rest = buffer_slice(said); rest.n;) {
		struct slice row = slice_row(&rest);
		n += row.n > 2 && row.p[row.n - 1] == '+';
	}
	return n;
}

/* Checks, and checks what is repaired again. */
static void finds(const char *text, const char *wanted)
{
	struct buffer said = { 0 }, repaired = { 0 }, again = { 0 }, twice = { 0 };
	check_text(text, &said, &repaired);
	CHECK_TEXT(buffer_slice(&said), wanted);
	char *copy = buffer_take(&repaired);
	check_text(copy, &again, &twice);
	CHECK(repairs_in(&again) == 0);
	CHECK_TEXT(buffer_slice(&twice), copy);
	free(copy);
	buffer_free(&said);
	buffer_free(&again);
	buffer_free(&twice);
}

/* What the repaired copy is. */
static void repairs(const char *text, const char *wanted)
{
	struct buffer said = { 0 }, repaired = { 0 };
	check_text(text, &said, &repaired);
	CHECK_TEXT(buffer_slice(&repaired), wanted);
	buffer_free(&said);
	buffer_free(&repaired);
}

#define SMTP "Protocol: smtp\n\nS: 220 here ESMTP\nC: EHLO there.example\nS: 250-here.example\nS: 250 HELP\n"
#define MAIL SMTP "C: MAIL FROM:<a@b.example>\nS: 250 OK\nC: RCPT TO:<c@d.example>\nS: 250 OK\n"
#define QUIT "C: QUIT\nS: 221 bye\n"
#define POP3 "Protocol: pop3\n\nS: +OK here\nC: USER bob\nS: +OK\nC: PASS x\nS: +OK\n"
#define BYE "C: QUIT\nS: +OK bye\n"
#define IMAP "Protocol: imap\n\nS: * OK here\nC: a1 LOGIN bob x\nS: a1 OK in\n"
#define SELECTED \
	"S: * FLAGS (\\Seen)\nS: * 1 EXISTS\nS: * OK [PERMANENTFLAGS ()] x\nS: * OK [UIDNEXT 2] x\nS: * OK [UIDVALIDITY 1] x\n"
#define LOGOUT "C: a9 LOGOUT\nS: * BYE bye\nS: a9 OK bye\n"
#define FTP "Protocol: ftp\n\nS: 220 here FTP\nC: USER bob\nS: 331 password\nC: PASS x\nS: 230 in\n"
#define HTTP "Protocol: http\n\nC: GET / HTTP/1.1\nC: Host: here.example\nC:\n"

/* ---- what is right ---- */

static void whole_sessions(void)
{
	finds(MAIL "C: DATA\nS: 354 go\nC: Subject: x\nC:\nC: text\nC: .\nS: 250 OK\n" QUIT, "");
	finds(POP3 "C: LIST\nS: +OK\nS: 1 120\nS: .\nC: RETR 1\nS: +OK\n<server sends the text>\nS: .\n" BYE, "");
	finds(IMAP "C: a2 SELECT INBOX\n" SELECTED "S: a2 OK [READ-WRITE] done\n" LOGOUT, "");
	finds(FTP "C: PASV\nS: 227 (127,0,0,1,4,1)\nC: LIST\nS: 150 comes\n<server sends the list>\nS: 226 done\n" QUIT,
	      "");
	finds(HTTP "S: HTTP/1.1 200 OK\nS: Content-Length: 7\nS:\nS: hello\n", "");
	finds("Protocol: tcp\n\nC: anything\nS: whatever\n", "");
}

static void a_conversation_without_lines(void)
{
	finds("Protocol: smtp\n\n# nothing\n", "");
	finds("Title: a header alone\n", "");
}

/* Values that nobody knows are no mistakes. */
static void variables_and_marks(void)
{
	finds("Protocol: smtp\nLet: who=a@b.example\n\nS: 220 {{*}}\nC: EHLO {{name}}\nS: 250-{{*}}\nS*: 250-{{*}}\nS: 250 {{*}}\nS!: 250 STARTTLS\nC: MAIL FROM:<{{who}}> SIZE=100\nS: 250 {{*}}\nC: RCPT TO:<{{to}}>\nS: 250 {{*}}\nS?: 250 {{*}}\n" QUIT,
	      "14 a reply to no command\n");
	finds("Protocol: smtp\n\nS: 220 {{*}}\nC: EHLO a.example\nS: 250-x\nS: 250 AUTH LOGIN CRAM-MD5\nC: AUTH CRAM-MD5\nS: 334 {{*}}\nC: {{cram-md5 bob {{password}}}}\nS: 235 {{*}}\n" QUIT,
	      "");
	finds("Protocol: pop3\n\nS: +OK {{*}}\nC: USER {{user}}\nS: +OK{{*}}\nC: PASS {{password}}\nS: +OK{{*}}\nC: LIST\nS: +OK{{*}}\nS*: {{*}}\nS: .\n" BYE,
	      "");
	finds(IMAP "C: a2 APPEND INBOX {{{n}}}\nS: + go\nC: {{text}}\nC:\nS: a2 OK\n" LOGOUT, "");
}

static void with_commands_in_flight(void)
{
	finds("Protocol: smtp\n\nS: 220 x\nC: EHLO a.example\nS: 250-x\nS: 250 PIPELINING\nC: MAIL FROM:<a@b.example>\nC: RCPT TO:<c@d.example>\nC: DATA\nS: 250 OK\nS: 250 OK\nS: 354 go\nC: x\nC: .\nC: QUIT\nS: 250 OK\nS: 221 bye\n",
	      "");
	finds(IMAP "C: a2 SELECT INBOX\nC: a3 NOOP\n" SELECTED "S: a3 OK done\nS: a2 OK done\n" LOGOUT, "");
	finds(HTTP
	      "C: GET /2 HTTP/1.1\nC: Host: here.example\nC:\nS: HTTP/1.1 204 No Content\nS:\nS: HTTP/1.1 204 No Content\nS:\n",
	      "");
}

/* ---- replies ---- */

static void a_reply_is_missing(void)
{
	finds(POP3 "C: DELE 1\nC: RETR 2\nS: +OK\nS: text\nS: .\nC: DELE 2\n" BYE,
	      "8 DELE has no reply\n13 DELE has no reply\n");
	finds(MAIL "C: RSET\nC: MAIL FROM:<a@b.example>\nS: 250 OK\n" QUIT, "11 RSET has no reply\n");
	finds(FTP "C: NOOP\nC: PWD\nS: 257 \"/\"\n" QUIT, "8 NOOP has no reply\n");
	finds(IMAP "C: a2 NOOP\nC: a3 NOOP\nS: a3 OK done\n" LOGOUT, "6 NOOP has no tagged reply\n");
	finds("Protocol: http\n\nC: GET /1 HTTP/1.1\nC: Host: x\nC:\nC: GET /2 HTTP/1.1\nC: Host: x\nC:\nS: HTTP/1.1 204 No Content\nS:\n",
	      "3 GET has no response\n");
}

/* Dots in a reply's place leave it out: it is not missing. */
static void a_reply_is_left_out(void)
{
	finds("Protocol: smtp\n\nS: 220 x\nC: EHLO a.example\n<server sends ...>\nC: MAIL FROM:<a@b.example> SIZE=1\nS: 250 OK\n" QUIT,
	      "");
	finds("Protocol: smtp\n\nS: 220 x\nC: EHLO a.example\nS: 250-x\n<server sends ...>\nC: NOOP\nS: 250 OK\n" QUIT,
	      "");
	finds("Protocol: smtp\n\nS: 220 x\nC: EHLO a.example\nS: ...\n" QUIT, "");
	finds(FTP "C: FEAT\nS: 211-Features:\n<server sends ...>\nS: 211 End\n" QUIT, "");
	finds(HTTP "<server sends the page>\n", "");
}

static void a_reply_is_missing_at_the_end(void)
{
	finds(MAIL "C: DATA\nS: 354 go\nC: x\nC: .\n", "14 DATA has no last reply\n");
	finds(POP3 "C: STAT\n", "8 STAT has no reply\n");
	finds(IMAP "C: a2 SELECT INBOX\n" SELECTED "", "6 SELECT has no tagged reply\n");
	finds(FTP "C: RETR a\nS: 150 comes\n<server sends the file>\n", "8 RETR has no last reply\n");
	finds(POP3 "C: STAT\n<server hangs up>\n", "8 STAT has no reply\n");
}

/* Of a document that shows requests alone, the first response is missed. */
static void one_side_alone(void)
{
	finds("Protocol: http\n\nC: GET / HTTP/1.1\nC: Host: here.example\nC:\n", "3 GET has no response\n");
	finds(HTTP "C: GET /2 HTTP/1.1\nC: Host: here.example\nC:\n", "3 GET has no response\n");
	finds("Protocol: smtp\n\nC: EHLO a.example\nC: MAIL FROM:<a@b.example>\nC: QUIT\n",
	      "3 what the server says is missing\n");
	finds("Protocol: smtp\n\nS: 220 x\nS: 250 OK\nS: 250 OK\nS: 221 bye\n", "4 what the client says is missing\n");
	finds("Protocol: http\n\nS: HTTP/1.1 200 OK\nS: Content-Length: 0\nS:\n",
	      "3 what the client says is missing\n");
}

static void what_the_server_asks_for_is_missing(void)
{
	finds(MAIL "C: DATA\nC: x\nC: .\nS: 250 OK\n" QUIT, "11 DATA has no reply\n");
	finds("Protocol: smtp\n\nS: 220 x\nC: EHLO a.example\nS: 250-x\nS: 250 AUTH LOGIN\nC: AUTH LOGIN\nC: Ym9i\nS: 334 UGFzc3dvcmQ6\nC: eA==\nS: 235 in\n" QUIT,
	      "7 AUTH has no reply\n");
	finds(IMAP "C: a2 LOGIN bob {1}\nC: x\nS: a2 OK\n" LOGOUT,
	      "6 not allowed in this state: the client is logged in already: this comes only before\n6 the server's + is missing after this line\n");
	finds(IMAP "C: a2 IDLE\nC: DONE\nS: a2 OK\n" LOGOUT, "6 the server's + is missing after this line\n");
}

static void a_reply_is_doubled(void)
{
	finds(MAIL "S: 250 OK\n" QUIT, "11 a reply to no command\n");
	finds(POP3 "C: NOOP\nS: +OK\nS: +OK\n" BYE, "10 a reply to no command\n");
	finds(IMAP "C: a2 NOOP\nS: a2 OK\nS: a2 OK\n" LOGOUT, "8 no command with the tag a2 is waiting\n");
}

static void replies_that_no_command_can_get(void)
{
	finds(SMTP "C: MAIL FROM:<a@b.example>\nS: 354 go\n" QUIT,
	      "8 the server asks for more, which this command does not have\n");
	finds(MAIL "C: DATA\nS: 250 OK\n" QUIT, "12 the answer to DATA should be 354\n");
	finds(SMTP "C: NOOP\nS: OK\n" QUIT, "8 not an SMTP reply\n");
}

static void a_reply_that_does_not_end(void)
{
	finds("Protocol: smtp\n\nS: 220 x\nC: EHLO a.example\nS: 250-x\nS: 250-HELP\nC: QUIT\nS: 221 bye\n",
	      "6 the reply has no last line: one with 250 and a space +\n");
	repairs("Protocol: smtp\n\nS: 220 x\nC: EHLO a.example\nS: 250-x\nS: 250-HELP\nC: QUIT\nS: 221 bye\n",
	        "Protocol: smtp\nErrata: \"250-HELP\" is the reply's last line, which has a space after the code\n\nS: 220 x\nC: EHLO a.example\nS: 250-x\nS: 250 HELP\nC: QUIT\nS: 221 bye\n");
}

/* ---- lists, texts, headers ---- */

static void a_list_without_its_status_line(void)
{
	finds(POP3 "C: LIST\nS: 1 120\nS: 2 200\nS: .\n" BYE,
	      "9 the server's +OK is missing before this answer to LIST +\n");
	finds(POP3 "C: RETR 1\nS: <message 1 contents>\nS: .\n" BYE,
	      "9 the server's +OK is missing before this answer to RETR +\n");
	repairs(POP3 "C: LIST\nS: 1 120\nS: .\n" BYE,
	        "Protocol: pop3\nErrata: the answer to LIST has no +OK before it (RFC 1939 3)\n\nS: +OK here\nC: USER bob\nS: +OK\nC: PASS x\nS: +OK\nC: LIST\nS: +OK\nS: 1 120\nS: .\n" BYE);
}

static void a_dot_is_missing(void)
{
	finds(POP3 "C: LIST\nS: +OK\nS: 1 120\n" BYE, "10 the lone dot that ends the list or text is missing +\n");
	finds(POP3 "C: RETR 1\nS: +OK\n<server sends the text>\n" BYE,
	      "10 the lone dot that ends the list or text is missing +\n");
	finds(MAIL "C: DATA\nS: 354 go\nC: x\nS: 250 OK\n" QUIT,
	      "13 the message text is not ended by its lone dot +\n");
	finds(MAIL "C: DATA\nS: 354 go\nC: x\n",
	      "13 the message text is not ended by its lone dot +\n13 DATA has no last reply\n");
	finds(MAIL "C: DATA\nS: 354 go\nS: 250 OK\n" QUIT,
	      "12 the message text is missing, and the lone dot that ends it\n");
}

static void an_empty_line_is_missing(void)
{
	finds("Protocol: http\n\nC: GET / HTTP/1.1\nC: Host: x\nS: HTTP/1.1 200 OK\nS: Content-Length: 0\nS:\n",
	      "4 the empty line after the header is missing +\n");
	finds(HTTP "S: HTTP/1.1 200 OK\nS: Content-Length: 8\nS: <html>\n",
	      "7 the empty line after the header is missing +\n");
	finds(HTTP
	      "S: HTTP/1.1 200 OK\nS: Content-Length: 0\nC: GET / HTTP/1.1\nC: Host: x\nC:\nS: HTTP/1.1 204 No Content\nS:\n",
	      "7 the empty line after the header is missing +\n");
	finds("Protocol: http\n\nC: GET /1 HTTP/1.1\nC: Host: x\nC: GET /2 HTTP/1.1\nC: Host: x\nC:\nS: HTTP/1.1 204 No Content\nS:\nS: HTTP/1.1 204 No Content\nS:\n",
	      "4 the empty line after the header is missing +\n");
}

/* ---- counts ---- */

static void counts_that_do_not_match(void)
{
	finds(HTTP "S: HTTP/1.1 200 OK\nS: Content-Length: 722\nS:\nS: hello\n",
	      "7 the count is 722, but the text that follows has 7 octets, line ends included +\n");
	finds(IMAP "C: a2 APPEND INBOX {31}\nS: + go\nC: Subject: x\nC:\nC: text\nC:\nS: a2 OK\n" LOGOUT,
	      "6 the count is 31, but the text that follows has 20 octets, line ends included +\n");
	repairs(HTTP "S: HTTP/1.1 200 OK\nS: Content-Length: 722\nS:\nS: hello\n",
	        "Protocol: http\nErrata: \"Content-Length: 722\" where a body of 7 octets is printed\n\nC: GET / HTTP/1.1\nC: Host: here.example\nC:\nS: HTTP/1.1 200 OK\nS: Content-Length: 7\nS:\nS: hello\n");
}

/* On paper nobody sees how a body's lines end, nor whether the last does; and dots stand for what is left out. */
static void counts_that_may_match(void)
{
	finds(HTTP "S: HTTP/1.1 200 OK\nS: Content-Length: 11\nS:\nS: hello\nS: world\n", "");
	finds(HTTP "S: HTTP/1.1 200 OK\nS: Content-Length: 12\nS:\nS: hello\nS: world\n", "");
	finds(HTTP "S: HTTP/1.1 200 OK\nS: Content-Length: 12000\nS:\nS: <html>...</html>\n", "");
	finds(HTTP "S: HTTP/1.1 200 OK\nS: Content-Length: 12000\nS:\nS: <html>\n<server sends the rest>\nS: </html>\n",
	      "");
	finds(IMAP "C: a2 SELECT INBOX\n" SELECTED
	           "S: a2 OK\nC: a3 FETCH 1 BODY[]\nS: * 1 FETCH (BODY[] {11}\nS: Subject: x\nS: )\nS: a3 OK\n" LOGOUT,
	      "14 the count is 11, but the text that follows has 12 octets, line ends included +\n");
}

/* ---- sides and tags ---- */

static void lines_under_the_wrong_side(void)
{
	finds(POP3 "S: RETR 1\nS: +OK\nS: text\nS: .\nS: DELE 1\nS: +OK\nS: QUIT\nS: +OK bye\n",
	      "8 a line of the client's is printed under the wrong side +\n12 a line of the client's is printed under the wrong side +\n14 a line of the client's is printed under the wrong side +\n");
	finds(SMTP "C: NOOP\nC: 250 OK\n" QUIT, "8 a line of the server's is printed under the wrong side +\n");
	finds(MAIL "C: DATA\nS: 354 go\nC: Subject: x\nC:\nS: text\nC: .\nS: 250 OK\n" QUIT,
	      "15 a line of the client's is printed under the wrong side +\n");
	finds(IMAP "S: a2 NOOP\nC: a2 OK done\n" LOGOUT,
	      "6 a line of the client's is printed under the wrong side +\n7 a line of the server's is printed under the wrong side +\n");
	repairs(POP3 "S: STAT\nS: +OK 2 320\n" BYE,
	        "Protocol: pop3\nErrata: \"STAT\" is printed with \"S:\", and belongs to the client\n\nS: +OK here\nC: USER bob\nS: +OK\nC: PASS x\nS: +OK\nC: STAT\nS: +OK 2 320\n" BYE);
}

/* What is no line of either side's: a shell's, a program's own. */
static void lines_of_neither_side(void)
{
	finds("Protocol: imap\n\nC: telnet here.example imap\nS: Trying 192.0.2.1...\nS: * OK here\n" LOGOUT,
	      "3 a shell's line stands in the conversation +\n4 a line that the server does not say stands in the conversation +\n");
	repairs("Protocol: smtp\n\nC: telnet here.example 25\nS: 220 x\n" QUIT,
	        "Protocol: smtp\nErrata: \"C: telnet here.example 25\" is a shell line, not said to the server\n\n# C: telnet here.example 25\nS: 220 x\n" QUIT);
}

static void tags(void)
{
	finds("Protocol: imap\n\nS: * OK here\nC: a1 LOGIN bob x\nS: * OK in\nC: a2 SELECT INBOX\n" SELECTED
	      "S: a2 OK\n" LOGOUT,
	      "5 * stands where the tag a1 of LOGIN belongs +\n");
	finds(IMAP "C: a2 NOOP\nS: a3 OK done\nC: a4 NOOP\nS: a4 OK\n" LOGOUT,
	      "7 a3 stands where the tag a2 of NOOP belongs +\n");
	finds(IMAP "C: a2 NOOP\nS: OK done\n" LOGOUT, "7 the tag a2 of NOOP is missing +\n");
	finds("Protocol: imap\n\nS: * OK here\nC: LOGIN bob x\nS: a1 OK in\n" LOGOUT,
	      "4 LOGIN stands where the tag belongs +\n");
	finds(IMAP "C: NOOP\nS: * BAD no tag\n" LOGOUT,
	      "6 NOOP stands where the tag belongs: before each command comes a tag of your choice, as in `a1 NOOP`\n");
	finds(IMAP "C: a2 NOOP\nS: * OK [ALERT] soon\nS: a2 OK\n" LOGOUT, "");
}

/* USER is not a command of IMAP; the server says that it has logged in all the same, and all goes on so. */
static void an_unknown_command_is_accepted(void)
{
	finds("Protocol: imap\n\nS: * OK here\nC: a1 USER bob x\nS: * OK in\nC: a2 SELECT INBOX\n" SELECTED
	      "S: a2 OK\nC: a3 FETCH 1 FLAGS\nS: * 1 FETCH (FLAGS ())\nS: a3 OK\n" LOGOUT,
	      "4 USER is a command of POP3, not of IMAP\n5 * stands where the tag a1 of USER belongs +\n");
}

/* ---- where it begins, and what state it is in ---- */

static void the_beginning_is_missing(void)
{
	finds("Protocol: imap\n\nC: a1 CLOSE\nS: a1 OK\nC: a2 SELECT INBOX\n" SELECTED "S: a2 OK\n",
	      "3 the beginning of the conversation is missing\n");
	finds("Protocol: imap\n\nC: a1 NOOP\nS: * 1 EXISTS\nS: a1 OK\nC: a2 FETCH 1 FLAGS\nS: * 1 FETCH (FLAGS ())\nS: a2 OK\n",
	      "3 the server's greeting is missing\n");
	finds("Protocol: smtp\n\nC: RCPT TO:<a@b.example>\nS: 250 OK\nC: DATA\nS: 354 go\nC: x\nC: .\nS: 250 OK\n",
	      "3 the beginning of the conversation is missing\n");
	finds("Protocol: smtp\n\nS: 250 OK\nC: RCPT TO:<a@b.example>\nS: 250 OK\n" QUIT,
	      "3 the beginning of the conversation is missing\n");
	finds("Protocol: imap\n\nS: * 3 EXISTS\nS: a1 OK done\nC: a2 FETCH 3 FLAGS\nS: * 3 FETCH (FLAGS ())\nS: a2 OK\n",
	      "3 the beginning of the conversation is missing\n");
	finds("Protocol: pop3\n\nC: RETR 1\nS: +OK\nS: text\nS: .\n" BYE,
	      "3 the beginning of the conversation is missing\n");
	finds("Protocol: ftp\n\nC: CWD a\nS: 250 done\n" QUIT, "3 the beginning of the conversation is missing\n");
	finds("Protocol: smtp\n\nC: EHLO a.example\nS: 250 x\n" QUIT, "3 the server's greeting is missing\n");
}

static void a_command_in_the_wrong_state(void)
{
	finds(SMTP "C: RCPT TO:<a@b.example>\nS: 503 MAIL first\n" QUIT,
	      "7 not allowed in this state: it needs MAIL first\n");
	finds(SMTP "C: RCPT TO:<a@b.example>\nS: 250 OK\nC: DATA\nS: 354 go\nC: x\nC: .\nS: 250 OK\n" QUIT,
	      "7 not allowed in this state: it needs MAIL first\n");
	finds("Protocol: pop3\n\nS: +OK here\nC: STAT\nS: +OK 1 120\nC: LIST 1\nS: +OK 1 120\n" BYE,
	      "4 not allowed in this state: it needs a login first, by USER and PASS, APOP or AUTH\n");
	finds(IMAP
	      "C: a2 FETCH 1 FLAGS\nS: * 1 FETCH (FLAGS ())\nS: a2 OK\nC: a3 FETCH 1 FLAGS\nS: * 1 FETCH (FLAGS ())\nS: a3 OK\n" LOGOUT,
	      "6 not allowed in this state: no mailbox is selected: SELECT or EXAMINE comes first\n");
}

static void behind_the_end(void)
{
	finds(SMTP QUIT "C: NOOP\nS: 250 OK\nC: NOOP\nS: 250 OK\n",
	      "9 the conversation was over: the server has said goodbye\n");
	finds(SMTP QUIT "S: 220 x\nC: EHLO a.example\nS: 250 x\n" QUIT,
	      "9 the conversation was over: the server has said goodbye\n");
	finds(SMTP QUIT "<server hangs up>\nS: 250 OK\nS: 250 OK\n", "10 said after the close\n");
}

/* ---- what the dialogue finds ---- */

static void commands_and_arguments(void)
{
	finds(SMTP "C: FOO\nS: 500 what\n" QUIT, "7 no such command\n");
	finds(SMTP "C: MAIL FROM: <a@b.example>\nS: 250 OK\n" QUIT, "7 MAIL has a space after the colon +\n");
	finds(SMTP "C: MAIL FROM: <[email protected]>\nS: 250 OK\n" QUIT,
	      "7 MAIL has a space after the colon +\n7 \"[email protected]\" stands where an address was\n");
	finds(POP3 "C: RETR\nS: -ERR what\n" BYE, "8 RETR must be followed by one message number, from 1\n");
	repairs(SMTP "C: rcpt to: <a@b.example>\nS: 503 no\n" QUIT,
	        "Protocol: smtp\nErrata: \"rcpt to: <\" has a space after the colon, which RFC 5321 3.3 forbids\n\nS: 220 here ESMTP\nC: EHLO there.example\nS: 250-here.example\nS: 250 HELP\nC: rcpt to:<a@b.example>\nS: 503 no\n" QUIT);
}

static void line_ends(void)
{
	finds(SMTP "C\\: NOOP\\n\nS: 250 OK\n" QUIT, "7 bare LF: lines end in CRLF +\n");
	finds(SMTP "C\\: MAIL\\rFROM:<a@b.example>\\r\\n\nS: 501 what\n" QUIT,
	      "7 bare CR: a CR stands only before LF\n7 no such command\n");
	repairs(SMTP "C\\: NOOP\\n\nS: 250 OK\n" QUIT,
	        "Protocol: smtp\nErrata: a line ends in LF alone\n\nS: 220 here ESMTP\nC: EHLO there.example\nS: 250-here.example\nS: 250 HELP\nC: NOOP\nS: 250 OK\n" QUIT);
}

static void base64_that_does_not_decode(void)
{
	finds("Protocol: smtp\n\nS: 220 x\nC: EHLO a.example\nS: 250-x\nS: 250 AUTH LOGIN\nC: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: bo!b\nS: 501 what\n" QUIT,
	      "9 this is not base64, which every answer must be\n");
}

/* A line over the limit is a warning. */
static void lines_over_the_limit(void)
{
	struct buffer text = { 0 }, said = { 0 }, repaired = { 0 };
	buffer_add_string(&text, SMTP "C: NOOP ");
	for (size_t i = 0; i < 600; i++)
		buffer_add_octet(&text, 'x');
	buffer_add_string(&text, "\nS: 250 OK\n" QUIT);
	char *script = buffer_take(&text);
	check_text(script, &said, &repaired);
	CHECK_TEXT(buffer_slice(&said), "!7 a command line over 512 octets, its CRLF included\n");
	free(script);
	buffer_free(&said);
	buffer_free(&repaired);
}

/* ---- the corrected copy ---- */

static void the_header_tells(void)
{
	repairs("Title: T\nProtocol: smtp\nErrata: old\n\nS: 220 x\nC: EHLO a.example\nS: 250 x\nC: MAIL FROM: <a@b.example>\nS: 250 OK\nC: RCPT TO: <c@d.example>\nS: 250 OK\nC: RCPT TO: <e@f.example>\nS: 250 OK\n" QUIT,
	        "Title: T (corrected)\nProtocol: smtp\nErrata: old\nErrata: \"MAIL FROM: <\" has a space after the colon, which RFC 5321 3.3 forbids\nErrata: \"RCPT TO: <\" has a space after the colon, which RFC 5321 3.3 forbids, 2 times\n\nS: 220 x\nC: EHLO a.example\nS: 250 x\nC: MAIL FROM:<a@b.example>\nS: 250 OK\nC: RCPT TO:<c@d.example>\nS: 250 OK\nC: RCPT TO:<e@f.example>\nS: 250 OK\n" QUIT);
}

/* Several mistakes of one line are put right together. */
static void repairs_meet(void)
{
	repairs(SMTP "S: MAIL FROM: <a@b.example>\nS: 250 OK\n" QUIT,
	        "Protocol: smtp\nErrata: \"MAIL FROM: <a@b.example>\" is printed with \"S:\", and belongs to the client\nErrata: \"MAIL FROM: <\" has a space after the colon, which RFC 5321 3.3 forbids\n\nS: 220 here ESMTP\nC: EHLO there.example\nS: 250-here.example\nS: 250 HELP\nC: MAIL FROM:<a@b.example>\nS: 250 OK\n" QUIT);
}

static void nothing_to_repair(void)
{
	repairs(SMTP QUIT, SMTP QUIT);
}

int main(void)
{
	TEST(whole_sessions);
	TEST(a_conversation_without_lines);
	TEST(variables_and_marks);
	TEST(with_commands_in_flight);
	TEST(a_reply_is_missing);
	TEST(a_reply_is_left_out);
	TEST(a_reply_is_missing_at_the_end);
	TEST(one_side_alone);
	TEST(what_the_server_asks_for_is_missing);
	TEST(a_reply_is_doubled);
	TEST(replies_that_no_command_can_get);
	TEST(a_reply_that_does_not_end);
	TEST(a_list_without_its_status_line);
	TEST(a_dot_is_missing);
	TEST(an_empty_line_is_missing);
	TEST(counts_that_do_not_match);
	TEST(counts_that_may_match);
	TEST(lines_under_the_wrong_side);
	TEST(lines_of_neither_side);
	TEST(tags);
	TEST(an_unknown_command_is_accepted);
	TEST(the_beginning_is_missing);
	TEST(a_command_in_the_wrong_state);
	TEST(behind_the_end);
	TEST(commands_and_arguments);
	TEST(line_ends);
	TEST(base64_that_does_not_decode);
	TEST(lines_over_the_limit);
	TEST(the_header_tells);
	TEST(repairs_meet);
	TEST(nothing_to_repair);
	return test_end();
}
