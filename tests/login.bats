# Logging in by hand: `:auth WAY NAME` and `:password`. At a terminal each test is a function of tests/pty/login.py, where
# what is typed, what the server checks and what must show stand; in a pipe, and with real servers, it is here.
# The helpers set what is not set here.
# shellcheck disable=SC2154
load helpers

setup() {
	setup_home
	require python3
}

pty() {
	run "$PYTHON" "$ROOT/tests/pty/login.py" "$@"
	((status == 0)) || { echo "$output" && return 1; }
}

@test "login: every function of login.py is a test here" {
	run -0 "$PYTHON" "$ROOT/tests/pty/login.py"
	local name
	for name in $output; do
		grep -q "pty $name\( \|\$\)" "$BATS_TEST_FILENAME" || { echo "not run: $name" && return 1; }
	done
}

@test "login: every mechanism over SMTP, refused and then accepted" {
	pty every_mechanism_of_smtp_is_gone_through
}

@test "login: every mechanism over POP3" {
	pty every_mechanism_of_pop3_is_gone_through
}

@test "login: every mechanism over IMAP, with SASL-IR and without" {
	pty every_mechanism_of_imap_is_gone_through
}

@test "login: how each line is built is told before it" {
	pty how_each_line_is_built_is_told
}

@test "login: --secrets show shows them" {
	pty secrets_are_shown_where_that_was_asked_for
}

@test "login: a challenge that cannot be answered is given up with *" {
	pty what_cannot_be_answered_is_given_up
}

@test "login: a server that says yes to SCRAM without its own proof is told of" {
	pty a_yes_without_proof_is_told
}

@test "login: what was not offered, or has no place, is tried all the same" {
	pty what_was_not_offered_is_tried_all_the_same
}

@test "login: what is too long for the command's line waits for the challenge" {
	pty a_token_that_is_too_long_for_the_command_waits
}

@test "login: ^C at the password sends nothing, ^C in the exchange gives it up" {
	pty interrupted
}

@test "login: lines typed meanwhile come after it" {
	pty what_is_typed_meanwhile_comes_after_the_login
}

@test "login: in pasted lines it keeps its place" {
	pty what_is_pasted_keeps_its_order
}

@test "login: a server that hangs up ends it" {
	pty the_server_that_hangs_up_ends_it
}

@test "login: USER and PASS of POP3 and FTP" {
	pty user_and_pass
}

@test "login: APOP" {
	pty apop
}

@test "login: IMAP's LOGIN, quoted, and not where LOGINDISABLED stands" {
	pty login_of_imap
}

@test "login: HTTP's Basic" {
	pty basic_of_http
}

@test "login: :password goes on with an exchange that was begun by hand" {
	pty password_goes_on_with_what_was_begun_by_hand
}

@test "login: a password behind the name is not taken" {
	pty a_name_is_one_word_and_the_password_is_never_typed_behind_it
}

@test "login: TAB completes the ways" {
	pty tab_completes_the_ways
}

@test "login: Dovecot takes every mechanism that it offers" {
	require dovecot
	local imap pop3
	imap=$(free_port) pop3=$(free_port)
	start_server dovecot "$ROOT/tests/servers/start" dovecot "$BATS_TEST_TMPDIR/dovecot" "$imap" "$pop3"
	wait_for_port "$imap"
	wait_for_port "$pop3"
	pty real_dovecot "$imap" "$pop3" plain login cram-md5 scram-sha-1 scram-sha-256
}

@test "login: aiosmtpd takes PLAIN and LOGIN" {
	require_python aiosmtpd
	start_server mail "$PYTHON" "$ROOT/tests/servers/mail.py" "$BATS_TEST_TMPDIR/mail"
	wait_for_line mail '^listening '
	pty real_aiosmtpd "${line#listening }"
}

# ---- in a pipe it explains, and sends nothing ----

explain() {
	local protocol=$1
	shift
	printf '%s\n' "$@" | timeout 20 "$PARLANCE" --colon -q -P "$protocol" "$server"
}

@test "pipe: the examples are those of the RFCs" {
	start_server service "$PYTHON" "$ROOT/tests/pty/server.py"
	wait_for_line service '^port '
	server=127.0.0.1:${line#port }
	run explain smtp ':auth cram-md5' ':auth scram-sha-1' ':auth scram-sha-256' ':auth xoauth2' ':auth oauthbearer' QUIT
	has 'C: dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw'         # RFC 2195 2
	has "p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts="                              # RFC 5802 5
	has "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="              # RFC 7677 3
	has 'C: AUTH XOAUTH2 dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ=='
	has 'C: AUTH OAUTHBEARER bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVyIHZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB' # RFC 7628 4.1
}

@test "pipe: a NAME makes no login there: it is explained, and nothing is sent" {
	start_server service "$PYTHON" "$ROOT/tests/pty/server.py"
	wait_for_line service '^port '
	server=127.0.0.1:${line#port }
	run explain smtp 'EHLO me.example' ':auth plain bob' QUIT
	has ':auth plain NAME needs a terminal to ask for the secret at; nothing was sent.'
	has 'C: AUTH PLAIN AFVTRVIAUEFTU1dPUkQ='
	wait_for_line service "^heard 'QUIT'"
	run cat "$BATS_TEST_TMPDIR/service.out"
	has_not AUTH
}
