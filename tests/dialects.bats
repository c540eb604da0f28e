#!/usr/bin/env bats
# Each way in which documents print a conversation, and what extract makes of it: both in view.

load helpers

@test "quote marks, and quoted mail" {
	document_says txt 'Title: As in this
Protocol: pop3

C: STAT
S: +OK 2 320
C: QUIT
S: +OK bye' <<'EOF'
As in this:

   "C: STAT"
   "S: +OK 2 320"
   > C: QUIT
   > S: +OK bye
EOF
}

@test "comment leaders: //" {
	document_says txt 'Title: the session
Protocol: smtp

C: EHLO client.example
S: 250-server.example
S: 250 SIZE 1000
C: QUIT
S: 221 bye' <<'EOF'
// the session:
//   C: EHLO client.example
//   S: 250-server.example
//   S: 250 SIZE 1000
//   C: QUIT
//   S: 221 bye
int x = 3;
EOF
}

@test "comment leaders: *, and IMAP's own * stays" {
	document_says txt 'Protocol: imap

C: a1 NOOP
S: a1 OK done
C: a2 LOGOUT
S: * BYE bye
S: a2 OK done' <<'EOF'
/*
 * C: a1 NOOP
 * S: a1 OK done
 * C: a2 LOGOUT
 * S: * BYE bye
 * S: a2 OK done
 */
EOF
}

@test "numbered lines" {
	document_says txt 'Protocol: pop3

S: +OK ready
C: USER bob
S: +OK
C: PASS x
S: -ERR no' <<'EOF'
  1  S: +OK ready
  2  C: USER bob
  3  S: +OK
  4  C: PASS x
  5  S: -ERR no
EOF
}

@test "a table with a column for each side" {
	document_says md 'Title: By columns
Protocol: smtp

S: 220 mail.example ESMTP
C: EHLO client.example
S: 250 mail.example
C: QUIT
S: 221 Bye' <<'EOF'
# By columns

| Client | Server |
| --- | --- |
| | 220 mail.example ESMTP |
| EHLO client.example | |
| | 250 mail.example |
| QUIT | |
| | 221 Bye |
EOF
}

@test "a table of prefixed lines" {
	document_says md 'Title: line
Protocol: smtp

C: EHLO client.example
S: 250 mail.example
C: QUIT
S: 221 Bye' <<'EOF'
| line |
| --- |
| C: EHLO client.example |
| S: 250 mail.example |
| C: QUIT |
| S: 221 Bye |
EOF
}

@test "list items" {
	document_says md 'Protocol: smtp

S: 220 mail.example ESMTP
C: HELO client.example
S: 250 mail.example' <<'EOF'
- S: 220 mail.example ESMTP
- C: HELO client.example
- S: 250 mail.example
EOF
}

@test "S: and R: of RFC 821: the sender is the client" {
	document_says txt 'Protocol: smtp

C: MAIL FROM:<Smith@Alpha.ARPA>
S: 250 OK
C: RCPT TO:<Jones@Beta.ARPA>
S: 250 OK
C: DATA
S: 354 Start mail input; end with <CRLF>.<CRLF>
C: Blah blah blah...
C: ...etc. etc. etc.
C: .
S: 250 OK' <<'EOF'
   Example

      S: MAIL FROM:<Smith@Alpha.ARPA>
      R: 250 OK

      S: RCPT TO:<Jones@Beta.ARPA>
      R: 250 OK

      S: DATA
      R: 354 Start mail input; end with <CRLF>.<CRLF>
      S: Blah blah blah...
      S: ...etc. etc. etc.
      S: <CRLF>.<CRLF>
      R: 250 OK
EOF
}

@test "Client: and Server:" {
	document_says md 'Protocol: smtp

S: 220 mail.example ESMTP
C: EHLO client.example
S: 250 mail.example' <<'EOF'
```
Server: 220 mail.example ESMTP
Client: EHLO client.example
Server: 250 mail.example
```
EOF
}

@test "C> and S>; a list's lines keep their space (RFC 2389 3.2)" {
	document_says txt 'Protocol: ftp

C: FEAT
S: 211-Extensions supported:
S:  MDTM
S: 211 END
C: QUIT
S: 221 bye' <<'EOF'
C> FEAT
S> 211-Extensions supported:
S>  MDTM
S> 211 END
C> QUIT
S> 221 bye
EOF
}

@test "a column for what is said, where a description stands elsewhere: lists are not indented by it" {
	document_says txt 'Protocol: pop3

# S: <wait for connection on TCP port 110>
<client connects>
S: +OK here
C: USER bob
S: +OK
C: PASS hungry
S: +OK
C: LIST
S: +OK 2 messages (320 octets)
S: 1 120
S: 2 200
S: .
C: QUIT
S: +OK bye' <<'EOF'
    S: <wait for connection on TCP port 110>
    C: <open connection>
    S:   +OK here
    C:    USER bob
    S:    +OK
    C:    PASS hungry
    S:    +OK
    C:    LIST
    S:    +OK 2 messages (320 octets)
    S:    1 120
    S:    2 200
    S:    .
    C:    QUIT
    S:    +OK bye
EOF
}

@test "-> and <-" {
	document_says txt 'Protocol: smtp

S: 220 mail.example ESMTP
C: EHLO client.example
S: 250 mail.example
C: QUIT
S: 221 bye' <<'EOF'
<- 220 mail.example ESMTP
-> EHLO client.example
<- 250 mail.example
-> QUIT
<- 221 bye
EOF
}

@test ">>> and <<<" {
	document_says txt 'Protocol: smtp

S: 220 mail.example ESMTP
C: EHLO client.example
S: 250 mail.example' <<'EOF'
<<< 220 mail.example ESMTP
>>> EHLO client.example
<<< 250 mail.example
EOF
}

@test "what curl -v prints" {
	document_says md 'Protocol: http

# *   Trying 127.0.0.1:80...
# * Connected to localhost (127.0.0.1) port 80 (#0)
C: GET / HTTP/1.1
C: Host: localhost
C: User-Agent: curl/7.88.1
C: Accept: */*
C:
S: HTTP/1.1 204 No Content
S: Server: nginx
S:
# * Connection #0 to host localhost left intact' <<'EOF'
```
$ curl -v http://localhost/
*   Trying 127.0.0.1:80...
* Connected to localhost (127.0.0.1) port 80 (#0)
> GET / HTTP/1.1
> Host: localhost
> User-Agent: curl/7.88.1
> Accept: */*
>
< HTTP/1.1 204 No Content
< Server: nginx
<
* Connection #0 to host localhost left intact
```
EOF
}

@test "a folded line joins with one space" {
	document_says txt 'Protocol: imap

C: A142 SELECT INBOX
S: * 172 EXISTS
S: * OK [PERMANENTFLAGS (\Answered \Flagged \Draft \Deleted \Seen \*)] Limited
S: A142 OK [READ-WRITE] SELECT completed' <<'EOF'
   C: A142 SELECT INBOX
   S: * 172 EXISTS
   S: * OK [PERMANENTFLAGS (\Answered \Flagged \Draft \Deleted
      \Seen \*)] Limited
   S: A142 OK [READ-WRITE] SELECT completed
EOF
}

@test "message text stays in its own lines, without prefixes too" {
	document_says txt 'Protocol: smtp

C: DATA
S: 354 go
C: Subject: x
C:
C: first line
C:   second line, indented
C: .
S: 250 ok' <<'EOF'
   C: DATA
   S: 354 go
   C: Subject: x

      first line
        second line, indented
      .
   S: 250 ok
EOF
}

@test "a literal's octets are counted" {
	document_says txt 'Protocol: imap

C: a004 FETCH 12 BODY[HEADER]
S: * 12 FETCH (BODY[HEADER] {37}
S: Subject: afternoon meeting
S: To: bob
S:
S: )
S: a004 OK FETCH completed' <<'EOF'
   C: a004 FETCH 12 BODY[HEADER]
   S: * 12 FETCH (BODY[HEADER] {37}
   S: Subject: afternoon meeting
   S: To: bob
   S:
   S: )
   S: a004 OK FETCH completed
EOF
}

@test "several exchanges on one line, a shell line and telnet's words around" {
	document_says txt 'Protocol: smtp
Errata: several lines of the conversation are printed on one line of the document
Errata: prose stands before a prefix, on the same line

# $ telnet mail.example 25 Trying 192.0.2.1... Connected to mail.example.
S: 220 mail.example ESMTP
C: HELO me.example
S: 250 mail.example
C: QUIT
S: 221 Bye
# Connection closed by foreign host.' <<'EOF'
$ telnet mail.example 25 Trying 192.0.2.1... Connected to mail.example. S: 220 mail.example ESMTP C: HELO me.example S: 250 mail.example C: QUIT S: 221 Bye Connection closed by foreign host.
EOF
}

@test "parts of one conversation are joined, another protocol is apart" {
	document_says md 'Title: Sending
Protocol: smtp

S: 220 mail.example ESMTP
C: HELO me.example
S: 250 mail.example
# Now the envelope.
C: MAIL FROM:<a@me.example>
S: 250 ok

Title: Reading
Protocol: pop3

S: +OK ready
C: QUIT
S: +OK bye' <<'EOF'
## Sending

    S: 220 mail.example ESMTP
    C: HELO me.example
    S: 250 mail.example

Now the envelope.

    C: MAIL FROM:<a@me.example>
    S: 250 ok

## Reading

    S: +OK ready
    C: QUIT
    S: +OK bye
EOF
}

@test "prose glued to a prefix, and TLS that begins there" {
	document_says txt 'Protocol: smtp
Errata: prose stands before a prefix, on the same line

S: 220 mail.example ESMTP
C: EHLO me.example
S: 250-mail.example
S: 250 STARTTLS
C: STARTTLS
S: 220 go ahead
# ---- Everything beyond this point is sent encrypted ---
# the document does not show where TLS begins: here, after the reply
<client starts TLS>
C: EHLO me.example
S: 250 mail.example' <<'EOF'
S: 220 mail.example ESMTP
C: EHLO me.example
S: 250-mail.example
S: 250 STARTTLS
C: STARTTLS
S: 220 go ahead
---- Everything beyond this point is sent encrypted ---C: EHLO me.example
S: 250 mail.example
EOF
}

@test "no prefixes: who would say the line" {
	document_says md 'Protocol: smtp
TLS: implicit

# $ openssl s_client -connect mail.example:465 -crlf -quiet
# the document does not print who says which line: guessed from what each line says
S: 220 mail.example ESMTP
C: EHLO me.example
S: 250 mail.example
C: QUIT
S: 221 Bye' <<'EOF'
```
$ openssl s_client -connect mail.example:465 -crlf -quiet
220 mail.example ESMTP
EHLO me.example
250 mail.example
QUIT
221 Bye
```
EOF
}

@test "payload that is left out" {
	document_says txt 'Protocol: pop3

C: RETR 1
S: +OK 120 octets
<server sends message 1 contents>
S: .
C: TOP 2 0
S: +OK
<server sends ...>
S: .
C: QUIT
S: +OK' <<'EOF'
C: RETR 1
S: +OK 120 octets
S: <message 1 contents>
S: .
C: TOP 2 0
S: +OK
S: ...
S: .
C: QUIT
S: +OK
EOF
}

@test "addresses that a web site has blanked" {
	document_says txt 'Protocol: smtp
Errata: addresses were blanked to "[email protected]" by the web site that shows the document (2 times)

C: MAIL FROM:<[email protected]>
S: 250 ok
C: RCPT TO:<[email protected]>
S: 250 ok' <<'EOF'
C: MAIL FROM:<[email protected]>
S: 250 ok
C: RCPT TO:<[email protected]>
S: 250 ok
EOF
}

@test "RFC pages: footer, form feed and header inside a conversation" {
	printf '%s\n' '   C: STAT' '   S: +OK 2 320' '   C: LIST' '   S: +OK 2 messages' '' '' \
		'Myers & Rose                Standards Track                     [Page 5]' $'\f' \
		'RFC 1939                          POP3                          May 1996' '' '' \
		'   S: 1 120' '   S: 2 200' '   S: .' |
		document_says txt $'Protocol: pop3\n\nC: STAT\nS: +OK 2 320\nC: LIST\nS: +OK 2 messages\nS: 1 120\nS: 2 200\nS: .'
}

@test "what is no conversation is left alone" {
	cat >"$BATS_TEST_TMPDIR/document.txt" <<'EOF'
Copy C:\setup.exe to C: and D: drives. Sizes: S: Small, M: Medium, L: Large.

  C: 12  G: 3  Am: 4
  S: Small
  M: Medium

    case C: return S::name;
    int c: 3;

Q: Why? A: Because. C: maybe.
Re: hello
> quoted mail
> more of it
< less
EOF
	run --separate-stderr -1 "$PARLANCE" extract "$BATS_TEST_TMPDIR/document.txt"
	[[ $output == '' ]]
	[[ $stderr == *"document.txt: no conversation in it: "* ]]
}
