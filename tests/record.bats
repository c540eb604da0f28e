# Records: where they are written and when, what stands in them, and that they are said again as they were. At a terminal
# (`:record`, `:save`, `:replay`) each test is a function of tests/pty/record.py; round trips with real servers stand in
# tests/verifyreal.bats.
#
# The helpers set what is not set here.
# shellcheck disable=SC2154
load helpers

setup() {
	setup_home
	record=$BATS_TEST_TMPDIR/record.txt
}

pty() {
	require python3
	run "$PYTHON" -B "$ROOT/tests/pty/record.py" "$1"
	((status == 0)) || { echo "$output" && return 1; }
}

# serve_text OPTION...: serves the transcript on stdin.
serve_text() {
	cat >"$BATS_TEST_TMPDIR/served.txt"
	serve "$@" "$BATS_TEST_TMPDIR/served.txt"
}

# talk OPTION...: says stdin to what is served.
talk() {
	timeout 20 "$PARLANCE" -w 5 --notes off "$@" "$served"
}

# conversation: the record without its header.
conversation() {
	sed '1,/^$/d' "$record"
}

# passes [OPTION...]: the record is verified against where it was made, at level text but for what it masks.
passes() {
	run timeout 20 "$PARLANCE" verify -w 5 --match text "$@" "$record"
	((status == 0)) || { echo "$output" && cat "$record" && return 1; }
}

# short: serves a short conversation.
short() {
	serve_text <<-'END'
		Protocol: smtp

		S: 220 greeter.test
		C: EHLO {{*}}
		S: 250-greeter.test
		S: 250 AUTH PLAIN
		C: QUIT
		S: 221 2.0.0 Bye
	END
}

# ---- the file ----

@test "record: header and body" {
	short
	run -0 talk -P smtp -r "$record" <<<$'EHLO x\nQUIT'
	run -0 sed 's/^Date: 20[0-9-]*T[0-9:]*Z$/Date: then/' "$record"
	same "Title: A session with $served
Target: smtp://$served
Date: then
Who: $(id -un)
Protocol: smtp

S: 220 greeter.test
C: EHLO x
S: 250-greeter.test
S: 250 AUTH PLAIN
C: QUIT
S: 221 2.0.0 Bye
<server hangs up>" "$output"
	passes
}

@test "record: what is there stays, but with --force; and then until there is something to write" {
	short
	echo 'mine' >"$record"
	run -2 --separate-stderr talk -P smtp -r "$record" <<<'QUIT'
	[[ $stderr == "parlance: $record: there is such a file already: --force overwrites it" ]]
	run -3 timeout 20 "$PARLANCE" --force -r "$record" smtp://127.0.0.1:1 <<<'QUIT'
	run -0 cat "$record"
	same mine "$output"
	run -0 talk -P smtp --force -r "$record" <<<$'EHLO x\nQUIT'
	run -0 head -1 "$record"
	has 'Title: A session with'
}

@test "record: where nothing is said no file is left" {
	run -3 timeout 20 "$PARLANCE" -r "$record" smtp://127.0.0.1:1 <<<'QUIT'
	[[ ! -e $record ]]
}

@test "record: a folder that is not there, a folder, and a file that may not be written are named" {
	run -2 --separate-stderr timeout 20 "$PARLANCE" -r "$BATS_TEST_TMPDIR/none/x" smtp://127.0.0.1:1 <<<''
	[[ $stderr == "parlance: $BATS_TEST_TMPDIR/none/x: No such file or directory" ]]
	run -2 --separate-stderr timeout 20 "$PARLANCE" --force -r "$BATS_TEST_TMPDIR" smtp://127.0.0.1:1 <<<''
	[[ $stderr == "parlance: $BATS_TEST_TMPDIR: Is a directory" ]]
}

@test "record: a disk that is full is told once, and is exit 2; the session goes on" {
	[[ -c /dev/full ]] || skip 'this system has no /dev/full'
	short
	run -2 --separate-stderr talk -P smtp -r /dev/full <<<$'EHLO x\nQUIT'
	has 'S: 221 2.0.0 Bye'
	[[ $stderr == 'parlance: /dev/full: No space left on device: what was said from here on is not recorded' ]]
}

@test "record: a file that cannot grow further ends with a whole line" {
	short
	run bash -c "trap '' XFSZ; ulimit -f 1; exec '$PARLANCE' -w 5 -P smtp -r '$record' $served" < <(
		for i in {1..40}; do echo "EHLO $(printf '%060d' "$i")"; done
		echo QUIT
	)
	[[ $status -eq 2 ]]
	has 'File too large: what was said from here on is not recorded'
	[[ $(wc -c <"$record") -gt 800 ]]
	[[ $(tail -c1 "$record" | od -An -c | tr -d ' ') == '\n' ]]
	run -0 "$PARLANCE" annotate "$record"
}

@test "record: into a pipe, as it happens" {
	short
	talk -P smtp -r >(cat >"$BATS_TEST_TMPDIR/piped") <<<$'EHLO x\nQUIT' >/dev/null
	wait_for 5 grep -q '^<server hangs up>' "$BATS_TEST_TMPDIR/piped"
}

@test "record: kill -9 in mid-session loses nothing that was said" {
	short
	mkfifo "$BATS_TEST_TMPDIR/typed"
	start_server talk bash -c "exec '$PARLANCE' -P smtp -r '$record' $served <'$BATS_TEST_TMPDIR/typed'"
	exec 5>"$BATS_TEST_TMPDIR/typed"
	echo 'EHLO x' >&5
	wait_for 5 grep -q '^S: 250 AUTH' "$record"
	kill -KILL "$server_pid"
	wait "$server_pid" 2>/dev/null || true
	exec 5>&-
	run -0 conversation
	same 'S: 220 greeter.test
C: EHLO x
S: 250-greeter.test
S: 250 AUTH PLAIN' "$output"
	passes
}

@test "record: -v tells when, in comments that change nothing" {
	short
	run -0 talk -v -P smtp -r "$record" <<<$'EHLO x\nQUIT'
	run -0 grep -cE '^# [0-9]+\.[0-9]{3} s$' "$record"
	run -0 sed '1,/^$/d; /^#/d' "$record"
	same 'S: 220 greeter.test
C: EHLO x
S: 250-greeter.test
S: 250 AUTH PLAIN
C: QUIT
S: 221 2.0.0 Bye
<server hangs up>' "$output"
	passes
}

@test "record: a file of several conversations has a header for each" {
	run -0 "$PARLANCE" replay -r "$record" ewing-smtp ewing-pop3
	run -0 grep -c '^Title: ' "$record"
	same 2 "$output"
	run -0 "$PARLANCE" annotate "$record"
	has 'Protocol: pop3'
}

# ---- Target leads back ----

@test "record: a target whose port says another protocol, or TLS, is a URL" {
	local script
	script=$(transcript tls.txt <<<$'Protocol: pop3\nTLS: implicit\n\nS: +OK hello\nC: QUIT\nS: +OK bye')
	serve --tls "$script"
	run -0 timeout 20 "$PARLANCE" --insecure -r "$record" "pop3s://$served" <<<'QUIT'
	grep -qx "Target: pop3s://$served" "$record"
	grep -qx 'TLS: implicit' "$record"
	passes --insecure
}

@test "record: a protocol that only the greeting told is in the target; one that not even that told is found again" {
	serve_text <<<$'Protocol: pop3\n\nS: +OK hello\nC: QUIT\nS: +OK bye'
	run -0 talk -r "$record" <<<'QUIT'
	grep -qx "Target: pop3://$served" "$record"
	passes
	short
	run -0 talk --force -r "$record" <<<$'EHLO x\nQUIT'
	grep -qx "Target: $served" "$record"
	run -1 grep '^Protocol:' "$record"
	passes
}

@test "record: TLS that began on the way is said again" {
	serve_text <<-'END'
		Protocol: imap

		S: * OK hello
		C: a STARTTLS
		S: a OK go
		<client starts TLS>
		C: b LOGIN {{*}}
		S: b OK in
		C: c LOGOUT
		S: * BYE
		S: c OK
	END
	run -0 talk --insecure -P imap -r "$record" <<<$'a STARTTLS\nb LOGIN bob "red queen"\nc LOGOUT'
	run -0 conversation
	has '<client starts TLS>'
	has 'C: b LOGIN bob "{{password}}"'
	run -1 grep -E '^TLS:|red queen' "$record"
	passes --insecure --set 'password=red queen'
}

# ---- secrets ----

# logins: serves two users' logins, the first mistyped.
logins() {
	serve_text --strict <<-'END'
		Protocol: imap

		S: * OK hello
		C: a LOGIN bob {{wrong}}
		S: a NO no
		C: b LOGIN bob redqueen
		S: b OK in
		C: c AUTHENTICATE PLAIN {{*}}
		S: c OK in again
		C: d LOGOUT
		S: * BYE
		S: d OK bye
	END
}

@test "record: the password that was accepted is {{password}}, what was refused before it is not kept" {
	logins
	run -0 talk -P imap -r "$record" <<<$'a LOGIN bob redqeen\nb LOGIN bob redqueen\nc AUTHENTICATE PLAIN AGJvYgByZWRxdWVlbg==\nd LOGOUT'
	has 'C: b LOGIN bob {{password.2}}'
	run -0 grep '^C: [a-c]' "$record"
	same 'C: a LOGIN bob not-recorded
C: b LOGIN bob {{password}}
C: c AUTHENTICATE PLAIN {{plain bob {{password}}}}' "$output"
	passes --set password=redqueen
}

@test "record: a password that is refused each time is the same variable" {
	serve_text <<-'END'
		Protocol: pop3

		S: +OK hello
		C: PASS {{one}}
		S: -ERR no
		C: PASS {{two}}
		S: -ERR no
		C: PASS {{three}}
		S: -ERR no
	END
	run -0 talk -P pop3 -r "$record" <<<$'PASS one\nPASS one\nPASS two'
	run -0 grep '^C: PASS' "$record"
	same 'C: PASS not-recorded
C: PASS not-recorded
C: PASS {{password}}' "$output"
	passes --set password=two
}

@test "record: two users have a password each, and what is mistyped between them is not kept" {
	serve_text <<-'END'
		Protocol: pop3

		S: +OK hello
		C: AUTH PLAIN {{*}}
		S: +OK
		C: AUTH PLAIN {{*}}
		S: -ERR
		C: AUTH PLAIN {{*}}
		S: +OK
		C: QUIT
		S: +OK
	END
	run -0 talk -P pop3 -r "$record" <<<"AUTH PLAIN $(printf '\0bob\0redqueen' | base64)
AUTH PLAIN $(printf '\0alice\0oops' | base64)
AUTH PLAIN $(printf '\0alice\0wonderland' | base64)
QUIT"
	run -0 grep '^C: AUTH' "$record"
	same 'C: AUTH PLAIN {{plain bob {{password}}}}
C: AUTH PLAIN {{plain alice not-recorded--}}
C: AUTH PLAIN {{plain alice {{password.3}}}}' "$output"
	passes --set password=redqueen --set password.3=wonderland
	run -2 --separate-stderr "$PARLANCE" verify --set password=redqueen "$record"
	[[ $stderr == *'{{password.3}} has no value'* ]]
}

@test "record: into a pipe nothing can be changed: two passwords are two variables" {
	logins
	talk -P imap -r >(cat >"$record") <<<$'a LOGIN bob redqeen\nb LOGIN bob redqueen\nd LOGOUT' >/dev/null
	wait_for 5 grep -q '^<server hangs up>' "$record"
	run -0 grep '^C: [a-c]' "$record"
	same 'C: a LOGIN bob {{password}}
C: b LOGIN bob {{password.2}}' "$output"
	passes --set password=redqeen --set password.2=redqueen
}

@test "record: a password that --set names keeps the name, whatever was said before it" {
	logins
	run -0 talk -P imap --set password=redqueen -r "$record" <<<$'a LOGIN bob mistyped\nb LOGIN bob redqueen\nd LOGOUT'
	run -0 grep '^C: [a-c]' "$record"
	same 'C: a LOGIN bob not-recorded--
C: b LOGIN bob {{password}}' "$output"
	passes --set password=redqueen
}

@test "record: XOAUTH2 and OAUTHBEARER are functions of the token" {
	local said
	said="AUTH XOAUTH2 $(printf 'user=bob\1auth=Bearer ya29.x\1\1' | base64 -w0)
AUTH OAUTHBEARER $(printf 'n,a=bob,\1auth=Bearer ya29.x\1\1' | base64 -w0)
QUIT"
	serve_text --strict <<-END
		Protocol: pop3

		S: +OK hello
		$(sed 's/^/C: /; /AUTH/s/$/\nS: +OK/' <<<"$said")
		S: +OK bye
	END
	run -0 talk -P pop3 -r "$record" <<<"$said"
	run -0 grep '^C.*: AUTH' "$record"
	same 'C\: AUTH XOAUTH2 {{base64 user=bob\x01auth=Bearer {{token}}\x01\x01}}\r\n
C\: AUTH OAUTHBEARER {{base64 n,a=bob,\x01auth=Bearer {{token}}\x01\x01}}\r\n' "$output"
	passes --set token=ya29.x
}

@test "record: a token, and what a digest proves, have names of their own" {
	serve_text <<-'END'
		Protocol: http

		C: GET /a HTTP/1.1
		C: Host: x
		C: Authorization: {{*}}
		C:
		S: HTTP/1.1 204 No Content
		S:
		C: GET /b HTTP/1.1
		C: Host: x
		C: Authorization: {{*}}
		C:
		S: HTTP/1.1 204 No Content
		S:
	END
	run -0 talk -P http -r "$record" <<<$'GET /a HTTP/1.1\nHost: x\nAuthorization: Bearer ya29.x\n\nGET /b HTTP/1.1\nHost: x\nAuthorization: Digest username="bob", response="9af"\n'
	run -0 grep Authorization "$record"
	same 'C: Authorization: Bearer {{token}}
C: Authorization: Digest {{credentials}}' "$output"
	passes --set token=ya29.x --set 'credentials=username="bob", response="9af"'
	run -2 --separate-stderr "$PARLANCE" verify --set token=ya29.x "$record"
	[[ $stderr == *'{{credentials}} has no value'* ]]
}

@test "record: cookies come back as the server gives them, each value by itself" {
	serve_text <<-'END'
		Protocol: http

		C: GET /a HTTP/1.1
		C: Host: x
		C:
		S: HTTP/1.1 204 No Content
		S: Set-Cookie: sid=one; Path=/
		S: Set-Cookie: lang=en
		S:
		C: GET /b HTTP/1.1
		C: Host: x
		C: Cookie: {{*}}
		C:
		S: HTTP/1.1 204 No Content
		S: Set-Cookie: sid=two
		S:
		C: GET /c HTTP/1.1
		C: Host: x
		C: Cookie: {{*}}
		C:
		S: HTTP/1.1 204 No Content
		S:
	END
	run -0 talk -P http -r "$record" <<<$'GET /a HTTP/1.1\nHost: x\n\nGET /b HTTP/1.1\nHost: x\nCookie: sid=one; lang=en\n\nGET /c HTTP/1.1\nHost: x\nCookie: sid=two; lang=en\n'
	run -0 grep ookie "$record"
	same 'S: Set-Cookie: sid={{cookie.sid}}; Path=/
S: Set-Cookie: lang={{cookie.lang}}
C: Cookie: sid={{cookie.sid}}; lang={{cookie.lang}}
S: Set-Cookie: sid={{cookie.sid.2}}
C: Cookie: sid={{cookie.sid.2}}; lang={{cookie.lang}}' "$output"
	passes
}

@test "record: a password of another length is counted anew" {
	local script
	script=$(transcript form.txt <<-'END'
		Protocol: http

		C: POST /login HTTP/1.1
		C: Host: x
		C: Content-Length: 26
		C:
		C\: user=bob&password={{password}}
		S: HTTP/1.1 204 No Content
		S:
	END
	)
	serve_text <"$script"
	run -0 "$PARLANCE" replay --set password=redqueen -r "$record" "$script" --to "$served"
	run -1 grep redqueen "$record"
	run -0 "$PARLANCE" replay --json --set password=x "$record"
	has_event '{"text":"Content-Length: 19"}'
	has_event '{"kind":"reply","code":"204"}'
}

# ---- what is hard to write down ----

@test "record: lines that read as something else, escapes, braces, and lines without end" {
	serve_text <<-'END'
		Protocol: tcp

		C: {{*}}
		S\: <server hangs up>\r\n
		C: {{*}}
		S\: {{{{name}} \x1b[2J\r\n
		C: {{*}}
		S\: login\x20
	END
	run -0 talk -P tcp -r "$record" <<<$'S: no\n{{password}} # {{*}}\n<client hangs up>'
	run -0 conversation
	same 'C: S: no
S\: <server hangs up>\r\n
C: {{{{password}} # {{{{*}}
S\: {{{{name}} \x1B[2J\r\n
C\: <client hangs up>\r\n
S\: login 
<client hangs up>
<server hangs up>' "$output"
	passes
}

@test "record: a line longer than its pieces, and octets that are no text" {
	local long
	long=$(head -c 40000 /dev/zero | tr '\0' x)
	serve_text <<-END
		Protocol: http

		C: GET / HTTP/1.1
		C: Host: x
		C:
		S: HTTP/1.1 200 OK
		S: X-Long: $long
		S: Content-Length: 6
		S:
		S\\: \\x00\\xff\\r\\n\\x80\\x1b
	END
	run -0 talk -P http -r "$record" <<<$'GET / HTTP/1.1\nHost: x\n'
	passes
}

@test "record: datagrams" {
	serve_text <<-'END'
		Protocol: udp

		C: hello
		S: HELLO
		C: {{*}}
		S\: a\nb
	END
	run -0 timeout 20 "$PARLANCE" -w 5 -r "$record" "udp://$served" <<<$'hello\nmore'
	grep -qx "Target: udp://$served" "$record"
	run -0 conversation
	has 'C: hello
S: HELLO
C: more'
	passes
}

@test "record: a server that goes in mid-text, and a client that gives up in mid-text" {
	serve_text --drop-after 40 <<-'END'
		Protocol: smtp

		S: 220 greeter.test
		C: EHLO x
		S: 250-greeter.test
		S: 250-PIPELINING
		S: 250 HELP
	END
	run -3 talk -P smtp -r "$record" <<<$'EHLO x\nQUIT'
	run -0 tail -1 "$record"
	same '<server hangs up>' "$output"
	run -0 "$PARLANCE" annotate "$record"
}

@test "record: lines that went out together are recorded in the order of the wire, and go through again" {
	serve_text <<-'END'
		Protocol: smtp

		S: 220 greeter.test
		C: EHLO x
		S: 250-greeter.test
		S: 250 PIPELINING
		C: MAIL FROM:<a@b.example>
		C: RCPT TO:<c@d.example>
		C: DATA
		S: 250 from
		S: 250 to
		S: 354 go
		C: Subject: x
		C:
		C: ..
		C: .
		S: 250 done
		C: QUIT
		S: 221 bye
	END
	run -0 "$PARLANCE" replay -r "$record" "$BATS_TEST_TMPDIR/served.txt" --to "$served"
	run -0 conversation
	same "$(sed '1,/^$/d' "$BATS_TEST_TMPDIR/served.txt")
<server hangs up>" "$output"
	passes
}

# ---- :replay in a pipe ----

@test ":replay in a pipe says all of it, then what stands behind it" {
	short
	local script
	script=$(transcript half.txt <<<$'Protocol: smtp\n\nS: 220 x\n# a comment of it\nC: EHLO {{name}}\nS: 250 x')
	run -0 talk --colon -P smtp <<<":replay $script name=me.example"$'\nQUIT'
	has '# a comment of it'
	[[ $output == *$'C: EHLO me.example\nS: 250-greeter.test\nS: 250 AUTH PLAIN\n'*$'C: QUIT\nS: 221 2.0.0 Bye'* ]]
}

@test ":replay in a pipe: a value that is missing is named, and what stands behind it is said" {
	short
	local script
	script=$(transcript half.txt <<<$'Protocol: smtp\n\nS: 220 x\nC: EHLO {{name}}\nS: 250 x')
	run -0 talk --colon -P smtp <<<":replay $script"$'\nEHLO x\nQUIT'
	has '{{name}} in line 4 has no value'
	has 'C: QUIT'
}

@test ":replay goes through STARTTLS, a challenge, literals and captures" {
	local script
	script=$(transcript tls.txt <<-'END'
		Protocol: imap

		S: * OK hello
		C: a STARTTLS
		S: a OK
		<client starts TLS>
		C: b AUTHENTICATE CRAM-MD5
		S: + {{base64 <1.2@x>}}
		C: {{cram-md5 bob {{password}}}}
		S: b OK
		C: c APPEND INBOX {3}
		S: + go
		C: tea
		S: c OK [APPENDUID 1 {{uid}}] done
		C: d UID FETCH {{uid}} FLAGS
		S: d OK
		C: e LOGOUT
		S: * BYE
		S: e OK
	END
	)
	serve --strict --set password=redqueen --set uid=42 "$script"
	run -0 talk --insecure --colon -P imap -r "$record" --set password=redqueen <<<":replay $script"
	has '<client starts TLS>'
	has 'S: b OK'
	has 'C: d UID FETCH 42 FLAGS'
	has 'S: e OK'
	run -0 grep 'cram-md5' "$record"
	same 'C: {{cram-md5 bob {{password}}}}' "$output"
	passes --insecure --set password=redqueen
}

# ---- at a terminal ----

@test "record: every function of record.py is a test here" {
	require python3
	run -0 "$PYTHON" "$ROOT/tests/pty/record.py"
	local name
	for name in $output; do
		grep -q "pty $name\$" "$BATS_TEST_FILENAME" || { echo "not run: $name" && return 1; }
	done
}

@test ":replay: each line stands in the prompt, and Enter sends it" {
	pty each_line_stands_in_the_prompt_and_enter_sends_it
}

@test ":replay: what was said already can be passed over" {
	pty what_was_said_already_can_be_passed_over
}

@test ":replay: it rests at ^C, and goes on" {
	pty it_rests_at_an_interrupt_and_goes_on
}

@test ":replay all says the rest" {
	pty all_of_it_is_said_at_once
}

@test ":replay: text that was refused is skipped" {
	pty text_that_was_refused_is_skipped
}

@test ":replay: TAB completes files" {
	pty files_are_completed
}

@test ":replay asks for a password unseen" {
	pty a_password_is_asked_for_and_does_not_show
}

@test ":replay names a value that is missing" {
	pty a_value_that_is_missing_is_named
}

@test ":record begins where it is asked for, :save has all" {
	pty a_record_begins_where_it_is_asked_for_and_save_has_all
}

@test ":save: a long session is kept whole" {
	pty a_long_session_is_kept_whole
}

@test ":record: a record that cannot be written is told once" {
	pty a_record_that_cannot_be_written_is_told_once
}
