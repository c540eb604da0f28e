# The demonstration: a replay of ewing-smtp over loopback, in parlance alone.

load helpers

@test "the demonstration shows every line of the conversation, explained" {
	run -0 "$PARLANCE" replay ewing-smtp
	has "S: 220 foo.com Simple Mail Transfer Service Ready"
	has "C: RCPT TO:<Green@foo.com>"
	has "S: 550 No such user here"
	has "# The recipient is refused"
	has "S: 354 Start mail input"
	has "RFC 5321 4.1.1.4"
	has "<server hangs up>"
}

@test "what the demonstration prints can be played again, and comes out the same" {
	"$PARLANCE" replay ewing-smtp >"$BATS_TEST_TMPDIR/again.txt"
	run -0 "$PARLANCE" replay "$BATS_TEST_TMPDIR/again.txt"
	same "$(cat "$BATS_TEST_TMPDIR/again.txt")" "$output"
}

@test "make demo runs it and then says what to try" {
	run -0 make -s -n -C "$ROOT" demo
	has "./parlance replay ewing-smtp"
	has "./parlance explain 550"
}

@test "at a terminal the demonstration is coloured text, not a transcript" {
	run -0 "$PYTHON" -c 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))' \
		"$PARLANCE" replay ewing-smtp
	has "No such user here"
	has $'\e['
	has_not "Protocol: smtp"
}
