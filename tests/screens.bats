#!/usr/bin/env bats
# Sessions that people show as they have typed them, step by step, and what extract makes of them: both in view.

load helpers

@test "a block for each step, replies told of in prose or not at all" {
	document_says md "Title: Sending by hand
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
	document_says md "Title: POP
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
	document_says txt "Protocol: smtp

$told
C: HELO mail.example
C: MAIL FROM:<a@example.org>
C: RCPT TO:<b@example.com>
C: DATA
C: This is a test.
C:
C: .
C: QUIT" <<'EOF'
HELO mail.example
MAIL FROM:<a@example.org>
RCPT TO:<b@example.com>
DATA
This is a test.

.
QUIT
EOF
	document_says txt "Protocol: imap

$told
C: a1 LOGIN user1@mail.example mypassword
C: a3 EXAMINE INBOX
C: a4 FETCH 1 BODY[]
C: a5 LOGOUT" <<'EOF'
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
	document_says md "Title: Shared
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
	document_says md "Title: Request
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
	document_says md "Title: Reading
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
	document_says txt "Title: You wrote
Protocol: smtp

# > \$ telnet mail.example 25
$told
S: 220 mail.example ESMTP
C: EHLO me.example
S: 250 mail.example
C: QUIT
S: 221 bye" <<'EOF'
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
	document_says txt "Protocol: smtp

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
C: QUIT" <<'EOF'
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
	document_says md "Title: What comes back
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
	document_says txt 'Title: To begin, the USER command is sent
Protocol: ftp

# the document prints ">" before what the client says, and nothing before the other side'"'"'s lines
C: USER bob
# The server responds with:
S: 331 Password required for bob.
# The client must respond with the password:
C: PASS mypassword
# The server responds with:
S: 230 User bob logged in.' <<'EOF'
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

# nothing_in KIND: no conversation is in the document that is standard input.
nothing_in() {
	cat >"$BATS_TEST_TMPDIR/document.$1"
	run --separate-stderr -1 "$PARLANCE" extract "$BATS_TEST_TMPDIR/document.$1"
	[[ $output == '' ]]
}

@test "a server's log, a command with its code on each line, is no flattened text" {
	nothing_in txt <<'EOF'
  1. 2012-11-14 14:44:43 172.16.0.2 - 10.0.0.140 21 USER bob 331 0 0 7411e2b6-c5bd -
  2. 2012-11-14 14:44:43 172.16.0.2 FTP\bob 10.0.0.140 21 PASS *** 230 0 0 7411e2b6-c5bd /
  3. 2012-11-14 14:44:44 172.16.0.2 FTP\bob 10.0.0.140 21 CWD /home/ 250 0 0 7411e2b6-c5bd /home
  4. 2012-11-14 14:44:44 172.16.0.2 FTP\bob 10.0.0.140 21 TYPE I 200 0 0 7411e2b6-c5bd -
EOF
}

@test "prose that is quoted with > stays prose, whatever HTTP stands in it" {
	document_says md "Title: It says, for instance
Protocol: http

S: HTTP/1.1 200 OK
S: Content-Type: text/plain" <<'EOF'
> This is how a server answers.
>
> It says, for instance:
>
> HTTP/1.1 200 OK
> Content-Type: text/plain
EOF
}

@test "a sentence that goes on with a number says no reply" {
	document_says txt "Protocol: ftp

$told
C: CWD /usr/dm
S: 200 directory changed to /usr/dm
C: MKD pathname
S: 257 \"/usr/dm/pathname\" directory created
C: CWD pathname" <<'EOF'
         CWD /usr/dm
         200 directory changed to /usr/dm
         MKD pathname
         257 "/usr/dm/pathname" directory created
         CWD pathname

      Hosts treat the operands of both commands as subdirectories.  The
      257 reply to the MKD command must always contain the absolute
      pathname of the created directory.
EOF
}

@test "a list of commands, words where their numbers belong, is no session" {
	document_says txt 'Title: POP3 with telnet
Protocol: pop3

C: LIST
S: +OK 2 messages (320 octets)
S: 1 120
S: 2 200
S: .' <<'EOF'
POP3 with telnet

$ telnet pop3.example.com 110
user name
pass string
list [msg]
retr msg
top msg n
dele msg
quit
What they do is told below.

C: LIST
S: +OK 2 messages (320 octets)
S: 1 120
S: 2 200
S: .
retr msg
The server prints the message.
EOF
}

@test "an RFC: a page break in the midst of a header, sections about a code" {
	document_says txt "Title: 428 Precondition Required
Protocol: http

$told
S: HTTP/1.1 428 Precondition Required
S: Content-Type: text/html
# the document leaves out the empty line that ends the header
S:
S: <html>
S:    <body>
S:       <p>Try using \"If-Match\".</p>
S:    </body>
S: </html>" <<EOF
Internet Engineering Task Force (IETF)                     M. Nottingham
Request for Comments: 6585                                     Rackspace

1.  Requirements

   None of them.

3.  428 Precondition Required

   Responses SHOULD explain how to resubmit the request.  For example:

   HTTP/1.1 428 Precondition Required
   Content-Type: text/html



Nottingham & Fielding        Standards Track                    [Page 2]
$(printf '\f')
RFC 6585              Additional HTTP Status Codes            April 2012


   <html>
      <body>
         <p>Try using "If-Match".</p>
      </body>
   </html>

   Responses with the 428 status code MUST NOT be stored by a cache.
EOF
}

@test "a response without fields that is a block with its body" {
	document_says md "Title: The API answers
Protocol: http

$told
S: HTTP/1.1 200 OK
S:
S: {
S:     \"state\": \"open\"
S: }" <<'EOF'
# The API answers

```
HTTP/1.1 200 OK

{
    "state": "open"
}
```
EOF
}

@test "a shell's comment in IMAP's blocks is a remark" {
	document_says md "Protocol: imap

$told
S: * OK IMAP4rev1 ready
# # Login
C: a LOGIN bob secret
S: a OK LOGIN Ok.
# # List all mailboxes
C: b LIST \"\" \"*\"
S: * LIST (\\HasNoChildren) \".\" \"INBOX\"
S: b OK LIST completed" <<'EOF'
```console
* OK IMAP4rev1 ready
# Login
a LOGIN bob secret
a OK LOGIN Ok.
# List all mailboxes
b LIST "" "*"
* LIST (\HasNoChildren) "." "INBOX"
b OK LIST completed
```
EOF
}
