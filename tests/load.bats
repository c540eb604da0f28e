#!/usr/bin/env bats
# verify --jobs, --repeat, --rate: many sessions at once, what fails among them, and how long it took.
load helpers

setup() {
	setup_home
	mail=$(transcript mail.txt <<'END'
Protocol: smtp

S: 220 many.example ESMTP
C: EHLO a.example
S: 250 many.example
C: MAIL FROM:<a@a.example>
S: 250 OK
C: RCPT TO:<b@b.example>
S: 250 OK
C: DATA
S: 354 go on
C: Subject: lunch
C:
C: At noon?
C: .
S: 250 queued
C: QUIT
S: 221 bye
END
	)
}

# many ARGUMENT...: starts tests/servers/many.py, which says what it does with them; $to is where it listens.
many() {
	require_python asyncio
	start_server many "$PYTHON" "$ROOT/tests/servers/many.py" "$@"
	wait_for_line many '^listening '
	to=${line#listening }
	[[ $to == unix:* ]] || to=smtp://$to
}

# verify_many ARGUMENT...: runs verify; stdout, and so TAP, goes to $output, stderr to $stderr.
verify_many() {
	run --separate-stderr "$PARLANCE" verify "$@"
}

# row NAME: that row of the table in $output, its columns divided by one space.
row() {
	grep -F "# $1 " <<<"$output" | tr -s ' '
}

# latency NAME KEY: what --json says of it in $output, in milliseconds.
latency() {
	jq -r --arg name "$1" --arg key "$2" 'select(.kind == "latency" and .command == $name) | .[$key] * 1000 | floor' <<<"$output"
}

# ---- what there is to see ----

@test "each transcript is one point, then what was measured, as comments" {
	many
	verify_many "$mail" "$mail" --to "$to" --jobs 20 --repeat 100
	((status == 0))
	[[ $stderr == "" ]] # no progress in a pipe
	[[ ${lines[0]} == "TAP version 14" ]]
	same "$(grep -v '^#' <<<"$output")" "TAP version 14
ok 1 - $mail
ok 2 - $mail
1..2"
	grep -Eq '^# 200 sessions in [0-9.]+ m?s, 0 failed; at most 20 at once$' <<<"$output"
	grep -Eq '^# [0-9,.]+ sessions a second, [0-9,.]+ replies a second$' <<<"$output"
	for name in connect greeting EHLO MAIL RCPT DATA "DATA (text)" QUIT; do
		[[ $(row "$name") == "# $name 200 "* ]]
	done
	(($(grep -c ' ms' <<<"$output") == 9)) # eight rows, and the first line: nothing that was not measured
	(($(awk '{ if (length($0) > n) n = length($0) } END { print n }' <<<"$output") <= 80))
}

@test "the times are the server's, by command" {
	many connect=0.05 MAIL=0.1 .=0.2
	verify_many "$mail" --to "$to" --jobs 10 --repeat 20 --json
	((status == 0))
	has_event '{"kind":"load","sessions":20,"failed":0,"cut":0,"unbegun":0,"open":10,"replies":140}'
	for want in "greeting 50" "MAIL 100" "DATA (text) 200"; do
		for key in p50 p90 p99 max; do
			is=$(latency "${want% *}" $key)
			((is >= ${want##* }))
		done
		(($(latency "${want% *}" p50) < ${want##* } + 80))
	done
	for name in EHLO RCPT DATA QUIT; do
		(($(latency $name p50) < 80))
	done
}

@test "pipelined commands are each timed from when they were said" {
	many MAIL=0.1 RCPT=0.1
	piped=$(transcript piped.txt <<'END'
S: 220 many.example
C: EHLO a.example
S: 250 many.example
C: MAIL FROM:<a@a.example>
C: RCPT TO:<b@b.example>
C: RCPT TO:<c@b.example>
S: 250 OK
S: 250 OK
S: 250 OK
C: QUIT
S: 221 bye
END
	)
	verify_many "$piped" --to "$to" --repeat 3 --json
	((status == 0))
	is=$(latency MAIL p50)
	((is >= 100 && is < 180))
	is=$(latency RCPT p50) # the first comes 200 ms, the second 300 ms after it was said
	((is >= 200 && is < 280))
	(($(latency RCPT max) >= 300))
}

@test "answers, literals, DONE and a server that goes on by itself have rows of their own" {
	cat >"$BATS_TEST_TMPDIR/imap.txt" <<'END'
Protocol: imap

S: * OK ready
C: a1 LOGIN {3}
S: + go
C: bob {8}
S: + go
C: redqueen
S: a1 OK in
C: a2 IDLE
S: + idling
C: DONE
S: a2 OK done
C: a3 LOGOUT
S: * BYE bye
S: a3 OK bye
END
	cat >"$BATS_TEST_TMPDIR/lmtp.txt" <<'END'
Protocol: lmtp

S: 220 hi
C: LHLO a.example
S: 250-hi
S: 250 AUTH LOGIN
C: AUTH LOGIN
S: 334 VXNlcm5hbWU6
C: Ym9i
S: 334 UGFzc3dvcmQ6
C: cmVkcXVlZW4=
S: 235 in
C: MAIL FROM:<a@a.example>
S: 250 OK
C: RCPT TO:<b@b.example>
S: 250 OK
C: RCPT TO:<c@b.example>
S: 250 OK
C: DATA
S: 354 go
C: At noon?
C: .
S: 250 one
S: 250 two
C: QUIT
S: 221 bye
END
	cat >"$BATS_TEST_TMPDIR/ftp.txt" <<'END'
Protocol: ftp

S: 220 hi
C: LIST
S: 150 here it comes
S: 226 done
C: QUIT
S: 221 bye
END
	verify_many "$BATS_TEST_TMPDIR"/{imap,lmtp,ftp}.txt --to self --jobs 5 --repeat 10
	((status == 0))
	for want in "LOGIN 10" "LOGIN (text) 20" "IDLE 10" "IDLE (DONE) 10" "AUTH 10" "AUTH (answer) 20" "DATA 10" \
		"DATA (text) 20" "LIST 10" "LIST (end) 10" "greeting 30"; do
		[[ $(row "${want% *}") == "# $want "* ]]
	done
}

@test "over a unix socket, IPv6, UDP" {
	many --unix "$BATS_TEST_TMPDIR/socket"
	verify_many "$mail" -P smtp --to "$to" --jobs 30 --repeat 60
	((status == 0))
	has "60 sessions"
	many --inet6
	verify_many "$mail" --to "$to" --jobs 30 --repeat 60
	((status == 0))
	has "60 sessions"
	udp=$(transcript udp.txt <<<$'Protocol: udp\n\nC: hello\nS: HELLO')
	port=$(free_port udp)
	start_server udp "$PYTHON" "$ROOT/tests/servers/upper_udp.py" "$port"
	wait_for_line udp ready
	verify_many "$udp" --to "udp://127.0.0.1:$port" --jobs 30 --repeat 60
	((status == 0))
	[[ $(row datagram) == "# datagram 60 "* ]]
}

@test "TLS is a row, the name is still asked for in the certificate, and each handshake is said to be whole" {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
		-addext subjectAltName=DNS:localhost -keyout "$BATS_TEST_TMPDIR/server.key" \
		-out "$BATS_TEST_TMPDIR/server.pem" 2>/dev/null
	many --tls "$BATS_TEST_TMPDIR"
	verify_many "$mail" --to "smtps://localhost:${to##*:}" --cacert "$BATS_TEST_TMPDIR/server.pem" --jobs 10 --repeat 30
	((status == 0))
	[[ $(row TLS) == "# TLS 30 "* ]]
	has "TLS: each session shook hands in full; none was resumed."
	# Nobody vouches for that address.
	verify_many "$mail" --to "smtps://127.0.0.1:${to##*:}" --cacert "$BATS_TEST_TMPDIR/server.pem" --jobs 5 --repeat 10
	((status == 4))
	has "failed: 10"
	has "    - sessions: 10"
	[[ $(row TLS) == "" ]]
}

# ---- what fails ----

@test "failures are grouped by kind, the most frequent first, with an example of each" {
	many RCPT/2='550 5.1.1 no (queue %)' DATA/5=hangup
	verify_many "$mail" --to "$to" --jobs 10 --repeat 100
	((status == 1))
	same "$(sed -n '/^not ok/,/^  \.\.\./p' <<<"$output" | sed -E 's/queue [0-9]+/queue 2/; s/127.0.0.1:[0-9]+/SERVER/')" "not ok 1 - $mail
  ---
  sessions: 100
  failed: 60
  failures:
    - sessions: 50
      command: \"RCPT TO:<b@b.example>\"
      expected: \"250 OK\"
      received: \"550 5.1.1 no (queue 2)\"
      note: \"550 (failure) instead of 250 (success). The recipient is refused: no such mailbox here, or policy forbids it. Other recipients may follow. 5.1.1: There is no such mailbox: the part to the left of the @ is wrong.\"
      file: \"$mail\"
      line: 9
    - sessions: 10
      command: \"DATA\"
      expected: \"354 go on\"
      received: \"\"
      note: \"SERVER: the connection was closed by the server: the reply to DATA never came.\"
      file: \"$mail\"
      line: 11
  ..."
	has ", 60 failed; "
}

@test "what only says which session it is does not tell kinds apart; what else differs does, up to 32" {
	many RCPT='250 queued as % at 12:00:01'
	verify_many "$mail" --to "$to" --jobs 5 --repeat 40 --match text
	((status == 1))
	(($(grep -c '    - sessions' <<<"$output") == 1))
	rules=()
	for ((i = 1; i <= 40; i++)); do
		rules+=("EHLO/$i=$((500 + i)) no")
	done
	many "${rules[@]}" # the first session is told 501, … the 40th 540: the last rule that fits counts
	verify_many "$mail" --to "$to" --jobs 5 --repeat 40
	((status == 1))
	(($(grep -c '    - sessions: 1$' <<<"$output") == 31))
	has $'    - sessions: 9\n      problem: "in other ways than those that are listed here"'
}

@test "a timeout is a kind, and 1 where the session was under way" {
	many MAIL/2=5
	verify_many "$mail" --to "$to" --jobs 10 --repeat 10 -w 0.3
	((status == 1))
	has "failed: 5"
	has "the reply to MAIL did not come within 0.3 s"
}

@test "where nobody listens one session says so, and the others are not begun" {
	port=$(free_port)
	verify_many "$mail" --to "smtp://127.0.0.1:$port" --jobs 50 --repeat 10000
	((status == 3))
	has "not ok 1 - $mail"
	has "1 of 10,000 sessions run: the first found no way there"
	has "connection refused"
	verify_many "$mail" --to "smtp://nosuch.invalid:25" --connect-timeout 2 --jobs 50 --repeat 10000
	((status == 3))
	has "nosuch.invalid: "
	has "1 of 10,000 sessions run"
}

@test "a server that hangs up in place of the last reply" {
	many QUIT/20=hangup
	verify_many "$mail" --to "$to" --jobs 3 --repeat 60
	((status == 1))
	has "failed: 3"
}

@test "a secret given with --set is shown in no example" {
	many MAIL/1='535 not with redqueen'
	verify_many "$mail" --to "$to" --repeat 2 --set password=redqueen
	((status == 1))
	has 'received: "535 not with {{password}}"'
	has_not redqueen
}

@test "--bail begins no other session after the first failure, and what was not run is not ok" {
	many MAIL/30='550 no'
	verify_many "$mail" "$mail" --to "$to" --jobs 4 --repeat 1000 --bail
	((status == 1))
	has "of 1,000 sessions run: the first failure ended it (--bail)"
	has_not "
ok "
	sessions=$(grep -o '^# [0-9]* sessions in' <<<"$output" | tr -dc 0-9)
	((sessions >= 30 && sessions < 40))
}

# ---- how many, how fast ----

@test "--jobs alone: each once, so many at once, reported in order" {
	many .=0.2
	files=()
	for i in 1 2 3 4 5 6 7 8; do
		cp "$mail" "$BATS_TEST_TMPDIR/$i.txt"
		files+=("$BATS_TEST_TMPDIR/$i.txt")
	done
	begun=${EPOCHREALTIME/./}
	verify_many "${files[@]}" --to "$to" --jobs 8
	took=$((${EPOCHREALTIME/./} - begun))
	((status == 0 && took < 1200000)) # one by one: 1.6 s
	same "$(grep '^ok' <<<"$output")" "$(for ((i = 1; i <= 8; i++)); do echo "ok $i - $BATS_TEST_TMPDIR/$i.txt"; done)"
	has "# 8 sessions"
}

@test "captures are each session's own" {
	many EHLO='250 you are %' MAIL='250 still %'
	mine=$(transcript mine.txt <<'END'
S: 220 many.example
C: EHLO a.example
S: 250 you are {{number}}
C: NOOP {{number}}
S: 250 OK
C: QUIT
S: 221 bye
END
	)
	verify_many "$mine" --to "$to" --jobs 10 --repeat 50
	((status == 0))
}

@test "--rate begins so many a second, however long each takes" {
	many MAIL=0.3
	verify_many "$mail" --to "$to" --rate 100 --repeat 40 --json
	((status == 0))
	# The last begins after 0.39 s; some thirty are open at any time.
	jq -es 'map(select(.kind == "load"))[0] | .seconds > 0.65 and .seconds < 3 and .open > 20' <<<"$output"
}

@test "sessions that --rate was late with are counted, and how late" {
	many MAIL=0.1
	verify_many "$mail" --to "$to" --rate 100 --jobs 2 --repeat 14
	((status == 0))
	grep -Eq '^# 1[0-4] of 14 sessions began later than --rate 100 says, since 2 were open:$' <<<"$output"
	grep -Eq '^# [0-9.]+ ms late in the median, [0-9.]+ m?s at most\. The times above do not hold that wait\.$' <<<"$output"
	# Without --rate none is late, however long it waits for its turn.
	verify_many "$mail" --to "$to" --jobs 2 --repeat 6
	has_not "later than"
}

@test "two thousand sessions at once" {
	many EHLO=0.5
	verify_many "$mail" --to "$to" --jobs 2000 --repeat 2000 --json
	((status == 0))
	has_event '{"kind":"load","sessions":2000,"failed":0,"open":2000}'
}

@test "where the system allows too few files, that is said, and it goes on with what there is" {
	many
	run --separate-stderr bash -c 'ulimit -n 60 && "$@"' - "$PARLANCE" verify "$mail" --to "$to" --jobs 100 --repeat 100
	((status == 0))
	[[ $stderr == "parlance: --jobs 100: it goes on with 28 sessions at once: this process may have 60 files"* ]]
	has "at most 28 at once"
}

@test "more --jobs than sessions: --repeat is named" {
	many
	verify_many "$mail" --to "$to" --jobs 50
	((status == 0))
	has "# 1 session in"
	has "--jobs 50: so many would be open at once; --repeat M runs each transcript M times"
}

# ---- ends ----

@test "^C says what was measured so far, and how many were cut short; 130" {
	many .=0.4
	start_server load "$PARLANCE" verify "$mail" --to "$to" --jobs 10 --repeat 1000
	sleep 1
	kill -INT "$server_pid"
	status=0
	wait "$server_pid" || status=$?
	output=$(<"$BATS_TEST_TMPDIR/load.out")
	((status == 130))
	has "not ok 1 - $mail"
	grep -Eq 'problem: "[0-9]+ of 1,000 sessions run: it was interrupted"' <<<"$output"
	has "# 10 sessions were cut short, and 9"
	[[ $(row MAIL) == "# MAIL "* ]]
	has "1..1"
}

@test "at a terminal one row says how far it is, no wider than the screen, and is gone at the end" {
	many .=0.3
	run "$PYTHON" -c '
import fcntl, os, pty, struct, sys, termios
pid, master = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 40, 0, 0))
    os.execvp(sys.argv[1], sys.argv[1:])
said = b""
while True:
    try:
        part = os.read(master, 65536)
    except OSError:
        break
    said += part
sys.stdout.write(said.decode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))' "$PARLANCE" verify "$mail" --to "$to" --jobs 10 --repeat 20
	((status == 0))
	rows=$(tr '\r' '\n' <<<"$output" | grep -o $'^\e\\[K[0-9].*')
	grep -q $'^\e\\[K10 of 20 sessions, 0 failed, ' <<<"$rows"
	while read -r text; do
		((${#text} - 3 <= 39))
	done <<<"$rows"
	[[ $output == *$'\r\e[K\e'* || $output == *$'\r\e[Kok'* ]] # the row is taken away before the result
	has "waited for         p50     p99     max"
}

@test "--junit with many sessions" {
	many RCPT/2='550 no'
	verify_many "$mail" --to "$to" --jobs 4 --repeat 10 --junit "$BATS_TEST_TMPDIR/report.xml"
	((status == 1))
	"$PYTHON" -c '
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
case = root.find("testsuite/testcase")
assert root.get("tests") == "1" and root.get("failures") == "1", root.attrib
assert "5 of 10 sessions failed" in case.find("failure").get("message"), case.find("failure").attrib' "$BATS_TEST_TMPDIR/report.xml"
}
