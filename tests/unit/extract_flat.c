/*
 * Lines that a page has flattened: several lines of a conversation in one, without prefixes. A document, and what is found in it;
 * and prose about commands and codes, in which nothing is found.
 */
#include "extracted.h"

/* ---- SMTP, FTP, POP3 ---- */

static void a_terminal_of_a_wiki_is_cut_where_command_and_reply_begin(void)
{
	char *got = found(
		"d.txt",
		"me@here:~# telnet mail.example 25 Trying 192.0.2.1... Connected to mail.example. Escape character is '^]'. 220 "
		"mail.example ESMTP HELO me 250 mail.example rcpt to:<a@b.example> 503 5.5.1 Error: need MAIL command MAIL "
		"FROM:<c@me> 250 2.1.0 Ok RCPT TO: d@b.example 250 2.1.5 Ok DATA 354 End data with <CR><LF>.<CR><LF> Subject: hi "
		"To: d@b.example Good day. . 250 2.0.0 Ok: queued as 48D quit 221 2.0.0 Bye Connection closed by foreign host. "
		"me@here:~#\n",
		true);
	CHECK_TEXT(slice_of(got),
	           "smtp 1-1\n"
	           "Errata: several lines of the conversation are printed on one line of the document\n"
	           "# me@here:~# telnet mail.example 25\n"
	           "# the document does not print who says which line: guessed from what each line says\n"
	           "S: 220 mail.example ESMTP\n"
	           "C: HELO me\n"
	           "S: 250 mail.example\n"
	           "C: rcpt to:<a@b.example>\n"
	           "S: 503 5.5.1 Error: need MAIL command\n"
	           "C: MAIL FROM:<c@me>\n"
	           "S: 250 2.1.0 Ok\n"
	           "C: RCPT TO: d@b.example\n"
	           "S: 250 2.1.5 Ok\n"
	           "C: DATA\n"
	           "S: 354 End data with <CR><LF>.<CR><LF>\n"
	           "C: Subject: hi\n"
	           "C: To: d@b.example Good day.\n"
	           "C: .\n"
	           "S: 250 2.0.0 Ok: queued as 48D\n"
	           "C: quit\n"
	           "S: 221 2.0.0 Bye\n"
	           "# Connection closed by foreign host.\n");
	free(got);
}

static void inside_a_reply_of_several_lines_no_command_begins(void)
{
	CHECK_FOUND(
		"d.txt",
		"220 mail.example ESMTP EHLO me 250-mail.example 250-STARTTLS 250-XFORWARD NAME HELO 250-AUTH LOGIN 250 HELP "
		"AUTH LOGIN 334 VXNlcm5hbWU6 Ym9i 334 UGFzc3dvcmQ6 c2VjcmV0 235 2.7.0 Ok QUIT 221 2.0.0 Bye\n",
		"smtp 1-1\n"
		"S: 220 mail.example ESMTP\n"
		"C: EHLO me\n"
		"S: 250-mail.example\n"
		"S: 250-STARTTLS\n"
		"S: 250-XFORWARD NAME HELO\n"
		"S: 250-AUTH LOGIN\n"
		"S: 250 HELP\n"
		"C: AUTH LOGIN\n"
		"S: 334 VXNlcm5hbWU6\n"
		"C: Ym9i\n"
		"S: 334 UGFzc3dvcmQ6\n"
		"C: c2VjcmV0\n"
		"S: 235 2.7.0 Ok\n"
		"C: QUIT\n"
		"S: 221 2.0.0 Bye\n");
}

static void each_line_may_hold_an_exchange(void)
{
	CHECK_FOUND("d.txt", "HELO me 250 Hello me\nMAIL FROM:<a@me> 250 ok\nRCPT TO:<b@x> 250 ok\nQUIT 221 bye\n",
	            "smtp 1-4\n"
	            "C: HELO me\n"
	            "S: 250 Hello me\n"
	            "C: MAIL FROM:<a@me>\n"
	            "S: 250 ok\n"
	            "C: RCPT TO:<b@x>\n"
	            "S: 250 ok\n"
	            "C: QUIT\n"
	            "S: 221 bye\n");
}

static void quote_marks_and_empty_lines_may_stand_between(void)
{
	CHECK_FOUND("d.txt", "- HELO me 250 Hello me\n\n- MAIL FROM:<a@me> 250 ok\n\n- QUIT 221 bye\n",
	            "smtp 1-5\n"
	            "C: HELO me\n"
	            "S: 250 Hello me\n"
	            "C: MAIL FROM:<a@me>\n"
	            "S: 250 ok\n"
	            "C: QUIT\n"
	            "S: 221 bye\n");
}

static void of_ftp_two_replies_may_come_to_one_command(void)
{
	CHECK_FOUND(
		"d.txt",
		"220 FTP server ready. USER anonymous 331 Send your address as password. PASS a@b.c 230 Access granted, "
		"restrictions apply. RETR motd 150 Opening data connection for motd (226 bytes) 226 Transfer complete. QUIT 221 "
		"Goodbye.\n",
		"ftp 1-1\n"
		"S: 220 FTP server ready.\n"
		"C: USER anonymous\n"
		"S: 331 Send your address as password.\n"
		"C: PASS a@b.c\n"
		"S: 230 Access granted, restrictions apply.\n"
		"C: RETR motd\n"
		"S: 150 Opening data connection for motd (226 bytes)\n"
		"S: 226 Transfer complete.\n"
		"C: QUIT\n"
		"S: 221 Goodbye.\n");
}

static void a_list_of_pop3_is_told_by_its_numbers_and_its_dot(void)
{
	CHECK_FOUND(
		"d.txt",
		"+OK POP3 ready USER bob +OK PASS secret +OK bob has 2 messages (320 octets) LIST +OK 2 messages (320 octets) 1 "
		"120 2 200 . RETR 1 +OK 120 octets From: a@b.example Subject: hi Hello . QUIT +OK bye\n",
		"pop3 1-1\n"
		"S: +OK POP3 ready\n"
		"C: USER bob\n"
		"S: +OK\n"
		"C: PASS secret\n"
		"S: +OK bob has 2 messages (320 octets)\n"
		"C: LIST\n"
		"S: +OK 2 messages (320 octets)\n"
		"S: 1 120\n"
		"S: 2 200\n"
		"S: .\n"
		"C: RETR 1\n"
		"S: +OK 120 octets\n"
		"S: From: a@b.example\n"
		"S: Subject: hi Hello\n"
		"S: .\n"
		"C: QUIT\n"
		"S: +OK bye\n");
}

static void where_a_cut_is_not_certain_the_conversation_ends(void)
{
	/* nobody knows where the text begins */
	CHECK_FOUND(
		"d.txt",
		"220 mail.example ESMTP HELO me 250 hello MAIL FROM:<a@me> 250 ok DATA 354 Tell me all Good day . 250 ok\n",
		"smtp 1-1\n"
		"S: 220 mail.example ESMTP\n"
		"C: HELO me\n"
		"S: 250 hello\n"
		"C: MAIL FROM:<a@me>\n"
		"S: 250 ok\n");
	/* a word of the page stands behind the command */
	CHECK_FOUND(
		"d.txt",
		"220 mail.example ESMTP mail from: a@me (the sender) 250 ok rcpt to: b@x 250 ok data 354 go ahead\n",
		"");
}

static void what_was_flattened_may_be_wrapped(void)
{
	CHECK_FOUND(
		"d.txt",
		"220 mail.example ESMTP HELO me 250 mail.example MAIL\nFROM:<a@me> 250 2.1.0 Ok RCPT TO:<b@x.example> 250\n2.1.5 Ok "
		"QUIT 221 2.0.0\nBye\n\nMore of the page.\n",
		"smtp 1-3\n"
		"S: 220 mail.example ESMTP\n"
		"C: HELO me\n"
		"S: 250 mail.example\n"
		"C: MAIL FROM:<a@me>\n"
		"S: 250 2.1.0 Ok\n"
		"C: RCPT TO:<b@x.example>\n"
		"S: 250 2.1.5 Ok\n"
		"C: QUIT\n"
		"S: 221 2.0.0 Bye\n");
	CHECK_FOUND(
		"d.txt",
		"# 220 mail.example ESMTP HELO me 250 mail.example MAIL\n# FROM:<a@me> 250 2.1.0 Ok QUIT 221 2.0.0\n# Bye\n",
		"smtp 1-2\n"
		"S: 220 mail.example ESMTP\n"
		"C: HELO me\n"
		"S: 250 mail.example\n"
		"C: MAIL FROM:<a@me>\n"
		"S: 250 2.1.0 Ok\n"
		"C: QUIT\n"
		"S: 221 2.0.0 Bye\n");
}

/* ---- IMAP ---- */

static void a_tag_that_comes_back_tells_a_command(void)
{
	CHECK_FOUND(
		"d.txt",
		"* OK IMAP4 ready a LOGIN bob secret a OK done a LIST \"\" * * LIST (\\HasNoChildren) \"/\" \"a b\" * LIST () "
		"\"/\" INBOX a OK LIST completed b SELECT INBOX * 208 EXISTS * OK [UIDNEXT 505] next b OK [READ-WRITE] done c "
		"FETCH 1 BODY[TEXT] * 1 FETCH (BODY[TEXT] {9} Good day.) c OK done\n",
		"imap 1-1\n"
		"S: * OK IMAP4 ready\n"
		"C: a LOGIN bob secret\n"
		"S: a OK done\n"
		"C: a LIST \"\" *\n"
		"S: * LIST (\\HasNoChildren) \"/\" \"a b\"\n"
		"S: * LIST () \"/\" INBOX\n"
		"S: a OK LIST completed\n"
		"C: b SELECT INBOX\n"
		"S: * 208 EXISTS\n"
		"S: * OK [UIDNEXT 505] next\n"
		"S: b OK [READ-WRITE] done\n"
		"C: c FETCH 1 BODY[TEXT]\n"
		"S: * 1 FETCH (BODY[TEXT] {9}\n"
		"S: Good day.)\n"
		"S: c OK done\n");
}

static void prose_may_stand_between_the_parts(void)
{
	CHECK_FOUND(
		"d.txt",
		"$ telnet mail.example 143 Trying 192.0.2.1... Connected to mail.example. Escape character is '^]'. * OK IMAP4 "
		"ready\nNow you log in:\n1 LOGIN bob secret 1 OK done\nand select the inbox:\n2 SELECT Inbox * 1 EXISTS * 0 "
		"RECENT * OK [UIDNEXT 2] next 2 OK [READ-WRITE] Completed\n3 LIST \"\" \"INBOX\"\n* LIST () \".\" \"INBOX\"\n3 OK "
		"Completed\n",
		"imap 1-8\n"
		"S: * OK IMAP4 ready\n"
		"C: 1 LOGIN bob secret\n"
		"S: 1 OK done\n"
		"C: 2 SELECT Inbox\n"
		"S: * 1 EXISTS\n"
		"S: * 0 RECENT\n"
		"S: * OK [UIDNEXT 2] next\n"
		"S: 2 OK [READ-WRITE] Completed\n"
		"C: 3 LIST \"\" \"INBOX\"\n"
		"S: * LIST () \".\" \"INBOX\"\n"
		"S: 3 OK Completed\n");
}

static void a_tag_without_a_command_comes_back_too(void)
{
	CHECK_FOUND(
		"d.txt",
		"$ telnet mail.example 143\nTrying 192.0.2.1...\nEscape character is '^]'.\n* OK ready.\nlogin bob secret\nlogin "
		"BAD Error in IMAP command\nThe tag was forgotten.\n",
		"imap 4-6\n"
		"S: * OK ready.\n"
		"C: login bob secret\n"
		"S: login BAD Error in IMAP command\n");
}

/* ---- HTTP ---- */

static void a_field_begins_with_its_name_and_the_last_ends_by_its_look(void)
{
	CHECK_FOUND(
		"d.txt",
		"The client asks:\n\nPOST /api HTTP/1.1 Host: localhost User-Agent: me/1.0 (Test; X) y/2 Accept: text/html, */* "
		"Content-Length: 13 \"hello world\"\n\nand gets:\n\nHTTP/1.1 200 OK Date: Mon, 27 Jul 2009 12:28:53 GMT Server: "
		"Apache/2.2.14 (Win32) Content-Type: text/html; charset=UTF-8 <html> <p>Hello</p> </html> This is it.\n",
		"http 3-7\n"
		"C: POST /api HTTP/1.1\n"
		"C: Host: localhost\n"
		"C: User-Agent: me/1.0 (Test; X) y/2\n"
		"C: Accept: text/html, */*\n"
		"C: Content-Length: 13\n"
		"C:\n"
		"C\\: \"hello world\"\n"
		"S: HTTP/1.1 200 OK\n"
		"S: Date: Mon, 27 Jul 2009 12:28:53 GMT\n"
		"S: Server: Apache/2.2.14 (Win32)\n"
		"S: Content-Type: text/html; charset=UTF-8\n"
		"S:\n"
		"S\\: <html> <p>Hello</p> </html>\n");
}

static void prose_behind_a_request_is_none_of_it(void)
{
	CHECK_FOUND(
		"d.txt",
		"It might look like this: GET /v3?mine=true HTTP/1.1 Host: www.example.com Authorization: Bearer token Here is "
		"another call with the same token.\n",
		"http 1-1\n"
		"C: GET /v3?mine=true HTTP/1.1\n"
		"C: Host: www.example.com\n"
		"C: Authorization: Bearer token\n"
		"C:\n");
}

/* ---- with prefixes ---- */

static void a_prefix_may_stick_to_what_is_before_it(void)
{
	CHECK_FOUND(
		"d.txt",
		"Here is an example of anServer: 220 mail.example Client: HELO me Server: 250 Hello Client: MAIL FROM:Server: 250 "
		"Sender ok Client: RCPT TO: Server: 250 Recipient ok Client: QUIT Server: 221 bye\n",
		"smtp 1-1\n"
		"S: 220 mail.example\n"
		"C: HELO me\n"
		"S: 250 Hello\n"
		"C: MAIL FROM:\n"
		"S: 250 Sender ok\n"
		"C: RCPT TO:\n"
		"S: 250 Recipient ok\n"
		"C: QUIT\n"
		"S: 221 bye\n");
	CHECK_FOUND("d.txt", "In JavaScript the class FooServer: 220 lines, and FooClient: 90.\n", "");
}

static void what_a_side_does_is_not_what_it_says(void)
{
	CHECK_FOUND(
		"d.txt",
		"S: 220 mail.example ESMTP (no posting) (client says who it is) C: HELO me S: 250 Hello (it is late) C: QUIT S: 221 "
		"Bye {The server closes the connection}\n",
		"smtp 1-1\n"
		"S: 220 mail.example ESMTP (no posting)\n"
		"C: HELO me\n"
		"S: 250 Hello (it is late)\n"
		"C: QUIT\n"
		"S: 221 Bye\n");
}

/* ---- prose ---- */

static void prose_about_commands_and_codes_is_left_alone(void)
{
	static const char *const prose[] = {
		"When the receiver-SMTP accepts a piece of mail (by sending a \"250 OK\" message in response to DATA), it is "
		"accepting responsibility for delivering or relaying the message.",
		"If the verb is initially accepted and the 354 reply issued, the DATA command should fail only if the mail "
		"transaction was incomplete.",
		"A 554 response MAY be given in the initial connection opening message instead of the 220. A server taking this "
		"approach MUST still wait for the client to send a QUIT before closing the connection.",
		"If successful, the server SMTP responds with code 250. On failure, the server SMTP responds with code 550. On "
		"error, the server SMTP responds with one of codes 500, 501, 502, 504, or 421.",
		"To speak to it you say HELO and get 250, MAIL FROM and get 250, RCPT TO and get 250, DATA and get 354, QUIT and "
		"get 221.",
		"Dialogue: 220 \xE2\x86\x92 HELO/EHLO 250 \xE2\x86\x92 MAIL FROM 250 \xE2\x86\x92 RCPT TO 250 (\xC3\x97 n) "
		"\xE2\x86\x92 DATA 354 \xE2\x86\x92 body + \".\" 250 \xE2\x86\x92 QUIT 221",
		"220 on entry; EHLO 250, QUIT 221 then close, anything else 500",
		"RETR 150 then the data over the data connection then 226 (LIST the same), STOR 150 then every byte until it closes "
		"then 226, QUIT 221 and 502 for any other command.",
		"USER 230 530 500, 501, 421 331, 332 PASS 230 202 530 500, 501, 503, 421 332 ACCT 230 202 530 500, 501, 503, 421",
		"250 Requested mail action okay, completed 450 ATRN request refused 451 Unable to process ATRN request now 453 You "
		"have no mail 502 Command not implemented 530 Authentication required",
		"150 File status okay; about to open data connection. 250 Requested file action okay, completed. 257 \"PATHNAME\" "
		"created. 350 Requested file action pending further information.",
		"There are currently two status indicators: positive (\"+OK\") and negative (\"-ERR\"). After USER the server says "
		"+OK and after PASS it says +OK too, or -ERR.",
		"The function returns the last command: find('MAIL FROM: <> 250 OK RCPT TO: <...> 550') is RCPT.",
		"A server MAY include a CAPABILITY response code in the tagged OK response to a successful LOGIN command in order to "
		"send capabilities automatically.",
		"You issue a LOGIN command and get a OK response; a SELECT gives you * 3 EXISTS and a OK as well.",
		"The client sends GET / HTTP/1.1 and the server answers HTTP/1.1 200 OK if all is well, HTTP/1.1 404 Not Found if not.",
		"A request of HTTP/1.1 needs the Host: field; with Content-Type: and Content-Length: a body may follow.",
		"APOP ....... 15 DELE ....... 8 LIST ....... 6 NOOP ....... 9 PASS ....... 14 QUIT ....... 5 RETR ....... 8",
		"USER anonymous 331 0 PASS a@b.c 230 0 QUIT - 226 0",
		"host mx.example said: 550 5.1.1 <a@b.example> User unknown (in reply to RCPT TO command)",
		"QUIT 221 Bye",
		"see HELO x 250 ok",
	};
	for (size_t i = 0; i < sizeof prose / sizeof prose[0]; i++)
		CHECK_FOUND("d.txt", prose[i], "");
}

int main(void)
{
	TEST(a_terminal_of_a_wiki_is_cut_where_command_and_reply_begin);
	TEST(inside_a_reply_of_several_lines_no_command_begins);
	TEST(each_line_may_hold_an_exchange);
	TEST(quote_marks_and_empty_lines_may_stand_between);
	TEST(of_ftp_two_replies_may_come_to_one_command);
	TEST(a_list_of_pop3_is_told_by_its_numbers_and_its_dot);
	TEST(where_a_cut_is_not_certain_the_conversation_ends);
	TEST(what_was_flattened_may_be_wrapped);
	TEST(a_tag_that_comes_back_tells_a_command);
	TEST(prose_may_stand_between_the_parts);
	TEST(a_field_begins_with_its_name_and_the_last_ends_by_its_look);
	TEST(prose_behind_a_request_is_none_of_it);
	TEST(a_tag_without_a_command_comes_back_too);
	TEST(a_prefix_may_stick_to_what_is_before_it);
	TEST(what_a_side_does_is_not_what_it_says);
	TEST(prose_about_commands_and_codes_is_left_alone);
	return test_end();
}
