#!/usr/bin/env bats
# Where the body of a message, the text of a mail or a reply ends in a document: what stands behind it is prose, a page's end, a shell's
# line, and nobody says it.

load helpers

@test "HTTP: prose below a message, where no field announces a body" {
	document_says txt 'Title: User Agent -> Server
Protocol: http

'"$told"'
C: POST /login HTTP/1.1
# the document leaves out the empty line that ends the header
C:
<client sends form data>
# User identifies self via a form.
# 2. Server -> User Agent
S: HTTP/1.1 200 OK
S: Set-Cookie2: Customer="BOB"
S:' <<'EOF'
      1. User Agent -> Server

        POST /login HTTP/1.1
        [form data]

        User identifies self via a form.

      2. Server -> User Agent

        HTTP/1.1 200 OK
        Set-Cookie2: Customer="BOB"

        Cookie reflects the identity.
EOF
}

@test "HTTP: a text that a field announces is the body" {
	document_says txt 'Title: The server answers
Protocol: http

'"$told"'
S: HTTP/1.1 200 OK
S: Content-Type: text/plain
S:
S: This page has moved.' <<'EOF'
The server answers:

    HTTP/1.1 200 OK
    Content-Type: text/plain

    This page has moved.
EOF
}

@test "HTTP: [...] below the fields stands for more of them, where a body follows" {
	document_says md 'Protocol: http

'"$told"'
C: POST /reset HTTP/1.1
C: Host: www.example.org
# [...]
C:
C: email=bob@example.org' <<'EOF'
```
POST /reset HTTP/1.1
Host: www.example.org
[...]

email=bob@example.org
```
EOF
}

@test "HTTP: a shell's line ends a body" {
	document_says md 'Protocol: http

'"$told"'
S: HTTP/1.1 401 Unauthorized
S: Server: a
S:
# # once more
# > curl -I http://www.example.org/
S: HTTP/1.1 200 OK
S: Server: a
# the document leaves out the empty line that ends the header
S:' <<'EOF'
```
> curl -I http://www.example.org/
HTTP/1.1 401 Unauthorized
Server: a

# once more
> curl -I http://www.example.org/
HTTP/1.1 200 OK
Server: a
```
EOF
}

@test "HTTP: so does a test's own mark above the next message" {
	document_says txt 'Protocol: http

'"$told"'
S: HTTP/1.1 200 OK
S: Content-Length: 5
S:

Protocol: http

'"$told"'
S: HTTP/1.1 206 Partial Content
S: Content-Length: 3
# the document leaves out the empty line that ends the header
S:' <<'EOF'
<<< HEAD /big
HTTP/1.1 200 OK
Content-Length: 5

<<< GET /big:Range=0-2
HTTP/1.1 206 Partial Content
Content-Length: 3
EOF
}

@test "POP3: dots stand for the text, and what comes behind the block is not of it" {
	document_says md 'Protocol: pop3

'"$told"'
S: +OK ready
C: USER bob
S: +OK
C: PASS secret
S: +OK
C: TOP 2 0
S: +OK 120 octets follow.
<server sends ...>
# It shows:
# - the header
C: QUIT
S: +OK bye' <<'EOF'
```
+OK ready
USER bob
+OK
PASS secret
+OK
TOP 2 0
+OK 120 octets follow.
...
```

It shows:

- the header

```
QUIT
+OK bye
```
EOF
}

@test "a form feed behind the footer ends the page" {
	document_says txt 'Protocol: smtp

C: RSET
S: 250 ok
C: NOOP
S: 250 still here' < <(printf '%s\n' '    C: RSET' '    S: 250 ok' '' \
		$'Smith                  Category - Informational                      3 \f' \
		'                  Notes on Mail      October 2002' '' '    C: NOOP' '    S: 250 still here')
}

@test "what diff prints is said by nobody" {
	printf '%s\n' 3,4c3,4 '< HELO localhost' '< 250 OK' --- '> EHLO localhost' '> 250-localhost' 7a8 '> QUIT' 12d12 \
		'< 221 Bye' >"$BATS_TEST_TMPDIR/diff.txt"
	run -1 "$PARLANCE" extract "$BATS_TEST_TMPDIR/diff.txt"
}

@test "what a mailer makes of a reply stands below it without mark" {
	document_says txt 'Protocol: smtp

C: RCPT To:<bob@example.org>
S: 550 <bob@example.org>... User unknown' <<'EOF'
   ----- Transcript of session follows -----
   >>> RCPT To:<bob@example.org>
   <<< 550 <bob@example.org>... User unknown
   550 <bob@example.org>... User unknown
EOF
}

@test "one word between two replies is a command, known or not" {
	document_says md 'Protocol: smtp

# $ telnet 127.0.0.1 25
'"$told"'
S: 220 mail.example.org
C: MYNOOP
S: 250 2.0.0 OK
C: quit
S: 221 2.0.0 bye' <<'EOF'
```
$ telnet 127.0.0.1 25
220 mail.example.org
MYNOOP
250 2.0.0 OK
quit
221 2.0.0 bye
```
EOF
}

@test "HTTP: the first line of a page is of the body" {
	document_says md 'Protocol: http

'"$told"'
S: HTTP/1.1 200 OK
S: Content-Type: text/html
S:
S: <!doctype html>
S: <p>Hello' <<'EOF'
```
HTTP/1.1 200 OK
Content-Type: text/html

<!doctype html>
<p>Hello
```
EOF
}

@test "HTTP: what stands in the next block is the body only where it looks like one, or a field announces a type" {
	document_says md 'Protocol: http

'"$told"'
S: HTTP/1.0 200 OK
S: Connection: keep-alive
# the document leaves out the empty line that ends the header
S:' <<'EOF'
```
HTTP/1.0 200 OK
Connection: keep-alive
```

```
off=0 message begin
off=0 version complete
```
EOF
}

@test "SMTP: a list that tells what commands are for is nobody's session" {
	printf '%s\n' '```' 'telnet mail.example.org 25' '' 'RCPT - Address of the recipient.' 'DATA - Starts the text.' '' \
		'nmap mail.example.org' '```' >"$BATS_TEST_TMPDIR/dash.md"
	printf '%s\n' '```' 'HELO        Identify to the server.' 'MAIL FROM:  The address of the sender.' \
		'DATA        Begin the text, which a dot ends.' 'QUIT        End the session.' '```' >"$BATS_TEST_TMPDIR/wide.md"
	run -1 "$PARLANCE" extract "$BATS_TEST_TMPDIR/dash.md"
	run -1 "$PARLANCE" extract "$BATS_TEST_TMPDIR/wide.md"
}

@test "POP3: a list whose items begin with + is no reply" {
	document_says md 'Title: By hand
Protocol: pop3

# nc mail.example.org 110
'"$told"'
C: USER bob
C: PASS secret
C: RETR 1' <<'EOF'
# By hand

```
nc mail.example.org 110
USER bob
PASS secret
RETR 1
```

## A database

+ It is an open source database.
+ Its port is 5432.
EOF
}

@test "items of a list, and quoted lines without a blank behind their mark" {
	expected='Title: By hand
Protocol: smtp

'"$told"'
S: 220 mail.example.org ESMTP
C: HELO client.example.org
S: 250 mail.example.org
C: DATA
S: 354 go ahead
C: Hello.
C: .
S: 250 queued'
	lines=('220 mail.example.org ESMTP' 'HELO client.example.org' '250 mail.example.org' DATA '354 go ahead' Hello. . '250 queued')
	document_says txt "$expected" < <(printf 'By hand\n=======\n\n' && printf -- '- %s\n' "${lines[@]}")
	document_says txt "$expected" < <(printf 'By hand\n=======\n\n' && printf '>%s\n' "${lines[@]}")
}

@test "a list of commands, or of replies, in its items" {
	printf -- '- %s\n' 'HELO client.example.org' 'MAIL FROM:<a@example.org>' 'RCPT TO:<b@example.org>' '250 OK' \
		'354 Start mail input' '550 No such user' >"$BATS_TEST_TMPDIR/list.md"
	run -1 "$PARLANCE" extract "$BATS_TEST_TMPDIR/list.md"
}

@test "what an author has written behind a #" {
	document_says md 'Protocol: smtp

'"$told"'
S: 220 mail.example.org ESMTP
C: HELO client.example.org
# who we are
S: 250 mail.example.org
C: VRFY bob
# is there one?
S: 252 perhaps
C: NOOP
# nothing
S: 250 OK
C: QUIT
# the end
S: 221 bye' <<'EOF'
```
220 mail.example.org ESMTP
HELO client.example.org # who we are
250 mail.example.org
VRFY bob   #is there one?
252 perhaps
NOOP # nothing
250 OK
QUIT # the end
221 bye
```
EOF
}

@test "IMAP: Markdown's escape before a star" {
	document_says txt 'Protocol: imap

'"$told"'
S: * OK mail.example.org ready
C: a1 LIST "" "*"
S: * LIST (\NoSelect) "/" "Work"
S: a1 OK done' <<'EOF'
\* OK mail.example.org ready
a1 LIST "" "*"
\* LIST (\NoSelect) "/" "Work"
a1 OK done
EOF
}
