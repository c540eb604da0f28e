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
