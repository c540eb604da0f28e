#!/usr/bin/env bats
# annotate: a transcript explained, offline, and still a transcript.

load helpers

@test "every line is printed with what it means under it" {
	run -0 "$PARLANCE" annotate - <<-'END'
		Title: Not there
		Protocol: smtp

		# The server speaks first.
		S: 220 foo.com Simple Mail Transfer Service Ready
		C: EHLO bar.com
		S: 250-foo.com greets bar.com
		S: 250 SIZE 35882577
	END
	[[ ${lines[0]} == "Title: Not there" && ${lines[1]} == "Protocol: smtp" ]]
	has $'\n# The server speaks first.\nS: 220 foo.com Simple Mail Transfer Service Ready\n# '
	has $'\nC: EHLO bar.com\n# '
	has $'\nS: 250 SIZE 35882577\n# SIZE: '
	has "(34.2 MiB)"
	has "RFC 1870"
}

@test "what it prints, it reads: annotated again it is the same" {
	for name in "$ROOT"/transcripts/*smtp*.txt; do
		"$PARLANCE" annotate "$name" >"$BATS_TEST_TMPDIR/once"
		same "$(cat "$BATS_TEST_TMPDIR/once")" "$("$PARLANCE" annotate "$BATS_TEST_TMPDIR/once")"
		same "$("$PARLANCE" annotate --json "$name")" "$("$PARLANCE" annotate --json "$BATS_TEST_TMPDIR/once")"
	done
}

@test "exact octets, a long line and a line without end come out as the same octets" {
	local long
	long=$(printf 'x%.0s' {1..40000})
	printf '%s\n' 'Protocol: smtp' '' 'S: 220 ready' 'C\: NOOP \xFF\x1B[2J\n' 'S: 250 ok' "C: NOOP $long" 'S: 250 ok' \
		'C: <client hangs up> is text here' 'C\: {{{{x}} QU' >"$BATS_TEST_TMPDIR/in"
	"$PARLANCE" annotate --notes off "$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/once"
	"$PARLANCE" annotate --notes off "$BATS_TEST_TMPDIR/once" >"$BATS_TEST_TMPDIR/twice"
	same "$(cat "$BATS_TEST_TMPDIR/once")" "$(cat "$BATS_TEST_TMPDIR/twice")"
	grep -qF 'C\: NOOP \xFF\x1B[2J\n' "$BATS_TEST_TMPDIR/once"
	grep -qF 'C\: {{{{x}} QU' "$BATS_TEST_TMPDIR/once"
	same "$long" "$(sed -n 's/^C\(\\\)*: \(NOOP \)*\(x*\)$/\3/p' "$BATS_TEST_TMPDIR/once" | tr -d '\n')"
}

@test "a variable stands for its value, or for itself" {
	run -0 "$PARLANCE" annotate --notes off --set to=d@e - <<-'END'
		Protocol: smtp
		Let: from=a@b

		S: 220 {{*}}
		C: MAIL FROM:<{{from}}>
		S*: 250 {{words}}
		S?: 250 ok
		S!: 550 never
		C: RCPT TO:<{{to}}>
	END
	same "$output" "Protocol: smtp
Let: from=a@b

S: 220 {{*}}
C: MAIL FROM:<a@b>
S: 250 {{words}}
S: 250 ok
C: RCPT TO:<d@e>"
}

@test "stage directions are kept, and told as events" {
	cat >"$BATS_TEST_TMPDIR/in" <<-'END'
		Protocol: smtp

		<client connects to service port 25>
		S: 220 ready
		C: STARTTLS
		S: 220 go ahead
		<client starts TLS>
		C: MAIL FROM:<a@b>
		S: 250 ok
		C: RCPT TO:<c@d>
		S: 250 ok
		C: DATA
		S: 354 go ahead
		<client sends 1425 octets of message payload>
		C: .
		S: 250 ok
		<client waits 2 s>
		<server hangs up>
	END
	run -0 "$PARLANCE" annotate --notes off "$BATS_TEST_TMPDIR/in"
	same "$(cat "$BATS_TEST_TMPDIR/in")" "$output"
	run -0 "$PARLANCE" annotate --json "$BATS_TEST_TMPDIR/in"
	has_event '{"n":1,"kind":"stage","text":"connect","side":"C","t":null}'
	has_event '{"kind":"stage","text":"tls","secure":true}'
	has_event '{"kind":"data","side":"C","octets":1425,"text":"<client sends 1425 octets of message payload>"}'
	has_event '{"kind":"stage","text":"close","side":"S","state":"closed"}'
}

@test "implicit TLS is secure from the first line, without an event of its own" {
	run -0 "$PARLANCE" annotate --json - <<<$'Protocol: smtp\nTLS: implicit\n\nS: 220 ready'
	events_are <<<'{"n":1,"kind":"reply","secure":true}'
	run -0 "$PARLANCE" annotate - <<<$'Protocol: smtp\nTLS: implicit\n\nS: 220 ready'
	[[ ${lines[1]} == "TLS: implicit" ]]
	has_not "<client starts TLS>"
}

@test "no close is invented at the end" {
	run -0 "$PARLANCE" annotate --json - <<<$'Protocol: smtp\n\nS: 220 ready\nC: NOOP'
	events_are <<<'{"kind":"reply"} {"kind":"command"}'
}

@test "secrets that stand in a transcript are shown, unless they are to be masked" {
	cat >"$BATS_TEST_TMPDIR/in" <<-'END'
		Protocol: smtp
		Let: password=secret

		S: 220 ready
		C: AUTH PLAIN {{plain bob {{password}}}}
	END
	run -0 "$PARLANCE" annotate "$BATS_TEST_TMPDIR/in"
	has "C: AUTH PLAIN AGJvYgBzZWNyZXQ="
	run -0 "$PARLANCE" annotate --secrets mask "$BATS_TEST_TMPDIR/in"
	has "C: AUTH PLAIN {{plain bob {{password}}}}"
	has_not AGJvYgBzZWNyZXQ=
	has_not secret
	run -0 "$PARLANCE" annotate --set password=hunter2 "$BATS_TEST_TMPDIR/in"
	has_not hunter2
	has_not "$(printf '\0bob\0hunter2' | base64)"
}

@test "several files, and several conversations in one" {
	printf 'Protocol: smtp\n\nS: 220 one\n\nTitle: Second\nProtocol: smtp\n\nS: 220 two\n' >"$BATS_TEST_TMPDIR/two"
	run -0 "$PARLANCE" annotate --notes off "$BATS_TEST_TMPDIR/two" - <<<$'Protocol: smtp\n\nS: 220 three'
	same "$output" "Protocol: smtp

S: 220 one

Title: Second
Protocol: smtp

S: 220 two

Protocol: smtp

S: 220 three"
	"$PARLANCE" annotate "$BATS_TEST_TMPDIR/two" | "$PARLANCE" annotate --json - >"$BATS_TEST_TMPDIR/json"
	same "1 1" "$(jq -r .n "$BATS_TEST_TMPDIR/json" | xargs)"
}

@test "without a header the protocol is recognised" {
	run -0 "$PARLANCE" annotate --json - <<<$'S: 220 foo.com Service Ready\nC: EHLO bar.com\nS: 250 hello'
	has_event '{"kind":"command","verb":"EHLO","protocol":"smtp"}'
}

@test "a session pasted from telnet is an error that names the line" {
	run -2 "$PARLANCE" annotate - <<<$'Trying 127.0.0.1...\nConnected to localhost.'
	has "parlance: standard input:1: "
}

@test "what ships goes by its bare name; a name that is near is told" {
	run -0 "$PARLANCE" annotate ewing-smtp
	has "C: RCPT TO:<Green@foo.com>"
	run -2 "$PARLANCE" annotate ewing-smpt
	has "nearest is ewing-smtp"
	run -2 "$PARLANCE" annotate /no/such/file
	has "parlance: /no/such/file: no such file"
	run -2 "$PARLANCE" annotate "$BATS_TEST_TMPDIR"
	has "is a folder"
	run -2 "$PARLANCE" annotate
	has "no transcript"
}

@test "control octets in a file never reach the screen" {
	printf 'Protocol: smtp\n\n# a comment \033[2J\nS: 220 \033]52;c;x\007\nC: NOOP \342\200\256\n' |
		"$PARLANCE" annotate --color always - >"$BATS_TEST_TMPDIR/out"
	run -1 grep -aE $'\x1b\\[2J|\x1b\\]|\xe2\x80\xae' "$BATS_TEST_TMPDIR/out"
	grep -qF '\x1B[2J' "$BATS_TEST_TMPDIR/out"
	grep -qF '\u{202E}' "$BATS_TEST_TMPDIR/out"
}

@test "colour and weight only where they are wanted; rows fit the screen" {
	local in=$'Protocol: smtp\n\nS: 220 ready\nC: EHLO bar.com'
	run -0 "$PARLANCE" annotate --color always - <<<"$in"
	has $'\e[1mC: EHLO bar.com\e[0m'
	run -0 "$PARLANCE" annotate - <<<"$in"
	has_not $'\e'
	NO_COLOR=1 run -0 "$PARLANCE" annotate --color never - <<<"$in"
	has_not $'\e'
	COLUMNS=40 "$PARLANCE" annotate --color always - <<<"$in" | sed 's/\x1b\[[0-9]*m//g' >"$BATS_TEST_TMPDIR/out"
	run -1 grep -E '^.{41}' "$BATS_TEST_TMPDIR/out"
}

@test "-o writes to a file, and notes can be short" {
	run -0 "$PARLANCE" annotate --notes short -o "$BATS_TEST_TMPDIR/out" - <<<$'Protocol: smtp\n\nS: 220 ready\nC: NOOP\nS: 250 ok'
	[[ -z $output ]]
	same "$(grep -c '^#' "$BATS_TEST_TMPDIR/out")" 2
	run -1 grep -E '^# .*RFC' "$BATS_TEST_TMPDIR/out"
}

@test "what is said after the close is not passed over in silence" {
	run -0 "$PARLANCE" annotate - <<<$'Protocol: smtp\n\nS: 220 ready\n<server hangs up>\nC: NOOP'
	has "# problem: said after the close: NOOP"
}

@test "a file that the client sends is described once, and stays described" {
	cat >"$BATS_TEST_TMPDIR/in" <<-'END'
		Protocol: smtp

		S: 220 ready
		C: EHLO bar.com
		S: 250 ok
		C: MAIL FROM:<a@b>
		S: 250 ok
		C: RCPT TO:<c@d>
		S: 250 ok
		C: DATA
		S: 354 go ahead
		<client sends file letter.txt>
		C: .
		S: 250 ok
	END
	run -0 "$PARLANCE" annotate --notes off "$BATS_TEST_TMPDIR/in"
	same "$(cat "$BATS_TEST_TMPDIR/in")" "$output"
}

@test "a comment under a piece of a line is not said twice when it is read again" {
	{
		printf 'S: 220 SMTP ready\nC: EHLO '
		printf 'x%.0s' {1..20000}
		printf '\nC\\: NO\n# in the middle\nC\\: OP\\r\\n\n'
	} >"$BATS_TEST_TMPDIR/in"
	"$PARLANCE" annotate "$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/once"
	"$PARLANCE" annotate "$BATS_TEST_TMPDIR/once" >"$BATS_TEST_TMPDIR/twice"
	same "$(cat "$BATS_TEST_TMPDIR/once")" "$(cat "$BATS_TEST_TMPDIR/twice")"
	grep -qx '# in the middle' "$BATS_TEST_TMPDIR/once"
}

@test "a header comes out in one order, its protocol named or recognised" {
	printf 'Source: here\nLet: a=b\n\nS: 220 SMTP ready\n' >"$BATS_TEST_TMPDIR/in"
	"$PARLANCE" annotate "$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/once"
	same "$(cat "$BATS_TEST_TMPDIR/once")" "$("$PARLANCE" annotate "$BATS_TEST_TMPDIR/once")"
}

@test "what an earlier annotation decoded is not left to read where secrets are masked" {
	"$PARLANCE" annotate - <<<$'Protocol: smtp\n\nS: 220 ready\nC: AUTH PLAIN AGJvYgBodW50ZXIy' >"$BATS_TEST_TMPDIR/shown"
	grep -q '^# decoded: .*hunter2' "$BATS_TEST_TMPDIR/shown"
	run -0 "$PARLANCE" annotate --secrets mask "$BATS_TEST_TMPDIR/shown"
	has "C: AUTH PLAIN {{plain bob {{password}}}}"
	has_not hunter2
	has_not AGJvYgBodW50ZXIy
}

@test "-P says the protocol where the transcript does not" {
	run -0 "$PARLANCE" annotate --json -P lmtp - <<<$'S: 220 ready\nC: NOOP'
	has_event '{"kind":"command","verb":"NOOP","protocol":"lmtp"}'
}

@test "output that cannot be written is an error; a reader who has seen enough is none" {
	[[ -c /dev/full ]] || skip "there is no /dev/full"
	run -2 sh -c '"$PARLANCE" annotate ewing-smtp >/dev/full'
	has "parlance: output: "
	run -2 "$PARLANCE" annotate --json -o /dev/full ewing-smtp
	has "parlance: output: "
	run -0 bash -c 'set -o pipefail; "$PARLANCE" annotate ewing-smtp | true'
	same "" "$output"
}

@test "notes stay short: many parameters are one sentence, a few are a sentence each" {
	run -0 "$PARLANCE" annotate - <<-'END'
		Protocol: smtp

		S: 220 ready
		C: EHLO bar.com
		S: 250 ok
		C: MAIL FROM:<a@b> SIZE=10 XFOO=1
		S: 250 ok
		C: RSET
		S: 250 ok
		C: MAIL FROM:<a@b> SIZE=10 BODY=8BITMIME RET=HDRS XFOO
	END
	has "SIZE: The message's size as the client estimates it, so that it can be refused at once. XFOO: no registry knows this parameter."
	has "SIZE: The message's size as the client estimates it; BODY: What the message is made of; RET: Whether a report of failure returns the full message or its header; XFOO: not registered."
}

@test "a note does not say the same twice" {
	run -0 "$PARLANCE" annotate - <<-'END'
		Protocol: smtp

		S: 220 ready
		C: EHLO bar.com
		S: 250 AUTH LOGIN
		C: AUTH LOGIN Ym9i
		S: 535 5.7.8 no
		C: AUTH LOGIN
		S: 334 VXNlcm5hbWU6
		C: ?
	END
	has "# The server does not accept the proof, for example because name or password is wrong. RFC 4954 6"
	has_not "5.7.8:"
	has_not "expired, No RFC: draft"
	has $'\nC: ?\n# problem: this is not base64, which every answer must be. RFC 4954 4'
}

@test "braces that close nothing are text" {
	run -0 "$PARLANCE" annotate --notes off - <<<$'Protocol: smtp\n\nS: 220 x\nC: }} E{{{{H'
	has "C: }} E{{{{H"
}

@test "a long line full of literal braces takes no longer than another" {
	{
		printf 'S: 220 SMTP ready\nC: {{y}} '
		printf '{{{{x}}%.0s' {1..50000}
		printf '\n'
	} >"$BATS_TEST_TMPDIR/in"
	timeout 10 "$PARLANCE" annotate --notes off "$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out"
	grep -qF 'C\: {{y}} {{{{x}}{{{{x}}' "$BATS_TEST_TMPDIR/out"
}

@test "without a header a greeting is what it was said as: FTP, or SMTP, once a command tells" {
	printf '%s\n' 'S: 220 server.example ready' 'C: USER bob' 'S: 331 more' >"$BATS_TEST_TMPDIR/in"
	run -0 "$PARLANCE" annotate --json "$BATS_TEST_TMPDIR/in"
	events_are <<-'END'
		{"protocol": "tcp", "code": null}
		{"protocol": "ftp", "verb": "USER", "problem": null}
		{"protocol": "ftp", "state": "user", "code": "331", "answers": 2}
	END
	run -0 "$PARLANCE" annotate --notes off "$BATS_TEST_TMPDIR/in"
	same "Protocol: ftp
$(printf '\n' && cat "$BATS_TEST_TMPDIR/in")" "$output"
	run -0 "$PARLANCE" annotate --json --protocol smtp "$BATS_TEST_TMPDIR/in"
	has_event '{"protocol": "smtp", "code": "220"}'
	run -0 "$PARLANCE" annotate --json - < <(echo "Protocol: ftp" && cat "$BATS_TEST_TMPDIR/in")
	has_event '{"protocol": "ftp", "code": "220", "state": "connected"}'
}

@test "a session without its beginning: what a reply answers does not move by one" {
	answers() {
		jq -r 'select(.side == "S") | "\(.verb // "-") \(.state)"' | paste -sd,
	}
	same "USER authorization,PASS transaction,STAT transaction" "$(printf '%s\n' 'C: USER bob' 'S: +OK' 'C: PASS hungry' 'S: +OK in' \
		'C: STAT' 'S: +OK 2 320' | "$PARLANCE" annotate -P pop3 --json - | answers)"
	same "RETR transaction,RETR transaction,RETR transaction,QUIT update" "$(printf '%s\n' 'C: RETR 1' 'S: +OK' 'S: hello' 'S: .' \
		'C: QUIT' 'S: +OK' | "$PARLANCE" annotate -P pop3 --json - | answers)"
	same "USER user,PASS ready" "$(printf '%s\n' 'C: USER bob' 'S: 331 now PASS' 'C: PASS hungry' 'S: 230 in' |
		"$PARLANCE" annotate -P ftp --json - | answers)"
	# Who was seen to connect is greeted, however early a client has spoken.
	same "- authorization,USER authorization" "$(printf '%s\n' '<client connects>' 'C: USER bob' 'S: +OK POP3 here' 'S: +OK' |
		"$PARLANCE" annotate -P pop3 --json - | answers)"
}
