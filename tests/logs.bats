#!/usr/bin/env bats
# What programs print of a conversation, as people paste it into tickets and manuals, and what extract makes of it: both in view.

load helpers

# The document's text, shown as a block of Markdown, is standard input; what is extracted, without Source, is the argument.
block_says() {
	{
		printf '# As printed\n\n```\n'
		cat
		printf '```\n'
	} | document_says md "Title: As printed
$1"
}

@test "time, level and connection before each line: Nodemailer" {
	block_says 'Protocol: smtp

S: 220 smtp.example.com ESMTP ready
C: EHLO [127.0.0.1]
S: 250-smtp.example.com at your service
S: 250 SMTPUTF8
# SMTP handshake finished
C: QUIT
S: 221 bye' <<'EOF'
[2017-04-13 10:17:23] DEBUG [Eq2GrfKYDg] Resolved smtp.example.com as 192.0.2.4 [cache miss]
[2017-04-13 10:17:23] DEBUG [Eq2GrfKYDg] S: 220 smtp.example.com ESMTP ready
[2017-04-13 10:17:23] DEBUG [Eq2GrfKYDg] C: EHLO [127.0.0.1]
[2017-04-13 10:17:24] DEBUG [Eq2GrfKYDg] S: 250-smtp.example.com at your service
[2017-04-13 10:17:24] DEBUG [Eq2GrfKYDg] S: 250 SMTPUTF8
[2017-04-13 10:17:24] DEBUG [Eq2GrfKYDg] SMTP handshake finished
[2017-04-13 10:17:24] DEBUG [Eq2GrfKYDg] C: QUIT
[2017-04-13 10:17:24] DEBUG [Eq2GrfKYDg] S: 221 bye
EOF
}

@test "the strings in lines of their own: Nodemailer's first versions" {
	block_says 'Protocol: smtp

S: 220 localhost ready
# Connection established!
C: EHLO [127.0.0.1]
S: 502 Error: command "EHLO" not implemented
C: HELO [127.0.0.1]
S: 250-localhost
S: 250 SIZE' <<'EOF'
CONNECTION: 220 localhost ready
Connection established!
SEND:
"EHLO [127.0.0.1]\r\n"
RECEIVE:
"502 Error: command \"EHLO\" not implemented\r\n"
SEND:
"HELO [127.0.0.1]\r\n"
RECEIVE:
"250-localhost\r\n250 SIZE\r\n"
EOF
}

@test "a reply's other lines have no prefix: PHPMailer" {
	block_says 'Protocol: smtp

S: 220 smtp.example.com ESMTP
C: EHLO localhost
S: 250-smtp.example.com at your service, [192.0.2.4]
S: 250-SIZE 35882577
S: 250 SMTPUTF8
C: MAIL FROM:<a@example.com>
S: 550 5.1.1 not you
# SMTP Error: Could not send.
C: QUIT
S: 221 2.0.0 closing connection' <<'EOF'
2016-09-21 10:18:06	Connection: opened
2016-09-21 10:18:06	SERVER -> CLIENT: 220 smtp.example.com ESMTP
2016-09-21 10:18:06	CLIENT -> SERVER: EHLO localhost
2016-09-21 10:18:06	SERVER -> CLIENT: 250-smtp.example.com at your service, [192.0.2.4]
                                          250-SIZE 35882577
                                          250 SMTPUTF8
2016-09-21 10:18:06	CLIENT -> SERVER: MAIL FROM:<a@example.com>
2016-09-21 10:18:06	SERVER -> CLIENT: 550 5.1.1 not you
SMTP Error: Could not send.
2016-09-21 10:18:07	CLIENT -> SERVER: QUIT
2016-09-21 10:18:07	SERVER -> CLIENT: 221 2.0.0 closing connection
EOF
}

@test "half of the day before the time's end, replies that go on: fakeSMTP" {
	block_says 'Protocol: smtp

S: 220 octoo.local ESMTP SubEthaSMTP null
C: EHLO [127.0.0.1]
S: 250-octoo.local
S: 250-8BITMIME
S: 250 Ok
C: QUIT
S: 221 Bye' <<'EOF'
09:41:12 AM - Server: 220 octoo.local ESMTP SubEthaSMTP null
09:41:12 AM - Client: EHLO [127.0.0.1]
09:41:12 AM - Server: 250-octoo.local
250-8BITMIME
250 Ok
09:41:12 AM - Client: QUIT
09:41:12 AM - Server: 221 Bye
EOF
}

@test "SMTP>> and SMTP<<: Exim" {
	block_says 'Protocol: smtp

S: 220 mail.example.com ESMTP
C: EHLO me.example.org
S: 250-mail.example.com Hello me.example.org
S: 250-SIZE 52428800
S: 250 HELP
C: QUIT
S: 221 mail.example.com closing connection' <<'EOF'
Connecting to mail.example.com [192.0.2.4]:25 ... connected
  SMTP<< 220 mail.example.com ESMTP
  SMTP>> EHLO me.example.org
  SMTP<< 250-mail.example.com Hello me.example.org
         250-SIZE 52428800
         250 HELP
  SMTP>> QUIT
  SMTP<< 221 mail.example.com closing connection
EOF
}

@test "a mail server's verbose log: < is what the client says" {
	block_says 'Protocol: smtp

S: 220 mail.example.com ESMTP Postfix
C: EHLO client.example.com
S: 250-mail.example.com
S: 250 DSN
C: QUIT
S: 221 2.0.0 Bye' <<'EOF'
Sep 25 07:16:14 mail postfix/smtpd[2551]: > unknown[10.0.0.1]: 220 mail.example.com ESMTP Postfix
Sep 25 07:16:14 mail postfix/smtpd[2551]: < unknown[10.0.0.1]: EHLO client.example.com
Sep 25 07:16:14 mail postfix/smtpd[2551]: > unknown[10.0.0.1]: 250-mail.example.com
Sep 25 07:16:14 mail postfix/smtpd[2551]: > unknown[10.0.0.1]: 250 DSN
Sep 25 07:16:14 mail postfix/smtpd[2551]: < unknown[10.0.0.1]: QUIT
Sep 25 07:16:14 mail postfix/smtpd[2551]: > unknown[10.0.0.1]: 221 2.0.0 Bye
EOF
}

@test "POP3> and POP3<: fetchmail" {
	block_says 'Protocol: pop3

S: +OK POP3 ready
C: USER bob
S: +OK
C: PASS *
S: +OK logged in
# No mail for bob at pop.example.com
C: QUIT
S: +OK bye' <<'EOF'
fetchmail: 6.3.8 querying pop.example.com (protocol POP3)
fetchmail: POP3< +OK POP3 ready
fetchmail: POP3> USER bob
fetchmail: POP3< +OK
fetchmail: POP3> PASS *
fetchmail: POP3< +OK logged in
fetchmail: No mail for bob at pop.example.com
fetchmail: POP3> QUIT
fetchmail: POP3< +OK bye
EOF
}

@test "Sending: and Read:, untagged data too: Perl's Mail::IMAPClient" {
	block_says 'Protocol: imap

S: * OK [CAPABILITY IMAP4rev1] ready.
C: 1 LOGIN bob secret
# Sent 19 bytes
S: 1 OK Logged in
C: 2 SELECT INBOX
S: * 3 EXISTS
S: * 0 RECENT
S: 2 OK [READ-WRITE] Select completed' <<'EOF'
Read: 	* OK [CAPABILITY IMAP4rev1] ready.
Sending: 1 LOGIN bob secret
Sent 19 bytes
Read: 	1 OK Logged in
Sending: 2 SELECT INBOX
Read: 	* 3 EXISTS
	* 0 RECENT
Read: 	2 OK [READ-WRITE] Select completed
EOF
}

@test "an object before the arrow: Perl's Net::SMTP" {
	block_says 'Protocol: smtp

S: 220 mail.example.com ESMTP Postfix
C: EHLO localhost.localdomain
S: 250-mail.example.com
S: 250 DSN
C: QUIT
S: 221 2.0.0 Bye' <<'EOF'
Net::SMTP>>> Net::SMTP(2.31)
Net::SMTP=GLOB(0x1c3e5a8)<<< 220 mail.example.com ESMTP Postfix
Net::SMTP=GLOB(0x1c3e5a8)>>> EHLO localhost.localdomain
Net::SMTP=GLOB(0x1c3e5a8)<<< 250-mail.example.com
Net::SMTP=GLOB(0x1c3e5a8)<<< 250 DSN
Net::SMTP=GLOB(0x1c3e5a8)>>> QUIT
Net::SMTP=GLOB(0x1c3e5a8)<<< 221 2.0.0 Bye
EOF
}

@test "strings behind arrows, the client's to the left: Ruby's Net::SMTP" {
	block_says 'Protocol: smtp

S: 220 smtp.example.com ESMTP
C: EHLO localhost
S: 250-smtp.example.com
S: 250 STARTTLS
C: STARTTLS
S: 220 2.0.0 Ready to start TLS
# TLS connection started
<client starts TLS>
C: EHLO localhost
S: 250 smtp.example.com' <<'EOF'
-> "220 smtp.example.com ESMTP\r\n"
<- "EHLO localhost\r\n"
-> "250-smtp.example.com\r\n"
-> "250 STARTTLS\r\n"
<- "STARTTLS\r\n"
-> "220 2.0.0 Ready to start TLS\r\n"
TLS connection started
<- "EHLO localhost\r\n"
-> "250 smtp.example.com\r\n"
EOF
}

@test "the same of Net::HTTP, several lines in one string; strings that no protocol knows are none" {
	block_says 'Protocol: http

C: GET /api HTTP/1.1
C: Host: example.com
C:
S: HTTP/1.1 200 OK
S: Content-Length: 5
S:
# reading 5 bytes...
S\: hello' <<'EOF'
opening connection to example.com:80...
<- "GET /api HTTP/1.1\r\nHost: example.com\r\n\r\n"
-> "HTTP/1.1 200 OK\r\n"
-> "Content-Length: 5\r\n"
-> "\r\n"
reading 5 bytes...
-> "hello"
read 5 bytes
EOF
	printf -- '-> "red\\r\\n"\n<- "green\\r\\n"\n-> "blue\\r\\n"\n' >"$BATS_TEST_TMPDIR/none.md"
	run -1 "$PARLANCE" extract "$BATS_TEST_TMPDIR/none.md"
}

@test "curl --trace-ascii: offsets tell the lines' ends; of a body dots may be anything" {
	block_says 'Protocol: http

# Connected to example.com (192.0.2.4) port 80 (#0)
C: GET / HTTP/1.1
C: Host: example.com
C:
S: HTTP/1.1 200 OK
S: Content-Length: 10
S:
<server sends 10 octets>
# Connection #0 to host example.com left intact' <<'EOF'
== Info: Connected to example.com (192.0.2.4) port 80 (#0)
=> Send header, 37 bytes (0x25)
0000: GET / HTTP/1.1
0010: Host: example.com
0023: 
<= Recv header, 17 bytes (0x11)
0000: HTTP/1.1 200 OK
<= Recv header, 20 bytes (0x14)
0000: Content-Length: 10
<= Recv header, 2 bytes (0x2)
0000: 
<= Recv data, 10 bytes (0xa)
0000: <b>hello.
== Info: Connection #0 to host example.com left intact
EOF
}

@test "curl --trace: the octets themselves" {
	block_says 'Protocol: http

C: GET / HTTP/1.1
C: Host: a
C:
S: HTTP/1.1 204 No' <<'EOF'
=> Send header, 27 bytes (0x1b)
0000: 47 45 54 20 2f 20 48 54 54 50 2f 31 2e 31 0d 0a GET / HTTP/1.1..
0010: 48 6f 73 74 3a 20 61 0d 0a 0d 0a                Host: a....
<= Recv header, 17 bytes (0x11)
0000: 48 54 54 50 2f 31 2e 31 20 32 30 34 20 4e 6f 0d HTTP/1.1 204 No.
0010: 0a                                              .
EOF
}

@test "the screen of ftp: replies alone, what is typed is for the program" {
	block_says 'Protocol: ftp

# $ ftp ftp.example.com
# Connected to ftp.example.com.
S: 220 (vsFTPd 2.3.4)
# Name (ftp.example.com:me): anonymous
S: 331 Please specify the password.
# Password:
S: 230-Welcome.
S: Be nice.
S: 230 Login successful.
# Remote system type is UNIX.
# Using binary mode to transfer files.
# ftp> ls
S: 200 PORT command successful.
S: 150 Here comes the directory listing.
# -rw-r--r--    1 0        0              17 Mar 01 00:00 note.txt
S: 226 Directory send OK.
# ftp> bye
S: 221 Goodbye.' <<'EOF'
$ ftp ftp.example.com
Connected to ftp.example.com.
220 (vsFTPd 2.3.4)
Name (ftp.example.com:me): anonymous
331 Please specify the password.
Password:
230-Welcome.
    Be nice.
230 Login successful.
Remote system type is UNIX.
Using binary mode to transfer files.
ftp> ls
200 PORT command successful.
150 Here comes the directory listing.
-rw-r--r--    1 0        0              17 Mar 01 00:00 note.txt
226 Directory send OK.
ftp> bye
221 Goodbye.
EOF
}

@test "ftp -d shows what it sends" {
	block_says 'Protocol: ftp

# Connected to ftp.example.com.
S: 220 ready.
# Name (ftp.example.com:me): bob
C: USER bob
S: 331 Password required for bob
# Password:
C: PASS XXXX
S: 230 User bob logged in
# Remote system type is UNIX.
# ftp> quit
C: QUIT
S: 221 Goodbye.' <<'EOF'
Connected to ftp.example.com.
220 ready.
Name (ftp.example.com:me): bob
---> USER bob
331 Password required for bob
Password:
---> PASS XXXX
230 User bob logged in
Remote system type is UNIX.
ftp> quit
---> QUIT
221 Goodbye.
EOF
}

@test "two sessions of ftp, one below the other" {
	block_says 'Protocol: ftp

# $ ftp 192.0.2.1
# Connected to 192.0.2.1.
S: 220 ready
# Name (192.0.2.1:me):
S: 530 This FTP server is anonymous only.
# ftp> quit
S: 221 Goodbye.

Title: As printed
Protocol: ftp

# $ ftp 192.0.2.2
# Connected to 192.0.2.2.
S: 220 This is the other.
# Name (192.0.2.2:me):
S: 331 Password?' <<'EOF'
$ ftp 192.0.2.1
Connected to 192.0.2.1.
220 ready
Name (192.0.2.1:me):
530 This FTP server is anonymous only.
ftp> quit
221 Goodbye.
$ ftp 192.0.2.2
Connected to 192.0.2.2.
220 This is the other.
Name (192.0.2.2:me):
331 Password?
EOF
}

@test "wget -d: rules around the headers; wget -S: the response stands deeper" {
	block_says 'Protocol: http

# the document does not print who says which line: guessed from what each line says
C: GET / HTTP/1.1
C: Host: example.com
C:
# ---request end---
# HTTP request sent, awaiting response...
# ---response begin---
S: HTTP/1.1 200 OK
S: Content-Type: text/html
S:' <<'EOF'
---request begin---
GET / HTTP/1.1
Host: example.com

---request end---
HTTP request sent, awaiting response... 
---response begin---
HTTP/1.1 200 OK
Content-Type: text/html

---response end---
EOF
	block_says 'Protocol: http

# the document does not print who says which line: guessed from what each line says
S: HTTP/1.1 200 OK
S: Content-Type: text/html
S: Content-Length: 120
# the document leaves out the empty line that ends the header
S:' <<'EOF'
$ wget -S http://example.com/
HTTP request sent, awaiting response... 
  HTTP/1.1 200 OK
  Content-Type: text/html
  Content-Length: 120
Length: 120 [text/html]
Saving to: 'index.html'
EOF
}

@test "a program that prints the server's half alone" {
	block_says 'Protocol: smtp

# the document does not print who says which line: guessed from what each line says
S: 220 smtp.example.com ESMTP
S: 250-smtp.example.com at your service
S: 250-SIZE 35882577
S: 250 SMTPUTF8
S: 334 UGFzc3dvcmQ6
S: 235 2.7.0 Accepted
S: 250 2.1.0 OK
S: 354 Go ahead' <<'EOF'
python client.py
220 smtp.example.com ESMTP
250-smtp.example.com at your service
250-SIZE 35882577
250 SMTPUTF8
334 UGFzc3dvcmQ6
235 2.7.0 Accepted
250 2.1.0 OK
354 Go ahead
EOF
}

@test "Python's smtplib behind an indentation, behind two clocks, behind a quotation's mark" {
	want='Protocol: smtp

S: 220 mx.example.net ready
C: ehlo [192.0.2.1]
S: 250-mx.example.net
S: 250 SIZE 1000
C: quit
S: 221 bye'
	for before in '    ' $'19:37:31:628\t19:37:31.506611 ' '> ' '2024-01-02 10:11:12,345 DEBUG '; do
		sed "s/^/$before/" >"$BATS_TEST_TMPDIR/printed" <<'EOF'
reply: b'220 mx.example.net ready\r\n'
send: 'ehlo [192.0.2.1]\r\n'
reply: b'250-mx.example.net\r\n'
reply: b'250 SIZE 1000\r\n'
reply: retcode (250); Msg: b'mx.example.net\nSIZE 1000'
send: 'quit\r\n'
reply: b'221 bye\r\n'
EOF
		block_says "$want" <"$BATS_TEST_TMPDIR/printed"
	done
}

@test "Python's poplib and imaplib, quoted in a reply" {
	block_says 'Protocol: pop3

S: +OK ready
C: USER bob
S: +OK
C: QUIT
S: +OK bye' <<'EOF'
    > *resp* b'+OK ready'
    > *cmd* 'USER bob'
    > *resp* b'+OK'
    > *cmd* 'QUIT'
    > *resp* b'+OK bye'
EOF
	block_says 'Protocol: imap

S: * OK ready
C: FNHG1 LOGOUT
S: * BYE
S: FNHG1 OK done' <<'EOF'
>   57:04.80 < b'* OK ready'
>   57:04.83 > b'FNHG1 LOGOUT'
>   57:04.85 < b'* BYE'
>   57:04.85 < b'FNHG1 OK done'
EOF
}

@test "a name of two words, and a list's marks before it" {
	block_says 'Protocol: smtp

S: 220 example.com SMTP
C: HELO client.example
S: 250 Hello
C: DATA
S: 354 End data with <CR><LF>.<CR><LF>
C: Subject: Example
C:
C: Hi,
C: .
S: 250 Ok: queued
C: QUIT
S: 221 Bye' <<'EOF'
- Server Response: 220 example.com SMTP
- Client Sending : HELO client.example
- Server Response: 250 Hello
- Client Sending : DATA
- Server Response: 354 End data with <CR><LF>.<CR><LF>
- Client Sending : Subject: Example
- Client Sending :
- Client Sending : Hi,
- Client Sending : .
- Server Response: 250 Ok: queued
- Client Sending : QUIT
- Server Response: 221 Bye
EOF
}

@test "a log of whatever form: what stands before the lines tells the sides apart" {
	block_says 'Protocol: ftp

S: 220 GNU FTP server ready.
C: USER anonymous
S: 230-Notice
S: 230-    is given
S: 230 Login successful.
C: QUIT
S: 221 Goodbye.' <<'EOF'
FTP received: 220 GNU FTP server ready.
FTP sent: USER anonymous
FTP received: 230-Notice
FTP received: 230-    is given
FTP received: 230 Login successful.
FTP sent: QUIT
FTP received: 221 Goodbye.
EOF
	block_says 'Protocol: smtp

S: 220 us ESMTP
C: EHLO me
S: 250-us
S: 250-8BITMIME
S: 250 Ok
C: QUIT
S: 221 Bye' <<'EOF'
13:23:59.783 DEBUG org.example.smtp.Session - Server: 220 us ESMTP
13:23:59.792 DEBUG org.example.smtp.Session - Client: EHLO me
13:23:59.792 DEBUG org.example.smtp.Session - Server: 250-us
250-8BITMIME
250 Ok
13:23:59.793 DEBUG org.example.smtp.Session - Client: QUIT
13:23:59.794 DEBUG org.example.smtp.Session - Server: 221 Bye
EOF
}

@test "a mail server's log: strings, several lines in one, a field that is another's for each side" {
	want='Protocol: smtp

S: 220 mx.example.net ESMTP
C: EHLO me.example.com
S: 250-mx.example.net
S: 250 SIZE 1000
C: MAIL FROM:<a@example.com>
S: 550 no'
	block_says "$want" <<'EOF'
"SMTPD"	1234	5	"2014-05-06 10:11:12.123"	"192.0.2.3"	"SENT: 220 mx.example.net ESMTP"
"SMTPD"	1240	5	"2014-05-06 10:11:12.200"	"192.0.2.3"	"RECEIVED: EHLO me.example.com"
"SMTPD"	1240	5	"2014-05-06 10:11:12.201"	"192.0.2.3"	"SENT: 250-mx.example.net[nl]250 SIZE 1000"
"SMTPD"	1234	5	"2014-05-06 10:11:13.001"	"192.0.2.3"	"RECEIVED: MAIL FROM:<a@example.com>"
"SMTPD"	1234	5	"2014-05-06 10:11:13.002"	"192.0.2.3"	"SENT: 550 no"
EOF
	block_says "$want" <<'EOF'
Sat 2014-07-26 12:58:47: 03: [514116] --> 220 mx.example.net ESMTP
Sat 2014-07-26 12:58:47: 02: [514116] <-- EHLO me.example.com
Sat 2014-07-26 12:58:47: 03: [514116] --> 250-mx.example.net
Sat 2014-07-26 12:58:47: 03: [514116] --> 250 SIZE 1000
Sat 2014-07-26 12:58:47: 02: [514116] <-- MAIL FROM:<a@example.com>
Sat 2014-07-26 12:58:48: 03: [514116] --> 550 no
EOF
	block_says "$want" <<'EOF'
2012-03-04T05:06:07.089Z,SRV\Default,08CEC1D2,0,192.0.2.1:25,192.0.2.3:5555,>,"220 mx.example.net ESMTP",
2012-03-04T05:06:07.090Z,SRV\Default,08CEC1D2,1,192.0.2.1:25,192.0.2.3:5555,<,EHLO me.example.com,
2012-03-04T05:06:07.091Z,SRV\Default,08CEC1D2,2,192.0.2.1:25,192.0.2.3:5555,>,250-mx.example.net,
2012-03-04T05:06:07.091Z,SRV\Default,08CEC1D2,3,192.0.2.1:25,192.0.2.3:5555,>,250 SIZE 1000,
2012-03-04T05:06:07.092Z,SRV\Default,08CEC1D2,4,192.0.2.1:25,192.0.2.3:5555,<,MAIL FROM:<a@example.com>,
2012-03-04T05:06:07.093Z,SRV\Default,08CEC1D2,5,192.0.2.1:25,192.0.2.3:5555,>,550 no,
EOF
}

@test "a table of commands and replies is no log" {
	printf 'PASS string\nQUIT\n\n   STAT      valid in the TRANSACTION state\n   LIST [msg]\n\nReplies\n\n   +OK\n   -ERR\n\nS: 250 is sent, F: 550 too.\n' >"$BATS_TEST_TMPDIR/table.txt"
	run "$PARLANCE" extract "$BATS_TEST_TMPDIR/table.txt"
	[[ $output != *$'\nC: '* ]]
}
