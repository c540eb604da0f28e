# parlance lab's POP3 server, with the clients that people use and with lines that nobody should say.
#
# The helpers set what is not set here.
# shellcheck disable=SC2154

load helpers

# eve's maildrop: a message with dots at the front of lines, a short one, one with UTF-8 in its header.
post_office() {
	printf '%s\n' \
		'From sue@example.org Thu Jan  1 00:00:00 2026' 'From: sue@example.org' 'Subject: one' '' \
		'Hello' '.' '..two' 'last line' \
		'From sue@example.org Thu Jan  1 00:00:01 2026' 'From: sue@example.org' 'Subject: two' '' \
		'bye' \
		'From sue@example.org Thu Jan  1 00:00:02 2026' 'From: sue@example.org' 'Subject: été' '' \
		'8bit' >"$BATS_TEST_TMPDIR/eve.mbox"
	lab --only pop3,pop3s,imap --user eve:secret --mbox "$BATS_TEST_TMPDIR/eve.mbox" --ca-out "$BATS_TEST_TMPDIR/ca.pem" "$@"
	port=$(lab_port pop3)
	secure=$(lab_port pop3s)
	only_last 3
}

# only_last N: deletes the messages before, which the lab gives to everybody.
only_last() {
	"$PYTHON" -c '
import poplib, sys
m = poplib.POP3("127.0.0.1", int(sys.argv[1]), timeout=10)
m.user("eve")
m.pass_("secret")
for i in range(m.stat()[0] - int(sys.argv[2])):
    m.dele(i + 1)
m.quit()' "$port" "$1"
}

# client PROGRAM: runs it, a Python program on stdin, as `client PORT PORT-OF-POP3S`; what it prints goes to $output.
client() {
	run -0 timeout 20 "$PYTHON" - "$port" "$secure" "$BATS_TEST_TMPDIR/ca.pem"
}

# raw: says what stands on stdin to the server, behind its greeting, and compares: see clients/raw.py. `~` begins a line
# whose words may be any behind its first.
raw() {
	run -0 timeout 20 "$PYTHON" -c '
import re, socket, sys
peer = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10)
heard = peer.makefile("rb")
greeting = heard.readline()
if not re.fullmatch(rb"\+OK [^<\r\n]*<[!-~]+@[!-~]+>[^<\r\n]*\r\n", greeting):
    sys.exit(f"greeting {greeting!r}")
said = b""
for line in sys.stdin.buffer.read().split(b"\n")[:-1]:
    what, text = line[:2], line[2:]
    if what.startswith(b">"):
        text = text.replace(b"<NUL>", b"\0")
        said += text[1:] if what == b">\\" else text + b"\r\n"
        continue
    if said:
        peer.sendall(said)
        said = b""
    received = heard.read() if line == b"end" else heard.readline()
    if what == b"~ ":
        good = received.startswith(text + b" ") and received.endswith(b"\r\n") and len(received) <= 512
    else:
        good = received == (b"" if line == b"end" else text + b"\r\n")
    if not good:
        sys.exit(f"expected {line!r}, received {received!r}")
' "$port"
}

# ---- by hand ----

@test "a session by hand: listings, a text with its dots doubled, marks, and what QUIT leaves" {
	post_office
	raw <<-'END'
		> USER eve
		~ +OK
		> PASS secret
		< +OK eve's maildrop has 3 messages (173 octets)
		> STAT
		< +OK 3 173
		> LIST
		< +OK 3 messages (173 octets)
		< 1 67
		< 2 44
		< 3 62
		< .
		> LIST 2
		< +OK 2 44
		> RETR 1
		< +OK 67 octets
		< From: sue@example.org
		< Subject: one
		<
		< Hello
		< ..
		< ...two
		< last line
		< .
		> TOP 1 2
		~ +OK
		< From: sue@example.org
		< Subject: one
		<
		< Hello
		< ..
		< .
		> top 2 0
		~ +OK
		< From: sue@example.org
		< Subject: two
		<
		< .
		> DELE 2
		~ +OK
		> LIST
		< +OK 2 messages (129 octets)
		< 1 67
		< 3 62
		< .
		> RSET
		< +OK 3 messages (173 octets)
		> DELE 1
		~ +OK
		> DELE 2
		~ +OK
		> STAT
		< +OK 1 62
		> NOOP
		< +OK
		> QUIT
		< +OK goodbye (1 message left)
		end
	END
	raw <<-'END'
		> USER eve
		~ +OK
		> PASS secret
		< +OK eve's maildrop has 1 message (62 octets)
		> QUIT
		< +OK goodbye (1 message left)
		end
	END
}

@test "all commands at once are answered in their order" {
	post_office
	raw <<-'END'
		> CAPA
		> USER eve
		> PASS secret
		> STAT
		> LIST 1
		> DELE 1
		> QUIT
		< +OK capability list follows
		< TOP
		< UIDL
		< USER
		< SASL SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5 PLAIN LOGIN
		< STLS
		< PIPELINING
		< RESP-CODES
		< AUTH-RESP-CODE
		< EXPIRE NEVER
		< UTF8
		< LANG
		< IMPLEMENTATION parlance
		< .
		~ +OK
		< +OK eve's maildrop has 3 messages (173 octets)
		< +OK 3 173
		< +OK 1 67
		~ +OK
		< +OK goodbye (2 messages left)
		end
	END
}

@test "unique-ids are the messages' own: they stay when others have gone" {
	post_office
	client <<-'END'
		import poplib, sys
		def ids(delete=None):
		    m = poplib.POP3("127.0.0.1", int(sys.argv[1]), timeout=10)
		    m.user("eve"); m.pass_("secret")
		    listed = m.uidl()[1]
		    assert [m.uidl(i + 1) for i in range(len(listed))] == [b"+OK " + line for line in listed]
		    if delete: m.dele(delete)
		    m.quit()
		    return [line.split()[1] for line in listed]
		before = ids(delete=2)
		assert len(set(before)) == 3, before
		assert ids() == [before[0], before[2]]
	END
}

@test "what a command must not be: wrong state, wrong arguments, unknown, too long" {
	post_office
	raw <<-'END'
		> STAT
		~ -ERR
		> RETR 1
		~ -ERR
		> DELE
		~ -ERR
		> PASS secret
		~ -ERR
		>
		~ -ERR
		>  NOOP
		~ -ERR
		> XTND X
		~ -ERR
		> LAST
		~ -ERR
		> USER
		~ -ERR
		> USER eve extra
		~ -ERR
		> APOP eve
		~ -ERR
		> APOP eve 0123
		~ -ERR
		> AUTH GSSAPI
		~ -ERR
		> AUTH PLAIN x y
		~ -ERR
		> USER eve
		~ +OK
		> PASS
		~ -ERR
		> PASS secret
		~ -ERR
		> USER eve
		~ +OK
		> PASS secret
		~ +OK
		> USER eve
		~ -ERR
		> APOP eve c4c9334bac560ecc979e58001b3e22fb
		~ -ERR
		> AUTH PLAIN
		~ -ERR
		> STLS
		~ -ERR
		> UTF8
		~ -ERR
		> RETR
		~ -ERR
		> RETR 0
		~ -ERR
		> RETR 4
		< -ERR no such message, only 3 messages in maildrop
		> RETR 18446744073709551617
		~ -ERR
		> RETR -1
		~ -ERR
		> RETR  1
		~ -ERR
		> RETR 1 2
		~ -ERR
		> TOP 1
		~ -ERR
		> TOP 1 x
		~ -ERR
		> TOP 4 1
		~ -ERR
		> LIST x
		~ -ERR
		> STAT 1
		~ -ERR
		> NOOP<NUL>
		~ -ERR
		> DELE 1
		~ +OK
		> DELE 1
		~ -ERR
		> RETR 1
		~ -ERR
		> LIST 1
		~ -ERR
		> UIDL 1
		~ -ERR
		> QUIT
		~ +OK
		end
	END
	run -0 timeout 20 "$PYTHON" -c '
import socket, sys
peer = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10)
heard = peer.makefile("rb")
heard.readline()
for line in (b"NOOP" + b" " * 247, b"PASS " + b"x" * 248, b"PASS " + b"x" * 249, b"x" * 70000):
    peer.sendall(line + b"\r\n")
    print(len(line) + 2, heard.readline())' "$port"
	has "253 b'-ERR not before the login"
	has "255 b'-ERR USER must be accepted before PASS"
	has "256 b'-ERR a command has at most 255 octets"
	has "70002 b'-ERR a command has at most 255 octets"
}

@test "an unknown user and a wrong password cannot be told apart" {
	post_office
	for name in eve nobody; do
		raw <<-END
			> USER $name
			< +OK now the password, by PASS
			> PASS wrong
			< -ERR [AUTH] user name or password is wrong
			> APOP $name c4c9334bac560ecc979e58001b3e22fb
			< -ERR [AUTH] user name or password is wrong
			> AUTH PLAIN
			~ +
			> $(printf '\0%s\0wrong' "$name" | base64)
			< -ERR [AUTH] user name or password is wrong
			> AUTH LOGIN $(printf '%s' "$name" | base64)
			< + UGFzc3dvcmQ6
			> d3Jvbmc=
			< -ERR [AUTH] user name or password is wrong
		END
	done
}

@test "AUTH: the list, an initial response, cancelled, no base64, a response where none may stand" {
	post_office
	raw <<-'END'
		> AUTH
		~ +OK
		< SCRAM-SHA-256
		< SCRAM-SHA-1
		< CRAM-MD5
		< PLAIN
		< LOGIN
		< .
		> AUTH PLAIN
		< + 
		> *
		~ -ERR
		> AUTH PLAIN
		< + 
		> QUIT=
		~ -ERR
		> AUTH PLAIN =
		~ -ERR
		> AUTH PLAIN AGV2ZQ=AA
		~ -ERR
		> AUTH CRAM-MD5 =
		~ -ERR
		> AUTH LOGIN
		< + VXNlcm5hbWU6
		> ZXZl
		< + UGFzc3dvcmQ6
		> *
		~ -ERR
		> AUTH plain AGV2ZQBzZWNyZXQ=
		< +OK eve's maildrop has 3 messages (173 octets)
		> QUIT
		< +OK goodbye (3 messages left)
		end
	END
}

# surrogate EXPECTED: what a client gets of the header on stdin where it has not said UTF8 (RFC 6858), without its sizes; its
# size is what LIST says, and with UTF8 the header is sent as it is.
surrogate() {
	{ printf 'From x@y Thu Jan  1 00:00:00 2026\n' && cat && printf '\nbody \303\251\n'; } >"$BATS_TEST_TMPDIR/8bit.mbox"
	lab --only pop3,pop3s --user eve:secret --mbox "$BATS_TEST_TMPDIR/8bit.mbox"
	port=$(lab_port pop3)
	only_last 1
	client <<-'END'
		import poplib, sys
		def message(utf8):
		    m = poplib.POP3("127.0.0.1", int(sys.argv[1]), timeout=10)
		    if utf8: m.utf8()
		    m.user("eve"); m.pass_("secret")
		    size = m.list(1)
		    response, lines, octets = m.retr(1)
		    assert size == b"+OK 1 %d" % octets and response == b"+OK %d octets" % octets, (size, response, octets)
		    assert m.top(1, 1)[1] == lines and m.top(1, 0)[1] == lines[:-1]
		    assert m.stat() == (1, octets)
		    m.quit()
		    return b"\n".join(lines)
		given = open(sys.argv[3].replace("ca.pem", "8bit.mbox"), "rb").read().split(b"\n", 1)[1]
		assert message(True) + b"\n" == given
		said = message(False)
		header, body = said.split(b"\n\n")
		assert body == "body é".encode()
		print(header.decode("ascii"))
	END
	same "$1" "$output"
}

@test "a header with UTF-8 has a surrogate where the client has not said UTF8: names, addresses, subject, parameters" {
	surrogate "\
Return-Path: <invalid@internationalized-address.invalid>
From: =?UTF-8?B?U8O2cmVu?= <soren@example.org>
To: =?UTF-8?B?RsO2ciBBbGxl?=:
 \"Al, \\\"x\\\"\" <al@example.org>,
 =?UTF-8?B?csOpbkBleGFtcGxlLm9yZw==?= <invalid@internationalized-address.invalid>;,
 <bob@example.org>
Date: Thu, 1 Jan 2026 00:00:00 +0000
Subject: =?UTF-8?B?w6l0w6kg4oCUIHRoZSB3aG9sZSBvZiBhIGxvbmcgbGluZSBvZiB0ZXh0IHRo?=
 =?UTF-8?B?YXQgbXVzdCBiZSBmb2xkZWQ=?=
Content-Type: text/plain;
 charset=UTF-8;
 x=\"a b\"" <<-'END'
		Return-Path: <sören@example.org>
		From: Sören <soren@example.org>
		To: För Alle: "Al, \"x\"" <al@example.org>, rén@example.org;,
		 bob@example.org
		Date: Thu, 1 Jan 2026 00:00:00 +0000
		Subject: été — the whole of a long line of text
		 that must be folded
		X-Other: möre
		Content-Type: text/plain; charset=UTF-8; name="é.txt"; x="a b"
	END
}

@test "UTF8 forbids STLS; LANG knows one language" {
	post_office
	raw <<-'END'
		> LANG
		~ +OK
		< en English
		< .
		> LANG de
		~ -ERR
		> LANG EN
		~ +OK en
		> LANG *
		~ +OK en
		> UTF8
		~ +OK
		> STLS
		~ -ERR
		> USER eve
		~ +OK
		> PASS secret
		< +OK eve's maildrop has 3 messages (158 octets)
		> TOP 3 0
		~ +OK
		< From: sue@example.org
		< Subject: été
		<
		< .
	END
}

# ---- who else is there ----

@test "the maildrop is one session's at a time; a client that is lost deletes nothing and gives it back" {
	post_office
	client <<-'END'
		import poplib, socket, struct, sys
		def session():
		    m = poplib.POP3("127.0.0.1", int(sys.argv[1]), timeout=10)
		    m.user("eve")
		    return m
		one, other = session(), session()
		one.pass_("secret")
		one.dele(1)
		try:
		    other.pass_("secret")
		except poplib.error_proto as error:
		    print(error)
		other.user("eve")
		try: # only who knows the password is told that it is in use
		    other.pass_("wrong")
		except poplib.error_proto as error:
		    print(error)
		# no QUIT, but a reset in the middle of a reply
		one._shortcmd("RETR 2")
		one.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
		one.file.close()
		one.sock.close()
		for attempt in range(200):
		    other.user("eve")
		    try:
		        other.pass_("secret")
		        break
		    except poplib.error_proto:
		        pass
		print(other.stat())
		other.quit()
	END
	has "-ERR [IN-USE]"
	has "-ERR [AUTH]"
	has "(3, 173)"
}

@test "half a session: the client says all and closes its side; without QUIT nothing is deleted" {
	post_office
	client <<-'END'
		import socket, sys
		def say(text):
		    peer = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10)
		    peer.sendall(text)
		    peer.shutdown(socket.SHUT_WR)
		    return peer.makefile("rb").read().splitlines()
		print(say(b"USER eve\r\nPASS secret\r\nDELE 1\r\n")[-1])
		print(say(b"USER eve\r\nPASS secret\r\nSTAT\r\nDELE 1\r\nQUIT")[-2:])
		print(say(b"USER eve\r\nPASS secret\r\nSTAT\r\nQUIT\r\n")[-2])
	END
	has "b'+OK message 1 marked as deleted, to go at QUIT'
[b'+OK 3 173', b'+OK message 1 marked as deleted, to go at QUIT']
b'+OK 3 173'"
}

@test "the maildrop is INBOX as of the login: what IMAP expunges can still be read, what POP3 deletes goes there too" {
	post_office
	run -0 timeout 20 "$PYTHON" - "$port" "$(lab_port imap)" <<-'END'
		import imaplib, poplib, sys
		i = imaplib.IMAP4("127.0.0.1", int(sys.argv[2]))
		i.login("eve", "secret"); i.select("INBOX")
		m = poplib.POP3("127.0.0.1", int(sys.argv[1]), timeout=10)
		m.user("eve"); m.pass_("secret")
		i.store("1", "+FLAGS", r"(\Deleted)"); i.expunge()
		i.append("INBOX", None, None, b"Subject: new\r\n\r\n")
		print(m.stat(), m.retr(1)[1][1], m.retr(2)[1][1])
		m.dele(1); m.dele(2)
		i.noop()
		print(i.search(None, "ALL")[1], i.search(None, "SEEN")[1])
		m.quit()
		i.noop()
		print(i.search(None, "ALL")[1], i.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1][-2][1])
		i.logout()
	END
	same "(3, 173) b'Subject: one' b'Subject: two'
[b'1 2 3'] [b'1']
[b'1 2'] b'Subject: new\\r\\n\\r\\n'" "$output"
}

@test "a long message and a long list, read late: the server keeps little, other sessions go on" {
	"$PYTHON" -c '
import sys
out = sys.stdout
out.write("From x@y Thu Jan  1 00:00:00 2026\nSubject: long\n\n" + ".dot\n" * 400000)
for i in range(2000):
    out.write(f"From x@y Thu Jan  1 00:00:00 2026\nSubject: {i}\n\nx\n")' >"$BATS_TEST_TMPDIR/long.mbox"
	start_server lab "$PARLANCE" lab --port all=0 --only pop3,pop3s --user eve:secret --mbox "$BATS_TEST_TMPDIR/long.mbox" -q
	wait_for_line lab '^listening pop3s'
	port=$(lab_port pop3)
	only_last 2001
	local most=4096
	[[ $PARLANCE != *asan* ]] || most=400000
	client <<-END
		import os, poplib, sys
		status = "/proc/$server_pid/status"
		def kept():
		    if not os.path.exists(status): return 0
		    return int([l.split()[1] for l in open(status) if l.startswith("VmRSS")][0])
		m = poplib.POP3("127.0.0.1", int(sys.argv[1]), timeout=10)
		m.user("eve"); m.pass_("secret")
		before = kept()
		m._putcmd("RETR 1\r\nRETR 1\r\nLIST\r\nUIDL")
		other = poplib.POP3("127.0.0.1", int(sys.argv[1]), timeout=10)
		for i in range(20):
		    other.capa()
		assert kept() - before < $most, (before, kept())
		for i in range(2):
		    response, lines, octets = m._getlongresp()
		    assert lines[2:] == [b".dot"] * 400000, lines[:9]
		    assert response == b"+OK %d octets" % octets, (response, octets)
		assert len(m._getlongresp()[1]) == 2001
		assert len(m._getlongresp()[1]) == 2001
		assert kept() - before < $most, (before, kept())
		m.quit()
	END
}

# ---- real clients ----

@test "poplib: USER and PASS, APOP, STLS, pop3s, CAPA, UTF8" {
	post_office
	client <<-'END'
		import poplib, ssl, sys
		port, secure, ca = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
		m = poplib.POP3("127.0.0.1", port, timeout=10)
		m.apop("eve", "secret")
		print(m.stat(), m.list()[1], b"\n".join(m.retr(1)[1]))
		assert m.top(1, 0)[1] == m.retr(1)[1][:3]
		m.quit()
		trusted = ssl.create_default_context(cafile=ca)
		m = poplib.POP3("localhost", port, timeout=10)
		assert "STLS" in m.capa()
		m.stls(context=trusted)
		capabilities = m.capa()
		assert "STLS" not in capabilities and "PLAIN" in capabilities["SASL"], capabilities
		m.utf8(); m.user("eve"); m.pass_("secret")
		assert "Subject: été".encode() in m.retr(3)[1]
		m.quit()
		m = poplib.POP3_SSL("localhost", secure, timeout=10, context=trusted)
		m.user("eve"); m.pass_("secret"); m.dele(1); m.dele(2); m.dele(3); m.quit()
		m = poplib.POP3("127.0.0.1", port, timeout=10)
		m.user("eve"); m.pass_("secret")
		print(m.stat(), m.list()[1], m.uidl()[1])
	END
	has "(3, 173) [b'1 67', b'2 44', b'3 62']"
	has "(0, 0) [] []"
}

@test "curl: lists, messages, each way to log in, with TLS and without" {
	require curl
	post_office
	run -0 curl -sS --user eve:secret "pop3://127.0.0.1:$port/"
	same $'1 67\r\n2 44\r\n3 62\r' "$output"
	local way
	for way in PLAIN LOGIN CRAM-MD5 +APOP; do
		run -0 curl -sS --login-options "AUTH=$way" --user eve:secret "pop3://127.0.0.1:$port/2"
		same $'From: sue@example.org\r\nSubject: two\r\n\r\nbye\r' "$output"
	done
	run -0 curl -sS --ssl-reqd --cacert "$BATS_TEST_TMPDIR/ca.pem" --user eve:secret "pop3://localhost:$port/2"
	has "Subject: two"
	run -0 curl -sS --cacert "$BATS_TEST_TMPDIR/ca.pem" --user eve:secret -X 'DELE 2' -I "pop3s://localhost:$secure/"
	run -0 curl -sS --user eve:secret "pop3://127.0.0.1:$port/"
	same $'1 67\r\n2 62\r' "$output"
	run -67 curl -sS --user eve:wrong "pop3://127.0.0.1:$port/"
}

@test "fetchmail takes everything once, and then nothing" {
	require fetchmail
	post_office
	cat >"$BATS_TEST_TMPDIR/rc" <<-END
		poll 127.0.0.1 protocol POP3 port $port uidl
		  user eve password secret
		  mda "cat >>$BATS_TEST_TMPDIR/taken" sslproto "" keep
	END
	chmod 600 "$BATS_TEST_TMPDIR/rc"
	run -0 timeout 20 fetchmail -N --nodetach -f "$BATS_TEST_TMPDIR/rc" -i "$BATS_TEST_TMPDIR/ids"
	has "3 messages"
	same 3 "$(grep -c '^Subject: ' "$BATS_TEST_TMPDIR/taken")"
}

@test "parlance talks to it by hand, and goes through CRAM-MD5 and SCRAM" {
	post_office
	run -0 timeout 20 "$PARLANCE" -P pop3 --plain --notes off "127.0.0.1:$port" <<-'END'
		USER eve
		PASS secret
		STAT
		QUIT
	END
	has "S: +OK 3 173"
	has "S: +OK goodbye (3 messages left)"
	local way
	for way in cram-md5 scram; do
		run -0 timeout 20 "$PARLANCE" replay --to "127.0.0.1:$port" - <<-END
			Protocol: pop3

			S: +OK {{*}}
			C: AUTH $([[ $way == scram ]] && echo SCRAM-SHA-256 || echo CRAM-MD5)
			S: + {{*}}
			C: {{$way eve secret}}
			$([[ $way == cram-md5 ]] || printf 'S: + {{*}}\nC: {{scram eve secret}}\nS: + {{*}}\nC: {{scram eve secret}}\n')
			S: +OK {{*}}
			C: QUIT
			S: +OK {{*}}
		END
		has "+OK eve's maildrop has 3 messages (173 octets)"
	done
}

@test "with --teach an error says what was expected" {
	post_office --teach
	raw <<-'END'
		> RETR 1
		< -ERR not before the login (it needs a login first, by USER and PASS, APOP or AUTH (RFC 1939 4))
		> UESR eve
		< -ERR unknown command (nearest is USER: USER name)
		> USER
		< -ERR the arguments are wrong (its form: USER name)
		> LAST
		< -ERR LAST is not offered here (Obsolete. Asked for the highest message number that was fetched. UIDL tells more surely what is new.)
	END
}
