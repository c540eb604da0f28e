# POP3, IMAP, HTTP and FTP by hand. At a terminal each test is a function of tests/pty/protocols.py, where what is typed
# and what must show stand; in a pipe it is here.
# The helpers set what is not set here.
# shellcheck disable=SC2154
load helpers

setup() {
	setup_home
	require python3
}

pty() {
	run "$PYTHON" "$ROOT/tests/pty/protocols.py" "$1"
	((status == 0)) || { echo "$output" && return 1; }
}

# service http|imap|pop3|ftp: a small server of our own; its address goes to $server.
service() {
	start_server service "$PYTHON" "$ROOT/tests/pty/service.py" "$1"
	wait_for_line service '^port '
	server=127.0.0.1:${line#port }
}

# heard: what the server was told, as Python writes it, each read joined to the one before.
heard() {
	sleep 0.1
	sed -n "s/^heard b['\"]\(.*\)['\"]$/\1/p" "$BATS_TEST_TMPDIR/service.out" | tr -d '\n'
}

talk() {
	timeout 60 "$PARLANCE" --notes off -q "$@" "$server"
}

@test "terminal: every function of protocols.py is a test here" {
	run -0 "$PYTHON" "$ROOT/tests/pty/protocols.py"
	local name
	for name in $output; do
		grep -q "pty $name\$" "$BATS_TEST_FILENAME" || { echo "not run: $name" && return 1; }
	done
}

# ---- the prompt says what is awaited ----

@test "terminal: an IMAP literal: the prompt counts it, next says what follows" {
	pty imap_literal
}

@test "terminal: IDLE has a prompt of its own, and ^C says how it ends" {
	pty imap_idle
}

@test "terminal: an HTTP header, a body by length, a body in chunks" {
	pty http_header_body_and_chunks
}

@test "terminal: a header or a literal that waits is told of after a while" {
	pty what_waits_is_told_after_a_while
}

@test "terminal: a server that does not greet: the first line decides" {
	pty unknown_until_somebody_speaks
}

# ---- traps ----

@test "terminal: trap: commands of another protocol, of programs, of the shell, and URLs" {
	pty commands_of_another_protocol
}

@test "terminal: commands that the protocol knows are no trap" {
	pty commands_that_are_known_are_no_trap
}

@test "terminal: trap: the same tag twice" {
	pty a_tag_twice
}

@test "terminal: trap: a password in curly quotes is not shown in ASCII either" {
	pty a_password_in_curly_quotes_is_not_shown
}

@test "terminal: trap: a literal's count that does not fit, a dot in it, a word for parlance" {
	pty counts_that_do_not_fit
}

@test "terminal: trap: a body longer than its length" {
	pty a_body_longer_than_its_length
}

@test "terminal: trap: a body that no length announced" {
	pty a_body_that_was_not_announced
}

@test "terminal: FTP: where the data connection goes, and ABOR waits for nothing" {
	pty where_the_data_connection_goes
}

# ---- logging in, completing, much text, the end ----

@test "terminal: passwords are asked for as each protocol wants them, and kept nowhere" {
	pty passwords_are_asked_for_and_kept_nowhere
}

@test "terminal: the ways to log in are those of the protocol" {
	pty ways_to_log_in
}

@test "terminal: TAB completes commands, items, flags, mechanisms, methods and fields" {
	pty tab_completes
}

@test "terminal: a header is shown, its body folded" {
	pty a_header_is_shown_and_its_body_folded
}

@test "terminal: a message of 2,000 lines is folded" {
	pty a_long_message_is_folded
}

@test "terminal: a line that the closed connection could not take is kept for the next" {
	pty a_line_that_was_not_sent_is_kept
}

# ---- in a pipe ----

@test "pipe: a body by length ends without a line end, chunks end with one" {
	service http
	run -0 talk -P http <<-'END'
		POST / HTTP/1.1
		Content-Length: 5

		hello
		POST / HTTP/1.1
		Transfer-Encoding: chunked

		3
		abc
		0

	END
	has "S: b'hello'"
	has "S: b'abc'"
	run heard
	has '\r\n\r\nhelloPOST / HTTP/1.1\r\n'
	has '\r\n\r\n3\r\nabc\r\n0\r\n\r\n'
}

@test "pipe: stdin that ends in a header or in a literal: what is missing is told" {
	service http
	run -3 --separate-stderr timeout 20 "$PARLANCE" --notes off -w 5 -P http "$server" <<<'GET / HTTP/1.1'
	has '# The input ended in the midst of something. What is awaited: A header field'
	service imap
	run -3 --separate-stderr timeout 20 "$PARLANCE" --notes off -w 5 "$server" <<<$'a1 LOGIN bob {8}\nred'
	has 'What is awaited: 3 octets of the literal are still to come'
}

@test "pipe: exit 3 where a body is cut short, 5 where the response is late, 1 with --fail" {
	service http
	run -3 talk -P http <<<$'GET /short HTTP/1.1\n\n'
	has 'the reply to GET never came'
	run -5 talk -P http -w 1 <<<$'GET /late HTTP/1.1\n\n'
	has '--timeout'
	run -1 talk -P http --fail <<<$'GET /none HTTP/1.1\n\n'
	run -0 talk -P http --fail <<<$'GET / HTTP/1.1\n\n'
}

@test "pipe: --raw is the server's octets alone" {
	service http
	run -0 --separate-stderr timeout 20 "$PARLANCE" --raw -P http "$server" <<<$'GET /long HTTP/1.0\n\n'
	[[ $output == 'HTTP/1.1 200 Fine'*$'\nline 199' ]]
	has_not '#'
	service pop3
	run -0 --separate-stderr timeout 20 "$PARLANCE" --raw -q "tcp://$server" <<<$'RETR 1\nQUIT'
	[[ $(grep -c 'unasked' <<<"$stderr") -le 2 ]] # not once for each line
}

@test "pipe: short notes say what a status line means" {
	service http
	run -0 timeout 20 "$PARLANCE" -q --notes short -P http "$server" <<<$'GET /none HTTP/1.1\n\n'
	has $'S: HTTP/1.1 404 Fine\n# '
}

@test "pipe: a multi-line reply of POP3 is waited for, to its dot" {
	service pop3
	run -0 talk -P pop3 <<<$'USER bob\nPASS redqueen\nRETR 1\nQUIT'
	has $'S: line 1999\nS: .\nC: QUIT\nS: +OK\n<server hangs up>'
	has 'C: PASS {{password}}'
	has_not redqueen
}

@test "pipe: FTP: the passive port is connected to, and that nobody listens there is told" {
	service ftp
	run -0 timeout 20 "$PARLANCE" --notes off -P ftp "$server" <<<$'USER a\nPASS b\nEPSV\nQUIT'
	has '# data 127.0.0.1:51202: connecting: the second connection'
	has '# data 127.0.0.1 port 51202: connection refused'
}

@test "pipe: a trap of another protocol is told, without words for a terminal" {
	service pop3
	run -0 timeout 20 "$PARLANCE" --notes off -P pop3 "$server" <<<$'EHLO x\nQUIT'
	has '# EHLO belongs to another protocol (SMTP). Here POP3 is spoken.'
	has_not ':next'
}

# recorded TYPED ARGUMENT...: talks, and says what was recorded to the same server again.
recorded() {
	local typed=$1
	shift
	talk -r "$BATS_TEST_TMPDIR/record" --force "$@" <<<"$typed" >"$BATS_TEST_TMPDIR/first"
	run -0 "$PARLANCE" annotate --json "$BATS_TEST_TMPDIR/record"
	run -0 grep -c 'redqueen\|cmVkcXVlZW4\|Ym9iOnJlZHF1ZWVu' "$BATS_TEST_TMPDIR/first" "$BATS_TEST_TMPDIR/record" || [[ $output == *:0*:0 ]]
	run -0 timeout 30 "$PARLANCE" replay --notes off "$BATS_TEST_TMPDIR/record" --set password=redqueen
}

@test "pipe: what was recorded is said again: literals, passwords, answers, fields and bodies" {
	service imap
	recorded $'a1 LOGIN {3}\nbob {8}\nredqueen\na2 APPEND INBOX {5}\nhello\na3 LOGOUT'
	run heard
	[[ $(grep -o 'bob {8}.r.nredqueen.r.n' <<<"$output" | wc -l) -eq 2 ]]
	[[ $(grep -o '{5}.r.nhello.r.n' <<<"$output" | wc -l) -eq 2 ]]
	service pop3
	recorded $'USER bob\nPASS redqueen\nAUTH PLAIN\nAGJvYgByZWRxdWVlbg==\nQUIT' -P pop3
	run heard
	[[ $(grep -o 'PASS redqueen.r.nAUTH PLAIN.r.nAGJvYgByZWRxdWVlbg==' <<<"$output" | wc -l) -eq 2 ]]
	service http
	recorded $'POST / HTTP/1.1\nAuthorization: Basic Ym9iOnJlZHF1ZWVu\nContent-Length: 12\n\nhello\nworld\nGET / HTTP/1.0\n\n' -P http
	run heard
	[[ $(grep -o 'Ym9iOnJlZHF1ZWVu.r.nContent-Length: 12.r.n.r.nhello.r.nworldGET' <<<"$output" | wc -l) -eq 2 ]]
}
