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
