#!/usr/bin/env bats
# Lines with prefixes that say too little by themselves, and those that say nothing at all: what extract makes of them, both in view.

load helpers

@test "an example that is too short to tell is one where the document has longer ones so printed, before them or behind" {
	document_says txt 'Title: Greetings
Protocol: tcp

S: +OK/MTQP MTQP server ready

Title: Greetings
Protocol: tcp

S: -ERR/MTQP/unavailable Service down

Title: Tracking
Protocol: tcp

C: TRACK <1@a.example> YWJj
S: +OK+ Tracking information follows
S: .
C: QUIT
S: +OK bye

Title: Notices
Protocol: tcp

S: U01 DELETE "user.bob.sent"' <<'EOF'
3. Greetings

   Example #1 (no options):
   S: +OK/MTQP MTQP server ready

   Example #2 (permanently unavailable):
   S: -ERR/MTQP/unavailable Service down

4. Tracking

   C: TRACK <1@a.example> YWJj
   S: +OK+ Tracking information follows
   S: .
   C: QUIT
   S: +OK bye

   S: is explained here, in the midst of words that nobody says, and
   no line of these is said either.

5. Notices

   Whoever is told of it forgets the mailbox:

   S: U01 DELETE "user.bob.sent"
EOF
}

@test "where no conversation follows, or one in another notation, it is none" {
	printf '%s\n\n' 'Sizes' '   S: +OK/MTQP MTQP server ready' 'and so on' >"$BATS_TEST_TMPDIR/a.txt"
	run "$PARLANCE" extract "$BATS_TEST_TMPDIR/a.txt"
	[ "$status" -eq 1 ]
	document_says txt 'Protocol: smtp

C: NOOP
S: 250 OK
C: QUIT
S: 221 bye' <<'EOF'
   S: RESERVE some words

These are other words, and here is a session.

   C: NOOP
   S: 250 OK
   C: QUIT
   S: 221 bye
EOF
}

@test "fields of messages that do not begin, and pictures of several requests at once, are not said" {
	printf '%s\n' '```' 'Client -> Server: Initial request (no cookie)' 'Server -> Client: Set-Cookie: 1234' \
		'Client -> Server: Cookie: 1234 (subsequent requests)' '```' '' 'Pipelining:' '' '```' \
		'Client -> Server:  GET /a    GET /b    GET /c' 'Server -> Client:  resp /a   resp /b   resp /c' '```' \
		>"$BATS_TEST_TMPDIR/a.md"
	run "$PARLANCE" extract "$BATS_TEST_TMPDIR/a.md"
	[ "$status" -eq 1 ]
}

@test "a ladder of a protocol that nobody knows: each of the server's lines has a code" {
	document_says txt 'Title: A Typical Connection
Protocol: tcp

S: 220 SNPP Gateway Ready
C: PAGE 5551212
S: 250 Pager ID Accepted
C: MESS Your network is hosed
S: 250 Message OK
C: QUIT
S: 221 OK, Goodbye' <<'EOF'
4.1. A Typical Connection

            Client                         Server

    Open Connection               -->
                                  <--  220 SNPP Gateway Ready
    PAGE 5551212                  -->
                                  <--  250 Pager ID Accepted
    MESS Your network is hosed    -->
                                  <--  250 Message OK
    QUIT                          -->
                                  <--  221 OK, Goodbye
EOF
}

@test "a ladder in quotes, whose arrows are signs; a picture of both programs is none of it" {
	document_says txt 'Protocol: ftp

C: USER anonymous
S: 230 Login successful
C: AUTH TLS
S: 234
# TLSneg()  <------------------------------------------------> TLSneg()
# the document does not show where TLS begins: here, after the reply
<client starts TLS>
C: LIST .
S: 150 Sending data...' <<'EOF'
  "USER anonymous"     →
                       ← "230 Login successful"
  "AUTH TLS"           →
                       ← "234"
  TLSneg()  <------------------------------------------------> TLSneg()
  "LIST ."             →
                       ← "150 Sending data..."
EOF
}

@test "what telnet says behind the server's prefix is a remark; the end of the text may stand behind its last line" {
	printf '%s\n' 'c: telnet mail.example.net 587' 's: Trying 192.0.2.115...' "s: Escape character is '^]'." \
		's: 220 mail.example.net ESMTP' 'c: DATA' 's: 354 go on' 'c: Bye. <CRLF>.<CRLF>' 's: 250 Ok' 'c: QUIT' \
		's: 221 Goodbye' 's: Connection closed by foreign host.' >"$BATS_TEST_TMPDIR/a.txt"
	diff <("$PARLANCE" extract --notes off "$BATS_TEST_TMPDIR/a.txt" | sed 1,3d) - <<'EOF'
# C: telnet mail.example.net 587
# S: Trying 192.0.2.115...
# S: Escape character is '^]'.
S: 220 mail.example.net ESMTP
C: DATA
S: 354 go on
C: Bye.
C: .
S: 250 Ok
C: QUIT
S: 221 Goodbye
# S: Connection closed by foreign host.
<server hangs up>
EOF
}

@test "a log puts its words before the first line of a literal; a weekday may stand before its time" {
	document_says txt 'Protocol: imap

C: A6 UID FETCH 2582 (BODY.PEEK[2.MIME])
S: * 196 FETCH (UID 2582 BODY[2.MIME] {63}
S: Content-Type: message/rfc822
S: Content-Transfer-Encoding: 7bit
S: )
S: A6 OK Success

Protocol: smtp

S: 220-example.com ESMTP Sat, 26 Jul 2014 12:58:47 +0200
S: 220 *
C: ehlo FE80::1' <<'EOF'
[23-Oct-2023 12:17:58 +0200]: <ap4afc2a> [0E3B] C: A6 UID FETCH 2582 (BODY.PEEK[2.MIME])
[23-Oct-2023 12:17:58 +0200]: <ap4afc2a> [0E3B] S: * 196 FETCH (UID 2582 BODY[2.MIME] {63}
[23-Oct-2023 12:17:58 +0200]: <ap4afc2a> [0E3B] S: Content-Type: message/rfc822
Content-Transfer-Encoding: 7bit
[23-Oct-2023 12:17:58 +0200]: <ap4afc2a> [0E3B] S: )
[23-Oct-2023 12:17:58 +0200]: <ap4afc2a> [0E3B] S: A6 OK Success

Sat 2014-07-26 12:58:47: 03: [514116] --> 220-example.com ESMTP Sat, 26 Jul 2014 12:58:47 +0200
Sat 2014-07-26 12:58:47: 03: [514116] --> 220 *
Sat 2014-07-26 12:58:47: 02: [514116] <-- ehlo FE80::1
EOF
}

@test "one conversation: a remark on TLS stands in it; the client then goes on; what greets behind a goodbye, and other tags under a heading, do not" {
	document_says txt 'Protocol: smtp

S: 220 mx.example.com ESMTP
C: EHLO sender.example.com
S: 250 AUTH OAUTHBEARER
# [Negotiate TLS...]
C: AUTH OAUTHBEARER bixhPQ==
S: 235 Authentication successful.
S: 221 bye

Protocol: pop3

S: +OK POP3 server ready
C: QUIT
S: +OK bye' <<'EOF'
   S: 220 mx.example.com ESMTP
   C: EHLO sender.example.com
   S: 250 AUTH OAUTHBEARER
   [Negotiate TLS...]
   C: AUTH OAUTHBEARER bixhPQ==
   S: 235 Authentication successful.

   S: 221 bye

   S: +OK POP3 server ready
   C: QUIT
   S: +OK bye
EOF
	document_says md 'Title: While connected
Protocol: tcp

C: CAP LS 302
S: CAP * LS :draft/account-registration
C: REGISTER test
S: REGISTER VERIFICATION_REQUIRED test
# The client then inputs the code sent by the server:
C: VERIFY test 39gv
S: VERIFY SUCCESS test' <<'EOF'
# While connected

    C: CAP LS 302
    S: CAP * LS :draft/account-registration
    C: REGISTER test
    S: REGISTER VERIFICATION_REQUIRED test

The client then inputs the code sent by the server:

    C: VERIFY test 39gv
    S: VERIFY SUCCESS test
EOF
	document_says txt 'Title: Enabling
Protocol: imap

S: * OK IMAP4rev1 ready
C: 01 ENABLE UIDONLY
S: * ENABLED UIDONLY
S: 01 OK done

Title: Changes
Protocol: imap

C: 10 UID FETCH 5 (FLAGS)
S: * 5 UIDFETCH (FLAGS (\Seen))
S: 10 OK done' <<'EOF'
3.1.  Enabling

     S: * OK IMAP4rev1 ready
     C: 01 ENABLE UIDONLY
     S: * ENABLED UIDONLY
     S: 01 OK done

3.2.  Changes

   When it is enabled, all responses that would be returned by
   UID FETCH are replaced by others, which have the
   same data items as specified for the first.

     C: 10 UID FETCH 5 (FLAGS)
     S: * 5 UIDFETCH (FLAGS (\Seen))
     S: 10 OK done
EOF
}

@test "the notation changes half-way: in the midst of a passage, and behind an empty line" {
	document_says txt 'Protocol: pop3

C: USER bob
S: +OK
C: PASS x
S: +OK
C: STAT
S: +OK 1 2
C: LIST 1
S: +OK 1 2
C: QUIT
S: +OK bye' <<'EOF'
   C: USER bob
   S: +OK
   c: PASS x
   s: +OK
   C: STAT
   S: +OK 1 2

   Client: LIST 1
   Server: +OK 1 2
   Client: QUIT
   Server: +OK bye
EOF
}

@test "in a ladder only the last of several commands has its arrow; a program and its log both print a line, and how long it took" {
	document_says txt 'Protocol: imap

C: A005 SEARCH RECENT
S: A005 OK Search complete
C: A006 FETCH 18:19 ALL
C: A007 STORE 18:19 +FLAGS (\Seen)
C: A008 FETCH 1:17 ALL
S: A006 OK Fetch complete' <<'EOF'
    A005 SEARCH RECENT       -->
                                <-- A005 OK Search complete
    A006 FETCH 18:19 ALL
    A007 STORE 18:19 +FLAGS (\Seen)
    A008 FETCH 1:17 ALL      -->
                                <-- A006 OK Fetch complete
EOF
	document_says md 'Protocol: ftp

C: PASS secret
# info: FtpClient[0]
S: 230 User bob logged in
# [2,326s]
C: FEAT
S: 211-Features:
S: 211 End
# [<1ms]' <<'EOF'
```
info: FtpClient[0]
      Command:  PASS secret
Command:  PASS secret
info: FtpClient[0]
      Response: 230 User bob logged in [2,326s]
Response: 230 User bob logged in [2,326s]
Command:  FEAT
Response: 211-Features:
Response: 211 End [<1ms]
```
EOF
}

@test "a remark behind an arrow stands behind a header field, too, where commands have such" {
	document_says md 'Protocol: smtp

C: MAIL FROM:<alice@cs.example>
# envelope sender
S: 250 2.1.0 OK
C: DATA
S: 354 go on
C: From: alice@cs.example
# header (NOT the envelope)
C: To: bob <- you
C: .
S: 250 2.0.0 OK' <<'EOF'
```
C: MAIL FROM:<alice@cs.example>        <- envelope sender
S: 250 2.1.0 OK
C: DATA
S: 354 go on
C: From: alice@cs.example              <- header (NOT the envelope)
C: To: bob <- you
C: .
S: 250 2.0.0 OK
```
EOF
}

@test "examples of POP3 without a greeting are apart where prose stands between" {
	document_says txt 'Title: Discussion
Protocol: pop3

C: USER karen
S: +OK Hello, karen
C: PASS password
S: +OK it contains 2 messages

Title: Discussion
Protocol: pop3

C: LIST
S: +OK 1 message
S: 1 120
S: .' <<'EOF'
Discussion

      C: USER karen
      S: +OK Hello, karen
      C: PASS password
      S: +OK it contains 2 messages

      A LIST command with no parameters is a request for
      all of them.

      C: LIST
      S: +OK 1 message
      S: 1 120
      S: .
EOF
}
