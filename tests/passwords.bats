# A password that would go out in the clear, to somewhere else than this machine, is asked about first: each test is a function of
# tests/pty/attacks.py, where what is typed and what must show stand.
#
# The helpers set what is not set here.
# shellcheck disable=SC2154

load helpers
load tls/attacks

@test "passwords: a password in the clear is asked about; no sends nothing" {
	all no_
}

@test "passwords: yes sends it, and it is asked once a connection" {
	all yes_
}

@test "passwords: on loopback nothing is asked" {
	all loopback_
}

@test "passwords: CRAM-MD5 and APOP are not asked about" {
	all harmless_
}

@test "passwords: what was pasted does not answer the question" {
	pty question_waits_while_other_lines_were_pasted
}

@test "passwords: ^C at the question sends nothing" {
	pty interrupt_at_the_question_sends_nothing
}

@test "passwords: an empty answer sends nothing" {
	pty empty_answer_sends_nothing
}

@test "passwords: no, and then other commands go on" {
	pty no_and_then_other_commands_go_on
}

@test "passwords: :password is asked about too" {
	pty password_word_is_asked_about
}

@test "passwords: a new connection asks anew" {
	pty reconnected_asks_anew
}

@test "passwords: the question comes in spite of -q" {
	pty quiet_asks_too
}

@test "passwords: the password never shows at the question" {
	pty secret_never_shows_at_the_question
}

@test "passwords: under TLS nothing is asked" {
	pty under_tls_nothing_is_asked
}

@test "passwords: in a pipe a password in the clear gets one line of warning, and goes out" {
	outside
	start_server login "$PYTHON" -B "$BATS_TEST_DIRNAME/pty/service.py" pop3
	wait_for_line login '^port '
	port=${line#port }
	status=0
	printf 'USER bob\r\nPASS sesame-4711\r\nPASS sesame-4711\r\nQUIT\r\n' | LD_PRELOAD=$OUTSIDE timeout 20 "$PARLANCE" \
		-P pop3 192.0.2.7:"$port" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || status=$?
	log=$BATS_TEST_TMPDIR/login.out
	told ends 0
	told heard 'PASS sesame-4711'
	told says_not 'sesame-4711'
	[[ $(cat "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/err" | grep -Eic 'not encrypted|unencrypted|in the clear') == 1 ]] ||
		told false
}

@test "passwords: in a pipe on loopback there is no warning" {
	start_server login "$PYTHON" -B "$BATS_TEST_DIRNAME/pty/service.py" pop3
	wait_for_line login '^port '
	port=${line#port }
	log=$BATS_TEST_TMPDIR/login.out
	talk pop3 'USER bob\r\nPASS sesame-4711\r\nQUIT\r\n' --notes off
	told ends 0
	told heard 'PASS sesame-4711'
	told says_not 'not encrypted|unencrypted|in the clear'
}
