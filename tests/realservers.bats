# Talking in a pipe, and replaying, to servers that others wrote: Postfix's smtp-sink, aiosmtpd, and the upper-case
# servers of the course on port 12000.
#
# The helpers set what is not set here.
# shellcheck disable=SC2154

load helpers

# sink OPTION...: starts smtp-sink; its port goes to $port.
sink() {
	require smtp-sink
	port=$(free_port)
	# As root it wants to be told who to be.
	start_server sink "$(program_path smtp-sink)" -u "$(id -un)" -h sink.example "$@" "127.0.0.1:$port" 16
	wait_for_port "$port"
}

# mail [lmtp]: starts aiosmtpd; messages go to $BATS_TEST_TMPDIR/mail.
mail() {
	require_python aiosmtpd
	start_server mail "$PYTHON" -B "$BATS_TEST_DIRNAME/servers/mail.py" "$BATS_TEST_TMPDIR/mail" "$@"
	wait_for_line mail '^listening '
	port=${line#listening }
}

# course KIND: the upper-case server, tcp or udp, on port 12000.
course() {
	"$PYTHON" -c '
import socket, sys
s = socket.socket(type=socket.SOCK_DGRAM if sys.argv[1] == "udp" else socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", 12000))' "$1" 2>/dev/null || skip "port 12000 is taken"
	start_server "$1" "$PYTHON" -B "$BATS_TEST_DIRNAME/servers/upper_$1.py"
	wait_for_line "$1" 'ready to receive'
}

# talk OPTION...: says stdin to the server at $port.
talk() {
	timeout 60 "$PARLANCE" -w 10 "$@" "127.0.0.1:$port"
}

# ---- smtp-sink ----

@test "smtp-sink: a message, every command answered in its turn" {
	sink -d "$BATS_TEST_TMPDIR/message."
	run -0 --separate-stderr talk -P smtp --json <<-'END'
		EHLO client.example
		MAIL FROM:<a@client.example>
		RCPT TO:<b@sink.example>
		DATA
		Subject: dots

		..stuffed
		a line.
		.
		QUIT
	END
	events_are <<-'END'
		{"n": 1, "kind": "stage", "text": "connect", "state": "greeting"}
		{"n": 2, "kind": "reply", "code": "220", "state": "connected", "answers": null}
		{"n": 3, "kind": "command", "verb": "EHLO"}
		{"kind": "reply", "final": false, "keyword": null}
		{"kind": "reply", "final": false, "keyword": "PIPELINING"}
		{"kind": "reply", "final": false, "keyword": "8BITMIME"}
		{"kind": "reply", "final": false, "keyword": "AUTH"}
		{"kind": "reply", "final": false, "keyword": "XCLIENT"}
		{"kind": "reply", "final": false, "keyword": "XFORWARD"}
		{"kind": "reply", "final": false, "keyword": "ENHANCEDSTATUSCODES"}
		{"kind": "reply", "final": false, "keyword": "DSN"}
		{"kind": "reply", "final": true, "keyword": null, "state": "ready", "answers": 3}
		{"n": 13, "kind": "command", "verb": "MAIL"}
		{"kind": "reply", "state": "mail", "answers": 13}
		{"n": 15, "kind": "command", "verb": "RCPT"}
		{"kind": "reply", "state": "rcpt", "answers": 15}
		{"n": 17, "kind": "command", "verb": "DATA"}
		{"kind": "reply", "code": "354", "state": "data", "answers": 17}
		{"kind": "data", "text": "Subject: dots"}
		{"kind": "data", "text": ""}
		{"kind": "data", "text": "..stuffed"}
		{"kind": "data", "text": "a line."}
		{"kind": "data", "text": "."}
		{"kind": "reply", "code": "250", "state": "ready", "answers": 17}
		{"n": 25, "kind": "command", "verb": "QUIT"}
		{"kind": "reply", "code": "221", "state": "closed", "answers": 25}
		{"kind": "stage", "text": "close", "side": "S", "state": "closed"}
	END
	run -0 cat "$BATS_TEST_TMPDIR"/message.*
	has 'Subject: dots'
	has $'\n.stuffed'
}

@test "smtp-sink: a server without ESMTP" {
	sink -e
	run -0 --separate-stderr talk -P smtp <<-'END'
		HELO client.example
		QUIT
	END
	has 'S: 220 '
	has 'S: 221 '
}

@test "smtp-sink: 421 and the end of the connection" {
	sink -Q RCPT
	run -3 --separate-stderr talk -P smtp <<-'END'
		HELO client.example
		MAIL FROM:<a@client.example>
		RCPT TO:<b@sink.example>
		QUIT
	END
	has 'S: 421 '
	has_not 'C: QUIT'
}

@test "smtp-sink: it hangs up without a word" {
	sink -q DATA
	run -3 --separate-stderr talk -P smtp <<-'END'
		HELO client.example
		MAIL FROM:<a@client.example>
		RCPT TO:<b@sink.example>
		DATA
	END
	[[ $stderr == *"parlance: "* ]]
}

@test "smtp-sink: LMTP, one reply for each recipient" {
	sink -L
	run -0 --separate-stderr talk -P lmtp --json <<-'END'
		LHLO client.example
		MAIL FROM:<a@client.example>
		RCPT TO:<b@sink.example>
		RCPT TO:<c@sink.example>
		DATA
		Subject: two

		both
		.
		QUIT
	END
	run -0 jq -rs 'map(select(.verb == "DATA" and .final) | [.code, .state] | join(" ")) | join(", ")' <<<"$output"
	[[ $output == '354 data, 250 data, 250 ready' ]]
}

@test "smtp-sink: a refused recipient, and --fail" {
	sink -f RCPT
	run -1 --separate-stderr talk -P smtp --fail <<-'END'
		HELO client.example
		MAIL FROM:<a@client.example>
		RCPT TO:<b@sink.example>
		QUIT
	END
	has 'S: 5'
	has 'C: QUIT'
}

@test "smtp-sink: a replay whose recipient is refused sends no text" {
	sink -f RCPT,DATA
	transcript refused.txt >/dev/null <<-'END'
		Protocol: smtp

		S: 220 {{*}}
		C: HELO client.example
		S: 250 {{*}}
		C: MAIL FROM:<a@client.example>
		S: 250 {{*}}
		C: RCPT TO:<b@sink.example>
		S: 250 {{*}}
		C: DATA
		S: 354 {{*}}
		C: this must not be sent
		C: .
		S: 250 {{*}}
		C: QUIT
		S: 221 {{*}}
	END
	run -0 --separate-stderr timeout 60 "$PARLANCE" replay "$BATS_TEST_TMPDIR/refused.txt" --to "127.0.0.1:$port" -w 10
	has_not 'C: this must not be sent'
	has_not 'C: .'
	has 'S: 221 '
}

@test "smtp-sink: the first shipped conversation, replayed" {
	sink
	run -0 --separate-stderr timeout 60 "$PARLANCE" replay ewing-smtp --to "127.0.0.1:$port" -w 10
	has 'C: EHLO'
	has 'S: 221 '
}

@test "smtp-sink: commands outstanding are answered in order" {
	sink
	run -0 --separate-stderr talk -P smtp --json --no-wait <<-'END'
		EHLO client.example
		NOOP
		RSET
		VRFY bob
		QUIT
	END
	run -0 jq -rs 'map(select(.kind == "reply" and .final and .answers)) | map(.verb) | join(" ")' <<<"$output"
	[[ $output == 'EHLO NOOP RSET VRFY QUIT' ]]
}

# ---- aiosmtpd ----

@test "aiosmtpd: a message arrives octet for octet" {
	mail
	run -0 --separate-stderr talk -P smtp <<-'END'
		EHLO client.example
		MAIL FROM:<a@client.example> SMTPUTF8
		RCPT TO:<bob@here.example>
		DATA
		Subject: grüße

		: no letter is magic
		~.
		..
		.
		QUIT
	END
	has 'S: 250 2.0.0 message accepted'
	has 'S: 221 '
	same "$(printf 'Subject: gr\xc3\xbc\xc3\x9fe\r\n\r\n: no letter is magic\r\n~.\r\n.\r\n' | od -c)" \
		"$(od -c <"$BATS_TEST_TMPDIR/mail")"
}

@test "aiosmtpd: a stranger is refused, the enhanced code is told" {
	mail
	run -0 --separate-stderr talk -P smtp --json <<-'END'
		EHLO client.example
		MAIL FROM:<a@client.example>
		RCPT TO:<bob@elsewhere.example>
		QUIT
	END
	has_event '{"code": "550", "enhanced": "5.1.1", "class": "failure", "verb": "RCPT", "state": "mail"}'
}

@test "aiosmtpd: a login by PLAIN is masked, as is what it decodes to" {
	mail
	run -0 --separate-stderr talk -P smtp --json <<-'END'
		EHLO client.example
		AUTH PLAIN AGJvYgByZWRxdWVlbg==
		QUIT
	END
	has_not redqueen
	has_not AGJvYgByZWRxdWVlbg==
	has_event '{"text": "AUTH PLAIN {{plain bob {{password}}}}", "masked": true, "octets": null}'
	has_event '{"code": "235", "verb": "AUTH", "state": "ready"}'
}

@test "aiosmtpd: a login by LOGIN, its questions decoded" {
	mail
	run -0 --separate-stderr talk -P smtp --json <<-'END'
		EHLO client.example
		AUTH LOGIN
		Ym9i
		cmVkcXVlZW4=
		QUIT
	END
	has_not cmVkcXVlZW4=
	has_event '{"code": "334", "state": "auth", "final": true}'
	has_event '{"kind": "data", "masked": true}'
	has_event '{"code": "235", "verb": "AUTH", "state": "ready"}'
}

@test "aiosmtpd: a wrong password, and a login given up" {
	mail
	run -0 --separate-stderr talk -P smtp --json <<-'END'
		EHLO client.example
		AUTH PLAIN AGJvYgB3cm9uZw==
		AUTH LOGIN
		*
		QUIT
	END
	has_event '{"code": "535", "verb": "AUTH", "state": "ready", "class": "failure"}'
	has_event '{"code": "501", "verb": "AUTH", "state": "ready"}'
	has_event '{"kind": "data", "text": "*"}'
}

@test "aiosmtpd: LMTP" {
	mail lmtp
	run -0 --separate-stderr talk -P lmtp --json <<-'END'
		LHLO client.example
		QUIT
	END
	has_event '{"kind": "reply", "final": true, "verb": "LHLO", "state": "ready"}'
}

@test "aiosmtpd: SMTP is recognised from the greeting" {
	mail
	run -0 --separate-stderr talk --json <<-'END'
		EHLO client.example
		QUIT
	END
	has_event '{"protocol": "smtp", "code": "220", "state": "connected"}'
	has_event '{"protocol": "smtp", "verb": "QUIT", "code": "221"}'
}

@test "aiosmtpd: what was printed is a transcript, and replays" {
	mail
	talk -P smtp >"$BATS_TEST_TMPDIR/said.txt" <<-'END'
		EHLO client.example
		NOOP
		QUIT
	END
	run -0 --separate-stderr timeout 60 "$PARLANCE" replay "$BATS_TEST_TMPDIR/said.txt" --to "127.0.0.1:$port" -w 10
	has 'C: NOOP'
	has 'S: 221 '
}

# ---- the course's servers ----

@test "the course's UDP server: a datagram comes back in upper case" {
	course udp
	run -0 --separate-stderr timeout 30 "$PARLANCE" -w 5 --json udp://127.0.0.1:12000 <<<'input lowercase sentence'
	has_event '{"protocol": "udp", "side": "C", "kind": "command", "text": "input lowercase sentence", "octets": 24}'
	has_event '{"protocol": "udp", "side": "S", "kind": "reply", "text": "INPUT LOWERCASE SENTENCE", "octets": 24, "final": true}'
}

@test "the course's UDP server: several, one after the other" {
	course udp
	run -0 --separate-stderr timeout 30 "$PARLANCE" -w 5 -P udp 127.0.0.1 12000 <<<$'one\ntwo\nthree'
	same $'C: one\nS: ONE\nC: two\nS: TWO\nC: three\nS: THREE' "$(grep '^[CS]' <<<"$output")"
}

@test "the course's TCP server: a line comes back in upper case" {
	course tcp
	run -0 --separate-stderr timeout 30 "$PARLANCE" -w 5 -P tcp 127.0.0.1:12000 <<<'input lowercase sentence'
	has 'C: input lowercase sentence'
	has 'S: INPUT LOWERCASE SENTENCE'
}

@test "the course's TCP server: a line without end, as its own client sends it" {
	course tcp
	run -0 --separate-stderr timeout 30 "$PARLANCE" -w 5 -P tcp --eol none --json 127.0.0.1:12000 <<<'hello'
	has_event '{"side": "C", "text": "hello", "octets": 5}'
	has_event '{"side": "S", "text": "HELLO", "octets": 5, "final": true}'
}

@test "the course's servers: the shipped conversations, replayed" {
	course udp
	run -0 --separate-stderr timeout 30 "$PARLANCE" replay inst346-udp --to udp://127.0.0.1:12000 -w 5
	has 'HELLO FROM THE CLIENT'
	course tcp
	run -0 --separate-stderr timeout 30 "$PARLANCE" replay inst346-tcp --to tcp://127.0.0.1:12000 -w 5
	has 'HELLO FROM THE CLIENT'
}
