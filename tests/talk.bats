# Talking without a terminal: lines from a pipe, a file, nothing at all.
# `line` is wait_for_line's, and the inner shells expand their own words.
# shellcheck disable=SC2154,SC2016
load helpers

# smtp_server [VERB=SECONDS]... [stays]: an SMTP server of our own; its address goes to $server.
smtp_server() {
	require python3
	start_server smtp "$PYTHON" "$ROOT/tests/pty/server.py" "$@"
	wait_for_line smtp '^port '
	server=127.0.0.1:${line#port }
}

# heard LINE...: the server was told exactly these lines, each as Python writes it. It prints them a moment later.
heard() {
	wait_for 5 grep -Fqx "heard ${*: -1}" "$BATS_TEST_TMPDIR/smtp.out" || true
	same "$(printf '%s\n' "$@")" "$(sed -n 's/^heard //p' "$BATS_TEST_TMPDIR/smtp.out")"
}

# upper_server tcp|udp: the documents' server, which answers in upper case; its port goes to $port.
upper_server() {
	require python3
	port=$(free_port "$1")
	start_server upper "$PYTHON" -u -c '
import socket, sys
kind, port = sys.argv[1], int(sys.argv[2])
s = socket.socket(type=socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM)
s.bind(("127.0.0.1", port))
if kind == "udp":
    print("ready")
    while True:
        octets, peer = s.recvfrom(2048)
        print(repr(octets))
        s.sendto(octets.upper(), peer)
s.listen()
print("ready")
while True:
    c, _ = s.accept()
    while octets := c.recv(2048):
        print(repr(octets))
        c.sendall(octets.upper())
    c.close()' "$1" "$port"
	wait_for_line upper '^ready'
}

talk() {
	"$PARLANCE" --notes off -q "$@"
}

@test "talk: lines from a pipe wait for each reply, and a transcript is printed" {
	smtp_server MAIL=0.3
	run -0 talk -P smtp "$server" <<-'END'
		EHLO me.example
		MAIL FROM:<a@b.example>
		RCPT TO:<c@d.example>
		DATA
		Subject: x

		Hello.
		.
		QUIT
	END
	same 'Protocol: smtp

S: 220 pty.test ESMTP
C: EHLO me.example
S: 250-pty.test greets you
S: 250-SIZE 10000000
S: 250-PIPELINING
S: 250-8BITMIME
S: 250-AUTH PLAIN LOGIN
S: 250 HELP
C: MAIL FROM:<a@b.example>
S: 250 2.1.0 Sender ok
C: RCPT TO:<c@d.example>
S: 250 2.1.5 Recipient ok
C: DATA
S: 354 Go ahead
C: Subject: x
C:
C: Hello.
C: .
S: 250 2.0.0 Queued
C: QUIT
S: 221 2.0.0 Bye
<server hangs up>' "$output"
}

@test "talk: --no-wait sends at once" {
	smtp_server NOOP=0.3
	run -0 talk -P smtp --no-wait "$server" <<<$'NOOP\nNOOP\nQUIT'
	has $'C: NOOP\nC: NOOP\nC: QUIT\nS: 220'
}

@test "talk: stdin is a file, and its last line has no line end" {
	smtp_server
	printf 'NOOP\nQUIT' >"$BATS_TEST_TMPDIR/lines"
	run -0 talk -P smtp "$server" <"$BATS_TEST_TMPDIR/lines"
	has $'C: QUIT\nS: 221'
	heard "'NOOP'" "'QUIT'"
}

@test "talk: stdin is /dev/null: the greeting, then a goodbye without words" {
	smtp_server
	run -0 talk -P smtp "$server" </dev/null
	has $'S: 220 pty.test ESMTP\n<client hangs up>'
}

@test "talk: stdin is closed" {
	smtp_server
	# In a shell of its own: in bats the next pipe would become stdin.
	run -0 sh -c 'exec "$0" --notes off -q -P smtp "$1" <&-' "$PARLANCE" "$server"
	has $'S: 220 pty.test ESMTP\n<client hangs up>'
}

@test "talk: the end of stdin waits for the pending reply" {
	smtp_server NOOP=1
	run -0 talk -P smtp "$server" <<<'NOOP'
	has $'S: 250 2.0.0 Nothing done\n<client hangs up>'
}

@test "talk: lines that come late are sent when they come" {
	smtp_server
	run -0 talk -P smtp "$server" < <(echo NOOP && sleep 0.7 && echo RSET && sleep 0.7)
	has $'C: NOOP\nS: 250 2.0.0 Nothing done\nC: RSET\nS: 250 2.0.0 Reset'
}

@test "talk: a server that stays after its goodbye is left" {
	smtp_server stays
	run -0 talk -P smtp -w 1 "$server" <<<'QUIT'
	has 'S: 221 2.0.0 Bye'
}

@test "talk: a server that closes before all was sent is exit 3" {
	smtp_server
	run -3 talk -P smtp "$server" <<<$'QUIT\nNOOP'
	has 'parlance: '
	has 'before all of stdin was sent'
}

@test "talk: a reply that does not come in time is exit 5" {
	smtp_server NOOP=30
	run -5 talk -P smtp -w 1 "$server" <<<'NOOP'
	has '--timeout'
}

@test "talk: nobody listens: exit 3, with a next step" {
	run -3 talk -P smtp "127.0.0.1:$(free_port)" </dev/null
	has 'connection refused'
}

@test "talk: a line ends in CRLF, or as --eol says" {
	upper_server tcp
	run -0 talk "tcp://127.0.0.1:$port" <<<'a'
	run -0 talk --eol lf "tcp://127.0.0.1:$port" <<<'b'
	run -0 talk --eol none "tcp://127.0.0.1:$port" <<<'c'
	same "b'a\\r\\n' b'b\\n' b'c'" "$(grep '^b' "$BATS_TEST_TMPDIR/upper.out" | tr '\n' ' ' | sed 's/ $//')"
}

@test "talk: a CR that one sends oneself is not doubled" {
	upper_server tcp
	run -0 talk "tcp://127.0.0.1:$port" <<<$'a\r'
	grep -qx "b'a\\\\r\\\\n'" "$BATS_TEST_TMPDIR/upper.out"
}

@test "talk: colons are text in a pipe, and parlance's with --colon" {
	smtp_server
	run -0 talk -P smtp "$server" <<<$':state\nQUIT'
	has 'C: :state'
	run -0 talk -P smtp --colon "$server" <<<$':state\n::state\nQUIT'
	has '# smtp (Simple Mail Transfer Protocol), state connected'
	has 'C: :state'
	has_not 'C: ::'
}

@test "talk: :notes changes how much is explained, in a plain transcript too" {
	smtp_server
	run -0 "$PARLANCE" --colon -q -P smtp "$server" <<-'END'
		:notes off
		NOOP
		:notes full
		QUIT
	END
	same 'Protocol: smtp

S: 220 pty.test ESMTP
# The service is ready. RFC 5321 4.2.3
# Notes: off.
C: NOOP
S: 250 2.0.0 Nothing done
# Notes: full.
C: QUIT
# Says goodbye: the server answers 221 and closes the connection. RFC 5321 4.1.1.10
S: 221 2.0.0 Bye
# Goodbye: the server closes the connection now. 2.0.0: No further detail is given. RFC 5321 4.1.1.10, RFC 3463 3.1
<server hangs up>' "$output"
}

@test "talk: a trap is told in a pipe too, and the line goes as it is" {
	smtp_server
	run -0 "$PARLANCE" -P smtp "$server" <<<$'VRFY x\u00a0y\nQUIT'
	has 'a no-break space (U+00A0)'
	heard "'VRFY x\\xa0y'" "'QUIT'"
}

@test "talk: the connection's story is told" {
	smtp_server
	run -0 "$PARLANCE" -P smtp --notes off "localhost:${server##*:}" <<<'QUIT'
	has 'localhost has'
	has '# trying 127.0.0.1 port'
	has '# connected to 127.0.0.1'
	run -0 "$PARLANCE" -q -P smtp --notes off "localhost:${server##*:}" <<<'QUIT'
	has_not 'trying'
}

@test "talk: a secret is masked in what is printed and in the record" {
	smtp_server
	run -0 talk -P smtp -r "$BATS_TEST_TMPDIR/record" "$server" <<<$'EHLO x\nAUTH PLAIN AGJvYgBzZWNyZXQ=\nQUIT'
	has 'C: AUTH PLAIN {{plain bob {{password}}}}'
	run -0 cat "$BATS_TEST_TMPDIR/record"
	has 'C: AUTH PLAIN {{plain bob {{password}}}}'
	has "Target: smtp://$server"
	has 'Protocol: smtp'
	has_not AGJvYgBzZWNyZXQ
	run -2 talk -P smtp -r "$BATS_TEST_TMPDIR/record" "$server" <<<'QUIT'
	has '--force'
	run -0 talk -P smtp -r "$BATS_TEST_TMPDIR/record" --force "$server" <<<'QUIT'
}

@test "talk: a record can be annotated" {
	smtp_server
	run -0 talk -P smtp -r "$BATS_TEST_TMPDIR/record" "$server" <<<$'EHLO x\nQUIT'
	run -0 "$PARLANCE" annotate --json "$BATS_TEST_TMPDIR/record"
	has_event '{"kind":"command","verb":"EHLO"}'
	has_event '{"kind":"reply","code":"221","final":true}'
}

@test "talk: --fail is exit 1 where a reply was a failure" {
	smtp_server
	run -0 talk -P smtp "$server" <<<$'MAIL FROM:<a@b.example>\nQUIT'
	run -1 talk -P smtp --fail "$server" <<<$'MAIL FROM:<a@b.example>\nQUIT'
	run -0 talk -P smtp --fail "$server" <<<$'NOOP\nQUIT'
}

@test "talk: events as JSON" {
	smtp_server
	run -0 talk -P smtp --json "$server" <<<$'NOOP\nQUIT'
	has_event '{"side":"S","code":"221","verb":"QUIT","final":true,"state":"closed"}'
}

@test "talk: the protocol is recognised by the greeting" {
	smtp_server
	run -0 talk "$server" <<<'QUIT'
	has 'Protocol: smtp'
}

@test "talk: the upper-case server over TCP" {
	upper_server tcp
	run -0 talk "tcp://127.0.0.1:$port" <<<$'hello\nworld'
	same $'Protocol: tcp\n\nC: hello\nS: HELLO\nC: world\nS: WORLD\n<client hangs up>\n<server hangs up>' "$output"
}

@test "talk: the upper-case server over UDP: a datagram is exactly the text" {
	upper_server udp
	run -0 talk "udp://127.0.0.1:$port" <<<'hello'
	has $'C: hello\nS: HELLO'
	grep -qx "b'hello'" "$BATS_TEST_TMPDIR/upper.out"
}

@test "talk: a datagram that nobody answers is not waited for long" {
	require socat
	port=$(free_port udp)
	start_server mute socat -u "UDP-RECV:$port,bind=127.0.0.1" "OPEN:$BATS_TEST_TMPDIR/sunk,creat"
	sleep 0.3
	SECONDS=0
	run -0 talk "udp://127.0.0.1:$port" <<<'hello'
	((SECONDS < 8))
}

@test "talk: a long message goes out whole" {
	smtp_server
	{
		printf 'EHLO x\nMAIL FROM:<a@b.example>\nRCPT TO:<c@d.example>\nDATA\nSubject: long\n\n'
		seq 1 20000
		printf '.\nQUIT\n'
	} >"$BATS_TEST_TMPDIR/long"
	run -0 talk -P smtp -w 20 "$server" <"$BATS_TEST_TMPDIR/long"
	has $'C: 20000\nC: .\nS: 250 2.0.0 Queued\nC: QUIT\nS: 221'
	wait_for 10 grep -q "heard 'QUIT'" "$BATS_TEST_TMPDIR/smtp.out"
	[[ $(grep -c '^heard ' "$BATS_TEST_TMPDIR/smtp.out") -eq 20008 ]]
}

@test "talk: usage" {
	run -2 "$PARLANCE" talk
	has 'parlance: talk: to whom?'
	run -0 "$PARLANCE" talk --help
	has ':help'
	run -2 "$PARLANCE" --starttls smtps://127.0.0.1 </dev/null
	has 'parlance: --starttls: smtps:// has TLS from the first octet: leave one of the two out'
	run -2 "$PARLANCE" --tls udp://127.0.0.1:7 </dev/null
	has 'parlance: 127.0.0.1:7: TLS goes over TCP'
}

@test "talk: | head is quiet" {
	smtp_server
	run -0 bash -c '"$0" -P smtp "$1" <<<$'"'"'EHLO x\nNOOP\nNOOP\nQUIT'"'"' 2>&1 | head -n 1' "$PARLANCE" "$server"
	same 'Protocol: smtp' "$output"
}
