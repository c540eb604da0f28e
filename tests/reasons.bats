# Each problem that a dialogue can name has a row in the table of reasons (src/script/check_reasons_table.c), and each row
# a problem: tests/reasons.py finds the words in the sources.

load helpers

setup() {
	setup_home
	require python3
}

# A copy of what the script looks at, to be changed.
copy() {
	mkdir -p "$BATS_TEST_TMPDIR/src/script" "$BATS_TEST_TMPDIR/tests"
	cp -R "$ROOT/src/protocol" "$BATS_TEST_TMPDIR/src/protocol"
	cp "$ROOT/src/script/check_reasons_table.c" "$BATS_TEST_TMPDIR/src/script/"
	cp "$ROOT/tests/reasons.py" "$BATS_TEST_TMPDIR/tests/"
	cd "$BATS_TEST_TMPDIR" || return
}

@test "each problem has a reason, and each reason a problem" {
	# What it prints is the failure's own message.
	"$PYTHON" "$ROOT/tests/reasons.py"
}

@test "a problem without a row is named by file and line" {
	copy
	printf '%s\n' 'void f(void)' '{' '	event_problem(d, event, n ? "quite new: %s" : "as new");' '}' >>src/protocol/smtp_client.c
	run -1 "$PYTHON" tests/reasons.py
	line=$(grep -n 'quite new' src/protocol/smtp_client.c | cut -d: -f1)
	[[ ${lines[0]} == "src/protocol/smtp_client.c:$line: no row in "*": quite new: *" ]]
	[[ ${lines[1]} == "src/protocol/smtp_client.c:$line: no row in "*": as new" ]]
}

@test "words that come from nowhere are named, too" {
	copy
	printf '%s\n' 'void f(const char *words)' '{' '	event_problem(d, event, "%s", words);' '}' >>src/protocol/imap.c
	run -1 "$PYTHON" tests/reasons.py
	[[ $output == "src/protocol/imap.c:"*": where these words come from is not known: "* ]]
}

@test "a row without a problem is named" {
	copy
	sed -i.old 's/no SMTP reply begins with 1/no SMTP reply starts with 1/' src/protocol/smtp_server.c
	run -1 "$PYTHON" tests/reasons.py
	[[ $output == *"check_reasons_table.c:"*": no problem begins so: no SMTP reply begins with 1"* ]]
}
