#!/usr/bin/env bats
# Sessions that people show as they have typed them, step by step, and what extract makes of them: both in view.

load helpers

# The document, Markdown, is standard input; what is extracted, without Source, is the argument.
document_says() {
	cat >"$BATS_TEST_TMPDIR/document.${2:-md}"
	"$PARLANCE" extract --notes off "$BATS_TEST_TMPDIR/document.${2:-md}" | sed '/^Source: /d' >"$BATS_TEST_TMPDIR/extracted"
	diff <(printf '%s\n' "$1") "$BATS_TEST_TMPDIR/extracted"
	"$PARLANCE" annotate --notes off "$BATS_TEST_TMPDIR/extracted" >/dev/null
}

told='# the document does not print who says which line: told by what stands in it'

@test "a block for each step, replies told of in prose or not at all" {
	document_says "Title: Sending by hand
Protocol: smtp

# telnet mail.example.com 25
$told
S: 220 mail.example.com ESMTP
# 2. Say hello:
C: EHLO example.org
# You get:
S: 250-mail.example.com
S: 250 8BITMIME
# 3. Set the sender:
C: MAIL FROM:<a@example.org>
# 4. It says that all is well. Set the recipient:
C: RCPT TO:<b@example.com>
# 5. Write the message:
C: DATA
C: Subject: hello
C:
C: This is a test.
C: .
# 6. Leave:
C: QUIT" <<'EOF'
# Sending by hand

1. Connect:

   ```
   telnet mail.example.com 25
   ```
   ```
   220 mail.example.com ESMTP
   ```

2. Say hello:

   ```
   EHLO example.org
   ```
   You get:
   ```
   250-mail.example.com
   250 8BITMIME
   ```

3. Set the sender:

   ```
   MAIL FROM:<a@example.org>
   ```

4. It says that all is well. Set the recipient:

   ```
   RCPT TO:<b@example.com>
   ```

5. Write the message:

   ```
   DATA
   Subject: hello

   This is a test.
   .
   ```

6. Leave:

   ```
   QUIT
   ```
EOF
}

@test "a block for each command behind the shell's line, whose port tells the protocol" {
	document_says "Title: POP
Protocol: pop3

# nc -nv 192.0.2.1 110
$told
C: USER john
C: PASS secret
C: list
C: retr 1

Title: IMAP
Protocol: imap

# nc -nv 192.0.2.1 143
$told
C: tag login john secret
C: tag LIST \"\" \"*\"
C: tag SELECT INBOX" <<'EOF'
#### POP

```
nc -nv 192.0.2.1 110
```

```
USER john
```

```
PASS secret
```

```
list
```

```
retr 1
```

#### IMAP

```
nc -nv 192.0.2.1 143
```

```
tag login john secret
```

```
tag LIST "" "*"
```

```
tag SELECT INBOX
```
EOF
}

@test "a file that is nothing but what the client sends" {
	document_says "Protocol: smtp

$told
C: HELO mail.example
C: MAIL FROM:<a@example.org>
C: RCPT TO:<b@example.com>
C: DATA
C: This is a test.
C:
C: .
C: QUIT" txt <<'EOF'
HELO mail.example
MAIL FROM:<a@example.org>
RCPT TO:<b@example.com>
DATA
This is a test.

.
QUIT
EOF
	document_says "Protocol: imap

$told
C: a1 LOGIN user1@mail.example mypassword
C: a3 EXAMINE INBOX
C: a4 FETCH 1 BODY[]
C: a5 LOGOUT" txt <<'EOF'
a1 LOGIN user1@mail.example mypassword
a3 EXAMINE INBOX
a4 FETCH 1 BODY[]
a5 LOGOUT
EOF
}

@test "a table of contents is no session" {
	printf '   6.3.%s\n' '1.  ENABLE Command' '2.  SELECT Command' '3.  LIST Command' '4.  CREATE Command' \
		>"$BATS_TEST_TMPDIR/contents.txt"
	run -1 "$PARLANCE" extract "$BATS_TEST_TMPDIR/contents.txt"
}

@test "what the author has written behind a line is a remark" {
	document_says "Title: Shared
Protocol: imap

# # telnet localhost 143
$told
S: * OK [...] ready.
C: . login bob secret
# Type this.
S: . OK Logged in
C: . SETACL Sent alice rli
# grants
S: . OK Setacl complete." <<'EOF'
# Shared

```
# telnet localhost 143
* OK [...] ready.
. login bob secret              # <- Type this.
. OK Logged in
. SETACL Sent alice rli         # grants
. OK Setacl complete.
```
EOF
	document_says "Title: Request
Protocol: http

$told
C: GET /page.html HTTP/1.1
# request line
C: Host: www.example.com
# header line
# the document leaves out the empty line that ends the header
C:" <<'EOF'
# Request

    GET /page.html HTTP/1.1    -> request line
    Host: www.example.com      -> header line

EOF
}

@test "each command in a block quote; a session in quoted mail" {
	document_says "Title: Reading
Protocol: imap
TLS: implicit

# > openssl s_client -crlf -connect mail.example:993
$told
C: tag login bob secret
C: tag SELECT INBOX
C: tag LOGOUT" <<'EOF'
## Reading

> openssl s_client -crlf -connect mail.example:993

> tag login bob secret

> tag SELECT INBOX

> tag LOGOUT

> That is all.
EOF
	document_says "Title: You wrote
Protocol: smtp

# > \$ telnet mail.example 25
$told
S: 220 mail.example ESMTP
C: EHLO me.example
S: 250 mail.example
C: QUIT
S: 221 bye" txt <<'EOF'
You wrote:

> $ telnet mail.example 25
> 220 mail.example ESMTP
> EHLO me.example
> 250 mail.example
> QUIT
> 221 bye

That works here.
EOF
}

@test "AUTH and what proves who the client is, no challenge printed" {
	document_says "Protocol: smtp

$told
C: EHLO me.example
C: AUTH LOGIN
C: dXNlcg==
C: cGFzc3dvcmQ=
C: MAIL FROM:<a@me.example>
C: RCPT TO:<b@mail.example>
C: DATA
C: Subject: hi
C:
C: hello
C: .
C: QUIT" txt <<'EOF'
EHLO me.example
AUTH LOGIN
dXNlcg==
cGFzc3dvcmQ=
MAIL FROM:<a@me.example>
RCPT TO:<b@mail.example>
DATA
Subject: hi

hello
.
QUIT
EOF
}

@test "what another service says is not POP3's" {
	printf '%s\n' '```' '$ telnet localhost 6379' 'Connected to localhost.' 'MONITOR' '+OK' 'QUIT' '+OK' \
		'Connection closed by foreign host.' '```' >"$BATS_TEST_TMPDIR/redis.md"
	run -1 "$PARLANCE" extract "$BATS_TEST_TMPDIR/redis.md"
}

@test "lines printed with their ends" {
	document_says "Title: What comes back
Protocol: http

$told
S: HTTP/1.1 200 OK
S: Content-Type: text/plain
S: Content-Length: 7
S:
S: hello" <<'EOF'
# What comes back

```
HTTP/1.1 200 OK\r\n
Content-Type: text/plain\r\n
Content-Length: 7\r\n
\r\n
hello\r\n
```
EOF
}

@test "a mark before what the client says, a sentence between all lines" {
	document_says 'Title: To begin, the USER command is sent
Protocol: ftp

# the document prints ">" before what the client says, and nothing before the other'"'"'s lines
C: USER bob
# The server responds with:
S: 331 Password required for bob.
# The client must respond with the password:
C: PASS mypassword
# The server responds with:
S: 230 User bob logged in.' txt <<'EOF'
To begin, the USER command is sent:
> USER bob
The server responds with:
331 Password required for bob.
The client must respond with the password:
> PASS mypassword
The server responds with:
230 User bob logged in.
EOF
}
