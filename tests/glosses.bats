#!/usr/bin/env bats
# What authors write behind what somebody says, and conversations in prefixes that only their look gives away: the document and what
# extract makes of it, both in view.

load helpers

# Standard input is a document that holds no conversation.
nobody_speaks() {
	run "$PARLANCE" extract -
	[ "$status" -eq 1 ]
}

@test "a gloss behind blanks is a comment: an arrow, words in brackets, words behind a semicolon" {
	document_says txt 'Protocol: smtp

C: STARTTLS
# (optional: upgrade to TLS)
S: 220 ready
C: EHLO client.example.org
# (again, behind TLS)
S: 250 ok
C: MAIL FROM:<alice@example.org>
# envelope sender
S: 250 ok
# (the sender is taken)
C: QUIT
# base: nothing more; bye
S: 221 bye' <<'EOF'
C: STARTTLS                    (optional: upgrade to TLS)
S: 220 ready
C: EHLO client.example.org     (again, behind TLS)
S: 250 ok
C: MAIL FROM:<alice@example.org>     <- envelope sender
S: 250 ok       (the sender is taken)
C: QUIT   ; base: nothing more; bye
S: 221 bye
EOF
}

@test "brackets of the protocol's own, a parameter and a reply's words are no gloss" {
	document_says txt 'Protocol: imap

S: * OK ready (for you)
C: a1 FETCH 1   (FLAGS UID)
S: * 1 FETCH   (FLAGS (\Seen) UID 7)
S: a1 OK done  (in 2 ms)
C: a2 NOOP
S: a2 OK done ; really' <<'EOF'
S: * OK ready (for you)
C: a1 FETCH 1   (FLAGS UID)
S: * 1 FETCH   (FLAGS (\Seen) UID 7)
S: a1 OK done  (in 2 ms)
C: a2 NOOP
S: a2 OK done ; really
EOF
	document_says txt 'Protocol: smtp

C: EHLO me
S: 250-CONNEG   (color=Binary)
S: 250 CONNEG   (image-coding=[MH,MR,MMR])' <<'EOF'
C: EHLO me
S: 250-CONNEG   (color=Binary)
S: 250 CONNEG   (image-coding=[MH,MR,MMR])
EOF
}

@test "a message's text keeps what stands behind it" {
	document_says txt 'Protocol: smtp

C: DATA
S: 354 go on
C: Subject: lunch     (at noon today)
C:
C: soup      <- cold
C: .
S: 250 ok' <<'EOF'
C: DATA
S: 354 go on
C: Subject: lunch     (at noon today)
C:
C: soup      <- cold
C: .
S: 250 ok
EOF
}

@test "base64 goes on in the column of the prefix" {
	document_says txt 'Protocol: imap

S: * OK IMAP4rev1
C: a AUTHENTICATE SAML20
S: +
C: biwsZXhhbXBsZS5vcmc=
S: + aHR0cHM6Ly9zYW1sLmV4YW1wbGUub3JnL1NBTUwvQnJvd3Nlcj9TQU1MUmVxdWVzdD1QSE5oYld4d09rRg0KMWRHaHVVbVZ4ZFdWemRDQjRiV3h1Y3pweUw=
C: PQ==
S: a OK Success' <<'EOF'
   S: * OK IMAP4rev1
   C: a AUTHENTICATE SAML20
   S: +
   C: biwsZXhhbXBsZS5vcmc=
   S: + aHR0cHM6Ly9zYW1sLmV4YW1wbGUub3JnL1NBTUwvQnJvd3Nlcj9TQU1M
   UmVxdWVzdD1QSE5oYld4d09rRg0KMWRHaHVVbVZ4ZFdWemRDQjRiV3h1Y3pwe
   Uw=
   C: PQ==
   S: a OK Success
EOF
}

@test "a prefix inside the brackets of what a program calls is none" {
	nobody_speaks <<'EOF'
    log = []
    log.append(f"S: +OK POP3 ready ({len(msgs)} messages)")
    log.append(f"C: RETR {uid}    -> {len(body)} octets")
    log.append("C: QUIT")
EOF
	document_says txt 'Protocol: pop3
Errata: prose stands before a prefix, on the same line

# The client begins (
C: STAT
S: +OK 2 320' <<'EOF'
The client begins (C: STAT
                   S: +OK 2 320
EOF
}

@test "a protocol that is not known: the server repeats the client's tag" {
	document_says txt 'Protocol: tcp

C: A01 AUTHENTICATE "PLAIN"
S: A01 NO "PLAIN is not a supported SASL mechanism"' <<'EOF'
   Example:

C: A01 AUTHENTICATE "PLAIN"
S: A01 NO "PLAIN is not a supported SASL mechanism"

3.3.  Response: BAD
EOF
	nobody_speaks <<'EOF'
C: Sure enough
S: Never mind
EOF
}

@test "a protocol that is not known: lines of their own in one column, all in capitals" {
	document_says txt 'Protocol: tcp

C: CAP LS
C: NICK nickname
S: CAP LS * :A B
S: 001 [...]' <<'EOF'
   A client that asks what there is.

          CLIENT: CAP LS
          CLIENT: NICK nickname
          SERVER: CAP LS * :A B
          SERVER: 001 [...]

   And so on.
EOF
	nobody_speaks <<'EOF'
   At the restaurant.

          SERVER: Good evening. How many?
          CLIENT: Two, please.
          SERVER: OK. By the window?
          CLIENT: YES, if you can.
EOF
	nobody_speaks <<'EOF'
CLIENT: ACME Ltd
SERVER: SRV01
CLIENT: FOO Inc
SERVER: SRV02
EOF
}

@test "a reply without prefixes goes on behind what is left out of it" {
	document_says txt 'Protocol: smtp

C: EHLO client.example.org
S: 250-mail.example.com
<server sends . . .>
S: 250 REQUIRETLS
C: QUIT
S: 221 bye' <<'EOF'
C: EHLO client.example.org
S: 250-mail.example.com
   . . .
   250 REQUIRETLS
C: QUIT
S: 221 bye
EOF
}

@test "a heading that names a command begins no conversation, and hides none" {
	document_says txt 'Title: Command: UPDATE
Protocol: tcp

C: U01 UPDATE
S: U01 MAILBOX "user.leg"
S: U01 MAILBOX "user.rjs3"
S: U01 MAILBOX "user.kim"
S: U01 MAILBOX "user.lou"
S: U01 MAILBOX "user.max"
S: U01 MAILBOX "user.ned"
S: U01 MAILBOX "user.pat"
S: U01 OK "Streaming Begins"
C: N01 NOOP
S: N01 OK "NOOP Complete"' <<'EOF'
4.10.  Command: LIST

   The LIST command takes a name.

4.11.  Command: UPDATE

   The UPDATE command is how a slave begins.

   Example:

C: U01 UPDATE
S: U01 MAILBOX "user.leg"
S: U01 MAILBOX "user.rjs3"
S: U01 MAILBOX "user.kim"
S: U01 MAILBOX "user.lou"
S: U01 MAILBOX "user.max"
S: U01 MAILBOX "user.ned"
S: U01 MAILBOX "user.pat"
S: U01 OK "Streaming Begins"
C: N01 NOOP
S: N01 OK "NOOP Complete"
EOF
}

@test "callouts of AsciiDoc that a legend explains are taken off, in a message too; without a legend they stay" {
	document_says txt 'Protocol: smtp

S: 220 JAMES SMTP awesome Server
C: helo test
S: 250 Hello
C: mail from: <user02@james.local>
S: 250 ok
C: rcpt to: <user01@james.local>
S: 250 ok
C: data
S: 354 Ok Send data
C: Subject: Test
C:
C: This is a test.
C: .
S: 250 received' <<'EOF'
----
S: 220 JAMES SMTP awesome Server
C: helo test <1>
S: 250 Hello
C: mail from: <user02@james.local> <2>
S: 250 ok
C: rcpt to: <user01@james.local>
S: 250 ok
C: data
S: 354 Ok Send data
C: Subject: Test <3>
C: <3>
C: This is a test.
C: . <4>
S: 250 received
----
<1> Initiate the session.
<2> Say who sends.
<3> Enter the subject, and a blank line.
<4> End it.
EOF
	document_says txt 'Protocol: smtp

C: NOOP <1>
S: 250 ok
C: QUIT
S: 221 bye' <<'EOF'
C: NOOP <1>
S: 250 ok
C: QUIT
S: 221 bye
EOF
}
