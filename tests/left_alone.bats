#!/usr/bin/env bats
# What looks like a conversation and is none: extract leaves it alone.

load helpers

# Standard input is a document of that ending that holds no conversation.
nobody_speaks() {
	cat >"$BATS_TEST_TMPDIR/document.$1"
	run -1 "$PARLANCE" extract --notes off "$BATS_TEST_TMPDIR/document.$1"
	[[ $output == *"no conversation in it"* ]]
}

@test "a program's source that calls functions with commands and replies is no log" {
	nobody_speaks go <<'EOF'
	conn := t.Conn("smtp")
	conn.Writeln("EHLO localhost")
	conn.ExpectPattern("250 *")
	conn.Writeln("MAIL FROM:<testing@two.example>")
	conn.ExpectPattern("550 5.7.1 *")
	conn.Writeln("QUIT")
	conn.ExpectPattern("221 *")
EOF
	nobody_speaks rb <<'EOF'
        sock.print("* OK test server\r\n")
        requests.push(sock.gets)
        sock.print("RUBY0001 OK ID completed\r\n")
        sock.print("* ID #{server_id}\r\n")
        sock.print("RUBY0002 OK ID completed\r\n")
      assert_equal("RUBY0001 ID NIL\r\n", requests.pop)
      assert_equal("RUBY0002 ID ()\r\n", requests.pop)
      assert_equal("RUBY0003 LOGOUT\r\n", requests.pop)
EOF
}

@test "a shell's line that connects ends a message that no dot ends" {
	document_says md 'Title: By hand
Protocol: smtp

# nc mail.example.com 25
# the document does not print who says which line: guessed from what each line says
S: 220 mail.example.com ESMTP
C: DATA
S: 354 go on
C: Subject: a' <<'EOF'
# By hand

```
nc mail.example.com 25
220 mail.example.com ESMTP
DATA
354 go on
Subject: a
nc mail.example.com 110
```
EOF
}

@test "IMAP: a list's plus under a heading is no reply" {
	document_says md 'Title: Mail
Protocol: imap

# nc 192.0.2.1 143
# the document does not print who says which line: guessed from what each line says
C: a1 LOGIN ryuu abcd
C: a2 SELECT INBOX' <<'EOF'
# Mail

```
nc 192.0.2.1 143
a1 LOGIN ryuu abcd
a2 SELECT INBOX
```

## 5432: PostgreSQL

+ an open source database system that uses SQL
+ its configuration is pg_hba.conf
EOF
}

@test "client: and server: behind times name programs that write their logs, each in a block of its own" {
	nobody_speaks md <<'EOF'
```
2024/09/28 23:31:23 client: Connecting to ws://192.0.2.1:8000
2024/09/28 23:31:26 client: Connected (Latency 312.250392ms)
```

Start a server:

```
2024/09/28 22:54:18 server: Fingerprint BsVmahG6oWbFa26XG4DC8tPiL9nFq2zF3N8jUG5Edwk=
2024/09/28 22:54:18 server: Listening on http://0.0.0.0:8001
2024/09/28 22:56:07 server: session#1: tun: proxy#R:127.0.0.1:1082=>socks: Listening
```
EOF
}

@test "C: among lines that name drives is a drive" {
	nobody_speaks txt <<'EOF'
C:\> dir
 Volume in drive C is SYSTEM
C: is full, D: has room
C:\> copy C:\OK.TXT D:
        1 file(s) copied.
C: 250 GB
S: 120 GB
EOF
}

@test "one side's lines, one here and one there in a program's comments, tell what the program does" {
	nobody_speaks go <<'EOF'
			case cmdHELO.match(cmd):
				// Client: HELO example.com
				// The client sends the HELO command, followed by its own fully qualified domain name.
				conn.resetTransaction()
			case cmdEHLO.match(cmd):
				// Client: EHLO example.com
				// Client is saying "Hello, I am example.com, and I would like to establish a connection."
EOF
}

@test "a line that a sentence quotes is no conversation" {
	nobody_speaks c <<'EOF'
/*
 * What an author has written behind what somebody says: `C: STARTTLS      (optional: upgrade to
 * TLS)`, `S: +OK 3 14203   ; 3 messages`.
 */
EOF
}

@test "a key that is pressed is an empty line" {
	document_says md 'Title: By hand
Protocol: pop3

# the document does not print who says which line: guessed from what each line says
S: +OK POP3 ready
C: user bob
S: +OK
C: retr 5
S: +OK
S: Subject: a
S:
S: Hello
S: .' <<'EOF'
# By hand

```
+OK POP3 ready
user bob
+OK
retr 5
+OK
Subject: a
<enter>
Hello
.
```
EOF
}

@test "a comment of one side's lines is what that side says" {
	document_says go 'Protocol: smtp

C: HELO me.example.com
C: MAIL FROM:<bob@example.com>' <<'EOF'
// greet tells who we are.
//
// C: HELO me.example.com
// C: MAIL FROM:<bob@example.com>
func greet() {
EOF
}
