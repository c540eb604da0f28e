#!/usr/bin/env bats
# What stands around lines and is none of what is said: frames, bars of tables, quote marks, markup. Both are in view: the
# document, and what extract makes of it.

load helpers

@test "the sides of a frame come off, and its corners say nothing" {
	document_says md 'Title: The exchange
Protocol: smtp

S: 220 mail.example.com ESMTP
C: EHLO client.example
S: 250-mail.example.com
S: 250 8BITMIME
C: QUIT
S: 221 bye' <<'EOF'
# The exchange

```
┌─────────────────────────────────────┐
│              What is seen           │
├─────────────────────────────────────┤
│                                     │
│  Server: 220 mail.example.com ESMTP │
│  Client: EHLO client.example        │
│  Server: 250-mail.example.com       │
│          250 8BITMIME              │
│                                     │
│  Client: QUIT                       │
│  Server: 221 bye                    │
└─────────────────────────────────────┘
```
EOF
}

@test "a frame of bars and dashes" {
	document_says txt 'Title: The exchange
Protocol: pop3

C: STAT
S: +OK 2 320
C: QUIT
S: +OK bye' <<'EOF'
The exchange
============

+--------------------+
| C: STAT            |
| S: +OK 2 320       |
| C: QUIT            |
| S: +OK bye         |
+--------------------+
EOF
}

@test "bars that a table leaves behind each line come off, off the last line too, and off the dot" {
	document_says txt 'Title: smtp by hand
Protocol: smtp

# telnet smtp.example.com 25
# the document does not print who says which line: guessed from what each line says
S: 220 example.com ready
C: HELO example.org
S: 250 example.com hello example.org
C: MAIL FROM:<postmaster@example.org>
S: 250 2.1.5 sender OK
C: RCPT TO:<someone@example.com>
S: 250 2.1.5 user known
C: DATA
S: 354 send your message
C: Subject: This is a test.
C: a | b
C: .
S: 250 2.6.0 message received OK
C: quit
S: 221 2.0.0 closing connection
# Connection closed by foreign host.' <<'EOF'
# smtp by hand

telnet smtp.example.com 25 | |
Trying 203.0.113.1... | |
Connected to smtp.example.com. | |
Escape character is '^]'. | |
220 example.com ready | |
HELO example.org | |
250 example.com hello example.org | |
MAIL FROM:<postmaster@example.org> | |
250 2.1.5 sender OK | |
RCPT TO:<someone@example.com> | |
250 2.1.5 user known | |
DATA | |
354 send your message | |
Subject: This is a test. | |
a | b | |
. | |
250 2.6.0 message received OK | |
quit | |
221 2.0.0 closing connection | |
Connection closed by foreign host. |
Sign up for free
EOF
}

@test "quote marks come off every line where both sides have them: off the message, the dot and the printed line end" {
	document_says txt 'Title: Sending mail
Protocol: smtp

S: 220 mx.example ready
C: HELO client.example
S: 250 mx.example
C: DATA
S: 354 End data with <CR><LF>.<CR><LF>
C: Subject: Test
C:
C: Say "hello" to Bob.
C: .
S: 250 queued
C: QUIT
# no more
S: 221 bye' <<'EOF'
Sending mail
============

    Server: "220 mx.example ready\r\n"
    Client: "HELO client.example\r\n"
    Server: "250 mx.example\r\n"
    Client: "DATA\r\n"
    Server: "354 End data with <CR><LF>.<CR><LF>\r\n"
    Client: "Subject: Test\r\n"
    Client: "\r\n"
    Client: "Say "hello" to Bob.\r\n"
    Client: ".\r\n"
    Server: "250 queued\r\n"
    Client: "QUIT\r\n"     no more
    Server: "221 bye\r\n"
EOF
}

@test "quote marks that a protocol says stay" {
	document_says txt 'Title: Capabilities
Protocol: tcp

S: "IMPLEMENTATION" "Example"
S: "SASL" "PLAIN"
S: "STARTTLS"
S: OK
C: LOGOUT
S: OK' <<'EOF'
Capabilities
============

    S: "IMPLEMENTATION" "Example"
    S: "SASL" "PLAIN"
    S: "STARTTLS"
    S: OK
    C: LOGOUT
    S: OK
EOF
}

@test "remarks right of what is said: one that points at it from the line below, one that goes on in its column" {
	document_says txt 'Title: A transfer
Protocol: ftp

C: PASV
S: 227 Entering Passive Mode (10,0,0,1,196,18)
# <- port = 196*256+18
# [Client opens new TCP connection to 10.0.0.1]
C: RETR a.txt
# in clear: nobody
S: 150 Opening connection
# minds, it is a test
S: 226 Transfer complete' <<'EOF'
A transfer
==========

    C: PASV
    S: 227 Entering Passive Mode (10,0,0,1,196,18)
                                     <- port = 196*256+18
    [Client opens new TCP connection to 10.0.0.1]
    C: RETR a.txt                  <- in clear: nobody
    S: 150 Opening connection         minds, it is a test
    S: 226 Transfer complete
EOF
}

@test "a table's columns are named by its first row alone; a cell may name who says the next one" {
	document_says md 'Title: By hand
Protocol: pop3

C: STAT
# 2
S: +OK 2 320
# 3
C: QUIT
# 4
S: +OK bye' <<'EOF'
# Modes

| Feature | Active | Passive |
|---|---|---|
| Connects | Server | Client |
| Port | 20 | Ephemeral |
| Behind a NAT | often blocked | works |

# By hand

| Step | Who | What |
|---|---|---|
| 1 | Client | `STAT` |
| 2 | Server | `+OK 2 320` |
| 3 | Client | `QUIT` |
| 4 | Server | `+OK bye` |

# Software

| Part | Name |
|---|---|
| Client | Thunderbird |
| Server | Dovecot |
EOF
}

@test "manuals in XML and SGML: markup within a screen comes off, characters are decoded, the section is the title" {
	document_says xml 'Title: Testing by hand
Protocol: smtp

# $ telnet mailserver 25
# the document does not print who says which line: guessed from what each line says
S: 220 m1.some.net ESMTP
C: mail from:<jimmy@some.net>
S: 250 2.1.0 <jimmy@some.net>... Sender ok
C: data
S: 354 End data with <CRLF>.<CRLF>
C: test
C: .
S: 250 2.0.0 accepted
C: quit
S: 221 2.0.0 closing' <<'EOF'
<?xml version='1.0'?>
<chapter id="mail"><title>Mail</title>
<section><title>Testing by hand</title>
<para>Checking that a <command>mail</command> server works:</para>
<screen>
<prompt>$</prompt> <command>telnet mailserver 25</command>
220 m1.some.net ESMTP
<command>mail from:&lt;jimmy@some.net&gt;</command>
250 2.1.0 &lt;jimmy@some.net&gt;... Sender ok
<command>data</command>
354 End data with &lt;CRLF&gt;.&lt;CRLF&gt;
<command>test</command>
<command>.</command>
250 2.0.0 accepted
<command>quit</command>
221 2.0.0 closing
</screen>
</section>
</chapter>
EOF
}

@test "numbers with units are no conversation, nor is what a program logs of its parts" {
	cat >"$BATS_TEST_TMPDIR/other.txt" <<'EOF'
C: is full, D: has room

C: 250 GB
S: 120 GB

	2024/09/28 23:31:23 client: Connecting to ws://10.10.14.1:8000
	2024/09/28 23:31:26 client: Connected (Latency 312.250392ms)
	2024/09/28 22:54:18 server: Listening on http://0.0.0.0:8001
EOF
	run "$PARLANCE" extract "$BATS_TEST_TMPDIR/other.txt"
	[ "$status" -eq 1 ]
	[[ $output == *"no conversation in it"* ]]
}

@test "what telnet says is nobody's, whatever prefix it is printed with" {
	document_says txt 'Title: By hand
Protocol: smtp

# C: Trying 127.0.0.1...
# C: Connected to localhost.
# C: Escape character is '"'^]'"'.
S: 220 a.example ESMTP
C: HELO b.example
S: 250 a.example
C: QUIT
S: 221 closing connection
# C: Connection closed by foreign host.
<server hangs up>' <<'EOF'
By hand
=======

    C: Trying 127.0.0.1...
    C: Connected to localhost.
    C: Escape character is '^]'.
    S: 220 a.example ESMTP
    C: HELO b.example
    S: 250 a.example
    C: QUIT
    S: 221 closing connection
    C: Connection closed by foreign host.
EOF
}

@test "words in brackets where an answer is asked for stand for it" {
	document_says txt 'Title: Logging in
Protocol: smtp

C: AUTH LOGIN
S: 334 VXNlcm5hbWU6
<client sends base64 encoded username>
S: 334 UGFzc3dvcmQ6
<client sends the password in base64>
S: 235 Authentication successful' <<'EOF'
Logging in
==========

    Client: AUTH LOGIN
    Server: 334 VXNlcm5hbWU6
    Client: [base64 encoded username]
    Server: 334 UGFzc3dvcmQ6
    Client: <the password in base64>
    Server: 235 Authentication successful
EOF
}

@test "a list that is left open does not go on behind an empty line" {
	document_says txt 'Title: The handler
Protocol: pop3

C: STAT
S: +OK 2 320
C: LIST
S: +OK 2 messages' <<'EOF'
The handler
===========

//> STAT
//< +OK 2 320
//> LIST
//< +OK 2 messages

// save token
// next command is token

// parse user and MD5 from the command
EOF
}
