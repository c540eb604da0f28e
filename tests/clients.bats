# parlance serve with the clients that people use: Python's and curl, each in its protocol, in order and off script.
#
# The helpers set what is not set here.
# shellcheck disable=SC2154

load helpers

# client PROGRAM: runs it, a Python program on stdin, as `client PORT`; what it prints goes to $output.
client() {
	run -0 timeout 20 "$PYTHON" - "$served_port"
}

# raw: says what stands on stdin to the server, line by line: `> text` is said, `>\ text` without a line end, and the
# answer is waited for until it has been `< text` line by line; `end` waits for the close.
raw() {
	run -0 timeout 20 "$PYTHON" "$BATS_TEST_DIRNAME/clients/raw.py" "$served_port"
}

# log REGEX: waits until the server's log has such a line.
log() {
	wait_for_line serve "$1"
}

mailbox() {
	transcript mailbox.txt <<-'END'
		Protocol: imap

		S: * OK [CAPABILITY IMAP4rev1 LITERAL+] ready
		C: a1 LOGIN bob redqueen
		S: a1 OK logged in
		C: a2 SELECT INBOX
		S: * 2 EXISTS
		S: * FLAGS (\Seen \Deleted)
		S: a2 OK [READ-WRITE] selected
		C: a3 FETCH 1 BODY[HEADER]
		S: * 1 FETCH (BODY[HEADER] {342}
		S: Subject: hi
		S:
		S: )
		S: a3 OK fetched
		C: a4 APPEND saved {5}
		S: + go on
		C: hello
		S: a4 OK [APPENDUID 1 2] appended
		C: a5 LOGOUT
		S: * BYE until later
		S: a5 OK done
		<server hangs up>
	END
}

# ---- IMAP ----

@test "imaplib goes through a script: other tags, a quoted string, a longer literal" {
	require_python imaplib
	serve "$(mailbox)"
	client <<-'END'
		import imaplib, sys
		m = imaplib.IMAP4("127.0.0.1", int(sys.argv[1]), timeout=10)
		print(m.login("bob", "red queen"))
		print(m.select())
		print(m.fetch("1", "(BODY[HEADER])"))
		print(m.append("saved", None, None, b"two\r\nlines\r\n"))
		print(m.logout())
	END
	same "('OK', [b'logged in'])
('OK', [b'2'])
('OK', [(b'1 (BODY[HEADER] {15}', b'Subject: hi\r\n\r\n'), b')'])
('OK', [b'[APPENDUID 1 2] appended'])
('BYE', [b'until later'])" "$output"
	log '^<server hangs up>'
	run -0 grep -A1 '^# problem' "$BATS_TEST_TMPDIR/serve.out"
	has "the script prints 342 here, but the text that follows has 15 octets"
}

@test "imaplib off script: an error it raises, and the place does not move" {
	require_python imaplib
	serve "$(mailbox)"
	client <<-'END'
		import imaplib, sys
		m = imaplib.IMAP4("127.0.0.1", int(sys.argv[1]), timeout=10)
		print(m.capabilities, m.noop())
		m.state = "AUTH"
		for refused in (lambda: m.create("x"), lambda: m.append("x", None, None, b"long enough")):
		    try:
		        refused()
		    except imaplib.IMAP4.error as e:
		        print(e)
		m.state = "NONAUTH"
		print(m.login("bob", "redqueen"), m.select(), m.logout())
	END
	same "('IMAP4REV1',) ('OK', [b'This is a script: expected here: LOGIN'])
CREATE command error: BAD [b'This is a script: expected here: LOGIN']
APPEND command error: BAD [b'This is a script: expected here: LOGIN']
('OK', [b'logged in']) ('OK', [b'2']) ('BYE', [b'This was a script'])" "$output"
	log '^<server hangs up>'
}

@test "imaplib takes an authentication back, and tries again" {
	require_python imaplib
	file=$(transcript auth.txt <<-'END'
		Protocol: imap

		S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] ready
		C: a1 AUTHENTICATE PLAIN
		S: +
		C: AGJvYgByZWRxdWVlbg==
		S: a1 OK in
		C: a2 LOGOUT
		S: * BYE x
		S: a2 OK y
	END
	)
	serve "$file"
	client <<-'END'
		import imaplib, sys
		m = imaplib.IMAP4("127.0.0.1", int(sys.argv[1]), timeout=10)
		try:
		    m.authenticate("PLAIN", lambda challenge: None)
		except imaplib.IMAP4.error as e:
		    print(e)
		print(m.authenticate("PLAIN", lambda challenge: b"\0bob\0red"), m.logout()[0])
	END
	same "AUTHENTICATE command error: BAD [b'This is a script: expected here: AGJvYgByZWRxdWVlbg==']
('OK', [b'in']) BYE" "$output"
}

@test "a literal is asked for where the script has a quoted string, and the other way round" {
	serve "$(mailbox)"
	raw <<-'END'
		< * OK [CAPABILITY IMAP4rev1 LITERAL+] ready
		> x1 LOGIN {3}
		< + Go ahead
		> bob {8}
		< + Go ahead
		> redqueen
		< x1 OK logged in
		> x2 SELECT INBOX
		< * 2 EXISTS
		< * FLAGS (\Seen \Deleted)
		< x2 OK [READ-WRITE] selected
		> x3 FETCH 1 BODY[HEADER]
		< * 1 FETCH (BODY[HEADER] {15}
		< Subject: hi
		<
		< )
		< x3 OK fetched
		> x4 APPEND saved hello
		< x4 OK [APPENDUID 1 2] appended
		> x5 LOGOUT
		< * BYE until later
		< x5 OK done
		end
	END
}

@test "a literal that nobody waits for is not asked for; several commands at once are answered in order" {
	serve "$(mailbox)"
	raw <<-'END'
		< * OK [CAPABILITY IMAP4rev1 LITERAL+] ready
		> 1 LOGIN {3+}
		> bob {8+}
		> redqueen
		> 2 SELECT {5+}
		> INBOX
		> 3 STATUS {1+}
		> x (MESSAGES)
		> 4 FETCH 1 BODY[HEADER]
		> 5 APPEND saved {7+}
		> goodbye
		> 6 LOGOUT
		< 1 OK logged in
		< * 2 EXISTS
		< * FLAGS (\Seen \Deleted)
		< 2 OK [READ-WRITE] selected
		< 3 BAD This is a script: expected here: FETCH
		< * 1 FETCH (BODY[HEADER] {15}
		< Subject: hi
		<
		< )
		< 4 OK fetched
		< 5 OK [APPENDUID 1 2] appended
		< * BYE until later
		< 6 OK done
		end
	END
}

@test "a literal that the script refuses, or does not have, is refused before it is sent" {
	file=$(transcript refused.txt <<-'END'
		Protocol: imap

		S: * PREAUTH ready
		C: a1 APPEND saved {99999}
		S: * 3 EXISTS
		S: a1 NO [TOOBIG] that is too long
		C: a2 NOOP
		S: a2 OK still here
	END
	)
	serve "$file"
	raw <<-'END'
		< * PREAUTH ready
		> x1 CREATE {5}
		< x1 BAD This is a script: expected here: APPEND
		> x2 APPEND other {10}
		< * 3 EXISTS
		< x2 NO [TOOBIG] that is too long
		> x3 NOOP
		< x3 OK still here
		> x4 LOGOUT
		< * BYE This was a script
		< x4 OK This is a script: expected here: nothing more, the script has ended
		end
	END
}

@test "--strict wants the literals' text too, but any tag; a wrong one is taken back" {
	file=$(transcript strict.txt <<-'END'
		Protocol: imap

		S: * OK ready
		C: a1 LOGIN {3}
		S: + name?
		C: bob {99}
		S: + password?
		C: redqueen
		S: a1 OK in
	END
	)
	serve --strict "$file"
	raw <<-'END'
		< * OK ready
		> x1 LOGIN bob redqueen
		< x1 BAD This is a script: expected here: a1 LOGIN {3}
		> x2 LOGIN {3}
		< + name?
		> bob {8}
		< + password?
		> redking!
		< x2 BAD This is a script: expected here: redqueen
		> x3 LOGIN {3}
		< + name?
		> bob {8}
		< + password?
		> redqueen
		< x3 OK in
		> x4 LOGOUT
		< * BYE This was a script
		< x4 OK This is a script: expected here: nothing more, the script has ended
		end
	END
}

@test "IDLE: the script's news come behind its +, DONE ends it" {
	file=$(transcript idle.txt <<-'END'
		Protocol: imap

		S: * PREAUTH [CAPABILITY IMAP4rev1 IDLE] ready
		C: a1 SELECT INBOX
		S: a1 OK selected
		C: a2 IDLE
		S: + idling
		S: * 3 EXISTS
		C: DONE
		S: a2 OK idled
	END
	)
	serve "$file"
	raw <<-'END'
		< * PREAUTH [CAPABILITY IMAP4rev1 IDLE] ready
		> z1 SELECT INBOX
		< z1 OK selected
		> z2 IDLE
		< + idling
		< * 3 EXISTS
		> DONE
		< z2 OK idled
		> z3 LOGOUT
		< * BYE This was a script
		< z3 OK This is a script: expected here: nothing more, the script has ended
		end
	END
}

@test "curl reads a message over imap://" {
	require curl
	serve "$(mailbox)"
	run -0 --separate-stderr timeout 20 curl -sS "imap://bob:redqueen@$served/INBOX;MAILINDEX=1;SECTION=HEADER"
	same $'Subject: hi\r\n\r' "$output"
}

# ---- POP3 ----

postbox() {
	transcript postbox.txt <<-'END'
		Protocol: pop3

		S: +OK ready
		C: USER bob
		S: +OK and now the password
		C: PASS redqueen
		S: +OK in
		C: STAT
		S: +OK 2 320
		C: LIST
		S: +OK 2 messages
		S: 1 120
		S: 2 200
		S: .
		C: RETR 1
		S: +OK 120 octets
		<server sends 120 octets of message 1>
		S: .
		C: QUIT
		S: +OK bye
		<server hangs up>
	END
}

@test "poplib goes through a script; off script it raises an error, and goes on" {
	require_python poplib
	serve "$(postbox)"
	client <<-'END'
		import poplib, sys
		p = poplib.POP3("127.0.0.1", int(sys.argv[1]), timeout=10)
		print(p.capa(), p.noop())
		for wrong in (p.stat, p.uidl):
		    try:
		        wrong()
		    except poplib.error_proto as e:
		        print(e)
		print(p.user("bob"), p.pass_("x"), p.stat(), p.list())
		print(sum(len(line) + 2 for line in p.retr(2)[1]))
		print(p.quit())
	END
	same "{'USER': []} b'+OK This is a script: expected here: USER'
b'-ERR This is a script: expected here: USER'
b'-ERR This is a script: expected here: USER'
b'+OK and now the password' b'+OK in' (2, 320) (b'+OK 2 messages', [b'1 120', b'2 200'], 14)
120
b'+OK bye'" "$output"
	log '^<server hangs up>'
}

@test "poplib says goodbye in mid-script" {
	require_python poplib
	serve --once "$(postbox)"
	client <<-'END'
		import poplib, sys
		print(poplib.POP3("127.0.0.1", int(sys.argv[1]), timeout=10).quit())
	END
	same "b'+OK Bye'" "$output"
	wait "$server_pid"
	run -0 cat "$BATS_TEST_TMPDIR/serve.out"
	has "<server hangs up>"
}

@test "curl reads a message over pop3://" {
	require curl
	serve "$(transcript one.txt <<-'END'
		Protocol: pop3

		S: +OK ready
		C: USER bob
		S: +OK
		C: PASS redqueen
		S: +OK
		C: RETR 1
		S: +OK
		S: Subject: hi
		S:
		S: ..dot
		S: .
	END
	)"
	run -0 --separate-stderr timeout 20 curl -sS "pop3://bob:redqueen@$served/1"
	same $'Subject: hi\r\n\r\n.dot\r' "$output"
}

# ---- FTP: the control connection ----

@test "ftplib goes through a script; off script it raises an error, and goes on" {
	require_python ftplib
	file=$(transcript files.txt <<-'END'
		Protocol: ftp

		S: 220 ready
		C: USER bob
		S: 331 and now the password
		C: PASS redqueen
		S: 230-Hello bob.
		S: 230 in
		C: PWD
		S: 257 "/pub" is where you are
		C: SIZE a.txt
		S: 213 12
		C: QUIT
		S: 221 bye
	END
	)
	serve "$file"
	client <<-'END'
		import ftplib, sys
		f = ftplib.FTP()
		f.connect("127.0.0.1", int(sys.argv[1]), timeout=10)
		print(f.sendcmd("NOOP"))
		for wrong in ("PWD", "XYZZY", "FEAT"):
		    try:
		        print(f.sendcmd(wrong))
		    except ftplib.error_perm as e:
		        print(e)
		print(f.login("bob", "x"), f.pwd(), f.size("a.txt"), f.quit())
	END
	same "200 This is a script: expected here: USER
503 This is a script: expected here: USER
500 Unknown command. This is a script: expected here: USER
211 No features. This is a script: expected here: USER
230-Hello bob.
230 in /pub 12 221 bye" "$output"
	log '^<server hangs up>'
}

@test "curl logs in over ftp://, and is told that the rest is a script" {
	require curl
	serve "$(transcript login.txt <<-'END'
		Protocol: ftp

		S: 220 ready
		C: USER bob
		S: 331 and now the password
		C: PASS redqueen
		S: 230 in
		C: PWD
		S: 257 "/" is where you are
		C: CWD pub
		S: 250 there
	END
	)"
	run timeout 20 curl -sv "ftp://bob:redqueen@$served/pub/a.txt"
	has "< 230 in"
	has "> CWD pub"
	has "< 250 there"
	has "< 503 This is a script: expected here: nothing more, the script has ended"
}

# ---- HTTP ----

pages() {
	transcript pages.txt <<-'END'
		Protocol: http

		C: POST /a HTTP/1.1
		C: Host: {{host}}
		C: Content-Length: 5
		C: Expect: 100-continue
		C:
		S: HTTP/1.1 100 Continue
		S: Server: a script
		S:
		C\: hello
		S: HTTP/1.1 201 Created
		S: Content-Length: 99
		S:
		S: taken by {{host}}
		C: GET /b HTTP/1.1
		C: Host: {{host}}
		C:
		S: HTTP/1.1 200 OK
		S: Connection: close
		S:
		S: goodbye
		<server hangs up>
	END
}

@test "http.client goes through a script over one connection, and captures reach the body" {
	require_python http.client
	serve "$(pages)"
	client <<-'END'
		import http.client, sys
		c = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=10)
		for method, path, body in (("POST", "/any", b"a body of another length"), ("GET", "/b", None)):
		    c.request(method, path, body, {"Host": "www.example.com"})
		    r = c.getresponse()
		    print(r.status, r.headers["Content-Length"], r.read())
	END
	same "201 26 b'taken by www.example.com\r\n'
200 None b'goodbye\r\n'" "$output"
}

@test "curl posts with Expect: 100-continue and without, by count and by chunks" {
	require curl
	serve -q "$(pages)"
	local given
	for given in "Expect:" "Expect: 100-continue" "Transfer-Encoding: chunked"; do
		run -0 --separate-stderr timeout 20 curl -sS -H "$given" -H "Host: h" -d some=form "http://$served/a"
		same $'taken by h\r' "$output"
	done
}

@test "100 Continue comes where it is waited for, whether the script has it or not" {
	serve "$(pages)"
	raw <<-'END'
		> POST / HTTP/1.1
		> Host: h
		> Content-Length: 3
		> Expect: 100-continue
		>
		< HTTP/1.1 100 Continue
		< Server: a script
		<
		>\ abc
		< HTTP/1.1 201 Created
		< Content-Length: 12
		<
		< taken by h
	END
	stop_servers
	serve "$(transcript plain.txt <<-'END'
		Protocol: http

		C: PUT / HTTP/1.1
		C: Host: x
		C: Content-Length: 5
		C:
		C\: hello
		S: HTTP/1.1 204 No Content
		S:
	END
	)"
	raw <<-'END'
		> PUT / HTTP/1.1
		> Host: h
		> Content-Length: 3
		> Expect: 100-continue
		>
		< HTTP/1.1 100 Continue
		<
		>\ abc
		< HTTP/1.1 204 No Content
		<
	END
}

@test "a body that the script refuses is not asked for" {
	serve "$(transcript refuses.txt <<-'END'
		Protocol: http

		C: PUT / HTTP/1.1
		C: Host: x
		C: Content-Length: 5
		C: Expect: 100-continue
		C:
		S: HTTP/1.1 413 Content Too Large
		S: Content-Length: 0
		S: Connection: close
		S:
		<server hangs up>
	END
	)"
	raw <<-'END'
		> PUT / HTTP/1.1
		> Host: h
		> Content-Length: 300
		> Expect: 100-continue
		>
		< HTTP/1.1 413 Content Too Large
		< Content-Length: 0
		< Connection: close
		<
		end
	END
}

@test "off script HTTP answers 404 with the words as its body, and closes; HEAD gets no body" {
	require curl
	serve -q "$(pages)"
	run -0 --separate-stderr timeout 20 curl -sS -w '%{http_code}\n' "http://$served/"
	same "This is a script: expected here: POST
404" "$output"
	run -0 --separate-stderr timeout 20 curl -sS -I "http://$served/"
	has "404 Not Found"
	run -0 --separate-stderr timeout 20 curl -sS -w '%{http_code}\n' -T - "http://$served/" <<<"a body that is read first"
	has "404"
}

@test "pipelined requests are answered in order" {
	serve "$(transcript two.txt <<-'END'
		Protocol: http

		C: GET /1 HTTP/1.1
		C: Host: x
		C:
		S: HTTP/1.1 200 OK
		S: Content-Length: 5
		S:
		S: one
		C: GET /2 HTTP/1.1
		C: Host: x
		C:
		S: HTTP/1.1 200 OK
		S: Content-Length: 5
		S:
		S: two
	END
	)"
	raw <<-'END'
		> GET /1 HTTP/1.1
		> Host: h
		>
		> GET /2 HTTP/1.1
		> Host: h
		>
		< HTTP/1.1 200 OK
		< Content-Length: 5
		<
		< one
		< HTTP/1.1 200 OK
		< Content-Length: 5
		<
		< two
	END
}

@test "--strict wants every field and the body as the script has them" {
	serve --strict "$(transcript fields.txt <<-'END'
		Protocol: http

		C: PUT /a HTTP/1.1
		C: Host: x
		C: Content-Length: 5
		C:
		C\: hello
		S: HTTP/1.1 204 No Content
		S:
	END
	)"
	raw <<-'END'
		> PUT /a HTTP/1.1
		> Host: x
		> Content-Length: 5
		>
		>\ hello
		< HTTP/1.1 204 No Content
		<
	END
	raw <<-'END'
		> PUT /a HTTP/1.1
		> Host: x
		> Content-Length: 5
		>
		>\ hullo
		< HTTP/1.1 404 Not Found
	END
	raw <<-'END'
		> PUT /a HTTP/1.1
		> Host: x
		> Accept: all
		> Content-Length: 5
		>
		>\ hello
		< HTTP/1.1 404 Not Found
	END
	log 'expected here .*: Content-Length: 5'
}

# ---- all ----

@test "clients of one server have their own place" {
	require_python imaplib
	serve "$(mailbox)"
	client <<-'END'
		import imaplib, sys
		def come():
		    m = imaplib.IMAP4("127.0.0.1", int(sys.argv[1]), timeout=10)
		    m.login("bob", "x")
		    return m
		a, b = come(), come()
		print(a.select(), b.noop(), b.select(), a.logout()[0])
		c = come()
		print(b.fetch("1", "FLAGS")[0], c.select()[0], b.logout()[0], c.logout()[0])
	END
	same "('OK', [b'2']) ('OK', [b'This is a script: expected here: SELECT']) ('OK', [b'2']) BYE
OK OK BYE BYE" "$output"
}

@test "when the server is stopped it says goodbye where its protocol has a word for it" {
	local name greeting farewell
	while IFS='|' read -r name greeting farewell; do
		serve "$(transcript "$name.txt" <<<"Protocol: $name

S: $greeting
C: NOOP
S: x")"
		start_server client "$PYTHON" -u -c '
import socket, sys
f = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10).makefile("rb")
print(f.readline())
print(f.read())' "$served_port"
		wait_for_line client "^b"
		stop_server "$(<"$BATS_TEST_TMPDIR/serve.pid")"
		wait_for 10 eval "! kill -0 $server_pid 2>/dev/null"
		same "b'$farewell'" "$(tail -n 1 "$BATS_TEST_TMPDIR/client.out")"
	done <<-'END'
		imap|* OK x|* BYE Closing: parlance was stopped\r\n
		pop3|+OK x|
		ftp|220 x|421 Closing: parlance was stopped\r\n
		smtp|220 x|421 4.3.2 Closing: parlance was stopped\r\n
	END
}
