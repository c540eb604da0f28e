# Servers and clients that mean harm, or are broken: what they cost, what reaches the screen, how it ends.
# The servers are the functions of hostile/server.py, the clients those of hostile/client.py.
#
# The helpers set what is not set here.
# shellcheck disable=SC2154

load helpers

# hostile NAME: starts that server; its port goes to $port.
hostile() {
	start_server "$1" "$PYTHON" -B "$BATS_TEST_DIRNAME/hostile/server.py" "$1"
	wait_for_line "$1" '^listening '
	port=${line#listening }
}

# talk INPUT OPTION...: says INPUT (printf's) to the server in a pipe; output and errors go to their files.
talk() {
	local input=$1
	shift
	# shellcheck disable=SC2059
	printf "$input" | timeout 60 "$PARLANCE" -P smtp "$@" 127.0.0.1:"$port" \
		>"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err"
}

# measured LIMIT COMMAND...: runs it, output to nowhere; fails where it took more than LIMIT MiB. Its status is $status.
measured() {
	local limit=$1 most
	shift
	status=0
	"$PYTHON" -B "$BATS_TEST_DIRNAME/hostile/measured.py" "$BATS_TEST_TMPDIR/most" timeout 120 "$@" \
		>/dev/null 2>"$BATS_TEST_TMPDIR/err" || status=$?
	most=$(<"$BATS_TEST_TMPDIR/most")
	((most < limit * 1024)) || {
		echo "took $((most / 1024)) MiB, more than $limit" >&2
		return 1
	}
}

# complains WORD...: stderr has one line of ours with each WORD in it, and is safe to show.
complains() {
	local word
	safe_files "$BATS_TEST_TMPDIR/err"
	for word; do
		grep -Eiq -- "^parlance: .*($word)" "$BATS_TEST_TMPDIR/err" || {
			echo "not said: $word" >&2
			cat "$BATS_TEST_TMPDIR/err" >&2
			return 1
		}
	done
}

# ---- time ----

@test "an octet a minute: the timeout ends it" {
	hostile octet_a_minute
	SECONDS=0
	run -5 talk 'QUIT\r\n' -w 1
	((SECONDS < 10))
	complains 'tim'
}

@test "octets that drip without a line's end are no reply: the timeout ends it" {
	hostile drip
	SECONDS=0
	run -5 talk 'QUIT\r\n' -w 1
	((SECONDS < 10))
	complains 'tim'
}

@test "a server that says nothing" {
	hostile silent
	run -5 talk 'QUIT\r\n' -w 1
	complains 'tim'
}

@test "a server that answers nothing" {
	hostile silent_after_greeting
	run -5 talk 'QUIT\r\n' -w 1
	complains 'tim'
}

@test "a reply whose lines never end: --max-time ends it" {
	hostile dripping_lines
	SECONDS=0
	run -5 talk 'QUIT\r\n' -w 30 --max-time 1
	((SECONDS < 10))
	complains 'tim'
}

@test "a server that does not read: --max-time ends it" {
	hostile does_not_read
	head -c 4000000 /dev/zero | tr '\0' x >"$BATS_TEST_TMPDIR/long"
	run -5 timeout 60 "$PARLANCE" -P smtp --max-time 2 127.0.0.1:"$port" <"$BATS_TEST_TMPDIR/long"
}

# ---- memory ----

@test "a line of 128 MiB costs bounded memory" {
	hostile endless_line
	measured 96 "$PARLANCE" -P smtp --max-time 60 127.0.0.1:"$port" <<<QUIT
	[[ $status == 3 ]]
	complains 'clos|lost|hung up'
}

@test "128 MiB of NUL octets cost bounded memory" {
	hostile endless_zeros
	measured 96 "$PARLANCE" -P smtp --max-time 60 127.0.0.1:"$port" <<<QUIT
	[[ $status == 3 ]]
}

@test "a reply of endless lines costs bounded memory" {
	hostile endless_reply
	measured 96 "$PARLANCE" -P smtp --max-time 4 127.0.0.1:"$port" <<<'EHLO client.example'
	[[ $status == 5 ]]
	complains 'tim'
}

@test "the same as JSON, and recorded" {
	hostile endless_reply
	measured 96 "$PARLANCE" -P smtp --json -r "$BATS_TEST_TMPDIR/record" --max-time 3 127.0.0.1:"$port" \
		<<<'EHLO client.example'
	[[ $status == 5 ]]
	[[ -s $BATS_TEST_TMPDIR/record ]]
}

@test "endless replies that nobody asked for cost bounded memory" {
	hostile endless_replies
	measured 96 "$PARLANCE" -P smtp --max-time 4 127.0.0.1:"$port" < <(sleep 6)
	[[ $status == 5 ]]
}

@test "a mebibyte of chance octets is survived" {
	hostile garbage
	run -3 talk 'QUIT\r\n' --max-time 60
	safe_files "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/err"
}

# ---- what reaches the screen ----

@test "escapes, C1, bidi marks, OSC 52 and invalid UTF-8 never come out raw" {
	hostile banner
	talk 'EHLO client.example\r\nQUIT\r\n' --plain
	safe_files "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/err"
	run -0 cat "$BATS_TEST_TMPDIR/out"
	has '52;c;cm0gLXJmIC8='
	has '\x1B'
	# The forged line stands inside its own.
	run ! grep -q '^S: 250 forged' "$BATS_TEST_TMPDIR/out"
}

@test "nor in colour, nor as JSON, nor in a record" {
	hostile banner
	talk 'EHLO client.example\r\nQUIT\r\n' --json -r "$BATS_TEST_TMPDIR/record"
	safe_files "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/err" "$BATS_TEST_TMPDIR/record"
	run -0 jq -s 'length' "$BATS_TEST_TMPDIR/out"
	run -0 jq -se 'map(select(.lossy)) | length > 0' "$BATS_TEST_TMPDIR/out"
	run -0 jq -se 'any(.[]; .text | contains("\u001b]52;c;"))' "$BATS_TEST_TMPDIR/out"
	talk 'EHLO client.example\r\nQUIT\r\n' --color always
	# Of our own there may be SGR sequences, and nothing else.
	sed 's/\x1b\[[0-9;]*m//g' "$BATS_TEST_TMPDIR/out" >"$BATS_TEST_TMPDIR/bare"
	safe_files "$BATS_TEST_TMPDIR/bare"
}

@test "what it printed of that is a transcript, and says the same" {
	hostile banner
	talk 'EHLO client.example\r\nQUIT\r\n' --plain
	run -0 --separate-stderr "$PARLANCE" annotate --json "$BATS_TEST_TMPDIR/out"
	has_event '{"kind": "reply", "text": "220-\u001b]52;c;cm0gLXJmIC8=\u0007 clipboard"}'
	has_event '{"kind": "reply", "text": "220 ESMTP\rS: 250 forged", "final": true}'
	has_event '{"kind": "reply", "verb": "QUIT", "state": "closed"}'
}

@test "bare CR, bare LF and NUL are named, and the conversation goes on" {
	hostile bare_ends
	talk 'EHLO client.example\r\nQUIT\r\n' --json
	run -0 jq -c . "$BATS_TEST_TMPDIR/out"
	has_event '{"text": "220-one", "octets": 8, "final": false}'
	has_event '{"text": "220 two ESMTP", "final": true, "state": "connected"}'
	has_event '{"text": "250-m\rx", "final": false}'
	has_event '{"text": "250 HELP", "final": true, "state": "ready"}'
	has_event '{"text": "221 bye", "final": true, "state": "closed"}'
	run -0 jq -c 'select(.text == "220-one" or .text == "250-m\rx") | .problem' "$BATS_TEST_TMPDIR/out"
	has 'LF'
	has 'CR'
}

# ---- how it ends ----

@test "the server hangs up before the greeting" {
	hostile early_close
	run -3 talk 'QUIT\r\n'
	complains 'greeting'
}

@test "the server resets before the greeting" {
	hostile reset_at_once
	run -3 talk 'QUIT\r\n'
	complains 'reset|greeting'
}

@test "the server hangs up within a reply" {
	hostile close_in_reply
	run -3 talk 'EHLO client.example\r\nQUIT\r\n'
	complains 'clos|lost|hung up'
	grep -q '^S: 250-mx.example' "$BATS_TEST_TMPDIR/out"
}

@test "the server hangs up within a line" {
	hostile close_in_line
	run -3 talk 'EHLO client.example\r\nQUIT\r\n'
	complains 'clos|lost|hung up'
	# What came of the line is shown, as exact octets without an end.
	grep -Fxq 'S\: 250 SI' "$BATS_TEST_TMPDIR/out"
}

@test "the server hangs up instead of a reply" {
	hostile close_instead_of_reply
	run -3 talk 'EHLO client.example\r\nQUIT\r\n'
	complains 'clos|lost|hung up'
}

@test "the server resets instead of a reply" {
	hostile reset_after_greeting
	run -3 talk 'EHLO client.example\r\nQUIT\r\n'
	complains 'reset'
}

@test "a TLS alert where text was expected is recognised" {
	hostile tls_alert
	run talk 'QUIT\r\n'
	[[ $status == 3 || $status == 4 ]]
	safe_files "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/err"
	grep -q TLS "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/err"
}

@test "a TLS handshake where text was expected is recognised" {
	hostile tls_handshake
	run talk 'QUIT\r\n' -w 2
	((status != 0 && status < 128))
	safe_files "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/err"
	grep -q TLS "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/err"
}

@test "plaintext behind the 220 to STARTTLS is never read as a reply" {
	hostile injection
	run -4 talk 'EHLO client.example\r\nSTARTTLS\r\nEHLO client.example\r\nQUIT\r\n' -w 10
	run ! grep -Eq '^S: 250(-injected| AUTH)' "$BATS_TEST_TMPDIR/out"
	# RFC 3207 section 4.2: nothing more is said in the clear.
	[[ $(grep -c '^C: EHLO' "$BATS_TEST_TMPDIR/out") == 1 ]]
}

# ---- other services ----

@test "a web server behind the port" {
	hostile http_greeting
	run talk 'QUIT\r\n' -w 2
	((status < 128))
	grep -q '^S: HTTP/1.1 400 Bad Request' "$BATS_TEST_TMPDIR/out"
	grep -q '^# problem: ' "$BATS_TEST_TMPDIR/out"
}

@test "an FTP server behind the port" {
	hostile ftp
	run -0 talk 'EHLO client.example\r\nQUIT\r\n' -w 5
	grep -q '^S: 220 FTP server' "$BATS_TEST_TMPDIR/out"
	grep -q '^S: 221 Goodbye' "$BATS_TEST_TMPDIR/out"
}

@test "a POP3 server behind the port" {
	hostile pop3
	run talk 'EHLO client.example\r\nQUIT\r\n' -w 2
	((status < 128))
	grep -q '^S: +OK POP3' "$BATS_TEST_TMPDIR/out"
	grep -q '^# ' "$BATS_TEST_TMPDIR/out"
}

@test "without -P, a text service of any kind" {
	hostile pop3
	run bash -c "printf 'CAPA\r\nQUIT\r\n' | timeout 30 '$PARLANCE' -w 5 127.0.0.1:$port"
	[[ $status == 0 ]]
	has 'S: +OK POP3'
	has 'S: +OK bye'
}

# ---- clients ----

# attack NAME: that client against a server that plays ewing-smtp; afterwards the server still serves, prints nothing
# unsafe, and has taken little memory.
attack() {
	serve ewing-smtp --listen 127.0.0.1:0
	run -0 timeout 60 "$PYTHON" -B "$BATS_TEST_DIRNAME/hostile/client.py" "$served_port" "$1"
	kill -0 "$server_pid"
	port=$served_port
	run -0 talk 'QUIT\r\n' -w 10
	grep -q '^S: 220 ' "$BATS_TEST_TMPDIR/out"
	safe_files "$BATS_TEST_TMPDIR/serve.out"
	[[ ! -r /proc/$server_pid/status ]] || nm -a "$PARLANCE" 2>/dev/null | grep -q __asan_ ||
		(($(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$server_pid/status") < 64 * 1024))
}

@test "serve outlives a client's line of 64 MiB" {
	attack endless_line
}

@test "serve outlives a hundred thousand commands at once" {
	attack endless_commands
}

@test "serve outlives a client that never reads" {
	attack never_reads
}

@test "serve outlives chance octets" {
	attack garbage
}

@test "serve outlives escapes" {
	attack escapes
}

@test "serve outlives a TLS client" {
	attack tls_hello
}

@test "serve outlives a reset" {
	attack reset
}

@test "serve outlives a client that hangs up at once" {
	attack at_once
}

@test "serve outlives a chunk of 2^64-1 octets" {
	attack large_count
}
